/*
 * question.h - what the user is asked and what he types: the question before leaving, and a line for the program.
 */
#ifndef APP_QUESTION_H
#define APP_QUESTION_H

#include "app/spawn.h"
#include "app/stage.h"

/* "bank is still running. q end it, d leave it running, esc stay" */
struct quitting {
	bool asked;
	bool ending;		/* we ended it: SIGTERM, and SIGKILL when that does not help */
	int64_t interrupted;	/* when Ctrl-C was pressed last */
	int64_t patience;	/* until then SIGTERM may take */
};

void quitting_ask(struct quitting *, struct stage *, const char *name);
/* True: leave, and leave it running. */
bool quitting_answer(struct quitting *, struct stage *, const struct child *, const struct input *);
/* Ctrl-C: asks; twice within two seconds ends the program. */
void quitting_interrupt(struct quitting *, struct stage *, const struct child *, const char *name);
/* Kills a program that does not end; true if it did so now. */
bool quitting_overdue(struct quitting *, const struct child *);
int quitting_wait(const struct quitting *);	/* ms until that is due, or -1 */

enum line { LINE_GOES_ON, LINE_DONE, LINE_DROPPED, LINE_END_OF_FILE };
/* A key for a line that is being typed, as UTF-8. */
enum line line_edit(char *line, size_t size, const struct input *);

#endif
