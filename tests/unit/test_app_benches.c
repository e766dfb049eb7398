/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What commands about benchmarks start from: suites, trust, machine, places. */
#include "perftop/app/benches.h"

#include "collect_tree.h"

static struct tree tree;
static struct pt_config config;
static struct pt_options options;
static struct pt_benches b;

#define SUITES \
	"{\"machine_class\": \"lab\", \"suites\": [{\"name\": \"a\", \"command\": [\"true\"]}]}"

static int setup(void **state)
{
	struct pt_paths *paths = &config.paths;

	(void)state;
	tree_init(&tree);
	tree_put(&tree, "p/.performance/x", "");
	config = (struct pt_config){0};
	pt_snprintf(paths->project, sizeof paths->project, "%s/p", tree.dir);
	pt_snprintf(paths->suites_file, sizeof paths->suites_file,
		    "%s/p/.performance/benchmarks.json", tree.dir);
	pt_snprintf(paths->project_file, sizeof paths->project_file,
		    "%s/p/.performance/config.json", tree.dir);
	pt_snprintf(paths->state, sizeof paths->state, "%s/state", tree.dir);
	pt_snprintf(paths->trust, sizeof paths->trust, "%s/state/trust", tree.dir);
	pt_options_init(&options);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	pt_benches_close(&b);
	pt_options_release(&options);
	tree_release(&tree);
	return 0;
}

static void test_no_suites(void **state)
{
	struct pt_err err = {0};

	(void)state;
	pt_benches_open(&b, &config, &options);
	assert_int_equal(pt_benches_suites(&b, &err), -PT_ENOENT);
	assert_non_null(strstr(err.msg, "perftop bench init"));
	assert_int_equal(pt_benches_may_run(&b, &err), -PT_EACCES);
	assert_string_equal(b.repository, config.paths.project); /* no repository either */
	assert_true(b.git_err.code != 0);
	pt_benches_close(&b);
	config.paths.project[0] = '\0';
	pt_benches_open(&b, &config, &options);
	assert_int_equal(pt_benches_suites(&b, &err), -PT_ENOENT);
	assert_non_null(strstr(err.msg, "no project here"));
}

static void test_bad_suites(void **state)
{
	struct pt_err err = {0};

	(void)state;
	tree_put(&tree, "p/.performance/benchmarks.json", "{\n\"suites\": 7}");
	pt_benches_open(&b, &config, &options);
	assert_true(pt_benches_suites(&b, &err) < 0);
	assert_int_equal(err.line, 2);
	assert_int_equal(b.suites.n, 0);
}

static void test_trust(void **state)
{
	struct pt_err err = {0};

	(void)state;
	tree_put(&tree, "p/.performance/benchmarks.json", SUITES);
	pt_benches_open(&b, &config, &options);
	assert_int_equal(pt_benches_suites(&b, &err), 0);
	assert_int_equal(b.suites.n, 1);
	assert_int_equal(pt_benches_may_run(&b, &err), -PT_EACCES);
	assert_non_null(strstr(err.msg, "perftop trust"));
	pt_benches_close(&b);
	config.trust_all = true;
	pt_benches_open(&b, &config, &options);
	assert_int_equal(pt_benches_may_run(&b, &err), 0);
	pt_benches_close(&b);
	config.trust_all = false;
	assert_int_equal(pt_trust_grant(&config.paths,
					"== .performance/benchmarks.json, 72 bytes\n" SUITES "\n",
					NULL),
			 0);
	assert_int_equal(strlen(SUITES), 72);
	pt_benches_open(&b, &config, &options);
	assert_int_equal(pt_benches_may_run(&b, &err), 0);
}

static void test_spec(void **state)
{
	struct pt_runner_spec spec;

	(void)state;
	tree_put(&tree, "p/.performance/benchmarks.json", SUITES);
	pt_benches_open(&b, &config, &options);
	assert_string_equal(b.environment.machine_class, "lab");
	pt_benches_spec(&b, &spec);
	assert_string_equal(spec.project, config.paths.project);
	assert_null(spec.lock);
	assert_non_null(spec.store.add);
	pt_benches_close(&b);
	pt_options_set(&options, PT_OPT_MACHINE_CLASS, "mine", PT_FROM_FLAG, NULL);
	pt_options_set(&options, PT_OPT_LOCK, "/tmp/l", PT_FROM_FLAG, NULL);
	pt_benches_open(&b, &config, &options);
	assert_string_equal(b.environment.machine_class, "mine");
	pt_benches_spec(&b, &spec);
	assert_string_equal(spec.lock, "/tmp/l");
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(test_no_suites),
		TEST(test_bad_suites),
		TEST(test_trust),
		TEST(test_spec),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
