/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Strings that grow, strings that are cut, and numbers read whole. Numbers use '.' because the
 * program sets LC_CTYPE alone: LC_NUMERIC stays "C".
 */
#include "perftop/base/str.h"

#include "perftop/base/err.h"
#include "perftop/base/mem.h"

#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

static void str_reserve(struct pt_str *str, size_t more)
{
	size_t need = str->len + more + 1;

	if (need <= str->cap)
		return;
	str->cap = PT_MAX(PT_MAX(need, str->cap * 2), 32);
	str->s = pt_realloc(str->s, str->cap);
}

void pt_str_release(struct pt_str *str)
{
	free(str->s);
	*str = (struct pt_str)PT_STR_INIT;
}

void pt_str_clear(struct pt_str *str)
{
	str->len = 0;
	if (str->s)
		str->s[0] = '\0';
}

const char *pt_str_text(const struct pt_str *str)
{
	return str->s ? str->s : "";
}

char *pt_str_detach(struct pt_str *str)
{
	char *s = str->s ? str->s : pt_strdup("");

	*str = (struct pt_str)PT_STR_INIT;
	return s;
}

void pt_str_add(struct pt_str *str, const char *s)
{
	pt_str_addn(str, s, strlen(s));
}

void pt_str_addn(struct pt_str *str, const char *s, size_t n)
{
	str_reserve(str, n);
	if (n)
		memcpy(str->s + str->len, s, n);
	str->len += n;
	str->s[str->len] = '\0';
}

void pt_str_addc(struct pt_str *str, char c)
{
	pt_str_addn(str, &c, 1);
}

void pt_str_addf(struct pt_str *str, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	pt_str_addv(str, fmt, ap);
	va_end(ap);
}

void pt_str_addv(struct pt_str *str, const char *fmt, va_list ap)
{
	va_list again;
	int n;

	va_copy(again, ap);
	n = vsnprintf(NULL, 0, fmt, again);
	va_end(again);
	if (n < 0)
		return;
	str_reserve(str, (size_t)n);
	vsnprintf(str->s + str->len, (size_t)n + 1, fmt, ap);
	str->len += (size_t)n;
}

const char *pt_slice_copy(struct pt_slice slice, struct pt_str *out, size_t max)
{
	pt_str_clear(out);
	pt_str_addn(out, slice.s, PT_MIN(slice.n, max));
	return pt_str_text(out);
}

size_t pt_strlcpy(char *dst, const char *s, size_t size)
{
	size_t n;

	if (!size)
		return 0;
	n = strnlen(s, size);
	if (n == size) {
		n--;
		while (n && ((unsigned char)s[n] & 0xC0) == 0x80)
			n--;
	}
	memcpy(dst, s, n);
	dst[n] = '\0';
	return n;
}

size_t pt_snprintf(char *dst, size_t size, const char *fmt, ...)
{
	va_list ap;
	int n;

	if (!size)
		return 0;
	va_start(ap, fmt);
	n = vsnprintf(dst, size, fmt, ap);
	va_end(ap);
	if (n < 0)
		dst[0] = '\0';
	return n < 0 ? 0 : PT_MIN((size_t)n, size - 1);
}

int pt_parse_i64(const char *s, long long lo, long long hi, long long *ret)
{
	char *end;
	long long v;

	if (!isdigit((unsigned char)s[s[0] == '-' || s[0] == '+']))
		return -PT_ESYNTAX;
	errno = 0;
	v = strtoll(s, &end, 10);
	if (*end)
		return -PT_ESYNTAX;
	if (errno || v < lo || v > hi)
		return -PT_ERANGE;
	*ret = v;
	return 0;
}

size_t pt_parse_cpus(const char *s, int *ret, size_t max)
{
	size_t n = 0;

	while (isdigit((unsigned char)*s)) {
		char *end;
		unsigned long first = strtoul(s, &end, 10), last = first;

		if (*end == '-')
			last = strtoul(end + 1, &end, 10);
		for (; first <= last && first <= INT_MAX && n < max; first++)
			ret[n++] = (int)first;
		s = end + (*end == ',');
	}
	return n;
}

int pt_parse_double(const char *s, double *ret)
{
	char *end;
	double v;

	/* strtod would also read blanks, hexadecimal, infinity and NaN. */
	if (!s[0] || s[strspn(s, "0123456789+-.eE")])
		return -PT_ESYNTAX;
	v = strtod(s, &end);
	if (*end)
		return -PT_ESYNTAX;
	if (!isfinite(v))
		return -PT_ERANGE;
	*ret = v;
	return 0;
}
