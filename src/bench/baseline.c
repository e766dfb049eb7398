/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Baselines: reading the file, and what is done with one in memory. Whoever opens such a file after a merge has
 * a JSON file with conflict marks in it, so these are looked for before anything is parsed.
 */
#include "perftop/bench/baseline.h"

#include "perftop/base/clock.h"
#include "perftop/base/fs.h"
#include "perftop/base/json.h"
#include "perftop/base/mem.h"
#include "perftop/bench/parser.h"

#include <math.h>
#include <string.h>

enum { FILE_MAX = 64 << 20 };

/* -- in memory ----------------------------------------------------------------------------------- */

void pt_baseline_init(struct pt_baseline *b)
{
	*b = (struct pt_baseline){0};
	pt_bench_set_init(&b->set);
}

static void entry_release(struct pt_baseline_entry *e)
{
	for (size_t i = 0; i < e->n_accepted; i++) {
		free(e->accepted[i].why);
		free(e->accepted[i].who);
	}
	free(e->accepted);
	free(e->recent);
	*e = (struct pt_baseline_entry){0};
}

void pt_baseline_release(struct pt_baseline *b)
{
	for (size_t i = 0; i < b->n; i++)
		entry_release(&b->entries[i]);
	free(b->entries);
	pt_map_release(&b->index);
	free(b->suite);
	free(b->name);
	pt_environment_release(&b->environment);
	pt_bench_set_release(&b->set);
	*b = (struct pt_baseline){0};
}

/* An entry for a benchmark of the set that has none yet: the last. */
static struct pt_baseline_entry *add_entry(struct pt_baseline *b, struct pt_bench *bench)
{
	struct pt_baseline_entry *e;

	b->entries = pt_reallocarray(b->entries, b->n + 1, sizeof *b->entries);
	e = &b->entries[b->n++];
	*e = (struct pt_baseline_entry){.bench = bench, .spread = NAN};
	pt_map_put_u64(&b->index, (uintptr_t)bench, (void *)(uintptr_t)b->n);
	return e;
}

void pt_baseline_take(struct pt_baseline *b, struct pt_bench_set *set)
{
	pt_bench_set_release(&b->set);
	b->set = *set;
	pt_bench_set_init(set);
	for (size_t i = 0; i < b->set.n; i++)
		add_entry(b, b->set.benches[i]);
}

struct pt_baseline_entry *pt_baseline_find(const struct pt_baseline *b, const char *name,
					   const char *metric)
{
	const struct pt_bench *bench = pt_bench_set_find(&b->set, name, metric, NULL);
	uintptr_t i = (uintptr_t)pt_map_get_u64(&b->index, (uintptr_t)bench);

	return bench && i ? &b->entries[i - 1] : NULL;
}

void pt_baseline_accept(struct pt_baseline_entry *e, const char *why, const char *who,
			const char *commit, int64_t at_ns, double ratio)
{
	struct pt_accept *a;

	if (e->n_accepted == PT_BASELINE_ACCEPTED) {
		free(e->accepted[0].why);
		free(e->accepted[0].who);
		memmove(e->accepted, e->accepted + 1, --e->n_accepted * sizeof *e->accepted);
	}
	e->accepted = pt_reallocarray(e->accepted, e->n_accepted + 1, sizeof *e->accepted);
	a = &e->accepted[e->n_accepted++];
	*a = (struct pt_accept){
		.why = pt_strdup(why), .who = pt_strdup(who), .at_ns = at_ns, .ratio = ratio};
	pt_strlcpy(a->commit, commit, sizeof a->commit);
}

/* Accepted changes seen from another level: what of them is left. One that the new level has more
 * than half of has been taken in. */
static void carry_accepted(struct pt_baseline_entry *e, const struct pt_baseline_entry *before)
{
	double moved = pt_bench_median(e->bench) / pt_bench_median(before->bench);

	for (size_t i = 0; i < before->n_accepted; i++) {
		const struct pt_accept *old = &before->accepted[i];
		struct pt_accept *a;
		pt_baseline_accept(e, old->why, old->who, old->commit, old->at_ns, old->ratio);
		a = &e->accepted[e->n_accepted - 1];
		a->taken_in = old->taken_in;
		if (old->taken_in || !(moved > 0) || !(old->ratio > 0))
			continue;
		if (log(moved) / log(old->ratio) > 0.5)
			a->taken_in = true;
		else
			a->ratio = old->ratio / moved;
	}
}

/* A fresh machine has no history of its own, so what others have learnt stays: this time's launches
 * are one more piece of it, unless the file is of this very commit. */
static void carry_noise(struct pt_baseline_entry *e, const struct pt_baseline_entry *old, bool same)
{
	double n = (double)e->spread_n, n_old = (double)old->spread_n;
	size_t keep = old->n_recent - (same && old->n_recent ? 1 : 0);

	if (old->spread_n > e->spread_n) {
		if (!same && e->spread_n)
			e->spread = sqrt(
				(n * e->spread * e->spread + n_old * old->spread * old->spread) /
				(n + n_old));
		else
			e->spread = old->spread;
		e->spread_n = old->spread_n + (same ? 0 : e->spread_n);
	}
	if (keep + 1 <= e->n_recent)
		return;
	e->recent = pt_reallocarray(e->recent, keep + 1, sizeof *e->recent);
	for (size_t i = 0; i < keep; i++)
		e->recent[i] = old->recent[i];
	e->recent[keep] = pt_bench_median(e->bench);
	e->n_recent = keep + 1;
}

static void carry_entry(struct pt_baseline *b, const struct pt_baseline *before,
			const struct pt_baseline_entry *old)
{
	struct pt_bench *bench =
		pt_bench_set_get(&b->set, old->bench->name, old->bench->metric, NULL);
	struct pt_baseline_entry *e = add_entry(b, bench);

	bench->unit = old->bench->unit;
	bench->better = old->bench->better;
	bench->exact = old->bench->exact;
	bench->estimate = old->bench->estimate;
	bench->lo = old->bench->lo;
	bench->hi = old->bench->hi;
	for (size_t i = 0; i < old->bench->n_runs; i++)
		for (size_t k = 0; k < old->bench->runs[i].n; k++)
			pt_bench_add_sample(bench, i, old->bench->runs[i].samples[k]);
	e->spread = old->spread;
	e->spread_n = old->spread_n;
	e->recent = pt_calloc(old->n_recent + 1, sizeof *e->recent);
	for (size_t i = 0; i < old->n_recent; i++)
		e->recent[e->n_recent++] = old->recent[i];
	pt_strlcpy(e->commit, old->commit[0] ? old->commit : before->commit.id, sizeof e->commit);
	e->saved_ns = old->saved_ns ? old->saved_ns : before->saved_ns;
	carry_accepted(e, old);
}

void pt_baseline_carry(struct pt_baseline *b, const struct pt_baseline *before, bool keep_others)
{
	for (size_t i = 0; i < before->n; i++) {
		const struct pt_baseline_entry *old = &before->entries[i];
		struct pt_baseline_entry *e =
			pt_baseline_find(b, old->bench->name, old->bench->metric);
		const char *commit = old->commit[0] ? old->commit : before->commit.id;
		if (e) {
			carry_accepted(e, old);
			carry_noise(e, old, strcmp(commit, b->commit.id) == 0);
		} else if (keep_others) {
			carry_entry(b, before, old);
		}
	}
}

void pt_baseline_drop(struct pt_baseline *b, size_t i)
{
	struct pt_baseline rest;

	/* A set forgets nothing, so the others move to a new one. */
	pt_baseline_init(&rest);
	for (size_t k = 0; k < b->n; k++)
		if (k != i)
			carry_entry(&rest, b, &b->entries[k]);
	for (size_t k = 0; k < b->n; k++)
		entry_release(&b->entries[k]);
	free(b->entries);
	pt_map_release(&b->index);
	pt_bench_set_release(&b->set);
	b->set = rest.set;
	b->index = rest.index;
	b->entries = rest.entries;
	b->n = rest.n;
}

void pt_baseline_path(const char *project, const char *suite, const char *machine_class,
		      const char *name, char *out, size_t size)
{
	bool main = !name || strcmp(name, "main") == 0;

	pt_snprintf(out, size, "%s/.performance/baselines/%s/%s%s%s.json", project, suite,
		    machine_class, main ? "" : ".", main ? "" : name);
}

/* -- reading ------------------------------------------------------------------------------------- */

struct reading {
	const struct pt_json *doc;
	struct pt_baseline *b;
	struct pt_err *err;
};

static int fail(struct reading *r, const pt_jval *at, const char *what)
{
	return pt_json_fail(r->doc, at, r->err, PT_ESYNTAX,
			    "%s; `git restore` or `perftop baseline save` makes it whole", what);
}

static int read_time(struct reading *r, const pt_jval *object, int64_t *ret)
{
	const pt_jval *v = pt_json_get(object, "saved");

	if (!v)
		v = pt_json_get(object, "at");
	if (v && pt_time_parse(pt_json_str(v, ""), ret) < 0)
		return fail(r, v, "expected a time such as 2026-11-23T08:44:28Z");
	return 0;
}

/* Numbers of a list, or the one that stands for a list. scale: the second and later are offsets
 * from the first in that part of it; 0: they are values. */
static int read_run(struct reading *r, struct pt_bench *bench, const pt_jval *v, double scale)
{
	const pt_jval *x = pt_json_type(v) == PT_JARRAY ? pt_json_first(v) : v;
	size_t run = bench->n_runs, taken = 0;
	double median = 0;

	for (; x; x = x == v ? NULL : pt_json_next(x), taken++) {
		double value = pt_json_num(x, NAN);
		if (taken && scale > 0)
			value = median * (1 + value * scale);
		if (!isfinite(value))
			return fail(r, x, "expected a number");
		if (taken == 0)
			median = value;
		/* A median with offsets behind it is no sample of its own. */
		if (taken == 0 && scale > 0 && x != v && pt_json_next(x))
			continue;
		pt_bench_add_sample(bench, run, value);
	}
	return taken ? 0 : fail(r, v, "a run without samples");
}

static int read_runs(struct reading *r, struct pt_bench *bench, const pt_jval *entry)
{
	const pt_jval *runs = pt_json_get(entry, "runs"), *values = pt_json_get(entry, "values");
	const pt_jval *list = runs ? runs : values;
	int code = 0;

	if (!list || pt_json_type(list) != PT_JARRAY || pt_json_len(list) == 0)
		return fail(r, list ? list : entry, "expected \"runs\", a list that is not empty");
	for (const pt_jval *v = pt_json_first(list); v && code == 0; v = pt_json_next(v))
		code = read_run(r, bench, v, runs ? 1e-4 : 0);
	return code;
}

static int read_accepted(struct reading *r, struct pt_baseline_entry *e, const pt_jval *list)
{
	for (const pt_jval *v = pt_json_first(list); v; v = pt_json_next(v)) {
		const char *why = pt_json_str(pt_json_get(v, "why"), NULL);
		double ratio = pt_json_num(pt_json_get(v, "ratio"), NAN);
		int64_t at = 0;
		if (!why || !(ratio > 0))
			return fail(r, v, "expected \"why\" and \"ratio\" of an accepted change");
		if (read_time(r, v, &at) < 0)
			return -PT_ESYNTAX;
		pt_baseline_accept(e, why, pt_json_str(pt_json_get(v, "who"), ""),
				   pt_json_str(pt_json_get(v, "commit"), ""), at, ratio);
		e->accepted[e->n_accepted - 1].taken_in =
			pt_json_bool(pt_json_get(v, "taken_in"), false);
	}
	return 0;
}

static int read_kind(struct reading *r, struct pt_bench *bench, const pt_jval *v)
{
	const pt_jval *unit = pt_json_get(v, "unit"), *better = pt_json_get(v, "better");
	const pt_jval *interval = pt_json_get(v, "interval");
	const char *word = pt_json_str(better, "");
	double factor;

	if (pt_unit_parse(pt_json_str(unit, ""), &bench->unit, &factor) < 0)
		return fail(r, unit ? unit : v, "expected a \"unit\" such as \"ns\"");
	if (strcmp(word, "lower") != 0 && strcmp(word, "higher") != 0)
		return fail(r, better ? better : v, "expected \"better\": \"lower\" or \"higher\"");
	bench->better = word[0] == 'h' ? PT_BETTER_HIGHER : PT_BETTER_LOWER;
	bench->exact = pt_json_bool(pt_json_get(v, "exact"), false);
	bench->estimate = interval != NULL;
	bench->lo = pt_json_num(pt_json_path(interval, "[0]"), NAN);
	bench->hi = pt_json_num(pt_json_path(interval, "[1]"), NAN);
	return 0;
}

static void read_noise(struct pt_baseline_entry *e, const pt_jval *v)
{
	const pt_jval *spread = pt_json_get(v, "spread"), *recent = pt_json_get(v, "recent");

	e->spread = pt_json_num(pt_json_path(spread, "[0]"), NAN);
	e->spread_n = (size_t)fmin(fmax(pt_json_num(pt_json_path(spread, "[1]"), 0), 0), 1e6);
	e->recent = pt_calloc(pt_json_len(recent) + 1, sizeof *e->recent);
	for (const pt_jval *x = pt_json_first(recent); x; x = pt_json_next(x))
		e->recent[e->n_recent++] = pt_json_num(x, NAN);
}

static int read_entry(struct reading *r, const char *name, const pt_jval *v)
{
	struct pt_bench *bench = pt_bench_set_get(&r->b->set, name, pt_json_key(v), NULL);
	struct pt_baseline_entry *e = add_entry(r->b, bench);
	int code = read_kind(r, bench, v);

	if (code == 0)
		code = read_runs(r, bench, v);
	if (code == 0)
		code = read_time(r, v, &e->saved_ns);
	if (code == 0)
		code = read_accepted(r, e, pt_json_get(v, "accepted"));
	read_noise(e, v);
	pt_strlcpy(e->commit, pt_json_str(pt_json_get(v, "commit"), ""), sizeof e->commit);
	/* Branches that were merged were measured at different times: the newest names the whole. */
	if (!r->b->commit.id[0] || e->saved_ns > r->b->saved_ns) {
		r->b->saved_ns = e->saved_ns;
		pt_strlcpy(r->b->commit.id, e->commit, sizeof r->b->commit.id);
	}
	return code;
}

static int read_benchmarks(struct reading *r, const pt_jval *root)
{
	const pt_jval *all = pt_json_get(root, "benchmarks");
	int code = 0;

	if (!all || pt_json_type(all) != PT_JOBJECT)
		return fail(r, all ? all : root, "expected \"benchmarks\", an object");
	for (const pt_jval *b = pt_json_first(all); b && code == 0; b = pt_json_next(b)) {
		if (pt_json_type(b) != PT_JOBJECT)
			return fail(r, b, "expected an object, by metric");
		for (const pt_jval *m = pt_json_first(b); m && code == 0; m = pt_json_next(m)) {
			if (pt_json_type(m) != PT_JOBJECT)
				return fail(r, m, "expected an object, a benchmark");
			if (r->b->n == PT_BENCH_MAX)
				return fail(r, m, "more benchmarks than can be");
			code = read_entry(r, pt_json_key(b), m);
		}
	}
	return code;
}

static int read_root(struct reading *r)
{
	const pt_jval *root = pt_json_root(r->doc), *schema = pt_json_get(root, "schema");
	const pt_jval *class = pt_json_get(root, "machine_class");
	const pt_jval *facts = pt_json_get(root, "environment");
	const char *suite = pt_json_str(pt_json_get(root, "suite"), NULL);
	double number = pt_json_num(schema, 0);

	if (number > PT_BASELINE_SCHEMA)
		return pt_json_fail(r->doc, schema, r->err, PT_ENOTSUP,
				    "a newer perftop wrote this baseline (schema %g, this one "
				    "knows %d): update perftop",
				    number, PT_BASELINE_SCHEMA);
	if (number != PT_BASELINE_SCHEMA || !suite || !pt_json_str(class, NULL))
		return fail(r, root,
			    "not a baseline: expected \"schema\", \"suite\" and "
			    "\"machine_class\"");
	r->b->suite = pt_strdup(suite);
	r->b->name = pt_strdup(pt_json_str(pt_json_get(root, "name"), "main"));
	r->b->environment.machine_class = pt_strdup(pt_json_str(class, ""));
	if (facts && pt_json_type(facts) != PT_JOBJECT)
		return fail(r, facts, "expected \"environment\" to be an object");
	for (const pt_jval *v = pt_json_first(facts); v; v = pt_json_next(v))
		pt_environment_set(&r->b->environment, pt_json_key(v), pt_json_str(v, ""));
	return read_benchmarks(r, root);
}

/* -- what git leaves ----------------------------------------------------------------------------- */

struct conflicts {
	int n, first, last; /* lines, from the first mark to the last */
	bool open;
};

static void find_conflicts(const char *text, struct conflicts *c)
{
	int line = 1;

	*c = (struct conflicts){0};
	for (const char *p = text; p; line++) {
		if (strncmp(p, "<<<<<<< ", 8) == 0) {
			c->first = c->first ? c->first : line;
			c->n++;
			c->open = true;
		} else if (c->open && strncmp(p, ">>>>>>> ", 8) == 0) {
			c->open = false;
			c->last = line;
		}
		p = strchr(p, '\n');
		p = p && p[1] ? p + 1 : NULL;
	}
	if (!c->last)
		c->last = line - 1;
}

static int tell_conflicts(const char *path, const struct conflicts *c, struct pt_err *err)
{
	return pt_err_at(err, PT_ESYNTAX, path, c->first, 0,
			 "git left %d merge conflict%s here, lines %d to %d: take one side whole "
			 "(`git checkout --ours FILE` or `--theirs`), or run the suite and "
			 "`perftop baseline save` it anew; then `git add` the file",
			 c->n, c->n == 1 ? "" : "s", c->first, c->last);
}

int pt_baseline_parse(const char *path, const char *text, size_t len, struct pt_baseline *ret,
		      struct pt_err *err)
{
	static const struct pt_json_limits limits = {.max_bytes = FILE_MAX};
	struct pt_baseline b;
	struct reading r = {.b = &b, .err = err};
	struct pt_json *doc = NULL;
	struct conflicts c;
	int code;

	find_conflicts(text, &c);
	if (c.n)
		return tell_conflicts(path, &c, err);
	code = pt_json_parse(path, text, len, &limits, &doc, err);
	if (code < 0)
		return code;
	pt_baseline_init(&b);
	r.doc = doc;
	code = read_root(&r);
	pt_json_free(doc);
	if (code < 0)
		pt_baseline_release(&b);
	else
		*ret = b;
	return code;
}

int pt_baseline_load(const char *path, struct pt_baseline *ret, struct pt_err *err)
{
	char *text;
	size_t len;
	int r = pt_fs_read(path, FILE_MAX, &text, &len, err);

	if (r < 0)
		return r;
	r = pt_baseline_parse(path, text, len, ret, err);
	free(text);
	return r;
}
