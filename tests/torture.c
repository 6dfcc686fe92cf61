/*
 * torture.c - the probe and the live source against each other, at full speed and through deaths. This program is both:
 * called with a role it is the watched program, else the viewer that starts itself anew in each role and follows it.
 *
 * With TORTURE=full in the environment the numbers are those of the promises (100 million events, ten million hand-offs,
 * ten seconds of births); else they are such that "make check" stays short.
 */
#include "config.h"

#include "check.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include "probe/probe.h"
#include "source/live.h"
#include "source/ticks.h"

#define LOCK 0xabc0
#define MOST_THREADS 200000

#ifdef TL_SANITIZED
#define SHARE 50		/* under sanitizers everything is that much less */
#else
#define SHARE 1
#endif

static uint32_t
amount(uint32_t full, uint32_t normal)
{
	const char *torture = getenv("TORTURE");

	return torture != NULL && strcmp(torture, "full") == 0 ? full : normal / SHARE;
}

/* --- The watched program -------------------------------------------------------------------------------------- */

#define FLOODERS 64

static uint32_t
flood_each(void)
{
	return amount(100000000, 5000000) / FLOODERS;
}

static void *
flood(void *count)
{
	for (uint32_t i = 0; i < *(uint32_t *)count; i++)
		tl_emit(TL_LOCAL_SET, 0, 1, i, 0);
	tl_lane_leave();
	return NULL;
}

static void
play_flood(void)
{
	pthread_t thread[FLOODERS];
	uint32_t each = flood_each();

	for (int i = 0; i < FLOODERS; i++)
		pthread_create(&thread[i], NULL, flood, &each);
	for (int i = 0; i < FLOODERS; i++)
		pthread_join(thread[i], NULL);
}

static _Atomic uint32_t handled;

static void
on_alarm(int sig)
{
	(void)sig;
	tl_emit(TL_LOCAL_DELETE, 0, 2, atomic_fetch_add(&handled, 1), 0);
}

static uint32_t
nested_signals(void)
{
	return amount(100000, 3000);
}

/* Emits as fast as it can, while a signal handler emits at 10 kHz on top of it. */
static void
play_nested(void)
{
	struct sigaction action = { .sa_handler = on_alarm, .sa_flags = SA_RESTART };
	struct itimerval every = { { 0, 100 }, { 0, 100 } }, never = { { 0, 0 }, { 0, 0 } };
	uint32_t i = 0;

	tl_emit(TL_LOCAL_SET, 0, 1, i++, 0);
	sigaction(SIGALRM, &action, NULL);
	setitimer(ITIMER_REAL, &every, NULL);
	while (atomic_load(&handled) < nested_signals())
		tl_emit(TL_LOCAL_SET, 0, 1, i++, 0);
	setitimer(ITIMER_REAL, &never, NULL);
	tl_emit(TL_LOG, 0, 0, i, 0);			/* so many of the one kind, so many of the other */
	tl_emit(TL_LOG, 0, 0, atomic_load(&handled), 0);
}

static uint32_t
births(void)
{
	return amount(100000, 3000);
}

static void *
live_shortly(void *claimed)
{
	tl_lane_sit(claimed, 0, 0);
	tl_emit(TL_LOCAL_SET, 0, 1, 7, 0);
	tl_lane_leave();
	return NULL;
}

/* Threads are born and die, 20 at a time, about 10,000 a second. */
static void
play_births(void)
{
	static struct { char identity[16]; } who[20];
	int64_t start = tl_monotonic();
	pthread_t thread[20];

	for (uint32_t born = 0; born < births(); born += 20) {
		for (int i = 0; i < 20; i++) {
			uint64_t identity = (uint64_t)(uintptr_t)&who[i];
			struct tl_writer *claimed = tl_lane_claim(identity);

			tl_emit(TL_THREAD_CREATE, 0, identity, 0, 0);
			pthread_create(&thread[i], NULL, live_shortly, claimed);
		}
		for (int i = 0; i < 20; i++)
			pthread_join(thread[i], NULL);
		while (tl_monotonic() - start < (int64_t)born * 100000)
			usleep(100);
	}
}

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static _Atomic int spin;
static uint32_t hand_offs;

static bool
try_lock(bool spinning)
{
	return spinning ? !atomic_exchange_explicit(&spin, 1, memory_order_acquire) : pthread_mutex_trylock(&mutex) == 0;
}

static _Atomic uint32_t takes;
static _Atomic bool alone;		/* the other has finished */

/*
 * Until the other one has taken the lock, and a little longer: so the lock changes hands nearly every time, and tries
 * come at about the moment of the release, when the lock's cache line is in flight and stamps come out early.
 */
static void
let_the_other(uint32_t mine, uint32_t i)
{
	for (uint32_t spins = 0; atomic_load_explicit(&takes, memory_order_relaxed) == mine && !alone; spins++)
		if (spins > 20000) {
			sched_yield();		/* one processor only, or a busy one */
			spins = 0;
		}
	for (uint32_t wait = 0; wait < i * 7 % 128; wait++)
		__asm__ volatile("" ::: "memory");
}

static void
wait_for_lock(bool spinning)
{
	if (!spinning) {
		pthread_mutex_lock(&mutex);
		return;
	}
	for (uint32_t spins = 1; !try_lock(true); spins++)
		if (spins % 20000 == 0)
			sched_yield();
}

static void *
hand_over(void *spinning)
{
	for (uint32_t i = 0; i < hand_offs; i++) {
		uint32_t mine;

		if (try_lock(spinning != NULL)) {
			tl_emit(TL_LOCK_TAKE, 0, LOCK, 1, 0);
		} else {
			wait_for_lock(spinning != NULL);
			tl_emit_ordered(TL_LOCK_TAKE, TL_F_WAITED, LOCK, 1, 0);
		}
		mine = atomic_fetch_add_explicit(&takes, 1, memory_order_relaxed) + 1;
		tl_emit(TL_LOCK_RELEASE, 0, LOCK, 0, 0);
		if (spinning != NULL)
			atomic_store_explicit(&spin, 0, memory_order_release);
		else
			pthread_mutex_unlock(&mutex);
		let_the_other(mine, i);
	}
	alone = true;
	tl_lane_leave();
	return NULL;
}

static void
play_hand_offs(bool spinning)
{
	pthread_t one, other;

	hand_offs = amount(5000000, 100000);
	pthread_create(&one, NULL, hand_over, spinning ? &spin : NULL);
	pthread_create(&other, NULL, hand_over, spinning ? &spin : NULL);
	pthread_join(one, NULL);
	pthread_join(other, NULL);
}

/* --- The viewer ----------------------------------------------------------------------------------------------- */

struct show {
	struct session *session;
	struct source *source;
	pid_t program;
	struct reason why;
	uint64_t events;
	uint32_t *next;			/* [MOST_THREADS] of each thread, the value expected next */
	uint32_t *next_nested;
	uint32_t begun, ended, logs[2], logged;
	uint32_t owner, double_owners, wrong, last_owner, handed;
	int64_t last;
};

static void
check_event(struct show *s, const struct news *n)
{
	uint32_t *expected = NULL;

	assert_true(n->thread > 0 && n->thread < MOST_THREADS);
	if (n->event.kind == TL_LOCAL_SET && n->event.object == 1)
		expected = &s->next[n->thread];
	else if (n->event.kind == TL_LOCAL_DELETE)
		expected = &s->next_nested[n->thread];
	if (expected != NULL)
		s->wrong += n->event.value != (*expected)++;
	s->begun += n->event.kind == TL_THREAD_START;
	s->ended += n->event.kind == TL_THREAD_END;
	if (n->event.kind == TL_LOG && s->logged < 2)
		s->logs[s->logged++] = n->event.value;
	if (n->event.kind == TL_LOCK_TAKE) {
		s->double_owners += s->owner != 0;
		s->owner = n->thread;
		s->handed += n->thread != s->last_owner;
		s->last_owner = n->thread;
	} else if (n->event.kind == TL_LOCK_RELEASE) {
		s->double_owners += s->owner != n->thread;
		s->owner = 0;
	}
	s->wrong += n->time <= s->last;
	s->events++;
}

static void
start(struct show *s, const char *role, const char *ring)
{
	*s = (struct show){ 0 };
	s->next = calloc(MOST_THREADS, sizeof *s->next);
	s->next_nested = calloc(MOST_THREADS, sizeof *s->next_nested);
	s->session = session_make(&s->why);
	assert_non_null(s->session);
	s->source = live_open(s->session, &s->why);
	assert_non_null(s->source);
	if ((s->program = fork()) == 0) {
		setenv(TL_SESSION_ENV, session_path(s->session), 1);
		if (ring != NULL)
			setenv("THREADLANES_RING", ring, 1);
		execl("/proc/self/exe", "torture", role, (char *)NULL);
		_exit(127);
	}
	live_program(s->source, role, s->program, 1);
}

/* Everything that can be told now. False: it is over. */
static bool
follow(struct show *s)
{
	struct news n;
	enum source_outcome outcome;

	while ((outcome = source_next(s->source, &n, &s->why)) == SOURCE_NEWS) {
		if (n.what == NEWS_EVENT)
			check_event(s, &n);
		assert_true(n.time >= s->last);
		s->last = n.time;
	}
	assert_int_not_equal(outcome, SOURCE_BROKEN);
	return outcome != SOURCE_END;
}

static void
follow_to_the_end(struct show *s)
{
	bool over = false;
	int status;

	while (follow(s)) {
		struct pollfd fd = { .fd = source_fd(s->source), .events = POLLIN };

		poll(&fd, 1, live_doze(s->source) ? 100 : 1);
		if (over || waitpid(s->program, &status, WNOHANG) != s->program)
			continue;
		over = true;
		live_exit(s->source, s->program, status);
	}
}

static void
report(struct show *s, int64_t since)
{
	struct live_counts c;

	live_counts(s->source, &c);
	print_message("# %llu events, %.2f M/s; repaired %llu, given up %llu, late %llu, lost %llu, stalled %.1f ms, "
	    "unwatched %llu\n", (unsigned long long)c.events, (double)c.events * 1e3 / (double)(monotonic_now() - since),
	    (unsigned long long)c.repaired, (unsigned long long)c.given_up, (unsigned long long)c.late,
	    (unsigned long long)c.lost, (double)c.stalled_ns / 1e6, (unsigned long long)c.unwatched);
	assert_int_equal(c.lost, 0);
	assert_null(live_complaint(s->source));
}

static void
finish(struct show *s)
{
	char path[256];

	snprintf(path, sizeof path, "%s", session_path(s->session));
	source_close(s->source);
	session_end(s->session);
	assert_int_equal(access(path, F_OK), -1);
	free(s->next);
	free(s->next_nested);
}

static void
nothing_is_lost_in_a_flood(void **state)
{
	int64_t since = monotonic_now();
	uint32_t whole = 0;
	struct show s;

	(void)state;
	start(&s, "flood", NULL);
	follow_to_the_end(&s);
	report(&s, since);
	for (uint32_t i = 1; i < FLOODERS + 10; i++)
		whole += s.next[i] == flood_each();
	assert_int_equal(whole, FLOODERS);
	assert_int_equal(s.wrong, 0);
	assert_int_equal(s.begun, s.ended);
	finish(&s);
}

static void
a_handlers_events_are_all_there(void **state)
{
	int64_t since = monotonic_now();
	struct show s;

	(void)state;
	start(&s, "nested", NULL);
	follow_to_the_end(&s);
	report(&s, since);
	assert_int_equal(s.logged, 2);
	assert_int_equal(s.next[1], s.logs[0]);
	assert_int_equal(s.next_nested[1], s.logs[1]);
	assert_int_equal(s.wrong, 0);
	finish(&s);
}

static void
every_life_is_told_once(void **state)
{
	int64_t since = monotonic_now();
	struct live_counts c;
	struct show s;

	(void)state;
	start(&s, "births", NULL);
	follow_to_the_end(&s);
	report(&s, since);
	live_counts(s.source, &c);
	assert_int_equal(s.begun - 1 + c.unwatched, births());		/* the main thread is one more */
	assert_int_equal(s.ended, s.begun);
	assert_int_equal(c.unwatched, 0);
	for (uint32_t i = 2; i < births() + 2; i++)
		assert_int_equal(s.next[i], 1);
	finish(&s);
}

static void
one_owner_at_a_time(const char *role)
{
	int64_t since = monotonic_now();
	struct live_counts c;
	struct show s;

	start(&s, role, "1048576");	/* the viewer sleeps while they fight */
	follow_to_the_end(&s);
	report(&s, since);
	live_counts(s.source, &c);
	print_message("# %u times from one thread to the other\n", s.handed);
	assert_int_equal(s.double_owners, 0);
	assert_true(s.handed > amount(5000000, 100000));	/* of twice as many takes: there was something to see */
	assert_int_equal(c.given_up, 0);
	finish(&s);
}

static void
a_mutex_has_one_owner(void **state)
{
	(void)state;
	one_owner_at_a_time("mutex");
}

static void
a_spinlock_has_one_owner(void **state)
{
	(void)state;
	one_owner_at_a_time("spin");
}

/* A viewer that tells (on descriptor 1) its program and its session, and then reads no more, so that the rings fill. */
static int
play_viewer(bool pausing)
{
	struct show s;

	start(&s, "nested", NULL);
	while (s.events < 100)
		follow(&s);
	if (pausing)
		live_pause(s.source);
	if (write(1, &s.program, sizeof s.program) > 0 &&
	    write(1, session_path(s.session), strlen(session_path(s.session)) + 1) > 0)
		pause();
	return 1;
}

/* The viewer is killed while rings are full, or while it holds the gate: the program ends by itself soon after. */
static void
viewer_dies(const char *role)
{
	char path[256] = "";
	int64_t killed;
	int pipes[2], status;
	pid_t viewer, program = 0;

	assert_int_equal(pipe(pipes), 0);
	if ((viewer = fork()) == 0) {
		dup2(pipes[1], 1);
		close(pipes[0]);
		close(pipes[1]);
		execl("/proc/self/exe", "torture", role, (char *)NULL);
		_exit(127);
	}
	close(pipes[1]);
	assert_int_equal(read(pipes[0], &program, sizeof program), sizeof program);
	assert_true(read(pipes[0], path, sizeof path - 1) > 0);
	kill(viewer, SIGKILL);
	waitpid(viewer, &status, 0);
	killed = monotonic_now();
	/* The program is not our child. It ends when its signals are counted: half a second or so. */
	while (kill(program, 0) == 0 && monotonic_now() - killed < INT64_C(60000000000))
		usleep(1000);
	assert_int_equal(kill(program, 0), -1);
	print_message("# ended %.0f ms after the viewer's death\n", (double)(monotonic_now() - killed) / 1e6);
	close(pipes[0]);
	snprintf(path + strlen(path), sizeof path - strlen(path), "/%s", TL_BELL_NAME);
	unlink(path);
	*strrchr(path, '/') = '\0';
	assert_true(strstr(path, "threadlanes-") != NULL);
	{
		char command[300];

		snprintf(command, sizeof command, "rm -f '%s'/*.tl; rmdir '%s'", path, path);
		assert_int_equal(system(command), 0);
	}
}

static void
the_viewer_may_die(void **state)
{
	(void)state;
	viewer_dies("viewer");
}

static void
the_viewer_may_die_while_it_holds_the_gate(void **state)
{
	(void)state;
	viewer_dies("pausing viewer");
}

static int
play(const char *role)
{
	if (strcmp(role, "flood") == 0)
		play_flood();
	else if (strcmp(role, "nested") == 0)
		play_nested();
	else if (strcmp(role, "births") == 0)
		play_births();
	else if (strcmp(role, "mutex") == 0)
		play_hand_offs(false);
	else if (strcmp(role, "spin") == 0)
		play_hand_offs(true);
	else
		return play_viewer(strcmp(role, "pausing viewer") == 0);
	return 0;
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_is_lost_in_a_flood),
		cmocka_unit_test(a_handlers_events_are_all_there),
		cmocka_unit_test(every_life_is_told_once),
		cmocka_unit_test(a_mutex_has_one_owner),
		cmocka_unit_test(a_spinlock_has_one_owner),
		cmocka_unit_test(the_viewer_may_die),
		cmocka_unit_test(the_viewer_may_die_while_it_holds_the_gate),
	};

	if (argc > 1)
		return play(argv[1]);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
