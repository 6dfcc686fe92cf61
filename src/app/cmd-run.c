/* cmd-run.c - threadlanes [run]: a program watched live, or in sentences where there is no screen to draw on. */
#include "config.h"

#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "app/app.h"
#include "app/live.h"
#include "app/plain.h"
#include "app/program.h"
#include "term/screen.h"

/* Must it be sentences? Says why, when it was not asked for. An unknown terminal is no reason, but an error. */
static bool
wants_sentences(const struct options *o)
{
	const char *term = getenv("TERM");

	if (o->value[OPT_plain] != NULL || !isatty(STDOUT_FILENO))
		return true;
	switch (screen_terminal_kind()) {
	case TERMINAL_GOOD:
		return false;
	case TERMINAL_UNKNOWN:
		errx(STATUS_WE_FAILED, "no terminfo for \"%s\" here. Try: TERM=xterm-256color threadlanes ...", term);
	case TERMINAL_DUMB:
		break;
	}
	warnx("TERM=%s cannot show the screen; printing events instead.", term ? term : "");
	return true;
}

int
run_program(const struct options *o, const char *path, char **argv)
{
	if (wants_sentences(o))
		return watch_without_screen(o, path, argv, true);
	return live_screen(o, path, argv);
}

int
cmd_run(const struct options *o)
{
	struct program program;
	struct reason why;
	int status;

	if (o->argc == 0) {
		if (getenv("THREADLANES_OPTIONS") == NULL)
			help_usage();
		wrong_usage("no program is named.");
	}
	if (!program_find(o->argv[0], &program, &status, &why))
		return say(status, &why);
	if (!program_watchable(&program, o->argv[0], &why))
		return say(STATUS_NOT_RUNNABLE, &why);
	if (program.script)
		warnx("%s is a script; watching the programs it starts.", o->argv[0]);
	return run_program(o, program.path, o->argv);
}
