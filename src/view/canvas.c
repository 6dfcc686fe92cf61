/*
 * canvas.c - see canvas.h.
 *
 * Text is UTF-8 from anywhere, a name given by a hostile program included: what is not one column wide, printable and
 * well-formed never reaches a cell. The widths are our own short list and not wcwidth(3)'s, so that a picture is the
 * same in every locale.
 */
#include "config.h"

#include "view/canvas.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/allocate.h"

#define MISFIT U'?'	/* what stands for a character that has no place in one column */
#define DROP   0	/* no column at all */

struct range {
	uint32_t from, to;
};

/* Combining marks, joiners, direction marks, variation selectors: they take no column of their own. */
static const struct range no_column[] = {
	{ 0x0300, 0x036f }, { 0x0483, 0x0489 }, { 0x0591, 0x05bd }, { 0x0610, 0x061a }, { 0x064b, 0x065f },
	{ 0x0900, 0x0902 }, { 0x093a, 0x093a }, { 0x0941, 0x0948 }, { 0x0e31, 0x0e31 }, { 0x0e34, 0x0e3a },
	{ 0x1ab0, 0x1aff }, { 0x1dc0, 0x1dff }, { 0x200b, 0x200f }, { 0x202a, 0x202e }, { 0x2060, 0x206f },
	{ 0x20d0, 0x20ff }, { 0xfe00, 0xfe0f }, { 0xfe20, 0xfe2f }, { 0xfeff, 0xfeff }, { 0xfff9, 0xfffb },
	{ 0xe0000, 0xe0fff },
};

/* East Asian wide and full-width characters, emoji, and what is no character at all. */
static const struct range misfits[] = {
	{ 0x00, 0x1f }, { 0x7f, 0x9f }, { 0xad, 0xad }, { 0x1100, 0x115f }, { 0x2028, 0x2029 }, { 0x231a, 0x231b },
	{ 0x23e9, 0x23f3 }, { 0x25fd, 0x25fe }, { 0x2614, 0x2615 }, { 0x2648, 0x2653 }, { 0x26a1, 0x26a1 },
	{ 0x26aa, 0x26ab }, { 0x26bd, 0x26be }, { 0x26c4, 0x26c5 }, { 0x26ce, 0x26ce }, { 0x26d4, 0x26d4 },
	{ 0x26ea, 0x26ea }, { 0x26f2, 0x26f5 }, { 0x26fa, 0x26fd }, { 0x2705, 0x2705 }, { 0x270a, 0x270b },
	{ 0x2728, 0x2728 }, { 0x274c, 0x274e }, { 0x2753, 0x2757 }, { 0x2795, 0x2797 }, { 0x27b0, 0x27bf },
	{ 0x2b1b, 0x2b1c }, { 0x2b50, 0x2b55 }, { 0x2e80, 0xa4cf }, { 0xa960, 0xa97f }, { 0xac00, 0xd7ff },
	{ 0xd800, 0xf8ff }, { 0xf900, 0xfaff }, { 0xfe10, 0xfe19 }, { 0xfe30, 0xfe6f }, { 0xff00, 0xff60 },
	{ 0xffe0, 0xffe6 }, { 0xfffe, 0xffff }, { 0x16fe0, 0x18dff }, { 0x1b000, 0x1b2ff }, { 0x1f000, 0x1faff },
	{ 0x20000, 0x10ffff },
};

static bool
within(const struct range *ranges, size_t n, uint32_t rune)
{
	for (size_t i = 0; i < n; i++)
		if (rune >= ranges[i].from && rune <= ranges[i].to)
			return true;
	return false;
}

uint32_t
canvas_fit(uint32_t rune)
{
	if (rune >= ' ' && rune < 0x7f)
		return rune;
	if (within(no_column, sizeof no_column / sizeof *no_column, rune))
		return DROP;
	if (rune > 0x10ffff || within(misfits, sizeof misfits / sizeof *misfits, rune))
		return MISFIT;
	return rune;
}

/* How many bytes follow a first byte, -1 if no character begins so. */
static int
followers(unsigned char first)
{
	if (first < 0x80)
		return 0;
	if (first >= 0xc2 && first <= 0xdf)
		return 1;
	if ((first & 0xf0) == 0xe0)
		return 2;
	return first >= 0xf0 && first <= 0xf4 ? 3 : -1;
}

uint32_t
utf8_next(const char **text)
{
	static const uint32_t least[] = { 0, 0x80, 0x800, 0x10000 };
	const unsigned char *p = (const unsigned char *)*text;
	int n = followers(*p);
	uint32_t rune;

	if (*p == '\0')
		return 0;
	*text += 1;
	if (n <= 0)
		return n == 0 ? *p : UINT32_MAX;
	rune = *p & (0x3f >> n);
	for (int i = 1; i <= n; i++) {
		if ((p[i] & 0xc0) != 0x80)
			return UINT32_MAX;	/* also at the end of the text; go on after the first byte */
		rune = rune << 6 | (p[i] & 0x3f);
	}
	if (rune < least[n])
		return UINT32_MAX;
	*text += n;
	return rune;
}

int
canvas_columns(const char *utf8)
{
	int cols = 0;

	for (uint32_t rune; (rune = utf8_next(&utf8)) != 0;)
		cols += canvas_fit(rune) != DROP;
	return cols;
}

struct canvas *
canvas_new(int cols, int rows)
{
	struct canvas *c = allocate(sizeof *c);

	canvas_resize(c, cols, rows);
	return c;
}

void
canvas_free(struct canvas *c)
{
	if (c == NULL)
		return;
	free(c->cells);
	free(c);
}

void
canvas_resize(struct canvas *c, int cols, int rows)
{
	c->cols = cols > 0 ? cols : 0;
	c->rows = rows > 0 ? rows : 0;
	c->cells = reallocate(c->cells, (size_t)c->cols * (size_t)c->rows, sizeof *c->cells);
	canvas_clear(c);
}

void
canvas_clear(struct canvas *c)
{
	int n = c->cols * c->rows;

	for (int i = 0; i < n; i++)
		c->cells[i] = (struct cell){ ' ', HUE_NONE };
}

int
canvas_put(struct canvas *c, int row, int col, uint32_t rune, uint8_t style)
{
	if (row >= 0 && row < c->rows && col >= 0 && col < c->cols)
		*canvas_at(c, row, col) = (struct cell){ rune, style };
	return col + 1;
}

int
canvas_text(struct canvas *c, int row, int col, uint8_t style, const char *utf8)
{
	for (uint32_t rune; (rune = utf8_next(&utf8)) != 0;)
		if ((rune = canvas_fit(rune)) != DROP)
			col = canvas_put(c, row, col, rune, style);
	return col;
}

int
canvas_textn(struct canvas *c, int row, int col, int width, uint8_t style, const char *utf8)
{
	int end = col + width;

	for (uint32_t rune; col < end && (rune = utf8_next(&utf8)) != 0;)
		if ((rune = canvas_fit(rune)) != DROP)
			col = canvas_put(c, row, col, rune, style);
	while (col < end)
		col = canvas_put(c, row, col, ' ', style);
	return col;
}

int
canvas_printf(struct canvas *c, int row, int col, uint8_t style, const char *format, ...)
{
	char text[1024];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof text, format, args);
	va_end(args);
	return canvas_text(c, row, col, style, text);
}
