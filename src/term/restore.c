/*
 * restore.c - see restore.h.
 *
 * A crash cannot be trusted to run curses: the bytes that leave the screen are put together while all is well, and a
 * handler on a stack of its own writes them, sets the line discipline back, and lets the signal do what it does.
 */
#include "config.h"

#include "term/restore.h"

#include <curses.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <term.h>
#include <termios.h>
#include <unistd.h>

#define MOUSE_OFF "\033[?1002l\033[?1006;1000l"

static struct {
	struct termios line;
	char bytes[256];
	size_t length;
	int in, out;
	bool has_line;
	volatile sig_atomic_t armed;
} restore;

static const int crashes[] = { SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGQUIT, SIGSYS };

/* Appends a capability without its padding ("$<5>"). */
static void
append(const char *capability)
{
	if (capability == NULL || capability == (char *)-1)
		return;
	for (const char *p = capability; *p != '\0' && restore.length < sizeof restore.bytes; p++) {
		if (p[0] == '$' && p[1] == '<' && (p = strchr(p, '>')) != NULL)
			continue;
		if (p == NULL)
			return;
		restore.bytes[restore.length++] = *p;
	}
}

static const char *
capability(const char *name)
{
	return tigetstr((char *)(uintptr_t)name);	/* old declarations lack the const */
}

void
restore_prepare(int in, int out)
{
	restore.in = in;
	restore.out = out;
	restore.has_line = tcgetattr(in, &restore.line) == 0;
}

/* What leaves the screen. */
static void
compose(void)
{
	restore.length = 0;
	append("\r");
	if (capability("kmous") != NULL)
		append(MOUSE_OFF);
	append(capability("sgr0"));
	append(capability("rmcup"));
	append(capability("rmkx"));
	append(capability("cnorm"));
}

void
restore_now(void)
{
	if (!restore.armed)
		return;
	restore.armed = 0;
	if (write(restore.out, restore.bytes, restore.length) < 0) {
		/* The terminal is gone: there is nothing to give back. */
	}
	if (restore.has_line)
		tcsetattr(restore.in, TCSANOW, &restore.line);
}

static void
crashed(int signo)
{
	restore_now();
	signal(signo, SIG_DFL);
	raise(signo);		/* delivered when this handler returns: a fault then comes back at the same place */
}

static void
catch(void)
{
	static char stack[32768];	/* a stack overflow is a crash too */
	stack_t other = { .ss_sp = stack, .ss_size = sizeof stack };
	struct sigaction action = { .sa_handler = crashed, .sa_flags = SA_ONSTACK | SA_RESETHAND };
	struct sigaction old;

	if (sigaltstack(&other, NULL) == -1)
		action.sa_flags &= ~SA_ONSTACK;
	for (size_t i = 0; i < sizeof crashes / sizeof *crashes; i++)
		if (sigaction(crashes[i], NULL, &old) == 0 && old.sa_handler == SIG_DFL)
			sigaction(crashes[i], &action, NULL);
}

void
restore_arm(void)
{
	static bool once;

	if (!once) {
		once = true;
		catch();
		atexit(restore_now);
	}
	compose();
	restore.armed = 1;
}

void
restore_disarm(void)
{
	restore.armed = 0;
}
