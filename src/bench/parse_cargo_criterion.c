/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * cargo-criterion --message-format=json: an object a line, perhaps among messages of cargo. Of
 * "benchmark-complete" measured_values are totals of iteration_count iterations, the samples of one
 * launch. The same id again is another launch.
 */
#include "criterion.h"
#include "json_stream.h"

#include "perftop/base/mem.h"

#include <string.h>

#define MARKER "\"benchmark-complete\""

static int sniff(const struct pt_bench_input *in)
{
	return pt_json_stream_any(in, MARKER) ? PT_SNIFF_SURE : 0;
}

static int add_complete(const struct pt_json *doc, struct pt_bench_set *set, struct pt_err *err)
{
	const pt_jval *root = pt_json_root(doc), *id, *unit;
	struct pt_bench_unit in = {.factor = 1};
	struct pt_bench *bench;
	int code = pt_bench_json_get(doc, root, "id", PT_JSTRING, &id, err);

	if (!code)
		code = pt_bench_json_get(doc, root, "unit", PT_JSTRING, &unit, err);
	if (code)
		return code;
	if (pt_bench_unit_parse(pt_json_str(unit, ""), &in) || !in.metric)
		in.metric = pt_json_str(unit, ""); /* cycles, instructions… */
	code = pt_bench_put(set, pt_json_str(id, ""), in.metric, NULL, in.unit, PT_BETTER_LOWER,
			    &bench, err);
	if (code)
		return pt_bench_json_at(doc, id, code, err);
	return pt_criterion_samples(doc, pt_json_get(root, "iteration_count"),
				    pt_json_get(root, "measured_values"), in.factor, bench, err);
}

static int parse(const struct pt_bench_input *in, struct pt_bench_set *set, struct pt_err *err)
{
	struct pt_json_stream s;
	struct pt_json *doc;
	int code, line;

	pt_json_stream_init(&s, in, MARKER);
	while ((code = pt_json_stream_next(&s, &doc, &line, err)) > 0) {
		code = 0;
		if (!strcmp(pt_json_str(pt_json_get(pt_json_root(doc), "reason"), ""),
			    "benchmark-complete"))
			code = add_complete(doc, set, err);
		pt_json_free(doc);
		if (code && err && err->line)
			err->line += line;
		if (code)
			return code;
	}
	return code;
}

const struct pt_bench_parser pt_bench_parser_cargo_criterion = {
	.name = "cargo_criterion",
	.title = "cargo criterion --message-format=json",
	.sniff = sniff,
	.parse = parse,
};
