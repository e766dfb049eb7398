/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Values of benchmarks.json. Times, sizes and shares may be plain numbers (seconds, bytes, ratios)
 * or text with a unit ("10 min", "2 GiB", "5 %"): who writes the file should not have to compute.
 */
#include "suite_fields.h"

#include "perftop/base/child.h"
#include "perftop/base/clock.h"
#include "perftop/base/mem.h"
#include "perftop/base/text.h"
#include "perftop/bench/parser.h"

#include <ctype.h>
#include <math.h>
#include <string.h>

enum { LIST_MAX = 1000, TEXT_MAX = 65536 };

static int fail_type(struct reader *r, const char *key, const pt_jval *v, const char *expected)
{
	return pt_json_fail(r->doc, v, r->err, PT_EINVAL, "%s is %s, expected %s", key,
			    pt_json_type_name(pt_json_type(v)), expected);
}

int field_line(const struct reader *r, const pt_jval *v)
{
	struct pt_err at = {0};

	pt_json_fail(r->doc, v, &at, PT_EINVAL, "%s", "");
	return at.line;
}

static const struct field *find_field(const struct field *fields, size_t n, const char *key)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(fields[i].key, key) == 0)
			return &fields[i];
	return NULL;
}

static int fail_unknown(struct reader *r, const pt_jval *v, const char *what,
			const struct field *fields, size_t n)
{
	const char *key = pt_json_key(v), *near = NULL;
	struct pt_str all = PT_STR_INIT;
	size_t best = PT_TEXT_NEAR;
	int code;

	for (size_t i = 0; i < n; i++) {
		size_t d = pt_text_distance(key, fields[i].key);
		if (d < best) {
			best = d;
			near = fields[i].key;
		}
		pt_str_addf(&all, "%s%s", i ? ", " : "", fields[i].key);
	}
	if (near)
		code = pt_json_fail(r->doc, v, r->err, PT_EINVAL,
				    "unknown key '%s' in %s; did you mean '%s'?", key, what, near);
	else
		code = pt_json_fail(r->doc, v, r->err, PT_EINVAL,
				    "unknown key '%s' in %s, expected one of %s", key, what,
				    pt_str_text(&all));
	pt_str_release(&all);
	return code;
}

int field_object(struct reader *r, const pt_jval *v, const char *what, const struct field *fields,
		 size_t n, void *obj)
{
	if (pt_json_type(v) != PT_JOBJECT)
		return fail_type(r, what, v, "an object");
	for (const pt_jval *m = pt_json_first(v); m; m = pt_json_next(m)) {
		const struct field *f = find_field(fields, n, pt_json_key(m));
		int code = f ? f->read(r, f, m, (char *)obj + f->at)
			     : fail_unknown(r, m, what, fields, n);
		if (code)
			return code;
	}
	for (size_t i = 0; i < n; i++)
		if (fields[i].required && !pt_json_get(v, fields[i].key))
			return pt_json_fail(r->doc, v, r->err, PT_EINVAL, "%s has no %s", what,
					    fields[i].key);
	return 0;
}

int field_skip(struct reader *r, const struct field *f, const pt_jval *v, void *out)
{
	(void)r;
	(void)f;
	(void)v;
	(void)out;
	return 0;
}

/* ---- text ---- */

int field_text(struct reader *r, const struct field *f, const pt_jval *v, void *out)
{
	const char *s = pt_json_str(v, NULL);

	if (!s || !s[0])
		return s ? pt_json_fail(r->doc, v, r->err, PT_EINVAL, "%s is empty", f->key)
			 : fail_type(r, f->key, v, "a string");
	if (strlen(s) > TEXT_MAX)
		return pt_json_fail(r->doc, v, r->err, PT_ELIMIT, "%s is longer than %d bytes",
				    f->key, TEXT_MAX);
	*(char **)out = pt_strdup(s);
	return 0;
}

/* It names a folder below baselines and files of history. */
int field_name(struct reader *r, const struct field *f, const pt_jval *v, void *out)
{
	static const char allowed[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				      "0123456789._-";
	const char *s = pt_json_str(v, "");

	if (pt_json_type(v) == PT_JSTRING &&
	    (!s[0] || s[strspn(s, allowed)] || s[0] == '.' || s[0] == '-' || strlen(s) > 100))
		return pt_json_fail(r->doc, v, r->err, PT_EINVAL,
				    "%s '%s' cannot be, expected up to 100 letters, digits and "
				    "._- with a letter or digit first",
				    f->key, s);
	return field_text(r, f, v, out);
}

/* Below the project: the file is written by whoever writes the repository. */
int field_folder(struct reader *r, const struct field *f, const pt_jval *v, void *out)
{
	const char *s = pt_json_str(v, "");

	if (s[0] == '/')
		return pt_json_fail(r->doc, v, r->err, PT_EINVAL,
				    "%s '%s' is absolute, expected a path below the project",
				    f->key, s);
	for (const char *p = s; *p; p += strcspn(p, "/"), p += *p == '/')
		if (strcspn(p, "/") == 2 && p[0] == '.' && p[1] == '.')
			return pt_json_fail(r->doc, v, r->err, PT_EINVAL,
					    "%s '%s' leads out of the project", f->key, s);
	return field_text(r, f, v, out);
}

int field_parser(struct reader *r, const struct field *f, const pt_jval *v, void *out)
{
	const char *name = pt_json_str(v, "");
	struct pt_str all = PT_STR_INIT;
	int code;

	if (pt_json_type(v) != PT_JSTRING || pt_bench_parser_find(name))
		return field_text(r, f, v, out);
	for (size_t i = 0; i < pt_n_bench_parsers; i++)
		pt_str_addf(&all, "%s%s", i ? ", " : "", pt_bench_parsers[i]->name);
	code = pt_json_fail(r->doc, v, r->err, PT_EINVAL,
			    "%s '%s' is not known, expected one of %s", f->key, name,
			    pt_str_text(&all));
	pt_str_release(&all);
	return code;
}

void strings_free(char **strings)
{
	for (size_t i = 0; strings && strings[i]; i++)
		free(strings[i]);
	free(strings);
}

static int read_strings(struct reader *r, const struct field *f, const pt_jval *v, const char *how,
			char ***out)
{
	size_t n = 0;
	char **all;

	if (pt_json_type(v) != PT_JARRAY)
		return fail_type(r, f->key, v, how);
	if (pt_json_len(v) > LIST_MAX)
		return pt_json_fail(r->doc, v, r->err, PT_ELIMIT, "%s has more than %d words",
				    f->key, LIST_MAX);
	all = pt_calloc(pt_json_len(v) + 1, sizeof *all);
	for (const pt_jval *w = pt_json_first(v); w; w = pt_json_next(w)) {
		if (pt_json_type(w) != PT_JSTRING) {
			strings_free(all);
			return pt_json_fail(r->doc, w, r->err, PT_EINVAL,
					    "a word of %s is %s, expected a string", f->key,
					    pt_json_type_name(pt_json_type(w)));
		}
		all[n++] = pt_strdup(pt_json_str(w, ""));
	}
	*out = all;
	return 0;
}

int field_argv(struct reader *r, const struct field *f, const pt_jval *v, void *out)
{
	const char *how = "an array of words such as [\"make\", \"bench\"]";
	int code = read_strings(r, f, v, how, out);
	char **argv = *(char ***)out;

	if (code)
		return code;
	if (!argv[0] || !argv[0][0])
		return pt_json_fail(r->doc, v, r->err, PT_EINVAL,
				    "%s names no program, expected %s", f->key, how);
	return 0;
}

int field_tags(struct reader *r, const struct field *f, const pt_jval *v, void *out)
{
	int code = read_strings(r, f, v, "an array of strings", out);

	for (char **tag = *(char ***)out; !code && *tag; tag++)
		if (!(*tag)[0] || strpbrk(*tag, " \t\n,*?["))
			return pt_json_fail(r->doc, v, r->err, PT_EINVAL,
					    "tag '%s' cannot be, expected a word", *tag);
	return code;
}

int field_env(struct reader *r, const struct field *f, const pt_jval *v, void *out)
{
	struct pt_str pair = PT_STR_INIT;
	size_t n = 0;
	char **env;

	if (pt_json_type(v) != PT_JOBJECT || pt_json_len(v) > LIST_MAX)
		return fail_type(r, f->key, v, "an object of \"NAME\": \"value\"");
	env = pt_calloc(pt_json_len(v) + 1, sizeof *env);
	for (const pt_jval *m = pt_json_first(v); m; m = pt_json_next(m)) {
		const char *name = pt_json_key(m);

		if (pt_json_type(m) != PT_JSTRING || !name[0] || strchr(name, '=')) {
			strings_free(env);
			return pt_json_fail(r->doc, m, r->err, PT_EINVAL,
					    "%s.%s is %s, expected \"NAME\": \"value\"", f->key,
					    name, pt_json_type_name(pt_json_type(m)));
		}
		pt_str_addf(&pair, "%s=%s", name, pt_json_str(m, ""));
		env[n++] = pt_str_detach(&pair);
	}
	*(char ***)out = env;
	return 0;
}

/* ---- numbers ---- */

int quantity_parse(const char *text, double *ret, enum pt_unit *ret_unit)
{
	double value, factor = 1;
	char *end;

	/* strtod knows more than we want: hexadecimal, inf, nan. */
	if (!isdigit((unsigned char)text[strspn(text, "+-.")]) || strpbrk(text, "xXpP") == text + 1)
		return -PT_ESYNTAX;
	value = strtod(text, &end);
	end += strspn(end, " ");
	*ret_unit = PT_UNIT_COUNT;
	if (!isfinite(value) || (*end && pt_unit_parse(end, ret_unit, &factor) < 0))
		return -PT_ESYNTAX;
	*ret = value * factor;
	return 0;
}

/* A plain number times factor, or text with this unit. */
static int read_quantity(struct reader *r, const struct field *f, const pt_jval *v,
			 enum pt_unit unit, double factor, const char *how, double *out)
{
	double d = pt_json_num(v, NAN) * factor;
	enum pt_unit got = unit;

	if (pt_json_type(v) == PT_JSTRING &&
	    (quantity_parse(pt_json_str(v, ""), &d, &got) < 0 || got != unit))
		return pt_json_fail(r->doc, v, r->err, PT_EINVAL, "%s '%s' is not %s", f->key,
				    pt_json_str(v, ""), how);
	if (isnan(d))
		return fail_type(r, f->key, v, how);
	if (d < f->lo * factor || d > f->hi * factor)
		return pt_json_fail(r->doc, v, r->err, PT_ERANGE, "%s is outside of %g .. %g",
				    f->key, f->lo, f->hi);
	*out = d;
	return 0;
}

int field_time(struct reader *r, const struct field *f, const pt_jval *v, void *out)
{
	double ns = 0;
	int code = read_quantity(r, f, v, PT_UNIT_NS, 1e9, "seconds or a time such as \"10 min\"",
				 &ns);

	if (!code)
		*(int64_t *)out = (int64_t)ns;
	return code;
}

int field_bytes(struct reader *r, const struct field *f, const pt_jval *v, void *out)
{
	double bytes = 0;
	int code = read_quantity(r, f, v, PT_UNIT_BYTES, 1, "bytes or a size such as \"2 GiB\"",
				 &bytes);

	if (!code)
		*(uint64_t *)out = (uint64_t)bytes;
	return code;
}

int field_share(struct reader *r, const struct field *f, const pt_jval *v, void *out)
{
	return read_quantity(r, f, v, PT_UNIT_RATIO, 1, "a ratio or a share such as \"5 %\"", out);
}

int field_int(struct reader *r, const struct field *f, const pt_jval *v, void *out)
{
	double d = pt_json_num(v, NAN);

	if (isnan(d) || d != floor(d) || d < f->lo || d > f->hi)
		return pt_json_fail(r->doc, v, r->err, PT_ERANGE,
				    "%s is no whole number within %g .. %g", f->key, f->lo, f->hi);
	*(int *)out = (int)d;
	return 0;
}

/* For "aslr": false, which is kept as what is to be done. */
int field_not(struct reader *r, const struct field *f, const pt_jval *v, void *out)
{
	if (pt_json_type(v) != PT_JBOOL)
		return fail_type(r, f->key, v, "true or false");
	*(bool *)out = !pt_json_bool(v, false);
	return 0;
}

int field_amount(struct reader *r, const struct field *f, const pt_jval *v, void *out)
{
	const char *how = "a number or an amount such as \"10 us\"";
	enum pt_unit unit;
	double d = pt_json_num(v, NAN);

	if (pt_json_type(v) == PT_JSTRING && quantity_parse(pt_json_str(v, ""), &d, &unit) < 0)
		return pt_json_fail(r->doc, v, r->err, PT_EINVAL, "%s '%s' is not %s", f->key,
				    pt_json_str(v, ""), how);
	if (isnan(d))
		return fail_type(r, f->key, v, how);
	if (d < 0)
		return pt_json_fail(r->doc, v, r->err, PT_ERANGE, "%s is below zero", f->key);
	*(double *)out = d;
	return 0;
}

int field_budget(struct reader *r, const struct field *f, const pt_jval *v, void *out)
{
	struct pt_budget budget;
	struct pt_err err = {0};

	if (pt_json_type(v) == PT_JSTRING && pt_budget_parse(pt_json_str(v, ""), &budget, &err) < 0)
		return pt_json_fail(r->doc, v, r->err, PT_EINVAL, "%s", err.msg);
	return field_text(r, f, v, out);
}

int field_cpus(struct reader *r, const struct field *f, const pt_jval *v, void *out)
{
	const char *s = pt_json_str(v, "");

	if (pt_json_type(v) == PT_JSTRING && pt_child_cpus_check(s) < 0)
		return pt_json_fail(r->doc, v, r->err, PT_EINVAL,
				    "%s '%s' is no list of CPUs, expected one such as \"2-3,6\" "
				    "or a mask such as \"0x4c\"",
				    f->key, s);
	return field_text(r, f, v, out);
}
