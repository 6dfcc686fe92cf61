/*
 * forget.c - when the memory bound is reached, the oldest events are forgotten: about a sixteenth of all at a time.
 *
 * States at the cut stay right: each lane keeps the last record before the cut and the sums and marks it needs, each
 * object gets a checkpoint of how it stood there.
 */
#include "config.h"

#include "model/inside.h"

#include <stdlib.h>

#define FORGET_LEAST 1024

/* Position of the last record whose event is before the number; false if there is none past l->first. */
static bool
last_before(const struct lane *l, uint32_t number, uint32_t *position)
{
	uint32_t low = l->first, high = l->records.count;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;

		if (record_at(l, middle)->number < number)
			low = middle + 1;
		else
			high = middle;
	}
	if (low <= l->first + 1)
		return false;
	*position = low - 1;
	return true;
}

static void
forget_marks(struct model *m, struct lane *l, uint32_t *keep)
{
	struct mark *mark = NULL;

	while (l->first_mark + 1 < l->marks.count) {
		struct mark *next = series_at(&l->marks, l->first_mark + 1);

		if (next->position > l->first + 1)
			break;
		mark = series_at(&l->marks, l->first_mark++);
		free(mark->held);
		mark->held = NULL;
		m->used -= mark->count * sizeof *mark->held;
	}
	mark = l->first_mark < l->marks.count ? series_at(&l->marks, l->first_mark) : NULL;
	if (mark == NULL || mark->position > l->first + 1)
		*keep = l->first_mark == 0 ? 0 : *keep;	/* it held nothing at its beginning: replay from there */
	else if (mark->position < *keep)
		*keep = mark->position;
	series_forget(&l->marks, l->first_mark, &m->used);
}

static void
lane_forget(struct model *m, struct lane *l, uint32_t number)
{
	uint32_t position, change, keep;

	if (l == NULL || !last_before(l, number, &position))
		return;
	for (change = position; change > l->first && change % SUM_EVERY != 0; change--) {
		if (record_at(l, change)->bits & BIT_CHANGE)
			break;
	}
	if ((record_at(l, change)->bits & BIT_CHANGE) == 0)
		change = sums_with(l, change / SUM_EVERY)->last_change;
	if (change > l->first)
		l->since_first = record_at(l, change)->time;
	l->first = position;
	keep = position / SUM_EVERY * SUM_EVERY;
	forget_marks(m, l, &keep);
	series_forget(&l->sums, position / SUM_EVERY, &m->used);
	series_forget(&l->records, keep, &m->used);
	wakes_forget(m, l);
}

static void
forget(struct model *m)
{
	uint32_t kept = m->order.count - m->first, cut = kept / 16 > FORGET_LEAST ? kept / 16 : FORGET_LEAST;

	if (kept <= cut)
		return;
	cut += m->first;
	m->kept_from = record_of(m, cut)->time;
	for (uint32_t i = 1; i <= m->object_count; i++)	/* before lanes: this reads the records that go */
		resource_forget(m, i, cut);
	m->first = cut;
	for (uint32_t i = 1; i <= m->threads; i++)
		lane_forget(m, m->lanes[i], cut);
	series_forget(&m->order, cut, &m->used);
	texts_forget(m);
}

/*
 * A bound that the lanes and objects themselves fill cannot be kept by forgetting events: at least four rounds' worth of
 * events is always kept, so that the effort stays in proportion.
 */
void
forget_if_needed(struct model *m)
{
	if (m->used > m->bound && m->order.count - m->first > 4 * FORGET_LEAST && m->order.count % 256 == 0)
		forget(m);
}

int64_t
model_kept_from(const struct model *m)
{
	return m->kept_from;
}
