/*
 * look.c - how threads look from outside: held at the gate, by their own word; blocked in the kernel, by /proc, and only
 * for threads that are silent and did not say themselves why.
 */
#include "config.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "source/kinds.h"
#include "source/live-inside.h"

#define SILENT_FOR INT64_C(200000000)	/* ns without an event before the kernel is asked */

static void
tell_look(struct live *live, struct live_lane *lane, const struct look *look, uint64_t now)
{
	struct news *news = aside_add(live, now, NEWS_LOOK, NULL);

	lane->look = *look;
	news->thread = lane->thread;
	news->look.held = look->held;
	news->look.kind = look->kind;
	news->look.object = look->object;
	news->look.place = look->place;
	news->look.elsewhere = look->elsewhere;
}

static void
look_at_gate(struct live *live, struct live_lane *lane, uint64_t now)
{
	struct tl_lane *shared = &lane->image->segment.lane[lane->index];
	uint64_t tag = lane->image->tag;
	struct look look = { .elsewhere = NULL };

	if (atomic_load_explicit(&shared->held, memory_order_acquire) != 0 && shared->next_kind < TL_NKINDS) {
		look.held = 1;
		look.kind = (uint8_t)shared->next_kind;
		look.object = shared->next_object;
		look.place = shared->next_place != 0 ? shared->next_place ^ tag : 0;
		if (look.kind < TL_NKINDS && source_kinds[look.kind].address && look.object != 0)
			look.object ^= tag;
	}
	if (look.held != lane->look.held || (look.held && (look.kind != lane->look.kind ||
	    look.object != lane->look.object || look.place != lane->look.place))) {
		if (look.place != 0)
			resolver_ask(live->resolver, lane->image->places, look.place, look.place ^ tag, false);
		tell_look(live, lane, &look, now);
	}
}

/* Lanes are looked at while the gate is closed, and until the last that was held is not any more. */
void
look_at_lanes(struct live *live, struct image *image, uint64_t now)
{
	for (uint32_t i = 0; i < image->count; i++) {
		struct live_lane *lane = image->lanes[i];

		if (lane->thread != 0 && (live->paused || lane->look.held))
			look_at_gate(live, lane, now);
	}
}

/* --- The kernel ----------------------------------------------------------------------------------------------- */

static const struct { long number; const char *name; } calls[] = {
	{ SYS_read, "read" }, { SYS_write, "write" }, { SYS_pread64, "pread" }, { SYS_pwrite64, "pwrite" },
	{ SYS_readv, "readv" }, { SYS_writev, "writev" }, { SYS_fsync, "fsync" }, { SYS_flock, "flock" },
	{ SYS_ppoll, "poll" }, { SYS_pselect6, "select" }, { SYS_epoll_pwait, "epoll_wait" },
	{ SYS_accept, "accept" }, { SYS_accept4, "accept" }, { SYS_connect, "connect" },
	{ SYS_recvfrom, "recv" }, { SYS_recvmsg, "recvmsg" }, { SYS_sendto, "send" }, { SYS_sendmsg, "sendmsg" },
	{ SYS_wait4, "wait4" }, { SYS_waitid, "waitid" }, { SYS_futex, "futex" },
	{ SYS_nanosleep, "nanosleep" }, { SYS_clock_nanosleep, "nanosleep" },
	{ SYS_rt_sigtimedwait, "sigwait" }, { SYS_rt_sigsuspend, "sigsuspend" }, { SYS_io_getevents, "io_getevents" },
	{ SYS_msgrcv, "msgrcv" }, { SYS_semtimedop, "semop" }, { SYS_openat, "open" },
#ifdef SYS_poll
	{ SYS_poll, "poll" }, { SYS_select, "select" }, { SYS_epoll_wait, "epoll_wait" }, { SYS_pause, "pause" },
	{ SYS_open, "open" },
#endif
};

static bool
read_proc(const struct image *image, uint32_t tid, const char *what, char *text, size_t size)
{
	char path[96];
	ssize_t length;
	int fd;

	snprintf(path, sizeof path, "/proc/%d/task/%u/%s", (int)image->segment.pid, tid, what);
	if ((fd = open(path, O_RDONLY | O_CLOEXEC)) < 0)
		return false;
	length = read(fd, text, size - 1);
	close(fd);
	text[length > 0 ? length : 0] = '\0';
	return length > 0;
}

/* The kernel's word for where the thread is blocked; NULL: it is not, or one cannot know. */
static const char *
blocked_in(const struct image *image, uint32_t tid)
{
	char text[512], *end;
	const char *state;
	long number;

	if (tid == 0 || !read_proc(image, tid, "stat", text, sizeof text))
		return NULL;
	state = strrchr(text, ')');		/* the name before it may hold anything */
	if (state == NULL || (strncmp(state, ") S", 3) != 0 && strncmp(state, ") D", 3) != 0))
		return NULL;
	if (!read_proc(image, tid, "syscall", text, sizeof text))
		return "the kernel";
	number = strtol(text, &end, 10);
	for (size_t i = 0; end != text && i < sizeof calls / sizeof calls[0]; i++)
		if (calls[i].number == number)
			return calls[i].name;
	return "the kernel";
}

void
look_at_kernel(struct live *live, struct image *image, uint64_t now, int64_t monotonic)
{
	for (uint32_t i = 0; i < image->count; i++) {
		struct live_lane *lane = image->lanes[i];
		struct look look = lane->look;

		if (lane->thread == 0 || !lane->alive || look.held)
			continue;
		look.elsewhere = NULL;
		if (live->watch_kernel && monotonic - lane->silent_since > SILENT_FOR &&
		    source_kinds[lane->last_kind].role != ROLE_WAIT && lane->last_kind != TL_BARRIER_ARRIVE)
			look.elsewhere = blocked_in(image, atomic_load(&image->segment.lane[i].tid));
		if (look.elsewhere != lane->look.elsewhere)
			tell_look(live, lane, &look, now);
	}
}
