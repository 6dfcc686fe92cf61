/* model-story.c - the model told by scripts: what it answers of lanes, resources and wakes, now and looking back. */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "check.h"

#include "model/model.h"
#include "source/script.h"

#define SECONDS(s) ((int64_t)((s) * 1e9 + 0.5))

static struct model *
told(const char *script)
{
	struct reason why;
	struct source *source = script_open_text(script, &why);
	struct model *m = model_new(0);
	struct news news;

	if (source == NULL)
		fail_msg("%s", why.text);
	while (source_next(source, &news, &why) == SOURCE_NEWS)
		model_take(m, &news);
	source_close(source);
	return m;
}

static uint32_t
object_called(const struct model *m, const char *name)
{
	for (uint32_t i = 1; i <= model_objects(m); i++)
		if (strcmp(model_object(m, i)->name, name) == 0)
			return i;
	fail_msg("no object is called %s", name);
	return 0;
}

static void
state_is(const struct model *m, uint32_t thread, double t, enum tl_state state)
{
	struct span span;

	assert_true(model_span_at(m, thread, SECONDS(t), &span));
	assert_int_equal(span.state, state);
}

static const char lock_story[] =
    "lock A\nlock B\n"
    "0 main begins\n0.1 alice begins\n0.2 bob begins\n"
    "0.5 alice locks A\n0.6 bob locks B\n0.7 bob waits A\n1.0 alice unlocks A\n1.1 bob locks A waited\n"
    "1.2 bob unlocks A\n1.3 bob unlocks B\n";

static void
lanes_say_what_is_held_and_waited_for(void **unused)
{
	struct model *m = told(lock_story);
	struct span span;

	(void)unused;
	assert_false(model_span_at(m, 2, SECONDS(0.05), &span));
	state_is(m, 2, 0.3, TL_STATE_RUNS);
	state_is(m, 2, 0.8, TL_STATE_HOLDS);
	state_is(m, 3, 0.65, TL_STATE_HOLDS);
	state_is(m, 3, 0.8, TL_STATE_LOCK_HOLDING);
	state_is(m, 3, 1.15, TL_STATE_HOLDS);
	state_is(m, 3, 2, TL_STATE_RUNS);
	assert_true(model_span_at(m, 3, SECONDS(0.8), &span));
	assert_int_equal(span.object, object_called(m, "A"));
	assert_int_equal(span.start, SECONDS(0.7));
	assert_int_equal(span.end, SECONDS(1.1));
	assert_true(model_span_next(m, 3, &span, &span));
	assert_int_equal(span.state, TL_STATE_HOLDS);
	assert_true(model_span_before(m, 3, &span, &span));
	assert_int_equal(span.state, TL_STATE_LOCK_HOLDING);
	model_free(m);
}

static void
resources_are_known_at_any_time(void **unused)
{
	struct model *m = told(lock_story);
	uint32_t a = object_called(m, "A"), held[4];
	struct resource r;

	(void)unused;
	model_resource_at(m, a, SECONDS(0.4), &r);
	assert_int_equal(r.holders, 0);
	model_resource_at(m, a, SECONDS(0.8), &r);
	assert_int_equal(r.holders, 1);
	assert_int_equal(r.holder[0].thread, 2);
	assert_int_equal(r.holder[0].since, SECONDS(0.5));
	assert_int_equal(r.waiters, 1);
	assert_int_equal(r.waiter[0].thread, 3);
	model_resource_at(m, a, SECONDS(1.05), &r);
	assert_int_equal(r.holders, 0);
	assert_int_equal(r.waiters, 1);
	model_resource_at(m, a, SECONDS(9), &r);
	assert_int_equal(r.holders + r.waiters, 0);
	assert_int_equal(model_holds_at(m, 3, SECONDS(1.15), held, 4), 2);
	assert_int_equal(model_object(m, a)->waits, 1);
	assert_int_equal(model_object(m, a)->longest_wait, SECONDS(0.4));
	assert_int_equal(model_object(m, a)->longest_holder, 2);
	assert_int_equal(model_object(m, a)->users, 2);
	model_free(m);
}

static void
a_wake_goes_from_what_gave_to_who_took(void **unused)
{
	struct model *m = told(lock_story);
	struct wake wake;
	struct wake_sum cells[2];

	(void)unused;
	assert_int_equal(model_wakes(m, 3, 0, SECONDS(9), &wake, 1), 1);
	assert_int_equal(wake.by, 2);
	assert_int_equal(wake.time, SECONDS(1));
	assert_int_equal(model_wakes(m, 2, 0, SECONDS(9), &wake, 1), 0);
	model_wake_cells(m, 3, 0, SECONDS(1), 2, cells);
	assert_int_equal(cells[0].count, 0);
	assert_int_equal(cells[1].count, 1);
	model_free(m);
}

static void
barriers_and_semaphores_count(void **unused)
{
	struct model *m = told("barrier gate 2\nsemaphore slots 2\n"
	    "0 main begins\n0 a begins\n0 b begins\n"
	    "1 a arrives gate\n2 b arrives gate\n2.1 b barrier-leave gate 1\n2.2 a barrier-leave gate 0\n"
	    "3 a sem-take slots 1\n3.1 b sem-take slots 0\n3.2 main waits slots\n3.5 a sem-post slots\n"
	    "3.6 main sem-take slots 0 waited\n");
	struct resource r;
	struct span span;

	(void)unused;
	model_resource_at(m, object_called(m, "gate"), SECONDS(1.5), &r);
	assert_int_equal(r.arrived, 1);
	assert_int_equal(r.waiters, 1);
	assert_true(model_span_at(m, 2, SECONDS(1.5), &span));
	assert_int_equal(span.state, TL_STATE_BARRIER);
	assert_int_equal(span.count, 1);
	assert_int_equal(span.of, 2);
	model_resource_at(m, object_called(m, "gate"), SECONDS(2.5), &r);
	assert_int_equal(r.waiters, 0);
	model_resource_at(m, object_called(m, "slots"), SECONDS(3.3), &r);
	assert_int_equal(r.holders, 2);
	assert_int_equal(r.free, 0);
	assert_int_equal(r.waiters, 1);
	state_is(m, 1, 3.3, TL_STATE_PERMIT);
	model_resource_at(m, object_called(m, "slots"), SECONDS(4), &r);
	assert_int_equal(r.holders, 2);
	assert_int_equal(r.holder[1].thread, 1);
	assert_false(r.signalling);
	state_is(m, 2, 4, TL_STATE_RUNS);
	model_free(m);
}

static void
conditions_events_and_signals(void **unused)
{
	struct model *m = told("lock L\ncondition c with L\nevent e\nsemaphore s 0\n"
	    "0 main begins\n0 a begins\n0 b begins\n"
	    "1 a waits c\n1.1 b waits c\n2 main cond-notify c 1\n2.1 a cond-wake c waited\n"
	    "3 a waits e\n3.5 main sets e\n3.6 a event-pass e waited\n"
	    "4 main sem-post s\n4.1 a sem-take s 0\n");
	struct resource r;

	(void)unused;
	model_resource_at(m, object_called(m, "c"), SECONDS(1.5), &r);
	assert_int_equal(r.waiters, 2);
	model_resource_at(m, object_called(m, "c"), SECONDS(2.05), &r);
	assert_int_equal(r.waiters, 1);
	assert_int_equal(r.waiter[0].thread, 3);
	model_resource_at(m, object_called(m, "e"), SECONDS(3.2), &r);
	assert_false(r.set);
	assert_int_equal(r.waiters, 1);
	model_resource_at(m, object_called(m, "e"), SECONDS(3.7), &r);
	assert_true(r.set);
	model_resource_at(m, object_called(m, "s"), SECONDS(5), &r);
	assert_true(r.signalling);
	assert_int_equal(r.holders, 0);
	state_is(m, 2, 5, TL_STATE_RUNS);
	model_free(m);
}

/* Many spans, and every cell's sums against a walk over the spans themselves. */
static void
cells_equal_the_spans(void **unused)
{
	static const int64_t widths[] = { 1000, 7777, 100000, 1000000, 50000000 };
	struct model *m = model_new(0);
	struct news n = { .what = NEWS_EVENT, .thread = 1 };
	uint64_t seed = 1;

	(void)unused;
	n.event.kind = TL_THREAD_START;
	model_take(m, &n);
	for (int i = 0; i < 5000; i++) {
		seed = seed * UINT64_C(6364136223846793005) + 1442695040888963407u;
		n.time += (int64_t)(seed >> 50) + 1;
		n.event.object = 0x1000 + (seed >> 40) % 3 * 64;
		n.event.value = 1;
		n.event.kind = i % 4 == 0 ? TL_LOCK_WAIT : i % 4 == 1 ? TL_LOCK_TAKE : i % 4 == 2 ? TL_SLEEP : TL_SLEEP_END;
		model_take(m, &n);
	}
	for (unsigned w = 0; w < sizeof widths / sizeof widths[0]; w++) {
		struct cell_sum cells[64];
		int64_t from = model_end(m) / 3 / widths[w] * widths[w];

		model_cells(m, 1, from, widths[w], 64, cells);
		for (int k = 0; k < 64; k++) {
			int64_t in[TL_NSTATES] = { 0 }, left = from + k * widths[w], right = left + widths[w];
			struct span span;

			if (right > model_end(m))
				right = model_end(m);
			for (bool is = model_span_at(m, 1, left, &span); is && span.start < right;
			     is = model_span_next(m, 1, &span, &span)) {
				int64_t a = span.start > left ? span.start : left, b = span.end < right ? span.end : right;

				if (b > a)
					in[span.state] += b - a;
			}
			assert_memory_equal(in, cells[k].in, sizeof in);
		}
	}
	model_free(m);
}

static void
a_gap_heals(void **unused)
{
	struct model *m = told("lock A\n0 main begins\n0 a begins\n1 main locks A\n2 main lost 3\n3 a locks A\n");
	struct resource r;

	(void)unused;
	model_resource_at(m, object_called(m, "A"), SECONDS(3), &r);
	assert_int_equal(r.holders, 1);
	assert_int_equal(r.holder[0].thread, 2);
	state_is(m, 1, 3, TL_STATE_RUNS);
	assert_int_equal(model_program(m)->lost, 3);
	assert_int_equal(model_thread(m, 1)->lost, 3);
	model_free(m);
}

static void
history_is_bounded(void **unused)
{
	struct model *m = model_new(16 << 20);
	struct news n = { .what = NEWS_EVENT, .thread = 1 };
	struct resource r;
	struct span span;

	(void)unused;
	for (int i = 0; i < 1000000; i++) {
		n.time += 100;
		n.event.object = 0x1000;
		n.event.kind = i % 2 ? TL_LOCK_RELEASE : TL_LOCK_TAKE;
		n.event.value = i % 2 ? 0 : 1;
		model_take(m, &n);
	}
	assert_true(model_kept_from(m) > 0);
	assert_true(model_first_event(m) > 0);
	assert_int_equal(model_events(m), 1000000);
	model_resource_at(m, 1, model_kept_from(m) + 100050, &r);
	assert_true(model_span_at(m, 1, model_kept_from(m) + 100050, &span));
	assert_int_equal(r.holders, span.state == TL_STATE_HOLDS);
	model_free(m);
}

/* Whatever is told, in any order: never a crash, and the sums hold. */
static void
garbage_is_survived(void **unused)
{
	struct model *m = model_new(0);
	uint64_t seed = 42;

	(void)unused;
	for (int i = 0; i < 200000; i++) {
		struct news n = { .time = i };

		seed = seed * UINT64_C(6364136223846793005) + 1442695040888963407u;
		n.what = (seed >> 33) % 20 ? NEWS_EVENT : (seed >> 40) % 2 ? NEWS_GAP : NEWS_LOOK;
		n.thread = (seed >> 35) % 12;
		if (n.what == NEWS_EVENT) {
			n.event.kind = (uint8_t)(seed >> 41);
			n.event.object = 0x100 + (seed >> 20) % 8;
			n.event.value = (uint32_t)((seed >> 10) % 5 ? (seed >> 50) % 4 : seed);
			n.event.flags = (uint8_t)(seed >> 56);
			n.event.place = seed % 7;
		} else if (n.what == NEWS_LOOK) {
			n.look.held = seed & 1;
			n.look.kind = (uint8_t)(seed >> 41);
			n.look.elsewhere = seed & 2 ? "futex" : NULL;
		}
		model_take(m, &n);
	}
	for (uint32_t thread = 1; thread <= model_threads(m); thread++) {
		struct cell_sum cells[40];
		struct span first;

		model_cells(m, thread, 0, 5000, 40, cells);
		if (!model_span_at(m, thread, 100, &first))
			continue;
		for (int k = 1; k < 40; k++) {
			int64_t sum = 0;

			for (int s = 0; s < TL_NSTATES; s++)
				sum += cells[k].in[s];
			assert_in_range(sum, k == 39 ? 4999 : 5000, 5000);
		}
	}
	for (uint32_t o = 1; o <= model_objects(m); o++)
		for (int64_t t = 0; t < 200000; t += 40000) {
			struct resource r;

			model_resource_at(m, o, t, &r);
		}
	model_free(m);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lanes_say_what_is_held_and_waited_for),
		cmocka_unit_test(resources_are_known_at_any_time),
		cmocka_unit_test(a_wake_goes_from_what_gave_to_who_took),
		cmocka_unit_test(barriers_and_semaphores_count),
		cmocka_unit_test(conditions_events_and_signals),
		cmocka_unit_test(cells_equal_the_spans),
		cmocka_unit_test(a_gap_heals),
		cmocka_unit_test(history_is_bounded),
		cmocka_unit_test(garbage_is_survived),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
