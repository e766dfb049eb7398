/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * speedscope's JSON: a sampled profile, and of a difference the base as another. Where moments are known
 * the samples stand in order of time, which its views of time show; else each stack is one sample.
 */
#include "perftop/base/json.h"
#include "perftop/base/mem.h"
#include "perftop/profile/export.h"

#include <inttypes.h>
#include <stdlib.h>

enum { FLUSH = 65536 };

struct out {
	const struct pt_profile *p;
	const struct pt_export_sink *sink;
	struct pt_str text;
	struct pt_jw json;
	uint32_t *index; /* of frames: among those that are written; PT_NO_FRAME */
	int code;
};

static void flush(struct out *o, size_t from)
{
	if (!o->code && o->text.len >= from && o->text.len)
		o->code = o->sink->write(o->sink->arg, o->text.s, o->text.len);
	if (o->code || o->text.len >= from)
		pt_str_clear(&o->text);
}

static void put_frame(struct out *o, const struct pt_frame *frame)
{
	struct pt_str name = PT_STR_INIT;

	pt_str_add(&name, frame->name);
	if (frame->kind == PT_FRAME_THREAD && (frame->pid || frame->tid))
		pt_str_addf(&name, " (%" PRId32 "/%" PRId32 ")", frame->pid, frame->tid);
	pt_jw_object(&o->json);
	pt_jw_key_str(&o->json, "name", name.s);
	if (*frame->file || *frame->module)
		pt_jw_key_str(&o->json, "file", *frame->file ? frame->file : frame->module);
	if (frame->line)
		pt_jw_key_num(&o->json, "line", frame->line);
	pt_jw_end(&o->json, '}');
	pt_str_release(&name);
}

/* Those that the tree has, in order of their first node. */
static void put_frames(struct out *o)
{
	const struct pt_tree *tree = o->p->tree;
	uint32_t n = pt_frames_count(tree->frames), next = 0;

	o->index = pt_reallocarray(NULL, (size_t)n + 1, sizeof *o->index);
	for (uint32_t i = 0; i < n; i++)
		o->index[i] = PT_NO_FRAME;
	pt_jw_key(&o->json, "shared");
	pt_jw_object(&o->json);
	pt_jw_key(&o->json, "frames");
	pt_jw_array(&o->json);
	for (uint32_t i = 1; i < tree->n && !o->code; i++) {
		if (o->index[tree->frame[i]] != PT_NO_FRAME)
			continue;
		o->index[tree->frame[i]] = next++;
		put_frame(o, pt_frames_get(tree->frames, tree->frame[i]));
		flush(o, FLUSH);
	}
	pt_jw_end(&o->json, ']');
	pt_jw_end(&o->json, '}');
}

/* The outermost first. */
static void put_stack(struct out *o, uint32_t node)
{
	const struct pt_tree *tree = o->p->tree;
	uint32_t path[PT_STACK_MAX];
	size_t n = 0;

	for (; node != PT_TREE_ROOT && n < PT_STACK_MAX; node = tree->parent[node])
		path[n++] = node;
	pt_jw_array(&o->json);
	while (n-- > 0)
		pt_jw_int(&o->json, o->index[tree->frame[path[n]]]);
	pt_jw_end(&o->json, ']');
	flush(o, FLUSH);
}

/* Stacks, or (weights) what they weigh: one list after the other, in the same order. */
static void put_samples(struct out *o, const int64_t *self, bool weights)
{
	const struct pt_profile *p = o->p;
	size_t n_moments = self == p->tree->self ? p->n_moments : 0;

	pt_jw_key(&o->json, weights ? "weights" : "samples");
	pt_jw_array(&o->json);
	for (size_t i = 0; i < (n_moments ? n_moments : p->tree->n) && !o->code; i++) {
		uint32_t node = n_moments ? p->moments[i].node : (uint32_t)i;
		int64_t weight = n_moments ? p->moments[i].weight : self[i];

		if (!weight)
			continue;
		if (weights)
			pt_jw_int(&o->json, weight);
		else
			put_stack(o, node);
	}
	pt_jw_end(&o->json, ']');
}

static void put_profile(struct out *o, const char *name, const int64_t *self, int64_t total)
{
	const struct pt_profile_value *v = &o->p->values[o->p->value];

	pt_jw_object(&o->json);
	pt_jw_key_str(&o->json, "type", "sampled");
	pt_jw_key_str(&o->json, "name", name);
	pt_jw_key_str(&o->json, "unit",
		      v->unit == PT_UNIT_NS	 ? "nanoseconds"
		      : v->unit == PT_UNIT_BYTES ? "bytes"
						 : "none");
	pt_jw_key(&o->json, "startValue");
	pt_jw_int(&o->json, 0);
	pt_jw_key(&o->json, "endValue");
	pt_jw_int(&o->json, total);
	put_samples(o, self, false);
	put_samples(o, self, true);
	pt_jw_end(&o->json, '}');
}

/* speedscope shows one profile at a time, by name: the base stands behind what is compared with it. */
static void put_profiles(struct out *o, const char *title, const char *base)
{
	const struct pt_tree *tree = o->p->tree;
	const char *value = o->p->values[o->p->value].name;
	struct pt_str name = PT_STR_INIT;

	pt_jw_key(&o->json, "profiles");
	pt_jw_array(&o->json);
	put_profile(o, *value ? value : title, tree->self, tree->total[PT_TREE_ROOT]);
	if (tree->base_self) {
		pt_str_addf(&name, "base%s%s", base && *base ? ": " : "", base ? base : "");
		put_profile(o, name.s, tree->base_self, tree->base_total[PT_TREE_ROOT]);
	}
	pt_jw_end(&o->json, ']');
	pt_str_release(&name);
}

static bool below_zero(const struct pt_profile *p)
{
	for (uint32_t i = 0; i < p->tree->n; i++)
		if (p->tree->self[i] < 0 || (p->tree->base_self && p->tree->base_self[i] < 0))
			return true;
	return false;
}

static int speedscope_write(const struct pt_profile *p, const struct pt_export_spec *spec,
			    const struct pt_export_sink *sink, struct pt_err *err)
{
	struct out o = {.p = p, .sink = sink};
	const char *title = spec->title ? spec->title : p->name;

	if (below_zero(p))
		return pt_err_set(err, PT_ENOTSUP,
				  "weights below zero, which speedscope does not have; "
				  "pprof does");
	pt_jw_init(&o.json, &o.text, false);
	pt_jw_object(&o.json);
	pt_jw_key_str(&o.json, "$schema", "https://www.speedscope.app/file-format-schema.json");
	pt_jw_key_str(&o.json, "exporter", "perftop " PACKAGE_VERSION);
	pt_jw_key_str(&o.json, "name", title);
	pt_jw_key_num(&o.json, "activeProfileIndex", 0);
	put_frames(&o);
	put_profiles(&o, title, spec->base);
	pt_jw_end(&o.json, '}');
	pt_str_addc(&o.text, '\n');
	flush(&o, 0);
	pt_str_release(&o.text);
	free(o.index);
	return o.code;
}

const struct pt_profile_export pt_profile_export_speedscope = {
	.name = "speedscope",
	.title = "speedscope JSON",
	.endings = " .speedscope.json ",
	.write = speedscope_write,
};
