/*
 * mouse.c - clicks and wheels on the last picture. A name or lane chooses its thread, the ruler sets the time looked
 * at, the wheel scrolls lanes and zooms on the ruler, the scrubber is dragged, and every hint is a button.
 */
#include "config.h"

#include "view/frame.h"

#define RULER 1

static const struct hotspot *
hotspot_at(const struct view *v, int row, int col)
{
	for (int i = 0; i < v->hotspot_count; i++) {
		const struct hotspot *h = &v->hotspots[i];

		if (row == h->row && col >= h->col && col < h->col + h->width)
			return h;
	}
	return NULL;
}

static bool
in_lanes(const struct view *v, int row, int col)
{
	const struct layout *l = &v->layout;

	return row >= l->lanes_row && row < l->lanes_row + l->lanes_rows && col < l->width && l->pitch > 0;
}

static void
look_at_column(struct view *v, const struct model *m, int col)
{
	int cell = col - v->layout.lane_col;

	if (cell >= v->layout.lane_cells) {	/* at "now" and beyond */
		view_act(v, m, ACTION_LAST, 0, -1, -1);
		return;
	}
	if (cell < 0)
		cell = 0;
	view_look_at(v, m, (v->first + cell) * v->cell, v->cell);
}

static bool
scrub(struct view *v, const struct model *m, int row, int col)
{
	if (v->scrub_row == 0 || (row != v->scrub_row && row != v->scrub_row + 1) || v->overview.width <= 0)
		return false;
	view_look_at(v, m, v->overview.from + (int64_t)(col - v->scrub_col) * v->overview.width, v->cell);
	return true;
}

static enum view_wish
click(struct view *v, const struct model *m, int row, int col)
{
	const struct hotspot *h = hotspot_at(v, row, col);
	int lane;

	if (h != NULL)
		return view_act(v, m, h->action, 0, row, col);
	if (v->help || scrub(v, m, row, col))
		return WISH_NOTHING;
	if (row == RULER && col >= v->layout.lane_col && col < v->layout.width) {
		look_at_column(v, m, col);
	} else if (in_lanes(v, row, col)) {
		lane = (row - v->layout.lanes_row) / v->layout.pitch;
		if (lane < v->lane_count)
			act_choose(v, m, v->lanes[lane]);
	}
	return WISH_NOTHING;
}

static void
wheel(struct view *v, const struct model *m, int direction, int row, int col)
{
	if (v->help)
		v->help_scroll += direction;
	else if (row == RULER)
		view_act(v, m, direction < 0 ? ACTION_ZOOM_IN : ACTION_ZOOM_OUT, 0, row, col);
	else if (in_lanes(v, row, col))
		v->scroll += direction;		/* the next picture keeps it within bounds */
}

enum view_wish
view_mouse(struct view *v, const struct model *m, enum mouse_what what, int row, int col)
{
	switch (what) {
	case MOUSE_CLICK:
		return click(v, m, row, col);
	case MOUSE_DRAG:
		if (!v->help && !scrub(v, m, row, col) && row == RULER && col >= v->layout.lane_col)
			look_at_column(v, m, col);
		break;
	case MOUSE_WHEEL_UP: case MOUSE_WHEEL_DOWN:
		wheel(v, m, what == MOUSE_WHEEL_UP ? -1 : 1, row, col);
		break;
	case MOUSE_RELEASE:
		break;
	}
	return WISH_NOTHING;
}
