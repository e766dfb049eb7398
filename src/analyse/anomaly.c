/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Scores the newest value of a stream by its distance from a slowly forgotten mean.
 */
#include "perftop/analyse/anomaly.h"

#include "perftop/base/mem.h"

#include <math.h>

struct pt_anomaly {
	double mean, var;
	int64_t n;
};

struct pt_anomaly *pt_anomaly_new(void)
{
	return pt_calloc(1, sizeof(struct pt_anomaly));
}

void pt_anomaly_free(struct pt_anomaly *a)
{
	free(a);
}

double pt_anomaly_score(struct pt_anomaly *a, int64_t at_ns, double value)
{
	double rate, d, z;

	(void)at_ns;
	if (!isfinite(value))
		return 0;
	rate = 1.0 / (double)PT_MIN(++a->n, 500);
	d = value - a->mean;
	z = a->var > 0 && a->n > 20 ? fabs(d) / sqrt(a->var) : 0;
	a->mean += rate * d;
	a->var += rate * (d * d * (1 - rate) - a->var);
	return z / (z + 5);
}
