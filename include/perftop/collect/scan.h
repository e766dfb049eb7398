/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PT_COLLECT_SCAN_H
#define PT_COLLECT_SCAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Scanning of system files: terminated text, a pointer that moves on, no allocation and no locale.
 * Every function stops at the terminator, and none but pt_scan_line leaves its line.
 */

/* Number after blanks: *p moves behind it. False without a number, for a negative one and for one
 * beyond 64 bits, which the pointer then has passed all the same. */
bool pt_scan_u64(const char **p, uint64_t *ret);
/* As many as there are, up to n; returns how many. Stops at the first that is no number. */
size_t pt_scan_u64s(const char **p, uint64_t *ret, size_t n);
/* Number with an optional sign and fraction ("-3", "1.48"), no exponent. */
bool pt_scan_double(const char **p, double *ret);
/* Word after blanks, up to the next blank or line end. Its length; 0 at the line's end. */
size_t pt_scan_word(const char **p, const char **ret_word);
/* Is this text next (after blanks)? Then *p moves behind it. */
bool pt_scan_is(const char **p, const char *text);
/* To the start of the next line; false at the end of the text. */
bool pt_scan_line(const char **p);

/*
 * Lines `key value` or `key: value`: values of those keys that occur, in ret[i] for keys[i].
 * Quickest when keys are in the order of the file.
 *
 * n        at most 64
 * Returns  bit i set if keys[i] was found with a number
 */
uint64_t pt_scan_keys(const char *text, const char *const *keys, size_t n, uint64_t *ret);

/* now - before of a counter that the kernel lets slip back a little: never below 0. */
static inline uint64_t pt_grown(uint64_t before, uint64_t now)
{
	return now > before ? now - before : 0;
}

#endif
