/*
 * cells.c - what a lane did in each cell of a row, at any zoom.
 *
 * Every MARK_EVERY entries a lane keeps how long it was in each state before them. How long it was in each state up to a
 * time t is the mark before t and a short scan; a cell is the difference of its two edges, and neighbours share one.
 */
#include "config.h"

#include "model/inside.h"

#include <string.h>

struct edge {
	int64_t in[TL_NSTATES];
	uint32_t entries;	/* how many began before it */
};

static void
edge_at(const struct model *m, const struct lane *lane, int64_t t, struct edge *out)
{
	uint32_t i;

	memset(out, 0, sizeof *out);
	if (t > m->end)
		t = m->end;
	i = lane_entry_at(lane, t - 1);		/* the last that began before t */
	if (i == lane->nentries)
		return;
	memcpy(out->in, lane->marks[i / MARK_EVERY].in, sizeof out->in);
	for (uint32_t k = i / MARK_EVERY * MARK_EVERY; k < i; k++)
		out->in[lane->entries[k].state] += lane->entries[k + 1].time - lane->entries[k].time;
	out->in[lane->entries[i].state] += t - lane->entries[i].time;
	out->entries = i + 1;
}

static uint32_t
lost_in(const struct lane *lane, int64_t from, int64_t to)
{
	uint64_t lost = 0;

	for (uint32_t i = 0; i < lane->ngaps; i++)
		if (lane->gaps[i].time >= from && lane->gaps[i].time < to)
			lost += lane->gaps[i].lost;
	return lost < UINT32_MAX ? (uint32_t)lost : UINT32_MAX;
}

void
model_cells(const struct model *m, uint32_t thread, int64_t from, int64_t width, int n, struct cell_sum *cells)
{
	const struct lane *lane = lane_at(m, thread);
	struct edge left, right;

	memset(cells, 0, (size_t)n * sizeof *cells);
	if (lane == NULL || lane->nentries == 0)
		return;
	edge_at(m, lane, from, &left);
	for (int k = 0; k < n; k++) {
		int64_t start = from + k * width;

		edge_at(m, lane, start + width, &right);
		for (int s = 0; s < TL_NSTATES; s++)
			cells[k].in[s] = right.in[s] - left.in[s];
		cells[k].changes = right.entries - left.entries;
		if (lane->ngaps > 0)
			cells[k].lost = lost_in(lane, start, start + width);
		left = right;
	}
}
