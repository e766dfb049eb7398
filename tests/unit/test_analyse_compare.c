/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Comparison of two sets of runs: what is called, what is not, and what cannot be. */
#include "perftop/analyse/compare.h"
#include "perftop/base/err.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

enum { MAX_RUNS = 40, MAX_SAMPLES = 40 };

struct side {
	double values[MAX_RUNS][MAX_SAMPLES];
	struct pt_run runs[MAX_RUNS];
	size_t n;
};

static uint64_t seed = 1;

/* Standard normal, near enough. */
static double noise(void)
{
	double sum = -6;

	for (int i = 0; i < 12; i++) {
		seed = seed * 6364136223846793005u + 1442695040888963407u;
		sum += (double)(seed >> 11) / 0x1p53;
	}
	return sum;
}

static void fill(struct side *s, size_t runs, size_t samples, double centre, double launch,
		 double within)
{
	s->n = runs;
	for (size_t i = 0; i < runs; i++) {
		double level = centre * exp(launch * noise());

		for (size_t k = 0; k < samples; k++)
			s->values[i][k] = level * exp(within * noise());
		s->runs[i] = (struct pt_run){s->values[i], samples, samples};
	}
}

/* Each value a run of its own. */
__attribute__((unused)) static void list(struct side *s, const double *v, size_t n)
{
	s->n = n;
	for (size_t i = 0; i < n; i++) {
		s->values[i][0] = v[i];
		s->runs[i] = (struct pt_run){s->values[i], 1, 1};
	}
}

static struct pt_compare_options defaults(void)
{
	struct pt_compare_options o;

	pt_compare_options_init(&o);
	return o;
}

static struct pt_comparison compare(const struct side *a, const struct side *b,
				    const struct pt_compare_options *o)
{
	struct pt_comparison c;

	assert_int_equal(pt_compare(a->runs, a->n, b->runs, b->n, o, &c), 0);
	return c;
}

static void test_verdicts(void **state)
{
	static const struct {
		double change;
		enum pt_verdict lower, higher;
	} rows[] = {
		{1.00, PT_VERDICT_NONE, PT_VERDICT_NONE},
		{1.01, PT_VERDICT_NONE, PT_VERDICT_NONE},
		{1.035, PT_VERDICT_WARN, PT_VERDICT_IMPROVEMENT},
		{1.08, PT_VERDICT_REGRESSION, PT_VERDICT_IMPROVEMENT},
		{0.965, PT_VERDICT_IMPROVEMENT, PT_VERDICT_WARN},
		{0.92, PT_VERDICT_IMPROVEMENT, PT_VERDICT_REGRESSION},
	};
	struct pt_compare_options o = defaults();
	struct side a, b;

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct pt_comparison c;

		fill(&a, 10, 10, 500, 0.004, 0.01);
		fill(&b, 10, 10, 500 * rows[i].change, 0.004, 0.01);
		o.better = PT_BETTER_LOWER;
		c = compare(&a, &b, &o);
		assert_int_equal(c.verdict, rows[i].lower);
		assert_true(fabs(c.ratio / rows[i].change - 1) < 0.01);
		assert_true(c.lo < c.ratio && c.ratio < c.hi);
		assert_true(fabs(c.candidate / c.base - c.ratio) < 1e-9);
		assert_int_equal(c.base_runs, 10);
		assert_false(c.weak);
		o.better = PT_BETTER_HIGHER;
		assert_int_equal(compare(&a, &b, &o).verdict, rows[i].higher);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_verdicts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
