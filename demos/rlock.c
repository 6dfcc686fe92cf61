/*
 * rlock.c - acquire what you already have.
 *
 * A function that holds the lock calls another that takes it too. An RLock counts how often its owner acquired it, and is
 * free after as many releases. A Lock does not know its owner: the second acquire waits for a release that only
 * the waiting thread could make.
 *
 *   run   threadlanes demo rlock
 *   see   one full lane: it holds the lock at depth 1, then 2, then 1
 *   try   demos/rlock --lock     the same with a Lock; it gives up after 3 seconds, or it would wait for ever
 */
#include <string.h>

#include <threadlanes.h>

static struct tl_rlock rlock;
static struct tl_lock lock;

static void *
with_rlock(void *unused)
{
	(void)unused;
	tl_rlock_acquire(&rlock);
	tl_log("acquired once");
	tl_sleep(1);
	tl_rlock_acquire(&rlock);
	tl_log("acquired twice");
	tl_sleep(1);
	tl_rlock_release(&rlock);
	tl_log("released once: still mine");
	tl_sleep(1);
	tl_rlock_release(&rlock);
	tl_log("released twice: free");
	return NULL;
}

static void *
with_lock(void *unused)
{
	(void)unused;
	tl_lock_acquire(&lock);
	tl_log("acquired once");
	tl_sleep(1);
	if (tl_lock_acquire_timed(&lock, 3) == TL_E_TIMEOUT)
		tl_log("could not acquire it twice: I wait for myself");
	tl_lock_release(&lock);
	return NULL;
}

int
main(int argc, char **argv)
{
	bool show_lock = argc > 1 && strcmp(argv[1], "--lock") == 0;
	struct tl_thread thread;

	tl_rlock_init(&rlock, "rlock");
	tl_lock_init(&lock, "lock");
	tl_thread_run(&thread, "owner", show_lock ? with_lock : with_rlock, NULL);
	tl_thread_join(&thread);
	return 0;
}
