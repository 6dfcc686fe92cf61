/*
 * model.h - what the threads did: news in, state out, at any time. No clock, no I/O, no terminal.
 *
 * The model keeps every event it was told (up to a bound of memory; what it had to forget is told by model_kept_from),
 * an index of them per thread, and one per resource. Any question can be asked of any time t between model_kept_from()
 * and model_end(), and costs the logarithm of the history, not the history.
 *
 * All names and texts returned belong to the model and are good until it is freed; the text of a LOG and the output
 * until the model next takes something. Unless said otherwise they are hostile bytes of the program made harmless
 * (vis(3), letters of UTF-8 that are one column wide kept) when they were taken in. Whatever is out of range (a thread,
 * an object, an event, a time) is answered with "there is none", never with a crash.
 */
#ifndef MODEL_MODEL_H
#define MODEL_MODEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/news.h"
#include "wire/event.h"

struct model;

struct model *model_new(size_t memory_bound);		/* bytes; 0 is the default of 1 GiB */
void model_free(struct model *);
void model_take(struct model *, const struct news *);	/* one more item; times never go back */

/* --- The whole ---------------------------------------------------------------------------------------------- */

struct model_program {
	const char *name;		/* last part of the command's first word */
	const char *command;
	int64_t start;			/* wall clock, ns since 1970 */
	int32_t pid;
	bool exited;
	int32_t status;			/* of waitpid, once exited */
	int64_t exit_time;
	uint32_t rate;			/* session clock now, of TL_RATE_ONE */
	uint64_t lost;			/* events lost in all */
};
const struct model_program *model_program(const struct model *);
int64_t model_end(const struct model *);		/* the newest time told */
int64_t model_kept_from(const struct model *);		/* before it, history was forgotten; 0 if nothing was */
void model_advance(struct model *, int64_t now);	/* time went on; news may still come of before */

/* --- Threads ------------------------------------------------------------------------------------------------ */

/* Threads are numbered 1 to model_threads(), in the order of news.h. */
uint32_t model_threads(const struct model *);

struct model_thread {
	const char *name;		/* best known now */
	uint32_t native;		/* native thread id, 0 unknown */
	uint32_t creator;		/* thread number, 0 unknown */
	int64_t born, died;		/* born: INT64_MAX until it does; died: INT64_MAX while it lives */
	enum tl_end how;		/* once died */
	bool daemon, foreign;
	bool held;			/* stands at the gate now, about to do next_* */
	uint8_t next_kind;
	uint32_t next_object;		/* object number, for the class THREAD a thread number; 0 none */
	uint64_t next_place;
	const char *elsewhere;		/* the kernel's word for where it is blocked now, or NULL */
	uint64_t lost;
};
const struct model_thread *model_thread(const struct model *, uint32_t thread);

/* A stretch of a lane in one state about one object. */
struct span {
	int64_t start, end;		/* end: INT64_MAX if it is still so */
	uint8_t state;			/* enum tl_state */
	uint8_t kind;			/* of the event that began it */
	bool timed;			/* a wait that ends by itself ... */
	int64_t deadline;		/* ... at this session time */
	bool shared;			/* holds it as a reader */
	uint32_t object;		/* what it holds or waits for: object number, 0 none; for JOIN and SLEEP 0 */
	uint32_t other_thread;		/* JOIN: whom it waits for, 0 unknown */
	const char *elsewhere;		/* ELSEWHERE: the kernel's word for where; else NULL */
	uint32_t count, of;		/* barrier: arrived of parties; semaphore: permits out of all, at the start */
	uint64_t place;
	uint32_t event;			/* the event that began it, for model_event(): another thread's if that took a hold away */
};

/* The span of a thread at time t. False when the thread did not exist then. */
bool model_span_at(const struct model *, uint32_t thread, int64_t t, struct span *);
/* The span after, or before, one that the model returned. False when there is none. Spans of no length are passed over. */
bool model_span_next(const struct model *, uint32_t thread, const struct span *, struct span *next);
bool model_span_before(const struct model *, uint32_t thread, const struct span *, struct span *before);

/*
 * What a lane did in n cells, cell k being [from + k*width, from + (k+1)*width): for each cell how long it was in each
 * state and how often it changed. Costs n times the logarithm of the lane's history.
 */
struct cell_sum {
	int64_t in[TL_NSTATES];		/* ns in each state; the rest of the cell is before birth or after the end of news */
	uint32_t changes;		/* of state or object */
	uint32_t lost;			/* events lost in it: a tear */
};
void model_cells(const struct model *, uint32_t thread, int64_t from, int64_t width, int n, struct cell_sum *);

/*
 * Wake marks: who let this thread go on, with give times in [from, to), oldest first; returns how many were written.
 * The thread asked about is always the one woken: its mark belongs in the gap row beside its own lane, on the side of
 * the lane of "by", and points to its lane. Who walks over the lanes on screen so meets every mark once.
 */
struct wake {
	int64_t time;			/* of the give */
	uint32_t by, woken;		/* thread numbers */
	uint32_t object;		/* object number, 0 for start and join */
};
int model_wakes(const struct model *, uint32_t thread, int64_t from, int64_t to, struct wake *, int room);

/* The same for n cells at once: how many in each, and the last of them. */
struct wake_sum {
	uint32_t count;
	struct wake last;		/* when count is not 0 */
};
void model_wake_cells(const struct model *, uint32_t thread, int64_t from, int64_t width, int n, struct wake_sum *);

/* --- Resources ---------------------------------------------------------------------------------------------- */

/* Objects are numbered 1 to model_objects() in order of first mention; an address used again after its destruction is a new object. Threads are not among them. */
uint32_t model_objects(const struct model *);

struct model_object {
	const char *name;		/* given, else class and number: "lock 3" */
	bool named;			/* given by the program */
	enum tl_class class;
	enum tl_object_kind is;
	uint64_t address;
	uint32_t other;			/* of a condition: object number of its lock, 0 unknown */
	uint32_t size;			/* permits a semaphore began with, parties of a barrier; 0 unknown */
	int64_t born, destroyed;	/* destroyed: INT64_MAX while it is there */
	uint64_t place;			/* where it was first seen */
	uint32_t users;			/* threads that ever touched it */
	uint64_t takes, waits;		/* how often taken, and how often a thread had to wait */
	int64_t longest_hold, longest_wait;
	uint32_t longest_holder, longest_waiter;
};
const struct model_object *model_object(const struct model *, uint32_t object);

/* An object at a time. Arrays are the caller's; counts may exceed what fitted. */
#define RESOURCE_ROOM 64
struct resource {
	bool set;			/* event */
	bool broken;			/* barrier */
	uint32_t depth;			/* recursive lock */
	uint32_t free;			/* semaphore: permits left */
	uint32_t arrived;		/* barrier */
	bool shared;			/* held by readers */
	bool signalling;		/* semaphore: posted by threads that hold none, so nobody is said to hold it */
	uint32_t holders, waiters;	/* how many there are */
	struct { uint32_t thread; int64_t since; bool write; } holder[RESOURCE_ROOM], waiter[RESOURCE_ROOM];
};
void model_resource_at(const struct model *, uint32_t object, int64_t t, struct resource *);

/* What a thread holds at time t: object numbers, oldest first; returns how many it holds. */
int model_holds_at(const struct model *, uint32_t thread, int64_t t, uint32_t *objects, int room);

/* --- Events ------------------------------------------------------------------------------------------------- */

/* Events are numbered from model_first_event() (those before are forgotten) to model_events() - 1, in true order. A line
 * of text is one event, its LOG; gaps and looks are none. */
uint32_t model_first_event(const struct model *);
uint32_t model_events(const struct model *);

struct model_event {
	int64_t time;
	uint32_t thread;
	uint32_t object;		/* object number; for the class THREAD the thread number; 0 none */
	uint64_t raw_object;		/* as the program wrote it: for SLEEP nanoseconds */
	uint64_t place;
	uint32_t value;
	uint8_t kind, flags;
	uint8_t state;			/* of the lane from then on */
	const char *text;		/* LOG: the line. Class THREAD, object 0: the name of whom is not yet a lane. Else NULL */
};
bool model_event(const struct model *, uint32_t number, struct model_event *);
uint32_t model_event_at(const struct model *, int64_t t);	/* the first event at or after t */

/* --- Places, output, clock ---------------------------------------------------------------------------------- */

struct model_place {
	const char *function, *file;	/* "" if unknown */
	uint32_t line;
};
bool model_place(const struct model *, uint64_t address, struct model_place *);
/* A line of source text, NULL if not known. */
const char *model_source_line(const struct model *, const char *file, uint32_t line);
/* All output up to t that is kept, as one run of bytes: as the program wrote them, hostile. */
const char *model_output(const struct model *, int64_t t, size_t *length);
/* Pauses and changes of rate: the n-th, false past the last. */
bool model_clock_change(const struct model *, uint32_t n, int64_t *time, uint32_t *rate);

#endif
