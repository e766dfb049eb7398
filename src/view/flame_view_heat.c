/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The view of flame graphs, the heat map: a column is a stretch of time, its rows are the fractions of
 * it from the bottom up, a cell is as dark as much was sampled then. Two marks make a window, whose
 * graph is then shown. Columns are counted from the first sample there was when the map was opened, so
 * that they stay while a live profile goes on.
 */
#include "flame_view.h"

#include "perftop/base/clock.h"
#include "perftop/base/mem.h"
#include "perftop/base/text.h"
#include "perftop/present/value.h"

#include <math.h>
#include <string.h>

enum { LABEL_W = 8, RULE_H = 1, TICK_W = 12 };

static const int64_t widths[] = {
	PT_MS,	     2 * PT_MS,	  5 * PT_MS,  10 * PT_MS, 20 * PT_MS, 50 * PT_MS,  100 * PT_MS,
	200 * PT_MS, 500 * PT_MS, PT_S,	      2 * PT_S,	  5 * PT_S,   10 * PT_S,   20 * PT_S,
	30 * PT_S,   60 * PT_S,	  120 * PT_S, 300 * PT_S, 600 * PT_S, 1800 * PT_S, 3600 * PT_S};

void pv_heat_release(struct pv_heat *heat)
{
	free(heat->counts);
	heat->counts = NULL;
}

static const struct pt_profile *profile_of(const struct pv_flame *v)
{
	return v->data && v->data->profile && v->data->profile->n_moments ? v->data->profile : NULL;
}

/* Where the column begins that a time lies in. */
static int64_t column_from(const struct pv_heat *h, int64_t at)
{
	int64_t rest = (at - h->origin_ns) % h->step_ns;

	return at - (rest < 0 ? rest + h->step_ns : rest);
}

/* Times of a hostile file are kept where sums of them do not overflow; those since 1970 are well within
 * that. */
static int64_t bounded(int64_t at)
{
	const int64_t most = INT64_C(1) << 61;

	return PT_MAX(PT_MIN(at, most), -most);
}

static int64_t first_at(const struct pv_flame *v)
{
	return bounded(v->data->profile->moments[0].at_ns);
}

static int64_t last_at(const struct pv_flame *v)
{
	return bounded(v->data->profile->moments[v->data->profile->n_moments - 1].at_ns);
}

/* What there is to add for the time of day. */
static const int64_t *real_of(const struct pv_flame *v)
{
	const struct pt_profile *p = v->data->profile;

	return p->has_real && bounded(p->real_ns) == p->real_ns ? &p->real_ns : NULL;
}

static int64_t cell_ns(const struct pv_heat *h)
{
	return PT_MAX(h->step_ns / PT_MAX(h->rows, 1), 1);
}

/* The finest columns that all of it fits in. */
static int64_t fitting(const struct pv_flame *v, int columns)
{
	double span = (double)last_at(v) - (double)first_at(v);

	for (size_t i = 0; i < PT_LEN(widths); i++)
		if (span / (double)widths[i] < columns - 1)
			return widths[i];
	return (int64_t)(span / PT_MAX(columns - 1, 1)) + 1;
}

static void place(struct pv_flame *v)
{
	struct pv_heat *h = &v->heat;
	int left = v->body.w >= 40 ? LABEL_W : 0;

	h->at = (struct pt_rect){v->body.x + left, v->body.y, v->body.w - left - (left > 0),
				 v->body.h - (v->body.h > 3 ? RULE_H : 0)};
	h->columns = PT_MAX(PT_MIN(h->at.w, PV_HEAT_COLUMNS), 1);
	h->rows = PT_MAX(PT_MIN(h->at.h, PV_HEAT_ROWS), 1);
	h->at.y += h->at.h - PT_MIN(h->rows, h->at.h);
	h->at.h = h->rows;
}

/* The stretch of time that is in sight, with the cursor in it. */
static void choose(struct pv_flame *v)
{
	struct pv_heat *h = &v->heat;
	int64_t first = first_at(v), last = last_at(v), width;

	h->step_ns = h->column_ns ? h->column_ns : fitting(v, h->columns);
	width = h->step_ns * (h->columns - 1);
	if (!h->placed)
		h->at_ns = last;
	h->at_ns = PT_MAX(PT_MIN(h->at_ns, last), column_from(h, first));
	if (h->at_ns < h->from_ns)
		h->from_ns = column_from(h, h->at_ns);
	if (h->at_ns >= h->from_ns + width)
		h->from_ns = column_from(h, h->at_ns) - width;
	/* No more empty room at its end than at its beginning. */
	h->from_ns = PT_MIN(h->from_ns, column_from(h, last) - width);
	h->from_ns = column_from(h, PT_MAX(h->from_ns, first));
}

void pv_heat_recalc(struct pv_flame *v)
{
	struct pv_heat *h = &v->heat;
	struct pv_heat old = *h;
	size_t n;

	if (!profile_of(v)) {
		h->open = false;
		return;
	}
	if (!h->anchored || first_at(v) < h->origin_ns)
		h->origin_ns = first_at(v);
	h->anchored = true;
	place(v);
	choose(v);
	if (h->current && old.from_ns == h->from_ns && old.step_ns == h->step_ns &&
	    old.columns == h->columns && old.rows == h->rows)
		return;
	n = (size_t)h->columns * (size_t)h->rows;
	if (n > h->cap) {
		h->counts = pt_reallocarray(h->counts, n, sizeof *h->counts);
		h->cap = n;
	}
	pt_profile_heat(v->data->profile, h->from_ns, h->step_ns, (size_t)h->columns,
			(size_t)h->rows, h->counts);
	h->most = 0;
	for (size_t i = 0; i < n; i++)
		h->most = PT_MAX(h->most, h->counts[i]);
	h->current = true;
}

/* ---- keys ---- */

void pv_heat_move(struct pv_flame *v, enum pt_action action)
{
	struct pv_heat *h = &v->heat;
	int64_t by = 0, was = h->at_ns;

	switch (action) {
	case PT_ACT_LEFT: by = -h->step_ns; break;
	case PT_ACT_RIGHT: by = h->step_ns; break;
	case PT_ACT_UP: by = cell_ns(h); break;
	case PT_ACT_DOWN: by = -cell_ns(h); break;
	case PT_ACT_PAGE_UP: by = -h->step_ns * PT_MAX(h->columns / 2, 1); break;
	case PT_ACT_PAGE_DOWN: by = h->step_ns * PT_MAX(h->columns / 2, 1); break;
	case PT_ACT_TOP: by = first_at(v) - h->at_ns; break;
	case PT_ACT_BOTTOM: by = last_at(v) - h->at_ns; break;
	default: return;
	}
	h->at_ns = PT_MAX(PT_MIN(h->at_ns + by, last_at(v)), column_from(h, first_at(v)));
	h->placed = action != PT_ACT_BOTTOM;
	v->changes += h->at_ns != was;
}

void pv_heat_zoom(struct pv_flame *v, int step)
{
	struct pv_heat *h = &v->heat;
	size_t i = 0;

	while (i + 1 < PT_LEN(widths) && widths[i] < h->step_ns)
		i++;
	if ((step > 0 && i == 0) || (step < 0 && i + 1 == PT_LEN(widths)) ||
	    (step < 0 && h->step_ns >= fitting(v, h->columns)))
		return;
	h->column_ns = widths[step > 0 ? i - 1 : i + 1];
	h->from_ns = h->at_ns - h->column_ns * (h->columns / 2);
	v->changes++;
}

/* The cell that a time lies in: cells begin anew in each column. */
static int row_at(const struct pv_heat *h, int64_t at)
{
	int64_t row = (at - column_from(h, at)) / cell_ns(h);

	return (int)PT_MIN(row, h->rows - 1);
}

static int64_t cell_from(const struct pv_heat *h, int64_t at)
{
	return column_from(h, at) + row_at(h, at) * cell_ns(h);
}

static int64_t cell_to(const struct pv_heat *h, int64_t at)
{
	bool last = row_at(h, at) == h->rows - 1;

	return last ? column_from(h, at) + h->step_ns : cell_from(h, at) + cell_ns(h);
}

/* The window that two marks would make now. */
static void window(const struct pv_heat *h, int64_t *ret_from, int64_t *ret_to)
{
	int64_t other = h->marked ? h->mark_ns : h->at_ns;

	*ret_from = cell_from(h, PT_MIN(h->at_ns, other));
	*ret_to = cell_to(h, PT_MAX(h->at_ns, other));
}

bool pv_heat_mark(struct pv_flame *v, int64_t *ret_from, int64_t *ret_to)
{
	struct pv_heat *h = &v->heat;

	v->changes++;
	if (!h->marked) {
		h->marked = h->placed = true;
		h->mark_ns = h->at_ns;
		return false;
	}
	window(h, ret_from, ret_to);
	h->marked = false;
	return true;
}

static int64_t time_of(const struct pv_heat *h, int column, int row)
{
	return h->from_ns + column * h->step_ns + row * cell_ns(h);
}

bool pv_heat_click(struct pv_flame *v, int x, int y)
{
	struct pv_heat *h = &v->heat;
	int column = x - h->at.x, row = h->at.y + h->at.h - 1 - y;
	int64_t at;

	if (column < 0 || column >= h->columns || row < 0 || row >= h->rows)
		return false;
	at = time_of(h, column, row);
	if (h->placed && cell_from(h, at) == cell_from(h, h->at_ns))
		return true;
	h->at_ns = at;
	h->placed = true;
	v->changes++;
	return false;
}

/* ---- painting ---- */

static void put_cell(const struct pv_heat *h, const struct pt_view_env *env, struct pt_canvas *cv,
		     int x, int y, int64_t count)
{
	static const char ascii[] = " .:-=+*#%@";
	static const uint32_t shades[] = {' ', 0x2591, 0x2592, 0x2593, 0x2588};
	int levels = env->ascii ? (int)sizeof ascii - 2 : 4, level = 0;

	if (count > 0 && h->most > 0) {
		/* The root, as one crowded cell must not blank all others. */
		level = (int)(sqrt((double)count / (double)h->most) * levels + 0.999);
		level = PT_MAX(PT_MIN(level, levels), 1);
	}
	pt_canvas_put(cv, x, y, env->ascii ? (uint32_t)ascii[level] : shades[level],
		      level ? (enum pt_role)(PT_ROLE_HEAT_1 + (level * 4 - 1) / levels)
			    : PT_ROLE_TEXT);
}

/* Cells within [from, to) are marked. */
static void put_window(const struct pv_heat *h, struct pt_canvas *cv, int64_t from, int64_t to,
		       unsigned bits)
{
	for (int c = 0; c < h->columns; c++)
		for (int r = 0; r < h->rows; r++) {
			int64_t at = time_of(h, c, r);
			if (at + cell_ns(h) > from && at < to)
				pt_canvas_mark(cv,
					       (struct pt_rect){h->at.x + c,
								h->at.y + h->rows - 1 - r, 1, 1},
					       bits);
		}
}

static void put_cursor(const struct pv_heat *h, const struct pt_view_env *env, struct pt_canvas *cv)
{
	int column = (int)((h->at_ns - h->from_ns) / h->step_ns);
	int x = h->at.x + column, y = h->at.y + h->rows - 1 - row_at(h, h->at_ns);

	if (env->mono)
		pt_canvas_mark(cv, (struct pt_rect){x, y, 1, 1}, PT_CELL_CROSS);
	else
		pt_canvas_put(cv, x, y, env->ascii ? '+' : 0x253C, PT_ROLE_FLAME_CHOSEN);
}

/* "18:19:05.25": local time, with so many digits of a second's fraction. */
static void put_real(char *out, size_t size, int64_t real_ns, int digits)
{
	int64_t fraction = (real_ns % PT_S + PT_S) % PT_S;
	size_t n;

	pt_time_format(out, size, real_ns, false);
	n = strlen(out);
	for (int i = 9; i > digits; i--)
		fraction /= 10;
	if (n && digits)
		pt_snprintf(out + n, size - n, ".%0*lld", digits, (long long)fraction);
}

/* "12.35 s", or of 1970 the time of day: as exact as ticks are far apart. */
static void put_time(char *out, size_t size, int64_t ns, bool real, int64_t tick)
{
	int digits = tick % PT_S == 0 ? 0 : tick % (100 * PT_MS) == 0 ? 1 : 2;

	if (real)
		put_real(out, size, ns, digits);
	else
		pt_snprintf(out, size, "%.*f s", digits, (double)ns / 1e9);
}

/* Round times, of the day or since the first sample, each in the column that it lies in. */
static void put_ticks(const struct pv_flame *v, const struct pt_view_env *env, struct pt_canvas *cv,
		      int y)
{
	const struct pv_heat *h = &v->heat;
	const int64_t *real = real_of(v);
	int64_t first = first_at(v), zero = real ? -*real : first, tick = widths[0], from, column;
	size_t i = 0;
	char text[48];

	if (h->columns < TICK_W)
		return;
	while (tick / TICK_W < h->step_ns)
		tick = ++i < PT_LEN(widths) ? widths[i] : tick * 2;
	/* The oldest that is kept may be within the first column by now. */
	from = PT_MAX(h->from_ns, first) - zero;
	for (int64_t t = (from + tick - 1) / tick * tick;; t += tick) {
		column = (zero + t - h->from_ns) / h->step_ns;
		if (column + TICK_W > h->columns)
			return;
		if (column < 0)
			continue;
		pt_canvas_put(cv, h->at.x + (int)column, y, pt_sign(PT_SIGN_V, env->glyphs),
			      PT_ROLE_GRID);
		put_time(text, sizeof text, t, real, tick);
		pt_canvas_text(cv, h->at.x + (int)column + 1, y, text, TICK_W - 1, PT_ROLE_AXIS);
	}
}

static void put_axes(const struct pv_flame *v, const struct pt_view_env *env, struct pt_canvas *cv)
{
	const struct pv_heat *h = &v->heat;
	int bottom = h->at.y + h->at.h;
	char text[48];

	for (int quarter = 0; h->at.x > 1 && quarter < (h->rows < 8 ? 1 : 4); quarter++) {
		pt_value_format(text, sizeof text, (double)h->step_ns * quarter / 4, PT_UNIT_NS,
				env->ascii ? PT_VALUE_ASCII : 0);
		pt_canvas_right(cv, h->at.x - 1, bottom - 1 - h->rows * quarter / 4,
				quarter ? text : "0", PT_ROLE_AXIS);
	}
	if (bottom < v->body.y + v->body.h)
		put_ticks(v, env, cv, bottom);
}

void pv_heat_paint(const struct pv_flame *v, const struct pt_view_env *env, struct pt_canvas *cv)
{
	const struct pv_heat *h = &v->heat;
	int64_t from, to;

	if (!h->counts)
		return;
	for (int c = 0; c < h->columns; c++)
		for (int r = 0; r < h->rows; r++)
			put_cell(h, env, cv, h->at.x + c, h->at.y + h->rows - 1 - r,
				 h->counts[c * h->rows + r]);
	if (h->marked)
		window(h, &from, &to);
	else if (v->data->window_to_ns)
		from = v->data->window_from_ns, to = v->data->window_to_ns;
	else
		from = to = 0;
	if (to > from)
		put_window(h, cv, from, to, PT_CELL_SELECTED);
	put_cursor(h, env, cv);
	put_axes(v, env, cv);
}

void pv_heat_scale_words(const struct pv_flame *v, const struct pt_view_env *env, char *out,
			 size_t size)
{
	const struct pv_heat *h = &v->heat;
	char width[32], cell[32];
	unsigned flags = env->ascii ? PT_VALUE_ASCII : 0;

	pt_value_format(width, sizeof width, (double)h->step_ns, PT_UNIT_NS, flags);
	pt_value_format(cell, sizeof cell, (double)cell_ns(h), PT_UNIT_NS, flags);
	pt_snprintf(out, size, "heat map: a column is %s, upwards; a row %s", width, cell);
}

void pv_heat_words(const struct pv_flame *v, char *out, size_t size, char *clock, size_t clock_size)
{
	const struct pv_heat *h = &v->heat;
	const struct pt_profile *p = profile_of(v);
	char begin[40], end[40];
	const int64_t *real;
	int64_t from, to;
	int digits;
	size_t n;

	out[0] = clock[0] = '\0';
	if (!h->open || !p)
		return;
	window(h, &from, &to);
	n = pt_profile_moments_before(p, to) - pt_profile_moments_before(p, from);
	digits = cell_ns(h) < PT_MS ? 6 : 3;
	pt_snprintf(out, size, "%s %.*f s .. %.*f s   %zu sample%s, %.1f%%",
		    h->marked ? "window" : "at", digits, (double)(from - first_at(v)) / 1e9, digits,
		    (double)(to - first_at(v)) / 1e9, n, n == 1 ? "" : "s",
		    100.0 * (double)n / (double)p->n_moments);
	real = real_of(v);
	if (!real)
		return;
	put_real(begin, sizeof begin, from + *real, digits);
	put_real(end, sizeof end, to + *real, digits);
	pt_snprintf(clock, clock_size, "%s .. %s", begin, end);
}
