/*
 * spawn.h - the traced program as our child.
 *
 * With a screen it runs in a session of its own, on a terminal of its own which is NOT its controlling terminal: when we
 * die, no SIGHUP comes, its writes fail (EIO) and it goes on. Without a screen it keeps ours, and our process group.
 */
#ifndef APP_SPAWN_H
#define APP_SPAWN_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/reason.h"

struct child {
	pid_t pid;
	int terminal;		/* our end of its terminal, -1 if it has ours */
	bool ended;
	int status;		/* of waitpid, once ended */
};

struct spawn {
	const char *path;
	char **argv;
	const char *session;	/* for its $THREADLANES_SESSION */
	const char *overflow;	/* for its $THREADLANES_OVERFLOW, or NULL */
	const char *input;	/* a file, "none", or NULL: its terminal, or ours */
	bool own_terminal;
	bool keep_input;	/* ours is a file or a pipe: the program reads that */
	int cols, rows;		/* of its own terminal */
};

/* Starts it. The reason says why it could not be, and *status which status that is. */
bool spawn(const struct spawn *, struct child *, int *status, struct reason *);
/* Has it ended? Never blocks. True once, when it has. */
bool child_reap(struct child *);
/* A signal for it and all that it started in its group. */
void child_signal(const struct child *, int signo);
/* The shell's answer to its end: returns its exit status, or dies of the signal it died of. */
int child_answer(const struct child *);

/* Signals come as something to read (signalfd); the mask that was before is given back to children. */
int signals_open(const int *signals, int count);
int signals_next(int fd);	/* the next signal, 0: none now */
void signals_release(void);	/* they come as ever again: what was raised meanwhile comes now */

#endif
