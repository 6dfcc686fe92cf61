/* hand.c - the viewer's hand on the clock, the gate, the bell: the words of wire/segment.h that only the viewer writes. */
#include "config.h"

#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "source/live-inside.h"

#define CLOCK_TRIES   1000
#define WAKE_FOR      INT64_C(100000000)	/* ns after a change in which parked threads are woken again */

static void
wake_all(_Atomic uint32_t *word)
{
	syscall(SYS_futex, word, FUTEX_WAKE, INT32_MAX, NULL, NULL, 0);
}

/* --- The clock of a segment ----------------------------------------------------------------------------------- */

/* The segment's session time at a monotonic time. Its words are hostile: arithmetic wraps, patience ends. */
static int64_t
read_clock(struct tl_clock *c, int64_t monotonic)
{
	uint64_t base = 0, session = 0, rate = 0;

	for (int i = 0; i < CLOCK_TRIES; i++) {
		uint32_t seq = atomic_load_explicit(&c->seq, memory_order_acquire);

		base = (uint64_t)atomic_load_explicit(&c->monotonic_base, memory_order_acquire);
		session = (uint64_t)atomic_load_explicit(&c->session_base, memory_order_acquire);
		rate = atomic_load_explicit(&c->rate, memory_order_acquire);
		if ((seq & 1) == 0 && seq == atomic_load_explicit(&c->seq, memory_order_relaxed))
			break;
	}
	return (int64_t)(session + (uint64_t)((__int128)(int64_t)((uint64_t)monotonic - base) * (int64_t)rate /
	    TL_RATE_ONE));
}

static void
write_clock(struct tl_clock *c, int64_t monotonic, int64_t session, uint32_t rate)
{
	uint32_t seq = atomic_load_explicit(&c->seq, memory_order_relaxed) | 1;

	/* Release, pairs with acquire at the reader: who sees a word new, sees the sequence odd or newer. */
	atomic_store_explicit(&c->seq, seq, memory_order_relaxed);
	atomic_store_explicit(&c->rate, rate, memory_order_release);
	atomic_store_explicit(&c->monotonic_base, monotonic, memory_order_release);
	atomic_store_explicit(&c->session_base, session, memory_order_release);
	atomic_store_explicit(&c->seq, seq + 1, memory_order_release);
}

static void
set_clock(struct live *live, struct image *image, int64_t monotonic)
{
	uint64_t session = (uint64_t)clock_session(&live->clock, monotonic) + (uint64_t)image->clock_offset;

	write_clock(&image->segment.header->clock, monotonic, (int64_t)session, clock_rate(&live->clock));
}

/* --- Waking --------------------------------------------------------------------------------------------------- */

void
hand_wake(struct live *live, struct image *image)
{
	uint32_t used = segment_lanes_used(&image->segment);

	(void)live;
	for (uint32_t i = 0; i < used; i++) {
		_Atomic uint32_t *park = &image->segment.lane[i].park;
		uint32_t waits = TL_PARK_WAITS;

		if (atomic_compare_exchange_strong(park, &waits, TL_PARK_LOOK) || waits == TL_PARK_LOOK)
			wake_all(park);
	}
}

static void
close_gate(struct image *image)
{
	atomic_store(&image->segment.header->gate, TL_GATE_CLOSED);
}

static void
open_gate(struct image *image)
{
	uint32_t used = segment_lanes_used(&image->segment);

	atomic_store(&image->segment.header->gate, TL_GATE_OPEN);
	for (uint32_t i = 0; i < used; i++)
		if (atomic_load(&image->segment.lane[i].held) != 0)
			wake_all(&image->segment.lane[i].permits);
	wake_all(&image->segment.header->gate);
}

/* --- For the rest of the live source --------------------------------------------------------------------------- */

void
hand_greet(struct live *live, struct image *image)
{
	int64_t now = monotonic_now();
	uint64_t theirs = (uint64_t)read_clock(&image->segment.header->clock, now);

	image->clock_offset = (int64_t)(theirs - (uint64_t)clock_session(&live->clock, now));
	if (clock_rate(&live->clock) == TL_RATE_ONE && !live->paused)
		return;
	set_clock(live, image, now);
	if (live->paused)
		close_gate(image);
	hand_wake(live, image);
}

void
hand_listen(struct live *live, struct image *image, bool doze)
{
	struct tl_segment *h = image->segment.header;
	uint32_t open = TL_GATE_OPEN;

	(void)live;
	if (atomic_load_explicit(&h->bell_wanted, memory_order_relaxed) == 0)
		atomic_store(&h->bell_wanted, 1);
	if (doze)
		atomic_compare_exchange_strong(&h->gate, &open, TL_GATE_BELL);
}

/* --- For the application --------------------------------------------------------------------------------------- */

static void
change(struct live *live, uint32_t rate, bool close)
{
	int64_t now = monotonic_now();
	struct news *news;

	clock_change(&live->clock, now, rate);
	for (uint32_t i = 0; i < live->image_count; i++) {
		struct image *image = live->images[i];

		if (image->dead)
			continue;
		if (close)
			close_gate(image);
		set_clock(live, image, now);
		if (!close)
			open_gate(image);
		hand_wake(live, image);
	}
	live->wake_until = now + WAKE_FOR;
	news = aside_add(live, ticks_from_monotonic(&live->ticks, now), NEWS_CLOCK, NULL);
	news->clock.rate = rate;
	news->clock.real = now - live->clock.changes[0].monotonic;
}

void
live_pause(struct source *source)
{
	struct live *live = (struct live *)source;

	if (live->paused)
		return;
	live->paused = true;
	change(live, 0, true);
}

void
live_resume(struct source *source)
{
	struct live *live = (struct live *)source;

	if (!live->paused)
		return;
	live->paused = false;
	change(live, live->rate, false);
}

bool
live_paused(const struct source *source)
{
	return ((const struct live *)source)->paused;
}

void
live_rate(struct source *source, uint32_t rate)
{
	struct live *live = (struct live *)source;

	if (rate == 0 || rate == live->rate)
		return;
	live->rate = rate;
	if (!live->paused)
		change(live, rate, false);
}

static bool
step_in(struct image *image, uint32_t thread)
{
	for (uint32_t i = 0; i < image->count; i++) {
		struct tl_lane *lane = &image->segment.lane[i];

		if (image->lanes[i]->thread != thread || atomic_load(&lane->held) == 0)
			continue;
		atomic_fetch_add(&lane->permits, 1);
		wake_all(&lane->permits);
		return true;
	}
	return false;
}

bool
live_step(struct source *source, uint32_t thread)
{
	struct live *live = (struct live *)source;

	for (uint32_t i = 0; i < live->image_count; i++)
		if (!live->images[i]->dead && step_in(live->images[i], thread))
			return true;
	return false;
}

int64_t
live_now(struct source *source)
{
	struct live *live = (struct live *)source;
	int64_t now = clock_session(&live->clock, monotonic_now());

	return now > live->last_time ? now : live->last_time;
}
