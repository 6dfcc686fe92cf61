/*
 * recording-format.h - the bytes of a recording, for its writer and its reader; nobody else includes it. The format is
 * told in recording.h.
 */
#ifndef SOURCE_RECORDING_FORMAT_H
#define SOURCE_RECORDING_FORMAT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "source/recording.h"
#include "wire/event.h"

#define LANES_MAGIC   "\x89lanes\r\n"
#define LANES_VERSION 1
#define BATCH_MAGIC   UINT32_C(0x48435442)	/* "BTCH" */
#define END_MAGIC     UINT32_C(0x2e444e45)	/* "END." */
#define BATCH_SIZE    64
#define ENTRY_SIZE    56

/* What a writer keeps to, and a reader believes. */
#define ITEMS_MOST     16384		/* of a batch */
#define TEXT_MOST      (1 << 20)
#define OTHERS_FLUSH   (1 << 20)	/* a batch is written when the other news have reached this many bytes */
#define RAW_MOST       (16 << 20)	/* of a batch, unpacked */
#define PAYLOAD_MOST   (17 << 20)
#define DIRECTORY_MOST (ITEMS_MOST * (ENTRY_SIZE + 8 * RECORDING_HOLDS))

struct batch {
	uint32_t magic, chunks;
	uint64_t items_before, events_before;
	uint32_t items, events;
	uint32_t directory, payload;
	int64_t first, last;
	uint32_t directory_check;
};

struct entry {
	struct recording_chunk told;
	uint32_t position;		/* of its first item */
	uint32_t stored, raw;
};

/* Bytes that grow. */
struct bytes {
	uint8_t *data;
	size_t length, room;
};

uint8_t *bytes_room(struct bytes *, size_t more);	/* room for so many; where they begin */
void bytes_put(struct bytes *, const void *, size_t);
void bytes_v(struct bytes *, uint64_t);
void bytes_text(struct bytes *, const char *, size_t length);	/* NULL is none */

uint8_t *put_u32(uint8_t *, uint32_t);
uint8_t *put_u64(uint8_t *, uint64_t);
uint8_t *put_v(uint8_t *, uint64_t);
uint32_t get_u32(const uint8_t *);
uint64_t get_u64(const uint8_t *);

/* Reading what may be hostile: once something was wrong, "bad" stays set and everything is 0. */
struct cursor {
	const uint8_t *at, *end;
	bool bad;
};
uint8_t cursor_u8(struct cursor *);
uint64_t cursor_v(struct cursor *);
int64_t cursor_z(struct cursor *);
uint32_t cursor_v32(struct cursor *);
const char *cursor_text(struct cursor *);	/* NULL for none, and when bad */

static inline uint64_t
zigzag(int64_t n)
{
	return ((uint64_t)n << 1) ^ (uint64_t)(n >> 63);
}

uint32_t check_of(const uint8_t *, size_t);
void batch_pack(const struct batch *, uint8_t bytes[BATCH_SIZE]);
bool batch_unpack(struct batch *, const uint8_t bytes[BATCH_SIZE]);	/* false: the check is wrong */
uint8_t *entry_pack(const struct entry *, uint8_t *);	/* returns the end */
size_t entry_size(const struct entry *);
bool entry_unpack(struct entry *, struct cursor *);

/* recording-lanes.c: what a thread is doing, as events say it one after another. */
struct lane_state {
	uint8_t state;
	uint64_t object;
	uint32_t holds;
	uint64_t held[RECORDING_HOLDS];
};
void lane_state_take(struct lane_state *, const struct news *event);

/* recording-pack.c: news gathered for a batch, and the bytes of the batch. */
struct packer;
struct packer *packer_new(void);
void packer_free(struct packer *);
bool packer_take(struct packer *, const struct news *);		/* true: the batch is full */
bool packer_empty(const struct packer *);
uint64_t packer_events(const struct packer *, bool with_batch);	/* of the batches before, or of this one too */
const struct bytes *packer_pack(struct packer *);		/* good until the next call */
void packer_begin(struct packer *);				/* the batch is written: on to the next */
void packer_end(const struct packer *, int error, uint8_t bytes[BATCH_SIZE]);

/* recording-decode.c: the items of a chunk, each at its position; false if it is no good: then none is there. */
struct decoded {
	struct news *items;
	uint32_t *owner;	/* by position: number of the chunk that has filled it, from 1 up; 0 nobody */
	uint32_t count;
	uint32_t chunk;		/* number of the one that is decoded now */
	const uint16_t *kinds;	/* number in the file to number here; KIND_UNKNOWN */
};
#define KIND_UNKNOWN 0xffff
bool decode_events(struct decoded *, const struct entry *, const uint8_t *raw);
bool decode_others(struct decoded *, const struct entry *, const uint8_t *raw);

#endif
