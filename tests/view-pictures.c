/*
 * view-pictures.c - every picture of tests/pictures: its first line is a scene (scene.c), the rest is what is expected.
 *
 * With BLESS set in the environment the expected pictures are written anew; look at them before you commit them:
 *    BLESS=1 top_srcdir=. tests/view-pictures [NAME...]
 */
#include "config.h"

#include <dirent.h>
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "scene.h"

static int
is_picture(const struct dirent *d)
{
	size_t len = strlen(d->d_name);

	return len > 4 && strcmp(d->d_name + len - 4, ".txt") == 0;
}

static char *
whole_file(const char *path)
{
	FILE *in = fopen(path, "r");
	char *text = NULL;
	size_t room = 0;

	if (in == NULL)
		err(99, "%s", path);
	if (getdelim(&text, &room, '\0', in) < 0)
		errx(99, "%s is empty", path);
	fclose(in);
	return text;
}

static char *
painted(const char *line)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);
	struct scene scene;

	fprintf(out, "%s\n", line);
	scene_make(&scene, line);
	scene_print(&scene, out);
	if (strstr(line, " styles") != NULL) {
		fprintf(out, "--- styles\n");
		scene_print_styles(&scene, out);
	}
	scene_free(&scene);
	fclose(out);
	return text;
}

/* The lines that differ, as comments of TAP. */
static void
tell_difference(const char *expected, const char *got)
{
	while (*expected != '\0' || *got != '\0') {
		size_t e = strcspn(expected, "\n"), g = strcspn(got, "\n");

		if (e != g || strncmp(expected, got, e) != 0)
			printf("# expected %.*s\n# got      %.*s\n", (int)e, expected, (int)g, got);
		expected += e + (expected[e] == '\n');
		got += g + (got[g] == '\n');
	}
}

static bool
picture_is(const char *path)
{
	char *expected = whole_file(path), *line = strndup(expected, strcspn(expected, "\n")), *got = painted(line);
	bool same = strcmp(expected, got) == 0;
	FILE *out;

	if (!same && getenv("BLESS") != NULL) {
		out = fopen(path, "w");
		if (out == NULL || fputs(got, out) < 0 || fclose(out) != 0)
			err(99, "%s", path);
		same = true;
	}
	if (!same)
		tell_difference(expected, got);
	free(expected);
	free(line);
	free(got);
	return same;
}

static bool
wanted(const char *name, char **names)
{
	if (*names == NULL)
		return true;
	for (; *names != NULL; names++)
		if (strncmp(name, *names, strlen(*names)) == 0)
			return true;
	return false;
}

int
main(int argc, char **argv)
{
	const char *top = getenv("top_srcdir");
	struct dirent **list;
	char path[600];
	int n, count = 0, failed = 0;

	(void)argc;
	if (top == NULL)
		setenv("top_srcdir", top = ".", 1);
	setenv("TZ", "UTC", 1);
	snprintf(path, sizeof path, "%s/tests/pictures", top);
	n = scandir(path, &list, is_picture, alphasort);
	if (n <= 0)
		err(99, "%s", path);
	for (int i = 0; i < n; i++) {
		bool good;

		if (wanted(list[i]->d_name, argv + 1)) {
			snprintf(path, sizeof path, "%s/tests/pictures/%s", top, list[i]->d_name);
			good = picture_is(path);
			failed += !good;
			printf("%s %d - %.*s\n", good ? "ok" : "not ok", ++count, (int)strlen(list[i]->d_name) - 4, list[i]->d_name);
		}
		free(list[i]);
	}
	free(list);
	printf("1..%d\n", count);
	return failed > 0;
}
