/*
 * end.c - the end of the program: callbacks, then all threads that are not daemons are waited for.
 *
 * It is an atexit() handler, registered when the first thread is started: what main registered later runs before it, what
 * was registered earlier, and the destructors of libraries, after it. exit() may be called by several threads at once; each
 * of them waits here.
 */
#include "config.h"

#include <stdlib.h>

#include "threads/inside.h"

struct callback {
	struct callback *older;
	void (*function)(void *);
	void *argument;
};

static struct callback *callbacks;	/* guarded by tl_registry */
static bool ending;			/* likewise */
static uint32_t registered;

static struct callback *
next_callback(void)
{
	struct callback *callback;

	tl_guard(&tl_registry);
	ending = true;
	callback = callbacks;
	if (callback != NULL)
		callbacks = callback->older;
	tl_unguard(&tl_registry);
	return callback;
}

static void
run_callbacks(void)
{
	struct callback *callback;

	while ((callback = next_callback()) != NULL) {
		callback->function(callback->argument);
		free(callback);
	}
}

/* Pins one that has to be waited for; daemons are let go when looking for them. */
static struct tl_record *
next_to_wait_for(void)
{
	struct tl_record *record;

	tl_guard(&tl_registry);
	for (record = tl_records; record != NULL; record = record->next) {
		uint32_t state = tl_record_state(record);

		if (!record->daemon && record != tl_main_record && record != tl_self.record
		    && (state == TL_RECORD_STARTING || state == TL_RECORD_STARTED))
			break;
	}
	if (record != NULL)
		record->pins++;
	tl_unguard(&tl_registry);
	return record;
}

static void
wait_for_threads(void)
{
	struct tl_record *record;

	while ((record = next_to_wait_for()) != NULL) {
		struct tl_call call = { .deadline = TL_NO_DEADLINE };

		tl_record_join(record, &call);
		tl_record_unpin(record);
	}
}

/*
 * Whoever calls exit() counts as ended for those who join it, else the two would wait for each other. It does
 * not become a zombie: it is still here.
 */
static void
end(void)
{
	struct tl_record *self = tl_self.record;

	run_callbacks();
	if (self != NULL && tl_record_state(self) != TL_RECORD_ENDED && !self->dummy) {
		if (self->main)
			tl_emit(TL_MAIN_END, 0, self->identity, 0, 0);
		self->referenced = true;
		__atomic_store_n(&self->reaped, 2, __ATOMIC_RELEASE);
		tl_record_ended(self);
	}
	wait_for_threads();
	tl_records_sweep();
}

/* A handler is called once, so each caller of exit() leaves one behind for the next. */
static void
at_exit(void)
{
	if (tl_self.ending)
		return;
	tl_self.ending = true;
	atexit(at_exit);
	end();
}

void
tl_end_prepare(void)
{
	if (__atomic_exchange_n(&registered, 1, __ATOMIC_RELAXED) == 0)
		atexit(at_exit);
}

static bool
daemons_live(void)
{
	bool live = false;

	tl_guard(&tl_registry);
	for (struct tl_record *record = tl_records; record != NULL; record = record->next)
		live |= record->daemon && !record->dummy && tl_record_state(record) == TL_RECORD_STARTED;
	tl_unguard(&tl_registry);
	return live;
}

/*
 * The main thread, or the only one left in a forked child, ends by itself. Without daemons the rest is the system's: the
 * process ends with its last thread, which may be one we know nothing of. With daemons it would never.
 */
void
tl_end_of_main(void)
{
	end();
	if (daemons_live())
		exit(0);
}

int
tl_at_exit(void (*function)(void *), void *argument)
{
	struct tl_call call = TL_CALL(NULL);
	struct callback *callback = malloc(sizeof(*callback));
	bool late;

	if (callback == NULL)
		return TL_E_MEMORY;
	tl_end_prepare();
	*callback = (struct callback){ .function = function, .argument = argument };
	tl_guard(&tl_registry);
	late = ending;
	if (!late) {
		callback->older = callbacks;
		callbacks = callback;
	}
	tl_unguard(&tl_registry);
	if (late)
		free(callback);
	return late ? tl_misuse(TL_E_ENDING, &call) : TL_OK;
}
