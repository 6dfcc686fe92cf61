/*
 * model-looking-back.c - whoever looks back sees what was live then.
 *
 * Random stories, some that could be and some that could not (garbage), are told to several models: one that is told
 * all, one that is told only up to a time, one that may keep little. Whatever they are asked of that time, they answer
 * the same.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "check.h"

#include "base/allocate.h"
#include "model/model.h"

#define THREADS 9
#define OBJECTS 12
#define MANY    300	/* locks, of which a thread may hold very many at once */
#define STORY   12000

static uint64_t seed;

static uint32_t
dice(uint32_t sides)
{
	seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (uint32_t)(seed >> 33) % sides;
}

/* --- Stories ------------------------------------------------------------------------------------------------ */

static const uint8_t kinds_of[][6] = {
	{ TL_LOCK_WAIT, TL_LOCK_TAKE, TL_LOCK_RELEASE, TL_LOCK_RELEASE, TL_LOCK_BUSY, TL_LOCK_TIMEOUT },
	{ TL_READ_WAIT, TL_READ_TAKE, TL_RW_RELEASE, TL_WRITE_WAIT, TL_WRITE_TAKE, TL_RW_RELEASE },
	{ TL_COND_WAIT, TL_COND_WAKE, TL_COND_NOTIFY, TL_COND_TIMEOUT, TL_COND_WAIT, TL_COND_NOTIFY },
	{ TL_EVENT_WAIT, TL_EVENT_PASS, TL_EVENT_SET, TL_EVENT_CLEAR, TL_EVENT_TIMEOUT, TL_EVENT_SET },
	{ TL_BARRIER_ARRIVE, TL_BARRIER_LEAVE, TL_BARRIER_ARRIVE, TL_BARRIER_ABORT, TL_BARRIER_RESET, TL_BARRIER_BROKEN },
	{ TL_SEM_WAIT, TL_SEM_TAKE, TL_SEM_POST, TL_SEM_TAKE, TL_SEM_POST, TL_SEM_TIMEOUT },
};

static void
event(struct news *n)
{
	uint32_t what = dice(20), object = dice(OBJECTS);

	n->what = NEWS_EVENT;
	n->event.place = 0x400 + dice(9);
	n->event.flags = (uint8_t)(dice(3) == 0 ? TL_F_WAITED : dice(9) == 0 ? TL_F_TIMED : 0);
	if (what == 0) {
		n->event.kind = dice(3) ? TL_LOCK_TAKE : TL_LOCK_RELEASE;
		n->event.object = 0x100000 + dice(MANY) * 64;
	} else if (what < 16) {
		n->event.kind = kinds_of[object % 6][dice(6)];
		n->event.object = 0x1000 + object * 64;
		n->event.value = dice(4);
	} else if (what < 18) {
		n->event.kind = dice(2) ? TL_SLEEP : TL_SLEEP_END;
		n->event.object = dice(100000);
	} else if (what == 18) {
		n->event.kind = TL_LOG;
		n->event.value = 5;
	} else {
		n->event.kind = TL_OBJECT_DESTROY;
		n->event.object = dice(20) ? 0 : 0x1000 + object * 64;
	}
}

static void
garbage(struct news *n)
{
	static const char *const words[] = { "", "A", "gate\033[2J", "\xc3\xa4\xff", "futex" };

	n->what = (enum news_what)dice(12);
	n->thread = dice(50) ? dice(THREADS + 2) : dice(UINT32_MAX);
	switch (n->what) {
	case NEWS_PROGRAM:	n->program.command = words[dice(5)]; break;
	case NEWS_EVENT:
		n->event.kind = (uint8_t)dice(256);
		n->event.object = dice(9) ? 0x1000 + dice(OBJECTS) * 64 : seed;
		n->event.value = dice(5) ? dice(5) : (uint32_t)(seed >> 7);
		n->event.flags = (uint8_t)(seed >> 50);
		break;
	case NEWS_NAME:
		n->name.text = words[dice(5)];
		n->name.object = 0x1000 + dice(OBJECTS) * 64;
		n->name.is = (uint8_t)dice(TL_NOBJECT_KINDS + 2);
		n->name.value = dice(5);
		break;
	case NEWS_PLACE:	n->place.address = 0x400 + dice(9); n->place.function = n->place.file = words[dice(5)]; break;
	case NEWS_SOURCE:	n->source.file = n->source.text = words[dice(5)]; n->source.line = dice(9); break;
	case NEWS_GAP:		n->gap.lost = seed >> 20; break;
	case NEWS_LOOK:
		n->look.held = (uint8_t)dice(2);
		n->look.kind = (uint8_t)dice(256);
		n->look.object = 0x1000 + dice(OBJECTS) * 64;
		n->look.elsewhere = dice(2) ? words[dice(5)] : NULL;
		break;
	case NEWS_OUTPUT:	n->output.bytes = "line\n"; n->output.length = dice(6); break;
	case NEWS_CLOCK:	n->clock.rate = dice(3); break;
	default:		break;
	}
}

/* One in so many items is garbage; 0 for none. */
static struct news *
story(uint64_t its_seed, uint32_t garbage_in)
{
	struct news *news = allocate(STORY * sizeof *news);
	int64_t time = 0;

	seed = its_seed;
	for (int i = 0; i < STORY; i++) {
		time += dice(40);		/* 0 too: many things at one time */
		news[i].time = time;
		news[i].thread = 1 + dice(THREADS);
		if (garbage_in > 0 && dice(garbage_in) == 0)
			garbage(&news[i]);
		else
			event(&news[i]);
	}
	return news;
}

static struct model *
told(const struct news *news, int count, size_t bound)
{
	struct model *m = model_new(bound);

	for (int i = 0; i < count; i++)
		model_take(m, &news[i]);
	return m;
}

/* How much of the story happened up to a time. */
static int
until(const struct news *news, int64_t t)
{
	int n = 0;

	while (n < STORY && news[n].time <= t)
		n++;
	return n;
}

/* --- The same answers --------------------------------------------------------------------------------------- */

static void
spans_agree(const struct model *a, const struct model *b, uint32_t thread, int64_t t, bool start_known)
{
	struct span x, y;
	bool there = model_span_at(a, thread, t, &x);

	assert_int_equal(there, model_span_at(b, thread, t, &y));
	if (!there)
		return;
	assert_int_equal(x.state, y.state);
	assert_int_equal(x.object, y.object);
	assert_int_equal(x.shared, y.shared);
	assert_int_equal(x.start, y.start);
	if (!start_known)
		return;
	assert_int_equal(x.event, y.event);
	assert_int_equal(x.kind, y.kind);
	assert_int_equal(x.deadline, y.deadline);
}

static void
holds_agree(const struct model *a, const struct model *b, uint32_t thread, int64_t t)
{
	uint32_t x[2 * MANY], y[2 * MANY];
	int n = model_holds_at(a, thread, t, x, 2 * MANY);

	assert_in_range(n, 0, 2 * MANY);
	assert_int_equal(n, model_holds_at(b, thread, t, y, 2 * MANY));
	assert_memory_equal(x, y, (size_t)n * sizeof *x);
}

static void
resources_agree(const struct model *a, const struct model *b, uint32_t object, int64_t t)
{
	static struct resource x, y;

	model_resource_at(a, object, t, &x);
	model_resource_at(b, object, t, &y);
	assert_memory_equal(&x, &y, sizeof x);
}

/* Who is said to hold a thing says so itself, and so does who is said to wait for it. */
static void
lanes_agree_with_resources(const struct model *m, int64_t t)
{
	static struct resource r;
	uint32_t held[2 * MANY];
	struct span s;
	int parties = 0;

	for (uint32_t object = 1; object <= model_objects(m); object++) {
		model_resource_at(m, object, t, &r);
		parties += (int)r.holders;
		for (uint32_t i = 0; i < r.waiters; i++) {
			assert_true(model_span_at(m, r.waiter[i].thread, t, &s));
			assert_int_equal(s.object, object);
			assert_in_range(s.state, TL_STATE_LOCK, TL_STATE_CONDITION);
		}
	}
	for (uint32_t thread = 1; thread <= model_threads(m); thread++)
		parties -= model_holds_at(m, thread, t, held, 2 * MANY);
	assert_int_equal(parties, 0);
}

static void
models_agree(const struct model *a, const struct model *b, int64_t t, bool start_known)
{
	for (uint32_t thread = 0; thread <= model_threads(b) + 1; thread++) {
		spans_agree(a, b, thread, t, start_known);
		holds_agree(a, b, thread, t);
	}
	for (uint32_t object = 0; object <= model_objects(b); object++)
		resources_agree(a, b, object, t);
}

static void
looking_back_is_live(uint32_t garbage_in)
{
	for (uint64_t s = 1; s <= 4; s++) {
		struct news *news = story(s, garbage_in);
		struct model *all = told(news, STORY, 0);

		for (int i = 0; i < 40; i++) {
			int64_t t = news[dice(STORY)].time;
			struct model *then = told(news, until(news, t), 0);

			models_agree(all, then, t, true);
			lanes_agree_with_resources(all, t);
			model_free(then);
		}
		model_free(all);
		free(news);
	}
}

static void
looking_back_at_a_story_is_live(void **unused)
{
	(void)unused;
	looking_back_is_live(0);
}

static void
looking_back_at_garbage_is_live(void **unused)
{
	(void)unused;
	looking_back_is_live(5);
}

/* Who may keep little forgets, and says so; of the time that is left it knows all. */
static void
what_is_kept_is_whole(void **unused)
{
	(void)unused;
	for (uint64_t s = 1; s <= 4; s++) {
		struct news *news = story(s, s % 2 ? 0 : 20);
		struct model *all = told(news, STORY, 0), *little = told(news, STORY, 200000);
		int64_t kept = model_kept_from(little);

		assert_int_equal(model_kept_from(all), 0);
		assert_true(kept > 0 && kept < model_end(little));
		assert_true(model_first_event(little) > 0);
		assert_int_equal(model_events(little), model_events(all));
		for (int i = 0; i < 100; i++)
			models_agree(all, little, kept + (model_end(all) - kept) * i / 99, false);
		model_free(little);
		model_free(all);
		free(news);
	}
}

/* --- Cells -------------------------------------------------------------------------------------------------- */

/* The part of a span that lies in a stretch of time. */
static int64_t
share(const struct span *s, int64_t from, int64_t to, int64_t end)
{
	int64_t begin = s->start > from ? s->start : from, stop = s->end < to ? s->end : to;

	stop = stop < end ? stop : end;
	return stop > begin ? stop - begin : 0;
}

static void
cell_is_its_spans(const struct model *m, uint32_t thread, int64_t from, int64_t to, const struct cell_sum *cell)
{
	int64_t in[TL_NSTATES] = { 0 };
	struct span s;
	bool more = model_span_at(m, thread, from, &s);

	for (int64_t t = from; !more && t < to; t++)	/* born within it, perhaps */
		more = model_span_at(m, thread, t, &s);
	for (; more && s.start < to; more = model_span_next(m, thread, &s, &s))
		in[s.state] += share(&s, from, to, model_end(m));
	for (int i = 0; i < TL_NSTATES; i++)
		assert_int_equal(in[i], cell->in[i]);
}

static void
cells_are_their_spans(const struct model *m)
{
	static const int64_t widths[] = { 1, 7, 100, 3000, 50000 };
	struct cell_sum cells[20];

	for (int i = 0; i < 60; i++) {
		uint32_t thread = 1 + dice(THREADS);
		int64_t width = widths[dice(5)], room = model_end(m) - model_kept_from(m);
		int64_t from = model_kept_from(m) + (int64_t)dice((uint32_t)room);

		model_cells(m, thread, from, width, 20, cells);
		for (int k = 0; k < 20; k++)
			cell_is_its_spans(m, thread, from + k * width, from + (k + 1) * width, &cells[k]);
	}
}

static void
cells_are_sums_of_spans(void **unused)
{
	(void)unused;
	for (uint64_t s = 1; s <= 4; s++) {
		struct news *news = story(s, s % 2 ? 0 : 20);
		struct model *all = told(news, STORY, 0), *little = told(news, STORY, 200000);

		cells_are_their_spans(all);
		cells_are_their_spans(little);
		model_free(little);
		model_free(all);
		free(news);
	}
}

/* The cells of all time hold every change and every loss once, however wide they are. */
static void
cells_lose_nothing(void **unused)
{
	struct news *news = story(2, 20);
	struct model *m = told(news, STORY, 0);
	static struct cell_sum cells[1000];

	(void)unused;
	for (uint32_t thread = 1; thread <= THREADS; thread++) {
		struct cell_sum whole;
		uint64_t changes = 0;

		model_cells(m, thread, 0, model_end(m) + 1, 1, &whole);
		model_cells(m, thread, 0, model_end(m) / 999, 1000, cells);
		for (int k = 0; k < 1000; k++)
			changes += cells[k].changes;
		assert_int_equal(changes, whole.changes);
	}
	model_free(m);
	free(news);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(looking_back_at_a_story_is_live),
		cmocka_unit_test(looking_back_at_garbage_is_live),
		cmocka_unit_test(what_is_kept_is_whole),
		cmocka_unit_test(cells_are_sums_of_spans),
		cmocka_unit_test(cells_lose_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
