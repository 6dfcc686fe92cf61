/*
 * segment.h - the shared memory between a traced program and its viewer.
 *
 * A session is a private directory (0700) on tmpfs. In it:
 *    bell            a FIFO. The viewer holds its reading end open for as long as it lives: a program that wants
 *                    attention writes a byte; a program that cannot open it for writing (ENXIO) knows that there is no
 *                    viewer. So the kernel tells of the viewer's death, and the program keeps no descriptor.
 *    PID-TICKS.tl    one segment a program image, mode 0600. Made under a name with a leading dot, then renamed: a
 *                    segment that can be seen is whole.
 * The program finds the directory in $THREADLANES_SESSION; without it nothing is watched.
 *
 *    0            header_size       names_offset        rings_offset
 *    +------------+-----------------+-------------------+---------------------------------+
 *    | tl_segment | tl_lane x lanes | names, append-only| ring 0 | ring 1 | ...           |
 *    +------------+-----------------+-------------------+---------------------------------+
 *
 * Offsets only, no pointers. Native endian. Whoever reads it treats all of it as hostile.
 *
 * RING RULES. Single producer (the thread that owns the lane, and the signal handlers on top of it), single consumer.
 * Indices count for ever and are taken modulo the capacity; a lane used again goes on counting.
 *
 *       writer, emit()                               reader, drain
 *   A   load  drained   acquire (slow path only)  C  load  lap      acquire, of the slot at "drained"
 *       reserved += 1   one instruction              copy  slot
 *       time = ticks    after the reservation     D  store drained  release
 *       fill  slot
 *   B   store lap       release
 *
 *   B->C  a reader that sees the lap of this index sees the slot filled.
 *   D->A  a writer that sees the new "drained" may fill the slot again.
 *   E     the horizon: the reader reads the clock, then "reserved" (acquire). What is reserved later is stamped later,
 *         because the stamp is taken after the reservation; a slack of microseconds covers the store buffer.
 *   The reservation is one unlocked xadd: atomic against this thread's own signal handlers, not against other cores,
 *   which never write it.
 *
 * An index that was reserved and that nobody will ever fill (its thread ended in between, by cancellation) is committed
 * with kind TL_VOID: the reader counts one lost event and goes on.
 *
 * GATE. "gate" is read (relaxed) before every watched call. Only the viewer closes it; anybody may open it when the
 * viewer is dead. A closed gate makes the thread say in its lane what it is about to do and wait on the lane's "permits".
 * Each permit lets it pass once; what is left over when the gate opens is void. To open: store OPEN, then wake the
 * "permits" of every lane that is held, and "gate" itself (there threads wait that have no lane). A thread that slept
 * through it looks again within 250 ms. The futexes are shared ones.
 *
 * PARK. After a change of the clock the viewer looks at every lane's "park": by compare-and-swap it makes WAITS to LOOK,
 * and wakes it. The thread sets WAITS before it reads the clock, so no change is missed. With the clock at any other rate
 * than one, whoever waits for a deadline also looks every 250 ms whether the viewer is alive.
 */
#ifndef TL_WIRE_SEGMENT_H
#define TL_WIRE_SEGMENT_H

#include <stdatomic.h>

#include "event.h"

#define TL_SEGMENT_MAGIC   UINT64_C(0x31656e616c646874)	/* "thdlane1" in memory on x86 */
#define TL_SESSION_ENV     "THREADLANES_SESSION"
#define TL_BELL_NAME       "bell"
#define TL_CACHE_LINE      64
#define TL_RING_MARGIN     256	/* slots kept for signal handlers when a ring is full */

enum tl_gate {
	TL_GATE_OPEN,
	TL_GATE_BELL,		/* open, but the first to come rings the bell and sets OPEN: the viewer dozes */
	TL_GATE_CLOSED,
};

enum tl_park {			/* what a lane's "park" says */
	TL_PARK_NONE,
	TL_PARK_UNPARKED,	/* an unpark that nobody used up yet */
	TL_PARK_WAITS,		/* the thread waits for an unpark */
	TL_PARK_LOOK,		/* the same, and the viewer has changed the clock */
};

enum tl_time_source {
	TL_TIME_CYCLES,		/* the cycle counter (rdtsc, cntvct) */
	TL_TIME_MONOTONIC,	/* CLOCK_MONOTONIC in ns */
};

enum tl_overflow {
	TL_OVERFLOW_WAIT,	/* a full ring stops its thread until the viewer has read on: counted */
	TL_OVERFLOW_DROP,	/* a full ring loses events: counted */
};

/*
 * The session clock: session = session_base + (monotonic - monotonic_base) * rate / TL_RATE_ONE, all in ns.
 * A sequence lock: seq is odd while somebody writes. Written by the viewer; by the program only to go on at rate one
 * after the viewer's death.
 */
#define TL_RATE_ONE 65536
struct tl_clock {
	_Atomic uint32_t seq;
	_Atomic uint32_t rate;		/* TL_RATE_ONE is real time, 0 is paused */
	_Atomic int64_t monotonic_base;
	_Atomic int64_t session_base;
};

struct tl_segment {
	/* Line 0 and 1: written once before the segment is announced. */
	uint64_t magic;
	uint32_t version;		/* TL_WIRE_VERSION */
	uint32_t header_size;		/* offset of the lane table */
	uint32_t lane_size;		/* sizeof(struct tl_lane) */
	uint32_t lanes;			/* how many there are */
	uint32_t capacity;		/* events a ring, a power of two */
	uint32_t time_source;		/* enum tl_time_source */
	uint64_t names_offset;
	uint64_t names_size;
	uint64_t rings_offset;
	uint64_t size;			/* of the whole segment */
	uint64_t start_ticks;		/* first anchor: these ticks ... */
	int64_t start_monotonic;	/* ... were this CLOCK_MONOTONIC, ns */
	int32_t pid;
	uint32_t overflow;		/* enum tl_overflow */
	uint8_t spare0[128 - 88];

	/* Line 2: read by every watched call, written by the viewer alone (see GATE). */
	_Atomic uint32_t gate;
	_Atomic uint32_t bell_wanted;	/* the reader sets it to 1 when it has read the bell; a writer that turns 1 to 0 rings */
	uint8_t spare1[56];

	/* Line 3: the session clock. */
	struct tl_clock clock;
	uint8_t spare2[40];

	/* Line 4: counters and allocation, written by the program. */
	_Atomic uint64_t names_used;	/* bytes given out of the names area */
	_Atomic uint64_t names_lost;	/* records that no longer fitted */
	_Atomic uint64_t unwatched;	/* threads that found no free lane */
	_Atomic uint32_t lane_hint;	/* where to look for a free lane first */
	_Atomic uint32_t lanes_used;	/* lanes at and above this index were never claimed */
	_Atomic uint64_t threads;	/* serial numbers given to threads so far */
	uint8_t spare3[24];
};
static_assert(sizeof(struct tl_segment) == 5 * TL_CACHE_LINE, "segment header: five cache lines");

enum tl_lane_use {
	TL_LANE_FREE,
	TL_LANE_CLAIMED,		/* a thread has it, or is about to start with it */
	TL_LANE_ENDED,			/* its thread ended; the reader frees it when the ring is drained */
};

struct tl_lane {
	/* Line 0: the writer's. */
	_Atomic uint64_t reserved;	/* next index to be reserved */
	_Atomic uint64_t lost;		/* events dropped, ever */
	_Atomic uint64_t stalled_ns;	/* time spent waiting for the reader, ever */
	uint64_t spare0[5];

	/* Line 1: the reader's. */
	_Atomic uint64_t drained;	/* next index to be read */
	uint64_t spare1[7];

	/* Line 2: gate and park. */
	_Atomic uint32_t permits;	/* futex: a held thread waits here; the viewer adds 1 to let it take one step */
	_Atomic uint32_t held;		/* 1 while it stands at the gate; next_* are valid then (release/acquire on held) */
	_Atomic uint32_t park;		/* enum tl_park, futex of the thread's own blocking (see PARK) */
	uint32_t next_kind;
	uint64_t next_object;
	uint64_t next_place;
	uint64_t spare2[4];

	/* Line 3: who. Written by the claimer before use becomes CLAIMED, read by the reader (acquire on use). */
	_Atomic uint32_t use;		/* enum tl_lane_use */
	_Atomic uint32_t tid;		/* native thread id, 0 until it runs */
	uint64_t serial;		/* of the thread, from 1 up */
	uint64_t identity;		/* the thread's object in events */
	uint64_t spare3[5];
};
static_assert(sizeof(struct tl_lane) == 4 * TL_CACHE_LINE, "lane: four cache lines");

/*
 * One record of the names area: what an object is and is called from this time on. Allocated by adding its whole size,
 * a multiple of 8, to names_used; "size" is stored last (release): 0 means not yet there, and the reader stops.
 */
struct tl_name {
	_Atomic uint32_t size;		/* of the record with its text, committed */
	uint8_t is;			/* enum tl_object_kind */
	uint8_t spare;
	uint16_t length;		/* bytes of text, may be 0; not terminated */
	uint64_t time;			/* ticks */
	uint64_t object;
	uint64_t other;			/* of a condition: its lock */
	uint32_t value;			/* permits of a semaphore, parties of a barrier, else 0 */
	uint32_t serial;		/* of a thread: its serial number, else 0 */
	char text[];
};
static_assert(sizeof(struct tl_name) == 40, "name record");

/* The lap of the slot at an index: never 0 in the first lap, so that zeroed memory is uncommitted. */
#define tl_lap(index, capacity) ((uint16_t)((index) / (capacity) + 1))

#endif
