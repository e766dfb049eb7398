/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the view of flame graphs shows, kept up to date by one worker at a time: wishes are noted, and
 * when the worker is free it gets all of them as one task that owns what it needs. Profiles are
 * counted, because a task may still read one that the screen shows no more.
 */
#include "perftop/app/flame.h"

#include "perftop/base/clock.h"
#include "perftop/base/mem.h"
#include "perftop/base/str.h"
#include "perftop/base/text.h"
#include "perftop/collect/perf.h"
#include "perftop/profile/export.h"

#include <string.h>

/* A profile with a count of who holds it; loop thread only. */
struct held {
	struct pt_profile profile;
	unsigned refs;
};

enum source_kind { SOURCE_NONE, SOURCE_FILE, SOURCE_LOAD, SOURCE_SAMPLER };

/* Where a profile is to come from. */
struct source {
	enum source_kind kind;
	char *path;
	struct pt_read_options read;
	struct pt_flames_load load;
	char name[200], value[64];
};

/* What is to be sampled, with its texts. */
struct sampling {
	struct pt_sampler_options options;
	char cgroup[1024], event[200], title[200];
};

/* A stretch of a profile's time; both 0: all of it. */
struct cut {
	int64_t from_ns, to_ns;
};

/* What a picture shows: a copy that owns what it points to. */
struct view {
	struct pt_graph_spec spec;
	struct pt_frames *frames; /* that it speaks of */
	uint32_t *path;
	uint64_t *hidden;
	size_t words; /* of hidden */
};

/* Belongs to the worker until it is done. */
struct task {
	struct pt_flames *flames;
	struct pt_frames *frames;
	struct source source, base_source; /* NONE: as it is */
	struct held *profile, *base;	   /* that are there; counted by the loop thread */
	struct held *made, *made_base;	   /* here: instead of them */
	struct pt_sampler *sampler;	   /* to be read; borrowed */
	struct pt_sampler *dead;	   /* to be freed, before anything is read */
	struct sampling *sampling;	   /* to be started */
	struct pt_sampler *started;
	struct cut cut, base_cut;
	enum pt_group group;
	struct pt_tree *tree; /* made here; NULL: the profile's own */
	char export_path[1024];
	struct view *view; /* of the export; NULL: everything */
	bool want_tree;
	bool live;     /* a sampler's thread has frames too */
	bool unwanted; /* what it starts is to end at once; loop thread only */
	struct pt_err err, base_err;
	bool failed, base_failed, exported;
};

struct pt_flames {
	struct pt_flames_spec spec;
	struct pt_flame shown;
	struct pt_frames *frames;
	struct held *profile, *base;
	struct pt_tree *tree; /* of shown, when it is not the profile's own */
	struct cut base_cut;
	struct pt_sampler *sampler;
	atomic_bool cancel;
	char *path; /* of the file that is shown, how it was read, what of it: for its other values */
	struct pt_read_options read;

	/* Wishes, for the next task. */
	struct source source, base_source;
	struct sampling *sampling;
	struct pt_sampler *dead;
	bool want_tree, want_snapshot;
	char export_path[1024];
	struct view *view;

	struct task *task;
	bool look, freeing;
};

/* ---- profiles that are held ---- */

static struct held *hold(struct held *h)
{
	if (h)
		h->refs++;
	return h;
}

static void let_go(struct held *h)
{
	if (!h || --h->refs > 0)
		return;
	pt_profile_release(&h->profile);
	free(h);
}

static struct held *held_new(void)
{
	struct held *h = pt_calloc(1, sizeof *h);

	h->refs = 1;
	return h;
}

static void source_release(struct source *s)
{
	if (s->kind == SOURCE_LOAD && s->load.release)
		s->load.release(s->load.arg);
	free(s->path);
	*s = (struct source){0};
}

/* ---- the worker's side ---- */

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
	if (base) {
		base_tree = make_base_tree(t, base, frames);
		diff = pt_tree_diff(base_tree ? base_tree : base->tree,
				    t->tree ? t->tree : p->tree);
		pt_tree_free(base_tree);
		pt_tree_free(diff ? t->tree : NULL);
		t->tree = diff ? diff : t->tree;
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

	switch (s->kind) {
	case SOURCE_FILE:
		/* Readers intern without a lock. */
		s->read.frames = t->live ? NULL : t->frames;
		s->read.cancel = &t->flames->cancel;
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
	if (s->name[0] && s->kind != SOURCE_LOAD)
		pt_strlcpy(h->profile.name, s->name, sizeof h->profile.name);
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
	uint32_t last = 0;
	size_t words;

	if (!v || v->frames != tree->frames)
		return NULL;
	for (uint32_t n = 1; n < tree->n; n++)
		last = tree->frame[n] > last ? tree->frame[n] : last;
	words = (size_t)last / 64 + 1;
	if (v->hidden && words > v->words) {
		v->hidden = pt_reallocarray(v->hidden, words, sizeof *v->hidden);
		memset(v->hidden + v->words, 0, (words - v->words) * sizeof *v->hidden);
		v->spec.hidden = v->hidden;
		v->words = words;
	}
	return &v->spec;
}

static void export(struct task *t, const struct pt_profile *shown)
{
	const struct pt_profile_export *format = pt_profile_export_for(t->export_path);
	struct pt_profile p = *shown; /* with another tree: borrowed, not released */
	struct pt_export_spec spec = {.ascii = t->flames->spec.ascii};

	if (!format) {
		t->failed = true;
		pt_err_set(&t->err, PT_EINVAL,
			   "%s: its ending tells no format; expected .svg, .html, .folded, "
			   ".pb.gz, .speedscope.json or .txt",
			   t->export_path);
		return;
	}
	if (t->tree)
		p.tree = t->tree;
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

static void work(void *arg)
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
		export(t, &profile->profile);
}

/* ---- the loop's side ---- */

static void start(struct pt_flames *f);

static void tell(struct pt_flames *f, bool bad, const char *text)
{
	if (f->spec.told && !f->freeing)
		f->spec.told(f->spec.arg, bad, text);
}

static void name_safely(const struct pt_flames *f, const char *name, char *out, size_t size)
{
	pt_text_safe(out, size, name, strlen(name), f->spec.ascii);
}

/* Everything that the view points into, as it is now. */
static void show(struct pt_flames *f)
{
	struct pt_flame *s = &f->shown;

	s->generation++;
	s->profile = f->profile ? &f->profile->profile : NULL;
	s->base = f->base ? &f->base->profile : NULL;
	s->tree = f->tree ? f->tree : s->profile ? s->profile->tree : NULL;
	name_safely(f, s->profile ? s->profile->name : "", s->title, sizeof s->title);
	name_safely(f, s->base ? s->base->name : "", s->base_title, sizeof s->base_title);
}

static void keep_error(struct pt_flames *f, const struct pt_err *err)
{
	char text[700];

	pt_err_text(err, text, sizeof text);
	name_safely(f, text, f->shown.error, sizeof f->shown.error);
	tell(f, true, f->shown.error);
}

static void replace(struct held **held, struct held *made)
{
	if (!made)
		return;
	let_go(*held);
	*held = hold(made);
}

static void install(struct pt_flames *f, struct task *t)
{
	replace(&f->profile, t->made);
	replace(&f->base, t->made_base);
	pt_tree_free(f->tree);
	f->tree = t->tree;
	t->tree = NULL;
	show(f);
}

static void view_free(struct view *v)
{
	if (!v)
		return;
	pt_frames_unref(v->frames);
	free(v->path);
	free(v->hidden);
	free(v);
}

static void task_free(struct task *t)
{
	view_free(t->view);
	let_go(t->profile);
	let_go(t->base);
	let_go(t->made);
	let_go(t->made_base);
	pt_tree_free(t->tree);
	source_release(&t->source);
	source_release(&t->base_source);
	pt_frames_unref(t->frames);
	free(t->sampling);
	free(t);
}

static void destroy(struct pt_flames *f)
{
	let_go(f->profile);
	let_go(f->base);
	pt_tree_free(f->tree);
	source_release(&f->source);
	source_release(&f->base_source);
	free(f->sampling);
	free(f->path);
	view_free(f->view);
	pt_sampler_free(f->dead);
	pt_sampler_free(f->sampler);
	pt_frames_unref(f->frames);
	free(f);
}

/* One at a time can be waiting for its end: the other has been stopped, but not joined. */
static void bury(struct pt_flames *f, struct pt_sampler *sampler)
{
	pt_sampler_free(f->dead);
	f->dead = sampler;
}

static void take_sampler(struct pt_flames *f, struct task *t)
{
	if (!t->started)
		return;
	if (t->unwanted) {
		bury(f, t->started);
		return;
	}
	f->sampler = t->started;
	f->shown.live = true;
	f->want_snapshot = true;
	pt_strlcpy(f->shown.title, t->sampling->title, sizeof f->shown.title);
}

static void tell_end(struct pt_flames *f, const struct task *t)
{
	char text[1200];

	/* What was given up for something else is no news. */
	if (t->failed && !t->unwanted)
		keep_error(f, &t->err);
	if (t->base_failed)
		keep_error(f, &t->base_err);
	if (t->exported) {
		pt_snprintf(text, sizeof text, "written to %s", t->export_path);
		tell(f, false, text);
	}
}

static void done(void *arg)
{
	struct task *t = arg;
	struct pt_flames *f = t->flames;

	f->task = NULL;
	f->shown.busy[0] = '\0';
	take_sampler(f, t);
	if (f->freeing) {
		task_free(t);
		destroy(f);
		return;
	}
	if (t->source.kind == SOURCE_FILE || t->base_source.kind == SOURCE_FILE || t->sampling)
		f->shown.error[0] = '\0';
	if (t->want_tree && !t->failed && (t->made || t->profile))
		install(f, t);
	tell_end(f, t);
	task_free(t);
	start(f);
	f->spec.changed(f->spec.arg);
}

static bool is_wished(const struct pt_flames *f)
{
	return f->source.kind || f->base_source.kind || f->sampling || f->dead || f->want_tree ||
	       (f->want_snapshot && f->sampler) || f->export_path[0];
}

static void tell_busy(struct pt_flames *f, const struct task *t)
{
	bool read = t->source.kind == SOURCE_FILE || t->source.kind == SOURCE_LOAD;
	const char *what = read			 ? t->source.name
			   : t->base_source.kind ? t->base_source.name
			   : t->sampling	 ? t->sampling->title
						 : t->export_path;
	char safe[100];

	if (!what[0])
		return;
	name_safely(f, what, safe, sizeof safe);
	pt_snprintf(f->shown.busy, sizeof f->shown.busy, "%s %s",
		    read || t->base_source.kind ? "reading"
		    : t->sampling		? "starting to sample"
						: "writing",
		    safe);
}

/* What a task needs of what is there now. */
static void fill(struct pt_flames *f, struct task *t)
{
	bool other = t->source.kind == SOURCE_FILE || t->source.kind == SOURCE_LOAD;

	if (f->want_snapshot && f->sampler && !other) {
		t->source.kind = SOURCE_SAMPLER;
		t->sampler = f->sampler;
		pt_strlcpy(t->source.name, f->shown.title, sizeof t->source.name);
	}
	/* Another file is another clock: an old stretch means nothing in it. */
	if (other || t->sampling)
		f->shown.window_from_ns = f->shown.window_to_ns = 0;
	t->frames = pt_frames_ref(f->frames);
	if (t->sampling)
		t->sampling->options.frames = t->frames;
	t->profile = hold(f->profile);
	t->base = hold(f->base);
	t->group = f->shown.group;
	t->cut = (struct cut){f->shown.window_from_ns, f->shown.window_to_ns};
	t->base_cut = f->base_cut;
	t->live = f->sampler != NULL;
	t->want_tree = t->source.kind || t->base_source.kind || f->want_tree;
	pt_strlcpy(t->export_path, f->export_path, sizeof t->export_path);
	if (t->export_path[0]) {
		t->view = f->view;
		f->view = NULL;
	}
}

/* Hands all wishes to the worker, if it is free. */
static void start(struct pt_flames *f)
{
	struct task *t;

	if (f->task || f->freeing || !is_wished(f))
		return;
	/* Names of what nobody compares any more need not be kept. */
	if ((f->source.kind || f->sampling) && !f->base && !f->base_source.kind) {
		pt_frames_unref(f->frames);
		f->frames = pt_frames_new();
	}
	t = pt_calloc(1, sizeof *t);
	t->flames = f;
	t->source = f->source;
	t->base_source = f->base_source;
	t->sampling = f->sampling;
	t->dead = f->dead;
	fill(f, t);
	f->source = f->base_source = (struct source){0};
	f->sampling = NULL;
	f->dead = NULL;
	f->export_path[0] = '\0';
	f->want_tree = f->want_snapshot = false;
	tell_busy(f, t);
	f->task = t;
	atomic_store(&f->cancel, false);
	pt_loop_work(f->spec.loop, work, done, t);
}

struct pt_flames *pt_flames_new(const struct pt_flames_spec *spec)
{
	struct pt_flames *f = pt_calloc(1, sizeof *f);

	f->spec = *spec;
	f->frames = pt_frames_new();
	return f;
}

/* A task that is under way frees it at its end. */
void pt_flames_free(struct pt_flames *f)
{
	if (!f)
		return;
	f->freeing = true;
	atomic_store(&f->cancel, true);
	if (!f->task)
		destroy(f);
}

const struct pt_flame *pt_flames_shown(const struct pt_flames *f)
{
	return &f->shown;
}

void pt_flames_look(struct pt_flames *f, bool look)
{
	f->look = look;
	if (look)
		pt_flames_tick(f);
}

void pt_flames_tick(struct pt_flames *f)
{
	if (!f->look || !f->sampler)
		return;
	pt_sampler_status(f->sampler, &f->shown.status);
	if (f->shown.paused)
		return;
	f->want_snapshot = true;
	start(f);
}

/* -- wishes -- */

/* A sampler ends when something else is opened; what it has seen stays when it is only stopped. Also
 * one that is about to start. */
static void end_sampler(struct pt_flames *f)
{
	free(f->sampling);
	f->sampling = NULL;
	if (f->task && f->task->sampling)
		f->task->unwanted = true;
	if (!f->sampler)
		return;
	bury(f, f->sampler);
	f->sampler = NULL;
	f->shown.live = f->shown.paused = false;
}

/* And so does the reading of another file. What it is compared with, if the same task reads that, is
 * waited for. */
static void end_reading(struct pt_flames *f)
{
	source_release(&f->source);
	if (!f->task || f->task->source.kind != SOURCE_FILE || f->task->base_source.kind)
		return;
	f->task->unwanted = true;
	atomic_store(&f->cancel, true);
}

static void wish(struct source *s, const char *path, const char *name,
		 const struct pt_read_options *read)
{
	source_release(s);
	s->kind = SOURCE_FILE;
	s->path = pt_strdup(path);
	s->read = *read;
	s->read.moments = s->read.threads = true;
	pt_strlcpy(s->name, name ? name : path, sizeof s->name);
}

void pt_flames_open(struct pt_flames *f, const char *path, const char *name,
		    const struct pt_read_options *options)
{
	char *copy = pt_strdup(path);

	end_sampler(f);
	end_reading(f);
	wish(&f->source, copy, name, options);
	free(f->path);
	f->path = copy;
	f->read = *options;
	start(f);
}

bool pt_flames_reopen(struct pt_flames *f, const struct pt_read_options *options)
{
	if (!f->path)
		return false;
	f->read = *options;
	wish(&f->source, f->path, f->profile ? f->profile->profile.name : NULL, &f->read);
	start(f);
	return true;
}

static void drop_base(struct pt_flames *f)
{
	let_go(f->base);
	f->base = NULL;
	f->shown.base = NULL;
	f->base_cut = (struct cut){0};
	f->want_tree = true;
}

void pt_flames_base(struct pt_flames *f, const char *path)
{
	struct pt_read_options options = f->read;

	options.reader = NULL;
	drop_base(f);
	if (path)
		wish(&f->base_source, path, NULL, &options);
	start(f);
}

void pt_flames_keep(struct pt_flames *f)
{
	if (!f->profile)
		return;
	let_go(f->base);
	f->base = hold(f->profile);
	f->base_cut = (struct cut){f->shown.window_from_ns, f->shown.window_to_ns};
	f->want_tree = true;
	start(f);
}

void pt_flames_load(struct pt_flames *f, const struct pt_flames_load *load)
{
	end_sampler(f);
	end_reading(f);
	drop_base(f);
	f->source = (struct source){.kind = SOURCE_LOAD, .load = *load};
	pt_strlcpy(f->source.name, load->name, sizeof f->source.name);
	free(f->path);
	f->path = NULL;
	start(f);
}

void pt_flames_sample(struct pt_flames *f, const struct pt_sampler_options *options,
		      const char *title)
{
	struct sampling *s = pt_calloc(1, sizeof *s);

	end_sampler(f);
	end_reading(f);
	s->options = *options;
	s->options.open = pt_perf_open;
	if (options->cgroup) {
		pt_strlcpy(s->cgroup, options->cgroup, sizeof s->cgroup);
		s->options.cgroup = s->cgroup;
	}
	if (options->event_name) {
		pt_strlcpy(s->event, options->event_name, sizeof s->event);
		s->options.event_name = s->event;
	}
	pt_strlcpy(s->title, title, sizeof s->title);
	f->sampling = s;
	free(f->path);
	f->path = NULL;
	start(f);
}

void pt_flames_stop(struct pt_flames *f)
{
	end_sampler(f);
	start(f);
	f->spec.changed(f->spec.arg);
}

void pt_flames_pause(struct pt_flames *f, bool paused)
{
	f->shown.paused = paused && f->sampler;
	pt_flames_tick(f);
}

bool pt_flames_sampling(const struct pt_flames *f)
{
	return f->sampler != NULL;
}

void pt_flames_group(struct pt_flames *f, enum pt_group group)
{
	f->shown.group = group;
	f->want_tree = f->profile != NULL;
	start(f);
}

void pt_flames_value(struct pt_flames *f)
{
	const struct pt_profile *p = f->shown.profile;

	if (!p || p->n_values < 2 || !f->path)
		return;
	wish(&f->source, f->path, p->name, &f->read);
	pt_strlcpy(f->source.value, p->values[(p->value + 1) % p->n_values].name,
		   sizeof f->source.value);
	start(f);
}

void pt_flames_window(struct pt_flames *f, int64_t from_ns, int64_t to_ns)
{
	f->shown.window_from_ns = from_ns;
	f->shown.window_to_ns = to_ns;
	f->want_tree = f->profile != NULL;
	start(f);
}

void pt_flames_swap(struct pt_flames *f)
{
	struct held *profile = f->profile;
	struct cut cut = {f->shown.window_from_ns, f->shown.window_to_ns};

	if (!f->base)
		return;
	end_sampler(f);
	f->profile = f->base;
	f->base = profile;
	f->shown.window_from_ns = f->base_cut.from_ns;
	f->shown.window_to_ns = f->base_cut.to_ns;
	f->base_cut = cut;
	f->want_tree = true;
	start(f);
}

void pt_flames_hold_view(struct pt_flames *f, const struct pt_graph_spec *view)
{
	const struct pt_tree *tree = f->shown.tree;
	uint32_t last = 0;
	size_t words;
	struct view *v;

	view_free(f->view);
	f->view = NULL;
	if (!view || !tree)
		return;
	/* Sets of frames cover those of the tree: the table itself may have grown since. */
	for (uint32_t n = 1; n < tree->n; n++)
		last = tree->frame[n] > last ? tree->frame[n] : last;
	words = (size_t)last / 64 + 1;
	f->view = v = pt_calloc(1, sizeof *v);
	v->frames = pt_frames_ref(tree->frames);
	v->words = words;
	v->spec = *view;
	/* Its size is the screen's, not the picture's. */
	v->spec.columns = v->spec.first = v->spec.rows = 0;
	v->spec.least = 0;
	v->spec.search = NULL;
	v->path = pt_calloc(view->n_path + 1, sizeof *v->path);
	if (view->n_path)
		memcpy(v->path, view->path, view->n_path * sizeof *v->path);
	v->spec.path = v->path;
	if (view->hidden) {
		v->hidden = pt_calloc(words, sizeof *v->hidden);
		memcpy(v->hidden, view->hidden, words * sizeof *v->hidden);
	}
	v->spec.hidden = v->hidden;
}

const char *pt_flames_cost(enum pt_sampler_event event)
{
	return pt_sampler_cost(event);
}

void pt_flames_export(struct pt_flames *f, const char *path)
{
	if (!f->profile)
		return;
	pt_strlcpy(f->export_path, path, sizeof f->export_path);
	start(f);
}
