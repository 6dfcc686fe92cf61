/* output.c - see output.h. The terminal is libvterm's; here its rows become cells, and rows scrolled away are kept. */
#include "config.h"

#include "term/output.h"

#include <stdlib.h>
#include <string.h>
#include <vterm.h>

#include "base/allocate.h"

#define KEPT_ROWS 5000	/* scrolled away; when they are too many the older half is forgotten */

struct output {
	VTerm *vterm;
	VTermScreen *screen;
	struct output_row *rows;	/* those scrolled away, then those on the screen */
	int scrolled;
	int cols, lines;
	bool fresh;			/* the screen's rows are up to date */
};

/* chars[0] of a cell that was never written is 0. */
static void
translate(const VTermScreenCell *from, struct cell *cell)
{
	uint32_t rune = from->chars[0] == 0 ? U' ' : from->width == 1 ? canvas_fit(from->chars[0]) : U'?';

	cell->rune = rune != 0 ? rune : U' ';
	cell->style = HUE_NONE;
	if (from->attrs.bold)
		cell->style |= STYLE_BOLD;
	if (from->attrs.reverse)
		cell->style |= STYLE_REVERSE;
	if (from->attrs.underline)
		cell->style |= STYLE_UNDER;
}

static bool
is_blank(const struct cell *cell)
{
	return cell->rune == U' ' && !(cell->style & (STYLE_REVERSE | STYLE_UNDER));
}

/* A row without its trailing blanks. */
static void
make_row(struct output_row *row, const VTermScreenCell *from, int cols)
{
	struct cell *cells = reallocate(NULL, (size_t)cols, sizeof *cells);
	int length = 0;

	for (int col = 0; col < cols; col++) {
		translate(&from[col], &cells[col]);
		if (from[col].width == 2 && col + 1 < cols)
			cells[++col] = (struct cell){ .rune = U' ' };
		if (!is_blank(&cells[col]))
			length = col + 1;
	}
	row->cells = cells;
	row->length = length;
}

static void
free_rows(struct output *o, int from, int to)
{
	for (int i = from; i < to; i++) {
		free((void *)(uintptr_t)o->rows[i].cells);
		o->rows[i] = (struct output_row){ NULL, 0 };
	}
}

static int
push_row(int cols, const VTermScreenCell *cells, void *user)
{
	struct output *o = user;
	int half = KEPT_ROWS / 2;

	free_rows(o, o->scrolled, o->scrolled + o->lines);
	o->fresh = false;
	if (o->scrolled == KEPT_ROWS) {
		free_rows(o, 0, half);
		memmove(o->rows, o->rows + half, (size_t)(KEPT_ROWS - half) * sizeof *o->rows);
		o->scrolled = KEPT_ROWS - half;
		memset(o->rows + o->scrolled, 0, (size_t)half * sizeof *o->rows);
	}
	make_row(&o->rows[o->scrolled++], cells, cols);
	return 1;
}

static const VTermScreenCallbacks callbacks = { .sb_pushline = push_row };

struct output *
output_new(int cols, int rows)
{
	struct output *o = allocate(sizeof *o);

	o->cols = cols;
	o->lines = rows;
	o->rows = allocate((size_t)(KEPT_ROWS + rows) * sizeof *o->rows);
	o->vterm = vterm_new(rows, cols);
	vterm_set_utf8(o->vterm, 1);
	o->screen = vterm_obtain_screen(o->vterm);
	vterm_screen_set_callbacks(o->screen, &callbacks, o);
	vterm_screen_enable_altscreen(o->screen, 1);
	vterm_screen_reset(o->screen, 1);
	return o;
}

void
output_free(struct output *o)
{
	if (o == NULL)
		return;
	free_rows(o, 0, o->scrolled + o->lines);
	vterm_free(o->vterm);
	free(o->rows);
	free(o);
}

void
output_reset(struct output *o)
{
	free_rows(o, 0, o->scrolled + o->lines);
	o->scrolled = 0;
	o->fresh = false;
	vterm_screen_reset(o->screen, 1);
}

void
output_feed(struct output *o, const char *bytes, size_t length)
{
	vterm_input_write(o->vterm, bytes, length);
	o->fresh = false;
}

static void
read_screen(struct output *o)
{
	VTermScreenCell *cells = reallocate(NULL, (size_t)o->cols, sizeof *cells);

	free_rows(o, o->scrolled, o->scrolled + o->lines);
	for (int row = 0; row < o->lines; row++) {
		for (int col = 0; col < o->cols; col++)
			vterm_screen_get_cell(o->screen, (VTermPos){ row, col }, &cells[col]);
		make_row(&o->rows[o->scrolled + row], cells, o->cols);
	}
	free(cells);
	o->fresh = true;
}

const struct output_row *
output_rows(struct output *o, int *count)
{
	int used = o->lines;

	if (!o->fresh)
		read_screen(o);
	while (used > 0 && o->rows[o->scrolled + used - 1].length == 0)
		used--;
	*count = o->scrolled + used;
	return o->rows;
}

size_t
output_answer(struct output *o, char *bytes, size_t size)
{
	return vterm_output_read(o->vterm, bytes, size);
}
