/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The gate: who is paired with whom, what holds for whom, and what becomes of it. */
#include "perftop/base/mem.h"
#include "perftop/bench/gate.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

struct fixture {
	struct pt_bench_set base, candidate;
	struct pt_environment base_env, candidate_env;
	struct pt_gate_report report;
	struct pt_gate_spec spec;
};

static int setup(void **state)
{
	struct fixture *f = pt_calloc(1, sizeof *f);

	pt_bench_set_init(&f->base);
	pt_bench_set_init(&f->candidate);
	f->spec = (struct pt_gate_spec){.suite = "s", .block = NAN, .warn = NAN};
	f->spec.base = (struct pt_gate_side){&f->base, NULL, "main@4f1c2a, 10 runs"};
	f->spec.candidate = (struct pt_gate_side){&f->candidate, NULL, "HEAD"};
	*state = f;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	pt_bench_set_release(&f->base);
	pt_bench_set_release(&f->candidate);
	pt_environment_release(&f->base_env);
	pt_environment_release(&f->candidate_env);
	pt_gate_report_release(&f->report);
	free(f);
	return 0;
}

/* Ten quiet runs. */
static struct pt_bench *add(struct pt_bench_set *set, const char *name, double level)
{
	static const double shape[] = {3, -4, 1, -2, 4, -1, 0, -3, 2, 0};
	struct pt_bench *bench = pt_bench_set_get(set, name, "time", NULL);

	bench->unit = PT_UNIT_NS;
	for (size_t i = 0; i < PT_LEN(shape); i++)
		pt_bench_add_sample(bench, i, level * (1 + shape[i] / 1000));
	return bench;
}

static void judge(struct fixture *f)
{
	struct pt_err err;

	pt_gate_report_release(&f->report);
	assert_int_equal(pt_gate_compare(&f->spec, &f->report, &err), 0);
	pt_gate_finish(&f->report);
}

static const struct pt_gate_row *row(const struct fixture *f, const char *name)
{
	for (size_t i = 0; i < f->report.n; i++)
		if (strcmp(f->report.rows[i].name, name) == 0)
			return &f->report.rows[i];
	fail_msg("no row %s", name);
	return NULL;
}

static bool has_note(const struct fixture *f, const char *text)
{
	for (size_t i = 0; i < f->report.n_notes; i++)
		if (strstr(f->report.notes[i], text))
			return true;
	return false;
}

static void test_pairs(void **state)
{
	struct fixture *f = *state;
	struct pt_fact_pair renamed[] = {{(char *)"new", (char *)"old"}};
	char *tags[] = {(char *)"fast", (char *)"parser", NULL};
	struct pt_suite suite = {.tags = tags, .renamed = renamed, .n_renamed = 1, .line = 7};

	add(&f->base, "same", 100);
	add(&f->base, "old", 100);
	add(&f->base, "gone", 100);
	pt_bench_set_get(&f->base, "archived", "time", "v1")->unit = PT_UNIT_NS;
	add(&f->candidate, "same", 110);
	add(&f->candidate, "new", 100);
	add(&f->candidate, "fresh", 100);
	pt_bench_set_get(&f->candidate, "broken", "time", NULL)->unit = PT_UNIT_NS;
	f->spec.of = &suite;
	judge(f);
	assert_int_equal(f->report.n, 5);
	assert_int_equal(row(f, "same")->state, PT_GATE_COMPARED);
	assert_int_equal(row(f, "same")->c.verdict, PT_VERDICT_REGRESSION);
	assert_string_equal(row(f, "same")->tags, "fast parser");
	assert_int_equal(row(f, "new")->state, PT_GATE_COMPARED);
	assert_string_equal(row(f, "new")->renamed_from, "old");
	assert_int_equal(row(f, "new")->c.verdict, PT_VERDICT_NONE);
	assert_int_equal(row(f, "fresh")->state, PT_GATE_ADDED);
	assert_true(row(f, "fresh")->c.candidate > 90 && isnan(row(f, "fresh")->c.base));
	assert_int_equal(row(f, "gone")->state, PT_GATE_REMOVED);
	assert_true(row(f, "gone")->c.base > 90 && isnan(row(f, "gone")->c.candidate));
	assert_int_equal(row(f, "broken")->state, PT_GATE_FAILED);
	assert_string_equal(f->report.base_name, "main@4f1c2a, 10 runs");
	assert_int_equal(pt_gate_report_status(&f->report), 1);
}

static void test_nothing_to_judge(void **state)
{
	struct fixture *f = *state;
	struct pt_err err = {0};

	add(&f->base, "a", 1);
	assert_int_equal(pt_gate_compare(&f->spec, &f->report, &err), -PT_ENODATA);
	assert_true(strstr(err.msg, "HEAD"));
	f->spec.candidate.set = NULL;
	assert_int_equal(pt_gate_compare(&f->spec, &f->report, NULL), -PT_ENODATA);
}

static void test_first_run_passes(void **state)
{
	struct fixture *f = *state;

	add(&f->candidate, "a", 1);
	f->spec.base.set = NULL;
	judge(f);
	assert_true(f->report.no_base);
	assert_int_equal(row(f, "a")->state, PT_GATE_ADDED);
	assert_int_equal(pt_gate_report_status(&f->report), 0);
	/* a second suite that has a base */
	add(&f->base, "a", 1);
	f->spec.base.set = &f->base;
	assert_int_equal(pt_gate_compare(&f->spec, &f->report, NULL), 0);
	pt_gate_finish(&f->report);
	assert_false(f->report.no_base);
}

static void test_rules(void **state)
{
	struct fixture *f = *state;
	char *tags[] = {(char *)"slow", NULL};
	struct pt_suite suite = {.tags = tags};
	struct pt_gate_rule rules[] = {
		{.block = .04, .warn = .03, .floor = NAN},
		{.bench = (char *)"parse/*", .block = .2, .warn = NAN, .floor = NAN},
		{.tag = (char *)"sl*",
		 .metric = (char *)"time",
		 .block = NAN,
		 .warn = .1,
		 .floor = NAN},
		{.suite = (char *)"other", .block = .9, .warn = .9, .floor = NAN},
		{.bench = (char *)"tiny", .block = NAN, .warn = NAN, .floor = 20},
	};
	struct pt_suites suites = {
		.rules = rules, .n_rules = PT_LEN(rules), .path = (char *)"b.json"};

	add(&f->base, "parse/a", 100);
	add(&f->candidate, "parse/a", 115);
	add(&f->base, "tiny", 100);
	add(&f->candidate, "tiny", 115);
	add(&f->base, "plain", 100);
	add(&f->candidate, "plain", 115);
	f->spec.rules = &suites;
	f->spec.of = &suite;
	judge(f);
	assert_true(row(f, "parse/a")->block == .2 && row(f, "parse/a")->warn == .1);
	assert_int_equal(row(f, "parse/a")->c.verdict, PT_VERDICT_WARN);
	assert_true(row(f, "plain")->block == .04 && row(f, "plain")->warn == .04);
	assert_int_equal(row(f, "plain")->c.verdict, PT_VERDICT_REGRESSION);
	assert_true(row(f, "tiny")->floor == 20);
	assert_int_equal(row(f, "tiny")->c.verdict, PT_VERDICT_NONE);
	assert_string_equal(row(f, "plain")->location, "b.json:0");
	f->spec.block = .5; /* the command line is stronger */
	judge(f);
	assert_true(row(f, "parse/a")->block == .5 && row(f, "plain")->warn == .1);
	assert_int_equal(row(f, "plain")->c.verdict, PT_VERDICT_WARN);
}

static void test_budgets(void **state)
{
	struct fixture *f = *state;
	struct pt_gate_rule rules[] = {
		{.block = NAN, .warn = NAN, .floor = NAN, .budget = (char *)"p99 < 104 ns"},
		{.bench = (char *)"b",
		 .block = NAN,
		 .warn = NAN,
		 .floor = NAN,
		 .budget = (char *)"median <= 100 ns"},
		{.bench = (char *)"c",
		 .block = NAN,
		 .warn = NAN,
		 .floor = NAN,
		 .budget = (char *)"max < 3 MiB"},
		{.bench = (char *)"d",
		 .block = NAN,
		 .warn = NAN,
		 .floor = NAN,
		 .budget = (char *)"min > 99.7"},
		{.bench = (char *)"e",
		 .block = NAN,
		 .warn = NAN,
		 .floor = NAN,
		 .budget = (char *)"mean < 101ns"},
	};
	struct pt_suites suites = {.rules = rules, .n_rules = PT_LEN(rules)};

	add(&f->candidate, "a", 100.1); /* p99 is the largest of ten: 100.5 */
	add(&f->candidate, "b", 100);
	add(&f->candidate, "c", 105);
	add(&f->candidate, "d", 100)->unit = PT_UNIT_COUNT;
	add(&f->candidate, "e", 110);
	f->spec.rules = &suites;
	f->spec.base.set = NULL; /* budgets hold without a base */
	judge(f);
	assert_false(row(f, "a")->over_budget);
	assert_true(fabs(row(f, "a")->budget_value - 100.5004) < 1e-6);
	assert_false(row(f, "b")->over_budget); /* equal is allowed */
	assert_string_equal(row(f, "b")->budget, "median <= 100 ns");
	assert_true(row(f, "c")->over_budget); /* bytes are no time: the general one holds */
	assert_string_equal(row(f, "c")->budget, "p99 < 104 ns");
	assert_true(has_note(f, "\"max < 3 MiB\""));
	assert_false(has_note(f, "p99"));
	assert_true(row(f, "d")->over_budget); /* a count: 99.6 */
	assert_true(row(f, "e")->over_budget);
	assert_int_equal(pt_gate_report_status(&f->report), 1);
}

static void test_other_machine(void **state)
{
	struct fixture *f = *state;

	add(&f->base, "a", 100);
	add(&f->candidate, "a", 150);
	f->base_env.machine_class = pt_strdup("x86_64-old-2c");
	f->candidate_env.machine_class = pt_strdup("x86_64-new-4c");
	pt_environment_set(&f->base_env, "kernel", "6.1");
	pt_environment_set(&f->candidate_env, "kernel", "6.5");
	pt_environment_set(&f->base_env, "compiler", "gcc 12");
	pt_environment_set(&f->candidate_env, "compiler", "gcc 12");
	pt_environment_set(&f->base_env, "governor", "performance");
	f->spec.base.environment = &f->base_env;
	f->spec.candidate.environment = &f->candidate_env;
	judge(f);
	assert_int_equal(pt_gate_compare(&f->spec, &f->report, NULL), 0); /* notes are told once */
	assert_true(f->report.not_comparable);
	assert_int_equal(f->report.n_notes, 2);
	assert_true(has_note(f, "kernel: 6.1 (base), 6.5 (candidate)"));
	assert_true(has_note(f, "x86_64-old-2c"));
	assert_int_equal(row(f, "a")->c.verdict, PT_VERDICT_INCONCLUSIVE);
	assert_true(row(f, "a")->c.ratio > 1.4);
	assert_int_equal(pt_gate_report_status(&f->report), 3);
	free(f->candidate_env.machine_class);
	f->candidate_env.machine_class = pt_strdup("x86_64-old-2c");
	judge(f);
	assert_false(f->report.not_comparable);
	assert_string_equal(f->report.machine_class, "x86_64-old-2c");
	assert_int_equal(pt_gate_report_status(&f->report), 1);
}

static bool noisy(void *ctx, const char *suite, const char *name, const char *metric,
		  double *ret_spread, size_t *ret_n)
{
	assert_string_equal(suite, "s");
	assert_string_equal(metric, "time");
	*ret_spread = *(double *)ctx;
	*ret_n = 100;
	return strcmp(name, "noisy") == 0;
}

static void test_noise_is_learnt(void **state)
{
	struct fixture *f = *state;
	double spread = .1;

	add(&f->base, "noisy", 100);
	add(&f->candidate, "noisy", 107);
	add(&f->base, "quiet", 100);
	add(&f->candidate, "quiet", 107);
	f->spec.noise = noisy;
	f->spec.noise_ctx = &spread;
	judge(f);
	assert_int_equal(row(f, "quiet")->c.verdict, PT_VERDICT_REGRESSION);
	assert_int_equal(row(f, "noisy")->c.verdict, PT_VERDICT_INCONCLUSIVE);
	assert_true(row(f, "noisy")->c.widened);
	assert_true(strstr(row(f, "noisy")->c.why, "known to vary"));
}

/*
 * What a baseline knows beside the runs: accepted changes of a and b, noise of c, recent medians
 * of e.
 */
static void test_baseline(void **state)
{
	struct fixture *f = *state;
	struct pt_accept accepted[] = {
		{.why = (char *)"older", .at_ns = 1, .ratio = 1.5},
		{.why = (char *)"checks input", .at_ns = 2, .ratio = 1.10},
		{.why = (char *)"taken in", .at_ns = 3, .ratio = 2, .taken_in = true},
	};
	static const char *const names[] = {"a", "b", "c", "d", "e"};
	double recent[] = {100, 104, 99, 103, 98, 101, 97, 102};
	struct pt_baseline baseline;

	pt_baseline_init(&baseline);
	for (size_t i = 0; i < PT_LEN(names); i++)
		add(&f->base, names[i], 100);
	pt_baseline_take(&baseline, &f->base);
	for (size_t i = 0; i < 2; i++) {
		pt_baseline_find(&baseline, i ? "b" : "a", "time")->accepted = accepted;
		pt_baseline_find(&baseline, i ? "b" : "a", "time")->n_accepted = 3;
	}
	pt_baseline_find(&baseline, "c", "time")->spread = .2;
	pt_baseline_find(&baseline, "c", "time")->spread_n = 90;
	add(&f->candidate, "a", 111);
	add(&f->candidate, "b", 125);
	add(&f->candidate, "c", 111);
	pt_baseline_find(&baseline, "e", "time")->recent = recent;
	pt_baseline_find(&baseline, "e", "time")->n_recent = PT_LEN(recent);
	add(&f->candidate, "d", 100);
	add(&f->candidate, "e", 107);
	f->spec.base.set = &baseline.set;
	f->spec.baseline = &baseline;
	judge(f);
	assert_int_equal(row(f, "a")->c.verdict, PT_VERDICT_REGRESSION);
	assert_string_equal(row(f, "a")->accepted, "checks input");
	assert_null(row(f, "b")->accepted);
	assert_string_equal(row(f, "b")->c.why, "worse than the +10.0 % accepted");
	assert_int_equal(row(f, "c")->c.verdict, PT_VERDICT_INCONCLUSIVE);
	assert_null(row(f, "d")->accepted);
	assert_int_equal(row(f, "e")->c.verdict, PT_VERDICT_INCONCLUSIVE);
	assert_true(strstr(row(f, "e")->c.why, "from commit to commit"));
	assert_int_equal(pt_gate_report_count(&f->report, PT_VERDICT_REGRESSION), 1);
	for (size_t i = 0; i < baseline.n; i++) {
		baseline.entries[i].recent = NULL; /* ours */
		baseline.entries[i].accepted = NULL;
		baseline.entries[i].n_accepted = 0;
	}
	pt_baseline_release(&baseline);
}

static void test_incomparable_values(void **state)
{
	struct fixture *f = *state;

	add(&f->base, "zero", 0);
	add(&f->candidate, "zero", 100);
	add(&f->base, "counted", 0)->exact = true;
	add(&f->candidate, "counted", 0)->exact = true;
	add(&f->base, "unit", 100);
	add(&f->candidate, "unit", 100)->unit = PT_UNIT_BYTES;
	pt_bench_set_get(&f->base, "empty", "time", NULL)->unit = PT_UNIT_NS;
	add(&f->candidate, "empty", 100);
	judge(f);
	assert_int_equal(row(f, "zero")->c.verdict, PT_VERDICT_INCONCLUSIVE);
	assert_true(isnan(row(f, "zero")->c.ratio) && isnan(row(f, "zero")->c.p));
	assert_true(strstr(row(f, "zero")->c.why, "not positive"));
	assert_int_equal(row(f, "counted")->c.verdict, PT_VERDICT_NONE);
	assert_true(strstr(row(f, "unit")->c.why, "different units"));
	assert_true(strstr(row(f, "empty")->c.why, "no samples"));
	f->report.inconclusive_fails = true;
	assert_int_equal(pt_gate_report_status(&f->report), 3);
}

/* No allocations before and after is nothing new; some after none are. */
static void test_zeros(void **state)
{
	struct fixture *f = *state;

	add(&f->base, "never", 0);
	add(&f->candidate, "never", 0);
	add(&f->base, "none", 0)->unit = PT_UNIT_COUNT;
	add(&f->candidate, "none", 0)->unit = PT_UNIT_COUNT;
	add(&f->base, "allocs", 0)->unit = PT_UNIT_COUNT;
	add(&f->candidate, "allocs", 2)->unit = PT_UNIT_COUNT;
	judge(f);
	assert_int_equal(row(f, "never")->c.verdict, PT_VERDICT_NONE);
	assert_int_equal(row(f, "none")->c.verdict, PT_VERDICT_NONE);
	assert_int_equal(row(f, "allocs")->c.verdict, PT_VERDICT_REGRESSION);
}

/* Many benchmarks of which one looks a little worse. */
static void test_whole_suite(void **state)
{
	static const double shape[] = {30, -40, 10, -20, 40, -10, 0, -30, 20, 0};
	struct fixture *f = *state;
	char name[8];

	for (int i = 0; i < 400; i++) {
		struct pt_bench_set *sets[] = {&f->base, &f->candidate};

		snprintf(name, sizeof name, "%d", i);
		for (int s = 0; s < 2; s++) {
			struct pt_bench *bench = pt_bench_set_get(sets[s], name, "time", NULL);

			bench->unit = PT_UNIT_NS;
			for (size_t k = 0; k < 10; k++)
				pt_bench_add_sample(bench, k,
						    (1 + shape[k] / 1000) *
							    (s && i == 200 ? 103.6 : 100));
		}
	}
	assert_int_equal(pt_gate_compare(&f->spec, &f->report, NULL), 0);
	assert_int_equal(row(f, "200")->c.verdict, PT_VERDICT_WARN);
	f->report.rows[200].reruns = 10; /* what was measured again stands */
	pt_gate_finish(&f->report);
	assert_int_equal(row(f, "200")->c.verdict, PT_VERDICT_WARN);
	judge(f);
	assert_true(row(f, "200")->c.p < .012);
	assert_int_equal(row(f, "200")->c.verdict, PT_VERDICT_NONE);
	assert_true(strstr(row(f, "200")->c.why, "400 benchmarks"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_pairs, setup, teardown),
		cmocka_unit_test_setup_teardown(test_nothing_to_judge, setup, teardown),
		cmocka_unit_test_setup_teardown(test_first_run_passes, setup, teardown),
		cmocka_unit_test_setup_teardown(test_rules, setup, teardown),
		cmocka_unit_test_setup_teardown(test_budgets, setup, teardown),
		cmocka_unit_test_setup_teardown(test_other_machine, setup, teardown),
		cmocka_unit_test_setup_teardown(test_noise_is_learnt, setup, teardown),
		cmocka_unit_test_setup_teardown(test_baseline, setup, teardown),
		cmocka_unit_test_setup_teardown(test_incomparable_values, setup, teardown),
		cmocka_unit_test_setup_teardown(test_zeros, setup, teardown),
		cmocka_unit_test_setup_teardown(test_whole_suite, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
