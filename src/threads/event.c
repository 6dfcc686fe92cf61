/*
 * event.c - Event: a flag that threads wait for.
 *
 * set() takes out all who wait, so a clear() that follows at once finds nobody who could miss it.
 */
#include "config.h"

#include "threads/inside.h"

int
tl_event_init(struct tl_event_flag *event, const char *name)
{
	*event = (struct tl_event_flag){ .magic = TL_MAGIC_EVENT };
	tl_queue_init(&event->queue);
	tl_name_keep(event->name, name);
	tl_name_object(&(struct tl_naming){ .object = tl_identity(event), .is = TL_OBJECT_EVENT, .text = name });
	return TL_OK;
}

int
tl_event_destroy(struct tl_event_flag *event)
{
	struct tl_call call = TL_CALL(event);

	if (event->magic != TL_MAGIC_EVENT)
		return tl_misuse(TL_E_DEAD, &call);
	tl_emit(TL_OBJECT_DESTROY, 0, call.object, tl_queue_waiting(&event->queue) > 0, call.place);
	event->magic = 0;
	return TL_OK;
}

bool
tl_event_is_set(const struct tl_event_flag *event)
{
	return __atomic_load_n(&event->set, __ATOMIC_ACQUIRE);
}

int
tl_event_set(struct tl_event_flag *event)
{
	struct tl_call call = TL_CALL(event);
	struct tl_waiter *chain;

	if (event->magic != TL_MAGIC_EVENT)
		return tl_misuse(TL_E_DEAD, &call);
	tl_gate(TL_EVENT_SET, call.object, call.place);
	tl_guard(&event->queue);
	tl_emit(TL_EVENT_SET, 0, call.object, 0, call.place);
	chain = tl_queue_take_many(&event->queue, UINT32_MAX, 0);
	__atomic_store_n(&event->set, 1, __ATOMIC_RELEASE);
	tl_unguard(&event->queue);
	tl_wake(chain);
	return TL_OK;
}

int
tl_event_clear(struct tl_event_flag *event)
{
	struct tl_call call = TL_CALL(event);

	if (event->magic != TL_MAGIC_EVENT)
		return tl_misuse(TL_E_DEAD, &call);
	tl_gate(TL_EVENT_CLEAR, call.object, call.place);
	tl_guard(&event->queue);
	tl_emit(TL_EVENT_CLEAR, 0, call.object, 0, call.place);
	__atomic_store_n(&event->set, 0, __ATOMIC_RELEASE);
	tl_unguard(&event->queue);
	return TL_OK;
}

static void
wait_cancelled(struct tl_queue *queue, struct tl_waiter *waiter, bool taken, void *argument)
{
	(void)waiter, (void)taken, (void)argument;
	tl_unguard(queue);
}

static int
wait_slow(struct tl_event_flag *event, const struct tl_call *call)
{
	struct tl_waiter waiter;

	tl_guard(&event->queue);
	if (tl_event_is_set(event)) {
		tl_unguard(&event->queue);
		tl_emit(TL_EVENT_PASS, 0, call->object, 0, call->place);
		return TL_OK;
	}
	tl_emit(TL_EVENT_WAIT, call->flags, call->object, call->ms, call->place);
	tl_queue_join(&event->queue, &waiter, false);
	tl_unguard(&event->queue);
	if (!tl_wait(&event->queue, &waiter, call->deadline, wait_cancelled, NULL)) {
		tl_unguard(&event->queue);
		tl_emit_ordered(TL_EVENT_TIMEOUT, 0, call->object, 0, call->place);
		return TL_E_TIMEOUT;
	}
	tl_emit_ordered(TL_EVENT_PASS, TL_F_WAITED, call->object, 0, call->place);
	return TL_OK;
}

static int
wait_for_it(struct tl_event_flag *event, const struct tl_call *call)
{
	tl_gate(TL_EVENT_WAIT, call->object, call->place);
	if (tl_event_is_set(event)) {
		tl_emit(TL_EVENT_PASS, 0, call->object, 0, call->place);
		return TL_OK;
	}
	if (!call->poll)
		return wait_slow(event, call);
	tl_emit(TL_EVENT_TIMEOUT, TL_F_TRY, call->object, 0, call->place);
	return TL_E_TIMEOUT;
}

int
tl_event_wait(struct tl_event_flag *event)
{
	struct tl_call call = TL_CALL(event);

	if (event->magic != TL_MAGIC_EVENT)
		return tl_misuse(TL_E_DEAD, &call);
	return wait_for_it(event, &call);
}

int
tl_event_wait_timed(struct tl_event_flag *event, double timeout)
{
	struct tl_call call = TL_CALL(event);

	if (event->magic != TL_MAGIC_EVENT)
		return tl_misuse(TL_E_DEAD, &call);
	if (!tl_call_timeout(&call, timeout))
		return tl_misuse(TL_E_ARGUMENT, &call);
	return wait_for_it(event, &call);
}
