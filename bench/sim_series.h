/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PT_BENCH_SIM_SERIES_H
#define PT_BENCH_SIM_SERIES_H

#include "sim.h"

#include <stddef.h>

enum sim_season { SIM_NONE, SIM_DAY, SIM_WEEK, SIM_YEAR };
enum sim_tails { SIM_NORMAL, SIM_STUDENT }; /* of 3 degrees of freedom */
enum sim_values { SIM_PLAIN, SIM_TIMES, SIM_COUNTS, SIM_SHARES };

/* A kind of series. Each range is drawn from anew for every series; heights are in units of the season. */
struct sim_recipe {
	const char *name;
	enum sim_season season;
	size_t least, most, horizon;
	double noise[2], memory[2];
	double trend;	  /* over the whole series, as large as this either way */
	double damp;	  /* share of the series in which the trend comes to rest; 0: it does not */
	double walk;	  /* of the level, a standard deviation each step */
	double drift;	  /* of the season's profile, a cycle */
	int shifts, late; /* steps of the level: anywhere, in the last 15 % */
	double wild, missing; /* shares of points */
	enum sim_tails tails;
	enum sim_values values;
};

extern const struct sim_recipe sim_recipes[];
extern const size_t sim_n_recipes;

/* Cycle that a naive forecast is told. */
size_t sim_period(const struct sim_recipe *recipe);

/* n values that are known, NaN among them, and the horizon's values behind them. */
void sim_series(const struct sim_recipe *recipe, struct sim_random *r, double *v, size_t n);

#endif
