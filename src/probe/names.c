/*
 * names.c - what objects are and are called: records appended to the names area (struct tl_name).
 */
#include "config.h"

#include "probe/inside.h"

#include <errno.h>
#include <string.h>

#define NAMES_PIECE 65536

/* Sees to it that the names area is there up to this offset. Threads that do it twice do no harm. */
static bool
names_there(struct tl_process *p, uint64_t end)
{
	uint64_t have = atomic_load_explicit(&p->names_populated, memory_order_relaxed);
	uint64_t want = (end + NAMES_PIECE - 1) / NAMES_PIECE * NAMES_PIECE;

	if (end <= have)
		return true;
	want = want < p->names_size ? want : p->names_size;
	if (!tl_populate(p->names + have, want - have))
		return false;
	while (have < want)
		if (atomic_compare_exchange_weak(&p->names_populated, &have, want))
			break;
	return true;
}

/* Room for a record, or NULL: the area is full, or its memory cannot be had. Room once given out stays so. */
static struct tl_name *
names_allocate(struct tl_segment *segment, struct tl_process *p, uint64_t size)
{
	uint64_t at = atomic_load_explicit(&segment->names_used, memory_order_relaxed);

	do {
		if (at > p->names_size || size > p->names_size - at || !names_there(p, at + size)) {
			atomic_fetch_add_explicit(&segment->names_lost, 1, memory_order_relaxed);
			return NULL;
		}
	} while (!atomic_compare_exchange_weak(&segment->names_used, &at, at + size));
	TL_TESTPOINT("name allocated");
	return (struct tl_name *)(void *)(p->names + at);
}

static void
name_object(struct tl_segment *segment, const struct tl_naming *naming)
{
	size_t length = naming->text == NULL ? 0 : strnlen(naming->text, UINT16_MAX);
	uint32_t size = (uint32_t)((sizeof(struct tl_name) + length + 7) & ~(size_t)7);
	struct tl_name *name = names_allocate(segment, tl_process, size);

	if (name == NULL)
		return;
	name->is = naming->is;
	name->length = (uint16_t)length;
	name->time = tl_ticks();
	name->object = naming->object;
	name->other = naming->other;
	name->value = naming->value;
	name->serial = naming->serial;
	if (length != 0)
		memcpy(name->text, naming->text, length);
	atomic_store_explicit(&name->size, size, memory_order_release);	/* the reader acquires it, then reads the rest */
}

void
tl_name_object(const struct tl_naming *naming)
{
	int error = errno;
	struct tl_segment *segment = tl_watched ? tl_connected() : NULL;

	if (segment != NULL)
		name_object(segment, naming);
	errno = error;
}
