/* objects.c - which object an address is, and what is known of it; and the persons that threads are before they start. */
#include "config.h"

#include "model/inside.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/allocate.h"

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

enum tl_class
class_of(enum tl_object_kind is)
{
	return is < TL_NOBJECT_KINDS ? class_of_kind[is] : TL_CLASS_NONE;
}

static const char *
word_for(const struct model_object *o)
{
	static const char *const of_class[TL_NCLASSES] = {
		[TL_CLASS_NONE] = "object", [TL_CLASS_THREAD] = "thread", [TL_CLASS_LOCK] = "lock",
		[TL_CLASS_RWLOCK] = "rwlock", [TL_CLASS_CONDITION] = "condition", [TL_CLASS_EVENT] = "event",
		[TL_CLASS_BARRIER] = "barrier", [TL_CLASS_SEMAPHORE] = "semaphore", [TL_CLASS_LOCAL] = "local",
	};

	if (o->is == TL_OBJECT_MUTEX)
		return "mutex";
	if (o->is == TL_OBJECT_SPINLOCK)
		return "spinlock";
	return of_class[o->class];
}

/* Classes and kinds that share a word share a count. */
static uint32_t *
count_for(struct model *m, const struct model_object *o)
{
	if (o->is == TL_OBJECT_MUTEX || o->is == TL_OBJECT_SPINLOCK)
		return &m->unnamed[TL_NCLASSES + o->is];
	return &m->unnamed[o->class];
}

static void
name_by_number(struct model *m, struct model_object *o)
{
	char name[48];

	snprintf(name, sizeof name, "%s %u", word_for(o), (unsigned int)++*count_for(m, o));
	o->name = told_apart(m, name, true);
}

static uint32_t
object_new(struct model *m, uint64_t address, enum tl_class class, enum tl_object_kind is)
{
	struct object *o;

	if (m->object_count >= MOST_OBJECTS)
		return 0;
	if (m->object_count + 1 >= m->object_room) {
		m->object_room = m->object_room ? 2 * m->object_room : 64;
		m->objects = reallocate(m->objects, m->object_room, sizeof *m->objects);
	}
	o = allocate(sizeof *o);
	m->used += sizeof *o;
	o->what.class = class;
	o->what.is = is;
	o->what.address = address;
	o->what.born = m->now;
	o->what.destroyed = INT64_MAX;
	series_init(&o->index, sizeof(uint32_t), 10);
	series_init(&o->checkpoints, sizeof(struct checkpoint), 6);
	m->objects[++m->object_count] = o;
	map_set(&m->object_at, address, m->object_count, &m->used);
	return m->object_count;
}

void
object_free(struct object *o)
{
	for (uint32_t i = o->first_checkpoint; i < o->checkpoints.count; i++) {
		struct checkpoint *c = series_at(&o->checkpoints, i);

		standing_free(c->standing);
		free(c->standing);
	}
	series_free(&o->index);
	series_free(&o->checkpoints);
	standing_free(&o->now);
	free(o->gives);
	free(o);
}

uint32_t
object_find(const struct model *m, uint64_t address)
{
	return map_get(&m->object_at, address);
}

/* The object of this class at the address; an address used anew, or as something else, is a new one. */
uint32_t
object_for(struct model *m, uint64_t address, enum tl_class class, uint64_t place)
{
	uint32_t n = map_get(&m->object_at, address);

	if (n != 0 && m->objects[n]->what.class == class && m->objects[n]->what.destroyed == INT64_MAX) {
		if (m->objects[n]->what.place == 0)
			m->objects[n]->what.place = place;
		return n;
	}
	n = object_new(m, address, class, TL_OBJECT_UNKNOWN);
	if (n != 0) {
		m->objects[n]->what.place = place;
		name_by_number(m, &m->objects[n]->what);
	}
	return n;
}

void
object_destroy(struct model *m, uint32_t object)
{
	if (m->objects[object]->what.destroyed == INT64_MAX)
		m->objects[object]->what.destroyed = m->now;
}

static bool
is_the_same(const struct model_object *o, enum tl_object_kind is)
{
	return o->destroyed == INT64_MAX && o->class == class_of(is) && (o->is == TL_OBJECT_UNKNOWN || o->is == is);
}

static void
give_name(struct model *m, struct object *o, const char *text)
{
	const char *given = intern_harmless(m, text, 120);

	if (given[0] != '\0' && given != o->given_name) {
		o->given_name = given;
		o->what.name = told_apart(m, given, true);
		o->what.named = true;
	}
}

void
object_describe(struct model *m, const struct news *n)
{
	enum tl_object_kind is = n->name.is;
	uint32_t number = map_get(&m->object_at, n->name.object);
	struct object *o;

	if (is == TL_OBJECT_UNKNOWN || is >= TL_NOBJECT_KINDS) {	/* a name for what is there already */
		if (number != 0)
			give_name(m, m->objects[number], n->name.text);
		return;
	}
	if (number == 0 || !is_the_same(&m->objects[number]->what, is))
		number = object_new(m, n->name.object, class_of(is), is);
	if (number == 0)
		return;
	o = m->objects[number];
	o->what.is = is;
	if (n->name.value != 0) {
		o->what.size = n->name.value;
		if (o->what.class == TL_CLASS_SEMAPHORE && o->index.count == 0)
			o->now.free = n->name.value;
	}
	if (is == TL_OBJECT_CONDITION && n->name.other != 0)
		o->what.other = object_for(m, n->name.other, TL_CLASS_LOCK, 0);
	give_name(m, o, n->name.text);
	if (o->what.name == NULL)
		name_by_number(m, &o->what);
}

/* --- Persons ------------------------------------------------------------------------------------------------ */

uint32_t
person_find(const struct model *m, uint64_t address)
{
	return map_get(&m->person_at, address);
}

/* The person with this identity. Anew: one that is only now created, so not who had the identity before. */
uint32_t
person_for(struct model *m, uint64_t address, bool anew)
{
	uint32_t n = map_get(&m->person_at, address);

	if (n != 0 && !(anew && (m->persons[n].thread != 0 || m->persons[n].creator != 0)))
		return n;
	if (m->person_count >= MOST_OBJECTS)
		return 0;
	GROW(m->persons, m->person_count, m->person_room);
	n = m->person_count++;
	m->persons[n] = (struct person){ .address = address };
	map_set(&m->person_at, address, n, &m->used);
	m->used += sizeof *m->persons;
	return n;
}

void
person_describe(struct model *m, const struct news *n)
{
	uint32_t number = map_get(&m->person_at, n->name.object);
	const char *given = intern_harmless(m, n->name.text, 120);
	bool dead = number != 0 && m->persons[number].thread != 0 &&
	    m->lanes[m->persons[number].thread]->who.died != INT64_MAX;

	number = person_for(m, n->name.object, dead);
	if (number == 0 || given[0] == '\0')
		return;
	m->persons[number].given = given;
	if (m->persons[number].thread != 0)
		names_thread(m, m->lanes[m->persons[number].thread], given);
}

/* --- Use, and questions ------------------------------------------------------------------------------------- */

static void
count_user(struct model *m, struct object *o, uint32_t number, uint32_t thread)
{
	uint64_t pair = (uint64_t)number << 32 | thread;

	if (thread < 64) {
		o->what.users += (o->users >> thread & 1) == 0;
		o->users |= UINT64_C(1) << thread;
	} else if (map_get(&m->pairs, pair) == 0) {
		map_set(&m->pairs, pair, 1, &m->used);
		o->what.users++;
	}
}

void
object_count_use(struct model *m, struct object *o, uint32_t number, const struct record *r, uint32_t thread)
{
	const struct lane *l = m->lanes[thread];
	int64_t waited;

	count_user(m, o, number, thread);
	o->what.takes += model_kinds[r->kind].role == ROLE_TAKE;
	o->what.waits += model_kinds[r->kind].role == ROLE_WAIT || r->kind == TL_BARRIER_ARRIVE;
	if (!l->waits || l->waits_on != number || model_kinds[r->kind].role == ROLE_WAIT)
		return;
	waited = r->time - l->waits_since;
	if (waited > o->what.longest_wait) {
		o->what.longest_wait = waited;
		o->what.longest_waiter = thread;
	}
}

uint32_t
model_objects(const struct model *m)
{
	return m->object_count;
}

const struct model_object *
model_object(const struct model *m, uint32_t object)
{
	return object > 0 && object <= m->object_count ? &m->objects[object]->what : NULL;
}
