/*
 * threads-exit.c - the end of the program. Each story is run in a process of its own (this program again, with the
 * story's name), and what it wrote and its exit status are compared.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "threads.h"

static struct tl_event_flag go;
static pthread_key_t key;
static struct tl_local local;
static char worker[] = "worker\n", first[] = "first", second[] = "second", ending[] = "destructor\n", value[] = "value\n";

static void
say(const char *text)
{
	if (write(STDOUT_FILENO, text, strlen(text)) < 0)
		_exit(99);
}

static void *
works(void *text)
{
	tl_sleep(0.05);
	say(text);
	return NULL;
}

static void
start(void *(*function)(void *), void *argument, bool daemon)
{
	struct tl_thread thread;

	if (tl_thread_init(&thread, NULL, function, argument) != TL_OK
	    || tl_thread_set_daemon(&thread, daemon) != TL_OK || tl_thread_start(&thread) != TL_OK)
		_exit(98);
	tl_thread_destroy(&thread);
}

static int
story_return(void)
{
	struct tl_thread on_this_stack;

	tl_thread_run(&on_this_stack, NULL, works, worker);
	say("main\n");
	return 3;
}

static int
story_exit(void)
{
	start(works, worker, false);
	say("main\n");
	exit(4);
}

static int
story_pthread_exit(void)
{
	start(works, worker, false);
	say("main\n");
	pthread_exit(NULL);
}

static void *
sleeps_for_ever(void *unused)
{
	for (;;)
		tl_sleep(1000);
	return unused;
}

static int
story_pthread_exit_daemon(void)
{
	start(sleeps_for_ever, NULL, true);
	start(works, worker, false);
	pthread_exit(NULL);
}

static void *
writes_for_ever(void *unused)
{
	FILE *file = fopen("/dev/null", "w");

	while (file != NULL)
		if (fprintf(file, "words %p\n", unused) < 0)
			break;
	return NULL;
}

static int
story_daemons(void)
{
	for (int i = 0; i < 40; i++)
		start(i % 2 ? sleeps_for_ever : writes_for_ever, NULL, true);
	say("main\n");
	return 0;
}

static void
callback(void *text)
{
	say(text);
	if (tl_at_exit(callback, NULL) == TL_E_ENDING)
		say(" too late\n");
}

static int
story_callbacks(void)
{
	tl_at_exit(callback, first);
	tl_at_exit(callback, second);
	start(works, worker, false);
	say("main\n");
	return 0;
}

static void *
joins_main(void *unused)
{
	struct tl_thread main_thread = tl_thread_main();

	if (tl_thread_join(&main_thread) != TL_OK)
		say("not joined\n");
	say("end of thread\n");
	return unused;
}

static int
story_join_main(void)
{
	start(joins_main, NULL, false);
	tl_sleep(0.05);
	say("end of main\n");
	return 0;
}

static void *
exits_process(void *unused)
{
	(void)unused;
	say("exit\n");
	exit(5);
}

static int
story_exit_in_worker(void)
{
	struct tl_thread thread;

	start(works, worker, false);
	tl_thread_run(&thread, NULL, exits_process, NULL);
	tl_thread_join(&thread);
	for (;;)
		pause();
	return 0;
}

static void
destructor(void *text)
{
	tl_sleep(0.05);
	say(text);
}

static void *
sets_key(void *text)
{
	pthread_setspecific(key, text);
	return NULL;
}

static void *
sets_local(void *text)
{
	tl_local_set(&local, text);
	return NULL;
}

static int
story_destructors(void)
{
	pthread_key_create(&key, destructor);
	tl_local_init(&local, "local");
	tl_local_set_destructor(&local, destructor);
	start(sets_key, ending, false);
	start(sets_local, ending, false);
	return 0;
}

static void
last(void)
{
	struct tl_thread me = tl_thread_current(), main_thread = tl_thread_main();
	void *mine = NULL;

	tl_local_get(&local, &mine);
	say(mine);
	say(tl_thread_name(NULL));
	say(tl_thread_same(&me, &main_thread) ? " is main\n" : " is not main\n");
}

static int
story_last(void)
{
	atexit(last);
	tl_local_init(&local, "local");
	tl_local_set(&local, value);
	start(works, worker, false);
	return 0;
}

/* A forked child ends as a program does. The parent goes on when the child is gone. */
static int
in_child(int (*story)(void))
{
	pid_t child = fork();
	int status = 0;

	if (child == 0)
		exit(story());
	while (waitpid(child, &status, 0) < 0)
		;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 97;
}

static int
story_fork_join_main(void)
{
	return in_child(story_join_main);
}

static void *
forks_and_returns(void *unused)
{
	pid_t child = fork();

	if (child != 0) {
		while (waitpid(child, NULL, 0) < 0)
			;
		return unused;
	}
	start(joins_main, NULL, false);
	tl_sleep(0.05);
	say("end of main\n");
	return NULL;				/* the only thread of the child: the main thread */
}

static int
story_fork_in_worker(void)
{
	start(forks_and_returns, NULL, false);
	return 0;
}

static void *
waits(void *text)
{
	tl_event_wait(&go);
	say(text);
	return NULL;
}

static void
forks(void)
{
	if (in_child(story_join_main) == 0)
		say("forked\n");
	tl_event_set(&go);
}

static int
story_fork_at_exit(void)
{
	start(waits, worker, false);
	atexit(forks);
	return 0;
}

static const struct story {
	const char *name;
	int (*run)(void);
	int status;
	const char *output;
	bool not_tsan;			/* its own helper thread outlives the last of ours, or it does not know such forks */
} stories[] = {
	{ "return", story_return, 3, "main\nworker\n" },
	{ "exit", story_exit, 4, "main\nworker\n" },
	{ "pthread_exit", story_pthread_exit, 0, "main\nworker\n", true },
	{ "pthread_exit with a daemon", story_pthread_exit_daemon, 0, "worker\n" },
	{ "daemons", story_daemons, 0, "main\n" },
	{ "callbacks", story_callbacks, 0, "main\nsecond too late\nfirst too late\nworker\n" },
	{ "join main", story_join_main, 0, "end of main\nend of thread\n" },
	{ "exit in a worker", story_exit_in_worker, 5, "exit\nworker\n" },
	{ "destructors", story_destructors, 0, "destructor\ndestructor\n" },
	{ "last", story_last, 0, "worker\nvalue\nMainThread is main\n" },
	{ "fork, join main", story_fork_join_main, 0, "end of main\nend of thread\n" },
	{ "fork in a worker", story_fork_in_worker, 0, "end of main\nend of thread\n", true },
	{ "fork at exit", story_fork_at_exit, 0, "end of main\nend of thread\nforked\nworker\n", true },
};

#define STORIES (sizeof(stories) / sizeof(*stories))

/* Runs it, with standard output and standard error in one file; returns its exit status. */
static int
run_story(const char *name, char *output, size_t size)
{
	FILE *file = tmpfile();
	ssize_t length;
	int status;
	pid_t child;

	assert_non_null(file);
	child = fork();
	if (child == 0) {
		alarm((unsigned)PATIENCE);
		setenv("ASAN_OPTIONS", "detect_leaks=0", 1);	/* it cannot look for them in the child of a worker */
		dup2(fileno(file), STDOUT_FILENO);
		dup2(fileno(file), STDERR_FILENO);
		execl("/proc/self/exe", "threads-exit", name, (char *)NULL);
		_exit(96);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	length = pread(fileno(file), output, size - 1, 0);
	output[length < 0 ? 0 : length] = '\0';
	fclose(file);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 1000 + WTERMSIG(status);
}

static void
test_story(void **state)
{
	const struct story *story = *state;
	char output[4096];
	int status;

	if (TSAN && story->not_tsan)
		skip();
	status = run_story(story->name, output, sizeof(output));
	assert_string_equal(output, story->output);
	assert_int_equal(status, story->status);
}

int
main(int argc, char **argv)
{
	struct CMUnitTest tests[STORIES];

	if (argc > 1) {
		tl_event_init(&go, "go");
		for (size_t i = 0; i < STORIES; i++)
			if (strcmp(argv[1], stories[i].name) == 0)
				return stories[i].run();
		return 95;
	}
	for (size_t i = 0; i < STORIES; i++)
		tests[i] = (struct CMUnitTest){ stories[i].name, test_story, NULL, NULL, (void *)&stories[i] };
	return cmocka_run_group_tests(tests, NULL, NULL);
}
