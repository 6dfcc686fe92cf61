/* recording-format.c - see recording-format.h; the format is told in recording.h. */
#include "config.h"

#include "source/recording-format.h"

#include <string.h>

#include "base/allocate.h"

uint8_t *
bytes_room(struct bytes *bytes, size_t more)
{
	if (bytes->room - bytes->length < more) {
		bytes->room = 2 * bytes->room + more;
		bytes->data = reallocate(bytes->data, bytes->room, 1);
	}
	return bytes->data + bytes->length;
}

void
bytes_put(struct bytes *bytes, const void *data, size_t length)
{
	memcpy(bytes_room(bytes, length + 1), data, length);
	bytes->length += length;
}

void
bytes_v(struct bytes *bytes, uint64_t n)
{
	bytes->length = put_v(bytes_room(bytes, 10), n) - bytes->data;
}

void
bytes_text(struct bytes *bytes, const char *text, size_t length)
{
	bytes_v(bytes, text == NULL ? 0 : length + 1);
	if (text == NULL)
		return;
	bytes_put(bytes, text, length);
	bytes_put(bytes, "", 1);
}

uint8_t *
put_u32(uint8_t *at, uint32_t n)
{
	for (int i = 0; i < 4; i++)
		*at++ = n >> 8 * i;
	return at;
}

uint8_t *
put_u64(uint8_t *at, uint64_t n)
{
	return put_u32(put_u32(at, n), n >> 32);
}

uint8_t *
put_v(uint8_t *at, uint64_t n)
{
	for (; n >= 0x80; n >>= 7)
		*at++ = n | 0x80;
	*at++ = n;
	return at;
}

uint32_t
get_u32(const uint8_t *at)
{
	return at[0] | at[1] << 8 | at[2] << 16 | (uint32_t)at[3] << 24;
}

uint64_t
get_u64(const uint8_t *at)
{
	return get_u32(at) | (uint64_t)get_u32(at + 4) << 32;
}

uint8_t
cursor_u8(struct cursor *c)
{
	if (c->bad || c->at == c->end) {
		c->bad = true;
		return 0;
	}
	return *c->at++;
}

uint64_t
cursor_v(struct cursor *c)
{
	uint64_t n = 0;

	for (int shift = 0; shift < 64; shift += 7) {
		uint8_t byte = cursor_u8(c);

		n |= (uint64_t)(byte & 0x7f) << shift;
		if (byte < 0x80)
			return c->bad ? 0 : n;
	}
	c->bad = true;
	return 0;
}

int64_t
cursor_z(struct cursor *c)
{
	uint64_t n = cursor_v(c);

	return n >> 1 ^ -(n & 1);
}

uint32_t
cursor_v32(struct cursor *c)
{
	uint64_t n = cursor_v(c);

	if (n > UINT32_MAX)
		c->bad = true;
	return c->bad ? 0 : n;
}

const char *
cursor_text(struct cursor *c)
{
	uint64_t length = cursor_v(c);
	const char *text = (const char *)c->at;

	if (c->bad || length == 0)
		return NULL;
	if (length > (uint64_t)(c->end - c->at) || length - 1 > TEXT_MOST ||
	    memchr(text, '\0', length) != text + length - 1) {
		c->bad = true;
		return NULL;
	}
	c->at += length;
	return text;
}

/* Four bits at a time: headers are short, and payloads have a checksum of their own. */
uint32_t
check_of(const uint8_t *data, size_t length)
{
	static const uint32_t table[16] = {
		0x00000000, 0x1db71064, 0x3b6e20c8, 0x26d930ac, 0x76dc4190, 0x6b6b51f4, 0x4db26158, 0x5005713c,
		0xedb88320, 0xf00f9344, 0xd6d6a3e8, 0xcb61b38c, 0x9b64c2b0, 0x86d3d2d4, 0xa00ae278, 0xbdbdf21c,
	};
	uint32_t check = UINT32_MAX;

	for (size_t i = 0; i < length; i++) {
		check = table[(check ^ data[i]) & 15] ^ check >> 4;
		check = table[(check ^ data[i] >> 4) & 15] ^ check >> 4;
	}
	return ~check;
}

void
batch_pack(const struct batch *b, uint8_t bytes[BATCH_SIZE])
{
	uint8_t *at = put_u32(bytes, b->magic);

	at = put_u32(at, b->chunks);
	at = put_u64(at, b->items_before);
	at = put_u64(at, b->events_before);
	at = put_u32(at, b->items);
	at = put_u32(at, b->events);
	at = put_u32(at, b->directory);
	at = put_u32(at, b->payload);
	at = put_u64(at, b->first);
	at = put_u64(at, b->last);
	at = put_u32(at, b->directory_check);
	put_u32(at, check_of(bytes, BATCH_SIZE - 4));
}

bool
batch_unpack(struct batch *b, const uint8_t bytes[BATCH_SIZE])
{
	b->magic = get_u32(bytes);
	b->chunks = get_u32(bytes + 4);
	b->items_before = get_u64(bytes + 8);
	b->events_before = get_u64(bytes + 16);
	b->items = get_u32(bytes + 24);
	b->events = get_u32(bytes + 28);
	b->directory = get_u32(bytes + 32);
	b->payload = get_u32(bytes + 36);
	b->first = get_u64(bytes + 40);
	b->last = get_u64(bytes + 48);
	b->directory_check = get_u32(bytes + 56);
	return get_u32(bytes + 60) == check_of(bytes, BATCH_SIZE - 4);
}

size_t
entry_size(const struct entry *e)
{
	return ENTRY_SIZE + 8 * e->told.holds;
}

uint8_t *
entry_pack(const struct entry *e, uint8_t *at)
{
	at = put_u32(at, e->told.thread);
	at = put_u32(at, e->told.items);
	at = put_u32(at, e->position);
	at = put_u32(at, e->stored);
	at = put_u32(at, e->raw);
	at = put_u32(at, e->told.holds);
	at = put_u64(at, e->told.first);
	at = put_u64(at, e->told.last);
	at = put_u64(at, e->told.object);
	at = put_u64(at, e->told.state);
	for (uint32_t i = 0; i < e->told.holds; i++)
		at = put_u64(at, e->told.held[i]);
	return at;
}

bool
entry_unpack(struct entry *e, struct cursor *c)
{
	const uint8_t *at = c->at;

	if (c->end - at < ENTRY_SIZE)
		return false;
	e->told.thread = get_u32(at);
	e->told.items = get_u32(at + 4);
	e->position = get_u32(at + 8);
	e->stored = get_u32(at + 12);
	e->raw = get_u32(at + 16);
	e->told.holds = get_u32(at + 20);
	e->told.first = get_u64(at + 24);
	e->told.last = get_u64(at + 32);
	e->told.object = get_u64(at + 40);
	e->told.state = at[48] < TL_NSTATES ? at[48] : TL_STATE_NONE;
	if (e->told.holds > RECORDING_HOLDS || c->end - at < (ptrdiff_t)entry_size(e))
		return false;
	for (uint32_t i = 0; i < e->told.holds; i++)
		e->told.held[i] = get_u64(at + ENTRY_SIZE + 8 * i);
	c->at += entry_size(e);
	return true;
}
