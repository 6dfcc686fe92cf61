/* threads-rlock.c - what RLock promises beyond Lock. */
#include "threads.h"

static struct tl_rlock rlock;
static struct tl_event_flag go;

static void *
is_owned(void *answer)
{
	*(int *)answer = tl_rlock_is_owned(&rlock);
	return NULL;
}

static void *
releases(void *answer)
{
	*(int *)answer = tl_rlock_release(&rlock);
	return NULL;
}

static int
another(void *(*function)(void *))
{
	struct team team;
	int answer = 77;

	team_start(&team, 1, function, &answer);
	team_join(&team);
	return answer;
}

static void
test_again(void **state)
{
	(void)state;
	tl_rlock_init(&rlock, "R");
	for (int i = 0; i < 2; i++) {
		assert_int_equal(tl_rlock_acquire(&rlock), TL_OK);
		assert_int_equal(tl_rlock_acquire_timed(&rlock, 0), TL_OK);
		assert_describes(&rlock, "count=2");
		assert_int_equal(tl_rlock_release(&rlock), TL_OK);
		assert_int_equal(tl_rlock_try(&rlock), TL_OK);
		assert_int_equal(tl_rlock_release(&rlock), TL_OK);
		assert_true(tl_rlock_locked(&rlock));
		assert_int_equal(tl_rlock_release(&rlock), TL_OK);
		assert_false(tl_rlock_locked(&rlock));
		assert_int_equal(tl_rlock_release(&rlock), TL_E_NOT_OWNER);
	}
}

static void
test_owner(void **state)
{
	(void)state;
	tl_rlock_init(&rlock, "R");
	assert_false(tl_rlock_is_owned(&rlock));
	for (int i = 0; i < 2; i++) {
		tl_rlock_acquire(&rlock);
		assert_true(tl_rlock_is_owned(&rlock));
		assert_int_equal(another(is_owned), 0);
		assert_int_equal(another(releases), TL_E_NOT_OWNER);
	}
	tl_rlock_release(&rlock);
	assert_true(tl_rlock_is_owned(&rlock));
	tl_rlock_release(&rlock);
	assert_false(tl_rlock_is_owned(&rlock));
}

static void *
acquires_and_waits(void *unused)
{
	tl_rlock_acquire(&rlock);
	tl_event_wait(&go);
	return unused;
}

static void
test_not_mine(void **state)
{
	struct team team;

	(void)state;
	tl_rlock_init(&rlock, "R");
	tl_event_init(&go, "go");
	assert_int_equal(tl_rlock_release(&rlock), TL_E_NOT_OWNER);
	team_start(&team, 1, acquires_and_waits, NULL);
	await(waiting(&go.queue) == 1);
	assert_int_equal(tl_rlock_release(&rlock), TL_E_NOT_OWNER);
	tl_event_set(&go);
	team_join(&team);
	assert_int_equal(tl_rlock_release(&rlock), TL_E_NOT_OWNER);	/* its owner has ended */
	assert_int_equal(another(releases), TL_E_NOT_OWNER);		/* a new thread, perhaps at the old address */
	assert_true(tl_rlock_locked(&rlock));
	assert_int_equal(tl_rlock_try(&rlock), TL_E_BUSY);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_again), cmocka_unit_test(test_owner), cmocka_unit_test(test_not_mine),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
