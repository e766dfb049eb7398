/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tables: alignment, cutting, hostile text, JSON and CSV of the same columns. */
#include "perftop/base/mem.h"
#include "perftop/base/text.h"
#include "perftop/present/table.h"
#include "perftop/present/value.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

struct row {
	double pid, cpu, rss;
	const char *user, *command;
};

static const struct row data[] = {
	{18231, 0.912, 412.0 * (1 << 20), "ci", "target/release/deps/parser_bench --bench"},
	{912, NAN, 18.0 * (1 << 20), "a-rather-long-name", "\x1b[31mred\xe2\x80\xae, \"x\""},
	{7, 0.04, 900, NULL,
	 "\xe6\xbc\xa2\xe5\xad\x97\xe6\xbc\xa2\xe5\xad\x97\xe6\xbc\xa2"
	 "\xe5\xad\x97\xe6\xbc\xa2\xe5\xad\x97"}, /* double width */
};

static void get_pid(const void *row, void *ctx, struct pt_cell *ret)
{
	(void)ctx;
	ret->num = ((const struct row *)row)->pid;
}

static void get_user(const void *row, void *ctx, struct pt_cell *ret)
{
	(void)ctx;
	ret->text = ((const struct row *)row)->user;
}

static void get_cpu(const void *row, void *ctx, struct pt_cell *ret)
{
	(void)ctx;
	ret->num = ((const struct row *)row)->cpu;
}

static void get_rss(const void *row, void *ctx, struct pt_cell *ret)
{
	(void)ctx;
	ret->num = ((const struct row *)row)->rss;
}

static void get_command(const void *row, void *ctx, struct pt_cell *ret)
{
	(void)ctx;
	ret->text = ((const struct row *)row)->command;
}

static const struct pt_column columns[] = {
	{"pid", "PID", PT_CELL_INT, PT_UNIT_COUNT, 0, 6, "", get_pid, false},
	{"user", "USER", PT_CELL_TEXT, PT_UNIT_COUNT, 0, 6, "", get_user, false},
	{"cpu_ratio", "CPU%", PT_CELL_NUMBER, PT_UNIT_RATIO, PT_VALUE_NO_UNIT, 5, "", get_cpu,
	 false},
	{"rss_bytes", "RSS", PT_CELL_NUMBER, PT_UNIT_BYTES, PT_VALUE_NO_UNIT, 5, "", get_rss,
	 false},
	{"command", "COMMAND", PT_CELL_TEXT, PT_UNIT_COUNT, 0, 10, "", get_command, false},
};

static const void *data_row(void *ctx, size_t i)
{
	(void)ctx;
	return &data[i];
}

static const struct pt_table table = {columns, PT_LEN(columns), PT_LEN(data), data_row, NULL};

static void check_text(const struct pt_table *t, int width, bool ascii, const char *want)
{
	struct pt_str out = PT_STR_INIT;

	pt_table_text(t, &out, width, ascii);
	assert_string_equal(pt_str_text(&out), want);
	pt_str_release(&out);
}

static void test_text(void **state)
{
	(void)state;
	check_text(&table, 50, false,
		   "   PID  USER     CPU%    RSS  COMMAND\n"
		   " 18231  ci       91.2   412M  target/release/deps…\n"
		   "   912  a-rat…      –  18.0M  ^[[31mred<202E>, \"x\"\n"
		   "     7            4.0    900  漢字漢字漢字漢字\n");
	check_text(&table, 45, false,
		   "   PID  USER     CPU%    RSS  COMMAND\n"
		   " 18231  ci       91.2   412M  target/release…\n"
		   "   912  a-rat…      –  18.0M  ^[[31mred<202E…\n"
		   "     7            4.0    900  漢字漢字漢字漢…\n");
	check_text(&table, 50, true,
		   "   PID  USER     CPU%    RSS  COMMAND\n"
		   " 18231  ci       91.2   412M  target/release/de...\n"
		   "   912  a-r...      -  18.0M  ^[[31mred?, \"x\"\n"
		   "     7            4.0    900  ????????\n");
}

static void test_text_unlimited(void **state)
{
	struct pt_table middle = {columns, 4, 1, data_row, NULL};

	(void)state;
	check_text(&table, 0, true,
		   "   PID  USER     CPU%    RSS  COMMAND\n"
		   " 18231  ci       91.2   412M  target/release/deps/parser_bench --bench\n"
		   "   912  a-r...      -  18.0M  ^[[31mred?, \"x\"\n"
		   "     7            4.0    900  ????????\n");
	check_text(&middle, 0, true, /* the last text column is not the last */
		   "   PID  USER     CPU%    RSS\n"
		   " 18231  ci       91.2   412M\n");
}

static void test_text_narrow(void **state)
{
	struct pt_str out = PT_STR_INIT;
	struct pt_table none = {columns, 0, 3, data_row, NULL};

	(void)state;
	for (int width = 1; width < 60; width++) {
		char *line, *save = NULL;

		pt_str_clear(&out);
		pt_table_text(&table, &out, width, false);
		for (line = strtok_r(out.s, "\n", &save); line; line = strtok_r(NULL, "\n", &save))
			assert_true(pt_text_width(line) <= width);
	}
	pt_str_release(&out);
	check_text(&none, 10, false, "");
}

/* Half a number is a wrong one. */
static void test_optional(void **state)
{
	struct pt_column some[PT_LEN(columns)];
	struct pt_table narrow = table;
	struct pt_str out = PT_STR_INIT;

	(void)state;
	memcpy(some, columns, sizeof some);
	some[1].optional = some[2].optional = true;
	narrow.columns = some;
	pt_table_text(&narrow, &out, 99, true);
	assert_memory_equal(out.s, "   PID    RSS  COMMAND\n", 23);
	assert_non_null(
		strstr(out.s, "\n 18231   412M  target/release/deps/parser_bench --bench\n"));
	for (int width = 0; width <= 100; width += 100) {
		pt_str_clear(&out);
		pt_table_text(&narrow, &out, width, true);
		assert_non_null(strstr(out.s, "USER"));
	}
	pt_str_release(&out);
}

static void test_wide_numbers_stay_whole(void **state)
{
	struct pt_column narrow = columns[0];
	struct pt_table one = {&narrow, 1, 1, data_row, NULL};

	(void)state;
	narrow.width = 2;
	narrow.title = "P";
	check_text(&one, 0, false, " P\n18231\n");
}

static void test_json(void **state)
{
	struct pt_table one = table, none = table;
	struct pt_str out = PT_STR_INIT;

	(void)state;
	one.n_rows = 2;
	pt_table_json(&one, &out);
	assert_string_equal(
		out.s,
		"[{\"pid\":18231,\"user\":\"ci\",\"cpu_ratio\":0.912,\"rss_bytes\":432013312,"
		"\"command\":\"target/release/deps/parser_bench --bench\"},"
		"{\"pid\":912,\"user\":\"a-rather-long-name\",\"cpu_ratio\":null,"
		"\"rss_bytes\":18874368,\"command\":\"\\u001b[31mred\\u202e, \\\"x\\\"\"}]\n");
	pt_str_clear(&out);
	none.n_rows = 0;
	pt_table_json(&none, &out);
	assert_string_equal(out.s, "[]\n");
	pt_str_release(&out);
}

static void test_csv(void **state)
{
	struct pt_str out = PT_STR_INIT;

	(void)state;
	pt_table_csv(&table, &out);
	assert_string_equal(out.s,
			    "pid,user,cpu_ratio,rss_bytes,command\n"
			    "18231,ci,0.912,432013312,target/release/deps/parser_bench --bench\n"
			    "912,a-rather-long-name,,18874368,\"^[[31mred<202E>, \"\"x\"\"\"\n"
			    "7,,0.04,900,漢字漢字漢字漢字\n");
	pt_str_release(&out);
}

static void test_cell(void **state)
{
	char out[16];
	struct pt_cell cell = {.num = NAN};

	(void)state;
	pt_cell_text(&columns[0], &cell, out, sizeof out, false);
	assert_string_equal(out, "–");
	cell.num = 1234567;
	pt_cell_text(&columns[0], &cell, out, sizeof out, false);
	assert_string_equal(out, "1234567");
	cell.text = "a\tb";
	pt_cell_text(&columns[1], &cell, out, sizeof out, false);
	assert_string_equal(out, "a^Ib");
	pt_cell_text(&columns[1], &cell, out, 3, false);
	assert_string_equal(out, "a");
	cell.text = NULL;
	pt_cell_text(&columns[1], &cell, out, sizeof out, false);
	assert_string_equal(out, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_text),	    cmocka_unit_test(test_text_unlimited),
		cmocka_unit_test(test_text_narrow), cmocka_unit_test(test_wide_numbers_stay_whole),
		cmocka_unit_test(test_json),	    cmocka_unit_test(test_csv),
		cmocka_unit_test(test_cell),	    cmocka_unit_test(test_optional),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
