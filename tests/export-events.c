/*
 * export-events.c - events as text, JSON and CSV. What is exported is a model of a few events, made up below, so that
 * what the exporters do is seen apart from what the real model and its sentences say.
 */
#include "config.h"

#include "check.h"

#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "export/export.h"
#include "view/view.h"

static const struct model_event events[] = {
	{ .time = 200000000, .thread = 2, .object = 1, .kind = TL_LOCK_TAKE, .value = 1, .flags = TL_F_WAITED | TL_F_TIMED,
	  .place = 0x10 },
	{ .time = 1200000000, .thread = 1, .object = 2, .kind = TL_JOIN_WAIT },
	{ .time = 1200000000, .thread = 1, .object = 2, .kind = TL_JOIN_WAIT, .value = 50, .flags = TL_F_TIMED, .place = 0x99 },
	{ .time = 1300000000, .thread = 2, .kind = TL_SLEEP, .raw_object = 250000000, .place = 0x20 },
	{ .time = 1400000000, .thread = 2, .kind = TL_LOG, .value = 3 },
	{ .time = 1400000000, .thread = 2, .kind = TL_TEXT, .raw_object = 7 },
	{ .time = 1500000000, .thread = 3, .object = 2, .kind = TL_COND_NOTIFY, .value = TL_ALL },
	{ .time = 1600000000, .thread = 2, .object = 3, .kind = TL_SEM_TAKE, .value = TL_UNKNOWN },
};
static const struct model_thread threads[] = { { .name = "main" }, { .name = "al, \"ice\"" } };
static const struct model_object objects[] = {
	{ .name = "A", .is = TL_OBJECT_RLOCK, .class = TL_CLASS_LOCK },
	{ .name = "line\nfeed", .is = TL_OBJECT_CONDITION, .class = TL_CLASS_CONDITION },
	{ .name = "semaphore 3", .is = TL_OBJECT_UNKNOWN, .class = TL_CLASS_SEMAPHORE },
};
#define COUNT(array) (sizeof (array) / sizeof *(array))

uint32_t
model_first_event(const struct model *m)
{
	(void)m;
	return 0;
}

uint32_t
model_events(const struct model *m)
{
	(void)m;
	return COUNT(events);
}

bool
model_event(const struct model *m, uint32_t n, struct model_event *event)
{
	(void)m;
	*event = events[n];
	return true;
}

const struct model_thread *
model_thread(const struct model *m, uint32_t n)
{
	(void)m;
	return n > 0 && n <= COUNT(threads) ? &threads[n - 1] : NULL;
}

const struct model_object *
model_object(const struct model *m, uint32_t n)
{
	(void)m;
	return n > 0 && n <= COUNT(objects) ? &objects[n - 1] : NULL;
}

bool
model_place(const struct model *m, uint64_t address, struct model_place *place)
{
	(void)m;
	*place = (struct model_place){ address == 0x20 ? "nap" : "take", address == 0x20 ? "" : "bank.c", 38 };
	return address < 0x90;
}

int
sentence(const struct model *m, uint32_t n, char *text, size_t size)
{
	(void)m;
	return snprintf(text, size, "sentence %u.", n);
}

static char *
exported(bool (*export)(const struct model *, FILE *))
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	assert_true(export(NULL, out));
	fclose(out);
	return text;
}

static void
text(void **state)
{
	char *told = exported(export_text);

	(void)state;
	assert_string_equal(told,
	    "    0.200000  sentence 0.  bank.c:38\n    1.200000  sentence 1.\n    1.200000  sentence 2.  0x99\n"
	    "    1.300000  sentence 3.  nap\n    1.400000  sentence 4.\n    1.500000  sentence 6.\n"
	    "    1.600000  sentence 7.\n");
	free(told);
}

static void
csv(void **state)
{
	char *told = exported(export_csv);

	(void)state;
	assert_string_equal(told,
	    "t,thread,name,kind,object,object_kind,object_name,value,flags,place,text\r\n"
	    "200000000,2,\"al, \"\"ice\"\"\",lock-take,1,rlock,A,1,waited timed,bank.c:38,sentence 0.\r\n"
	    "1200000000,1,main,join-wait,2,thread,\"al, \"\"ice\"\"\",,,,sentence 1.\r\n"
	    "1200000000,1,main,join-wait,2,thread,\"al, \"\"ice\"\"\",50,timed,0x99,sentence 2.\r\n"
	    "1300000000,2,\"al, \"\"ice\"\"\",sleep,,,,250000000,,nap,sentence 3.\r\n"
	    "1400000000,2,\"al, \"\"ice\"\"\",log,,,,3,,,sentence 4.\r\n"
	    "1500000000,3,,cond-notify,2,condition,\"line\nfeed\",-1,,,sentence 6.\r\n"
	    "1600000000,2,\"al, \"\"ice\"\"\",sem-take,3,semaphore,semaphore 3,,,,sentence 7.\r\n");
	free(told);
}

static void
json(void **state)
{
	static const char first[] =
	    "{\"t\":200000000,\"thread\":2,\"name\":\"al, \\\"ice\\\"\",\"kind\":\"lock-take\",\"object\":1,"
	    "\"object_kind\":\"rlock\",\"object_name\":\"A\",\"value\":1,\"flags\":[\"waited\",\"timed\"],"
	    "\"place\":\"bank.c:38\",\"text\":\"sentence 0.\"}\n";
	char *told = exported(export_json);

	(void)state;
	assert_memory_equal(told, first, strlen(first));
	assert_non_null(strstr(told,
	    "{\"t\":1500000000,\"thread\":3,\"name\":null,\"kind\":\"cond-notify\",\"object\":2,"
	    "\"object_kind\":\"condition\",\"object_name\":\"line\\nfeed\",\"value\":-1,\"flags\":[],"
	    "\"place\":null,\"text\":\"sentence 6.\"}\n"));
	free(told);
}

/* Each line is an object by itself, with exactly the documented keys in their order. */
static void
json_keys(void **state)
{
	static const char *const keys[] = {
		"t", "thread", "name", "kind", "object", "object_kind", "object_name", "value", "flags", "place", "text",
	};
	char *told = exported(export_json);
	int lines = 0;

	(void)state;
	for (char *rest = told, *line; (line = strsep(&rest, "\n")) != NULL && *line != '\0'; lines++) {
		struct json_object *object = json_tokener_parse(line);
		size_t n = 0;

		assert_non_null(object);
		json_object_object_foreach(object, key, value) {
			(void)value;
			assert_true(n < COUNT(keys));
			assert_string_equal(key, keys[n]);
			n++;
		}
		assert_int_equal(n, COUNT(keys));
		json_object_put(object);
	}
	assert_int_equal(lines, COUNT(events) - 1);
	free(told);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(text),
		cmocka_unit_test(csv),
		cmocka_unit_test(json),
		cmocka_unit_test(json_keys),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
