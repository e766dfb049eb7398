/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PT_ANALYSE_RANKTEST_H
#define PT_ANALYSE_RANKTEST_H

#include <stddef.h>

/*
 * Mann-Whitney's rank test of two independent samples.
 *
 * Returns  two-sided p. Exact, given the ties, up to 30 values in all; above, the normal
 *          approximation with corrections for ties and continuity. 1 when all values are equal, NaN when a side is
 *          empty. Values are finite.
 * Source   Mann & Whitney 1947; with ties, the distribution over all ways to deal out the midranks
 */
double pt_rank_test(const double *a, size_t n_a, const double *b, size_t n_b);

#endif
