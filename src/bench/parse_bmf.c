/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Bencher Metric Format: {benchmark: {measure: {"value": number}}}. The file holds no unit and no
 * direction: those of Bencher's own measures are known by name or slug, and what any other counts is
 * not. lower_value and upper_value are whatever the tool before it took them for, so no interval.
 */
#include "parse_util.h"

#include "perftop/base/mem.h"
#include "perftop/base/text.h"

#include <string.h>
#include <strings.h>

static const struct measure {
	const char *slug;
	struct pt_bench_unit unit;
	bool exact;
} measures[] = {
	{"latency", {PT_UNIT_NS, 1, PT_BETTER_LOWER, "time"}, false},
	{"throughput", {PT_UNIT_PER_SECOND, 1, PT_BETTER_HIGHER, "throughput"}, false},
	{"build-time", {PT_UNIT_NS, 1e9, PT_BETTER_LOWER, NULL}, false},
	{"file-size", {PT_UNIT_BYTES, 1, PT_BETTER_LOWER, NULL}, true},
	{"allocated", {PT_UNIT_BYTES, 1, PT_BETTER_LOWER, "memory"}, false},
	{"instructions", {PT_UNIT_COUNT, 1, PT_BETTER_LOWER, "instructions"}, true},
	{"estimated-cycles", {PT_UNIT_COUNT, 1, PT_BETTER_LOWER, NULL}, true},
	{"l1-accesses", {PT_UNIT_COUNT, 1, PT_BETTER_LOWER, NULL}, true},
	{"l2-accesses", {PT_UNIT_COUNT, 1, PT_BETTER_LOWER, NULL}, true},
	{"ram-accesses", {PT_UNIT_COUNT, 1, PT_BETTER_LOWER, NULL}, true},
	{"l1-hits", {PT_UNIT_COUNT, 1, PT_BETTER_LOWER, NULL}, true},
	{"l2-hits", {PT_UNIT_COUNT, 1, PT_BETTER_LOWER, NULL}, true},
	{"ll-hits", {PT_UNIT_COUNT, 1, PT_BETTER_LOWER, NULL}, true},
	{"ram-hits", {PT_UNIT_COUNT, 1, PT_BETTER_LOWER, NULL}, true},
	{"total-read-write", {PT_UNIT_COUNT, 1, PT_BETTER_LOWER, NULL}, true},
};

/* "Build Time" is "build-time". */
static bool is_slug(const char *slug, const char *name)
{
	for (; *slug && *name; slug++, name++)
		if (!(*slug == '-' && (*name == ' ' || *name == '+')) &&
		    strncasecmp(slug, name, 1) != 0)
			return false;
	return !*slug && !*name;
}

static const struct measure *find_measure(const char *name)
{
	for (size_t i = 0; i < PT_LEN(measures); i++)
		if (is_slug(measures[i].slug, name))
			return &measures[i];
	return NULL;
}

static bool is_metric(const pt_jval *v)
{
	return v && pt_json_type(v) == PT_JOBJECT && pt_json_get(v, "value");
}

/* Each benchmark has measures, each of them a value. A single object that has measures of a known
 * name is sure to be it. */
static int sniff(const struct pt_bench_input *in)
{
	const pt_jval *bench, *measure;

	if (!in->json || pt_json_type(pt_json_root(in->json)) != PT_JOBJECT)
		return 0;
	bench = pt_json_first(pt_json_root(in->json));
	if (!bench || pt_json_type(bench) != PT_JOBJECT)
		return 0;
	measure = pt_json_first(bench);
	if (!is_metric(measure))
		return 0;
	return find_measure(pt_json_key(measure)) ? PT_SNIFF_SURE : PT_SNIFF_LIKELY;
}

static int add_measure(const struct pt_json *doc, const char *name, const pt_jval *v,
		       struct pt_bench_set *set, struct pt_err *err)
{
	const struct measure *m = find_measure(pt_json_key(v));
	struct pt_bench_target to = {.name = name, .metric = pt_json_key(v), .estimate = true};

	to.unit = (struct pt_bench_unit){.unit = PT_UNIT_COUNT, .factor = 1};
	if (m) {
		to.unit = m->unit;
		to.metric = m->unit.metric ? m->unit.metric : to.metric;
		to.exact = m->exact;
		to.estimate = !m->exact;
	} else {
		pt_bench_set_note(set, "%s: has no unit here, taken as the smaller the better",
				  to.metric);
	}
	if (!is_metric(v))
		return pt_json_fail(doc, v, err, PT_ESYNTAX,
				    "%s of %s has no value, expected {\"value\": number}",
				    to.metric, name);
	if (pt_bench_set_find(set, name, to.metric, NULL))
		return pt_json_fail(doc, v, err, PT_EEXIST, "%s of %s is there twice, as %s",
				    to.metric, name, pt_json_key(v));
	return pt_bench_json_add(doc, pt_json_get(v, "value"), set, &to, err);
}

static int parse(const struct pt_bench_input *in, struct pt_bench_set *set, struct pt_err *err)
{
	const pt_jval *root = NULL;
	int code = pt_bench_json_root(in, PT_JOBJECT, &root, err);

	for (const pt_jval *b = pt_json_first(root); b && !code; b = pt_json_next(b)) {
		if (pt_json_type(b) != PT_JOBJECT)
			return pt_json_fail(in->json, b, err, PT_ESYNTAX,
					    "%s is %s, expected an object of measures",
					    pt_json_key(b), pt_json_type_name(pt_json_type(b)));
		for (const pt_jval *m = pt_json_first(b); m && !code; m = pt_json_next(m))
			code = add_measure(in->json, pt_json_key(b), m, set, err);
	}
	return code;
}

const struct pt_bench_parser pt_bench_parser_bmf = {
	.name = "bmf",
	.title = "Bencher Metric Format",
	.sniff = sniff,
	.parse = parse,
};
