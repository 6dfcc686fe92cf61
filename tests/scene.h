/*
 * scene.h - a story (a script of events, tests/stories) told to a model, looked at by a view.
 */
#ifndef TESTS_SCENE_H
#define TESTS_SCENE_H

#include <stdio.h>

#include "view/view.h"

struct scene {
	struct model *model;
	struct view *view;
	struct canvas *canvas;
	struct view_world world;
	struct output_row *output;
	struct cell *output_cells;
};

/* Reads "story bank | 80x24 ascii live now 12.48 ..." and does it, keys included: see scene.c. Exits on nonsense. */
void scene_make(struct scene *, const char *line);
void scene_free(struct scene *);

/* The canvas as text, without blanks at the ends of lines; and its styles, a letter a cell. */
void scene_print(const struct scene *, FILE *);
void scene_print_styles(const struct scene *, FILE *);

#endif
