/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Panes that show metrics, the reading half: finds the series that a spec names, cuts them into
 * columns of time, and reads the values of the moment shown. Rows are made in pane_metric_rows.c,
 * painting is in pane_metric_paint.c. Memory is taken when a pane first gets its size and grows
 * only with it.
 */
#include "pane_metric.h"

#include "perftop/base/mem.h"
#include "perftop/base/str.h"
#include "perftop/base/text.h"
#include "perftop/collect/collect.h"
#include "perftop/model/metric.h"
#include "perftop/present/value.h"
#include "perftop/store/store.h"

#include <math.h>
#include <string.h>

enum { SCRATCH = 1024 };

/* Without labels: the metric's only series, or the first of its instances (the cgroup that is
 * reported on). */
int pv_find(const struct pt_view_env *env, const char *metric, const char *labels)
{
	int id;

	if (!metric)
		return -1;
	id = pt_store_find(env->store, metric, labels ? labels : "");
	if (id < 0 && !labels && pt_store_instances(env->store, metric, &id, 1) == 0)
		return -1;
	return id;
}

/* Only a namespace's root can have a limit: the machine's own has none. */
static const struct pv_spec *spec_in_force(const struct pt_pane *pane,
					   const struct pt_pane_args *args)
{
	const struct pt_view_env *env = args->env;
	const struct pv_spec *spec = pane->spec;
	struct pt_series_info info;
	int limit = spec->contained ? pt_store_find(env->store, spec->contained_by, "cgroup=\"/\"")
				    : -1;

	/* A series may be there only to say that no limit is set. */
	return pt_store_info(env->store, limit, &info) && info.last_mono_ns != INT64_MIN
		       ? spec->contained
	       : args->zoomed && spec->zoomed ? spec->zoomed
					      : spec;
}

/* Value of a series at a moment: of the tick in force then. */
double pv_value_at(const struct pt_pane_args *args, int id, int64_t at_ns)
{
	const struct pt_store *store = args->env->store;
	struct pt_series_info info;
	struct pt_cursor cursor;
	struct pt_point point;

	if (id < 0 || !pt_store_info(store, id, &info))
		return NAN;
	if (at_ns >= pt_store_last(store))
		return info.last;
	if (pt_store_cursor(store, id, at_ns, &cursor) < 0)
		return NAN;
	pt_cursor_seek(&cursor, at_ns);
	if (!pt_cursor_next(&cursor, &point) || point.n == 0 || point.t_ns > at_ns)
		return NAN;
	return (double)point.mean;
}

void pv_resample(const struct pt_pane_args *args, int id, int w, int per_cell, struct pt_bin *out)
{
	int64_t from = pt_timeview_from(args->tv, w);
	struct pt_cursor cursor;

	if (id >= 0 && pt_store_cursor(args->env->store, id, from, &cursor) == 0) {
		pt_resample(&cursor, from, args->tv->cell_ns / per_cell, out,
			    (size_t)(w * per_cell));
		return;
	}
	for (int i = 0; i < w * per_cell; i++)
		out[i] = (struct pt_bin){.min = NAN, .max = NAN, .mean = NAN, .last = NAN};
}

double pv_bins_max(const struct pt_bin *bins, int n)
{
	float max = 0;

	for (int i = 0; i < n; i++)
		if (bins[i].n > 0 && bins[i].max > max)
			max = bins[i].max;
	return (double)max;
}

static double bins_min(const struct pt_bin *bins, int n)
{
	float min = INFINITY;

	for (int i = 0; i < n; i++)
		if (bins[i].n > 0 && bins[i].min < min)
			min = bins[i].min;
	return isfinite(min) ? (double)min : 0;
}

/* ---- series ---- */

int pv_instances(struct pv_state *st, const struct pt_pane_args *args, const char *metric)
{
	size_t n;

	for (;;) {
		n = pt_store_instances(args->env->store, metric, st->ids, st->ids_cap);
		if (n <= st->ids_cap || st->ids_cap >= PV_INSTANCES)
			return (int)PT_MIN(n, st->ids_cap);
		st->ids_cap = PT_MIN(n + 16, PV_INSTANCES);
		st->ids = pt_reallocarray(st->ids, st->ids_cap, sizeof *st->ids);
	}
}

static bool is_lo(const char *labels)
{
	char name[32];

	return pt_labels_get(labels, "interface", name, sizeof name) > 0 && strcmp(name, "lo") == 0;
}

/* Sum over all instances: bins add up, a gap counts as nothing where another has a value. */
static void resample_sum(struct pv_state *st, const struct pt_pane_args *args,
			 const struct pv_spec *spec, int layer, struct pt_bin *tmp)
{
	int n = pv_instances(st, args, spec->layers[layer].metric);
	struct pt_bin *sum = st->layer_bins[layer];

	memset(sum, 0, (size_t)st->n_bins * sizeof *sum);
	st->layer_values[layer] = NAN;
	for (int k = 0; k < n; k++) {
		struct pt_series_info info;
		if (!pt_store_info(args->env->store, st->ids[k], &info) ||
		    (spec->skip_lo && is_lo(info.labels)))
			continue;
		double v = pv_value_at(args, st->ids[k], args->at_ns);
		if (!isnan(v))
			st->layer_values[layer] =
				v + (isnan(st->layer_values[layer]) ? 0 : st->layer_values[layer]);
		pv_resample(args, st->ids[k], st->graph_w, st->per_cell, tmp);
		for (int i = 0; i < st->n_bins; i++) {
			if (tmp[i].n == 0)
				continue;
			sum[i].n++;
			sum[i].max += tmp[i].max;
			sum[i].min += tmp[i].min;
			sum[i].mean += tmp[i].mean;
		}
	}
}

/* ---- graph ---- */

static void find_layers(struct pv_state *st, const struct pt_pane_args *args,
			const struct pv_spec *spec)
{
	for (int i = 0; i < PV_LAYERS && spec->layers[i].metric; i++) {
		st->layer_ids[i] =
			pv_find(args->env, spec->layers[i].metric, spec->layers[i].labels);
		st->layer_metrics[i] = pt_metric_find(spec->layers[i].metric, NULL);
	}
}

static double graph_top(const struct pv_state *st, const struct pv_spec *spec)
{
	double top = 0, sum = 0;

	if (spec->max_metric && st->total_value > 0)
		return st->total_value;
	if (spec->max > 0)
		return spec->max;
	for (int i = 0; i < PV_LAYERS && spec->layers[i].metric; i++) {
		if (spec->layers[i].legend_only)
			continue;
		double m = pv_bins_max(st->layer_bins[i], st->n_bins);
		top = PT_MAX(top, m);
		sum += m;
	}
	if (spec->graph == PV_STACK)
		top = sum;
	return pt_value_nice_max(top > 0 ? top : 1,
				 st->stat_metric ? st->stat_metric->unit : PT_UNIT_COUNT,
				 PT_VALUE_RATE);
}

static void graph_range(struct pv_state *st, const struct pt_pane_args *args,
			const struct pv_spec *spec)
{
	st->range = (struct pt_range){.scale = args->tv->scale, .hi = graph_top(st, spec)};
	if (args->tv->scale == PT_SCALE_LINEAR && spec->graph == PV_STACK) {
		/* From the least of the first layer, so that small moves of a big value show. */
		double lo = bins_min(st->layer_bins[0], st->n_bins), hi = 0;
		for (int i = 0; i < PV_LAYERS && spec->layers[i].metric; i++)
			if (!spec->layers[i].legend_only)
				hi += pv_bins_max(st->layer_bins[i], st->n_bins);
		if (hi > lo) {
			st->range.lo = lo;
			st->range.hi = hi;
		}
	}
}

static void graph_bins(struct pv_state *st, const struct pt_pane_args *args,
		       const struct pv_spec *spec, struct pt_bin *tmp)
{
	for (int i = 0; i < PV_LAYERS && spec->layers[i].metric; i++) {
		if (spec->graph == PV_UPDOWN && i < 2) {
			resample_sum(st, args, spec, i, tmp);
		} else {
			pv_resample(args, st->layer_ids[i], st->graph_w, st->per_cell,
				    st->layer_bins[i]);
			st->layer_values[i] = pv_value_at(args, st->layer_ids[i], args->at_ns);
		}
	}
}

/* A zoomed pane without a graph of its own draws its selected row. */
static void row_graph(struct pv_state *st, const struct pt_pane_args *args,
		      const struct pv_spec *spec)
{
	struct pt_series_info info;
	double hi;

	st->row_graph = st->n_rows ? st->rows[st->selected].spark_ids[0] : -1;
	pv_resample(args, st->row_graph, st->graph_w, st->per_cell, st->layer_bins[0]);
	if (st->row_graph < 0 || !pt_store_info(args->env->store, st->row_graph, &info))
		return;
	hi = pv_bins_max(st->layer_bins[0], st->n_bins);
	st->stat_metric = info.metric;
	st->range = (struct pt_range){
		.scale = args->tv->scale,
		.lo = args->tv->scale == PT_SCALE_LINEAR ? bins_min(st->layer_bins[0], st->n_bins)
							 : 0,
		.hi = spec->row_max > 0
			      ? spec->row_max
			      : pt_value_nice_max(PT_MAX(hi, spec->row_floor), info.metric->unit,
						  info.metric->kind == PT_COUNTER ? PT_VALUE_RATE
										  : 0)};
	if (st->range.hi <= st->range.lo)
		st->range.hi = st->range.lo + 1;
}

static void summarise(struct pv_state *st, const struct pt_pane_args *args,
		      const struct pv_spec *spec, int id)
{
	int64_t from = pt_timeview_from(args->tv, PT_MAX(st->graph_w, st->spark_w));
	struct pt_series_info info;
	struct pt_cursor cursor;

	st->summary = (struct pt_summary){.min = NAN, .max = NAN, .mean = NAN, .p95 = NAN};
	if (id < 0 || !pt_store_info(args->env->store, id, &info))
		return;
	st->stat_metric = info.metric;
	st->stat_value = pv_value_at(args, id, args->at_ns);
	st->stat_mark = args->tv->marked ? pv_value_at(args, id, args->tv->mark_ns) : NAN;
	if (spec->max_metric)
		st->total_value =
			pv_value_at(args, pv_find(args->env, spec->max_metric, NULL), args->at_ns);
	if (pt_store_cursor(args->env->store, id, from, &cursor) == 0)
		pt_summarise(&cursor, from, args->tv->end_ns + args->tv->cell_ns, st->scratch,
			     SCRATCH, &st->summary);
}

/* ---- the callbacks ---- */

/* Where in w x h cells the graph lies, and the rows. */
static void place_parts(struct pv_state *st, const struct pt_pane_args *args, int w, int h)
{
	const struct pv_spec *spec = st->spec;
	int rows = PT_MIN((int)st->n_rows, h / 4); /* that shall not give way to the graph */

	st->culprits_h = args->zoomed && spec->culprit && h >= 16 ? 7 : 0;
	st->graph_h = args->zoomed ? PT_MAX(PT_MIN(h * 2 / 5, h - 3 - st->culprits_h - rows), 4)
		      : spec->graph && h >= 2 ? h
					      : 0;
	st->graph_w = st->graph_h > 0 ? PT_MAX(w - pv_graph_axis_width(w), 0) : 0;
	st->per_cell = pt_chart_bins_per_cell(args->env->glyphs);
	st->n_bins = st->graph_w * st->per_cell;
	st->rows_y = 0;
	if (args->zoomed) /* statistics, legend, a blank line */
		st->rows_y =
			st->graph_h + (spec->graph != PV_UPDOWN) + (spec->graph != PV_NO_GRAPH) + 1;
	st->rows_h = PT_MAX(h - st->rows_y - st->culprits_h, 0);
}

static void set_shift(struct pv_state *st, const struct pt_pane_args *args)
{
	int64_t from = pt_timeview_from(args->tv, 1);

	st->shift = 0;
	if (st->cell_ns == args->tv->cell_ns && from > st->from_ns)
		st->shift = (int)PT_MIN((from - st->from_ns) / st->cell_ns, 1000);
	st->from_ns = from;
	st->cell_ns = args->tv->cell_ns;
}

static void reserve_bins(struct pv_state *st, int layers)
{
	size_t graph = (size_t)st->n_bins * (size_t)(layers + 1);
	size_t need = graph + (size_t)(st->n_shown * st->n_sparks * st->spark_w);

	if (need >= st->bins_cap) { /* never none: no pointer into it is NULL */
		st->bins_cap = need + 1;
		st->bins = pt_reallocarray(st->bins, st->bins_cap, sizeof *st->bins);
	}
	for (int i = 0; i < layers; i++)
		st->layer_bins[i] = st->bins + i * st->n_bins;
}

static void recalc_graph(struct pv_state *st, const struct pt_pane_args *args, int layers)
{
	const struct pv_spec *spec = st->spec;

	summarise(st, args, spec, pv_find(args->env, spec->stat, NULL));
	if (spec->graph) {
		find_layers(st, args, spec);
		graph_bins(st, args, spec, st->bins + layers * st->n_bins);
		if (spec->graph == PV_UPDOWN) {
			st->stat_metric = st->layer_metrics[0];
			st->stat_value = st->layer_values[0] + st->layer_values[1];
		}
		graph_range(st, args, spec);
	} else if (args->zoomed) {
		row_graph(st, args, spec);
		summarise(st, args, spec, st->row_graph);
	}
}

static void find_culprits(struct pv_state *st, const struct pt_pane_args *args)
{
	st->n_culprits = 0;
	if (st->culprits_h > 0 && args->env->culprits)
		st->n_culprits = pt_culprits_at(
			args->env->culprits, args->at_ns, pt_view_slack_ns(args->env),
			(enum pt_resource)(st->spec->culprit - 1), st->culprits);
}

void pv_recalc(const struct pt_pane *pane, void *state, const struct pt_pane_args *args, int w,
	       int h)
{
	const struct pv_spec *spec = spec_in_force(pane, args);
	struct pv_state *st = state;
	int layers = 0;

	st->spec = spec;
	st->reason =
		pt_store_reason(args->env->store, spec->stat		  ? spec->stat
						  : spec->each		  ? spec->each
						  : spec->fixed[0].metric ? spec->fixed[0].metric
									  : "");
	/* What has a graph shows rows only when it is zoomed. */
	st->n_rows = 0;
	if (!spec->graph || args->zoomed)
		pv_rows_make(st, args, w);
	if (h == 0) /* only asked for its size */
		return;
	if (!st->scratch)
		st->scratch = pt_reallocarray(NULL, SCRATCH, sizeof *st->scratch);
	while (layers < PV_LAYERS && spec->layers[layers].metric)
		layers++;
	layers = PT_MAX(layers, 1);
	st->stat_metric = NULL;
	st->stat_value = st->stat_mark = st->total_value = NAN;
	place_parts(st, args, w, h);
	pv_rows_place(st, args, w);
	set_shift(st, args);
	reserve_bins(st, layers);
	recalc_graph(st, args, layers);
	pv_rows_fill(st, args, st->bins + (layers + 1) * st->n_bins);
	find_culprits(st, args);
}

void pv_size(const struct pt_pane *pane, const void *state, const struct pt_pane_args *args,
	     struct pt_pane_size *ret)
{
	const struct pv_state *st = state;
	const struct pv_spec *spec = st->spec;
	int n = (int)st->n_rows;

	(void)args;
	*ret = (struct pt_pane_size){0};
	if (spec->graph) {
		*ret = spec->graph == PV_STACK
			       ? (struct pt_pane_size){.min = 5, .want = 10, .weight = 2}
			       : (struct pt_pane_size){.min = 4, .want = 6, .weight = 1};
		return;
	}
	if (n == 0) {
		/* What runs on demand cannot have a value before its pane is shown. */
		ret->min = ret->want = pane->collector || (!spec->optional && st->reason);
		return;
	}
	ret->want = spec->want_rows ? PT_MIN(n, spec->want_rows) : n;
	ret->min = PT_MIN(ret->want, 3);
}

int pv_rows(const struct pt_pane *pane, const void *state)
{
	(void)pane;
	return (int)((const struct pv_state *)state)->n_rows;
}

int pv_procs(const struct pt_pane *pane, bool zoomed)
{
	const struct pv_spec *spec = pane->spec;

	if (!zoomed || !spec->culprit)
		return -1;
	return spec->culprit - 1 == PT_RESOURCE_IO ? PT_PROC_WANT_IO : 0;
}

void pv_release(const struct pt_pane *pane, void *state)
{
	struct pv_state *st = state;

	(void)pane;
	free(st->bins);
	free(st->rows);
	free(st->ids);
	free(st->scratch);
}
