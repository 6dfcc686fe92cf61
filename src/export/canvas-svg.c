/*
 * canvas-svg.c - a canvas as a picture. See export.h.
 *
 * Blocks, shades, lines and marks are drawn as shapes (svg-glyphs.def): fonts disagree about them. Text is written word
 * by word, each at its own place and stretched to its cells, so the grid holds in whatever font the viewer has.
 */
#include "config.h"

#include "export/export.h"
#include "export/utf8.h"

#include <string.h>

#define CELL_W 9
#define CELL_H 20
#define PAD    20
#define TITLE  38
#define FONT   "ui-monospace,SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono','Liberation Mono',monospace"

enum drawn {
	DRAWN_AS_TEXT,
	DRAWN_BAR,
	DRAWN_FILL,
	DRAWN_LINE,
	DRAWN_SHADE,
};

static const struct glyph {
	uint32_t rune;
	enum drawn drawn;
	const char *path;
	double a, b;		/* BAR: top and height; SHADE: tint and line */
} glyphs[] = {
#define BAR(rune, top, height) { rune, DRAWN_BAR, NULL, top, height },
#define FILL(rune, path) { rune, DRAWN_FILL, path, 0, 0 },
#define LINE(rune, path) { rune, DRAWN_LINE, path, 0, 0 },
#define SHADE(rune, tint, line) { rune, DRAWN_SHADE, NULL, tint, line },
#include "export/svg-glyphs.def"
#undef BAR
#undef FILL
#undef LINE
#undef SHADE
};
#define GLYPHS (sizeof glyphs / sizeof *glyphs)

static const uint32_t colors[NHUES][2] = {	/* dark, light */
#define HUE(name, dark, light, ...) [HUE_##name] = { dark, light },
#include "view/themes.def"
#undef HUE
};

static const struct ground {
	uint32_t ground, border, bar, title;
} grounds[2] = {
	{ 0x16181d, 0x3a3f4a, 0x20232a, 0x9aa0aa },
	{ 0xffffff, 0xd0d7de, 0xf3f4f6, 0x5b626c },
};

struct svg {
	FILE *out;
	const struct canvas *canvas;
	bool light;
	int top;		/* y of the first row */
};

static const struct glyph *
glyph_of(uint32_t rune)
{
	for (size_t i = 0; rune >= 0x80 && i < GLYPHS; i++)
		if (glyphs[i].rune == rune)
			return &glyphs[i];
	return NULL;
}

static bool
is_braille(uint32_t rune)
{
	return rune > 0x2800 && rune < 0x2900;
}

/* A ~ in a colour is a lane's; in the default foreground it is text. */
static bool
is_wave(const struct cell *cell)
{
	return cell->rune == '~' && (cell->style & STYLE_HUE) != HUE_NONE;
}

static bool
is_text(const struct cell *cell)
{
	return cell->rune != ' ' && glyph_of(cell->rune) == NULL && !is_braille(cell->rune) && !is_wave(cell);
}

static uint32_t
foreground(const struct svg *svg, uint8_t style)
{
	unsigned hue = style & STYLE_HUE;

	if (style & STYLE_REVERSE)
		return grounds[svg->light].ground;
	return colors[hue < NHUES ? hue : HUE_NONE][svg->light];
}

/* The same style and rune, from col on; at least 1. */
static int
run_length(const struct canvas *canvas, int row, int col)
{
	const struct cell *first = canvas_at(canvas, row, col);
	int end = col + 1;

	while (end < canvas->cols && canvas_at(canvas, row, end)->rune == first->rune &&
	    canvas_at(canvas, row, end)->style == first->style)
		end++;
	return end - col;
}

static int
word_length(const struct canvas *canvas, int row, int col)
{
	uint8_t style = canvas_at(canvas, row, col)->style;
	int end = col;

	while (end < canvas->cols && canvas_at(canvas, row, end)->style == style &&
	    is_text(canvas_at(canvas, row, end)))
		end++;
	return end - col;
}

static void
put_escaped(FILE *out, uint32_t rune)
{
	switch (rune) {
	case '&':
		fputs("&amp;", out);
		break;
	case '<':
		fputs("&lt;", out);
		break;
	case '>':
		fputs("&gt;", out);
		break;
	default:
		/* What XML cannot hold does not belong on a canvas either. */
		utf8_put(out, rune < ' ' || (rune >= 0xd800 && rune < 0xe000) || (rune & 0xfffe) == 0xfffe ? '?' : rune);
	}
}

static void
put_rect(const struct svg *svg, double x, double y, double w, double h, uint32_t color)
{
	fprintf(svg->out, "<rect x=\"%g\" y=\"%g\" width=\"%g\" height=\"%g\" fill=\"#%06x\" "
	    "shape-rendering=\"crispEdges\"/>\n", x, y, w, h, color);
}

static void
put_word(const struct svg *svg, int row, int col, int n, uint8_t style)
{
	fprintf(svg->out, "<text x=\"%d\" y=\"%d\" textLength=\"%d\"", PAD + col * CELL_W, svg->top + row * CELL_H + 15,
	    n * CELL_W);
	if (n == 1)
		fputs(" lengthAdjust=\"spacingAndGlyphs\"", svg->out);
	if (foreground(svg, style) != colors[HUE_NONE][svg->light])
		fprintf(svg->out, " fill=\"#%06x\"", foreground(svg, style));
	if (style & STYLE_BOLD)
		fputs(" font-weight=\"700\"", svg->out);
	putc('>', svg->out);
	for (int i = 0; i < n; i++)
		put_escaped(svg->out, canvas_at(svg->canvas, row, col + i)->rune);
	fputs("</text>\n", svg->out);
}

/* The dots of a braille character that make up its path; the order of the bits is that of the standard. */
static void
put_braille(FILE *out, int x, int y, uint32_t rune)
{
	static const uint8_t column[8] = { 0, 0, 0, 1, 1, 1, 0, 1 }, line[8] = { 0, 1, 2, 0, 1, 2, 3, 3 };

	for (int bit = 0; bit < 8; bit++)
		if (rune & 1u << bit)
			fprintf(out, "M%g %ga1.2 1.2 0 1 0 2.4 0a1.2 1.2 0 1 0 -2.4 0z", x + 1.2 + 4.2 * column[bit],
			    y + 3.4 + 4.4 * line[bit]);
}

/* A run of shapes as one path. */
static void
put_shapes(const struct svg *svg, int x, int y, int n, const struct cell *cell, const struct glyph *glyph)
{
	static const char wave[] = "m0 10q2.25 -4.5 4.5 0t4.5 0";
	bool line = is_wave(cell) || (glyph != NULL && glyph->drawn == DRAWN_LINE);
	uint32_t color = foreground(svg, cell->style);

	if (line)
		fprintf(svg->out, "<path fill=\"none\" stroke=\"#%06x\" stroke-width=\"1.4\" d=\"", color);
	else
		fprintf(svg->out, "<path fill=\"#%06x\" d=\"", color);
	for (int i = 0; i < n; i++, x += CELL_W)
		if (is_braille(cell->rune))
			put_braille(svg->out, x, y, cell->rune);
		else
			fprintf(svg->out, "M%d %d%s", x, y, glyph ? glyph->path : wave);
	fputs("\"/>\n", svg->out);
}

static void
put_shade(const struct svg *svg, int x, int y, int w, const struct cell *cell, const struct glyph *glyph)
{
	fprintf(svg->out, "<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" fill=\"url(#s%x-%06x)\"/>\n", x, y, w,
	    CELL_H, (unsigned)glyph->rune, foreground(svg, cell->style));
}

static void
put_run(const struct svg *svg, int row, int col, int n, const struct cell *cell)
{
	int x = PAD + col * CELL_W, y = svg->top + row * CELL_H;
	const struct glyph *glyph = glyph_of(cell->rune);

	if (cell->rune == ' ')
		return;
	if (glyph != NULL && glyph->drawn == DRAWN_BAR)
		put_rect(svg, x, y + glyph->a, n * CELL_W, glyph->b, foreground(svg, cell->style));
	else if (glyph != NULL && glyph->drawn == DRAWN_SHADE)
		put_shade(svg, x, y, n * CELL_W, cell, glyph);
	else
		put_shapes(svg, x, y, n, cell, glyph);
}

/* What lies under and over the characters: reversed ground, underline. */
static void
put_ground(const struct svg *svg, int row)
{
	const struct canvas *canvas = svg->canvas;

	for (int col = 0, n; col < canvas->cols; col += n) {
		uint8_t style = canvas_at(canvas, row, col)->style;
		int y = svg->top + row * CELL_H;

		for (n = 1; col + n < canvas->cols && canvas_at(canvas, row, col + n)->style == style; n++)
			;
		if (style & STYLE_REVERSE)
			put_rect(svg, PAD + col * CELL_W, y, n * CELL_W, CELL_H, foreground(svg, style & ~STYLE_REVERSE));
		if (style & STYLE_UNDER)
			put_rect(svg, PAD + col * CELL_W, y + CELL_H - 2, n * CELL_W, 1.2, foreground(svg, style));
	}
}

static void
put_row(const struct svg *svg, int row)
{
	put_ground(svg, row);
	for (int col = 0, n; col < svg->canvas->cols; col += n) {
		const struct cell *cell = canvas_at(svg->canvas, row, col);

		if (is_text(cell)) {
			n = word_length(svg->canvas, row, col);
			put_word(svg, row, col, n, cell->style);
		} else {
			n = run_length(svg->canvas, row, col);
			put_run(svg, row, col, n, cell);
		}
	}
}

static void
put_pattern(const struct svg *svg, const struct glyph *glyph, uint32_t color)
{
	fprintf(svg->out, "<pattern id=\"s%x-%06x\" width=\"5\" height=\"5\" patternUnits=\"userSpaceOnUse\" "
	    "patternTransform=\"rotate(45)\"><rect width=\"5\" height=\"5\" fill=\"#%06x\" fill-opacity=\"%.2f\"/>"
	    "<rect width=\"%g\" height=\"5\" fill=\"#%06x\"/></pattern>\n",
	    (unsigned)glyph->rune, color, color, glyph->a / 100, glyph->b, color);
}

/* A pattern for each shade in each colour that the canvas has. */
static void
put_patterns(const struct svg *svg)
{
	bool used[GLYPHS][NHUES + 1] = { 0 };

	for (int i = 0; i < svg->canvas->rows * svg->canvas->cols; i++) {
		const struct cell *cell = &svg->canvas->cells[i];
		const struct glyph *glyph = glyph_of(cell->rune);
		unsigned hue = cell->style & STYLE_REVERSE ? NHUES : (unsigned)(cell->style & STYLE_HUE) % NHUES;
		uint32_t color = foreground(svg, cell->style);

		for (unsigned other = 0; other < hue && hue < NHUES; other++)	/* hues may share a colour */
			if (colors[other][svg->light] == color)
				hue = other;
		if (glyph == NULL || glyph->drawn != DRAWN_SHADE || used[glyph - glyphs][hue])
			continue;
		used[glyph - glyphs][hue] = true;
		put_pattern(svg, glyph, color);
	}
}

/* The upper end of a window: three buttons and the title in the middle. */
static void
put_title(const struct svg *svg, const char *title, int width)
{
	static const uint32_t buttons[] = { 0xff5f57, 0xfebc2e, 0x28c840 };
	const struct ground *ground = &grounds[svg->light];

	fprintf(svg->out, "<path fill=\"#%06x\" d=\"M1 %dV10a9 9 0 0 1 9 -9H%da9 9 0 0 1 9 9V%dz\"/>\n", ground->bar, TITLE,
	    width - 10, TITLE);
	put_rect(svg, 1, TITLE, width - 2, 1, ground->border);
	for (int i = 0; i < 3; i++)
		fprintf(svg->out, "<circle cx=\"%d\" cy=\"%d\" r=\"6\" fill=\"#%06x\"/>\n", PAD + 6 + 20 * i, TITLE / 2,
		    buttons[i]);
	fprintf(svg->out, "<text x=\"%d\" y=\"%d\" text-anchor=\"middle\" font-size=\"13\" fill=\"#%06x\">", width / 2,
	    TITLE / 2 + 5, ground->title);
	for (const char *c = title; *c != '\0'; c++)
		if ((*c & 0x80) == 0)
			put_escaped(svg->out, (unsigned char)*c);
		else
			putc(*c, svg->out);
	fputs("</text>\n", svg->out);
}

bool
export_canvas_svg(const struct canvas *canvas, const struct svg_look *look, FILE *out)
{
	struct svg svg = { out, canvas, look->light, PAD + (look->title ? TITLE : 0) - (look->title ? 4 : 0) };
	int width = 2 * PAD + canvas->cols * CELL_W, height = svg.top + canvas->rows * CELL_H + PAD - 4;

	fprintf(out, "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" viewBox=\"0 0 %d %d\" "
	    "font-family=\"%s\" font-size=\"15\" fill=\"#%06x\">\n", width, height, width, height, FONT,
	    colors[HUE_NONE][look->light]);
	fputs("<defs>\n", out);
	put_patterns(&svg);
	fprintf(out, "</defs>\n<rect x=\".5\" y=\".5\" width=\"%d\" height=\"%d\" rx=\"10\" fill=\"#%06x\" "
	    "stroke=\"#%06x\"/>\n", width - 1, height - 1, grounds[look->light].ground, grounds[look->light].border);
	if (look->title != NULL)
		put_title(&svg, look->title, width);
	for (int row = 0; row < canvas->rows; row++)
		put_row(&svg, row);
	fputs("</svg>\n", out);
	return fflush(out) == 0 && !ferror(out);
}
