/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Texts of custom sources: what they say, and where what is wrong stands. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "perftop/base/mem.h"
#include "perftop/base/str.h"
#include "perftop/collect/custom.h"

#include <math.h>
#include <string.h>

struct got {
	struct pt_str text; /* "name{labels} value kind\n" */
	char help[200];	    /* of the last one */
	double value;
};

static void keep(void *arg, const struct pt_custom_value *value)
{
	struct got *got = arg;

	pt_str_addf(&got->text, "%s{%s} %.15g %s\n", value->name, value->labels, value->value,
		    value->kind == PT_COUNTER ? "counter" : "gauge");
	pt_strlcpy(got->help, value->help, sizeof(got->help));
	got->value = value->value;
}

static struct pt_custom_source source_of(enum pt_custom_format format)
{
	return (struct pt_custom_source){.name = "x",
					 .format = format,
					 .json_path = "a.b",
					 .unit = PT_UNIT_COUNT,
					 .factor = 1,
					 .max_output = 65536};
}

/* The text is parsed from memory of just its size, so that ASan sees a step beyond it. */
static int parse(const struct pt_custom_source *source, const char *text, size_t n, struct got *got,
		 struct pt_err *err)
{
	char *exact = pt_malloc(n ? n : 1);
	int rc;

	memcpy(exact, text, n);
	*got = (struct got){0};
	rc = pt_custom_parse(source, exact, n, keep, got, err);
	free(exact);
	return rc;
}

static void assert_value(const struct pt_custom_source *source, const char *text, double expected)
{
	struct pt_err err = {0};
	struct got got;
	int rc = parse(source, text, strlen(text), &got, &err);

	if (rc != 1)
		fail_msg("%s: %d %s", text, rc, err.msg);
	assert_float_equal(got.value, expected, fabs(expected) * 1e-12);
	pt_str_release(&got.text);
}

static void assert_error(const struct pt_custom_source *source, const char *text, int code,
			 const char *expected)
{
	char told[600];
	struct pt_err err = {0};
	struct got got;
	int rc = parse(source, text, strlen(text), &got, &err);

	pt_str_release(&got.text);
	assert_int_equal(rc, -code);
	assert_string_equal(pt_err_text(&err, told, sizeof(told)), expected);
}

static void test_number(void **state)
{
	struct pt_custom_source s = source_of(PT_CUSTOM_NUMBER);
	struct got got;

	(void)state;
	assert_value(&s, "42", 42);
	assert_value(&s, "  -1.5e3\r\n\n", -1500);
	assert_value(&s, "+7", 7);
	assert_error(&s, "", PT_ESYNTAX, "x:1:1: expected a number");
	assert_error(&s, "\n \n", PT_ESYNTAX, "x:3:1: expected a number");
	assert_error(&s, "nan", PT_ESYNTAX, "x:1:1: expected a number");
	assert_error(&s, "0x10", PT_ESYNTAX, "x:1:2: expected nothing or a unit after the number");
	assert_error(&s, "1-2", PT_ESYNTAX, "x:1:1: expected a number");
	assert_error(&s, "1e999", PT_ESYNTAX, "x:1:1: expected a number");
	assert_error(&s, "12 requests", PT_ESYNTAX,
		     "x:1:4: expected nothing or a unit after the number");
	assert_error(&s, "1\n2", PT_ESYNTAX, "x:2:1: expected nothing or a unit after the number");
	assert_error(&s, "5 ms", PT_ESYNTAX,
		     "x:1:3: the unit is none of what the source is declared to be");
	assert_int_equal(parse(&s, "1\0", 2, &got, NULL), -PT_ESYNTAX);

	s.factor = 1024; /* declared in KiB */
	s.unit = PT_UNIT_BYTES;
	assert_value(&s, "2", 2048);
	assert_value(&s, "2 MB\n", 2e6);
	assert_value(&s, "3GiB", 3.0 * (1 << 30));
	s.unit = PT_UNIT_NS;
	assert_value(&s, "1.5ms", 1.5e6);
	assert_value(&s, "2e-3 s", 2e6);
	s.unit = PT_UNIT_RATIO;
	assert_value(&s, "12.5%", 0.125);
}

static void test_json(void **state)
{
	struct pt_custom_source s = source_of(PT_CUSTOM_JSON);

	(void)state;
	s.unit = PT_UNIT_BYTES;
	s.factor = 1000;
	assert_value(&s, "{\"a\": {\"b\": 2.5}}", 2500);
	assert_value(&s, "{\"a\": {\"b\": \"3 KiB\"}}", 3072);
	assert_value(&s, "{\"a\": {\"b\": true}}", 1);
	s.json_path = "list[1].v";
	assert_value(&s, "{\"list\": [0, {\"v\": -1}]}", -1000);
	s.json_path = "a.b";
	assert_error(&s, "{\"a\": {}}", PT_ENOENT, "no value at path a.b");
	assert_error(&s, "{\"a\": {\"b\": null}}", PT_ENOENT, "no value at path a.b");
	assert_error(&s, "[]", PT_ENOENT, "no value at path a.b");
	assert_error(&s, "{\"a\":\n {\"b\": [1]}}", PT_ESYNTAX,
		     "x:2:8: path a.b is an array, expected a number");
	assert_error(&s, "{\"a\": {\"b\": \"high\"}}", PT_ESYNTAX,
		     "x:1:13: the string at path a.b is no number");
	{
		struct pt_err err = {0};
		struct got got;

		assert_int_equal(parse(&s, "{\"a\": 1,}", 9, &got, &err), -PT_ESYNTAX);
		assert_string_equal(err.file, "x");
		assert_int_equal(err.line, 1);
		s.max_output = 4;
		assert_int_equal(parse(&s, "{\"a\": 1}", 8, &got, &err), -PT_ELIMIT);
	}
}

static void assert_prom(const struct pt_custom_source *source, const char *text,
			const char *expected)
{
	struct pt_err err = {0};
	struct got got;
	int rc = parse(source, text, strlen(text), &got, &err);

	if (rc < 0)
		fail_msg("%s:%d:%d: %s", err.file, err.line, err.col, err.msg);
	assert_string_equal(pt_str_text(&got.text), expected);
	pt_str_release(&got.text);
}

static void test_prometheus(void **state)
{
	static const char help[] = "# HELP x Tells \\\\ a lot.\\nMore\nx 1\n";
	struct pt_custom_source s = source_of(PT_CUSTOM_PROMETHEUS);
	struct got got;

	(void)state;
	assert_prom(&s,
		    "# HELP x_http_total Requests.\n"
		    "# TYPE x_http_total counter\n"
		    "x_http_total{code=\"200\",method=\"post\"} 1027 1395066363000\n"
		    "x_http_total{method=\"get\", code=\"400\",}  3\r\n"
		    "\n"
		    "  x_plain 1.7560473e+07\n"
		    "other_total 5\n"
		    "x_inf {a=\"\"} +Inf -3982045\n"
		    "# TYPE x_rpc histogram\n"
		    "x_rpc_bucket{le=\"+Inf\"} 9\nx_rpc_sum 8\nx_rpc_count 7\n"
		    "# TYPE x_sum summary\n"
		    "x_sum{quantile=\"0.5\"} 4773\nx_sum_sum 1\n"
		    "# a comment of no kind\n#\n# TYPES of things\n"
		    "x_untyped_total 4", /* no line end */
		    "x_http_total{code=\"200\",method=\"post\"} 1027 counter\n"
		    "x_http_total{code=\"400\",method=\"get\"} 3 counter\n"
		    "x_plain{} 17560473 gauge\n"
		    "x_inf{a=\"\"} inf gauge\n"
		    "x_rpc_bucket{le=\"+Inf\"} 9 counter\n"
		    "x_rpc_sum{} 8 counter\n"
		    "x_rpc_count{} 7 counter\n"
		    "x_sum{quantile=\"0.5\"} 4773 gauge\n"
		    "x_sum_sum{} 1 counter\n"
		    "x_untyped_total{} 4 counter\n");
	/* OpenMetrics: family names without _total, exemplars, units, an end mark */
	assert_prom(
		&s,
		"# TYPE x_a counter\n# UNIT x_a bytes\n# HELP x_a text\n"
		"x_a_total{p=\"1\"} 17.0 1520879607.789 # {trace=\"KOO\"} 0.67\n"
		"x_a_created{p=\"1\"} 1520430000.123\n# TYPE x_i info\nx_i_info{v=\"3\"} 1\n# EOF\n",
		"x_a_total{p=\"1\"} 17 counter\n"
		"x_a_created{p=\"1\"} 1520430000.123 gauge\n"
		"x_i_info{v=\"3\"} 1 gauge\n");
	/* one spelling of labels: sorted, escaped as ours */
	assert_prom(&s, "x{b=\"\\\\ \\\" \\n \\t\",a=\"c:\\\\d, }\"} 1\n",
		    "x{a=\"c:\\\\d, }\",b=\"\\\\ \\\" \\n \\\\t\"} 1 gauge\n");
	s.kind = PT_COUNTER; /* holds for what declares nothing */
	s.factor = 2;
	assert_prom(&s, "x_u 3\n# TYPE x_g gauge\nx_g 4\n", "x_u{} 6 counter\nx_g{} 8 gauge\n");
	assert_prom(&s, "", "");
	assert_prom(&s, "y 1\n", "");

	assert_int_equal(parse(&s, help, strlen(help), &got, NULL), 1);
	assert_string_equal(got.help, "Tells \\ a lot");
	pt_str_release(&got.text);
}

static void test_prometheus_errors(void **state)
{
	struct pt_custom_source s = source_of(PT_CUSTOM_PROMETHEUS);
	struct pt_str many = PT_STR_INIT;
	struct pt_err err = {0};
	struct got got;

	(void)state;
	assert_error(&s, "x 1\n9y 2\n", PT_ESYNTAX, "x:2:1: expected the name of a metric or '#'");
	assert_error(&s, "x", PT_ESYNTAX, "x:1:2: expected a number");
	assert_error(&s, "x 1 2 3", PT_ESYNTAX, "x:1:7: expected the line end");
	assert_error(&s, "x one", PT_ESYNTAX, "x:1:3: expected a number");
	assert_error(&s, "x 0x1F", PT_ESYNTAX, "x:1:3: expected a number");
	assert_error(&s, "x{", PT_ESYNTAX, "x:1:3: expected the name of a label");
	assert_error(&s, "x{a", PT_ESYNTAX, "x:1:4: expected '=' after the label's name");
	assert_error(&s, "x{a=", PT_ESYNTAX, "x:1:5: expected '\"' before the label's value");
	assert_error(&s, "x{a=\"é\\\"", PT_ESYNTAX, "x:1:9: the label's value has no end");
	assert_error(&s, "x{a=\"1\"", PT_ESYNTAX,
		     "x:1:8: expected ',' or '}' after the label's value");
	assert_error(&s, "x{a=\"1\",a=\"2\"} 1", PT_ESYNTAX, "x:1:9: the label is there twice");
	assert_error(&s, "# TYPE x count", PT_ESYNTAX,
		     "x:1:10: expected counter, gauge, histogram, summary or untyped");
	assert_error(&s, "# TYPE x gauge or so", PT_ESYNTAX, "x:1:16: expected the line end");
	assert_error(&s, "# TYPE 1 gauge", PT_ESYNTAX, "x:1:8: expected the name of a metric");
	assert_int_equal(parse(&s, "x 1\0 2", 6, &got, &err), -PT_ESYNTAX);

	for (int i = 0; i < 201; i++)
		pt_str_addf(&many, "x{i=\"%d\"} %d\n", i, i);
	assert_int_equal(parse(&s, many.s, many.len, &got, &err), -PT_ELIMIT);
	assert_string_equal(err.msg, "more than 200 series start with x: choose a longer name");
	assert_non_null(strstr(got.text.s, "i=\"199\""));
	assert_null(strstr(got.text.s, "i=\"200\""));
	pt_str_release(&got.text);

	pt_str_clear(&many);
	pt_str_add(&many, "x{a=\"");
	for (int i = 0; i < 300; i++)
		pt_str_addc(&many, 'v');
	pt_str_add(&many, "\"} 1\nx 2\n");
	assert_int_equal(parse(&s, many.s, many.len, &got, &err), -PT_ELIMIT);
	assert_string_equal(err.msg, "a series' labels are longer than 191 bytes");
	assert_string_equal(pt_str_text(&got.text), "x{} 2 gauge\n");
	pt_str_release(&got.text);

	pt_str_clear(&many);
	for (int i = 0; i < 201; i++)
		pt_str_addc(&many, 'x');
	assert_int_equal(parse(&s, many.s, many.len, &got, &err), -PT_ESYNTAX);
	pt_str_release(&many);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_number),
		cmocka_unit_test(test_json),
		cmocka_unit_test(test_prometheus),
		cmocka_unit_test(test_prometheus_errors),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
