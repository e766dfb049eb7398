/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The stack tree while it grows. Nodes are found through one hash of their paths. A slot is a
 * node's number with, in the bits that numbers of that table do not need, some of its hash: nearly
 * every wrong slot is told apart without looking at the node. As a path's hash needs no node, all
 * slots of a stack are asked for at once: what memory takes to answer is waited for once, not once
 * a frame.
 */
#include "perftop/profile/tree.h"

#include "tree_build.h"

#include "perftop/base/map.h"
#include "perftop/base/mem.h"

#include <math.h>
#include <string.h>
#include <sys/mman.h>

enum {
	FIRST_NODES = 64,
	NODE_BYTES = 5 * sizeof(uint32_t) + sizeof(int64_t), /* while it grows */
	AHEAD = 32,					     /* slots asked for at once */
	LARGE = 4 << 20,
	PAGE = 4096,
};

static const uint32_t no_edge = UINT32_MAX;

int64_t pt_weight_add(int64_t a, int64_t b)
{
	int64_t sum;

	if (__builtin_add_overflow(a, b, &sum))
		return a < 0 ? INT64_MIN : INT64_MAX;
	return sum;
}

int64_t pt_weight_sub(int64_t a, int64_t b)
{
	int64_t less;

	if (__builtin_sub_overflow(a, b, &less))
		return a < 0 ? INT64_MIN : INT64_MAX;
	return less;
}

void *pt_large_pages(void *p, size_t bytes)
{
#ifdef MADV_HUGEPAGE
	uintptr_t from = ((uintptr_t)p + PAGE - 1) & ~(uintptr_t)(PAGE - 1);
	uintptr_t end = ((uintptr_t)p + bytes) & ~(uintptr_t)(PAGE - 1);

	if (bytes >= LARGE)
		madvise((void *)from, end - from, MADV_HUGEPAGE);
#else
	(void)bytes;
#endif
	return p;
}

static void *map_pages(size_t bytes)
{
	void *p = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (p == MAP_FAILED)
		abort(); /* as pt_malloc does */
	return pt_large_pages(p, (bytes + PAGE - 1) & ~(size_t)(PAGE - 1));
}

/* Moved to where large pages can be, without a copy. */
static void *remap_pages(void *old, size_t old_bytes, size_t bytes)
{
#ifdef MREMAP_FIXED
	void *p = bytes < old_bytes ? mremap(old, old_bytes, bytes, 0)
				    : mremap(old, old_bytes, bytes, MREMAP_MAYMOVE | MREMAP_FIXED,
					     map_pages(bytes));

	if (p == MAP_FAILED)
		abort();
#else
	void *p = map_pages(bytes);

	memcpy(p, old, old_bytes < bytes ? old_bytes : bytes);
	munmap(old, old_bytes);
#endif
	return p;
}

static void drop_column(void *p, size_t n, size_t size)
{
	if (p && n * size >= LARGE)
		munmap(p, n * size);
	else
		free(p);
}

/*
 * An array of n elements that had old_n. Large ones are mappings of their own: they grow where they
 * are or move without a copy, so that growing never takes both at once. realloc alone would keep
 * them in the heap, and holes behind.
 */
static void *column(void *old, size_t old_n, size_t n, size_t size)
{
	size_t old_bytes = old ? old_n * size : 0, bytes = n * size;
	void *p;

	if (old_bytes < LARGE && bytes < LARGE)
		return pt_realloc(old, bytes);
	if (old_bytes >= LARGE && bytes >= LARGE)
		return remap_pages(old, old_bytes, bytes);
	p = bytes >= LARGE ? map_pages(bytes) : pt_malloc(bytes);
	if (old)
		memcpy(p, old, old_bytes < bytes ? old_bytes : bytes);
	drop_column(old, old_n, size);
	return p;
}

/* Room for cap nodes in every column that there is. */
static void resize(struct pt_tree *tree, uint32_t cap)
{
	uint32_t old = tree->cap;

	tree->frame = column(tree->frame, old, cap, sizeof *tree->frame);
	tree->parent = column(tree->parent, old, cap, sizeof *tree->parent);
	tree->child = column(tree->child, old, cap, sizeof *tree->child);
	tree->sibling = column(tree->sibling, old, cap, sizeof *tree->sibling);
	tree->self = column(tree->self, old, cap, sizeof *tree->self);
	if (tree->hash)
		tree->hash = column(tree->hash, old, cap, sizeof *tree->hash);
	if (tree->base_self)
		tree->base_self = column(tree->base_self, old, cap, sizeof *tree->base_self);
	if (tree->squares.self)
		tree->squares.self = column(tree->squares.self, old, cap, sizeof(double));
	if (tree->base_squares.self)
		tree->base_squares.self = column(tree->base_squares.self, old, cap, sizeof(double));
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
	if (tree->squares.self)
		tree->squares.self[node] = 0;
	if (tree->base_squares.self)
		tree->base_squares.self[node] = 0;
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
	free(tree->leaves);
	free(tree->leaf_starts);
	free(tree->leaf_self);
	free(tree->leaf_base);
	tree->leaves = tree->leaf_starts = NULL;
	tree->leaf_self = tree->leaf_base = NULL;
	free(tree->total);
	free(tree->base_total);
	free(tree->squares.total);
	free(tree->base_squares.total);
	tree->total = NULL;
	tree->base_total = NULL;
	tree->squares.total = tree->base_squares.total = NULL;
}

static void drop_edges(struct pt_tree *tree)
{
	drop_column(tree->edges, tree->n_edges, sizeof *tree->edges);
	drop_column(tree->hash, tree->cap, sizeof *tree->hash);
	tree->edges = NULL;
	tree->hash = NULL;
	tree->n_edges = 0;
}

void pt_tree_free(struct pt_tree *tree)
{
	if (!tree)
		return;
	unseal(tree);
	drop_edges(tree);
	drop_column(tree->frame, tree->cap, sizeof *tree->frame);
	drop_column(tree->parent, tree->cap, sizeof *tree->parent);
	drop_column(tree->child, tree->cap, sizeof *tree->child);
	drop_column(tree->sibling, tree->cap, sizeof *tree->sibling);
	drop_column(tree->self, tree->cap, sizeof *tree->self);
	drop_column(tree->base_self, tree->cap, sizeof *tree->base_self);
	drop_column(tree->squares.self, tree->cap, sizeof(double));
	drop_column(tree->base_squares.self, tree->cap, sizeof(double));
	pt_frames_unref(tree->frames);
	free(tree);
}

/* Room of large columns that no node has reached is none that the system has given yet. */
size_t pt_tree_bytes(const struct pt_tree *tree)
{
	size_t node = NODE_BYTES - (tree->hash ? 0 : sizeof *tree->hash);

	if (tree->base_self)
		node += sizeof *tree->base_self;
	if (tree->total)
		node += sizeof *tree->total;
	if (tree->base_total)
		node += sizeof *tree->base_total;
	if (tree->squares.self)
		node += (tree->squares.total ? 2 : 1) * sizeof(double);
	if (tree->base_squares.self)
		node += (tree->base_squares.total ? 2 : 1) * sizeof(double);
	return sizeof *tree + tree->n * node + tree->n_edges * sizeof *tree->edges;
}

uint32_t pt_tree_frames(const struct pt_tree *tree)
{
	uint32_t frames = 0;

	for (uint32_t i = 1; i < tree->n; i++)
		if (tree->frame[i] >= frames)
			frames = tree->frame[i] + 1;
	return frames;
}

/* Of a path that goes on with a frame. One to one for each frame: were it not, the hashes of a deep
 * recursion would run into a circle. */
static uint32_t extend(uint32_t hash, uint32_t frame)
{
	uint32_t h = hash ^ (frame + 1) * 0x9e3779b9u;

	h = (h ^ h >> 16) * 0x85ebca6bu;
	h = (h ^ h >> 13) * 0xc2b2ae35u;
	return h ^ h >> 16;
}

/* The lower bits of a hash say where it begins to look; the upper ones mark its slot. */
static void put_edge(struct pt_tree *tree, uint32_t node)
{
	uint32_t mask = tree->n_edges - 1, hash = tree->hash[node], at = hash & mask;

	while (tree->edges[at] != no_edge)
		at = (at + 1) & mask;
	tree->edges[at] = (hash & ~mask) | node;
}

static void make_edges(struct pt_tree *tree, uint32_t n)
{
	drop_column(tree->edges, tree->n_edges, sizeof *tree->edges);
	tree->n_edges = n;
	tree->edges = column(NULL, 0, n, sizeof *tree->edges);
	memset(tree->edges, 0xff, (size_t)n * sizeof *tree->edges);
	for (uint32_t i = 1; i < tree->n; i++)
		put_edge(tree, i);
}

/* A sealed tree grows again. */
static void open_edges(struct pt_tree *tree)
{
	uint32_t n = 2 * FIRST_NODES;

	unseal(tree);
	tree->hash = column(NULL, 0, tree->cap, sizeof *tree->hash);
	tree->hash[PT_TREE_ROOT] = (uint32_t)pt_hash_seed();
	for (uint32_t i = 1; i < tree->n; i++)
		tree->hash[i] = extend(tree->hash[tree->parent[i]], tree->frame[i]);
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
	if (over(tree, NODE_BYTES + sizeof *tree->base_self))
		return false;
	if (tree->n < tree->cap)
		return true;
	if (tree->cap > 1u << 30)
		return false;
	resize(tree, tree->cap * 2);
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

static uint32_t find(const struct pt_tree *tree, uint32_t parent, uint32_t frame, uint32_t hash)
{
	uint32_t mask = tree->n_edges - 1;

	for (uint32_t at = hash & mask; tree->edges[at] != no_edge; at = (at + 1) & mask) {
		uint32_t node = tree->edges[at] & mask;

		if ((tree->edges[at] & ~mask) == (hash & ~mask) && tree->frame[node] == frame &&
		    tree->parent[node] == parent)
			return node;
	}
	return PT_NO_NODE;
}

static uint32_t add_child(struct pt_tree *tree, uint32_t parent, uint32_t frame, uint32_t hash)
{
	uint32_t node;

	if (!room_for_node(tree) || !room_for_edge(tree))
		return PT_NO_NODE;
	node = new_node(tree, parent, frame);
	tree->hash[node] = hash;
	put_edge(tree, node);
	return node;
}

uint32_t pt_tree_child(struct pt_tree *tree, uint32_t parent, uint32_t frame)
{
	uint32_t hash, node;

	if (!tree->edges)
		open_edges(tree);
	hash = extend(tree->hash[parent], frame);
	node = find(tree, parent, frame, hash);
	return node != PT_NO_NODE ? node : add_child(tree, parent, frame, hash);
}

/* Asks for the slots of the next frames, then for the nodes that they name. */
static void look_ahead(const struct pt_tree *tree, uint32_t hash, const uint32_t *frames, size_t n,
		       uint32_t *ret_hashes)
{
	uint32_t mask = tree->n_edges - 1;

	for (size_t i = 0; i < n; i++) {
		ret_hashes[i] = hash = extend(hash, frames[i]);
		__builtin_prefetch(&tree->edges[hash & mask]);
	}
	for (size_t i = 0; i < n; i++) {
		uint32_t edge = tree->edges[ret_hashes[i] & mask];

		if (edge == no_edge)
			break; /* what is beyond is not there either */
		__builtin_prefetch(&tree->frame[edge & mask]);
		__builtin_prefetch(&tree->parent[edge & mask]);
	}
}

uint32_t pt_tree_walk(struct pt_tree *tree, uint32_t parent, const uint32_t *frames, size_t n,
		      uint32_t *ret_nodes)
{
	uint32_t hashes[AHEAD], node;
	bool is_new = false;

	if (!tree->edges)
		open_edges(tree);
	for (size_t i = 0; i < n; i++) {
		if (i % AHEAD == 0)
			look_ahead(tree, tree->hash[parent], frames + i,
				   n - i < AHEAD ? n - i : AHEAD, hashes);
		node = is_new ? PT_NO_NODE : find(tree, parent, frames[i], hashes[i % AHEAD]);
		is_new = node == PT_NO_NODE;
		if (is_new)
			node = add_child(tree, parent, frames[i], hashes[i % AHEAD]);
		if (ret_nodes)
			ret_nodes[i] = node;
		if (node == PT_NO_NODE)
			return node;
		parent = node;
	}
	return parent;
}

uint32_t pt_tree_stack(struct pt_tree *tree, uint32_t parent, const uint32_t *frames, size_t n)
{
	return pt_tree_walk(tree, parent, frames, n < PT_STACK_MAX ? n : PT_STACK_MAX, NULL);
}

uint32_t pt_tree_append(struct pt_tree *tree, uint32_t parent, uint32_t frame)
{
	if (tree->edges)
		drop_edges(tree);
	return room_for_node(tree) ? new_node(tree, parent, frame) : PT_NO_NODE;
}

void pt_tree_add(struct pt_tree *tree, uint32_t node, int64_t weight)
{
	tree->self[node] = pt_weight_add(tree->self[node], weight);
	if (tree->total)
		unseal(tree);
}

void pt_tree_add_base(struct pt_tree *tree, uint32_t node, int64_t weight)
{
	if (!tree->base_self) {
		tree->base_self = column(NULL, 0, tree->cap, sizeof *tree->base_self);
		memset(tree->base_self, 0, tree->cap * sizeof *tree->base_self);
	}
	tree->base_self[node] = pt_weight_add(tree->base_self[node], weight);
	if (tree->total)
		unseal(tree);
}

/* A column of squares is begun with the first weight that differs. Before that weight is added. */
static void add_square(const struct pt_tree *tree, struct pt_squares *squares, const int64_t *self,
		       uint32_t node, int64_t weight, double square)
{
	double each = weight ? square / (double)weight : squares->each;

	if (!squares->self) {
		if (squares->each == 0)
			squares->each = each;
		if (fabs(each - squares->each) <= 1e-9 * fabs(each))
			return;
		squares->self = column(NULL, 0, tree->cap, sizeof *squares->self);
		for (uint32_t i = 0; i < tree->n; i++)
			squares->self[i] = (double)self[i] * squares->each;
	}
	squares->self[node] += square;
}

void pt_tree_add_sample(struct pt_tree *tree, uint32_t node, int64_t weight)
{
	pt_tree_add_samples(tree, node, weight, 1);
}

void pt_tree_add_samples(struct pt_tree *tree, uint32_t node, int64_t weight, int64_t samples)
{
	if (samples > 0)
		add_square(tree, &tree->squares, tree->self, node, weight,
			   (double)weight * (double)weight / (double)samples);
	pt_tree_add(tree, node, weight);
}

static double square_of(const struct pt_squares *squares, uint32_t node, int64_t weight)
{
	if (squares->self)
		return squares->self[node];
	return (double)weight * (squares->each != 0 ? squares->each : 1);
}

void pt_tree_add_node(struct pt_tree *out, uint32_t to, const struct pt_tree *tree, uint32_t node)
{
	int64_t weight = tree->self[node];

	if (weight)
		add_square(out, &out->squares, out->self, to, weight,
			   square_of(&tree->squares, node, weight));
	pt_tree_add(out, to, weight);
	if (!tree->base_self)
		return;
	pt_tree_add_as_base(
		out, to, &(struct pt_tree){.self = tree->base_self, .squares = tree->base_squares},
		node);
}

void pt_tree_add_as_base(struct pt_tree *out, uint32_t to, const struct pt_tree *tree,
			 uint32_t node)
{
	int64_t weight = tree->self[node];

	pt_tree_add_base(out, to, 0);
	if (weight)
		add_square(out, &out->base_squares, out->base_self, to, weight,
			   square_of(&tree->squares, node, weight));
	pt_tree_add_base(out, to, weight);
}

static int64_t *sum_up(const struct pt_tree *tree, const int64_t *self)
{
	int64_t *total = pt_reallocarray(NULL, tree->n, sizeof *total);

	memcpy(total, self, tree->n * sizeof *total);
	for (uint32_t i = tree->n - 1; i > 0; i--)
		total[tree->parent[i]] = pt_weight_add(total[tree->parent[i]], total[i]);
	return total;
}

static double *sum_squares(const struct pt_tree *tree, const double *self)
{
	double *total = pt_reallocarray(NULL, tree->n, sizeof *total);

	memcpy(total, self, tree->n * sizeof *total);
	for (uint32_t i = tree->n - 1; i > 0; i--)
		total[tree->parent[i]] += total[i];
	return total;
}

void pt_tree_seal(struct pt_tree *tree)
{
	unseal(tree);
	drop_edges(tree);
	resize(tree, tree->n);
	tree->total = sum_up(tree, tree->self);
	if (tree->base_self)
		tree->base_total = sum_up(tree, tree->base_self);
	if (tree->squares.self)
		tree->squares.total = sum_squares(tree, tree->squares.self);
	if (tree->base_squares.self)
		tree->base_squares.total = sum_squares(tree, tree->base_squares.self);
}

struct pt_tree *pt_tree_reweigh(const struct pt_tree *tree)
{
	struct pt_tree *out = pt_tree_new(tree->frames, tree->max_bytes);
	uint32_t *map = pt_malloc(tree->n * sizeof *map);

	for (uint32_t i = 0; i < tree->n; i++)
		map[i] = pt_tree_ends(tree, i) ? 0 : PT_NO_NODE;
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
		pt_tree_add_node(out, map[i], tree, i);
	}
	free(map);
	if (out)
		pt_tree_seal(out);
	return out;
}
