/*
 * emit.c - what an event costs, beside the least it could cost: reading the cycle counter and storing 32 bytes.
 *
 * The ring is hot and kept drained, in the process itself, by moving the reader's index between runs.
 */
#include "config.h"

#include <err.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bench/measure.h"
#include "probe/inside.h"

#define TIMES  4000		/* events a run: less than half of a ring */
#define TARGET 1.15

static struct tl_event *floor_ring;
static uint64_t floor_index;
static _Atomic uint64_t sink;

static void
drain(void)
{
	struct tl_lane *lane = tl_writer->lane;

	atomic_store(&lane->drained, atomic_load(&lane->reserved));
}

static void
run_event(uint64_t times)
{
	drain();
	for (uint64_t i = 0; i < times; i++)
		tl_emit(TL_LOCK_TAKE, 0, (uint64_t)(uintptr_t)&sink, 1, TL_PLACE);
}

static void
run_ordered(uint64_t times)
{
	drain();
	for (uint64_t i = 0; i < times; i++)
		tl_emit_ordered(TL_LOCK_TAKE, TL_F_WAITED, (uint64_t)(uintptr_t)&sink, 1, TL_PLACE);
}

static void
run_gate(uint64_t times)
{
	for (uint64_t i = 0; i < times; i++) {
		tl_gate(TL_LOCK_TAKE, (uint64_t)(uintptr_t)&sink, TL_PLACE);
		__asm__ volatile("" ::: "memory");
	}
}

static void
run_counter(uint64_t times)
{
	uint64_t last = 0;

	for (uint64_t i = 0; i < times; i++)
		last = tl_counter();
	atomic_store(&sink, last);
}

static void
run_clock(uint64_t times)
{
	int64_t last = 0;

	for (uint64_t i = 0; i < times; i++)
		last = tl_monotonic();
	atomic_store(&sink, (uint64_t)last);
}

/* The floor: the counter, and 32 bytes into the next slot of a ring of the same size. */
static void
run_floor(uint64_t times)
{
	uint64_t mask = tl_process->capacity - 1;

	for (uint64_t i = 0; i < times; i++) {
		struct tl_event *slot = &floor_ring[floor_index++ & mask];

		*slot = (struct tl_event){ .time = tl_counter(), .object = (uint64_t)(uintptr_t)&sink, .place = TL_PLACE,
		    .value = 1, .kind = TL_LOCK_TAKE, .lap = 1 };
		__asm__ volatile("" ::: "memory");
	}
}

static void
run_unwatched(uint64_t times)
{
	struct tl_writer *mine = tl_writer;
	static struct tl_writer none;

	tl_writer = &none;
	tl_watched = false;
	for (uint64_t i = 0; i < times; i++) {
		tl_emit(TL_LOCK_TAKE, 0, (uint64_t)(uintptr_t)&sink, 1, TL_PLACE);
		__asm__ volatile("" ::: "memory");
	}
	tl_watched = true;
	tl_writer = mine;
}

static void *
nothing(void *argument)
{
	return argument;
}

static void
run_create_plain(uint64_t times)
{
	pthread_t thread;

	for (uint64_t i = 0; i < times; i++)
		if (pthread_create(&thread, NULL, nothing, NULL) != 0 || pthread_join(thread, NULL) != 0)
			err(1, "pthread_create");
}

static void *
sitting(void *lane)
{
	tl_lane_sit(lane, 0, 0);
	return NULL;
}

static void
run_create_watched(uint64_t times)
{
	pthread_t thread;

	for (uint64_t i = 0; i < times; i++) {
		struct tl_writer *w = tl_lane_claim(i + 1);
		struct tl_lane *lane = w->lane;

		if (pthread_create(&thread, NULL, sitting, w) != 0 || pthread_join(thread, NULL) != 0)
			err(1, "pthread_create");
		atomic_store(&lane->drained, atomic_load(&lane->reserved));	/* what the reader does */
		atomic_store(&lane->use, TL_LANE_FREE);
	}
}

enum { EVENT, ORDERED, COUNTER, CLOCK, FLOOR, GATE, UNWATCHED, NFIGURES };
static struct measure figures[NFIGURES] = {
	[EVENT] = { .figure = "event", .run = run_event },
	[ORDERED] = { .figure = "event, ordered stamp", .run = run_ordered },
	[COUNTER] = { .figure = "cycle counter", .run = run_counter },
	[CLOCK] = { .figure = "clock_gettime", .run = run_clock },
	[FLOOR] = { .figure = "floor: cycle counter and a 32-byte store", .run = run_floor },
	[GATE] = { .figure = "gate, open", .run = run_gate },
	[UNWATCHED] = { .figure = "event, unwatched", .run = run_unwatched },
};
static struct measure births[] = {
	{ .figure = "create and join, plain", .run = run_create_plain },
	{ .figure = "create and join, watched", .run = run_create_watched },
};

/* A session of our own, in which nobody reads. */
static void
join_session(char *directory)
{
	char bell[64];

	if (mkdtemp(directory) == NULL)
		err(1, "%s", directory);
	snprintf(bell, sizeof bell, "%s/" TL_BELL_NAME, directory);
	if (mkfifo(bell, 0600) != 0 || !tl_session_join(directory))
		err(1, "cannot make a session in %s", directory);
	unlink(bell);
	unlink(tl_segment_path);
	rmdir(directory);
}

int
main(void)
{
	char directory[] = "/dev/shm/threadlanes-bench-XXXXXX";
	double event, least;

	join_session(directory);
	floor_ring = calloc(tl_process->capacity, sizeof *floor_ring);
	if (floor_ring == NULL)
		err(1, "calloc");
	memset(floor_ring, 1, tl_process->capacity * sizeof *floor_ring);
	measure_all(figures, NFIGURES, TIMES);
	measure_all(births, 2, 10);
	for (int i = 0; i < NFIGURES; i++)
		measure_print(figures[i].figure, measure_median(&figures[i]), "ns");
	event = measure_median(&figures[EVENT]);
	least = measure_median(&figures[FLOOR]);
	measure_print("event / floor (at most 1.15)", event / least, "times");
	for (int i = 0; i < 2; i++)
		measure_print(births[i].figure, measure_median(&births[i]) / 1000, "us");
	return event / least <= TARGET ? 0 : 1;
}
