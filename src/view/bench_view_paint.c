/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The view of benchmarks, the list: suites at the left, head, headings, rows with their history as a
 * sparkline. Columns come as there is room for them.
 */
#include "bench_view.h"

#include "perftop/base/clock.h"
#include "perftop/base/mem.h"
#include "perftop/base/text.h"
#include "perftop/present/value.h"
#include "perftop/store/store.h"

#include <math.h>
#include <string.h>

enum { MARK_W = 2, NAME_MIN = 16, SPARK_MIN = 10, INTERVAL_HALF = 6, UNIT_W = 2 };

/* ---- columns ---- */

struct cell {
	const struct pv_bench *v;
	const struct pt_view_env *env;
	struct pt_canvas *cv;
	const struct pt_board_row *row;
	int y;
};

struct column {
	const char *title;
	int width;	  /* 0: the name; -1: the history: they share what is left */
	int min_w, max_w; /* of the list; max_w 0: any */
	bool left;
	int order; /* enum pv_bench_order that its head stands for, or -1 */
	void (*paint)(const struct cell *c, int x, int w);
};

static void cell_name(const struct cell *c, int x, int w)
{
	char name[400], safe[500];
	bool flat = c->v->order != PV_BENCH_BY_SUITE;
	enum pt_role role =
		pt_filter_on(&c->v->filter) && !c->v->filter.inverse ? PT_ROLE_MATCH : PT_ROLE_TEXT;

	pv_bench_name(c->row, flat, name, sizeof name);
	pt_text_safe(safe, sizeof safe, name, strlen(name), c->env->ascii);
	pv_bench_shorten(safe, w, c->env->ascii);
	pt_canvas_text(c->cv, x, c->y, safe, w, role);
}

/* One commit a cell, the newest at the right. The range is at least a tenth of the level, the same
 * for every row, so that noise stays flat and a step of 5 % is half of the height. */
static void cell_history(const struct cell *c, int x, int w)
{
	const struct pt_board_row *row = c->row;
	struct pt_bin bins[PT_BOARD_HISTORY];
	double lo = INFINITY, hi = -INFINITY, span;
	int n = (int)PT_MIN((size_t)PT_MIN(w, PT_BOARD_HISTORY), row->n_points);

	for (int i = 0; i < n; i++) {
		float m = row->points[row->n_points - (size_t)n + (size_t)i].median;
		bool there = isfinite((double)m);
		bins[i] = (struct pt_bin){.mean = m, .max = m, .n = there};
		if (!there)
			continue;
		lo = PT_MIN(lo, (double)m);
		hi = PT_MAX(hi, (double)m);
	}
	if (!(lo <= hi))
		return;
	span = PT_MAX(hi - lo, fabs(hi) * 0.1);
	struct pt_range range = {PT_SCALE_LINEAR, lo - (span - (hi - lo)) / 2 - span * 0.15,
				 lo + span + 1e-300};
	pt_chart_spark(c->cv, x + w - n, c->y, n, bins, &range, c->env->glyphs, PT_ROLE_GRAPH_1);
}

static void put_value(const struct cell *c, double v, int x, int w, enum pt_role role)
{
	char number[32], unit[16];
	int unit_w;

	if (!isfinite(v))
		return;
	pt_value_split(number, sizeof number, unit, sizeof unit, v, c->row->gate->unit,
		       c->env->ascii ? PT_VALUE_ASCII : 0);
	/* "s" begins where "ms" does, so that the numbers end in one column. */
	unit_w = PT_MAX(pt_text_width(unit), UNIT_W);
	pt_canvas_right(c->cv, x + w - unit_w - 1, c->y, number, role);
	pt_canvas_text(c->cv, x + w - unit_w, c->y, unit, unit_w, role);
}

static void cell_base(const struct cell *c, int x, int w)
{
	put_value(c, pv_bench_base(c->row), x, w, PT_ROLE_DIM);
}

static void cell_now(const struct cell *c, int x, int w)
{
	put_value(c, pv_bench_now(c->row), x, w, PT_ROLE_STRONG);
}

static void cell_runs(const struct cell *c, int x, int w)
{
	char text[48];

	pt_snprintf(text, sizeof text, "%zu/%zu", c->row->gate->c.base_runs,
		    c->row->gate->c.candidate_runs);
	if (c->row->gate->state == PT_GATE_COMPARED)
		pt_canvas_right(c->cv, x + w, c->y, text, PT_ROLE_DIM);
}

static void cell_change(const struct cell *c, int x, int w)
{
	char text[24];
	struct pv_verdict v = pv_bench_verdict(c->row, c->env);

	if (!pv_bench_has_change(c->row))
		return;
	pv_bench_percent(c->row->gate->c.ratio - 1, text, sizeof text);
	pt_canvas_right(c->cv, x + w, c->y, text, v.role);
}

static void cell_interval(const struct cell *c, int x, int w)
{
	const struct pt_comparison *k = &c->row->gate->c;
	char lo[24], hi[24];

	if (!pv_bench_has_change(c->row))
		return;
	pv_bench_percent(k->lo - 1, lo, sizeof lo);
	pv_bench_percent(k->hi - 1, hi, sizeof hi);
	if (!lo[0] || !hi[0])
		return;
	/* Both ends have their own column. */
	pt_canvas_right(c->cv, x + w - INTERVAL_HALF - 4, c->y, lo, PT_ROLE_TEXT);
	pt_canvas_text(c->cv, x + w - INTERVAL_HALF - 3, c->y, "..", -1, PT_ROLE_DIM);
	pt_canvas_right(c->cv, x + w, c->y, hi, PT_ROLE_TEXT);
}

static void cell_verdict(const struct cell *c, int x, int w)
{
	struct pv_verdict v = pv_bench_verdict(c->row, c->env);

	pt_canvas_put(c->cv, x, c->y, v.sign, v.role);
	pt_canvas_text(c->cv, x + 2, c->y, v.word, w - 2, v.role);
}

/* Where there is no room for a word. */
static void cell_sign(const struct cell *c, int x, int w)
{
	struct pv_verdict v = pv_bench_verdict(c->row, c->env);

	(void)w;
	pt_canvas_put(c->cv, x, c->y, v.sign, v.role);
}

static bool is_shown(const struct column *col, int w)
{
	return w >= col->min_w && (!col->max_w || w <= col->max_w);
}

static const struct column columns[] = {
	{"NAME", 0, 0, 0, true, PV_BENCH_BY_NAME, cell_name},
	{"HISTORY", -1, 64, 0, true, -1, cell_history},
	{"BASE", 8, 130, 0, false, -1, cell_base},
	{"NOW", 8, 48, 0, false, -1, cell_now},
	{"RUNS", 7, 130, 0, false, -1, cell_runs},
	{"CHANGE%", 8, 24, 0, false, PV_BENCH_BY_CHANGE, cell_change},
	{"95% INTERVAL", 16, 90, 0, false, -1, cell_interval},
	{"VERDICT", 13, 34, 0, true, PV_BENCH_BY_VERDICT, cell_verdict},
	{"", 1, 0, 33, true, -1, cell_sign},
};

/* Calls fn for each column that shows, with its place. */
static void each_column(const struct pv_bench *v, int w,
			void (*fn)(void *arg, const struct column *col, int x, int w), void *arg)
{
	int fixed = MARK_W + 1, x = MARK_W, name, spark = 0;

	for (size_t i = 0; i < PT_LEN(columns); i++)
		if (is_shown(&columns[i], w) && columns[i].width > 0)
			fixed += columns[i].width + 1;
	name = PT_MAX(w - fixed, 4);
	if (w >= 64 && name >= NAME_MIN + 1 + SPARK_MIN) {
		/* A short list of long names keeps a third for the history. */
		int longest = PT_MAX(NAME_MIN, PT_MIN(v->name_w, PT_MAX(name * 2 / 3, NAME_MIN)));
		spark = PT_MIN(name - longest - 1, PT_MAX(v->commits, SPARK_MIN));
		name -= spark + 1;
	}
	for (size_t i = 0; i < PT_LEN(columns); i++) {
		int width = columns[i].width == 0    ? name
			    : columns[i].width == -1 ? spark
						     : columns[i].width;
		if (!is_shown(&columns[i], w) || width == 0)
			continue;
		fn(arg, &columns[i], x, width);
		x += width + 1;
	}
}

static void head_cell(void *arg, const struct column *col, int x, int w)
{
	const struct cell *c = arg;
	bool sorted = col->order == (int)c->v->order;
	enum pt_role role = sorted ? PT_ROLE_ACCENT : PT_ROLE_TITLE;
	char title[48];

	if (col->width == -1 && w >= 20)
		pt_snprintf(title, sizeof title, "%s %d COMMITS", col->title, w);
	else
		pt_strlcpy(title, col->title, sizeof title);
	if (col->left)
		pt_canvas_text(c->cv, x, c->y, title, w, role);
	else
		pt_canvas_right(c->cv, x + w, c->y, title, role);
	if (sorted && pt_text_width(title) < w)
		pt_canvas_put(
			c->cv,
			col->left ? x + pt_text_width(title) : x + w - (int)strlen(title) - 1, c->y,
			pt_sign(c->v->invert ? PT_SIGN_WORSE : PT_SIGN_BETTER, c->env->glyphs),
			role);
}

static void row_cell(void *arg, const struct column *col, int x, int w)
{
	col->paint(arg, x, w);
}

/* ---- headings ---- */

/* "^2 !1 ?1", or a tick; returns columns. */
static int paint_counts(const struct pt_board_suite *s, const struct pt_view_env *env,
			struct pt_canvas *cv, int x, int y)
{
	int x0 = x;

	if (s->failed_ns) {
		pt_canvas_put(cv, x, y, env->ascii ? 'x' : 0x00D7, PT_ROLE_CRITICAL);
		x += 2;
	}
	if (s->worse) {
		pt_canvas_put(cv, x, y, pt_sign(PT_SIGN_WORSE, env->glyphs), PT_ROLE_CRITICAL);
		x += 2 + pt_canvas_textf(cv, x + 1, y, PT_ROLE_CRITICAL, "%zu", s->worse);
	}
	if (s->warned)
		x += 1 + pt_canvas_textf(cv, x, y, PT_ROLE_WARN, "!%zu", s->warned);
	if (s->unsure)
		x += 1 + pt_canvas_textf(cv, x, y, PT_ROLE_NOTE, "?%zu", s->unsure);
	if (x == x0 && s->has_base && s->n) {
		pt_canvas_put(cv, x, y, pt_sign(PT_SIGN_OK, env->glyphs), PT_ROLE_GOOD);
		x += 2;
	}
	return x - x0;
}

static void age_words(const struct pt_board_suite *s, const struct pt_view_env *env, char *out,
		      size_t size)
{
	int64_t now = pt_store_real_at(env->store, pt_store_last(env->store));
	int64_t at = PT_MAX(s->last_run_ns, s->failed_ns);
	char age[48];

	out[0] = '\0';
	if (!at)
		return;
	if (now - at < 60 * PT_S) {
		pt_strlcpy(out, "just now", size);
		return;
	}
	pt_duration_format(age, sizeof age, (now - at) / (60 * PT_S) * (60 * PT_S), false);
	pt_snprintf(out, size, "%s ago", age);
}

/* "parser  12 benchmarks  main@4f1c2a, 10 runs", its counts, and when it ran last. */
static void paint_heading(const struct cell *c, const struct pt_board_suite *s, int w)
{
	char text[200], age[64];
	int x = MARK_W, end = w - 1;

	x += 2 + pt_canvas_safe(c->cv, x, c->y, s->name, w - x, PT_ROLE_STRONG, c->env->ascii);
	x += paint_counts(s, c->env, c->cv, x, c->y);
	age_words(s, c->env, age, sizeof age);
	if (age[0] && end - x > pt_text_width(age) + 24)
		end -= 2 + pt_canvas_right(c->cv, end, c->y, age, PT_ROLE_DIM);
	if (s->failed_ns)
		x += pt_canvas_text(c->cv, x, c->y, "failed", end - x, PT_ROLE_CRITICAL);
	if (s->failed_ns)
		pt_strlcpy(text, ": no launch ended well, r runs it again", sizeof text);
	else if (!s->last_run_ns)
		pt_strlcpy(text, "never run here: r runs it", sizeof text);
	else if (!s->has_base)
		pt_snprintf(text, sizeof text, "%s: B saves one", s->baseline);
	else
		pt_snprintf(text, sizeof text, "against %s", s->baseline);
	if (end - x > 8)
		pt_canvas_safe(c->cv, x + (x > MARK_W && !s->failed_ns), c->y, text, end - x,
			       PT_ROLE_DIM, c->env->ascii);
}

/* ---- lists ---- */

static void paint_item(const struct pv_bench *v, const struct pt_view_env *env,
		       struct pt_canvas *cv, size_t i, int y, int w)
{
	const struct pv_bench_item *item = &v->items[i];
	struct cell c = {v, env, cv, NULL, y};

	if (item->row < 0) {
		paint_heading(&c, &v->board->suites[item->suite], w);
	} else {
		c.row = &v->board->rows[item->row];
		each_column(v, w, row_cell, &c);
	}
	if (i != v->cursor)
		return;
	pt_canvas_put(cv, 0, y, pt_sign(PT_SIGN_SELECTED, env->glyphs),
		      v->in_suites || v->in_output ? PT_ROLE_DIM : PT_ROLE_ACCENT);
	pt_canvas_mark(cv, (struct pt_rect){0, y, w, 1}, PT_CELL_SELECTED);
}

int pv_wrapped(struct pt_canvas *cv, int x, int y, int w, int lines, const char *text,
	       enum pt_role role, bool ascii)
{
	char safe[1024], line[512];
	const char *p = safe;
	int n_lines = 0;

	pt_text_safe(safe, sizeof safe, text, strlen(text), ascii);
	while (*p && w > 0 && n_lines < lines) {
		size_t n = pt_text_fit(p, w), cut = n;
		while (p[n] && cut > 0 && p[cut] != ' ')
			cut--;
		if (p[n] && cut > 0)
			n = cut;
		pt_snprintf(line, sizeof line, "%.*s", (int)n, p);
		pt_canvas_text(cv, x, y + n_lines++, line, w, role);
		p += PT_MAX(n, 1);
		p += strspn(p, " ");
	}
	return n_lines;
}

static void paint_list(const struct pv_bench *v, const struct pt_view_env *env,
		       struct pt_canvas *cv, int w, int h)
{
	struct cell head = {v, env, cv, NULL, 0};
	int y = 1;

	if (!v->board || v->board->empty) {
		pv_wrapped(cv, MARK_W, h > 3, w - 2 * MARK_W, h,
			   v->board ? v->board->empty : "Reading suites and history ...",
			   PT_ROLE_TEXT, env->ascii);
		return;
	}
	each_column(v, w, head_cell, &head);
	for (; y <= v->page && v->scroll + (size_t)y - 1 < v->n; y++)
		paint_item(v, env, cv, v->scroll + (size_t)y - 1, y, w);
	if (v->n == 0)
		pv_wrapped(cv, MARK_W, 2, w - 2 * MARK_W, h,
			   "No benchmark matches the filter. Esc takes it away.", PT_ROLE_DIM,
			   env->ascii);
	if (v->board->notice && h > 2)
		pt_canvas_safe(cv, MARK_W, h - 1, v->board->notice, w - 2 * MARK_W, PT_ROLE_WARN,
			       env->ascii);
}

static void paint_suites(const struct pv_bench *v, const struct pt_view_env *env,
			 struct pt_canvas *cv, int w, int h)
{
	const struct pt_board_suite *here = pv_bench_suite(v);

	for (int y = 0; v->board && y < h && (size_t)y < v->board->n_suites; y++) {
		const struct pt_board_suite *s = &v->board->suites[y];
		pt_canvas_safe(cv, MARK_W, y, s->name, w - 16, PT_ROLE_TEXT, env->ascii);
		if (s->n)
			pt_canvas_textf(cv, w - 13, y, PT_ROLE_DIM, "%4zu", s->n);
		paint_counts(s, env, cv, w - 8, y);
		if (s != here)
			continue;
		pt_canvas_put(cv, 0, y, pt_sign(PT_SIGN_SELECTED, env->glyphs),
			      v->in_suites ? PT_ROLE_ACCENT : PT_ROLE_DIM);
		if (v->in_suites)
			pt_canvas_mark(cv, (struct pt_rect){0, y, w, 1}, PT_CELL_SELECTED);
	}
}

/* "HEAD 9be01d on main, changed  against baseline". */
static void side_words(const struct pv_bench *v, char *out, size_t size)
{
	const struct pt_board *b = v->board;
	size_t n = 0;

	out[0] = '\0';
	if (!b || b->empty)
		return;
	if (b->head.id[0])
		n = pt_snprintf(out, size, "HEAD %.7s%s%s%s", b->head.id,
				b->head.branch[0] ? " on " : "", b->head.branch,
				b->head.dirty ? ", changed" : "");
	if (b->report.base_name)
		pt_snprintf(out + n, size - n, "%sagainst %s", n ? "  " : "", b->report.base_name);
}

struct pt_rect pv_bench_framed(struct pt_canvas *cv, const struct pt_view_env *env,
			       struct pt_rect r, const char *title, const char *right, bool focus)
{
	char safe_title[400], safe_right[300];

	pt_text_safe(safe_title, sizeof safe_title, title, strlen(title), env->ascii);
	pt_text_safe(safe_right, sizeof safe_right, right, strlen(right), env->ascii);
	pt_chart_frame(cv, r, safe_title, safe_right, env->glyphs, focus);
	return (struct pt_rect){r.x + 1, r.y + 1, PT_MAX(r.w - 2, 0), PT_MAX(r.h - 2, 0)};
}

/* Without frames a line with the title, and below it what it is of. */
struct pt_rect pv_bench_ruled(struct pt_canvas *cv, const struct pt_view_env *env, struct pt_rect r,
			      const char *title)
{
	char safe[400];

	pt_text_safe(safe, sizeof safe, title, strlen(title), env->ascii);
	pt_canvas_fill(cv, (struct pt_rect){r.x, r.y, r.w, 1}, pt_sign(PT_SIGN_H, env->glyphs),
		       PT_ROLE_FRAME);
	pt_canvas_put(cv, r.x + 1, r.y, ' ', PT_ROLE_FRAME);
	int n = pt_canvas_text(cv, r.x + 2, r.y, safe, r.w - 4, PT_ROLE_TITLE);
	if (pt_text_width(safe) > r.w - 4)
		pt_canvas_put(cv, r.x + 1 + n, r.y, pt_sign(PT_SIGN_MORE, env->glyphs),
			      PT_ROLE_DIM);
	pt_canvas_put(cv, r.x + 2 + n, r.y, ' ', PT_ROLE_FRAME);
	return (struct pt_rect){r.x, r.y + 1, r.w, PT_MAX(r.h - 1, 0)};
}

struct part {
	const struct pv_bench *v;
	const struct pt_view_env *env;
	struct pt_canvas *cv;
};

static void paint_detail_part(const struct part *p, struct pt_rect r, bool boxed)
{
	const struct pt_board_row *row = pv_bench_row(p->v);
	const struct pt_board_suite *suite = pv_bench_suite(p->v);
	char title[900] = "nothing selected", name[300], safe[500], sentence[360];

	if (row) {
		pv_bench_name(row, boxed, name, sizeof name);
		pv_bench_sentence(row, sentence, sizeof sentence);
		pt_text_safe(safe, sizeof safe, name, strlen(name), p->env->ascii);
		/* What is said of it shall be seen, too. */
		pv_bench_shorten(safe, PT_MAX(r.w - (int)strlen(sentence) - 10, r.w / 3),
				 p->env->ascii);
		pt_snprintf(title, sizeof title, "%s: %s", safe, sentence);
	} else if (suite) {
		pt_snprintf(title, sizeof title, "suite %s", suite->name);
	}
	r = boxed ? pv_bench_framed(p->cv, p->env, r, title, "", false)
		  : pv_bench_ruled(p->cv, p->env, r, title);
	struct pt_clip_save save = pt_canvas_push(p->cv, r);
	pv_bench_detail_paint(p->v, p->env, p->cv, r.w, r.h);
	pt_canvas_pop(p->cv, save);
}

static void paint_side_part(const struct part *p, struct pt_rect r)
{
	struct pt_rect half = r;

	half.h = r.h >= 16 ? r.h / 2 : r.h;
	pv_bench_section_paint(p->v, p->env, p->cv, PV_BENCH_DISTRIBUTION,
			       pv_bench_framed(p->cv, p->env, half, "distribution", "", false));
	r.y += half.h;
	r.h -= half.h;
	if (r.h > 3)
		pv_bench_section_paint(p->v, p->env, p->cv, PV_BENCH_RUNS,
				       pv_bench_framed(p->cv, p->env, r,
						       p->v->look && p->v->look->samples
							       ? "samples in order"
							       : "runs in order",
						       "", false));
}

static void paint_suites_part(const struct part *p, struct pt_rect r)
{
	r = pv_bench_framed(p->cv, p->env, r, "suites", "", p->v->in_suites);
	struct pt_clip_save save = pt_canvas_push(p->cv, r);
	paint_suites(p->v, p->env, p->cv, r.w, r.h);
	pt_canvas_pop(p->cv, save);
}

static void paint_lists(const struct part *p)
{
	const struct pv_bench_places *at = &p->v->at;
	struct pt_rect list = at->list;
	char right[300];

	side_words(p->v, right, sizeof right);
	if (at->boxed) {
		if (at->suites.h > 0)
			paint_suites_part(p, at->suites);
		list = pv_bench_framed(p->cv, p->env, list, "benchmarks", right,
				       !p->v->in_suites && !p->v->in_output);
	}
	struct pt_clip_save save = pt_canvas_push(p->cv, list);
	paint_list(p->v, p->env, p->cv, list.w, list.h);
	pt_canvas_pop(p->cv, save);
}

void pv_bench_paint(const struct pv_bench *v, const struct pt_view_env *env, struct pt_canvas *cv,
		    int w, int h)
{
	const struct part p = {v, env, cv};
	const struct pv_bench_places *at = &v->at;

	if (v->board && v->generation != env->board_generation)
		return; /* it is another by now: the next recalc takes it */
	if (v->open) {
		pv_bench_page_paint(v, env, cv, w, h);
		return;
	}
	paint_lists(&p);
	if (at->detail.h > 0)
		paint_detail_part(&p, at->detail, at->boxed);
	if (at->side.w > 0 && pv_bench_row(v))
		paint_side_part(&p, at->side);
	if (at->output.h > 0)
		pv_output_paint(v, env, cv);
}

struct hit {
	int x, order;
};

static void hit_cell(void *arg, const struct column *col, int x, int w)
{
	struct hit *hit = arg;

	if (hit->x >= x && hit->x <= x + w)
		hit->order = col->order;
}

int pv_bench_head_order(const struct pv_bench *v, int x)
{
	struct hit hit = {x - v->at.list.x - v->at.boxed, -1};

	each_column(v, v->at.list.w - 2 * v->at.boxed, hit_cell, &hit);
	return hit.order;
}
