/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PT_BASE_JSON_SCAN_H
#define PT_BASE_JSON_SCAN_H

#include "perftop/base/json.h"

#include <stddef.h>

/*
 * Checks a whole text. On success blank (a copy of text, or NULL) has had its comments replaced by
 * spaces, byte for byte, so that it is plain JSON. -PT_ESYNTAX or -PT_ELIMIT with the place.
 *
 * text    len bytes, terminated
 * limits  max_bytes is not looked at
 */
int pt_json_scan(const char *name, const char *text, size_t len,
		 const struct pt_json_limits *limits, char *blank, struct pt_err *err);

/* Line and column of a value of a text that passed; index counts values as they begin. */
void pt_json_scan_place(const char *text, size_t len, size_t index, int *ret_line, int *ret_col);

/*
 * The parts, for the pull reader. Each begins at pos and leaves it behind what it took; text need not
 * be terminated. What it takes is checked as above: 0, or an error with its place.
 */
struct pt_json_scan {
	const char *name, *text;
	size_t pos, len;
	char *blank;
	size_t values;	/* begun so far */
	size_t stop_at; /* the value to stop before, or SIZE_MAX */
	size_t max_values;
	int depth, max_depth;
	bool foreign;
	struct pt_err *err;
};

int pt_json_scan_start(struct pt_json_scan *s); /* a byte order mark, and blanks */
int pt_json_scan_space(struct pt_json_scan *s); /* blanks and comments */
int pt_json_scan_string(struct pt_json_scan *s, struct pt_str *key); /* appended to key or NULL */
int pt_json_scan_number(struct pt_json_scan *s);
int pt_json_scan_word(struct pt_json_scan *s);
int pt_json_scan_fail(struct pt_json_scan *s, size_t pos, enum pt_error code, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));
/* "unexpected X where, expected Y" at pos. */
int pt_json_scan_unexpected(struct pt_json_scan *s, const char *where, const char *expected);

#endif
