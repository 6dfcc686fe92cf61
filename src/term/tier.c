/*
 * tier.c - see tier.h.
 *
 * Block and box characters are of East Asian ambiguous width: where the locale says that they take two columns, or where
 * they cannot be said at all, everything is drawn in ASCII.
 */
#include "config.h"

#include "term/tier.h"

#include <langinfo.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

bool
tier_locale_is_utf8(void)
{
	return strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
}

enum glyph_tier
tier_guess(void)
{
	const char *term = getenv("TERM");

	if (!tier_locale_is_utf8() || wcwidth(L'█') != 1)
		return GLYPHS_ASCII;
	if (term != NULL && (strcmp(term, "linux") == 0 || strncmp(term, "linux-", 6) == 0))
		return GLYPHS_CONSOLE;
	return GLYPHS_FULL;
}

bool
tier_parse(const char *word, enum glyph_tier *tier)
{
	if (strcmp(word, "auto") == 0)
		*tier = tier_guess();
	else if (strcmp(word, "full") == 0)
		*tier = GLYPHS_FULL;
	else if (strcmp(word, "console") == 0)
		*tier = GLYPHS_CONSOLE;
	else if (strcmp(word, "ascii") == 0)
		*tier = GLYPHS_ASCII;
	else
		return false;
	return true;
}
