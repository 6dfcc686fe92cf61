/* script-declare.c - what a script declares, and the news of no thread: output, clock, exit. See script.h. */
#include "config.h"

#include "base/allocate.h"
#include "source/script-parse.h"
#include "wire/segment.h"

#include <string.h>

static const struct {
	const char *word, *size;	/* size: what the number behind the name is */
	enum tl_object_kind is;
	enum tl_class class;
} object_words[] = {
	{ "lock", NULL, TL_OBJECT_LOCK, TL_CLASS_LOCK },
	{ "rlock", NULL, TL_OBJECT_RLOCK, TL_CLASS_LOCK },
	{ "mutex", NULL, TL_OBJECT_MUTEX, TL_CLASS_LOCK },
	{ "spinlock", NULL, TL_OBJECT_SPINLOCK, TL_CLASS_LOCK },
	{ "rwlock", NULL, TL_OBJECT_RWLOCK, TL_CLASS_RWLOCK },
	{ "condition", NULL, TL_OBJECT_CONDITION, TL_CLASS_CONDITION },
	{ "event", NULL, TL_OBJECT_EVENT, TL_CLASS_EVENT },
	{ "barrier", "the number of parties", TL_OBJECT_BARRIER, TL_CLASS_BARRIER },
	{ "semaphore", "the number of permits", TL_OBJECT_SEMAPHORE, TL_CLASS_SEMAPHORE },
	{ "bounded-semaphore", "the number of permits", TL_OBJECT_BOUNDED_SEMAPHORE, TL_CLASS_SEMAPHORE },
	{ "local", NULL, TL_OBJECT_LOCAL, TL_CLASS_LOCAL },
};
#define OBJECT_WORDS (sizeof object_words / sizeof *object_words)

enum tl_class
script_class(uint8_t is)
{
	for (size_t i = 0; i < OBJECT_WORDS; i++)
		if (object_words[i].is == is)
			return object_words[i].class;
	return TL_CLASS_NONE;
}

static bool
declare_program(struct parser *p)
{
	struct news *news;
	uint64_t pid = 1;
	int64_t start = 0;
	char *command;
	bool was;

	if (p->script->count > 0)
		return bad(p, "program comes first");
	if (!parse_need_name(p, "the program's command"))
		return false;
	command = script_keep(p, p->word, p->length);
	if (!parse_next(p) || !parse_accept(p, "pid", &was))
		return false;
	if (was && !parse_number(p, "a process id", INT32_MAX, &pid))
		return false;
	if (!parse_accept(p, "start", &was) || (was && !parse_time(p, "seconds since 1970", &start)))
		return false;
	news = script_tell(p, NEWS_PROGRAM);
	news->program.command = command;
	news->program.pid = pid;
	news->program.start = start;
	return true;
}

/* "unnamed", "called TEXT" or nothing: *text is what the program called it. */
static bool
given_name(struct parser *p, const char **text)
{
	bool unnamed, called;

	if (!parse_accept(p, "unnamed", &unnamed) || !parse_accept(p, "called", &called))
		return false;
	if (unnamed)
		*text = "";
	if (!called)
		return true;
	if (!parse_need_name(p, "what it is called"))
		return false;
	*text = script_keep(p, p->word, p->length);
	return parse_next(p);
}

static bool
declare_thread(struct parser *p)
{
	uint32_t number;
	bool is_new;

	if (!parse_new_thread(p, &number, &is_new))
		return false;
	if (!is_new)
		return bad(p, "\"%.60s\" is already there", p->word);
	const char *text = p->threads[number - 1].name;
	if (!parse_next(p) || !given_name(p, &text))
		return false;
	script_tell_name(p, script_identity(number), TL_OBJECT_THREAD, number, text);
	return true;
}

static bool
condition_lock(struct parser *p, uint64_t *lock)
{
	struct script_object *with;
	bool was;

	if (!parse_accept(p, "with", &was) || !was)
		return !was;
	if (!parse_need_name(p, "the condition's lock"))
		return false;
	with = script_find(p, p->word);
	if (with == NULL || script_class(with->is) != TL_CLASS_LOCK)
		return bad(p, "\"%.60s\" is not a lock", p->word);
	*lock = with->address;
	return parse_next(p);
}

static bool
declare_object(struct parser *p, size_t which)
{
	struct script_object *object;
	struct news *news;
	uint64_t size = 0, lock = 0;
	const char *text;

	if (!parse_need_name(p, "a name"))
		return false;
	if (script_find(p, p->word) != NULL)
		return bad(p, "\"%.60s\" is already there", p->word);
	object = script_new_object(p, p->word, object_words[which].is);
	text = object->name;
	if (!parse_next(p))
		return false;
	if (object_words[which].size != NULL && !parse_number(p, object_words[which].size, UINT32_MAX, &size))
		return false;
	if (object->is == TL_OBJECT_CONDITION && !condition_lock(p, &lock))
		return false;
	if (!given_name(p, &text))
		return false;
	news = script_tell_name(p, object->address, object->is, 0, text);
	news->name.value = size;
	news->name.other = lock;
	return true;
}

static bool
declare_name(struct parser *p)
{
	struct script_object *object;
	uint32_t thread;

	if (!parse_need_name(p, "a name"))
		return false;
	object = script_find(p, p->word);
	thread = object ? 0 : script_find_thread(p, p->word);
	if (object == NULL && thread == 0)
		return bad(p, "\"%.60s\" is neither a thread nor an object", p->word);
	if (!parse_next(p) || !parse_need(p, "what it is called"))
		return false;
	if (strlen(p->word) != p->length)
		return bad(p, "a name cannot hold a zero byte");
	if (object != NULL)
		script_tell_name(p, object->address, object->is, 0, p->word);
	else
		script_tell_name(p, script_identity(thread), TL_OBJECT_THREAD, thread, p->word);
	return parse_next(p);
}

static bool
declare_source(struct parser *p)
{
	struct news *news;
	char *file;
	uint32_t line;
	const char *text;

	/* The text is taken as it stands, from one blank behind FILE:LINE on: nothing in it is read as words. */
	text = p->at + (*p->at != '\0');
	p->at += strlen(p->at);
	if (!parse_file_and_line(p, &file, &line))
		return false;
	news = script_tell(p, NEWS_SOURCE);
	news->source.file = file;
	news->source.line = line;
	news->source.text = script_keep(p, text, strlen(text));
	return true;
}

static bool
declare_output(struct parser *p)
{
	struct news *news;

	if (!parse_need(p, "the text of the output"))
		return false;
	news = script_tell(p, NEWS_OUTPUT);
	news->output.bytes = script_keep(p, p->word, p->length);
	news->output.length = p->length;
	return parse_next(p);
}

static bool
declare_clock(struct parser *p)
{
	struct news *news;
	int64_t rate = 0, real = p->time;
	bool was;

	if (!parse_accept(p, "paused", &was) || (!was && !parse_time(p, "paused or a rate", &rate)))
		return false;
	if (!parse_accept(p, "real", &was) || (was && !parse_time(p, "the real time", &real)))
		return false;
	if (rate > INT64_C(60000) * 1000000000)
		return bad(p, "the rate is too large");
	news = script_tell(p, NEWS_CLOCK);
	/* A rate is read as a time is, so 1 has become 10^9; divided in halves, lest it overflow. */
	news->clock.rate = (rate / 1000 * TL_RATE_ONE + 500000) / 1000000;
	news->clock.real = real;
	return true;
}

static bool
declare_exit(struct parser *p)
{
	struct news *news;
	uint64_t status = 0, pid = 1;
	bool signal, was;

	if (!parse_accept(p, "signal", &signal) ||
	    !parse_number(p, signal ? "the number of a signal" : "an exit status", signal ? 127 : 255, &status) ||
	    !parse_accept(p, "pid", &was) || (was && !parse_number(p, "a process id", INT32_MAX, &pid)))
		return false;
	if (!was && p->script->count > 0)
		pid = p->script->items[0].program.pid;
	news = script_tell(p, NEWS_EXIT);
	news->exit.pid = pid;
	news->exit.status = signal ? status : status << 8;	/* as waitpid has it */
	return true;
}

static const struct {
	const char *word;
	bool (*declare)(struct parser *);
} declarations[] = {
	{ "program", declare_program }, { "thread", declare_thread }, { "name", declare_name },
	{ "source", declare_source }, { "output", declare_output }, { "clock", declare_clock },
	{ "exit", declare_exit },
};

bool
parse_declaration(struct parser *p, bool *was)
{
	*was = true;
	for (size_t i = 0; i < sizeof declarations / sizeof *declarations; i++)
		if (parse_is(p, declarations[i].word))
			return parse_next(p) && declarations[i].declare(p);
	for (size_t i = 0; i < OBJECT_WORDS; i++)
		if (parse_is(p, object_words[i].word))
			return parse_next(p) && declare_object(p, i);
	*was = false;
	return true;
}
