/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The gate: pairs the benchmarks of two sides by name and metric, finds what holds for each (rules
 * of the file, known noise, accepted changes, budgets) and has them compared. Nothing is dropped in
 * silence: what only one side has becomes a row, what cannot be compared says why.
 */
#include "gate_limits.h"

#include "perftop/base/mem.h"
#include "perftop/base/str.h"

#include <math.h>
#include <string.h>

static char *join_tags(const struct pt_suite *of)
{
	struct pt_str tags = PT_STR_INIT;

	for (char **tag = of ? of->tags : NULL; tag && *tag; tag++)
		pt_str_addf(&tags, "%s%s", tags.len ? " " : "", *tag);
	return tags.s ? pt_str_detach(&tags) : pt_strdup("");
}

static struct pt_gate_row *add_row(struct gate *g, const struct pt_bench *bench,
				   enum pt_gate_state state)
{
	const struct pt_gate_spec *spec = g->spec;
	struct pt_gate_row *row = pt_gate_report_add(g->report);

	row->suite = pt_strdup(spec->suite);
	row->name = pt_strdup(bench->name);
	row->metric = pt_strdup(bench->metric);
	row->tags = join_tags(spec->of);
	row->state = state;
	row->unit = bench->unit;
	row->better = bench->better;
	/* Until they are compared: the one side that there is. */
	row->c.base = state == PT_GATE_REMOVED ? pt_bench_median(bench) : NAN;
	row->c.candidate = state == PT_GATE_REMOVED ? NAN : pt_bench_median(bench);
	if (spec->of && spec->rules && spec->rules->path) {
		struct pt_str at = PT_STR_INIT;

		pt_str_addf(&at, "%s:%d", spec->rules->path, spec->of->line);
		row->location = pt_str_detach(&at);
	}
	return row;
}

static const struct pt_bench *find_base(const struct gate *g, const struct pt_bench *bench,
					struct pt_gate_row *row)
{
	const struct pt_bench_set *set = g->spec->base.set;
	const struct pt_suite *of = g->spec->of;
	const struct pt_bench *found;

	if (!set)
		return NULL;
	found = pt_bench_set_find(set, bench->name, bench->metric, NULL);
	for (size_t i = 0; of && !found && i < of->n_renamed; i++)
		if (strcmp(of->renamed[i].now, bench->name) == 0) {
			found = pt_bench_set_find(set, of->renamed[i].before, bench->metric, NULL);
			if (found)
				row->renamed_from = pt_strdup(of->renamed[i].before);
		}
	return found;
}

static const struct pt_baseline_entry *entry_of(const struct gate *g, const struct pt_bench *base)
{
	return g->spec->baseline ? pt_baseline_find(g->spec->baseline, base->name, base->metric)
				 : NULL;
}

/* Standard error of log of a single estimate that came with an interval. */
static double told_error(const struct pt_bench *bench)
{
	if (!bench->estimate || !(bench->lo > 0) || !(bench->hi >= bench->lo))
		return 0;
	return log(bench->hi / bench->lo) / (2 * 1.96);
}

static void learn_noise(const struct gate *g, const struct pt_gate_row *row,
			const struct pt_baseline_entry *entry, struct pt_compare_options *o)
{
	const struct pt_gate_spec *spec = g->spec;
	double spread;
	size_t n;

	if (entry)
		o->usual = pt_usual_change(entry->recent, entry->n_recent, &o->usual_n);
	if (entry && !isnan(entry->spread)) {
		o->spread = entry->spread;
		o->spread_n = entry->spread_n;
	}
	if (spec->noise &&
	    spec->noise(spec->noise_ctx, spec->suite, row->name, row->metric, &spread, &n) &&
	    n >= o->spread_n) {
		o->spread = spread;
		o->spread_n = n;
	}
}

static struct pt_compare_options row_options(const struct pt_gate_row *row)
{
	struct pt_compare_options o;

	pt_compare_options_init(&o);
	o.better = row->better;
	o.block = row->block;
	o.warn = row->warn;
	o.floor = row->floor;
	return o;
}

/* The newest accepted change excuses a row unless it is clearly worse than that. */
static void excuse(struct pt_gate_row *row, const struct pt_baseline_entry *entry,
		   const struct pt_compare_options *o)
{
	const struct pt_accept *newest = NULL;

	for (size_t i = 0; entry && i < entry->n_accepted; i++)
		if (!entry->accepted[i].taken_in &&
		    (!newest || entry->accepted[i].at_ns >= newest->at_ns))
			newest = &entry->accepted[i];
	if (!newest || row->c.verdict == PT_VERDICT_NONE ||
	    row->c.verdict == PT_VERDICT_IMPROVEMENT)
		return;
	if (row->c.verdict == PT_VERDICT_REGRESSION && pt_compare_clears(&row->c, o, newest->ratio))
		pt_snprintf(row->c.why, sizeof row->c.why, "worse than the %+.1f %% accepted",
			    100 * (newest->ratio - 1));
	else
		row->accepted = pt_strdup(newest->why);
}

/* There are no numbers at all. */
static void incomparable(struct pt_comparison *c, const char *why)
{
	*c = (struct pt_comparison){.verdict = PT_VERDICT_INCONCLUSIVE};
	c->base = c->candidate = c->ratio = c->lo = c->hi = NAN;
	c->p = c->p_rank = c->spread = NAN;
	pt_strlcpy(c->why, why, sizeof c->why);
}

/*
 * No allocations, no bytes: a count may well be 0, and is judged by its range. A time of 0 is one
 * that could not be measured, which says something only if it could not before either.
 */
static bool may_be_zero(const struct pt_bench *base, const struct pt_bench *candidate)
{
	return base->unit != PT_UNIT_NS ||
	       (pt_bench_median(base) == 0 && pt_bench_median(candidate) == 0);
}

static void compare_row(const struct gate *g, const struct pt_bench *base,
			const struct pt_bench *candidate, struct pt_gate_row *row)
{
	const struct pt_baseline_entry *entry = entry_of(g, base);
	struct pt_compare_options o = row_options(row);
	int rc;

	o.exact = base->exact && candidate->exact;
	o.base_error = told_error(base);
	o.candidate_error = told_error(candidate);
	learn_noise(g, row, entry, &o);
	if (base->unit != candidate->unit || base->better != candidate->better) {
		incomparable(&row->c, "the two sides have different units or directions");
		return;
	}
	rc = pt_compare(base->runs, base->n_runs, candidate->runs, candidate->n_runs, &o, &row->c);
	if (rc == -PT_ERANGE && may_be_zero(base, candidate)) {
		o.exact = true;
		rc = pt_compare(base->runs, base->n_runs, candidate->runs, candidate->n_runs, &o,
				&row->c);
	}
	if (rc < 0) {
		incomparable(&row->c, rc == -PT_ENODATA
					      ? "the base has no samples"
					      : "a value that is not positive has no ratio");
		row->c.base = pt_bench_median(base);
		row->c.candidate = pt_bench_median(candidate);
	} else if (!g->comparable) {
		row->c.verdict = PT_VERDICT_INCONCLUSIVE;
		pt_strlcpy(row->c.why, "measured on another class of machine", sizeof row->c.why);
	} else {
		excuse(row, entry, &o);
	}
}

static bool has_samples(const struct pt_bench *bench)
{
	for (size_t i = 0; i < bench->n_runs; i++)
		if (bench->runs[i].n > 0)
			return true;
	return false;
}

static void judge(struct gate *g, const struct pt_bench *candidate)
{
	struct pt_gate_row *row = add_row(g, candidate, PT_GATE_ADDED);
	const struct pt_bench *base = find_base(g, candidate, row);
	struct pt_budget budget = {0};

	if (base)
		pt_map_put_u64(&g->paired, (uint64_t)(uintptr_t)base, (void *)base);
	gate_limits_find(g, candidate, row, &budget);
	if (!has_samples(candidate)) {
		row->state = PT_GATE_FAILED;
		return;
	}
	if (row->budget)
		gate_limits_budget(candidate, &budget, row);
	if (base) {
		row->state = PT_GATE_COMPARED;
		compare_row(g, base, candidate, row);
	}
}

/* Said once, however many suites it holds for. */
static void note_once(struct pt_gate_report *report, const char *text)
{
	for (size_t i = 0; i < report->n_notes; i++)
		if (strcmp(report->notes[i], text) == 0)
			return;
	pt_gate_report_note(report, "%s", text);
}

/* Machine classes must agree; other facts are told when they differ. */
static bool compare_machines(const struct pt_gate_spec *spec, struct pt_gate_report *report)
{
	const struct pt_environment *a = spec->base.environment, *b = spec->candidate.environment;
	struct pt_str text = PT_STR_INIT;
	bool same;

	if (!a || !b || !spec->base.set)
		return true;
	for (size_t i = 0; i < a->n; i++) {
		const char *now = pt_environment_get(b, a->facts[i].name);

		if (now && strcmp(now, a->facts[i].value) != 0) {
			pt_str_clear(&text);
			pt_str_addf(&text, "%s: %s (base), %s (candidate)", a->facts[i].name,
				    a->facts[i].value, now);
			note_once(report, text.s);
		}
	}
	same = !a->machine_class || !b->machine_class ||
	       strcmp(a->machine_class, b->machine_class) == 0;
	if (!same) {
		pt_str_clear(&text);
		pt_str_addf(&text,
			    "not comparable: the base was measured on %s, the candidate on %s",
			    a->machine_class, b->machine_class);
		note_once(report, text.s);
		report->not_comparable = true;
	}
	pt_str_release(&text);
	return same;
}

static void name_sides(const struct pt_gate_spec *spec, struct pt_gate_report *report)
{
	const struct pt_environment *env = spec->candidate.environment;

	if (!report->base_name && spec->base.name)
		report->base_name = pt_strdup(spec->base.name);
	if (!report->candidate_name && spec->candidate.name)
		report->candidate_name = pt_strdup(spec->candidate.name);
	if (!report->machine_class && env && env->machine_class)
		report->machine_class = pt_strdup(env->machine_class);
}

static void add_removed(struct gate *g)
{
	const struct pt_bench_set *set = g->spec->base.set;

	for (size_t i = 0; set && i < set->n; i++)
		if (!set->benches[i]->saved &&
		    !pt_map_get_u64(&g->paired, (uint64_t)(uintptr_t)set->benches[i]))
			add_row(g, set->benches[i], PT_GATE_REMOVED);
}

int pt_gate_compare(const struct pt_gate_spec *spec, struct pt_gate_report *report,
		    struct pt_err *err)
{
	struct gate g = {.spec = spec, .report = report};
	const struct pt_bench_set *set = spec->candidate.set;
	size_t n_rules = spec->rules ? spec->rules->n_rules : 0;

	if (!set || set->n == 0)
		return pt_err_set(err, PT_ENODATA, "%s: no benchmark to judge",
				  spec->candidate.name ? spec->candidate.name : "candidate");
	g.used = pt_calloc(n_rules + 1, sizeof *g.used);
	g.named = pt_calloc(n_rules + 1, sizeof *g.named);
	name_sides(spec, report);
	report->no_base |= !spec->base.set;
	g.comparable = compare_machines(spec, report);
	for (size_t i = 0; i < set->n; i++)
		if (!set->benches[i]->saved)
			judge(&g, set->benches[i]);
	add_removed(&g);
	gate_limits_unused(&g);
	pt_map_release(&g.paired);
	free(g.used);
	free(g.named);
	return 0;
}

void pt_gate_finish(struct pt_gate_report *report)
{
	struct pt_comparison *c = pt_calloc(report->n + 1, sizeof *c);
	struct pt_compare_options *o = pt_calloc(report->n + 1, sizeof *o);
	size_t *at = pt_calloc(report->n + 1, sizeof *at), n = 0;
	bool any = false;

	for (size_t i = 0; i < report->n; i++) {
		const struct pt_gate_row *row = &report->rows[i];

		any |= row->state == PT_GATE_COMPARED;
		if (row->state != PT_GATE_COMPARED || row->reruns > 0)
			continue;
		at[n] = i;
		o[n] = row_options(row);
		c[n++] = row->c;
	}
	pt_compare_suite(c, o, n);
	for (size_t i = 0; i < n; i++)
		report->rows[at[i]].c = c[i];
	/* Of several suites only some were new. */
	report->no_base &= !any;
	free(c);
	free(o);
	free(at);
}
