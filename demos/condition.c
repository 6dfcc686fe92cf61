/*
 * condition.c - wait for a resource, and be told when it is there.
 *
 * Two consumers wait on a condition: each takes its lock, and gives it back while it waits. After 5 seconds the producer
 * takes the lock and notifies all. The consumers wake, but leave one by one: each needs the lock again first.
 *
 *   run   threadlanes demo condition
 *   see   two dotted lanes; the mark of the producer's notification; then the lock goes from hand to hand
 */
#include <threadlanes.h>

static struct tl_condition resource;

static void *
consumer(void *unused)
{
	(void)unused;
	tl_log("Starting consumer thread");
	TL_WITH(&resource) {
		tl_condition_wait(&resource);
		tl_log("Resource is available to consumer");
	}
	return NULL;
}

static void *
producer(void *unused)
{
	(void)unused;
	tl_log("Starting producer thread");
	tl_sleep(5);
	TL_WITH(&resource) {
		tl_log("Making resource available");
		tl_condition_notify_all(&resource);
	}
	return NULL;
}

int
main(void)
{
	tl_log_set_style(TL_LOG_TIME);
	tl_condition_init(&resource, "resource");
	tl_thread_run(NULL, "consumer 1", consumer, NULL);
	tl_thread_run(NULL, "consumer 2", consumer, NULL);
	tl_thread_run(NULL, "producer", producer, NULL);
	return 0;
}
