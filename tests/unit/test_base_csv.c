/* SPDX-License-Identifier: GPL-3.0-or-later */
/* CSV as it should be and as it comes: quotes, line ends, marks, blanks, and what is refused. */
#include "perftop/base/csv.h"
#include "perftop/base/mem.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static struct pt_csv *opened(const char *text)
{
	struct pt_err err = {0};
	struct pt_csv *csv = NULL;

	assert_int_equal(pt_csv_text("f", text, strlen(text), &csv, &err), 0);
	return csv;
}

static void row(struct pt_csv *csv, const char *a, const char *b)
{
	struct pt_err err = {0};

	assert_int_equal(pt_csv_next(csv, &err), 1);
	assert_string_equal(pt_csv_cell(csv, 0), a);
	if (b)
		assert_string_equal(pt_csv_cell(csv, 1), b);
}

static void end(struct pt_csv *csv)
{
	struct pt_err err = {0};

	assert_int_equal(pt_csv_next(csv, &err), 0);
	assert_int_equal(pt_csv_next(csv, &err), 0);
	pt_csv_free(csv);
}

static void test_rows(void **state)
{
	struct pt_csv *csv =
		opened("\xEF\xBB\xBF time ,Value\r\n1,\"a,b\"\r\n\"x \"\"y\"\"\n z\",\n\n3,4");

	(void)state;
	assert_int_equal(pt_csv_columns(csv), 2);
	assert_string_equal(pt_csv_title(csv, 0), "time");
	assert_int_equal(pt_csv_find(csv, "VALUE"), 1);
	assert_int_equal(pt_csv_find(csv, "val"), -1);
	row(csv, "1", "a,b");
	row(csv, "x \"y\"\n z", "");
	row(csv, "3", "4");
	end(csv);
}

static void test_blank_lines(void **state)
{
	struct pt_csv *csv = opened("value\n\n1\r\r2\n\n\n");

	(void)state;
	row(csv, "", NULL);
	row(csv, "1", NULL);
	row(csv, "", NULL);
	row(csv, "2", NULL);
	end(csv);
	csv = opened("a,b\n\n1,2\n\n3,4\n");
	row(csv, "1", "2");
	row(csv, "3", "4");
	end(csv);
	end(opened("value"));
	end(opened("value\n\n\n"));
}

static void test_numbers(void **state)
{
	static const char *const missing[] = {"", "NaN", "na", "N/A", "null", " nan "};
	struct pt_csv *csv = opened("v\n -1.5e3 \n1e999\n12x\n0x10\ninf\n");
	struct pt_err err = {0};
	double v = 7;

	(void)state;
	assert_int_equal(pt_csv_next(csv, &err), 1);
	assert_int_equal(pt_csv_number(csv, 0, &v, &err), 0);
	assert_true(v == -1500);
	pt_csv_next(csv, &err);
	assert_int_equal(pt_csv_number(csv, 0, &v, &err), -PT_ERANGE);
	for (int line = 4; line <= 6; line++) {
		pt_csv_next(csv, &err);
		assert_int_equal(pt_csv_number(csv, 0, &v, &err), -PT_ESYNTAX);
		assert_int_equal(err.line, line);
		assert_int_equal(err.col, 1);
		assert_true(v == -1500);
	}
	pt_csv_free(csv);
	for (size_t i = 0; i < PT_LEN(missing); i++) {
		char text[32];

		snprintf(text, sizeof text, "v\n\"%s\"\n", missing[i]);
		csv = opened(text);
		assert_int_equal(pt_csv_next(csv, &err), 1);
		assert_int_equal(pt_csv_number(csv, 0, &v, &err), 0);
		assert_true(isnan(v));
		pt_csv_free(csv);
	}
}

/* Reads all of it; the error must be that, there. */
static void refused(const char *text, size_t len, int code, int line, int col)
{
	struct pt_err err = {0};
	struct pt_csv *csv = NULL;
	int r = pt_csv_text("f", text, len, &csv, &err);

	while (r >= 0 && (r = pt_csv_next(csv, &err)) > 0)
		;
	assert_int_equal(r, -code);
	assert_int_equal(err.code, code);
	assert_string_equal(err.file, "f");
	assert_int_equal(err.line, line);
	assert_int_equal(err.col, col);
	pt_csv_free(csv);
}

static void test_refused(void **state)
{
	char *big = pt_malloc(PT_CSV_ROW_MAX + 100), wide[600] = "";

	(void)state;
	refused("", 0, PT_ENODATA, 0, 0);
	refused("\n\r\n", 3, PT_ENODATA, 0, 0);
	refused("a,b\n1,2\n1\n", 10, PT_ESYNTAX, 3, 1);
	refused("a,b\n1,2,3\n", 10, PT_ESYNTAX, 2, 1);
	refused("a,b\n1,\"2\n3", 10, PT_ESYNTAX, 2, 3);
	refused("a,b\n\"1\"x,2\n", 11, PT_ESYNTAX, 2, 4);
	refused("a\n\xC3\xA9\0\n", 6, PT_ESYNTAX, 2, 2);
	memset(big, 'x', PT_CSV_ROW_MAX + 100);
	refused(big, PT_CSV_ROW_MAX + 100, PT_ELIMIT, 1, PT_CSV_ROW_MAX + 1);
	memset(wide, ',', PT_CSV_COLUMNS_MAX);
	refused(wide, strlen(wide), PT_ELIMIT, 1, PT_CSV_COLUMNS_MAX + 1);
	free(big);
}

/* A pipe is followed: a row is there as soon as its line is. */
static void test_pipe(void **state)
{
	struct pt_csv *csv = NULL;
	struct pt_err err = {0};
	int fds[2], old = dup(STDIN_FILENO);

	(void)state;
	assert_int_equal(pipe(fds), 0);
	dup2(fds[0], STDIN_FILENO);
	close(fds[0]);
	assert_int_equal(write(fds[1], "v\n1\n", 4), 4);
	assert_int_equal(pt_csv_open("-", &csv, &err), 0);
	assert_true(pt_csv_ready(csv));
	row(csv, "1", NULL);
	assert_false(pt_csv_ready(csv));
	assert_int_equal(write(fds[1], "2\n", 2), 2);
	row(csv, "2", NULL);
	close(fds[1]);
	end(csv);
	dup2(old, STDIN_FILENO);
	close(old);
}

static void test_files(void **state)
{
	struct pt_csv *csv = NULL;
	struct pt_err err = {0};

	(void)state;
	assert_int_equal(pt_csv_open("/nonexistent/x.csv", &csv, &err), -PT_ENOENT);
	assert_string_equal(err.file, "/nonexistent/x.csv");
	assert_int_equal(pt_csv_open("/", &csv, &err), -PT_EINVAL);
	assert_null(csv);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),	cmocka_unit_test(test_blank_lines),
		cmocka_unit_test(test_numbers), cmocka_unit_test(test_refused),
		cmocka_unit_test(test_pipe),	cmocka_unit_test(test_files),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
