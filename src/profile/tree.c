/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The stack tree while it grows. Children are found through one hash over all edges. A slot is a
 * node's number with, in the bits that numbers of that table do not need, some of its hash: nearly
 * every wrong slot is told apart without looking at the node, so a new node costs about one miss
 * of the cache.
 */
#include "perftop/profile/tree.h"

#include "tree_build.h"

#include "perftop/base/mem.h"

#include <string.h>

enum { FIRST_NODES = 64, NODE_BYTES = 4 * sizeof(uint32_t) + sizeof(int64_t) };

static const uint32_t no_edge = UINT32_MAX;

int64_t pt_weight_add(int64_t a, int64_t b)
{
	int64_t sum;

	if (__builtin_add_overflow(a, b, &sum))
		return a < 0 ? INT64_MIN : INT64_MAX;
	return sum;
}

/* Room for cap nodes in every column that there is; base columns are zeroed. */
static void resize(struct pt_tree *tree, uint32_t cap)
{
	tree->frame = pt_reallocarray(tree->frame, cap, sizeof *tree->frame);
	tree->parent = pt_reallocarray(tree->parent, cap, sizeof *tree->parent);
	tree->child = pt_reallocarray(tree->child, cap, sizeof *tree->child);
	tree->sibling = pt_reallocarray(tree->sibling, cap, sizeof *tree->sibling);
	tree->self = pt_reallocarray(tree->self, cap, sizeof *tree->self);
	if (tree->base_self)
		tree->base_self = pt_reallocarray(tree->base_self, cap, sizeof *tree->base_self);
	tree->cap = cap;
}

static uint32_t new_node(struct pt_tree *tree, uint32_t parent, uint32_t frame)
{
	uint32_t node = tree->n++;

	tree->frame[node] = frame;
	tree->parent[node] = parent;
	tree->child[node] = PT_NO_NODE;
	tree->sibling[node] = node == PT_TREE_ROOT ? PT_NO_NODE : tree->child[parent];
	if (node != PT_TREE_ROOT)
		tree->child[parent] = node;
	tree->self[node] = 0;
	if (tree->base_self)
		tree->base_self[node] = 0;
	return node;
}

struct pt_tree *pt_tree_new(struct pt_frames *frames, size_t max_bytes)
{
	struct pt_tree *tree = pt_calloc(1, sizeof *tree);

	tree->frames = pt_frames_ref(frames);
	tree->max_bytes = max_bytes;
	resize(tree, FIRST_NODES);
	new_node(tree, PT_TREE_ROOT, PT_NO_FRAME);
	return tree;
}

static void unseal(struct pt_tree *tree)
{
	free(tree->total);
	free(tree->base_total);
	tree->total = NULL;
	tree->base_total = NULL;
}

void pt_tree_free(struct pt_tree *tree)
{
	if (!tree)
		return;
	unseal(tree);
	free(tree->frame);
	free(tree->parent);
	free(tree->child);
	free(tree->sibling);
	free(tree->self);
	free(tree->base_self);
	free(tree->edges);
	pt_frames_unref(tree->frames);
	free(tree);
}

size_t pt_tree_bytes(const struct pt_tree *tree)
{
	size_t node = NODE_BYTES;

	if (tree->base_self)
		node += sizeof *tree->base_self;
	return sizeof *tree + tree->cap * node + tree->n_edges * sizeof *tree->edges +
	       (tree->total ? tree->n * sizeof *tree->total : 0) +
	       (tree->base_total ? tree->n * sizeof *tree->base_total : 0);
}

static uint64_t edge_hash(uint32_t parent, uint32_t frame)
{
	uint64_t h = ((uint64_t)parent << 32 | frame) * 0x9e3779b97f4a7c15u;

	h = (h ^ (h >> 32)) * 0xd6e8feb86659fd93u;
	return h ^ (h >> 32);
}

/* Where an edge begins to be looked for: the lower bits; the upper ones mark its slot. */
static uint32_t edge_mark(const struct pt_tree *tree, uint64_t hash)
{
	return (uint32_t)(hash >> 32) & ~(tree->n_edges - 1);
}

static void put_edge(struct pt_tree *tree, uint32_t node)
{
	uint64_t hash = edge_hash(tree->parent[node], tree->frame[node]);
	uint32_t mask = tree->n_edges - 1, at = (uint32_t)hash & mask;

	while (tree->edges[at] != no_edge)
		at = (at + 1) & mask;
	tree->edges[at] = edge_mark(tree, hash) | node;
}

static void make_edges(struct pt_tree *tree, uint32_t n)
{
	free(tree->edges);
	tree->n_edges = n;
	tree->edges = pt_malloc((size_t)n * sizeof *tree->edges);
	memset(tree->edges, 0xff, (size_t)n * sizeof *tree->edges);
	for (uint32_t i = 1; i < tree->n; i++)
		put_edge(tree, i);
}

/* A sealed tree grows again. */
static void open_edges(struct pt_tree *tree)
{
	uint32_t n = 2 * FIRST_NODES;

	unseal(tree);
	while (n / 4 * 3 <= tree->n)
		n *= 2;
	make_edges(tree, n);
}

static bool over(const struct pt_tree *tree, size_t more)
{
	return tree->max_bytes &&
	       pt_tree_bytes(tree) + pt_frames_bytes(tree->frames) + more > tree->max_bytes;
}

static bool room_for_node(struct pt_tree *tree)
{
	uint32_t more = tree->cap < 1u << 20 ? tree->cap : tree->cap / 4;

	if (over(tree, 0))
		return false;
	if (tree->n < tree->cap)
		return true;
	while (over(tree, (size_t)more * NODE_BYTES) && more > FIRST_NODES)
		more /= 2;
	if (over(tree, (size_t)more * NODE_BYTES) || tree->cap > 1u << 30)
		return false;
	resize(tree, tree->cap + more);
	return true;
}

/* The greatest table has 2^31 slots. */
static bool room_for_edge(struct pt_tree *tree)
{
	if (tree->n < tree->n_edges / 4 * 3)
		return true;
	if (over(tree, (size_t)tree->n_edges * sizeof *tree->edges) || tree->n_edges > 1u << 30)
		return false;
	make_edges(tree, tree->n_edges * 2);
	return true;
}

uint32_t pt_tree_child(struct pt_tree *tree, uint32_t parent, uint32_t frame)
{
	uint64_t hash = edge_hash(parent, frame);
	uint32_t mask, mark, node;

	if (!tree->edges)
		open_edges(tree);
	mask = tree->n_edges - 1;
	mark = edge_mark(tree, hash);
	for (uint32_t at = (uint32_t)hash & mask; tree->edges[at] != no_edge;
	     at = (at + 1) & mask) {
		node = tree->edges[at] & mask;
		if ((tree->edges[at] & ~mask) == mark && tree->frame[node] == frame &&
		    tree->parent[node] == parent)
			return node;
	}
	if (!room_for_node(tree) || !room_for_edge(tree))
		return PT_NO_NODE;
	node = new_node(tree, parent, frame);
	put_edge(tree, node);
	return node;
}

uint32_t pt_tree_append(struct pt_tree *tree, uint32_t parent, uint32_t frame)
{
	free(tree->edges);
	tree->edges = NULL;
	tree->n_edges = 0;
	return room_for_node(tree) ? new_node(tree, parent, frame) : PT_NO_NODE;
}

uint32_t pt_tree_stack(struct pt_tree *tree, uint32_t parent, const uint32_t *frames, size_t n)
{
	for (size_t i = 0; i < n && i < PT_STACK_MAX && parent != PT_NO_NODE; i++)
		parent = pt_tree_child(tree, parent, frames[i]);
	return parent;
}

void pt_tree_add(struct pt_tree *tree, uint32_t node, int64_t weight)
{
	tree->self[node] = pt_weight_add(tree->self[node], weight);
	if (tree->total)
		unseal(tree);
}

void pt_tree_add_base(struct pt_tree *tree, uint32_t node, int64_t weight)
{
	if (!tree->base_self)
		tree->base_self = pt_calloc(tree->cap, sizeof *tree->base_self);
	tree->base_self[node] = pt_weight_add(tree->base_self[node], weight);
	if (tree->total)
		unseal(tree);
}

static int64_t *sum_up(const struct pt_tree *tree, const int64_t *self)
{
	int64_t *total = pt_reallocarray(NULL, tree->n, sizeof *total);

	memcpy(total, self, tree->n * sizeof *total);
	for (uint32_t i = tree->n - 1; i > 0; i--)
		total[tree->parent[i]] = pt_weight_add(total[tree->parent[i]], total[i]);
	return total;
}

void pt_tree_seal(struct pt_tree *tree)
{
	unseal(tree);
	free(tree->edges);
	tree->edges = NULL;
	tree->n_edges = 0;
	resize(tree, tree->n);
	tree->total = sum_up(tree, tree->self);
	if (tree->base_self)
		tree->base_total = sum_up(tree, tree->base_self);
}

struct pt_tree *pt_tree_reweigh(const struct pt_tree *tree, const int64_t *self,
				const int64_t *base_self)
{
	struct pt_tree *out = pt_tree_new(tree->frames, tree->max_bytes);
	uint32_t *map = pt_malloc(tree->n * sizeof *map);

	for (uint32_t i = 0; i < tree->n; i++)
		map[i] = self[i] || (base_self && base_self[i]) ? 0 : PT_NO_NODE;
	for (uint32_t i = tree->n - 1; i > 0; i--)
		if (map[i] != PT_NO_NODE)
			map[tree->parent[i]] = 0;
	map[PT_TREE_ROOT] = PT_TREE_ROOT;
	for (uint32_t i = 0; i < tree->n && out; i++) {
		if (map[i] == PT_NO_NODE)
			continue;
		if (i > 0)
			map[i] = pt_tree_append(out, map[tree->parent[i]], tree->frame[i]);
		if (map[i] == PT_NO_NODE) {
			pt_tree_free(out);
			out = NULL;
			break;
		}
		pt_tree_add(out, map[i], self[i]);
		if (base_self)
			pt_tree_add_base(out, map[i], base_self[i]);
	}
	free(map);
	if (out)
		pt_tree_seal(out);
	return out;
}
