/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PT_ANALYSE_FORECAST_H
#define PT_ANALYSE_FORECAST_H

#include <stddef.h>

/* What comes next in a regular series, with honest intervals. */
struct pt_forecast {
	double mean, lo80, hi80, lo95, hi95;
};

struct pt_forecast_options {
	size_t period; /* of the season in points; 0: found from the series */
	double lo, hi; /* bounds that values cannot leave (0..1 of a ratio); NaN: none */
};
void pt_forecast_options_init(struct pt_forecast_options *options);

/*
 * v        n values, the newest last; NaN: missing
 * ret      h forecasts
 * Errors   -PT_ENODATA of fewer than 2 values, -PT_EINVAL for infinite ones
 */
int pt_forecast(const double *v, size_t n, size_t h, const struct pt_forecast_options *options,
		struct pt_forecast *ret);

/* Seasons of a series, the strongest first (24 and 168 of hourly data): number found, at most max. */
size_t pt_seasons(const double *v, size_t n, size_t *ret, size_t max);

#endif
