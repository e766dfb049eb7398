/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Budgets as people write them. */
#include "perftop/bench/suite.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void test_reads(void **state)
{
	static const struct {
		const char *text;
		double quantile;
		bool below, equal;
		double limit;
		enum pt_unit unit;
	} rows[] = {
		{"p99 < 20 ms", .99, true, false, 20e6, PT_UNIT_NS},
		{"p99.9<=1.5us", .999, true, true, 1500, PT_UNIT_NS},
		{"mean <= 1.5 GiB", NAN, true, true, 1.5 * (1 << 30), PT_UNIT_BYTES},
		{"max < 3", 1, true, false, 3, PT_UNIT_COUNT},
		{"min > 1e3 /s", 0, false, false, 1000, PT_UNIT_PER_SECOND},
		{"  median>=95 %  ", .5, false, true, .95, PT_UNIT_RATIO},
		{"p0 < -1", 0, true, false, -1, PT_UNIT_COUNT},
		{"mean < 2 min", NAN, true, false, 120e9, PT_UNIT_NS},
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct pt_budget b;

		assert_int_equal(pt_budget_parse(rows[i].text, &b, NULL), 0);
		assert_true(isnan(rows[i].quantile) ? isnan(b.quantile)
						    : fabs(b.quantile - rows[i].quantile) < 1e-12);
		assert_int_equal(b.below, rows[i].below);
		assert_int_equal(b.equal, rows[i].equal);
		assert_true(fabs(b.limit - rows[i].limit) <= 1e-9 * fabs(rows[i].limit));
		assert_int_equal(b.unit, rows[i].unit);
	}
}

static void test_refuses(void **state)
{
	static const struct {
		const char *text, *told;
	} rows[] = {
		{"", "expected mean"},
		{"p101 < 3", "expected mean"},
		{"p < 3", "expected mean"},
		{"p-1 < 3", "expected mean"},
		{"average < 3", "expected mean"},
		{"p99 20 ms", "expected mean"},
		{"p99 = 20 ms", "expected <"},
		{"p99 << 20 ms", "expected <"},
		{"p99 <> 20 ms", "expected <"},
		{"p99 <", "expected a number"},
		{"p99 < ms", "expected a number"},
		{"p99 < 1e999 ms", "expected a number"},
		{"p99 < 20 parsecs", "\"parsecs\""},
		{"p99 < 20 ms or so", "\"ms or so\""},
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct pt_err err = {0};
		struct pt_budget b = {.limit = 42};

		assert_int_equal(pt_budget_parse(rows[i].text, &b, &err), -PT_ESYNTAX);
		assert_true(b.limit == 42);
		if (!strstr(err.msg, rows[i].told))
			fail_msg("%s: %s", rows[i].text, err.msg);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_reads),
		cmocka_unit_test(test_refuses),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
