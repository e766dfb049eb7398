/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Label text and rates.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "perftop/base/err.h"
#include "perftop/model/metric.h"

#include <string.h>

static const struct pt_metric plain = {.name = "load1"};
static const struct pt_metric one = {.name = "x", .label = "core"};
static const struct pt_metric two = {.name = "x", .label = "core,mode"};

static void labels_format(void **state)
{
	char buf[64];
	const char *values[] = {"0", "a\"b\\c\nd"};

	(void)state;
	assert_int_equal(pt_labels_format(buf, sizeof(buf), &plain, NULL), 0);
	assert_string_equal(buf, "");
	assert_int_equal(pt_labels_format(buf, sizeof(buf), &one, values), 8);
	assert_string_equal(buf, "core=\"0\"");
	assert_true(pt_labels_format(buf, sizeof(buf), &two, values) > 0);
	assert_string_equal(buf, "core=\"0\",mode=\"a\\\"b\\\\c\\nd\"");
}

static void labels_that_do_not_fit(void **state)
{
	char buf[9];
	const char *values[] = {"0", "1"};

	(void)state;
	assert_int_equal(pt_labels_format(buf, 9, &one, values), 8);
	assert_int_equal(pt_labels_format(buf, 8, &one, values), -PT_ERANGE);
	assert_string_equal(buf, "");
	assert_int_equal(pt_labels_format(buf, 0, &one, values), -PT_ERANGE);
	assert_int_equal(pt_labels_format(buf, 0, &plain, NULL), -PT_ERANGE);
	assert_int_equal(pt_labels_format(buf, sizeof(buf), &two, values), -PT_ERANGE);
}

static void labels_get(void **state)
{
	const char *labels = "core=\"0\",mode=\"a\\\"b\\\\c\\nd,core=\"";
	char buf[16];

	(void)state;
	assert_int_equal(pt_labels_get(labels, "core", buf, sizeof(buf)), 1);
	assert_string_equal(buf, "0");
	assert_int_equal(pt_labels_get(labels, "mode", buf, sizeof(buf)), 13);
	assert_string_equal(buf, "a\"b\\c\nd,core=");
	assert_int_equal(pt_labels_get(labels, "mod", buf, sizeof(buf)), -PT_ENOENT);
	assert_int_equal(pt_labels_get("", "mode", buf, sizeof(buf)), -PT_ENOENT);
	assert_int_equal(pt_labels_get(labels, "mode", buf, 13), -PT_ERANGE);
	assert_int_equal(pt_labels_get(labels, "mode", buf, 0), -PT_ERANGE);
}

static void labels_get_of_broken_text(void **state)
{
	static const char *const broken[] = {
		"mode",	    "mode=",	  "mode=\"", "mode=\"x",
		"mode=x\"", "mode=\"x\\", "=\"x\"",  "a=\"b\"mode=\"x\\"};
	char buf[16];

	(void)state;
	for (size_t i = 0; i < sizeof(broken) / sizeof(broken[0]); i++)
		assert_int_equal(pt_labels_get(broken[i], "mode", buf, sizeof(buf)), -PT_ENOENT);
}

static void rate_needs_two_readings(void **state)
{
	struct pt_rate rate = {0};
	double r = -1;

	(void)state;
	assert_int_equal(pt_rate_update(&rate, 1000, 5, &r), 0);
	assert_int_equal(pt_rate_update(&rate, 1500, 5 + INT64_C(500000000), &r), 1);
	assert_float_equal(r, 1000, 1e-9);
	assert_int_equal(pt_rate_update(&rate, 1500, 5 + INT64_C(1500000000), &r), 1);
	assert_float_equal(r, 0, 1e-9);
}

static void rate_after_a_reset(void **state)
{
	struct pt_rate rate = {0};
	double r = -1;

	(void)state;
	pt_rate_update(&rate, 1000, 0, &r);
	assert_int_equal(pt_rate_update(&rate, 10, 1000000000, &r), 0);
	assert_float_equal(r, -1, 0);
	assert_int_equal(pt_rate_update(&rate, 30, 2000000000, &r), 1);
	assert_float_equal(r, 20, 1e-9);
}

static void rate_of_a_clock_that_stood_still(void **state)
{
	struct pt_rate rate = {0};
	double r = -1;

	(void)state;
	pt_rate_update(&rate, 100, 1000000000, &r);
	assert_int_equal(pt_rate_update(&rate, 150, 1000000000, &r), 0);
	/* The events meanwhile are not lost. */
	assert_int_equal(pt_rate_update(&rate, 200, 2000000000, &r), 1);
	assert_float_equal(r, 100, 1e-9);
	/* A clock that went back starts anew. */
	assert_int_equal(pt_rate_update(&rate, 300, 1500000000, &r), 0);
	assert_int_equal(pt_rate_update(&rate, 310, 2500000000, &r), 1);
	assert_float_equal(r, 10, 1e-9);
}

static void rate_at_the_ends_of_64_bits(void **state)
{
	struct pt_rate rate = {0};
	double r = -1;

	(void)state;
	pt_rate_update(&rate, 0, INT64_MIN, &r);
	assert_int_equal(pt_rate_update(&rate, UINT64_MAX, INT64_MAX, &r), 1);
	assert_float_equal(r, 1e9, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(labels_format),
		cmocka_unit_test(labels_that_do_not_fit),
		cmocka_unit_test(labels_get),
		cmocka_unit_test(labels_get_of_broken_text),
		cmocka_unit_test(rate_needs_two_readings),
		cmocka_unit_test(rate_after_a_reset),
		cmocka_unit_test(rate_of_a_clock_that_stood_still),
		cmocka_unit_test(rate_at_the_ends_of_64_bits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
