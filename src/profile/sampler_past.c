/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The past that is kept: eight bytes a moment, sixteen where moments weigh differently. Times are
 * ticks of 32 bits that go around; as no moment is older than keep_ns, the distance to the newest
 * one tells the time. The nodes of the tree are kept beside it, as far as they are published, so
 * that who asks for a window needs neither the tree nor its thread.
 */
#include "sampler_priv.h"

#include "perftop/base/mem.h"

#include <string.h>

enum { FIRST_CAP = 4096 };

void pt_past_init(struct past *past, int64_t keep_ns, size_t max_memory, bool weighted)
{
	size_t each = sizeof(struct past_moment) + (weighted ? sizeof(int64_t) : 0);

	*past = (struct past){.keep_ns = keep_ns, .weighted = weighted};
	past->max = PT_MAX(max_memory / each, (size_t)FIRST_CAP);
	while (keep_ns >> past->shift >= INT32_MAX)
		past->shift++;
}

void pt_past_release(struct past *past)
{
	free(past->moments);
	free(past->weights);
	free(past->frame);
	free(past->parent);
	*past = (struct past){0};
}

void pt_past_nodes(struct past *past, const struct pt_tree *tree)
{
	size_t n = past->n_nodes;

	for (uint32_t i = past->n_nodes; i < tree->n; i++) {
		*PT_PUSH(past->frame, n, past->cap_frame) = tree->frame[i];
		*PT_PUSH(past->parent, past->n_nodes, past->cap_parent) = tree->parent[i];
	}
}

static int64_t time_of(const struct past *past, const struct past_moment *moment)
{
	uint32_t newest = (uint32_t)(past->newest_ns >> past->shift);

	/* A moment may be some ticks younger than the newest: rings are merged, not sorted. */
	return past->newest_ns - ((int64_t)(int32_t)(newest - moment->tick) << past->shift);
}

/* Twice the room, and the oldest first again. */
static void grow(struct past *past)
{
	size_t cap = past->cap ? PT_MIN(past->cap * 2, past->max) : (size_t)FIRST_CAP;
	struct past_moment *moments = pt_calloc(cap, sizeof *moments);
	int64_t *weights = past->weighted ? pt_calloc(cap, sizeof *weights) : NULL;

	for (size_t i = 0; i < past->n; i++) {
		size_t at = (past->first + i) % past->cap;

		moments[i] = past->moments[at];
		if (weights)
			weights[i] = past->weights[at];
	}
	free(past->moments);
	free(past->weights);
	past->moments = moments;
	past->weights = weights;
	past->cap = cap;
	past->first = 0;
}

static void drop_oldest(struct past *past)
{
	past->first = (past->first + 1) % past->cap;
	past->n--;
}

void pt_past_add(struct past *past, const struct pt_moment *moment)
{
	size_t at;

	if (moment->at_ns - past->newest_ns > past->keep_ns)
		past->n = 0; /* ticks may have gone around since */
	past->newest_ns = PT_MAX(past->newest_ns, moment->at_ns);
	while (past->n > 0 &&
	       past->newest_ns - time_of(past, &past->moments[past->first]) > past->keep_ns)
		drop_oldest(past);
	if (past->n == past->cap && past->cap < past->max)
		grow(past);
	if (past->n == past->cap) {
		drop_oldest(past);
		past->shortened = true;
	}
	at = (past->first + past->n++) % past->cap;
	past->moments[at] = (struct past_moment){.node = moment->node,
						 .tick = (uint32_t)(moment->at_ns >> past->shift)};
	if (past->weights)
		past->weights[at] = moment->weight;
}

void pt_past_halve(struct past *past)
{
	for (size_t i = past->n / 2; i > 0; i--)
		drop_oldest(past);
	past->shortened = true;
}

/* One for each node that a moment needs; yours. */
static uint32_t *mark_needed(const struct past *past)
{
	uint32_t *needed = pt_calloc((size_t)past->n_nodes + 1, sizeof *needed);

	needed[PT_TREE_ROOT] = 1;
	for (size_t i = 0; i < past->n; i++)
		needed[past->moments[(past->first + i) % past->cap].node] = 1;
	for (uint32_t i = past->n_nodes; i-- > 1;)
		if (needed[i])
			needed[past->parent[i]] = 1;
	return needed;
}

size_t pt_past_needed(const struct past *past)
{
	uint32_t *needed = mark_needed(past);
	size_t n = 0;

	for (uint32_t i = 0; i < past->n_nodes; i++)
		n += needed[i];
	free(needed);
	return n;
}

static uint32_t move_node(const struct past *past, const struct pt_frames *frames,
			  struct pt_tree *tree, const uint32_t *map, uint32_t node)
{
	uint32_t frame = past->frame[node];

	if (frames != tree->frames)
		frame = pt_frames_intern(tree->frames, pt_frames_get(frames, frame));
	return pt_tree_child(tree, map[past->parent[node]], frame);
}

void pt_past_compact(struct past *past, const struct pt_frames *frames, struct pt_tree *tree,
		     uint32_t **ret)
{
	uint32_t *map = mark_needed(past);

	map[PT_TREE_ROOT] = PT_TREE_ROOT;
	for (uint32_t i = 1; i < past->n_nodes; i++)
		map[i] = map[i] ? move_node(past, frames, tree, map, i) : PT_NO_NODE;
	for (size_t i = 0; i < past->n; i++) {
		struct past_moment *moment = &past->moments[(past->first + i) % past->cap];

		moment->node = map[moment->node];
	}
	past->n_nodes = 0;
	pt_past_nodes(past, tree);
	*ret = map;
}

int64_t pt_past_from(const struct past *past, int64_t start_ns)
{
	if (past->n == 0)
		return start_ns;
	if (past->shortened)
		return time_of(past, &past->moments[past->first]);
	return PT_MAX(start_ns, past->newest_ns - past->keep_ns);
}

size_t pt_past_window(const struct past *past, int64_t from_ns, int64_t to_ns,
		      struct pt_moment **ret)
{
	struct pt_moment *moments = pt_calloc(past->n + 1, sizeof *moments);
	size_t n = 0;

	for (size_t i = 0; i < past->n; i++) {
		size_t at = (past->first + i) % past->cap;
		int64_t ns = time_of(past, &past->moments[at]);

		if (ns < from_ns || ns >= to_ns)
			continue;
		moments[n++] = (struct pt_moment){.at_ns = ns,
						  .node = past->moments[at].node,
						  .weight = past->weights ? past->weights[at] : 1};
	}
	*ret = moments;
	return n;
}
