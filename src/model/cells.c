/*
 * cells.c - what a lane did in each of many cells.
 *
 * A cell is the difference of the sums at its two ends, and neighbours share an end. The sum at a time is the sum kept
 * with the record block before it (sums, one for every 64 records) and a walk over at most one block; the walk is taken
 * up where the end before stopped, so cells that lie within one block cost one walk together.
 */
#include "config.h"

#include "model/inside.h"

#include <string.h>

struct cursor {
	const struct lane *lane;
	uint32_t position;	/* the last record before the time; the sums include it */
	struct sums s;		/* up to the time of that record */
	uint8_t state;
	bool placed;
};

static void
include(struct cursor *c, uint32_t position)
{
	const struct record *r = record_at(c->lane, position);

	if (c->placed) {
		c->s.in[c->state] += r->time - c->s.time;
		c->s.time = r->time;
	}
	c->s.changes += (r->bits & BIT_CHANGE) != 0;
	if (r->bits & BIT_LOST)
		c->s.lost += r->value;
	c->state = r->state;
	c->position = position;
	c->placed = true;
}

/* The last sum before t, from one on that is: cells follow each other, so it is near, and so is the memory it is in. */
static uint32_t
gallop(const struct lane *l, uint32_t low, int64_t t)
{
	uint32_t step = 1;

	while (low + step < l->sums.count && sums_with(l, low + step)->time < t) {
		low += step;
		step *= 2;
	}
	return sum_before(l, low, low + step < l->sums.count ? low + step : l->sums.count, t, true);
}

/* The sums of all records before t. Times never go back from call to call. */
static void
seek(struct cursor *c, int64_t t)
{
	const struct lane *l = c->lane;
	uint32_t k, next;

	if (!c->placed && record_at(l, l->first / SUM_EVERY * SUM_EVERY)->time >= t) {
		c->s = *sums_with(l, l->first / SUM_EVERY);	/* what is forgotten has its share in all sums */
		return;
	}
	next = c->placed ? c->position / SUM_EVERY + 1 : l->first / SUM_EVERY;
	if (next < l->sums.count && sums_with(l, next)->time < t) {
		k = gallop(l, next, t);
		c->s = *sums_with(l, k);
		c->placed = false;
		include(c, k * SUM_EVERY);
	}
	while (c->position + 1 < l->records.count && record_at(l, c->position + 1)->time < t)
		include(c, c->position + 1);
}

/* The sums up to time t itself, past the last record before it. */
static struct sums
sums_at(struct cursor *c, const struct model *m, int64_t t)
{
	struct sums s;

	seek(c, t);
	s = c->s;
	if (c->placed) {
		int64_t until = t < m->end ? t : m->end;

		if (until > s.time)
			s.in[c->state] += until - s.time;
	}
	return s;
}

static int64_t
edge(int64_t from, int64_t width, int k)
{
	int64_t offset, t;

	if (__builtin_mul_overflow(width, (int64_t)k, &offset) || __builtin_add_overflow(from, offset, &t))
		return INT64_MAX;
	return t;
}

void
model_cells(const struct model *m, uint32_t thread, int64_t from, int64_t width, int n, struct cell_sum *cells)
{
	struct cursor c = { .lane = lane_seen(m, thread) };
	struct sums before, after;

	if (n <= 0)
		return;
	memset(cells, 0, (size_t)n * sizeof *cells);
	if (c.lane == NULL || c.lane->records.count == 0 || width <= 0)
		return;
	before = sums_at(&c, m, from > m->kept_from ? from : m->kept_from);
	for (int k = 0; k < n; k++) {
		int64_t end = edge(from, width, k + 1);

		if (end < m->kept_from)
			continue;
		after = sums_at(&c, m, end);
		for (int i = 0; i < TL_NSTATES; i++)
			cells[k].in[i] = after.in[i] - before.in[i];
		cells[k].changes = after.changes - before.changes;
		cells[k].lost = after.lost - before.lost > UINT32_MAX ? UINT32_MAX : (uint32_t)(after.lost - before.lost);
		before = after;
	}
}
