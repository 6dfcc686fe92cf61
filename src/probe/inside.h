/*
 * inside.h - what the files of probe/ share among themselves.
 */
#ifndef PROBE_INSIDE_H
#define PROBE_INSIDE_H

#include <signal.h>

#include "probe/probe.h"

#define TL_LOOK_NS         (250 * 1000000LL)	/* who waits for the viewer looks this often whether it is alive */
#define TL_RING_LAST       16			/* slots never used: for emissions interrupted after their comparison */
#define TL_DIRECTORY_MAX   3968

/*
 * Of functions that a cancelled park unwinds: not for the address sanitizer. It does not see such an end of a frame, and
 * what it had poisoned of the stack would stay so.
 */
#define TL_UNWOUND __attribute__((no_sanitize_address))

/*
 * The process's connection to a session. It lies in a page of its own, before the table of writers, in private memory
 * that the kernel wipes in a forked child: there segment is NULL. Written before tl_watched becomes true, then constant.
 */
struct tl_process {
	struct tl_segment *segment;	/* NULL: not connected, or a forked child */
	struct tl_lane *lanes;
	struct tl_writer *writers;	/* one a lane */
	struct tl_event *rings;
	char *names;
	uint64_t names_size;
	uint32_t count;			/* of lanes */
	uint32_t capacity;		/* of a ring */
	uint32_t overflow;		/* enum tl_overflow */
	uint32_t page;			/* bytes a page of memory */
	_Atomic uint64_t names_populated;
};

extern struct tl_process *tl_process;	/* never NULL */
extern char tl_bell_path[TL_DIRECTORY_MAX + 64];	/* absolute, as the program may change its directory */
extern char tl_segment_path[TL_DIRECTORY_MAX + 64];

/* --- session.c --- */

/* The segment, or NULL if this process is not watched. In a forked child it also sees to it that nobody asks again. */
struct tl_segment *tl_connected(void);

/* Joins the session of this directory. The constructor does it with $THREADLANES_SESSION; tests by themselves. */
bool tl_session_join(const char *directory);

/* Makes sure that memory of the segment is there, so that touching it raises no SIGBUS. May be called from anywhere. */
bool tl_populate(const void *memory, size_t size);

/* --- bell.c --- */

bool tl_viewer_alive(void);
bool tl_bell_ring(void);		/* false: there is no viewer */
void tl_bell_ring_if_wanted(void);

/* --- lane.c --- */

/* The calling thread's writer: seats a foreign thread. NULL if it runs unwatched. */
struct tl_writer *tl_lane_mine(void);
bool tl_lane_prepare(void);		/* once, before any thread is seated */

/* --- clock.c --- */

bool tl_clock_trusts_cycles(void);
int64_t tl_clock_monotonic_of(int64_t session, bool *steady);	/* when the session clock will show it; TL_NO_DEADLINE: paused */
void tl_clock_let_go(void);		/* the viewer is dead: go on at rate one, and open the gate */

/* --- emit.c --- */

/* Commits what this thread reserved and will never fill. For a thread that ends. */
void tl_ring_mend(struct tl_writer *w);

/* --- system calls, past libc: no cancellation points, no wrappers of a preload. errno is changed. --- */

long tl_futex_wait(_Atomic uint32_t *word, uint32_t expected, int64_t monotonic, bool shared);	/* until then, absolute */
void tl_futex_wake(_Atomic uint32_t *word, int threads, bool shared);
void tl_nap(int64_t ns);
void tl_signals_block(uint64_t *before);
void tl_signals_restore(const uint64_t *before);

#endif
