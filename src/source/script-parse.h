/*
 * script-parse.h - the parts of the script reader among themselves; nobody else includes it. The language: script.h.
 *
 * script-words.c cuts a line into words, numbers and times; script-names.c knows threads, objects and places;
 * script-declare.c reads declarations, script-events.c what a thread did; script.c puts the items in a row and tells
 * them.
 *
 * Every parse_ function returns false after bad(), which says what was wrong; the caller passes that on.
 */
#ifndef SOURCE_SCRIPT_PARSE_H
#define SOURCE_SCRIPT_PARSE_H

#include "source/script.h"
#include "wire/event.h"

#define SCRIPT_WORD 4096	/* the longest word, quoted ones included */

struct script_thread {
	char *name;
};

struct script_object {
	char *name;
	uint64_t address;
	uint8_t is;		/* enum tl_object_kind */
};

struct script_place {
	char *file, *function;
	uint32_t line;
	uint64_t address;
};

struct script {
	struct source source;
	struct news *items;
	size_t count, room, told;
	char **texts;		/* what the items point to */
	size_t texts_count, texts_room;
};

struct parser {
	struct script *script;
	struct reason *why;
	unsigned line;
	const char *at;			/* the line, from behind the word on */
	char word[SCRIPT_WORD];		/* the word that is looked at, terminated */
	size_t length;			/* of the word, which may hold zero bytes if it was quoted */
	bool there, quoted;		/* false: the line has no more words; the word was in quotes */
	int64_t time;
	struct script_thread *threads;	/* number n is threads[n - 1] */
	size_t threads_count, threads_room;
	struct script_object *objects;
	size_t objects_count, objects_room;
	struct script_place *places;
	size_t places_count, places_room;
};

/* script-words.c */
bool bad(struct parser *, const char *format, ...) __attribute__((format(printf, 2, 3)));
bool parse_next(struct parser *);			/* looks at the next word, if there is one */
bool parse_is(const struct parser *, const char *word);	/* is it this word, and not in quotes? */
bool parse_accept(struct parser *, const char *word, bool *was);	/* if it is, looks at the next */
bool parse_need(struct parser *, const char *what);	/* bad() if there is no word */
bool parse_starts_number(const struct parser *);
bool parse_number(struct parser *, const char *what, uint64_t most, uint64_t *);
bool parse_time(struct parser *, const char *what, int64_t *ns);	/* 0.1, 1.5s, 20ms, 3us, 4ns */
bool parse_end(struct parser *);			/* bad() if there is a word left */

/* script-names.c */
uint64_t script_identity(uint32_t thread);		/* a thread's address in events */
struct script_object *script_find(struct parser *, const char *name);
uint32_t script_find_thread(const struct parser *, const char *name);	/* 0: never mentioned */
struct script_object *script_new_object(struct parser *, const char *name, enum tl_object_kind);
struct script_object *script_declare(struct parser *, const char *name, enum tl_object_kind);	/* and tells its name */
struct news *script_tell_name(struct parser *, uint64_t object, uint8_t is, uint32_t thread, const char *text);
bool parse_need_name(struct parser *, const char *what);	/* a word, not empty and without zero bytes */
bool parse_new_thread(struct parser *, uint32_t *number, bool *is_new);	/* tells nothing; 1 is main */
bool parse_thread(struct parser *, uint32_t *number);	/* and tells its name when it is new */
bool parse_file_and_line(struct parser *, char **file, uint32_t *line);
bool parse_place(struct parser *, uint64_t *address);	/* behind "at" */

/* script-declare.c */
enum tl_class script_class(uint8_t is);
bool parse_declaration(struct parser *, bool *was);	/* *was: the line began with such a word */

/* script-events.c */
bool parse_event(struct parser *, uint32_t thread);

/* script.c */
struct news *script_tell(struct parser *, enum news_what);	/* one more item, at the line's time */
char *script_keep(struct parser *, const char *bytes, size_t length);

#endif
