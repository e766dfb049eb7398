/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Taking seasons out of a series. Five weeks are five looks at each hour of the week: their mean alone
 * is noisy, so a profile is smoothed as long as one cycle is foretold better by the others for it.
 */
#include "forecast_priv.h"

#include "perftop/base/mem.h"

#include <math.h>
#include <string.h>

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

/* What a cycle counts compared with the one behind it: what foretells a cycle from those before best. */
static double best_fade(const struct season *s)
{
	static const double tried[] = {0.97, 0.85, 0.7, 0.5};
	double best = INFINITY, ret = 1;

	for (size_t f = 0; f < PT_LEN(tried); f++) {
		double error = 0, weight = 0;

		for (size_t i = 0, k = 0; i < s->n; i++, k = k + 1 == s->p ? 0 : k + 1) {
			double *sum = &s->mean[k], e;

			if (!k)
				weight = tried[f] * weight + 1;
			if (i < s->p) {
				*sum = s->d[i];
				continue;
			}
			e = s->d[i] - *sum / ((weight - 1) / tried[f]);
			error += e * e;
			*sum = tried[f] * *sum + s->d[i];
		}
		if (error < best * 0.995) {
			best = error;
			ret = tried[f];
		}
	}
	return ret;
}

/* How far a cycle is from what the others foretell, both smoothed alike, after the share of it that
 * foretells best: noise of the others is no season. */
static double cycle_error(const struct season *s, double *ret_share)
{
	double cycles = (double)s->n / (double)s->p, all = 0, both = 0, others = 0;

	for (size_t i = 0, k = 0; i < s->n; i++, k = k + 1 == s->p ? 0 : k + 1) {
		double m = (cycles * s->mean[k] - s->smooth[i]) / (cycles - 1);

		all += s->d[i] * s->d[i];
		both += s->d[i] * m;
		others += m * m;
	}
	*ret_share = others > 0 ? fmin(fmax(both / others, 0), 1) : 0;
	return all - *ret_share * (2 * both - *ret_share * others);
}

/* How many passes make the others foretell a cycle best. */
static int best_smoothing(struct season *s, double *ret_share)
{
	static const int tried[] = {1, 2, 4, 8, 16};
	double best;
	int passes = 0, done = 0;

	memcpy(s->smooth, s->d, s->n * sizeof *s->d);
	weigh_cycles(s, 1, s->mean);
	best = cycle_error(s, ret_share) * 0.999;
	for (size_t i = 0; i < PT_LEN(tried) && (size_t)tried[i] < s->p; i++) {
		double error, share;

		for (; done < tried[i]; done++) {
			smooth(s->smooth, s->n, false);
			smooth(s->mean, s->p, true);
		}
		error = cycle_error(s, &share);
		if (error < best) {
			best = error;
			passes = tried[i];
			*ret_share = share;
		}
	}
	return passes;
}

static void find_profile(struct season *s, const double *v)
{
	double mean = 0, share;

	pt_moving_average(v, s->n, s->p, s->smooth);
	for (size_t i = 0; i < s->n; i++)
		s->d[i] = v[i] - s->smooth[i];
	weigh_cycles(s, best_fade(s), s->profile);
	for (int passes = best_smoothing(s, &share); passes > 0; passes--)
		smooth(s->profile, s->p, true);
	for (size_t k = 0; k < s->p; k++)
		mean += s->profile[k] / (double)s->p;
	for (size_t k = 0; k < s->p; k++)
		s->profile[k] = share * (s->profile[k] - mean);
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
