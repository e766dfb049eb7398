/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Scanning of system files by hand: sscanf would cost more than the system calls that fetch them.
 */
#include "perftop/collect/scan.h"

#include <string.h>

static const char *skip_blanks(const char *p)
{
	while (*p == ' ' || *p == '\t')
		p++;
	return p;
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

bool pt_scan_u64(const char **p, uint64_t *ret)
{
	const char *s = skip_blanks(*p);
	bool negative = *s == '-', overflow = false;
	uint64_t value = 0;

	if (negative)
		s++;
	if (!is_digit(*s))
		return false;
	for (; is_digit(*s); s++) {
		unsigned digit = (unsigned)(*s - '0');

		if (value > (UINT64_MAX - digit) / 10)
			overflow = true;
		value = value * 10 + digit;
	}
	*p = s;
	if (negative || overflow)
		return false;
	*ret = value;
	return true;
}

size_t pt_scan_u64s(const char **p, uint64_t *ret, size_t n)
{
	size_t i = 0;

	while (i < n && pt_scan_u64(p, &ret[i]))
		i++;
	return i;
}

bool pt_scan_double(const char **p, double *ret)
{
	const char *s = skip_blanks(*p);
	bool negative = *s == '-';
	double value = 0, place = 1;

	if (negative)
		s++;
	if (!is_digit(*s))
		return false;
	for (; is_digit(*s); s++)
		value = value * 10 + (*s - '0');
	if (*s == '.') {
		for (s++; is_digit(*s); s++) {
			if (place < 1e15) {
				value = value * 10 + (*s - '0');
				place *= 10;
			}
		}
	}
	*p = s;
	value /= place; /* once, so that 0.75 is 0.75 */
	if (value > 1e300)
		return false;
	*ret = negative ? -value : value;
	return true;
}

size_t pt_scan_word(const char **p, const char **ret_word)
{
	const char *s = skip_blanks(*p);
	size_t n = strcspn(s, " \t\n");

	*ret_word = s;
	*p = s + n;
	return n;
}

bool pt_scan_is(const char **p, const char *text)
{
	const char *s = skip_blanks(*p);
	size_t n = strlen(text);

	if (strncmp(s, text, n) != 0)
		return false;
	*p = s + n;
	return true;
}

bool pt_scan_line(const char **p)
{
	const char *end = strchr(*p, '\n');

	*p = end ? end + 1 : *p + strlen(*p);
	return **p != '\0';
}

static bool key_is(const char **p, const char *key)
{
	size_t n = strlen(key);
	const char *s = *p;

	if (strncmp(s, key, n) != 0)
		return false;
	s += n;
	if (*s == ':')
		s++;
	if (*s != ' ' && *s != '\t')
		return false;
	*p = s;
	return true;
}

uint64_t pt_scan_keys(const char *text, const char *const *keys, size_t n, uint64_t *ret)
{
	uint64_t found = 0, all = n < 64 ? (UINT64_C(1) << n) - 1 : UINT64_MAX;
	const char *p = text;
	size_t next = 0; /* the key that is expected */

	do {
		for (size_t k = 0; k < n; k++) {
			size_t i = next + k < n ? next + k : next + k - n;

			if (*p != keys[i][0] || !key_is(&p, keys[i]))
				continue;
			if (pt_scan_u64(&p, &ret[i]))
				found |= UINT64_C(1) << i;
			next = i + 1 < n ? i + 1 : 0;
			break;
		}
	} while (found != all && pt_scan_line(&p));
	return found;
}
