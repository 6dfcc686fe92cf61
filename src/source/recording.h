/*
 * recording.h - news kept in a file (.lanes): a sink that writes it and a source that tells it again, item for item.
 *
 * A file is a header and batches, one behind the other, and is only ever appended to. A batch goes out by one write(2),
 * about once a second, so whoever kills the recorder loses no more than that; it can be read without any that follows.
 * All numbers are little-endian; times are session time in ns; check is the CRC-32 of zlib and PNG.
 *
 *    header    0  8 bytes  89 6c 61 6e 65 73 0d 0a ("\x89lanes\r\n")
 *              8  u32      version, 1
 *             12  u32      n
 *             16  n bytes  the names of the kinds of events, in the order of their numbers in this file, a newline
 *                          behind each: so a file can be read after kinds were added
 *           16+n  u32      check of all before
 *
 *    batch     0  u32      "BTCH"                         28  u32  events among its items
 *              4  u32      chunks                         32  u32  bytes of directory
 *              8  u64      items in all batches before    36  u32  bytes of payload
 *             16  u64      events in all batches before   40  i64  time of the first item
 *             24  u32      items                          48  i64  time of the last
 *             56  u32      check of the directory         60  u32  check of these 60 bytes
 *             64           directory: an entry a chunk; then the payloads, in the same order
 *
 *    entry     0  u32      thread; 0: the news that are not events
 *              4  u32      items                          24  i64  time of its first item
 *              8  u32      position of the first item     32  i64  time of its last
 *             12  u32      bytes of payload               40  u64  object of the state
 *             16  u32      the same, unpacked             48  u8   the thread's state before (enum tl_state), 7 spare
 *             20  u32      h                              56  u64 x h  what it held before: the oldest 64 at most
 *
 *    end       64 bytes as a batch, with "END." for "BTCH", no items, no chunks, at 28 the errno that stopped the
 *              recording or 0, and nothing behind it. A recorder that was killed leaves none.
 *
 * So a file is known by its batch headers and directories (64 bytes and about 60 a thread and second), without unpacking
 * anything, and what is missing from a cut or damaged batch is known too, thread by thread.
 *
 * A payload is a zstd frame with a checksum. An item's position is its place in the order of its batch, from 0. v is a
 * number of any size, 7 bits a byte, lowest first, the high bit set if more follow; z is a signed one as v, 2n or -2n-1.
 *
 *    events    column by column: v position minus (position before + 1); z time minus time before; u8 kind; u8 flags;
 *              v value; z object minus object before; z place minus place before. "Before" is the item before in this
 *              chunk; 0 for the first, for positions -1. Objects and places wrap at 64 bits.
 *    others    item by item: v position and z time, as above; u8 what (enum news_what); v thread; then
 *              PROGRAM  v pid, z start, t command            LOOK    u8 held, u8 kind, v object, v place, t elsewhere
 *              NAME     v object, v other, v value, u8 is, t CLOCK   v rate, z real
 *              PLACE    v address, v line, t function, t file  OUTPUT  v length, the bytes, a zero
 *              SOURCE   v line, t file, t text               EXIT    v pid, v status (both as 32 bits)
 *              GAP      v lost
 *              t is a text: v 0 for none, else v length + 1, the bytes, a zero.
 */
#ifndef SOURCE_RECORDING_H
#define SOURCE_RECORDING_H

#include "source/source.h"

#define RECORDING_HOLDS 64	/* how many held objects an entry tells */

/* --- Writing ------------------------------------------------------------------------------------------------ */

struct recording;

/* Takes the place of a recording of that name, of another file never. NULL with a reason. */
struct recording *recording_create(const char *path, struct reason *);

/*
 * One more item of news; what is not flushed lies in memory, at most about a megabyte. When the disk is full or fails,
 * the recording ends with the last whole batch, and the one call that met it returns false with the reason; all
 * further calls do nothing and return true. Texts of more than a megabyte are cut, output of that size is divided.
 */
bool recording_take(struct recording *, const struct news *, struct reason *);
bool recording_flush(struct recording *, struct reason *);
bool recording_close(struct recording *, struct reason *);	/* flushes, writes the end, frees */

uint64_t recording_events(const struct recording *);	/* taken so far */

/* --- Reading ------------------------------------------------------------------------------------------------ */

bool recording_recognize(const char *path);		/* does it begin as a recording? */

/*
 * Tells everything that is whole. Where a thread's chunk is missing or damaged, a NEWS_GAP says how many of its events
 * that were; then the last outcome is SOURCE_BROKEN, as it is when the end is missing.
 */
struct source *recording_open(const char *path, struct reason *);

/* For a source of recording_open: events told so far, and how many there are by the batch headers. */
void recording_progress(const struct source *, uint64_t *told, uint64_t *all);

/* The directory: each chunk in the order of the file, without unpacking any. False if a directory could not be read. */
struct recording_chunk {
	uint32_t thread;		/* 0: news that are not events */
	uint32_t items;
	int64_t first, last;		/* time */
	uint8_t state;			/* of the thread before: enum tl_state; about this object */
	uint64_t object;
	uint32_t holds;
	uint64_t held[RECORDING_HOLDS];
};
bool recording_chunks(const struct source *, void (*each)(void *context, const struct recording_chunk *),
    void *context);

#endif
