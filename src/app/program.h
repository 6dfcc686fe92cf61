/*
 * program.h - the program that is to be watched, looked at before it is started: found, runnable, watchable.
 */
#ifndef APP_PROGRAM_H
#define APP_PROGRAM_H

#include <stdbool.h>

#include "base/reason.h"

struct program {
	char path[4096];	/* where it was found */
	bool script;		/* begins with "#!" */
	bool elf;
	bool dynamic;		/* has an interpreter: libraries are loaded when it starts */
	bool linked;		/* names libthreadlanes, or has it inside */
	bool threads;		/* names pthread_create, or the library */
	bool privileged;	/* set-user-ID or set-group-ID */
};

/* Finds it as the shell would. Otherwise the reason says why not, and the status is 126 or 127. */
bool program_find(const char *name, struct program *, int *status, struct reason *);

/* Can it be watched? The reason says why not. */
bool program_watchable(const struct program *, const char *name, struct reason *);

#endif
