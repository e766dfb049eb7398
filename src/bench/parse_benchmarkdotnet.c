/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * BenchmarkDotNet's JSON exporters. The full one has each measurement with its launch, of which the
 * workload's results are taken (nanoseconds of so many operations); the brief one has the samples
 * without their launches. FullName, which the first versions do not tell, holds the parameters, but
 * not the job: where the same benchmark ran under several (runtimes, say), the job's settings are
 * part of its name.
 */
#include "parse_util.h"

#include "perftop/base/map.h"
#include "perftop/base/str.h"

#include <string.h>

static int sniff(const struct pt_bench_input *in)
{
	const pt_jval *root;

	if (!in->json)
		return 0;
	root = pt_json_root(in->json);
	return pt_json_get(root, "HostEnvironmentInfo") && pt_json_get(root, "Benchmarks")
		       ? PT_SNIFF_SURE
		       : 0;
}

/* Older versions tell in the mode what newer ones tell in the stage. */
static bool is_result(const pt_jval *m)
{
	const char *mode = pt_json_str(pt_json_get(m, "IterationMode"), "");
	const char *stage = pt_json_str(pt_json_get(m, "IterationStage"), NULL);

	if (!stage)
		return !strcmp(mode, "Result");
	return !strcmp(mode, "Workload") && !strcmp(stage, "Result");
}

/* Measurements of launches 1, 2, …; *ret_n says how many were taken. */
static int add_measurements(const struct pt_json *doc, const pt_jval *list,
			    struct pt_bench_set *set, struct pt_bench_target *to, size_t *ret_n,
			    struct pt_err *err)
{
	double launch = 0, operations;

	to->run = PT_RUN_NEW;
	for (const pt_jval *m = pt_json_first(list); m; m = pt_json_next(m)) {
		double of = pt_json_num(pt_json_get(m, "LaunchIndex"), 1);
		const struct pt_bench *bench;
		int code;

		if (!is_result(m))
			continue;
		code = pt_bench_json_num(doc, pt_json_get(m, "Operations"), "Operations", 1,
					 &operations, err);
		if (!code && operations == 0)
			code = pt_json_fail(doc, m, err, PT_ERANGE, "0 Operations, expected more");
		if (code)
			return code;
		bench = pt_bench_set_find(set, to->name, to->metric, NULL);
		to->run = of == launch && bench ? bench->n_runs - 1 : PT_RUN_NEW;
		to->unit.factor = 1 / operations;
		code = pt_bench_json_add(doc, pt_json_get(m, "Nanoseconds"), set, to, err);
		if (code)
			return code;
		launch = of;
		++*ret_n;
	}
	return 0;
}

static int add_times(const struct pt_json *doc, const pt_jval *b, struct pt_bench_set *set,
		     struct pt_bench_target *to, struct pt_err *err)
{
	const pt_jval *statistics = pt_json_get(b, "Statistics"), *v;
	size_t n = 0;
	int code = add_measurements(doc, pt_json_get(b, "Measurements"), set, to, &n, err);

	if (code || n)
		return code;
	if (!pt_json_first(statistics)) {
		pt_bench_set_note(set, "%s: failed, and has no results", to->name);
		return 0;
	}
	to->unit.factor = 1;
	to->run = 0;
	v = pt_json_first(pt_json_get(statistics, "OriginalValues"));
	to->estimate = !v;
	if (!v)
		return pt_bench_json_add(doc, pt_json_get(statistics, "Median"), set, to, err);
	for (; v && !code; v = pt_json_next(v))
		code = pt_bench_json_add(doc, v, set, to, err);
	return code;
}

static int add_benchmark(const struct pt_json *doc, const pt_jval *b, const char *name,
			 struct pt_bench_set *set, struct pt_err *err)
{
	struct pt_bench_target to = {.name = name, .metric = "time", .unit = {.unit = PT_UNIT_NS}};
	const pt_jval *memory = pt_json_path(b, "Memory.BytesAllocatedPerOperation");
	int code;

	if (pt_bench_set_find(set, name, "time", NULL))
		return pt_json_fail(doc, b, err, PT_EEXIST, "%s is there twice, expected once",
				    name);
	code = add_times(doc, b, set, &to, err);
	if (code || !memory)
		return code;
	to = (struct pt_bench_target){
		.name = name, .metric = "memory", .unit = {.unit = PT_UNIT_BYTES, .factor = 1}};
	return pt_bench_json_add(doc, memory, set, &to, err);
}

/* FullName, or what makes it up. */
static void add_full_name(const pt_jval *b, struct pt_str *name)
{
	const char *full = pt_json_str(pt_json_get(b, "FullName"), NULL);
	const char *space = pt_json_str(pt_json_get(b, "Namespace"), "");
	const char *type = pt_json_str(pt_json_get(b, "Type"), NULL);
	const char *method = pt_json_str(pt_json_get(b, "Method"), NULL);
	const char *parameters = pt_json_str(pt_json_get(b, "Parameters"), "");

	if (full)
		pt_str_add(name, full);
	else if (type && method)
		pt_str_addf(name, "%s%s%s.%s%s%s%s", space, *space ? "." : "", type, method,
			    *parameters ? "(" : "", parameters, *parameters ? ")" : "");
}

/* The full name, and " [job]" out of "Type.Method: job [parameters]" if the name alone is ambiguous. */
static int name_of(const struct pt_json *doc, const pt_jval *b, const struct pt_map *twice,
		   struct pt_str *name, struct pt_err *err)
{
	const char *display = pt_json_str(pt_json_get(b, "DisplayInfo"), ""), *job, *end;

	pt_str_clear(name);
	add_full_name(b, name);
	if (!name->len)
		return pt_json_fail(doc, b, err, PT_ESYNTAX,
				    "FullName is missing, expected a string");
	job = strstr(display, ": ");
	if (!job || !pt_map_get(twice, pt_str_text(name)))
		return 0;
	job += 2;
	end = strstr(job, " [");
	pt_str_add(name, " [");
	pt_str_addn(name, job, end ? (size_t)(end - job) : strlen(job));
	pt_str_addc(name, ']');
	return 0;
}

/* Which names more than one benchmark has. */
static void find_twice(const pt_jval *list, struct pt_map *twice)
{
	struct pt_str name = PT_STR_INIT;
	struct pt_map seen = {0};

	for (const pt_jval *b = pt_json_first(list); b; b = pt_json_next(b)) {
		pt_str_clear(&name);
		add_full_name(b, &name);
		if (pt_map_put(&seen, pt_str_text(&name), twice))
			pt_map_put(twice, name.s, twice);
	}
	pt_map_release(&seen);
	pt_str_release(&name);
}

static int parse(const struct pt_bench_input *in, struct pt_bench_set *set, struct pt_err *err)
{
	const pt_jval *root, *list = NULL;
	struct pt_str name = PT_STR_INIT;
	struct pt_map twice = {0};
	int code = pt_bench_json_root(in, PT_JOBJECT, &root, err);

	if (!code)
		code = pt_bench_json_get(in->json, root, "Benchmarks", PT_JARRAY, &list, err);
	if (!code)
		find_twice(list, &twice);
	for (const pt_jval *b = pt_json_first(list); b && !code; b = pt_json_next(b)) {
		code = name_of(in->json, b, &twice, &name, err);
		if (!code)
			code = add_benchmark(in->json, b, pt_str_text(&name), set, err);
	}
	pt_map_release(&twice);
	pt_str_release(&name);
	if (code)
		return code;
	if (!strcmp(pt_json_str(pt_json_path(root, "HostEnvironmentInfo.Configuration"), ""),
		    "DEBUG"))
		pt_bench_set_note(set, "a debug build: times may be off");
	if (pt_json_bool(pt_json_path(root, "HostEnvironmentInfo.HasAttachedDebugger"), false))
		pt_bench_set_note(set, "a debugger was attached: times may be off");
	return 0;
}

const struct pt_bench_parser pt_bench_parser_benchmarkdotnet = {
	.name = "benchmarkdotnet",
	.title = "BenchmarkDotNet, --exporters json",
	.sniff = sniff,
	.parse = parse,
};
