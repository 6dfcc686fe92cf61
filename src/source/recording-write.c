/* recording-write.c - the writer of a recording. The format is told in recording.h. */
#include "config.h"

#include "source/recording-format.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/queue.h>
#include <sys/stat.h>
#include <sys/tree.h>
#include <unistd.h>
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

struct recording {
	int fd;
	char *path;
	bool stopped;		/* the disk failed */
	off_t whole;		/* where the last whole batch ends */
	uint64_t items_before, events_before;
	struct pending pending[ITEMS_MOST];
	uint32_t events, items;	/* of this batch */
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

/* --- The file ----------------------------------------------------------------------------------------------- */

static bool
write_all(int fd, const uint8_t *data, size_t length)
{
	while (length > 0) {
		ssize_t written = write(fd, data, length);

		if (written == -1 && errno == EINTR)
			continue;
		if (written <= 0)
			return false;
		data += written;
		length -= written;
	}
	return true;
}

static bool
write_end(struct recording *r, int error)
{
	uint8_t bytes[BATCH_SIZE];
	struct batch end = {
		.magic = END_MAGIC, .items_before = r->items_before, .events_before = r->events_before, .events = error,
		.first = r->last_time, .last = r->last_time,
	};

	batch_pack(&end, bytes);
	return write_all(r->fd, bytes, sizeof bytes);
}

/* The disk is full, or gone: what is there ends with a whole batch, and with the error if that still fits. */
static bool
stop(struct recording *r, struct reason *why)
{
	int error = errno;

	r->stopped = true;
	if (ftruncate(r->fd, r->whole) == 0 && lseek(r->fd, r->whole, SEEK_SET) == r->whole && !write_end(r, error))
		(void)!ftruncate(r->fd, r->whole);
	return because(why, "cannot go on recording to %s: %s. It holds the first %ju events.", r->path, strerror(error),
	    (uintmax_t)r->events_before);
}

static bool
write_header(struct recording *r, struct reason *why)
{
	static const char kinds[] =
#define KIND(name, ...) #name "\n"
#include "wire/kinds.def"
#undef KIND
	    ;
	uint8_t *at = bytes_room(&r->out, sizeof kinds + 32);

	memcpy(at, LANES_MAGIC, 8);
	put_u32(put_u32(at + 8, LANES_VERSION), sizeof kinds - 1);
	memcpy(at + 16, kinds, sizeof kinds - 1);
	put_u32(at + 15 + sizeof kinds, check_of(at, 15 + sizeof kinds));
	r->whole = 19 + sizeof kinds;
	return write_all(r->fd, at, r->whole) || because_errno(why, "cannot write %s", r->path);
}

/* Whether what lies under the name may be written over: nothing, or a recording that nobody is writing. */
static bool
may_write(int fd, const char *path, struct reason *why)
{
	char magic[8];
	struct stat status;

	if (fstat(fd, &status) == -1)
		return because_errno(why, "cannot record to %s", path);
	if (!S_ISREG(status.st_mode))
		return true;
	if (flock(fd, LOCK_EX | LOCK_NB) == -1 && errno == EWOULDBLOCK)
		return because(why, "%s is being recorded to by somebody else", path);
	if (status.st_size > 0 && (pread(fd, magic, sizeof magic, 0) != sizeof magic || memcmp(magic, LANES_MAGIC, 8) != 0))
		return because(why, "%s is there and is not a recording: it is left alone", path);
	return ftruncate(fd, 0) == 0 || because_errno(why, "cannot record to %s", path);
}

static int
open_for_writing(const char *path, struct reason *why)
{
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOCTTY, 0666);

	if (fd == -1)
		because_errno(why, "cannot record to %s", path);
	else if (!may_write(fd, path, why)) {
		close(fd);
		fd = -1;
	}
	return fd;
}

static void
recording_free(struct recording *r)
{
	struct lane *lane, *next;

	RB_FOREACH_SAFE(lane, lanes, &r->lanes, next) {
		RB_REMOVE(lanes, &r->lanes, lane);
		free(lane);
	}
	close(r->fd);
	ZSTD_freeCCtx(r->zstd);
	free(r->others.bytes.data);
	free(r->raw.data);
	free(r->out.data);
	free(r->path);
	free(r);
}

struct recording *
recording_create(const char *path, struct reason *why)
{
	struct recording *r;
	int fd = open_for_writing(path, why);

	if (fd == -1)
		return NULL;
	r = allocate(sizeof *r);
	r->fd = fd;
	r->path = duplicate(path);
	r->zstd = ZSTD_createCCtx();
	ZSTD_CCtx_setParameter(r->zstd, ZSTD_c_compressionLevel, LEVEL);
	ZSTD_CCtx_setParameter(r->zstd, ZSTD_c_checksumFlag, 1);
	RB_INIT(&r->lanes);
	STAILQ_INIT(&r->in_batch);
	if (write_header(r, why))
		return r;
	recording_free(r);
	return NULL;
}

/* --- A batch goes out --------------------------------------------------------------------------------------- */

/* Packs the raw bytes of a chunk and puts its entry into the directory. */
static void
pack_chunk(struct recording *r, struct entry *entry, const struct bytes *raw)
{
	size_t bound = ZSTD_compressBound(raw->length);
	uint8_t *at = bytes_room(&r->out, bound);

	entry->raw = raw->length;
	entry->stored = ZSTD_compress2(r->zstd, at, bound, raw->data, raw->length);	/* cannot fail: there is room */
	r->out.length += entry->stored;
	r->entry_at = entry_pack(entry, r->out.data + r->entry_at) - r->out.data;
}

static void
pack_others(struct recording *r)
{
	struct entry entry = {
		.told = { .items = r->others.items, .first = r->others.first_time, .last = r->others.time },
		.position = r->others.first,
	};

	pack_chunk(r, &entry, &r->others.bytes);
}

/* The columns of a thread's events. */
static void
raw_events(struct recording *r, const struct lane *lane)
{
	const struct pending *e, *all = r->pending;
	uint64_t before, next = 0;
	uint8_t *at;
	uint32_t i;

	r->raw.length = 0;
	at = bytes_room(&r->raw, lane->count * (size_t)(10 + 10 + 1 + 1 + 5 + 10 + 10));
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
	r->raw.length = at - r->raw.data;
}

static void
pack_lane(struct recording *r, const struct lane *lane)
{
	struct entry entry = {
		.told = {
			.thread = lane->thread, .items = lane->count,
			.first = r->pending[lane->first].time, .last = r->pending[lane->last].time,
			.state = lane->before.state, .object = lane->before.object, .holds = lane->before.holds,
		},
		.position = r->pending[lane->first].position,
	};

	memcpy(entry.told.held, lane->before.held, lane->before.holds * sizeof lane->before.held[0]);
	raw_events(r, lane);
	pack_chunk(r, &entry, &r->raw);
}

/* Header, directory, payloads: all in r->out. */
static void
pack_batch(struct recording *r)
{
	struct batch batch = {
		.magic = BATCH_MAGIC, .chunks = r->others.items > 0, .items_before = r->items_before,
		.events_before = r->events_before, .items = r->items, .events = r->events,
		.directory = r->others.items > 0 ? ENTRY_SIZE : 0, .first = r->first_time, .last = r->last_time,
	};
	struct lane *lane;

	STAILQ_FOREACH(lane, &r->in_batch, in_batch) {
		batch.chunks++;
		batch.directory += ENTRY_SIZE + 8 * lane->before.holds;
	}
	r->out.length = 0;
	bytes_room(&r->out, BATCH_SIZE + batch.directory);
	r->out.length = BATCH_SIZE + batch.directory;
	r->entry_at = BATCH_SIZE;
	if (r->others.items > 0)
		pack_others(r);
	STAILQ_FOREACH(lane, &r->in_batch, in_batch)
		pack_lane(r, lane);
	batch.payload = r->out.length - BATCH_SIZE - batch.directory;
	batch.directory_check = check_of(r->out.data + BATCH_SIZE, batch.directory);
	batch_pack(&batch, r->out.data);
}

/* The next batch begins with nothing; threads that have ended are forgotten. */
static void
begin_batch(struct recording *r)
{
	struct lane *lane;

	while ((lane = STAILQ_FIRST(&r->in_batch)) != NULL) {
		STAILQ_REMOVE_HEAD(&r->in_batch, in_batch);
		lane->count = 0;
		if (lane->now.state != TL_STATE_EXITED)
			continue;
		RB_REMOVE(lanes, &r->lanes, lane);
		free(lane);
	}
	r->recent = NULL;
	r->items_before += r->items;
	r->events_before += r->events;
	r->items = r->events = 0;
	r->others.items = r->others.next = 0;
	r->others.time = 0;
	r->others.bytes.length = 0;
}

bool
recording_flush(struct recording *r, struct reason *why)
{
	if (r->stopped || r->items == 0)
		return true;
	pack_batch(r);
	if (!write_all(r->fd, r->out.data, r->out.length))
		return stop(r, why);
	r->whole += r->out.length;
	begin_batch(r);
	return true;
}

/* --- News come in ------------------------------------------------------------------------------------------- */

static struct lane *
find_lane(struct recording *r, uint32_t thread)
{
	struct lane key = { .thread = thread };
	struct lane *lane = r->recent;

	if (lane != NULL && lane->thread == thread)
		return lane;
	lane = RB_FIND(lanes, &r->lanes, &key);
	if (lane == NULL) {
		lane = allocate(sizeof *lane);
		lane->thread = thread;
		RB_INSERT(lanes, &r->lanes, lane);
	}
	return r->recent = lane;
}

static void
take_event(struct recording *r, const struct news *news)
{
	struct lane *lane = find_lane(r, news->thread);
	uint32_t index = r->events++;

	r->pending[index] = (struct pending){
		news->time, news->event.object, news->event.place, news->event.value, r->items, NONE,
		news->event.kind, news->event.flags,
	};
	if (lane->count++ == 0) {
		lane->before = lane->now;
		lane->first = index;
		STAILQ_INSERT_TAIL(&r->in_batch, lane, in_batch);
	} else {
		r->pending[lane->last].next = index;
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
take_other(struct recording *r, const struct news *news)
{
	struct bytes *out = &r->others.bytes;
	uint8_t what = news->what;

	if (r->others.items++ == 0) {
		r->others.first = r->items;
		r->others.first_time = news->time;
	}
	bytes_v(out, r->items - r->others.next);
	bytes_v(out, zigzag(news->time - r->others.time));
	bytes_put(out, &what, 1);
	bytes_v(out, news->thread);
	put_fields(out, news);
	r->others.next = r->items + 1;
	r->others.time = news->time;
}

static bool
take_one(struct recording *r, const struct news *news, struct reason *why)
{
	if (r->items == 0)
		r->first_time = news->time;
	r->last_time = news->time;
	if (news->what == NEWS_EVENT)
		take_event(r, news);
	else
		take_other(r, news);
	r->items++;
	return (r->items < ITEMS_MOST && r->others.bytes.length < OTHERS_FLUSH) || recording_flush(r, why);
}

bool
recording_take(struct recording *r, const struct news *news, struct reason *why)
{
	struct news part = *news;

	if (r->stopped)
		return true;
	for (; part.what == NEWS_OUTPUT && part.output.length > TEXT_MOST; part.output.bytes += TEXT_MOST) {
		part.output.length = TEXT_MOST;
		if (!take_one(r, &part, why))
			return false;
		part.output.length = news->output.length - (part.output.bytes + TEXT_MOST - news->output.bytes);
	}
	return take_one(r, &part, why);
}

bool
recording_close(struct recording *r, struct reason *why)
{
	bool good = recording_flush(r, why);

	if (!r->stopped && !write_end(r, 0))
		good = stop(r, why);
	recording_free(r);
	return good;
}

uint64_t
recording_events(const struct recording *r)
{
	return r->events_before + r->events;
}
