/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Series to columns. A point counts in the column where it begins, once; the columns after that
 * which it covers from end to end, and where nothing else begins, repeat it. So neighbouring
 * points never smear into each other's columns, points without a pause between them leave none,
 * and what a column shows depends on no other column: not on where the picture begins.
 */
#include "perftop/analyse/resample.h"

#include "perftop/analyse/quantile.h"
#include "perftop/base/mem.h"

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
	bin->min = PT_MIN(bin->min, p->min);
	bin->max = PT_MAX(bin->max, p->max);
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
		int64_t whole = (origin + col + 2) * col_ns; /* end of the first it can cover */

		if (col >= n)
			break;
		if (!p.n)
			continue;
		if (col >= 0)
			bin_add(&out[col], &weight, &p);
		for (; whole <= p.t_ns + p.span_ns && ++col < n; whole += col_ns)
			if (col >= 0)
				out[col] = (struct pt_bin){p.min, p.max, p.mean, p.mean, 1};
	}
}

/* Value k of the n that a point stands for: one its minimum, one its maximum, and the others so
 * that the mean is right. */
static float point_value(const struct pt_point *p, uint64_t k)
{
	if (p->n == 1)
		return p->mean;
	if (k == 0)
		return p->min;
	if (k == 1)
		return p->max;
	return ((float)p->n * p->mean - p->min - p->max) / (float)(p->n - 2);
}

/*
 * Picks one of each `stride` values that points stand for, at a place that varies: a fixed one
 * would fall into step with groups and see their minima alone.
 */
struct thinner {
	uint64_t stride, seen, window, next; /* next lies in window..window + stride - 1 */
	uint32_t state;
	float *v;
	size_t n, max;
};

static void thinner_add(struct thinner *t, const struct pt_point *p)
{
	while (t->next < t->seen + p->n && t->n < t->max) {
		t->v[t->n++] = point_value(p, t->next - t->seen);
		t->window += t->stride;
		t->state += 0x9E3779B9; /* the golden section: evenly spread, never in step */
		t->next = t->window + (t->state * t->stride >> 32);
	}
	t->seen += p->n;
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
	struct thinner all = {.stride = 1, .v = scratch, .max = max}, thin = all;
	float least = INFINITY, most = -INFINITY;
	struct pt_point p;
	double sum = 0;

	*ret = (struct pt_summary){NAN, NAN, NAN, NAN, NAN, 0};
	pt_cursor_seek(cursor, from_ns);
	while (next_within(cursor, to_ns, &p)) {
		thinner_add(&all, &p);
		least = PT_MIN(least, p.min);
		most = PT_MAX(most, p.max);
		sum += (double)p.mean * p.n;
		ret->last = (double)p.mean;
		ret->n++;
	}
	if (!ret->n)
		return;
	ret->min = (double)least;
	ret->max = (double)most;
	ret->mean = sum / (double)all.seen;
	if (all.seen > max && max) { /* more than fit: once again, now that it is known how many */
		thin.stride = (all.seen + max - 1) / max;
		pt_cursor_seek(cursor, from_ns);
		while (next_within(cursor, to_ns, &p))
			thinner_add(&thin, &p);
		all = thin;
	}
	pt_quantile_select(scratch, all.n, 0.95, &ret->p95);
}
