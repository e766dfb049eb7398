/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Areas: plain, stacked, and about an axis. All are the same picture: each bin is a column of small
 * steps (4 a cell in braille, 8 in blocks, 3 in ASCII) counted from the bottom of the chart and cut
 * into spans, one for each layer, and a tip that reaches from the mean to the maximum. A tip is
 * lighter by its texture (every other dot, a thin line), so it needs no colour of its own. A cell
 * takes the steps of all spans that cross it and the role of the one with most of them.
 *
 * Blank cells are not touched: what a pane painted before remains behind a chart.
 */
#include "perftop/view/chart.h"

#include "perftop/base/mem.h"

enum { MAX_LAYERS = 12, MAX_SPANS = MAX_LAYERS + 1 };

enum kind { SOLID, TIP_UP, TIP_DOWN };

/* Steps lo..hi-1 of a column, from the bottom. */
struct span {
	int lo, hi;
};

struct style {
	enum kind kind;
	enum pt_role role;
	char letter; /* a full cell, in ASCII */
};

/* What fills one cell's width: the spans of one bin, or of two with braille. */
struct column {
	int n;
	struct style style[MAX_SPANS];
	struct span span[2][MAX_SPANS];
};

struct plot {
	struct pt_canvas *cv;
	struct pt_rect rect;
	enum pt_glyphs glyphs;
	const struct pt_range *range;
	int unit; /* steps a cell */
	int bins; /* bins a cell */
};

static struct plot plot_new(struct pt_canvas *cv, struct pt_rect rect, enum pt_glyphs glyphs,
			    const struct pt_range *range)
{
	int unit = glyphs == PT_GLYPHS_ASCII ? 3 : glyphs == PT_GLYPHS_BLOCK ? 8 : 4;

	return (struct plot){cv, rect, glyphs, range, unit, pt_chart_bins_per_cell(glyphs)};
}

/* Height of a value where `full` steps are the whole range, at least `least`. */
static int plot_steps(const struct plot *p, double v, int full, int least)
{
	int steps = (int)(pt_range_at(p->range, v) * full + 0.5);

	return PT_MAX(steps, PT_MIN(full, least));
}

/* The steps of a span within the row of `unit` steps that begins at base: how many, and as bits
 * from below. */
static int span_cut(struct span span, int base, int unit, unsigned *ret_bits)
{
	int lo = PT_MAX(span.lo - base, 0), hi = PT_MIN(span.hi - base, unit);

	*ret_bits = lo < hi ? (1u << hi) - (1u << lo) : 0;
	return lo < hi ? hi - lo : 0;
}

/* Every other step of a tip, its very end among them: the maximum is exact. */
static unsigned tip_dots(struct span tip, enum kind kind, int base)
{
	int end = kind == TIP_UP ? tip.hi - 1 : tip.lo;

	return (end - base) & 1 ? 0xA : 0x5;
}

static uint32_t glyph_braille(unsigned left, unsigned right)
{
	static const uint8_t lefts[] = {0x00, 0x40, 0x04, 0x44, 0x02, 0x42, 0x06, 0x46,
					0x01, 0x41, 0x05, 0x45, 0x03, 0x43, 0x07, 0x47};
	static const uint8_t rights[] = {0x00, 0x80, 0x20, 0xA0, 0x10, 0x90, 0x30, 0xB0,
					 0x08, 0x88, 0x28, 0xA8, 0x18, 0x98, 0x38, 0xB8};

	return 0x2800u + lefts[left] + rights[right];
}

static int ones(unsigned bits)
{
	static const uint8_t of[] = {0, 1, 1, 2, 1, 2, 2, 3, 1, 2, 2, 3, 2, 3, 3, 4};

	return of[bits & 15] + of[bits >> 4 & 15];
}

/* Blocks grow from the bottom in eighths; from the top there are only an eighth and a half. */
static uint32_t glyph_block(unsigned solid, unsigned tip)
{
	int n;

	if (!solid)
		return ones(tip) >= 4 ? 0x2502 : tip & 1 ? 0x2577 : 0x2575;
	n = ones(solid);
	if (solid & 1)
		return 0x2580u + (uint32_t)n;
	if (solid & 0x80)
		return n >= 6 ? 0x2588 : n >= 3 ? 0x2580 : 0x2594;
	return 0x2500;
}

static uint32_t glyph_ascii(unsigned solid, char letter)
{
	return solid == 7 ? (uint32_t)letter : (uint32_t) "|.-:':\""[solid];
}

/* The layer that fills a cell alone, as one does in most cells, or NULL. */
static const struct style *full_style(const struct plot *p, const struct column *c, int base)
{
	for (int k = 0; k < c->n; k++) {
		bool full = c->style[k].kind == SOLID;

		for (int i = 0; i < p->bins && full; i++)
			full = c->span[i][k].lo <= base && c->span[i][k].hi >= base + p->unit;
		if (full)
			return &c->style[k];
	}
	return NULL;
}

/*
 * What several layers make of a cell: its glyph, and the style of the largest part, or NULL. Without
 * dots, a tip that ends in the cell where the solid part ends has no room of its own: there the
 * cell is drawn at the maximum, because a spike must not be lost.
 */
static const struct style *mixed_style(const struct plot *p, const struct column *c, int base,
				       uint32_t *ret_cp)
{
	unsigned solid[2] = {0, 0}, tip = 0, ending = 0;
	const struct style *style = NULL;
	int most = 0;

	for (int k = 0; k < c->n; k++) {
		enum kind kind = c->style[k].kind;
		int count = 0;

		for (int i = 0; i < p->bins; i++) {
			struct span span = c->span[i][k];
			unsigned bits;

			count += span_cut(span, base, p->unit, &bits);
			if (kind == SOLID)
				solid[i] |= bits;
			else if (p->bins == 2)
				solid[i] |= bits & tip_dots(span, kind, base);
			else if (kind == TIP_UP ? span.hi <= base + p->unit : span.lo >= base)
				ending |= bits;
			else
				tip |= bits;
		}
		if (count > most) {
			most = count;
			style = &c->style[k];
		}
	}
	*(solid[0] ? &solid[0] : &tip) |= ending;
	*ret_cp = p->bins == 2	 ? glyph_braille(solid[0], solid[1])
		  : p->unit == 8 ? glyph_block(solid[0], tip)
		  : style	 ? glyph_ascii(solid[0], style->letter)
				 : ' ';
	return style;
}

static void paint_column(const struct plot *p, const struct column *c, int x)
{
	uint32_t full_cp = p->bins == 2 ? 0x28FF : 0x2588;
	int lo = p->rect.h * p->unit, hi = 0;

	for (int i = 0; i < p->bins; i++) {
		for (int k = 0; k < c->n; k++) {
			if (c->span[i][k].lo >= c->span[i][k].hi)
				continue;
			lo = PT_MIN(lo, c->span[i][k].lo);
			hi = PT_MAX(hi, c->span[i][k].hi);
		}
	}
	for (int row = lo / p->unit; row * p->unit < hi; row++) {
		const struct style *style = full_style(p, c, row * p->unit);
		uint32_t cp = style && p->unit == 3 ? (uint32_t)style->letter : full_cp;

		if (!style)
			style = mixed_style(p, c, row * p->unit, &cp);
		if (style && cp != 0x2800)
			pt_canvas_put(p->cv, p->rect.x + x, p->rect.y + p->rect.h - 1 - row, cp,
				      style->role);
	}
}

/* -- stacks -------------------------------------------------------------------------------------- */

/*
 * The most that a stack is known to have reached in a bin, and the layer that did it: one layer at
 * its maximum while the others were at least at their minimum. Maxima of several layers need not
 * have met, so their sum would show a spike that never was.
 */
static double stack_peak(const struct pt_layer *layers, int n, size_t bin, int *ret_layer)
{
	double floor = 0, peak = 0;

	for (int k = 0; k < n; k++)
		if (layers[k].bins[bin].n)
			floor += (double)layers[k].bins[bin].min;
	for (int k = 0; k < n; k++) {
		const struct pt_bin *b = &layers[k].bins[bin];
		double reached = b->n ? floor - (double)b->min + (double)b->max : 0;

		if (b->n && (reached > peak || *ret_layer < 0)) {
			peak = reached;
			*ret_layer = k;
		}
	}
	return peak;
}

/* A dark line between layers, where there is room for it, tells them apart without colour. */
static void stack_separate(struct span *span, int n)
{
	bool covered = false;

	for (int k = n - 1; k >= 0; k--) {
		if (covered && span[k].hi - span[k].lo > 1)
			span[k].hi--;
		covered = covered || span[k].hi > span[k].lo;
	}
}

/* The spans of one bin; the tip is the last. False for a gap. *ret_zero: all layers are zero. */
static bool stack_spans(const struct plot *p, const struct pt_layer *layers, int n, size_t bin,
			struct span *span, struct style *tip, bool *ret_zero)
{
	int full = p->rect.h * p->unit, at = 0, spiking = -1;
	double sum = 0, peak = stack_peak(layers, n, bin, &spiking);

	if (spiking < 0)
		return false;
	for (int k = 0; k < n; k++) {
		int hi;

		if (layers[k].bins[bin].n)
			sum += (double)layers[k].bins[bin].mean;
		hi = plot_steps(p, sum, full, 0);
		span[k] = (struct span){at, hi};
		at = hi;
	}
	*ret_zero = !(peak > p->range->lo);
	if (!at && !(*ret_zero && p->glyphs == PT_GLYPHS_ASCII)) {
		span[spiking] = (struct span){0, 1};
		at = 1;
	}
	span[n] = (struct span){at, plot_steps(p, peak, full, 0)};
	tip->role = layers[spiking].role;
	if (p->glyphs >= PT_GLYPHS_BRAILLE)
		stack_separate(span, n);
	return true;
}

void pt_chart_stack(struct pt_canvas *cv, struct pt_rect rect, const struct pt_layer *layers,
		    int n_layers, const struct pt_range *range, enum pt_glyphs glyphs)
{
	struct plot p = plot_new(cv, rect, glyphs, range);
	int n = PT_MIN(n_layers, (int)MAX_LAYERS);
	struct column c = {.n = n + 1};

	if (n < 1 || rect.h < 1)
		return;
	for (int k = 0; k < n; k++)
		c.style[k] = (struct style){SOLID, layers[k].role, layers[k].letter};
	c.style[n].kind = TIP_UP;
	for (int x = 0; x < rect.w; x++) {
		bool zero = false;

		for (int i = 0; i < p.bins; i++)
			if (!stack_spans(&p, layers, n, (size_t)(x * p.bins + i), c.span[i],
					 &c.style[n], &zero))
				for (int k = 0; k <= n; k++)
					c.span[i][k] = (struct span){0, 0};
		if (zero && glyphs == PT_GLYPHS_ASCII)
			pt_canvas_put(cv, rect.x + x, rect.y + rect.h - 1, '_', layers[0].role);
		paint_column(&p, &c, x);
	}
}

void pt_chart_area(struct pt_canvas *cv, struct pt_rect rect, const struct pt_bin *bins,
		   const struct pt_range *range, enum pt_glyphs glyphs, enum pt_role role)
{
	struct pt_layer layer = {bins, role, '#'};

	pt_chart_stack(cv, rect, &layer, 1, range, glyphs);
}

/* -- about an axis ------------------------------------------------------------------------------- */

enum { UP, UP_TIP, DOWN, DOWN_TIP, AXIS, UPDOWN_SPANS };

/* Room on either side: with an odd number of rows, braille cuts the middle one in two, and the
 * others draw the axis there. */
struct axis {
	int lo, hi; /* steps where down ends and up begins */
	int half;   /* steps on either side */
	bool row;   /* the axis has a row of its own */
};

static struct axis axis_of(const struct plot *p)
{
	int rows = p->rect.h, half = rows / 2 * p->unit;

	if (p->bins == 2)
		return (struct axis){rows * 2, rows * 2, rows * 2, false};
	if (rows % 2)
		return (struct axis){half, half + p->unit, half, true};
	return (struct axis){half, half, half, false};
}

static void updown_spans(const struct plot *p, const struct axis *a, const struct pt_bin *up,
			 const struct pt_bin *down, struct span *span)
{
	int least = a->row ? 0 : 1; /* zero is the axis itself, where that is drawn */
	int steps, tip;

	for (int k = 0; k < UPDOWN_SPANS; k++)
		span[k] = (struct span){0, 0};
	if (up->n) {
		steps = plot_steps(p, (double)up->mean, a->half, least);
		tip = plot_steps(p, (double)up->max, a->half, least);
		span[UP] = (struct span){a->hi, a->hi + steps};
		span[UP_TIP] = (struct span){a->hi + steps, a->hi + tip};
	}
	if (down->n) {
		steps = plot_steps(p, (double)down->mean, a->half, least);
		tip = plot_steps(p, (double)down->max, a->half, least);
		span[DOWN] = (struct span){a->lo - steps, a->lo};
		span[DOWN_TIP] = (struct span){a->lo - tip, a->lo - steps};
	}
	if (a->row && (up->n || down->n))
		span[AXIS] = (struct span){a->lo + p->unit / 2, a->lo + p->unit / 2 + 1};
}

void pt_chart_updown(struct pt_canvas *cv, struct pt_rect rect, const struct pt_bin *up,
		     const struct pt_bin *down, const struct pt_range *range, enum pt_glyphs glyphs,
		     enum pt_role up_role, enum pt_role down_role)
{
	struct plot p = plot_new(cv, rect, glyphs, range);
	struct axis a = axis_of(&p);
	struct column c = {
		.n = UPDOWN_SPANS,
		.style = {[UP] = {SOLID, up_role, '#'},
			  [UP_TIP] = {TIP_UP, up_role, '#'},
			  [DOWN] = {SOLID, down_role, '#'},
			  [DOWN_TIP] = {TIP_DOWN, down_role, '#'},
			  [AXIS] = {SOLID, PT_ROLE_GRID, '#'}},
	};

	for (int x = 0; rect.h > 0 && x < rect.w; x++) {
		for (int i = 0; i < p.bins; i++)
			updown_spans(&p, &a, &up[x * p.bins + i], &down[x * p.bins + i], c.span[i]);
		paint_column(&p, &c, x);
	}
}
