/*
 * live.c - see live.h.
 *
 * One loop over one poll. While events come, the rings are looked at once a frame; when none came in a frame, the
 * program is asked to ring the bell at its next event and we sleep. What then still moves is time: it is painted when a
 * cell has passed, four times a second at most. When the program stands still for us, or has ended, nothing is painted.
 */
#include "config.h"

#include "app/live.h"

#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "app/question.h"
#include "app/stage.h"
#include "app/watch.h"

#define SECOND      INT64_C(1000000000)
#define TIME_ALONE  (SECOND / 4)	/* between two paints when only time goes on */
#define TAKE_AT_MOST 200000		/* news between two looks at the keys */

struct live {
	struct stage stage;
	struct watch watch;
	struct output *output;
	struct quitting quitting;
	int64_t moved;		/* when the last news came */
	bool leave_at_end, leave;
	int signal;		/* end by this */
};

static bool
is_over(const struct live *l)
{
	return l->watch.over;
}

/* The program's terminal: its bytes, and its answers to what the program asks of it. */
static void
take_output(void *user, const char *bytes, size_t length)
{
	struct live *l = user;
	char answer[256];
	size_t n;

	output_feed(l->output, bytes, length);
	while ((n = output_answer(l->output, answer, sizeof answer)) > 0)
		if (write(l->watch.child.terminal, answer, n) < 0)
			break;
	l->stage.changed = true;
}

static void
type_line(struct live *l, const char *line, size_t length)
{
	if (l->watch.child.terminal == -1 || write(l->watch.child.terminal, line, length) != (ssize_t)length)
		stage_tell(&l->stage, 3, "The program no longer reads.");
}

/* A key while a line is typed. */
static void
edit(struct live *l, const struct input *input)
{
	struct view_world *world = &l->stage.world;

	l->stage.changed = true;
	switch (line_edit(l->stage.typed, sizeof l->stage.typed, input)) {
	case LINE_GOES_ON:
		return;
	case LINE_DONE:
		strlcat(l->stage.typed, "\n", sizeof l->stage.typed);
		type_line(l, l->stage.typed, strlen(l->stage.typed));
		break;
	case LINE_END_OF_FILE:
		type_line(l, "\004", 1);
		break;
	case LINE_DROPPED:
		break;
	}
	world->typing = false;
	world->typed = NULL;
}

static void
wish_type(struct live *l)
{
	if (l->watch.child.ended || l->watch.child.terminal == -1) {
		stage_tell(&l->stage, 3, "The program has ended: nobody reads.");
		return;
	}
	l->stage.typed[0] = '\0';
	l->stage.world.typing = true;
	l->stage.world.typed = l->stage.typed;
}

static void
wish_pause(struct live *l)
{
	if (is_over(l))
		return;
	if (live_paused(l->watch.source))
		live_resume(l->watch.source);
	else
		live_pause(l->watch.source);
}

static const char *
name_of(const struct live *l)
{
	const char *name = model_program(l->watch.model)->name;

	return name != NULL && *name != '\0' ? name : "the program";
}

static void
obey(struct live *l, enum view_wish wish)
{
	switch (wish) {
	case WISH_PAUSE:
		wish_pause(l);
		break;
	case WISH_TYPE:
		wish_type(l);
		break;
	case WISH_QUIT:
		if (l->watch.child.ended)
			l->leave = true;
		else
			quitting_ask(&l->quitting, &l->stage, name_of(l));
		break;
	default:
		break;
	}
}

static void
take_keys(struct live *l)
{
	struct input input;

	while (!l->leave && stage_input(&l->stage, &input)) {
		if (l->quitting.asked && input.what == INPUT_KEY)
			l->leave = quitting_answer(&l->quitting, &l->stage, &l->watch.child, &input);
		else if (l->stage.world.typing && input.what == INPUT_KEY)
			edit(l, &input);
		else
			obey(l, stage_act(&l->stage, &input));
	}
	if (l->stage.gone) {
		l->leave = true;
		l->signal = SIGHUP;
	}
}

static void
take_signals(struct live *l)
{
	int signo;

	while ((signo = signals_next(l->stage.signals)) != 0) {
		if (stage_signal(&l->stage, signo))
			continue;
		if (signo == SIGCHLD) {
			watch_children(&l->watch);
			l->moved = clock_now();
		} else if (signo == SIGINT) {
			if (l->watch.child.ended)
				l->leave = true;
			else
				quitting_interrupt(&l->quitting, &l->stage, &l->watch.child, name_of(l));
		} else {
			l->leave = true;
			l->signal = signo;
		}
	}
}

static void
take_news(struct live *l)
{
	bool was_over = l->watch.over;

	if (watch_take(&l->watch, TAKE_AT_MOST)) {
		l->moved = clock_now();
		l->stage.changed = true;
	}
	if (l->watch.full) {
		l->watch.full = false;
		stage_tell(&l->stage, 10, "Recording stopped: %.200s", l->watch.why.text);
	}
	if (l->watch.over && !was_over && (l->leave_at_end || l->quitting.ending))
		l->leave = true;
}

/* Time goes on on the screen: when the program runs, and the newest is looked at. */
static bool
time_moves(const struct live *l)
{
	return !is_over(l) && !live_paused(l->watch.source) && view_follows(l->stage.view);
}

/* How long the screen may stay as it is, when nothing but time has changed. */
static int64_t
cell_time(const struct live *l)
{
	int64_t cell = view_cell(l->stage.view), least = l->stage.still ? SECOND : TIME_ALONE;

	return cell < least ? least : cell > SECOND ? SECOND : cell;
}

static void
tell_world(struct live *l)
{
	struct view_world *world = &l->stage.world;
	int64_t now = live_now(l->watch.source);

	world->mode = is_over(l) ? MODE_ENDED : live_paused(l->watch.source) ? MODE_PAUSED : MODE_LIVE;
	if (!is_over(l)) {
		world->now = now;
		model_advance(l->watch.model, now);
	} else {
		world->now = model_end(l->watch.model);
	}
	world->file = l->watch.recorder != NULL ? l->watch.file : NULL;
	if (!world->watched)
		world->watched = watch_connected(&l->watch);
	if (time_moves(l) && clock_now() - l->stage.painted >= cell_time(l))
		l->stage.changed = true;
}

/* Of two times to sleep the shorter; -1 is for ever. */
static int
sooner(int a, int b)
{
	return a == -1 ? b : b == -1 || a < b ? a : b;
}

/* How long nothing needs to be looked at but what poll() tells. Asks the program to ring, when that is long. */
static int
quiet_for(struct live *l)
{
	int64_t now = clock_now(), until;

	if (is_over(l))
		return -1;
	if (now - l->moved < 2 * l->stage.frame)
		return (int)(l->stage.frame / 1000000);	/* things move: look again after a frame */
	if (!live_doze(l->watch.source)) {
		l->moved = now;
		return 0;
	}
	if (!time_moves(l))
		return -1;
	until = l->stage.painted + cell_time(l);
	return until <= now ? 0 : (int)((until - now) / 1000000) + 1;
}

static int
sleep_for(struct live *l)
{
	int user = sooner(stage_wait(&l->stage), quitting_wait(&l->quitting));

	return sooner(sooner(quiet_for(l), watch_flush(&l->watch)), user);
}

static void
turn(struct live *l)
{
	struct pollfd fds[] = {
		{ .fd = l->stage.in, .events = POLLIN },
		{ .fd = l->stage.signals, .events = POLLIN },
		{ .fd = l->watch.child.terminal, .events = POLLIN },
		{ .fd = is_over(l) ? -1 : source_fd(l->watch.source), .events = POLLIN },
	};

	poll(fds, sizeof fds / sizeof *fds, sleep_for(l));
	take_signals(l);
	if (fds[2].revents != 0)
		watch_output(&l->watch);
	take_keys(l);
	take_news(l);
	if (quitting_overdue(&l->quitting, &l->watch.child))
		l->stage.changed = true;
	tell_world(l);
	stage_paint(&l->stage);
}

static int
leave(struct live *l)
{
	char text[512] = "";
	struct child child = l->watch.child;

	stage_close(&l->stage);
	if (!l->quitting.ending && watch_never_seen(&l->watch, text, sizeof text))
		fprintf(stderr, "threadlanes: %s\n", text);
	watch_end(&l->watch);
	output_free(l->output);
	if (l->signal != 0) {
		signal(l->signal, SIG_DFL);
		raise(l->signal);
		signals_release();
	}
	if (l->quitting.ending)
		return STATUS_ENDED_BY_US;
	return child_answer(&child);
}

int
live_screen(const struct options *o, const char *path, char **argv)
{
	struct live l = { .leave_at_end = o->value[OPT_exit] != NULL };
	struct reason why;
	int status = watch_start(&l.watch, o, path, argv, true, &why);

	if (status != STATUS_WELL)
		return say(status, &why);
	l.output = output_new(80, 24);
	l.watch.output = take_output;
	l.watch.output_for = &l;
	if (!stage_open(&l.stage, o, l.watch.model, &why)) {
		child_signal(&l.watch.child, SIGTERM);
		watch_end(&l.watch);
		return say(STATUS_WE_FAILED, &why);
	}
	l.stage.now = l.output;
	watch_children(&l.watch);	/* it may have ended before SIGCHLD was ours */
	while (!l.leave)
		turn(&l);
	return leave(&l);
}
