/*
 * live.h - a running program as a source of news, and the viewer's hand on its clock and gate.
 *
 * One live source serves one session: the program and whatever images of it appear in the session's directory (what it
 * becomes by exec, the children it starts). All functions are called from one thread. The application
 *
 *	makes the session, puts its path into the program's environment, opens the source, starts the program, tells it;
 *	asks source_next() until SOURCE_IDLE, then live_doze() and poll() of source_fd(); looks again after a frame at
 *	the latest while anything moves;
 *	tells what only it knows: output of the program, and its exit.
 */
#ifndef SOURCE_LIVE_H
#define SOURCE_LIVE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "source/session.h"
#include "source/source.h"

/* The session stays the caller's, and is ended by him after source_close(). */
struct source *live_open(struct session *, struct reason *);

/* --- What the application tells, all of it placed at the time of the call --- */

/* The program was started: told as NEWS_PROGRAM before anything else. start: wall clock, ns since 1970. */
void live_program(struct source *, const char *command, int32_t pid, int64_t start);
void live_output(struct source *, const char *bytes, size_t length);
/* A process ended. When the one of live_program() has, and all is told, SOURCE_END follows. status: as of waitpid(). */
void live_exit(struct source *, int32_t pid, int32_t status);

/* --- The clock and the gate --- */

int64_t live_now(struct source *);		/* session time */
/* Pause and resume: the gate, and the rate of the session clock, of TL_RATE_ONE. Resuming goes on at the rate it had. */
void live_pause(struct source *);
void live_resume(struct source *);
bool live_paused(const struct source *);
void live_rate(struct source *, uint32_t rate);
/* Lets a thread that stands at the gate pass it once. False: it does not stand there. */
bool live_step(struct source *, uint32_t thread);

/* --- Sleeping --- */

/*
 * Before a long poll() of source_fd(): asks the program to ring at its next watched call. False: there is news already, do
 * not sleep. What is no call (a sleeper wakes, a thread that was just past the gate goes on) does not ring: so sleep 250 ms
 * at most. While the viewer is awake, programs ring only when a ring is half full.
 */
bool live_doze(struct source *);

/* Whether to look, a few times a second, at where silent threads stand in the kernel (NEWS_LOOK). At first: no. */
void live_watch_kernel(struct source *, bool watch);

/* --- What went on, in numbers --- */

struct live_counts {
	uint64_t events;	/* told */
	uint64_t repaired;	/* takes that were put behind the give that allowed them */
	uint64_t given_up;	/* takes whose give never came */
	uint64_t late;		/* events that came too late for their place */
	uint64_t lost;		/* events that full rings dropped */
	uint64_t stalled_ns;	/* time that threads stood still because of full rings */
	uint64_t unwatched;	/* threads that found no lane */
	uint64_t names_lost;	/* names that found no room */
	uint32_t images;	/* program images seen */
};
void live_counts(const struct source *, struct live_counts *);

/* The first reason why something of a segment could not be read; NULL: none. */
const char *live_complaint(const struct source *);

#endif
