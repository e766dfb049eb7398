/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * hyperfine --export-json: results[] of one command each, times[] in seconds. Every time is a
 * launch and so a run. A command is told apart by its parameters, which a name given with
 * --command-name need not hold. user and system are means of all launches without a spread: no
 * evidence, and left out. A command that is measured twice has the runs of both.
 */
#include "parse_util.h"

#include <math.h>
#include <string.h>

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

/* "command (n=1, size=small)" */
static void name_of(const pt_jval *result, struct pt_str *out)
{
	const pt_jval *p = pt_json_first(pt_json_get(result, "parameters"));

	pt_str_clear(out);
	pt_str_add(out, pt_json_str(pt_json_get(result, "command"), ""));
	for (int i = 0; p; p = pt_json_next(p), i++) {
		pt_str_addf(out, "%s%s=", i ? ", " : " (", pt_json_key(p));
		if (pt_json_type(p) == PT_JNUMBER)
			pt_str_addf(out, "%.15g", pt_json_num(p, 0));
		else
			pt_str_add(out, pt_json_str(p, "?"));
		if (!pt_json_next(p))
			pt_str_addc(out, ')');
	}
}

/* Each number of an array as a run of its own. */
static int add_runs(const struct pt_json *doc, const pt_jval *array, const char *what,
		    double factor, struct pt_bench *bench, struct pt_err *err)
{
	double value;

	for (const pt_jval *v = pt_json_first(array); v; v = pt_json_next(v)) {
		int code = pt_bench_json_num(doc, v, what, factor, &value, err);

		if (code)
			return code;
		pt_bench_add_sample(bench, bench->n_runs, value);
	}
	return 0;
}

static int add_mean(const struct pt_json *doc, const pt_jval *result, struct pt_bench *bench,
		    struct pt_err *err)
{
	double value;
	int code = pt_bench_json_num(doc, pt_json_get(result, "mean"), "mean", 1e9, &value, err);

	if (code)
		return code;
	pt_bench_add_sample(bench, bench->n_runs, value);
	bench->estimate = true;
	return 0;
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

static int parse_result(const struct pt_json *doc, const pt_jval *result, struct pt_bench_set *set,
			struct pt_str *name, struct pt_err *err)
{
	const pt_jval *command, *times = pt_json_get(result, "times");
	const pt_jval *memory = pt_json_get(result, "memory_usage_byte");
	struct pt_bench *bench;
	int code;

	code = pt_bench_json_get(doc, result, "command", PT_JSTRING, &command, err);
	if (code)
		return code;
	name_of(result, name);
	code = pt_bench_put(set, name->s, "time", NULL, PT_UNIT_NS, PT_BETTER_LOWER, &bench, err);
	if (code)
		return pt_bench_json_at(doc, command, code, err);
	if (bench->n_runs)
		pt_bench_set_note(set, "%s: measured more than once, all its launches are taken",
				  name->s);
	code = pt_json_first(times) ? add_runs(doc, times, "time", 1e9, bench, err)
				    : add_mean(doc, result, bench, err);
	if (!code && pt_json_first(memory)) {
		code = pt_bench_put(set, name->s, "memory", NULL, PT_UNIT_BYTES, PT_BETTER_LOWER,
				    &bench, err);
		if (!code)
			code = add_runs(doc, memory, "memory_usage_byte", 1, bench, err);
	}
	note_failures(result, name->s, set);
	return code;
}

static int parse(const struct pt_bench_input *in, struct pt_bench_set *set, struct pt_err *err)
{
	const pt_jval *root, *results;
	struct pt_str name = PT_STR_INIT;
	int code = pt_bench_json_root(in, PT_JOBJECT, &root, err);

	if (!code)
		code = pt_bench_json_get(in->json, root, "results", PT_JARRAY, &results, err);
	if (!code)
		for (const pt_jval *r = pt_json_first(results); r && !code; r = pt_json_next(r))
			code = parse_result(in->json, r, set, &name, err);
	pt_str_release(&name);
	return code;
}

const struct pt_bench_parser pt_bench_parser_hyperfine = {
	.name = "hyperfine",
	.title = "hyperfine --export-json",
	.sniff = sniff,
	.parse = parse,
};
