/*
 * lanes.c - which threads have a lane on this screen, and in which order.
 *
 * All of them while they fit. Else those that have slept or been gone for a while are folded into one line, except the
 * chosen and the pinned; and what still does not fit scrolls. A thread that has just fallen asleep keeps its lane for a
 * second, so that short sleeps do not make the lanes jump.
 */
#include "config.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "base/allocate.h"
#include "view/frame.h"

#define SETTLED SECOND	/* asleep or gone for so long: may be folded */

static bool
pinned(const struct view *v, uint32_t thread)
{
	for (int i = 0; i < v->pinned; i++)
		if (v->pins[i] == thread)
			return true;
	return false;
}

static void
lane_add(struct view *v, uint32_t thread)
{
	GROW(v->lanes, v->lane_count, v->lane_room);
	v->lanes[v->lane_count++] = thread;
}

/* Born before the end of what is looked at. */
static bool
known(const struct frame *f, uint32_t thread)
{
	return model_thread(f->m, thread)->born <= (f->back && f->w->mode == MODE_REPLAY ? model_end(f->m) : f->now);
}

enum fold { FOLD_NOT, FOLD_SLEEPING, FOLD_EXITED };

static enum fold
foldable(const struct frame *f, uint32_t thread)
{
	const struct model_thread *who = model_thread(f->m, thread);
	struct span s;

	if (thread == f->v->chosen || pinned(f->v, thread))
		return FOLD_NOT;
	if (who->died <= f->t - SETTLED)
		return FOLD_EXITED;
	if (model_span_at(f->m, thread, f->t, &s) && s.state == TL_STATE_SLEEP && s.start <= f->t - SETTLED)
		return FOLD_SLEEPING;
	return FOLD_NOT;
}

static void
collect(struct frame *f, bool fold)
{
	struct view *v = f->v;
	uint32_t n = model_threads(f->m);

	v->lane_count = 0;
	f->folded_sleeping = f->folded_exited = 0;
	for (int i = 0; i < v->pinned; i++)
		if (v->pins[i] <= n)
			lane_add(v, v->pins[i]);
	for (uint32_t thread = 1; thread <= n; thread++) {
		enum fold how = FOLD_NOT;

		if (pinned(v, thread) || !known(f, thread))
			continue;
		if (fold)
			how = foldable(f, thread);
		if (how == FOLD_NOT)
			lane_add(v, thread);
		f->folded_sleeping += how == FOLD_SLEEPING;
		f->folded_exited += how == FOLD_EXITED;
	}
}

static int
room(const struct layout *l)
{
	return l->lanes_rows / l->pitch;
}

/* Keeps the chosen lane in sight when it was just chosen, and the scroll position sensible. */
static void
scroll_to(struct view *v, int seats)
{
	int at = -1;

	for (int i = 0; i < v->lane_count; i++)
		if (v->lanes[i] == v->chosen)
			at = i;
	if (v->show_chosen && at >= v->pinned) {
		if (at - v->pinned < v->scroll)
			v->scroll = at - v->pinned;
		if (at >= v->scroll + seats)
			v->scroll = at - seats + 1;
	}
	v->show_chosen = false;
	if (v->scroll > v->lane_count - seats)
		v->scroll = v->lane_count - seats;
	if (v->scroll < 0)
		v->scroll = 0;
}

/* Cuts the list of lanes down to those that have a seat: the pinned, and from the scroll position on. */
static void
seat(struct frame *f, int seats)
{
	struct view *v = f->v;
	int fixed = v->pinned < seats ? v->pinned : seats;

	scroll_to(v, seats);
	v->scrollable = v->lane_count;
	if (v->scroll > 0)
		memmove(v->lanes + fixed, v->lanes + fixed + v->scroll,
		    (size_t)(v->lane_count - fixed - v->scroll) * sizeof *v->lanes);
	v->lane_count -= v->scroll;
	if (v->lane_count > seats)
		v->lane_count = seats;
	f->below = v->scrollable - v->scroll - v->lane_count;
}

void
lanes_choose(struct frame *f, struct layout_wants *want, struct layout *l)
{
	struct view *v = f->v;
	bool more;

	collect(f, false);
	want->lanes = v->lane_count;
	layout_make(l, want);
	if (room(l) < v->lane_count) {
		collect(f, true);
		want->lanes = v->lane_count + (f->folded_sleeping + f->folded_exited > 0);
		layout_make(l, want);
	}
	more = f->folded_sleeping + f->folded_exited > 0 || v->lane_count > room(l);
	seat(f, room(l) > 1 ? room(l) - more : 1);
}

/* The line below the last lane: "17 more: 12 sleep, 5 exited". */
static void
more_paint(struct frame *f)
{
	int folded = f->folded_sleeping + f->folded_exited;
	char text[128] = "";

	if (folded > 0)
		append(text, sizeof text, "%d more: ", folded);
	if (f->folded_sleeping > 0)
		append(text, sizeof text, "%d sleep%s", f->folded_sleeping, f->folded_exited > 0 ? ", " : "");
	if (f->folded_exited > 0)
		append(text, sizeof text, "%d exited", f->folded_exited);
	if (f->v->scroll > 0)
		append(text, sizeof text, "%s%d above", *text ? "   " : "", f->v->scroll);
	if (f->below > 0)
		append(text, sizeof text, "%s%d below", *text ? "   " : "", f->below);
	if (canvas_columns(text) > f->l->width - 1 - f->l->name_col)
		snprintf(text, sizeof text, "%d more", folded + f->v->scroll + f->below);
	canvas_textn(f->c, f->l->lanes_row + f->v->lane_count * f->l->pitch, f->l->name_col,
	    f->l->width - 1 - f->l->name_col, HUE_NONE, text);
}

/* A name cut to the width keeps its number, or worker31 to worker39 would look alike: "worke31". */
static void
name_put(struct frame *f, int row, uint8_t style, const char *name)
{
	int width = f->l->name_width, digits = 0;
	size_t len = strlen(name);

	while ((size_t)digits < len && isdigit((unsigned char)name[len - 1 - (size_t)digits]))
		digits++;
	canvas_textn(f->c, row, f->l->name_col, width, style, name);
	if (canvas_columns(name) > width && digits > 0 && digits < width)
		canvas_text(f->c, row, f->l->name_col + width - digits, style, name + len - (size_t)digits);
}

static void
name_paint(struct frame *f, uint32_t thread, int row)
{
	const struct layout *l = f->l;
	bool chosen = thread == f->v->chosen;
	uint8_t style = chosen ? STYLE_BOLD : HUE_NONE;

	if (chosen)
		canvas_put(f->c, row, 0, glyph(f->tier, GLYPH_CHOSEN), STYLE_BOLD);
	canvas_printf(f->c, row, 1, style, "%*u", l->number_width, thread);
	name_put(f, row, style, thread_name(f->m, thread));
}

void
lanes_paint(struct frame *f)
{
	int row = f->l->lanes_row;

	for (int i = 0; i < f->v->lane_count; i++, row += f->l->pitch) {
		name_paint(f, f->v->lanes[i], row);
		lane_paint(f, f->v->lanes[i], row);
		words_paint(f, f->v->lanes[i], row);
	}
	if (f->l->pitch == 2)
		wakes_paint(f);
	if (f->folded_sleeping + f->folded_exited + f->below + f->v->scroll > 0)
		more_paint(f);
}
