/* rows-text.c - events as sentences, and as comma-separated values. See export.h. */
#include "config.h"

#include <inttypes.h>
#include <string.h>

#include "export/export.h"
#include "export/rows.h"

bool
export_text(const struct model *model, FILE *out)
{
	struct row row;

	for (uint32_t n = model_first_event(model); n < model_events(model) && !ferror(out); n++) {
		if (!row_of(model, n, &row))
			continue;
		fprintf(out, "%5" PRId64 ".%06d  %s", row.t / 1000000000, (int)(row.t % 1000000000 / 1000), row.text);
		if (*row.place != '\0')
			fprintf(out, "  %s", row.place);
		putc('\n', out);
	}
	return fflush(out) == 0 && !ferror(out);
}

/* A field in quotes if it needs them; what was no text is empty. Behind it the separator. */
static void
put_field(FILE *out, const char *text, const char *separator)
{
	if (text == NULL)
		text = "";
	if (text[strcspn(text, "\",\r\n")] == '\0' && *text != ' ') {
		fprintf(out, "%s%s", text, separator);
		return;
	}
	putc('"', out);
	for (; *text != '\0'; text++) {
		if (*text == '"')
			putc('"', out);
		putc(*text, out);
	}
	fprintf(out, "\"%s", separator);
}

static void
put_csv(FILE *out, const struct row *row)
{
	const char *blank = "";

	fprintf(out, "%" PRId64 ",%" PRIu32 ",", row->t, row->thread);
	put_field(out, row->name, ",");
	put_field(out, row->kind, ",");
	if (row->object != 0)
		fprintf(out, "%" PRIu32, row->object);
	putc(',', out);
	put_field(out, row->object_kind, ",");
	put_field(out, row->object_name, ",");
	if (row->has_value)
		fprintf(out, "%" PRId64, row->value);
	putc(',', out);
	for (const struct row_flag *f = row_flags; f->word != NULL; f++)
		if (row->flags & f->flag) {
			fprintf(out, "%s%s", blank, f->word);
			blank = " ";
		}
	putc(',', out);
	put_field(out, row->place, ",");
	put_field(out, row->text, "\r\n");
}

bool
export_csv(const struct model *model, FILE *out)
{
	struct row row;

	fputs("t,thread,name,kind,object,object_kind,object_name,value,flags,place,text\r\n", out);
	for (uint32_t n = model_first_event(model); n < model_events(model) && !ferror(out); n++)
		if (row_of(model, n, &row))
			put_csv(out, &row);
	return fflush(out) == 0 && !ferror(out);
}
