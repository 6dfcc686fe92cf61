/* canvas-text.c - a canvas as lines of text, with the colours of the 256 or without. See export.h. */
#include "config.h"

#include "export/export.h"
#include "export/utf8.h"

static const struct {
	int dark, light;
} colors[NHUES] = {
#define HUE(name, rgb_dark, rgb_light, dark, light, ...) [HUE_##name] = { dark, light },
#include "view/themes.def"
#undef HUE
};

/* Blank, and looking so: not reversed, not underlined. */
static bool
is_nothing(const struct cell *cell)
{
	return cell->rune == ' ' && (cell->style & (STYLE_REVERSE | STYLE_UNDER)) == 0;
}

/* Columns up to the last that shows anything. */
static int
width_of(const struct canvas *canvas, int row)
{
	int cols = canvas->cols;

	while (cols > 0 && is_nothing(canvas_at(canvas, row, cols - 1)))
		cols--;
	return cols;
}

/* Every style is said whole, after a reset: a line can be cut out and still looks right. */
static void
put_style(FILE *out, uint8_t style, bool light)
{
	unsigned hue = style & STYLE_HUE;
	int color = hue >= NHUES ? HUE_IS_TEXT : light ? colors[hue].light : colors[hue].dark;

	fputs("\033[0", out);
	if (style & STYLE_BOLD)
		fputs(";1", out);
	if (style & STYLE_UNDER)
		fputs(";4", out);
	if (style & STYLE_REVERSE)
		fputs(";7", out);
	if ((color & HUE_IS_TEXT) == 0)
		fprintf(out, ";38;5;%d", color & 0xff);
	putc('m', out);
}

static bool
put_canvas(const struct canvas *canvas, FILE *out, bool styled, bool light)
{
	for (int row = 0; row < canvas->rows; row++) {
		int cols = width_of(canvas, row);
		uint8_t style = 0;

		for (int col = 0; col < cols; col++) {
			const struct cell *cell = canvas_at(canvas, row, col);

			if (styled && cell->style != style && !is_nothing(cell))
				put_style(out, style = cell->style, light);
			else if (styled && is_nothing(cell) && (style & (STYLE_REVERSE | STYLE_UNDER)) != 0)
				put_style(out, style = 0, light);
			utf8_put(out, cell->rune);
		}
		if (style != 0)
			fputs("\033[0m", out);
		putc('\n', out);
	}
	return fflush(out) == 0 && !ferror(out);
}

bool
export_canvas_text(const struct canvas *canvas, FILE *out)
{
	return put_canvas(canvas, out, false, false);
}

bool
export_canvas_ansi(const struct canvas *canvas, bool light, FILE *out)
{
	return put_canvas(canvas, out, true, light);
}
