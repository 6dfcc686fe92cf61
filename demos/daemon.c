/*
 * daemon.c - the program does not wait for a daemon.
 *
 * The daemon wants 5 seconds, the other thread 2. When the other has ended, so does the program, and the daemon never
 * says that it is exiting: a daemon is for work that may stop anywhere.
 *
 *   run   threadlanes demo daemon
 *   see   MainThread waits for "non-daemon" to finish; the lane of "daemon" just breaks off, asleep
 *   try   demos/daemon --join       wait for the daemon as well: now it gets to say so
 *         demos/daemon --join 1     wait for it, but no longer than a second
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <threadlanes.h>

static void *
daemon_work(void *unused)
{
	(void)unused;
	printf("Starting %s\n", tl_thread_name(NULL));
	tl_sleep(5);
	printf("Exiting %s\n", tl_thread_name(NULL));
	return NULL;
}

static void *
other_work(void *unused)
{
	(void)unused;
	printf("Starting %s\n", tl_thread_name(NULL));
	tl_sleep(2);
	printf("Exiting %s\n", tl_thread_name(NULL));
	return NULL;
}

int
main(int argc, char **argv)
{
	struct tl_thread daemon_thread, other;

	tl_thread_init(&daemon_thread, "daemon", daemon_work, NULL);
	tl_thread_set_daemon(&daemon_thread, true);
	tl_thread_init(&other, "non-daemon", other_work, NULL);

	tl_thread_start(&daemon_thread);
	tl_thread_start(&other);

	if (argc > 1 && strcmp(argv[1], "--join") == 0) {
		tl_thread_join_timed(&daemon_thread, argc > 2 ? atof(argv[2]) : TL_FOREVER);
		printf("%s is %s\n", tl_thread_name(&daemon_thread),
		    tl_thread_is_alive(&daemon_thread) ? "still alive" : "done");
	}
	return 0;
}
