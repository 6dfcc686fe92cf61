/*
 * cmd-doctor.c - threadlanes doctor [PROGRAM]: what stands in the way, and what helps.
 *
 * Each finding is a line: ok, or what is wrong and what to do. The status says whether anything was.
 */
#include "config.h"

#include <langinfo.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "app/app.h"
#include "app/program.h"
#include "term/ask.h"
#include "term/screen.h"
#include "term/tier.h"
#include "view/glyphs.h"

#define ANSWER_MS    300
#define SHM_NEEDED   (64u << 20)

static bool found;

__attribute__((format(printf, 3, 4))) static void
tell(bool good, const char *what, const char *format, ...)
{
	va_list args;

	printf("%-8s %-10s ", good ? "ok" : "problem", what);
	va_start(args, format);
	vprintf(format, args);
	va_end(args);
	putchar('\n');
	if (!good)
		found = true;
}

static void
check_size(void)
{
	struct winsize size;

	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == -1)
		tell(true, "terminal", "the output is not a terminal: events are told in sentences (--plain)");
	else if (size.ws_col < 40 || size.ws_row < 10)
		tell(false, "size", "%d by %d. The screen needs 40 by 10; 80 by 24 is comfortable.", size.ws_col, size.ws_row);
	else
		tell(true, "size", "%d by %d", size.ws_col, size.ws_row);
}

static void
check_terminfo(void)
{
	const char *term = getenv("TERM");

	if (term == NULL)
		term = "";
	switch (screen_terminal_kind()) {
	case TERMINAL_GOOD:
		tell(true, "TERM", "%s, %d colours", term, screen_terminal_colors());
		break;
	case TERMINAL_DUMB:
		tell(false, "TERM", "\"%s\" cannot show a screen: events are told in sentences", term);
		break;
	case TERMINAL_UNKNOWN:
		tell(false, "TERM", "no terminfo for \"%s\" here. Try TERM=xterm-256color, or install ncurses-term.", term);
		break;
	}
}

static void
check_locale(void)
{
	static const char *const tiers[] = { "full", "console", "ascii" };

	tell(tier_locale_is_utf8(), "locale", "codeset %s, glyphs: %s%s", nl_langinfo(CODESET), tiers[tier_guess()],
	    tier_locale_is_utf8() ? "" : ". For the drawn ones: LC_ALL=C.UTF-8");
}

static void
to_utf8(uint32_t rune, char *text)
{
	char *p = text;

	if (rune < 0x80) {
		*p++ = (char)rune;
	} else if (rune < 0x800) {
		*p++ = (char)(0xc0 | rune >> 6);
		*p++ = (char)(0x80 | (rune & 0x3f));
	} else {
		*p++ = (char)(0xe0 | rune >> 12);
		*p++ = (char)(0x80 | (rune >> 6 & 0x3f));
		*p++ = (char)(0x80 | (rune & 0x3f));
	}
	*p = '\0';
}

/* Draws each glyph of a lane and asks where the cursor then stands. Stops at the first question without an answer. */
static void
check_glyphs(void)
{
	char text[8], misfits[128] = "";
	int width;

	if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO) || tier_guess() == GLYPHS_ASCII)
		return;
	fflush(stdout);
	for (int state = 0; state < TL_NSTATES; state++) {
		to_utf8(state_glyph(tier_guess(), (enum tl_state)state), text);
		if (!ask_width(STDIN_FILENO, STDOUT_FILENO, ANSWER_MS, text, &width)) {
			tell(true, "glyphs", "the terminal does not say how wide it draws them");
			return;
		}
		if (width != 1) {
			strlcat(misfits, " ", sizeof misfits);
			strlcat(misfits, text, sizeof misfits);
		}
	}
	if (*misfits != '\0')
		tell(false, "glyphs", "not one column wide:%s. Use --glyphs=ascii.", misfits);
	else
		tell(true, "glyphs", "each one column wide");
}

static void
check_background(void)
{
	bool light;

	if (isatty(STDIN_FILENO) && isatty(STDOUT_FILENO)) {
		fflush(stdout);
		if (ask_background(STDIN_FILENO, STDOUT_FILENO, ANSWER_MS, &light))
			tell(true, "theme", "the background is %s", light ? "light" : "dark");
		else
			tell(true, "theme", "the terminal does not say its background; --theme=light or dark does");
	}
}

static void
check_shared_memory(void)
{
	struct statvfs fs;
	unsigned long long room;

	if (access("/dev/shm", W_OK) == -1 || statvfs("/dev/shm", &fs) == -1) {
		tell(false, "/dev/shm", "cannot be written: sessions go to $XDG_RUNTIME_DIR or /tmp");
		return;
	}
	room = (unsigned long long)fs.f_bavail * fs.f_frsize;
	tell(room >= SHM_NEEDED, "/dev/shm", "%llu MiB free%s", room >> 20,
	    room >= SHM_NEEDED ? "" : ". A program with many threads needs more: mount -o remount,size=512m /dev/shm");
}

static void
check_clock(void)
{
	char source[64] = "";
	FILE *f = fopen("/sys/devices/system/clocksource/clocksource0/current_clocksource", "re");

	if (f != NULL) {
		if (fgets(source, sizeof source, f) != NULL)
			source[strcspn(source, "\n")] = '\0';
		fclose(f);
	}
	tell(true, "clock", "%s%s", *source ? source : "unknown",
	    strcmp(source, "tsc") == 0 || strstr(source, "arch_sys") != NULL ? ": the cycle counter is used" :
	    ": CLOCK_MONOTONIC is used, an event costs a little more");
}

static void
check_program(const char *name)
{
	struct program p;
	struct reason why;
	int status;

	if (!program_find(name, &p, &status, &why) || !program_watchable(&p, name, &why)) {
		tell(false, "program", "%s", why.text);
		return;
	}
	tell(true, "program", "%s", p.path);
	if (p.script)
		tell(true, "kind", "a script: the programs it starts are watched, if they are linked with libthreadlanes");
	else if (!p.elf)
		tell(true, "kind", "neither a program nor a script with \"#!\": the shell will run it");
	else if (p.linked)
		tell(true, "kind", "linked with libthreadlanes: it can be watched");
	else if (p.threads)
		tell(false, "kind", "uses pthreads and not libthreadlanes: its threads cannot be seen. Use threadlanes.h.");
	else
		tell(false, "kind", "names neither pthread_create nor libthreadlanes; only a library it loads may");
}

int
cmd_doctor(const struct options *o)
{
	check_terminfo();
	check_size();
	check_locale();
	check_glyphs();
	check_background();
	check_shared_memory();
	check_clock();
	if (o->argc > 0)
		check_program(o->argv[0]);
	return found ? STATUS_FOUND : STATUS_WELL;
}
