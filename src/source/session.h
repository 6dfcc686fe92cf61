/*
 * session.h - the private directory where a program's segments appear, and its bell (wire/segment.h).
 *
 * The viewer holds a lock (flock) on the directory for as long as it lives. A directory that nobody has locked, and none
 * of whose programs lives, was left by a viewer that died: the next session_make() removes it.
 */
#ifndef SOURCE_SESSION_H
#define SOURCE_SESSION_H

#include <stdbool.h>
#include <stddef.h>

#include "base/reason.h"

struct session;

/* Makes a session in /dev/shm, else $XDG_RUNTIME_DIR, else /tmp. NULL: the reason says why. */
struct session *session_make(struct reason *);
/* Ends it. The directory is removed unless a program in it still lives: then it stays, to be attached to. */
void session_end(struct session *);

/* What the program is given in $THREADLANES_SESSION. */
const char *session_path(const struct session *);
int session_directory(const struct session *);

/* The bell: readable when a program wants attention. session_hush() empties it. */
int session_bell(const struct session *);
void session_hush(struct session *);

/* Readable when a segment may have appeared. */
int session_watch(const struct session *);
/* The name of a segment that has appeared since the last call; false: none. Each name is told once. */
bool session_next_segment(struct session *, char *name, size_t size);

#endif
