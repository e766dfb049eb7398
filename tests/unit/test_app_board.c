/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The board of benchmarks, loaded from a history made for it: rows with their samples, all of them on
 * one axis of commits, steps where they are, and in words what is missing. No git, no process.
 */
#include "perftop/app/board.h"

#include "collect_tree.h"

#include "store_runs.h"

static struct tree tree;
static struct pt_config config;
static struct pt_options options;
static char project[400];

enum { COMMITS = 20, STEP = 14 };

#define SUITES                                                                \
	"{\"machine_class\": \"x86_64-test-2c\", \"suites\": ["               \
	"{\"name\": \"parser\", \"command\": [\"true\"], \"owner\": \"us\"}," \
	"{\"name\": \"other\", \"command\": [\"true\"]}]}"

/* p has a history, shared by the tests; q has nothing. */
static void use(const char *name)
{
	struct pt_paths *paths = &config.paths;

	config = (struct pt_config){.trust_all = true};
	pt_snprintf(project, sizeof project, "%s/%s", tree.dir, name);
	pt_strlcpy(paths->project, project, sizeof paths->project);
	pt_snprintf(paths->suites_file, sizeof paths->suites_file,
		    "%s/.performance/benchmarks.json", project);
	pt_snprintf(paths->state, sizeof paths->state, "%s/state-%s", tree.dir, name);
	pt_snprintf(paths->trust, sizeof paths->trust, "%s/trust", paths->state);
}

/* Of a tool that launches itself five times. */
static void add_runs(struct pt_launch *l, const char *name, double level, uint64_t *seed)
{
	struct pt_bench *b = pt_bench_set_get(&l->set, name, "time", NULL);

	b->unit = PT_UNIT_NS;
	for (size_t run = 0; run < 5; run++)
		pt_bench_add_sample(b, run, fake_value(seed, level, 0.003));
}

/* One commit, one launch: "often" has a step, "seldom" is measured at every third commit only. */
static void add_commit(struct pt_db *db, int i)
{
	struct fake_batch f;
	struct pt_launch l;
	uint64_t seed = (uint64_t)i + 1;
	int64_t id;

	fake_batch_init(&f, i, "main");
	f.batch.repository = project;
	assert_int_equal(pt_runs_begin(db, &f.batch, &id, NULL), 0);
	fake_launch_init(&l, 0, 0, 0, &seed);
	add_runs(&l, "often", i < STEP ? 1e6 : 1.1e6, &seed);
	if (i % 3 == 1)
		add_runs(&l, "seldom", 5e5, &seed);
	assert_int_equal(pt_runs_add(db, id, &l, NULL), 0);
	pt_launch_release(&l);
	fake_batch_release(&f);
}

static struct pt_db *open_history(void)
{
	struct pt_db *db;
	char path[600];

	pt_snprintf(path, sizeof path, "%s/history.db", config.paths.state);
	assert_int_equal(pt_db_open(path, false, &db, NULL), 0);
	return db;
}

static int begin(void **state)
{
	struct pt_db *db;

	(void)state;
	tree_init(&tree);
	tree_put(&tree, "p/.performance/benchmarks.json", SUITES);
	tree_put(&tree, "q/.performance/x", "");
	tree_put(&tree, "state-p/x", "");
	pt_options_init(&options);
	use("p");
	db = open_history();
	for (int i = 0; i < COMMITS; i++)
		add_commit(db, i);
	pt_db_close(db);
	return 0;
}

static int end(void **state)
{
	(void)state;
	pt_options_release(&options);
	tree_release(&tree);
	return 0;
}

static int setup(void **state)
{
	(void)state;
	use("p");
	return 0;
}

static void test_empty(void **state)
{
	struct pt_board *board;

	(void)state;
	use("q");
	board = pt_board_load(&config, &options, NULL);
	assert_non_null(strstr(board->empty, "No suites yet. `:bench init`"));
	assert_int_equal(board->n_suites, 0);
	pt_board_free(board);
	tree_put(&tree, "q/.performance/benchmarks.json", "{\n\"suites\": 7}");
	board = pt_board_load(&config, &options, NULL);
	assert_non_null(strstr(board->empty, "benchmarks.json:2:"));
	pt_board_free(board);
}

static void test_never_run(void **state)
{
	struct pt_board *board;

	(void)state;
	use("q");
	tree_put(&tree, "q/.performance/benchmarks.json", SUITES);
	config.trust_all = false;
	board = pt_board_load(&config, &options, NULL);
	assert_null(board->empty);
	assert_non_null(strstr(board->notice, "perftop trust"));
	assert_int_equal(board->n_suites, 2);
	assert_int_equal(board->n_rows, 0);
	assert_string_equal(board->suites[0].owner, "us");
	assert_string_equal(board->suites[0].baseline, "no baseline yet");
	assert_int_equal(board->suites[0].last_run_ns, 0);
	pt_board_free(board);
}

static void test_rows(void **state)
{
	struct pt_board *board;
	const struct pt_board_row *often;

	(void)state;
	board = pt_board_load(&config, &options, NULL);
	assert_null(board->notice);
	assert_int_equal(board->suites[0].n, 2); /* the last commit measured both: 19 % 3 is 1 */
	assert_int_equal(board->suites[1].n, 0);
	assert_false(board->suites[0].has_base);
	assert_true(board->suites[0].last_run_ns > 0);
	assert_string_equal(board->suites[0].machine, "quiet");
	often = &board->rows[0];
	assert_string_equal(often->gate->name, "often");
	assert_int_equal(often->gate->state, PT_GATE_ADDED);
	assert_null(often->base);
	assert_int_equal(often->now->n_runs, 5);
	pt_board_free(board);
}

/* Every row has the same commits; what it was not measured at is a gap. */
/* A run of which no launch ended well, after one that had results and where there was none. */
static void test_failed(void **state)
{
	static const char *const names[] = {"parser", "other"};
	struct pt_db *db = open_history();
	struct pt_board *board;
	uint64_t seed = 1;

	(void)state;
	board = pt_board_load(&config, &options, NULL);
	assert_int_equal(board->suites[0].failed_ns, 0);
	pt_board_free(board);
	for (size_t i = 0; i < PT_LEN(names); i++) {
		struct fake_batch f;
		struct pt_launch l;
		int64_t id;

		fake_batch_init(&f, COMMITS + 50, "main");
		f.batch.repository = project;
		f.batch.suite = names[i];
		assert_int_equal(pt_runs_begin(db, &f.batch, &id, NULL), 0);
		fake_launch_init(&l, 0, 0, 0, &seed);
		l.status = PT_LAUNCH_FAILED;
		assert_int_equal(pt_runs_add(db, id, &l, NULL), 0);
		pt_launch_release(&l);
		fake_batch_release(&f);
	}
	pt_db_close(db);
	board = pt_board_load(&config, &options, NULL);
	assert_true(board->suites[0].failed_ns > board->suites[0].last_run_ns);
	assert_true(board->suites[0].last_run_ns > 0);
	assert_int_equal(board->suites[1].last_run_ns, 0);
	assert_true(board->suites[1].failed_ns > 0);
	pt_board_free(board);
}

static void test_histories(void **state)
{
	struct pt_board *board;
	const struct pt_board_row *often, *seldom;

	(void)state;
	board = pt_board_load(&config, &options, NULL);
	often = &board->rows[0];
	seldom = &board->rows[1];
	assert_int_equal(often->n_points, COMMITS);
	assert_int_equal(seldom->n_points, COMMITS);
	for (int i = 0; i < COMMITS; i++) {
		assert_ptr_equal(often->commits, seldom->commits);
		assert_true(isfinite((double)often->points[i].median));
		assert_int_equal(isfinite((double)seldom->points[i].median), i % 3 == 1);
	}
	assert_string_equal(often->commits[STEP].subject, "change 14");
	assert_int_equal(often->n_steps, 1);
	assert_int_equal(often->steps[0].at, STEP);
	assert_true(fabs(often->steps[0].magnitude - 0.1) < 0.01);
	assert_int_equal(seldom->n_steps, 0);
	pt_board_free(board);
}

static void test_base(void **state)
{
	struct pt_board *board;

	(void)state;
	board = pt_board_load(&config, &options, "runs:main");
	assert_true(board->suites[0].has_base);
	assert_string_equal(board->report.base_name, "runs:main");
	assert_int_equal(board->rows[0].gate->state, PT_GATE_COMPARED);
	assert_non_null(board->rows[0].base);
	pt_board_free(board);
	board = pt_board_load(&config, &options, "runs:nowhere");
	assert_false(board->suites[0].has_base);
	assert_non_null(strstr(board->suites[0].baseline, "nowhere"));
	assert_int_equal(board->n_rows, 2);
	pt_board_free(board);
}

static void test_stamp(void **state)
{
	uint64_t before, now;
	struct pt_db *db;

	(void)state;
	before = pt_board_stamp(&config, &options);
	assert_true(before == pt_board_stamp(&config, &options));
	db = open_history();
	add_commit(db, COMMITS);
	pt_db_close(db);
	now = pt_board_stamp(&config, &options);
	assert_true(now != before);
	before = now;
	tree_put(&tree, "p/.performance/baselines/parser/x86_64-test-2c.json", "{}");
	now = pt_board_stamp(&config, &options);
	assert_true(now != before);
	before = now;
	config.trust_all = false;
	assert_true(pt_board_stamp(&config, &options) != before);
}

static void test_live(void **state)
{
	struct pt_live live = {.phase = PT_LIVE_IDLE};
	char line[16];

	(void)state;
	assert_false(pt_live_runs(&live));
	assert_null(pt_live_line(&live, 0));
	for (int i = 0; i < PT_LIVE_LINES + 10; i++) {
		size_t n = pt_snprintf(line, sizeof line, "line %d", i);
		pt_live_print(&live, i % 2, line, n);
	}
	pt_snprintf(line, sizeof line, "line %d", PT_LIVE_LINES + 9);
	assert_string_equal(pt_live_line(&live, 0)->text, line);
	assert_string_equal(pt_live_line(&live, PT_LIVE_LINES - 1)->text, "line 10");
	assert_null(pt_live_line(&live, PT_LIVE_LINES));
	live.phase = PT_LIVE_WAITING;
	assert_true(pt_live_runs(&live));
	assert_string_equal(pt_live_phase_name(PT_LIVE_BUILDING), "building");
	pt_live_release(&live);
}

#define TEST(fn) cmocka_unit_test_setup(fn, setup)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_empty), TEST(test_never_run), TEST(test_rows), TEST(test_histories),
		TEST(test_base),  TEST(test_stamp),	TEST(test_live), TEST(test_failed),
	};

	return cmocka_run_group_tests(tests, begin, end);
}
