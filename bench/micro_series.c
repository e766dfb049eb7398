/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What scores and forecasts of a series cost: rows scored a second, forecasts a second of hourly and
 * of five-minute series. Prints; judges nothing. The best of several rounds of CPU time.
 */
#include "sim.h"

#include "perftop/analyse/anomaly.h"
#include "perftop/analyse/forecast.h"
#include "perftop/base/clock.h"
#include "perftop/base/mem.h"

#include <stdio.h>
#include <time.h>

enum { ROWS = 200000, HOURLY = 1000, FINE = 4 * 2016, HORIZON = 48, ROUNDS = 5 };

static double seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void fill(double *v, size_t n, double day)
{
	struct sim_random r = {.state = 7};

	for (size_t i = 0; i < n; i++)
		v[i] = 50 + 20 * sin(2 * M_PI * (double)i / day) +
		       5 * sin(2 * M_PI * (double)i / day / 7) + 3 * sim_normal(&r);
}

static double score(const double *v)
{
	struct pt_anomaly *a = pt_anomaly_new();
	double sum = 0;

	for (int i = 0; i < ROWS; i++)
		sum += pt_anomaly_score(a, i * 300 * PT_S, v[i]);
	pt_anomaly_free(a);
	return sum;
}

static double forecast(const double *v, size_t n)
{
	struct pt_forecast out[HORIZON];
	struct pt_forecast_options options;

	pt_forecast_options_init(&options);
	pt_forecast(v, n, HORIZON, &options, out);
	return out[0].mean;
}

/* n: of values to forecast from; 0: scores. Seconds of the best round. */
static double best_round(const double *v, size_t n)
{
	double best = INFINITY, sink = 0;

	for (int i = 0; i < ROUNDS; i++) {
		double start = seconds();

		sink += n ? forecast(v, n) : score(v);
		best = fmin(best, seconds() - start);
	}
	return sink > -INFINITY ? best : 0;
}

int main(void)
{
	double *v = pt_calloc(ROWS, sizeof *v);

	fill(v, ROWS, 288);
	printf("anomaly   %10.0f rows/s\n", ROWS / best_round(v, 0));
	printf("forecast  %10.1f /s from %d points of 5 minutes\n", 1 / best_round(v, FINE), FINE);
	fill(v, HOURLY, 24);
	printf("forecast  %10.1f /s from %d hourly points\n", 1 / best_round(v, HOURLY), HOURLY);
	free(v);
	return 0;
}
