/*
 * lock.c - Lock: free or held by one; and what RLock and Condition are built on.
 *
 * The state is HELD and QUEUED. Free and nobody queued is 0, so acquire is one compare-and-swap 0 -> HELD, and release one
 * HELD -> 0. Everything else happens under the guard of the queue.
 *
 * Who releases wakes the first waiter but does not give the lock to it: a newcomer may get in first, which is fast.
 * The waiter then goes back to the head of the queue, "overtaken", and the next release hands the lock to it. So nobody is
 * overtaken more than once, and a contended lock does not pass through the scheduler for each hold.
 *
 *   A   state: 0 -> HELD, acquire (or the guard)	B   state: HELD -> 0, release (or the guard)	B->A
 *
 * Events: LOCK_RELEASE is emitted before B by the caller, LOCK_TAKE after A.
 */
#include "config.h"

#include "threads/inside.h"

enum {
	HELD = 1,
	QUEUED = 2,		/* somebody is in the queue, or was a moment ago */
};
enum { TRY_AGAIN, HANDED };	/* a waiter's result */

static inline bool
state_change(struct tl_lock *lock, uint32_t from, uint32_t to)
{
	return __atomic_compare_exchange_n(&lock->state, &from, to, false, __ATOMIC_ACQ_REL, __ATOMIC_RELAXED);
}

bool
tl_lock_held(const struct tl_lock *lock)
{
	return __atomic_load_n(&lock->state, __ATOMIC_RELAXED) & HELD;
}

/* The guard held: takes the lock, or makes sure that its release will look into the queue. */
static bool
take_or_announce(struct tl_lock *lock)
{
	for (;;) {
		uint32_t was = __atomic_load_n(&lock->state, __ATOMIC_RELAXED);

		if ((was & HELD) == 0) {
			if (state_change(lock, was, HELD | (lock->queue.first != NULL ? QUEUED : 0)))
				return true;
		} else if ((was & QUEUED) != 0 || state_change(lock, was, was | QUEUED)) {
			return false;
		}
	}
}

/* False: the time was up. */
static __attribute__((noinline)) bool
take_slow(struct tl_lock *lock, const struct tl_call *call, bool *waited)
{
	struct tl_waiter waiter = { .result = TRY_AGAIN };

	for (;;) {
		tl_guard(&lock->queue);
		if (take_or_announce(lock)) {
			tl_unguard(&lock->queue);
			return true;
		}
		if (!*waited)
			tl_emit(TL_LOCK_WAIT, call->flags, call->object, call->ms, call->place);
		waiter.overtaken = *waited;
		*waited = true;
		tl_queue_join(&lock->queue, &waiter, waiter.overtaken);
		tl_unguard(&lock->queue);
		if (!tl_wait(&lock->queue, &waiter, call->deadline, NULL, NULL)) {
			tl_unguard(&lock->queue);
			return false;
		}
		if (waiter.result == HANDED)
			return true;
	}
}

static int
take_contended(struct tl_lock *lock, const struct tl_call *call, uint32_t depth)
{
	bool waited = false;

	if (call->poll) {
		bool taken;

		tl_guard(&lock->queue);		/* free, but others are queued */
		taken = !tl_lock_held(lock) && take_or_announce(lock);
		tl_unguard(&lock->queue);
		if (!taken) {
			tl_emit(TL_LOCK_BUSY, TL_F_TRY, call->object, 1, call->place);
			return TL_E_BUSY;
		}
	} else if (!take_slow(lock, call, &waited)) {
		tl_emit_ordered(TL_LOCK_TIMEOUT, 0, call->object, 0, call->place);
		return TL_E_TIMEOUT;
	}
	if (waited)
		tl_emit_ordered(TL_LOCK_TAKE, TL_F_WAITED | (call->flags & TL_F_FOR_COND), call->object, depth, call->place);
	else
		tl_emit(TL_LOCK_TAKE, call->flags & TL_F_FOR_COND, call->object, depth, call->place);
	return TL_OK;
}

int
tl_lock_take(struct tl_lock *lock, const struct tl_call *call, uint32_t depth)
{
	if (tl_unlikely(!state_change(lock, 0, HELD)))				/* A, pairs with B */
		return take_contended(lock, call, depth);
	tl_emit(TL_LOCK_TAKE, call->flags & TL_F_FOR_COND, call->object, depth, call->place);
	return TL_OK;
}

/* The guard held, the lock held: it goes to the one who was overtaken, or becomes free and the first may try. */
static struct tl_waiter *
pass_on(struct tl_lock *lock)
{
	bool hand = lock->queue.first != NULL && lock->queue.first->overtaken;
	struct tl_waiter *waiter = tl_queue_take(&lock->queue, hand ? HANDED : TRY_AGAIN);

	__atomic_store_n(&lock->state, (hand ? HELD : 0) | (lock->queue.first != NULL ? QUEUED : 0), __ATOMIC_RELEASE);
	return waiter;
}

static __attribute__((noinline)) int
give_slow(struct tl_lock *lock)
{
	struct tl_waiter *waiter = NULL;
	bool held;

	tl_guard(&lock->queue);
	held = tl_lock_held(lock);
	if (held)
		waiter = pass_on(lock);						/* B, pairs with A */
	tl_unguard(&lock->queue);
	tl_wake(waiter);
	return held ? TL_OK : TL_E_NOT_HELD;
}

int
tl_lock_give(struct tl_lock *lock)
{
	return tl_likely(state_change(lock, HELD, 0)) ? TL_OK : give_slow(lock);	/* B, pairs with A */
}

void
tl_lock_set_up(struct tl_lock *lock, const char *name)
{
	*lock = (struct tl_lock){ .magic = TL_MAGIC_LOCK };
	tl_queue_init(&lock->queue);
	tl_name_keep(lock->name, name);
}

int
tl_lock_init(struct tl_lock *lock, const char *name)
{
	tl_lock_set_up(lock, name);
	tl_name_object(&(struct tl_naming){ .object = tl_identity(lock), .is = TL_OBJECT_LOCK, .text = name });
	return TL_OK;
}

int
tl_lock_destroy(struct tl_lock *lock)
{
	struct tl_call call = TL_CALL(lock);

	if (lock->magic != TL_MAGIC_LOCK)
		return tl_misuse(TL_E_DEAD, &call);
	tl_emit(TL_OBJECT_DESTROY, 0, call.object, tl_lock_held(lock), call.place);
	lock->magic = 0;
	return TL_OK;
}

static __attribute__((noinline, cold)) int
acquire_dead(struct tl_lock *lock, uint64_t place)
{
	return tl_misuse(TL_E_DEAD, &(struct tl_call){ .object = tl_identity(lock), .place = place });
}

static __attribute__((noinline)) int
acquire_contended(struct tl_lock *lock, uint64_t place)
{
	struct tl_call call = { .object = tl_identity(lock), .place = place, .deadline = TL_NO_DEADLINE };

	return take_contended(lock, &call, 1);
}

/* Acquire, for ever: the path that has to be short, so it has no struct tl_call. */
int
tl_lock_acquire(struct tl_lock *lock)
{
	uint64_t place = TL_PLACE;

	if (tl_unlikely(lock->magic != TL_MAGIC_LOCK))
		return acquire_dead(lock, place);
	tl_gate(TL_LOCK_TAKE, tl_identity(lock), place);
	if (tl_unlikely(!state_change(lock, 0, HELD)))				/* A, pairs with B */
		return acquire_contended(lock, place);
	tl_emit(TL_LOCK_TAKE, 0, tl_identity(lock), 1, place);
	return TL_OK;
}

int
tl_lock_acquire_timed(struct tl_lock *lock, double timeout)
{
	struct tl_call call = TL_CALL(lock);
	int answer;

	if (lock->magic != TL_MAGIC_LOCK)
		return tl_misuse(TL_E_DEAD, &call);
	if (!tl_call_timeout(&call, timeout))
		return tl_misuse(TL_E_ARGUMENT, &call);
	tl_gate(TL_LOCK_TAKE, call.object, call.place);
	answer = tl_lock_take(lock, &call, 1);
	return answer == TL_E_BUSY ? TL_E_TIMEOUT : answer;
}

int
tl_lock_try(struct tl_lock *lock)
{
	struct tl_call call = TL_CALL(lock);

	if (lock->magic != TL_MAGIC_LOCK)
		return tl_misuse(TL_E_DEAD, &call);
	call.poll = true;
	tl_gate(TL_LOCK_BUSY, call.object, call.place);
	return tl_lock_take(lock, &call, 1);
}

/* What is wrong with a release, out of the way of those where nothing is. */
static __attribute__((noinline, cold)) int
leave_wrongly(struct tl_lock *lock, uint64_t place)
{
	struct tl_call call = { .object = tl_identity(lock), .place = place };

	return tl_misuse(lock->magic != TL_MAGIC_LOCK ? TL_E_DEAD : TL_E_NOT_HELD, &call);
}

static inline int
leave(struct tl_lock *lock, uint64_t place)
{
	if (tl_unlikely(lock->magic != TL_MAGIC_LOCK || !tl_lock_held(lock)))
		return leave_wrongly(lock, place);
	tl_gate(TL_LOCK_RELEASE, tl_identity(lock), place);
	tl_emit(TL_LOCK_RELEASE, 0, tl_identity(lock), 0, place);
	if (tl_unlikely(tl_lock_give(lock) != TL_OK))
		return leave_wrongly(lock, place);
	return TL_OK;
}

int
tl_lock_leave(struct tl_lock *lock, const struct tl_call *call)
{
	return leave(lock, call->place);
}

int
tl_lock_release(struct tl_lock *lock)
{
	return leave(lock, TL_PLACE);
}

bool
tl_lock_locked(const struct tl_lock *lock)
{
	return tl_lock_held(lock);
}

int
tl_lock_reinit(struct tl_lock *lock)
{
	struct tl_call call = TL_CALL(lock);

	if (lock->magic != TL_MAGIC_LOCK)
		return tl_misuse(TL_E_DEAD, &call);
	tl_queue_init(&lock->queue);
	__atomic_store_n(&lock->state, 0, __ATOMIC_RELEASE);
	return TL_OK;
}
