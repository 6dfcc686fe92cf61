/*
 * killed.c - the program is killed at every marked point of the probe: what it had committed is told, in order and whole,
 * its threads are told to have ended, and the session goes on.
 *
 * This program is both sides; the probe is built into it with its test points. The watched one counts what it has
 * emitted in memory that survives it (descriptor 3).
 */
#include "config.h"

#include "check.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "probe/probe.h"
#include "source/live.h"
#include "source/ticks.h"

#define SHARED	 3
#define GENEROUS INT64_C(60000000000)

/* --- The watched program -------------------------------------------------------------------------------------- */

static const char *deadly;	/* the point to die at */
static uint32_t visits_left;	/* ... when it is visited for this time */

void
tl_testpoint(const char *name)
{
	if (deadly != NULL && strcmp(name, deadly) == 0 && --visits_left == 0)
		kill(getpid(), SIGKILL);
}

/* Emits until it dies, and a name now and then. */
static int
play(const char *point, const char *visits)
{
	_Atomic uint32_t *emitted = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, SHARED, 0);
	struct tl_naming naming = { .object = 0x5000, .is = TL_OBJECT_LOCK, .text = "a name" };

	tl_emit(TL_THREAD_DETACH, 0, 0x77, 0, 0);	/* takes the seat */
	visits_left = (uint32_t)atoi(visits);
	deadly = point;
	for (uint32_t i = 0; i < 1000000; i++) {
		tl_emit(TL_LOCAL_SET, 0, 1, i, 0);
		atomic_store(emitted, i + 1);
		if (i % 16 == 0)
			tl_name_object(&naming);
		if (i % 16 == 8)
			tl_lane_abandon(tl_lane_claim(0x6000));
	}
	return 0;
}

/* --- The viewer ----------------------------------------------------------------------------------------------- */

struct show {
	struct session *session;
	struct source *source;
	_Atomic uint32_t *emitted;
	int shared;
};

static pid_t
start(struct show *s, const char *point, uint32_t visits)
{
	pid_t program = fork();
	char count[16];

	if (program == 0) {
		snprintf(count, sizeof count, "%u", visits);
		setenv(TL_SESSION_ENV, session_path(s->session), 1);
		dup2(s->shared, SHARED);	/* made without CLOEXEC: it is inherited also if it is that one already */
		execl("/proc/self/exe", "killed", point, count, (char *)NULL);
		_exit(127);
	}
	return program;
}

/* One life: how many of its events were told, all in order; its end last of all. */
static uint32_t
follow(struct show *s, pid_t program)
{
	int64_t until = monotonic_now() + GENEROUS;
	uint32_t told = 0, begun = 0, ended = 0;
	bool over = false, exited = false;
	struct reason why;
	int status;

	while (!exited && monotonic_now() < until) {
		struct news n;

		if (!over && waitpid(program, &status, WNOHANG) == program) {
			over = true;
			assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
			live_exit(s->source, program, status);
		}
		if (source_next(s->source, &n, &why) != SOURCE_NEWS) {
			usleep(200);
			continue;
		}
		exited = n.what == NEWS_EXIT;
		if (n.what != NEWS_EVENT)
			continue;
		if (n.event.kind == TL_LOCAL_SET)
			assert_int_equal(n.event.value, told++);
		begun += n.event.kind == TL_THREAD_START;
		ended += n.event.kind == TL_THREAD_END;
	}
	assert_true(exited);
	assert_int_equal(begun, 1);
	assert_int_equal(ended, 1);
	assert_null(live_complaint(s->source));
	return told;
}

static void
what_was_committed_is_told(void **state)
{
	static const char *points[] = { "before reserve", "reserved", "stamped", "filled", "committed", "lane claimed",
		"name allocated" };
	struct reason why;
	struct show s;

	(void)state;
	s.session = session_make(&why);
	assert_non_null(s.session);
	s.source = live_open(s.session, &why);
	assert_non_null(s.source);
	s.shared = memfd_create("emitted", 0);
	assert_int_equal(ftruncate(s.shared, 4096), 0);
	s.emitted = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, s.shared, 0);
	live_program(s.source, "many lives", getpid(), 1);
	for (size_t i = 0; i < sizeof points / sizeof points[0]; i++)
		for (uint32_t visits = 1; visits < 5000; visits = visits * 7 + 1) {
			uint32_t told, emitted;

			atomic_store(s.emitted, 0);
			told = follow(&s, start(&s, points[i], visits));
			emitted = atomic_load(s.emitted);
			if (told != emitted + (strcmp(points[i], "committed") == 0))
				fail_msg("at %s, visit %u: emitted %u, told %u", points[i], visits, emitted, told);
		}
	source_close(s.source);
	session_end(s.session);
	close(s.shared);
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_was_committed_is_told),
	};

	if (argc == 3)
		return play(argv[1], argv[2]);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
