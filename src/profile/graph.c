/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The layout of flame graphs, row by row from the zoomed node on. Each cell of a row keeps its group
 * of nodes until the row after it is made of them; what is too narrow keeps none.
 */
#include "perftop/profile/graph.h"

#include "graph_group.h"

#include "perftop/base/mem.h"

#include <stdlib.h>
#include <string.h>

/* Of a cell in the row that is being left: its nodes in entries. */
struct group {
	uint32_t cell;
	const uint32_t *leaves; /* of the tree's index, instead of entries; or NULL */
	size_t from, n;
};

struct row {
	struct group *groups;
	size_t n, cap;
	struct pt_graph_entries entries;
};

/* A frame that a group leads to. */
struct branch {
	uint32_t frame;
	double share;
	const char *name; /* of those that are shown */
	struct pt_graph_sum sum;
};

struct layout {
	struct pt_graph *graph;
	struct pt_graph_walk walk;
	const struct pt_graph_spec *spec;
	double columns; /* of a share of 1 */
	double least;
	struct row row, next;
	struct branch *branches;
	size_t cap_branches;
};

static double ratio(int64_t part, int64_t whole)
{
	return whole > 0 && part > 0 ? (double)part / (double)whole : 0;
}

/* Of the whole tree: what cells are as wide as. */
static double share_of(const struct pt_tree *tree, int64_t total, int64_t base)
{
	double share = ratio(total, tree->total[PT_TREE_ROOT]);
	double base_share;

	if (!tree->base_total || tree->base_total[PT_TREE_ROOT] <= 0)
		return share;
	base_share = ratio(base, tree->base_total[PT_TREE_ROOT]);
	return tree->total[PT_TREE_ROOT] <= 0 ? base_share : (share + base_share) / 2;
}

static int by_weight(const void *a, const void *b)
{
	const struct branch *x = a, *y = b;
	int order = (x->share < y->share) - (x->share > y->share);

	if (!order)
		order = strcmp(x->name, y->name);
	return order ? order : (x->frame > y->frame) - (x->frame < y->frame);
}

static int by_name(const void *a, const void *b)
{
	const struct branch *x = a, *y = b;
	int order = strcmp(x->name, y->name);

	return order ? order : (x->frame > y->frame) - (x->frame < y->frame);
}

static struct pt_graph_cell *add_cell(struct pt_graph *graph)
{
	struct pt_graph_cell *cell = PT_PUSH(graph->cells, graph->n, graph->cap);

	*cell = (struct pt_graph_cell){.frame = PT_NO_FRAME};
	return cell;
}

static bool matches(const struct layout *l, uint32_t frame)
{
	return pt_frame_set_has(l->spec->search, frame);
}

/* The frames that the group leads to and that can be shown, in order; the others in *rest. */
static size_t pick_branches(struct layout *l, double scale, struct pt_graph_cell *rest)
{
	struct pt_graph_walk *walk = &l->walk;
	size_t n = 0;

	if (l->cap_branches < walk->n_frames) {
		l->cap_branches = walk->n_frames;
		l->branches = pt_reallocarray(l->branches, l->cap_branches, sizeof *l->branches);
	}
	for (size_t i = 0; i < walk->n_frames; i++) {
		const struct pt_graph_sum *sum = pt_graph_walk_sum(walk, walk->frames[i]);
		struct branch *b = &l->branches[n];
		double w;

		*b = (struct branch){.frame = walk->frames[i], .sum = *sum};
		b->share = share_of(walk->tree, sum->total, sum->base);
		w = b->share * scale;
		if (w > 0 && w >= l->least * (1 - 1e-9)) {
			b->name = pt_frames_get(walk->tree->frames, b->frame)->name;
			n++;
			continue;
		}
		rest->w += w;
		rest->merged++;
		rest->hit = rest->hit || matches(l, b->frame);
		rest->total = pt_weight_add(rest->total, sum->total);
		rest->base_total = pt_weight_add(rest->base_total, sum->base);
	}
	if (n)
		qsort(l->branches, n, sizeof *l->branches,
		      l->spec->order == PT_GRAPH_BY_NAME ? by_name : by_weight);
	return n;
}

/* Columns of a share among a group's branches: less than elsewhere where weights below zero (of a
 * subtraction) make callees more than their caller. */
static double scale_of(const struct layout *l, const struct pt_graph_cell *cell)
{
	double sum = 0;

	for (size_t i = 0; i < l->walk.n_frames; i++) {
		const struct pt_graph_sum *s = &l->walk.cache->sums[l->walk.frames[i]];

		sum += share_of(l->walk.tree, s->total, s->base);
	}
	return sum * l->columns > cell->w ? cell->w / sum : l->columns;
}

/* Cells of what a group leads to, and their groups. */
static void lay_branches(struct layout *l, uint32_t at)
{
	struct pt_graph *graph = l->graph;
	struct pt_graph_cell rest = {.frame = PT_NO_FRAME, .parent = at};
	double x = graph->cells[at].x, scale = scale_of(l, &graph->cells[at]);
	uint32_t row = graph->cells[at].row + 1;
	size_t n = pick_branches(l, scale, &rest), entry = l->next.entries.n;

	for (size_t i = 0; i < n; i++) {
		const struct branch *b = &l->branches[i];
		struct pt_graph_cell *cell = add_cell(graph);

		cell->x = x;
		cell->w = b->share * scale;
		cell->row = row;
		cell->frame = b->frame;
		cell->parent = at;
		cell->hit = matches(l, b->frame);
		cell->total = b->sum.total;
		cell->base_total = b->sum.base;
		x += cell->w;
		*PT_PUSH(l->next.groups, l->next.n, l->next.cap) =
			(struct group){.cell = (uint32_t)(graph->n - 1),
				       .leaves = pt_graph_walk_leaves(&l->walk, b->frame),
				       .from = entry,
				       .n = b->sum.n};
		if (l->next.groups[l->next.n - 1].leaves)
			continue;
		pt_graph_walk_sum(&l->walk, b->frame)->slot = (uint32_t)entry;
		entry += b->sum.n;
	}
	pt_graph_entries_room(&l->next.entries, entry);
	pt_graph_walk_scatter(&l->walk, &l->next.entries);
	l->next.entries.n = entry;
	if (rest.w > 0) {
		rest.x = x;
		rest.row = row;
		*add_cell(graph) = rest;
	}
}

/* Of many callers some are looked at: how far it goes on is only ever told as far as known. */
static uint32_t rows_above(const struct pt_tree *tree, const struct pt_graph_entry *v, size_t n)
{
	enum { LOOKED_AT = 1024 };
	uint32_t most = 0;

	for (size_t i = 0; i < n; i += n / LOOKED_AT + 1) {
		uint32_t rows = 0;

		for (uint32_t at = tree->parent[v[i].at]; at != PT_TREE_ROOT; at = tree->parent[at])
			rows++;
		most = rows > most ? rows : most;
	}
	return most;
}

static uint32_t rows_below(const uint16_t *height, const struct pt_graph_entry *v, size_t n)
{
	uint32_t most = 0;

	for (size_t i = 0; i < n; i++)
		most = height[v[i].at] > most ? height[v[i].at] : most;
	return most;
}

static uint32_t rows_beyond(const struct layout *l, const struct pt_graph_entry *v, size_t n)
{
	const struct pt_graph_cache *cache = l->walk.cache;

	return l->walk.up ? rows_above(cache->tree, v, n) : rows_below(cache->height, v, n);
}

/* Of a group's samples; those of all leaves are not its entries. */
static double sum_squares(const struct layout *l, const struct group *g, const double *squares,
			  const double *whole)
{
	const struct pt_graph_entry *v = l->row.entries.v + g->from;
	double sum = 0;

	if (!squares || l->walk.fresh)
		return squares ? whole[PT_TREE_ROOT] : 0;
	for (size_t i = 0; i < g->n; i++)
		sum += squares[g->leaves ? g->leaves[i] : v[i].start];
	return sum;
}

/* Leaves a row for the next; in the last one cells only learn whether there is more. */
static void leave_row(struct layout *l, bool last)
{
	const struct pt_tree *tree = l->walk.tree;
	struct pt_graph *graph = l->graph;

	for (size_t i = 0; i < l->row.n; i++) {
		const struct group *g = &l->row.groups[i];
		const struct pt_graph_entry *v = l->row.entries.v + g->from;
		struct pt_graph_cell *cell = &graph->cells[g->cell];
		bool fresh = l->walk.fresh;

		cell->square = sum_squares(l, g, l->walk.squares, tree->squares.total);
		cell->base_square =
			sum_squares(l, g, l->walk.base_squares, tree->base_squares.total);
		if (g->leaves)
			pt_graph_walk_step_leaves(&l->walk, g->leaves, g->n);
		else
			pt_graph_walk_step(&l->walk, v, g->n);
		cell->self = l->walk.self;
		cell->base_self = l->walk.base_self;
		if (!last) {
			lay_branches(l, g->cell);
		} else if (l->walk.n_frames) {
			uint32_t more = fresh || g->leaves ? 1 : rows_beyond(l, v, g->n);

			cell->deeper = true;
			if (cell->row + 1 + more > graph->depth)
				graph->depth = cell->row + 1 + more;
		}
		pt_graph_walk_clear(&l->walk);
	}
}

static void swap_rows(struct layout *l)
{
	struct row done = l->row;

	l->row = l->next;
	l->next = done;
	l->next.n = 0;
	l->next.entries.n = 0;
}

static void lay_rows(struct layout *l)
{
	const struct pt_graph_spec *spec = l->spec;
	uint32_t end =
		spec->rows > UINT32_MAX - spec->first ? UINT32_MAX : spec->first + spec->rows;

	for (uint32_t row = 0; l->row.n; row++) {
		bool last = row + 1 >= end;

		l->graph->rows = row + 1;
		if (last && !l->walk.up)
			pt_graph_need_height(l->walk.cache);
		leave_row(l, last);
		if (last)
			return;
		swap_rows(l);
		if (l->graph->n && l->graph->cells[l->graph->n - 1].row == row + 1)
			l->graph->rows = row + 2; /* at least of merged ones */
	}
}

/* -- the zoom ------------------------------------------------------------------------------------- */

/* Follows one frame from a group; false: it does not lead there. */
static bool follow(struct pt_graph_walk *walk, struct pt_graph_entries *group, uint32_t frame)
{
	struct pt_graph_sum *sum;
	bool there;

	pt_graph_walk_step(walk, group->v, group->n);
	there = frame < walk->cache->n_frames && pt_graph_walk_sum(walk, frame)->n;
	if (there) {
		sum = pt_graph_walk_sum(walk, frame);
		pt_graph_entries_room(group, sum->n);
		group->n = sum->n;
		sum->slot = 0;
		pt_graph_walk_scatter(walk, group);
	}
	pt_graph_walk_clear(walk);
	return there;
}

/* The zoomed node's group; returns how much of the path there is. */
static size_t find_zoom(struct pt_graph_walk *walk, const struct pt_graph_spec *spec,
			struct pt_graph_entries *group)
{
	bool fresh;
	size_t i;

	pt_graph_walk_root(walk, spec, group);
	for (i = 0; i < spec->n_path; i++) {
		fresh = walk->fresh;
		if (!follow(walk, group, spec->path[i])) {
			walk->fresh = fresh;
			break;
		}
	}
	return i;
}

static void sum_group(const struct pt_graph_walk *walk, const struct pt_graph_entries *group,
		      int64_t *ret, int64_t *ret_base)
{
	*ret = walk->fresh ? walk->tree->total[PT_TREE_ROOT] : 0;
	*ret_base = walk->fresh && walk->bw ? walk->tree->base_total[PT_TREE_ROOT] : 0;
	for (size_t i = 0; i < group->n; i++) {
		*ret = pt_weight_add(*ret, walk->w[group->v[i].start]);
		if (walk->bw)
			*ret_base = pt_weight_add(*ret_base, walk->bw[group->v[i].start]);
	}
}

/* The whole graph can do without what matches below each node, which takes longer to find out. */
static void sum_hits(struct layout *l, const struct pt_graph_entries *group)
{
	struct pt_graph_cache *cache = l->walk.cache;
	bool whole = l->walk.fresh || (group->n == 1 && group->v[0].at == PT_TREE_ROOT);
	bool above = l->walk.up || whole;
	int64_t sum = 0;

	if (!l->spec->search)
		return;
	pt_graph_need_search(cache, l->spec->search, l->spec->hidden, above);
	for (size_t i = 0; i < group->n && !whole; i++) {
		const struct pt_graph_entry *e = &group->v[i];

		if (!above)
			sum = pt_weight_add(sum, cache->hit_total[e->at]);
		else if (cache->hit_above[e->at])
			sum = pt_weight_add(sum, l->walk.w[e->start]);
	}
	l->graph->hit = cache->hit;
	l->graph->zoom_hit = whole ? cache->hit : sum;
}

/* -- public --------------------------------------------------------------------------------------- */

static void lay_zoomed(struct layout *l, const struct pt_graph_spec *spec)
{
	struct pt_graph *graph = l->graph;
	struct pt_graph_cell *cell = add_cell(graph);
	double share = share_of(l->walk.tree, graph->zoom_total, graph->zoom_base);

	cell->w = spec->columns;
	cell->total = graph->zoom_total;
	cell->base_total = graph->zoom_base;
	if (graph->n_found)
		cell->frame = spec->path[graph->n_found - 1];
	else if (spec->kind == PT_GRAPH_CALLEES || spec->kind == PT_GRAPH_CALLERS)
		cell->frame = spec->frame;
	cell->hit = matches(l, cell->frame);
	l->columns = share > 0 ? spec->columns / share : 0;
	l->least = spec->least > 0 ? spec->least : 1.0;
	*PT_PUSH(l->row.groups, l->row.n, l->row.cap) = (struct group){.n = l->row.entries.n};
}

static void free_row(struct row *row)
{
	free(row->groups);
	free(row->entries.v);
}

void pt_graph_layout(struct pt_graph *graph, struct pt_graph_cache *cache,
		     const struct pt_graph_spec *spec)
{
	struct layout l = {.graph = graph, .spec = spec};
	const struct pt_tree *tree = cache->tree;

	*graph = (struct pt_graph){.cells = graph->cells, .cap = graph->cap};
	graph->total = tree->total[PT_TREE_ROOT];
	graph->base_total = tree->base_total ? tree->base_total[PT_TREE_ROOT] : 0;
	pt_graph_walk_init(&l.walk, cache, spec);
	graph->n_found = find_zoom(&l.walk, spec, &l.row.entries);
	graph->found = graph->n_found == spec->n_path;
	sum_group(&l.walk, &l.row.entries, &graph->zoom_total, &graph->zoom_base);
	sum_hits(&l, &l.row.entries);
	lay_zoomed(&l, spec);
	lay_rows(&l);
	if (graph->depth < graph->rows)
		graph->depth = graph->rows;
	pt_graph_walk_release(&l.walk);
	free_row(&l.row);
	free_row(&l.next);
	free(l.branches);
}

void pt_graph_release(struct pt_graph *graph)
{
	free(graph->cells);
	*graph = (struct pt_graph){0};
}

static uint32_t heaviest(struct pt_graph_walk *walk)
{
	uint32_t best = PT_NO_FRAME;
	double most = 0;

	for (size_t i = 0; i < walk->n_frames; i++) {
		const struct pt_graph_sum *sum = pt_graph_walk_sum(walk, walk->frames[i]);
		double share = share_of(walk->tree, sum->total, sum->base);

		if (share > most || (share == most && share > 0 && walk->frames[i] < best)) {
			most = share;
			best = walk->frames[i];
		}
	}
	return best;
}

size_t pt_graph_hottest(struct pt_graph_cache *cache, const struct pt_graph_spec *spec,
			uint32_t *ret, size_t max)
{
	struct pt_graph_entries group = {0};
	struct pt_graph_walk walk;
	size_t n;

	pt_graph_walk_init(&walk, cache, spec);
	find_zoom(&walk, spec, &group);
	for (n = 0; n < max; n++) {
		bool fresh = walk.fresh;

		pt_graph_walk_step(&walk, group.v, group.n);
		ret[n] = heaviest(&walk);
		pt_graph_walk_clear(&walk);
		if (ret[n] == PT_NO_FRAME)
			break;
		walk.fresh = fresh;
		follow(&walk, &group, ret[n]);
	}
	pt_graph_walk_release(&walk);
	free(group.v);
	return n;
}
