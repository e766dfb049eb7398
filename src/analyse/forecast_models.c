/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The models that a forecast is combined from: none is best for all series, each is simple. Most
 * follow the series without its seasons and put those back.
 * Source  Holt 1957; Gardner & McKenzie 1985 (damped trend); Assimakopoulos & Nikolopoulos 2000
 *         (Theta); Doornik, Castle & Hendry 2020 (lags of the seasons in a regression)
 */
#include "forecast_priv.h"

#include "perftop/base/mem.h"

#include <math.h>
#include <string.h>

enum {
	LAGS_MAX = 9,
	RECENT = 600, /* values that the smoothing is chosen by */
};

static void add_seasons(const struct pt_past *past, size_t h, double *out)
{
	for (size_t i = 0; i < h; i++)
		out[i] += past->ahead[i];
}

/* ---- level and trend ---- */

struct holt {
	double level, trend, error;
};

/* The damped trend over v: error is the mean square of one-step errors behind the first few. */
static struct holt holt_run(const double *v, size_t n, double alpha, double beta, double phi)
{
	struct holt s = {.level = v[0]};
	size_t skip = PT_MIN(n / 4, 10);

	for (size_t i = 1; i < n; i++) {
		double e = v[i] - s.level - phi * s.trend;

		s.level += phi * s.trend + alpha * e;
		s.trend = phi * s.trend + alpha * beta * e;
		if (i > skip)
			s.error += e * e;
	}
	return s;
}

static struct holt holt_best(const double *v, size_t n, double phi)
{
	static const double alphas[] = {0.03, 0.08, 0.2, 0.4, 0.7, 1.0};
	static const double betas[] = {0, 0.02, 0.08, 0.25};
	struct holt best = {.error = INFINITY};
	size_t from = n - PT_MIN(n, RECENT);

	v += from;
	n -= from;
	for (size_t a = 0; a < PT_LEN(alphas); a++)
		for (size_t b = 0; b < (phi > 0 ? PT_LEN(betas) : 1); b++) {
			struct holt s = holt_run(v, n, alphas[a], betas[b], phi);

			if (s.error < best.error)
				best = s;
		}
	return best;
}

static bool level(const struct pt_past *past, size_t h, double *out, double *scratch)
{
	struct holt s = holt_best(past->flat, past->n, 0);

	(void)scratch;
	for (size_t i = 0; i < h; i++)
		out[i] = s.level;
	add_seasons(past, h, out);
	return true;
}

static bool damped(const struct pt_past *past, size_t h, double *out, double *scratch)
{
	static const double phi = 0.9;
	struct holt s = holt_best(past->flat, past->n, phi);
	double step = phi * s.trend, sum = 0;

	(void)scratch;
	for (size_t i = 0; i < h; i++, step *= phi)
		out[i] = s.level + (sum += step);
	add_seasons(past, h, out);
	return past->n >= 5;
}

/* Half of the straight line's slope upon the smoothed level. */
static bool theta(const struct pt_past *past, size_t h, double *out, double *scratch)
{
	struct holt s = holt_best(past->flat, past->n, 0);
	double n = (double)past->n, mid = (n - 1) / 2, slope = 0;

	(void)scratch;
	for (size_t i = 0; i < past->n; i++)
		slope += ((double)i - mid) * past->flat[i];
	slope /= n * (n * n - 1) / 12;
	for (size_t i = 0; i < h; i++)
		out[i] = s.level + slope / 2 * (double)(i + 1);
	add_seasons(past, h, out);
	return past->n >= 5;
}

static bool naive(const struct pt_past *past, size_t h, double *out, double *scratch)
{
	(void)scratch;
	for (size_t i = 0; i < h; i++)
		out[i] = past->v[past->n - 1];
	return true;
}

static bool seasonal_naive(const struct pt_past *past, size_t h, double *out, double *scratch)
{
	size_t p;

	(void)scratch;
	if (!past->n_seasons)
		return false;
	p = past->seasons[past->n_seasons - 1];
	for (size_t i = 0; i < h; i++)
		out[i] = i < p ? past->v[past->n - p + i] : out[i - p];
	return true;
}

/* ---- regression on lags ---- */

struct lags {
	size_t at[LAGS_MAX], n;
};

static void add_lag(struct lags *lags, size_t at)
{
	for (size_t i = 0; i < lags->n; i++)
		if (lags->at[i] == at)
			return;
	lags->at[lags->n++] = at;
}

static struct lags lags_of(const struct pt_past *past)
{
	struct lags lags = {.n = 0};

	add_lag(&lags, 1);
	add_lag(&lags, 2);
	if (past->n > 60)
		add_lag(&lags, 3);
	for (size_t s = 0; s < past->n_seasons; s++) {
		if (past->seasons[s] * 2 > past->n || past->seasons[s] + 30 > past->n)
			continue;
		add_lag(&lags, past->seasons[s]);
		add_lag(&lags, past->seasons[s] + 1);
	}
	return lags;
}

/* Solves the symmetric a x = b of size n in place; b becomes x. False if it has no single answer. */
static bool solve(double a[LAGS_MAX + 1][LAGS_MAX + 1], double *b, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (!(a[i][i] > 1e-300))
			return false;
		for (size_t j = i + 1; j < n; j++) {
			double f = a[j][i] / a[i][i];

			for (size_t k = i; k < n; k++)
				a[j][k] -= f * a[i][k];
			b[j] -= f * b[i];
		}
	}
	for (size_t i = n; i-- > 0;) {
		for (size_t k = i + 1; k < n; k++)
			b[i] -= a[i][k] * b[k];
		b[i] /= a[i][i];
	}
	return true;
}

/* Coefficients of the lags by least squares over v, which has mean 0; the last one is constant. */
static bool fit_lags(const double *v, size_t n, const struct lags *lags, double *ret)
{
	double a[LAGS_MAX + 1][LAGS_MAX + 1] = {{0}}, row[LAGS_MAX + 1];
	size_t k = lags->n + 1, from = lags->at[lags->n - 1];

	if (n < from + 2 * k + 4)
		return false;
	memset(ret, 0, k * sizeof *ret);
	for (size_t t = from; t < n; t++) {
		for (size_t i = 0; i < lags->n; i++)
			row[i] = v[t - lags->at[i]];
		row[k - 1] = 1;
		for (size_t i = 0; i < k; i++) {
			for (size_t j = 0; j <= i; j++)
				a[i][j] += row[i] * row[j];
			ret[i] += row[i] * v[t];
		}
	}
	for (size_t i = 0; i < k; i++) {
		a[i][i] *= 1.0001; /* lags that say the same share the answer */
		for (size_t j = 0; j < i; j++)
			a[j][i] = a[i][j];
	}
	return solve(a, ret, k);
}

/* v has room for h more values behind its n. False where it does not fit or explodes. */
static bool follow_lags(const struct pt_past *past, double *v, size_t h, double *out)
{
	struct lags lags = lags_of(past);
	double c[LAGS_MAX + 1], mean = 0, lo = INFINITY, hi = -INFINITY;
	size_t n = past->n;

	for (size_t i = 0; i < n; i++)
		mean += v[i] / (double)n;
	for (size_t i = 0; i < n; i++) {
		v[i] -= mean;
		lo = fmin(lo, v[i]);
		hi = fmax(hi, v[i]);
	}
	if (!fit_lags(v, n, &lags, c))
		return false;
	for (size_t i = 0; i < h; i++) {
		double next = c[lags.n];

		for (size_t k = 0; k < lags.n; k++)
			next += c[k] * v[n + i - lags.at[k]];
		if (!(next > 2 * lo - hi && next < 2 * hi - lo) && hi > lo)
			return false;
		v[n + i] = next;
		out[i] = next + mean;
	}
	return true;
}

static bool regression(const struct pt_past *past, size_t h, double *out, double *scratch)
{
	memcpy(scratch, past->v, past->n * sizeof *scratch);
	return follow_lags(past, scratch, h, out);
}

static bool regression_adjusted(const struct pt_past *past, size_t h, double *out, double *scratch)
{
	if (!past->n_seasons)
		return false;
	memcpy(scratch, past->flat, past->n * sizeof *scratch);
	if (!follow_lags(past, scratch, h, out))
		return false;
	add_seasons(past, h, out);
	return true;
}

const struct pt_model_row pt_models[] = {
	{"naive", naive, false},
	{"seasonal naive", seasonal_naive, false},
	{"level", level, false},
	{"level", level, true},
	{"damped trend", damped, false},
	{"damped trend", damped, true},
	{"theta", theta, false},
	{"regression", regression, false},
	{"regression", regression, true},
	{"regression without seasons", regression_adjusted, false},
	{"regression without seasons", regression_adjusted, true},
};
const size_t pt_n_models = PT_LEN(pt_models);
