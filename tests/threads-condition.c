/* threads-condition.c - what Condition promises beyond the lock it is. */
#include "threads.h"

static struct tl_condition condition;
static struct tl_lock lock;
static atomic_int woken, late, in;
static int value;

static int
set_up(void **state)
{
	(void)state;
	woken = late = in = value = 0;
	return tl_condition_init(&condition, "C");
}

static void *
waits(void *unused)
{
	TL_WITH(&condition)
		if (tl_condition_wait(&condition) == TL_OK)
			woken++;
	return unused;
}

static void
test_wrong_use(void **state)
{
	(void)state;
	assert_int_equal(tl_condition_wait(&condition), TL_E_NOT_OWNER);
	assert_int_equal(tl_condition_wait_timed(&condition, 0), TL_E_NOT_OWNER);
	assert_int_equal(tl_condition_notify(&condition, 1), TL_E_NOT_OWNER);
	assert_int_equal(tl_condition_notify_all(&condition), TL_E_NOT_OWNER);
	tl_condition_acquire(&condition);
	assert_int_equal(tl_condition_acquire(&condition), TL_OK);	/* recursive */
	assert_int_equal(tl_condition_notify(&condition, -1), TL_E_ARGUMENT);
	assert_int_equal(tl_condition_notify(&condition, 0), TL_OK);
	assert_int_equal(tl_condition_notify(&condition, 1), TL_OK);	/* nobody waits */
	assert_int_equal(tl_condition_notify_all(&condition), TL_OK);
	assert_int_equal(tl_condition_wait_timed(&condition, __builtin_nan("")), TL_E_ARGUMENT);
	tl_condition_release(&condition);
	tl_condition_release(&condition);
	assert_int_equal(tl_condition_release(&condition), TL_E_NOT_OWNER);
}

static void *
tries(void *answer)
{
	*(int *)answer = tl_condition_try(&condition);
	return NULL;
}

static void
test_given_lock(void **state)
{
	struct team team;
	int answer;

	(void)state;
	tl_lock_init(&lock, "A");
	assert_int_equal(tl_condition_init_lock(&condition, "C", &lock), TL_OK);
	assert_int_equal(tl_condition_notify(&condition, 1), TL_E_NOT_HELD);
	assert_int_equal(tl_condition_wait(&condition), TL_E_NOT_HELD);
	assert_int_equal(tl_condition_acquire(&condition), TL_OK);
	assert_true(tl_lock_locked(&lock));
	team_start(&team, 1, tries, &answer);
	team_join(&team);
	assert_int_equal(answer, TL_E_BUSY);
	assert_int_equal(tl_condition_wait_timed(&condition, 0.01), TL_E_TIMEOUT);
	assert_true(tl_lock_locked(&lock));
	assert_int_equal(tl_condition_release(&condition), TL_OK);
	assert_false(tl_lock_locked(&lock));
	TL_WITH(&condition)
		assert_true(tl_lock_locked(&lock));
	assert_false(tl_lock_locked(&lock));
	team_start(&team, 3, waits, NULL);
	await(waiting(&condition.queue) == 3);
	assert_false(tl_lock_locked(&lock));		/* all three are inside together */
	TL_WITH(&condition)
		tl_condition_notify_all(&condition);
	team_join(&team);
	assert_int_equal(woken, 3);
	assert_int_equal(tl_condition_init_lock(&condition, "C", NULL), TL_E_ARGUMENT);
}

/* Waits twice: the first time to be one of five, the second time with those who were left. */
static void *
waits_twice(void *unused)
{
	TL_WITH(&condition) {
		tl_condition_wait(&condition);
		woken++;
		tl_condition_wait(&condition);
		late++;
	}
	return unused;
}

static void
test_notify_counts(void **state)
{
	struct team team;

	(void)state;
	for (int round = 0; round < 2; round++) {
		woken = late = 0;
		team_start(&team, 5, waits_twice, NULL);
		await(waiting(&condition.queue) == 5);
		assert_describes(&condition, "waiters=5");
		tl_condition_acquire(&condition);
		tl_condition_notify(&condition, 3);
		assert_int_equal(waiting(&condition.queue), 2);
		await(waiting(&condition.own.lock.queue) == 3);	/* woken, and waiting for the lock */
		assert_int_equal(woken, 0);
		tl_condition_release(&condition);
		await(woken == 3 && waiting(&condition.queue) == 5);
		TL_WITH(&condition)
			tl_condition_notify(&condition, 5);	/* two old ones, three that wait again */
		await(woken == 5 && late == 3 && waiting(&condition.queue) == 2);
		TL_WITH(&condition)
			tl_condition_notify_all(&condition);
		team_join(&team);
		assert_int_equal(late, 5);
	}
}

static int order[5];
static int numbers[5] = { 0, 1, 2, 3, 4 };

static void *
waits_in_order(void *number)
{
	TL_WITH(&condition) {
		tl_condition_wait(&condition);
		order[woken++] = *(int *)number;
	}
	return NULL;
}

static void
test_fifo(void **state)
{
	struct tl_thread thread[5];

	(void)state;
	for (uint32_t i = 0; i < 5; i++) {
		tl_thread_run(&thread[i], NULL, waits_in_order, &numbers[i]);
		await(waiting(&condition.queue) == i + 1);
	}
	for (int i = 0; i < 5; i++) {
		TL_WITH(&condition)
			tl_condition_notify(&condition, 1);
		await(woken == i + 1);
		TL_WITH(&condition)
			assert_int_equal(order[i], i);
	}
	for (int i = 0; i < 5; i++) {
		tl_thread_join(&thread[i]);
		tl_thread_destroy(&thread[i]);
	}
}

static void *
waits_half(void *unused)
{
	TL_WITH(&condition) {
		if (tl_condition_wait_timed(&condition, 0.5) == TL_E_TIMEOUT && tl_rlock_is_owned(condition.rlock))
			late++;
	}
	return unused;
}

static void
test_timeout(void **state)
{
	struct team team;
	double since = seconds();

	(void)state;
	team_start(&team, 5, waits_half, NULL);
	team_join(&team);
	assert_took(since, 0.5);
	assert_int_equal(late, 5);
	TL_WITH(&condition)
		assert_int_equal(tl_condition_wait_timed(&condition, 0), TL_E_TIMEOUT);
}

static void *
waits_deep(void *unused)
{
	TL_WITH(&condition) {
		tl_condition_acquire(&condition);
		tl_condition_wait(&condition);
		if (tl_rlock_is_owned(condition.rlock) && condition.rlock->depth == 2)
			woken++;
		tl_condition_release(&condition);
		if (tl_rlock_is_owned(condition.rlock))
			late++;
	}
	return unused;
}

static void
test_all_levels(void **state)
{
	struct team team;

	(void)state;
	team_start(&team, 1, waits_deep, NULL);
	await(waiting(&condition.queue) == 1);
	assert_int_equal(tl_condition_try(&condition), TL_OK);	/* both levels are free */
	tl_condition_notify(&condition, 1);
	tl_condition_release(&condition);
	team_join(&team);
	assert_int_equal(woken, 1);
	assert_int_equal(late, 1);
	assert_false(tl_rlock_locked(condition.rlock));
}

static bool
is_four(void *unused)
{
	(void)unused;
	in++;
	return value == 4;
}

static void *
waits_for_four(void *answer)
{
	TL_WITH(&condition)
		*(int *)answer = tl_condition_wait_for(&condition, is_four, NULL, TL_FOREVER);
	return NULL;
}

static void
test_wait_for(void **state)
{
	struct team team;
	int answer = 1;

	(void)state;
	team_start(&team, 1, waits_for_four, &answer);
	for (int i = 1; i <= 4; i++) {
		await(in == i && waiting(&condition.queue) == 1);
		TL_WITH(&condition) {
			value = i;
			tl_condition_notify(&condition, 1);
		}
	}
	team_join(&team);
	assert_int_equal(answer, TL_OK);
	assert_int_equal(in, 5);
}

static void *
waits_for_four_briefly(void *answer)
{
	TL_WITH(&condition)
		*(int *)answer = tl_condition_wait_for(&condition, is_four, NULL, 0.3);
	return NULL;
}

static void
test_one_deadline(void **state)
{
	struct team team;
	double since = seconds();
	int answer = 1;

	(void)state;
	team_start(&team, 1, waits_for_four_briefly, &answer);
	for (int i = 1; i <= 3; i++) {
		await(in >= i);
		TL_WITH(&condition)
			tl_condition_notify(&condition, 1);
	}
	team_join(&team);
	assert_took(since, 0.3);
	assert_int_equal(answer, TL_E_TIMEOUT);
}

/* Who is cancelled in a wait takes the lock back, releases it on the way out, and eats no notification. */
static void
test_cancelled(void **state)
{
	struct team team;
	enum tl_how how;

	(void)state;
	team_start(&team, 2, waits, NULL);
	await(waiting(&condition.queue) == 2);
	tl_thread_cancel(&team.thread[0]);
	await(waiting(&condition.queue) == 1);
	TL_WITH(&condition)
		tl_condition_notify(&condition, 1);
	tl_thread_join(&team.thread[0]);
	tl_thread_result(&team.thread[0], NULL, &how);
	assert_int_equal(how, TL_HOW_CANCELLED);
	team_join(&team);
	assert_int_equal(woken, 1);
	assert_false(tl_rlock_locked(condition.rlock));
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup(name, set_up)
	const struct CMUnitTest tests[] = {
		TEST(test_wrong_use), TEST(test_given_lock), TEST(test_notify_counts), TEST(test_fifo), TEST(test_timeout),
		TEST(test_all_levels), TEST(test_wait_for), TEST(test_one_deadline), TEST(test_cancelled),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
