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

static void test_spikes(void **state)
{
	double v[300];

	(void)state;
	seed = 2;
	for (size_t i = 0; i < 300; i++)
		v[i] = 1e-6 * exp(0.01 * normal()) * (uniform() < 0.05 ? 2 : 1);
	find(v, 300, true);
	assert_int_equal(n_found, 0);
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

static void test_newest(void **state)
{
	struct pt_changepoint_options options;
	struct pt_step_result got;
	double v[80];

	(void)state;
	seed = 4;
	pt_changepoint_options_init(&options);
	options.bench = true;
	for (size_t i = 0; i < 80; i++)
		v[i] = (i >= 40 ? 110 : 100) * exp(0.01 * normal());
	v[79] = 110;
	assert_int_equal(pt_newest_step(v, 80, &options, &got), 0);
	assert_int_equal(got.step, PT_STEP_NO);
	v[79] = 121;
	assert_int_equal(pt_newest_step(v, 80, &options, &got), 0);
	assert_int_equal(got.step, PT_STEP_SURE);
	assert_true(fabs(got.ratio - 1.1) < 0.01 && got.p < 1e-4);
	v[79] = INFINITY;
	assert_int_equal(pt_newest_step(v, 80, &options, &got), -PT_EINVAL);
	assert_int_equal(pt_newest_step(v, 1, &options, &got), 0);
	assert_int_equal(got.step, PT_STEP_NO);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_steps),	 cmocka_unit_test(test_spikes),
		cmocka_unit_test(test_constant), cmocka_unit_test(test_gaps),
		cmocka_unit_test(test_refuses),	 cmocka_unit_test(test_newest),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
