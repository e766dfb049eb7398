/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The newest commit against those before it. What is held against it is the commit two before: when
 * the step came with the one just before and was overlooked, that one would hide it.
 */
#include "perftop/app/newest.h"

#include "perftop/analyse/changepoint.h"
#include "perftop/base/mem.h"

#include <math.h>
#include <string.h>

enum { POINTS = 100, BACK = 2 };

void pt_newest_free(struct pt_newest *list, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		free(list[i].name);
		free(list[i].metric);
	}
	free(list);
}

static bool looks_worse(const struct pt_history *h, const double *v, size_t n,
			const struct pt_changepoint_options *options, struct pt_step_result *ret)
{
	return pt_newest_step(v, n, options, ret) == 0 && ret->step != PT_STEP_NO &&
	       (ret->ratio > 1) == (h->better == PT_BETTER_LOWER);
}

/* Is the last point of this history HEAD's, and a step for the worse? One that the commit before
 * showed already, and was told of then, is not told again. */
static bool is_suspect(struct pt_benches *b, const char *suite, const struct pt_history *h,
		       struct pt_step_result *ret)
{
	struct pt_changepoint_options options;
	struct pt_step_result before;
	double *v;
	size_t spread_n, n = h->n;
	bool found;

	if (n < 2 || strcmp(h->points[n - 1].commit, b->head.id) != 0)
		return false;
	pt_changepoint_options_init(&options);
	options.bench = true;
	if (!pt_benches_noise(b, suite, h->name, h->metric, &options.noise, &spread_n))
		options.noise = NAN;
	v = pt_reallocarray(NULL, n, sizeof *v);
	for (size_t i = 0; i < n; i++)
		v[i] = h->points[i].median;
	found = looks_worse(h, v, n, &options, ret) &&
		!(fabs(log(v[n - 1] / v[n - 2])) < log1p(options.least) &&
		  looks_worse(h, v, n - 1, &options, &before));
	free(v);
	return found;
}

int pt_newest_find(struct pt_benches *b, const char *suite, struct pt_newest **ret, size_t *ret_n,
		   struct pt_err *err)
{
	struct pt_history *list;
	struct pt_newest *found = NULL;
	size_t n, n_found = 0, cap = 0;
	int r = pt_benches_history(b, suite, NULL, NULL, POINTS, &list, &n, err);

	if (r < 0)
		return r;
	/* Other branches have runs too. */
	r = pt_benches_lineage(b, "HEAD", list, n, err);
	for (size_t i = 0; r == 0 && i < n; i++) {
		const struct pt_history *h = &list[i];
		struct pt_step_result step = {0};
		struct pt_newest *one;
		if (!is_suspect(b, suite, h, &step))
			continue;
		one = PT_PUSH(found, n_found, cap);
		*one = (struct pt_newest){.name = pt_strdup(h->name),
					  .metric = pt_strdup(h->metric),
					  .unit = h->unit,
					  .ratio = step.ratio,
					  .p = step.p,
					  .points = h->n};
		pt_strlcpy(one->base, h->points[h->n - PT_MIN(h->n, (size_t)BACK + 1)].commit,
			   sizeof one->base);
	}
	pt_histories_free(list, n);
	if (r < 0)
		return r;
	*ret = found;
	*ret_n = n_found;
	return 0;
}
