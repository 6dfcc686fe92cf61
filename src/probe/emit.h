/*
 * emit.h - the fast path of an event, inline in every watched call. Included by probe.h; include that.
 *
 * What a thread needs in order to write lies in its struct tl_writer, one a lane, in memory that is private to the
 * process and that the kernel wipes in a forked child (MADV_WIPEONFORK). So a child, however it was forked, finds
 * lane == NULL and never touches its parent's rings; nothing needs to be hooked for that.
 *
 * The fast path makes one comparison, of the lane's "reserved" with the writer's "limit". All that is rare hides behind
 * it and goes through tl_emit_slow(): memory of the ring that is not there yet, a ring half full (wake the reader), a
 * ring full, and a program whose time source is not the cycle counter (limit stays 0). TL_RING_MARGIN slots are kept
 * beyond the limit, so that a signal handler that comes between the comparison and the reservation does no harm.
 */
#ifndef PROBE_EMIT_H
#define PROBE_EMIT_H

#include <stdbool.h>
#include <stddef.h>
#include <time.h>

#include "wire/segment.h"

#if defined(__SANITIZE_THREAD__)
#define TL_TSAN 1
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define TL_TSAN 1
#endif
#endif
#ifndef TL_TSAN
#define TL_TSAN 0
#endif

#define tl_likely(x)   __builtin_expect(!!(x), 1)
#define tl_unlikely(x) __builtin_expect(!!(x), 0)

/*
 * Marked points, where a torture test kills or interrupts the thread. They cost nothing in the libraries: only a test
 * is built with TL_TESTPOINTS, and brings the function.
 */
#ifdef TL_TESTPOINTS
void tl_testpoint(const char *name);
#define TL_TESTPOINT(name) tl_testpoint(name)
#else
#define TL_TESTPOINT(name) ((void)0)
#endif

struct tl_writer {
	struct tl_lane *lane;		/* NULL: this thread writes nothing, or not yet */
	uint64_t limit;			/* from this index on, emission takes the slow path */
	struct tl_event *ring;
	uint32_t mask;			/* capacity - 1 */
	uint32_t shift;			/* log2 of the capacity */
	uint32_t populated;		/* slots of the first lap whose memory is known to be there */
	uint32_t no_memory;		/* memory was refused: events to lose before it is asked for again */
	_Atomic uint32_t taken;		/* 1: a thread of this process has the lane, or is making up its mind */
	uint32_t permits_taken;		/* of lane->permits, how many this thread has used up */
	uint64_t gave_up;		/* 1 + the "drained" at which waiting for the reader was given up; 0 if not */
	uint64_t stalled;		/* ns stood still and not yet told by a STALL event */
} __attribute__((aligned(TL_CACHE_LINE)));
static_assert(sizeof(struct tl_writer) == TL_CACHE_LINE, "a writer is one cache line");

extern _Thread_local struct tl_writer *tl_writer;	/* never NULL */
extern bool tl_watched;				/* false: no session, or no longer; nothing is emitted */
extern bool tl_cycles;				/* the time source is the cycle counter */
extern _Atomic uint32_t *tl_gate_word;		/* the segment's gate, or a word that is always open */

void tl_emit_slow(uint8_t kind, uint8_t flags, uint64_t object, uint32_t value, uint64_t place, bool ordered)
    __attribute__((cold, noinline));

/* The cycle counter. Plain: may be read a little early, out of order; ordered: not before all earlier loads are done. */
static inline uint64_t
tl_counter(void)
{
#if defined(__x86_64__)
	uint32_t low, high;

	__asm__ volatile("rdtsc" : "=a"(low), "=d"(high)::"memory");
	return (uint64_t)high << 32 | low;
#elif defined(__aarch64__)
	uint64_t ticks;

	__asm__ volatile("mrs %0, cntvct_el0" : "=r"(ticks)::"memory");
	return ticks;
#else
	return 0;			/* tl_cycles is never set there */
#endif
}

static inline uint64_t
tl_counter_ordered(void)
{
#if defined(__x86_64__)
	__asm__ volatile("lfence" ::: "memory");
#elif defined(__aarch64__)
	__asm__ volatile("isb" ::: "memory");
#endif
	return tl_counter();
}

/* CLOCK_MONOTONIC in ns. */
static inline int64_t
tl_monotonic(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

/* Now, in ticks of the segment's time source. */
static inline uint64_t
tl_ticks(void)
{
	return tl_likely(tl_cycles) ? tl_counter() : (uint64_t)tl_monotonic();
}

static inline uint64_t
tl_ticks_ordered(void)
{
	return tl_likely(tl_cycles) ? tl_counter_ordered() : (uint64_t)tl_monotonic();
}

/*
 * Adds to a word that only this thread, and the signal handlers on top of it, write; returns what was there. One
 * instruction without lock: a handler comes before or after it, never in between.
 */
static inline uint64_t
tl_add_own(_Atomic uint64_t *word, uint64_t n)
{
#if defined(__x86_64__) && !TL_TSAN
	__asm__ volatile("xaddq %0, %1" : "+r"(n), "+m"(*word)::"memory", "cc");
	return n;
#elif TL_TSAN
	return atomic_fetch_add(word, n);		/* this checker knows no fences */
#else
	uint64_t old = atomic_fetch_add_explicit(word, n, memory_order_relaxed);

	atomic_thread_fence(memory_order_seq_cst);	/* the stamp comes after the reservation */
	return old;
#endif
}

#define TL_PREFETCH 16		/* slots ahead */

/* Fills the slot of a reserved index, and commits it. */
static inline void
tl_fill(struct tl_writer *w, uint64_t index, uint64_t time, uint8_t kind, uint8_t flags, uint64_t object, uint32_t value,
    uint64_t place)
{
	struct tl_event *slot = &w->ring[index & w->mask];
	uint16_t lap = (uint16_t)((index >> w->shift) + 1);	/* tl_lap(), by shifting */

	/*
	 * A ring in use is larger than the nearest caches. Its next lines are asked for early: else a lock instruction that
	 * follows, which waits for our stores, would wait for them (measured: 4 ns of a pair of lock and unlock).
	 */
	__builtin_prefetch(&w->ring[(index + TL_PREFETCH) & w->mask], 1);
	slot->time = time;
	slot->object = object;
	slot->place = place;
	TL_TESTPOINT("filled");
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ && !TL_TSAN
	/* The last eight bytes are one store, which commits. */
	uint64_t __attribute__((may_alias)) *last = (void *)&slot->value;

	__atomic_store_n(last, value | (uint64_t)kind << 32 | (uint64_t)flags << 40 | (uint64_t)lap << 48,
	    __ATOMIC_RELEASE);				/* B, pairs with C */
#else
	slot->value = value;
	slot->kind = kind;
	slot->flags = flags;
	__atomic_store_n(&slot->lap, lap, __ATOMIC_RELEASE);	/* B, pairs with C */
#endif
	TL_TESTPOINT("committed");
}

static inline __attribute__((always_inline)) void
tl_emit_inline(uint8_t kind, uint8_t flags, uint64_t object, uint32_t value, uint64_t place, bool ordered)
{
	struct tl_writer *w = tl_writer;
	struct tl_lane *lane = w->lane;
	uint64_t index, time;

	TL_TESTPOINT("before reserve");
	if (tl_unlikely(lane == NULL)) {
		if (tl_unlikely(tl_watched))
			tl_emit_slow(kind, flags, object, value, place, ordered);
		return;
	}
	if (tl_unlikely(atomic_load_explicit(&lane->reserved, memory_order_relaxed) >= w->limit)) {
		tl_emit_slow(kind, flags, object, value, place, ordered);
		return;
	}
	index = tl_add_own(&lane->reserved, 1);
	TL_TESTPOINT("reserved");
	time = ordered ? tl_counter_ordered() : tl_counter();
	TL_TESTPOINT("stamped");
	tl_fill(w, index, time, kind, flags, object, value, place);
}

#endif
