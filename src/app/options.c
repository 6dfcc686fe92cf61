/*
 * options.c - the command line: options.def and commands.def made into a parser.
 *
 * THREADLANES_OPTIONS comes first, so that the command line can overrule it. Options may stand before the command and
 * after it; behind the name of a program to run everything is the program's.
 */
#include "config.h"

#include <ctype.h>
#include <err.h>
#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/app.h"
#include "base/allocate.h"
#include "term/theme.h"
#include "term/tier.h"

#define FOR(command) (1u << COMMAND_##command)
#define HELP    1000
#define VERSION_ 1001

static const struct {
	const char *name, *argument;
	unsigned commands;
	char letter;
} table[NOPTIONS] = {
#define OPTION(name, letter, argument, commands, words) { #name, argument, commands, letter },
#include "app/options.def"
#undef OPTION
};

static const char *const commands[NCOMMANDS] = {
#define COMMAND(name, ...) #name,
#include "app/commands.def"
#undef COMMAND
};

const char *
command_name(enum command command)
{
	return commands[command];
}

void
wrong_usage(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	fputs("threadlanes: ", stderr);
	vfprintf(stderr, format, args);
	fputs(" Try: threadlanes help\n", stderr);
	va_end(args);
	exit(STATUS_USAGE);
}

int
say(int status, const struct reason *why)
{
	warnx("%s", why->text);
	return status;
}

static void
make_table(struct option *longs, char *shorts)
{
	*shorts++ = '+';
	*shorts++ = ':';
	*shorts++ = 'h';
	for (int i = 0; i < NOPTIONS; i++) {
		longs[i] = (struct option){ table[i].name, table[i].argument ? required_argument : no_argument, NULL, 256 + i };
		if (table[i].letter == 0)
			continue;
		*shorts++ = table[i].letter;
		if (table[i].argument)
			*shorts++ = ':';
	}
	*shorts = '\0';
	longs[NOPTIONS] = (struct option){ "help", no_argument, NULL, HELP };
	longs[NOPTIONS + 1] = (struct option){ "version", no_argument, NULL, VERSION_ };
	longs[NOPTIONS + 2] = (struct option){ 0 };
}

static int
option_of(int code)
{
	if (code >= 256 && code < 256 + NOPTIONS)
		return code - 256;
	for (int i = 0; i < NOPTIONS; i++)
		if (table[i].letter == code)
			return i;
	return -1;
}

static void
take_option(struct options *o, int code, char **argv)
{
	int i;

	switch (code) {
	case 'h':
	case HELP:
		help_usage();
		exit(STATUS_WELL);
	case VERSION_:
		printf("threadlanes %s\n", PACKAGE_VERSION);
		exit(STATUS_WELL);
	case ':':
		wrong_usage("%s needs an argument.", argv[optind - 1]);
	case '?':
		if (optopt != 0 && optopt < 256)
			wrong_usage("there is no option -%c.", optopt);
		wrong_usage("there is no option %s.", argv[optind - 1]);
	}
	i = option_of(code);
	o->value[i] = optarg ? optarg : "";
}

/* Takes options up to the first word that is none; returns its index. */
static int
take_options(struct options *o, int argc, char **argv, bool *dashes)
{
	struct option longs[NOPTIONS + 3];
	char shorts[2 * NOPTIONS + 8];
	int code;

	make_table(longs, shorts);
	opterr = 0;
	optind = 0;	/* 0: glibc starts anew */
	while ((code = getopt_long(argc, argv, shorts, longs, NULL)) != -1)
		take_option(o, code, argv);
	*dashes = optind > 1 && strcmp(argv[optind - 1], "--") == 0;
	return optind;
}

static void
take_environment(struct options *o)
{
	const char *value = getenv("THREADLANES_OPTIONS");
	static char copy[4096];		/* the options point into it */
	char *words[64] = { (char *)(uintptr_t)"threadlanes" }, *text = copy, *word;
	int n = 1;
	bool dashes;

	if (value == NULL)
		return;
	if (strlcpy(copy, value, sizeof copy) >= sizeof copy)
		wrong_usage("THREADLANES_OPTIONS is too long.");
	while ((word = strsep(&text, " \t\n")) != NULL)
		if (*word != '\0' && n < 63)
			words[n++] = word;
	if (take_options(o, n, words, &dashes) != n)
		wrong_usage("THREADLANES_OPTIONS holds \"%s\", which is no option.", words[optind]);
}

static bool
find_command(const char *word, enum command *command)
{
	for (int i = 0; i < NCOMMANDS; i++)
		if (strcmp(word, commands[i]) == 0) {
			*command = (enum command)i;
			return true;
		}
	return false;
}

static bool
is_recording(const char *word)
{
	size_t length = strlen(word);

	return length > 6 && strcmp(word + length - 6, ".lanes") == 0;
}

/* Commands whose words are ours: options may follow the file. */
static void
take_scattered(struct options *o, int argc, char **argv)
{
	char **words = reallocate(NULL, (size_t)argc + 1, sizeof *words);
	int n = 0;
	bool dashes = false;

	while (argc > 1) {
		int used = take_options(o, argc, argv, &dashes);

		argc -= used;
		argv += used;
		while (argc > 0 && (dashes || n == 0 || argv[0][0] != '-')) {
			words[n++] = *argv++;
			argc--;
			if (!dashes)
				break;
		}
		argc++;		/* what was just taken stands where getopt expects a name */
		argv--;
	}
	words[n] = NULL;
	o->argc = n;
	o->argv = words;
}

static void
refuse_misplaced(const struct options *o, const struct options *from_environment)
{
	for (int i = 0; i < NOPTIONS; i++)
		if (o->value[i] != NULL && o->value[i] != from_environment->value[i] &&
		    !(table[i].commands & (1u << o->command)))
			wrong_usage("--%s has no meaning for %s.", table[i].name, commands[o->command]);
}

void
options_choose(struct options *o, const char *name, const char *const *words)
{
	for (int i = 0; i < NOPTIONS; i++) {
		if (strcmp(table[i].name, name) != 0 || o->value[i] == NULL)
			continue;
		for (const char *const *w = words; *w != NULL; w++)
			if (strcmp(*w, o->value[i]) == 0)
				return;
		wrong_usage("--%s cannot be \"%s\". It is one of %s.", name, o->value[i], table[i].argument);
	}
}

static void
check_values(struct options *o)
{
	enum theme_colors colors;
	enum theme_ground ground;
	enum glyph_tier tier;
	static const char *const overflow[] = { "wait", "drop", NULL };

	if (o->value[OPT_color] && !theme_parse_colors(o->value[OPT_color], &colors))
		wrong_usage("--color cannot be \"%s\". It is one of %s.", o->value[OPT_color], table[OPT_color].argument);
	if (o->value[OPT_theme] && !theme_parse_ground(o->value[OPT_theme], &ground))
		wrong_usage("--theme cannot be \"%s\". It is one of %s.", o->value[OPT_theme], table[OPT_theme].argument);
	if (o->value[OPT_glyphs] && !tier_parse(o->value[OPT_glyphs], &tier))
		wrong_usage("--glyphs cannot be \"%s\". It is one of %s.", o->value[OPT_glyphs], table[OPT_glyphs].argument);
	options_choose(o, "overflow", overflow);
}

void
options_parse(struct options *o, int argc, char **argv)
{
	struct options environment = { 0 };
	bool dashes;
	int used;

	take_environment(&environment);
	*o = environment;
	o->command = COMMAND_run;
	used = take_options(o, argc, argv, &dashes);
	argc -= used;
	argv += used;
	if (argc > 0 && !dashes && find_command(argv[0], &o->command)) {
		if (o->command != COMMAND_run && o->command != COMMAND_record && o->command != COMMAND_demo) {
			take_scattered(o, argc, argv);
			argc = 0;
		} else {
			used = take_options(o, argc, argv, &dashes);
			argc -= used;
			argv += used;
		}
	} else if (argc > 0 && !dashes && is_recording(argv[0])) {
		o->command = COMMAND_view;
		take_scattered(o, argc + 1, argv - 1);
		argc = 0;
	}
	if (o->argv == NULL) {
		o->argc = argc;
		o->argv = argv;
	}
	refuse_misplaced(o, &environment);
	check_values(o);
}

enum glyph_tier
option_tier(const struct options *o)
{
	enum glyph_tier tier = tier_guess();

	if (o->value[OPT_glyphs] != NULL)
		tier_parse(o->value[OPT_glyphs], &tier);
	return tier;
}

bool
option_time(const char *text, int64_t *ns)
{
	static const struct {
		const char *unit;
		double ns;
	} units[] = { { "", 1e9 }, { "s", 1e9 }, { "ms", 1e6 }, { "us", 1e3 }, { "ns", 1 }, { "m", 60e9 } };
	char *end;
	double value = strtod(text, &end);

	if (end == text || !(value >= 0 && value < 9e9))
		return false;
	while (isspace((unsigned char)*end))
		end++;
	for (size_t i = 0; i < sizeof units / sizeof *units; i++)
		if (strcmp(end, units[i].unit) == 0) {
			value *= units[i].ns;
			*ns = value < 9e18 ? (int64_t)(value + 0.5) : INT64_MAX;
			return true;
		}
	return false;
}

bool
option_size(const char *text, int *cols, int *rows)
{
	int used = 0;

	return sscanf(text, "%4dx%4d%n", cols, rows, &used) == 2 && text[used] == '\0' && *cols >= 1 && *cols <= 1000 &&
	    *rows >= 1 && *rows <= 1000;
}
