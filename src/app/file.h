/*
 * file.h - a file of events opened, whichever kind it is: a recording, or a script.
 */
#ifndef APP_FILE_H
#define APP_FILE_H

#include "model/model.h"
#include "source/source.h"

/* NULL: the reason says why. */
struct source *file_open(const char *path, struct reason *);

/*
 * Reads all of a file into a new model, telling on a terminal how far it is. A recording that was cut is shown as far
 * as it goes, and *cut says so; NULL only when there is nothing to show.
 */
struct model *file_load(const char *path, struct reason *, bool *cut);

/* The same for a command with this one word: says what is wrong, and the status comes back in *status. */
struct model *file_load_or_say(const char *path, int *status);

#endif
