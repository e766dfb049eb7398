/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PT_BENCH_GATE_H
#define PT_BENCH_GATE_H

#include "perftop/analyse/compare.h"
#include "perftop/bench/baseline.h"
#include "perftop/bench/suite.h"

/*
 * Judges a candidate against a base: pairs benchmarks, finds their thresholds, compares, decides.
 */
struct pt_gate_side {
	const struct pt_bench_set *set;
	const struct pt_environment *environment; /* NULL: not known (a file) */
	const char *name;			  /* "main@4f1c2a" */
};

/*
 * Known noise of a benchmark from history: launch-to-launch standard deviation of log. False: not
 * known.
 */
typedef bool (*pt_gate_noise_fn)(void *ctx, const char *suite, const char *name, const char *metric,
				 double *ret_spread, size_t *ret_n);

struct pt_gate_spec {
	const char *suite;	       /* "" for files */
	const struct pt_suite *of;     /* its tags and renames, or NULL */
	const struct pt_suites *rules; /* or NULL: the defaults */
	struct pt_gate_side base, candidate;
	const struct pt_baseline
		*baseline;  /* where base comes from one: accepted changes, spread; or NULL */
	double block, warn; /* from the command line, stronger than the file's; NaN: not given */
	pt_gate_noise_fn noise;
	void *noise_ctx;
};

/*
 * Adds a row each benchmark to report; may be called for suite after suite, then pt_gate_finish
 * decides over all of them. Rows that were measured again have been chosen and confirmed already:
 * no correction for how many there are befalls them.
 */
int pt_gate_compare(const struct pt_gate_spec *spec, struct pt_gate_report *report,
		    struct pt_err *err);
void pt_gate_finish(struct pt_gate_report *report);

#endif
