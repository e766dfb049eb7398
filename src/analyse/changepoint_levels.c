/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Optimal partitioning into constant levels by functional pruning. The cost of all segmentations
 * that end at the newest point is kept as a function of the last segment's level: an ascending list
 * of intervals with a parabola in each. A new point adds its loss to every interval; then whatever
 * costs more than starting afresh is cut away, which keeps the list short. A series that wanders
 * would keep all levels it ever had: intervals below a grain join their neighbours.
 */
#include "changepoint_priv.h"

#include "perftop/base/mem.h"

#include <math.h>

/* a*u*u + b*u + c for levels u from the end of the interval before it up to hi. */
struct piece {
	double hi, a, b, c;
	size_t start; /* of the last segment */
};

struct pieces {
	struct piece *p;
	size_t n, cap;
};

/* Empties `to` and makes room for what n pieces may become: each may be cut in three. */
static void begin(struct pieces *to, size_t n)
{
	to->n = 0;
	if (to->cap < 3 * n) {
		to->cap = 6 * n;
		to->p = pt_reallocarray(to->p, to->cap, sizeof *to->p);
	}
}

static inline void push(struct pieces *to, struct piece piece, double grain)
{
	struct piece *last = to->n > 0 ? &to->p[to->n - 1] : NULL;

	if (last && piece.hi - last->hi < grain) {
		last->hi = piece.hi;
		return;
	}

	/* Exact equality: both come from the same sums, or they do not belong together. */
	if (last && last->start == piece.start && last->a == piece.a && last->b == piece.b &&
	    last->c == piece.c) {
		last->hi = piece.hi;
		return;
	}
	to->p[to->n++] = piece;
}

/* Adds the loss of a point: a parabola within `reach` of it, `reach` squared beyond. */
static void add_point(const struct pieces *from, double lo, double y, double reach,
		      struct pieces *to)
{
	const double edges[] = {y - reach, y + reach, INFINITY};

	begin(to, from->n);
	for (size_t i = 0; i < from->n; lo = from->p[i++].hi) {
		double at = lo;

		for (size_t k = 0; k < PT_LEN(edges) && at < from->p[i].hi; k++) {
			struct piece piece = from->p[i];

			if (edges[k] <= at)
				continue;
			piece.hi = PT_MIN(piece.hi, edges[k]);
			if (k == 1) {
				piece.a += 1;
				piece.b -= 2 * y;
				piece.c += y * y;
			} else {
				piece.c += reach * reach;
			}
			at = piece.hi;
			push(to, piece, 0);
		}
	}
}

static double piece_min(const struct piece *p, double lo)
{
	double u = p->a > 0 ? -p->b / (2 * p->a) : lo;

	u = u < lo ? lo : u > p->hi ? p->hi : u;
	return (p->a * u + p->b) * u + p->c;
}

static double lowest(const struct pieces *f, double lo, size_t *ret_start)
{
	double best = INFINITY;

	for (size_t i = 0; i < f->n; lo = f->p[i++].hi) {
		double m = piece_min(&f->p[i], lo);

		if (m < best) {
			best = m;
			*ret_start = f->p[i].start;
		}
	}
	return best;
}

/* Where a parabola lies below `fresh`: in *ret_from..*ret_to, within lo..p->hi. */
static void below(const struct piece *p, double lo, double fresh, double *ret_from, double *ret_to)
{
	double from = lo, to = p->hi;

	if (p->a > 0) {
		double mid = -p->b / (2 * p->a);
		double d = mid * mid - (p->c - fresh) / p->a;
		double half = d > 0 ? sqrt(d) : 0;

		from = d > 0 ? PT_MAX(lo, mid - half) : p->hi;
		to = d > 0 ? PT_MIN(p->hi, mid + half) : p->hi;
	} else if (p->c >= fresh) {
		from = p->hi;
	}
	*ret_from = PT_MIN(from, p->hi);
	*ret_to = PT_MAX(to, *ret_from);
}

/* The lower of f and of a new segment that costs `fresh` and starts at `start`. */
static void prune(const struct pieces *from, double lo, double fresh, size_t start, double grain,
		  struct pieces *to)
{
	begin(to, from->n);
	for (size_t i = 0; i < from->n; lo = from->p[i++].hi) {
		struct piece piece = from->p[i], anew = {.c = fresh, .start = start};
		double a, b;

		below(&piece, lo, fresh, &a, &b);
		if (a > lo) {
			anew.hi = a;
			push(to, anew, grain);
		}
		if (b > a) {
			piece.hi = b;
			push(to, piece, grain);
		}
		if (b < from->p[i].hi && (b > a || a <= lo)) {
			anew.hi = from->p[i].hi;
			push(to, anew, grain);
		}
	}
}

size_t pt_changepoint_levels(const double *y, size_t n, double cap, double penalty, double grain,
			     size_t *starts)
{
	struct pieces f = {0}, g = {0};
	double lo = INFINITY, hi = -INFINITY;
	size_t *from, k = 0;

	if (n < 2)
		return 0;
	for (size_t i = 0; i < n; i++) {
		lo = PT_MIN(lo, y[i]);
		hi = PT_MAX(hi, y[i]);
	}
	from = pt_reallocarray(NULL, n, sizeof *from);
	begin(&f, 1);
	push(&f, (struct piece){.hi = hi + 1}, 0);
	for (size_t i = 0; i < n; i++) {
		double best;

		add_point(&f, lo - 1, y[i], sqrt(cap), &g);
		best = lowest(&g, lo - 1, &from[i]);
		prune(&g, lo - 1, best + penalty, i + 1, grain, &f);
	}
	for (size_t i = from[n - 1]; i > 0; i = from[i - 1])
		starts[k++] = i;
	for (size_t i = 0; i < k / 2; i++) {
		size_t t = starts[i];

		starts[i] = starts[k - 1 - i];
		starts[k - 1 - i] = t;
	}
	free(from);
	free(f.p);
	free(g.p);
	return k;
}
