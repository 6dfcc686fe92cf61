/* threads-barrier.c - what Barrier promises. */
#include "threads.h"

#define N 5

static struct tl_barrier barrier;
static atomic_int arrived, passed, broken, actions, wrong, indices;
static int rounds;

static int
set_up(void **state)
{
	(void)state;
	arrived = passed = broken = actions = wrong = indices = 0;
	rounds = 1;
	return tl_barrier_init(&barrier, "B", N);
}

static void *
passes(void *unused)
{
	for (int round = 1; round <= rounds; round++) {
		int index;

		arrived++;
		index = tl_barrier_wait(&barrier);
		if (index == TL_E_BROKEN) {
			broken++;
			return unused;
		}
		if (index < 0 || index >= N || arrived < N * round || (barrier.action != NULL && actions < round))
			wrong++;
		indices += index;
		passed++;
	}
	return unused;
}

static void
all_pass(void)
{
	struct team team;

	arrived = passed = indices = 0;
	team_start(&team, N, passes, NULL);
	team_join(&team);
	assert_int_equal(passed, N * rounds);
	assert_int_equal(indices, rounds * N * (N - 1) / 2);	/* each index once a round */
	assert_int_equal(wrong, 0);
	assert_int_equal(tl_barrier_n_waiting(&barrier), 0);
	assert_false(tl_barrier_broken(&barrier));
}

static void
test_lockstep(void **state)
{
	(void)state;
	assert_int_equal(tl_barrier_parties(&barrier), N);
	all_pass();
	rounds = 10;
	all_pass();
	assert_int_equal(tl_barrier_init(&barrier, "B", 1), TL_OK);
	for (int i = 0; i < 3; i++)
		assert_int_equal(tl_barrier_wait(&barrier), 0);
	assert_int_equal(tl_barrier_init(&barrier, "B", 0), TL_E_ARGUMENT);
}

static int
acts(void *answer)
{
	if (tl_barrier_n_waiting(&barrier) != 0)
		wrong++;
	actions++;
	return *(int *)answer;
}

static void *
passes_once(void *answers)
{
	int answer = tl_barrier_wait(&barrier);

	if (answer == TL_E_BROKEN)
		broken++;
	else if (answer < 0)
		atomic_store((atomic_int *)answers, answer);
	return NULL;
}

static void
test_action(void **state)
{
	struct team team;
	atomic_int others = 0;
	int answer = 0;

	(void)state;
	assert_int_equal(tl_barrier_init_action(&barrier, "B", N, acts, &answer, TL_FOREVER), TL_OK);
	rounds = 10;
	all_pass();
	assert_int_equal(actions, 10);
	answer = 3;						/* not 0: it failed */
	team_start(&team, N, passes_once, &others);
	team_join(&team);
	assert_int_equal(broken, N - 1);
	assert_int_equal(others, TL_E_ACTION);
	assert_true(tl_barrier_broken(&barrier));
	tl_barrier_reset(&barrier);
	answer = -1000;
	team_start(&team, N, passes_once, &others);
	team_join(&team);
	assert_int_equal(others, -1000);
}

static void
test_abort(void **state)
{
	struct team team;

	(void)state;
	team_start(&team, N - 1, passes, NULL);
	await(tl_barrier_n_waiting(&barrier) == N - 1);
	assert_int_equal(tl_barrier_abort(&barrier), TL_OK);
	team_join(&team);
	assert_int_equal(broken, N - 1);
	assert_int_equal(passed, 0);
	assert_true(tl_barrier_broken(&barrier));
	assert_int_equal(tl_barrier_wait(&barrier), TL_E_BROKEN);
	assert_int_equal(tl_barrier_reset(&barrier), TL_OK);
	all_pass();
}

static void
test_reset(void **state)
{
	struct team team;

	(void)state;
	assert_int_equal(tl_barrier_reset(&barrier), TL_OK);	/* idle: harmless */
	team_start(&team, N - 1, passes, NULL);
	await(tl_barrier_n_waiting(&barrier) == N - 1);
	assert_int_equal(tl_barrier_reset(&barrier), TL_OK);
	team_join(&team);
	assert_int_equal(broken, N - 1);
	assert_false(tl_barrier_broken(&barrier));
	all_pass();
}

static void *
passes_half(void *unused)
{
	if (tl_barrier_wait_timed(&barrier, 0.5) == TL_E_BROKEN)
		broken++;
	return unused;
}

static void
test_timeout(void **state)
{
	struct team team;
	double since = seconds();

	(void)state;
	team_start(&team, N - 1, passes_half, NULL);
	team_join(&team);
	assert_took(since, 0.5);
	assert_int_equal(broken, N - 1);
	assert_int_equal(tl_barrier_wait_timed(&barrier, 0.5), TL_E_BROKEN);	/* the late one too */
	assert_int_equal(tl_barrier_wait_timed(&barrier, __builtin_nan("")), TL_E_ARGUMENT);
}

static void
test_own_timeout(void **state)
{
	struct team team;
	double since = seconds();

	(void)state;
	tl_barrier_init_action(&barrier, "B", N, NULL, NULL, 0.3);
	assert_int_equal(tl_barrier_wait(&barrier), TL_E_BROKEN);
	assert_took(since, 0.3);
	tl_barrier_init_action(&barrier, "B", 2, NULL, NULL, 3600);
	since = seconds();
	team_start(&team, 1, passes_half, NULL);
	team_join(&team);
	assert_took(since, 0.5);
	assert_int_equal(broken, 1);
}

static void
test_text(void **state)
{
	struct team team;

	(void)state;
	tl_barrier_init(&barrier, "B", 3);
	assert_describes(&barrier, "waiters=0/3");
	team_start(&team, 2, passes, NULL);
	await(tl_barrier_n_waiting(&barrier) == 2);
	assert_describes(&barrier, "waiters=2/3");
	tl_barrier_abort(&barrier);
	assert_describes(&barrier, "broken");
	team_join(&team);
	tl_barrier_destroy(&barrier);
	assert_int_equal(tl_barrier_wait(&barrier), TL_E_DEAD);
}

static void
test_cancelled(void **state)
{
	struct team team;

	(void)state;
	team_start(&team, N - 1, passes, NULL);
	await(tl_barrier_n_waiting(&barrier) == N - 1);
	tl_thread_cancel(&team.thread[0]);
	team_join(&team);
	assert_int_equal(broken, N - 2);
	assert_true(tl_barrier_broken(&barrier));
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup(name, set_up)
	const struct CMUnitTest tests[] = {
		TEST(test_lockstep), TEST(test_action), TEST(test_abort), TEST(test_reset), TEST(test_timeout),
		TEST(test_own_timeout), TEST(test_text), TEST(test_cancelled),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
