/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * pytest-benchmark, --benchmark-json or --benchmark-save: stats.data are seconds of one call, a
 * sample a round and all of one launch. Without --benchmark-save-data there are no samples: then
 * the median is an estimate. Who it is stands in fullname, parameters included.
 */
#include "parse_util.h"

static int sniff(const struct pt_bench_input *in)
{
	const pt_jval *root, *first;

	if (!in->json)
		return 0;
	root = pt_json_root(in->json);
	first = pt_json_first(pt_json_get(root, "benchmarks"));
	return pt_json_get(first, "fullname") && pt_json_get(first, "stats") ? PT_SNIFF_SURE : 0;
}

static int add_benchmark(const struct pt_json *doc, const pt_jval *b, struct pt_bench_set *set,
			 struct pt_err *err)
{
	struct pt_bench_target to = {.metric = "time", .unit = {.unit = PT_UNIT_NS, .factor = 1e9}};
	const pt_jval *name, *stats, *data;
	int code = pt_bench_json_get(doc, b, "fullname", PT_JSTRING, &name, err);

	if (!code)
		code = pt_bench_json_get(doc, b, "stats", PT_JOBJECT, &stats, err);
	if (code)
		return code;
	to.name = pt_json_str(name, "");
	if (pt_bench_set_find(set, to.name, to.metric, NULL))
		return pt_json_fail(doc, name, err, PT_EEXIST, "%s is there twice, expected once",
				    to.name);
	data = pt_json_get(stats, "data");
	to.estimate = !pt_json_first(data);
	if (to.estimate)
		return pt_bench_json_add(doc, pt_json_get(stats, "median"), set, &to, err);
	for (const pt_jval *v = pt_json_first(data); v && !code; v = pt_json_next(v))
		code = pt_bench_json_add(doc, v, set, &to, err);
	return code;
}

static int parse(const struct pt_bench_input *in, struct pt_bench_set *set, struct pt_err *err)
{
	const pt_jval *root, *list = NULL;
	int code = pt_bench_json_root(in, PT_JOBJECT, &root, err);

	if (!code)
		code = pt_bench_json_get(in->json, root, "benchmarks", PT_JARRAY, &list, err);
	for (const pt_jval *b = pt_json_first(list); b && !code; b = pt_json_next(b))
		code = add_benchmark(in->json, b, set, err);
	if (!code && pt_json_bool(pt_json_path(root, "commit_info.dirty"), false))
		pt_bench_set_note(set, "measured with uncommitted changes");
	return code;
}

const struct pt_bench_parser pt_bench_parser_pytest_benchmark = {
	.name = "pytest_benchmark",
	.title = "pytest-benchmark, --benchmark-json",
	.sniff = sniff,
	.parse = parse,
};
