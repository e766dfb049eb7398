/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The worker's side of flame graphs: profiles read, trees made of them, pictures written. */
#include "flame_task.h"

#include "perftop/base/mem.h"
#include "perftop/base/str.h"
#include "perftop/profile/export.h"

#include <string.h>

/* ---- profiles that are held ---- */

struct held *flame_hold(struct held *h)
{
	if (h)
		h->refs++;
	return h;
}

void flame_let_go(struct held *h)
{
	if (!h || --h->refs > 0)
		return;
	pt_profile_release(&h->profile);
	free(h->path);
	free(h);
}

static struct held *held_new(void)
{
	struct held *h = pt_calloc(1, sizeof *h);

	h->refs = 1;
	return h;
}

void flame_source_release(struct source *s)
{
	if (s->kind == SOURCE_LOAD && s->load.release)
		s->load.release(s->load.arg);
	free(s->path);
	*s = (struct source){0};
}

static bool has_threads(const struct pt_tree *tree)
{
	for (uint32_t n = tree->child[PT_TREE_ROOT]; n != PT_NO_NODE; n = tree->sibling[n])
		if (pt_frames_get(tree->frames, tree->frame[n])->kind == PT_FRAME_THREAD)
			return true;
	return false;
}

/* The tree of a profile's stretch, grouped; NULL: its own serves. */
static struct pt_tree *make_tree(const struct pt_profile *p, enum pt_group group,
				 const struct cut *cut)
{
	struct pt_tree *window = NULL, *grouped;
	const struct pt_tree *tree = p->tree;

	if (cut->to_ns > cut->from_ns && (window = pt_profile_window(p, cut->from_ns, cut->to_ns)))
		tree = window;
	if (group == PT_GROUP_THREAD || !has_threads(tree))
		return window;
	grouped = pt_tree_group(tree, group);
	if (!grouped)
		return window;
	pt_tree_free(window);
	return grouped;
}

/* The tree of what is compared with, over other frames if need be: when it was kept or read while
 * something else was being opened, for one. NULL: its own serves. */
static struct pt_tree *make_base_tree(const struct task *t, const struct pt_profile *base,
				      struct pt_frames *frames)
{
	struct pt_tree *tree = make_tree(base, t->group, &t->base_cut), *over;

	if (base->tree->frames == frames)
		return tree;
	over = pt_tree_over(tree ? tree : base->tree, frames);
	pt_tree_free(tree);
	return over;
}

/* A sampler's thread may intern names at the same time. */
static void make_shown_tree(struct task *t, const struct pt_profile *p,
			    const struct pt_profile *base)
{
	struct pt_frames *frames = p->tree->frames;
	struct pt_tree *base_tree, *diff;

	pt_frames_lock(frames);
	t->tree = make_tree(p, t->group, &t->cut);
	/* A stretch in which nothing was sampled yet differs from nothing. */
	if (base && (!t->tree || t->tree->total[PT_TREE_ROOT])) {
		base_tree = make_base_tree(t, base, frames);
		diff = pt_tree_diff(base_tree ? base_tree : base->tree,
				    t->tree ? t->tree : p->tree);
		pt_tree_free(base_tree);
		pt_tree_free(diff ? t->tree : NULL);
		t->tree = diff ? diff : t->tree;
		if (!diff) {
			t->base_failed = true;
			pt_err_set(&t->base_err, PT_ELIMIT,
				   "%s and %s do not fit into %zu MiB together: not compared",
				   base->name, p->name, p->tree->max_bytes >> 20);
		}
	}
	pt_frames_unlock(frames);
}

/* A file that was read beside a sampler, over the sampler's frames. */
static void share_frames(struct task *t, struct pt_profile *p)
{
	struct pt_tree *own = p->tree;

	pt_frames_lock(t->frames);
	p->tree = pt_tree_over(own, t->frames);
	pt_frames_unlock(t->frames);
	pt_tree_free(own);
}

static int read_source(struct task *t, struct source *s, struct pt_profile *ret,
		       struct pt_profile *base, struct pt_err *err)
{
	int code;

	atomic_store(&t->reading, s);
	switch (s->kind) {
	case SOURCE_FILE:
		/* Readers intern without a lock. */
		s->read.frames = t->live ? NULL : t->frames;
		s->read.name = s->name;
		s->read.watch = &t->watch;
		s->read.value = s->value[0] ? s->value : s->read.value;
		code = pt_profile_read(s->path, &s->read, ret, err);
		if (code == 0 && t->live)
			share_frames(t, ret);
		return code;
	case SOURCE_LOAD: return s->load.load(s->load.arg, t->frames, ret, base, err);
	case SOURCE_SAMPLER: return pt_sampler_profile(t->sampler, 0, INT64_MAX, ret, err);
	case SOURCE_NONE: break;
	}
	return -PT_EINVAL;
}

/* Reads into *held, which keeps what it has when that fails. */
static bool read_into(struct task *t, struct source *s, struct held **held, struct held **base,
		      struct pt_err *err)
{
	struct held *h = held_new(), *b = held_new();

	if (read_source(t, s, &h->profile, &b->profile, err) < 0) {
		free(h);
		free(b);
		return false;
	}
	if (s->path)
		h->path = pt_strdup(s->path);
	if (s->name[0] && s->kind != SOURCE_LOAD)
		pt_strlcpy(h->profile.name, s->name, sizeof h->profile.name);
	flame_let_go(*held);
	*held = h;
	if (base && b->profile.tree)
		*base = b;
	else
		free(b);
	return true;
}

/* What is shown may be another since the view was asked for: the sets cover its frames, or the view
 * speaks of others. */
static const struct pt_graph_spec *view_of(struct view *v, const struct pt_tree *tree)
{
	size_t words;

	if (!v || v->frames != tree->frames)
		return NULL;
	words = (size_t)pt_tree_frames(tree) / 64 + 1;
	if (v->hidden && words > v->words) {
		v->hidden = pt_reallocarray(v->hidden, words, sizeof *v->hidden);
		memset(v->hidden + v->words, 0, (words - v->words) * sizeof *v->hidden);
		v->spec.hidden = v->hidden;
		v->words = words;
	}
	return &v->spec;
}

static void export(struct task *t, const struct pt_profile *shown, const struct pt_profile *base)
{
	const struct pt_profile_export *format = pt_profile_export_for(t->export_path);
	struct pt_profile p = *shown; /* with another tree: borrowed, not released */
	struct pt_export_spec spec = {.ascii = t->ascii};

	if (!format) {
		t->failed = true;
		pt_err_set(&t->err, PT_EINVAL,
			   "%s: its ending tells no format; expected .svg, .html, .folded, "
			   ".pb.gz, .speedscope.json or .txt",
			   t->export_path);
		return;
	}
	if (t->tree) {
		p.tree = t->tree;
		p.n_moments = 0; /* they name nodes of the other tree */
		p.samples = (int64_t)pt_profile_samples_of(shown, p.tree->total[PT_TREE_ROOT]);
	}
	if (base && p.tree->base_total) {
		spec.base = base->name;
		spec.base_samples = pt_profile_samples_of(base, p.tree->base_total[PT_TREE_ROOT]);
	}
	spec.view = view_of(t->view, p.tree);
	t->failed = pt_profile_export_file(&p, format, &spec, t->export_path, &t->err) < 0;
	t->exported = !t->failed;
}

static void read_all(struct task *t)
{
	pt_sampler_free(t->dead);
	if (t->sampling)
		t->failed = pt_sampler_new(&t->sampling->options, &t->started, &t->err) < 0;
	t->live = t->live || t->started;
	if (t->source.kind != SOURCE_NONE)
		t->failed |= !read_into(t, &t->source, &t->made, &t->made_base, &t->err);
	if (t->base_source.kind != SOURCE_NONE)
		t->base_failed = !read_into(t, &t->base_source, &t->made_base, NULL, &t->base_err);
}

void flame_work(void *arg)
{
	struct task *t = arg;
	const struct held *profile, *base;

	read_all(t);
	profile = t->made ? t->made : t->profile;
	base = t->made_base ? t->made_base : t->base;
	if (!profile || t->failed)
		return;
	if (t->want_tree || t->export_path[0])
		make_shown_tree(t, &profile->profile, base ? &base->profile : NULL);
	/* Here it takes no key's time; what is shown already stays as it is. */
	if (t->tree)
		pt_tree_index(t->tree);
	else if (t->made)
		pt_tree_index(t->made->profile.tree);
	if (t->export_path[0])
		export(t, &profile->profile, base ? &base->profile : NULL);
}

void flame_view_free(struct view *v)
{
	if (!v)
		return;
	pt_frames_unref(v->frames);
	free(v->path);
	free(v->hidden);
	free(v);
}

void flame_task_free(struct task *t)
{
	flame_view_free(t->view);
	flame_let_go(t->profile);
	flame_let_go(t->base);
	flame_let_go(t->made);
	flame_let_go(t->made_base);
	pt_tree_free(t->tree);
	flame_source_release(&t->source);
	flame_source_release(&t->base_source);
	pt_frames_unref(t->frames);
	free(t->sampling);
	free(t);
}
