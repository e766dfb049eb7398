/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Input of `perftop analyze`: which column of a CSV is the value, which the time. Rows go on one by
 * one, so that scores can follow a pipe.
 */
#include "analyze_read.h"

#include "perftop/base/clock.h"
#include "perftop/base/mem.h"
#include "perftop/base/str.h"

#include <string.h>

/* No metric is older: smaller numbers count rows. */
#define FIRST_TIME_NS (INT64_C(100000000) * PT_S)

static int find_time(const struct analyze_input *in)
{
	static const char *const names[] = {"time", "timestamp", "date", "datetime", "ts"};
	int column;

	for (size_t i = 0; i < PT_LEN(names); i++)
		if ((column = pt_csv_find(in->csv, names[i])) >= 0 && column != in->value)
			return column;
	return -1;
}

static bool is_number(const char *s)
{
	double v;

	return pt_parse_double(s, &v) == 0;
}

/* The only column beside time and run, or -1. */
static int only_other(const struct analyze_input *in)
{
	int found = -1;

	for (int i = 0; i < pt_csv_columns(in->csv); i++) {
		if (i == in->time || i == in->run)
			continue;
		if (found >= 0)
			return -1;
		found = i;
	}
	return found;
}

static int find_columns(struct analyze_input *in, const char *name, struct pt_err *err)
{
	int n = pt_csv_columns(in->csv);

	in->value = pt_csv_find(in->csv, name ? name : "value");
	in->time = find_time(in);
	in->by_name = in->time >= 0;
	in->run = pt_csv_find(in->csv, "run");
	if (in->run == in->value)
		in->run = -1;
	if (in->value < 0 && name)
		return pt_csv_fail(in->csv, 0, err, PT_ENOENT, "no column '%s'", name);
	for (int i = 0; i < n; i++)
		if (in->value < 0 && is_number(pt_csv_title(in->csv, i)))
			return pt_csv_fail(in->csv, i, err, PT_ENOENT,
					   "'%s' in the first row: expected a header such as "
					   "`value` or `time,value`",
					   pt_csv_title(in->csv, i));
	if (in->value < 0)
		in->value = only_other(in);
	if (in->value < 0 && n == 2) {
		in->value = 1;
		in->time = 0;
	}
	if (in->value < 0)
		return pt_csv_fail(in->csv, 0, err, PT_ENOENT,
				   "no column 'value'; --column names another");
	if (in->time < 0 && n == 2 && in->run < 0)
		in->time = !in->value;
	return 0;
}

int analyze_open(struct pt_cli *cli, int i, struct analyze_input *ret)
{
	struct analyze_input in = {0};
	struct pt_err err = {0};
	int r;

	r = pt_csv_open(i < cli->n_words ? cli->words[i] : "-", &in.csv, &err);
	if (r < 0)
		return pt_cli_err(cli, PT_EXIT_USAGE, &err);
	r = find_columns(&in, pt_cli_flag(cli, "column"), &err);
	if (r < 0) {
		pt_csv_free(in.csv);
		return pt_cli_err(cli, PT_EXIT_USAGE, &err);
	}
	*ret = in;
	return -1;
}

void analyze_close(struct analyze_input *in)
{
	pt_csv_free(in->csv);
	in->csv = NULL;
}

int analyze_next(struct analyze_input *in, double *ret_value, int64_t *ret_at_ns,
		 struct pt_err *err)
{
	int r = pt_csv_next(in->csv, err);

	if (r <= 0)
		return r;
	r = pt_csv_number(in->csv, in->value, ret_value, err);
	if (r < 0)
		return r;
	if (!ret_at_ns)
		return 1;
	*ret_at_ns = -1;
	if (in->time >= 0 && pt_time_parse(pt_csv_cell(in->csv, in->time), ret_at_ns) < 0) {
		if (in->by_name)
			return pt_csv_fail(
				in->csv, in->time, err, PT_ESYNTAX,
				"'%s' is no time, expected 2026-03-01 09:30:00 or a number",
				pt_csv_cell(in->csv, in->time));
		in->time = -1; /* names of something, then */
	}
	if (*ret_at_ns < FIRST_TIME_NS)
		*ret_at_ns = -1;
	return 1;
}

int analyze_series(struct analyze_input *in, size_t max, double **ret, size_t *ret_n,
		   struct pt_err *err)
{
	double *v = NULL, value;
	size_t n = 0, cap = 0;
	int r;

	while ((r = analyze_next(in, &value, NULL, err)) > 0) {
		if (n == max) {
			r = pt_csv_fail(in->csv, in->value, err, PT_ELIMIT,
					"more than the %zu rows allowed here", max);
			break;
		}
		*PT_PUSH(v, n, cap) = value;
	}
	if (r < 0) {
		free(v);
		return r;
	}
	*ret = v;
	*ret_n = n;
	return 0;
}

int analyze_words(const struct pt_cli *cli, int least, int most, const char *expected)
{
	if (cli->n_words > most)
		return pt_cli_error(cli, PT_EXIT_USAGE, "unexpected '%s', expected %s",
				    cli->words[most], expected);
	if (cli->n_words < least)
		return pt_cli_error(cli, PT_EXIT_USAGE, "expected %s", expected);
	return -1;
}

int analyze_number(const struct pt_cli *cli, const char *flag, double lo, double hi, double *ret)
{
	const char *text = pt_cli_flag(cli, flag);
	double v;

	if (!text)
		return -1;
	if (pt_parse_double(text, &v) < 0)
		return pt_cli_error(cli, PT_EXIT_USAGE, "--%s: '%s' is no number", flag, text);
	if (v < lo || v > hi)
		return pt_cli_error(cli, PT_EXIT_USAGE, "--%s: %s is outside of %g..%g", flag, text,
				    lo, hi);
	*ret = v;
	return -1;
}
