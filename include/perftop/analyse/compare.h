/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PT_ANALYSE_COMPARE_H
#define PT_ANALYSE_COMPARE_H

#include "perftop/model/verdict.h"

/*
 * Is B slower than A? The unit of evidence is the run. Pure functions; the same input gives the
 * same answer.
 */
struct pt_compare_options {
	enum pt_better better;
	bool exact;	    /* numbers that do not vary: compare as they are */
	double block, warn; /* thresholds as ratios: 0.05, 0.02 */
	double floor;	    /* absolute change below which nothing is called, in the unit */
	double spread;	    /* known launch-to-launch standard deviation of log; NaN: not known */
	size_t spread_n;    /* how many launches that is known from */
	double usual;	/* known standard deviation of log of the change from one measuring to the
			       next; NaN: not known, or both were measured in turns */
	size_t usual_n; /* how many changes that is known from */
	double base_error, candidate_error; /* standard error of log that the tool told with an
					       estimate; 0: none */
	double sure; /* a change is called when p is below this too; 0: the gate's own limits */
};

void pt_compare_options_init(struct pt_compare_options *options); /* the defaults of the gate */

/*
 * Compares runs of one benchmark. Errors: -PT_ENODATA (a side without samples), -PT_ERANGE (a value
 * that is not positive where a ratio is wanted; exact ones may be zero).
 * Exact numbers that were 0 have ratio 1 (still 0) or infinity.
 * Source  Kalibera & Jones 2013; Welch 1947; Mann & Whitney 1947
 */
int pt_compare(const struct pt_run *base, size_t n_base, const struct pt_run *candidate,
	       size_t n_candidate, const struct pt_compare_options *options,
	       struct pt_comparison *ret);

/*
 * Verdicts of a whole suite together: Benjamini-Hochberg over the p values at the gate's rate; a
 * verdict that does not survive becomes NONE or INCONCLUSIVE. options[i] belongs to c[i].
 */
void pt_compare_suite(struct pt_comparison *c, const struct pt_compare_options *options, size_t n);

/*
 * Is the interval of c worse than a change of `ratio` by more than the block threshold? So is a
 * change clearly worse than the one that was accepted.
 */
bool pt_compare_clears(const struct pt_comparison *c, const struct pt_compare_options *options,
		       double ratio);

/*
 * Launch-to-launch standard deviation of log over groups of runs (each group: runs of one state of
 * the code), robust. medians: run medians, group after group; sizes: of groups. NaN of too few.
 */
double pt_launch_spread(const double *medians, const size_t *sizes, size_t n_groups, size_t *ret_n);

/* Standard deviation of log of the change between medians of recent commits, robust against the
 * commits that did change something. NaN of fewer than 6. */
double pt_usual_change(const double *recent, size_t n, size_t *ret_n);

#endif
