/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * How good forecasts are: series are generated with fixed seeds, the last points are kept back, and
 * the period is not told. Prints the error against the seasonal naive forecast (which is told it),
 * and how often the intervals hold what came, by family and distance. The second table is of families
 * that the models were not chosen by (sim_series.c). --quick takes fewer series.
 */
#include "sim_series.h"

#include "perftop/analyse/forecast.h"
#include "perftop/base/mem.h"

#include <stdio.h>
#include <string.h>

enum { POINTS_MAX = 2700, HORIZON_MAX = 168, PARTS = 3 };

struct family {
	const char *name;
	size_t period; /* that the naive forecast is told */
	size_t least, most, horizon;
	void (*make)(struct sim_random *r, double *v, size_t n);
};

struct tally {
	double error, naive; /* sums of absolute errors, each series in its own scale */
	size_t in80, in95, n;
};

/* ---- families ---- */

static double uniform(struct sim_random *r, double lo, double hi)
{
	return lo + (hi - lo) * sim_uniform(r);
}

/* A smooth profile of mean 0, a few harmonics. */
static void profile(struct sim_random *r, double *v, size_t p)
{
	double a[4], b[4];

	for (int k = 0; k < 4; k++) {
		a[k] = sim_normal(r) / (k + 1);
		b[k] = sim_normal(r) / (k + 1);
	}
	for (size_t i = 0; i < p; i++) {
		v[i] = 0;
		for (int k = 0; k < 4; k++) {
			double x = 2 * M_PI * (double)((size_t)(k + 1) * i) / (double)p;

			v[i] += a[k] * sin(x) + b[k] * cos(x);
		}
	}
}

/* Days, and weeks in which days differ: 168 values around 0. */
static void week(struct sim_random *r, double *v)
{
	double day[24], free_day[24];

	profile(r, day, 24);
	profile(r, free_day, 24);
	for (size_t d = 0; d < 7; d++) {
		double up = 0.2 * sim_normal(r) - (d >= 5 ? uniform(r, 0, 1.5) : 0);

		for (size_t i = 0; i < 24; i++)
			v[d * 24 + i] = up + (d < 5 ? day[i] : 0.6 * day[i] + 0.3 * free_day[i]);
	}
}

/* Level, trend and noise of its own memory; shifts > 0: that many steps of the level. */
static void base(struct sim_random *r, double *v, size_t n, double noise, double memory,
		 double trend, int shifts)
{
	double e = 0;

	for (size_t i = 0; i < n; i++) {
		e = memory * e + sqrt(1 - memory * memory) * noise * sim_normal(r);
		v[i] += e + trend * (double)i / (double)n;
	}
	for (; shifts > 0; shifts--) {
		size_t at = (size_t)uniform(r, 0.1 * (double)n, 0.9 * (double)n);
		double step = 1.5 * sim_normal(r);

		for (size_t i = at; i < n; i++)
			v[i] += step;
	}
}

static void hourly(struct sim_random *r, double *v, size_t n)
{
	double w[168];

	week(r, w);
	for (size_t i = 0; i < n; i++)
		v[i] = 10 + w[i % 168];
	base(r, v, n, uniform(r, 0.1, 0.6), uniform(r, 0, 0.9), uniform(r, -2, 2), 0);
}

static void hourly_shifts(struct sim_random *r, double *v, size_t n)
{
	double w[168];

	week(r, w);
	for (size_t i = 0; i < n; i++)
		v[i] = 20 + w[i % 168];
	base(r, v, n, uniform(r, 0.1, 0.6), uniform(r, 0, 0.9), uniform(r, -2, 2),
	     1 + (int)uniform(r, 0, 3));
}

static void hourly_times(struct sim_random *r, double *v, size_t n)
{
	double w[168], scale = uniform(r, 10, 5000);

	week(r, w);
	for (size_t i = 0; i < n; i++)
		v[i] = 0.4 * w[i % 168];
	base(r, v, n, uniform(r, 0.05, 0.25), uniform(r, 0, 0.9), uniform(r, -0.5, 1), 0);
	for (size_t i = 0; i < n; i++)
		v[i] = scale * exp(v[i]);
}

static void hourly_day(struct sim_random *r, double *v, size_t n)
{
	double day[24];

	profile(r, day, 24);
	for (size_t i = 0; i < n; i++)
		v[i] = 50 + day[i % 24];
	base(r, v, n, uniform(r, 0.2, 0.8), uniform(r, 0, 0.95), uniform(r, -1, 1), 0);
}

static void weekly_season(struct sim_random *r, double *v, size_t n)
{
	double year[52];

	profile(r, year, 52);
	for (size_t i = 0; i < n; i++)
		v[i] = 30 + year[i % 52];
	base(r, v, n, uniform(r, 0.2, 0.7), uniform(r, 0, 0.8), uniform(r, -4, 4), 0);
}

static void weekly_shifts(struct sim_random *r, double *v, size_t n)
{
	weekly_season(r, v, n);
	base(r, v, n, 0, 0, 0, 1 + (int)uniform(r, 0, 2));
}

static void weekly_times(struct sim_random *r, double *v, size_t n)
{
	weekly_season(r, v, n);
	for (size_t i = 0; i < n; i++)
		v[i] = 800 * exp(0.25 * (v[i] - 30));
}

static void weekly_walk(struct sim_random *r, double *v, size_t n)
{
	double x = uniform(r, 50, 200), drift = 0.05 * sim_normal(r), noise = uniform(r, 0, 1);

	for (size_t i = 0; i < n; i++) {
		x += drift + sim_normal(r);
		v[i] = x + noise * sim_normal(r);
	}
}

static const struct family families[] = {
	{"hourly", 168, 700, 1000, 48, hourly},
	{"hourly, level shifts", 168, 700, 1000, 48, hourly_shifts},
	{"hourly, multiplying", 168, 700, 1000, 48, hourly_times},
	{"hourly, days only", 24, 700, 1000, 48, hourly_day},
	{"weekly", 52, 208, 1000, 13, weekly_season},
	{"weekly, level shifts", 52, 208, 1000, 13, weekly_shifts},
	{"weekly, multiplying", 52, 208, 1000, 13, weekly_times},
	{"weekly, random walk", 1, 80, 2600, 13, weekly_walk},
};

/* ---- measuring ---- */

static double v[POINTS_MAX], filled[POINTS_MAX];

/* v: n values to forecast from, and the horizon's behind them; parts of the horizon, a third each. */
static void measure(size_t n, size_t period, size_t horizon, struct tally *parts)
{
	struct pt_forecast out[HORIZON_MAX];
	struct pt_forecast_options options;
	double scale = 0;

	pt_forecast_options_init(&options);
	if (pt_forecast(v, n, horizon, &options, out) < 0)
		return;
	/* What the naive forecast takes for a missing value is the one before. */
	for (size_t i = 0; i < n; i++)
		filled[i] = i && isnan(v[i]) ? filled[i - 1] : v[i];
	if (isnan(filled[0]))
		return;
	for (size_t i = period; i < n; i++)
		scale += fabs(filled[i] - filled[i - period]) / (double)(n - period);
	for (size_t i = 0; i < horizon; i++) {
		struct tally *t = &parts[i * PARTS / horizon];
		double got = v[n + i], naive = filled[n - period + i % period];

		t->error += fabs(got - out[i].mean) / scale;
		t->naive += fabs(got - naive) / scale;
		t->in80 += got >= out[i].lo80 && got <= out[i].hi80;
		t->in95 += got >= out[i].lo95 && got <= out[i].hi95;
		t->n++;
	}
}

static size_t length(struct sim_random *r, size_t least, size_t most)
{
	return least + (size_t)uniform(r, 0, (double)(most - least));
}

static void measure_family(const struct family *f, struct sim_random *r, struct tally *parts)
{
	size_t n = length(r, f->least, f->most);

	memset(v, 0, sizeof v);
	f->make(r, v, n + f->horizon);
	measure(n, f->period, f->horizon, parts);
}

static void measure_recipe(const struct sim_recipe *recipe, struct sim_random *r,
			   struct tally *parts)
{
	size_t n = length(r, recipe->least, recipe->most);

	sim_series(recipe, r, v, n);
	measure(n, sim_period(recipe), recipe->horizon, parts);
}

static void print(const char *name, const char *part, const struct tally *t)
{
	printf("%-22s %-6s %6.3f %8.1f %8.1f\n", name, part, t->error / t->naive,
	       100 * (double)t->in80 / (double)t->n, 100 * (double)t->in95 / (double)t->n);
}

static void print_head(const char *what, int series)
{
	printf("\n%s, %d series a family: error / seasonal naive, coverage %%\n", what, series);
	printf("%-22s %-6s %6s %8s %8s\n", "family", "", "error", "of 80", "of 95");
}

static void add(struct tally *to, const struct tally *t)
{
	to->error += t->error;
	to->naive += t->naive;
	to->in80 += t->in80;
	to->in95 += t->in95;
	to->n += t->n;
}

static void print_parts(const char *name, const struct tally *parts, struct tally *all)
{
	static const char *const names[PARTS] = {"near", "middle", "far"};
	struct tally sum = {0};

	for (int i = 0; i < PARTS; i++) {
		print(i ? "" : name, names[i], &parts[i]);
		add(&sum, &parts[i]);
	}
	print("", "all", &sum);
	add(all, &sum);
}

int main(int argc, char **argv)
{
	int series = argc > 1 && strcmp(argv[1], "--quick") == 0 ? 20 : 200;
	struct tally all = {0}, unseen = {0};

	print_head("forecast", series);
	for (size_t f = 0; f < PT_LEN(families); f++) {
		struct sim_random r = {.state = 1000 + f};
		struct tally parts[PARTS] = {{0}};

		for (int i = 0; i < series; i++)
			measure_family(&families[f], &r, parts);
		print_parts(families[f].name, parts, &all);
	}
	print("all families", "", &all);
	print_head("families of another make", series);
	for (size_t f = 0; f < sim_n_recipes; f++) {
		struct sim_random r = {.state = 5000000 + f};
		struct tally parts[PARTS] = {{0}};

		for (int i = 0; i < series; i++)
			measure_recipe(&sim_recipes[f], &r, parts);
		print_parts(sim_recipes[f].name, parts, &unseen);
	}
	print("all of these", "", &unseen);
	return 0;
}
