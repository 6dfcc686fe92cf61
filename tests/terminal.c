/* terminal.c - see terminal.h. */
#include "config.h"

#include "terminal.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <vterm.h>

#define LIMIT_MS 20000
#define LOG_SIZE (1 << 20)

struct terminal {
	VTerm *vterm;
	VTermScreen *screen;
	int fd, cols, rows, status;
	pid_t pid;
	bool ended, closed;
	char *log;		/* all that came, as far as it fits */
	size_t logged;
};

static long
now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void
become(int theirs, const char *const *argv, const char *const *environment)
{
	setsid();
	ioctl(theirs, TIOCSCTTY, 0);
	for (int fd = 0; fd < 3; fd++)
		dup2(theirs, fd);
	setenv("TERM", "xterm-256color", 1);
	setenv("LC_ALL", "C.UTF-8", 1);
	unsetenv("SSH_TTY");
	unsetenv("NO_COLOR");
	unsetenv("COLORFGBG");
	for (; environment != NULL && *environment != NULL; environment++) {
		if (strchr(*environment, '=') != NULL)
			putenv((char *)(uintptr_t)*environment);
		else
			unsetenv(*environment);
	}
	execv(argv[0], (char **)(uintptr_t)argv);
	_exit(99);
}

struct terminal *
terminal_start(int cols, int rows, const char *const *argv, const char *const *environment)
{
	struct terminal *t = calloc(1, sizeof *t);
	struct winsize size = { .ws_col = (unsigned short)cols, .ws_row = (unsigned short)rows };
	int theirs;

	t->cols = cols;
	t->rows = rows;
	t->log = calloc(1, LOG_SIZE + 1);
	t->vterm = vterm_new(rows, cols);
	vterm_set_utf8(t->vterm, 1);
	t->screen = vterm_obtain_screen(t->vterm);
	vterm_screen_enable_altscreen(t->screen, 1);
	vterm_screen_reset(t->screen, 1);
	t->fd = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (t->fd == -1 || grantpt(t->fd) == -1 || unlockpt(t->fd) == -1)
		abort();
	ioctl(t->fd, TIOCSWINSZ, &size);
	theirs = open(ptsname(t->fd), O_RDWR | O_NOCTTY | O_CLOEXEC);
	t->pid = fork();
	if (t->pid == 0)
		become(theirs, argv, environment);
	close(theirs);
	return t;
}

void
terminal_free(struct terminal *t)
{
	if (!t->ended) {
		kill(t->pid, SIGKILL);
		waitpid(t->pid, NULL, 0);
	}
	if (t->fd != -1)
		close(t->fd);
	vterm_free(t->vterm);
	free(t->log);
	free(t);
}

static void
keep(struct terminal *t, const char *bytes, size_t n)
{
	if (n > LOG_SIZE - t->logged)
		n = LOG_SIZE - t->logged;
	memcpy(t->log + t->logged, bytes, n);
	t->logged += n;
}

/* Reads what comes within the time, and gives the terminal's answers. False: nothing will come any more. */
static bool
read_more(struct terminal *t, int ms)
{
	struct pollfd p = { .fd = t->fd, .events = POLLIN };
	char bytes[8192];
	ssize_t n;

	if (t->closed)
		return false;
	if (poll(&p, 1, ms) != 1)
		return true;
	n = read(t->fd, bytes, sizeof bytes);
	if (n <= 0) {
		t->closed = true;
		return false;
	}
	keep(t, bytes, (size_t)n);
	vterm_input_write(t->vterm, bytes, (size_t)n);
	n = (ssize_t)vterm_output_read(t->vterm, bytes, sizeof bytes);
	if (n > 0 && write(t->fd, bytes, (size_t)n) < 0)
		return false;
	return true;
}

static size_t
put_utf8(char *out, uint32_t rune)
{
	if (rune < 0x80) {
		out[0] = (char)rune;
		return 1;
	}
	if (rune < 0x800) {
		out[0] = (char)(0xc0 | rune >> 6);
		out[1] = (char)(0x80 | (rune & 0x3f));
		return 2;
	}
	out[0] = (char)(0xe0 | rune >> 12);
	out[1] = (char)(0x80 | (rune >> 6 & 0x3f));
	out[2] = (char)(0x80 | (rune & 0x3f));
	return 3;
}

void
terminal_row(struct terminal *t, int row, char *text, size_t size)
{
	size_t used = 0, end = 0;

	for (int col = 0; col < t->cols && used + 4 < size; col++) {
		VTermScreenCell cell;

		vterm_screen_get_cell(t->screen, (VTermPos){ row, col }, &cell);
		used += put_utf8(text + used, cell.chars[0] ? cell.chars[0] : ' ');
		if (cell.chars[0] != 0 && cell.chars[0] != ' ')
			end = used;
	}
	text[end] = '\0';
}

bool
terminal_shows(struct terminal *t, const char *text)
{
	char row[4096];

	for (int i = 0; i < t->rows; i++) {
		terminal_row(t, i, row, sizeof row);
		if (strstr(row, text) != NULL)
			return true;
	}
	return false;
}

static bool
wait_until(struct terminal *t, const char *text, bool there)
{
	long end = now_ms() + LIMIT_MS;

	while (terminal_shows(t, text) != there) {
		if (now_ms() > end || !read_more(t, 100)) {
			if (terminal_shows(t, text) == there)
				return true;
			printf("# %s \"%s\"\n", there ? "never came:" : "never went:", text);
			terminal_show(t);
			return false;
		}
	}
	return true;
}

bool
terminal_wait(struct terminal *t, const char *text)
{
	return wait_until(t, text, true);
}

bool
terminal_wait_gone(struct terminal *t, const char *text)
{
	return wait_until(t, text, false);
}

void
terminal_type(struct terminal *t, const char *keys)
{
	if (write(t->fd, keys, strlen(keys)) < 0)
		t->closed = true;
}

void
terminal_resize(struct terminal *t, int cols, int rows)
{
	struct winsize size = { .ws_col = (unsigned short)cols, .ws_row = (unsigned short)rows };

	t->cols = cols;
	t->rows = rows;
	vterm_set_size(t->vterm, rows, cols);
	ioctl(t->fd, TIOCSWINSZ, &size);
}

int
terminal_end(struct terminal *t)
{
	long end = now_ms() + LIMIT_MS;

	while (!t->ended && now_ms() < end) {
		if (waitpid(t->pid, &t->status, WNOHANG) == t->pid)
			t->ended = true;
		else if (!read_more(t, 20))
			poll(NULL, 0, 5);
	}
	for (int i = 0; t->ended && !t->closed && i < 100; i++)	/* what it said last */
		read_more(t, 10);
	if (!t->ended)
		terminal_show(t);
	return t->ended ? t->status : -1;
}

void
terminal_read(struct terminal *t, int ms)
{
	read_more(t, ms);
}

pid_t
terminal_pid(const struct terminal *t)
{
	return t->pid;
}

bool
terminal_was_sent(struct terminal *t, const char *bytes)
{
	return memmem(t->log, t->logged, bytes, strlen(bytes)) != NULL;
}

void
terminal_show(struct terminal *t)
{
	char row[4096];

	for (int i = 0; i < t->rows; i++) {
		terminal_row(t, i, row, sizeof row);
		printf("# |%s\n", row);
	}
}
