/* events.c - EVENTS: the newest sentences up to the time looked at, or one where there is no room for more. */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "view/frame.h"

#define PLACE_COL 79	/* within the box: column 80 of the screen */

/* The first event after the time looked at: what is listed ends before it. */
static uint32_t
end_of_list(const struct frame *f)
{
	return f->t < model_end(f->m) ? model_event_at(f->m, f->t + 1) : model_events(f->m);
}

/* Does it tell something of its own? The pieces of a log line's text do not. */
static bool
tells(const struct frame *f, uint32_t number, struct model_event *e)
{
	if (!model_event(f->m, number, e) || e->kind == TL_TEXT)
		return false;
	return e->kind != TL_LOCK_RELEASE || !(e->flags & TL_F_FOR_COND);	/* the wait that follows tells it */
}

static int
time_width(const struct frame *f)
{
	char text[32];
	int width = time_text(text, sizeof text, f->t, f->decimals);

	return width < 5 ? 5 : width;
}

static void
event_paint(struct frame *f, const struct box *box, int row, uint32_t number, const struct model_event *e)
{
	struct model_place place;
	int width = time_width(f), end = box->col + box->cols, col;
	char text[512], where[128] = "";
	int place_col;

	time_text(text, sizeof text, e->time, f->decimals);
	canvas_printf(f->c, row, box->col, HUE_NONE, "%*s", width, text);
	sentence(f->m, number, text, sizeof text);
	col = box->col + width + 2;
	if (col + canvas_columns(text) > end)
		end = f->c->cols < box->col + box->cols ? f->c->cols : end;
	col = canvas_textn(f->c, row, col, canvas_columns(text) < end - col ? canvas_columns(text) : end - col,
	    e->thread == f->v->chosen && box->rows > 1 ? STYLE_BOLD : HUE_NONE, text);
	if (box->rows <= 1 || !model_place(f->m, e->place, &place) || place.line == 0)
		return;
	snprintf(where, sizeof where, "%s:%u", base_name(place.file), place.line);
	place_col = box->col + (box->cols >= PLACE_COL + 20 ? PLACE_COL : box->cols - 13);
	if (place_col < col + 2)
		place_col = col + 2;
	if (place_col + canvas_columns(where) <= end)
		canvas_text(f->c, row, place_col, HUE_NONE, where);
}

void
events_paint(struct frame *f, struct box box)
{
	uint32_t number = end_of_list(f), first = model_first_event(f->m);
	uint32_t list[512];
	struct model_event e;
	int n = 0;

	heading(f, box.row, box.col, "EVENTS");
	while (number > first && n < box.rows - 1 && n < (int)(sizeof list / sizeof *list))
		if (tells(f, --number, &e))
			list[n++] = number;
	for (int i = n - 1; i >= 0; i--)
		if (model_event(f->m, list[i], &e))
			event_paint(f, &box, box.row + n - i, list[i], &e);
	if (n == 0)
		canvas_text(f->c, box.row + 1, box.col, HUE_NONE, "none yet");
}

/* Who had what, and who waited for what, when it died: "alice held A. bob was waiting for A." */
static void
last_state_paint(struct frame *f, int row)
{
	uint32_t n = model_threads(f->m), held[3];
	const char *names[3];
	char text[512] = "";
	struct span s;

	for (uint32_t thread = 1; thread <= n && strlen(text) < 200; thread++) {
		int holds = model_thread(f->m, thread)->died <= f->t ? 0 : model_holds_at(f->m, thread, f->t, held, 3);

		for (int i = 0; i < holds && i < 3; i++)
			names[i] = object_name(f->m, held[i]);
		if (holds > 0) {
			append(text, sizeof text, "%s%s held ", *text != '\0' ? " " : "", thread_name(f->m, thread));
			list_text(text, sizeof text, names, holds < 3 ? holds : 3, holds, " and ");
			append(text, sizeof text, ".");
		}
		if (model_span_at(f->m, thread, f->t, &s) && state_waits(s.state) && s.object != 0)
			append(text, sizeof text, "%s%s was waiting for %s.", *text != '\0' ? " " : "", thread_name(f->m, thread),
			    object_name(f->m, s.object));
	}
	canvas_textn(f->c, row, 1, f->l->width - 2, HUE_NONE, text);
}

/* How the program ended. */
static void
ending_paint(struct frame *f, int row)
{
	const struct model_program *p = model_program(f->m);
	uint32_t kept = model_events(f->m) - model_first_event(f->m);
	int status = p->status;

	if (!p->exited)
		canvas_printf(f->c, row, 1, HUE_NONE, "%s is no longer watched. %u events are kept until you quit.", p->name, kept);
	else if ((status & 0x7f) != 0)
		canvas_printf(f->c, row, 1, STYLE_BOLD, "%s was killed by %s. Output that it had not flushed yet is lost.",
		    p->name, signal_name(status & 0x7f));
	else if (status >> 8 != 0)
		canvas_printf(f->c, row, 1, HUE_NONE, "%s ended with status %d. %u events are kept until you quit.", p->name,
		    status >> 8 & 0xff, kept);
	else
		canvas_printf(f->c, row, 1, HUE_NONE, "%s ended normally. %u events are kept until you quit.", p->name, kept);
}

void
narration_paint(struct frame *f, int row)
{
	struct box box = { row, 1, 1, f->l->width - 2 };
	uint32_t number = end_of_list(f), first = model_first_event(f->m);
	struct model_event e;

	if (f->w->mode == MODE_ENDED && !f->back) {
		ending_paint(f, row);
		if (model_program(f->m)->exited && (model_program(f->m)->status & 0x7f) != 0 && row > f->l->rule + 2)
			last_state_paint(f, row - 1);
		return;
	}
	for (int tries = 0; number > first && tries < 64; tries++)
		if (tells(f, --number, &e)) {
			event_paint(f, &box, row, number, &e);
			return;
		}
}
