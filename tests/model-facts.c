/* model-facts.c - single facts of every class, told by scripts: heals, strangers, wakes, names, texts, output. */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "check.h"

#include "model/model.h"
#include "source/script.h"
#include "wire/segment.h"

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

static struct span
span_at(const struct model *m, uint32_t thread, double t)
{
	struct span s = { 0 };

	assert_true(model_span_at(m, thread, SECONDS(t), &s));
	return s;
}

static struct resource *
resource_at(const struct model *m, const char *name, double t)
{
	static struct resource r;

	model_resource_at(m, object_called(m, name), SECONDS(t), &r);
	return &r;
}

static void
woken_by(const struct model *m, uint32_t woken, uint32_t by, double t)
{
	struct wake w[2];

	assert_int_equal(model_wakes(m, woken, SECONDS(t), SECONDS(t) + 1, w, 2), 1);
	assert_int_equal(w[0].by, by);
	assert_int_equal(w[0].woken, woken);
}

/* --- Locks -------------------------------------------------------------------------------------------------- */

static void
a_stranger_frees_a_lock(void **unused)
{
	struct model *m = told("lock A\n0 main begins\n0 a begins\n1 main locks A\n2 a unlocks A\n3 a locks A\n");
	uint32_t held;

	(void)unused;
	assert_int_equal(span_at(m, 1, 1.5).state, TL_STATE_HOLDS);
	assert_int_equal(span_at(m, 1, 2.5).state, TL_STATE_RUNS);
	assert_int_equal(span_at(m, 1, 2.5).start, SECONDS(2));
	assert_int_equal(model_holds_at(m, 1, SECONDS(2.5), &held, 1), 0);
	assert_int_equal(resource_at(m, "A", 2.5)->holders, 0);
	assert_int_equal(span_at(m, 2, 3).state, TL_STATE_HOLDS);
	model_free(m);
}

static void
a_missed_release_heals(void **unused)
{
	struct model *m = told("lock A\n0 main begins\n0 a begins\n1 main locks A\n1.5 main lost 3\n2 a locks A\n");
	struct cell_sum cells[3];

	(void)unused;
	assert_int_equal(span_at(m, 1, 1.7).state, TL_STATE_HOLDS);
	assert_int_equal(span_at(m, 1, 2.5).state, TL_STATE_RUNS);
	assert_int_equal(resource_at(m, "A", 2)->holders, 1);
	assert_int_equal(resource_at(m, "A", 2)->holder[0].thread, 2);
	model_cells(m, 1, 0, SECONDS(1), 3, cells);
	assert_int_equal(cells[0].lost + cells[2].lost, 0);
	assert_int_equal(cells[1].lost, 3);
	assert_int_equal(model_thread(m, 1)->lost, 3);
	assert_int_equal(model_program(m)->lost, 3);
	model_free(m);
}

static void
depth_is_told(void **unused)
{
	struct model *m = told("rlock R\n0 main begins\n1 main locks R 1\n2 main locks R 2\n3 main unlocks R 1\n"
	    "4 main unlocks R 0\n");

	(void)unused;
	assert_int_equal(resource_at(m, "R", 2.5)->depth, 2);
	assert_int_equal(resource_at(m, "R", 3.5)->depth, 1);
	assert_int_equal(resource_at(m, "R", 3.5)->holders, 1);
	assert_int_equal(resource_at(m, "R", 4.5)->holders, 0);
	assert_int_equal(span_at(m, 1, 3.5).start, SECONDS(1));
	model_free(m);
}

/* Who does something else waits no longer, though its giving up was lost; but a signal handler may post in a wait. */
static void
a_queue_heals(void **unused)
{
	struct model *m = told("lock A\nsemaphore s 1\n0 main begins\n0 a begins\n0 main locks A\n"
	    "1 a waits A\n1.5 a posts s\n2 a sleeps 1s\n");

	(void)unused;
	assert_int_equal(span_at(m, 2, 1.7).state, TL_STATE_LOCK);
	assert_int_equal(resource_at(m, "A", 1.7)->waiters, 1);
	assert_int_equal(span_at(m, 2, 2).state, TL_STATE_SLEEP);
	assert_int_equal(span_at(m, 2, 2).deadline, SECONDS(3));
	assert_int_equal(resource_at(m, "A", 2)->waiters, 0);
	model_free(m);
}

static void
readers_share(void **unused)
{
	struct model *m = told("rwlock W\n0 main begins\n0 a begins\n0 b begins\n1 main reads W\n1.1 a reads W\n"
	    "1.2 b waits-write W\n2 main unlocks W\n3 a unlocks W\n3.1 b writes W waited\n4 b unlocks W\n");
	struct resource *r = resource_at(m, "W", 1.5);

	(void)unused;
	assert_int_equal(r->holders, 2);
	assert_true(r->shared);
	assert_true(r->waiter[0].write);
	assert_true(span_at(m, 1, 1.5).shared);
	assert_int_equal(span_at(m, 3, 1.5).state, TL_STATE_LOCK);
	r = resource_at(m, "W", 3.5);
	assert_int_equal(r->holders, 1);
	assert_false(r->shared);
	assert_false(span_at(m, 3, 3.5).shared);
	assert_int_equal(resource_at(m, "W", 5)->holders, 0);
	woken_by(m, 3, 2, 3);
	model_free(m);
}

/* --- Barriers, conditions, semaphores ----------------------------------------------------------------------- */

static void
a_barrier_goes_round(void **unused)
{
	struct model *m = told("barrier g 2\n0 main begins\n0 a begins\n1 main arrives g\n2 a arrives g\n"
	    "2.1 main leaves g 0\n2.2 main arrives g\n2.3 a leaves g 1\n3 a arrives g\n3.1 a leaves g\n3.2 main leaves g\n"
	    "4 main arrives g\n5 a aborts g\n5.1 main barrier-broken g\n6 a resets g\n");

	(void)unused;
	assert_int_equal(resource_at(m, "g", 2)->arrived, 2);
	assert_int_equal(resource_at(m, "g", 2.1)->arrived, 0);
	assert_int_equal(resource_at(m, "g", 2.5)->arrived, 1);
	assert_int_equal(resource_at(m, "g", 2.5)->waiters, 1);
	assert_int_equal(resource_at(m, "g", 3.5)->arrived, 0);
	assert_false(resource_at(m, "g", 4.5)->broken);
	assert_true(resource_at(m, "g", 5)->broken);
	assert_int_equal(resource_at(m, "g", 5.5)->waiters, 0);
	assert_false(resource_at(m, "g", 6)->broken);
	woken_by(m, 1, 2, 2);
	woken_by(m, 1, 2, 3);
	model_free(m);
}

static void
a_condition_gives_its_lock_back(void **unused)
{
	struct model *m = told("lock L\ncondition c\n0 main begins\n0 a begins\n1 a locks L\n1.5 a unlocks L for-condition\n"
	    "1.5 a waits c\n2 main locks L\n2.1 main notifies c\n2.2 a wakes c\n2.3 a waits L\n3 main unlocks L\n"
	    "3.1 a locks L waited for-condition\n");

	(void)unused;
	assert_int_equal(model_object(m, object_called(m, "c"))->other, object_called(m, "L"));
	assert_int_equal(span_at(m, 2, 1.7).state, TL_STATE_CONDITION);
	assert_int_equal(span_at(m, 2, 2.5).state, TL_STATE_LOCK);
	assert_int_equal(span_at(m, 2, 3.5).state, TL_STATE_HOLDS);
	assert_int_equal(resource_at(m, "c", 2.15)->waiters, 0);
	woken_by(m, 2, 1, 2.1);
	woken_by(m, 2, 1, 3);
	model_free(m);
}

/* Another than the first in the queue was woken: the first waits on. */
static void
another_may_be_woken(void **unused)
{
	struct model *m = told("condition c\n0 main begins\n0 a begins\n0 b begins\n1 a waits c\n1.1 b waits c\n"
	    "2 main notifies c 1\n2.1 b wakes c\n");

	(void)unused;
	assert_int_equal(resource_at(m, "c", 2.05)->waiter[0].thread, 3);
	assert_int_equal(resource_at(m, "c", 2.2)->waiters, 1);
	assert_int_equal(resource_at(m, "c", 2.2)->waiter[0].thread, 2);
	model_free(m);
}

static void
who_posts_what_it_never_took_signals(void **unused)
{
	struct model *m = told("semaphore s 2\n0 main begins\n0 a begins\n1 a takes s 1\n2 main posts s\n3 a takes s 1\n");

	(void)unused;
	assert_int_equal(span_at(m, 2, 1.5).state, TL_STATE_HOLDS);
	assert_int_equal(span_at(m, 2, 1.5).count, 1);
	assert_int_equal(span_at(m, 2, 1.5).of, 2);
	assert_true(resource_at(m, "s", 2)->signalling);
	assert_int_equal(span_at(m, 2, 2.5).state, TL_STATE_RUNS);
	assert_int_equal(span_at(m, 2, 3.5).state, TL_STATE_RUNS);
	assert_int_equal(resource_at(m, "s", 3.5)->holders, 0);
	model_free(m);
}

/* --- Threads ------------------------------------------------------------------------------------------------ */

static void
threads_are_born_and_joined(void **unused)
{
	struct model *m = told("thread a\n0 main begins 17\n1 main starts a\n1 main waits a\n1.5 a begins 18 daemon\n"
	    "2 a ends exit\n2.5 main joins a\n");
	struct model_event e;

	(void)unused;
	assert_int_equal(model_thread(m, 2)->creator, 1);
	assert_int_equal(model_thread(m, 2)->native, 18);
	assert_true(model_thread(m, 2)->daemon);
	assert_int_equal(model_thread(m, 2)->born, SECONDS(1.5));
	assert_int_equal(model_thread(m, 2)->died, SECONDS(2));
	assert_int_equal(model_thread(m, 2)->how, TL_END_EXIT);
	assert_int_equal(span_at(m, 1, 1.2).state, TL_STATE_JOIN);
	assert_int_equal(span_at(m, 1, 1.2).other_thread, 2);
	assert_int_equal(span_at(m, 2, 9).state, TL_STATE_EXITED);
	assert_true(model_event(m, model_event_at(m, SECONDS(1)), &e));
	assert_int_equal(e.kind, TL_THREAD_CREATE);
	assert_int_equal(e.object, 2);
	woken_by(m, 2, 1, 1);
	woken_by(m, 1, 2, 2);
	model_free(m);
}

static void
looks_are_seen(void **unused)
{
	struct model *m = told("lock A\n0 main begins\n1 main elsewhere read\n2 main elsewhere\n3 main held locks A\n");

	(void)unused;
	assert_int_equal(span_at(m, 1, 1.5).state, TL_STATE_ELSEWHERE);
	assert_string_equal(span_at(m, 1, 1.5).elsewhere, "read");
	assert_int_equal(span_at(m, 1, 2.5).state, TL_STATE_RUNS);
	assert_true(model_thread(m, 1)->held);
	assert_int_equal(model_thread(m, 1)->next_kind, TL_LOCK_TAKE);
	assert_int_equal(model_thread(m, 1)->next_object, object_called(m, "A"));
	model_free(m);
}

/* --- Names, texts, places, output --------------------------------------------------------------------------- */

static void
names_are_told_apart(void **unused)
{
	struct model *m = told("lock A\nlock B called A\nlock C unnamed\nbarrier g 2 unnamed\nevent e called \"x\\e[2J\"\n"
	    "0 main begins\n0 main locks A\n0 main locks B\n0 main locks C\n0 main sets e\n1 name A new\n");

	(void)unused;
	assert_int_not_equal(object_called(m, "new"), object_called(m, "A 2"));
	assert_int_equal(model_object(m, object_called(m, "lock 1"))->named, false);
	object_called(m, "barrier 1");
	for (uint32_t i = 1; i <= model_objects(m); i++)
		assert_null(strchr(model_object(m, i)->name, '\033'));
	model_free(m);
}

static void
an_address_used_again_is_new(void **unused)
{
	struct model *m = told("lock A\n0 main begins\n1 main locks A\n2 main unlocks A\n3 main destroys A\n4 main locks A\n");

	(void)unused;
	assert_int_equal(model_objects(m), 2);
	assert_int_equal(model_object(m, 1)->destroyed, SECONDS(3));
	assert_int_equal(model_object(m, 2)->destroyed, INT64_MAX);
	assert_int_equal(model_object(m, 1)->address, model_object(m, 2)->address);
	assert_int_equal(span_at(m, 1, 4.5).object, 2);
	model_free(m);
}

static void
lines_of_text_are_put_together(void **unused)
{
	struct model *m = told("0 main begins\n1 main says \"a line that is longer than sixteen bytes, by far\"\n2 main says \"\"\n");
	struct model_event e;

	(void)unused;
	assert_int_equal(model_events(m), 3);
	assert_true(model_event(m, 1, &e));
	assert_string_equal(e.text, "a line that is longer than sixteen bytes, by far");
	assert_true(model_event(m, 2, &e));
	assert_string_equal(e.text, "");
	assert_false(model_event(m, 3, &e));
	model_free(m);
}

static void
places_output_clock_and_exit(void **unused)
{
	struct model *m = told("program \"./dir/bank 40\" pid 7\nlock A\nsource bank.c:38 \tlock(A);\n0 main begins\n"
	    "1 main locks A at bank.c:38 in teller\n1 output \"one\\n\"\n2 output \"two\\n\"\n3 clock paused\n4 clock 1\n"
	    "4.5 exit 9 pid 8\n5 exit 3 pid 7\n");
	struct model_place place;
	uint32_t rate;
	int64_t time;
	size_t length;

	(void)unused;
	assert_string_equal(model_program(m)->name, "bank");
	assert_true(model_place(m, span_at(m, 1, 1.5).place, &place));
	assert_string_equal(place.function, "teller");
	assert_int_equal(place.line, 38);
	assert_non_null(strstr(model_source_line(m, place.file, 38), "lock(A);"));
	assert_null(model_source_line(m, place.file, 39));
	model_output(m, SECONDS(0.5), &length);
	assert_int_equal(length, 0);
	model_output(m, SECONDS(1), &length);
	assert_int_equal(length, 4);
	assert_memory_equal(model_output(m, SECONDS(9), &length), "one\ntwo\n", 8);
	assert_int_equal(length, 8);
	assert_true(model_clock_change(m, 0, &time, &rate));
	assert_int_equal(rate, 0);
	assert_int_equal(time, SECONDS(3));
	assert_true(model_clock_change(m, 1, &time, &rate));
	assert_int_equal(rate, TL_RATE_ONE);
	assert_false(model_clock_change(m, 2, &time, &rate));
	assert_true(model_program(m)->exited);
	assert_int_equal(model_program(m)->exit_time, SECONDS(5));
	model_free(m);
}

/* The clock of the session runs ahead of the news: what comes late keeps its own time. */
static void
late_news_keeps_its_time(void **unused)
{
	struct news n = { .what = NEWS_EVENT, .thread = 1, .time = 10 };
	struct model *m = model_new(0);
	struct cell_sum cells[2];

	(void)unused;
	n.event.kind = TL_THREAD_START;
	model_take(m, &n);
	model_advance(m, 100);
	assert_int_equal(model_end(m), 100);
	n.event.kind = TL_SLEEP;
	n.time = 50;
	model_take(m, &n);
	assert_int_equal(model_end(m), 100);
	model_cells(m, 1, 0, 100, 2, cells);
	assert_int_equal(cells[0].in[TL_STATE_RUNS], 40);
	assert_int_equal(cells[0].in[TL_STATE_SLEEP], 50);
	assert_int_equal(cells[1].in[TL_STATE_SLEEP], 0);
	model_free(m);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_stranger_frees_a_lock),
		cmocka_unit_test(a_missed_release_heals),
		cmocka_unit_test(depth_is_told),
		cmocka_unit_test(a_queue_heals),
		cmocka_unit_test(readers_share),
		cmocka_unit_test(a_barrier_goes_round),
		cmocka_unit_test(a_condition_gives_its_lock_back),
		cmocka_unit_test(another_may_be_woken),
		cmocka_unit_test(who_posts_what_it_never_took_signals),
		cmocka_unit_test(threads_are_born_and_joined),
		cmocka_unit_test(looks_are_seen),
		cmocka_unit_test(names_are_told_apart),
		cmocka_unit_test(an_address_used_again_is_new),
		cmocka_unit_test(lines_of_text_are_put_together),
		cmocka_unit_test(places_output_clock_and_exit),
		cmocka_unit_test(late_news_keeps_its_time),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
