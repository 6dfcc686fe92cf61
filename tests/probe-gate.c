/* probe-gate.c - held at the gate and let go; parked and unparked; the session clock; a viewer that dies meanwhile. */
#include "config.h"

#include "tests/stage.h"

#define MS  1000000LL
#define SEC 1000000000LL

static _Atomic int passed;

static void *
pass_three_gates(void *argument)
{
	for (int i = 0; i < 3; i++) {
		errno = EXDEV;
		tl_gate(TL_LOCK_TAKE, 100 + (uint64_t)i, (uint64_t)(uintptr_t)argument);
		MUST(errno == EXDEV);
		atomic_fetch_add(&passed, 1);
	}
	return NULL;
}

static void
gate_set(uint32_t to)
{
	atomic_store(&tl_process->segment->gate, to);
}

static void
permit(struct tl_lane *lane)
{
	atomic_fetch_add(&lane->permits, 1);
	tl_futex_wake(&lane->permits, 1, true);
}

static bool
held_before(struct tl_lane *lane, uint64_t object)
{
	return atomic_load(&lane->held) != 0 && __atomic_load_n(&lane->next_object, __ATOMIC_RELAXED) == object;
}

/* Says what it is about to do; each permit is one step; an open gate lets all pass. */
static void
play_steps(void)
{
	struct tl_lane *lane = lane_at(1);
	pthread_t thread;

	gate_set(TL_GATE_CLOSED);
	MUST(pthread_create(&thread, NULL, pass_three_gates, (void *)9) == 0);
	UNTIL(held_before(lane, 100));
	MUST(lane->next_kind == TL_LOCK_TAKE && lane->next_place == 9 && atomic_load(&passed) == 0);
	permit(lane);
	UNTIL(held_before(lane, 101));
	MUST(atomic_load(&passed) == 1);
	usleep(300000);				/* longer than a look for the viewer, who is alive */
	MUST(atomic_load(&passed) == 1 && held_before(lane, 101));
	gate_set(TL_GATE_OPEN);
	tl_futex_wake(&lane->permits, 1, true);
	MUST(pthread_join(thread, NULL) == 0 && atomic_load(&passed) == 3 && atomic_load(&lane->held) == 0);
}

/* Permits given while it was held add up; those left over when the gate opens are void. */
static void
play_permits_add_up(void)
{
	struct tl_lane *lane = lane_at(0);

	gate_set(TL_GATE_CLOSED);
	permit(lane);
	permit(lane);
	tl_gate(TL_LOCK_TAKE, 1, 0);
	tl_gate(TL_LOCK_TAKE, 2, 0);
	MUST(atomic_load(&lane->permits) == tl_writer->permits_taken);
}

/* A pause also holds threads that found no lane. */
static void
play_laneless(void)
{
	struct tl_lane *lane = lane_at(0);
	pthread_t thread;

	gate_set(TL_GATE_CLOSED);
	MUST(pthread_create(&thread, NULL, pass_three_gates, NULL) == 0);
	UNTIL(atomic_load(&tl_process->segment->unwatched) == 1);
	MUST(atomic_load(&passed) == 0 && atomic_load(&lane->held) == 0);
	gate_set(TL_GATE_OPEN);
	tl_futex_wake(&tl_process->segment->gate, 1, true);
	MUST(pthread_join(thread, NULL) == 0 && atomic_load(&passed) == 3);
}

/* The viewer dozes: the first to come rings, and nobody stops. */
static void
meanwhile_hears_the_bell(pid_t child)
{
	siginfo_t ended;
	char bytes[8];

	assert_int_equal(waitid(P_PID, (id_t)child, &ended, WEXITED | WNOWAIT), 0);
	assert_int_equal(read(stage->bell, bytes, sizeof bytes), 1);
}

static void
play_bell(void)
{
	gate_set(TL_GATE_BELL);
	tl_gate(TL_LOCK_TAKE, 1, 2);
	MUST(atomic_load(&tl_process->segment->gate) == TL_GATE_OPEN);
	tl_gate(TL_LOCK_TAKE, 1, 2);
}

/* The clock as the viewer sets it: from now on at this rate. */
static void
clock_set(uint32_t rate, bool die_within)
{
	struct tl_clock *clock = &tl_process->segment->clock;
	int64_t session = tl_session_now(), now = tl_monotonic();

	atomic_fetch_add(&clock->seq, 1);
	atomic_store(&clock->rate, rate);
	atomic_store(&clock->monotonic_base, now);
	if (die_within)
		return;
	atomic_store(&clock->session_base, session);
	atomic_fetch_add(&clock->seq, 1);
	for (uint32_t i = 0; i < atomic_load(&tl_process->segment->lanes_used); i++) {
		uint32_t waits = TL_PARK_WAITS;

		if (atomic_compare_exchange_strong(&lane_at(i)->park, &waits, TL_PARK_LOOK))
			tl_futex_wake(&lane_at(i)->park, 1, true);
	}
}

static void
play_session_clock(void)
{
	int64_t before = tl_session_now(), paused;

	MUST(before >= tl_process->segment->start_monotonic && before <= tl_monotonic());
	clock_set(0, false);
	paused = tl_session_now();
	usleep(20000);
	MUST(paused >= before && tl_session_now() == paused);
	clock_set(TL_RATE_ONE / 4, false);
	usleep(40000);
	MUST(tl_session_now() >= paused + 10 * MS && tl_session_now() < tl_monotonic() - 30 * MS);
}

/* Dead, with the gate closed and the clock stopped: all go on within a second. */
static void *
sleep_long(void *argument)
{
	MUST(!tl_park(tl_session_now() + 300 * MS));
	return argument;
}

static void *
sleep_watched(void *argument)
{
	tl_emit(TL_SLEEP, 0, 1, 0, 0);
	return sleep_long(argument);
}

static void
play_viewer_dies(void)
{
	pthread_t held, asleep, unwatched;
	int64_t start;

	clock_set(0, false);
	MUST(pthread_create(&asleep, NULL, sleep_watched, NULL) == 0);
	MUST(pthread_create(&unwatched, NULL, sleep_long, NULL) == 0);
	gate_set(TL_GATE_CLOSED);
	start = tl_monotonic();
	MUST(pthread_create(&held, NULL, pass_three_gates, NULL) == 0);
	MUST(pthread_join(held, NULL) == 0 && atomic_load(&passed) == 3);
	MUST(tl_monotonic() - start < SEC * (TL_TSAN ? 5 : 1));
	MUST(pthread_join(asleep, NULL) == 0 && pthread_join(unwatched, NULL) == 0);
	MUST(atomic_load(&tl_process->segment->gate) == TL_GATE_OPEN);
	MUST(atomic_load(&tl_process->segment->clock.rate) == TL_RATE_ONE);
}

/* The same with everybody asleep: nobody stands at the gate to look. */
static void
play_viewer_dies_while_all_sleep(void)
{
	clock_set(0, false);
	gate_set(TL_GATE_CLOSED);
	MUST(!tl_park(tl_session_now() + 10 * MS));
	MUST(atomic_load(&tl_process->segment->gate) == TL_GATE_OPEN);
}

/* It died while it wrote the clock. Session time goes on from where it was. */
static void
play_viewer_dies_within_clock(void)
{
	int64_t before, after;

	usleep(50000);
	before = tl_session_now();
	clock_set(0, true);
	after = tl_session_now();
	MUST(after >= before && after < before + 20 * SEC);
	MUST(!(atomic_load(&tl_process->segment->clock.seq) & 1));
}

/* --- Parking --- */

static struct tl_parker *_Atomic parked;
static _Atomic int round_done;
static int payload;			/* plain: the parking must order it */

static void *
park_each_round(void *argument)
{
	for (int i = 1; i <= 20000; i++) {
		atomic_store(&parked, tl_parker());
		MUST(tl_park(argument != NULL && i % 3 == 0 ? tl_session_now() + 100 * SEC : TL_NO_DEADLINE));
		MUST(payload == i);
		atomic_store(&round_done, i);
	}
	return NULL;
}

static void
park_rounds(void *argument)
{
	pthread_t thread;
	struct tl_parker *parker;

	atomic_store(&parked, NULL);
	atomic_store(&round_done, 0);
	MUST(pthread_create(&thread, NULL, park_each_round, argument) == 0);
	for (int i = 1; i <= 20000; i++) {
		while ((parker = atomic_exchange(&parked, NULL)) == NULL)
			sched_yield();
		payload = i;
		tl_unpark(parker);
		while (atomic_load(&round_done) != i)
			sched_yield();
	}
	MUST(pthread_join(thread, NULL) == 0);
}

static void
play_park(void)
{
	errno = EXDEV;
	tl_unpark(tl_parker());			/* comes first, and is not lost */
	MUST(tl_park(TL_NO_DEADLINE) && !tl_park(0) && !tl_park(tl_session_now() + MS) && errno == EXDEV);
	park_rounds(NULL);
	park_rounds((void *)1);
}

/* Signals do not end a park, and it counts the whole time. */
static void
do_nothing(int signal)
{
	(void)signal;
}

static pthread_t sleeper;
static _Atomic bool woken;

static void *
pester(void *argument)
{
	while (!atomic_load(&woken)) {
		pthread_kill(sleeper, SIGUSR1);
		usleep(1000);
	}
	return argument;
}

static void
play_park_under_signals(void)
{
	int64_t start = tl_session_now(), took;
	pthread_t thread;

	sleeper = pthread_self();
	signal(SIGUSR1, do_nothing);
	MUST(pthread_create(&thread, NULL, pester, NULL) == 0);
	MUST(!tl_park(start + 100 * MS));
	took = tl_session_now() - start;
	atomic_store(&woken, true);
	MUST(pthread_join(thread, NULL) == 0 && took >= 100 * MS && took < 20 * SEC);
}

/* A deadline is a session time: nothing expires in a pause, and a quick clock is noticed at once. */
static void *
sleep_for_ages(void *argument)
{
	tl_emit(TL_SLEEP, 0, 1, 0, 0);
	MUST(!tl_park(tl_session_now() + 3600 * SEC));
	atomic_store(&woken, true);
	return argument;
}

static void
play_deadlines_follow_the_clock(void)
{
	pthread_t thread;

	MUST(pthread_create(&thread, NULL, sleep_for_ages, NULL) == 0);
	UNTIL(atomic_load(&lane_at(1)->park) == TL_PARK_WAITS);
	clock_set(0, false);
	usleep(20000);
	MUST(!atomic_load(&woken));
	clock_set(30000u * TL_RATE_ONE, false);	/* an hour in 0.12 s */
	MUST(pthread_join(thread, NULL) == 0);
}

/* A cancellable park ends by cancellation; the word it leaves behind does no harm. */
static _Atomic int cleaned;

static void
clean(void *argument)
{
	(void)argument;
	tl_unpark(tl_parker());
	atomic_store(&cleaned, tl_park(TL_NO_DEADLINE) ? 1 : 2);
}

static void *
park_for_ever(void *argument)
{
	pthread_cleanup_push(clean, NULL);
	tl_emit(TL_SLEEP, 0, 1, 0, 0);
	tl_park_cancellable(TL_NO_DEADLINE);
	pthread_cleanup_pop(0);
	return argument;
}

static void
play_cancelled_park(void)
{
	pthread_t thread;
	void *result;

	MUST(pthread_create(&thread, NULL, park_for_ever, NULL) == 0);
	UNTIL(atomic_load(&lane_at(1)->park) == TL_PARK_WAITS);
	MUST(pthread_cancel(thread) == 0 && pthread_join(thread, &result) == 0 && result == PTHREAD_CANCELED);
	MUST(atomic_load(&cleaned) == 1);
}

PLAY(steps, true, NULL, .ring = NULL)
PLAY(permits_add_up, true, NULL, .ring = NULL)
PLAY(laneless, true, NULL, .lanes = "1")
PLAY(bell, true, meanwhile_hears_the_bell, .ring = NULL)
PLAY(session_clock, true, NULL, .ring = NULL)
PLAY(viewer_dies, false, NULL, .ring = NULL)
PLAY(viewer_dies_while_all_sleep, false, NULL, .ring = NULL)
PLAY(viewer_dies_within_clock, false, NULL, .ring = NULL)
PLAY(park, true, NULL, .ring = NULL)
PLAY(park_under_signals, true, NULL, .ring = NULL)
PLAY(deadlines_follow_the_clock, true, NULL, .ring = NULL)
PLAY(cancelled_park, true, NULL, .ring = NULL)

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(steps),
		cmocka_unit_test(permits_add_up),
		cmocka_unit_test(laneless),
		cmocka_unit_test(bell),
		cmocka_unit_test(session_clock),
		cmocka_unit_test(viewer_dies),
		cmocka_unit_test(viewer_dies_while_all_sleep),
		cmocka_unit_test(viewer_dies_within_clock),
		cmocka_unit_test(park),
		cmocka_unit_test(park_under_signals),
		cmocka_unit_test(deadlines_follow_the_clock),
		cmocka_unit_test(cancelled_park),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
