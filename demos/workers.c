/*
 * workers.c - five threads, each of which prints a line.
 *
 * A thread is a function that runs beside the others. Nobody waits for these five by hand: a program ends when the last
 * of its threads has ended.
 *
 *   run   threadlanes demo workers
 *   see   five short lanes below MainThread, one after another; zoom in with + to see them overlap
 */
#include <stdio.h>

#include <threadlanes.h>

static void *
worker(void *unused)
{
	(void)unused;
	printf("Worker\n");
	return NULL;
}

int
main(void)
{
	for (int i = 0; i < 5; i++)
		tl_thread_run(NULL, NULL, worker, NULL);
	return 0;
}
