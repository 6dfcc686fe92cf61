/* forget.c - memory is bounded: when the bound is reached, the oldest quarter of the history goes, and that is told. */
#include "config.h"

#include "model/inside.h"

#include <stdlib.h>

/* What an event costs, with its entry in a lane, its number in an object, and its share of marks and checkpoints. */
#define BYTES_AN_EVENT (sizeof(struct record) + sizeof(struct entry) + sizeof(uint32_t) + 16)

void
forget_if_full(struct model *m)
{
	uint32_t kept = m->log.count - m->log.first, old = m->log.first, cut;

	if (m->log.count % LOG_CHUNK != 0 || kept < 2 * LOG_CHUNK || kept * BYTES_AN_EVENT < m->bound)
		return;
	cut = (old + kept / 4 + LOG_CHUNK) / LOG_CHUNK * LOG_CHUNK;
	m->kept_from = log_at(&m->log, cut)->time;
	for (uint32_t i = old; i < cut; i++) {
		const struct record *r = log_at(&m->log, i);

		if (r->kind == TL_LOG && r->object != 0) {
			free(m->texts[r->object - 1]);
			m->texts[r->object - 1] = NULL;
		}
	}
	m->log.first = cut;
	for (uint32_t i = 0; i < m->nobjects; i++)
		object_forget(m, m->objects[i]);
	for (uint32_t i = 0; i < m->nlanes; i++)
		lane_forget(m, m->lanes[i]);
	log_free_before(&m->log, cut);
}
