/*
 * probe-kill.c - a program killed, or interrupted by a handler that emits, exactly at each marked point of the probe.
 *
 * Built with TL_TESTPOINTS, and so is its copy of the probe. What a killed program leaves behind is read from its segment
 * as a viewer would: all that was committed is there and in order, and at most one slot a thread is not.
 */
#include "config.h"

#include "tests/stage.h"

#include <dirent.h>
#include <sys/mman.h>

static const char *const points[] = { "before reserve", "reserved", "stamped", "filled", "committed", "lane claimed",
	"name allocated", "held" };

static const char *wanted;		/* the point where it happens */
static int countdown;			/* at which passing of it, counted from 1; 0: never */
static void (*happens)(void);
static uint64_t least_events;		/* that were begun before it happens */

void
tl_testpoint(const char *name)
{
	if (wanted != NULL && strcmp(name, wanted) == 0 && __atomic_sub_fetch(&countdown, 1, __ATOMIC_RELAXED) == 0)
		happens();
}

static void
die(void)
{
	kill(getpid(), SIGKILL);
	for (;;)
		pause();
}

/* Some life: threads come and go, events are numbered within each thread, names are told, and at last the gate closes. */
static void *
live(void *argument)
{
	for (uint64_t i = 1; i <= 200; i++) {
		tl_emit(TL_LOCAL_SET, 0, i, 0, 0);
		if (i % 50 == 0)
			tl_name_object(&(struct tl_naming){ .object = i, .is = TL_OBJECT_LOCK, .text = "a lock" });
	}
	return argument;
}

static void *
live_claimed(void *claimed)
{
	tl_lane_sit(claimed, 0, 1);
	return live(NULL);
}

static void
play_a_life(void)
{
	pthread_t a, b;

	for (int round = 0; round < 3; round++) {
		MUST(pthread_create(&a, NULL, live_claimed, tl_lane_claim(1)) == 0);
		MUST(pthread_create(&b, NULL, live, NULL) == 0);
		MUST(pthread_join(a, NULL) == 0 && pthread_join(b, NULL) == 0);
	}
	atomic_store(&tl_process->segment->gate, TL_GATE_CLOSED);
	tl_gate(TL_LOCK_TAKE, 1, 2);
}

/* --- What is left behind --- */

struct remains {
	const struct tl_segment *segment;
	const struct tl_lane *lanes;
	const struct tl_event *rings;
	uint32_t unfinished;
	uint64_t events;
};

static const void *
find_segment(size_t *size)
{
	DIR *directory = opendir(stage->directory);
	struct dirent *entry;
	const void *memory = MAP_FAILED;
	struct stat s;

	assert_non_null(directory);
	while ((entry = readdir(directory)) != NULL) {
		int file;

		if (entry->d_name[0] == '.' || strstr(entry->d_name, ".tl") == NULL)
			continue;
		file = openat(dirfd(directory), entry->d_name, O_RDONLY);
		assert_true(file >= 0 && fstat(file, &s) == 0);
		memory = mmap(NULL, *size = (size_t)s.st_size, PROT_READ, MAP_SHARED, file, 0);
		close(file);
	}
	closedir(directory);
	assert_ptr_not_equal(memory, MAP_FAILED);
	return memory;
}

/* A lane's events: committed without a hole, numbered without a gap, in time; at the end perhaps one that was cut off. */
static void
check_lane(struct remains *r, uint32_t i)
{
	const struct tl_event *ring = r->rings + (uint64_t)i * r->segment->capacity;
	uint64_t reserved = atomic_load(&r->lanes[i].reserved), at, number = 0, time = 0;

	for (at = 0; at < reserved && ring[at].lap == 1; at++) {
		assert_true(ring[at].time >= time && ring[at].kind < TL_NKINDS);
		time = ring[at].time;
		if (ring[at].kind != TL_LOCAL_SET)
			continue;
		assert_true(ring[at].object == number + 1 || ring[at].object == 1);
		number = ring[at].object;
	}
	r->events += at;
	r->unfinished += (uint32_t)(reserved - at);
	assert_true(reserved - at <= 1);
	assert_int_equal(ring[reserved].lap, 0);
}

/* Names: whole, or of one of the two threads that were just writing one. */
static void
check_names(struct remains *r)
{
	const char *names = (const char *)r->segment + r->segment->names_offset;
	uint64_t used = atomic_load(&r->segment->names_used);
	uint32_t unfinished = 0;

	for (uint64_t at = 0; at < used; at += 48) {
		const struct tl_name *name = (const void *)(names + at);

		if (name->size == 0)
			unfinished++;
		else
			assert_true(name->size == 48 && name->length == 6 && memcmp(name->text, "a lock", 6) == 0);
	}
	assert_true(used % 48 == 0 && unfinished <= 2);
}

static void
meanwhile_looks_at_remains(pid_t child)
{
	struct remains r = { .events = 0 };
	siginfo_t ended;
	size_t size = 0;

	assert_int_equal(waitid(P_PID, (id_t)child, &ended, WEXITED | WNOWAIT), 0);
	r.segment = find_segment(&size);
	r.lanes = (const void *)((const char *)r.segment + r.segment->header_size);
	r.rings = (const void *)((const char *)r.segment + r.segment->rings_offset);
	for (uint32_t i = 0; i < r.segment->lanes; i++)
		check_lane(&r, i);
	check_names(&r);
	assert_true(r.events + 3 >= least_events && r.unfinished <= 3);
	munmap((void *)(uintptr_t)r.segment, size);
}

static void
killed_at_each_point(void **state)
{
	static const int passings[] = { 1, 2, 3, 5, 8, 150, 333, 601, 777 };
	uint32_t killed = 0;

	(void)state;
	happens = die;
	for (size_t p = 0; p < sizeof points / sizeof *points; p++)
		for (size_t n = 0; n < sizeof passings / sizeof *passings; n++) {
			struct stage s = { .lanes = "8" };
			int status;

			/* Few things happen hundreds of times; with nobody alive the gate lets the program go on to its end. */
			if ((p == 5 && passings[n] > 5) || (p == 6 && passings[n] > 8) || (p == 7 && passings[n] > 1))
				continue;
			wanted = points[p];
			countdown = passings[n];
			least_events = p < 5 ? (uint64_t)passings[n] : 0;
			status = stage_run(&s, false, play_a_life, meanwhile_looks_at_remains);
			assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
			killed++;
		}
	wanted = NULL;
	assert_int_equal(killed, 5 * 9 + 4 + 5 + 1);
}

/* --- Interrupted --- */

static uint64_t interruptions;

static void
emit_in_handler(int signal)
{
	errno = signal;
	tl_gate(TL_LOCK_RELEASE, 1, 2);
	tl_emit(TL_LOCK_RELEASE, 0, ++interruptions, 0, 0);
	tl_emit(TL_LOCK_RELEASE, 0, ++interruptions, 0, 0);
}

static void
interrupt(void)
{
	int error = errno;

	raise(SIGUSR1);
	errno = error;
	__atomic_store_n(&countdown, 7, __ATOMIC_RELAXED);
}

/* Every seventh passing, on top of an emission, a handler emits two events. All are there, each kind in its order. */
static void
play_interruptions(void)
{
	uint64_t mine = 0, theirs = 0;
	struct tl_event e;

	lane_drain(0);
	signal(SIGUSR1, emit_in_handler);
	countdown = 7;
	for (uint64_t i = 1; i <= 20000; i++) {
		tl_emit(TL_LOCAL_SET, 0, i, 0, 0);
		while (i % 100 == 0 && lane_take(0, &e))
			MUST(e.kind == TL_LOCAL_SET ? e.object == ++mine : e.object == ++theirs);
	}
	MUST(mine == 20000 && theirs == interruptions && theirs >= 4000 && atomic_load(&lane_at(0)->lost) == 0);
}

static void
interrupted_at_each_point(void **state)
{
	(void)state;
	happens = interrupt;
	for (size_t p = 0; p < 5; p++) {
		struct stage s = { .ring = "1024" };

		wanted = points[p];
		countdown = 0;
		assert_int_equal(stage_run(&s, true, play_interruptions, NULL), 0);
	}
	wanted = NULL;
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(killed_at_each_point),
		cmocka_unit_test(interrupted_at_each_point),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
