/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What finding change points costs: 10,000 histories of 500 commits, one history of 10,000, and the
 * same as series of no particular kind. Prints CPU time as it is and as a share of what it may be
 * (10 s, 50 ms); judges nothing. A share is told over what was run: the 10,000 are a thousand here,
 * times ten.
 */
#include "sim.h"

#include "perftop/analyse/changepoint.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { SERIES = 1000, POINTS = 500, LONG = 10000, ROUNDS = 3, NEWEST = 20000 };

static const double max_many = 10, max_one = 0.05;

static double seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* A level with a step of 5 % every 100 to 300 points, 2 % of noise, 2 % of spikes. */
static void fill(struct sim_random *r, double *v, size_t n)
{
	double level = log(1e6);
	size_t next = 0;

	for (size_t i = 0; i < n; i++) {
		if (i == next) {
			level += i == 0 ? 0 : sim_uniform(r) < .5 ? .05 : -.05;
			next += 100 + (size_t)(200 * sim_uniform(r));
		}
		v[i] = exp(level + .02 * sim_normal(r) + (sim_uniform(r) < .02 ? .5 : 0));
	}
}

/* A machine that drifts all the time: the hardest kind. */
static void wander(struct sim_random *r, double *v, size_t n)
{
	double level = log(1e6);

	for (size_t i = 0; i < n; i++)
		v[i] = exp(level += .01 * sim_normal(r));
}

static double run(const double *v, size_t series, size_t n, bool bench, size_t *ret_found)
{
	struct pt_changepoint_options options;
	double best = HUGE_VAL;

	pt_changepoint_options_init(&options);
	options.bench = bench;
	for (int round = 0; round < ROUNDS; round++) {
		double begin = seconds();

		*ret_found = 0;
		for (size_t i = 0; i < series; i++) {
			struct pt_changepoint *found;
			size_t k;

			if (pt_changepoints(v + i * n, n, &options, &found, &k) < 0)
				continue;
			free(found);
			*ret_found += k;
		}
		best = fmin(best, seconds() - begin);
	}
	return best;
}

static void newest(const double *v)
{
	struct pt_changepoint_options options;
	struct pt_step_result r;
	double begin = seconds();
	size_t suspects = 0;

	pt_changepoint_options_init(&options);
	options.bench = true;
	for (size_t i = 0; i < NEWEST; i++)
		if (pt_newest_step(v, POINTS + i % (LONG - POINTS), &options, &r) == 0)
			suspects += r.step != PT_STEP_NO;
	printf("%-32s %8.1f us each; %zu of %d suspects\n", "newest commit of a history",
	       (seconds() - begin) / NEWEST * 1e6, suspects, NEWEST);
}

int main(void)
{
	struct sim_random r = {.state = 1};
	double *many = malloc(sizeof *many * SERIES * POINTS), *one = malloc(sizeof *one * LONG);
	size_t found;
	double t;

	if (!many || !one)
		return 1;
	for (size_t i = 0; i < SERIES; i++)
		fill(&r, many + i * POINTS, POINTS);
	fill(&r, one, LONG);
	for (int bench = 1; bench >= 0; bench--) {
		const char *kind = bench ? "histories" : "other series";

		t = run(many, SERIES, POINTS, bench, &found) * (10000.0 / SERIES);
		printf("10,000 %-13s of %5d points %8.3f s,  %5.1f %% of the limit; %zu found\n",
		       kind, POINTS, t, 100 * t / max_many, found * 10000 / SERIES);
		t = run(one, 1, LONG, bench, &found);
		printf("     1 %-13s of %5d points %8.3f ms, %5.1f %% of the limit; %zu found\n",
		       kind, LONG, t * 1e3, 100 * t / max_one, found);
	}
	newest(one);
	wander(&r, one, LONG);
	t = run(one, 1, LONG, true, &found);
	printf("     1 history that wanders, of %d points %8.3f ms, %5.1f %% of the limit\n", LONG,
	       t * 1e3, 100 * t / max_one);
	free(many);
	free(one);
	return 0;
}
