/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Lines of text formats: what is cut out of them, columns in spite of colours, limits. */
#include "../../src/bench/parse_lines.h"

#include "perftop/base/mem.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static struct pt_bench_set set;
static struct pt_err err;
static struct pt_bench_input in;
static struct pt_lines lines;

static void open_text(const char *text, size_t len)
{
	in = (struct pt_bench_input){.name = "x", .text = text, .len = len};
	err = (struct pt_err){0};
	pt_bench_set_init(&set);
	pt_lines_init(&lines, &in, &set, &err);
}

static void close_text(void)
{
	pt_lines_release(&lines);
	pt_bench_set_release(&set);
}

static void test_lines(void **state)
{
	static const char text[] = "one\r\n\n\033[1mtwo\033[0m\nabc\rd\033";

	(void)state;
	open_text(text, strlen(text));
	assert_true(pt_lines_next(&lines));
	assert_string_equal(lines.s, "one");
	assert_true(pt_lines_next(&lines));
	assert_string_equal(lines.s, "");
	assert_true(pt_lines_next(&lines));
	assert_string_equal(lines.s, "two");
	assert_true(pt_lines_next(&lines));
	assert_string_equal(lines.s, "d");
	assert_int_equal(lines.number, 4);
	assert_false(pt_lines_next(&lines));
	close_text();
}

static void test_long_line(void **state)
{
	size_t n = PT_LINE_MAX + 1;
	char *text = pt_malloc(n + 3);

	(void)state;
	memset(text, 'x', n);
	memcpy(text + n, "\na", 3);
	open_text(text, n + 2);
	assert_true(pt_lines_next(&lines));
	assert_string_equal(lines.s, "");
	assert_int_equal(set.n_notes, 1);
	assert_true(pt_lines_next(&lines));
	assert_string_equal(lines.s, "a");
	close_text();
	free(text);
}

/* The place of 7 in a line, its column counted in characters of the file. */
static int column(const char *text)
{
	int col;

	open_text(text, strlen(text));
	assert_true(pt_lines_next(&lines));
	assert_int_equal(pt_lines_fail(&lines, strchr(lines.s, '7'), PT_ERANGE, "no"), -PT_ERANGE);
	assert_string_equal(err.file, "x");
	assert_int_equal(err.line, 1);
	col = err.col;
	close_text();
	return col;
}

static void test_columns(void **state)
{
	(void)state;
	assert_int_equal(column("7"), 1);
	assert_int_equal(column("ab7"), 3);
	assert_int_equal(column("\xc3\xa9 7"), 3);
	assert_int_equal(column("\033[1m7"), 5);
	assert_int_equal(column("a\033[1mb\033[0m 7\033[0m"), 12);
	assert_int_equal(column("gone\rab 7"), 9);
}

static void test_numbers(void **state)
{
	static const struct {
		const char *text;
		double value;
	} good[] = {
		{"0", 0},
		{"12.5", 12.5},
		{"-3", -3},
		{"1e3", 1000},
		{"1,234", 1234},
		{"12,345,678.25", 12345678.25},
		{"999,999", 999999},
		{"-1,234", -1234},
		{"Inf", INFINITY},
		{"-inf", -INFINITY},
		{"1e999", INFINITY},
	};
	static const char *const bad[] = {"",	    "x",       "1,23", "1,2345", "1234,567", ",123",
					  "1,234,", "1.5,000", "12ms", "0x10",	 "--1",	     "N/A"};
	double v;

	(void)state;
	for (size_t i = 0; i < PT_LEN(good); i++) {
		assert_int_equal(pt_lines_number(good[i].text, &v), 0);
		assert_true(v == good[i].value);
	}
	assert_int_equal(pt_lines_number("NaN", &v), 0);
	assert_true(isnan(v));
	for (size_t i = 0; i < PT_LEN(bad); i++)
		assert_int_equal(pt_lines_number(bad[i], &v), -PT_ESYNTAX);
}

static void test_units(void **state)
{
	struct pt_bench_unit unit;

	(void)state;
	assert_true(pt_lines_unit("us", &unit));
	assert_int_equal(unit.unit, PT_UNIT_NS);
	assert_true(pt_lines_unit("tokens/ms", &unit));
	assert_int_equal(unit.unit, PT_UNIT_PER_SECOND);
	assert_int_equal(unit.better, PT_BETTER_HIGHER);
	assert_true(fabs(unit.factor - 1000) < 1e-9);
	assert_false(pt_lines_unit("points", &unit));
	assert_int_equal(unit.unit, PT_UNIT_COUNT);
	assert_false(pt_lines_unit("a/b", &unit));
}

static struct pt_lines_value value_of(const char *name, double value)
{
	return (struct pt_lines_value){.name = name,
				       .metric = "time",
				       .unit = {.unit = PT_UNIT_NS, .factor = 1e3},
				       .value = value,
				       .lo = NAN,
				       .hi = NAN};
}

static void test_add(void **state)
{
	struct pt_lines_value v = value_of("a", 2);
	const struct pt_bench *bench;

	(void)state;
	open_text("line", 4);
	assert_true(pt_lines_next(&lines));
	v.estimate = true;
	v.lo = 1;
	v.hi = 3;
	assert_int_equal(pt_lines_add(&lines, &v), 0);
	bench = pt_bench_set_find(&set, "a", "time", NULL);
	assert_non_null(bench);
	assert_true(bench->runs[0].samples[0] == 2000 && bench->lo == 1000 && bench->hi == 3000);
	v.run = 2;
	assert_int_equal(pt_lines_add(&lines, &v), 0);
	assert_int_equal(bench->n_runs, 3);
	assert_int_equal(bench->runs[1].n, 0);
	assert_true(isnan(bench->lo) && isnan(bench->hi)); /* of one estimate alone */
	close_text();
}

static void test_add_refuses(void **state)
{
	struct pt_lines_value v = value_of("a", -1);
	char *name = pt_malloc(5001);

	(void)state;
	memset(name, 'n', 5000);
	name[5000] = '\0';
	open_text("line", 4);
	assert_true(pt_lines_next(&lines));
	assert_int_equal(pt_lines_add(&lines, &v), -PT_ERANGE);
	v.value = NAN;
	assert_int_equal(pt_lines_add(&lines, &v), -PT_ERANGE);
	v.value = 1e308;
	assert_int_equal(pt_lines_add(&lines, &v), -PT_ERANGE);
	v = value_of(name, 1);
	assert_int_equal(pt_lines_add(&lines, &v), -PT_ELIMIT);
	v = value_of("", 1);
	assert_int_equal(pt_lines_add(&lines, &v), -PT_ESYNTAX);
	assert_int_equal(set.n, 0);
	v = value_of("a", 1);
	assert_int_equal(pt_lines_add(&lines, &v), 0);
	v.unit.unit = PT_UNIT_COUNT;
	v.at = lines.s + 2;
	assert_int_equal(pt_lines_add(&lines, &v), -PT_EINVAL);
	assert_int_equal(err.col, 3);
	close_text();
	free(name);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lines),	    cmocka_unit_test(test_long_line),
		cmocka_unit_test(test_columns),	    cmocka_unit_test(test_numbers),
		cmocka_unit_test(test_units),	    cmocka_unit_test(test_add),
		cmocka_unit_test(test_add_refuses),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
