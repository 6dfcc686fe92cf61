/* threads-local.c - what local promises. */
#define _GNU_SOURCE
#include <pthread.h>

#include "threads.h"

static struct tl_local local;
static atomic_int freed, made, wrong;
static struct tl_event_flag go;

static int
set_up(void **state)
{
	(void)state;
	freed = made = wrong = 0;
	tl_event_init(&go, "go");
	return tl_local_init(&local, "L");
}

static int
tear_down(void **state)
{
	(void)state;
	if (local.magic != 0)
		tl_local_destroy(&local);
	return 0;
}

static void
frees(void *value)
{
	if (value == NULL)
		wrong++;
	freed++;
}

static void *
sees_nothing(void *value)
{
	void *seen;

	if (tl_local_get(&local, &seen) != TL_E_NO_VALUE || tl_local_delete(&local) != TL_E_NO_VALUE)
		wrong++;
	tl_local_set(&local, value);
	if (tl_local_get(&local, &seen) != TL_OK || seen != value)
		wrong++;
	if (tl_local_delete(&local) != TL_OK || tl_local_get(&local, &seen) != TL_E_NO_VALUE)
		wrong++;
	return NULL;
}

static void
test_own_values(void **state)
{
	struct team team;
	void *seen;

	(void)state;
	assert_int_equal(tl_local_get(&local, &seen), TL_E_NO_VALUE);
	assert_int_equal(tl_local_set(&local, &made), TL_OK);
	team_start(&team, 5, sees_nothing, &freed);
	team_join(&team);
	assert_int_equal(wrong, 0);
	assert_int_equal(tl_local_get(&local, &seen), TL_OK);
	assert_ptr_equal(seen, &made);
	tl_local_destroy(&local);
	assert_int_equal(tl_local_get(&local, &seen), TL_E_DEAD);
	tl_local_init(&local, "L");				/* at the same address: empty */
	assert_int_equal(tl_local_get(&local, &seen), TL_E_NO_VALUE);
}

static void *
sets(void *value)
{
	tl_local_set(&local, value);
	return NULL;
}

static void *
sets_and_waits(void *value)
{
	tl_local_set(&local, value);
	tl_event_wait(&go);
	return NULL;
}

static void
test_die_with_thread(void **state)
{
	struct team team;

	(void)state;
	tl_local_set_destructor(&local, frees);
	team_start(&team, 40, sets, &made);
	team_join(&team);
	assert_int_equal(freed, 40);
	assert_int_equal(wrong, 0);
}

static void
test_die_with_local(void **state)
{
	struct team team;

	(void)state;
	tl_local_set_destructor(&local, frees);
	team_start(&team, 5, sets_and_waits, &made);
	await(waiting(&go.queue) == 5);
	assert_int_equal(freed, 0);
	tl_local_destroy(&local);
	assert_int_equal(freed, 5);
	tl_event_set(&go);
	team_join(&team);
	assert_int_equal(freed, 5);
}

static void *
makes(void *argument)
{
	atomic_fetch_add((atomic_int *)argument, 1);
	tl_sleep(0.01);
	return argument;
}

static void *
gets_twice(void *expected)
{
	void *one = NULL, *two = NULL;

	tl_local_get(&local, &one);
	tl_local_get(&local, &two);
	if (one != expected || two != expected)
		wrong++;
	return NULL;
}

static void
test_initialiser(void **state)
{
	struct team team;

	(void)state;
	tl_local_set_initialiser(&local, makes, &made);
	team_start(&team, 10, gets_twice, &made);
	team_join(&team);
	assert_int_equal(made, 10);				/* once a thread */
	assert_int_equal(wrong, 0);
	tl_local_set_default(&local, &wrong);
	team_start(&team, 10, gets_twice, &wrong);
	team_join(&team);
	assert_int_equal(made, 10);
	assert_int_equal(wrong, 0);
}

static void *
foreign(void *value)
{
	tl_local_set(&local, value);
	tl_event_wait(&go);
	return NULL;
}

/* A thread made elsewhere dies while others are created and destroyed. */
static void
test_race(void **state)
{
	pthread_t thread;

	(void)state;
	tl_local_set_destructor(&local, frees);
	for (int round = 0; round < 10; round++) {
		pthread_create(&thread, NULL, foreign, &made);
		if (round % 2 == 0)
			tl_event_set(&go);
		for (int i = 0; i < 100; i++) {
			struct tl_local passing;

			assert_int_equal(tl_local_init(&passing, NULL), TL_OK);
			tl_local_set(&passing, &made);
			tl_local_destroy(&passing);
		}
		tl_event_set(&go);
		pthread_join(thread, NULL);
	}
	assert_int_equal(freed, 10);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(test_own_values), TEST(test_die_with_thread), TEST(test_die_with_local), TEST(test_initialiser),
		TEST(test_race),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
