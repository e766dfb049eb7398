/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The view of flame graphs, the table: functions of what is zoomed in on, with self and total weight,
 * beside the graph or instead of it. The search leaves those that match.
 */
#include "flame_view.h"

#include "perftop/base/mem.h"
#include "perftop/base/text.h"

#include <math.h>
#include <string.h>

enum {
	SHARE_COLUMN = 7,
	CHANGE_COLUMN = 10,
	MODULE_W = 20,
	MODULE_FROM = 84,
	NAME = 400,
	NAME_MOST = 80
};

const char *const pv_flame_sort_names[PV_FLAME_SORTS] = {"self", "total", "change", "name"};

/* ---- rows ---- */

/* The node of the zoom, where the tree has it. */
static uint32_t zoomed_node(const struct pv_flame *v)
{
	const struct pv_stand *s = pv_flame_here(v);
	const struct pt_tree *t = v->tree;
	uint32_t node = PT_TREE_ROOT;

	if (s->kind != PV_FLAME_STACKS)
		return node;
	for (size_t i = 0; i < s->zoom.n; i++) {
		uint32_t child = t->child[node];
		while (child != PT_NO_NODE && t->frame[child] != s->zoom.frames[i])
			child = t->sibling[child];
		if (child == PT_NO_NODE)
			break;
		node = child;
	}
	return node;
}

/* Of what is zoomed in on; *ret_sure: beyond what chance does to its samples. */
static double change_of(const struct pv_flame *v, const struct pt_function *f, bool *ret_sure)
{
	const struct pv_table *t = &v->table;
	struct pt_share now, was;

	now = pt_share_of(v->tree, t->node, false, v->by_self ? f->self : f->total,
			  v->by_self ? f->self_square : f->total_square,
			  pt_profile_samples_of(v->data->profile, t->total));
	was = pt_share_of(v->tree, t->node, true, v->by_self ? f->base_self : f->base_total,
			  v->by_self ? f->base_self_square : f->base_total_square,
			  pt_profile_samples_of(v->data->base, t->base_total));
	*ret_sure = pt_share_sure(&now, &was);
	return now.part - was.part;
}

static double key_of(const struct pv_flame *v, const struct pt_function *f)
{
	bool sure;

	switch (v->table.sort) {
	case PV_SORT_SELF: return (double)f->self;
	case PV_SORT_TOTAL: return (double)f->total;
	case PV_SORT_CHANGE: return fabs(change_of(v, f, &sure));
	default: return 0;
	}
}

static int by_key(const void *a, const void *b)
{
	const struct pv_flame_row *x = a, *y = b;

	if (x->key != y->key)
		return x->key < y->key ? 1 : -1;
	return strcmp(x->name, y->name);
}

static void list(struct pv_flame *v)
{
	struct pv_table *t = &v->table;
	bool filtered = pt_filter_on(&v->filter);

	t->n = 0;
	for (size_t i = 0; i < t->n_all; i++) {
		const struct pt_function *f = &t->all[i];
		if (pt_frame_set_has(v->hidden, f->frame) ||
		    (filtered && !pt_frame_set_has(v->hits, f->frame)))
			continue;
		*PT_PUSH(t->rows, t->n, t->cap) = (struct pv_flame_row){
			key_of(v, f), pt_frames_get(v->frames, f->frame)->name, (uint32_t)i};
	}
	if (t->n)
		qsort(t->rows, t->n, sizeof *t->rows, by_key);
	for (size_t i = 0; t->invert && i < t->n / 2; i++) {
		struct pv_flame_row other = t->rows[i];
		t->rows[i] = t->rows[t->n - 1 - i];
		t->rows[t->n - 1 - i] = other;
	}
}

static void keep_in_sight(struct pv_table *t)
{
	size_t page = (size_t)PT_MAX(t->at.h - 1, 1);

	t->cursor = t->n ? PT_MIN(t->cursor, t->n - 1) : 0;
	if (t->cursor >= t->scroll + page)
		t->scroll = t->cursor - page + 1;
	t->scroll = PT_MIN(t->scroll, t->cursor);
	t->scroll = PT_MIN(t->scroll, t->n > page ? t->n - page : 0);
}

/* Goes over the whole tree, so not for another order or search. */
static void count(struct pv_flame *v)
{
	struct pv_table *t = &v->table;
	uint32_t node = zoomed_node(v);

	if (node == t->node)
		return;
	free(t->all);
	t->all = NULL;
	t->n_all = pt_tree_functions(v->tree, node, &t->all);
	t->total = v->tree->total ? v->tree->total[node] : 0;
	t->base_total = v->tree->base_total ? v->tree->base_total[node] : 0;
	t->node = node;
}

void pv_table_recalc(struct pv_flame *v)
{
	struct pv_table *t = &v->table;

	if (!v->tree) {
		t->n = 0;
		return;
	}
	if (!t->current) {
		count(v);
		list(v);
		t->current = true;
		t->cursor = 0;
		for (size_t i = 0; i < t->n; i++)
			if (t->all[t->rows[i].at].frame == t->chosen)
				t->cursor = i;
	}
	keep_in_sight(t);
}

const struct pt_function *pv_table_row(const struct pv_flame *v)
{
	const struct pv_table *t = &v->table;

	return t->at.h > 0 && t->cursor < t->n ? &t->all[t->rows[t->cursor].at] : NULL;
}

void pv_table_to(struct pv_flame *v, long row)
{
	struct pv_table *t = &v->table;
	size_t to = (size_t)PT_MAX(PT_MIN(row, (long)t->n - 1), 0L);

	if (to == t->cursor || to >= t->n)
		return;
	t->cursor = to;
	t->chosen = t->all[t->rows[to].at].frame;
	keep_in_sight(t);
	v->changes++;
}

void pv_table_sort(struct pv_flame *v, enum pv_flame_sort sort)
{
	v->table.invert = sort == v->table.sort && !v->table.invert;
	v->table.sort = sort;
	v->table.current = false;
	v->table.chosen = PT_NO_FRAME; /* a new order is read from its top */
	v->changes++;
}

/* ---- columns ---- */

struct columns {
	int total, change, name, name_w; /* where each begins; change, module -1: none */
	int module, module_w;
};

static struct columns columns(const struct pv_flame *v, int w)
{
	struct columns c = {.total = 1 + SHARE_COLUMN, .change = -1, .module = -1};

	c.name = c.total + SHARE_COLUMN + 1;
	if (pv_flame_differs(v)) {
		c.change = c.total + SHARE_COLUMN;
		c.name += CHANGE_COLUMN;
	}
	c.name_w = w - c.name;
	if (w >= MODULE_FROM) { /* the eye need not go far from one to the other */
		c.name_w = PT_MIN(c.name_w - MODULE_W - 1, NAME_MOST);
		c.module = c.name + c.name_w + 1;
		c.module_w = w - c.module;
	}
	return c;
}

/* The column of a head, or -1. */
static int head_at(const struct pv_flame *v, int x)
{
	struct columns c = columns(v, v->table.at.w);

	if (x < c.total)
		return PV_SORT_SELF;
	if (x < c.total + SHARE_COLUMN)
		return PV_SORT_TOTAL;
	if (c.change >= 0 && x < c.change + CHANGE_COLUMN)
		return PV_SORT_CHANGE;
	return x >= c.name && x < c.name + c.name_w ? PV_SORT_NAME : -1;
}

bool pv_table_click(struct pv_flame *v, int x, int y)
{
	int line = y - v->table.at.y - 1, head = head_at(v, x - v->table.at.x);
	bool was = v->in_table;
	size_t row = v->table.scroll + (size_t)PT_MAX(line, 0);

	v->in_table = true;
	if (line < 0) {
		if (head >= 0)
			pv_table_sort(v, (enum pv_flame_sort)head);
		return false;
	}
	if (row >= v->table.n)
		return false;
	if (was && row == v->table.cursor)
		return true;
	pv_table_to(v, (long)row);
	v->changes++;
	return false;
}

/* ---- painting ---- */

static void put_head(const struct pv_flame *v, const struct pt_view_env *env, struct pt_canvas *cv,
		     const struct columns *c)
{
	static const char *const titles[] = {"SELF%", "TOTAL%", "CHANGE", "FUNCTION"};
	const int ends[] = {1 + SHARE_COLUMN - 1, c->total + SHARE_COLUMN - 1,
			    c->change + CHANGE_COLUMN - 1};
	uint32_t sign = pt_sign(v->table.invert ? PT_SIGN_WORSE : PT_SIGN_BETTER, env->glyphs);

	for (int i = 0; i < PV_FLAME_SORTS; i++) {
		bool sorted = (int)v->table.sort == i;
		enum pt_role role = sorted ? PT_ROLE_ACCENT : PT_ROLE_TITLE;
		int n = (int)strlen(titles[i]);
		if (i == PV_SORT_CHANGE && c->change < 0)
			continue;
		if (i == PV_SORT_NAME)
			pt_canvas_text(cv, c->name, 0, titles[i], c->name_w, role);
		else
			pt_canvas_right(cv, ends[i], 0, titles[i], role);
		if (sorted)
			pt_canvas_put(cv, i == PV_SORT_NAME ? c->name + n : ends[i] - n - 1, 0,
				      sign, role);
	}
	if (c->module >= 0)
		pt_canvas_text(cv, c->module, 0, "MODULE", c->module_w, PT_ROLE_TITLE);
}

static void put_percent(struct pt_canvas *cv, int x_end, int y, double share, enum pt_role role)
{
	char text[16];

	pt_snprintf(text, sizeof text, "%.*f", share < 0.9995 ? 2 : 1, share * 100);
	pt_canvas_right(cv, x_end, y, text, role);
}

static void put_change(const struct pv_flame *v, const struct pt_view_env *env,
		       struct pt_canvas *cv, const struct pt_function *f, int x_end, int y)
{
	enum pt_role role = PT_ROLE_DIM;
	bool sure;
	double change = change_of(v, f, &sure);
	char text[24];

	if (sure)
		role = change > 0 ? PT_ROLE_CRITICAL : PT_ROLE_GOOD;
	pt_snprintf(text, sizeof text, "%+.2f", change * 100);
	int w = pt_canvas_right(cv, x_end, y, text, role);
	if (sure)
		pt_canvas_put(cv, x_end - w - 1, y,
			      pt_sign(change > 0 ? PT_SIGN_WORSE : PT_SIGN_BETTER, env->glyphs),
			      role);
}

static void put_row(const struct pv_flame *v, const struct pt_view_env *env, struct pt_canvas *cv,
		    const struct columns *c, size_t i, int y)
{
	const struct pv_table *t = &v->table;
	const struct pt_function *f = &t->all[t->rows[i].at];
	const struct pt_frame *frame = pt_frames_get(v->frames, f->frame);
	const char *module = strrchr(frame->module, '/');
	enum pt_role role = pt_filter_on(&v->filter)	      ? PT_ROLE_MATCH
			    : frame->kind == PT_FRAME_KERNEL  ? PT_ROLE_NOTE
			    : frame->kind == PT_FRAME_INLINED ? PT_ROLE_DIM
							      : PT_ROLE_TEXT;
	char name[NAME];

	put_percent(cv, 1 + SHARE_COLUMN - 1, y, pv_share_of(f->self, t->total), PT_ROLE_STRONG);
	put_percent(cv, c->total + SHARE_COLUMN - 1, y, pv_share_of(f->total, t->total),
		    PT_ROLE_TEXT);
	if (c->change >= 0)
		put_change(v, env, cv, f, c->change + CHANGE_COLUMN - 1, y);
	pv_flame_label(v, f->frame, c->name_w, env->ascii, name, sizeof name);
	pt_canvas_text(cv, c->name, y, name, c->name_w, role);
	if (c->module >= 0)
		pt_canvas_safe(cv, c->module, y, module ? module + 1 : frame->module, c->module_w,
			       PT_ROLE_DIM, env->ascii);
	if (i != t->cursor)
		return;
	pt_canvas_put(cv, 0, y, pt_sign(PT_SIGN_SELECTED, env->glyphs),
		      v->in_table ? PT_ROLE_ACCENT : PT_ROLE_DIM);
	if (v->in_table)
		pt_canvas_mark(cv, (struct pt_rect){0, y, t->at.w, 1}, PT_CELL_SELECTED);
}

void pv_table_paint(const struct pv_flame *v, const struct pt_view_env *env, struct pt_canvas *cv)
{
	const struct pv_table *t = &v->table;
	struct columns c = columns(v, t->at.w);

	if (t->at.x > 0)
		pt_canvas_fill(cv, (struct pt_rect){t->at.x - 1, t->at.y, 1, t->at.h},
			       pt_sign(PT_SIGN_V, env->glyphs), PT_ROLE_FRAME);
	struct pt_clip_save save = pt_canvas_push(cv, t->at);
	put_head(v, env, cv, &c);
	for (int y = 1; y < t->at.h && t->scroll + (size_t)y - 1 < t->n; y++)
		put_row(v, env, cv, &c, t->scroll + (size_t)y - 1, y);
	if (t->n == 0 && t->at.h > 1)
		pt_canvas_text(cv, 1, 1,
			       pt_filter_on(&v->filter)
				       ? "no function matches; Esc clears the search"
				       : "no function here",
			       t->at.w - 2, PT_ROLE_DIM);
	pt_canvas_pop(cv, save);
}
