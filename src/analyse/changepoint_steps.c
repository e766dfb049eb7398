/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Steps in the history of a benchmark. A robust search proposes many; each is then held against its
 * neighbours by detectors that err in different ways, and stays only if all agree:
 *
 *	size    the levels differ by what is of interest
 *	means   they differ by more than the noise, and its memory, explains
 *	ranks   the points do, which modes and outliers do not fool
 *	shape   a step explains them better than a slope: machines drift
 *
 * The weakest that fails falls first, since what is left then has longer neighbours.
 */
#include "changepoint_priv.h"

#include "perftop/analyse/ranktest.h"
#include "perftop/base/mem.h"

#include <math.h>
#include <string.h>

enum {
	MIN_SIDE = 3, /* points */
	GRAINS = 256, /* levels that the usual range is looked at by */
	SPIKE = 3, /* farther than this from its level, in noise, a point counts as if it were not */
};

static const double sure_p = 1e-3;
static const double slope_t = 4; /* of a step on top of a slope, in standard errors */

/* What is looked at when a step is judged. */
struct view {
	const double *y;
	size_t before, after; /* points on each side */
	double noise;
	double memory; /* how much longer than of white noise an error takes to average out */
	float *scratch;
};

/* Mean of points that are brought to within reach of their median, and its squared error. */
static double robust_mean(const double *y, size_t n, double mid, double reach, double *ret_error)
{
	double sum = 0, squares = 0;

	for (size_t i = 0; i < n; i++) {
		double d = PT_MAX(-reach, PT_MIN(y[i] - mid, reach));

		sum += d / (double)n;
		squares += d * d / (double)n;
	}
	*ret_error = PT_MAX(squares - sum * sum, 0) / (double)n;
	return mid + sum;
}

/* Points without the wild ones, of which there may be 1 in 8; the rest keeps its order. */
static size_t without_wild(const double *y, size_t n, double level, double reach, double *ret)
{
	size_t wild = 0, kept = 0;

	for (size_t i = 0; i < n; i++)
		wild += fabs(y[i] - level) > reach;
	for (size_t i = 0; i < n; i++)
		if (wild > n / 8 || fabs(y[i] - level) <= reach)
			ret[kept++] = y[i];
	return kept;
}

/* Do the ranks tell the sides apart? Few points cannot say more than so much. */
static bool ranks_differ(const struct view *w, double before, double after)
{
	double left[PT_CHANGEPOINT_REACH], right[PT_CHANGEPOINT_REACH],
		reach = 2 * SPIKE * w->noise;
	size_t n = without_wild(w->y, w->before, before, reach, left);
	size_t m = without_wild(w->y + w->before, w->after, after, reach, right);
	double least = 2; /* one of all ways to choose which points are on the right */

	for (size_t i = 1; i <= m; i++)
		least *= (double)i / (double)(n + i);
	return pt_rank_test(left, n, right, m) < PT_MAX(sure_p, 1.01 * least);
}

/*
 * Does a step explain the points better than a slope, or is it surely needed on top of one? Both
 * fits are over the same points, with spikes cut.
 */
static bool is_sharp(const struct view *w, double before, double after)
{
	size_t all = w->before + w->after;
	double n = (double)all, m = (double)w->after, middle = (n - 1) / 2;
	double cut[2 * PT_CHANGEPOINT_REACH], mean = 0, xy = 0, xx = 0, sx = 0, sy = 0, step = 0,
					      slope = 0;
	double ss, explained, rest;

	for (size_t i = 0; i < all; i++) {
		double level = i < w->before ? before : after, reach = SPIKE * w->noise;

		cut[i] = level + PT_MAX(-reach, PT_MIN(w->y[i] - level, reach));
		mean += cut[i] / n;
		step += (cut[i] - level) * (cut[i] - level);
	}
	for (size_t i = 0; i < all; i++) {
		double x = (double)i - middle, y = cut[i] - mean;

		xy += x * y;
		xx += x * x;
		slope += y * y;
		sx += i < w->before ? 0 : x;
		sy += i < w->before ? 0 : y;
	}
	slope -= xy * xy / xx;
	if (step < slope)
		return true;
	/* The step without what the slope says of it. */
	ss = m - m * m / n - sx * sx / xx;
	sy -= xy / xx * sx;
	explained = ss > 1e-9 * n ? sy * sy / ss : 0;
	rest = PT_MAX((slope - explained) / PT_MAX(n - 3, 1), w->noise * w->noise / 4);
	return explained > slope_t * slope_t * rest * w->memory && sy / ss / (after - before) > 0.5;
}

/* Fills s. */
static void judge(const struct view *w, double least, struct pt_changepoint_step *s)
{
	const double *left = w->y, *right = w->y + w->before;
	double ea, eb, a, b, before, after, floor = w->noise * w->noise / 4;

	*s = (struct pt_changepoint_step){.at = s->at, .p = 1};
	before = pt_changepoint_quantile(left, w->before, 0.5, w->scratch);
	after = pt_changepoint_quantile(right, w->after, 0.5, w->scratch);
	if (w->before < MIN_SIDE || w->after < MIN_SIDE || fabs(after - before) < log1p(least))
		return;
	a = robust_mean(left, w->before, before, SPIKE * w->noise, &ea);
	b = robust_mean(right, w->after, after, SPIKE * w->noise, &eb);
	/* Few points scatter less than they should, by chance. */
	ea = PT_MAX(ea, floor / (double)w->before);
	eb = PT_MAX(eb, floor / (double)w->after);
	s->p = erfc(fabs(b - a) / sqrt((ea + eb) * w->memory) / sqrt(2));
	s->stays = s->p < sure_p && ranks_differ(w, before, after) && is_sharp(w, a, b);
}

static void judge_in_place(const double *y, size_t n, struct view *w, double least,
			   struct pt_changepoint_step *steps, size_t k, size_t i)
{
	size_t at = steps[i].at, from = i > 0 ? steps[i - 1].at : 0;
	size_t to = i + 1 < k ? steps[i + 1].at : n;

	w->before = PT_MIN(at - from, (size_t)PT_CHANGEPOINT_REACH);
	w->after = PT_MIN(to - at, (size_t)PT_CHANGEPOINT_REACH);
	w->y = y + at - w->before;
	judge(w, least, &steps[i]);
}

static size_t refine(const double *y, size_t n, struct view *w, double least,
		     struct pt_changepoint_step *steps, size_t k)
{
	for (size_t i = 0; i < k; i++)
		judge_in_place(y, n, w, least, steps, k, i);
	for (;;) {
		size_t worst = k;

		for (size_t i = 0; i < k; i++)
			if (!steps[i].stays && (worst == k || steps[i].p > steps[worst].p))
				worst = i;
		if (worst == k)
			return k;
		k--;
		memmove(steps + worst, steps + worst + 1, (k - worst) * sizeof *steps);
		/* Only the neighbours see it gone. */
		if (worst > 0)
			judge_in_place(y, n, w, least, steps, k, worst - 1);
		if (worst < k)
			judge_in_place(y, n, w, least, steps, k, worst);
	}
}

/* Correlation of neighbours around the levels of their segments, spikes cut. */
static double neighbours(const double *y, size_t n, const struct view *w, const size_t *at,
			 size_t k)
{
	double ab = 0, aa = 0, last = 0, mid = 0, reach = SPIKE * w->noise;

	for (size_t i = 0, j = 0; i < n; i++) {
		double x;

		if (i == 0 || (j < k && at[j] == i)) {
			size_t end = i == 0 ? (k > 0 ? at[0] : n) : j + 1 < k ? at[j + 1] : n;

			j += i > 0;
			mid = pt_changepoint_quantile(y + i, end - i, 0.5, w->scratch);
			last = 0;
		}
		x = PT_MAX(-reach, PT_MIN(y[i] - mid, reach));
		ab += x * last;
		aa += x * x;
		last = x;
	}
	return aa > 0 ? ab / aa : 0;
}

static double longer(double phi)
{
	phi = PT_MAX(0, PT_MIN(phi, 0.9));
	return (1 + phi) / (1 - phi);
}

size_t pt_changepoint_steps(const double *y, size_t n, double noise, double least,
			    struct pt_changepoint_step *ret)
{
	double *scaled = pt_reallocarray(NULL, n + 1, sizeof *scaled), mid, phi, grain;
	float *scratch = pt_reallocarray(NULL, n + 1, sizeof *scratch);
	size_t *at = pt_reallocarray(NULL, n + 1, sizeof *at), k = 0;
	struct view w = {.scratch = scratch};

	if (n < 2 * (size_t)MIN_SIDE)
		goto out;
	w.noise = isnan(noise) ? pt_changepoint_noise(y, n, 0.5, scratch) : noise;
	/* What never varies has no noise; what moves less than this is of no interest. */
	w.noise = PT_MAX(w.noise, PT_MAX(least / 6, 1e-9));
	/* Memory is known badly from few points: what chance shows is not counted. Medians of few and
	 * coarse differences can even say more than there is. */
	phi = PT_MIN(pt_changepoint_memory(y, n, scratch), 1) - 3 / sqrt((double)n);
	mid = pt_changepoint_quantile(y, n, 0.5, scratch);
	for (size_t i = 0; i < n; i++)
		scaled[i] = (y[i] - mid) / w.noise;
	grain = (pt_changepoint_quantile(scaled, n, 0.95, scratch) -
		 pt_changepoint_quantile(scaled, n, 0.05, scratch)) /
		GRAINS;
	k = pt_changepoint_levels(scaled, n, SPIKE * SPIKE, (3 * log((double)n) + 3) * longer(phi),
				  grain, at);
	w.memory = longer(PT_MAX(phi, neighbours(y, n, &w, at, k)));
	for (size_t i = 0; i < k; i++)
		ret[i].at = at[i];
	k = refine(y, n, &w, least, ret, k);
out:
	free(at);
	free(scratch);
	free(scaled);
	return k;
}
