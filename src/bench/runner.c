/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Suites, one launch after the other, on the loop. Everything is a step that starts a child or ends
 * the suite; what a child's end brings is judged, kept, told, and leads to the next step. Nothing
 * here wakes up while a launch runs: who wants to draw progress asks with pt_runner_look.
 *
 * A suite goes: build, the compiler's name, warm-ups, launches. It is given up after three failures
 * in a row; the others still run.
 *
 * What may block is a worker's: reading what a launch has written, and keeping it. Until the worker
 * is done nothing here moves on, and it reads of the runner only what stays meanwhile.
 */
#include "perftop/bench/runner.h"

#include "cgroup.h"
#include "launch.h"
#include "lock.h"
#include "perftop/base/mem.h"
#include "perftop/base/str.h"
#include "perftop/bench/parser.h"

#include <string.h>

enum { FAILURES_MAX = 3, TAIL_BYTES = 8192 };

#define LOCK_RETRY_NS (500 * PT_MS)
#define COMPILER_NS (5 * PT_S)

enum step { STEP_BUILD, STEP_COMPILER, STEP_LAUNCHES };

struct pt_runner {
	struct pt_runner_spec spec;
	struct pt_loop *loop;
	struct pt_timer *timer; /* the next step, or another try at the lock */
	struct pt_child *child;
	bool working; /* a worker reads or keeps */
	int lock;     /* -1 until we have it */
	char holder[300];
	bool canceled;

	size_t suite; /* index */
	enum step step;
	int launch;   /* from 0; below 0: warm-ups */
	int failures; /* in a row */
	bool enough;  /* the suite is not launched again */
	char **env;
	const char *path; /* in env */
	char folder[1100];
	struct pt_environment environment; /* of the suite: with its compiler */
	int64_t batch;
	int64_t since_ns;      /* of launch_file_time before the launch */
	int64_t real_ns;       /* when it was started */
	char cgroup[1000];     /* of the launch; "" for none */
	struct pt_str refused; /* what could not be had for it */
	bool refusals_told;
	struct pt_child_result end; /* of the launch; what it printed is ours */
	struct pt_launch ended;	    /* what is made of it */
	struct pt_err stored;	    /* why batch or launch cannot be kept; code 0: it is */

	int64_t started_ns, step_ns; /* monotonic: of all, and of the launch or build that runs */
	int64_t sum_ns, of_suite_ns; /* of launches so far, of all and of this suite */
	int n_timed, n_of_suite;
};

static const struct pt_suite *suite_of(const struct pt_runner *r)
{
	return r->suite < r->spec.n_suites ? r->spec.suites[r->suite] : NULL;
}

static int repeats_of(const struct pt_runner *r, const struct pt_suite *suite)
{
	return r->spec.repeats > 0 ? r->spec.repeats : suite->repeats;
}

/* ---- telling ---- */

/* What is left, by the launches so far; of suites that have not run by the mean of all. */
static int64_t remaining_ns(const struct pt_runner *r, int64_t now_ns)
{
	const struct pt_suite *suite = suite_of(r);
	int64_t mean, own, left;

	if (!suite || !r->n_timed)
		return -1;
	mean = r->sum_ns / r->n_timed;
	own = r->n_of_suite ? r->of_suite_ns / r->n_of_suite : mean;
	left = own * (repeats_of(r, suite) - r->launch);
	if (r->step == STEP_LAUNCHES)
		left -= PT_MIN(now_ns - r->step_ns, own);
	for (size_t i = r->suite + 1; i < r->spec.n_suites; i++)
		left += mean * (r->spec.suites[i]->warmup + repeats_of(r, r->spec.suites[i]));
	return left;
}

void pt_runner_look(const struct pt_runner *r, struct pt_runner_progress *ret)
{
	const struct pt_suite *suite = suite_of(r);
	int64_t now = pt_clock_mono(r->spec.clock);

	*ret = (struct pt_runner_progress){
		.suite = suite,
		.phase = r->lock < 0		    ? PT_RUNNER_WAITING
			 : r->step != STEP_LAUNCHES ? PT_RUNNER_BUILDING
			 : r->launch < 0	    ? PT_RUNNER_WARMUP
						    : PT_RUNNER_RUNNING,
		.suite_index = (int)r->suite,
		.n_suites = (int)r->spec.n_suites,
		.launch = r->launch < 0 && suite ? r->launch + suite->warmup : PT_MAX(r->launch, 0),
		.n_launches = !suite	      ? 0
			      : r->launch < 0 ? suite->warmup
					      : repeats_of(r, suite),
		.elapsed_ns = now - r->started_ns,
		.remaining_ns = r->lock < 0 ? -1 : remaining_ns(r, now),
		.holder = r->lock < 0 ? r->holder : NULL,
	};
}

/* Whenever something else begins. */
static void tell_progress(struct pt_runner *r)
{
	struct pt_runner_progress p;

	r->step_ns = pt_clock_mono(r->spec.clock);
	if (!r->spec.events.progress)
		return;
	pt_runner_look(r, &p);
	r->spec.events.progress(r->spec.arg, &p);
}

static void tell_failed(struct pt_runner *r, const struct pt_err *err)
{
	if (r->spec.events.failed)
		r->spec.events.failed(r->spec.arg, suite_of(r), err);
}

static void on_line(void *arg, bool is_stderr, const char *line, size_t len)
{
	struct pt_runner *r = arg;

	if (r->spec.events.line)
		r->spec.events.line(r->spec.arg, suite_of(r), is_stderr, line, len);
}

/* ---- steps ---- */

static void finish(struct pt_runner *r)
{
	lock_release(r->lock);
	if (r->spec.events.done)
		r->spec.events.done(r->spec.arg, r->canceled);
	pt_timer_free(r->timer);
	launch_env_free(r->env);
	pt_environment_release(&r->environment);
	pt_str_release(&r->refused);
	free(r);
}

/* On to the next step, from the loop: never from within a call of the face. */
static void go_on(struct pt_runner *r)
{
	pt_timer_start(r->timer, 0, 0);
}

static void end_suite(struct pt_runner *r)
{
	r->suite++;
	r->step = STEP_BUILD;
	launch_env_free(r->env);
	r->env = NULL;
	go_on(r);
}

static void give_up(struct pt_runner *r, const struct pt_err *err)
{
	tell_failed(r, err);
	end_suite(r);
}

/* True when the run is over: canceled by whoever asked, or the loop goes away. */
static bool is_over(struct pt_runner *r, const struct pt_child_result *result)
{
	r->child = NULL;
	r->canceled = r->canceled || result->canceled;
	if (!r->canceled)
		return false;
	finish(r);
	return true;
}

static int spawn(struct pt_runner *r, char *const *argv, struct pt_child_spec *spec,
		 void (*done)(void *arg, const struct pt_child_result *result), struct pt_err *err)
{
	spec->argv = (const char *const *)argv;
	spec->path = r->path;
	spec->cwd = r->folder;
	spec->env = (const char *const *)r->env;
	spec->sweep = true;
	return pt_child_spawn(r->loop, spec, done, r, &r->child, err);
}

static void start_work(struct pt_runner *r, void (*work)(void *arg), void (*done)(void *arg))
{
	r->working = true;
	pt_loop_work(r->loop, work, done, r);
}

static void on_built(void *arg, const struct pt_child_result *result)
{
	struct pt_runner *r = arg;
	const struct pt_suite *suite = suite_of(r);
	struct pt_err err = {0};

	if (is_over(r, result))
		return;
	if (result->timed_out)
		pt_err_set(&err, PT_ETIMEDOUT, "the build of %s took longer than %g s", suite->name,
			   (double)suite->build_timeout_ns / PT_S);
	else if (result->signo)
		pt_err_set(&err, PT_EIO, "the build of %s was ended by signal %d", suite->name,
			   result->signo);
	else if (result->exit_status != 0)
		pt_err_set(&err, PT_EIO, "the build of %s failed with exit status %d", suite->name,
			   result->exit_status);
	if (err.code) {
		give_up(r, &err);
		return;
	}
	r->step = STEP_COMPILER;
	go_on(r);
}

static void start_build(struct pt_runner *r, const struct pt_suite *suite)
{
	struct pt_child_spec spec = {.timeout_ns = suite->build_timeout_ns, .line = on_line};
	struct pt_err err = {0}, told = {0};

	if (!launch_folder(suite, r->spec.project, r->folder, sizeof r->folder, &err)) {
		give_up(r, &err);
		return;
	}
	lock_tell(r->lock, suite->name);
	launch_env_free(r->env);
	r->env = launch_env(suite, &r->path);
	r->launch = -suite->warmup;
	r->failures = r->n_of_suite = 0;
	r->of_suite_ns = 0;
	r->refusals_told = r->enough = false;
	if (r->spec.no_build || !suite->build) {
		r->step = STEP_COMPILER;
		go_on(r);
		return;
	}
	tell_progress(r);
	if (spawn(r, suite->build, &spec, on_built, &err) < 0) {
		pt_err_set(&told, (enum pt_error)err.code, "suite %s: build: %s", suite->name,
			   err.msg);
		give_up(r, &told);
	}
}

/* In a worker. */
static void work_begin(void *arg)
{
	struct pt_runner *r = arg;
	struct pt_batch batch = {
		.repository = r->spec.repository,
		.suite = suite_of(r)->name,
		.kind = r->spec.kind,
		.started_ns = pt_clock_real(r->spec.clock),
		.commit = &r->spec.commit,
		.environment = &r->environment,
	};

	r->spec.store.begin(r->spec.store.ctx, &batch, &r->batch, &r->stored);
}

static void batch_begun(void *arg)
{
	struct pt_runner *r = arg;

	r->working = false;
	if (r->stored.code && !r->canceled) {
		give_up(r, &r->stored);
		return;
	}
	r->step = STEP_LAUNCHES;
	go_on(r);
}

static void begin_batch(struct pt_runner *r)
{
	r->batch = 0;
	r->stored = (struct pt_err){0};
	if (r->spec.store.begin)
		start_work(r, work_begin, batch_begun);
	else
		batch_begun(r);
}

static void on_compiler(void *arg, const struct pt_child_result *result)
{
	struct pt_runner *r = arg;
	char line[200];

	if (is_over(r, result))
		return;
	pt_snprintf(line, sizeof line, "%.*s", (int)strcspn(result->out, "\r\n"), result->out);
	if (result->exit_status == 0 && line[0])
		pt_environment_set(&r->environment, "compiler", line);
	begin_batch(r);
}

/* Only a word beside the results: where it cannot be had, nothing is missing. */
static void start_compiler(struct pt_runner *r, const struct pt_suite *suite)
{
	struct pt_child_spec spec = {.timeout_ns = COMPILER_NS, .max_stdout = 65536};
	const char *const *argv = launch_compiler(suite);

	if (r->spec.environment)
		pt_environment_copy(&r->environment, r->spec.environment);
	if (!argv || spawn(r, (char *const *)argv, &spec, on_compiler, NULL) < 0)
		begin_batch(r);
}

/* ---- launches ---- */

static void tell_refusals(struct pt_runner *r, const struct pt_suite *suite)
{
	if (r->refused.len && !r->refusals_told && r->spec.events.note)
		r->spec.events.note(r->spec.arg, suite, r->refused.s);
	r->refusals_told |= r->refused.len > 0;
}

/* A launch whose memory cannot be limited runs all the same, and says so. */
static void make_cgroup(struct pt_runner *r, const struct pt_suite *suite)
{
	struct pt_err err = {0};

	pt_str_clear(&r->refused);
	r->cgroup[0] = '\0';
	if (!suite->isolation.memory_bytes)
		return;
	if (cgroup_make("/", suite->isolation.memory_bytes, r->cgroup, sizeof r->cgroup, &err) == 0)
		return;
	r->cgroup[0] = '\0';
	pt_str_addf(&r->refused, "no limit of memory: %s", err.msg);
}

/* Did it run out of memory? */
static bool end_cgroup(struct pt_runner *r)
{
	bool full;

	if (!r->cgroup[0])
		return false;
	full = cgroup_was_full(r->cgroup);
	cgroup_remove(r->cgroup);
	r->cgroup[0] = '\0';
	return full;
}

static void note_failure(struct pt_runner *r, const struct pt_suite *suite,
			 const struct pt_launch *launch, struct pt_err *err)
{
	r->failures = launch->status == PT_LAUNCH_OK ? 0 : r->failures + 1;
	if (r->failures >= FAILURES_MAX)
		pt_err_set(err, PT_EIO, "suite %s: %d launches in a row failed, the last one: %s",
			   suite->name, r->failures, launch->error);
}

static void add_time(struct pt_runner *r, int64_t wall_ns)
{
	r->sum_ns += wall_ns;
	r->of_suite_ns += wall_ns;
	r->n_timed++;
	r->n_of_suite++;
}

static char *copy_bytes(const char *bytes, size_t n)
{
	char *copy = pt_malloc(n + 1);

	memcpy(copy, bytes, n);
	copy[n] = '\0';
	return copy;
}

static void free_end(struct pt_runner *r)
{
	pt_launch_release(&r->ended);
	free((char *)r->end.out);
	free((char *)r->end.err);
}

/* In a worker: what the launch has left is read, and kept. */
static void work_launch(void *arg)
{
	struct pt_runner *r = arg;
	struct pt_launch *launch = &r->ended;
	bool full = end_cgroup(r);

	launch_judge(launch, suite_of(r), r->folder, r->since_ns, full, &r->end);
	if (r->refused.len)
		pt_bench_set_note(&launch->set, "%s", r->refused.s);
	if (r->end.strays && !r->end.timed_out)
		pt_bench_set_note(&launch->set, "left processes behind, which were ended");
	if (r->launch >= 0 && r->spec.store.add)
		r->spec.store.add(r->spec.store.ctx, r->batch, launch, &r->stored);
}

/* What is kept is told, even when all has been canceled meanwhile. */
static void launch_kept(void *arg)
{
	struct pt_runner *r = arg;
	const struct pt_suite *suite = suite_of(r);
	struct pt_err err = r->stored;

	r->working = false;
	tell_refusals(r, suite);
	if (!err.code && r->launch >= 0 && r->spec.events.launched)
		r->spec.events.launched(r->spec.arg, suite, r->batch, &r->ended);
	if (!err.code)
		note_failure(r, suite, &r->ended, &err);
	free_end(r);
	if (err.code) {
		give_up(r, &err);
	} else {
		r->launch++;
		go_on(r);
	}
}

static void on_launched(void *arg, const struct pt_child_result *result)
{
	struct pt_runner *r = arg;

	r->ended = (struct pt_launch){.index = r->launch, .started_ns = r->real_ns};
	if (r->spec.observer.end)
		r->spec.observer.end(r->spec.observer.ctx, result->wall_ns, &r->ended.machine);
	if (r->canceled || result->canceled)
		end_cgroup(r);
	if (is_over(r, result))
		return;
	add_time(r, result->wall_ns);
	launch_refusals(suite_of(r), result->refused, &r->refused);
	pt_bench_set_init(&r->ended.set);
	r->end = *result;
	r->end.out = copy_bytes(result->out, result->out_len);
	r->end.err = copy_bytes(result->err, result->err_len);
	r->stored = (struct pt_err){0};
	start_work(r, work_launch, launch_kept);
}

static void on_held(void *arg, int pid)
{
	struct pt_runner *r = arg;

	r->spec.observer.held(r->spec.observer.ctx, pid);
}

static void start_launch(struct pt_runner *r, const struct pt_suite *suite)
{
	const struct pt_isolation *wished = &suite->isolation;
	struct pt_child_spec spec = {
		.timeout_ns = suite->timeout_ns,
		.max_stdout = suite->results ? 0 : PT_BENCH_MAX_BYTES,
		.max_stderr = TAIL_BYTES,
		.line = on_line,
		.cpus = wished->cpus,
		.nice = wished->nice,
		.no_aslr = wished->no_aslr,
		.cpu_time_ns = wished->cpu_time_ns,
		.held = r->spec.observer.held ? on_held : NULL,
	};
	struct pt_err err = {0}, told = {0};

	if (r->enough || r->launch >= repeats_of(r, suite)) {
		end_suite(r);
		return;
	}
	tell_progress(r);
	make_cgroup(r, suite);
	spec.cgroup = r->cgroup[0] ? r->cgroup : NULL;
	r->since_ns = launch_file_time();
	r->real_ns = pt_clock_real(r->spec.clock);
	if (spawn(r, suite->command, &spec, on_launched, &err) < 0) {
		end_cgroup(r);
		pt_err_set(&told, (enum pt_error)err.code, "suite %s: %s", suite->name, err.msg);
		give_up(r, &told);
		return;
	}
	if (r->spec.observer.begin)
		r->spec.observer.begin(r->spec.observer.ctx, pt_child_pid(r->child));
}

/* True once we have it. */
static bool take_lock(struct pt_runner *r, struct pt_err *err)
{
	char before[sizeof r->holder];

	pt_strlcpy(before, r->holder, sizeof before);
	r->lock = lock_take(r->spec.lock, r->holder, sizeof r->holder, err);
	if (r->lock >= 0)
		return true;
	/* Its age changes all the time: that is not worth a word. */
	if (strcspn(before, ",") != strcspn(r->holder, ",") ||
	    strncmp(before, r->holder, strcspn(before, ",")) != 0)
		tell_progress(r);
	return false;
}

static void on_timer(void *arg)
{
	struct pt_runner *r = arg;
	const struct pt_suite *suite = suite_of(r);
	struct pt_err err = {0};

	if (r->canceled || !suite) {
		finish(r);
	} else if (r->lock < 0 && !take_lock(r, &err)) {
		if (err.code == PT_EEXIST)
			pt_timer_start(r->timer, LOCK_RETRY_NS, 0);
		else
			give_up(r, &err);
	} else if (r->step == STEP_BUILD) {
		start_build(r, suite);
	} else if (r->step == STEP_COMPILER) {
		start_compiler(r, suite);
	} else {
		start_launch(r, suite);
	}
}

int pt_runner_start(struct pt_loop *loop, const struct pt_runner_spec *spec, struct pt_runner **ret,
		    struct pt_err *err)
{
	struct pt_runner *r;
	char holder[300] = "";
	int lock = lock_take(spec->lock, holder, sizeof holder, err);

	if (lock < 0 && (lock != -PT_EEXIST || spec->no_wait))
		return lock;
	r = pt_calloc(1, sizeof *r);
	r->spec = *spec;
	r->loop = loop;
	r->lock = PT_MAX(lock, -1);
	r->started_ns = r->step_ns = pt_clock_mono(spec->clock);
	r->timer = pt_timer_new(loop, on_timer, r);
	go_on(r);
	*ret = r;
	return 0;
}

void pt_runner_cancel(struct pt_runner *r)
{
	r->canceled = true;
	if (r->child)
		pt_child_cancel(r->child);
	else if (!r->working)
		go_on(r);
}

void pt_runner_enough(struct pt_runner *r)
{
	r->enough = true;
}
