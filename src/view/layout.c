/* layout.c - see layout.h. */
#include "config.h"

#include "view/layout.h"

#include <string.h>

#define PANEL_COLS    52	/* the bar and what stands at its right */
#define PANEL_FROM    160	/* columns of the screen from which on there is a panel */
#define LANES_ROW     2
#define OVERVIEW_FROM 40	/* rows of the screen from which on the whole run is shown */
#define SCRUBBER_ROWS 3
#define MOST_CELLS    512	/* MAX_CELLS of frame.h */

enum { RESOURCES, EVENTS, OUTPUT, SOURCE };	/* enum pane of frame.h */

static int
least(int a, int b)
{
	return a < b ? a : b;
}

static int
most(int a, int b)
{
	return a > b ? a : b;
}

/* The width of the words beside the lanes: 7 at 40 columns, 27 at 80, 38 at 120, and no more than 40. */
static int
words_width(int width)
{
	if (width <= 80)
		return 7 + (width - 40) / 2;
	return least(40, 27 + (width - 80) * 11 / 40);
}

static void
place_columns(struct layout *l, const struct layout_wants *want)
{
	int gap;

	l->panel = want->cols >= PANEL_FROM ? want->cols - PANEL_COLS : 0;
	l->width = l->panel ? l->panel : want->cols;
	l->right = l->panel ? l->width - 2 : l->width - 1;
	l->number_width = want->number_width;
	l->name_col = 1 + l->number_width + 1;
	l->name_width = want->name_width;
	l->lane_col = l->name_col + l->name_width + 1;
	if (l->width >= 60)
		l->lane_col = most(l->lane_col, 11);
	l->words_width = words_width(l->width);
	l->words_col = l->width - 1 - l->words_width;
	gap = l->width < 100 ? 1 : 2;
	l->lane_cells = least(MOST_CELLS, l->words_col - gap - l->lane_col);
}

/* The row below the last lane, and the pitch: two rows a lane while what must stand below them fits too. */
static int
place_lanes(struct layout *l, const struct layout_wants *want, int end, int below)
{
	int room = most(1, end - LANES_ROW - below);

	l->lanes_row = LANES_ROW;
	l->pitch = 2 * want->lanes <= room ? 2 : 1;
	l->lanes_rows = least(most(1, l->pitch * want->lanes), room);
	if (l->pitch == 1 && l->lanes_rows < room && below > 1)
		return LANES_ROW + l->lanes_rows + 1;	/* a blank before the rule */
	return LANES_ROW + l->lanes_rows;
}

/* RESOURCES, SOURCE and OUTPUT side by side. */
static void
place_side_by_side(struct layout *l, const struct layout_wants *want, int row, int rows)
{
	int w = l->width, right = w - 1;
	bool output = want->show[OUTPUT] && (w >= 64 || want->force[OUTPUT]);
	bool source = want->show[SOURCE] && (w >= 100 || want->force[SOURCE]);
	bool resources = want->show[RESOURCES];
	int second = resources ? (w >= 100 ? 46 * w / 120 : w * 49 / 80) : 1;
	int third = w >= 100 ? most(second + 40, right - 33) : right;

	if (w < 100 && source && output) {	/* room for two: the one asked for */
		if (want->force[SOURCE])
			output = false;
		else
			source = false;
	}
	if (!source)
		third = second;
	if (!output)
		third = right + 1;
	if (resources)
		l->resources = (struct box){ row, 1, rows, (source || output ? second - 2 : right) - 1 };
	if (source)
		l->source = (struct box){ row, second, rows, (output ? third - 2 : right) - second };
	if (output)
		l->output = (struct box){ row, third, rows, right - third };
	if (w < 64 && resources && (source || output)) {	/* too narrow for two */
		l->resources.rows = 0;
		l->source.col = l->output.col = 1;
		l->source.cols = l->output.cols = right - 1;
	}
}

/* RESOURCES, SELECTED, SOURCE and OUTPUT, one below the other in the panel. */
static void
place_panel(struct layout *l, const struct layout_wants *want)
{
	int col = l->panel + 2, cols = want->cols - col - 1, row = 0, left = want->rows;
	int rows;

	if (want->show[RESOURCES]) {
		rows = least(most(9, want->resources + 2), left / 3);
		l->resources = (struct box){ row, col, rows - 1, cols };
		row += rows;
		left -= rows;
	}
	rows = 9;
	if (left >= rows + 6) {
		l->selected = (struct box){ row + 1, col, rows - 2, cols };
		row += rows;
		left -= rows;
	}
	if (want->show[SOURCE] && left >= 12) {
		rows = want->show[OUTPUT] ? least(12, left / 2) : least(24, left);
		l->source = (struct box){ row + 1, col, rows - 2, cols };
		row += rows;
		left -= rows;
	}
	if (want->show[OUTPUT] && left >= 3)
		l->output = (struct box){ row + 1, col, left - 1, cols };
}

/* The list of events and below it that of the longest waits, or one sentence where there is no room for a list. */
static void
place_lists(struct layout *l, const struct layout_wants *want, int row, int end)
{
	int rows = end - row, cols = l->width - 2;

	if (want->ended && rows >= 1) {
		l->narration = --end;
		rows -= 2;
	}
	if (!want->show[EVENTS] || rows < 3) {
		if (rows >= 1 && want->show[EVENTS] && l->narration == 0)
			l->narration = end - 1;
		return;
	}
	if (rows < 5 && !want->force[EVENTS]) {
		if (l->narration == 0)
			l->narration = end - 1;
		return;
	}
	if (rows >= 18) {
		l->waits = (struct box){ end - 7, 1, 6, cols };
		rows -= 7;
	}
	l->events = (struct box){ row, 1, rows - 1, cols };
}

/* Rows that must be left below the lanes. */
static int
needed_below(const struct layout *l, const struct layout_wants *want)
{
	if (want->rows < 14)
		return want->show[EVENTS] ? 1 : 0;
	if (want->rows < 20)
		return l->panel ? 3 : 5;
	return l->panel ? (want->rows >= OVERVIEW_FROM ? 12 : 8) : 9;
}

static void
place_below(struct layout *l, const struct layout_wants *want, int row, int end)
{
	bool side = !l->panel && (want->show[RESOURCES] || want->show[OUTPUT] || want->show[SOURCE]);
	int left = end - row, rows;

	if (left >= 3 && want->rows >= 14)
		l->rule = row++, left--;
	if (l->rule && want->rows >= OVERVIEW_FROM && left >= 8) {
		l->overview = (struct box){ row, 1, 2, l->width - 2 };
		row += 3;
		left -= 3;
	}
	if (l->rule && side && left >= 3) {
		rows = most(6, want->resources + 1);
		if (rows > left - 2)
			rows = most(left - 2, 2);
		if (left - rows - 1 > 2 && left - rows - 1 < 5)	/* no list of events fits: leave it a sentence */
			rows = left - 2;
		if (!want->show[EVENTS])
			rows = left - 1;
		place_side_by_side(l, want, row, rows);
		row += rows + 1;
	}
	place_lists(l, want, row, end);
}

void
layout_make(struct layout *l, const struct layout_wants *want)
{
	int end = want->rows - 1;	/* rows from here on are taken */
	int row;

	memset(l, 0, sizeof *l);
	l->hints = end;
	place_columns(l, want);
	if (want->replay && want->rows >= 16) {
		end -= SCRUBBER_ROWS;
		l->scrubber = (struct box){ end + 1, 1, SCRUBBER_ROWS - 1, l->width - 2 };
	}
	row = place_lanes(l, want, end, needed_below(l, want));
	place_below(l, want, row, end);
	if (l->panel)
		place_panel(l, want);
}
