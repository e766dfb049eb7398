/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Runs that are not independent. When a machine drifts (heat, a neighbour), the end of one run is
 * like the beginning of the next, and an interval over runs is too narrow: with a first-order
 * autoregression of .9 from sample to sample it covers 79 % instead of 95 %. So the ends of runs
 * are held against the beginnings of the next ones; only when these surely agree is the variance
 * inflated to that of such a process.
 */
#include "compare_priv.h"

#include "perftop/base/mem.h"

#include <math.h>

/* How sure (one-sided 1 %) the correlation must be, and from how many neighbours at least. */
static const double SURE = 2.33;
enum { MIN_PAIRS = 8 };

static const double MAX_CORRELATION = 0.95;

struct joints {
	double xy, xx, yy; /* sums over pairs, each side's means taken out */
	size_t pairs, samples, runs;
};

/* A tenth of a run stands for its beginning and its end. */
static size_t end_of(const struct pt_run *run)
{
	return PT_MAX(run->n / 10, 1);
}

static double level(const double *v, size_t n)
{
	double sum = 0;

	for (size_t i = 0; i < n; i++)
		sum += v[i];
	return log(sum / (double)n);
}

static void add_side(struct joints *j, const struct pt_run *runs, size_t n)
{
	double x = 0, y = 0, xy = 0, xx = 0, yy = 0, pairs = 0;

	for (size_t i = 0; i < n; i++) {
		const struct pt_run *run = &runs[i];
		size_t end;

		j->samples += run->n;
		j->runs += run->n > 0;
		if (i + 1 == n || run->n == 0 || runs[i + 1].n == 0)
			continue;
		end = end_of(run);
		double tail = level(run->samples + run->n - end, end);
		double head = level(runs[i + 1].samples, end_of(&runs[i + 1]));

		pairs++;
		x += tail;
		y += head;
		xy += tail * head;
		xx += tail * tail;
		yy += head * head;
	}
	if (pairs == 0)
		return;
	j->pairs += (size_t)pairs;
	j->xy += xy - x * y / pairs;
	j->xx += xx - x * x / pairs;
	j->yy += yy - y * y / pairs;
}

/*
 * Variance of the mean of n values of a process whose neighbours correlate by phi, of its
 * variance.
 */
static double mean_variance(double phi, size_t n)
{
	double sum = 0, power = 1;

	for (size_t k = 1; k < n && power > 1e-6; k++) {
		power *= phi;
		sum += (1 - (double)k / (double)n) * power;
	}
	return (1 + 2 * sum) / (double)n;
}

double pt_compare_inflation(const struct pt_run *base, size_t n_base,
			    const struct pt_run *candidate, size_t n_candidate)
{
	struct joints j = {0};
	double phi, of_run, of_all, runs;
	size_t length;

	add_side(&j, base, n_base);
	add_side(&j, candidate, n_candidate);
	if (j.pairs < MIN_PAIRS || !(j.xx > 0 && j.yy > 0))
		return 1;
	phi = fmin(j.xy / sqrt(j.xx * j.yy), MAX_CORRELATION);
	if (atanh(phi) * sqrt((double)j.pairs - 3) < SURE)
		return 1;
	/* in units of ends, which the correlation was taken between */
	length = j.samples / j.runs;
	length /= PT_MAX(length / 10, 1);
	runs = (double)j.runs / 2;
	of_run = mean_variance(phi, length);
	of_all = mean_variance(phi, (size_t)(runs * (double)length));
	return fmax(1, of_all * (runs - 1) / (of_run - of_all));
}
