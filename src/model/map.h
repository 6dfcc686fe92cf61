/*
 * map.h - from 8 bytes (an address) to a number; 0 is "not there". Open addressing, keys scattered by a secret factor, so
 * that a hostile program cannot choose addresses that collide. Every event asks twice, hence no tree.
 */
#ifndef MODEL_MAP_H
#define MODEL_MAP_H

#include <stddef.h>
#include <stdint.h>

struct map {
	struct map_slot {
		uint64_t key;
		uint32_t value;
	} *slot;
	uint32_t count, room;		/* room: a power of two, or 0 */
	uint64_t factor;
};

uint32_t map_get(const struct map *, uint64_t key);
void map_set(struct map *, uint64_t key, uint32_t value, size_t *used);	/* value is not 0 */
void map_free(struct map *);

#endif
