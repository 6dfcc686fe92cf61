/*
 * sentences.c - what an event tells, as a sentence.
 *
 * The column "sentence" of kinds.def is what is always true of a kind. Where the model knows more (who holds it, who
 * waits, how many have arrived) a teller of the kind's own tells more. A sentence never promises an order: it says who
 * can run, not who will.
 */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "view/frame.h"

#define MOST_NAMES 3

struct tale {
	const struct model *m;
	const struct model_event *e;
	const char *who, *what;		/* names of the thread and the object */
	char *text;
	size_t size;
	struct resource r;		/* the object just before, if it is one */
};

#define TELL(tale, ...) append((tale)->text, (tale)->size, __VA_ARGS__)

static const char *const sentences[TL_NKINDS] = {
#define KIND(name, class, role, becomes, value, next, sentence) sentence,
#include "wire/kinds.def"
#undef KIND
};

static const uint8_t classes[TL_NKINDS] = {
#define KIND(name, class, ...) TL_CLASS_##class,
#include "wire/kinds.def"
#undef KIND
};

/* The names of who waits for it, or has it, but for the thread itself; how many there are. */
static int
others(const struct tale *tale, bool waiters, const char *last, char *text, size_t size)
{
	const char *names[MOST_NAMES];
	uint32_t all = waiters ? tale->r.waiters : tale->r.holders;
	int n = 0, total = 0;

	*text = '\0';
	for (uint32_t i = 0; i < all && i < RESOURCE_ROOM; i++) {
		uint32_t thread = waiters ? tale->r.waiter[i].thread : tale->r.holder[i].thread;

		if (thread == tale->e->thread)
			continue;
		if (n < MOST_NAMES)
			names[n++] = thread_name(tale->m, thread);
		total++;
	}
	list_text(text, size, names, n, total, last);
	return total;
}

static void
at_most(struct tale *tale)
{
	char time[32];

	if (!(tale->e->flags & TL_F_TIMED))
		return;
	duration_text(time, sizeof time, tale->e->value * INT64_C(1000000));
	TELL(tale, ", for at most %s", time);
}

/* " It had waited 0.46 s." becomes the tail of a take after a wait. */
static void
after_waiting(struct tale *tale)
{
	struct span now, before;
	char time[32];

	if (!(tale->e->flags & TL_F_WAITED) || !model_span_at(tale->m, tale->e->thread, tale->e->time, &now) ||
	    !model_span_before(tale->m, tale->e->thread, &now, &before))
		return;
	if (!state_waits(before.state) || before.end != tale->e->time)
		return;
	elapsed_text(time, sizeof time, before.end - before.start);
	TELL(tale, ", after waiting %s", time);
}

static void
tell_wait(struct tale *tale, const char *verb)
{
	char names[256];
	int n = others(tale, false, " and ", names, sizeof names);

	TELL(tale, "%s asked %s %s", tale->who, verb, tale->what);
	at_most(tale);
	if (n > 0)
		TELL(tale, ". %s %s it, so %s waits.", names, n == 1 ? "holds" : "hold", tale->who);
	else
		TELL(tale, ", and waits.");
}

static void
tell_lock_wait(struct tale *tale)
{
	tell_wait(tale, tale->e->kind == TL_LOCK_WAIT ? "for" : tale->e->kind == TL_READ_WAIT ? "to read" : "to write");
}

static void
tell_lock_take(struct tale *tale)
{
	const char *verb = tale->e->kind == TL_LOCK_TAKE ? "took" : tale->e->kind == TL_READ_TAKE ? "may read" : "may write";

	if (tale->e->kind == TL_LOCK_TAKE && tale->e->value > 1) {
		TELL(tale, "%s took %s again: now %u deep.", tale->who, tale->what, tale->e->value);
		return;
	}
	if (tale->e->flags & TL_F_FOR_COND)
		TELL(tale, "%s woke and took %s back", tale->who, tale->what);
	else
		TELL(tale, "%s %s %s", tale->who, verb, tale->what);
	after_waiting(tale);
	TELL(tale, tale->e->flags & TL_F_OWNER_DIED ? "; its former owner had ended holding it." : ".");
}

/* After something was given: who can take it. Never who will. */
static void
tell_who_can(struct tale *tale, const char *one)
{
	char names[256];
	int n = others(tale, true, " or ", names, sizeof names);

	if (n == 1)
		TELL(tale, " %s %s.", names, one);
	else if (n > 1)
		TELL(tale, " %s can take it.", names);
}

static void
tell_release(struct tale *tale)
{
	if (tale->e->kind == TL_LOCK_RELEASE && (tale->e->flags & TL_F_FOR_COND)) {
		TELL(tale, "%s gives %s back, to wait.", tale->who, tale->what);
	} else if (tale->e->kind == TL_LOCK_RELEASE && tale->e->value > 0) {
		TELL(tale, "%s unlocked %s once; it still holds it, %u deep.", tale->who, tale->what, tale->e->value);
		return;
	} else {
		TELL(tale, "%s unlocked %s.", tale->who, tale->what);
	}
	tell_who_can(tale, "can run again");
}

static void
tell_tries(struct tale *tale)
{
	if (tale->e->value > 1)
		TELL(tale, "%s tried %s %u times: it was taken.", tale->who, tale->what, tale->e->value);
	else
		TELL(tale, "%s tried %s: it was taken.", tale->who, tale->what);
}

static void
tell_cond_wait(struct tale *tale)
{
	uint32_t lock = tale->e->object != 0 ? model_object(tale->m, tale->e->object)->other : 0;

	TELL(tale, "%s waits for condition %s", tale->who, tale->what);
	at_most(tale);
	if (lock != 0)
		TELL(tale, ", and gave %s back while waiting", object_name(tale->m, lock));
	TELL(tale, ".");
}

static void
tell_notify(struct tale *tale)
{
	char names[256];
	int n = others(tale, true, tale->e->value == 1 ? " or " : " and ", names, sizeof names);

	TELL(tale, "%s signalled %s%s.", tale->who, tale->what, tale->e->value == TL_ALL ? " to all" : "");
	if (n == 0)
		TELL(tale, " Nobody was waiting: it is lost.");
	else if (n == 1 || tale->e->value == 1)
		TELL(tale, " %s can wake up.", names);
	else
		TELL(tale, " Of %s, %s can wake up.", names, tale->e->value == TL_ALL ? "all" : "some");
}

static void
tell_event_wait(struct tale *tale)
{
	TELL(tale, "%s waits for %s to be set", tale->who, tale->what);
	at_most(tale);
	TELL(tale, ".");
}

static void
tell_event_set(struct tale *tale)
{
	char names[256];
	int n = others(tale, true, " and ", names, sizeof names);

	TELL(tale, "%s set %s.", tale->who, tale->what);
	if (n > 0)
		TELL(tale, " %s can run again.", names);
}

static void
tell_arrive(struct tale *tale)
{
	uint32_t of = tale->e->object != 0 ? model_object(tale->m, tale->e->object)->size : 0;

	if (tale->e->value == 0 || of == 0)
		TELL(tale, "%s arrived at %s.", tale->who, tale->what);
	else if (tale->e->value >= of)
		TELL(tale, "%s arrived at %s: %u of %u, all can go on.", tale->who, tale->what, tale->e->value, of);
	else
		TELL(tale, "%s arrived at %s: %u of %u.", tale->who, tale->what, tale->e->value, of);
}

static void
tell_permit_wait(struct tale *tale)
{
	TELL(tale, "%s asked for a permit of %s", tale->who, tale->what);
	at_most(tale);
	TELL(tale, ". None is left, so %s waits.", tale->who);
}

static void
tell_permit_take(struct tale *tale)
{
	static const char *const ordinals[] = { "", "first", "second", "third", "fourth", "fifth", "sixth", "seventh",
	    "eighth", "ninth", "tenth" };
	uint32_t of = tale->e->object != 0 ? model_object(tale->m, tale->e->object)->size : 0;
	uint32_t left = tale->e->value, number = of - left;

	if (left != TL_UNKNOWN && left < of && number < sizeof ordinals / sizeof *ordinals && !tale->r.signalling)
		TELL(tale, "%s took the %s of %u permits of %s", tale->who, ordinals[number], of, tale->what);
	else
		TELL(tale, "%s took a permit of %s", tale->who, tale->what);
	after_waiting(tale);
	TELL(tale, ".");
}

static void
tell_post(struct tale *tale)
{
	if (tale->e->value > 1)
		TELL(tale, "%s gave %u permits to %s.", tale->who, tale->e->value, tale->what);
	else
		TELL(tale, "%s gave a permit of %s%s.", tale->who, tale->what, tale->r.signalling ? "" : " back");
	tell_who_can(tale, "can take it");
}

static void
tell_end(struct tale *tale)
{
	switch (tale->e->value) {
	case TL_END_CANCELLED:
		TELL(tale, "%s was cancelled.", tale->who);
		break;
	case TL_END_PROGRAM:
		if (tale->e->thread == 1)
			TELL(tale, "%s ended.", tale->who);
		else
			TELL(tale, "%s was ended with the program.", tale->who);
		break;
	default:
		TELL(tale, "%s ended.", tale->who);
	}
}

static void
tell_join_wait(struct tale *tale)
{
	TELL(tale, "%s waits for %s to finish", tale->who, tale->what);
	at_most(tale);
	TELL(tale, ".");
}

static void (*const tellers[TL_NKINDS])(struct tale *) = {
	[TL_THREAD_END] = tell_end,
	[TL_JOIN_WAIT] = tell_join_wait,
	[TL_LOCK_WAIT] = tell_lock_wait,
	[TL_LOCK_TAKE] = tell_lock_take,
	[TL_LOCK_BUSY] = tell_tries,
	[TL_LOCK_RELEASE] = tell_release,
	[TL_READ_WAIT] = tell_lock_wait,
	[TL_READ_TAKE] = tell_lock_take,
	[TL_READ_BUSY] = tell_tries,
	[TL_WRITE_WAIT] = tell_lock_wait,
	[TL_WRITE_TAKE] = tell_lock_take,
	[TL_WRITE_BUSY] = tell_tries,
	[TL_RW_RELEASE] = tell_release,
	[TL_COND_WAIT] = tell_cond_wait,
	[TL_COND_NOTIFY] = tell_notify,
	[TL_EVENT_WAIT] = tell_event_wait,
	[TL_EVENT_SET] = tell_event_set,
	[TL_BARRIER_ARRIVE] = tell_arrive,
	[TL_SEM_WAIT] = tell_permit_wait,
	[TL_SEM_TAKE] = tell_permit_take,
	[TL_SEM_POST] = tell_post,
};

/* What %-letter stands for: see the head of kinds.def. */
static void
expand(struct tale *tale, char letter)
{
	char time[32];

	switch (letter) {
	case 't':
		TELL(tale, "%s", tale->who);
		break;
	case 'o':
		TELL(tale, "%s", tale->what);
		break;
	case 'v':
		TELL(tale, "%u", tale->e->value);
		break;
	case 'd':
		duration_text(time, sizeof time, tale->e->value * INT64_C(1000000));
		TELL(tale, "%s", time);
		break;
	case 's':
		duration_text(time, sizeof time,
		    tale->e->raw_object < INT64_MAX ? (int64_t)tale->e->raw_object : INT64_MAX);
		TELL(tale, "%s", time);
		break;
	}
}

static void
tell_plainly(struct tale *tale, const char *format)
{
	for (; *format != '\0'; format++) {
		if (*format == '%' && format[1] != '\0')
			expand(tale, *++format);
		else
			TELL(tale, "%c", *format);
	}
}

int
sentence(const struct model *m, uint32_t number, char *text, size_t size)
{
	static struct tale tale;	/* large, and nothing of it outlives the call */
	struct model_event e;
	bool thread;

	if (size == 0)
		return 0;
	*text = '\0';
	if (!model_event(m, number, &e) || e.kind >= TL_NKINDS)
		return 0;
	thread = classes[e.kind] == TL_CLASS_THREAD;
	tale.m = m;
	tale.e = &e;
	tale.text = text;
	tale.size = size;
	tale.who = thread_name(m, e.thread);
	if (e.text != NULL)		/* of a log, or the name of a thread that has no lane yet */
		tale.what = e.text;
	else
		tale.what = thread ? thread_name(m, e.object) : object_name(m, e.object);
	tale.r.holders = tale.r.waiters = 0;
	tale.r.signalling = false;
	if (!thread && e.object != 0 && e.object <= model_objects(m) && tellers[e.kind] != NULL)
		model_resource_at(m, e.object, e.time - 1, &tale.r);
	if (tellers[e.kind] != NULL)
		tellers[e.kind](&tale);
	else
		tell_plainly(&tale, sentences[e.kind]);
	return (int)strlen(text);
}
