/* rows.h - an event as the columns that JSON, CSV and text share; export.h tells what each is. */
#ifndef EXPORT_ROWS_H
#define EXPORT_ROWS_H

#include "model/model.h"

#define ROW_TEXT 2048

/* Which flag is called what, one after another until a NULL. */
extern const struct row_flag {
	const char *word;
	uint8_t flag;
} row_flags[];

struct row {
	int64_t t;
	uint32_t thread;
	const char *name;
	char kind[32];
	uint32_t object;		/* 0: none, and the next two are NULL */
	const char *object_kind, *object_name;
	bool has_value;
	int64_t value;
	uint8_t flags;
	char place[512];		/* "": not known */
	char text[ROW_TEXT];
};

/* False for an event that is no row of its own (a part of another one's text), or is not there. */
bool row_of(const struct model *, uint32_t event, struct row *);

#endif
