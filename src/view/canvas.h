/*
 * canvas.h - a grid of cells to paint on. A cell is a character and a style; what the style looks like is decided by
 * whoever shows the canvas (term: curses, export: text, ANSI, SVG). Every cell is one column wide.
 */
#ifndef VIEW_CANVAS_H
#define VIEW_CANVAS_H

#include <stdbool.h>
#include <stdint.h>

/* A style is a hue and attributes: HUE_x | STYLE_BOLD | STYLE_REVERSE. */
enum hue {
	HUE_NONE,		/* the default foreground: all text */
	HUE_RUN,
	HUE_HOLD,
	HUE_LOCK,
	HUE_LOCK_BOLD,		/* HUE_LOCK, told apart by weight where there is no colour */
	HUE_BARRIER,
	HUE_PERMIT,
	HUE_CONDITION,
	HUE_REST,
	NHUES
};
#define STYLE_HUE     0x0f
#define STYLE_BOLD    0x10
#define STYLE_REVERSE 0x20
#define STYLE_UNDER   0x40

struct cell {
	uint32_t rune;		/* UTF-32, one column wide, never a control character */
	uint8_t style;
};

struct canvas {
	int cols, rows;
	struct cell *cells;	/* row by row */
};

struct canvas *canvas_new(int cols, int rows);		/* all blanks */
void canvas_free(struct canvas *);
void canvas_resize(struct canvas *, int cols, int rows);	/* all blanks afterwards */
void canvas_clear(struct canvas *);
static inline struct cell *
canvas_at(const struct canvas *c, int row, int col)
{
	return &c->cells[row * c->cols + col];
}
/* Writes outside the canvas are clipped; each returns the column after what was written. */
int canvas_put(struct canvas *, int row, int col, uint32_t rune, uint8_t style);
int canvas_text(struct canvas *, int row, int col, uint8_t style, const char *utf8);
int canvas_textn(struct canvas *, int row, int col, int width, uint8_t style, const char *utf8);	/* cut or padded to width */
int canvas_printf(struct canvas *, int row, int col, uint8_t style, const char *format, ...)
    __attribute__((format(printf, 5, 6)));

/* The next character of UTF-8, 0 at its end, UINT32_MAX for a byte that begins none. */
uint32_t utf8_next(const char **text);
/* What a character becomes in a cell: itself, '?' when it is wide or no printable one, 0 when it takes no column. */
uint32_t canvas_fit(uint32_t rune);
/* How many columns canvas_text() would write. */
int canvas_columns(const char *utf8);

#endif
