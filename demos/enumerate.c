/*
 * enumerate.c - all threads that live.
 *
 * One need not keep a handle of every thread: enumerate() lists those that are alive. The list holds oneself too, and
 * who waits for his own end waits for ever, so the main thread is skipped.
 *
 *   run   threadlanes demo enumerate
 *   see   MainThread waiting for one sleeper after another, in the order of the list
 */
#include <stdint.h>
#include <stdio.h>

#include <threadlanes.h>

#define SLEEPERS 5

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

static void
print_all(const struct tl_thread *list, size_t count)
{
	char text[128];

	for (size_t i = 0; i < count; i++) {
		tl_describe(&list[i], text, sizeof text);
		printf("%s\n", text);
	}
}

int
main(void)
{
	struct tl_thread list[SLEEPERS + 1];
	struct tl_thread main_thread = tl_thread_main();
	size_t count;

	for (int i = 0; i < SLEEPERS; i++) {
		struct tl_thread thread;

		tl_thread_init(&thread, NULL, worker, (void *)(intptr_t)i);
		tl_thread_set_daemon(&thread, true);
		tl_thread_start(&thread);
		tl_thread_destroy(&thread);
	}

	count = tl_thread_enumerate(list, SLEEPERS + 1);
	print_all(list, count);
	for (size_t i = 0; i < count; i++) {
		int id = tl_thread_native_id(&list[i]);

		if (tl_thread_same(&list[i], &main_thread))
			continue;
		tl_thread_join(&list[i]);
		printf("joined %d\n", id);
	}
	return 0;
}
