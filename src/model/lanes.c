/* lanes.c - what each thread did: its states, one after another, and the questions about them. */
#include "config.h"

#include "model/inside.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/allocate.h"

struct lane *
lane_of(struct model *m, uint32_t thread)
{
	char name[32];

	if (thread == 0 || thread > THREADS_MAX)
		return NULL;
	while (m->nlanes < thread) {
		struct lane *lane = allocate(sizeof *lane);

		lane->told.born = lane->told.died = INT64_MAX;
		GROW(m->lanes, m->nlanes, m->lane_room);
		m->lanes[m->nlanes++] = lane;
		snprintf(name, sizeof name, m->nlanes == 1 ? "main" : "thread %u", m->nlanes);
		lane->told.name = duplicate(name);
	}
	return m->lanes[thread - 1];
}

const struct lane *
lane_at(const struct model *m, uint32_t thread)
{
	return thread >= 1 && thread <= m->nlanes ? m->lanes[thread - 1] : NULL;
}

static bool
is_wait(uint8_t state)
{
	return state >= TL_STATE_LOCK && state <= TL_STATE_SLEEP;
}

bool
lane_waits(const struct lane *lane)
{
	return lane->nentries > 0 && is_wait(lane->entries[lane->nentries - 1].state);
}

/* What the label says of a barrier or a semaphore at this moment: how many, of how many. */
static void
count_label(const struct model *m, uint32_t thread, struct entry *e)
{
	const struct object *o = object_number(m, e->label);
	uint32_t n = 0;

	if (o == NULL)
		return;
	if (o->told.class == TL_CLASS_BARRIER)
		n = o->now.arrived;
	else if (o->told.class == TL_CLASS_SEMAPHORE && e->state == TL_STATE_HOLDS)
		n = parties_find(&o->now.holders, thread) + 1;
	else if (o->told.class == TL_CLASS_RWLOCK)
		e->shared = e->state == TL_STATE_HOLDS && o->now.shared;
	e->count = n < UINT16_MAX ? (uint16_t)n : UINT16_MAX;
	e->of = o->told.size < UINT16_MAX ? (uint16_t)o->told.size : UINT16_MAX;
}

static void
mark_add(struct lane *lane)
{
	struct mark mark = { 0 };

	if (lane->nmarks > 0) {
		const struct entry *e = &lane->entries[(lane->nmarks - 1) * MARK_EVERY];

		mark = lane->marks[lane->nmarks - 1];
		for (int i = 0; i < MARK_EVERY; i++)
			mark.in[e[i].state] += e[i + 1].time - e[i].time;
	}
	GROW(lane->marks, lane->nmarks, lane->mark_room);
	lane->marks[lane->nmarks++] = mark;
}

void
lane_set(struct model *m, uint32_t thread, uint8_t state, uint32_t label, uint32_t record, int64_t time)
{
	struct lane *lane = lane_of(m, thread);
	struct entry *last = lane->nentries ? &lane->entries[lane->nentries - 1] : NULL;

	if (last != NULL && last->state == state && last->label == label && !is_wait(state))
		return;
	GROW(lane->entries, lane->nentries, lane->entry_room);
	lane->entries[lane->nentries] = (struct entry){
		.time = time, .record = record, .label = label, .state = state,
	};
	count_label(m, thread, &lane->entries[lane->nentries]);
	if (lane->nentries++ % MARK_EVERY == 0)
		mark_add(lane);
}

void
lane_works(struct model *m, uint32_t thread, uint32_t record, int64_t time)
{
	const struct lane *lane = lane_of(m, thread);

	if (lane->nheld > 0)
		lane_set(m, thread, TL_STATE_HOLDS, lane->held[lane->nheld - 1], record, time);
	else
		lane_set(m, thread, TL_STATE_RUNS, 0, record, time);
}

static uint32_t
held_find(const struct lane *lane, uint32_t object)
{
	uint32_t i = 0;

	while (i < lane->nheld && lane->held[i] != object)
		i++;
	return i;
}

void
lane_hold(struct model *m, uint32_t thread, uint32_t object)
{
	struct lane *lane = lane_of(m, thread);

	if (lane == NULL || held_find(lane, object) < lane->nheld)
		return;
	GROW(lane->held, lane->nheld, lane->held_room);
	lane->held[lane->nheld++] = object;
}

void
lane_let_go(struct model *m, uint32_t thread, uint32_t object)
{
	struct lane *lane = lane_of(m, thread);
	uint32_t i = lane ? held_find(lane, object) : 0;

	if (lane == NULL || i == lane->nheld)
		return;
	lane->nheld--;
	memmove(&lane->held[i], &lane->held[i + 1], (lane->nheld - i) * sizeof lane->held[0]);
}

/* Keeps the entry in force at the cut and all after it, and sums anew. */
void
lane_forget(struct model *m, struct lane *lane)
{
	uint32_t n = 0, nentries = lane->nentries;

	while (n + 1 < nentries && lane->entries[n + 1].record < m->log.first)
		n++;
	if (n == 0)
		return;
	memmove(lane->entries, lane->entries + n, (nentries - n) * sizeof lane->entries[0]);
	lane->nmarks = 0;
	for (lane->nentries = 0; lane->nentries < nentries - n; lane->nentries++)
		if (lane->nentries % MARK_EVERY == 0)
			mark_add(lane);
	for (n = 0; n < lane->nwakes && lane->wakes[n].time < m->kept_from; n++)
		;
	memmove(lane->wakes, lane->wakes + n, (lane->nwakes - n) * sizeof lane->wakes[0]);
	lane->nwakes -= n;
}

/* The entry in force at t: the last one that began at or before it. nentries if none did. */
uint32_t
lane_entry_at(const struct lane *lane, int64_t t)
{
	uint32_t low = 0, high = lane->nentries;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;

		if (lane->entries[middle].time <= t)
			low = middle + 1;
		else
			high = middle;
	}
	return low > 0 ? low - 1 : lane->nentries;
}

static bool
span_of(const struct model *m, const struct lane *lane, uint32_t i, struct span *out)
{
	const struct entry *e = &lane->entries[i];
	const struct record *r;

	*out = (struct span){
		.start = e->time, .end = i + 1 < lane->nentries ? lane->entries[i + 1].time : INT64_MAX,
		.state = e->state, .object = e->label, .count = e->count, .of = e->of, .shared = e->shared,
		.event = e->record, .kind = TL_NKINDS,
	};
	if (out->end == INT64_MAX && lane->elsewhere != NULL)
		out->elsewhere = lane->elsewhere;
	if (e->record < m->log.first)
		return true;			/* what began it is forgotten */
	r = log_at(&m->log, e->record);
	out->kind = r->kind;
	out->place = r->place ? m->place_list[r->place - 1]->address : 0;
	if (e->state == TL_STATE_JOIN)
		out->other_thread = r->object;
	if (r->kind == TL_SLEEP) {
		out->timed = true;
		out->deadline = e->time + (int64_t)((uint64_t)r->value << 32 | r->object);
	} else if (kind_rows[r->kind].role == ROLE_WAIT && (r->flags & TL_F_TIMED)) {
		out->timed = true;
		out->deadline = e->time + (int64_t)r->value * 1000000;
	}
	return true;
}

bool
model_span_at(const struct model *m, uint32_t thread, int64_t t, struct span *out)
{
	const struct lane *lane = lane_at(m, thread);
	uint32_t i;

	if (lane == NULL || (i = lane_entry_at(lane, t)) == lane->nentries)
		return false;
	return span_of(m, lane, i, out);
}

bool
model_span_next(const struct model *m, uint32_t thread, const struct span *from, struct span *next)
{
	const struct lane *lane = lane_at(m, thread);
	uint32_t i;

	if (lane == NULL || (i = lane_entry_at(lane, from->start)) == lane->nentries || i + 1 >= lane->nentries)
		return false;
	/* Of entries at one time the last is in force: the others have no length. */
	return span_of(m, lane, lane_entry_at(lane, lane->entries[i + 1].time), next);
}

bool
model_span_before(const struct model *m, uint32_t thread, const struct span *from, struct span *before)
{
	const struct lane *lane = lane_at(m, thread);
	uint32_t i;

	if (lane == NULL || (i = lane_entry_at(lane, from->start)) == lane->nentries)
		return false;
	while (i > 0 && lane->entries[i].time >= from->start)
		i--;
	if (lane->entries[i].time >= from->start)
		return false;
	span_of(m, lane, i, before);
	before->end = from->start;
	return true;
}

int
model_holds_at(const struct model *m, uint32_t thread, int64_t t, uint32_t *objects, int room)
{
	const struct lane *lane = lane_at(m, thread);
	struct resource r;
	int n = 0;

	if (lane == NULL)
		return 0;
	if (t >= m->end) {
		for (uint32_t i = 0; i < lane->nheld && (int)i < room; i++)
			objects[i] = lane->held[i];
		return (int)lane->nheld;
	}
	for (uint32_t o = 1; o <= m->nobjects; o++) {
		uint32_t i = 0;

		if (m->objects[o - 1]->told.born > t)
			continue;
		model_resource_at(m, o, t, &r);
		while (i < r.holders && i < RESOURCE_ROOM && r.holder[i].thread != thread)
			i++;
		if (i < r.holders && i < RESOURCE_ROOM) {
			if (n < room)
				objects[n] = o;
			n++;
		}
	}
	return n;
}

uint32_t
model_threads(const struct model *m)
{
	return m->nlanes;
}

const struct model_thread *
model_thread(const struct model *m, uint32_t thread)
{
	const struct lane *lane = lane_at(m, thread);

	return lane ? &lane->told : NULL;
}
