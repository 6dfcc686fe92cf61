/* probe-ring.c - what happens to an event: written, lapped, waiting for room, lost and counted, nested. */
#include "config.h"

#include "tests/stage.h"

#include <sys/time.h>

#define SMALL "1024"

static void
play_some_events(void)
{
	struct tl_event e;
	uint64_t before = 0;

	MUST(lane_take(0, &e) && e.kind == TL_THREAD_START && e.value == (uint32_t)getpid());
	MUST(e.object == tl_lane_identity());
	for (uint32_t i = 0; i < 100; i++)
		tl_emit(TL_LOCK_TAKE, TL_F_TRY, 1000 + i, i, 7);
	tl_emit_ordered(TL_LOCK_RELEASE, 0, 5, 6, 7);
	for (uint32_t i = 0; i < 100; i++) {
		MUST(lane_take(0, &e) && e.kind == TL_LOCK_TAKE && e.flags == TL_F_TRY && e.object == 1000 + i);
		MUST(e.value == i && e.place == 7 && e.time >= before);
		before = e.time;
	}
	MUST(lane_take(0, &e) && e.kind == TL_LOCK_RELEASE && e.object == 5 && e.value == 6 && e.time >= before);
	MUST(!lane_take(0, &e));
}

/* Many laps of a small ring, drained now and then: each event comes once, in order. */
static void
play_laps(void)
{
	struct tl_event e;
	uint64_t expected = 0;

	lane_drain(0);
	for (uint64_t i = 0; i < 200000; i++) {
		tl_emit(TL_LOCK_TAKE, 0, i, 0, 0);
		if (i % 700 == 0)
			while (lane_take(0, &e))
				MUST(e.object == expected++);
	}
	while (lane_take(0, &e))
		MUST(e.object == expected++);
	MUST(expected == 200000 && atomic_load(&lane_at(0)->lost) == 0);
}

/* The lap is 16 bits and comes round: 70,000 laps of the smallest ring. */
static void
play_laps_come_round(void)
{
	struct tl_event e;

	atomic_store(&lane_at(0)->reserved, 65530ull * 1024);
	atomic_store(&lane_at(0)->drained, 65530ull * 1024);
	tl_writer->populated = 1024;
	MUST(tl_populate(tl_writer->ring, 1024 * sizeof *tl_writer->ring));
	for (uint64_t i = 0; i < 20 * 1024; i++) {
		tl_emit(TL_LOCK_TAKE, 0, i, 0, 0);
		MUST(lane_take(0, &e) && e.object == i);
		MUST(!lane_take(0, &e));
	}
}

/* A line of text is one LOG and its TEXTs. */
static void
play_line(void)
{
	struct tl_event e;
	char text[64] = "";

	lane_drain(0);
	tl_emit_line("a line of thirty-seven bytes of text!", 37, 9);
	MUST(lane_take(0, &e) && e.kind == TL_LOG && e.value == 37 && e.place == 9);
	for (int i = 0; i < 3; i++) {
		MUST(lane_take(0, &e) && e.kind == TL_TEXT);
		memcpy(text + 16 * i, &e.object, 8);
		memcpy(text + 16 * i + 8, &e.place, 8);
	}
	MUST(strcmp(text, "a line of thirty-seven bytes of text!") == 0 && !lane_take(0, &e));
	tl_emit_line("", 0, 9);
	MUST(lane_take(0, &e) && e.kind == TL_LOG && e.value == 0 && !lane_take(0, &e));
}

static void
play_drop(void)
{
	struct tl_lane *lane = lane_at(0);
	struct tl_event e;
	uint64_t kept = 0;

	lane_drain(0);
	errno = EXDEV;
	for (uint64_t i = 0; i < 10000; i++)
		tl_emit(TL_LOCK_TAKE, 0, i, 0, 0);
	MUST(errno == EXDEV);
	while (lane_take(0, &e))
		MUST(e.object == kept++);
	MUST(kept >= 1024 - TL_RING_MARGIN && kept < 1024 && atomic_load(&lane->lost) == 10000 - kept);
	tl_emit(TL_LOCK_TAKE, 0, 77, 0, 0);
	MUST(lane_take(0, &e) && e.object == 77);
}

/* A slow reader: nothing is lost, the wait is counted, and told. */
static _Atomic bool writer_done;

static void *
slow_reader(void *argument)
{
	uint64_t expected = 0, stalls = 0;
	struct tl_event e;

	(void)argument;
	for (;;) {
		bool last = atomic_load(&writer_done);

		while (lane_take(0, &e)) {
			if (e.kind == TL_STALL)
				stalls += e.object;
			else if (e.kind == TL_LOCK_TAKE)
				MUST(e.object == expected++);
		}
		if (last)
			break;
		usleep(3000);
	}
	MUST(expected == 20000 && stalls > 0 && stalls <= atomic_load(&lane_at(0)->stalled_ns));
	return NULL;
}

static void
play_full_ring_waits(void)
{
	pthread_t reader;

	MUST(pthread_create(&reader, NULL, slow_reader, NULL) == 0);
	for (uint64_t i = 0; i < 20000; i++)
		tl_emit(TL_LOCK_TAKE, 0, i, 0, 0);
	atomic_store(&writer_done, true);
	MUST(pthread_join(reader, NULL) == 0 && atomic_load(&lane_at(0)->lost) == 0);
}

/* Half full, the bell is rung, once. */
static void
meanwhile_hears_one_ring(pid_t child)
{
	char bytes[16];
	ssize_t n = 0;
	siginfo_t ended;

	assert_int_equal(waitid(P_PID, (id_t)child, &ended, WEXITED | WNOWAIT), 0);
	n = read(stage->bell, bytes, sizeof bytes);
	assert_int_equal(n, 1);
}

static void
play_half_full(void)
{
	for (int i = 0; i < 700; i++)
		tl_emit(TL_LOCK_TAKE, 0, 1, 0, 0);
	MUST(atomic_load(&tl_process->segment->bell_wanted) == 0);
}

/* With nobody alive to read, a full ring does not stop the program. */
static void
play_dead_reader(void)
{
	int64_t start = tl_monotonic();

	for (uint64_t i = 0; i < 100000; i++)
		tl_emit(TL_LOCK_TAKE, 0, i, 0, 0);
	MUST(tl_monotonic() - start < INT64_C(1000000000) * (TL_TSAN ? 5 : 1));
	MUST(atomic_load(&lane_at(0)->lost) > 98000);
}

/* A reader that lives but does not read (stopped by ^Z) is waited for once, not at every event. */
static void
play_stopped_reader(void)
{
	int64_t start = tl_monotonic();
	struct tl_event e;
	uint64_t n = 0;

	for (uint64_t i = 0; i < 100000; i++)
		tl_emit(TL_LOCK_TAKE, 0, i, 0, 0);
	MUST(tl_monotonic() - start < 20000000000);
	MUST(atomic_load(&lane_at(0)->stalled_ns) > 500000000 && atomic_load(&lane_at(0)->lost) > 98000);
	lane_drain(0);
	tl_emit(TL_LOCK_TAKE, 0, 4711, 0, 0);		/* it reads again: all is well, and the stall is told */
	while (lane_take(0, &e))
		n += e.kind == TL_STALL ? 100 : e.object == 4711;
	MUST(n == 101);
}

/* A handler that emits, at 10 kHz, on top of a thread that emits: nothing is lost, nothing is torn. */
static _Atomic uint64_t handled;

static void
emit_in_handler(int signal)
{
	(void)signal;
	tl_emit(TL_LOCK_RELEASE, 0, atomic_fetch_add(&handled, 1), 0, 0);
}

static void
play_nested(void)
{
	struct itimerval every = { { 0, 100 }, { 0, 100 } };
	uint64_t mine = 0, theirs = 0, i = 0;
	struct tl_event e;

	lane_drain(0);
	signal(SIGALRM, emit_in_handler);
	MUST(setitimer(ITIMER_REAL, &every, NULL) == 0);
	for (; atomic_load(&handled) < 3000; i++) {
		tl_emit(TL_LOCK_TAKE, 0, i, 0, 0);
		while (i % 16 == 0 && lane_take(0, &e))
			MUST(e.kind == TL_LOCK_TAKE ? e.object == mine++ : e.object == theirs++);
	}
	memset(&every, 0, sizeof every);
	MUST(setitimer(ITIMER_REAL, &every, NULL) == 0);
	while (lane_take(0, &e))
		MUST(e.kind == TL_LOCK_TAKE ? e.object == mine++ : e.object == theirs++);
	MUST(mine == i && theirs == atomic_load(&handled) && atomic_load(&lane_at(0)->lost) == 0);
}

/* On top of an emission that is not finished, a handler uses the margin, and then loses events; it never waits. */
static void
play_nested_in_full_ring(void)
{
	int64_t start = tl_monotonic();
	uint64_t unfinished;
	struct tl_event e;
	uint64_t n = 0;

	lane_drain(0);
	unfinished = tl_add_own(&lane_at(0)->reserved, 1);	/* interrupted here */
	for (uint64_t i = 0; i < 5000; i++)
		tl_emit(TL_LOCK_TAKE, 0, i, 0, 0);
	MUST(tl_monotonic() - start < 900000000);
	MUST(!lane_take(0, &e) && atomic_load(&lane_at(0)->lost) >= 5000 - 1024);
	tl_fill(tl_writer, unfinished, 1, TL_LOCK_BUSY, 0, 0, 0, 0);
	MUST(lane_take(0, &e) && e.kind == TL_LOCK_BUSY);
	while (lane_take(0, &e))
		n += e.kind == TL_LOCK_TAKE;
	MUST(n > 1024 - TL_RING_MARGIN && n + atomic_load(&lane_at(0)->lost) == 5000);
}

/* The memory of the ring cannot be had: events are lost, no signal comes. */
static void
play_no_memory(void)
{
	off_t first_page = (off_t)((char *)tl_process->rings - (char *)tl_process->segment) + 16384;

	MUST(truncate(tl_segment_path, first_page) == 0);
	errno = EXDEV;
	for (uint64_t i = 0; i < 20000; i++)
		tl_emit(TL_LOCK_TAKE, 0, i, 0, 0);
	MUST(errno == EXDEV && atomic_load(&lane_at(0)->lost) >= 19000);
}

/* Where there is no cycle counter to trust, all goes through the slow path, with another clock. */
static void
play_monotonic(void)
{
	int64_t before;
	struct tl_event e;

	lane_drain(0);
	tl_cycles = false;
	tl_writer->limit = 0;
	for (int i = 0; i < 5000; i++) {
		before = tl_monotonic();
		tl_emit(TL_LOCK_TAKE, 0, 3, 0, 0);
		MUST(lane_take(0, &e) && (int64_t)e.time >= before && (int64_t)e.time <= tl_monotonic());
	}
}

PLAY(some_events, true, NULL, .ring = NULL)
PLAY(laps, true, NULL, .ring = SMALL)
PLAY(laps_come_round, true, NULL, .ring = SMALL)
PLAY(line, true, NULL, .ring = SMALL)
PLAY(drop, true, NULL, .ring = SMALL, .overflow = "drop")
PLAY(full_ring_waits, true, NULL, .ring = SMALL)
PLAY(half_full, true, meanwhile_hears_one_ring, .ring = SMALL)
PLAY(dead_reader, false, NULL, .ring = SMALL)
PLAY(stopped_reader, true, NULL, .ring = SMALL)
PLAY(nested, true, NULL, .ring = SMALL)
PLAY(nested_in_full_ring, true, NULL, .ring = SMALL)
PLAY(no_memory, true, NULL, .ring = NULL)
PLAY(monotonic, true, NULL, .ring = SMALL)

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(some_events),
		cmocka_unit_test(laps),
		cmocka_unit_test(laps_come_round),
		cmocka_unit_test(line),
		cmocka_unit_test(drop),
		cmocka_unit_test(full_ring_waits),
		cmocka_unit_test(half_full),
		cmocka_unit_test(dead_reader),
		cmocka_unit_test(stopped_reader),
		cmocka_unit_test(nested),
		cmocka_unit_test(nested_in_full_ring),
		cmocka_unit_test(no_memory),
		cmocka_unit_test(monotonic),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
