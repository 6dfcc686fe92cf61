/* merge.c - see merge.h. A binary heap of lanes, each with its queue. */
#include "config.h"

#include "source/merge.h"

#include <stdlib.h>

#include "base/allocate.h"
#include "source/kinds.h"

#define FIRST_ROOM  64u
#define LOOK_AHEAD  16u		/* how far a held lane is searched for its own give */

void
merge_start(struct merge *m, uint64_t patience, uint64_t recent)
{
	*m = (struct merge){ .patience = patience };
	repair_start(&m->repair);
	m->repair.recent = recent;
}

void
merge_free(struct merge *m)
{
	repair_free(&m->repair);
	free(m->heap);
	free(m->held);
	*m = (struct merge){ 0 };
}

/* --- The heap ------------------------------------------------------------------------------------------------- */

static inline bool
earlier(const struct merge_entry *a, const struct merge_entry *b)
{
	return a->key != b->key ? a->key < b->key : a->lane->id < b->lane->id;
}

static inline void
put_at(struct merge *m, uint32_t at, struct merge_entry entry)
{
	m->heap[at] = entry;
	entry.lane->heap = at + 1;
}

static void
sift_up(struct merge *m, uint32_t at, struct merge_entry entry)
{
	while (at > 0 && earlier(&entry, &m->heap[(at - 1) / 2])) {
		put_at(m, at, m->heap[(at - 1) / 2]);
		at = (at - 1) / 2;
	}
	put_at(m, at, entry);
}

static void
sift_down(struct merge *m, uint32_t at, struct merge_entry entry)
{
	uint32_t child;

	while ((child = 2 * at + 1) < m->count) {
		if (child + 1 < m->count && earlier(&m->heap[child + 1], &m->heap[child]))
			child++;
		if (!earlier(&m->heap[child], &entry))
			break;
		put_at(m, at, m->heap[child]);
		at = child;
	}
	put_at(m, at, entry);
}

static void
heap_insert(struct merge *m, struct merge_lane *lane, uint64_t key)
{
	lane->key = key;
	GROW(m->heap, m->count, m->room);
	m->count++;
	sift_up(m, m->count - 1, (struct merge_entry){ key, lane });
}

static void
heap_remove(struct merge *m, struct merge_lane *lane)
{
	uint32_t at = lane->heap - 1;
	struct merge_entry last = m->heap[--m->count];

	lane->heap = 0;
	if (last.lane == lane)
		return;
	sift_down(m, at, last);
	sift_up(m, last.lane->heap - 1, last);
}

static void
heap_change(struct merge *m, struct merge_lane *lane, uint64_t key)
{
	struct merge_entry entry = { key, lane };
	bool sooner = key < lane->key;

	lane->key = key;
	if (sooner)
		sift_up(m, lane->heap - 1, entry);
	else
		sift_down(m, lane->heap - 1, entry);
}

/* --- The queue of a lane -------------------------------------------------------------------------------------- */

static inline struct tl_event *
nth(const struct merge_lane *lane, uint32_t n)
{
	return &lane->queue[(lane->first + n) & (lane->room - 1)];
}

static void
enlarge(struct merge_lane *lane)
{
	uint32_t room = lane->room ? lane->room * 2 : FIRST_ROOM;
	struct tl_event *queue = reallocate(NULL, room, sizeof *queue);

	for (uint32_t i = 0; i < lane->count; i++)
		queue[i] = *nth(lane, i);
	free(lane->queue);
	lane->queue = queue;
	lane->room = room;
	lane->first = 0;
}

/* At the end, or a few places before it if its time says so. The first place may be promised already: see held. */
static void
insert(struct merge_lane *lane, const struct tl_event *event)
{
	uint32_t at, lowest;

	if (lane->count == lane->room)
		enlarge(lane);
	at = lane->count++;
	lowest = at > MERGE_NESTED ? at - MERGE_NESTED : 0;
	if (lowest == 0 && lane->waits_for != 0 && at > 0)
		lowest = 1;
	while (at > lowest && nth(lane, at - 1)->time > event->time) {
		*nth(lane, at) = *nth(lane, at - 1);
		at--;
	}
	*nth(lane, at) = *event;
}

void
merge_add(struct merge *m, struct merge_lane *lane)
{
	*lane = (struct merge_lane){ .id = m->lanes++ };
}

static struct merge_lane *
release_held(struct merge *m, uint32_t at)
{
	struct merge_lane *lane = m->held[at];

	m->held[at] = m->held[--m->held_count];
	lane->waits_for = 0;
	return lane;
}

/* Whether it was held back. */
static bool
let_go(struct merge *m, struct merge_lane *lane)
{
	if (lane->waits_for == 0)
		return false;
	for (uint32_t i = 0; i < m->held_count; i++)
		if (m->held[i] == lane) {
			release_held(m, i);
			break;
		}
	return true;
}

void
merge_remove(struct merge *m, struct merge_lane *lane)
{
	if (lane->heap != 0)
		heap_remove(m, lane);
	let_go(m, lane);
	m->queued -= lane->count;
	free(lane->queue);
	lane->queue = NULL;
	lane->room = lane->count = 0;
}

void
merge_put(struct merge *m, struct merge_lane *lane, const struct tl_event *events, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		m->late += events[i].time < m->last;
		insert(lane, &events[i]);
	}
	m->queued += count;
	if (lane->count == 0)
		return;
	if (lane->heap == 0)
		heap_insert(m, lane, nth(lane, 0)->time);
	else if (lane->waits_for == 0 && nth(lane, 0)->time != lane->key)
		heap_change(m, lane, nth(lane, 0)->time);
}

uint64_t
merge_sure(const struct merge_lane *lane, uint64_t fallback)
{
	return lane->count > MERGE_NESTED ? nth(lane, lane->count - 1 - MERGE_NESTED)->time : fallback;
}

uint64_t
merge_newest(const struct merge_lane *lane)
{
	return nth(lane, lane->count - 1)->time;
}

/* --- Order ---------------------------------------------------------------------------------------------------- */

static void
hold_back(struct merge *m, struct merge_lane *lane, struct repair_object *o)
{
	const struct tl_event *e = nth(lane, 0);
	uint64_t until = e->time + m->patience;

	if (lane->waits_for == 0) {
		lane->waits_for = o->object;
		o->waiting++;
		GROW(m->held, m->held_count, m->held_room);
		m->held[m->held_count++] = lane;
	}
	heap_change(m, lane, until > m->last ? until : m->last + 1);
}

/* When this lane gives back what it is held back for: gives are stamped truly, so who gave first has taken first. */
static uint64_t
own_give(const struct merge_lane *lane)
{
	for (uint32_t i = 1; i < lane->count && i <= LOOK_AHEAD; i++) {
		const struct tl_event *e = nth(lane, i);

		if (e->object == lane->waits_for && source_kinds[e->kind].role == ROLE_GIVE)
			return e->time;
	}
	return UINT64_MAX;
}

/* An object was given back: who is held back for it may try again. A lock lets in one only. */
static void
give_arrived(struct merge *m, const struct tl_event *give)
{
	bool one = source_kinds[give->kind].class == TL_CLASS_LOCK;
	struct merge_lane *best = NULL;
	uint64_t best_give = 0;

	for (uint32_t i = 0; i < m->held_count; i++) {
		struct merge_lane *lane = m->held[i];
		uint64_t its_give;

		if (lane->waits_for != give->object)
			continue;
		if (!one) {
			heap_change(m, lane, give->time + 1);
			continue;
		}
		its_give = own_give(lane);
		if (best == NULL || its_give < best_give ||
		    (its_give == best_give && nth(lane, 0)->time < nth(best, 0)->time)) {
			best = lane;
			best_give = its_give;
		}
	}
	if (best != NULL)
		heap_change(m, best, give->time + 1);
}

static void
take_out(struct merge *m, struct merge_lane *lane, struct tl_event *event)
{
	uint64_t key = lane->key;

	*event = *nth(lane, 0);
	if (key < event->time)
		key = event->time;
	if (key <= m->last)
		key = m->last + 1;
	event->time = m->last = key;
	lane->first = (lane->first + 1) & (lane->room - 1);
	m->queued--;
	if (--lane->count == 0)
		heap_remove(m, lane);
	else
		heap_change(m, lane, nth(lane, 0)->time);
}

/* Is this lane's first event held back now (again)? If it was and is not any more, counts why. */
static bool
must_wait(struct merge *m, struct merge_lane *lane, struct repair_object *o)
{
	const struct tl_event *e = nth(lane, 0);
	bool allowed = repair_allows(&m->repair, o, e, lane->id);

	if (!allowed && lane->key < e->time + m->patience) {
		hold_back(m, lane, o);
		return true;
	}
	if (let_go(m, lane)) {
		o->waiting -= o->waiting > 0;
		*(allowed ? &m->repaired : &m->given_up) += 1;
	}
	return false;
}

struct merge_lane *
merge_next(struct merge *m, uint64_t horizon, struct tl_event *event)
{
	while (m->count > 0 && m->heap[0].key <= horizon) {
		struct merge_lane *lane = m->heap[0].lane;
		struct repair_object *o = repair_find(&m->repair, nth(lane, 0));

		if (o != NULL && must_wait(m, lane, o))
			continue;
		take_out(m, lane, event);
		if (event->kind == MERGE_GAP)
			repair_forget(&m->repair);
		if (o != NULL) {
			repair_apply(o, event, lane->id);
			if (o->waiting > 0 && source_kinds[event->kind].role == ROLE_GIVE)
				give_arrived(m, event);
		}
		return lane;
	}
	return NULL;
}
