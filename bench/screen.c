/*
 * screen.c - what the viewer itself costs, in percent of a processor, at 80x24 and 200x50: watching a program that sleeps,
 * beside htop doing nothing; and 32 lanes that never rest, at 20 frames a second.
 *
 * The viewer runs on a pty that is read all the time. Its time comes from the kernel (schedstat), over SECONDS.
 */
#include "config.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "probe/probe.h"
#include "tests/terminal.h"

#define SECONDS 10
#define LANES   32
#define HTOP_HERE 0.35	/* percent, where this was written */
#define BUSY_MOST 10.0

static double
now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void
rest(long ns)
{
	struct timespec t = { .tv_nsec = ns };

	nanosleep(&t, NULL);
}

/* A thread that takes and gives a lock of its own, 500 times a second. */
static void *
busy(void *claimed)
{
	uint64_t lock = (uint64_t)(uintptr_t)claimed;

	tl_lane_sit(claimed, 0, TL_PLACE);
	for (;;) {
		tl_emit(TL_LOCK_TAKE, 0, lock, 1, TL_PLACE);
		rest(1000000);
		tl_emit(TL_LOCK_RELEASE, 0, lock, 0, TL_PLACE);
		rest(1000000);
	}
	return NULL;
}

static int
guest(int lanes)
{
	static char identity[LANES];
	pthread_t thread;

	for (int i = 0; i < lanes; i++) {
		struct tl_writer *lane = tl_lane_claim((uint64_t)(uintptr_t)&identity[i]);

		if (pthread_create(&thread, NULL, busy, lane) != 0)
			return 1;
	}
	printf("ready\n");
	fflush(stdout);
	for (;;)
		pause();
}

/* Processor time of a process so far, in seconds. */
static double
used(pid_t pid)
{
	char path[64];
	double ns = 0;
	FILE *f;

	snprintf(path, sizeof path, "/proc/%d/schedstat", (int)pid);
	f = fopen(path, "re");
	if (f != NULL) {
		if (fscanf(f, "%lf", &ns) != 1)
			ns = 0;
		fclose(f);
	}
	return ns / 1e9;
}

/* Prints the figure and returns it; -1 if nothing came. */
static double
measure(const char *figure, int cols, int rows, const char *const *argv, const char *sign)
{
	struct terminal *t = terminal_start(cols, rows, argv, NULL);
	double begin, before, percent;

	if (!terminal_wait(t, sign)) {
		terminal_free(t);
		return -1;
	}
	for (begin = now(); now() - begin < 2;)
		terminal_read(t, 100);
	before = used(terminal_pid(t));
	for (begin = now(); now() - begin < SECONDS;)
		terminal_read(t, 100);
	percent = 100 * (used(terminal_pid(t)) - before) / (now() - begin);
	printf("%s\t%.2f\t%%\n", figure, percent);
	fflush(stdout);
	terminal_free(t);
	return percent;
}

int
main(int argc, char **argv)
{
	const char *const sleeping[] = { "./threadlanes", argv[0], "--guest", "1", NULL };
	const char *const working[] = { "./threadlanes", argv[0], "--guest", "32", NULL };
	const char *const htop[] = { "/usr/bin/htop", NULL };
	double allowed = HTOP_HERE, idle, work;

	if (argc == 3 && strcmp(argv[1], "--guest") == 0)
		return guest(atoi(argv[2]) > 1 ? LANES : 0);
	if (access(htop[0], X_OK) == 0) {
		idle = measure("idle htop, 80x24", 80, 24, htop, "Tasks");
		allowed = idle > allowed ? idle : allowed;
		measure("idle htop, 200x50", 200, 50, htop, "Tasks");
	}
	idle = measure("viewer of a sleeping program, 80x24", 80, 24, sleeping, "ready");
	measure("viewer of a sleeping program, 200x50", 200, 50, sleeping, "ready");
	work = measure("viewer of 32 busy lanes, 80x24", 80, 24, working, "live");
	measure("viewer of 32 busy lanes, 200x50", 200, 50, working, "live");
	return idle < 0 || idle > allowed || work < 0 || work > BUSY_MOST;
}
