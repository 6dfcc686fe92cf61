/*
 * hints.c - the last line: the keys that matter now, every one a button. The less a hint matters, the sooner it goes
 * when there is no room.
 */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "view/frame.h"

#define GAP 3

struct hint {
	const char *keys, *words;	/* two keys: the first and second half of the button */
	enum action action, second;	/* second: of the second key; the same if there is one key */
	int worth;			/* the least goes first */
};

#define ONE(keys, words, action, worth) { keys, words, ACTION_##action, ACTION_##action, worth }
#define TWO(keys, words, first, second, worth) { keys, words, ACTION_##first, ACTION_##second, worth }

static const struct hint live[] = {
	ONE("space", "pause", PAUSE, 8),
	TWO("j k", "thread", DOWN, UP, 6),
	TWO("h l", "time", LEFT, RIGHT, 7),
	TWO("+ -", "zoom", ZOOM_IN, ZOOM_OUT, 5),
	ONE("0", "all", ZOOM_ALL, 3),
	ONE("/", "find", FIND, 2),
	ONE("e", "events", EVENTS, 1),
	ONE("c", "code", SOURCE, 1),
	ONE("i", "type", TYPE, 1),
	ONE("?", "help", HELP, 9),
	ONE("q", "quit", QUIT, 9),
};

static const struct hint paused[] = {
	ONE("space", "run", PAUSE, 8),
	TWO("j k", "thread", DOWN, UP, 6),
	TWO("h l", "time", LEFT, RIGHT, 7),
	TWO("+ -", "zoom", ZOOM_IN, ZOOM_OUT, 5),
	ONE("0", "all", ZOOM_ALL, 3),
	ONE("/", "find", FIND, 2),
	ONE("e", "events", EVENTS, 1),
	ONE("c", "code", SOURCE, 1),
	ONE("?", "help", HELP, 9),
	ONE("q", "quit", QUIT, 9),
};

static const struct hint back[] = {
	ONE("f", "back to now", FOLLOW, 8),
	TWO("h l", "time", LEFT, RIGHT, 7),
	TWO("H L", "screen", SCREEN_LEFT, SCREEN_RIGHT, 2),
	TWO("+ -", "zoom", ZOOM_IN, ZOOM_OUT, 5),
	TWO("g G", "ends", FIRST, LAST, 4),
	TWO("j k", "thread", DOWN, UP, 3),
	ONE("space", "pause", PAUSE, 1),
	ONE("?", "help", HELP, 9),
	ONE("q", "quit", QUIT, 9),
};

static const struct hint ended[] = {
	ONE("g", "look back", FIRST, 8),
	TWO("h l", "time", LEFT, RIGHT, 7),
	TWO("j k", "thread", DOWN, UP, 6),
	TWO("+ -", "zoom", ZOOM_IN, ZOOM_OUT, 5),
	ONE("0", "all", ZOOM_ALL, 3),
	ONE("e", "events", EVENTS, 1),
	ONE("?", "help", HELP, 9),
	ONE("q", "quit", QUIT, 9),
};

static const struct hint replay[] = {
	ONE("space", "play", PAUSE, 8),
	TWO("h l", "move", LEFT, RIGHT, 7),
	TWO("+ -", "zoom", ZOOM_IN, ZOOM_OUT, 5),
	ONE("0", "all", ZOOM_ALL, 3),
	TWO("g G", "ends", FIRST, LAST, 4),
	TWO("j k", "thread", DOWN, UP, 6),
	ONE("?", "help", HELP, 9),
	ONE("q", "quit", QUIT, 9),
};

#define LIST(f, list) hints_list(f, row, list, (int)(sizeof list / sizeof *list))

void
hotspot_add(struct view *v, int row, int col, int width, enum action action)
{
	if (v->hotspot_count < MAX_HOTSPOTS && width > 0)
		v->hotspots[v->hotspot_count++] = (struct hotspot){ row, col, width, action };
}

static int
hint_width(const struct hint *h)
{
	return (int)(strlen(h->keys) + 1 + strlen(h->words));
}

static int
hint_paint(struct frame *f, int row, int col, const struct hint *h)
{
	int width = hint_width(h), first = width;

	if (h->second != h->action)
		first = (int)(strchr(h->keys, ' ') - h->keys) + 1;
	hotspot_add(f->v, row, col, first, h->action);
	hotspot_add(f->v, row, col + first, width - first, h->second);
	canvas_text(f->c, row, col, STYLE_BOLD, h->keys);
	canvas_text(f->c, row, col + (int)strlen(h->keys) + 1, HUE_NONE, h->words);
	return col + width + GAP;
}

static void
hints_list(struct frame *f, int row, const struct hint *list, int n)
{
	int width = 0, least_worth = 0, col = 1;

	for (int worth = 0; worth <= 10; worth++) {	/* how much a hint must be worth so that all of these fit */
		width = 0;
		for (int i = 0; i < n; i++)
			width += list[i].worth > worth ? hint_width(&list[i]) + GAP : 0;
		least_worth = worth;
		if (width - GAP <= f->c->cols - 2)
			break;
	}
	for (int i = 0; i < n; i++)
		if (list[i].worth > least_worth)
			col = hint_paint(f, row, col, &list[i]);
}

/* A line to be typed into, with the end of a long one in sight. */
static void
typing_paint(struct frame *f, int row, const char *prompt, const char *text, const char *keys)
{
	int col = canvas_text(f->c, row, 1, STYLE_BOLD, prompt);
	int room = f->c->cols - col - (int)strlen(keys) - 4, skip = canvas_columns(text) - room;

	for (; skip > 0; skip--)
		utf8_next(&text);
	col = canvas_text(f->c, row, col, HUE_NONE, text);
	canvas_put(f->c, row, col, ' ', STYLE_REVERSE);
	canvas_text(f->c, row, f->c->cols - 1 - (int)strlen(keys), HUE_NONE, keys);
}

void
hints_paint(struct frame *f, int row)
{
	char prompt[80];

	if (f->w->typing) {
		snprintf(prompt, sizeof prompt, "to %.40s: ", model_program(f->m)->name);
		typing_paint(f, row, prompt, f->w->typed != NULL ? f->w->typed : "", "enter sends");
		return;
	}
	if (f->v->asking == ASK_FIND) {
		typing_paint(f, row, "find a thread: ", f->v->find, "enter ok  esc back");
		return;
	}
	if (f->w->notice != NULL) {
		canvas_textn(f->c, row, 1, f->c->cols - 2, STYLE_BOLD, f->w->notice);
		return;
	}
	if (f->w->mode == MODE_REPLAY)
		LIST(f, replay);
	else if (f->back)
		LIST(f, back);
	else if (f->w->mode == MODE_PAUSED)
		LIST(f, paused);
	else if (f->w->mode == MODE_ENDED)
		LIST(f, ended);
	else
		LIST(f, live);
}
