/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Baselines on disk: what is lost (almost nothing), what is carried, and what is told of a bad file. */
#include "perftop/bench/baseline.h"

#include "perftop/base/fs.h"
#include "perftop/base/mem.h"
#include "store_runs.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void fill(struct pt_baseline *b, size_t benches, int runs, size_t samples, uint64_t seed)
{
	struct pt_launch l;
	struct pt_bench_set set;

	pt_baseline_init(b);
	b->suite = pt_strdup("parser");
	b->name = pt_strdup("main");
	b->environment.machine_class = pt_strdup("x86_64-test-2c");
	pt_environment_set(&b->environment, "kernel", "6.1.0");
	pt_strlcpy(b->commit.id, "4f1c2a0000000000000000000000000000000000", PT_COMMIT_MAX);
	b->saved_ns = (int64_t)1763800000 * 1000000000;
	pt_bench_set_init(&set);
	for (int i = 0; i < runs; i++) {
		fake_launch_init(&l, i, benches, samples, &seed);
		for (size_t k = 0; k < benches; k++) {
			struct pt_bench *from = l.set.benches[k];
			struct pt_bench *to = pt_bench_set_get(&set, from->name, "time", NULL);
			to->unit = PT_UNIT_NS;
			for (size_t s = 0; s < samples; s++)
				pt_bench_add_sample(to, (size_t)i, from->runs[0].samples[s]);
		}
		pt_launch_release(&l);
	}
	pt_baseline_take(b, &set);
}

static void again(const struct pt_baseline *b, struct pt_baseline *ret)
{
	struct pt_str text = PT_STR_INIT;
	struct pt_err err = {0};

	pt_baseline_format(b, &text);
	assert_int_equal(pt_baseline_parse("b.json", text.s, text.len, ret, &err), 0);
	pt_str_release(&text);
}

static void test_round_trip(void **state)
{
	struct pt_baseline b, back;

	(void)state;
	fill(&b, 3, 5, 12, 3);
	b.entries[1].spread = 0.01234;
	b.entries[1].spread_n = 40;
	b.entries[1].recent = pt_calloc(2, sizeof(double));
	b.entries[1].recent[b.entries[1].n_recent++] = 1234567;
	b.entries[1].recent[b.entries[1].n_recent++] = 1234000;
	pt_baseline_accept(&b.entries[1], "needs \"checks\"", "ann", "abc", b.saved_ns, 1.06);
	again(&b, &back);
	assert_string_equal(back.suite, "parser");
	assert_string_equal(back.environment.machine_class, "x86_64-test-2c");
	assert_string_equal(pt_environment_get(&back.environment, "kernel"), "6.1.0");
	assert_string_equal(back.commit.id, b.commit.id);
	assert_true(back.saved_ns == b.saved_ns);
	assert_int_equal(back.n, 3);
	for (size_t i = 0; i < 3; i++) {
		const struct pt_bench *was = b.entries[i].bench, *is = back.entries[i].bench;
		assert_string_equal(is->name, was->name);
		assert_int_equal(is->n_runs, 5);
		for (size_t k = 0; k < 5; k++)
			for (size_t s = 0; s < 12; s++)
				assert_true(fabs(is->runs[k].samples[s] / was->runs[k].samples[s] -
						 1) < 1e-4);
	}
	assert_true(isnan(back.entries[0].spread));
	assert_true(fabs(back.entries[1].spread - 0.01234) < 1e-6);
	assert_int_equal(back.entries[1].spread_n, 40);
	assert_int_equal(back.entries[1].n_recent, 2);
	assert_int_equal(back.entries[1].n_accepted, 1);
	assert_string_equal(back.entries[1].accepted[0].why, "needs \"checks\"");
	assert_string_equal(back.entries[1].accepted[0].who, "ann");
	assert_true(back.entries[1].accepted[0].ratio == 1.06);
	assert_ptr_equal(pt_baseline_find(&back, "bench/1", "time"), &back.entries[1]);
	assert_null(pt_baseline_find(&back, "bench/1", "memory"));
	pt_baseline_release(&back);
	pt_baseline_release(&b);
}

static void test_kinds(void **state)
{
	struct pt_baseline b, back;
	struct pt_bench_set set;
	struct pt_bench *e;

	(void)state;
	fill(&b, 0, 0, 0, 1);
	pt_bench_set_init(&set);
	e = pt_bench_set_get(&set, "b", "instructions", NULL);
	e->exact = true;
	pt_bench_add_sample(e, 0, 1234567890123.0);
	pt_bench_add_sample(e, 1, 1234567890124.0);
	e = pt_bench_set_get(&set, "b", "allocs", NULL);
	e->better = PT_BETTER_HIGHER;
	pt_bench_add_sample(e, 0, 0);
	pt_bench_add_sample(e, 0, 2);
	pt_bench_add_sample(e, 0, 0);
	e = pt_bench_set_get(&set, "a", "time", NULL);
	e->unit = PT_UNIT_NS;
	e->estimate = true;
	e->lo = 90;
	e->hi = 110.5;
	pt_bench_add_sample(e, 0, 100.125);
	pt_bench_add_run(pt_bench_set_get(&set, "nothing", "time", NULL));
	pt_baseline_take(&b, &set);
	again(&b, &back);
	assert_int_equal(back.n, 3); /* what has no samples is no base */
	e = pt_baseline_find(&back, "b", "instructions")->bench;
	assert_true(e->exact && e->runs[1].samples[0] == 1234567890124.0);
	e = pt_baseline_find(&back, "b", "allocs")->bench;
	assert_true(e->better == PT_BETTER_HIGHER && e->runs[0].n == 3 &&
		    e->runs[0].samples[1] == 2);
	e = pt_baseline_find(&back, "a", "time")->bench;
	assert_true(e->estimate && e->lo == 90 && e->hi == 110.5 &&
		    e->runs[0].samples[0] == 100.125);
	pt_baseline_release(&back);
	pt_baseline_release(&b);
}

/* Long runs are told by their quantiles, many runs by the newest. */
static void test_thinned(void **state)
{
	struct pt_baseline b, back;

	(void)state;
	fill(&b, 1, 25, 1000, 9);
	again(&b, &back);
	assert_int_equal(back.entries[0].bench->n_runs, PT_BASELINE_RUNS);
	for (size_t i = 0; i < PT_BASELINE_RUNS; i++) {
		double was = pt_run_median(&b.entries[0].bench->runs[i + 5]);
		const struct pt_run *is = &back.entries[0].bench->runs[i];
		assert_int_equal(is->n, PT_BASELINE_SAMPLES);
		assert_true(fabs(pt_run_median(is) / was - 1) < 1e-3);
	}
	pt_baseline_release(&back);
	pt_baseline_release(&b);
}

static void test_format(void **state)
{
	struct pt_baseline b, back;
	struct pt_str one = PT_STR_INIT, two = PT_STR_INIT;

	(void)state;
	fill(&b, 20, 10, 10, 5);
	pt_baseline_format(&b, &one);
	assert_int_equal(pt_baseline_parse("b.json", one.s, one.len, &back, NULL), 0);
	pt_baseline_format(&back, &two);
	/* What is read and written again stays the same, so that git sees no change. */
	assert_string_equal(one.s, two.s);
	assert_true(one.len < 20 * 1000);
	/* Sorted: bench/10 before bench/2. */
	assert_true(strstr(one.s, "\"bench/10\"") < strstr(one.s, "\"bench/2\""));
	pt_str_release(&one);
	pt_str_release(&two);
	pt_baseline_release(&back);
	pt_baseline_release(&b);
}

static void test_carry(void **state)
{
	struct pt_baseline before, now;

	(void)state;
	fill(&before, 4, 3, 3, 5);
	fill(&now, 4, 3, 3, 5);
	pt_baseline_drop(&now, 3);
	pt_strlcpy(now.commit.id, "5555", PT_COMMIT_MAX);
	/* Accepted, and measured anew: with it (0), without it (1). */
	pt_baseline_accept(&before.entries[0], "safer", "ann", "", 1, 1.10);
	pt_baseline_accept(&before.entries[1], "safer", "ann", "", 1, 1.10);
	for (size_t r = 0; r < 3; r++)
		for (size_t s = 0; s < 3; s++)
			now.entries[0].bench->runs[r].samples[s] *= 1.10;
	pt_baseline_carry(&now, &before, false);
	assert_int_equal(now.n, 3);
	assert_true(now.entries[0].accepted[0].taken_in);
	assert_false(now.entries[1].accepted[0].taken_in);
	assert_true(fabs(now.entries[1].accepted[0].ratio - 1.10) < 1e-9);
	pt_baseline_release(&now);
	fill(&now, 2, 3, 3, 6);
	pt_strlcpy(now.commit.id, "5555", PT_COMMIT_MAX);
	pt_baseline_carry(&now, &before, true);
	assert_int_equal(now.n, 4);
	assert_string_equal(pt_baseline_find(&now, "bench/3", "time")->commit, before.commit.id);
	pt_baseline_drop(&now, 0);
	assert_int_equal(now.n, 3);
	assert_null(pt_baseline_find(&now, "bench/0", "time"));
	assert_non_null(pt_baseline_find(&now, "bench/3", "time"));
	for (int i = 0; i < 9; i++)
		pt_baseline_accept(&now.entries[0], "more", "ann", "", i, 1.01);
	assert_int_equal(now.entries[0].n_accepted, PT_BASELINE_ACCEPTED);
	assert_int_equal(now.entries[0].accepted[4].at_ns, 8);
	pt_baseline_release(&now);
	pt_baseline_release(&before);
}

static const char head[] = "{\"schema\": 1, \"suite\": \"s\", \"machine_class\": \"m\",\n"
			   "\"benchmarks\": ";

static void test_bad(void **state)
{
	static const struct {
		const char *benchmarks, *says;
		int line;
	} bad[] = {
		{"[]", "expected \"benchmarks\", an object", 2},
		{"{\"a\": []}", "expected an object, by metric", 2},
		{"{\"a\": [{}]}", "expected an object, by metric", 2},
		{"{\"a\": {\"time\": [1]}}", "expected an object, a benchmark", 2},
		{"{}, \"environment\": [\"x\"]", "expected \"environment\"", 2},
		{"{\"a\": {\"time\": {\"better\": \"lower\", \"runs\": [1]}}}", "\"unit\"", 2},
		{"{\"a\": {\"time\": {\"better\": \"up\", \"unit\": \"ns\"}}}", "\"better\"", 2},
		{"{\"a\": {\"time\": {\"better\": \"lower\", \"unit\": \"ns\"}}}", "\"runs\"", 2},
		{"{\"a\": {\"time\": {\"better\": \"lower\", \"unit\": \"ns\",\n\"runs\": []}}}",
		 "not empty", 3},
		{"{\"a\": {\"time\": {\"better\": \"lower\", \"unit\": \"ns\",\n\"runs\": [[]]}}}",
		 "without samples", 3},
		{"{\"a\": {\"time\": {\"better\": \"lower\", \"unit\": \"ns\",\n"
		 "\"runs\": [1, \"x\"]}}}",
		 "expected a number", 3},
		{"{\"a\": {\"time\": {\"better\": \"lower\", \"unit\": \"ns\",\n"
		 "\"runs\": [[1e300, 1e300]]}}}",
		 "expected a number", 3},
		{"{\"a\": {},\n\"a\": {}}", "a", 3},
		{"{\"a\": {\"time\": {\"better\"", "", 2},
	};
	struct pt_baseline b;

	(void)state;
	for (size_t i = 0; i < PT_LEN(bad); i++) {
		struct pt_str text = PT_STR_INIT;
		struct pt_err err = {0};
		pt_str_addf(&text, "%s%s}", head, bad[i].benchmarks);
		assert_int_equal(pt_baseline_parse("b.json", text.s, text.len, &b, &err),
				 -PT_ESYNTAX);
		assert_non_null(strstr(err.msg, bad[i].says));
		assert_int_equal(err.line, bad[i].line);
		assert_string_equal(err.file, "b.json");
		pt_str_release(&text);
	}
}

static void test_newer(void **state)
{
	static const char text[] = "{\"schema\": 2, \"strange\": true}";
	struct pt_baseline b;
	struct pt_err err = {0};

	(void)state;
	assert_int_equal(pt_baseline_parse("b.json", text, sizeof text - 1, &b, &err), -PT_ENOTSUP);
	assert_non_null(strstr(err.msg, "newer perftop"));
	assert_int_equal(pt_baseline_parse("b.json", "{}", 2, &b, &err), -PT_ESYNTAX);
	assert_non_null(strstr(err.msg, "not a baseline"));
	assert_int_equal(pt_baseline_parse("b.json", "[1]", 3, &b, &err), -PT_ESYNTAX);
}

static void test_conflict(void **state)
{
	static const char text[] = "{\n<<<<<<< HEAD\n1\n=======\n2\n>>>>>>> topic\n3\n"
				   "<<<<<<< HEAD\n1\n=======\n2\n>>>>>>> topic\n}\n";
	struct pt_baseline b;
	struct pt_err err = {0};

	(void)state;
	assert_int_equal(pt_baseline_parse("b.json", text, sizeof text - 1, &b, &err), -PT_ESYNTAX);
	assert_int_equal(err.line, 2);
	assert_non_null(strstr(err.msg, "2 merge conflicts"));
	assert_non_null(strstr(err.msg, "lines 2 to 12"));
	assert_non_null(strstr(err.msg, "perftop baseline save"));
}

static void test_files(void **state)
{
	struct pt_baseline b, back;
	struct pt_err err = {0};
	char path[600], project[300];
	const char *top = getenv("PT_TMP");

	(void)state;
	pt_snprintf(project, sizeof project, "%s/project-%ld", top ? top : "/tmp", (long)getpid());
	pt_baseline_path(project, "parser", "x86_64-test-2c", NULL, path, sizeof path);
	assert_non_null(strstr(path, "/.performance/baselines/parser/x86_64-test-2c.json"));
	fill(&b, 2, 2, 2, 1);
	assert_int_equal(pt_baseline_save(path, &b, &err), 0);
	assert_int_equal(pt_baseline_load(path, &back, &err), 0);
	assert_int_equal(back.n, 2);
	pt_baseline_release(&back);
	/* A name that would not read back leaves the old file as it is. */
	free(b.suite);
	b.suite = NULL;
	assert_true(pt_baseline_save(path, &b, &err) < 0);
	assert_int_equal(pt_baseline_load(path, &back, &err), 0);
	pt_baseline_release(&back);
	pt_baseline_release(&b);
	unlink(path);
	assert_int_equal(pt_baseline_load(path, &back, &err), -PT_ENOENT);
	pt_baseline_path("p", "s", "m", "main", path, sizeof path);
	assert_string_equal(path, "p/.performance/baselines/s/m.json");
	pt_baseline_path("p", "s", "m", "v2", path, sizeof path);
	assert_string_equal(path, "p/.performance/baselines/s/m.v2.json");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_round_trip), cmocka_unit_test(test_kinds),
		cmocka_unit_test(test_thinned),	   cmocka_unit_test(test_format),
		cmocka_unit_test(test_carry),	   cmocka_unit_test(test_bad),
		cmocka_unit_test(test_newer),	   cmocka_unit_test(test_conflict),
		cmocka_unit_test(test_files),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
