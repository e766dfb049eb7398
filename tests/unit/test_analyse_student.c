/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Student's t against closed forms and printed tables. */
#include "perftop/analyse/student.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void near(double got, double want, double tolerance)
{
	if (!(fabs(got - want) <= tolerance * fabs(want)))
		fail_msg("%.15g, expected %.15g", got, want);
}

/* The usual table of critical values, three decimals. */
static void test_table(void **state)
{
	static const struct {
		double level, df, t;
	} rows[] = {
		{.95, 1, 12.706}, {.95, 2, 4.303},  {.95, 5, 2.571},   {.95, 10, 2.228},
		{.95, 18, 2.101}, {.95, 30, 2.042}, {.95, 120, 1.980}, {.99, 10, 3.169},
		{.9, 10, 1.812},  {.999, 4, 8.610}, {.999, 18, 3.922}, {.5, 3, 0.765},
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		assert_true(fabs(pt_student_quantile(rows[i].level, rows[i].df) - rows[i].t) <
			    0.0005001);
	near(pt_student_quantile(.95, INFINITY), 1.959963984540054, 1e-12);
}

/* df 1: 1 - 2 atan(t) / pi; df 2: 1 - t / sqrt(2 + t²). */
static void test_closed_forms(void **state)
{
	(void)state;
	for (double t = 1e-3; t < 1e4; t *= 3) {
		near(pt_student_p(t, 1), 2 * atan2(1, t) / M_PI, 1e-10);
		near(pt_student_p(t, 2), 2 / (2 + t * t) / (1 + t / sqrt(2 + t * t)), 1e-10);
		near(pt_student_p(-t, 2), pt_student_p(t, 2), 0);
	}
	near(pt_student_p(3, 1e12), erfc(3 / sqrt(2)), 1e-9);
	near(pt_student_p(3, 1e8), erfc(3 / sqrt(2)), 1e-6);
}

static void test_inverse(void **state)
{
	(void)state;
	for (double df = 0.7; df < 1e7; df *= 2.7)
		for (double p = 0.9; p > 1e-9; p /= 4)
			near(pt_student_p(pt_student_quantile(1 - p, df), df), p, 1e-6);
}

static void test_edges(void **state)
{
	(void)state;
	assert_true(pt_student_p(0, 5) == 1);
	assert_true(pt_student_p(INFINITY, 5) == 0);
	assert_true(isnan(pt_student_p(NAN, 5)));
	assert_true(isnan(pt_student_p(1, 0)));
	assert_true(pt_student_quantile(0, 5) == 0);
	assert_true(isnan(pt_student_quantile(1, 5)));
	assert_true(isnan(pt_student_quantile(.95, -1)));
	assert_true(isnan(pt_student_quantile(NAN, 3)));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_table),
		cmocka_unit_test(test_closed_forms),
		cmocka_unit_test(test_inverse),
		cmocka_unit_test(test_edges),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
