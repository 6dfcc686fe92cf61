/* script-names.c - the threads, objects and places of a script. See script.h. */
#include "config.h"

#include "base/allocate.h"
#include "source/script-parse.h"

#include <stdlib.h>
#include <string.h>

/* Where made-up things lie: told apart at a glance in a dump, and far from each other. */
#define THREADS_AT UINT64_C(0x7f0000000000)
#define OBJECTS_AT UINT64_C(0x550000000000)
#define PLACES_AT  UINT64_C(0x400000)

uint64_t
script_identity(uint32_t thread)
{
	return THREADS_AT + thread * UINT64_C(0x1000);
}

struct script_object *
script_find(struct parser *p, const char *name)
{
	for (size_t i = 0; i < p->objects_count; i++)
		if (strcmp(p->objects[i].name, name) == 0)
			return &p->objects[i];
	return NULL;
}

uint32_t
script_find_thread(const struct parser *p, const char *name)
{
	for (size_t i = 0; i < p->threads_count; i++)
		if (strcmp(p->threads[i].name, name) == 0)
			return i + 1;
	return 0;
}

struct news *
script_tell_name(struct parser *p, uint64_t object, uint8_t is, uint32_t thread, const char *text)
{
	struct news *news = script_tell(p, NEWS_NAME);

	news->thread = thread;
	news->name.object = object;
	news->name.is = is;
	news->name.text = script_keep(p, text, strlen(text));
	return news;
}

static uint32_t
new_thread(struct parser *p, const char *name)
{
	GROW(p->threads, p->threads_count, p->threads_room);
	p->threads[p->threads_count++].name = duplicate(name);
	return p->threads_count;
}

bool
parse_need_name(struct parser *p, const char *what)
{
	if (!parse_need(p, what))
		return false;
	if (p->length == 0 || strlen(p->word) != p->length)
		return bad(p, "%s cannot be empty, nor hold a zero byte", what);
	return true;
}

bool
parse_new_thread(struct parser *p, uint32_t *number, bool *is_new)
{
	if (!parse_need_name(p, "the name of a thread"))
		return false;
	if (p->threads_count == 0)
		new_thread(p, "");
	*number = script_find_thread(p, p->word);
	*is_new = *number == 0;
	if (*is_new && strcmp(p->word, "main") == 0) {
		free(p->threads[0].name);
		p->threads[0].name = duplicate("main");
		*number = 1;
	} else if (*is_new) {
		*number = new_thread(p, p->word);
	}
	return true;
}

bool
parse_thread(struct parser *p, uint32_t *number)
{
	bool is_new;

	if (!parse_new_thread(p, number, &is_new))
		return false;
	if (is_new)
		script_tell_name(p, script_identity(*number), TL_OBJECT_THREAD, *number, p->word);
	return parse_next(p);
}

struct script_object *
script_new_object(struct parser *p, const char *name, enum tl_object_kind is)
{
	struct script_object *object;

	GROW(p->objects, p->objects_count, p->objects_room);
	object = &p->objects[p->objects_count++];
	object->name = duplicate(name);
	object->address = OBJECTS_AT + p->objects_count * UINT64_C(0x40);
	object->is = is;
	return object;
}

struct script_object *
script_declare(struct parser *p, const char *name, enum tl_object_kind is)
{
	struct script_object *object = script_new_object(p, name, is);

	script_tell_name(p, object->address, is, 0, name);
	return object;
}

bool
parse_file_and_line(struct parser *p, char **file, uint32_t *line)
{
	char *colon = strrchr(p->word, ':');
	char *end;
	unsigned long n;

	if (!parse_need_name(p, "FILE:LINE"))
		return false;
	n = colon == NULL ? 0 : strtoul(colon + 1, &end, 10);
	if (n == 0 || n > UINT32_MAX || colon == p->word || *end != '\0' || colon[1] < '0' || colon[1] > '9')
		return bad(p, "a place is FILE:LINE, not \"%.60s\"", p->word);
	*file = script_keep(p, p->word, colon - p->word);
	*line = n;
	return parse_next(p);
}

static uint64_t
place_address(struct parser *p, char *file, uint32_t line, char *function)
{
	struct script_place *place;
	struct news *news;

	for (size_t i = 0; i < p->places_count; i++) {
		place = &p->places[i];
		if (place->line == line && strcmp(place->file, file) == 0 &&
		    (*function == '\0' || strcmp(place->function, function) == 0))
			return place->address;
	}
	GROW(p->places, p->places_count, p->places_room);
	place = &p->places[p->places_count++];
	*place = (struct script_place){ file, function, line, PLACES_AT + p->places_count * 16 };
	news = script_tell(p, NEWS_PLACE);
	news->place.address = place->address;
	news->place.file = file;
	news->place.function = function;
	news->place.line = line;
	return place->address;
}

bool
parse_place(struct parser *p, uint64_t *address)
{
	char *file, *function;
	uint32_t line;
	bool in;

	if (!p->quoted && strncmp(p->word, "0x", 2) == 0)
		return parse_number(p, "an address", UINT64_MAX, address);
	if (!parse_file_and_line(p, &file, &line) || !parse_accept(p, "in", &in))
		return false;
	if (in && !parse_need_name(p, "the name of a function"))
		return false;
	function = script_keep(p, in ? p->word : "", in ? p->length : 0);
	*address = place_address(p, file, line, function);
	return !in || parse_next(p);
}
