/* places.c - addresses of code: function, file and line; and lines of source text. */
#include "config.h"

#include "model/inside.h"

#include <string.h>

#include "base/allocate.h"

/* The number of an address; 0 for none, and once there are absurdly many. */
uint32_t
place_for(struct model *m, uint64_t address)
{
	uint32_t n;

	if (address == 0 || (n = map_get(&m->place_at, address)) != 0)
		return address == 0 ? 0 : n;
	if (m->place_count >= MOST_PLACES)
		return 0;
	GROW(m->places, m->place_count, m->place_room);
	n = m->place_count++;
	m->places[n] = (struct place){ .address = address, .function = "", .file = "" };
	map_set(&m->place_at, address, n, &m->used);
	m->used += sizeof *m->places;
	return n;
}

void
places_take(struct model *m, const struct news *n)
{
	uint32_t number = place_for(m, n->place.address);
	struct place *p = &m->places[number];

	if (number == 0)
		return;
	p->function = intern_harmless(m, n->place.function, 120);
	p->file = intern_harmless(m, n->place.file, 400);
	p->line = n->place.line;
	p->known = true;
}

bool
model_place(const struct model *m, uint64_t address, struct model_place *p)
{
	uint32_t n = map_get(&m->place_at, address);

	if (n == 0 || !m->places[n].known)
		return false;
	*p = (struct model_place){ m->places[n].function, m->places[n].file, m->places[n].line };
	return true;
}

/* --- Source ------------------------------------------------------------------------------------------------- */

static uint64_t
line_key(uint32_t file, uint32_t line)
{
	return (uint64_t)file << 32 | line;
}

/* Files are few; their numbers are found by name. */
static uint32_t
file_find(const struct model *m, const char *file)
{
	for (uint32_t i = 1; i < m->file_count; i++) {
		if (strcmp(m->files[i], file) == 0)
			return i;
	}
	return 0;
}

static uint32_t
file_for(struct model *m, const char *file)
{
	uint32_t n = file_find(m, file);

	if (n != 0 || m->file_count >= MOST_FILES)
		return n;
	GROW(m->files, m->file_count, m->file_room);
	m->files[m->file_count] = file;
	return m->file_count++;
}

void
sources_take(struct model *m, const struct news *n)
{
	uint32_t file = file_for(m, intern_harmless(m, n->source.file, 400));
	uint64_t key = line_key(file, n->source.line);
	const char *text = intern_harmless(m, n->source.text, 400);

	if (file == 0)
		return;
	if (map_get(&m->lines, key) == 0) {
		GROW(m->sources, m->source_count, m->source_room);
		m->used += sizeof *m->sources;
		map_set(&m->lines, key, m->source_count++, &m->used);
	}
	m->sources[map_get(&m->lines, key)] = text;
}

const char *
model_source_line(const struct model *m, const char *file, uint32_t line)
{
	uint32_t n = file_find(m, file);

	n = n != 0 ? map_get(&m->lines, line_key(n, line)) : 0;
	return n != 0 ? m->sources[n] : NULL;
}
