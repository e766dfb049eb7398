/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the view of flame graphs shows, kept up to date by one worker at a time: wishes are noted, and
 * when the worker is free it gets all of them as one task that owns what it needs. Profiles are
 * counted, because a task may still read one that the screen shows no more.
 */
#include "flame_task.h"

#include "perftop/base/clock.h"
#include "perftop/base/mem.h"
#include "perftop/base/str.h"
#include "perftop/base/text.h"
#include "perftop/collect/perf.h"
#include "perftop/present/value.h"

#include <string.h>

struct pt_flames {
	struct pt_flames_spec spec;
	struct pt_flame shown;
	struct pt_frames *frames; /* NULL until something is opened */
	struct held *profile, *base;
	struct held *shown_profile, *shown_base; /* what shown speaks of, until it is replaced */
	struct pt_tree *tree;			 /* of shown, when it is not the profile's own */
	struct cut base_cut;
	struct pt_sampler *sampler;
	char sampled[200];	     /* its title */
	struct pt_read_options read; /* how files are read */

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

static void replace(struct held **held, struct held *by)
{
	flame_hold(by);
	flame_let_go(*held);
	*held = by;
}

/* Everything that the view points into: the tree is of what there is now. */
static void show(struct pt_flames *f, struct pt_tree *tree)
{
	struct pt_flame *s = &f->shown;

	replace(&f->shown_profile, f->profile);
	replace(&f->shown_base, f->base);
	pt_tree_free(f->tree);
	f->tree = tree;
	s->generation++;
	s->profile = &f->profile->profile;
	s->base = f->base ? &f->base->profile : NULL;
	s->tree = tree ? tree : s->profile->tree;
	name_safely(f, s->profile->name, s->title, sizeof s->title);
	name_safely(f, s->base ? s->base->name : "", s->base_title, sizeof s->base_title);
	if (s->base && f->base_cut.to_ns && s->base->n_moments) {
		double first = (double)s->base->moments[0].at_ns;
		double last = (double)s->base->moments[s->base->n_moments - 1].at_ns;
		size_t n = strlen(s->base_title);
		pt_snprintf(s->base_title + n, sizeof s->base_title - n, " %.2f .. %.2f s",
			    ((double)f->base_cut.from_ns - first) / 1e9,
			    (PT_MIN((double)f->base_cut.to_ns, last) - first) / 1e9);
	}
}

static void keep_error(struct pt_flames *f, const struct pt_err *err)
{
	char text[700];

	pt_err_text(err, text, sizeof text);
	name_safely(f, text, f->shown.error, sizeof f->shown.error);
	tell(f, true, f->shown.error);
}

/* A sampler has a table of its own, and now and then another one: what is read from now on shares it,
 * and what was there before need not be kept for it. */
static void follow_frames(struct pt_flames *f, const struct task *t)
{
	struct pt_frames *frames = f->frames;

	if (t->source.kind != SOURCE_SAMPLER)
		return;
	f->frames = pt_frames_ref(t->made->profile.tree->frames);
	pt_frames_unref(frames);
}

/* What was made is what there is from now on. It is shown if its tree is of just that: false after
 * something was kept, swapped or given up meanwhile. */
static bool install(struct pt_flames *f, struct task *t)
{
	const struct held *profile = t->made ? t->made : t->profile;
	const struct held *base = t->made_base ? t->made_base : t->base;

	if (t->made && !t->unwanted && !t->canceled) {
		follow_frames(f, t);
		replace(&f->profile, t->made);
	}
	if (t->made_base && !t->base_unwanted && !t->canceled)
		replace(&f->base, t->made_base);
	if (t->failed || !f->profile || profile != f->profile || base != f->base)
		return false;
	show(f, t->tree);
	t->tree = NULL;
	return true;
}

static void destroy(struct pt_flames *f)
{
	flame_let_go(f->profile);
	flame_let_go(f->base);
	flame_let_go(f->shown_profile);
	flame_let_go(f->shown_base);
	pt_tree_free(f->tree);
	flame_source_release(&f->source);
	flame_source_release(&f->base_source);
	free(f->sampling);
	flame_view_free(f->view);
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
	pt_sampler_status(f->sampler, &f->shown.status);
	f->shown.live = true;
	f->want_snapshot = true;
	pt_strlcpy(f->sampled, t->sampling->title, sizeof f->sampled);
	name_safely(f, f->sampled, f->shown.title, sizeof f->shown.title);
}

/* Who asked for an end of reading is told what became of it; no error. */
static void tell_stopped(struct pt_flames *f, const struct task *t)
{
	const struct pt_err *fault = t->made ? &t->made->profile.fault : &t->err;
	char text[700], safe[700];

	if (t->canceled) {
		tell(f, false,
		     f->profile ? "reading was stopped; what was open stays"
				: "reading was stopped");
	} else if (fault->code == PT_ETIMEDOUT) {
		pt_err_text(fault, text, sizeof text);
		name_safely(f, text, safe, sizeof safe);
		pt_snprintf(text, sizeof text, "%s%s", safe,
			    t->made ? "; this much of it is shown" : "; there is nothing to show");
		tell(f, false, text);
	}
}

static void tell_end(struct pt_flames *f, const struct task *t)
{
	char text[1200];

	tell_stopped(f, t);
	/* What was given up, for something else too, is no news. */
	if (t->failed && !t->unwanted && !t->canceled && t->err.code != PT_ETIMEDOUT)
		keep_error(f, &t->err);
	if (t->base_failed && !t->base_unwanted && !t->canceled)
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
	f->shown.reading = false;
	take_sampler(f, t);
	if (f->freeing) {
		flame_task_free(t);
		destroy(f);
		return;
	}
	if (t->source.kind == SOURCE_FILE || t->base_source.kind == SOURCE_FILE || t->sampling ||
	    t->exported)
		f->shown.error[0] = '\0';
	if (t->want_tree && !install(f, t))
		f->want_tree |= f->profile != NULL;
	tell_end(f, t);
	flame_task_free(t);
	start(f);
	f->spec.changed(f->spec.arg);
}

static bool is_wished(const struct pt_flames *f)
{
	return f->source.kind || f->base_source.kind || f->sampling || f->dead || f->want_tree ||
	       (f->want_snapshot && f->sampler) || f->export_path[0];
}

/* " 40%", or how many bytes there were so far; "" before the first ones. */
static void put_progress(const struct pt_flames *f, struct pt_read_watch *w, char *out, size_t size)
{
	size_t done = atomic_load(&w->done), of = atomic_load(&w->of);
	char bytes[32];

	out[0] = '\0';
	if (done && of) {
		pt_snprintf(out, size, " %d%%",
			    (int)PT_MIN(100.0 * (double)done / (double)of, 100));
	} else if (done) {
		pt_value_format(bytes, sizeof bytes, (double)done, PT_UNIT_BYTES,
				f->spec.ascii ? PT_VALUE_ASCII : 0);
		pt_snprintf(out, size, " %s", bytes);
	}
}

static void tell_busy(struct pt_flames *f, struct task *t)
{
	const struct source *s = atomic_load(&t->reading), *first;
	const char *what, *does;
	char safe[90], progress[40];

	first = t->source.kind == SOURCE_FILE || t->source.kind == SOURCE_LOAD ? &t->source
									       : &t->base_source;
	s = s ? s : first;
	what = s->kind ? s->name : t->sampling ? t->sampling->title : t->export_path;
	does = !s->kind && t->sampling		  ? "starting to sample"
	       : !s->kind			  ? "writing"
	       : atomic_load(&t->watch.unpacking) ? "unpacking"
						  : "reading";
	if (!what[0])
		return;
	name_safely(f, what, safe, sizeof safe);
	put_progress(f, &t->watch, progress, sizeof progress);
	pt_snprintf(f->shown.busy, sizeof f->shown.busy, "%s %s%s", does, safe, progress);
}

/* What a task needs of what is there now. */
static void fill(struct pt_flames *f, struct task *t)
{
	bool other = t->source.kind == SOURCE_FILE || t->source.kind == SOURCE_LOAD;

	if (f->want_snapshot && f->sampler && !other) {
		t->source.kind = SOURCE_SAMPLER;
		t->sampler = f->sampler;
		pt_strlcpy(t->source.name, f->sampled, sizeof t->source.name);
	}
	/* Another file is another clock: an old stretch means nothing in it. */
	if (other || t->sampling)
		f->shown.window_from_ns = f->shown.window_to_ns = 0;
	t->frames = pt_frames_ref(f->frames);
	t->profile = flame_hold(f->profile);
	t->base = flame_hold(f->base);
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
	if (!f->frames || ((f->source.kind || f->sampling) && !f->base && !f->base_source.kind)) {
		pt_frames_unref(f->frames);
		f->frames = pt_frames_new();
	}
	t = pt_calloc(1, sizeof *t);
	t->flames = f;
	t->ascii = f->spec.ascii;
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
	f->shown.reading = t->source.kind == SOURCE_FILE || t->source.kind == SOURCE_LOAD ||
			   t->base_source.kind;
	tell_busy(f, t);
	f->task = t;
	pt_loop_work(f->spec.loop, flame_work, done, t);
}

struct pt_flames *pt_flames_new(const struct pt_flames_spec *spec)
{
	struct pt_flames *f = pt_calloc(1, sizeof *f);

	f->spec = *spec;
	return f;
}

/* A task that is under way frees it at its end. */
void pt_flames_free(struct pt_flames *f)
{
	if (!f)
		return;
	f->freeing = true;
	if (f->task)
		atomic_store(&f->task->watch.ask, PT_READ_CANCEL);
	else
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
	if (f->task && f->shown.busy[0])
		tell_busy(f, f->task);
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
	flame_source_release(&f->source);
	if (!f->task || f->task->source.kind != SOURCE_FILE || f->task->base_source.kind)
		return;
	f->task->unwanted = true;
	atomic_store(&f->task->watch.ask, PT_READ_CANCEL);
}

static void wish(struct source *s, const char *path, const char *name,
		 const struct pt_read_options *read)
{
	char *copy = pt_strdup(path);

	flame_source_release(s);
	s->kind = SOURCE_FILE;
	s->path = copy;
	s->read = *read;
	s->read.moments = s->read.threads = true;
	pt_strlcpy(s->name, name ? name : path, sizeof s->name);
}

/* Of files that measure several things, the one that what it is compared with shows. */
static void wish_value_of(struct source *s, const struct held *other)
{
	const struct pt_profile *p = other ? &other->profile : NULL;

	if (p && p->n_values > 1)
		pt_strlcpy(s->value, p->values[p->value].name, sizeof s->value);
}

void pt_flames_open(struct pt_flames *f, const char *path, const char *name,
		    const struct pt_read_options *options)
{
	end_sampler(f);
	end_reading(f);
	wish(&f->source, path, name, options);
	if (!options->value)
		wish_value_of(&f->source, f->base);
	f->read = *options;
	start(f);
}

bool pt_flames_reopen(struct pt_flames *f, const struct pt_read_options *options)
{
	const struct source *next = f->source.kind		      ? &f->source
				    : f->task && f->task->source.kind ? &f->task->source
								      : NULL;
	const char *path = next ? next->path : f->profile ? f->profile->path : NULL;
	char name[sizeof next->name], *copy;

	f->read = *options;
	if (!path || f->sampler || f->sampling)
		return false;
	copy = pt_strdup(path);
	pt_strlcpy(name, next ? next->name : f->profile->profile.name, sizeof name);
	end_reading(f);
	wish(&f->source, copy, name, &f->read);
	free(copy);
	start(f);
	return true;
}

void pt_flames_cancel(struct pt_flames *f)
{
	flame_source_release(&f->source);
	flame_source_release(&f->base_source);
	if (!f->shown.reading)
		return;
	/* With nothing else to look at, some of it is better than nothing. */
	f->task->canceled = f->profile || f->task->source.kind != SOURCE_FILE;
	atomic_store(&f->task->watch.ask, f->task->canceled ? PT_READ_CANCEL : PT_READ_ENOUGH);
}

/* What it is compared with, and what is being read for that. */
static void let_base_go(struct pt_flames *f)
{
	flame_let_go(f->base);
	f->base = NULL;
	f->base_cut = (struct cut){0};
	flame_source_release(&f->base_source);
	if (f->task)
		f->task->base_unwanted = true;
}

static void drop_base(struct pt_flames *f)
{
	let_base_go(f);
	if (f->shown.window_to_ns == INT64_MAX) /* it began where the base ended */
		f->shown.window_from_ns = f->shown.window_to_ns = 0;
	f->want_tree = true;
}

void pt_flames_base(struct pt_flames *f, const char *path)
{
	struct pt_read_options options = f->read;

	options.reader = NULL;
	drop_base(f);
	if (path) {
		wish(&f->base_source, path, NULL, &options);
		wish_value_of(&f->base_source, f->profile);
	}
	start(f);
}

/* What is sampled after what is shown, unless a window of it was chosen. */
static void show_later(struct pt_flames *f)
{
	const struct pt_profile *p = &f->profile->profile;

	if (!f->sampler || !p->n_moments ||
	    (f->shown.window_to_ns && f->shown.window_to_ns != INT64_MAX))
		return;
	f->shown.window_from_ns = p->moments[p->n_moments - 1].at_ns + 1;
	f->shown.window_to_ns = INT64_MAX;
}

void pt_flames_keep(struct pt_flames *f, bool whole)
{
	if (!f->profile)
		return;
	let_base_go(f);
	f->base = flame_hold(f->profile);
	if (!whole)
		f->base_cut = (struct cut){f->shown.window_from_ns, f->shown.window_to_ns};
	show_later(f);
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
	const struct pt_profile *p = f->profile ? &f->profile->profile : NULL;
	const struct held *base = f->base;
	const char *value;

	if (!p || p->n_values < 2 || !f->profile->path)
		return;
	value = p->values[(p->value + 1) % p->n_values].name;
	wish(&f->source, f->profile->path, p->name, &f->read);
	pt_strlcpy(f->source.value, value, sizeof f->source.value);
	if (base && base->path && base->profile.n_values > 1) {
		wish(&f->base_source, base->path, base->profile.name, &f->read);
		f->base_source.read.reader = NULL;
		pt_strlcpy(f->base_source.value, value, sizeof f->base_source.value);
	}
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
	if (f->task && f->task->source.kind == SOURCE_SAMPLER)
		f->task->unwanted = true;
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
	size_t words;
	struct view *v;

	flame_view_free(f->view);
	f->view = NULL;
	if (!view || !tree)
		return;
	/* Sets of frames cover those of the tree: the table itself may have grown since. */
	words = (size_t)pt_tree_frames(tree) / 64 + 1;
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

void pt_flames_export(struct pt_flames *f, const char *path)
{
	if (!f->profile)
		return;
	pt_strlcpy(f->export_path, path, sizeof f->export_path);
	start(f);
}
