/*
 * inside.h - how the model keeps what it knows. Private to this folder.
 *
 *    order     event number -> (thread, position): 8 bytes an event
 *    lane      the records of one thread in their order, 32 bytes each. With every 64th stands a sum of all before it,
 *              so that any stretch is two look-ups; and now and then a mark, the list of what the thread held there.
 *    object    the numbers of the events about it, 4 bytes each, and now and then a checkpoint of its standing
 *
 * A lane has more records than its thread wrote: when another thread takes a hold away, when events are lost, or when
 * the kernel tells where the thread is blocked, that is a record too, in this lane but not in the order (BIT_ASIDE).
 */
#ifndef MODEL_INSIDE_H
#define MODEL_INSIDE_H

#include <sys/tree.h>

#include <locale.h>

#include "model/map.h"
#include "model/model.h"
#include "model/series.h"
#include "model/standing.h"

#define MOST_THREADS  (1u << 20)
#define MOST_AHEAD    4096	/* a thread number so far above the highest is not believed */
#define MOST_OBJECTS  (1u << 22)
#define MOST_PLACES   (1u << 20)
#define MOST_FILES    1024
#define SUM_EVERY     64	/* records; a power of two, not above a chunk */
#define MARK_EVERY    64
#define NO_KIND       TL_NKINDS	/* of a record that is no event: a gap, a look */

enum bit {
	BIT_CHANGE = 1,		/* a span begins here */
	BIT_GAIN = 2,		/* the thread holds the object from here on */
	BIT_LOSS = 4,		/* ... no longer */
	BIT_ASIDE = 8,		/* not an event of this thread */
	BIT_UNSURE = 16,	/* struct fact */
	BIT_SHARED = 32,	/* the label is held by this thread as a reader */
	BIT_LOST = 64,		/* a gap of value events */
	BIT_OVER = 128,		/* a release that no signal handler did: the thread's wait is over */
};

struct record {
	int64_t time;
	uint32_t number;	/* of the event; of what is none, the number of the next */
	uint32_t object;	/* THREAD: a person; LOG: a text; SLEEP, STALL: low half of the raw bytes, value is the high */
	uint32_t label;		/* object; in the state JOIN a person, in ELSEWHERE a word */
	uint32_t place;
	uint32_t value;
	uint8_t kind, flags, state, bits;
};
static_assert(sizeof(struct record) == 32, "ten million of them are 320 MB");

struct sums {
	int64_t time;		/* of the record it stands with */
	int64_t in[TL_NSTATES];	/* up to that time */
	uint64_t lost;		/* in all records before it, as is ... */
	uint32_t changes;
	uint32_t last_change;	/* position of the last change at or before it */
};

struct held {
	uint32_t object;
	uint8_t shared;
	uint8_t doubt;		/* events were lost since it was taken */
};

struct mark {			/* what a thread held before the record at position */
	uint32_t position, count;
	struct held *held;
};

struct lane {
	struct model_thread who;
	uint32_t number, person;
	const char *given;		/* the name before it was told apart */
	struct series records, sums, marks, wakes;
	uint32_t first;			/* positions before are forgotten, but for their share in sums */
	uint32_t first_mark;
	int64_t since_first;		/* when the span at first began */

	struct record last;		/* the newest, whose state is the state now */
	struct sums now;
	struct held *held;		/* oldest first */
	uint32_t holds, hold_room;
	uint32_t mark_position;
	uint32_t waits_on;		/* object */
	int64_t waits_since;
	bool waits;			/* in a state that an event of its own ends */
	bool wait_doubt;		/* events were lost since it began */
	bool gaps;			/* ever */
	uint32_t released_for;		/* the lock just given back for a condition wait */

	uint32_t text;			/* of the LOG whose bytes are still coming, in texts */
	uint32_t text_wanted;
	uint32_t text_has;
	char *text_bytes;
};

struct give {			/* something that let others go on */
	int64_t time;
	uint32_t thread, left;	/* how many it can still wake */
	uint32_t round;		/* barrier */
};
#define GIVES 16

struct checkpoint {		/* how an object stood after the events before index position */
	int64_t time;		/* of the last of them */
	uint32_t position;
	struct standing *standing;
};

struct object {
	struct model_object what;
	uint64_t users;			/* bits of threads 0 to 63; the others are in pairs */
	struct series index;		/* event numbers */
	struct series checkpoints;
	uint32_t first;			/* index positions before are forgotten */
	uint32_t first_checkpoint;
	uint32_t checked;		/* position of the newest checkpoint */
	struct standing now;
	struct give *gives;		/* GIVES of them, once one mattered */
	uint32_t given;
	const char *given_name;
};

struct person {			/* an identity of a thread: known before its number is */
	uint64_t address;
	uint32_t thread, creator;
	int64_t created;
	const char *given;
};

struct place {
	uint64_t address;
	const char *function, *file;
	uint32_t line;
	bool known;
};

struct text {
	char *text;
	uint32_t event;
};

struct word {
	RB_ENTRY(word) link;
	uint32_t uses[2];	/* as a name of a thread, of an object */
	char text[];
};
RB_HEAD(words, word);

struct where {
	uint32_t thread, position;
};

struct model {
	struct model_program program;
	int64_t now;			/* of the newest item; what comes late is not moved to ... */
	int64_t end;			/* ... how far time is known to have gone on */
	int64_t kept_from;
	size_t bound, used;

	struct series order;		/* struct where */
	uint32_t first;			/* event number */

	struct lane **lanes;		/* by thread number; 0 is not used, those not seen yet are NULL */
	uint32_t threads, lane_room;
	struct object **objects;	/* 0 is not used */
	uint32_t object_count, object_room;
	struct map object_at;		/* address -> object */
	struct map pairs;		/* object and thread -> 1 */
	uint32_t unnamed[TL_NOBJECT_KINDS + TL_NCLASSES];
	struct person *persons;
	uint32_t person_count, person_room;
	struct map person_at;

	struct place *places;
	uint32_t place_count, place_room;
	struct map place_at;
	struct map lines;		/* file and line -> sources */
	const char **sources;
	uint32_t source_count, source_room;
	const char **files;		/* words: their numbers */
	uint32_t file_count, file_room;

	struct words words;
	const char **elsewhere;		/* words for where: their numbers */
	uint32_t elsewhere_count, elsewhere_room;
	locale_t locale;

	struct series texts;
	uint32_t first_text;

	char *output;
	size_t output_length, output_room;
	size_t output_dropped;		/* bytes forgotten at the front */
	struct series writes;
	uint32_t first_write;
	struct series clocks;

	struct moved moved;		/* scratch */
};

/* kinds.c: the table of wire/kinds.def */
enum role { ROLE_WAIT, ROLE_TAKE, ROLE_GIVE, ROLE_NOTE };
#define BECOMES_WORKS TL_NSTATES
#define BECOMES_KEEPS (TL_NSTATES + 1)
struct kind {
	uint8_t class, role, becomes;
};
extern const struct kind model_kinds[TL_NKINDS];

/* log.c */
struct record *record_of(const struct model *, uint32_t number);
bool log_full(const struct model *);
void log_place(struct model *, uint32_t thread, uint32_t position);	/* gives the next event its number */
/* forget.c */
void forget_if_needed(struct model *);

/* lanes.c */
struct lane *lane_get(struct model *, uint32_t thread);			/* NULL if the number cannot be */
const struct lane *lane_seen(const struct model *, uint32_t thread);	/* NULL if it was not */
void lane_free(struct lane *);
void lane_add(struct model *, struct lane *, struct record *);		/* fills in state, label and bits */
void lane_hold(struct lane *, uint32_t object, bool shared);
bool lane_lose(struct lane *, uint32_t object);				/* the newest hold of it */
uint8_t lane_works(const struct lane *);				/* RUNS or HOLDS */
uint8_t lane_state(const struct lane *, uint8_t becomes);
void lane_aside(struct model *, struct lane *, uint32_t object, uint8_t kind, uint8_t bits, uint32_t value);

/* spans.c */
bool position_at(const struct model *, const struct lane *, int64_t t, uint32_t *position);	/* last at or before t */
uint32_t sum_before(const struct lane *, uint32_t low, uint32_t high, int64_t t, bool strict);	/* from low, below high */
uint32_t replay_holds(const struct lane *, uint32_t position, struct held **);	/* after that record; the caller frees */
static inline struct record *
record_at(const struct lane *l, uint32_t position)
{
	return series_at(&l->records, position);
}
static inline struct sums *
sums_with(const struct lane *l, uint32_t k)
{
	return series_at(&l->sums, k);
}

/* objects.c */
uint32_t object_find(const struct model *, uint64_t address);
uint32_t object_for(struct model *, uint64_t address, enum tl_class, uint64_t place);	/* 0 if there are too many */
void object_free(struct object *);
void object_describe(struct model *, const struct news *);
void object_count_use(struct model *, struct object *, uint32_t number, const struct record *, uint32_t thread);
void object_destroy(struct model *, uint32_t object);
enum tl_class class_of(enum tl_object_kind);
uint32_t person_find(const struct model *, uint64_t address);
uint32_t person_for(struct model *, uint64_t address, bool anew);
void person_describe(struct model *, const struct news *);

/* resources.c */
void resource_event(struct model *, uint32_t object, uint32_t number, uint32_t thread, const struct record *);
void resource_forget(struct model *, uint32_t object, uint32_t number);
void resource_standing(const struct model *, uint32_t object, int64_t t, struct standing *);	/* all zero before */

/* wakes.c */
void wakes_gave(struct model *, struct object *, uint32_t thread, const struct record *);
void wakes_took(struct model *, struct lane *, uint32_t object, uint32_t round, const struct record *);
void wakes_by(struct model *, struct lane *, uint32_t by, int64_t time);
void wakes_forget(struct model *, struct lane *);

/* names.c */
const char *intern(struct model *, const char *harmless);
struct word *intern_word(struct model *, const char *harmless);
char *harmless(struct model *, const char *bytes, size_t length, size_t most);		/* the caller frees */
const char *intern_harmless(struct model *, const char *bytes, size_t most);
const char *told_apart(struct model *, const char *given, bool of_object);
void names_thread(struct model *, struct lane *, const char *given);
void words_free(struct model *);

/* texts.c */
void text_begin(struct model *, struct lane *, uint32_t length);
void text_more(struct model *, struct lane *, uint64_t, uint64_t);
void text_end(struct model *, struct lane *);
void texts_forget(struct model *);
void texts_free(struct model *);

/* places.c */
uint32_t place_for(struct model *, uint64_t address);
void places_take(struct model *, const struct news *);
void sources_take(struct model *, const struct news *);

/* output.c */
void output_init(struct model *);
void output_take(struct model *, const struct news *);
void clock_take(struct model *, const struct news *);

/* take.c */
void take_event(struct model *, const struct news *);
void take_gap(struct model *, const struct news *);
void take_look(struct model *, const struct news *);

#endif
