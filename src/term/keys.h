/*
 * keys.h - what the user did at the terminal, one thing at a time.
 */
#ifndef TERM_KEYS_H
#define TERM_KEYS_H

#include <stdbool.h>
#include <stdint.h>

#include "term/screen.h"
#include "view/view.h"

/* Keys that edit a line, where one is being typed; everything else there is text or nothing. */
enum edit { EDIT_NONE, EDIT_ENTER, EDIT_ERASE, EDIT_ESCAPE, EDIT_END };

struct input {
	enum { INPUT_KEY, INPUT_MOUSE } what;
	/* A key is all of these at once; who reads it takes what fits. */
	int action;			/* enum action, or -1 */
	int argument;			/* of the action: CHOOSE's digit */
	uint32_t rune;			/* the character, 0 if it is none */
	enum edit edit;
	/* The mouse. */
	enum mouse_what mouse;
	int row, col;
};

/* False when there is nothing more to read now. *gone: the terminal is no longer there. */
bool keys_read(struct screen *, struct input *, bool *gone);

#endif
