/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Does the newest point of a history look like a step? It is held against the points since the
 * last step, no more of them than matter, so the answer costs little however long the history is.
 */
#include "perftop/analyse/changepoint.h"

#include "changepoint_priv.h"
#include "perftop/base/err.h"
#include "perftop/base/mem.h"

#include <math.h>

enum { RECENT = 60 };

int pt_newest_step(const double *v, size_t n, const struct pt_changepoint_options *options,
		   struct pt_step_result *ret)
{
	struct pt_step_result r = {.step = PT_STEP_NO, .ratio = 1, .p = 1};
	struct pt_changepoint *steps = NULL;
	double y[RECENT], mid, noise, z;
	float scratch[RECENT];
	size_t n_steps = 0, k = 0, first = n > RECENT ? n - RECENT : 0;
	int rc;

	if (n < 2 || isnan(v[n - 1])) {
		*ret = r;
		return 0;
	}
	if (isinf(v[n - 1]))
		return -PT_EINVAL;
	rc = pt_changepoints(v + first, n - 1 - first, options, &steps, &n_steps);
	if (rc < 0)
		return rc;
	if (n_steps > 0)
		first += steps[n_steps - 1].at;
	free(steps);
	for (size_t i = first; i + 1 < n; i++)
		if (v[i] > 0)
			y[k++] = log(v[i]);
	if (k == 0 || v[n - 1] <= 0) {
		*ret = r;
		return 0;
	}
	mid = pt_changepoint_quantile(y, k, 0.5, scratch);
	for (size_t i = 0; i < k; i++)
		y[i] = fabs(y[i] - mid);
	noise = k > 1 ? pt_changepoint_quantile(y, k, 0.5, scratch) / 0.6745 : 0;
	if (!isnan(options->noise))
		noise = options->noise;
	noise = PT_MAX(noise, PT_MAX(options->least / 4, 1e-9));
	z = (log(v[n - 1]) - mid) / noise / sqrt(1 + 1.57 / (double)k);
	r.ratio = exp(log(v[n - 1]) - mid);
	/* Logistic rather than normal tails: noise of machines has heavier ones. */
	r.p = 2 / (1 + exp(fabs(z) * 1.702));
	if (fabs(r.ratio - 1) >= options->least)
		r.step = r.p < 1e-4 ? PT_STEP_SURE : r.p < 0.05 ? PT_STEP_SUSPECT : PT_STEP_NO;
	*ret = r;
	return 0;
}
