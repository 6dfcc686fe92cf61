/* cmd-record.c - threadlanes record -o FILE PROGRAM: recorded without a screen. */
#include "config.h"

#include <err.h>

#include "app/app.h"
#include "app/plain.h"
#include "app/program.h"

int
cmd_record(const struct options *o)
{
	struct program program;
	struct reason why;
	int status;

	if (o->value[OPT_output] == NULL)
		wrong_usage("record needs -o FILE.");
	if (o->argc == 0)
		wrong_usage("no program is named.");
	if (!program_find(o->argv[0], &program, &status, &why))
		return say(status, &why);
	if (!program_watchable(&program, o->argv[0], &why))
		return say(STATUS_NOT_RUNNABLE, &why);
	return watch_without_screen(o, program.path, o->argv, false);
}
