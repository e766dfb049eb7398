/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PT_VIEW_PANE_METRIC_H
#define PT_VIEW_PANE_METRIC_H

#include "perftop/present/value.h"
#include "perftop/store/culprits.h"
#include "perftop/store/store.h"
#include "perftop/view/pane.h"

/*
 * Panes that show metrics are data: a graph, a list of rows, or both, declared as one pv_spec in a
 * file of its own. In the overview a pane shows its graph, or its rows where it has none; zoomed,
 * graph, rows and culprits.
 */
enum { PV_LAYERS = 8, PV_COLS = 6, PV_FIXED = 24, PV_SPARKS = 2 };
enum {
	PV_INSTANCES = 1024, /* rows at most */
	PV_VALUE_W = 10,     /* columns of a row's value */
	PV_MOST_LINES = 8,   /* of a row, where there is room */
	PV_NAME = 64,	     /* bytes of a row's name */
};

struct pv_layer {
	const char *metric, *labels; /* labels: canonical text, or NULL */
	const char *name;	     /* in the legend */
	enum pt_role role;
	char letter;	  /* in ASCII */
	bool legend_only; /* said in the legend, not drawn */
};

enum pv_graph_kind {
	PV_NO_GRAPH,
	PV_STACK,  /* layers on top of each other */
	PV_UPDOWN, /* layer 0 upwards, layer 1 downwards; each the sum over all instances */
};

struct pv_col {
	const char *metric;
	const char *title;
	int width; /* of the value; the title stands at its left end */
	enum pt_unit unit;
	unsigned flags; /* of pt_value_format */
};

struct pv_fixed {
	const char *name;
	const char *metric, *labels;
};

struct pv_spec {
	enum pv_graph_kind graph;
	struct pv_layer layers[PV_LAYERS];
	const char *stat;	/* metric of the headline and of min/avg/p95/max */
	const char *max_metric; /* upper end of the graph's range … */
	double max;		/* … or a number; 0 with no max_metric: from the data */
	bool of_total;		/* headline as "11.2 / 23.4 GiB" */
	bool skip_lo;		/* instances named "lo" do not count in sums */

	/* Rows: one each instance of `each`, or those of fixed[]. */
	const char *each; /* metric whose instances are the rows; its label names them */
	const char *sparks[PV_SPARKS]; /* metrics drawn as sparklines, each after its value */
	const char *spark_titles[PV_SPARKS];
	struct pv_col cols[PV_COLS];
	struct pv_fixed fixed[PV_FIXED];
	double row_max;	  /* of sparklines: 1 for shares; 0: from the data */
	double row_floor; /* least upper end of that: 0.1 keeps small shares small */
	enum pt_role row_role;
	bool row_range; /* each row has a range of its own (their units differ) */
	int want_rows;	/* at most so many in the overview; 0: as many as there are */
	bool custom;	/* also every series that no collector of ours declares */
	bool optional;	/* no instance: no pane (else one line with the reason) */
	int culprit;	/* enum pt_resource + 1; 0: none */

	/* Inside a container its limits are the denominators: where the group at the root of our own
	 * hierarchy has this limit, this spec takes the place of the machine's. */
	const char *contained_by;
	const struct pv_spec *contained;
	const struct pv_spec *zoomed; /* in place of this one on the whole screen, or NULL */
};

void pv_recalc(const struct pt_pane *pane, void *state, const struct pt_pane_args *args, int w,
	       int h);
void pv_size(const struct pt_pane *pane, const void *state, const struct pt_pane_args *args,
	     struct pt_pane_size *ret);
void pv_headline(const struct pt_pane *pane, const void *state, const struct pt_pane_args *args,
		 char *out, size_t size);
void pv_paint(const struct pt_pane *pane, const void *state, const struct pt_pane_args *args,
	      struct pt_canvas *cv, int w, int h);
int pv_rows(const struct pt_pane *pane, const void *state);
int pv_procs(const struct pt_pane *pane, bool zoomed);
void pv_release(const struct pt_pane *pane, void *state);

/* A pane of this kind. */
#define PV_PANE(id, title, help, priority, columns) \
	PV_PANE_OF(id, title, help, priority, columns, NULL)

/* One that needs a collector which runs on demand. */
#define PV_PANE_OF(id, pane_title, pane_help, pane_priority, pane_columns, pane_collector) \
	const struct pt_pane pt_pane_##id = {                                              \
		.name = #id,                                                               \
		.title = pane_title,                                                       \
		.help = pane_help,                                                         \
		.priority = pane_priority,                                                 \
		.columns = pane_columns,                                                   \
		.collector = pane_collector,                                               \
		.state_size = PV_STATE_SIZE,                                               \
		.spec = &spec,                                                             \
		.recalc = pv_recalc,                                                       \
		.size = pv_size,                                                           \
		.headline = pv_headline,                                                   \
		.paint = pv_paint,                                                         \
		.rows = pv_rows,                                                           \
		.procs = pv_procs,                                                         \
		.release = pv_release,                                                     \
	}

/* What a pane of this kind remembers between recalc and paint. */
struct pv_row {
	char name[PV_NAME]; /* safe */
	int spark_ids[PV_SPARKS];
	double spark_values[PV_SPARKS];
	double col_values[PV_COLS];
	const struct pt_metric *metric; /* of the first spark: its unit */
	const char *reason;
	bool single;	       /* of a metric of its own beside instances: one value, one history */
	struct pt_range range; /* with row_range */
	struct pt_bin *bins[PV_SPARKS]; /* spark_w each */
};

struct pv_state {
	const struct pv_spec *spec; /* in force at the last recalc */
	int layer_ids[PV_LAYERS];
	double layer_values[PV_LAYERS];
	const struct pt_metric *layer_metrics[PV_LAYERS];
	struct pt_bin *bins; /* of the graph, all layers; then of the rows */
	size_t bins_cap;
	struct pt_bin *layer_bins[PV_LAYERS];
	int n_bins, per_cell; /* of each layer */
	int graph_w, graph_h;
	struct pt_range range;
	struct pt_summary summary;
	double stat_value, stat_mark, total_value;
	const struct pt_metric *stat_metric;
	const char *reason;
	struct pv_row *rows;
	size_t n_rows, cap_rows;
	int rows_y, rows_h, culprits_h; /* where they lie */
	int first, n_shown, lines;	/* rows that show, and how high each is */
	int selected;			/* when zoomed, else -1 */
	bool cells;			/* too many: a cell each, of values alone */
	int *ids;
	size_t ids_cap;
	float *scratch;
	int spark_w; /* cells of each sparkline */
	int name_w;
	int n_values, n_sparks, n_cols; /* that fit: the last value perhaps without its sparkline */
	int cols[PV_COLS]; /* which: a machine without sensors has no column for them */
	struct pt_range row_range[PV_SPARKS];
	int64_t from_ns, cell_ns; /* of the last recalc, for the scroll hint */
	int shift;		  /* cells that the picture moved since the one before */
	int row_graph;		  /* zoomed without a graph of its own: series shown */
	struct pt_culprit culprits[PT_CULPRITS_TOP];
	size_t n_culprits;
};

#define PV_STATE_SIZE sizeof(struct pv_state)

/* pane_metric.c. Series by name, without labels the first there is, or -1; its value at a moment;
 * its bins for w cells up to the right edge. */
int pv_find(const struct pt_view_env *env, const char *metric, const char *labels);
double pv_value_at(const struct pt_pane_args *args, int id, int64_t at_ns);
void pv_resample(const struct pt_pane_args *args, int id, int w, int per_cell, struct pt_bin *out);
double pv_bins_max(const struct pt_bin *bins, int n);
/* Instances of a metric into st->ids; returns how many were taken. */
int pv_instances(struct pv_state *st, const struct pt_pane_args *args, const char *metric);

/* pane_metric_rows.c: what rows there are, in a pane w cells wide; which of them show; what is in
 * those, bins for n_shown * n_sparks * spark_w. */
void pv_rows_make(struct pv_state *st, const struct pt_pane_args *args, int w);
void pv_rows_place(struct pv_state *st, const struct pt_pane_args *args, int w);
void pv_rows_fill(struct pv_state *st, const struct pt_pane_args *args, struct pt_bin *bins);

/* pane_metric_paint.c */
int pv_graph_axis_width(int w);

#endif
