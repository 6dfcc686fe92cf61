/*
 * semaphore.c - room for two.
 *
 * A pool of connections has two places, and five workers want in. A semaphore hands out two permits; the other three wait
 * until one is given back. The list of who is in the pool is shared, so a lock guards it.
 *
 *   run   threadlanes demo semaphore
 *   see   at any time two lanes hold "pool", the rest wait for a permit; RESOURCES shows both permits taken
 */
#include <stdio.h>
#include <string.h>

#include <threadlanes.h>

#define WORKERS 5

static struct tl_semaphore pool;
static struct tl_lock list_lock;
static const char *active[WORKERS];
static int count;

static void
log_active(void)
{
	char list[WORKERS * 8] = "";

	for (int i = 0; i < count; i++)
		snprintf(list + strlen(list), sizeof list - strlen(list), "%s'%s'", i ? ", " : "", active[i]);
	tl_log("Running: [%s]", list);
}

static void
make_active(const char *name)
{
	TL_WITH(&list_lock) {
		active[count++] = name;
		log_active();
	}
}

static void
make_inactive(const char *name)
{
	TL_WITH(&list_lock) {
		int i = 0;

		while (strcmp(active[i], name) != 0)
			i++;
		count--;
		memmove(&active[i], &active[i + 1], (size_t)(count - i) * sizeof active[0]);
		log_active();
	}
}

static void *
worker(void *unused)
{
	(void)unused;
	tl_log("Waiting to join the pool");
	TL_WITH(&pool) {
		const char *name = tl_thread_name(NULL);

		make_active(name);
		tl_sleep(4);
		make_inactive(name);
	}
	return NULL;
}

int
main(void)
{
	char name[8];

	tl_log_set_style(TL_LOG_TIME);
	tl_semaphore_init(&pool, "pool", 2);
	tl_lock_init(&list_lock, "list");
	for (int i = 0; i < WORKERS; i++) {
		snprintf(name, sizeof name, "%d", i);
		tl_thread_run(NULL, name, worker, NULL);
	}
	return 0;
}
