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

static void test_sigma(void **state)
{
	(void)state;
	assert_near(pt_share_sigma(60, 400, 40, 400), 2.138089935);
	assert_near(pt_share_sigma(40, 400, 60, 400), -2.138089935);
	assert_near(pt_share_sigma(10, 100, 100, 1000), 0);
	assert_near(pt_share_sigma(1, 0, 1, 5), 0);
	assert_near(pt_share_sigma(0, 10, 0, 10), 0);
	assert_near(pt_share_sigma(10, 10, 10, 10), 0);
	assert_near(pt_share_sigma(30, 10, 20, 10), 0);
	assert_false(pt_share_sure(0.23, 100, 0.2, 100));
	assert_true(pt_share_sure(0.23, 1e5, 0.2, 1e5));
	assert_false(pt_share_sure(0.2004, 1e9, 0.2, 1e9)); /* sure, but too little to matter */
	assert_false(pt_share_sure(0.204, 0, 0.2, 1e5));
	assert_true(pt_share_sure(0.206, 0, 0.2, 1e5));
}

static void test_error(void **state)
{
	(void)state;
	assert_near(pt_share_error(10, 100), 0.059568262);
	assert_near(pt_share_error(0, 100), 0.018496749);
	assert_near(pt_share_error(100, 100), 0.018496749);
	assert_near(pt_share_error(5, 0), 0);
	assert_near(pt_share_error(50, 10), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sigma),
		cmocka_unit_test(test_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
