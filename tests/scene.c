/*
 * scene.c - see scene.h. The words of a scene's line:
 *
 *    story NAME                       tests/stories/NAME.txt, told up to "now" except in a replay
 *    COLSxROWS                        80x24
 *    full | console | ascii           full
 *    live | paused | ended | replay   live
 *    now SECONDS                      the newest time of the story
 *    memory BYTES                     the model's bound
 *    playing | typing | unwatched | notice | file NAME | speed N
 *    do ACTION...                     the rest of the line: commands of actions.def, or
 *                                     choose:N  text:abc  click:ROW,COL  drag:ROW,COL  wheel-up:ROW,COL
 *                                     wheel-down:ROW,COL
 */
#include "config.h"

#include "scene.h"

#include <err.h>
#include <stdlib.h>
#include <string.h>

#include "base/allocate.h"
#include "source/script.h"

#define ROWS_OF_OUTPUT 64
#define COLS_OF_OUTPUT 120

struct plan {
	char story[64];
	int cols, rows;
	enum glyph_tier tier;
	double now;
	size_t memory;
};

static const char *const commands[NACTIONS] = {
#define ACTION(name, command, ...) command,
#include "view/actions.def"
#undef ACTION
};

static void
tell(struct scene *s, const struct plan *plan)
{
	int64_t until = plan->now < 0 || s->world.mode == MODE_REPLAY ? INT64_MAX : (int64_t)(plan->now * 1e9 + 0.5);
	struct reason why;
	struct source *source;
	struct news news;
	char path[512];

	snprintf(path, sizeof path, "%s/tests/stories/%s.txt", getenv("top_srcdir"), plan->story);
	source = script_open(path, &why);
	if (source == NULL)
		errx(99, "%s", why.text);
	while (source_next(source, &news, &why) == SOURCE_NEWS)
		if (news.time <= until)
			model_take(s->model, &news);
	source_close(source);
	s->world.now = plan->now < 0 ? model_end(s->model) : (int64_t)(plan->now * 1e9 + 0.5);
	if (s->world.mode != MODE_REPLAY && s->world.now > model_end(s->model))
		model_advance(s->model, s->world.now);
}

/* The program's output as rows: only newlines are minded here. */
static void
take_output(struct scene *s)
{
	size_t length;
	const char *bytes = model_output(s->model, s->world.now, &length);
	int rows = 0, col = 0;

	s->output = allocate(ROWS_OF_OUTPUT * sizeof *s->output);
	s->output_cells = allocate(ROWS_OF_OUTPUT * COLS_OF_OUTPUT * sizeof *s->output_cells);
	for (size_t i = 0; i < length && rows < ROWS_OF_OUTPUT; i++) {
		struct cell *cells = s->output_cells + rows * COLS_OF_OUTPUT;

		if (bytes[i] != '\n' && col < COLS_OF_OUTPUT)
			cells[col++] = (struct cell){ (unsigned char)bytes[i], HUE_NONE };
		s->output[rows] = (struct output_row){ cells, col };
		if (bytes[i] == '\n')
			rows++, col = 0;
	}
	s->world.output = s->output;
	s->world.output_rows = rows + (col > 0);
}

static void
do_one(struct scene *s, char *word)
{
	char *colon = strchr(word, ':');
	int row = 0, col = 0;

	view_paint(s->view, s->model, &s->world, s->canvas);
	if (colon != NULL) {
		*colon++ = '\0';
		sscanf(colon, "%d,%d", &row, &col);
	}
	if (strcmp(word, "text") == 0) {
		for (; colon != NULL && *colon != '\0'; colon++)
			view_text(s->view, s->model, (unsigned char)*colon);
		return;
	}
	if (strcmp(word, "click") == 0)
		view_mouse(s->view, s->model, MOUSE_CLICK, row, col);
	else if (strcmp(word, "drag") == 0)
		view_mouse(s->view, s->model, MOUSE_DRAG, row, col);
	else if (strcmp(word, "wheel-up") == 0)
		view_mouse(s->view, s->model, MOUSE_WHEEL_UP, row, col);
	else if (strcmp(word, "wheel-down") == 0)
		view_mouse(s->view, s->model, MOUSE_WHEEL_DOWN, row, col);
	else
		for (int a = 0; a <= NACTIONS; a++) {
			if (a == NACTIONS)
				errx(99, "no action is called %s", word);
			if (strcmp(commands[a], word) == 0) {
				view_act(s->view, s->model, a, row, -1, -1);
				break;
			}
		}
}

static const char *
next_word(void)
{
	const char *word = strtok(NULL, " \t\n");

	if (word == NULL)
		errx(99, "a word is missing at the end of the scene");
	return word;
}

/* A word of the world; false if it is none. */
static bool
world_word(struct scene *s, const char *word)
{
	static const char *const modes[] = { "live", "paused", "ended", "replay" };
	static char file[64];

	for (int i = 0; i < 4; i++)
		if (strcmp(word, modes[i]) == 0) {
			s->world.mode = i;
			return true;
		}
	if (strcmp(word, "playing") == 0)
		s->world.playing = true;
	else if (strcmp(word, "typing") == 0)
		s->world.typing = true, s->world.typed = "hello";
	else if (strcmp(word, "unwatched") == 0)
		s->world.watched = false;
	else if (strcmp(word, "notice") == 0)
		s->world.notice = "bank is still running. q end it, d leave it running, esc stay";
	else if (strcmp(word, "speed") == 0)
		s->world.speed = strtod(next_word(), NULL);
	else if (strcmp(word, "file") == 0)
		snprintf(file, sizeof file, "%s", next_word()), s->world.file = file;
	else
		return false;
	return true;
}

static void
plan_word(struct plan *plan, const char *word)
{
	if (strcmp(word, "story") == 0)
		snprintf(plan->story, sizeof plan->story, "%s", next_word());
	else if (strcmp(word, "full") == 0 || strcmp(word, "console") == 0 || strcmp(word, "ascii") == 0)
		plan->tier = *word == 'f' ? GLYPHS_FULL : *word == 'c' ? GLYPHS_CONSOLE : GLYPHS_ASCII;
	else if (strcmp(word, "now") == 0)
		plan->now = strtod(next_word(), NULL);
	else if (strcmp(word, "memory") == 0)
		plan->memory = strtoul(next_word(), NULL, 10);
	else if (sscanf(word, "%dx%d", &plan->cols, &plan->rows) != 2)
		errx(99, "a scene knows no word %s", word);
}

void
scene_make(struct scene *s, const char *line)
{
	struct plan plan = { .cols = 80, .rows = 24, .now = -1 };
	char *copy = duplicate(line), *word = strtok(copy, " \t\n");

	memset(s, 0, sizeof *s);
	s->world.speed = 1;
	s->world.watched = true;
	for (; word != NULL && strcmp(word, "do") != 0; word = strtok(NULL, " \t\n"))
		if (strcmp(word, "|") != 0 && strcmp(word, "styles") != 0 && !world_word(s, word))
			plan_word(&plan, word);
	s->model = model_new(plan.memory);
	s->view = view_new(plan.tier);
	s->canvas = canvas_new(plan.cols, plan.rows);
	tell(s, &plan);
	take_output(s);
	while (word != NULL && (word = strtok(NULL, " \t\n")) != NULL)
		do_one(s, word);
	view_paint(s->view, s->model, &s->world, s->canvas);
	free(copy);
}

void
scene_free(struct scene *s)
{
	canvas_free(s->canvas);
	view_free(s->view);
	model_free(s->model);
	free(s->output);
	free(s->output_cells);
}

static void
put_rune(uint32_t rune, FILE *out)
{
	if (rune < 0x80)
		fprintf(out, "%c", (int)rune);
	else if (rune < 0x800)
		fprintf(out, "%c%c", (int)(0xc0 | rune >> 6), (int)(0x80 | (rune & 0x3f)));
	else
		fprintf(out, "%c%c%c", (int)(0xe0 | rune >> 12), (int)(0x80 | (rune >> 6 & 0x3f)), (int)(0x80 | (rune & 0x3f)));
}

void
scene_print(const struct scene *s, FILE *out)
{
	for (int row = 0; row < s->canvas->rows; row++) {
		int end = s->canvas->cols;

		while (end > 0 && canvas_at(s->canvas, row, end - 1)->rune == ' ')
			end--;
		for (int col = 0; col < end; col++)
			put_rune(canvas_at(s->canvas, row, col)->rune, out);
		putc('\n', out);
	}
}

/* A small letter is a hue, * bold, # reverse. */
void
scene_print_styles(const struct scene *s, FILE *out)
{
	static const char hues[NHUES + 1] = " rhlLbpcz";

	for (int row = 0; row < s->canvas->rows; row++) {
		int end = s->canvas->cols;

		while (end > 0 && canvas_at(s->canvas, row, end - 1)->style == 0)
			end--;
		for (int col = 0; col < end; col++) {
			uint8_t style = canvas_at(s->canvas, row, col)->style;

			putc(style & STYLE_REVERSE ? '#' : style & STYLE_BOLD ? '*' : hues[style & STYLE_HUE], out);
		}
		putc('\n', out);
	}
}
