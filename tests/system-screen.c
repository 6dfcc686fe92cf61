/* system-screen.c - the real program on a real terminal: started, used, resized, left, killed. */
#include "config.h"

#include "check.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "terminal.h"

static char program[4096], guest[4096], folder[] = "/tmp/threadlanes-test-XXXXXX";

static void
name_in(const char *name, char *path, size_t size)
{
	snprintf(path, size, "%s/%s", folder, name);
}

/* Starts threadlanes with up to six words. */
static struct terminal *
start(int cols, int rows, const char *const *environment, ...)
{
	const char *argv[10] = { program };
	va_list words;
	int n = 1;

	va_start(words, environment);
	while (n < 9 && (argv[n] = va_arg(words, const char *)) != NULL)
		n++;
	va_end(words);
	return terminal_start(cols, rows, argv, environment);
}

static bool
file_appears(const char *path)
{
	struct timespec pause = { .tv_nsec = 20000000 };

	for (int i = 0; i < 1000; i++) {
		if (access(path, F_OK) == 0)
			return true;
		nanosleep(&pause, NULL);
	}
	return false;
}

static void
lanes_appear_and_keys_work(void **unused)
{
	struct terminal *t = start(80, 24, NULL, guest, NULL);

	(void)unused;
	assert_true(terminal_wait(t, "waits for A, held by alice"));
	assert_true(terminal_wait(t, "holds A"));
	assert_true(terminal_wait(t, "ready"));
	assert_true(terminal_wait(t, "live"));
	terminal_type(t, "?");
	assert_true(terminal_wait(t, "HELP"));
	terminal_type(t, "\033");
	assert_true(terminal_wait_gone(t, "HELP"));
	terminal_type(t, "isay hello there\r");
	assert_true(terminal_wait(t, "hello there"));
	terminal_type(t, "igive\r");
	assert_true(terminal_wait_gone(t, "waits for A"));
	terminal_type(t, "iexit 3\r");
	assert_true(terminal_wait(t, "exited 3"));
	terminal_type(t, "q");
	assert_int_equal(WEXITSTATUS(terminal_end(t)), 3);
	assert_true(terminal_was_sent(t, "\033[?1049l"));
	terminal_free(t);
}

static void
any_size_will_do(void **unused)
{
	struct terminal *t = start(80, 24, NULL, guest, NULL);

	(void)unused;
	assert_true(terminal_wait(t, "waits for A"));
	terminal_resize(t, 40, 10);
	assert_true(terminal_wait(t, "bob"));
	assert_true(terminal_wait_gone(t, "waits for A, held by alice"));
	terminal_resize(t, 34, 5);
	assert_true(terminal_wait(t, "34 by 5"));
	terminal_resize(t, 120, 36);
	assert_true(terminal_wait(t, "waits for A, held by alice"));
	for (int i = 0; i < 100; i++)
		terminal_resize(t, 40 + i, 10 + i / 3);
	terminal_resize(t, 200, 50);
	assert_true(terminal_wait(t, "SELECTED"));
	terminal_resize(t, 1, 1);
	terminal_resize(t, 80, 24);
	assert_true(terminal_wait(t, "waits for A, held by alice"));
	terminal_type(t, "iexit 0\r");
	assert_true(terminal_wait(t, "exited 0"));
	terminal_type(t, "q");
	assert_int_equal(terminal_end(t), 0);
	terminal_free(t);
}

static void
space_pauses_and_resumes(void **unused)
{
	struct terminal *t = start(80, 24, NULL, guest, NULL);

	(void)unused;
	assert_true(terminal_wait(t, "waits for A"));
	terminal_type(t, " ");
	assert_true(terminal_wait(t, "paused"));
	terminal_type(t, "igive\r");
	assert_true(terminal_wait(t, "unlock A"));	/* alice stands at the gate, and says what comes next */
	assert_true(terminal_shows(t, "waits for A"));
	terminal_type(t, " ");
	assert_true(terminal_wait_gone(t, "waits for A"));
	assert_true(terminal_wait(t, "live"));
	terminal_type(t, "iexit 0\r");
	assert_true(terminal_wait(t, "exited 0"));
	terminal_type(t, "q");
	assert_int_equal(terminal_end(t), 0);
	terminal_free(t);
}

static void
leaving_asks_while_the_program_runs(void **unused)
{
	struct terminal *t = start(80, 24, NULL, guest, NULL);

	(void)unused;
	assert_true(terminal_wait(t, "waits for A"));
	terminal_type(t, "q");
	assert_true(terminal_wait(t, "is still running"));
	terminal_type(t, "\033");
	assert_true(terminal_wait_gone(t, "is still running"));
	terminal_type(t, "q");
	assert_true(terminal_wait(t, "is still running"));
	terminal_type(t, "q");
	assert_int_equal(WEXITSTATUS(terminal_end(t)), 124);
	terminal_free(t);
}

static void
ctrl_c_twice_ends_the_program(void **unused)
{
	struct terminal *t = start(80, 24, NULL, guest, NULL);

	(void)unused;
	assert_true(terminal_wait(t, "waits for A"));
	terminal_type(t, "\003");
	assert_true(terminal_wait(t, "is still running"));
	terminal_type(t, "\003");
	assert_int_equal(WEXITSTATUS(terminal_end(t)), 124);
	terminal_free(t);
}

static void
left_running_it_goes_on(void **unused)
{
	struct terminal *t;
	char mark[4200];

	(void)unused;
	name_in("left", mark, sizeof mark);
	t = start(80, 24, NULL, guest, mark, NULL);
	assert_true(terminal_wait(t, "waits for A"));
	terminal_type(t, " ");
	assert_true(terminal_wait(t, "paused"));
	terminal_type(t, "q");
	assert_true(terminal_wait(t, "is still running"));
	terminal_type(t, "d");
	assert_int_equal(terminal_end(t), 0);
	assert_true(file_appears(mark));
	terminal_free(t);
}

static void
the_viewer_killed_the_program_goes_on(void **unused)
{
	struct terminal *t;
	char mark[4200];

	(void)unused;
	for (int paused = 0; paused < 2; paused++) {
		name_in(paused ? "killed-paused" : "killed", mark, sizeof mark);
		t = start(80, 24, NULL, guest, mark, NULL);
		assert_true(terminal_wait(t, "waits for A"));
		if (paused) {
			terminal_type(t, " ");
			assert_true(terminal_wait(t, "paused"));
		}
		kill(terminal_pid(t), SIGKILL);
		assert_int_equal(WTERMSIG(terminal_end(t)), SIGKILL);
		assert_true(file_appears(mark));
		terminal_free(t);
	}
}

static void
a_signal_gives_the_terminal_back(void **unused)
{
	static const int signals[] = { SIGTERM, SIGHUP,
#ifndef TL_SANITIZED	/* a sanitizer reports crashes in its own way */
		SIGSEGV, SIGABRT, SIGQUIT,
#endif
	};
	struct terminal *t;

	(void)unused;
	for (size_t i = 0; i < sizeof signals / sizeof *signals; i++) {
		t = start(80, 24, NULL, guest, NULL);
		assert_true(terminal_wait(t, "waits for A"));
		kill(terminal_pid(t), signals[i]);
		terminal_end(t);
		assert_true(terminal_was_sent(t, "\033[?1049l"));
		assert_true(terminal_was_sent(t, "\033[?1002l"));
		terminal_free(t);
	}
}

static void
the_program_killed_the_screen_says_so(void **unused)
{
	struct terminal *t = start(80, 24, NULL, guest, NULL);
	int status;

	(void)unused;
	assert_true(terminal_wait(t, "waits for A"));
	terminal_type(t, "idie\r");
	assert_true(terminal_wait(t, "died: SIGKILL"));
	terminal_type(t, "q");
	status = terminal_end(t);
	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
	terminal_free(t);
}

static void
without_colour_and_without_utf8(void **unused)
{
	static const char *const no_color[] = { "NO_COLOR=1", NULL }, *const c_locale[] = { "LC_ALL=C", NULL };
	struct terminal *t = start(80, 24, no_color, guest, NULL);

	(void)unused;
	assert_true(terminal_wait(t, "waits for A"));
	assert_false(terminal_was_sent(t, "\033[38;5;"));
	assert_false(terminal_was_sent(t, "\033[31m"));
	terminal_free(t);
	t = start(80, 24, c_locale, guest, NULL);
	assert_true(terminal_wait(t, "xx"));
	assert_true(terminal_wait(t, "##"));
	assert_false(terminal_was_sent(t, "\342"));
	terminal_free(t);
}

static void
a_dumb_terminal_gets_sentences(void **unused)
{
	static const char *const dumb[] = { "TERM=dumb", NULL }, *const unknown[] = { "TERM=no-such-terminal", NULL };
	struct terminal *t = start(80, 24, dumb, guest, NULL);

	(void)unused;
	assert_true(terminal_wait(t, "TERM=dumb cannot show the screen; printing events instead."));
	assert_true(terminal_wait(t, "asked for A"));
	terminal_type(t, "exit 0\n");
	assert_int_equal(terminal_end(t), 0);
	terminal_free(t);
	t = start(80, 24, unknown, guest, NULL);
	assert_int_equal(WEXITSTATUS(terminal_end(t)), 125);
	assert_true(terminal_was_sent(t, "no terminfo for \"no-such-terminal\" here."));
	terminal_free(t);
}

static void
recorded_and_replayed(void **unused)
{
	struct terminal *t;
	char file[4200];

	(void)unused;
	name_in("bank.lanes", file, sizeof file);
	t = start(80, 24, NULL, "-o", file, "--exit", guest, NULL);
	assert_true(terminal_wait(t, "waits for A"));
	terminal_type(t, "iexit 7\r");
	assert_int_equal(WEXITSTATUS(terminal_end(t)), 7);
	terminal_free(t);
	t = start(80, 24, NULL, file, NULL);
	assert_true(terminal_wait(t, "replay"));
	assert_true(terminal_wait(t, "alice"));
	terminal_type(t, "?");
	assert_true(terminal_wait(t, "HELP"));
	terminal_type(t, "\033");
	assert_true(terminal_wait_gone(t, "HELP"));
	terminal_type(t, "q");
	assert_int_equal(terminal_end(t), 0);
	terminal_free(t);
}

static int
set_up(void **unused)
{
	const char *build = getenv("top_builddir");

	(void)unused;
	snprintf(program, sizeof program, "%s/threadlanes", build ? build : ".");
	snprintf(guest, sizeof guest, "%s/tests/guest", build ? build : ".");
	return mkdtemp(folder) == NULL;
}

static int
tear_down(void **unused)
{
	char command[4200];

	(void)unused;
	snprintf(command, sizeof command, "rm -rf %s", folder);
	return system(command) != 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lanes_appear_and_keys_work),
		cmocka_unit_test(any_size_will_do),
		cmocka_unit_test(space_pauses_and_resumes),
		cmocka_unit_test(leaving_asks_while_the_program_runs),
		cmocka_unit_test(ctrl_c_twice_ends_the_program),
		cmocka_unit_test(left_running_it_goes_on),
		cmocka_unit_test(the_viewer_killed_the_program_goes_on),
		cmocka_unit_test(a_signal_gives_the_terminal_back),
		cmocka_unit_test(the_program_killed_the_screen_says_so),
		cmocka_unit_test(without_colour_and_without_utf8),
		cmocka_unit_test(a_dumb_terminal_gets_sentences),
		cmocka_unit_test(recorded_and_replayed),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
