/* recording-lanes.c - the state of a thread, followed event by event, for the directory of a recording. */
#include "config.h"

#include "source/recording-format.h"

#include <string.h>

enum becomes {
#define STATE(name, ...) BECOMES_##name = TL_STATE_##name,
#include "wire/states.def"
#undef STATE
	BECOMES_WORKS,
	BECOMES_KEEPS,
};

static const uint8_t becomes[TL_NKINDS] = {
#define KIND(name, class, role, becomes, ...) [TL_##name] = BECOMES_##becomes,
#include "wire/kinds.def"
#undef KIND
};

static void
hold(struct lane_state *lane, uint64_t object, bool again)
{
	for (uint32_t i = 0; i < lane->holds && !again; i++)
		if (lane->held[i] == object)
			return;
	if (lane->holds < RECORDING_HOLDS)
		lane->held[lane->holds++] = object;
}

static void
let_go(struct lane_state *lane, uint64_t object)
{
	for (uint32_t i = lane->holds; i-- > 0;)
		if (lane->held[i] == object) {
			lane->holds--;
			memmove(&lane->held[i], &lane->held[i + 1], (lane->holds - i) * sizeof lane->held[0]);
			return;
		}
}

static void
follow_holds(struct lane_state *lane, const struct news *event)
{
	switch (event->event.kind) {
	case TL_LOCK_TAKE: case TL_READ_TAKE: case TL_WRITE_TAKE:
		hold(lane, event->event.object, false);
		break;
	case TL_SEM_TAKE:
		hold(lane, event->event.object, true);
		break;
	case TL_LOCK_RELEASE:
		if (event->event.value == 0)
			let_go(lane, event->event.object);
		break;
	case TL_RW_RELEASE: case TL_SEM_POST:
		let_go(lane, event->event.object);
		break;
	default:
		break;
	}
}

void
lane_state_take(struct lane_state *lane, const struct news *event)
{
	uint8_t next = event->event.kind < TL_NKINDS ? becomes[event->event.kind] : BECOMES_KEEPS;

	follow_holds(lane, event);
	if (next == BECOMES_KEEPS)
		return;
	lane->object = event->event.object;
	if (next == BECOMES_WORKS) {
		next = lane->holds > 0 ? TL_STATE_HOLDS : TL_STATE_RUNS;
		lane->object = lane->holds > 0 ? lane->held[lane->holds - 1] : 0;
	} else if (next == BECOMES_LOCK && lane->holds > 0) {
		next = TL_STATE_LOCK_HOLDING;
	}
	lane->state = next;
}
