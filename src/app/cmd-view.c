/*
 * cmd-view.c - threadlanes view FILE: a recording replayed.
 *
 * All of it stands in the model from the start; what plays is the time that the screen calls now.
 */
#include "config.h"

#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "app/app.h"
#include "app/file.h"
#include "app/spawn.h"
#include "app/stage.h"

struct replay {
	struct stage stage;
	struct model *model;
	int64_t real;		/* CLOCK_MONOTONIC when world.now was set last */
	bool leave;
	int signal;
};

/* Time that was played since we looked last. */
static void
play(struct replay *r)
{
	struct view_world *world = &r->stage.world;
	int64_t now = clock_now(), end = model_end(r->model);

	if (world->playing) {
		world->now += (int64_t)((double)(now - r->real) * world->speed);
		r->stage.changed = true;
	}
	if (world->now >= end) {
		world->now = end;
		world->playing = false;
	}
	r->real = now;
}

static void
toggle(struct replay *r)
{
	struct view_world *world = &r->stage.world;

	if (!world->playing && world->now >= model_end(r->model))
		world->now = 0;		/* at the end: once more, from the beginning */
	world->playing = !world->playing;
}

static void
take_keys(struct replay *r)
{
	struct input input;

	while (!r->leave && stage_input(&r->stage, &input)) {
		enum view_wish wish = stage_act(&r->stage, &input);

		if (wish == WISH_QUIT)
			r->leave = true;
		else if (wish == WISH_PAUSE)
			toggle(r);
	}
	if (r->stage.gone) {
		r->leave = true;
		r->signal = SIGHUP;
	}
}

static void
take_signals(struct replay *r)
{
	int signo;

	while ((signo = signals_next(r->stage.signals)) != 0) {
		if (stage_signal(&r->stage, signo) || signo == SIGCHLD)
			continue;
		r->leave = true;
		r->signal = signo == SIGINT ? 0 : signo;
	}
}

static void
turn(struct replay *r)
{
	struct pollfd fds[] = {
		{ .fd = r->stage.in, .events = POLLIN },
		{ .fd = r->stage.signals, .events = POLLIN },
	};
	int ms = stage_wait(&r->stage);

	if (ms == -1 && r->stage.world.playing)
		ms = (int)(r->stage.frame / 1000000);
	poll(fds, 2, ms);
	take_signals(r);
	take_keys(r);
	play(r);
	stage_paint(&r->stage);
}

static void
begin(struct replay *r, const struct options *o)
{
	int64_t at;

	r->stage.world.mode = MODE_REPLAY;
	r->stage.world.file = o->argv[0];
	r->stage.world.watched = true;
	r->stage.world.playing = o->value[OPT_at] == NULL;
	if (o->value[OPT_at] != NULL && option_time(o->value[OPT_at], &at))
		r->stage.world.now = at < model_end(r->model) ? at : model_end(r->model);
	r->real = clock_now();
}

int
cmd_view(const struct options *o)
{
	struct replay r = { .leave = false };
	struct reason why;
	int64_t at;
	int status;

	if (o->argc != 1)
		wrong_usage("view needs one FILE.");
	if (o->value[OPT_at] != NULL && !option_time(o->value[OPT_at], &at))
		wrong_usage("--at cannot be \"%s\": a time is 12.48, 800ms, 2m.", o->value[OPT_at]);
	if (!isatty(STDOUT_FILENO) || screen_terminal_kind() != TERMINAL_GOOD) {
		because(&why, "this is no terminal for the screen. Try: threadlanes export %s --format=text", o->argv[0]);
		return say(STATUS_WE_FAILED, &why);
	}
	r.model = file_load_or_say(o->argv[0], &status);
	if (r.model == NULL)
		return status;
	if (!stage_open(&r.stage, o, r.model, &why)) {
		model_free(r.model);
		return say(STATUS_WE_FAILED, &why);
	}
	for (begin(&r, o); !r.leave;)
		turn(&r);
	stage_close(&r.stage);
	model_free(r.model);
	if (r.signal != 0) {
		signal(r.signal, SIG_DFL);
		raise(r.signal);
		signals_release();
	}
	return status;
}
