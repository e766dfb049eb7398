/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The rule of reruns. A sequence of looks at growing data would call too often if each used the
 * limit of a single look, so look k may spend only 2^-k of it. A change that is surely worse but
 * may or may not be beyond the block threshold is measured on while the budget lasts.
 */
#include "perftop/analyse/confirm.h"

#include "compare_priv.h"

#include <math.h>

bool pt_confirm_suspect(enum pt_verdict verdict)
{
	return verdict == PT_VERDICT_WARN || verdict == PT_VERDICT_REGRESSION ||
	       verdict == PT_VERDICT_INCONCLUSIVE;
}

static bool is_decided(const struct pt_comparison *c, const struct pt_change *change)
{
	switch (c->verdict) {
	case PT_VERDICT_REGRESSION:
	case PT_VERDICT_IMPROVEMENT: return true;
	case PT_VERDICT_WARN: return change->worse <= change->block;
	case PT_VERDICT_NONE: return change->hi < change->block;
	default: return false;
	}
}

int pt_confirm(const struct pt_run *base, size_t n_base, const struct pt_run *candidate,
	       size_t n_candidate, const struct pt_compare_options *options, int round, bool last,
	       struct pt_comparison *ret)
{
	struct pt_compare_options o = *options;
	struct pt_change change;
	int rc;

	o.usual = NAN; /* taken in turns */
	o.sure = ldexp(pt_sure_worse, -round);
	rc = pt_compare(base, n_base, candidate, n_candidate, &o, ret);
	if (rc < 0)
		return rc;
	pt_change_init(&change, ret, &o);
	if (!is_decided(ret, &change))
		return last ? PT_CONFIRM_EXHAUSTED : PT_CONFIRM_GO_ON;
	return ret->verdict == PT_VERDICT_WARN || ret->verdict == PT_VERDICT_REGRESSION
		       ? PT_CONFIRM_CALLED
		       : PT_CONFIRM_CLEARED;
}
