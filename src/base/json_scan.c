/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The scanner that goes over a JSON text before cJSON sees it, and whose parts the pull reader
 * (json_pull.c) uses one by one. It knows the whole grammar, so that
 * each error has its place and says what was expected; it is stricter than cJSON and allows only
 * comments beyond the standard. Recursion is bounded by max_depth.
 *
 * Values are numbered in the order in which they begin. The tree, walked in the same order, gives
 * the same numbers: that is how the place of a value is found again when an error is told.
 */
#include "json_scan.h"

#include "perftop/base/map.h"
#include "perftop/base/mem.h"
#include "perftop/base/str.h"
#include "perftop/base/text.h"

#include <ctype.h>
#include <limits.h>
#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define MAX_NUMBER 63	      /* characters; cJSON reads no longer ones */
#define REPLACEMENT 0xFFFD    /* U+FFFD, of foreign text: for what is no character */
#define MAX_EXACT (1LL << 53) /* beyond it a double skips integers */

/* Results besides 0 and errors: stop_at was reached; the closing bracket was taken. */
enum { STOPPED = 1, CLOSED };

static int scan_value(struct pt_json_scan *s);

static char scan_char(const struct pt_json_scan *s, size_t pos)
{
	return pos < s->len ? s->text[pos] : '\0';
}

static void scan_place(const char *text, size_t pos, int *ret_line, int *ret_col)
{
	int line = 1, col = 1;

	for (size_t i = pos >= 3 && !memcmp(text, "\xEF\xBB\xBF", 3) ? 3 : 0; i < pos; i++) {
		if (text[i] == '\n') {
			line++;
			col = 1;
		} else if (((unsigned char)text[i] & 0xC0) != 0x80) {
			col++;
		}
	}
	*ret_line = line;
	*ret_col = col;
}

int pt_json_scan_fail(struct pt_json_scan *s, size_t pos, enum pt_error code, const char *fmt, ...)
{
	struct pt_str msg = PT_STR_INIT;
	int line, col;
	va_list ap;

	va_start(ap, fmt);
	pt_str_addv(&msg, fmt, ap);
	va_end(ap);
	scan_place(s->text, pos, &line, &col);
	pt_err_at(s->err, code, s->name, line, col, "%s", pt_str_text(&msg));
	pt_str_release(&msg);
	return -(int)code;
}

int pt_json_scan_unexpected(struct pt_json_scan *s, const char *where, const char *expected)
{
	char at[5], shown[32];
	const char *end = at;

	if (s->pos >= s->len)
		return pt_json_scan_fail(s, s->pos, PT_ESYNTAX, "the text ends%s, expected %s",
					 where, expected);
	pt_snprintf(at, sizeof at, "%.*s", (int)PT_MIN(s->len - s->pos, 4), s->text + s->pos);
	pt_utf8_next(&end);
	pt_text_safe(shown, sizeof shown, at, (size_t)(end - at), false);
	return pt_json_scan_fail(s, s->pos, PT_ESYNTAX, "unexpected '%s'%s, expected %s", shown,
				 where, expected);
}

static int scan_comment(struct pt_json_scan *s)
{
	size_t start = s->pos;
	char kind = scan_char(s, start + 1);
	const char *end;

	if (kind == '/') {
		end = memchr(s->text + start + 2, '\n', s->len - start - 2);
		s->pos = end ? (size_t)(end - s->text) : s->len;
	} else if (kind == '*') {
		end = memmem(s->text + start + 2, s->len - start - 2, "*/", 2);
		if (!end)
			return pt_json_scan_fail(s, start, PT_ESYNTAX,
						 "comment without an end, expected */");
		s->pos = (size_t)(end - s->text) + 2;
	} else {
		return pt_json_scan_unexpected(s, "", "a value, // or /*");
	}
	if (s->blank)
		memset(s->blank + start, ' ', s->pos - start);
	return 0;
}

int pt_json_scan_space(struct pt_json_scan *s)
{
	for (;;) {
		char c = scan_char(s, s->pos);
		int ret;

		if (c == ' ' || c == '\t' || c == '\r' || c == '\n') {
			s->pos++;
			continue;
		}
		if (c != '/')
			return 0;
		ret = scan_comment(s);
		if (ret)
			return ret;
	}
}

/* Four hexadecimal digits at pos, or -1. */
static int scan_hex4(const struct pt_json_scan *s, size_t pos)
{
	int v = 0;

	for (size_t i = pos; i < pos + 4; i++) {
		unsigned char c = (unsigned char)scan_char(s, i);

		if (!isxdigit(c))
			return -1;
		v = v * 16 + (isdigit(c) ? c - '0' : (c | 0x20) - 'a' + 10);
	}
	return v;
}

/* \uXXXX, or two of them for one character; the place is behind the u. */
static int scan_unicode(struct pt_json_scan *s, struct pt_str *key)
{
	size_t start = s->pos - 2;
	int high = scan_hex4(s, s->pos);
	int low = -1;
	uint32_t cp;
	char utf8[4];

	if (high < 0)
		return pt_json_scan_fail(
			s, start, PT_ESYNTAX,
			"\\u without its number, expected four hexadecimal digits");
	if (high == 0 && !s->foreign)
		return pt_json_scan_fail(s, start, PT_ESYNTAX,
					 "\\u0000 in a string, expected text without NUL");
	s->pos += 4;
	cp = high ? (uint32_t)high : REPLACEMENT;
	if (high >= 0xD800 && high <= 0xDFFF) {
		if (high < 0xDC00 && scan_char(s, s->pos) == '\\' &&
		    scan_char(s, s->pos + 1) == 'u')
			low = scan_hex4(s, s->pos + 2);
		if ((low < 0xDC00 || low > 0xDFFF) && !s->foreign)
			return pt_json_scan_fail(s, start, PT_ESYNTAX,
						 "half of a surrogate pair, expected both halves");
		cp = REPLACEMENT;
		if (low >= 0xDC00 && low <= 0xDFFF) {
			s->pos += 6;
			cp = 0x10000 + ((uint32_t)(high - 0xD800) << 10 | (uint32_t)(low - 0xDC00));
		}
	}
	if (key)
		pt_str_addn(key, utf8, pt_utf8_put(utf8, cp));
	return 0;
}

static int scan_escape(struct pt_json_scan *s, struct pt_str *key)
{
	static const char names[] = "\"\\/bfnrt", values[] = "\"\\/\b\f\n\r\t";
	char c = scan_char(s, s->pos + 1);
	const char *known = c ? strchr(names, c) : NULL;

	if (c == 'u') {
		s->pos += 2;
		return scan_unicode(s, key);
	}
	if (!known) {
		s->pos++;
		return pt_json_scan_unexpected(s, " after \\ in a string",
					       "one of \" \\ / b f n r t u");
	}
	if (key)
		pt_str_addc(key, values[known - names]);
	s->pos += 2;
	return 0;
}

int pt_json_scan_string(struct pt_json_scan *s, struct pt_str *key)
{
	size_t start = s->pos++;

	for (;;) {
		size_t from = s->pos;
		unsigned char c;
		int ret;

		while ((c = (unsigned char)scan_char(s, s->pos)) >= 0x20 && c != '"' && c != '\\')
			s->pos++;
		if (key)
			pt_str_addn(key, s->text + from, s->pos - from);
		if (c == '"') {
			s->pos++;
			return 0;
		}
		if (s->pos >= s->len)
			return pt_json_scan_fail(s, start, PT_ESYNTAX,
						 "string without an end, expected a closing \"");
		if (c == '\n' || c == '\r')
			return pt_json_scan_fail(
				s, s->pos, PT_ESYNTAX,
				"line break in a string, expected \\n or a closing \"");
		if (c != '\\')
			return pt_json_scan_fail(s, s->pos, PT_ESYNTAX,
						 "control character in a string, expected \\u%04x",
						 c);
		ret = scan_escape(s, key);
		if (ret)
			return ret;
	}
}

static int scan_digits(struct pt_json_scan *s, const char *where)
{
	if (!isdigit((unsigned char)scan_char(s, s->pos)))
		return pt_json_scan_unexpected(s, where, "a digit");
	while (isdigit((unsigned char)scan_char(s, s->pos)))
		s->pos++;
	return 0;
}

int pt_json_scan_number(struct pt_json_scan *s)
{
	size_t start = s->pos;
	char digits[MAX_NUMBER + 1];
	bool whole = true, power = false;
	long long exact;
	int ret;

	s->pos += scan_char(s, s->pos) == '-';
	if (scan_char(s, s->pos) == '0' && isdigit((unsigned char)scan_char(s, s->pos + 1)))
		return pt_json_scan_fail(
			s, start, PT_ESYNTAX,
			"number with a leading 0, expected a digit from 1 to 9 first");
	ret = scan_digits(s, " in a number");
	if (!ret && scan_char(s, s->pos) == '.') {
		whole = false;
		s->pos++;
		ret = scan_digits(s, " after the decimal point");
	}
	if (!ret && (scan_char(s, s->pos) | 0x20) == 'e') {
		whole = false;
		power = true;
		s->pos++;
		s->pos += scan_char(s, s->pos) == '-' || scan_char(s, s->pos) == '+';
		ret = scan_digits(s, " in an exponent");
	}
	if (ret)
		return ret;
	if (s->pos - start > MAX_NUMBER)
		return pt_json_scan_fail(s, start, PT_ELIMIT,
					 "number of %zu characters, expected at most %d",
					 s->pos - start, MAX_NUMBER);
	memcpy(digits, s->text + start, s->pos - start);
	digits[s->pos - start] = '\0';
	if (power && !isfinite(strtod(digits, NULL))) /* else too short for it */
		return pt_json_scan_fail(s, start, PT_ESYNTAX,
					 "number too large, expected less than 1.8e308");
	if (!whole || s->foreign)
		return 0;
	exact = strtoll(digits, NULL, 10); /* clamped, so still beyond, where it must */
	if ((exact > MAX_EXACT || exact < -MAX_EXACT))
		return pt_json_scan_fail(
			s, start, PT_ESYNTAX,
			"integer beyond 2^53, expected one that a double keeps exact");
	return 0;
}

/* What is no number but stands where one would. cJSON knows no such word, and the shortest value
 * that fits into its three letters is an empty text. */
static bool scan_not_a_number(struct pt_json_scan *s, size_t n)
{
	static const char *const words[] = {"NaN", "Infinity", "-Infinity"};
	const char *at = s->text + s->pos;

	for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
		if (n != strlen(words[i]) || memcmp(at, words[i], n))
			continue;
		if (s->blank) {
			memset(s->blank + s->pos, ' ', n);
			memset(s->blank + s->pos, '"', 2);
		}
		s->pos += n;
		return true;
	}
	return false;
}

int pt_json_scan_word(struct pt_json_scan *s)
{
	static const char *const words[] = {"true", "false", "null"};
	const char *at = s->text + s->pos;
	size_t n = scan_char(s, s->pos) == '-';

	while (isalnum((unsigned char)scan_char(s, s->pos + n)) || scan_char(s, s->pos + n) == '_')
		n++;
	for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
		if (n == strlen(words[i]) && !memcmp(at, words[i], n)) {
			s->pos += n;
			return 0;
		}
	}
	if (s->foreign && scan_not_a_number(s, n))
		return 0;
	return pt_json_scan_fail(s, s->pos, PT_ESYNTAX,
				 "unknown word %.*s, expected true, false, null or text in \" \"",
				 (int)(n < 40 ? n : 40), at);
}

static const struct kind {
	const char *name, *part;
	char open, close;
} kinds[] = {
	{"array", "element", '[', ']'},
	{"object", "member", '{', '}'},
};

/* Behind an element: a comma and what follows it, or the closing bracket. */
static int scan_comma(struct pt_json_scan *s, const struct kind *kind, size_t start)
{
	char expected[] = ", or ?";
	size_t comma = s->pos;
	int ret, line, col;

	expected[5] = kind->close;
	if (scan_char(s, s->pos) == kind->close) {
		s->pos++;
		return CLOSED;
	}
	if (s->pos >= s->len) {
		scan_place(s->text, start, &line, &col);
		return pt_json_scan_fail(
			s, s->pos, PT_ESYNTAX,
			"the text ends in the %s that began in line %d, expected %s", kind->name,
			line, expected);
	}
	if (scan_char(s, s->pos) != ',')
		return pt_json_scan_unexpected(
			s, kind->open == '{' ? " in an object" : " in an array", expected);
	s->pos++;
	ret = pt_json_scan_space(s);
	if (!ret && scan_char(s, s->pos) == kind->close)
		return pt_json_scan_fail(
			s, comma, PT_ESYNTAX,
			"trailing comma after the last %s of an %s, expected none before %c",
			kind->part, kind->name, kind->close);
	return ret;
}

/* A key, new in its object, and the colon; up to the value. */
static int scan_key(struct pt_json_scan *s, struct pt_map *keys)
{
	struct pt_str key = PT_STR_INIT;
	size_t start = s->pos;
	char shown[64];
	uintptr_t before;
	int ret, line, col;

	if (scan_char(s, start) != '"')
		return pt_json_scan_unexpected(s, " in an object", "a key in \" \"");
	ret = pt_json_scan_string(s, &key);
	if (ret)
		goto out;
	before = (uintptr_t)pt_map_put(keys, pt_str_text(&key), (void *)(uintptr_t)(start + 1));
	if (before) {
		pt_text_safe(shown, sizeof shown, pt_str_text(&key), key.len, false);
		scan_place(s->text, before - 1, &line, &col);
		ret = pt_json_scan_fail(s, start, PT_ESYNTAX,
					"duplicate key \"%s\", expected once (first in line %d)",
					shown, line);
		goto out;
	}
	ret = pt_json_scan_space(s);
	if (!ret && scan_char(s, s->pos) != ':')
		ret = pt_json_scan_unexpected(s, " after a key", ":");
	if (!ret) {
		s->pos++;
		ret = pt_json_scan_space(s);
	}
out:
	pt_str_release(&key);
	return ret;
}

static int scan_container(struct pt_json_scan *s, const struct kind *kind)
{
	struct pt_map keys = {0};
	size_t start = s->pos;
	int ret;

	if (++s->depth > s->max_depth)
		return pt_json_scan_fail(s, start, PT_ELIMIT,
					 "nested too deep, expected at most %d levels",
					 s->max_depth);
	s->pos++;
	ret = pt_json_scan_space(s);
	if (!ret && scan_char(s, s->pos) == kind->close) {
		s->pos++;
		ret = CLOSED;
	}
	while (!ret) {
		if (kind->open == '{')
			ret = scan_key(s, &keys);
		if (!ret)
			ret = scan_value(s);
		if (!ret)
			ret = pt_json_scan_space(s);
		if (!ret)
			ret = scan_comma(s, kind, start);
	}
	pt_map_release(&keys);
	s->depth--;
	return ret == CLOSED ? 0 : ret;
}

static int scan_value(struct pt_json_scan *s)
{
	char c = scan_char(s, s->pos);

	if (s->values == s->stop_at)
		return STOPPED;
	if (s->values++ == s->max_values)
		return pt_json_scan_fail(s, s->pos, PT_ELIMIT,
					 "too many values, expected at most %zu", s->max_values);
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
		if (c == kinds[i].open)
			return scan_container(s, &kinds[i]);
	if (c == '"')
		return pt_json_scan_string(s, NULL);
	if (s->foreign && c == '-' && scan_char(s, s->pos + 1) == 'I')
		return pt_json_scan_word(s);
	if (c == '-' || isdigit((unsigned char)c))
		return pt_json_scan_number(s);
	if (isalpha((unsigned char)c))
		return pt_json_scan_word(s);
	return pt_json_scan_unexpected(s, "", "a value");
}

/* What holds for every byte: no NUL, which would end the text early, and UTF-8. */
static int scan_encoding(struct pt_json_scan *s)
{
	const char *p = s->text, *end = s->text + s->len;

	while (p < end) {
		const char *at = p;
		uint32_t cp;

		if ((signed char)*p > 0) { /* most of it */
			p++;
			continue;
		}
		cp = pt_utf8_next(&p);
		if (!cp)
			return pt_json_scan_fail(s, (size_t)(at - s->text), PT_ESYNTAX,
						 "a NUL byte, expected text");
		if (cp >= 0xDC80 && cp <= 0xDCFF)
			return pt_json_scan_fail(s, (size_t)(at - s->text), PT_ESYNTAX,
						 "byte 0x%02X, expected UTF-8",
						 (unsigned)(cp - 0xDC00));
	}
	return 0;
}

int pt_json_scan_start(struct pt_json_scan *s)
{
	if (s->len >= 3 && !memcmp(s->text, "\xEF\xBB\xBF", 3)) /* byte order mark */
		s->pos = 3;
	return pt_json_scan_space(s);
}

static int scan_text(struct pt_json_scan *s)
{
	int ret;

	ret = pt_json_scan_start(s);
	if (!ret)
		ret = scan_value(s);
	if (!ret)
		ret = pt_json_scan_space(s);
	if (!ret && s->pos < s->len)
		ret = pt_json_scan_unexpected(s, " after the value", "the end of the text");
	return ret;
}

int pt_json_scan(const char *name, const char *text, size_t len,
		 const struct pt_json_limits *limits, char *blank, struct pt_err *err)
{
	struct pt_json_scan s = {
		.name = name,
		.text = text,
		.len = len,
		.blank = blank,
		.stop_at = SIZE_MAX,
		.max_values = limits->max_values,
		.max_depth = limits->max_depth,
		.foreign = limits->foreign,
		.err = err,
	};
	int ret = scan_encoding(&s);

	return ret ? ret : scan_text(&s);
}

void pt_json_scan_place(const char *text, size_t len, size_t index, int *ret_line, int *ret_col)
{
	struct pt_json_scan s = {.text = text,
				 .len = len,
				 .stop_at = index,
				 .max_values = SIZE_MAX,
				 .max_depth = INT_MAX,
				 .foreign = true};

	scan_text(&s);
	scan_place(text, s.pos, ret_line, ret_col);
}
