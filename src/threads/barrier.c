/*
 * barrier.c - Barrier: its parties wait for each other, round after round.
 *
 * The last to arrive takes the others out of the queue, runs the action, then tells each how the round ended. They are
 * out of the queue from the moment the round is full, so a timeout can no longer break it, and a party that comes back
 * early belongs to the next round: there is no time of draining in which it would have to wait.
 */
#include "config.h"

#include <pthread.h>

#include "threads/inside.h"

int
tl_barrier_init_action(struct tl_barrier *barrier, const char *name, int parties, int (*action)(void *), void *argument,
    double timeout)
{
	struct tl_call call = TL_CALL(barrier);

	if (parties < 1 || !tl_call_timeout(&(struct tl_call){ 0 }, timeout))
		return tl_misuse(TL_E_ARGUMENT, &call);
	*barrier = (struct tl_barrier){ .magic = TL_MAGIC_BARRIER, .parties = (uint32_t)parties, .timeout = timeout,
		.action = action, .argument = argument };
	tl_queue_init(&barrier->queue);
	tl_name_keep(barrier->name, name);
	tl_name_object(&(struct tl_naming){ .object = call.object, .value = (uint32_t)parties, .is = TL_OBJECT_BARRIER,
	    .text = name });
	return TL_OK;
}

int
tl_barrier_init(struct tl_barrier *barrier, const char *name, int parties)
{
	return tl_barrier_init_action(barrier, name, parties, NULL, NULL, TL_FOREVER);
}

int
tl_barrier_destroy(struct tl_barrier *barrier)
{
	struct tl_call call = TL_CALL(barrier);

	if (barrier->magic != TL_MAGIC_BARRIER)
		return tl_misuse(TL_E_DEAD, &call);
	tl_emit(TL_OBJECT_DESTROY, 0, call.object, tl_queue_waiting(&barrier->queue) > 0, call.place);
	barrier->magic = 0;
	return TL_OK;
}

static void
guard(struct tl_barrier *b)
{
	if (tl_guard(&b->queue))
		b->arrived = 0;			/* they arrived in the parent of this process */
}

/* The guard held: the round ends here for all who wait. A chain to wake. */
static struct tl_waiter *
send_off(struct tl_barrier *b, bool broken)
{
	__atomic_store_n(&b->is_broken, broken, __ATOMIC_RELAXED);
	__atomic_store_n(&b->arrived, 0, __ATOMIC_RELAXED);
	return tl_queue_take_many(&b->queue, UINT32_MAX, TL_E_BROKEN);
}

/* --- The last to arrive --- */

struct round {
	struct tl_barrier *barrier;
	struct tl_waiter *others;
};

/* The action failed, or its thread ended in it: broken for this round's parties, and for all who came since. */
static void
round_fails(void *argument)
{
	struct round *r = argument;
	struct tl_waiter *late;

	guard(r->barrier);
	late = send_off(r->barrier, true);
	tl_unguard(&r->barrier->queue);
	tl_wake(r->others);
	tl_wake(late);
}

static int
run_action(struct round *r)
{
	int failed;

	if (r->barrier->action == NULL)
		return 0;
	pthread_cleanup_push(round_fails, r);
	failed = r->barrier->action(r->barrier->argument);
	pthread_cleanup_pop(0);
	return failed;
}

static int
complete(struct tl_barrier *b, struct tl_waiter *others, const struct tl_call *call)
{
	struct round r = { b, others };
	int failed = run_action(&r), index = 0;

	if (failed != 0) {
		tl_emit(TL_BARRIER_ABORT, 0, call->object, 0, call->place);
		round_fails(&r);
		tl_emit(TL_BARRIER_BROKEN, 0, call->object, 0, call->place);
		return failed < 0 ? failed : TL_E_ACTION;
	}
	for (struct tl_waiter *w = others; w != NULL; w = w->next)
		w->result = index++;
	tl_wake(others);
	tl_emit(TL_BARRIER_LEAVE, 0, call->object, (uint32_t)index, call->place);
	return index;
}

/* --- The others --- */

static void
wait_cancelled(struct tl_queue *queue, struct tl_waiter *waiter, bool taken, void *argument)
{
	struct tl_waiter *chain = taken ? NULL : send_off(argument, true);

	(void)waiter;
	tl_unguard(queue);
	tl_wake(chain);
}

static int
give_up(struct tl_barrier *b, const struct tl_call *call)
{
	struct tl_waiter *chain;

	tl_emit_ordered(TL_BARRIER_TIMEOUT, 0, call->object, 0, call->place);
	chain = send_off(b, true);
	tl_unguard(&b->queue);
	tl_wake(chain);
	return TL_E_BROKEN;
}

/* The guard held. */
static int
await_others(struct tl_barrier *b, const struct tl_call *call)
{
	struct tl_waiter waiter;

	tl_queue_join(&b->queue, &waiter, false);
	tl_unguard(&b->queue);
	if (!tl_wait(&b->queue, &waiter, call->deadline, wait_cancelled, b))
		return give_up(b, call);
	if (waiter.result < 0)
		tl_emit_ordered(TL_BARRIER_BROKEN, TL_F_WAITED, call->object, 0, call->place);
	else
		tl_emit_ordered(TL_BARRIER_LEAVE, TL_F_WAITED, call->object, (uint32_t)waiter.result, call->place);
	return waiter.result;
}

static int
arrive(struct tl_barrier *b, struct tl_call *call, double timeout)
{
	uint32_t arrived;

	if (!tl_call_timeout(call, timeout))
		return tl_misuse(TL_E_ARGUMENT, call);
	tl_gate(TL_BARRIER_ARRIVE, call->object, call->place);
	guard(b);
	if (b->is_broken) {
		tl_unguard(&b->queue);
		tl_emit(TL_BARRIER_BROKEN, 0, call->object, 0, call->place);
		return TL_E_BROKEN;
	}
	arrived = b->arrived + 1;
	tl_emit(TL_BARRIER_ARRIVE, 0, call->object, arrived, call->place);
	if (arrived == b->parties) {
		struct tl_waiter *others = send_off(b, false);

		tl_unguard(&b->queue);
		return complete(b, others, call);
	}
	__atomic_store_n(&b->arrived, arrived, __ATOMIC_RELAXED);
	if (call->poll)
		return give_up(b, call);
	return await_others(b, call);
}

int
tl_barrier_wait(struct tl_barrier *barrier)
{
	struct tl_call call = TL_CALL(barrier);

	if (barrier->magic != TL_MAGIC_BARRIER)
		return tl_misuse(TL_E_DEAD, &call);
	return arrive(barrier, &call, barrier->timeout);
}

int
tl_barrier_wait_timed(struct tl_barrier *barrier, double timeout)
{
	struct tl_call call = TL_CALL(barrier);

	if (barrier->magic != TL_MAGIC_BARRIER)
		return tl_misuse(TL_E_DEAD, &call);
	return arrive(barrier, &call, timeout);
}

static int
stop_round(struct tl_barrier *b, const struct tl_call *call, enum tl_kind kind)
{
	struct tl_waiter *chain;

	if (b->magic != TL_MAGIC_BARRIER)
		return tl_misuse(TL_E_DEAD, call);
	tl_gate((uint8_t)kind, call->object, call->place);
	guard(b);
	tl_emit((uint8_t)kind, 0, call->object, 0, call->place);
	chain = send_off(b, kind == TL_BARRIER_ABORT);
	tl_unguard(&b->queue);
	tl_wake(chain);
	return TL_OK;
}

int
tl_barrier_reset(struct tl_barrier *barrier)
{
	struct tl_call call = TL_CALL(barrier);

	return stop_round(barrier, &call, TL_BARRIER_RESET);
}

int
tl_barrier_abort(struct tl_barrier *barrier)
{
	struct tl_call call = TL_CALL(barrier);

	return stop_round(barrier, &call, TL_BARRIER_ABORT);
}

int
tl_barrier_parties(const struct tl_barrier *barrier)
{
	return (int)barrier->parties;
}

int
tl_barrier_n_waiting(const struct tl_barrier *barrier)
{
	return (int)tl_queue_waiting(&barrier->queue);
}

bool
tl_barrier_broken(const struct tl_barrier *barrier)
{
	return __atomic_load_n(&barrier->is_broken, __ATOMIC_RELAXED);
}
