/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Forecasts and seasons: known futures are met, intervals hold, and odd input is answered. */
#include "perftop/analyse/forecast.h"
#include "perftop/base/err.h"
#include "perftop/base/mem.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

enum { N = 840, H = 48 };

static uint64_t state = 1;

/* About normal, variance 1. */
static double noise(void)
{
	double sum = 0;

	for (int i = 0; i < 12; i++) {
		state = state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
		sum += (double)(state >> 40) / (double)(1 << 24) - 0.5;
	}
	return sum;
}

/* Hours of a service: days, weekends, a slow rise. */
static double hour(int i)
{
	double day = 10 * sin(2 * M_PI * i / 24.0) + 4 * sin(4 * M_PI * i / 24.0 + 1);

	return 100 + (i / 24 % 7 >= 5 ? 0.4 * day - 6 : day) + 0.01 * i;
}

static int forecast(const double *v, size_t n, size_t h, struct pt_forecast *ret)
{
	struct pt_forecast_options options;

	pt_forecast_options_init(&options);
	return pt_forecast(v, n, h, &options, ret);
}

static void in_order(const struct pt_forecast *f, size_t h)
{
	for (size_t i = 0; i < h; i++) {
		assert_true(isfinite(f[i].lo95) && isfinite(f[i].hi95));
		assert_true(f[i].lo95 <= f[i].lo80 && f[i].lo80 <= f[i].mean);
		assert_true(f[i].mean <= f[i].hi80 && f[i].hi80 <= f[i].hi95);
	}
}

static void test_hours(void **unused)
{
	static double v[N];
	struct pt_forecast f[H];
	double error = 0, naive = 0;
	int held = 0;

	(void)unused;
	for (int i = 0; i < N; i++)
		v[i] = hour(i) + noise();
	assert_int_equal(forecast(v, N, H, f), 0);
	in_order(f, H);
	for (int i = 0; i < H; i++) {
		double got = hour(N + i) + noise();

		error += fabs(got - f[i].mean);
		naive += fabs(got - v[N + i - 168]);
		held += got >= f[i].lo95 && got <= f[i].hi95;
	}
	assert_true(error < 0.85 * naive);
	assert_true(held >= H * 8 / 10);
	assert_true(f[0].hi95 - f[0].lo95 < 12);
}

static void test_seasons(void **unused)
{
	static double v[4 * 2016];
	size_t s[2] = {0};

	(void)unused;
	for (int i = 0; i < N; i++)
		v[i] = hour(i) + noise();
	assert_int_equal(pt_seasons(v, N, s, 2), 2);
	assert_int_equal(s[0], 24);
	assert_int_equal(s[1], 168);
	assert_int_equal(pt_seasons(v, N, s, 1), 1);
	assert_int_equal(pt_seasons(v, N, s, 0), 0);
	for (int i = 0; i < 4 * 2016; i++)
		v[i] = hour(i / 12) + noise();
	assert_int_equal(pt_seasons(v, 4 * 2016, s, 2), 2);
	assert_int_equal(s[0], 288);
	assert_int_equal(s[1], 2016);
	for (int i = 0; i < 260; i++)
		v[i] = 5 * cos(2 * M_PI * i / 52) + noise();
	v[100] = 1e6; /* one wild value hides no season */
	assert_int_equal(pt_seasons(v, 260, s, 2), 1);
	assert_int_equal(s[0], 52);
}

/* Two years and a bit of weeks: few cycles of a smooth season are seen, and called a year. */
static void test_year(void **unused)
{
	double v[125 + 13], error = 0, naive = 0;
	struct pt_forecast f[13];
	int found = 0;

	(void)unused;
	for (int series = 0; series < 20; series++) {
		size_t s[2] = {0};

		for (int i = 0; i < 125 + 13; i++)
			v[i] = 50 + 3 * cos(2 * M_PI * (i + series) / 52) + noise();
		found += pt_seasons(v, 125, s, 2) == 1 && s[0] == 52;
		assert_int_equal(forecast(v, 125, 13, f), 0);
		for (int i = 0; i < 13; i++) {
			error += fabs(v[125 + i] - f[i].mean);
			naive += fabs(v[125 + i] - v[125 + i - 52]);
		}
	}
	assert_true(found >= 18);
	assert_true(error < 0.85 * naive);
}

/* Noise as smooth as a season is none: its cycles do not say the same. */
static void test_smooth_noise(void **unused)
{
	double v[200], e = 0;
	int found = 0;

	(void)unused;
	for (int series = 0; series < 50; series++) {
		size_t s[2];

		for (int i = 0; i < 200; i++)
			v[i] = e = 0.9 * e + noise();
		found += pt_seasons(v, 200, s, 2) > 0;
	}
	assert_true(found <= 4);
}

/* Saturdays and Sundays are foretold, though they are too little of noisy hours to be sure of. */
static void test_weak_week(void **unused)
{
	static double v[N + 168];
	struct pt_forecast f[168];
	double work = 0, rest = 0;

	(void)unused;
	for (int i = 0; i < N + 168; i++)
		v[i] = 20 + 2 * sin(2 * M_PI * i / 24) - (i / 24 % 7 >= 5 ? 2 : 0) + 2 * noise();
	assert_int_equal(forecast(v, N, 168, f), 0);
	for (int i = 0; i < 168; i++)
		*((N + i) / 24 % 7 >= 5 ? &rest : &work) += f[i].mean;
	assert_true(work / 120 - rest / 48 > 1 && work / 120 - rest / 48 < 3);
}

static void test_no_season(void **unused)
{
	static double v[N];
	size_t s[2];
	double walk = 0;

	(void)unused;
	for (int i = 0; i < N; i++)
		v[i] = noise();
	assert_int_equal(pt_seasons(v, N, s, 2), 0);
	for (int i = 0; i < N; i++)
		v[i] = walk += noise();
	assert_int_equal(pt_seasons(v, N, s, 2), 0);
	for (int i = 0; i < N; i++)
		v[i] = 3;
	assert_int_equal(pt_seasons(v, N, s, 2), 0);
	assert_int_equal(pt_seasons(v, 3, s, 2), 0);
	for (int i = 0; i < N; i++)
		v[i] = NAN;
	assert_int_equal(pt_seasons(v, N, s, 2), 0);
}

/* A step of the level long ago is no error of today. */
static void test_shift(void **unused)
{
	static double v[N];
	struct pt_forecast f[H];

	(void)unused;
	for (int i = 0; i < N; i++)
		v[i] = hour(i) + (i < 500 ? 0 : 60) + noise();
	assert_int_equal(forecast(v, N, H, f), 0);
	for (int i = 0; i < H; i++)
		assert_true(fabs(f[i].mean - hour(N + i) - 60) < 5);
}

static void test_bounds(void **unused)
{
	static double v[N];
	struct pt_forecast_options options;
	struct pt_forecast f[H];

	(void)unused;
	for (int i = 0; i < N; i++)
		v[i] = fabs(noise());
	assert_int_equal(forecast(v, N, H, f), 0);
	for (int i = 0; i < H; i++)
		assert_true(f[i].lo95 >= 0); /* never was below */
	pt_forecast_options_init(&options);
	options.lo = 0.2;
	options.hi = 1;
	assert_int_equal(pt_forecast(v, N, H, &options, f), 0);
	in_order(f, H);
	for (int i = 0; i < H; i++)
		assert_true(f[i].lo95 >= 0.2 && f[i].hi95 <= 1);
}

static void test_short(void **unused)
{
	static const double two[] = {3, 5}, gap[] = {NAN, 3, NAN, NAN, 5, NAN};
	static const double bad[] = {1, INFINITY, 2};
	double v[40];
	struct pt_forecast f[200];

	(void)unused;
	assert_int_equal(forecast(two, 0, 3, f), -PT_ENODATA);
	assert_int_equal(forecast(two, 1, 3, f), -PT_ENODATA);
	assert_int_equal(forecast(gap, 4, 3, f), -PT_ENODATA);
	assert_int_equal(forecast(bad, 3, 3, f), -PT_EINVAL);
	assert_int_equal(forecast(two, 2, 3, f), 0);
	in_order(f, 3);
	assert_int_equal(forecast(gap, 6, 200, f), 0);
	in_order(f, 200);
	for (size_t n = 2; n < PT_LEN(v); n++) {
		for (size_t i = 0; i < n; i++)
			v[i] = noise();
		assert_int_equal(forecast(v, n, 60, f), 0);
		in_order(f, 60);
	}
}

/* Constants, huge and tiny numbers, a straight line, and a period that is told. */
static void test_plain(void **unused)
{
	static double v[N];
	struct pt_forecast_options options;
	struct pt_forecast f[H];

	(void)unused;
	for (int i = 0; i < N; i++)
		v[i] = 7;
	assert_int_equal(forecast(v, N, H, f), 0);
	in_order(f, H);
	assert_true(fabs(f[H - 1].mean - 7) < 1e-6);
	for (int i = 0; i < N; i++)
		v[i] = 1e300 * (1 + (i & 1));
	assert_int_equal(forecast(v, N, H, f), 0);
	in_order(f, H);
	for (int i = 0; i < 100; i++)
		v[i] = i;
	assert_int_equal(forecast(v, 100, 5, f), 0);
	assert_true(fabs(f[4].mean - 104) < 1.5);
	pt_forecast_options_init(&options);
	options.period = 7;
	for (int i = 0; i < 70; i++)
		v[i] = i % 7 == 3 ? 10 : 1;
	assert_int_equal(pt_forecast(v, 70, 7, &options, f), 0);
	assert_true(fabs(f[3].mean - 10) < 1 && fabs(f[4].mean - 1) < 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_hours),	     cmocka_unit_test(test_seasons),
		cmocka_unit_test(test_no_season),    cmocka_unit_test(test_shift),
		cmocka_unit_test(test_bounds),	     cmocka_unit_test(test_short),
		cmocka_unit_test(test_plain),	     cmocka_unit_test(test_year),
		cmocka_unit_test(test_smooth_noise), cmocka_unit_test(test_weak_week),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
