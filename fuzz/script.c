/*
 * script.c - fuzzes the reader of scripts. Whatever is read must be news that a model may be told: times do not go
 * back, threads have numbers, texts are there.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/allocate.h"
#include "fuzz.h"
#include "source/script.h"
#include "wire/event.h"

const char *const fuzz_words[] = {
	" at ", "bank.c:38", " for ", "waits", "locks", "0x", "\"", "\\x", "#", "\n", "+", "ms", "ns", "1e9", ".", "lock ",
	"barrier gate ", "with", "called", "unnamed", "says \"", "4294967295", "18446744073709551616", "held ", NULL,
};

static const char *const seeds[] = {
	"program \"./bank 40\" pid 42 start 1700000000\nthread alice\nlock A\nbarrier gate 3\ncondition full with A\n"
	"0 main begins 42\n0.1 main starts alice at bank.c:12 in main\n+1us alice locks A at bank.c:38 in teller\n"
	"+10ms main waits A for 2s\n0.2 output \"balance \\x00\\xff is 40\\r\\n\"\n0.3 alice unlocks A for-condition\n",
	"semaphore slots 2 called \"the slots\"\n0.4 main takes slots unknown waited\nclock 0.5 real 0.6\n"
	"main elsewhere read\nmain held unlocks 0x40 at 0x50\nmain free\nmain lost 12\nmain says \"a line of text\"\n"
	"0.5 main sleeps 0.25\n1 main ends cancelled\nname main \"\\e[1m\"\nsource a.c:1  x;\n2 exit signal 9\n",
};

struct fuzz_input
fuzz_seed(int n)
{
	if (n >= (int)(sizeof seeds / sizeof *seeds))
		return (struct fuzz_input){ NULL, 0 };
	return (struct fuzz_input){ (uint8_t *)duplicate(seeds[n]), strlen(seeds[n]) };
}

static void
judge(const struct news *news, int64_t *time)
{
	if (news->time < *time)
		abort();
	*time = news->time;
	if (news->what == NEWS_EVENT && (news->thread == 0 || news->event.kind >= TL_NKINDS))
		abort();
	if (news->what == NEWS_NAME && news->name.text == NULL)
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = allocate(size + 1);
	struct reason why = { "" };
	struct source *source;
	struct news news;
	int64_t time = 0;

	memcpy(text, data, size);
	source = script_open_text(text, &why);
	free(text);
	if (source == NULL) {
		if (strncmp(why.text, "line ", 5) != 0)
			abort();
		return 0;
	}
	while (source_next(source, &news, &why) == SOURCE_NEWS)
		judge(&news, &time);
	source_close(source);
	return 0;
}
