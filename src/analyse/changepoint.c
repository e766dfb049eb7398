/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Change points: what is common to both kinds of series, and the histories of benchmarks. There a
 * robust search proposes steps of level in the logarithm, several plain detectors vote on each
 * against its neighbours, and the weakest falls until all that are left pass.
 */
#include "perftop/analyse/changepoint.h"

#include "changepoint_priv.h"
#include "perftop/analyse/ranktest.h"
#include "perftop/base/err.h"
#include "perftop/base/mem.h"

#include <math.h>
#include <string.h>

enum {
	REACH = 50,   /* points on each side that a step is judged by */
	VOTES = 3,    /* of 4 */
	MIN_SIDE = 3, /* points */
};

struct history {
	double *y;    /* n values without gaps, in logarithms if `ratios` */
	size_t *rows; /* where each was in the input */
	size_t n;
	bool ratios;
	double noise;	/* of y */
	float *scratch; /* 2n */
};

/* What the detectors think of a step. */
struct step {
	double before, after; /* medians */
	double p;
	int votes;
};

static void history_release(struct history *h)
{
	free(h->y);
	free(h->rows);
	free(h->scratch);
}

/* Drops gaps. */
static int history_init(struct history *h, const double *v, size_t n)
{
	*h = (struct history){.ratios = true};
	for (size_t i = 0; i < n; i++)
		if (isinf(v[i]))
			return -PT_EINVAL;
	h->y = pt_reallocarray(NULL, n + 1, sizeof *h->y);
	h->rows = pt_reallocarray(NULL, n + 1, sizeof *h->rows);
	h->scratch = pt_reallocarray(NULL, 2 * n + 1, sizeof *h->scratch);
	for (size_t i = 0; i < n; i++)
		if (!isnan(v[i])) {
			h->y[h->n] = v[i];
			h->rows[h->n++] = i;
			h->ratios = h->ratios && v[i] > 0;
		}
	return 0;
}

static double median(const struct history *h, size_t from, size_t to)
{
	return pt_changepoint_quantile(h->y + from, to - from, 0.5, h->scratch);
}

/* Mean and standard error squared of what lies within 3 of the median. */
static double trimmed(const struct history *h, size_t from, size_t to, double mid, double reach,
		      double *ret_error)
{
	double sum = 0, squares = 0;
	size_t n = 0;

	for (size_t i = from; i < to; i++) {
		double d = h->y[i] - mid;

		d = d > reach ? reach : d < -reach ? -reach : d;
		sum += d;
		squares += d * d;
		n++;
	}
	sum /= (double)n;
	*ret_error = PT_MAX(squares / (double)n - sum * sum, 0) / (double)n;
	return mid + sum;
}

/* Does a step explain the points better than a slope does? */
static bool sharper_than_slope(const struct history *h, size_t from, size_t at, size_t to,
			       const struct step *s)
{
	double n = (double)(to - from), mx = (n - 1) / 2, my = 0, sxy = 0, sxx = 0;
	double step = 0, slope = 0, cap = 9 * h->noise * h->noise;

	for (size_t i = from; i < to; i++)
		my += h->y[i] / n;
	for (size_t i = from; i < to; i++) {
		double x = (double)(i - from) - mx;

		sxy += x * (h->y[i] - my);
		sxx += x * x;
	}
	for (size_t i = from; i < to; i++) {
		double a = h->y[i] - (i < at ? s->before : s->after);
		double b = h->y[i] - my - sxy / sxx * ((double)(i - from) - mx);

		step += PT_MIN(a * a, cap);
		slope += PT_MIN(b * b, cap);
	}
	return step < slope;
}

static struct step judge(const struct history *h, size_t from, size_t at, size_t to, double least)
{
	struct step s = {.p = 1};
	double ea, eb, a, b;

	if (at - from > REACH)
		from = at - REACH;
	if (to - at > REACH)
		to = at + REACH;
	s.before = median(h, from, at);
	s.after = median(h, at, to);
	if (fabs(s.after - s.before) < log1p(least) || to - at < MIN_SIDE || at - from < MIN_SIDE)
		return s;
	a = trimmed(h, from, at, s.before, 3 * h->noise, &ea);
	b = trimmed(h, at, to, s.after, 3 * h->noise, &eb);
	/* Few points scatter less than they should by chance: the known noise counts as 3 points. */
	ea = PT_MAX(ea, h->noise * h->noise / (double)(at - from) / 4);
	eb = PT_MAX(eb, h->noise * h->noise / (double)(to - at) / 4);
	s.p = erfc(fabs(b - a) / sqrt(ea + eb) / sqrt(2));
	s.votes = (s.p < 1e-3) + (pt_rank_test(h->y + from, at - from, h->y + at, to - at) < 0.05) +
		  sharper_than_slope(h, from, at, to, &s) +
		  (fabs(s.after - s.before) > 1.5 * h->noise);
	return s;
}

/* Drops the weakest step until each has its votes; steps[i] belongs to at[i]. */
static size_t refine(const struct history *h, size_t *at, size_t k, double least,
		     struct step *steps)
{
	for (;;) {
		size_t worst = k;

		for (size_t i = 0; i < k; i++) {
			steps[i] = judge(h, i > 0 ? at[i - 1] : 0, at[i],
					 i + 1 < k ? at[i + 1] : h->n, least);
			if (steps[i].votes < VOTES && (worst == k || steps[i].p > steps[worst].p))
				worst = i;
		}
		if (worst == k)
			return k;
		memmove(at + worst, at + worst + 1, (k - worst - 1) * sizeof *at);
		k--;
	}
}

static void tell(const struct history *h, size_t at, const struct step *s,
		 struct pt_changepoint *ret)
{
	ret->at = h->rows[at];
	ret->before = h->ratios ? exp(s->before) : s->before;
	ret->after = h->ratios ? exp(s->after) : s->after;
	ret->magnitude = ret->before > 0 && ret->after > 0 ? ret->after / ret->before - 1
							   : ret->after - ret->before;
	ret->confidence = 1 - s->p;
}

static size_t find(struct history *h, const struct pt_changepoint_options *options, size_t *at,
		   struct step *steps)
{
	double *y = pt_reallocarray(NULL, h->n + 1, sizeof *y), mid;
	size_t k;

	mid = median(h, 0, h->n);
	h->noise = isnan(options->noise) ? pt_changepoint_noise(h->y, h->n, h->scratch)
					 : options->noise;
	/* What never varies has no noise; what moves less than this is of no interest. */
	h->noise = PT_MAX(h->noise, PT_MAX(options->least / 6, 1e-9));
	for (size_t i = 0; i < h->n; i++)
		y[i] = (h->y[i] - mid) / h->noise;
	k = pt_changepoint_levels(y, h->n, 9, 3 * log((double)h->n) + 3, at);
	free(y);
	return refine(h, at, k, options->least, steps);
}

void pt_changepoint_options_init(struct pt_changepoint_options *options)
{
	*options = (struct pt_changepoint_options){.noise = NAN, .least = 0.02};
}

static size_t find_steps(struct history *h, const struct pt_changepoint_options *options,
			 struct pt_changepoint *ret)
{
	size_t *at = pt_reallocarray(NULL, h->n + 1, sizeof *at), k = 0;
	struct step *steps = pt_reallocarray(NULL, h->n + 1, sizeof *steps);

	for (size_t i = 0; i < h->n && h->ratios; i++)
		h->y[i] = log(h->y[i]);
	if (h->n >= (size_t)2 * MIN_SIDE)
		k = find(h, options, at, steps);
	for (size_t i = 0; i < k; i++)
		tell(h, at[i], &steps[i], &ret[i]);
	free(at);
	free(steps);
	return k;
}

/* Index among the values of the first that is not before a row. */
static size_t value_at(const struct history *h, size_t row)
{
	size_t i = 0;

	while (i < h->n && h->rows[i] < row)
		i++;
	return i;
}

static size_t find_shape(struct history *h, const double *v, size_t n, struct pt_changepoint *ret)
{
	struct pt_changepoint_bend bends[PT_CHANGEPOINT_BENDS];
	size_t k = pt_changepoint_shape(v, n, bends), from = 0, at, to;

	h->ratios = false;
	for (size_t i = 0; i < k; i++, from = at) {
		struct step s = {.p = 1 - bends[i].confidence};

		at = value_at(h, bends[i].at);
		to = i + 1 < k ? value_at(h, bends[i + 1].at) : h->n;
		s.before = median(h, from, at);
		s.after = median(h, at, to);
		tell(h, at, &s, &ret[i]);
	}
	return k;
}

int pt_changepoints(const double *v, size_t n, const struct pt_changepoint_options *options,
		    struct pt_changepoint **ret, size_t *ret_n)
{
	struct pt_changepoint *found;
	struct history h;
	int rc;

	rc = history_init(&h, v, n);
	if (rc < 0)
		return rc;
	found = pt_reallocarray(NULL, n + 1, sizeof *found);
	*ret_n = options->bench ? find_steps(&h, options, found) : find_shape(&h, v, n, found);
	*ret = found;
	history_release(&h);
	return 0;
}
