/*
 * export.h - the model and the canvas as files for others: text, JSON lines, CSV; text, ANSI and SVG pictures.
 *
 * All write to a stream and return false when that failed (errno says why); they flush, but do not close.
 */
#ifndef EXPORT_EXPORT_H
#define EXPORT_EXPORT_H

#include <stdbool.h>
#include <stdio.h>

#include "model/model.h"
#include "view/canvas.h"

/* --- What happened ------------------------------------------------------------------------------------------ */

/* One sentence a line: the time in seconds, the sentence, and the place at the end if it is known. */
bool export_text(const struct model *, FILE *);

/*
 * One object a line, its keys always all there and in this order, null where nothing is known:
 *    t            session time, ns                       value     what kinds.def says of the kind, or null: not known
 *    thread       small number, 1 is main                flags     list of "waited", "try", "timed", "for-condition",
 *    name         of the thread                                    "owner-died", "foreign", "daemon"
 *    kind         lock-take, sem-post ... (kinds.def)    place     "file:line", or a function, or "0x..."
 *    object       small number; of a thread its number   text      the sentence
 *    object_kind  lock, barrier, thread ...
 *    object_name
 * Strings are UTF-8; bytes of the program that are not are shown as vis(3) shows them.
 */
bool export_json(const struct model *, FILE *);

/* The same columns with a line of headings, as RFC 4180 has it; flags are separated by blanks, null is empty. */
bool export_csv(const struct model *, FILE *);

/* --- Pictures ----------------------------------------------------------------------------------------------- */

bool export_canvas_text(const struct canvas *, FILE *);			/* UTF-8, without blanks at the ends of lines */
bool export_canvas_ansi(const struct canvas *, bool light, FILE *);	/* the same with colours, of the 256 */

struct svg_look {
	bool light;
	const char *title;	/* over the picture as that of a window, UTF-8; NULL: without */
};
bool export_canvas_svg(const struct canvas *, const struct svg_look *, FILE *);

#endif
