/* file.c - see file.h. */
#include "config.h"

#include "app/file.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "app/app.h"
#include "source/recording.h"
#include "source/script.h"

#define TELL_EVERY 500000	/* items */

/* A script is text from its first byte on: everything else would be told line by line what is wrong with it. */
static bool
looks_like_text(const char *path)
{
	char bytes[512];
	size_t n = 0;
	FILE *f = fopen(path, "re");

	if (f != NULL) {
		n = fread(bytes, 1, sizeof bytes, f);
		fclose(f);
	}
	for (size_t i = 0; i < n; i++)
		if (bytes[i] != '\n' && bytes[i] != '\t' && bytes[i] != '\r' && (unsigned char)bytes[i] < ' ')
			return false;
	return n > 0;
}

struct source *
file_open(const char *path, struct reason *why)
{
	if (recording_recognize(path))
		return recording_open(path, why);
	if (access(path, R_OK) == -1) {
		because_errno(why, "cannot read %s", path);
		return NULL;
	}
	if (!looks_like_text(path)) {
		because(why, "%s is no recording.", path);
		return NULL;
	}
	return script_open(path, why);
}

static void
tell_progress(const struct source *source, bool recording, uint64_t items)
{
	uint64_t told, all = 0;

	if (items % TELL_EVERY != 0 || !isatty(STDERR_FILENO))
		return;
	if (recording)
		recording_progress(source, &told, &all);
	if (all > 0)
		fprintf(stderr, "\rreading %d %% ", (int)(100.0 * (double)told / (double)all));
	else
		fprintf(stderr, "\rreading, %llu items ", (unsigned long long)items);
}

static void
wipe_progress(uint64_t items)
{
	if (items >= TELL_EVERY && isatty(STDERR_FILENO))
		fprintf(stderr, "\r\033[K");
}

struct model *
file_load(const char *path, struct reason *why, bool *cut)
{
	struct source *source = file_open(path, why);
	struct model *model;
	struct news news;
	enum source_outcome outcome;
	uint64_t items = 0;
	bool recording = recording_recognize(path);

	*cut = false;
	if (source == NULL)
		return NULL;
	model = model_new(0);
	while ((outcome = source_next(source, &news, why)) == SOURCE_NEWS) {
		model_take(model, &news);
		tell_progress(source, recording, ++items);
	}
	wipe_progress(items);
	source_close(source);
	*cut = outcome == SOURCE_BROKEN;
	if (!*cut || items > 0)
		return model;
	model_free(model);
	return NULL;
}

struct model *
file_load_or_say(const char *path, int *status)
{
	struct reason why;
	struct model *model;
	bool cut;

	*status = STATUS_WELL;
	model = file_load(path, &why, &cut);
	if (model == NULL || cut) {
		say(0, &why);
		if (model == NULL)
			*status = STATUS_FOUND;
	}
	return model;
}
