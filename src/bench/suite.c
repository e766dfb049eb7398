/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * benchmarks.json, read strictly: what is misspelt would be a limit that nobody holds, so an unknown
 * key is an error. One wrong value makes the whole file wrong.
 */
#include "perftop/bench/suite.h"

#include "suite_fields.h"

#include "perftop/base/clock.h"
#include "perftop/base/fs.h"
#include "perftop/base/mem.h"

#include <fnmatch.h>
#include <math.h>
#include <stddef.h>
#include <string.h>

enum { FILE_MAX = 4 << 20, SUITES_MAX = 1000, RULES_MAX = 10000 };

#define AT(type, member) .at = offsetof(struct type, member)

static int read_isolation(struct reader *r, const struct field *f, const pt_jval *v, void *out)
{
	static const struct field fields[] = {
		{"cpus", field_cpus, AT(pt_isolation, cpus)},
		{"nice", field_int, AT(pt_isolation, nice), .lo = -20, .hi = 19},
		{"aslr", field_not, AT(pt_isolation, no_aslr)},
		{"memory", field_bytes, AT(pt_isolation, memory_bytes), .lo = 1 << 20, .hi = 1e15},
		{"cpu_time", field_time, AT(pt_isolation, cpu_time_ns), .lo = 1, .hi = 1e6},
	};

	return field_object(r, v, f->key, fields, PT_LEN(fields), out);
}

static int read_renames(struct reader *r, const struct field *f, const pt_jval *v, void *out)
{
	struct pt_suite *suite = out;

	if (pt_json_type(v) != PT_JOBJECT)
		return pt_json_fail(r->doc, v, r->err, PT_EINVAL,
				    "%s is %s, expected an object of \"new name\": \"old name\"",
				    f->key, pt_json_type_name(pt_json_type(v)));
	suite->renamed = pt_calloc(pt_json_len(v) + 1, sizeof *suite->renamed);
	for (const pt_jval *m = pt_json_first(v); m; m = pt_json_next(m)) {
		if (pt_json_type(m) != PT_JSTRING)
			return pt_json_fail(r->doc, m, r->err, PT_EINVAL,
					    "%s.%s is %s, expected the old name", f->key,
					    pt_json_key(m), pt_json_type_name(pt_json_type(m)));
		suite->renamed[suite->n_renamed].now = pt_strdup(pt_json_key(m));
		suite->renamed[suite->n_renamed++].before = pt_strdup(pt_json_str(m, ""));
	}
	return 0;
}

static int read_suite(struct reader *r, const pt_jval *v, struct pt_suite *suite)
{
	static const struct field fields[] = {
		{"name", field_name, AT(pt_suite, name), .required = true},
		{"command", field_argv, AT(pt_suite, command), .required = true},
		{"build", field_argv, AT(pt_suite, build)},
		{"folder", field_folder, AT(pt_suite, folder)},
		{"env", field_env, AT(pt_suite, env)},
		{"timeout", field_time, AT(pt_suite, timeout_ns), .lo = 0.01, .hi = 1e6},
		{"build_timeout", field_time, AT(pt_suite, build_timeout_ns), .lo = 0.01,
		 .hi = 1e6},
		{"parser", field_parser, AT(pt_suite, parser)},
		{"results", field_folder, AT(pt_suite, results)},
		{"tags", field_tags, AT(pt_suite, tags)},
		{"repeats", field_int, AT(pt_suite, repeats), .lo = 1, .hi = 10000},
		{"warmup", field_int, AT(pt_suite, warmup), .lo = 0, .hi = 1000},
		{"owner", field_text, AT(pt_suite, owner)},
		{"isolation", read_isolation, AT(pt_suite, isolation)},
		{"renamed_from", read_renames, 0},
	};
	int code;

	*suite = (struct pt_suite){.timeout_ns = 600 * PT_S,
				   .build_timeout_ns = 1800 * PT_S,
				   .repeats = 10,
				   .line = field_line(r, v)};
	code = field_object(r, v, "a suite", fields, PT_LEN(fields), suite);
	if (!code && !suite->folder)
		suite->folder = pt_strdup(".");
	return code;
}

static int read_suites(struct reader *r, const struct field *f, const pt_jval *v, void *out)
{
	struct pt_suites *all = out;

	if (pt_json_type(v) != PT_JARRAY)
		return pt_json_fail(r->doc, v, r->err, PT_EINVAL,
				    "%s is %s, expected an array of objects", f->key,
				    pt_json_type_name(pt_json_type(v)));
	if (pt_json_len(v) > SUITES_MAX)
		return pt_json_fail(r->doc, v, r->err, PT_ELIMIT, "more than %d suites",
				    SUITES_MAX);
	all->suites = pt_calloc(pt_json_len(v) + 1, sizeof *all->suites);
	for (const pt_jval *m = pt_json_first(v); m; m = pt_json_next(m)) {
		struct pt_suite *suite = &all->suites[all->n];
		int code = read_suite(r, m, suite);
		const struct pt_suite *twin = suite->name ? pt_suites_find(all, suite->name) : NULL;

		all->n++;
		if (code)
			return code;
		if (twin)
			return pt_json_fail(r->doc, m, r->err, PT_EINVAL,
					    "suite '%s' is there twice, first in line %d",
					    suite->name, twin->line);
	}
	return 0;
}

static struct pt_gate_rule *add_rule(struct pt_suites *all, int line)
{
	struct pt_gate_rule *rule = &all->rules[all->n_rules++];

	*rule = (struct pt_gate_rule){.block = NAN, .warn = NAN, .floor = NAN, .line = line};
	return rule;
}

#define LIMITS                                                                    \
	{"block", field_share, AT(pt_gate_rule, block), .lo = 0, .hi = 10},       \
		{"warn", field_share, AT(pt_gate_rule, warn), .lo = 0, .hi = 10}, \
		{"floor", field_amount, AT(pt_gate_rule, floor)},                 \
	{                                                                         \
		"budget", field_budget, AT(pt_gate_rule, budget)                  \
	}

static int check_limits(struct reader *r, const pt_jval *v, const struct pt_gate_rule *rule)
{
	if (rule->warn > rule->block)
		return pt_json_fail(r->doc, v, r->err, PT_EINVAL,
				    "warn is %g %% and beyond block, which is %g %%",
				    rule->warn * 100, rule->block * 100);
	return 0;
}

static int read_rule(struct reader *r, const pt_jval *v, struct pt_gate_rule *rule)
{
	static const struct field fields[] = {
		{"suite", field_text, AT(pt_gate_rule, suite)},
		{"bench", field_text, AT(pt_gate_rule, bench)},
		{"metric", field_text, AT(pt_gate_rule, metric)},
		{"tag", field_text, AT(pt_gate_rule, tag)},
		LIMITS,
	};
	int code = field_object(r, v, "a rule", fields, PT_LEN(fields), rule);

	return code ? code : check_limits(r, v, rule);
}

/* "rules" within "gate": rules[0] is the gate's own. */
static int read_rules(struct reader *r, const struct field *f, const pt_jval *v,
		      struct pt_suites *all)
{
	(void)f;
	for (const pt_jval *m = pt_json_first(v); m; m = pt_json_next(m)) {
		int code = read_rule(r, m, add_rule(all, field_line(r, m)));
		if (code)
			return code;
	}
	return 0;
}

static int read_gate(struct reader *r, const struct field *f, const pt_jval *v, void *out)
{
	static const struct field fields[] = {LIMITS, {"rules", field_skip, 0}};
	const pt_jval *rules = pt_json_get(v, "rules");
	struct pt_suites *all = out;
	int code;

	if (rules && (pt_json_type(rules) != PT_JARRAY || pt_json_len(rules) > RULES_MAX))
		return pt_json_fail(r->doc, rules, r->err, PT_EINVAL,
				    "rules is %s, expected an array of at most %d objects",
				    pt_json_type_name(pt_json_type(rules)), RULES_MAX);
	all->rules = pt_calloc(1 + (rules ? pt_json_len(rules) : 0), sizeof *all->rules);
	code = field_object(r, v, f->key, fields, PT_LEN(fields), add_rule(all, field_line(r, v)));
	if (!code)
		code = check_limits(r, v, &all->rules[0]);
	return code || !rules ? code : read_rules(r, f, rules, all);
}

static int read_file(struct reader *r, struct pt_suites *all)
{
	static const struct field fields[] = {
		{"$schema", field_skip, 0},
		{"machine_class", field_name, AT(pt_suites, machine_class)},
		{"gate", read_gate, 0},
		{"suites", read_suites, 0, .required = true},
	};

	return field_object(r, pt_json_root(r->doc), "the file", fields, PT_LEN(fields), all);
}

int pt_suites_parse(const char *name, const char *text, size_t len, struct pt_suites *ret,
		    struct pt_err *err)
{
	const struct pt_json_limits limits = {.max_bytes = FILE_MAX};
	struct pt_suites all = {0};
	struct pt_json *doc = NULL;
	int code = pt_json_parse(name, text, len, &limits, &doc, err);

	if (code)
		return code;
	code = read_file(&(struct reader){doc, err}, &all);
	pt_json_free(doc);
	if (code) {
		pt_suites_release(&all);
		return code;
	}
	all.path = pt_strdup(name);
	*ret = all;
	return 0;
}

int pt_suites_load(const char *path, struct pt_suites *ret, struct pt_err *err)
{
	char *text;
	size_t len;
	int code = pt_fs_read(path, FILE_MAX, &text, &len, err);

	if (code == -PT_ENOENT)
		return pt_err_set(err, PT_ENOENT, "no %s; `perftop bench init` makes one", path);
	if (code)
		return code;
	code = pt_suites_parse(path, text, len, ret, err);
	free(text);
	return code;
}

static void release_suite(struct pt_suite *s)
{
	free(s->name);
	strings_free(s->build);
	strings_free(s->command);
	free(s->folder);
	strings_free(s->env);
	free(s->parser);
	free(s->results);
	strings_free(s->tags);
	free(s->owner);
	free(s->isolation.cpus);
	for (size_t i = 0; i < s->n_renamed; i++) {
		free(s->renamed[i].now);
		free(s->renamed[i].before);
	}
	free(s->renamed);
}

void pt_suites_release(struct pt_suites *suites)
{
	for (size_t i = 0; i < suites->n; i++)
		release_suite(&suites->suites[i]);
	for (size_t i = 0; i < suites->n_rules; i++) {
		struct pt_gate_rule *rule = &suites->rules[i];

		free(rule->suite);
		free(rule->bench);
		free(rule->metric);
		free(rule->tag);
		free(rule->budget);
	}
	free(suites->suites);
	free(suites->rules);
	free(suites->machine_class);
	free(suites->path);
	*suites = (struct pt_suites){0};
}

const struct pt_suite *pt_suites_find(const struct pt_suites *suites, const char *name)
{
	for (size_t i = 0; i < suites->n; i++)
		if (suites->suites[i].name && strcmp(suites->suites[i].name, name) == 0)
			return &suites->suites[i];
	return NULL;
}

static bool is_chosen(const struct pt_suite *suite, const char *word)
{
	if (fnmatch(word, suite->name, 0) == 0)
		return true;
	for (char **tag = suite->tags; tag && *tag; tag++)
		if (strcmp(*tag, word) == 0)
			return true;
	return false;
}

static int fail_choice(const struct pt_suites *suites, const char *word, struct pt_err *err)
{
	struct pt_str names = PT_STR_INIT;
	int code;

	for (size_t i = 0; i < suites->n; i++)
		pt_str_addf(&names, "%s%s", i ? ", " : "", suites->suites[i].name);
	code = pt_err_set(err, PT_ENOENT, "no suite or tag '%s'; there %s %s", word,
			  suites->n == 1 ? "is" : "are",
			  suites->n ? pt_str_text(&names) : "none at all");
	pt_str_release(&names);
	return code;
}

int pt_suites_select(const struct pt_suites *suites, const char *const *words, size_t n_words,
		     bool *chosen, struct pt_err *err)
{
	for (size_t i = 0; i < suites->n; i++)
		chosen[i] = n_words == 0;
	for (size_t w = 0; w < n_words; w++) {
		bool any = false;

		for (size_t i = 0; i < suites->n; i++)
			if (is_chosen(&suites->suites[i], words[w]))
				any = chosen[i] = true;
		if (!any)
			return fail_choice(suites, words[w], err);
	}
	return 0;
}
