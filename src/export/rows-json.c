/* rows-json.c - events as JSON, one object a line. The keys are told in export.h. */
#include "config.h"

#include <json-c/json.h>

#include "export/export.h"
#include "export/rows.h"

static struct json_object *
text_or_null(const char *text)
{
	return text == NULL || *text == '\0' ? NULL : json_object_new_string(text);
}

static struct json_object *
flags_of(const struct row *row)
{
	struct json_object *flags = json_object_new_array();

	for (const struct row_flag *f = row_flags; f->word != NULL; f++)
		if (row->flags & f->flag)
			json_object_array_add(flags, json_object_new_string(f->word));
	return flags;
}

/* The order of the keys is the order in which they are added. */
static struct json_object *
object_of(const struct row *row)
{
	struct json_object *o = json_object_new_object();

	json_object_object_add(o, "t", json_object_new_int64(row->t));
	json_object_object_add(o, "thread", json_object_new_int64(row->thread));
	json_object_object_add(o, "name", text_or_null(row->name));
	json_object_object_add(o, "kind", json_object_new_string(row->kind));
	json_object_object_add(o, "object", row->object ? json_object_new_int64(row->object) : NULL);
	json_object_object_add(o, "object_kind", text_or_null(row->object_kind));
	json_object_object_add(o, "object_name", text_or_null(row->object_name));
	json_object_object_add(o, "value", row->has_value ? json_object_new_int64(row->value) : NULL);
	json_object_object_add(o, "flags", flags_of(row));
	json_object_object_add(o, "place", text_or_null(row->place));
	json_object_object_add(o, "text", json_object_new_string(row->text));
	return o;
}

bool
export_json(const struct model *model, FILE *out)
{
	struct row row;

	for (uint32_t n = model_first_event(model); n < model_events(model) && !ferror(out); n++) {
		struct json_object *o;

		if (!row_of(model, n, &row))
			continue;
		o = object_of(&row);
		fputs(json_object_to_json_string_ext(o, JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE), out);
		putc('\n', out);
		json_object_put(o);
	}
	return fflush(out) == 0 && !ferror(out);
}
