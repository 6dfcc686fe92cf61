/* live-merge.c - many lanes into one order, and takes that are repaired: lanes of letters in, one line of letters out. */
#include "config.h"

#include "check.h"

#include <string.h>

#include "source/merge.h"
#include "source/ticks.h"
#include "wire/segment.h"

#define PATIENCE 1000
#define RECENT	 10
#define LOCK	 0x1000

struct bench {
	struct merge merge;
	struct merge_lane lane[8];
};

static struct bench *
set_up(struct bench *b)
{
	merge_start(&b->merge, PATIENCE, RECENT);
	for (int i = 0; i < 8; i++)
		merge_add(&b->merge, &b->lane[i]);
	return b;
}

static void
tear_down(struct bench *b)
{
	for (int i = 0; i < 8; i++)
		merge_remove(&b->merge, &b->lane[i]);
	merge_free(&b->merge);
}

static void
put(struct bench *b, int lane, uint64_t time, uint8_t kind, uint8_t flags, uint64_t object, uint32_t value)
{
	struct tl_event e = { .time = time, .kind = kind, .flags = flags, .object = object, .value = value };

	merge_put(&b->merge, &b->lane[lane], &e, 1);
}

/* Every event as lane and kind: "0T" took, "0R" released, else "0.". Times must grow. */
static const char *
order(struct bench *b, uint64_t horizon)
{
	static char line[256];
	struct merge_lane *lane;
	struct tl_event e;
	uint64_t last = b->merge.last;
	size_t at = 0;

	while ((lane = merge_next(&b->merge, horizon, &e)) != NULL) {
		assert_true(e.time > last);
		last = e.time;
		line[at++] = (char)('0' + lane->id);
		line[at++] = e.kind == TL_LOCK_TAKE ? 'T' : e.kind == TL_LOCK_RELEASE ? 'R' : '.';
	}
	line[at] = 0;
	return line;
}

static void
lanes_come_out_by_time(void **state)
{
	struct bench b;

	(void)state;
	set_up(&b);
	put(&b, 0, 10, TL_SLEEP, 0, 5, 0);
	put(&b, 0, 40, TL_SLEEP_END, 0, 5, 0);
	put(&b, 1, 20, TL_SLEEP, 0, 5, 0);
	put(&b, 2, 20, TL_SLEEP, 0, 5, 0);
	put(&b, 2, 30, TL_SLEEP_END, 0, 5, 0);
	assert_string_equal(order(&b, 25), "0.1.2.");
	assert_string_equal(order(&b, 35), "2.");
	assert_string_equal(order(&b, 39), "");
	assert_string_equal(order(&b, 40), "0.");
	tear_down(&b);
}

static void
a_handlers_events_go_before_what_they_interrupted(void **state)
{
	struct bench b;
	struct tl_event e;

	(void)state;
	set_up(&b);
	put(&b, 0, 100, TL_SLEEP, 0, 1, 0);	/* reserved first, stamped last */
	put(&b, 0, 90, TL_SLEEP, 0, 2, 0);
	put(&b, 0, 80, TL_SLEEP, 0, 3, 0);
	for (uint64_t object = 3; object >= 1; object--) {
		assert_non_null(merge_next(&b.merge, 1000, &e));
		assert_int_equal(e.object, object);
	}
	tear_down(&b);
}

static void
a_take_waits_for_the_give(void **state)
{
	struct bench b;

	(void)state;
	set_up(&b);
	put(&b, 0, 10, TL_LOCK_TAKE, 0, LOCK, 1);
	put(&b, 1, 50, TL_LOCK_TAKE, 0, LOCK, 1);	/* stamped early */
	put(&b, 1, 80, TL_LOCK_RELEASE, 0, LOCK, 0);
	put(&b, 0, 60, TL_LOCK_RELEASE, 0, LOCK, 0);
	assert_string_equal(order(&b, 2000), "0T0R1T1R");
	assert_int_equal(b.merge.repaired, 1);
	assert_int_equal(b.merge.given_up, 0);
	tear_down(&b);
}

static void
the_give_may_come_a_round_later(void **state)
{
	struct bench b;

	(void)state;
	set_up(&b);
	put(&b, 0, 10, TL_LOCK_TAKE, 0, LOCK, 1);
	put(&b, 1, 50, TL_LOCK_TAKE, 0, LOCK, 1);
	put(&b, 1, 90, TL_SLEEP, 0, 0, 0);
	put(&b, 2, 70, TL_SLEEP, 0, 0, 0);
	assert_string_equal(order(&b, 55), "0T");
	put(&b, 0, 60, TL_LOCK_RELEASE, 0, LOCK, 0);
	assert_string_equal(order(&b, 100), "0R1T2.1.");
	tear_down(&b);
}

/* Two takes came early; who gives back first has had it first, whatever the takes' stamps say. */
static void
gives_decide_between_takes(void **state)
{
	struct bench b;

	(void)state;
	set_up(&b);
	put(&b, 0, 10, TL_LOCK_TAKE, 0, LOCK, 1);
	put(&b, 0, 60, TL_LOCK_RELEASE, 0, LOCK, 0);
	put(&b, 1, 50, TL_LOCK_TAKE, 0, LOCK, 1);
	put(&b, 1, 95, TL_LOCK_RELEASE, 0, LOCK, 0);
	put(&b, 2, 55, TL_LOCK_TAKE, 0, LOCK, 1);
	put(&b, 2, 80, TL_LOCK_RELEASE, 0, LOCK, 0);
	assert_string_equal(order(&b, 2000), "0T0R2T2R1T1R");
	assert_int_equal(b.merge.repaired, 2);
	tear_down(&b);
}

static void
patience_ends(void **state)
{
	struct bench b;

	(void)state;
	set_up(&b);
	put(&b, 0, 10, TL_LOCK_TAKE, 0, LOCK, 1);
	put(&b, 1, 50, TL_LOCK_TAKE, 0, LOCK, 1);
	put(&b, 2, 51, TL_SLEEP, 0, 0, 0);
	assert_string_equal(order(&b, 50 + PATIENCE - 1), "0T2.");
	assert_string_equal(order(&b, 50 + PATIENCE), "1T");
	assert_int_equal(b.merge.given_up, 1);
	assert_int_equal(b.merge.held_count, 0);
	tear_down(&b);
}

static void
who_has_waited_or_nests_is_believed(void **state)
{
	struct bench b;

	(void)state;
	set_up(&b);
	put(&b, 0, 10, TL_LOCK_TAKE, 0, LOCK, 1);
	put(&b, 0, 20, TL_LOCK_TAKE, 0, LOCK, 2);
	put(&b, 1, 30, TL_LOCK_TAKE, TL_F_WAITED, LOCK, 1);
	assert_string_equal(order(&b, 100), "0T0T1T");
	tear_down(&b);
}

static void
permits_are_counted_once_the_semaphore_is_named(void **state)
{
	struct bench b;

	(void)state;
	set_up(&b);
	repair_name(&b.merge.repair, LOCK, TL_OBJECT_SEMAPHORE, 1);
	put(&b, 0, 10, TL_SEM_TAKE, 0, LOCK, TL_UNKNOWN);
	put(&b, 1, 20, TL_SEM_TAKE, 0, LOCK, TL_UNKNOWN);
	put(&b, 0, 30, TL_SEM_POST, 0, LOCK, 1);
	assert_string_equal(order(&b, 100), "0.0.1.");
	assert_int_equal(b.merge.repaired, 1);
	put(&b, 1, 120, TL_SEM_TAKE, 0, LOCK + 8, 0);	/* another, of which nothing is known */
	assert_string_equal(order(&b, 130), "1.");
	tear_down(&b);
}

static void
readers_events_barriers_and_joins_wait_too(void **state)
{
	struct bench b;

	(void)state;
	set_up(&b);
	put(&b, 0, 10, TL_WRITE_TAKE, 0, LOCK, 0);
	put(&b, 1, 20, TL_READ_TAKE, 0, LOCK, 0);
	put(&b, 2, 21, TL_READ_TAKE, 0, LOCK, 0);
	put(&b, 0, 30, TL_RW_RELEASE, 0, LOCK, 0);
	assert_string_equal(order(&b, 100), "0.0.1.2.");

	put(&b, 0, 200, TL_EVENT_CLEAR, 0, LOCK + 8, 0);
	put(&b, 1, 230, TL_EVENT_PASS, 0, LOCK + 8, 0);
	put(&b, 2, 205, TL_EVENT_PASS, 0, LOCK + 8, 0);		/* just before the clear: believed */
	put(&b, 0, 240, TL_EVENT_SET, 0, LOCK + 8, 0);
	assert_string_equal(order(&b, 300), "0.2.0.1.");

	repair_name(&b.merge.repair, LOCK + 16, TL_OBJECT_BARRIER, 2);
	put(&b, 0, 310, TL_BARRIER_ARRIVE, 0, LOCK + 16, 0);
	put(&b, 0, 320, TL_BARRIER_LEAVE, 0, LOCK + 16, 0);
	put(&b, 1, 330, TL_BARRIER_ARRIVE, 0, LOCK + 16, 0);
	assert_string_equal(order(&b, 400), "0.1.0.");

	put(&b, 0, 410, TL_THREAD_CREATE, 0, LOCK + 24, 0);
	put(&b, 0, 420, TL_JOIN_DONE, 0, LOCK + 24, 0);
	put(&b, 1, 430, TL_THREAD_END, 0, LOCK + 24, 0);
	assert_string_equal(order(&b, 500), "0.1.0.");
	assert_int_equal(b.merge.given_up, 0);
	tear_down(&b);
}

static void
after_a_gap_nothing_is_known(void **state)
{
	struct bench b;

	(void)state;
	set_up(&b);
	put(&b, 0, 10, TL_LOCK_TAKE, 0, LOCK, 1);
	put(&b, 0, 20, MERGE_GAP, 0, 0, 7);
	put(&b, 1, 50, TL_LOCK_TAKE, 0, LOCK, 1);
	assert_string_equal(order(&b, 60), "0T0.1T");
	tear_down(&b);
}

static void
a_hundred_thousand_locks_are_kept_apart(void **state)
{
	struct bench b;
	struct tl_event e;

	(void)state;
	set_up(&b);
	for (uint64_t i = 1; i <= 100000; i++)
		put(&b, 0, i, TL_LOCK_TAKE, 0, i * 64, 1);
	for (uint64_t i = 1; i <= 100000; i++)
		assert_non_null(merge_next(&b.merge, 100000, &e));
	put(&b, 1, 100001, TL_LOCK_TAKE, 0, 777 * 64, 1);
	assert_null(merge_next(&b.merge, 100001, &e));
	put(&b, 0, 100002, TL_LOCK_RELEASE, 0, 777 * 64, 0);
	assert_string_equal(order(&b, 100003), "0R1T");
	tear_down(&b);
}

static void
mapped_time_never_goes_back(void **state)
{
	struct ticks t = { .source = TL_TIME_CYCLES, .line = { 1000, 5000, UINT64_C(1) << 31 },
		.anchor_ticks = 1000, .anchor_monotonic = 5000 };
	uint64_t second = UINT64_C(2000000000);
	int64_t before, after;

	(void)state;
	t.before = t.line;
	assert_int_equal(ticks_to_monotonic(&t, 1200), 5100);
	for (uint64_t i = 1; i < 20; i++) {
		before = ticks_to_monotonic(&t, i * second);
		/* the true clock is 30 ppm faster than the line, and every anchor is off by something */
		ticks_bend(&t, i * second, 5000 + (int64_t)(i * 1000030000) + (i % 3) * 20);
		after = ticks_to_monotonic(&t, i * second);
		assert_true(after >= before);
		assert_true(ticks_to_monotonic(&t, i * second - 1000) <= after);
	}
	assert_in_range(ticks_to_monotonic(&t, 20 * second) - 20 * INT64_C(1000030000), 4900, 5100);
	assert_in_range(ticks_from_monotonic(&t, ticks_to_monotonic(&t, 20 * second)), 20 * second - 4, 20 * second + 4);
}

static void
a_pause_stops_the_session_clock(void **state)
{
	struct session_clock c;

	(void)state;
	clock_start(&c, 1000);
	assert_int_equal(clock_session(&c, 1500), 500);
	clock_change(&c, 2000, 0);
	assert_int_equal(clock_session(&c, 9000), 1000);
	assert_int_equal(clock_session(&c, 1500), 500);
	clock_change(&c, 10000, TL_RATE_ONE / 2);
	assert_int_equal(clock_session(&c, 10100), 1050);
	assert_int_equal(clock_session(&c, 5000), 1000);
	clock_free(&c);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lanes_come_out_by_time),
		cmocka_unit_test(a_handlers_events_go_before_what_they_interrupted),
		cmocka_unit_test(a_take_waits_for_the_give),
		cmocka_unit_test(the_give_may_come_a_round_later),
		cmocka_unit_test(gives_decide_between_takes),
		cmocka_unit_test(patience_ends),
		cmocka_unit_test(who_has_waited_or_nests_is_believed),
		cmocka_unit_test(permits_are_counted_once_the_semaphore_is_named),
		cmocka_unit_test(readers_events_barriers_and_joins_wait_too),
		cmocka_unit_test(after_a_gap_nothing_is_known),
		cmocka_unit_test(a_hundred_thousand_locks_are_kept_apart),
		cmocka_unit_test(mapped_time_never_goes_back),
		cmocka_unit_test(a_pause_stops_the_session_clock),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
