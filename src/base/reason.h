/*
 * reason.h - why something could not be done, as a sentence for the user.
 *
 * Libraries explain, programs speak: a function that can fail returns false (or NULL) and leaves a reason that is
 * already a sentence, without the program's name and without a newline. Only app/ prints it.
 */
#ifndef BASE_REASON_H
#define BASE_REASON_H

#include <stdbool.h>

struct reason {
	char text[512];
};

/* Fills in the reason and returns false, so that a failure is one line: return because(why, "%s: ...", path); */
bool because(struct reason *why, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* As because(), and ": " and the text of errno at the end. */
bool because_errno(struct reason *why, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
