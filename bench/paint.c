/*
 * paint.c - what a frame costs with ten million events and 256 lanes behind it: any pan, zoom or jump at 200x50.
 *
 *   run   bench/paint [events]
 *   see   how fast news is taken in. The model's share of a frame: what is asked of it to paint 25 lanes of 150 cells, their
 *         gap rows and labels, a dozen resources and ten events; its 99th percentile must stay under 5 ms. And the whole
 *         frame, painted by the view: under 10 ms.
 */
#include "config.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "bench/measure.h"
#include "model/model.h"
#include "view/view.h"

#define LANES    256
#define LOCKS    64
#define SEMS     8
#define ROWS     25
#define CELLS    150
#define FRAMES   1000
#define MODEL_MS 5.0		/* what must be reached */
#define FRAME_MS 10.0

#define LOCK_AT(n) (0x10000 + (uint64_t)(n) * 64)
#define SEM_AT(n)  (0x90000 + (uint64_t)(n) * 64)

static uint64_t seed = 1;
static int64_t now;

static uint32_t
dice(uint32_t sides)
{
	seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (uint32_t)(seed >> 33) % sides;
}

static void
tell(struct model *m, uint32_t thread, uint8_t kind, uint64_t object, uint32_t value, uint8_t flags)
{
	struct news n = { .what = NEWS_EVENT, .thread = thread, .time = now += 20 + dice(200) };

	n.event.kind = kind;
	n.event.object = object;
	n.event.value = value;
	n.event.flags = flags;
	n.event.place = 0x400000 + (kind * 7u + thread % 5) * 16;
	model_take(m, &n);
}

/* Where each thread is in its little program: work under a lock, now and then nap, wait, or take a permit. */
static struct actor {
	uint32_t lock, sem;
	bool waits, holds, naps, permit;
} actors[LANES + 1];
static uint32_t owner[LOCKS];

static void
act_lock(struct model *m, uint32_t t, struct actor *a)
{
	if (a->holds) {
		tell(m, t, TL_LOCK_RELEASE, LOCK_AT(a->lock), 0, 0);
		owner[a->lock] = 0;
		a->holds = false;
	} else if (owner[a->lock] == 0) {
		tell(m, t, TL_LOCK_TAKE, LOCK_AT(a->lock), 1, a->waits ? TL_F_WAITED : 0);
		owner[a->lock] = t;
		a->holds = true;
		a->waits = false;
	} else if (!a->waits) {
		tell(m, t, TL_LOCK_WAIT, LOCK_AT(a->lock), 0, 0);
		a->waits = true;
	}
}

static void
act(struct model *m, uint32_t t)
{
	struct actor *a = &actors[t];

	if (a->naps) {
		tell(m, t, TL_SLEEP_END, 0, 0, 0);
		a->naps = false;
	} else if (a->holds || a->waits || dice(10) < 7) {
		if (!a->holds && !a->waits)
			a->lock = (t / 8 + dice(3)) % LOCKS;
		act_lock(m, t, a);
	} else if (a->permit || dice(3) == 0) {
		a->sem = a->permit ? a->sem : dice(SEMS);
		tell(m, t, a->permit ? TL_SEM_POST : TL_SEM_TAKE, SEM_AT(a->sem), a->permit ? 1 : TL_UNKNOWN, 0);
		a->permit = !a->permit;
	} else {
		tell(m, t, TL_SLEEP, 1000000, 0, 0);
		a->naps = true;
	}
}

static struct model *
history(uint32_t events)
{
	struct model *m = model_new(0);
	int64_t before;

	for (uint32_t t = 1; t <= LANES; t++)
		tell(m, t, TL_THREAD_START, t * UINT64_C(0x1000), t, 0);
	before = measure_now();
	while (model_events(m) < events)
		act(m, 1 + dice(LANES));
	printf("model: events taken in\t%.2f\tmillion a second\n", events / ((double)(measure_now() - before) / 1e9) / 1e6);
	printf("model: events kept\t%.2f\tmillion\n", (model_events(m) - model_first_event(m)) / 1e6);
	return m;
}

/* What the view asks for one frame. The sum keeps the compiler honest. */
static uint64_t
frame(const struct model *m, uint32_t top, int64_t from, int64_t width)
{
	static struct cell_sum cells[CELLS];
	static struct wake_sum wakes[CELLS];
	static struct resource r;
	struct model_event e;
	struct span s;
	uint64_t sum = 0;
	uint32_t event;

	for (uint32_t t = top; t < top + ROWS; t++) {
		model_cells(m, t, from, width, CELLS, cells);
		model_wake_cells(m, t, from, width, CELLS, wakes);
		sum += cells[CELLS / 2].changes + wakes[CELLS / 2].count;
		for (int label = 0; label < 10; label++)
			if (model_span_at(m, t, from + width * CELLS / 10 * label, &s))
				sum += s.object;
	}
	for (uint32_t object = 1; object <= 12; object++) {
		model_resource_at(m, object, from + width * CELLS, &r);
		sum += r.holders;
	}
	event = model_event_at(m, from + width * CELLS);
	for (uint32_t i = 1; i <= 10 && i <= event; i++)
		if (model_event(m, event - i, &e))
			sum += e.thread;
	return sum;
}

static int64_t widths[] = { 100, 1000, 10000, 100000, 1000000, 10000000 };
static uint64_t kept_sum;

/* Time of this thread's own: who else uses the processor is not our cost. */
static int64_t
own_time(void)
{
	struct timespec t;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static double
measured(const struct model *m, uint32_t top, int64_t from, int64_t width)
{
	int64_t before = own_time();

	kept_sum += frame(m, top, from, width);
	return (double)(own_time() - before) / 1e6;
}

static bool
report(const char *what, double *ms, double most)
{
	qsort(ms, FRAMES, sizeof *ms, measure_compare);
	printf("%s, median\t%.2f\tms\n", what, ms[FRAMES / 2]);
	printf("%s, 99th percentile\t%.2f\tms\n", what, ms[FRAMES * 99 / 100]);
	return ms[FRAMES * 99 / 100] < most;
}

static int64_t
anywhere(const struct model *m)
{
	return (int64_t)((double)model_end(m) * dice(1000000) / 1e6);
}

static bool
model_frames(const struct model *m)
{
	static double ms[FRAMES];
	bool reached = true;
	int64_t at = anywhere(m);

	for (int i = 0; i < FRAMES; i++)
		ms[i] = measured(m, 1 + dice(LANES - ROWS), anywhere(m), widths[dice(6)]);
	reached &= report("model: a jump", ms, MODEL_MS);
	for (int i = 0; i < FRAMES; i++)
		ms[i] = measured(m, 1, model_end(m) / 2, (i % 2 ? 2 : 5) * widths[i / 2 % 6] / 2);
	reached &= report("model: a zoom", ms, MODEL_MS);
	for (int i = 0; i < FRAMES; i++)
		ms[i] = measured(m, 100, at += widths[3] * CELLS / 2, widths[3]);
	return report("model: a pan", ms, MODEL_MS) && reached;
}

/* --- The whole frame ---------------------------------------------------------------------------------------- */

struct screen {
	struct view *view;
	struct canvas *canvas;
	struct view_world world;
	const struct model *model;
};

static double
painted(struct screen *s)
{
	int64_t before = own_time();

	view_paint(s->view, s->model, &s->world, s->canvas);
	return (double)(own_time() - before) / 1e6;
}

static void
act_some(struct screen *s, enum action action, uint32_t most)
{
	for (uint32_t times = dice(most); times > 0; times--)
		view_act(s->view, s->model, action, 0, -1, -1);
}

static void
jump(struct screen *s)
{
	view_look_at(s->view, s->model, anywhere(s->model), widths[dice(6)]);
	act_some(s, dice(2) ? ACTION_PAGE_UP : ACTION_PAGE_DOWN, 5);
}

static void
zoom(struct screen *s)
{
	act_some(s, dice(2) ? ACTION_ZOOM_IN : ACTION_ZOOM_OUT, 12);
}

static void
pan(struct screen *s)
{
	static const enum action ways[] = { ACTION_LEFT, ACTION_RIGHT, ACTION_SCREEN_LEFT, ACTION_SCREEN_RIGHT };

	act_some(s, ways[dice(4)], 10);
}

static bool
view_frames(const struct model *m)
{
	static const struct {
		const char *what;
		void (*move)(struct screen *);
	} moves[] = { { "frame: a jump", jump }, { "frame: a zoom", zoom }, { "frame: a pan", pan } };
	struct screen s = { .view = view_new(GLYPHS_FULL), .canvas = canvas_new(200, 50), .model = m };
	static double ms[FRAMES];
	bool reached = true;

	s.world = (struct view_world){ .mode = MODE_REPLAY, .now = model_end(m), .speed = 1, .watched = true };
	painted(&s);
	for (unsigned k = 0; k < sizeof moves / sizeof moves[0]; k++) {
		for (int i = 0; i < FRAMES; i++) {
			moves[k].move(&s);
			ms[i] = painted(&s);
		}
		reached &= report(moves[k].what, ms, FRAME_MS);
	}
	canvas_free(s.canvas);
	view_free(s.view);
	return reached;
}

int
main(int argc, char **argv)
{
	struct model *m = history(argc > 1 ? (uint32_t)strtoul(argv[1], NULL, 10) : 10000000);
	bool reached = model_frames(m);

	reached &= view_frames(m);
	printf("# %llu\n", (unsigned long long)kept_sum);
	model_free(m);
	return reached ? 0 : 1;
}
