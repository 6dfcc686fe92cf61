/*
 * terminal.h - a terminal for tests: a real program in a real pty, its screen read through libvterm. Nothing sleeps: one
 * waits until the screen shows something, with a generous limit.
 */
#ifndef TESTS_TERMINAL_H
#define TESTS_TERMINAL_H

#include <stdbool.h>
#include <sys/types.h>

struct terminal;

/* Starts the program; environment: "NAME=value" to set, "NAME" to remove, NULL at the end. */
struct terminal *terminal_start(int cols, int rows, const char *const *argv, const char *const *environment);
void terminal_free(struct terminal *);		/* kills what still runs */

bool terminal_wait(struct terminal *, const char *text);	/* until it is on the screen; false after 20 s */
bool terminal_wait_gone(struct terminal *, const char *text);
void terminal_read(struct terminal *, int ms);	/* what comes within the time */
bool terminal_shows(struct terminal *, const char *text);	/* now */
void terminal_row(struct terminal *, int row, char *text, size_t size);	/* UTF-8, without trailing blanks */
void terminal_type(struct terminal *, const char *keys);
void terminal_resize(struct terminal *, int cols, int rows);
int terminal_end(struct terminal *);		/* waits for its end: status as of waitpid, -1 after 20 s */
pid_t terminal_pid(const struct terminal *);
bool terminal_was_sent(struct terminal *, const char *bytes);	/* did these bytes ever come? */
void terminal_show(struct terminal *);		/* the screen as TAP comments, to see what went wrong */

#endif
