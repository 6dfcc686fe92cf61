/* spans.c - what a thread did at a time, and before, and after; and what it held. */
#include "config.h"

#include "model/inside.h"

#include <stdlib.h>
#include <string.h>

#include "base/allocate.h"

/* The last sum, from low up to below high, whose record's time is < t (strict) or <= t. low is taken for granted. */
uint32_t
sum_before(const struct lane *l, uint32_t low, uint32_t high, int64_t t, bool strict)
{
	while (high - low > 1) {
		uint32_t middle = low + (high - low) / 2;
		int64_t time = sums_with(l, middle)->time;

		if (strict ? time < t : time <= t)
			low = middle;
		else
			high = middle;
	}
	return low;
}

bool
position_at(const struct model *m, const struct lane *l, int64_t t, uint32_t *position)
{
	uint32_t k, low, high;

	if (l == NULL || l->records.count == 0 || t < m->kept_from || record_at(l, l->first)->time > t)
		return false;
	k = sum_before(l, l->first / SUM_EVERY, l->sums.count, t, false);
	low = k * SUM_EVERY;
	if (low < l->first)
		low = l->first;
	high = l->records.count - k * SUM_EVERY > SUM_EVERY ? (k + 1) * SUM_EVERY : l->records.count;
	while (high - low > 1) {
		uint32_t middle = low + (high - low) / 2;

		if (record_at(l, middle)->time <= t)
			low = middle;
		else
			high = middle;
	}
	*position = low;
	return true;
}

/* Position of the last change at or before one; below l->first if it is forgotten. */
static uint32_t
change_before(const struct lane *l, uint32_t position)
{
	uint32_t k = position / SUM_EVERY;

	for (uint32_t i = position; i > k * SUM_EVERY && i >= l->first; i--) {
		if (record_at(l, i)->bits & BIT_CHANGE)
			return i;
	}
	return sums_with(l, k)->last_change;
}

/* Position of the first change after one; the count of records if there is none. */
static uint32_t
change_after(const struct lane *l, uint32_t position)
{
	uint32_t k = position / SUM_EVERY, low, high = l->sums.count;
	uint32_t i = position + 1;

	for (; i < l->records.count && i % SUM_EVERY != 0; i++) {
		if (record_at(l, i)->bits & BIT_CHANGE)
			return i;
	}
	if (i >= l->records.count)
		return l->records.count;
	for (low = k + 1; high - low > 1;) {	/* the last sum with no change before it since then */
		uint32_t middle = low + (high - low) / 2;

		if (sums_with(l, middle)->changes == sums_with(l, k + 1)->changes)
			low = middle;
		else
			high = middle;
	}
	for (i = low * SUM_EVERY; i < l->records.count; i++) {
		if (record_at(l, i)->bits & BIT_CHANGE)
			return i;
	}
	return l->records.count;
}

static void
tell_wait(const struct record *r, struct span *s)
{
	if (r->kind == TL_SLEEP) {
		int64_t asked = (int64_t)((uint64_t)r->value << 32 | r->object);

		s->timed = true;
		if (asked < 0 || __builtin_add_overflow(r->time, asked, &s->deadline))
			s->deadline = INT64_MAX;
	} else if (r->kind < TL_NKINDS && model_kinds[r->kind].role == ROLE_WAIT && (r->flags & TL_F_TIMED)) {
		s->timed = true;
		if (__builtin_add_overflow(r->time, (int64_t)r->value * 1000000, &s->deadline))
			s->deadline = INT64_MAX;
	}
}

/* Barriers: how many were there when it arrived. Semaphores: how many permits are out. */
static void
tell_count(const struct model *m, const struct record *r, struct span *s)
{
	const struct model_object *o = model_object(m, s->object);
	struct standing at = { 0 };

	if (o == NULL || (o->class != TL_CLASS_BARRIER && o->class != TL_CLASS_SEMAPHORE))
		return;
	s->of = o->size;
	if (r->kind == TL_BARRIER_ARRIVE && r->value > 0) {
		s->count = r->value;
		return;
	}
	if (r->kind == TL_SEM_TAKE && r->object == s->object && r->value != TL_UNKNOWN) {
		s->count = o->size > r->value ? o->size - r->value : 0;
		return;
	}
	resource_standing(m, s->object, r->time, &at);
	if (o->class == TL_CLASS_BARRIER)
		s->count = at.arrived;
	else
		s->count = o->size > at.free ? o->size - at.free : 0;
	standing_free(&at);
}

static void
tell_label(const struct model *m, const struct record *r, struct span *s)
{
	switch (r->state) {
	case TL_STATE_JOIN:
		if (r->label < m->person_count)
			s->other_thread = m->persons[r->label].thread;
		break;
	case TL_STATE_ELSEWHERE:
		s->elsewhere = r->label < m->elsewhere_count ? m->elsewhere[r->label] : "";
		break;
	default:
		s->object = r->label;
		break;
	}
}

static void
span_of(const struct model *m, const struct lane *l, uint32_t position, struct span *s)
{
	uint32_t begin = change_before(l, position), end = change_after(l, position);
	/* Where the beginning is forgotten, the oldest record kept tells the state. */
	const struct record *r = record_at(l, begin < l->first ? l->first : begin);

	*s = (struct span){
		.start = begin <= l->first ? l->since_first : r->time,
		.end = end < l->records.count ? record_at(l, end)->time : INT64_MAX,
		.state = r->state,
		.kind = r->kind,
		.shared = (r->bits & BIT_SHARED) != 0,
		.place = m->places[r->place].address,
		.event = r->number,
	};
	tell_wait(r, s);
	tell_label(m, r, s);
	tell_count(m, r, s);
}

bool
model_span_at(const struct model *m, uint32_t thread, int64_t t, struct span *s)
{
	const struct lane *l = lane_seen(m, thread);
	uint32_t position;

	if (!position_at(m, l, t, &position))
		return false;
	span_of(m, l, position, s);
	return true;
}

bool
model_span_next(const struct model *m, uint32_t thread, const struct span *s, struct span *next)
{
	return s->end != INT64_MAX && model_span_at(m, thread, s->end, next);
}

bool
model_span_before(const struct model *m, uint32_t thread, const struct span *s, struct span *before)
{
	return s->start != INT64_MIN && model_span_at(m, thread, s->start - 1, before);
}

/* --- What it held ------------------------------------------------------------------------------------------- */

static const struct mark *
mark_before(const struct lane *l, uint32_t position)
{
	uint32_t low = l->first_mark, high = l->marks.count;

	while (low < high) {		/* the first mark past the position */
		uint32_t middle = low + (high - low) / 2;

		if (((struct mark *)series_at(&l->marks, middle))->position <= position)
			low = middle + 1;
		else
			high = middle;
	}
	return low > l->first_mark ? series_at(&l->marks, low - 1) : NULL;
}

static void
remove_held(struct held *held, uint32_t *count, uint32_t object)
{
	for (uint32_t i = *count; i-- > 0;) {		/* as lane_lose() */
		if (held[i].object == object) {
			memmove(&held[i], &held[i + 1], (--*count - i) * sizeof *held);
			return;
		}
	}
}

uint32_t
replay_holds(const struct lane *l, uint32_t position, struct held **held)
{
	const struct mark *mark = mark_before(l, position + 1);
	uint32_t count = 0, room, i = 0;

	if (mark != NULL) {
		count = mark->count;
		i = mark->position;
	}
	room = count + (position + 1 - i);
	*held = reallocate(NULL, room, sizeof **held);
	if (count > 0)
		memcpy(*held, mark->held, count * sizeof **held);
	for (; i <= position; i++) {
		const struct record *r = record_at(l, i);

		if (r->bits & BIT_GAIN)
			(*held)[count++] = (struct held){ r->object, 0, 0 };
		else if (r->bits & BIT_LOSS)
			remove_held(*held, &count, r->object);
	}
	return count;
}

int
model_holds_at(const struct model *m, uint32_t thread, int64_t t, uint32_t *objects, int room)
{
	const struct lane *l = lane_seen(m, thread);
	uint32_t position, count;
	struct held *held;

	if (!position_at(m, l, t, &position))
		return 0;
	count = replay_holds(l, position, &held);
	for (uint32_t i = 0; i < count && (int)i < room; i++)
		objects[i] = held[i].object;
	free(held);
	return (int)count;
}
