/*
 * out.h - where export and screenshot write: a file, or standard output.
 */
#ifndef APP_OUT_H
#define APP_OUT_H

#include <stdbool.h>
#include <stdio.h>

/* NULL is standard output. NULL comes back, and it was said, if it cannot be written. */
FILE *out_open(const char *path);
/* Closes it. The status; what went wrong, now or before (good is false), was said. */
int out_close(FILE *, const char *path, bool good);

#endif
