/* help.c - usage, and help about a command, from commands.def and options.def. */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "app/app.h"

#define FOR(command) (1u << COMMAND_##command)

static const struct {
	const char *name, *synopsis, *words, *more;
} commands[NCOMMANDS] = {
#define COMMAND(name, synopsis, words, more) { #name, synopsis, words, more },
#include "app/commands.def"
#undef COMMAND
};

static const struct {
	const char *name, *argument, *words;
	unsigned commands;
	char letter;
} options[NOPTIONS] = {
#define OPTION(name, letter, argument, commands, words) { #name, argument, words, commands, letter },
#include "app/options.def"
#undef OPTION
};

static void
print_options(unsigned wanted)
{
	char left[64];

	for (int i = 0; i < NOPTIONS; i++) {
		if (!(options[i].commands & wanted))
			continue;
		if (options[i].letter != 0)
			snprintf(left, sizeof left, "-%c %s", options[i].letter, options[i].argument);
		else
			snprintf(left, sizeof left, "--%s%s%s", options[i].name, options[i].argument ? "=" : "",
			    options[i].argument ? options[i].argument : "");
		printf("  %-34s  %s\n", left, options[i].words);
	}
}

void
help_usage(void)
{
	printf("Usage: threadlanes [run] [options] [--] PROGRAM [ARG...]\n"
	       "       threadlanes COMMAND ...\n"
	       "See what the threads of a program do.\n\n"
	       "  threadlanes ./bank             watch it live\n"
	       "  threadlanes demo               list the demonstrations\n"
	       "  threadlanes demo semaphore     run one\n\n");
	for (int i = 0; i < NCOMMANDS; i++)
		printf("  %-10s  %s\n", commands[i].name, commands[i].words);
	printf("\n");
	print_options(FOR(run));
	printf("\nthreadlanes help COMMAND tells more; so does the manual, threadlanes(1).\n");
}

bool
help_command(const char *name)
{
	for (int i = 0; i < NCOMMANDS; i++) {
		if (strcmp(name, commands[i].name) != 0)
			continue;
		printf("Usage: threadlanes %s %s\n%c%s.\n", name, commands[i].synopsis,
		    commands[i].words[0] - 'a' + 'A', commands[i].words + 1);
		if (*commands[i].more != '\0')
			printf("\n%s\n", commands[i].more);
		printf("\n");
		print_options(1u << i);
		return true;
	}
	return false;
}

int
cmd_help(const struct options *o)
{
	if (o->argc == 0)
		help_usage();
	else if (!help_command(o->argv[0]))
		wrong_usage("there is no command %s.", o->argv[0]);
	return STATUS_WELL;
}
