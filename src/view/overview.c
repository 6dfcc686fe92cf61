/*
 * overview.c - WHOLE RUN: how many threads wait, over the whole time, in one line of bars.
 *
 * A column is the mean number of waiting threads in its stretch of time. Summing one up asks the model about every
 * thread, so a column that is complete is kept; only so many questions are asked in a frame, and what is not summed up
 * yet is blank for a few frames. When the run outgrows the line, each two columns become one: nothing is asked again.
 */
#include "config.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/allocate.h"
#include "view/frame.h"

#define FIRST_WIDTH INT64_C(1000000)	/* ns of a column at first */
#define QUESTIONS   2000		/* of one frame */
#define MARGIN      51			/* columns of the box without bars, where there is room for words */

static void
forget(struct overview *o, int64_t from, int64_t width, int cols)
{
	o->waiting = reallocate(o->waiting, (size_t)cols + 1, sizeof *o->waiting);
	o->room = cols;
	o->from = from;
	o->width = width;
	o->columns = 0;
	o->thread = 0;
	o->partial = 0;
}

static void
halve(struct overview *o)
{
	for (int i = 0; i + 1 < o->columns; i += 2)
		o->waiting[i / 2] = (o->waiting[i] + o->waiting[i + 1]) / 2;
	o->columns /= 2;
	o->width *= 2;
	o->thread = 0;
	o->partial = 0;
}

/* The share of a stretch in which a thread waited. */
static double
share(const struct frame *f, uint32_t thread, int64_t from, int64_t width)
{
	static struct cell_sum sum;
	int64_t waited = 0;

	if (model_thread(f->m, thread)->died <= from || model_thread(f->m, thread)->born >= from + width)
		return 0;
	model_cells(f->m, thread, from, width, 1, &sum);
	for (int s = 0; s < TL_NSTATES; s++)
		waited += state_waits(s) ? sum.in[s] : 0;
	return (double)waited / (double)width;
}

/* Sums up complete columns, as far as this frame's questions go. */
static void
catch_up(const struct frame *f, struct overview *o, int64_t end)
{
	uint32_t threads = model_threads(f->m);

	for (int asked = 0; asked < QUESTIONS && o->columns < o->room;) {
		int64_t from = o->from + o->columns * o->width;

		if (from + o->width > end)
			return;
		for (; o->thread < threads && asked < QUESTIONS; asked++)
			o->partial += share(f, ++o->thread, from, o->width);
		if (o->thread < threads)
			return;
		o->waiting[o->columns++] = (float)o->partial;
		o->thread = 0;
		o->partial = 0;
	}
}

/* Brings the cached columns up to the end of the run, in so many columns. */
static void
update(const struct frame *f, int cols, int64_t end)
{
	struct overview *o = &f->v->overview;
	int64_t from = model_kept_from(f->m), width = (end - from + cols - 1) / cols;

	if (cols != o->room || o->width == 0 || (from > o->from && f->w->mode == MODE_REPLAY))
		forget(o, from, FIRST_WIDTH, cols);
	if (f->w->mode == MODE_REPLAY || f->w->mode == MODE_ENDED) {
		if (width > 0 && (o->width != width || o->from != from))
			forget(o, from, width, cols);
	} else {
		while (o->from + o->width * cols <= end)
			halve(o);
	}
	catch_up(f, o, end);
}

static void
bars(struct frame *f, int row, int col)
{
	const struct overview *o = &f->v->overview;
	float most = 1;

	for (int i = 0; i < o->columns; i++)
		if (o->waiting[i] > most)
			most = o->waiting[i];
	for (int i = 0; i < o->columns; i++) {
		int level = (int)ceilf(o->waiting[i] / most * BAR_LEVELS);

		canvas_put(f->c, row, col + i, bar_glyph(f->tier, level), HUE_NONE);
	}
}

static int
column_of(const struct overview *o, int64_t t)
{
	int64_t at = o->width > 0 ? (t - o->from) / o->width : 0;

	return at < 0 ? 0 : at >= o->room ? o->room - 1 : (int)at;
}

/* Which part of the run the lanes show. */
static void
bracket(struct frame *f, int row, int col)
{
	const struct overview *o = &f->v->overview;
	int64_t start = f->v->first * f->v->cell, end = start + f->l->lane_cells * f->v->cell;
	int from = column_of(o, start), to = column_of(o, end < f->now ? end : f->now);

	for (int i = from; i <= to; i++)
		canvas_put(f->c, row, col + i, glyph(f->tier, GLYPH_RULE), HUE_NONE);
	if (to > from) {
		canvas_put(f->c, row, col + from, glyph(f->tier, GLYPH_VIEW_FROM), HUE_NONE);
		canvas_put(f->c, row, col + to, glyph(f->tier, GLYPH_VIEW_TO), HUE_NONE);
	}
	if (to - from >= 9)
		canvas_text(f->c, row, col + (from + to) / 2 - 2, HUE_NONE, " view ");
}

void
overview_paint(struct frame *f, struct box box)
{
	int cols = box.cols - 10 - (box.cols >= 118 ? MARGIN - 11 : 0);
	char text[32];

	update(f, cols, f->now);
	heading(f, box.row, box.col, "WHOLE RUN");
	bars(f, box.row, box.col + 10);
	if (box.cols >= 118)
		canvas_text(f->c, box.row, box.col + 10 + cols + 1, HUE_NONE, "waiting threads over time");
	if (box.rows < 2)
		return;
	time_text(text, sizeof text, f->v->overview.from, f->v->overview.from > 0 ? 2 : 0);
	canvas_printf(f->c, box.row + 1, box.col + 10, HUE_NONE, "%s s", text);
	bracket(f, box.row + 1, box.col + 10);
}

/* The line below a replay: the whole recording, and where it is played. */
void
scrubber_paint(struct frame *f, struct box box)
{
	int64_t end = model_end(f->m);
	char from[32], to[32];
	int left, cols;

	time_text(from, sizeof from, model_kept_from(f->m), model_kept_from(f->m) > 0 ? 2 : 0);
	time_text(to, sizeof to, end, 2);
	left = canvas_printf(f->c, box.row, box.col, HUE_NONE, "%s s  ", from);
	cols = box.col + box.cols - left - (int)strlen(to) - 3;
	if (cols < 4)
		return;
	canvas_printf(f->c, box.row, left + cols + 1, HUE_NONE, "%s s", to);
	update(f, cols, end);
	bars(f, box.row, left);
	canvas_put(f->c, box.row + 1, left + column_of(&f->v->overview, f->t), glyph(f->tier, GLYPH_WAKE_UP), STYLE_BOLD);
	f->v->scrub_row = box.row;
	f->v->scrub_col = left;
}
