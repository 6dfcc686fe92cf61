/*
 * view.h - the screen: a model painted on a canvas, and the actions that move about in it.
 *
 * The view knows nothing of terminals, clocks and processes. Its caller (app) asks it to paint, hands it actions, and
 * does what an action asks of the world outside: pause the program, send it a line, quit. The same view paints the live
 * screen, a replay and a screenshot.
 */
#ifndef VIEW_VIEW_H
#define VIEW_VIEW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/model.h"
#include "view/canvas.h"

enum action {
#define ACTION(name, ...) ACTION_##name,
#include "view/actions.def"
#undef ACTION
	NACTIONS
};

enum glyph_tier { GLYPHS_FULL, GLYPHS_CONSOLE, GLYPHS_ASCII };

enum view_mode {
	MODE_LIVE,		/* the program runs and is watched */
	MODE_PAUSED,		/* its gate is closed */
	MODE_ENDED,		/* it ended, or died; looking back at what there is */
	MODE_REPLAY,		/* a recording, playing or not */
};

/* A row of the program's own terminal, as OUTPUT shows it: cells of one column. Owned by whoever made it. */
struct output_row {
	const struct cell *cells;
	int length;
};

/* What the view is told of the world besides the model, for one paint. */
struct view_world {
	enum view_mode mode;
	int64_t now;			/* session time, ns; in a replay how far it has played: once the view no longer
					   follows, the caller plays on from view_time() */
	bool playing;			/* MODE_REPLAY */
	double speed;			/* 1 is real time */
	const char *file;		/* the recording that is viewed, or being written; else NULL */
	const struct output_row *output;	/* last rows of the program's terminal, oldest first */
	int output_rows;
	bool typing;			/* the line below the lanes goes to the program (i) */
	const char *typed;		/* what has been typed so far */
	const char *notice;		/* a sentence for the hint line, shown instead of the keys; or NULL */
	bool watched;			/* false: the program has not connected yet */
};

struct view;

struct view *view_new(enum glyph_tier);
void view_free(struct view *);

/* Paints the whole canvas. At 200x50 with 10 million events behind it this takes less than 10 ms. */
void view_paint(struct view *, const struct model *, const struct view_world *, struct canvas *);

/* What the caller must do in the world for an action. */
enum view_wish {
	WISH_NOTHING,		/* done within the view; paint again */
	WISH_PAUSE,		/* close the gate, or open it again: whichever it is not */
	WISH_TYPE,		/* take a line for the program */
	WISH_QUIT,		/* ask, if the program still runs; else leave */
	WISH_SAVE,
	WISH_RESTART,
	WISH_MOUSE,		/* turn mouse reports on or off */
	WISH_THEME,		/* light or dark */
	WISH_REDRAW,		/* clear the terminal and draw all */
};

/* Does an action on the screen as it was last painted. row, col: where the mouse was, or -1. */
enum view_wish view_act(struct view *, const struct model *, enum action, int argument, int row, int col);

/* A click, a drag or a turn of the wheel on the screen as last painted: says which action that is. */
enum mouse_what { MOUSE_CLICK, MOUSE_DRAG, MOUSE_RELEASE, MOUSE_WHEEL_UP, MOUSE_WHEEL_DOWN };
enum view_wish view_mouse(struct view *, const struct model *, enum mouse_what, int row, int col);

/*
 * While the view itself asks for text (a search, the help's filter) characters go to view_text() and not to the keys:
 * U+0008 erases one, U+000A accepts, U+001B gives up. Everything that is not a character remains an action.
 */
bool view_takes_text(const struct view *);
void view_text(struct view *, const struct model *, uint32_t rune);

/* For pictures: look at this time, with so much time in a cell (0: all of it on the screen). Leaves follow. */
void view_look_at(struct view *, const struct model *, int64_t t, int64_t cell);
/* The time at the cursor, and whether it follows the newest. */
int64_t view_time(const struct view *);
bool view_follows(const struct view *);
/* How much session time a cell stands for: the caller need not paint live more often than a cell passes. */
int64_t view_cell(const struct view *);

/* The sentence of an event, as EVENTS, --plain and export tell it: UTF-8, terminated, cut to size; returns its length. */
int sentence(const struct model *, uint32_t event, char *text, size_t size);

#endif
