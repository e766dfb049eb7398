/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PT_BENCH_CRITERION_H
#define PT_BENCH_CRITERION_H

#include "parse_util.h"

/* What Criterion's own files, critcmp's exports and cargo-criterion's messages have in common. */

/* full_id of a benchmark.json, else made of group_id, function_id and value_str; "" if neither. */
void pt_criterion_name(const pt_jval *identity, struct pt_str *name);

/* One run of the samples times[i] x factor / iters[i]. */
int pt_criterion_samples(const struct pt_json *doc, const pt_jval *iters, const pt_jval *times,
			 double factor, struct pt_bench *bench, struct pt_err *err);

/* The median (else the mean) of an estimates.json as one run, with its interval. */
int pt_criterion_estimate(const struct pt_json *doc, const pt_jval *estimates,
			  struct pt_bench *bench, struct pt_err *err);

#endif
