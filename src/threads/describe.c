/*
 * describe.c - what an object is now, in a line of text.
 */
#include "config.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

#include "threads/inside.h"

#define NESTED 128			/* of a lock within a condition's */

static __attribute__((format(printf, 3, 4))) size_t
text_of(char *text, size_t size, const char *format, ...)
{
	va_list arguments;
	int length;

	va_start(arguments, format);
	length = vsnprintf(text, size, format, arguments);
	va_end(arguments);
	return length < 0 ? 0 : (size_t)length;
}

size_t
tl_lock_describe(const struct tl_lock *lock, char *text, size_t size)
{
	return text_of(text, size, "<%s Lock \"%s\" at %p>", tl_lock_held(lock) ? "locked" : "unlocked", lock->name,
	    (const void *)lock);
}

size_t
tl_rlock_describe(const struct tl_rlock *rlock, char *text, size_t size)
{
	return text_of(text, size, "<%s RLock \"%s\" owner=%" PRIu64 " count=%u at %p>",
	    tl_lock_held(&rlock->lock) ? "locked" : "unlocked", rlock->lock.name,
	    __atomic_load_n(&rlock->owner, __ATOMIC_RELAXED), __atomic_load_n(&rlock->depth, __ATOMIC_RELAXED),
	    (const void *)rlock);
}

size_t
tl_condition_describe(const struct tl_condition *condition, char *text, size_t size)
{
	char lock[NESTED];

	if (condition->rlock != NULL)
		tl_rlock_describe(condition->rlock, lock, sizeof(lock));
	else
		tl_lock_describe(condition->lock, lock, sizeof(lock));
	return text_of(text, size, "<Condition \"%s\" %s waiters=%u at %p>", condition->name, lock,
	    tl_queue_waiting(&condition->queue), (const void *)condition);
}

size_t
tl_event_describe(const struct tl_event_flag *event, char *text, size_t size)
{
	return text_of(text, size, "<Event \"%s\" %s at %p>", event->name, tl_event_is_set(event) ? "set" : "unset",
	    (const void *)event);
}

size_t
tl_barrier_describe(const struct tl_barrier *barrier, char *text, size_t size)
{
	if (tl_barrier_broken(barrier))
		return text_of(text, size, "<Barrier \"%s\" broken at %p>", barrier->name, (const void *)barrier);
	return text_of(text, size, "<Barrier \"%s\" waiters=%d/%u at %p>", barrier->name, tl_barrier_n_waiting(barrier),
	    barrier->parties, (const void *)barrier);
}

size_t
tl_semaphore_describe(const struct tl_semaphore *semaphore, char *text, size_t size)
{
	int value = tl_semaphore_value(semaphore);

	if (semaphore->bounded)
		return text_of(text, size, "<BoundedSemaphore \"%s\" value=%d/%d at %p>", semaphore->name, value,
		    (int)semaphore->initial, (const void *)semaphore);
	return text_of(text, size, "<Semaphore \"%s\" value=%d at %p>", semaphore->name, value, (const void *)semaphore);
}

size_t
tl_thread_describe(const struct tl_thread *thread, char *text, size_t size)
{
	static const char *const states[] = { "initial", "started", "started", "stopped" };
	struct tl_record *record = tl_record_pin(thread);
	uint64_t ident = tl_thread_ident(thread);
	char number[24] = "";
	size_t length;

	if (record == NULL)
		return text_of(text, size, "<Thread(gone)>");
	if (ident != 0)
		snprintf(number, sizeof(number), " %" PRIu64, ident);
	length = text_of(text, size, "<%s(%s, %s%s%s)>", record->main ? "_MainThread" : record->dummy ? "_DummyThread" : "Thread",
	    tl_thread_name(thread), states[tl_record_state(record)], record->daemon ? " daemon" : "", number);
	tl_record_unpin(record);
	return length;
}
