/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PT_BASE_STR_H
#define PT_BASE_STR_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

/* A growing, always terminated string. Zero-initialise with PT_STR_INIT; s is never NULL after
 * the first append (and "" through pt_str_text before it). */
struct pt_str {
	char *s;
	size_t len; /* bytes, without the terminator */
	size_t cap;
};

/* clang-format off */
#define PT_STR_INIT {NULL, 0, 0}
/* clang-format on */

void pt_str_release(struct pt_str *str);
void pt_str_clear(struct pt_str *str); /* length 0, memory kept */
const char *pt_str_text(const struct pt_str *str);
char *pt_str_detach(struct pt_str *str); /* yours to free; str is empty after */
void pt_str_add(struct pt_str *str, const char *s);
void pt_str_addn(struct pt_str *str, const char *s, size_t n);
void pt_str_addc(struct pt_str *str, char c);
void pt_str_addf(struct pt_str *str, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void pt_str_addv(struct pt_str *str, const char *fmt, va_list ap)
	__attribute__((format(printf, 2, 0)));

/* Part of a text that somebody else holds. */
struct pt_slice {
	const char *s; /* not terminated */
	size_t n;
};

static inline bool pt_slice_is(struct pt_slice a, const char *s)
{
	return strlen(s) == a.n && memcmp(a.s, s, a.n) == 0;
}

/* Makes out a copy of it, at most max bytes; returns its text. */
const char *pt_slice_copy(struct pt_slice slice, struct pt_str *out, size_t max);

/* Copies s, cut at size - 1 bytes and never inside a UTF-8 sequence. Returns bytes copied. */
size_t pt_strlcpy(char *dst, const char *s, size_t size);

/* snprintf that returns the number of bytes really written (0..size-1). */
size_t pt_snprintf(char *dst, size_t size, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* Whole string as a number within lo..hi: 0, -PT_ESYNTAX or -PT_ERANGE; *ret untouched on error. */
int pt_parse_i64(const char *s, long long lo, long long hi, long long *ret);
/* Processors as the kernel lists them, "0-3,8": how many, up to max; what follows is passed over. */
size_t pt_parse_cpus(const char *s, int *ret, size_t max);
int pt_parse_double(const char *s, double *ret); /* finite only */

#endif
