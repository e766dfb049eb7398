/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PT_ANALYSE_COMPARE_PRIV_H
#define PT_ANALYSE_COMPARE_PRIV_H

#include "perftop/analyse/compare.h"

/*
 * A change so that more is worse: log of the ratio, turned round where higher is better, with its
 * interval and the limits on the same scale.
 */
struct pt_change {
	double worse, lo, hi;
	double block, warn; /* worse beyond these */
	double gain;	    /* better beyond this */
};

void pt_change_init(struct pt_change *change, const struct pt_comparison *c,
		    const struct pt_compare_options *options);

/* Two-sided p below which a change for the worse is sure. */
extern const double pt_sure_worse;

/* Fills verdict and why from the numbers. */
void pt_compare_judge(struct pt_comparison *c, const struct pt_compare_options *options);

/*
 * Factor on the variance of the difference for runs that depend on their neighbours; 1: they do
 * not. Values are positive.
 */
double pt_compare_inflation(const struct pt_run *base, size_t n_base,
			    const struct pt_run *candidate, size_t n_candidate);

int pt_compare_exact(const struct pt_run *base, size_t n_base, const struct pt_run *candidate,
		     size_t n_candidate, const struct pt_compare_options *options,
		     struct pt_comparison *ret);

#endif
