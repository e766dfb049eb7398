/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What Criterion.rs prints for people: `name  time: [1.2 us 1.3 us 1.4 us]`, lower bound, estimate
 * and upper bound of 95 %, the name on the line before where it is long. `thrpt:` below, for who told
 * a size, follows from the time. The folder target/criterion holds the samples themselves and is
 * better read.
 */
#include "parse_lines.h"

#include "perftop/base/mem.h"

#include <math.h>
#include <string.h>

/* " time: [" with three numbers behind: begin of the word; NULL: something else. */
static char *result_mark(char *s)
{
	static const char mark[] = " time: ";
	char *p = strstr(s, mark), *bracket = p ? strchr(p, '[') : NULL;

	if (!bracket || !strchr(bracket, ']') || strchr(bracket, '%'))
		return NULL;
	return p + strlen(mark) + strspn(p + strlen(mark), " ") == bracket ? p : NULL;
}

/* [low unit estimate unit high unit], each in a unit of its own. */
static int take(struct pt_lines *l, const char *name, char *rest)
{
	struct pt_lines_value v = {.name = name, .metric = "time", .estimate = true};
	double numbers[3];
	const char *word;
	struct pt_err why;

	rest = strchr(rest, '[') + 1;
	*strchr(rest, ']') = '\0';
	for (int i = 0; i < 3; i++) {
		word = pt_lines_word(&rest);
		if (!word || pt_lines_number(word, &numbers[i]))
			return pt_lines_fail(l, word ? word : rest, PT_ESYNTAX,
					     "expected three numbers with their units");
		v.at = word;
		word = pt_lines_word(&rest);
		if (!word || pt_bench_unit_parse(word, &v.unit))
			return pt_lines_fail(l, word ? word : rest, PT_ESYNTAX,
					     "%s has no unit, expected one such as us", v.at);
		if (pt_bench_scale("time", numbers[i], v.unit.factor, &numbers[i], &why))
			return pt_lines_fail(l, v.at, PT_ERANGE, "%s", why.msg);
	}
	v.unit.factor = 1;
	v.lo = numbers[0];
	v.value = numbers[1];
	v.hi = numbers[2];
	return pt_lines_add(l, &v);
}

static int parse(const struct pt_bench_input *in, struct pt_bench_set *set, struct pt_err *err)
{
	struct pt_lines l;
	struct pt_str name = PT_STR_INIT;
	char *mark, *own;
	int code = 0, n = 0;

	pt_lines_init(&l, in, set, err);
	while (!code && pt_lines_next(&l)) {
		mark = result_mark(l.s);
		if (mark)
			*mark = '\0';
		own = pt_lines_trim(l.s);
		if (*own || !mark) { /* else it is the line before */
			pt_str_clear(&name);
			pt_str_add(&name, own);
		}
		if (mark) {
			code = take(&l, name.s, mark + 1);
			n++;
		}
	}
	if (!code && n == 0)
		code = pt_err_at(err, PT_ENODATA, in->name, 0, 0,
				 "no benchmark has a result, expected lines of Criterion");
	pt_str_release(&name);
	pt_lines_release(&l);
	return code;
}

static bool looks_like(char *line)
{
	return result_mark(line) != NULL;
}

static int sniff(const struct pt_bench_input *in)
{
	return !in->json && pt_lines_any(in, looks_like) ? PT_SNIFF_SURE : 0;
}

const struct pt_bench_parser pt_bench_parser_criterion_text = {
	.name = "criterion_text",
	.title = "what Criterion.rs prints",
	.sniff = sniff,
	.parse = parse,
};
