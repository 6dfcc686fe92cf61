/* stage.c - see stage.h. */
#include "config.h"

#include "app/stage.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "app/spawn.h"

#define FRAME_NS     (INT64_C(1000000000) / 20)
#define FRAME_SSH_NS (INT64_C(1000000000) / 10)
#define COLS_OF_OUTPUT 80
#define ROWS_OF_OUTPUT 24
#define LOOK_BACK_BYTES 65536	/* so much output is enough to show what the terminal looked like */

static const int signals[] = { SIGCHLD, SIGWINCH, SIGTERM, SIGHUP, SIGINT, SIGTSTP, SIGCONT };

int64_t
clock_now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

/* Standard input if it is a terminal, else the terminal itself: the input may be a file meant for the program. */
static int
terminal_input(void)
{
	int fd = isatty(STDIN_FILENO) ? dup(STDIN_FILENO) : open("/dev/tty", O_RDONLY | O_CLOEXEC);

	if (fd != -1)
		fcntl(fd, F_SETFD, FD_CLOEXEC);
	return fd;
}

static bool
open_screen(struct stage *s, const struct options *o, struct reason *why)
{
	struct screen_options options = {
		.in = s->in,
		.out = STDOUT_FILENO,
		.colors = COLORS_AUTO,
		.mouse = true,
	};
	int cols, rows;

	if (o->value[OPT_color])
		theme_parse_colors(o->value[OPT_color], &options.colors);
	if (o->value[OPT_theme])
		theme_parse_ground(o->value[OPT_theme], &options.ground);
	s->screen = screen_open(&options, why);
	if (s->screen == NULL)
		return false;
	screen_size(s->screen, &cols, &rows);
	s->canvas = canvas_new(cols, rows);
	return true;
}

bool
stage_open(struct stage *s, const struct options *o, const struct model *model, struct reason *why)
{
	*s = (struct stage){ .model = model, .changed = true, .still = o->value[OPT_still] != NULL };
	s->frame = getenv("SSH_TTY") != NULL ? FRAME_SSH_NS : FRAME_NS;
	s->world.speed = 1;
	s->signals = -1;
	s->in = terminal_input();
	if (s->in == -1)
		return because_errno(why, "there is no terminal to read keys from");
	s->signals = signals_open(signals, sizeof signals / sizeof *signals);
	if (!open_screen(s, o, why)) {
		close(s->in);
		return false;
	}
	s->view = view_new(option_tier(o));
	s->then = output_new(COLS_OF_OUTPUT, ROWS_OF_OUTPUT);
	return true;
}

void
stage_close(struct stage *s)
{
	if (s->screen == NULL)
		return;
	screen_close(s->screen);
	s->screen = NULL;
	view_free(s->view);
	canvas_free(s->canvas);
	output_free(s->then);
	close(s->in);
	close(s->signals);
}

static void
suspend(struct stage *s)
{
	sigset_t stop;

	screen_leave(s->screen);
	signal(SIGTSTP, SIG_DFL);
	sigemptyset(&stop);
	sigaddset(&stop, SIGTSTP);
	raise(SIGTSTP);
	sigprocmask(SIG_UNBLOCK, &stop, NULL);	/* here we stand still until somebody says fg */
	sigprocmask(SIG_BLOCK, &stop, NULL);
	screen_return(s->screen);
}

static void
fit(struct stage *s)
{
	int cols, rows;

	screen_resized(s->screen);
	screen_size(s->screen, &cols, &rows);
	if (cols != s->canvas->cols || rows != s->canvas->rows)
		canvas_resize(s->canvas, cols, rows);
	s->changed = true;
}

bool
stage_signal(struct stage *s, int signo)
{
	if (signo == SIGTSTP)
		suspend(s);
	if (signo == SIGTSTP || signo == SIGWINCH)
		fit(s);
	return signo == SIGTSTP || signo == SIGWINCH || signo == SIGCONT;
}

bool
stage_input(struct stage *s, struct input *input)
{
	return keys_read(s->screen, input, &s->gone);
}

enum view_wish
stage_act(struct stage *s, const struct input *input)
{
	enum view_wish wish = WISH_NOTHING;

	s->changed = true;
	if (input->what == INPUT_MOUSE)
		wish = view_mouse(s->view, s->model, input->mouse, input->row, input->col);
	else if (input->rune != 0 && view_takes_text(s->view))
		view_text(s->view, s->model, input->rune);
	else if (input->action >= 0)
		wish = view_act(s->view, s->model, (enum action)input->action, input->argument, -1, -1);
	switch (wish) {
	case WISH_MOUSE:
		if (screen_flip_mouse(s->screen))
			stage_tell(s, 3, "The mouse is ours: click a lane, turn the wheel.");
		else
			stage_tell(s, 3, "The mouse is the terminal's: select and copy as ever.");
		return WISH_NOTHING;
	case WISH_THEME:
		screen_flip_ground(s->screen);
		return WISH_NOTHING;
	case WISH_REDRAW:
		screen_redraw(s->screen);
		return WISH_NOTHING;
	default:
		return wish;
	}
}

void
stage_tell(struct stage *s, int seconds, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(s->notice, sizeof s->notice, format, args);
	va_end(args);
	s->notice_until = seconds ? clock_now() + seconds * INT64_C(1000000000) : 0;
	s->world.notice = s->notice;
	s->changed = true;
}

void
stage_hush(struct stage *s)
{
	s->world.notice = NULL;
	s->changed = true;
}

/* The program's terminal as it was at a time: what it wrote until then, written again. */
static struct output *
output_then(struct stage *s, int64_t t)
{
	size_t length;
	const char *bytes = model_output(s->model, t, &length);

	if (length < s->then_fed) {
		output_reset(s->then);
		s->then_fed = 0;
	}
	if (length - s->then_fed > LOOK_BACK_BYTES)
		s->then_fed = length - LOOK_BACK_BYTES;
	output_feed(s->then, bytes + s->then_fed, length - s->then_fed);
	s->then_fed = length;
	return s->then;
}

static void
choose_output(struct stage *s)
{
	bool is_now = s->now != NULL && view_follows(s->view);
	struct output *o = is_now ? s->now : output_then(s, view_time(s->view));

	s->world.output = output_rows(o, &s->world.output_rows);
}

void
stage_paint(struct stage *s)
{
	int64_t now = clock_now();

	if (s->world.notice != NULL && s->notice_until != 0 && now >= s->notice_until)
		stage_hush(s);
	if (!s->changed || now < s->painted + s->frame)
		return;
	choose_output(s);
	view_paint(s->view, s->model, &s->world, s->canvas);
	screen_show(s->screen, s->canvas);
	s->painted = now;
	s->changed = false;
}

static int
ms_until(int64_t then, int64_t now)
{
	return then <= now ? 0 : (int)((then - now + 999999) / 1000000);
}

int
stage_wait(const struct stage *s)
{
	int64_t now = clock_now();

	if (s->changed)
		return ms_until(s->painted + s->frame, now);
	if (s->world.notice != NULL && s->notice_until != 0)
		return ms_until(s->notice_until, now);
	return -1;
}
