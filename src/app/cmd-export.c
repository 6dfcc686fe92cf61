/* cmd-export.c - threadlanes export FILE --format=text|json|csv: a recording for other programs. */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "app/app.h"
#include "app/file.h"
#include "app/out.h"
#include "export/export.h"

static const struct {
	const char *word;
	bool (*write)(const struct model *, FILE *);
} formats[] = { { "text", export_text }, { "json", export_json }, { "csv", export_csv } };

int
cmd_export(const struct options *o)
{
	const char *word = o->value[OPT_format] ? o->value[OPT_format] : "text";
	bool (*write)(const struct model *, FILE *) = NULL;
	struct model *model;
	int status, written;
	FILE *out;

	if (o->argc != 1)
		wrong_usage("export needs one FILE.");
	for (size_t i = 0; i < sizeof formats / sizeof *formats; i++)
		if (strcmp(formats[i].word, word) == 0)
			write = formats[i].write;
	if (write == NULL)
		wrong_usage("--format cannot be \"%s\". It is one of text, json, csv.", word);
	model = file_load_or_say(o->argv[0], &status);
	if (model == NULL)
		return status;
	out = out_open(o->value[OPT_output]);
	written = out == NULL ? STATUS_WE_FAILED : out_close(out, o->value[OPT_output], write(model, out));
	model_free(model);
	return written ? written : status;
}
