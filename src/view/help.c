/*
 * help.c - the help page: every action with its keys, from actions.def, and the legend of the lanes, from states.def
 * and glyphs.def. Typing after / leaves only what the typed text is found in.
 */
#include "config.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "view/frame.h"

#define KEYS_WIDTH   11
#define TWO_COLUMNS  70		/* columns from which on there are two */
#define SECOND_COL   38		/* of the second one */
#define MOST_LINES   64

enum group { GROUP_NONE, GROUP_TIME, GROUP_LOOK, GROUP_FIND, GROUP_SHOW, NGROUPS };

static const char *const group_names[NGROUPS] = { "", "TIME", "LOOK", "FIND", "SHOW" };

static const struct {
	const char *command, *keys, *words;
	enum group group;
} actions[NACTIONS] = {
#define ACTION(name, command, keys, group, words) { command, keys, words, GROUP_##group },
#include "view/actions.def"
#undef ACTION
};

struct help_line {
	const char *heading;	/* or, when NULL: */
	enum action action;
	bool blank;
};

struct column {
	struct help_line line[MOST_LINES];
	int n;
};

static bool
found_in(const char *text, const char *what)
{
	return strcasestr(text, what) != NULL;
}

static bool
passes(enum action action, const char *filter)
{
	if (actions[action].group == GROUP_NONE || *actions[action].words == '\0')
		return false;
	return *filter == '\0' || found_in(actions[action].words, filter) || found_in(actions[action].keys, filter) ||
	    found_in(actions[action].command, filter);
}

static void
add_group(struct column *column, enum group group, const char *filter)
{
	bool headed = false;

	for (int a = 0; a < NACTIONS; a++) {
		if (actions[a].group != group || !passes(a, filter) || column->n + 3 > MOST_LINES)
			continue;
		if (!headed && column->n > 0)
			column->line[column->n++] = (struct help_line){ .blank = true };
		if (!headed)
			column->line[column->n++] = (struct help_line){ .heading = group_names[group] };
		column->line[column->n++] = (struct help_line){ .action = a };
		headed = true;
	}
}

static bool
is_pair(enum action action)
{
	return action + 1 < NACTIONS && *actions[action + 1].words == '\0' && actions[action + 1].group != GROUP_NONE;
}

/* "1 2 3 4 5 6 7 8 9" is told as "1-9", and of a pair the first key of each. */
static void
keys_text(enum action action, char *text, size_t size)
{
	const char *keys = actions[action].keys, *other = actions[action + 1 < NACTIONS ? action + 1 : action].keys;
	size_t len = strlen(keys);

	if (len >= 9 && keys[1] == ' ' && isdigit((unsigned char)keys[0]) && isdigit((unsigned char)keys[len - 1]))
		snprintf(text, size, "%c-%c", keys[0], keys[len - 1]);
	else if (is_pair(action))
		snprintf(text, size, "%.*s %.*s", (int)strcspn(keys, " "), keys, (int)strcspn(other, " "), other);
	else
		snprintf(text, size, "%s", keys);
}

static void
line_paint(struct frame *f, int row, int col, int width, const struct help_line *line)
{
	char keys[64];

	if (line->blank)
		return;
	if (line->heading != NULL) {
		heading(f, row, col, line->heading);
		return;
	}
	keys_text(line->action, keys, sizeof keys);
	canvas_textn(f->c, row, col, KEYS_WIDTH - 1, STYLE_BOLD, keys);
	canvas_textn(f->c, row, col + KEYS_WIDTH, width - KEYS_WIDTH, HUE_NONE, actions[line->action].words);
	hotspot_add(f->v, row, col, width, line->action);
}

static void
column_paint(struct frame *f, const struct column *column, int col, int width, int from, int to)
{
	for (int row = from; row < to; row++)
		if (row - from + f->v->help_scroll < column->n)
			line_paint(f, row, col, width, &column->line[row - from + f->v->help_scroll]);
}

/* --- The legend --- */

struct legend {
	uint32_t rune;
	uint8_t style;
	const char *words;
};

static int
legend_list(const struct frame *f, struct legend *list)
{
	int n = 0;

	for (int s = TL_STATE_NONE + 1; s < TL_NSTATES; s++)
		list[n++] = (struct legend){ state_glyph(f->tier, s), state_style(s), state_words(s) };
	for (int g = 0; g < NGLYPHS; g++)
		if (*glyph_legend(g) != '\0' && g != GLYPH_WAKE_UP)
			list[n++] = (struct legend){ glyph(f->tier, g), HUE_NONE, glyph_legend(g) };
	return n;
}

/* Paints the legend from a row on, or only measures it (row < 0); returns how many rows it fills. */
static int
legend_flow(struct frame *f, const struct legend *list, int n, int row)
{
	int at = 0, col = 3;

	for (int i = 0; i < n; i++) {
		int width = canvas_columns(list[i].words) + 2;

		if (col > 3 && col + width > f->c->cols - 1) {
			at++;
			col = 3;
		}
		if (row >= 0) {
			canvas_put(f->c, row + at, col, list[i].rune, list[i].style);
			canvas_text(f->c, row + at, col + 2, HUE_NONE, list[i].words);
		}
		col += width + 3;
	}
	return at + 1;
}

/* At the foot of the page; returns the row of the rule above it. */
static int
legend_paint(struct frame *f)
{
	struct legend list[TL_NSTATES + NGLYPHS];
	int n = legend_list(f, list), row = f->c->rows - legend_flow(f, list, n, -1);

	if (row < f->c->rows / 2)
		row = f->c->rows / 2;
	legend_flow(f, list, n, row);
	for (int col = 1; col < f->c->cols - 1; col++)
		canvas_put(f->c, row - 1, col, glyph(f->tier, GLYPH_RULE), HUE_NONE);
	return row - 1;
}

static void
filter_paint(struct frame *f)
{
	int col, end = f->c->cols - 1;

	heading(f, 0, 1, "HELP");
	if (f->v->asking == ASK_FILTER || *f->v->filter != '\0') {
		col = canvas_printf(f->c, 0, f->c->cols >= 60 ? 28 : 8, HUE_NONE, "/ %s", f->v->filter);
		if (f->v->asking == ASK_FILTER)
			canvas_put(f->c, 0, col, ' ', STYLE_REVERSE);
	} else {
		canvas_text(f->c, 0, f->c->cols >= 60 ? 28 : 8, HUE_NONE, "/ filters this list");
	}
	canvas_text(f->c, 0, end - 10, HUE_NONE, "esc closes");
	hotspot_add(f->v, 0, end - 10, 10, ACTION_BACK);
}

void
help_paint(struct frame *f)
{
	static struct column left, right;
	bool two = f->c->cols >= TWO_COLUMNS;
	int foot = legend_paint(f), longest, col = f->c->cols >= 60 ? 3 : 1;

	left.n = right.n = 0;
	add_group(&left, GROUP_TIME, f->v->filter);
	add_group(&left, GROUP_LOOK, f->v->filter);
	add_group(&left, GROUP_FIND, f->v->filter);
	add_group(two ? &right : &left, GROUP_SHOW, f->v->filter);
	longest = left.n > right.n ? left.n : right.n;
	if (f->v->help_scroll > longest - (foot - 2))
		f->v->help_scroll = longest - (foot - 2);
	if (f->v->help_scroll < 0)
		f->v->help_scroll = 0;
	filter_paint(f);
	column_paint(f, &left, col, two ? SECOND_COL - col - 1 : f->c->cols - col - 1, 2, foot);
	column_paint(f, &right, SECOND_COL, f->c->cols - SECOND_COL - 1, 2, foot);
	if (longest - f->v->help_scroll > foot - 2)
		canvas_text(f->c, foot, f->c->cols - 12, HUE_NONE, " j k more ");
	if (longest == 0)
		canvas_text(f->c, 3, col, HUE_NONE, "Nothing here is called so.");
}
