/*
 * ticks.h - from ticks to CLOCK_MONOTONIC to session time.
 *
 * Events carry raw ticks. Anchors, pairs of (ticks, monotonic) taken at the same instant, map them: a single
 * calibration drifts by 3 us in 30 s, anchors a second apart keep within tens of ns. Every new anchor bends the line so
 * that it stays unbroken and meets the truth a second later: mapped time never goes back.
 *
 * On top of it lies the session clock (wire/segment.h): a list of changes, each valid from its monotonic time on.
 */
#ifndef SOURCE_TICKS_H
#define SOURCE_TICKS_H

#include <stdint.h>

/* Now, in ticks of a time source (enum tl_time_source). Nothing that follows is read before it. */
uint64_t ticks_now(uint32_t time_source);
int64_t monotonic_now(void);

struct ticks_line {
	uint64_t ticks;		/* from here on ... */
	int64_t monotonic;	/* ... which was this, ns ... */
	uint64_t slope;		/* ... every tick is so many ns, 32.32 bits */
};

struct ticks {
	uint32_t source;
	struct ticks_line line, before;	/* before: for ticks older than the line's */
	uint64_t anchor_ticks;		/* the last anchor, as taken */
	int64_t anchor_monotonic;
	int64_t interval;		/* until the next anchor, ns: short at first */
};

void ticks_start(struct ticks *, uint32_t time_source);
void ticks_anchor(struct ticks *);	/* takes an anchor if one is due; call it often */
/* What ticks_anchor() does with an anchor; for tests. */
void ticks_bend(struct ticks *, uint64_t ticks, int64_t monotonic);

int64_t ticks_to_monotonic(const struct ticks *, uint64_t ticks);
uint64_t ticks_from_monotonic(const struct ticks *, int64_t monotonic);
/* A span of ns in ticks. */
uint64_t ticks_of_ns(const struct ticks *, int64_t ns);

struct clock_change {
	int64_t monotonic;
	int64_t session;
	uint32_t rate;		/* of TL_RATE_ONE */
};

struct session_clock {
	struct clock_change *changes;
	uint32_t count, room;
};

void clock_start(struct session_clock *, int64_t monotonic);	/* session time 0, rate one */
void clock_free(struct session_clock *);
/* From this time on, which is not before the last change, another rate. */
void clock_change(struct session_clock *, int64_t monotonic, uint32_t rate);
int64_t clock_session(const struct session_clock *, int64_t monotonic);
uint32_t clock_rate(const struct session_clock *);		/* now */

#endif
