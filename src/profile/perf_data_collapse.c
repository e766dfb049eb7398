/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A recording's frames under the names that `perf script | stackcollapse-perf.pl` gives them: each
 * frame is written as perf script's line and named as the reader of such text does it. Threads are
 * known here, so --pid says which where that pipeline, whose text has only one number, says "?".
 */
#include "perf_data.h"
#include "perf_script.h"
#include "scan.h"

#include "perftop/base/mem.h"

enum { NOT_YET = UINT32_MAX };

/* Where a frame's names are in ids. */
struct named {
	uint32_t first, count;
};

struct collapse {
	const struct pt_tree *from;
	struct pt_tree *to;
	struct pt_script_names names;
	struct named *named[2]; /* of frames; the second one below commands called java */
	struct pt_str line;
};

static void add_root(struct collapse *c, const struct pt_frame *root)
{
	const struct pt_collapse *how = c->names.collapse;

	pt_str_clear(&c->line);
	pt_str_add(&c->line, root->name);
	if (how->pid || how->tid)
		pt_str_addf(&c->line, "-%d", (int)root->pid);
	if (how->tid)
		pt_str_addf(&c->line, "/%d", (int)root->tid);
	for (size_t i = 0; i < c->line.len; i++)
		if (c->line.s[i] == ' ')
			c->line.s[i] = '_';
	pt_script_names_split(&c->names, pt_str_text(&c->line), c->line.len);
}

static void add_frame(struct collapse *c, const struct pt_frame *frame, bool java)
{
	bool kernel = frame->kind == PT_FRAME_KERNEL;
	size_t n = strlen(frame->name);
	bool unknown = n && frame->name[0] == '[' && frame->name[n - 1] == ']';
	const char *module = frame->module;

	if (frame->kind == PT_FRAME_THREAD) {
		add_root(c, frame);
		return;
	}
	if (frame->kind == PT_FRAME_INLINED)
		module = "inlined";
	else if (kernel && strchr(module, '/') == NULL)
		module = "[kernel.kallsyms]";
	else if (!*module)
		module = "[unknown]";
	pt_str_clear(&c->line);
	pt_str_addf(&c->line, "\t%s %s (%s)", kernel ? "ffffffff80000000" : "1000",
		    unknown ? "[unknown]" : frame->name, module);
	pt_script_names_add(&c->names, (struct pt_slice){pt_str_text(&c->line), c->line.len}, java,
			    kernel);
}

static const struct named *name(struct collapse *c, uint32_t frame, bool java)
{
	struct named *named = &c->named[java][frame];

	if (named->first == NOT_YET) {
		named->first = (uint32_t)c->names.n_ids;
		add_frame(c, pt_frames_get(c->from->frames, frame), java);
		named->count = (uint32_t)c->names.n_ids - named->first;
	}
	return named;
}

static bool is_java(const struct pt_tree *tree, uint32_t node)
{
	const struct pt_frame *frame = pt_frames_get(tree->frames, tree->frame[node]);

	return frame->kind == PT_FRAME_THREAD && strncmp(frame->name, "java", 4) == 0;
}

/* Every node's node in the other tree; parents come first. False at that one's limit. */
static bool copy(struct collapse *c, uint32_t *node, bool *java)
{
	const struct pt_tree *from = c->from;

	node[0] = PT_TREE_ROOT;
	java[0] = false;
	for (uint32_t i = 1; i < from->n; i++) {
		const struct named *named;

		java[i] = java[from->parent[i]] || is_java(from, i);
		named = name(c, from->frame[i], java[i]);
		node[i] = pt_tree_stack(c->to, node[from->parent[i]], c->names.ids + named->first,
					named->count);
		if (node[i] == PT_NO_NODE)
			return false;
		if (from->self[i])
			pt_tree_add(c->to, node[i], from->self[i]);
	}
	return true;
}

int pt_perf_data_collapse(struct pt_profile *p, const struct pt_collapse *how)
{
	uint32_t frames = pt_frames_count(p->tree->frames);
	struct collapse c = {
		.from = p->tree,
		.to = pt_tree_new(p->tree->frames, p->tree->max_bytes),
		.names = {.frames = p->tree->frames, .collapse = how},
	};
	uint32_t *node = pt_malloc(p->tree->n * sizeof *node);
	bool *java = pt_malloc(p->tree->n * sizeof *java), ok;

	for (int i = 0; i < 2; i++) {
		c.named[i] = pt_malloc(frames * sizeof *c.named[i]);
		memset(c.named[i], 0xff, frames * sizeof *c.named[i]);
	}
	ok = copy(&c, node, java);
	for (size_t i = 0; ok && i < p->n_moments; i++)
		p->moments[i].node = node[p->moments[i].node];
	if (ok) {
		pt_tree_free(p->tree);
		p->tree = c.to;
	} else {
		pt_tree_free(c.to);
	}
	free(node);
	free(java);
	free(c.named[0]);
	free(c.named[1]);
	pt_str_release(&c.line);
	pt_script_names_release(&c.names);
	return ok ? 0 : -PT_ELIMIT;
}
