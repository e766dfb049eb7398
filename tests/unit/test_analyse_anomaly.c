/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Scores of anomalies: what must stand out does, what is customary does not, and a score knows only
 * what came before it.
 */
#include "perftop/analyse/anomaly.h"
#include "perftop/base/clock.h"
#include "perftop/base/mem.h"

#include "allocations.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

enum { DAY = 288, ROWS = 14 * DAY };

static uint64_t state;

static double noise(void)
{
	state = state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (double)(state >> 40) / (double)(1 << 24) - 0.5;
}

/* Two weeks of a server: busy by day, five minutes a row. */
static void days(double *v)
{
	state = 99;
	for (int i = 0; i < ROWS; i++)
		v[i] = 50 + 30 * sin(2 * M_PI * i / DAY) + 4 * noise();
}

static int64_t at(int row)
{
	return (INT64_C(1772323200) + 300 * row) * PT_S;
}

static void score(const double *v, int n, double scale, double *ret)
{
	struct pt_anomaly *a = pt_anomaly_new();

	for (int i = 0; i < n; i++)
		ret[i] = pt_anomaly_score(a, at(i), v[i] * scale);
	pt_anomaly_free(a);
}

static int highest(const double *s, int from, int to)
{
	int best = from;

	for (int i = from; i < to; i++)
		if (s[i] > s[best])
			best = i;
	return best;
}

static int told(const double *s, int from, int to)
{
	int n = 0;

	for (int i = from; i < to; i++)
		n += s[i] >= 0.5;
	return n;
}

static void test_spike(void **unused)
{
	static double v[ROWS], s[ROWS];

	(void)unused;
	days(v);
	v[3000] += 60;
	score(v, ROWS, 1, s);
	assert_int_equal(highest(s, DAY, ROWS), 3000);
	assert_true(s[3000] > 0.55);
	assert_true(told(s, 3001, ROWS) <= 1); /* nor is the next day strange */
	assert_true(told(s, DAY, 3000) <= 3);
}

/* A value that is customary at another time of day. */
static void test_season(void **unused)
{
	static double v[ROWS], s[ROWS];
	int best;

	(void)unused;
	days(v);
	for (int i = 10 * DAY; i < 10 * DAY + DAY / 2; i++)
		v[i] = 50 - (v[i] - 50);
	score(v, ROWS, 1, s);
	best = highest(s, 5 * DAY, ROWS);
	assert_in_range(best, 10 * DAY, 10 * DAY + DAY / 2);
	assert_true(s[best] >= 0.5);
}

static void test_told_once(void **unused)
{
	static double v[ROWS], s[ROWS];

	(void)unused;
	days(v);
	for (int i = 3000; i < ROWS; i++)
		v[i] += 80;
	score(v, ROWS, 1, s);
	assert_in_range(told(s, 3000, 3120), 1, 4);
}

static void test_causal(void **unused)
{
	static double v[ROWS], all[ROWS], some[ROWS];

	(void)unused;
	days(v);
	v[2000] = 500;
	score(v, ROWS, 1, all);
	v[2500] = -1e6; /* must not be known before */
	score(v, 2501, 1, some);
	for (int i = 0; i < 2500; i++)
		assert_true(some[i] == all[i]);
	assert_true(some[2500] > all[2500]);
}

static void test_any_scale(void **unused)
{
	static const double scales[] = {1e-9, 1024, 1e12};
	static double v[ROWS], plain[ROWS], scaled[ROWS];

	(void)unused;
	days(v);
	v[3000] += 60;
	score(v, ROWS, 1, plain);
	for (size_t k = 0; k < PT_LEN(scales); k++) {
		score(v, ROWS, scales[k], scaled);
		assert_int_equal(highest(scaled, DAY, ROWS), 3000);
		assert_true(fabs(scaled[3000] - plain[3000]) < 0.05);
	}
}

/* Missing, wild and constant values: a number in 0..1 all the same, and nothing is allocated. */
static void test_bounds(void **unused)
{
	static const double wild[] = {0, 0, 0, 1e308, -1e308, 5e-324, NAN, INFINITY, -INFINITY, 7};
	struct pt_anomaly *a = pt_anomaly_new();
	size_t before = allocations;

	(void)unused;
	for (int i = 0; i < 20000; i++) {
		double v = i < 10000 ? 42 : wild[i % (int)PT_LEN(wild)];
		double s = pt_anomaly_score(a, i % 3 ? at(i) : -at(i), v);

		assert_true(s >= 0 && s <= 1);
		if (i < 10000 || !isfinite(v))
			assert_true(s < 0.5);
	}
	assert_true(allocations == before);
	pt_anomaly_free(a);
	pt_anomaly_free(NULL);
}

/* Without times rows are five minutes apart. */
static void test_no_times(void **unused)
{
	static double v[ROWS];
	struct pt_anomaly *a = pt_anomaly_new(), *b = pt_anomaly_new();

	(void)unused;
	days(v);
	for (int i = 0; i < ROWS; i++)
		assert_true(pt_anomaly_score(a, -1, v[i]) ==
			    pt_anomaly_score(b, i * 300 * PT_S, v[i]));
	pt_anomaly_free(a);
	pt_anomaly_free(b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_spike),	  cmocka_unit_test(test_season),
		cmocka_unit_test(test_told_once), cmocka_unit_test(test_causal),
		cmocka_unit_test(test_any_scale), cmocka_unit_test(test_bounds),
		cmocka_unit_test(test_no_times),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
