/* source-script.c - scripts: what each line tells, and what is said about lines that are no good. */
#include "config.h"

#include "check.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "news.h"
#include "source/script.h"
#include "wire/event.h"

static void
tells(const char *script, const char *expected)
{
	struct reason why = { "" };
	enum source_outcome outcome;
	struct source *source = script_open_text(script, &why);
	char *told;

	if (source == NULL)
		fail_msg("%s", why.text);
	told = news_all(source, &outcome, &why);
	assert_int_equal(outcome, SOURCE_END);
	assert_string_equal(told, expected);
	free(told);
}

static void
is_refused(const char *script, const char *expected)
{
	struct reason why = { "" };

	assert_null(script_open_text(script, &why));
	assert_string_equal(why.text, expected);
}

#define PROGRAM "0 0 program pid 1 start 0 \"script\"\n"
#define ALICE   "0 2 name 7f0000002000 other 0 value 0 is 1 \"alice\"\n"
#define LOCK_A  "0 0 name 550000000040 other 0 value 0 is 2 \"A\"\n"

static void
a_few_words_are_enough(void **state)
{
	(void)state;
	tells("0 alice lock A\n0.2 bob waits A\n1.5s main join alice\n",
	    PROGRAM ALICE LOCK_A
	    "0 2 LOCK_TAKE 550000000040 at 0 value 1 flags 0\n"
	    "200000000 3 name 7f0000003000 other 0 value 0 is 1 \"bob\"\n"
	    "200000000 3 LOCK_WAIT 550000000040 at 0 value 0 flags 0\n"
	    "1500000000 1 name 7f0000001000 other 0 value 0 is 1 \"main\"\n"
	    "1500000000 1 JOIN_DONE 7f0000002000 at 0 value 0 flags 0\n");
}

static void
declarations(void **state)
{
	(void)state;
	tells("program \"./bank 40\" pid 7 start 1000.5\nlock A\nbarrier gate 3\nbounded-semaphore slots 2 called \"the slots\"\n"
	      "condition full with A unnamed\nname full \"is \\\"full\\\"\"\nthread alice\n1 name alice \"\\e[1m\"\n",
	    "0 0 program pid 7 start 1000500000000 \"./bank 40\"\n" LOCK_A
	    "0 0 name 550000000080 other 0 value 3 is 9 \"gate\"\n"
	    "0 0 name 5500000000c0 other 0 value 2 is 11 \"the slots\"\n"
	    "0 0 name 550000000100 other 550000000040 value 0 is 7 \"\"\n"
	    "0 0 name 550000000100 other 0 value 0 is 7 \"is \\x22full\\x22\"\n" ALICE
	    "1000000000 2 name 7f0000002000 other 0 value 0 is 1 \"\\x1b[1m\"\n");
}

static void
values_flags_and_places(void **state)
{
	(void)state;
	tells("semaphore slots 2\n0 alice waits slots for 1500ms at a.c:3 in f\nalice takes slots 1 waited try\n"
	      "alice notifies full all at a.c:3\nalice ends cancelled\nalice lock-take 0x77 owner-died at 0x99\n",
	    PROGRAM "0 0 name 550000000040 other 0 value 2 is 10 \"slots\"\n" ALICE
	    "0 0 place 400010 line 3 \"f\" \"a.c\"\n"
	    "0 2 SEM_WAIT 550000000040 at 400010 value 1500 flags 4\n"
	    "0 2 SEM_TAKE 550000000040 at 0 value 1 flags 3\n"
	    "0 0 name 550000000080 other 0 value 0 is 7 \"full\"\n"
	    "0 2 COND_NOTIFY 550000000080 at 400010 value 4294967295 flags 0\n"
	    "0 2 THREAD_END 7f0000002000 at 0 value 2 flags 0\n"
	    "0 2 LOCK_TAKE 77 at 99 value 1 flags 16\n");
}

static void
times(void **state)
{
	(void)state;
	tells("0.1 exit 0\n+20ms exit 1\n+3us exit 2 # not this\nexit 3 pid 9\n1.000000001s exit signal 11\n",
	    "100000000 0 program pid 1 start 0 \"script\"\n"
	    "100000000 0 exit pid 1 status 0\n120000000 0 exit pid 1 status 256\n120003000 0 exit pid 1 status 512\n"
	    "120003000 0 exit pid 9 status 768\n1000000001 0 exit pid 1 status 11\n");
}

static void
operands_that_are_no_objects(void **state)
{
	(void)state;
	tells("0 alice sleeps 0.25\nalice wakes 1\nalice stalls 3us\nalice forks 42\nalice says \"hello there, lanes\"\n",
	    PROGRAM ALICE
	    "0 2 SLEEP ee6b280 at 0 value 0 flags 0\n"
	    "0 2 SLEEP_END 0 at 0 value 1 flags 0\n"
	    "0 2 STALL bb8 at 0 value 0 flags 0\n"
	    "0 2 FORK 0 at 0 value 42 flags 0\n"
	    "0 2 LOG 0 at 0 value 18 flags 0\n"
	    "0 2 TEXT 6874206f6c6c6568 at 6e616c202c657265 value 0 flags 0\n"
	    "0 2 TEXT 7365 at 0 value 0 flags 0\n");
}

static void
seen_from_outside(void **state)
{
	(void)state;
	tells("0 alice lost 12\nalice held locks A at a.c:1\nalice free\nalice elsewhere read\nalice elsewhere\n"
	      "output \"a\\x00b\\n\"\nsource a.c:1   lock(&A); # not a comment\nclock paused\nclock 0.5 real 2\n",
	    PROGRAM ALICE "0 2 gap 12\n" LOCK_A
	    "0 0 place 400010 line 1 \"\" \"a.c\"\n"
	    "0 2 look held 1 LOCK_TAKE 550000000040 at 400010 null\n"
	    "0 2 look held 0 THREAD_CREATE 0 at 0 null\n"
	    "0 2 look held 0 THREAD_CREATE 0 at 0 \"read\"\n"
	    "0 2 look held 0 THREAD_CREATE 0 at 0 null\n"
	    "0 0 output \"a\\x00b\\x0a\"\n"
	    "0 0 source line 1 \"a.c\" \"  lock(&A); # not a comment\"\n"
	    "0 0 clock 0 real 0\n"
	    "0 0 clock 32768 real 2000000000\n");
}

/* Every kind of kinds.def can be told by its name. */
static void
every_kind(void **state)
{
	static const struct { const char *name, *class; } kinds[] = {
#define KIND(name, class, ...) { #name, #class },
#include "wire/kinds.def"
#undef KIND
	};
	(void)state;
	for (int kind = 0; kind < TL_NKINDS; kind++) {
		char line[200], word[64];
		struct reason why = { "" };
		struct news news = { 0 };
		bool last = false;
		size_t i = 0;

		for (; kinds[kind].name[i] != '\0'; i++)
			word[i] = kinds[kind].name[i] == '_' ? '-' : tolower((unsigned char)kinds[kind].name[i]);
		word[i] = '\0';
		const char *operand = kind == TL_THREAD_START || kind == TL_THREAD_END ? "" : "0x10";
		if (kind == TL_SLEEP || kind == TL_STALL)
			operand = "16ns";
		snprintf(line, sizeof line, "0 alice %s %s 77 at 0x20", word, operand);
		struct source *source = script_open_text(line, &why);
		if (source == NULL)
			fail_msg("%s: %s", line, why.text);
		while (!last && source_next(source, &news, &why) == SOURCE_NEWS)
			last = news.what == NEWS_EVENT;
		assert_int_equal(news.event.kind, kind);
		assert_int_equal(news.event.value, 77);
		assert_int_equal(news.event.place, 0x20);
		if (*operand != '\0' && kind != TL_LOG)
			assert_int_equal(news.event.object, 16);
		source_close(source);
	}
}

static void
every_refusal(void **state)
{
	static const struct { const char *script, *why; } refused[] = {
		{ "\n0 alice jumps", "line 2: \"jumps\" is nothing that a thread does (see verbs.def and kinds.def)" },
		{ "1 exit 0\n0.5 exit 0", "line 2: time goes back: this is 500000 us before the line above" },
		{ "1x exit 0", "line 1: a time is expected (such as 0.25, 1.5s, 20ms, 3us, 40ns), not \"1x\"" },
		{ "99999999999 exit 0", "line 1: \"99999999999\" is too long a time" },
		{ "0", "line 1: what happened is missing at the end of the line" },
		{ "0 alice", "line 1: what the thread did is missing at the end of the line" },
		{ "0 alice waits A", "line 1: \"waits\" may mean several things: say first what \"A\" is, such as: lock A" },
		{ "0 alice waits", "line 1: \"waits\" needs a thread or an object behind it" },
		{ "lock A\n0 alice arrives A", "line 2: \"A\" is something else: one cannot do that to it" },
		{ "event e\n0 alice takes e", "line 2: \"takes\" is nothing that one does to \"e\"" },
		{ "0 alice locks A 5 6 seven", "line 1: \"seven\" is not expected here" },
		{ "0 alice locks A for 3", "line 1: \"for\" belongs to waits only" },
		{ "0 alice locks A at here", "line 1: a place is FILE:LINE, not \"here\"" },
		{ "0 alice sleeps", "line 1: a length of time is missing at the end of the line" },
		{ "0 alice destroys it", "line 1: \"it\" is neither a thread nor an object" },
		{ "lock A\nevent A", "line 2: \"A\" is already there" },
		{ "barrier gate", "line 1: the number of parties is missing at the end of the line" },
		{ "barrier gate x", "line 1: the number of parties is expected, not \"x\"" },
		{ "barrier gate 5000000000", "line 1: \"5000000000\" is too large" },
		{ "condition c with d", "line 1: \"d\" is not a lock" },
		{ "lock A\nprogram x", "line 2: program comes first" },
		{ "output \"abc", "line 1: a quotation mark is not closed: \"abc" },
		{ "output \"a\\q\"", "line 1: \"\\q\" is no escape: there are \\n \\r \\t \\e \\\\ \\\" and \\xHH" },
		{ "output \"a\"b", "line 1: a blank is missing behind \"a\"" },
		{ "output a b", "line 1: \"b\" is too much here" },
		{ "lock \"\"", "line 1: a name cannot be empty, nor hold a zero byte" },
		{ "lock \"a\\x00b\"", "line 1: a name cannot be empty, nor hold a zero byte" },
		{ "exit 256", "line 1: \"256\" is too large" },
		{ "0 \"al\\e[2J\" jum\x1bps", "line 1: \"jum?ps\" is nothing that a thread does (see verbs.def and kinds.def)" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof refused / sizeof *refused; i++)
		is_refused(refused[i].script, refused[i].why);
}

static void
files(void **state)
{
	char path[] = "/tmp/tl-script-XXXXXX";
	int fd = mkstemp(path);
	char expected[200];
	struct reason why;

	(void)state;
	assert_return_code(fd, 0);
	assert_int_equal(write(fd, "0 exit x", 8), 8);
	assert_null(script_open(path, &why));
	snprintf(expected, sizeof expected, "%s, line 1: an exit status is expected, not \"x\"", path);
	assert_string_equal(why.text, expected);
	assert_int_equal(pwrite(fd, "0 exit 0", 8, 0), 8);
	struct source *source = script_open(path, &why);
	assert_non_null(source);
	source_close(source);
	assert_int_equal(pwrite(fd, "\0", 1, 1), 1);
	assert_null(script_open(path, &why));
	assert_non_null(strstr(why.text, "is not a script: it is not text"));
	close(fd);
	unlink(path);
	assert_null(script_open(path, &why));
	assert_non_null(strstr(why.text, "No such file"));
	assert_null(script_open("/", &why));
	assert_string_equal(why.text, "/ is not a file");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_few_words_are_enough),
		cmocka_unit_test(declarations),
		cmocka_unit_test(values_flags_and_places),
		cmocka_unit_test(times),
		cmocka_unit_test(operands_that_are_no_objects),
		cmocka_unit_test(seen_from_outside),
		cmocka_unit_test(every_kind),
		cmocka_unit_test(every_refusal),
		cmocka_unit_test(files),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
