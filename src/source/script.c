/* script.c - a script as a source of news. See script.h; the parts are in script-parse.h. */
#include "config.h"

#include "base/allocate.h"
#include "source/script-parse.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define SCRIPT_MOST (64 << 20)				/* bytes; a story for people is smaller by far */
#define TIME_MOST   INT64_C(4000000000000000000)	/* ns: what a line's time may add up to */

static enum source_outcome
script_next(struct source *source, struct news *news, struct reason *why)
{
	struct script *script = (struct script *)source;

	(void)why;
	if (script->told == script->count)
		return SOURCE_END;
	*news = script->items[script->told++];
	return SOURCE_NEWS;
}

static int
script_fd(struct source *source)
{
	(void)source;
	return -1;
}

static void
script_close(struct source *source)
{
	struct script *script = (struct script *)source;

	for (size_t i = 0; i < script->texts_count; i++)
		free(script->texts[i]);
	free(script->texts);
	free(script->items);
	free(script);
}

static const struct source_ops script_ops = { script_next, script_fd, script_close };

/* A copy of the bytes, with a zero behind them, that lives as long as the script. */
char *
script_keep(struct parser *p, const char *bytes, size_t length)
{
	struct script *script = p->script;
	char *text = allocate(length + 1);

	memcpy(text, bytes, length);
	GROW(script->texts, script->texts_count, script->texts_room);
	return script->texts[script->texts_count++] = text;
}

struct news *
script_tell(struct parser *p, enum news_what what)
{
	struct script *script = p->script;
	struct news *news;

	if (script->count == 0 && what != NEWS_PROGRAM) {
		news = script_tell(p, NEWS_PROGRAM);
		news->program.command = script_keep(p, "script", strlen("script"));
		news->program.pid = 1;
	}
	GROW(script->items, script->count, script->room);
	news = &script->items[script->count++];
	memset(news, 0, sizeof *news);
	news->what = what;
	news->time = p->time;
	return news;
}

/* The time at the beginning of a line, if there is one. */
static bool
parse_when(struct parser *p)
{
	int64_t time;
	bool later = p->there && !p->quoted && p->word[0] == '+';

	if (later)
		memmove(p->word, p->word + 1, p->length--);
	else if (!parse_starts_number(p))
		return true;
	if (!parse_time(p, "a time", &time))
		return false;
	if (later)
		time += p->time;
	if (time < p->time)
		return bad(p, "time goes back: this is %jd us before the line above",
		    (intmax_t)(p->time - time) / 1000);
	if (time > TIME_MOST)
		return bad(p, "the time is too late");
	p->time = time;
	return parse_need(p, "what happened");
}

static bool
parse_line(struct parser *p)
{
	uint32_t thread;
	bool was;

	if (!parse_next(p) || !parse_when(p))
		return false;
	if (!p->there)
		return true;
	if (!parse_declaration(p, &was))
		return false;
	if (!was && (!parse_thread(p, &thread) || !parse_event(p, thread)))
		return false;
	return parse_end(p);
}

static bool
parse_lines(struct parser *p, const char *text)
{
	char *line = NULL;
	bool good = true;

	while (good && *text != '\0') {
		size_t length = strcspn(text, "\n");

		line = reallocate(line, length + 1, 1);
		memcpy(line, text, length);
		line[length] = '\0';
		p->line++;
		p->at = line;
		good = parse_line(p);
		text += length + (text[length] == '\n');
	}
	free(line);
	return good;
}

static void
parser_free(struct parser *p)
{
	for (size_t i = 0; i < p->threads_count; i++)
		free(p->threads[i].name);
	for (size_t i = 0; i < p->objects_count; i++)
		free(p->objects[i].name);
	free(p->threads);
	free(p->objects);
	free(p->places);
	free(p);
}

struct source *
script_open_text(const char *text, struct reason *why)
{
	struct script *script = allocate(sizeof *script);
	struct parser *p = allocate(sizeof *p);
	bool good;

	script->source.ops = &script_ops;
	p->script = script;
	p->why = why;
	good = parse_lines(p, text);
	parser_free(p);
	if (good)
		return &script->source;
	script_close(&script->source);
	return NULL;
}

/* The whole file, terminated; NULL with a reason. */
static char *
read_all(int fd, const char *path, struct reason *why)
{
	struct stat status;
	char *text;
	ssize_t got;
	size_t length = 0;

	if (fstat(fd, &status) == -1 || (!S_ISREG(status.st_mode) && !S_ISFIFO(status.st_mode))) {
		because(why, "%s is not a file", path);
		return NULL;
	}
	size_t room = S_ISREG(status.st_mode) && status.st_size < SCRIPT_MOST ? status.st_size + 1 : SCRIPT_MOST;
	text = allocate(room + 1);
	while (length < room && (got = read(fd, text + length, room - length)) != 0) {
		if (got == -1 && errno == EINTR)
			continue;
		if (got == -1) {
			because_errno(why, "cannot read %s", path);
			free(text);
			return NULL;
		}
		length += got;
	}
	text[length] = '\0';
	if (length < SCRIPT_MOST && memchr(text, '\0', length) == NULL)
		return text;
	because(why, length < SCRIPT_MOST ? "%s is not a script: it is not text" : "%s is too large for a script", path);
	free(text);
	return NULL;
}

struct source *
script_open(const char *path, struct reason *why)
{
	struct source *source = NULL;
	struct reason what;
	char *text;
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd == -1) {
		because_errno(why, "cannot open %s", path);
		return NULL;
	}
	text = read_all(fd, path, why);
	close(fd);
	if (text == NULL)
		return NULL;
	source = script_open_text(text, &what);
	if (source == NULL)
		because(why, "%.200s, %s", path, what.text);
	free(text);
	return source;
}
