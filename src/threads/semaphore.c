/*
 * semaphore.c - Semaphore and BoundedSemaphore: a number of permits.
 *
 * A release gives its permits to those who wait, first come first served, and adds only what is left over to the value. So
 * while anybody waits the value is 0, and nobody can be overtaken.
 */
#include "config.h"

#include <limits.h>

#include "threads/inside.h"

static int
set_up(struct tl_semaphore *s, const char *name, int value, bool bounded, const struct tl_call *call)
{
	if (value < 0)
		return tl_misuse(TL_E_ARGUMENT, call);
	*s = (struct tl_semaphore){ .magic = TL_MAGIC_SEMAPHORE, .bounded = bounded, .value = value, .initial = value };
	tl_queue_init(&s->queue);
	tl_name_keep(s->name, name);
	tl_name_object(&(struct tl_naming){ .object = call->object, .value = (uint32_t)value,
	    .is = bounded ? TL_OBJECT_BOUNDED_SEMAPHORE : TL_OBJECT_SEMAPHORE, .text = name });
	return TL_OK;
}

int
tl_semaphore_init(struct tl_semaphore *semaphore, const char *name, int value)
{
	struct tl_call call = TL_CALL(semaphore);

	return set_up(semaphore, name, value, false, &call);
}

int
tl_bounded_semaphore_init(struct tl_semaphore *semaphore, const char *name, int value)
{
	struct tl_call call = TL_CALL(semaphore);

	return set_up(semaphore, name, value, true, &call);
}

int
tl_semaphore_destroy(struct tl_semaphore *semaphore)
{
	struct tl_call call = TL_CALL(semaphore);

	if (semaphore->magic != TL_MAGIC_SEMAPHORE)
		return tl_misuse(TL_E_DEAD, &call);
	tl_emit(TL_OBJECT_DESTROY, 0, call.object, tl_queue_waiting(&semaphore->queue) > 0, call.place);
	semaphore->magic = 0;
	return TL_OK;
}

/* The guard held: n more permits, for those who wait and for the value. A chain to wake. */
static struct tl_waiter *
hand_out(struct tl_semaphore *s, uint32_t n)
{
	uint32_t waiting = s->queue.waiting;
	struct tl_waiter *chain = tl_queue_take_many(&s->queue, n, 0);

	if (n > waiting)
		__atomic_store_n(&s->value, s->value + n - waiting, __ATOMIC_RELAXED);
	return chain;
}

/* Gives back a permit that reached somebody who is going away. */
static void
wait_cancelled(struct tl_queue *queue, struct tl_waiter *waiter, bool taken, void *argument)
{
	struct tl_waiter *next = taken ? hand_out(argument, 1) : NULL;

	(void)waiter;
	tl_unguard(queue);
	tl_wake(next);
}

static int
wait_for_permit(struct tl_semaphore *s, const struct tl_call *call)
{
	struct tl_waiter waiter;

	tl_emit(TL_SEM_WAIT, call->flags, call->object, call->ms, call->place);
	tl_queue_join(&s->queue, &waiter, false);
	tl_unguard(&s->queue);
	if (!tl_wait(&s->queue, &waiter, call->deadline, wait_cancelled, s)) {
		tl_unguard(&s->queue);
		tl_emit_ordered(TL_SEM_TIMEOUT, 0, call->object, 0, call->place);
		return TL_E_TIMEOUT;
	}
	tl_emit_ordered(TL_SEM_TAKE, TL_F_WAITED, call->object,
	    (uint32_t)__atomic_load_n(&s->value, __ATOMIC_RELAXED), call->place);
	return TL_OK;
}

/* The permit and its event are one under the guard: the permits left that events tell are never out of order. */
int
tl_semaphore_take(struct tl_semaphore *s, const struct tl_call *call)
{
	int answer = TL_OK;

	if (s->magic != TL_MAGIC_SEMAPHORE)
		return tl_misuse(TL_E_DEAD, call);
	tl_gate(call->poll ? TL_SEM_BUSY : TL_SEM_TAKE, call->object, call->place);
	tl_guard(&s->queue);
	if (s->value > 0) {
		__atomic_store_n(&s->value, s->value - 1, __ATOMIC_RELAXED);
		tl_emit(TL_SEM_TAKE, 0, call->object, (uint32_t)s->value, call->place);
	} else if (!call->poll) {
		return wait_for_permit(s, call);
	} else {
		tl_emit(TL_SEM_BUSY, TL_F_TRY, call->object, 1, call->place);
		answer = TL_E_BUSY;
	}
	tl_unguard(&s->queue);
	return answer;
}

int
tl_semaphore_acquire(struct tl_semaphore *semaphore)
{
	struct tl_call call = TL_CALL(semaphore);

	return tl_semaphore_take(semaphore, &call);
}

int
tl_semaphore_acquire_timed(struct tl_semaphore *semaphore, double timeout)
{
	struct tl_call call = TL_CALL(semaphore);
	int answer;

	if (!tl_call_timeout(&call, timeout))
		return tl_misuse(TL_E_ARGUMENT, &call);
	answer = tl_semaphore_take(semaphore, &call);
	return answer == TL_E_BUSY ? TL_E_TIMEOUT : answer;
}

int
tl_semaphore_try(struct tl_semaphore *semaphore)
{
	struct tl_call call = TL_CALL(semaphore);

	call.poll = true;
	return tl_semaphore_take(semaphore, &call);
}

int
tl_semaphore_leave(struct tl_semaphore *s, int n, const struct tl_call *call)
{
	struct tl_waiter *chain = NULL;
	bool fits;

	if (s->magic != TL_MAGIC_SEMAPHORE)
		return tl_misuse(TL_E_DEAD, call);
	if (n < 1)
		return tl_misuse(TL_E_ARGUMENT, call);
	tl_gate(TL_SEM_POST, call->object, call->place);
	tl_guard(&s->queue);
	fits = s->value + n <= (s->bounded ? s->initial : INT_MAX);
	if (fits) {
		tl_emit(TL_SEM_POST, 0, call->object, (uint32_t)n, call->place);
		chain = hand_out(s, (uint32_t)n);
	}
	tl_unguard(&s->queue);
	tl_wake(chain);
	return fits ? TL_OK : tl_misuse(TL_E_EXCEEDED, call);
}

int
tl_semaphore_release(struct tl_semaphore *semaphore)
{
	struct tl_call call = TL_CALL(semaphore);

	return tl_semaphore_leave(semaphore, 1, &call);
}

int
tl_semaphore_release_n(struct tl_semaphore *semaphore, int n)
{
	struct tl_call call = TL_CALL(semaphore);

	return tl_semaphore_leave(semaphore, n, &call);
}

int
tl_semaphore_value(const struct tl_semaphore *semaphore)
{
	return (int)__atomic_load_n(&semaphore->value, __ATOMIC_RELAXED);
}
