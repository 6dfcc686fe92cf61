/* series.c - see series.h. */
#include "config.h"

#include "model/series.h"

#include <stdlib.h>
#include <string.h>

#include "base/allocate.h"

#define FIRST_ROOM 4

void
series_init(struct series *s, size_t size, unsigned int shift)
{
	*s = (struct series){ .size = (uint16_t)size, .shift = (uint8_t)shift };
}

void
series_free(struct series *s)
{
	for (uint32_t i = 0; i < s->chunks; i++)
		free(s->chunk[i]);
	free(s->chunk);
	series_init(s, s->size, s->shift);
}

static void
add_chunk(struct series *s, uint32_t things, size_t *used)
{
	GROW(s->chunk, s->chunks, s->room);
	s->chunk[s->chunks++] = reallocate(NULL, things, s->size);
	*used += (size_t)things * s->size;
}

static void
grow_first(struct series *s, size_t *used)
{
	s->chunk[0] = reallocate(s->chunk[0], 2 * (size_t)s->first_room, s->size);
	*used += (size_t)s->first_room * s->size;
	s->first_room *= 2;
}

void *
series_add(struct series *s, size_t *used)
{
	uint32_t full = 1u << s->shift;

	if (s->count == 0) {
		s->first_room = full < FIRST_ROOM ? full : FIRST_ROOM;
		add_chunk(s, s->first_room, used);
	} else if (s->count < full && s->count == s->first_room) {
		grow_first(s, used);
	} else if ((s->count & (full - 1)) == 0) {
		add_chunk(s, full, used);
	}
	return memset(series_at(s, s->count++), 0, s->size);
}

void
series_forget(struct series *s, uint32_t before, size_t *used)
{
	uint32_t gone = before >> s->shift;

	gone = gone > s->dropped ? gone - s->dropped : 0;
	/* The newest chunk stays, also when it is full and all of it is old: the next is added behind it. */
	if (gone >= s->chunks)
		gone = s->chunks ? s->chunks - 1 : 0;
	if (gone == 0)
		return;
	for (uint32_t i = 0; i < gone; i++)
		free(s->chunk[i]);
	*used -= ((size_t)gone << s->shift) * s->size;
	s->chunks -= gone;
	s->dropped += gone;
	memmove(s->chunk, s->chunk + gone, s->chunks * sizeof *s->chunk);
}
