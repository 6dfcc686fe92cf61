/*
 * inside.h - what the model is made of. Nobody outside src/model includes this.
 *
 * One log of records, one a told event, in true order. Each lane has entries, one a change of its state; each object has
 * the numbers of the records that concern it, and now and then a checkpoint of its state: any time's state is the
 * checkpoint before it and at most CHECKPOINT_EVERY records replayed.
 */
#ifndef MODEL_INSIDE_H
#define MODEL_INSIDE_H

#include <sys/tree.h>

#include "model/model.h"

#define CHECKPOINT_EVERY 128	/* records of an object between two checkpoints */
#define MARK_EVERY       64	/* entries of a lane between two prefix sums */
#define LOG_CHUNK        65536	/* records in a chunk of the log */
#define USERS_KEPT       16	/* threads an object remembers as its users, to count each once */
#define THREADS_MAX      (1u << 24)	/* more is not a program but garbage */

/* The functions of a tree of <sys/tree.h>; its RB_GENERATE_STATIC needs a macro that glibc must not have. */
#define TREE(name, type, order) RB_GENERATE_INTERNAL(name, type, link, order, __attribute__((unused)) static)

/* --- The log (log.c) --- */

struct record {
	int64_t time;
	uint32_t thread;
	uint32_t object;	/* object number; class THREAD: thread number; LOG: text number; SLEEP, STALL: low half of ns */
	uint32_t place;		/* number of a place, 0 unknown */
	uint32_t value;		/* SLEEP, STALL: high half of ns */
	uint8_t kind, flags, state, spare[5];
};

struct log {
	struct record **chunks;
	uint32_t nchunks, room;
	uint32_t first, count;	/* records kept are first to count - 1 */
};
struct record *log_add(struct log *);
struct record *log_at(const struct log *, uint32_t number);
void log_free_before(struct log *, uint32_t number);	/* whole chunks only */

/* --- An object's state (resources.c) --- */

struct party {
	uint32_t thread;
	int64_t since;
	bool write;
};
struct parties {
	struct party *list;
	uint32_t count, room;
};
struct condition_of {		/* the state of an object at a time */
	struct parties holders, waiters;
	uint32_t depth, free, arrived;
	bool set, broken, shared, signalling;
};
struct checkpoint {
	uint32_t at;		/* how many of the object's records are in it, counted from the first ever */
	struct condition_of state;
};

struct object {
	RB_ENTRY(object) link;	/* by address: the object that is there now */
	struct model_object told;
	uint32_t number;
	uint32_t *records;	/* record numbers, oldest first */
	uint32_t nrecords, room, dropped;	/* dropped: forgotten before records[0] */
	struct checkpoint *checkpoints;
	uint32_t ncheckpoints, checkpoint_room;
	struct condition_of now;
	int64_t give_time;	/* the last give that let somebody go on ... */
	uint32_t give_by;	/* ... and whose it was */
	uint32_t last_user, users[USERS_KEPT];
};
struct object *object_of(struct model *, uint64_t address, enum tl_class);
struct object *object_known(struct model *, uint64_t address);	/* NULL if none is there */
void object_describe(struct model *, const struct news *);
void object_take(struct model *, struct object *, uint32_t record);
void object_forget(struct model *, struct object *);
struct object *object_number(const struct model *, uint32_t number);
void state_apply(struct condition_of *, const struct model_object *, uint32_t number, const struct record *);
void state_copy(struct condition_of *to, const struct condition_of *from);
void state_free(struct condition_of *);
uint32_t parties_find(const struct parties *, uint32_t thread);	/* its index, or count */

/* --- Lanes (lanes.c) --- */

struct entry {			/* from this time on the lane is so */
	int64_t time;
	uint32_t record;
	uint32_t label;		/* object number */
	uint16_t count, of;
	uint8_t state;
	bool shared;
};
struct mark {			/* ns in each state before an entry whose index is a multiple of MARK_EVERY */
	int64_t in[TL_NSTATES];
};
struct gap {
	int64_t time;
	uint64_t lost;
};
struct lane {
	struct model_thread told;
	bool known;
	uint64_t identity;
	struct entry *entries;
	uint32_t nentries, entry_room;
	struct mark *marks;
	uint32_t nmarks, mark_room;
	uint32_t *held;		/* object numbers, oldest first */
	uint32_t nheld, held_room;
	struct gap *gaps;
	uint32_t ngaps, gap_room;
	struct wake *wakes;
	uint32_t nwakes, wake_room;
	uint32_t waiting_on;	/* object number it is in the queue of, 0 none */
	uint32_t text;		/* LOG being assembled: its text number, and bytes still to come */
	uint32_t text_left;
	char *elsewhere;
};
struct lane *lane_of(struct model *, uint32_t thread);		/* made if need be; NULL if out of range */
const struct lane *lane_at(const struct model *, uint32_t thread);	/* NULL if unknown */
void lane_set(struct model *, uint32_t thread, uint8_t state, uint32_t label, uint32_t record, int64_t time);
void lane_works(struct model *, uint32_t thread, uint32_t record, int64_t time);	/* RUNS or HOLDS, by what it holds */
void lane_hold(struct model *, uint32_t thread, uint32_t object);
void lane_let_go(struct model *, uint32_t thread, uint32_t object);
bool lane_waits(const struct lane *);		/* its state now is a wait */
void lane_forget(struct model *, struct lane *);
uint32_t lane_entry_at(const struct lane *, int64_t t);	/* the entry in force at t; nentries if none is yet */

/* --- Who is who (names.c) --- */

struct identity {		/* a thread's address in events */
	RB_ENTRY(identity) link;
	uint64_t address;
	uint32_t thread;	/* that has it now; 0: created, not yet started */
	uint32_t creator, create_record;
	int64_t created;
	char *name;		/* told before the start */
};
struct identity *identity_of(struct model *, uint64_t address);
const char *identity_name(const struct model *, uint32_t create_record);	/* of who was created then; or NULL */
void identities_free(struct model *);
void thread_describe(struct model *, const struct news *);
void thread_started(struct model *, uint32_t thread, const struct record *, uint64_t address);
char *clean(const char *bytes, size_t length);	/* harmless, allocated */

/* --- Events and forgetting (events.c, forget.c) --- */
void event_take(struct model *, const struct news *);
void forget_if_full(struct model *);

/* --- Wakes (wakes.c) --- */
void wake_note(struct model *, uint32_t woken, uint32_t by, int64_t time, uint32_t object);

/* --- Places, text, output (places.c, output.c) --- */

struct place {
	RB_ENTRY(place) link;
	uint64_t address;
	uint32_t number;
	struct model_place told;
};
struct source_line {
	RB_ENTRY(source_line) link;
	char *file, *text;
	uint32_t line;
};
uint32_t place_number(struct model *, uint64_t address);
void place_take(struct model *, const struct news *);
void source_take(struct model *, const struct news *);
void output_take(struct model *, const struct news *);
void model_places_free(struct model *);

struct clock_change {
	int64_t time;
	uint32_t rate;
};
struct output_mark {
	int64_t time;
	size_t end;
};

RB_HEAD(objects_by_address, object);
RB_HEAD(identities, identity);
RB_HEAD(places, place);
RB_HEAD(source_lines, source_line);

struct model {
	struct model_program program;
	char *program_name, *command;
	int64_t end, kept_from;
	size_t bound;

	struct log log;
	struct lane **lanes;	/* [thread - 1] */
	uint32_t nlanes, lane_room;
	struct object **objects;	/* [number - 1] */
	uint32_t nobjects, object_room;
	struct objects_by_address by_address;
	struct identities identities;
	uint32_t class_count[TL_NCLASSES];	/* for "lock 3" */

	struct places places;
	struct place **place_list;	/* [number - 1] */
	uint32_t nplaces, place_room;
	struct source_lines source_lines;

	char **texts;		/* [number - 1] */
	uint32_t ntexts, text_room;

	char *output;
	size_t output_used, output_room;
	struct output_mark *output_marks;
	uint32_t noutput_marks, output_mark_room;

	struct clock_change *clock;
	uint32_t nclock, clock_room;
};

/* The columns of kinds.def that the model goes by. */
struct kind_row {
	uint8_t class, role, becomes;
};
enum role { ROLE_WAIT, ROLE_TAKE, ROLE_GIVE, ROLE_NOTE };
#define BECOMES_WORKS 0xfe
#define BECOMES_KEEPS 0xff
extern const struct kind_row kind_rows[TL_NKINDS];

#endif
