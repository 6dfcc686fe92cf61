/*
 * emit.c - the slow path of an event: everything that the limit hides from the fast one (emit.h).
 *
 * A full ring makes its thread wait for the reader (overflow "wait"), but never for a reader that is dead, that has not
 * moved for a second, or that cannot move: when the slot it has come to is reserved and not committed, then we are in a
 * signal handler on top of the emission that is to fill it. There the margin serves, and then events are dropped.
 */
#include "config.h"

#include "probe/inside.h"

#include <errno.h>
#include <string.h>

#define FIRST_PIECE  16384		/* bytes of a ring populated at first: threads that say little cost little */
#define PIECE        65536		/* and then at a time */
#define TRY_AGAIN    4096		/* events are lost before memory that was refused is asked for again */
#define NAP_NS       50000		/* between two looks at a full ring, to begin with */
#define NAP_MAX_NS   1000000
#define PATIENCE_NS  1000000000LL	/* a living reader that does not move for so long is not waited for */

static uint64_t
drained_of(struct tl_writer *w)
{
	return atomic_load_explicit(&w->lane->drained, memory_order_acquire);	/* A, pairs with D */
}

static uint64_t
reserved_of(struct tl_writer *w)
{
	return atomic_load_explicit(&w->lane->reserved, memory_order_relaxed);
}

/* How many slots lie between the reader and us. A reader that claims to be beyond us is not believed. */
static uint64_t
used_slots(struct tl_writer *w)
{
	uint64_t used = reserved_of(w) - drained_of(w);

	return used <= tl_process->capacity ? used : tl_process->capacity;
}

/*
 * The memory of the first lap, piece by piece, ahead of us by more than the margin. A handler on top of us may do the
 * same; then "populated" may fall back to what we know, never go beyond what is there.
 */
static bool
memory_there(struct tl_writer *w)
{
	uint32_t capacity = tl_process->capacity, have, slots;
	size_t piece;

	while ((have = w->populated) < capacity && reserved_of(w) + TL_RING_MARGIN >= have) {
		if (w->no_memory > 0 && w->no_memory-- > 1)
			return false;
		piece = have == 0 ? FIRST_PIECE : PIECE;
		piece = piece < tl_process->page ? tl_process->page : piece;
		slots = (uint32_t)(piece / sizeof(struct tl_event));
		slots = slots < capacity - have ? slots : capacity - have;
		if (!tl_populate(w->ring + have, slots * sizeof(struct tl_event))) {
			w->no_memory = TRY_AGAIN;
			return false;
		}
		w->populated = have + slots;
	}
	return true;
}

static bool
committed(struct tl_writer *w, uint64_t index)
{
	uint16_t lap = __atomic_load_n(&w->ring[index & w->mask].lap, __ATOMIC_RELAXED);

	return lap == (uint16_t)((index >> w->shift) + 1);
}

/* The reader stands at a slot that the emission below us has yet to fill: it cannot move before we return. */
static bool
reader_waits_for_us(struct tl_writer *w)
{
	uint64_t drained = drained_of(w);

	return !committed(w, reserved_of(w) - 1) || !committed(w, drained);
}

static bool
room_for_all(struct tl_writer *w)
{
	return used_slots(w) < tl_process->capacity - TL_RING_MARGIN;
}

struct patience {
	int64_t start, moved, looked;	/* when the wait began, the reader last moved, it was last seen alive */
	uint64_t drained;
};

/* Is it worth waiting on? */
static bool
patient(struct tl_writer *w, struct patience *p)
{
	int64_t now = tl_monotonic();
	uint64_t drained = drained_of(w);

	if (drained != p->drained) {
		p->drained = drained;
		p->moved = now;
	}
	if (reader_waits_for_us(w) || now - p->moved > PATIENCE_NS)
		return false;
	if (now - p->looked < TL_LOOK_NS)
		return true;
	p->looked = now;
	return tl_viewer_alive();
}

/* Waits for the reader. False if it is not to be waited for. */
static bool
wait_for_reader(struct tl_writer *w)
{
	int64_t now = tl_monotonic(), nap = NAP_NS;
	struct patience p = { .start = now, .moved = now, .looked = 0, .drained = drained_of(w) };

	if (w->gave_up == p.drained + 1)
		return false;
	w->gave_up = 0;
	while (!room_for_all(w)) {
		tl_bell_ring_if_wanted();
		if (!patient(w, &p)) {
			if (!reader_waits_for_us(w))
				w->gave_up = p.drained + 1;
			break;
		}
		tl_nap(nap);
		nap = nap * 2 < NAP_MAX_NS ? nap * 2 : NAP_MAX_NS;
	}
	now = tl_monotonic() - p.start;
	w->stalled += (uint64_t)now;
	atomic_fetch_add_explicit(&w->lane->stalled_ns, (uint64_t)now, memory_order_relaxed);
	return room_for_all(w);
}

/* Where the fast path has to stop next. */
static void
set_limit(struct tl_writer *w)
{
	uint64_t capacity = tl_process->capacity, drained = drained_of(w);
	uint64_t limit = drained + (used_slots(w) < capacity / 2 ? capacity / 2 : capacity - TL_RING_MARGIN);

	if (w->populated < capacity && limit > w->populated - TL_RING_MARGIN)
		limit = w->populated - TL_RING_MARGIN;
	w->limit = tl_cycles ? limit : 0;
}

/* Makes room for some events, at most LINE_EVENTS. False: there is none. */
static bool
make_room(struct tl_writer *w, uint32_t events)
{
	if (!memory_there(w))
		return false;
	if (used_slots(w) >= tl_process->capacity / 2)
		tl_bell_ring_if_wanted();
	if (!room_for_all(w) && (tl_process->overflow == TL_OVERFLOW_DROP || !wait_for_reader(w)))
		return reader_waits_for_us(w) && used_slots(w) + events < tl_process->capacity - TL_RING_LAST;
	set_limit(w);
	return true;
}

/* Tells of a stall that is over. */
static void
tell_stall(struct tl_writer *w)
{
	uint64_t stalled = w->stalled;

	if (stalled == 0 || !room_for_all(w))
		return;
	w->stalled = 0;
	tl_fill(w, tl_add_own(&w->lane->reserved, 1), tl_ticks(), TL_STALL, 0, stalled, 0, 0);
}

/* The calling thread's writer with room for some events, or NULL: unwatched, or they are lost, and counted. */
static struct tl_writer *
writer_with_room(uint32_t events)
{
	struct tl_writer *w = tl_lane_mine();

	if (w == NULL)
		return NULL;
	if (!make_room(w, events)) {
		tl_add_own(&w->lane->lost, events);
		return NULL;
	}
	tell_stall(w);
	return w;
}

void
tl_emit_slow(uint8_t kind, uint8_t flags, uint64_t object, uint32_t value, uint64_t place, bool ordered)
{
	int error = errno;
	struct tl_writer *w = writer_with_room(1);
	uint64_t index;

	if (w != NULL) {
		index = tl_add_own(&w->lane->reserved, 1);
		TL_TESTPOINT("reserved");
		tl_fill(w, index, ordered ? tl_ticks_ordered() : tl_ticks(), kind, flags, object, value, place);
	}
	errno = error;
}

/* A line's slots are reserved together, so that no handler's events come between them. */
static void
emit_line(const char *text, size_t length, uint64_t place)
{
	uint32_t texts = (uint32_t)((length + 15) / 16);
	struct tl_writer *w = writer_with_room(1 + texts);
	uint64_t index, time, sixteen[2];

	if (w == NULL)
		return;
	index = tl_add_own(&w->lane->reserved, 1 + texts);
	time = tl_ticks();
	tl_fill(w, index, time, TL_LOG, 0, 0, (uint32_t)length, place);
	for (uint32_t i = 0; i < texts; i++) {
		size_t left = length - 16 * i;

		sixteen[0] = sixteen[1] = 0;
		memcpy(sixteen, text + 16 * i, left < 16 ? left : 16);
		tl_fill(w, index + 1 + i, time, TL_TEXT, 0, sixteen[0], 0, sixteen[1]);
	}
}

void
tl_emit_line(const char *text, size_t length, uint64_t place)
{
	int error = errno;

	if (tl_watched)
		emit_line(text, length < TL_LINE_MAX ? length : TL_LINE_MAX, place);
	errno = error;
}

void
tl_ring_mend(struct tl_writer *w)
{
	uint64_t reserved = reserved_of(w), index = reserved - used_slots(w);

	for (; index < reserved; index++)
		if (!committed(w, index))
			tl_fill(w, index, tl_ticks(), TL_VOID, 0, 0, 0, 0);
}
