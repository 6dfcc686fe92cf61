/*
 * tier.h - which glyphs a terminal can be trusted with.
 */
#ifndef TERM_TIER_H
#define TERM_TIER_H

#include <stdbool.h>

#include "view/view.h"

/* The word of --glyphs; "auto" asks the locale and TERM. False if the word is unknown. Needs setlocale() done. */
bool tier_parse(const char *word, enum glyph_tier *);
enum glyph_tier tier_guess(void);
bool tier_locale_is_utf8(void);

#endif
