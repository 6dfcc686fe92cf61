/* standing.c - see standing.h. Facts that cannot be (a release of what nobody holds) change nothing; later facts heal. */
#include "config.h"

#include "model/standing.h"

#include <stdlib.h>
#include <string.h>

#include "base/allocate.h"

const struct party *
crowd_find(const struct crowd *c, uint32_t thread)
{
	for (uint32_t i = 0; i < c->count; i++) {
		if (c->party[i].thread == thread)
			return &c->party[i];
	}
	return NULL;
}

static struct party *
crowd_add(struct crowd *c, const struct fact *f, bool write, uint32_t times)
{
	GROW(c->party, c->count, c->room);
	c->party[c->count] = (struct party){ f->time, f->thread, times & PARTY_TIMES, write, false };
	return &c->party[c->count++];
}

static void
crowd_remove(struct crowd *c, uint32_t i)
{
	memmove(&c->party[i], &c->party[i + 1], (--c->count - i) * sizeof *c->party);
}

static void
told(struct moved *m, const struct party *p, bool gain)
{
	if (m == NULL)
		return;
	GROW(m->who, m->count, m->room);
	m->who[m->count].thread = p->thread;
	m->who[m->count].gain = gain;
	m->who[m->count].write = p->write;
	m->who[m->count++].since = p->since;
}

static void
drop(struct standing *s, uint32_t i, struct moved *m)
{
	told(m, &s->holders.party[i], false);
	crowd_remove(&s->holders, i);
}

static void
hold(struct standing *s, const struct fact *f, bool write, struct moved *m)
{
	told(m, crowd_add(&s->holders, f, write, 1), true);
}

/* Nobody but this thread can hold it now: whoever was said to does not, we missed its release. */
static void
drop_others(struct standing *s, uint32_t thread, bool writers_only, struct moved *m)
{
	for (uint32_t i = s->holders.count; i-- > 0;) {
		if (s->holders.party[i].thread != thread && (!writers_only || s->holders.party[i].write))
			drop(s, i, m);
	}
}

static void
drop_of(struct standing *s, uint32_t thread, uint32_t most, struct moved *m)
{
	for (uint32_t i = 0; i < s->holders.count && most > 0;) {
		if (s->holders.party[i].thread == thread) {
			drop(s, i, m);
			most--;
		} else {
			i++;
		}
	}
}

static void
unwait(struct standing *s, uint32_t thread)
{
	for (uint32_t i = s->waiters.count; i-- > 0;) {
		if (s->waiters.party[i].thread == thread)
			crowd_remove(&s->waiters, i);
	}
}

static void
wait(struct standing *s, const struct fact *f, bool write)
{
	unwait(s, f->thread);
	crowd_add(&s->waiters, f, write, s->round);
}

static void
lock(struct standing *s, const struct fact *f, struct moved *m)
{
	drop_others(s, f->thread, false, m);
	if (s->holders.count == 0)
		hold(s, f, true, m);
	s->depth = f->value > 0 ? f->value : 1;
}

static void
unlock(struct standing *s, const struct fact *f, struct moved *m)
{
	if (f->value > 0) {		/* it says that it still holds it */
		lock(s, f, m);
		return;
	}
	while (s->holders.count > 0)	/* also a stranger's release frees it */
		drop(s, s->holders.count - 1, m);
	s->depth = 0;
}

static void
rw_take(struct standing *s, const struct fact *f, bool write, struct moved *m)
{
	drop_others(s, f->thread, !write, m);
	for (uint32_t i = 0; i < s->holders.count; i++) {
		if (s->holders.party[i].thread == f->thread && s->holders.party[i].write == write) {
			s->holders.party[i].times++;
			return;
		}
	}
	drop_of(s, f->thread, UINT32_MAX, m);
	hold(s, f, write, m);
}

static void
rw_release(struct standing *s, const struct fact *f, struct moved *m)
{
	for (uint32_t i = 0; i < s->holders.count; i++) {
		if (s->holders.party[i].thread != f->thread)
			continue;
		if (s->holders.party[i].times > 1)
			s->holders.party[i].times--;
		else
			drop(s, i, m);
		return;
	}
}

static void
arrive(struct standing *s, const struct fact *f)
{
	if (f->value == 1 && s->arrived > 0)
		s->round++;		/* the others were let go; we missed it */
	if (f->value > 0)
		s->arrived = f->value;
	else
		s->arrived++;
	wait(s, f, false);
}

/* The first to leave ends the round; stragglers of an older round tell nothing of this one. */
static void
leave(struct standing *s, const struct fact *f)
{
	const struct party *p = crowd_find(&s->waiters, f->thread);

	if (p != NULL && p->times == (s->round & PARTY_TIMES)) {
		s->round++;
		s->arrived = 0;
	}
	unwait(s, f->thread);
}

static void
breaks(struct standing *s)
{
	if (!s->broken)
		s->round++;
	s->broken = true;
	s->arrived = 0;
}

/* A thread that leaves a broken barrier tells of now only if it came since the last reset. */
static void
leave_broken(struct standing *s, const struct fact *f)
{
	const struct party *p = crowd_find(&s->waiters, f->thread);

	if (p == NULL || p->times == (s->round & PARTY_TIMES))
		breaks(s);
	unwait(s, f->thread);
}

static void
reset(struct standing *s)
{
	s->broken = false;
	s->arrived = 0;
	s->round++;
}

static void
permit_take(struct standing *s, const struct fact *f, struct moved *m)
{
	if (f->value != TL_UNKNOWN)
		s->free = f->value;
	else if (s->free > 0)
		s->free--;
	if (f->unsure)
		drop_of(s, f->thread, UINT32_MAX, m);
	if (!s->signalling)
		hold(s, f, false, m);
}

static void
permit_give(struct standing *s, const struct fact *f, struct moved *m)
{
	uint32_t has = 0, n = f->value > 0 ? f->value : 1;

	for (uint32_t i = 0; i < s->holders.count; i++)
		has += s->holders.party[i].thread == f->thread;
	s->free = s->free > UINT32_MAX - n ? UINT32_MAX : s->free + n;
	drop_of(s, f->thread, n, m);
	if (has >= n || f->unsure)
		return;
	s->signalling = true;		/* who gives what it never took does not lend permits: it signals */
	while (s->holders.count > 0)
		drop(s, s->holders.count - 1, m);
}

/* The first in the queue are to be woken; if it turns out that others were, one of them waits on. */
static void
notify(struct standing *s, uint32_t n)
{
	for (uint32_t i = 0; i < s->waiters.count && n > 0; i++) {
		n -= !s->waiters.party[i].notified;
		s->waiters.party[i].notified = true;
	}
}

static void
wake(struct standing *s, uint32_t thread)
{
	const struct party *p = crowd_find(&s->waiters, thread);

	for (uint32_t i = 0; p != NULL && !p->notified && i < s->waiters.count; i++) {
		if (s->waiters.party[i].notified) {
			s->waiters.party[i].notified = false;
			break;
		}
	}
	unwait(s, thread);
}

static void
pass(struct standing *s, const struct fact *f)
{
	if (!s->set_known && (f->flags & TL_F_WAITED) == 0)
		s->set = s->set_known = true;
}

/* What ends a wait: every kind but those that begin one, and those a signal handler may do in the midst of one. */
static bool
ends_wait(uint8_t kind)
{
	switch (kind) {
	case TL_LOCK_WAIT:
	case TL_READ_WAIT:
	case TL_WRITE_WAIT:
	case TL_COND_WAIT:
	case TL_EVENT_WAIT:
	case TL_SEM_WAIT:
	case TL_COND_WAKE:
	case TL_BARRIER_ARRIVE:
	case TL_BARRIER_LEAVE:
	case TL_BARRIER_BROKEN:
	case TL_BARRIER_ABORT:
	case TL_BARRIER_RESET:
	case TL_LOCK_RELEASE:
	case TL_RW_RELEASE:
	case TL_SEM_POST:
	case TL_COND_NOTIFY:
	case TL_EVENT_SET:
	case TL_EVENT_CLEAR:
	case TL_MISUSE:
	case TL_OBJECT_DESTROY:
		return false;
	default:
		return true;
	}
}

void
standing_apply(struct standing *s, const struct fact *f, struct moved *m)
{
	if (f->elsewhere || f->over || ends_wait(f->kind))
		unwait(s, f->thread);
	if (f->elsewhere)
		return;
	switch (f->kind) {
	case TL_LOCK_WAIT:
	case TL_WRITE_WAIT:	wait(s, f, true); break;
	case TL_READ_WAIT:
	case TL_COND_WAIT:
	case TL_EVENT_WAIT:
	case TL_SEM_WAIT:	wait(s, f, false); break;
	case TL_LOCK_TAKE:	lock(s, f, m); break;
	case TL_LOCK_RELEASE:	unlock(s, f, m); break;
	case TL_READ_TAKE:	rw_take(s, f, false, m); break;
	case TL_WRITE_TAKE:	rw_take(s, f, true, m); break;
	case TL_RW_RELEASE:	rw_release(s, f, m); break;
	case TL_COND_WAKE:	wake(s, f->thread); break;
	case TL_COND_NOTIFY:	notify(s, f->value); break;
	case TL_EVENT_PASS:	pass(s, f); break;
	case TL_EVENT_SET:	s->set = s->set_known = true; break;
	case TL_EVENT_CLEAR:	s->set = false; s->set_known = true; break;
	case TL_BARRIER_ARRIVE:	arrive(s, f); break;
	case TL_BARRIER_LEAVE:	leave(s, f); break;
	case TL_BARRIER_BROKEN:	leave_broken(s, f); break;
	case TL_BARRIER_TIMEOUT:
	case TL_BARRIER_ABORT:	breaks(s); break;
	case TL_BARRIER_RESET:	reset(s); break;
	case TL_SEM_TAKE:	permit_take(s, f, m); break;
	case TL_SEM_POST:	permit_give(s, f, m); break;
	default:		break;
	}
}

static void
crowd_copy(struct crowd *to, const struct crowd *from)
{
	if (to->room < from->count) {
		to->party = reallocate(to->party, from->count, sizeof *to->party);
		to->room = from->count;
	}
	if (from->count > 0)
		memcpy(to->party, from->party, from->count * sizeof *to->party);
	to->count = from->count;
}

void
standing_copy(struct standing *to, const struct standing *from)
{
	struct crowd holders = to->holders, waiters = to->waiters;

	crowd_copy(&holders, &from->holders);
	crowd_copy(&waiters, &from->waiters);
	*to = *from;
	to->holders = holders;
	to->waiters = waiters;
}

void
standing_free(struct standing *s)
{
	free(s->holders.party);
	free(s->waiters.party);
}
