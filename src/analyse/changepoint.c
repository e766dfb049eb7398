/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Change points: gaps and logarithms in, levels and magnitudes out. What is in between differs for
 * histories of benchmarks (steps) and for any other series (shape).
 */
#include "perftop/analyse/changepoint.h"

#include "changepoint_priv.h"
#include "perftop/base/err.h"
#include "perftop/base/mem.h"
#include "perftop/model/bench.h"

#include <math.h>

/* The values that are there. */
struct values {
	double *y;
	size_t *rows; /* where each was in the input */
	size_t n;
	bool positive;
};

static void values_release(struct values *s)
{
	free(s->y);
	free(s->rows);
}

static int values_init(struct values *s, const double *v, size_t n)
{
	*s = (struct values){.positive = true};
	for (size_t i = 0; i < n; i++)
		if (isinf(v[i]))
			return -PT_EINVAL;
	s->y = pt_reallocarray(NULL, n + 1, sizeof *s->y);
	s->rows = pt_reallocarray(NULL, n + 1, sizeof *s->rows);
	for (size_t i = 0; i < n; i++) {
		if (isnan(v[i]))
			continue;
		s->y[s->n] = v[i];
		s->rows[s->n++] = i;
		s->positive = s->positive && v[i] > 0;
	}
	return 0;
}

/* Exact, unlike the quantiles of the search: counts are told as they are. */
static double median(double *v, size_t n)
{
	struct pt_run segment = {.samples = v, .n = n};

	return pt_run_median(&segment);
}

/* The change at value `at`, whose segments begin at `from` and end before `to`. */
static struct pt_changepoint change(const struct values *s, size_t from, size_t at, size_t to,
				    double confidence)
{
	struct pt_changepoint c = {.at = s->rows[at], .confidence = confidence};

	c.before = median(s->y + from, at - from);
	c.after = median(s->y + at, to - at);
	c.magnitude = c.before > 0 && c.after > 0 ? c.after / c.before - 1 : c.after - c.before;
	return c;
}

static size_t find_steps(const struct values *s, const struct pt_changepoint_options *options,
			 struct pt_changepoint *ret)
{
	struct pt_changepoint_step *steps = pt_reallocarray(NULL, s->n + 1, sizeof *steps);
	double *y = pt_reallocarray(NULL, s->n + 1, sizeof *y);
	size_t k;

	/* From the first value on: quantiles are taken in single precision. */
	for (size_t i = 0; i < s->n; i++)
		y[i] = s->positive ? log(s->y[i]) - log(s->y[0]) : s->y[i] - s->y[0];
	k = pt_changepoint_steps(y, s->n, options->noise, options->least, steps);
	for (size_t i = 0; i < k; i++) {
		size_t at = steps[i].at, from = i > 0 ? steps[i - 1].at : 0;
		size_t to = i + 1 < k ? steps[i + 1].at : s->n;

		/* Near the step: levels drift. */
		ret[i] = change(s, PT_MAX(from, at - PT_MIN(at, (size_t)PT_CHANGEPOINT_REACH)), at,
				PT_MIN(to, at + PT_CHANGEPOINT_REACH), 1 - steps[i].p);
	}
	free(steps);
	free(y);
	return k;
}

/* Index among the values of the first that is not before a row. */
static size_t value_at(const struct values *s, size_t row)
{
	size_t i = 0;

	while (i < s->n && s->rows[i] < row)
		i++;
	return i;
}

static size_t find_shape(const struct values *s, const double *v, size_t n,
			 struct pt_changepoint *ret)
{
	struct pt_changepoint_bend bends[PT_CHANGEPOINT_BENDS];
	size_t k = pt_changepoint_shape(v, n, bends), from = 0, at, to;

	for (size_t i = 0; i < k; i++, from = at) {
		at = value_at(s, bends[i].at);
		to = i + 1 < k ? value_at(s, bends[i + 1].at) : s->n;
		ret[i] = change(s, from, at, to, bends[i].confidence);
	}
	return k;
}

void pt_changepoint_options_init(struct pt_changepoint_options *options)
{
	*options = (struct pt_changepoint_options){.noise = NAN, .least = 0.02};
}

int pt_changepoints(const double *v, size_t n, const struct pt_changepoint_options *options,
		    struct pt_changepoint **ret, size_t *ret_n)
{
	struct pt_changepoint *found;
	struct values s;
	int rc;

	rc = values_init(&s, v, n);
	if (rc < 0)
		return rc;
	found = pt_reallocarray(NULL, n + 1, sizeof *found);
	*ret_n = options->bench ? find_steps(&s, options, found) : find_shape(&s, v, n, found);
	*ret = found;
	values_release(&s);
	return 0;
}
