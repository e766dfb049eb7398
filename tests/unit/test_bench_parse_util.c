/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Units as benchmark tools write them. */
#include "../../src/bench/parse_util.h"
#include "perftop/base/mem.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void test_units(void **state)
{
	static const struct {
		const char *text;
		struct pt_bench_unit unit;
	} known[] = {
		{"ns", {PT_UNIT_NS, 1, PT_BETTER_LOWER, "time"}},
		{"ns/op", {PT_UNIT_NS, 1, PT_BETTER_LOWER, "time"}},
		{"us/op", {PT_UNIT_NS, 1e3, PT_BETTER_LOWER, "time"}},
		{"μs/iter", {PT_UNIT_NS, 1e3, PT_BETTER_LOWER, "time"}},
		{"s/op", {PT_UNIT_NS, 1e9, PT_BETTER_LOWER, "time"}},
		{"Seconds", {PT_UNIT_NS, 1e9, PT_BETTER_LOWER, "time"}},
		{"B/op", {PT_UNIT_BYTES, 1, PT_BETTER_LOWER, "memory"}},
		{"KB", {PT_UNIT_BYTES, 1e3, PT_BETTER_LOWER, "memory"}},
		{"allocs/op", {PT_UNIT_COUNT, 1, PT_BETTER_LOWER, "allocs"}},
		{"ops/s", {PT_UNIT_PER_SECOND, 1, PT_BETTER_HIGHER, "throughput"}},
		{"ops/sec", {PT_UNIT_PER_SECOND, 1, PT_BETTER_HIGHER, "throughput"}},
		{"iter/s", {PT_UNIT_PER_SECOND, 1, PT_BETTER_HIGHER, "throughput"}},
		{"ops/ms", {PT_UNIT_PER_SECOND, 1e3, PT_BETTER_HIGHER, "throughput"}},
		{"ops/us", {PT_UNIT_PER_SECOND, 1e6, PT_BETTER_HIGHER, "throughput"}},
		{"ops/min", {PT_UNIT_PER_SECOND, 1 / 60.0, PT_BETTER_HIGHER, "throughput"}},
		{"Kops/s", {PT_UNIT_PER_SECOND, 1e3, PT_BETTER_HIGHER, "throughput"}},
		{"tokens/s", {PT_UNIT_PER_SECOND, 1, PT_BETTER_HIGHER, "throughput"}},
		{"MB/s", {PT_UNIT_BYTES_PER_SECOND, 1e6, PT_BETTER_HIGHER, "throughput"}},
		{"MiB/sec", {PT_UNIT_BYTES_PER_SECOND, 1048576, PT_BETTER_HIGHER, "throughput"}},
		{"bytes/sec", {PT_UNIT_BYTES_PER_SECOND, 1, PT_BETTER_HIGHER, "throughput"}},
		{"%", {PT_UNIT_RATIO, 0.01, PT_BETTER_LOWER, NULL}},
		{"Percent", {PT_UNIT_RATIO, 0.01, PT_BETTER_LOWER, NULL}},
		{"ops", {PT_UNIT_COUNT, 1, PT_BETTER_LOWER, NULL}},
	};
	static const char *const unknown[] = {"",    "furlongs", "ms/s", "ns/",
					      "/op", "x/op",	 "Ms",	 "ns/ns"};
	struct pt_bench_unit unit;

	(void)state;
	for (size_t i = 0; i < PT_LEN(known); i++) {
		const struct pt_bench_unit *want = &known[i].unit;

		if (pt_bench_unit_parse(known[i].text, &unit))
			fail_msg("%s is not known", known[i].text);
		if (unit.unit != want->unit || unit.better != want->better ||
		    fabs(unit.factor / want->factor - 1) > 1e-12 ||
		    strcmp(unit.metric ? unit.metric : "", want->metric ? want->metric : "") != 0)
			fail_msg("%s: %s x %g, %s", known[i].text, pt_unit_name(unit.unit),
				 unit.factor, unit.metric);
	}
	for (size_t i = 0; i < PT_LEN(unknown); i++)
		if (!pt_bench_unit_parse(unknown[i], &unit))
			fail_msg("%s: %s x %g", unknown[i], pt_unit_name(unit.unit), unit.factor);
}

static void test_scale(void **state)
{
	double value = 7;

	(void)state;
	assert_int_equal(pt_bench_scale("x", 2, 1e9, &value, NULL), 0);
	assert_true(value == 2e9);
	assert_int_equal(pt_bench_scale("x", 0, 1e9, &value, NULL), 0);
	assert_int_equal(pt_bench_scale("x", -1e-9, 1, &value, NULL), -PT_ERANGE);
	assert_int_equal(pt_bench_scale("x", 1e300, 1e9, &value, NULL), -PT_ERANGE);
	assert_int_equal(pt_bench_scale("x", NAN, 1, &value, NULL), -PT_ERANGE);
	assert_int_equal(pt_bench_scale("x", INFINITY, 1, &value, NULL), -PT_ERANGE);
	assert_true(value == 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_units),
		cmocka_unit_test(test_scale),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
