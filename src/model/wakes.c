/*
 * wakes.c - who let whom go on: the give that came while a thread waited, paired with its take when that comes.
 *
 * An object remembers the last few gives that found somebody waiting. A permit or a notification wakes so many, the
 * oldest give first; a release, a set, an arrival wakes whoever takes next.
 */
#include "config.h"

#include "model/inside.h"

#include <string.h>

#include "base/allocate.h"

static bool
is_counted(const struct object *o)
{
	return o->what.class == TL_CLASS_SEMAPHORE || o->what.class == TL_CLASS_CONDITION;
}

void
wakes_gave(struct model *m, struct object *o, uint32_t thread, const struct record *r)
{
	if (o->now.waiters.count == 0)
		return;
	if (o->gives == NULL) {
		o->gives = allocate(GIVES * sizeof *o->gives);
		m->used += GIVES * sizeof *o->gives;
	}
	o->gives[o->given++ % GIVES] = (struct give){
		.time = r->time,
		.thread = thread,
		.left = !is_counted(o) ? UINT32_MAX : r->value > 0 ? r->value : 1,
		.round = o->now.round & PARTY_TIMES,
	};
}

static void
add_wake(struct model *m, struct lane *l, uint32_t by, uint32_t object, int64_t time)
{
	struct wake *w;

	if (by == l->number || by == 0)
		return;
	if (l->wakes.count > 0 && ((struct wake *)series_at(&l->wakes, l->wakes.count - 1))->time > time)
		return;		/* each list is in the order of its gives */
	w = series_add(&l->wakes, &m->used);
	*w = (struct wake){ .time = time, .by = by, .woken = l->number, .object = object };
}

/* Oldest first where gives are counted, else newest first; of a barrier those of the round only. */
static struct give *
find_give(struct object *o, int64_t since, uint32_t round)
{
	uint32_t n = o->given < GIVES ? o->given : GIVES;

	for (uint32_t i = 0; i < n; i++) {
		struct give *g = &o->gives[(is_counted(o) ? o->given - n + i : o->given - 1 - i) % GIVES];

		if (g->time < since || g->left == 0 || (o->what.class == TL_CLASS_BARRIER && g->round != round))
			continue;
		return g;
	}
	return NULL;
}

/* A thread got what it waited for. Called before its lane takes the event in. */
void
wakes_took(struct model *m, struct lane *l, uint32_t object, uint32_t round, const struct record *r)
{
	struct object *o = m->objects[object];
	bool waited = l->waits && l->waits_on == object;
	struct give *g;

	if (o->gives == NULL || (!waited && (r->flags & TL_F_WAITED) == 0))
		return;
	g = find_give(o, waited ? l->waits_since : l->now.time, round);
	if (g == NULL)
		return;
	if (g->left != UINT32_MAX)
		g->left--;
	add_wake(m, l, g->thread, object, g->time);
}

/* One thread let another go on by itself: it started it, or ended. */
void
wakes_by(struct model *m, struct lane *l, uint32_t by, int64_t time)
{
	add_wake(m, l, by, 0, time);
}

void
wakes_forget(struct model *m, struct lane *l)
{
	uint32_t low = l->wakes.dropped << l->wakes.shift;

	while (low < l->wakes.count && ((struct wake *)series_at(&l->wakes, low))->time < m->kept_from)
		low++;
	series_forget(&l->wakes, low, &m->used);
}

/* --- Questions ---------------------------------------------------------------------------------------------- */

/* The first wake at or after t, not before low. */
static uint32_t
wake_at(const struct lane *l, uint32_t low, int64_t t)
{
	uint32_t high = l->wakes.count;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;

		if (((struct wake *)series_at(&l->wakes, middle))->time < t)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static int64_t
kept(const struct model *m, int64_t t)
{
	return t > m->kept_from ? t : m->kept_from;
}

int
model_wakes(const struct model *m, uint32_t thread, int64_t from, int64_t to, struct wake *wakes, int room)
{
	const struct lane *l = lane_seen(m, thread);
	int n = 0;

	if (l == NULL)
		return 0;
	for (uint32_t i = wake_at(l, l->wakes.dropped << l->wakes.shift, kept(m, from)); i < l->wakes.count; i++) {
		const struct wake *w = series_at(&l->wakes, i);

		if (w->time >= to || n >= room)
			break;
		wakes[n++] = *w;
	}
	return n;
}

void
model_wake_cells(const struct model *m, uint32_t thread, int64_t from, int64_t width, int n, struct wake_sum *cells)
{
	const struct lane *l = lane_seen(m, thread);
	uint32_t at;

	if (n <= 0)
		return;
	memset(cells, 0, (size_t)n * sizeof *cells);
	if (l == NULL || l->wakes.count == 0 || width <= 0)
		return;
	at = wake_at(l, l->wakes.dropped << l->wakes.shift, kept(m, from));
	for (int k = 0; k < n && at < l->wakes.count; k++) {
		int64_t end;
		uint32_t next;

		if (__builtin_mul_overflow(width, (int64_t)k + 1, &end) || __builtin_add_overflow(from, end, &end))
			end = INT64_MAX;
		next = wake_at(l, at, end);
		cells[k].count = next - at;
		if (next > at)
			cells[k].last = *(struct wake *)series_at(&l->wakes, next - 1);
		at = next;
	}
}
