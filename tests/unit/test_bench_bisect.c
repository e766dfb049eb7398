/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The search over commits: found, interrupted and gone on with, commits that fail, files that lie. */
#include "perftop/bench/bisect.h"

#include "perftop/base/fs.h"

#include "collect_tree.h"

enum { N = 20, GUILTY = 13 };

static struct pt_commit commits[N];
static char file[PATH_MAX + 32];

static struct world {
	int launches, limit; /* canceled after so many; 0: never */
	int fails[N];	     /* so many times, then it works */
	bool broken[N];	     /* never builds */
	int remembered;
	double zero_at;
} world;

static int measure(void *arg, size_t at, double *ret, struct pt_err *err)
{
	struct world *w = arg;

	if (w->limit && w->launches >= w->limit)
		return -PT_ECANCELED;
	w->launches++;
	if (w->broken[at])
		return pt_err_set(err, PT_ENOTSUP, "does not build:\nno such file");
	if (w->fails[at]-- > 0)
		return pt_err_set(err, PT_EIO, "crashed");
	*ret = at >= GUILTY ? 110 + w->launches % 3 : 100 + w->launches % 3;
	if (w->zero_at == (double)at)
		*ret = 0;
	return 0;
}

static void on_progress(void *arg, const struct pt_bisect_progress *p)
{
	struct world *w = arg;

	w->remembered += p->remembered;
	assert_true(p->at < N);
	assert_true(isnan(p->value) == (p->why != NULL));
}

static int search(const char *what, struct pt_bisection_result *ret, struct pt_err *err)
{
	struct pt_bisect_spec spec = {.commits = commits,
				      .n = N,
				      .file = file,
				      .what = what,
				      .measure = measure,
				      .progress = on_progress,
				      .arg = &world};

	world.launches = world.remembered = 0;
	pt_bisection_options_init(&spec.options);
	return pt_bisect(&spec, ret, err);
}

static int start(void **state)
{
	(void)state;
	world = (struct world){.zero_at = -1};
	unlink(file);
	return 0;
}

static void expect_found(size_t first, size_t last)
{
	struct pt_bisection_result r;
	struct pt_err err = {0};

	if (search("x", &r, &err) != 0)
		fail_msg("%s", err.msg);
	assert_int_equal(r.state, PT_BISECTION_FOUND);
	assert_int_equal(r.first, first);
	assert_int_equal(r.last, last);
	assert_int_equal(access(file, F_OK), -1);
}

static void test_found(void **state)
{
	(void)state;
	expect_found(GUILTY, GUILTY);
	assert_int_equal(world.remembered, 0);
}

static void test_interrupted(void **state)
{
	struct pt_bisection_result r;
	int first, whole;

	(void)state;
	expect_found(GUILTY, GUILTY);
	whole = world.launches;
	world.limit = 5;
	assert_int_equal(search("x", &r, NULL), -PT_ECANCELED);
	first = world.launches;
	assert_int_equal(access(file, F_OK), 0);
	world.limit = 0;
	expect_found(GUILTY, GUILTY);
	assert_int_equal(world.remembered, first);
	assert_true(world.launches <= whole);
}

/* A file about another benchmark begins anew; a line that was cut off is no measurement. */
static void test_file(void **state)
{
	struct pt_bisection_result r;
	struct pt_err err = {0};
	char text[600];

	(void)state;
	world.limit = 5;
	assert_int_equal(search("x", &r, NULL), -PT_ECANCELED);
	assert_int_equal(search("y", &r, NULL), -PT_ECANCELED);
	assert_int_equal(world.remembered, 0);
	world.limit = 0;
	pt_snprintf(text, sizeof text,
		    "perftop-bisect 1\nwhat x\nrun %s 100\nrun nobody 5\nrun %s -4\nrun %s x\n\n"
		    "walk\nskip %s would not\nrun %s 99",
		    commits[0].id, commits[1].id, commits[2].id, commits[15].id, commits[3].id);
	assert_int_equal(pt_fs_write(file, text, strlen(text), 0600, NULL), 0);
	expect_found(GUILTY, GUILTY);
	assert_int_equal(world.remembered, 2);
	pt_strlcpy(file + strlen(file), "/no/such", 10);
	assert_int_equal(search("x", &r, &err), -PT_EIO);
	file[strlen(file) - 8] = '\0';
}

static void test_failures(void **state)
{
	struct pt_bisection_result r;
	struct pt_err err = {0};

	(void)state;
	world.broken[GUILTY - 1] = true;
	world.fails[5] = 1; /* once is no reason to give it up */
	expect_found(GUILTY - 1, GUILTY);
	world.broken[GUILTY - 1] = false;
	for (size_t i = 1; i < N - 1; i++)
		world.fails[i] = 9;
	expect_found(1, N - 1);
	memset(world.fails, 0, sizeof world.fails);
	world.zero_at = 0;
	assert_int_equal(search("x", &r, &err), -PT_ENOTSUP);
	assert_non_null(
		strstr(err.msg, "the good commit 000000000000 cannot be measured: measured 0"));
	world.zero_at = -1;
	world.broken[N - 1] = true;
	assert_int_equal(search("x", &r, &err), -PT_ENOTSUP);
	assert_non_null(strstr(err.msg, "the bad commit"));
	assert_non_null(strstr(err.msg, "does not build"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_found, start),
		cmocka_unit_test_setup(test_interrupted, start),
		cmocka_unit_test_setup(test_file, start),
		cmocka_unit_test_setup(test_failures, start),
	};
	struct tree tree;
	int failed;

	tree_init(&tree);
	pt_snprintf(file, sizeof file, "%s/bisect", tree.dir);
	for (size_t i = 0; i < N; i++)
		pt_snprintf(commits[i].id, sizeof commits[i].id, "%040zu", i);
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	tree_release(&tree);
	return failed;
}
