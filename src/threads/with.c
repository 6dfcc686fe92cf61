/*
 * with.c - TL_WITH: what a block acquired is released however it is left.
 *
 * The compiler's cleanup attribute does it when a block is left in any ordinary way, and, in a program built with
 * -fexceptions, when its thread is cancelled. For all other programs each thread also keeps a short list of the blocks it
 * is in, and what is still in it when the thread ends is released then.
 */
#include "config.h"

#include <stdlib.h>

#include "threads/inside.h"

static void
remember(const struct tl_with *with)
{
	if (tl_self.with == NULL) {
		tl_self.with = calloc(TL_WITH_MAX, sizeof(*tl_self.with));
		tl_self_keep();
	}
	if (tl_self.with == NULL || tl_self.withs >= TL_WITH_MAX)
		return;
	tl_self.with[tl_self.withs++] = *with;
}

static void
forget(const struct tl_with *with)
{
	uint32_t i = tl_self.withs;

	while (i > 0 && tl_self.with[i - 1].object != with->object)
		i--;
	if (i == 0)
		return;			/* it did not fit */
	for (; i < tl_self.withs; i++)
		tl_self.with[i - 1] = tl_self.with[i];
	tl_self.withs--;
}

static int
acquire(void *object, enum tl_with_kind kind, struct tl_call *call)
{
	struct tl_lock *lock = object;
	struct tl_rlock *rlock = object;

	switch (kind) {
	case TL_WITH_LOCK:
		if (lock->magic != TL_MAGIC_LOCK)
			return tl_misuse(TL_E_DEAD, call);
		tl_gate(TL_LOCK_TAKE, call->object, call->place);
		return tl_lock_take(lock, call, 1);
	case TL_WITH_RLOCK:
		if (rlock->magic != TL_MAGIC_RLOCK)
			return tl_misuse(TL_E_DEAD, call);
		tl_gate(TL_LOCK_TAKE, call->object, call->place);
		return tl_rlock_take(rlock, call);
	case TL_WITH_CONDITION:
		return tl_condition_take(object, call);
	case TL_WITH_SEMAPHORE:
		return tl_semaphore_take(object, call);
	default:
		return tl_misuse(TL_E_ARGUMENT, call);
	}
}

static void
release(const struct tl_with *with, uint64_t place)
{
	struct tl_call call = { .object = tl_identity(with->object), .place = place };

	switch (with->kind) {
	case TL_WITH_LOCK:
		tl_lock_leave(with->object, &call);
		break;
	case TL_WITH_RLOCK:
		tl_rlock_leave(with->object, &call);
		break;
	case TL_WITH_CONDITION:
		tl_condition_leave(with->object, &call);
		break;
	case TL_WITH_SEMAPHORE:
		tl_semaphore_leave(with->object, 1, &call);
		break;
	case TL_WITH_NONE:
		break;
	}
}

struct tl_with
tl_with_enter(void *object, enum tl_with_kind kind)
{
	struct tl_call call = TL_CALL(object);
	struct tl_with with = { object, kind, 0 };

	if (acquire(object, kind, &call) != TL_OK)
		with.kind = TL_WITH_NONE;
	else
		remember(&with);
	return with;
}

void
tl_with_leave(struct tl_with *with)
{
	if (with->kind == TL_WITH_NONE)
		return;
	forget(with);
	release(with, TL_PLACE);
	with->kind = TL_WITH_NONE;
}

void
tl_with_unwind(void)
{
	while (tl_self.withs > 0)
		release(&tl_self.with[--tl_self.withs], 0);
	free(tl_self.with);
	tl_self.with = NULL;
}
