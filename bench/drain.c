/*
 * drain.c - how many events a second the live source drains, merges, repairs and tells, from one lane and from 64. Each
 * event is a lock taken or released, the dearest kind. Rings are filled by the benchmark itself, between the timed parts.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "source/live.h"
#include "source/ticks.h"
#include "tests/writer.h"

#define CAPACITY 32768u
#define ROUNDS	 15

static int
by_size(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static void
fill(struct writer *w, uint32_t lanes)
{
	struct tl_event e = { .object = 0 };

	for (uint32_t i = 0; i < CAPACITY / 2; i++)
		for (uint32_t lane = 0; lane < lanes; lane++) {
			e.object = 0x1000 + lane * 64;
			e.kind = i % 2 ? TL_LOCK_RELEASE : TL_LOCK_TAKE;
			e.value = e.kind == TL_LOCK_TAKE;
			writer_fill(w, lane, writer_reserve(w, lane), writer_ticks(w), &e);
		}
}

/* Millions of events a second; negative: something went wrong. */
static double
one_round(struct source *source, struct writer *w, uint32_t lanes)
{
	uint64_t wanted = (uint64_t)CAPACITY / 2 * lanes, told = 0;
	struct reason why;
	struct news news;
	int64_t start;

	fill(w, lanes);
	usleep(100);			/* the slack of the horizon */
	start = monotonic_now();
	while (told < wanted && monotonic_now() - start < INT64_C(60000000000))
		while (source_next(source, &news, &why) == SOURCE_NEWS)
			told += news.what == NEWS_EVENT;
	return told == wanted ? (double)told * 1e3 / (double)(monotonic_now() - start) : -1;
}

static bool
measure(uint32_t lanes)
{
	struct reason why;
	struct session *session = session_make(&why);
	struct source *source = session != NULL ? live_open(session, &why) : NULL;
	double rate[ROUNDS];
	struct writer w;
	char path[256];

	if (source == NULL || !writer_make(&w, session_path(session), getpid(), lanes, CAPACITY))
		return false;
	live_program(source, "bench", getpid(), 1);
	one_round(source, &w, lanes);		/* warm */
	for (int i = 0; i < ROUNDS; i++)
		rate[i] = one_round(source, &w, lanes);
	qsort(rate, ROUNDS, sizeof rate[0], by_size);
	printf("drained and merged, lanes: %u\t%.2f\tM events/s\n", lanes, rate[ROUNDS / 2]);
	snprintf(path, sizeof path, "%s/%s", session_path(session), w.name);
	unlink(path);
	source_close(source);
	session_end(session);
	writer_close(&w);
	return rate[0] > 0 && rate[ROUNDS / 2] > 5;
}

int
main(void)
{
	bool one = measure(1), many = measure(64);

	return one && many ? EXIT_SUCCESS : EXIT_FAILURE;
}
