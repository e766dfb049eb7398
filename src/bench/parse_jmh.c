/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * JMH, -rf json: an array of benchmarks, told apart by their parameters. rawData[fork][iteration]:
 * a fork is a launch and so a run. The mode says what the score is: throughput, average time, a
 * sample of times (rawDataHistogram[fork][iteration][[value, times seen]…], of which each iteration's
 * mean is a sample), or a single shot. What is not a number is text here ("NaN"). Of the profilers'
 * metrics those of one operation are taken ("B/op"); rates and totals depend on how long it ran.
 */
#include "parse_util.h"

#include "perftop/base/mem.h"
#include "perftop/base/str.h"

#include <math.h>
#include <string.h>

static const struct mode {
	const char *name, *metric;
} modes[] = {
	{"thrpt", "throughput"},
	{"avgt", "time"},
	{"sample", "sample_time"},
	{"ss", "single_shot_time"},
};

static int sniff(const struct pt_bench_input *in)
{
	const pt_jval *first;

	if (!in->json || pt_json_type(pt_json_root(in->json)) != PT_JARRAY)
		return 0;
	first = pt_json_first(pt_json_root(in->json));
	return pt_json_get(first, "benchmark") && pt_json_get(first, "primaryMetric")
		       ? PT_SNIFF_SURE
		       : 0;
}

static int add_raw(const struct pt_json *doc, const pt_jval *raw, struct pt_bench_set *set,
		   struct pt_bench_target *to, struct pt_err *err)
{
	int code = 0;

	for (const pt_jval *fork = pt_json_first(raw); fork; fork = pt_json_next(fork), to->run++)
		for (const pt_jval *v = pt_json_first(fork); v && !code; v = pt_json_next(v))
			code = pt_bench_json_add(doc, v, set, to, err);
	return code;
}

/* Mean of [[value, times seen]…]. */
static int histogram_mean(const struct pt_json *doc, const pt_jval *pairs, double factor,
			  double *ret, struct pt_err *err)
{
	double sum = 0, n = 0, value = 0, seen = 0;

	for (const pt_jval *p = pt_json_first(pairs); p; p = pt_json_next(p)) {
		const pt_jval *v = pt_json_first(p);
		int code = pt_bench_json_num(doc, v, "sample", factor, &value, err);

		if (!code)
			code = pt_bench_json_num(doc, pt_json_next(v), "times seen", 1, &seen, err);
		if (code)
			return code;
		sum += value * seen;
		n += seen;
	}
	if (!(n > 0) || !isfinite(sum / n))
		return pt_json_fail(doc, pairs, err, PT_ERANGE,
				    "no mean of these samples, expected how often each was seen");
	*ret = sum / n;
	return 0;
}

static int add_histogram(const struct pt_json *doc, const pt_jval *raw, struct pt_bench_set *set,
			 const struct pt_bench_target *to, struct pt_err *err)
{
	size_t run = to->run;
	struct pt_bench *bench;
	double value = 0;

	for (const pt_jval *fork = pt_json_first(raw); fork; fork = pt_json_next(fork), run++) {
		for (const pt_jval *v = pt_json_first(fork); v; v = pt_json_next(v)) {
			int code;

			if (!pt_json_first(v))
				continue;
			code = histogram_mean(doc, v, to->unit.factor, &value, err);
			if (!code)
				code = pt_bench_put(set, to->name, to->metric, NULL, to->unit.unit,
						    to->unit.better, &bench, err);
			if (code)
				return pt_bench_json_at(doc, v, code, err);
			pt_bench_add_sample(bench, run, value);
		}
	}
	return 0;
}

static int add_primary(const struct pt_json *doc, const pt_jval *metric, struct pt_bench_set *set,
		       struct pt_bench_target *to, struct pt_err *err)
{
	const pt_jval *unit;
	int code = pt_bench_json_get(doc, metric, "scoreUnit", PT_JSTRING, &unit, err);

	if (code)
		return code;
	if (pt_bench_unit_parse(pt_json_str(unit, ""), &to->unit))
		return pt_json_fail(doc, unit, err, PT_ESYNTAX,
				    "scoreUnit %s, expected a unit such as ops/s or us/op",
				    pt_json_str(unit, ""));
	if (pt_json_first(pt_json_get(metric, "rawDataHistogram")))
		return add_histogram(doc, pt_json_get(metric, "rawDataHistogram"), set, to, err);
	if (pt_json_first(pt_json_get(metric, "rawData")))
		return add_raw(doc, pt_json_get(metric, "rawData"), set, to, err);
	to->estimate = true;
	return pt_bench_json_add(doc, pt_json_get(metric, "score"), set, to, err);
}

static int add_secondary(const struct pt_json *doc, const pt_jval *metrics,
			 struct pt_bench_set *set, struct pt_bench_target *to, struct pt_err *err)
{
	size_t left_out = 0;
	int code = 0;

	for (const pt_jval *m = pt_json_first(metrics); m && !code; m = pt_json_next(m)) {
		const char *unit = pt_json_str(pt_json_get(m, "scoreUnit"), "");
		const char *key = pt_json_key(m);
		const char *op = strstr(unit, "/op");

		if (!op || op[3] || !pt_json_first(pt_json_get(m, "rawData"))) {
			left_out++;
			continue;
		}
		if (pt_bench_unit_parse(unit, &to->unit)) /* "#/op" */
			to->unit = (struct pt_bench_unit){.unit = PT_UNIT_COUNT, .factor = 1};
		/* Older versions mark what a profiler tells with a middle dot. */
		to->metric = !strncmp(key, "\xC2\xB7", 2) ? key + 2 : key;
		to->run = 0;
		if (pt_bench_set_find(set, to->name, to->metric, NULL))
			continue; /* of the same benchmark in another mode */
		code = add_raw(doc, pt_json_get(m, "rawData"), set, to, err);
	}
	if (left_out)
		pt_bench_set_note(set, "metrics of profilers left out that are not of one "
				       "operation");
	return code;
}

static int add_benchmark(const struct pt_json *doc, const pt_jval *b, struct pt_bench_set *set,
			 const char *name, struct pt_err *err)
{
	const char *mode = pt_json_str(pt_json_get(b, "mode"), "");
	struct pt_bench_target to = {.name = name};
	const pt_jval *primary;
	int code = pt_bench_json_get(doc, b, "primaryMetric", PT_JOBJECT, &primary, err);

	if (code)
		return code;
	for (size_t i = 0; i < PT_LEN(modes); i++)
		if (!strcmp(modes[i].name, mode))
			to.metric = modes[i].metric;
	if (!to.metric)
		return pt_json_fail(doc, pt_json_get(b, "mode"), err, PT_ESYNTAX,
				    "mode %s, expected thrpt, avgt, sample or ss", mode);
	if (pt_bench_set_find(set, name, to.metric, NULL))
		return pt_json_fail(doc, b, err, PT_EEXIST, "%s is there twice, expected once",
				    name);
	code = add_primary(doc, primary, set, &to, err);
	if (code)
		return code;
	to.estimate = false;
	return add_secondary(doc, pt_json_get(b, "secondaryMetrics"), set, &to, err);
}

static int parse(const struct pt_bench_input *in, struct pt_bench_set *set, struct pt_err *err)
{
	const pt_jval *root = NULL, *benchmark;
	struct pt_str name = PT_STR_INIT;
	int code = pt_bench_json_root(in, PT_JARRAY, &root, err);

	for (const pt_jval *b = pt_json_first(root); b && !code; b = pt_json_next(b)) {
		code = pt_bench_json_get(in->json, b, "benchmark", PT_JSTRING, &benchmark, err);
		if (code)
			break;
		pt_str_clear(&name);
		pt_str_add(&name, pt_json_str(benchmark, ""));
		pt_bench_json_params(pt_json_get(b, "params"), &name);
		code = add_benchmark(in->json, b, set, pt_str_text(&name), err);
	}
	pt_str_release(&name);
	return code;
}

const struct pt_bench_parser pt_bench_parser_jmh = {
	.name = "jmh",
	.title = "JMH, -rf json",
	.sniff = sniff,
	.parse = parse,
};
