/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * How much launches of the same code differ, learnt from groups of runs. Launches of a group are
 * held against their neighbours, so that steps between commits do not count, and the scale is
 * the median of these distances, so that a few spoilt launches do not either.
 */
#include "perftop/analyse/compare.h"

#include "perftop/base/mem.h"

#include <math.h>

/* Distances are taken to so many launches before, and a spread from so few is none. */
enum { NEIGHBOURS = 10, MIN_FREE = 3, MIN_RECENT = 6 };

/* Third quartile of the normal distribution, and the median distance of two of its values. */
static const double normal_quartile = 0.674490, normal_distance = 0.953873;

static void add_group(struct pt_run *away, const double *medians, size_t n)
{
	for (size_t i = 1; i < n; i++)
		for (size_t k = i > NEIGHBOURS ? i - NEIGHBOURS : 0; k < i; k++)
			if (medians[i] > 0 && medians[k] > 0)
				*PT_PUSH(away->samples, away->n, away->cap) =
					fabs(log(medians[i] / medians[k]));
}

double pt_launch_spread(const double *medians, const size_t *sizes, size_t n_groups, size_t *ret_n)
{
	struct pt_run away = {0};
	double spread = NAN;
	size_t at = 0, used = 0, spare = 0;

	for (size_t g = 0; g < n_groups; at += sizes[g++])
		if (sizes[g] > 1) {
			add_group(&away, medians + at, sizes[g]);
			used += sizes[g];
			spare += sizes[g] - 1;
		}
	if (spare >= MIN_FREE && away.n > 0)
		spread = pt_run_median(&away) / normal_distance;
	*ret_n = used;
	free(away.samples);
	return spread;
}

double pt_usual_change(const double *recent, size_t n, size_t *ret_n)
{
	struct pt_run changes = {0};
	double usual = NAN;

	for (size_t i = 1; i < n; i++)
		if (recent[i] > 0 && recent[i - 1] > 0)
			*PT_PUSH(changes.samples, changes.n, changes.cap) =
				fabs(log(recent[i] / recent[i - 1]));
	if (changes.n + 1 >= MIN_RECENT)
		usual = pt_run_median(&changes) / normal_quartile;
	*ret_n = changes.n;
	free(changes.samples);
	return usual;
}
