/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Panes that show metrics, the painting half: places what recalc prepared. Numbers are right-aligned
 * in columns of fixed width, so that nothing jitters while they move.
 */
#include "pane_metric.h"

#include "perftop/base/mem.h"
#include "perftop/base/str.h"
#include "perftop/base/text.h"
#include "perftop/present/value.h"

#include <math.h>
#include <string.h>

enum { AXIS_W = 6 };

/* Labels of the vertical axis cost columns: only where there are enough. */
int pv_graph_axis_width(int w)
{
	return w >= 44 ? AXIS_W : 0;
}

static unsigned flags_of(const struct pt_view_env *env, const struct pt_metric *m)
{
	return (env->ascii ? PT_VALUE_ASCII : 0) | (m && m->kind == PT_COUNTER ? PT_VALUE_RATE : 0);
}

static void format(const struct pt_view_env *env, const struct pt_metric *m, double v, char *out,
		   size_t size)
{
	pt_value_format(out, size, v, m ? m->unit : PT_UNIT_COUNT, flags_of(env, m));
}

void pv_headline(const struct pt_pane *pane, const void *state, const struct pt_pane_args *args,
		 char *out, size_t size)
{
	const struct pv_state *st = state;
	const struct pv_spec *spec = st->spec;
	char v[32], extra[40] = "";

	(void)pane;
	out[0] = '\0';
	if (!args->zoomed && !spec->graph && !st->cells && st->n_shown < (int)st->n_rows)
		pt_snprintf(out, size, "+%d more", (int)st->n_rows - st->n_shown);
	if (!st->stat_metric || (isnan(st->stat_value) && !spec->stat))
		return;
	format(args->env, st->stat_metric, st->stat_value, v, sizeof v);
	if (!isnan(st->stat_mark) && !isnan(st->stat_value)) {
		char d[32];
		pt_value_format(d, sizeof d, st->stat_value - st->stat_mark, st->stat_metric->unit,
				flags_of(args->env, st->stat_metric) | PT_VALUE_SIGN);
		pt_snprintf(extra, sizeof extra, " %s%s", args->env->ascii ? "d " : "Δ ", d);
	} else if (spec->of_total && st->total_value > 0) {
		char t[32];
		format(args->env, st->stat_metric, st->total_value, t, sizeof t);
		pt_snprintf(extra, sizeof extra, " / %s", t);
	}
	pt_snprintf(out, size, "%s%s", v, extra);
}

/* The crosshair over a graph: its column's background, and a rule where cells are empty. */
static void paint_cross(struct pt_canvas *cv, const struct pt_pane_args *args, int x, int y, int w,
			int h)
{
	const struct pt_timeview *tv = args->tv;
	int col = tv->crosshair ? pt_timeview_column(tv, w, tv->cross_ns) : -1;
	/* The axis shows the mark too; a sign in every sparkline would only hide history. */
	int mark = tv->marked && h > 1 ? pt_timeview_column(tv, w, tv->mark_ns) : -1;

	if (mark >= 0)
		pt_canvas_put(cv, x + mark, y, pt_sign(PT_SIGN_NOTE, args->env->glyphs),
			      PT_ROLE_NOTE);
	if (col >= 0)
		pt_canvas_mark(cv, (struct pt_rect){x + col, y, 1, h}, PT_CELL_CROSS);
}

static void paint_axis(struct pt_canvas *cv, const struct pv_state *st,
		       const struct pt_pane_args *args, int y, int h, bool mirrored)
{
	char top[24], bottom[24];
	unsigned flags = flags_of(args->env, st->stat_metric) | PT_VALUE_NO_UNIT;
	enum pt_unit unit = st->stat_metric ? st->stat_metric->unit : PT_UNIT_COUNT;

	pt_value_format(top, sizeof top, st->range.hi, unit, flags);
	if (!mirrored && st->range.lo == 0)
		pt_strlcpy(bottom, "0", sizeof bottom);
	else
		pt_value_format(bottom, sizeof bottom, mirrored ? st->range.hi : st->range.lo, unit,
				flags);
	pt_canvas_right(cv, AXIS_W - 1, y, top, PT_ROLE_AXIS);
	if (h > 1)
		pt_canvas_right(cv, AXIS_W - 1, y + h - 1, bottom, PT_ROLE_AXIS);
	if (mirrored && h > 2)
		pt_canvas_right(cv, AXIS_W - 1, y + h / 2, "0", PT_ROLE_AXIS);
}

static void paint_stack(struct pt_canvas *cv, const struct pv_spec *spec, const struct pv_state *st,
			struct pt_rect rect, enum pt_glyphs glyphs)
{
	struct pt_layer layers[PV_LAYERS];
	int n = 0;

	for (int i = 0; i < PV_LAYERS && spec->layers[i].metric; i++)
		if (!spec->layers[i].legend_only)
			layers[n++] = (struct pt_layer){.bins = st->layer_bins[i],
							.role = spec->layers[i].role,
							.letter = spec->layers[i].letter};
	pt_chart_stack(cv, rect, layers, n, &st->range, glyphs);
}

static void paint_graph(struct pt_canvas *cv, const struct pv_spec *spec, const struct pv_state *st,
			const struct pt_pane_args *args, int y, int w, int h)
{
	int axis = pv_graph_axis_width(w);
	struct pt_rect rect = {axis, y, st->graph_w, h};
	enum pt_glyphs glyphs = args->env->glyphs;

	if (h < 1 || st->graph_w < 1)
		return;
	if (axis)
		paint_axis(cv, st, args, y, h, spec->graph == PV_UPDOWN);
	if (spec->graph == PV_STACK)
		paint_stack(cv, spec, st, rect, glyphs);
	else if (spec->graph == PV_UPDOWN)
		pt_chart_updown(cv, rect, st->layer_bins[0], st->layer_bins[1], &st->range, glyphs,
				spec->layers[0].role, spec->layers[1].role);
	else
		pt_chart_area(cv, rect, st->layer_bins[0], &st->range, glyphs, spec->row_role);
	if (st->shift > 0)
		pt_canvas_scroll_left(cv, rect, st->shift);
	paint_cross(cv, args, rect.x, y, st->graph_w, h);
}

static void paint_legend(struct pt_canvas *cv, const struct pv_spec *spec,
			 const struct pv_state *st, const struct pt_pane_args *args, int y, int w)
{
	int x = 0;

	for (int i = 0; i < PV_LAYERS && spec->layers[i].metric && x < w; i++) {
		const struct pv_layer *l = &spec->layers[i];
		const struct pt_metric *m = st->layer_metrics[i];
		bool share = m && m->unit == PT_UNIT_RATIO; /* the head says per cent */
		char v[32];
		int need;

		pt_value_format(v, sizeof v, st->layer_values[i], m ? m->unit : PT_UNIT_COUNT,
				flags_of(args->env, m) | (share ? PT_VALUE_NO_UNIT : 0));
		/* A stable width for the number keeps the words after it in place. */
		int value_w = PT_MAX(pt_text_width(v), share ? 4 : 9);
		need = (int)strlen(l->name) + 1 + value_w + 2;
		if (x + need - 2 > w)
			break;
		if (args->env->glyphs == PT_GLYPHS_ASCII && !l->legend_only && l->letter) {
			pt_canvas_put(cv, x, y, (unsigned char)l->letter, l->role);
			x += 2;
			if (x + need - 2 > w)
				break;
		}
		pt_canvas_text(cv, x, y, l->name, -1, l->role);
		pt_canvas_right(cv, x + need - 2, y, v, PT_ROLE_TEXT);
		x += need;
	}
}

static void paint_stats(struct pt_canvas *cv, const struct pv_state *st,
			const struct pt_pane_args *args, int y, int w)
{
	const struct {
		const char *name;
		double v;
	} stats[] = {{"min", st->summary.min},
		     {"avg", st->summary.mean},
		     {"p95", st->summary.p95},
		     {"max", st->summary.max}};
	int x = 0, each = PT_MIN(w / 4, 18);

	for (size_t i = 0; i < PT_LEN(stats); i++, x += each) {
		char v[32];
		pt_value_format(v, sizeof v, stats[i].v,
				st->stat_metric ? st->stat_metric->unit : PT_UNIT_COUNT,
				flags_of(args->env, st->stat_metric) |
					(each < 15 ? PT_VALUE_NO_UNIT : 0));
		pt_canvas_text(cv, x, y, stats[i].name, PT_MAX(each - 1, 0), PT_ROLE_DIM);
		pt_canvas_text(cv, x + 4, y, v, PT_MAX(each - 5, 0), PT_ROLE_VALUE);
	}
}

static bool row_matches(const struct pt_pane_args *args, const char *name)
{
	return args->filter && pt_filter_on(args->filter) && pt_filter_match(args->filter, name);
}

static void paint_value(struct pt_canvas *cv, const struct pt_view_env *env, int x_end, int y,
			const struct pt_metric *m, double v)
{
	char text[32];

	format(env, m, v, text, sizeof text);
	pt_canvas_right(cv, x_end, y, text, isnan(v) ? PT_ROLE_DIM : PT_ROLE_VALUE);
}

/* A row's history: a sparkline, or where there is room an area of several lines. */
static void paint_history(struct pt_canvas *cv, const struct pv_spec *spec,
			  const struct pv_state *st, const struct pt_pane_args *args,
			  const struct pv_row *row, int k, struct pt_rect r)
{
	const struct pt_range *range = spec->row_range ? &row->range : &st->row_range[k];
	enum pt_role role = k == 0 ? spec->row_role : PT_ROLE_GRAPH_2;
	enum pt_glyphs glyphs = args->env->glyphs;

	if (r.h == 1)
		pt_chart_spark(cv, r.x, r.y, r.w, row->bins[k], range, glyphs, role);
	else /* one bin a cell, as in the sparkline */
		pt_chart_area(cv, r, row->bins[k], range,
			      glyphs == PT_GLYPHS_BRAILLE ? PT_GLYPHS_BLOCK : glyphs, role);
	if (st->shift > 0)
		pt_canvas_scroll_left(cv, r, st->shift);
	paint_cross(cv, args, r.x, r.y, r.w, r.h);
}

/* One row of `lines` lines: name, then for each history its value and picture, then columns. */
static void paint_row(struct pt_canvas *cv, const struct pv_spec *spec, const struct pv_state *st,
		      const struct pt_pane_args *args, const struct pv_row *row, int y, int w,
		      int lines)
{
	int x = st->name_w + 1;

	pt_canvas_text(cv, 0, y, row->name, st->name_w,
		       row_matches(args, row->name) ? PT_ROLE_MATCH : PT_ROLE_TEXT);
	if (row->reason && isnan(row->spark_values[0])) {
		pt_canvas_safe(cv, x, y, row->reason, w - x, PT_ROLE_DIM, args->env->ascii);
		return;
	}
	for (int k = 0; k < (row->single ? 1 : st->n_values); k++) {
		if (spec->spark_titles[k]) {
			if (!row->single)
				pt_canvas_text(cv, x, y, spec->spark_titles[k], -1, PT_ROLE_DIM);
			x += (int)strlen(spec->spark_titles[k]) + 1;
		}
		paint_value(cv, args->env, x + PV_VALUE_W, y, row->metric, row->spark_values[k]);
		x += PV_VALUE_W + 1;
		if (k >= st->n_sparks)
			break;
		paint_history(cv, spec, st, args, row, k,
			      (struct pt_rect){x, y, st->spark_w, lines});
		x += st->spark_w + 1;
	}
	for (int i = 0; i < st->n_cols && !row->single; i++) {
		int k = st->cols[i];
		const struct pv_col *c = &spec->cols[k];
		char text[32];
		pt_value_format(text, sizeof text, row->col_values[k], c->unit,
				c->flags | (args->env->ascii ? PT_VALUE_ASCII : 0));
		if (c->title)
			pt_canvas_text(cv, x, y, c->title, -1, PT_ROLE_DIM);
		x += c->width;
		pt_canvas_right(cv, x, y, text,
				isnan(row->col_values[k]) ? PT_ROLE_DIM : PT_ROLE_VALUE);
		x++;
	}
}

static void paint_more(struct pt_canvas *cv, int w, int y, int n)
{
	char more[32];

	pt_snprintf(more, sizeof more, " +%d more ", n);
	if (n > 0)
		pt_canvas_right(cv, w, y, more, PT_ROLE_DIM);
}

/* More cores than lines: one cell each, as a bar of its value, in rows of the pane's width. */
static void paint_cells(struct pt_canvas *cv, const struct pv_state *st,
			const struct pt_pane_args *args, int y, int w, int h)
{
	struct pt_range range = {.hi = 1};
	int per_row = PT_MAX((w - 5) / 8 * 8, 8);

	for (size_t i = 0; i < st->n_rows && (int)i / per_row < h; i++) {
		float v = (float)st->rows[i].spark_values[0];
		struct pt_bin bin = {.min = v, .max = v, .mean = v, .last = v, .n = !isnan(v)};
		int x = 5 + (int)i % per_row, line = y + (int)i / per_row;
		if ((int)i % per_row == 0)
			pt_canvas_safe(cv, 0, line, st->rows[i].name, 4, PT_ROLE_DIM,
				       args->env->ascii);
		pt_chart_spark(cv, x, line, 1, &bin, &range, args->env->glyphs,
			       v > 0.9F ? PT_ROLE_WARN : PT_ROLE_GRAPH_1);
	}
	paint_more(cv, w, y + h - 1, (int)st->n_rows - per_row * h);
}

static void paint_rows(struct pt_canvas *cv, const struct pv_spec *spec, const struct pv_state *st,
		       const struct pt_pane_args *args, int w)
{
	int y = st->rows_y, n = (int)st->n_rows;

	if (n == 0) {
		pt_canvas_safe(cv, 0, y, st->reason ? st->reason : "nothing read yet", w,
			       PT_ROLE_DIM, args->env->ascii);
		return;
	}
	if (st->cells) {
		paint_cells(cv, st, args, y, w, st->rows_h);
		return;
	}
	for (int i = 0; i < st->n_shown; i++, y += st->lines) {
		paint_row(cv, spec, st, args, &st->rows[st->first + i], y, w, st->lines);
		if (st->first + i == st->selected)
			pt_canvas_mark(cv, (struct pt_rect){0, y, w, st->lines}, PT_CELL_SELECTED);
	}
}

static void paint_culprits(struct pt_canvas *cv, const struct pv_spec *spec,
			   const struct pv_state *st, const struct pt_pane_args *args, int y, int w)
{
	static const char *const what[] = {[PT_RESOURCE_CPU] = "most CPU at that moment",
					   [PT_RESOURCE_MEMORY] = "most memory at that moment",
					   [PT_RESOURCE_IO] = "most disk I/O at that moment"};
	static const enum pt_unit units[] = {[PT_RESOURCE_CPU] = PT_UNIT_RATIO,
					     [PT_RESOURCE_MEMORY] = PT_UNIT_BYTES,
					     [PT_RESOURCE_IO] = PT_UNIT_BYTES};
	int r = spec->culprit - 1;

	pt_canvas_text(cv, 0, y, what[r], w, PT_ROLE_TITLE);
	if (st->n_culprits == 0)
		pt_canvas_text(cv, 0, y + 1, "not recorded then", w, PT_ROLE_DIM);
	for (size_t i = 0; i < st->n_culprits; i++) {
		const struct pt_culprit *c = &st->culprits[i];
		char v[32];
		pt_value_format(v, sizeof v, (double)c->value, units[r],
				(r == PT_RESOURCE_IO ? PT_VALUE_RATE : 0) |
					(args->env->ascii ? PT_VALUE_ASCII : 0));
		pt_canvas_right(cv, PV_VALUE_W, y + 1 + (int)i, v, PT_ROLE_VALUE);
		pt_canvas_textf(cv, PV_VALUE_W + 1, y + 1 + (int)i, PT_ROLE_DIM, "%8d", c->pid);
		pt_canvas_safe(cv, PV_VALUE_W + 11, y + 1 + (int)i, c->comm, w - PV_VALUE_W - 11,
			       PT_ROLE_TEXT, args->env->ascii);
	}
}

static void paint_zoomed(struct pt_canvas *cv, const struct pv_spec *spec,
			 const struct pv_state *st, const struct pt_pane_args *args, int w, int h)
{
	int y = st->graph_h;

	paint_graph(cv, spec, st, args, 0, w, st->graph_h);
	if (spec->graph != PV_UPDOWN)
		paint_stats(cv, st, args, y++, w);
	if (spec->graph)
		paint_legend(cv, spec, st, args, y++, w);
	paint_rows(cv, spec, st, args, w);
	if (st->n_shown < (int)st->n_rows && !st->cells) {
		char which[48];
		pt_snprintf(which, sizeof which, "%d-%d of %zu", st->first + 1,
			    st->first + st->n_shown, st->n_rows);
		pt_canvas_right(cv, w, st->rows_y - 1, which, PT_ROLE_DIM);
	}
	if (st->culprits_h > 0)
		paint_culprits(cv, spec, st, args, h - st->culprits_h + 1, w);
}

void pv_paint(const struct pt_pane *pane, const void *state, const struct pt_pane_args *args,
	      struct pt_canvas *cv, int w, int h)
{
	const struct pv_state *st = state;
	const struct pv_spec *spec = st->spec;
	int text = h >= 5 && spec->graph == PV_STACK ? 2 : 1;

	(void)pane;
	if (args->zoomed) {
		paint_zoomed(cv, spec, st, args, w, h);
		return;
	}
	if (!spec->graph) {
		paint_rows(cv, spec, st, args, w);
		return;
	}
	if (st->reason && !(st->stat_value >= 0)) {
		pt_canvas_safe(cv, 0, 0, st->reason, w, PT_ROLE_DIM, args->env->ascii);
		return;
	}
	paint_graph(cv, spec, st, args, 0, w, h - text);
	paint_legend(cv, spec, st, args, h - text, w);
	if (text > 1)
		paint_stats(cv, st, args, h - 1, w);
}
