/* live.c - see live.h: rounds of draining, and what comes out of the merge as news. */
#include "config.h"

#include "source/live.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "base/allocate.h"
#include "source/kinds.h"
#include "source/live-inside.h"

#define SLACK	     INT64_C(10000)		/* ns a store may sit in a core's buffer, generously */
#define PATIENCE     INT64_C(1000000)		/* ns a take waits for its give */
#define RECENT	     INT64_C(10000)		/* ns after a clear in which an event may still be passed */
#define KERNEL_EVERY INT64_C(250000000)
#define CREATED_MAX  65536u
#define CLOCK_SOURCE "/sys/devices/system/clocksource/clocksource0/current_clocksource"

/* --- Threads -------------------------------------------------------------------------------------------------- */

static uint32_t
new_thread(struct live *live, const struct image *image, uint32_t native)
{
	/* 1 is kept for the main thread of the first image. */
	if (image == live->images[0] && native == (uint32_t)image->segment.pid && !live->main_numbered) {
		live->main_numbered = true;
		return 1;
	}
	return live->next_thread++;
}

static void
thread_created(struct live *live, struct image *image, uint64_t identity)
{
	for (uint32_t i = 0; i < image->created_count; i++)
		if (image->created[i].identity == identity)
			return;
	if (image->created_count == CREATED_MAX)
		image->created_count = 0;	/* not a program, a flood */
	GROW(image->created, image->created_count, image->created_room);
	image->created[image->created_count++] = (struct identity){ identity, new_thread(live, image, 0) };
}

static void
thread_begins(struct live *live, struct live_lane *lane, const struct tl_event *e)
{
	struct image *image = lane->image;

	lane->alive = true;
	lane->look = (struct look){ 0 };
	for (uint32_t i = 0; i < image->created_count; i++)
		if (image->created[i].identity == e->object) {
			lane->thread = image->created[i].thread;
			memmove(&image->created[i], &image->created[i + 1],
			    (--image->created_count - i) * sizeof image->created[0]);
			return;
		}
	lane->thread = new_thread(live, image, e->value);
}

/* --- Telling -------------------------------------------------------------------------------------------------- */

/* Session time of these ticks; of events strictly growing, of the rest never going back. */
static int64_t
time_of(struct live *live, uint64_t ticks, bool strictly)
{
	int64_t time = clock_session(&live->clock, ticks_to_monotonic(&live->ticks, ticks));

	if (time < live->last_time + strictly)
		time = live->last_time + strictly;
	return live->last_time = time;
}

static void
tell_event(struct live *live, struct live_lane *lane, const struct tl_event *e, struct news *news)
{
	struct image *image = lane->image;

	news->time = time_of(live, e->time, true);
	if (e->kind == TL_THREAD_START)
		thread_begins(live, lane, e);
	else if (lane->thread == 0)
		lane->thread = new_thread(live, image, 0);
	news->thread = lane->thread;
	live->events++;
	if (e->kind == MERGE_GAP) {
		news->what = NEWS_GAP;
		news->gap.lost = e->value;
		live->lost += e->value;
		return;
	}
	if (e->kind == TL_THREAD_CREATE)
		thread_created(live, image, e->object);
	else if (e->kind == TL_THREAD_END)
		lane->alive = false;
	if (e->place != lane->last_place && e->place != 0 && e->kind != TL_TEXT) {
		lane->last_place = e->place;
		resolver_ask(live->resolver, image->places, e->place, e->place ^ image->tag, e->kind == TL_THREAD_START);
	}
	news->what = NEWS_EVENT;
	news->event.object = e->object;
	news->event.place = e->place;
	news->event.value = e->value;
	news->event.kind = e->kind;
	news->event.flags = e->flags;
}

/* One more thread of a dead image that did not say that it ended. False: that was all. */
static bool
tell_burial(struct live *live, struct news *news)
{
	struct image *image = live->burying;

	for (; live->burying_lane < image->count; live->burying_lane++) {
		struct live_lane *lane = image->lanes[live->burying_lane];

		if (!lane->alive)
			continue;
		lane->alive = false;
		*news = (struct news){ .what = NEWS_EVENT, .thread = lane->thread };
		news->time = live->last_time += 1;
		news->event.kind = TL_THREAD_END;
		news->event.value = TL_END_PROGRAM;
		return true;
	}
	live->burying = NULL;
	return false;
}

/* False: it was none that is told. */
static bool
tell_aside(struct live *live, struct news *news)
{
	struct aside a = aside_take(live);

	if (a.burial) {
		live->burying = a.image;
		live->burying_lane = 0;
		return false;
	}
	*news = a.news;
	news->time = time_of(live, a.ticks, false);
	live->told = a.owned;
	if (news->what == NEWS_NAME)
		repair_name(&live->merge.repair, news->name.object, news->name.is, news->name.value);
	return true;
}

/* --- Rounds --------------------------------------------------------------------------------------------------- */

/* Two strings in one allocation, which the item owns; the first one's is taken over. */
static char *
join(char *first, const char *second, char **second_copy)
{
	size_t first_size = strlen(first) + 1, second_size = strlen(second) + 1;
	char *both = reallocate(first, first_size + second_size, 1);

	*second_copy = memcpy(both + first_size, second, second_size);
	return both;
}

static void
take_answers(struct live *live, uint64_t now)
{
	struct answer a;
	char *second;

	while (resolver_answer(live->resolver, &a)) {
		char *file = join(a.file, a.function ? a.function : a.text, &second);
		struct news *news = aside_add(live, now, a.function ? NEWS_PLACE : NEWS_SOURCE, file);

		if (a.function != NULL) {
			news->place.address = a.address;
			news->place.file = file;
			news->place.function = second;
			news->place.line = a.line;
		} else {
			news->source.file = file;
			news->source.text = second;
			news->source.line = a.line;
		}
		free(a.function);
		free(a.text);
	}
}

/* What woke us: bells, new segments, processes that ended. */
static void
heed(struct live *live)
{
	struct epoll_event events[32];
	char name[256];
	int count = epoll_wait(live->poll, events, 32, 0);

	for (int i = 0; i < count; i++) {
		void *who = events[i].data.ptr;

		if (who == &live->session)
			session_hush(live->session);
		else if (who != live && who != &live->resolver)
			image_end(live, who);
	}
	while (session_next_segment(live->session, name, sizeof name))
		image_attach(live, name);
}

static void
look(struct live *live, uint64_t now, int64_t monotonic)
{
	bool kernel = monotonic - live->kernel_looked > KERNEL_EVERY;

	if (kernel)
		live->kernel_looked = monotonic;
	for (uint32_t i = 0; i < live->image_count; i++) {
		struct image *image = live->images[i];

		if (image->dead)
			continue;
		look_at_lanes(live, image, now);
		if (kernel)
			look_at_kernel(live, image, now, monotonic);
		if (monotonic < live->wake_until)
			hand_wake(live, image);
	}
}

/*
 * Design, "Horizon": our clock first, then what is there. A segment that is not seen now, a lane that is not used now,
 * an index that is not reserved now: their events are stamped later.
 */
static void
round_of(struct live *live)
{
	uint64_t now = ticks_now(live->ticks.source);
	int64_t monotonic = monotonic_now();
	uint64_t horizon = now - live->slack;

	heed(live);
	for (uint32_t i = 0; i < live->image_count; i++) {
		struct image *image = live->images[i];

		if (image->dead)
			continue;
		image_drain(live, image, now, monotonic);
		for (uint32_t lane = 0; lane < image->count; lane++)
			if (image->lanes[lane]->bound < horizon)
				horizon = image->lanes[lane]->bound;
	}
	if (horizon > live->horizon)
		live->horizon = horizon;
	take_answers(live, now);
	look(live, now, monotonic);
	ticks_anchor(&live->ticks);
}

static bool
all_is_told(const struct live *live)
{
	for (uint32_t i = 0; i < live->image_count; i++)
		if (!live->images[i]->dead)
			return false;
	return live->exited && live->merge.count == 0 && aside_first(live) == NULL && live->burying == NULL &&
	    resolver_idle(live->resolver);
}

static bool
tell_next(struct live *live, struct news *news)
{
	while (true) {
		const struct aside *a = aside_first(live);
		uint64_t limit = live->horizon;
		struct merge_lane *lane;
		struct tl_event e;

		if (live->burying != NULL && tell_burial(live, news))
			return true;
		if (a != NULL && a->ticks <= limit)
			limit = a->ticks > 0 ? a->ticks - 1 : 0;
		lane = merge_next(&live->merge, limit, &e);
		if (lane != NULL) {
			tell_event(live, (struct live_lane *)lane, &e, news);
			return true;
		}
		if (a == NULL || a->ticks > live->horizon)
			return false;
		if (tell_aside(live, news))
			return true;
	}
}

static enum source_outcome
live_next(struct source *source, struct news *news, struct reason *why)
{
	struct live *live = (struct live *)source;

	(void)why;
	free(live->told);
	live->told = NULL;
	if (!live->program_told)
		return SOURCE_IDLE;
	if (tell_next(live, news))
		return SOURCE_NEWS;
	round_of(live);
	if (tell_next(live, news))
		return SOURCE_NEWS;
	if (all_is_told(live))
		return SOURCE_END;
	for (uint32_t i = 0; i < live->image_count; i++)
		if (!live->images[i]->dead)
			hand_listen(live, live->images[i], false);
	return SOURCE_IDLE;
}

static int
live_fd(struct source *source)
{
	return ((struct live *)source)->poll;
}

static void
live_close(struct source *source)
{
	struct live *live = (struct live *)source;

	if (live->paused || clock_rate(&live->clock) != TL_RATE_ONE) {	/* nobody stays behind, held */
		live->rate = TL_RATE_ONE;
		live->paused = true;
		live_resume(source);
	}
	resolver_free(live->resolver);
	for (uint32_t i = 0; i < live->image_count; i++)
		image_free(live, live->images[i]);
	merge_free(&live->merge);
	clock_free(&live->clock);
	asides_free(live);
	free(live->told);
	free(live->images);
	close(live->poll);
	free(live);
}

static const struct source_ops live_ops = { live_next, live_fd, live_close };

/* --- Opening -------------------------------------------------------------------------------------------------- */

/* As the probe decides (probe/clock.c): the cycle counter where the kernel itself goes by it. */
static uint32_t
time_source(void)
{
	char name[64] = "";
	int fd = open(CLOCK_SOURCE, O_RDONLY | O_CLOEXEC);

	if (fd >= 0) {
		if (read(fd, name, sizeof name - 1) < 0)
			name[0] = '\0';
		close(fd);
	}
	return strcmp(name, "tsc\n") == 0 || strcmp(name, "arch_sys_counter\n") == 0 ? TL_TIME_CYCLES : TL_TIME_MONOTONIC;
}

static bool
watch(struct live *live, int fd, void *who)
{
	struct epoll_event event = { .events = EPOLLIN, .data.ptr = who };

	return epoll_ctl(live->poll, EPOLL_CTL_ADD, fd, &event) == 0;
}

struct source *
live_open(struct session *session, struct reason *why)
{
	struct live *live = allocate(sizeof *live);

	live->source.ops = &live_ops;
	live->session = session;
	live->next_thread = 2;
	live->rate = TL_RATE_ONE;
	live->resolver = resolver_new();
	live->poll = epoll_create1(EPOLL_CLOEXEC);
	clock_start(&live->clock, monotonic_now());
	ticks_start(&live->ticks, time_source());
	live->slack = ticks_of_ns(&live->ticks, SLACK);
	merge_start(&live->merge, ticks_of_ns(&live->ticks, PATIENCE), ticks_of_ns(&live->ticks, RECENT));
	if (live->poll < 0 || !watch(live, session_bell(session), &live->session) ||
	    !watch(live, session_watch(session), live) || !watch(live, resolver_fd(live->resolver), &live->resolver)) {
		because_errno(why, "cannot watch the session %s", session_path(session));
		live_close(&live->source);
		return NULL;
	}
	return &live->source;
}

/* --- What the application tells ------------------------------------------------------------------------------- */

void
live_program(struct source *source, const char *command, int32_t pid, int64_t start)
{
	struct live *live = (struct live *)source;
	char *copy = duplicate(command);
	struct news *news = aside_add(live, 0, NEWS_PROGRAM, copy);

	news->program.command = copy;
	news->program.pid = pid;
	news->program.start = start;
	live->pid = pid;
	live->program_told = true;
}

void
live_output(struct source *source, const char *bytes, size_t length)
{
	struct live *live = (struct live *)source;
	char *copy = allocate(length);
	struct news *news = aside_add(live, ticks_now(live->ticks.source), NEWS_OUTPUT, copy);

	memcpy(copy, bytes, length);
	news->output.bytes = copy;
	news->output.length = length;
}

void
live_exit(struct source *source, int32_t pid, int32_t status)
{
	struct live *live = (struct live *)source;
	struct news *news;

	heed(live);			/* a segment it has made in its last moment */
	for (uint32_t i = 0; i < live->image_count; i++)
		if (live->images[i]->segment.pid == pid)
			image_end(live, live->images[i]);
	news = aside_add(live, ticks_now(live->ticks.source), NEWS_EXIT, NULL);
	news->exit.pid = pid;
	news->exit.status = status;
	if (pid == live->pid)
		live->exited = true;
}

/* --- Sleeping, counts ----------------------------------------------------------------------------------------- */

bool
live_doze(struct source *source)
{
	struct live *live = (struct live *)source;

	for (uint32_t i = 0; i < live->image_count; i++)
		if (!live->images[i]->dead)
			hand_listen(live, live->images[i], true);
	/* Seen only now: what came before the bell was hung. What comes after rings. */
	for (uint32_t i = 0; i < live->image_count; i++)
		if (!live->images[i]->dead && image_has_news(live->images[i]))
			return false;
	return live->program_told && live->merge.queued == 0 && aside_first(live) == NULL && live->burying == NULL;
}

void
live_watch_kernel(struct source *source, bool watch_it)
{
	((struct live *)source)->watch_kernel = watch_it;
}

void
live_counts(const struct source *source, struct live_counts *counts)
{
	const struct live *live = (const struct live *)source;

	*counts = (struct live_counts){ .events = live->events, .repaired = live->merge.repaired, .lost = live->lost,
		.given_up = live->merge.given_up, .late = live->merge.late, .images = live->image_count };
	for (uint32_t i = 0; i < live->image_count; i++) {
		const struct image *image = live->images[i];

		counts->unwatched += atomic_load(&image->segment.header->unwatched);
		counts->names_lost += atomic_load(&image->segment.header->names_lost);
		for (uint32_t lane = 0; lane < image->count; lane++)
			counts->stalled_ns += atomic_load(&image->segment.lane[lane].stalled_ns);
	}
}

const char *
live_complaint(const struct source *source)
{
	const struct live *live = (const struct live *)source;

	return live->complaint.text[0] != '\0' ? live->complaint.text : NULL;
}
