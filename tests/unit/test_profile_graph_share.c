/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Figures worked out apart: the pooled test of two proportions; the score interval's bounds as the roots
 * x of (p - x)^2 = z^2 x (1 - x) / n. */
#include "perftop/profile/graph.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void assert_near(double got, double want)
{
	if (!(fabs(got - want) < 1e-6))
		fail_msg("%.9f, not %.9f", got, want);
}

/* a of n samples that all weigh the same. */
static struct pt_share share(double a, double n)
{
	return (struct pt_share){n > 0 ? a / n : 0, n, n > 0 ? a / n : 0, 1};
}

static double sigma(double a, double n, double base_a, double base_n)
{
	struct pt_share now = share(a, n), was = share(base_a, base_n);

	return pt_share_sigma(&now, &was);
}

static bool is_sure(double now, double n, double was, double base_n)
{
	struct pt_share a = {now, n, now, 1}, b = {was, base_n, was, 1};

	return pt_share_sure(&a, &b);
}

static double error(double a, double n)
{
	struct pt_share s = share(a, n);

	return pt_share_error(&s);
}

static void test_sigma(void **state)
{
	(void)state;
	assert_near(sigma(60, 400, 40, 400), 2.138089935);
	assert_near(sigma(40, 400, 60, 400), -2.138089935);
	assert_near(sigma(10, 100, 100, 1000), 0);
	assert_near(sigma(1, 0, 1, 5), 0);
	assert_near(sigma(0, 10, 0, 10), 0);
	assert_near(sigma(10, 10, 10, 10), 0);
	assert_near(sigma(30, 10, 20, 10), 0);
	assert_false(is_sure(0.23, 100, 0.2, 100));
	assert_true(is_sure(0.23, 1e5, 0.2, 1e5));
	assert_false(is_sure(0.2004, 1e9, 0.2, 1e9)); /* sure, but too little to matter */
	assert_false(is_sure(0.204, 0, 0.2, 1e5));
	assert_true(is_sure(0.206, 0, 0.2, 1e5));
}

static void test_error(void **state)
{
	(void)state;
	assert_near(error(10, 100), 0.059568262);
	assert_near(error(0, 100), 0.018496749);
	assert_near(error(100, 100), 0.018496749);
	assert_near(error(5, 0), 0);
	assert_near(error(50, 10), 0);
}

/* Two that weigh 10 and eighty that weigh 1, against a hundred of one weight: squares sum to 200 and
 * 280, the variance of the two's share is (0.6 * 200 + 0.04 * 280) / 100^2. */
static void test_weights(void **state)
{
	struct pt_frames *frames = pt_frames_new();
	struct pt_tree *tree = pt_tree_new(frames, 0), *base = pt_tree_new(frames, 0), *diff;
	uint32_t a = pt_frames_name(frames, "a", 1, PT_FRAME_USER), node;
	struct pt_share now, was;

	(void)state;
	for (int i = 0; i < 80; i++)
		pt_tree_add_sample(tree, PT_TREE_ROOT, 1);
	assert_null(tree->squares.self);
	node = pt_tree_child(tree, PT_TREE_ROOT, a);
	pt_tree_add_sample(tree, node, 10);
	pt_tree_add_sample(tree, node, 10);
	/* Where all weigh the same it does not matter how much. */
	for (int i = 0; i < 100; i++)
		pt_tree_add_sample(base, i < 40 ? pt_tree_child(base, PT_TREE_ROOT, a) : 0, 7);
	assert_null(base->squares.self);
	diff = pt_tree_diff(base, tree);
	assert_null(diff->base_squares.self);
	node = diff->child[PT_TREE_ROOT];
	now = pt_share_of(diff, PT_TREE_ROOT, false, diff->total[node], diff->squares.total[node],
			  82);
	was = pt_share_of(diff, PT_TREE_ROOT, true, diff->base_total[node], 0, 100);
	assert_near(now.square, 200 * 82 / 1e4);
	assert_near(now.whole, 280 * 82 / 1e4);
	assert_near(pt_share_sigma(&now, &was), -1.867744414);
	assert_near(pt_share_error(&now), 0.208545582);
	/* What is not known is taken to be as elsewhere. */
	now = pt_share_of(diff, PT_TREE_ROOT, false, diff->total[node], 0, 82);
	assert_near(now.square, 0.2 * 280 * 82 / 1e4);
	pt_tree_free(diff);
	pt_tree_free(base);
	pt_tree_free(tree);
	pt_frames_unref(frames);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sigma),
		cmocka_unit_test(test_error),
		cmocka_unit_test(test_weights),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
