/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Groups of nodes, taken apart. A step writes down where each node leads and sums that up by frame;
 * only then is it known which frames are wide enough to be seen, and only their entries are kept.
 */
#include "graph_group.h"

#include "tree_build.h"

#include "perftop/base/mem.h"

#include <stdlib.h>
#include <string.h>

enum { AHEAD = 16 }; /* nodes: memory takes its time to answer, and is met in no order */

void pt_graph_walk_init(struct pt_graph_walk *walk, struct pt_graph_cache *cache,
			const struct pt_graph_spec *spec)
{
	const struct pt_tree *tree = cache->tree;

	*walk = (struct pt_graph_walk){.cache = cache, .tree = tree, .hidden = spec->hidden};
	walk->up = spec->kind == PT_GRAPH_INVERTED || spec->kind == PT_GRAPH_CALLERS;
	walk->w = tree->total;
	walk->bw = tree->base_total;
	walk->squares = tree->squares.total;
	walk->base_squares = tree->base_squares.total;
	if (spec->kind == PT_GRAPH_INVERTED) {
		walk->w = tree->self;
		walk->bw = tree->base_self;
		walk->squares = tree->squares.self;
		walk->base_squares = tree->base_squares.self;
	}
}

void pt_graph_walk_release(struct pt_graph_walk *walk)
{
	free(walk->steps.v);
	free(walk->step_frame);
	free(walk->frames);
	free(walk->stack);
}

void pt_graph_entries_room(struct pt_graph_entries *entries, size_t n)
{
	if (n <= entries->cap)
		return;
	entries->cap = n > entries->cap * 2 ? n : entries->cap * 2;
	entries->v = pt_large_pages(pt_reallocarray(entries->v, entries->cap, sizeof *entries->v),
				    entries->cap * sizeof *entries->v);
}

static void add_entry(struct pt_graph_entries *entries, uint32_t node)
{
	pt_graph_entries_room(entries, entries->n + 1);
	entries->v[entries->n++] = (struct pt_graph_entry){.at = node, .start = node};
}

void pt_graph_walk_root(struct pt_graph_walk *walk, const struct pt_graph_spec *spec,
			struct pt_graph_entries *ret)
{
	ret->n = 0;
	switch (spec->kind) {
	case PT_GRAPH_STACKS: add_entry(ret, PT_TREE_ROOT); break;
	case PT_GRAPH_INVERTED:
		pt_graph_need_leaves(walk->cache, spec->hidden);
		walk->fresh = true;
		break;
	case PT_GRAPH_CALLEES:
	case PT_GRAPH_CALLERS:
		pt_graph_need_outer(walk->cache, spec->frame);
		for (size_t i = 0; i < walk->cache->n_outer; i++)
			add_entry(ret, walk->cache->outer[i]);
		break;
	}
}

static void add_step(struct pt_graph_walk *walk, uint32_t at, uint32_t start)
{
	uint32_t frame = walk->tree->frame[at];
	struct pt_graph_sum *sum = &walk->cache->sums[frame];
	size_t i = walk->steps.n++;

	if (!sum->n++)
		*PT_PUSH(walk->frames, walk->n_frames, walk->cap_frames) = frame;
	sum->total = pt_weight_add(sum->total, walk->w[start]);
	if (walk->bw)
		sum->base = pt_weight_add(sum->base, walk->bw[start]);
	walk->steps.v[i] = (struct pt_graph_entry){.at = at, .start = start};
	walk->step_frame[i] = frame;
}

static void room_for_steps(struct pt_graph_walk *walk, size_t n)
{
	pt_graph_entries_room(&walk->steps, walk->steps.n + n);
	if (walk->cap_step_frame < walk->steps.cap) {
		walk->cap_step_frame = walk->steps.cap;
		walk->step_frame =
			pt_large_pages(pt_reallocarray(walk->step_frame, walk->cap_step_frame,
						       sizeof *walk->step_frame),
				       walk->cap_step_frame * sizeof *walk->step_frame);
	}
}

static void end_here(struct pt_graph_walk *walk, int64_t self, int64_t base)
{
	walk->self = pt_weight_add(walk->self, self);
	walk->base_self = pt_weight_add(walk->base_self, base);
}

static void step_to_parent(struct pt_graph_walk *walk, uint32_t node, uint32_t start)
{
	const struct pt_tree *tree = walk->tree;
	uint32_t at = tree->parent[node];

	while (walk->hidden && at != PT_TREE_ROOT &&
	       pt_frame_set_has(walk->hidden, tree->frame[at]))
		at = tree->parent[at];
	if (at != PT_TREE_ROOT)
		add_step(walk, at, start);
	else
		end_here(walk, walk->w[start], walk->bw ? walk->bw[start] : 0);
}

/* Asks for what steps to come will read: of a node far ahead its parent and weight, of a nearer one
 * that parent's frame. No function: compilers drop calls of what does nothing but this. */
#define ASK_UP(walk, far, far_start, near)                                            \
	do {                                                                          \
		__builtin_prefetch(&(walk)->tree->parent[far]);                       \
		__builtin_prefetch(&(walk)->w[far_start]);                            \
		__builtin_prefetch(&(walk)->tree->frame[(walk)->tree->parent[near]]); \
	} while (0)

static void step_up(struct pt_graph_walk *walk, const struct pt_graph_entry *v, size_t n)
{
	room_for_steps(walk, n);
	for (size_t i = 0; i < n; i++) {
		if (i + 2 * AHEAD < n)
			ASK_UP(walk, v[i + 2 * AHEAD].at, v[i + 2 * AHEAD].start, v[i + AHEAD].at);
		step_to_parent(walk, v[i].at, v[i].start);
	}
}

/* The first step of inverted graphs is the same every time. */
static void step_leaves(struct pt_graph_walk *walk)
{
	const struct pt_graph_cache *cache = walk->cache;

	for (uint32_t f = 0; f < cache->n_frames; f++) {
		if (!cache->leaf_sums[f].n)
			continue;
		*PT_PUSH(walk->frames, walk->n_frames, walk->cap_frames) = f;
		cache->sums[f] = cache->leaf_sums[f];
	}
	end_here(walk, cache->leaf_self, cache->leaf_base);
	walk->fresh = false;
}

/* Children of a node; of hidden ones theirs, without recursion. */
static void step_down(struct pt_graph_walk *walk, uint32_t node)
{
	const struct pt_tree *tree = walk->tree;
	size_t n_stack = 0;

	for (;;) {
		end_here(walk, tree->self[node], tree->base_self ? tree->base_self[node] : 0);
		for (uint32_t c = tree->child[node]; c != PT_NO_NODE; c = tree->sibling[c]) {
			if (walk->hidden && pt_frame_set_has(walk->hidden, tree->frame[c])) {
				*PT_PUSH(walk->stack, n_stack, walk->cap_stack) = c;
				continue;
			}
			room_for_steps(walk, 1);
			add_step(walk, c, c);
		}
		if (!n_stack)
			return;
		node = walk->stack[--n_stack];
	}
}

static void step_all_down(struct pt_graph_walk *walk, const struct pt_graph_entry *v, size_t n)
{
	const struct pt_tree *tree = walk->tree;

	for (size_t i = 0; i < n; i++) {
		uint32_t near = i + AHEAD < n ? tree->child[v[i + AHEAD].at] : PT_NO_NODE;

		if (i + 2 * AHEAD < n) {
			__builtin_prefetch(&tree->child[v[i + 2 * AHEAD].at]);
			__builtin_prefetch(&tree->self[v[i + 2 * AHEAD].at]);
		}
		if (near != PT_NO_NODE) {
			__builtin_prefetch(&tree->frame[near]);
			__builtin_prefetch(&tree->sibling[near]);
			__builtin_prefetch(&walk->w[near]);
		}
		step_down(walk, v[i].at);
	}
}

static void begin_step(struct pt_graph_walk *walk)
{
	walk->steps.n = 0;
	walk->n_frames = 0;
	walk->self = 0;
	walk->base_self = 0;
	walk->leaves = walk->fresh;
}

static void end_step(struct pt_graph_walk *walk)
{
	for (size_t i = 0; i < walk->n_frames; i++)
		walk->cache->sums[walk->frames[i]].slot = UINT32_MAX;
}

void pt_graph_walk_step_leaves(struct pt_graph_walk *walk, const uint32_t *nodes, size_t n)
{
	begin_step(walk);
	room_for_steps(walk, n);
	for (size_t i = 0; i < n; i++) {
		if (i + 2 * AHEAD < n)
			ASK_UP(walk, nodes[i + 2 * AHEAD], nodes[i + 2 * AHEAD], nodes[i + AHEAD]);
		step_to_parent(walk, nodes[i], nodes[i]);
	}
	end_step(walk);
}

const uint32_t *pt_graph_walk_leaves(const struct pt_graph_walk *walk, uint32_t frame)
{
	const struct pt_tree *tree = walk->tree;

	if (!walk->leaves || walk->cache->leaves)
		return NULL;
	return tree->leaves + tree->leaf_starts[frame];
}

void pt_graph_walk_step(struct pt_graph_walk *walk, const struct pt_graph_entry *v, size_t n)
{
	begin_step(walk);
	if (walk->fresh)
		step_leaves(walk);
	else if (walk->up)
		step_up(walk, v, n);
	else
		step_all_down(walk, v, n);
	end_step(walk);
}

void pt_graph_walk_clear(struct pt_graph_walk *walk)
{
	for (size_t i = 0; i < walk->n_frames; i++)
		walk->cache->sums[walk->frames[i]] = (struct pt_graph_sum){0};
	walk->n_frames = 0;
}

struct pt_graph_sum *pt_graph_walk_sum(struct pt_graph_walk *walk, uint32_t frame)
{
	return &walk->cache->sums[frame];
}

static void scatter_leaves(struct pt_graph_walk *walk, struct pt_graph_entries *ret)
{
	const struct pt_graph_cache *cache = walk->cache;

	for (size_t i = 0; i < walk->n_frames; i++) {
		uint32_t frame = walk->frames[i];
		const struct pt_graph_sum *sum = &cache->sums[frame];

		if (sum->slot == UINT32_MAX)
			continue;
		if (cache->leaves) {
			memcpy(ret->v + sum->slot, cache->leaves + cache->leaf_starts[frame],
			       sum->n * sizeof *ret->v);
			continue;
		}
		const uint32_t *nodes = cache->tree->leaves + cache->tree->leaf_starts[frame];
		for (uint32_t k = 0; k < sum->n; k++)
			ret->v[sum->slot + k] =
				(struct pt_graph_entry){.at = nodes[k], .start = nodes[k]};
	}
}

void pt_graph_walk_scatter(struct pt_graph_walk *walk, struct pt_graph_entries *ret)
{
	if (walk->leaves)
		scatter_leaves(walk, ret);
	for (size_t i = 0; i < walk->steps.n; i++) {
		struct pt_graph_sum *sum = &walk->cache->sums[walk->step_frame[i]];

		if (sum->slot != UINT32_MAX)
			ret->v[sum->slot++] = walk->steps.v[i];
	}
}
