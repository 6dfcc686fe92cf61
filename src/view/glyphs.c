/* glyphs.c - see glyphs.h. */
#include "config.h"

#include "view/glyphs.h"

#define NTIERS 3

static const struct {
	uint32_t rune[NTIERS];
	const char *legend;
} glyphs[NGLYPHS] = {
#define GLYPH(name, full, console, ascii, legend) { { full, console, ascii }, legend },
#include "view/glyphs.def"
#undef GLYPH
};

static const struct {
	uint32_t rune[NTIERS];
	uint8_t style;
	uint8_t rank;
	const char *words;
} states[TL_NSTATES] = {
#define STATE(name, full, console, ascii, hue, rank, words) { { full, console, ascii }, HUE_##hue, rank, words },
#include "wire/states.def"
#undef STATE
};

static const uint32_t bars[NTIERS][BAR_LEVELS + 1] = {
	{ U' ', U'▁', U'▂', U'▃', U'▄', U'▅', U'▆', U'▇', U'█' },
	{ U' ', U'_', U'_', U'▄', U'▄', U'▄', U'█', U'█', U'█' },
	{ U' ', U'_', U'.', U'-', U'=', U'+', U'*', U'%', U'#' },
};

uint32_t
glyph(enum glyph_tier tier, enum glyph which)
{
	return glyphs[which].rune[tier];
}

const char *
glyph_legend(enum glyph which)
{
	return glyphs[which].legend;
}

uint32_t
state_glyph(enum glyph_tier tier, enum tl_state state)
{
	return states[state].rune[tier];
}

uint8_t
state_style(enum tl_state state)
{
	return states[state].style;
}

const char *
state_words(enum tl_state state)
{
	return states[state].words;
}

int
state_rank(enum tl_state state)
{
	return states[state].rank;
}

uint32_t
bar_glyph(enum glyph_tier tier, int level)
{
	if (level < 0)
		level = 0;
	return bars[tier][level > BAR_LEVELS ? BAR_LEVELS : level];
}
