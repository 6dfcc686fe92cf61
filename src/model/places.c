/* places.c - addresses and what they are in the source, lines of source text, and the program's output. */
#include "config.h"

#include "model/inside.h"

#include <stdlib.h>
#include <string.h>

#include "base/allocate.h"

static int
by_address(const struct place *a, const struct place *b)
{
	return a->address < b->address ? -1 : a->address > b->address;
}
TREE(places, place, by_address)

static int
by_line(const struct source_line *a, const struct source_line *b)
{
	int order = strcmp(a->file, b->file);

	return order != 0 ? order : a->line < b->line ? -1 : a->line > b->line;
}
TREE(source_lines, source_line, by_line)

static struct place *
place_of(struct model *m, uint64_t address)
{
	struct place key = { .address = address }, *found = RB_FIND(places, &m->places, &key);

	if (found == NULL) {
		found = allocate(sizeof *found);
		found->address = address;
		found->told = (struct model_place){ duplicate(""), duplicate(""), 0 };
		RB_INSERT(places, &m->places, found);
		GROW(m->place_list, m->nplaces, m->place_room);
		m->place_list[m->nplaces++] = found;
		found->number = m->nplaces;
	}
	return found;
}

uint32_t
place_number(struct model *m, uint64_t address)
{
	return address ? place_of(m, address)->number : 0;
}

void
place_take(struct model *m, const struct news *n)
{
	struct place *p = place_of(m, n->place.address);

	free((char *)p->told.function);
	free((char *)p->told.file);
	p->told.function = clean(n->place.function, strlen(n->place.function));
	p->told.file = clean(n->place.file, strlen(n->place.file));
	p->told.line = n->place.line;
}

bool
model_place(const struct model *m, uint64_t address, struct model_place *out)
{
	struct place key = { .address = address };
	const struct place *p = RB_FIND(places, (struct places *)&m->places, &key);

	if (p == NULL || (p->told.file[0] == '\0' && p->told.function[0] == '\0'))
		return false;
	*out = p->told;
	return true;
}

void
source_take(struct model *m, const struct news *n)
{
	struct source_line *line = allocate(sizeof *line), *old;

	line->file = clean(n->source.file, strlen(n->source.file));
	line->line = n->source.line;
	line->text = duplicate(n->source.text);
	for (char *p = line->text; *p; p++)
		if ((unsigned char)*p < ' ' && *p != '\t')
			*p = ' ';
	if ((old = RB_INSERT(source_lines, &m->source_lines, line)) != NULL) {
		free(line->file);
		free(line->text);
		free(line);
	}
}

const char *
model_source_line(const struct model *m, const char *file, uint32_t number)
{
	struct source_line key = { .file = (char *)file, .line = number };
	const struct source_line *line = RB_FIND(source_lines, (struct source_lines *)&m->source_lines, &key);

	return line ? line->text : NULL;
}

void
output_take(struct model *m, const struct news *n)
{
	while (m->output_used + n->output.length > m->output_room) {
		m->output_room = m->output_room ? 2 * m->output_room : 4096;
		m->output = reallocate(m->output, m->output_room, 1);
	}
	memcpy(m->output + m->output_used, n->output.bytes, n->output.length);
	m->output_used += n->output.length;
	GROW(m->output_marks, m->noutput_marks, m->output_mark_room);
	m->output_marks[m->noutput_marks++] = (struct output_mark){ n->time, m->output_used };
}

const char *
model_output(const struct model *m, int64_t t, size_t *length)
{
	uint32_t low = 0, high = m->noutput_marks;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;

		if (m->output_marks[middle].time <= t)
			low = middle + 1;
		else
			high = middle;
	}
	*length = low > 0 ? m->output_marks[low - 1].end : 0;
	return m->output ? m->output : "";
}

void
model_places_free(struct model *m)
{
	struct source_line *line, *next;

	for (uint32_t i = 0; i < m->nplaces; i++) {
		free((char *)m->place_list[i]->told.function);
		free((char *)m->place_list[i]->told.file);
		free(m->place_list[i]);
	}
	free(m->place_list);
	RB_FOREACH_SAFE(line, source_lines, &m->source_lines, next) {
		RB_REMOVE(source_lines, &m->source_lines, line);
		free(line->file);
		free(line->text);
		free(line);
	}
	free(m->output);
	free(m->output_marks);
}
