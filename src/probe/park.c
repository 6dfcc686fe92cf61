/*
 * park.c - how a thread blocks: until it is unparked, or the session clock reaches a deadline.
 *
 * The parker is one word (enum tl_park). It is the lane's "park", where the viewer can reach it, or that of the thread
 * itself if it has no lane.
 *
 *       waiter, tl_park()                          waker, tl_unpark()
 *       word: NONE -> WAITS                        what the waiter asked for is done
 *   G   word: UNPARKED -> NONE, acquire        F   word: any -> UNPARKED, release; WAITS or LOOK before: wake it
 *
 *   F->G  a waiter that was unparked sees what was done for it before.
 *   After a change of the clock the viewer does WAITS -> LOOK. The waiter says WAITS, then reads the clock; the viewer
 *   writes the clock, then looks for WAITS; both exchanges are sequentially consistent, so one of them sees the other.
 */
#include "config.h"

#include "probe/inside.h"

#include <errno.h>
#include <pthread.h>

static _Thread_local struct tl_parker own;

struct tl_parker *
tl_parker(void)
{
	struct tl_lane *lane = tl_writer->lane;

	return lane != NULL ? (struct tl_parker *)(void *)&lane->park : &own;
}

static bool
is_shared(const struct tl_parker *parker)
{
	const struct tl_segment *segment = tl_process->segment;
	uintptr_t word = (uintptr_t)parker, base = (uintptr_t)segment;

	return segment != NULL && word >= base && word < base + segment->names_offset;
}

/* Waits for the word to be anything but WAITS; cancellable or not. */
static TL_UNWOUND void
wait_word(struct tl_parker *parker, int64_t monotonic, bool cancellable)
{
	int before;

	if (!cancellable) {
		tl_futex_wait(&parker->word, TL_PARK_WAITS, monotonic, is_shared(parker));
		return;
	}
	/* Nothing is held and nothing half done here, so the cancellation may come anywhere in between. */
	pthread_setcanceltype(PTHREAD_CANCEL_ASYNCHRONOUS, &before);
	tl_futex_wait(&parker->word, TL_PARK_WAITS, monotonic, is_shared(parker));
	pthread_setcanceltype(before, NULL);
}

/* One wait. True if the time is up. Away from rate one it is short, as the clock may stand still for a dead viewer. */
static TL_UNWOUND bool
wait_once(struct tl_parker *parker, int64_t deadline, bool cancellable)
{
	bool steady;
	int64_t until = tl_clock_monotonic_of(deadline, &steady);
	int64_t now = tl_monotonic();

	if (until <= now)
		return true;
	if (!steady && until > now + TL_LOOK_NS) {
		wait_word(parker, now + TL_LOOK_NS, cancellable);
		if (tl_monotonic() >= now + TL_LOOK_NS && !tl_viewer_alive())
			tl_clock_let_go();
		return false;
	}
	wait_word(parker, until, cancellable);
	return false;
}

static TL_UNWOUND bool
park(int64_t deadline, bool cancellable)
{
	struct tl_parker *parker = tl_parker();
	bool late = false;

	for (;;) {
		uint32_t was = atomic_load_explicit(&parker->word, memory_order_relaxed);

		if (was == TL_PARK_UNPARKED) {
			atomic_exchange_explicit(&parker->word, TL_PARK_NONE, memory_order_acquire);	/* G, pairs with F */
			return true;
		}
		if (late && atomic_compare_exchange_strong(&parker->word, &was, TL_PARK_NONE))
			return false;
		/* WAITS is said anew each time: it takes back a LOOK, and what a cancelled park left behind. */
		if (!late && atomic_compare_exchange_strong(&parker->word, &was, TL_PARK_WAITS))
			late = wait_once(parker, deadline, cancellable);
	}
}

bool
tl_park(int64_t deadline)
{
	int error = errno;
	bool unparked = park(deadline, false);

	errno = error;
	return unparked;
}

TL_UNWOUND bool
tl_park_cancellable(int64_t deadline)
{
	int error = errno;
	bool unparked = park(deadline, true);

	errno = error;
	return unparked;
}

void
tl_unpark(struct tl_parker *parker)
{
	int error = errno;
	uint32_t was = atomic_exchange_explicit(&parker->word, TL_PARK_UNPARKED, memory_order_acq_rel);	/* F */

	/* From here on the waiter may be gone, with his word: waking an address where nobody waits does no harm. */
	if (was == TL_PARK_WAITS || was == TL_PARK_LOOK)
		tl_futex_wake(&parker->word, 1, is_shared(parker));
	errno = error;
}
