/* session.c - see session.h. */
#include "config.h"

#include "source/session.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/allocate.h"
#include "wire/segment.h"

#define PREFIX	     "threadlanes-"
#define SEGMENT_END  ".tl"
#define NEWBORN_S    10		/* a directory so young may be between its making and its lock */

struct session {
	char *path;
	int directory;		/* open, locked */
	int bell;		/* reading end of the FIFO */
	int ringer;		/* a writing end of ours: without it, a program that closes its end leaves POLLHUP behind */
	int watch;		/* inotify */
	char **names;		/* segments that appeared and were not told yet */
	uint32_t told, count, room;
	char **seen;		/* all that ever appeared */
	uint32_t seen_count, seen_room;
};

/* --- Names ---------------------------------------------------------------------------------------------------- */

/* The process id in "PID-TICKS.tl"; 0 if it is no name of a segment. */
static pid_t
segment_pid(const char *name)
{
	size_t length = strlen(name);
	char *end;
	long pid;

	if (name[0] < '1' || name[0] > '9' || length < sizeof SEGMENT_END ||
	    strcmp(name + length - strlen(SEGMENT_END), SEGMENT_END) != 0)
		return 0;
	errno = 0;
	pid = strtol(name, &end, 10);
	return errno == 0 && *end == '-' && pid <= INT_MAX ? (pid_t)pid : 0;
}

static bool
lives(pid_t pid)
{
	return kill(pid, 0) == 0 || errno == EPERM;
}

/* --- Removal -------------------------------------------------------------------------------------------------- */

static DIR *
list(int directory)
{
	int fd = openat(directory, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *d = fd >= 0 ? fdopendir(fd) : NULL;

	if (d == NULL && fd >= 0)
		close(fd);
	return d;
}

static bool
somebody_lives(int directory)
{
	DIR *d = list(directory);
	struct dirent *entry;
	bool found = false;

	while (d != NULL && !found && (entry = readdir(d)) != NULL) {
		pid_t pid = segment_pid(entry->d_name);

		found = pid != 0 && lives(pid);
	}
	if (d != NULL)
		closedir(d);
	return found;
}

/* Removes the directory and the files in it; what is not a file makes it stay. */
static void
remove_directory(int directory, const char *path)
{
	DIR *d = list(directory);
	struct dirent *entry;

	while (d != NULL && (entry = readdir(d)) != NULL)
		unlinkat(directory, entry->d_name, 0);
	if (d != NULL)
		closedir(d);
	rmdir(path);
}

static bool
is_private(int directory, struct stat *status)
{
	return fstat(directory, status) == 0 && S_ISDIR(status->st_mode) && status->st_uid == geteuid() &&
	    (status->st_mode & 07777) == 0700;
}

static void
sweep_one(const char *path)
{
	int directory = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	struct stat status;

	if (directory < 0)
		return;
	if (is_private(directory, &status) && time(NULL) - status.st_ctime >= NEWBORN_S &&
	    flock(directory, LOCK_EX | LOCK_NB) == 0 && !somebody_lives(directory))
		remove_directory(directory, path);
	close(directory);
}

/* Removes what viewers that died have left here. */
static void
sweep(const char *base)
{
	DIR *d = opendir(base);
	struct dirent *entry;
	char path[PATH_MAX];

	while (d != NULL && (entry = readdir(d)) != NULL)
		if (strncmp(entry->d_name, PREFIX, strlen(PREFIX)) == 0 &&
		    snprintf(path, sizeof path, "%s/%s", base, entry->d_name) < (int)sizeof path)
			sweep_one(path);
	if (d != NULL)
		closedir(d);
}

/* --- Making --------------------------------------------------------------------------------------------------- */

static bool
make_directory(struct session *s, const char *base)
{
	char path[PATH_MAX];
	struct stat status;

	if (base == NULL || base[0] != '/' ||
	    snprintf(path, sizeof path, "%s/%sXXXXXX", base, PREFIX) >= (int)sizeof path)
		return false;
	sweep(base);
	if (mkdtemp(path) == NULL)
		return false;
	s->directory = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (s->directory >= 0 && is_private(s->directory, &status) && flock(s->directory, LOCK_EX | LOCK_NB) == 0) {
		s->path = duplicate(path);
		return true;
	}
	if (s->directory >= 0)
		close(s->directory);
	s->directory = -1;
	rmdir(path);
	return false;
}

static bool
hang_bell(struct session *s, struct reason *why)
{
	if (mkfifoat(s->directory, TL_BELL_NAME, 0600) != 0)
		return because_errno(why, "%s: cannot make the bell", s->path);
	s->bell = openat(s->directory, TL_BELL_NAME, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOFOLLOW);
	if (s->bell >= 0)
		s->ringer = openat(s->directory, TL_BELL_NAME, O_WRONLY | O_NONBLOCK | O_CLOEXEC | O_NOFOLLOW);
	if (s->ringer < 0)
		return because_errno(why, "%s: cannot open the bell", s->path);
	return true;
}

static void
note_segment(struct session *s, const char *name)
{
	if (segment_pid(name) == 0)
		return;
	for (uint32_t i = 0; i < s->seen_count; i++)
		if (strcmp(s->seen[i], name) == 0)
			return;
	GROW(s->seen, s->seen_count, s->seen_room);
	s->seen[s->seen_count++] = duplicate(name);
	GROW(s->names, s->count, s->room);
	s->names[s->count++] = duplicate(name);
}

static void
look_through(struct session *s)
{
	DIR *d = list(s->directory);
	struct dirent *entry;

	while (d != NULL && (entry = readdir(d)) != NULL)
		note_segment(s, entry->d_name);
	if (d != NULL)
		closedir(d);
}

static bool
watch_directory(struct session *s, struct reason *why)
{
	s->watch = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
	if (s->watch < 0 || inotify_add_watch(s->watch, s->path, IN_MOVED_TO | IN_ONLYDIR) < 0)
		return because_errno(why, "%s: cannot be watched", s->path);
	look_through(s);
	return true;
}

struct session *
session_make(struct reason *why)
{
	struct session *s = allocate(sizeof *s);

	s->directory = s->bell = s->ringer = s->watch = -1;
	if (!make_directory(s, "/dev/shm") && !make_directory(s, getenv("XDG_RUNTIME_DIR")) &&
	    !make_directory(s, "/tmp")) {
		because_errno(why, "cannot make a directory for the session in /dev/shm or /tmp");
		free(s);
		return NULL;
	}
	if (!hang_bell(s, why) || !watch_directory(s, why)) {
		session_end(s);
		return NULL;
	}
	return s;
}

static void
close_if_open(int fd)
{
	if (fd >= 0)
		close(fd);
}

void
session_end(struct session *s)
{
	if (!somebody_lives(s->directory))
		remove_directory(s->directory, s->path);
	close_if_open(s->bell);
	close_if_open(s->ringer);
	close_if_open(s->watch);
	close_if_open(s->directory);
	for (uint32_t i = s->told; i < s->count; i++)
		free(s->names[i]);
	for (uint32_t i = 0; i < s->seen_count; i++)
		free(s->seen[i]);
	free(s->names);
	free(s->seen);
	free(s->path);
	free(s);
}

/* --- In use --------------------------------------------------------------------------------------------------- */

const char *
session_path(const struct session *s)
{
	return s->path;
}

int
session_directory(const struct session *s)
{
	return s->directory;
}

int
session_bell(const struct session *s)
{
	return s->bell;
}

int
session_watch(const struct session *s)
{
	return s->watch;
}

void
session_hush(struct session *s)
{
	char bytes[512];

	while (read(s->bell, bytes, sizeof bytes) > 0)
		;
}

/* All that inotify has to say. If it lost something, look for ourselves. */
static void
hear(struct session *s)
{
	char buffer[4096] __attribute__((aligned(__alignof__(struct inotify_event))));
	ssize_t length;

	while ((length = read(s->watch, buffer, sizeof buffer)) > 0)
		for (char *at = buffer; at < buffer + length;) {
			struct inotify_event *event = (struct inotify_event *)at;

			if (event->mask & IN_Q_OVERFLOW)
				look_through(s);
			else if (event->len > 0)
				note_segment(s, event->name);
			at += sizeof *event + event->len;
		}
}

bool
session_next_segment(struct session *s, char *name, size_t size)
{
	if (s->told == s->count) {
		s->told = s->count = 0;
		hear(s);
	}
	if (s->told == s->count)
		return false;
	strlcpy(name, s->names[s->told], size);
	free(s->names[s->told++]);
	return true;
}
