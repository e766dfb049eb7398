/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Numbers as people read them: digits, scales, units, and their edges. */
#include "perftop/base/mem.h"
#include "perftop/base/text.h"
#include "perftop/present/value.h"

#include <float.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum {
	RATE = PT_VALUE_RATE,
	BARE = PT_VALUE_NO_UNIT,
	ASCII = PT_VALUE_ASCII,
	SIGN = PT_VALUE_SIGN,
};

static const struct {
	double v;
	enum pt_unit unit;
	unsigned flags;
	const char *want;
} rows[] = {
	/* digits: 9.99, 10.0, 100, and rounding at each edge */
	{0, PT_UNIT_COUNT, 0, "0"},
	{7, PT_UNIT_COUNT, 0, "7"},
	{1.92, PT_UNIT_COUNT, 0, "1.92"},
	{9.994, PT_UNIT_COUNT, 0, "9.99"},
	{9.996, PT_UNIT_COUNT, 0, "10.0"},
	{99.94, PT_UNIT_COUNT, 0, "99.9"},
	{99.96, PT_UNIT_COUNT, 0, "100"},
	{999, PT_UNIT_COUNT, 0, "999"},
	{999.4, PT_UNIT_COUNT, 0, "999"},
	{999.95, PT_UNIT_COUNT, 0, "1.00 k"},
	{1000, PT_UNIT_COUNT, 0, "1.00 k"},
	{12345, PT_UNIT_COUNT, 0, "12.3 k"},
	{999499, PT_UNIT_COUNT, 0, "999 k"},
	{999500, PT_UNIT_COUNT, 0, "1.00 M"},
	{0.0004, PT_UNIT_COUNT, 0, "0.00"},
	{1e30, PT_UNIT_COUNT, 0, "1.00 Q"},
	{1e40, PT_UNIT_COUNT, 0, "1e+10 Q"},
	{DBL_MAX, PT_UNIT_COUNT, 0, "2e+278 Q"},
	{DBL_MIN, PT_UNIT_COUNT, 0, "0.00"},
	/* signs */
	{-7, PT_UNIT_COUNT, 0, "-7"},
	{-0.0, PT_UNIT_COUNT, 0, "0"},
	{-0.001, PT_UNIT_COUNT, 0, "0.00"},
	{-999.95, PT_UNIT_COUNT, SIGN, "-1.00 k"},
	{25, PT_UNIT_COUNT, SIGN, "+25"},
	{0, PT_UNIT_COUNT, SIGN, "0"},
	/* none */
	{NAN, PT_UNIT_BYTES, 0, "–"},
	{NAN, PT_UNIT_BYTES, ASCII | SIGN, "-"},
	{INFINITY, PT_UNIT_BYTES, 0, "inf"},
	{-INFINITY, PT_UNIT_NS, BARE, "-inf"},
	/* bytes: IEC for sizes, SI for rates */
	{0, PT_UNIT_BYTES, 0, "0 B"},
	{512.4, PT_UNIT_BYTES, 0, "512 B"},
	{1023.4, PT_UNIT_BYTES, 0, "1023 B"},
	{1023.6, PT_UNIT_BYTES, 0, "1.00 KiB"},
	{1536, PT_UNIT_BYTES, 0, "1.50 KiB"},
	{1023.0 * 1024, PT_UNIT_BYTES, 0, "1023 KiB"},
	{23.4 * (1 << 30), PT_UNIT_BYTES, 0, "23.4 GiB"},
	{412.0 * (1 << 20), PT_UNIT_BYTES, BARE, "412M"},
	{1.2 * (1 << 20), PT_UNIT_BYTES, BARE, "1.20M"},
	{900, PT_UNIT_BYTES, BARE, "900"},
	{842000, PT_UNIT_BYTES, RATE, "842 kB/s"},
	{1.2e6, PT_UNIT_BYTES, RATE, "1.20 MB/s"},
	{1.2e6, PT_UNIT_BYTES_PER_SECOND, 0, "1.20 MB/s"},
	{0.3, PT_UNIT_BYTES, RATE, "0 B/s"},
	{48.0e6, PT_UNIT_BYTES, RATE | BARE, "48.0M"},
	/* shares */
	{0.632, PT_UNIT_RATIO, 0, "63.2 %"},
	{1, PT_UNIT_RATIO, 0, "100 %"},
	{0, PT_UNIT_RATIO, 0, "0.0 %"},
	{0.09, PT_UNIT_RATIO, 0, "9.0 %"},
	{0.00042, PT_UNIT_RATIO, 0, "0.04 %"},
	{0.0001, PT_UNIT_RATIO, 0, "0.01 %"},
	{12.8, PT_UNIT_RATIO, 0, "1280 %"},
	{0.912, PT_UNIT_RATIO, BARE, "91.2"},
	/* times */
	{0, PT_UNIT_NS, 0, "0 ns"},
	{999.6, PT_UNIT_NS, 0, "1.00 µs"},
	{112e3, PT_UNIT_NS, 0, "112 µs"},
	{112e3, PT_UNIT_NS, ASCII, "112 us"},
	{18.4e6, PT_UNIT_NS, 0, "18.4 ms"},
	{18.4e6, PT_UNIT_NS, BARE, "18.4ms"},
	{59.94e9, PT_UNIT_NS, 0, "59.9 s"},
	{59.96e9, PT_UNIT_NS, 0, "1.00 min"},
	{3600e9, PT_UNIT_NS, 0, "1.00 h"},
	{24 * 3600e9, PT_UNIT_NS, 0, "1.00 d"},
	{350e6, PT_UNIT_NS, RATE, "35.0 %"}, /* time each second is a share */
	{2.5e9, PT_UNIT_NS, RATE, "250 %"},
	{0, PT_UNIT_NS, RATE, "0.0 %"},
	{-1e7, PT_UNIT_NS, RATE, "-1.0 %"},
	{350e6, PT_UNIT_NS, RATE | BARE, "35.0"},
	/* the rest */
	{2.9e9, PT_UNIT_HERTZ, 0, "2.90 GHz"},
	{2.9e9, PT_UNIT_HERTZ, BARE, "2.90G"},
	{61, PT_UNIT_CELSIUS, 0, "61.0 °C"},
	{61, PT_UNIT_CELSIUS, ASCII, "61.0 C"},
	{61, PT_UNIT_CELSIUS, BARE, "61.0"},
	{-12.25, PT_UNIT_CELSIUS, 0, "-12.2 °C"},
	{15, PT_UNIT_WATT, 0, "15.0 W"},
	{1500, PT_UNIT_WATT, 0, "1.50 kW"},
	{842, PT_UNIT_COUNT, RATE, "842 /s"},
	{12345, PT_UNIT_COUNT, RATE, "12.3 k/s"},
	{12345, PT_UNIT_PER_SECOND, 0, "12.3 k/s"},
};

static void test_format(void **state)
{
	char out[40];

	(void)state;
	for (size_t i = 0; i < PT_LEN(rows); i++) {
		int cols = pt_value_format(out, sizeof out, rows[i].v, rows[i].unit, rows[i].flags);

		assert_string_equal(out, rows[i].want);
		assert_int_equal(cols, pt_text_width(out));
	}
}

static void test_split(void **state)
{
	char num[16], unit[16];

	(void)state;
	pt_value_split(num, sizeof num, unit, sizeof unit, 1.2e6, PT_UNIT_BYTES, RATE);
	assert_string_equal(num, "1.20");
	assert_string_equal(unit, "MB/s");
	pt_value_split(num, sizeof num, unit, sizeof unit, 7, PT_UNIT_COUNT, 0);
	assert_string_equal(num, "7");
	assert_string_equal(unit, "");
	pt_value_split(num, sizeof num, unit, sizeof unit, NAN, PT_UNIT_RATIO, 0);
	assert_string_equal(num, "–");
	assert_string_equal(unit, "");
}

/* A number that moves keeps its width: at most four columns, in every unit and at every size. */
static void test_width_is_stable(void **state)
{
	char num[16], unit[16];

	(void)state;
	for (int u = 0; u < PT_UNIT_N; u++) {
		double most = u == PT_UNIT_RATIO ? 99.99 : u == PT_UNIT_CELSIUS ? 9999 : 1e16;

		for (double v = 1e-4; v < most; v *= 1.003) {
			pt_value_split(num, sizeof num, unit, sizeof unit, v, (enum pt_unit)u, 0);
			assert_in_range(strlen(num), 1, 4);
		}
	}
}

static void test_short_buffers(void **state)
{
	char out[4] = "abc";

	(void)state;
	assert_int_equal(pt_value_format(out, 0, 5, PT_UNIT_COUNT, 0), 0);
	assert_string_equal(out, "abc");
	assert_int_equal(pt_value_format(out, 3, NAN, PT_UNIT_COUNT, 0), 0); /* – is 3 bytes */
	assert_string_equal(out, "");
	pt_value_format(out, sizeof out, 123456, PT_UNIT_BYTES, 0);
	assert_string_equal(out, "121");
}

static void test_nice_max(void **state)
{
	static const struct {
		double v;
		enum pt_unit unit;
		unsigned flags;
		double want;
	} nice[] = {
		{0, PT_UNIT_COUNT, 0, 1},
		{-5, PT_UNIT_COUNT, 0, 1},
		{NAN, PT_UNIT_COUNT, 0, 1},
		{INFINITY, PT_UNIT_COUNT, 0, 1},
		{1, PT_UNIT_COUNT, 0, 1},
		{1.01, PT_UNIT_COUNT, 0, 2},
		{2.2, PT_UNIT_COUNT, 0, 2.5},
		{3, PT_UNIT_COUNT, 0, 5},
		{501, PT_UNIT_COUNT, 0, 1000},
		{0.03, PT_UNIT_COUNT, 0, 0.05},
		{0.632, PT_UNIT_RATIO, 0, 1},
		{0.2, PT_UNIT_RATIO, 0, 0.2},
		{23.4 * (1 << 30), PT_UNIT_BYTES, 0, 25.0 * (1 << 30)},
		{600.0 * 1024, PT_UNIT_BYTES, 0, 1024.0 * 1024},
		{0.2, PT_UNIT_BYTES, 0, 1},
		{600e3, PT_UNIT_BYTES, RATE, 1e6},
		{23e3, PT_UNIT_BYTES, RATE, 25e3},
		{3e6, PT_UNIT_NS, 0, 5e6},
		{90e9, PT_UNIT_NS, 0, 120e9},
		{40 * 60e9, PT_UNIT_NS, 0, 3600e9},
		{350e6, PT_UNIT_NS, RATE, 500e6},
		{0, PT_UNIT_NS, RATE, 1e7},
	};

	(void)state;
	for (size_t i = 0; i < PT_LEN(nice); i++)
		assert_true(fabs(pt_value_nice_max(nice[i].v, nice[i].unit, nice[i].flags) -
				 nice[i].want) <= nice[i].want * 1e-9);
	for (int u = 0; u < PT_UNIT_N; u++)
		for (double v = 1e-3; v < 1e18; v *= 1.37) {
			double max = pt_value_nice_max(v, (enum pt_unit)u, 0);

			assert_true(max >= v);
			assert_true(max <= (v < 1 ? 1 : 2.6 * v));
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_format),		cmocka_unit_test(test_split),
		cmocka_unit_test(test_width_is_stable), cmocka_unit_test(test_short_buffers),
		cmocka_unit_test(test_nice_max),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
