/*
 * inside.h - what the files of threads/ share among themselves.
 */
#ifndef THREADS_INSIDE_H
#define THREADS_INSIDE_H

#include <pthread.h>

#include "probe/probe.h"
#include "threadlanes.h"

#define TL_NO_DEADLINE INT64_MAX	/* a session time that never comes */
/* What an object's magic says: which of them it is, and that it is alive. */
enum {
	TL_MAGIC_LOCK = 0x6b636f4c,
	TL_MAGIC_RLOCK = 0x6b636c52,
	TL_MAGIC_CONDITION = 0x646e6f43,
	TL_MAGIC_EVENT = 0x746e7645,
	TL_MAGIC_BARRIER = 0x72726142,
	TL_MAGIC_SEMAPHORE = 0x616d6553,
	TL_MAGIC_LOCAL = 0x6c636f4c,
};

/* --- One call of the user: what the events of it have in common, and how long it may take --- */

struct tl_call {
	uint64_t object;
	uint64_t place;
	int64_t deadline;	/* session time, or TL_NO_DEADLINE */
	uint32_t ms;		/* of a timed wait */
	uint8_t flags;		/* TL_F_TIMED, TL_F_FOR_COND */
	bool poll;		/* only look */
};

#define TL_CALL(thing) ((struct tl_call){ .object = (uintptr_t)(thing), .place = TL_PLACE, .deadline = TL_NO_DEADLINE })

/* Sets how long the call may take. False: that is no timeout. */
bool tl_call_timeout(struct tl_call *call, double timeout);

/* Says that the user did something wrong, and returns the code. */
int tl_misuse(int code, const struct tl_call *call);

static inline uint64_t
tl_identity(const void *object)
{
	return (uintptr_t)object;
}

/* --- error.c: text --- */

void tl_name_keep(char *kept, const char *name);	/* cut to TL_NAME_KEPT */

/* --- wait.c: the one way to block --- */

/*
 * A thread in a queue. It lies on that thread's stack and stays there until it was unparked, or until the thread itself
 * took it out, so whoever takes a waiter out of its queue may use it up to the moment of waking it.
 */
struct tl_waiter {
	struct tl_waiter *next, *previous;
	struct tl_parker *parker;
	bool queued;		/* guarded */
	bool overtaken;		/* of a lock: somebody else got in after this one was woken */
	int result;		/* what the one who takes it out has to say */
};

/* Process-wide: how many forks lie between the first ancestor and this process. */
extern uint32_t tl_epoch;

/*
 * The guard of a queue, held for a few instructions only: it orders all that happens to an object, and to its events.
 * Nothing blocks while holding it. In a forked child a guard that another thread of the parent held is taken from it, and
 * those who waited in the parent are forgotten; then tl_guard() returns true, once.
 */
bool tl_guard(struct tl_queue *queue);
void tl_unguard(struct tl_queue *queue);

void tl_queue_init(struct tl_queue *queue);

/* All with the guard held. The event that says that the thread waits must come before tl_queue_join(). */
void tl_queue_join(struct tl_queue *queue, struct tl_waiter *waiter, bool first);
struct tl_waiter *tl_queue_take(struct tl_queue *queue, int result);	/* the first; NULL if nobody waits */
struct tl_waiter *tl_queue_take_many(struct tl_queue *queue, uint32_t n, int result);	/* a chain, for tl_wake() */

/* Wakes all of a chain that was taken out. With the guard no longer held. */
void tl_wake(struct tl_waiter *chain);

/* How many wait. From outside; a number that was true a moment ago. */
uint32_t tl_queue_waiting(const struct tl_queue *queue);

/*
 * Waits, in a queue already joined, with the guard not held. True: another took the waiter out and said its result; the guard
 * is not held. False: the time was up, the waiter is out of the queue, and THE GUARD IS HELD.
 *
 * With "cancelled" the wait is a cancellation point. It is called when the thread is cancelled, with the guard held, to set
 * the object right and let go of the guard; "taken" says that another had taken the waiter out by then.
 */
typedef void tl_cancelled_f(struct tl_queue *queue, struct tl_waiter *waiter, bool taken, void *argument);
bool tl_wait(struct tl_queue *queue, struct tl_waiter *waiter, int64_t deadline, tl_cancelled_f *cancelled, void *argument);

/* --- lock.c: what is under Lock, RLock and Condition; with events, without gate and checks --- */

int tl_lock_take(struct tl_lock *lock, const struct tl_call *call, uint32_t depth);
int tl_lock_give(struct tl_lock *lock);			/* no event: the caller emitted it; TL_E_NOT_HELD */
int tl_lock_leave(struct tl_lock *lock, const struct tl_call *call);	/* all of a release, for this call */
bool tl_lock_held(const struct tl_lock *lock);
void tl_lock_set_up(struct tl_lock *lock, const char *name);	/* no event */

/* --- rlock.c --- */

uint64_t tl_token(void);		/* the calling thread's number, never used by another */
int tl_rlock_take(struct tl_rlock *rlock, const struct tl_call *call);	/* with events, without gate and checks */
void tl_rlock_give(struct tl_rlock *rlock, const struct tl_call *call);	/* one level, by its owner */
uint32_t tl_rlock_drop(struct tl_rlock *rlock);			/* gives up all levels, no event; returns how many */
void tl_rlock_regain(struct tl_rlock *rlock, const struct tl_call *call, uint32_t depth);

/* For TL_WITH, whose events carry its own place: acquire and release, with gate and checks. */
int tl_rlock_leave(struct tl_rlock *rlock, const struct tl_call *call);
int tl_condition_take(struct tl_condition *condition, struct tl_call *call);
int tl_condition_leave(struct tl_condition *condition, struct tl_call *call);
int tl_semaphore_take(struct tl_semaphore *semaphore, const struct tl_call *call);
int tl_semaphore_leave(struct tl_semaphore *semaphore, int n, const struct tl_call *call);

/* --- record.c: all threads that are known --- */

enum tl_record_state {
	TL_RECORD_INITIAL,
	TL_RECORD_STARTING,		/* pthread_create() was or is being called */
	TL_RECORD_STARTED,
	TL_RECORD_ENDED,
};

struct tl_label {			/* a name, kept for as long as somebody may look at it */
	struct tl_label *older;
	char text[];
};

/*
 * What is known of a thread. Records are never freed but used again, so a reference with an old serial is found out.
 * The fields are guarded by tl_registry, but for those marked.
 */
struct tl_record {
	struct tl_record *next;		/* of all; main first, then in order of creation */
	uint64_t serial;		/* atomic; 0: not in use */
	uint64_t identity;		/* its object in events */
	struct tl_label *label;		/* atomic */
	void *(*function)(void *);
	void *argument;
	void *result;			/* written by the thread before it ends, or by who reaps it */
	enum tl_how how;
	uint32_t state;			/* atomic; ENDED is set under the guard of the queue */
	uint32_t reaped;		/* atomic: 1 somebody is at it, 2 done */
	bool told;			/* result and how are known */
	bool daemon, dummy, main;
	bool referenced;		/* the user has not destroyed it */
	uint32_t pins;			/* calls that are busy with it */
	pthread_t thread;		/* from STARTED on */
	int native;			/* likewise */
	struct tl_writer *writer;	/* the lane claimed for it */
	struct tl_queue queue;		/* who join it */
};

extern struct tl_queue tl_registry;	/* only its guard is used */
extern struct tl_record *tl_records;
extern struct tl_record *tl_main_record;
extern uint32_t tl_zombies;		/* atomic: ended, unreferenced, not yet reaped */

struct tl_record *tl_record_new(const char *name, const char *pattern);	/* NULL: no memory. Referenced */
struct tl_record *tl_record_pin(const struct tl_thread *thread);	/* NULL: gone. NULL thread: the calling one */
void tl_record_unpin(struct tl_record *record);
void tl_record_drop(struct tl_record *record);		/* the registry's guard held: gone if nobody needs it */
bool tl_record_rename(struct tl_record *record, const char *name);
void tl_record_tell_name(const struct tl_record *record);
void tl_record_reap(struct tl_record *record);		/* ended and pinned: waits for the last bit of it */
void tl_records_sweep(void);
void tl_records_forked(struct tl_record *self);
uint32_t tl_record_state(const struct tl_record *record);
struct tl_thread tl_record_reference(const struct tl_record *record);

/* --- self.c: what a thread carries along --- */

#define TL_WITH_MAX 32

struct tl_self {
	struct tl_record *record;	/* NULL: a thread made elsewhere that nobody asked about */
	uint64_t token;
	struct tl_local_entry *locals;	/* by slot */
	uint32_t locals_size;
	uint32_t rlocks;		/* how many it holds, and one of them */
	uint64_t rlock;
	uint32_t withs;			/* TL_WITH blocks it is in */
	struct tl_with *with;		/* TL_WITH_MAX of them, or NULL */
	uint8_t rounds;
	bool cancelled;			/* in a wait; how else a thread is cancelled cannot be known */
	bool ending;			/* it called exit() */
	bool keyed;			/* tl_self_keep() was called */
	struct tl_self *next, *previous;	/* of those with locals, see local.c */
};
extern _Thread_local struct tl_self tl_self;

void tl_self_keep(void);		/* see that the thread's end is noticed */
struct tl_record *tl_self_record(void);	/* the calling thread's; makes a dummy; NULL: no memory */

void tl_with_unwind(void);		/* with.c: releases what TL_WITH blocks still hold */
void tl_locals_end(void);		/* local.c: destructors of the calling thread's values */
void tl_locals_lock(void);
void tl_locals_unlock(void);
void tl_locals_forked(void);

/* --- thread.c, end.c --- */

int tl_thread_launch(const struct tl_thread *thread, uint64_t place);
int tl_record_join(struct tl_record *record, struct tl_call *call);
void tl_record_ended(struct tl_record *record);		/* wakes who joins it */
void tl_end_prepare(void);		/* the end of the program will wait for threads */
void tl_end_of_main(void);		/* pthread_exit() in main */

#endif
