/*
 * layout.h - where everything stands on a screen of a given size.
 *
 * The sizes come from four drawings, 80x24, 120x36, 200x50 and the least of 40x10; between them they go over smoothly.
 * What is given up when it gets narrow, in this order: source, output, events, resources; then the words beside the
 * lanes shrink to the verb.
 */
#ifndef VIEW_LAYOUT_H
#define VIEW_LAYOUT_H

#include <stdbool.h>

#define LEAST_COLS 40
#define LEAST_ROWS 10

struct box {
	int row, col, rows, cols;	/* no rows: it is not there */
};

struct layout_wants {
	int cols, rows;
	int lanes;		/* threads that want a lane */
	int number_width;	/* digits of the highest thread number */
	int name_width;		/* of the longest name, at most 7, or 12 on a wide screen */
	int resources;		/* rows the resources would fill */
	bool replay, ended;
	bool show[4];		/* by enum pane: it is not switched off */
	bool force[4];		/* it was asked for */
};

struct layout {
	int width;		/* columns of the main part */
	int number_width, name_col, name_width;
	int lane_col, lane_cells;
	int words_col, words_width;
	int lanes_row, lanes_rows, pitch;
	int right;		/* the title ends before this column */
	int panel;		/* column of the bar before the panel at the right, 0: there is none */
	int rule;		/* row of the rule below the lanes, 0: none */
	int narration;		/* row of the one sentence, 0: none */
	int hints;
	struct box resources, selected, source, output, events, waits, overview, scrubber;
};

void layout_make(struct layout *, const struct layout_wants *);

#endif
