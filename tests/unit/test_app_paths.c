/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where things are: XDG folders, and the project from anywhere in it. */
#include "perftop/app/project.h"

#include "collect_tree.h"

static struct tree tree;
static struct pt_options options;
static char real[PATH_MAX];

static int setup(void **state)
{
	(void)state;
	tree_init(&tree);
	/* As getcwd() will tell it. */
	assert_non_null(realpath(tree.dir, real));
	pt_options_init(&options);
	unsetenv("XDG_CONFIG_HOME");
	unsetenv("XDG_STATE_HOME");
	setenv("HOME", "/home/me", 1);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	assert_int_equal(chdir("/"), 0);
	tree_release(&tree);
	pt_options_release(&options);
	return 0;
}

static void go(const char *folder)
{
	char path[PATH_MAX + 64];

	pt_snprintf(path, sizeof path, "%s/%s", tree.dir, folder);
	assert_int_equal(chdir(path), 0);
}

/* Of the project, below the tree; "" for none. */
static void expect_project(const char *below)
{
	struct pt_paths paths;
	char want[PATH_MAX + 64];

	pt_paths_find(&options, &paths);
	pt_snprintf(want, sizeof want, "%s%s", real, below);
	assert_string_equal(paths.project, want);
	pt_snprintf(want, sizeof want, "%s%s/.performance/config.json", real, below);
	assert_string_equal(paths.project_file, want);
}

static void test_home(void **state)
{
	struct pt_paths p;

	(void)state;
	pt_paths_find(&options, &p);
	assert_string_equal(p.config, "/home/me/.config/perftop");
	assert_string_equal(p.config_file, "/home/me/.config/perftop/config.json");
	assert_string_equal(p.layouts, "/home/me/.config/perftop/layouts");
	assert_string_equal(p.themes, "/home/me/.config/perftop/themes");
	assert_string_equal(p.state, "/home/me/.local/state/perftop");
	assert_string_equal(p.trust, "/home/me/.local/state/perftop/trust");

	setenv("XDG_CONFIG_HOME", "/c", 1);
	setenv("XDG_STATE_HOME", "relative", 1); /* which the specification says to ignore */
	pt_paths_find(&options, &p);
	assert_string_equal(p.config_file, "/c/perftop/config.json");
	assert_string_equal(p.state, "/home/me/.local/state/perftop");

	pt_options_set(&options, PT_OPT_CONFIG, "mine.json", PT_FROM_FLAG, NULL);
	pt_paths_find(&options, &p);
	assert_string_equal(p.config_file, "mine.json");
	assert_string_equal(p.layouts, "/c/perftop/layouts");
}

static void test_nearest(void **state)
{
	(void)state;
	tree_put(&tree, "top/.git/HEAD", "");
	tree_put(&tree, "top/a/b/c/file", "");
	go("top/a/b/c");
	expect_project("/top");
	tree_put(&tree, "top/a/.performance/config.json", "{}");
	expect_project("/top/a");
	/* A nearer git top does not hide a project above it. */
	tree_put(&tree, "top/a/b/.git/HEAD", "");
	expect_project("/top/a");
	tree_put(&tree, "top/a/b/c/.performance/x", "");
	expect_project("/top/a/b/c");
}

static void expect_init(const char *below)
{
	struct pt_paths paths;
	char want[PATH_MAX + 64];

	pt_paths_find(&options, &paths);
	pt_paths_for_init(&options, &paths);
	pt_snprintf(want, sizeof want, "%s%s/.performance/benchmarks.json", real, below);
	assert_string_equal(paths.suites_file, want);
}

/* A first file is made in the checkout that one is in, not in another project around it. */
static void test_init(void **state)
{
	(void)state;
	tree_put(&tree, "top/.performance/config.json", "{}");
	tree_put(&tree, "top/sub/a/file", "");
	go("top/sub/a");
	expect_init("/top");
	tree_put(&tree, "top/sub/.git", "gitdir: elsewhere\n");
	expect_init("/top/sub");
	tree_put(&tree, "top/sub/a/.performance/config.json", "{}");
	expect_init("/top/sub/a");
	pt_options_set(&options, PT_OPT_PROJECT, "../..", PT_FROM_FLAG, NULL);
	expect_init("/top");
}

static void test_init_nowhere(void **state)
{
	struct pt_paths p;

	(void)state;
	assert_int_equal(chdir("/proc"), 0);
	pt_paths_find(&options, &p);
	pt_paths_for_init(&options, &p);
	assert_string_equal(p.project_file, "/proc/.performance/config.json");
}

static void test_worktree(void **state)
{
	(void)state;
	tree_put(&tree, "tree/.git", "gitdir: elsewhere\n");
	tree_put(&tree, "tree/src/.performance", "a file, no folder\n");
	go("tree/src");
	expect_project("/tree");
}

static void test_asked_for(void **state)
{
	struct pt_paths p;
	char path[PATH_MAX + 64];

	(void)state;
	tree_put(&tree, "one/.performance/config.json", "{}");
	tree_put(&tree, "two/file", "");
	go("one");
	pt_options_set(&options, PT_OPT_PROJECT, "../two/.", PT_FROM_FLAG, NULL);
	expect_project("/two");
	pt_snprintf(path, sizeof path, "%s/none", tree.dir);
	pt_options_set(&options, PT_OPT_PROJECT, path, PT_FROM_FLAG, NULL);
	pt_paths_find(&options, &p);
	assert_string_equal(p.project, path);
}

static void test_nowhere(void **state)
{
	struct pt_paths p;

	(void)state;
	assert_int_equal(chdir("/proc"), 0);
	pt_paths_find(&options, &p);
	assert_string_equal(p.project, "");
	assert_string_equal(p.project_file, "");
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_home),	 TEST(test_nearest), TEST(test_worktree),
		TEST(test_asked_for),	 TEST(test_nowhere), TEST(test_init),
		TEST(test_init_nowhere),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
