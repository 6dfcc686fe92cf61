/*
 * title.c - the first line: which program, how much of it, and the two facts that never mix: what the program does, and
 * where we look.
 */
#include "config.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "view/frame.h"

#define STATE_FROM_RIGHT 21	/* columns between the state's beginning and the end of the line, if it is short */

static void
rune_append(char *text, size_t size, uint32_t rune)
{
	if (rune < 0x80)
		append(text, size, "%c", (int)rune);
	else if (rune < 0x800)
		append(text, size, "%c%c", (int)(0xc0 | rune >> 6), (int)(0x80 | (rune & 0x3f)));
	else
		append(text, size, "%c%c%c", (int)(0xe0 | rune >> 12), (int)(0x80 | (rune >> 6 & 0x3f)),
		    (int)(0x80 | (rune & 0x3f)));
}

static void
glyph_append(const struct frame *f, char *text, size_t size, enum glyph which)
{
	rune_append(text, size, glyph(f->tier, which));
}

static void
paused_text(const struct frame *f, char *text, size_t size)
{
	glyph_append(f, text, size, GLYPH_PAUSE);
	glyph_append(f, text, size, GLYPH_PAUSE);
	append(text, size, " paused");
}

static void
speed_text(const struct frame *f, char *text, size_t size, double speed)
{
	if (speed == 1 || speed <= 0)
		return;
	append(text, size, " ");
	glyph_append(f, text, size, GLYPH_TIMES);
	append(text, size, "%g", speed);
}

static void
ended_text(const struct frame *f, char *text, size_t size)
{
	const struct model_program *p = model_program(f->m);

	glyph_append(f, text, size, GLYPH_END);
	if (!p->exited)
		append(text, size, " ended");
	else if ((p->status & 0x7f) != 0)
		append(text, size, " died: %s", signal_name(p->status & 0x7f));
	else
		append(text, size, " exited %d", p->status >> 8 & 0xff);
}

void
state_text(const struct frame *f, char *text, size_t size)
{
	*text = '\0';
	switch (f->w->mode) {
	case MODE_LIVE:
		glyph_append(f, text, size, GLYPH_LIVE);
		append(text, size, " live");
		speed_text(f, text, size, f->w->speed);
		break;
	case MODE_PAUSED:
		paused_text(f, text, size);
		break;
	case MODE_ENDED:
		ended_text(f, text, size);
		break;
	case MODE_REPLAY:
		if (f->w->playing)
			glyph_append(f, text, size, GLYPH_CHOSEN);
		else
			glyph_append(f, text, size, GLYPH_PAUSE);
		append(text, size, " replay");
		speed_text(f, text, size, f->w->speed);
		break;
	}
}

static void
where_text(const struct frame *f, char *text, size_t size)
{
	char time[32];

	time_text(time, sizeof time, f->t, f->decimals);
	*text = '\0';
	if (f->back && f->w->mode != MODE_REPLAY) {
		glyph_append(f, text, size, GLYPH_BACK);
		append(text, size, " looking back, ");
	}
	append(text, size, "%s s", time);
}

/* "recorded 12 May 14:02, exit 0", of a replay. */
static void
recorded_text(const struct frame *f, char *text, size_t size)
{
	static const char *const months[] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov",
	    "Dec" };
	const struct model_program *p = model_program(f->m);
	time_t start = p->start / SECOND;
	struct tm tm;

	*text = '\0';
	if (p->start > 0 && localtime_r(&start, &tm) != NULL)
		append(text, size, "recorded %d %s %02d:%02d", tm.tm_mday, months[tm.tm_mon], tm.tm_hour, tm.tm_min);
	if (p->exited && (p->status & 0x7f) != 0)
		append(text, size, "%s%s", *text ? ", " : "", signal_name(p->status & 0x7f));
	else if (p->exited)
		append(text, size, "%sexit %d", *text ? ", " : "", p->status >> 8 & 0xff);
}

static const char *
plural(uint64_t n)
{
	return n == 1 ? "" : "s";
}

/* The facts in the middle, from the fullest to none; the first that fits between the columns is taken. */
static void
facts_paint(struct frame *f, int col, int end)
{
	const struct model_program *p = model_program(f->m);
	uint32_t threads = model_threads(f->m);
	char way[3][128];
	int resources, folded;

	if (threads == 0 && f->w->mode != MODE_REPLAY)
		return;
	resources = resources_wanted(f, &folded);
	if (f->w->mode == MODE_REPLAY) {
		recorded_text(f, way[0], sizeof way[0]);
		*way[1] = '\0';
	} else {
		snprintf(way[1], sizeof way[1], "%u thread%s", threads, plural(threads));
		snprintf(way[0], sizeof way[0], "%s", way[1]);
		if (resources > 0)
			append(way[0], sizeof way[0], ", %d resource%s", resources, plural((uint64_t)resources));
	}
	snprintf(way[2], sizeof way[2], "%llu events lost", (unsigned long long)p->lost);
	if (p->lost > 0) {	/* what is not true any more comes before what is nice to know */
		append(way[0], sizeof way[0], ", %s", way[2]);
		snprintf(way[1], sizeof way[1], "%s", way[2]);
	}
	for (int i = 0; i < 2; i++) {
		int len = canvas_columns(way[i]);

		if (col + len > end && end - len >= 12)
			col = end - len;
		if (col + len <= end) {
			canvas_text(f->c, 0, col, HUE_NONE, way[i]);
			return;
		}
	}
}

void
title_paint(struct frame *f)
{
	const struct layout *l = f->l;
	const char *name = f->w->mode == MODE_REPLAY && f->w->file != NULL ? base_name(f->w->file) : model_program(f->m)->name;
	int facts = l->panel ? (l->width * 2 + 4) / 5 : (l->width + 1) / 3, state_col, where_col, name_end;
	char state[64], where[64];

	if (name == NULL || *name == '\0')
		name = "threadlanes";
	state_text(f, state, sizeof state);
	where_text(f, where, sizeof where);
	where_col = l->right - canvas_columns(where);
	state_col = l->right - STATE_FROM_RIGHT;
	if (state_col + canvas_columns(state) + 2 > where_col)
		state_col = where_col - canvas_columns(state) - 2;
	name_end = 1 + canvas_columns(name);
	if (name_end > state_col - 2)
		name_end = state_col - 2;
	canvas_textn(f->c, 0, 1, name_end - 1, STYLE_BOLD, name);
	if (facts < name_end + 2)
		facts = name_end + 2;
	facts_paint(f, facts, state_col - 2);
	canvas_text(f->c, 0, state_col, f->w->mode == MODE_PAUSED ? STYLE_BOLD : HUE_NONE, state);
	canvas_text(f->c, 0, where_col, f->back ? STYLE_BOLD : HUE_NONE, where);
}
