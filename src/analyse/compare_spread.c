/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * How much launches of the same code differ, learnt from groups of runs. A group's own centre is
 * taken out, so that steps between commits do not count; the pooled scale is a median of absolute
 * deviations, so that a few spoilt launches do not either.
 */
#include "perftop/analyse/compare.h"

#include "perftop/base/mem.h"

#include <math.h>

enum { MIN_FREE = 3 };

double pt_launch_spread(const double *medians, const size_t *sizes, size_t n_groups, size_t *ret_n)
{
	struct pt_run away = {0};
	double spread = NAN;
	size_t at = 0, used = 0, free_n = 0;

	for (size_t g = 0; g < n_groups; at += sizes[g++]) {
		struct pt_run group = {(double *)medians + at, sizes[g], sizes[g]};
		double centre = pt_run_median(&group);

		if (sizes[g] < 2 || !(centre > 0))
			continue;
		for (size_t i = 0; i < sizes[g]; i++)
			if (group.samples[i] > 0)
				*PT_PUSH(away.samples, away.n, away.cap) =
					fabs(log(group.samples[i] / centre)) *
					sqrt((double)sizes[g] / (double)(sizes[g] - 1));
		used += sizes[g];
		free_n += sizes[g] - 1;
	}
	if (free_n >= MIN_FREE)
		spread = 1.4826 * pt_run_median(&away);
	*ret_n = used;
	free(away.samples);
	return spread;
}
