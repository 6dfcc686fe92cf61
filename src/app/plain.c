/*
 * plain.c - see plain.h.
 *
 * The program is in our process group and has our terminal: Ctrl-C is for it, and we stay to tell of its end. What is
 * sent to us alone (SIGTERM, SIGHUP) is handed on, as of a wrapper one expects.
 */
#include "config.h"

#include "app/plain.h"

#include <poll.h>
#include <signal.h>
#include <stdio.h>

#include "app/watch.h"

#define LOOK_MS 50		/* between two looks while events come; the bell rings for a ring half full */

static const int signals[] = { SIGCHLD, SIGINT, SIGQUIT, SIGTERM, SIGHUP };

struct plain {
	struct watch watch;
	uint32_t told;		/* events below this number were told */
	int signals;
	bool tell;
};

/*
 * Tells what has come. The newest event waits until no more come now: the text of a line that the program wrote comes
 * behind it, in pieces.
 */
static void
tell_events(struct plain *p, bool all)
{
	uint32_t end = model_events(p->watch.model);
	struct model_event event;
	char text[1024];

	if (!p->tell)
		return;
	if (!all && end > 0)
		end--;
	for (; p->told < end; p->told++) {
		if (!model_event(p->watch.model, p->told, &event) ||
		    sentence(p->watch.model, p->told, text, sizeof text) == 0)
			continue;
		fprintf(stderr, "%9.3f  %s\n", (double)event.time / 1e9, text);
	}
}

static void
take_signals(struct plain *p)
{
	int signo;

	while ((signo = signals_next(p->signals)) != 0) {
		if (signo == SIGCHLD)
			watch_children(&p->watch);
		else if (signo == SIGTERM || signo == SIGHUP)
			child_signal(&p->watch.child, signo);
	}
}

/* Everything that there is now; false if there was nothing. */
static bool
take_all(struct plain *p)
{
	bool any = false;

	while (watch_take(&p->watch, 1000)) {
		any = true;
		tell_events(p, p->watch.over);
		if (p->watch.over)
			break;
	}
	tell_events(p, true);
	if (p->watch.full) {
		p->watch.full = false;
		fprintf(stderr, "threadlanes: recording stopped: %s\n", p->watch.why.text);
	}
	return any;
}

static int
leave(struct plain *p)
{
	struct child child = p->watch.child;
	char text[512];

	if (watch_never_seen(&p->watch, text, sizeof text))
		fprintf(stderr, "threadlanes: %s\n", text);
	watch_end(&p->watch);
	return child_answer(&child);
}

int
watch_without_screen(const struct options *o, const char *path, char **argv, bool tell)
{
	struct plain p = { .tell = tell };
	struct pollfd fds[2];
	struct reason why;
	bool moves = true;
	int status, flush_ms;

	p.signals = signals_open(signals, sizeof signals / sizeof *signals);
	status = watch_start(&p.watch, o, path, argv, false, &why);
	if (status != STATUS_WELL)
		return say(status, &why);
	while (!p.watch.over) {
		fds[0] = (struct pollfd){ .fd = p.signals, .events = POLLIN };
		fds[1] = (struct pollfd){ .fd = source_fd(p.watch.source), .events = POLLIN };
		if (!moves && !live_doze(p.watch.source))
			moves = true;
		flush_ms = watch_flush(&p.watch);
		poll(fds, 2, moves ? LOOK_MS : flush_ms);
		take_signals(&p);
		moves = take_all(&p);
	}
	return leave(&p);
}
