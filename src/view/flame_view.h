/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PT_VIEW_FLAME_VIEW_H
#define PT_VIEW_FLAME_VIEW_H

#include "perftop/base/str.h"
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

struct pv_flame_row {
	double key;
	const char *name;
	uint32_t at; /* in all */
};

struct pv_table {
	struct pt_function *all; /* of the zoomed node and below */
	uint32_t node;		 /* that they are of; PT_NO_NODE: count anew */
	size_t n_all;
	struct pv_flame_row *rows; /* those that are listed, in order */
	size_t n, cap;
	int64_t total, base_total; /* what 100 % is */
	bool current;
	enum pv_flame_sort sort;
	bool invert;
	uint32_t chosen; /* frame; PT_NO_FRAME: the first */
	size_t cursor, scroll;
	struct pt_rect at; /* h 0: not shown; its first row is the head */
};

enum { PV_HEAT_COLUMNS = 1024, PV_HEAT_ROWS = 128 };

struct pv_heat {
	bool open;
	int64_t column_ns; /* 0: what fits */
	bool anchored;
	int64_t origin_ns;	  /* where columns are counted from */
	int64_t from_ns, step_ns; /* of the first column shown; a column's width as it is now */
	int columns, rows;
	int64_t *counts; /* as pt_profile_heat has them */
	size_t cap;
	int64_t most;
	int64_t at_ns; /* of the cell under the cursor */
	bool placed;   /* it was put there by hand; else it follows the newest */
	bool marked;
	int64_t mark_ns; /* one end of the window */
	bool current;
	struct pt_rect at; /* of the cells */
};

/* A step of the zoom's path as the head shows it. */
struct pv_crumb {
	char text[72]; /* safe */
	size_t n_path; /* zoom to so many frames; SIZE_MAX: nothing to click */
	int x, w;
};

enum { PV_CRUMBS = 16, PV_NOTICES = 3 };

struct pv_notice {
	char text[600];
	enum pt_role role;
};

struct pv_flame {
	const struct pt_flame *data; /* as of the last recalc; or NULL */
	const struct pt_tree *tree;
	struct pt_frames *frames; /* held: paths, hits and hidden ones are numbers in it */
	char live[200];		  /* title of what is sampled; "" nothing is */
	unsigned generation;
	struct pt_graph_cache *cache;
	bool current;	 /* what is laid out is what is to be seen */
	int64_t changes; /* grows with whatever a person would notice */

	struct pt_filter filter;
	char searched[128]; /* the filter that hits are of */
	uint64_t *hits;	    /* frames that match; words of 64 */
	uint64_t *hidden;
	size_t n_words, n_hits, n_hidden;
	uint32_t n_searched;

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
	int head_h, notices_h, detail_h;
	struct pt_rect body;
	struct pv_notice notices[PV_NOTICES];
	int n_notices;
	struct pv_crumb crumbs[PV_CRUMBS];
	int n_crumbs;
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
/* What a key does here that its own label does not tell: "stop reading"; "" for nothing; NULL: that. */
const char *pv_flame_label_of(const struct pv_flame *v, enum pt_action action);

/* flame_view_move.c: the selection and the zoom. They say why not in status. */
void pv_flame_move(struct pv_flame *v, enum pt_action action);
void pv_flame_enter(struct pv_flame *v, char *status, size_t size);
void pv_flame_out(struct pv_flame *v, char *status, size_t size);
void pv_flame_reset(struct pv_flame *v, char *status, size_t size);
/* Inverted, focus or sandwich; again leaves it. */
void pv_flame_turn(struct pv_flame *v, enum pv_flame_kind kind, char *status, size_t size);
void pv_flame_hottest(struct pv_flame *v, char *status, size_t size);
void pv_flame_hide(struct pv_flame *v, char *status, size_t size);
void pv_flame_unhide(struct pv_flame *v, char *status, size_t size);
void pv_flame_match(struct pv_flame *v, int by, char *status, size_t size);
/* A click at a cell of the view, or a notch of the wheel. True: Enter is meant. */
bool pv_flame_click(struct pv_flame *v, int x, int y, int wheel);
void pv_flame_zoom_to(struct pv_flame *v, size_t n_path);

void pv_path_add(struct pv_path *path, const uint32_t *frames, size_t n);
const struct pv_stand *pv_flame_here(const struct pv_flame *v);
/* The cell under the cursor and its half; NULL: none. */
const struct pt_graph_cell *pv_flame_cell(const struct pv_flame *v, const struct pv_half **ret);
/* The selected function, in the graph or in the table; or PT_NO_FRAME. */
uint32_t pv_flame_frame(const struct pv_flame *v);
void pv_flame_spec(const struct pv_flame *v, int half, struct pt_graph_spec *ret);
/* Row of a half that is drawn nearest to where it grows from. */
int pv_half_first(const struct pv_flame *v, const struct pv_half *half);
bool pv_flame_differs(const struct pv_flame *v);
enum pv_flame_colors pv_flame_coloring(const struct pv_flame *v);

/* flame_view_frames.c: what is looked at, over another table of the same frames. */
void pv_frames_move(struct pv_flame *v, const struct pt_frames *to);

/* flame_view_graph.c */
void pv_graph_paint(const struct pv_flame *v, const struct pt_view_env *env, struct pt_canvas *cv,
		    const struct pv_half *half);

/* flame_view_table.c: rows of functions. */
void pv_table_recalc(struct pv_flame *v);
void pv_table_paint(const struct pv_flame *v, const struct pt_view_env *env, struct pt_canvas *cv);
void pv_table_to(struct pv_flame *v, long row);	       /* clamps */
bool pv_table_click(struct pv_flame *v, int x, int y); /* within it; true: Enter is meant */
void pv_table_sort(struct pv_flame *v, enum pv_flame_sort sort);
const struct pt_function *pv_table_row(const struct pv_flame *v); /* or NULL */
extern const char *const pv_flame_sort_names[PV_FLAME_SORTS];

/* flame_view_heat.c: the heat map. */
void pv_heat_recalc(struct pv_flame *v);
void pv_heat_paint(const struct pv_flame *v, const struct pt_view_env *env, struct pt_canvas *cv);
void pv_heat_move(struct pv_flame *v, enum pt_action action);
/* Marks an end of the window; true: it is the second one, and the window is from .. to. */
bool pv_heat_mark(struct pv_flame *v, int64_t *ret_from, int64_t *ret_to);
void pv_heat_zoom(struct pv_flame *v, int step);
bool pv_heat_click(struct pv_flame *v, int x, int y);
/* The time under the cursor, or the window so far, and what was sampled then; and when that was of the
 * day, "" where nobody knows. */
void pv_heat_words(const struct pv_flame *v, char *out, size_t size, char *clock,
		   size_t clock_size);
void pv_heat_scale_words(const struct pv_flame *v, const struct pt_view_env *env, char *out,
			 size_t size);
void pv_heat_release(struct pv_heat *heat);

/* flame_view_words.c: what is said, alike on the screen and in copies. */
struct pv_share {
	double self, total, zoom; /* of all; of all; of the zoomed node: 0..1 */
	double base_self, base_total;
	double error;	      /* of total, half of its 95 % interval; 0 unknown */
	double change, sigma; /* of total, or of self (by_self): as shares */
	bool sure;	      /* beyond noise */
};
void pv_function_share(const struct pv_flame *v, const struct pt_function *f, struct pv_share *ret);
void pv_cell_share(const struct pv_flame *v, const struct pt_graph_cell *cell,
		   struct pv_share *ret);
/* Name of a frame as it is, "all" for PT_NO_FRAME: hostile. */
void pv_flame_name(const struct pv_flame *v, uint32_t frame, char *out, size_t size);
/* The same, safe and at most w columns: without arguments, then the last of its parts. */
void pv_flame_label(const struct pv_flame *v, uint32_t frame, int w, bool ascii, char *out,
		    size_t size);
void pv_flame_detail_paint(const struct pv_flame *v, const struct pt_view_env *env,
			   struct pt_canvas *cv, int y, int h);
void pv_flame_empty_paint(const struct pv_flame *v, const struct pt_view_env *env,
			  struct pt_canvas *cv, int y, int h);
/* Cut at its end to w columns of safe text, with a sign of it; two or three letters of a longer name
 * would say nothing: there are none then. */
void pv_flame_cut(char *text, int w, bool ascii, size_t size);
double pv_share_of(int64_t part, int64_t whole); /* 0 of nothing */
/* Pieces of a line, one after the other as long as there is room; what must be is cut instead. */
struct pv_line {
	struct pt_canvas *cv;
	bool ascii;
	int x, y, end;
};
void pv_line_put(struct pv_line *l, enum pt_role role, bool must, const char *text);
/* The selected stack, folded: callers first, whichever way the graph grows; a function of the table with
 * its self and total weight. */
void pv_flame_copy(const struct pv_flame *v, struct pt_str *out);

/* flame_view_head.c */
void pv_flame_crumbs(struct pv_flame *v, const struct pt_view_env *env, int w);
void pv_flame_notices(struct pv_flame *v, int most);
void pv_flame_head_paint(const struct pv_flame *v, const struct pt_view_env *env,
			 struct pt_canvas *cv);

#endif
