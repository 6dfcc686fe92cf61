/* live-source.c - a session, its segments and the news of them: one process plays both sides, and a child dies. */
#include "config.h"

#include "check.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "source/live.h"
#include "source/segment.h"
#include "source/ticks.h"
#include "writer.h"

#define GENEROUS INT64_C(60000000000)	/* ns until a test gives up waiting */

struct stage {
	struct session *session;
	struct source *source;
	struct writer writer;
	struct reason why;
};

static int
set_up(void **state)
{
	struct stage *s = calloc(1, sizeof *s);

	*state = s;
	s->session = session_make(&s->why);
	assert_non_null(s->session);
	s->source = live_open(s->session, &s->why);
	assert_non_null(s->source);
	live_program(s->source, "the test", getpid(), 1);
	assert_true(writer_make(&s->writer, session_path(s->session), getpid(), 4, 256));
	return 0;
}

static int
tear_down(void **state)
{
	struct stage *s = *state;
	char path[256];

	snprintf(path, sizeof path, "%s/%s", session_path(s->session), s->writer.name);
	unlink(path);			/* we live: with our segment there the directory would stay */
	source_close(s->source);
	snprintf(path, sizeof path, "%s", session_path(s->session));
	session_end(s->session);
	assert_int_equal(access(path, F_OK), -1);
	writer_close(&s->writer);
	free(s);
	return 0;
}

/* The next news but places and source lines, which come when they come. */
static struct news
next(struct stage *s)
{
	int64_t until = monotonic_now() + GENEROUS;
	struct news news = { 0 };

	while (monotonic_now() < until) {
		enum source_outcome outcome = source_next(s->source, &news, &s->why);

		if (outcome == SOURCE_NEWS && news.what != NEWS_PLACE && news.what != NEWS_SOURCE)
			return news;
		assert_int_not_equal(outcome, SOURCE_BROKEN);
		if (outcome == SOURCE_END)
			break;
	}
	fail_msg("no news");
	return news;
}

static void
expect(struct stage *s, uint32_t thread, uint8_t kind)
{
	struct news news = next(s);

	assert_int_equal(news.what, NEWS_EVENT);
	assert_int_equal(news.event.kind, kind);
	assert_int_equal(news.thread, thread);
}

static void
begin(struct stage *s)
{
	assert_int_equal(next(s).what, NEWS_PROGRAM);
	writer_emit(&s->writer, 0, TL_THREAD_START, TL_F_FOREIGN, 0x1000, (uint32_t)getpid());
	expect(s, 1, TL_THREAD_START);
}

static void
threads_are_numbered_by_creation(void **state)
{
	struct stage *s = *state;

	begin(s);
	writer_emit(&s->writer, 0, TL_THREAD_CREATE, 0, 0x2000, 0);
	writer_emit(&s->writer, 0, TL_THREAD_CREATE, 0, 0x3000, 0);
	writer_emit(&s->writer, 2, TL_THREAD_START, 0, 0x3000, 77);
	writer_emit(&s->writer, 1, TL_THREAD_START, 0, 0x2000, 78);
	expect(s, 1, TL_THREAD_CREATE);
	expect(s, 1, TL_THREAD_CREATE);
	expect(s, 3, TL_THREAD_START);
	expect(s, 2, TL_THREAD_START);
}

static void
a_lane_used_again_is_another_thread(void **state)
{
	struct stage *s = *state;

	begin(s);
	atomic_store(&s->writer.lane[1].use, TL_LANE_CLAIMED);
	for (uint32_t n = 2; n < 300; n++) {
		writer_emit(&s->writer, 1, TL_THREAD_START, 0, 0x2000, 77);
		writer_emit(&s->writer, 1, TL_THREAD_END, 0, 0x2000, 0);
		expect(s, n, TL_THREAD_START);
		expect(s, n, TL_THREAD_END);
	}
	atomic_store(&s->writer.lane[1].use, TL_LANE_ENDED);
	writer_emit(&s->writer, 0, TL_MAIN_END, 0, 0, 0);
	expect(s, 1, TL_MAIN_END);
	for (int64_t until = monotonic_now() + GENEROUS; monotonic_now() < until;) {
		struct news news;

		source_next(s->source, &news, &s->why);
		if (atomic_load(&s->writer.lane[1].use) == TL_LANE_FREE)
			return;
	}
	fail_msg("the lane was not given back");
}

static void
names_come_before_what_they_name(void **state)
{
	struct stage *s = *state;
	struct news news;

	begin(s);
	writer_name(&s->writer, 0x5000, TL_OBJECT_SEMAPHORE, 2, "pool");
	writer_emit(&s->writer, 0, TL_SEM_TAKE, 0, 0x5000, 1);
	writer_name(&s->writer, 0x5000, TL_OBJECT_LOCK, 0, "again");
	writer_emit(&s->writer, 0, TL_LOCK_TAKE, 0, 0x5000, 1);
	news = next(s);
	assert_int_equal(news.what, NEWS_NAME);
	assert_string_equal(news.name.text, "pool");
	assert_int_equal(news.name.value, 2);
	expect(s, 1, TL_SEM_TAKE);
	news = next(s);
	assert_int_equal(news.what, NEWS_NAME);
	assert_string_equal(news.name.text, "again");
	expect(s, 1, TL_LOCK_TAKE);
}

static void
losses_are_told_where_they_happened(void **state)
{
	struct stage *s = *state;
	struct tl_event nothing = { .kind = TL_VOID };
	struct news news;

	begin(s);
	writer_emit(&s->writer, 0, TL_MAIN_END, 0, 0, 0);
	atomic_fetch_add(&s->writer.lane[0].lost, 5);
	expect(s, 1, TL_MAIN_END);
	news = next(s);
	assert_int_equal(news.what, NEWS_GAP);
	assert_int_equal(news.gap.lost, 5);
	assert_int_equal(news.thread, 1);
	writer_fill(&s->writer, 0, writer_reserve(&s->writer, 0), writer_ticks(&s->writer), &nothing);
	news = next(s);
	assert_int_equal(news.what, NEWS_GAP);
	assert_int_equal(news.gap.lost, 1);
}

static void
times_grow_and_unknown_kinds_are_passed_over(void **state)
{
	struct stage *s = *state;
	int64_t last = -1;
	struct news news;

	begin(s);
	for (int i = 0; i < 100; i++) {
		writer_emit(&s->writer, 0, TL_EVENT_SET, 0, 0x9000, 0);
		writer_emit(&s->writer, 1, TL_NKINDS, 0, 0x9000, 0);
	}
	for (int i = 0; i < 100; i++) {
		news = next(s);
		assert_int_equal(news.event.kind, TL_EVENT_SET);
		assert_true(news.time > last);
		last = news.time;
	}
	assert_true(last <= live_now(s->source));
}

static void
a_slot_in_the_making_holds_the_horizon_for_a_while(void **state)
{
	struct stage *s = *state;
	struct tl_event set = { .kind = TL_EVENT_SET, .object = 0x9000 };
	uint64_t index, ticks;
	int64_t before;

	begin(s);
	writer_emit(&s->writer, 1, TL_THREAD_START, 0, 0x2000, 77);
	expect(s, 2, TL_THREAD_START);
	index = writer_reserve(&s->writer, 1);
	ticks = writer_ticks(&s->writer);
	before = monotonic_now();
	writer_emit(&s->writer, 0, TL_MAIN_END, 0, 0, 0);
	expect(s, 1, TL_MAIN_END);	/* only after it has waited */
	assert_true(monotonic_now() - before >= INT64_C(50000000));
	writer_fill(&s->writer, 1, index, ticks, &set);
	expect(s, 2, TL_EVENT_SET);
}

static void
pause_stops_clock_and_gate(void **state)
{
	struct stage *s = *state;
	struct news news;
	int64_t paused;

	begin(s);
	atomic_store(&s->writer.lane[0].park, TL_PARK_WAITS);
	live_pause(s->source);
	assert_int_equal(atomic_load(&s->writer.segment->gate), TL_GATE_CLOSED);
	assert_int_equal(atomic_load(&s->writer.segment->clock.rate), 0);
	assert_int_equal(atomic_load(&s->writer.segment->clock.seq) % 2, 0);
	assert_int_equal(atomic_load(&s->writer.lane[0].park), TL_PARK_LOOK);
	news = next(s);
	assert_int_equal(news.what, NEWS_CLOCK);
	assert_int_equal(news.clock.rate, 0);
	paused = live_now(s->source);

	s->writer.lane[0].next_kind = TL_LOCK_TAKE;
	s->writer.lane[0].next_object = 0x7000;
	atomic_store(&s->writer.lane[0].held, 1);
	news = next(s);
	assert_int_equal(news.what, NEWS_LOOK);
	assert_int_equal(news.thread, 1);
	assert_int_equal(news.look.held, 1);
	assert_int_equal(news.look.kind, TL_LOCK_TAKE);
	assert_int_equal(news.look.object, 0x7000);
	assert_false(live_step(s->source, 9));
	assert_true(live_step(s->source, 1));
	assert_int_equal(atomic_load(&s->writer.lane[0].permits), 1);
	assert_in_range(live_now(s->source), paused, paused + 1000);

	atomic_store(&s->writer.lane[0].held, 0);
	live_resume(s->source);
	assert_int_equal(atomic_load(&s->writer.segment->gate), TL_GATE_OPEN);
	assert_int_equal(atomic_load(&s->writer.segment->clock.rate), TL_RATE_ONE);
	do
		news = next(s);
	while (news.what == NEWS_LOOK);
	assert_int_equal(news.what, NEWS_CLOCK);
	assert_int_equal(news.clock.rate, TL_RATE_ONE);
	assert_in_range(news.time, paused, paused + 2000);
}

static bool
rings(struct stage *s)
{
	struct pollfd bell = { .fd = source_fd(s->source), .events = POLLIN };

	return poll(&bell, 1, 0) > 0;
}

static void
the_bell_wakes_and_does_not_hang_up(void **state)
{
	struct stage *s = *state;
	char path[256];
	int64_t until = monotonic_now() + GENEROUS;
	struct news news;
	int bell;

	begin(s);
	do {
		assert_true(monotonic_now() < until);
		source_next(s->source, &news, &s->why);
	} while (!live_doze(s->source) || rings(s));
	assert_int_equal(atomic_load(&s->writer.segment->gate), TL_GATE_BELL);
	assert_int_equal(atomic_load(&s->writer.segment->bell_wanted), 1);

	snprintf(path, sizeof path, "%s/%s", session_path(s->session), TL_BELL_NAME);
	bell = open(path, O_WRONLY | O_NONBLOCK);
	assert_true(bell >= 0);
	assert_int_equal(write(bell, "!", 1), 1);
	close(bell);
	assert_true(rings(s));
	source_next(s->source, &news, &s->why);
	assert_false(rings(s));

	writer_emit(&s->writer, 0, TL_MAIN_END, 0, 0, 0);
	assert_false(live_doze(s->source));
}

/* After the viewer's death nobody can open the bell: so the program knows. */
static void
nobody_hears_the_bell_of_a_dead_viewer(void **state)
{
	struct reason why;
	char path[256] = "", bell[300];
	struct stat status;
	int out[2], status_of;
	pid_t viewer;

	(void)state;
	assert_int_equal(pipe(out), 0);
	if ((viewer = fork()) == 0) {
		struct session *session = session_make(&why);

		if (write(out[1], session_path(session), strlen(session_path(session)) + 1) > 0)
			pause();
		_exit(1);
	}
	assert_true(read(out[0], path, sizeof path - 1) > 0);
	assert_int_equal(stat(path, &status), 0);
	assert_int_equal(status.st_mode & 07777, 0700);
	snprintf(bell, sizeof bell, "%s/%s", path, TL_BELL_NAME);
	status_of = open(bell, O_WRONLY | O_NONBLOCK);
	assert_true(status_of >= 0);
	close(status_of);
	kill(viewer, SIGKILL);
	waitpid(viewer, &status_of, 0);
	assert_int_equal(open(bell, O_WRONLY | O_NONBLOCK), -1);
	assert_int_equal(errno, ENXIO);
	unlink(bell);
	rmdir(path);
	close(out[0]);
	close(out[1]);
}

/* A child that writes, opens a slot, and is killed: all that was committed is told, and that its thread ended. */
static void
what_the_dead_committed_is_told(void **state)
{
	struct stage *s = *state;
	struct writer w;
	struct news news;
	pid_t child;

	begin(s);
	if ((child = fork()) == 0) {
		struct tl_event set = { .kind = TL_EVENT_SET, .object = 0x9000 };

		if (!writer_make(&w, session_path(s->session), getpid(), 4, 64))
			_exit(1);
		writer_emit(&w, 3, TL_THREAD_START, 0, 0x2000, (uint32_t)getpid());
		writer_reserve(&w, 3);
		writer_fill(&w, 3, writer_reserve(&w, 3), writer_ticks(&w), &set);	/* a handler's, nested */
		kill(getpid(), SIGKILL);
	}
	waitpid(child, &(int){ 0 }, 0);
	live_exit(s->source, child, SIGKILL);
	expect(s, 2, TL_THREAD_START);
	expect(s, 2, TL_EVENT_SET);
	news = next(s);
	assert_int_equal(news.event.kind, TL_THREAD_END);
	assert_int_equal(news.event.value, TL_END_PROGRAM);
	assert_int_equal(news.thread, 2);
	news = next(s);
	assert_int_equal(news.what, NEWS_EXIT);
	assert_int_equal(news.exit.pid, child);
}

static void
the_end_follows_the_exit(void **state)
{
	struct stage *s = *state;
	struct news news;
	enum source_outcome outcome;
	int64_t until = monotonic_now() + GENEROUS;

	begin(s);
	live_output(s->source, "bye\n", 4);
	live_exit(s->source, getpid(), 0);
	news = next(s);
	assert_int_equal(news.what, NEWS_OUTPUT);
	assert_memory_equal(news.output.bytes, "bye\n", 4);
	expect(s, 1, TL_THREAD_END);
	assert_int_equal(next(s).what, NEWS_EXIT);
	do
		outcome = source_next(s->source, &news, &s->why);
	while (outcome != SOURCE_END && monotonic_now() < until);
	assert_int_equal(outcome, SOURCE_END);
}

/* An address in this program, as a place. */
static void
places_are_found(void **state)
{
	struct stage *s = *state;
	struct tl_event start = { .kind = TL_THREAD_START, .object = 0x1000, .value = (uint32_t)getpid(),
		.place = (uint64_t)(uintptr_t)places_are_found };
	int64_t until = monotonic_now() + GENEROUS;
	bool line = false, place = false;

	writer_fill(&s->writer, 0, writer_reserve(&s->writer, 0), writer_ticks(&s->writer), &start);
	while ((!place || !line) && monotonic_now() < until) {
		struct news news;

		if (source_next(s->source, &news, &s->why) != SOURCE_NEWS)
			continue;
		if (news.what == NEWS_PLACE && news.place.address == start.place) {
			assert_string_equal(news.place.function, "places_are_found");
			place = true;
			line = news.place.line == 0;		/* compiled without -g: no source to wait for */
		}
		if (news.what == NEWS_SOURCE && strstr(news.source.text, "places_are_found(void **state)") != NULL)
			line = true;
	}
	assert_true(place && line);
}

static void
a_segment_cut_short_does_not_kill(void **state)
{
	struct stage *s = *state;
	struct news news;
	char path[256];

	if (!CAN_CUT_FILES)
		skip();
	begin(s);
	snprintf(path, sizeof path, "%s/%s", session_path(s->session), s->writer.name);
	assert_int_equal(truncate(path, 0), 0);
	for (int i = 0; i < 100; i++)
		source_next(s->source, &news, &s->why);
	assert_int_equal(truncate(path, (off_t)1 << 20), 0);	/* so that our own mapping can be used again */
	s->writer.segment->size = (uint64_t)1 << 20;
}

static void
foreign_files_are_refused(void **state)
{
	struct stage *s = *state;
	struct segment segment;
	struct reason why;
	char path[256];
	int fd;

	begin(s);
	snprintf(path, sizeof path, "%s/1-1.tl", session_path(s->session));
	fd = open(path, O_RDWR | O_CREAT, 0600);
	assert_int_equal(ftruncate(fd, 1 << 20), 0);
	assert_false(segment_open(&segment, session_directory(s->session), "1-1.tl", &why));
	assert_non_null(strstr(why.text, "not a segment"));
	s->writer.segment->version++;
	assert_false(segment_open(&segment, session_directory(s->session), s->writer.name, &why));
	assert_non_null(strstr(why.text, "format"));
	s->writer.segment->version--;
	s->writer.segment->rings_offset += 1 << 20;
	assert_false(segment_open(&segment, session_directory(s->session), s->writer.name, &why));
	assert_non_null(strstr(why.text, "outside"));
	s->writer.segment->rings_offset -= 1 << 20;
	close(fd);
	unlink(path);
}

int
main(void)
{
#define ON_STAGE(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		ON_STAGE(threads_are_numbered_by_creation),
		ON_STAGE(a_lane_used_again_is_another_thread),
		ON_STAGE(names_come_before_what_they_name),
		ON_STAGE(losses_are_told_where_they_happened),
		ON_STAGE(times_grow_and_unknown_kinds_are_passed_over),
		ON_STAGE(a_slot_in_the_making_holds_the_horizon_for_a_while),
		ON_STAGE(pause_stops_clock_and_gate),
		ON_STAGE(the_bell_wakes_and_does_not_hang_up),
		cmocka_unit_test(nobody_hears_the_bell_of_a_dead_viewer),
		ON_STAGE(what_the_dead_committed_is_told),
		ON_STAGE(the_end_follows_the_exit),
		ON_STAGE(places_are_found),
		ON_STAGE(a_segment_cut_short_does_not_kill),
		ON_STAGE(foreign_files_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
