/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the parts of the change point finder share: sums, quantiles, and what the differences of
 * neighbours say about noise.
 */
#include "changepoint_priv.h"

#include "perftop/analyse/quantile.h"
#include "perftop/analyse/student.h"

#include <math.h>

double pt_changepoint_dot(const double *a, const double *b, size_t n)
{
	double s0 = 0, s1 = 0, s2 = 0, s3 = 0;
	size_t i = 0;

	/* Four sums: each addition waits for the one before it. */
	for (; i + 4 <= n; i += 4) {
		s0 += a[i] * b[i];
		s1 += a[i + 1] * b[i + 1];
		s2 += a[i + 2] * b[i + 2];
		s3 += a[i + 3] * b[i + 3];
	}
	for (; i < n; i++)
		s0 += a[i] * b[i];
	return s0 + s1 + (s2 + s3);
}

double pt_changepoint_quantile(const double *v, size_t n, double q, float *scratch)
{
	double got = NAN;

	for (size_t i = 0; i < n; i++)
		scratch[i] = (float)v[i];
	pt_quantile_select(scratch, n, q, &got);
	return got;
}

/* Quantile of the distances between points that are `lag` apart; n > lag. */
static double distance(const double *y, size_t n, size_t lag, double q, float *scratch)
{
	double got = NAN;

	for (size_t i = lag; i < n; i++)
		scratch[i - lag] = (float)fabs(y[i] - y[i - lag]);
	pt_quantile_select(scratch, n - lag, q, &got);
	return got;
}

double pt_changepoint_noise(const double *y, size_t n, double q, float *scratch)
{
	if (n < 2)
		return 0;
	return distance(y, n, 1, q, scratch) / pt_student_quantile(q, INFINITY) / sqrt(2);
}

double pt_changepoint_memory(const double *y, size_t n, float *scratch)
{
	double one, two;

	if (n < 3)
		return 0;
	one = distance(y, n, 1, 0.5, scratch);
	two = distance(y, n, 2, 0.5, scratch);
	return one > 0 ? two * two / one / one - 1 : 0;
}
