/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A reader of comma-separated values. Bytes come through one buffer, from a descriptor or from a
 * text; the cells of a row lie one behind the other in another, terminated, each with its place.
 * What is blank between rows is only counted until it is known if a row follows.
 */
#include "perftop/base/csv.h"

#include "perftop/base/mem.h"
#include "perftop/base/str.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdarg.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#define CHUNK ((size_t)65536)

struct cell {
	size_t at; /* in row */
	int line, col;
};

struct pt_csv {
	char *name;
	int fd; /* -1: a text */
	bool ours;
	char *buffer; /* of fd */
	const unsigned char *next, *end;
	int errnum; /* of a read that failed */

	int line, col; /* of the next byte */
	int blank;     /* rows still to be given for blank lines */
	bool held;     /* a row is read already, behind those */
	int blank_line;

	char *row;
	size_t len;
	struct cell cells[PT_CSV_COLUMNS_MAX];
	int n;

	char **titles;
	int n_titles;
};

static int fill(struct pt_csv *csv)
{
	ssize_t n;

	if (csv->fd < 0)
		return -1;
	while ((n = read(csv->fd, csv->buffer, CHUNK)) < 0 && errno == EINTR)
		;
	if (n < 0)
		csv->errnum = errno;
	if (n <= 0)
		return -1;
	csv->next = (const unsigned char *)csv->buffer;
	csv->end = csv->next + n;
	return *csv->next;
}

static inline int peek(struct pt_csv *csv)
{
	return csv->next < csv->end ? *csv->next : fill(csv);
}

/* Past the byte that was seen; columns count characters. */
static inline void skip(struct pt_csv *csv)
{
	int c = *csv->next++;

	if (c == '\n') {
		csv->line++;
		csv->col = 1;
	} else if ((c & 0xC0) != 0x80) {
		csv->col++;
	}
}

static int fail_here(const struct pt_csv *csv, struct pt_err *err, enum pt_error code,
		     const char *what)
{
	return pt_err_at(err, code, csv->name, csv->line, csv->col, "%s", what);
}

static int put(struct pt_csv *csv, int c, struct pt_err *err)
{
	if (csv->len == PT_CSV_ROW_MAX)
		return fail_here(csv, err, PT_ELIMIT, "a row of more than 64 KiB");
	csv->row[csv->len++] = (char)c;
	return 0;
}

static int quoted(struct pt_csv *csv, struct pt_err *err)
{
	struct pt_csv open = {.name = csv->name, .line = csv->line, .col = csv->col};
	int c, r;

	skip(csv);
	while ((c = peek(csv)) >= 0) {
		skip(csv);
		if (c == '"' && peek(csv) != '"')
			return 0;
		if (c == '"')
			skip(csv);
		if ((r = put(csv, c, err)) < 0)
			return r;
	}
	return fail_here(&open, err, PT_ESYNTAX, "this quote is not closed");
}

/* At the end of a cell: the separator, a line's end or the end of all is next. */
static bool at_end(int c)
{
	return c < 0 || c == ',' || c == '\n' || c == '\r';
}

static int read_cell(struct pt_csv *csv, struct pt_err *err)
{
	int c = peek(csv), r;

	if (csv->n == PT_CSV_COLUMNS_MAX)
		return fail_here(csv, err, PT_ELIMIT, "more than 256 columns");
	csv->cells[csv->n++] = (struct cell){csv->len, csv->line, csv->col};
	if (c == '"') {
		if ((r = quoted(csv, err)) < 0)
			return r;
		if (!at_end(peek(csv)))
			return fail_here(csv, err, PT_ESYNTAX,
					 "expected a comma or the end of the line after a quote");
	}
	while (!at_end(c = peek(csv))) {
		if (!c)
			return fail_here(csv, err, PT_ESYNTAX, "a zero byte: this is no text");
		if ((r = put(csv, c, err)) < 0)
			return r;
		skip(csv);
	}
	return put(csv, 0, err);
}

/* Past CR LF, LF or CR. */
static void skip_line_end(struct pt_csv *csv)
{
	int c = peek(csv);

	if (c == '\r') {
		skip(csv);
		if (peek(csv) == '\n') {
			skip(csv);
		} else {
			csv->line++;
			csv->col = 1;
		}
	} else if (c == '\n') {
		skip(csv);
	}
}

static int read_row(struct pt_csv *csv, struct pt_err *err)
{
	int r;

	csv->len = 0;
	csv->n = 0;
	while ((r = read_cell(csv, err)) == 0 && peek(csv) == ',')
		skip(csv);
	if (r < 0)
		return r;
	skip_line_end(csv);
	return 1;
}

/* Reads up to a row that is not blank; how many were is counted. 0 at the end. */
static int read_past_blank(struct pt_csv *csv, int *ret_blank, struct pt_err *err)
{
	*ret_blank = 0;
	for (int c; (c = peek(csv)) == '\n' || c == '\r'; ++*ret_blank)
		skip_line_end(csv);
	if (csv->errnum)
		return pt_err_at(err, PT_EIO, csv->name, 0, 0, "cannot read: %s",
				 strerror(csv->errnum));
	return peek(csv) < 0 ? 0 : read_row(csv, err);
}

static void cut_blanks(char *s)
{
	size_t from = strspn(s, " \t"), n = strlen(s);

	while (n > from && (s[n - 1] == ' ' || s[n - 1] == '\t'))
		n--;
	memmove(s, s + from, n - from);
	s[n - from] = 0;
}

static int read_header(struct pt_csv *csv, struct pt_err *err)
{
	static const char mark[] = "\xEF\xBB\xBF";
	int r, blank;

	csv->line = csv->col = 1;
	for (const char *m = mark; *m && peek(csv) == (unsigned char)*m; m++)
		csv->next++;
	r = read_past_blank(csv, &blank, err);
	if (r < 0)
		return r;
	if (r == 0)
		return pt_err_at(err, PT_ENODATA, csv->name, 0, 0,
				 "empty, expected a header row such as `value` or `time,value`");
	csv->titles = pt_calloc((size_t)csv->n, sizeof *csv->titles);
	csv->n_titles = csv->n;
	for (int i = 0; i < csv->n; i++) {
		csv->titles[i] = pt_strdup(pt_csv_cell(csv, i));
		cut_blanks(csv->titles[i]);
	}
	return 0;
}

static struct pt_csv *make(const char *name)
{
	struct pt_csv *csv = pt_calloc(1, sizeof *csv);

	csv->name = pt_strdup(name);
	csv->row = pt_malloc(PT_CSV_ROW_MAX);
	csv->fd = -1;
	return csv;
}

static int open_file(struct pt_csv *csv, const char *path, struct pt_err *err)
{
	struct stat st;

	csv->ours = strcmp(path, "-") != 0;
	csv->fd = csv->ours ? open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY) : STDIN_FILENO;
	if (csv->fd < 0)
		return pt_err_at(err, (enum pt_error)(-pt_err_errno(errno)), path, 0, 0,
				 "cannot open: %s", strerror(errno));
	if (fstat(csv->fd, &st) == 0 && S_ISDIR(st.st_mode))
		return pt_err_at(err, PT_EINVAL, path, 0, 0, "is a folder, expected a file");
	csv->buffer = pt_malloc(CHUNK);
	return 0;
}

static int finish(struct pt_csv *csv, int r, struct pt_csv **ret, struct pt_err *err)
{
	if (r == 0)
		r = read_header(csv, err);
	if (r == 0)
		*ret = csv;
	else
		pt_csv_free(csv);
	return r;
}

int pt_csv_open(const char *path, struct pt_csv **ret, struct pt_err *err)
{
	struct pt_csv *csv = make(strcmp(path, "-") == 0 ? "stdin" : path);

	return finish(csv, open_file(csv, path, err), ret, err);
}

int pt_csv_text(const char *name, const char *text, size_t len, struct pt_csv **ret,
		struct pt_err *err)
{
	struct pt_csv *csv = make(name);

	csv->next = (const unsigned char *)text;
	csv->end = csv->next + len;
	return finish(csv, 0, ret, err);
}

void pt_csv_free(struct pt_csv *csv)
{
	if (!csv)
		return;
	if (csv->ours && csv->fd >= 0)
		close(csv->fd);
	for (int i = 0; i < csv->n_titles; i++)
		free(csv->titles[i]);
	free(csv->titles);
	free(csv->buffer);
	free(csv->row);
	free(csv->name);
	free(csv);
}

int pt_csv_columns(const struct pt_csv *csv)
{
	return csv->n_titles;
}

const char *pt_csv_title(const struct pt_csv *csv, int column)
{
	return csv->titles[column];
}

int pt_csv_find(const struct pt_csv *csv, const char *title)
{
	for (int i = 0; i < csv->n_titles; i++)
		if (strcasecmp(csv->titles[i], title) == 0)
			return i;
	return -1;
}

int pt_csv_next(struct pt_csv *csv, struct pt_err *err)
{
	int r;

	if (!csv->held) {
		csv->blank_line = csv->line;
		r = read_past_blank(csv, &csv->blank, err);
		if (r <= 0)
			return r;
		if (csv->n_titles > 1)
			csv->blank = 0;
		csv->held = true;
	}
	if (csv->blank > 0) {
		csv->blank--;
		return 1;
	}
	csv->held = false;
	if (csv->n != csv->n_titles)
		return pt_err_at(err, PT_ESYNTAX, csv->name, csv->cells[0].line, 1,
				 "%d cells, expected %d as in the header", csv->n, csv->n_titles);
	return 1;
}

const char *pt_csv_cell(const struct pt_csv *csv, int column)
{
	return csv->held ? "" : csv->row + csv->cells[column].at;
}

int pt_csv_fail(const struct pt_csv *csv, int column, struct pt_err *err, enum pt_error code,
		const char *fmt, ...)
{
	char text[sizeof err->msg];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	return pt_err_at(err, code, csv->name, csv->cells[column].line, csv->cells[column].col,
			 "%s", text);
}

static bool is_missing(const char *s)
{
	static const char *const words[] = {"", "nan", "na", "n/a", "null"};

	for (size_t i = 0; i < PT_LEN(words); i++)
		if (strcasecmp(s, words[i]) == 0)
			return true;
	return false;
}

int pt_csv_number(const struct pt_csv *csv, int column, double *ret, struct pt_err *err)
{
	char text[64];
	const char *cell = pt_csv_cell(csv, column);
	int r;

	cell += strspn(cell, " \t");
	pt_strlcpy(text, cell, sizeof text);
	cut_blanks(text);
	r = pt_parse_double(text, ret);
	if (r == 0)
		return 0;
	if (is_missing(text)) {
		*ret = NAN;
		return 0;
	}
	if (r == -PT_ERANGE)
		return pt_csv_fail(csv, column, err, PT_ERANGE, "%s is too large a number", text);
	return pt_csv_fail(csv, column, err, PT_ESYNTAX, "'%s' is no number", text);
}

bool pt_csv_ready(const struct pt_csv *csv)
{
	return csv->next < csv->end;
}
