/* repair.c - see repair.h. An open-addressing table: one multiplication and mostly one cache line an event. */
#include "config.h"

#include "source/repair.h"

#include <stdlib.h>
#include <string.h>

#include "base/allocate.h"
#include "source/kinds.h"

#define FIRST_SIZE 1024u
#define LAST_SIZE  (1u << 22)	/* a program with more objects at a time is repaired less */

void
repair_start(struct repair *r)
{
	*r = (struct repair){ .size = FIRST_SIZE, .epoch = 1 };
	r->table = allocate(FIRST_SIZE * sizeof *r->table);
}

void
repair_free(struct repair *r)
{
	free(r->table);
	*r = (struct repair){ 0 };
}

static struct repair_object *
place_of(const struct repair *r, uint64_t object)
{
	uint32_t at = (uint32_t)((object * UINT64_C(0x9e3779b97f4a7c15)) >> 32) & (r->size - 1);

	while (r->table[at].object != 0 && r->table[at].object != object)
		at = (at + 1) & (r->size - 1);
	return &r->table[at];
}

/* Twice the table; beyond all measure, an empty one: then nothing is known again. */
static void
grow(struct repair *r)
{
	struct repair_object *old = r->table;
	uint32_t old_size = r->size;

	r->used = 0;
	if (r->size >= LAST_SIZE) {
		memset(r->table, 0, r->size * sizeof *r->table);
		return;
	}
	r->size *= 2;
	r->table = allocate(r->size * sizeof *r->table);
	for (uint32_t i = 0; i < old_size; i++)
		if (old[i].object != 0) {
			*place_of(r, old[i].object) = old[i];
			r->used++;
		}
	free(old);
}

/* The object's entry, as of this class. Another class, or an older epoch: what was known is void. */
static struct repair_object *
entry(struct repair *r, uint64_t object, uint8_t class)
{
	struct repair_object *o = place_of(r, object);
	uint16_t waiting;

	if (o->object == 0) {
		if (r->used >= r->size / 2) {
			grow(r);
			o = place_of(r, object);
		}
		r->used++;
	} else if (o->class == class && o->epoch == r->epoch) {
		return o;
	}
	waiting = o->waiting;
	*o = (struct repair_object){ .object = object, .class = class, .epoch = r->epoch, .waiting = waiting };
	return o;
}

struct repair_object *
repair_find(struct repair *r, const struct tl_event *e)
{
	uint8_t class = source_kinds[e->kind].class;

	if (e->object == 0)
		return NULL;
	if (e->kind == TL_OBJECT_DESTROY) {
		struct repair_object *o = place_of(r, e->object);
		return o->object != 0 ? o : NULL;
	}
	switch (class) {
	case TL_CLASS_THREAD:
	case TL_CLASS_LOCK:
	case TL_CLASS_RWLOCK:
	case TL_CLASS_EVENT:
	case TL_CLASS_BARRIER:
	case TL_CLASS_SEMAPHORE:
		return entry(r, e->object, class);
	default:
		return NULL;
	}
}

bool
repair_allows(const struct repair *r, const struct repair_object *o, const struct tl_event *e, uint32_t lane)
{
	bool not_of_others = o->owner == 0 || o->owner == lane + 1;

	if (e->flags & (TL_F_WAITED | TL_F_OWNER_DIED))
		return true;
	switch (e->kind) {
	case TL_LOCK_TAKE:
		return e->value > 1 || not_of_others;
	case TL_READ_TAKE:
		return not_of_others;
	case TL_WRITE_TAKE:
		return not_of_others && o->count == 0;
	case TL_SEM_TAKE:
	case TL_BARRIER_LEAVE:
		return !o->known || o->count > 0;
	case TL_EVENT_PASS:
		return !o->known || o->count > 0 || e->time - o->since < r->recent;
	case TL_JOIN_DONE:
		return !o->known || o->count == 0;
	default:
		return true;
	}
}

static void
apply_rwlock(struct repair_object *o, const struct tl_event *e, uint32_t lane)
{
	if (e->kind == TL_READ_TAKE) {
		o->count++;
	} else if (e->kind == TL_WRITE_TAKE) {
		o->owner = lane + 1;
		o->count = 0;
	} else if (e->kind == TL_RW_RELEASE) {
		if (o->owner == lane + 1)
			o->owner = 0;
		else if (o->count > 0)
			o->count--;
	}
}

static void
apply_barrier(struct repair_object *o, const struct tl_event *e)
{
	switch (e->kind) {
	case TL_BARRIER_ARRIVE:
		if (o->known && ++o->since >= o->owner) {
			o->count += o->owner;
			o->since = 0;
		}
		break;
	case TL_BARRIER_LEAVE:
		o->count -= o->count > 0;
		break;
	case TL_BARRIER_TIMEOUT:
	case TL_BARRIER_ABORT:
	case TL_BARRIER_RESET:
		o->known = false;		/* who of them leaves how, and when it works again, is too much to follow */
		break;
	default:
		break;
	}
}

void
repair_apply(struct repair_object *o, const struct tl_event *e, uint32_t lane)
{
	switch (e->kind) {
	case TL_LOCK_TAKE:
		o->owner = lane + 1;
		break;
	case TL_LOCK_RELEASE:
		if (e->value == 0)
			o->owner = 0;
		break;
	case TL_SEM_TAKE:
		o->count -= o->count > 0;
		break;
	case TL_SEM_POST:
		o->count += e->value;
		break;
	case TL_EVENT_SET:
	case TL_EVENT_CLEAR:
		o->known = true;
		o->count = e->kind == TL_EVENT_SET;
		o->since = e->time;
		break;
	case TL_THREAD_CREATE:
	case TL_THREAD_START:
	case TL_THREAD_END:
		o->known = true;
		o->count = e->kind != TL_THREAD_END;
		break;
	case TL_OBJECT_DESTROY:
		o->known = false;
		o->owner = o->count = 0;
		break;
	default:
		if (o->class == TL_CLASS_RWLOCK)
			apply_rwlock(o, e, lane);
		else if (o->class == TL_CLASS_BARRIER)
			apply_barrier(o, e);
		break;
	}
}

static uint8_t
class_of(uint8_t is)
{
	switch (is) {
	case TL_OBJECT_LOCK:
	case TL_OBJECT_RLOCK:
	case TL_OBJECT_MUTEX:
	case TL_OBJECT_SPINLOCK:
		return TL_CLASS_LOCK;
	case TL_OBJECT_RWLOCK:
		return TL_CLASS_RWLOCK;
	case TL_OBJECT_EVENT:
		return TL_CLASS_EVENT;
	case TL_OBJECT_BARRIER:
		return TL_CLASS_BARRIER;
	case TL_OBJECT_SEMAPHORE:
	case TL_OBJECT_BOUNDED_SEMAPHORE:
		return TL_CLASS_SEMAPHORE;
	default:
		return TL_CLASS_NONE;
	}
}

void
repair_name(struct repair *r, uint64_t object, uint8_t is, uint32_t value)
{
	uint8_t class = class_of(is);
	struct repair_object *o;

	if (object == 0 || class == TL_CLASS_NONE)
		return;
	o = entry(r, object, class);
	o->owner = class == TL_CLASS_BARRIER ? value : 0;
	o->count = class == TL_CLASS_SEMAPHORE ? value : 0;
	o->since = 0;
	o->known = class == TL_CLASS_SEMAPHORE || (class == TL_CLASS_BARRIER && value > 0);
}

void
repair_forget(struct repair *r)
{
	r->epoch++;
}
