/* model.c - see model.h. Each item of news goes to whoever keeps what it tells. */
#include "config.h"

#include "model/inside.h"

#include <stdlib.h>
#include <string.h>

#include "base/allocate.h"
#include "wire/segment.h"

#define DEFAULT_BOUND ((size_t)1 << 30)

/* Numbers begin at 1: what has number 0 stands for "none". */
static void
begin_tables(struct model *m)
{
	GROW(m->persons, m->person_count, m->person_room);
	m->persons[m->person_count++] = (struct person){ 0 };
	GROW(m->places, m->place_count, m->place_room);
	m->places[m->place_count++] = (struct place){ .function = "", .file = "" };
	GROW(m->sources, m->source_count, m->source_room);
	m->sources[m->source_count++] = NULL;
	GROW(m->files, m->file_count, m->file_room);
	m->files[m->file_count++] = "";
}

struct model *
model_new(size_t memory_bound)
{
	struct model *m = allocate(sizeof *m);

	m->bound = memory_bound ? memory_bound : DEFAULT_BOUND;
	m->program.name = m->program.command = "";
	m->program.rate = TL_RATE_ONE;
	m->locale = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);
	series_init(&m->order, sizeof(struct where), 12);
	series_init(&m->texts, sizeof(struct text), 8);
	output_init(m);
	RB_INIT(&m->words);
	begin_tables(m);
	return m;
}

void
model_free(struct model *m)
{
	if (m == NULL)
		return;
	for (uint32_t i = 1; i <= m->threads; i++)
		lane_free(m->lanes[i]);
	for (uint32_t i = 1; i <= m->object_count; i++)
		object_free(m->objects[i]);
	texts_free(m);
	words_free(m);
	series_free(&m->order);
	series_free(&m->writes);
	series_free(&m->clocks);
	map_free(&m->object_at);
	map_free(&m->pairs);
	map_free(&m->person_at);
	map_free(&m->place_at);
	map_free(&m->lines);
	if (m->locale != (locale_t)0)
		freelocale(m->locale);
	free(m->lanes);
	free(m->objects);
	free(m->persons);
	free(m->places);
	free(m->sources);
	free(m->files);
	free(m->elsewhere);
	free(m->output);
	free(m->moved.who);
	free(m);
}

static void
program_take(struct model *m, const struct news *n)
{
	char *first, *blank;
	const char *slash;

	if (m->program.command[0] != '\0')
		return;
	m->program.command = intern_harmless(m, n->program.command, 1000);
	m->program.start = n->program.start;
	m->program.pid = n->program.pid;
	first = duplicate(m->program.command);
	if ((blank = strchr(first, ' ')) != NULL)
		*blank = '\0';
	slash = strrchr(first, '/');
	m->program.name = intern(m, slash != NULL ? slash + 1 : first);
	free(first);
}

static void
exit_take(struct model *m, const struct news *n)
{
	if (m->program.exited || (m->program.pid != 0 && n->exit.pid != 0 && n->exit.pid != m->program.pid))
		return;		/* a child's */
	m->program.exited = true;
	m->program.status = n->exit.status;
	m->program.exit_time = m->now;
}

void
model_take(struct model *m, const struct news *n)
{
	if (n->time > m->now)		/* times never go back; if they do, they stand still */
		m->now = n->time;
	model_advance(m, m->now);
	switch (n->what) {
	case NEWS_PROGRAM:	program_take(m, n); break;
	case NEWS_EVENT:	take_event(m, n); break;
	case NEWS_NAME:
		if (n->name.is == TL_OBJECT_THREAD)
			person_describe(m, n);
		else
			object_describe(m, n);
		break;
	case NEWS_PLACE:	places_take(m, n); break;
	case NEWS_SOURCE:	sources_take(m, n); break;
	case NEWS_GAP:		take_gap(m, n); break;
	case NEWS_LOOK:		take_look(m, n); break;
	case NEWS_CLOCK:	clock_take(m, n); break;
	case NEWS_OUTPUT:	output_take(m, n); break;
	case NEWS_EXIT:		exit_take(m, n); break;
	}
}

void
model_advance(struct model *m, int64_t now)
{
	if (now > m->end)
		m->end = now;
}

int64_t
model_end(const struct model *m)
{
	return m->end;
}

const struct model_program *
model_program(const struct model *m)
{
	return &m->program;
}
