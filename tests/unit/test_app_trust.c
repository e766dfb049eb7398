/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Trust: what was shown, byte by byte, for one project, until taken back. */
#include "perftop/app/project.h"

#include "collect_tree.h"

static struct tree tree;
static struct pt_paths paths;

static int setup(void **state)
{
	(void)state;
	tree_init(&tree);
	pt_snprintf(paths.trust, sizeof paths.trust, "%s/state/trust", tree.dir);
	pt_snprintf(paths.project, sizeof paths.project, "%s/p", tree.dir);
	pt_snprintf(paths.project_file, sizeof paths.project_file, "%s/p/config.json", tree.dir);
	pt_snprintf(paths.suites_file, sizeof paths.suites_file, "%s/p/benchmarks.json", tree.dir);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	tree_release(&tree);
	return 0;
}

static void test_life(void **state)
{
	char *old = NULL, *now = NULL;

	(void)state;
	assert_int_equal(pt_trust_state(&paths, &old, &now), PT_TRUST_NOTHING);
	assert_true(!old && !now);
	tree_put(&tree, "p/config.json", "one\n");
	assert_int_equal(pt_trust_state(&paths, &old, &now), PT_TRUST_NEVER);
	assert_string_equal(now, "one\n");
	assert_null(old);
	assert_int_equal(pt_trust_grant(&paths, now, NULL), 0);
	free(now);
	assert_int_equal(pt_trust_state(&paths, NULL, NULL), PT_TRUST_YES);

	tree_put(&tree, "p/config.json", "two\n");
	assert_int_equal(pt_trust_state(&paths, &old, &now), PT_TRUST_CHANGED);
	assert_string_equal(old, "one\n");
	assert_string_equal(now, "two\n");
	free(old);
	free(now);
	assert_true(pt_trust_holds(&paths, paths.project_file, "one\n", 4));
	assert_false(pt_trust_holds(&paths, paths.project_file, "one\n ", 5));
	assert_false(pt_trust_holds(&paths, paths.project_file, "one", 3));
	assert_false(pt_trust_holds(&paths, paths.project_file, "one\n\0", 5));

	assert_int_equal(pt_trust_revoke(&paths, NULL), 0);
	assert_int_equal(pt_trust_state(&paths, NULL, NULL), PT_TRUST_NEVER);
	assert_false(pt_trust_holds(&paths, paths.project_file, "one\n", 4));
	assert_int_equal(pt_trust_revoke(&paths, NULL), 0); /* nothing left to take back */
}

static void test_other_project(void **state)
{
	struct pt_paths other = paths;

	(void)state;
	tree_put(&tree, "p/config.json", "same");
	tree_put(&tree, "q/config.json", "same");
	pt_snprintf(other.project, sizeof other.project, "%s/q", tree.dir);
	pt_snprintf(other.project_file, sizeof other.project_file, "%s/q/config.json", tree.dir);
	assert_int_equal(pt_trust_grant(&paths, "same", NULL), 0);
	assert_int_equal(pt_trust_state(&paths, NULL, NULL), PT_TRUST_YES);
	assert_int_equal(pt_trust_state(&other, NULL, NULL), PT_TRUST_NEVER);
}

static char record[PATH_MAX];

static int find_record(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st, (void)ftw;
	if (type == FTW_F && strstr(path, "/state/trust/"))
		pt_strlcpy(record, path + strlen(tree.dir) + 1, sizeof record);
	return 0;
}

/* A record that tells of another project, or is cut, is none. */
static void test_records(void **state)
{
	struct stat st;
	char full[2 * PATH_MAX], text[PATH_MAX];

	(void)state;
	tree_put(&tree, "p/config.json", "same");
	assert_int_equal(pt_trust_grant(&paths, "same", NULL), 0);
	nftw(tree.dir, find_record, 8, FTW_PHYS);
	pt_snprintf(full, sizeof full, "%s/%s", tree.dir, record);
	assert_int_equal(stat(full, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	*strrchr(full, '/') = '\0';
	assert_int_equal(stat(full, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0700);

	pt_snprintf(text, sizeof text, "%s\nsame", paths.project);
	tree_put(&tree, record, text);
	assert_int_equal(pt_trust_state(&paths, NULL, NULL), PT_TRUST_YES);
	pt_snprintf(text, sizeof text, "%sx\nsame", paths.project);
	tree_put(&tree, record, text);
	assert_int_equal(pt_trust_state(&paths, NULL, NULL), PT_TRUST_NEVER);
	tree_put(&tree, record, paths.project);
	assert_int_equal(pt_trust_state(&paths, NULL, NULL), PT_TRUST_NEVER);
	tree_put(&tree, record, "");
	assert_int_equal(pt_trust_state(&paths, NULL, NULL), PT_TRUST_NEVER);
}

static void test_no_place(void **state)
{
	struct pt_err err = {0};

	(void)state;
	tree_put(&tree, "state", "a file where the folder should be");
	tree_put(&tree, "p/config.json", "x");
	assert_true(pt_trust_grant(&paths, "x", &err) < 0);
	assert_true(err.msg[0] != '\0');
	assert_int_equal(pt_trust_state(&paths, NULL, NULL), PT_TRUST_NEVER);
	paths.project[0] = '\0';
	assert_int_equal(pt_trust_state(&paths, NULL, NULL), PT_TRUST_NOTHING);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

/* Two files are trusted as one; what was trusted of one alone does not hold for both. */
static void test_two_files(void **state)
{
	char *old = NULL, *now = NULL;

	(void)state;
	tree_put(&tree, "p/config.json", "{}\n");
	assert_int_equal(pt_trust_grant(&paths, "{}\n", NULL), 0);
	assert_int_equal(pt_trust_state(&paths, NULL, NULL), PT_TRUST_YES);
	tree_put(&tree, "p/benchmarks.json", "[]");
	assert_int_equal(pt_trust_state(&paths, &old, &now), PT_TRUST_CHANGED);
	assert_string_equal(old, "{}\n");
	assert_string_equal(now, "== .performance/config.json, 3 bytes\n{}\n"
				 "== .performance/benchmarks.json, 2 bytes\n[]\n");
	assert_int_equal(pt_trust_grant(&paths, now, NULL), 0);
	assert_int_equal(pt_trust_state(&paths, NULL, NULL), PT_TRUST_YES);
	assert_true(pt_trust_holds(&paths, paths.suites_file, "[]", 2));
	assert_false(pt_trust_holds(&paths, paths.suites_file, "[ ]", 3));
	assert_true(pt_trust_holds(&paths, paths.project_file, "{}\n", 3));
	/* The same bytes in one file are something else. */
	assert_false(pt_trust_holds(&paths, paths.project_file, now, strlen(now)));
	tree_put(&tree, "p/config.json", "{ }\n");
	assert_int_equal(pt_trust_state(&paths, NULL, NULL), PT_TRUST_CHANGED);
	free(old);
	free(now);
	pt_snprintf(paths.project_file, sizeof paths.project_file, "%s/p/none.json", tree.dir);
	assert_int_equal(pt_trust_state(&paths, NULL, &now), PT_TRUST_CHANGED);
	assert_string_equal(now, "== .performance/benchmarks.json, 2 bytes\n[]\n");
	free(now);
}

/* What perftop writes for the user is trusted, but not what was there and was not. */
static void test_write(void **state)
{
	bool trusted = false;
	struct pt_err err = {0};

	(void)state;
	tree_put(&tree, "p/x", "");
	assert_int_equal(pt_trust_write(&paths, paths.suites_file, "[1]\n", 4, &trusted, &err), 0);
	assert_true(trusted);
	assert_int_equal(pt_trust_state(&paths, NULL, NULL), PT_TRUST_YES);
	assert_int_equal(pt_trust_write(&paths, paths.suites_file, "[2]\n", 4, &trusted, &err), 0);
	assert_true(trusted);
	tree_put(&tree, "p/config.json", "strange");
	assert_int_equal(pt_trust_write(&paths, paths.suites_file, "[3]\n", 4, &trusted, &err), 0);
	assert_false(trusted);
	assert_int_equal(pt_trust_state(&paths, NULL, NULL), PT_TRUST_CHANGED);
	pt_snprintf(paths.suites_file, sizeof paths.suites_file, "%s/no/such/x", tree.dir);
	assert_true(pt_trust_write(&paths, paths.suites_file, "x", 1, &trusted, &err) < 0);
	assert_true(err.msg[0]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_life),     TEST(test_other_project), TEST(test_records),
		TEST(test_no_place), TEST(test_two_files),     TEST(test_write),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
