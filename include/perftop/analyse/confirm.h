/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PT_ANALYSE_CONFIRM_H
#define PT_ANALYSE_CONFIRM_H

#include "perftop/analyse/compare.h"

/*
 * A suspect is measured again before it is called: after each round of fresh runs of base and
 * candidate, taken in turns, this says whether it may be called now. Only the fresh runs count, all
 * rounds so far together: what made it a suspect was chosen for looking bad.
 */
enum pt_confirm { PT_CONFIRM_GO_ON, PT_CONFIRM_CALLED, PT_CONFIRM_CLEARED, PT_CONFIRM_EXHAUSTED };

/* Is this verdict worth measuring again? */
bool pt_confirm_suspect(enum pt_verdict verdict);

/*
 * round   from 1; each round may call by mistake with half the chance of the one before, so that
 *         all rounds together spend no more than a single comparison would
 * last    the budget allows no further round
 * options as of the first comparison
 * ret     the comparison over the fresh runs, with its verdict: CALLED worse (warn or regression),
 *         CLEARED: a blocking change is excluded, or it is better; EXHAUSTED: neither, and the
 *         verdict says what can be said
 * Returns one of the above, or the errors of pt_compare
 */
int pt_confirm(const struct pt_run *base, size_t n_base, const struct pt_run *candidate,
	       size_t n_candidate, const struct pt_compare_options *options, int round, bool last,
	       struct pt_comparison *ret);

#endif
