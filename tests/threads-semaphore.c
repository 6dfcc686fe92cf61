/* threads-semaphore.c - what Semaphore and BoundedSemaphore promise. */
#include <limits.h>

#include "threads.h"

static struct tl_semaphore semaphore;
static atomic_int got, missed, inside, most;

typedef int init_f(struct tl_semaphore *, const char *, int);
static init_f *const inits[] = { tl_semaphore_init, tl_bounded_semaphore_init };

static int
set_up(void **state)
{
	(void)state;
	got = missed = inside = most = 0;
	return 0;
}

static void
test_values(void **state)
{
	double since;

	(void)state;
	for (int i = 0; i < 2; i++) {
		assert_int_equal(inits[i](&semaphore, "S", -1), TL_E_ARGUMENT);
		assert_int_equal(inits[i](&semaphore, "S", INT_MIN), TL_E_ARGUMENT);
		for (int n = 1; n <= 2; n++) {
			assert_int_equal(inits[i](&semaphore, "S", n), TL_OK);
			for (int k = 0; k < n; k++)
				assert_int_equal(tl_semaphore_acquire(&semaphore), TL_OK);
			assert_int_equal(tl_semaphore_try(&semaphore), TL_E_BUSY);
		}
		assert_int_equal(tl_semaphore_acquire_timed(&semaphore, 0.005), TL_E_TIMEOUT);
		since = seconds();
		assert_int_equal(tl_semaphore_acquire_timed(&semaphore, 0.5), TL_E_TIMEOUT);
		assert_took(since, 0.5);
		assert_int_equal(tl_semaphore_release(&semaphore), TL_OK);
		assert_int_equal(tl_semaphore_acquire_timed(&semaphore, 0.5), TL_OK);
		assert_int_equal(tl_semaphore_release_n(&semaphore, 0), TL_E_ARGUMENT);
		assert_int_equal(tl_semaphore_release_n(&semaphore, -1), TL_E_ARGUMENT);
		assert_int_equal(tl_semaphore_destroy(&semaphore), TL_OK);
		assert_int_equal(tl_semaphore_acquire(&semaphore), TL_E_DEAD);
	}
	tl_semaphore_init(&semaphore, "S", 3);
	assert_describes(&semaphore, "<Semaphore \"S\" value=3 ");
	tl_semaphore_acquire(&semaphore);
	assert_describes(&semaphore, "value=2 ");
	assert_int_equal(tl_semaphore_release_n(&semaphore, 2), TL_OK);
	assert_describes(&semaphore, "value=4 ");
}

static void *
takes_two(void *unused)
{
	for (int i = 0; i < 2; i++) {
		tl_semaphore_acquire(&semaphore);
		got++;
	}
	return unused;
}

static void
release_in_all(int n, bool at_once)
{
	if (at_once)
		assert_int_equal(tl_semaphore_release_n(&semaphore, n), TL_OK);
	for (int i = 0; i < n && !at_once; i++)
		assert_int_equal(tl_semaphore_release(&semaphore), TL_OK);
}

static void
test_totals(void **state)
{
	struct team team;

	(void)state;
	for (int at_once = 0; at_once < 2; at_once++) {
		got = 0;
		tl_semaphore_init(&semaphore, "S", 7);
		tl_semaphore_acquire(&semaphore);
		team_start(&team, 10, takes_two, NULL);
		await(got == 6 && waiting(&semaphore.queue) >= 7);
		release_in_all(7, at_once);
		await(got == 13);
		release_in_all(6, at_once);
		await(got == 19 && waiting(&semaphore.queue) == 1);
		assert_int_equal(tl_semaphore_try(&semaphore), TL_E_BUSY);
		release_in_all(1, at_once);
		team_join(&team);
		assert_int_equal(got, 20);
		assert_int_equal(tl_semaphore_value(&semaphore), 0);
	}
}

static void *
tries_two(void *unused)
{
	for (int i = 0; i < 2; i++)
		atomic_fetch_add(tl_semaphore_try(&semaphore) == TL_OK ? &got : &missed, 1);
	return unused;
}

static void
test_tries(void **state)
{
	struct team team;

	(void)state;
	tl_semaphore_init(&semaphore, "S", 2);
	assert_int_equal(tl_semaphore_try(&semaphore), TL_OK);
	assert_int_equal(tl_semaphore_try(&semaphore), TL_OK);
	assert_int_equal(tl_semaphore_try(&semaphore), TL_E_BUSY);
	tl_semaphore_release(&semaphore);
	assert_int_equal(tl_semaphore_try(&semaphore), TL_OK);
	tl_semaphore_init(&semaphore, "S", 4);
	tl_semaphore_acquire(&semaphore);
	team_start(&team, 5, tries_two, NULL);
	team_join(&team);
	assert_int_equal(got, 3);
	assert_int_equal(missed, 7);
}

static void *
takes(void *unused)
{
	tl_semaphore_acquire(&semaphore);
	return unused;
}

static void *
gives(void *unused)
{
	if (tl_semaphore_release(&semaphore) == TL_OK)
		got++;
	return unused;
}

static void
test_bounded(void **state)
{
	struct team team;

	(void)state;
	for (int limit = 1; limit < 10; limit++) {
		got = 0;
		tl_bounded_semaphore_init(&semaphore, "B", limit);
		assert_int_equal(tl_semaphore_release(&semaphore), TL_E_EXCEEDED);
		team_start(&team, limit, takes, NULL);
		team_join(&team);
		team_start(&team, limit, gives, NULL);		/* others may */
		team_join(&team);
		assert_int_equal(got, limit);
		assert_int_equal(tl_semaphore_release(&semaphore), TL_E_EXCEEDED);
		assert_int_equal(tl_semaphore_value(&semaphore), limit);
	}
	tl_bounded_semaphore_init(&semaphore, "B", 3);
	assert_describes(&semaphore, "<BoundedSemaphore \"B\" value=3/3 ");
	tl_semaphore_acquire(&semaphore);
	assert_describes(&semaphore, "value=2/3 ");
	assert_int_equal(tl_semaphore_release_n(&semaphore, 2), TL_E_EXCEEDED);	/* none of them */
	assert_int_equal(tl_semaphore_value(&semaphore), 2);
}

static void *
works_inside(void *unused)
{
	for (int i = 0; i < 20; i++)
		TL_WITH(&semaphore) {
			int n = atomic_fetch_add(&inside, 1) + 1;

			if (n > most)
				most = n;
			nap();
			inside--;
		}
	return unused;
}

static void
test_never_more(void **state)
{
	struct team team;

	(void)state;
	tl_bounded_semaphore_init(&semaphore, "pool", 3);
	team_start(&team, 10, works_inside, NULL);
	team_join(&team);
	assert_true(most >= 1 && most <= 3);
	assert_int_equal(tl_semaphore_value(&semaphore), 3);
}

static void
test_cancelled(void **state)
{
	struct team team;

	(void)state;
	tl_semaphore_init(&semaphore, "S", 0);
	team_start(&team, 2, takes_two, NULL);
	await(waiting(&semaphore.queue) == 2);
	tl_thread_cancel(&team.thread[0]);
	await(waiting(&semaphore.queue) == 1);
	tl_semaphore_release_n(&semaphore, 2);
	team_join(&team);
	assert_int_equal(got, 2);
	assert_int_equal(tl_semaphore_value(&semaphore), 0);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup(name, set_up)
	const struct CMUnitTest tests[] = {
		TEST(test_values), TEST(test_totals), TEST(test_tries), TEST(test_bounded), TEST(test_never_more),
		TEST(test_cancelled),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
