/*
 * lane.c - a thread's place in the segment: claimed, taken, given back, used again.
 *
 * A lane goes FREE -> CLAIMED -> ENDED here, and back to FREE by the reader when its ring is drained. Between FREE and
 * CLAIMED the claimer fills in who it is for; "taken" of the process-private writer keeps other claimers away meanwhile.
 *
 * Lanes that were in use before are preferred, in turn: their memory is there, and the one that ended longest ago is
 * the most likely to be drained. A lane never used is taken only when a whole round found none. So the memory in use
 * follows the number of threads that live at once, and a claim looks at one or two lanes as a rule.
 */
#include "config.h"

#include "probe/inside.h"

#include <errno.h>
#include <pthread.h>
#include <sys/syscall.h>
#include <unistd.h>

enum seat {
	SEAT_NEW,		/* it has emitted nothing yet: the next event seats it */
	SEAT_TAKEN,
	SEAT_NONE,		/* it runs unwatched: no lane was free, or it has left */
};

static struct tl_writer nobody;			/* lane NULL for ever */
_Thread_local struct tl_writer *tl_writer = &nobody;

static _Thread_local struct {
	enum seat seat;
	uint8_t end;			/* enum tl_end, for THREAD_END */
	uint8_t rounds;			/* of key destructors seen */
} self;

static pthread_key_t end_key;

/*
 * A thread's key destructors run in rounds, as long as one sets a value anew. Ours does until the last round but one, so
 * that what the others emit is still watched. Not the very last: there the sanitizers' own destructors end the thread for
 * them, and a call into one of their wrappers (clock_gettime) would be a crash.
 */
static void
thread_ends(void *value)
{
	if (++self.rounds < PTHREAD_DESTRUCTOR_ITERATIONS - 1 && pthread_setspecific(end_key, value) == 0)
		return;
	tl_lane_leave();
}

bool
tl_lane_prepare(void)
{
	return pthread_key_create(&end_key, thread_ends) == 0;
}

/* Tries to get one lane for a thread. */
static bool
lane_take(struct tl_process *p, uint32_t i, uint64_t identity)
{
	struct tl_lane *lane = &p->lanes[i];
	struct tl_writer *w = &p->writers[i];
	uint32_t zero = 0;

	if (atomic_load_explicit(&lane->use, memory_order_acquire) != TL_LANE_FREE
	    || !atomic_compare_exchange_strong(&w->taken, &zero, 1))
		return false;
	if (atomic_load_explicit(&lane->use, memory_order_acquire) != TL_LANE_FREE) {
		atomic_store_explicit(&w->taken, 0, memory_order_release);	/* somebody came and went meanwhile */
		return false;
	}
	lane->serial = atomic_fetch_add_explicit(&p->segment->threads, 1, memory_order_relaxed) + 1;
	lane->identity = identity;
	atomic_store_explicit(&lane->tid, 0, memory_order_relaxed);
	atomic_store_explicit(&lane->held, 0, memory_order_relaxed);
	atomic_store_explicit(&lane->park, TL_PARK_NONE, memory_order_relaxed);
	w->ring = p->rings + (size_t)i * p->capacity;
	w->mask = p->capacity - 1;
	w->shift = (uint32_t)__builtin_ctz(p->capacity);
	w->permits_taken = atomic_load_explicit(&lane->permits, memory_order_relaxed);
	atomic_store_explicit(&lane->use, TL_LANE_CLAIMED, memory_order_release);	/* the reader acquires it */
	TL_TESTPOINT("lane claimed");
	w->lane = lane;
	return true;
}

/* A lane that was in use before, from the hint on, once around. Its index, or -1. */
static int64_t
take_used(struct tl_process *p, uint64_t identity)
{
	struct tl_segment *segment = p->segment;
	uint32_t used = atomic_load_explicit(&segment->lanes_used, memory_order_relaxed);
	uint32_t start = atomic_load_explicit(&segment->lane_hint, memory_order_relaxed);

	used = used < p->count ? used : p->count;
	for (uint32_t n = 0; n < used; n++) {
		uint32_t i = (uint32_t)(((uint64_t)start + n) % used);

		if (lane_take(p, i, identity)) {
			atomic_store_explicit(&segment->lane_hint, i + 1, memory_order_relaxed);
			return i;
		}
	}
	return -1;
}

/* A lane never used before. */
static int64_t
take_fresh(struct tl_process *p, uint64_t identity)
{
	struct tl_segment *segment = p->segment;
	uint32_t used = atomic_load_explicit(&segment->lanes_used, memory_order_relaxed);

	while (used < p->count) {
		if (!atomic_compare_exchange_weak(&segment->lanes_used, &used, used + 1))
			continue;
		if (used >= p->count / 2)
			tl_bell_ring_if_wanted();	/* the reader is late to free what ended */
		if (lane_take(p, used, identity))
			return used;
	}
	return -1;
}

static struct tl_writer *
claim(struct tl_process *p, uint64_t identity)
{
	int64_t i = take_used(p, identity);

	if (i < 0)
		i = take_fresh(p, identity);
	if (i >= 0)
		return &p->writers[i];
	tl_bell_ring_if_wanted();
	atomic_fetch_add_explicit(&p->segment->unwatched, 1, memory_order_relaxed);
	return NULL;
}

struct tl_writer *
tl_lane_claim(uint64_t identity)
{
	int error = errno;
	struct tl_writer *w = tl_watched && tl_connected() != NULL ? claim(tl_process, identity) : NULL;

	errno = error;
	return w;
}

/* The lane is the reader's from here on, and then anybody's. */
static void
give_back(struct tl_writer *w)
{
	struct tl_lane *lane = w->lane;

	if (lane == NULL)
		return;			/* a forked child */
	w->lane = NULL;
	atomic_store_explicit(&lane->use, TL_LANE_ENDED, memory_order_release);
	atomic_store_explicit(&w->taken, 0, memory_order_release);
}

void
tl_lane_abandon(struct tl_writer *claimed)
{
	if (claimed != NULL)
		give_back(claimed);
}

uint32_t
tl_lane_serial(const struct tl_writer *claimed)
{
	const struct tl_lane *lane = claimed == NULL ? NULL : claimed->lane;

	return lane == NULL ? 0 : (uint32_t)lane->serial;
}

void
tl_lane_sit(struct tl_writer *claimed, uint8_t flags, uint64_t place)
{
	struct tl_lane *lane = claimed == NULL ? NULL : claimed->lane;
	uint32_t tid;

	if (lane == NULL) {
		self.seat = SEAT_NONE;
		return;
	}
	tid = (uint32_t)syscall(SYS_gettid);
	atomic_store_explicit(&lane->tid, tid, memory_order_release);
	self.seat = SEAT_TAKEN;
	self.end = TL_END_RETURN;
	self.rounds = 0;
	tl_writer = claimed;
	pthread_setspecific(end_key, claimed);
	tl_emit(TL_THREAD_START, flags, lane->identity, tid, place);
}

/* A foreign thread sits down. Signals wait meanwhile: a handler that emits would seat the thread twice. */
static struct tl_writer *
adopt(void)
{
	uint64_t before;
	struct tl_writer *w;

	tl_signals_block(&before);
	if (self.seat == SEAT_NEW)
		tl_lane_sit(tl_lane_claim((uint64_t)pthread_self()), TL_F_FOREIGN, 0);
	w = tl_writer;
	tl_signals_restore(&before);
	return w->lane == NULL ? NULL : w;
}

struct tl_writer *
tl_lane_mine(void)
{
	if (tl_writer->lane != NULL)
		return tl_writer;
	return tl_connected() != NULL && self.seat == SEAT_NEW ? adopt() : NULL;
}

void
tl_lane_end_as(enum tl_end how)
{
	self.end = (uint8_t)how;
}

uint64_t
tl_lane_identity(void)
{
	struct tl_lane *lane = tl_writer->lane;

	return lane != NULL ? lane->identity : (uint64_t)pthread_self();
}

void
tl_lane_leave(void)
{
	struct tl_writer *w = tl_writer;
	uint64_t before;

	if (w->lane == NULL)
		return;
	tl_gate(TL_THREAD_END, w->lane->identity, 0);
	tl_emit(TL_THREAD_END, 0, w->lane->identity, self.end, 0);
	tl_signals_block(&before);
	tl_ring_mend(w);
	self.seat = SEAT_NONE;
	tl_writer = &nobody;
	give_back(w);
	tl_signals_restore(&before);
}
