/*
 * source.h - where news comes from: a live segment, a recording, a script. One cursor for all of them.
 */
#ifndef SOURCE_SOURCE_H
#define SOURCE_SOURCE_H

#include <stdbool.h>
#include "base/news.h"
#include "base/reason.h"

enum source_outcome {
	SOURCE_NEWS,	/* *news is filled */
	SOURCE_IDLE,	/* nothing now; ask again after a frame, or when fd() is readable */
	SOURCE_END,	/* nothing will ever come again */
	SOURCE_BROKEN,	/* nothing more can be read; the reason says why. What was told before is good. */
};

struct source;		/* opaque; the first member is its ops */

struct source_ops {
	enum source_outcome (*next)(struct source *, struct news *, struct reason *);
	int (*fd)(struct source *);	/* poll this for reading while idle; -1 if there is none */
	void (*close)(struct source *);
};

struct source {
	const struct source_ops *ops;
};

/* The next item of news. Never blocks. */
static inline enum source_outcome
source_next(struct source *s, struct news *news, struct reason *why)
{
	return s->ops->next(s, news, why);
}

static inline int
source_fd(struct source *s)
{
	return s->ops->fd(s);
}

static inline void
source_close(struct source *s)
{
	s->ops->close(s);
}

#endif
