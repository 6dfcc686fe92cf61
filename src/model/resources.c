/*
 * resources.c - how a resource stood at any time: the newest checkpoint before it, and the events since played again.
 */
#include "config.h"

#include "model/inside.h"

#include <stdlib.h>
#include <string.h>

#include "base/allocate.h"

#define CHECK_EVERY 64

static struct fact
fact_of(uint32_t object, uint32_t thread, const struct record *r)
{
	uint8_t class = model_kinds[r->kind].class;
	bool about = class != TL_CLASS_THREAD && class != TL_CLASS_NONE && r->object == object;

	return (struct fact){
		.time = r->time,
		.thread = thread,
		.value = r->value,
		.kind = r->kind,
		.flags = r->flags,
		.elsewhere = !about,
		.over = (r->bits & BIT_OVER) != 0,
		.unsure = (r->bits & BIT_UNSURE) != 0,
	};
}

/* How it stands after all events so far, the last of which was at that time. */
static void
add_checkpoint(struct model *m, struct object *o, int64_t time)
{
	struct checkpoint *c = series_add(&o->checkpoints, &m->used);

	c->time = time;
	c->position = o->checked = o->index.count;
	c->standing = allocate(sizeof *c->standing);
	standing_copy(c->standing, &o->now);
	m->used += sizeof *c->standing + (o->now.holders.count + o->now.waiters.count) * sizeof(struct party);
}

static void
free_checkpoint(struct model *m, struct checkpoint *c)
{
	m->used -= sizeof *c->standing +
	    (c->standing->holders.count + c->standing->waiters.count) * sizeof(struct party);
	standing_free(c->standing);
	free(c->standing);
	c->standing = NULL;
}

/* What the object is known to be grows with what is seen: parties of a barrier, permits of a semaphore. */
static void
learn_size(struct object *o, const struct record *r, uint32_t arrived)
{
	uint32_t seen = 0;

	if (r->kind == TL_BARRIER_LEAVE && o->now.arrived == 0)
		seen = arrived;
	else if (r->kind == TL_SEM_TAKE && r->value < INT32_MAX && !o->now.signalling)
		seen = r->value + o->now.holders.count;
	if (seen > o->what.size)
		o->what.size = seen;
}

/* One more event that matters to the object. Who began or ceased to hold it is left in m->moved. */
void
resource_event(struct model *m, uint32_t object, uint32_t number, uint32_t thread, const struct record *r)
{
	struct object *o = m->objects[object];
	struct fact f = fact_of(object, thread, r);
	uint32_t arrived = o->now.arrived, size = o->now.holders.count + o->now.waiters.count;

	if (o->index.count == 0) {
		add_checkpoint(m, o, INT64_MIN);
	} else if (o->index.count - o->checked >= (size > CHECK_EVERY ? size : CHECK_EVERY)) {
		add_checkpoint(m, o, record_of(m, *(uint32_t *)series_at(&o->index, o->index.count - 1))->time);
	}
	*(uint32_t *)series_add(&o->index, &m->used) = number;
	standing_apply(&o->now, &f, &m->moved);
	if (!f.elsewhere)
		learn_size(o, r, arrived);
}

static const struct checkpoint *
checkpoint_before(const struct object *o, int64_t t)
{
	uint32_t low = o->first_checkpoint, high = o->checkpoints.count;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;

		if (((struct checkpoint *)series_at(&o->checkpoints, middle))->time <= t)
			low = middle + 1;
		else
			high = middle;
	}
	return low > o->first_checkpoint ? series_at(&o->checkpoints, low - 1) : NULL;
}

/* Plays the events from a position while they are before the number and not after t; returns the position reached. */
static uint32_t
replay(const struct model *m, const struct object *o, uint32_t object, uint32_t position, uint32_t number, int64_t t,
    struct standing *s)
{
	for (; position < o->index.count; position++) {
		uint32_t event = *(uint32_t *)series_at(&o->index, position);
		const struct record *r;
		struct fact f;

		if (event >= number || (r = record_of(m, event))->time > t)
			break;
		f = fact_of(object, ((struct where *)series_at(&m->order, event))->thread, r);
		standing_apply(s, &f, NULL);
	}
	return position;
}

void
resource_standing(const struct model *m, uint32_t object, int64_t t, struct standing *s)
{
	const struct object *o = m->objects[object];
	const struct checkpoint *c = checkpoint_before(o, t);

	if (c != NULL)
		standing_copy(s, c->standing);
	replay(m, o, object, c != NULL ? c->position : o->first, UINT32_MAX, t, s);
}

/* The newest checkpoint that is not past the number; those before it are freed. There is one: see resource_event(). */
static struct checkpoint *
last_checkpoint(struct model *m, struct object *o, uint32_t number)
{
	while (o->first_checkpoint + 1 < o->checkpoints.count) {
		struct checkpoint *next = series_at(&o->checkpoints, o->first_checkpoint + 1);

		if (*(uint32_t *)series_at(&o->index, next->position - 1) >= number)
			break;
		free_checkpoint(m, series_at(&o->checkpoints, o->first_checkpoint++));
	}
	return series_at(&o->checkpoints, o->first_checkpoint);
}

/* Events before the number are about to go: a checkpoint of what they came to takes their place. */
void
resource_forget(struct model *m, uint32_t object, uint32_t number)
{
	struct object *o = m->objects[object];
	struct checkpoint *c;

	if (o->index.count <= o->first || *(uint32_t *)series_at(&o->index, o->first) >= number)
		return;
	c = last_checkpoint(m, o, number);
	m->used -= (c->standing->holders.count + c->standing->waiters.count) * sizeof(struct party);
	c->position = replay(m, o, object, c->position, number, INT64_MAX, c->standing);
	m->used += (c->standing->holders.count + c->standing->waiters.count) * sizeof(struct party);
	c->time = INT64_MIN;
	o->first = c->position;
	series_forget(&o->index, o->first, &m->used);
	series_forget(&o->checkpoints, o->first_checkpoint, &m->used);
}

/* Who waits, but for those on a condition that were notified already. */
static void
tell_waiters(const struct crowd *waiters, struct resource *r)
{
	for (uint32_t i = 0; i < waiters->count; i++) {
		const struct party *p = &waiters->party[i];

		if (p->notified)
			continue;
		if (r->waiters < RESOURCE_ROOM) {
			r->waiter[r->waiters].thread = p->thread;
			r->waiter[r->waiters].since = p->since;
			r->waiter[r->waiters].write = p->write;
		}
		r->waiters++;
	}
}

static void
tell_holders(const struct crowd *holders, struct resource *r)
{
	r->holders = holders->count;
	for (uint32_t i = 0; i < holders->count && i < RESOURCE_ROOM; i++) {
		r->holder[i].thread = holders->party[i].thread;
		r->holder[i].since = holders->party[i].since;
		r->holder[i].write = holders->party[i].write;
	}
}

void
model_resource_at(const struct model *m, uint32_t object, int64_t t, struct resource *r)
{
	const struct model_object *o = model_object(m, object);
	struct standing s = { 0 };

	memset(r, 0, sizeof *r);
	if (o == NULL || t < m->kept_from)
		return;
	resource_standing(m, object, t, &s);
	r->set = s.set;
	r->broken = s.broken;
	r->signalling = s.signalling;
	r->depth = s.depth;
	r->free = s.free;
	r->arrived = s.arrived;
	r->shared = o->class == TL_CLASS_RWLOCK && s.holders.count > 0 && !s.holders.party[0].write;
	tell_holders(&s.holders, r);
	tell_waiters(&s.waiters, r);
	standing_free(&s);
}
