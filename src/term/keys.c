/*
 * keys.c - see keys.h.
 *
 * Which key does what stands in actions.def and nowhere else. A terminal that answers late (the question for the
 * background, over a slow line) must not have its answer taken for keys: what follows an escape is read to its end and
 * thrown away.
 */
#include "config.h"

#include "term/keys.h"

#include <curses.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define ESCAPE  27
#define MAX_KEYS 128

struct key {
	wint_t code;
	bool special;		/* a KEY_ of curses, not a character */
	int action, argument;
};

static const struct {
	const char *name;
	wint_t code;
	bool special;
} names[] = {
	{ "up", KEY_UP, true }, { "down", KEY_DOWN, true }, { "left", KEY_LEFT, true }, { "right", KEY_RIGHT, true },
	{ "pgup", KEY_PPAGE, true }, { "pgdn", KEY_NPAGE, true }, { "home", KEY_HOME, true }, { "end", KEY_END, true },
	{ "enter", '\r', false }, { "enter", '\n', false }, { "enter", KEY_ENTER, true }, { "esc", ESCAPE, false },
	{ "tab", '\t', false }, { "S-tab", KEY_BTAB, true }, { "space", ' ', false }, { "F1", KEY_F(1), true },
	{ "bksp", KEY_BACKSPACE, true }, { "bksp", 127, false }, { "bksp", '\b', false },
};

static const char *const keys_of[NACTIONS] = {
#define ACTION(name, command, keys, ...) [ACTION_##name] = keys,
#include "view/actions.def"
#undef ACTION
};

static struct key keys[MAX_KEYS];
static size_t nkeys;

static void
bind(wint_t code, bool special, int action, int argument)
{
	if (nkeys < MAX_KEYS)
		keys[nkeys++] = (struct key){ code, special, action, argument };
}

static void
bind_word(const char *word, size_t length, int action)
{
	if (length == 1) {
		bind((wint_t)*word, false, action, *word >= '0' && *word <= '9' ? *word - '0' : 0);
		return;
	}
	if (length == 2 && *word == '^') {
		bind((wint_t)(word[1] & 0x1f), false, action, 0);
		return;
	}
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (strlen(names[i].name) == length && strncmp(names[i].name, word, length) == 0)
			bind(names[i].code, names[i].special, action, 0);
}

static void
bind_all(void)
{
	for (int action = 0; action < NACTIONS; action++)
		for (const char *p = keys_of[action]; *p != '\0';) {
			size_t length = strcspn(p, " ");

			bind_word(p, length, action);
			p += length + strspn(p + length, " ");
		}
}

static const struct key *
find(wint_t code, bool special)
{
	if (nkeys == 0)
		bind_all();
	for (size_t i = 0; i < nkeys; i++)
		if (keys[i].code == code && keys[i].special == special)
			return &keys[i];
	return NULL;
}

static enum edit
edit_of(wint_t code, bool special)
{
	if (special)
		return code == KEY_BACKSPACE ? EDIT_ERASE : code == KEY_ENTER ? EDIT_ENTER : EDIT_NONE;
	switch (code) {
	case '\r':
	case '\n':
		return EDIT_ENTER;
	case '\b':
	case 127:
		return EDIT_ERASE;
	case ESCAPE:
		return EDIT_ESCAPE;
	case 4:
		return EDIT_END;
	}
	return EDIT_NONE;
}

/* What comes after an escape, if nobody asked for it: a sequence may come in pieces, and ends as its class does. */
static enum { PLAIN, CSI, ANSWER } swallowing;

/* True if the character belongs to such a sequence. An answer (OSC) ends by BEL or ESC \, or by what cannot be in it. */
static bool
swallow(wint_t c)
{
	if (swallowing == CSI) {
		if (c >= 0x40 && c <= 0x7e)
			swallowing = PLAIN;
		return true;
	}
	if (swallowing == ANSWER) {
		if (c == '\a' || c == '\\')
			swallowing = PLAIN;
		else if (c != ESCAPE && (c > 127 || strchr("0123456789abcdefABCDEF;:/rg", (int)c) == NULL))
			return swallowing = PLAIN, false;
		return true;
	}
	return false;
}

/* An escape begins a sequence, or is a key by itself, with another key close behind. */
static bool
is_lone_escape(void)
{
	wint_t next;
	int kind = get_wch(&next);

	if (kind == OK && next == '[')
		swallowing = CSI;
	else if (kind == OK && next == ']')
		swallowing = ANSWER;
	else if (kind == OK)
		unget_wch((wchar_t)next);
	else if (kind == KEY_CODE_YES)
		ungetch((int)next);
	return swallowing == PLAIN;
}

static bool
read_mouse(struct input *input)
{
	MEVENT event;

	if (getmouse(&event) != OK)
		return false;
	if (event.bstate & BUTTON4_PRESSED)
		input->mouse = MOUSE_WHEEL_UP;
	else if (event.bstate & BUTTON5_PRESSED)
		input->mouse = MOUSE_WHEEL_DOWN;
	else if (event.bstate & REPORT_MOUSE_POSITION)
		input->mouse = MOUSE_DRAG;
	else if (event.bstate & BUTTON1_PRESSED)
		input->mouse = MOUSE_CLICK;
	else if (event.bstate & BUTTON1_RELEASED)
		input->mouse = MOUSE_RELEASE;
	else
		return false;
	input->what = INPUT_MOUSE;
	input->row = event.y;
	input->col = event.x;
	return true;
}

static void
fill_key(struct input *input, wint_t code, bool special)
{
	const struct key *key = find(code, special);

	*input = (struct input){ .what = INPUT_KEY, .action = -1, .row = -1, .col = -1 };
	if (key != NULL) {
		input->action = key->action;
		input->argument = key->argument;
	}
	if (!special && code >= ' ' && code != 127)
		input->rune = code;
	input->edit = edit_of(code, special);
}

bool
keys_read(struct screen *screen, struct input *input, bool *gone)
{
	(void)screen;	/* there is one: curses knows which */
	*gone = false;
	for (;;) {
		wint_t code;
		int kind;

		errno = 0;
		kind = get_wch(&code);
		if (kind == ERR) {
			*gone = errno == EIO || errno == EBADF;
			return false;
		}
		if (kind == KEY_CODE_YES && code == KEY_RESIZE)
			continue;
		if (kind == KEY_CODE_YES && code == KEY_MOUSE) {
			if (read_mouse(input))
				return true;
			continue;
		}
		if (kind == OK && (swallow(code) || (code == ESCAPE && !is_lone_escape())))
			continue;
		fill_key(input, code, kind == KEY_CODE_YES);
		return true;
	}
}
