/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Taking seasons out of a series. Five weeks are five looks at each hour of the week: their mean alone
 * is noisy, so a profile is smoothed as long as one cycle is foretold better by the others for it.
 */
#include "forecast_priv.h"

#include "perftop/base/mem.h"

#include <math.h>
#include <string.h>

/* What a cycle counts compared with the one behind it. */
#define FADE 0.95

struct season {
	size_t n, p;
	double *d;	 /* n: the series around its moving average */
	double *smooth;	 /* n: d smoothed */
	double *profile; /* p */
	double *mean;	 /* p: of all cycles alike, smoothed as d is */
};

/* One pass of weights 1 2 1. round: the ends meet. */
static void smooth(double *v, size_t n, bool round)
{
	double first = v[0], before = round ? v[n - 1] : v[0];

	for (size_t i = 0; i < n; i++) {
		double now = v[i], after = i + 1 < n ? v[i + 1] : round ? first : now;

		v[i] = (before + 2 * now + after) / 4;
		before = now;
	}
}

static void weigh_cycles(const struct season *s, double fade, double *ret)
{
	for (size_t k = 0; k < s->p; k++) {
		double sum = 0, weight = 0, w = 1;

		for (size_t i = s->n - 1 - (s->n - 1 - k) % s->p;; i -= s->p, w *= fade) {
			sum += w * s->d[i];
			weight += w;
			if (i < s->p)
				break;
		}
		ret[k] = sum / weight;
	}
}

/* How far a cycle is from what the others foretell, both smoothed alike. */
static double cycle_error(const struct season *s)
{
	double cycles = (double)s->n / (double)s->p, sum = 0;

	for (size_t i = 0, k = 0; i < s->n; i++, k = k + 1 == s->p ? 0 : k + 1) {
		double e = s->d[i] - (cycles * s->mean[k] - s->smooth[i]) / (cycles - 1);

		sum += e * e;
	}
	return sum;
}

/* How many passes make the others foretell a cycle best. */
static int best_smoothing(struct season *s)
{
	static const int tried[] = {1, 2, 4, 8, 16};
	double best;
	int passes = 0, done = 0;

	memcpy(s->smooth, s->d, s->n * sizeof *s->d);
	weigh_cycles(s, 1, s->mean);
	best = cycle_error(s) * 0.999;
	for (size_t i = 0; i < PT_LEN(tried) && (size_t)tried[i] < s->p; i++) {
		double error;

		for (; done < tried[i]; done++) {
			smooth(s->smooth, s->n, false);
			smooth(s->mean, s->p, true);
		}
		error = cycle_error(s);
		if (error < best) {
			best = error;
			passes = tried[i];
		}
	}
	return passes;
}

static void find_profile(struct season *s, const double *v)
{
	double mean = 0;

	pt_moving_average(v, s->n, s->p, s->smooth);
	for (size_t i = 0; i < s->n; i++)
		s->d[i] = v[i] - s->smooth[i];
	weigh_cycles(s, FADE, s->profile);
	for (int passes = best_smoothing(s); passes > 0; passes--)
		smooth(s->profile, s->p, true);
	for (size_t k = 0; k < s->p; k++)
		mean += s->profile[k] / (double)s->p;
	for (size_t k = 0; k < s->p; k++)
		s->profile[k] -= mean;
}

void pt_past_flatten(struct pt_past *past, size_t h, double *flat, double *ahead)
{
	struct season s = {.n = past->n};

	memcpy(flat, past->v, past->n * sizeof *flat);
	for (size_t k = 0; k < h; k++)
		ahead[k] = 0;
	s.d = pt_calloc(3 * past->n + 1, sizeof *s.d);
	for (size_t i = 0; i < past->n_seasons; i++) {
		s.p = past->seasons[i];
		s.smooth = s.d + s.n;
		s.profile = s.smooth + s.n;
		s.mean = s.profile + s.p;
		find_profile(&s, flat);
		for (size_t k = 0; k < s.n; k++)
			flat[k] -= s.profile[k % s.p];
		for (size_t k = 0; k < h; k++)
			ahead[k] += s.profile[(s.n + k) % s.p];
	}
	free(s.d);
	past->flat = flat;
	past->ahead = ahead;
}
