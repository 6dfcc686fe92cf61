/* writer.c - see writer.h. */
#include "config.h"

#include "writer.h"

#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "source/ticks.h"

#define NAMES_SIZE 65536u

bool
writer_make(struct writer *w, const char *session, int32_t pid, uint32_t lanes, uint32_t capacity)
{
	static int made;
	struct tl_segment head = { .magic = TL_SEGMENT_MAGIC, .version = TL_WIRE_VERSION, .header_size = sizeof head,
		.lane_size = sizeof(struct tl_lane), .lanes = lanes, .capacity = capacity, .time_source = TL_TIME_CYCLES,
		.names_size = NAMES_SIZE, .pid = pid };
	char hidden[256], shown[256];
	int fd;

	head.names_offset = sizeof head + lanes * sizeof(struct tl_lane);
	head.rings_offset = head.names_offset + NAMES_SIZE;
	head.size = head.rings_offset + (uint64_t)lanes * capacity * sizeof(struct tl_event);
	head.start_ticks = ticks_now(TL_TIME_CYCLES);
	head.start_monotonic = monotonic_now();
	atomic_init(&head.clock.rate, TL_RATE_ONE);
	snprintf(w->name, sizeof w->name, "%d-%d.tl", (int)pid, ++made);
	snprintf(hidden, sizeof hidden, "%s/.%s", session, w->name);
	snprintf(shown, sizeof shown, "%s/%s", session, w->name);
	if ((fd = open(hidden, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600)) < 0)
		return false;
	if (ftruncate(fd, (off_t)head.size) != 0 || write(fd, &head, sizeof head) != (ssize_t)sizeof head)
		return false;
	w->segment = mmap(NULL, head.size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	close(fd);
	if (w->segment == MAP_FAILED)
		return false;
	w->lane = (struct tl_lane *)((char *)w->segment + sizeof head);
	w->rings = (struct tl_event *)((char *)w->segment + head.rings_offset);
	w->size = head.size;
	w->capacity = capacity;
	atomic_store(&w->segment->lanes_used, lanes);
	return rename(hidden, shown) == 0;
}

void
writer_close(struct writer *w)
{
	munmap(w->segment, w->size);	/* not what the segment says: a test may have cut or scribbled it */
}

uint64_t
writer_ticks(const struct writer *w)
{
	return ticks_now(w->segment->time_source);
}

uint64_t
writer_reserve(struct writer *w, uint32_t lane)
{
	return atomic_fetch_add(&w->lane[lane].reserved, 1);
}

void
writer_fill(struct writer *w, uint32_t lane, uint64_t index, uint64_t time, const struct tl_event *event)
{
	struct tl_event *slot = &w->rings[(size_t)lane * w->capacity + index % w->capacity];

	slot->time = time;
	slot->object = event->object;
	slot->place = event->place;
	slot->value = event->value;
	slot->kind = event->kind;
	slot->flags = event->flags;
	__atomic_store_n(&slot->lap, tl_lap(index, w->capacity), __ATOMIC_RELEASE);	/* B, pairs with C */
}

void
writer_emit(struct writer *w, uint32_t lane, uint8_t kind, uint8_t flags, uint64_t object, uint32_t value)
{
	struct tl_event e = { .kind = kind, .flags = flags, .object = object, .value = value };
	struct tl_lane *l = &w->lane[lane];
	uint64_t index;

	/* A, pairs with D */
	while (atomic_load_explicit(&l->reserved, memory_order_relaxed) -
	    atomic_load_explicit(&l->drained, memory_order_acquire) >= w->capacity)
		sched_yield();
	index = writer_reserve(w, lane);
	writer_fill(w, lane, index, writer_ticks(w), &e);
}

void
writer_name(struct writer *w, uint64_t object, uint8_t is, uint32_t value, const char *text)
{
	uint32_t size = (uint32_t)(sizeof(struct tl_name) + strlen(text) + 7) & ~7u;
	uint64_t at = atomic_fetch_add(&w->segment->names_used, size);
	struct tl_name *name = (struct tl_name *)((char *)w->segment + w->segment->names_offset + at);

	name->is = is;
	name->length = (uint16_t)strlen(text);
	name->time = writer_ticks(w);
	name->object = object;
	name->value = value;
	memcpy(name->text, text, strlen(text));
	atomic_store_explicit(&name->size, size, memory_order_release);
}
