/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Series to columns. A point counts in the column where it begins, once; the columns after that
 * which it covers from end to end, and where nothing else begins, repeat it. So neighbouring
 * points never smear into each other's columns, points without a pause between them leave none,
 * and what a column shows depends on no other column: not on where the picture begins.
 */
#include "perftop/analyse/resample.h"

#include "perftop/analyse/quantile.h"

#include <math.h>
#include <stdbool.h>

static const struct pt_bin bin_empty = {NAN, NAN, NAN, NAN, 0};

/* Largest multiple of col at or below t, in columns; t may be negative. */
static int64_t column_of(int64_t t, int64_t col)
{
	return t / col - (t % col < 0);
}

/* Adds a point to its first column. weight is what the bin's mean stands on so far. */
static void bin_add(struct pt_bin *bin, unsigned *weight, const struct pt_point *p)
{
	if (!bin->n) {
		*bin = (struct pt_bin){p->min, p->max, p->mean, p->mean, 1};
		*weight = p->n;
		return;
	}
	*weight += p->n;
	bin->min = fminf(bin->min, p->min);
	bin->max = fmaxf(bin->max, p->max);
	bin->mean += (p->mean - bin->mean) * (float)p->n / (float)*weight;
	bin->last = p->mean;
	bin->n++;
}

void pt_resample(struct pt_cursor *cursor, int64_t from_ns, int64_t col_ns, struct pt_bin *out,
		 size_t n_cols)
{
	const int64_t n = (int64_t)n_cols, origin = column_of(from_ns, col_ns);
	struct pt_point p;
	unsigned weight = 0;

	for (size_t i = 0; i < n_cols; i++)
		out[i] = bin_empty;
	pt_cursor_seek(cursor, from_ns);
	while (pt_cursor_next(cursor, &p)) {
		int64_t col = column_of(p.t_ns, col_ns) - origin;
		int64_t end = column_of(p.t_ns + p.span_ns, col_ns) - origin;

		if (col >= n)
			break;
		if (!p.n)
			continue;
		if (col >= 0)
			bin_add(&out[col], &weight, &p);
		for (int64_t i = col < 0 ? 0 : col + 1; i < end && i < n; i++)
			out[i] = (struct pt_bin){p.min, p.max, p.mean, p.mean, 1};
	}
}

/* Value k of the n that a point stands for: one its minimum, one its maximum, and the others so
 * that the mean is right. */
static float point_value(const struct pt_point *p, unsigned k)
{
	if (p->n == 1)
		return p->mean;
	if (k == 0)
		return p->min;
	if (k == 1)
		return p->max;
	return ((float)p->n * p->mean - p->min - p->max) / (float)(p->n - 2);
}

/* Picks one of each `stride` values, at a place that varies: a fixed one would fall into step with
 * groups and see their minima alone. */
struct thinner {
	uint64_t stride, next, seen;
	uint32_t state;
};

static bool thinner_takes(struct thinner *t)
{
	uint64_t i = t->seen++;

	if (i != t->next)
		return false;
	t->state = t->state * 1664525 + 1013904223;
	t->next = (i / t->stride + 1) * t->stride + (t->state >> 8) % t->stride;
	return true;
}

static bool next_within(struct pt_cursor *cursor, int64_t to_ns, struct pt_point *p)
{
	do {
		if (!pt_cursor_next(cursor, p) || p->t_ns >= to_ns)
			return false;
	} while (!p->n);
	return true;
}

void pt_summarise(struct pt_cursor *cursor, int64_t from_ns, int64_t to_ns, float *scratch,
		  size_t max, struct pt_summary *ret)
{
	struct thinner thinner = {.stride = 1, .state = 1};
	struct pt_point p;
	double sum = 0;
	uint64_t total = 0;
	size_t n = 0;

	*ret = (struct pt_summary){NAN, NAN, NAN, NAN, NAN, 0};
	pt_cursor_seek(cursor, from_ns);
	while (next_within(cursor, to_ns, &p)) {
		ret->min = fmin(ret->min, (double)p.min);
		ret->max = fmax(ret->max, (double)p.max);
		ret->last = (double)p.mean;
		ret->n++;
		sum += (double)p.mean * p.n;
		total += p.n;
	}
	if (!total)
		return;
	ret->mean = sum / (double)total;
	if (!max)
		return;
	thinner.stride = (total + max - 1) / max;
	pt_cursor_seek(cursor, from_ns);
	while (next_within(cursor, to_ns, &p))
		for (unsigned k = 0; k < p.n && n < max; k++)
			if (thinner_takes(&thinner))
				scratch[n++] = point_value(&p, k);
	pt_quantile_select(scratch, n, 0.95, &ret->p95);
}
