/* aside.c - what is told between the events: see live-inside.h. A queue, sorted by ticks. */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/allocate.h"
#include "source/live-inside.h"

static struct aside *
insert(struct live *live, uint64_t ticks)
{
	uint32_t at;

	if (live->aside_first > 0 && live->aside_count == live->aside_room) {
		uint32_t left = live->aside_count - live->aside_first;

		memmove(live->asides, live->asides + live->aside_first, left * sizeof *live->asides);
		live->aside_first = 0;
		live->aside_count = left;
	}
	GROW(live->asides, live->aside_count, live->aside_room);
	at = live->aside_count++;
	while (at > live->aside_first && live->asides[at - 1].ticks > ticks) {
		live->asides[at] = live->asides[at - 1];
		at--;
	}
	live->asides[at] = (struct aside){ .ticks = ticks };
	return &live->asides[at];
}

struct news *
aside_add(struct live *live, uint64_t ticks, enum news_what what, void *owned)
{
	struct aside *a = insert(live, ticks);

	a->news.what = what;
	a->owned = owned;
	return &a->news;
}

void
aside_burial(struct live *live, struct image *image, uint64_t ticks)
{
	struct aside *a = insert(live, ticks);

	a->burial = true;
	a->image = image;
}

void
aside_name(struct live *live, struct image *image, struct segment_name *name, uint64_t now)
{
	struct aside *a = insert(live, name->time < now ? name->time : now);

	a->image = image;
	a->owned = name->text;
	a->news.what = NEWS_NAME;
	a->news.name.text = name->text;
	a->news.name.object = name->object ^ image->tag;
	a->news.name.other = name->other != 0 ? name->other ^ image->tag : 0;
	a->news.name.value = name->value;
	a->news.name.is = name->is;
}

const struct aside *
aside_first(const struct live *live)
{
	return live->aside_first < live->aside_count ? &live->asides[live->aside_first] : NULL;
}

struct aside
aside_take(struct live *live)
{
	struct aside taken = live->asides[live->aside_first++];

	if (live->aside_first == live->aside_count)
		live->aside_first = live->aside_count = 0;
	return taken;
}

void
asides_free(struct live *live)
{
	while (aside_first(live) != NULL)
		free(aside_take(live).owned);
	free(live->asides);
}
