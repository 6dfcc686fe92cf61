/*
 * event.c - wait until somebody raises the flag.
 *
 * An event is a flag that threads can wait for. "block" waits for as long as it takes; "nonblock" looks up every 5
 * seconds to do other work. After 3 seconds the main thread sets the event, and both go on.
 *
 *   run   threadlanes demo event
 *   see   two dotted lanes end at the same moment; the marks say who set them free
 *   try   demos/event 1     nonblock waits only a second at a time, and does other work in between
 */
#include <stdlib.h>

#include <threadlanes.h>

static struct tl_event_flag event;

static const char *
truth(bool yes)
{
	return yes ? "True" : "False";
}

static void *
wait_for_event(void *unused)
{
	(void)unused;
	tl_log("wait_for_event starting");
	bool is_set = tl_event_wait(&event) == TL_OK;
	tl_log("event set: %s", truth(is_set));
	return NULL;
}

static void *
wait_for_event_timeout(void *argument)
{
	double timeout = *(double *)argument;

	while (!tl_event_is_set(&event)) {
		tl_log("wait_for_event_timeout starting");
		bool is_set = tl_event_wait_timed(&event, timeout) == TL_OK;
		tl_log("event set: %s", truth(is_set));
		if (is_set)
			tl_log("processing event");
		else
			tl_log("doing other work");
	}
	return NULL;
}

int
main(int argc, char **argv)
{
	static double timeout = 5;

	if (argc > 1)
		timeout = atof(argv[1]);
	tl_event_init(&event, "event");
	tl_thread_run(NULL, "block", wait_for_event, NULL);
	tl_thread_run(NULL, "nonblock", wait_for_event_timeout, &timeout);

	tl_log("No thread will do anything because each thread is waiting for Event.set() to be called");
	tl_sleep(3);
	tl_event_set(&event);
	tl_log("Event is set");
	return 0;
}
