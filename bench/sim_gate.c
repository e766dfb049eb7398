/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * How often the gate is right: pairs of 10 + 10 runs of 10 samples, of unchanged code and of code
 * that got 5 % slower, under several kinds of noise, beside what is usually done. Seeds are fixed.
 *
 *	sim_gate [--quick]
 *
 * All noise is of the logarithm. Samples spread by 3 % where nothing else is said. Outliers: 2 %
 * of the samples take 1.5 to 4 times as long. Run effects: each launch has a level of its own, by
 * 2 %. Bimodal: a fifth of the launches is 8 % slower. Wild launches: 3 % take 1.3 to 3 times as
 * long. Days: all launches of a side share a level, 2 %, because the machine was not the same when
 * the other side was measured; "known" where medians of 20 recent commits tell so. JMH-like: the
 * launches of a benchmark spread by something between .5 and 9 %, drawn log-uniformly for each
 * pair. Drift: a first-order autoregression of .9 from sample to sample, of 2 % standard deviation
 * over all, which starts anew in each run, or goes on through all runs of a side, or through both
 * sides one after the other, or through runs of both sides taken in turns.
 *
 * Columns: unchanged code called worse or better, blocked, inconclusive; the same after reruns (up
 * to three rounds of 10 + 10 runs in turns for each suspect); 5 % slower code called worse, at
 * once and after reruns; how often the 95 % interval holds the truth. Then the usual rules,
 * unchanged code called anything and 5 % slower code called worse: means that differ by 5 %;
 * Mann-Whitney over all samples below .05 with medians that differ by 2 %.
 */
#include "sim.h"

#include "perftop/analyse/confirm.h"
#include "perftop/analyse/ranktest.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

enum { RUNS = 10, SAMPLES = 10, ALL = RUNS * SAMPLES, ROUNDS = 3 };

enum drift { DRIFT_NONE, DRIFT_RUN, DRIFT_SIDE, DRIFT_PAIR, DRIFT_TURNS };

struct family {
	const char *name;
	double sample, launch, launch_max; /* launch_max: log-uniform up to that */
	double day;			   /* level of a side, unless both are measured in turns */
	double outliers, slow_launches, wild_launches;
	enum drift drift;
	bool known; /* from 20 medians of recent commits */
};

static const struct family families[] = {
	{"log-normal 3 %", .sample = .03},
	{"outliers", .sample = .03, .outliers = .02},
	{"drift in a run", .drift = DRIFT_RUN},
	{"drift in a side", .drift = DRIFT_SIDE},
	{"drift, A then B", .drift = DRIFT_PAIR},
	{"drift, in turns", .drift = DRIFT_TURNS},
	{"run effects", .sample = .03, .launch = .02},
	{"bimodal launches", .sample = .01, .slow_launches = .2},
	{"wild launches", .sample = .03, .wild_launches = .03},
	{"days", .sample = .03, .day = .02},
	{"days, known", .sample = .03, .day = .02, .known = true},
	{"JMH-like", .sample = .03, .launch = .005, .launch_max = .09},
};

static const double correlation = .9, drift_spread = .02;

struct world {
	const struct family *family;
	struct sim_random random;
	double day;    /* level of this side */
	double launch; /* spread of this pair's launches */
	double drift;
};

struct data {
	double v[2][ROUNDS * RUNS][SAMPLES];
	struct pt_run runs[2][ROUNDS * RUNS];
};

static void drift_anew(struct world *w)
{
	w->drift = drift_spread * sim_normal(&w->random);
}

static double sample(struct world *w)
{
	const struct family *f = w->family;
	double x = f->sample > 0 ? f->sample * sim_normal(&w->random) : 0;

	if (f->drift) {
		double fresh = drift_spread * sqrt(1 - correlation * correlation);

		w->drift = correlation * w->drift + fresh * sim_normal(&w->random);
		x += w->drift;
	}
	if (f->outliers > 0 && sim_uniform(&w->random) < f->outliers)
		x += log(1.5 + 2.5 * sim_uniform(&w->random));
	return x;
}

static void draw_run(struct world *w, double *v, double change)
{
	double x = log(1e6 * change) + w->day + w->launch * sim_normal(&w->random);

	if (sim_uniform(&w->random) < w->family->slow_launches)
		x += log(1.08);
	if (sim_uniform(&w->random) < w->family->wild_launches)
		x += log(1.3 + 1.7 * sim_uniform(&w->random));
	if (w->family->drift == DRIFT_RUN)
		drift_anew(w);
	for (int i = 0; i < SAMPLES; i++)
		v[i] = exp(x + sample(w));
}

/* A pair of sides, RUNS runs each, from run `at` on. */
static void draw(struct world *w, struct data *d, int at, double change, bool in_turns)
{
	in_turns |= w->family->drift == DRIFT_TURNS;
	for (int i = 0; i < 2 * RUNS; i++) {
		int side = in_turns ? i % 2 : i / RUNS, run = at + (in_turns ? i / 2 : i % RUNS);

		if (i == 0 || (i == RUNS && w->family->drift == DRIFT_SIDE && !in_turns))
			drift_anew(w);
		if (i % RUNS == 0)
			w->day = in_turns ? 0 : w->family->day * sim_normal(&w->random);
		draw_run(w, d->v[side][run], side ? change : 1);
		d->runs[side][run] = (struct pt_run){d->v[side][run], SAMPLES, SAMPLES};
	}
}

static void draw_spread(struct world *w)
{
	const struct family *f = w->family;

	w->launch = f->launch;
	if (f->launch_max > 0)
		w->launch *= pow(f->launch_max / f->launch, sim_uniform(&w->random));
}

struct tally {
	int pairs, worse, better, blocked, inconclusive, covered;
	int re_worse, re_blocked, re_inconclusive;
	int usual_mean, usual_rank;
};

/* The verdict after reruns of a suspect. */
static enum pt_verdict rerun(struct world *w, double change, const struct pt_compare_options *o)
{
	struct pt_comparison c;
	struct data d;

	for (int round = 1;; round++) {
		size_t n = (size_t)round * RUNS;

		draw(w, &d, (round - 1) * RUNS, change, true);
		if (pt_confirm(d.runs[0], n, d.runs[1], n, o, round, round == ROUNDS, &c) !=
		    PT_CONFIRM_GO_ON)
			return c.verdict;
	}
}

static double mean(const double *v)
{
	double sum = 0;

	for (int i = 0; i < ALL; i++)
		sum += v[i];
	return sum / ALL;
}

static double median(double *v)
{
	struct pt_run run = {v, ALL, ALL};

	return pt_run_median(&run);
}

static bool is_far(double ratio, double limit, bool worse_only)
{
	return ratio > 1 + limit || (!worse_only && ratio < 1 - limit);
}

static void usual_rules(struct data *d, bool changed, struct tally *t)
{
	double *a = d->v[0][0], *b = d->v[1][0];

	t->usual_mean += is_far(mean(b) / mean(a), .05, changed);
	t->usual_rank +=
		is_far(median(b) / median(a), .02, changed) && pt_rank_test(a, ALL, b, ALL) < .05;
}

/* Medians of 20 commits, two of which changed something. */
static void learn(struct world *w, struct pt_compare_options *o)
{
	double recent[20], level = 1e6;

	for (int i = 0; i < 20; i++) {
		level *= i == 5 ? 1.1 : i == 12 ? 0.8 : 1;
		recent[i] = level * exp(w->family->day * sim_normal(&w->random));
	}
	o->usual = pt_usual_change(recent, 20, &o->usual_n);
}

static void judge(struct world *w, double change, struct tally *t)
{
	struct pt_compare_options o;
	struct pt_comparison c;
	enum pt_verdict v;
	struct data d;

	pt_compare_options_init(&o);
	draw_spread(w);
	if (w->family->known)
		learn(w, &o);
	draw(w, &d, 0, change, false);
	pt_compare(d.runs[0], RUNS, d.runs[1], RUNS, &o, &c);
	t->pairs++;
	t->worse += c.verdict == PT_VERDICT_WARN || c.verdict == PT_VERDICT_REGRESSION;
	t->better += c.verdict == PT_VERDICT_IMPROVEMENT;
	t->blocked += c.verdict == PT_VERDICT_REGRESSION;
	t->inconclusive += c.verdict == PT_VERDICT_INCONCLUSIVE;
	t->covered += c.lo <= change && change <= c.hi;
	usual_rules(&d, change > 1, t);
	v = pt_confirm_suspect(c.verdict) ? rerun(w, change, &o) : c.verdict;
	t->re_worse += v == PT_VERDICT_WARN || v == PT_VERDICT_REGRESSION;
	t->re_blocked += v == PT_VERDICT_REGRESSION;
	t->re_inconclusive += v == PT_VERDICT_INCONCLUSIVE;
}

static struct tally simulate(const struct family *f, int pairs, double change)
{
	struct world w = {.family = f, .random = {.state = 20260101}};
	struct tally t = {0};

	for (int i = 0; i < pairs; i++)
		judge(&w, change, &t);
	return t;
}

static double percent(int n, const struct tally *t)
{
	return 100.0 * n / t->pairs;
}

static void print_family(const struct family *f, int pairs)
{
	struct tally a = simulate(f, pairs, 1), b = simulate(f, pairs / 5, 1.05);

	printf("%-17s %6.2f %6.2f %6.2f %6.2f   %6.3f %6.3f %6.2f   %6.1f %6.1f   %6.1f   %6.1f "
	       "%6.1f %6.1f %6.1f\n",
	       f->name, percent(a.worse, &a), percent(a.better, &a), percent(a.blocked, &a),
	       percent(a.inconclusive, &a), percent(a.re_worse, &a), percent(a.re_blocked, &a),
	       percent(a.re_inconclusive, &a), percent(b.worse, &b), percent(b.re_worse, &b),
	       100.0 * (a.covered + b.covered) / (a.pairs + b.pairs), percent(a.usual_mean, &a),
	       percent(b.usual_mean, &b), percent(a.usual_rank, &a), percent(b.usual_rank, &b));
	fflush(stdout);
}

int main(int argc, char **argv)
{
	bool quick = argc > 1 && strcmp(argv[1], "--quick") == 0;
	int pairs = quick ? 3000 : 20000;
	clock_t start = clock();

	printf("%d pairs a family; all in %%\n", pairs);
	printf("%-17s %27s   %20s   %13s   %6s   %13s %13s\n", "", "unchanged", "after reruns",
	       "5 % slower", "", "means 5 %", "Mann-Whitney");
	printf("%-17s %6s %6s %6s %6s   %6s %6s %6s   %6s %6s   %6s   %6s %6s %6s %6s\n", "noise",
	       "worse", "better", "block", "unsure", "worse", "block", "unsure", "seen", "rerun",
	       "cover", "same", "5 %", "same", "5 %");
	for (size_t i = 0; i < sizeof families / sizeof *families; i++)
		print_family(&families[i], pairs);
	printf("%.1f s of CPU\n", (double)(clock() - start) / CLOCKS_PER_SEC);
	return 0;
}
