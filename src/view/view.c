/* view.c - see view.h. Puts a frame together: where we look, where everything stands, then each painter its part. */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/allocate.h"
#include "view/frame.h"

#define LONGEST_NAME 7		/* columns of a thread's name beside its lane */
#define LONGEST_NAME_WIDE 12	/* where there is room for it */
#define WIDE             100

struct view *
view_new(enum glyph_tier tier)
{
	struct view *v = allocate(sizeof *v);

	v->tier = tier;
	v->follow = true;
	v->cell = DEFAULT_CELL;
	v->chosen = 1;
	return v;
}

void
view_free(struct view *v)
{
	if (v == NULL)
		return;
	free(v->overview.waiting);
	free(v->lanes);
	free(v);
}

bool
state_waits(enum tl_state state)
{
	return state == TL_STATE_LOCK || state == TL_STATE_LOCK_HOLDING || state == TL_STATE_BARRIER ||
	    state == TL_STATE_PERMIT || state == TL_STATE_CONDITION;
}

void
heading(struct frame *f, int row, int col, const char *text)
{
	canvas_text(f->c, row, col, STYLE_BOLD, text);
}

static int
digits(uint32_t n)
{
	int count = 1;

	for (; n >= 10; n /= 10)
		count++;
	return count;
}

/* The widest name, of the last so many threads: those before have most likely ended. */
static int
name_width(const struct frame *f)
{
	uint32_t n = model_threads(f->m), from = n > 1024 ? n - 1024 : 0;
	int width = 4, most = f->c->cols >= WIDE ? LONGEST_NAME_WIDE : LONGEST_NAME;

	for (uint32_t thread = from + 1; thread <= n && width < most; thread++) {
		int cols = canvas_columns(thread_name(f->m, thread));

		width = cols > width ? cols : width;
	}
	return width < most ? width : most;
}

static void
want(const struct frame *f, struct layout_wants *wants)
{
	const enum pane_wish *panes = f->v->panes;
	int folded;

	*wants = (struct layout_wants){ .cols = f->c->cols, .rows = f->c->rows };
	wants->number_width = digits(model_threads(f->m));
	wants->name_width = name_width(f);
	wants->resources = resources_wanted(f, &folded);
	wants->resources += folded > 0;
	if (wants->resources > f->c->rows / 3)
		wants->resources = f->c->rows / 3;
	wants->replay = f->w->mode == MODE_REPLAY;
	wants->ended = f->w->mode == MODE_ENDED;
	for (int i = 0; i < NPANES; i++) {
		wants->show[i] = panes[i] != PANE_OFF;
		wants->force[i] = panes[i] == PANE_ON;
	}
}

/* Where the window stands: its last column is now while it follows, and where it was put else. */
static void
place_window(struct frame *f)
{
	struct view *v = f->v;
	int cells = f->l->lane_cells > 1 ? f->l->lane_cells : 1;
	int64_t from = model_kept_from(f->m), end = f->w->mode == MODE_REPLAY ? model_end(f->m) : f->now;

	if (v->zoom_all) {
		v->cell = axis_scale_for(end - from, cells - 1);
		v->first = axis_cell_of(from, v->cell);
		if (!v->follow)
			act_show_cursor(v);
		v->zoom_all = false;
	}
	if (v->follow) {
		v->first = axis_cell_of(f->now, v->cell) - cells + 1;
		if (v->first < 0)
			v->first = 0;
	}
	f->decimals = axis_decimals(v->cell);
}

static void
remember(struct frame *f, const struct layout *l)
{
	struct view *v = f->v;

	v->layout = *l;
	v->now = f->now;
	v->mode = f->w->mode;
	v->visible[PANE_RESOURCES] = l->resources.rows > 0;
	v->visible[PANE_SOURCE] = l->source.rows > 0;
	v->visible[PANE_OUTPUT] = l->output.rows > 0;
	v->visible[PANE_EVENTS] = l->events.rows > 0 || l->narration > 0;
}

static void
bar_paint(struct frame *f)
{
	const struct layout *l = f->l;

	for (int col = 1; l->rule && col < l->width - 1; col++)
		canvas_put(f->c, l->rule, col, glyph(f->tier, GLYPH_RULE), HUE_NONE);
	for (int row = 0; l->panel && row < f->c->rows - 1; row++)
		canvas_put(f->c, row, l->panel, glyph(f->tier, GLYPH_BAR), HUE_NONE);
}

static void
boxes_paint(struct frame *f)
{
	const struct {
		const struct box *box;
		void (*paint)(struct frame *, struct box);
	} boxes[] = {
		{ &f->l->overview, overview_paint }, { &f->l->resources, resources_paint },
		{ &f->l->selected, selected_paint }, { &f->l->source, source_paint }, { &f->l->output, output_paint },
		{ &f->l->events, events_paint }, { &f->l->waits, waits_paint }, { &f->l->scrubber, scrubber_paint },
	};

	for (size_t i = 0; i < sizeof boxes / sizeof *boxes; i++)
		if (boxes[i].box->rows > 0 && boxes[i].box->cols > 0)
			boxes[i].paint(f, *boxes[i].box);
	if (f->l->narration > 0)
		narration_paint(f, f->l->narration);
}

static void
screen_paint(struct frame *f)
{
	title_paint(f);
	if (anything_seen(f)) {
		ruler_paint(f);
		lanes_paint(f);
		boxes_paint(f);
		bar_paint(f);
	} else {
		nothing_paint(f);
	}
	hints_paint(f, f->l->hints);
}

/* In the ASCII tier nothing else is written, wherever it came from: names, output, source. */
static void
only_ascii(struct canvas *c)
{
	for (int i = 0; i < c->cols * c->rows; i++)
		if (c->cells[i].rune > 0x7e)
			c->cells[i].rune = '?';
}

/* The time looked at, and where everything stands. */
static void
frame_start(struct frame *f, struct layout *l)
{
	struct layout_wants wants;
	struct view *v = f->v;

	if (!v->follow && v->cursor > f->now && f->w->mode != MODE_REPLAY)
		v->cursor = f->now;
	f->t = v->follow ? f->now : v->cursor;
	f->back = !v->follow;
	if (!v->follow && v->cursor < model_kept_from(f->m))
		f->t = v->cursor = model_kept_from(f->m);
	want(f, &wants);
	lanes_choose(f, &wants, l);
	v->scrub_row = 0;
	place_window(f);
}

void
view_paint(struct view *v, const struct model *m, const struct view_world *w, struct canvas *c)
{
	struct frame f = { .v = v, .m = m, .w = w, .c = c, .tier = v->tier, .now = w->now };
	struct layout l;

	canvas_clear(c);
	v->hotspot_count = 0;
	f.l = &l;
	if (c->cols < LEAST_COLS || c->rows < LEAST_ROWS) {
		small_paint(&f);
	} else {
		frame_start(&f, &l);
		remember(&f, &l);
		if (v->help)
			help_paint(&f);
		else
			screen_paint(&f);
	}
	if (v->tier == GLYPHS_ASCII)
		only_ascii(c);
}

void
view_look_at(struct view *v, const struct model *m, int64_t t, int64_t cell)
{
	int64_t from = model_kept_from(m);

	v->follow = false;
	v->cursor = t < from ? from : t;
	if (cell == 0) {
		v->zoom_all = true;
		return;
	}
	v->cell = cell;
	act_show_cursor(v);
}

int64_t
view_time(const struct view *v)
{
	return v->follow ? v->now : v->cursor;
}

bool
view_follows(const struct view *v)
{
	return v->follow;
}

int64_t
view_cell(const struct view *v)
{
	return v->cell;
}
