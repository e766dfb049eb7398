/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PT_BASE_TEXT_H
#define PT_BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Text from outside is hostile: process names, labels, notes, JSON. Every face passes it through
 * pt_text_safe before showing it.
 */

/*
 * Makes text safe for a terminal. The result is valid UTF-8 without one control, bidirectional,
 * zero-width, tag or private-use code point: C0, DEL and C1 become `^[`-style carets or `<9B>`;
 * bidi marks, zero-width and other invisible ones become `<202E>`; a broken byte becomes `<FF>`;
 * at most two combining marks stay on a base. With ascii, everything beyond 0x7E becomes `?` a
 * code point, but for signs of our own words: micro is `u`, minus and en dash `-`, ellipsis `~`.
 *
 * in, n    bytes, need not be terminated
 * out      size bytes, terminated; cut at a whole code point (a mark such as <202E> counts as one)
 * Returns  bytes written without the terminator
 */
size_t pt_text_safe(char *out, size_t size, const char *in, size_t n, bool ascii);

/* Next code point of terminated UTF-8, *s moves on. A broken byte yields 0xDC80+byte-0x80 as
 * Python's surrogateescape does, so the caller can tell. 0 at the end. */
uint32_t pt_utf8_next(const char **s);
size_t pt_utf8_put(char out[4], uint32_t cp); /* bytes written */

/* Columns in a terminal: 0 combining, 1, or 2 (East Asian wide, emoji); ambiguous is 1. Own table,
 * so that it does not change with the locale. */
int pt_text_cp_width(uint32_t cp);
int pt_text_width(const char *s); /* of safe text */

/* Bytes of s that fit into `cols` columns (never splits a character or its marks). */
size_t pt_text_fit(const char *s, int cols);

/* Case-insensitive subsequence match as fzf does it. Score > 0 (higher is better: consecutive
 * characters, word starts) or 0 for no match; pos[] receives byte offsets of at most max hits. */
int pt_text_fuzzy(const char *pattern, const char *text, int *pos, int max);
/* Is there a match at all? Allocates nothing, and is many times as fast. */
bool pt_text_fuzzy_match(const char *pattern, const char *text);

/* The last line with something in it, without blanks and line end behind it: what a program that
 * failed said last. Borrowed from text; *ret_len is 0 when there is none. */
const char *pt_text_last_line(const char *text, size_t len, size_t *ret_len);

/* Slips between two words, whatever their case: letters left out, added, changed, or two of them
 * swapped. Below PT_TEXT_NEAR one is a likely misspelling of the other. */
enum { PT_TEXT_NEAR = 3 };
size_t pt_text_distance(const char *a, const char *b);

#endif
