/*
 * recording.c - fuzzes the reader of recordings. The first byte of an input says how deep it goes:
 *
 *    0   the rest is a file
 *    1   the same, and its checks are made right
 *    2   the rest is the unpacked chunk of a thread, in a good file
 *    3   the same, of the other news
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <zstd.h>

#include "base/allocate.h"
#include "fuzz.h"
#include "source/recording-format.h"
#include "source/recording.h"
#include "source/script.h"

const char *const fuzz_words[] = { NULL };

static const char story[] =
    "thread alice\nlock A\nbarrier gate 3\ncondition full with A\n0 main begins 42\n0.1 main starts alice at b.c:12\n"
    "alice locks A at b.c:38\n+10ms main waits A for 2s\n0.2 output \"a \\x00\\xff is 40\\r\\n\"\nsource b.c:3 x\n"
    "0.3 alice unlocks A\nclock 0.5 real 0.6\nmain elsewhere read\nmain lost 12\nmain held locks A\n"
    "main says \"some text\"\n2 exit signal 9\n";

/* --- Seeds -------------------------------------------------------------------------------------------------- */

static void
record_story(const char *path)
{
	struct reason why;
	struct source *source = script_open_text(story, &why);
	struct recording *recording = recording_create(path, &why);
	struct news news;

	if (source == NULL || recording == NULL)
		abort();
	for (int n = 1; source_next(source, &news, &why) == SOURCE_NEWS; n++)
		if (!recording_take(recording, &news, &why) || (n % 9 == 0 && !recording_flush(recording, &why)))
			abort();
	recording_close(recording, &why);
	source_close(source);
}

static struct fuzz_input
whole_file(uint8_t mode)
{
	char path[] = "/tmp/tl-fuzz-XXXXXX";
	int fd = mkstemp(path);
	struct fuzz_input in;

	record_story(path);
	in.size = lseek(fd, 0, SEEK_END) + 1;
	in.data = allocate(in.size + 1);
	in.data[0] = mode;
	if (pread(fd, in.data + 1, in.size - 1, 0) != (ssize_t)in.size - 1)
		abort();
	close(fd);
	unlink(path);
	return in;
}

/* The unpacked chunk of the first batch's thread (others: of its other news). */
static struct fuzz_input
chunk(uint8_t mode)
{
	struct fuzz_input file = whole_file(mode), in = { allocate(4096), 1 };
	const uint8_t *batch = file.data + 1 + 16 + get_u32(file.data + 1 + 12) + 4;
	struct batch b;
	struct entry entry = { 0 };

	batch_unpack(&b, batch);
	struct cursor c = { batch + BATCH_SIZE, batch + BATCH_SIZE + b.directory, false };
	const uint8_t *payload = batch + BATCH_SIZE + b.directory;
	while (entry_unpack(&entry, &c) && (mode == 3) != (entry.told.thread == 0))
		payload += entry.stored;
	in.data[0] = mode;
	in.size += ZSTD_decompress(in.data + 1, 4095, payload, entry.stored);
	free(file.data);
	return in;
}

struct fuzz_input
fuzz_seed(int n)
{
	if (n > 3)
		return (struct fuzz_input){ NULL, 0 };
	return n < 2 ? whole_file(n) : chunk(n);
}

/* --- One input ---------------------------------------------------------------------------------------------- */

/* Makes the checks of header, batches and directories right, as far as they can be found. */
static void
mend(uint8_t *file, size_t size)
{
	size_t kinds = size < 16 ? 0 : get_u32(file + 12), at = 16 + kinds + 4;

	if (size < 16 || kinds > size || at > size)
		return;
	put_u32(file + 16 + kinds, check_of(file, 16 + kinds));
	while (size - at >= BATCH_SIZE) {
		size_t directory = get_u32(file + at + 32), payload = get_u32(file + at + 36);

		if (directory > size - at - BATCH_SIZE)
			directory = size - at - BATCH_SIZE;
		put_u32(file + at + 56, check_of(file + at + BATCH_SIZE, directory));
		put_u32(file + at + 60, check_of(file + at, BATCH_SIZE - 4));
		if (payload > size - at - BATCH_SIZE - directory)
			return;
		at += BATCH_SIZE + directory + payload;
	}
}

static struct fuzz_input
good_file_around(const uint8_t *raw, size_t size, uint32_t thread)
{
	struct fuzz_input out = whole_file(0);
	size_t at = 16 + get_u32(out.data + 1 + 12) + 4, bound = ZSTD_compressBound(size);
	uint8_t *file = allocate(at + BATCH_SIZE + ENTRY_SIZE + bound), *payload = file + at + BATCH_SIZE + ENTRY_SIZE;
	/* How many items are claimed is up to the input, too: its last byte. */
	uint32_t items = size > 0 ? raw[size - 1] % 32 + 1 : 1;
	struct entry entry = { .told = { .thread = thread, .items = items }, .raw = size };
	struct batch batch = { .magic = BATCH_MAGIC, .chunks = 1, .items = 4 * items, .directory = ENTRY_SIZE };

	memcpy(file, out.data + 1, at);
	entry.stored = batch.payload = ZSTD_compress(payload, bound, raw, size, 1);
	entry_pack(&entry, file + at + BATCH_SIZE);
	batch_pack(&batch, file + at);
	free(out.data);
	out = (struct fuzz_input){ file, payload - file + entry.stored };
	mend(file, out.size);
	return out;
}

static volatile size_t touched;	/* so that reading is not optimised away */

static void
judge(const struct news *news, int64_t *time)
{
	if (news->time < *time)
		abort();
	*time = news->time;
	if ((news->what == NEWS_EVENT && news->event.kind >= TL_NKINDS) ||
	    (news->what == NEWS_NAME && news->name.is >= TL_NOBJECT_KINDS))
		abort();
	/* Touch every byte that is promised. */
	if (news->what == NEWS_OUTPUT)
		for (size_t i = 0; i < news->output.length; i++)
			touched += news->output.bytes[i];
	if (news->what == NEWS_NAME)
		touched += strlen(news->name.text);
	if (news->what == NEWS_PLACE)
		touched += strlen(news->place.file) + strlen(news->place.function);
	if (news->what == NEWS_SOURCE)
		touched += strlen(news->source.file) + strlen(news->source.text);
	if (news->what == NEWS_LOOK && news->look.elsewhere != NULL)
		touched += strlen(news->look.elsewhere);
}

static void
no_matter(void *context, const struct recording_chunk *told)
{
	if (told->holds > RECORDING_HOLDS || told->state >= TL_NSTATES)
		abort();
	(void)context;
}

static void
read_all(const char *path)
{
	struct reason why = { "" };
	struct source *source = recording_open(path, &why);
	struct news news;
	enum source_outcome outcome;
	int64_t time = 0;

	if (source != NULL) {
		recording_chunks(source, no_matter, NULL);
		while ((outcome = source_next(source, &news, &why)) == SOURCE_NEWS)
			judge(&news, &time);
		if (outcome != source_next(source, &news, &why))	/* it stays so */
			abort();
		source_close(source);
	}
	if ((source == NULL || outcome == SOURCE_BROKEN) && why.text[0] == '\0')
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input file;
	char path[64];
	int fd = memfd_create("fuzz", MFD_CLOEXEC);

	if (size == 0 || fd == -1) {
		close(fd);
		return 0;
	}
	if (data[0] % 4 >= 2) {
		file = good_file_around(data + 1, size - 1, data[0] % 4 == 2);
	} else {
		file = (struct fuzz_input){ allocate(size), size - 1 };
		memcpy(file.data, data + 1, size - 1);
		if (data[0] % 4 == 1)
			mend(file.data, file.size);
	}
	if (write(fd, file.data, file.size) != (ssize_t)file.size)
		abort();
	snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
	read_all(path);
	close(fd);
	free(file.data);
	return 0;
}
