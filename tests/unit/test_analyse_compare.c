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
static void list(struct side *s, const double *v, size_t n)
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

static struct pt_comparison compare_lists(const double *a, size_t n_a, const double *b, size_t n_b,
					  const struct pt_compare_options *o)
{
	struct side x, y;

	list(&x, a, n_a);
	list(&y, b, n_b);
	return compare(&x, &y, o);
}

#define COMPARE(a, b, o) compare_lists(a, sizeof(a) / sizeof *(a), b, sizeof(b) / sizeof *(b), o)

/* R: t.test(log(b), log(a), var.equal = TRUE): t = 6.7082, df = 8 */
static void test_numbers(void **state)
{
	static const double a[] = {102, 104, 100, 103, 101}, b[] = {109, 107, 111, 108, 110};
	struct pt_compare_options o = defaults();
	struct pt_comparison c = COMPARE(a, b, &o);

	(void)state;
	assert_true(fabs(c.base - 101.99019) < 1e-4);
	assert_true(fabs(c.candidate - 108.99083) < 1e-4);
	assert_true(fabs(c.ratio - 1.06864) < 1e-5);
	assert_true(fabs(c.p_rank - 2.0 / 252) < 1e-9);
	/*
	 * both standard deviations of log are near .0155 and .0145, so the error is .0095 and half
	 * of the interval 2.306 of that
	 */
	assert_true(fabs(log(c.hi / c.ratio) - 2.306 * 0.00949) < 2e-4);
	assert_true(fabs(log(c.hi / c.ratio) - log(c.ratio / c.lo)) < 1e-12);
	assert_true(c.p > 5e-5 && c.p < 3e-4);
	assert_int_equal(c.verdict, PT_VERDICT_WARN); /* +4.6 % at least is not yet 5 % */
	assert_string_equal(c.why, "surely worse, not surely beyond the limit");
}

static void test_exact(void **state)
{
	static const double m = 1e6, at_limit = 1.05e6, beyond = 1.0500001e6, less = 0.9e6;
	struct pt_compare_options o = defaults();
	struct pt_comparison c;

	(void)state;
	o.exact = true;
	c = compare_lists(&m, 1, &m, 1, &o);
	assert_int_equal(c.verdict, PT_VERDICT_NONE);
	assert_true(c.ratio == 1 && c.lo == 1 && c.hi == 1 && c.p == 1);
	assert_false(c.weak);
	c = compare_lists(&m, 1, &at_limit, 1, &o);
	assert_int_equal(c.verdict, PT_VERDICT_WARN);
	assert_true(c.p == 0);
	assert_int_equal(compare_lists(&m, 1, &beyond, 1, &o).verdict, PT_VERDICT_REGRESSION);
	assert_int_equal(compare_lists(&m, 1, &less, 1, &o).verdict, PT_VERDICT_IMPROVEMENT);
	o.better = PT_BETTER_HIGHER;
	assert_int_equal(compare_lists(&m, 1, &less, 1, &o).verdict, PT_VERDICT_REGRESSION);
}

static void test_exact_zero(void **state)
{
	static const double zero = 0, five = 5, minus = -1;
	struct pt_compare_options o = defaults();
	struct pt_comparison c;
	struct side a, b;

	(void)state;
	o.exact = true;
	c = compare_lists(&zero, 1, &zero, 1, &o);
	assert_true(c.ratio == 1);
	assert_int_equal(c.verdict, PT_VERDICT_NONE);
	c = compare_lists(&zero, 1, &five, 1, &o);
	assert_true(isinf(c.ratio) && c.base == 0 && c.candidate == 5);
	assert_int_equal(c.verdict, PT_VERDICT_REGRESSION);
	assert_string_equal(c.why, "was 0");
	c = compare_lists(&five, 1, &zero, 1, &o);
	assert_true(c.ratio == 0);
	assert_int_equal(c.verdict, PT_VERDICT_IMPROVEMENT);
	o.better = PT_BETTER_HIGHER;
	assert_int_equal(compare_lists(&five, 1, &zero, 1, &o).verdict, PT_VERDICT_REGRESSION);
	o.floor = 6;
	assert_int_equal(compare_lists(&five, 1, &zero, 1, &o).verdict, PT_VERDICT_NONE);
	list(&a, &five, 1);
	list(&b, &minus, 1);
	assert_int_equal(pt_compare(a.runs, 1, b.runs, 1, &o, &c), -PT_ERANGE);
}

/* Ranges that overlap are no change; that they are apart, but not by the threshold, warns. */
static void test_exact_varies(void **state)
{
	static const double a[] = {1000, 1004, 1002}, overlap[] = {1003, 1007, 1005},
			    apart[] = {1051, 1060, 1056}, wild[] = {1000, 1200, 1300};
	struct pt_compare_options o = defaults();
	struct pt_comparison c;

	(void)state;
	o.exact = true;
	c = COMPARE(a, overlap, &o);
	assert_int_equal(c.verdict, PT_VERDICT_NONE);
	assert_true(c.p == 1);
	c = COMPARE(a, apart, &o);
	assert_int_equal(c.verdict, PT_VERDICT_WARN);
	assert_true(fabs(c.lo - 1051.0 / 1004) < 1e-12 && fabs(c.hi - 1.06) < 1e-12);
	assert_int_equal(COMPARE(a, wild, &o).verdict, PT_VERDICT_INCONCLUSIVE);
}

static void test_refuses(void **state)
{
	static const double good[] = {1, 2}, zero[] = {1, 0}, huge[] = {1, INFINITY};
	struct pt_compare_options o = defaults();
	struct pt_comparison c = {.p = 42};
	struct pt_run empty = {0};
	struct side a, b;

	(void)state;
	list(&a, good, 2);
	list(&b, zero, 2);
	assert_int_equal(pt_compare(a.runs, 2, b.runs, 2, &o, &c), -PT_ERANGE);
	list(&b, huge, 2);
	assert_int_equal(pt_compare(b.runs, 2, a.runs, 2, &o, &c), -PT_ERANGE);
	assert_int_equal(pt_compare(a.runs, 2, NULL, 0, &o, &c), -PT_ENODATA);
	assert_int_equal(pt_compare(&empty, 1, a.runs, 2, &o, &c), -PT_ENODATA);
	o.exact = true;
	assert_int_equal(pt_compare(&empty, 1, a.runs, 2, &o, &c), -PT_ENODATA);
	assert_int_equal(pt_compare(b.runs, 2, a.runs, 2, &o, &c), -PT_ERANGE);
	assert_true(c.p == 42);
}

/* One launch a side, as Criterion's: what 4 % between launches may explain is not called. */
static void test_single_runs(void **state)
{
	static const struct {
		double change;
		enum pt_verdict verdict;
	} rows[] = {{1, PT_VERDICT_NONE},
		    {1.03, PT_VERDICT_NONE},
		    {1.08, PT_VERDICT_INCONCLUSIVE},
		    {1.4, PT_VERDICT_REGRESSION},
		    {0.7, PT_VERDICT_IMPROVEMENT}};
	struct pt_compare_options o = defaults();
	struct side a, b;

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct pt_comparison c;

		fill(&a, 1, 40, 70, 0, 0.01);
		fill(&b, 1, 40, 70 * rows[i].change, 0, 0.01);
		c = compare(&a, &b, &o);
		assert_int_equal(c.verdict, rows[i].verdict);
		assert_true(c.weak && !c.widened);
		assert_true(strstr(c.why, "single run: weak"));
		assert_true(isnan(c.p_rank));
	}
}

/* The same, where history knows better, for good or bad. */
static void test_single_runs_known(void **state)
{
	struct pt_compare_options o = defaults();
	struct pt_comparison c;
	struct side a, b;

	(void)state;
	fill(&a, 1, 40, 70, 0, 0.01);
	fill(&b, 1, 40, 70 * 1.1, 0, 0.01);
	assert_int_equal(compare(&a, &b, &o).verdict, PT_VERDICT_INCONCLUSIVE);
	o.spread = 0.005;
	o.spread_n = 40;
	c = compare(&a, &b, &o);
	assert_int_equal(c.verdict, PT_VERDICT_REGRESSION);
	assert_true(c.weak && c.widened && fabs(c.spread - 0.005) < 1e-12);
	o.spread = 0.1;
	c = compare(&a, &b, &o);
	assert_int_equal(c.verdict, PT_VERDICT_INCONCLUSIVE);
	assert_true(strstr(c.why, "known to vary by 10.5 % between launches"));
	/* an estimate that came with a wide interval of its own */
	o = defaults();
	fill(&b, 1, 1, 70 * 1.3, 0, 0);
	fill(&a, 1, 1, 70, 0, 0);
	assert_int_equal(compare(&a, &b, &o).verdict, PT_VERDICT_REGRESSION);
	o.candidate_error = 0.15;
	assert_int_equal(compare(&a, &b, &o).verdict, PT_VERDICT_INCONCLUSIVE);
}

/* A single candidate against several runs of the base takes their spread. */
static void test_one_against_several(void **state)
{
	struct pt_compare_options o = defaults();
	struct pt_comparison c;
	struct side a, b;

	(void)state;
	fill(&a, 10, 1, 70, 0.005, 0);
	fill(&b, 1, 1, 70 * 1.1, 0, 0);
	c = compare(&a, &b, &o);
	assert_int_equal(c.verdict, PT_VERDICT_REGRESSION);
	assert_true(c.weak && c.spread > 0.002 && c.spread < 0.01);
	assert_int_equal(c.candidate_runs, 1);
	fill(&a, 10, 1, 70, 0.08, 0);
	assert_int_equal(compare(&a, &b, &o).verdict, PT_VERDICT_INCONCLUSIVE);
}

static void test_few_noisy_runs(void **state)
{
	static const double a[] = {100, 130}, b[] = {112, 145}, same[] = {100, 100},
			    many[] = {103, 103, 103, 103, 103, 103, 103, 103, 103, 103};
	struct pt_compare_options o = defaults();
	struct pt_comparison c = COMPARE(a, b, &o);

	(void)state;
	assert_int_equal(c.verdict, PT_VERDICT_INCONCLUSIVE);
	assert_string_equal(c.why, "too few runs");
	assert_int_equal(COMPARE(b, a, &o).verdict, PT_VERDICT_INCONCLUSIVE);
	c = COMPARE(same, same, &o);
	assert_int_equal(c.verdict, PT_VERDICT_NONE);
	assert_true(c.p == 1 && c.lo == 1 && c.hi == 1);
	c = COMPARE(many, many, &o);
	assert_true(c.p == 1 && c.lo == 1 && c.hi == 1);
}

/* Ten runs that vary by 40 %: an interval of such a width tells nothing, whatever its middle. */
static void test_too_noisy(void **state)
{
	struct pt_compare_options o = defaults();
	struct pt_comparison c;
	struct side a, b;

	(void)state;
	fill(&a, 10, 3, 70, 0.4, 0.01);
	fill(&b, 10, 3, 70, 0.4, 0.01);
	c = compare(&a, &b, &o);
	assert_int_equal(c.verdict, PT_VERDICT_INCONCLUSIVE);
	assert_string_equal(c.why, "too noisy");
}

/* One launch in ten that took twice as long is an accident; two are how it behaves. */
static void test_wild_launches(void **state)
{
	struct pt_compare_options o = defaults();
	struct pt_comparison c;
	struct side a, b;

	(void)state;
	fill(&a, 10, 3, 70, 0.01, 0.01);
	fill(&b, 10, 3, 70, 0.01, 0.01);
	for (int k = 0; k < 3; k++)
		b.values[4][k] *= 2;
	c = compare(&a, &b, &o);
	assert_int_equal(c.verdict, PT_VERDICT_NONE);
	assert_int_equal(c.left_out, 1);
	assert_int_equal(c.candidate_runs, 10);
	assert_true(fabs(c.ratio - 1) < 0.02);
	assert_string_equal(c.why, "1 launch far off left out");
	for (int k = 0; k < 3; k++)
		b.values[7][k] *= 2;
	c = compare(&a, &b, &o);
	assert_int_equal(c.left_out, 0);
	assert_int_equal(c.verdict, PT_VERDICT_INCONCLUSIVE);
	/* of seven launches none is left out */
	b.n = 7;
	assert_int_equal(compare(&a, &b, &o).left_out, 0);
}

static void test_known_spread_widens(void **state)
{
	struct pt_compare_options o = defaults();
	struct pt_comparison narrow, wide;
	struct side a, b;

	(void)state;
	fill(&a, 10, 5, 70, 0.002, 0.002);
	fill(&b, 10, 5, 70 * 1.06, 0.002, 0.002);
	narrow = compare(&a, &b, &o);
	assert_int_equal(narrow.verdict, PT_VERDICT_REGRESSION);
	assert_false(narrow.widened);
	o.spread = 0.05;
	o.spread_n = 60;
	wide = compare(&a, &b, &o);
	assert_true(wide.widened && wide.hi / wide.lo > 4 * narrow.hi / narrow.lo - 3);
	assert_int_equal(wide.verdict, PT_VERDICT_WARN);
	o.spread = 0.0001; /* never narrows what was measured */
	assert_true(compare(&a, &b, &o).hi == narrow.hi);
}

static void test_floor(void **state)
{
	static const double a[] = {2, 2, 2, 2, 2}, b[] = {3, 3, 3, 3, 3};
	struct pt_compare_options o = defaults();
	struct pt_comparison c = COMPARE(a, b, &o);

	(void)state;
	assert_int_equal(c.verdict, PT_VERDICT_REGRESSION);
	o.floor = 1.5;
	c = COMPARE(a, b, &o);
	assert_int_equal(c.verdict, PT_VERDICT_NONE);
	assert_string_equal(c.why, "below the floor");
	o.floor = 1;
	assert_int_equal(COMPARE(a, b, &o).verdict, PT_VERDICT_REGRESSION);
}

/*
 * A machine that drifts: the same numbers prove less when each run begins where the last one
 * ended.
 */
static void test_drift_widens(void **state)
{
	struct pt_compare_options o = defaults();
	struct side a, b;
	double drift = 0, apart, joined;

	(void)state;
	for (int s = 0; s < 2; s++) {
		struct side *side = s ? &b : &a;

		fill(side, 10, 10, 100, 0, 0);
		for (int i = 0; i < 100; i++) {
			drift = 0.9 * drift + 0.01 * noise();
			side->values[i / 10][i % 10] *= exp(drift);
		}
	}
	joined = log(compare(&a, &b, &o).hi / compare(&a, &b, &o).lo);
	for (int i = 0; i < 10; i += 2) { /* the same runs in another order */
		struct pt_run other = a.runs[i];

		a.runs[i] = a.runs[9 - i];
		a.runs[9 - i] = other;
		other = b.runs[i];
		b.runs[i] = b.runs[9 - i];
		b.runs[9 - i] = other;
	}
	apart = log(compare(&a, &b, &o).hi / compare(&a, &b, &o).lo);
	assert_true(joined > 1.4 * apart);
}

static void test_suite(void **state)
{
	enum { N = 200 };
	struct pt_compare_options o[N];
	struct pt_comparison c[N];

	(void)state;
	for (int i = 0; i < N; i++) {
		o[i] = defaults();
		c[i] = (struct pt_comparison){.ratio = 1.04,
					      .lo = 1.02,
					      .hi = 1.06,
					      .p = 0.5,
					      .base = 1,
					      .candidate = 1.04};
	}
	c[7].verdict = PT_VERDICT_WARN;
	c[7].p = 0.005; /* of 200, one such is chance */
	c[8].verdict = PT_VERDICT_REGRESSION;
	c[8].p = 1e-6;
	c[9].verdict = PT_VERDICT_REGRESSION;
	c[9].ratio = 1.3;
	c[9].p = 0.004;
	c[10].verdict = PT_VERDICT_INCONCLUSIVE;
	c[10].p = NAN;
	pt_compare_suite(c, o, N);
	assert_int_equal(c[7].verdict, PT_VERDICT_NONE);
	assert_true(strstr(c[7].why, "200 benchmarks"));
	assert_int_equal(c[8].verdict, PT_VERDICT_REGRESSION);
	assert_int_equal(c[9].verdict, PT_VERDICT_INCONCLUSIVE);
	assert_int_equal(c[10].verdict, PT_VERDICT_INCONCLUSIVE);
	for (int i = 0; i < N; i++)
		c[i].p = 0.004;
	c[7].verdict = PT_VERDICT_WARN; /* when all are like this, none is chance */
	pt_compare_suite(c, o, N);
	assert_int_equal(c[7].verdict, PT_VERDICT_WARN);
	pt_compare_suite(c, o, 0);
}

static void test_clears(void **state)
{
	struct pt_compare_options o = defaults();
	struct pt_comparison c = {.ratio = 1.2, .lo = 1.15, .hi = 1.25};

	(void)state;
	assert_true(pt_compare_clears(&c, &o, 1.06));
	assert_false(pt_compare_clears(&c, &o, 1.12));
	c = (struct pt_comparison){.ratio = 0.8, .lo = 0.75, .hi = 0.85};
	o.better = PT_BETTER_HIGHER;
	assert_true(pt_compare_clears(&c, &o, 0.95));
	assert_false(pt_compare_clears(&c, &o, 0.88));
}

/* 20 commits of 5 runs, each commit at another level, two launches spoilt. */
static void test_launch_spread(void **state)
{
	double v[100], spread;
	size_t sizes[20], n;

	(void)state;
	seed = 5;
	for (size_t i = 0; i < 100; i++)
		v[i] = (100 + 10 * (double)(i / 5)) * exp(0.02 * noise());
	for (size_t i = 0; i < 20; i++)
		sizes[i] = 5;
	v[3] *= 5;
	v[50] *= 3;
	spread = pt_launch_spread(v, sizes, 20, &n);
	assert_true(spread > 0.015 && spread < 0.027);
	assert_int_equal(n, 100);
	assert_true(isnan(pt_launch_spread(v, sizes, 0, &n)));
	assert_int_equal(n, 0);
	sizes[0] = 1;
	assert_true(isnan(pt_launch_spread(v, sizes, 1, &n)));
	sizes[0] = 0;
	sizes[1] = 5;
	assert_false(isnan(pt_launch_spread(v, sizes, 2, &n)));
}

static void test_usual_change(void **state)
{
	double recent[20];
	size_t n;

	(void)state;
	seed = 6;
	for (int i = 0; i < 20; i++) /* two real steps */
		recent[i] = (i < 5 ? 100 : i < 12 ? 130 : 90) * exp(0.02 * noise());
	assert_true(fabs(pt_usual_change(recent, 20, &n) - 0.0283) < 0.012);
	assert_int_equal(n, 19);
	recent[3] = NAN;
	assert_false(isnan(pt_usual_change(recent, 20, &n)));
	assert_int_equal(n, 17);
	assert_true(isnan(pt_usual_change(recent + 10, 5, &n)));
	assert_true(isnan(pt_usual_change(NULL, 0, &n)));
	assert_int_equal(n, 0);
}

/* Runs of today that agree within .2 % prove little when each day is another. */
static void test_days_widen(void **state)
{
	struct pt_compare_options o = defaults();
	struct pt_comparison c;
	struct side a, b;

	(void)state;
	fill(&a, 10, 5, 70, 0.002, 0.002);
	fill(&b, 10, 5, 70 * 1.06, 0.002, 0.002);
	assert_int_equal(compare(&a, &b, &o).verdict, PT_VERDICT_REGRESSION);
	o.usual = 0.03;
	o.usual_n = 19;
	c = compare(&a, &b, &o);
	assert_int_equal(c.verdict, PT_VERDICT_INCONCLUSIVE);
	assert_true(c.widened && c.usual == 0.03);
	assert_true(strstr(c.why, "medians move by 3.0 % from commit to commit"));
	o.usual = 0.0001;
	c = compare(&a, &b, &o);
	assert_true(!c.widened && c.usual == 0);
	assert_int_equal(c.verdict, PT_VERDICT_REGRESSION);
}

/* bench/sim_gate tells more; this only sees that nothing is far off. */
static void test_coverage(void **state)
{
	enum { PAIRS = 1500 };
	static const struct {
		size_t runs;
		double launch, within;
	} rows[] = {{10, 0.02, 0.03}, {4, 0.05, 0.01}, {2, 0.02, 0.02}};
	struct pt_compare_options o = defaults();
	struct side a, b;

	(void)state;
	seed = 11;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		int covered = 0, blocked = 0;

		for (int k = 0; k < PAIRS; k++) {
			struct pt_comparison c;

			fill(&a, rows[i].runs, 5, 50, rows[i].launch, rows[i].within);
			fill(&b, rows[i].runs, 5, 50, rows[i].launch, rows[i].within);
			c = compare(&a, &b, &o);
			covered += c.lo <= 1 && 1 <= c.hi;
			blocked += c.verdict == PT_VERDICT_REGRESSION;
		}
		assert_in_range(covered, PAIRS * 93 / 100, PAIRS * 97 / 100);
		assert_in_range(blocked, 0, PAIRS / 200);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_verdicts),
		cmocka_unit_test(test_numbers),
		cmocka_unit_test(test_exact),
		cmocka_unit_test(test_exact_zero),
		cmocka_unit_test(test_exact_varies),
		cmocka_unit_test(test_refuses),
		cmocka_unit_test(test_single_runs),
		cmocka_unit_test(test_single_runs_known),
		cmocka_unit_test(test_one_against_several),
		cmocka_unit_test(test_few_noisy_runs),
		cmocka_unit_test(test_too_noisy),
		cmocka_unit_test(test_wild_launches),
		cmocka_unit_test(test_known_spread_widens),
		cmocka_unit_test(test_floor),
		cmocka_unit_test(test_drift_widens),
		cmocka_unit_test(test_suite),
		cmocka_unit_test(test_clears),
		cmocka_unit_test(test_launch_spread),
		cmocka_unit_test(test_usual_change),
		cmocka_unit_test(test_days_widen),
		cmocka_unit_test(test_coverage),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
