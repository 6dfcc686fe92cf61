/* wakes.c - who let whom go on: the give that ended a wait, kept with the thread that was woken. */
#include "config.h"

#include "model/inside.h"

#include <string.h>

#include "base/allocate.h"

void
wake_note(struct model *m, uint32_t woken, uint32_t by, int64_t time, uint32_t object)
{
	struct lane *lane = lane_of(m, woken);

	if (lane == NULL || by == 0 || by == woken)
		return;
	if (lane->nwakes > 0 && lane->wakes[lane->nwakes - 1].time > time)
		return;
	GROW(lane->wakes, lane->nwakes, lane->wake_room);
	lane->wakes[lane->nwakes++] = (struct wake){ .time = time, .by = by, .woken = woken, .object = object };
}

static uint32_t
first_at(const struct lane *lane, int64_t t)
{
	uint32_t low = 0, high = lane->nwakes;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;

		if (lane->wakes[middle].time < t)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

int
model_wakes(const struct model *m, uint32_t thread, int64_t from, int64_t to, struct wake *out, int room)
{
	const struct lane *lane = lane_at(m, thread);
	int n = 0;

	if (lane == NULL)
		return 0;
	for (uint32_t i = first_at(lane, from); i < lane->nwakes && lane->wakes[i].time < to && n < room; i++)
		out[n++] = lane->wakes[i];
	return n;
}

void
model_wake_cells(const struct model *m, uint32_t thread, int64_t from, int64_t width, int n, struct wake_sum *out)
{
	const struct lane *lane = lane_at(m, thread);
	uint32_t left, right;

	memset(out, 0, (size_t)n * sizeof *out);
	if (lane == NULL || lane->nwakes == 0)
		return;
	left = first_at(lane, from);
	for (int k = 0; k < n; k++) {
		right = first_at(lane, from + (k + 1) * width);
		out[k].count = right - left;
		if (right > left)
			out[k].last = lane->wakes[right - 1];
		left = right;
	}
}
