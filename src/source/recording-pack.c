/*
 * recording-pack.c - news gathered for a batch of a recording, and the bytes of the batch made of them. No file is seen
 * here. See recording-format.h; the format is told in recording.h.
 */
#include "config.h"

#include "source/recording-format.h"

#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>
#include <sys/tree.h>
#include <zstd.h>

#include "base/allocate.h"

#define LEVEL 1			/* of zstd: the recorder shares the machine with the program */
#define NONE  UINT32_MAX

struct pending {
	int64_t time;
	uint64_t object, place;
	uint32_t value, position;
	uint32_t next;		/* of the same thread, NONE behind the last */
	uint8_t kind, flags;
};

struct lane {
	RB_ENTRY(lane) by_thread;
	STAILQ_ENTRY(lane) in_batch;
	uint32_t thread;
	uint32_t first, last, count;	/* its events of this batch; count 0: none */
	struct lane_state now, before;	/* before: as it was when the batch began */
};
RB_HEAD(lanes, lane);

static int
lane_compare(const struct lane *a, const struct lane *b)
{
	return (a->thread > b->thread) - (a->thread < b->thread);
}
/* What libbsd writes before functions that may stay unused. */
#ifndef __unused
#define __unused __attribute__((unused))
#endif
RB_GENERATE_STATIC(lanes, lane, by_thread, lane_compare)

struct packer {
	struct pending pending[ITEMS_MOST];
	uint32_t events, items;
	uint64_t items_before, events_before;	/* in the batches before */
	int64_t first_time, last_time;
	struct lanes lanes;
	struct lane *recent;	/* whose event came last */
	STAILQ_HEAD(, lane) in_batch;
	struct {
		struct bytes bytes;
		uint32_t items, first, next;	/* positions: of the first, and behind the last */
		int64_t first_time, time;
	} others;
	struct bytes raw, out;
	size_t entry_at;	/* in out: where the next entry goes */
	ZSTD_CCtx *zstd;
};

/* --- News come in ------------------------------------------------------------------------------------------- */

static struct lane *
find_lane(struct packer *p, uint32_t thread)
{
	struct lane key = { .thread = thread };
	struct lane *lane = p->recent;

	if (lane != NULL && lane->thread == thread)
		return lane;
	lane = RB_FIND(lanes, &p->lanes, &key);
	if (lane == NULL) {
		lane = allocate(sizeof *lane);
		lane->thread = thread;
		RB_INSERT(lanes, &p->lanes, lane);
	}
	return p->recent = lane;
}

static void
take_event(struct packer *p, const struct news *news)
{
	struct lane *lane = find_lane(p, news->thread);
	uint32_t index = p->events++;

	p->pending[index] = (struct pending){
		news->time, news->event.object, news->event.place, news->event.value, p->items, NONE,
		news->event.kind, news->event.flags,
	};
	if (lane->count++ == 0) {
		lane->before = lane->now;
		lane->first = index;
		STAILQ_INSERT_TAIL(&p->in_batch, lane, in_batch);
	} else {
		p->pending[lane->last].next = index;
	}
	lane->last = index;
	lane_state_take(&lane->now, news);
}

static void
put_text(struct bytes *out, const char *text)
{
	bytes_text(out, text, text ? strnlen(text, TEXT_MOST) : 0);
}

static void
put_look(struct bytes *out, const struct news *news)
{
	bytes_put(out, &news->look.held, 1);
	bytes_put(out, &news->look.kind, 1);
	bytes_v(out, news->look.object);
	bytes_v(out, news->look.place);
	put_text(out, news->look.elsewhere);
}

static void
put_fields(struct bytes *out, const struct news *news)
{
	switch (news->what) {
	case NEWS_PROGRAM:
		bytes_v(out, (uint32_t)news->program.pid);
		bytes_v(out, zigzag(news->program.start));
		put_text(out, news->program.command);
		break;
	case NEWS_NAME:
		bytes_v(out, news->name.object);
		bytes_v(out, news->name.other);
		bytes_v(out, news->name.value);
		bytes_put(out, &news->name.is, 1);
		put_text(out, news->name.text);
		break;
	case NEWS_PLACE:
		bytes_v(out, news->place.address);
		bytes_v(out, news->place.line);
		put_text(out, news->place.function);
		put_text(out, news->place.file);
		break;
	case NEWS_SOURCE:
		bytes_v(out, news->source.line);
		put_text(out, news->source.file);
		put_text(out, news->source.text);
		break;
	case NEWS_GAP:
		bytes_v(out, news->gap.lost);
		break;
	case NEWS_LOOK:
		put_look(out, news);
		break;
	case NEWS_CLOCK:
		bytes_v(out, news->clock.rate);
		bytes_v(out, zigzag(news->clock.real));
		break;
	case NEWS_OUTPUT:
		bytes_v(out, news->output.length);
		bytes_put(out, news->output.bytes, news->output.length);
		bytes_put(out, "", 1);
		break;
	case NEWS_EXIT:
		bytes_v(out, (uint32_t)news->exit.pid);
		bytes_v(out, (uint32_t)news->exit.status);
		break;
	case NEWS_EVENT:	/* not here: take_event() */
		break;
	}
}

static void
take_other(struct packer *p, const struct news *news)
{
	struct bytes *out = &p->others.bytes;
	uint8_t what = news->what;

	if (p->others.items++ == 0) {
		p->others.first = p->items;
		p->others.first_time = news->time;
	}
	bytes_v(out, p->items - p->others.next);
	bytes_v(out, zigzag(news->time - p->others.time));
	bytes_put(out, &what, 1);
	bytes_v(out, news->thread);
	put_fields(out, news);
	p->others.next = p->items + 1;
	p->others.time = news->time;
}

/* --- A batch is made ---------------------------------------------------------------------------------------- */

/* Packs the raw bytes of a chunk and puts its entry into the directory. */
static void
pack_chunk(struct packer *p, struct entry *entry, const struct bytes *raw)
{
	size_t bound = ZSTD_compressBound(raw->length);
	uint8_t *at = bytes_room(&p->out, bound);

	entry->raw = raw->length;
	entry->stored = ZSTD_compress2(p->zstd, at, bound, raw->data, raw->length);	/* cannot fail: there is room */
	p->out.length += entry->stored;
	p->entry_at = entry_pack(entry, p->out.data + p->entry_at) - p->out.data;
}

static void
pack_others(struct packer *p)
{
	struct entry entry = {
		.told = { .items = p->others.items, .first = p->others.first_time, .last = p->others.time },
		.position = p->others.first,
	};

	pack_chunk(p, &entry, &p->others.bytes);
}

/* The columns of a thread's events. */
static void
raw_events(struct packer *p, const struct lane *lane)
{
	const struct pending *e, *all = p->pending;
	uint64_t before, next = 0;
	uint8_t *at;
	uint32_t i;

	p->raw.length = 0;
	at = bytes_room(&p->raw, lane->count * (size_t)(10 + 10 + 1 + 1 + 5 + 10 + 10));
#define COLUMN for (before = 0, i = lane->first; i != NONE && (e = &all[i]); i = e->next)
	COLUMN {
		at = put_v(at, e->position - next);
		next = e->position + 1;
	}
	COLUMN {
		at = put_v(at, zigzag(e->time - before));
		before = e->time;
	}
	COLUMN
		*at++ = e->kind;
	COLUMN
		*at++ = e->flags;
	COLUMN
		at = put_v(at, e->value);
	COLUMN {
		at = put_v(at, zigzag(e->object - before));
		before = e->object;
	}
	COLUMN {
		at = put_v(at, zigzag(e->place - before));
		before = e->place;
	}
#undef COLUMN
	p->raw.length = at - p->raw.data;
}

static void
pack_lane(struct packer *p, const struct lane *lane)
{
	struct entry entry = {
		.told = {
			.thread = lane->thread, .items = lane->count,
			.first = p->pending[lane->first].time, .last = p->pending[lane->last].time,
			.state = lane->before.state, .object = lane->before.object, .holds = lane->before.holds,
		},
		.position = p->pending[lane->first].position,
	};

	memcpy(entry.told.held, lane->before.held, lane->before.holds * sizeof lane->before.held[0]);
	raw_events(p, lane);
	pack_chunk(p, &entry, &p->raw);
}

/* Header, directory, payloads: all in p->out. */
const struct bytes *
packer_pack(struct packer *p)
{
	struct batch batch = {
		.magic = BATCH_MAGIC, .chunks = p->others.items > 0, .items_before = p->items_before,
		.events_before = p->events_before, .items = p->items, .events = p->events,
		.directory = p->others.items > 0 ? ENTRY_SIZE : 0, .first = p->first_time, .last = p->last_time,
	};
	struct lane *lane;

	STAILQ_FOREACH(lane, &p->in_batch, in_batch) {
		batch.chunks++;
		batch.directory += ENTRY_SIZE + 8 * lane->before.holds;
	}
	p->out.length = 0;
	bytes_room(&p->out, BATCH_SIZE + batch.directory);
	p->out.length = BATCH_SIZE + batch.directory;
	p->entry_at = BATCH_SIZE;
	if (p->others.items > 0)
		pack_others(p);
	STAILQ_FOREACH(lane, &p->in_batch, in_batch)
		pack_lane(p, lane);
	batch.payload = p->out.length - BATCH_SIZE - batch.directory;
	batch.directory_check = check_of(p->out.data + BATCH_SIZE, batch.directory);
	batch_pack(&batch, p->out.data);
	return &p->out;
}

/* The next batch begins with nothing; threads that have ended are forgotten. */
void
packer_begin(struct packer *p)
{
	struct lane *lane;

	while ((lane = STAILQ_FIRST(&p->in_batch)) != NULL) {
		STAILQ_REMOVE_HEAD(&p->in_batch, in_batch);
		lane->count = 0;
		if (lane->now.state != TL_STATE_EXITED)
			continue;
		RB_REMOVE(lanes, &p->lanes, lane);
		free(lane);
	}
	p->recent = NULL;
	p->items_before += p->items;
	p->events_before += p->events;
	p->items = p->events = 0;
	p->others.items = p->others.next = 0;
	p->others.time = 0;
	p->others.bytes.length = 0;
}

/* --- All of it ---------------------------------------------------------------------------------------------- */

struct packer *
packer_new(void)
{
	struct packer *p = allocate(sizeof *p);

	p->zstd = ZSTD_createCCtx();
	ZSTD_CCtx_setParameter(p->zstd, ZSTD_c_compressionLevel, LEVEL);
	ZSTD_CCtx_setParameter(p->zstd, ZSTD_c_checksumFlag, 1);
	RB_INIT(&p->lanes);
	STAILQ_INIT(&p->in_batch);
	return p;
}

void
packer_free(struct packer *p)
{
	struct lane *lane, *next;

	RB_FOREACH_SAFE(lane, lanes, &p->lanes, next) {
		RB_REMOVE(lanes, &p->lanes, lane);
		free(lane);
	}
	ZSTD_freeCCtx(p->zstd);
	free(p->others.bytes.data);
	free(p->raw.data);
	free(p->out.data);
	free(p);
}

bool
packer_take(struct packer *p, const struct news *news)
{
	if (p->items == 0)
		p->first_time = news->time;
	p->last_time = news->time;
	if (news->what == NEWS_EVENT)
		take_event(p, news);
	else
		take_other(p, news);
	p->items++;
	return p->items == ITEMS_MOST || p->others.bytes.length >= OTHERS_FLUSH;
}

bool
packer_empty(const struct packer *p)
{
	return p->items == 0;
}

uint64_t
packer_events(const struct packer *p, bool with_batch)
{
	return p->events_before + (with_batch ? p->events : 0);
}

void
packer_end(const struct packer *p, int error, uint8_t bytes[BATCH_SIZE])
{
	struct batch end = {
		.magic = END_MAGIC, .items_before = p->items_before, .events_before = p->events_before, .events = error,
		.first = p->last_time, .last = p->last_time,
	};

	batch_pack(&end, bytes);
}
