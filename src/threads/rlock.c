/*
 * rlock.c - RLock: a lock that its owner may acquire again.
 *
 * Over a Lock, with the owner's token and the depth. Only the owner writes these two, and only while it holds the lock; the
 * owner's token can be read by anybody at any time, and is one's own only if one is the owner.
 */
#include "config.h"

#include "threads/inside.h"

uint64_t
tl_token(void)
{
	static uint64_t last;

	if (tl_unlikely(tl_self.token == 0))
		tl_self.token = __atomic_add_fetch(&last, 1, __ATOMIC_RELAXED);
	return tl_self.token;
}

static bool
is_mine(const struct tl_rlock *rlock)
{
	return __atomic_load_n(&rlock->owner, __ATOMIC_RELAXED) == tl_token();
}

static void
own(struct tl_rlock *rlock, uint32_t depth)
{
	__atomic_store_n(&rlock->owner, tl_token(), __ATOMIC_RELAXED);
	__atomic_store_n(&rlock->depth, depth, __ATOMIC_RELAXED);
	tl_self.rlocks++;
	tl_self.rlock = tl_identity(rlock);
	if (!tl_self.keyed)
		tl_self_keep();
}

static void
disown(struct tl_rlock *rlock)
{
	__atomic_store_n(&rlock->depth, 0, __ATOMIC_RELAXED);
	__atomic_store_n(&rlock->owner, 0, __ATOMIC_RELAXED);
	tl_self.rlocks--;
}

uint32_t
tl_rlock_drop(struct tl_rlock *rlock)
{
	uint32_t depth = rlock->depth;

	disown(rlock);
	tl_lock_give(&rlock->lock);
	return depth;
}

void
tl_rlock_regain(struct tl_rlock *rlock, const struct tl_call *call, uint32_t depth)
{
	tl_lock_take(&rlock->lock, call, depth);
	own(rlock, depth);
}

int
tl_rlock_take(struct tl_rlock *rlock, const struct tl_call *call)
{
	int answer;

	if (is_mine(rlock)) {
		uint32_t depth = rlock->depth + 1;

		__atomic_store_n(&rlock->depth, depth, __ATOMIC_RELAXED);
		tl_emit(TL_LOCK_TAKE, 0, call->object, depth, call->place);
		return TL_OK;
	}
	answer = tl_lock_take(&rlock->lock, call, 1);
	if (answer == TL_OK)
		own(rlock, 1);
	return answer;
}

void
tl_rlock_give(struct tl_rlock *rlock, const struct tl_call *call)
{
	tl_emit(TL_LOCK_RELEASE, 0, call->object, rlock->depth - 1, call->place);
	if (rlock->depth > 1)
		__atomic_store_n(&rlock->depth, rlock->depth - 1, __ATOMIC_RELAXED);
	else
		tl_rlock_drop(rlock);
}

int
tl_rlock_init(struct tl_rlock *rlock, const char *name)
{
	*rlock = (struct tl_rlock){ .magic = TL_MAGIC_RLOCK };
	tl_lock_set_up(&rlock->lock, name);
	tl_name_object(&(struct tl_naming){ .object = tl_identity(rlock), .is = TL_OBJECT_RLOCK, .text = name });
	return TL_OK;
}

int
tl_rlock_destroy(struct tl_rlock *rlock)
{
	struct tl_call call = TL_CALL(rlock);

	if (rlock->magic != TL_MAGIC_RLOCK)
		return tl_misuse(TL_E_DEAD, &call);
	tl_emit(TL_OBJECT_DESTROY, 0, call.object, tl_lock_held(&rlock->lock), call.place);
	if (is_mine(rlock))
		disown(rlock);
	rlock->magic = 0;
	return TL_OK;
}

int
tl_rlock_acquire(struct tl_rlock *rlock)
{
	struct tl_call call = TL_CALL(rlock);

	if (rlock->magic != TL_MAGIC_RLOCK)
		return tl_misuse(TL_E_DEAD, &call);
	tl_gate(TL_LOCK_TAKE, call.object, call.place);
	return tl_rlock_take(rlock, &call);
}

int
tl_rlock_acquire_timed(struct tl_rlock *rlock, double timeout)
{
	struct tl_call call = TL_CALL(rlock);
	int answer;

	if (rlock->magic != TL_MAGIC_RLOCK)
		return tl_misuse(TL_E_DEAD, &call);
	if (!tl_call_timeout(&call, timeout))
		return tl_misuse(TL_E_ARGUMENT, &call);
	tl_gate(TL_LOCK_TAKE, call.object, call.place);
	answer = tl_rlock_take(rlock, &call);
	return answer == TL_E_BUSY ? TL_E_TIMEOUT : answer;
}

int
tl_rlock_try(struct tl_rlock *rlock)
{
	struct tl_call call = TL_CALL(rlock);

	if (rlock->magic != TL_MAGIC_RLOCK)
		return tl_misuse(TL_E_DEAD, &call);
	call.poll = true;
	tl_gate(TL_LOCK_BUSY, call.object, call.place);
	return tl_rlock_take(rlock, &call);
}

int
tl_rlock_leave(struct tl_rlock *rlock, const struct tl_call *call)
{
	if (rlock->magic != TL_MAGIC_RLOCK)
		return tl_misuse(TL_E_DEAD, call);
	if (!is_mine(rlock))
		return tl_misuse(TL_E_NOT_OWNER, call);
	tl_gate(TL_LOCK_RELEASE, call->object, call->place);
	tl_rlock_give(rlock, call);
	return TL_OK;
}

int
tl_rlock_release(struct tl_rlock *rlock)
{
	struct tl_call call = TL_CALL(rlock);

	return tl_rlock_leave(rlock, &call);
}

bool
tl_rlock_locked(const struct tl_rlock *rlock)
{
	return tl_lock_held(&rlock->lock);
}

bool
tl_rlock_is_owned(const struct tl_rlock *rlock)
{
	return is_mine(rlock);
}
