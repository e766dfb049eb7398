/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PT_CLI_ANALYZE_READ_H
#define PT_CLI_ANALYZE_READ_H

#include "perftop/base/csv.h"
#include "perftop/face/command.h"

/* What the commands of `perftop analyze` read: a series, a value a row. */
struct analyze_input {
	struct pt_csv *csv;
	int value, time, run; /* columns; -1: there is none */
	bool by_name;	      /* the time column is called so: each cell must be a time */
};

/* The flag and the paragraph of help that all of them share. */
/* clang-format off */
#define ANALYZE_COLUMN {"column", 0, "NAME", "The column that holds the values"}
/* clang-format on */
/* clang-format off */
#define ANALYZE_INPUT_HELP \
	"The input is CSV with a header: `value`, or `time,value`. Without FILE, or for -, it is read from\n" \
	"standard input. An empty cell, NaN, NA or null is a missing value. A time is 2026-03-01 09:30:00\n" \
	"(with T, a fraction, Z or an offset if need be) or a number: seconds since 1970, or a count of\n" \
	"rows. Without a column `value` the only one beside the time is taken; --column names another."
/* clang-format on */

/* Opens words[i], or standard input if there is none, and finds the columns. < 0 to go on, else the
 * exit status, told. */
int analyze_open(struct pt_cli *cli, int i, struct analyze_input *ret);
void analyze_close(struct analyze_input *in);

/* The next row: 1, 0 at the end, or an error. ret_at_ns: of the row, or -1 when times are not known
 * (both may be NULL). */
int analyze_next(struct analyze_input *in, double *ret_value, int64_t *ret_at_ns,
		 struct pt_err *err);

/* A whole series: *ret is yours. -PT_ELIMIT beyond max rows. */
int analyze_series(struct analyze_input *in, size_t max, double **ret, size_t *ret_n,
		   struct pt_err *err);

/* No more words than this, told. < 0 to go on, else the exit status. */
int analyze_words(const struct pt_cli *cli, int least, int most, const char *expected);

/* A number flag, whatever is given within lo..hi; *ret untouched without the flag. < 0 to go on. */
int analyze_number(const struct pt_cli *cli, const char *flag, double lo, double hi, double *ret);

#endif
