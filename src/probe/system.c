/* system.c - the few system calls of the probe, past libc (inside.h). */
#include "config.h"

#include "probe/inside.h"

#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>

static inline __attribute__((always_inline)) TL_UNWOUND struct timespec
time_of(int64_t ns)
{
	return (struct timespec) { .tv_sec = ns / 1000000000, .tv_nsec = ns % 1000000000 };
}

TL_UNWOUND long
tl_futex_wait(_Atomic uint32_t *word, uint32_t expected, int64_t monotonic, bool shared)
{
	struct timespec until = time_of(monotonic < 0 ? 0 : monotonic);
	int operation = FUTEX_WAIT_BITSET | (shared ? 0 : FUTEX_PRIVATE_FLAG);

	return syscall(SYS_futex, word, operation, expected, monotonic == TL_NO_DEADLINE ? NULL : &until, NULL,
	    FUTEX_BITSET_MATCH_ANY);
}

void
tl_futex_wake(_Atomic uint32_t *word, int threads, bool shared)
{
	syscall(SYS_futex, word, FUTEX_WAKE | (shared ? 0 : FUTEX_PRIVATE_FLAG), threads, NULL, NULL, 0);
}

void
tl_nap(int64_t ns)
{
	struct timespec nap = time_of(ns);

	syscall(SYS_clock_nanosleep, CLOCK_MONOTONIC, 0, &nap, NULL);
}

void
tl_signals_block(uint64_t *before)
{
	uint64_t all = UINT64_MAX;

	syscall(SYS_rt_sigprocmask, SIG_SETMASK, &all, before, sizeof all);
}

void
tl_signals_restore(const uint64_t *before)
{
	syscall(SYS_rt_sigprocmask, SIG_SETMASK, before, NULL, sizeof *before);
}
