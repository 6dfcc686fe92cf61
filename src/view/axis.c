/*
 * axis.c - time and columns: the scale, and the ruler above the lanes.
 *
 * A cell stands for 1, 2 or 5 x 10^n ns and begins at a multiple of that, so scrolling never rounds anew.
 */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "view/frame.h"

#define LEAST_CELL INT64_C(10)			/* ns */
#define MOST_CELL  (INT64_C(5000) * SECOND)

/* The next of 1, 2, 5 x 10^n. */
static int64_t
next_round(int64_t t)
{
	int64_t ten = 1;

	while (ten * 10 <= t)
		ten *= 10;
	return t < 2 * ten ? 2 * ten : t < 5 * ten ? 5 * ten : 10 * ten;
}

int64_t
axis_scale_up(int64_t cell)
{
	return cell >= MOST_CELL ? MOST_CELL : next_round(cell);
}

int64_t
axis_scale_down(int64_t cell)
{
	int64_t ten = 1;

	while (ten * 10 < cell)
		ten *= 10;
	if (cell <= LEAST_CELL)
		return LEAST_CELL;
	return cell > 5 * ten ? 5 * ten : cell > 2 * ten ? 2 * ten : ten;
}

int64_t
axis_scale_for(int64_t span, int cells)
{
	int64_t cell = LEAST_CELL;

	while (cell < MOST_CELL && span / cell >= cells)
		cell = axis_scale_up(cell);
	return cell;
}

/* One digit finer than the cells, and never less than hundredths of a second. */
int
axis_decimals(int64_t cell)
{
	int decimals = 10;

	for (; cell >= 10 && decimals > 2; cell /= 10)
		decimals--;
	return decimals > 9 ? 9 : decimals;
}

int64_t
axis_cell_of(int64_t t, int64_t cell)
{
	return t >= 0 ? t / cell : -((-t + cell - 1) / cell);
}

int
axis_column(const struct frame *f, int64_t t)
{
	int64_t cell = axis_cell_of(t, f->v->cell) - f->v->first;

	return cell >= 0 && cell < f->l->lane_cells ? f->l->lane_col + (int)cell : -1;
}

/* The distance of labels: a round time, far enough that they do not touch. */
static int64_t
label_step(const struct frame *f)
{
	int64_t step = f->v->cell;

	while (step / f->v->cell < 10)
		step = next_round(step);	/* labels stand wider than the widest cell */
	return step;
}

static int
label_decimals(int64_t step)
{
	int decimals = 0;

	for (int64_t unit = SECOND; step % unit != 0 && decimals < 9; unit /= 10)
		decimals++;
	return decimals;
}

static bool
blank(const struct frame *f, int row, int col, int width)
{
	for (int i = col < 0 ? 0 : col; i < col + width && i < f->c->cols; i++)
		if (canvas_at(f->c, row, i)->rune != ' ')
			return false;
	return true;
}

static void
labels(struct frame *f)
{
	int64_t step = label_step(f), from = f->v->first * f->v->cell;
	int end = f->l->lane_col + f->l->lane_cells, col;
	char text[32];

	for (int64_t t = (from + step - 1) / step * step; t <= f->now; t += step) {
		if (t < 0)
			continue;
		col = axis_column(f, t);
		if (col < 0)
			break;
		time_text(text, sizeof text, t, label_decimals(step));
		append(text, sizeof text, " s");
		if (col + (int)strlen(text) < end && blank(f, 1, col - 1, (int)strlen(text) + 2))
			canvas_text(f->c, 1, col, HUE_NONE, text);
	}
}

/* Where the session clock stood still. The axis is session time: a pause takes no width, only a mark. */
static void
pauses(struct frame *f)
{
	int64_t t;
	uint32_t rate;
	int col;

	for (uint32_t n = 0; model_clock_change(f->m, n, &t, &rate); n++) {
		col = rate == 0 && t <= f->now ? axis_column(f, t) : -1;
		if (col >= 0)
			canvas_put(f->c, 1, col, glyph(f->tier, GLYPH_PAUSED), HUE_NONE);
	}
}

void
ruler_paint(struct frame *f)
{
	int cursor = f->back ? axis_column(f, f->t) : -1;
	int forgotten = axis_column(f, model_kept_from(f->m));
	bool at_now = axis_column(f, f->now) >= 0 || f->v->follow;
	char text[32];
	int now;

	if (cursor >= 0) {
		time_text(text, sizeof text, f->t, f->decimals);
		canvas_put(f->c, 1, cursor, glyph(f->tier, GLYPH_WAKE_DOWN), STYLE_BOLD);
		if (cursor + (int)strlen(text) + 2 < f->l->words_col)
			canvas_text(f->c, 1, cursor + 1, STYLE_BOLD, text);
		else
			canvas_text(f->c, 1, cursor - (int)strlen(text), STYLE_BOLD, text);
	}
	if (model_kept_from(f->m) > 0 && forgotten > f->l->lane_col + 10)
		canvas_text(f->c, 1, forgotten - 10, HUE_NONE, "forgotten");
	labels(f);
	pauses(f);
	now = axis_column(f, f->now) + 2;
	if (now < f->l->lane_col + 2 || now > f->l->words_col - 1 - (f->l->words_col - f->l->lane_col - f->l->lane_cells))
		now = f->l->words_col - 1;
	if (at_now && f->w->mode != MODE_REPLAY && blank(f, 1, now - 1, 5))
		canvas_text(f->c, 1, now, HUE_NONE, f->w->mode == MODE_ENDED ? "end" : "now");
}
