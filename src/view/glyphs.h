/*
 * glyphs.h - which character stands for what, by tier.
 */
#ifndef VIEW_GLYPHS_H
#define VIEW_GLYPHS_H

#include <stdint.h>

#include "view/view.h"

enum glyph {
#define GLYPH(name, ...) GLYPH_##name,
#include "view/glyphs.def"
#undef GLYPH
	NGLYPHS
};

uint32_t glyph(enum glyph_tier, enum glyph);
const char *glyph_legend(enum glyph);

/* The character that fills a lane in a state, its style, what the legend calls it, and how bad it is. */
uint32_t state_glyph(enum glyph_tier, enum tl_state);
uint8_t state_style(enum tl_state);
const char *state_words(enum tl_state);
int state_rank(enum tl_state);

/* A bar of the overview, 0 (nothing) to BAR_LEVELS. */
#define BAR_LEVELS 8
uint32_t bar_glyph(enum glyph_tier, int level);

#endif
