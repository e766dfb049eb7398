/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Mann-Whitney: exact values by hand and from printed tables, ties by listing every way. */
#include "perftop/analyse/ranktest.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/* Samples of 1..n_a+n_b without ties whose U of b over a is u: moves values of a up one by one. */
static double p_of_u(size_t n_a, size_t n_b, size_t u)
{
	double a[40], b[40];

	for (size_t i = 0; i < n_b; i++)
		b[i] = (double)i + 1;
	for (size_t i = 0; i < n_a; i++) {
		size_t beats = u > n_b ? n_b : u;

		u -= beats;
		a[i] = (double)beats + 0.5 + (double)i / 100;
	}
	return pt_rank_test(a, n_a, b, n_b);
}

/* Largest U that is significant at 5 % and at 1 %, two-sided, as tables print it. */
static void test_critical_values(void **state)
{
	static const struct {
		size_t n_a, n_b, u5, u1;
	} rows[] = {{5, 5, 2, 0}, {6, 8, 8, 4}, {8, 8, 13, 7}, {10, 10, 23, 16}, {15, 15, 64, 51}};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		size_t n_a = rows[i].n_a, n_b = rows[i].n_b;

		assert_true(p_of_u(n_a, n_b, rows[i].u5) <= 0.05);
		assert_true(p_of_u(n_a, n_b, rows[i].u5 + 1) > 0.05);
		assert_true(p_of_u(n_a, n_b, rows[i].u1) <= 0.01);
		assert_true(p_of_u(n_a, n_b, rows[i].u1 + 1) > 0.01);
	}
}

/* 2 of C(n, n_a) deals are as extreme as full separation. */
static void test_separation(void **state)
{
	(void)state;
	assert_true(fabs(p_of_u(3, 3, 0) - 2.0 / 20) < 1e-12);
	assert_true(fabs(p_of_u(5, 5, 0) - 2.0 / 252) < 1e-12);
	assert_true(fabs(p_of_u(10, 10, 0) - 2.0 / 184756) < 1e-15);
	assert_true(fabs(p_of_u(10, 10, 100) - 2.0 / 184756) < 1e-15);
	assert_true(fabs(p_of_u(1, 4, 0) - 2.0 / 5) < 1e-12);
	assert_true(p_of_u(1, 1, 0) == 1);
}

/*
 * {1, 2, 2} and {2, 3, 3}: midranks 1 3 3 | 3 5.5 5.5, sum 7. Of the 20 ways, sums of 7 or less:
 * 1+3+3 three times; of 14 or more: 3+5.5+5.5 three times.
 */
static void test_ties(void **state)
{
	static const double a[] = {1, 2, 2}, b[] = {2, 3, 3}, same[] = {4, 4, 4};

	(void)state;
	assert_true(fabs(pt_rank_test(a, 3, b, 3) - 6.0 / 20) < 1e-12);
	assert_true(fabs(pt_rank_test(b, 3, a, 3) - 6.0 / 20) < 1e-12);
	assert_true(pt_rank_test(same, 3, same, 3) == 1);
	assert_true(pt_rank_test(same, 3, same, 1) == 1);
}

/* The approximation joins the exact values where one ends and the other begins. */
static void test_large(void **state)
{
	double exact = p_of_u(15, 15, 60), normal = p_of_u(16, 15, 64);

	(void)state;
	assert_true(exact > 0.02 && exact < 0.04);
	assert_true(normal > 0.02 && normal < 0.04);
	assert_true(p_of_u(20, 20, 0) < 1e-6);
	assert_true(p_of_u(20, 20, 200) > 0.95);
}

static void test_nothing(void **state)
{
	static const double a[] = {1};

	(void)state;
	assert_true(isnan(pt_rank_test(a, 0, a, 1)));
	assert_true(isnan(pt_rank_test(a, 1, a, 0)));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_critical_values),
		cmocka_unit_test(test_separation),
		cmocka_unit_test(test_ties),
		cmocka_unit_test(test_large),
		cmocka_unit_test(test_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
