/*
 * wakes.c - the rows between the lanes: who let whom go on.
 *
 * A mark stands beside the lane that was let go, in the gap that faces the thread which did it, and points from cause
 * to effect. Several in a cell are a digit, + above nine. For the chosen thread a line joins the two lanes.
 */
#include "config.h"

#include <string.h>

#include "view/frame.h"

#define PARTS 8		/* the window is asked in parts, so that a crowded one does not hide what comes after */
#define ROOM  64	/* wakes of a part: more than it has cells can show */

static int
lane_of(const struct view *v, uint32_t thread)
{
	for (int i = 0; i < v->lane_count; i++)
		if (v->lanes[i] == thread)
			return i;
	return -1;
}

/* A line through the gaps between the two lanes, where they are blank. */
static void
join(struct frame *f, int from, int to, int col)
{
	int step = from < to ? 1 : -1;
	int first = f->l->lanes_row + from * f->l->pitch, last = f->l->lanes_row + to * f->l->pitch;

	for (int row = first + step; row != last; row += step)
		if ((row - f->l->lanes_row) % f->l->pitch != 0 && canvas_at(f->c, row, col)->rune == ' ')
			canvas_put(f->c, row, col, glyph(f->tier, GLYPH_BAR), HUE_REST);
}

static void
mark(struct frame *f, int lane, const struct wake *wake)
{
	int by = lane_of(f->v, wake->by), col = axis_column(f, wake->time), row, number;
	bool down = by >= 0 ? by < lane : wake->by < wake->woken;
	struct cell *at;
	uint32_t rune;

	row = f->l->lanes_row + lane * f->l->pitch + (down ? -1 : 1);
	if (col < 0 || wake->by == wake->woken || row < f->l->lanes_row)
		return;
	if (wake->object == 0 && wake->time <= model_thread(f->m, wake->woken)->born)
		return;		/* its start: the beginning of the lane says that already */
	rune = glyph(f->tier, down ? GLYPH_WAKE_DOWN : GLYPH_WAKE_UP);
	at = canvas_at(f->c, row, col);
	if (at->rune != ' ' && at->rune != glyph(f->tier, GLYPH_BAR)) {
		number = at->rune >= '2' && at->rune <= '9' ? (int)(at->rune - '0') : at->rune == '+' ? 9 : 1;
		rune = number >= 9 ? '+' : (uint32_t)('1' + number);
	}
	canvas_put(f->c, row, col, rune, HUE_NONE);
	if (by >= 0 && (wake->woken == f->v->chosen || wake->by == f->v->chosen))
		join(f, by, lane, col);
}

static void
wakes_of(struct frame *f, int lane)
{
	struct wake wakes[ROOM];
	int64_t from = f->v->first * f->v->cell, span = f->l->lane_cells * f->v->cell;
	int64_t latest = f->v->follow ? f->now + 1 : INT64_MAX;

	for (int part = 0; part < PARTS; part++) {
		int64_t start = from + span / PARTS * part;
		int64_t end = part == PARTS - 1 ? from + span : from + span / PARTS * (part + 1);
		int n;

		if (start >= latest)
			break;
		n = model_wakes(f->m, f->v->lanes[lane], start, end < latest ? end : latest, wakes, ROOM);
		for (int i = 0; i < n && i < ROOM; i++)
			mark(f, lane, &wakes[i]);
	}
}

/* The time looked at, as a line through the gaps. */
static void
cursor_paint(struct frame *f)
{
	int col = f->back ? axis_column(f, f->t) : -1;

	for (int i = 0; col >= 0 && i < f->v->lane_count; i++) {
		int row = f->l->lanes_row + i * f->l->pitch + 1;

		if (canvas_at(f->c, row, col)->rune == ' ')
			canvas_put(f->c, row, col, glyph(f->tier, GLYPH_BAR), STYLE_BOLD);
	}
}

void
wakes_paint(struct frame *f)
{
	for (int i = 0; i < f->v->lane_count; i++)
		wakes_of(f, i);
	cursor_paint(f);
}
