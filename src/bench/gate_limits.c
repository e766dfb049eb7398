/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the gate holds against a benchmark: the rules of the project's file, one after the other,
 * and what the command line says.
 */
#include "gate_limits.h"

#include "perftop/base/mem.h"

#include <fnmatch.h>
#include <math.h>
#include <string.h>

static bool fits(const char *glob, const char *text)
{
	return !glob || fnmatch(glob, text, 0) == 0;
}

static bool has_tag(const struct pt_suite *of, const char *glob)
{
	for (char **tag = of ? of->tags : NULL; tag && *tag; tag++)
		if (fits(glob, *tag))
			return true;
	return !glob;
}

static bool rule_matches(const struct gate *g, const struct pt_gate_rule *rule,
			 const struct pt_bench *bench)
{
	return fits(rule->suite, g->spec->suite) && fits(rule->bench, bench->name) &&
	       fits(rule->metric, bench->metric) && has_tag(g->spec->of, rule->tag);
}

/* A number without a unit is meant for counts and the like, not for times or sizes. */
static bool budget_fits(const char *text, enum pt_unit unit, struct pt_budget *ret)
{
	struct pt_budget b;

	if (pt_budget_parse(text, &b, NULL) < 0)
		return false;
	if (b.unit != unit && (b.unit != PT_UNIT_COUNT || unit == PT_UNIT_NS ||
			       unit == PT_UNIT_BYTES || unit == PT_UNIT_BYTES_PER_SECOND))
		return false;
	*ret = b;
	return true;
}

void gate_limits_find(struct gate *g, const struct pt_bench *bench, struct pt_gate_row *row,
		      struct pt_budget *budget)
{
	const struct pt_suites *rules = g->spec->rules;
	struct pt_compare_options defaults;

	pt_compare_options_init(&defaults);
	row->block = defaults.block;
	row->warn = defaults.warn;
	for (size_t i = 0; rules && i < rules->n_rules; i++) {
		const struct pt_gate_rule *rule = &rules->rules[i];

		if (!rule_matches(g, rule, bench))
			continue;
		row->block = isnan(rule->block) ? row->block : rule->block;
		row->warn = isnan(rule->warn) ? row->warn : rule->warn;
		row->floor = isnan(rule->floor) ? row->floor : rule->floor;
		if (!rule->budget)
			continue;
		g->named[i] = true;
		if (budget_fits(rule->budget, bench->unit, budget)) {
			g->used[i] = true;
			free(row->budget);
			row->budget = pt_strdup(rule->budget);
		}
	}
	row->block = isnan(g->spec->block) ? row->block : g->spec->block;
	row->warn = isnan(g->spec->warn) ? row->warn : g->spec->warn;
	row->warn = fmin(row->warn, row->block);
}

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* The statistic that a budget names, over all samples; NaN of none. Quantiles: the smallest sample
 * that this share of the samples does not exceed. */
static double statistic(const struct pt_bench *bench, double quantile)
{
	double *v = NULL, sum = 0, result = NAN;
	size_t n = 0, cap = 0, rank;

	for (size_t i = 0; i < bench->n_runs; i++)
		for (size_t k = 0; k < bench->runs[i].n; k++) {
			sum += bench->runs[i].samples[k];
			*PT_PUSH(v, n, cap) = bench->runs[i].samples[k];
		}
	if (n > 0 && isnan(quantile)) {
		result = sum / (double)n;
	} else if (n > 0) {
		qsort(v, n, sizeof *v, by_value);
		rank = (size_t)ceil(quantile * (double)n - 1e-9);
		result = v[rank > 0 ? rank - 1 : 0];
	}
	free(v);
	return result;
}

void gate_limits_budget(const struct pt_bench *bench, const struct pt_budget *budget,
			struct pt_gate_row *row)
{
	double v = statistic(bench, budget->quantile), limit = budget->limit;

	row->budget_value = v;
	if (isnan(v))
		return;
	row->over_budget = budget->below ? v > limit : v < limit;
	if (v == limit)
		row->over_budget = !budget->equal;
}

void gate_limits_unused(const struct gate *g)
{
	const struct pt_suites *rules = g->spec->rules;

	for (size_t i = 0; rules && i < rules->n_rules; i++)
		if (g->named[i] && !g->used[i])
			pt_gate_report_note(g->report,
					    "budget \"%s\" (line %d) fits the unit of no metric",
					    rules->rules[i].budget, rules->rules[i].line);
}
