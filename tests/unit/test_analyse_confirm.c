/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reruns: what is called, cleared, measured on, and left open. */
#include "perftop/analyse/confirm.h"
#include "perftop/base/err.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

enum { RUNS = 10 };

struct side {
	double v[RUNS];
	struct pt_run runs[RUNS];
};

/* Ten runs whose logs have this middle and this standard deviation. */
static void fill(struct side *s, double middle, double spread)
{
	static const double shape[RUNS] = {0.4, -1.5, 1.5, -0.4, 0.9, -0.9, 0.1, -0.1, -0.6, 0.6};

	for (int i = 0; i < RUNS; i++) {
		s->v[i] = middle * exp(spread * 1.13 * shape[i]);
		s->runs[i] = (struct pt_run){&s->v[i], 1, 1};
	}
}

static int confirm(double change, double spread, int round, bool last, enum pt_verdict *ret)
{
	struct pt_compare_options o;
	struct pt_comparison c;
	struct side a, b;
	int r;

	pt_compare_options_init(&o);
	fill(&a, 100, spread);
	fill(&b, 100 * change, spread);
	r = pt_confirm(a.runs, RUNS, b.runs, RUNS, &o, round, last, &c);
	*ret = c.verdict;
	return r;
}

static void test_rule(void **state)
{
	static const struct {
		double change, spread;
		bool last;
		int result;
		enum pt_verdict verdict;
	} rows[] = {
		{1.10, .01, false, PT_CONFIRM_CALLED, PT_VERDICT_REGRESSION},
		{1.035, .01, false, PT_CONFIRM_CALLED, PT_VERDICT_WARN},
		{1.00, .01, false, PT_CONFIRM_CLEARED, PT_VERDICT_NONE},
		{0.90, .01, false, PT_CONFIRM_CLEARED, PT_VERDICT_IMPROVEMENT},
		/* surely worse; 5 % or not is open */
		{1.055, .01, false, PT_CONFIRM_GO_ON, PT_VERDICT_WARN},
		{1.055, .01, true, PT_CONFIRM_EXHAUSTED, PT_VERDICT_WARN},
		/* nothing seen, but 5 % could hide */
		{1.01, .06, false, PT_CONFIRM_GO_ON, PT_VERDICT_NONE},
		{1.01, .06, true, PT_CONFIRM_EXHAUSTED, PT_VERDICT_NONE},
		{1.07, .10, false, PT_CONFIRM_GO_ON, PT_VERDICT_INCONCLUSIVE},
		{1.07, .10, true, PT_CONFIRM_EXHAUSTED, PT_VERDICT_INCONCLUSIVE},
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		enum pt_verdict verdict;

		assert_int_equal(confirm(rows[i].change, rows[i].spread, 1, rows[i].last, &verdict),
				 rows[i].result);
		assert_int_equal(verdict, rows[i].verdict);
	}
}

/* p is .0045 here: enough at first sight and in the first round, no more in the second. */
static void test_later_rounds_ask_for_more(void **state)
{
	enum pt_verdict verdict;

	(void)state;
	assert_int_equal(confirm(1.031, .0210, 1, false, &verdict), PT_CONFIRM_CALLED);
	assert_int_equal(verdict, PT_VERDICT_WARN);
	assert_int_not_equal(confirm(1.031, .0210, 2, false, &verdict), PT_CONFIRM_CALLED);
	assert_int_not_equal(verdict, PT_VERDICT_WARN);
}

static void test_suspects(void **state)
{
	(void)state;
	assert_true(pt_confirm_suspect(PT_VERDICT_WARN));
	assert_true(pt_confirm_suspect(PT_VERDICT_REGRESSION));
	assert_true(pt_confirm_suspect(PT_VERDICT_INCONCLUSIVE));
	assert_false(pt_confirm_suspect(PT_VERDICT_NONE));
	assert_false(pt_confirm_suspect(PT_VERDICT_IMPROVEMENT));
}

static void test_refuses(void **state)
{
	struct pt_compare_options o;
	struct pt_comparison c;
	struct side a;

	(void)state;
	pt_compare_options_init(&o);
	fill(&a, 100, .01);
	assert_int_equal(pt_confirm(a.runs, RUNS, a.runs, 0, &o, 1, false, &c), -PT_ENODATA);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rule),
		cmocka_unit_test(test_later_rounds_ask_for_more),
		cmocka_unit_test(test_suspects),
		cmocka_unit_test(test_refuses),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
