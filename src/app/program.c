/* program.c - see program.h. */
#include "config.h"

#include "app/program.h"

#include <dirent.h>
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "app/app.h"
#include "wire/segment.h"

#define LONGEST_NAME 64

static bool
is_executable(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISREG(st.st_mode) && access(path, X_OK) == 0;
}

/* How many letters differ, with a swap of neighbours counted as one: the distance of typing errors. */
static int
distance(const char *a, const char *b)
{
	int row[3][LONGEST_NAME + 1], n = (int)strlen(a), m = (int)strlen(b);

	if (n > LONGEST_NAME || m > LONGEST_NAME)
		return INT_MAX;
	for (int j = 0; j <= m; j++)
		row[0][j] = j;
	for (int i = 1; i <= n; i++) {
		int *now = row[i % 3], *last = row[(i + 2) % 3], *older = row[(i + 1) % 3];

		now[0] = i;
		for (int j = 1; j <= m; j++) {
			int best = last[j - 1] + (a[i - 1] != b[j - 1]);

			if (last[j] + 1 < best)
				best = last[j] + 1;
			if (now[j - 1] + 1 < best)
				best = now[j - 1] + 1;
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] && older[j - 2] + 1 < best)
				best = older[j - 2] + 1;
			now[j] = best;
		}
	}
	return row[n % 3][m];
}

/* The executable of a folder whose name is most like this one; one letter away, or two of a long name. */
static void
nearest_in(const char *folder, const char *name, int *best, char *found, size_t size)
{
	DIR *dir = opendir(folder);
	struct dirent *entry;
	char path[PATH_MAX];
	int away, allowed = strlen(name) >= 7 ? 2 : 1;

	while (dir != NULL && (entry = readdir(dir)) != NULL) {
		away = distance(name, entry->d_name);
		if (away >= *best || away > allowed)
			continue;
		snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
		if (!is_executable(path))
			continue;
		*best = away;
		snprintf(found, size, "%s", entry->d_name);
	}
	if (dir != NULL)
		closedir(dir);
}

/* Calls nearest_in for each folder of PATH. */
static void
nearest_in_path(const char *name, int *best, char *found, size_t size)
{
	const char *path = getenv("PATH");
	char copy[8192], *rest = copy, *folder;

	snprintf(copy, sizeof copy, "%s", path ? path : "");
	while ((folder = strsep(&rest, ":")) != NULL)
		nearest_in(*folder ? folder : ".", name, best, found, size);
}

static bool
not_found(const char *name, struct reason *why)
{
	const char *slash = strrchr(name, '/');
	char folder[PATH_MAX], found[NAME_MAX + 1];
	int best = 3;

	if (slash != NULL) {
		snprintf(folder, sizeof folder, "%.*s", (int)(slash - name), name);
		nearest_in(slash == name ? "/" : folder, slash + 1, &best, found, sizeof found);
		if (best < 3)
			return because(why, "cannot find %s. Did you mean %s/%s?", name, folder, found);
		return because(why, "cannot find %s.", name);
	}
	if (is_executable(name))
		return because(why, "cannot find %s. Did you mean ./%s?", name, name);
	for (int i = 0; i < NCOMMANDS; i++)
		if (distance(name, command_name((enum command)i)) == 1)
			return because(why, "cannot find %s. Did you mean the command %s?", name, command_name((enum command)i));
	nearest_in_path(name, &best, found, sizeof found);
	if (best < 3)
		return because(why, "cannot find %s. Did you mean %s?", name, found);
	return because(why, "cannot find %s.", name);
}

static bool
ends_with(const char *text, const char *end)
{
	size_t n = strlen(text), m = strlen(end);

	return n > m && strcmp(text + n - m, end) == 0;
}

static bool
not_executable(const char *name, struct reason *why)
{
	const char *base = strrchr(name, '/');
	bool cxx = ends_with(name, ".cc") || ends_with(name, ".cpp") || ends_with(name, ".cxx");
	struct stat st;

	base = base ? base + 1 : name;
	if (stat(name, &st) == 0 && S_ISDIR(st.st_mode))
		return because(why, "%s is a directory, not a program.", name);
	if (cxx || ends_with(name, ".c"))
		return because(why, "%s is source, not a program. Compile it first: %s -g -pthread %s -o %.*s", name,
		    cxx ? "c++" : "cc", base, (int)(strrchr(base, '.') - base), base);
	if (stat(name, &st) == 0 && !(st.st_mode & 0111))
		return because(why, "%s is not executable. If it is a program: chmod +x %s", name, name);
	return because(why, "%s cannot be run by you: permission denied.", name);
}

static bool
find_path(const char *name, char *found, size_t size)
{
	const char *path = getenv("PATH");
	char copy[8192], *rest = copy, *folder;

	snprintf(copy, sizeof copy, "%s", path ? path : "/usr/bin:/bin");
	while ((folder = strsep(&rest, ":")) != NULL) {
		snprintf(found, size, "%s/%s", *folder ? folder : ".", name);
		if (is_executable(found))
			return true;
	}
	return false;
}

static bool
has(const char *bytes, size_t size, const char *text)
{
	return memmem(bytes, size, text, strlen(text)) != NULL;
}

/* Is there an interpreter among the program headers? All of it is checked: the file may be anything. */
static bool
has_interpreter(const char *bytes, size_t size)
{
	Elf64_Ehdr header;
	Elf64_Phdr part;

	if (size < sizeof header || bytes[EI_CLASS] != ELFCLASS64)
		return true;	/* of another size: nothing is known against it */
	memcpy(&header, bytes, sizeof header);
	for (unsigned i = 0; i < header.e_phnum && header.e_phentsize >= sizeof part; i++) {
		size_t at = header.e_phoff + (size_t)i * header.e_phentsize;

		if (at > size || size - at < sizeof part)
			break;
		memcpy(&part, bytes + at, sizeof part);
		if (part.p_type == PT_INTERP)
			return true;
	}
	return false;
}

static void
look_inside(struct program *p, const char *bytes, size_t size)
{
	p->script = size > 2 && memcmp(bytes, "#!", 2) == 0;
	p->elf = size > SELFMAG && memcmp(bytes, ELFMAG, SELFMAG) == 0;
	if (!p->elf)
		return;
	p->dynamic = has_interpreter(bytes, size);
	p->linked = has(bytes, size, "libthreadlanes") || has(bytes, size, TL_SESSION_ENV);
	p->threads = p->linked || has(bytes, size, "pthread_create");
}

static void
look_at(struct program *p)
{
	int fd = open(p->path, O_RDONLY | O_CLOEXEC);
	struct stat st;
	void *bytes;

	if (fd == -1)
		return;
	if (fstat(fd, &st) == 0 && st.st_size > 0) {
		p->privileged = st.st_mode & (S_ISUID | S_ISGID);
		bytes = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
		if (bytes != MAP_FAILED) {
			look_inside(p, bytes, (size_t)st.st_size);
			munmap(bytes, (size_t)st.st_size);
		}
	}
	close(fd);
}

bool
program_find(const char *name, struct program *p, int *status, struct reason *why)
{
	*p = (struct program){ 0 };
	*status = STATUS_NOT_FOUND;
	if (*name == '\0')
		return because(why, "the name of the program is empty.");
	if (strchr(name, '/') != NULL) {
		if (access(name, F_OK) == -1)
			return errno == ENOENT || errno == ENOTDIR ? not_found(name, why) : because_errno(why, "%s", name);
		snprintf(p->path, sizeof p->path, "%s", name);
	} else if (!find_path(name, p->path, sizeof p->path)) {
		if (access(name, F_OK) == 0 && !is_executable(name)) {
			*status = STATUS_NOT_RUNNABLE;
			return not_executable(name, why);
		}
		return not_found(name, why);
	}
	*status = STATUS_NOT_RUNNABLE;
	if (!is_executable(p->path))
		return not_executable(name, why);
	look_at(p);
	return true;
}

bool
program_watchable(const struct program *p, const char *name, struct reason *why)
{
	const char *base = strrchr(p->path, '/') + 1;

	if (p->privileged && geteuid() != 0)
		return because(why, "%s is set-user-ID; the system keeps tools like this out of it. A plain copy can be "
		    "watched, without its privileges: cp %s . && threadlanes ./%s", name, p->path, base);
	if (p->elf && !p->dynamic && !p->linked)
		return because(why, "%s is linked statically, so its thread calls cannot be seen. Link it again without -static.",
		    name);
	return true;
}
