/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Units by name.
 */
#include "perftop/base/err.h"
#include "perftop/base/unit.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void test_names_round_trip(void **state)
{
	(void)state;
	for (int i = 0; i < PT_UNIT_N; i++) {
		enum pt_unit unit = PT_UNIT_N;
		double factor = 0;

		assert_non_null(pt_unit_name((enum pt_unit)i));
		assert_int_equal(pt_unit_parse(pt_unit_name((enum pt_unit)i), &unit, &factor), 0);
		assert_int_equal(unit, i);
		assert_true(factor == 1);
	}
}

static void test_aliases(void **state)
{
	static const struct {
		const char *name;
		enum pt_unit unit;
		double factor;
	} table[] = {
		{"s", PT_UNIT_NS, 1e9},
		{"ms", PT_UNIT_NS, 1e6},
		{"us", PT_UNIT_NS, 1e3},
		{"\xC2\xB5s", PT_UNIT_NS, 1e3},
		{"\xCE\xBCs", PT_UNIT_NS, 1e3},
		{"min", PT_UNIT_NS, 60e9},
		{"%", PT_UNIT_RATIO, 0.01},
		{"B", PT_UNIT_BYTES, 1},
		{"kB", PT_UNIT_BYTES, 1e3},
		{"MB", PT_UNIT_BYTES, 1e6},
		{"KiB", PT_UNIT_BYTES, 1024},
		{"GiB", PT_UNIT_BYTES, 1024.0 * 1024 * 1024},
		{"MHz", PT_UNIT_HERTZ, 1e6},
		{"Mbit/s", PT_UNIT_BYTES_PER_SECOND, 125000},
		{"MiB/s", PT_UNIT_BYTES_PER_SECOND, 1048576},
		{"/s", PT_UNIT_PER_SECOND, 1},
	};

	(void)state;
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		enum pt_unit unit = PT_UNIT_N;
		double factor = 0;

		assert_int_equal(pt_unit_parse(table[i].name, &unit, &factor), 0);
		assert_int_equal(unit, table[i].unit);
		assert_true(factor == table[i].factor);
	}
}

static void test_unknown(void **state)
{
	static const char *const bad[] = {"", "S", "MS", "mb", "furlong", "ns ", "kb/s"};
	enum pt_unit unit = PT_UNIT_WATT;
	double factor = 3;

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		assert_int_equal(pt_unit_parse(bad[i], &unit, &factor), -PT_ENOENT);
	assert_int_equal(unit, PT_UNIT_WATT);
	assert_true(factor == 3);
}

static void test_openmetrics(void **state)
{
	double factor = 0;

	(void)state;
	assert_string_equal(pt_unit_openmetrics(PT_UNIT_NS, &factor), "_seconds");
	assert_true(factor == 1e-9);
	assert_string_equal(pt_unit_openmetrics(PT_UNIT_COUNT, &factor), "");
	assert_true(factor == 1);
	for (int i = 0; i < PT_UNIT_N; i++)
		assert_non_null(pt_unit_openmetrics((enum pt_unit)i, &factor));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_names_round_trip),
		cmocka_unit_test(test_aliases),
		cmocka_unit_test(test_unknown),
		cmocka_unit_test(test_openmetrics),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
