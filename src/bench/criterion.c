/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The pieces of Criterion's results that several formats are made of: who a benchmark is, samples
 * as pairs of iterations and total time, and estimates. The throughput that may be told follows from
 * the time alone: as a metric of its own it would tell every change twice.
 */
#include "criterion.h"

#include "perftop/base/mem.h"

#include <math.h>
#include <string.h>

void pt_criterion_name(const pt_jval *identity, struct pt_str *name)
{
	static const char *const parts[] = {"group_id", "function_id", "value_str"};
	const char *whole = pt_json_str(pt_json_get(identity, "full_id"), NULL);

	if (whole) {
		pt_str_add(name, whole);
		return;
	}
	for (size_t i = 0; i < PT_LEN(parts); i++) {
		const char *part = pt_json_str(pt_json_get(identity, parts[i]), NULL);

		if (part)
			pt_str_addf(name, "%s%s", name->len ? "/" : "", part);
	}
}

int pt_criterion_samples(const struct pt_json *doc, const pt_jval *iters, const pt_jval *times,
			 double factor, struct pt_bench *bench, struct pt_err *err)
{
	const pt_jval *n = pt_json_first(iters), *t = pt_json_first(times);
	size_t run;

	if (!n || !t)
		return pt_json_fail(doc, iters ? iters : pt_json_root(doc), err, PT_ESYNTAX,
				    "no samples, expected iterations and times");
	run = pt_bench_add_run(bench);
	for (; n && t; n = pt_json_next(n), t = pt_json_next(t)) {
		double count, total, value = NAN;
		int code = pt_bench_json_num(doc, n, "number of iterations", 1, &count, err);

		if (!code)
			code = pt_bench_json_num(doc, t, "time", factor, &total, err);
		if (!code && !(count > 0 && isfinite(value = total / count)))
			code = pt_json_fail(doc, n, err, PT_ERANGE,
					    "%g iterations, expected more than 0", count);
		if (code)
			return code;
		pt_bench_add_sample(bench, run, value);
	}
	if (n || t)
		return pt_json_fail(doc, n ? n : t, err, PT_ESYNTAX,
				    "%zu numbers of iterations but %zu times, expected a pair for "
				    "each sample",
				    pt_json_len(iters), pt_json_len(times));
	return 0;
}

static const pt_jval *either(const pt_jval *object, const char *now, const char *before)
{
	const pt_jval *v = pt_json_get(object, now);

	return v ? v : pt_json_get(object, before);
}

int pt_criterion_estimate(const struct pt_json *doc, const pt_jval *estimates,
			  struct pt_bench *bench, struct pt_err *err)
{
	const pt_jval *v = either(estimates, "median", "Median"), *interval;
	double value, lo, hi;
	int code;

	if (!v)
		v = either(estimates, "mean", "Mean");
	if (!v)
		return pt_json_fail(doc, estimates, err, PT_ESYNTAX,
				    "neither median nor mean, expected estimates");
	code = pt_bench_json_num(doc, pt_json_get(v, "point_estimate"), "point_estimate", 1, &value,
				 err);
	if (code)
		return code;
	pt_bench_add_sample(bench, bench->n_runs, value);
	bench->estimate = true;
	interval = pt_json_get(v, "confidence_interval");
	lo = pt_json_num(pt_json_get(interval, "lower_bound"), NAN);
	hi = pt_json_num(pt_json_get(interval, "upper_bound"), NAN);
	if (bench->n_runs == 1 && lo <= hi) {
		bench->lo = lo;
		bench->hi = hi;
	}
	return 0;
}
