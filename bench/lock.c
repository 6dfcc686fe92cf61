/*
 * lock.c - what tl_lock_acquire() with tl_lock_release() costs, uncontended, beside a pair of pthread_mutex calls.
 *
 * The program runs twice: without a session, and, started by itself, in one where it is its own reader. A second thread
 * exists all the time: without one, glibc's mutex leaves out what makes it a mutex.
 */
#include "config.h"

#include <dirent.h>
#include <err.h>
#include <fcntl.h>
#include <pthread.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bench/measure.h"
#include "threadlanes.h"
#include "wire/segment.h"

#define TIMES 2000		/* pairs a run: less than half of a ring */
#define FLOOR 65536		/* events, as in a ring */

static struct tl_lock lock;
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static struct tl_event floor_ring[FLOOR];
static uint64_t floor_index;
static struct tl_lane *lane;		/* ours, when watched */

static void
run_lock(uint64_t times)
{
	if (lane != NULL)
		atomic_store(&lane->drained, atomic_load(&lane->reserved));
	for (uint64_t i = 0; i < times; i++) {
		tl_lock_acquire(&lock);
		tl_lock_release(&lock);
	}
}

static void
run_mutex(uint64_t times)
{
	for (uint64_t i = 0; i < times; i++) {
		pthread_mutex_lock(&mutex);
		pthread_mutex_unlock(&mutex);
	}
}

static uint64_t
counter(void)
{
#if defined(__x86_64__)
	return __builtin_ia32_rdtsc();
#elif defined(__aarch64__)
	uint64_t ticks;

	__asm__ volatile("mrs %0, cntvct_el0" : "=r"(ticks));
	return ticks;
#else
	return (uint64_t)measure_now();
#endif
}

static void
run_floor(uint64_t times)
{
	for (uint64_t i = 0; i < times; i++) {
		floor_ring[floor_index++ % FLOOR] = (struct tl_event){ .time = counter(), .object = times, .place = i,
		    .value = 1, .kind = TL_LOCK_TAKE, .lap = 1 };
		__asm__ volatile("" ::: "memory");
	}
}

/* What no watched pair can do without: two readings of the counter, and two locked instructions around them. */
static void
run_pair_floor(uint64_t times)
{
	static uint32_t word;

	for (uint64_t i = 0; i < times; i++) {
		uint32_t zero = 0, one = 1;

		__atomic_compare_exchange_n(&word, &zero, 1, false, __ATOMIC_ACQ_REL, __ATOMIC_RELAXED);
		floor_index += counter() & 1;
		floor_index += counter() & 1;
		__atomic_compare_exchange_n(&word, &one, 0, false, __ATOMIC_ACQ_REL, __ATOMIC_RELAXED);
	}
}

enum { LOCK, MUTEX, EVENT_FLOOR, PAIR_FLOOR, NFIGURES };
static struct measure figures[NFIGURES] = {
	[LOCK] = { .run = run_lock },
	[MUTEX] = { .run = run_mutex },
	[EVENT_FLOOR] = { .run = run_floor },
	[PAIR_FLOOR] = { .run = run_pair_floor },
};

static void *
stay(void *argument)
{
	for (;;)
		pause();
	return argument;
}

static double
median(int i)
{
	return measure_median(&figures[i]);
}

static void
measure_pairs(void)
{
	pthread_t thread;

	memset(floor_ring, 1, sizeof floor_ring);
	if (tl_lock_init(&lock, "lock") != TL_OK || pthread_create(&thread, NULL, stay, NULL) != 0)
		errx(1, "cannot begin");
	measure_all(figures, NFIGURES, TIMES);
}

/* The segment that the library made for us in this session; our lane is the first. */
static struct tl_lane *
find_lane(const char *session)
{
	DIR *directory = opendir(session);
	struct dirent *entry;
	struct stat s;
	void *memory = MAP_FAILED;

	while (directory != NULL && (entry = readdir(directory)) != NULL) {
		int file;

		if (entry->d_name[0] == '.' || strstr(entry->d_name, ".tl") == NULL)
			continue;
		file = openat(dirfd(directory), entry->d_name, O_RDWR);
		if (file >= 0 && fstat(file, &s) == 0)
			memory = mmap(NULL, (size_t)s.st_size, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
		close(file);
		unlinkat(dirfd(directory), entry->d_name, 0);
	}
	if (memory == MAP_FAILED)
		errx(1, "the library made no segment in %s", session);
	closedir(directory);
	return (struct tl_lane *)(void *)((char *)memory + ((struct tl_segment *)memory)->header_size);
}

static int
watched(const char *session)
{
	double ratio;

	lane = find_lane(session);
	measure_pairs();
	if (atomic_load(&lane->lost) != 0 || atomic_load(&lane->reserved) < TIMES * MEASURE_RUNS * 2)
		errx(1, "the events were not written");
	ratio = median(LOCK) / median(EVENT_FLOOR);
	measure_print("floor of an event", median(EVENT_FLOOR), "ns");
	measure_print("two counter readings between two locked instructions", median(PAIR_FLOOR), "ns");
	measure_print("tl_lock pair, watched", median(LOCK), "ns");
	measure_print("watched pair / floor of an event (at most 2.6)", ratio, "times");
	fflush(stdout);
	_exit(ratio <= 2.6 ? 0 : 1);
}

static int
unwatched(void)
{
	double ratio;

	measure_pairs();
	ratio = median(LOCK) / median(MUTEX);
	measure_print("pthread_mutex pair", median(MUTEX), "ns");
	measure_print("tl_lock pair, unwatched", median(LOCK), "ns");
	measure_print("unwatched pair / mutex pair (at most 1.5)", ratio, "times");
	fflush(stdout);
	return ratio <= 1.5 ? 0 : 1;
}

/* Runs the program again, in a session. */
static int
run_watched(char *program)
{
	char session[] = "/dev/shm/threadlanes-bench-XXXXXX", bell[64];
	int status, file;
	pid_t child;

	if (mkdtemp(session) == NULL)
		err(1, "%s", session);
	snprintf(bell, sizeof bell, "%s/" TL_BELL_NAME, session);
	if (mkfifo(bell, 0600) != 0 || (file = open(bell, O_RDONLY | O_NONBLOCK | O_CLOEXEC)) < 0)
		err(1, "%s", bell);
	child = fork();
	if (child == 0) {
		setenv(TL_SESSION_ENV, session, 1);
		execl(program, program, (char *)NULL);
		_exit(127);
	}
	waitpid(child, &status, 0);
	close(file);
	unlink(bell);
	rmdir(session);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}

int
main(int argc, char **argv)
{
	const char *session = getenv(TL_SESSION_ENV);
	int failed;

	(void)argc;
	if (session != NULL)
		return watched(session);
	failed = unwatched();
	failed |= run_watched(argv[0]);
	_exit(failed);
}
