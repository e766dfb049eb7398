/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The process list, the painting half: head, rows, tree lines, tags, selection. */
#include "procs_view.h"

#include "perftop/base/mem.h"
#include "perftop/base/text.h"

#include <string.h>

enum { MARK_W = 2 }; /* selection and tag marks at the left */

/* Calls fn for each column that shows, with its place; the last takes what is left. */
static void each_column(const struct pv_procs *v, int w,
			void (*fn)(void *arg, int column, int x, int width), void *arg)
{
	int x = MARK_W;

	for (int i = 0; i < pv_n_proc_columns; i++) {
		int width = pv_proc_columns[i].width;
		if (!pv_procs_column_shown(v, i, w))
			continue;
		if (width == 0)
			width = PT_MAX(w - x, 0);
		fn(arg, i, x, width);
		x += width + 1;
	}
}

struct head {
	const struct pv_procs *v;
	const struct pt_view_env *env;
	struct pt_canvas *cv;
};

static void head_cell(void *arg, int column, int x, int width)
{
	struct head *h = arg;
	const struct pv_proc_column *c = &pv_proc_columns[column];
	bool sort = column == h->v->sort;
	enum pt_role role = sort ? PT_ROLE_ACCENT : PT_ROLE_TITLE;
	bool down = c->ascending == h->v->invert;

	if (c->left)
		pt_canvas_text(h->cv, x, 0, c->title, width, role);
	else
		pt_canvas_right(h->cv, x + width, 0, c->title, role);
	if (sort) {
		int at =
			c->left ? x + (int)strlen(c->title) : x + width - (int)strlen(c->title) - 1;
		pt_canvas_put(h->cv, at, 0,
			      pt_sign(down ? PT_SIGN_BETTER : PT_SIGN_WORSE, h->env->glyphs), role);
	}
}

struct cell {
	const struct pv_procs *v;
	const struct pt_view_env *env;
	struct pt_canvas *cv;
	const struct pv_prow *row;
	int y;
};

/* "├─" for each child, "│" where an elder's siblings follow: kept simple, two cells a level. */
static int paint_tree(struct cell *c, int x)
{
	enum pt_glyphs g = c->env->glyphs;
	int depth = PT_MIN(c->row->depth, 12);

	if (!c->v->tree || depth == 0)
		return 0;
	pt_canvas_put(c->cv, x + 2 * (depth - 1), c->y,
		      pt_sign(c->row->last ? PT_SIGN_TREE_END : PT_SIGN_TREE, g), PT_ROLE_DIM);
	return 2 * depth;
}

/* Bytes of s after its first n columns. */
static const char *skip_columns(const char *s, int n)
{
	return n > 0 ? s + pt_text_fit(s, n) : s;
}

static void row_cell(void *arg, int column, int x, int width)
{
	struct cell *c = arg;
	const struct pv_proc_column *col = &pv_proc_columns[column];
	const struct pt_proc *p = c->row->proc;
	char raw[512], safe[600];
	enum pt_role role = PT_ROLE_TEXT;

	col->text(p, c->env, raw, sizeof raw);
	if (c->row->context || p->kernel)
		role = PT_ROLE_DIM;
	if (strcmp(col->name, "cpu") == 0)
		role = pv_cpu_role(p->cpu_ratio);
	else if (!col->left && (strcmp(raw, "0") == 0 || strcmp(raw, "0.0") == 0))
		role = PT_ROLE_DIM;
	else if (strcmp(col->name, "state") == 0)
		role = p->state == 'R'	 ? PT_ROLE_GOOD
		       : p->state == 'D' ? PT_ROLE_WARN
		       : p->state == 'Z' ? PT_ROLE_CRITICAL
					 : PT_ROLE_DIM;
	pt_text_safe(safe, sizeof safe, raw, strlen(raw), c->env->ascii);
	if (!col->left) {
		pt_canvas_right(c->cv, x + width, c->y, safe, role);
		return;
	}
	if (col->width == 0) {
		int in = paint_tree(c, x);
		x += in;
		width -= in;
		if (width <= 0)
			return;
		if (pt_filter_on(&c->v->filter) && !c->v->filter.inverse && !c->row->context)
			role = PT_ROLE_MATCH;
		pt_canvas_text(c->cv, x, c->y, skip_columns(safe, c->v->scroll_x), width, role);
		return;
	}
	pt_canvas_text(c->cv, x, c->y, safe, width, role);
	if (pt_text_width(safe) > width)
		pt_canvas_put(c->cv, x + width - 1, c->y, pt_sign(PT_SIGN_MORE, c->env->glyphs),
			      PT_ROLE_DIM);
}

static void paint_row(const struct pv_procs *v, const struct pt_view_env *env, struct pt_canvas *cv,
		      size_t i, int y, int w)
{
	struct cell c = {v, env, cv, &v->rows[i], y};

	if (pt_map_get_u64(&v->tags, pv_proc_id(c.row->proc)))
		pt_canvas_put(cv, 1, y, env->ascii ? 'x' : 0x25CF, PT_ROLE_TAG);
	each_column(v, w, row_cell, &c);
	if (i == v->cursor) {
		pt_canvas_put(cv, 0, y, pt_sign(PT_SIGN_SELECTED, env->glyphs), PT_ROLE_ACCENT);
		pt_canvas_mark(cv, (struct pt_rect){0, y, w, 1}, PT_CELL_SELECTED);
	}
}

void pv_procs_paint(const struct pv_procs *v, const struct pt_view_env *env, struct pt_canvas *cv,
		    int w, int h)
{
	struct head head = {v, env, cv};

	each_column(v, w, head_cell, &head);
	for (int y = 1; y < h && v->scroll + (size_t)y - 1 < v->n; y++)
		paint_row(v, env, cv, v->scroll + (size_t)y - 1, y, w);
	if (v->n == 0)
		pt_canvas_text(cv, MARK_W, 2,
			       v->total	   ? "No process matches the filter. Esc takes it away."
			       : v->frozen ? "No process was read before the view froze."
					   : "Reading processes ...",
			       w - MARK_W, PT_ROLE_DIM);
}

struct hit {
	int x, found;
};

static void hit_cell(void *arg, int column, int x, int width)
{
	struct hit *hit = arg;

	if (hit->x >= x && hit->x < x + width + 1)
		hit->found = column;
}

bool pv_procs_click_head(struct pv_procs *v, int w, int x)
{
	struct hit hit = {x, -1};

	each_column(v, w, hit_cell, &hit);
	if (hit.found < 0)
		return false;
	v->invert = hit.found == v->sort ? !v->invert : false;
	v->sort = hit.found;
	pv_procs_reorder(v);
	return true;
}
