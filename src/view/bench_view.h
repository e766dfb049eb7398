/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PT_VIEW_BENCH_VIEW_H
#define PT_VIEW_BENCH_VIEW_H

#include "perftop/base/str.h"
#include "perftop/model/board.h"
#include "perftop/view/actions.h"
#include "perftop/view/env.h"
#include "perftop/view/filter.h"

/*
 * The benchmarks: suites at the left, their benchmarks as one list beside them, what is known of the
 * selected one below, what a running one prints below that. Enter gives the selected one the whole
 * screen. The list is a heading for each suite and a row for each benchmark; rows keep their place,
 * and the selection sticks to a name and not to a place.
 */
enum pv_bench_order {
	PV_BENCH_BY_SUITE, /* as the board has them, below headings */
	PV_BENCH_BY_CHANGE,
	PV_BENCH_BY_VERDICT,
	PV_BENCH_BY_NAME,
	PV_BENCH_ORDERS
};

enum pv_bench_section {
	PV_BENCH_DISTRIBUTION,
	PV_BENCH_RUNS,
	PV_BENCH_HISTORY,
	PV_BENCH_ENVIRONMENT,
	PV_BENCH_SECTIONS
};

struct pv_bench_item {
	int suite;
	int row; /* of the board; -1: the suite's heading */
};

enum { PV_BENCH_BINS = 640, PV_BENCH_MINI = 24, PV_BENCH_DOTS = PT_BOARD_HISTORY };

/* Samples of both sides as histograms on one axis. */
struct pv_hist {
	struct pt_bin base[PV_BENCH_BINS], now[PV_BENCH_BINS];
	double lo, hi; /* of the axis; hi > lo, or there is nothing */
	double most;   /* highest share that a bin has */
	size_t n_base, n_now, outside;
};

/* A point with the range around it; what is not finite is not drawn. */
struct pv_dot {
	double mid, lo, hi;
	enum pt_role role;
};

/* What the selected benchmark's charts show: made by recalc. */
struct pv_bench_look {
	unsigned generation;
	int row; /* that it was made for */
	struct pv_hist hist;
	double base_sd, now_sd; /* between run medians; of samples where there is one run; NaN */
	struct pv_dot dots[PV_BENCH_DOTS], runs[2 * PV_BENCH_DOTS];
	int n_dots, n_runs, n_base_runs; /* of runs: the base's, then a gap, then ours */
	bool samples;			 /* runs are samples, as a side has one run only */
	struct pt_range range, run_range;
};

/* Where things are, as of the last recalc; h 0: not shown. */
struct pv_bench_places {
	bool boxed;
	struct pt_rect suites, list, detail, side, output;
};

struct pv_bench {
	const struct pt_board *board;
	unsigned generation;
	bool current;
	struct pt_filter filter;
	enum pv_bench_order order;
	bool invert;

	struct pv_bench_item *items;
	size_t n, cap;
	size_t shown, total; /* benchmarks that the filter leaves, of all */
	size_t cursor, scroll;
	int page;	    /* rows of the list */
	int name_w;	    /* columns of the longest name */
	int commits;	    /* of the longest history */
	char selected[400]; /* identity of the item under the cursor; "" before the first one */
	bool in_suites;	    /* the focus is in the left list */

	bool open; /* one benchmark on the whole screen */
	enum pv_bench_section section;
	int mark; /* chosen point of its history, or -1 */

	enum { PV_OUTPUT_AUTO, PV_OUTPUT_SHOW, PV_OUTPUT_HIDE } output;
	const struct pt_live *live; /* that prints; NULL when its output is not shown */
	bool in_output;		    /* the focus is on the output */
	size_t output_end;	    /* lines up to the last that it shows; 0: it follows */
	int output_x;		    /* columns that are left out at the left */
	struct pv_bench_places at;
	struct pv_bench_look *look;
};

void pv_bench_init(struct pv_bench *v);
void pv_bench_release(struct pv_bench *v);
/* Rows, places and charts for w x h cells; before anything that uses them. */
void pv_bench_recalc(struct pv_bench *v, const struct pt_view_env *env, int w, int h);
void pv_bench_paint(const struct pv_bench *v, const struct pt_view_env *env, struct pt_canvas *cv,
		    int w, int h);
/* The benchmark under the cursor (NULL: a heading, or nothing) and its suite (NULL: nothing). */
const struct pt_board_row *pv_bench_row(const struct pv_bench *v);
const struct pt_board_suite *pv_bench_suite(const struct pv_bench *v);
bool pv_bench_shows_output(const struct pv_bench *v, const struct pt_view_env *env);

/* Moves of cursor and focus. False: the action is none of these. */
bool pv_bench_move(struct pv_bench *v, enum pt_action action);
void pv_bench_enter(struct pv_bench *v);
/* A click within its w x h cells; wheel != 0: a notch instead. */
bool pv_bench_click(struct pv_bench *v, int x, int y, int wheel);
void pv_bench_sort(struct pv_bench *v, enum pv_bench_order order);
/* The order that the head of the list stands for at a column, or -1. */
int pv_bench_head_order(const struct pv_bench *v, int x);
extern const char *const pv_bench_order_names[PV_BENCH_ORDERS];
extern const char *const pv_bench_section_names[PV_BENCH_SECTIONS];

/* bench_view_words.c: what is said of a benchmark, alike in list, strip, page and copies. */
struct pv_verdict {
	uint32_t sign;
	const char *word;
	enum pt_role role;
};
struct pv_verdict pv_bench_verdict(const struct pt_board_row *row, const struct pt_view_env *env);
int pv_bench_severity(const struct pt_board_row *row); /* the higher the worse */
bool pv_bench_has_change(const struct pt_board_row *row);
void pv_bench_name(const struct pt_board_row *row, bool with_suite, char *out, size_t size);
/* Safe text to at most w columns, from its middle: names differ in their ends. */
void pv_bench_shorten(char *safe, int w, bool ascii);
void pv_bench_value(double v, const struct pt_board_row *row, const struct pt_view_env *env,
		    char *out, size_t size);
/* Levels of both sides, NaN where there is none. */
double pv_bench_now(const struct pt_board_row *row);
double pv_bench_base(const struct pt_board_row *row);
void pv_bench_percent(double ratio, char *out, size_t size); /* "+6.2" */
void pv_bench_interval(const struct pt_board_row *row, char *out, size_t size);
/* "step of +6.2 % at 9be01d "intern identifiers lazily" (99.8 %)", or why there is none. */
void pv_bench_sentence(const struct pt_board_row *row, char *out, size_t size);
void pv_bench_point_words(const struct pt_board_row *row, int i, const struct pt_view_env *env,
			  char *out, size_t size);
/* All of a benchmark in one line, for copying. */
void pv_bench_line(const struct pt_board_row *row, const struct pt_view_env *env, char *out,
		   size_t size);
bool pv_step_is_worse(const struct pt_board_row *row, const struct pt_board_step *step);
/* "parser: launch 3 of 10, 42 s left". */
void pv_live_words(const struct pt_live *live, char *out, size_t size);

/* bench_view_paint.c: a part of the screen with its title; returns what is inside. */
struct pt_rect pv_bench_framed(struct pt_canvas *cv, const struct pt_view_env *env,
			       struct pt_rect rect, const char *title, const char *right,
			       bool focus);
struct pt_rect pv_bench_ruled(struct pt_canvas *cv, const struct pt_view_env *env,
			      struct pt_rect rect, const char *title);
/* A hostile sentence on as many lines as it takes, at most `lines`; returns how many. */
int pv_wrapped(struct pt_canvas *cv, int x, int y, int w, int lines, const char *text,
	       enum pt_role role, bool ascii);

/* bench_view_plot.c: histograms and dots. */
void pv_bench_look_make(struct pv_bench_look *look, const struct pt_board_row *row);
/* Base upwards, now downwards, about one axis: a violin. One side alone has all of the height. */
void pv_hist_paint(struct pt_canvas *cv, struct pt_rect rect, const struct pv_hist *hist,
		   const struct pt_board_row *row, enum pt_glyphs glyphs);
/* One side on one line of w cells, at most PV_BENCH_MINI. */
void pv_mini_paint(struct pt_canvas *cv, int x, int y, int w, const struct pv_hist *hist, bool now,
		   enum pt_glyphs glyphs);
/* Dots over the whole of rect, and the column of the i-th of n in w columns. */
void pv_dots_paint(struct pt_canvas *cv, struct pt_rect rect, const struct pv_dot *dots, int n,
		   const struct pt_range *range, enum pt_glyphs glyphs);
/* From dot to dot, where they stand far apart. */
void pv_line_paint(struct pt_canvas *cv, struct pt_rect rect, const struct pv_dot *dots, int n,
		   const struct pt_range *range, enum pt_glyphs glyphs);
int pv_dot_x(int i, int n, int w);
int pv_dot_y(double value, const struct pt_range *range, int h);

/* bench_view_detail.c: the strip below the list, the page. */
void pv_bench_detail_paint(const struct pv_bench *v, const struct pt_view_env *env,
			   struct pt_canvas *cv, int w, int h);
void pv_bench_section_paint(const struct pv_bench *v, const struct pt_view_env *env,
			    struct pt_canvas *cv, enum pv_bench_section section,
			    struct pt_rect rect);
void pv_bench_page_paint(const struct pv_bench *v, const struct pt_view_env *env,
			 struct pt_canvas *cv, int w, int h);

/* bench_view_output.c: what a running benchmark prints. */
bool pv_output_focusable(const struct pv_bench *v);
void pv_output_leave(struct pv_bench *v); /* the focus goes back to the list, the end is followed */
bool pv_output_move(struct pv_bench *v, enum pt_action action);
void pv_output_wheel(struct pv_bench *v, int wheel);
void pv_output_paint(const struct pv_bench *v, const struct pt_view_env *env, struct pt_canvas *cv);

#endif
