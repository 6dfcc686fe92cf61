/* log.c - the order of all events, and the questions about one of them. */
#include "config.h"

#include "model/inside.h"

#include <string.h>

struct record *
record_of(const struct model *m, uint32_t number)
{
	const struct where *w = series_at(&m->order, number);

	return record_at(m->lanes[w->thread], w->position);
}

/* Numbers are four bytes. Nobody watches four thousand million events, but nothing breaks when somebody does. */
bool
log_full(const struct model *m)
{
	return m->order.count >= UINT32_MAX - 1;
}

void
log_place(struct model *m, uint32_t thread, uint32_t position)
{
	struct where *w = series_add(&m->order, &m->used);

	w->thread = thread;
	w->position = position;
}

uint32_t
model_first_event(const struct model *m)
{
	return m->first;
}

uint32_t
model_events(const struct model *m)
{
	return m->order.count;
}

static void
tell_thread(const struct model *m, const struct record *r, struct model_event *e)
{
	const struct person *p = r->object < m->person_count ? &m->persons[r->object] : NULL;

	if (p == NULL)
		return;
	e->object = p->thread;
	e->raw_object = p->address;
	e->text = p->thread == 0 ? p->given : NULL;
}

static void
tell_other(const struct model *m, const struct record *r, struct model_event *e)
{
	switch (r->kind) {
	case TL_SLEEP:
	case TL_STALL:
		e->raw_object = (uint64_t)r->value << 32 | r->object;
		e->value = 0;
		break;
	case TL_LOG:
		if (r->object >= m->first_text && r->object < m->texts.count)
			e->text = ((struct text *)series_at(&m->texts, r->object))->text;
		if (e->text == NULL)
			e->text = "";
		break;
	default:		/* OBJECT_DESTROY and MISUSE are about objects of any class */
		e->object = r->object;
		if (r->object != 0)
			e->raw_object = m->objects[r->object]->what.address;
		break;
	}
}

bool
model_event(const struct model *m, uint32_t number, struct model_event *e)
{
	const struct record *r;

	if (number < m->first || number >= m->order.count)
		return false;
	r = record_of(m, number);
	*e = (struct model_event){
		.time = r->time,
		.thread = ((struct where *)series_at(&m->order, number))->thread,
		.place = m->places[r->place].address,
		.value = r->value,
		.kind = r->kind,
		.flags = r->flags,
		.state = r->state,
	};
	if (model_kinds[r->kind].class == TL_CLASS_THREAD) {
		tell_thread(m, r, e);
	} else if (model_kinds[r->kind].class == TL_CLASS_NONE) {
		tell_other(m, r, e);
	} else if (r->object != 0) {
		e->object = r->object;
		e->raw_object = m->objects[r->object]->what.address;
	}
	return true;
}

uint32_t
model_event_at(const struct model *m, int64_t t)
{
	uint32_t low = m->first, high = m->order.count;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;

		if (record_of(m, middle)->time < t)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}
