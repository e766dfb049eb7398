/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The view of benchmarks, the deciding half: which rows there are and in which order, which is
 * selected, where the parts of the screen lie.
 */
#include "bench_view.h"

#include "perftop/base/mem.h"
#include "perftop/base/text.h"

#include <math.h>
#include <string.h>

enum {
	BOXED_W = 100, /* frames from here on */
	BOXED_H = 18,
	SIDE_W = 200, /* distribution beside the history */
	SUITES_W = 26,
	SUITES_FROM = 120, /* below: the headings of the list are enough */
	STRIP_W = 60,	   /* below: the list alone */
	STRIP_H = 14,
};

const char *const pv_bench_order_names[PV_BENCH_ORDERS] = {
	[PV_BENCH_BY_SUITE] = "suite",
	[PV_BENCH_BY_CHANGE] = "change, worst first",
	[PV_BENCH_BY_VERDICT] = "verdict, worst first",
	[PV_BENCH_BY_NAME] = "name",
};

const char *const pv_bench_section_names[PV_BENCH_SECTIONS] = {
	[PV_BENCH_DISTRIBUTION] = "distribution",
	[PV_BENCH_RUNS] = "runs",
	[PV_BENCH_HISTORY] = "history",
	[PV_BENCH_ENVIRONMENT] = "environment",
};

void pv_bench_init(struct pv_bench *v)
{
	*v = (struct pv_bench){.mark = -1};
}

void pv_bench_release(struct pv_bench *v)
{
	pt_filter_release(&v->filter);
	free(v->items);
	free(v->look);
}

/* ---- rows ---- */

static bool row_matches(const struct pv_bench *v, const struct pt_board_row *row)
{
	char text[600];

	pt_snprintf(text, sizeof text, "%s/%s %s %s", row->suite, row->gate->name,
		    row->gate->metric, pv_bench_verdict(row, NULL).word);
	return pt_filter_match(&v->filter, text);
}

static void add_item(struct pv_bench *v, int suite, int row)
{
	*PT_PUSH(v->items, v->n, v->cap) = (struct pv_bench_item){suite, row};
	v->shown += row >= 0;
}

/* From all of them, so that a filter moves no column. */
static void measure(struct pv_bench *v)
{
	char name[400], safe[500];

	v->name_w = v->commits = 0;
	for (size_t i = 0; v->board && i < v->board->n_rows; i++) {
		const struct pt_board_row *row = &v->board->rows[i];
		pv_bench_name(row, v->order != PV_BENCH_BY_SUITE, name, sizeof name);
		pt_text_safe(safe, sizeof safe, name, strlen(name), false);
		v->name_w = PT_MAX(v->name_w, pt_text_width(safe));
		v->commits = PT_MAX(v->commits, (int)PT_MIN(row->n_points, PT_BOARD_HISTORY));
	}
}

/* A heading stays while one of its benchmarks does, or its own name matches. */
static void add_suite(struct pv_bench *v, int suite)
{
	const struct pt_board_suite *s = &v->board->suites[suite];
	bool grouped = v->order == PV_BENCH_BY_SUITE;
	size_t heading = v->n;

	if (grouped)
		add_item(v, suite, -1);
	for (size_t i = s->first; i < s->first + s->n; i++)
		if (row_matches(v, &v->board->rows[i]))
			add_item(v, suite, (int)i);
	if (grouped && v->n == heading + 1 && !pt_filter_match(&v->filter, s->name))
		v->n = heading;
}

/* How much worse it has become, in ratios; what was not compared comes last. */
static double change_of(const struct pt_board_row *row)
{
	double r;

	if (!pv_bench_has_change(row))
		return -1e9;
	r = row->gate->c.ratio - 1;
	return row->gate->better == PT_BETTER_HIGHER ? -r : r;
}

/* Does a stand before b? */
static bool precedes(const struct pv_bench *v, const struct pt_board_row *a,
		     const struct pt_board_row *b)
{
	int sa = pv_bench_severity(a), sb = pv_bench_severity(b);

	switch (v->order) {
	case PV_BENCH_BY_NAME: return strcmp(a->gate->name, b->gate->name) < 0;
	case PV_BENCH_BY_VERDICT:
		if (sa != sb)
			return sa > sb;
		return change_of(a) > change_of(b);
	default: return change_of(a) > change_of(b);
	}
}

/* Merges two sorted halves; equal ones keep the board's order. */
static void sort_items(struct pv_bench *v, struct pv_bench_item *at, struct pv_bench_item *spare,
		       size_t n)
{
	const struct pt_board_row *rows = v->board->rows;
	size_t half = n / 2, i = 0, k = half;

	if (n < 2)
		return;
	sort_items(v, at, spare, half);
	sort_items(v, at + half, spare, n - half);
	memcpy(spare, at, n * sizeof *at);
	for (size_t to = 0; to < n; to++) {
		bool second = i >= half ||
			      (k < n && precedes(v, &rows[spare[k].row], &rows[spare[i].row]));
		at[to] = second ? spare[k++] : spare[i++];
	}
}

static void read_items(struct pv_bench *v)
{
	v->n = v->shown = v->total = 0;
	measure(v);
	for (size_t i = 0; v->board && i < v->board->n_suites; i++) {
		v->total += v->board->suites[i].n;
		add_suite(v, (int)i);
	}
	if (v->order != PV_BENCH_BY_SUITE && v->n > 1) {
		struct pv_bench_item *spare = pt_calloc(v->n, sizeof *spare);
		sort_items(v, v->items, spare, v->n);
		free(spare);
		for (size_t i = 0; v->invert && i < v->n / 2; i++) {
			struct pv_bench_item other = v->items[i];
			v->items[i] = v->items[v->n - 1 - i];
			v->items[v->n - 1 - i] = other;
		}
	}
	v->current = true;
}

/* ---- the selection ---- */

static void identity(const struct pv_bench *v, const struct pv_bench_item *item, char *out,
		     size_t size)
{
	const struct pt_board_suite *s = &v->board->suites[item->suite];
	const struct pt_gate_row *g = item->row >= 0 ? v->board->rows[item->row].gate : NULL;

	pt_snprintf(out, size, "%s\n%s\n%s", s->name, g ? g->name : "", g ? g->metric : "");
}

static void keep_visible(struct pv_bench *v)
{
	size_t page = (size_t)PT_MAX(v->page, 1);

	if (v->cursor < v->scroll)
		v->scroll = v->cursor;
	if (v->cursor >= v->scroll + page)
		v->scroll = v->cursor - page + 1;
	if (v->scroll + page > v->n)
		v->scroll = v->n > page ? v->n - page : 0;
	/* The heading above the first row that shows. */
	if (page > 1 && v->scroll > 0 && v->scroll == v->cursor && v->items[v->scroll - 1].row < 0)
		v->scroll--;
}

static bool is_selected(const struct pv_bench *v, size_t i)
{
	char id[sizeof v->selected];

	identity(v, &v->items[i], id, sizeof id);
	return strcmp(id, v->selected) == 0;
}

static void place_cursor(struct pv_bench *v)
{
	size_t i = 0;

	/* Nearly always it is where it was. */
	if (v->selected[0] && (v->cursor >= v->n || !is_selected(v, v->cursor))) {
		while (i < v->n && !is_selected(v, i))
			i++;
		if (i < v->n)
			v->cursor = i;
	}
	if (v->cursor >= v->n)
		v->cursor = v->n ? v->n - 1 : 0;
	/* The first time: on a benchmark rather than on a heading. */
	if (!v->selected[0] && v->n > 0) {
		v->cursor = v->n > 1 && v->items[1].row >= 0;
		identity(v, &v->items[v->cursor], v->selected, sizeof v->selected);
	}
	keep_visible(v);
}

static void go_to(struct pv_bench *v, long place)
{
	if (v->n == 0)
		return;
	v->cursor = place < 0 ? 0 : PT_MIN((size_t)place, v->n - 1);
	identity(v, &v->items[v->cursor], v->selected, sizeof v->selected);
	v->mark = -1;
	keep_visible(v);
}

const struct pt_board_row *pv_bench_row(const struct pv_bench *v)
{
	if (v->cursor >= v->n || v->items[v->cursor].row < 0)
		return NULL;
	return &v->board->rows[v->items[v->cursor].row];
}

const struct pt_board_suite *pv_bench_suite(const struct pv_bench *v)
{
	return v->cursor < v->n ? &v->board->suites[v->items[v->cursor].suite] : NULL;
}

/* ---- places ---- */

bool pv_bench_shows_output(const struct pv_bench *v, const struct pt_view_env *env)
{
	if (!env->live || env->live->phase == PT_LIVE_IDLE || v->output == PV_OUTPUT_HIDE)
		return false;
	return v->output == PV_OUTPUT_SHOW || v->in_output || pt_live_runs(env->live) ||
	       env->live->phase == PT_LIVE_FAILED || env->live->result;
}

/* Lines of the whole list below its head, whatever a filter leaves of them. */
static int list_rows(const struct pv_bench *v)
{
	size_t n = v->total + (v->board ? v->board->n_suites : 0);

	return (int)PT_MIN(n, 10000) + (v->board && v->board->notice);
}

/* On few cells: the list, below it a strip on what is selected, below that what runs. */
static void place_plain(struct pv_bench *v, int w, int h, bool output)
{
	struct pv_bench_places *at = &v->at;
	bool strip = w >= STRIP_W && h >= STRIP_H;
	int output_h = !output ? 0 : !strip ? 1 : v->in_output ? h / 2 : 5;
	int detail_h = strip && !v->in_output ? (h - output_h >= 19 ? 8 : 5) : 0;

	/* What a short list does not need goes to the strip. */
	if (detail_h)
		detail_h += PT_MAX(0, PT_MIN(h - detail_h - output_h - 1 - list_rows(v), 6));
	if (h < 4)
		output_h = 0;
	at->list = (struct pt_rect){0, 0, w, h - detail_h - output_h};
	at->detail = (struct pt_rect){0, at->list.h, w, detail_h};
	at->output = (struct pt_rect){0, at->list.h + detail_h, w, output_h};
}

/* The list takes what all of its rows need, filtered or not, up to half; the rest shows the
 * selected benchmark. */
static void place_boxed(struct pv_bench *v, int w, int h, bool output)
{
	struct pv_bench_places *at = &v->at;
	int output_h = !output ? 0 : v->in_output ? h / 2 : PT_MAX(5, PT_MIN(h / 4, 14));
	int room = h - output_h,
	    list_h = PT_MIN(list_rows(v) + 3, PT_MAX(room * 55 / 100, room - 24));
	int side_w = w >= SIDE_W ? w * 2 / 5 : 0;

	list_h = PT_MAX(list_h, PT_MIN(8, room));
	if (w >= SUITES_FROM)
		at->suites = (struct pt_rect){0, 0, SUITES_W, list_h};
	at->list = (struct pt_rect){at->suites.w, 0, w - at->suites.w, list_h};
	at->detail = (struct pt_rect){0, list_h, w - side_w, room - list_h};
	at->side = (struct pt_rect){w - side_w, list_h, side_w, room - list_h};
	at->output = (struct pt_rect){0, room, w, output_h};
}

static void place(struct pv_bench *v, const struct pt_view_env *env, int w, int h)
{
	bool output = pv_bench_shows_output(v, env);

	v->at = (struct pv_bench_places){.boxed = w >= BOXED_W && h >= BOXED_H};
	if (v->at.boxed)
		place_boxed(v, w, h, output);
	else
		place_plain(v, w, h, output);
	v->in_suites &= v->at.suites.h > 0;
	v->live = v->at.output.h > 0 ? env->live : NULL;
	if (!v->live || v->at.output.h < 2)
		pv_output_leave(v);
	v->page = v->at.list.h - (v->at.boxed ? 3 : 1) - (v->board && v->board->notice);
	v->page = PT_MAX(v->page, 1);
}

/* Charts are made anew when they are of something else. */
static void look(struct pv_bench *v)
{
	const struct pt_board_row *row = pv_bench_row(v);
	int index = row ? v->items[v->cursor].row : -1;

	if (!row)
		return;
	if (!v->look)
		v->look = pt_calloc(1, sizeof *v->look);
	else if (v->look->row == index && v->look->generation == v->generation)
		return;
	pv_bench_look_make(v->look, row);
	v->look->row = index;
	v->look->generation = v->generation;
}

void pv_bench_recalc(struct pv_bench *v, const struct pt_view_env *env, int w, int h)
{
	if (env->board_generation != v->generation || env->board != v->board) {
		v->current = false;
		v->board = env->board;
		v->generation = env->board_generation;
	}
	if (!v->current)
		read_items(v);
	place(v, env, w, h);
	place_cursor(v);
	if (v->open && !pv_bench_row(v))
		v->open = false;
	look(v);
	if (pv_bench_row(v) && v->mark >= (int)pv_bench_row(v)->n_points)
		v->mark = -1;
}

/* ---- what keys do ---- */

static void go_to_suite(struct pv_bench *v, int suite)
{
	for (size_t i = 0; i < v->n; i++)
		if (v->items[i].suite == suite) {
			go_to(v, (long)i);
			return;
		}
}

static void suite_step(struct pv_bench *v, int step)
{
	const struct pt_board_suite *here = pv_bench_suite(v);
	int n = v->board ? (int)v->board->n_suites : 0;

	if (here)
		go_to_suite(v, PT_MAX(0, PT_MIN((int)(here - v->board->suites) + step, n - 1)));
}

/* The next benchmark, past headings. */
static void row_step(struct pv_bench *v, int step)
{
	long i = (long)v->cursor + step;

	while (i >= 0 && i < (long)v->n && v->items[i].row < 0)
		i += step;
	if (i >= 0 && i < (long)v->n)
		go_to(v, i);
}

static void mark_step(struct pv_bench *v, int step)
{
	const struct pt_board_row *row = pv_bench_row(v);
	int n = row ? (int)row->n_points : 0, i = v->mark < 0 ? n : v->mark;

	do
		i += step;
	while (i >= 0 && i < n && !isfinite(row->points[i].median));
	if (i >= 0 && i < n)
		v->mark = i;
}

static bool page_move(struct pv_bench *v, enum pt_action action)
{
	const struct pt_board_row *row = pv_bench_row(v);
	int by = action == PT_ACT_PREV_PANE ? PV_BENCH_SECTIONS - 1 : 1;

	switch (action) {
	case PT_ACT_UP:
	case PT_ACT_PAGE_UP: row_step(v, -1); return true;
	case PT_ACT_DOWN:
	case PT_ACT_PAGE_DOWN: row_step(v, 1); return true;
	case PT_ACT_LEFT: mark_step(v, -1); return true;
	case PT_ACT_RIGHT: mark_step(v, 1); return true;
	case PT_ACT_TOP:
		v->mark = -1;
		for (int i = 0; v->mark < 0 && i < (int)row->n_points; i++)
			if (isfinite(row->points[i].median))
				v->mark = i;
		return true;
	case PT_ACT_BOTTOM: v->mark = -1; return true;
	case PT_ACT_NEXT_PANE:
	case PT_ACT_PREV_PANE:
		v->section = (enum pv_bench_section)((v->section + by) % PV_BENCH_SECTIONS);
		return true;
	case PT_ACT_ENTER: v->open = false; return true;
	default: return false;
	}
}

/* List, output, suites, list; what is not shown is left out. */
static void focus_step(struct pv_bench *v, int step)
{
	int at = v->in_output ? 1 : v->in_suites ? 2 : 0;

	do
		at = (at + step + 3) % 3;
	while ((at == 1 && !pv_output_focusable(v)) || (at == 2 && v->at.suites.h == 0));
	v->in_output = at == 1;
	v->in_suites = at == 2;
}

bool pv_bench_move(struct pv_bench *v, enum pt_action action)
{
	bool up = action == PT_ACT_UP;

	if (v->open)
		return page_move(v, action);
	if (v->in_output && pv_output_move(v, action))
		return true;
	switch (action) {
	case PT_ACT_UP:
	case PT_ACT_DOWN:
		if (v->in_suites)
			suite_step(v, up ? -1 : 1);
		else
			go_to(v, (long)v->cursor + (up ? -1 : 1));
		return true;
	case PT_ACT_PAGE_UP: go_to(v, (long)v->cursor - v->page); return true;
	case PT_ACT_PAGE_DOWN: go_to(v, (long)v->cursor + v->page); return true;
	case PT_ACT_TOP: go_to(v, 0); return true;
	case PT_ACT_BOTTOM: go_to(v, (long)v->n); return true;
	case PT_ACT_NEXT_MATCH: row_step(v, 1); return true;
	case PT_ACT_PREV_MATCH: row_step(v, -1); return true;
	case PT_ACT_LEFT: v->in_suites = v->at.suites.h > 0; return true;
	case PT_ACT_RIGHT: v->in_suites = false; return true;
	case PT_ACT_NEXT_PANE: focus_step(v, 1); return true;
	case PT_ACT_PREV_PANE: focus_step(v, -1); return true;
	case PT_ACT_ENTER: pv_bench_enter(v); return true;
	default: return false;
	}
}

/* A benchmark gets the screen; a suite hands over to its first one. */
void pv_bench_enter(struct pv_bench *v)
{
	if (!pv_bench_row(v) && v->cursor + 1 < v->n && v->items[v->cursor + 1].row >= 0)
		go_to(v, (long)v->cursor + 1);
	else if (pv_bench_row(v))
		v->open = true;
	v->in_suites = false;
}

void pv_bench_sort(struct pv_bench *v, enum pv_bench_order order)
{
	v->order = order;
	v->current = false;
}

static bool inside(struct pt_rect r, int x, int y)
{
	return x >= r.x && x < r.x + r.w && y >= r.y && y < r.y + r.h;
}

bool pv_bench_click(struct pv_bench *v, int x, int y, int wheel)
{
	int first = v->at.boxed ? 2 : 1, line = y - v->at.list.y - first, order;

	if (wheel) {
		if (pv_output_focusable(v) && inside(v->at.output, x, y))
			pv_output_wheel(v, wheel);
		else if (v->open)
			row_step(v, wheel < 0 ? -1 : 1);
		else
			go_to(v, (long)v->cursor + 3L * wheel);
		return true;
	}
	if (v->open)
		return false;
	v->in_output = pv_output_focusable(v) && inside(v->at.output, x, y);
	if (v->in_output)
		return true;
	if (inside(v->at.suites, x, y)) {
		v->in_suites = true;
		if (y >= 1 && v->board && (size_t)(y - 1) < v->board->n_suites)
			go_to_suite(v, y - 1);
		return true;
	}
	if (inside(v->at.list, x, y) && line == -1 && (order = pv_bench_head_order(v, x)) >= 0) {
		/* A second click on a head gives the suites' own order back. */
		pv_bench_sort(v, (int)v->order == order ? PV_BENCH_BY_SUITE
							: (enum pv_bench_order)order);
		return true;
	}
	if (!inside(v->at.list, x, y) || line < 0 || v->scroll + (size_t)line >= v->n)
		return false;
	v->in_suites = false;
	if (v->scroll + (size_t)line == v->cursor)
		pv_bench_enter(v);
	else
		go_to(v, (long)v->scroll + line);
	return true;
}
