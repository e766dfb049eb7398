/* SPDX-License-Identifier: GPL-3.0-or-later */
/* JSON read piece by piece: the structure followed, values, going back, faults and their places. */
#include "perftop/base/json_pull.h"
#include "perftop/base/mem.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static struct pt_err err;

/* Over a copy of exactly that size, so that a sanitizer sees what is read beyond it. */
static struct pt_json_pull *start(const char *text, char **ret_copy)
{
	size_t n = strlen(text);

	*ret_copy = pt_malloc(n + !n);
	memcpy(*ret_copy, text, n);
	err = (struct pt_err){0};
	return pt_json_pull_new("t.json", *ret_copy, n, &err);
}

static void stop(struct pt_json_pull *j, char *copy)
{
	pt_json_pull_free(j);
	free(copy);
}

/* Follows any structure and writes it down again. */
static void follow(struct pt_json_pull *j, struct pt_str *out)
{
	struct pt_slice s;

	switch (pt_json_pull_type(j)) {
	case PT_JOBJECT:
		pt_str_addc(out, '{');
		pt_json_pull_enter(j, '{');
		while (pt_json_pull_key(j, &s)) {
			pt_str_addf(out, "%.*s:", (int)s.n, s.s);
			follow(j, out);
		}
		pt_str_addc(out, '}');
		return;
	case PT_JARRAY:
		pt_str_addc(out, '[');
		pt_json_pull_enter(j, '[');
		while (pt_json_pull_item(j))
			follow(j, out);
		pt_str_addc(out, ']');
		return;
	case PT_JSTRING:
		s = pt_json_pull_str(j);
		pt_str_addf(out, "%.*s,", (int)s.n, s.s);
		return;
	case PT_JNUMBER: pt_str_addf(out, "%.17g,", pt_json_pull_num(j, -1)); return;
	default: pt_json_pull_skip(j); pt_str_addc(out, '?');
	}
}

static void test_structure(void **state)
{
	static const struct {
		const char *text, *want;
	} rows[] = {
		{"{}", "{}"},
		{" [ ] ", "[]"},
		{"{\"a\": {\"b\": [1, [2,3], {}], \"c\":\"x\"} , \"d\":[]}",
		 "{a:{b:[1,[2,3,]{}]c:x,}d:[]}"},
		{"[true, false, null, NaN, -Infinity]", "[?????]"},
		{"\xEF\xBB\xBF// of today\n[0, -1.5e3, 12345678901234567890, 0.1, -0.25, 123456.789]",
		 "[0,-1500,1.2345678901234567e+19,0.10000000000000001,-0.25,123456.789,]"},
		{"[\"a\\n\\u00e9\\ud83d\\ude80\", \"\\ud800x\", \"\\u0000\"]",
		 "[a\n\xC3\xA9\xF0\x9F\x9A\x80,\xEF\xBF\xBDx,\xEF\xBF\xBD,]"},
	};

	(void)state;
	for (size_t i = 0; i < PT_LEN(rows); i++) {
		struct pt_str out = PT_STR_INIT;
		char *copy;
		struct pt_json_pull *j = start(rows[i].text, &copy);

		follow(j, &out);
		assert_int_equal(pt_json_pull_code(j), 0);
		assert_string_equal(pt_str_text(&out), rows[i].want);
		pt_str_release(&out);
		stop(j, copy);
	}
}

static void test_other_kinds(void **state)
{
	char *copy;
	struct pt_json_pull *j = start("[\"a\", 1, {\"x\": [1]}, [2]]", &copy);
	struct pt_slice s;

	(void)state;
	assert_true(pt_json_pull_enter(j, '['));
	assert_true(pt_json_pull_item(j));
	assert_true(pt_json_pull_num(j, 7) == 7);
	assert_true(pt_json_pull_item(j));
	s = pt_json_pull_str(j);
	assert_true(pt_slice_is(s, ""));
	assert_true(pt_json_pull_item(j));
	assert_false(pt_json_pull_enter(j, '['));
	assert_true(pt_json_pull_item(j));
	assert_false(pt_json_pull_enter(j, '{'));
	assert_false(pt_json_pull_item(j));
	assert_int_equal(pt_json_pull_code(j), 0);
	stop(j, copy);
}

static void test_seek(void **state)
{
	char *copy;
	struct pt_json_pull *j = start("{\"late\": [5, 6], \"early\": 1}", &copy);
	struct pt_slice key;
	size_t late = 0;

	(void)state;
	pt_json_pull_enter(j, '{');
	while (pt_json_pull_key(j, &key)) {
		if (pt_slice_is(key, "late"))
			late = pt_json_pull_pos(j);
		pt_json_pull_skip(j);
	}
	assert_int_equal(late, 9);
	pt_json_pull_seek(j, late);
	assert_true(pt_json_pull_enter(j, '['));
	assert_true(pt_json_pull_item(j));
	assert_true(pt_json_pull_num(j, 0) == 5);
	assert_true(pt_json_pull_item(j));
	assert_true(pt_json_pull_num(j, 0) == 6);
	assert_false(pt_json_pull_item(j));
	assert_int_equal(pt_json_pull_code(j), 0);
	stop(j, copy);
}

static void test_faults(void **state)
{
	static const struct {
		const char *text, *want;
		bool cut;
	} rows[] = {
		{"", "t.json:1:1: the text ends, expected a value", true},
		{"[1 2]", "t.json:1:4: unexpected '2' in an array, expected , or ]", false},
		{"{\"a\" 1}", "t.json:1:6: unexpected '1' after a key, expected :", false},
		{"{\"a\": 1\n \"b\"}", "t.json:2:2: unexpected '\"' in an object, expected , or }",
		 false},
		{"{1}", "t.json:1:2: unexpected '1' in an object, expected a key in \" \"", false},
		{"[1,", "t.json:1:4: the text ends, expected a value", true},
		{"[1", "t.json:1:3: the text ends in an array, expected , or ]", true},
		{"[\"ab", "t.json:1:2: string without an end, expected a closing \"", true},
		{"[\"ab\\", NULL, true},
		{"[\"\\ud83d\\u", NULL, true},
		{"[-", NULL, true},
		{"[1.", NULL, true},
		{"[01]", "t.json:1:2: number with a leading 0, expected a digit from 1 to 9 first",
		 false},
		{"[what]", NULL, false},
		{"[/", NULL, false},
		{"[/* x", NULL, false},
	};

	(void)state;
	for (size_t i = 0; i < PT_LEN(rows); i++) {
		struct pt_str out = PT_STR_INIT;
		char *copy, told[600];
		struct pt_json_pull *j = start(rows[i].text, &copy);

		follow(j, &out);
		assert_int_not_equal(pt_json_pull_code(j), 0);
		assert_int_equal(pt_json_pull_cut(j), rows[i].cut);
		pt_err_text(&err, told, sizeof told);
		if (rows[i].want)
			assert_string_equal(told, rows[i].want);
		/* It stays as it is. */
		assert_int_equal(pt_json_pull_fail(j, PT_ELIMIT, "more"), pt_json_pull_code(j));
		assert_false(pt_json_pull_item(j));
		pt_str_release(&out);
		stop(j, copy);
	}
}

static void test_own_fault(void **state)
{
	char *copy, told[600];
	struct pt_json_pull *j = start("[1,\n  -7]", &copy);

	(void)state;
	pt_json_pull_enter(j, '[');
	pt_json_pull_item(j);
	pt_json_pull_num(j, 0);
	pt_json_pull_item(j);
	assert_true(pt_json_pull_num(j, 0) == -7);
	assert_int_equal(pt_json_pull_fail(j, PT_ERANGE, "frame %d, expected 0 to 3", -7),
			 -PT_ERANGE);
	assert_string_equal(pt_err_text(&err, told, sizeof told),
			    "t.json:2:3: frame -7, expected 0 to 3");
	assert_false(pt_json_pull_item(j));
	stop(j, copy);
}

/* Skipping needs no stack, however deep. */
static void test_deep(void **state)
{
	size_t n = 1000000;
	char *text = pt_malloc(2 * n);
	struct pt_json_pull *j;

	(void)state;
	memset(text, '[', n);
	memset(text + n, ']', n);
	j = pt_json_pull_new("deep", text, 2 * n, &err);
	pt_json_pull_skip(j);
	assert_int_equal(pt_json_pull_code(j), 0);
	pt_json_pull_free(j);
	j = pt_json_pull_new("deep", text, 2 * n - 1, &err);
	pt_json_pull_skip(j);
	assert_int_equal(pt_json_pull_code(j), -PT_ESYNTAX);
	assert_true(pt_json_pull_cut(j));
	pt_json_pull_free(j);
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_structure), cmocka_unit_test(test_other_kinds),
		cmocka_unit_test(test_seek),	  cmocka_unit_test(test_faults),
		cmocka_unit_test(test_own_fault), cmocka_unit_test(test_deep),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
