/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Google Benchmark, --benchmark_format=json or --benchmark_out: rows of a measurement each, whose
 * repetitions are samples of one launch. Rows that are made of others (mean, median, stddev, cv,
 * BigO, RMS) are left out, and so are those that failed or were skipped; but where nothing else is
 * told (--benchmark_report_aggregates_only), the median is an estimate. User counters stand beside
 * the known members; nothing tells their direction but their name.
 */
#include "parse_util.h"

#include "perftop/base/map.h"
#include "perftop/base/mem.h"
#include "perftop/base/str.h"

#include <string.h>

struct rows {
	const struct pt_json *doc;
	struct pt_bench_set *set;
	struct pt_err *err;
	struct pt_map measured, medians; /* names that have such rows */
	size_t aggregates, failed, estimates;
};

static int sniff(const struct pt_bench_input *in)
{
	const pt_jval *first;

	if (!in->json || !pt_json_get(pt_json_root(in->json), "context"))
		return 0;
	first = pt_json_first(pt_json_get(pt_json_root(in->json), "benchmarks"));
	if (!first || !pt_json_get(first, "name"))
		return 0;
	return pt_json_get(first, "real_time") || pt_json_get(first, "run_type") ||
			       pt_json_get(first, "error_occurred")
		       ? PT_SNIFF_SURE
		       : 0;
}

static bool ends_with(const char *s, const char *end)
{
	size_t n = strlen(s), m = strlen(end);

	return n > m && !strcmp(s + n - m, end);
}

/* Versions before 1.5 tell an aggregate by its name alone. */
static bool is_aggregate(const pt_jval *row, const char *name)
{
	static const char *const ends[] = {"_mean", "_median", "_stddev", "_cv", "_BigO", "_RMS"};
	const char *type = pt_json_str(pt_json_get(row, "run_type"), NULL);

	if (type)
		return strcmp(type, "iteration") != 0;
	for (size_t i = 0; i < PT_LEN(ends); i++)
		if (ends_with(name, ends[i]))
			return true;
	return pt_json_get(row, "big_o") || pt_json_get(row, "rms");
}

static bool is_known(const char *key)
{
	static const char *const known[] = {
		"name",
		"family_index",
		"per_family_instance_index",
		"run_name",
		"run_type",
		"repetitions",
		"repetition_index",
		"threads",
		"iterations",
		"real_time",
		"cpu_time",
		"time_unit",
		"label",
		"error_occurred",
		"error_message",
		"skipped",
		"skip_message",
		"aggregate_name",
		"aggregate_unit",
	};

	for (size_t i = 0; i < PT_LEN(known); i++)
		if (!strcmp(known[i], key))
			return true;
	return false;
}

/* Counters that the library itself makes, or whose name says what they are. */
static struct pt_bench_unit counter_unit(const char *key)
{
	static const struct {
		const char *key;
		struct pt_bench_unit unit;
	} known[] = {
		{"bytes_per_second", {PT_UNIT_BYTES_PER_SECOND, 1, PT_BETTER_HIGHER, "throughput"}},
		{"items_per_second", {PT_UNIT_PER_SECOND, 1, PT_BETTER_HIGHER, NULL}},
		{"max_bytes_used", {PT_UNIT_BYTES, 1, PT_BETTER_LOWER, "memory"}},
		{"total_allocated_bytes", {PT_UNIT_BYTES, 1, PT_BETTER_LOWER, NULL}},
		{"net_heap_growth", {PT_UNIT_BYTES, 1, PT_BETTER_LOWER, NULL}},
		{"allocs_per_iter", {PT_UNIT_COUNT, 1, PT_BETTER_LOWER, "allocs"}},
	};

	for (size_t i = 0; i < PT_LEN(known); i++)
		if (!strcmp(known[i].key, key))
			return known[i].unit;
	if (ends_with(key, "_per_second") || ends_with(key, "/s"))
		return (struct pt_bench_unit){PT_UNIT_PER_SECOND, 1, PT_BETTER_HIGHER, NULL};
	return (struct pt_bench_unit){PT_UNIT_COUNT, 1, PT_BETTER_LOWER, NULL};
}

static int add_counters(struct rows *r, const pt_jval *row, struct pt_bench_target *to)
{
	int code = 0;

	for (const pt_jval *v = pt_json_first(row); v && !code; v = pt_json_next(v)) {
		const char *key = pt_json_key(v);

		if (is_known(key) || pt_json_type(v) != PT_JNUMBER)
			continue;
		if (pt_json_num(v, 0) < 0) {
			pt_bench_set_note(r->set, "counter %s left out: it is negative", key);
			continue;
		}
		to->unit = counter_unit(key);
		to->metric = to->unit.metric ? to->unit.metric : key;
		if (to->unit.unit == PT_UNIT_COUNT && !to->unit.metric)
			pt_bench_set_note(r->set, "counter %s: taken as the smaller the better",
					  key);
		code = pt_bench_json_add(r->doc, v, r->set, to, r->err);
	}
	return code;
}

static int add_times(struct rows *r, const pt_jval *row, struct pt_bench_target *to)
{
	static const struct {
		const char *key, *metric;
	} times[] = {{"real_time", "time"}, {"cpu_time", "cpu_time"}};
	const char *unit = pt_json_str(pt_json_get(row, "time_unit"), "ns");
	int code = 0;

	if (pt_bench_unit_parse(unit, &to->unit) || to->unit.unit != PT_UNIT_NS)
		return pt_json_fail(r->doc, pt_json_get(row, "time_unit"), r->err, PT_ESYNTAX,
				    "time_unit %s, expected ns, us, ms or s", unit);
	for (size_t i = 0; i < PT_LEN(times) && !code; i++) {
		to->metric = times[i].metric;
		code = pt_bench_json_add(r->doc, pt_json_get(row, times[i].key), r->set, to,
					 r->err);
	}
	return code;
}

/* Name of the benchmark that an aggregate is of, and which it is: older versions tell neither. */
static const char *aggregate_of(const pt_jval *row, struct pt_str *name)
{
	const char *text = pt_json_str(pt_json_get(row, "name"), "");
	const char *which = pt_json_str(pt_json_get(row, "aggregate_name"), NULL);
	const char *run = pt_json_str(pt_json_get(row, "run_name"), NULL);
	const char *last = strrchr(text, '_');

	pt_str_clear(name);
	pt_str_addn(name, run ? run : text, run ? strlen(run) : last ? (size_t)(last - text) : 0);
	return which ? which : last ? last + 1 : "";
}

/* What rows there are: the names that are measured, and those that have a median. */
static void look(struct rows *r, const pt_jval *rows)
{
	struct pt_str name = PT_STR_INIT;

	for (const pt_jval *row = pt_json_first(rows); row; row = pt_json_next(row)) {
		const char *text = pt_json_str(pt_json_get(row, "name"), "");

		if (!is_aggregate(row, text))
			pt_map_put(&r->measured, pt_json_str(pt_json_get(row, "run_name"), text),
				   r);
		else if (!strcmp(aggregate_of(row, &name), "median"))
			pt_map_put(&r->medians, pt_str_text(&name), r);
	}
	pt_str_release(&name);
}

/* The median, or a mean without one, of what is told in no other way. */
static int add_aggregate(struct rows *r, const pt_jval *row)
{
	struct pt_bench_target to = {.estimate = true};
	struct pt_str name = PT_STR_INIT;
	const char *which = aggregate_of(row, &name);
	bool median = pt_map_get(&r->medians, pt_str_text(&name)) != NULL;
	int code = 0;

	to.name = pt_str_text(&name);
	if (*to.name && !pt_map_get(&r->measured, to.name) &&
	    !strcmp(which, median ? "median" : "mean")) {
		r->estimates++;
		code = add_times(r, row, &to);
		if (!code)
			code = add_counters(r, row, &to);
	} else {
		r->aggregates++;
	}
	pt_str_release(&name);
	return code;
}

static int add_row(struct rows *r, const pt_jval *row)
{
	const pt_jval *name;
	struct pt_bench_target to = {0};
	int code = pt_bench_json_get(r->doc, row, "name", PT_JSTRING, &name, r->err);

	if (code)
		return code;
	to.name = pt_json_str(pt_json_get(row, "run_name"), pt_json_str(name, ""));
	if (is_aggregate(row, pt_json_str(name, "")))
		return add_aggregate(r, row);
	if (pt_json_bool(pt_json_get(row, "error_occurred"), false) ||
	    pt_json_bool(pt_json_get(row, "skipped"), false)) {
		const char *why = pt_json_str(pt_json_get(row, "error_message"), NULL);

		if (!why)
			why = pt_json_str(pt_json_get(row, "skip_message"), "");
		pt_bench_set_note(r->set, "%s: not measured: %s", to.name, why);
		r->failed++;
		return 0;
	}
	code = add_times(r, row, &to);
	return code ? code : add_counters(r, row, &to);
}

static void note_context(const pt_jval *context, struct pt_bench_set *set)
{
	const char *build = pt_json_str(pt_json_get(context, "library_build_type"), "");

	if (pt_json_bool(pt_json_get(context, "cpu_scaling_enabled"), false))
		pt_bench_set_note(set, "CPU frequency scaling was on: times may be noisy");
	if (!strcmp(build, "debug"))
		pt_bench_set_note(set, "the benchmark library is a debug build: times may be off");
}

static int parse(const struct pt_bench_input *in, struct pt_bench_set *set, struct pt_err *err)
{
	struct rows r = {.doc = in->json, .set = set, .err = err};
	const pt_jval *root, *rows = NULL;
	int code = pt_bench_json_root(in, PT_JOBJECT, &root, err);

	if (!code)
		code = pt_bench_json_get(in->json, root, "benchmarks", PT_JARRAY, &rows, err);
	look(&r, rows);
	for (const pt_jval *row = pt_json_first(rows); row && !code; row = pt_json_next(row))
		code = add_row(&r, row);
	pt_map_release(&r.measured);
	pt_map_release(&r.medians);
	if (code)
		return code;
	note_context(pt_json_get(root, "context"), set);
	if (r.aggregates)
		pt_bench_set_note(set, "%zu aggregate rows left out", r.aggregates);
	if (r.estimates)
		pt_bench_set_note(set,
				  "%zu benchmark%s told without repetitions "
				  "(--benchmark_report_aggregates_only=false tells them)",
				  r.estimates, r.estimates == 1 ? "" : "s");
	if (!set->n && r.aggregates)
		return pt_json_fail(in->json, rows, err, PT_ENODATA,
				    "only aggregates, expected the repetitions too "
				    "(--benchmark_report_aggregates_only=false)");
	if (!set->n && r.failed)
		return pt_json_fail(in->json, rows, err, PT_ENODATA,
				    "none of the benchmarks was measured: %s", set->notes[0]);
	return 0;
}

const struct pt_bench_parser pt_bench_parser_google_benchmark = {
	.name = "google_benchmark",
	.title = "Google Benchmark, --benchmark_format=json",
	.sniff = sniff,
	.parse = parse,
};
