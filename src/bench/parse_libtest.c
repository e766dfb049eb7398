/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Rust's own bench harness: `test NAME ... bench: 3,161 ns/iter (+/- 975) = 12 MB/s`, and the same
 * of Criterion's --output-format bencher, whose names may hold blanks. The number is a median, the
 * one behind +/- is max - min (a standard deviation in Criterion), so neither gives an interval.
 */
#include "parse_lines.h"

#include <math.h>
#include <string.h>

static const char mark[] = " ... bench:";

/* The end of a name and the begin of its numbers; NULL: not a result. */
static char *bench_mark(char *line)
{
	return strncmp(line, "test ", 5) == 0 ? strstr(line + 5, mark) : NULL;
}

/* "ns/iter"; what is not a time is counted: "cycles/iter". */
static void unit_of(char *word, struct pt_lines_value *v)
{
	if (pt_bench_unit_parse(word, &v->unit) == 0 && v->unit.metric) {
		v->metric = v->unit.metric;
		return;
	}
	word[strcspn(word, "/")] = '\0';
	v->metric = *word ? word : "time";
	v->unit = (struct pt_bench_unit){.unit = PT_UNIT_COUNT, .factor = 1};
}

/* "= 12 MB/s" behind the result. */
static int take_throughput(struct pt_lines *l, const char *name, char *rest)
{
	struct pt_lines_value v = {.name = name, .estimate = true, .lo = NAN, .hi = NAN};
	const char *word;

	while ((word = pt_lines_word(&rest)) && strcmp(word, "=") != 0)
		;
	word = word ? pt_lines_word(&rest) : NULL;
	if (!word)
		return 0;
	v.at = word;
	if (pt_lines_number(word, &v.value))
		return pt_lines_fail(l, word, PT_ESYNTAX, "\"%s\", expected a number", word);
	word = pt_lines_word(&rest);
	if (!word || pt_bench_unit_parse(word, &v.unit) != 0 || !v.unit.metric)
		return pt_lines_fail(l, v.at, PT_ESYNTAX, "%s has no unit, expected MB/s", v.at);
	v.metric = v.unit.metric;
	return pt_lines_add(l, &v);
}

static int take(struct pt_lines *l, char *end_of_name)
{
	struct pt_lines_value v = {.estimate = true, .lo = NAN, .hi = NAN};
	char *rest = end_of_name + strlen(mark), *word;
	int code;

	*end_of_name = '\0';
	v.name = pt_lines_trim(l->s + 5);
	v.at = word = pt_lines_word(&rest);
	if (!word)
		return pt_lines_fail(l, rest, PT_ESYNTAX, "nothing measured, expected ns/iter");
	if (pt_lines_number(word, &v.value))
		return pt_lines_fail(l, word, PT_ESYNTAX, "\"%s\", expected a number", word);
	word = pt_lines_word(&rest);
	if (!word)
		return pt_lines_fail(l, rest, PT_ESYNTAX, "%s has no unit, expected ns/iter", v.at);
	unit_of(word, &v);
	code = pt_lines_add(l, &v);
	return code ? code : take_throughput(l, v.name, rest);
}

static int parse(const struct pt_bench_input *in, struct pt_bench_set *set, struct pt_err *err)
{
	static const char failed[] = " ... FAILED";
	struct pt_lines l;
	char *p;
	int code = 0, n = 0;

	pt_lines_init(&l, in, set, err);
	while (!code && pt_lines_next(&l)) {
		if ((p = bench_mark(l.s))) {
			code = take(&l, p);
			n++;
		} else if (strncmp(l.s, "test ", 5) == 0 && (p = strstr(l.s, failed))) {
			*p = '\0';
			pt_bench_set_note(set, "%s failed", pt_lines_trim(l.s + 5));
		}
	}
	if (!code && n == 0)
		code = pt_err_at(err, PT_ENODATA, in->name, 0, 0,
				 "no benchmark has a result, expected lines of `cargo bench`");
	pt_lines_release(&l);
	return code;
}

static bool looks_like(char *line)
{
	return bench_mark(line) != NULL;
}

static int sniff(const struct pt_bench_input *in)
{
	return pt_lines_any(in, looks_like) ? PT_SNIFF_SURE : 0;
}

const struct pt_bench_parser pt_bench_parser_libtest = {
	.name = "libtest",
	.title = "cargo bench (libtest)",
	.sniff = sniff,
	.parse = parse,
};
