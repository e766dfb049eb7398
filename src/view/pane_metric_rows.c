/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Rows of panes that show metrics: which there are, which of them show, and what is in those. A
 * machine has hundreds of cores and a screen has fifty lines, so values and histories are read only
 * for what is seen.
 */
#include "pane_metric.h"

#include "perftop/base/mem.h"
#include "perftop/base/str.h"
#include "perftop/base/text.h"
#include "perftop/collect/collect.h"

#include <math.h>
#include <string.h>

/* A steady value fills not its whole line: it shall still be able to rise. */
#define HEADROOM 1.3

static void name_of(const struct pt_series_info *info, char *out, size_t size)
{
	const char *labels = info->labels, *eq = strchr(labels, '=');
	char key[64], value[PT_LABELS_MAX] = "";
	size_t n = eq ? (size_t)(eq - labels) : 0;

	if (n > 0 && n < sizeof key) {
		memcpy(key, labels, n);
		key[n] = '\0';
		pt_labels_get(labels, key, value, sizeof value);
	}
	const char *text = value[0] ? value : info->metric->name;
	pt_text_safe(out, size, text, strlen(text), false);
}

/* A row keeps the values that it had under the same name: see fill_value. */
static struct pv_row *add_row(struct pv_state *st, const char *name)
{
	size_t had = st->cap_rows;
	struct pv_row *row = PT_PUSH(st->rows, st->n_rows, st->cap_rows);

	if (st->cap_rows > had)
		memset(st->rows + had, 0, (st->cap_rows - had) * sizeof *row);
	if (strncmp(row->name, name, sizeof row->name - 1) != 0)
		memset(row, 0, sizeof *row);
	pt_strlcpy(row->name, name, sizeof row->name);
	for (int k = 0; k < PV_SPARKS; k++)
		row->spark_ids[k] = -1;
	row->metric = NULL;
	row->reason = NULL;
	row->single = false;
	return row;
}

static void each_rows(struct pv_state *st, const struct pt_pane_args *args,
		      const struct pv_spec *spec, int w)
{
	int64_t from = pt_timeview_from(args->tv, w);
	int n = pv_instances(st, args, spec->each);
	char name[PV_NAME];

	for (int i = 0; i < n; i++) {
		struct pt_series_info info;
		/* What has been unplugged goes when its history has left the picture. */
		if (!pt_store_info(args->env->store, st->ids[i], &info) ||
		    (info.dropped && info.last_mono_ns < from))
			continue;
		name_of(&info, name, sizeof name);
		struct pv_row *row = add_row(st, name);
		row->spark_ids[0] = st->ids[i];
		for (int k = 1; k < PV_SPARKS && spec->sparks[k]; k++)
			row->spark_ids[k] = pv_find(args->env, spec->sparks[k], info.labels);
	}
}

/* Has it a value, or a reason of its own? */
static bool tells(const struct pt_pane_args *args, int id, const char *reason, const char *common)
{
	struct pt_series_info info;

	if (reason && common && strcmp(reason, common) != 0)
		return true;
	return id >= 0 && pt_store_info(args->env->store, id, &info) &&
	       (!reason || info.last_mono_ns != INT64_MIN);
}

static void fixed_rows(struct pv_state *st, const struct pt_pane_args *args,
		       const struct pv_spec *spec)
{
	bool any = false;

	for (int i = 0; i < PV_FIXED && spec->fixed[i].name; i++) {
		const struct pv_fixed *f = &spec->fixed[i];
		int id = pv_find(args->env, f->metric, f->labels);
		const char *reason = pt_store_reason(args->env->store, f->metric);
		if (id < 0 && (!reason || spec->optional))
			continue;
		struct pv_row *row = add_row(st, f->name);
		row->spark_ids[0] = id;
		row->reason = reason;
		row->single = spec->each != NULL;
		any |= tells(args, id, reason, st->reason);
	}
	/* One reason for all of them is said once, by the pane. */
	if (!any && !spec->each)
		st->n_rows = 0;
}

/* A custom series by its metric's name and its labels: one source may give many of each. */
static void custom_name(const char *metric, const char *labels, char *out, size_t size)
{
	char text[256];

	pt_snprintf(text, sizeof text, labels[0] ? "%s{%s}" : "%s", metric, labels);
	pt_text_safe(out, size, text, strlen(text), false);
}

/* What custom sources gave, then those that gave nothing, with their reason. */
static void custom_rows(struct pv_state *st, const struct pt_pane_args *args)
{
	const struct pt_store *store = args->env->store;
	const struct pt_metric *missing;
	char name[PV_NAME];
	size_t pos = 0;

	for (size_t id = 0; id < pt_store_n(store) && st->n_rows < PV_INSTANCES; id++) {
		struct pt_series_info info;
		if (!pt_store_info(store, (int)id, &info) || info.dropped ||
		    pt_metric_declared(info.metric))
			continue;
		custom_name(info.metric->name, info.labels, name, sizeof name);
		add_row(st, name)->spark_ids[0] = (int)id;
	}
	while ((missing = pt_store_missing(store, &pos)) && st->n_rows < PV_INSTANCES) {
		if (pt_metric_declared(missing))
			continue;
		custom_name(missing->name, "", name, sizeof name);
		struct pv_row *row = add_row(st, name);
		row->reason = pt_store_reason(store, missing->name);
		row->spark_values[0] = NAN;
	}
}

void pv_rows_make(struct pv_state *st, const struct pt_pane_args *args, int w)
{
	const struct pv_spec *spec = st->spec;

	st->n_rows = 0;
	if (spec->each)
		each_rows(st, args, spec, w);
	fixed_rows(st, args, spec);
	if (spec->custom)
		custom_rows(st, args);
	st->name_w = 3;
	int widest = spec->custom ? PT_MAX(w / 3, 18) : 18;
	for (size_t i = 0; i < st->n_rows; i++)
		st->name_w = PT_MAX(st->name_w, PT_MIN(pt_text_width(st->rows[i].name), widest));
}

/* What fits beside the name: numbers with their sparklines first (at least 12 cells each), or the last
 * number without one, then columns from the left. */
static void fit_row(struct pv_state *st, const struct pv_spec *spec, const struct pt_view_env *env,
		    int w)
{
	enum { LEAST_SPARK = 12, LEAST_ALONE = 4 };
	int room = w - st->name_w - 1, fixed = 0;

	st->n_sparks = st->n_values = 0;
	st->n_cols = 0;
	for (int k = 0; k < PV_SPARKS && (k == 0 || spec->sparks[k]); k++) {
		const char *title = spec->spark_titles[k];
		int need = PV_VALUE_W + 1 + (title ? 1 + (int)strlen(title) : 0);
		bool spark = k == 0 || fixed + need + (k + 1) * (LEAST_SPARK + 1) <= room;
		if (!spark && fixed + need + st->n_sparks * (LEAST_ALONE + 1) > room + 1)
			break;
		st->n_values++;
		st->n_sparks += spark;
		fixed += need;
		if (!spark)
			break;
	}
	for (int k = 0; k < PV_COLS && spec->cols[k].metric; k++) {
		int need = spec->cols[k].width + 1;
		if (pt_store_instances(env->store, spec->cols[k].metric, NULL, 0) == 0)
			continue;
		if (fixed + need + st->n_sparks * (LEAST_SPARK + 1) > room)
			break;
		fixed += need;
		st->cols[st->n_cols++] = k;
	}
	/* With nothing behind it the last sparkline ends at the edge, as graphs do. */
	st->spark_w = PT_MAX((room - fixed + (st->n_cols == 0)) / st->n_sparks - 1, 0);
}

/* Which rows show, and how high. */
void pv_rows_place(struct pv_state *st, const struct pt_pane_args *args, int w)
{
	int n = (int)st->n_rows, most = args->zoomed ? 3 : PV_MOST_LINES, page;

	fit_row(st, st->spec, args->env, w);
	st->cells = !args->zoomed && st->spec->row_max > 0 && n > PT_MAX(st->rows_h, 8);
	st->lines = PT_MAX(PT_MIN(st->rows_h / PT_MAX(n, 1), most), 1);
	page = PT_MAX(st->rows_h / st->lines, 1);
	st->selected = args->zoomed ? PT_MAX(PT_MIN(args->selected, n - 1), 0) : -1;
	/* Scrolled only as far as the selection wants it. */
	st->first = PT_MAX(PT_MIN(st->first, st->selected), st->selected - page + 1);
	st->first = PT_MAX(PT_MIN(st->first, n - page), 0);
	st->n_shown = st->cells ? 0 : PT_MIN(n - st->first, page);
}

/* What has no history is read as it is now; a frozen screen keeps what it had. */
static void fill_value(double *v, const struct pt_pane_args *args, int id)
{
	struct pt_series_info info;

	if (!args->frozen || !pt_store_info(args->env->store, id, &info) || info.has_history)
		*v = pv_value_at(args, id, args->at_ns);
}

static void fill_row(struct pv_state *st, struct pv_row *row, const struct pt_pane_args *args)
{
	const struct pv_col *cols = st->spec->cols;
	struct pt_series_info info;

	for (int k = 0; k < st->n_values; k++)
		fill_value(&row->spark_values[k], args, row->spark_ids[k]);
	if (!pt_store_info(args->env->store, row->spark_ids[0], &info))
		return;
	row->metric = info.metric;
	row->reason = info.reason;
	for (int i = 0; i < st->n_cols; i++)
		fill_value(&row->col_values[st->cols[i]], args,
			   pv_find(args->env, cols[st->cols[i]].metric, info.labels));
}

static struct pt_range row_range(const struct pv_row *row, double hi)
{
	enum pt_unit unit = row->metric ? row->metric->unit : PT_UNIT_COUNT;
	unsigned flags = row->metric && row->metric->kind == PT_COUNTER ? PT_VALUE_RATE : 0;

	return (struct pt_range){.hi = pt_value_nice_max(HEADROOM * hi, unit, flags)};
}

void pv_rows_fill(struct pv_state *st, const struct pt_pane_args *args, struct pt_bin *bins)
{
	const struct pv_spec *spec = st->spec;
	double hi[PV_SPARKS] = {0};

	for (size_t i = 0; i < st->n_rows && st->cells; i++)
		fill_value(&st->rows[i].spark_values[0], args, st->rows[i].spark_ids[0]);
	for (int i = 0; i < st->n_shown; i++) {
		struct pv_row *row = &st->rows[st->first + i];
		fill_row(st, row, args);
		for (int k = 0; k < st->n_sparks; k++, bins += st->spark_w) {
			row->bins[k] = bins;
			pv_resample(args, row->spark_ids[k], st->spark_w, 1, bins);
			double own = pv_bins_max(bins, st->spark_w);
			if (spec->row_range)
				row->range = row_range(row, own);
			hi[k] = PT_MAX(hi[k], own);
		}
	}
	for (int k = 0; k < st->n_sparks; k++)
		st->row_range[k].hi = spec->row_max > 0
					      ? spec->row_max
					      : pt_value_nice_max(PT_MAX(hi[k], spec->row_floor),
								  PT_UNIT_COUNT, 0);
}
