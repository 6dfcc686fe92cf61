/*
 * take.c - an event, a gap or a look comes in: what it is about, what it does to the resource, to the thread's lane, and
 * to the lanes of others.
 */
#include "config.h"

#include "model/inside.h"

#include <string.h>

#include "base/allocate.h"

static bool
is_release(uint8_t kind)
{
	return kind == TL_LOCK_RELEASE || kind == TL_RW_RELEASE || kind == TL_SEM_POST;
}

/* What a signal handler may do in the midst of a wait, which goes on then. */
static bool
in_the_midst(const struct lane *l, uint8_t kind)
{
	return l->waits && !l->wait_doubt && is_release(kind);
}

static bool
is_wait(uint8_t becomes)
{
	return becomes < TL_NSTATES && becomes != TL_STATE_EXITED;
}

/* What comes after a thread's end (destructors of its own data) is kept, but does not wake the dead. */
static bool
is_dead(const struct lane *l)
{
	return l->records.count > 0 && l->last.state == TL_STATE_EXITED;
}

/* --- Threads ------------------------------------------------------------------------------------------------ */

static void
created(struct model *m, uint32_t person, uint32_t by, int64_t time)
{
	m->persons[person].creator = by;
	m->persons[person].created = time;
}

static void
started(struct model *m, struct lane *l, const struct news *n, uint32_t person)
{
	struct person *p = &m->persons[person];

	p->thread = l->number;
	l->person = person;
	l->who.native = n->event.value;
	l->who.foreign = (n->event.flags & TL_F_FOREIGN) != 0;
	l->who.daemon = (n->event.flags & TL_F_DAEMON) != 0;
	l->who.died = INT64_MAX;
	if (p->given != NULL)
		names_thread(m, l, p->given);
	if (p->creator != 0) {
		l->who.creator = p->creator;
		wakes_by(m, l, p->creator, p->created);
	}
}

static void
joined(struct model *m, struct lane *l, uint32_t person)
{
	const struct lane *other = lane_seen(m, m->persons[person].thread);

	if (other != NULL && other->who.died != INT64_MAX && l->waits && other->who.died >= l->waits_since)
		wakes_by(m, l, other->number, other->who.died);
}

static void
ended(struct lane *l, const struct news *n, int64_t time)
{
	l->who.died = time;
	l->who.how = n->event.value <= TL_END_PROGRAM ? (enum tl_end)n->event.value : TL_END_RETURN;
	l->who.held = false;
	l->who.elsewhere = NULL;
}

static uint32_t
person_of(struct model *m, struct lane *l, const struct news *n)
{
	uint32_t person = person_for(m, n->event.object, n->event.kind == TL_THREAD_CREATE);

	if (n->event.kind == TL_THREAD_START && person != 0 && m->persons[person].thread != 0 &&
	    m->persons[person].thread != l->number)
		person = person_for(m, n->event.object, true);
	return person;
}

static void
take_thread(struct model *m, struct lane *l, const struct news *n, struct record *r)
{
	r->object = person_of(m, l, n);
	if (r->object == 0)
		return;
	if (r->kind == TL_THREAD_CREATE)
		created(m, r->object, l->number, r->time);
	else if (r->kind == TL_THREAD_START)
		started(m, l, n, r->object);
	else if (r->kind == TL_JOIN_DONE)
		joined(m, l, r->object);
	if (r->kind == TL_THREAD_END)
		ended(l, n, r->time);
}

/* --- Resources ---------------------------------------------------------------------------------------------- */

static void
learn_lock(struct model *m, struct lane *l, const struct record *r)
{
	struct object *o = m->objects[r->object];

	if (r->kind == TL_COND_WAIT && o->what.other == 0)
		o->what.other = l->released_for;
	l->released_for = r->kind == TL_LOCK_RELEASE && (r->flags & TL_F_FOR_COND) ? r->object : 0;
}

static bool
has_doubt(const struct lane *l, uint32_t object)
{
	for (uint32_t i = 0; i < l->holds; i++) {
		if (l->held[i].object == object && l->held[i].doubt)
			return true;
	}
	return false;
}

static void
take_resource(struct model *m, struct lane *l, const struct news *n, struct record *r)
{
	const struct kind *kind = &model_kinds[r->kind];
	const struct party *waiter;
	struct object *o;
	uint32_t round;

	r->object = object_for(m, n->event.object, kind->class, n->event.place);
	if (r->object == 0 || (is_dead(l) && is_wait(kind->becomes)))
		return;
	o = m->objects[r->object];
	learn_lock(m, l, r);
	object_count_use(m, o, r->object, r, l->number);
	if ((r->kind == TL_SEM_POST && l->gaps) || (r->kind == TL_SEM_TAKE && has_doubt(l, r->object)))
		r->bits |= BIT_UNSURE;
	if (is_release(r->kind) && !in_the_midst(l, r->kind))
		r->bits |= BIT_OVER;
	waiter = crowd_find(&o->now.waiters, l->number);
	round = waiter != NULL ? waiter->times : 0;
	resource_event(m, r->object, r->number, l->number, r);
	if (kind->role == ROLE_TAKE)
		wakes_took(m, l, r->object, round, r);
	else if (kind->role == ROLE_GIVE)
		wakes_gave(m, o, l->number, r);
}

static void
take_other(struct model *m, struct lane *l, const struct news *n, struct record *r)
{
	switch (r->kind) {
	case TL_SLEEP:
	case TL_STALL:
		r->object = (uint32_t)n->event.object;
		r->value = (uint32_t)(n->event.object >> 32);
		break;
	case TL_LOG:
		text_begin(m, l, r->value);
		r->object = l->text;
		break;
	case TL_OBJECT_DESTROY:
	case TL_MISUSE:
		r->object = object_find(m, n->event.object);
		if (r->object != 0 && r->kind == TL_OBJECT_DESTROY)
			object_destroy(m, r->object);
		break;
	default:
		break;
	}
}

/* --- The lane ----------------------------------------------------------------------------------------------- */

static void
count_hold(struct model *m, uint32_t object, uint32_t thread, int64_t held)
{
	struct model_object *o = &m->objects[object]->what;

	if (held > o->longest_hold) {
		o->longest_hold = held;
		o->longest_holder = thread;
	}
}

/* The first move that is the thread's own goes with its record, the others are told aside. */
static uint32_t
move_self(struct model *m, struct lane *l, struct record *r)
{
	for (uint32_t i = 0; i < m->moved.count; i++) {
		if (m->moved.who[i].thread != l->number)
			continue;
		if (m->moved.who[i].gain) {
			lane_hold(l, r->object, model_kinds[r->kind].class == TL_CLASS_RWLOCK && !m->moved.who[i].write);
			r->bits |= BIT_GAIN;
		} else if (lane_lose(l, r->object)) {
			count_hold(m, r->object, l->number, r->time - m->moved.who[i].since);
			r->bits |= BIT_LOSS;
		}
		return i;
	}
	return UINT32_MAX;
}

static void
move_others(struct model *m, const struct record *r, uint32_t done)
{
	for (uint32_t i = 0; i < m->moved.count; i++) {
		struct lane *l = m->lanes[m->moved.who[i].thread];
		bool shared = model_kinds[r->kind].class == TL_CLASS_RWLOCK && !m->moved.who[i].write;

		if (i == done)
			continue;
		if (m->moved.who[i].gain) {
			lane_hold(l, r->object, shared);
			lane_aside(m, l, r->object, r->kind, BIT_GAIN, r->value);
		} else if (lane_lose(l, r->object)) {
			count_hold(m, r->object, l->number, r->time - m->moved.who[i].since);
			lane_aside(m, l, r->object, r->kind, BIT_LOSS, r->value);
		}
	}
}

static void
set_label(const struct lane *l, struct record *r, uint8_t becomes)
{
	if (r->state == TL_STATE_HOLDS || r->state == TL_STATE_EXITED)
		r->label = l->holds > 0 ? l->held[l->holds - 1].object : 0;
	else if (becomes == TL_STATE_SLEEP || !is_wait(becomes))
		r->label = 0;
	else
		r->label = r->object;		/* of JOIN, a person */
}

static void
set_state(struct lane *l, struct record *r, uint8_t becomes)
{
	if (is_dead(l) && r->kind != TL_THREAD_START) {
		r->state = TL_STATE_EXITED;
		set_label(l, r, TL_STATE_EXITED);
	} else if (becomes == BECOMES_KEEPS && l->waits) {
		r->state = lane_state(l, l->last.state);
		r->label = l->last.label;
	} else {
		becomes = becomes == BECOMES_KEEPS ? BECOMES_WORKS : becomes;
		r->state = lane_state(l, becomes);
		set_label(l, r, becomes);
		if (is_wait(becomes))
			r->bits |= BIT_CHANGE;
	}
}

static void
set_wait(struct model *m, struct lane *l, const struct record *r, uint8_t becomes)
{
	uint8_t class = model_kinds[r->kind].class;

	if (becomes == BECOMES_KEEPS)
		return;
	l->waits = is_wait(becomes) && r->state != TL_STATE_EXITED;
	l->waits_on = l->waits && class != TL_CLASS_THREAD && class != TL_CLASS_NONE ? r->object : 0;
	l->waits_since = m->now;
	l->wait_doubt = false;
}

/* A thread that does something else no longer waits where it did, whatever we missed. */
static void
leave_queue(struct model *m, struct lane *l, const struct record *r, uint8_t becomes)
{
	uint8_t class = model_kinds[r->kind].class;
	bool there = class != TL_CLASS_THREAD && class != TL_CLASS_NONE && r->object == l->waits_on;

	if (becomes != BECOMES_KEEPS && l->waits_on != 0 && !there)
		resource_event(m, l->waits_on, r->number, l->number, r);
}

static void
add_event(struct model *m, struct lane *l, const struct news *n)
{
	struct record r = { .time = m->now, .number = m->order.count, .place = place_for(m, n->event.place),
		.value = n->event.value, .kind = n->event.kind, .flags = n->event.flags };
	uint8_t becomes = in_the_midst(l, r.kind) ? BECOMES_KEEPS : model_kinds[r.kind].becomes;
	uint32_t own, position;

	m->moved.count = 0;
	if (model_kinds[r.kind].class == TL_CLASS_THREAD)
		take_thread(m, l, n, &r);
	else if (model_kinds[r.kind].class == TL_CLASS_NONE)
		take_other(m, l, n, &r);
	else
		take_resource(m, l, n, &r);
	leave_queue(m, l, &r, becomes);
	own = move_self(m, l, &r);
	set_state(l, &r, becomes);
	set_wait(m, l, &r, becomes);
	position = l->records.count;
	lane_add(m, l, &r);
	log_place(m, l->number, position);
	move_others(m, &r, own);
}

void
take_event(struct model *m, const struct news *n)
{
	struct lane *l;

	if (n->event.kind >= TL_NKINDS || (l = lane_get(m, n->thread)) == NULL)
		return;		/* of a newer program; or garbage */
	if (n->event.kind == TL_TEXT) {
		text_more(m, l, n->event.object, n->event.place);
		return;
	}
	if (log_full(m)) {
		m->program.lost++;
		return;
	}
	text_end(m, l);
	if (l->who.born == INT64_MAX)
		l->who.born = m->now;
	l->who.elsewhere = NULL;
	add_event(m, l, n);
	forget_if_needed(m);
}

void
take_gap(struct model *m, const struct news *n)
{
	struct lane *l = lane_get(m, n->thread);
	uint64_t lost = n->gap.lost;

	m->program.lost += lost;
	if (l == NULL)
		return;
	text_end(m, l);
	if (l->who.born == INT64_MAX)
		l->who.born = m->now;
	l->who.lost += lost;
	l->gaps = l->wait_doubt = true;
	for (uint32_t i = 0; i < l->holds; i++)
		l->held[i].doubt = true;
	lane_aside(m, l, 0, NO_KIND, BIT_LOST, lost < UINT32_MAX ? (uint32_t)lost : UINT32_MAX);
}

/* --- Looks -------------------------------------------------------------------------------------------------- */

#define MOST_ELSEWHERE 1024

static uint32_t
elsewhere_for(struct model *m, const char *word)
{
	for (uint32_t i = 0; i < m->elsewhere_count; i++) {
		if (m->elsewhere[i] == word)
			return i;
	}
	if (m->elsewhere_count == MOST_ELSEWHERE)
		return MOST_ELSEWHERE - 1;
	GROW(m->elsewhere, m->elsewhere_count, m->elsewhere_room);
	m->elsewhere[m->elsewhere_count] = word;
	return m->elsewhere_count++;
}

/* Blocked in the kernel, for a reason that is none of ours; or no longer. A thread that waits for one of ours is not. */
static void
look_elsewhere(struct model *m, struct lane *l, const char *word)
{
	struct record r = { .time = m->now, .number = m->order.count, .kind = NO_KIND, .bits = BIT_ASIDE };

	l->who.elsewhere = word;
	if (l->records.count == 0 || l->waits || l->last.state == TL_STATE_EXITED)
		return;
	if (word != NULL) {
		r.state = TL_STATE_ELSEWHERE;
		r.label = elsewhere_for(m, word);
	} else {
		r.state = lane_works(l);
		r.label = l->holds > 0 ? l->held[l->holds - 1].object : 0;
	}
	if (r.state != l->last.state || r.label != l->last.label)
		lane_add(m, l, &r);
}

static uint32_t
next_object(struct model *m, uint8_t kind, uint64_t address)
{
	uint32_t person;

	if (kind >= TL_NKINDS || address == 0)
		return 0;
	if (model_kinds[kind].class != TL_CLASS_THREAD)
		return model_kinds[kind].class != TL_CLASS_NONE ? object_for(m, address, model_kinds[kind].class, 0) :
		    kind == TL_OBJECT_DESTROY ? object_find(m, address) : 0;
	person = person_find(m, address);
	return person != 0 ? m->persons[person].thread : 0;
}

void
take_look(struct model *m, const struct news *n)
{
	struct lane *l = lane_get(m, n->thread);

	if (l == NULL)
		return;
	l->who.held = n->look.held != 0;
	l->who.next_kind = n->look.kind < TL_NKINDS ? n->look.kind : 0;
	l->who.next_object = l->who.held ? next_object(m, n->look.kind, n->look.object) : 0;
	l->who.next_place = l->who.held ? n->look.place : 0;
	look_elsewhere(m, l, n->look.elsewhere != NULL ? intern_harmless(m, n->look.elsewhere, 40) : NULL);
}
