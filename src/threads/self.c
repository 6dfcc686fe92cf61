/*
 * self.c - what a thread carries along, and its end of life.
 *
 * The end is a key destructor, so it comes for every way a thread can end. Key destructors run in rounds; ours sets
 * itself anew until the round before the last, so that those of the user see a thread that is still alive.
 */
#include "config.h"

#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "threads/inside.h"

_Thread_local struct tl_self tl_self;

static pthread_key_t key;

/* Everything that is left to do for a thread, by itself. What waits for its end goes on after this. */
static void
end_of_life(struct tl_record *record)
{
	tl_with_unwind();
	tl_locals_end();
	if (tl_self.rlocks > 0)
		tl_emit(TL_MISUSE, 0, tl_self.rlock, (uint32_t)-TL_E_HELD, 0);
	if (record == NULL)
		return;
	tl_self.record = NULL;
	if (record == tl_main_record) {
		tl_self.record = record;	/* it is still itself while it waits for the others */
		tl_end_of_main();
		return;
	}
	if (!record->dummy) {
		if (!record->told)
			tl_lane_end_as(tl_self.cancelled ? TL_END_CANCELLED : TL_END_EXIT);
		tl_lane_leave();		/* THREAD_END, before anybody can know of it */
	}
	tl_record_ended(record);
}

static void
self_ends(void *value)
{
	(void)value;
	if (++tl_self.rounds < PTHREAD_DESTRUCTOR_ITERATIONS - 1 && pthread_setspecific(key, &tl_self) == 0)
		return;
	tl_self.keyed = false;
	end_of_life(tl_self.record);
}

void
tl_self_keep(void)
{
	if (!tl_self.keyed)
		tl_self.keyed = pthread_setspecific(key, &tl_self) == 0;
}

struct tl_record *
tl_self_record(void)
{
	struct tl_record *record = tl_self.record;

	if (record != NULL)
		return record;
	record = tl_record_new(NULL, "Dummy-%u");
	if (record == NULL)
		return NULL;
	record->identity = tl_lane_identity();
	record->dummy = record->daemon = true;
	record->referenced = false;
	record->thread = pthread_self();
	record->native = (int)syscall(SYS_gettid);
	record->reaped = 2;
	__atomic_store_n(&record->state, TL_RECORD_STARTED, __ATOMIC_RELEASE);
	tl_self.record = record;
	tl_self_keep();
	tl_record_tell_name(record);
	return record;
}

/* --- The start of the process, and of a forked child --- */

static void
main_sits(struct tl_record *record)
{
	record->main = true;
	record->daemon = false;
	record->reaped = 2;
	record->thread = pthread_self();
	record->native = (int)syscall(SYS_gettid);
	tl_main_record = record;
	tl_self.record = record;
	tl_self_keep();
}

static void
fork_prepare(void)
{
	tl_locals_lock();
	tl_guard(&tl_registry);
}

static void
fork_parent(void)
{
	tl_unguard(&tl_registry);
	tl_locals_unlock();
}

/* The child has one thread, and it is the main thread; the others are gone without having ended. */
static void
fork_child(void)
{
	tl_epoch++;
	tl_registry.guard = 0;
	tl_guard(&tl_registry);
	tl_records_forked(tl_self.record);
	tl_unguard(&tl_registry);
	tl_locals_forked();
	tl_locals_unlock();
	if (tl_self.record == NULL)
		tl_self.record = tl_record_new("MainThread", NULL);
	if (tl_self.record == NULL)
		return;
	__atomic_store_n(&tl_self.record->state, TL_RECORD_STARTED, __ATOMIC_RELAXED);
	tl_self.record->dummy = false;
	main_sits(tl_self.record);
}

/* After the probe's, which joins the session. */
__attribute__((constructor(102))) static void
start(void)
{
	struct tl_record *record;

	pthread_key_create(&key, self_ends);
	pthread_atfork(fork_prepare, fork_parent, fork_child);
	record = tl_record_new("MainThread", NULL);
	if (record == NULL)
		return;
	record->identity = (uint64_t)pthread_self();
	__atomic_store_n(&record->state, TL_RECORD_STARTED, __ATOMIC_RELEASE);
	main_sits(record);
	tl_record_tell_name(record);
}
