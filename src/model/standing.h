/*
 * standing.h - how a resource stands: who has it, who waits, how far it is. A small machine that is fed the facts about
 * one resource in their order. The same machine runs live and in replays from a checkpoint, so looking back answers
 * what live answered.
 */
#ifndef MODEL_STANDING_H
#define MODEL_STANDING_H

#include <stdbool.h>
#include <stdint.h>

#include "wire/event.h"

#define PARTY_TIMES ((1u << 30) - 1)
struct party {
	int64_t since;
	uint32_t thread;
	uint32_t times : 30;	/* rwlock: how often it has it; barrier: in which round it arrived */
	uint32_t write : 1;
	uint32_t notified : 1;	/* on a condition: about to be woken */
};

struct crowd {
	struct party *party;	/* oldest first */
	uint32_t count, room;
};

struct standing {
	struct crowd holders, waiters;
	uint32_t depth;
	uint32_t free;
	uint32_t arrived, round;
	bool set, set_known;
	bool broken, signalling;
};

struct fact {
	int64_t time;
	uint32_t thread, value;
	uint8_t kind, flags;
	bool elsewhere;		/* it is about something else, and tells that the thread waits here no longer */
	bool over;		/* whatever it waited for, it waits no longer */
	bool unsure;		/* events of this thread were lost: what it holds may not be known */
};

/* Who began or ceased to hold it by a fact. Several permits of one thread are several entries. */
struct moved {
	struct {
		uint32_t thread;
		bool gain, write;
		int64_t since;
	} *who;
	uint32_t count, room;
};

void standing_apply(struct standing *, const struct fact *, struct moved *);	/* moved may be NULL; it is added to */
void standing_copy(struct standing *to, const struct standing *from);		/* to: all zero, or used before */
void standing_free(struct standing *);
const struct party *crowd_find(const struct crowd *, uint32_t thread);

#endif
