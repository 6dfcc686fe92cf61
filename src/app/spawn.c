/* spawn.c - see spawn.h. */
#include "config.h"

#include "app/spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "app/app.h"
#include "wire/segment.h"

static sigset_t mask_before;
static bool mask_changed;

int
signals_open(const int *signals, int count)
{
	sigset_t set;

	sigemptyset(&set);
	for (int i = 0; i < count; i++)
		sigaddset(&set, signals[i]);
	sigprocmask(SIG_BLOCK, &set, mask_changed ? NULL : &mask_before);
	mask_changed = true;
	return signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

int
signals_next(int fd)
{
	struct signalfd_siginfo info;

	return read(fd, &info, sizeof info) == sizeof info ? (int)info.ssi_signo : 0;
}

void
signals_release(void)
{
	if (mask_changed)
		sigprocmask(SIG_SETMASK, &mask_before, NULL);
}

/* Makes a terminal; the program's end is returned, ours is put in *ours. */
static int
make_terminal(const struct spawn *s, int *ours, struct reason *why)
{
	struct winsize size = { .ws_col = (unsigned short)s->cols, .ws_row = (unsigned short)s->rows };
	int theirs;

	*ours = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (*ours == -1 || grantpt(*ours) == -1 || unlockpt(*ours) == -1) {
		because_errno(why, "no terminal for the program");
		return -1;
	}
	theirs = open(ptsname(*ours), O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (theirs == -1) {
		because_errno(why, "no terminal for the program");
		return -1;
	}
	ioctl(theirs, TIOCSWINSZ, &size);
	fcntl(*ours, F_SETFL, O_NONBLOCK);
	return theirs;
}

static int
open_input(const struct spawn *s, struct reason *why)
{
	const char *path = strcmp(s->input, "none") == 0 ? "/dev/null" : s->input;
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd == -1)
		because_errno(why, "cannot read %s", path);
	return fd;
}

static void
set_environment(const struct spawn *s)
{
	setenv(TL_SESSION_ENV, s->session, 1);
	if (s->overflow != NULL)
		setenv("THREADLANES_OVERFLOW", s->overflow, 1);
	unsetenv("THREADLANES_OPTIONS");	/* ours: a threadlanes inside would take it for its own */
	if (s->own_terminal) {
		setenv("TERM", "xterm-256color", 1);	/* what libvterm understands */
		unsetenv("COLUMNS");
		unsetenv("LINES");
	}
}

/* In the child, which has one deed left: to become the program. errno goes up the pipe if it cannot. */
static void
become(const struct spawn *s, int terminal, int input, int report)
{
	int error;

	sigprocmask(SIG_SETMASK, &mask_before, NULL);
	if (terminal != -1) {
		setsid();	/* and O_NOCTTY above: this terminal controls nobody */
		if (!s->keep_input)
			dup2(terminal, STDIN_FILENO);
		dup2(terminal, STDOUT_FILENO);
		dup2(terminal, STDERR_FILENO);
	}
	if (input != -1)
		dup2(input, STDIN_FILENO);
	set_environment(s);
	execv(s->path, s->argv);
	if (errno == ENOEXEC) {		/* as the shell does: a script without "#!" */
		char *shell[256] = { (char *)(uintptr_t)"sh", (char *)(uintptr_t)s->path };

		for (int i = 1; i < 253 && s->argv[i] != NULL; i++)
			shell[i + 1] = s->argv[i];
		execv("/bin/sh", shell);
	}
	error = errno;
	if (write(report, &error, sizeof error) < 0)
		_exit(STATUS_WE_FAILED);
	_exit(STATUS_NOT_RUNNABLE);
}

/* What the child reports: nothing, for the pipe closes when it becomes the program. */
static int
read_report(int fd)
{
	int error = 0;
	ssize_t n;

	while ((n = read(fd, &error, sizeof error)) == -1 && errno == EINTR)
		continue;
	return n == sizeof error ? error : 0;
}

static bool
start(const struct spawn *s, struct child *child, int terminal, int input, struct reason *why)
{
	int report[2], error;

	if (pipe2(report, O_CLOEXEC) == -1)
		return because_errno(why, "cannot start %s", s->argv[0]);
	if (!mask_changed)
		sigprocmask(SIG_SETMASK, NULL, &mask_before);
	child->pid = fork();
	if (child->pid == 0)
		become(s, terminal, input, report[1]);
	close(report[1]);
	if (child->pid == -1) {
		close(report[0]);
		return because_errno(why, "cannot start %s", s->argv[0]);
	}
	error = read_report(report[0]);
	close(report[0]);
	if (error == 0)
		return true;
	waitpid(child->pid, NULL, 0);
	errno = error;
	return because_errno(why, "cannot run %s", s->argv[0]);
}

bool
spawn(const struct spawn *s, struct child *child, int *status, struct reason *why)
{
	int terminal = -1, input = -1;
	bool good;

	*child = (struct child){ .terminal = -1 };
	*status = STATUS_WE_FAILED;
	if (s->input != NULL && (input = open_input(s, why)) == -1)
		return false;
	if (s->own_terminal && (terminal = make_terminal(s, &child->terminal, why)) == -1)
		return false;
	good = start(s, child, terminal, input, why);
	*status = STATUS_NOT_RUNNABLE;
	if (terminal != -1)
		close(terminal);
	if (input != -1)
		close(input);
	return good;
}

bool
child_reap(struct child *child)
{
	if (child->ended || waitpid(child->pid, &child->status, WNOHANG) != child->pid)
		return false;
	child->ended = true;
	return true;
}

void
child_signal(const struct child *child, int signo)
{
	if (!child->ended)
		kill(child->terminal != -1 ? -child->pid : child->pid, signo);
}

int
child_answer(const struct child *child)
{
	struct rlimit none = { 0, 0 };
	int signo;

	if (!child->ended)
		return STATUS_WELL;
	if (!WIFSIGNALED(child->status))
		return WEXITSTATUS(child->status);
	signo = WTERMSIG(child->status);
	setrlimit(RLIMIT_CORE, &none);	/* the core that matters is the program's */
	signal(signo, SIG_DFL);
	signals_release();
	raise(signo);
	return 128 + signo;
}
