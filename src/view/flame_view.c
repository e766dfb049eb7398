/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The view of flame graphs, the deciding half: what is looked at, what matches the search, where on
 * the screen it goes. flame_view_move.c has the selection, flame_view_graph.c the picture.
 */
#include "flame_view.h"

#include "perftop/base/mem.h"

#include <string.h>

/* Rows that are laid out whether they are in sight or not, so that n finds what is below. */
enum { ROWS_AHEAD = 200, BESIDE_W = 100, BELOW_H = 12, TABLE_MIN = 44, TABLE_MAX = 90 };

/* ---- stands ---- */

static void stand_release(struct pv_stand *s)
{
	free(s->zoom.frames);
	free(s->chosen.frames);
}

/* All is forgotten that speaks of frames: another profile has others. */
static void forget(struct pv_flame *v)
{
	for (size_t i = 0; i < v->n_stands; i++)
		stand_release(&v->stands[i]);
	v->n_stands = 0;
	*PT_PUSH(v->stands, v->n_stands, v->cap_stands) = (struct pv_stand){.frame = PT_NO_FRAME};
	free(v->hits);
	free(v->hidden);
	v->hits = v->hidden = NULL;
	v->n_words = v->n_hits = v->n_hidden = 0;
	v->n_searched = 0;
	v->table.chosen = PT_NO_FRAME;
	v->heat.open = v->heat.placed = v->heat.marked = v->heat.anchored = false;
	v->heat.column_ns = 0;
}

const struct pv_stand *pv_flame_here(const struct pv_flame *v)
{
	return &v->stands[v->n_stands - 1];
}

static bool same_place(const struct pv_stand *a, const struct pv_stand *b)
{
	return a->kind == b->kind && a->frame == b->frame && a->zoom.n == b->zoom.n &&
	       (a->zoom.n == 0 ||
		memcmp(a->zoom.frames, b->zoom.frames, a->zoom.n * sizeof *a->zoom.frames) == 0);
}

bool pv_flame_back(struct pv_flame *v)
{
	if (v->n_stands < 2)
		return false;
	/* What is the same place is no step. */
	while (v->n_stands > 1) {
		bool same = same_place(&v->stands[v->n_stands - 1], &v->stands[v->n_stands - 2]);
		stand_release(&v->stands[--v->n_stands]);
		if (!same)
			break;
	}
	v->current = v->table.current = false;
	v->changes++;
	return true;
}

bool pv_flame_leave_heat(struct pv_flame *v)
{
	bool was = v->heat.open;

	v->heat.open = v->heat.marked = false;
	return was;
}

void pv_flame_init(struct pv_flame *v)
{
	*v = (struct pv_flame){.h = 0};
	forget(v);
}

void pv_flame_release(struct pv_flame *v)
{
	for (size_t i = 0; i < v->n_stands; i++)
		stand_release(&v->stands[i]);
	free(v->stands);
	free(v->hits);
	free(v->hidden);
	free(v->table.all);
	free(v->table.rows);
	pt_graph_cache_free(v->cache);
	pt_graph_release(&v->half[0].graph);
	pt_graph_release(&v->half[1].graph);
	pv_heat_release(&v->heat);
	pt_filter_release(&v->filter);
	pt_frames_unref(v->frames);
}

/* ---- data ---- */

/* The table is held, so that another one can never stand at its address. What is sampled is the same
 * thing over another one, too. */
static void take_frames(struct pv_flame *v, const struct pt_flame *data, struct pt_frames *frames)
{
	const char *live = data && data->live ? data->title : "";

	if (frames != v->frames) {
		if (frames && v->frames && live[0] && strcmp(live, v->live) == 0)
			pv_frames_move(v, frames);
		else
			forget(v);
		pt_frames_unref(v->frames);
		v->frames = frames ? pt_frames_ref(frames) : NULL;
	}
	pt_strlcpy(v->live, live, sizeof v->live);
}

static void take_data(struct pv_flame *v, const struct pt_flame *data)
{
	const struct pt_tree *tree = data ? data->tree : NULL;
	const struct pt_profile *p = data ? data->profile : NULL;
	unsigned generation = data ? data->generation : 0;

	v->data = data;
	if (tree == v->tree && generation == v->generation)
		return;
	take_frames(v, data, tree ? tree->frames : p && p->tree ? p->tree->frames : NULL);
	pt_graph_cache_free(v->cache);
	v->cache = tree ? pt_graph_cache_new(tree) : NULL;
	v->tree = tree;
	v->generation = generation;
	v->table.node = PT_NO_NODE;
	v->current = v->table.current = v->heat.current = false;
}

static uint64_t *grown(uint64_t *set, size_t old, size_t words)
{
	set = pt_reallocarray(set, words, sizeof *set);
	memset(set + old, 0, (words - old) * sizeof *set);
	return set;
}

/* Names are looked at once each: a live profile only adds some. */
static void search(struct pv_flame *v)
{
	uint32_t n = v->frames ? pt_frames_count(v->frames) : 0;
	size_t words = (size_t)n / 64 + 1;

	if (words > v->n_words) {
		v->hits = grown(v->hits, v->n_words, words);
		v->hidden = grown(v->hidden, v->n_words, words);
		v->n_words = words;
	}
	if (strcmp(v->searched, v->filter.text) != 0) {
		pt_strlcpy(v->searched, v->filter.text, sizeof v->searched);
		memset(v->hits, 0, v->n_words * sizeof *v->hits);
		v->n_searched = 0;
		v->n_hits = 0;
		v->current = v->table.current = false;
	}
	for (; pt_filter_on(&v->filter) && v->n_searched < n; v->n_searched++) {
		uint32_t id = v->n_searched;
		if (!pt_filter_match(&v->filter, pt_frames_get(v->frames, id)->name))
			continue;
		v->hits[id / 64] |= UINT64_C(1) << (id % 64);
		v->n_hits++;
	}
}

void pv_flame_count(const struct pv_flame *v, size_t *ret_shown, size_t *ret_all)
{
	*ret_shown = v->n_hits;
	*ret_all = v->frames ? pt_frames_count(v->frames) : 0;
}

bool pv_flame_differs(const struct pv_flame *v)
{
	return v->tree && v->tree->base_self != NULL;
}

enum pv_flame_colors pv_flame_coloring(const struct pv_flame *v)
{
	if (pv_flame_differs(v) && !v->colors_chosen)
		return PV_COLORS_CHANGE;
	return v->colors == PV_COLORS_CHANGE && !pv_flame_differs(v) ? PV_COLORS_KIND : v->colors;
}

/* ---- layout ---- */

int pv_half_first(const struct pv_flame *v, const struct pv_half *half)
{
	return half->scroll + (half == &v->half[1]);
}

void pv_flame_spec(const struct pv_flame *v, int half, struct pt_graph_spec *ret)
{
	static const enum pt_graph_kind kinds[] = {PT_GRAPH_STACKS, PT_GRAPH_INVERTED,
						   PT_GRAPH_CALLEES, PT_GRAPH_CALLEES};
	const struct pv_stand *s = pv_flame_here(v);
	const struct pv_half *part = &v->half[half];

	*ret = (struct pt_graph_spec){
		.kind = half ? PT_GRAPH_CALLERS : kinds[s->kind],
		.frame = s->frame,
		.path = s->zoom.frames,
		.n_path = s->zoom.n,
		/* A list of functions by their own weight begins with the heaviest. */
		.order = v->by_weight || s->kind == PV_FLAME_INVERTED ? PT_GRAPH_BY_WEIGHT
								      : PT_GRAPH_BY_NAME,
		.hidden = v->n_hidden ? v->hidden : NULL,
		.search = pt_filter_on(&v->filter) ? v->hits : NULL,
		.columns = (unsigned)PT_MAX(part->at.w, 1),
		.rows = (unsigned)PT_MAX((int)s->chosen.n + part->at.h + 2, ROWS_AHEAD),
	};
}

static void lay_out(struct pv_flame *v)
{
	bool sandwich = pv_flame_here(v)->kind == PV_FLAME_SANDWICH;
	struct pt_graph_spec spec;

	for (int i = 0; i < 2; i++) {
		v->half[i].graph.n = 0;
		if (!v->cache || (i == 1 && !sandwich))
			continue;
		pv_flame_spec(v, i, &spec);
		pt_graph_layout(&v->half[i].graph, v->cache, &spec);
	}
}

/* The cell of a path, or of as much of it as there is. */
static size_t resolve(const struct pt_graph *g, const struct pv_stand *s)
{
	size_t at = 0, i = 1;

	for (size_t k = 0; k < s->chosen.n && g->n; k++) {
		uint32_t frame = s->chosen.frames[k];
		uint32_t skip = frame == PT_NO_FRAME ? s->nth : 0;
		size_t found = SIZE_MAX;
		for (; i < g->n && g->cells[i].row <= g->cells[at].row + 1; i++) {
			const struct pt_graph_cell *c = &g->cells[i];
			if (c->row != g->cells[at].row + 1 || c->parent != at || c->frame != frame)
				continue;
			found = i;
			if (skip-- == 0)
				break;
		}
		if (found == SIZE_MAX)
			break;
		at = found;
		i = found + 1;
	}
	return g->n ? at : SIZE_MAX;
}

static void keep_in_sight(struct pv_flame *v, struct pv_half *half)
{
	int row = half->cell == SIZE_MAX ? 0 : (int)half->graph.cells[half->cell].row;
	int last = (int)half->graph.rows - half->at.h - (half == &v->half[1]);

	row -= half == &v->half[1];
	if (half->at.h > 0 && row >= half->scroll + half->at.h)
		half->scroll = row - half->at.h + 1;
	half->scroll = PT_MIN(half->scroll, PT_MAX(row, 0));
	half->scroll = PT_MAX(PT_MIN(half->scroll, last), 0);
}

static void choose(struct pv_flame *v)
{
	const struct pv_stand *s = pv_flame_here(v);
	int chosen = s->kind == PV_FLAME_SANDWICH && s->callers;

	for (int i = 0; i < 2; i++) {
		struct pv_half *half = &v->half[i];
		half->cell = i == chosen ? resolve(&half->graph, s) : half->graph.n ? 0 : SIZE_MAX;
		keep_in_sight(v, half);
	}
}

/* Callers get the rows that they have, up to half when callees want the rest. */
static void share_rows(struct pv_flame *v, struct pt_rect r)
{
	int callers = 0;

	if (pv_flame_here(v)->kind == PV_FLAME_SANDWICH) {
		int up = (int)v->half[1].graph.rows - 1, down = (int)v->half[0].graph.rows;
		callers = up + down <= r.h ? up : PT_MAX(r.h / 2, r.h - down);
		callers = PT_MAX(PT_MIN(PT_MIN(callers, up), r.h - 1), 0);
	}
	v->half[1].at = (struct pt_rect){r.x, r.y, r.w, callers};
	v->half[0].at = (struct pt_rect){r.x, r.y + callers, r.w, r.h - callers};
	v->half[1].up = true;
	v->half[0].up = v->up && pv_flame_here(v)->kind != PV_FLAME_SANDWICH;
}

/* Head, notices, body, details: what there is room for. Returns the graph's part of the body. */
static struct pt_rect place(struct pv_flame *v, int w, int h)
{
	struct pt_rect graph;
	enum pv_flame_shape shape = v->shape;

	v->head_h = h >= 10 ? 2 : h >= 4 ? 1 : 0;
	v->detail_h = h >= 14 ? 2 : h >= 2 ? 1 : 0;
	pv_flame_notices(v, PT_MIN(h / 6, PV_NOTICES));
	v->notices_h = v->n_notices;
	v->body.x = 0;
	v->body.y = v->head_h + v->notices_h;
	v->body.w = w;
	v->body.h = PT_MAX(h - v->body.y - v->detail_h, 1);
	graph = v->body;
	v->table.at = (struct pt_rect){0};
	if (shape == PV_FLAME_BOTH && w < BESIDE_W && v->body.h < BELOW_H)
		shape = v->in_table ? PV_FLAME_TABLE : PV_FLAME_GRAPH;
	if (shape == PV_FLAME_TABLE) {
		v->table.at = graph;
		graph.h = 0;
	} else if (shape == PV_FLAME_BOTH && w >= BESIDE_W) {
		int table_w = PT_MAX(TABLE_MIN, PT_MIN(w * 2 / 5, TABLE_MAX));
		graph.w -= table_w + 1;
		v->table.at = (struct pt_rect){graph.w + 1, graph.y, table_w, graph.h};
	} else if (shape == PV_FLAME_BOTH) {
		int table_h = PT_MAX(v->body.h / 3, 5);
		graph.h -= table_h;
		v->table.at = (struct pt_rect){0, graph.y + graph.h, w, table_h};
	}
	v->in_table = shape == PV_FLAME_TABLE || (shape == PV_FLAME_BOTH && v->in_table);
	return graph;
}

void pv_flame_recalc(struct pv_flame *v, const struct pt_view_env *env, int w, int h)
{
	struct pt_rect graph;

	take_data(v, env->flame);
	search(v);
	v->w = w;
	v->h = h;
	graph = place(v, w, h);
	if (graph.w != v->half[0].at.w)
		v->current = false;
	v->half[0].at.w = v->half[1].at.w = graph.w;
	/* Also beneath a table alone: what is selected is told as a share of its zoom. */
	if (!v->current)
		lay_out(v);
	v->current = true;
	share_rows(v, graph);
	choose(v);
	if (v->table.at.h > 0)
		pv_table_recalc(v);
	if (v->heat.open)
		pv_heat_recalc(v);
	pv_flame_crumbs(v, env, w);
}

void pv_flame_paint(const struct pv_flame *v, const struct pt_view_env *env, struct pt_canvas *cv,
		    int w, int h)
{
	(void)w;
	if (!v->tree) {
		pv_flame_empty_paint(v, env, cv, 0, h);
		return;
	}
	pv_flame_head_paint(v, env, cv);
	if (v->heat.open) {
		pv_heat_paint(v, env, cv);
	} else {
		for (int i = 0; i < 2; i++)
			if (v->half[i].at.h > 0)
				pv_graph_paint(v, env, cv, &v->half[i]);
		if (v->table.at.h > 0)
			pv_table_paint(v, env, cv);
	}
	if (v->detail_h > 0)
		pv_flame_detail_paint(v, env, cv, h - v->detail_h, v->detail_h);
}
