/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A benchmark under way: what blocks before the first launch (suites, git) is done in a worker, then
 * the runner works on the loop. Other commands of perftop run as a child of ours.
 */
#include "perftop/app/bench_job.h"

#include "perftop/app/benches.h"
#include "perftop/app/log.h"
#include "perftop/base/child.h"
#include "perftop/base/mem.h"

#include <string.h>
#include <unistd.h>

enum { SLOWER = 5, GRACE_S = 5 };

struct pt_bench_job {
	struct pt_bench_job_spec spec;
	struct pt_loop *loop;
	char **words;
	size_t n_words;

	struct pt_benches benches;
	bool opened, cancel;
	const struct pt_suite **suites;
	size_t n_suites;
	struct pt_runner_spec runner_spec;
	struct pt_noise_watch *watch;
	struct pt_runner *runner;
	struct pt_child *child;
	size_t tail;
	size_t bad;	   /* launches that did not end well */
	size_t failed;	   /* suites that could not be run, or were given up */
	struct pt_err err; /* what kept it from running */
};

static struct pt_bench_job *job_new(struct pt_loop *loop, const struct pt_bench_job_spec *spec,
				    const char *what)
{
	struct pt_bench_job *job = pt_calloc(1, sizeof *job);
	struct pt_live *live = spec->live;
	struct pt_live_line *lines = live->lines;

	job->spec = *spec;
	job->loop = loop;
	*live = (struct pt_live){
		.phase = PT_LIVE_PREPARING, .lines = lines, .remaining_ns = -1, .n_suites = 1};
	pt_strlcpy(live->what, what, sizeof live->what);
	if (spec->collect)
		pt_collect_slow(spec->collect, SLOWER);
	return job;
}

static void job_free(struct pt_bench_job *job)
{
	if (job->opened)
		pt_benches_close(&job->benches);
	pt_noise_watch_free(job->watch);
	for (size_t i = 0; i < job->n_words; i++)
		free(job->words[i]);
	free(job->words);
	free(job->suites);
	free(job);
}

/* The last thing a job does. */
static void finish(struct pt_bench_job *job, enum pt_live_phase phase, const char *end)
{
	struct pt_bench_job_spec spec = job->spec;

	spec.live->phase = phase;
	pt_strlcpy(spec.live->end, end, sizeof spec.live->end);
	pt_log("%s: %s", spec.live->what, end);
	if (spec.collect)
		pt_collect_slow(spec.collect, 1);
	job_free(job);
	spec.done(spec.arg);
}

static void finish_err(struct pt_bench_job *job, const struct pt_err *err)
{
	char text[700];

	pt_err_text(err, text, sizeof text);
	finish(job, job->cancel ? PT_LIVE_CANCELED : PT_LIVE_FAILED,
	       job->cancel ? "canceled" : text);
}

/* ---- suites ---- */

static void told_progress(void *arg, const struct pt_runner_progress *p)
{
	static const enum pt_live_phase phases[] = {
		[PT_RUNNER_WAITING] = PT_LIVE_WAITING,
		[PT_RUNNER_BUILDING] = PT_LIVE_BUILDING,
		[PT_RUNNER_WARMUP] = PT_LIVE_WARMUP,
		[PT_RUNNER_RUNNING] = PT_LIVE_RUNNING,
	};
	struct pt_bench_job *job = arg;
	struct pt_live *live = job->spec.live;

	if (live->phase != PT_LIVE_CANCELING)
		live->phase = phases[p->phase];
	if (p->suite)
		pt_strlcpy(live->what, p->suite->name, sizeof live->what);
	live->suite_index = p->suite_index;
	live->n_suites = p->n_suites;
	live->launch = p->launch;
	live->n_launches = p->n_launches;
	live->elapsed_ns = p->elapsed_ns;
	live->remaining_ns = p->remaining_ns;
	pt_strlcpy(live->holder, p->holder ? p->holder : "", sizeof live->holder);
	job->spec.changed(job->spec.arg);
}

static void told_line(void *arg, const struct pt_suite *suite, bool is_stderr, const char *line,
		      size_t len)
{
	struct pt_bench_job *job = arg;

	(void)suite;
	pt_live_print(job->spec.live, is_stderr, line, len);
	job->spec.changed(job->spec.arg);
}

static void say(struct pt_bench_job *job, const struct pt_suite *suite, const char *what)
{
	char text[900];
	size_t n = pt_snprintf(text, sizeof text, "%s: %s", suite ? suite->name : "perftop", what);

	told_line(job, suite, true, text, n);
}

static void told_note(void *arg, const struct pt_suite *suite, const char *text)
{
	say(arg, suite, text);
}

static void told_launch(void *arg, const struct pt_suite *suite, int64_t batch,
			const struct pt_launch *launch)
{
	struct pt_bench_job *job = arg;

	(void)batch;
	if (launch->status != PT_LAUNCH_OK) {
		job->bad++;
		say(job, suite,
		    launch->error ? launch->error : pt_launch_status_name(launch->status));
	}
	job->spec.launched(job->spec.arg);
}

static void told_failed(void *arg, const struct pt_suite *suite, const struct pt_err *err)
{
	struct pt_bench_job *job = arg;
	char text[700];

	job->failed++;
	say(job, suite, pt_err_text(err, text, sizeof text));
}

static void told_done(void *arg, bool canceled)
{
	struct pt_bench_job *job = arg;
	char end[200];

	if (canceled)
		pt_strlcpy(end, "canceled; what had ended is kept", sizeof end);
	else if (job->failed)
		pt_snprintf(end, sizeof end, "failed, %s",
			    job->bad ? "given up after launches that did not end well"
				     : "it could not be launched");
	else if (job->bad)
		pt_snprintf(end, sizeof end, "%zu launch%s failed", job->bad,
			    job->bad == 1 ? "" : "es");
	else
		pt_strlcpy(end, "done", sizeof end);
	finish(job,
	       canceled			 ? PT_LIVE_CANCELED
	       : job->failed || job->bad ? PT_LIVE_FAILED
					 : PT_LIVE_DONE,
	       end);
}

/* In a worker: everything that reads files or asks git. */
static void prepare(void *arg)
{
	struct pt_bench_job *job = arg;
	bool *chosen;

	pt_benches_open(&job->benches, job->spec.config, job->spec.options);
	job->opened = true;
	if (pt_benches_suites(&job->benches, &job->err) < 0 ||
	    pt_benches_may_run(&job->benches, &job->err) < 0)
		return;
	chosen = pt_calloc(job->benches.suites.n + 1, sizeof *chosen);
	if (pt_suites_select(&job->benches.suites, (const char *const *)job->words, job->n_words,
			     chosen, &job->err) >= 0) {
		job->suites = pt_calloc(job->benches.suites.n + 1, sizeof *job->suites);
		for (size_t i = 0; i < job->benches.suites.n; i++)
			if (chosen[i])
				job->suites[job->n_suites++] = &job->benches.suites.suites[i];
		pt_benches_spec(&job->benches, &job->runner_spec);
	}
	free(chosen);
}

static void prepared(void *arg)
{
	struct pt_bench_job *job = arg;
	struct pt_runner_spec *s = &job->runner_spec;

	if (job->cancel)
		job->err.code = PT_ECANCELED;
	if (job->err.code) {
		finish_err(job, &job->err);
		return;
	}
	s->suites = job->suites;
	s->n_suites = job->n_suites;
	s->events = (struct pt_runner_events){.progress = told_progress,
					      .line = told_line,
					      .note = told_note,
					      .launched = told_launch,
					      .failed = told_failed,
					      .done = told_done};
	s->arg = job;
	job->watch = pt_noise_watch_new(pt_opt_text(job->spec.options, PT_OPT_ROOT), &s->observer);
	if (pt_runner_start(job->loop, s, &job->runner, &job->err) < 0)
		finish_err(job, &job->err);
}

void pt_bench_job_run(struct pt_loop *loop, const struct pt_bench_job_spec *spec,
		      const char *const *words, size_t n_words, struct pt_bench_job **ret)
{
	struct pt_bench_job *job = job_new(loop, spec, n_words ? words[0] : "all suites");

	job->words = pt_calloc(n_words + 1, sizeof *job->words);
	for (size_t i = 0; i < n_words; i++)
		job->words[job->n_words++] = pt_strdup(words[i]);
	*ret = job;
	pt_loop_work(loop, prepare, prepared, job);
}

/* ---- commands ---- */

static void child_line(void *arg, bool is_stderr, const char *line, size_t len)
{
	told_line(arg, NULL, is_stderr, line, len);
}

/* The last lines in one. */
static void tail_words(const struct pt_bench_job *job, size_t tail, char *out, size_t size)
{
	size_t n = 0;

	out[0] = '\0';
	for (size_t i = tail; i-- > 0;) {
		const struct pt_live_line *line = pt_live_line(job->spec.live, i);
		if (line)
			n += pt_snprintf(out + n, size - n, "%s%s", n ? " " : "", line->text);
	}
}

static void child_done(void *arg, const struct pt_child_result *r)
{
	struct pt_bench_job *job = arg;
	const struct pt_live_line *last = pt_live_line(job->spec.live, 0);
	char end[200];

	if (r->canceled || job->cancel)
		pt_strlcpy(end, "canceled", sizeof end);
	else if (r->signo)
		pt_snprintf(end, sizeof end, "ended by signal %d", r->signo);
	else if (r->exit_status == 0 && last)
		tail_words(job, job->tail, end, sizeof end);
	else if (r->exit_status == 0)
		pt_strlcpy(end, "done", sizeof end);
	else
		pt_snprintf(end, sizeof end, "exit status %d%s%s", r->exit_status, last ? ": " : "",
			    last ? last->text : "");
	finish(job,
	       r->canceled || job->cancel   ? PT_LIVE_CANCELED
	       : r->signo || r->exit_status ? PT_LIVE_FAILED
					    : PT_LIVE_DONE,
	       end);
}

void pt_bench_job_command(struct pt_loop *loop, const struct pt_bench_job_spec *spec,
			  const char *what, size_t tail, const char *const *args,
			  struct pt_bench_job **ret)
{
	struct pt_bench_job *job = job_new(loop, spec, what);
	char flags[5][700];
	static const enum pt_opt passed[] = {PT_OPT_PROJECT, PT_OPT_ROOT, PT_OPT_MACHINE_CLASS,
					     PT_OPT_LOCK, PT_OPT_CONFIG};
	const char *argv[32] = {"/proc/self/exe"};
	size_t n = 1;
	struct pt_child_spec child = {
		.argv = argv,
		.cwd = spec->config->paths.project[0] ? spec->config->paths.project : NULL,
		.env = (const char *const *)environ,
		.grace_ns = GRACE_S * PT_S,
		.line = child_line};

	while (args[n - 1] && n < PT_LEN(argv) - 2 * PT_LEN(passed) - 1) {
		argv[n] = args[n - 1];
		n++;
	}
	/* What was said on our own command line; variables and files are read anew. */
	for (size_t i = 0; i < PT_LEN(passed); i++)
		if (spec->options->v[passed[i]].source == PT_FROM_FLAG) {
			pt_snprintf(flags[i], sizeof flags[i], "--%s=%s",
				    pt_options_table[passed[i]].name,
				    pt_opt_text(spec->options, passed[i]));
			argv[n++] = flags[i];
		}
	*ret = job;
	job->tail = tail;
	job->spec.live->phase = PT_LIVE_RUNNING;
	job->spec.live->result = tail > 1;
	if (pt_child_spawn(loop, &child, child_done, job, &job->child, &job->err) < 0) {
		*ret = NULL;
		finish_err(job, &job->err);
	}
}

/* ---- both ---- */

void pt_bench_job_cancel(struct pt_bench_job *job)
{
	if (job->cancel)
		return;
	job->cancel = true;
	job->spec.live->phase = PT_LIVE_CANCELING;
	if (job->runner)
		pt_runner_cancel(job->runner);
	else if (job->child)
		pt_child_cancel(job->child);
}

void pt_bench_job_look(struct pt_bench_job *job)
{
	struct pt_runner_progress p;

	if (!job->runner || job->cancel)
		return;
	pt_runner_look(job->runner, &p);
	told_progress(job, &p);
}
