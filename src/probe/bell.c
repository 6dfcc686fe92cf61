/*
 * bell.c - the FIFO by which the program calls the viewer, and by which it knows whether there is one.
 *
 * The viewer holds the reading end open for as long as it lives, so opening the writing end without blocking fails with
 * ENXIO once it is dead. No descriptor is kept: it would be in the program's way (closed by a daemon, inherited, counted).
 * A program that may no longer open it (chroot, another user) cannot tell, and takes the viewer for dead: it must go on.
 */
#include "config.h"

#include "probe/inside.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

#define SIGPIPE_BIT (UINT64_C(1) << (SIGPIPE - 1))

/*
 * Writes a byte. A reader that died a moment ago would send us SIGPIPE, which the program knows nothing of: it is blocked
 * meanwhile, and taken back, unless the program had one of its own pending. A full pipe was rung often enough.
 */
static void
write_quietly(int bell)
{
	static const struct timespec at_once;
	uint64_t before, pending = 0, pipe = SIGPIPE_BIT;

	tl_signals_block(&before);
	syscall(SYS_rt_sigpending, &pending, sizeof pending);
	if (syscall(SYS_write, bell, "!", 1) < 0 && errno == EPIPE && !(pending & SIGPIPE_BIT))
		syscall(SYS_rt_sigtimedwait, &pipe, NULL, &at_once, sizeof pipe);
	tl_signals_restore(&before);
}

static bool
bell_call(bool ring)
{
	int error = errno;
	int bell = (int)syscall(SYS_openat, AT_FDCWD, tl_bell_path, O_WRONLY | O_NONBLOCK | O_CLOEXEC | O_NOFOLLOW, 0);

	if (bell >= 0) {
		if (ring)
			write_quietly(bell);
		syscall(SYS_close, bell);
	}
	errno = error;
	return bell >= 0;
}

bool
tl_viewer_alive(void)
{
	return bell_call(false);
}

bool
tl_bell_ring(void)
{
	return bell_call(true);
}

void
tl_bell_ring_if_wanted(void)
{
	struct tl_segment *segment = tl_process->segment;

	if (atomic_load_explicit(&segment->bell_wanted, memory_order_relaxed) != 0
	    && atomic_exchange_explicit(&segment->bell_wanted, 0, memory_order_acq_rel) != 0)
		tl_bell_ring();
}
