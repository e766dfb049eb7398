/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the parsers have in common: units as benchmark tools write them, values that can be, and
 * the members of a JSON document with errors that name their place.
 */
#include "parse_util.h"

#include "perftop/base/mem.h"
#include "perftop/base/str.h"
#include "perftop/base/text.h"

#include <ctype.h>
#include <math.h>
#include <string.h>

const struct pt_json_limits pt_bench_json_limits = {
	.max_bytes = PT_BENCH_MAX_BYTES,
	.max_values = (size_t)8 << 20,
	.foreign = true,
};

/* What an operation is called, singular or plural; before a slash it counts, behind it, it drops. */
static bool is_operation(const char *word)
{
	static const char *const words[] = {"op",      "iter",	"iteration", "call", "loop",
					    "run",     "elem",	"element",   "item", "req",
					    "request", "event", "query",     "tx",   "row"};
	size_t len = strlen(word);

	if (len > 1 && word[len - 1] == 's')
		len--;
	for (size_t i = 0; i < PT_LEN(words); i++)
		if (len == strlen(words[i]) && !strncmp(word, words[i], len))
			return true;
	return false;
}

/* "ops", "Kops", "M items": how many. */
static int parse_operations(const char *word, double *ret_factor)
{
	static const char prefixes[] = "kKMG";
	static const double factors[] = {1e3, 1e3, 1e6, 1e9};
	const char *prefix = *word ? strchr(prefixes, *word) : NULL;

	if (is_operation(word)) {
		*ret_factor = 1;
		return 0;
	}
	if (!prefix)
		return -PT_ENOENT;
	word++;
	while (*word == ' ')
		word++;
	*ret_factor = factors[prefix - prefixes];
	return is_operation(word) ? 0 : -PT_ENOENT;
}

static const char *metric_of(enum pt_unit unit)
{
	switch (unit) {
	case PT_UNIT_NS: return "time";
	case PT_UNIT_BYTES: return "memory";
	case PT_UNIT_PER_SECOND:
	case PT_UNIT_BYTES_PER_SECOND: return "throughput";
	default: return NULL;
	}
}

/* before / so much time: bytes, or how many of anything ("tokens"). */
static int parse_rate(const char *before, double ns, struct pt_bench_unit *ret)
{
	enum pt_unit unit = PT_UNIT_COUNT;
	double factor = 1;

	if (parse_operations(before, &factor) && !pt_unit_parse(before, &unit, &factor) &&
	    unit != PT_UNIT_BYTES && unit != PT_UNIT_COUNT)
		return -PT_ENOENT;
	ret->unit = unit == PT_UNIT_BYTES ? PT_UNIT_BYTES_PER_SECOND : PT_UNIT_PER_SECOND;
	ret->factor = factor * 1e9 / ns;
	return *before ? 0 : -PT_ENOENT;
}

static int parse_fraction(const char *before, const char *behind, struct pt_bench_unit *ret)
{
	enum pt_unit time;
	double ns;

	if (!pt_unit_parse(behind, &time, &ns) && time == PT_UNIT_NS)
		return parse_rate(before, ns, ret);
	if (!is_operation(behind))
		return -PT_ENOENT;
	if (!pt_unit_parse(before, &ret->unit, &ret->factor))
		return 0;
	ret->unit = PT_UNIT_COUNT;
	ret->factor = 1;
	if (strcmp(before, "allocs") != 0)
		return -PT_ENOENT;
	ret->metric = "allocs";
	return 0;
}

/* "Percent", "Seconds": long names in any case; of short ones the case tells them apart. */
static int parse_name(const char *text, struct pt_bench_unit *ret)
{
	char lower[24];
	size_t n = pt_strlcpy(lower, text, sizeof lower);

	if (!pt_unit_parse(text, &ret->unit, &ret->factor))
		return 0;
	for (size_t i = 0; i < n; i++)
		lower[i] = (char)tolower((unsigned char)lower[i]);
	return n < 5 ? -PT_ENOENT : pt_unit_parse(lower, &ret->unit, &ret->factor);
}

int pt_bench_unit_parse(const char *text, struct pt_bench_unit *ret)
{
	struct pt_bench_unit found = {.factor = 1};
	const char *slash = strchr(text, '/');
	char before[32];
	int code;

	if (!parse_name(text, &found)) {
		code = 0;
	} else if (slash && (size_t)(slash - text) < sizeof before) {
		pt_strlcpy(before, text, (size_t)(slash - text) + 1);
		code = parse_fraction(before, slash + 1, &found);
	} else {
		code = parse_operations(text, &found.factor);
	}
	if (code)
		return code;
	if (found.unit == PT_UNIT_PER_SECOND || found.unit == PT_UNIT_BYTES_PER_SECOND)
		found.better = PT_BETTER_HIGHER;
	if (!found.metric)
		found.metric = metric_of(found.unit);
	*ret = found;
	return 0;
}

int pt_bench_put(struct pt_bench_set *set, const char *name, const char *metric, const char *saved,
		 enum pt_unit unit, enum pt_better better, struct pt_bench **ret,
		 struct pt_err *err)
{
	struct pt_bench *bench;
	char shown[100];

	if (!*name || !*metric)
		return pt_err_set(err, PT_ESYNTAX, "a benchmark without a name");
	if (set->n >= PT_BENCH_MAX)
		return pt_err_set(err, PT_ELIMIT, "too many benchmarks, expected at most %d",
				  PT_BENCH_MAX);
	bench = pt_bench_set_get(set, name, metric, saved);
	if (!bench->n_runs) {
		bench->unit = unit;
		bench->better = better;
	} else if (bench->unit != unit || bench->better != better) {
		pt_text_safe(shown, sizeof shown, name, strlen(name), false);
		return pt_err_set(err, PT_EINVAL, "%s: %s in %s (%s is better) after %s", shown,
				  metric, pt_unit_name(unit),
				  better == PT_BETTER_HIGHER ? "higher" : "lower",
				  pt_unit_name(bench->unit));
	}
	*ret = bench;
	return 0;
}

int pt_bench_scale(const char *what, double value, double factor, double *ret, struct pt_err *err)
{
	double scaled = value * factor;

	if (isnan(value))
		return pt_err_set(err, PT_ERANGE, "%s is not a number", what);
	if (value < 0)
		return pt_err_set(err, PT_ERANGE, "%s is negative (%g), expected 0 or more", what,
				  value);
	if (!isfinite(scaled))
		return pt_err_set(err, PT_ERANGE, "%s is too large (%g)", what, value);
	*ret = scaled;
	return 0;
}

static int visible(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

static int by_name(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

int pt_bench_scandir(const char *path, struct dirent ***ret)
{
	return scandir(path, ret, visible, by_name);
}

int pt_bench_json_at(const struct pt_json *doc, const pt_jval *v, int code, struct pt_err *err)
{
	char msg[sizeof err->msg];

	if (!err || !code)
		return code;
	pt_strlcpy(msg, err->msg, sizeof msg);
	return pt_json_fail(doc, v, err, (enum pt_error)(-code), "%s", msg);
}

int pt_bench_json_root(const struct pt_bench_input *in, enum pt_jtype type, const pt_jval **ret,
		       struct pt_err *err)
{
	struct pt_json *doc;
	int code;

	if (!in->json) { /* read again, for the reason */
		code = pt_json_parse(in->name, in->text, in->len, &pt_bench_json_limits, &doc, err);
		if (code)
			return code;
		pt_json_free(doc);
		return pt_err_at(err, PT_ESYNTAX, in->name, 1, 1, "expected %s",
				 pt_json_type_name(type));
	}
	if (pt_json_type(pt_json_root(in->json)) != type)
		return pt_json_fail(in->json, pt_json_root(in->json), err, PT_ESYNTAX,
				    "%s, expected %s",
				    pt_json_type_name(pt_json_type(pt_json_root(in->json))),
				    pt_json_type_name(type));
	*ret = pt_json_root(in->json);
	return 0;
}

int pt_bench_json_get(const struct pt_json *doc, const pt_jval *object, const char *key,
		      enum pt_jtype type, const pt_jval **ret, struct pt_err *err)
{
	const pt_jval *v = pt_json_get(object, key);

	if (!v)
		return pt_json_fail(doc, object, err, PT_ESYNTAX, "%s is missing, expected %s", key,
				    pt_json_type_name(type));
	if (pt_json_type(v) != type)
		return pt_json_fail(doc, v, err, PT_ESYNTAX, "%s is %s, expected %s", key,
				    pt_json_type_name(pt_json_type(v)), pt_json_type_name(type));
	*ret = v;
	return 0;
}

int pt_bench_json_num(const struct pt_json *doc, const pt_jval *v, const char *what, double factor,
		      double *ret, struct pt_err *err)
{
	int code;

	if (!v || pt_json_type(v) != PT_JNUMBER)
		return pt_json_fail(doc, v, err, PT_ESYNTAX, "%s is %s, expected a number", what,
				    v ? pt_json_type_name(pt_json_type(v)) : "missing");
	code = pt_bench_scale(what, pt_json_num(v, NAN), factor, ret, err);
	return code ? pt_bench_json_at(doc, v, code, err) : 0;
}

/* What tools write where they have no number. */
static bool is_no_number(const pt_jval *v)
{
	static const char *const words[] = {"", "NaN", "N/A", "+INF", "-INF"};
	const char *s = pt_json_str(v, NULL);

	if (pt_json_type(v) == PT_JNULL)
		return true;
	for (size_t i = 0; s && i < PT_LEN(words); i++)
		if (!strcmp(s, words[i]))
			return true;
	return false;
}

int pt_bench_json_add(const struct pt_json *doc, const pt_jval *v, struct pt_bench_set *set,
		      const struct pt_bench_target *to, struct pt_err *err)
{
	struct pt_bench *bench;
	double value;
	int code;

	if (v && is_no_number(v)) {
		pt_bench_set_note(set, "%s: values of %s that are no numbers left out", to->name,
				  to->metric);
		return 0;
	}
	code = pt_bench_json_num(doc, v, to->metric, to->unit.factor, &value, err);
	if (code)
		return code;
	code = pt_bench_put(set, to->name, to->metric, to->saved, to->unit.unit, to->unit.better,
			    &bench, err);
	if (code)
		return pt_bench_json_at(doc, v, code, err);
	bench->exact = to->exact;
	bench->estimate = to->estimate;
	pt_bench_add_sample(bench, to->run == PT_RUN_NEW ? bench->n_runs : to->run, value);
	return 0;
}

void pt_bench_json_params(const pt_jval *params, struct pt_str *name)
{
	const pt_jval *p = pt_json_first(params);
	const char *before = " (";

	if (!p || pt_json_type(params) != PT_JOBJECT)
		return;
	for (; p; p = pt_json_next(p)) {
		pt_str_addf(name, "%s%s=", before, pt_json_key(p));
		before = ", ";
		if (pt_json_type(p) == PT_JNUMBER)
			pt_str_addf(name, "%.15g", pt_json_num(p, 0));
		else if (pt_json_type(p) == PT_JBOOL)
			pt_str_add(name, pt_json_bool(p, false) ? "true" : "false");
		else
			pt_str_add(name, pt_json_str(p, "?"));
	}
	pt_str_addc(name, ')');
}
