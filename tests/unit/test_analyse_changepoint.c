/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Change points of made-up series whose steps are known. */
#include "perftop/analyse/changepoint.h"
#include "perftop/base/err.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { MAX = 2000 };

static uint64_t seed;

static double uniform(void)
{
	seed = seed * 6364136223846793005u + 1442695040888963407u;
	return ((double)(seed >> 33) + 0.5) / 2147483648.0;
}

static double normal(void)
{
	return sqrt(-2 * log(uniform())) * cos(6.283185307179586 * uniform());
}

/* What was found, in a buffer that the next call overwrites. */
static struct pt_changepoint found[MAX];
static size_t n_found;

static void find(const double *v, size_t n, bool bench)
{
	struct pt_changepoint_options options;
	struct pt_changepoint *got = NULL;

	pt_changepoint_options_init(&options);
	options.bench = bench;
	assert_int_equal(pt_changepoints(v, n, &options, &got, &n_found), 0);
	assert_true(n_found < MAX);
	memcpy(found, got, n_found * sizeof *got);
	free(got);
}

static void test_steps(void **state)
{
	double v[300];

	(void)state;
	seed = 1;
	for (size_t i = 0; i < 300; i++)
		v[i] = 40 * (i >= 100 ? 1.1 : 1) * (i >= 220 ? 0.9 : 1) * exp(0.01 * normal());
	find(v, 300, true);
	assert_int_equal(n_found, 2);
	assert_int_equal(found[0].at, 100);
	assert_int_equal(found[1].at, 220);
	assert_true(fabs(found[0].magnitude - 0.1) < 0.01);
	assert_true(fabs(found[1].magnitude + 0.1) < 0.01);
	assert_true(fabs(found[0].before - 40) < 0.4);
	assert_true(found[0].confidence > 0.99 && found[0].confidence <= 1);
}

/* Histories of few points in coarse numbers, whose differences look as if they remembered; one with
 * a wild first point. */
static void test_few(void **state)
{
	static const double coarse[] = {1107150, 1104950, 1106600, 1105500, 1104400, 1103300,
					1106600, 1105500, 1104400, 1107700, 1006000, 1005000,
					1004000, 1006000, 1005000, 1004000, 1003000, 1006000};
	static const double wild[] = {1004500, 1104950, 1103850, 1103300, 1103300,
				      1103850, 1104000, 1104400, 1104000, 1006000,
				      1005000, 1006000, 1004000, 1005000, 1006000};

	(void)state;
	find(coarse, sizeof coarse / sizeof *coarse, true);
	assert_int_equal(n_found, 1);
	assert_int_equal(found[0].at, 10);
	find(wild, sizeof wild / sizeof *wild, true);
	assert_int_equal(n_found, 1);
	assert_int_equal(found[0].at, 9);
}

static void test_spikes(void **state)
{
	double v[300];

	(void)state;
	seed = 2;
	for (size_t i = 0; i < 300; i++)
		v[i] = 1e-6 * exp(0.01 * normal()) * (uniform() < 0.05 ? 2 : 1);
	find(v, 300, true);
	assert_int_equal(n_found, 0);
	/* Nor do they hide a step, or move it. */
	for (size_t i = 140; i < 300; i++)
		v[i] *= 1.04;
	find(v, 300, true);
	assert_int_equal(n_found, 1);
	assert_int_equal(found[0].at, 140);
}

static void test_constant(void **state)
{
	double v[100];

	(void)state;
	for (size_t i = 0; i < 100; i++)
		v[i] = 123456789;
	find(v, 100, true);
	assert_int_equal(n_found, 0);
	find(v, 100, false);
	assert_int_equal(n_found, 0);
	/* Counts of instructions: a step without any noise. */
	for (size_t i = 60; i < 100; i++)
		v[i] *= 1.03;
	find(v, 100, true);
	assert_int_equal(n_found, 1);
	assert_int_equal(found[0].at, 60);
	assert_true(found[0].before == 123456789 && found[0].after == 123456789 * 1.03);
}

static void test_gaps(void **state)
{
	double v[200];

	(void)state;
	seed = 3;
	for (size_t i = 0; i < 200; i++)
		v[i] = i % 3 == 0 ? NAN : (i >= 100 ? 12 : 10) * exp(0.01 * normal());
	find(v, 200, true);
	assert_int_equal(n_found, 1);
	assert_int_equal(found[0].at, 100);
	for (size_t i = 0; i < 200; i++)
		v[i] = NAN;
	find(v, 200, true);
	assert_int_equal(n_found, 0);
}

static void test_refuses(void **state)
{
	struct pt_changepoint_options options;
	struct pt_changepoint *got = found;
	double v[] = {1, 2, INFINITY, 4};
	size_t n = 7;

	(void)state;
	pt_changepoint_options_init(&options);
	assert_int_equal(pt_changepoints(v, 4, &options, &got, &n), -PT_EINVAL);
	assert_true(got == found && n == 7);
	for (n = 0; n <= 3; n++) {
		static const double few[] = {1, 5, 9};

		find(few, n, true);
		assert_int_equal(n_found, 0);
		find(few, n, false);
		assert_int_equal(n_found, 0);
	}
}

/* A level that wanders or flips is no step of the code. */
static void test_no_steps(void **state)
{
	double slope[400], modes[400], drift[400], wander = 0;

	(void)state;
	seed = 5;
	for (size_t i = 0; i < 400; i++) {
		wander = 0.8 * wander + 0.01 * normal();
		slope[i] = 100 * exp(0.0008 * (double)i + 0.01 * normal());
		modes[i] = 100 * exp(0.007 * normal() + (uniform() < 0.25 ? 0.08 : 0));
		drift[i] = 100 * exp(wander);
	}
	find(slope, 400, true);
	assert_int_equal(n_found, 0);
	find(modes, 400, true);
	assert_int_equal(n_found, 0);
	find(drift, 400, true);
	assert_int_equal(n_found, 0);
	/* A step on top of any of them is. */
	for (size_t i = 200; i < 400; i++) {
		slope[i] *= 1.15;
		modes[i] *= 1.06;
		drift[i] *= 1.12;
	}
	find(slope, 400, true);
	assert_int_equal(n_found, 1);
	assert_int_equal(found[0].at, 200);
	find(modes, 400, true);
	assert_int_equal(n_found, 1);
	assert_in_range(found[0].at, 196, 204);
	find(drift, 400, true);
	assert_int_equal(n_found, 1);
	assert_in_range(found[0].at, 198, 202);
}

static void test_bench_options(void **state)
{
	struct pt_changepoint_options options;
	struct pt_changepoint *got;
	double v[120];
	size_t n;

	(void)state;
	seed = 6;
	pt_changepoint_options_init(&options);
	options.bench = true;
	for (size_t i = 0; i < 120; i++)
		v[i] = (i >= 60 ? 1.01 : 1) * exp(0.001 * normal());
	assert_int_equal(pt_changepoints(v, 120, &options, &got, &n), 0);
	assert_int_equal(n, 0); /* 1 % is of no interest */
	free(got);
	options.least = 0;
	assert_int_equal(pt_changepoints(v, 120, &options, &got, &n), 0);
	assert_int_equal(n, 1);
	assert_int_equal(got[0].at, 60);
	free(got);
	options.noise = 0.05; /* known to be noisier than it looks */
	assert_int_equal(pt_changepoints(v, 120, &options, &got, &n), 0);
	assert_int_equal(n, 0);
	free(got);
}

/* Not all positive: differences in place of ratios. */
static void test_signs(void **state)
{
	double v[100];

	(void)state;
	seed = 7;
	for (size_t i = 0; i < 100; i++)
		v[i] = (i >= 50 ? 3 : -1) + 0.1 * normal();
	find(v, 100, true);
	assert_int_equal(n_found, 1);
	assert_int_equal(found[0].at, 50);
	assert_true(fabs(found[0].magnitude - 4) < 0.1);
	find(v, 100, false);
	assert_int_equal(n_found, 1);
	assert_int_equal(found[0].at, 50);
	assert_true(fabs(found[0].magnitude - 4) < 0.1);
	assert_true(fabs(found[0].before + 1) < 0.1 && fabs(found[0].after - 3) < 0.1);
}

/* Series of any kind from here on. */
static void test_trend(void **state)
{
	double v[300];

	(void)state;
	seed = 8;
	for (size_t i = 0; i < 300; i++)
		v[i] = 50 + 0.7 * (double)i + 5 * normal();
	find(v, 300, false);
	assert_int_equal(n_found, 0);
	for (size_t i = 180; i < 300; i++)
		v[i] -= 60;
	find(v, 300, false);
	assert_int_equal(n_found, 1);
	assert_int_equal(found[0].at, 180);
}

static void test_bend(void **state)
{
	double v[120];

	(void)state;
	seed = 9;
	for (size_t i = 0; i < 120; i++)
		v[i] = (i < 70 ? (double)i : 70 - 1.5 * (double)(i - 70)) + normal();
	find(v, 120, false);
	assert_int_equal(n_found, 1);
	assert_in_range(found[0].at, 67, 73);
	assert_true(found[0].confidence > 0.5 && found[0].confidence <= 1);
}

static void test_season(void **state)
{
	double v[240];

	(void)state;
	seed = 10;
	for (size_t i = 0; i < 240; i++)
		v[i] = 100 + 20 * sin((double)i * 6.283185307 / 12) + 2 * normal();
	find(v, 240, false);
	assert_int_equal(n_found, 0);
	for (size_t i = 100; i < 240; i++)
		v[i] += 15;
	find(v, 240, false);
	assert_int_equal(n_found, 1);
	assert_in_range(found[0].at, 98, 102);
}

/* A random walk wanders without any change; few points are marked. */
static void test_walk(void **state)
{
	double v[500];
	size_t all = 0;

	(void)state;
	seed = 11;
	for (int round = 0; round < 10; round++) {
		v[0] = 0;
		for (size_t i = 1; i < 500; i++)
			v[i] = v[i - 1] + normal();
		find(v, 500, false);
		all += n_found;
	}
	assert_true(all <= 10);
}

static void test_quiet(void **state)
{
	static const size_t sizes[] = {15, 60, 500, 1500};
	double v[1500];

	(void)state;
	seed = 12;
	for (size_t k = 0; k < sizeof sizes / sizeof *sizes; k++) {
		for (size_t i = 0; i < sizes[k]; i++)
			v[i] = 7 + normal() * (uniform() < 0.05 ? 10 : 1);
		find(v, sizes[k], false);
		assert_int_equal(n_found, 0);
	}
}

static void test_sizes(void **state)
{
	static const size_t sizes[] = {16, 100, 1000, 10000};
	double *v = malloc(10000 * sizeof *v);

	(void)state;
	assert_non_null(v);
	seed = 13;
	for (size_t k = 0; k < sizeof sizes / sizeof *sizes; k++) {
		size_t n = sizes[k], at = n / 2 - n / 100 - n / 1000 * 3;

		for (size_t i = 0; i < n; i++)
			v[i] = (i >= at ? 30 : 20) + normal();
		find(v, n, false);
		assert_int_equal(n_found, 1);
		assert_int_equal(found[0].at, at);
		assert_true(fabs(found[0].magnitude - 0.5) < 0.1);
	}
	free(v);
}

static void test_gaps_any(void **state)
{
	double v[200];

	(void)state;
	seed = 14;
	for (size_t i = 0; i < 200; i++)
		v[i] = i % 4 == 1 || i < 5 || i > 190 ? NAN : (i >= 100 ? 8 : 5) + 0.5 * normal();
	find(v, 200, false);
	assert_int_equal(n_found, 1);
	assert_int_equal(found[0].at, 100);
	for (size_t i = 0; i < 200; i++)
		v[i] = NAN;
	find(v, 200, false);
	assert_int_equal(n_found, 0);
}

static void test_scale(void **state)
{
	static const double factors[] = {1000, 1e-9, 1e300, -1}, offsets[] = {0, 1, 0, 1e6};
	double v[300], other[300];
	size_t at[MAX], n;

	(void)state;
	seed = 15;
	for (size_t i = 0; i < 300; i++)
		v[i] = (i < 90 ? 10 : i < 200 ? 14 : 14 + 0.2 * (double)(i - 200)) + normal();
	find(v, 300, false);
	n = n_found;
	assert_true(n >= 2);
	for (size_t i = 0; i < n; i++)
		at[i] = found[i].at;
	assert_in_range(at[0], 89, 91);
	for (size_t k = 0; k < sizeof factors / sizeof *factors; k++) {
		for (size_t i = 0; i < 300; i++)
			other[i] = v[i] * factors[k] + offsets[k];
		find(other, 300, false);
		assert_int_equal(n_found, n);
		for (size_t i = 0; i < n; i++)
			assert_int_equal(found[i].at, at[i]);
	}
}

/* One point is an outlier, whatever its size. */
static void test_spike(void **state)
{
	double v[200];

	(void)state;
	seed = 16;
	for (size_t i = 0; i < 200; i++)
		v[i] = 10 + normal();
	v[50] = 1e9;
	v[120] = -500;
	find(v, 200, false);
	assert_int_equal(n_found, 0);
	/* Many do not hide a step. */
	for (size_t i = 0; i < 200; i++)
		v[i] = (i >= 90 ? 14 : 10) + normal() + (i % 20 == 5 ? 100 : 0);
	find(v, 200, false);
	assert_int_equal(n_found, 1);
	assert_int_equal(found[0].at, 90);
	/* Flat but for that. */
	for (size_t i = 0; i < 200; i++)
		v[i] = i == 77 ? 2 : 1;
	find(v, 200, false);
	assert_int_equal(n_found, 0);
}

static struct pt_step_result newest(const double *v, size_t n)
{
	struct pt_changepoint_options options;
	struct pt_step_result got;

	pt_changepoint_options_init(&options);
	options.bench = true;
	assert_int_equal(pt_newest_step(v, n, &options, &got), 0);
	return got;
}

static void test_newest(void **state)
{
	struct pt_step_result got;
	double v[80];

	(void)state;
	seed = 4;
	for (size_t i = 0; i < 80; i++)
		v[i] = (i >= 40 ? 110 : 100) * exp(0.01 * normal());
	v[78] = v[79] = 110;
	assert_int_equal(newest(v, 80).step, PT_STEP_NO);
	v[79] = 121;
	got = newest(v, 80);
	assert_int_equal(got.step, PT_STEP_SURE);
	assert_true(fabs(got.ratio - 1.1) < 0.01 && got.p < 1e-4);
	v[79] = 100;
	assert_int_equal(newest(v, 80).step, PT_STEP_SURE);
	v[79] = 112.5;
	assert_int_equal(newest(v, 80).step, PT_STEP_SUSPECT);
	/* The same again makes it likelier. */
	got = newest(v, 80);
	v[78] = 112.5;
	assert_true(newest(v, 80).p < got.p / 2);
	/* A spike does not make its neighbour a step. */
	v[78] = 300;
	v[79] = 112.5;
	assert_int_equal(newest(v, 80).step, PT_STEP_SUSPECT);
	v[79] = 110;
	assert_int_equal(newest(v, 80).step, PT_STEP_NO);
}

static void test_newest_short(void **state)
{
	static const double v[] = {100, 101, 100, 150, NAN, -1};
	struct pt_changepoint_options options;
	struct pt_step_result got = {.p = 42};
	double bad[] = {1, 2, 1, 2, INFINITY};

	(void)state;
	for (size_t n = 0; n <= 3; n++)
		assert_int_equal(newest(v, n).step, PT_STEP_NO);
	assert_int_equal(newest(v, 4).step, PT_STEP_SUSPECT);
	assert_int_equal(newest(v, 5).step, PT_STEP_NO);
	assert_int_equal(newest(v, 6).step, PT_STEP_NO);
	pt_changepoint_options_init(&options);
	options.bench = true;
	assert_int_equal(pt_newest_step(bad, 5, &options, &got), -PT_EINVAL);
	bad[0] = INFINITY;
	bad[4] = 1;
	assert_int_equal(pt_newest_step(bad, 5, &options, &got), -PT_EINVAL);
	assert_true(got.p == 42);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_steps),	     cmocka_unit_test(test_spikes),
		cmocka_unit_test(test_constant),     cmocka_unit_test(test_gaps),
		cmocka_unit_test(test_no_steps),     cmocka_unit_test(test_bench_options),
		cmocka_unit_test(test_signs),	     cmocka_unit_test(test_refuses),
		cmocka_unit_test(test_trend),	     cmocka_unit_test(test_bend),
		cmocka_unit_test(test_season),	     cmocka_unit_test(test_walk),
		cmocka_unit_test(test_quiet),	     cmocka_unit_test(test_sizes),
		cmocka_unit_test(test_gaps_any),     cmocka_unit_test(test_scale),
		cmocka_unit_test(test_spike),	     cmocka_unit_test(test_newest),
		cmocka_unit_test(test_newest_short), cmocka_unit_test(test_few),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
