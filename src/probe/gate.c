/*
 * gate.c - where the viewer holds a thread: at the entry of its next watched call (rules in segment.h, GATE).
 *
 * A held thread says what it is about to do, and sleeps on its lane's permits. Nobody may sleep for a dead viewer: every
 * TL_LOOK_NS it looks, and the first to find it dead opens the gate for all.
 */
#include "config.h"

#include "probe/inside.h"

#include <errno.h>

static bool
gate_closed(struct tl_segment *segment)
{
	return atomic_load_explicit(&segment->gate, memory_order_acquire) == TL_GATE_CLOSED;
}

/* Sleeps until the word is not what was seen, for at most TL_LOOK_NS; then sees to a dead viewer. */
static void
doze(_Atomic uint32_t *word, uint32_t seen)
{
	int64_t until = tl_monotonic() + TL_LOOK_NS;

	tl_futex_wait(word, seen, until, true);
	if (tl_monotonic() >= until && !tl_viewer_alive())
		tl_clock_let_go();
}

/* A thread without a lane cannot be shown or stepped, but a pause holds it too. */
static void
hold_laneless(struct tl_segment *segment)
{
	while (gate_closed(segment))
		doze(&segment->gate, TL_GATE_CLOSED);
}

static void
hold(struct tl_segment *segment, struct tl_writer *w, uint8_t kind, uint64_t object, uint64_t place)
{
	struct tl_lane *lane = w->lane;
	uint32_t permits;
	bool passed = false;

	__atomic_store_n(&lane->next_kind, kind, __ATOMIC_RELAXED);
	__atomic_store_n(&lane->next_object, object, __ATOMIC_RELAXED);
	__atomic_store_n(&lane->next_place, place, __ATOMIC_RELAXED);
	atomic_store_explicit(&lane->held, 1, memory_order_release);	/* the reader acquires it, then reads next_* */
	TL_TESTPOINT("held");
	while (!passed && gate_closed(segment)) {
		permits = atomic_load_explicit(&lane->permits, memory_order_acquire);
		passed = permits != w->permits_taken;
		if (!passed)
			doze(&lane->permits, permits);
	}
	/* One permit is used up by passing; a gate that opens makes the rest void. */
	w->permits_taken = passed ? w->permits_taken + 1 : atomic_load_explicit(&lane->permits, memory_order_acquire);
	atomic_store_explicit(&lane->held, 0, memory_order_release);
}

/* The viewer dozes: the first to come calls it. */
static void
wake_viewer(struct tl_segment *segment)
{
	uint32_t bell = TL_GATE_BELL;

	if (atomic_compare_exchange_strong(&segment->gate, &bell, TL_GATE_OPEN))
		tl_bell_ring();
}

void
tl_gate_slow(uint8_t kind, uint64_t object, uint64_t place)
{
	int error = errno;
	struct tl_segment *segment = tl_connected();
	struct tl_writer *w;

	if (segment != NULL) {
		wake_viewer(segment);
		w = tl_lane_mine();
		if (w == NULL)
			hold_laneless(segment);
		else if (gate_closed(segment))
			hold(segment, w, kind, object, place);
	}
	errno = error;
}
