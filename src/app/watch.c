/* watch.c - see watch.h. */
#include "config.h"

#include "app/watch.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/allocate.h"

#define TERMINAL_COLS 80
#define TERMINAL_ROWS 24
#define FLUSH_MS      1000

/* The command as one line, as typed or nearly so. */
static char *
command_line(char **argv)
{
	size_t size = 1;
	char *line;

	for (char **word = argv; *word != NULL; word++)
		size += strlen(*word) + 1;
	line = allocate(size);
	for (char **word = argv; *word != NULL; word++) {
		if (word != argv)
			strlcat(line, " ", size);
		strlcat(line, *word, size);
	}
	return line;
}

static int64_t
wall_clock(void)
{
	struct timespec t;

	clock_gettime(CLOCK_REALTIME, &t);
	return t.tv_sec * INT64_C(1000000000) + t.tv_nsec;
}

static bool
start_child(struct watch *w, const struct options *o, const char *path, char **argv, bool own_terminal, int *status,
    struct reason *why)
{
	struct spawn s = {
		.path = path,
		.argv = argv,
		.session = session_path(w->session),
		.overflow = o->value[OPT_overflow],
		.input = o->value[OPT_stdin],
		.own_terminal = own_terminal,
		.keep_input = !isatty(STDIN_FILENO),
		.cols = TERMINAL_COLS,
		.rows = TERMINAL_ROWS,
	};
	char *command;
	int64_t start = wall_clock();

	if (!spawn(&s, &w->child, status, why))
		return false;
	command = command_line(argv);
	live_program(w->source, command, w->child.pid, start);
	free(command);
	return true;
}

int
watch_start(struct watch *w, const struct options *o, const char *path, char **argv, bool own_terminal, struct reason *why)
{
	int status = STATUS_WE_FAILED;

	*w = (struct watch){ .child = { .terminal = -1, .pid = -1 }, .file = o->value[OPT_output] };
	w->session = session_make(why);
	if (w->session == NULL)
		return STATUS_WE_FAILED;
	w->source = live_open(w->session, why);
	w->model = model_new(0);
	if (w->source == NULL || (w->file != NULL && (w->recorder = recording_create(w->file, why)) == NULL) ||
	    !start_child(w, o, path, argv, own_terminal, &status, why)) {
		watch_end(w);
		return status;
	}
	return STATUS_WELL;
}

void
watch_end(struct watch *w)
{
	struct reason why;

	if (w->source != NULL) {
		if (live_paused(w->source))
			live_resume(w->source);
		source_close(w->source);
	}
	if (w->recorder != NULL && !recording_close(w->recorder, &why))
		say(0, &why);
	if (w->session != NULL)
		session_end(w->session);
	if (w->model != NULL)
		model_free(w->model);
	if (w->child.terminal != -1)
		close(w->child.terminal);
	w->source = NULL;
	w->recorder = NULL;
	w->session = NULL;
	w->model = NULL;
	w->child.terminal = -1;
}

void
watch_output(struct watch *w)
{
	char bytes[4096];
	ssize_t n;

	for (int i = 0; w->child.terminal != -1 && i < 64; i++) {	/* 256 KiB at a time: keys must not wait */
		n = read(w->child.terminal, bytes, sizeof bytes);
		if (n == -1 && (errno == EAGAIN || errno == EINTR))
			return;
		if (n <= 0) {		/* EIO: nobody has it open any more */
			close(w->child.terminal);
			w->child.terminal = -1;
			return;
		}
		live_output(w->source, bytes, (size_t)n);
		if (w->output != NULL)
			w->output(w->output_for, bytes, (size_t)n);
	}
}

void
watch_children(struct watch *w)
{
	if (!child_reap(&w->child))
		return;
	watch_output(w);	/* what it wrote last comes before its end */
	live_exit(w->source, w->child.pid, w->child.status);
}

/* The recording failed: it has told why, and is closed. What it has written so far is good. */
static void
give_up_recording(struct watch *w)
{
	struct reason unused;

	recording_close(w->recorder, &unused);
	w->recorder = NULL;
	w->full = true;
}

static void
record(struct watch *w, const struct news *news)
{
	if (w->recorder != NULL && !recording_take(w->recorder, news, &w->why))
		give_up_recording(w);
}

int
watch_flush(struct watch *w)
{
	struct timespec t;
	int64_t now;

	if (w->recorder == NULL)
		return -1;
	clock_gettime(CLOCK_MONOTONIC, &t);
	now = t.tv_sec * INT64_C(1000) + t.tv_nsec / 1000000;
	if (now < w->flushed + FLUSH_MS)
		return (int)(w->flushed + FLUSH_MS - now);
	w->flushed = now;
	if (!recording_flush(w->recorder, &w->why))
		give_up_recording(w);
	return FLUSH_MS;
}

bool
watch_take(struct watch *w, int at_most)
{
	struct news news;
	struct reason why;
	bool any = false;

	while (!w->over && at_most-- > 0) {
		switch (source_next(w->source, &news, &why)) {
		case SOURCE_NEWS:
			model_take(w->model, &news);
			record(w, &news);
			any = true;
			break;
		case SOURCE_IDLE:
			return any;
		case SOURCE_END:
		case SOURCE_BROKEN:
			w->over = true;
			return true;
		}
	}
	return any;
}

bool
watch_connected(const struct watch *w)
{
	struct live_counts counts;

	live_counts(w->source, &counts);
	return counts.images > 0;
}

bool
watch_never_seen(const struct watch *w, char *text, size_t size)
{
	const struct model_program *p = model_program(w->model);
	char how[64];

	if (!w->child.ended || watch_connected(w))
		return false;
	if (WIFSIGNALED(w->child.status))
		snprintf(how, sizeof how, "killed by SIG%s", sigabbrev_np(WTERMSIG(w->child.status)));
	else
		snprintf(how, sizeof how, "%d", WEXITSTATUS(w->child.status));
	snprintf(text, size, "%s ended (%s) after %.1f s and made no call that is watched. "
	    "Is it linked with libthreadlanes? threadlanes doctor tells.", p->name ? p->name : "the program", how,
	    (double)p->exit_time / 1e9);
	return true;
}
