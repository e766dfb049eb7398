/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Seasons of a series. Every period that fits twice is tried: how well do the other cycles foretell
 * a value, once the moving average of that period is taken away? A period that is not there foretells
 * worse than nothing, so that long periods win nothing by having many phases.
 */
#include "forecast_priv.h"

#include "perftop/base/mem.h"

#include <math.h>
#include <string.h>

/* Enough for two weeks of five minutes; more costs time and finds nothing else. */
enum { POINTS_MAX = 6144 };

/* Standard deviations above chance: many periods are tried, those of the calendar before all others. */
#define SURE 5
#define SURE_CALENDAR 3

/* Months, days, weeks and years of what is written down each month, week, day, hour and less. */
static const size_t calendar[] = {7,   12,  24,	 48,  52,  60,	 96,   144,
				  168, 288, 336, 365, 672, 1008, 1440, 2016};

struct hunt {
	double *v, *trend, *sums;
	size_t n;
};

int pt_forecast_by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

void pt_fill_gaps(double *v, size_t n)
{
	size_t last = n;

	for (size_t i = 0; i < n; i++) {
		if (isnan(v[i]))
			continue;
		for (size_t j = last < n ? last + 1 : 0; j < i; j++)
			v[j] = last < n ? v[last] + (v[i] - v[last]) * (double)(j - last) /
							    (double)(i - last)
					: v[i];
		last = i;
	}
	for (size_t j = last + 1; last < n && j < n; j++)
		v[j] = v[last];
}

void pt_moving_average(const double *v, size_t n, size_t p, double *ret)
{
	double sum = 0;
	size_t from = 0;

	for (size_t i = 0; i < p; i++)
		sum += v[i];
	for (size_t i = 0; i < n; i++) {
		size_t want = i > p / 2 ? PT_MIN(i - p / 2, n - p) : 0;

		for (; from < want; from++)
			sum += v[from + p] - v[from];
		ret[i] = sum / (double)p;
	}
}

/*
 * Share of the variance around the moving average that the other cycles explain: at most 1.
 * ret_chance (or NULL): what share noise as smooth as what is left would have by chance, one standard
 * deviation. Neighbours of smooth noise are no evidence of their own: tau of them count as one.
 */
static double explained(struct hunt *hunt, size_t p, double *ret_chance)
{
	size_t cycles = hunt->n / p, more = hunt->n % p; /* phases below `more` have one more */
	double square[2] = {0}, total, inside = 0, left = 0, next = 0, tau, last = 0;

	pt_moving_average(hunt->v, hunt->n, p, hunt->trend);
	memset(hunt->sums, 0, p * sizeof *hunt->sums);
	for (size_t i = 0, k = 0; i < hunt->n; i++, k = k + 1 == p ? 0 : k + 1) {
		double d = hunt->v[i] - hunt->trend[i];

		hunt->sums[k] += d;
		square[k < more] += d * d;
		next += d * last;
		last = d;
	}
	total = square[0] + square[1];
	/* A value is c / (c - 1) times as far from the mean of the other cycles as from that of all c. */
	for (size_t k = 0; k < p; k++) {
		double c = (double)(cycles + (k < more)), after = hunt->sums[k + 1 < p ? k + 1 : 0];

		square[k < more] -= hunt->sums[k] * hunt->sums[k] / c;
		next -= hunt->sums[k] * after / c;
	}
	for (size_t i = 0; i < 2; i++) {
		double c = (double)(cycles + i);

		inside += square[i];
		left += square[i] * (c / (c - 1)) * (c / (c - 1));
	}
	if (ret_chance) {
		tau = inside > next ? (inside + next) / (inside - next) : (double)p;
		tau = fmin(fmax(tau, 1), (double)p / 3);
		*ret_chance = sqrt(2 * tau / (double)p) * (double)p / (double)hunt->n;
	}
	return total > 0 ? 1 - left / total : 0;
}

static void take_away(struct hunt *hunt, size_t p)
{
	explained(hunt, p, NULL); /* for its sums */
	for (size_t i = 0; i < hunt->n; i++) {
		size_t k = i % p, cycles = (hunt->n - k - 1) / p + 1;

		hunt->v[i] -= hunt->sums[k] / (double)cycles;
	}
}

/* Best period from lo up, a multiple of lo / 2 when `multiple`; 0 if none is worth it. */
static size_t best_period(struct hunt *hunt, size_t lo, double least, bool multiple)
{
	double best = least, chance;
	size_t found = 0, most = hunt->n / 2;

	for (size_t p = lo; p <= most; p += multiple ? lo / 2 : 1) {
		double share = explained(hunt, p, &chance);

		if (share > best && share > SURE * chance) {
			best = share;
			found = p;
		}
	}
	return found;
}

/* The shortest part of p that explains as much: two days are no season where a day is one. */
static size_t whole_period(struct hunt *hunt, size_t p)
{
	double whole = explained(hunt, p, NULL);

	for (size_t parts = p / 2; parts > 1; parts--)
		if (p % parts == 0 && explained(hunt, p / parts, NULL) > 0.97 * whole)
			return p / parts;
	return p;
}

/* A week has 7 days, a day 24 hours, an hour 60 minutes: the part that explains much of p, or p. */
static size_t inner_period(struct hunt *hunt, size_t p)
{
	static const size_t parts[] = {7, 24, 60};
	double best = 0.3 * explained(hunt, p, NULL);
	size_t found = p;

	for (size_t i = 0; i < PT_LEN(parts); i++) {
		double share =
			p % parts[i] || p / parts[i] < 4 ? 0 : explained(hunt, p / parts[i], NULL);

		if (share > best) {
			best = share;
			found = p / parts[i];
		}
	}
	return found;
}

/* Wild values are clipped, so that one of them does not make a season or hide one. */
static void clip(struct hunt *hunt)
{
	double *sorted = hunt->trend, lo, hi, range;

	memcpy(sorted, hunt->v, hunt->n * sizeof *sorted);
	qsort(sorted, hunt->n, sizeof *sorted, pt_forecast_by_value);
	lo = sorted[hunt->n / 50];
	hi = sorted[hunt->n - 1 - hunt->n / 50];
	range = hi - lo;
	for (size_t i = 0; i < hunt->n; i++)
		hunt->v[i] = fmin(fmax(hunt->v[i], lo - range), hi + range);
}

/* The calendar's best period if it explains about as much as p, the best of all (or 0), or p. */
static size_t calendar_period(struct hunt *hunt, size_t p, double least)
{
	double best = p ? fmax(0.85 * explained(hunt, p, NULL), least) : least, chance;

	for (size_t i = 0; i < PT_LEN(calendar) && calendar[i] <= hunt->n / 2; i++) {
		double share = explained(hunt, calendar[i], &chance);

		if (share > best && share > SURE_CALENDAR * chance) {
			best = share;
			p = calendar[i];
		}
	}
	return p;
}

static size_t hunt_all(struct hunt *hunt, size_t *ret, size_t max)
{
	double least = 0.1;
	size_t p, inner, n = 0;

	p = calendar_period(hunt, best_period(hunt, 2, least, false), least);
	if (!p || !max)
		return 0;
	inner = inner_period(hunt, whole_period(hunt, p));
	ret[n++] = inner;
	take_away(hunt, inner);
	if (n < max && (p = best_period(hunt, 2 * inner, least / 2, true)))
		ret[n++] = p;
	return n;
}

size_t pt_seasons(const double *v, size_t n, size_t *ret, size_t max)
{
	struct hunt hunt = {.n = PT_MIN(n, POINTS_MAX)};
	size_t found = 0, finite = 0;

	v += n - hunt.n;
	for (size_t i = 0; i < hunt.n; i++)
		finite += isfinite(v[i]);
	if (finite < 6 || finite < hunt.n / 2)
		return 0;
	hunt.v = pt_malloc(hunt.n * sizeof *hunt.v);
	hunt.trend = pt_malloc(hunt.n * sizeof *hunt.trend);
	hunt.sums = pt_malloc(hunt.n * sizeof *hunt.sums);
	for (size_t i = 0; i < hunt.n; i++)
		hunt.v[i] = isfinite(v[i]) ? v[i] : NAN;
	pt_fill_gaps(hunt.v, hunt.n);
	clip(&hunt);
	found = hunt_all(&hunt, ret, max);
	free(hunt.sums);
	free(hunt.trend);
	free(hunt.v);
	return found;
}
