/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * critcmp --export: {name, benchmarks: {id: {criterion_benchmark_v1, criterion_estimates_v1}}}, a
 * saved baseline of Criterion as one file. There are no samples: the median is an estimate.
 */
#include "criterion.h"

static int sniff(const struct pt_bench_input *in)
{
	const pt_jval *first;

	if (!in->json)
		return 0;
	first = pt_json_first(pt_json_get(pt_json_root(in->json), "benchmarks"));
	return pt_json_get(first, "criterion_estimates_v1") ? PT_SNIFF_SURE : 0;
}

static int add_benchmark(const struct pt_json *doc, const pt_jval *b, struct pt_bench_set *set,
			 struct pt_str *name, struct pt_err *err)
{
	const pt_jval *identity = pt_json_get(b, "criterion_benchmark_v1"), *estimates;
	struct pt_bench *bench;
	int code = pt_bench_json_get(doc, b, "criterion_estimates_v1", PT_JOBJECT, &estimates, err);

	if (code)
		return code;
	pt_str_clear(name);
	pt_criterion_name(identity, name);
	if (!name->len)
		pt_str_add(name, pt_json_key(b));
	if (pt_bench_set_find(set, name->s, "time", NULL))
		return pt_json_fail(doc, b, err, PT_EEXIST, "%s is there twice, expected once",
				    name->s);
	code = pt_bench_put(set, name->s, "time", NULL, PT_UNIT_NS, PT_BETTER_LOWER, &bench, err);
	if (code)
		return pt_bench_json_at(doc, b, code, err);
	return pt_criterion_estimate(doc, estimates, bench, err);
}

static int parse(const struct pt_bench_input *in, struct pt_bench_set *set, struct pt_err *err)
{
	const pt_jval *root, *list = NULL;
	struct pt_str name = PT_STR_INIT;
	int code = pt_bench_json_root(in, PT_JOBJECT, &root, err);

	if (!code)
		code = pt_bench_json_get(in->json, root, "benchmarks", PT_JOBJECT, &list, err);
	for (const pt_jval *b = pt_json_first(list); b && !code; b = pt_json_next(b))
		code = add_benchmark(in->json, b, set, &name, err);
	pt_str_release(&name);
	return code;
}

const struct pt_bench_parser pt_bench_parser_critcmp = {
	.name = "critcmp",
	.title = "critcmp --export",
	.sniff = sniff,
	.parse = parse,
};
