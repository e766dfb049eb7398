/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The repository, of real ones made here with git, and of files that somebody has tampered with. */
#include "perftop/bench/git.h"

#include "perftop/base/child.h"
#include "perftop/base/fs.h"

#include "collect_tree.h"

static struct tree tree;
static struct pt_git git;

static void on_done(void *arg, const struct pt_child_result *result)
{
	if (result->exit_status != 0)
		print_message("%s", result->err);
	*(int *)arg = result->exit_status;
}

static void run_in(const char *folder, const char *script)
{
	const char *const argv[] = {"sh", "-ec", script, NULL};
	const char *const env[] = {"HOME=/nonexistent",
				   "GIT_AUTHOR_NAME=a",
				   "GIT_AUTHOR_EMAIL=a@b",
				   "GIT_COMMITTER_NAME=a",
				   "GIT_COMMITTER_EMAIL=a@b",
				   "GIT_COMMITTER_DATE=1700000000 +0000",
				   NULL};
	struct pt_child_spec spec = {
		.argv = argv, .cwd = folder, .env = env, .max_stdout = 4000, .max_stderr = 4000};
	struct pt_loop *loop = pt_loop_new();
	int status = -1;

	assert_int_equal(pt_child_spawn(loop, &spec, on_done, &status, NULL, NULL), 0);
	while (status < 0)
		pt_loop_step(loop, PT_S);
	pt_loop_free(loop);
	assert_int_equal(status, 0);
}

static void shell(const char *script)
{
	run_in(tree.dir, script);
}

static int setup(void **state)
{
	(void)state;
	tree_init(&tree);
	shell("git init -q r && git -C r symbolic-ref HEAD refs/heads/main && cd r && echo 1 >f && git add f && git commit -q -m 'first one'");
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	tree_release(&tree);
	return 0;
}

static int find(const char *name, struct pt_err *err)
{
	char path[PATH_MAX + 100];

	pt_snprintf(path, sizeof path, "%s/%s", tree.dir, name);
	return pt_git_find(path, &git, err);
}

/* What git itself says of HEAD, against what its files say. */
static void check_head(const char *branch)
{
	const char *const args[] = {"rev-parse", "HEAD", NULL};
	struct pt_str out = PT_STR_INIT;
	struct pt_commit head;
	struct pt_err err = {0};

	if (pt_git_head(&git, &head, &err) < 0)
		fail_msg("%s", err.msg);
	assert_int_equal(pt_git_run(&git, args, &out, &err), 0);
	out.s[strcspn(out.s, "\n")] = '\0';
	assert_string_equal(head.id, out.s);
	assert_string_equal(head.branch, branch);
	pt_str_release(&out);
}

static void test_head(void **state)
{
	struct pt_err err = {0};

	(void)state;
	assert_int_equal(find("r", &err), 0);
	check_head("main");
	shell("mkdir -p r/a/b");
	assert_int_equal(find("r/a/b", &err), 0);
	assert_true(strlen(git.top) > 2 && !strcmp(git.top + strlen(git.top) - 2, "/r"));
	shell("cd r && git pack-refs --all && git checkout -q -b topic/x");
	check_head("topic/x");
	shell("cd r && git pack-refs --all");
	check_head("topic/x");
	shell("cd r && git checkout -q --detach");
	check_head("");
}

static void test_worktree(void **state)
{
	(void)state;
	shell("cd r && git worktree add -q -b side ../w && cd ../w && echo 2 >f && git commit -qam two");
	assert_int_equal(find("w", NULL), 0);
	check_head("side");
	assert_string_not_equal(git.dir, git.common);
	assert_int_equal(find("r", NULL), 0);
	check_head("main");
}

static void test_sha256(void **state)
{
	char path[PATH_MAX + 20];
	struct pt_commit head;

	(void)state;
	shell("git init -q --object-format=sha256 x 2>/dev/null || touch old");
	pt_snprintf(path, sizeof path, "%s/old", tree.dir);
	if (access(path, F_OK) == 0)
		skip(); /* git before 2.29 */
	shell("git init -q -b main --object-format=sha256 s && cd s && git commit -q --allow-empty -m x");
	assert_int_equal(find("s", NULL), 0);
	check_head("main");
	assert_int_equal(pt_git_head(&git, &head, NULL), 0);
	assert_int_equal(strlen(head.id), 64);
}

static void test_none(void **state)
{
	struct pt_commit head;
	struct pt_err err = {0};

	(void)state;
	assert_int_equal(pt_git_find("/", &git, &err), -PT_ENOENT);
	assert_int_equal(find("nowhere", &err), -PT_ENOENT);
	shell("git init -q e");
	assert_int_equal(find("e", &err), 0);
	assert_int_equal(pt_git_head(&git, &head, &err), -PT_ENODATA);
	assert_int_equal(pt_git_commit(&git, "HEAD", &head, &err), -PT_ENODATA);
}

/* HEAD and refs of a stranger lead nowhere else. */
static void test_tampered(void **state)
{
	static const char *const heads[] = {"",
					    "ref: ../../secret\n",
					    "ref: refs/../../../secret\n",
					    "ref: /etc/passwd\n",
					    "rubbish\n",
					    "0123456789012345678901234567890123456789x\n"};
	struct pt_commit head;

	(void)state;
	tree_put(&tree, "r/secret", "0123456789012345678901234567890123456789\n");
	assert_int_equal(find("r", NULL), 0);
	for (size_t i = 0; i < PT_LEN(heads); i++) {
		tree_put(&tree, "r/.git/HEAD", heads[i]);
		assert_true(pt_git_head(&git, &head, NULL) < 0);
	}
	tree_put(&tree, "r/.git/HEAD", "ref: refs/heads/loop\n");
	tree_put(&tree, "r/.git/refs/heads/loop", "ref: refs/heads/loop\n");
	assert_int_equal(pt_git_head(&git, &head, NULL), -PT_ENODATA);
	tree_put(&tree, "r/.git/packed-refs", "# x\nshort refs/heads/p\n^y\n");
	tree_put(&tree, "r/.git/HEAD", "ref: refs/heads/p\n");
	assert_int_equal(pt_git_head(&git, &head, NULL), -PT_ENODATA);
}

static void test_commit(void **state)
{
	struct pt_commit c, main_commit;
	struct pt_err err = {0};

	(void)state;
	assert_int_equal(find("r", NULL), 0);
	assert_int_equal(pt_git_commit(&git, "HEAD", &c, &err), 0);
	assert_string_equal(c.subject, "first one");
	assert_string_equal(c.branch, "main");
	assert_true(c.at_ns == 1700000000 * PT_S);
	assert_false(c.dirty);
	/* Neither what git does not track nor our own folder makes it dirty. */
	shell("cd r && mkdir .performance && echo 1 >.performance/x && git add -f .performance/x && "
	      "git commit -qm p && echo 2 >.performance/x && echo 1 >untracked");
	assert_int_equal(pt_git_commit(&git, "HEAD", &c, &err), 0);
	assert_false(c.dirty);
	shell("cd r && echo 2 >f");
	assert_int_equal(pt_git_commit(&git, "HEAD", &c, &err), 0);
	assert_true(c.dirty);
	assert_int_equal(pt_git_commit(&git, "main", &main_commit, &err), 0);
	assert_string_equal(main_commit.id, c.id);
	assert_string_equal(main_commit.branch, "main");
	assert_int_equal(pt_git_commit(&git, "HEAD~1", &c, &err), 0);
	assert_string_equal(c.subject, "first one");
	assert_string_equal(c.branch, "");
	assert_int_equal(pt_git_commit(&git, "nothing", &c, &err), -PT_ENOENT);
	assert_non_null(strstr(err.msg, "no commit 'nothing'"));
	assert_int_equal(pt_git_commit(&git, "--output=x", &c, &err), -PT_EINVAL);
	assert_int_equal(pt_git_commit(&git, "", &c, &err), -PT_EINVAL);
}

static void test_log(void **state)
{
	struct pt_commit *commits = NULL;
	struct pt_err err = {0};
	size_t n = 0;

	(void)state;
	shell("cd r && for i in 2 3 4; do git commit -q --allow-empty -m \"n $i\"; done");
	assert_int_equal(find("r", NULL), 0);
	assert_int_equal(pt_git_log(&git, "HEAD~3..HEAD", 10, &commits, &n, &err), 0);
	assert_int_equal(n, 3);
	assert_string_equal(commits[0].subject, "n 2");
	assert_string_equal(commits[2].subject, "n 4");
	free(commits);
	assert_int_equal(pt_git_log(&git, "HEAD", 2, &commits, &n, &err), 0);
	assert_int_equal(n, 2);
	assert_string_equal(commits[1].subject, "n 4");
	free(commits);
	assert_int_equal(pt_git_log(&git, "no..where", 2, &commits, &n, &err), -PT_ENOENT);
	assert_true(err.msg[0]);
	assert_int_equal(pt_git_log(&git, "-p", 2, &commits, &n, &err), -PT_EINVAL);
}

static void test_key(void **state)
{
	char key[500], again[500], path[PATH_MAX + 40];
	struct pt_commit first;

	(void)state;
	assert_int_equal(find("r", NULL), 0);
	assert_int_equal(pt_git_commit(&git, "HEAD", &first, NULL), 0);
	shell("cd r && git commit -q --allow-empty -m two");
	assert_int_equal(pt_git_key(&git, key, sizeof key, NULL), 0);
	assert_string_equal(key, first.id);
	/* A shallow clone cannot know it, unless it has been kept. */
	shell("git clone -q --depth 1 file://$PWD/r c");
	assert_int_equal(find("c", NULL), 0);
	assert_true(pt_git_shallow(&git));
	assert_int_equal(pt_git_key(&git, again, sizeof again, NULL), 0);
	assert_string_equal(again, git.top);
	shell("cp r/.git/perftop-key c/.git/");
	assert_int_equal(pt_git_key(&git, again, sizeof again, NULL), 0);
	assert_string_equal(again, key);
	pt_snprintf(path, sizeof path, "%s/r", tree.dir);
	assert_int_equal(pt_git_find(path, &git, NULL), 0);
	assert_false(pt_git_shallow(&git));
	tree_put(&tree, "r/.git/perftop-key", "../../rubbish\n");
	assert_int_equal(pt_git_key(&git, again, sizeof again, NULL), 0);
	assert_string_equal(again, key);
}

/* Nothing that a repository names is started. */
static void test_no_hooks(void **state)
{
	struct pt_commit c;
	char path[PATH_MAX + 40];

	(void)state;
	shell("cd r && printf '#!/bin/sh\\ntouch ../ran\\n' >evil && chmod +x evil && "
	      "git config core.fsmonitor \"$PWD/evil\" && git config core.pager \"$PWD/evil\" && "
	      "git config core.hooksPath \"$PWD\" && cp evil post-index-change && touch f");
	assert_int_equal(find("r", NULL), 0);
	assert_int_equal(pt_git_commit(&git, "HEAD", &c, NULL), 0);
	pt_snprintf(path, sizeof path, "%s/ran", tree.dir);
	assert_int_not_equal(access(path, F_OK), 0);
}

static void test_run(void **state)
{
	const char *const args[] = {"cat-file", "-p", "nothing", NULL};
	struct pt_err err = {0};

	(void)state;
	assert_int_equal(find("r", NULL), 0);
	assert_true(pt_git_run(&git, args, NULL, &err) > 0);
	assert_non_null(strstr(err.msg, "nothing"));
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(test_head),     TEST(test_worktree), TEST(test_sha256), TEST(test_none),
		TEST(test_tampered), TEST(test_commit),	  TEST(test_log),    TEST(test_key),
		TEST(test_no_hooks), TEST(test_run),
	};

	if (access("/usr/bin/git", X_OK) < 0 && access("/usr/local/bin/git", X_OK) < 0) {
		puts("1..0 # SKIP no git here");
		return 0;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
