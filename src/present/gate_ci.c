/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The gate's report for the machines that run it: a pull request's comment, JUnit, GitHub's
 * annotations, Prometheus. Each quotes hostile names in its own way; all make them safe first,
 * since their logs end in terminals and browsers.
 */
#include "gate_words.h"

#include "field.h"

#include "perftop/base/mem.h"
#include "perftop/model/metric.h"
#include "perftop/present/export.h"
#include "perftop/present/value.h"

#include <math.h>
#include <string.h>

enum { COMMENT_ROWS = 200 }; /* a comment has a limit of 65,536 characters */

/* Replaces characters of safe text by what stands for them in a format. */
struct quote {
	char c;
	const char *as;
};

static void add_quoted(struct pt_str *out, const char *text, const struct quote *quotes, size_t n)
{
	struct pt_str safe = PT_STR_INIT;

	pt_field_safe(&safe, text);
	for (const char *p = pt_str_text(&safe); *p; p++) {
		size_t i = 0;
		while (i < n && quotes[i].c != *p)
			i++;
		if (i < n)
			pt_str_add(out, quotes[i].as);
		else
			pt_str_addc(out, *p);
	}
	pt_str_release(&safe);
}

static bool row_fails(const struct pt_gate_row *row)
{
	return row->state == PT_GATE_FAILED || row->over_budget ||
	       (row->state == PT_GATE_COMPARED && !row->accepted &&
		row->c.verdict == PT_VERDICT_REGRESSION);
}

/* ---- Markdown ---- */

/* Entities, not backslashes: they hold in tables, in code and beside HTML alike. An @ or # would
 * call people and issues. */
static const struct quote markdown_quotes[] = {
	{'&', "&amp;"}, {'<', "&lt;"},	 {'>', "&gt;"},	  {'|', "&#124;"}, {'`', "&#96;"},
	{'*', "&#42;"}, {'_', "&#95;"},	 {'[', "&#91;"},  {']', "&#93;"},  {'@', "&#64;"},
	{'#', "&#35;"}, {'~', "&#126;"}, {'\\', "&#92;"}, {'!', "&#33;"},
};

static void add_markdown(struct pt_str *out, const char *text)
{
	add_quoted(out, text, markdown_quotes, PT_LEN(markdown_quotes));
}

static void markdown_value(struct pt_str *out, const struct pt_gate_row *row, double v)
{
	char text[48];

	pt_value_format(text, sizeof text, v, row->unit, 0);
	pt_str_addf(out, " %s |", text);
}

static void markdown_row(struct pt_str *out, const struct pt_gate_row *row)
{
	struct pt_str name = PT_STR_INIT;
	char change[48], interval[64], reason[320];
	bool bad = row_fails(row);

	pt_gate_row_name(row, &name);
	pt_gate_change(row, false, false, change, sizeof change);
	pt_gate_interval(row, false, interval, sizeof interval);
	pt_gate_reason(row, reason, sizeof reason);
	pt_str_add(out, "| ");
	add_markdown(out, name.s);
	pt_str_add(out, " |");
	markdown_value(out, row, row->state == PT_GATE_ADDED ? NAN : row->c.base);
	markdown_value(out, row, row->state == PT_GATE_REMOVED ? NAN : row->c.candidate);
	if (bad && change[0])
		pt_str_addf(out, " **%s** |", change);
	else
		pt_str_addf(out, " %s |", change);
	pt_str_addf(out, " %s | %s %s%s", interval, pt_gate_row_sign(row, false),
		    pt_gate_row_word(row), reason[0] ? "; " : "");
	add_markdown(out, reason);
	pt_str_add(out, " |\n");
	pt_str_release(&name);
}

static void markdown_table(struct pt_str *out, const struct pt_gate_row **rows, size_t n)
{
	pt_str_add(out, "| Benchmark | Base | Now | Change | 95 % interval | Verdict |\n"
			"|:--|--:|--:|--:|--:|:--|\n");
	for (size_t i = 0; i < PT_MIN(n, (size_t)COMMENT_ROWS); i++)
		markdown_row(out, rows[i]);
	if (n > COMMENT_ROWS)
		pt_str_addf(out, "\n… and %zu more.\n", n - COMMENT_ROWS);
	pt_str_addc(out, '\n');
}

static void markdown_line(struct pt_str *out, const char *what, const char *text)
{
	if (!text || !text[0])
		return;
	pt_str_addf(out, "%s: ", what);
	add_markdown(out, text);
	pt_str_add(out, "  \n");
}

void pt_gate_markdown(const struct pt_gate_report *report, const struct pt_gate_look *look,
		      struct pt_str *out)
{
	const struct pt_gate_row **rows = pt_gate_rows_by_rank(report);
	size_t changed = report->n - pt_gate_quiet(report);
	char summary[300];

	pt_gate_summary(report, summary, sizeof summary);
	pt_str_addf(out, "### perftop: %s – %s\n\n", pt_gate_report_word(report), summary);
	if (look->all && changed == 0)
		changed = report->n;
	if (changed)
		markdown_table(out, rows, changed);
	if (changed < report->n) {
		pt_str_addf(out, "<details><summary>%zu the same</summary>\n\n",
			    report->n - changed);
		markdown_table(out, rows + changed, report->n - changed);
		pt_str_add(out, "</details>\n\n");
	}
	for (size_t i = 0; i < report->n_notes; i++)
		markdown_line(out, "Note", report->notes[i]);
	markdown_line(out, "Base", report->base_name);
	markdown_line(out, "Candidate", report->candidate_name);
	markdown_line(out, "Machine", report->machine_class);
	free(rows);
}

/* ---- JUnit ---- */

static const struct quote xml_quotes[] = {
	{'&', "&amp;"}, {'<', "&lt;"}, {'>', "&gt;"}, {'"', "&quot;"}, {'\'', "&apos;"},
};

static void xml_attribute(struct pt_str *out, const char *name, const char *value)
{
	pt_str_addf(out, " %s=\"", name);
	add_quoted(out, value ? value : "", xml_quotes, PT_LEN(xml_quotes));
	pt_str_addc(out, '"');
}

/* "17.3 ms -> 18.4 ms, +6.2 %, +5.4 .. +7.0; beyond 5 %" */
static void add_sentence(struct pt_str *out, const struct pt_gate_row *row)
{
	char a[48], b[48], change[48], interval[64], reason[320];

	pt_gate_reason(row, reason, sizeof reason);
	if (row->state == PT_GATE_COMPARED) {
		pt_value_format(a, sizeof a, row->c.base, row->unit, 0);
		pt_value_format(b, sizeof b, row->c.candidate, row->unit, 0);
		pt_gate_change(row, false, false, change, sizeof change);
		pt_gate_interval(row, false, interval, sizeof interval);
		pt_str_addf(out, "%s: %s -> %s, %s", pt_gate_row_word(row), a, b, change);
		if (interval[0])
			pt_str_addf(out, " (95 %% interval %s)", interval);
	} else {
		pt_str_add(out, pt_gate_row_word(row));
	}
	if (reason[0])
		pt_str_addf(out, "; %s", reason);
}

static bool row_unsure(const struct pt_gate_row *row)
{
	return row->state == PT_GATE_COMPARED && row->c.verdict == PT_VERDICT_INCONCLUSIVE;
}

static void junit_case(struct pt_str *out, const struct pt_gate_row *row)
{
	struct pt_str sentence = PT_STR_INIT, name = PT_STR_INIT;
	const char *element = row_fails(row) ? "failure" : row_unsure(row) ? "skipped" : NULL;

	add_sentence(&sentence, row);
	pt_str_addf(&name, "%s %s", row->name, row->metric);
	pt_str_add(out, "    <testcase");
	xml_attribute(out, "classname", row->suite && row->suite[0] ? row->suite : "benchmarks");
	xml_attribute(out, "name", name.s);
	if (row->unit == PT_UNIT_NS && row->state == PT_GATE_COMPARED)
		pt_str_addf(out, " time=\"%.9f\"", row->c.candidate / 1e9);
	if (element) {
		pt_str_addf(out, ">\n      <%s", element);
		xml_attribute(out, "message", sentence.s);
		pt_str_add(out, "/>\n    </testcase>\n");
	} else {
		pt_str_add(out, ">\n      <system-out>");
		add_quoted(out, sentence.s, xml_quotes, PT_LEN(xml_quotes));
		pt_str_add(out, "</system-out>\n    </testcase>\n");
	}
	pt_str_release(&sentence);
	pt_str_release(&name);
}

void pt_gate_junit(const struct pt_gate_report *report, const struct pt_gate_look *look,
		   struct pt_str *out)
{
	size_t failures = 0, skipped = 0;

	(void)look;
	for (size_t i = 0; i < report->n; i++) {
		failures += row_fails(&report->rows[i]);
		skipped += row_unsure(&report->rows[i]);
	}
	pt_str_addf(out,
		    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n"
		    "  <testsuite name=\"perftop check\" tests=\"%zu\" failures=\"%zu\" "
		    "skipped=\"%zu\" errors=\"0\">\n",
		    report->n, failures, skipped);
	for (size_t i = 0; i < report->n; i++)
		junit_case(out, &report->rows[i]);
	pt_str_add(out, "  </testsuite>\n</testsuites>\n");
}

/* ---- GitHub annotations ---- */

static const struct quote github_quotes[] = {{'%', "%25"}, {'\r', "%0D"}, {'\n', "%0A"}};
static const struct quote github_property_quotes[] = {
	{'%', "%25"}, {'\r', "%0D"}, {'\n', "%0A"}, {':', "%3A"}, {',', "%2C"}};

static void github_property(struct pt_str *out, const char *name, const char *value)
{
	pt_str_addf(out, "%s=", name);
	add_quoted(out, value, github_property_quotes, PT_LEN(github_property_quotes));
}

static void github_place(struct pt_str *out, const char *location)
{
	const char *colon = strrchr(location, ':');
	char *file = pt_strndup(location, colon ? (size_t)(colon - location) : strlen(location));

	github_property(out, "file", file);
	if (colon)
		github_property(out, ",line", colon + 1);
	pt_str_addc(out, ',');
	free(file);
}

static void github_row(struct pt_str *out, const struct pt_gate_row *row, const char *level)
{
	struct pt_str name = PT_STR_INIT, sentence = PT_STR_INIT;

	pt_gate_row_name(row, &name);
	add_sentence(&sentence, row);
	pt_str_addf(out, "::%s ", level);
	if (row->location)
		github_place(out, row->location);
	github_property(out, "title", name.s);
	pt_str_add(out, "::");
	add_quoted(out, sentence.s, github_quotes, PT_LEN(github_quotes));
	pt_str_addc(out, '\n');
	pt_str_release(&name);
	pt_str_release(&sentence);
}

void pt_gate_github(const struct pt_gate_report *report, const struct pt_gate_look *look,
		    struct pt_str *out)
{
	const struct pt_gate_row **rows = pt_gate_rows_by_rank(report);

	(void)look;
	for (size_t i = 0; i < report->n; i++) {
		const struct pt_gate_row *row = rows[i];
		bool warns = row->state == PT_GATE_COMPARED && !row->accepted &&
			     (row->c.verdict == PT_VERDICT_WARN || row_unsure(row));
		if (row_fails(row))
			github_row(out, row, "error");
		else if (warns)
			github_row(out, row, "warning");
	}
	free(rows);
}

/* ---- Prometheus ---- */

static double get_ratio(const struct pt_gate_row *row)
{
	return row->c.ratio;
}

static double get_lo(const struct pt_gate_row *row)
{
	return row->c.lo;
}

static double get_hi(const struct pt_gate_row *row)
{
	return row->c.hi;
}

static double get_regression(const struct pt_gate_row *row)
{
	return row_fails(row);
}

static const struct {
	struct pt_metric metric;
	double (*get)(const struct pt_gate_row *row);
} gauges[] = {
#define GAUGE(name, help, get)                                                      \
	{                                                                           \
		{name, "bench,metric,suite", PT_UNIT_RATIO, PT_GAUGE, 0, help}, get \
	}
	GAUGE("perftop_bench_change_ratio", "Candidate divided by base", get_ratio),
	GAUGE("perftop_bench_change_low_ratio", "Lower end of its 95 % interval", get_lo),
	GAUGE("perftop_bench_change_high_ratio", "Upper end of its 95 % interval", get_hi),
	GAUGE("perftop_bench_regression", "1 where the gate blocks", get_regression),
#undef GAUGE
};

static void prometheus_row(struct pt_str *out, size_t gauge, const struct pt_gate_row *row,
			   bool first)
{
	size_t size = 64 + 2 * (strlen(row->name) + strlen(row->metric) +
				(row->suite ? strlen(row->suite) : 0));
	char *labels = pt_malloc(size);
	const char *values[] = {row->name, row->metric, row->suite ? row->suite : ""};
	struct pt_export_value v = {
		.metric = &gauges[gauge].metric, .labels = labels, .value = gauges[gauge].get(row)};

	if (pt_labels_format(labels, size, v.metric, values) >= 0)
		pt_export_prometheus.value(out, &v, first);
	free(labels);
}

void pt_gate_prometheus(const struct pt_gate_report *report, const struct pt_gate_look *look,
			struct pt_str *out)
{
	static const struct pt_metric status = {"perftop_check_status",
						NULL,
						PT_UNIT_COUNT,
						PT_GAUGE,
						0,
						"Exit status of perftop check: 0 passed, 1 failed, "
						"3 no answer"};
	struct pt_export_value v = {
		.metric = &status, .labels = "", .value = pt_gate_report_status(report)};

	(void)look;
	pt_export_prometheus.value(out, &v, true);
	for (size_t g = 0; g < PT_LEN(gauges); g++)
		for (size_t i = 0; i < report->n; i++)
			if (report->rows[i].state == PT_GATE_COMPARED)
				prometheus_row(out, g, &report->rows[i], false);
}
