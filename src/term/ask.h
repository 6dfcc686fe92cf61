/*
 * ask.h - questions to the terminal itself, which may be slow to answer, or never do.
 *
 * Only while curses is not on the screen: before it starts, or in doctor, which never starts it.
 */
#ifndef TERM_ASK_H
#define TERM_ASK_H

#include <stdbool.h>
#include <stddef.h>

/* Is the background light? False if the terminal did not say within the time. */
bool ask_background(int in, int out, int timeout_ms, bool *light);

/* Writes the text at the start of the line and asks in which column the cursor then stands; wipes it again. */
bool ask_width(int in, int out, int timeout_ms, const char *shown, int *width);

/* How light the colour of an answer "...rgb:RRRR/GGGG/BBBB..." is, 0 to 1; negative if it is none. */
double ask_luminance(const char *answer);

#endif
