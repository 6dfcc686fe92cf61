/* fuzz.c - see fuzz.h. */
#include "config.h"

#include "fuzz.h"

#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/allocate.h"

#define ROUNDS 3000
#define SEEDS  16
#define LARGEST (1 << 20)

static uint64_t random_state;

static uint64_t
random_below(uint64_t n)
{
	random_state = random_state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return n == 0 ? 0 : (random_state >> 24) % n;
}

/* Puts so many bytes in at a place; they may come from the input itself. */
static void
insert(struct fuzz_input *in, size_t at, const void *bytes, size_t length)
{
	uint8_t *data;

	if (in->size + length > LARGEST)
		return;
	data = allocate(in->size + length + 1);
	memcpy(data, in->data, at);
	memcpy(data + at, bytes, length);
	memcpy(data + at + length, in->data + at, in->size - at);
	free(in->data);
	in->data = data;
	in->size += length;
}

static void
change(struct fuzz_input *in)
{
	static const uint8_t numbers[] = { 0, 1, 7, 8, 0x7f, 0x80, 0xff, 0xfe };
	size_t at = random_below(in->size), length = random_below(random_below(2) ? 8 : 200), words = 0;

	if (in->size == 0)
		return;
	length = length > in->size - at ? in->size - at : length;
	while (fuzz_words[words] != NULL)
		words++;
	switch (random_below(words > 0 ? 6 : 5)) {
	case 0:
		in->data[at] ^= 1 << random_below(8);
		break;
	case 1:
		in->data[at] = numbers[random_below(sizeof numbers)];
		break;
	case 2:
		memmove(in->data + at, in->data + at + length, in->size - at - length);
		in->size -= length;
		break;
	case 3:
		insert(in, random_below(in->size), in->data + at, length);
		break;
	case 4:
		in->data[at] = random_below(256);
		break;
	case 5:
		at %= words;
		insert(in, random_below(in->size), fuzz_words[at], strlen(fuzz_words[at]));
		break;
	}
}

static struct fuzz_input
copy_of(const struct fuzz_input *seed)
{
	struct fuzz_input copy = { allocate(seed->size + 1), seed->size };

	memcpy(copy.data, seed->data, seed->size);
	return copy;
}

static int
run_file(const char *path)
{
	FILE *file = fopen(path, "rb");
	struct fuzz_input in = { allocate(LARGEST), 0 };

	if (file == NULL)
		err(1, "%s", path);
	in.size = fread(in.data, 1, LARGEST, file);
	fclose(file);
	LLVMFuzzerTestOneInput(in.data, in.size);
	free(in.data);
	return 0;
}

int
main(int argc, char **argv)
{
	struct fuzz_input seeds[SEEDS];
	int count = 0;
	long rounds = argc > 1 ? atol(argv[1]) : ROUNDS;

	for (int i = 2; argc > 2 && strcmp(argv[1], "-") == 0 && i < argc; i++)
		run_file(argv[i]);
	random_state = argc > 2 ? strtoull(argv[2], NULL, 0) : 1;
	while (count < SEEDS && (seeds[count] = fuzz_seed(count)).data != NULL) {
		LLVMFuzzerTestOneInput(seeds[count].data, seeds[count].size);
		count++;
	}
	for (long i = 0; i < rounds; i++) {
		struct fuzz_input in = copy_of(&seeds[i % count]);

		for (uint64_t changes = 1 + random_below(6); changes > 0; changes--)
			change(&in);
		LLVMFuzzerTestOneInput(in.data, in.size);
		free(in.data);
	}
	for (int i = 0; i < count; i++)
		free(seeds[i].data);
	printf("1..1\nok 1 - %d seeds and %ld changes of them\n", count, rounds);
	return 0;
}
