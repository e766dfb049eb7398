/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Times and durations as people read them, zones and their changes. */
#include "perftop/base/clock.h"
#include "perftop/base/mem.h"
#include "perftop/present/value.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <time.h>

#include <cmocka.h>

static void test_duration(void **state)
{
	static const struct {
		int64_t ns;
		const char *words, *clock;
	} rows[] = {
		{0, "0 s", "00:00:00"},
		{5, "5 ns", "00:00:00"},
		{1500, "1 µs", "00:00:00"},
		{250 * PT_MS, "250 ms", "00:00:00"},
		{PT_S - 1, "999 ms", "00:00:00"},
		{45 * PT_S, "45 s", "00:00:45"},
		{303 * PT_S, "5 min 3 s", "00:05:03"},
		{300 * PT_S, "5 min", "00:05:00"},
		{INT64_C(15130) * PT_S, "4 h 12 min", "04:12:10"},
		{INT64_C(45067) * PT_S, "12 h 31 min", "12:31:07"},
		{INT64_C(273600) * PT_S, "3 d 4 h", "3 d 04:00:00"},
		{-45 * PT_S, "-45 s", "-00:00:45"},
		{INT64_MIN, "-106751 d 23 h", "-106751 d 23:47:16"},
	};
	char out[40];

	(void)state;
	for (size_t i = 0; i < PT_LEN(rows); i++) {
		pt_duration_format(out, sizeof out, rows[i].ns, false);
		assert_string_equal(out, rows[i].words);
		pt_duration_format(out, sizeof out, rows[i].ns, true);
		assert_string_equal(out, rows[i].clock);
	}
	pt_duration_format(out, 4, 303 * PT_S, false);
	assert_string_equal(out, "5 m");
}

static void test_moment(void **state)
{
	char out[40];

	(void)state;
	setenv("TZ", "CET-1CEST,M3.5.0,M10.5.0/3", 1);
	tzset();
	pt_time_format(out, sizeof out, INT64_C(1795437067) * PT_S + 999999999, false);
	assert_string_equal(out, "13:31:07");
	pt_time_format(out, sizeof out, INT64_C(1795437067) * PT_S, true);
	assert_string_equal(out, "2026-11-23 13:31:07");
	pt_time_zone(out, sizeof out, INT64_C(1795437067) * PT_S);
	assert_string_equal(out, "CET");
	pt_time_zone(out, sizeof out, INT64_C(1784000000) * PT_S);
	assert_string_equal(out, "CEST");
	pt_time_format(out, sizeof out, -1, true); /* before 1970 */
	assert_string_equal(out, "1970-01-01 00:59:59");
	pt_time_format(out, 5, 0, false);
	assert_string_equal(out, ""); /* whole or absent */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_duration),
		cmocka_unit_test(test_moment),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
