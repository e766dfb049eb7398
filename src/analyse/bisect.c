/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Noisy bisection. Measurements are logarithms y at states x; the hypothesis "k is the first bad state" cuts them in
 * two groups with a level each and one variance. With flat priors on levels and an inverse gamma
 * prior (a, b) on the variance, levels and variance integrate out of the likelihood:
 *
 *	p(y | k) ~ (n0 n1)^-1/2 (b + RSS_k / 2)^-(a + (n - 2) / 2)
 *
 * which needs counts, sums and squares before and from k alone. The next state to measure is the
 * one whose being bad is closest to even odds: that halves the posterior as plain bisection halves
 * the range, but comes back to a state as often as its noise demands. One wild measurement must not
 * decide: what lies far from both levels is left out, unless the same state repeats it.
 */
#include "perftop/analyse/bisect.h"

#include "perftop/base/err.h"
#include "perftop/base/mem.h"

#include <math.h>

enum {
	ENDS_FIRST = 3, /* measurements of either end before anything else */
	ENDS_MOST = 12, /* of either end, until they differ */
};

static const double outlier_sigmas = 4.5;
static const double ends_differ_p = 0.02; /* enough to begin: what follows goes on testing it */

struct run {
	size_t state;
	double y;
	bool outlier;
};

/* Of one state's measurements, or of a group of states. */
struct sums {
	double n, y, yy;
};

struct pt_bisection {
	struct pt_bisection_options options;
	size_t n;
	struct run *runs;
	size_t n_runs, cap_runs;
	bool *skipped;
	struct sums *sums; /* of each state, outliers left out */
	double *posterior; /* of k = 1..n-1 at its index */
	double origin;	   /* first measurement: keeps squares small */
};

void pt_bisection_options_init(struct pt_bisection_options *options)
{
	*options = (struct pt_bisection_options){.confidence = .98, .spread = NAN, .max_runs = 80};
}

struct pt_bisection *pt_bisection_new(size_t n, const struct pt_bisection_options *options)
{
	struct pt_bisection *b = pt_calloc(1, sizeof *b);

	b->options = *options;
	b->n = n;
	b->skipped = pt_calloc(n, sizeof *b->skipped);
	b->sums = pt_calloc(n, sizeof *b->sums);
	b->posterior = pt_calloc(n, sizeof *b->posterior);
	for (size_t k = 1; k < n; k++)
		b->posterior[k] = 1.0 / (double)(n - 1);
	return b;
}

void pt_bisection_free(struct pt_bisection *b)
{
	if (!b)
		return;
	free(b->runs);
	free(b->skipped);
	free(b->sums);
	free(b->posterior);
	free(b);
}

static void sums_add(struct sums *to, const struct sums *s)
{
	to->n += s->n;
	to->y += s->y;
	to->yy += s->yy;
}

static double sums_rss(const struct sums *s)
{
	return s->n > 0 ? fmax(s->yy - s->y * s->y / s->n, 0) : 0;
}

/* The prior of the variance: as if a few measurements had told the known spread, else hardly
 * anything about 1 %, a customary one. */
static void prior(const struct pt_bisection *b, double *ret_a, double *ret_b)
{
	bool known = isfinite(b->options.spread) && b->options.spread > 0;
	double sd = known ? b->options.spread : .01;

	*ret_a = known ? 2 : .5;
	*ret_b = *ret_a * sd * sd;
}

static double log_likelihood(const struct pt_bisection *b, const struct sums *good,
			     const struct sums *bad)
{
	double a, scale;

	prior(b, &a, &scale);
	if (good->n == 0 || bad->n == 0)
		return 0;
	return -.5 * log(good->n * bad->n) -
	       (a + (good->n + bad->n - 2) / 2) * log(scale + (sums_rss(good) + sums_rss(bad)) / 2);
}

/* Sums before and from k. */
static void split(const struct pt_bisection *b, size_t k, struct sums *good, struct sums *bad)
{
	*good = *bad = (struct sums){0};
	for (size_t i = 0; i < b->n; i++)
		sums_add(i < k ? good : bad, &b->sums[i]);
}

static void update_posterior(struct pt_bisection *b)
{
	struct sums good = {0}, bad = {0};
	double top = -INFINITY, sum = 0;

	split(b, 0, &good, &bad);
	for (size_t k = 1; k < b->n; k++) {
		const struct sums *s = &b->sums[k - 1];
		sums_add(&good, s);
		sums_add(&bad, &(struct sums){-s->n, -s->y, -s->yy});
		b->posterior[k] = log_likelihood(b, &good, &bad);
		top = fmax(top, b->posterior[k]);
	}
	for (size_t k = 1; k < b->n; k++)
		sum += b->posterior[k] = exp(b->posterior[k] - top);
	for (size_t k = 1; k < b->n; k++)
		b->posterior[k] /= sum;
}

static size_t best(const struct pt_bisection *b)
{
	size_t k = 1;

	for (size_t i = 2; i < b->n; i++)
		if (b->posterior[i] > b->posterior[k])
			k = i;
	return k;
}

static double noise(const struct pt_bisection *b, const struct sums *good, const struct sums *bad)
{
	double a, scale, n = good->n + bad->n;

	prior(b, &a, &scale);
	return sqrt((scale + (sums_rss(good) + sums_rss(bad)) / 2) / (a + fmax(n - 2, 0) / 2));
}

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static double median(double *v, size_t n)
{
	if (n == 0)
		return NAN;
	qsort(v, n, sizeof *v, by_value);
	return n % 2 ? v[n / 2] : (v[n / 2 - 1] + v[n / 2]) / 2;
}

/* Medians before and from k, and the median distance from them as a standard deviation. */
static void robust_levels(const struct pt_bisection *b, size_t k, double *scratch, double level[2],
			  double *ret_sd)
{
	size_t n;
	double a, scale;

	for (int side = 0; side < 2; side++) {
		n = 0;
		for (size_t i = 0; i < b->n_runs; i++)
			if ((b->runs[i].state >= k) == side)
				scratch[n++] = b->runs[i].y;
		level[side] = median(scratch, n);
	}
	for (size_t i = 0; i < b->n_runs; i++)
		scratch[i] = fabs(b->runs[i].y - level[b->runs[i].state >= k]);
	prior(b, &a, &scale);
	/* Two levels were fitted: of few values the median distance is too small. */
	*ret_sd = fmax(1.4826 * median(scratch, b->n_runs) * (1 + 3.0 / (double)b->n_runs),
		       sqrt(scale / a) / 2);
}

/* A state that measures so again means it. */
static bool is_repeated(const struct pt_bisection *b, size_t at, double near)
{
	for (size_t i = 0; i < b->n_runs; i++)
		if (i != at && b->runs[i].state == b->runs[at].state &&
		    fabs(b->runs[i].y - b->runs[at].y) < near)
			return true;
	return false;
}

/* What lies far from both levels, looked at anew each time: an early level may have been wrong. */
static void mark_outliers(struct pt_bisection *b)
{
	double *scratch = pt_malloc(b->n_runs * sizeof *scratch), level[2], sd;

	robust_levels(b, best(b), scratch, level, &sd);
	for (size_t i = 0; i < b->n_runs; i++) {
		struct run *run = &b->runs[i];
		double d = fmin(fabs(run->y - level[0]), fabs(run->y - level[1]));
		run->outlier = d > outlier_sigmas * sd && !is_repeated(b, i, 2 * sd);
	}
	for (size_t i = 0; i < b->n; i++)
		b->sums[i] = (struct sums){0};
	for (size_t i = 0; i < b->n_runs; i++) {
		const struct run *run = &b->runs[i];
		if (!run->outlier)
			sums_add(&b->sums[run->state], &(struct sums){1, run->y, run->y * run->y});
	}
	free(scratch);
}

int pt_bisection_add(struct pt_bisection *b, size_t state, double value)
{
	struct run *run;

	if (!(value > 0) || !isfinite(value) || state >= b->n)
		return -PT_ERANGE;
	if (b->n_runs == 0)
		b->origin = log(value);
	run = PT_PUSH(b->runs, b->n_runs, b->cap_runs);
	*run = (struct run){.state = state, .y = log(value) - b->origin};
	if (b->sums[0].n + b->sums[b->n - 1].n >= ENDS_FIRST)
		mark_outliers(b);
	else
		sums_add(&b->sums[state], &(struct sums){1, run->y, run->y * run->y});
	update_posterior(b);
	return 0;
}

void pt_bisection_skip(struct pt_bisection *b, size_t state)
{
	if (state < b->n)
		b->skipped[state] = true;
}

double pt_bisection_bad(const struct pt_bisection *b, size_t state)
{
	double p = 0;

	for (size_t k = 1; k <= state && k < b->n; k++)
		p += b->posterior[k];
	return fmin(p, 1);
}

/* That both ends are alike, against the model with two levels: Welch's t of the two groups about
 * the best k would flatter itself, so the ends alone are looked at until there is more. */
static double p_alike(const struct pt_bisection *b)
{
	struct sums good, bad;
	double sd, t, dof;

	split(b, best(b), &good, &bad);
	if (b->n_runs <= 2 * ENDS_MOST) {
		good = b->sums[0];
		bad = b->sums[b->n - 1];
		if (good.n + bad.n < b->n_runs)
			split(b, best(b), &good, &bad);
	}
	if (good.n < 2 || bad.n < 2)
		return 1;
	sd = noise(b, &good, &bad);
	t = fabs(good.y / good.n - bad.y / bad.n) / (sd * sqrt(1 / good.n + 1 / bad.n));
	dof = good.n + bad.n - 2;
	/* Student's t through its normal equivalent (Wallace 1959). */
	return erfc(sqrt(dof * log1p(t * t / dof)) * (8 * dof + 1) / (8 * dof + 3) / sqrt(2));
}

/* Outliers count too: a wild end does not ask for ever. */
static size_t runs_of(const struct pt_bisection *b, size_t state)
{
	size_t n = 0;

	for (size_t i = 0; i < b->n_runs; i++)
		n += b->runs[i].state == state;
	return n;
}

static bool ends_done(const struct pt_bisection *b)
{
	double g = b->sums[0].n, e = b->sums[b->n - 1].n;

	return g >= ENDS_FIRST && e >= ENDS_FIRST;
}

/* Good and bad are measured in turn, so that drift does not look like a difference. */
static long next_end(const struct pt_bisection *b)
{
	size_t last = b->n - 1;

	if (b->skipped[0] || b->skipped[last])
		return -1;
	return runs_of(b, last) < runs_of(b, 0) ? (long)last : 0;
}

static bool measurable(const struct pt_bisection *b, size_t i)
{
	return !b->skipped[i];
}

/* The range of states that nothing measurable tells apart from k. */
static void inseparable(const struct pt_bisection *b, size_t k, size_t *ret_first, size_t *ret_last)
{
	size_t first = k, last = k;

	while (first > 1 && !measurable(b, first - 1))
		first--;
	while (last + 1 < b->n && !measurable(b, last))
		last++;
	*ret_first = first;
	*ret_last = last;
}

static double mass(const struct pt_bisection *b, size_t first, size_t last)
{
	double p = 0;

	for (size_t k = first; k <= last; k++)
		p += b->posterior[k];
	return p;
}

void pt_bisection_result(const struct pt_bisection *b, struct pt_bisection_result *ret)
{
	size_t k = best(b);
	struct sums good, bad;
	double sd, diff = NAN, half = NAN;

	*ret = (struct pt_bisection_result){.runs = b->n_runs};
	for (size_t i = 0; i < b->n_runs; i++)
		ret->outliers += b->runs[i].outlier;
	inseparable(b, k, &ret->first, &ret->last);
	ret->confidence = mass(b, ret->first, ret->last);
	split(b, k, &good, &bad);
	if (good.n > 0 && bad.n > 0) {
		sd = noise(b, &good, &bad);
		diff = bad.y / bad.n - good.y / good.n;
		half = 2 * sd * sqrt(1 / good.n + 1 / bad.n);
	}
	ret->ratio = exp(diff);
	ret->lo = exp(diff - half);
	ret->hi = exp(diff + half);
	ret->p_difference = p_alike(b);
	if (!ends_done(b))
		ret->state = PT_BISECTION_GOES_ON;
	else if (ret->p_difference > ends_differ_p)
		ret->state = runs_of(b, 0) + runs_of(b, b->n - 1) >= 2 * ENDS_MOST
				     ? PT_BISECTION_NO_DIFFERENCE
				     : PT_BISECTION_GOES_ON;
	else if (ret->confidence >= b->options.confidence)
		ret->state = PT_BISECTION_FOUND;
	if (ret->state == PT_BISECTION_GOES_ON && b->n_runs >= b->options.max_runs)
		ret->state = PT_BISECTION_EXHAUSTED;
}

/* The state whose being bad is closest to even odds. One that is built already is taken when it is
 * nearly as telling: a build costs more than a launch. */
long pt_bisection_next(const struct pt_bisection *b, const bool *cheap)
{
	struct pt_bisection_result now;
	double p = 0, best_gain = 0, cheap_gain = 0;
	long at = -1, cheap_at = -1;

	pt_bisection_result(b, &now);
	if (now.state != PT_BISECTION_GOES_ON)
		return -1;
	if (!ends_done(b) || now.p_difference > ends_differ_p)
		return next_end(b);
	for (size_t i = 0; i < b->n; i++) {
		double gain;
		p += i ? b->posterior[i] : 0;
		gain = p * (1 - p);
		if (!measurable(b, i))
			continue;
		if (gain > best_gain) {
			best_gain = gain;
			at = (long)i;
		}
		if (cheap && cheap[i] && gain > cheap_gain) {
			cheap_gain = gain;
			cheap_at = (long)i;
		}
	}
	return cheap_at >= 0 && cheap_gain > .8 * best_gain ? cheap_at : at;
}
