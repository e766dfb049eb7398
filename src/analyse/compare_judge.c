/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * From numbers to a verdict. A change is called when it is both sure (p below SURE, stricter than
 * the 95 % of the interval that people see) and large (beyond the warn threshold); it blocks when
 * moreover the whole interval lies beyond the block threshold. What looks like a blocking change
 * and is not sure, and what is too blurred to see one, is inconclusive.
 */
#include "compare_priv.h"

#include "perftop/base/mem.h"
#include "perftop/base/str.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/*
 * What bench/sim_gate found: 10 + 10 runs of unchanged code are called worse in less than .7 % of
 * comparisons, whatever the noise (in .01 % after reruns), and a change of 5 % is seen in 96 % where
 * launches differ by 2 %. A claim that something got better may wait until it is surer.
 */
const double pt_sure_worse = 0.012;
static const double SURE_BETTER = 0.002;

/* Share of suites without any change in which anything may be flagged, whatever their size. */
static const double SUITE_RATE = 0.01;

/* 1.05 / 1 - 1 is beyond .05 by a rounding error. */
static const double ROUNDING = 1e-9;

static double limit(double ratio, bool higher)
{
	if (!higher)
		return log1p(ratio) + ROUNDING;
	return ratio < 1 ? -log1p(-ratio) + ROUNDING : INFINITY;
}

void pt_change_init(struct pt_change *change, const struct pt_comparison *c,
		    const struct pt_compare_options *options)
{
	bool higher = options->better == PT_BETTER_HIGHER;
	double lo = log(c->lo), hi = log(c->hi);

	change->worse = higher ? -log(c->ratio) : log(c->ratio);
	change->lo = higher ? -hi : lo;
	change->hi = higher ? -lo : hi;
	change->block = limit(options->block, higher);
	change->warn = limit(options->warn, higher);
	change->gain = limit(options->warn, !higher);
}

/*
 * An interval that could hide a change of several times the block threshold says nothing. Of single
 * runs, and of days that differ, less is asked: more runs of today would not help.
 */
static bool is_blurred(const struct pt_change *change, const struct pt_comparison *c)
{
	return (change->hi - change->lo) / 2 > (c->weak || c->usual > 0 ? 3 : 2) * change->block;
}

static enum pt_verdict unsure(const struct pt_change *change, const struct pt_comparison *c)
{
	return change->worse > change->block || is_blurred(change, c) ? PT_VERDICT_INCONCLUSIVE
								      : PT_VERDICT_NONE;
}

static enum pt_verdict verdict_of(const struct pt_change *change, const struct pt_comparison *c,
				  double sure)
{
	if (c->p < fmin(sure, pt_sure_worse) && change->worse > change->warn)
		return change->lo > change->block ? PT_VERDICT_REGRESSION : PT_VERDICT_WARN;
	if (c->p < fmin(sure, SURE_BETTER) && -change->worse > change->gain)
		return PT_VERDICT_IMPROVEMENT;
	return unsure(change, c);
}

__attribute__((format(printf, 2, 3))) static void say(struct pt_comparison *c, const char *fmt, ...)
{
	size_t n = strlen(c->why);
	va_list ap;

	if (n > 0)
		n += pt_snprintf(c->why + n, sizeof c->why - n, "; ");
	va_start(ap, fmt);
	vsnprintf(c->why + n, sizeof c->why - n, fmt, ap);
	va_end(ap);
}

static void explain(struct pt_comparison *c, const struct pt_change *change)
{
	size_t fewest = PT_MIN(c->base_runs, c->candidate_runs);

	c->why[0] = '\0';
	if (c->weak)
		say(c, "single run: weak");
	if (c->usual > 0)
		say(c, "medians move by %.1f %% from commit to commit", 100 * expm1(c->usual));
	else if (c->widened)
		say(c, "known to vary by %.1f %% between launches", 100 * expm1(c->spread));
	if (c->left_out > 0)
		say(c, "%zu launch%s far off left out", c->left_out, c->left_out > 1 ? "es" : "");
	if (c->verdict == PT_VERDICT_INCONCLUSIVE)
		say(c, fewest < 5 ? "too few runs" : "too noisy");
	if (c->verdict == PT_VERDICT_WARN && change->worse > change->block)
		say(c, "surely worse, not surely beyond the limit");
}

void pt_compare_judge(struct pt_comparison *c, const struct pt_compare_options *options)
{
	struct pt_change change;

	pt_change_init(&change, c, options);
	c->verdict = verdict_of(&change, c, options->sure > 0 ? options->sure : 1);
	explain(c, &change);
	if (c->verdict != PT_VERDICT_NONE && fabs(c->candidate - c->base) < options->floor) {
		c->verdict = PT_VERDICT_NONE;
		pt_snprintf(c->why, sizeof c->why, "below the floor");
	}
}

static bool is_called(const struct pt_comparison *c)
{
	return c->verdict == PT_VERDICT_WARN || c->verdict == PT_VERDICT_REGRESSION ||
	       c->verdict == PT_VERDICT_IMPROVEMENT;
}

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* The largest p that Benjamini-Hochberg lets pass; -1: none. */
static double passing_p(const struct pt_comparison *c, size_t n)
{
	double *p = pt_malloc((n + 1) * sizeof *p), pass = -1;

	for (size_t i = 0; i < n; i++)
		p[i] = isnan(c[i].p) ? 1 : c[i].p;
	qsort(p, n, sizeof *p, by_value);
	for (size_t i = n; i > 0 && pass < 0; i--)
		if (p[i - 1] <= SUITE_RATE * (double)i / (double)n)
			pass = p[i - 1];
	free(p);
	return pass;
}

void pt_compare_suite(struct pt_comparison *c, const struct pt_compare_options *options, size_t n)
{
	double pass = passing_p(c, n);

	for (size_t i = 0; i < n; i++) {
		struct pt_change change;

		if (!is_called(&c[i]) || c[i].p <= pass)
			continue;
		pt_change_init(&change, &c[i], &options[i]);
		c[i].verdict = unsure(&change, &c[i]);
		pt_snprintf(c[i].why, sizeof c[i].why,
			    "chance alone brings one such change among %zu benchmarks", n);
	}
}

bool pt_compare_clears(const struct pt_comparison *c, const struct pt_compare_options *options,
		       double ratio)
{
	struct pt_change change;

	pt_change_init(&change, c, options);
	return change.lo - (options->better == PT_BETTER_HIGHER ? -log(ratio) : log(ratio)) >
	       change.block;
}
