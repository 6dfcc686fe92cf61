/* events.c - one event taken in: who and what it is about, what it does to the object, what becomes of the lane. */
#include "config.h"

#include "model/inside.h"

#include <stdlib.h>
#include <string.h>

#include "base/allocate.h"

#define TEXT_PIECE 16		/* bytes of a line in one TEXT event */
#define LINE_MAX_TAKEN 4096	/* of a line; what comes beyond is not kept */

enum { RUNS_OR_HOLDS = BECOMES_WORKS, AS_IT_IS = BECOMES_KEEPS };
#define TL_STATE_WORKS RUNS_OR_HOLDS
#define TL_STATE_KEEPS AS_IT_IS

const struct kind_row kind_rows[TL_NKINDS] = {
#define KIND(name, class, role, becomes, ...) { TL_CLASS_##class, ROLE_##role, TL_STATE_##becomes },
#include "wire/kinds.def"
#undef KIND
};

/* A line of text comes as a LOG and pieces; it is kept raw until the last one is there. */
static void
line_begin(struct model *m, struct lane *lane, struct record *r)
{
	GROW(m->texts, m->ntexts, m->text_room);
	m->texts[m->ntexts++] = allocate(1);
	r->object = m->ntexts;
	lane->text = m->ntexts;
	lane->text_left = r->value < LINE_MAX_TAKEN ? r->value : LINE_MAX_TAKEN;
}

static void
line_piece(struct model *m, struct lane *lane, const struct news *n)
{
	char piece[TEXT_PIECE], *harmless, **text;
	size_t length = lane->text_left < TEXT_PIECE ? lane->text_left : TEXT_PIECE, had;

	if (length == 0 || lane->text == 0 || m->texts[lane->text - 1] == NULL)
		return;
	text = &m->texts[lane->text - 1];
	memcpy(piece, &n->event.object, 8);
	memcpy(piece + 8, &n->event.place, 8);
	had = strlen(*text);
	if (memchr(piece, '\0', length) != NULL)
		length = strnlen(piece, length);
	*text = reallocate(*text, had + length + 1, 1);
	memcpy(*text + had, piece, length);
	(*text)[had + length] = '\0';
	lane->text_left -= lane->text_left < TEXT_PIECE ? lane->text_left : TEXT_PIECE;
	if (lane->text_left == 0) {
		harmless = clean(*text, strlen(*text));
		free(*text);
		*text = harmless;
		lane->text = 0;
	}
}

/* The thread an event of class THREAD is about. */
static uint32_t
thread_meant(struct model *m, const struct news *n, uint32_t record)
{
	struct identity *who = identity_of(m, n->event.object);
	const struct lane *had = lane_at(m, who->thread);

	if (n->event.kind == TL_THREAD_CREATE) {
		if (had != NULL && had->told.died != INT64_MAX)
			who->thread = 0;
		who->creator = n->thread;
		who->created = n->time;
		who->create_record = record;
	}
	return n->event.kind == TL_THREAD_START || n->event.kind == TL_THREAD_END ? n->thread : who->thread;
}

/* Fills in what the record is about. NULL if that is no resource. */
static struct object *
find_object(struct model *m, struct lane *lane, const struct news *n, struct record *r, uint32_t record)
{
	struct object *o = NULL;

	switch (kind_rows[r->kind].class) {
	case TL_CLASS_THREAD:
		r->object = thread_meant(m, n, record);
		return NULL;
	case TL_CLASS_NONE:
		if (r->kind == TL_LOG) {
			line_begin(m, lane, r);
		} else if (r->kind == TL_SLEEP || r->kind == TL_STALL) {
			r->object = (uint32_t)n->event.object;
			r->value = (uint32_t)(n->event.object >> 32);
		} else if (r->kind == TL_OBJECT_DESTROY || r->kind == TL_MISUSE) {
			o = object_known(m, n->event.object);
			r->object = o ? o->number : 0;
		}
		return NULL;
	default:
		o = object_of(m, n->event.object, kind_rows[r->kind].class);
		if (o->told.place == 0)
			o->told.place = n->event.place;
		r->object = o->number;
		return o;
	}
}

static bool
gives(const struct object *o, const struct record *r)
{
	switch (r->kind) {
	case TL_LOCK_RELEASE:
		return r->value == 0;
	case TL_BARRIER_ARRIVE:
		return o->told.size == 0 || o->now.arrived >= o->told.size;
	default:
		return kind_rows[r->kind].role == ROLE_GIVE;
	}
}

/* Who let the thread go on, if it had waited and this is the end of it. */
static void
note_wake(struct model *m, const struct lane *lane, const struct object *o, const struct record *r)
{
	int64_t since = lane_waits(lane) ? lane->entries[lane->nentries - 1].time : INT64_MAX;
	const struct lane *joined;

	if (kind_rows[r->kind].role != ROLE_TAKE)
		return;
	if (o != NULL && o->give_time >= since)
		wake_note(m, r->thread, o->give_by, o->give_time, o->number);
	if (r->kind == TL_JOIN_DONE && (joined = lane_at(m, r->object)) != NULL && joined->told.died != INT64_MAX &&
	    joined->told.died >= since)
		wake_note(m, r->thread, r->object, joined->told.died, 0);
}

/* A thread that goes on to something else no longer stands in the queue it stood in, whatever was lost in between. */
static void
leave_queue(struct model *m, struct lane *lane, const struct record *r, uint32_t record)
{
	bool same = kind_rows[r->kind].class != TL_CLASS_THREAD && kind_rows[r->kind].class != TL_CLASS_NONE &&
	    r->object == lane->waiting_on;

	if (lane->waiting_on == 0 || kind_rows[r->kind].becomes == BECOMES_KEEPS)
		return;
	if (!same)
		object_take(m, m->objects[lane->waiting_on - 1], record);
	lane->waiting_on = 0;
}

static void
lane_becomes(struct model *m, struct lane *lane, const struct object *o, const struct record *r, uint32_t record)
{
	uint8_t becomes = kind_rows[r->kind].becomes;

	if (becomes == BECOMES_KEEPS && lane->nentries > 0)
		return;
	if (becomes == BECOMES_KEEPS || becomes == BECOMES_WORKS) {
		lane_works(m, r->thread, record, r->time);
		return;
	}
	if (becomes == TL_STATE_LOCK && lane->nheld > 0)
		becomes = TL_STATE_LOCK_HOLDING;
	lane_set(m, r->thread, becomes, o ? o->number : 0, record, r->time);
	if (o != NULL)
		lane->waiting_on = o->number;
}

void
event_take(struct model *m, const struct news *n)
{
	struct lane *lane = lane_of(m, n->thread);
	struct object *o;
	struct record *r;
	uint32_t record = m->log.count;

	if (lane == NULL || n->event.kind >= TL_NKINDS || m->log.count == UINT32_MAX)
		return;			/* a newer writer, or garbage: skip, do not guess */
	if (n->event.kind == TL_TEXT) {
		line_piece(m, lane, n);
		return;
	}
	r = log_add(&m->log);
	*r = (struct record){
		.time = n->time, .thread = n->thread, .place = place_number(m, n->event.place), .value = n->event.value,
		.kind = n->event.kind, .flags = n->event.flags,
	};
	o = find_object(m, lane, n, r, record);
	if (r->kind == TL_THREAD_START)
		thread_started(m, n->thread, r, n->event.object);
	note_wake(m, lane, o, r);
	leave_queue(m, lane, r, record);
	if (o != NULL) {
		object_take(m, o, record);
		if (gives(o, r)) {
			o->give_time = r->time;
			o->give_by = r->thread;
		}
	}
	lane_becomes(m, lane, o, r, record);
	if (r->kind == TL_THREAD_END) {
		lane->told.died = r->time;
		lane->told.how = r->value;
	} else if (r->kind == TL_OBJECT_DESTROY && r->object != 0) {
		m->objects[r->object - 1]->told.destroyed = r->time;
	}
	r->state = lane->entries[lane->nentries - 1].state;
	forget_if_full(m);
}

uint32_t
model_first_event(const struct model *m)
{
	return m->log.first;
}

uint32_t
model_events(const struct model *m)
{
	return m->log.count;
}

bool
model_event(const struct model *m, uint32_t number, struct model_event *out)
{
	const struct record *r;

	if (number < m->log.first || number >= m->log.count)
		return false;
	r = log_at(&m->log, number);
	*out = (struct model_event){
		.time = r->time, .thread = r->thread, .object = r->object, .raw_object = r->object,
		.place = r->place ? m->place_list[r->place - 1]->address : 0,
		.value = r->value, .kind = r->kind, .flags = r->flags, .state = r->state,
	};
	switch (r->kind) {
	case TL_LOG:
		out->text = r->object && m->texts[r->object - 1] ? m->texts[r->object - 1] : "";
		out->object = 0;
		break;
	case TL_SLEEP:
	case TL_STALL:
		out->raw_object = (uint64_t)r->value << 32 | r->object;
		out->object = out->value = 0;
		break;
	default:
		if (kind_rows[r->kind].class == TL_CLASS_THREAD && r->object == 0)
			out->text = identity_name(m, number);
		else if (kind_rows[r->kind].class != TL_CLASS_THREAD && object_number(m, r->object) != NULL)
			out->raw_object = object_number(m, r->object)->told.address;
	}
	return true;
}

uint32_t
model_event_at(const struct model *m, int64_t t)
{
	uint32_t low = m->log.first, high = m->log.count;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;

		if (log_at(&m->log, middle)->time < t)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}
