/* main.c - threadlanes: see what the threads of a program do. Each command has a file of its own, cmd-NAME.c. */
#include "config.h"

#include <locale.h>
#include <stdlib.h>

#include "app/app.h"

static int (*const commands[NCOMMANDS])(const struct options *) = {
#define COMMAND(name, ...) cmd_##name,
#include "app/commands.def"
#undef COMMAND
};

int
main(int argc, char **argv)
{
	struct options options;

	setlocale(LC_ALL, "");
	setlocale(LC_NUMERIC, "C");	/* 12.48 everywhere: what we write is read by programs, too */
	options_parse(&options, argc, argv);
	return commands[options.command](&options);
}
