/* panels.c - SELECTED, SOURCE and LONGEST WAITS. */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "view/frame.h"

#define VALUE_COL  19		/* within SELECTED */
#define SOURCE_COL 7		/* within SOURCE: the text of a line */
#define TAB        2		/* columns of a tab in source text: lines are long and panes are narrow */
#define MOST_WAITS 512		/* threads compared for the longest waits */

static struct resource resource;

/* --- SELECTED --- */

static void
fact(struct frame *f, const struct box *box, int *row, const char *what, const char *value)
{
	if (*row >= box->row + box->rows)
		return;
	canvas_textn(f->c, *row, box->col, VALUE_COL - 1, HUE_NONE, what);
	canvas_textn(f->c, *row, box->col + VALUE_COL, box->cols - VALUE_COL, HUE_NONE, value);
	*row += 1;
}

/* "ran 31%  waited 52%  slept 17%", over its life up to the time looked at. */
static void
shares(struct frame *f, const struct box *box, int *row, uint32_t thread)
{
	static struct cell_sum sum;
	int64_t from = model_kept_from(f->m), born = model_thread(f->m, thread)->born, ran, waited = 0, all;

	from = from > born ? from : born;
	if (f->t <= from || *row >= box->row + box->rows)
		return;
	model_cells(f->m, thread, from, f->t - from, 1, &sum);
	ran = sum.in[TL_STATE_RUNS] + sum.in[TL_STATE_HOLDS];
	for (int s = 0; s < TL_NSTATES; s++)
		waited += state_waits(s) || s == TL_STATE_JOIN ? sum.in[s] : 0;
	all = ran + waited + sum.in[TL_STATE_SLEEP] + sum.in[TL_STATE_ELSEWHERE];
	if (all <= 0)
		return;
	canvas_printf(f->c, *row, box->col, HUE_NONE, "ran %d%%  waited %d%%  slept %d%%", (int)(ran * 100 / all),
	    (int)(waited * 100 / all), (int)(sum.in[TL_STATE_SLEEP] * 100 / all));
	*row += 1;
}

/* Who must do what before it can go on. */
static void
release(const struct frame *f, const struct span *s, char *text, size_t size)
{
	const char *name = s->object != 0 ? object_name(f->m, s->object) : "";

	switch ((enum tl_state)s->state) {
	case TL_STATE_LOCK: case TL_STATE_LOCK_HOLDING:
		if (resource.holders > 0)
			snprintf(text, size, "%s unlocks %s", thread_name(f->m, resource.holder[0].thread), name);
		else
			snprintf(text, size, "it is its turn: %s is free", name);
		break;
	case TL_STATE_BARRIER:
		snprintf(text, size, "%u more arrive at %s", s->of > resource.arrived ? s->of - resource.arrived : 0, name);
		break;
	case TL_STATE_PERMIT:
		snprintf(text, size, "somebody gives a permit of %s", name);
		break;
	case TL_STATE_CONDITION:
		snprintf(text, size, "somebody %s %s",
		    model_object(f->m, s->object)->class == TL_CLASS_EVENT ? "sets" : "signals", name);
		break;
	case TL_STATE_JOIN:
		snprintf(text, size, "%s ends", thread_name(f->m, s->other_thread));
		break;
	default:
		*text = '\0';
	}
}

static void
wait_facts(struct frame *f, const struct box *box, int *row, const struct span *s)
{
	const char *name = s->state == TL_STATE_JOIN ? thread_name(f->m, s->other_thread) : object_name(f->m, s->object);
	char what[128], value[256], time[32];

	if (s->state != TL_STATE_JOIN && s->object == 0)
		return;
	resource.holders = 0;
	if (s->state != TL_STATE_JOIN)
		model_resource_at(f->m, s->object, f->t, &resource);
	snprintf(what, sizeof what, "waits for %s", name);
	elapsed_text(value, sizeof value, f->t - s->start);
	fact(f, box, row, what, value);
	if (resource.holders > 0 && s->state != TL_STATE_PERMIT) {
		snprintf(what, sizeof what, "%s is held by", name);
		elapsed_text(time, sizeof time, f->t - resource.holder[0].since);
		snprintf(value, sizeof value, "%s, %s so far", thread_name(f->m, resource.holder[0].thread), time);
		fact(f, box, row, what, value);
	}
	release(f, s, value, sizeof value);
	if (*value != '\0')
		fact(f, box, row, "can go on when", value);
	if (s->timed) {
		duration_text(value, sizeof value, s->deadline - f->t);
		fact(f, box, row, "gives up in", value);
	}
}

void
selected_paint(struct frame *f, struct box box)
{
	uint32_t thread = f->v->chosen, held[8];
	int row = box.row + 1, n, col;
	const struct model_thread *who;
	const char *names[8];
	char text[256] = "";
	struct span s;

	heading(f, box.row, box.col, "SELECTED");
	if (thread == 0 || thread > model_threads(f->m))
		return;
	who = model_thread(f->m, thread);
	col = canvas_printf(f->c, box.row, box.col + 10, HUE_NONE, "%s, thread %u", who->name, thread);
	if (who->native != 0)
		canvas_printf(f->c, box.row, col, HUE_NONE, ", tid %u", who->native);
	if (!model_span_at(f->m, thread, f->t, &s))
		return;
	if (state_waits(s.state) || s.state == TL_STATE_JOIN)
		wait_facts(f, &box, &row, &s);
	n = model_holds_at(f->m, thread, f->t, held, 8);
	for (int i = 0; i < n && i < 8; i++)
		names[i] = object_name(f->m, held[i]);
	list_text(text, sizeof text, names, n < 8 ? n : 8, n, ", ");
	fact(f, &box, &row, "holds", n > 0 ? text : "nothing");
	if (who->lost > 0) {
		snprintf(text, sizeof text, "%llu", (unsigned long long)who->lost);
		fact(f, &box, &row, "events lost", text);
	}
	shares(f, &box, &row, thread);
}

/* --- SOURCE --- */

/* Where the chosen thread was last seen: the place of its span, or of the event that began it. */
static bool
place_of(const struct frame *f, struct model_place *place)
{
	struct span s;

	return f->v->chosen != 0 && f->v->chosen <= model_threads(f->m) &&
	    model_span_at(f->m, f->v->chosen, f->t, &s) && model_place(f->m, s.place, place) && place->line > 0;
}

static void
source_line_paint(struct frame *f, const struct box *box, int row, const char *text)
{
	int col = box->col + SOURCE_COL, end = box->col + box->cols;

	for (uint32_t rune; col < end && (rune = utf8_next(&text)) != 0;) {
		if (rune == '\t') {
			col += TAB;
			continue;
		}
		rune = canvas_fit(rune);
		if (rune != 0)
			col = canvas_put(f->c, row, col, rune, HUE_NONE);
	}
}

void
source_paint(struct frame *f, struct box box)
{
	struct model_place place;
	int lines = box.rows - 1;

	heading(f, box.row, box.col, "SOURCE");
	if (!place_of(f, &place)) {
		canvas_textn(f->c, box.row + 1, box.col, box.cols, HUE_NONE, "not known: compile with -g for lines");
		return;
	}
	for (int i = 0; i < lines; i++) {
		int64_t number = (int64_t)place.line - lines / 3 + i;
		const char *text = number > 0 ? model_source_line(f->m, place.file, (uint32_t)number) : NULL;

		if (text == NULL)
			continue;
		canvas_printf(f->c, box.row + 1 + i, box.col + (number > 999 ? 1 : 2), HUE_NONE, "%3lld", (long long)number);
		source_line_paint(f, &box, box.row + 1 + i, text);
		if (number == place.line)
			canvas_put(f->c, box.row + 1 + i, box.col, glyph(f->tier, GLYPH_CHOSEN), STYLE_BOLD);
	}
	canvas_printf(f->c, box.row, box.col + 8, HUE_NONE, "%s at %s:%u", thread_name(f->m, f->v->chosen),
	    base_name(place.file), place.line);
}

/* --- LONGEST WAITS --- */

struct wait {
	uint32_t thread;
	struct span span;
};

static int
longest_waits(const struct frame *f, struct wait *waits, int room)
{
	uint32_t threads = model_threads(f->m);
	int n = 0, at;
	struct span s;

	for (uint32_t thread = 1; thread <= threads; thread++) {
		if (model_thread(f->m, thread)->died <= f->t || !model_span_at(f->m, thread, f->t, &s) || !state_waits(s.state))
			continue;
		for (at = n; at > 0 && waits[at - 1].span.start > s.start; at--)
			if (at < room)
				waits[at] = waits[at - 1];
		if (at < room)
			waits[at] = (struct wait){ thread, s };
		n += n < room;
	}
	return n;
}

void
waits_paint(struct frame *f, struct box box)
{
	static struct cell_sum sum;
	struct wait waits[16];
	int room = box.rows - 1 < 16 ? box.rows - 1 : 16, n = longest_waits(f, waits, room);
	int64_t from = model_kept_from(f->m), all;
	char text[64];

	heading(f, box.row, box.col, "LONGEST WAITS");
	for (int i = 0; i < n; i++) {
		const struct span *s = &waits[i].span;
		int row = box.row + 1 + i;

		canvas_textn(f->c, row, box.col, 6, HUE_NONE, thread_name(f->m, waits[i].thread));
		snprintf(text, sizeof text, "for %s", object_name(f->m, s->object));
		canvas_textn(f->c, row, box.col + 7, 10, HUE_NONE, text);
		elapsed_text(text, sizeof text, f->t - s->start);
		canvas_printf(f->c, row, box.col + 18, HUE_NONE, "%s now", text);
		if (f->t <= from)
			continue;
		model_cells(f->m, waits[i].thread, from, f->t - from, 1, &sum);
		all = 0;
		for (int state = 0; state < TL_NSTATES; state++)
			all += state_waits(state) ? sum.in[state] : 0;
		elapsed_text(text, sizeof text, all);
		canvas_printf(f->c, row, box.col + 32, HUE_NONE, "%s waiting in all", text);
	}
	if (n == 0)
		canvas_text(f->c, box.row + 1, box.col, HUE_NONE, "nobody waits");
}
