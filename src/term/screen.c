/*
 * screen.c - see screen.h.
 *
 * The last canvas shown is kept: of a row that did not change curses hears nothing, and of one that did, only the
 * stretch between the first and the last changed cell. What of that goes over the line is curses' own affair.
 */
#include "config.h"

#include "term/screen.h"

#include <curses.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <term.h>
#include <unistd.h>
#include <wchar.h>

#include "base/allocate.h"
#include "term/ask.h"
#include "term/restore.h"
#include "term/tier.h"

#define HUE_IS_TEXT 0x200
#define HUE_IS_BOLD 0x100
#define ASK_MS 100

struct screen {
	SCREEN *curses;
	FILE *in, *out;
	struct canvas *shown;		/* what the terminal shows, as far as curses was told */
	cchar_t *row;			/* one row on its way to curses */
	attr_t attributes[NHUES];
	short pairs[NHUES];
	int level;			/* colours */
	bool light, mouse, utf8, all_anew;
};

enum terminal_kind
screen_terminal_kind(void)
{
	const char *term = getenv("TERM");
	int error;

	if (term == NULL || *term == '\0' || strcmp(term, "dumb") == 0)
		return TERMINAL_DUMB;
	if (setupterm(term, STDOUT_FILENO, &error) != OK)
		return TERMINAL_UNKNOWN;
	return cursor_address == NULL ? TERMINAL_DUMB : TERMINAL_GOOD;
}

int
screen_terminal_colors(void)
{
	int n = tigetnum((char *)(uintptr_t)"colors");

	return n > 0 ? n : 0;
}

/* A colour pair a hue, over the terminal's own background. */
static void
dress(struct screen *s)
{
	for (unsigned hue = 0; hue < NHUES; hue++) {
		int color = theme_color(s->level, s->light, hue);

		s->attributes[hue] = color & HUE_IS_BOLD ? A_BOLD : A_NORMAL;
		s->pairs[hue] = 0;
		if (!(color & HUE_IS_TEXT) && init_pair((short)(hue + 1), (short)(color & 0xff), -1) == OK)
			s->pairs[hue] = (short)(hue + 1);
	}
	s->all_anew = true;
}

static void
choose_colors(struct screen *s, const struct screen_options *options)
{
	s->level = 0;
	if (has_colors() && start_color() == OK && use_default_colors() == OK)
		s->level = theme_level(options->colors, COLORS);
	dress(s);
}

/* Which ground: as asked for, else as the terminal says, else as the environment says, else dark. */
static bool
ground_is_light(const struct screen_options *options)
{
	const char *term = getenv("TERM");
	bool light;

	if (options->ground != GROUND_ASK)
		return options->ground == GROUND_LIGHT;
	if (strncmp(term, "linux", 5) != 0 && ask_background(options->in, options->out, ASK_MS, &light))
		return light;
	return theme_from_environment() == GROUND_LIGHT;
}

/* Reports of presses, drags and the wheel. Drags curses does not turn on by itself: mode 1002. */
static void
set_mouse(struct screen *s, bool on)
{
	const char *kmous = tigetstr((char *)(uintptr_t)"kmous");

	s->mouse = on && mousemask(ALL_MOUSE_EVENTS | REPORT_MOUSE_POSITION, NULL) != 0;
	if (!on)
		mousemask(0, NULL);
	if (kmous == NULL || kmous == (char *)-1)
		return;
	fputs(s->mouse ? "\033[?1002h" : "\033[?1002l", s->out);
	fflush(s->out);
}

static void
settle(struct screen *s, const struct screen_options *options)
{
	set_escdelay(25);
	cbreak();
	noecho();
	nonl();
	intrflush(stdscr, FALSE);
	keypad(stdscr, TRUE);
	nodelay(stdscr, TRUE);
	leaveok(stdscr, TRUE);
	curs_set(0);
	mouseinterval(0);
	choose_colors(s, options);
	/* Until its first endwin, ncurses 6.4 flushes at every movement of the cursor: 640 writes a frame instead of 2. */
	endwin();
	doupdate();
	set_mouse(s, options->mouse);
}

static struct screen *
give_up(struct screen *s, struct reason *why, const char *what)
{
	because(why, "%s", what);
	if (s->in != NULL)
		fclose(s->in);
	if (s->out != NULL)
		fclose(s->out);
	free(s);
	return NULL;
}

struct screen *
screen_open(const struct screen_options *options, struct reason *why)
{
	struct screen *s = allocate(sizeof *s);

	s->utf8 = tier_locale_is_utf8();
	s->in = fdopen(dup(options->in), "r");
	s->out = fdopen(dup(options->out), "w");
	if (s->in == NULL || s->out == NULL)
		return give_up(s, why, "no descriptors are left for the terminal");
	s->light = ground_is_light(options);
	restore_prepare(options->in, options->out);
	if (cur_term != NULL)
		del_curterm(cur_term);	/* screen_terminal_kind()'s: newterm makes its own */
	s->curses = newterm(NULL, s->out, s->in);
	if (s->curses == NULL)
		return give_up(s, why, "the terminal cannot be drawn on");
	restore_arm();
	settle(s, options);
	s->shown = canvas_new(COLS, LINES);
	s->row = reallocate(NULL, (size_t)COLS, sizeof *s->row);
	s->all_anew = true;
	return s;
}

void
screen_close(struct screen *s)
{
	if (s == NULL)
		return;
	set_mouse(s, false);
	endwin();
	restore_disarm();
	delscreen(s->curses);
	fclose(s->in);
	fclose(s->out);
	canvas_free(s->shown);
	free(s->row);
	free(s);
}

void
screen_size(const struct screen *s, int *cols, int *rows)
{
	*cols = s->shown->cols;
	*rows = s->shown->rows;
}

void
screen_resized(struct screen *s)
{
	struct winsize size;

	if (ioctl(fileno(s->out), TIOCGWINSZ, &size) == -1 || size.ws_col == 0 || size.ws_row == 0)
		return;
	if (size.ws_col == COLS && size.ws_row == LINES)
		return;		/* the last of a storm: nothing is new */
	resizeterm(size.ws_row, size.ws_col);
	canvas_resize(s->shown, COLS, LINES);
	s->row = reallocate(s->row, (size_t)COLS, sizeof *s->row);
	s->all_anew = true;
}

/* What the terminal can be trusted to show in one column. */
static wchar_t
safe(const struct screen *s, uint32_t rune)
{
	if (rune >= ' ' && rune < 0x7f)
		return (wchar_t)rune;
	return s->utf8 && wcwidth((wchar_t)rune) == 1 ? (wchar_t)rune : L'?';
}

static void
translate(const struct screen *s, const struct cell *cell, cchar_t *out)
{
	unsigned hue = cell->style & STYLE_HUE;
	wchar_t text[2] = { safe(s, cell->rune), L'\0' };
	attr_t attributes;

	if (hue >= NHUES)
		hue = HUE_NONE;
	attributes = s->attributes[hue];
	if (cell->style & STYLE_BOLD)
		attributes |= A_BOLD;
	if (cell->style & STYLE_REVERSE)
		attributes |= A_REVERSE;
	if (cell->style & STYLE_UNDER)
		attributes |= A_UNDERLINE;
	setcchar(out, text, attributes, s->pairs[hue], NULL);
}

static bool
same(const struct cell *a, const struct cell *b)
{
	return a->rune == b->rune && a->style == b->style;
}

static void
show_row(struct screen *s, const struct cell *fresh, struct cell *old, int row, int cols)
{
	int first = 0, end = cols;

	if (!s->all_anew) {
		while (first < cols && same(&fresh[first], &old[first]))
			first++;
		while (end > first && same(&fresh[end - 1], &old[end - 1]))
			end--;
	}
	for (int col = first; col < end; col++) {
		translate(s, &fresh[col], &s->row[col]);
		old[col] = fresh[col];
	}
	if (end > first)
		mvadd_wchnstr(row, first, &s->row[first], end - first);
}

void
screen_show(struct screen *s, const struct canvas *canvas)
{
	int cols = canvas->cols < s->shown->cols ? canvas->cols : s->shown->cols;
	int rows = canvas->rows < s->shown->rows ? canvas->rows : s->shown->rows;

	for (int row = 0; row < rows; row++)
		show_row(s, canvas_at(canvas, row, 0), canvas_at(s->shown, row, 0), row, cols);
	s->all_anew = false;
	refresh();
}

void
screen_redraw(struct screen *s)
{
	s->all_anew = true;
	clearok(stdscr, TRUE);
}

void
screen_leave(struct screen *s)
{
	if (s->mouse)
		fputs("\033[?1002l", s->out);
	endwin();
	fflush(s->out);
	restore_disarm();
}

void
screen_return(struct screen *s)
{
	restore_arm();
	screen_resized(s);
	screen_redraw(s);
	refresh();
	if (s->mouse)
		set_mouse(s, true);
}

void
screen_flip_ground(struct screen *s)
{
	s->light = !s->light;
	dress(s);
}

bool
screen_flip_mouse(struct screen *s)
{
	set_mouse(s, !s->mouse);
	return s->mouse;
}

int
screen_colors(const struct screen *s)
{
	return s->level;
}
