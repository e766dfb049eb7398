/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Takes a season out of a series whose level may step and bend: the season is looked for in what a
 * moving mean of its own length leaves, so neither steps nor trends take part.
 */
#include "changepoint_priv.h"

#include "perftop/base/mem.h"

#include <math.h>
#include <stdlib.h>

enum { SHORTEST = 4, LONGEST = 400, PERIODS = 4, CANDIDATES = 8 };

/* Correlation of what repeats from which on it is a season. */
static const double strong = 0.6;

struct lag {
	size_t at;
	double r;
};

/* sums[i]: of the first i values. */
static void sum_up(const double *y, size_t n, double *sums)
{
	sums[0] = 0;
	for (size_t i = 0; i < n; i++)
		sums[i + 1] = sums[i] + y[i];
}

/* Mean of one period around i, both ends by half if it is even. i >= p / 2, i + p / 2 < n. */
static double around(const double *sums, size_t i, size_t p)
{
	size_t h = p / 2;

	if (p % 2)
		return (sums[i + h + 1] - sums[i - h]) / (double)p;
	return (sums[i + h] - sums[i - h] + sums[i + h + 1] - sums[i - h + 1]) / 2 / (double)p;
}

/* How well what is left of the moving mean repeats after p points. */
static double repeats(const double *y, const double *sums, size_t n, size_t p, double *left)
{
	double mean = 0, ab = 0, aa = 0, bb = 0;
	size_t h = p / 2, m = n - 2 * h;

	for (size_t i = 0; i < m; i++) {
		left[i] = y[i + h] - around(sums, i + h, p);
		mean += left[i] / (double)m;
	}
	for (size_t i = 0; i + p < m; i++) {
		double a = left[i] - mean, b = left[i + p] - mean;

		ab += a * b;
		aa += a * a;
		bb += b * b;
	}
	return aa > 0 && bb > 0 ? ab / sqrt(aa * bb) : 0;
}

/* Peaks of the autocorrelation of differences, the highest first. */
static size_t peaks(const double *y, size_t n, double *room, struct lag *ret)
{
	size_t longest = PT_MIN(n / PERIODS, LONGEST), k = 0;
	double *r = room + n;

	for (size_t i = 1; i < n; i++)
		room[i - 1] = y[i] - y[i - 1];
	for (size_t p = SHORTEST - 1; p <= longest + 1; p++)
		r[p] = pt_changepoint_dot(room, room + p, n - 1 - p);
	for (size_t p = SHORTEST; p <= longest; p++) {
		size_t i;

		if (r[p] <= 0 || r[p] < r[p - 1] || r[p] < r[p + 1])
			continue;
		if (k < CANDIDATES)
			k++;
		else if (r[p] <= ret[k - 1].r)
			continue;
		for (i = k - 1; i > 0 && ret[i - 1].r < r[p]; i--)
			ret[i] = ret[i - 1];
		ret[i] = (struct lag){p, r[p]};
	}
	return k;
}

static size_t find(const double *y, const double *sums, size_t n, double *room)
{
	struct lag lags[CANDIDATES], best = {0, strong};
	size_t k = peaks(y, n, room, lags);

	for (size_t i = 0; i < k; i++) {
		double r = repeats(y, sums, n, lags[i].at, room);

		/* Two periods repeat as well as one: the longer has to be better. */
		if (r > best.r + (lags[i].at > best.at ? 0.02 : -0.02)) {
			if (r <= strong)
				continue;
			best = (struct lag){lags[i].at, r};
		}
	}
	return best.at;
}

size_t pt_changepoint_season(double *y, size_t n)
{
	double *room, *sums, *profile, mean = 0;
	float *scratch;
	size_t p;

	if (n < PERIODS * SHORTEST)
		return 0;
	room = pt_reallocarray(NULL, 2 * n + 2, sizeof *room);
	sums = pt_reallocarray(NULL, n + 1, sizeof *sums);
	sum_up(y, n, sums);
	p = find(y, sums, n, room);
	if (p == 0)
		goto out;
	profile = room + n;
	scratch = pt_reallocarray(NULL, n, sizeof *scratch);
	for (size_t k = 0; k < p; k++) {
		size_t m = 0;

		for (size_t i = k; i + p / 2 < n; i += p)
			if (i >= p / 2)
				room[m++] = y[i] - around(sums, i, p);
		profile[k] = pt_changepoint_quantile(room, m, 0.5, scratch);
		mean += profile[k] / (double)p;
	}
	for (size_t i = 0; i < n; i++)
		y[i] -= profile[i % p] - mean;
	free(scratch);
out:
	free(sums);
	free(room);
	return p;
}
