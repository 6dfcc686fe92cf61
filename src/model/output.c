/* output.c - what the program wrote, as one run of bytes with times; and the changes of the session clock. */
#include "config.h"

#include "model/inside.h"

#include <string.h>

#include "base/allocate.h"

struct write {
	int64_t time;
	uint64_t end;		/* bytes written up to and with it, ever */
};

struct clock {
	int64_t time;
	uint32_t rate;
};

void
output_init(struct model *m)
{
	series_init(&m->writes, sizeof(struct write), 8);
	series_init(&m->clocks, sizeof(struct clock), 6);
}

/* The output may have a quarter of the memory; then the older half of it goes. */
static void
output_forget(struct model *m)
{
	size_t gone = m->output_length / 2;

	memmove(m->output, m->output + gone, m->output_length - gone);
	m->output_length -= gone;
	m->output_dropped += gone;
	while (m->first_write < m->writes.count &&
	    ((struct write *)series_at(&m->writes, m->first_write))->end <= m->output_dropped)
		m->first_write++;
	series_forget(&m->writes, m->first_write, &m->used);
}

void
output_take(struct model *m, const struct news *n)
{
	size_t length = n->output.length, most = m->bound / 4;
	const char *bytes = n->output.bytes;
	struct write *w;

	while (m->output_length > 0 && m->output_length + length > most)
		output_forget(m);
	if (m->output_length + length > m->output_room) {
		size_t room = m->output_length + length < 4096 ? 4096 : 2 * (m->output_length + length);

		m->output = reallocate(m->output, room, 1);
		m->used += room - m->output_room;
		m->output_room = room;
	}
	if (length > 0)
		memcpy(m->output + m->output_length, bytes, length);
	m->output_length += length;
	w = series_add(&m->writes, &m->used);
	w->time = m->now;
	w->end = m->output_dropped + m->output_length;
}

const char *
model_output(const struct model *m, int64_t t, size_t *length)
{
	uint32_t low = m->first_write, high = m->writes.count;

	while (low < high) {		/* the first write after t */
		uint32_t middle = low + (high - low) / 2;

		if (((struct write *)series_at(&m->writes, middle))->time <= t)
			low = middle + 1;
		else
			high = middle;
	}
	*length = 0;
	if (low > m->first_write)
		*length = ((struct write *)series_at(&m->writes, low - 1))->end - m->output_dropped;
	return m->output != NULL ? m->output : "";
}

void
clock_take(struct model *m, const struct news *n)
{
	struct clock *c = series_add(&m->clocks, &m->used);

	c->time = m->now;
	c->rate = m->program.rate = n->clock.rate;
}

bool
model_clock_change(const struct model *m, uint32_t n, int64_t *time, uint32_t *rate)
{
	const struct clock *c;

	if (n >= m->clocks.count)
		return false;
	c = series_at(&m->clocks, n);
	*time = c->time;
	*rate = c->rate;
	return true;
}
