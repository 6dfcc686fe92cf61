/*
 * stage.h - a stage for tests of the probe: a session in a directory of its own, and a process that joins it.
 *
 * Each test plays in a forked process, as a process can join a session only once. The test itself is the viewer as far as
 * it holds the bell; the play reads its own rings, by the rules of wire/segment.h.
 */
#ifndef TESTS_STAGE_H
#define TESTS_STAGE_H

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/check.h"
#include "probe/inside.h"

#define STAGE_SECONDS 120	/* generous: a loaded machine, sanitizers */

/* In a play: what must be true. */
#define MUST(what)                                                                                                     \
	do {                                                                                                           \
		if (!(what)) {                                                                                         \
			fprintf(stderr, "# %s:%d: not so: %s\n", __FILE__, __LINE__, #what);                           \
			_exit(1);                                                                                      \
		}                                                                                                      \
	} while (0)

/* In a play: waits for something to become true, for as long as the play may last. */
#define UNTIL(what)                                                                                                    \
	while (!(what))                                                                                                \
	usleep(200)

struct stage {
	char directory[64], bell_path[80];
	int bell;			/* -1: the viewer is dead */
	const char *ring, *lanes, *overflow;
};

static struct stage *stage;

static inline void
stage_viewer_lives(void)
{
	stage->bell = open(stage->bell_path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	if (stage->bell < 0)
		err(1, "%s", stage->bell_path);
}

static inline void
stage_viewer_dies(void)
{
	close(stage->bell);
	stage->bell = -1;
}

static inline void
stage_sweep(void)
{
	char command[128];

	snprintf(command, sizeof command, "rm -rf '%s'", stage->directory);
	if (system(command) != 0)
		warnx("cannot remove %s", stage->directory);
}

static inline void
stage_play(void (*play)(void))
{
	alarm(STAGE_SECONDS);
	if (stage->bell >= 0)
		close(stage->bell);	/* only the test's own end counts as the viewer */
	if (stage->ring != NULL)
		setenv("THREADLANES_RING", stage->ring, 1);
	if (stage->lanes != NULL)
		setenv("THREADLANES_LANES", stage->lanes, 1);
	if (stage->overflow != NULL)
		setenv("THREADLANES_OVERFLOW", stage->overflow, 1);
	if (!tl_session_join(stage->directory))
		errx(1, "cannot join %s", stage->directory);
	play();
	_exit(0);
}

/* Plays in a process of its own. What the viewer does meanwhile, if anything. Returns the status as of waitpid(). */
static inline int
stage_run(struct stage *s, bool viewer, void (*play)(void), void (*meanwhile)(pid_t))
{
	const char *where = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp";
	int status;
	pid_t child;

	stage = s;
	snprintf(s->directory, sizeof s->directory, "%s/threadlanes-test-XXXXXX", where);
	if (mkdtemp(s->directory) == NULL)
		err(1, "%s", s->directory);
	snprintf(s->bell_path, sizeof s->bell_path, "%s/" TL_BELL_NAME, s->directory);
	if (mkfifo(s->bell_path, 0600) != 0)
		err(1, "%s", s->bell_path);
	s->bell = -1;
	if (viewer)
		stage_viewer_lives();
	child = fork();
	if (child == 0)
		stage_play(play);
	if (meanwhile != NULL)
		meanwhile(child);
	if (waitpid(child, &status, 0) != child)
		err(1, "waitpid");
	if (s->bell >= 0)
		stage_viewer_dies();
	stage_sweep();
	return status;
}

/* A test called NAME, that plays play_NAME(). */
#define PLAY(name, has_viewer, meanwhile_does, ...)                                                                    \
	static void name(void **state)                                                                                 \
	{                                                                                                              \
		struct stage s = { __VA_ARGS__ };                                                                      \
		(void)state;                                                                                           \
		assert_int_equal(stage_run(&s, has_viewer, play_##name, meanwhile_does), 0);                           \
	}

/* --- In a play: the reader --- */

static inline struct tl_lane *
lane_at(uint32_t i)
{
	return &tl_process->lanes[i];
}

static inline uint32_t
lane_mine(void)
{
	return (uint32_t)(tl_writer->lane - tl_process->lanes);
}

/* The next committed event of a lane, and false if there is none. */
static inline bool
lane_take(uint32_t i, struct tl_event *e)
{
	struct tl_lane *lane = lane_at(i);
	uint64_t at = atomic_load_explicit(&lane->drained, memory_order_relaxed);
	struct tl_event *slot = &tl_process->rings[(uint64_t)i * tl_process->capacity + at % tl_process->capacity];

	if (__atomic_load_n(&slot->lap, __ATOMIC_ACQUIRE) != tl_lap(at, tl_process->capacity))	/* C, pairs with B */
		return false;
	*e = *slot;
	atomic_store_explicit(&lane->drained, at + 1, memory_order_release);			/* D, pairs with A */
	return true;
}

/* Takes all there is, gives a lane that ended back, and returns how many events it was. */
static inline uint64_t
lane_drain(uint32_t i)
{
	struct tl_lane *lane = lane_at(i);
	bool ended = atomic_load_explicit(&lane->use, memory_order_acquire) == TL_LANE_ENDED;
	struct tl_event e;
	uint64_t n = 0;

	while (lane_take(i, &e))
		n++;
	if (ended)
		atomic_store_explicit(&lane->use, TL_LANE_FREE, memory_order_release);
	return n;
}

#endif
