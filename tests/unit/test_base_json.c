/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * JSON: what is read, what is refused (each refusal by its words and its place), what is written.
 */
#include "perftop/base/json.h"
#include "perftop/base/mem.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static struct pt_json *parse(const char *text)
{
	struct pt_json *doc = NULL;
	struct pt_err err = {0};

	if (pt_json_parse("t.json", text, strlen(text), NULL, &doc, &err))
		fail_msg("%s: line %d col %d: %s", text, err.line, err.col, err.msg);
	return doc;
}

static void test_values(void **state)
{
	struct pt_json *doc = parse("{\"s\": \"a\\u00e9\\n\\ud83d\\ude80\", \"n\": -1.5e2, "
				    "\"t\": true, \"f\": false, \"z\": null, \"a\": [1, 2]}");
	const pt_jval *root = pt_json_root(doc);

	(void)state;
	assert_int_equal(pt_json_type(root), PT_JOBJECT);
	assert_int_equal(pt_json_len(root), 6);
	assert_string_equal(pt_json_str(pt_json_get(root, "s"), "?"),
			    "a\xC3\xA9\n\xF0\x9F\x9A\x80");
	assert_true(pt_json_num(pt_json_get(root, "n"), 7) == -150);
	assert_true(pt_json_bool(pt_json_get(root, "t"), false));
	assert_false(pt_json_bool(pt_json_get(root, "f"), true));
	assert_int_equal(pt_json_type(pt_json_get(root, "z")), PT_JNULL);
	assert_int_equal(pt_json_type(pt_json_get(root, "a")), PT_JARRAY);
	assert_int_equal(pt_json_len(pt_json_get(root, "a")), 2);
	/* Absent, or of another type: what the caller says. */
	assert_null(pt_json_get(root, "S"));
	assert_string_equal(pt_json_str(pt_json_get(root, "n"), "other"), "other");
	assert_true(pt_json_num(pt_json_get(root, "s"), 7) == 7);
	assert_true(pt_json_bool(pt_json_get(root, "n"), true));
	assert_true(pt_json_num(pt_json_get(pt_json_get(root, "none"), "x"), 3) == 3);
	assert_int_equal(pt_json_len(NULL), 0);
	assert_null(pt_json_first(NULL));
	pt_json_free(doc);
	pt_json_free(NULL);
}

static void test_walk(void **state)
{
	struct pt_json *doc = parse("{\"b\":1,\"a\":[true],\"c\":{}}");
	const pt_jval *v = pt_json_first(pt_json_root(doc));

	(void)state;
	assert_string_equal(pt_json_key(v), "b");
	v = pt_json_next(v);
	assert_string_equal(pt_json_key(v), "a");
	assert_int_equal(pt_json_type(pt_json_first(v)), PT_JBOOL);
	v = pt_json_next(v);
	assert_string_equal(pt_json_key(v), "c");
	assert_null(pt_json_first(v));
	assert_null(pt_json_next(v));
	assert_string_equal(pt_json_type_name(PT_JOBJECT), "an object");
	assert_string_equal(pt_json_type_name(PT_JNULL), "null");
	pt_json_free(doc);
}

static void test_lenient(void **state)
{
	static const char *const good[] = {
		"\xEF\xBB\xBF{}",
		" \t\r\n[ ] ",
		"// a\n[1, // b \xC3\xA9\n /* c, \"d\" */ 2]// e",
		"/**/0/***/",
		"[\"// no comment\", \"/* nor this */\"]",
		"[9007199254740992, -9007199254740992, 9007199254740993.0, 1e300, 0, -0, 0.5]",
		"\"\\u001b\\/\"",
	};

	(void)state;
	for (size_t i = 0; i < PT_LEN(good); i++)
		pt_json_free(parse(good[i]));
}

static void test_refused(void **state)
{
	static const struct {
		const char *text, *expected;
	} table[] = {
		{"", "t.json:1:1: the text ends, expected a value"},
		{" \n // x", "t.json:2:6: the text ends, expected a value"},
		{"[1, 2,]", "t.json:1:6: trailing comma after the last element of an array, "
			    "expected none before ]"},
		{"{\"a\": 1,\n}", "t.json:1:8: trailing comma after the last member of an object, "
				  "expected none before }"},
		{"{\"a\": 1,\n \"\\u0061\": 2}",
		 "t.json:2:2: duplicate key \"a\", expected once (first in line 1)"},
		{"{\"\x7F\": 1, \"\x7F\": 2}",
		 "t.json:1:10: duplicate key \"^?\", expected once (first in line 1)"},
		{"[9007199254740993]",
		 "t.json:1:2: integer beyond 2^53, expected one that a double "
		 "keeps exact"},
		{"-99999999999999999999999", "t.json:1:1: integer beyond 2^53, expected one that a "
					     "double keeps exact"},
		{"[1e999]", "t.json:1:2: number too large, expected less than 1.8e308"},
		{"[01]", "t.json:1:2: number with a leading 0, expected a digit from 1 to 9 first"},
		{"[-]", "t.json:1:3: unexpected ']' in a number, expected a digit"},
		{"[1.]", "t.json:1:4: unexpected ']' after the decimal point, expected a digit"},
		{"[1e+]", "t.json:1:5: unexpected ']' in an exponent, expected a digit"},
		{"[.5]", "t.json:1:2: unexpected '.', expected a value"},
		{"[+1]", "t.json:1:2: unexpected '+', expected a value"},
		{"[1 2]", "t.json:1:4: unexpected '2' in an array, expected , or ]"},
		{"[1}", "t.json:1:3: unexpected '}' in an array, expected , or ]"},
		{"{\"a\":1]", "t.json:1:7: unexpected ']' in an object, expected , or }"},
		{"[,1]", "t.json:1:2: unexpected ',', expected a value"},
		{"[1,,2]", "t.json:1:4: unexpected ',', expected a value"},
		{"\n[1,\n2",
		 "t.json:3:2: the text ends in the array that began in line 2, expected , or ]"},
		{"{\"a\": {}",
		 "t.json:1:9: the text ends in the object that began in line 1, expected , or }"},
		{"{a: 1}", "t.json:1:2: unexpected 'a' in an object, expected a key in \" \""},
		{"{'a': 1}", "t.json:1:2: unexpected ''' in an object, expected a key in \" \""},
		{"{\"a\" 1}", "t.json:1:6: unexpected '1' after a key, expected :"},
		{"{\"a\"}", "t.json:1:5: unexpected '}' after a key, expected :"},
		{"{\"a\":}", "t.json:1:6: unexpected '}', expected a value"},
		{"tru",
		 "t.json:1:1: unknown word tru, expected true, false, null or text in \" \""},
		{"nulls",
		 "t.json:1:1: unknown word nulls, expected true, false, null or text in \" \""},
		{"NaN",
		 "t.json:1:1: unknown word NaN, expected true, false, null or text in \" \""},
		{"1 2", "t.json:1:3: unexpected '2' after the value, expected the end of the text"},
		{"{} ]",
		 "t.json:1:4: unexpected ']' after the value, expected the end of the text"},
		{"\"a", "t.json:1:1: string without an end, expected a closing \""},
		{"\"a\\\"", "t.json:1:1: string without an end, expected a closing \""},
		{"[\"\xC3\xA9\nb\"]",
		 "t.json:1:4: line break in a string, expected \\n or a closing \""},
		{"\"\x1B\"", "t.json:1:2: control character in a string, expected \\u001b"},
		{"\"\\x\"", "t.json:1:3: unexpected 'x' after \\ in a string, expected one of "
			    "\" \\ / b f n r t u"},
		{"\"\\", "t.json:1:3: the text ends after \\ in a string, expected one of "
			 "\" \\ / b f n r t u"},
		{"\"\\u12g4\"",
		 "t.json:1:2: \\u without its number, expected four hexadecimal digits"},
		{"\"\\u12", "t.json:1:2: \\u without its number, expected four hexadecimal digits"},
		{"\"\\u0000\"", "t.json:1:2: \\u0000 in a string, expected text without NUL"},
		{"\"\\ud83d\"", "t.json:1:2: half of a surrogate pair, expected both halves"},
		{"\"\\ude80\\ud83d\"",
		 "t.json:1:2: half of a surrogate pair, expected both halves"},
		{"\"\\ud83d\\u0041\"",
		 "t.json:1:2: half of a surrogate pair, expected both halves"},
		{"[1] /* x", "t.json:1:5: comment without an end, expected */"},
		{"[1 / 2]", "t.json:1:4: unexpected '/', expected a value, // or /*"},
		{"\"\xC3\xA9\xFF\"", "t.json:1:3: byte 0xFF, expected UTF-8"},
		{"// \xC0\xAF\n1", "t.json:1:4: byte 0xC0, expected UTF-8"},
		{"[\x1B]", "t.json:1:2: unexpected '^[', expected a value"},
		{"\xEF\xBB\xBF[x]",
		 "t.json:1:2: unknown word x, expected true, false, null or text in \" \""},
	};

	(void)state;
	for (size_t i = 0; i < PT_LEN(table); i++) {
		struct pt_json *doc = NULL;
		struct pt_err err;
		char told[600];

		assert_int_equal(pt_json_parse("t.json", table[i].text, strlen(table[i].text), NULL,
					       &doc, &err),
				 -PT_ESYNTAX);
		assert_null(doc);
		assert_string_equal(pt_err_text(&err, told, sizeof told), table[i].expected);
	}
}

static void test_nul(void **state)
{
	struct pt_json *doc = NULL;
	struct pt_err err;

	(void)state;
	assert_int_equal(pt_json_parse("t", "[1]\0[2]", 7, NULL, &doc, &err), -PT_ESYNTAX);
	assert_int_equal(err.col, 4);
	assert_string_equal(err.msg, "a NUL byte, expected text");
	assert_null(doc);
}

static char *repeat(const char *s, size_t n)
{
	struct pt_str str = PT_STR_INIT;

	while (n--)
		pt_str_add(&str, s);
	return pt_str_detach(&str);
}

static void assert_limit(const char *text, const struct pt_json_limits *limits, int expected,
			 const char *msg)
{
	struct pt_json *doc = NULL;
	struct pt_err err = {0};

	assert_int_equal(pt_json_parse("t", text, strlen(text), limits, &doc, &err), expected);
	if (expected)
		assert_string_equal(err.msg, msg);
	pt_json_free(doc);
}

static void test_limits(void **state)
{
	const struct pt_json_limits shallow = {.max_depth = 2}, small = {.max_bytes = 4};
	const struct pt_json_limits deep = {.max_depth = 1 << 30};
	char *open = repeat("[", 100000);
	char *digits = repeat("1", 64);
	char *many = repeat("1,", (1 << 20) + 1);

	(void)state;
	many[0] = '[';
	assert_limit("[[1]]", &shallow, 0, NULL);
	assert_limit("[[{}]]", &shallow, -PT_ELIMIT, "nested too deep, expected at most 2 levels");
	assert_limit("[1]", &small, 0, NULL);
	assert_limit("[123]", &small, -PT_ELIMIT, "larger than the 4 bytes allowed here");
	assert_limit(open, NULL, -PT_ELIMIT, "nested too deep, expected at most 64 levels");
	/* cJSON's own bound holds whatever the caller allows. */
	assert_limit(open, &deep, -PT_ELIMIT, "nested too deep, expected at most 1000 levels");
	assert_limit(digits, NULL, -PT_ELIMIT, "number of 64 characters, expected at most 63");
	assert_limit(many, NULL, -PT_ESYNTAX, "unexpected ',', expected a value");
	many[1] = ' ';
	assert_limit(many, NULL, -PT_ELIMIT, "too many values, expected at most 1048576");
	free(open);
	free(digits);
	free(many);
}

static void assert_place(const struct pt_json *doc, const char *path, int line, int col)
{
	struct pt_err err;

	assert_int_equal(pt_json_fail(doc, pt_json_path(pt_json_root(doc), path), &err, PT_EINVAL,
				      "not %d", 5),
			 -PT_EINVAL);
	assert_string_equal(err.file, "t.json");
	assert_string_equal(err.msg, "not 5");
	assert_int_equal(err.line, line);
	assert_int_equal(err.col, col);
}

/* What other programs write; our own files are read strictly. */
static void test_foreign(void **state)
{
	static const char text[] =
		"[9007199254740993, NaN, Infinity, -Infinity, 18446744073709551615,"
		"\n-1, \"NaN\"]";
	const struct pt_json_limits foreign = {.foreign = true}, few = {.max_values = 7};
	struct pt_json *doc = NULL;
	struct pt_err err = {0};
	const pt_jval *v;

	(void)state;
	assert_int_equal(pt_json_parse("t", text, strlen(text), &foreign, &doc, &err), 0);
	v = pt_json_root(doc);
	assert_int_equal(pt_json_len(v), 7);
	assert_true(pt_json_num(pt_json_path(v, "[0]"), 0) == 9007199254740992.0);
	assert_true(pt_json_num(pt_json_path(v, "[4]"), 0) == 18446744073709551616.0);
	for (int i = 1; i < 4; i++) {
		v = pt_json_next(i == 1 ? pt_json_first(v) : v);
		assert_true(isnan(pt_json_num(v, NAN)));
		assert_string_equal(pt_json_str(v, "?"), "");
	}
	/* The place behind such a word is still right. */
	pt_json_fail(doc, pt_json_path(pt_json_root(doc), "[5]"), &err, PT_EINVAL, "here");
	assert_int_equal(err.line, 2);
	assert_int_equal(err.col, 1);
	pt_json_free(doc);

	assert_int_equal(pt_json_parse("t", "NaN", 3, NULL, &doc, &err), -PT_ESYNTAX);
	assert_int_equal(pt_json_parse("t", "-Infinity", 9, NULL, &doc, &err), -PT_ESYNTAX);
	assert_int_equal(pt_json_parse("t", "-Inf", 4, &foreign, &doc, &err), -PT_ESYNTAX);
	assert_int_equal(pt_json_parse("t", "nan", 3, &foreign, &doc, &err), -PT_ESYNTAX);
	assert_int_equal(pt_json_parse("t", "[1e999]", 7, &foreign, &doc, &err), -PT_ESYNTAX);
	assert_int_equal(pt_json_parse("t", "[1,2,3,4,5,6]", 13, &few, &doc, &err), 0);
	pt_json_free(doc);
	assert_int_equal(pt_json_parse("t", "[1,2,3,4,5,6,7]", 15, &few, &doc, &err), -PT_ELIMIT);
}

static void test_fail_place(void **state)
{
	struct pt_json *doc =
		parse("// comment\n"
		      "{\n"
		      "\t\"a\": [1, /* \xC3\xA9 */ 2, [], {\"b\": \"\xC3\xA9\"}, 3],\n"
		      "\t\"c\": {\"d\": null}\n"
		      "}");

	(void)state;
	assert_place(doc, "", 2, 1);
	assert_place(doc, "a", 3, 7);
	assert_place(doc, "a[0]", 3, 8);
	assert_place(doc, "a[1]", 3, 19);
	assert_place(doc, "a[2]", 3, 22);
	assert_place(doc, "a[3].b", 3, 32);
	assert_place(doc, "a[4]", 3, 38);
	assert_place(doc, "c.d", 4, 13);
	assert_place(doc, "nowhere", 0, 0);
	pt_json_free(doc);
}

static void test_path(void **state)
{
	struct pt_json *doc = parse("{\"a\":{\"b\":[10,{\"c\":20},[30]]},\"x.y\":{\"z\":40},"
				    "\"\":50}");
	const pt_jval *root = pt_json_root(doc);
	static const char *const broken[] = {
		"b",	   "a.",      ".a",	 "a..b",
		"a.b[3]",  "a.b[-1]", "a.b[",	 "a.b[0",
		"a.b[x]",  "a[0]",    "a.b.c",	 "a.[\"b\"]",
		"[\"x.y]", "a b",     "a.b[ 1]", "a.b[99999999999999999999]",
	};

	(void)state;
	assert_ptr_equal(pt_json_path(root, ""), root);
	assert_true(pt_json_num(pt_json_path(root, "a.b[0]"), 0) == 10);
	assert_true(pt_json_num(pt_json_path(root, "a.b[1].c"), 0) == 20);
	assert_true(pt_json_num(pt_json_path(root, "a.b[2][0]"), 0) == 30);
	assert_true(pt_json_num(pt_json_path(root, "[\"x.y\"].z"), 0) == 40);
	assert_true(pt_json_num(pt_json_path(root, "a[\"b\"][0]"), 0) == 10);
	assert_true(pt_json_num(pt_json_path(root, "[\"\"]"), 0) == 50);
	for (size_t i = 0; i < PT_LEN(broken); i++)
		assert_null(pt_json_path(root, broken[i]));
	assert_null(pt_json_path(NULL, "a"));
	pt_json_free(doc);
}

static void test_load(void **state)
{
	char name[] = "/tmp/perftop-json.XXXXXX";
	int fd = mkstemp(name);
	const struct pt_json_limits small = {.max_bytes = 3};
	struct pt_json *doc = NULL;
	struct pt_err err;

	(void)state;
	assert_int_equal(write(fd, "[1,]", 4), 4);
	assert_int_equal(pt_json_load(name, NULL, &doc, &err), -PT_ESYNTAX);
	assert_string_equal(err.file, name);
	assert_int_equal(err.col, 3);
	assert_int_equal(pt_json_load(name, &small, &doc, &err), -PT_ELIMIT);
	assert_int_equal(pwrite(fd, "[12]", 4, 0), 4);
	assert_int_equal(pt_json_load(name, NULL, &doc, &err), 0);
	assert_true(pt_json_num(pt_json_path(pt_json_root(doc), "[0]"), 0) == 12);
	pt_json_free(doc);
	close(fd);
	unlink(name);
	assert_int_equal(pt_json_load(name, NULL, &doc, &err), -PT_ENOENT);
}

static void write_sample(struct pt_jw *w)
{
	pt_jw_object(w);
	pt_jw_key(w, "a");
	pt_jw_array(w);
	pt_jw_int(w, INT64_MIN);
	pt_jw_bool(w, true);
	pt_jw_str(w, NULL);
	pt_jw_end(w, ']');
	pt_jw_key(w, "e");
	pt_jw_object(w);
	pt_jw_end(w, '}');
	pt_jw_key(w, "n");
	pt_jw_num(w, 0.1);
	pt_jw_end(w, '}');
}

static void test_write(void **state)
{
	struct pt_str out = PT_STR_INIT;
	struct pt_jw w;

	(void)state;
	pt_jw_init(&w, &out, false);
	write_sample(&w);
	assert_string_equal(out.s, "{\"a\":[-9223372036854775808,true,null],\"e\":{},\"n\":0.1}");
	pt_str_clear(&out);
	pt_jw_init(&w, &out, true);
	write_sample(&w);
	assert_string_equal(out.s, "{\n"
				   "  \"a\": [\n"
				   "    -9223372036854775808,\n"
				   "    true,\n"
				   "    null\n"
				   "  ],\n"
				   "  \"e\": {},\n"
				   "  \"n\": 0.1\n"
				   "}\n");
	pt_str_release(&out);
}

static void assert_written(const char *in, const char *expected)
{
	struct pt_str out = PT_STR_INIT;
	struct pt_jw w;

	pt_jw_init(&w, &out, false);
	pt_jw_str(&w, in);
	assert_string_equal(out.s, expected);
	pt_str_release(&out);
}

static void test_write_strings(void **state)
{
	(void)state;
	assert_written("", "\"\"");
	assert_written("a\"b\\c/\n\r\t\b\f", "\"a\\\"b\\\\c/\\n\\r\\t\\b\\f\"");
	assert_written("\x1B[m\x01\x7F", "\"\\u001b[m\\u0001\\u007f\"");
	assert_written("\xC3\xA9\xE4\xB8\xAD\xF0\x9F\x9A\x80", "\"\xC3\xA9\xE4\xB8\xAD"
							       "\xF0\x9F\x9A\x80\"");
	assert_written("\xC2\x9B\xE2\x80\xAE\xEE\x80\x80", "\"\\u009b\\u202e\\ue000\"");
	assert_written("\xF3\xA0\x81\x81", "\"\\udb40\\udc41\"");
	assert_written("a\xFF\xC3z", "\"a\xEF\xBF\xBD\xEF\xBF\xBDz\"");
}

static void test_write_numbers(void **state)
{
	static const double values[] = {0,
					1,
					-1,
					0.1,
					1.0 / 3,
					123456789012345680.0,
					1e21,
					5e-324,
					1e-7,
					M_PI,
					1.7976931348623157e308};
	struct pt_str out = PT_STR_INIT;
	struct pt_jw w;

	(void)state;
	for (size_t i = 0; i < PT_LEN(values); i++) {
		pt_str_clear(&out);
		pt_jw_init(&w, &out, false);
		pt_jw_num(&w, values[i]);
		assert_true(strtod(out.s, NULL) == values[i]);
		assert_true(out.len <= 24);
	}
	pt_str_clear(&out);
	pt_jw_init(&w, &out, false);
	pt_jw_array(&w);
	pt_jw_num(&w, 0.3);
	pt_jw_num(&w, 100);
	pt_jw_num(&w, NAN);
	pt_jw_num(&w, -INFINITY);
	pt_jw_num(&w, 0x1p53);
	pt_jw_num(&w, 0x1p53 + 2); /* not as an integer, which would not be read again */
	pt_jw_end(&w, ']');
	assert_string_equal(out.s, "[0.3,100,null,null,9007199254740992,9007199254740994.0]");
	pt_str_release(&out);
}

/* What is written reads back, whatever bytes were in it. */
static void test_round_trip(void **state)
{
	struct pt_str out = PT_STR_INIT;
	struct pt_json *doc;
	char text[127 + 32];
	struct pt_jw w;
	size_t n = 0;

	(void)state;
	for (int c = 1; c < 128; c++)
		text[n++] = (char)c;
	strcpy(text + n, "\xC2\x9B\xE2\x80\xAE\xF3\xA0\x81\x81\xF0\x9F\x9A\x80");
	pt_jw_init(&w, &out, true);
	pt_jw_object(&w);
	pt_jw_key(&w, text);
	pt_jw_str(&w, text);
	pt_jw_end(&w, '}');
	doc = parse(out.s);
	assert_string_equal(pt_json_str(pt_json_get(pt_json_root(doc), text), "?"), text);
	pt_json_free(doc);
	pt_str_release(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_values),	      cmocka_unit_test(test_walk),
		cmocka_unit_test(test_lenient),	      cmocka_unit_test(test_refused),
		cmocka_unit_test(test_nul),	      cmocka_unit_test(test_limits),
		cmocka_unit_test(test_foreign),	      cmocka_unit_test(test_fail_place),
		cmocka_unit_test(test_path),	      cmocka_unit_test(test_load),
		cmocka_unit_test(test_write),	      cmocka_unit_test(test_write_strings),
		cmocka_unit_test(test_write_numbers), cmocka_unit_test(test_round_trip),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
