/*
 * live-inside.h - what the files of the live source share: the source, its program images, their lanes.
 *
 * An image is one program in memory with its segment: a process begins one, exec begins another, a child that is forked
 * makes its own. Addresses are tagged with the image's number, so that those of two images are never the same; the first
 * image's are as they are.
 *
 * What does not lie in a ring (names, the clock, output, exits, looks) waits as an aside, with the ticks of its happening,
 * and is told between the events where it belongs.
 */
#ifndef SOURCE_LIVE_INSIDE_H
#define SOURCE_LIVE_INSIDE_H

#include "source/live.h"
#include "source/merge.h"
#include "source/resolver.h"
#include "source/segment.h"
#include "source/ticks.h"

#define IMAGE_TAG_SHIFT	48	/* user addresses are shorter */

struct look {
	uint64_t object, place;
	const char *elsewhere;
	uint8_t held, kind;
};

struct live_lane {
	struct merge_lane merge;	/* first: the merge hands it back */
	struct image *image;
	uint32_t index;
	uint32_t thread;		/* number of the thread whose events are told now; 0 none */
	bool alive;			/* it began, and its end was not told */
	bool saw_end;			/* drained a THREAD_END: its lane may soon be given back */
	uint8_t last_kind;		/* of the events drained */
	uint64_t drained, lost;
	uint64_t bound;			/* nothing older can come, ticks */
	int64_t stuck_since;		/* monotonic; 0: it is not */
	int64_t silent_since;		/* monotonic of the round that drained something last */
	uint64_t last_place;
	struct look look;		/* as last told */
};

struct identity {
	uint64_t identity;
	uint32_t thread;
};

struct image {
	struct segment segment;
	char *name;			/* of the segment's file */
	uint64_t tag;
	int pidfd;			/* -1: none */
	bool dead;			/* drained for the last time */
	int64_t clock_offset;		/* the segment's session time less ours */
	struct live_lane **lanes;	/* [count], of the lanes used so far */
	uint32_t count, room;
	struct identity *created;	/* threads that were created and did not begin yet */
	uint32_t created_count, created_room;
	struct places *places;
};

struct aside {
	uint64_t ticks;
	struct news news;
	void *owned;			/* freed when the next item is asked for */
	struct image *image;		/* of a name; of the end of an image */
	bool burial;			/* no news: the image's threads are told to have ended */
};

struct live {
	struct source source;		/* first: ops */
	struct session *session;
	int poll;			/* epoll: bell, watch, resolver, processes */
	struct ticks ticks;
	struct session_clock clock;
	struct merge merge;
	uint64_t horizon, slack;	/* ticks */
	int64_t last_time;		/* session time last told */

	struct image **images;
	uint32_t image_count, image_room;
	uint32_t next_thread;

	struct aside *asides;		/* sorted by ticks, from first on */
	uint32_t aside_first, aside_count, aside_room;
	void *told;			/* owned by the item told last */
	struct image *burying;
	uint32_t burying_lane;

	bool program_told, exited, main_numbered;
	int32_t pid;
	bool paused;
	uint32_t rate;			/* when not paused */
	int64_t wake_until;		/* monotonic: until then lanes are woken to look at the clock again */
	bool watch_kernel;
	int64_t kernel_looked;		/* monotonic */
	uint64_t events, lost;
	struct resolver *resolver;
	struct reason complaint;
};

/* aside.c */
struct news *aside_add(struct live *, uint64_t ticks, enum news_what, void *owned);
void aside_burial(struct live *, struct image *, uint64_t ticks);
void aside_name(struct live *, struct image *, struct segment_name *, uint64_t now);
const struct aside *aside_first(const struct live *);
struct aside aside_take(struct live *);
void asides_free(struct live *);

/* image.c */
void image_attach(struct live *, const char *name);
void image_drain(struct live *, struct image *, uint64_t now, int64_t monotonic);
void image_end(struct live *, struct image *);	/* it is dead: reads what is left, and buries it */
void image_free(struct live *, struct image *);
bool image_has_news(const struct image *);

/* hand.c */
void hand_greet(struct live *, struct image *);	/* a new image: its clock and gate as the others' */
void hand_wake(struct live *, struct image *);	/* whoever waits for a deadline looks at the clock */
void hand_listen(struct live *, struct image *, bool doze);

/* look.c */
void look_at_lanes(struct live *, struct image *, uint64_t now);
void look_at_kernel(struct live *, struct image *, uint64_t now, int64_t monotonic);

#endif
