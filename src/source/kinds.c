/* kinds.c - see kinds.h. */
#include "config.h"

#include "source/kinds.h"

/* Of the class NONE, whether the object is an address is told kind by kind. */
#define HAS_ADDRESS(kind) ((kind) == TL_OBJECT_DESTROY || (kind) == TL_MISUSE)

const struct kind source_kinds[256] = {
#define KIND(name, of, does, ...)                                                                          \
	[TL_##name] = { TL_CLASS_##of, ROLE_##does, TL_CLASS_##of != TL_CLASS_NONE || HAS_ADDRESS(TL_##name) },
#include "wire/kinds.def"
#undef KIND
};
