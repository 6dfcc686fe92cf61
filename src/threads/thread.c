/*
 * thread.c - Thread: started, joined, asked.
 *
 * The record says ENDED when the thread is past its end of life (self.c); joining waits for that, in a queue as everything
 * else does. pthread_join() only reaps what is left, which is a matter of microseconds.
 */
#include "config.h"

#include <errno.h>
#include <limits.h>
#include <sched.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "threads/inside.h"

#define STACK_LEAST (32 * 1024)
#define KERNEL_NAME 16			/* bytes of a thread's name that the kernel keeps */

static size_t stack_size;		/* atomic; 0: the system's own */

/* --- Starting --- */

static void
name_for_kernel(pthread_t thread, const char *name)
{
	char cut[KERNEL_NAME] = "";

	strncat(cut, name, sizeof(cut) - 1);
	pthread_setname_np(thread, cut);
}

static void *
run(void *argument)
{
	struct tl_record *record = argument;
	void *(*function)(void *) = record->function;

	tl_self.record = record;
	tl_self_keep();
	record->thread = pthread_self();
	record->native = (int)syscall(SYS_gettid);
	tl_lane_sit(record->writer, record->daemon ? TL_F_DAEMON : 0, (uintptr_t)function);
	name_for_kernel(record->thread, __atomic_load_n(&record->label, __ATOMIC_ACQUIRE)->text);
	__atomic_store_n(&record->state, TL_RECORD_STARTED, __ATOMIC_RELEASE);
	if (function != NULL)
		record->result = function(record->argument);
	record->how = TL_HOW_RETURN;
	record->told = true;
	return record->result;
}

static int
create(struct tl_record *record)
{
	pthread_attr_t attributes;
	pthread_t thread;
	size_t size = __atomic_load_n(&stack_size, __ATOMIC_RELAXED);
	int error = pthread_attr_init(&attributes);

	if (error != 0)
		return error;
	if (size != 0)
		error = pthread_attr_setstacksize(&attributes, size);
	if (error == 0)
		error = pthread_create(&thread, &attributes, run, record);
	pthread_attr_destroy(&attributes);
	return error;
}

static int
start(struct tl_record *record, const struct tl_call *call)
{
	uint32_t initial = TL_RECORD_INITIAL;

	tl_gate(TL_THREAD_CREATE, call->object, call->place);
	if (!__atomic_compare_exchange_n(&record->state, &initial, TL_RECORD_STARTING, false, __ATOMIC_ACQ_REL,
	    __ATOMIC_RELAXED))
		return tl_misuse(TL_E_STARTED, call);
	tl_end_prepare();
	tl_records_sweep();
	record->writer = tl_lane_claim(record->identity);
	tl_record_tell_name(record);
	tl_emit(TL_THREAD_CREATE, 0, call->object, 0, call->place);
	if (create(record) == 0)
		return TL_OK;
	tl_lane_abandon(record->writer);
	record->writer = NULL;
	__atomic_store_n(&record->state, TL_RECORD_INITIAL, __ATOMIC_RELEASE);
	return tl_misuse(TL_E_SYSTEM, call);
}

int
tl_thread_init(struct tl_thread *thread, const char *name, void *(*function)(void *), void *argument)
{
	struct tl_record *creator = tl_self.record;
	struct tl_record *record = tl_record_new(name, "Thread-%u");

	*thread = tl_record_reference(record);
	if (record == NULL)
		return TL_E_MEMORY;
	record->function = function;
	record->argument = argument;
	record->daemon = creator != NULL && creator->daemon && !creator->dummy;
	return TL_OK;
}

int
tl_thread_launch(const struct tl_thread *thread, uint64_t place)
{
	struct tl_record *record = tl_record_pin(thread);
	struct tl_call call = { .object = tl_identity(record), .place = place };
	int answer;

	if (record == NULL)
		return tl_misuse(TL_E_DEAD, &call);
	call.object = record->identity;
	answer = start(record, &call);
	tl_record_unpin(record);
	return answer;
}

int
tl_thread_start(struct tl_thread *thread)
{
	return tl_thread_launch(thread, TL_PLACE);
}

int
tl_thread_run(struct tl_thread *thread, const char *name, void *(*function)(void *), void *argument)
{
	struct tl_thread own;
	int answer = tl_thread_init(&own, name, function, argument);

	if (answer == TL_OK)
		answer = tl_thread_launch(&own, TL_PLACE);
	if (answer != TL_OK || thread == NULL)
		tl_thread_destroy(&own);
	if (thread != NULL)
		*thread = answer == TL_OK ? own : (struct tl_thread){ 0 };
	return answer;
}

int
tl_thread_destroy(struct tl_thread *thread)
{
	struct tl_record *record = tl_record_pin(thread);
	struct tl_call call = TL_CALL(thread);

	if (record == NULL || thread == NULL)
		return tl_misuse(TL_E_DEAD, &call);
	if (tl_record_state(record) == TL_RECORD_ENDED)
		tl_record_reap(record);
	tl_guard(&tl_registry);
	if (record->referenced && tl_record_state(record) == TL_RECORD_ENDED
	    && __atomic_load_n(&record->reaped, __ATOMIC_RELAXED) == 0)
		__atomic_add_fetch(&tl_zombies, 1, __ATOMIC_RELAXED);	/* it ended just now */
	record->referenced = false;
	tl_unguard(&tl_registry);
	tl_record_unpin(record);
	*thread = (struct tl_thread){ 0 };
	return TL_OK;
}

/* --- Ending and joining --- */

void
tl_record_ended(struct tl_record *record)
{
	struct tl_waiter *chain;

	tl_guard(&tl_registry);			/* one with destroy: who sees the end and no reference, counts it */
	tl_guard(&record->queue);
	record->writer = NULL;			/* its lane is another's from now on */
	chain = tl_queue_take_many(&record->queue, UINT32_MAX, 0);
	if (!record->referenced && !record->dummy && !record->main)
		__atomic_add_fetch(&tl_zombies, 1, __ATOMIC_RELAXED);
	__atomic_store_n(&record->state, TL_RECORD_ENDED, __ATOMIC_RELEASE);
	tl_unguard(&record->queue);
	if (record->dummy)
		tl_record_drop(record);
	tl_unguard(&tl_registry);
	tl_wake(chain);
}

static void
join_cancelled(struct tl_queue *queue, struct tl_waiter *waiter, bool taken, void *argument)
{
	(void)waiter, (void)taken;
	tl_unguard(queue);
	tl_record_unpin(argument);
}

static int
join_wait(struct tl_record *record, const struct tl_call *call)
{
	struct tl_waiter waiter;

	tl_guard(&record->queue);
	if (tl_record_state(record) == TL_RECORD_ENDED) {
		tl_unguard(&record->queue);
		tl_emit(TL_JOIN_DONE, 0, call->object, 0, call->place);
		return TL_OK;
	}
	tl_emit(TL_JOIN_WAIT, call->flags, call->object, call->ms, call->place);
	tl_queue_join(&record->queue, &waiter, false);
	tl_unguard(&record->queue);
	if (!tl_wait(&record->queue, &waiter, call->deadline, join_cancelled, record)) {
		tl_unguard(&record->queue);
		tl_emit_ordered(TL_JOIN_TIMEOUT, 0, call->object, 0, call->place);
		return TL_E_TIMEOUT;
	}
	tl_emit_ordered(TL_JOIN_DONE, TL_F_WAITED, call->object, 0, call->place);
	return TL_OK;
}

/* The record is pinned by the caller. */
int
tl_record_join(struct tl_record *record, struct tl_call *call)
{
	int answer;

	call->object = record->identity;
	if (record == tl_self.record)
		return tl_misuse(TL_E_SELF, call);
	if (record->dummy)
		return tl_misuse(TL_E_DUMMY, call);
	if (tl_record_state(record) == TL_RECORD_INITIAL)
		return tl_misuse(TL_E_NOT_STARTED, call);
	tl_gate(TL_JOIN_WAIT, call->object, call->place);
	if (call->poll && tl_record_state(record) != TL_RECORD_ENDED) {
		tl_emit(TL_JOIN_TIMEOUT, TL_F_TRY, call->object, 0, call->place);
		return TL_E_TIMEOUT;
	}
	answer = join_wait(record, call);
	if (answer == TL_OK)
		tl_record_reap(record);
	return answer;
}

static int
join(struct tl_thread *thread, struct tl_call *call)
{
	struct tl_record *record = tl_record_pin(thread);
	int answer;

	if (record == NULL)
		return thread != NULL && thread->serial != 0 ? TL_OK : tl_misuse(TL_E_DEAD, call);
	answer = tl_record_join(record, call);
	tl_record_unpin(record);
	return answer;
}

int
tl_thread_join(struct tl_thread *thread)
{
	struct tl_call call = TL_CALL(thread);

	return join(thread, &call);
}

int
tl_thread_join_timed(struct tl_thread *thread, double timeout)
{
	struct tl_call call = TL_CALL(thread);

	return tl_call_timeout(&call, timeout) ? join(thread, &call) : tl_misuse(TL_E_ARGUMENT, &call);
}

int
tl_thread_result(struct tl_thread *thread, void **result, enum tl_how *how)
{
	struct tl_call call = TL_CALL(thread);
	struct tl_record *record = tl_record_pin(thread);
	int answer = TL_OK;

	if (record == NULL)
		return tl_misuse(TL_E_DEAD, &call);
	call.object = record->identity;
	if (tl_record_state(record) == TL_RECORD_INITIAL) {
		answer = tl_misuse(TL_E_NOT_STARTED, &call);
	} else if (tl_record_state(record) != TL_RECORD_ENDED) {
		answer = TL_E_RUNNING;
	} else {
		tl_record_reap(record);
		if (result != NULL)
			*result = record->result;
		if (how != NULL)
			*how = record->how;
	}
	tl_record_unpin(record);
	return answer;
}

void
tl_thread_exit(void *result)
{
	struct tl_record *record = tl_self.record;

	if (record != NULL) {
		record->result = result;
		record->how = TL_HOW_EXIT;
		record->told = true;
	}
	tl_lane_end_as(TL_END_EXIT);
	pthread_exit(result);
}

/* Waits for a thread that was just created to say who it is. */
static void
await_start(const struct tl_record *record)
{
	while (tl_record_state(record) == TL_RECORD_STARTING)
		sched_yield();
}

int
tl_thread_cancel(struct tl_thread *thread)
{
	struct tl_call call = TL_CALL(thread);
	struct tl_record *record = tl_record_pin(thread);
	int answer = TL_OK;

	if (record == NULL)
		return tl_misuse(TL_E_DEAD, &call);
	call.object = record->identity;
	await_start(record);
	if (tl_record_state(record) == TL_RECORD_INITIAL)
		answer = tl_misuse(TL_E_NOT_STARTED, &call);
	else if (__atomic_load_n(&record->reaped, __ATOMIC_ACQUIRE) == 0)
		pthread_cancel(record->thread);
	tl_record_unpin(record);
	return answer;
}

/* --- Asking --- */

bool
tl_thread_is_alive(const struct tl_thread *thread)
{
	struct tl_record *record = tl_record_pin(thread);
	uint32_t state = record != NULL ? tl_record_state(record) : TL_RECORD_ENDED;

	if (record != NULL)
		tl_record_unpin(record);
	return state == TL_RECORD_STARTING || state == TL_RECORD_STARTED;
}

const char *
tl_thread_name(const struct tl_thread *thread)
{
	struct tl_record *record = tl_record_pin(thread);
	const char *name = record != NULL ? __atomic_load_n(&record->label, __ATOMIC_ACQUIRE)->text : "";

	if (record != NULL)
		tl_record_unpin(record);
	return name;
}

int
tl_thread_set_name(struct tl_thread *thread, const char *name)
{
	struct tl_call call = TL_CALL(thread);
	struct tl_record *record = tl_record_pin(thread);
	int answer = TL_OK;

	if (record == NULL)
		return tl_misuse(TL_E_DEAD, &call);
	if (name == NULL || *name == '\0')
		answer = tl_misuse(TL_E_ARGUMENT, &call);
	else if (!tl_record_rename(record, name))
		answer = TL_E_MEMORY;
	if (answer == TL_OK) {
		tl_record_tell_name(record);
		await_start(record);
		if (tl_record_state(record) == TL_RECORD_STARTED)
			name_for_kernel(record->thread, name);
	}
	tl_record_unpin(record);
	return answer;
}

bool
tl_thread_is_daemon(const struct tl_thread *thread)
{
	struct tl_record *record = tl_record_pin(thread);
	bool daemon = record != NULL && record->daemon;

	if (record != NULL)
		tl_record_unpin(record);
	return daemon;
}

int
tl_thread_set_daemon(struct tl_thread *thread, bool daemon)
{
	struct tl_call call = TL_CALL(thread);
	struct tl_record *record = tl_record_pin(thread);
	int answer = TL_OK;

	if (record == NULL)
		return tl_misuse(TL_E_DEAD, &call);
	call.object = record->identity;
	if (tl_record_state(record) != TL_RECORD_INITIAL)
		answer = tl_misuse(TL_E_STARTED, &call);
	else
		record->daemon = daemon;
	tl_record_unpin(record);
	return answer;
}

uint64_t
tl_thread_ident(const struct tl_thread *thread)
{
	struct tl_record *record = tl_record_pin(thread);
	uint64_t ident;

	if (record == NULL)
		return 0;
	await_start(record);
	ident = tl_record_state(record) == TL_RECORD_INITIAL ? 0 : (uint64_t)record->thread;
	tl_record_unpin(record);
	return ident;
}

int
tl_thread_native_id(const struct tl_thread *thread)
{
	struct tl_record *record = tl_record_pin(thread);
	int native;

	if (record == NULL)
		return 0;
	await_start(record);
	native = tl_record_state(record) == TL_RECORD_INITIAL ? 0 : record->native;
	tl_record_unpin(record);
	return native;
}

static struct tl_thread
reference_of(const struct tl_thread *thread)
{
	return thread != NULL ? *thread : tl_thread_current();
}

bool
tl_thread_same(const struct tl_thread *one, const struct tl_thread *other)
{
	return reference_of(one).serial == reference_of(other).serial;
}

struct tl_thread
tl_thread_current(void)
{
	return tl_record_reference(tl_self_record());
}

struct tl_thread
tl_thread_main(void)
{
	return tl_record_reference(tl_main_record);
}

static bool
is_alive(const struct tl_record *record)
{
	uint32_t state = tl_record_state(record);

	return state == TL_RECORD_STARTING || state == TL_RECORD_STARTED;
}

size_t
tl_thread_enumerate(struct tl_thread *list, size_t room)
{
	size_t count = 0;

	tl_guard(&tl_registry);
	if (tl_main_record != NULL && is_alive(tl_main_record) && ++count <= room)
		list[0] = tl_record_reference(tl_main_record);
	for (const struct tl_record *record = tl_records; record != NULL; record = record->next)
		if (record != tl_main_record && is_alive(record) && ++count <= room)
			list[count - 1] = tl_record_reference(record);
	tl_unguard(&tl_registry);
	return count;
}

size_t
tl_thread_active_count(void)
{
	return tl_thread_enumerate(NULL, 0);
}

int
tl_thread_set_stack_size(size_t bytes)
{
	struct tl_call call = TL_CALL(&stack_size);

	if (bytes != 0 && (bytes < STACK_LEAST || bytes < (size_t)PTHREAD_STACK_MIN))
		return tl_misuse(TL_E_ARGUMENT, &call);
	__atomic_store_n(&stack_size, bytes, __ATOMIC_RELAXED);
	return TL_OK;
}

size_t
tl_thread_stack_size(void)
{
	return __atomic_load_n(&stack_size, __ATOMIC_RELAXED);
}
