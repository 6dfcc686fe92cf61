/*
 * wait.c - the one way to block: a queue of waiters per object, first come first served, over park and unpark.
 *
 * A primitive is a small state machine over it: it looks at its state under the guard; if it has to wait it says so,
 * joins the queue, lets go of the guard and waits. Who changes the state takes waiters out under the guard, tells each its
 * result, and wakes them afterwards. So nobody wakes for nothing, and a controlled scheduler needs to know this file
 * alone.
 *
 * THE GUARD is a word: 0 free, else epoch << 2 | 1 held, or | 2 held and somebody waits for it. The epoch says in which
 * process of a line of forks it was taken: a guard of an earlier epoch was held by a thread that does not exist here.
 *
 *   A   guard: 0 -> held, acquire	B   guard: -> 0, release	B->A as any lock
 */
#include "config.h"

#include <errno.h>
#include <linux/futex.h>
#include <pthread.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "threads/inside.h"

#define SPINS 100

uint32_t tl_epoch;

static void
futex(uint32_t *word, int operation, uint32_t value)
{
	int error = errno;

	syscall(SYS_futex, word, operation | FUTEX_PRIVATE_FLAG, value, NULL, NULL, 0);
	errno = error;
}

static inline void
relax(void)
{
#if defined(__x86_64__) || defined(__i386__)
	__builtin_ia32_pause();
#elif defined(__aarch64__)
	__asm__ volatile("yield");
#endif
}

static bool
is_mine(uint32_t seen, uint32_t mine)
{
	return seen == 0 || seen >> 2 != mine >> 2;
}

static __attribute__((noinline)) void
guard_slow(uint32_t *guard, uint32_t mine)
{
	for (int i = 0; i < SPINS; i++) {
		uint32_t seen = __atomic_load_n(guard, __ATOMIC_RELAXED);

		if (is_mine(seen, mine) && __atomic_compare_exchange_n(guard, &seen, mine | 1, false, __ATOMIC_ACQUIRE,
		    __ATOMIC_RELAXED))
			return;
		relax();
	}
	while (!is_mine(__atomic_exchange_n(guard, mine | 2, __ATOMIC_ACQUIRE), mine))	/* A, pairs with B */
		futex(guard, FUTEX_WAIT, mine | 2);
}

bool
tl_guard(struct tl_queue *queue)
{
	uint32_t mine = tl_epoch << 2, zero = 0;

	if (!__atomic_compare_exchange_n(&queue->guard, &zero, mine | 1, false, __ATOMIC_ACQUIRE, __ATOMIC_RELAXED))
		guard_slow(&queue->guard, mine);			/* A, pairs with B */
	if (tl_likely(queue->epoch == tl_epoch))
		return false;
	queue->epoch = tl_epoch;
	queue->first = queue->last = NULL;
	__atomic_store_n(&queue->waiting, 0, __ATOMIC_RELAXED);
	return true;
}

void
tl_unguard(struct tl_queue *queue)
{
	if ((__atomic_exchange_n(&queue->guard, 0, __ATOMIC_RELEASE) & 3) == 2)	/* B, pairs with A */
		futex(&queue->guard, FUTEX_WAKE, 1);
}

void
tl_queue_init(struct tl_queue *queue)
{
	*queue = (struct tl_queue){ .epoch = tl_epoch };
}

void
tl_queue_join(struct tl_queue *queue, struct tl_waiter *waiter, bool first)
{
	waiter->parker = tl_parker();
	waiter->queued = true;
	waiter->next = first ? queue->first : NULL;
	waiter->previous = first ? NULL : queue->last;
	*(waiter->next != NULL ? &waiter->next->previous : &queue->last) = waiter;
	*(waiter->previous != NULL ? &waiter->previous->next : &queue->first) = waiter;
	__atomic_store_n(&queue->waiting, queue->waiting + 1, __ATOMIC_RELEASE);
}

static void
queue_leave(struct tl_queue *queue, struct tl_waiter *waiter)
{
	*(waiter->next != NULL ? &waiter->next->previous : &queue->last) = waiter->previous;
	*(waiter->previous != NULL ? &waiter->previous->next : &queue->first) = waiter->next;
	waiter->next = NULL;
	waiter->queued = false;
	__atomic_store_n(&queue->waiting, queue->waiting - 1, __ATOMIC_RELEASE);
}

struct tl_waiter *
tl_queue_take(struct tl_queue *queue, int result)
{
	struct tl_waiter *waiter = queue->first;

	if (waiter == NULL)
		return NULL;
	queue_leave(queue, waiter);
	waiter->result = result;
	return waiter;
}

struct tl_waiter *
tl_queue_take_many(struct tl_queue *queue, uint32_t n, int result)
{
	struct tl_waiter *chain = NULL, **last = &chain;

	for (; n > 0 && (*last = tl_queue_take(queue, result)) != NULL; n--)
		last = &(*last)->next;
	return chain;
}

void
tl_wake(struct tl_waiter *chain)
{
	while (chain != NULL) {
		struct tl_waiter *next = chain->next;	/* once unparked it is no longer ours to look at */

		tl_unpark(chain->parker);
		chain = next;
	}
}

uint32_t
tl_queue_waiting(const struct tl_queue *queue)
{
	return queue->epoch == tl_epoch ? __atomic_load_n(&queue->waiting, __ATOMIC_ACQUIRE) : 0;
}

/* The time is up, or the thread is cancelled: out of the queue, unless another was faster. Guard held if true. */
static bool
leave_late(struct tl_queue *queue, struct tl_waiter *waiter)
{
	tl_guard(queue);
	if (waiter->queued) {
		queue_leave(queue, waiter);
		return true;
	}
	tl_unguard(queue);
	tl_park(TL_NO_DEADLINE);			/* the unpark is on its way */
	return false;
}

struct cancellation {
	struct tl_queue *queue;
	struct tl_waiter *waiter;
	tl_cancelled_f *cancelled;
	void *argument;
};

static void
wait_cancelled(void *argument)
{
	struct cancellation *c = argument;
	bool taken = !leave_late(c->queue, c->waiter);

	tl_self.cancelled = true;
	if (taken)
		tl_guard(c->queue);
	c->cancelled(c->queue, c->waiter, taken, c->argument);
}

static bool
park_cancellable(struct cancellation *c, int64_t deadline)
{
	bool unparked;

	pthread_cleanup_push(wait_cancelled, c);
	unparked = tl_park_cancellable(deadline);
	pthread_cleanup_pop(0);
	return unparked;
}

bool
tl_wait(struct tl_queue *queue, struct tl_waiter *waiter, int64_t deadline, tl_cancelled_f *cancelled, void *argument)
{
	struct cancellation c = { queue, waiter, cancelled, argument };
	bool unparked = cancelled == NULL ? tl_park(deadline) : park_cancellable(&c, deadline);

	return unparked || !leave_late(queue, waiter);
}
