/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Gungraun, formerly iai-callgrind: summaries of version 6, as --output-format=json prints them (an
 * object a line, or laid out) and as summary.json files hold them. Each of valgrind's tools has a
 * total, each of its metrics the new value (Left), the old one (Right) or Both; the old ones count as
 * saved. Names and metrics are those of the text on a terminal. Counts are exact.
 */
#include "json_stream.h"
#include "parse_util.h"

#include "perftop/base/mem.h"
#include "perftop/base/str.h"

#include <ctype.h>
#include <string.h>

#define MARKER "\"module_path\""

static const struct label {
	const char *key, *label;
} labels[] = {
	{"Ir", "instructions"},
	{"L1hits", "L1 Hits"},
	{"L2hits", "L2 Hits"},
	{"LLhits", "LL Hits"},
	{"RamHits", "RAM Hits"},
	{"TotalRW", "Total read+write"},
	{"EstimatedCycles", "Estimated Cycles"},
	{"I1MissRate", "I1 Miss Rate"},
	{"LLiMissRate", "LLi Miss Rate"},
	{"D1MissRate", "D1 Miss Rate"},
	{"LLdMissRate", "LLd Miss Rate"},
	{"LLMissRate", "LL Miss Rate"},
	{"L1HitRate", "L1 Hit Rate"},
	{"LLHitRate", "LL Hit Rate"},
	{"RamHitRate", "RAM Hit Rate"},
	{"TotalUnits", "Total units"},
	{"TotalEvents", "Total events"},
	{"TotalBytes", "Total bytes"},
	{"TotalBlocks", "Total blocks"},
	{"AtTGmaxBytes", "At t-gmax bytes"},
	{"AtTGmaxBlocks", "At t-gmax blocks"},
	{"AtTEndBytes", "At t-end bytes"},
	{"AtTEndBlocks", "At t-end blocks"},
	{"ReadsBytes", "Reads bytes"},
	{"WritesBytes", "Writes bytes"},
	{"TotalLifetimes", "Total lifetimes"},
	{"MaximumBytes", "Maximum bytes"},
	{"MaximumBlocks", "Maximum blocks"},
	{"SuppressedErrors", "Suppressed Errors"},
	{"SuppressedContexts", "Suppressed Contexts"},
};

struct summary {
	const struct pt_json *doc;
	struct pt_bench_set *set;
	struct pt_err *err;
	struct pt_str name, metric;
	const char *old; /* what the old values are saved as */
};

static int sniff(const struct pt_bench_input *in)
{
	return pt_json_stream_any(in, MARKER) && strstr(in->text, "\"profiles\"") ? PT_SNIFF_SURE
										  : 0;
}

static bool ends_with(const char *s, const char *end)
{
	size_t n = strlen(s), m = strlen(end);

	return n >= m && !strcmp(s + n - m, end);
}

/* Callgrind's metrics by their name alone, those of other tools as "dhat Total bytes". */
static void metric_of(struct summary *s, const char *tool, const char *key)
{
	const char *label = key;

	for (size_t i = 0; i < PT_LEN(labels); i++)
		if (!strcmp(labels[i].key, key))
			label = labels[i].label;
	pt_str_clear(&s->metric);
	if (strcmp(tool, "Callgrind") != 0) {
		for (; *tool; tool++)
			pt_str_addc(&s->metric, (char)tolower((unsigned char)*tool));
		pt_str_addc(&s->metric, ' ');
	}
	pt_str_add(&s->metric, label);
}

static int add_value(struct summary *s, const char *key, const pt_jval *v, const char *saved)
{
	struct pt_bench_target to = {.name = s->name.s, .metric = s->metric.s, .saved = saved};
	const pt_jval *number = pt_json_first(v); /* {"Int": 6} or {"Float": 0.1} */

	if (!v)
		return 0;
	to.unit = (struct pt_bench_unit){.unit = PT_UNIT_COUNT, .factor = 1};
	if (ends_with(key, "Rate"))
		to.unit = (struct pt_bench_unit){.unit = PT_UNIT_RATIO, .factor = 0.01};
	else if (ends_with(key, "Bytes"))
		to.unit.unit = PT_UNIT_BYTES;
	if (ends_with(key, "HitRate"))
		to.unit.better = PT_BETTER_HIGHER;
	to.exact = !ends_with(key, "Time");
	to.run = PT_RUN_NEW;
	return pt_bench_json_add(s->doc, number ? number : v, s->set, &to, s->err);
}

static int add_metric(struct summary *s, const char *tool, const pt_jval *metric)
{
	const pt_jval *values = pt_json_get(metric, "metrics");
	const pt_jval *both = pt_json_get(values, "Both");
	const pt_jval *now = both ? pt_json_first(both) : pt_json_get(values, "Left");
	const pt_jval *old = now && both ? pt_json_next(now) : pt_json_get(values, "Right");
	const char *key = pt_json_key(metric);
	int code;

	if (!now && !old)
		return pt_json_fail(s->doc, metric, s->err, PT_ESYNTAX,
				    "%s has no value, expected Left, Right or Both", key);
	metric_of(s, tool, key);
	code = add_value(s, key, now, NULL);
	return code ? code : add_value(s, key, old, s->old);
}

static int add_profile(struct summary *s, const pt_jval *profile)
{
	const char *tool = pt_json_str(pt_json_get(profile, "tool"), "Callgrind");
	const pt_jval *kind = pt_json_first(pt_json_path(profile, "summaries.total.summary"));
	int code = 0;

	for (const pt_jval *m = pt_json_first(kind); m && !code; m = pt_json_next(m))
		code = add_metric(s, tool, m);
	return code;
}

/* "module::group::function id:arguments" */
static void name_of(struct summary *s, const pt_jval *root)
{
	const char *id = pt_json_str(pt_json_get(root, "id"), NULL);
	const char *details = pt_json_str(pt_json_get(root, "details"), NULL);

	pt_str_clear(&s->name);
	pt_str_add(&s->name, pt_json_str(pt_json_get(root, "module_path"), ""));
	if (id)
		pt_str_addf(&s->name, " %s", id);
	if (id && details)
		pt_str_addf(&s->name, ":%s", details);
}

static int add_summary(struct summary *s)
{
	const pt_jval *root = pt_json_root(s->doc), *profiles;
	const pt_jval *version = pt_json_get(root, "version"), *old;
	int code;

	if (strcmp(pt_json_str(version, ""), "6") != 0)
		return pt_json_fail(s->doc, version ? version : root, s->err, PT_ENOTSUP,
				    "a summary of version %s, expected 6 (iai-callgrind 0.16)",
				    pt_json_str(version, "unknown"));
	code = pt_bench_json_get(s->doc, root, "profiles", PT_JARRAY, &profiles, s->err);
	if (code)
		return code;
	name_of(s, root);
	old = pt_json_path(root, "baselines[1]");
	s->old = pt_json_str(old, "old");
	for (const pt_jval *p = pt_json_first(profiles); p && !code; p = pt_json_next(p))
		code = add_profile(s, p);
	return code;
}

static int parse(const struct pt_bench_input *in, struct pt_bench_set *set, struct pt_err *err)
{
	struct summary s = {.set = set, .err = err};
	struct pt_json_stream stream;
	struct pt_json *doc;
	int code, line;

	pt_json_stream_init(&stream, in, MARKER);
	while ((code = pt_json_stream_next(&stream, &doc, &line, err)) > 0) {
		s.doc = doc;
		code = add_summary(&s);
		pt_json_free(doc);
		if (code && err && err->line)
			err->line += line;
		if (code)
			break;
	}
	if (!code && stream.unfinished)
		pt_bench_set_note(set, "line %d: an object without its end left out",
				  stream.unfinished);
	pt_str_release(&s.name);
	pt_str_release(&s.metric);
	return code;
}

const struct pt_bench_parser pt_bench_parser_gungraun = {
	.name = "gungraun",
	.title = "Gungraun or iai-callgrind, --output-format=json",
	.sniff = sniff,
	.parse = parse,
};
