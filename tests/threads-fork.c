/*
 * threads-fork.c - what holds in a forked child. A child answers with its exit status: 0, or the number of the line whose
 * expectation did not hold.
 */
#define _GNU_SOURCE
#include <pthread.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "threads.h"

static struct tl_lock lock;
static struct tl_rlock rlock;
static struct tl_event_flag event, go;
static struct tl_semaphore semaphore;
static struct tl_barrier barrier;
static struct tl_condition condition;

#define expect(condition) \
	do { \
		if (!(condition)) \
			_exit(__LINE__ % 250 + 1); \
	} while (0)

/* Runs it in a child, which dies if it hangs; returns the child's status. */
static int
in_child(void (*run)(void))
{
	pid_t child = fork();
	int status;

	if (child == 0) {
		alarm((unsigned)PATIENCE);
		run();
		_exit(0);
	}
	while (waitpid(child, &status, 0) != child)
		;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 1000 + WTERMSIG(status);
}

static void *
returns_it(void *value)
{
	return value;
}

/* Everything works, whatever it was doing in the parent. */
static void
use_everything(void)
{
	struct tl_thread thread;

	expect(tl_lock_reinit(&lock) == TL_OK && !tl_lock_locked(&lock));
	expect(tl_lock_acquire(&lock) == TL_OK && tl_lock_try(&lock) == TL_E_BUSY && tl_lock_release(&lock) == TL_OK);
	expect(tl_event_set(&event) == TL_OK && tl_event_wait(&event) == TL_OK);
	expect(tl_event_clear(&event) == TL_OK && tl_event_wait_timed(&event, 0.01) == TL_E_TIMEOUT);
	expect(tl_semaphore_release(&semaphore) == TL_OK && tl_semaphore_acquire(&semaphore) == TL_OK);
	expect(tl_barrier_n_waiting(&barrier) == 0 && tl_barrier_wait_timed(&barrier, 0.01) == TL_E_BROKEN);
	expect(tl_condition_acquire(&condition) == TL_OK && tl_condition_notify_all(&condition) == TL_OK);
	expect(tl_condition_wait_timed(&condition, 0.01) == TL_E_TIMEOUT && tl_condition_release(&condition) == TL_OK);
	expect(tl_thread_run(&thread, NULL, returns_it, &lock) == TL_OK);
	expect(tl_thread_active_count() <= 2);
	expect(tl_thread_join(&thread) == TL_OK && tl_thread_active_count() == 1);
}

static int
set_up(void **state)
{
	(void)state;
	tl_lock_init(&lock, "A");
	tl_rlock_init(&rlock, "R");
	tl_event_init(&event, "E");
	tl_event_init(&go, "go");
	tl_semaphore_init(&semaphore, "S", 0);
	tl_barrier_init(&barrier, "B", 10);
	tl_condition_init(&condition, "C");
	return 0;
}

static void
test_alone(void **state)
{
	(void)state;
	assert_int_equal(in_child(use_everything), 0);
	tl_lock_acquire(&lock);
	assert_int_equal(in_child(use_everything), 0);
	assert_true(tl_lock_locked(&lock));		/* the parent's is its own */
}

static struct tl_thread waiters[5];

static void *
wait_lock(void *unused)
{
	tl_lock_acquire(&lock);
	tl_lock_release(&lock);
	return unused;
}

static void *
wait_event(void *unused)
{
	tl_event_wait(&event);
	return unused;
}

static void *
wait_semaphore(void *unused)
{
	tl_semaphore_acquire(&semaphore);
	return unused;
}

static void *
wait_barrier(void *unused)
{
	tl_barrier_wait(&barrier);
	return unused;
}

static void *
wait_condition(void *unused)
{
	TL_WITH(&condition)
		tl_condition_wait(&condition);
	return unused;
}

static void
only_one_is_left(void)
{
	struct tl_thread me = tl_thread_current(), main_thread = tl_thread_main(), list[3];
	enum tl_how how;

	expect(tl_thread_active_count() == 1 && tl_thread_enumerate(list, 3) == 1);
	expect(tl_thread_same(&me, &main_thread) && tl_thread_same(&list[0], &me));
	expect(tl_thread_native_id(NULL) == getpid() && !tl_thread_is_daemon(&me));
	for (int i = 0; i < 5; i++) {
		expect(!tl_thread_is_alive(&waiters[i]));
		expect(tl_thread_join(&waiters[i]) == TL_OK);
		expect(tl_thread_result(&waiters[i], NULL, &how) == TL_OK && how == TL_HOW_LOST);
	}
	use_everything();
}

/* Each of five waits for something; the child finds none of them in any queue. */
static void
test_ghosts(void **state)
{
	static void *(*const functions[])(void *) = { wait_lock, wait_event, wait_semaphore, wait_barrier, wait_condition };
	int answer;

	(void)state;
	if (TSAN)
		skip();			/* it does not support threads started after a fork with threads */
	tl_lock_acquire(&lock);
	for (int i = 0; i < 5; i++)
		tl_thread_run(&waiters[i], NULL, functions[i], NULL);
	await(waiting(&lock.queue) + waiting(&event.queue) + waiting(&semaphore.queue) + waiting(&barrier.queue)
	    + waiting(&condition.queue) == 5);
	answer = in_child(only_one_is_left);
	tl_lock_release(&lock);
	tl_event_set(&event);
	tl_semaphore_release(&semaphore);
	tl_barrier_abort(&barrier);
	TL_WITH(&condition)
		tl_condition_notify_all(&condition);
	for (int i = 0; i < 5; i++) {
		tl_thread_join(&waiters[i]);
		tl_thread_destroy(&waiters[i]);
	}
	assert_int_equal(answer, 0);
}

static void
worker_is_main(void)
{
	struct tl_thread main_thread = tl_thread_main();

	expect(strncmp(tl_thread_name(&main_thread), "Thread-", 7) == 0);	/* keeps its name */
	expect(tl_rlock_is_owned(&rlock) && tl_rlock_release(&rlock) == TL_OK);
	expect(tl_thread_native_id(NULL) == getpid());
	use_everything();
}

static void *
forks_holding(void *answer)
{
	tl_rlock_acquire(&rlock);
	*(int *)answer = in_child(worker_is_main);
	tl_rlock_release(&rlock);
	return NULL;
}

static void
test_from_worker(void **state)
{
	struct team team;
	int answer = -1;

	(void)state;
	if (TSAN)
		skip();			/* as above */
	team_start(&team, 1, forks_holding, &answer);
	team_join(&team);
	assert_int_equal(answer, 0);
}

static atomic_int failed, stop;

static void *
forks_in_crowd(void *unused)
{
	tl_event_wait(&go);
	if (in_child(use_everything) != 0)
		failed++;
	return unused;
}

static void *
hammers(void *unused)
{
	while (!stop) {
		tl_lock_acquire(&lock);
		tl_semaphore_release(&semaphore);
		tl_event_set(&event);
		tl_event_clear(&event);
		tl_semaphore_try(&semaphore);
		tl_lock_release(&lock);
	}
	return unused;
}

static void
test_crowd(void **state)
{
	struct team forkers, hammerers;

	(void)state;
	if (TSAN)
		skip();			/* as above */
	failed = stop = 0;
	team_start(&hammerers, 3, hammers, NULL);
	team_start(&forkers, 16, forks_in_crowd, NULL);
	await(waiting(&go.queue) == 16);
	tl_event_set(&go);
	team_join(&forkers);
	stop = 1;
	team_join(&hammerers);
	assert_int_equal(failed, 0);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup(name, set_up)
	const struct CMUnitTest tests[] = {
		TEST(test_alone), TEST(test_ghosts), TEST(test_from_worker), TEST(test_crowd),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
