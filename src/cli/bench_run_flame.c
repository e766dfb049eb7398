/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `perftop bench run --flame`: sampled launches of each suite; which functions grew. */
#include "bench_run.h"

#include "perftop/app/bench_flame.h"
#include "perftop/base/mem.h"
#include "perftop/base/text.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>

enum { GROWN_TOLD = 5 };

struct flaming {
	struct pt_cli *cli;
	struct pt_benches *b;
	struct pt_loop *loop;
	struct pt_runner *runner;
	struct pt_bench_flame *flame;
	int kept, failed;
	bool canceled;
};

static void say(struct flaming *f, const char *text)
{
	FILE *to = pt_cli_flag(f->cli, "json") ? stderr : stdout;
	char *safe = pt_malloc(4 * strlen(text) + 1);

	pt_text_safe(safe, 4 * strlen(text) + 1, text, strlen(text), !pt_cli_utf8());
	fprintf(to, "%s\n", safe);
	fflush(to);
	free(safe);
}

/* The batch that has just been measured: a profile belongs beside numbers. */
static int64_t batch_of(struct flaming *f, const char *suite)
{
	struct pt_runs_query query = {.repository = f->b->repository,
				      .suite = suite,
				      .machine_class = f->b->environment.machine_class,
				      .dirty = -1,
				      .latest_batches = 1};
	struct pt_batch_info *list = NULL;
	int64_t id = 0;
	size_t n = 0;

	if (pt_benches_db(f->b, true, NULL) == 0 &&
	    pt_runs_batches(f->b->db, &query, 1, &list, &n, NULL) == 0 && n > 0)
		id = list[0].id;
	pt_batch_infos_free(list, n);
	return id;
}

/* What has changed since the commit before that has a profile. */
static void tell_grown(struct flaming *f, const char *suite, const char *mode)
{
	struct pt_frames *frames = pt_frames_new();
	struct pt_profile p, base;
	struct pt_str out = PT_STR_INIT;
	char *save = NULL;

	if (pt_bench_flames_load(f->b, suite, NULL, frames, &p, &base, NULL) == 0) {
		pt_str_addf(&out, "%s: profile kept (%lld samples, %s)", suite,
			    (long long)p.samples, mode);
		if (base.tree) {
			size_t head = out.len;
			pt_str_addf(&out, "; since %s these functions grew:\n", base.name);
			size_t n = out.len;
			pt_bench_flames_tell(&base, &p, GROWN_TOLD, &out);
			if (out.len == n) {
				out.s[out.len = head] = '\0';
				pt_str_addf(&out, "; since %s no function grew beyond chance",
					    base.name);
			}
			pt_profile_release(&base);
		}
		pt_profile_release(&p);
		for (char *line = strtok_r(out.s, "\n", &save); line;
		     line = strtok_r(NULL, "\n", &save))
			say(f, line);
	}
	pt_str_release(&out);
	pt_frames_unref(frames);
}

static void on_failed(void *arg, const struct pt_suite *suite, const struct pt_err *err)
{
	struct flaming *f = arg;

	f->failed++;
	pt_bench_flame_forget(f->flame);
	pt_cli_error(f->cli, 0, "%s: no profile: %s", suite->name, err->msg);
}

static void on_launched(void *arg, const struct pt_suite *suite, int64_t batch,
			const struct pt_launch *launch)
{
	struct flaming *f = arg;
	struct pt_err err = {0};
	char mode[96];
	int r;

	if (launch->status != PT_LAUNCH_OK && launch->status != PT_LAUNCH_NO_RESULT)
		r = pt_err_set(&err, PT_EIO, "%s", launch->error ? launch->error : "failed");
	else
		r = pt_bench_flame_add(f->flame, &err);
	if (r == 0)
		return;
	pt_runner_enough(f->runner);
	batch = batch_of(f, suite->name);
	if (r > 0 && batch == 0)
		r = pt_err_set(&err, PT_ENODATA, "its runs are not kept");
	if (r > 0)
		r = pt_bench_flame_keep(f->flame, f->b, batch, mode, sizeof mode, &err);
	if (r < 0) {
		on_failed(f, suite, &err);
		return;
	}
	f->kept++;
	tell_grown(f, suite->name, mode);
}

static void on_done(void *arg, bool canceled)
{
	struct flaming *f = arg;

	f->runner = NULL;
	f->canceled = canceled;
	pt_loop_stop(f->loop);
}

static void on_signal(void *arg, int signo)
{
	struct flaming *f = arg;

	(void)signo;
	if (f->runner)
		pt_runner_cancel(f->runner);
}

static int launch_all(struct flaming *f, struct pt_runner_spec *spec)
{
	static const int signals[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT};
	struct pt_signal *watched[PT_LEN(signals)];
	struct pt_err err = {0};
	int r;

	f->loop = pt_loop_new();
	for (size_t i = 0; i < PT_LEN(signals); i++)
		watched[i] = pt_signal_new(f->loop, signals[i], on_signal, f);
	r = pt_runner_start(f->loop, spec, &f->runner, &err);
	if (r == 0)
		pt_loop_run(f->loop);
	for (size_t i = 0; i < PT_LEN(signals); i++)
		pt_signal_free(watched[i]);
	pt_loop_free(f->loop);
	return r < 0 ? pt_cli_err(f->cli, PT_EXIT_NO_ANSWER, &err) : PT_EXIT_OK;
}

int bench_run_flame(struct pt_cli *cli, struct pt_benches *b, const struct pt_suite *const *suites,
		    size_t n_suites)
{
	struct flaming f = {.cli = cli, .b = b};
	struct pt_runner_spec spec;
	int status;

	pt_benches_spec(b, &spec);
	f.flame = pt_bench_flame_new(&spec.observer);
	spec.suites = suites;
	spec.n_suites = n_suites;
	spec.repeats = PT_BENCH_FLAME_LAUNCHES;
	spec.no_build = true;
	spec.store = (struct pt_run_store){0};
	spec.events = (struct pt_runner_events){
		.launched = on_launched, .failed = on_failed, .done = on_done};
	spec.arg = &f;
	status = launch_all(&f, &spec);
	pt_bench_flame_free(f.flame);
	if (status != PT_EXIT_OK)
		return status;
	if (f.canceled || (f.failed && !f.kept))
		return PT_EXIT_NO_ANSWER;
	return f.failed ? PT_EXIT_FAILED : PT_EXIT_OK;
}
