/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Student's t. The tail is the regularised incomplete beta function I_x(df / 2, 1 / 2) at
 * x = df / (df + t²), computed by its continued fraction (DLMF 8.17.22) with Lentz's method; the
 * quantile is found from the tail by Newton's steps, kept within a bracket.
 */
#include "perftop/analyse/student.h"

#include <float.h>
#include <math.h>

enum { MAX_TERMS = 20000, MAX_STEPS = 100 };

/* Keeps Lentz's denominators from zero. */
static double off_zero(double v)
{
	return fabs(v) < DBL_MIN ? DBL_MIN : v;
}

/* Continued fraction of I_x(a, b), quick for x < (a + 1) / (a + b + 2). */
static double beta_fraction(double a, double b, double x)
{
	double c = 1, d = 1 / off_zero(1 - (a + b) * x / (a + 1)), f = d;

	for (int m = 1; m < MAX_TERMS; m++) {
		double even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
		double odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
		double step;

		d = 1 / off_zero(1 + even * d);
		c = off_zero(1 + even / c);
		f *= c * d;
		d = 1 / off_zero(1 + odd * d);
		c = off_zero(1 + odd / c);
		step = c * d;
		f *= step;
		if (fabs(step - 1) < 1e-15)
			break;
	}
	return f;
}

/* Logarithm of the density of T at 0, where x^a (1 - x)^b / B(a, b) and the density both start. */
static double log_peak(double df)
{
	return lgamma(df / 2 + 0.5) - lgamma(df / 2) - 0.5 * log(df * M_PI);
}

/* P(|T| >= t) for t > 0. */
static double tail(double t, double df, double peak)
{
	double a = df / 2, b = 0.5, x = df / (df + t * t), y = t * t / (df + t * t);
	/* x^a y^b / B(a, b); B(a, 1/2) = sqrt(pi) gamma(a) / gamma(a + 1/2) */
	double front = exp(peak + 0.5 * log(df) + a * (x < 0.5 ? log(x) : log1p(-y)) + b * log(y));

	if (x < (a + 1) / (a + b + 2))
		return front * beta_fraction(a, b, x) / a;
	return 1 - front * beta_fraction(b, a, y) / b;
}

/* Beyond this the normal distribution is as good as lgamma's digits. */
static int is_normal(double df)
{
	return df > 1e9;
}

double pt_student_p(double t, double df)
{
	t = fabs(t);
	if (isnan(t) || !(df > 0))
		return NAN;
	if (t == 0)
		return 1;
	if (isinf(t))
		return 0;
	if (is_normal(df))
		return erfc(t / sqrt(2));
	return tail(t, df, log_peak(df));
}

double pt_student_quantile(double level, double df)
{
	double want = 1 - level, lo = 0, hi = INFINITY, t = 1, peak;

	if (!(df > 0) || !(level >= 0 && level < 1))
		return NAN;
	if (level == 0)
		return 0;
	peak = is_normal(df) ? -0.5 * log(2 * M_PI) : log_peak(df);
	for (int i = 0; i < MAX_STEPS; i++) {
		double p = is_normal(df) ? erfc(t / sqrt(2)) : tail(t, df, peak);
		double shape = is_normal(df) ? -t * t / 2 : -(df + 1) / 2 * log1p(t * t / df);
		/* on a logarithmic scale: tails are nearly straight there */
		double next = t + p * log(p / want) / (2 * exp(peak + shape));

		if (p > want)
			lo = t;
		else
			hi = t;
		if (!(next > lo && next < hi))
			next = isinf(hi) ? 2 * t : (lo + hi) / 2;
		if (fabs(next - t) <= 1e-13 * t)
			return next;
		t = next;
	}
	return t;
}
