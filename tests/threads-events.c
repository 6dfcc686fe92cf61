/*
 * threads-events.c - what the primitives tell. Each story is run in a process of its own, in a session that nobody drains;
 * then each thread's ring is read as it lies in the segment, and written down in words:
 *
 *	KIND object:value flags ...	  value only if it is not 0; w waited, t try, T timed, c for a condition, d daemon
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "threads.h"
#include "threads/inside.h"

#define TEXT 4096

static struct tl_lock lock;
static struct tl_rlock rlock;
static struct tl_condition condition;
static struct tl_event_flag event;
static struct tl_semaphore semaphore;
static struct tl_barrier barrier;
static struct tl_local local;

static void
blocked(const struct tl_queue *queue)
{
	while (waiting(queue) == 0)
		nap();
}

static void
alone_with(void *(*function)(void *), const struct tl_queue *until)
{
	struct tl_thread thread;

	tl_thread_run(&thread, "other", function, NULL);
	if (until != NULL)
		blocked(until);
}

/* --- Stories --- */

static void *
takes_lock(void *unused)
{
	tl_lock_acquire(&lock);
	tl_lock_release(&lock);
	return unused;
}

static void
story_lock(void)
{
	tl_lock_acquire(&lock);
	alone_with(takes_lock, &lock.queue);
	tl_lock_try(&lock);
	tl_lock_acquire_timed(&lock, 0.005);
	tl_lock_release(&lock);
}

static void
story_rlock(void)
{
	tl_rlock_acquire(&rlock);
	tl_rlock_acquire(&rlock);
	tl_rlock_release(&rlock);
	tl_rlock_release(&rlock);
}

static void *
waits_condition(void *unused)
{
	tl_condition_acquire(&condition);
	tl_condition_acquire(&condition);
	tl_condition_wait(&condition);
	tl_condition_release(&condition);
	tl_condition_release(&condition);
	return unused;
}

static void
story_condition(void)
{
	tl_condition_acquire(&condition);
	tl_condition_wait_timed(&condition, 0.001);
	alone_with(waits_condition, NULL);
	blocked(&condition.own.lock.queue);
	tl_condition_release(&condition);
	blocked(&condition.queue);
	tl_condition_acquire(&condition);
	tl_condition_notify(&condition, 3);
	blocked(&condition.own.lock.queue);
	tl_condition_release(&condition);
}

static void *
waits_event(void *unused)
{
	tl_event_wait(&event);
	return unused;
}

static void
story_event(void)
{
	tl_event_wait_timed(&event, 0);
	alone_with(waits_event, &event.queue);
	tl_event_set(&event);
	tl_event_wait(&event);
	tl_event_clear(&event);
	tl_event_wait_timed(&event, 0.001);
}

static void *
takes_permit(void *unused)
{
	tl_semaphore_acquire(&semaphore);
	return unused;
}

static void
story_semaphore(void)
{
	tl_semaphore_acquire(&semaphore);
	tl_semaphore_try(&semaphore);
	tl_semaphore_acquire_timed(&semaphore, 0.001);
	alone_with(takes_permit, &semaphore.queue);
	tl_semaphore_release_n(&semaphore, 2);
}

static void *
passes_barrier(void *unused)
{
	tl_barrier_wait(&barrier);
	return unused;
}

static void
story_barrier(void)
{
	alone_with(passes_barrier, &barrier.queue);
	tl_barrier_wait(&barrier);
	tl_barrier_wait_timed(&barrier, 0.001);
	tl_barrier_wait(&barrier);
	tl_barrier_reset(&barrier);
	tl_barrier_abort(&barrier);
}

static void *
sleeps(void *unused)
{
	blocked(&tl_self.record->queue);		/* somebody joins this thread */
	tl_sleep(0.002);
	return unused;
}

static void
story_thread(void)
{
	struct tl_thread thread;

	tl_thread_init(&thread, "other", sleeps, NULL);
	tl_thread_set_daemon(&thread, true);
	tl_thread_start(&thread);
	tl_thread_join_timed(&thread, 0);
	tl_thread_join(&thread);
	tl_thread_join(&thread);
}

static void
story_misuse(void)
{
	tl_lock_release(&lock);
	tl_rlock_release(&rlock);
	tl_thread_join(NULL);
	tl_lock_acquire(&lock);
	tl_lock_destroy(&lock);
	tl_lock_acquire(&lock);
	tl_local_set(&local, &lock);
	tl_local_delete(&local);
}

static void *
ends_holding(void *unused)
{
	tl_rlock_acquire(&rlock);
	tl_thread_exit(unused);
}

static void
story_held(void)
{
	alone_with(ends_holding, NULL);
}

static const struct story {
	const char *name;
	void (*run)(void);
	const char *main_lane, *other_lane;
} stories[] = {
	{ "lock", story_lock,
	    "LOCK_TAKE A:1\nTHREAD_CREATE\nLOCK_BUSY A:1 t\nLOCK_WAIT A:5 T\nLOCK_TIMEOUT A\nLOCK_RELEASE A\n"
	    "MAIN_END\n",
	    "THREAD_START\nLOCK_WAIT A\nLOCK_TAKE A:1 w\nLOCK_RELEASE A\nTHREAD_END\n" },
	{ "rlock", story_rlock,
	    "LOCK_TAKE R:1\nLOCK_TAKE R:2\nLOCK_RELEASE R:1\nLOCK_RELEASE R\n", "" },
	{ "condition", story_condition,
	    "LOCK_TAKE C lock:1\nLOCK_RELEASE C lock c\nCOND_WAIT C:1 T\nCOND_TIMEOUT C\nLOCK_TAKE C lock:1 c\nTHREAD_CREATE\n"
	    "LOCK_RELEASE C lock\nLOCK_TAKE C lock:1\nCOND_NOTIFY C:3\nLOCK_RELEASE C lock\nMAIN_END\n",
	    "THREAD_START\nLOCK_WAIT C lock\nLOCK_TAKE C lock:1 w\nLOCK_TAKE C lock:2\nLOCK_RELEASE C lock c\nCOND_WAIT C\n"
	    "COND_WAKE C w\nLOCK_WAIT C lock c\nLOCK_TAKE C lock:2 w c\nLOCK_RELEASE C lock:1\nLOCK_RELEASE C lock\n"
	    "THREAD_END\n" },
	{ "event", story_event,
	    "EVENT_TIMEOUT E t\nTHREAD_CREATE\nEVENT_SET E\nEVENT_PASS E\nEVENT_CLEAR E\nEVENT_WAIT E:1 T\nEVENT_TIMEOUT E\n"
	    "MAIN_END\n",
	    "THREAD_START\nEVENT_WAIT E\nEVENT_PASS E w\nTHREAD_END\n" },
	{ "semaphore", story_semaphore,
	    "SEM_TAKE S\nSEM_BUSY S:1 t\nSEM_WAIT S:1 T\nSEM_TIMEOUT S\nTHREAD_CREATE\nSEM_POST S:2\n"
	    "MAIN_END\n",
	    "THREAD_START\nSEM_WAIT S\nSEM_TAKE S:1 w\nTHREAD_END\n" },
	{ "barrier", story_barrier,
	    "THREAD_CREATE\nBARRIER_ARRIVE B:2\nBARRIER_LEAVE B:1\nBARRIER_ARRIVE B:1\nBARRIER_TIMEOUT B\nBARRIER_BROKEN B\n"
	    "BARRIER_RESET B\nBARRIER_ABORT B\nMAIN_END\n",
	    "THREAD_START\nBARRIER_ARRIVE B:1\nBARRIER_LEAVE B w\nTHREAD_END\n" },
	{ "thread", story_thread,
	    "THREAD_CREATE\nJOIN_TIMEOUT t\nJOIN_WAIT\nJOIN_DONE w\nJOIN_DONE\nMAIN_END\n",
	    "THREAD_START d\nSLEEP\nSLEEP_END\nTHREAD_END\n" },
	{ "misuse", story_misuse,
	    "MISUSE A:5\nMISUSE R:6\nMISUSE:13\nLOCK_TAKE A:1\nOBJECT_DESTROY A:1\nMISUSE A:4\nLOCAL_SET L\nLOCAL_DELETE L\n", "" },
	{ "held", story_held,
	    "THREAD_CREATE\nMAIN_END\n",
	    "THREAD_START\nLOCK_TAKE R:1\nMISUSE R:19\nTHREAD_END:1\n" },
};

#define STORIES (sizeof(stories) / sizeof(*stories))

/* --- Reading a segment --- */

static const char *const kind_names[] = {
#define KIND(name, ...) #name,
#include "wire/kinds.def"
#undef KIND
};

/* The name of an object: the last record that names it. Threads are told apart by their lanes. */
static void
object_name(const struct tl_segment *segment, uint64_t object, char *name, size_t size)
{
	const char *names = (const char *)segment + segment->names_offset;
	uint64_t used = segment->names_used;

	*name = '\0';
	for (uint64_t at = 0; at < used;) {
		const struct tl_name *record = (const void *)(names + at);

		if (record->size == 0)
			return;
		if (record->object == object && record->is != TL_OBJECT_THREAD)
			snprintf(name, size, " %.*s", (int)record->length, record->text);
		at += record->size;
	}
}

static void
write_event(const struct tl_segment *segment, const struct tl_event *e, char *text)
{
	static const char letters[] = "wtTc?fd";
	char *end = text + strlen(text);
	bool has_value = e->value != 0 && e->kind != TL_THREAD_START;

	end += sprintf(end, "%s", e->kind < TL_NKINDS ? kind_names[e->kind] : "?");
	if (e->kind != TL_SLEEP)
		object_name(segment, e->object, end, 64);
	end += strlen(end);
	if (has_value)
		end += sprintf(end, ":%u", e->value);
	for (int i = 0; i < 7; i++)
		if ((e->flags & 1 << i) != 0 && letters[i] != 'f')
			end += sprintf(end, " %c", letters[i]);
	strcpy(end, "\n");
}

static void
write_lane(const struct tl_segment *segment, uint32_t lane_index, char *text)
{
	const struct tl_lane *lane = (const void *)((const char *)segment + segment->header_size
	    + (size_t)lane_index * segment->lane_size);
	const struct tl_event *ring = (const void *)((const char *)segment + segment->rings_offset
	    + (size_t)lane_index * segment->capacity * sizeof(*ring));

	*text = '\0';
	for (uint64_t i = 0; i < lane->reserved && strlen(text) < TEXT - 200; i++) {
		if (i == 0 && lane_index == 0 && ring[i].kind == TL_THREAD_START)
			continue;
		write_event(segment, &ring[i], text);
		if (ring[i].kind == TL_MAIN_END)
			return;				/* whom it still waits for depends */
	}
}

static const struct tl_segment *
map_segment(const char *session)
{
	DIR *directory = opendir(session);
	struct dirent *entry;
	struct stat s = { 0 };
	void *memory = MAP_FAILED;

	assert_non_null(directory);
	while ((entry = readdir(directory)) != NULL) {
		int file = entry->d_name[0] != '.' && strstr(entry->d_name, ".tl") != NULL
		    ? openat(dirfd(directory), entry->d_name, O_RDONLY) : -1;

		if (file < 0)
			continue;
		assert_int_equal(fstat(file, &s), 0);
		memory = mmap(NULL, (size_t)s.st_size, PROT_READ, MAP_PRIVATE, file, 0);
		close(file);
		unlinkat(dirfd(directory), entry->d_name, 0);
	}
	closedir(directory);
	assert_ptr_not_equal(memory, MAP_FAILED);
	return memory;
}

static void
test_story(void **state)
{
	const struct story *story = *state;
	char session[] = "/tmp/threads-events-XXXXXX", bell[64], text[TEXT];
	const struct tl_segment *segment;
	int status, reader;
	pid_t child;

	assert_non_null(mkdtemp(session));
	snprintf(bell, sizeof(bell), "%s/%s", session, TL_BELL_NAME);
	assert_int_equal(mkfifo(bell, 0600), 0);
	reader = open(bell, O_RDONLY | O_NONBLOCK);
	child = fork();
	if (child == 0) {
		alarm((unsigned)PATIENCE);
		setenv(TL_SESSION_ENV, session, 1);
		execl("/proc/self/exe", "threads-events", story->name, (char *)NULL);
		_exit(96);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	segment = map_segment(session);
	close(reader);
	unlink(bell);
	rmdir(session);
	write_lane(segment, 0, text);
	assert_string_equal(text, story->main_lane);
	write_lane(segment, 1, text);
	assert_string_equal(text, story->other_lane);
	munmap((void *)segment, segment->size);
}

static int
tell(const struct story *story)
{
	tl_lock_init(&lock, "A");
	tl_rlock_init(&rlock, "R");
	tl_condition_init(&condition, "C");
	tl_event_init(&event, "E");
	tl_semaphore_init(&semaphore, "S", 1);
	tl_barrier_init(&barrier, "B", 2);
	tl_local_init(&local, "L");
	story->run();
	return 0;
}

int
main(int argc, char **argv)
{
	struct CMUnitTest tests[STORIES];

	for (size_t i = 0; i < STORIES; i++) {
		if (argc > 1 && strcmp(argv[1], stories[i].name) == 0)
			return tell(&stories[i]);
		tests[i] = (struct CMUnitTest){ stories[i].name, test_story, NULL, NULL, (void *)&stories[i] };
	}
	return argc > 1 ? 95 : cmocka_run_group_tests(tests, NULL, NULL);
}
