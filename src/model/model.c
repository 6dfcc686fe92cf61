/* model.c - the model as a whole: made, told, asked about the program, freed. */
#include "config.h"

#include "model/inside.h"

#include <stdlib.h>
#include <string.h>

#include "base/allocate.h"
#include "wire/segment.h"

#define DEFAULT_BOUND ((size_t)1 << 30)

struct model *
model_new(size_t memory_bound)
{
	struct model *m = allocate(sizeof *m);

	m->bound = memory_bound ? memory_bound : DEFAULT_BOUND;
	m->program.rate = TL_RATE_ONE;
	m->program.name = m->program_name = duplicate("");
	m->program.command = m->command = duplicate("");
	return m;
}

static void
program_take(struct model *m, const struct news *n)
{
	const char *end = n->program.command + strcspn(n->program.command, " "), *start = end;

	while (start > n->program.command && start[-1] != '/')
		start--;
	free(m->program_name);
	free(m->command);
	m->program.name = m->program_name = clean(start, (size_t)(end - start));
	m->program.command = m->command = clean(n->program.command, strlen(n->program.command));
	m->program.start = n->program.start;
	m->program.pid = n->program.pid;
}

static void
gap_take(struct model *m, const struct news *n)
{
	struct lane *lane = lane_of(m, n->thread);

	m->program.lost += n->gap.lost;
	if (lane == NULL)
		return;
	lane->told.lost += n->gap.lost;
	GROW(lane->gaps, lane->ngaps, lane->gap_room);
	lane->gaps[lane->ngaps++] = (struct gap){ n->time, n->gap.lost };
}

/* How a thread looks from outside: it changes the lane only where the thread itself says no more than that it runs. */
static void
look_take(struct model *m, const struct news *n)
{
	struct lane *lane = lane_of(m, n->thread);
	struct object *o;
	uint8_t state;

	if (lane == NULL)
		return;
	lane->told.held = n->look.held;
	lane->told.next_kind = n->look.kind < TL_NKINDS ? n->look.kind : 0;
	lane->told.next_place = n->look.place;
	lane->told.next_object = 0;
	if (n->look.held && kind_rows[lane->told.next_kind].class == TL_CLASS_THREAD)
		lane->told.next_object = identity_of(m, n->look.object)->thread;
	else if (n->look.held && (o = object_known(m, n->look.object)) != NULL)
		lane->told.next_object = o->number;
	free(lane->elsewhere);
	lane->elsewhere = n->look.elsewhere ? clean(n->look.elsewhere, strlen(n->look.elsewhere)) : NULL;
	lane->told.elsewhere = lane->elsewhere;
	if (lane->nentries == 0)
		return;
	state = lane->entries[lane->nentries - 1].state;
	if (lane->elsewhere != NULL && (state == TL_STATE_RUNS || state == TL_STATE_HOLDS))
		lane_set(m, n->thread, TL_STATE_ELSEWHERE, 0, lane->entries[lane->nentries - 1].record, n->time);
	else if (lane->elsewhere == NULL && state == TL_STATE_ELSEWHERE)
		lane_works(m, n->thread, lane->entries[lane->nentries - 1].record, n->time);
}

static void
clock_take(struct model *m, const struct news *n)
{
	m->program.rate = n->clock.rate;
	GROW(m->clock, m->nclock, m->clock_room);
	m->clock[m->nclock++] = (struct clock_change){ n->time, n->clock.rate };
}

void
model_take(struct model *m, const struct news *n)
{
	model_advance(m, n->time);
	switch (n->what) {
	case NEWS_PROGRAM:
		program_take(m, n);
		break;
	case NEWS_EVENT:
		event_take(m, n);
		break;
	case NEWS_NAME:
		if (n->name.is == TL_OBJECT_THREAD)
			thread_describe(m, n);
		else
			object_describe(m, n);
		break;
	case NEWS_PLACE:
		place_take(m, n);
		break;
	case NEWS_SOURCE:
		source_take(m, n);
		break;
	case NEWS_GAP:
		gap_take(m, n);
		break;
	case NEWS_LOOK:
		look_take(m, n);
		break;
	case NEWS_CLOCK:
		clock_take(m, n);
		break;
	case NEWS_OUTPUT:
		output_take(m, n);
		break;
	case NEWS_EXIT:
		m->program.exited = true;
		m->program.status = n->exit.status;
		m->program.exit_time = n->time;
		break;
	}
}

void
model_advance(struct model *m, int64_t now)
{
	if (now > m->end)
		m->end = now;
}

const struct model_program *
model_program(const struct model *m)
{
	return &m->program;
}

int64_t
model_end(const struct model *m)
{
	return m->end;
}

int64_t
model_kept_from(const struct model *m)
{
	return m->kept_from;
}

bool
model_clock_change(const struct model *m, uint32_t n, int64_t *time, uint32_t *rate)
{
	if (n >= m->nclock)
		return false;
	*time = m->clock[n].time;
	*rate = m->clock[n].rate;
	return true;
}

static void
lane_free(struct lane *lane)
{
	free((char *)lane->told.name);
	free(lane->entries);
	free(lane->marks);
	free(lane->held);
	free(lane->gaps);
	free(lane->wakes);
	free(lane->elsewhere);
	free(lane);
}

static void
object_free(struct object *o)
{
	for (uint32_t i = 0; i < o->ncheckpoints; i++)
		state_free(&o->checkpoints[i].state);
	state_free(&o->now);
	free((char *)o->told.name);
	free(o->checkpoints);
	free(o->records);
	free(o);
}

void
model_free(struct model *m)
{
	if (m == NULL)
		return;
	for (uint32_t i = 0; i < m->nlanes; i++)
		lane_free(m->lanes[i]);
	for (uint32_t i = 0; i < m->nobjects; i++)
		object_free(m->objects[i]);
	for (uint32_t i = 0; i < m->ntexts; i++)
		free(m->texts[i]);
	log_free_before(&m->log, m->log.nchunks * LOG_CHUNK);
	model_places_free(m);
	identities_free(m);
	free(m->log.chunks);
	free(m->lanes);
	free(m->objects);
	free(m->texts);
	free(m->clock);
	free(m->program_name);
	free(m->command);
	free(m);
}
