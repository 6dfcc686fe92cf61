/* recording-decode.c - an unpacked chunk as items of news. All of it may be hostile. See recording-format.h. */
#include "config.h"

#include "source/recording-format.h"

#include <string.h>

#define EVENT_LEAST 7	/* bytes: one a column */

/* Takes the next position for this chunk. NULL if there is no such position, or it is taken. */
static struct news *
claim(struct decoded *d, uint64_t *next, uint64_t skip)
{
	uint64_t position = *next + skip;

	if (skip >= d->count || position >= d->count || d->owner[position] != 0)
		return NULL;
	d->owner[position] = d->chunk;
	*next = position + 1;
	memset(&d->items[position], 0, sizeof d->items[position]);
	return &d->items[position];
}

/* Gives back what this chunk had claimed. */
static bool
unclaim(struct decoded *d)
{
	for (uint32_t i = 0; i < d->count; i++)
		if (d->owner[i] == d->chunk)
			d->owner[i] = 0;
	return false;
}

static struct news *
next_of(struct decoded *d, struct news *item)
{
	do
		item++;
	while (d->owner[item - d->items] != d->chunk);
	return item;
}

/* The columns behind the positions; items of this chunk are those it owns. */
static void
decode_columns(struct decoded *d, struct news *first, uint32_t n, struct cursor *c)
{
	struct news *item;
	uint64_t before;
	uint32_t i;

#define COLUMN for (item = first, before = 0, i = 0; i < n && !c->bad; item = ++i < n ? next_of(d, item) : item)
	COLUMN
		item->time = before += cursor_z(c);
	COLUMN
		item->event.kind = cursor_u8(c);
	COLUMN
		item->event.flags = cursor_u8(c);
	COLUMN
		item->event.value = cursor_v32(c);
	COLUMN
		item->event.object = before += cursor_z(c);
	COLUMN
		item->event.place = before += cursor_z(c);
#undef COLUMN
}

/* A kind of a newer writer is not guessed at: one event that cannot be told. */
static void
translate_kind(const struct decoded *d, struct news *item)
{
	uint16_t kind = d->kinds[item->event.kind];

	if (kind != KIND_UNKNOWN) {
		item->event.kind = kind;
		return;
	}
	item->what = NEWS_GAP;
	item->gap.lost = 1;
}

bool
decode_events(struct decoded *d, const struct entry *entry, const uint8_t *raw)
{
	struct cursor c = { raw, raw + entry->raw, false };
	struct news *first = NULL;
	uint64_t next = 0;
	uint32_t n = entry->told.items;

	if (n == 0 || n > entry->raw / EVENT_LEAST)
		return false;
	for (uint32_t i = 0; i < n; i++) {
		struct news *item = claim(d, &next, cursor_v(&c));

		if (item == NULL || c.bad)
			return unclaim(d);
		item->thread = entry->told.thread;
		item->what = NEWS_EVENT;
		first = first ? first : item;
	}
	decode_columns(d, first, n, &c);
	if (c.bad || c.at != c.end)
		return unclaim(d);
	for (uint32_t i = 0; i < n; first = ++i < n ? next_of(d, first) : first)
		translate_kind(d, first);
	return true;
}

/* A text that must be there. */
static const char *
need_text(struct cursor *c)
{
	const char *text = cursor_text(c);

	if (text == NULL)
		c->bad = true;
	return text;
}

static void
decode_look(const struct decoded *d, struct news *item, struct cursor *c)
{
	uint16_t kind;

	item->look.held = cursor_u8(c);
	kind = d->kinds[cursor_u8(c)];
	item->look.object = cursor_v(c);
	item->look.place = cursor_v(c);
	item->look.elsewhere = cursor_text(c);
	if (kind == KIND_UNKNOWN)
		item->look.held = 0;
	else
		item->look.kind = kind;
}

static void
decode_output(struct news *item, struct cursor *c)
{
	uint64_t length = cursor_v(c);

	if (c->bad || length > TEXT_MOST || length >= (uint64_t)(c->end - c->at) || c->at[length] != 0) {
		c->bad = true;
		return;
	}
	item->output.bytes = (const char *)c->at;
	item->output.length = length;
	c->at += length + 1;
}

static void
decode_name(struct news *item, struct cursor *c)
{
	item->name.object = cursor_v(c);
	item->name.other = cursor_v(c);
	item->name.value = cursor_v32(c);
	item->name.is = cursor_u8(c);
	item->name.text = need_text(c);
	if (item->name.is >= TL_NOBJECT_KINDS)
		item->name.is = TL_OBJECT_UNKNOWN;
}

static void
decode_other(const struct decoded *d, struct news *item, struct cursor *c)
{
	switch (item->what) {
	case NEWS_PROGRAM:
		item->program.pid = cursor_v32(c);
		item->program.start = cursor_z(c);
		item->program.command = need_text(c);
		break;
	case NEWS_NAME:
		decode_name(item, c);
		break;
	case NEWS_PLACE:
		item->place.address = cursor_v(c);
		item->place.line = cursor_v32(c);
		item->place.function = need_text(c);
		item->place.file = need_text(c);
		break;
	case NEWS_SOURCE:
		item->source.line = cursor_v32(c);
		item->source.file = need_text(c);
		item->source.text = need_text(c);
		break;
	case NEWS_GAP:
		item->gap.lost = cursor_v(c);
		break;
	case NEWS_LOOK:
		decode_look(d, item, c);
		break;
	case NEWS_CLOCK:
		item->clock.rate = cursor_v32(c);
		item->clock.real = cursor_z(c);
		break;
	case NEWS_OUTPUT:
		decode_output(item, c);
		break;
	case NEWS_EXIT:
		item->exit.pid = cursor_v32(c);
		item->exit.status = cursor_v32(c);
		break;
	default:
		c->bad = true;
	}
}

bool
decode_others(struct decoded *d, const struct entry *entry, const uint8_t *raw)
{
	struct cursor c = { raw, raw + entry->raw, false };
	uint64_t next = 0, time = 0;

	for (uint32_t i = 0; i < entry->told.items; i++) {
		struct news *item = claim(d, &next, cursor_v(&c));

		if (item == NULL || c.bad)
			return unclaim(d);
		item->time = time += cursor_z(&c);
		item->what = cursor_u8(&c);
		item->thread = cursor_v32(&c);
		decode_other(d, item, &c);
		if (c.bad)
			return unclaim(d);
	}
	return (c.at == c.end) || unclaim(d);
}
