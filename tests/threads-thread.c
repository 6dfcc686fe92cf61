/* threads-thread.c - what Thread promises, but for the end of the program and fork. */
#define _GNU_SOURCE
#include <pthread.h>
#include <unistd.h>

#include "threads.h"

static struct tl_event_flag go;

static void *
waits(void *result)
{
	tl_event_wait(&go);
	return result;
}

static int
set_up(void **state)
{
	(void)state;
	return tl_event_init(&go, "go");
}

static void
test_names(void **state)
{
	static const char long_name[] = "a name that is far longer than the fifteen bytes of the kernel";
	struct tl_thread thread, other;
	unsigned first, second;

	(void)state;
	tl_thread_init(&thread, NULL, NULL, NULL);
	tl_thread_init(&other, "", NULL, NULL);
	assert_int_equal(sscanf(tl_thread_name(&thread), "Thread-%u", &first), 1);
	assert_int_equal(sscanf(tl_thread_name(&other), "Thread-%u", &second), 1);
	assert_int_equal(second, first + 1);
	assert_int_equal(tl_thread_destroy(&thread), TL_OK);
	assert_int_equal(tl_thread_destroy(&other), TL_OK);
	tl_thread_init(&thread, long_name, waits, NULL);
	tl_thread_init(&other, long_name, waits, NULL);
	assert_string_equal(tl_thread_name(&thread), long_name);
	tl_thread_start(&thread);
	assert_string_equal(tl_thread_name(&thread), long_name);
	assert_int_equal(tl_thread_set_name(&thread, "another"), TL_OK);
	assert_string_equal(tl_thread_name(&thread), "another");
	assert_string_equal(tl_thread_name(&other), long_name);
	tl_event_set(&go);
	tl_thread_join(&thread);
	assert_string_equal(tl_thread_name(&thread), "another");
	tl_thread_destroy(&thread);
	tl_thread_destroy(&other);
	assert_int_equal(tl_thread_start(&other), TL_E_DEAD);
}

static void
test_life(void **state)
{
	struct tl_thread thread;
	uint64_t ident;
	void *result;
	enum tl_how how;

	(void)state;
	tl_thread_init(&thread, "worker", waits, &go);
	assert_int_equal(tl_thread_ident(&thread), 0);
	assert_int_equal(tl_thread_native_id(&thread), 0);
	assert_false(tl_thread_is_alive(&thread));
	assert_describes(&thread, "<Thread(worker, initial)>");
	assert_int_equal(tl_thread_join(&thread), TL_E_NOT_STARTED);
	assert_int_equal(tl_thread_result(&thread, NULL, NULL), TL_E_NOT_STARTED);
	assert_int_equal(tl_thread_set_daemon(&thread, true), TL_OK);
	assert_int_equal(tl_thread_start(&thread), TL_OK);
	ident = tl_thread_ident(&thread);
	assert_true(ident != 0 && tl_thread_native_id(&thread) != 0);
	assert_true(tl_thread_is_alive(&thread));
	assert_describes(&thread, "started daemon");
	assert_int_equal(tl_thread_start(&thread), TL_E_STARTED);
	assert_int_equal(tl_thread_set_daemon(&thread, false), TL_E_STARTED);
	assert_true(tl_thread_is_daemon(&thread));
	assert_int_equal(tl_thread_result(&thread, NULL, NULL), TL_E_RUNNING);
	assert_int_equal(tl_thread_join_timed(&thread, 0), TL_E_TIMEOUT);
	assert_int_equal(tl_thread_join_timed(&thread, -1), TL_E_TIMEOUT);
	assert_int_equal(tl_thread_join_timed(&thread, 0.1), TL_E_TIMEOUT);
	assert_int_equal(tl_thread_join_timed(&thread, __builtin_nan("")), TL_E_ARGUMENT);
	assert_int_equal(tl_thread_join(NULL), TL_E_SELF);
	tl_event_set(&go);
	await(!tl_thread_is_alive(&thread));
	assert_describes(&thread, "stopped daemon");
	assert_int_equal(tl_thread_join(&thread), TL_OK);
	assert_int_equal(tl_thread_join(&thread), TL_OK);
	assert_int_equal(tl_thread_result(&thread, &result, &how), TL_OK);
	assert_ptr_equal(result, &go);
	assert_int_equal(how, TL_HOW_RETURN);
	assert_true(tl_thread_ident(&thread) == ident);
	assert_int_equal(tl_thread_start(&thread), TL_E_STARTED);
	tl_thread_destroy(&thread);
}

static void *
exits(void *result)
{
	pthread_exit(result);
}

static void *
exits_ours(void *result)
{
	tl_thread_exit(result);
}

static void
test_results(void **state)
{
	struct tl_thread thread;
	void *result;
	enum tl_how how;

	(void)state;
	tl_thread_run(&thread, NULL, exits, &go);
	tl_thread_join(&thread);
	assert_int_equal(tl_thread_result(&thread, &result, &how), TL_OK);
	assert_ptr_equal(result, &go);
	assert_int_equal(how, TL_HOW_EXIT);
	tl_thread_destroy(&thread);
	tl_thread_run(&thread, NULL, exits_ours, &go);
	tl_thread_join(&thread);
	tl_thread_result(&thread, &result, &how);
	assert_ptr_equal(result, &go);
	assert_int_equal(how, TL_HOW_EXIT);
	tl_thread_destroy(&thread);
	tl_thread_run(&thread, NULL, waits, NULL);
	await(waiting(&go.queue) == 1);
	assert_int_equal(tl_thread_cancel(&thread), TL_OK);
	tl_thread_join(&thread);
	tl_thread_result(&thread, NULL, &how);
	assert_int_equal(how, TL_HOW_CANCELLED);
	tl_thread_destroy(&thread);
	assert_int_equal(waiting(&go.queue), 0);
	tl_thread_run(&thread, NULL, NULL, NULL);	/* no function: nothing */
	assert_int_equal(tl_thread_join(&thread), TL_OK);
	tl_thread_destroy(&thread);
}

static struct tl_thread joined;

static void *
joins(void *answers)
{
	if (tl_thread_join(&joined) == TL_OK)
		atomic_fetch_add((atomic_int *)answers, 1);
	return NULL;
}

static void *
joins_itself(void *answer)
{
	struct tl_thread me = tl_thread_current();

	*(int *)answer = tl_thread_join(&me);
	return NULL;
}

static void
test_joins(void **state)
{
	struct team team;
	atomic_int answers = 0;
	int answer = 0;

	(void)state;
	tl_thread_run(&joined, NULL, waits, NULL);
	team_start(&team, 5, joins, &answers);
	await(waiting(&go.queue) == 1);
	tl_event_set(&go);
	team_join(&team);
	assert_int_equal(answers, 5);
	tl_thread_destroy(&joined);
	team_start(&team, 1, joins_itself, &answer);
	team_join(&team);
	assert_int_equal(answer, TL_E_SELF);
}

static void
test_enumerate(void **state)
{
	struct team team;
	struct tl_thread list[TEAM_MAX], main_thread = tl_thread_main(), copy;
	size_t count;
	bool distinct = true;

	(void)state;
	assert_int_equal(tl_thread_active_count(), 1);
	team_start(&team, 10, waits, NULL);
	count = tl_thread_enumerate(list, TEAM_MAX);
	assert_int_equal(count, 11);
	assert_int_equal(tl_thread_active_count(), 11);
	assert_true(tl_thread_same(&list[0], &main_thread));
	for (size_t i = 0; i < count; i++)
		for (size_t j = 0; j < i; j++)
			distinct &= tl_thread_native_id(&list[i]) != tl_thread_native_id(&list[j]);
	assert_true(distinct);
	assert_int_equal(tl_thread_native_id(NULL), getpid());
	assert_int_equal(tl_thread_enumerate(list, 3), 11);
	copy = list[1];
	tl_event_set(&go);
	team_join(&team);
	assert_int_equal(tl_thread_enumerate(list, TEAM_MAX), 1);
	assert_int_equal(tl_thread_join(&copy), TL_OK);		/* gone, and so ended */
	assert_false(tl_thread_is_alive(&copy));
	assert_string_equal(tl_thread_name(&copy), "");
}

static void
test_main(void **state)
{
	struct tl_thread main_thread = tl_thread_main();

	(void)state;
	assert_string_equal(tl_thread_name(&main_thread), "MainThread");
	assert_string_equal(tl_thread_name(NULL), "MainThread");
	assert_true(tl_thread_same(&main_thread, NULL));
	assert_true(tl_thread_ident(NULL) == (uint64_t)pthread_self());
	assert_false(tl_thread_is_daemon(&main_thread));
	assert_describes(&main_thread, "<_MainThread(MainThread, started");
	assert_int_equal(tl_thread_start(&main_thread), TL_E_STARTED);
}

static void *
says_daemon(void *answer)
{
	struct tl_thread child, me = tl_thread_current(), main_thread = tl_thread_main();

	tl_thread_init(&child, NULL, NULL, NULL);
	*(int *)answer = tl_thread_is_daemon(&child) + 2 * tl_thread_same(&me, &main_thread);
	tl_thread_destroy(&child);
	return NULL;
}

static void
test_daemon(void **state)
{
	struct tl_thread thread;
	int answer;

	(void)state;
	for (int daemon = 0; daemon < 2; daemon++) {
		tl_thread_init(&thread, NULL, says_daemon, &answer);
		assert_false(tl_thread_is_daemon(&thread));
		tl_thread_set_daemon(&thread, daemon);
		tl_thread_start(&thread);
		tl_thread_join(&thread);
		assert_int_equal(answer, daemon);
		tl_thread_destroy(&thread);
	}
}

static void *
foreign(void *unused)
{
	struct tl_thread me = tl_thread_current();

	assert_true(tl_thread_is_alive(&me));
	assert_true(tl_thread_is_daemon(&me));
	assert_describes(&me, "<_DummyThread(Dummy-");
	*(struct tl_thread *)unused = me;
	tl_event_wait(&go);
	return NULL;
}

static void
test_dummy(void **state)
{
	struct tl_thread dummy = { 0 };
	pthread_t thread;

	(void)state;
	pthread_create(&thread, NULL, foreign, &dummy);
	await(waiting(&go.queue) == 1);
	assert_int_equal(tl_thread_active_count(), 2);
	assert_int_equal(tl_thread_join(&dummy), TL_E_DUMMY);
	tl_event_set(&go);
	pthread_join(thread, NULL);
	assert_int_equal(tl_thread_active_count(), 1);
}

static void *
measures_stack(void *size)
{
	pthread_attr_t attributes;

	pthread_getattr_np(pthread_self(), &attributes);
	pthread_attr_getstacksize(&attributes, size);
	pthread_attr_destroy(&attributes);
	return NULL;
}

static void
test_stack_size(void **state)
{
	static const size_t sizes[] = { 256 * 1024, 1024 * 1024 };
	struct team team;
	size_t size;

	(void)state;
	assert_int_equal(tl_thread_stack_size(), 0);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(tl_thread_set_stack_size(sizes[i]), TL_OK);
		team_start(&team, 1, measures_stack, &size);
		team_join(&team);
		assert_true(size >= sizes[i] && size < 6 * 1024 * 1024);	/* sanitizers add some */
	}
	assert_int_equal(tl_thread_set_stack_size(4096), TL_E_ARGUMENT);
	assert_int_equal(tl_thread_stack_size(), sizes[1]);
	/* What the system refuses leaves nothing behind, and may be tried again. */
	assert_int_equal(tl_thread_set_stack_size((size_t)1 << 60), TL_OK);
	tl_thread_init(&team.thread[0], NULL, NULL, NULL);
	assert_int_equal(tl_thread_start(&team.thread[0]), TL_E_SYSTEM);
	assert_int_equal(tl_thread_active_count(), 1);
	assert_int_equal(tl_thread_set_stack_size(0), TL_OK);
	assert_int_equal(tl_thread_start(&team.thread[0]), TL_OK);
	assert_int_equal(tl_thread_join(&team.thread[0]), TL_OK);
	tl_thread_destroy(&team.thread[0]);
}

static void *
counts(void *counter)
{
	atomic_fetch_add((atomic_int *)counter, 1);
	return NULL;
}

static void
test_many(void **state)
{
	struct tl_thread thread[100];
	atomic_int counter = 0;

	(void)state;
	for (int i = 0; i < 100; i++)
		assert_int_equal(tl_thread_run(&thread[i], NULL, counts, &counter), TL_OK);
	for (int i = 0; i < 100; i++) {
		assert_int_equal(tl_thread_join(&thread[i]), TL_OK);
		tl_thread_destroy(&thread[i]);
	}
	for (int i = 0; i < 100; i++)			/* nobody refers to these */
		assert_int_equal(tl_thread_run(NULL, NULL, counts, &counter), TL_OK);
	await(counter == 200 && tl_thread_active_count() == 1);
}

static pthread_key_t key;
static struct tl_event_flag late;

static void
destructor_waits(void *value)
{
	(void)value;
	tl_event_wait(&late);
}

static void *
has_a_key(void *value)
{
	pthread_setspecific(key, value);
	return NULL;
}

static void
test_end_of_life(void **state)
{
	struct team team;

	(void)state;
	tl_event_init(&late, "late");
	pthread_key_create(&key, destructor_waits);
	team_start(&team, 1, has_a_key, &key);
	await(waiting(&late.queue) == 1);
	assert_true(tl_thread_is_alive(&team.thread[0]));
	assert_int_equal(tl_thread_join_timed(&team.thread[0], 0), TL_E_TIMEOUT);
	tl_event_set(&late);
	team_join(&team);
	pthread_key_delete(key);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup(name, set_up)
	const struct CMUnitTest tests[] = {
		TEST(test_names), TEST(test_life), TEST(test_results), TEST(test_joins), TEST(test_enumerate), TEST(test_main),
		TEST(test_daemon), TEST(test_dummy), TEST(test_stack_size), TEST(test_many), TEST(test_end_of_life),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
