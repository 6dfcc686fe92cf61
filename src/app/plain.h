/*
 * plain.h - a program watched without a screen: it keeps our terminal, and what its threads do is told in sentences, or
 * only recorded.
 */
#ifndef APP_PLAIN_H
#define APP_PLAIN_H

#include "app/app.h"

/* Returns the exit status, or dies of the signal the program died of. */
int watch_without_screen(const struct options *, const char *path, char **argv, bool tell);

#endif
