/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * iai-callgrind, now gungraun, on a terminal: a name, `module::group::function id:arguments`, perhaps
 * on several lines and in colours, then an indented line a metric, `Instructions: 1734|1650 (+5.1%)
 * [+1.05x]`: new, old and what lies between, of which only the new one is of this run. Counts
 * are exact. Valgrind's other tools have sections of their own, and their metrics bear the tool's name.
 * Iai, which they come from, has the function alone as name and `Instructions: 1734 (+5.1%)`.
 */
#include "parse_lines.h"

#include <ctype.h>
#include <math.h>
#include <string.h>
#include <strings.h>

enum { NAME_LINES = 20 };

struct iai {
	struct pt_lines lines;
	struct pt_str name;
	int name_lines;	    /* that name is made of; 0: none */
	struct pt_str word; /* the line before, if it was a word alone: Iai's name */
	bool metrics;	    /* of name have come */
	bool comparison;    /* what follows compares with another benchmark: told there */
	char tool[20];	    /* "dhat "; "" of callgrind */
	struct pt_str metric;
	int n;
};

/* "module::group::function": two pairs of colons in the first word. */
static bool is_name(const char *s)
{
	size_t n = strcspn(s, " \t");
	const char *first = strstr(s, "::"), *second = first ? strstr(first + 2, "::") : NULL;

	return second && (size_t)(second - s) < n && second[2];
}

/* "  1734 (+5.1%)", "1734": Iai's value */
static bool is_lone_number(const char *s)
{
	size_t n;

	s += strspn(s, " \t");
	n = strspn(s, "0123456789");
	s += n + strspn(s + n, " \t");
	return n > 0 && (!*s || *s == '(');
}

/* "  Instructions:   1734|N/A": the colon; NULL: something else. */
static char *metric_colon(char *s)
{
	char *colon = strchr(s, ':');

	if ((*s != ' ' && *s != '\t') || !colon || colon[1] != ' ')
		return NULL;
	return strchr(colon, '|') || is_lone_number(colon + 1) ? colon : NULL;
}

/* "======= DHAT =======" */
static bool tool_line(struct iai *i, char *s)
{
	char *word;
	size_t n;

	if (strncmp(s, "===", 3) != 0)
		return false;
	pt_lines_word(&s);
	word = pt_lines_word(&s);
	i->tool[0] = '\0';
	if (!word || strcasecmp(word, "callgrind") == 0)
		return true;
	n = pt_strlcpy(i->tool, word, sizeof i->tool - 1);
	for (size_t k = 0; k < n; k++)
		i->tool[k] = (char)tolower((unsigned char)i->tool[k]);
	pt_strlcpy(i->tool + n, " ", sizeof i->tool - n);
	return true;
}

static bool ends_with(const char *s, const char *end)
{
	size_t n = strlen(s), m = strlen(end);

	return n >= m && strcasecmp(s + n - m, end) == 0;
}

static void describe(struct iai *i, const char *metric, struct pt_lines_value *v)
{
	bool rate = ends_with(metric, " rate");

	pt_str_clear(&i->metric);
	if (strcmp(metric, "Instructions") == 0)
		metric = "instructions";
	pt_str_addf(&i->metric, "%s%s", i->tool, metric);
	v->name = i->name.s;
	v->metric = i->metric.s;
	v->unit = (struct pt_bench_unit){.unit = PT_UNIT_COUNT, .factor = 1};
	if (rate)
		v->unit = (struct pt_bench_unit){.unit = PT_UNIT_RATIO, .factor = 0.01};
	else if (ends_with(metric, " bytes"))
		v->unit.unit = PT_UNIT_BYTES;
	if (ends_with(metric, "hit rate"))
		v->unit.better = PT_BETTER_HIGHER;
	v->exact = !ends_with(metric, "time"); /* of system calls: SysTime, SysCpuTime */
}

static int take_metric(struct iai *i, char *colon)
{
	struct pt_lines_value v = {.lo = NAN, .hi = NAN};
	char *value = colon + 1 + strspn(colon + 1, " \t");
	const char *metric;

	*colon = '\0';
	value[strcspn(value, "|(")] = '\0';
	value = pt_lines_trim(value);
	metric = pt_lines_trim(i->lines.s);
	/* Only the old run had it; or it names the two runs. */
	if (strcmp(value, "N/A") == 0 || strcmp(metric, "Baselines") == 0)
		return 0;
	describe(i, metric, &v);
	v.at = value;
	if (pt_lines_number(value, &v.value))
		return pt_lines_fail(&i->lines, value, PT_ESYNTAX,
				     "\"%s\", expected a number or N/A", value);
	i->metrics = true;
	i->n++;
	return pt_lines_add(&i->lines, &v);
}

static void begin_name(struct iai *i, const char *s)
{
	pt_str_clear(&i->name);
	pt_str_add(&i->name, s);
	i->name_lines = 1;
	i->metrics = i->comparison = false;
	i->tool[0] = '\0';
}

/* A name, its next line, or text that has nothing to do with results. */
static void text_line(struct iai *i, const char *s)
{
	pt_str_clear(&i->word);
	if (!is_name(s) && !strpbrk(s, " \t"))
		pt_str_add(&i->word, s);
	if (is_name(s)) {
		begin_name(i, s);
	} else if (!*s || i->metrics || i->name_lines >= NAME_LINES) {
		i->name_lines = 0;
	} else if (i->name_lines > 0) {
		pt_str_addf(&i->name, " %s", s);
		i->name_lines++;
	}
}

static int line(struct iai *i)
{
	char *s = i->lines.s, *bare = s + strspn(s, " \t"), *colon = metric_colon(s);

	if (colon && i->word.len && (i->metrics || i->name_lines == 0))
		begin_name(i, i->word.s);
	if (colon)
		pt_str_clear(&i->word);
	if (bare == s) {
		text_line(i, pt_lines_trim(s));
	} else if (i->name_lines > 0) {
		if (strncmp(bare, "Comparison with ", 16) == 0)
			i->comparison = true;
		else if (colon && !i->comparison)
			return take_metric(i, colon);
		else if (!colon && tool_line(i, bare))
			i->comparison = false;
	}
	return 0;
}

static int parse(const struct pt_bench_input *in, struct pt_bench_set *set, struct pt_err *err)
{
	struct iai i = {0};
	int code = 0;

	pt_lines_init(&i.lines, in, set, err);
	while (!code && pt_lines_next(&i.lines))
		code = line(&i);
	if (!code && i.n == 0)
		code = pt_err_at(err, PT_ENODATA, in->name, 0, 0,
				 "no benchmark has a metric, expected what iai-callgrind prints");
	pt_str_release(&i.name);
	pt_str_release(&i.word);
	pt_str_release(&i.metric);
	pt_lines_release(&i.lines);
	return code;
}

static bool looks_like(char *line)
{
	static const char *const metrics[] = {"Instructions", "Total bytes",  "Errors",
					      "Dr",	      "I1 Miss Rate", "Contexts"};
	char *colon = metric_colon(line);
	size_t n = colon && strchr(colon, '|') ? sizeof metrics / sizeof *metrics : 1;

	if (!colon)
		return false;
	*colon = '\0';
	line = pt_lines_trim(line);
	for (size_t i = 0; i < n; i++)
		if (strcmp(line, metrics[i]) == 0)
			return true;
	return false;
}

static int sniff(const struct pt_bench_input *in)
{
	return !in->json && pt_lines_any(in, looks_like) ? PT_SNIFF_SURE : 0;
}

const struct pt_bench_parser pt_bench_parser_iai_callgrind = {
	.name = "iai_callgrind",
	.title = "Iai, iai-callgrind or gungraun on a terminal",
	.sniff = sniff,
	.parse = parse,
};
