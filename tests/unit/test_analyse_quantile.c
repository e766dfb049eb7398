/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Quantiles against sorting, and what cannot be asked. */
#include "perftop/analyse/quantile.h"
#include "perftop/base/err.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static double quantile(const float *v, size_t n, double q)
{
	float copy[64];
	double got;

	memcpy(copy, v, n * sizeof *v);
	assert_int_equal(pt_quantile_select(copy, n, q, &got), 0);
	return got;
}

/* R: quantile(c(1, 2, 4, 8), q, type = 7) */
static void test_known(void **state)
{
	static const float v[] = {8, 1, 4, 2};

	(void)state;
	assert_true(quantile(v, 4, 0) == 1);
	assert_true(quantile(v, 4, 1) == 8);
	assert_true(quantile(v, 4, 0.5) == 3);
	assert_true(fabs(quantile(v, 4, 0.25) - 1.75) < 1e-12);
	assert_true(fabs(quantile(v, 4, 0.95) - 7.4) < 1e-12);
	assert_true(quantile(v, 1, 0.3) == 8);
}

static void test_refuses(void **state)
{
	float v[] = {1, 2};
	double got = 42;

	(void)state;
	assert_int_equal(pt_quantile_select(v, 0, 0.5, &got), -PT_ENODATA);
	assert_int_equal(pt_quantile_select(v, 2, -0.01, &got), -PT_ERANGE);
	assert_int_equal(pt_quantile_select(v, 2, 1.01, &got), -PT_ERANGE);
	assert_int_equal(pt_quantile_select(v, 2, NAN, &got), -PT_ERANGE);
	assert_true(got == 42);
}

static int compare(const void *a, const void *b)
{
	float x = *(const float *)a, y = *(const float *)b;

	return (x > y) - (x < y);
}

static double sorted_quantile(const float *v, size_t n, double q)
{
	double rank = q * (double)(n - 1);
	size_t k = (size_t)rank, up = k + 1 < n ? k + 1 : k;

	return (double)v[k] + (rank - (double)k) * ((double)v[up] - (double)v[k]);
}

/* Shapes that break careless partitions, each against a sorted copy. */
static void test_against_sorting(void **state)
{
	enum { N = 257 };
	float v[N], sorted[N];
	double got;

	(void)state;
	srand(1);
	for (int round = 0; round < 3000; round++) {
		size_t n = 1 + (size_t)(rand() % N);

		for (size_t i = 0; i < n; i++) {
			const float shapes[] = {(float)(rand() % 100000),
						(float)(rand() % 3),
						(float)i,
						-(float)i,
						7,
						(float)(i < n / 2 ? i : n - i)};

			v[i] = shapes[round % 6];
		}
		memcpy(sorted, v, sizeof v);
		qsort(sorted, n, sizeof *sorted, compare);
		assert_int_equal(pt_quantile_select(v, n, round % 101 / 100.0, &got), 0);
		assert_true(got == sorted_quantile(sorted, n, round % 101 / 100.0));
		qsort(v, n, sizeof *v, compare); /* reordered, nothing lost */
		assert_memory_equal(v, sorted, n * sizeof *v);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_known),
		cmocka_unit_test(test_refuses),
		cmocka_unit_test(test_against_sorting),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
