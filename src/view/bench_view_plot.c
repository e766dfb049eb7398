/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The pictures of one benchmark: both sides' samples as smoothed histograms on one axis, and dots
 * with their ranges, for runs in order and for the history by commit. What is drawn is computed once
 * for a selection; painting only places cells.
 */
#include "bench_view.h"

#include "perftop/analyse/quantile.h"
#include "perftop/base/mem.h"

#include <math.h>
#include <string.h>

enum { THINNED = 4096, CELLS_MAX = PV_BENCH_BINS / 2, ROWS_MAX = 128, FAR_APART = 3 };

/* ---- samples ---- */

static size_t n_samples(const struct pt_bench *b)
{
	size_t n = 0;

	for (size_t i = 0; b && i < b->n_runs; i++)
		n += b->runs[i].n;
	return n;
}

/* At most `max` of them, thinned evenly. */
static size_t thin(const struct pt_bench *b, float *out, size_t max)
{
	size_t n = n_samples(b), step = n / max + 1, at = 0, to = 0;

	for (size_t i = 0; b && i < b->n_runs; i++)
		for (size_t k = 0; k < b->runs[i].n; k++)
			if (at++ % step == 0 && to < max)
				out[to++] = (float)b->runs[i].samples[k];
	return to;
}

/* Standard deviation between runs; of the samples where there is a single run. */
static double deviation(const struct pt_bench *b)
{
	double sum = 0, squares = 0, mean;
	size_t n = !b ? 0 : b->n_runs > 1 ? b->n_runs : n_samples(b);

	if (n < 2)
		return NAN;
	for (size_t i = 0; i < n; i++)
		sum += b->n_runs > 1 ? pt_run_median(&b->runs[i]) : b->runs[0].samples[i];
	mean = sum / (double)n;
	for (size_t i = 0; i < n; i++) {
		double v = b->n_runs > 1 ? pt_run_median(&b->runs[i]) : b->runs[0].samples[i];
		squares += (v - mean) * (v - mean);
	}
	return sqrt(squares / (double)(n - 1));
}

/* ---- histograms ---- */

/* The middle nine tenths and as much again on either side: a single outlier must not press all
 * else into one column. */
static void find_axis(struct pv_hist *h, const struct pt_bench *base, const struct pt_bench *now)
{
	float v[2 * THINNED];
	size_t n = thin(base, v, THINNED);
	double q05 = 0, q95 = 0, lo = INFINITY, hi = -INFINITY, pad;

	n += thin(now, v + n, THINNED);
	h->lo = h->hi = 0;
	if (pt_quantile_select(v, n, 0.05, &q05) < 0 || pt_quantile_select(v, n, 0.95, &q95) < 0)
		return;
	for (size_t i = 0; i < n; i++) {
		lo = PT_MIN(lo, (double)v[i]);
		hi = PT_MAX(hi, (double)v[i]);
	}
	pad = PT_MAX(q95 - q05, fabs(q95) * 1e-3);
	/* The air at both ends is what smoothing wants. */
	h->lo = PT_MAX(lo - pad * 0.6, q05 - pad * 1.2);
	h->hi = PT_MIN(hi + pad * 0.6, q95 + pad * 1.2);
	if (!(h->hi > h->lo)) {
		h->lo -= 0.5;
		h->hi += 0.5;
	}
}

static int bin_of(const struct pv_hist *h, double v)
{
	double at = (v - h->lo) / (h->hi - h->lo) * PV_BENCH_BINS;

	return at < 0 || at >= PV_BENCH_BINS ? -1 : (int)at;
}

/* Counts smoothed by a Gaussian as wide as Silverman (1986) has it for these samples. */
static void fill(struct pv_hist *h, struct pt_bin *bins, const struct pt_bench *b)
{
	double count[PV_BENCH_BINS] = {0}, kernel[PV_BENCH_BINS];
	double n = 0, sum = 0, squares = 0, sd, width;

	for (size_t i = 0; b && i < b->n_runs; i++)
		for (size_t k = 0; k < b->runs[i].n; k++) {
			int at = bin_of(h, b->runs[i].samples[k]);
			h->outside += at < 0;
			if (at < 0)
				continue;
			count[at]++;
			n++;
			sum += at;
			squares += (double)at * at;
		}
	memset(bins, 0, PV_BENCH_BINS * sizeof *bins);
	if (n < 1)
		return;
	sd = sqrt(PT_MAX(squares / n - sum / n * (sum / n), 0));
	width = PT_MAX(0.9 * sd * pow(n, -0.2), 3.0);
	for (int i = 0; i < PV_BENCH_BINS; i++)
		kernel[i] = exp(-i * i / (2 * width * width));
	for (int i = 0; i < PV_BENCH_BINS; i++) {
		double share = 0;
		int reach = (int)(3 * width);
		for (int k = PT_MAX(i - reach, 0); k <= PT_MIN(i + reach, PV_BENCH_BINS - 1); k++)
			share += count[k] * kernel[abs(k - i)];
		share /= n * width;
		h->most = PT_MAX(h->most, share);
		bins[i] = (struct pt_bin){.mean = (float)share, .max = (float)share, .n = 1};
	}
}

static void make_hist(struct pv_hist *h, const struct pt_bench *base, const struct pt_bench *now)
{
	h->n_base = n_samples(base);
	h->n_now = n_samples(now);
	h->outside = 0;
	h->most = 0;
	find_axis(h, base, now);
	if (!(h->hi > h->lo))
		return;
	fill(h, h->base, base);
	fill(h, h->now, now);
}

/* n bins instead of all; next to nothing becomes nothing. */
static void coarsen(const struct pv_hist *h, const struct pt_bin *from, struct pt_bin *to, int n)
{
	for (int i = 0; i < n; i++) {
		int first = i * PV_BENCH_BINS / n, end = (i + 1) * PV_BENCH_BINS / n;
		float most = 0;
		for (int k = first; k < end; k++)
			most = PT_MAX(most, from[k].max);
		bool any = (double)most > h->most * 0.01;
		to[i] = (struct pt_bin){.mean = most, .max = most, .n = any};
	}
}

static void paint_median(struct pt_canvas *cv, struct pt_rect r, const struct pv_hist *h,
			 const struct pt_bench *b, enum pt_glyphs glyphs)
{
	double at = b ? (pt_bench_median(b) - h->lo) / (h->hi - h->lo) : -1;

	if (at >= 0 && at < 1)
		pt_canvas_fill(cv, (struct pt_rect){r.x + (int)(at * r.w), r.y, 1, r.h},
			       pt_sign(PT_SIGN_V, glyphs), PT_ROLE_STRONG);
}

void pv_hist_paint(struct pt_canvas *cv, struct pt_rect r, const struct pv_hist *h,
		   const struct pt_board_row *row, enum pt_glyphs glyphs)
{
	struct pt_bin up[PV_BENCH_BINS], down[PV_BENCH_BINS];
	struct pt_range range = {.hi = h->most};
	int n = PT_MIN(r.w, CELLS_MAX) * pt_chart_bins_per_cell(glyphs), half = r.h / 2;

	r.w = PT_MIN(r.w, CELLS_MAX);
	if (!(h->hi > h->lo) || h->most <= 0 || r.h < 2 || n < 1)
		return;
	coarsen(h, h->base, up, n);
	coarsen(h, h->now, down, n);
	if (h->n_base == 0 || h->n_now == 0) {
		bool now = h->n_now > 0;
		pt_chart_area(cv, r, now ? down : up, &range, glyphs,
			      now ? PT_ROLE_GRAPH_1 : PT_ROLE_GRAPH_2);
		paint_median(cv, r, h, now ? row->now : row->base, glyphs);
		return;
	}
	/* No row is of both. */
	r.h -= r.h & 1;
	pt_chart_updown(cv, r, up, down, &range, glyphs, PT_ROLE_GRAPH_2, PT_ROLE_GRAPH_1);
	paint_median(cv, (struct pt_rect){r.x, r.y, r.w, half}, h, row->base, glyphs);
	paint_median(cv, (struct pt_rect){r.x, r.y + half, r.w, r.h - half}, h, row->now, glyphs);
}

void pv_mini_paint(struct pt_canvas *cv, int x, int y, int w, const struct pv_hist *h, bool now,
		   enum pt_glyphs glyphs)
{
	struct pt_bin bins[PV_BENCH_MINI];
	struct pt_range range = {.hi = h->most};

	w = PT_MIN(w, PV_BENCH_MINI);
	if (!(h->hi > h->lo) || h->most <= 0)
		return;
	coarsen(h, now ? h->now : h->base, bins, w);
	pt_chart_spark(cv, x, y, w, bins, &range, glyphs, now ? PT_ROLE_GRAPH_1 : PT_ROLE_GRAPH_2);
}

/* ---- dots ---- */

/* From the lowest to the highest dot with some air; never so near that noise looks like mountains. */
static struct pt_range range_of(const struct pv_dot *dots, int n, double least)
{
	double lo = INFINITY, hi = -INFINITY, air;

	for (int i = 0; i < n; i++) {
		if (!isfinite(dots[i].mid))
			continue;
		lo = PT_MIN(lo, dots[i].mid);
		hi = PT_MAX(hi, dots[i].mid);
	}
	if (!(lo <= hi))
		return (struct pt_range){PT_SCALE_LINEAR, 0, 1};
	air = PT_MAX((hi - lo) * 0.2, fabs(lo + hi) / 2 * least);
	if (air <= 0)
		air = 1;
	return (struct pt_range){PT_SCALE_LINEAR, lo >= 0 ? PT_MAX(lo - air, 0) : lo - air,
				 hi + air};
}

static void make_history(struct pv_bench_look *l, const struct pt_board_row *row)
{
	enum pt_role role = PT_ROLE_GRAPH_1;
	size_t step = 0;

	l->n_dots = (int)PT_MIN(row->n_points, (size_t)PV_BENCH_DOTS);
	for (int i = 0; i < l->n_dots; i++) {
		const struct pt_board_point *p = &row->points[i];
		for (; step < row->n_steps && row->steps[step].at <= (size_t)i; step++)
			role = pv_step_is_worse(row, &row->steps[step]) ? PT_ROLE_CRITICAL
									: PT_ROLE_GOOD;
		l->dots[i] = (struct pv_dot){(double)p->median, (double)p->lo, (double)p->hi, role};
	}
	l->range = range_of(l->dots, l->n_dots, 0.015);
}

static int add_runs(struct pv_bench_look *l, const struct pt_bench *b, enum pt_role role)
{
	size_t n = !b ? 0 : l->samples ? n_samples(b) : b->n_runs;
	size_t step = n / PV_BENCH_DOTS + 1;
	int before = l->n_runs;
	float v[PV_BENCH_DOTS];

	if (n == 0)
		return 0;
	if (l->samples) {
		n = thin(b, v, PV_BENCH_DOTS);
		for (size_t i = 0; i < n; i++) {
			double x = (double)v[i];
			l->runs[l->n_runs++] = (struct pv_dot){x, x, x, role};
		}
		return l->n_runs - before;
	}
	for (size_t i = 0; i < n; i += step) {
		const struct pt_run *run = &b->runs[i];
		struct pv_dot d = {pt_run_median(run), INFINITY, -INFINITY, role};
		for (size_t k = 0; k < run->n; k++) {
			d.lo = PT_MIN(d.lo, run->samples[k]);
			d.hi = PT_MAX(d.hi, run->samples[k]);
		}
		l->runs[l->n_runs++] = d;
	}
	return l->n_runs - before;
}

static void make_runs(struct pv_bench_look *l, const struct pt_board_row *row)
{
	const struct pt_bench *sides[] = {row->base, row->now};

	l->samples = false;
	for (size_t i = 0; i < PT_LEN(sides); i++)
		l->samples |= sides[i] && sides[i]->n_runs == 1 && n_samples(sides[i]) > 1;
	l->n_runs = 0;
	l->n_base_runs = add_runs(l, row->base, PT_ROLE_GRAPH_2);
	add_runs(l, row->now, PT_ROLE_GRAPH_1);
	l->run_range = range_of(l->runs, l->n_runs, 0.005);
}

void pv_bench_look_make(struct pv_bench_look *l, const struct pt_board_row *row)
{
	make_hist(&l->hist, row->base, row->now);
	l->base_sd = deviation(row->base);
	l->now_sd = deviation(row->now);
	make_history(l, row);
	make_runs(l, row);
}

int pv_dot_x(int i, int n, int w)
{
	return (2 * i + 1) * w / (2 * PT_MAX(n, 1));
}

int pv_dot_y(double value, const struct pt_range *range, int h)
{
	return (int)lround((1 - pt_range_at(range, value)) * (h - 1));
}

/* One column of cells: what of it is set. */
struct column {
	uint8_t dots[ROWS_MAX]; /* ranges and small medians: braille bits; else 1 */
	bool median[ROWS_MAX];	/* a median that has the cell to itself */
	uint8_t role[ROWS_MAX];
	bool any;
};

static uint8_t braille_bit(int row, bool right)
{
	static const uint8_t bits[4][2] = {{1, 8}, {2, 16}, {4, 32}, {64, 128}};

	return bits[row & 3][right];
}

/* Where every dot has a column, its median is a whole sign and its range dotted; else both are
 * small. */
static void add_dot(struct column *c, const struct pv_dot *d, const struct pt_range *range,
		    int rows, int per_row, bool right, bool wide)
{
	int mid = pv_dot_y(d->mid, range, rows * per_row);
	int top = isfinite(d->hi) ? pv_dot_y(d->hi, range, rows * per_row) : mid;
	int bottom = isfinite(d->lo) ? pv_dot_y(d->lo, range, rows * per_row) : mid;

	for (int y = PT_MIN(top, mid); y <= bottom; y++) {
		if (per_row == 4 && (mid - y) & 1)
			continue;
		c->dots[y / per_row] |= per_row == 4 ? braille_bit(y, right) : 1;
		c->role[y / per_row] = (uint8_t)d->role;
	}
	c->median[mid / per_row] |= wide || per_row == 1;
	c->any = true;
}

static void paint_column(struct pt_canvas *cv, int x, int y, int rows, const struct column *c,
			 enum pt_glyphs glyphs)
{
	bool ascii = glyphs == PT_GLYPHS_ASCII;

	for (int i = 0; i < rows; i++) {
		uint32_t cp = 0x2800u + c->dots[i];
		if (!c->dots[i])
			continue;
		if (c->median[i])
			cp = ascii ? 'o' : 0x25CF;
		else if (glyphs < PT_GLYPHS_BRAILLE)
			cp = ascii ? '|' : 0x2502;
		pt_canvas_put(cv, x, y + i, cp, (enum pt_role)c->role[i]);
	}
}

void pv_dots_paint(struct pt_canvas *cv, struct pt_rect r, const struct pv_dot *dots, int n,
		   const struct pt_range *range, enum pt_glyphs glyphs)
{
	int rows = PT_MIN(r.h, ROWS_MAX), per_row = glyphs >= PT_GLYPHS_BRAILLE ? 4 : 1;
	bool wide = r.w >= n;
	int per_cell = wide ? 1 : pt_chart_bins_per_cell(glyphs), i = 0;

	for (int x = 0; x < r.w && rows > 0; x++) {
		struct column c = {.any = false};
		for (; i < n && pv_dot_x(i, n, r.w * per_cell) / per_cell == x; i++)
			if (isfinite(dots[i].mid))
				add_dot(&c, &dots[i], range, rows, per_row,
					pv_dot_x(i, n, r.w * per_cell) % per_cell, wide);
		if (c.any)
			paint_column(cv, r.x + x, r.y, rows, &c, glyphs);
	}
}

/* Between two columns of cells, both left out: they hold the dots. */
static void paint_stroke(struct pt_canvas *cv, struct pt_rect r, int x0, int y0, int x1, int y1,
			 enum pt_glyphs glyphs)
{
	int per_row = glyphs >= PT_GLYPHS_BRAILLE ? 4 : 1, before = y0;

	for (int x = x0 + 1; x < x1; x++) {
		uint8_t bits[ROWS_MAX] = {0};
		for (int sub = 0; sub < (per_row == 4 ? 2 : 1); sub++) {
			double share = (x - x0 + (sub + 0.5) / 2 - 0.5) / (x1 - x0);
			int y = y0 + (int)lround(share * (y1 - y0));
			int from = before < y ? before + 1 : before > y ? before - 1 : y;
			for (int k = PT_MIN(from, y); k <= PT_MAX(from, y); k++)
				bits[k / per_row] |= braille_bit(k, sub);
			before = y;
		}
		for (int i = 0; i < PT_MIN(r.h, ROWS_MAX); i++)
			if (bits[i])
				pt_canvas_put(cv, r.x + x, r.y + i,
					      per_row == 4 ? 0x2800u + bits[i]
							   : pt_sign(PT_SIGN_GAP, glyphs),
					      PT_ROLE_AXIS);
	}
}

void pv_line_paint(struct pt_canvas *cv, struct pt_rect r, const struct pv_dot *dots, int n,
		   const struct pt_range *range, enum pt_glyphs glyphs)
{
	int rows = PT_MIN(r.h, ROWS_MAX) * (glyphs >= PT_GLYPHS_BRAILLE ? 4 : 1), last = -1;

	for (int i = 0; i < n && r.w >= FAR_APART * n && rows > 0; i++) {
		if (!isfinite(dots[i].mid))
			continue;
		if (last >= 0)
			paint_stroke(cv, r, pv_dot_x(last, n, r.w),
				     pv_dot_y(dots[last].mid, range, rows), pv_dot_x(i, n, r.w),
				     pv_dot_y(dots[i].mid, range, rows), glyphs);
		last = i;
	}
}
