/*
 * watch.h - a program that runs and what is learned of it: session, source, model, and the recording if one is wanted.
 * Used by the live screen, by --plain and by record alike.
 */
#ifndef APP_WATCH_H
#define APP_WATCH_H

#include "app/app.h"
#include "app/spawn.h"
#include "model/model.h"
#include "source/live.h"
#include "source/recording.h"
#include "source/session.h"

struct watch {
	struct session *session;
	struct source *source;
	struct model *model;
	struct recording *recorder;	/* or NULL */
	const char *file;		/* it writes this, or NULL */
	struct child child;
	int64_t flushed;		/* when the recording was sent to the disk last */
	bool over;			/* the source said END: all is told */
	bool full;			/* the recording could not be written on: told once */
	struct reason why;		/* ... because of this */
	void (*output)(void *, const char *, size_t);	/* what the program wrote, as it comes */
	void *output_for;
};

/* Finds no program: path is given. On failure the reason says why, and the status comes back; else 0. */
int watch_start(struct watch *, const struct options *, const char *path, char **argv, bool own_terminal, struct reason *);
/* Ends it: the gate opens, the recording is closed. The program is left alone. */
void watch_end(struct watch *);

/* Reads what the program wrote to its terminal. */
void watch_output(struct watch *);
/* Has the program ended? Then its exit is told to the source. To be called on SIGCHLD. */
void watch_children(struct watch *);
/* Takes news until there is none now, or for at most so many items; true if there was any. */
bool watch_take(struct watch *, int at_most);
/* Sends the recording to the disk, if the last time was a second ago; ms until that is due, -1: there is none. */
int watch_flush(struct watch *);
/* Something of ours is in the session: the program has called in. */
bool watch_connected(const struct watch *);
/* The sentence for a program that ended and was never seen; false if it was. */
bool watch_never_seen(const struct watch *, char *text, size_t size);

#endif
