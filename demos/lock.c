/*
 * lock.c - one counter, two who count.
 *
 * To add one is to read, to add, and to write back: two threads that do it at once can lose a count. So they take turns:
 * whoever holds the lock counts, and the other waits.
 *
 *   run   threadlanes demo lock
 *   see   Thread-1 sleeps 1 second before each count, Thread-2 sleeps 5; the holds are short: zoom in on them
 */
#include <string.h>

#include <threadlanes.h>

static struct {
	struct tl_lock lock;
	int value;
} counter;

static void
increment(void)
{
	tl_log("Waiting for lock");
	tl_lock_acquire(&counter.lock);
	tl_log("Acquired lock");

	tl_log("Incrementing");
	counter.value = counter.value + 1;

	tl_log("Releasing lock");
	tl_lock_release(&counter.lock);
}

static void *
worker(void *unused)
{
	double pause = strcmp(tl_thread_name(NULL), "Thread-1") == 0 ? 1 : 5;

	(void)unused;
	for (int i = 0; i < 2; i++) {
		tl_log("Sleeping %0.02f", pause);
		tl_sleep(pause);
		increment();
	}
	tl_log("Done");
	return NULL;
}

int
main(void)
{
	struct tl_thread threads[2];

	tl_lock_init(&counter.lock, "counter");
	for (int i = 0; i < 2; i++)
		tl_thread_run(&threads[i], NULL, worker, NULL);

	tl_log("Waiting for worker threads");
	for (int i = 0; i < 2; i++)
		tl_thread_join(&threads[i]);
	tl_log("Counter: %d", counter.value);
	return 0;
}
