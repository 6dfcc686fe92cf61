/*
 * stage.h - what the live screen and the replay have in common: a view on a terminal, painted when something changed
 * and not more often than the line can bear.
 */
#ifndef APP_STAGE_H
#define APP_STAGE_H

#include <sys/types.h>

#include "app/app.h"
#include "model/model.h"
#include "term/keys.h"
#include "term/output.h"
#include "term/screen.h"

struct stage {
	struct screen *screen;
	struct view *view;
	struct canvas *canvas;
	const struct model *model;
	struct output *now;		/* the program's terminal as it is; NULL in a replay */
	struct output *then;		/* ... as it was at the time that is looked at */
	size_t then_fed;		/* bytes of output that stand in it */
	struct view_world world;
	char notice[256], typed[1024];
	int64_t notice_until;		/* 0: until it is taken back */
	int64_t painted;		/* when, CLOCK_MONOTONIC ns */
	int64_t frame;			/* at least so long between two paints */
	int in, signals;		/* to be polled */
	bool still;
	bool changed;			/* something is to be painted */
	bool gone;			/* the terminal is no more */
};

int64_t clock_now(void);		/* CLOCK_MONOTONIC, ns */

/* Opens the terminal. False with the reason if it cannot be. */
bool stage_open(struct stage *, const struct options *, const struct model *, struct reason *);
void stage_close(struct stage *);	/* may be called twice */

/* What to do about a signal that concerns the screen. False: it is none of those. */
bool stage_signal(struct stage *, int signo);
/* The next thing the user did, false if there is none; *gone when the terminal is. */
bool stage_input(struct stage *, struct input *);
/* Lets the view, and what is the screen's own affair, have it; the wish is what is left to do. */
enum view_wish stage_act(struct stage *, const struct input *);
/* A sentence instead of the hints: for so many seconds, or, with 0, until stage_hush(). */
__attribute__((format(printf, 3, 4))) void stage_tell(struct stage *, int seconds, const char *format, ...);
void stage_hush(struct stage *);

/* Paints if something changed and the last paint is long enough ago. */
void stage_paint(struct stage *);
/* How long until it may paint what has changed, in ms, for poll(); -1: nothing has changed. */
int stage_wait(const struct stage *);

#endif
