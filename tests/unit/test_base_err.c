/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Errors: codes, places, cuts.
 */
#include "perftop/base/err.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void test_set(void **state)
{
	struct pt_err err;
	char text[600];

	(void)state;
	assert_int_equal(pt_err_set(&err, PT_EIO, "no %s", "luck"), -PT_EIO);
	assert_int_equal(err.code, PT_EIO);
	assert_int_equal(err.line, 0);
	assert_int_equal(err.col, 0);
	assert_string_equal(err.file, "");
	assert_string_equal(pt_err_text(&err, text, sizeof text), "no luck");
	assert_int_equal(pt_err_set(NULL, PT_ERANGE, "unheard"), -PT_ERANGE);
}

static void test_place(void **state)
{
	struct pt_err err;
	char text[600];

	(void)state;
	assert_int_equal(pt_err_at(&err, PT_ESYNTAX, "a.json", 3, 14, "bad %d", 7), -PT_ESYNTAX);
	assert_string_equal(pt_err_text(&err, text, sizeof text), "a.json:3:14: bad 7");
	pt_err_at(&err, PT_ESYNTAX, "a.json", 3, 0, "bad");
	assert_string_equal(pt_err_text(&err, text, sizeof text), "a.json:3: bad");
	pt_err_at(&err, PT_ENOENT, "a.json", 0, 9, "gone");
	assert_string_equal(pt_err_text(&err, text, sizeof text), "a.json: gone");
	pt_err_at(&err, PT_ENOENT, NULL, 2, 1, "gone");
	assert_string_equal(pt_err_text(&err, text, sizeof text), "2:1: gone");
}

static void test_small_buffer(void **state)
{
	struct pt_err err;
	char text[10] = "untouched";

	(void)state;
	pt_err_at(&err, PT_EIO, "long-name.json", 3, 14, "message");
	assert_string_equal(pt_err_text(&err, text, sizeof text), "long-name");
	assert_string_equal(pt_err_text(&err, text, 1), "");
	text[0] = 'u';
	pt_err_text(&err, text, 0);
	assert_int_equal(text[0], 'u');
}

/* A message may quote the error that it replaces, and is cut between characters. */
static void test_quote_and_cut(void **state)
{
	struct pt_err err;
	char longer[1000];

	(void)state;
	pt_err_at(&err, PT_EIO, "f", 1, 2, "inner");
	pt_err_at(&err, PT_EIO, err.file, err.line, err.col, "outer: %s", err.msg);
	assert_string_equal(err.msg, "outer: inner");
	assert_string_equal(err.file, "f");
	for (size_t i = 0; i + 3 <= sizeof longer; i += 3)
		memcpy(longer + i, "\xE2\x82\xAC", 3);
	longer[999] = '\0';
	pt_err_set(&err, PT_EIO, "%s", longer);
	assert_int_equal(strlen(err.msg), 309); /* 103 whole characters of three bytes */
}

static void test_errno(void **state)
{
	static const int table[][2] = {
		{0, 0},
		{ENOENT, -PT_ENOENT},
		{ENOTDIR, -PT_ENOENT},
		{EACCES, -PT_EACCES},
		{EPERM, -PT_EACCES},
		{EINVAL, -PT_EINVAL},
		{ENOSYS, -PT_ENOTSUP},
		{EEXIST, -PT_EEXIST},
		{ETIMEDOUT, -PT_ETIMEDOUT},
		{ENOSPC, -PT_EIO},
		{-1, -PT_EIO},
	};

	(void)state;
	for (size_t i = 0; i < sizeof table / sizeof *table; i++)
		assert_int_equal(pt_err_errno(table[i][0]), table[i][1]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_set),	     cmocka_unit_test(test_place),
		cmocka_unit_test(test_small_buffer), cmocka_unit_test(test_quote_and_cut),
		cmocka_unit_test(test_errno),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
