/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Anything else: `name: value unit`, `name value unit` or `name=value`, one result a line, the unit
 * left out or close behind the number. What a script prints beside its results is left out,
 * with a note, so prose must not pass for one: without colon or equals sign, a name is one word and
 * the unit is one that we know. Source code and documents have such lines too: a text is taken for
 * results only if a fair part of its lines are some, less of it where their units are known.
 */
#include "parse_lines.h"

#include <ctype.h>
#include <math.h>
#include <string.h>

enum {
	UNIT_WORD_MAX = 24,
	SNIFF_LINES = 2000,
	SHARE = 4,	  /* one line in so many is a result */
	SHARE_UNITS = 20, /* and has a unit that we know */
};

/* Length of the number that a word begins with. */
static size_t number_len(const char *s)
{
	size_t sign = strspn(s, "+-"), n = sign + strspn(s + sign, "0123456789.,"), e;

	if (n == sign)
		return isalpha((unsigned char)s[n]) ? n + strspn(s + n, "aAnNfFiI") : 0;
	if (s[n] == 'e' || s[n] == 'E') {
		e = n + 1 + (s[n + 1] == '+' || s[n + 1] == '-');
		if (isdigit((unsigned char)s[e]))
			n = e + strspn(s + e, "0123456789");
	}
	return n;
}

/* "12.5 ms", "12.5ms", "12.5": false if it is anything else. Cuts s into pieces. */
static bool take_value(char *s, bool known_units, struct pt_lines_value *v)
{
	char number[64], *word = pt_lines_word(&s), *unit, *more;
	size_t n = word ? number_len(word) : 0;

	if (n == 0 || n >= sizeof number)
		return false;
	pt_strlcpy(number, word, n + 1);
	if (pt_lines_number(number, &v->value) != 0)
		return false;
	v->at = word;
	unit = word[n] ? word + n : pt_lines_word(&s);
	more = pt_lines_word(&s);
	v->metric = "value";
	v->unit = (struct pt_bench_unit){.unit = PT_UNIT_COUNT, .factor = 1};
	if (!unit)
		return true;
	if (more || strlen(unit) > UNIT_WORD_MAX || isdigit((unsigned char)*unit) ||
	    strpbrk(unit, ",;:=()[]{}<>\"'"))
		return false;
	if (!pt_lines_unit(unit, &v->unit)) {
		v->metric = unit;
		return !known_units && isalpha((unsigned char)*unit);
	}
	if (v->unit.metric)
		v->metric = v->unit.metric;
	return true;
}

/* The last colon with a blank behind it, or else the last equals sign. */
static char *separator(char *s)
{
	char *found = NULL;

	for (char *p = s; *p; p++)
		if (*p == ':' && (p[1] == ' ' || p[1] == '\t'))
			found = p;
	return found ? found : strrchr(s, '=');
}

/* A result in a line without comment; false: the line is none. */
static bool take_line(char *s, struct pt_lines_value *v)
{
	char *sep = separator(s);
	bool is_list = sep && *sep == '='; /* "a = 1, b = 2" */

	*v = (struct pt_lines_value){.lo = NAN, .hi = NAN};
	if (sep) {
		*sep = '\0';
		v->name = pt_lines_trim(s);
		if (!*v->name || (is_list && strchr(v->name, '=')))
			return false;
		return take_value(sep + 1, false, v);
	}
	v->name = pt_lines_word(&s);
	return v->name && !isdigit((unsigned char)*v->name) && take_value(s, true, v);
}

static int parse(const struct pt_bench_input *in, struct pt_bench_set *set, struct pt_err *err)
{
	struct pt_lines l;
	struct pt_lines_value v;
	int code = 0, n = 0, others = 0, first = 0;

	pt_lines_init(&l, in, set, err);
	while (!code && pt_lines_next(&l)) {
		l.s = pt_lines_trim(l.s);
		if (!*l.s || *l.s == '#')
			continue;
		if (take_line(l.s, &v)) {
			code = pt_lines_add(&l, &v);
			n++;
		} else if (others++ == 0) {
			first = l.number;
		}
	}
	if (!code && n == 0)
		code = pt_err_at(err, first ? PT_ESYNTAX : PT_ENODATA, in->name, first,
				 first ? 1 : 0, "no result, expected `name: value unit`");
	if (!code && others)
		pt_bench_set_note(set, "%d line%s left out that %s no result, the first is line %d",
				  others, others == 1 ? "" : "s", others == 1 ? "is" : "are",
				  first);
	pt_lines_release(&l);
	return code;
}

static bool is_unit_known(const struct pt_lines_value *v)
{
	return v->unit.unit != PT_UNIT_COUNT || v->unit.metric;
}

static int sniff(const struct pt_bench_input *in)
{
	struct pt_bench_set scrap; /* for notes, which nobody reads */
	struct pt_lines l;
	struct pt_lines_value v;
	int lines = 0, results = 0, known = 0;

	if (in->json || in->dir)
		return 0;
	pt_bench_set_init(&scrap);
	pt_lines_init(&l, in, &scrap, NULL);
	while (l.number < SNIFF_LINES && pt_lines_next(&l)) {
		l.s = pt_lines_trim(l.s);
		if (!*l.s || *l.s == '#')
			continue;
		lines++;
		if (strchr("\"'<{", *l.s) || !take_line(l.s, &v))
			continue;
		results++;
		known += is_unit_known(&v);
	}
	pt_lines_release(&l);
	pt_bench_set_release(&scrap);
	return results && (results * SHARE >= lines || known * SHARE_UNITS >= lines)
		       ? PT_SNIFF_PLAIN
		       : 0;
}

const struct pt_bench_parser pt_bench_parser_plain = {
	.name = "plain",
	.title = "name: value unit",
	.sniff = sniff,
	.parse = parse,
};
