/*
 * app.h - the command-line program: its commands, its options, and what it answers with.
 */
#ifndef APP_APP_H
#define APP_APP_H

#include <stdbool.h>
#include <stdint.h>

#include "base/reason.h"
#include "view/view.h"

/* Exit statuses of our own; run and record otherwise answer with the program's. */
enum status {
	STATUS_WELL = 0,
	STATUS_FOUND = 1,	/* view, export, doctor: something is wrong with what was looked at */
	STATUS_USAGE = 2,
	STATUS_ENDED_BY_US = 124,
	STATUS_WE_FAILED = 125,
	STATUS_NOT_RUNNABLE = 126,
	STATUS_NOT_FOUND = 127,
};

enum command {
#define COMMAND(name, ...) COMMAND_##name,
#include "app/commands.def"
#undef COMMAND
	NCOMMANDS
};

enum option_name {
#define OPTION(name, ...) OPT_##name,
#include "app/options.def"
#undef OPTION
	NOPTIONS
};

struct options {
	enum command command;
	const char *value[NOPTIONS];	/* NULL if not given; "" for one without an argument */
	int argc;			/* what follows the options and the command */
	char **argv;
};

#define COMMAND(name, ...) int cmd_##name(const struct options *);
#include "app/commands.def"
#undef COMMAND

/* options.c. Answers --help and --version itself; with wrong usage it says so and exits. */
void options_parse(struct options *, int argc, char **argv);
void options_choose(struct options *, const char *name, const char *const *words);	/* a value must be one of these */
__attribute__((noreturn, format(printf, 1, 2))) void wrong_usage(const char *format, ...);

/* help.c */
void help_usage(void);
bool help_command(const char *name);
const char *command_name(enum command);

/* Settings that several commands share, with what the user asked for. */
enum glyph_tier option_tier(const struct options *);
bool option_time(const char *text, int64_t *ns);			/* "12.48", "12.48s", "800ms", "3us", "5ns", "2m" */
bool option_size(const char *text, int *cols, int *rows);	/* "80x24" */

/* Says the reason on stderr, with the program's name in front; returns the status. */
int say(int status, const struct reason *);

/* run, and demo once it has found its program: a program watched live, or told in sentences where there is no screen. */
int run_program(const struct options *, const char *path, char **argv);

#endif
