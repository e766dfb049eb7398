/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PT_BASE_JSON_PULL_H
#define PT_BASE_JSON_PULL_H

#include "perftop/base/json.h"

/*
 * JSON read piece by piece, for streams too large for a tree. The caller follows the structure:
 *
 *	pt_json_pull_enter(j, '{');
 *	while (pt_json_pull_key(j, &key))
 *		if (pt_slice_is(key, "ts"))
 *			ts = pt_json_pull_num(j, 0);
 *		else
 *			pt_json_pull_skip(j);
 *
 * Each key and each element is followed by exactly one value, read or skipped. The first fault
 * (file:line:col) stays: from then on there are no more keys and elements, and values are empty; the
 * caller asks once, at the end. What is skipped is only looked through for its end. Foreign text as
 * pt_json_limits has it, also with halves of surrogate pairs.
 */
struct pt_json_pull;
/* All borrowed until free; text need not be terminated. Stands before the first value. */
struct pt_json_pull *pt_json_pull_new(const char *name, const char *text, size_t len,
				      struct pt_err *err);
void pt_json_pull_free(struct pt_json_pull *j);

int pt_json_pull_code(const struct pt_json_pull *j); /* 0, or the fault that err tells */
/* Says that something is wrong with the value just read; returns the code that counts. */
int pt_json_pull_fail(struct pt_json_pull *j, enum pt_error code, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
bool pt_json_pull_cut(const struct pt_json_pull *j); /* the fault is that the text ends too soon */

/* The kind of the value that comes next; PT_JNULL after a fault. */
enum pt_jtype pt_json_pull_type(struct pt_json_pull *j);
/* Into the value that comes next, '{' or '['; false when it is another, which is skipped. */
bool pt_json_pull_enter(struct pt_json_pull *j, char bracket);
/* The next member or element of what was entered; false behind the last one, which leaves it. */
bool pt_json_pull_key(struct pt_json_pull *j, struct pt_slice *ret); /* until the next string */
bool pt_json_pull_item(struct pt_json_pull *j);

/* Values; of another kind: skipped, and what the caller says. */
struct pt_slice pt_json_pull_str(struct pt_json_pull *j); /* until the next one or key; else "" */
double pt_json_pull_num(struct pt_json_pull *j, double otherwise);
int64_t pt_json_round(double v); /* the nearest integer; saturates beyond 9e18; 0 for NaN */
void pt_json_pull_skip(struct pt_json_pull *j);

/* Where the value that comes next begins; and back to one, as if it were that of a key. */
size_t pt_json_pull_pos(struct pt_json_pull *j);
void pt_json_pull_seek(struct pt_json_pull *j, size_t pos);

#endif
