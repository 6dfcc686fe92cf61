/* script-events.c - the lines of a script that say what a thread did. See script.h. */
#include "config.h"

#include "source/script-parse.h"

#include <ctype.h>
#include <string.h>

/* What stands behind a verb. */
enum operand {
	OPERAND_NONE,
	OPERAND_SELF,		/* nothing: the object is the thread itself */
	OPERAND_OBJECT,		/* a name; which class, the kind says. Class NONE: whatever has a name */
	OPERAND_TIME,		/* becomes the object's 8 bytes */
	OPERAND_TEXT,
};

struct kind {
	const char *name;
	enum tl_class class;
	bool waits;
};

enum role { ROLE_WAIT, ROLE_TAKE, ROLE_GIVE, ROLE_NOTE };

static const struct kind kinds[TL_NKINDS] = {
#define KIND(name, class, role, ...) [TL_##name] = { #name, TL_CLASS_##class, ROLE_##role == ROLE_WAIT },
#include "wire/kinds.def"
#undef KIND
};

static const struct {
	const char *word;
	enum tl_kind kind;
} verbs[] = {
#define VERB(word, kind) { word, TL_##kind },
#include "source/verbs.def"
#undef VERB
};
#define VERBS (sizeof verbs / sizeof *verbs)

static const struct {
	const char *word;
	enum tl_flag flag;
} flags[] = {
	{ "waited", TL_F_WAITED }, { "try", TL_F_TRY }, { "timed", TL_F_TIMED }, { "for-condition", TL_F_FOR_COND },
	{ "owner-died", TL_F_OWNER_DIED }, { "foreign", TL_F_FOREIGN }, { "daemon", TL_F_DAEMON },
};

static const struct {
	const char *word;
	uint32_t value;
	int kind;		/* the only kind it is a word for, or -1 */
} values[] = {
	{ "all", TL_ALL, -1 }, { "unknown", TL_UNKNOWN, -1 },
	{ "return", TL_END_RETURN, TL_THREAD_END }, { "exit", TL_END_EXIT, TL_THREAD_END },
	{ "cancelled", TL_END_CANCELLED, TL_THREAD_END }, { "program", TL_END_PROGRAM, TL_THREAD_END },
};

static enum operand
operand(enum tl_kind kind)
{
	switch (kind) {
	case TL_THREAD_START: case TL_THREAD_END:
		return OPERAND_SELF;
	case TL_SLEEP: case TL_STALL:
		return OPERAND_TIME;
	case TL_LOG:
		return OPERAND_TEXT;
	case TL_OBJECT_DESTROY: case TL_MISUSE:
		return OPERAND_OBJECT;
	default:
		return kinds[kind].class == TL_CLASS_NONE ? OPERAND_NONE : OPERAND_OBJECT;
	}
}

static uint32_t
usual_value(enum tl_kind kind)
{
	switch (kind) {
	case TL_LOCK_TAKE: case TL_LOCK_BUSY: case TL_READ_BUSY: case TL_WRITE_BUSY: case TL_SEM_BUSY:
	case TL_COND_NOTIFY: case TL_SEM_POST:
		return 1;
	case TL_SEM_TAKE:
		return TL_UNKNOWN;
	default:
		return 0;
	}
}

/* --- Verbs -------------------------------------------------------------------------------------------------- */

/* The name of a kind in a script: small letters, dashes. */
static bool
is_kind_name(const char *name, const char *word)
{
	for (; *name != '\0'; name++, word++)
		if (*word != (*name == '_' ? '-' : tolower((unsigned char)*name)))
			return false;
	return *word == '\0';
}

/* A verb, with or without its final s. */
static bool
is_verb(const char *verb, const char *word)
{
	size_t length = strlen(verb);

	return strcmp(verb, word) == 0 ||
	    (verb[length - 1] == 's' && strncmp(verb, word, length - 1) == 0 && word[length - 1] == '\0');
}

/* Every kind that the word may mean; returns how many. */
static int
meanings(const char *word, enum tl_kind meant[VERBS])
{
	int n = 0;

	for (int kind = 0; kind < TL_NKINDS; kind++)
		if (is_kind_name(kinds[kind].name, word)) {
			meant[0] = kind;
			return 1;
		}
	for (size_t i = 0; i < VERBS; i++)
		if (is_verb(verbs[i].word, word))
			meant[n++] = verbs[i].kind;
	return n;
}

/* True if the word at hand is a detail (a value, a flag, "at", "for") and so not the name of an object. */
static bool
is_detail(const struct parser *p)
{
	if (!p->there || p->quoted)
		return !p->there;
	if ((parse_starts_number(p) && strncmp(p->word, "0x", 2) != 0) || parse_is(p, "at") || parse_is(p, "for"))
		return true;
	for (size_t i = 0; i < sizeof flags / sizeof *flags; i++)
		if (strcmp(p->word, flags[i].word) == 0)
			return true;
	return false;
}

/* Which of several meanings the object at hand decides for. */
static bool
choose(struct parser *p, const char *verb, const enum tl_kind *meant, int n, enum tl_kind *kind)
{
	struct script_object *object = script_find(p, p->word);
	bool nothing = is_detail(p);
	enum tl_class class = TL_CLASS_NONE;

	if (object != NULL)
		class = script_class(object->is);
	else if (!nothing && script_find_thread(p, p->word) != 0)
		class = TL_CLASS_THREAD;
	else if (!nothing)
		return bad(p, "\"%.60s\" may mean several things: say first what \"%.60s\" is, such as: lock %.60s",
		    verb, p->word, p->word);
	for (int i = 0; i < n; i++)
		if (kinds[meant[i]].class == class) {
			*kind = meant[i];
			return true;
		}
	if (nothing)
		return bad(p, "\"%.60s\" needs a thread or an object behind it", verb);
	return bad(p, "\"%.60s\" is nothing that one does to \"%.60s\"", verb, p->word);
}

static bool
parse_verb(struct parser *p, enum tl_kind *kind)
{
	enum tl_kind meant[VERBS];
	char verb[64];
	int n;

	if (!parse_need(p, "what the thread did"))
		return false;
	n = p->quoted ? 0 : meanings(p->word, meant);
	if (n == 0)
		return bad(p, "\"%.60s\" is nothing that a thread does (see verbs.def and kinds.def)", p->word);
	strlcpy(verb, p->word, sizeof verb);
	if (!parse_next(p))
		return false;
	*kind = meant[0];
	return n == 1 || choose(p, verb, meant, n, kind);
}

/* --- What stands behind them -------------------------------------------------------------------------------- */

static enum tl_object_kind
usual_object(enum tl_class class)
{
	static const enum tl_object_kind usual[TL_NCLASSES] = {
		[TL_CLASS_LOCK] = TL_OBJECT_LOCK, [TL_CLASS_RWLOCK] = TL_OBJECT_RWLOCK,
		[TL_CLASS_CONDITION] = TL_OBJECT_CONDITION, [TL_CLASS_EVENT] = TL_OBJECT_EVENT,
		[TL_CLASS_BARRIER] = TL_OBJECT_BARRIER, [TL_CLASS_SEMAPHORE] = TL_OBJECT_SEMAPHORE,
		[TL_CLASS_LOCAL] = TL_OBJECT_LOCAL,
	};
	return usual[class];
}

static bool
parse_thread_operand(struct parser *p, uint64_t *address)
{
	uint32_t thread;

	if (!parse_thread(p, &thread))
		return false;
	*address = script_identity(thread);
	return true;
}

static bool
parse_object(struct parser *p, enum tl_class class, uint64_t *address)
{
	struct script_object *object;

	if (p->there && !p->quoted && strncmp(p->word, "0x", 2) == 0)
		return parse_number(p, "an address", UINT64_MAX, address);
	if (class == TL_CLASS_THREAD)
		return parse_thread_operand(p, address);
	if (!parse_need_name(p, "the object"))
		return false;
	object = script_find(p, p->word);
	if (object == NULL && class == TL_CLASS_NONE) {
		if (script_find_thread(p, p->word) != 0)
			return parse_thread_operand(p, address);
		return bad(p, "\"%.60s\" is neither a thread nor an object", p->word);
	}
	if (object == NULL)
		object = script_declare(p, p->word, usual_object(class));
	if (class != TL_CLASS_NONE && script_class(object->is) != class)
		return bad(p, "\"%.60s\" is something else: one cannot do that to it", p->word);
	*address = object->address;
	return parse_next(p);
}

static bool
parse_operand(struct parser *p, uint32_t thread, enum tl_kind kind, uint64_t *object)
{
	int64_t time;

	switch (operand(kind)) {
	case OPERAND_SELF:
		*object = script_identity(thread);
		return true;
	case OPERAND_OBJECT:
		return parse_object(p, kinds[kind].class, object);
	case OPERAND_TIME:
		if (!parse_time(p, "a length of time", &time))
			return false;
		*object = time;
		return true;
	case OPERAND_TEXT:
		return parse_need(p, "the text");
	case OPERAND_NONE:
		break;
	}
	if (p->there && !p->quoted && strncmp(p->word, "0x", 2) == 0)
		return parse_number(p, "an address", UINT64_MAX, object);
	return true;
}

static bool
parse_timeout(struct parser *p, enum tl_kind kind, struct news *event)
{
	int64_t ns;

	if (!kinds[kind].waits)
		return bad(p, "\"for\" belongs to waits only");
	if (!parse_next(p) || !parse_time(p, "the length of the wait", &ns))
		return false;
	if (ns / 1000000 > UINT32_MAX)
		return bad(p, "the wait is too long");
	event->event.flags |= TL_F_TIMED;
	event->event.value = ns / 1000000;
	return true;
}

/* A word for a flag or a value: sets it. */
static bool
parse_word_detail(struct parser *p, enum tl_kind kind, struct news *event)
{
	for (size_t i = 0; i < sizeof flags / sizeof *flags; i++)
		if (parse_is(p, flags[i].word)) {
			event->event.flags |= flags[i].flag;
			return parse_next(p);
		}
	for (size_t i = 0; i < sizeof values / sizeof *values; i++)
		if (parse_is(p, values[i].word) && (values[i].kind == -1 || values[i].kind == (int)kind)) {
			event->event.value = values[i].value;
			return parse_next(p);
		}
	return bad(p, "\"%.60s\" is not expected here", p->word);
}

static bool
parse_details(struct parser *p, enum tl_kind kind, struct news *event)
{
	uint64_t value;

	while (p->there) {
		if (parse_is(p, "at")) {
			if (!parse_next(p) || !parse_place(p, &event->event.place))
				return false;
		} else if (parse_is(p, "for")) {
			if (!parse_timeout(p, kind, event))
				return false;
		} else if (parse_starts_number(p)) {
			if (!parse_number(p, "a value", UINT32_MAX, &value))
				return false;
			event->event.value = value;
		} else if (!parse_word_detail(p, kind, event)) {
			return false;
		}
	}
	return true;
}

/* A line of text goes as LOG and as many TEXTs as it needs, 16 bytes each in object and place. */
static void
tell_text(struct parser *p, uint32_t thread, const char *text, size_t length)
{
	for (size_t at = 0; at < length; at += 16) {
		uint64_t bytes[2] = { 0, 0 };
		struct news *news = script_tell(p, NEWS_EVENT);

		memcpy(bytes, text + at, length - at < 16 ? length - at : 16);
		news->thread = thread;
		news->event.kind = TL_TEXT;
		news->event.object = bytes[0];
		news->event.place = bytes[1];
	}
}

static bool
parse_action(struct parser *p, uint32_t thread)
{
	struct news event = { .what = NEWS_EVENT, .thread = thread };
	const char *text = NULL;
	size_t length = 0;
	enum tl_kind kind;

	if (!parse_verb(p, &kind) || !parse_operand(p, thread, kind, &event.event.object))
		return false;
	event.event.kind = kind;
	event.event.value = usual_value(kind);
	if (operand(kind) == OPERAND_TEXT) {
		length = p->length;
		text = script_keep(p, p->word, length);
		event.event.value = length;
		if (!parse_next(p))
			return false;
	}
	if (!parse_details(p, kind, &event))
		return false;
	event.time = p->time;
	*script_tell(p, NEWS_EVENT) = event;
	tell_text(p, thread, text, length);
	return true;
}

/* --- A thread seen from outside ----------------------------------------------------------------------------- */

static bool
parse_held(struct parser *p, uint32_t thread)
{
	struct news look = { .what = NEWS_LOOK, .thread = thread, .look.held = 1 };
	enum tl_kind kind;
	bool at;

	if (!parse_verb(p, &kind) || !parse_operand(p, thread, kind, &look.look.object))
		return false;
	if (operand(kind) == OPERAND_TEXT && !parse_next(p))
		return false;
	if (!parse_accept(p, "at", &at) || (at && !parse_place(p, &look.look.place)))
		return false;
	look.look.kind = kind;
	look.time = p->time;
	*script_tell(p, NEWS_LOOK) = look;
	return true;
}

static bool
parse_elsewhere(struct parser *p, uint32_t thread)
{
	struct news *news;

	if (p->there && !parse_need_name(p, "a word of the kernel"))
		return false;
	news = script_tell(p, NEWS_LOOK);
	news->thread = thread;
	news->look.elsewhere = p->there ? script_keep(p, p->word, p->length) : NULL;
	return parse_next(p);
}

static bool
parse_lost(struct parser *p, uint32_t thread)
{
	struct news *news;
	uint64_t lost;

	if (!parse_number(p, "how many events were lost", UINT64_MAX, &lost))
		return false;
	news = script_tell(p, NEWS_GAP);
	news->thread = thread;
	news->gap.lost = lost;
	return true;
}

static bool
parse_free(struct parser *p, uint32_t thread)
{
	script_tell(p, NEWS_LOOK)->thread = thread;
	return true;
}

bool
parse_event(struct parser *p, uint32_t thread)
{
	static const struct {
		const char *word;
		bool (*parse)(struct parser *, uint32_t thread);
	} outside[] = {
		{ "lost", parse_lost }, { "held", parse_held }, { "free", parse_free },
		{ "elsewhere", parse_elsewhere },
	};

	for (size_t i = 0; i < sizeof outside / sizeof *outside; i++)
		if (parse_is(p, outside[i].word))
			return parse_next(p) && outside[i].parse(p, thread);
	return parse_action(p, thread);
}
