/*
 * screen.h - a canvas shown on the terminal, and what the user does there. The door to curses: only term/ knows it.
 *
 * One screen at a time. Colours are foregrounds only: the background is the user's.
 */
#ifndef TERM_SCREEN_H
#define TERM_SCREEN_H

#include <stdbool.h>

#include "base/reason.h"
#include "term/theme.h"
#include "view/canvas.h"

struct screen;

struct screen_options {
	int in, out;			/* the terminal */
	enum theme_colors colors;
	enum theme_ground ground;
	bool mouse;
};

/* Does terminfo know $TERM, and can that terminal be drawn on? */
enum terminal_kind { TERMINAL_GOOD, TERMINAL_DUMB, TERMINAL_UNKNOWN };
enum terminal_kind screen_terminal_kind(void);
int screen_terminal_colors(void);	/* as terminfo says; after screen_terminal_kind() */

/* Needs setlocale(LC_ALL, "") done. NULL with a reason when the terminal cannot be used. */
struct screen *screen_open(const struct screen_options *, struct reason *);
void screen_close(struct screen *);		/* gives the terminal back; NULL does nothing */

void screen_size(const struct screen *, int *cols, int *rows);
void screen_resized(struct screen *);		/* after SIGWINCH: asks for the size and draws all anew */
void screen_show(struct screen *, const struct canvas *);	/* sends only what changed */
void screen_redraw(struct screen *);		/* the next show sends all of it */

void screen_leave(struct screen *);		/* for Ctrl-Z: the user's own screen again, until screen_return */
void screen_return(struct screen *);

void screen_flip_ground(struct screen *);	/* dark to light and back */
bool screen_flip_mouse(struct screen *);	/* off: the terminal's own selection works. Says how it is now. */
int screen_colors(const struct screen *);	/* 256, 16, 8 or 0 */

#endif
