/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PT_BASE_CSV_H
#define PT_BASE_CSV_H

#include "perftop/base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Comma-separated values with a header row, read row by row in bounded memory, so that a pipe can
 * be followed: quoted fields, doubled quotes, line breaks inside of quotes, LF and CRLF, a
 * byte-order mark. A blank line is a row with an empty cell when there is one column, else nothing;
 * blank lines at the end are nothing. Each error says file:line:col.
 */
enum { PT_CSV_COLUMNS_MAX = 256, PT_CSV_ROW_MAX = 65536 /* bytes */ };

struct pt_csv;

/*
 * Reads the header. path "-" is standard input; text (borrowed until freed) with its name in errors.
 * *ret is yours (pt_csv_free). -PT_ENOENT, -PT_EACCES, -PT_EIO; -PT_ENODATA without a header;
 * -PT_ESYNTAX, -PT_ELIMIT.
 */
int pt_csv_open(const char *path, struct pt_csv **ret, struct pt_err *err);
int pt_csv_text(const char *name, const char *text, size_t len, struct pt_csv **ret,
		struct pt_err *err);
void pt_csv_free(struct pt_csv *csv);

int pt_csv_columns(const struct pt_csv *csv);
const char *pt_csv_title(const struct pt_csv *csv, int column); /* blanks around it are cut */
int pt_csv_find(const struct pt_csv *csv, const char *title);	/* whatever its case; or -1 */

/* The next row: 1, 0 at the end, else an error: a row has as many cells as the header. */
int pt_csv_next(struct pt_csv *csv, struct pt_err *err);

/* A cell of the row last read; until the next. */
const char *pt_csv_cell(const struct pt_csv *csv, int column);
/* Empty, NaN, NA, N/A and null (whatever their case) are missing and give NaN. */
int pt_csv_number(const struct pt_csv *csv, int column, double *ret, struct pt_err *err);
/* Error at a cell of the row last read (or of the header). Returns -code. */
int pt_csv_fail(const struct pt_csv *csv, int column, struct pt_err *err, enum pt_error code,
		const char *fmt, ...) __attribute__((format(printf, 5, 6)));

/* Is there a byte to go on with, without waiting for a pipe? */
bool pt_csv_ready(const struct pt_csv *csv);

#endif
