/* log.c - every event that was told, in true order, in chunks that can be forgotten from the front. */
#include "config.h"

#include "model/inside.h"

#include <stdlib.h>

#include "base/allocate.h"

struct record *
log_add(struct log *log)
{
	uint32_t chunk = log->count / LOG_CHUNK;

	if (chunk == log->nchunks) {
		GROW(log->chunks, log->nchunks, log->room);
		log->chunks[log->nchunks++] = allocate(LOG_CHUNK * sizeof(struct record));
	}
	return &log->chunks[chunk][log->count++ % LOG_CHUNK];
}

struct record *
log_at(const struct log *log, uint32_t number)
{
	return &log->chunks[number / LOG_CHUNK][number % LOG_CHUNK];
}

void
log_free_before(struct log *log, uint32_t number)
{
	for (uint32_t chunk = 0; chunk < number / LOG_CHUNK && chunk < log->nchunks; chunk++) {
		free(log->chunks[chunk]);
		log->chunks[chunk] = NULL;
	}
}
