/*
 * probe.h - the part inside the traced program: what primitives and wrappers call.
 *
 * A watched call goes like this:
 *
 *	tl_gate(TL_LOCK_TAKE, id, TL_PLACE);		once, at its entry: the viewer may hold the thread here
 *	if it must wait:   tl_emit(TL_LOCK_WAIT, ...);
 *			   tl_park(deadline) ...	the only way to block
 *			   tl_emit_ordered(TL_LOCK_TAKE, TL_F_WAITED, ...);
 *	else:		   tl_emit(TL_LOCK_TAKE, ...);	what takes is emitted after, what gives before the deed
 *
 * Without a session all of this is a test of a word. Nothing here allocates, prints, or changes errno, and all of it
 * may be called from a signal handler, except for tl_lane_*() and tl_park(). Nothing fails: what cannot be watched is
 * counted in the segment and runs unwatched.
 *
 * A forked child (by any way: fork, _Fork, clone) is unwatched from its first instruction on. The child of vfork shares
 * the memory of its parent, whose thread stands still meanwhile: what it emits lies in that thread's lane.
 */
#ifndef PROBE_PROBE_H
#define PROBE_PROBE_H

#include <limits.h>

#include "probe/emit.h"

/* Where the user called the function this stands in. */
#define TL_PLACE ((uint64_t)(uintptr_t)__builtin_return_address(0))

/* --- Events (emit.h, emit.c) --- */

/* One event, stamped plainly: for what gives, and for what was got without waiting. */
static inline void
tl_emit(uint8_t kind, uint8_t flags, uint64_t object, uint32_t value, uint64_t place)
{
	tl_emit_inline(kind, flags, object, value, place, false);
}

/* One event, with a stamp that cannot be older than what was read before: for what was got after waiting. */
static inline void
tl_emit_ordered(uint8_t kind, uint8_t flags, uint64_t object, uint32_t value, uint64_t place)
{
	tl_emit_inline(kind, flags, object, value, place, true);
}

#define TL_LINE_MAX 1024
/* A LOG with its TEXT, never torn apart by a signal handler's events. Longer than TL_LINE_MAX bytes is cut. */
void tl_emit_line(const char *text, size_t length, uint64_t place);

/* --- The gate (gate.c) --- */

void tl_gate_slow(uint8_t kind, uint64_t object, uint64_t place) __attribute__((cold, noinline));

/* The entry of a watched call that is about to do this. Returns at once when the gate is open, else when let go. */
static inline void
tl_gate(uint8_t kind, uint64_t object, uint64_t place)
{
	if (tl_unlikely(atomic_load_explicit(tl_gate_word, memory_order_relaxed) != TL_GATE_OPEN))
		tl_gate_slow(kind, object, place);
}

/* --- Names (names.c) --- */

struct tl_naming {
	uint64_t object;
	uint64_t other;		/* of a condition: its lock */
	uint32_t value;		/* permits of a semaphore, parties of a barrier */
	uint32_t serial;	/* of a thread: tl_lane_serial() */
	uint8_t is;		/* enum tl_object_kind */
	const char *text;	/* its name; NULL or "" if it has none */
};
/* What an object is and is called from now on. Text beyond 64 KiB is cut. */
void tl_name_object(const struct tl_naming *naming);

/* --- Lanes (lane.c) --- */

/*
 * The thread that starts another claims a lane for it, before THREAD_CREATE; the new thread takes its seat as its first
 * deed, which emits THREAD_START. NULL: there is no lane (counted) or no session, and the thread runs unwatched; pass the
 * NULL on all the same. A thread that nobody claimed for (foreign) adopts a lane at its first event, by itself.
 *
 *    identity   the thread's object in events: an address that is its own for as long as it lives
 *    place      the start function
 */
struct tl_writer *tl_lane_claim(uint64_t identity);
void tl_lane_abandon(struct tl_writer *claimed);	/* the thread could not be created after all */
void tl_lane_sit(struct tl_writer *claimed, uint8_t flags, uint64_t place);
uint32_t tl_lane_serial(const struct tl_writer *claimed);	/* for its name; 0 of NULL */

/*
 * The end of the calling thread: THREAD_END, and the lane is given back. What it emits later is not watched. Whoever does
 * not call it, has it done late in the thread's key destructors, with what tl_lane_end_as() last said (TL_END_RETURN).
 */
void tl_lane_leave(void);
void tl_lane_end_as(enum tl_end how);

/* The calling thread's identity in events. A foreign thread's, and the main thread's, is pthread_self(). */
uint64_t tl_lane_identity(void);

/* --- The session clock (clock.c) --- */

#define TL_NO_DEADLINE INT64_MAX	/* a session time that never comes */

/* Session time in ns: what sleeps and timeouts obey. Runs as CLOCK_MONOTONIC until somebody pauses; never goes back. */
int64_t tl_session_now(void);

/* --- Blocking (park.c) --- */

/*
 * Every thread has a parker. Whoever is about to wait puts his parker where others find it (a queue, under its lock) and
 * parks; whoever takes it out of there, and nobody else, unparks it, once. An unpark that comes first is not lost: the
 * park returns at once. So a waiter whose time is up must look (under the lock) whether he has been taken out already, and
 * if so, park again with TL_NO_DEADLINE to use up the unpark that is on its way.
 *
 * A parker is good for one wait; ask for it anew each time. The cancellable park may end by the thread's cancellation:
 * a cleanup handler then does what a waiter does whose time is up.
 */
struct tl_parker {
	_Atomic uint32_t word;	/* enum tl_park of segment.h */
};
struct tl_parker *tl_parker(void);
bool tl_park(int64_t deadline);			/* true: unparked; false: the session time reached the deadline */
bool tl_park_cancellable(int64_t deadline);
void tl_unpark(struct tl_parker *parker);

#endif
