/*
 * session.c - joining a session: the segment is made, filled, and announced before main() runs.
 *
 * Whatever fails here (no session, not our directory, no room, a limit) leaves the program unwatched, and silent: there is
 * nobody to tell.
 *
 * The environment may say, for tests and for machines with little memory: THREADLANES_RING, events a ring (a power of two);
 * THREADLANES_LANES, how many; THREADLANES_OVERFLOW=drop.
 */
#include "config.h"

#include "probe/inside.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define RING_DEFAULT  65536	/* 2 MiB once used up; a ring that says little takes 16 KiB */
#define RING_LEAST    1024
#define RING_MOST     (1 << 24)
#define LANES_DEFAULT 1024
#define LANES_MOST    65536
#define NAMES_SIZE    (16 << 20)
#define ALIGNMENT     65536	/* of the names and the rings: the largest page there is */

#ifndef MADV_POPULATE_WRITE
#define MADV_POPULATE_WRITE 23	/* Linux 5.14 */
#endif

static struct tl_process unconnected;
static _Atomic uint32_t gate_of_nobody = TL_GATE_OPEN;

struct tl_process *tl_process = &unconnected;
_Atomic uint32_t *tl_gate_word = &gate_of_nobody;
bool tl_watched;
bool tl_cycles;
char tl_bell_path[TL_DIRECTORY_MAX + 64];
char tl_segment_path[TL_DIRECTORY_MAX + 64];

struct tl_segment *
tl_connected(void)
{
	struct tl_segment *segment = tl_process->segment;

	if (segment == NULL) {
		tl_watched = false;
		tl_gate_word = &gate_of_nobody;
	}
	return segment;
}

/* Before Linux 5.14: the file's blocks are allocated instead. Afterwards a touch can only fail for want of all memory. */
static bool
allocate_blocks(uint64_t offset, size_t size)
{
	int file = (int)syscall(SYS_openat, AT_FDCWD, tl_segment_path, O_RDWR | O_CLOEXEC | O_NOFOLLOW, 0);
	bool done = file >= 0 && fallocate(file, 0, (off_t)offset, (off_t)size) == 0;

	if (file >= 0)
		syscall(SYS_close, file);
	return done;
}

bool
tl_populate(const void *memory, size_t size)
{
	const struct tl_segment *segment = tl_process->segment;
	long result;

	do
		result = syscall(SYS_madvise, memory, size, MADV_POPULATE_WRITE);
	while (result != 0 && errno == EINTR);
	if (result != 0 && errno == EINVAL)
		return allocate_blocks((uint64_t)((const char *)memory - (const char *)segment), size);
	return result == 0;
}

/* A number of the environment, within bounds; what is not one counts for nothing. */
static uint32_t
number_of(const char *variable, uint32_t otherwise, uint32_t least, uint32_t most)
{
	const char *text = secure_getenv(variable);
	char *end;
	unsigned long n;

	if (text == NULL || *text < '0' || *text > '9')
		return otherwise;
	n = strtoul(text, &end, 10);
	if (*end != '\0')
		return otherwise;
	return n < least ? least : n > most ? most : (uint32_t)n;
}

static uint64_t
align(uint64_t size)
{
	return (size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
}

/* Where everything lies. */
static struct tl_segment
plan(void)
{
	const char *overflow = secure_getenv("THREADLANES_OVERFLOW");
	struct tl_segment s = { .magic = TL_SEGMENT_MAGIC, .version = TL_WIRE_VERSION, .header_size = sizeof s,
	    .lane_size = sizeof(struct tl_lane) };

	s.lanes = number_of("THREADLANES_LANES", LANES_DEFAULT, 1, LANES_MOST);
	s.capacity = number_of("THREADLANES_RING", RING_DEFAULT, RING_LEAST, RING_MOST);
	while (s.capacity & (s.capacity - 1))
		s.capacity &= s.capacity - 1;		/* down to a power of two */
	s.names_offset = align(s.header_size + (uint64_t)s.lanes * s.lane_size);
	s.names_size = NAMES_SIZE;
	s.rings_offset = align(s.names_offset + s.names_size);
	s.size = s.rings_offset + (uint64_t)s.lanes * s.capacity * sizeof(struct tl_event);
	s.time_source = tl_cycles ? TL_TIME_CYCLES : TL_TIME_MONOTONIC;
	s.overflow = overflow != NULL && strcmp(overflow, "drop") == 0 ? TL_OVERFLOW_DROP : TL_OVERFLOW_WAIT;
	s.pid = (int32_t)getpid();
	return s;
}

/* The anchor: of a few readings, the one where the two clocks were read closest together. */
static void
drop_anchor(struct tl_segment *segment)
{
	uint64_t best = UINT64_MAX, before, after;
	int64_t monotonic;

	for (int i = 0; i < 8; i++) {
		before = tl_ticks_ordered();
		monotonic = tl_monotonic();
		after = tl_ticks_ordered();
		if (after - before >= best)
			continue;
		best = after - before;
		segment->start_ticks = before + best / 2;
		segment->start_monotonic = monotonic;
	}
}

/* An absolute path of a directory that is ours alone. */
static bool
directory_is_ours(const char *directory)
{
	struct stat s;

	return directory[0] == '/' && strlen(directory) < TL_DIRECTORY_MAX && lstat(directory, &s) == 0 && S_ISDIR(s.st_mode)
	    && s.st_uid == geteuid() && (s.st_mode & 077) == 0;
}

static char *
append_number(char *at, uint64_t n, unsigned base)
{
	char digits[24];
	int i = sizeof digits;

	do
		digits[--i] = "0123456789abcdef"[n % base];
	while ((n /= base) != 0);
	memcpy(at, digits + i, sizeof digits - (size_t)i);
	return at + sizeof digits - i;
}

/* The path of the segment: directory/prefix, then PID-TICKS.tl. */
static void
name_segment(char *path, const char *directory, const char *prefix, const struct tl_segment *s)
{
	char *end = stpcpy(stpcpy(stpcpy(path, directory), "/"), prefix);

	end = append_number(end, (uint64_t)s->pid, 10);
	end = append_number(stpcpy(end, "-"), s->start_ticks, 16);
	stpcpy(end, ".tl");
}

/* A file of this size whose first part is allocated, mapped. A limit on file sizes would raise a signal: it is asked first. */
static void *
map_file(int file, const struct tl_segment *s)
{
	struct rlimit limit;
	void *memory;

	if (fchmod(file, 0600) != 0 || getrlimit(RLIMIT_FSIZE, &limit) != 0 || limit.rlim_cur < s->size
	    || s->size > SIZE_MAX / 2)
		return NULL;
	if (ftruncate(file, (off_t)s->size) != 0 || fallocate(file, 0, 0, (off_t)s->names_offset) != 0)
		return NULL;
	memory = mmap(NULL, (size_t)s->size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_NORESERVE, file, 0);
	return memory == MAP_FAILED ? NULL : memory;
}

static struct tl_segment *
make_segment(const char *path, const struct tl_segment *planned)
{
	int file = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	struct tl_segment *segment;

	if (file < 0)
		return NULL;
	segment = map_file(file, planned);
	close(file);
	if (segment == NULL) {
		unlink(path);
		return NULL;
	}
	memcpy(segment, planned, offsetof(struct tl_segment, spare0));
	atomic_store(&segment->bell_wanted, 1);
	atomic_store(&segment->clock.rate, TL_RATE_ONE);
	atomic_store(&segment->clock.monotonic_base, segment->start_monotonic);
	atomic_store(&segment->clock.session_base, segment->start_monotonic);
	return segment;
}

/* Where the kernel cannot do it (before Linux 4.14): this sees fork(), though not _Fork() and clone(). */
static void
wipe_in_child(void)
{
	if (tl_process->segment != NULL)
		memset(tl_process->writers, 0, tl_process->count * sizeof(struct tl_writer));
	memset(tl_process, 0, sizeof *tl_process);
	tl_connected();
}

/* The private side: the connection, and a writer for each lane; memory that a forked child finds empty. */
static struct tl_process *
make_process(struct tl_segment *s)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE), size = page + s->lanes * sizeof(struct tl_writer);
	struct tl_process *p = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	char *base = (char *)s;

	if (p == MAP_FAILED)
		return NULL;
	p->segment = s;
	p->lanes = (struct tl_lane *)(void *)(base + s->header_size);
	p->writers = (struct tl_writer *)(void *)((char *)p + page);
	p->rings = (struct tl_event *)(void *)(base + s->rings_offset);
	p->names = base + s->names_offset;
	p->names_size = s->names_size;
	p->count = s->lanes;
	p->capacity = s->capacity;
	p->overflow = s->overflow;
	p->page = (uint32_t)page;
	if (madvise(p, size, MADV_WIPEONFORK) != 0 && pthread_atfork(NULL, NULL, wipe_in_child) != 0) {
		munmap(p, size);
		return NULL;
	}
	return p;
}

static bool
announce(const char *hidden)
{
	return syscall(SYS_renameat2, AT_FDCWD, hidden, AT_FDCWD, tl_segment_path, 0) == 0;
}

static void
connect_to(struct tl_process *process)
{
	tl_process = process;
	tl_gate_word = &process->segment->gate;
	tl_watched = true;
	tl_lane_sit(tl_lane_claim((uint64_t)pthread_self()), 0, 0);
}

bool
tl_session_join(const char *directory)
{
	char hidden[sizeof tl_segment_path];
	struct tl_segment planned, *segment;
	struct tl_process *process;

	if (!directory_is_ours(directory) || !tl_lane_prepare())
		return false;
	tl_cycles = tl_clock_trusts_cycles();
	planned = plan();
	drop_anchor(&planned);
	name_segment(tl_segment_path, directory, "", &planned);
	name_segment(hidden, directory, ".", &planned);
	stpcpy(stpcpy(tl_bell_path, directory), "/" TL_BELL_NAME);
	segment = make_segment(hidden, &planned);
	if (segment == NULL)
		return false;
	process = make_process(segment);
	if (process == NULL || !announce(hidden)) {
		unlink(hidden);
		munmap(segment, (size_t)planned.size);
		return false;		/* at worst a few pages stay behind */
	}
	connect_to(process);
	return true;
}

__attribute__((constructor(101))) static void
join_at_start(void)
{
	int error = errno;
	const char *directory = secure_getenv(TL_SESSION_ENV);

	if (directory != NULL)
		tl_session_join(directory);
	errno = error;
}
