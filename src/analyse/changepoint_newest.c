/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Does the newest point of a history look like a step? It alone, and the newest two together, are
 * held against the level since the last step. A point that is no step costs a rerun, a step that
 * is let pass costs days: so the rule for suspicion is a loose one.
 */
#include "perftop/analyse/changepoint.h"

#include "changepoint_priv.h"
#include "perftop/analyse/student.h"
#include "perftop/base/err.h"
#include "perftop/base/mem.h"

#include <math.h>

enum {
	RECENT = 60, /* points that are looked at for steps */
	LEVEL = 30,  /* points that the level is known from: machines drift */
	FEWEST = 3,
};

static const double suspect_p = 0.2, sure_p = 1e-4;

/* The level before the newest points. */
struct level {
	double mid, noise; /* of the logarithm */
	size_t n;
};

static struct level level_of(const double *y, size_t n,
			     const struct pt_changepoint_options *options)
{
	struct level l = {.n = n};
	double far[LEVEL];
	float scratch[LEVEL];

	l.mid = pt_changepoint_quantile(y, n, 0.5, scratch);
	for (size_t i = 0; i < n; i++)
		far[i] = fabs(y[i] - l.mid);
	l.noise = pt_changepoint_quantile(far, n, 0.5, scratch) / 0.6745;
	if (!isnan(options->noise))
		l.noise = options->noise;
	/* What has not varied so far may yet: half of what is of interest is 2 of these. */
	l.noise = PT_MAX(l.noise, PT_MAX(options->least / 4, 1e-9));
	return l;
}

/* Chance of a mean of `count` points so far from the level; `sum` is in units of the noise. */
static double chance(const struct level *l, double sum, size_t count,
		     const struct pt_changepoint_options *options)
{
	double mean = sum / (double)count;
	/* The error of a median is 1.57 times as much as that of a mean. */
	double error = sqrt(1 / (double)count + 1.57 / (double)l->n);

	return pt_student_p(mean / error, isnan(options->noise) ? (double)l->n - 1 : INFINITY);
}

static double clamp(double z)
{
	return PT_MAX(-3, PT_MIN(z, 3));
}

static struct pt_step_result judge(const double *y, size_t n,
				   const struct pt_changepoint_options *options)
{
	struct pt_step_result r = {.step = PT_STEP_NO, .ratio = 1, .p = 1};

	for (size_t count = 1; count <= 2 && n >= count + FEWEST; count++) {
		size_t before = PT_MIN(n - count, (size_t)LEVEL);
		struct level l = level_of(y + n - count - before, before, options);
		double sum = (y[n - 1] - l.mid) / l.noise;

		if (count == 1)
			r.ratio = exp(y[n - 1] - l.mid);
		else /* A spike does not make its neighbour a step. */
			sum = clamp(sum) + clamp((y[n - 2] - l.mid) / l.noise);
		if ((sum > 0) == (r.ratio > 1))
			r.p = fmin(r.p, chance(&l, sum, count, options));
	}
	if (fabs(r.ratio - 1) >= options->least && r.p < suspect_p)
		r.step = r.p < sure_p ? PT_STEP_SURE : PT_STEP_SUSPECT;
	return r;
}

int pt_newest_step(const double *v, size_t n, const struct pt_changepoint_options *options,
		   struct pt_step_result *ret)
{
	struct pt_changepoint_options history = *options;
	struct pt_changepoint *steps = NULL;
	size_t n_steps = 0, k = 0, first = n > RECENT ? n - RECENT : 0;
	double y[RECENT];
	int rc;

	if (n == 0 || isnan(v[n - 1])) {
		*ret = (struct pt_step_result){.step = PT_STEP_NO, .ratio = 1, .p = 1};
		return 0;
	}
	if (isinf(v[n - 1]))
		return -PT_EINVAL;
	history.bench = true;
	rc = pt_changepoints(v + first, n - 1 - first, &history, &steps, &n_steps);
	if (rc < 0)
		return rc;
	if (n_steps > 0)
		first += steps[n_steps - 1].at;
	free(steps);
	/* From the newest value on: quantiles are taken in single precision. */
	for (size_t i = first; i < n; i++)
		if (v[i] > 0)
			y[k++] = log(v[i]) - log(v[n - 1]);
	*ret = judge(y, v[n - 1] > 0 ? k : 0, options);
	return 0;
}
