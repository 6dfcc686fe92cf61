/*
 * threadlanes.h - threads, locks and signals between them, shaped like Python's threading module, and watchable.
 *
 *	#include <threadlanes.h>			cc program.c -lthreadlanes
 *
 *	static struct tl_lock lock;
 *
 *	static void *
 *	worker(void *argument)
 *	{
 *		TL_WITH(&lock)
 *			tl_log("I have the lock");
 *		return NULL;
 *	}
 *
 * Run the program as it is, or under `threadlanes ./program` to see every wait, hold and wake-up as it happens.
 *
 * RULES THAT HOLD EVERYWHERE
 *   Objects  are plain structs that you declare and own; their fields are ours. Each has an init, which gives it the name
 *            shown (copied; NULL for none), and a destroy, which must come after the last use. There are no static
 *            initialisers: a name has to be told to whoever watches. Zeroed or destroyed objects answer TL_E_DEAD.
 *   Answers  are 0 (TL_OK) or a negative TL_E code. A wrong use changes nothing, answers its code, and is an event.
 *            Time that is up (TL_E_TIMEOUT) and what would have to wait (TL_E_BUSY) are answers, not wrong uses.
 *   Waiting  What ends in _timed takes a timeout, a double in seconds: TL_FOREVER waits for ever, zero or less only
 *            looks, not a number or more than TL_TIMEOUT_MAX is TL_E_ARGUMENT. The same name without _timed waits for
 *            ever. Timeouts follow the session clock: they stand still while somebody has paused the program.
 *            Signals do not end a wait. Waiters are served in the order they came.
 *   Threads  that this library did not make may use everything.
 *   Cancelling (pthread_cancel) ends joins, sleeps, and waits for conditions, events, barriers and permits; never one for a
 *            lock. A cancelled wait for a condition takes its lock back first.
 *   Signal handlers may call nothing of this. errno is kept.
 */
#ifndef THREADLANES_H
#define THREADLANES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define TL_API __attribute__((visibility("default")))

#define TL_FOREVER     (__builtin_inf())
#define TL_TIMEOUT_MAX 9223372036.0	/* seconds: 292 years, as Python's TIMEOUT_MAX */

/* --- Answers --------------------------------------------------------------------------------------------------- */

/* One row an answer: its name, its number (the code is the negative of it; a MISUSE event carries the number), in words. */
#define TL_ERRORS(E) \
	E(TL_OK,            0,  "done") \
	E(TL_E_TIMEOUT,     1,  "the time was up") \
	E(TL_E_BUSY,        2,  "it would have had to wait") \
	E(TL_E_ARGUMENT,    3,  "an argument is out of range") \
	E(TL_E_DEAD,        4,  "it is not initialised, or was destroyed") \
	E(TL_E_NOT_HELD,    5,  "released, but nobody held it") \
	E(TL_E_NOT_OWNER,   6,  "the calling thread does not hold it") \
	E(TL_E_EXCEEDED,    7,  "released more often than it was acquired") \
	E(TL_E_BROKEN,      8,  "the barrier is broken") \
	E(TL_E_ACTION,      9,  "the barrier's action failed") \
	E(TL_E_STARTED,     10, "the thread was started before") \
	E(TL_E_NOT_STARTED, 11, "the thread was not started") \
	E(TL_E_RUNNING,     12, "the thread has not ended") \
	E(TL_E_SELF,        13, "a thread cannot wait for its own end") \
	E(TL_E_DUMMY,       14, "the thread was made elsewhere and cannot be waited for") \
	E(TL_E_SYSTEM,      15, "the system could not start a thread") \
	E(TL_E_MEMORY,      16, "no memory was left") \
	E(TL_E_ENDING,      17, "the program is ending") \
	E(TL_E_NO_VALUE,    18, "the thread has no value here") \
	E(TL_E_HELD,        19, "the thread ended while holding it")

enum tl_error {
#define TL_ERROR_ROW(name, number, text) name = -(number),
	TL_ERRORS(TL_ERROR_ROW)
#undef TL_ERROR_ROW
};

TL_API const char *tl_error_text(int code);	/* "the time was up"; a static string, for any number */
TL_API const char *tl_error_name(int code);	/* "TL_E_TIMEOUT" */

/* --- What objects are made of; not for use --------------------------------------------------------------------- */

struct tl_waiter;
struct tl_queue {			/* those who wait for the object, first come first */
	uint32_t guard;
	uint32_t epoch;
	uint32_t waiting;
	struct tl_waiter *first, *last;
};
#define TL_NAME_KEPT 32			/* bytes of its name that an object keeps for tl_describe(); viewers have all */

/* --- Lock: threading.Lock -------------------------------------------------------------------------------------- */

/* Free or held by one. Not re-entrant: who holds it and acquires it again waits until another thread releases it. */
struct tl_lock {
	uint32_t magic;
	uint32_t state;
	struct tl_queue queue;
	char name[TL_NAME_KEPT];
};

TL_API int tl_lock_init(struct tl_lock *lock, const char *name);	/* Lock() */
TL_API int tl_lock_destroy(struct tl_lock *lock);		/* free or held; not while anybody waits for it */
TL_API int tl_lock_acquire(struct tl_lock *lock);		/* acquire(): waits until it is free */
TL_API int tl_lock_acquire_timed(struct tl_lock *lock, double timeout);	/* acquire(timeout=...); TL_E_TIMEOUT */
TL_API int tl_lock_try(struct tl_lock *lock);			/* acquire(blocking=False): TL_E_BUSY if it is held */
TL_API int tl_lock_release(struct tl_lock *lock);		/* release(), by any thread: TL_E_NOT_HELD if it is free */
TL_API bool tl_lock_locked(const struct tl_lock *lock);		/* locked() */
/* _at_fork_reinit(): for a forked child alone; free again, whoever held it in the parent. */
TL_API int tl_lock_reinit(struct tl_lock *lock);

/* --- RLock: threading.RLock ------------------------------------------------------------------------------------ */

/* A lock that its owner may acquire again; it is free after as many releases. Only the owner may release it. */
struct tl_rlock {
	uint32_t magic;
	uint32_t depth;
	uint64_t owner;
	struct tl_lock lock;
};

TL_API int tl_rlock_init(struct tl_rlock *rlock, const char *name);	/* RLock() */
TL_API int tl_rlock_destroy(struct tl_rlock *rlock);
TL_API int tl_rlock_acquire(struct tl_rlock *rlock);		/* acquire(): waits unless free or one's own */
TL_API int tl_rlock_acquire_timed(struct tl_rlock *rlock, double timeout);
TL_API int tl_rlock_try(struct tl_rlock *rlock);
TL_API int tl_rlock_release(struct tl_rlock *rlock);		/* release(): TL_E_NOT_OWNER if it is not one's own */
TL_API bool tl_rlock_locked(const struct tl_rlock *rlock);	/* locked(), by anybody */
TL_API bool tl_rlock_is_owned(const struct tl_rlock *rlock);	/* _is_owned(): by the calling thread */

/* --- Condition: threading.Condition ---------------------------------------------------------------------------- */

/*
 * Waiting, with a lock given back meanwhile, until another thread notifies. It comes with an RLock of its own or works on
 * a lock of yours, which must outlive it. Nobody wakes without being notified. Waiting and notifying without holding the
 * lock is TL_E_NOT_OWNER (TL_E_NOT_HELD over a Lock, which has no owner: it must at least be held).
 */
struct tl_condition {
	uint32_t magic;
	struct tl_lock *lock;		/* one of these two */
	struct tl_rlock *rlock;
	struct tl_rlock own;
	struct tl_queue queue;
	char name[TL_NAME_KEPT];
};

TL_API int tl_condition_init(struct tl_condition *condition, const char *name);	/* Condition() */
TL_API int tl_condition_init_lock(struct tl_condition *condition, const char *name, struct tl_lock *lock);
TL_API int tl_condition_init_rlock(struct tl_condition *condition, const char *name, struct tl_rlock *rlock);
TL_API int tl_condition_destroy(struct tl_condition *condition);
TL_API int tl_condition_acquire(struct tl_condition *condition);	/* acquire(), of its lock; and so on */
TL_API int tl_condition_acquire_timed(struct tl_condition *condition, double timeout);
TL_API int tl_condition_try(struct tl_condition *condition);
TL_API int tl_condition_release(struct tl_condition *condition);
/* wait(): gives the lock back, at every level, waits to be notified, and takes it again, as deep as before. */
TL_API int tl_condition_wait(struct tl_condition *condition);
TL_API int tl_condition_wait_timed(struct tl_condition *condition, double timeout);	/* the lock is held again even then */
/*
 * wait_for(): waits until the predicate, called with the lock held and now and then again, is true. The timeout is for all
 * of it together. TL_OK if the predicate was true in the end, TL_E_TIMEOUT if not.
 */
TL_API int tl_condition_wait_for(struct tl_condition *condition, bool (*predicate)(void *), void *argument, double timeout);
/* notify(n): the n who have waited longest go on, as soon as they get the lock. n may be more than wait, and 0. */
TL_API int tl_condition_notify(struct tl_condition *condition, int n);
TL_API int tl_condition_notify_all(struct tl_condition *condition);	/* notify_all() */

/* --- Event: threading.Event ------------------------------------------------------------------------------------ */

/* A flag, clear at first, that threads can wait for. */
struct tl_event_flag {
	uint32_t magic;
	uint32_t set;
	struct tl_queue queue;
	char name[TL_NAME_KEPT];
};

TL_API int tl_event_init(struct tl_event_flag *event, const char *name);	/* Event() */
TL_API int tl_event_destroy(struct tl_event_flag *event);
TL_API int tl_event_set(struct tl_event_flag *event);		/* set(): all who wait go on, even if it is cleared at once */
TL_API int tl_event_clear(struct tl_event_flag *event);		/* clear() */
TL_API bool tl_event_is_set(const struct tl_event_flag *event);	/* is_set() */
TL_API int tl_event_wait(struct tl_event_flag *event);		/* wait(): until it is set; at once if it is */
TL_API int tl_event_wait_timed(struct tl_event_flag *event, double timeout);	/* TL_E_TIMEOUT if it never was */

/* --- Barrier: threading.Barrier -------------------------------------------------------------------------------- */

/*
 * Makes its parties wait for each other, round after round. The one that comes last runs the action, if there is one,
 * before anybody goes on. When a party gives up (its timeout, abort) the barrier is broken: all who wait, and all who
 * come later, get TL_E_BROKEN until it is reset.
 */
struct tl_barrier {
	uint32_t magic;
	uint32_t parties;
	uint32_t arrived;		/* in this round */
	uint32_t is_broken;
	double timeout;
	int (*action)(void *);
	void *argument;
	struct tl_queue queue;
	char name[TL_NAME_KEPT];
};

TL_API int tl_barrier_init(struct tl_barrier *barrier, const char *name, int parties);	/* Barrier(parties), 1 or more */
/* Barrier(parties, action, timeout). An action that does not return 0 breaks the barrier. The timeout is for each wait. */
TL_API int tl_barrier_init_action(struct tl_barrier *barrier, const char *name, int parties, int (*action)(void *),
    void *argument, double timeout);
TL_API int tl_barrier_destroy(struct tl_barrier *barrier);
/*
 * wait(): until all parties are here. Returns an index of the round, 0 to parties - 1, each once; or a code:
 * TL_E_BROKEN, also when this call's own time was up; what the action returned, to who ran it (TL_E_ACTION if that
 * was positive).
 */
TL_API int tl_barrier_wait(struct tl_barrier *barrier);
TL_API int tl_barrier_wait_timed(struct tl_barrier *barrier, double timeout);	/* instead of the barrier's own timeout */
TL_API int tl_barrier_reset(struct tl_barrier *barrier);	/* reset(): as new; who waits now gets TL_E_BROKEN */
TL_API int tl_barrier_abort(struct tl_barrier *barrier);	/* abort(): broken from now on */
TL_API int tl_barrier_parties(const struct tl_barrier *barrier);	/* parties */
TL_API int tl_barrier_n_waiting(const struct tl_barrier *barrier);	/* n_waiting: 0 when none or all are here */
TL_API bool tl_barrier_broken(const struct tl_barrier *barrier);	/* broken */

/* --- Semaphore, BoundedSemaphore ------------------------------------------------------------------------------- */

/* A number of permits. A bounded one refuses to have more than it began with. Permits have no owner. */
struct tl_semaphore {
	uint32_t magic;
	uint32_t bounded;
	int64_t value;
	int64_t initial;
	struct tl_queue queue;
	char name[TL_NAME_KEPT];
};

TL_API int tl_semaphore_init(struct tl_semaphore *semaphore, const char *name, int value);	/* Semaphore(value) */
TL_API int tl_bounded_semaphore_init(struct tl_semaphore *semaphore, const char *name, int value);	/* BoundedSemaphore(value) */
TL_API int tl_semaphore_destroy(struct tl_semaphore *semaphore);
TL_API int tl_semaphore_acquire(struct tl_semaphore *semaphore);	/* acquire(): waits for a permit */
TL_API int tl_semaphore_acquire_timed(struct tl_semaphore *semaphore, double timeout);
TL_API int tl_semaphore_try(struct tl_semaphore *semaphore);		/* acquire(blocking=False): TL_E_BUSY */
TL_API int tl_semaphore_release(struct tl_semaphore *semaphore);	/* release(): TL_E_EXCEEDED if bounded and full */
TL_API int tl_semaphore_release_n(struct tl_semaphore *semaphore, int n);	/* release(n): all n or none; n is 1 or more */
TL_API int tl_semaphore_value(const struct tl_semaphore *semaphore);	/* permits left just now */

/* --- With ------------------------------------------------------------------------------------------------------ */

/*
 * TL_WITH(&lock) { ... }: Python's "with lock:", for a Lock, RLock, Condition or Semaphore. What was acquired is released
 * however the block is left: at its end, by return, break, continue (which all leave the block alone, not a loop
 * around it) or goto, or because the thread is cancelled or ends in it (32 such blocks deep at most). If it
 * cannot be acquired (TL_E_DEAD) the block is not run.
 */
enum tl_with_kind {
	TL_WITH_NONE,
	TL_WITH_LOCK,
	TL_WITH_RLOCK,
	TL_WITH_CONDITION,
	TL_WITH_SEMAPHORE,
};
struct tl_with {
	void *object;
	enum tl_with_kind kind;		/* NONE: not acquired, or released */
	int once;
};
TL_API struct tl_with tl_with_enter(void *object, enum tl_with_kind kind);
TL_API void tl_with_leave(struct tl_with *with);

#ifndef __cplusplus
#define TL_WITH(object) TL_WITH_NAMED(object, __COUNTER__)
#define TL_WITH_NAMED(object, number) TL_WITH_AS(object, number)
#define TL_WITH_AS(object, number) \
	for (struct tl_with tl_with_##number __attribute__((cleanup(tl_with_leave))) = \
	    tl_with_enter(object, _Generic((object), struct tl_lock *: TL_WITH_LOCK, struct tl_rlock *: TL_WITH_RLOCK, \
	    struct tl_condition *: TL_WITH_CONDITION, struct tl_semaphore *: TL_WITH_SEMAPHORE)); \
	    tl_with_##number.kind != TL_WITH_NONE && tl_with_##number.once++ == 0;)
#endif

/* --- Thread: threading.Thread ---------------------------------------------------------------------------------- */

/*
 * A reference to a thread: it may be copied, and may go out of scope while the thread runs. NULL in place of a thread
 * means the calling one. A reference to a thread that ended and was destroyed, or that enumerate() gave and that is gone,
 * is safe to use: it is not alive, joining it succeeds, and everything else is TL_E_DEAD.
 */
struct tl_record;
struct tl_thread {
	struct tl_record *record;
	uint64_t serial;
};

enum tl_how {				/* how a thread ended */
	TL_HOW_RETURN,			/* its function returned */
	TL_HOW_EXIT,			/* tl_thread_exit(), pthread_exit() */
	TL_HOW_CANCELLED,		/* pthread_cancel() */
	TL_HOW_LOST,			/* it was left behind by fork() */
};

/*
 * Thread(name=..., target=..., args=...). Without a name it is called Thread-1, Thread-2 and so on; without a function it
 * does nothing. It is a daemon if its creator is one. TL_E_MEMORY.
 */
TL_API int tl_thread_init(struct tl_thread *thread, const char *name, void *(*function)(void *), void *argument);
/* Gives up the reference, in place of garbage collection: what is left of the thread goes when it has ended. */
TL_API int tl_thread_destroy(struct tl_thread *thread);
/* start(), once: TL_E_STARTED. TL_E_SYSTEM if the system refused; then it may be tried again. */
TL_API int tl_thread_start(struct tl_thread *thread);
/* init and start in one, for a thread that need not be joined by reference: the thread may be NULL. */
TL_API int tl_thread_run(struct tl_thread *thread, const char *name, void *(*function)(void *), void *argument);
/* join(): until it has ended. Any number of times, by any number of threads. TL_E_NOT_STARTED, TL_E_SELF, TL_E_DUMMY. */
TL_API int tl_thread_join(struct tl_thread *thread);
TL_API int tl_thread_join_timed(struct tl_thread *thread, double timeout);	/* TL_E_TIMEOUT if it still runs */
TL_API bool tl_thread_is_alive(const struct tl_thread *thread);		/* is_alive(): started, and not ended */
/* What it returned or passed to pthread_exit(), and how it ended; either may be NULL. TL_E_RUNNING, TL_E_NOT_STARTED. */
TL_API int tl_thread_result(struct tl_thread *thread, void **result, enum tl_how *how);
TL_API void tl_thread_exit(void *result) __attribute__((noreturn));	/* ends the calling thread */
TL_API int tl_thread_cancel(struct tl_thread *thread);			/* pthread_cancel() it */

/* name: valid until the thread is destroyed or gone, also if it is changed meanwhile. "" of a thread that is gone. */
TL_API const char *tl_thread_name(const struct tl_thread *thread);
TL_API int tl_thread_set_name(struct tl_thread *thread, const char *name);	/* name = ...: also while it runs */
TL_API bool tl_thread_is_daemon(const struct tl_thread *thread);	/* daemon */
TL_API int tl_thread_set_daemon(struct tl_thread *thread, bool daemon);	/* daemon = ...: before it is started, TL_E_STARTED */
TL_API uint64_t tl_thread_ident(const struct tl_thread *thread);	/* ident: 0 before it is started */
TL_API int tl_thread_native_id(const struct tl_thread *thread);	/* native_id: the kernel's; 0 before it is started */
TL_API bool tl_thread_same(const struct tl_thread *one, const struct tl_thread *other);	/* "is" */

TL_API struct tl_thread tl_thread_current(void);	/* current_thread(): a dummy if it was made elsewhere */
TL_API struct tl_thread tl_thread_main(void);		/* main_thread() */
/* enumerate(): all that are alive, the main thread first. Fills up to room; returns how many there are. */
TL_API size_t tl_thread_enumerate(struct tl_thread *list, size_t room);
TL_API size_t tl_thread_active_count(void);		/* active_count() */
/* stack_size(n): of threads started from now on; 0 is the system's own. Less than 32 KiB is TL_E_ARGUMENT. */
TL_API int tl_thread_set_stack_size(size_t bytes);
TL_API size_t tl_thread_stack_size(void);		/* stack_size() */

/*
 * THE END OF THE PROGRAM. Returning from main, exit(), and pthread_exit() in main wait for every thread that is not a
 * daemon; daemons are abandoned. Nothing waits after _exit() or a signal.
 */
/* _register_atexit(): called once when the program ends, before it waits; the last registered first. TL_E_ENDING. */
TL_API int tl_at_exit(void (*function)(void *), void *argument);

/* --- Timer: threading.Timer ------------------------------------------------------------------------------------ */

/* A thread that waits, then calls a function, unless it is cancelled before. It need not outlive its timer thread. */
struct tl_timer_state;
struct tl_timer {
	struct tl_thread thread;	/* to join, name, ask */
	struct tl_timer_state *state;
};

TL_API int tl_timer_init(struct tl_timer *timer, const char *name, double interval, void (*function)(void *),
    void *argument);						/* Timer(interval, function, args) */
TL_API int tl_timer_destroy(struct tl_timer *timer);
TL_API int tl_timer_start(struct tl_timer *timer);		/* start() */
TL_API int tl_timer_cancel(struct tl_timer *timer);		/* cancel(): too late is no error */
TL_API int tl_timer_join(struct tl_timer *timer);		/* join() */
TL_API struct tl_event_flag *tl_timer_finished(struct tl_timer *timer);	/* finished: set after it ran or was cancelled */

/* --- local: threading.local ------------------------------------------------------------------------------------ */

/* A pointer of which every thread has its own. */
struct tl_local {
	uint32_t magic;
	uint32_t slot;
	uint64_t serial;
	void (*destructor)(void *);
	void *(*initialiser)(void *);
	void *argument;			/* the initialiser's, or the default value */
	bool has_default;
	char name[TL_NAME_KEPT];
};

TL_API int tl_local_init(struct tl_local *local, const char *name);	/* local() */
/* These three come before the first use. The destructor is called for every value when its thread ends or the local is
 * destroyed; not when the value is deleted or replaced, and not for the main thread's when the program ends. */
TL_API int tl_local_set_destructor(struct tl_local *local, void (*destructor)(void *));
TL_API int tl_local_set_initialiser(struct tl_local *local, void *(*initialiser)(void *), void *argument);	/* __init__ */
TL_API int tl_local_set_default(struct tl_local *local, void *value);	/* a class attribute; no destructor for it */
TL_API int tl_local_destroy(struct tl_local *local);
TL_API int tl_local_get(struct tl_local *local, void **value);	/* TL_E_NO_VALUE, Python's AttributeError */
TL_API int tl_local_set(struct tl_local *local, void *value);	/* TL_E_MEMORY */
TL_API int tl_local_delete(struct tl_local *local);		/* TL_E_NO_VALUE */

/* --- Time and text --------------------------------------------------------------------------------------------- */

TL_API int tl_sleep(double seconds);			/* time.sleep(), by the session clock; TL_E_ARGUMENT if negative */

enum tl_log_style {
	TL_LOG_NAME,		/* (Thread-1  ) text                            '(%(threadName)-10s) %(message)s' */
	TL_LOG_TIME,		/* 2022-04-26 16:41:48,021 (Thread-1) text      '%(asctime)s (%(threadName)-2s) %(message)s' */
};
TL_API void tl_log_set_style(enum tl_log_style style);	/* logging.basicConfig(format=...); for the whole program */
/* logging.debug(): one line on standard error with the thread's name in front, and an event. No newline in the format. */
TL_API void tl_log(const char *format, ...) __attribute__((format(printf, 1, 2)));

/*
 * repr(): writes what the object is now into text, cut to size with its terminating 0; returns the whole length.
 *	<unlocked Lock "A" at 0x55d0c0>           <locked RLock "r" owner=1234 count=2 at 0x...>
 *	<Condition "c" <unlocked RLock ...> waiters=2 at 0x...>        <Event "e" unset at 0x...>
 *	<Barrier "b" waiters=2/3 at 0x...>        <Barrier "b" broken at 0x...>
 *	<Semaphore "s" value=3 at 0x...>          <BoundedSemaphore "p" value=2/3 at 0x...>
 *	<Thread(worker, started daemon 140321)>   <Thread(worker, initial)>    <_MainThread(MainThread, started 140321)>
 */
TL_API size_t tl_lock_describe(const struct tl_lock *lock, char *text, size_t size);
TL_API size_t tl_rlock_describe(const struct tl_rlock *rlock, char *text, size_t size);
TL_API size_t tl_condition_describe(const struct tl_condition *condition, char *text, size_t size);
TL_API size_t tl_event_describe(const struct tl_event_flag *event, char *text, size_t size);
TL_API size_t tl_barrier_describe(const struct tl_barrier *barrier, char *text, size_t size);
TL_API size_t tl_semaphore_describe(const struct tl_semaphore *semaphore, char *text, size_t size);
TL_API size_t tl_thread_describe(const struct tl_thread *thread, char *text, size_t size);

#ifndef __cplusplus
#define tl_describe(object, text, size) \
	_Generic((object), \
	    struct tl_lock *: tl_lock_describe, const struct tl_lock *: tl_lock_describe, \
	    struct tl_rlock *: tl_rlock_describe, const struct tl_rlock *: tl_rlock_describe, \
	    struct tl_condition *: tl_condition_describe, const struct tl_condition *: tl_condition_describe, \
	    struct tl_event_flag *: tl_event_describe, const struct tl_event_flag *: tl_event_describe, \
	    struct tl_barrier *: tl_barrier_describe, const struct tl_barrier *: tl_barrier_describe, \
	    struct tl_semaphore *: tl_semaphore_describe, const struct tl_semaphore *: tl_semaphore_describe, \
	    struct tl_thread *: tl_thread_describe, const struct tl_thread *: tl_thread_describe)((object), (text), (size))
#endif

#ifdef __cplusplus
}
#endif

#endif
