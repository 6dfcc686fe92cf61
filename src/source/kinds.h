/* kinds.h - the columns of wire/kinds.def that reading needs: class and role of every kind. */
#ifndef SOURCE_KINDS_H
#define SOURCE_KINDS_H

#include <stdbool.h>
#include <stdint.h>

#include "wire/event.h"

enum role {
	ROLE_WAIT,
	ROLE_TAKE,
	ROLE_GIVE,
	ROLE_NOTE,
};

struct kind {
	uint8_t class;		/* enum tl_class */
	uint8_t role;		/* enum role */
	bool address;		/* the object's 8 bytes are an address (or an identity), not a duration or text */
};

extern const struct kind source_kinds[256];	/* of unknown kinds: all zero; whoever reads drops them first */

#endif
