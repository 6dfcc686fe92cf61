/* theme.c - see theme.h. */
#include "config.h"

#include "term/theme.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "view/canvas.h"

#define HUE_IS_TEXT 0x200
#define HUE_IS_BOLD 0x100

struct look {
	int index[3][2];	/* of 256, 16 and 8 colours; on dark and on light */
	int mono;
};

static const struct look looks[NHUES] = {
#define HUE(name, rgb_dark, rgb_light, d256, l256, d16, l16, d8, l8, mono)                                              \
	[HUE_##name] = { { { d256, l256 }, { d16, l16 }, { d8, l8 } }, mono },
#include "view/themes.def"
#undef HUE
};

bool
theme_parse_colors(const char *word, enum theme_colors *colors)
{
	static const struct {
		const char *word;
		enum theme_colors colors;
	} words[] = {
		{ "auto", COLORS_AUTO }, { "always", COLORS_ALL }, { "never", COLORS_NONE },
		{ "8", COLORS_8 }, { "16", COLORS_16 }, { "256", COLORS_256 },
	};

	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (strcmp(word, words[i].word) == 0) {
			*colors = words[i].colors;
			return true;
		}
	return false;
}

bool
theme_parse_ground(const char *word, enum theme_ground *ground)
{
	if (strcmp(word, "auto") == 0)
		*ground = GROUND_ASK;
	else if (strcmp(word, "dark") == 0)
		*ground = GROUND_DARK;
	else if (strcmp(word, "light") == 0)
		*ground = GROUND_LIGHT;
	else
		return false;
	return true;
}

int
theme_level(enum theme_colors wanted, int terminal_has)
{
	const char *none = getenv("NO_COLOR");
	int most = terminal_has;

	if (wanted == COLORS_NONE || (wanted == COLORS_AUTO && none != NULL && *none != '\0'))
		return 0;
	if (wanted > 0 && wanted < most)
		most = wanted;
	return most >= 256 ? 256 : most >= 16 ? 16 : most >= 8 ? 8 : 0;
}

enum theme_ground
theme_from_environment(void)
{
	const char *value = getenv("COLORFGBG");	/* "15;0" or "0;default;15": the last is the background */
	const char *last = value ? strrchr(value, ';') : NULL;
	int background;

	if (last == NULL || sscanf(last, ";%d", &background) != 1)
		return GROUND_ASK;
	return background == 7 || background >= 9 ? GROUND_LIGHT : GROUND_DARK;
}

int
theme_color(int level, bool light, unsigned hue)
{
	const struct look *look = &looks[hue < NHUES ? hue : 0];

	if (level == 0)
		return HUE_IS_TEXT | look->mono;
	return look->index[level == 256 ? 0 : level == 16 ? 1 : 2][light];
}
