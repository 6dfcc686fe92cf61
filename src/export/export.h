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
 * One object a line. All keys are always there, in this order; what is not known is null:
 *    t            session time, ns
 *    thread       a small number that stays; 1 is the main thread
 *    name         of the thread
 *    kind         lock-take, sem-post ...: the names of kinds.def in small letters, with dashes
 *    object       a small number that stays; threads have numbers of their own (object_kind says which it is)
 *    object_kind  lock, rlock, mutex, spinlock, rwlock, condition, event, barrier, semaphore, bounded-semaphore,
 *                 local, thread, unknown
 *    object_name  as given by the program, else as threadlanes calls it
 *    value        what the column "value" of kinds.def says; of a sleep its ns, of a timed wait its ms; -1 is all
 *    flags        a list of: waited, try, timed, for-condition, owner-died, foreign, daemon
 *    place        "file:line", else the function, else the address ("0x...")
 *    text         the sentence
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
