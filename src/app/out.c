/* out.c - see out.h. */
#include "config.h"

#include "app/out.h"

#include <err.h>

#include "app/app.h"

FILE *
out_open(const char *path)
{
	FILE *f = path ? fopen(path, "we") : stdout;

	if (f == NULL)
		warn("cannot write %s", path);
	return f;
}

int
out_close(FILE *f, const char *path, bool good)
{
	if (good && (f == stdout ? fflush(f) : fclose(f)) == 0)
		return STATUS_WELL;
	warn("cannot write %s", path ? path : "the output");
	return STATUS_WE_FAILED;
}
