/* SPDX-License-Identifier: GPL-3.0-or-later */
/* V8's profiles: nodes, samples and times or sizes, read piece by piece, then put together. */
#include "v8_profile.h"

#include "perftop/base/mem.h"

#include <inttypes.h>
#include <string.h>

enum { MAX_URL = 4096 };
#define ON_THE_WAY (PT_NO_NODE - 1) /* instead of a node of the tree */

void pt_v8_init(struct pt_v8_profile *v8, struct pt_scan *scan)
{
	*v8 = (struct pt_v8_profile){.scan = scan};
}

void pt_v8_release(struct pt_v8_profile *v8)
{
	free(v8->nodes);
	free(v8->edges);
	free(v8->samples);
	free(v8->deltas);
	pt_map_release(&v8->ids);
	pt_str_release(&v8->name);
	pt_str_release(&v8->url);
}

/* -- nodes ------------------------------------------------------------------------------------------ */

static uint64_t read_id(struct pt_json_pull *j)
{
	double id = pt_json_pull_num(j, 0);

	return id >= 1 && id <= 0x1p53 ? (uint64_t)id : 0;
}

/* A member of what tells the function: "callFrame", or the node itself in the old form. */
static bool read_frame_member(struct pt_v8_profile *v8, struct pt_json_pull *j,
			      const struct pt_slice *key)
{
	struct pt_slice s;

	if (pt_slice_is(*key, "functionName")) {
		pt_slice_copy(pt_json_pull_str(j), &v8->name, PT_FRAME_NAME_MAX + 1);
	} else if (pt_slice_is(*key, "url")) {
		pt_slice_copy(pt_json_pull_str(j), &v8->url, MAX_URL);
	} else if (pt_slice_is(*key, "lineNumber")) {
		v8->line = pt_json_round(pt_json_pull_num(j, -1));
	} else if (pt_slice_is(*key, "scriptId")) {
		if (pt_json_pull_type(j) == PT_JSTRING) {
			s = pt_json_pull_str(j);
			v8->script = !pt_slice_is(s, "0");
		} else {
			v8->script = pt_json_pull_num(j, 0) != 0;
		}
	} else {
		return false;
	}
	return true;
}

static void read_call_frame(struct pt_v8_profile *v8, struct pt_json_pull *j)
{
	struct pt_slice key;

	if (!pt_json_pull_enter(j, '{'))
		return;
	while (pt_json_pull_key(j, &key))
		if (!read_frame_member(v8, j, &key))
			pt_json_pull_skip(j);
}

static void read_member(struct pt_v8_profile *v8, struct pt_json_pull *j,
			const struct pt_slice *key, uint32_t node)
{
	if (pt_slice_is(*key, "callFrame")) {
		read_call_frame(v8, j);
	} else if (pt_slice_is(*key, "id")) {
		uint64_t id = read_id(j);

		if (!id || pt_map_get_u64(&v8->ids, id))
			pt_json_pull_fail(j, PT_ESYNTAX,
					  "id of a node, expected a number that no other has");
		else
			pt_map_put_u64(&v8->ids, id, (void *)((uintptr_t)node + 1));
	} else if (pt_slice_is(*key, "parent")) {
		v8->nodes[node].parent_id = read_id(j);
	} else if (pt_slice_is(*key, "hitCount")) {
		v8->nodes[node].hits = pt_json_round(pt_json_pull_num(j, 0));
	} else if (pt_slice_is(*key, "selfSize")) {
		v8->nodes[node].hits = pt_json_round(pt_json_pull_num(j, 0));
		v8->sizes = true;
	} else if (!read_frame_member(v8, j, key)) {
		pt_json_pull_skip(j);
	}
}

/* The function of a node is known: at its end, and before what it holds. */
static void name_node(struct pt_v8_profile *v8, uint32_t node)
{
	const char *name = pt_str_text(&v8->name), *url = pt_str_text(&v8->url);
	struct pt_frame frame = {.name = *name ? name : "(anonymous)", .module = url, .file = url};

	if (v8->nodes[node].named)
		return;
	v8->nodes[node].named = true;
	if (!strcmp(name, "(root)"))
		return;
	if (v8->line >= 0 && v8->line < UINT32_MAX)
		frame.line = (uint32_t)v8->line + 1; /* there they count from 0 */
	if (*url || v8->script)
		frame.kind = PT_FRAME_JIT;
	v8->nodes[node].frame = pt_frames_intern(v8->scan->profile->tree->frames, &frame);
}

static uint32_t new_node(struct pt_v8_profile *v8, uint32_t parent)
{
	*PT_PUSH(v8->nodes, v8->n_nodes, v8->cap_nodes) =
		(struct pt_v8_node){.parent = parent, .frame = PT_NO_FRAME, .tree = PT_NO_NODE};
	pt_str_clear(&v8->name);
	pt_str_clear(&v8->url);
	v8->line = -1;
	v8->script = false;
	return (uint32_t)v8->n_nodes - 1;
}

/* Goes on with a node's children: true when one of them is entered, false at their end. */
static bool enter_child(struct pt_v8_profile *v8, struct pt_json_pull *j, uint32_t node)
{
	while (pt_json_pull_item(j)) {
		if (pt_json_pull_type(j) == PT_JOBJECT)
			return pt_scan_take_json(v8->scan, j, sizeof *v8->nodes * 2 + 64) &&
			       pt_json_pull_enter(j, '{');
		if (pt_scan_take_json(v8->scan, j, sizeof *v8->edges * 2))
			*PT_PUSH(v8->edges, v8->n_edges, v8->cap_edges) =
				(struct pt_v8_edge){read_id(j), node};
	}
	return false;
}

/* The nodes that are open are found through their parents: no stack of ours. */
void pt_v8_read_node(struct pt_v8_profile *v8, struct pt_json_pull *j)
{
	struct pt_slice key;
	uint32_t node;

	if (!pt_scan_take_json(v8->scan, j, sizeof *v8->nodes * 2 + 64) ||
	    !pt_json_pull_enter(j, '{'))
		return;
	node = new_node(v8, PT_NO_NODE);
	while (!pt_json_pull_code(j)) {
		if (pt_json_pull_key(j, &key)) {
			if (!pt_slice_is(key, "children")) {
				read_member(v8, j, &key, node);
				continue;
			}
			name_node(v8, node);
			if (!pt_json_pull_enter(j, '['))
				continue;
		} else {
			name_node(v8, node);
			node = v8->nodes[node].parent;
			if (node == PT_NO_NODE)
				return;
		}
		if (enter_child(v8, j, node))
			node = new_node(v8, node);
	}
}

void pt_v8_read_nodes(struct pt_v8_profile *v8, struct pt_json_pull *j)
{
	if (pt_json_pull_enter(j, '['))
		while (pt_json_pull_item(j))
			pt_v8_read_node(v8, j);
}

/* A node's number, or what has it as "nodeId". */
static uint64_t read_sample(struct pt_json_pull *j)
{
	struct pt_slice key;
	uint64_t id = 0;

	if (pt_json_pull_type(j) != PT_JOBJECT)
		return read_id(j);
	if (!pt_json_pull_enter(j, '{'))
		return 0;
	while (pt_json_pull_key(j, &key))
		if (pt_slice_is(key, "nodeId"))
			id = read_id(j);
		else
			pt_json_pull_skip(j);
	return id;
}

void pt_v8_read_samples(struct pt_v8_profile *v8, struct pt_json_pull *j)
{
	if (pt_json_pull_enter(j, '['))
		while (pt_json_pull_item(j) &&
		       pt_scan_take_json(v8->scan, j, sizeof *v8->samples * 2))
			*PT_PUSH(v8->samples, v8->n_samples, v8->cap_samples) = read_sample(j);
}

void pt_v8_read_deltas(struct pt_v8_profile *v8, struct pt_json_pull *j)
{
	if (pt_json_pull_enter(j, '['))
		while (pt_json_pull_item(j) &&
		       pt_scan_take_json(v8->scan, j, sizeof *v8->deltas * 2))
			*PT_PUSH(v8->deltas, v8->n_deltas, v8->cap_deltas) =
				pt_json_round(pt_json_pull_num(j, 0) * 1e3);
}

/* -- stacks ----------------------------------------------------------------------------------------- */

static int broken(struct pt_v8_profile *v8, const char *fmt, uint64_t id)
	__attribute__((format(printf, 2, 0)));

static int broken(struct pt_v8_profile *v8, const char *fmt, uint64_t id)
{
	return pt_err_at(v8->scan->err, PT_ESYNTAX, v8->scan->in->name, 0, 0, fmt, id);
}

static struct pt_v8_node *find(struct pt_v8_profile *v8, uint64_t id)
{
	uintptr_t index = (uintptr_t)pt_map_get_u64(&v8->ids, id);

	return index ? &v8->nodes[index - 1] : NULL;
}

static void link_nodes(struct pt_v8_profile *v8)
{
	struct pt_v8_node *child, *parent;

	for (size_t i = 0; i < v8->n_edges; i++) {
		child = find(v8, v8->edges[i].child_id);
		if (child)
			child->parent = v8->edges[i].parent;
	}
	for (size_t i = 0; i < v8->n_nodes; i++) {
		parent = v8->nodes[i].parent_id ? find(v8, v8->nodes[i].parent_id) : NULL;
		if (parent)
			v8->nodes[i].parent = (uint32_t)(parent - v8->nodes);
	}
}

/* The tree's node of a node. Up to a caller that has one, then down again: what lies between is
 * turned round and back, so that no stack is needed, however deep. */
static int place(struct pt_v8_profile *v8, uint32_t root, struct pt_v8_node *node)
{
	struct pt_tree *tree = v8->scan->profile->tree;
	uint32_t below = PT_NO_NODE, at = (uint32_t)(node - v8->nodes), up;
	uint32_t place = root, depth = 0;

	while (at != PT_NO_NODE && v8->nodes[at].tree == PT_NO_NODE) {
		up = v8->nodes[at].parent;
		v8->nodes[at].parent = below;
		v8->nodes[at].tree = ON_THE_WAY;
		below = at;
		at = up;
	}
	if (at != PT_NO_NODE && v8->nodes[at].tree == ON_THE_WAY)
		return broken(v8, "node %" PRIu64 " of the list calls itself, expected a tree", at);
	if (at != PT_NO_NODE) {
		place = v8->nodes[at].tree;
		depth = v8->nodes[at].depth;
	}
	while (below != PT_NO_NODE) {
		struct pt_v8_node *n = &v8->nodes[below];

		if (n->frame != PT_NO_FRAME && depth < PT_STACK_MAX) {
			place = pt_tree_child(tree, place, n->frame);
			depth++;
		}
		if (place == PT_NO_NODE)
			return pt_scan_full(v8->scan);
		n->tree = place;
		n->depth = depth;
		up = n->parent;
		n->parent = at;
		at = below;
		below = up;
	}
	return 0;
}

struct sampled {
	int64_t at_ns;
	uint32_t node;
};

static int by_time(const void *a, const void *b)
{
	const struct sampled *x = a, *y = b;

	return (x->at_ns > y->at_ns) - (x->at_ns < y->at_ns);
}

/* Samples with their times, in order of time: V8 writes some later than they were taken. */
static int collect(struct pt_v8_profile *v8, uint32_t root, struct sampled *list)
{
	int64_t at = v8->start_ns, step = 0;
	bool sorted = true;

	if (!v8->n_deltas && v8->end_ns > v8->start_ns)
		step = pt_weight_sub(v8->end_ns, v8->start_ns) / (int64_t)v8->n_samples;
	for (size_t i = 0; i < v8->n_samples; i++) {
		struct pt_v8_node *node = find(v8, v8->samples[i]);
		int code = node && node->tree == PT_NO_NODE ? place(v8, root, node) : 0;

		if (!node)
			return broken(v8,
				      "a sample of node %" PRIu64 ", expected one that is there",
				      v8->samples[i]);
		if (code)
			return code;
		at = pt_weight_add(at, i < v8->n_deltas ? v8->deltas[i] : step);
		list[i] = (struct sampled){at, node->tree};
		sorted = sorted && (!i || list[i - 1].at_ns <= at);
	}
	if (!sorted)
		qsort(list, v8->n_samples, sizeof *list, by_time);
	return 0;
}

/* A sample stands for the time up to the next one; the last for that up to the end. */
static int64_t sample_time(const struct pt_v8_profile *v8, const struct sampled *list, size_t i)
{
	size_t n = v8->n_samples;

	if (i + 1 < n)
		return pt_weight_sub(list[i + 1].at_ns, list[i].at_ns);
	if (v8->end_ns > list[i].at_ns)
		return pt_weight_sub(v8->end_ns, list[i].at_ns);
	return n > 1 ? pt_weight_sub(list[n - 1].at_ns, list[0].at_ns) / (int64_t)(n - 1) : 0;
}

/* Without samples, as before 2014: how often a node was met. Or its bytes, of so many samples. */
static int add_hits(struct pt_v8_profile *v8, uint32_t root)
{
	struct pt_profile *p = v8->scan->profile;

	for (size_t i = 0; i < v8->n_nodes; i++) {
		struct pt_v8_node *node = &v8->nodes[i];
		int code;

		if (!node->hits)
			continue;
		code = node->tree == PT_NO_NODE ? place(v8, root, node) : 0;
		if (code)
			return code;
		if (node->samples)
			pt_tree_add_samples(p->tree, node->tree, node->hits, node->samples);
		else
			pt_tree_add(p->tree, node->tree, node->hits);
		p->samples = pt_weight_add(p->samples, v8->sizes ? node->samples : node->hits);
	}
	return 0;
}

static void count_samples(struct pt_v8_profile *v8)
{
	for (size_t i = 0; i < v8->n_samples; i++) {
		struct pt_v8_node *node = find(v8, v8->samples[i]);

		if (node)
			node->samples++;
	}
}

int pt_v8_add(struct pt_v8_profile *v8, uint32_t root, bool count)
{
	struct pt_profile *p = v8->scan->profile;
	bool moments = v8->scan->options->moments && v8->n_deltas;
	struct sampled *list;
	int code;

	link_nodes(v8);
	if (v8->sizes)
		count_samples(v8);
	if (v8->sizes || !v8->n_samples)
		return add_hits(v8, root);
	code = pt_scan_take(v8->scan, v8->n_samples * (sizeof *list + (moments ? 48 : 0)));
	if (code)
		return code;
	list = pt_malloc(v8->n_samples * sizeof *list);
	code = collect(v8, root, list);
	for (size_t i = 0; !code && i < v8->n_samples; i++) {
		int64_t weight = count ? 1 : sample_time(v8, list, i);

		pt_tree_add_sample(p->tree, list[i].node, weight);
		if (moments)
			pt_profile_add_moment(p, list[i].at_ns, list[i].node, weight);
	}
	if (!code)
		p->samples = pt_weight_add(p->samples, (int64_t)v8->n_samples);
	free(list);
	return code;
}
