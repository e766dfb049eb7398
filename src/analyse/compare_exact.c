/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Numbers that are counted and not timed: instructions, allocations, bytes. One is enough, and any
 * difference is real. Where they do vary a little (hash seeds, threads), the interval is all that
 * the two ranges allow, and ranges that overlap are no change.
 */
#include "compare_priv.h"

#include "perftop/base/err.h"
#include "perftop/base/str.h"

#include <math.h>

struct range {
	double lo, hi;
	size_t n, runs; /* samples, runs that have some */
};

static int range_of(const struct pt_run *runs, size_t n, struct range *ret)
{
	struct range r = {INFINITY, -INFINITY, 0, 0};

	for (size_t i = 0; i < n; i++) {
		r.runs += runs[i].n > 0;
		for (size_t k = 0; k < runs[i].n; k++) {
			double v = runs[i].samples[k];

			if (!(v >= 0) || isinf(v))
				return -PT_ERANGE;
			r.lo = fmin(r.lo, v);
			r.hi = fmax(r.hi, v);
			r.n++;
		}
	}
	if (r.n == 0)
		return -PT_ENODATA;
	*ret = r;
	return 0;
}

static double ratio_of(double candidate, double base)
{
	if (candidate == base) /* 0 / 0 too */
		return 1;
	return base > 0 ? candidate / base : INFINITY;
}

static double centre_of(const struct pt_run *runs, size_t n)
{
	return pt_bench_median(&(struct pt_bench){.runs = (struct pt_run *)runs, .n_runs = n});
}

int pt_compare_exact(const struct pt_run *base, size_t n_base, const struct pt_run *candidate,
		     size_t n_candidate, const struct pt_compare_options *options,
		     struct pt_comparison *ret)
{
	struct pt_comparison c = {.p_rank = NAN};
	struct range a, b;
	bool apart, vary;
	int rc;

	if ((rc = range_of(base, n_base, &a)) < 0 ||
	    (rc = range_of(candidate, n_candidate, &b)) < 0)
		return rc;
	c.base = centre_of(base, n_base);
	c.candidate = centre_of(candidate, n_candidate);
	c.ratio = ratio_of(c.candidate, c.base);
	c.lo = ratio_of(b.lo, a.hi);
	c.hi = ratio_of(b.hi, a.lo);
	apart = b.lo > a.hi || a.lo > b.hi;
	c.p = apart ? 0 : 1;
	c.base_runs = a.runs;
	c.candidate_runs = b.runs;
	pt_compare_judge(&c, options);
	vary = a.lo < a.hi || b.lo < b.hi;
	if (vary && c.verdict != PT_VERDICT_NONE)
		pt_strlcpy(c.why, "counts that vary, judged by their ranges", sizeof c.why);
	else if (!vary && c.base == 0 && c.candidate > 0)
		pt_strlcpy(c.why, "was 0", sizeof c.why);
	*ret = c;
	return 0;
}
