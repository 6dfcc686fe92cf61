/*
 * output.h - the program's own terminal: what it writes goes into a terminal of ours that nobody sees, and OUTPUT shows
 * its rows. So an escape sequence moves that terminal's cursor and nothing else.
 */
#ifndef TERM_OUTPUT_H
#define TERM_OUTPUT_H

#include <stdbool.h>
#include <stddef.h>

#include "view/view.h"

struct output;

struct output *output_new(int cols, int rows);
void output_free(struct output *);
void output_feed(struct output *, const char *bytes, size_t length);
void output_reset(struct output *);		/* as new */

/* The rows so far, oldest first, those scrolled away included; good until the next call. */
const struct output_row *output_rows(struct output *, int *count);

/* What the terminal answers to what the program asked it (where is the cursor?). Returns how many bytes. */
size_t output_answer(struct output *, char *bytes, size_t size);

#endif
