/*
 * resources.c - what an object is like, event after event, and so at any time.
 *
 * state_apply() is all the semantics there is: it serves the present, as news comes in, and the past, replayed from a
 * checkpoint. An event says the whole new state, so the rules heal what a lost event left behind.
 */
#include "config.h"

#include "model/inside.h"

#include <stdlib.h>
#include <string.h>

#include "base/allocate.h"

uint32_t
parties_find(const struct parties *p, uint32_t thread)
{
	uint32_t i = 0;

	while (i < p->count && p->list[i].thread != thread)
		i++;
	return i;
}

static void
parties_add(struct parties *p, const struct record *r, bool write)
{
	GROW(p->list, p->count, p->room);
	p->list[p->count++] = (struct party){ .thread = r->thread, .since = r->time, .write = write };
}

static bool
parties_remove(struct parties *p, uint32_t thread)
{
	uint32_t i = parties_find(p, thread);

	if (i == p->count)
		return false;
	p->count--;
	memmove(&p->list[i], &p->list[i + 1], (p->count - i) * sizeof p->list[0]);
	return true;
}

static void
parties_copy(struct parties *to, const struct parties *from)
{
	*to = (struct parties){ .count = from->count, .room = from->count };
	if (from->count > 0) {
		to->list = reallocate(NULL, from->count, sizeof to->list[0]);
		memcpy(to->list, from->list, from->count * sizeof to->list[0]);
	}
}

void
state_copy(struct condition_of *to, const struct condition_of *from)
{
	*to = *from;
	parties_copy(&to->holders, &from->holders);
	parties_copy(&to->waiters, &from->waiters);
}

void
state_free(struct condition_of *s)
{
	free(s->holders.list);
	free(s->waiters.list);
	memset(s, 0, sizeof *s);
}

static void
apply_lock(struct condition_of *s, const struct record *r)
{
	switch (r->kind) {
	case TL_LOCK_TAKE:
		s->depth = r->value ? r->value : 1;
		if (s->holders.count != 1 || s->holders.list[0].thread != r->thread) {
			s->holders.count = 0;
			parties_add(&s->holders, r, false);
		}
		break;
	case TL_LOCK_RELEASE:
		s->depth = r->value;
		if (r->value == 0)
			s->holders.count = 0;
		break;
	}
}

static void
apply_rwlock(struct condition_of *s, const struct record *r)
{
	switch (r->kind) {
	case TL_READ_TAKE:
		if (!s->shared)
			s->holders.count = 0;
		s->shared = true;
		parties_add(&s->holders, r, false);
		break;
	case TL_WRITE_TAKE:
		s->shared = false;
		s->holders.count = 0;
		parties_add(&s->holders, r, true);
		break;
	case TL_RW_RELEASE:
		if (!parties_remove(&s->holders, r->thread) && !s->shared)
			s->holders.count = 0;	/* by a stranger */
		if (s->holders.count == 0)
			s->shared = false;
		break;
	}
}

static void
apply_barrier(struct condition_of *s, const struct model_object *o, const struct record *r)
{
	switch (r->kind) {
	case TL_BARRIER_ARRIVE:
		if (o->size != 0 && s->arrived >= o->size) {	/* the round before was full */
			s->waiters.count = 0;
			s->arrived = 0;
		}
		parties_add(&s->waiters, r, false);
		s->arrived = r->value ? r->value : s->arrived + 1;
		if (o->size != 0 && s->arrived >= o->size)
			s->waiters.count = 0;		/* all may go: nobody waits any more */
		break;
	case TL_BARRIER_LEAVE:
		if (o->size == 0 || s->arrived >= o->size) {
			s->waiters.count = 0;
			s->arrived = 0;
		}
		break;
	case TL_BARRIER_BROKEN:
	case TL_BARRIER_TIMEOUT:
	case TL_BARRIER_ABORT:
		s->broken = true;
		s->waiters.count = 0;
		s->arrived = 0;
		break;
	case TL_BARRIER_RESET:
		s->broken = false;
		s->waiters.count = 0;
		s->arrived = 0;
		break;
	}
}

/* A permit has no owner; but who took one and gives one back is said to have held it. Who posts without having one
 * signals, and then nobody is said to hold any. */
static void
apply_semaphore(struct condition_of *s, const struct record *r)
{
	switch (r->kind) {
	case TL_SEM_TAKE:
		s->free = r->value != TL_UNKNOWN ? r->value : s->free ? s->free - 1 : 0;
		if (!s->signalling)
			parties_add(&s->holders, r, false);
		break;
	case TL_SEM_POST:
		s->free += r->value ? r->value : 1;
		for (uint32_t n = r->value ? r->value : 1; n > 0 && !s->signalling; n--) {
			if (!parties_remove(&s->holders, r->thread)) {
				s->signalling = true;
				s->holders.count = 0;
			}
		}
		break;
	}
}

static void
apply_signal(struct condition_of *s, const struct record *r)
{
	uint32_t n;

	switch (r->kind) {
	case TL_COND_NOTIFY:		/* the first n no longer wait for the condition, but for its lock */
		n = r->value < s->waiters.count ? r->value : s->waiters.count;
		s->waiters.count -= n;
		memmove(s->waiters.list, s->waiters.list + n, s->waiters.count * sizeof s->waiters.list[0]);
		break;
	case TL_EVENT_SET:
		s->set = true;
		s->waiters.count = 0;
		break;
	case TL_EVENT_CLEAR:
		s->set = false;
		break;
	}
}

void
state_apply(struct condition_of *s, const struct model_object *o, uint32_t number, const struct record *r)
{
	const struct kind_row *row = &kind_rows[r->kind];

	if (r->object != number || row->class != o->class) {	/* the thread went on to something else */
		parties_remove(&s->waiters, r->thread);
		return;
	}
	if (row->role == ROLE_WAIT) {
		parties_remove(&s->waiters, r->thread);
		parties_add(&s->waiters, r, r->kind == TL_WRITE_WAIT);
		return;
	}
	if (row->becomes != BECOMES_KEEPS && r->kind != TL_BARRIER_ARRIVE)
		parties_remove(&s->waiters, r->thread);
	switch (o->class) {
	case TL_CLASS_LOCK:
		apply_lock(s, r);
		break;
	case TL_CLASS_RWLOCK:
		apply_rwlock(s, r);
		break;
	case TL_CLASS_BARRIER:
		apply_barrier(s, o, r);
		break;
	case TL_CLASS_SEMAPHORE:
		apply_semaphore(s, r);
		break;
	default:
		apply_signal(s, r);
	}
}

/* How many of the object's records are at or before t. */
static uint32_t
records_until(const struct model *m, const struct object *o, int64_t t)
{
	uint32_t low = 0, high = o->nrecords;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;

		if (log_at(&m->log, o->records[middle])->time <= t)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static void
tell_parties(const struct parties *p, struct resource *r, bool holders)
{
	for (uint32_t i = 0; i < p->count && i < RESOURCE_ROOM; i++) {
		const struct party *party = &p->list[i];

		if (holders) {
			r->holder[i].thread = party->thread;
			r->holder[i].since = party->since;
			r->holder[i].write = party->write;
		} else {
			r->waiter[i].thread = party->thread;
			r->waiter[i].since = party->since;
			r->waiter[i].write = party->write;
		}
	}
}

static void
tell_state(const struct condition_of *s, struct resource *r)
{
	r->set = s->set;
	r->broken = s->broken;
	r->depth = s->depth;
	r->free = s->free;
	r->arrived = s->arrived;
	r->shared = s->shared;
	r->signalling = s->signalling;
	r->holders = s->holders.count;
	r->waiters = s->waiters.count;
	tell_parties(&s->holders, r, true);
	tell_parties(&s->waiters, r, false);
}

void
model_resource_at(const struct model *m, uint32_t number, int64_t t, struct resource *out)
{
	const struct object *o = object_number(m, number);
	struct condition_of s = { 0 };
	uint32_t until, c;

	memset(out, 0, sizeof *out);
	if (o == NULL)
		return;
	if (t >= m->end) {
		tell_state(&o->now, out);
		return;
	}
	until = records_until(m, o, t);
	for (c = o->ncheckpoints; c > 0 && o->checkpoints[c - 1].at > o->dropped + until; c--)
		;
	if (c > 0)
		state_copy(&s, &o->checkpoints[c - 1].state);
	else
		s.free = o->told.size;
	for (uint32_t i = c > 0 ? o->checkpoints[c - 1].at - o->dropped : 0; i < until; i++)
		state_apply(&s, &o->told, number, log_at(&m->log, o->records[i]));
	tell_state(&s, out);
	state_free(&s);
}
