/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * `go test -bench`, in the grammar that golang.org/x/perf calls benchfmt: `BenchmarkX/sub-8 N v unit
 * v unit…`, `key: value` lines of which pkg scopes the names, and `Unit` lines. A name that comes
 * again (-count) is one more sample. The -8 is GOMAXPROCS and no part of the name, but it cannot be
 * told from a sub-benchmark called "n-8"; so it is dropped only where every name has the same.
 *
 * What a benchmark prints itself lands between its name and its numbers; these are put together
 * again.
 */
#include "parse_lines.h"

#include "perftop/base/mem.h"

#include <ctype.h>
#include <string.h>

enum { UNITS_MAX = 1000 };

struct go_unit {
	char *name;
	bool better_known, exact;
	enum pt_better better;
};

struct go {
	struct pt_lines lines;
	bool take;    /* the first pass looks at names and units only */
	char *suffix; /* "-8", the same so far of all names; "" once they differ; NULL: none seen */
	char *pkg;    /* or NULL */
	char *pending;	/* a name whose numbers have not come yet; or NULL */
	size_t results; /* of this pass */
	struct go_unit *units;
	size_t n_units, cap_units;
};

static void keep(char **to, const char *text)
{
	free(*to);
	*to = text ? pt_strdup(text) : NULL;
}

/* Where "-8" begins at the end of a name; its end if there is none. */
static const char *suffix_of(const char *name)
{
	const char *end = name + strlen(name), *p = end;

	while (p > name && isdigit((unsigned char)p[-1]))
		p--;
	return p < end && p > name && p[-1] == '-' ? p - 1 : end;
}

static void look_at_suffix(struct go *g, const char *name)
{
	const char *suffix = suffix_of(name);

	if (!g->suffix)
		g->suffix = pt_strdup(suffix);
	else if (strcmp(g->suffix, suffix) != 0)
		keep(&g->suffix, "");
}

static struct go_unit *unit_find(struct go *g, const char *name)
{
	for (size_t i = 0; i < g->n_units; i++)
		if (strcmp(g->units[i].name, name) == 0)
			return &g->units[i];
	return NULL;
}

/* Unit NAME better=higher assume=exact */
static void unit_line(struct go *g, char *rest)
{
	const char *name = pt_lines_word(&rest), *word;
	struct go_unit *unit = name ? unit_find(g, name) : NULL;

	if (!name || (!unit && g->n_units >= UNITS_MAX))
		return;
	if (!unit) {
		unit = PT_PUSH(g->units, g->n_units, g->cap_units);
		*unit = (struct go_unit){.name = pt_strdup(name)};
	}
	while ((word = pt_lines_word(&rest))) {
		bool higher = strcmp(word, "better=higher") == 0;

		unit->exact |= strcmp(word, "assume=exact") == 0;
		if (higher || strcmp(word, "better=lower") == 0) {
			unit->better_known = true;
			unit->better = higher ? PT_BETTER_HIGHER : PT_BETTER_LOWER;
		}
	}
}

/* A unit of the testing package has a metric of ours; any other one, given to ReportMetric, is a metric
 * by its own name, which may lead with what it is: "p99-ns/op". */
static void unit_parse(struct go *g, const char *text, struct pt_lines_value *v)
{
	static const char *const standard[] = {"ns/op",	    "sec/op", "B/op",
					       "allocs/op", "MB/s",   "B/s"};
	const char *slash = strchr(text, '/'), *p = slash;
	const struct go_unit *said = unit_find(g, text);

	v->metric = text;
	for (size_t i = 0; i < PT_LEN(standard); i++)
		if (strcmp(text, standard[i]) == 0 && pt_lines_unit(text, &v->unit))
			v->metric = v->unit.metric;
	while (p && p > text && p[-1] != '-')
		p--;
	if (v->metric == text && !pt_lines_unit(text, &v->unit) && p && p > text)
		pt_lines_unit(p, &v->unit);
	if (said && said->better_known)
		v->unit.better = said->better;
	v->exact = said && said->exact;
}

static void full_name(const struct go *g, const char *name, struct pt_str *out)
{
	const char *suffix = suffix_of(name);
	bool drop = *suffix && strcmp(suffix, g->suffix) == 0;

	if (g->pkg)
		pt_str_addf(out, "%s.", g->pkg);
	pt_str_addn(out, name, drop ? (size_t)(suffix - name) : strlen(name));
}

/* The pairs of value and unit. */
static int take_values(struct go *g, const char *name, char *rest)
{
	struct pt_lines *l = &g->lines;
	struct pt_str full = PT_STR_INIT;
	struct pt_lines_value v = {0};
	const char *word, *unit;
	int code = 0, n = 0;

	full_name(g, name, &full);
	v.name = full.s;
	for (; !code && (word = pt_lines_word(&rest)); n++) {
		v.at = word;
		if (pt_lines_number(word, &v.value)) {
			code = pt_lines_fail(l, word, PT_ESYNTAX, "\"%s\", expected a number",
					     word);
		} else if (!(unit = pt_lines_word(&rest))) {
			code = pt_lines_fail(l, word, PT_ESYNTAX,
					     "%s has no unit, expected one such as ns/op", word);
		} else {
			unit_parse(g, unit, &v);
			code = pt_lines_add(l, &v);
		}
	}
	if (!code && n == 0)
		code = pt_lines_fail(
			l, rest, PT_ESYNTAX,
			"nothing measured, expected values and units behind the count");
	pt_str_release(&full);
	return code;
}

static bool is_count(const char *word)
{
	return word && *word && word[strspn(word, "0123456789")] == '\0';
}

/* Numbers of name behind the count of iterations. */
static int result(struct go *g, const char *name, char *rest)
{
	g->results++;
	if (g->take)
		return take_values(g, name, rest);
	look_at_suffix(g, name);
	return 0;
}

static int benchmark_line(struct go *g, char *rest)
{
	const char *name = pt_lines_word(&rest), *count;
	int code;

	keep(&g->pending, NULL);
	if (islower((unsigned char)name[strlen("Benchmark")]))
		return 0; /* prose: Go takes no such name for a benchmark */
	count = pt_lines_word(&rest);
	if (is_count(count))
		code = result(g, name, rest);
	else
		code = 0, keep(&g->pending, name);
	return code;
}

static int pending_line(struct go *g, char *rest)
{
	int code;

	if (!strstr(rest, " ns/op") || !is_count(pt_lines_word(&rest)))
		return 0;
	code = result(g, g->pending, rest);
	keep(&g->pending, NULL);
	return code;
}

static int line(struct go *g)
{
	static const char fail[] = "--- FAIL: ";
	char *s = g->lines.s;

	if (strncmp(s, "Benchmark", 9) == 0)
		return benchmark_line(g, s);
	if (strncmp(s, "Unit ", 5) == 0)
		unit_line(g, s + 5);
	else if (strncmp(s, "pkg:", 4) == 0)
		keep(&g->pkg, *pt_lines_trim(s + 4) ? pt_lines_trim(s + 4) : NULL);
	else if (strncmp(s, fail, strlen(fail)) == 0 && g->take)
		pt_bench_set_note(g->lines.set, "%s failed", s + strlen(fail));
	else if (g->pending)
		return pending_line(g, s);
	return 0;
}

static int pass(struct go *g, bool take)
{
	int code = 0;

	g->take = take;
	g->results = 0;
	g->lines.next = g->lines.in->text;
	g->lines.number = 0;
	while (!code && pt_lines_next(&g->lines))
		code = line(g);
	keep(&g->pkg, NULL);
	keep(&g->pending, NULL);
	return code;
}

static int parse(const struct pt_bench_input *in, struct pt_bench_set *set, struct pt_err *err)
{
	struct go g = {0};
	int code;

	pt_lines_init(&g.lines, in, set, err);
	code = pass(&g, false);
	if (!code && g.results == 0)
		code = pt_err_at(err, PT_ENODATA, in->name, 0, 0,
				 "no benchmark has a result, expected lines of `go test -bench`");
	if (!code)
		code = pass(&g, true);
	for (size_t i = 0; i < g.n_units; i++)
		free(g.units[i].name);
	free(g.units);
	free(g.suffix);
	pt_lines_release(&g.lines);
	return code;
}

/* A result, or the first config line of the testing package. */
static bool looks_like(char *line)
{
	const char *word;
	double value;

	if (strncmp(line, "goos: ", 6) == 0)
		return true;
	if (strncmp(line, "Benchmark", 9) != 0 || islower((unsigned char)line[9]))
		return false;
	pt_lines_word(&line);
	if (!is_count(pt_lines_word(&line)))
		return false;
	word = pt_lines_word(&line);
	return word && pt_lines_number(word, &value) == 0 && pt_lines_word(&line);
}

static int sniff(const struct pt_bench_input *in)
{
	return pt_lines_any(in, looks_like) ? PT_SNIFF_SURE : 0;
}

const struct pt_bench_parser pt_bench_parser_go = {
	.name = "go",
	.title = "go test -bench",
	.sniff = sniff,
	.parse = parse,
};
