/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Steps and bends: a series is fitted by a line that may jump and turn at few places. Places are
 * chosen one at a time, the best first and some beyond what pays, then the weakest fall and those
 * that stay are moved to where they fit best. Noise that remembers (a random walk wanders without
 * any change) is undone first: all columns and the series are filtered by 1 - phi B.
 *
 * Columns of the model: level, slope, steps s(t) = [t >= at] and bends b(t) = max(t - at, 0). They
 * are kept orthonormal, so that what one more column would explain follows from sums over the tails
 * of the columns that are there: all places are tried in linear time.
 */
#include "changepoint_priv.h"

#include "perftop/base/mem.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

enum {
	COLUMNS = 2 + 2 * PT_CHANGEPOINT_BENDS,
};

enum kind { STEP, BEND, BOTH, KINDS };

#ifndef TUNED
#define TUNED const
#endif
/* One configuration for all series. What a person would mark is asked for, not what a test can
 * tell: a plot shows no more than some hundred points and a few per cent of its height. */
static TUNED struct rules {
	double seen;	    /* part of the range below which nothing is seen */
	double most;	    /* points count as no more than this many */
	double cost[KINDS]; /* in logarithms of the points */
	double beyond;	    /* the search goes on while a place loses no more than this */
	double shortest;    /* segment, of all points */
	double memory;	    /* of the noise, at most: 1 is a random walk */
} rules = {.seen = 0.05,
	   .most = 300,
	   .cost = {4.2, 4.5, 8},
	   .beyond = 0.5,
	   .shortest = 0.02,
	   .memory = 0.95};

struct place {
	enum kind kind;
	size_t at;
};

struct model {
	size_t n, n_places, n_columns;
	const double *y;
	double phi, rss;
	double *rest;		    /* of the filtered series */
	double *q[COLUMNS];	    /* orthonormal columns */
	double *steps[COLUMNS + 1]; /* products of each column, and of rest, with all steps */
	double *bends[COLUMNS + 1]; /* the same with all bends */
	double r[COLUMNS][COLUMNS]; /* columns = q r */
	double share[COLUMNS];	    /* products of the series with q */
	struct place places[PT_CHANGEPOINT_BENDS];
	double *room;
};

static void model_init(struct model *m, const double *y, size_t n, double phi)
{
	double *room = pt_reallocarray(NULL, 1 + COLUMNS + 2 * (COLUMNS + 1), n * sizeof *room);

	*m = (struct model){.n = n, .y = y, .phi = phi, .room = room};
	m->rest = room;
	room += n;
	for (size_t k = 0; k < COLUMNS; k++, room += n)
		m->q[k] = room;
	for (size_t k = 0; k <= COLUMNS; k++, room += n)
		m->steps[k] = room;
	for (size_t k = 0; k <= COLUMNS; k++, room += n)
		m->bends[k] = room;
}

static void take(double *from, const double *q, double times, size_t n)
{
	for (size_t i = 0; i < n; i++)
		from[i] -= times * q[i];
}

/* A column that adds nothing new becomes zeros. */
static void add_column(struct model *m, bool bend, size_t at)
{
	size_t k = m->n_columns++, n = m->n;
	double *q = m->q[k], whole, length;

	for (size_t t = 0; t < n; t++) {
		double x = t < at ? 0 : bend ? (double)(t - at) : 1;
		double before = t <= at ? 0 : bend ? (double)(t - 1 - at) : 1;

		q[t] = t == 0 ? x * sqrt(1 - m->phi * m->phi) : x - m->phi * before;
	}
	whole = pt_changepoint_dot(q, q, n);
	for (size_t i = 0; i <= k; i++)
		m->r[i][k] = 0;
	/* Twice: once leaves rounding that a third column would feel. */
	for (int pass = 0; pass < 2; pass++)
		for (size_t i = 0; i < k; i++) {
			double part = pt_changepoint_dot(q, m->q[i], n);

			take(q, m->q[i], part, n);
			m->r[i][k] += part;
		}
	length = sqrt(pt_changepoint_dot(q, q, n));
	m->r[k][k] = length;
	for (size_t t = 0; t < n; t++)
		q[t] = length * length > 1e-10 * whole ? q[t] / length : 0;
	m->share[k] = pt_changepoint_dot(q, m->rest, n);
	take(m->rest, q, m->share[k], n);
	m->rss = pt_changepoint_dot(m->rest, m->rest, n);
}

static void add_place(struct model *m, struct place p)
{
	m->places[m->n_places++] = p;
	if (p.kind != BEND)
		add_column(m, false, p.at);
	if (p.kind != STEP)
		add_column(m, true, p.at);
}

/* The model of the same places, but for `without` (any number beyond for all). */
static void rebuild(struct model *m, size_t without)
{
	size_t n_places = m->n_places;

	m->n_columns = m->n_places = 0;
	for (size_t t = 0; t < m->n; t++)
		m->rest[t] = t == 0 ? m->y[0] * sqrt(1 - m->phi * m->phi)
				    : m->y[t] - m->phi * m->y[t - 1];
	add_column(m, false, 0);
	add_column(m, true, 0);
	for (size_t i = 0; i < n_places; i++)
		if (i != without)
			add_place(m, m->places[i]);
}

static double weight(const struct model *m)
{
	return PT_MIN((double)m->n, rules.most);
}

/* What remains unexplained, on the scale of the costs. */
static double misfit(const struct model *m, double rss)
{
	double seen = rules.seen * (1 - m->phi);

	return weight(m) * log(PT_MAX(rss, 0) / (double)m->n + seen * seen);
}

static double cost(const struct model *m, enum kind kind)
{
	return rules.cost[kind] * log(weight(m));
}

/* Products of a column with the steps and bends at all places. */
static void tails(const double *q, size_t n, double phi, double *steps, double *bends)
{
	double sum = 0, slope = 0; /* over what lies behind: q, and q times its distance */

	for (size_t i = n; i-- > 0;) {
		steps[i] = q[i] + (1 - phi) * sum;
		bends[i] = (1 - phi) * slope + phi * sum;
		sum += q[i];
		slope += sum;
	}
}

static bool too_near(const struct model *m, size_t at, size_t least)
{
	for (size_t i = 0; i < m->n_places; i++)
		if ((m->places[i].at > at ? m->places[i].at - at : at - m->places[i].at) < least)
			return true;
	return false;
}

/* What a step, a bend and both at a place would explain. */
static void explained(const struct model *m, size_t at, double ret[KINDS])
{
	double behind = (double)(m->n - 1 - at), a = 1 - m->phi;
	double sums = behind * (behind + 1) / 2, squares = sums * (2 * behind + 1) / 3;
	double ss = 1 + a * a * behind, sb = a * (a * sums + m->phi * behind);
	double bb = a * a * squares + 2 * a * m->phi * sums + m->phi * m->phi * behind;
	double s = m->steps[COLUMNS][at], b = m->bends[COLUMNS][at], least_s = 1e-9 * ss,
	       least_b = 1e-9 * bb, det;

	for (size_t k = 0; k < m->n_columns; k++) {
		ss -= m->steps[k][at] * m->steps[k][at];
		sb -= m->steps[k][at] * m->bends[k][at];
		bb -= m->bends[k][at] * m->bends[k][at];
	}
	det = ss * bb - sb * sb;
	ret[STEP] = ss > least_s ? s * s / ss : 0;
	ret[BEND] = bb > least_b ? b * b / bb : 0;
	ret[BOTH] = det > least_s * least_b ? (s * s * bb - 2 * s * b * sb + b * b * ss) / det : 0;
}

/* The place that pays most; returns by how much, or minus infinity when there is none. */
static double best_place(struct model *m, size_t least, struct place *ret)
{
	double base = misfit(m, m->rss), best = -INFINITY, most[KINDS] = {-1, -1, -1};
	size_t where[KINDS] = {0};

	for (size_t k = 0; k < m->n_columns; k++)
		tails(m->q[k], m->n, m->phi, m->steps[k], m->bends[k]);
	tails(m->rest, m->n, m->phi, m->steps[COLUMNS], m->bends[COLUMNS]);
	for (size_t at = least; at + least <= m->n; at++) {
		double gains[KINDS];

		if (too_near(m, at, least))
			continue;
		explained(m, at, gains);
		for (enum kind kind = STEP; kind < KINDS; kind++)
			if (gains[kind] > most[kind]) {
				most[kind] = gains[kind];
				where[kind] = at;
			}
	}
	for (enum kind kind = STEP; kind < KINDS && most[STEP] >= 0; kind++) {
		double pays = base - misfit(m, m->rss - most[kind]) - cost(m, kind);

		if (pays > best) {
			best = pays;
			*ret = (struct place){kind, where[kind]};
		}
	}
	return best;
}

/* What is lost without each place: b' S^-1 b of its coefficients b and their block S of the
 * inverse of the normal equations, both from the triangle r. */
static void losses(const struct model *m, double *ret)
{
	double inv[COLUMNS][COLUMNS] = {{0}}, b[COLUMNS];
	size_t p = m->n_columns, col = 2;

	for (size_t j = 0; j < p; j++) {
		inv[j][j] = m->r[j][j] > 0 ? 1 / m->r[j][j] : 0;
		for (size_t i = j; i-- > 0;) {
			double sum = 0;

			for (size_t k = i + 1; k <= j; k++)
				sum += m->r[i][k] * inv[k][j];
			inv[i][j] = m->r[i][i] > 0 ? -sum / m->r[i][i] : 0;
		}
	}
	for (size_t i = 0; i < p; i++)
		b[i] = pt_changepoint_dot(inv[i], m->share, p);
	for (size_t i = 0; i < m->n_places; i++) {
		double aa = pt_changepoint_dot(inv[col], inv[col], p), det, ab, bb;

		if (m->places[i].kind != BOTH) {
			ret[i] = aa > 0 ? b[col] * b[col] / aa : 0;
			col++;
			continue;
		}
		ab = pt_changepoint_dot(inv[col], inv[col + 1], p);
		bb = pt_changepoint_dot(inv[col + 1], inv[col + 1], p);
		det = aa * bb - ab * ab;
		ret[i] = det > 0 ? (b[col] * b[col] * bb - 2 * b[col] * b[col + 1] * ab +
				    b[col + 1] * b[col + 1] * aa) /
					   det
				 : 0;
		col += 2;
	}
}

/* Lets the weakest fall while that pays. */
static void thin(struct model *m)
{
	while (m->n_places > 0) {
		double lost[PT_CHANGEPOINT_BENDS], best = 0;
		size_t weakest = m->n_places;

		losses(m, lost);
		for (size_t i = 0; i < m->n_places; i++) {
			double pays = misfit(m, m->rss) + cost(m, m->places[i].kind) -
				      misfit(m, m->rss + lost[i]);

			if (pays >= best) {
				best = pays;
				weakest = i;
			}
		}
		if (weakest == m->n_places)
			return;
		rebuild(m, weakest);
	}
}

/* Takes out each place and puts it back where it fits best, or nowhere. True if any moved. */
static bool move(struct model *m, size_t least)
{
	bool moved = false;

	for (size_t i = 0; i < m->n_places; i++) {
		struct place old = m->places[0], anew;
		double now = misfit(m, m->rss) + cost(m, old.kind), pays, base;

		rebuild(m, 0);
		base = misfit(m, m->rss);
		pays = best_place(m, least, &anew);
		if (pays <= 0) {
			moved = true;
			continue;
		}
		if (base - pays < now - 1e-6 && (anew.at != old.at || anew.kind != old.kind)) {
			moved = true;
			old = anew;
		}
		add_place(m, old);
	}
	return moved;
}

static void fit(struct model *m)
{
	size_t least = (size_t)ceil(rules.shortest * (double)m->n);

	least = PT_MAX(least, 3);
	m->n_places = 0;
	rebuild(m, 0);
	for (int round = 0; round < 4; round++) {
		struct place p;

		while (m->n_places < PT_CHANGEPOINT_BENDS &&
		       best_place(m, least, &p) > -rules.beyond * log(weight(m)))
			add_place(m, p);
		thin(m);
		if (!move(m, least))
			return;
		thin(m);
	}
}

static double lag_correlation(const double *x, size_t n)
{
	double whole = pt_changepoint_dot(x, x, n);

	return whole > 0 ? pt_changepoint_dot(x, x + 1, n - 1) / whole : 0;
}

static double bounded(double phi)
{
	return PT_MAX(0, PT_MIN(phi, rules.memory));
}

/* Fits with the memory of what the last fit left, until the two agree. */
static void settle(struct model *m, double most)
{
	fit(m);
	for (int round = 0; round < 3; round++) {
		double now = m->phi, next;

		m->phi = 0;
		rebuild(m, m->n_places);
		next = bounded(PT_MIN(lag_correlation(m->rest, m->n), most));
		m->phi = next;
		rebuild(m, m->n_places);
		if (fabs(next - now) < 0.02)
			return;
		fit(m);
	}
}

static int by_place(const void *a, const void *b)
{
	const struct pt_changepoint_bend *x = a, *y = b;

	return (x->at > y->at) - (x->at < y->at);
}

size_t pt_changepoint_bends(const double *y, size_t n, struct pt_changepoint_bend *ret)
{
	double lost[PT_CHANGEPOINT_BENDS];
	struct model m;
	float *scratch;

	if (n < PT_CHANGEPOINT_LEAST)
		return 0;
	scratch = pt_reallocarray(NULL, n, sizeof *scratch);
	model_init(&m, y, n, 0);
	settle(&m, pt_changepoint_memory(y, n, scratch));
	losses(&m, lost);
	for (size_t i = 0; i < m.n_places; i++) {
		double gain = misfit(&m, m.rss + lost[i]) - misfit(&m, m.rss);

		ret[i] = (struct pt_changepoint_bend){
			.at = m.places[i].at,
			.step = m.places[i].kind != BEND,
			.confidence = gain / (gain + cost(&m, m.places[i].kind)),
		};
	}
	qsort(ret, m.n_places, sizeof *ret, by_place);
	free(scratch);
	free(m.room);
	return m.n_places;
}
