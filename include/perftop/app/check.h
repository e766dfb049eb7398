/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PT_APP_CHECK_H
#define PT_APP_CHECK_H

#include "perftop/app/measure.h"
#include "perftop/app/newest.h"
#include "perftop/bench/gate.h"

/*
 * The gate over suites or files: finds both sides, has them judged, and on request measures
 * suspects again before they are called.
 */
struct pt_check_spec {
	struct pt_benches *benches;
	const char *const *words; /* suites, tags, globs; none: every suite */
	size_t n_words;
	const char *base, *candidate; /* as pt_benches_side; NULL: baseline and latest */
	double block, warn;	      /* NaN: as the file says */
	bool inconclusive_fails;
	/* These benchmarks alone (of one suite), whatever their stored runs say; 0: all. */
	const struct pt_newest *only;
	size_t n_only;
	/* Reruns: at most so many fresh runs a side for each suite, and so much time. 0 runs:
	 * none. */
	int reruns;
	int64_t rerun_ns;		       /* 0: no limit */
	const struct pt_measure_spec *measure; /* .loop, .say, .line, .arg; for reruns */
	/* The measurer while reruns go on, then NULL: for who wants to cancel. Or NULL. */
	struct pt_measure **measuring;
};

/*
 * Fills report (zeroed before; pt_gate_report_release in every case).
 * Errors  -PT_ENODATA the candidate has no runs; -PT_EINVAL, -PT_ENOENT, -PT_ESYNTAX… unusable
 * input;
 *	   -PT_ECANCELED during reruns
 */
int pt_check(const struct pt_check_spec *spec, struct pt_gate_report *report, struct pt_err *err);

/*
 * The same over fresh launches of two revisions in turns, .reruns a side: .base (NULL: where HEAD
 * left its upstream, else HEAD~1) and .candidate (NULL: HEAD, in the work tree if that has
 * changes).
 * Errors  also -PT_ENOTSUP one of them does not build, -PT_EIO a launch failed
 */
int pt_check_revisions(const struct pt_check_spec *spec, struct pt_gate_report *report,
		       struct pt_err *err);

#endif
