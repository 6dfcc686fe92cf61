/*
 * arguments.c - a thread is told what to do.
 *
 * Each of five threads is given a number, sleeps for so many seconds, and prints it.
 *
 *   run   threadlanes demo arguments
 *   see   five lanes asleep side by side, ending one second after another: together 4 seconds, not 10
 */
#include <stdint.h>
#include <stdio.h>

#include <threadlanes.h>

static void *
worker(void *argument)
{
	int number = (int)(intptr_t)argument;

	tl_sleep(number);
	printf("Worker: %d\n", number);
	return NULL;
}

int
main(void)
{
	for (int i = 0; i < 5; i++)
		tl_thread_run(NULL, NULL, worker, (void *)(intptr_t)i);
	return 0;
}
