/*
 * resolver.h - places and source lines, found by a thread of its own, so that the drain never waits for debugging
 * information to be read. Ask; answers come in the order of asking; fd() is readable when there are some.
 */
#ifndef SOURCE_RESOLVER_H
#define SOURCE_RESOLVER_H

#include <stdbool.h>
#include <stdint.h>

#include "source/places.h"

struct resolver;

struct answer {
	uint64_t address;	/* as asked: tagged */
	char *function;		/* NULL: this is a line of source */
	char *file, *text;
	uint32_t line;
};

struct resolver *resolver_new(void);
/* Waits for the question in hand; those behind it are dropped. */
void resolver_free(struct resolver *);

/* Each address is asked for once; a second time nothing happens. "plain" is the address in its process. */
void resolver_ask(struct resolver *, struct places *, uint64_t address, uint64_t plain, bool exact);
/* The next answer, whose strings are then the caller's. False: none. */
bool resolver_answer(struct resolver *, struct answer *);
bool resolver_idle(struct resolver *);		/* nothing to be found, nothing to be told */
int resolver_fd(const struct resolver *);

#endif
