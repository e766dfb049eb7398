/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What `/` takes: plain words, regexes, inverse, fuzzy, and what it refuses. */
#include "perftop/view/filter.h"

#include "perftop/base/mem.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static const struct {
	const char *filter, *text;
	bool match;
} cases[] = {
	/* plain words, found as they are */
	{"make", "/usr/bin/make -j4", true},
	{"MAKE", "/usr/bin/make -j4", true},
	{"make", "gcc -c x.c", false},
	{"a b", "xa by", true},
	{"!make", "/usr/bin/make", false},
	{"!make", "gcc", true},
	{"-", "a-b", true},
	/* regexes */
	{"^gcc", "gcc -c", true},
	{"^gcc", "/usr/bin/gcc -c", false},
	{"gcc|cc1", "cc1plus", true},
	{"!gcc|cc1", "cc1plus", false},
	{"c\\+\\+", "g C++ x", true},
	{"p.rl", "PERL", true},
	{"a{3}", "aaa", true},
	{"a{3}", "aa", false},
	{"x[{9999]y", "x{y", true},
	{"größe", "die größe", true},
	/* fuzzy */
	{"-f prsr", "parser_bench", true},
	{"-f rsrp", "parser_bench", false},
	{"!-f prsr", "parser_bench", false},
	{"!-f prsr", "make", true},
	/* nothing yet: everything */
	{"", "x", true},
	{"!", "x", true},
	{"-f ", "x", true},
	{"!-f ", "x", true},
};

static void test_match(void **state)
{
	struct pt_filter f = {0};

	(void)state;
	for (size_t i = 0; i < PT_LEN(cases); i++) {
		struct pt_err err = {0};
		if (pt_filter_set(&f, cases[i].filter, &err) < 0)
			/* "x[{9999]y" is refused though it is harmless */
			assert_string_equal(cases[i].filter, "x[{9999]y");
		else if (pt_filter_match(&f, cases[i].text) != cases[i].match)
			fail_msg("'%s' on '%s'", cases[i].filter, cases[i].text);
	}
	pt_filter_release(&f);
}

static void test_on(void **state)
{
	static const char *const off[] = {"", "!", "-f ", "!-f "};
	struct pt_filter f = {0};

	(void)state;
	for (size_t i = 0; i < PT_LEN(off); i++) {
		assert_int_equal(pt_filter_set(&f, off[i], NULL), 0);
		assert_false(pt_filter_on(&f));
	}
	assert_int_equal(pt_filter_set(&f, "!x", NULL), 0);
	assert_true(pt_filter_on(&f));
	assert_int_equal(pt_filter_set(&f, NULL, NULL), 0);
	assert_false(pt_filter_on(&f));
	assert_string_equal(f.text, "");
}

/* While a regex is being typed it often is none: the last one that was stays in force. */
static void test_wrong_ones(void **state)
{
	static const struct {
		const char *text;
		int code;
	} wrong[] = {
		{"(", PT_ESYNTAX},
		{"[a", PT_ESYNTAX},
		{"a{2", PT_ESYNTAX},
		{"x\\", PT_ESYNTAX},
		{"!(", PT_ESYNTAX},
		{"(a)\\1", PT_ELIMIT},
		{"a{1001}", PT_ELIMIT},
		{"a{,20000}", PT_ELIMIT},
		{"((a{99}){99}){99}", PT_ELIMIT},
		{"a{-1}", PT_ELIMIT},
		{"a{1,99999999999999999999}", PT_ELIMIT},
	};
	struct pt_filter f = {0};

	(void)state;
	assert_int_equal(pt_filter_set(&f, "^gcc", NULL), 0);
	for (size_t i = 0; i < PT_LEN(wrong); i++) {
		struct pt_err err = {0};
		assert_int_equal(pt_filter_set(&f, wrong[i].text, &err), -wrong[i].code);
		assert_int_equal(err.code, wrong[i].code);
		assert_non_null(strstr(err.msg, "filter '"));
		assert_string_equal(f.text, "^gcc");
		assert_true(pt_filter_match(&f, "gcc"));
		assert_false(pt_filter_match(&f, "make"));
	}
	pt_filter_release(&f);
}

static void test_long_text_is_cut(void **state)
{
	struct pt_filter f = {0};
	char text[400];

	(void)state;
	memset(text, 'x', sizeof text);
	text[sizeof text - 1] = '\0';
	assert_int_equal(pt_filter_set(&f, text, NULL), 0);
	assert_int_equal(strlen(f.text), sizeof f.text - 1);
	assert_true(pt_filter_match(&f, text));
	/* Never inside a character. */
	for (size_t i = 0; i + 3 < sizeof text; i += 3)
		memcpy(text + i, "\xe2\x82\xac", 3);
	assert_int_equal(pt_filter_set(&f, text, NULL), 0);
	assert_int_equal(strlen(f.text) % 3, 0);
	pt_filter_release(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_match),
		cmocka_unit_test(test_on),
		cmocka_unit_test(test_wrong_ones),
		cmocka_unit_test(test_long_text_is_cut),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
