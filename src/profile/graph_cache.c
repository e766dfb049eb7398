/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What layouts of a tree share. Each is a pass or two over the tree's columns in order, a few
 * milliseconds for millions of nodes: cheap enough for a key press, too dear for every frame drawn.
 */
#include "graph_cache.h"

#include "perftop/base/mem.h"

#include <stdlib.h>
#include <string.h>

struct pt_graph_cache *pt_graph_cache_new(const struct pt_tree *tree)
{
	struct pt_graph_cache *cache = pt_calloc(1, sizeof *cache);

	cache->tree = tree;
	for (uint32_t i = 1; i < tree->n; i++)
		if (tree->frame[i] >= cache->n_frames)
			cache->n_frames = tree->frame[i] + 1;
	cache->sums = pt_calloc((size_t)cache->n_frames + 1, sizeof *cache->sums);
	cache->outer_frame = PT_NO_FRAME;
	return cache;
}

void pt_graph_cache_free(struct pt_graph_cache *cache)
{
	if (!cache)
		return;
	free(cache->sums);
	free(cache->by_frame);
	free(cache->starts);
	free(cache->height);
	free(cache->level);
	free(cache->search.words);
	free(cache->hidden.words);
	free(cache->hit_total);
	free(cache->hit_above);
	free(cache->outer);
	free(cache);
}

void pt_graph_need_by_frame(struct pt_graph_cache *cache)
{
	const struct pt_tree *tree = cache->tree;
	uint32_t *starts, *at;

	if (cache->by_frame)
		return;
	starts = pt_calloc((size_t)cache->n_frames + 1, sizeof *starts);
	for (uint32_t i = 1; i < tree->n; i++)
		starts[tree->frame[i] + 1]++;
	for (uint32_t f = 0; f < cache->n_frames; f++)
		starts[f + 1] += starts[f];
	at = pt_reallocarray(NULL, (size_t)cache->n_frames + 1, sizeof *at);
	memcpy(at, starts, ((size_t)cache->n_frames + 1) * sizeof *at);
	cache->by_frame = pt_reallocarray(NULL, tree->n, sizeof *cache->by_frame);
	for (uint32_t i = 1; i < tree->n; i++)
		cache->by_frame[at[tree->frame[i]]++] = i;
	free(at);
	cache->starts = starts;
}

void pt_graph_need_height(struct pt_graph_cache *cache)
{
	const struct pt_tree *tree = cache->tree;
	uint16_t *height;

	if (cache->height)
		return;
	height = cache->height = pt_calloc(tree->n, sizeof *height);
	for (uint32_t i = tree->n - 1; i > 0; i--) {
		uint32_t parent = tree->parent[i];

		if (height[parent] <= height[i] && height[i] < UINT16_MAX)
			height[parent] = (uint16_t)(height[i] + 1);
	}
}

void pt_graph_need_level(struct pt_graph_cache *cache)
{
	const struct pt_tree *tree = cache->tree;
	uint16_t *level;

	if (cache->level)
		return;
	level = cache->level = pt_calloc(tree->n, sizeof *level);
	for (uint32_t i = 1; i < tree->n; i++)
		level[i] =
			(uint16_t)(level[tree->parent[i]] + (level[tree->parent[i]] < UINT16_MAX));
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

/* By frame: does it match? */
static uint8_t *match_frames(const struct pt_graph_cache *cache)
{
	uint8_t *match = pt_calloc((size_t)cache->n_frames + 1, 1);

	for (uint32_t f = 0; f < cache->n_frames; f++)
		match[f] = pt_frame_set_has(cache->search.words, f) &&
			   !(cache->hidden.any && pt_frame_set_has(cache->hidden.words, f));
	return match;
}

static void sum_hits(struct pt_graph_cache *cache, const uint8_t *match)
{
	const struct pt_tree *tree = cache->tree;
	int64_t *hit = pt_calloc(tree->n, sizeof *hit);

	for (uint32_t i = tree->n - 1; i > 0; i--) {
		if (match[tree->frame[i]])
			hit[i] = tree->total[i];
		if (hit[i])
			hit[tree->parent[i]] = pt_weight_add(hit[tree->parent[i]], hit[i]);
	}
	cache->hit_total = hit;
}

static void mark_hits(struct pt_graph_cache *cache, const uint8_t *match)
{
	const struct pt_tree *tree = cache->tree;
	uint8_t *above = pt_calloc(tree->n, 1);

	for (uint32_t i = 1; i < tree->n; i++)
		above[i] = above[tree->parent[i]] | match[tree->frame[i]];
	cache->hit_above = above;
}

void pt_graph_need_search(struct pt_graph_cache *cache, const uint64_t *search,
			  const uint64_t *hidden, bool above)
{
	uint8_t *match;

	if (!same_set(cache, &cache->search, search) || !same_set(cache, &cache->hidden, hidden)) {
		free(cache->hit_total);
		free(cache->hit_above);
		cache->hit_total = NULL;
		cache->hit_above = NULL;
		keep_set(cache, &cache->search, search);
		keep_set(cache, &cache->hidden, hidden);
	}
	if (!search || (cache->hit_total && (cache->hit_above || !above)))
		return;
	match = match_frames(cache);
	if (!cache->hit_total)
		sum_hits(cache, match);
	if (above && !cache->hit_above)
		mark_hits(cache, match);
	free(match);
}

void pt_graph_need_outer(struct pt_graph_cache *cache, uint32_t frame)
{
	const struct pt_tree *tree = cache->tree;
	uint8_t *inside;
	size_t n = 0, cap = 0;

	if (cache->outer_frame == frame)
		return;
	inside = pt_calloc(tree->n, 1);
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
