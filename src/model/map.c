/* map.c - see map.h. */
#include "config.h"

#include "model/map.h"

#include <stdlib.h>

#include "base/allocate.h"

/* The slot of the key, or the empty one where it belongs. There is one: half the slots are empty. */
static struct map_slot *
slot_of(const struct map *m, uint64_t key)
{
	uint64_t mixed = (key ^ key >> 32) * m->factor;
	uint32_t i = (uint32_t)((mixed ^ mixed >> 29) >> 16) & (m->room - 1);

	while (m->slot[i].value != 0 && m->slot[i].key != key)
		i = (i + 1) & (m->room - 1);
	return &m->slot[i];
}

uint32_t
map_get(const struct map *m, uint64_t key)
{
	return m->room ? slot_of(m, key)->value : 0;
}

static void
map_grow(struct map *m, size_t *used)
{
	struct map_slot *old = m->slot;
	uint32_t n = m->room;

	if (m->factor == 0)
		m->factor = ((uint64_t)arc4random() << 32 | arc4random()) | 1;
	m->room = n ? 2 * n : 64;
	m->slot = allocate(m->room * sizeof *m->slot);
	*used += (m->room - n) * sizeof *m->slot;
	for (uint32_t i = 0; i < n; i++) {
		if (old[i].value != 0)
			*slot_of(m, old[i].key) = old[i];
	}
	free(old);
}

void
map_set(struct map *m, uint64_t key, uint32_t value, size_t *used)
{
	struct map_slot *s;

	if (2 * m->count >= m->room)
		map_grow(m, used);
	s = slot_of(m, key);
	m->count += s->value == 0;
	s->key = key;
	s->value = value;
}

void
map_free(struct map *m)
{
	free(m->slot);
	*m = (struct map){ 0 };
}
