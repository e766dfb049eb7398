/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What layouts of a tree share. Each is a pass or two over the tree's columns in order, a few
 * milliseconds for millions of nodes: cheap enough for a key press, too dear for every frame drawn.
 */
#include "graph_cache.h"

#include "tree_build.h"

#include "perftop/base/mem.h"

#include <stdlib.h>
#include <string.h>

/* Zeroed, of n elements; there is always one. */
static void *array(size_t n, size_t size)
{
	return pt_large_pages(pt_calloc(n + 1, size), (n + 1) * size);
}

struct pt_graph_cache *pt_graph_cache_new(const struct pt_tree *tree)
{
	struct pt_graph_cache *cache = pt_calloc(1, sizeof *cache);

	cache->tree = tree;
	cache->n_frames = pt_tree_frames(tree);
	cache->sums = array(cache->n_frames, sizeof *cache->sums);
	cache->outer_frame = PT_NO_FRAME;
	return cache;
}

void pt_graph_cache_free(struct pt_graph_cache *cache)
{
	if (!cache)
		return;
	free(cache->sums);
	free(cache->leaves);
	free(cache->leaf_starts);
	free(cache->leaf_sums);
	free(cache->leaf_hidden.words);
	free(cache->height);
	free(cache->search.words);
	free(cache->search_hidden.words);
	free(cache->hit_total);
	free(cache->hit_above);
	free(cache->outer);
	free(cache);
}

void pt_graph_need_height(struct pt_graph_cache *cache)
{
	const struct pt_tree *tree = cache->tree;
	uint16_t *height;

	if (cache->height)
		return;
	height = cache->height = array(tree->n, sizeof *height);
	for (uint32_t i = tree->n - 1; i > 0; i--) {
		uint32_t parent = tree->parent[i];

		if (height[parent] <= height[i] && height[i] < UINT16_MAX)
			height[parent] = (uint16_t)(height[i] + 1);
	}
}

static size_t words_of(const struct pt_graph_cache *cache)
{
	return ((size_t)cache->n_frames + 63) / 64;
}

static bool same_set(const struct pt_graph_cache *cache, const struct pt_kept_set *kept,
		     const uint64_t *set)
{
	if (kept->any != (set != NULL))
		return false;
	return !set || memcmp(kept->words, set, words_of(cache) * sizeof *set) == 0;
}

static void keep_set(const struct pt_graph_cache *cache, struct pt_kept_set *kept,
		     const uint64_t *set)
{
	size_t bytes = words_of(cache) * sizeof *set;

	kept->any = set != NULL;
	if (!set)
		return;
	kept->words = pt_realloc(kept->words, bytes + sizeof *set);
	memcpy(kept->words, set, bytes);
}

/* -- leaves --------------------------------------------------------------------------------------- */

/* The innermost frame of a stack that is shown; PT_TREE_ROOT: none. */
static uint32_t shown(const struct pt_tree *tree, const uint64_t *hidden, uint32_t node)
{
	while (hidden && node != PT_TREE_ROOT && pt_frame_set_has(hidden, tree->frame[node]))
		node = tree->parent[node];
	return node;
}

/* How many leaves each frame has, and their weight. Returns how many there are. */
static size_t sum_leaves(struct pt_graph_cache *cache, const uint64_t *hidden)
{
	const struct pt_tree *tree = cache->tree;
	size_t n = 0;

	memset(cache->leaf_sums, 0, ((size_t)cache->n_frames + 1) * sizeof *cache->leaf_sums);
	cache->leaf_self = cache->leaf_base = 0;
	for (uint32_t i = 0; i < tree->n; i++) {
		int64_t base = tree->base_self ? tree->base_self[i] : 0;
		struct pt_graph_sum *sum;
		uint32_t at;

		if (!tree->self[i] && !base)
			continue;
		at = shown(tree, hidden, i);
		if (at == PT_TREE_ROOT) {
			cache->leaf_self = pt_weight_add(cache->leaf_self, tree->self[i]);
			cache->leaf_base = pt_weight_add(cache->leaf_base, base);
			continue;
		}
		sum = &cache->leaf_sums[tree->frame[at]];
		sum->total = pt_weight_add(sum->total, tree->self[i]);
		sum->base = pt_weight_add(sum->base, base);
		sum->n++;
		n++;
	}
	return n;
}

static void sort_leaves(struct pt_graph_cache *cache, const uint64_t *hidden)
{
	const struct pt_tree *tree = cache->tree;
	uint32_t *next = array(cache->n_frames, sizeof *next);

	for (uint32_t f = 0; f < cache->n_frames; f++) {
		next[f] = cache->leaf_starts[f];
		cache->leaf_starts[f + 1] = next[f] + cache->leaf_sums[f].n;
	}
	for (uint32_t i = 0; i < tree->n; i++) {
		uint32_t at;

		if (!pt_tree_ends(tree, i))
			continue;
		at = shown(tree, hidden, i);
		if (at != PT_TREE_ROOT)
			cache->leaves[next[tree->frame[at]]++] =
				(struct pt_graph_entry){.at = at, .start = i};
	}
	free(next);
}

/* As the tree's index has them already. */
static void take_leaves(struct pt_graph_cache *cache)
{
	const struct pt_tree *tree = cache->tree;
	const uint32_t *starts = tree->leaf_starts;

	cache->leaf_self = tree->self[PT_TREE_ROOT];
	cache->leaf_base = tree->base_self ? tree->base_self[PT_TREE_ROOT] : 0;
	for (uint32_t f = 0; f < cache->n_frames; f++)
		cache->leaf_sums[f] =
			(struct pt_graph_sum){.total = tree->leaf_self[f],
					      .base = tree->leaf_base ? tree->leaf_base[f] : 0,
					      .n = starts[f + 1] - starts[f]};
}

void pt_graph_need_leaves(struct pt_graph_cache *cache, const uint64_t *hidden)
{
	size_t n;

	if (cache->has_leaves && same_set(cache, &cache->leaf_hidden, hidden))
		return;
	if (!cache->leaf_sums)
		cache->leaf_sums = array(cache->n_frames, sizeof *cache->leaf_sums);
	if (!cache->leaf_starts)
		cache->leaf_starts = array(cache->n_frames, sizeof *cache->leaf_starts);
	cache->has_leaves = true;
	keep_set(cache, &cache->leaf_hidden, hidden);
	free(cache->leaves);
	cache->leaves = NULL;
	if (!hidden && cache->tree->leaves) {
		take_leaves(cache);
		return;
	}
	n = sum_leaves(cache, hidden) + 1;
	cache->leaves = pt_large_pages(pt_reallocarray(NULL, n, sizeof *cache->leaves),
				       n * sizeof *cache->leaves);
	sort_leaves(cache, hidden);
}

/* -- search --------------------------------------------------------------------------------------- */

/* By frame: does it match? */
static uint8_t *match_frames(const struct pt_graph_cache *cache, const uint64_t *search,
			     const uint64_t *hidden)
{
	uint8_t *match = array(cache->n_frames, 1);

	for (uint32_t f = 0; f < cache->n_frames; f++)
		match[f] = pt_frame_set_has(search, f) && !pt_frame_set_has(hidden, f);
	return match;
}

static void sum_hits(struct pt_graph_cache *cache, const uint8_t *match)
{
	const struct pt_tree *tree = cache->tree;
	int64_t *hit = array(tree->n, sizeof *hit);

	for (uint32_t i = tree->n - 1; i > 0; i--) {
		if (match[tree->frame[i]])
			hit[i] = tree->total[i];
		if (hit[i])
			hit[tree->parent[i]] = pt_weight_add(hit[tree->parent[i]], hit[i]);
	}
	cache->hit_total = hit;
	cache->hit = hit[PT_TREE_ROOT];
}

static void add_hits(struct pt_graph_cache *cache, const uint32_t *nodes, size_t n)
{
	for (size_t i = 0; i < n; i++)
		cache->hit = pt_weight_add(cache->hit, cache->tree->total[nodes[i]]);
}

/* The totals of outermost matches are looked up many at a time: alone each would wait for memory. */
static void mark_hits(struct pt_graph_cache *cache, const uint8_t *match)
{
	const struct pt_tree *tree = cache->tree;
	uint8_t *above = pt_malloc(tree->n);
	uint32_t outer[1024];
	size_t n = 0;

	cache->hit = 0;
	above[PT_TREE_ROOT] = 0;
	for (uint32_t i = 1; i < tree->n; i++) {
		uint8_t already = above[tree->parent[i]];

		above[i] = already | match[tree->frame[i]];
		if (above[i] == already)
			continue;
		outer[n++] = i;
		if (n == PT_LEN(outer)) {
			add_hits(cache, outer, n);
			n = 0;
		}
	}
	add_hits(cache, outer, n);
	cache->hit_above = above;
}

void pt_graph_need_search(struct pt_graph_cache *cache, const uint64_t *search,
			  const uint64_t *hidden, bool above)
{
	uint8_t *match;

	if (!same_set(cache, &cache->search, search) ||
	    !same_set(cache, &cache->search_hidden, hidden)) {
		free(cache->hit_total);
		free(cache->hit_above);
		cache->hit_total = NULL;
		cache->hit_above = NULL;
		keep_set(cache, &cache->search, search);
		keep_set(cache, &cache->search_hidden, hidden);
	}
	if (above ? cache->hit_above != NULL : cache->hit_total != NULL)
		return;
	match = match_frames(cache, search, hidden);
	if (above)
		mark_hits(cache, match);
	else
		sum_hits(cache, match);
	free(match);
}

void pt_graph_need_outer(struct pt_graph_cache *cache, uint32_t frame)
{
	const struct pt_tree *tree = cache->tree;
	uint8_t *inside;
	size_t n = 0, cap = 0;

	if (cache->outer_frame == frame)
		return;
	inside = array(tree->n, 1);
	free(cache->outer);
	cache->outer = NULL;
	for (uint32_t i = 1; i < tree->n; i++) {
		inside[i] = inside[tree->parent[i]];
		if (tree->frame[i] != frame)
			continue;
		if (!inside[i])
			*PT_PUSH(cache->outer, n, cap) = i;
		inside[i] = 1;
	}
	free(inside);
	cache->outer_frame = frame;
	cache->n_outer = n;
}
