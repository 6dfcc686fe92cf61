/*
 * event.h - one fact about one thread, as the program writes it and the viewer reads it.
 *
 *    0         8         16        24      28     29      30    32
 *    +---------+---------+---------+-------+------+-------+-----+
 *    | time    | object  | place   | value | kind | flags | lap |
 *    +---------+---------+---------+-------+------+-------+-----+
 *
 * Native endian, fixed, written once and never patched. Whose it is follows from the ring it lies in. The lap is stored
 * last: it commits the slot (ring rules in segment.h). Adding or changing a field is a format change: raise
 * TL_WIRE_VERSION.
 */
#ifndef TL_WIRE_EVENT_H
#define TL_WIRE_EVENT_H

#include <assert.h>
#include <stdint.h>

#define TL_WIRE_VERSION 1

struct tl_event {
	uint64_t time;		/* ticks of the segment's time source */
	uint64_t object;	/* which lock, thread...: an identity, never followed */
	uint64_t place;		/* return address of the user's call, 0 if unknown */
	uint32_t value;		/* per kind: the column "value" of kinds.def */
	uint8_t kind;		/* enum tl_kind */
	uint8_t flags;		/* TL_F_* */
	uint16_t lap;		/* tl_lap() of the slot's index once committed */
};
static_assert(sizeof(struct tl_event) == 32, "wire format: see the picture above");

enum tl_kind {
#define KIND(name, ...) TL_##name,
#include "kinds.def"
#undef KIND
	TL_NKINDS
};
#define TL_VOID 255	/* the kind of a slot whose event was never written: one lost (segment.h) */
static_assert(TL_NKINDS <= TL_VOID, "a kind is one byte, and the last is taken");

enum tl_state {
#define STATE(name, ...) TL_STATE_##name,
#include "states.def"
#undef STATE
	TL_NSTATES
};

enum tl_flag {
	TL_F_WAITED = 1,	/* TAKE: the thread had waited; the stamp is ordered */
	TL_F_TRY = 2,		/* the call would not have waited */
	TL_F_TIMED = 4,		/* WAIT: it ends by itself, after value ms */
	TL_F_FOR_COND = 8,	/* a lock's release or take that belongs to a condition wait */
	TL_F_OWNER_DIED = 16,	/* LOCK_TAKE: the former owner ended holding it */
	TL_F_FOREIGN = 32,	/* THREAD_START: not created by us; seen from its first event on */
	TL_F_DAEMON = 64,	/* THREAD_START: not waited for at the program's end */
};

/* The value of COND_NOTIFY for notify_all, and of SEM_TAKE when the count is not known. */
#define TL_ALL     UINT32_MAX
#define TL_UNKNOWN UINT32_MAX

enum tl_end {			/* the value of THREAD_END: how it ended */
	TL_END_RETURN,
	TL_END_EXIT,		/* pthread_exit, tl_thread_exit */
	TL_END_CANCELLED,
	TL_END_PROGRAM,		/* the program ended around it */
};

enum tl_class {			/* the column "class" of kinds.def */
	TL_CLASS_NONE,
	TL_CLASS_THREAD,
	TL_CLASS_LOCK,
	TL_CLASS_RWLOCK,
	TL_CLASS_CONDITION,
	TL_CLASS_EVENT,
	TL_CLASS_BARRIER,
	TL_CLASS_SEMAPHORE,
	TL_CLASS_LOCAL,
	TL_NCLASSES
};

/* What an object is, finer than its class: the "is" of a name record (segment.h). */
enum tl_object_kind {
	TL_OBJECT_UNKNOWN,
	TL_OBJECT_THREAD,
	TL_OBJECT_LOCK,
	TL_OBJECT_RLOCK,
	TL_OBJECT_MUTEX,
	TL_OBJECT_SPINLOCK,
	TL_OBJECT_RWLOCK,
	TL_OBJECT_CONDITION,
	TL_OBJECT_EVENT,
	TL_OBJECT_BARRIER,
	TL_OBJECT_SEMAPHORE,
	TL_OBJECT_BOUNDED_SEMAPHORE,
	TL_OBJECT_LOCAL,
	TL_NOBJECT_KINDS
};

#endif
