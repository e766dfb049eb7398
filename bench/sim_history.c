/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * How soon a step in a history is found, commit by commit: 50 benchmarks x 20 commits a week, 10
 * runs a commit, and one day a benchmark becomes 5 % slower. Seeds are fixed.
 *
 *	sim_history [--quick]
 *
 * The policy: each new commit's median goes to pt_newest_step; a suspect is measured again, fresh
 * runs of it and of the commit two before in turns, up to three rounds of 10 + 10, and an alert is
 * what pt_confirm calls. Beside it two usual rules on the same medians: more than 5 % over the
 * commit before; more than 3 robust standard deviations over the median of the last 20, twice in a
 * row.
 *
 * Noise, of the logarithm. JMH-like: launches of a benchmark spread by something between .5 and 9
 * %, drawn log-uniformly. CI: a quarter of the commits meets a machine that is 6 to 25 % slower,
 * 1.5 % between machines of a kind, 1.5 % between launches (a quarter of unchanged pairs then
 * differs by more than 5 %, as on hosted runners); runs that are taken in turns share a machine.
 * Outliers: 1 % between launches, 3 % of them take 1.5 to 4 times as long. Drift: 1 % between
 * launches, the machine wanders by .4 % a commit. Of 50 benchmarks 20 are JMH-like, 10 of each
 * other kind.
 *
 * Columns: found at the step or one commit later; false alarms a week if all 50 were of that kind;
 * suspects and runs spent on them, a week, where 10,000 runs are made anyway.
 */
#include "sim.h"

#include "perftop/analyse/changepoint.h"
#include "perftop/analyse/confirm.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
	BENCHES = 50,
	COMMITS = 20, /* a week */
	WARM_UP = 40, /* commits that are there already */
	AFTER = 2,    /* commits from the step on */
	ALL = WARM_UP + COMMITS + AFTER,
	RUNS = 10,
	ROUNDS = 3,
	LOOK_BACK = 20,
};

static const double step = 1.05;

struct family {
	const char *name;
	int share;		   /* of the 50 */
	double launch, launch_max; /* launch_max: log-uniform up to that */
	double machine;		   /* between machines of a kind */
	double slow_machines;	   /* part of the commits that meet one */
	double outliers;
	double drift; /* a commit */
};

static const struct family families[] = {
	{"JMH-like", 20, .launch = .005, .launch_max = .09},
	{"CI", 10, .launch = .015, .machine = .015, .slow_machines = .25},
	{"outliers", 10, .launch = .01, .outliers = .03},
	{"drift", 10, .launch = .01, .drift = .004},
};

enum rule { POLICY, PREVIOUS, MAD_TWICE, RULES };
static const char *const rule_names[RULES] = {"newest step + reruns", "> 5 % over previous",
					      "3 MAD, twice in a row"};

struct history {
	const struct family *family;
	struct sim_random random;
	double launch, wander;
	double v[ALL]; /* medians of commits */
	size_t n;
};

struct tally {
	int commits, steps;
	int alarms[RULES], found[RULES];
	int suspects, reruns;
};

/* What a machine does to all runs that it makes. */
static double machine(struct history *h)
{
	double x = h->family->machine > 0 ? h->family->machine * sim_normal(&h->random) : 0;

	if (sim_uniform(&h->random) < h->family->slow_machines)
		x += log(1.06 + .19 * sim_uniform(&h->random));
	return x + h->wander;
}

static double run(struct history *h, double level)
{
	double x = level + h->launch * sim_normal(&h->random);

	if (sim_uniform(&h->random) < h->family->outliers)
		x += log(1.5 + 2.5 * sim_uniform(&h->random));
	return exp(x);
}

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static double median(const double *v, size_t n)
{
	double copy[ALL];

	memcpy(copy, v, n * sizeof *v);
	qsort(copy, n, sizeof *copy, by_value);
	return (copy[(n - 1) / 2] + copy[n / 2]) / 2;
}

static void start(struct history *h)
{
	const struct family *f = h->family;

	h->n = 0;
	h->wander = 0;
	h->launch = f->launch;
	if (f->launch_max > 0)
		h->launch *= pow(f->launch_max / f->launch, sim_uniform(&h->random));
}

static void commit(struct history *h, double level)
{
	double runs[RUNS], where;

	if (h->family->drift > 0)
		h->wander += h->family->drift * sim_normal(&h->random);
	where = machine(h);
	for (size_t i = 0; i < RUNS; i++)
		runs[i] = run(h, level + where);
	h->v[h->n++] = median(runs, RUNS);
}

/* Fresh runs of both, in turns, on one machine a round. */
static bool confirm(struct history *h, double change, struct tally *t)
{
	double v[2][ROUNDS * RUNS];
	struct pt_run runs[2][ROUNDS * RUNS];
	struct pt_compare_options o;
	struct pt_comparison c;

	pt_compare_options_init(&o);
	for (int round = 1;; round++) {
		size_t n = (size_t)round * RUNS;
		double where = machine(h);

		for (size_t i = n - RUNS; i < n; i++)
			for (int side = 0; side < 2; side++) {
				v[side][i] = run(h, where + (side ? log(change) : 0));
				runs[side][i] = (struct pt_run){&v[side][i], 1, 1};
			}
		t->reruns += 2 * RUNS;
		switch (pt_confirm(runs[0], n, runs[1], n, &o, round, round == ROUNDS, &c)) {
		case PT_CONFIRM_GO_ON: continue;
		case PT_CONFIRM_CALLED: return true;
		default: return false;
		}
	}
}

/* change: of the newest commit against the one two before it. */
static bool policy(struct history *h, double change, struct tally *t)
{
	struct pt_changepoint_options o;
	struct pt_step_result r;

	pt_changepoint_options_init(&o);
	o.bench = true;
	if (pt_newest_step(h->v, h->n, &o, &r) < 0 || r.step == PT_STEP_NO || r.ratio < 1)
		return false;
	t->suspects++;
	return confirm(h, change, t);
}

static bool above(const struct history *h, size_t at)
{
	const double *before = h->v + at - LOOK_BACK;
	double mid = median(before, LOOK_BACK), far[LOOK_BACK];

	for (size_t i = 0; i < LOOK_BACK; i++)
		far[i] = fabs(before[i] - mid);
	return h->v[at] > mid + 3 * 1.4826 * median(far, LOOK_BACK);
}

/* What each rule says to the newest commit. */
static void ask(struct history *h, double change, struct tally *t, bool *says)
{
	size_t last = h->n - 1;

	says[POLICY] = policy(h, change, t);
	says[PREVIOUS] = h->v[last] > 1.05 * h->v[last - 1];
	says[MAD_TWICE] = above(h, last) && above(h, last - 1);
}

static void live(struct history *h, struct tally *t)
{
	bool found[RULES] = {0}, says[RULES];
	struct tally ignored = {0};

	start(h);
	while (h->n < WARM_UP)
		commit(h, 0);
	for (int i = 0; i < COMMITS; i++) {
		commit(h, 0);
		ask(h, 1, t, says);
		t->commits++;
		for (int k = 0; k < RULES; k++)
			t->alarms[k] += says[k];
	}
	for (int i = 0; i < AFTER; i++) {
		commit(h, log(step));
		ask(h, step, &ignored, says);
		for (int k = 0; k < RULES; k++)
			found[k] |= says[k];
	}
	t->steps++;
	for (int k = 0; k < RULES; k++)
		t->found[k] += found[k];
}

static double found(const struct tally *t, int rule)
{
	return 100.0 * t->found[rule] / t->steps;
}

static double weekly(const struct tally *t, int count)
{
	return (double)count * BENCHES * COMMITS / t->commits;
}

struct sums {
	double found[RULES], alarms[RULES];
};

static void simulate(size_t family, int histories, struct sums *all)
{
	struct history h = {.family = &families[family], .random = {.state = 20260101 + family}};
	double share = (double)h.family->share / BENCHES;
	struct tally t = {0};

	for (int i = 0; i < histories; i++)
		live(&h, &t);
	for (int k = 0; k < RULES; k++) {
		all->found[k] += share * found(&t, k);
		all->alarms[k] += share * weekly(&t, t.alarms[k]);
		printf("%-22s %-10s %8.1f %13.2f", rule_names[k], h.family->name, found(&t, k),
		       weekly(&t, t.alarms[k]));
		if (k == POLICY)
			printf(" %9.0f %9.0f", weekly(&t, t.suspects), weekly(&t, t.reruns));
		printf("\n");
	}
	fflush(stdout);
}

int main(int argc, char **argv)
{
	bool quick = argc > 1 && strcmp(argv[1], "--quick") == 0;
	int histories = quick ? 300 : 3000;
	struct sums all = {{0}, {0}};
	clock_t begin = clock();

	printf("%d histories of each kind of noise\n", histories);
	printf("%-22s %-10s %8s %13s %9s %9s\n", "rule", "noise", "found %", "alarms a week",
	       "suspects", "reruns");
	for (size_t i = 0; i < sizeof families / sizeof *families; i++)
		simulate(i, histories, &all);
	for (int k = 0; k < RULES; k++)
		printf("%-22s %-10s %8.1f %13.2f\n", rule_names[k], "all 50", all.found[k],
		       all.alarms[k]);
	printf("wanted: found 50 at least, 65 better; alarms below 2\n");
	printf("%.1f s of CPU\n", (double)(clock() - begin) / CLOCKS_PER_SEC);
	return 0;
}
