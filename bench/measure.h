/*
 * measure.h - how the programs of bench measure: many short runs of each figure, in turn, and the median of each.
 *
 * In turn, so that what disturbs the machine disturbs all of them; short, so that a run is mostly undisturbed.
 */
#ifndef BENCH_MEASURE_H
#define BENCH_MEASURE_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define MEASURE_RUNS 401

struct measure {
	const char *figure;
	void (*run)(uint64_t times);	/* does it so many times */
	double ns[MEASURE_RUNS];	/* of one time */
};

static inline int64_t
measure_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

static inline int
measure_compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* Runs all of them; afterwards measure_median() is good. */
static inline void
measure_all(struct measure *all, int count, uint64_t times)
{
	for (int run = -1; run < MEASURE_RUNS; run++)		/* the first is thrown away */
		for (int i = 0; i < count; i++) {
			int64_t start = measure_now();

			all[i].run(times);
			all[i].ns[run < 0 ? 0 : run] = (double)(measure_now() - start) / (double)times;
		}
	for (int i = 0; i < count; i++)
		qsort(all[i].ns, MEASURE_RUNS, sizeof all[i].ns[0], measure_compare);
}

static inline double
measure_median(const struct measure *m)
{
	return m->ns[MEASURE_RUNS / 2];
}

static inline void
measure_print(const char *figure, double value, const char *unit)
{
	printf("%s\t%.2f\t%s\n", figure, value, unit);
}

#endif
