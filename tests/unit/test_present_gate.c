/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The gate's report in every format, with hostile names, against goldens; and what formats promise. */
#include "perftop/present/gate.h"

#include "perftop/base/json.h"
#include "perftop/base/mem.h"

#include "golden.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static struct pt_gate_row *add(struct pt_gate_report *report, const char *suite, const char *name,
			       enum pt_verdict verdict, double base, double ratio, double half)
{
	struct pt_gate_row *row = pt_gate_report_add(report);

	row->suite = pt_strdup(suite);
	row->name = pt_strdup(name);
	row->metric = pt_strdup("time");
	row->unit = PT_UNIT_NS;
	row->block = .05;
	row->warn = .02;
	row->c = (struct pt_comparison){.verdict = verdict,
					.base = base,
					.candidate = base * ratio,
					.ratio = ratio,
					.lo = ratio - half,
					.hi = ratio + half,
					.p = .001,
					.p_rank = .002,
					.spread = .01,
					.base_runs = 10,
					.candidate_runs = 10};
	return row;
}

static void fill(struct pt_gate_report *report)
{
	struct pt_gate_row *row;

	report->base_name = pt_strdup("main@4f1c2a, 10 runs");
	report->candidate_name = pt_strdup("HEAD@9be01d\033[31m, 10 runs");
	report->machine_class = pt_strdup("x86_64-amd-epyc-7763-2c");
	add(report, "parser", "parse/small", PT_VERDICT_NONE, 112e3, 1.003, .011);
	row = add(report, "parser", "parse/large", PT_VERDICT_REGRESSION, 17.3e6, 1.062, .008);
	row->location = pt_strdup("benches/parse, large.rs:12");
	row->reruns = 6;
	add(report, "parser", "tokenize", PT_VERDICT_IMPROVEMENT, 4.1e6, .961, .006);
	row = add(report, "parser", "incremental/edit", PT_VERDICT_INCONCLUSIVE, 810e3, 1.048,
		  .105);
	pt_strlcpy(row->c.why, "too noisy: launches differ by 9 %", sizeof row->c.why);
	row = add(report, "index", "a|b<c>&\"d'`e`@f#1\033]0;x\a%25\n::error::no", PT_VERDICT_WARN,
		  2e9, 1.031, .005);
	row->c.weak = true;
	row = add(report, "index", "accepted/one", PT_VERDICT_REGRESSION, 1e3, 1.2, .01);
	row->accepted = pt_strdup("checks bounds now (#12)");
	row = add(report, "index", "budget", PT_VERDICT_NONE, 19e6, 1.0, .01);
	row->budget = pt_strdup("p99 < 20 ms");
	row->budget_value = 21.5e6;
	row->over_budget = true;
	row = add(report, "index", "throughput", PT_VERDICT_WARN, 1e8, .96, .01);
	free(row->metric);
	row->metric = pt_strdup("throughput");
	row->unit = PT_UNIT_BYTES_PER_SECOND;
	row->better = PT_BETTER_HIGHER;
	row = add(report, "index", "new one", PT_VERDICT_NONE, NAN, NAN, NAN);
	row->state = PT_GATE_ADDED;
	row->c.candidate = 5e3;
	row = add(report, "index", "old one", PT_VERDICT_NONE, 4e3, NAN, NAN);
	row->state = PT_GATE_REMOVED;
	row = add(report, "index", "crashes", PT_VERDICT_NONE, 4e3, NAN, NAN);
	row->state = PT_GATE_FAILED;
	row = add(report, "index", "now called so", PT_VERDICT_NONE, 4e3, 1, .004);
	row->renamed_from = pt_strdup("once called so");
	pt_gate_report_note(report, "kernel differs: 6.1.0 before, 6.1.9 now");
}

static void check_format(const char *name, const struct pt_gate_look *look, const char *golden)
{
	struct pt_gate_report report = {0};
	struct pt_str out = PT_STR_INIT;

	fill(&report);
	pt_gate_format_find(name)->write(&report, look, &out);
	assert_true(golden_check(golden, out.s));
	pt_str_release(&out);
	pt_gate_report_release(&report);
}

static void test_text(void **state)
{
	(void)state;
	check_format("text", &(struct pt_gate_look){.width = 120}, "present/gate.txt");
	check_format("text", &(struct pt_gate_look){.width = 80, .ascii = true},
		     "present/gate-ascii.txt");
}

static void test_programs(void **state)
{
	(void)state;
	check_format("markdown", &(struct pt_gate_look){0}, "present/gate.md");
	check_format("junit", &(struct pt_gate_look){0}, "present/gate.xml");
	check_format("github", &(struct pt_gate_look){0}, "present/gate-github.txt");
	check_format("prometheus", &(struct pt_gate_look){0}, "present/gate.prom");
	check_format("json", &(struct pt_gate_look){0}, "present/gate.json");
	assert_null(pt_gate_format_find("xml"));
}

/* Many rows: what stayed the same is counted, not listed, unless asked for. */
static void test_many(void **state)
{
	struct pt_gate_report report = {0};
	struct pt_str out = PT_STR_INIT;
	char name[32];

	(void)state;
	for (int i = 0; i < 60; i++) {
		pt_snprintf(name, sizeof name, "bench/%02d", i);
		add(&report, "", name, i == 40 ? PT_VERDICT_WARN : PT_VERDICT_NONE, 1e6,
		    i == 40 ? 1.03 : 1, .01);
	}
	pt_gate_format_find("text")->write(&report, &(struct pt_gate_look){.width = 100}, &out);
	assert_non_null(strstr(out.s, "bench/40"));
	assert_null(strstr(out.s, "bench/00"));
	assert_non_null(strstr(out.s, "(59 more are the same; --all lists them)"));
	assert_non_null(strstr(out.s, "passed: 1 warning, 59 same"));
	pt_str_clear(&out);
	pt_gate_format_find("text")->write(&report, &(struct pt_gate_look){.all = true}, &out);
	assert_non_null(strstr(out.s, "bench/00"));
	pt_str_clear(&out);
	pt_gate_format_find("markdown")->write(&report, &(struct pt_gate_look){0}, &out);
	assert_non_null(strstr(out.s, "<details><summary>59 the same</summary>"));
	pt_str_release(&out);
	pt_gate_report_release(&report);
}

/* No byte in any format begins an escape sequence, and JSON reads back. */
static void test_hostile(void **state)
{
	struct pt_gate_report report = {0};

	(void)state;
	fill(&report);
	for (size_t i = 0; i < pt_n_gate_formats; i++) {
		struct pt_str out = PT_STR_INIT;
		pt_gate_formats[i].write(&report, &(struct pt_gate_look){0}, &out);
		assert_null(strchr(out.s, '\033'));
		assert_null(strchr(out.s, '\a'));
		if (strcmp(pt_gate_formats[i].name, "json") == 0) {
			struct pt_json *doc;
			assert_int_equal(pt_json_parse("x", out.s, out.len, NULL, &doc, NULL), 0);
			assert_string_equal(
				pt_json_str(pt_json_get(pt_json_root(doc), "verdict"), ""),
				"failed");
			pt_json_free(doc);
		}
		pt_str_release(&out);
	}
	pt_gate_report_release(&report);
}

static void test_words(void **state)
{
	struct pt_gate_report report = {0};
	char text[300];

	(void)state;
	pt_gate_summary(&report, text, sizeof text);
	assert_string_equal(text, "nothing to compare");
	assert_string_equal(pt_gate_report_word(&report), "passed");
	report.not_comparable = true;
	assert_string_equal(pt_gate_report_word(&report), "not comparable");
	add(&report, "", "a", PT_VERDICT_REGRESSION, 1, 25, 1);
	assert_string_equal(pt_gate_report_word(&report), "failed");
	pt_gate_change(&report.rows[0], true, false, text, sizeof text);
	assert_string_equal(text, "x25 ▲");
	report.rows[0].c.ratio = .5;
	pt_gate_change(&report.rows[0], true, true, text, sizeof text);
	assert_string_equal(text, "-50.0 % v");
	pt_gate_report_release(&report);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_text),  cmocka_unit_test(test_programs),
		cmocka_unit_test(test_many),  cmocka_unit_test(test_hostile),
		cmocka_unit_test(test_words),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
