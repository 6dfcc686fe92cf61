/* lanes.c - what each thread is doing: its state and what it holds, kept as news comes, and the records of it. */
#include "config.h"

#include "model/inside.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/allocate.h"

const struct lane *
lane_seen(const struct model *m, uint32_t thread)
{
	return thread > 0 && thread <= m->threads ? m->lanes[thread] : NULL;
}

static struct lane *
lane_new(struct model *m, uint32_t thread)
{
	struct lane *l = allocate(sizeof *l);
	char name[32];

	m->used += sizeof *l;
	l->number = thread;
	series_init(&l->records, sizeof(struct record), 8);
	series_init(&l->sums, sizeof(struct sums), 6);
	series_init(&l->marks, sizeof(struct mark), 6);
	series_init(&l->wakes, sizeof(struct wake), 6);
	l->who.born = l->who.died = INT64_MAX;
	snprintf(name, sizeof name, thread == 1 ? "main" : "thread %u", (unsigned int)thread);
	l->who.name = told_apart(m, name, false);
	return l;
}

/* A hole in the numbers is filled at once, so that every number up to model_threads() can be asked for. */
struct lane *
lane_get(struct model *m, uint32_t thread)
{
	if (thread == 0 || thread > MOST_THREADS || thread > m->threads + MOST_AHEAD)
		return NULL;
	while (m->threads < thread) {
		if (m->threads + 1 >= m->lane_room) {
			m->lane_room = m->lane_room ? 2 * m->lane_room : 16;
			m->lanes = reallocate(m->lanes, m->lane_room, sizeof *m->lanes);
		}
		m->threads++;
		m->lanes[m->threads] = NULL;
		m->lanes[m->threads] = lane_new(m, m->threads);
	}
	return m->lanes[thread];
}

void
lane_free(struct lane *l)
{
	for (uint32_t i = l->first_mark; i < l->marks.count; i++)
		free(((struct mark *)series_at(&l->marks, i))->held);
	series_free(&l->records);
	series_free(&l->sums);
	series_free(&l->marks);
	series_free(&l->wakes);
	free(l->held);
	free(l->text_bytes);
	free(l);
}

void
lane_hold(struct lane *l, uint32_t object, bool shared)
{
	GROW(l->held, l->holds, l->hold_room);
	l->held[l->holds++] = (struct held){ object, shared, false };
}

bool
lane_lose(struct lane *l, uint32_t object)
{
	for (uint32_t i = l->holds; i-- > 0;) {		/* mostly it is the last */
		if (l->held[i].object == object) {
			memmove(&l->held[i], &l->held[i + 1], (--l->holds - i) * sizeof *l->held);
			return true;
		}
	}
	return false;
}

uint8_t
lane_works(const struct lane *l)
{
	return l->holds > 0 ? TL_STATE_HOLDS : TL_STATE_RUNS;
}

uint8_t
lane_state(const struct lane *l, uint8_t becomes)
{
	if (becomes == BECOMES_WORKS)
		return lane_works(l);
	if (becomes == TL_STATE_LOCK || becomes == TL_STATE_LOCK_HOLDING)
		return l->holds > 0 ? TL_STATE_LOCK_HOLDING : TL_STATE_LOCK;
	return becomes;
}

static bool
label_shared(const struct lane *l, const struct record *r)
{
	return r->state == TL_STATE_HOLDS && l->holds > 0 && l->held[l->holds - 1].shared;
}

static void
mark_holds(struct model *m, struct lane *l)
{
	uint32_t every = l->holds > MARK_EVERY ? l->holds : MARK_EVERY;
	struct mark *mark;

	if (l->records.count - l->mark_position < every)
		return;
	mark = series_add(&l->marks, &m->used);
	mark->position = l->mark_position = l->records.count;
	mark->count = l->holds;
	if (l->holds == 0)
		return;
	mark->held = reallocate(NULL, l->holds, sizeof *mark->held);
	memcpy(mark->held, l->held, l->holds * sizeof *mark->held);
	m->used += l->holds * sizeof *mark->held;
}

/* One more record, state and label filled in. A change set by the caller begins a span also where nothing differs. */
void
lane_add(struct model *m, struct lane *l, struct record *r)
{
	uint32_t position = l->records.count;

	if (label_shared(l, r))
		r->bits |= BIT_SHARED;
	if (position == 0 || r->state != l->last.state || r->label != l->last.label ||
	    (r->bits & BIT_SHARED) != (l->last.bits & BIT_SHARED))
		r->bits |= BIT_CHANGE;
	if (position == 0)
		l->since_first = r->time;
	else
		l->now.in[l->last.state] += r->time - l->now.time;
	l->now.time = r->time;
	if (r->bits & BIT_CHANGE)
		l->now.last_change = position;
	if (position % SUM_EVERY == 0)
		*(struct sums *)series_add(&l->sums, &m->used) = l->now;
	l->now.changes += (r->bits & BIT_CHANGE) != 0;
	if (r->bits & BIT_LOST)
		l->now.lost += r->value;
	*(struct record *)series_add(&l->records, &m->used) = *r;
	l->last = *r;
	mark_holds(m, l);
}

/*
 * A record in a lane that is no event of its thread: the state goes on, but for what the thread holds by now. The
 * number is that of the event which did it, or of the next if it was none.
 */
void
lane_aside(struct model *m, struct lane *l, uint32_t object, uint8_t kind, uint8_t bits, uint32_t value)
{
	struct record r = { .time = m->now, .number = m->order.count, .object = object, .value = value, .kind = kind };

	if (kind != NO_KIND)
		r.number--;
	r.bits = BIT_ASIDE | bits;
	if (l->records.count == 0) {
		r.state = lane_works(l);
	} else if (l->waits || l->last.state == TL_STATE_EXITED || l->last.state == TL_STATE_ELSEWHERE) {
		r.state = lane_state(l, l->last.state);
		r.label = l->last.label;
	} else {
		r.state = lane_works(l);
	}
	if (r.state == TL_STATE_HOLDS)
		r.label = l->held[l->holds - 1].object;
	lane_add(m, l, &r);
}

/* --- Questions ---------------------------------------------------------------------------------------------- */

uint32_t
model_threads(const struct model *m)
{
	return m->threads;
}

const struct model_thread *
model_thread(const struct model *m, uint32_t thread)
{
	const struct lane *l = lane_seen(m, thread);

	return l != NULL ? &l->who : NULL;
}
