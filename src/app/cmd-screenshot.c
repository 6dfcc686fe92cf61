/* cmd-screenshot.c - threadlanes screenshot FILE: a picture of a recording, painted by what paints the screen. */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "app/app.h"
#include "app/file.h"
#include "app/out.h"
#include "export/export.h"
#include "term/output.h"

enum format { FORMAT_TEXT, FORMAT_ANSI, FORMAT_SVG, NFORMATS };

struct shot {
	int cols, rows;
	int64_t at;
	enum format format;
	bool light;
};

static void
read_options(const struct options *o, struct shot *shot)
{
	static const char *const words[NFORMATS] = { "text", "ansi", "svg" };
	const char *format = o->value[OPT_format];

	if (o->value[OPT_size] && !option_size(o->value[OPT_size], &shot->cols, &shot->rows))
		wrong_usage("--size cannot be \"%s\": a size is 80x24.", o->value[OPT_size]);
	if (o->value[OPT_at] && !option_time(o->value[OPT_at], &shot->at))
		wrong_usage("--at cannot be \"%s\": a time is 12.48, 800ms, 2m.", o->value[OPT_at]);
	shot->light = o->value[OPT_theme] != NULL && strcmp(o->value[OPT_theme], "light") == 0;
	for (int i = 0; format != NULL && i <= NFORMATS; i++) {
		if (i == NFORMATS)
			wrong_usage("--format cannot be \"%s\". It is one of text, ansi, svg.", format);
		if (strcmp(format, words[i]) == 0) {
			shot->format = (enum format)i;
			break;
		}
	}
}

/* The screen as it was at that time, as if it had been watched live. */
static void
paint(const struct options *o, const struct shot *shot, const struct model *model, struct canvas *canvas)
{
	enum glyph_tier tier = o->value[OPT_glyphs] ? option_tier(o) : GLYPHS_FULL;
	struct view *view = view_new(tier);
	struct output *output = output_new(80, 24);
	bool ended = shot->at >= model_end(model) && model_program(model)->exited;
	struct view_world world = {
		.mode = ended ? MODE_ENDED : MODE_LIVE,
		.now = shot->at < model_end(model) ? shot->at : model_end(model),
		.speed = 1,
		.watched = true,
	};
	size_t length;
	const char *bytes = model_output(model, world.now, &length);

	if (length > 0)
		output_feed(output, bytes, length);
	world.output = output_rows(output, &world.output_rows);
	view_paint(view, model, &world, canvas);
	output_free(output);
	view_free(view);
}

static bool
write_picture(const struct shot *shot, const struct canvas *canvas, const struct model *model, FILE *out)
{
	struct svg_look look = { .light = shot->light, .title = model_program(model)->command };

	switch (shot->format) {
	case FORMAT_ANSI:
		return export_canvas_ansi(canvas, shot->light, out);
	case FORMAT_SVG:
		return export_canvas_svg(canvas, &look, out);
	default:
		return export_canvas_text(canvas, out);
	}
}

int
cmd_screenshot(const struct options *o)
{
	struct shot shot = { .cols = 80, .rows = 24, .at = INT64_MAX };
	struct canvas *canvas;
	struct model *model;
	int status, written;
	FILE *out;

	if (o->argc != 1)
		wrong_usage("screenshot needs one FILE.");
	read_options(o, &shot);
	model = file_load_or_say(o->argv[0], &status);
	if (model == NULL)
		return status;
	canvas = canvas_new(shot.cols, shot.rows);
	paint(o, &shot, model, canvas);
	out = out_open(o->value[OPT_output]);
	written = out == NULL ? STATUS_WE_FAILED :
	    out_close(out, o->value[OPT_output], write_picture(&shot, canvas, model, out));
	canvas_free(canvas);
	model_free(model);
	return written ? written : status;
}
