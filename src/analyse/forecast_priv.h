/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PT_ANALYSE_FORECAST_PRIV_H
#define PT_ANALYSE_FORECAST_PRIV_H

#include "perftop/analyse/forecast.h"

#include <stdbool.h>

/* Between the files of the forecast: a series without gaps, and the models that look at it. */

enum { PT_FORECAST_SEASONS = 2 };

struct pt_past {
	const double *v; /* n values, finite */
	size_t n;
	size_t seasons[PT_FORECAST_SEASONS]; /* ascending; each fits at least twice */
	size_t n_seasons;
	const double *flat;  /* v without its seasons */
	const double *ahead; /* what the seasons add to the values to come */
};

/*
 * Fills flat (n values) and ahead (h) from v and the seasons. A season's profile is the mean of its
 * cycles, recent ones counting more, and smoothed as far as cycles foretell each other better for it.
 */
void pt_past_flatten(struct pt_past *past, size_t h, double *flat, double *ahead);

/* A model forecasts h values from the past into out. scratch has room for n + h. False when the past is
 * too short for it. */
typedef bool pt_model(const struct pt_past *past, size_t h, double *out, double *scratch);

struct pt_model_row {
	const char *name;
	pt_model *run;
	bool log; /* on logarithms: seasons and trends that multiply */
};
extern const struct pt_model_row pt_models[];
extern const size_t pt_n_models;

/* v without gaps: straight lines between neighbours. At least one value is finite. */
void pt_fill_gaps(double *v, size_t n);

/* Lifts or lowers what is before the largest sharp step of the level to the level behind it, in v; past
 * tells seasons and n. False if there is no step that is sure. */
bool pt_level_step(const struct pt_past *past, double *v);

/* Moving average of period p, at the ends that of the nearest whole period; p <= n. */
void pt_moving_average(const double *v, size_t n, size_t p, double *ret);

/* Order of doubles, for qsort. */
int pt_forecast_by_value(const void *a, const void *b);

#endif
