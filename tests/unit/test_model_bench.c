/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sets of benchmark results: identity, and medians against sorting. */
#include "perftop/model/bench.h"

#include "perftop/base/mem.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static void test_median(void **state)
{
	uint32_t seed = 1;
	double v[90], sorted[90];

	(void)state;
	for (int round = 0; round < 20000; round++) {
		size_t n = 1 + (size_t)round % PT_LEN(v);
		uint32_t values = round % 3 ? 4 : 100000; /* with many equal ones, and few */
		struct pt_run run = {v, n, n};
		double want;
		for (size_t i = 0; i < n; i++) {
			seed = seed * 1664525 + 1013904223;
			v[i] = sorted[i] = (double)((seed >> 8) % values) - values / 2.0;
		}
		qsort(sorted, n, sizeof *sorted, by_value);
		want = n % 2 ? sorted[n / 2] : sorted[n / 2 - 1] / 2 + sorted[n / 2] / 2;
		assert_true(pt_run_median(&run) == want);
	}
	assert_true(isnan(pt_run_median(&(struct pt_run){0})));
}

static void test_set(void **state)
{
	struct pt_bench_set set;
	struct pt_bench *b;

	(void)state;
	pt_bench_set_init(&set);
	b = pt_bench_set_get(&set, "a", "time", NULL);
	pt_bench_add_sample(b, 1, 3);
	pt_bench_add_sample(b, 2, 5);
	assert_int_equal(b->n_runs, 3);
	assert_true(pt_bench_median(b) == 4); /* a run without samples says nothing */
	assert_ptr_equal(pt_bench_set_get(&set, "a", "time", NULL), b);
	assert_ptr_not_equal(pt_bench_set_get(&set, "a", "time", "old"), b);
	/* Where one part ends and the next begins counts. */
	assert_ptr_not_equal(pt_bench_set_get(&set, "at", "ime", NULL), b);
	assert_null(pt_bench_set_find(&set, "b", "time", NULL));
	pt_bench_set_note(&set, "%d rows", 3);
	pt_bench_set_note(&set, "3 rows");
	assert_int_equal(set.n_notes, 1);
	assert_true(isnan(pt_bench_median(pt_bench_set_get(&set, "b", "time", NULL))));
	pt_bench_set_release(&set);
	assert_int_equal(set.n, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_median),
		cmocka_unit_test(test_set),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
