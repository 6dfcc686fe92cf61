/*
 * words.c - beside each lane: what the thread does and why, as long as there is room for it.
 *
 * Each state has its ways to say it, from the longest to the verb; the first that fits is taken. A thread that the tool
 * holds back is "ready", never waiting.
 */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "view/frame.h"

#define WAYS 5
#define NAMES 3		/* holders, or things held, told by name */

struct words {
	char way[WAYS][256];
	int n;
};

static struct resource resource;	/* large; filled and read within one function call each */

static char *
way(struct words *w)
{
	char *text = w->way[w->n < WAYS - 1 ? w->n++ : WAYS - 1];

	*text = '\0';
	return text;
}

#define SAY(words, ...) snprintf(way(words), sizeof (words)->way[0], __VA_ARGS__)

/* "alice", "alice and bob", or "3 threads": who has it at the time looked at, never the thread itself. */
static int
holders_text(const struct frame *f, uint32_t object, uint32_t except, char *text, size_t size)
{
	const char *names[NAMES];
	int n = 0;

	*text = '\0';
	model_resource_at(f->m, object, f->t, &resource);
	for (uint32_t i = 0; i < resource.holders && i < RESOURCE_ROOM && n < NAMES; i++)
		if (resource.holder[i].thread != except)
			names[n++] = thread_name(f->m, resource.holder[i].thread);
	list_text(text, size, names, n, n, " and ");
	if (resource.holders > NAMES)
		snprintf(text, size, "%u threads", resource.holders);
	return n;
}

/* How long a wait that ends by itself still lasts: ", 180 ms left". */
static void
left_text(const struct frame *f, const struct span *s, char *text, size_t size)
{
	char time[32];

	*text = '\0';
	if (!s->timed || s->deadline <= f->t)
		return;
	duration_text(time, sizeof time, s->deadline - f->t);
	snprintf(text, size, ", %s left", time);
}

static void
holds_words(const struct frame *f, uint32_t thread, const struct span *s, struct words *w)
{
	const char *verb = "runs", *name = object_name(f->m, s->object), *names[NAMES];
	uint32_t held[NAMES];
	int n = model_holds_at(f->m, thread, f->t, held, NAMES), some = n < NAMES ? n : NAMES;
	char list[256] = "";

	for (int i = 0; i < some; i++)
		names[i] = object_name(f->m, held[i]);
	list_text(list, sizeof list, names, some, n, " and ");
	if (s->object != 0 && model_object(f->m, s->object)->class == TL_CLASS_SEMAPHORE && n <= 1) {
		model_resource_at(f->m, s->object, f->t, &resource);
		if (s->of > 0) {
			SAY(w, "in semaphore %s, %u of %u", name, s->of - resource.free, s->of);
			SAY(w, "in %s, %u of %u", name, s->of - resource.free, s->of);
		}
		SAY(w, "in %s", name);
	} else if (s->object != 0 && n <= 1 && model_object(f->m, s->object)->class == TL_CLASS_RWLOCK) {
		SAY(w, s->shared ? "runs, reads %s" : "runs, writes %s", name);
		SAY(w, s->shared ? "reads %s" : "writes %s", name);
	} else if (n > 0) {
		SAY(w, "runs, holds %s", list);
		SAY(w, "holds %s", list);
		SAY(w, "holds %s", name);
	}
	SAY(w, "%s", verb);
}

static void
lock_words(const struct frame *f, uint32_t thread, const struct span *s, struct words *w)
{
	const char *name = object_name(f->m, s->object);
	char holders[256], left[64], verb[32] = "waits for";

	if (s->kind == TL_READ_WAIT)
		strcpy(verb, "waits to read");
	else if (s->kind == TL_WRITE_WAIT)
		strcpy(verb, "waits to write");
	left_text(f, s, left, sizeof left);
	if (holders_text(f, s->object, thread, holders, sizeof holders) > 0) {
		if (*left != '\0')
			SAY(w, "%s %s, held by %s%s", verb, name, holders, left);
		SAY(w, "%s %s, held by %s", verb, name, holders);
	}
	SAY(w, "%s %s", verb, name);
	SAY(w, "for %s", name);
	SAY(w, "waits");
}

static void
barrier_words(const struct frame *f, const struct span *s, struct words *w)
{
	const char *name = object_name(f->m, s->object);
	char left[64];

	left_text(f, s, left, sizeof left);
	model_resource_at(f->m, s->object, f->t, &resource);
	if (s->of > 0 && resource.arrived > 0) {
		SAY(w, "at barrier %s, %u of %u%s", name, resource.arrived, s->of, left);
		SAY(w, "at %s, %u of %u", name, resource.arrived, s->of);
	} else {
		SAY(w, "at barrier %s", name);
	}
	SAY(w, "at %s", name);
	SAY(w, "waits");
}

static void
condition_words(const struct frame *f, const struct span *s, struct words *w)
{
	const char *name = object_name(f->m, s->object);
	bool event = s->object != 0 && model_object(f->m, s->object)->class == TL_CLASS_EVENT;
	char left[64];

	left_text(f, s, left, sizeof left);
	SAY(w, "waits for %s %s%s", event ? "event" : "condition", name, left);
	SAY(w, "waits for %s", name);
	SAY(w, "for %s", name);
	SAY(w, "waits");
}

static void
named_wait_words(const struct frame *f, const struct span *s, struct words *w)
{
	char left[64];

	left_text(f, s, left, sizeof left);
	if (s->state == TL_STATE_PERMIT) {
		SAY(w, "waits for a permit of %s%s", object_name(f->m, s->object), left);
		SAY(w, "waits for %s", object_name(f->m, s->object));
		SAY(w, "for %s", object_name(f->m, s->object));
	} else {
		SAY(w, "waits for %s to finish%s", thread_name(f->m, s->other_thread), left);
		SAY(w, "waits for %s", thread_name(f->m, s->other_thread));
		SAY(w, "for %s", thread_name(f->m, s->other_thread));
	}
	SAY(w, "waits");
}

static void
end_words(const struct frame *f, uint32_t thread, struct words *w)
{
	switch (model_thread(f->m, thread)->how) {
	case TL_END_CANCELLED:
		SAY(w, "was cancelled");
		break;
	case TL_END_PROGRAM:
		if (thread != 1)
			SAY(w, "ended with the program");
		break;
	default:
		break;
	}
	SAY(w, "exited");
}

static void
span_words(const struct frame *f, uint32_t thread, const struct span *s, struct words *w)
{
	char left[64];
	uint32_t held;
	int n;

	left_text(f, s, left, sizeof left);
	switch ((enum tl_state)s->state) {
	case TL_STATE_HOLDS:
		holds_words(f, thread, s, w);
		break;
	case TL_STATE_LOCK: case TL_STATE_LOCK_HOLDING:
		lock_words(f, thread, s, w);
		break;
	case TL_STATE_BARRIER:
		barrier_words(f, s, w);
		break;
	case TL_STATE_PERMIT: case TL_STATE_JOIN:
		named_wait_words(f, s, w);
		break;
	case TL_STATE_CONDITION:
		condition_words(f, s, w);
		break;
	case TL_STATE_SLEEP:
		n = model_holds_at(f->m, thread, f->t, &held, 1);
		if (n == 1) {
			SAY(w, "sleeps, holds %s%s", object_name(f->m, held), left);
			SAY(w, "sleeps, holds %s", object_name(f->m, held));
		} else if (n > 1) {
			SAY(w, "sleeps, holds %d%s", n, left);
		}
		SAY(w, "sleeps%s", left);
		SAY(w, "sleeps");
		break;
	case TL_STATE_ELSEWHERE:
		if (s->elsewhere != NULL)
			SAY(w, "blocked in %s", s->elsewhere);
		SAY(w, "blocked");
		break;
	case TL_STATE_EXITED:
		end_words(f, thread, w);
		break;
	default:
		SAY(w, "runs");
	}
}

/* What a thread held at the gate is about to do, from the column "next" of kinds.def. */
void
next_text(const struct model *m, const struct model_thread *who, char *text, size_t size)
{
	static const char *const nexts[TL_NKINDS] = {
#define KIND(name, class, role, becomes, value, next, sentence) next,
#include "wire/kinds.def"
#undef KIND
	};
	static const uint8_t classes[TL_NKINDS] = {
#define KIND(name, class, ...) TL_CLASS_##class,
#include "wire/kinds.def"
#undef KIND
	};
	const char *next = who->next_kind < TL_NKINDS ? nexts[who->next_kind] : "";
	const char *percent = strchr(next, '%');

	*text = '\0';
	if (percent == NULL) {
		append(text, size, "%s", next);
		return;
	}
	append(text, size, "%.*s", (int)(percent - next), next);
	if (percent[1] != 'o')
		append(text, size, "a while");
	else if (classes[who->next_kind] == TL_CLASS_THREAD)
		append(text, size, "%s", who->next_object != 0 ? thread_name(m, who->next_object) : "a thread");
	else
		append(text, size, "%s", object_name(m, who->next_object));
}

static bool
ready_words(const struct frame *f, uint32_t thread, struct words *w)
{
	const struct model_thread *who = model_thread(f->m, thread);
	char next[200];

	if (f->back || f->w->mode != MODE_PAUSED || !who->held || who->died <= f->t)
		return false;
	next_text(f->m, who, next, sizeof next);
	if (*next != '\0')
		SAY(w, "ready to %s", next);
	SAY(w, "ready");
	return true;
}

void
words_paint(struct frame *f, uint32_t thread, int row)
{
	struct words w = { .n = 0 };
	struct span s;
	int i = 0;

	if (!ready_words(f, thread, &w)) {
		if (!model_span_at(f->m, thread, f->t, &s))
			return;
		span_words(f, thread, &s, &w);
	}
	while (i < w.n - 1 && canvas_columns(w.way[i]) > f->l->words_width)
		i++;
	canvas_textn(f->c, row, f->l->words_col, f->l->words_width, HUE_NONE, w.way[i]);
}
