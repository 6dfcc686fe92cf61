/* kinds.c - wire/kinds.def, as the model needs it. */
#include "config.h"

#include "model/inside.h"

#define TL_STATE_WORKS BECOMES_WORKS
#define TL_STATE_KEEPS BECOMES_KEEPS

const struct kind model_kinds[TL_NKINDS] = {
#define KIND(name, class, role, becomes, ...) [TL_##name] = { TL_CLASS_##class, ROLE_##role, TL_STATE_##becomes },
#include "wire/kinds.def"
#undef KIND
};
