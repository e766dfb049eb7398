/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Mann-Whitney. Small samples exactly: count the subsets of n_a of the pooled midranks by their
 * sum, one rank after the other. Midranks are doubled so that ties stay whole numbers.
 */
#include "perftop/analyse/ranktest.h"

#include "perftop/base/mem.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

enum { MAX_EXACT = 30 };

struct ranked {
	double value;
	unsigned twice; /* midrank, doubled */
	bool of_a;
};

static int by_value(const void *a, const void *b)
{
	double x = ((const struct ranked *)a)->value, y = ((const struct ranked *)b)->value;

	return (x > y) - (x < y);
}

/* Sorts, gives midranks, and returns the sum of t³ - t over the groups of t equal values. */
static double rank_all(struct ranked *r, size_t n)
{
	double ties = 0;

	qsort(r, n, sizeof *r, by_value);
	for (size_t i = 0, end; i < n; i = end) {
		double t;

		for (end = i + 1; end < n && r[end].value == r[i].value; end++)
			;
		for (size_t k = i; k < end; k++)
			r[k].twice = (unsigned)(i + 1 + end);
		t = (double)(end - i);
		ties += t * t * t - t;
	}
	return ties;
}

/*
 * Share of the ways to take `take` of the n ranks whose sum is as far from its mean as `sum`.
 * ways[k][s]: how many ways k of the ranks seen so far add up to s; at most C(30, 15), which a
 * double holds exactly.
 */
static double exact_p(const struct ranked *r, size_t n, size_t take, unsigned sum)
{
	size_t width = n * (n + 1) + 1;
	double *ways = pt_calloc((take + 1) * width, sizeof *ways);
	double mean = (double)(take * (n + 1)), far = fabs((double)sum - mean);
	double all = 0, extreme = 0;
	unsigned most = 0;

	ways[0] = 1;
	for (size_t i = 0; i < n; i++) {
		most += r[i].twice;
		for (size_t k = i + 1 < take ? i + 1 : take; k > 0; k--) {
			const double *from = ways + (k - 1) * width;
			double *to = ways + k * width + r[i].twice;

			for (size_t s = 0; s + r[i].twice <= most; s++)
				to[s] += from[s];
		}
	}
	for (size_t s = 0; s < width; s++) {
		double w = ways[take * width + s];

		all += w;
		if (fabs((double)s - mean) >= far)
			extreme += w;
	}
	free(ways);
	return extreme / all;
}

static double normal_p(size_t n_a, size_t n_b, double ties, double sum)
{
	double a = (double)n_a, b = (double)n_b, n = a + b;
	double var = a * b / 12 * (n + 1 - ties / (n * (n - 1)));
	double far = fabs(sum - a * (n + 1) / 2) - 0.5;

	return var > 0 && far > 0 ? erfc(far / sqrt(2 * var)) : 1;
}

double pt_rank_test(const double *a, size_t n_a, const double *b, size_t n_b)
{
	size_t n = n_a + n_b;
	struct ranked few[MAX_EXACT], *r = few;
	double ties, sum = 0, p;

	if (n_a == 0 || n_b == 0)
		return NAN;
	if (n > MAX_EXACT)
		r = pt_malloc(n * sizeof *r);
	for (size_t i = 0; i < n; i++)
		r[i] = (struct ranked){i < n_a ? a[i] : b[i - n_a], 0, i < n_a};
	ties = rank_all(r, n);
	for (size_t i = 0; i < n; i++)
		sum += r[i].of_a ? r[i].twice : 0;
	if (r[0].twice == n + 1)
		p = 1; /* all equal */
	else if (n <= MAX_EXACT)
		p = exact_p(r, n, n_a, (unsigned)sum);
	else
		p = normal_p(n_a, n_b, ties, sum / 2);
	if (r != few)
		free(r);
	return p;
}
