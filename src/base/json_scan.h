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

#endif
