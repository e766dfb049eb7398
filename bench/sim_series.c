/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Series of many kinds for the forecast to be judged by. Seasons are working hours, nightly jobs and
 * holidays, not waves.
 */
#include "sim_series.h"

#include "perftop/base/mem.h"

#include <stdlib.h>
#include <string.h>

const struct sim_recipe sim_recipes[] = {
	{"hours, quiet", SIM_WEEK, 672, 2016, 24, {.1, .3}, {0, 0}, .trend = 1},
	{"hours, loud", SIM_WEEK, 672, 2016, 48, {1, 2}, {0, 0}, .trend = 1},
	{"hours, memory", SIM_WEEK, 672, 2016, 48, {.3, .8}, {.85, .97}, .trend = 1},
	{"hours, heavy tails",
	 SIM_WEEK,
	 672,
	 2016,
	 48,
	 {.2, .8},
	 {0, .7},
	 .trend = 1,
	 .tails = SIM_STUDENT},
	{"hours, four weeks", SIM_WEEK, 672, 700, 168, {.2, .8}, {0, .8}, .trend = 1},
	{"hours, twelve weeks", SIM_WEEK, 1900, 2016, 168, {.2, .8}, {0, .8}, .trend = 2},
	{"hours, late step", SIM_WEEK, 672, 1500, 48, {.2, .6}, {0, .7}, .trend = 1, .late = 1},
	{"hours, three steps",
	 SIM_WEEK,
	 672,
	 1500,
	 168,
	 {.2, .6},
	 {0, .7},
	 .trend = 2,
	 .shifts = 3},
	{"hours, wild values", SIM_WEEK, 672, 1500, 24, {.2, .6}, {0, .7}, .trend = 1, .wild = .01},
	{"hours, missing", SIM_WEEK, 672, 1500, 48, {.2, .6}, {0, .7}, .trend = 1, .missing = .05},
	{"hours, counts",
	 SIM_WEEK,
	 672,
	 1500,
	 48,
	 {.1, .3},
	 {0, .7},
	 .trend = .5,
	 .values = SIM_COUNTS},
	{"hours, shares",
	 SIM_WEEK,
	 672,
	 1500,
	 48,
	 {.2, .8},
	 {0, .9},
	 .trend = 1,
	 .values = SIM_SHARES},
	{"hours, multiplying",
	 SIM_WEEK,
	 672,
	 1500,
	 48,
	 {.2, .6},
	 {0, .8},
	 .trend = 2,
	 .values = SIM_TIMES},
	{"hours, weak days", SIM_DAY, 336, 1000, 24, {1.5, 3}, {0, .8}, .trend = 1},
	{"hours, new habits", SIM_WEEK, 672, 1500, 48, {.2, .5}, {0, .5}, .trend = 1, .drift = .15},
	{"hours, walking", SIM_DAY, 336, 1500, 48, {.1, .4}, {0, 0}, .walk = .1},
	{"weeks, two years", SIM_YEAR, 104, 125, 4, {.2, .7}, {0, .6}, .trend = 1},
	{"weeks, four years", SIM_YEAR, 180, 230, 13, {.2, .7}, {0, .6}, .trend = 2},
	{"weeks, six years", SIM_YEAR, 290, 313, 52, {.2, .7}, {0, .6}, .trend = 3},
	{"weeks, loud", SIM_YEAR, 156, 313, 26, {1, 2}, {0, .4}, .trend = 1},
	{"weeks, steps",
	 SIM_YEAR,
	 156,
	 313,
	 13,
	 {.2, .6},
	 {0, .6},
	 .trend = 1,
	 .shifts = 1,
	 .late = 1},
	{"weeks, damped growth", SIM_YEAR, 156, 313, 26, {.2, .5}, {0, .6}, .trend = 5, .damp = .8},
	{"weeks, multiplying",
	 SIM_YEAR,
	 156,
	 313,
	 26,
	 {.2, .6},
	 {0, .6},
	 .trend = 3,
	 .values = SIM_TIMES},
	{"weeks, wild values",
	 SIM_YEAR,
	 156,
	 313,
	 13,
	 {.2, .6},
	 {0, .6},
	 .trend = 1,
	 .wild = .02,
	 .tails = SIM_STUDENT},
	{"weeks, missing", SIM_YEAR, 156, 313, 13, {.2, .6}, {0, .6}, .trend = 1, .missing = .05},
	{"weeks, counts",
	 SIM_YEAR,
	 156,
	 313,
	 13,
	 {.1, .3},
	 {0, .6},
	 .trend = 1,
	 .values = SIM_COUNTS},
	{"weeks, walking", SIM_YEAR, 156, 313, 13, {.1, .4}, {0, 0}, .walk = .2},
	{"weeks, no season", SIM_NONE, 104, 313, 26, {.5, 1}, {0, .8}, .trend = 4},
	{"weeks, damped only", SIM_NONE, 104, 313, 26, {.2, .6}, {0, .8}, .trend = 5, .damp = .9},
	{"weeks, only walking", SIM_NONE, 104, 313, 13, {0, .5}, {0, 0}, .walk = 1},
};
const size_t sim_n_recipes = PT_LEN(sim_recipes);

size_t sim_period(const struct sim_recipe *recipe)
{
	static const size_t of[] = {52, 24, 168, 52};

	return of[recipe->season];
}

static double uniform(struct sim_random *r, double lo, double hi)
{
	return lo + (hi - lo) * sim_uniform(r);
}

/* Mean 0, standard deviation 1. */
static void standardise(double *v, size_t n)
{
	double mean = 0, square = 0;

	for (size_t i = 0; i < n; i++)
		mean += v[i] / (double)n;
	for (size_t i = 0; i < n; i++)
		square += (v[i] - mean) * (v[i] - mean) / (double)n;
	for (size_t i = 0; i < n; i++)
		v[i] = (v[i] - mean) / sqrt(square);
}

/* Slopes of work beginning and ending, lunch, and at most two nightly jobs. */
static void make_day(struct sim_random *r, double *day)
{
	double start = uniform(r, 5, 10), end = uniform(r, 15, 21), soft = uniform(r, 0.5, 2);

	for (int i = 0; i < 24; i++)
		day[i] = tanh((i - start) / soft) - tanh((i - end) / soft) -
			 uniform(r, 0, 0.3) * (i == 12);
	for (int jobs = (int)uniform(r, 0, 3); jobs > 0; jobs--)
		day[(int)uniform(r, 0, 24)] += uniform(r, 0.3, 1.5);
}

static void make_week(struct sim_random *r, double *week)
{
	double day[24], rest = uniform(r, 0.1, 0.9);

	make_day(r, day);
	for (int d = 0; d < 7; d++) {
		double height = (d < 5 ? 1 : rest) * uniform(r, 0.9, 1.1);

		for (int i = 0; i < 24; i++)
			week[d * 24 + i] = height * day[i];
	}
	if (sim_uniform(r) < 0.3)
		week[(int)uniform(r, 0, 168)] += uniform(r, 1, 4); /* the weekly backup */
}

/* A tilt of the year, summer, and a few weeks at its end. */
static void make_year(struct sim_random *r, double *year)
{
	double phase = uniform(r, 0, 52), summer = uniform(r, -1, 1), rush = uniform(r, -1, 3);

	for (int i = 0; i < 52; i++) {
		double x = (i - 29) / 4.0;

		year[i] = cos(2 * M_PI * (i - phase) / 52) + summer * exp(-x * x) +
			  (i >= 47) * rush * (i - 46) / 5;
	}
}

static void add_season(const struct sim_recipe *recipe, struct sim_random *r, double *v, size_t n)
{
	double season[168], change[168];
	size_t p = sim_period(recipe);
	void (*make)(struct sim_random *, double *) = recipe->season == SIM_DAY	   ? make_day
						      : recipe->season == SIM_WEEK ? make_week
										   : make_year;

	if (recipe->season == SIM_NONE)
		return;
	make(r, season);
	standardise(season, p);
	for (size_t i = 0, first = (size_t)uniform(r, 0, (double)p); i < n; i++) {
		if (recipe->drift > 0 && i % p == 0) {
			make(r, change);
			standardise(change, p);
			for (size_t k = 0; k < p; k++)
				season[k] += recipe->drift * change[k];
		}
		v[i] += season[(first + i) % p];
	}
}

static double draw(const struct sim_recipe *recipe, struct sim_random *r)
{
	double square = 0;

	if (recipe->tails == SIM_NORMAL)
		return sim_normal(r);
	for (int i = 0; i < 3; i++) {
		double x = sim_normal(r);

		square += x * x;
	}
	return sim_normal(r) / sqrt(square); /* sqrt(3) of them have variance 3 */
}

static void add_noise(const struct sim_recipe *recipe, struct sim_random *r, double *v, size_t n)
{
	double noise = uniform(r, recipe->noise[0], recipe->noise[1]);
	double memory = uniform(r, recipe->memory[0], recipe->memory[1]), e = 0, level = 0;

	for (size_t i = 0; i < n; i++) {
		e = memory * e + sqrt(1 - memory * memory) * noise * draw(recipe, r);
		v[i] += e + (level += recipe->walk * sim_normal(r));
	}
}

static void add_trend(const struct sim_recipe *recipe, struct sim_random *r, double *v, size_t n)
{
	double height = uniform(r, -recipe->trend, recipe->trend);

	for (size_t i = 0; i < n; i++) {
		double x = (double)i / (double)n;

		v[i] += height * (recipe->damp > 0 ? 1 - exp(-3 * x / recipe->damp) : x);
	}
}

static void add_steps(const struct sim_recipe *recipe, struct sim_random *r, double *v, size_t n,
		      size_t h)
{
	for (int i = 0; i < recipe->shifts + recipe->late; i++) {
		double from = i < recipe->shifts ? 0.05 : 0.85, height = uniform(r, 1, 4);
		size_t at =
			(size_t)uniform(r, from * (double)n,
					i < recipe->shifts ? 0.85 * (double)n : 0.98 * (double)n);

		if (sim_uniform(r) < 0.5)
			height = -height;
		for (size_t k = at; k < n + h; k++)
			v[k] += height;
	}
}

static double poisson(struct sim_random *r, double mean)
{
	double limit = exp(-mean), product = sim_uniform(r);
	int ret = 0;

	if (mean > 50)
		return fmax(0, round(mean + sqrt(mean) * sim_normal(r)));
	for (; product > limit; ret++)
		product *= sim_uniform(r);
	return ret;
}

static void give_values(const struct sim_recipe *recipe, struct sim_random *r, double *v, size_t n)
{
	double scale = exp(uniform(r, 0, 8)), spread = uniform(r, 0.2, 0.5);
	double mean = exp(uniform(r, 1, 4)), middle = uniform(r, -2, 2), level = uniform(r, 10, 40);

	for (size_t i = 0; i < n; i++) {
		if (recipe->values == SIM_PLAIN)
			v[i] = scale * (level + v[i]);
		else if (recipe->values == SIM_TIMES)
			v[i] = scale * exp(spread * v[i]);
		else if (recipe->values == SIM_COUNTS)
			v[i] = poisson(r, mean * exp(0.7 * v[i]));
		else
			v[i] = 1 / (1 + exp(-middle - v[i]));
	}
}

/* Wild values, single ones missing, and one gap of a cycle's seventh. */
static void spoil(const struct sim_recipe *recipe, struct sim_random *r, double *v, size_t n)
{
	size_t gap = sim_period(recipe) / 7, at = (size_t)uniform(r, 0, (double)(n - gap));
	double usual = 0;

	for (size_t i = 1; i < n; i++)
		usual += fabs(v[i] - v[i - 1]) / (double)(n - 1);
	for (size_t i = 0; i < n; i++) {
		if (sim_uniform(r) < recipe->wild)
			v[i] += usual * uniform(r, 5, 20) * (sim_uniform(r) < 0.8 ? 1 : -1);
		if (sim_uniform(r) < recipe->missing || (recipe->missing > 0 && i - at < gap))
			v[i] = NAN;
	}
}

void sim_series(const struct sim_recipe *recipe, struct sim_random *r, double *v, size_t n)
{
	size_t all = n + recipe->horizon;

	memset(v, 0, all * sizeof *v);
	add_season(recipe, r, v, all);
	add_noise(recipe, r, v, all);
	add_trend(recipe, r, v, all);
	add_steps(recipe, r, v, n, recipe->horizon);
	give_values(recipe, r, v, all);
	spoil(recipe, r, v, n);
}
