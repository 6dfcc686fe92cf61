/*
 * threads.h - what the tests of libthreadlanes share. Nothing sleeps in the hope that something has happened by then: a test
 * waits until it is so, for a generous time.
 */
#ifndef TESTS_THREADS_H
#define TESTS_THREADS_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "check.h"
#include "threadlanes.h"

#if defined(__SANITIZE_THREAD__)
#define TSAN 1
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define TSAN 1
#endif
#endif
#ifndef TSAN
#define TSAN 0
#endif

#define PATIENCE 60.0			/* seconds, before something that has to happen is called missing */

static inline double
seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

static inline void
nap(void)
{
	nanosleep(&(struct timespec){ .tv_nsec = 500000 }, NULL);
}

/* Waits until it is so. */
#define await(condition) \
	do { \
		double await_since = seconds(); \
		while (!(condition) && seconds() - await_since < PATIENCE) \
			nap(); \
		assert_true(condition); \
	} while (0)

static inline uint32_t
waiting(const struct tl_queue *queue)
{
	return __atomic_load_n(&queue->waiting, __ATOMIC_ACQUIRE);
}

/* A measured timeout: at least 0.6 of it, less than 10 times. */
#define assert_took(since, timeout) \
	do { \
		double took = seconds() - (since); \
		assert_true(took >= 0.6 * (timeout)); \
		assert_true(took < 10 * (timeout)); \
	} while (0)

#define TEAM_MAX 40

struct team {
	struct tl_thread thread[TEAM_MAX];
	int size;
};

static inline void
team_start(struct team *team, int size, void *(*function)(void *), void *argument)
{
	team->size = size;
	for (int i = 0; i < size; i++)
		assert_int_equal(tl_thread_run(&team->thread[i], NULL, function, argument), TL_OK);
}

static inline void
team_join(struct team *team)
{
	for (int i = 0; i < team->size; i++) {
		assert_int_equal(tl_thread_join_timed(&team->thread[i], PATIENCE), TL_OK);
		assert_int_equal(tl_thread_destroy(&team->thread[i]), TL_OK);
	}
}

#define assert_describes(object, words) \
	do { \
		char described[256]; \
		tl_describe(object, described, sizeof(described)); \
		if (strstr(described, words) == NULL) \
			fail_msg("\"%s\" does not say \"%s\"", described, words); \
	} while (0)

#endif
