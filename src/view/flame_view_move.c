/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The view of flame graphs: the selection among its cells, and the steps from one stand to the next.
 * Whatever moves it is told in cells and kept as a path of frames.
 */
#include "flame_view.h"

#include "perftop/base/mem.h"

#include <string.h>

enum { STANDS_MAX = 64, HOTTEST_MAX = 4096 };

/* ---- paths ---- */

void pv_path_add(struct pv_path *p, const uint32_t *frames, size_t n)
{
	for (size_t i = 0; i < n; i++)
		*PT_PUSH(p->frames, p->n, p->cap) = frames[i];
}

static struct pv_stand *here(struct pv_flame *v)
{
	return &v->stands[v->n_stands - 1];
}

/* The next stand; the old ones keep what they are. */
static struct pv_stand *step(struct pv_flame *v, enum pv_flame_kind kind, uint32_t frame)
{
	if (v->n_stands == STANDS_MAX) { /* the second goes: the first is where 0 ends */
		free(v->stands[1].zoom.frames);
		free(v->stands[1].chosen.frames);
		memmove(&v->stands[1], &v->stands[2], (STANDS_MAX - 2) * sizeof *v->stands);
		v->n_stands--;
	}
	*PT_PUSH(v->stands, v->n_stands, v->cap_stands) =
		(struct pv_stand){.kind = kind, .frame = frame};
	v->current = v->table.current = false;
	v->changes++;
	return here(v);
}

/* ---- cells ---- */

static struct pv_half *focused(struct pv_flame *v)
{
	const struct pv_stand *s = pv_flame_here(v);

	return &v->half[s->kind == PV_FLAME_SANDWICH && s->callers];
}

const struct pt_graph_cell *pv_flame_cell(const struct pv_flame *v, const struct pv_half **ret)
{
	const struct pv_half *half = focused((struct pv_flame *)v);

	if (ret)
		*ret = half;
	return half->cell < half->graph.n ? &half->graph.cells[half->cell] : NULL;
}

uint32_t pv_flame_frame(const struct pv_flame *v)
{
	const struct pt_graph_cell *cell = pv_flame_cell(v, NULL);
	const struct pt_function *f = pv_table_row(v);

	if (v->in_table)
		return f ? f->frame : PT_NO_FRAME;
	return cell ? cell->frame : PT_NO_FRAME;
}

static void select_cell(struct pv_flame *v, struct pv_half *half, size_t cell)
{
	struct pv_stand *s = here(v);
	const struct pt_graph *g = &half->graph;
	size_t n = cell < g->n ? g->cells[cell].row : 0, at = cell;

	if (cell >= g->n || (cell == half->cell && half == focused(v)))
		return;
	s->callers = half == &v->half[1] && n > 0;
	s->chosen.n = 0;
	for (size_t i = 0; i < n; i++)
		*PT_PUSH(s->chosen.frames, s->chosen.n, s->chosen.cap) = PT_NO_FRAME;
	for (size_t i = n; i > 0; i--, at = g->cells[at].parent)
		s->chosen.frames[i - 1] = g->cells[at].frame;
	s->nth = 0;
	if (g->cells[cell].frame == PT_NO_FRAME)
		for (size_t i = cell; i-- > 0 && g->cells[i].row == g->cells[cell].row;)
			s->nth += g->cells[i].parent == g->cells[cell].parent &&
				  g->cells[i].frame == PT_NO_FRAME;
	half->cell = cell;
	if (g->cells[cell].deeper && g->cells[cell].row + 1 >= g->rows)
		v->current = false; /* more rows are needed */
	v->changes++;
}

/* The widest cell of a row: on top of a cell, or (SIZE_MAX) of them all; one that joins many only if
 * there is no other. SIZE_MAX: none. */
static size_t widest(const struct pt_graph *g, uint32_t row, size_t parent)
{
	size_t best = SIZE_MAX;

	for (size_t i = parent == SIZE_MAX ? 0 : parent; i < g->n && g->cells[i].row <= row; i++) {
		const struct pt_graph_cell *c = &g->cells[i];
		if (c->row != row || (parent != SIZE_MAX && (c->parent != parent || i == parent)))
			continue;
		bool named = c->frame != PT_NO_FRAME;
		bool was = best != SIZE_MAX && g->cells[best].frame != PT_NO_FRAME;

		if (best == SIZE_MAX || (named == was ? c->w > g->cells[best].w : named))
			best = i;
	}
	return best;
}

static void deeper(struct pv_flame *v, struct pv_half *half)
{
	if (half->cell < half->graph.n)
		select_cell(
			v, half,
			widest(&half->graph, half->graph.cells[half->cell].row + 1, half->cell));
}

static void shallower(struct pv_flame *v, struct pv_half *half)
{
	if (half->cell > 0 && half->cell < half->graph.n)
		select_cell(v, half, half->graph.cells[half->cell].parent);
}

/* From the subject of a sandwich it goes both ways. */
static void vertical(struct pv_flame *v, bool up)
{
	struct pv_half *half = focused(v);

	if (pv_flame_here(v)->kind == PV_FLAME_SANDWICH && half->cell == 0)
		half = &v->half[up];
	if (half->up == up)
		deeper(v, half);
	else
		shallower(v, half);
}

static void sideways(struct pv_flame *v, bool right)
{
	struct pv_half *half = focused(v);
	const struct pt_graph *g = &half->graph;
	size_t to = half->cell + (right ? 1 : SIZE_MAX);

	if (half->cell < g->n && to < g->n && g->cells[to].row == g->cells[half->cell].row)
		select_cell(v, half, to);
}

/* To a row of the half: up the stack by ancestors, down it by the widest, or the widest of all. */
static void to_row(struct pv_flame *v, struct pv_half *half, long row)
{
	const struct pt_graph *g = &half->graph;
	size_t at = half->cell;
	uint32_t want = (uint32_t)PT_MAX(PT_MIN(row, (long)g->rows - 1), 0L);

	if (at >= g->n)
		return;
	while (g->cells[at].row > want)
		at = g->cells[at].parent;
	while (g->cells[at].row < want) {
		size_t next = widest(g, g->cells[at].row + 1, at);
		if (next == SIZE_MAX) {
			at = widest(g, want, SIZE_MAX);
			break;
		}
		at = next;
	}
	select_cell(v, half, at);
}

static void page(struct pv_flame *v, bool up, long rows)
{
	struct pv_half *half = focused(v);
	long row = half->cell < half->graph.n ? (long)half->graph.cells[half->cell].row : 0;

	if (pv_flame_here(v)->kind == PV_FLAME_SANDWICH && row == 0)
		half = &v->half[up];
	to_row(v, half, row + (half->up == up ? rows : -rows));
}

static void graph_move(struct pv_flame *v, enum pt_action action)
{
	struct pv_half *half = focused(v);
	long rows = PT_MAX(half->at.h - 1, 1);

	switch (action) {
	case PT_ACT_UP:
	case PT_ACT_DOWN: vertical(v, action == PT_ACT_UP); break;
	case PT_ACT_LEFT:
	case PT_ACT_RIGHT: sideways(v, action == PT_ACT_RIGHT); break;
	case PT_ACT_PAGE_UP:
	case PT_ACT_PAGE_DOWN: page(v, action == PT_ACT_PAGE_UP, rows); break;
	case PT_ACT_TOP: to_row(v, half, 0); break;
	case PT_ACT_BOTTOM: to_row(v, half, (long)half->graph.rows); break;
	default: break;
	}
}

static void table_move(struct pv_flame *v, enum pt_action action)
{
	long at = (long)v->table.cursor, rows = PT_MAX(v->table.at.h - 2, 1);

	switch (action) {
	case PT_ACT_UP: pv_table_to(v, at - 1); break;
	case PT_ACT_DOWN: pv_table_to(v, at + 1); break;
	case PT_ACT_PAGE_UP: pv_table_to(v, at - rows); break;
	case PT_ACT_PAGE_DOWN: pv_table_to(v, at + rows); break;
	case PT_ACT_TOP: pv_table_to(v, 0); break;
	case PT_ACT_BOTTOM: pv_table_to(v, (long)v->table.n); break;
	case PT_ACT_LEFT:
		v->in_table = v->shape == PV_FLAME_TABLE;
		v->changes += !v->in_table;
		break;
	default: break;
	}
}

void pv_flame_move(struct pv_flame *v, enum pt_action action)
{
	bool pane = action == PT_ACT_NEXT_PANE || action == PT_ACT_PREV_PANE;

	if (v->heat.open) {
		pv_heat_move(v, action);
	} else if (pane && v->shape == PV_FLAME_BOTH) {
		v->in_table = !v->in_table;
		v->changes++;
	} else if (v->in_table) {
		table_move(v, action);
	} else {
		graph_move(v, action);
	}
}

/* ---- steps ---- */

static void zoom_in(struct pv_flame *v, const uint32_t *below, size_t n)
{
	/* Both are read before the stands move. */
	struct pv_stand from = *here(v), *to = step(v, from.kind, from.frame);

	pv_path_add(&to->zoom, from.zoom.frames, from.zoom.n);
	pv_path_add(&to->zoom, below, n);
}

void pv_flame_enter(struct pv_flame *v, char *status, size_t size)
{
	const struct pv_stand *s = pv_flame_here(v);
	const struct pt_graph_cell *cell = pv_flame_cell(v, NULL);
	uint32_t frame = pv_flame_frame(v);
	size_t n = s->chosen.n;

	if (v->in_table || s->kind == PV_FLAME_SANDWICH) {
		if (frame == PT_NO_FRAME)
			pt_strlcpy(status, "no function is selected", size);
		else if (s->kind == PV_FLAME_SANDWICH && frame == s->frame)
			pt_strlcpy(status, "these are its callers and callees; Esc steps back",
				   size);
		else
			step(v, PV_FLAME_SANDWICH, frame);
		v->in_table &= v->shape != PV_FLAME_TABLE;
		if (v->shape == PV_FLAME_TABLE && frame != PT_NO_FRAME)
			v->shape = PV_FLAME_BOTH;
		return;
	}
	if (cell)
		n = PT_MIN(n, (size_t)cell->row);
	if (cell && cell->frame == PT_NO_FRAME && n > 0)
		n--; /* too narrow to be shown: there is room for them in their caller */
	if (!cell || n == 0)
		pt_strlcpy(status,
			   s->zoom.n ? "this is what is zoomed in on; - and Esc step out"
				     : "this is the whole graph",
			   size);
	else
		zoom_in(v, s->chosen.frames, n);
}

void pv_flame_zoom_to(struct pv_flame *v, size_t n_path)
{
	struct pv_stand from = *here(v), *to;

	if (n_path >= from.zoom.n)
		return;
	to = step(v, from.kind, from.frame);
	pv_path_add(&to->zoom, from.zoom.frames, n_path);
	pv_path_add(&to->chosen, from.zoom.frames + n_path, from.zoom.n - n_path);
}

void pv_flame_out(struct pv_flame *v, char *status, size_t size)
{
	struct pv_stand *s = here(v);

	if (s->zoom.n > 0)
		pv_flame_zoom_to(v, s->zoom.n - 1);
	else if (s->kind != PV_FLAME_STACKS)
		pv_flame_back(v);
	else
		pt_strlcpy(status, "this is the whole graph", size);
}

/* The whole graph; what was selected in a part of it still is. */
void pv_flame_reset(struct pv_flame *v, char *status, size_t size)
{
	struct pv_stand last = *here(v), *first = &v->stands[0];

	if (v->n_stands == 1 && last.zoom.n == 0) {
		pt_strlcpy(status, "this is the whole graph", size);
		return;
	}
	for (size_t i = 1; i + 1 < v->n_stands; i++) {
		free(v->stands[i].zoom.frames);
		free(v->stands[i].chosen.frames);
	}
	if (last.kind == PV_FLAME_STACKS && v->n_stands > 1) {
		first->chosen.n = 0;
		pv_path_add(&first->chosen, last.zoom.frames, last.zoom.n);
		pv_path_add(&first->chosen, last.chosen.frames, last.chosen.n);
	}
	if (v->n_stands > 1) {
		free(last.zoom.frames);
		free(last.chosen.frames);
	}
	v->n_stands = 1;
	first->zoom.n = 0;
	v->current = v->table.current = false;
	v->changes++;
	pt_strlcpy(status, "the whole graph", size);
}

void pv_flame_turn(struct pv_flame *v, enum pv_flame_kind kind, char *status, size_t size)
{
	static const char *const words[] = {"stacks", "inverted: functions above their callers",
					    "this function's stacks, from everywhere",
					    "its callers above, its callees below"};
	uint32_t frame = pv_flame_frame(v);
	bool of_frame = kind == PV_FLAME_FOCUS || kind == PV_FLAME_SANDWICH;

	if (pv_flame_here(v)->kind == kind && (!of_frame || pv_flame_here(v)->frame == frame)) {
		while (v->n_stands > 1 && pv_flame_here(v)->kind == kind)
			pv_flame_back(v);
		pt_strlcpy(status, words[pv_flame_here(v)->kind], size);
		return;
	}
	if (of_frame && frame == PT_NO_FRAME) {
		pt_strlcpy(status, "select a function first", size);
		return;
	}
	step(v, kind, of_frame ? frame : PT_NO_FRAME);
	if (v->shape == PV_FLAME_TABLE)
		v->shape = PV_FLAME_BOTH;
	v->in_table = false;
	pt_strlcpy(status, words[kind], size);
}

void pv_flame_hottest(struct pv_flame *v, char *status, size_t size)
{
	struct pv_stand *s = here(v);
	struct pt_graph_spec spec;
	struct pv_path path = {0};
	uint32_t *found = pt_reallocarray(NULL, HOTTEST_MAX, sizeof *found);
	const struct pt_graph_cell *cell = pv_flame_cell(v, NULL);
	size_t n = 0, keep = cell ? PT_MIN(s->chosen.n, (size_t)cell->row) : 0;

	if (keep && cell->frame == PT_NO_FRAME)
		keep--;
	pv_flame_spec(v, focused(v) == &v->half[1], &spec);
	pv_path_add(&path, s->zoom.frames, s->zoom.n);
	pv_path_add(&path, s->chosen.frames, keep);
	spec.path = path.frames;
	spec.n_path = path.n;
	if (v->cache)
		n = pt_graph_hottest(v->cache, &spec, found, HOTTEST_MAX);
	if (n) {
		s->chosen.n = keep;
		pv_path_add(&s->chosen, found, n);
		v->current = false;
		v->changes++;
		pt_snprintf(status, size, "the hottest path: %zu frames on", n);
	} else {
		pt_strlcpy(status, "nothing is called from here", size);
	}
	free(path.frames);
	free(found);
}

void pv_flame_hide(struct pv_flame *v, char *status, size_t size)
{
	struct pv_stand *s = here(v);
	uint32_t frame = pv_flame_frame(v);
	const struct pt_graph_cell *cell = pv_flame_cell(v, NULL);

	if (frame == PT_NO_FRAME || (!v->in_table && cell && cell->row == 0)) {
		pt_strlcpy(status,
			   frame == PT_NO_FRAME ? "select a function in the graph first"
						: "this is what the graph is of; - steps out",
			   size);
		return;
	}
	v->hidden[frame / 64] |= UINT64_C(1) << (frame % 64);
	v->n_hidden++;
	if (!v->in_table && s->chosen.n)
		s->chosen.n--;
	v->current = v->table.current = false;
	v->changes++;
	pt_snprintf(status, size, "%zu hidden; U shows %s again", v->n_hidden,
		    v->n_hidden == 1 ? "it" : "them");
}

void pv_flame_unhide(struct pv_flame *v, char *status, size_t size)
{
	if (!v->n_hidden) {
		pt_strlcpy(status, "nothing is hidden; x hides the selected function", size);
		return;
	}
	memset(v->hidden, 0, v->n_words * sizeof *v->hidden);
	v->n_hidden = 0;
	v->current = v->table.current = false;
	v->changes++;
	pt_strlcpy(status, "everything is shown again", size);
}

/* n and N: through the cells that match, row by row. */
void pv_flame_match(struct pv_flame *v, int by, char *status, size_t size)
{
	struct pv_half *half = focused(v);
	const struct pt_graph *g = &half->graph;
	size_t n = 0, seen = 0, at = half->cell;

	if (!pt_filter_on(&v->filter)) {
		pt_strlcpy(status, "no search: / starts one", size);
		return;
	}
	if (v->in_table) {
		pv_table_to(v, (long)v->table.cursor + by);
		return;
	}
	for (size_t i = 0; i < g->n; i++)
		n += g->cells[i].hit;
	if (!n || at >= g->n) {
		pt_strlcpy(status,
			   v->n_hits ? "every match is too narrow here; t lists them"
				     : "nothing matches",
			   size);
		return;
	}
	do
		at = (at + g->n + (size_t)(long)by) % g->n;
	while (!g->cells[at].hit);
	for (size_t i = 0; i <= at; i++)
		seen += g->cells[i].hit;
	select_cell(v, half, at);
	pt_snprintf(status, size, "match %zu of %zu on screen", seen, n);
}

/* ---- mouse ---- */

static bool inside(struct pt_rect r, int x, int y)
{
	return x >= r.x && x < r.x + r.w && y >= r.y && y < r.y + r.h;
}

static bool click_graph(struct pv_flame *v, struct pv_half *half, int x, int y)
{
	const struct pt_graph *g = &half->graph;
	int row = pv_half_first(v, half) +
		  (half->up ? half->at.y + half->at.h - 1 - y : y - half->at.y);
	bool was = !v->in_table && focused(v) == half;

	v->in_table = false;
	for (size_t i = 0; i < g->n; i++) {
		const struct pt_graph_cell *c = &g->cells[i];
		double left = x - half->at.x + 0.5;
		if ((int)c->row != row || left < c->x || left >= c->x + c->w)
			continue;
		if (was && i == half->cell)
			return true;
		select_cell(v, half, i);
		break;
	}
	return false;
}

static void wheel_at(struct pv_flame *v, int x, int y, int wheel)
{
	if (v->heat.open)
		pv_heat_zoom(v, -wheel);
	else if (inside(v->table.at, x, y))
		pv_table_to(v, (long)v->table.cursor + 3L * wheel);
	else
		page(v, wheel < 0, 3);
}

bool pv_flame_click(struct pv_flame *v, int x, int y, int wheel)
{
	if (!v->tree)
		return false;
	if (wheel) {
		wheel_at(v, x, y, wheel);
		return false;
	}
	if (v->heat.open)
		return pv_heat_click(v, x, y);
	if (v->head_h > 1 && y == v->head_h - 1) {
		for (int i = 0; i < v->n_crumbs; i++)
			if (x >= v->crumbs[i].x && x < v->crumbs[i].x + v->crumbs[i].w)
				pv_flame_zoom_to(v, v->crumbs[i].n_path);
		return false;
	}
	if (inside(v->table.at, x, y))
		return pv_table_click(v, x, y);
	for (int i = 0; i < 2; i++)
		if (inside(v->half[i].at, x, y))
			return click_graph(v, &v->half[i], x, y);
	return false;
}
