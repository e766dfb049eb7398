/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Trees made of trees. Nodes are numbered so that parents come first, which makes each of these one
 * pass over arrays, without recursion, however deep the stacks are.
 */
#include "tree_build.h"

#include "perftop/base/map.h"
#include "perftop/base/mem.h"
#include "perftop/base/str.h"

#include <stdlib.h>
#include <string.h>

/* Seals what was made, or drops it when it did not fit. */
static struct pt_tree *done(struct pt_tree *out, bool fits)
{
	if (!fits) {
		pt_tree_free(out);
		return NULL;
	}
	pt_tree_seal(out);
	return out;
}

/* Adds a tree's weights to out, as base too when that is asked for. map: node by node, into out. */
static bool graft(struct pt_tree *out, const struct pt_tree *tree, const uint32_t *same,
		  bool as_base)
{
	uint32_t *map = pt_malloc(tree->n * sizeof *map);
	bool fits = true;

	map[PT_TREE_ROOT] = PT_TREE_ROOT;
	for (uint32_t i = 0; i < tree->n; i++) {
		if (i > 0)
			map[i] = pt_tree_child(out, map[tree->parent[i]],
					       same ? same[tree->frame[i]] : tree->frame[i]);
		if (map[i] == PT_NO_NODE) {
			fits = false;
			break;
		}
		if (as_base)
			pt_tree_add_as_base(out, map[i], tree, i);
		else
			pt_tree_add_node(out, map[i], tree, i);
	}
	free(map);
	return fits;
}

struct pt_tree *pt_tree_merge(const struct pt_tree *const *trees, size_t n)
{
	struct pt_tree *out = pt_tree_new(trees[0]->frames, trees[0]->max_bytes);
	bool fits = true;

	for (size_t i = 0; i < n && fits; i++)
		fits = graft(out, trees[i], NULL, false);
	return done(out, fits);
}

struct pt_tree *pt_tree_over(const struct pt_tree *tree, struct pt_frames *frames)
{
	struct pt_tree *out = pt_tree_new(frames, 0);
	size_t n = pt_frames_count(tree->frames);
	uint32_t *ids = pt_reallocarray(NULL, n + 1, sizeof *ids);

	memset(ids, 0xff, (n + 1) * sizeof *ids);
	for (uint32_t i = 1; i < tree->n; i++) {
		uint32_t *id = &ids[tree->frame[i]];

		if (*id == PT_NO_FRAME)
			*id = pt_frames_intern(frames, pt_frames_get(tree->frames, tree->frame[i]));
		pt_tree_append(out, tree->parent[i], *id);
	}
	for (uint32_t i = 0; i < tree->n; i++)
		pt_tree_add_node(out, i, tree, i);
	free(ids);
	out->max_bytes = tree->max_bytes;
	return done(out, true);
}

/* Each frame of the tree stands for itself, or for one of its name and kind that came before. */
static void match_names(const struct pt_tree *tree, struct pt_map *seen, uint32_t *same)
{
	for (uint32_t i = 1; i < tree->n; i++) {
		uint32_t id = tree->frame[i];
		const struct pt_frame *f = pt_frames_get(tree->frames, id);
		char key[256];
		uintptr_t first;

		if (same[id] != PT_NO_FRAME)
			continue;
		same[id] = id;
		if (f->kind == PT_FRAME_THREAD || strlen(f->name) > sizeof key - 8)
			continue;
		pt_snprintf(key, sizeof key, "%d %s", (int)f->kind, f->name);
		first = (uintptr_t)pt_map_get(seen, key);
		if (first)
			same[id] = (uint32_t)(first - 1);
		else
			pt_map_put(seen, key, (void *)((uintptr_t)id + 1));
	}
}

/* The command that a profile is of: what nine parts in ten are called from. */
static uint32_t main_command(const struct pt_tree *tree)
{
	int64_t all = tree->total ? tree->total[PT_TREE_ROOT] : 0;

	if (all <= 0)
		return PT_NO_FRAME;
	for (uint32_t i = tree->child[PT_TREE_ROOT]; i != PT_NO_NODE; i = tree->sibling[i])
		if (tree->total[i] - tree->self[i] >= all - all / 10)
			return tree->frame[i];
	return PT_NO_FRAME;
}

static bool at_root(const struct pt_tree *tree, const uint32_t *same, uint32_t frame)
{
	for (uint32_t i = tree->child[PT_TREE_ROOT]; i != PT_NO_NODE; i = tree->sibling[i])
		if (same[tree->frame[i]] == same[frame])
			return true;
	return false;
}

/* ./app-old and ./app-new: all of it as gone and new would tell nothing. */
static void match_commands(const struct pt_tree *base, const struct pt_tree *tree, uint32_t *same)
{
	uint32_t was = main_command(base), now = main_command(tree);

	if (was != PT_NO_FRAME && now != PT_NO_FRAME && !at_root(tree, same, was) &&
	    !at_root(base, same, now))
		same[was] = same[now];
}

/*
 * Two builds of a program lie in two places, and their libraries may be of two versions: functions
 * are the same by name, wherever they come from.
 */
struct pt_tree *pt_tree_diff(const struct pt_tree *base, const struct pt_tree *tree)
{
	struct pt_tree *out = pt_tree_new(tree->frames, tree->max_bytes);
	size_t n = pt_frames_count(tree->frames);
	uint32_t *same = pt_reallocarray(NULL, n + 1, sizeof *same);
	struct pt_map seen = {0};
	bool fits;
	const struct pt_tree plain = {.frames = tree->frames,
				      .n = tree->n,
				      .frame = tree->frame,
				      .parent = tree->parent,
				      .self = tree->self,
				      .squares = tree->squares};

	memset(same, 0xff, (n + 1) * sizeof *same);
	match_names(tree, &seen, same);
	match_names(base, &seen, same);
	match_commands(base, tree, same);
	fits = graft(out, &plain, same, false) && graft(out, base, same, true);
	pt_map_release(&seen);
	free(same);
	return done(out, fits);
}

struct pt_tree *pt_tree_subtract(const struct pt_tree *tree, const struct pt_tree *base)
{
	struct pt_tree *both = pt_tree_diff(base, tree), *out, change;

	if (!both)
		return NULL;
	for (uint32_t i = 0; i < both->n; i++)
		both->self[i] = pt_weight_sub(both->self[i], both->base_self[i]);
	change = *both;
	change.base_self = NULL;
	change.squares = (struct pt_squares){0};
	out = pt_tree_reweigh(&change);
	pt_tree_free(both);
	return out;
}

struct pt_tree *pt_tree_invert(const struct pt_tree *tree)
{
	struct pt_tree *out = pt_tree_new(tree->frames, tree->max_bytes);
	uint32_t to = PT_TREE_ROOT;

	for (uint32_t i = 0; i < tree->n && to != PT_NO_NODE; i++) {
		if (!pt_tree_ends(tree, i))
			continue;
		to = PT_TREE_ROOT;
		for (uint32_t at = i; at != PT_TREE_ROOT && to != PT_NO_NODE; at = tree->parent[at])
			to = pt_tree_child(out, to, tree->frame[at]);
		if (to != PT_NO_NODE)
			pt_tree_add_node(out, to, tree, i);
	}
	return done(out, to != PT_NO_NODE);
}

bool pt_frame_set_has(const uint64_t *set, uint32_t frame)
{
	return set && frame != PT_NO_FRAME && (set[frame / 64] >> (frame % 64) & 1);
}

struct pt_tree *pt_tree_filter(const struct pt_tree *tree, const uint64_t *set, bool keep)
{
	int64_t *self = pt_calloc(tree->n, sizeof *self);
	int64_t *base = tree->base_self ? pt_calloc(tree->n, sizeof *base) : NULL;
	bool *has = pt_calloc(tree->n, sizeof *has);
	struct pt_tree *out, kept = *tree;

	for (uint32_t i = 0; i < tree->n; i++) {
		has[i] = has[tree->parent[i]] || pt_frame_set_has(set, tree->frame[i]);
		if (has[i] != keep)
			continue;
		self[i] = tree->self[i];
		if (base)
			base[i] = tree->base_self[i];
	}
	kept.self = self;
	kept.base_self = base;
	out = pt_tree_reweigh(&kept);
	free(has);
	free(base);
	free(self);
	return out;
}

/* -- where each node goes: PT_NO_NODE of one that is left out -------------------------------------- */

struct move {
	const struct pt_tree *tree;
	struct pt_tree *out;
	uint32_t *to; /* by node; parents are done before children */
	const uint64_t *set;
	int64_t least;
	uint32_t dots;		/* the frame of what is pruned */
	const uint32_t *groups; /* by frame: what becomes of a root frame */
	bool fits;
};

typedef void move_fn(struct move *m, uint32_t node);

static void to_child(struct move *m, uint32_t node, uint32_t parent, uint32_t frame)
{
	m->to[node] = pt_tree_child(m->out, parent, frame);
	m->fits = m->to[node] != PT_NO_NODE;
}

static struct pt_tree *move_nodes(struct move *m, move_fn *move, uint32_t root)
{
	const struct pt_tree *tree = m->tree;

	m->out = pt_tree_new(tree->frames, tree->max_bytes);
	m->to = pt_reallocarray(NULL, tree->n, sizeof *m->to);
	m->to[PT_TREE_ROOT] = root;
	m->fits = true;
	for (uint32_t i = 0; i < tree->n; i++) {
		if (i > 0)
			move(m, i);
		if (!m->fits)
			break;
		if (m->to[i] != PT_NO_NODE)
			pt_tree_add_node(m->out, m->to[i], tree, i);
	}
	free(m->to);
	return done(m->out, m->fits);
}

static void focus_node(struct move *m, uint32_t node)
{
	uint32_t parent = m->to[m->tree->parent[node]], frame = m->tree->frame[node];

	if (parent != PT_NO_NODE)
		to_child(m, node, parent, frame);
	else if (pt_frame_set_has(m->set, frame))
		to_child(m, node, PT_TREE_ROOT, frame);
	else
		m->to[node] = PT_NO_NODE;
}

struct pt_tree *pt_tree_focus(const struct pt_tree *tree, const uint64_t *set)
{
	struct move m = {.tree = tree, .set = set};

	return move_nodes(&m, focus_node, PT_NO_NODE);
}

static void hide_node(struct move *m, uint32_t node)
{
	uint32_t parent = m->to[m->tree->parent[node]], frame = m->tree->frame[node];

	if (pt_frame_set_has(m->set, frame))
		m->to[node] = parent;
	else
		to_child(m, node, parent, frame);
}

struct pt_tree *pt_tree_hide(const struct pt_tree *tree, const uint64_t *set)
{
	struct move m = {.tree = tree, .set = set};

	return move_nodes(&m, hide_node, PT_TREE_ROOT);
}

static bool is_small(int64_t weight, int64_t least)
{
	return weight < least && weight > -least;
}

static void prune_node(struct move *m, uint32_t node)
{
	const struct pt_tree *tree = m->tree;
	uint32_t parent = m->to[tree->parent[node]];

	if (m->out->frame[parent] == m->dots)
		m->to[node] = parent;
	else if (is_small(tree->total[node], m->least) &&
		 (!tree->base_total || is_small(tree->base_total[node], m->least)))
		to_child(m, node, parent, m->dots);
	else
		to_child(m, node, parent, tree->frame[node]);
}

struct pt_tree *pt_tree_prune(const struct pt_tree *tree, int64_t least)
{
	static const char dots[] = "…";
	struct move m = {.tree = tree, .least = least};

	m.dots = pt_frames_name(tree->frames, dots, sizeof dots - 1, PT_FRAME_USER);
	return move_nodes(&m, prune_node, PT_TREE_ROOT);
}

/* -- groups ---------------------------------------------------------------------------------------- */

const char *pt_group_name(enum pt_group group)
{
	static const char *const names[] = {
		[PT_GROUP_COMMAND] = "command",
		[PT_GROUP_PROCESS] = "process",
		[PT_GROUP_THREAD] = "thread",
		[PT_GROUP_NONE] = "all",
	};

	return names[group];
}

/* A process is called what its first thread is, or else any. Names by pid, of frames. */
static void name_processes(const struct pt_tree *tree, struct pt_map *names)
{
	for (uint32_t c = tree->child[PT_TREE_ROOT]; c != PT_NO_NODE; c = tree->sibling[c]) {
		const struct pt_frame *f = pt_frames_get(tree->frames, tree->frame[c]);

		if (f->kind != PT_FRAME_THREAD)
			continue;
		if (f->tid == f->pid || !f->tid || !pt_map_get_u64(names, (uint32_t)f->pid))
			pt_map_put_u64(names, (uint32_t)f->pid, (void *)f);
	}
}

static uint32_t group_frame(const struct pt_tree *tree, uint32_t id, enum pt_group group,
			    const struct pt_map *names)
{
	struct pt_frame f = *pt_frames_get(tree->frames, id);

	f.tid = 0;
	if (group == PT_GROUP_PROCESS)
		f.name = ((const struct pt_frame *)pt_map_get_u64(names, (uint32_t)f.pid))->name;
	else
		f.pid = 0;
	return pt_frames_intern(tree->frames, &f);
}

static void group_node(struct move *m, uint32_t node)
{
	uint32_t parent = m->tree->parent[node], frame = m->tree->frame[node];

	if (parent == PT_TREE_ROOT && m->groups[frame] == PT_NO_FRAME)
		m->to[node] = PT_TREE_ROOT;
	else
		to_child(m, node, m->to[parent], parent == PT_TREE_ROOT ? m->groups[frame] : frame);
}

struct pt_tree *pt_tree_group(const struct pt_tree *tree, enum pt_group group)
{
	uint32_t n = pt_frames_count(tree->frames);
	uint32_t *groups = pt_reallocarray(NULL, n + 1, sizeof *groups);
	struct move m = {.tree = tree, .groups = groups};
	struct pt_map names = {0};
	struct pt_tree *out;

	name_processes(tree, &names);
	for (uint32_t c = tree->child[PT_TREE_ROOT]; c != PT_NO_NODE; c = tree->sibling[c]) {
		uint32_t id = tree->frame[c];

		groups[id] = id;
		if (pt_frames_get(tree->frames, id)->kind != PT_FRAME_THREAD)
			continue;
		if (group == PT_GROUP_NONE)
			groups[id] = PT_NO_FRAME;
		else if (group != PT_GROUP_THREAD)
			groups[id] = group_frame(tree, id, group, &names);
	}
	out = move_nodes(&m, group_node, PT_TREE_ROOT);
	pt_map_release(&names);
	free(groups);
	return out;
}
