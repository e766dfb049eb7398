/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where a group for launches can be made: a tree of plain folders plays the kernel's. */
#include "../../src/bench/cgroup.h"
#include "perftop/base/child.h"

#include "collect_tree.h"

static struct tree tree;
static char path[PATH_MAX + 200];

static int setup(void **state)
{
	(void)state;
	tree_init(&tree);
	tree_put(&tree, "proc/self/mounts",
		 "proc /proc proc rw 0 0\ncgroup2 /cg cgroup2 rw,nosuid 0 0\n");
	tree_put(&tree, "proc/self/cgroup", "1:name=systemd:/x\n0::/user/app/scope\n");
	tree_put(&tree, "cg/user/app/scope/cgroup.subtree_control", "\n");
	tree_put(&tree, "cg/user/app/cgroup.subtree_control", "cpu memory pids\n");
	tree_put(&tree, "cg/user/cgroup.subtree_control", "cpu memory pids\n");
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	tree_release(&tree);
	return 0;
}

/* A plain folder has no memory.max, so a group made there is taken back. */
static void test_no_limit(void **state)
{
	struct pt_err err = {0};

	(void)state;
	assert_int_equal(cgroup_make(tree.dir, 1 << 20, path, sizeof path, &err), -PT_ENOTSUP);
	assert_non_null(strstr(err.msg, "no cgroup above /user/app/scope may be written to"));
	assert_non_null(strstr(err.msg, "systemd-run"));
}

static void test_none(void **state)
{
	struct pt_err err = {0};

	(void)state;
	tree_put(&tree, "proc/self/cgroup", "4:memory:/x\n");
	assert_int_equal(cgroup_make(tree.dir, 1 << 20, path, sizeof path, &err), -PT_ENOTSUP);
	assert_string_equal(err.msg, "this process is in no cgroup v2");
	tree_put(&tree, "proc/self/mounts", "cgroup /cg cgroup rw 0 0\n");
	assert_int_equal(cgroup_make(tree.dir, 1 << 20, path, sizeof path, &err), -PT_ENOTSUP);
	assert_string_equal(err.msg, "no cgroup v2 is mounted here");
}

static void test_full(void **state)
{
	char group[PATH_MAX + 20];

	(void)state;
	pt_snprintf(group, sizeof group, "%s/g", tree.dir);
	assert_false(cgroup_was_full(group));
	tree_put(&tree, "g/memory.events", "low 0\noom 3\noom_kill 0\n");
	assert_false(cgroup_was_full(group));
	tree_put(&tree, "g/memory.events", "low 0\noom 3\noom_kill 1\n");
	assert_true(cgroup_was_full(group));
}

static void on_done(void *arg, const struct pt_child_result *result)
{
	assert_int_equal(result->refused[PT_CHILD_CGROUP], 0);
	pt_strlcpy(arg, result->out, 200);
}

/* A group of the kernel's own, where one can be made: who starts in it is in it, and is ended. */
static void test_real(void **state)
{
	static const char *const mounts[] = {"/sys/fs/cgroup/unified", "/sys/fs/cgroup"};
	const char *const argv[] = {
		"sh", "-c",
		"setsid sleep 4242 >/dev/null 2>&1 & sed -n s/^0:://p /proc/self/cgroup", NULL};
	struct pt_child_spec spec = {.argv = argv, .max_stdout = 199};
	struct pt_loop *loop;
	char procs[300], said[200] = "";
	bool made = false;

	(void)state;
	for (size_t i = 0; i < PT_LEN(mounts) && !made; i++) {
		pt_snprintf(path, sizeof path, "%s/perftop-test-%ld", mounts[i], (long)getpid());
		pt_snprintf(procs, sizeof procs, "%s/cgroup.procs", path);
		made = mkdir(path, 0755) == 0 && access(procs, W_OK) == 0;
		if (!made)
			rmdir(path);
	}
	if (!made)
		skip();
	spec.cgroup = path;
	loop = pt_loop_new();
	assert_int_equal(pt_child_spawn(loop, &spec, on_done, said, NULL, NULL), 0);
	while (!said[0])
		pt_loop_step(loop, PT_S);
	pt_loop_free(loop);
	assert_non_null(strstr(said, "/perftop-test-"));
	assert_false(cgroup_was_full(path));
	cgroup_remove(path); /* the sleeper with it */
	assert_int_equal(access(path, F_OK), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_no_limit, setup, teardown),
		cmocka_unit_test_setup_teardown(test_none, setup, teardown),
		cmocka_unit_test(test_real),
		cmocka_unit_test_setup_teardown(test_full, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
