/*
 * live.h - a program watched on the screen, from its start until the user leaves.
 */
#ifndef APP_LIVE_H
#define APP_LIVE_H

#include "app/app.h"

/* Returns the exit status, or dies of the signal the program died of. */
int live_screen(const struct options *, const char *path, char **argv);

#endif
