/*
 * segment.h - a program's segment, as the viewer reads it. All in it is hostile: whatever the program, or whoever
 * scribbled over it, has put there, the reader neither crashes nor reads outside nor runs for ever.
 *
 * The sizes and offsets are checked once, when it is opened, and kept here; later scribbles over the header change
 * nothing. Everything else is copied out of the shared memory before it is looked at. A file that is cut short under our
 * mapping would kill us by SIGBUS: a guard puts zeroes in its place, and the segment is "cut".
 */
#ifndef SOURCE_SEGMENT_H
#define SOURCE_SEGMENT_H

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/reason.h"
#include "wire/segment.h"

#define SEGMENT_LANES_MAX    65536u
#define SEGMENT_CAPACITY_MAX (1u << 24)

struct segment {
	struct tl_segment *header;	/* the mapping: shared, hostile */
	size_t size;
	struct tl_lane *lane;		/* in the mapping; [lanes] */
	struct tl_event *rings;		/* in the mapping; [lanes * capacity] */
	const char *names;		/* in the mapping; [names_size] */
	uint64_t names_size;
	uint64_t names_read;		/* bytes of names that were taken */
	bool names_broken;		/* a record made no sense: no more are read */
	uint32_t lanes, capacity;
	uint32_t time_source;		/* enum tl_time_source */
	int32_t pid;
	volatile sig_atomic_t cut;	/* the file was shortened: what is seen now is zeroes */
	struct segment *next_guarded;
};

bool segment_open(struct segment *, int directory, const char *name, struct reason *);
void segment_close(struct segment *);

/* Lanes that were ever claimed. */
uint32_t segment_lanes_used(const struct segment *);

enum ring_end {
	RING_CLEAR,	/* nothing was reserved that is not taken now */
	RING_MORE,	/* the room is full */
	RING_STUCK,	/* a slot is reserved and not committed */
	RING_WRONG,	/* the indices make no sense */
};

/*
 * Copies committed events from index *drained of a lane's ring on, and advances *drained; the caller says so in the lane
 * with segment_release() when it has looked at the lane's counters.
 */
enum ring_end segment_take(const struct segment *, uint32_t lane, uint64_t *drained, struct tl_event *room, size_t size,
    size_t *taken);
void segment_release(const struct segment *, uint32_t lane, uint64_t drained);

/* Steps over one slot that will never be committed, because the program is dead. False: there is none. */
bool segment_skip(const struct segment *, uint32_t lane, uint64_t *drained);

struct segment_name {
	char *text;		/* terminated; the caller frees it */
	uint64_t time, object, other;
	uint32_t value, serial;
	uint8_t is;
};

/* The next record of the names area. False: none for now. */
bool segment_next_name(struct segment *, struct segment_name *);

#endif
