/*
 * writer.h - the writing half of wire/segment.h, as simple as can be, for tests of the reading half. Not the probe: it
 * shares no line with it, so that the two sides are held to the contract and not to each other.
 */
#ifndef TESTS_WRITER_H
#define TESTS_WRITER_H

#include <stddef.h>
#include <stdbool.h>
#include <stdint.h>

#include "wire/segment.h"

/* The runtime of ThreadSanitizer does not stand memory that is mapped anew under an access of its own. */
#if defined(__SANITIZE_THREAD__)
#define CAN_CUT_FILES 0
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define CAN_CUT_FILES 0
#endif
#endif
#ifndef CAN_CUT_FILES
#define CAN_CUT_FILES 1
#endif

struct writer {
	struct tl_segment *segment;
	size_t size;
	struct tl_lane *lane;
	struct tl_event *rings;
	uint32_t capacity;
	char name[64];
};

/* Makes a segment in a session's directory and announces it. Returns false if it cannot. */
bool writer_make(struct writer *, const char *session, int32_t pid, uint32_t lanes, uint32_t capacity);
void writer_close(struct writer *);

/* An event; waits while the ring is full. The time is that of the call. */
void writer_emit(struct writer *, uint32_t lane, uint8_t kind, uint8_t flags, uint64_t object, uint32_t value);
/* Its parts: the index reserved; the slot filled and committed. */
uint64_t writer_reserve(struct writer *, uint32_t lane);
void writer_fill(struct writer *, uint32_t lane, uint64_t index, uint64_t time, const struct tl_event *event);

void writer_name(struct writer *, uint64_t object, uint8_t is, uint32_t value, const char *text);
uint64_t writer_ticks(const struct writer *);

#endif
