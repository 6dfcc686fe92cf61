/* image.c - one program image: its segment drained into the merge, lane by lane, until it is dead. See live-inside.h. */
#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/allocate.h"
#include "source/kinds.h"
#include "source/live-inside.h"

#define BATCH	   1024u
#define A_ROUND	   8192u			/* events drained of a lane before the others get their turn */
#define QUEUED_MAX (UINT64_C(1) << 22)		/* so many inside: only lanes with little are drained, programs wait */
#define LANE_MAX   65536u
#define STUCK_FOR  INT64_C(100000000)		/* ns a lane between reserve and commit holds the horizon */

/* --- Coming and going ----------------------------------------------------------------------------------------- */

static void
complain(struct live *live, const struct reason *why)
{
	if (live->complaint.text[0] == '\0')
		live->complaint = *why;
}

/* The process as a descriptor that is readable when it has ended. If it is gone already, the image is dead. */
static bool
watch_process(struct live *live, struct image *image)
{
	struct epoll_event event = { .events = EPOLLIN | EPOLLONESHOT, .data.ptr = image };

	image->pidfd = (int)syscall(SYS_pidfd_open, image->segment.pid, 0);
	if (image->pidfd >= 0)
		epoll_ctl(live->poll, EPOLL_CTL_ADD, image->pidfd, &event);
	return image->pidfd >= 0 || errno != ESRCH;
}

/* A process shows a new segment: what it was before is no more (exec). */
static void
end_former(struct live *live, const struct image *image)
{
	for (uint32_t i = 0; i < live->image_count; i++)
		if (live->images[i] != image && live->images[i]->segment.pid == image->segment.pid)
			image_end(live, live->images[i]);
}

void
image_attach(struct live *live, const char *name)
{
	struct image *image = allocate(sizeof *image);
	struct reason why;

	if (!segment_open(&image->segment, session_directory(live->session), name, &why)) {
		complain(live, &why);
		free(image);
		return;
	}
	image->name = duplicate(name);
	image->tag = (uint64_t)live->image_count << IMAGE_TAG_SHIFT;
	GROW(live->images, live->image_count, live->image_room);
	live->images[live->image_count++] = image;
	end_former(live, image);
	image->places = places_new(image->segment.pid);
	hand_greet(live, image);
	if (!watch_process(live, image))
		image_end(live, image);
}

void
image_free(struct live *live, struct image *image)
{
	for (uint32_t i = 0; i < image->count; i++) {
		merge_remove(&live->merge, &image->lanes[i]->merge);
		free(image->lanes[i]);
	}
	if (image->pidfd >= 0)
		close(image->pidfd);
	segment_close(&image->segment);
	places_free(image->places);
	free(image->lanes);
	free(image->created);
	free(image->name);
	free(image);
}

static struct live_lane *
lane_of(struct live *live, struct image *image, uint32_t index)
{
	while (image->count <= index) {
		struct live_lane *lane = allocate(sizeof *lane);
		uint64_t reserved = atomic_load(&image->segment.lane[image->count].reserved);

		merge_add(&live->merge, &lane->merge);
		lane->image = image;
		lane->index = image->count;
		lane->last_kind = TL_VOID;
		/* What another viewer has read is gone. */
		lane->drained = atomic_load(&image->segment.lane[lane->index].drained);
		if (reserved - lane->drained > image->segment.capacity)
			lane->drained = 0;
		GROW(image->lanes, image->count, image->room);
		image->lanes[image->count++] = lane;
	}
	return image->lanes[index];
}

/* --- Draining ------------------------------------------------------------------------------------------------- */

static uint64_t
time_here(const struct live *live, const struct image *image, uint64_t time)
{
	if (image->segment.time_source == live->ticks.source)
		return time;
	return live->ticks.source == TL_TIME_CYCLES ? ticks_from_monotonic(&live->ticks, (int64_t)time) : live->horizon;
}

/*
 * Makes raw events fit for the merge: unknown kinds out (a newer writer; we do not guess), times not beyond now, addresses
 * tagged. Returns how many are left.
 */
static size_t
import(struct live *live, struct live_lane *lane, struct tl_event *events, size_t count, uint64_t latest)
{
	const struct image *image = lane->image;
	bool foreign = image->segment.time_source != live->ticks.source;
	size_t kept = 0;

	for (size_t i = 0; i < count; i++) {
		struct tl_event e = events[i];

		if (e.kind >= TL_NKINDS && e.kind != TL_VOID)
			continue;
		if (foreign)
			e.time = time_here(live, image, e.time);
		if (e.time > latest)
			e.time = latest;
		if (e.kind == TL_VOID)
			e.value = 1;
		if (source_kinds[e.kind].address && e.object != 0)
			e.object ^= image->tag;
		if (e.place != 0 && e.kind != TL_TEXT)
			e.place ^= image->tag;
		if (e.kind == TL_THREAD_END)
			lane->saw_end = true;
		lane->last_kind = e.kind;
		events[kept++] = e;
	}
	return kept;
}

/* Events of a lane that were dropped, put where the ring was full: behind all that was read. */
static void
note_losses(struct live *live, struct live_lane *lane, uint64_t now)
{
	uint64_t lost = atomic_load_explicit(&lane->image->segment.lane[lane->index].lost, memory_order_relaxed);
	uint64_t more = lost - lane->lost;
	struct tl_event gap = { .kind = MERGE_GAP, .time = lane->bound };

	if (more == 0 || more > INT64_MAX)
		return;
	lane->lost = lost;
	gap.value = more < UINT32_MAX ? (uint32_t)more : UINT32_MAX;
	if (lane->merge.count > 0)
		gap.time = merge_newest(&lane->merge);
	else if (gap.time == 0)
		gap.time = now;
	merge_put(&live->merge, &lane->merge, &gap, 1);
}

/* The bound of a lane from how far its ring could be read: design, "Horizon". */
static void
set_bound(struct live *live, struct live_lane *lane, enum ring_end end, uint64_t now, int64_t monotonic)
{
	uint64_t bound = lane->bound;

	if (end != RING_STUCK)
		lane->stuck_since = 0;
	switch (end) {
	case RING_MORE:
		bound = merge_sure(&lane->merge, bound);
		break;
	case RING_STUCK:
		if (lane->stuck_since == 0)
			lane->stuck_since = monotonic;
		if (monotonic - lane->stuck_since > STUCK_FOR)
			bound = now - live->slack;
		else if (lane->merge.count > 0)
			bound = merge_newest(&lane->merge);
		break;
	case RING_CLEAR:
	case RING_WRONG:
		bound = now - live->slack;
		break;
	}
	if (bound > lane->bound)
		lane->bound = bound;
}

/* Its thread has ended and all of it was read: others may have the lane. */
static void
give_lane_back(struct live_lane *lane)
{
	struct tl_lane *shared = &lane->image->segment.lane[lane->index];
	uint32_t ended = TL_LANE_ENDED;

	if (atomic_load_explicit(&shared->use, memory_order_acquire) != TL_LANE_ENDED ||
	    atomic_load_explicit(&shared->reserved, memory_order_acquire) != lane->drained)
		return;
	lane->saw_end = false;
	atomic_compare_exchange_strong(&shared->use, &ended, TL_LANE_FREE);
}

static void
drain_lane(struct live *live, struct live_lane *lane, uint64_t now, int64_t monotonic)
{
	const struct segment *segment = &lane->image->segment;
	struct tl_event batch[BATCH];
	size_t taken, total = 0;
	enum ring_end end;

	if (live->merge.queued > QUEUED_MAX && lane->merge.count > LANE_MAX)
		return;
	do {
		end = segment_take(segment, lane->index, &lane->drained, batch, BATCH, &taken);
		if (taken == 0)
			break;
		total += taken;
		taken = import(live, lane, batch, taken, ticks_now(live->ticks.source) + live->slack);
		merge_put(&live->merge, &lane->merge, batch, taken);
	} while (end == RING_MORE && total < A_ROUND);
	if (end != RING_MORE)
		note_losses(live, lane, now);
	if (total > 0) {
		segment_release(segment, lane->index, lane->drained);
		lane->silent_since = monotonic;
	}
	set_bound(live, lane, end, now, monotonic);
	if (end == RING_CLEAR && (lane->saw_end || total == 0))
		give_lane_back(lane);
}

void
image_drain(struct live *live, struct image *image, uint64_t now, int64_t monotonic)
{
	uint32_t used = segment_lanes_used(&image->segment);
	struct segment_name name;

	for (uint32_t i = 0; i < used; i++)
		drain_lane(live, lane_of(live, image, i), now, monotonic);
	/* After the lanes: a name is written before the events that use it, so all that are needed are there now. */
	while (segment_next_name(&image->segment, &name)) {
		name.time = time_here(live, image, name.time);
		aside_name(live, image, &name, ticks_now(live->ticks.source));
	}
}

/* What the dead have left: also behind slots that nobody will ever commit. */
static void
drain_dead_lane(struct live *live, struct live_lane *lane, uint64_t now)
{
	const struct segment *segment = &lane->image->segment;
	struct tl_event batch[BATCH];
	size_t taken;

	for (uint64_t left = segment->capacity; left > 0;) {
		segment_take(segment, lane->index, &lane->drained, batch, BATCH, &taken);
		if (taken == 0 && !segment_skip(segment, lane->index, &lane->drained))
			break;
		left -= taken == 0 ? 1 : taken < left ? taken : left;
		taken = import(live, lane, batch, taken, now);
		merge_put(&live->merge, &lane->merge, batch, taken);
	}
	note_losses(live, lane, now);
	segment_release(segment, lane->index, lane->drained);
}

void
image_end(struct live *live, struct image *image)
{
	uint64_t now = ticks_now(live->ticks.source);

	if (image->dead)
		return;
	image->dead = true;
	image_drain(live, image, now, monotonic_now());
	for (uint32_t i = 0; i < image->count; i++)
		drain_dead_lane(live, image->lanes[i], now);
	aside_burial(live, image, now);
	unlinkat(session_directory(live->session), image->name, 0);
}

bool
image_has_news(const struct image *image)
{
	uint32_t used = segment_lanes_used(&image->segment);

	if (used > image->count)
		return true;
	for (uint32_t i = 0; i < used; i++)
		if (atomic_load_explicit(&image->segment.lane[i].reserved, memory_order_acquire) != image->lanes[i]->drained)
			return true;
	return false;
}
