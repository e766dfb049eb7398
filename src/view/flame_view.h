/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PT_VIEW_FLAME_VIEW_H
#define PT_VIEW_FLAME_VIEW_H

#include "perftop/profile/graph.h"
#include "perftop/profile/shown.h"
#include "perftop/view/actions.h"
#include "perftop/view/env.h"
#include "perftop/view/filter.h"

/*
 * The view of flame graphs: a head that says what is seen of what, the graph (icicles or flames;
 * stacks, inverted, focus, sandwich), the table of functions beside it or alone, the heat map over
 * time, and a line on what is selected.
 *
 * A stand is what of the tree is looked at. Enter and its like go to the next one, Esc goes back. Paths,
 * the selection among them, are of frames and not of cells, so that they hold while live data moves.
 */
enum pv_flame_kind {
	PV_FLAME_STACKS,
	PV_FLAME_INVERTED,
	PV_FLAME_FOCUS,	   /* one function's stacks, merged: from it on */
	PV_FLAME_SANDWICH, /* its callers above, its callees below */
};

enum pv_flame_shape { PV_FLAME_GRAPH, PV_FLAME_BOTH, PV_FLAME_TABLE, PV_FLAME_SHAPES };
enum pv_flame_colors {
	PV_COLORS_KIND,
	PV_COLORS_MODULE,
	PV_COLORS_NAME,
	PV_COLORS_CHANGE,
	PV_FLAME_COLORS
};
enum pv_flame_sort { PV_SORT_SELF, PV_SORT_TOTAL, PV_SORT_CHANGE, PV_SORT_NAME, PV_FLAME_SORTS };

struct pv_path {
	uint32_t *frames;
	size_t n, cap;
};

struct pv_stand {
	enum pv_flame_kind kind;
	uint32_t frame;	       /* of focus and sandwich */
	struct pv_path zoom;   /* from the graph's root on */
	struct pv_path chosen; /* from the zoomed node on; PT_NO_FRAME last: a merged cell */
	uint32_t nth;	       /* which of its parent's merged cells */
	bool callers;	       /* the selection is in the upper half of a sandwich */
};

/* A laid-out graph on the screen; of a sandwich there are two. */
struct pv_half {
	struct pt_graph graph;
	struct pt_rect at; /* h 0: not shown */
	bool up;	   /* row 0 is the lowest */
	int scroll;	   /* rows that are out of sight next to row 0 */
	size_t cell;	   /* that is selected, or as near as there is one; SIZE_MAX: none */
};

struct pv_table {
	struct pt_function *all; /* of the zoomed node; below it */
	size_t n_all;
	uint32_t *rows; /* indexes in all, in order */
	size_t n, cap;
	struct pt_function whole; /* sums, what 100 % is */
	bool current;
	enum pv_flame_sort sort;
	bool invert;
	uint32_t chosen; /* frame; PT_NO_FRAME: the first */
	size_t cursor, scroll;
	struct pt_rect at;
};

enum { PV_HEAT_COLUMNS = 1024, PV_HEAT_ROWS = 128 };

struct pv_heat {
	bool open;
	int64_t column_ns; /* 0: what fits */
	int64_t from_ns;   /* of the first column shown */
	int columns, rows;
	int64_t *counts; /* as pt_profile_heat has them */
	int64_t most;
	int64_t at_ns; /* of the cell under the cursor */
	bool placed;   /* the cursor was put there by hand */
	bool marked;
	int64_t mark_ns; /* the window's first end */
	struct pt_rect at;
};

struct pv_flame {
	const struct pt_flame *data; /* as of the last recalc; or NULL */
	const struct pt_tree *tree;
	const struct pt_frames *frames;
	unsigned generation;
	struct pt_graph_cache *cache;
	bool current;	 /* what is laid out is what is to be seen */
	int64_t changes; /* grows with whatever a person would notice */

	struct pt_filter filter;
	uint64_t *hits; /* frames that match; words of 64 */
	size_t n_words, n_hits;
	uint32_t n_searched;
	uint64_t *hidden;
	size_t n_hidden;

	struct pv_stand *stands; /* the last is where we are; never empty */
	size_t n_stands, cap_stands;
	struct pv_half half[2]; /* [1]: callers of a sandwich */
	struct pv_table table;
	struct pv_heat heat;
	enum pv_flame_shape shape;
	enum pv_flame_colors colors;
	bool colors_chosen; /* by hand; else a difference has its own */
	bool up;
	bool by_weight;
	bool by_self;  /* changes are of self weight */
	bool in_table; /* the focus */
	int w, h;
	struct pt_rect head, body, detail;
	struct pt_graph_spec asked; /* what a request borrows */
};

void pv_flame_init(struct pv_flame *v);
void pv_flame_release(struct pv_flame *v);
/* Layout for w x h cells; before anything that uses it. Costs nothing when nothing has changed. */
void pv_flame_recalc(struct pv_flame *v, const struct pt_view_env *env, int w, int h);
void pv_flame_paint(const struct pv_flame *v, const struct pt_view_env *env, struct pt_canvas *cv,
		    int w, int h);
/* Functions that match the search, of all. */
void pv_flame_count(const struct pv_flame *v, size_t *ret_shown, size_t *ret_all);
/* Esc: out of the heat map; a step back. False: there is none. */
bool pv_flame_leave_heat(struct pv_flame *v);
bool pv_flame_back(struct pv_flame *v);

#endif
