/* places.c - see places.h. */
#include "config.h"

#include "source/places.h"

#include <elfutils/libdwfl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/allocate.h"

#define MAPS_MAX (4u << 20)

struct places {
	Dwfl *dwfl;
	char *maps;		/* /proc/PID/maps as last read */
	size_t length;
	int32_t pid;
	bool fresh;		/* dwfl does not know these maps yet */
};

static char *debuginfo_path;
static const Dwfl_Callbacks callbacks = {
	.find_elf = dwfl_linux_proc_find_elf,
	.find_debuginfo = dwfl_standard_find_debuginfo,
	.debuginfo_path = &debuginfo_path,
};

/* Reads what is mapped now. False: it is gone, or as before. */
static bool
read_maps(struct places *p)
{
	char path[64];
	char *text = NULL;
	size_t length = 0, room = 0, got;
	FILE *file;

	snprintf(path, sizeof path, "/proc/%d/maps", (int)p->pid);
	if ((file = fopen(path, "re")) == NULL)
		return false;
	do {
		if (length == room)
			text = reallocate(text, room = room ? 2 * room : 16384, 1);
		got = fread(text + length, 1, room - length, file);
		length += got;
	} while (got > 0 && length < MAPS_MAX);
	fclose(file);
	if (length == 0 || (length == p->length && memcmp(text, p->maps, length) == 0)) {
		free(text);
		return false;
	}
	free(p->maps);
	p->maps = text;
	p->length = length;
	p->fresh = true;
	return true;
}

struct places *
places_new(int32_t pid)
{
	struct places *p = allocate(sizeof *p);

	p->pid = pid;
	read_maps(p);
	return p;
}

void
places_free(struct places *p)
{
	if (p->dwfl != NULL)
		dwfl_end(p->dwfl);
	free(p->maps);
	free(p);
}

static void
report(struct places *p)
{
	FILE *file;

	if (!p->fresh || (p->dwfl == NULL && (p->dwfl = dwfl_begin(&callbacks)) == NULL))
		return;
	p->fresh = false;
	if ((file = fmemopen(p->maps, p->length, "r")) == NULL)
		return;
	dwfl_report_begin_add(p->dwfl);		/* modules that were unmapped stay: their events may come later */
	dwfl_linux_proc_maps_report(p->dwfl, file);
	dwfl_report_end(p->dwfl, NULL, NULL);
	fclose(file);
}

static Dwfl_Module *
module_of(struct places *p, uint64_t address)
{
	Dwfl_Module *module;

	report(p);
	module = p->dwfl != NULL ? dwfl_addrmodule(p->dwfl, address) : NULL;
	if (module == NULL && read_maps(p)) {
		report(p);
		module = p->dwfl != NULL ? dwfl_addrmodule(p->dwfl, address) : NULL;
	}
	return module;
}

static const char *
or_empty(const char *text)
{
	return text != NULL ? text : "";
}

void
places_find(struct places *p, uint64_t address, bool exact, struct place *place)
{
	uint64_t at = exact || address == 0 ? address : address - 1;
	Dwfl_Module *module = module_of(p, at);
	Dwfl_Line *line;
	int number = 0;

	*place = (struct place){ .function = "", .file = "", .folder = "" };
	if (module == NULL)
		return;
	place->function = or_empty(dwfl_module_addrname(module, at));
	if ((line = dwfl_module_getsrc(module, at)) == NULL)
		return;
	place->file = or_empty(dwfl_lineinfo(line, NULL, &number, NULL, NULL, NULL));
	place->folder = or_empty(dwfl_line_comp_dir(line));
	place->line = number > 0 ? (uint32_t)number : 0;
}
