/* threads-event.c - what Event and Timer promise. */
#include "threads.h"

static struct tl_event_flag event;
static atomic_int yes, no;

static void *
waits(void *unused)
{
	if (tl_event_wait(&event) == TL_OK)
		yes++;
	return unused;
}

static void *
waits_half(void *unused)
{
	if (tl_event_wait_timed(&event, 0.5) == TL_E_TIMEOUT)
		no++;
	return unused;
}

static int
set_up(void **state)
{
	(void)state;
	yes = no = 0;
	return tl_event_init(&event, "E");
}

static void
test_flag(void **state)
{
	(void)state;
	assert_false(tl_event_is_set(&event));
	assert_describes(&event, "unset");
	for (int i = 0; i < 2; i++)
		assert_int_equal(tl_event_set(&event), TL_OK);
	assert_true(tl_event_is_set(&event));
	assert_describes(&event, "set");
	assert_int_equal(tl_event_wait(&event), TL_OK);
	assert_int_equal(tl_event_wait_timed(&event, 0), TL_OK);
	assert_int_equal(tl_event_wait_timed(&event, 0.5), TL_OK);
	for (int i = 0; i < 2; i++)
		assert_int_equal(tl_event_clear(&event), TL_OK);
	assert_false(tl_event_is_set(&event));
	assert_int_equal(tl_event_wait_timed(&event, 0), TL_E_TIMEOUT);
	assert_int_equal(tl_event_wait_timed(&event, __builtin_nan("")), TL_E_ARGUMENT);
	tl_event_destroy(&event);
	assert_int_equal(tl_event_set(&event), TL_E_DEAD);
}

static void
test_wakes_all(void **state)
{
	struct team team;

	(void)state;
	for (int round = 1; round <= 3; round++) {		/* used again; the last is set and cleared at once */
		team_start(&team, 5, waits, NULL);
		await(waiting(&event.queue) == 5);
		assert_int_equal(yes, 5 * (round - 1));
		tl_event_set(&event);
		tl_event_clear(&event);
		team_join(&team);
		assert_int_equal(yes, 5 * round);
	}
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
	assert_int_equal(no, 5);
	assert_int_equal(waiting(&event.queue), 0);
}

/* --- Timer --- */

static void
counts(void *counter)
{
	atomic_fetch_add((atomic_int *)counter, 1);
}

static void
test_timer(void **state)
{
	struct tl_timer timer;
	atomic_int calls = 0;
	double since = seconds();

	(void)state;
	assert_int_equal(tl_timer_init(&timer, NULL, 0.2, counts, &calls), TL_OK);
	assert_memory_equal(tl_thread_name(&timer.thread), "Thread-", 7);
	assert_false(tl_thread_is_daemon(&timer.thread));
	assert_int_equal(tl_timer_start(&timer), TL_OK);
	assert_int_equal(tl_timer_start(&timer), TL_E_STARTED);
	assert_int_equal(tl_event_wait(tl_timer_finished(&timer)), TL_OK);
	assert_took(since, 0.2);
	assert_int_equal(tl_timer_join(&timer), TL_OK);
	assert_int_equal(calls, 1);
	assert_int_equal(tl_timer_cancel(&timer), TL_OK);		/* too late is no error */
	assert_int_equal(calls, 1);
	tl_timer_destroy(&timer);

	tl_timer_init(&timer, "never", 3600, counts, &calls);
	tl_timer_start(&timer);
	assert_false(tl_event_is_set(tl_timer_finished(&timer)));
	assert_int_equal(tl_timer_cancel(&timer), TL_OK);
	assert_int_equal(tl_timer_join(&timer), TL_OK);
	assert_true(tl_event_is_set(tl_timer_finished(&timer)));
	assert_int_equal(calls, 1);
	tl_timer_destroy(&timer);
	assert_int_equal(tl_timer_cancel(&timer), TL_E_DEAD);

	tl_timer_init(&timer, "unwatched", 0.01, counts, &calls);	/* it need not outlive its thread */
	tl_timer_start(&timer);
	tl_timer_destroy(&timer);
	await(calls == 2);
	assert_int_equal(tl_timer_init(&timer, NULL, __builtin_nan(""), counts, NULL), TL_E_ARGUMENT);
}

static void
test_sleep(void **state)
{
	double since = seconds();

	(void)state;
	assert_int_equal(tl_sleep(0.1), TL_OK);
	assert_took(since, 0.1);
	assert_int_equal(tl_sleep(0), TL_OK);
	assert_int_equal(tl_sleep(-1), TL_E_ARGUMENT);
	assert_int_equal(tl_sleep(__builtin_nan("")), TL_E_ARGUMENT);
	assert_int_equal(tl_sleep(TL_FOREVER), TL_E_ARGUMENT);
}

static void
test_errors(void **state)
{
	(void)state;
	assert_string_equal(tl_error_name(TL_E_TIMEOUT), "TL_E_TIMEOUT");
	assert_string_equal(tl_error_text(TL_E_TIMEOUT), "the time was up");
	assert_string_equal(tl_error_name(TL_E_HELD), "TL_E_HELD");
	assert_string_equal(tl_error_name(12345), "TL_E_UNKNOWN");
	assert_non_null(tl_error_text(-12345));
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup(name, set_up)
	const struct CMUnitTest tests[] = {
		TEST(test_flag), TEST(test_wakes_all), TEST(test_timeout), TEST(test_timer), TEST(test_sleep), TEST(test_errors),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
