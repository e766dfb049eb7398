/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Exports read back: JSON by our own reader, CSV and Prometheus by their grammar. */
#include "perftop/base/json.h"
#include "perftop/base/mem.h"
#include "perftop/present/export.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define REAL INT64_C(1795437067250999999)

static const struct pt_metric load = {
	.name = "load1", .unit = PT_UNIT_COUNT, .kind = PT_GAUGE, .help = "Runnable\nby \\ minute"};
static const struct pt_metric busy = {.name = "cpu_seconds_total",
				      .label = "core,mode",
				      .unit = PT_UNIT_NS,
				      .kind = PT_COUNTER,
				      .help = "CPU time"};

/* Quotes, a backslash, a newline, an escape sequence, a mark that turns text round, a comma. */
#define HOSTILE "core=\"a\\\"b\\\\c\\nd\x1b[2J\xe2\x80\xae,\",mode=\"\xff\""

/* Its name begins with the other's. */
static const struct pt_metric load15 = {
	.name = "load15", .unit = PT_UNIT_COUNT, .kind = PT_GAUGE, .help = "m"};

static const struct pt_export_value values[] = {
	{REAL, &load15, "", NAN, NAN, NULL},
	{REAL, &load, "", 1.92, NAN, NULL},
	{REAL, &busy, "core=\"0\",mode=\"user\"", 0.5e9, 12345678901, NULL},
	{REAL, &busy, HOSTILE, NAN, 7e9, "two readings are \"needed\""},
	{REAL, &busy, "core=\"1\",mode=\"user\"", NAN, NAN, NULL},
};

static char *export(const struct pt_exporter *to, int moments)
{
	struct pt_str out = PT_STR_INIT;

	for (int m = 0; m < moments; m++) {
		to->begin(&out, REAL, m == 0);
		for (size_t i = 0; i < PT_LEN(values); i++)
			to->value(&out, &values[i], i == 0);
		to->end(&out);
	}
	return pt_str_detach(&out);
}

static void test_json(void **state)
{
	char *text = export(&pt_export_json, 2), *line_end = strchr(text, '\n');
	struct pt_json *doc;
	struct pt_err err = {0};
	const pt_jval *v, *root;

	(void)state;
	assert_non_null(line_end);
	assert_string_equal(strrchr(text, '\n'), "\n");
	assert_null(strchr(text, '\x1b'));
	assert_int_equal(pt_json_parse("x", text, (size_t)(line_end - text), NULL, &doc, &err), 0);
	root = pt_json_root(doc);
	assert_true(pt_json_num(pt_json_get(root, "time"), 0) == 1795437067.250);
	v = pt_json_get(root, "values");
	assert_int_equal(pt_json_len(v), 5);
	v = pt_json_next(pt_json_first(v));
	assert_string_equal(pt_json_str(pt_json_get(v, "metric"), ""), "load1");
	assert_int_equal(pt_json_len(pt_json_get(v, "labels")), 0);
	assert_true(pt_json_num(pt_json_get(v, "value"), 0) == 1.92);
	assert_string_equal(pt_json_str(pt_json_get(v, "unit"), ""), "count");
	assert_null(pt_json_get(v, "total"));
	assert_null(pt_json_get(v, "reason"));
	v = pt_json_next(v);
	assert_string_equal(pt_json_str(pt_json_path(v, "labels.mode"), ""), "user");
	assert_string_equal(pt_json_str(pt_json_get(v, "unit"), ""), "seconds/s");
	assert_true(pt_json_num(pt_json_get(v, "value"), 0) == 0.5);
	assert_true(pt_json_num(pt_json_get(v, "total"), 0) == 12.345678901);
	v = pt_json_next(v);
	assert_string_equal(pt_json_str(pt_json_path(v, "labels.core"), ""),
			    "a\"b\\c\nd\x1b[2J\xe2\x80\xae,");
	assert_int_equal(pt_json_type(pt_json_get(v, "value")), PT_JNULL);
	assert_string_equal(pt_json_str(pt_json_get(v, "reason"), ""),
			    "two readings are \"needed\"");
	v = pt_json_next(v);
	assert_int_equal(pt_json_type(pt_json_get(v, "value")), PT_JNULL);
	assert_null(pt_json_get(v, "reason"));
	pt_json_free(doc);
	free(text);
}

static void test_csv(void **state)
{
	static const char moment[] =
		"2026-11-23T12:31:07.250Z,load15,,,count,,\n"
		"2026-11-23T12:31:07.250Z,load1,,1.92,count,,\n"
		"2026-11-23T12:31:07.250Z,cpu_seconds_total,"
		"\"core=\"\"0\"\",mode=\"\"user\"\"\",0.5,seconds/s,12.345678901,\n"
		"2026-11-23T12:31:07.250Z,cpu_seconds_total,"
		"\"core=\"\"a\\\"\"b\\\\c\\nd^[[2J<202E>,\"\",mode=\"\"<FF>\"\"\",,seconds/s,7,"
		"\"two readings are \"\"needed\"\"\"\n"
		"2026-11-23T12:31:07.250Z,cpu_seconds_total,"
		"\"core=\"\"1\"\",mode=\"\"user\"\"\",,seconds/s,,\n";
	struct pt_str want = PT_STR_INIT;
	char *text = export(&pt_export_csv, 2);

	(void)state;
	pt_str_addf(&want, "time,metric,labels,value,unit,total,reason\n%s%s", moment, moment);
	assert_string_equal(text, want.s);
	pt_str_release(&want);
	free(text);
}

static void test_prometheus(void **state)
{
	char *text = export(&pt_export_prometheus, 1);

	(void)state;
	assert_string_equal(text, "# HELP load15 m\n"
				  "# TYPE load15 gauge\n"
				  "# HELP load1 Runnable\\nby \\\\ minute\n"
				  "# TYPE load1 gauge\n"
				  "load1 1.92\n"
				  "# HELP cpu_seconds_total CPU time\n"
				  "# TYPE cpu_seconds_total counter\n"
				  "cpu_seconds_total{core=\"0\",mode=\"user\"} 12.345678901\n"
				  "cpu_seconds_total{core=\"a\\\"b\\\\c\\nd^[[2J<202E>,\","
				  "mode=\"<FF>\"} 7\n");
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_json),
		cmocka_unit_test(test_csv),
		cmocka_unit_test(test_prometheus),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
