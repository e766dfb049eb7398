/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The system clock, the one moved by hand, and times as text.
 */
#include "perftop/base/clock.h"
#include "perftop/base/err.h"
#include "perftop/base/mem.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include <cmocka.h>

static void test_system(void **state)
{
	int64_t before = (int64_t)time(NULL) - 1;
	int64_t a = pt_clock_mono(&pt_clock_system), b = pt_clock_mono(&pt_clock_system);
	int64_t real = pt_clock_real(&pt_clock_system);

	(void)state;
	assert_true(a > 0);
	assert_true(b >= a);
	assert_true(real / PT_S >= before && real / PT_S <= (int64_t)time(NULL) + 1);
}

static void test_fake(void **state)
{
	struct pt_clock_fake fake;

	(void)state;
	pt_clock_fake_init(&fake, 5, 1000 * PT_S);
	assert_int_equal(pt_clock_mono(&fake.clock), 5);
	assert_int_equal(pt_clock_real(&fake.clock), 1000 * PT_S);
	pt_clock_fake_advance(&fake, PT_MS);
	assert_int_equal(pt_clock_mono(&fake.clock), 5 + PT_MS);
	assert_int_equal(pt_clock_real(&fake.clock), 1000 * PT_S + PT_MS);
	fake.real_ns = 0; /* somebody sets the clock: monotonic time stays */
	assert_int_equal(pt_clock_real(&fake.clock), 0);
	assert_int_equal(pt_clock_mono(&fake.clock), 5 + PT_MS);
}

static void test_parse(void **state)
{
	static const struct {
		const char *text;
		int64_t ns;
	} good[] = {
		{"1970-01-01", 0},
		{"1970-01-02 00:00", 86400 * PT_S},
		{"2000-02-29T12:00:00Z", 951825600 * PT_S},
		{"2014-04-10 07:15:00.000000", 1397114100 * PT_S},
		{"2026-03-01T09:30:15.25Z", 1772357415 * PT_S + 250 * PT_MS},
		{"2026-03-01 09:30:15 +02:00", 1772350215 * PT_S},
		{"2026-03-01T09:30:15-0130", 1772362815 * PT_S},
		{"1969-12-31 23:59:59", -PT_S},
		{"0", 0},
		{"17", 17 * PT_S},
		{"-2.5", -2500 * PT_MS},
		{"1772357415", 1772357415 * PT_S},
		{"1772357415000", 1772357415 * PT_S},
		{"1772357415000000", 1772357415 * PT_S},
		{"1.772357415e18", 1772357415 * PT_S},
	};
	static const char *const bad[] = {
		"",
		"x",
		"2026-13-01",
		"2026-02-30",
		"2026-3-1",
		"2026-03-01T",
		"2026-03-01 9:30",
		"2026-03-01 09:61",
		"2026-03-01 09:30:15x",
		"2026-03-01T09:30+2",
		"2026-03-01T25:00",
		"1e300",
	};
	int64_t ns;

	(void)state;
	for (size_t i = 0; i < PT_LEN(good); i++) {
		ns = 1;
		assert_int_equal(pt_time_parse(good[i].text, &ns), 0);
		assert_int_equal(ns, good[i].ns);
	}
	ns = 7;
	for (size_t i = 0; i < PT_LEN(bad); i++)
		assert_int_not_equal(pt_time_parse(bad[i], &ns), 0);
	assert_int_equal(ns, 7);
	assert_int_equal(pt_time_parse("1e300", &ns), -PT_ERANGE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_system),
		cmocka_unit_test(test_fake),
		cmocka_unit_test(test_parse),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
