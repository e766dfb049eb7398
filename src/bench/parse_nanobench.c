/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * nanobench's JSON template: measurements[].elapsed are seconds an iteration, and an iteration does
 * `batch` operations; without measurements median(elapsed) is an estimate. Counters are 0 where the
 * system gave none; of them instructions are taken. A benchmark's title is that of its group, and
 * complexityN tells its size.
 */
#include "parse_util.h"

#include "perftop/base/str.h"

#include <string.h>

static int sniff(const struct pt_bench_input *in)
{
	const pt_jval *first;

	if (!in->json)
		return 0;
	first = pt_json_first(pt_json_get(pt_json_root(in->json), "results"));
	return pt_json_get(first, "median(elapsed)") ? PT_SNIFF_SURE : 0;
}

static void name_of(const pt_jval *result, struct pt_str *name)
{
	const char *title = pt_json_str(pt_json_get(result, "title"), "");
	double n = pt_json_num(pt_json_get(result, "complexityN"), -1);

	pt_str_clear(name);
	if (*title && strcmp(title, "benchmark") != 0) /* the default */
		pt_str_addf(name, "%s/", title);
	pt_str_add(name, pt_json_str(pt_json_get(result, "name"), ""));
	if (n > 0)
		pt_str_addf(name, " (n=%.15g)", n);
}

/* A member of each measurement, or else its median. */
static int add_measure(const struct pt_json *doc, const pt_jval *result, const char *measure,
		       struct pt_bench_set *set, struct pt_bench_target *to, struct pt_err *err)
{
	const pt_jval *m = pt_json_first(pt_json_get(result, "measurements"));
	char median[64];
	int code = 0;

	if (pt_json_get(m, measure)) {
		for (; m && !code; m = pt_json_next(m))
			code = pt_bench_json_add(doc, pt_json_get(m, measure), set, to, err);
		return code;
	}
	pt_snprintf(median, sizeof median, "median(%s)", measure);
	to->estimate = true;
	return pt_bench_json_add(doc, pt_json_get(result, median), set, to, err);
}

static int add_result(const struct pt_json *doc, const pt_jval *result, const char *name,
		      struct pt_bench_set *set, struct pt_err *err)
{
	struct pt_bench_target to = {.name = name, .metric = "time", .unit = {.unit = PT_UNIT_NS}};
	const pt_jval *batch = pt_json_get(result, "batch");
	double operations = 1;
	int code = 0;

	if (batch)
		code = pt_bench_json_num(doc, batch, "batch", 1, &operations, err);
	if (!code && operations == 0)
		code = pt_json_fail(doc, batch, err, PT_ERANGE, "batch is 0, expected more");
	if (code)
		return code;
	if (pt_bench_set_find(set, name, "time", NULL))
		return pt_json_fail(doc, result, err, PT_EEXIST,
				    "%s is there twice, expected a name or title of its own", name);
	to.unit.factor = 1e9 / operations;
	code = add_measure(doc, result, "elapsed", set, &to, err);
	if (code || !(pt_json_num(pt_json_get(result, "median(instructions)"), 0) > 0))
		return code;
	to.metric = "instructions";
	to.estimate = false;
	to.unit = (struct pt_bench_unit){.unit = PT_UNIT_COUNT, .factor = 1 / operations};
	return add_measure(doc, result, "instructions", set, &to, err);
}

static int parse(const struct pt_bench_input *in, struct pt_bench_set *set, struct pt_err *err)
{
	const pt_jval *root, *results = NULL;
	struct pt_str name = PT_STR_INIT;
	int code = pt_bench_json_root(in, PT_JOBJECT, &root, err);

	if (!code)
		code = pt_bench_json_get(in->json, root, "results", PT_JARRAY, &results, err);
	for (const pt_jval *r = pt_json_first(results); r && !code; r = pt_json_next(r)) {
		name_of(r, &name);
		code = add_result(in->json, r, pt_str_text(&name), set, err);
	}
	pt_str_release(&name);
	return code;
}

const struct pt_bench_parser pt_bench_parser_nanobench = {
	.name = "nanobench",
	.title = "nanobench, its template json()",
	.sniff = sniff,
	.parse = parse,
};
