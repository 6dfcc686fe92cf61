/* act.c - what the actions do: moving in time, choosing, showing and hiding. */
#include "config.h"

#include <string.h>

#include "view/frame.h"

/* Where the view looks, in the picture that was last painted. */
static int64_t
looked_at(const struct view *v)
{
	return v->follow ? v->now : v->cursor;
}

/* Moves the window so that the cursor is in it. */
void
act_show_cursor(struct view *v)
{
	int64_t at = axis_cell_of(v->cursor, v->cell);
	int cells = v->layout.lane_cells > 0 ? v->layout.lane_cells : 1;

	if (at < v->first)
		v->first = at;
	if (at >= v->first + cells)
		v->first = at - cells + 1;
}

static void
look_at(struct view *v, const struct model *m, int64_t t)
{
	int64_t from = model_kept_from(m), end = v->mode == MODE_REPLAY ? model_end(m) : v->now;

	if (t < from)
		t = from;
	v->follow = t >= end && v->mode != MODE_REPLAY;
	v->cursor = t < end ? t : end;
	act_show_cursor(v);
}

/* To the beginning of a cell so many cells from here: times on the ruler are round. */
static void
move(struct view *v, const struct model *m, int64_t cells)
{
	int64_t t = looked_at(v), at = axis_cell_of(t, v->cell);

	if (cells < 0 && t > at * v->cell && cells == -1)
		look_at(v, m, at * v->cell);	/* first to where this cell begins */
	else
		look_at(v, m, (at + cells) * v->cell);
}

static void
zoom(struct view *v, int64_t cell)
{
	int64_t t = looked_at(v), column = axis_cell_of(t, v->cell) - v->first;

	v->cell = cell;
	v->first = axis_cell_of(t, cell) - column;
}

/* A screen's move takes the window along, so that the cursor keeps its column. */
static void
move_screen(struct view *v, const struct model *m, int direction)
{
	int64_t t = looked_at(v), cells = (int64_t)direction * (v->layout.lane_cells - 2);
	bool followed = v->follow;

	v->first += cells;
	look_at(v, m, (axis_cell_of(t, v->cell) + cells) * v->cell);
	if (followed && v->follow)
		v->cursor = t;
	if (v->first < 0)
		v->first = 0;
	act_show_cursor(v);
}

static int
place_of_chosen(const struct view *v)
{
	for (int i = 0; i < v->lane_count; i++)
		if (v->lanes[i] == v->chosen)
			return i;
	return -1;
}

void
act_choose(struct view *v, const struct model *m, uint32_t thread)
{
	if (thread >= 1 && thread <= model_threads(m)) {
		v->chosen = thread;
		v->show_chosen = true;
	}
}

/* The lane above or below; beyond those on the screen the next thread by number. */
static void
choose_by(struct view *v, const struct model *m, int step)
{
	int at = place_of_chosen(v), to = at + step;
	int64_t thread;

	if (v->lane_count == 0)
		return;
	if (at >= 0 && to >= 0 && to < v->lane_count) {
		act_choose(v, m, v->lanes[to]);
		return;
	}
	thread = (int64_t)v->chosen + (at < 0 ? (step < 0 ? -1 : 1) : step);
	if (thread < 1)
		thread = 1;
	if (thread > model_threads(m))
		thread = model_threads(m);
	act_choose(v, m, (uint32_t)thread);
}

static void
toggle(struct view *v, enum pane pane)
{
	v->panes[pane] = v->visible[pane] ? PANE_OFF : PANE_ON;
}

static void
pin(struct view *v)
{
	for (int i = 0; i < v->pinned; i++)
		if (v->pins[i] == v->chosen) {
			memmove(&v->pins[i], &v->pins[i + 1], (size_t)(--v->pinned - i) * sizeof *v->pins);
			return;
		}
	if (v->chosen != 0 && v->pinned < MAX_PINS)
		v->pins[v->pinned++] = v->chosen;
}

static void
ask(struct view *v)
{
	v->asking = v->help ? ASK_FILTER : ASK_FIND;
	if (v->help)
		*v->filter = '\0';
	else
		*v->find = '\0';
}

static void
back_out(struct view *v)
{
	if (v->asking != ASK_NOTHING) {
		v->asking = ASK_NOTHING;
		*v->filter = '\0';
	} else if (v->help) {
		v->help = false;
	} else if (v->mode != MODE_REPLAY) {
		v->follow = true;
	}
}

/* In the help page the keys of the lists scroll, and most others close it first. */
static bool
act_in_help(struct view *v, enum action action)
{
	int page = v->layout.hints / 2;

	switch (action) {
	case ACTION_UP: case ACTION_DOWN:
		v->help_scroll += action == ACTION_DOWN ? 1 : -1;
		return true;
	case ACTION_PAGE_UP: case ACTION_PAGE_DOWN:
		v->help_scroll += action == ACTION_PAGE_DOWN ? page : -page;
		return true;
	case ACTION_QUIT:
		v->help = false;
		return true;
	case ACTION_HELP: case ACTION_BACK: case ACTION_FIND: case ACTION_REDRAW: case ACTION_THEME: case ACTION_MOUSE:
		return false;
	default:
		v->help = false;
		return false;
	}
}

static void
act_look(struct view *v, const struct model *m, enum action action)
{
	switch (action) {
	case ACTION_LEFT: case ACTION_RIGHT:
		move(v, m, action == ACTION_LEFT ? -1 : 1);
		break;
	case ACTION_SCREEN_LEFT: case ACTION_SCREEN_RIGHT:
		move_screen(v, m, action == ACTION_SCREEN_LEFT ? -1 : 1);
		break;
	case ACTION_FIRST:
		look_at(v, m, model_kept_from(m));
		break;
	case ACTION_LAST:
		look_at(v, m, INT64_MAX);
		break;
	case ACTION_FOLLOW:
		v->follow = true;
		break;
	case ACTION_ZOOM_IN:
		zoom(v, axis_scale_down(v->cell));
		break;
	case ACTION_ZOOM_OUT:
		zoom(v, axis_scale_up(v->cell));
		break;
	case ACTION_ZOOM_ALL:
		v->zoom_all = true;
		break;
	default:
		break;
	}
}

static void
act_show(struct view *v, const struct model *m, enum action action, int argument)
{
	int page = v->lane_count > 1 ? v->lane_count - 1 : 1;

	switch (action) {
	case ACTION_UP: case ACTION_DOWN:
		choose_by(v, m, action == ACTION_UP ? -1 : 1);
		break;
	case ACTION_PAGE_UP: case ACTION_PAGE_DOWN:
		choose_by(v, m, action == ACTION_PAGE_UP ? -page : page);
		break;
	case ACTION_CHOOSE:
		if (argument > 0)
			act_choose(v, m, (uint32_t)argument);
		break;
	case ACTION_RESOURCES:
		toggle(v, PANE_RESOURCES);
		break;
	case ACTION_EVENTS:
		toggle(v, PANE_EVENTS);
		break;
	case ACTION_OUTPUT:
		toggle(v, PANE_OUTPUT);
		break;
	case ACTION_SOURCE:
		toggle(v, PANE_SOURCE);
		break;
	case ACTION_PIN:
		pin(v);
		break;
	case ACTION_FIND:
		ask(v);
		break;
	case ACTION_HELP:
		v->help = !v->help;
		v->help_scroll = 0;
		*v->filter = '\0';
		break;
	case ACTION_BACK:
		back_out(v);
		break;
	default:
		act_look(v, m, action);
	}
}

enum view_wish
view_act(struct view *v, const struct model *m, enum action action, int argument, int row, int col)
{
	(void)row;
	(void)col;
	if (v->help && act_in_help(v, action))
		return WISH_NOTHING;
	switch (action) {
	case ACTION_PAUSE:
		return WISH_PAUSE;
	case ACTION_TYPE:
		return WISH_TYPE;
	case ACTION_THEME:
		return WISH_THEME;
	case ACTION_MOUSE:
		return WISH_MOUSE;
	case ACTION_QUIT:
		return WISH_QUIT;
	case ACTION_REDRAW:
		return WISH_REDRAW;
	default:
		act_show(v, m, action, argument);
		return WISH_NOTHING;
	}
}

/* --- Text asked for: the name of a thread, the help's filter --- */

bool
view_takes_text(const struct view *v)
{
	return v->asking != ASK_NOTHING;
}

/* The first thread after the chosen one, or round to it again, whose name has the text in it. */
static void
find(struct view *v, const struct model *m)
{
	uint32_t n = model_threads(m);

	if (*v->find == '\0')
		return;
	for (uint32_t i = 0; i < n; i++) {
		uint32_t thread = (v->chosen + n - 1 + i) % n + 1;

		if (strcasestr(thread_name(m, thread), v->find) != NULL) {
			act_choose(v, m, thread);
			return;
		}
	}
}

static void
erase(char *text)
{
	size_t len = strlen(text);

	while (len > 0 && (text[len - 1] & 0xc0) == 0x80)
		len--;
	text[len > 0 ? len - 1 : 0] = '\0';
}

static void
type(char *text, uint32_t rune)
{
	if (strlen(text) + 4 >= FIND_SIZE || canvas_fit(rune) != rune)
		return;
	if (rune < 0x80)
		append(text, FIND_SIZE, "%c", (int)rune);
	else if (rune < 0x800)
		append(text, FIND_SIZE, "%c%c", (int)(0xc0 | rune >> 6), (int)(0x80 | (rune & 0x3f)));
	else if (rune < 0x10000)
		append(text, FIND_SIZE, "%c%c%c", (int)(0xe0 | rune >> 12), (int)(0x80 | (rune >> 6 & 0x3f)),
		    (int)(0x80 | (rune & 0x3f)));
}

void
view_text(struct view *v, const struct model *m, uint32_t rune)
{
	char *text = v->asking == ASK_FILTER ? v->filter : v->find;

	if (v->asking == ASK_NOTHING)
		return;
	switch (rune) {
	case 0x08: case 0x7f:
		erase(text);
		break;
	case 0x0a: case 0x0d:
		v->asking = ASK_NOTHING;
		return;
	case 0x1b:
		back_out(v);
		return;
	default:
		type(text, rune);
	}
	v->help_scroll = 0;
	if (v->asking == ASK_FIND)
		find(v, m);
}
