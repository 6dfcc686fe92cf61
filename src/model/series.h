/*
 * series.h - a long row of things of one size, added at the end and forgotten at the front, in chunks.
 *
 * Indexes count for ever: what has index 7 keeps it, also when 0 to 6 are forgotten. The first chunk grows, so a short
 * series is small; therefore a pointer into a series is good only until the next series_add().
 */
#ifndef MODEL_SERIES_H
#define MODEL_SERIES_H

#include <stddef.h>
#include <stdint.h>

struct series {
	char **chunk;
	uint32_t chunks, room;		/* of the directory */
	uint32_t dropped;		/* chunks forgotten */
	uint32_t count;			/* index of the next */
	uint32_t first_room;		/* of chunk 0, while it grows */
	uint16_t size;			/* of a thing */
	uint8_t shift;			/* things in a chunk: 1 << shift */
};

void series_init(struct series *, size_t size, unsigned int shift);
void series_free(struct series *);
void *series_add(struct series *, size_t *used);			/* room for one more; its bytes are zero */
void series_forget(struct series *, uint32_t before, size_t *used);	/* chunks that lie wholly before it */

static inline void *
series_at(const struct series *s, uint32_t i)
{
	return s->chunk[(i >> s->shift) - s->dropped] + (size_t)(i & ((1u << s->shift) - 1)) * s->size;
}

#endif
