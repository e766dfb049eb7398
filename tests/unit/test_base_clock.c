/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The system clock and the one moved by hand.
 */
#include "perftop/base/clock.h"

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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_system),
		cmocka_unit_test(test_fake),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
