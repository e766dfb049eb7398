/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One launch at a revision is a run of the runner with one repeat, in that revision's worktree. The
 * suites are those of today: an old commit may know nothing of benchmarks.json.
 */
#include "perftop/app/measure.h"

#include "perftop/base/mem.h"

#include <stdio.h>
#include <string.h>

struct pt_measure {
	struct pt_measure_spec spec;
	struct pt_worktrees *trees; /* opened at the first revision */
	struct pt_noise_watch *watch;
	struct pt_runner_spec common; /* what all launches share */
	struct pt_runner *runner;     /* while one runs */
	bool canceled;
	char built_here[64]; /* suite that was built last in the work tree itself */
	/* Of the launch under way. */
	struct pt_launch *launch;
	struct pt_err *err;
	int result;
};

int pt_measure_open(const struct pt_measure_spec *spec, struct pt_measure **ret, struct pt_err *err)
{
	struct pt_measure *m = pt_calloc(1, sizeof *m);

	(void)err;
	m->spec = *spec;
	if (!m->spec.project)
		m->spec.project = spec->benches->project;
	pt_benches_spec(spec->benches, &m->common);
	m->watch = pt_noise_watch_new(pt_opt_text(spec->benches->options, PT_OPT_ROOT),
				      &m->common.observer);
	*ret = m;
	return 0;
}

void pt_measure_observe(struct pt_measure *m, const struct pt_observer *observer)
{
	m->common.observer = *observer;
	m->spec.keep = false;
}

void pt_measure_close(struct pt_measure *m)
{
	if (!m)
		return;
	pt_worktrees_close(m->trees);
	pt_noise_watch_free(m->watch);
	free(m);
}

static void say(struct pt_measure *m, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
static void say(struct pt_measure *m, const char *fmt, ...)
{
	struct pt_str text = PT_STR_INIT;
	va_list ap;

	va_start(ap, fmt);
	pt_str_addv(&text, fmt, ap);
	va_end(ap);
	if (m->spec.say)
		m->spec.say(m->spec.arg, pt_str_text(&text));
	pt_str_release(&text);
}

/* ---- what the runner tells ---- */

static void set_copy(struct pt_bench_set *to, const struct pt_bench_set *from)
{
	pt_bench_set_init(to);
	to->format = from->format;
	for (size_t i = 0; i < from->n; i++) {
		const struct pt_bench *b = from->benches[i];
		struct pt_bench *copy = pt_bench_set_get(to, b->name, b->metric, b->saved);
		copy->unit = b->unit;
		copy->better = b->better;
		copy->exact = b->exact;
		copy->estimate = b->estimate;
		copy->lo = b->lo;
		copy->hi = b->hi;
		for (size_t r = 0; r < b->n_runs; r++) {
			pt_bench_add_run(copy);
			for (size_t k = 0; k < b->runs[r].n; k++)
				pt_bench_add_sample(copy, r, b->runs[r].samples[k]);
		}
	}
	for (size_t i = 0; i < from->n_notes; i++)
		pt_bench_set_note(to, "%s", from->notes[i]);
}

static void on_launched(void *arg, const struct pt_suite *suite, int64_t batch,
			const struct pt_launch *launch)
{
	struct pt_measure *m = arg;

	(void)suite;
	(void)batch;
	*m->launch = *launch;
	m->launch->error = launch->error ? pt_strdup(launch->error) : NULL;
	set_copy(&m->launch->set, &launch->set);
	m->result = 0;
}

/* The runner gives a suite up after failed launches too: that launch has been told, and stands. */
static void on_failed(void *arg, const struct pt_suite *suite, const struct pt_err *err)
{
	struct pt_measure *m = arg;

	(void)suite;
	if (m->result == 0)
		return;
	m->result = err->code == PT_EEXIST ? -PT_EEXIST : -PT_ENOTSUP;
	pt_err_set(m->err, (enum pt_error) - m->result, "%s", err->msg);
}

static void on_line(void *arg, const struct pt_suite *suite, bool is_stderr, const char *line,
		    size_t len)
{
	struct pt_measure *m = arg;

	(void)suite;
	(void)is_stderr;
	if (m->spec.line)
		m->spec.line(m->spec.arg, line, len);
}

static void on_progress(void *arg, const struct pt_runner_progress *p)
{
	struct pt_measure *m = arg;

	if (p->phase == PT_RUNNER_WAITING && p->holder)
		say(m, "waiting for %s", p->holder);
}

static void on_done(void *arg, bool canceled)
{
	struct pt_measure *m = arg;

	m->runner = NULL;
	m->canceled |= canceled;
	pt_loop_stop(m->spec.loop);
}

/* ---- where ---- */

/* The project's folder within a worktree: as deep in it as the project is in the repository. */
static int project_in(struct pt_measure *m, const struct pt_commit *commit, char *out, size_t size,
		      struct pt_err *err)
{
	const struct pt_git *git = &m->spec.benches->git;
	size_t n = strlen(git->top);
	const char *below = m->spec.project;
	char tree[600];
	int r;

	if (!git->top[0])
		return pt_err_set(err, PT_ENOTSUP, "not in a git repository");
	if (!m->trees && (r = pt_worktrees_open(git, NULL, 24, &m->trees, err)) < 0)
		return r;
	r = pt_worktrees_get(m->trees, commit->id, tree, sizeof tree, err);
	if (r < 0)
		return r;
	below = strncmp(below, git->top, n) == 0 && (below[n] == '/' || !below[n]) ? below + n : "";
	pt_snprintf(out, size, "%s%s", tree, below);
	return 0;
}

bool pt_measure_built(struct pt_measure *m, const struct pt_suite *suite,
		      const struct pt_commit *commit)
{
	if (!commit)
		return strcmp(m->built_here, suite->name) == 0;
	return m->trees &&
	       pt_worktrees_built(m->trees, commit->id, (const char *const *)suite->build);
}

static void note_built(struct pt_measure *m, const struct pt_suite *suite,
		       const struct pt_commit *commit)
{
	if (commit)
		pt_worktrees_set_built(m->trees, commit->id, (const char *const *)suite->build);
	else
		pt_strlcpy(m->built_here, suite->name, sizeof m->built_here);
}

int pt_measure_launch(struct pt_measure *m, const struct pt_suite *suite,
		      const struct pt_commit *commit, struct pt_launch *ret, struct pt_err *err)
{
	static const struct pt_runner_events events = {.progress = on_progress,
						       .line = on_line,
						       .launched = on_launched,
						       .failed = on_failed,
						       .done = on_done};
	char project[1200];
	struct pt_suite one = *suite;
	const struct pt_suite *only = &one;
	struct pt_runner_spec spec = m->common;
	int r;

	if (m->canceled)
		return pt_err_set(err, PT_ECANCELED, "interrupted");
	spec.suites = &only;
	spec.n_suites = 1;
	spec.project = project;
	spec.kind = m->spec.kind;
	spec.repeats = 1;
	spec.no_wait = m->spec.no_wait;
	spec.events = events;
	spec.arg = m;
	if (commit)
		spec.commit = *commit;
	if (!m->spec.keep)
		spec.store = (struct pt_run_store){0};
	pt_strlcpy(project, m->spec.project, sizeof project);
	if (commit && (r = project_in(m, commit, project, sizeof project, err)) < 0)
		return r == -PT_EEXIST ? r : -PT_ENOTSUP;
	spec.no_build = pt_measure_built(m, suite, commit);
	if (suite->build && !spec.no_build)
		say(m, "building %.12s", commit ? commit->id : "the work tree");
	/* Warm-ups once, after a build: before each launch they would cost as much as it does. */
	one.warmup = spec.no_build ? 0 : suite->warmup;
	m->launch = ret;
	m->err = err;
	m->result = -PT_EIO;
	r = pt_runner_start(m->spec.loop, &spec, &m->runner, err);
	if (r < 0)
		return r;
	pt_loop_run(m->spec.loop);
	if (m->canceled) {
		if (m->result == 0)
			pt_launch_release(ret);
		return pt_err_set(err, PT_ECANCELED, "interrupted");
	}
	if (m->result == 0 && suite->build && !spec.no_build)
		note_built(m, suite, commit);
	if (m->result == -PT_EIO)
		pt_err_set(err, PT_EIO, "the launch told nothing");
	return m->result;
}

void pt_measure_cancel(struct pt_measure *m)
{
	m->canceled = true;
	if (m->runner)
		pt_runner_cancel(m->runner);
}
