/* segment.c - see segment.h. The letters are those of wire/segment.h. */
#include "config.h"

#include "source/segment.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/allocate.h"

/* --- The guard against files cut short ------------------------------------------------------------------------ */

static struct segment *_Atomic guarded;
static struct sigaction before_guard;

/* Signal handler. mmap is a plain system call, and the list changes only while no segment is read. */
static void
put_zeroes(int sig, siginfo_t *info, void *context)
{
	uintptr_t at = (uintptr_t)info->si_addr;
	int saved = errno;

	(void)context;
	for (struct segment *s = guarded; s != NULL; s = s->next_guarded) {
		uintptr_t start = (uintptr_t)s->header;

		if (at < start || at - start >= s->size)
			continue;
		if (mmap(s->header, s->size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED,
			-1, 0) != MAP_FAILED) {
			s->cut = 1;
			errno = saved;
			return;
		}
	}
	sigaction(sig, &before_guard, NULL);	/* not ours: it comes again, to whom it belongs */
	errno = saved;
}

static void
guard(struct segment *s)
{
	struct sigaction action = { .sa_sigaction = put_zeroes, .sa_flags = SA_SIGINFO };

	if (guarded == NULL)
		sigaction(SIGBUS, &action, &before_guard);
	s->next_guarded = guarded;
	guarded = s;
}

static void
unguard(struct segment *s)
{
	if (guarded == s)
		guarded = s->next_guarded;
	for (struct segment *other = guarded; other != NULL; other = other->next_guarded)
		if (other->next_guarded == s)
			other->next_guarded = s->next_guarded;
	if (guarded == NULL)
		sigaction(SIGBUS, &before_guard, NULL);
}

/* --- Opening -------------------------------------------------------------------------------------------------- */

/* Is [start, start + length) whole inside a file of this size, and aligned? */
static bool
lies_within(uint64_t start, uint64_t length, uint64_t size, uint64_t alignment)
{
	return start % alignment == 0 && start <= size && length <= size - start;
}

static bool
check_header(const struct tl_segment *h, uint64_t size, const char *name, struct reason *why)
{
	uint64_t table = (uint64_t)h->lanes * sizeof(struct tl_lane);
	uint64_t rings = (uint64_t)h->lanes * h->capacity * sizeof(struct tl_event);

	if (h->magic != TL_SEGMENT_MAGIC)
		return because(why, "%s: not a segment of a watched program", name);
	if (h->version != TL_WIRE_VERSION)
		return because(why, "%s: segment format %u, this viewer reads %u", name, h->version, TL_WIRE_VERSION);
	if (h->lane_size != sizeof(struct tl_lane) || h->lanes == 0 || h->lanes > SEGMENT_LANES_MAX)
		return because(why, "%s: a table of %u lanes of %u bytes makes no sense", name, h->lanes, h->lane_size);
	if (h->capacity < 2 || h->capacity > SEGMENT_CAPACITY_MAX || (h->capacity & (h->capacity - 1)) != 0)
		return because(why, "%s: rings of %u events make no sense", name, h->capacity);
	if (h->time_source > TL_TIME_MONOTONIC || h->pid <= 0)
		return because(why, "%s: time source %u, process %d make no sense", name, h->time_source, h->pid);
	if (h->header_size < sizeof *h || !lies_within(h->header_size, table, size, TL_CACHE_LINE) ||
	    !lies_within(h->names_offset, h->names_size, size, 8) ||
	    !lies_within(h->rings_offset, rings, size, sizeof(struct tl_event)))
		return because(why, "%s: parts of it lie outside of its %llu bytes", name, (unsigned long long)size);
	if (h->header_size + table > h->names_offset || h->names_offset + h->names_size > h->rings_offset)
		return because(why, "%s: parts of it overlap", name);
	return true;
}

static void
adopt_header(struct segment *s, const struct tl_segment *h)
{
	char *base = (char *)s->header;

	s->lane = (struct tl_lane *)(base + h->header_size);
	s->names = base + h->names_offset;
	s->names_size = h->names_size;
	s->rings = (struct tl_event *)(base + h->rings_offset);
	s->lanes = h->lanes;
	s->capacity = h->capacity;
	s->time_source = h->time_source;
	s->pid = h->pid;
}

static bool
map_file(struct segment *s, int fd, const char *name, struct reason *why)
{
	struct tl_segment header;
	struct stat status;

	if (fstat(fd, &status) != 0)
		return because_errno(why, "%s", name);
	if (!S_ISREG(status.st_mode) || status.st_uid != geteuid())
		return because(why, "%s: not a file of ours", name);
	if (pread(fd, &header, sizeof header, 0) != (ssize_t)sizeof header)
		return because(why, "%s: too short for a segment", name);
	if (!check_header(&header, (uint64_t)status.st_size, name, why))
		return false;
	s->size = (size_t)status.st_size;
	s->header = mmap(NULL, s->size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (s->header == MAP_FAILED) {
		s->header = NULL;
		return because_errno(why, "%s: cannot map %zu bytes", name, s->size);
	}
	adopt_header(s, &header);
	guard(s);
	return true;
}

bool
segment_open(struct segment *s, int directory, const char *name, struct reason *why)
{
	int fd = openat(directory, name, O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	bool done;

	*s = (struct segment){ 0 };
	if (fd < 0)
		return because_errno(why, "%s", name);
	done = map_file(s, fd, name, why);
	close(fd);
	return done;
}

void
segment_close(struct segment *s)
{
	if (s->header == NULL)
		return;
	unguard(s);
	munmap(s->header, s->size);
	s->header = NULL;
}

/* --- Reading -------------------------------------------------------------------------------------------------- */

uint32_t
segment_lanes_used(const struct segment *s)
{
	uint32_t used = atomic_load_explicit(&s->header->lanes_used, memory_order_acquire);

	return used < s->lanes ? used : s->lanes;
}

enum ring_end
segment_take(const struct segment *s, uint32_t lane, uint64_t *drained, struct tl_event *room, size_t size, size_t *taken)
{
	/* E: whoever calls has read the clock before; what is reserved later is stamped later. */
	uint64_t reserved = atomic_load_explicit(&s->lane[lane].reserved, memory_order_acquire);
	const struct tl_event *ring = s->rings + (size_t)lane * s->capacity;
	uint64_t at = *drained;
	bool wrong = reserved - at > s->capacity;
	uint64_t end = wrong ? at + s->capacity : reserved;
	size_t count = 0;

	while (at != end && count < size) {
		const struct tl_event *slot = &ring[at & (s->capacity - 1)];

		if (__atomic_load_n(&slot->lap, __ATOMIC_ACQUIRE) != tl_lap(at, s->capacity))	/* C, pairs with B */
			break;
		room[count++] = *slot;
		at++;
	}
	*drained = at;
	*taken = count;
	if (wrong)
		return RING_WRONG;
	return at == end ? RING_CLEAR : count == size ? RING_MORE : RING_STUCK;
}

void
segment_release(const struct segment *s, uint32_t lane, uint64_t drained)
{
	atomic_store_explicit(&s->lane[lane].drained, drained, memory_order_release);	/* D, pairs with A */
}

bool
segment_skip(const struct segment *s, uint32_t lane, uint64_t *drained)
{
	uint64_t reserved = atomic_load_explicit(&s->lane[lane].reserved, memory_order_acquire);

	if (reserved == *drained || reserved - *drained > s->capacity)
		return false;
	++*drained;
	return true;
}

static bool
name_makes_sense(const struct segment *s, uint32_t size, uint16_t length)
{
	return size % 8 == 0 && size >= sizeof(struct tl_name) && size <= s->names_size - s->names_read &&
	    length <= size - sizeof(struct tl_name);
}

bool
segment_next_name(struct segment *s, struct segment_name *out)
{
	const char *at = s->names + s->names_read;
	struct tl_name record;
	uint32_t size;

	if (s->names_broken || s->names_size - s->names_read < sizeof record)
		return false;
	size = atomic_load_explicit(&((const struct tl_name *)at)->size, memory_order_acquire);
	if (size == 0)
		return false;
	memcpy(&record, at, sizeof record);
	if (!name_makes_sense(s, size, record.length)) {
		s->names_broken = true;
		return false;
	}
	out->text = allocate((size_t)record.length + 1);
	memcpy(out->text, at + sizeof record, record.length);
	out->time = record.time;
	out->object = record.object;
	out->other = record.other;
	out->value = record.value;
	out->serial = record.serial;
	out->is = record.is < TL_NOBJECT_KINDS ? record.is : TL_OBJECT_UNKNOWN;
	s->names_read += size;
	return true;
}
