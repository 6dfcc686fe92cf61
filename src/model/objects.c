/* objects.c - the resources: who is behind an address, and what each event did to it. */
#include "config.h"

#include "model/inside.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/allocate.h"

static int
by_address(const struct object *a, const struct object *b)
{
	return a->told.address < b->told.address ? -1 : a->told.address > b->told.address;
}
TREE(objects_by_address, object, by_address)

static const char *const class_words[TL_NCLASSES] = {
	[TL_CLASS_NONE] = "object",
	[TL_CLASS_THREAD] = "thread",
	[TL_CLASS_LOCK] = "lock",
	[TL_CLASS_RWLOCK] = "rw-lock",
	[TL_CLASS_CONDITION] = "condition",
	[TL_CLASS_EVENT] = "event",
	[TL_CLASS_BARRIER] = "barrier",
	[TL_CLASS_SEMAPHORE] = "semaphore",
	[TL_CLASS_LOCAL] = "local",
};

static const uint8_t class_of_kind[TL_NOBJECT_KINDS] = {
	[TL_OBJECT_THREAD] = TL_CLASS_THREAD,
	[TL_OBJECT_LOCK] = TL_CLASS_LOCK,
	[TL_OBJECT_RLOCK] = TL_CLASS_LOCK,
	[TL_OBJECT_MUTEX] = TL_CLASS_LOCK,
	[TL_OBJECT_SPINLOCK] = TL_CLASS_LOCK,
	[TL_OBJECT_RWLOCK] = TL_CLASS_RWLOCK,
	[TL_OBJECT_CONDITION] = TL_CLASS_CONDITION,
	[TL_OBJECT_EVENT] = TL_CLASS_EVENT,
	[TL_OBJECT_BARRIER] = TL_CLASS_BARRIER,
	[TL_OBJECT_SEMAPHORE] = TL_CLASS_SEMAPHORE,
	[TL_OBJECT_BOUNDED_SEMAPHORE] = TL_CLASS_SEMAPHORE,
	[TL_OBJECT_LOCAL] = TL_CLASS_LOCAL,
};

struct object *
object_number(const struct model *m, uint32_t number)
{
	return number >= 1 && number <= m->nobjects ? m->objects[number - 1] : NULL;
}

struct object *
object_known(struct model *m, uint64_t address)
{
	struct object key = { .told.address = address };

	return RB_FIND(objects_by_address, &m->by_address, &key);
}

/* Its name from now on: the given one, told apart from others of that name; else class and number. */
static void
object_call(struct model *m, struct object *o, const char *given)
{
	char text[300], *name = clean(given, strlen(given));
	unsigned same = 1;

	if (name[0] == '\0') {
		snprintf(text, sizeof text, "%s %u", class_words[o->told.class], ++m->class_count[o->told.class]);
	} else {
		o->told.named = true;
		snprintf(text, sizeof text, "%.250s", name);
		for (uint32_t i = 0; i < m->nobjects; i++)
			if (m->objects[i] != o && strcmp(m->objects[i]->told.name, text) == 0) {
				snprintf(text, sizeof text, "%.250s %u", name, ++same);
				i = (uint32_t)-1;	/* is that one free? look again */
			}
	}
	free(name);
	free((char *)o->told.name);
	o->told.name = duplicate(text);
}

static struct object *
object_new(struct model *m, uint64_t address, enum tl_class class, const char *given)
{
	struct object *o = allocate(sizeof *o), *old;

	o->told.address = address;
	o->told.class = class;
	o->told.born = m->end;
	o->told.destroyed = INT64_MAX;
	o->told.name = duplicate("");
	if ((old = RB_INSERT(objects_by_address, &m->by_address, o)) != NULL) {
		RB_REMOVE(objects_by_address, &m->by_address, old);
		RB_INSERT(objects_by_address, &m->by_address, o);
	}
	GROW(m->objects, m->nobjects, m->object_room);
	m->objects[m->nobjects++] = o;
	o->number = m->nobjects;
	object_call(m, o, given);
	return o;
}

/* The object at an address, of this class; a new one if none is there, or another kind of thing was. */
struct object *
object_of(struct model *m, uint64_t address, enum tl_class class)
{
	struct object *o = object_known(m, address);

	if (o == NULL || (class != TL_CLASS_NONE && o->told.class != class) || o->told.destroyed != INT64_MAX)
		o = object_new(m, address, class, "");
	return o;
}

void
object_describe(struct model *m, const struct news *n)
{
	enum tl_class class = n->name.is < TL_NOBJECT_KINDS ? class_of_kind[n->name.is] : TL_CLASS_NONE;
	struct object *o = object_known(m, n->name.object);
	bool known = o != NULL && o->told.class == class && o->told.destroyed == INT64_MAX;

	if (known && o->nrecords + o->dropped > 0 && o->told.named && strcmp(o->told.name, n->name.text) != 0 &&
	    o->told.size != n->name.value)
		known = false;		/* described anew, as something else: the memory is used again */
	if (!known)
		o = object_new(m, n->name.object, class, n->name.text);
	else if (n->name.text[0] != '\0')
		object_call(m, o, n->name.text);
	o->told.is = n->name.is < TL_NOBJECT_KINDS ? n->name.is : TL_OBJECT_UNKNOWN;
	o->told.size = n->name.value;
	if (o->nrecords + o->dropped == 0)
		o->now.free = n->name.value;
	if (class == TL_CLASS_CONDITION && n->name.other != 0)
		o->told.other = object_of(m, n->name.other, TL_CLASS_LOCK)->number;
}

static void
checkpoint_add(struct object *o)
{
	GROW(o->checkpoints, o->ncheckpoints, o->checkpoint_room);
	o->checkpoints[o->ncheckpoints].at = o->dropped + o->nrecords;
	state_copy(&o->checkpoints[o->ncheckpoints++].state, &o->now);
}

/* Counts each thread once; beyond USERS_KEPT it may count one again: many is many. */
static void
count_user(struct object *o, uint32_t thread)
{
	o->last_user = thread;
	for (uint32_t i = 0; i < o->told.users && i < USERS_KEPT; i++)
		if (o->users[i] == thread)
			return;
	if (o->told.users < USERS_KEPT)
		o->users[o->told.users] = thread;
	o->told.users++;
}

static void
count_use(struct object *o, const struct record *r, const struct party *was_holding, const struct party *was_waiting)
{
	const struct kind_row *row = &kind_rows[r->kind];
	int64_t held = was_holding ? r->time - was_holding->since : 0;
	int64_t waited = was_waiting ? r->time - was_waiting->since : 0;

	if (o->last_user != r->thread)
		count_user(o, r->thread);
	if (row->role == ROLE_TAKE)
		o->told.takes++;
	if (row->role == ROLE_WAIT || r->kind == TL_BARRIER_ARRIVE)
		o->told.waits++;
	if (held > o->told.longest_hold) {
		o->told.longest_hold = held;
		o->told.longest_holder = r->thread;
	}
	if (waited > o->told.longest_wait) {
		o->told.longest_wait = waited;
		o->told.longest_waiter = r->thread;
	}
}

/* Lets the lanes know who holds the object now and did not before, and the other way round. */
static void
pass_holds(struct model *m, struct object *o, const struct parties *before, uint32_t record, int64_t time)
{
	for (uint32_t i = 0; i < before->count; i++) {
		uint32_t thread = before->list[i].thread;

		if (parties_find(&o->now.holders, thread) == o->now.holders.count) {
			const struct lane *lane = lane_at(m, thread);
			bool works = lane != NULL && lane->nentries > 0 &&
			    (lane->entries[lane->nentries - 1].state == TL_STATE_HOLDS);

			lane_let_go(m, thread, o->number);
			if (works)
				lane_works(m, thread, record, time);
		}
	}
	for (uint32_t i = 0; i < o->now.holders.count; i++)
		lane_hold(m, o->now.holders.list[i].thread, o->number);
}

void
object_take(struct model *m, struct object *o, uint32_t record)
{
	const struct record *r = log_at(&m->log, record);
	struct parties before = { 0 };
	struct party holding, waiting;
	uint32_t h = parties_find(&o->now.holders, r->thread), w = parties_find(&o->now.waiters, r->thread);
	bool was_holding = h < o->now.holders.count, was_waiting = w < o->now.waiters.count;

	if (was_holding)
		holding = o->now.holders.list[h];
	if (was_waiting)
		waiting = o->now.waiters.list[w];
	for (uint32_t i = 0; i < o->now.holders.count; i++) {
		GROW(before.list, before.count, before.room);
		before.list[before.count++] = o->now.holders.list[i];
	}
	GROW(o->records, o->nrecords, o->room);
	o->records[o->nrecords++] = record;
	state_apply(&o->now, &o->told, o->number, r);
	if (r->object == o->number) {
		count_use(o, r, was_holding ? &holding : NULL, was_waiting ? &waiting : NULL);
		pass_holds(m, o, &before, record, r->time);
	}
	free(before.list);
	if ((o->dropped + o->nrecords) % CHECKPOINT_EVERY == 0)
		checkpoint_add(o);
}

/* Drops what lies before the first record that the log still has; a checkpoint stands for it. */
void
object_forget(struct model *m, struct object *o)
{
	struct condition_of s = { 0 };
	uint32_t n = 0, c = 0;

	while (n < o->nrecords && o->records[n] < m->log.first)
		n++;
	if (n == 0)
		return;
	/* The state at the cut: from the last checkpoint before it. The log still holds all records at this moment. */
	for (c = o->ncheckpoints; c > 0 && o->checkpoints[c - 1].at > o->dropped + n; c--)
		;
	if (c > 0)
		state_copy(&s, &o->checkpoints[c - 1].state);
	else
		s.free = o->told.size;
	for (uint32_t i = c > 0 ? o->checkpoints[c - 1].at - o->dropped : 0; i < n; i++)
		state_apply(&s, &o->told, o->number, log_at(&m->log, o->records[i]));
	for (uint32_t i = 0; i < c; i++)
		state_free(&o->checkpoints[i].state);
	memmove(o->checkpoints, o->checkpoints + c, (o->ncheckpoints - c) * sizeof o->checkpoints[0]);
	o->ncheckpoints -= c;
	memmove(o->records, o->records + n, (o->nrecords - n) * sizeof o->records[0]);
	o->nrecords -= n;
	o->dropped += n;
	GROW(o->checkpoints, o->ncheckpoints, o->checkpoint_room);
	memmove(o->checkpoints + 1, o->checkpoints, o->ncheckpoints * sizeof o->checkpoints[0]);
	o->checkpoints[0] = (struct checkpoint){ .at = o->dropped, .state = s };
	o->ncheckpoints++;
}

uint32_t
model_objects(const struct model *m)
{
	return m->nobjects;
}

const struct model_object *
model_object(const struct model *m, uint32_t number)
{
	const struct object *o = object_number(m, number);

	return o ? &o->told : NULL;
}
