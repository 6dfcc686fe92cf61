/* ticks.c - see ticks.h. */
#include "config.h"

#include "source/ticks.h"

#include <stdlib.h>
#include <time.h>

#include "base/allocate.h"
#include "wire/segment.h"

#define SECOND	      INT64_C(1000000000)
#define FIRST_ANCHOR  (10 * SECOND / 1000)
#define ANCHOR_TRIES  5
#define SLOPE_ONE     (UINT64_C(1) << 32)

int64_t
monotonic_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * SECOND + now.tv_nsec;
}

#if defined(__x86_64__)
static uint64_t
cycles(void)
{
	uint32_t low, high;

	__asm__ volatile("lfence; rdtsc; lfence" : "=a"(low), "=d"(high)::"memory");
	return (uint64_t)high << 32 | low;
}
#elif defined(__aarch64__)
static uint64_t
cycles(void)
{
	uint64_t ticks;

	__asm__ volatile("isb; mrs %0, cntvct_el0; isb" : "=r"(ticks)::"memory");
	return ticks;
}
#else
static uint64_t
cycles(void)
{
	return (uint64_t)monotonic_now();
}
#endif

uint64_t
ticks_now(uint32_t time_source)
{
	return time_source == TL_TIME_CYCLES ? cycles() : (uint64_t)monotonic_now();
}

/* An anchor: the clock is read between two readings of the ticks; of some tries the tightest counts. */
static void
take_anchor(uint32_t source, uint64_t *ticks, int64_t *monotonic)
{
	uint64_t tightest = UINT64_MAX;

	for (int i = 0; i < ANCHOR_TRIES; i++) {
		uint64_t before = ticks_now(source);
		int64_t now = monotonic_now();
		uint64_t after = ticks_now(source);

		if (after - before >= tightest)
			continue;
		tightest = after - before;
		*ticks = before + tightest / 2;
		*monotonic = now;
	}
}

void
ticks_start(struct ticks *t, uint32_t time_source)
{
	struct timespec pause = { .tv_nsec = 2000000 };
	uint64_t first_ticks = 0;
	int64_t first = 0;

	*t = (struct ticks){ .source = time_source, .interval = FIRST_ANCHOR, .line.slope = SLOPE_ONE };
	take_anchor(time_source, &first_ticks, &first);
	if (time_source == TL_TIME_CYCLES)
		nanosleep(&pause, NULL);
	take_anchor(time_source, &t->anchor_ticks, &t->anchor_monotonic);
	if (time_source == TL_TIME_CYCLES && t->anchor_ticks > first_ticks)
		t->line.slope = (uint64_t)(((unsigned __int128)(t->anchor_monotonic - first) << 32) /
		    (t->anchor_ticks - first_ticks));
	t->line.ticks = t->anchor_ticks;
	t->line.monotonic = t->anchor_monotonic;
	t->before = t->line;
}

/*
 * The new line begins where the old one is now, and aims at the truth one second ahead. Should the two clocks have come
 * apart by much (the machine slept), it jumps if that is forward, and else crawls.
 */
void
ticks_bend(struct ticks *t, uint64_t ticks, int64_t monotonic)
{
	int64_t told = ticks_to_monotonic(t, ticks);
	int64_t error = monotonic - told;
	uint64_t true_slope;

	if (ticks <= t->anchor_ticks || monotonic <= t->anchor_monotonic)
		return;
	true_slope = (uint64_t)(((unsigned __int128)(monotonic - t->anchor_monotonic) << 32) /
	    (ticks - t->anchor_ticks));
	if (error > SECOND / 10) {
		told = monotonic;
		error = 0;
	}
	if (error < -SECOND / 10)
		error = -SECOND / 10;
	t->before = t->line;
	t->line.ticks = ticks;
	t->line.monotonic = told;
	t->line.slope = true_slope + (uint64_t)((__int128)(int64_t)true_slope * error / SECOND);
	t->anchor_ticks = ticks;
	t->anchor_monotonic = monotonic;
}

void
ticks_anchor(struct ticks *t)
{
	uint64_t ticks = 0;
	int64_t monotonic = monotonic_now();

	if (monotonic - t->anchor_monotonic < t->interval)
		return;
	take_anchor(t->source, &ticks, &monotonic);
	ticks_bend(t, ticks, monotonic);
	t->interval = t->interval * 4 < SECOND ? t->interval * 4 : SECOND;
}

int64_t
ticks_to_monotonic(const struct ticks *t, uint64_t ticks)
{
	const struct ticks_line *line = ticks < t->line.ticks ? &t->before : &t->line;
	int64_t delta = (int64_t)(ticks - line->ticks);

	return line->monotonic + (int64_t)((__int128)delta * (int64_t)line->slope >> 32);
}

uint64_t
ticks_from_monotonic(const struct ticks *t, int64_t monotonic)
{
	int64_t delta = monotonic - t->line.monotonic;

	return t->line.ticks + (uint64_t)((__int128)delta * (int64_t)SLOPE_ONE / (int64_t)(t->line.slope ? t->line.slope : 1));
}

uint64_t
ticks_of_ns(const struct ticks *t, int64_t ns)
{
	return (uint64_t)(((unsigned __int128)ns << 32) / (t->line.slope ? t->line.slope : 1));
}

void
clock_start(struct session_clock *c, int64_t monotonic)
{
	*c = (struct session_clock){ 0 };
	GROW(c->changes, c->count, c->room);
	c->changes[c->count++] = (struct clock_change){ .monotonic = monotonic, .rate = TL_RATE_ONE };
}

void
clock_free(struct session_clock *c)
{
	free(c->changes);
	*c = (struct session_clock){ 0 };
}

void
clock_change(struct session_clock *c, int64_t monotonic, uint32_t rate)
{
	int64_t session = clock_session(c, monotonic);

	GROW(c->changes, c->count, c->room);
	c->changes[c->count++] = (struct clock_change){ .monotonic = monotonic, .session = session, .rate = rate };
}

int64_t
clock_session(const struct session_clock *c, int64_t monotonic)
{
	const struct clock_change *change = &c->changes[c->count - 1];

	while (change > c->changes && monotonic < change->monotonic)
		change--;			/* what is asked for is nearly always new */
	return change->session + (int64_t)((__int128)(monotonic - change->monotonic) * change->rate / TL_RATE_ONE);
}

uint32_t
clock_rate(const struct session_clock *c)
{
	return c->changes[c->count - 1].rate;
}
