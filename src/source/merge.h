/*
 * merge.h - many lanes of events into one true order.
 *
 * Whoever drains puts events into lanes and asks for those up to a horizon: a time before which no lane can bring
 * anything any more. They come out by time, each with a time of its own (strictly increasing ticks), and repaired: never
 * a take before the give that allowed it. A take that came too early is held back, and the rest of its lane behind it,
 * until the give arrives or patience ends.
 *
 * Within a lane, events are nearly in order: only a signal handler's, nested in another emission, stand behind it with
 * an earlier time. They are put where they belong when they arrive.
 */
#ifndef SOURCE_MERGE_H
#define SOURCE_MERGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "source/repair.h"
#include "wire/event.h"

/* How deep handlers may nest: so many places back an event is put at most, and so many of the last are not yet sure. */
#define MERGE_NESTED 64

/* Between the events of a lane: here so many (value) were lost. */
#define MERGE_GAP TL_VOID

struct merge_lane {
	uint32_t id;		/* of the merge: unique, in order of merge_add() */
	uint32_t heap;		/* place in the heap + 1; 0: no events here */
	uint64_t key;		/* when the first event may come */
	uint64_t waits_for;	/* object the first event is held back for; 0: it is not */
	struct tl_event *queue;	/* a ring of its own */
	uint32_t room, first, count;
};

struct merge_entry {
	uint64_t key;
	struct merge_lane *lane;
};

struct merge {
	struct merge_entry *heap;	/* [count], the earliest first */
	struct merge_lane **held;	/* lanes that are held back */
	uint32_t count, room, held_count, held_room, lanes;
	uint64_t last;			/* time of the last event that came out */
	uint64_t patience;		/* ticks a take is held back at most */
	uint64_t queued;		/* events inside */
	struct repair repair;
	uint64_t repaired;		/* takes that were put behind their give */
	uint64_t given_up;		/* takes whose give did not come */
	uint64_t late;			/* events that came behind the horizon */
};

void merge_start(struct merge *, uint64_t patience, uint64_t recent);
void merge_free(struct merge *);

void merge_add(struct merge *, struct merge_lane *);
void merge_remove(struct merge *, struct merge_lane *);	/* what is still in it is dropped */
void merge_put(struct merge *, struct merge_lane *, const struct tl_event *, size_t count);

/*
 * The time before which nothing else of this lane can be missing, if its ring was not read to its end: that of the
 * event before the last MERGE_NESTED; "fallback" if there are fewer.
 */
uint64_t merge_sure(const struct merge_lane *, uint64_t fallback);

/* The time of the newest event inside; there must be one. */
uint64_t merge_newest(const struct merge_lane *);

/* The next event up to the horizon, its final time in event->time; NULL: none yet. */
struct merge_lane *merge_next(struct merge *, uint64_t horizon, struct tl_event *event);

#endif
