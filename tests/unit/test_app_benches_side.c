/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What people write for a side, against a history and a project made for it. No git, no process. */
#include "perftop/app/baselines.h"
#include "perftop/app/benches.h"
#include "perftop/base/fs.h"
#include "store_runs.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>

#include <cmocka.h>

struct world {
	struct pt_benches b;
	struct pt_config config;
	uint64_t seed;
};

static int open_world(void **state)
{
	const char *top = getenv("PT_TMP");
	struct world *w = pt_calloc(1, sizeof *w);
	static int nth;

	w->seed = 5;
	w->b.config = &w->config;
	w->b.git_err.code = PT_ENOENT;
	w->b.suites_err.code = PT_ENOENT;
	pt_snprintf(w->b.project, sizeof w->b.project, "%s/side-%ld-%d", top ? top : "/tmp",
		    (long)getpid(), nth++);
	pt_snprintf(w->b.history, sizeof w->b.history, "%s/history.db", w->b.project);
	pt_strlcpy(w->b.repository, "root", sizeof w->b.repository);
	w->b.environment.machine_class = pt_strdup("x86_64-test-2c");
	*state = w;
	return 0;
}

static int close_world(void **state)
{
	struct world *w = *state;

	unlink(w->b.history);
	pt_benches_close(&w->b);
	free(w);
	return 0;
}

static void add_commit(struct world *w, int i, const char *branch, int launches)
{
	struct pt_run_store store = pt_benches_store(&w->b);
	struct fake_batch f;
	int64_t batch;

	fake_batch_init(&f, i, branch);
	assert_int_equal(store.begin(store.ctx, &f.batch, &batch, NULL), 0);
	for (int k = 0; k < launches; k++) {
		struct pt_launch l;
		fake_launch_init(&l, k, 3, 5, &w->seed);
		assert_int_equal(store.add(store.ctx, batch, &l, NULL), 0);
		pt_launch_release(&l);
	}
	w->b.head = f.commit;
	fake_batch_release(&f);
}

static int find(struct world *w, const char *what, bool candidate, struct pt_side *side,
		struct pt_err *err)
{
	*side = (struct pt_side){0};
	*err = (struct pt_err){0};
	return pt_benches_side(&w->b, "parser", what, candidate, side, err);
}

static void test_nothing(void **state)
{
	struct world *w = *state;
	struct pt_side side;
	struct pt_err err;
	double spread;
	size_t n;

	assert_int_equal(find(w, NULL, false, &side, &err), -PT_ENOENT);
	assert_non_null(strstr(err.msg, "perftop baseline save"));
	assert_int_equal(find(w, NULL, true, &side, &err), -PT_ENODATA);
	assert_non_null(strstr(err.msg, "perftop bench run parser"));
	assert_int_equal(find(w, "runs:main", false, &side, &err), -PT_ENODATA);
	assert_int_equal(find(w, "no/such/file", false, &side, &err), -PT_EINVAL);
	assert_false(pt_benches_noise(&w->b, "parser", "bench/0", "time", &spread, &n));
	/* Looking makes no database. */
	assert_int_equal(access(w->b.history, F_OK), -1);
}

static void test_latest(void **state)
{
	struct world *w = *state;
	struct pt_side side;
	struct pt_err err;

	add_commit(w, 1, "main", 4);
	add_commit(w, 2, "main", 2);
	assert_int_equal(find(w, NULL, true, &side, &err), 0);
	assert_int_equal(side.set.benches[0]->n_runs, 2);
	assert_string_equal(side.commit.subject, "change 2");
	assert_string_equal(pt_environment_get(&side.environment, "kernel"), "6.1.0");
	assert_non_null(strstr(side.name, "main@"));
	assert_non_null(strstr(side.name, ", 2 runs"));
	pt_side_release(&side);
	/* HEAD has moved on: its runs are not there, and no others stand in. */
	pt_strlcpy(w->b.head.id, "ffffffffffffffffffffffffffffffffffffffff", sizeof w->b.head.id);
	assert_int_equal(find(w, "latest", true, &side, &err), -PT_ENODATA);
	assert_non_null(strstr(err.msg, "at fffffff"));
	/* Nor do those of another machine. */
	free(w->b.environment.machine_class);
	w->b.environment.machine_class = pt_strdup("arm-test-4c");
	w->b.head.id[0] = '\0';
	assert_int_equal(find(w, "latest", true, &side, &err), -PT_ENODATA);
}

static void test_branch(void **state)
{
	struct world *w = *state;
	struct pt_side side;
	struct pt_err err;

	add_commit(w, 1, "main", 4);
	add_commit(w, 2, "main", 4);
	add_commit(w, 3, "topic", 4);
	add_commit(w, 4, "main", 4);
	assert_int_equal(find(w, "runs:main:6", false, &side, &err), 0);
	/* The newest six, without those of HEAD (4). */
	assert_int_equal(side.set.benches[0]->n_runs, 6);
	assert_string_equal(side.commit.subject, "change 2");
	pt_side_release(&side);
	assert_int_equal(find(w, "runs:main:5", true, &side, &err), 0);
	assert_int_equal(side.set.benches[0]->n_runs, 5);
	assert_string_equal(side.commit.subject, "change 4");
	pt_side_release(&side);
	assert_int_equal(find(w, "runs:main", false, &side, &err), 0);
	assert_int_equal(side.set.benches[0]->n_runs, 8);
	pt_side_release(&side);
	assert_int_equal(find(w, "runs:main:0", false, &side, &err), -PT_EINVAL);
	assert_int_equal(find(w, "runs:main:many", false, &side, &err), -PT_EINVAL);
	assert_int_equal(find(w, "runs:other", false, &side, &err), -PT_ENODATA);
}

static void test_noise(void **state)
{
	struct world *w = *state;
	double spread = 0;
	size_t n = 0;

	for (int i = 0; i < 5; i++)
		add_commit(w, i, "main", 8);
	assert_true(pt_benches_noise(&w->b, "parser", "bench/1", "time", &spread, &n));
	assert_int_equal(n, 40);
	/* Launches were made to differ by 2 %, and each is a median of five that differ by 3 %. */
	assert_true(spread > 0.012 && spread < 0.045);
	assert_false(pt_benches_noise(&w->b, "parser", "bench/9", "time", &spread, &n));
	assert_false(pt_benches_noise(&w->b, "other", "bench/1", "time", &spread, &n));
	/* Known things are asked for again only after forgetting. */
	add_commit(w, 6, "main", 8);
	assert_true(pt_benches_noise(&w->b, "parser", "bench/1", "time", &spread, &n));
	assert_int_equal(n, 40);
	pt_benches_forget(&w->b);
	assert_true(pt_benches_noise(&w->b, "parser", "bench/1", "time", &spread, &n));
	assert_int_equal(n, 48);
}

static void test_baseline(void **state)
{
	struct world *w = *state;
	struct pt_baseline_saved saved;
	struct pt_baseline_file *files;
	struct pt_side side;
	struct pt_err err;
	size_t n;

	add_commit(w, 1, "main", 6);
	assert_int_equal(pt_baselines_save(&w->b, "parser", NULL, NULL, false, &saved, &err), 0);
	assert_int_equal(saved.measured, 3);
	assert_int_equal(find(w, NULL, false, &side, &err), 0);
	assert_string_equal(side.baseline.suite, "parser");
	assert_int_equal(side.set.n, 3);
	assert_int_equal(side.baseline.entries[0].n_recent, 1);
	assert_int_equal(side.baseline.entries[0].spread_n, 6);
	pt_side_release(&side);
	/* Saved again of the same commit it knows no more; of the next one it does. */
	assert_int_equal(pt_baselines_save(&w->b, "parser", NULL, NULL, false, &saved, &err), 0);
	add_commit(w, 2, "main", 6);
	pt_benches_forget(&w->b);
	unlink(w->b.history); /* a fresh machine of the same class */
	add_commit(w, 3, "main", 6);
	assert_int_equal(pt_baselines_save(&w->b, "parser", NULL, NULL, false, &saved, &err), 0);
	assert_int_equal(find(w, "baseline:main", false, &side, &err), 0);
	assert_int_equal(side.baseline.entries[0].n_recent, 2);
	assert_true(side.baseline.entries[0].spread_n >= 6);
	pt_side_release(&side);
	assert_int_equal(pt_baselines_list(w->b.project, NULL, &files, &n, &err), 0);
	assert_int_equal(n, 1);
	assert_int_equal(files[0].baseline.n, 3);
	pt_baselines_free(files, n);
	/* Another machine class cannot use it, and is told which there is. */
	free(w->b.environment.machine_class);
	w->b.environment.machine_class = pt_strdup("arm-test-4c");
	assert_int_equal(find(w, NULL, false, &side, &err), -PT_ENOTSUP);
	assert_non_null(strstr(err.msg, "x86_64-test-2c"));
}

static void test_files(void **state)
{
	static const char text[] = "parse: 10 ns\nparse: 11 ns\nwrite: 7 ns\n";
	static const char older[] = /* the newest has no number */
		"{\"repoUrl\":\"\",\"entries\":{\"S\":["
		"{\"commit\":{\"id\":\"abc\"},\"date\":1,\"tool\":\"cargo\",\"benches\":"
		"[{\"name\":\"b\",\"value\":1,\"unit\":\"ns/iter\"}]},"
		"{\"commit\":{\"id\":\"def\"},\"date\":2,\"tool\":\"cargo\",\"benches\":[]}]}}";
	struct world *w = *state;
	char path[700];
	struct pt_side side;
	struct pt_err err;

	mkdir(w->b.project, 0700);
	pt_snprintf(path, sizeof path, "%s/results.txt", w->b.project);
	assert_int_equal(pt_fs_write(path, text, sizeof text - 1, 0600, NULL), 0);
	assert_int_equal(find(w, path, true, &side, &err), 0);
	assert_int_equal(side.set.n, 2);
	assert_false(side.has_environment);
	pt_side_release(&side);
	assert_int_equal(pt_fs_write(path, "what is this?", 13, 0600, NULL), 0);
	assert_true(find(w, path, true, &side, &err) < 0);
	assert_true(err.msg[0]);
	assert_int_equal(pt_fs_write(path, older, sizeof older - 1, 0600, NULL), 0);
	assert_int_equal(find(w, path, true, &side, &err), -PT_EINVAL);
	assert_non_null(strstr(err.msg, "results.txt@abc"));
	unlink(path);
}

#define WORLD_TEST(f) cmocka_unit_test_setup_teardown(f, open_world, close_world)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WORLD_TEST(test_nothing), WORLD_TEST(test_latest),   WORLD_TEST(test_branch),
		WORLD_TEST(test_noise),	  WORLD_TEST(test_baseline), WORLD_TEST(test_files),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
