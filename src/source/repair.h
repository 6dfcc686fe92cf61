/*
 * repair.h - may this event come now, or must another one come first?
 *
 * What gives is stamped truly; what takes without having waited may be stamped a little early (design: "Order is true,
 * and we see to it"). So the merge keeps, for every object, just enough to know whether a take is possible now: the
 * owner of a lock, the permits of a semaphore, whether an event is set... A take that is not possible is held back until
 * the give arrives. Of an object of which too little is known everything is possible: nothing is repaired by guessing.
 */
#ifndef SOURCE_REPAIR_H
#define SOURCE_REPAIR_H

#include <stdbool.h>
#include <stdint.h>

#include "wire/event.h"

struct repair_object {
	uint64_t object;	/* 0: a free place of the table */
	uint64_t since;		/* EVENT: ticks of the last clear; BARRIER: arrived so far */
	uint32_t owner;		/* LOCK, RWLOCK: lane + 1 of the (writing) owner, 0 free; BARRIER: parties */
	uint32_t count;		/* RWLOCK: readers; SEMAPHORE: permits; EVENT: set; BARRIER: may leave; THREAD: lives */
	uint32_t epoch;		/* of struct repair when last touched: older is unknown */
	uint16_t waiting;	/* lanes held back for it */
	uint8_t class;		/* enum tl_class */
	bool known;
};

struct repair {
	struct repair_object *table;
	uint32_t used, size;	/* size is a power of two */
	uint32_t epoch;
	uint64_t recent;	/* ticks: an event cleared so recently may have been passed before */
};

void repair_start(struct repair *);
void repair_free(struct repair *);

/* The object whose state decides about this event, made if it is new; NULL if there is none. Good until the next call. */
struct repair_object *repair_find(struct repair *, const struct tl_event *);
bool repair_allows(const struct repair *, const struct repair_object *, const struct tl_event *, uint32_t lane);
void repair_apply(struct repair_object *, const struct tl_event *, uint32_t lane);

/* A name record: the object is new, or made anew. */
void repair_name(struct repair *, uint64_t object, uint8_t is, uint32_t value);
/* Events were lost: of no object anything is known any more. */
void repair_forget(struct repair *);

#endif
