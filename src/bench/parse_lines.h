/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PT_BENCH_PARSE_LINES_H
#define PT_BENCH_PARSE_LINES_H

#include "parse_util.h"
#include "perftop/base/str.h"

/*
 * What the parsers of text have in common: lines of bounded length, words of a line, and values
 * that are checked before they are taken, with errors at their line and column.
 */
struct pt_lines {
	const struct pt_bench_input *in;
	struct pt_bench_set *set;
	struct pt_err *err;
	const char *raw, *next; /* this line in the input, and the one after it */
	char *s;		/* this line: terminated, without its end and without escapes; may
				   be written to */
	int number;		/* of this line, from 1 */
	struct pt_str buf;
};

enum { PT_LINE_MAX = 64 << 10 };

void pt_lines_init(struct pt_lines *l, const struct pt_bench_input *in, struct pt_bench_set *set,
		   struct pt_err *err);
void pt_lines_release(struct pt_lines *l);

/* The next line; false at the end. A line beyond PT_LINE_MAX reads as an empty one, with a note. */
bool pt_lines_next(struct pt_lines *l);
/* Does match say yes to one of the first lines? */
bool pt_lines_any(const struct pt_bench_input *in, bool (*match)(char *line));
/* Error at a place in this line (NULL: its begin). Returns -code. */
int pt_lines_fail(const struct pt_lines *l, const char *at, enum pt_error code, const char *fmt,
		  ...) __attribute__((format(printf, 4, 5)));

/* The next word between blanks, terminated in place; NULL: no more. */
char *pt_lines_word(char **rest);
/* s without blanks at both ends, terminated in place. */
char *pt_lines_trim(char *s);

/* A word as number, "1,234.5" with commas between thousands too. -PT_ESYNTAX: it is none, which is
 * not told; NaN and infinity are numbers here, so that who takes them tells where they stand. */
int pt_lines_number(const char *word, double *ret);

/* Unit of any word: one that is known, a rate of anything ("tokens/s"), else (and false) a count. */
bool pt_lines_unit(const char *text, struct pt_bench_unit *ret);

/* One measurement, as its tool tells it. */
struct pt_lines_value {
	const char *name, *metric;
	struct pt_bench_unit unit;
	double value, lo, hi; /* in the tool's unit; interval used only if it is an estimate */
	bool estimate, exact;
	size_t run;	/* the launch it is of; 0 */
	const char *at; /* where in the line, for errors */
};

/* Takes it as the next sample of its launch. -PT_ERANGE, -PT_ELIMIT, -PT_EINVAL. */
int pt_lines_add(struct pt_lines *l, const struct pt_lines_value *v);

#endif
