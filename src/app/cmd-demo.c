/*
 * cmd-demo.c - threadlanes demo [NAME]: the demonstrations, listed or run.
 *
 * They are looked for beside the program in a build tree, then where they were installed.
 */
#include "config.h"

#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "app/app.h"

static const struct {
	const char *name, *words;
} demos[] = {
#define DEMO(name, words) { #name, words },
#include "demos/demos.def"
#undef DEMO
};
#define NDEMOS (sizeof demos / sizeof *demos)

static int
list(void)
{
	for (size_t i = 0; i < NDEMOS; i++)
		printf("  %-11s %s\n", demos[i].name, demos[i].words);
	printf("\nthreadlanes demo NAME runs one. Each is a page of C, in demos/NAME.c.\n");
	return STATUS_WELL;
}

static bool
is_demo(const char *name)
{
	for (size_t i = 0; i < NDEMOS; i++)
		if (strcmp(demos[i].name, name) == 0)
			return true;
	return false;
}

static bool
find(const char *name, char *path, size_t size)
{
	char self[PATH_MAX];
	ssize_t n = readlink("/proc/self/exe", self, sizeof self - 1);
	char *folder;

	if (n > 0) {
		self[n] = '\0';
		folder = dirname(self);
		if (strcmp(basename(folder), ".libs") == 0)	/* libtool keeps the program itself one folder down */
			folder = dirname(folder);
		snprintf(path, size, "%s/demos/%s", folder, name);
		if (access(path, X_OK) == 0)
			return true;
	}
	snprintf(path, size, "%s/demos/%s", PKGLIBEXECDIR, name);
	return access(path, X_OK) == 0;
}

int
cmd_demo(const struct options *o)
{
	char path[PATH_MAX + 64];

	if (o->argc == 0)
		return list();
	if (!is_demo(o->argv[0]))
		wrong_usage("there is no demo %s. threadlanes demo lists them.", o->argv[0]);
	if (!find(o->argv[0], path, sizeof path)) {
		struct reason why;

		because(&why, "the demo %s is neither beside threadlanes nor in %s/demos", o->argv[0], PKGLIBEXECDIR);
		return say(STATUS_NOT_FOUND, &why);
	}
	return run_program(o, path, o->argv);
}
