/*
 * barrier.c - nobody goes on before all are here.
 *
 * Three workers start 3 seconds apart. The first two wait at the barrier; the third one's arrival lets all three go.
 * Each is told a number of its own, 0 to 2.
 *
 *   run   threadlanes demo barrier
 *   see   the count at the barrier grow to 3/3, and three lanes leave it at the same moment
 */
#include <stdio.h>

#include <threadlanes.h>

#define NUM_THREADS 3

static struct tl_barrier barrier;

static void *
worker(void *unused)
{
	(void)unused;
	printf("%s waiting for barrier with %d others\n", tl_thread_name(NULL), tl_barrier_n_waiting(&barrier));
	int worker_id = tl_barrier_wait(&barrier);
	printf("%s  after barrier. Worker Id:  %d\n", tl_thread_name(NULL), worker_id);
	return NULL;
}

int
main(void)
{
	struct tl_thread threads[NUM_THREADS];
	char name[16];

	tl_barrier_init(&barrier, "barrier", NUM_THREADS);
	for (int i = 0; i < NUM_THREADS; i++) {
		snprintf(name, sizeof name, "worker-%d", i);
		tl_thread_init(&threads[i], name, worker, NULL);
	}
	for (int i = 0; i < NUM_THREADS; i++) {
		printf("%s starting\n", tl_thread_name(&threads[i]));
		tl_thread_start(&threads[i]);
		tl_sleep(3);
	}
	for (int i = 0; i < NUM_THREADS; i++)
		tl_thread_join(&threads[i]);
	return 0;
}
