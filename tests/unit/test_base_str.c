/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Strings that grow, are cut, and numbers read whole.
 */
#include "perftop/base/err.h"
#include "perftop/base/mem.h"
#include "perftop/base/str.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void test_append(void **state)
{
	struct pt_str str = PT_STR_INIT;

	(void)state;
	assert_string_equal(pt_str_text(&str), "");
	pt_str_add(&str, "ab");
	pt_str_addc(&str, 'c');
	pt_str_addn(&str, "defg", 2);
	pt_str_addf(&str, "%d-%s", 42, "x");
	assert_string_equal(str.s, "abcde42-x");
	assert_int_equal(str.len, 9);
	pt_str_clear(&str);
	assert_int_equal(str.len, 0);
	assert_string_equal(pt_str_text(&str), "");
	pt_str_add(&str, "");
	assert_string_equal(str.s, "");
	pt_str_release(&str);
	assert_null(str.s);
}

static void test_grows(void **state)
{
	struct pt_str str = PT_STR_INIT;

	(void)state;
	for (int i = 0; i < 5000; i++)
		pt_str_addf(&str, "%04d", i);
	assert_int_equal(str.len, 20000);
	assert_int_equal(strlen(str.s), 20000);
	assert_memory_equal(str.s + 4 * 4321, "4321", 4);
	pt_str_release(&str);
}

static void test_detach(void **state)
{
	struct pt_str str = PT_STR_INIT;
	char *s;

	(void)state;
	s = pt_str_detach(&str);
	assert_string_equal(s, "");
	free(s);
	pt_str_add(&str, "mine");
	s = pt_str_detach(&str);
	assert_string_equal(s, "mine");
	assert_int_equal(str.len, 0);
	assert_string_equal(pt_str_text(&str), "");
	free(s);
}

static void test_strlcpy(void **state)
{
	char buf[8];

	(void)state;
	assert_int_equal(pt_strlcpy(buf, "abc", sizeof buf), 3);
	assert_string_equal(buf, "abc");
	assert_int_equal(pt_strlcpy(buf, "abcdefg", sizeof buf), 7);
	assert_string_equal(buf, "abcdefg");
	assert_int_equal(pt_strlcpy(buf, "abcdefgh", sizeof buf), 7);
	assert_string_equal(buf, "abcdefg");
	/* The euro sign has three bytes and would be cut after two. */
	assert_int_equal(pt_strlcpy(buf, "abcde\xE2\x82\xAC", sizeof buf), 5);
	assert_string_equal(buf, "abcde");
	assert_int_equal(pt_strlcpy(buf, "abcd\xE2\x82\xACz", sizeof buf), 7);
	assert_string_equal(buf, "abcd\xE2\x82\xAC");
	assert_int_equal(pt_strlcpy(buf, "abc", 1), 0);
	assert_string_equal(buf, "");
	buf[0] = 'x';
	assert_int_equal(pt_strlcpy(buf, "abc", 0), 0);
	assert_int_equal(buf[0], 'x');
}

static void test_snprintf(void **state)
{
	char buf[5];

	(void)state;
	assert_int_equal(pt_snprintf(buf, sizeof buf, "%d", 123), 3);
	assert_int_equal(pt_snprintf(buf, sizeof buf, "%d", 123456), 4);
	assert_string_equal(buf, "1234");
	assert_int_equal(pt_snprintf(buf, 0, "%d", 9), 0);
	assert_string_equal(buf, "1234");
}

static void test_parse_i64(void **state)
{
	static const char *const bad[] = {"",	"-",	"+",   " 1",  "1 ",
					  "1x", "0x10", "--1", "1.0", "x"};
	long long v = -7;

	(void)state;
	assert_int_equal(pt_parse_i64("42", 0, 100, &v), 0);
	assert_int_equal(v, 42);
	assert_int_equal(pt_parse_i64("-9223372036854775808", INT64_MIN, INT64_MAX, &v), 0);
	assert_true(v == INT64_MIN);
	v = -7;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		assert_int_equal(pt_parse_i64(bad[i], -100, 100, &v), -PT_ESYNTAX);
	assert_int_equal(pt_parse_i64("101", 0, 100, &v), -PT_ERANGE);
	assert_int_equal(pt_parse_i64("-1", 0, 100, &v), -PT_ERANGE);
	assert_int_equal(pt_parse_i64("9223372036854775808", INT64_MIN, INT64_MAX, &v), -PT_ERANGE);
	assert_int_equal(v, -7);
}

static void test_parse_double(void **state)
{
	static const char *const bad[] = {"",	   "nan", "inf", "-inf", " 1", "1 ",
					  "0x1p3", "1e",  "1,5", ".",	 "e5", "1.5s"};
	double v = -7;

	(void)state;
	assert_int_equal(pt_parse_double("1.5e3", &v), 0);
	assert_true(v == 1500.0);
	assert_int_equal(pt_parse_double("-.5", &v), 0);
	assert_true(v == -0.5);
	v = -7;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		assert_int_equal(pt_parse_double(bad[i], &v), -PT_ESYNTAX);
	assert_int_equal(pt_parse_double("1e999", &v), -PT_ERANGE);
	assert_true(v == -7);
}

static void test_cpus(void **state)
{
	static const struct {
		const char *list;
		size_t n;
		int last;
	} lists[] = {
		{"0\n", 1, 0},	{"0-3,8", 5, 8},	{"0-3,8-9", 6, 9},
		{"", 0, 0},	{"none", 0, 0},		{"3-1,5", 1, 5},
		{"1,,2", 1, 1}, {"0-4000000000", 8, 7}, {"4000000000", 0, 0},
	};
	int cpus[8];

	(void)state;
	for (size_t i = 0; i < PT_LEN(lists); i++) {
		assert_int_equal(pt_parse_cpus(lists[i].list, cpus, PT_LEN(cpus)), lists[i].n);
		if (lists[i].n)
			assert_int_equal(cpus[lists[i].n - 1], lists[i].last);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_append),	     cmocka_unit_test(test_grows),
		cmocka_unit_test(test_detach),	     cmocka_unit_test(test_strlcpy),
		cmocka_unit_test(test_snprintf),     cmocka_unit_test(test_parse_i64),
		cmocka_unit_test(test_parse_double), cmocka_unit_test(test_cpus),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
