/*
 * export-canvas.c - pictures of a canvas: text, colours, SVG. "export-canvas FILE [light]" writes the SVG of the first
 * screen to look at.
 */
#include "config.h"

#include "check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "export/export.h"

static const char *const screen[] = {
	" bank                      6 threads, 5 resources         ● live        12.48 s",
	"           9 s       10 s      11 s      12 s      now",
	" 1 main    ▄▄▄›› alice ›››››››››››››››››››››››››››› waits for alice to finish",
	"",
	" 2 alice    ▄▄▄▄██ A ████▄▄▄▄╌╌╌╌╌▄▄██ A ██████████ runs, holds A",
	"                         ▾",
	"▸3 bob       ▄▄▄▄▄░░ A ░░██ A █▄▄▄▄▄▄▒▒ A ▒▒▒▒▒▒▒▒▒ waits for A, held by alice",
	"",
	" 4 carol      ▄▄▄▄▄▄╌╌╌╌╌╌▄▄▄▄▄▄▄▄▄╎╎ gate 2/3 ╎╎╎╎ at barrier gate, 2 of 3",
	"",
	" 5 dave       ▄▄▄▄▄▄▄▄▄╌╌╌╌╌⢕⢕██▚▚▚▚▚▚▚▚▚╎╎ 2/3 ╎╎╎╎ at barrier gate, 2 of 3",
	"                                 ▴",
	" 6 erin        ▄▄▄▄·· full ······▄▄~~ read ~~~~~▪   in slots & <more>",
	"",
	" ──────────────────────────────────────────────────────────────────────────────",
	" RESOURCES                                       │ OUTPUT",
	" A      held by alice         bob waits          │ alice: deposit 40",
	" gate   2 of 3    ▮▮▯         carol, dave        ╰─ bob: balance is 140",
	" ▁▂▃▄▅▆▇█ ╭───╮ ╰───╯ ┊ ╱ ▓▓▓ ▞▞ ▌▐ ■ • ◂ ►",
	" space pause   . step   j k thread   h l time   + - zoom   ? help   q quit",
};
#define ROWS ((int)(sizeof screen / sizeof *screen))

static uint8_t
style_of(uint32_t rune)
{
	switch (rune) {
	case U'▄': return HUE_RUN;
	case U'█': return HUE_HOLD;
	case U'░': return HUE_LOCK;
	case U'▒': return HUE_LOCK_BOLD;
	case U'╎': return HUE_BARRIER;
	case U'▚': return HUE_PERMIT;
	case U'·': return HUE_CONDITION;
	case U'›': case U'╌': case U'~': case U'▪': return HUE_REST;
	case U'⢕': return HUE_LOCK;
	default: return HUE_NONE;
	}
}

static struct canvas *
painted(void)
{
	struct canvas *canvas = canvas_new(80, ROWS);

	for (int row = 0; row < ROWS; row++) {
		canvas_text(canvas, row, 0, HUE_NONE, screen[row]);
		for (int col = 0; col < 80 && row < 14; col++)
			canvas_at(canvas, row, col)->style = style_of(canvas_at(canvas, row, col)->rune);
	}
	canvas_text(canvas, 15, 1, STYLE_BOLD, "RESOURCES");
	canvas_text(canvas, 15, 51, STYLE_BOLD | STYLE_UNDER, "OUTPUT");
	canvas_text(canvas, 4, 18, STYLE_REVERSE | HUE_HOLD, " A ");
	return canvas;
}

static char *
written(bool (*write)(const struct canvas *, FILE *), const struct canvas *canvas)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	assert_true(write(canvas, out));
	fclose(out);
	return text;
}

static bool
dark(const struct canvas *canvas, FILE *out)
{
	return export_canvas_ansi(canvas, false, out);
}

static bool
svg(const struct canvas *canvas, FILE *out)
{
	return export_canvas_svg(canvas, &(struct svg_look){ .title = "threadlanes <./bank> & más" }, out);
}

static void
text_is_the_screen(void **state)
{
	struct canvas *canvas = painted();
	char *text = written(export_canvas_text, canvas), *at = text;

	(void)state;
	for (int row = 0; row < ROWS; row++, at += strcspn(at, "\n") + 1) {
		assert_int_equal(strcspn(at, "\n"), strlen(screen[row]));
		assert_memory_equal(at, screen[row], strlen(screen[row]));
	}
	assert_string_equal(at, "");
	free(text);
	canvas_free(canvas);
}

static void
ansi_says_styles_once(void **state)
{
	struct canvas *canvas = canvas_new(12, 3);
	char *text;

	(void)state;
	canvas_text(canvas, 0, 0, HUE_NONE, "a");
	canvas_text(canvas, 0, 1, HUE_LOCK, "░░ ░");
	canvas_text(canvas, 0, 7, STYLE_REVERSE | STYLE_BOLD, " b ");
	canvas_text(canvas, 2, 1, HUE_NONE, "c");
	text = written(dark, canvas);
	assert_string_equal(text, "a\033[0;38;5;166m░░ ░  \033[0;1;7m b \033[0m\n\n c\n");
	free(text);
	canvas_free(canvas);
}

static int
count(const char *text, const char *what)
{
	int n = 0;

	for (; (text = strstr(text, what)) != NULL; text++)
		n++;
	return n;
}

static void
svg_holds_the_words(void **state)
{
	struct canvas *canvas = painted();
	char *text = written(svg, canvas);

	(void)state;
	assert_non_null(strstr(text, ">alice</text>"));
	assert_non_null(strstr(text, ">&amp;</text>"));
	assert_non_null(strstr(text, ">&lt;more&gt;</text>"));
	assert_non_null(strstr(text, ">threadlanes &lt;./bank&gt; &amp; más</text>"));
	assert_int_equal(count(text, "<pattern id"), 3);	/* light and medium in the lock's hue, dark in the text's */
	assert_null(strstr(text, "█"));
	assert_null(strstr(text, "░"));
	assert_null(strstr(text, "▸"));
	assert_int_equal(count(text, "font-weight"), 2);
	free(text);
	canvas_free(canvas);
}

static void
svg_is_well_formed(void **state)
{
	struct canvas *canvas = painted();
	FILE *xmllint;

	(void)state;
	if (system("command -v xmllint >/dev/null") != 0)
		skip();
	xmllint = popen("xmllint --noout -", "w");
	assert_non_null(xmllint);
	assert_true(svg(canvas, xmllint));
	assert_int_equal(pclose(xmllint), 0);
	canvas_free(canvas);
}

static void
a_full_disk_is_told(void **state)
{
	struct canvas *canvas = painted();
	FILE *out = fopen("/dev/full", "w");

	(void)state;
	if (out == NULL)
		skip();
	assert_false(svg(canvas, out));
	fclose(out);
	canvas_free(canvas);
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(text_is_the_screen),
		cmocka_unit_test(ansi_says_styles_once),
		cmocka_unit_test(svg_holds_the_words),
		cmocka_unit_test(svg_is_well_formed),
		cmocka_unit_test(a_full_disk_is_told),
	};

	if (argc > 1) {
		FILE *out = fopen(argv[1], "w");

		return out == NULL || !export_canvas_svg(painted(),
		    &(struct svg_look){ .light = argc > 2, .title = "threadlanes ./bank" }, out);
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
