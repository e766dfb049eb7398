/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Change points of a series of any kind, as a person would mark them on a plot: gaps are bridged,
 * spikes cut, a strong season taken out, a long series is looked at from further away, and what is
 * left is fitted by steps and bends.
 */
#include "changepoint_priv.h"

#include "perftop/base/mem.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum {
	COLUMNS = 512, /* points looked at */
	SPIKE = 4,     /* points wide at most */
	SPIKE_NOISE = 4,
};

/* Gaps become straight lines. Returns how many values there are. */
static size_t bridge(const double *v, size_t n, double *y)
{
	size_t last = n, known = 0;

	for (size_t i = 0; i < n; i++) {
		if (isnan(v[i]))
			continue;
		known++;
		for (size_t k = last == n ? 0 : last + 1; k < i; k++)
			y[k] = last == n ? v[i]
					 : v[last] + (v[i] - v[last]) * (double)(k - last) /
							     (double)(i - last);
		y[i] = v[i];
		last = i;
	}
	for (size_t k = last + 1; last < n && k < n; k++)
		y[k] = v[last];
	return known;
}

/* Puts the values into 0..1. False if they are all the same. */
static bool level(double *y, size_t n)
{
	double lo = INFINITY, hi = -INFINITY;

	for (size_t i = 0; i < n; i++) {
		lo = PT_MIN(lo, y[i]);
		hi = PT_MAX(hi, y[i]);
	}
	/* Halves: the difference of two large numbers may be too large. */
	for (size_t i = 0; i < n && hi > lo; i++)
		y[i] = (y[i] / 2 - lo / 2) / (hi / 2 - lo / 2);
	return hi > lo;
}

/* Is most of what is around within reach? Then so is the median, and need not be looked for. */
static bool in_company(const double *y, size_t from, size_t to, double at, double far)
{
	size_t near = 0;

	for (size_t i = from; i < to; i++)
		near += fabs(y[i] - at) <= far;
	return 2 * near > to - from;
}

/* What is far from the median around it and soon back becomes that median. */
static void cut_spikes(double *y, size_t n, double *room, float *scratch)
{
	size_t half = PT_MIN((size_t)SPIKE, PT_MAX(n / 50, (size_t)2));
	double usual = pt_changepoint_noise(y, n, 0.5, scratch);
	double far = SPIKE_NOISE * PT_MAX(usual, pt_changepoint_noise(y, n, 0.85, scratch)) + 1e-9;

	memcpy(room, y, n * sizeof *y);
	for (size_t i = 2; i + 2 < n; i++) {
		size_t from = i < half ? 0 : i - half, to = PT_MIN(n, i + half + 1);
		double mid;

		if (in_company(y, from, to, y[i], far))
			continue;
		mid = pt_changepoint_quantile(y + from, to - from, 0.5, scratch);
		if (fabs(y[i] - mid) > far)
			room[i] = mid;
	}
	memcpy(y, room, n * sizeof *y);
}

/* Makes what most values span the unit. */
static bool scale(double *y, size_t n, float *scratch)
{
	double lo = pt_changepoint_quantile(y, n, 0.02, scratch);
	double hi = pt_changepoint_quantile(y, n, 0.98, scratch);

	if (hi <= lo) {
		lo = pt_changepoint_quantile(y, n, 0, scratch);
		hi = pt_changepoint_quantile(y, n, 1, scratch);
	}
	for (size_t i = 0; i < n && hi > lo; i++)
		y[i] = (y[i] - lo) / (hi - lo);
	return hi > lo;
}

/* Means of `width` points; what is over at the end joins the last. Returns how many. */
static size_t shrink(const double *y, size_t n, size_t width, double *ret)
{
	size_t m = n / width;

	for (size_t k = 0; k < m; k++) {
		size_t end = k + 1 < m ? (k + 1) * width : n;

		ret[k] = 0;
		for (size_t i = k * width; i < end; i++)
			ret[k] += y[i] / (double)(end - k * width);
	}
	return m;
}

/* Where between from and to the levels on both sides differ most clearly. */
static size_t sharpen(const double *y, size_t from, size_t to, size_t at)
{
	double all = 0, left = 0, best = -1, n = (double)(to - from);

	for (size_t i = from; i < to; i++)
		all += y[i];
	for (size_t i = from + 1; i < to; i++) {
		double a = (double)(i - from), b = n - a, d;

		left += y[i - 1];
		d = left / a - (all - left) / b;
		if (d * d * a * b > best) {
			best = d * d * a * b;
			at = i;
		}
	}
	return at;
}

size_t pt_changepoint_shape(const double *v, size_t n, struct pt_changepoint_bend *ret)
{
	size_t width = (n + COLUMNS - 1) / COLUMNS, k = 0;
	double *y = pt_reallocarray(NULL, n + 1, sizeof *y);
	double *room = pt_reallocarray(NULL, n + 1, sizeof *room);
	float *scratch = pt_reallocarray(NULL, n + 1, 2 * sizeof *scratch);

	if (bridge(v, n, y) < PT_CHANGEPOINT_LEAST || !level(y, n))
		goto out;
	cut_spikes(y, n, room, scratch);
	if (!scale(y, n, scratch))
		goto out;
	pt_changepoint_season(y, n);
	k = pt_changepoint_bends(room, shrink(y, n, width, room), ret);
	for (size_t i = 0; i < k; i++) {
		size_t at = ret[i].at * width;

		if (ret[i].step && width > 1)
			at = sharpen(y, at - PT_MIN(at, 2 * width), PT_MIN(n, at + 2 * width), at);
		while (at + 1 < n && isnan(v[at]))
			at++;
		ret[i].at = at;
	}
out:
	free(scratch);
	free(room);
	free(y);
	return k;
}
