/* probe-lane.c - a thread's place in the segment; processes that must leave it alone; names. */
#include "config.h"

#include "tests/stage.h"

#include <sys/resource.h>
#include <sys/syscall.h>

static void *
emit_one(void *argument)
{
	tl_emit(TL_LOCK_TAKE, 0, (uint64_t)(uintptr_t)argument, 0, 0);
	return NULL;
}

static void
run_thread(void *(*run)(void *), void *argument)
{
	pthread_t thread;

	MUST(pthread_create(&thread, NULL, run, argument) == 0 && pthread_join(thread, NULL) == 0);
}

/* A thread that nobody announced is seen from its first event to its end. */
static void
play_foreign(void)
{
	struct tl_event e;

	run_thread(emit_one, (void *)8);
	MUST(atomic_load(&lane_at(1)->use) == TL_LANE_ENDED && lane_at(1)->serial == 2);
	MUST(lane_take(1, &e) && e.kind == TL_THREAD_START && e.flags == TL_F_FOREIGN && e.object == lane_at(1)->identity);
	MUST(e.value == atomic_load(&lane_at(1)->tid) && e.value != (uint32_t)getpid());
	MUST(lane_take(1, &e) && e.kind == TL_LOCK_TAKE && e.object == 8);
	MUST(lane_take(1, &e) && e.kind == TL_THREAD_END && e.value == TL_END_RETURN && !lane_take(1, &e));
}

/* What destructors of other keys do is still watched; so is a thread that is cancelled, or leaves by pthread_exit. */
static pthread_key_t other_key;

static void
emit_in_destructor(void *value)
{
	emit_one(value);
}

static void *
exit_with_key(void *argument)
{
	emit_one((void *)1);
	pthread_setspecific(other_key, argument);
	tl_lane_end_as(TL_END_EXIT);
	pthread_exit(NULL);
}

static void *
be_cancelled(void *argument)
{
	emit_one(argument);
	pthread_cancel(pthread_self());
	pthread_testcancel();
	return NULL;
}

static void
play_ends(void)
{
	struct tl_event e, last = { .kind = 0 };

	MUST(pthread_key_create(&other_key, emit_in_destructor) == 0);
	run_thread(exit_with_key, (void *)4);
	MUST(lane_take(1, &e) && lane_take(1, &e) && e.object == 1 && lane_take(1, &e) && e.object == 4);
	MUST(lane_take(1, &e) && e.kind == TL_THREAD_END && e.value == TL_END_EXIT && !lane_take(1, &e));
	run_thread(be_cancelled, (void *)5);
	while (lane_take(2, &e))
		last = e;
	MUST(last.kind == TL_THREAD_END && atomic_load(&lane_at(2)->use) == TL_LANE_ENDED);
}

/* A slot that its thread reserved and never filled is committed as void when the thread ends. */
static void *
leave_a_hole(void *argument)
{
	emit_one(argument);
	tl_add_own(&tl_writer->lane->reserved, 1);
	emit_one(argument);
	return NULL;
}

static void
play_hole(void)
{
	static const uint8_t kinds[] = { TL_THREAD_START, TL_LOCK_TAKE, TL_VOID, TL_LOCK_TAKE, TL_THREAD_END };
	struct tl_event e;

	run_thread(leave_a_hole, NULL);
	for (size_t i = 0; i < sizeof kinds; i++)
		MUST(lane_take(1, &e) && e.kind == kinds[i]);
	MUST(!lane_take(1, &e));
}

/* Lanes are used again when they were drained, and go on counting; no more of them are used than needed. */
static void *
sit_down(void *claimed)
{
	tl_lane_sit(claimed, TL_F_DAEMON, 11);
	return emit_one(NULL);
}

static void
play_reuse(void)
{
	struct tl_event e;

	for (uint64_t i = 1; i <= 500; i++) {
		struct tl_writer *w = tl_lane_claim(i);

		MUST(w != NULL && tl_lane_serial(w) == i + 1);
		run_thread(sit_down, w);
		MUST(lane_take(1, &e) && e.kind == TL_THREAD_START && e.object == i && e.place == 11);
		MUST(e.flags == TL_F_DAEMON && lane_drain(1) == 2);
	}
	MUST(atomic_load(&tl_process->segment->lanes_used) == 2 && atomic_load(&lane_at(1)->reserved) == 1500);
	tl_lane_abandon(tl_lane_claim(1));
	MUST(atomic_load(&lane_at(1)->use) == TL_LANE_ENDED && lane_drain(1) == 0);
	MUST(atomic_load(&tl_process->segment->unwatched) == 0);
}

/* More threads than lanes: the others run unwatched, and are counted once each. */
#define CROWD 20
static pthread_barrier_t gathering;

static void *
stand_in_crowd(void *argument)
{
	emit_one(argument);
	emit_one(argument);
	pthread_barrier_wait(&gathering);
	return NULL;
}

static void
play_crowd(void)
{
	pthread_t threads[CROWD];

	MUST(pthread_barrier_init(&gathering, NULL, CROWD) == 0);
	for (int i = 0; i < CROWD; i++)
		MUST(pthread_create(&threads[i], NULL, stand_in_crowd, NULL) == 0);
	for (int i = 0; i < CROWD; i++)
		MUST(pthread_join(threads[i], NULL) == 0);
	MUST(atomic_load(&tl_process->segment->unwatched) == CROWD - 7);
	MUST(atomic_load(&tl_process->segment->lanes_used) == 8 && tl_lane_claim(3) == NULL);
	for (uint32_t i = 1; i < 8; i++)
		MUST(lane_drain(i) == 4);
	run_thread(emit_one, NULL);
	MUST(atomic_load(&tl_process->segment->unwatched) == CROWD - 6);
}

/* Children: whatever way they came, they write nothing of their parent's. */
static uint64_t
all_reserved(void)
{
	uint64_t sum = 0;

	for (uint32_t i = 0; i < tl_process->count; i++)
		sum += atomic_load(&lane_at(i)->reserved);
	return sum;
}

static _Noreturn void
behave_as_child(void)
{
	int64_t now = tl_session_now();

	tl_gate(TL_LOCK_TAKE, 1, 2);
	for (int i = 0; i < 5000; i++)
		tl_emit(TL_LOCK_TAKE, 0, 1, 2, 3);
	tl_emit_line("text", 4, 0);
	tl_name_object(&(struct tl_naming){ .object = 1, .text = "child" });
	if (tl_lane_claim(1) != NULL || tl_watched || tl_lane_identity() == 0)
		_exit(1);
	if (tl_park(now + 1000000) || tl_session_now() < now + 1000000)
		_exit(2);
	tl_unpark(tl_parker());
	tl_lane_leave();
	_exit(tl_park(TL_NO_DEADLINE) ? 0 : 3);
}

static pid_t
raw_clone(void)
{
	return (pid_t)syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0);
}

static void
play_children(void)
{
	pid_t (*const ways[])(void) = { fork, _Fork, raw_clone };
	struct tl_segment *segment = tl_process->segment;
	uint64_t before = all_reserved();
	int status;

	for (size_t i = 0; i < sizeof ways / sizeof *ways - (TL_TSAN ? 2 : 0); i++) {
		pid_t child = ways[i]();

		if (child == 0)
			behave_as_child();
		MUST(child > 0 && waitpid(child, &status, 0) == child && status == 0);
	}
	MUST(all_reserved() == before && atomic_load(&segment->names_used) == 0 && tl_watched);
	MUST(atomic_load(&segment->threads) == 1);
	emit_one(NULL);
	MUST(all_reserved() == before + 1);
}

/* A child of a closed gate is not held by it. */
static void
play_child_of_closed_gate(void)
{
	pid_t child;
	int status;

	atomic_store(&tl_process->segment->gate, TL_GATE_CLOSED);
	child = fork();
	if (child == 0)
		behave_as_child();
	MUST(waitpid(child, &status, 0) == child && status == 0);
}

static __attribute__((noinline)) pid_t
vfork_and_exit(void)
{
	pid_t child = vfork();

	if (child == 0)
		_exit(0);
	return child;
}

static void
play_vfork_child(void)
{
	uint64_t before = all_reserved();
	pid_t child = vfork_and_exit();
	int status;

	MUST(waitpid(child, &status, 0) == child && status == 0);
	emit_one(NULL);
	MUST(all_reserved() == before + 1);
}

/* Names: told whole, until the area is full; then counted. */
static void
play_names(void)
{
	const struct tl_name *name = (const struct tl_name *)(const void *)tl_process->names;
	struct tl_segment *segment = tl_process->segment;
	static char longest[70000];
	uint64_t n = 0;

	tl_name_object(&(struct tl_naming){ .object = 1, .other = 2, .value = 3, .serial = 4, .is = TL_OBJECT_CONDITION,
	    .text = "not empty" });
	MUST(name->size == 56 && name->length == 9 && memcmp(name->text, "not empty", 9) == 0 && name->object == 1);
	MUST(name->other == 2 && name->value == 3 && name->serial == 4 && name->is == TL_OBJECT_CONDITION);
	tl_name_object(&(struct tl_naming){ .object = 5 });
	name = (const struct tl_name *)(const void *)(tl_process->names + 56);
	MUST(name->size == 40 && name->length == 0 && name->object == 5);
	memset(longest, 'x', sizeof longest - 1);
	while (atomic_load(&segment->names_lost) == 0 && n++ < 100000)
		tl_name_object(&(struct tl_naming){ .object = 6, .text = longest });
	MUST(n > 100 && n < 1000 && atomic_load(&segment->names_used) <= tl_process->names_size);
	tl_name_object(&(struct tl_naming){ .object = 6, .text = longest });
	MUST(atomic_load(&segment->names_lost) == 2);
}

PLAY(foreign, true, NULL, .ring = NULL)
PLAY(ends, true, NULL, .ring = NULL)
PLAY(hole, true, NULL, .ring = NULL)
PLAY(reuse, true, NULL, .ring = NULL)
PLAY(crowd, true, NULL, .lanes = "8")
PLAY(children, true, NULL, .ring = NULL)
PLAY(child_of_closed_gate, true, NULL, .ring = NULL)
PLAY(vfork_child, true, NULL, .ring = NULL)
PLAY(names, true, NULL, .ring = NULL)

/* Without a session, or with one that cannot be had, the program runs as ever. */
static void
try_to_join(const char *directory)
{
	pid_t child = fork();
	int status;

	if (child == 0) {
		bool joined = tl_session_join(directory);

		tl_gate(TL_LOCK_TAKE, 1, 2);
		emit_one(NULL);
		tl_name_object(&(struct tl_naming){ .text = "nobody" });
		tl_unpark(tl_parker());
		_exit(joined || tl_watched || !tl_park(TL_NO_DEADLINE) || tl_lane_claim(1) != NULL);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
}

static void
no_session(void **state)
{
	char directory[] = "/tmp/threadlanes-test-XXXXXX";

	(void)state;
	assert_non_null(mkdtemp(directory));
	try_to_join("");
	try_to_join("relative");
	try_to_join("/nowhere/at/all");
	try_to_join("/dev/null");
	assert_int_equal(chmod(directory, 0755), 0);
	try_to_join(directory);			/* others can look into it */
	assert_int_equal(rmdir(directory), 0);
}

/* Limits of the process, where a careless program would be killed by SIGXFSZ. */
static void
limited(int what, rlim_t limit)
{
	char directory[] = "/tmp/threadlanes-test-XXXXXX";
	pid_t child;
	int status;

	assert_non_null(mkdtemp(directory));
	child = fork();
	if (child == 0) {
		struct rlimit low = { limit, limit };

		_exit(setrlimit(what, &low) != 0 || tl_session_join(directory) || tl_watched);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	assert_int_equal(rmdir(directory), 0);	/* nothing is left behind */
}

static void
limits(void **state)
{
	(void)state;
	limited(RLIMIT_FSIZE, 1 << 20);
	limited(RLIMIT_NOFILE, 3);
#ifndef TL_SANITIZED			/* whose shadow memory needs more address space than any limit */
	limited(RLIMIT_AS, 256 << 20);
#endif
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(foreign),
		cmocka_unit_test(ends),
		cmocka_unit_test(hole),
		cmocka_unit_test(reuse),
		cmocka_unit_test(crowd),
		cmocka_unit_test(children),
		cmocka_unit_test(child_of_closed_gate),
		cmocka_unit_test(vfork_child),
		cmocka_unit_test(names),
		cmocka_unit_test(no_session),
		cmocka_unit_test(limits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
