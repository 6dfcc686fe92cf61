/* states.c - the screens with no lanes to show: nothing seen yet, and too small to draw. */
#include "config.h"

#include <string.h>

#include "view/frame.h"

#define STATE_TEXT 64

bool
anything_seen(const struct frame *f)
{
	return model_threads(f->m) > 0;
}

void
small_paint(struct frame *f)
{
	uint32_t threads = model_threads(f->m);
	bool runs = f->w->mode == MODE_LIVE || f->w->mode == MODE_PAUSED;
	char state[STATE_TEXT];
	int row = f->c->rows >= 5 ? 2 : 1;

	state_text(f, state, sizeof state);
	canvas_printf(f->c, 0, 1, HUE_NONE, "%s, %u thread%s, %s", model_program(f->m)->name, threads, threads == 1 ? "" : "s",
	    state);
	canvas_printf(f->c, row, 1, HUE_NONE, "Too small to draw: %d by %d.", f->c->cols, f->c->rows);
	canvas_printf(f->c, row + 1, 1, HUE_NONE, "Needs %d by %d.%s", LEAST_COLS, LEAST_ROWS,
	    !runs ? "" : f->w->file != NULL ? " Still recording." : " Still watching.");
	canvas_text(f->c, row + 2, 1, HUE_NONE, "q quit");
	hotspot_add(f->v, row + 2, 1, 6, ACTION_QUIT);
}

/* What to try when a program shows no thread call. */
void
nothing_paint(struct frame *f)
{
	static const char *const advice[][2] = {
		{ "it starts other programs", "they are watched if they use threads too" },
		{ "it is linked statically", "link it again without -static" },
		{ "it uses no watched calls", "use threadlanes.h, or the preload library" },
	};
	const char *name = model_program(f->m)->name;
	int row = 2, left = f->l->lane_cells, col = f->l->lane_col;
	bool live = f->w->mode == MODE_LIVE || f->w->mode == MODE_PAUSED;

	canvas_printf(f->c, row, 1, HUE_NONE, "1 main");
	for (int i = 0; i < left; i++)
		canvas_put(f->c, row, col + i, state_glyph(f->tier, TL_STATE_ELSEWHERE), HUE_REST);
	if (left >= 31)
		canvas_text(f->c, row, col + 2, HUE_NONE, " outside the watched calls ");
	row += 2;
	if (!live) {
		canvas_printf(f->c, row, 1, HUE_NONE, "%s made no call that is watched.", name);
		row++;
	} else {
		canvas_text(f->c, row++, 1, HUE_NONE, f->w->watched ? "No thread call seen yet. It may be early; if this stays:" :
		    "The program has not been seen yet. It may be early; if this stays:");
	}
	for (size_t i = 0; i < sizeof advice / sizeof *advice && row < f->l->hints - 1; i++, row++) {
		canvas_text(f->c, row, 3, HUE_NONE, advice[i][0]);
		if (f->c->cols >= 80)
			canvas_text(f->c, row, 38, HUE_NONE, advice[i][1]);
	}
	if (f->l->hints - row >= 4)
		output_paint(f, (struct box){ row + 1, 1, f->l->hints - row - 2, f->l->width - 2 });
}
