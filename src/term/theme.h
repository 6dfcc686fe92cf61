/*
 * theme.h - which colours a terminal gets: how many, and for a dark or a light ground.
 */
#ifndef TERM_THEME_H
#define TERM_THEME_H

#include <stdbool.h>
#include <stdint.h>

enum theme_ground { GROUND_ASK, GROUND_DARK, GROUND_LIGHT };

/* How many colours were asked for. COLORS_AUTO: as many as the terminal has, none with NO_COLOR set and not empty. */
enum theme_colors { COLORS_AUTO = -2, COLORS_ALL = -1, COLORS_NONE = 0, COLORS_8 = 8, COLORS_16 = 16, COLORS_256 = 256 };

/* Words of --color and --theme. False if the word is unknown. */
bool theme_parse_colors(const char *word, enum theme_colors *);
bool theme_parse_ground(const char *word, enum theme_ground *);

/* How many colours to use of those the terminal has: 256, 16, 8 or 0. */
int theme_level(enum theme_colors wanted, int terminal_has);

/* The ground by COLORFGBG ("15;0"), or GROUND_ASK if it does not say. */
enum theme_ground theme_from_environment(void);

/* The foreground of a hue: an index, HUE_IS_TEXT, and either may come with HUE_IS_BOLD (themes.def). */
int theme_color(int level, bool light, unsigned hue);

#endif
