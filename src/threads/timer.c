/*
 * timer.c - Timer: a thread that waits for its "finished" event, and calls the function if nobody set it in time.
 *
 * What the thread needs is not in the user's struct, which may be gone by then; the last of the two frees it.
 */
#include "config.h"

#include <math.h>
#include <stdlib.h>

#include "threads/inside.h"

struct tl_timer_state {
	struct tl_event_flag finished;
	double interval;
	void (*function)(void *);
	void *argument;
	uint32_t users;			/* atomic: the thread, the user */
};

static void
let_go(void *argument)
{
	struct tl_timer_state *state = argument;

	if (__atomic_sub_fetch(&state->users, 1, __ATOMIC_ACQ_REL) == 0) {
		tl_event_destroy(&state->finished);
		free(state);
	}
}

static void *
run(void *argument)
{
	struct tl_timer_state *state = argument;

	pthread_cleanup_push(let_go, state);
	if (tl_event_wait_timed(&state->finished, state->interval) == TL_E_TIMEOUT) {
		state->function(state->argument);
		tl_event_set(&state->finished);
	}
	pthread_cleanup_pop(1);
	return NULL;
}

int
tl_timer_init(struct tl_timer *timer, const char *name, double interval, void (*function)(void *), void *argument)
{
	struct tl_call call = TL_CALL(timer);
	struct tl_timer_state *state;
	int answer;

	*timer = (struct tl_timer){ 0 };
	if (function == NULL || !tl_call_timeout(&(struct tl_call){ 0 }, interval) || isinf(interval))
		return tl_misuse(TL_E_ARGUMENT, &call);
	state = calloc(1, sizeof(*state));
	if (state == NULL)
		return TL_E_MEMORY;
	answer = tl_thread_init(&timer->thread, name, run, state);
	if (answer != TL_OK) {
		free(state);
		return answer;
	}
	*state = (struct tl_timer_state){ .interval = interval, .function = function, .argument = argument, .users = 1 };
	tl_event_init(&state->finished, "finished");
	timer->state = state;
	return TL_OK;
}

int
tl_timer_destroy(struct tl_timer *timer)
{
	struct tl_call call = TL_CALL(timer);

	if (timer->state == NULL)
		return tl_misuse(TL_E_DEAD, &call);
	tl_thread_destroy(&timer->thread);
	let_go(timer->state);
	timer->state = NULL;
	return TL_OK;
}

int
tl_timer_start(struct tl_timer *timer)
{
	struct tl_call call = TL_CALL(timer);
	int answer;

	if (timer->state == NULL)
		return tl_misuse(TL_E_DEAD, &call);
	__atomic_add_fetch(&timer->state->users, 1, __ATOMIC_RELAXED);
	answer = tl_thread_launch(&timer->thread, call.place);
	if (answer != TL_OK)
		let_go(timer->state);
	return answer;
}

int
tl_timer_cancel(struct tl_timer *timer)
{
	struct tl_call call = TL_CALL(timer);

	return timer->state != NULL ? tl_event_set(&timer->state->finished) : tl_misuse(TL_E_DEAD, &call);
}

int
tl_timer_join(struct tl_timer *timer)
{
	return tl_thread_join(&timer->thread);
}

struct tl_event_flag *
tl_timer_finished(struct tl_timer *timer)
{
	return timer->state != NULL ? &timer->state->finished : NULL;
}
