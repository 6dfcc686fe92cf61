/*
 * sleepers.c - how long do five sleepers take?
 *
 * They sleep 0 to 4 seconds, side by side. Joined, they take as long as the longest. Not joined, the main thread is
 * done at once, and being daemons they end with it.
 *
 *   run   threadlanes demo sleepers
 *   see   five lanes asleep; MainThread waits for each in turn, and most have ended long before
 *   try   demos/sleepers --no-join     Finished in 0 sec
 */
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include <threadlanes.h>

#define SLEEPERS 5

static double
seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void *
worker(void *argument)
{
	int pause = (int)(intptr_t)argument;
	int id = tl_thread_native_id(NULL);

	printf("Thread %d sleeping for %d\n", id, pause);
	tl_sleep(pause);
	printf("Thread %d is awake!\n", id);
	return argument;
}

int
main(int argc, char **argv)
{
	bool join = argc < 2 || strcmp(argv[1], "--no-join") != 0;
	struct tl_thread sleeper[SLEEPERS];
	double start = seconds();

	for (int i = 0; i < SLEEPERS; i++) {
		tl_thread_init(&sleeper[i], NULL, worker, (void *)(intptr_t)i);
		tl_thread_set_daemon(&sleeper[i], true);
		tl_thread_start(&sleeper[i]);
	}
	for (int i = 0; join && i < SLEEPERS; i++) {
		tl_thread_join(&sleeper[i]);
		printf("joined %d\n", tl_thread_native_id(&sleeper[i]));
	}
	printf("Finished in %.0f sec\n", round(seconds() - start));
	return 0;
}
