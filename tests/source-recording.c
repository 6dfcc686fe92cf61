/*
 * source-recording.c - recordings: the same news come out as went in, and from a file that was cut or damaged comes all
 * that is whole, and how it ends.
 */
#include "config.h"

#include "check.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "news.h"
#include "source/recording.h"
#include "source/script.h"
#include "wire/event.h"

static const char story[] =
    "program \"./bank 40\" pid 42 start 1700000000\n"
    "thread alice\nlock A\nbarrier gate 3\nsemaphore slots 2\ncondition full with A\n"
    "0 main begins 42\n"
    "0.1 main starts alice at bank.c:12 in main\nsource bank.c:12   start(alice);\n"
    "+1us alice begins 43 daemon\n"
    "+1us alice locks A at bank.c:38 in teller\n"
    "+10ms main waits A for 2s\n"
    "0.2 output \"balance \\x00\\xff is 40\\r\\n\"\n"
    "0.3 alice unlocks A for-condition\nalice waits full\n"
    "0.4 main locks A waited owner-died\nclock 0.5 real 0.6\nmain elsewhere read\nmain elsewhere\n"
    "main held unlocks A at bank.c:40\nmain free\nmain lost 12\n"
    "main notifies full all\nmain takes slots unknown\nmain lock-take 0xffffffffffffffff at 0xfedcba9876543210\n"
    "main says \"a line that is longer than sixteen bytes\"\n"
    "0.5 alice sleeps 0.25\n1 alice ends cancelled\n2 exit signal 9\n";

static char path[] = "/tmp/tl-recording-XXXXXX";

static int
make_path(void **state)
{
	int fd = mkstemp(path);

	(void)state;
	return fd == -1 ? -1 : close(fd);
}

static int
remove_path(void **state)
{
	(void)state;
	return unlink(path);
}

/* Records a script, with a flush after every so many items (0: none in between). */
static void
record(const char *script, int flush_every)
{
	struct reason why = { "" };
	struct source *source = script_open_text(script, &why);
	struct recording *recording = recording_create(path, &why);
	struct news news;

	if (source == NULL || recording == NULL)
		fail_msg("%s", why.text);
	for (int n = 1; source_next(source, &news, &why) == SOURCE_NEWS; n++) {
		assert_true(recording_take(recording, &news, &why));
		if (flush_every != 0 && n % flush_every == 0)
			assert_true(recording_flush(recording, &why));
	}
	assert_true(recording_close(recording, &why));
	source_close(source);
}

static char *
all_of_script(const char *script)
{
	struct reason why;
	enum source_outcome outcome;

	return news_all(script_open_text(script, &why), &outcome, &why);
}

static char *
all_of_file(enum source_outcome *outcome, struct reason *why)
{
	struct source *source = recording_open(path, why);

	if (source == NULL)
		fail_msg("%s", why->text);
	return news_all(source, outcome, why);
}

static void
same_news_come_out(void **state)
{
	char *expected = all_of_script(story);

	(void)state;
	for (int flush_every = 0; flush_every < 9; flush_every++) {
		struct reason why;
		enum source_outcome outcome;

		record(story, flush_every);
		char *told = all_of_file(&outcome, &why);
		assert_int_equal(outcome, SOURCE_END);
		assert_string_equal(told, expected);
		free(told);
	}
	free(expected);
}

/* Enough for several batches without a flush, of many threads, with every bit of the fields in use. */
static void
many_events(void **state)
{
	struct reason why = { "" };
	struct recording *recording = recording_create(path, &why);
	struct source *source;
	struct news news, told;
	uint64_t x = 1, done, all;
	const uint32_t events = 100000;

	(void)state;
	assert_non_null(recording);
	for (int round = 0; round < 2; round++) {
		memset(&news, 0, sizeof news);
		x = 1;
		source = round == 1 ? recording_open(path, &why) : NULL;
		for (uint32_t i = 0; i < events; i++) {
			x = x * 6364136223846793005 + 1442695040888963407;
			news.time += x >> 50;
			news.thread = 1 + (x >> 40) % 300;
			news.what = NEWS_EVENT;
			news.event.kind = (x >> 13) % TL_NKINDS;
			news.event.flags = x >> 30;
			news.event.value = x >> (x & 31);
			news.event.object = x << (x >> 58);
			news.event.place = x * x >> (x >> 58);
			if (round == 0) {
				assert_true(recording_take(recording, &news, &why));
				continue;
			}
			memset(&told, 0, sizeof told);
			assert_int_equal(source_next(source, &told, &why), SOURCE_NEWS);
			assert_int_equal(told.time, news.time);
			assert_int_equal(told.thread, news.thread);
			assert_memory_equal(&told.event, &news.event, sizeof news.event);
		}
		if (round == 0) {
			assert_int_equal(recording_events(recording), events);
			assert_true(recording_close(recording, &why));
		}
	}
	recording_progress(source, &done, &all);
	assert_int_equal(done, events);
	assert_int_equal(all, events);
	assert_int_equal(source_next(source, &told, &why), SOURCE_END);
	source_close(source);
}

static void
long_texts(void **state)
{
	struct reason why = { "" };
	struct recording *recording = recording_create(path, &why);
	size_t length = (5 << 20) + 7, got = 0;
	char *text = calloc(1, length + 1);
	struct news news = { .what = NEWS_OUTPUT, .output = { text, length } };

	(void)state;
	memset(text, 'x', length);
	assert_true(recording_take(recording, &news, &why));
	news = (struct news){ .what = NEWS_NAME, .name.text = text };
	assert_true(recording_take(recording, &news, &why));
	assert_true(recording_close(recording, &why));
	struct source *source = recording_open(path, &why);
	while (source_next(source, &news, &why) == SOURCE_NEWS)
		if (news.what == NEWS_OUTPUT)
			got += news.output.length;
		else
			assert_int_equal(strlen(news.name.text), 1 << 20);
	assert_int_equal(got, length);
	source_close(source);
	free(text);
}

/* --- Cut and damaged ---------------------------------------------------------------------------------------- */

static uint8_t *
read_file(size_t *size)
{
	int fd = open(path, O_RDONLY);
	off_t length = lseek(fd, 0, SEEK_END);
	uint8_t *bytes = malloc(length + 1);

	*size = length;
	assert_int_equal(pread(fd, bytes, length, 0), length);
	close(fd);
	return bytes;
}

static void
write_file(const uint8_t *bytes, size_t size)
{
	int fd = open(path, O_WRONLY | O_TRUNC | O_CREAT, 0600);

	assert_int_equal(write(fd, bytes, size), size);
	close(fd);
}

/* Every line of what was told is a line of the whole, in its order; lines of gaps stand for others. Counts them. */
static int
is_part_of(const char *told, const char *whole)
{
	int lines = 0;

	for (const char *end; *told != '\0'; told = end + 1, lines++) {
		size_t length;

		end = strchr(told, '\n');
		length = end - told + 1;
		if (memmem(told, length, " gap ", 5) != NULL)
			continue;
		while (strncmp(told, whole, length) != 0) {
			whole = strchr(whole, '\n');
			if (whole == NULL || *++whole == '\0')
				return -1;
		}
		whole += length;
	}
	return lines;
}

static void
cut_at_every_byte(void **state)
{
	char *whole = all_of_script(story);
	uint8_t *bytes;
	size_t size;
	int before = 0;

	(void)state;
	record(story, 7);
	bytes = read_file(&size);
	for (size_t cut = 0; cut < size; cut++) {
		struct reason why = { "" };
		enum source_outcome outcome;

		write_file(bytes, cut);
		struct source *source = recording_open(path, &why);
		if (source == NULL) {
			assert_true(cut < 1000 && strncmp(why.text, path, strlen(path)) == 0);
			continue;
		}
		char *told = news_all(source, &outcome, &why);
		assert_int_equal(outcome, SOURCE_BROKEN);
		assert_non_null(strstr(why.text, "(the recording was cut). Showing what is there."));
		int lines = is_part_of(told, whole);
		if (lines < before)
			fail_msg("cut at %zu: %d lines told, %d before\n%s", cut, lines, before, told);
		before = lines;
		free(told);
	}
	assert_int_equal(before, is_part_of(whole, whole));
	free(bytes);
	free(whole);
}

static void
every_bit_flipped(void **state)
{
	char *whole = all_of_script(story);
	uint8_t *bytes;
	size_t size;

	(void)state;
	record(story, 9);
	bytes = read_file(&size);
	for (size_t bit = 0; bit < 8 * size; bit++) {
		struct reason why = { "" };
		enum source_outcome outcome;

		bytes[bit / 8] ^= 1 << bit % 8;
		write_file(bytes, size);
		bytes[bit / 8] ^= 1 << bit % 8;
		struct source *source = recording_open(path, &why);
		if (source == NULL) {
			assert_int_not_equal(why.text[0], '\0');
			continue;
		}
		char *told = news_all(source, &outcome, &why);
		assert_true(is_part_of(told, whole) >= 0);
		/* zstd leaves bits of a frame unused: then all is told, and nothing is wrong. */
		if (outcome == SOURCE_END)
			assert_string_equal(told, whole);
		else
			assert_int_not_equal(why.text[0], '\0');
		free(told);
	}
	free(bytes);
	free(whole);
}

/* The second of three threads loses its chunk: it gets a gap of the right size, the others are told whole. */
static void
a_lost_chunk_is_a_gap(void **state)
{
	uint8_t *bytes;
	size_t size;
	struct reason why;
	enum source_outcome outcome;
	char *told;

	(void)state;
	record("0 main sleeps 1\n0 alice sleeps 1\n0 alice wakes\n0 bob sleeps 1\n0 main wakes\n0 alice sleeps 2\n", 0);
	bytes = read_file(&size);
	bytes[size - 64 - 8] ^= 1;	/* before the end stands bob's chunk, before it alice's */
	write_file(bytes, size);
	told = all_of_file(&outcome, &why);
	assert_int_equal(outcome, SOURCE_BROKEN);
	assert_non_null(strstr(why.text, " is damaged: 1 of 6 events cannot be read. Showing what is there."));
	assert_non_null(strstr(told, "\n0 3 gap 1\n"));
	free(told);
	write_file(bytes, size - 64 - 40);
	told = all_of_file(&outcome, &why);
	assert_int_equal(outcome, SOURCE_BROKEN);
	assert_non_null(strstr(why.text, " stops at event 2 of about 6 (the recording was cut). Showing what is there."));
	assert_non_null(strstr(told, "\n0 2 gap 3\n"));
	assert_non_null(strstr(told, "\n0 3 gap 1\n"));
	assert_non_null(strstr(told, "\n0 1 SLEEP_END"));
	free(told);
	free(bytes);
}

static void
opens_with(const void *bytes, size_t size, const char *expected)
{
	struct reason why = { "" };
	char text[600];

	write_file(bytes, size);
	assert_null(recording_open(path, &why));
	snprintf(text, sizeof text, "%s %s", path, expected);
	assert_string_equal(why.text, text);
}

static void
foreign_files(void **state)
{
	struct reason why = { "" };
	uint8_t *bytes;
	size_t size;

	(void)state;
	record(story, 0);
	assert_true(recording_recognize(path));
	bytes = read_file(&size);
	opens_with("", 0, "is empty");
	opens_with("#!/bin/sh\n", 10, "is not a recording");
	opens_with("abc", 3, "is not a recording");
	assert_false(recording_recognize(path));
	assert_null(recording_create(path, &why));
	assert_non_null(strstr(why.text, "is there and is not a recording: it is left alone"));
	opens_with(bytes, 40, "was cut before its first event");
	bytes[8] = 9;
	opens_with(bytes, size, "is a recording of format 9; this program reads format 1");
	bytes[8] = 1;
	bytes[20] ^= 1;
	opens_with(bytes, size, "is damaged at its beginning");
	write_file((uint8_t *)"", 0);
	assert_null(recording_open("/", &why));
	assert_string_equal(why.text, "/ is a directory");
	assert_null(recording_open("/dev/null", &why));
	assert_string_equal(why.text, "/dev/null is not a file");
	assert_null(recording_open("/nowhere/at-all.lanes", &why));
	assert_string_equal(why.text, "cannot open /nowhere/at-all.lanes: No such file or directory");
	if (geteuid() != 0) {
		assert_return_code(chmod(path, 0), 0);
		assert_null(recording_open(path, &why));
		assert_non_null(strstr(why.text, "Permission denied"));
		assert_return_code(chmod(path, 0600), 0);
	}
	free(bytes);
}

static void
one_recorder_a_file(void **state)
{
	struct reason why = { "" };
	struct recording *one = recording_create(path, &why);

	(void)state;
	assert_non_null(one);
	assert_null(recording_create(path, &why));
	assert_non_null(strstr(why.text, "is being recorded to by somebody else"));
	assert_true(recording_close(one, &why));
}

/* The file may not grow beyond a limit: it ends with a whole batch and says why, and recording goes on as if. */
static void
disk_full(void **state)
{
	struct rlimit old, limit = { 0 };
	struct reason why = { "" };
	struct recording *recording = recording_create(path, &why);
	struct news news = { .what = NEWS_EVENT, .thread = 1 };
	struct stat status;
	enum source_outcome outcome;
	int failed = 0;

	(void)state;
	assert_non_null(recording);
	assert_return_code(getrlimit(RLIMIT_FSIZE, &old), 0);
	limit = old;
	limit.rlim_cur = 2000;
	assert_return_code(setrlimit(RLIMIT_FSIZE, &limit), 0);
	for (int i = 0; i < 200; i++) {
		news.time = i;
		news.event.object = i * UINT64_C(0x9e3779b97f4a7c15);
		failed += !recording_take(recording, &news, &why);
		if (i % 10 == 9)
			failed += !recording_flush(recording, &why);
	}
	assert_true(recording_close(recording, &why));
	assert_return_code(setrlimit(RLIMIT_FSIZE, &old), 0);
	assert_int_equal(failed, 1);
	assert_non_null(strstr(why.text, "cannot go on recording to "));
	assert_return_code(stat(path, &status), 0);
	assert_true(status.st_size <= 2000);
	char *told = all_of_file(&outcome, &why);
	assert_int_equal(outcome, SOURCE_BROKEN);
	assert_non_null(strstr(why.text, "stops at event "));
	assert_non_null(strstr(told, "\n9 1 "));
	free(told);
	if (access("/dev/full", W_OK) == 0) {
		assert_null(recording_create("/dev/full", &why));
		assert_non_null(strstr(why.text, "No space left on device"));
	}
}

/* The recorder is killed between flushes: what it had flushed is there, and nothing else. */
static void
killed_recorder(void **state)
{
	struct reason why = { "" };
	struct news news = { .what = NEWS_EVENT, .thread = 1, .event.kind = TL_SLEEP };
	enum source_outcome outcome;
	pid_t child = fork();
	int status;

	(void)state;
	assert_return_code(child, errno);
	if (child == 0) {
		struct recording *recording = recording_create(path, &why);

		for (int i = 0; recording != NULL && i < 25; i++) {
			news.time = i;
			recording_take(recording, &news, &why);
			if (i % 10 == 9)
				recording_flush(recording, &why);
		}
		kill(getpid(), SIGKILL);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
	char *told = all_of_file(&outcome, &why);
	assert_int_equal(outcome, SOURCE_BROKEN);
	assert_non_null(strstr(why.text, " stops at event 20 (the recording was cut). Showing what is there."));
	assert_non_null(strstr(told, "\n19 1 SLEEP"));
	assert_null(strstr(told, "\n20 1 SLEEP"));
	free(told);
}

struct chunks {
	int count;
	struct recording_chunk last[8];
};

static void
collect(void *context, const struct recording_chunk *chunk)
{
	struct chunks *chunks = context;

	assert_true(chunks->count < 8);
	chunks->last[chunks->count++] = *chunk;
}

static void
chunks_tell_the_state_before(void **state)
{
	struct reason why;
	struct chunks c = { 0 };
	struct source *source;

	(void)state;
	/* Five items a batch: the program, two names, two events; five events; the last. */
	record("lock A\nthread alice\n0 alice locks A\n1 alice waits A\n2 alice locks A 2\n3 alice waits A\n"
	       "4 alice unlocks A 1\n5 alice sleeps 1\n6 alice sleeps 2\n7 alice wakes\n", 5);
	source = recording_open(path, &why);
	assert_non_null(source);
	assert_true(recording_chunks(source, collect, &c));
	source_close(source);
	assert_int_equal(c.count, 4);
	assert_int_equal(c.last[0].thread, 0);
	assert_int_equal(c.last[0].items, 3);
	assert_int_equal(c.last[1].thread, 2);
	assert_int_equal(c.last[1].items, 2);
	assert_int_equal(c.last[1].state, TL_STATE_NONE);
	assert_int_equal(c.last[1].holds, 0);
	assert_int_equal(c.last[2].first, 2000000000);
	assert_int_equal(c.last[2].last, 6000000000);
	assert_int_equal(c.last[2].state, TL_STATE_LOCK_HOLDING);
	assert_int_equal(c.last[2].holds, 1);
	assert_int_equal(c.last[2].held[0], c.last[2].object);
	assert_int_equal(c.last[3].items, 1);
	assert_int_equal(c.last[3].state, TL_STATE_SLEEP);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(same_news_come_out),
		cmocka_unit_test(many_events),
		cmocka_unit_test(long_texts),
		cmocka_unit_test(cut_at_every_byte),
		cmocka_unit_test(every_bit_flipped),
		cmocka_unit_test(a_lost_chunk_is_a_gap),
		cmocka_unit_test(foreign_files),
		cmocka_unit_test(one_recorder_a_file),
		cmocka_unit_test(disk_full),
		cmocka_unit_test(killed_recorder),
		cmocka_unit_test(chunks_tell_the_state_before),
	};
	return cmocka_run_group_tests(tests, make_path, remove_path);
}
