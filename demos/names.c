/*
 * names.c - who am I?
 *
 * A thread can be given a name; without one it is Thread-1, Thread-2 and so on. The first thread is MainThread. The
 * native id is the system's own number for it, as ps -L and top -H show it.
 *
 *   run   threadlanes demo names
 *   see   the names at the left end of the lanes
 */
#include <stdio.h>

#include <threadlanes.h>

static void
print_current(void)
{
	printf("%s\n", tl_thread_name(NULL));
	printf("%d\n", tl_thread_native_id(NULL));
}

static void *
worker(void *unused)
{
	(void)unused;
	print_current();
	return NULL;
}

int
main(void)
{
	struct tl_thread named, unnamed;

	print_current();

	tl_thread_run(&named, "service", worker, NULL);
	tl_thread_join(&named);
	tl_thread_run(&unnamed, NULL, worker, NULL);
	tl_thread_join(&unnamed);

	tl_thread_destroy(&named);
	tl_thread_destroy(&unnamed);
	return 0;
}
