/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PT_ANALYSE_BISECT_H
#define PT_ANALYSE_BISECT_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Which of n states of the code, in order, is the first bad one, when each measurement is noisy? A
 * posterior over the first bad state, two levels and their noise unknown. State 0 is good, state n
 * - 1 is bad.
 * Source  Waeber, Frazier & Henderson 2013 (probabilistic bisection); Jeffreys priors
 */
struct pt_bisection;

struct pt_bisection_options {
	double confidence; /* enough to call it: 0.98 */
	double spread;	   /* known launch-to-launch standard deviation of log; NaN: not known */
	size_t max_runs;   /* measurements at most, all states together: 80 */
};
void pt_bisection_options_init(struct pt_bisection_options *options);

enum pt_bisection_state {
	PT_BISECTION_GOES_ON,
	PT_BISECTION_FOUND,	    /* one state, or several that cannot be told apart (skipped) */
	PT_BISECTION_NO_DIFFERENCE, /* good and bad measure alike: nothing to look for */
	PT_BISECTION_EXHAUSTED,	    /* out of runs before it was sure */
};

struct pt_bisection_result {
	enum pt_bisection_state state;
	size_t first, last;    /* first bad state is one of first..last, indexes 1..n-1 */
	double confidence;     /* that it is one of these */
	double ratio, lo, hi;  /* bad level / good level, and its 95 % interval */
	double p_difference;   /* that good and bad measure alike */
	size_t runs, outliers; /* measurements made; of them, left out as outliers */
};

/* n >= 2 states. */
struct pt_bisection *pt_bisection_new(size_t n, const struct pt_bisection_options *options);
void pt_bisection_free(struct pt_bisection *b);

/* State to measure next, or -1 when there is nothing to be gained; cheap[i] (or cheap NULL): i is
 * built already, so that it is taken when it tells nearly as much. */
long pt_bisection_next(const struct pt_bisection *b, const bool *cheap);
/* One measurement, in any positive unit. -PT_ERANGE otherwise. */
int pt_bisection_add(struct pt_bisection *b, size_t state, double value);
/* State cannot be measured (does not build, times out). */
void pt_bisection_skip(struct pt_bisection *b, size_t state);
void pt_bisection_result(const struct pt_bisection *b, struct pt_bisection_result *ret);
/* Probability that state i is bad. */
double pt_bisection_bad(const struct pt_bisection *b, size_t state);

#endif
