/*
 * condition.c - Condition: waiting with a lock given back meanwhile.
 *
 * The waiter joins the queue before it gives the lock back, so a notification by the next holder finds it. It wakes
 * outside of the lock and then takes it as everybody does.
 *
 * Events of a wait: LOCK_RELEASE (for the condition), COND_WAIT; COND_WAKE or COND_TIMEOUT; LOCK_TAKE (for the condition).
 */
#include "config.h"

#include "threads/inside.h"

#include <stdio.h>

static uint64_t
lock_identity(const struct tl_condition *c)
{
	return c->rlock != NULL ? tl_identity(c->rlock) : tl_identity(c->lock);
}

/* TL_OK if the calling thread may wait and notify, or what is wrong. */
static int
check(const struct tl_condition *c, const struct tl_call *call)
{
	if (c->magic != TL_MAGIC_CONDITION)
		return tl_misuse(TL_E_DEAD, call);
	if (c->rlock != NULL && !tl_rlock_is_owned(c->rlock))
		return tl_misuse(TL_E_NOT_OWNER, call);
	if (c->rlock == NULL && !tl_lock_held(c->lock))
		return tl_misuse(TL_E_NOT_HELD, call);
	return TL_OK;
}

static void
set_up(struct tl_condition *c, const char *name, struct tl_lock *lock, struct tl_rlock *rlock)
{
	c->magic = TL_MAGIC_CONDITION;
	c->lock = lock;
	c->rlock = rlock;
	tl_queue_init(&c->queue);
	tl_name_keep(c->name, name);
	tl_name_object(&(struct tl_naming){ .object = tl_identity(c), .other = lock_identity(c), .is = TL_OBJECT_CONDITION,
	    .text = name });
}

int
tl_condition_init(struct tl_condition *condition, const char *name)
{
	char lock_name[TL_NAME_KEPT];

	*condition = (struct tl_condition){ 0 };
	snprintf(lock_name, sizeof lock_name, "%s lock", name ? name : "");
	tl_rlock_init(&condition->own, name && *name ? lock_name : NULL);
	set_up(condition, name, NULL, &condition->own);
	return TL_OK;
}

int
tl_condition_init_lock(struct tl_condition *condition, const char *name, struct tl_lock *lock)
{
	struct tl_call call = TL_CALL(condition);

	if (lock == NULL || lock->magic != TL_MAGIC_LOCK)
		return tl_misuse(TL_E_ARGUMENT, &call);
	*condition = (struct tl_condition){ 0 };
	set_up(condition, name, lock, NULL);
	return TL_OK;
}

int
tl_condition_init_rlock(struct tl_condition *condition, const char *name, struct tl_rlock *rlock)
{
	struct tl_call call = TL_CALL(condition);

	if (rlock == NULL || rlock->magic != TL_MAGIC_RLOCK)
		return tl_misuse(TL_E_ARGUMENT, &call);
	*condition = (struct tl_condition){ 0 };
	set_up(condition, name, NULL, rlock);
	return TL_OK;
}

int
tl_condition_destroy(struct tl_condition *condition)
{
	struct tl_call call = TL_CALL(condition);

	if (condition->magic != TL_MAGIC_CONDITION)
		return tl_misuse(TL_E_DEAD, &call);
	tl_emit(TL_OBJECT_DESTROY, 0, call.object, tl_queue_waiting(&condition->queue) > 0, call.place);
	condition->magic = 0;
	if (condition->rlock == &condition->own)
		tl_rlock_destroy(&condition->own);
	return TL_OK;
}

/* --- Its lock. The place of these events is the caller's, so they do not go through the lock's own functions. --- */

static int
acquire(struct tl_condition *c, struct tl_call *call, enum tl_kind about_to)
{
	if (c->magic != TL_MAGIC_CONDITION)
		return tl_misuse(TL_E_DEAD, call);
	call->object = lock_identity(c);
	tl_gate(about_to, call->object, call->place);
	return c->rlock != NULL ? tl_rlock_take(c->rlock, call) : tl_lock_take(c->lock, call, 1);
}

int
tl_condition_acquire(struct tl_condition *condition)
{
	struct tl_call call = TL_CALL(condition);

	return acquire(condition, &call, TL_LOCK_TAKE);
}

int
tl_condition_acquire_timed(struct tl_condition *condition, double timeout)
{
	struct tl_call call = TL_CALL(condition);
	int answer;

	if (!tl_call_timeout(&call, timeout))
		return tl_misuse(TL_E_ARGUMENT, &call);
	answer = acquire(condition, &call, TL_LOCK_TAKE);
	return answer == TL_E_BUSY ? TL_E_TIMEOUT : answer;
}

int
tl_condition_try(struct tl_condition *condition)
{
	struct tl_call call = TL_CALL(condition);

	call.poll = true;
	return acquire(condition, &call, TL_LOCK_BUSY);
}

int
tl_condition_leave(struct tl_condition *condition, struct tl_call *call)
{
	int answer = check(condition, call);

	if (answer != TL_OK)
		return answer;
	call->object = lock_identity(condition);
	return condition->rlock != NULL ? tl_rlock_leave(condition->rlock, call) : tl_lock_leave(condition->lock, call);
}

int
tl_condition_release(struct tl_condition *condition)
{
	struct tl_call call = TL_CALL(condition);

	return tl_condition_leave(condition, &call);
}

int
tl_condition_take(struct tl_condition *condition, struct tl_call *call)
{
	return acquire(condition, call, TL_LOCK_TAKE);
}

/* --- Waiting --- */

struct wait {
	struct tl_condition *condition;
	const struct tl_call *call;
	uint32_t depth;			/* of the lock, before */
};

static void
drop_lock(struct wait *w)
{
	if (w->condition->rlock != NULL)
		w->depth = tl_rlock_drop(w->condition->rlock);
	else
		tl_lock_give(w->condition->lock);
}

static void
regain_lock(struct wait *w)
{
	struct tl_call call = { .object = lock_identity(w->condition), .place = w->call->place, .deadline = TL_NO_DEADLINE,
		.flags = TL_F_FOR_COND };

	if (w->condition->rlock != NULL)
		tl_rlock_regain(w->condition->rlock, &call, w->depth);
	else
		tl_lock_take(w->condition->lock, &call, 1);
}

/* A notification that reached somebody who is going away goes to the next one. The lock is held again, as POSIX has it. */
static void
wait_cancelled(struct tl_queue *queue, struct tl_waiter *waiter, bool taken, void *argument)
{
	struct tl_waiter *next = taken ? tl_queue_take(queue, 0) : NULL;

	(void)waiter;
	tl_unguard(queue);
	tl_wake(next);
	regain_lock(argument);
}

/* One wait, with all that is checked checked. */
static int
wait_once(struct tl_condition *c, struct tl_call *call)
{
	struct tl_waiter waiter;
	struct wait w = { c, call, 1 };
	bool woken;

	if (call->poll)
		call->deadline = tl_session_now();
	tl_emit(TL_LOCK_RELEASE, TL_F_FOR_COND, lock_identity(c), 0, call->place);
	tl_emit(TL_COND_WAIT, call->flags, call->object, call->ms, call->place);
	tl_guard(&c->queue);
	tl_queue_join(&c->queue, &waiter, false);
	tl_unguard(&c->queue);
	drop_lock(&w);
	woken = tl_wait(&c->queue, &waiter, call->deadline, wait_cancelled, &w);
	if (!woken)
		tl_unguard(&c->queue);
	tl_emit_ordered(woken ? TL_COND_WAKE : TL_COND_TIMEOUT, woken ? TL_F_WAITED : 0, call->object, 0, call->place);
	regain_lock(&w);
	return woken ? TL_OK : TL_E_TIMEOUT;
}

int
tl_condition_wait(struct tl_condition *condition)
{
	struct tl_call call = TL_CALL(condition);
	int answer = check(condition, &call);

	if (answer != TL_OK)
		return answer;
	tl_gate(TL_COND_WAIT, call.object, call.place);
	return wait_once(condition, &call);
}

int
tl_condition_wait_timed(struct tl_condition *condition, double timeout)
{
	struct tl_call call = TL_CALL(condition);
	int answer = check(condition, &call);

	if (answer != TL_OK)
		return answer;
	if (!tl_call_timeout(&call, timeout))
		return tl_misuse(TL_E_ARGUMENT, &call);
	tl_gate(TL_COND_WAIT, call.object, call.place);
	return wait_once(condition, &call);
}

int
tl_condition_wait_for(struct tl_condition *condition, bool (*predicate)(void *), void *argument, double timeout)
{
	struct tl_call call = TL_CALL(condition);
	int answer = check(condition, &call);

	if (answer != TL_OK)
		return answer;
	if (predicate == NULL || !tl_call_timeout(&call, timeout))
		return tl_misuse(TL_E_ARGUMENT, &call);
	while (!predicate(argument)) {
		if (call.poll || (call.deadline != TL_NO_DEADLINE && tl_session_now() >= call.deadline))
			return TL_E_TIMEOUT;
		tl_gate(TL_COND_WAIT, call.object, call.place);
		if (wait_once(condition, &call) == TL_E_TIMEOUT)
			return predicate(argument) ? TL_OK : TL_E_TIMEOUT;
	}
	return TL_OK;
}

static int
notify(struct tl_condition *c, uint32_t n, const struct tl_call *call)
{
	struct tl_waiter *chain;
	int answer = check(c, call);

	if (answer != TL_OK)
		return answer;
	tl_gate(TL_COND_NOTIFY, call->object, call->place);
	tl_guard(&c->queue);
	tl_emit(TL_COND_NOTIFY, 0, call->object, n, call->place);
	chain = tl_queue_take_many(&c->queue, n, 0);
	tl_unguard(&c->queue);
	tl_wake(chain);
	return TL_OK;
}

int
tl_condition_notify(struct tl_condition *condition, int n)
{
	struct tl_call call = TL_CALL(condition);

	return n < 0 ? tl_misuse(TL_E_ARGUMENT, &call) : notify(condition, (uint32_t)n, &call);
}

int
tl_condition_notify_all(struct tl_condition *condition)
{
	struct tl_call call = TL_CALL(condition);

	return notify(condition, TL_ALL, &call);
}
