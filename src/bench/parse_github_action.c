/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * github-action-benchmark: the history it keeps as data.js, JSON behind `window.BENCHMARK_DATA =`,
 * {entries: {suite: [{commit, date, tool, benches}]}}, and the arrays of {name, value, unit} that it
 * takes from any tool. Each value is an estimate. The newest entry is the newest result, older ones
 * are saved under their commit. Which direction is better follows from the tool, or else from the
 * unit. With several suites their names stand before those of the benchmarks. What go measured is
 * told once for all metrics and once more for each ("BenchmarkX - B/op"): the latter are taken. The
 * same name again in an entry is one more sample, as of go's -count. A history does not mend: where
 * a tool once said failure with a negative number, that one is left out.
 */
#include "parse_util.h"

#include "perftop/base/map.h"
#include "perftop/base/mem.h"
#include "perftop/base/str.h"

#include <math.h>
#include <string.h>

#define PREFIX "window.BENCHMARK_DATA"

enum direction { BY_UNIT, BIGGER, SMALLER };

struct action {
	const struct pt_json *doc;
	struct pt_bench_set *set;
	struct pt_err *err;
	struct pt_str name, unit;
	const char *suite; /* NULL: the only one */
	const char *saved; /* of this entry */
	bool go, google, history;
	size_t negative, aggregates; /* values left out */
	enum direction direction;
	struct pt_map names; /* of this entry's benchmarks */
};

static bool is_script(const struct pt_bench_input *in)
{
	const char *p = in->text;

	if (!strncmp(p, "\xEF\xBB\xBF", 3))
		p += 3;
	p += strspn(p, " \t\r\n");
	return !in->dir && !strncmp(p, PREFIX, sizeof PREFIX - 1);
}

static bool is_bench(const pt_jval *v)
{
	return pt_json_get(v, "name") && pt_json_get(v, "value") && pt_json_get(v, "unit");
}

static int sniff(const struct pt_bench_input *in)
{
	const pt_jval *root;

	if (is_script(in))
		return PT_SNIFF_SURE;
	if (!in->json)
		return 0;
	root = pt_json_root(in->json);
	if (pt_json_type(root) == PT_JARRAY)
		return is_bench(pt_json_first(root)) ? PT_SNIFF_SURE : 0;
	return pt_json_get(root, "entries") && pt_json_get(root, "repoUrl") ? PT_SNIFF_SURE : 0;
}

/* As the action itself reads them: a number, or text that is one. */
static int add_number(struct action *a, const pt_jval *v, const struct pt_bench_target *to)
{
	const char *text = pt_json_str(v, NULL);
	struct pt_bench *bench;
	double value;
	int code;

	if (!text || pt_parse_double(text, &value))
		value = pt_json_num(v, 0);
	if (value < 0 && a->history) {
		a->negative++;
		return 0;
	}
	if (!text || pt_parse_double(text, &value))
		return pt_bench_json_add(a->doc, v, a->set, to, a->err);
	code = pt_bench_scale("value", value, to->unit.factor, &value, a->err);
	if (!code)
		code = pt_bench_put(a->set, to->name, to->metric, to->saved, to->unit.unit,
				    to->unit.better, &bench, a->err);
	if (code)
		return pt_bench_json_at(a->doc, v, code, a->err);
	bench->estimate = true;
	pt_bench_add_sample(bench, 0, value);
	return 0;
}

/* Sets metric and direction from the unit, whose text stays in a->unit. */
static void describe(struct action *a, const char *unit, struct pt_bench_target *to)
{
	size_t len = strcspn(unit, " \t\r\n"); /* "ns/op\t16 B/op" */
	bool known;

	pt_str_clear(&a->unit);
	if (len == 0 || !pt_bench_unit_parse(unit, &to->unit))
		len = strlen(unit);
	pt_str_addn(&a->unit, unit, len);
	known = a->unit.len && !pt_bench_unit_parse(a->unit.s, &to->unit);
	if (!known)
		to->unit = (struct pt_bench_unit){.unit = PT_UNIT_COUNT, .factor = 1};
	to->metric = to->unit.metric ? to->unit.metric : "value";
	if (!to->unit.metric && a->unit.len)
		to->metric = a->unit.s;
	if (a->direction != BY_UNIT)
		to->unit.better = a->direction == BIGGER ? PT_BETTER_HIGHER : PT_BETTER_LOWER;
	else if (!known)
		pt_bench_set_note(a->set, "%s: taken as the smaller the better", to->metric);
}

static void full_name(struct action *a, const char *name, size_t len)
{
	pt_str_clear(&a->name);
	if (a->suite)
		pt_str_addf(&a->name, "%s/", a->suite);
	pt_str_addn(&a->name, name, len);
}

/* Is this what go measured for all its metrics, and are they told one by one too? */
static bool told_again(const struct action *a, const char *name, const char *unit)
{
	struct pt_str other = PT_STR_INIT;
	bool is;

	pt_str_addf(&other, "%s - %.*s", name, (int)PT_MIN(strcspn(unit, " \t"), (size_t)100),
		    unit);
	is = pt_map_get(&a->names, other.s) != NULL;
	pt_str_release(&other);
	return is;
}

/* What Google Benchmark makes of repetitions and is no time: older versions of the action kept it. */
static bool is_spread(const char *name)
{
	static const char *const ends[] = {"_stddev", "_cv", "_BigO", "_RMS"};
	const char *end = strrchr(name, '_');

	for (size_t i = 0; end && i < PT_LEN(ends); i++)
		if (!strcmp(end, ends[i]))
			return true;
	return false;
}

static int add_bench(struct action *a, const pt_jval *b)
{
	struct pt_bench_target to = {.saved = a->saved, .estimate = true};
	const char *unit = pt_json_str(pt_json_get(b, "unit"), "");
	const pt_jval *name;
	const char *text, *dash;
	size_t len;
	int code = pt_bench_json_get(a->doc, b, "name", PT_JSTRING, &name, a->err);

	if (code)
		return code;
	text = pt_json_str(name, "");
	len = strlen(text);
	if (a->go && told_again(a, text, unit))
		return 0;
	if (a->google && is_spread(text)) {
		a->aggregates++;
		return 0;
	}
	dash = a->go ? strstr(text, " - ") : NULL;
	if (dash && !strcmp(dash + 3, unit))
		len = (size_t)(dash - text);
	full_name(a, text, len);
	describe(a, unit, &to);
	to.name = pt_str_text(&a->name);
	return add_number(a, pt_json_get(b, "value"), &to);
}

static int add_benches(struct action *a, const pt_jval *benches)
{
	int code = 0;

	for (const pt_jval *b = pt_json_first(benches); b && a->go; b = pt_json_next(b))
		pt_map_put(&a->names, pt_json_str(pt_json_get(b, "name"), ""), a);
	for (const pt_jval *b = pt_json_first(benches); b && !code; b = pt_json_next(b))
		code = add_bench(a, b);
	pt_map_release(&a->names);
	return code;
}

static enum direction direction_of(const char *tool)
{
	static const char *const bigger[] = {"customBiggerIsBetter", "benchmarkjs", "pytest"};
	static const char *const smaller[] = {
		"customSmallerIsBetter", "cargo",	 "googlecpp", "catch2", "julia",
		"benchmarkdotnet",	 "benchmarkluau"};

	for (size_t i = 0; i < PT_LEN(bigger); i++)
		if (!strcmp(bigger[i], tool))
			return BIGGER;
	for (size_t i = 0; i < PT_LEN(smaller); i++)
		if (!strcmp(smaller[i], tool))
			return SMALLER;
	return BY_UNIT; /* jmh and go: metrics of both directions */
}

static int add_entry(struct action *a, const pt_jval *entry, bool newest)
{
	const char *tool = pt_json_str(pt_json_get(entry, "tool"), "");
	const char *commit = pt_json_str(pt_json_path(entry, "commit.id"), "");
	const pt_jval *benches;
	int code = pt_bench_json_get(a->doc, entry, "benches", PT_JARRAY, &benches, a->err);

	if (code)
		return code;
	a->saved = newest ? NULL : commit;
	a->go = !strcmp(tool, "go");
	a->google = !strcmp(tool, "googlecpp");
	a->direction = direction_of(tool);
	if (!newest && !*commit) {
		pt_bench_set_note(a->set, "an older entry without a commit left out");
		return 0;
	}
	return add_benches(a, benches);
}

struct dated {
	double date;
	size_t at;
	const pt_jval *entry;
};

/* Newest first; of the same time what was written later. */
static int by_date(const void *a, const void *b)
{
	const struct dated *x = a, *y = b;

	if (x->date != y->date)
		return x->date > y->date ? -1 : 1;
	return x->at > y->at ? -1 : x->at < y->at;
}

static int add_suite(struct action *a, const pt_jval *list)
{
	struct dated *entries = NULL;
	size_t n = 0, cap = 0;
	int code = 0;

	for (const pt_jval *e = pt_json_first(list); e; e = pt_json_next(e)) {
		struct dated entry = {pt_json_num(pt_json_get(e, "date"), 0), n, e};

		*PT_PUSH(entries, n, cap) = entry;
	}
	if (n)
		qsort(entries, n, sizeof *entries, by_date);
	for (size_t i = 0; i < n && !code; i++) {
		size_t more = pt_json_len(pt_json_get(entries[i].entry, "benches"));

		if (i && a->set->n + more > PT_BENCH_MAX) {
			pt_bench_set_note(a->set, "%zu older entries left out", n - i);
			break;
		}
		code = add_entry(a, entries[i].entry, i == 0);
	}
	free(entries);
	return code;
}

static int add_history(struct action *a, const pt_jval *root)
{
	const pt_jval *suites;
	bool several;
	int code = pt_bench_json_get(a->doc, root, "entries", PT_JOBJECT, &suites, a->err);

	if (code)
		return code;
	a->history = true;
	several = pt_json_len(suites) > 1;
	for (const pt_jval *s = pt_json_first(suites); s && !code; s = pt_json_next(s)) {
		a->suite = several ? pt_json_key(s) : NULL;
		code = add_suite(a, s);
	}
	if (a->aggregates)
		pt_bench_set_note(a->set, "%zu aggregate rows left out", a->aggregates);
	if (a->negative)
		pt_bench_set_note(a->set, "%zu value%s below 0 left out", a->negative,
				  a->negative == 1 ? "" : "s");
	return code;
}

/* The script as JSON: what stands around it becomes blanks, so that places stay. */
static int read_script(const struct pt_bench_input *in, struct pt_json **ret, struct pt_err *err)
{
	char *text = pt_malloc(in->len + 1), *equals, *end = text + in->len;
	int code;

	memcpy(text, in->text, in->len);
	*end = '\0';
	equals = strchr(text, '=');
	if (!equals) {
		free(text);
		return pt_err_at(err, PT_ESYNTAX, in->name, 1, 1, "no = behind " PREFIX);
	}
	memset(text, ' ', (size_t)(equals - text) + 1);
	while (end > equals && strchr(" \t\r\n;", end[-1]))
		*--end = ' ';
	code = pt_json_parse(in->name, text, in->len, &pt_bench_json_limits, ret, err);
	free(text);
	return code;
}

static int parse(const struct pt_bench_input *in, struct pt_bench_set *set, struct pt_err *err)
{
	struct action a = {.doc = in->json, .set = set, .err = err};
	struct pt_json *own = NULL;
	const pt_jval *root;
	int code = 0;

	if (is_script(in))
		code = read_script(in, &own, err);
	if (code)
		return code;
	a.doc = own ? own : in->json;
	if (!a.doc)
		return pt_bench_json_root(in, PT_JARRAY, &root, err);
	root = pt_json_root(a.doc);
	if (pt_json_type(root) == PT_JARRAY)
		code = add_benches(&a, root);
	else
		code = add_history(&a, root);
	pt_json_free(own);
	pt_str_release(&a.name);
	pt_str_release(&a.unit);
	return code;
}

const struct pt_bench_parser pt_bench_parser_github_action = {
	.name = "github_action",
	.title = "github-action-benchmark, data.js or custom JSON",
	.sniff = sniff,
	.parse = parse,
};
