/*
 * local.c - one name, a value for each thread.
 *
 * Some data must not be shared. A local is a place where every thread finds its own value, or none: what the main
 * thread put there, the workers do not see.
 *
 *   run   threadlanes demo local
 *   see   EVENTS: three threads set their own "value"
 */
#include <stdint.h>
#include <stdlib.h>
#include <time.h>

#include <threadlanes.h>

static struct tl_local data;

static void
show_value(void)
{
	void *value;

	if (tl_local_get(&data, &value) == TL_E_NO_VALUE)
		tl_log("No value yet");
	else
		tl_log("value=%d", (int)(intptr_t)value);
}

static void *
worker(void *argument)
{
	unsigned seed = *(unsigned *)argument;

	show_value();
	tl_local_set(&data, (void *)(intptr_t)(rand_r(&seed) % 100 + 1));
	show_value();
	return NULL;
}

int
main(void)
{
	static unsigned seeds[2];

	tl_log_set_style(TL_LOG_TIME);
	tl_local_init(&data, "value");
	show_value();
	tl_local_set(&data, (void *)(intptr_t)1000);
	show_value();

	for (int i = 0; i < 2; i++) {
		seeds[i] = (unsigned)time(NULL) + (unsigned)i;
		tl_thread_run(NULL, NULL, worker, &seeds[i]);
	}
	return 0;
}
