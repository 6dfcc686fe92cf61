/*
 * lane.c - one thread's lane: cells of states, and labels inside the segments.
 *
 * The cell rule: one state that fills a cell is drawn. Otherwise the longest wins, unless waits or holds cover a
 * quarter of the cell: then the worst of them. Four or more changes inside are drawn as such. Costs a few questions to
 * the model for each cell, however many events lie in it.
 */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "view/frame.h"

#define SWITCHES TL_NSTATES		/* states of cells that are no states of lanes */
#define TORN     (TL_NSTATES + 1)
#define UNKNOWN  (TL_NSTATES + 2)
#define MANY_CHANGES 4
#define BRIEF_SIZE 24
#define LABELLED_RUN 10			/* cells of switches that are labelled with their number */

struct lane_cell {
	uint8_t state;
	uint8_t worst;			/* of the states inside: gives SWITCHES its style */
	uint32_t changes;
	struct span span;		/* what it is about, of states that have a label */
};

static bool
labelled(int state)
{
	switch (state) {
	case TL_STATE_HOLDS: case TL_STATE_LOCK: case TL_STATE_LOCK_HOLDING: case TL_STATE_BARRIER:
	case TL_STATE_PERMIT: case TL_STATE_CONDITION: case TL_STATE_JOIN: case TL_STATE_ELSEWHERE:
		return true;
	default:
		return false;
	}
}

/* A wait for others, or a hold: what must not vanish in a cell that it shares. */
static bool
weighs(int state)
{
	return state_rank(state) >= state_rank(TL_STATE_HOLDS);
}

static void
decide(struct lane_cell *cell, const struct cell_sum *sum)
{
	int64_t total = 0;
	int longest = TL_STATE_NONE, worst = TL_STATE_NONE, weighty = TL_STATE_NONE;

	for (int s = TL_STATE_NONE + 1; s < TL_NSTATES; s++) {
		total += s == TL_STATE_EXITED ? 0 : sum->in[s];
		if (sum->in[s] > sum->in[longest] || (longest == TL_STATE_NONE && sum->in[s] > 0))
			longest = s;
		if (sum->in[s] > 0 && state_rank(s) >= state_rank(worst))
			worst = s;
	}
	for (int s = TL_STATE_NONE + 1; s < TL_NSTATES; s++)
		if (weighs(s) && sum->in[s] > 0 && sum->in[s] >= total - total * 3 / 4 &&
		    state_rank(s) > state_rank(weighty))
			weighty = s;
	cell->state = weighty != TL_STATE_NONE ? weighty : longest;
	cell->worst = worst;
	cell->changes = sum->changes;
	if (sum->changes >= MANY_CHANGES)
		cell->state = SWITCHES;
	if (sum->lost > 0)
		cell->state = TORN;
}

/* One cell tells of the end, and nothing is drawn after it; before the oldest event kept nothing is known. */
static void
edges(const struct frame *f, uint32_t thread, struct lane_cell *cells, int n)
{
	const struct model_thread *who = model_thread(f->m, thread);
	int64_t end = axis_cell_of(who->died, f->v->cell) - f->v->first;
	int64_t kept = axis_cell_of(model_kept_from(f->m), f->v->cell) - f->v->first;
	int64_t born = axis_cell_of(who->born, f->v->cell) - f->v->first;
	int64_t last = f->v->follow ? axis_cell_of(f->now, f->v->cell) - f->v->first : INT64_MAX;

	for (int k = 0; k < n; k++) {
		if (who->died != INT64_MAX && k >= end && cells[k].state != TORN)
			cells[k].state = k == end ? TL_STATE_EXITED : TL_STATE_NONE;
		if (model_kept_from(f->m) > 0 && k < kept && k >= born)
			cells[k].state = k <= end ? UNKNOWN : TL_STATE_NONE;
		if (k > last)
			cells[k].state = TL_STATE_NONE;
	}
}

/*
 * What each labelled cell is about: of the spans in its state the longest in it. A span that fills the next cells too
 * answers for them without another question.
 */
static void
find_spans(const struct frame *f, uint32_t thread, struct lane_cell *cells, int n)
{
	struct span s;
	bool have = false;

	for (int k = 0; k < n; k++) {
		int64_t from = (f->v->first + k) * f->v->cell, to = from + f->v->cell, best = 0;

		if (!labelled(cells[k].state))
			continue;
		if (!have || s.end <= from)
			have = model_span_at(f->m, thread, from, &s) || model_span_at(f->m, thread, to - 1, &s);
		while (have) {
			int64_t in = (s.end < to ? s.end : to) - (s.start > from ? s.start : from);

			if (s.state == cells[k].state && in > best) {
				cells[k].span = s;
				best = in;
			}
			if (s.end >= to)
				break;
			have = model_span_next(f->m, thread, &s, &s);
		}
	}
}

static bool
same(const struct lane_cell *a, const struct lane_cell *b)
{
	if (a->state != b->state)
		return false;
	return !labelled(a->state) || (a->span.object == b->span.object && a->span.other_thread == b->span.other_thread);
}

/* How many have arrived, or are inside: "2/3". */
static void
count_text(const struct frame *f, const struct span *s, char *text, size_t size)
{
	static struct resource r;	/* large, and nothing outlives the call */
	uint32_t count = s->count, of = s->of;

	*text = '\0';
	if (s->state == TL_STATE_BARRIER) {
		if (s->end <= f->t)
			return;
		model_resource_at(f->m, s->object, f->t, &r);
		count = r.arrived;
	}
	if (of > 0 && count > 0)
		snprintf(text, size, "%u/%u", count, of);
}

/* The label of a segment, and a shorter one for when it does not fit ("" if there is none). */
static void
label_text(const struct frame *f, const struct span *s, char *text, size_t size, char brief[BRIEF_SIZE])
{
	const char *name = "";

	*brief = '\0';
	if (s->state == TL_STATE_JOIN)
		name = thread_name(f->m, s->other_thread);
	else if (s->state == TL_STATE_ELSEWHERE && s->elsewhere != NULL)
		name = s->elsewhere;
	else if (s->object != 0)
		name = object_name(f->m, s->object);
	snprintf(text, size, "%s%s", name, s->shared ? " r" : "");
	if (s->of > 0 && s->state != TL_STATE_PERMIT) {
		count_text(f, s, brief, BRIEF_SIZE);
		if (*brief != '\0')
			append(text, size, " %s", brief);
	}
}

/* A hold that keeps others waiting: at its end, or now if it still lasts. */
static bool
keeps_waiting(const struct frame *f, const struct span *s)
{
	static struct resource r;

	if (s->state != TL_STATE_HOLDS || s->object == 0)
		return false;
	model_resource_at(f->m, s->object, s->end != INT64_MAX ? s->end - 1 : f->now, &r);
	if (model_object(f->m, s->object)->class == TL_CLASS_SEMAPHORE)
		return r.waiters > 0 && r.free == 0;
	return r.waiters > 0;
}

/* Two cells in, one if it must be, so that at least one cell of the state stands at either side. */
static void
label_put(struct frame *f, int row, int col, int run, const char *text, uint8_t style)
{
	int len = canvas_columns(text);
	int in = run >= len + 5 ? 2 : 1;

	canvas_put(f->c, row, col + in, ' ', HUE_NONE);
	canvas_text(f->c, row, col + in + 1, style, text);
	canvas_put(f->c, row, col + in + 1 + len, ' ', HUE_NONE);
}

static void
cut(char *text, int width)
{
	const char *p = text;

	for (int cols = 0; cols < width && *p != '\0';) {
		uint32_t rune = utf8_next(&p);

		cols += canvas_fit(rune) != 0;
	}
	text[p - text] = '\0';
}

static void
label(struct frame *f, int row, int col, const struct lane_cell *cells, int run)
{
	const struct span *s = &cells[run - 1].span;
	char text[256], brief[BRIEF_SIZE];

	label_text(f, s, text, sizeof text, brief);
	if (canvas_columns(text) + 4 > run && *brief != '\0')
		snprintf(text, sizeof text, "%s", brief);
	if (canvas_columns(text) + 4 > run) {
		if (run < 3 + 4 || *brief != '\0')
			return;
		cut(text, run - 4);
	}
	if (*text != '\0')
		label_put(f, row, col, run, text, keeps_waiting(f, s) ? STYLE_REVERSE : HUE_NONE);
}

static void
label_switches(struct frame *f, int row, int col, const struct lane_cell *cells, int run)
{
	uint64_t changes = 0;
	char text[64];

	for (int i = 0; i < run; i++)
		changes += cells[i].changes;
	snprintf(text, sizeof text, "%llu switches", (unsigned long long)changes);
	if ((int)strlen(text) + 4 <= run)
		label_put(f, row, col, run, text, HUE_NONE);
}

static void
fill(struct frame *f, int row, int col, const struct lane_cell *cell)
{
	switch (cell->state) {
	case TL_STATE_NONE:
		break;
	case SWITCHES:
		canvas_put(f->c, row, col, glyph(f->tier, GLYPH_SWITCHES), state_style(cell->worst));
		break;
	case TORN:
		canvas_put(f->c, row, col, glyph(f->tier, GLYPH_TEAR), STYLE_BOLD);
		break;
	case UNKNOWN:
		canvas_put(f->c, row, col, glyph(f->tier, GLYPH_FORGOTTEN), HUE_REST);
		break;
	default:
		canvas_put(f->c, row, col, state_glyph(f->tier, cell->state), state_style(cell->state));
	}
}

void
lane_paint(struct frame *f, uint32_t thread, int row)
{
	static struct cell_sum sums[MAX_CELLS];		/* too large for the stack; used within this call only */
	static struct lane_cell cells[MAX_CELLS];
	int n = f->l->lane_cells, run;

	model_cells(f->m, thread, f->v->first * f->v->cell, f->v->cell, n, sums);
	for (int k = 0; k < n; k++)
		decide(&cells[k], &sums[k]);
	edges(f, thread, cells, n);
	find_spans(f, thread, cells, n);
	for (int k = 0; k < n; k += run) {
		for (run = 0; k + run < n && same(&cells[k], &cells[k + run]); run++)
			fill(f, row, f->l->lane_col + k + run, &cells[k + run]);
		if (labelled(cells[k].state))
			label(f, row, f->l->lane_col + k, cells + k, run);
		else if (cells[k].state == SWITCHES && run >= LABELLED_RUN)
			label_switches(f, row, f->l->lane_col + k, cells + k, run);
	}
}
