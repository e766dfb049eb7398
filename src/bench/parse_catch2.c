/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Catch2's console: below a header that names its columns, each benchmark has a name (wrapped where
 * it does not fit) and three rows of values, or one with --benchmark-no-analysis:
 *
 *	benchmark name                       samples       iterations    est run time
 *	                                     mean          low mean      high mean
 *	                                     std dev       low std dev   high std dev
 *
 * Where "samples" begins, the column of names ends; some versions put the rest of a wrapped name
 * beside the lower rows. Test case and sections, told above a table, scope the names, because
 * two test cases may use the same one.
 */
#include "parse_lines.h"

#include "perftop/base/mem.h"

#include <math.h>
#include <string.h>

enum { MEAN_ONLY = 4, ANALYSED = 16, SCOPE_MAX = 1000 };

enum place {
	ELSEWHERE,
	IN_SCOPE, /* between the rules around test case and sections */
	IN_HEADER,
	IN_TABLE,
};

struct catch2 {
	struct pt_lines lines;
	enum place place;
	bool analysed;	     /* three rows */
	size_t names_width;  /* bytes */
	struct pt_str scope; /* "Fibonacci/strings/" */
	struct pt_str name;  /* of the benchmark being read */
	struct pt_str part;  /* of it, in this row */
	int words;	     /* of its values, read so far */
	struct pt_lines_value value;
	int n;
};

static bool is_rule(const char *s, char c)
{
	size_t n = 0;

	while (s[n] == c)
		n++;
	return n >= 20 && s[n] == '\0';
}

static char *header(char *line)
{
	char *samples = strstr(line, " samples");

	return strncmp(line, "benchmark name", 14) == 0 && samples && strstr(samples, "iterations")
		       ? samples + 1
		       : NULL;
}

static void begin_benchmark(struct catch2 *c)
{
	pt_str_clear(&c->name);
	c->words = 0;
	c->value = (struct pt_lines_value){
		.metric = "time",
		.unit = {.unit = PT_UNIT_NS, .factor = 1},
		.estimate = true,
		.lo = NAN,
		.hi = NAN,
	};
}

static int end_benchmark(struct catch2 *c)
{
	int wanted = c->analysed ? ANALYSED : MEAN_ONLY, code;
	struct pt_str full = PT_STR_INIT;

	if (c->words == 0) { /* some other text */
		begin_benchmark(c);
		return 0;
	}
	if (c->words < wanted)
		return pt_lines_fail(&c->lines, NULL, PT_ESYNTAX, "%s ends early, expected %s",
				     pt_str_text(&c->name),
				     c->analysed ? "three rows of values" : "a mean");
	pt_str_addf(&full, "%s%s", pt_str_text(&c->scope), pt_str_text(&c->name));
	c->value.name = full.s;
	c->n++;
	code = pt_lines_add(&c->lines, &c->value);
	pt_str_release(&full);
	begin_benchmark(c);
	return code;
}

/* The numbers that are wanted of a row, in the order of their words; the others are skipped. */
static double *slot(struct catch2 *c)
{
	switch (c->words) {
	case 2: return c->analysed ? NULL : &c->value.value;
	case 4: return &c->value.value;
	case 6: return &c->value.lo;
	case 8: return &c->value.hi;
	default: return NULL;
	}
}

/* Means may differ in their units, so they become ns here. */
static int take_pair(struct catch2 *c, char *number, char **rest)
{
	double *to = slot(c), value;
	struct pt_bench_unit unit;
	struct pt_err why;
	const char *word;

	if (pt_lines_number(number, &value))
		return pt_lines_fail(&c->lines, number, PT_ESYNTAX, "\"%s\", expected a number",
				     number);
	word = pt_lines_word(rest);
	if (!word || pt_bench_unit_parse(word, &unit) != 0 || unit.unit != PT_UNIT_NS)
		return pt_lines_fail(&c->lines, word ? word : number, PT_ESYNTAX,
				     "\"%s\", expected ns, us, ms or s behind %s", word ? word : "",
				     number);
	c->words += 2;
	if (to && pt_bench_scale("a mean", value, unit.factor, to, &why))
		return pt_lines_fail(&c->lines, number, PT_ERANGE, "%s", why.msg);
	return 0;
}

static int take_values(struct catch2 *c, char *rest)
{
	int wanted = c->analysed ? ANALYSED : MEAN_ONLY, code = 0;
	double counted;
	char *word;

	while (!code && (word = pt_lines_word(&rest))) {
		if (c->words >= wanted)
			code = pt_lines_fail(&c->lines, word, PT_ESYNTAX,
					     "\"%s\" is too much, expected the end of the row",
					     word);
		else if (c->words >= 2)
			code = take_pair(c, word, &rest);
		else if (pt_lines_number(word, &counted) == 0)
			c->words++;
		else if (c->words == 0) /* not a row: the table is over */
			return c->place = ELSEWHERE, 0;
		else
			code = pt_lines_fail(&c->lines, word, PT_ESYNTAX,
					     "\"%s\", expected the number of iterations", word);
	}
	return code;
}

static void take_name(struct catch2 *c, const char *part)
{
	if (*part)
		pt_str_addf(&c->name, "%s%s", c->name.len ? " " : "", part);
}

/* A line of a table: the name's column and the others. */
static int table_line(struct catch2 *c)
{
	static const char failed[] = "Benchmark failed";
	int wanted = c->analysed ? ANALYSED : MEAN_ONLY, code = 0;
	char *s = c->lines.s, *values = s + PT_MIN(c->names_width, strlen(s)), *name;

	if (!s[strspn(s, " \t")])
		return end_benchmark(c);
	pt_str_clear(&c->part);
	pt_str_addn(&c->part, s, (size_t)(values - s));
	name = pt_lines_trim(c->part.s);
	if (strncmp(values, failed, strlen(failed)) == 0) {
		take_name(c, name);
		pt_bench_set_note(c->lines.set, "%s%s failed", pt_str_text(&c->scope),
				  pt_str_text(&c->name));
		begin_benchmark(c);
		return 0;
	}
	if (c->words == wanted && (!c->analysed || values[strspn(values, " \t")]))
		code = end_benchmark(c);
	if (!code) {
		take_name(c, name);
		code = take_values(c, values);
	}
	return code;
}

/* Test case, then its sections, each a line. */
static void scope_line(struct catch2 *c)
{
	const char *part = pt_lines_trim(c->lines.s);

	if (*part && c->scope.len + strlen(part) < SCOPE_MAX)
		pt_str_addf(&c->scope, "%s/", part);
}

static int rule_line(struct catch2 *c)
{
	int code = 0;

	switch (c->place) {
	case IN_HEADER:
		c->place = IN_TABLE;
		begin_benchmark(c);
		break;
	case IN_SCOPE: c->place = ELSEWHERE; break;
	case IN_TABLE: code = end_benchmark(c); /* fall through */
	case ELSEWHERE:
		c->place = IN_SCOPE;
		pt_str_clear(&c->scope);
		break;
	}
	return code;
}

static int line(struct catch2 *c)
{
	char *s = c->lines.s, *samples = header(s);
	int code = 0;

	if (samples) {
		if (c->place == IN_TABLE)
			code = end_benchmark(c);
		c->place = IN_HEADER;
		c->names_width = (size_t)(samples - s);
		c->analysed = strstr(samples, " mean") == NULL;
	} else if (is_rule(s, '-')) {
		code = rule_line(c);
	} else if (c->place == IN_SCOPE) {
		scope_line(c);
	} else if (c->place == IN_TABLE) {
		if (is_rule(s, '=') || is_rule(s, '.')) {
			code = end_benchmark(c);
			c->place = ELSEWHERE;
		} else {
			code = table_line(c);
		}
	}
	return code;
}

static int parse(const struct pt_bench_input *in, struct pt_bench_set *set, struct pt_err *err)
{
	struct catch2 c = {0};
	int code = 0;

	pt_lines_init(&c.lines, in, set, err);
	while (!code && pt_lines_next(&c.lines))
		code = line(&c);
	if (!code && c.place == IN_TABLE)
		code = end_benchmark(&c);
	if (!code && c.n == 0)
		code = pt_err_at(err, PT_ENODATA, in->name, 0, 0,
				 "no benchmark has a result, expected a table of Catch2's console");
	pt_str_release(&c.scope);
	pt_str_release(&c.name);
	pt_str_release(&c.part);
	pt_lines_release(&c.lines);
	return code;
}

static bool looks_like(char *line)
{
	return header(line) != NULL;
}

static int sniff(const struct pt_bench_input *in)
{
	return pt_lines_any(in, looks_like) ? PT_SNIFF_SURE : 0;
}

const struct pt_bench_parser pt_bench_parser_catch2 = {
	.name = "catch2",
	.title = "Catch2's console",
	.sniff = sniff,
	.parse = parse,
};
