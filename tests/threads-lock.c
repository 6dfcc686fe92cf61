/* threads-lock.c - what Lock promises, and what RLock promises as well. */
#define _GNU_SOURCE
#include <pthread.h>
#include <signal.h>
#include <unistd.h>

#include "threads.h"

/* One table for the two kinds, so that each point is tested of both. */
struct kind {
	const char *word;
	size_t size;
	int (*init)(void *, const char *);
	int (*destroy)(void *);
	int (*acquire)(void *);
	int (*timed)(void *, double);
	int (*attempt)(void *);
	int (*release)(void *);
	bool (*locked)(const void *);
	size_t (*describe)(const void *, char *, size_t);
};

#define KIND(name, prefix) \
	static int prefix##_init_(void *l, const char *n) { return tl_##prefix##_init(l, n); } \
	static int prefix##_destroy_(void *l) { return tl_##prefix##_destroy(l); } \
	static int prefix##_acquire_(void *l) { return tl_##prefix##_acquire(l); } \
	static int prefix##_timed_(void *l, double t) { return tl_##prefix##_acquire_timed(l, t); } \
	static int prefix##_try_(void *l) { return tl_##prefix##_try(l); } \
	static int prefix##_release_(void *l) { return tl_##prefix##_release(l); } \
	static size_t prefix##_describe_(const void *l, char *s, size_t n) { return tl_##prefix##_describe(l, s, n); } \
	static bool prefix##_locked_(const void *l);

KIND(Lock, lock)
KIND(RLock, rlock)
KIND(Condition, condition)

static bool lock_locked_(const void *l) { return tl_lock_locked(l); }
static bool rlock_locked_(const void *l) { return tl_rlock_locked(l); }
static bool condition_locked_(const void *l) { return tl_rlock_locked(((const struct tl_condition *)l)->rlock); }

#define ROW(word, prefix) { word, sizeof(struct tl_##prefix), prefix##_init_, prefix##_destroy_, prefix##_acquire_, \
	prefix##_timed_, prefix##_try_, prefix##_release_, prefix##_locked_, prefix##_describe_ }
static const struct kind kinds[] = { ROW("Lock", lock), ROW("RLock", rlock), ROW("RLock", condition) };

static union {
	struct tl_lock lock;
	struct tl_rlock rlock;
	struct tl_condition condition;
} object;
static const struct kind *kind;
static atomic_int inside, most, done;

#define FOR_EACH_KIND \
	for (kind = kinds; kind < kinds + 3 && (kind->init(&object, "A") == TL_OK); kind++)

static const struct tl_queue *
queue_of(void)
{
	return kind == kinds ? &object.lock.queue
	    : kind == kinds + 1 ? &object.rlock.lock.queue : &object.condition.own.lock.queue;
}

static void
test_basics(void **state)
{
	(void)state;
	FOR_EACH_KIND {
		assert_false(kind->locked(&object));
		for (int i = 0; i < 3; i++) {
			assert_int_equal(kind->acquire(&object), TL_OK);
			assert_true(kind->locked(&object));
			assert_int_equal(kind->release(&object), TL_OK);
			assert_false(kind->locked(&object));
		}
		assert_int_equal(kind->attempt(&object), TL_OK);
		assert_int_equal(kind->release(&object), TL_OK);
		assert_int_equal(kind->destroy(&object), TL_OK);
		assert_int_equal(kind->acquire(&object), TL_E_DEAD);
		assert_int_equal(kind->release(&object), TL_E_DEAD);
		assert_int_equal(kind->destroy(&object), TL_E_DEAD);
	}
	FOR_EACH_KIND {				/* destroyed while held */
		assert_int_equal(kind->acquire(&object), TL_OK);
		assert_int_equal(kind->destroy(&object), TL_OK);
	}
}

static void
test_text(void **state)
{
	char text[256], address[32];

	(void)state;
	FOR_EACH_KIND {
		kind->describe(&object, text, sizeof(text));
		assert_non_null(strstr(text, "unlocked"));
		assert_non_null(strstr(text, kind->word));
		snprintf(address, sizeof(address), "at %p", (void *)&object);
		assert_non_null(strstr(text, address));
		kind->acquire(&object);
		kind->describe(&object, text, sizeof(text));
		assert_null(strstr(text, "unlocked"));
		assert_non_null(strstr(text, "locked"));
		assert_true(kind->describe(&object, text, 5) > 5);
		assert_int_equal(strlen(text), 4);
		kind->release(&object);
	}
}

static void *
tries(void *answer)
{
	*(int *)answer = kind->attempt(&object);
	return NULL;
}

static void *
tries_timed(void *answer)
{
	*(int *)answer = kind->timed(&object, 0.5);
	return NULL;
}

static int
answer_of_another(void *(*function)(void *))
{
	struct team team;
	int answer = 1;

	team_start(&team, 1, function, &answer);
	team_join(&team);
	return answer;
}

static void
test_timeouts(void **state)
{
	double since;

	(void)state;
	FOR_EACH_KIND {
		assert_int_equal(kind->timed(&object, __builtin_nan("")), TL_E_ARGUMENT);
		assert_int_equal(kind->timed(&object, TL_TIMEOUT_MAX * 2), TL_E_ARGUMENT);
		assert_int_equal(kind->timed(&object, TL_TIMEOUT_MAX), TL_OK);
		assert_int_equal(kind->release(&object), TL_OK);
		assert_int_equal(kind->timed(&object, 5), TL_OK);
		assert_int_equal(answer_of_another(tries), TL_E_BUSY);
		since = seconds();
		assert_int_equal(answer_of_another(tries_timed), TL_E_TIMEOUT);
		assert_took(since, 0.5);
		assert_int_equal(kind->release(&object), TL_OK);
		assert_false(kind->locked(&object));		/* no half state */
		assert_int_equal(kind->timed(&object, 0), TL_OK);
		assert_int_equal(kind->release(&object), TL_OK);
		assert_int_equal(kind->timed(&object, TL_FOREVER), TL_OK);
		assert_int_equal(kind->release(&object), TL_OK);
	}
}

static void *
contends(void *unused)
{
	int n;

	kind->acquire(&object);
	n = atomic_fetch_add(&inside, 1) + 1;
	if (n > most)
		most = n;
	nap();
	inside--;
	kind->release(&object);
	done++;
	return unused;
}

static void
test_contenders(void **state)
{
	struct team team;

	(void)state;
	FOR_EACH_KIND {
		most = done = 0;
		kind->acquire(&object);
		team_start(&team, 5, contends, NULL);
		await(waiting(queue_of()) == 5);
		assert_int_equal(done, 0);
		kind->release(&object);
		team_join(&team);
		assert_int_equal(done, 5);
		assert_int_equal(most, 1);
	}
}

#define ROUNDS 20000

static void *
counts(void *counter)
{
	for (int i = 0; i < ROUNDS; i++) {
		kind->acquire(&object);
		(*(volatile int *)counter)++;
		kind->release(&object);
	}
	return NULL;
}

static void
test_counter(void **state)
{
	struct team team;
	int counter;

	(void)state;
	FOR_EACH_KIND {
		counter = 0;
		team_start(&team, 4, counts, &counter);
		team_join(&team);
		assert_int_equal(counter, 4 * ROUNDS);
	}
}

static void *
foreign(void *unused)
{
	kind->acquire(&object);
	nap();
	kind->release(&object);
	return unused;
}

static void
test_foreign(void **state)
{
	pthread_t thread[15];
	size_t before = tl_thread_active_count();

	(void)state;
	FOR_EACH_KIND {
		kind->acquire(&object);
		for (int i = 0; i < 15; i++)
			assert_int_equal(pthread_create(&thread[i], NULL, foreign, NULL), 0);
		await(waiting(queue_of()) == 15);
		assert_int_equal(tl_thread_active_count(), before);
		kind->release(&object);
		for (int i = 0; i < 15; i++)
			pthread_join(thread[i], NULL);
		assert_int_equal(tl_thread_active_count(), before);
	}
}

/* --- Lock alone --- */

static void *
releases(void *lock)
{
	tl_lock_release(lock);
	return NULL;
}

static void *
acquires_twice(void *lock)
{
	tl_lock_acquire(lock);
	tl_lock_acquire(lock);
	done++;
	return NULL;
}

static void
test_not_reentrant(void **state)
{
	struct tl_lock lock;
	struct team one, other;

	(void)state;
	done = 0;
	tl_lock_init(&lock, "A");
	assert_int_equal(tl_lock_release(&lock), TL_E_NOT_HELD);
	assert_false(tl_lock_locked(&lock));
	team_start(&one, 1, acquires_twice, &lock);
	await(waiting(&lock.queue) == 1);
	assert_int_equal(done, 0);
	team_start(&other, 1, releases, &lock);
	team_join(&one);
	team_join(&other);
	assert_int_equal(done, 1);
	assert_true(tl_lock_locked(&lock));
	assert_int_equal(tl_lock_reinit(&lock), TL_OK);
	assert_int_equal(tl_lock_try(&lock), TL_OK);
}

/* --- With --- */

static struct tl_lock with_lock;

static void
leaves_by_return(void)
{
	TL_WITH(&with_lock)
		return;
}

static void *
is_cancelled_within(void *event)
{
	TL_WITH(&with_lock)
		tl_event_wait(event);
	return NULL;
}

static void *
exits_within(void *unused)
{
	TL_WITH(&with_lock)
		tl_thread_exit(unused);
	return NULL;
}

static void
test_with(void **state)
{
	struct tl_semaphore semaphore;
	int runs = 0;

	(void)state;
	tl_lock_init(&with_lock, "with");
	TL_WITH(&with_lock) {
		assert_true(tl_lock_locked(&with_lock));
		runs++;
	}
	assert_int_equal(runs, 1);
	assert_false(tl_lock_locked(&with_lock));
	leaves_by_return();
	assert_false(tl_lock_locked(&with_lock));
	TL_WITH(&with_lock)
		break;
	assert_false(tl_lock_locked(&with_lock));
	TL_WITH(&with_lock)
		goto out;
out:
	assert_false(tl_lock_locked(&with_lock));
	tl_semaphore_init(&semaphore, "S", 2);
	TL_WITH(&semaphore) {
		TL_WITH(&semaphore)
			assert_int_equal(tl_semaphore_try(&semaphore), TL_E_BUSY);
		assert_int_equal(tl_semaphore_value(&semaphore), 1);
	}
	assert_int_equal(tl_semaphore_value(&semaphore), 2);
	tl_semaphore_destroy(&semaphore);
	TL_WITH(&semaphore)
		fail();
}

static void
test_with_ends(void **state)
{
	struct tl_event_flag event;
	struct team team;

	(void)state;
	tl_lock_init(&with_lock, "with");
	tl_event_init(&event, "never");
	team_start(&team, 1, is_cancelled_within, &event);
	await(waiting(&event.queue) == 1);
	tl_thread_cancel(&team.thread[0]);
	team_join(&team);
	assert_false(tl_lock_locked(&with_lock));
	assert_int_equal(waiting(&event.queue), 0);
	team_start(&team, 1, exits_within, NULL);
	team_join(&team);
	assert_false(tl_lock_locked(&with_lock));
}

/* --- Signals --- */

static atomic_int handled;

static void
handler(int number)
{
	(void)number;
	handled++;
}

static void *
acquires(void *answer)
{
	atomic_int *a = answer;

	*a = tl_lock_acquire(&with_lock);
	return NULL;
}

static void *
acquires_timed(void *answer)
{
	atomic_int *a = answer;

	*a = tl_lock_acquire_timed(&with_lock, 0.5);
	return NULL;
}

static void
signal_five_times(struct tl_thread *thread)
{
	handled = 0;
	for (int i = 1; i <= 5; i++) {
		pthread_kill((pthread_t)tl_thread_ident(thread), SIGUSR1);
		await(handled == i);
	}
}

static void
test_signals(void **state)
{
	struct sigaction action = { .sa_handler = handler };
	struct team team;
	atomic_int answer = 1;
	double since = seconds();

	(void)state;
	sigaction(SIGUSR1, &action, NULL);
	tl_lock_init(&with_lock, "signals");
	tl_lock_acquire(&with_lock);
	team_start(&team, 1, acquires, &answer);
	await(waiting(&with_lock.queue) == 1);
	signal_five_times(&team.thread[0]);
	assert_int_equal(answer, 1);
	tl_lock_release(&with_lock);
	team_join(&team);
	assert_int_equal(answer, TL_OK);

	since = seconds();
	team_start(&team, 1, acquires_timed, &answer);
	await(waiting(&with_lock.queue) == 1);
	signal_five_times(&team.thread[0]);
	team_join(&team);
	assert_int_equal(answer, TL_E_TIMEOUT);
	assert_took(since, 0.5);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_basics),
		cmocka_unit_test(test_text),
		cmocka_unit_test(test_timeouts),
		cmocka_unit_test(test_contenders),
		cmocka_unit_test(test_counter),
		cmocka_unit_test(test_foreign),
		cmocka_unit_test(test_not_reentrant),
		cmocka_unit_test(test_with),
		cmocka_unit_test(test_with_ends),
		cmocka_unit_test(test_signals),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
