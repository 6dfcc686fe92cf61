/*
 * guest.c - a program to be watched, that does nothing by itself and nothing by chance: three threads, one lock, and each
 * step on a word from its input. It speaks to the probe directly.
 *
 *    at first    alice takes A, bob asks for it and waits
 *    give        alice unlocks A, bob takes it, both end
 *    say TEXT    prints TEXT              die     kills itself by SIGKILL
 *    exit N      ends with status N       (end of input) gives, then ends with 0
 *
 * With an argument it makes a file of that name when it ends well.
 */
#include "config.h"

#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "probe/probe.h"

static pthread_mutex_t a = PTHREAD_MUTEX_INITIALIZER, table = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t turned = PTHREAD_COND_INITIALIZER;
static int turn;	/* 1 alice has A, 2 bob is about to ask, 3 alice may give */

static void
reach(int n)
{
	pthread_mutex_lock(&table);
	if (turn < n)
		turn = n;
	pthread_cond_broadcast(&turned);
	pthread_mutex_unlock(&table);
}

static void
await(int n)
{
	pthread_mutex_lock(&table);
	while (turn < n)
		pthread_cond_wait(&turned, &table);
	pthread_mutex_unlock(&table);
}

static uint64_t
identity(const void *p)
{
	return (uint64_t)(uintptr_t)p;
}

static void
take(void)
{
	tl_gate(TL_LOCK_TAKE, identity(&a), TL_PLACE);
	if (pthread_mutex_trylock(&a) == 0) {
		tl_emit(TL_LOCK_TAKE, 0, identity(&a), 1, TL_PLACE);
		return;
	}
	tl_emit(TL_LOCK_WAIT, 0, identity(&a), 0, TL_PLACE);
	pthread_mutex_lock(&a);
	tl_emit_ordered(TL_LOCK_TAKE, TL_F_WAITED, identity(&a), 1, TL_PLACE);
}

static void
give(void)
{
	tl_gate(TL_LOCK_RELEASE, identity(&a), TL_PLACE);
	tl_emit(TL_LOCK_RELEASE, 0, identity(&a), 0, TL_PLACE);
	pthread_mutex_unlock(&a);
}

static void *
alice(void *claimed)
{
	tl_lane_sit(claimed, 0, TL_PLACE);
	take();
	reach(1);
	await(3);
	give();
	tl_lane_leave();
	return NULL;
}

static void *
bob(void *claimed)
{
	tl_lane_sit(claimed, 0, TL_PLACE);
	await(1);
	reach(2);
	take();
	give();
	tl_lane_leave();
	return NULL;
}

static void
begin(pthread_t *thread, const char *name, void *(*function)(void *))
{
	uint64_t id = identity(name);
	struct tl_writer *lane = tl_lane_claim(id);
	struct tl_naming naming = { .object = id, .serial = tl_lane_serial(lane), .is = TL_OBJECT_THREAD, .text = name };

	tl_name_object(&naming);
	tl_emit(TL_THREAD_CREATE, 0, id, 0, TL_PLACE);
	if (pthread_create(thread, NULL, function, lane) != 0)
		abort();
}

/* Does what a line says; false when that was the last. */
static bool
obey(char *line, int *status)
{
	line[strcspn(line, "\r\n")] = '\0';
	if (strncmp(line, "say ", 4) == 0)
		printf("%s\n", line + 4);
	else if (strcmp(line, "give") == 0)
		reach(3);
	else if (strcmp(line, "die") == 0)
		raise(SIGKILL);
	else if (sscanf(line, "exit %d", status) == 1)
		return false;
	fflush(stdout);
	return true;
}

int
main(int argc, char **argv)
{
	struct tl_naming lock = { .object = identity(&a), .is = TL_OBJECT_LOCK, .text = "A" };
	pthread_t threads[2];
	char line[256];
	int status = 0;

	tl_name_object(&lock);
	begin(&threads[0], "alice", alice);
	begin(&threads[1], "bob", bob);
	await(2);
	printf("ready\n");
	fflush(stdout);
	while (fgets(line, sizeof line, stdin) != NULL)
		if (!obey(line, &status))
			break;
	reach(3);
	pthread_join(threads[0], NULL);
	pthread_join(threads[1], NULL);
	if (argc > 1)
		close(open(argv[1], O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
	return status;
}
