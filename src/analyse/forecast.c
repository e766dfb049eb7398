/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A forecast is a combination: every model forecasts from earlier points of the same series (rolling
 * origins), and counts by how well it did there. The combination's own errors from those origins
 * make the intervals, so that they hold what really happened at each distance and not what a model
 * believes of itself.
 * Source  Bates & Granger 1969 (combination); Tashman 2000 (rolling origins); Vovk, Gammerman &
 *         Shafer 2005 (conformal intervals)
 */
#include "forecast_priv.h"

#include "perftop/base/err.h"
#include "perftop/base/mem.h"

#include <math.h>
#include <string.h>

enum {
	POINTS_MAX = 6144, /* older ones say little about what comes next */
	ORIGINS = 24,
	SEASON_ORIGINS = 8,
	MODELS_MAX = 16,
	STEPS_MAX = 8,
	ROUNDS = 60, /* of learning weights; more trust the past too much */
};
#define RATE 0.1
#define START_POWER 4

struct work {
	const struct pt_forecast_options *options;
	size_t h;	  /* asked for */
	double *v, *logs; /* n values; logs NULL unless all are positive */
	size_t n;
	size_t seasons[PT_FORECAST_SEASONS], n_seasons;
	struct pt_past past[2]; /* as looked from last: values, logarithms */
	double *flat[2], *ahead[2], *scratch;

	size_t span; /* distances looked at from each origin */
	size_t origins[ORIGINS], n_origins;
	double *errors; /* [origin][model][distance] */
	bool fits[MODELS_MAX];
	double weights[MODELS_MAX];
	double *spread;	 /* of distances 0..span-1 */
	double q80, q95; /* in units of that */
};

void pt_forecast_options_init(struct pt_forecast_options *options)
{
	*options = (struct pt_forecast_options){.lo = NAN, .hi = NAN};
}

/* The first n values, or their logarithms, without seasons. */
static void look_from(struct work *w, size_t n, size_t h, bool log)
{
	struct pt_past *past = &w->past[log];

	past->n = n;
	past->n_seasons = w->n_seasons;
	memcpy(past->seasons, w->seasons, sizeof w->seasons);
	while (past->n_seasons && past->seasons[past->n_seasons - 1] * 2 > n)
		past->n_seasons--;
	pt_past_flatten(past, h, w->flat[log], w->ahead[log]);
}

static void look_from_both(struct work *w, size_t n, size_t h)
{
	look_from(w, n, h, false);
	if (w->past[true].v)
		look_from(w, n, h, true);
}

/* One model from where was looked from last. False: it does not fit. */
static bool run_model(struct work *w, size_t model, size_t h, double *out)
{
	const struct pt_model_row *row = &pt_models[model];
	const struct pt_past *past = &w->past[row->log];

	if (!past->v || !row->run(past, h, out, w->scratch))
		return false;
	for (size_t i = 0; i < h; i++) {
		if (row->log)
			out[i] = exp(out[i]);
		if (!isfinite(out[i]))
			return false;
	}
	return true;
}

static double *error_at(const struct work *w, size_t origin, size_t model)
{
	return &w->errors[(origin * pt_n_models + model) * w->span];
}

/* Origins end where `span` values are left to compare with; the earliest has half of the series, and
 * two of the longest season where that leaves enough of them. */
static void place_origins(struct work *w)
{
	size_t n = w->n, last, first, twice = 0;

	w->span = PT_MAX(PT_MIN(w->h, n / 4), 1);
	last = n - w->span;
	first = PT_MAX(n / 2, 2);
	if (w->n_seasons)
		twice = 2 * w->seasons[w->n_seasons - 1];
	if (last >= twice + SEASON_ORIGINS)
		first = PT_MAX(first, twice);
	first = last > first + ORIGINS * w->span ? last - ORIGINS * w->span : PT_MIN(first, last);
	w->n_origins = PT_MIN(last - first + 1, ORIGINS);
	for (size_t i = 0; i < w->n_origins; i++)
		w->origins[i] = last - i * (last - first) / PT_MAX(w->n_origins - 1, 1);
}

static void look_back(struct work *w)
{
	w->errors = pt_calloc(w->n_origins * pt_n_models * w->span, sizeof *w->errors);
	for (size_t m = 0; m < pt_n_models; m++)
		w->fits[m] = true;
	for (size_t o = 0; o < w->n_origins; o++) {
		look_from_both(w, w->origins[o], w->span);
		for (size_t m = 0; m < pt_n_models; m++) {
			double *e = error_at(w, o, m);

			w->fits[m] = w->fits[m] && run_model(w, m, w->span, e);
			for (size_t i = 0; i < w->span; i++)
				e[i] -= w->v[w->origins[o] + i];
		}
	}
}

/* What each origin counts: one where no model did well says little about which is good. */
static void weigh_origins(const struct work *w, double *ret)
{
	double best[ORIGINS] = {0}, sorted[ORIGINS], usual;

	for (size_t o = 0; o < w->n_origins; o++) {
		best[o] = INFINITY;
		for (size_t m = 0; m < pt_n_models; m++) {
			double sum = 0;

			for (size_t i = 0; i < w->span; i++)
				sum += error_at(w, o, m)[i] * error_at(w, o, m)[i];
			if (w->fits[m])
				best[o] = fmin(best[o], sum);
		}
	}
	memcpy(sorted, best, sizeof sorted);
	qsort(sorted, w->n_origins, sizeof *sorted, pt_forecast_by_value);
	usual = sorted[w->n_origins / 2];
	for (size_t o = 0; o < w->n_origins; o++)
		ret[o] = usual > 0 ? usual / (usual + best[o]) : 1;
}

/* Products of the models' errors, each a mean over all origins and distances. */
static void products(const struct work *w, double g[MODELS_MAX][MODELS_MAX])
{
	double weight[ORIGINS];

	weigh_origins(w, weight);
	for (size_t a = 0; a < pt_n_models; a++)
		for (size_t b = 0; b <= a; b++) {
			double sum = 0;

			for (size_t o = 0; o < w->n_origins && w->fits[a] && w->fits[b]; o++)
				for (size_t i = 0; i < w->span; i++)
					sum += weight[o] * error_at(w, o, a)[i] *
					       error_at(w, o, b)[i];
			g[a][b] = g[b][a] = sum;
		}
}

/*
 * Weights, none negative, their sum 1, of the least square error together: models that say the same
 * share one vote. A start by each one's own error is pulled at, so that little evidence decides
 * little. Exponentiated gradient, Kivinen & Warmuth 1997.
 */
static void weigh(struct work *w)
{
	double g[MODELS_MAX][MODELS_MAX], start[MODELS_MAX], least = INFINITY, sum = 0;

	products(w, g);
	for (size_t m = 0; m < pt_n_models; m++)
		if (w->fits[m])
			least = fmin(least, g[m][m]);
	for (size_t m = 0; m < pt_n_models; m++) {
		start[m] = w->fits[m] ? pow((least + 1e-300) / (g[m][m] + 1e-300), START_POWER) : 0;
		sum += start[m];
	}
	for (size_t m = 0; m < pt_n_models; m++)
		w->weights[m] = start[m] /= sum;
	for (int round = 0; round < ROUNDS; round++) {
		sum = 0;
		for (size_t m = 0; m < pt_n_models; m++) {
			double slope = 0;

			for (size_t k = 0; k < pt_n_models; k++)
				slope += w->weights[k] * g[m][k];
			slope = fmin(fmax(slope / (least + 1e-300), -10), 50);
			w->weights[m] *= exp(-RATE * slope);
			sum += w->weights[m];
		}
		for (size_t m = 0; m < pt_n_models; m++)
			w->weights[m] /= sum;
	}
}

static double upper_quantile(const double *sorted, size_t n, double q)
{
	return sorted[PT_MIN((size_t)(q * (double)n), n - 1)];
}

/* Spread by distance, smoothed over its neighbours and never falling; quantiles of all together. */
static void measure_spread(struct work *w)
{
	size_t all = w->n_origins * w->span, wide = w->span / 8 + 1;
	double *e = pt_calloc(all, sizeof *e), *square = pt_calloc(w->span, sizeof *square);

	w->spread = pt_calloc(w->span, sizeof *w->spread);
	for (size_t o = 0; o < w->n_origins; o++)
		for (size_t i = 0; i < w->span; i++) {
			double *sum = &e[o * w->span + i];

			for (size_t m = 0; m < pt_n_models; m++)
				if (w->fits[m])
					*sum += w->weights[m] * error_at(w, o, m)[i];
			square[i] += *sum * *sum / (double)w->n_origins;
		}
	for (size_t i = 0; i < w->span; i++) {
		size_t from = i > wide ? i - wide : 0, to = PT_MIN(i + wide + 1, w->span);

		for (size_t k = from; k < to; k++)
			w->spread[i] += square[k] / (double)(to - from);
		w->spread[i] = sqrt(w->spread[i]);
		if (i)
			w->spread[i] = fmax(w->spread[i], w->spread[i - 1]);
	}
	for (size_t i = 0; i < all; i++)
		e[i] = fabs(e[i]) / (w->spread[i % w->span] + 1e-300);
	qsort(e, all, sizeof *e, pt_forecast_by_value);
	w->q80 = upper_quantile(e, all, 0.8);
	w->q95 = upper_quantile(e, all, 0.95);
	free(square);
	free(e);
}

/* Beyond what was looked at, errors grow as those of a random walk. */
static double spread_at(const struct work *w, size_t i)
{
	if (i < w->span)
		return w->spread[i];
	return w->spread[w->span - 1] * sqrt((double)(i + 1) / (double)w->span);
}

static void combine(struct work *w, struct pt_forecast *ret)
{
	double *out = pt_calloc(w->h, sizeof *out), sum = 0;
	double widen = 1 + 1.5 / (double)w->n_origins;

	look_from_both(w, w->n, w->h);
	for (size_t i = 0; i < w->h; i++)
		ret[i].mean = 0;
	for (size_t m = 0; m < pt_n_models; m++) {
		if (w->weights[m] < 0.001 || !run_model(w, m, w->h, out))
			continue;
		sum += w->weights[m];
		for (size_t i = 0; i < w->h; i++)
			ret[i].mean += w->weights[m] * out[i];
	}
	for (size_t i = 0; i < w->h; i++) {
		double s = spread_at(w, i) * widen, m = ret[i].mean / sum;

		ret[i] = (struct pt_forecast){m, m - w->q80 * s, m + w->q80 * s, m - w->q95 * s,
					      m + w->q95 * s};
	}
	free(out);
}

static struct pt_forecast bounded(struct pt_forecast f, double lo, double hi)
{
	double *v[] = {&f.mean, &f.lo80, &f.hi80, &f.lo95, &f.hi95};

	/* fmax and fmin leave what is compared with NaN as it is. */
	for (size_t i = 0; i < PT_LEN(v); i++)
		*v[i] = fmin(fmax(*v[i], lo), hi);
	return f;
}

/* A second copy in logarithms, where all values are well above 0. */
static void take_logs(struct work *w)
{
	double lo = INFINITY, hi = 0;

	for (size_t i = 0; i < w->n; i++) {
		lo = fmin(lo, w->v[i]);
		hi = fmax(hi, w->v[i]);
	}
	if (!(lo > hi * 1e-4))
		return;
	w->logs = pt_calloc(w->n, sizeof *w->logs);
	for (size_t i = 0; i < w->n; i++)
		w->logs[i] = log(w->v[i]);
}

/* Days that can be told from each other are so usual that a week is looked at unasked: its profile
 * shrinks to what is in it. */
static void add_week(struct work *w)
{
	size_t week = 7 * w->seasons[0];

	if (w->n_seasons == 1 && w->seasons[0] % 24 == 0 && week * 2 <= w->n)
		w->seasons[w->n_seasons++] = week;
}

static void find_seasons(struct work *w)
{
	size_t period = w->options->period;

	if (!period) {
		w->n_seasons = pt_seasons(w->v, w->n, w->seasons, PT_FORECAST_SEASONS);
		add_week(w);
	} else if (period > 1 && period * 2 <= w->n) {
		w->seasons[0] = period;
		w->n_seasons = 1;
	}
}

/* A step hides seasons, and seasons make steps: one after the other until there is none left. */
static void find_seasons_and_steps(struct work *w)
{
	for (int step = 0; step <= STEPS_MAX; step++) {
		struct pt_past past = {.n = w->n};

		find_seasons(w);
		past.n_seasons = w->n_seasons;
		memcpy(past.seasons, w->seasons, sizeof w->seasons);
		if (step == STEPS_MAX || !pt_level_step(&past, w->v))
			break;
	}
}

static void make_room(struct work *w)
{
	for (int log = 0; log < 2; log++) {
		w->flat[log] = pt_calloc(w->n, sizeof *w->flat[log]);
		w->ahead[log] = pt_calloc(w->h, sizeof *w->ahead[log]);
	}
	w->past[false].v = w->v;
	w->past[true].v = w->logs;
	w->scratch = pt_calloc(w->n + w->h, sizeof *w->scratch);
}

static void release(struct work *w)
{
	for (int log = 0; log < 2; log++) {
		free(w->flat[log]);
		free(w->ahead[log]);
	}
	free(w->spread);
	free(w->errors);
	free(w->scratch);
	free(w->logs);
	free(w->v);
}

/* The newest values, without gaps. -PT_ENODATA of fewer than two, -PT_EINVAL of infinite ones. */
static int take_values(struct work *w, const double *v, size_t n)
{
	size_t finite = 0, from = n - PT_MIN(n, POINTS_MAX);

	for (size_t i = 0; i < n; i++)
		if (isinf(v[i]))
			return -PT_EINVAL;
	while (from < n && isnan(v[from])) /* what is before the first value is no gap */
		from++;
	for (size_t i = from; i < n; i++)
		finite += !isnan(v[i]);
	if (finite < 2)
		return -PT_ENODATA;
	w->n = n - from;
	w->v = pt_calloc(w->n, sizeof *w->v);
	memcpy(w->v, v + from, w->n * sizeof *w->v);
	pt_fill_gaps(w->v, w->n);
	return 0;
}

static double lowest(const double *v, size_t n)
{
	double lo = INFINITY;

	for (size_t i = 0; i < n; i++)
		lo = fmin(lo, v[i]);
	return lo;
}

int pt_forecast(const double *v, size_t n, size_t h, const struct pt_forecast_options *options,
		struct pt_forecast *ret)
{
	struct work w = {.options = options, .h = h};
	double lo = options->lo;
	int r = take_values(&w, v, n);

	if (r < 0)
		return r;
	/* What has never been negative is no number that goes below 0. */
	if (isnan(lo) && lowest(w.v, w.n) >= 0)
		lo = 0;
	find_seasons_and_steps(&w);
	take_logs(&w);
	make_room(&w);
	place_origins(&w);
	look_back(&w);
	weigh(&w);
	measure_spread(&w);
	combine(&w, ret);
	for (size_t i = 0; i < h; i++)
		ret[i] = bounded(ret[i], lo, options->hi);
	release(&w);
	return 0;
}
