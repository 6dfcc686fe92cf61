/*
 * record.c - what a recording costs: events a second written and read, and bytes an event on disk, beside what the same
 * events take as they lie in the rings (32 bytes).
 *
 * The program that is recorded is made up, and typical: 16 threads that sleep, and take a few locks for microseconds,
 * waiting for each other at times.
 */
#include "config.h"

#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "source/recording.h"
#include "wire/event.h"

#define EVENTS  2000000
#define THREADS 16
#define RUNS    5

static uint64_t state;

static uint32_t
dice(uint32_t sides)
{
	state = state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (state >> 33) % sides;
}

/* The next event of a thread that locks, works, unlocks and sleeps, over and over. */
static void
next_event(struct news *news)
{
	static const uint8_t kinds[] = { TL_LOCK_WAIT, TL_LOCK_TAKE, TL_LOCK_RELEASE, TL_SLEEP, TL_SLEEP_END };
	static uint8_t at[THREADS];
	static uint64_t lock[THREADS];
	uint32_t thread = dice(THREADS);

	news->what = NEWS_EVENT;
	news->thread = 1 + thread;
	news->time += 50 + dice(2000);
	if (at[thread] == 0) {
		lock[thread] = 0x55d0c0de1000 + 64 * dice(6);
		at[thread] += dice(4) > 0;	/* three of four need not wait */
	}
	news->event.kind = kinds[at[thread]];
	news->event.object = at[thread] < 3 ? lock[thread] : at[thread] == 3 ? 1000000 * (1 + dice(5)) : 0;
	news->event.place = 0x55d0c0d01234 + 40 * at[thread];
	news->event.value = news->event.kind == TL_LOCK_TAKE;
	at[thread] = (at[thread] + 1) % sizeof kinds;
}

static double
now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec + t.tv_nsec / 1e9;
}

/* The seconds it took, less those of making the events up. */
static double
write_all(const char *path)
{
	struct news news = { 0 };
	struct reason why;
	double made_up, start = now();

	for (uint32_t i = 0; i < EVENTS; i++)
		next_event(&news);
	made_up = now() - start;
	news.time = 0;
	start = now();
	struct recording *recording = recording_create(path, &why);
	if (recording == NULL)
		errx(1, "%s", why.text);
	for (uint32_t i = 0; i < EVENTS; i++) {
		next_event(&news);
		if (!recording_take(recording, &news, &why))
			errx(1, "%s", why.text);
	}
	if (!recording_close(recording, &why))
		errx(1, "%s", why.text);
	return now() - start - made_up;
}

static double
read_all(const char *path)
{
	struct news news;
	struct reason why;
	uint32_t events = 0;
	double start = now();
	struct source *source = recording_open(path, &why);

	if (source == NULL)
		errx(1, "%s", why.text);
	while (source_next(source, &news, &why) == SOURCE_NEWS)
		events++;
	source_close(source);
	if (events != EVENTS)
		errx(1, "%u events were read of %u", events, EVENTS);
	return now() - start;
}

static int
compare(const void *a, const void *b)
{
	return (*(const double *)a > *(const double *)b) - (*(const double *)a < *(const double *)b);
}

int
main(void)
{
	char path[] = "/tmp/tl-bench-XXXXXX";
	double written[RUNS], read[RUNS];
	struct stat status;
	int fd = mkstemp(path);

	if (fd == -1)
		err(1, "%s", path);
	close(fd);
	for (int run = 0; run < RUNS; run++) {
		written[run] = write_all(path);
		read[run] = read_all(path);
	}
	stat(path, &status);
	unlink(path);
	qsort(written, RUNS, sizeof *written, compare);
	qsort(read, RUNS, sizeof *read, compare);
	printf("recording, written\t%.2f\tM events/s\n", EVENTS / written[RUNS / 2] / 1e6);
	printf("recording, read\t%.2f\tM events/s\n", EVENTS / read[RUNS / 2] / 1e6);
	printf("recording, size\t%.2f\tbytes/event\n", (double)status.st_size / EVENTS);
	printf("ring, size\t%zu\tbytes/event\n", sizeof(struct tl_event));
	return 0;
}
