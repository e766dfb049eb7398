/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * hyperfine --export-json: results[] of one command each, times[] in seconds. Every time is a
 * launch and so a run. A command is told apart by its parameters, which a name given with
 * --command-name need not hold. user and system are means of all launches without a spread: no
 * evidence, and left out.
 */
#include "parse_util.h"

#include "perftop/base/str.h"

static int sniff(const struct pt_bench_input *in)
{
	const pt_jval *first;

	if (!in->json)
		return 0;
	first = pt_json_first(pt_json_get(pt_json_root(in->json), "results"));
	if (!first || !pt_json_get(first, "command"))
		return 0;
	return pt_json_get(first, "times") || pt_json_get(first, "mean") ? PT_SNIFF_SURE : 0;
}

static void note_failures(const pt_jval *result, const char *name, struct pt_bench_set *set)
{
	const pt_jval *codes = pt_json_get(result, "exit_codes");
	size_t failed = 0;

	for (const pt_jval *v = pt_json_first(codes); v; v = pt_json_next(v))
		failed += pt_json_num(v, 1) != 0;
	if (failed)
		pt_bench_set_note(set, "%s: %zu of %zu launches failed (exit status not 0)", name,
				  failed, pt_json_len(codes));
}

static int add_runs(const struct pt_json *doc, const pt_jval *array, struct pt_bench_set *set,
		    const struct pt_bench_target *to, struct pt_err *err)
{
	int code = 0;

	for (const pt_jval *v = pt_json_first(array); v && !code; v = pt_json_next(v))
		code = pt_bench_json_add(doc, v, set, to, err);
	return code;
}

static int parse_result(const struct pt_json *doc, const pt_jval *result, struct pt_bench_set *set,
			const char *name, struct pt_err *err)
{
	const pt_jval *times = pt_json_get(result, "times");
	struct pt_bench_target time = {.name = name,
				       .metric = "time",
				       .unit = {.unit = PT_UNIT_NS, .factor = 1e9},
				       .run = PT_RUN_NEW};
	struct pt_bench_target memory = {.name = name,
					 .metric = "memory",
					 .unit = {.unit = PT_UNIT_BYTES, .factor = 1},
					 .run = PT_RUN_NEW};
	int code;

	if (pt_bench_set_find(set, name, "time", NULL))
		return pt_json_fail(doc, result, err, PT_EEXIST,
				    "%s is there twice, expected names of their own "
				    "(--command-name)",
				    name);
	note_failures(result, name, set);
	time.estimate = !pt_json_first(times);
	if (time.estimate)
		code = pt_bench_json_add(doc, pt_json_get(result, "mean"), set, &time, err);
	else
		code = add_runs(doc, times, set, &time, err);
	if (!code)
		code = add_runs(doc, pt_json_get(result, "memory_usage_byte"), set, &memory, err);
	return code;
}

static int parse(const struct pt_bench_input *in, struct pt_bench_set *set, struct pt_err *err)
{
	const pt_jval *root, *results = NULL, *command;
	struct pt_str name = PT_STR_INIT;
	int code = pt_bench_json_root(in, PT_JOBJECT, &root, err);

	if (!code)
		code = pt_bench_json_get(in->json, root, "results", PT_JARRAY, &results, err);
	for (const pt_jval *r = pt_json_first(results); r && !code; r = pt_json_next(r)) {
		code = pt_bench_json_get(in->json, r, "command", PT_JSTRING, &command, err);
		if (code)
			break;
		pt_str_clear(&name);
		pt_str_add(&name, pt_json_str(command, ""));
		pt_bench_json_params(pt_json_get(r, "parameters"), &name);
		code = parse_result(in->json, r, set, pt_str_text(&name), err);
	}
	pt_str_release(&name);
	return code;
}

const struct pt_bench_parser pt_bench_parser_hyperfine = {
	.name = "hyperfine",
	.title = "hyperfine --export-json",
	.sniff = sniff,
	.parse = parse,
};
