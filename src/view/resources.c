/*
 * resources.c - RESOURCES: who has what, who waits for it, at the time looked at.
 *
 * Quiet: what only one thread ever touched, and that the program gave no name, is counted and not listed.
 */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "view/frame.h"

#define MOST_LISTED 128		/* objects looked at for a list; nobody reads further */
#define MOST_MARKS  8		/* permits and seats drawn one by one */
#define MOST_NAMES  6

struct columns {		/* within the box */
	int state, marks, who;
};

static struct columns
columns_of(const struct box *box, int screen_width)
{
	if (box->cols >= 49)
		return (struct columns){ 8, 17, 32 };
	if (screen_width >= 100)
		return (struct columns){ 8, 17, 27 };
	if (box->cols >= 46)
		return (struct columns){ 7, 17, 29 };
	return (struct columns){ 7, 14, box->cols * 5 / 9 };
}

static bool
listed(const struct frame *f, uint32_t object, bool *folded)
{
	const struct model_object *o = model_object(f->m, object);

	*folded = false;
	if (o->born > f->t || o->destroyed <= f->t || o->class == TL_CLASS_NONE || o->class == TL_CLASS_THREAD ||
	    o->class == TL_CLASS_LOCAL)
		return false;
	*folded = !o->named && o->users < 2;
	return !*folded;
}

static int
collect(const struct frame *f, uint32_t *objects, int room, int *folded)
{
	uint32_t n = model_objects(f->m);
	int found = 0;
	bool quiet;

	*folded = 0;
	for (uint32_t object = 1; object <= n; object++) {
		if (listed(f, object, &quiet)) {
			if (found < room)
				objects[found] = object;
			found++;
		}
		*folded += quiet;
	}
	return found;
}

int
resources_wanted(const struct frame *f, int *folded)
{
	uint32_t none;

	return collect(f, &none, 0, folded);
}

/* As many names as fit into the width, and how many more there are; then what they do. */
static void
names_text(const struct frame *f, char *text, size_t size, int width, const struct resource *r, bool waiters,
    const char *verb)
{
	const char *names[MOST_NAMES];
	int total = (int)(waiters ? r->waiters : r->holders), n = 0;
	size_t before = strlen(text);

	for (; n < total && n < MOST_NAMES; n++)
		names[n] = thread_name(f->m, waiters ? r->waiter[n].thread : r->holder[n].thread);
	for (; n > 0; n--) {
		text[before] = '\0';
		list_text(text, size, names, n, total, ", ");
		append(text, size, "%s", verb);
		if (canvas_columns(text) <= width || n == 1)
			break;
	}
	if (total > 1 && canvas_columns(text) > width) {
		text[before] = '\0';
		append(text, size, "%d%s", total, *verb != '\0' ? verb : " threads");
	}
}

/* "bob waits", "bob, carol wait", "nobody waits". */
static void
waiting_text(const struct frame *f, char *text, size_t size, int width, const struct resource *r)
{
	if (r->waiters == 0)
		append(text, size, "nobody waits");
	else
		names_text(f, text, size, width, r, true, r->waiters == 1 ? " waits" : " wait");
}

static void
marks_paint(struct frame *f, int row, int col, uint32_t taken, uint32_t of)
{
	if (of > MOST_MARKS)
		return;
	for (uint32_t i = 0; i < of; i++)
		col = canvas_put(f->c, row, col, glyph(f->tier, i < taken ? GLYPH_TAKEN : GLYPH_LEFT), HUE_NONE);
}

struct line {			/* what one resource's line says; second: a line below for who waits besides who has */
	char state[256], who[256], second[256];
	uint32_t taken, of;	/* marks; of 0: none */
	int state_width, who_width;
	bool long_form;
};

static void
lock_line(const struct frame *f, const struct resource *r, bool rw, struct line *line)
{
	char time[32];

	if (r->holders == 0)
		snprintf(line->state, sizeof line->state, "free");
	else if (r->shared)
		names_text(f, strcpy(line->state, "read by "), sizeof line->state, line->state_width, r, false, "");
	else
		names_text(f, strcpy(line->state, rw ? "written by " : "held by "), sizeof line->state,
		    line->state_width, r, false, "");
	if (r->depth > 1)
		append(line->state, sizeof line->state, " x%u", r->depth);
	if (r->holders == 1 && line->long_form) {
		elapsed_text(time, sizeof time, f->t - r->holder[0].since);
		append(line->state, sizeof line->state, " %s", time);
	}
	if (r->waiters > 0)
		waiting_text(f, line->who, sizeof line->who, line->who_width, r);
}

static void
semaphore_line(const struct frame *f, const struct model_object *o, const struct resource *r, struct line *line)
{
	uint32_t taken = o->size > r->free ? o->size - r->free : 0;
	char *waiters = line->second;

	if (r->signalling || o->size == 0 || r->free > o->size) {
		if (r->free == 0)
			snprintf(line->state, sizeof line->state, "no permit");
		else
			snprintf(line->state, sizeof line->state, "%u permit%s", r->free, r->free == 1 ? "" : "s");
		line->taken = line->of = r->free;
	} else {
		snprintf(line->state, sizeof line->state, "%u of %u", taken, o->size);
		line->taken = taken;
		line->of = o->size;
	}
	if (!r->signalling && r->holders > 0)
		names_text(f, line->who, sizeof line->who, line->who_width, r, false, "");
	else
		waiters = line->who;
	if (r->waiters > 0)
		waiting_text(f, waiters, sizeof line->who, line->who_width, r);
}

static void
condition_line(const struct frame *f, const struct model_object *o, const struct resource *r, struct line *line)
{
	if (o->other != 0)
		snprintf(line->state, sizeof line->state, line->long_form ? "condition, with %s" : "with %s",
		    object_name(f->m, o->other));
	else
		snprintf(line->state, sizeof line->state, "condition");
	if (r->waiters == 0 && !line->long_form)
		*line->state = '\0';
	waiting_text(f, r->waiters == 0 && !line->long_form ? line->state : line->who, sizeof line->who, line->who_width, r);
}

static void
line_make(const struct frame *f, uint32_t object, const struct box *box, struct line *line)
{
	static struct resource r;
	const struct model_object *o = model_object(f->m, object);
	struct columns at = columns_of(box, f->c->cols);

	memset(line, 0, sizeof *line);
	line->state_width = at.who - at.state - 1;
	line->who_width = box->cols - at.who;
	line->long_form = box->cols >= 49;
	model_resource_at(f->m, object, f->t, &r);
	switch (o->class) {
	case TL_CLASS_BARRIER:
		if (r.broken)
			snprintf(line->state, sizeof line->state, "broken");
		else if (o->size > 0)
			snprintf(line->state, sizeof line->state, "%u of %u", r.arrived, o->size);
		else
			snprintf(line->state, sizeof line->state, "%u there", r.arrived);
		line->taken = r.arrived;
		line->of = r.broken ? 0 : o->size;
		names_text(f, line->who, sizeof line->who, line->who_width, &r, true, "");
		break;
	case TL_CLASS_SEMAPHORE:
		semaphore_line(f, o, &r, line);
		break;
	case TL_CLASS_CONDITION:
		condition_line(f, o, &r, line);
		break;
	case TL_CLASS_EVENT:
		snprintf(line->state, sizeof line->state, "%s%s", line->long_form ? "event, " : "", r.set ? "set" : "not set");
		waiting_text(f, line->who, sizeof line->who, line->who_width, &r);
		break;
	default:
		lock_line(f, &r, o->class == TL_CLASS_RWLOCK, line);
	}
}

static void
line_paint(struct frame *f, const struct box *box, int row, uint32_t object, const struct line *line)
{
	struct columns at = columns_of(box, f->c->cols);
	bool marks = line->of > 0 && line->of <= MOST_MARKS;
	int state_width = (marks ? at.marks : at.who) - at.state - 1;

	canvas_textn(f->c, row, box->col, at.state - 1, HUE_NONE, object_name(f->m, object));
	if (*line->who == '\0')
		state_width = box->cols - at.state;
	canvas_textn(f->c, row, box->col + at.state, state_width, HUE_NONE, line->state);
	if (marks && at.marks + (int)line->of < at.who)
		marks_paint(f, row, box->col + at.marks, line->taken, line->of);
	canvas_textn(f->c, row, box->col + at.who, box->cols - at.who, HUE_NONE, line->who);
}

void
resources_paint(struct frame *f, struct box box)
{
	uint32_t objects[MOST_LISTED];
	int folded, found = collect(f, objects, MOST_LISTED, &folded), row = box.row + 1, end = box.row + box.rows, i;
	struct columns at = columns_of(&box, f->c->cols);
	struct line line;

	heading(f, box.row, box.col, "RESOURCES");
	for (i = 0; i < found && i < MOST_LISTED && row < end; i++) {
		line_make(f, objects[i], &box, &line);
		if (row == end - 1 && i < found - 1)
			break;
		line_paint(f, &box, row++, objects[i], &line);
		if (*line.second != '\0' && row < end)
			canvas_textn(f->c, row++, box.col + at.who, box.cols - at.who, HUE_NONE, line.second);
	}
	if (i < found)
		canvas_printf(f->c, end - 1, box.col, HUE_NONE, "%d more", found - i);
	else if (folded > 0 && row < end)
		canvas_printf(f->c, row, box.col, HUE_NONE, "%d more, used by one thread only", folded);
	else if (found == 0 && row < end)
		canvas_text(f->c, row, box.col, HUE_NONE, "none yet");
}
