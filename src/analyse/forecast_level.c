/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Steps of the level that lie behind us: a release, a new host. What was before is moved to the level
 * of now, so that models neither forecast the old level nor take the step for a season or a trend. A
 * step is sharp and stands out of the differences that the series has everywhere; a random walk has
 * none.
 */
#include "forecast_priv.h"

#include "perftop/base/mem.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { SIDE_LEAST = 8, SIDE_MOST = 24 };

#define SURE 6 /* times the usual difference */

/* Difference of the means of `side` values from each place on and before it, at places side..n-side. */
static size_t differences(const double *v, size_t n, size_t side, double *ret)
{
	double before = 0, after = 0;

	for (size_t i = 0; i < side; i++) {
		before += v[i];
		after += v[side + i];
	}
	for (size_t i = side;; i++) {
		ret[i - side] = (after - before) / (double)side;
		if (i + side >= n)
			return i - side + 1;
		before += v[i] - v[i - side];
		after += v[i + side] - v[i];
	}
}

/* Median; the values are reordered. */
static double median(double *v, size_t n)
{
	qsort(v, n, sizeof *v, pt_forecast_by_value);
	return v[n / 2];
}

/* The place and height of the largest step that is sure, or false. d, spare: room for n. */
static bool largest_step(const double *v, size_t n, size_t side, double *d, double *spare,
			 size_t *ret_at, double *ret_height)
{
	size_t m = differences(v, n, side, d), best = 0;
	double mid, usual;

	memcpy(spare, d, m * sizeof *d);
	mid = median(spare, m);
	for (size_t i = 0; i < m; i++) {
		spare[i] = fabs(d[i] - mid);
		if (fabs(d[i] - mid) > fabs(d[best] - mid))
			best = i;
	}
	usual = 1.4826 * median(spare, m);
	if (!(fabs(d[best] - mid) > SURE * usual) || usual <= 0)
		return false;
	*ret_at = best + side;
	*ret_height = d[best] - mid;
	return true;
}

bool pt_level_step(const struct pt_past *past, double *v)
{
	struct pt_past now = *past;
	size_t n = past->n, side = PT_MIN(PT_MAX(n / 20, SIDE_LEAST), SIDE_MOST), at = 0;
	double *flat, height = 0;
	bool found;

	if (n < 8 * side)
		return false;
	flat = pt_malloc(3 * n * sizeof *flat);
	now.v = v;
	pt_past_flatten(&now, 0, flat, NULL);
	found = largest_step(flat, n, side, flat + n, flat + 2 * n, &at, &height);
	for (size_t i = 0; found && i < at; i++)
		v[i] += height;
	free(flat);
	return found;
}
