/*
 * recording-read.c - a recording as a source of news. The format is told in recording.h; the file may be hostile.
 *
 * Opening walks over the batch headers, which tells how many events there are. Reading takes a batch at a time into
 * memory: its chunks are unpacked, and their items put at their positions; positions that remain empty were not whole.
 */
#include "config.h"

#include "source/recording-format.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zstd.h>

#include "base/allocate.h"

#define KINDS_MOST   (64 << 10)			/* bytes of names of kinds */
#define TIME_MOST    (INT64_C(1) << 62)		/* leaves the arithmetic of others some room */
#define THREADS_MORE 4096			/* thread numbers may run ahead of the items by so many */

enum ending {
	ENDING_NOT_YET,
	ENDING_WHOLE,
	ENDING_CUT,		/* the file stops */
	ENDING_DAMAGED,		/* what stands there is no batch */
	ENDING_FAILED,		/* the recorder could not write on: "error" */
};

struct reader {
	struct source source;
	int fd;
	char *path;
	off_t size;
	off_t at;		/* where the next batch begins */
	uint64_t items_before, events_before;	/* in the batches before it */
	uint64_t all;		/* events, by the headers */
	uint64_t told;
	uint64_t lost_events, lost_others;	/* in chunks that are damaged, or behind the cut */
	int64_t time;
	enum ending ending;
	int error;
	uint16_t kinds[256];	/* number in the file to number here */

	struct batch batch;	/* the one in memory, with ... */
	struct decoded decoded;	/* ... its items */
	uint32_t next;
	struct bytes directory, payload, raw;
	ZSTD_DCtx *zstd;
};

static size_t
read_at(const struct reader *r, void *data, size_t length, off_t at)
{
	size_t done = 0;

	while (done < length) {
		ssize_t got = pread(r->fd, (char *)data + done, length - done, at + done);

		if (got == -1 && errno == EINTR)
			continue;
		if (got <= 0)
			break;
		done += got;
	}
	return done;
}

/* --- Walking over batches ----------------------------------------------------------------------------------- */

/* Whether a header with a right check also makes sense where it stands. */
static bool
is_plausible(const struct batch *b, uint64_t items_before, uint64_t events_before)
{
	if (b->items_before != items_before || b->events_before != events_before)
		return false;
	if (b->magic == END_MAGIC)
		return b->items == 0 && b->chunks == 0 && b->directory == 0 && b->payload == 0;
	return b->magic == BATCH_MAGIC && b->items > 0 && b->items <= ITEMS_MOST && b->events <= b->items &&
	    b->chunks <= b->items && b->directory >= b->chunks * (uint64_t)ENTRY_SIZE &&
	    b->directory <= DIRECTORY_MOST && b->payload <= PAYLOAD_MOST;
}

/* The header at a place, NOT_YET if it is that of a batch; otherwise how the file ends there. */
static enum ending
read_header(const struct reader *r, struct batch *b, off_t at, uint64_t items_before, uint64_t events_before)
{
	uint8_t bytes[BATCH_SIZE];

	if (r->size - at < BATCH_SIZE || read_at(r, bytes, BATCH_SIZE, at) < BATCH_SIZE)
		return ENDING_CUT;
	if (!batch_unpack(b, bytes) || !is_plausible(b, items_before, events_before))
		return ENDING_DAMAGED;
	if (b->magic == BATCH_MAGIC)
		return ENDING_NOT_YET;
	if (at + BATCH_SIZE != r->size)
		return ENDING_DAMAGED;
	return b->events == 0 ? ENDING_WHOLE : ENDING_FAILED;
}

static off_t
batch_end(const struct batch *b, off_t at)
{
	return at + BATCH_SIZE + b->directory + b->payload;
}

static void
count_events(struct reader *r)
{
	struct batch b;
	uint64_t items = 0, events = 0;

	for (off_t at = r->at; read_header(r, &b, at, items, events) == ENDING_NOT_YET; at = batch_end(&b, at)) {
		items += b.items;
		events += b.events;
	}
	r->all = events;
}

/* --- A batch comes into memory ------------------------------------------------------------------------------ */

/* A chunk that could not be had: a gap for its thread, where its first item would have been. */
static void
lose(struct reader *r, const struct entry *entry)
{
	struct news *gap;

	if (entry->told.thread == 0)
		r->lost_others += entry->told.items;
	else
		r->lost_events += entry->told.items;
	if (entry->told.thread == 0 || entry->position >= r->decoded.count || r->decoded.owner[entry->position] != 0)
		return;
	gap = &r->decoded.items[entry->position];
	*gap = (struct news){ .what = NEWS_GAP, .thread = entry->told.thread, .time = entry->told.first };
	gap->gap.lost = entry->told.items;
	r->decoded.owner[entry->position] = r->decoded.chunk;
}

static bool
unpack_chunk(struct reader *r, const struct entry *entry, const uint8_t *stored)
{
	uint8_t *raw = r->raw.data + r->raw.length;
	size_t got = ZSTD_decompressDCtx(r->zstd, raw, entry->raw, stored, entry->stored);

	if (ZSTD_isError(got) || got != entry->raw)
		return false;
	r->raw.length += entry->raw;	/* stays: texts of items point into it */
	return (entry->told.thread == 0 ? decode_others : decode_events)(&r->decoded, entry, raw);
}

static bool
is_plausible_entry(const struct reader *r, const struct entry *entry)
{
	return entry->told.items <= r->batch.items &&
	    entry->told.thread <= r->batch.items_before + r->batch.items + THREADS_MORE;
}

/* Goes over the directory; there are "have" bytes of payload. Returns false if it makes no sense. */
static bool
unpack_chunks(struct reader *r, size_t have)
{
	struct cursor c = { r->directory.data, r->directory.data + r->batch.directory, false };
	struct entry entry;
	size_t at = 0;
	uint64_t raw = 0;

	for (uint32_t i = 0; i < r->batch.chunks; i++) {
		if (!entry_unpack(&entry, &c) || !is_plausible_entry(r, &entry) || (raw += entry.raw) > RAW_MOST)
			return false;
	}
	if (c.at != c.end)
		return false;
	r->raw.length = 0;
	bytes_room(&r->raw, raw + 1);
	c.at = r->directory.data;
	for (uint32_t i = 0; i < r->batch.chunks && entry_unpack(&entry, &c); i++) {
		r->decoded.chunk = i + 1;
		if (at + entry.stored > have || !unpack_chunk(r, &entry, r->payload.data + at))
			lose(r, &entry);
		at += entry.stored;
	}
	return true;
}

static bool
read_directory(struct reader *r)
{
	off_t at = r->at + BATCH_SIZE;

	r->directory.length = 0;
	bytes_room(&r->directory, r->batch.directory + 1);
	return read_at(r, r->directory.data, r->batch.directory, at) == r->batch.directory &&
	    check_of(r->directory.data, r->batch.directory) == r->batch.directory_check;
}

static void
make_room(struct reader *r)
{
	if (r->decoded.items == NULL) {
		r->decoded.items = allocate(ITEMS_MOST * sizeof *r->decoded.items);
		r->decoded.owner = allocate(ITEMS_MOST * sizeof *r->decoded.owner);
		r->decoded.kinds = r->kinds;
	}
	memset(r->decoded.owner, 0, r->batch.items * sizeof *r->decoded.owner);
	r->decoded.count = r->batch.items;
	r->next = 0;
}

/* Brings the next batch into memory, or finds out how the file ends. */
static void
load(struct reader *r)
{
	off_t payload;
	size_t have;

	r->decoded.count = 0;
	r->next = 0;
	r->ending = read_header(r, &r->batch, r->at, r->items_before, r->events_before);
	if (r->ending != ENDING_NOT_YET) {
		r->error = r->ending == ENDING_FAILED ? r->batch.events : 0;
		return;
	}
	payload = r->at + BATCH_SIZE + r->batch.directory;
	if (payload > r->size) {
		r->ending = ENDING_CUT;
		return;
	}
	make_room(r);
	have = r->size - payload < r->batch.payload ? r->size - payload : r->batch.payload;
	r->payload.length = 0;
	have = read_at(r, bytes_room(&r->payload, have + 1), have, payload);
	if (!read_directory(r) || !unpack_chunks(r, have)) {
		r->decoded.count = 0;
		r->ending = ENDING_DAMAGED;
		return;
	}
	if (have < r->batch.payload)
		r->ending = ENDING_CUT;
	r->at = batch_end(&r->batch, r->at);
	r->items_before += r->batch.items;
	r->events_before += r->batch.events;
}

/* --- The source --------------------------------------------------------------------------------------------- */

static enum source_outcome
say_ending(const struct reader *r, struct reason *why)
{
	char of[64] = "";
	static const char showing[] = "Showing what is there.";
	uintmax_t told = r->told, all = r->all;

	if (all > told)
		snprintf(of, sizeof of, " of about %ju", all);
	if (r->ending == ENDING_FAILED)
		because(why, "%s stops at event %ju%s (the recorder could not write on: %s). %s", r->path, told, of,
		    strerror(r->error), showing);
	else if (r->ending == ENDING_CUT)
		because(why, "%s stops at event %ju%s (the recording was cut). %s", r->path, told, of, showing);
	else if (r->ending == ENDING_DAMAGED)
		because(why, "%s stops at event %ju%s (the file is damaged there). %s", r->path, told, of, showing);
	else if (r->lost_events > 0)
		because(why, "%s is damaged: %ju of %ju events cannot be read. %s", r->path,
		    (uintmax_t)r->lost_events, all, showing);
	else if (r->lost_others > 0)
		because(why, "%s is damaged: some names or output cannot be read. %s", r->path, showing);
	else
		return SOURCE_END;
	return SOURCE_BROKEN;
}

static enum source_outcome
reader_next(struct source *source, struct news *news, struct reason *why)
{
	struct reader *r = (struct reader *)source;

	for (;;) {
		while (r->next < r->decoded.count && r->decoded.owner[r->next] == 0)
			r->next++;
		if (r->next < r->decoded.count)
			break;
		if (r->ending != ENDING_NOT_YET)
			return say_ending(r, why);
		load(r);
	}
	*news = r->decoded.items[r->next++];
	/* Times never go back, whatever the file says. */
	if (news->time < r->time || news->time > TIME_MOST)
		news->time = r->time;
	r->time = news->time;
	r->told += news->what == NEWS_EVENT;
	return SOURCE_NEWS;
}

static int
reader_fd(struct source *source)
{
	(void)source;
	return -1;
}

static void
reader_close(struct source *source)
{
	struct reader *r = (struct reader *)source;

	close(r->fd);
	ZSTD_freeDCtx(r->zstd);
	free(r->decoded.items);
	free(r->decoded.owner);
	free(r->directory.data);
	free(r->payload.data);
	free(r->raw.data);
	free(r->path);
	free(r);
}

static const struct source_ops reader_ops = { reader_next, reader_fd, reader_close };

/* --- Opening ------------------------------------------------------------------------------------------------ */

/* Which kind of ours a name in the file is. */
static uint16_t
kind_named(const char *name, size_t length)
{
	static const char *const names[] = {
#define KIND(name, ...) #name,
#include "wire/kinds.def"
#undef KIND
	};
	for (uint16_t i = 0; i < TL_NKINDS; i++)
		if (strlen(names[i]) == length && memcmp(names[i], name, length) == 0)
			return i;
	return KIND_UNKNOWN;
}

static void
map_kinds(struct reader *r, const char *names, const char *end)
{
	for (int i = 0; i < 256; i++)
		r->kinds[i] = KIND_UNKNOWN;
	for (int i = 0; i < 256 && names < end; i++) {
		const char *newline = memchr(names, '\n', end - names);

		if (newline == NULL)
			return;
		r->kinds[i] = kind_named(names, newline - names);
		names = newline + 1;
	}
}

static bool
read_file_header(struct reader *r, struct reason *why)
{
	uint8_t start[16], *bytes;
	size_t got = read_at(r, start, sizeof start, 0);
	size_t length = got == sizeof start ? get_u32(start + 12) : 0;
	bool good;

	if (got == 0)
		return because(why, "%s is empty", r->path);
	if (got < 8 || memcmp(start, LANES_MAGIC, 8) != 0)
		return because(why, "%s is not a recording", r->path);
	if (got == sizeof start && get_u32(start + 8) != LANES_VERSION)
		return because(why, "%s is a recording of format %u; this program reads format %u", r->path,
		    get_u32(start + 8), LANES_VERSION);
	if (length > KINDS_MOST)
		return because(why, "%s is damaged at its beginning", r->path);
	bytes = allocate(sizeof start + length + 4);
	got = read_at(r, bytes, sizeof start + length + 4, 0);
	good = got == sizeof start + length + 4 && length > 0;
	if (!good)
		because(why, "%s was cut before its first event", r->path);
	else if (get_u32(bytes + sizeof start + length) != check_of(bytes, sizeof start + length))
		good = because(why, "%s is damaged at its beginning", r->path);
	map_kinds(r, (char *)bytes + sizeof start, (char *)bytes + sizeof start + length);
	r->at = sizeof start + length + 4;
	free(bytes);
	return good;
}

static bool
open_file(struct reader *r, struct reason *why)
{
	struct stat status;

	r->fd = open(r->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (r->fd == -1 || fstat(r->fd, &status) == -1)
		return because_errno(why, "cannot open %s", r->path);
	if (S_ISDIR(status.st_mode))
		return because(why, "%s is a directory", r->path);
	if (!S_ISREG(status.st_mode))
		return because(why, "%s is not a file", r->path);
	r->size = status.st_size;
	return read_file_header(r, why);
}

struct source *
recording_open(const char *path, struct reason *why)
{
	struct reader *r = allocate(sizeof *r);

	r->source.ops = &reader_ops;
	r->path = duplicate(path);
	r->zstd = ZSTD_createDCtx();
	if (open_file(r, why)) {
		count_events(r);
		return &r->source;
	}
	reader_close(&r->source);
	return NULL;
}

bool
recording_recognize(const char *path)
{
	char magic[8];
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	bool is = fd != -1 && read(fd, magic, sizeof magic) == sizeof magic && memcmp(magic, LANES_MAGIC, 8) == 0;

	if (fd != -1)
		close(fd);
	return is;
}

void
recording_progress(const struct source *source, uint64_t *told, uint64_t *all)
{
	const struct reader *r = (const struct reader *)source;

	*told = r->told;
	*all = r->all;
}

bool
recording_chunks(const struct source *source, void (*each)(void *, const struct recording_chunk *), void *context)
{
	/* A reader of its own on the same file, so that the telling is not disturbed. */
	const struct reader *open = (const struct reader *)source;
	struct reader r = { .fd = open->fd, .size = open->size };
	struct entry entry;
	uint8_t start[16];
	bool good = read_at(&r, start, sizeof start, 0) == sizeof start;

	r.at = sizeof start + get_u32(start + 12) + 4;
	while (good && read_header(&r, &r.batch, r.at, r.items_before, r.events_before) == ENDING_NOT_YET) {
		if (!(good = read_directory(&r)))
			break;
		struct cursor c = { r.directory.data, r.directory.data + r.batch.directory, false };
		for (uint32_t i = 0; i < r.batch.chunks && (good = entry_unpack(&entry, &c)); i++)
			each(context, &entry.told);
		r.items_before += r.batch.items;
		r.events_before += r.batch.events;
		r.at = batch_end(&r.batch, r.at);
	}
	free(r.directory.data);
	return good;
}
