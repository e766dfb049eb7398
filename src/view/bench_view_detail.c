/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One benchmark: the strip below the list, and the page that Enter opens. The history with its steps,
 * both sides' distributions on one axis, runs in the order they were made, what differs between the
 * two environments.
 */
#include "bench_view.h"

#include "perftop/base/mem.h"
#include "perftop/base/text.h"
#include "perftop/present/value.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum {
	LABEL_W = 9, /* values beside a plot */
	BASE_W = 6,
	GRID_W = 100,
	GRID_H = 24,
	TABS_W = 76, /* below: only the section that is shown is named */
	SHORT_ID = 7,
	SHAPE_MAX = 24,
	FACTS_H = 10, /* lines for the facts below a distribution, and a blank one */
};

#define P_LEAST 0.0001

struct part {
	const struct pv_bench *v;
	const struct pt_view_env *env;
	struct pt_canvas *cv;
	const struct pt_board_row *row;
	const struct pv_bench_look *look;
};

static struct part part_of(const struct pv_bench *v, const struct pt_view_env *env,
			   struct pt_canvas *cv)
{
	return (struct part){v, env, cv, pv_bench_row(v), v->look};
}

/* ---- plots of dots ---- */

static void put_label(const struct part *p, double value, int y)
{
	char text[32];

	pv_bench_value(value, p->row, p->env, text, sizeof text);
	pt_canvas_right(p->cv, LABEL_W - 1, y, text, PT_ROLE_AXIS);
}

/* A level across the plot, behind the dots. */
static void put_level(const struct part *p, struct pt_rect r, double value,
		      const struct pt_range *range, enum pt_sign sign)
{
	if (isfinite(value) && value > range->lo && value < range->hi)
		pt_canvas_fill(p->cv,
			       (struct pt_rect){r.x, r.y + pv_dot_y(value, range, r.h), r.w, 1},
			       pt_sign(sign, p->env->glyphs), PT_ROLE_GRID);
}

static void put_range_labels(const struct part *p, struct pt_rect r, const struct pt_range *range)
{
	put_label(p, range->hi, r.y);
	if (r.h >= 5)
		put_label(p, (range->lo + range->hi) / 2, r.y + r.h / 2);
	if (r.h >= 2)
		put_label(p, range->lo, r.y + r.h - 1);
}

/* A commit's short name below its column, unless it would touch another; returns its end. */
static int put_commit(const struct part *p, struct pt_rect r, int i, int y, int from, int end,
		      enum pt_role role)
{
	int n = (int)p->row->n_points, x = r.x + pv_dot_x(i, n, r.w) - SHORT_ID / 2;
	char id[SHORT_ID + 1];

	x = PT_MAX(r.x, PT_MIN(x, r.x + r.w - SHORT_ID));
	if (x < from || x + SHORT_ID > end)
		return from;
	pt_snprintf(id, sizeof id, "%.*s", SHORT_ID, p->row->commits[i].id);
	pt_canvas_safe(p->cv, x, y, id, SHORT_ID, role, p->env->ascii);
	return x + SHORT_ID + 1;
}

/* Returns where the last name of a commit ends: those of steps come before any other. */
static int paint_steps(const struct part *p, struct pt_rect r, int labels_y)
{
	int n = (int)p->row->n_points, free_from = r.x + SHORT_ID + 1;

	for (size_t i = 0; i < p->row->n_steps; i++) {
		const struct pt_board_step *s = &p->row->steps[i];
		bool worse = pv_step_is_worse(p->row, s);
		enum pt_role role = worse ? PT_ROLE_CRITICAL : PT_ROLE_GOOD;
		int x = r.x + pv_dot_x((int)s->at, n, r.w);
		if (s->at >= (size_t)n)
			continue;
		pt_canvas_fill(p->cv, (struct pt_rect){x, r.y, 1, r.h},
			       pt_sign(PT_SIGN_CROSS, p->env->glyphs), role);
		pt_canvas_put(p->cv, x, r.y,
			      pt_sign(worse ? PT_SIGN_WORSE : PT_SIGN_BETTER, p->env->glyphs),
			      role);
		if (labels_y >= 0)
			free_from =
				put_commit(p, r, (int)s->at, labels_y, free_from, r.x + r.w, role);
	}
	return free_from;
}

/* The oldest and the newest; all of them where there is room for their names. */
static void paint_commits(const struct part *p, struct pt_rect r, int y, int free_from)
{
	int n = (int)p->row->n_points;
	bool all = p->row->n_steps == 0 && n * (SHORT_ID + 2) <= r.w;

	put_commit(p, r, 0, y, r.x, r.x + r.w, PT_ROLE_AXIS);
	for (int i = 1; all && i < n - 1; i++)
		put_commit(p, r, i, y, r.x, r.x + r.w, PT_ROLE_AXIS);
	put_commit(p, r, n - 1, y, free_from, r.x + r.w, PT_ROLE_AXIS);
}

static int newest(const struct pt_board_row *row)
{
	int i = (int)row->n_points - 1;

	while (i > 0 && !isfinite((double)row->points[i].median))
		i--;
	return i;
}

/* The level between two steps, behind the dots. */
static void paint_levels(const struct part *p, struct pt_rect r)
{
	const struct pt_board_row *row = p->row;
	int n = (int)row->n_points;

	for (size_t i = 0; i <= row->n_steps && row->n_steps > 0; i++) {
		double level = i == 0 ? row->steps[0].before : row->steps[i - 1].after;
		int x0 = i == 0 ? 0 : pv_dot_x((int)row->steps[i - 1].at, n, r.w);
		int x1 = i == row->n_steps ? r.w : pv_dot_x((int)row->steps[i].at, n, r.w);
		put_level(p, (struct pt_rect){r.x + x0, r.y, x1 - x0, r.h}, level, &p->look->range,
			  PT_SIGN_H);
	}
	if (row->n_steps > 0 || !pv_bench_has_change(row))
		return;
	double base = row->gate->c.base;
	put_level(p, r, base, &p->look->range, PT_SIGN_H);
	if (base > p->look->range.lo && base < p->look->range.hi)
		pt_canvas_text(p->cv, r.x + r.w + 1, r.y + pv_dot_y(base, &p->look->range, r.h),
			       "base", -1, PT_ROLE_GRAPH_2);
}

/* h lines: the plot, below it the commits, and (read_out) what is known of the chosen one. */
static void paint_history(const struct part *p, int w, int h, bool read_out)
{
	const struct pt_board_row *row = p->row;
	int labels = h >= 4, last = read_out && h >= 6, n = (int)row->n_points;
	int margin = w >= 40 ? BASE_W : 1; /* for the word beside the base's level */
	struct pt_rect r = {LABEL_W, 0, w - LABEL_W - margin, h - labels - last};
	char words[400];

	if (p->look->n_dots == 0) {
		pv_wrapped(p->cv, 1, 0, w - 2, h,
			   "No history yet. Each clean run of a commit is a point of it.",
			   PT_ROLE_DIM, p->env->ascii);
		return;
	}
	put_range_labels(p, r, &p->look->range);
	paint_levels(p, r);
	pv_line_paint(p->cv, r, p->look->dots, n, &p->look->range, p->env->glyphs);
	int free_from = paint_steps(p, r, labels ? h - 1 - last : -1);
	pv_dots_paint(p->cv, r, p->look->dots, n, &p->look->range, p->env->glyphs);
	if (labels && n > 0)
		paint_commits(p, r, h - 1 - last, free_from);
	if (p->v->mark >= 0)
		pt_canvas_mark(p->cv,
			       (struct pt_rect){r.x + pv_dot_x(p->v->mark, n, r.w), 0, 1, r.h},
			       PT_CELL_CROSS);
	if (!last)
		return;
	pv_bench_point_words(row, p->v->mark >= 0 ? p->v->mark : newest(row), p->env, words,
			     sizeof words);
	pt_canvas_safe(p->cv, 1, h - 1, words, w - 2,
		       p->v->mark >= 0 ? PT_ROLE_STRONG : PT_ROLE_DIM, p->env->ascii);
}

static void paint_runs(const struct part *p, int w, int h)
{
	const struct pv_bench_look *l = p->look;
	int labels = h >= 4;
	struct pt_rect r = {LABEL_W, 0, w - LABEL_W - 1, h - labels};
	char text[64];

	if (l->n_runs == 0) {
		pv_wrapped(p->cv, 1, 0, w - 2, h, "No samples of it are kept here.", PT_ROLE_DIM,
			   p->env->ascii);
		return;
	}
	put_range_labels(p, r, &l->run_range);
	pv_dots_paint(p->cv, r, l->runs, l->n_runs, &l->run_range, p->env->glyphs);
	int border = l->n_base_runs * r.w / l->n_runs, n_now = l->n_runs - l->n_base_runs;
	if (border > 0 && n_now > 0)
		pt_canvas_fill(p->cv, (struct pt_rect){r.x + border, 0, 1, r.h},
			       pt_sign(PT_SIGN_CROSS, p->env->glyphs), PT_ROLE_GRID);
	if (!labels)
		return;
	pt_snprintf(text, sizeof text, "base %d %s", l->n_base_runs,
		    l->samples ? "samples" : "runs");
	if (l->n_base_runs > 0)
		pt_canvas_text(p->cv, r.x, h - 1, text, border, PT_ROLE_GRAPH_2);
	pt_snprintf(text, sizeof text, "now %d %s", n_now, l->samples ? "samples" : "runs");
	if (n_now > 0)
		pt_canvas_text(p->cv, r.x + border + (border > 0), h - 1, text, r.w - border,
			       PT_ROLE_GRAPH_1);
}

/* ---- sides ---- */

static size_t samples_of(const struct pt_bench *b)
{
	size_t n = 0;

	for (size_t i = 0; b && i < b->n_runs; i++)
		n += b->runs[i].n;
	return n;
}

/* "17.31 ms ± 0.05  10 runs". */
static void side_words(const struct part *p, bool now, bool long_form, char *out, size_t size)
{
	const struct pt_bench *b = now ? p->row->now : p->row->base;
	double sd = now ? p->look->now_sd : p->look->base_sd, level;
	char value[32], spread[32];
	size_t n;

	if (!b) {
		pt_strlcpy(out, now ? "not measured" : "no baseline", size);
		return;
	}
	level = pt_bench_median(b);
	pv_bench_value(level, p->row, p->env, value, sizeof value);
	n = pt_snprintf(out, size, "%s", value);
	if (isfinite(sd) && level > 0) {
		pt_snprintf(spread, sizeof spread, "%.*f", sd / level < 0.01 ? 2 : 1,
			    sd / level * 100);
		n += pt_snprintf(out + n, size - n, " %s%s %%", p->env->ascii ? "+-" : "±", spread);
	}
	if (long_form)
		pt_snprintf(out + n, size - n, "  %zu run%s, %zu sample%s", b->n_runs,
			    b->n_runs == 1 ? "" : "s", samples_of(b),
			    samples_of(b) == 1 ? "" : "s");
}

/* What the line through a distribution is. */
static int put_median_key(const struct part *p, int x, int y)
{
	pt_canvas_put(p->cv, x, y, pt_sign(PT_SIGN_V, p->env->glyphs), PT_ROLE_STRONG);
	return 2 + pt_canvas_text(p->cv, x + 2, y, "median ", -1, PT_ROLE_DIM);
}

static void paint_distribution(const struct part *p, int w, int h)
{
	const struct pv_hist *hist = &p->look->hist;
	struct pt_rect r = {1, 1, w - 2, h - 3};
	char words[160], text[64];

	side_words(p, false, true, words, sizeof words);
	int x = 1 + pt_canvas_text(p->cv, 1, 0, "base ", -1, PT_ROLE_GRAPH_2);
	if (p->row->base)
		x += put_median_key(p, x, 0);
	x += pt_canvas_text(p->cv, x, 0, words, w - x, PT_ROLE_TEXT);
	if (hist->outside && x + 20 < w)
		pt_canvas_textf(p->cv, x + 3, 0, PT_ROLE_DIM, "%zu outliers not drawn",
				hist->outside);
	if (h < 5)
		r.h = 0;
	pv_hist_paint(p->cv, r, hist, p->row, p->env->glyphs);
	side_words(p, true, true, words, sizeof words);
	int y = h < 5 ? 1 : h - 2;
	x = 1 + pt_canvas_text(p->cv, 1, y, "now  ", -1, PT_ROLE_GRAPH_1);
	if (p->row->now)
		x += put_median_key(p, x, y);
	pt_canvas_text(p->cv, x, y, words, w - x, PT_ROLE_TEXT);
	if (h < 5 || !(hist->hi > hist->lo))
		return;
	pv_bench_value(hist->lo, p->row, p->env, text, sizeof text);
	pt_canvas_text(p->cv, 1, h - 1, text, -1, PT_ROLE_AXIS);
	pv_bench_value((hist->lo + hist->hi) / 2, p->row, p->env, text, sizeof text);
	if (w > 40)
		pt_canvas_text(p->cv, (w - pt_text_width(text)) / 2, h - 1, text, -1, PT_ROLE_AXIS);
	pv_bench_value(hist->hi, p->row, p->env, text, sizeof text);
	pt_canvas_right(p->cv, w - 1, h - 1, text, PT_ROLE_AXIS);
}

/* ---- facts ---- */

struct facts {
	const struct part *p;
	int w, h, y;
};

static void say(struct facts *f, enum pt_role role, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
static void say(struct facts *f, enum pt_role role, const char *fmt, ...)
{
	char line[600];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(line, sizeof line, fmt, ap);
	va_end(ap);
	if (f->y < f->h)
		f->y += pv_wrapped(f->p->cv, 1, f->y, f->w - 2, f->h - f->y, line, role,
				   f->p->env->ascii);
}

static void say_side(struct facts *f, bool now)
{
	int mini = f->w >= 56 ? PV_BENCH_MINI : f->w >= 34 ? 10 : 0, x = 1;
	char words[160];

	if (f->y >= f->h)
		return;
	side_words(f->p, now, f->w >= 72, words, sizeof words);
	x += pt_canvas_text(f->p->cv, x, f->y, now ? "now  " : "base ", -1,
			    now ? PT_ROLE_GRAPH_1 : PT_ROLE_GRAPH_2);
	pv_mini_paint(f->p->cv, x, f->y, mini, &f->p->look->hist, now, f->p->env->glyphs);
	pt_canvas_text(f->p->cv, x + mini + (mini > 0), f->y, words, f->w - x - mini - 1,
		       PT_ROLE_TEXT);
	f->y++;
}

static void say_verdict(struct facts *f)
{
	const struct pt_board_row *row = f->p->row;
	const struct pt_gate_row *g = row->gate;
	struct pv_verdict v = pv_bench_verdict(row, f->p->env);
	char change[24], interval[64];
	int x = 1;

	if (f->y >= f->h)
		return;
	if (pv_bench_has_change(row)) {
		pv_bench_percent(g->c.ratio - 1, change, sizeof change);
		pv_bench_interval(row, interval, sizeof interval);
		x += 1 + pt_canvas_textf(f->p->cv, x, f->y, v.role, "%s %%", change);
		x += 2 + pt_canvas_textf(f->p->cv, x, f->y, PT_ROLE_TEXT, "(%s)", interval);
	}
	pt_canvas_put(f->p->cv, x, f->y, v.sign, v.role);
	x += 2 + pt_canvas_text(f->p->cv, x + 2, f->y, v.word, -1, v.role);
	if (g->c.weak && pv_bench_has_change(row))
		pt_canvas_text(f->p->cv, x + 1, f->y, "single run: weak", f->w - x - 2,
			       PT_ROLE_NOTE);
	f->y++;
}

static void say_gate(struct facts *f)
{
	const struct pt_gate_row *g = f->p->row->gate;
	char value[32];

	if (g->c.why[0] && g->state == PT_GATE_COMPARED)
		say(f, PT_ROLE_NOTE, "%s", g->c.why);
	if (g->accepted)
		say(f, PT_ROLE_TEXT, "accepted: %s", g->accepted);
	if (g->budget) {
		pv_bench_value(g->budget_value, f->p->row, f->p->env, value, sizeof value);
		say(f, g->over_budget ? PT_ROLE_CRITICAL : PT_ROLE_DIM, "budget %s: %s is %s",
		    g->budget, value, g->over_budget ? "over it" : "within");
	}
	if (g->renamed_from)
		say(f, PT_ROLE_DIM, "renamed from %s", g->renamed_from);
}

static void say_machine(struct facts *f, const struct pt_board_suite *s)
{
	if (s->machine && s->machine[0])
		say(f, strncmp(s->machine, "quiet", 5) == 0 ? PT_ROLE_DIM : PT_ROLE_WARN,
		    "machine %s", s->machine);
	for (size_t i = 0; i < s->n_differences; i++)
		say(f, PT_ROLE_WARN, "differs: %s", s->differences[i]);
	if (s->n_differences == 0 && s->has_base)
		say(f, PT_ROLE_DIM, "same environment on both sides");
}

/* sides: both are named, with small histograms. */
static void paint_facts(const struct part *p, int w, int h, bool sides)
{
	struct facts f = {p, w, h, 0};

	if (sides) {
		say_side(&f, false);
		say_side(&f, true);
	}
	say_verdict(&f);
	say_gate(&f);
	say_machine(&f, pv_bench_suite(p->v));
	if (pv_bench_has_change(p->row))
		say(&f, PT_ROLE_DIM,
		    "p %s%.2g, %zu against %zu runs; blocks at %.3g %%, warns at %.3g %%",
		    p->row->gate->c.p < P_LEAST ? "< " : "", PT_MAX(p->row->gate->c.p, P_LEAST),
		    p->row->gate->c.base_runs, p->row->gate->c.candidate_runs,
		    p->row->gate->block * 100, p->row->gate->warn * 100);
}

/* A heading is selected: what the suite is, and what can be done with it. */
static void paint_suite(const struct part *p, int w, int h)
{
	const struct pt_board_suite *s = pv_bench_suite(p->v);
	struct facts f = {p, w, h, 0};

	if (!s)
		return;
	if (s->n || s->owner)
		say(&f, PT_ROLE_TEXT, "%zu benchmark%s%s%s", s->n, s->n == 1 ? "" : "s",
		    s->owner ? ", owned by " : "", s->owner ? s->owner : "");
	say(&f, PT_ROLE_TEXT, "%s%s", s->has_base ? "baseline " : "", s->baseline);
	if (s->failed_ns)
		say(&f, PT_ROLE_CRITICAL, "failed: no launch of its last run ended well");
	if (s->last_run_ns)
		say_machine(&f, s);
	say(&f, PT_ROLE_DIM,
	    !s->last_run_ns ? "r runs it here"
	    : s->has_base ? "r runs it again, C compares with another base, B replaces the baseline"
			  : "B saves its last runs as the baseline");
}

/* ---- parts of the screen ---- */

void pv_bench_detail_paint(const struct pv_bench *v, const struct pt_view_env *env,
			   struct pt_canvas *cv, int w, int h)
{
	struct part p = part_of(v, env, cv);
	int facts = w >= 160 ? 76 : w >= 100 ? w * 45 / 100 : w / 2 - 2;
	/* Above the facts, so that it stays where it is from one benchmark to the next. */
	int shape = v->at.side.w || h < FACTS_H + 8 ? 0 : PT_MIN(h - FACTS_H, SHAPE_MAX);
	struct pt_rect right = {w - facts, shape + (shape > 0), facts, h - shape - (shape > 0)};

	if (!p.row || !p.look) {
		paint_suite(&p, w, h);
		return;
	}
	paint_history(&p, w - facts, h, false);
	if (shape)
		pv_bench_section_paint(v, env, cv, PV_BENCH_DISTRIBUTION,
				       (struct pt_rect){w - facts, 0, facts, shape});
	struct pt_clip_save save = pt_canvas_push(cv, right);
	paint_facts(&p, right.w, right.h, !shape);
	pt_canvas_pop(cv, save);
}

void pv_bench_section_paint(const struct pv_bench *v, const struct pt_view_env *env,
			    struct pt_canvas *cv, enum pv_bench_section section, struct pt_rect r)
{
	struct part p = part_of(v, env, cv);
	struct pt_clip_save save;

	if (!p.row || !p.look)
		return;
	save = pt_canvas_push(cv, r);
	switch (section) {
	case PV_BENCH_DISTRIBUTION: paint_distribution(&p, r.w, r.h); break;
	case PV_BENCH_RUNS: paint_runs(&p, r.w, r.h); break;
	case PV_BENCH_HISTORY: paint_history(&p, r.w, r.h, true); break;
	default: paint_facts(&p, r.w, r.h, true);
	}
	pt_canvas_pop(cv, save);
}

static void paint_grid(const struct part *p, int w, int h)
{
	int left = w * 55 / 100, top = h / 2;
	const struct {
		enum pv_bench_section section;
		struct pt_rect r;
	} cells[] = {
		{PV_BENCH_DISTRIBUTION, {0, 0, left, top}},
		{PV_BENCH_RUNS, {left, 0, w - left, top}},
		{PV_BENCH_HISTORY, {0, top, left, h - top}},
		{PV_BENCH_ENVIRONMENT, {left, top, w - left, h - top}},
	};

	for (size_t i = 0; i < PT_LEN(cells); i++) {
		enum pv_bench_section s = cells[i].section;
		const char *title =
			s == PV_BENCH_RUNS ? p->look->samples ? "samples in order" : "runs in order"
			: s == PV_BENCH_ENVIRONMENT ? "verdict and environment"
						    : pv_bench_section_names[s];
		pv_bench_section_paint(
			p->v, p->env, p->cv, s,
			pv_bench_framed(p->cv, p->env, cells[i].r, title, "", s == p->v->section));
	}
}

/* On few cells one section at a time; their names stand beside the benchmark's. */
static void paint_tabs(const struct part *p, const char *name, int w)
{
	int tabs = w >= TABS_W ? 46 : 20;
	int x = 2 + pt_canvas_text(p->cv, 2, 0, name, w - tabs, PT_ROLE_FRAME_FOCUS);

	if (pt_text_width(name) > w - tabs)
		pt_canvas_put(p->cv, x - 1, 0, pt_sign(PT_SIGN_MORE, p->env->glyphs), PT_ROLE_DIM);
	pt_canvas_put(p->cv, x++, 0, ' ', PT_ROLE_FRAME);
	x++;

	for (int i = 0; i < PV_BENCH_SECTIONS; i++) {
		bool here = i == (int)p->v->section;
		char text[32];
		if (!here && w < TABS_W)
			continue;
		pt_snprintf(text, sizeof text, here ? "[%s]" : " %s ", pv_bench_section_names[i]);
		x += pt_canvas_text(p->cv, x, 0, text, w - x - 1,
				    here ? PT_ROLE_ACCENT : PT_ROLE_DIM);
	}
}

void pv_bench_page_paint(const struct pv_bench *v, const struct pt_view_env *env,
			 struct pt_canvas *cv, int w, int h)
{
	struct part p = part_of(v, env, cv);
	char name[300], safe[400], sentence[400], title[720];

	if (!p.row || !p.look)
		return;
	pv_bench_name(p.row, w >= GRID_W, name, sizeof name);
	pt_text_safe(safe, sizeof safe, name, strlen(name), env->ascii);
	if (w >= GRID_W && h >= GRID_H) {
		struct pt_clip_save save;
		pv_bench_sentence(p.row, sentence, sizeof sentence);
		pt_snprintf(title, sizeof title, "%s: %s", name, sentence);
		pv_bench_ruled(cv, env, (struct pt_rect){0, 0, w, 1}, title);
		pt_canvas_text(cv, 2, 0, safe, w - 4, PT_ROLE_FRAME_FOCUS);
		save = pt_canvas_push(cv, (struct pt_rect){0, 1, w, h - 1});
		paint_grid(&p, w, h - 1);
		pt_canvas_pop(cv, save);
		return;
	}
	pv_bench_ruled(cv, env, (struct pt_rect){0, 0, w, 1}, "");
	paint_tabs(&p, safe, w);
	pv_bench_section_paint(v, env, cv, v->section, (struct pt_rect){0, 1, w, h - 1});
}
