/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Worktrees of a real repository: made, kept, locked, dropped when there are too many, mended. */
#include "perftop/bench/worktree.h"

#include "perftop/base/fs.h"

#include "collect_tree.h"

static struct tree tree;
static struct pt_git git;
static char cache[600];
static char ids[4][PT_COMMIT_MAX];

static void git_do(const char *a, const char *b, const char *c, const char *d)
{
	struct pt_err err = {0};
	const char *const args[] = {"-c", "user.name=a", "-c", "user.email=a@b", a, b, c, d, NULL};

	if (pt_git_run(&git, args, NULL, &err) != 0)
		fail_msg("git %s %s: %s", a, b, err.msg);
}

static int setup(void **state)
{
	char text[8];

	(void)state;
	tree_init(&tree);
	pt_snprintf(git.top, sizeof git.top, "%s/repo", tree.dir);
	pt_snprintf(cache, sizeof cache, "%s/cache", tree.dir);
	tree_put(&tree, "repo/file", "0");
	git_do("init", "-q", NULL, NULL);
	for (int i = 0; i < 4; i++) {
		pt_snprintf(text, sizeof text, "%d", i);
		tree_put(&tree, "repo/file", text);
		git_do("add", "file", NULL, NULL);
		git_do("commit", "-q", "-m", text);
		assert_int_equal(pt_git_find(git.top, &git, NULL), 0);
		struct pt_commit head;
		assert_int_equal(pt_git_head(&git, &head, NULL), 0);
		pt_strlcpy(ids[i], head.id, sizeof ids[i]);
	}
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	tree_release(&tree);
	return 0;
}

static struct pt_worktrees *open_trees(size_t keep)
{
	struct pt_worktrees *w;

	assert_int_equal(pt_worktrees_open(&git, cache, keep, &w, NULL), 0);
	return w;
}

static void expect_content(const char *folder, const char *content)
{
	char path[700], *text;

	pt_snprintf(path, sizeof path, "%s/file", folder);
	assert_int_equal(pt_fs_read(path, 100, &text, &(size_t){0}, NULL), 0);
	assert_string_equal(text, content);
	free(text);
}

static void test_get(void **state)
{
	struct pt_worktrees *w = open_trees(10), *other = open_trees(10);
	const char *const build[] = {"make", "all", NULL}, *const more[] = {"make", "all x", NULL};
	char a[600], b[600], again[600];
	struct pt_err err = {0};

	(void)state;
	assert_int_equal(pt_worktrees_get(w, ids[0], a, sizeof a, NULL), 0);
	assert_int_equal(pt_worktrees_get(w, ids[2], b, sizeof b, NULL), 0);
	expect_content(a, "0");
	expect_content(b, "2");
	assert_int_equal(pt_worktrees_get(w, ids[0], again, sizeof again, NULL), 0);
	assert_string_equal(a, again);

	assert_int_equal(pt_worktrees_get(other, ids[0], again, sizeof again, &err), -PT_EEXIST);
	assert_non_null(strstr(err.msg, "another perftop"));
	pt_worktrees_put(w, ids[0]);
	assert_int_equal(pt_worktrees_get(other, ids[0], again, sizeof again, NULL), 0);

	assert_false(pt_worktrees_built(w, ids[2], build));
	pt_worktrees_set_built(w, ids[2], build);
	assert_true(pt_worktrees_built(w, ids[2], build));
	assert_false(pt_worktrees_built(w, ids[2], more));
	assert_false(pt_worktrees_built(w, ids[0], build));
	pt_worktrees_close(w);
	pt_worktrees_close(other);

	w = open_trees(10); /* a later visit finds the build */
	assert_int_equal(pt_worktrees_get(w, ids[2], b, sizeof b, NULL), 0);
	assert_true(pt_worktrees_built(w, ids[2], build));
	pt_worktrees_close(w);
}

/* What was cut off or moved elsewhere is made anew, and then nothing is built in it. */
static void test_mended(void **state)
{
	struct pt_worktrees *w = open_trees(10);
	const char *const build[] = {"make", NULL};
	struct pt_git inner;
	char a[600];

	(void)state;
	assert_int_equal(pt_worktrees_get(w, ids[1], a, sizeof a, NULL), 0);
	pt_worktrees_set_built(w, ids[1], build);
	pt_worktrees_close(w);
	assert_int_equal(pt_git_find(a, &inner, NULL), 0);
	assert_int_equal(
		pt_git_run(&inner,
			   (const char *const[]){"checkout", "-q", "--detach", ids[3], NULL}, NULL,
			   NULL),
		0);
	w = open_trees(10);
	assert_int_equal(pt_worktrees_get(w, ids[1], a, sizeof a, NULL), 0);
	expect_content(a, "1");
	assert_false(pt_worktrees_built(w, ids[1], build));
	pt_worktrees_close(w);
}

static void test_keep(void **state)
{
	struct pt_worktrees *w = open_trees(2);
	char path[4][600], lock[700];

	(void)state;
	for (int i = 0; i < 4; i++) {
		struct timespec used[2] = {{.tv_sec = 1000 + i}, {.tv_sec = 1000 + i}};
		assert_int_equal(pt_worktrees_get(w, ids[i], path[i], sizeof path[i], NULL), 0);
		/* File times are too coarse to tell four quick uses apart. */
		pt_snprintf(lock, sizeof lock, "%s.lock", path[i]);
		assert_int_equal(utimensat(AT_FDCWD, lock, used, 0), 0);
	}
	pt_worktrees_close(w);
	assert_int_equal(access(path[0], F_OK), -1);
	assert_int_equal(access(path[1], F_OK), -1);
	assert_int_equal(access(path[2], F_OK), 0);
	assert_int_equal(access(path[3], F_OK), 0);
}

static void test_wrong(void **state)
{
	struct pt_worktrees *w = open_trees(2);
	struct pt_err err = {0};
	char path[600];

	(void)state;
	assert_true(pt_worktrees_get(w, "0123456789012345678901234567890123456789", path,
				     sizeof path, &err) < 0);
	assert_non_null(strstr(err.msg, "cannot check out 012345678901: "));
	pt_worktrees_close(w);
	assert_true(pt_worktrees_open(&git, "/proc/no/such", 2, &w, &err) < 0);
	pt_worktrees_close(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_get),
		cmocka_unit_test(test_mended),
		cmocka_unit_test(test_keep),
		cmocka_unit_test(test_wrong),
	};
	return cmocka_run_group_tests(tests, setup, teardown);
}
