/*
 * frame.h - what the painters of this folder share: the view's state, and the frame that is being painted.
 *
 * A view lives from frame to frame and remembers where one looks. A frame lives for one call of view_paint(): it knows
 * the model, the world, the time looked at, and where everything stands (layout.c). Painters get a frame and draw their
 * part; they own nothing.
 */
#ifndef VIEW_FRAME_H
#define VIEW_FRAME_H

#include "view/canvas.h"
#include "view/glyphs.h"
#include "view/layout.h"
#include "view/view.h"

#define DEFAULT_CELL INT64_C(100000000)	/* ns: ten cells a second */
#define MAX_HOTSPOTS 128
#define MAX_PINS     16
#define MAX_CELLS    512	/* columns of a lane; a wider screen leaves the rest blank */
#define FIND_SIZE    64
#define SECOND       INT64_C(1000000000)

enum pane { PANE_RESOURCES, PANE_EVENTS, PANE_OUTPUT, PANE_SOURCE, NPANES };
enum pane_wish { PANE_AUTO, PANE_ON, PANE_OFF };	/* as the size allows, before others, not at all */

enum asking { ASK_NOTHING, ASK_FIND, ASK_FILTER };

/* A piece of the last picture that answers to a click. */
struct hotspot {
	int row, col, width;
	enum action action;
};

struct overview {		/* cached columns of the line of waiting threads, see overview.c */
	int64_t from, width;	/* of the first column, and of each */
	int columns, room;	/* columns: complete and cached */
	float *waiting;
	uint32_t thread;	/* the column after them is summed up to this thread ... */
	double partial;		/* ... with this so far */
};

struct view {
	enum glyph_tier tier;
	bool follow;
	int64_t cursor;		/* the time looked at, unless it follows */
	int64_t cell;		/* ns of session time in a cell */
	int64_t first;		/* number of the leftmost cell, absolute: it begins at first * cell */
	bool zoom_all;		/* the next frame chooses cell and first so that all is seen */
	uint32_t chosen;	/* thread */
	bool show_chosen;	/* scroll so that it is seen */
	uint32_t pins[MAX_PINS];
	int pinned;
	int scroll;		/* lanes above the first that scrolls */
	enum pane_wish panes[NPANES];
	bool help;
	int help_scroll;
	enum asking asking;
	char find[FIND_SIZE], filter[FIND_SIZE];
	struct overview overview;

	/* The last picture, for actions and clicks. */
	struct layout layout;
	int64_t now;
	enum view_mode mode;
	bool visible[NPANES];
	uint32_t *lanes;	/* the threads of its lanes, from top to bottom */
	int lane_count, lane_room;
	int scrub_row, scrub_col;	/* of the replay's line, 0: it is not there */
	int scrollable;		/* lanes that would be there with room enough */
	struct hotspot hotspots[MAX_HOTSPOTS];
	int hotspot_count;
};

struct frame {
	struct view *v;
	const struct model *m;
	const struct view_world *w;
	struct canvas *c;
	const struct layout *l;
	enum glyph_tier tier;
	int64_t now;		/* the newest time there is to see */
	int64_t t;		/* the time looked at: what all panes tell of */
	bool back;		/* t is not now */
	int decimals;		/* of times of day in this zoom */
	int folded_sleeping, folded_exited, below;	/* lanes that are not seen (lanes.c) */
};

/* --- act.c --- */
void act_show_cursor(struct view *);
void act_choose(struct view *, const struct model *, uint32_t thread);

/* --- axis.c: time and columns --- */
int64_t axis_scale_up(int64_t cell);		/* the next of 1, 2, 5 x 10^n ns */
int64_t axis_scale_down(int64_t cell);
int64_t axis_scale_for(int64_t span, int cells);	/* the smallest that shows it in so many cells */
int axis_decimals(int64_t cell);
int64_t axis_cell_of(int64_t t, int64_t cell);	/* absolute number of the cell that t lies in */
/* The column of a time on the canvas, -1 if it is not on it. */
int axis_column(const struct frame *, int64_t t);
void ruler_paint(struct frame *);

/* --- text.c: times, durations and lists as words --- */
int time_text(char *text, size_t size, int64_t t, int decimals);	/* "12.48" */
int duration_text(char *text, size_t size, int64_t ns);		/* asked for, or left: "2.00 s", "180 ms", "4.2 us" */
int elapsed_text(char *text, size_t size, int64_t ns);		/* gone by: "0.62 s" */
/* Appends "a, b and c" to text; more than most are counted. */
void list_text(char *text, size_t size, const char *const *names, int n, int total, const char *last);
const char *thread_name(const struct model *, uint32_t thread);
const char *object_name(const struct model *, uint32_t object);
void append(char *text, size_t size, const char *format, ...) __attribute__((format(printf, 3, 4)));
const char *signal_name(int number);
const char *base_name(const char *path);

/* --- painters --- */
void title_paint(struct frame *);
void state_text(const struct frame *, char *text, size_t size);	/* "* live" */
void next_text(const struct model *, const struct model_thread *, char *text, size_t size);	/* "unlock A" */
void lanes_choose(struct frame *, struct layout_wants *, struct layout *);	/* who has a lane, and so the layout */
void lanes_paint(struct frame *);
void lane_paint(struct frame *, uint32_t thread, int row);
void wakes_paint(struct frame *);
void words_paint(struct frame *, uint32_t thread, int row);
void resources_paint(struct frame *, struct box);
int resources_wanted(const struct frame *, int *folded);	/* how many there are to show */
void selected_paint(struct frame *, struct box);
void source_paint(struct frame *, struct box);
void output_paint(struct frame *, struct box);
void events_paint(struct frame *, struct box);
void narration_paint(struct frame *, int row);
void overview_paint(struct frame *, struct box);
void scrubber_paint(struct frame *, struct box);
void waits_paint(struct frame *, struct box);
void hints_paint(struct frame *, int row);
void help_paint(struct frame *);
void small_paint(struct frame *);
void nothing_paint(struct frame *);
void heading(struct frame *, int row, int col, const char *text);
void hotspot_add(struct view *, int row, int col, int width, enum action);

/* Whether a thread can be waiting for another in this state: stopped by others, and not by itself. */
bool state_waits(enum tl_state);
/* Does this frame have threads to show at all? */
bool anything_seen(const struct frame *);

#endif
