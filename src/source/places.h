/*
 * places.h - from an address in a process to function, file and line, by libdw.
 *
 * What the process has mapped is read when the places are made, and again when an address is unknown, so that it is there
 * still after the process has died. One struct places is used by one thread at a time.
 */
#ifndef SOURCE_PLACES_H
#define SOURCE_PLACES_H

#include <stdbool.h>
#include <stdint.h>

struct places;

struct place {
	const char *function, *file;	/* "" if unknown; good until places_free() */
	const char *folder;		/* where the file was compiled, "" if unknown: a relative file lies there */
	uint32_t line;
};

struct places *places_new(int32_t pid);
void places_free(struct places *);

/* exact: the address is a function's own, not a return address (of which the call before it is meant). */
void places_find(struct places *, uint64_t address, bool exact, struct place *);

#endif
