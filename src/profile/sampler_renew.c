/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The tree that stacks grow in, made anew when it is full, of those stacks alone that a moment still
 * needs. A frame stays in its table for good, and each thread that ever ran has one: when most of a
 * table has come since it was begun, frames go the same way, into another one. Symbols, which hold
 * frames, are begun with it, so what no process maps any more is let go too. Whoever holds a profile
 * of before has the old table by it.
 */
#include "sampler_priv.h"

#include "perftop/base/mem.h"

#include <stdlib.h>

struct pt_symbols *pt_sampler_symbols(const struct pt_sampler *s)
{
	struct pt_symbols_options options = {.inlined = s->options.inlined,
					     .debuginfod = s->options.debuginfod,
					     .this_machine = true};

	return pt_symbols_new(s->frames, &options);
}

void pt_sampler_stacks(struct pt_sampler *s)
{
	struct pt_stacks_options options = {
		.unwind = s->options.unwind, .threads = true, .from_main = true};

	if (s->options.unwind != PT_UNWIND_FP)
		options.unwind = PT_UNWIND_AUTO; /* what the sample has */
	s->tree->max_bytes = pt_frames_bytes(s->frames) + s->options.max_stacks;
	s->stacks = pt_stacks_new(s->tree, s->symbols, &options);
	s->poller.stacks = s->stacks;
	s->poller.tree = s->tree;
}

void pt_sampler_know_again(struct pt_sampler *s)
{
	uint64_t pid;
	size_t pos = 0;

	while (pt_map_next(&s->known, &pos, NULL, &pid, NULL))
		pt_stacks_running(s->stacks, (pid_t)pid);
	pt_map_release(&s->poller.known);
	s->poller.looks = 0;
}

static void forget_off_nodes(struct pt_sampler *s, const uint32_t *map, uint32_t n)
{
	size_t pos = 0;
	void *value;

	while (pt_map_next(&s->off.tasks, &pos, NULL, NULL, &value)) {
		struct off_task *task = value;

		task->node = task->node < n ? map[task->node] : PT_NO_NODE;
		if (task->node == PT_NO_NODE)
			task->since_ns = 0;
	}
}

/* Is it mostly names that came since it was begun? They count for the tree's limit, so this is looked
 * at in time even where there are few stacks. A table that others share is not ours to leave. */
static bool outgrown(const struct pt_sampler *s)
{
	return !s->options.frames &&
	       pt_frames_bytes(s->frames) > 2 * s->frames_bytes + s->options.max_stacks / 8;
}

bool pt_sampler_has_room(const struct pt_sampler *s)
{
	return !s->full &&
	       pt_tree_bytes(s->tree) + pt_frames_bytes(s->frames) + s->options.max_stacks / 16 <
		       s->tree->max_bytes;
}

/* Nodes that are needed, in a new tree over s->frames; *ret_map (yours) tells where they are there,
 * *ret_n for how many. */
static void move_past(struct pt_sampler *s, const struct pt_tree *old, uint32_t **ret_map,
		      uint32_t *ret_n)
{
	size_t node = pt_tree_bytes(old) / old->n;

	/* Or there would be no room again soon. */
	while (s->past.n > 1 && pt_past_needed(&s->past) * node > s->options.max_stacks / 4 * 3)
		pt_past_halve(&s->past);
	*ret_n = s->past.n_nodes;
	s->tree = pt_tree_new(s->frames, 0);
	pt_past_compact(&s->past, old->frames, s->tree, ret_map);
}

void pt_sampler_renew(struct pt_sampler *s)
{
	struct pt_frames *before = s->frames, *frames;
	struct perf_child *perf = s->perf;
	struct pt_tree *old = s->tree;
	bool move = outgrown(s);
	uint32_t *map, n;

	frames = move ? pt_frames_new() : pt_frames_ref(before);
	pt_stacks_free(s->stacks);
	pt_frames_lock(frames);
	pthread_mutex_lock(&s->lock);
	s->frames = frames;
	move_past(s, old, &map, &n);
	pthread_mutex_unlock(&s->lock);
	if (move) {
		pt_symbols_free(s->symbols);
		s->symbols = pt_sampler_symbols(s);
		s->frames_bytes = pt_frames_bytes(frames);
	}
	pt_sampler_stacks(s);
	pt_sampler_know_again(s);
	pt_frames_unlock(frames);
	forget_off_nodes(s, map, n);
	free(map);
	pt_tree_free(old);
	pt_frames_unref(before);
	s->full = false;
	if (s->way == BY_PERF && pt_sampler_perf(s, NULL)) /* which tells anew what is mapped */
		pt_perf_child_free(perf);
}
