/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The scanner's pull form. No stack is kept: where the caller stands is the caller's own structure,
 * and all there is to know is whether a value has already been read where a comma may come.
 */
#include "perftop/base/json_pull.h"

#include "json_scan.h"
#include "perftop/base/mem.h"

#include <ctype.h>
#include <math.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

enum { EXACT_DIGITS = 15 }; /* of a number that a double holds exactly */
#define MAX_INT 9.0e18

struct pt_json_pull {
	struct pt_json_scan scan;
	struct pt_str text; /* of a string with escapes */
	size_t last;	    /* where the value just read began */
	int code;
	bool first; /* just entered: no comma yet */
	bool cut;
};

/* Keeps the first fault. */
static bool pull_ok(struct pt_json_pull *j, int code)
{
	if (code && !j->code) {
		j->code = code;
		j->cut = j->scan.pos >= j->scan.len;
	}
	return !j->code;
}

struct pt_json_pull *pt_json_pull_new(const char *name, const char *text, size_t len,
				      struct pt_err *err)
{
	struct pt_json_pull *j = pt_malloc(sizeof *j);

	*j = (struct pt_json_pull){
		.scan = {.name = name, .text = text, .len = len, .foreign = true, .err = err}};
	pull_ok(j, pt_json_scan_start(&j->scan));
	return j;
}

void pt_json_pull_free(struct pt_json_pull *j)
{
	if (!j)
		return;
	pt_str_release(&j->text);
	free(j);
}

int pt_json_pull_code(const struct pt_json_pull *j)
{
	return j->code;
}

bool pt_json_pull_cut(const struct pt_json_pull *j)
{
	return j->cut;
}

int pt_json_pull_fail(struct pt_json_pull *j, enum pt_error code, const char *fmt, ...)
{
	struct pt_str msg = PT_STR_INIT;
	va_list ap;

	if (j->code)
		return j->code;
	va_start(ap, fmt);
	pt_str_addv(&msg, fmt, ap);
	va_end(ap);
	j->code = pt_json_scan_fail(&j->scan, j->last, code, "%s", pt_str_text(&msg));
	pt_str_release(&msg);
	return j->code;
}

/* The character that comes next, blanks passed over; NUL at the end and after a fault. */
static char pull_peek(struct pt_json_pull *j)
{
	struct pt_json_scan *s = &j->scan;

	if (j->code || !pull_ok(j, pt_json_scan_space(s)) || s->pos >= s->len)
		return '\0';
	return s->text[s->pos];
}

static bool is_number(const struct pt_json_scan *s, char c)
{
	return isdigit((unsigned char)c) ||
	       (c == '-' && (s->pos + 1 >= s->len || s->text[s->pos + 1] != 'I'));
}

enum pt_jtype pt_json_pull_type(struct pt_json_pull *j)
{
	char c = pull_peek(j);

	switch (c) {
	case '{': return PT_JOBJECT;
	case '[': return PT_JARRAY;
	case '"': return PT_JSTRING;
	case 't':
	case 'f': return PT_JBOOL;
	default: return is_number(&j->scan, c) ? PT_JNUMBER : PT_JNULL;
	}
}

bool pt_json_pull_enter(struct pt_json_pull *j, char bracket)
{
	if (pull_peek(j) != bracket) {
		pt_json_pull_skip(j);
		return false;
	}
	j->last = j->scan.pos++;
	j->first = true;
	return true;
}

/* Before a member or element, its comma taken; false behind the closing bracket. */
static bool pull_next(struct pt_json_pull *j, char close)
{
	struct pt_json_scan *s = &j->scan;
	char c = pull_peek(j);
	bool first = j->first;

	if (j->code)
		return false;
	j->first = false;
	if (c == close) {
		s->pos++;
		return false;
	}
	if (first)
		return true;
	if (c != ',')
		return pull_ok(j, pt_json_scan_unexpected(
					  s, close == '}' ? " in an object" : " in an array",
					  close == '}' ? ", or }" : ", or ]"));
	s->pos++;
	return pull_ok(j, pt_json_scan_space(s));
}

/* The string at pos. Most have no escapes and stay where they are. */
static struct pt_slice pull_string(struct pt_json_pull *j)
{
	struct pt_json_scan *s = &j->scan;
	size_t start = s->pos, n;

	j->last = start;
	if (!pull_ok(j, pt_json_scan_string(s, NULL)))
		return (struct pt_slice){"", 0};
	n = s->pos - start - 2;
	if (!memchr(s->text + start + 1, '\\', n))
		return (struct pt_slice){s->text + start + 1, n};
	s->pos = start;
	pt_str_clear(&j->text);
	pt_json_scan_string(s, &j->text);
	return (struct pt_slice){pt_str_text(&j->text), j->text.len};
}

bool pt_json_pull_key(struct pt_json_pull *j, struct pt_slice *ret)
{
	struct pt_json_scan *s = &j->scan;
	char c;

	if (!pull_next(j, '}'))
		return false;
	if (s->pos >= s->len || s->text[s->pos] != '"')
		return pull_ok(j, pt_json_scan_unexpected(s, " in an object", "a key in \" \""));
	*ret = pull_string(j);
	c = pull_peek(j);
	if (!j->code && c != ':')
		pull_ok(j, pt_json_scan_unexpected(s, " after a key", ":"));
	if (j->code)
		return false;
	s->pos++;
	return true;
}

bool pt_json_pull_item(struct pt_json_pull *j)
{
	return pull_next(j, ']');
}

struct pt_slice pt_json_pull_str(struct pt_json_pull *j)
{
	if (pull_peek(j) == '"')
		return pull_string(j);
	pt_json_pull_skip(j);
	return (struct pt_slice){"", 0};
}

/* What the scanner has passed, n characters. Few digits with a point are one exact division. */
static double number_value(const char *s, size_t n)
{
	static const double powers[] = {1e0, 1e1, 1e2,	1e3,  1e4,  1e5,  1e6,	1e7,
					1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15};
	char copy[64];
	int64_t v = 0;
	size_t digits = 0, point = n;

	for (size_t i = *s == '-'; i < n && digits <= EXACT_DIGITS; i++) {
		if (s[i] == '.') {
			point = i;
		} else if (isdigit((unsigned char)s[i])) {
			v = v * 10 + (s[i] - '0');
			digits++;
		} else {
			digits = EXACT_DIGITS + 1;
		}
	}
	if (digits <= EXACT_DIGITS)
		return (double)(*s == '-' ? -v : v) / powers[point < n ? n - point - 1 : 0];
	n = PT_MIN(n, sizeof copy - 1);
	memcpy(copy, s, n);
	copy[n] = '\0';
	return strtod(copy, NULL);
}

double pt_json_pull_num(struct pt_json_pull *j, double otherwise)
{
	struct pt_json_scan *s = &j->scan;
	size_t start;

	if (!is_number(s, pull_peek(j))) {
		pt_json_pull_skip(j);
		return otherwise;
	}
	j->last = start = s->pos;
	if (!pull_ok(j, pt_json_scan_number(s)))
		return otherwise;
	return number_value(s->text + start, s->pos - start);
}

int64_t pt_json_round(double v)
{
	if (isnan(v))
		return 0;
	if (fabs(v) > MAX_INT)
		return v > 0 ? (int64_t)MAX_INT : -(int64_t)MAX_INT;
	return llround(v);
}

/* Up to behind the bracket that closes the one at pos. */
static void skip_nested(struct pt_json_pull *j)
{
	struct pt_json_scan *s = &j->scan;
	size_t depth = 0, start = s->pos;

	for (; s->pos < s->len; s->pos++) {
		char c = s->text[s->pos];

		if (c == '"') {
			if (!pull_ok(j, pt_json_scan_string(s, NULL)))
				return;
			s->pos--;
		} else if (c == '{' || c == '[') {
			depth++;
		} else if ((c == '}' || c == ']') && --depth == 0) {
			s->pos++;
			return;
		}
	}
	pull_ok(j, pt_json_scan_fail(s, start, PT_ESYNTAX,
				     "the text ends in this %s, expected its closing bracket",
				     s->text[start] == '{' ? "object" : "array"));
}

void pt_json_pull_skip(struct pt_json_pull *j)
{
	struct pt_json_scan *s = &j->scan;
	char c = pull_peek(j);

	if (j->code)
		return;
	j->first = false;
	j->last = s->pos;
	if (c == '{' || c == '[')
		skip_nested(j);
	else if (c == '"')
		pull_ok(j, pt_json_scan_string(s, NULL));
	else if (is_number(s, c))
		pull_ok(j, pt_json_scan_number(s));
	else if (c == '-' || isalpha((unsigned char)c))
		pull_ok(j, pt_json_scan_word(s));
	else
		pull_ok(j, pt_json_scan_unexpected(s, "", "a value"));
}

size_t pt_json_pull_pos(struct pt_json_pull *j)
{
	pull_peek(j);
	return j->scan.pos;
}

void pt_json_pull_seek(struct pt_json_pull *j, size_t pos)
{
	j->scan.pos = pos;
	j->first = false;
}
