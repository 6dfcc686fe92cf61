/*
 * clock.c - which counter stamps the events, and what time the session's sleeps and timeouts obey.
 *
 * The cycle counter is the time source only where the kernel itself keeps its time by it: current_clocksource is tsc, or
 * arch_sys_counter on arm64. An invariant counter that the kernel does not use (kvm-clock, hyperv, hpet; a machine
 * whose processors disagree) is not good enough: the stamps of two threads would lie about who came first. There, and
 * where /sys cannot be read, CLOCK_MONOTONIC serves: three times dearer, and true.
 *
 * The session clock is written by the viewer under a sequence lock. The viewer may die at any moment, also within it;
 * what was last read whole is kept for that, so that the program goes on from there.
 */
#include "config.h"

#include "probe/inside.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <unistd.h>

#define CLOCK_SOURCE "/sys/devices/system/clocksource/clocksource0/current_clocksource"
#define CLOCK_TRIES  4096	/* readings of an odd sequence before the viewer is looked after */

struct reading {
	uint32_t seq, rate;
	int64_t monotonic_base, session_base;
	int64_t now;			/* CLOCK_MONOTONIC while it was so */
};

/* What was last read whole, and of which sequence. Written by whoever turned "keeping" from 0 to 1. */
static struct tl_clock kept;
static _Atomic uint32_t kept_seq = 1;	/* odd: nothing yet */
static _Atomic uint32_t keeping;
static _Atomic uint32_t letting_go;

bool
tl_clock_trusts_cycles(void)
{
#if defined(__x86_64__)
	static const char want[] = "tsc\n";
#elif defined(__aarch64__)
	static const char want[] = "arch_sys_counter\n";
#else
	static const char want[] = "";
#endif
	char name[64] = "";
	int file = open(CLOCK_SOURCE, O_RDONLY | O_CLOEXEC);
	ssize_t length = file < 0 ? -1 : read(file, name, sizeof name - 1);

	if (file >= 0)
		close(file);
	return length > 0 && want[0] != '\0' && strcmp(name, want) == 0;
}

/* One try to read it whole. */
static bool
clock_read(struct tl_clock *clock, struct reading *r)
{
	r->seq = atomic_load_explicit(&clock->seq, memory_order_acquire);
	r->rate = atomic_load_explicit(&clock->rate, memory_order_acquire);
	r->monotonic_base = atomic_load_explicit(&clock->monotonic_base, memory_order_acquire);
	r->session_base = atomic_load_explicit(&clock->session_base, memory_order_acquire);
	r->now = tl_monotonic();
	return !(r->seq & 1) && atomic_load_explicit(&clock->seq, memory_order_relaxed) == r->seq;
}

/* The odd sequence, the fields, and an even sequence. A reader that sees a field new sees the sequence odd or newer. */
static void
clock_write(struct tl_clock *clock, const struct reading *r)
{
	uint32_t seq = atomic_load_explicit(&clock->seq, memory_order_relaxed) | 1;

	atomic_store_explicit(&clock->seq, seq, memory_order_relaxed);
	atomic_store_explicit(&clock->rate, r->rate, memory_order_release);
	atomic_store_explicit(&clock->monotonic_base, r->monotonic_base, memory_order_release);
	atomic_store_explicit(&clock->session_base, r->session_base, memory_order_release);
	atomic_store_explicit(&clock->seq, seq + 1, memory_order_release);
}

static int64_t
session_of(const struct reading *r)
{
	return r->session_base + (int64_t)((__int128)(r->now - r->monotonic_base) * r->rate / TL_RATE_ONE);
}

static void
clock_keep(const struct reading *r)
{
	if (tl_likely(atomic_load_explicit(&kept_seq, memory_order_relaxed) == r->seq)
	    || atomic_exchange_explicit(&keeping, 1, memory_order_acquire) != 0)
		return;
	clock_write(&kept, r);
	atomic_store_explicit(&kept_seq, r->seq, memory_order_relaxed);
	atomic_store_explicit(&keeping, 0, memory_order_release);
}

/* Reads it whole, or after some tries as it is. */
static bool
clock_read_patiently(struct tl_clock *clock, struct reading *r)
{
	for (int tries = 0; tries < CLOCK_TRIES; tries++)
		if (clock_read(clock, r))
			return true;
	return false;
}

/* The clock of a session, whole. A viewer that died while it wrote is cleared away. */
static void
clock_of(struct tl_segment *segment, struct reading *r)
{
	while (!clock_read_patiently(&segment->clock, r)) {
		if (!tl_viewer_alive())
			tl_clock_let_go();
		tl_nap(50000);
	}
	clock_keep(r);
}

int64_t
tl_session_now(void)
{
	struct tl_segment *segment = tl_process->segment;
	struct reading r;
	int error;

	if (segment == NULL)
		return tl_monotonic();
	error = errno;
	clock_of(segment, &r);
	errno = error;
	return session_of(&r);
}

int64_t
tl_clock_monotonic_of(int64_t session, bool *steady)
{
	struct tl_segment *segment = tl_process->segment;
	struct reading r;
	__int128 when;

	*steady = true;
	if (segment == NULL || session == TL_NO_DEADLINE)
		return session;
	clock_of(segment, &r);
	*steady = r.rate == TL_RATE_ONE;
	if (r.rate == 0)
		return session <= r.session_base ? 0 : TL_NO_DEADLINE;
	when = ((__int128)session - r.session_base) * TL_RATE_ONE;
	when = (when + r.rate - 1) / r.rate + r.monotonic_base;
	return when >= TL_NO_DEADLINE ? TL_NO_DEADLINE : when < 0 ? 0 : (int64_t)when;
}

/* From the last reading that was whole, if the present one is not: the viewer died while it wrote. */
static void
clock_to_rate_one(struct tl_clock *clock)
{
	struct reading r;

	if (clock_read_patiently(clock, &r)) {
		if (r.rate == TL_RATE_ONE)
			return;
	} else if (!(atomic_load_explicit(&kept_seq, memory_order_relaxed) & 1)) {
		clock_read_patiently(&kept, &r);
	}
	r.session_base = session_of(&r);
	r.monotonic_base = r.now;
	r.rate = TL_RATE_ONE;
	clock_write(clock, &r);
}

static void
wake_everybody(struct tl_segment *segment)
{
	tl_futex_wake(&segment->gate, INT_MAX, true);
	for (uint32_t i = 0; i < tl_process->count; i++) {
		struct tl_lane *lane = &tl_process->lanes[i];
		uint32_t waits = TL_PARK_WAITS;

		if (atomic_load_explicit(&lane->use, memory_order_relaxed) != TL_LANE_CLAIMED)
			continue;
		if (atomic_load_explicit(&lane->held, memory_order_relaxed) != 0)
			tl_futex_wake(&lane->permits, INT_MAX, true);
		if (atomic_compare_exchange_strong(&lane->park, &waits, TL_PARK_LOOK))
			tl_futex_wake(&lane->park, INT_MAX, true);
	}
}

void
tl_clock_let_go(void)
{
	struct tl_segment *segment = tl_process->segment;
	uint32_t closed = TL_GATE_CLOSED;

	/* One thread does it. Another that comes meanwhile, or a handler on top of it, has nothing to wait for. */
	if (segment == NULL || atomic_exchange_explicit(&letting_go, 1, memory_order_acquire) != 0)
		return;
	clock_to_rate_one(&segment->clock);
	atomic_compare_exchange_strong(&segment->gate, &closed, TL_GATE_OPEN);
	wake_everybody(segment);
	atomic_store_explicit(&letting_go, 0, memory_order_release);
}
