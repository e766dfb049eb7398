/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PT_ANALYSE_CHANGEPOINT_H
#define PT_ANALYSE_CHANGEPOINT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Where a series changes: the level of a benchmark's history; level or slope of any other series,
 * as a person would mark them on a plot (32 at most). Pure functions over 15 to 10,000 points of
 * any scale.
 */
struct pt_changepoint {
	size_t at;	      /* index of the first point of the new segment, 0-based */
	double before, after; /* medians of the two segments; of a history, near the step */
	double magnitude;     /* after / before - 1 when both are positive, else after - before */
	double confidence;    /* 0..1 */
};

struct pt_changepoint_options {
	bool bench; /* history of a benchmark: steps of level only, in ratios; no trend, no season */
	double noise; /* its known standard deviation of log (bench); NaN: from the series */
	double least; /* smallest step of interest (bench): 0.02; 0: none */
};
void pt_changepoint_options_init(struct pt_changepoint_options *options);

/*
 * v        n values; NaN: missing
 * ret      *ret_n change points, ascending; yours (free)
 * Errors   -PT_EINVAL for infinite values
 * Source   Killick 2012 (PELT), Fearnhead & Rigaill 2019 (biweight)
 */
int pt_changepoints(const double *v, size_t n, const struct pt_changepoint_options *options,
		    struct pt_changepoint **ret, size_t *ret_n);

/*
 * A new point at the end of a benchmark's history (one value a commit: the median of its runs):
 * does it look like a step, so that it should be measured again at once? p is the probability of
 * such a point without a change.
 */
enum pt_step { PT_STEP_NO, PT_STEP_SUSPECT, PT_STEP_SURE };
struct pt_step_result {
	enum pt_step step;
	double ratio; /* new level / old level */
	double p;
};
int pt_newest_step(const double *v, size_t n, const struct pt_changepoint_options *options,
		   struct pt_step_result *ret);

#endif
