/* allocate.c - see allocate.h. */
#include "config.h"

#include "base/allocate.h"

#include <err.h>
#include <stdlib.h>
#include <string.h>

#define STATUS_WE_FAILED 125

static void *
or_end(void *memory)
{
	if (memory == NULL)
		errx(STATUS_WE_FAILED, "out of memory");
	return memory;
}

void *
allocate(size_t size)
{
	return or_end(calloc(1, size ? size : 1));
}

void *
reallocate(void *old, size_t count, size_t size)
{
	return or_end(reallocarray(old, count ? count : 1, size));
}

char *
duplicate(const char *text)
{
	return or_end(strdup(text));
}
