/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Launches: whatever a command does is a result, nothing of it is left behind, one benchmark runs at
 * a time. The commands are scripts; what the runner tells is gathered and compared.
 */
#include "../../src/bench/launch.h"
#include "../../src/bench/lock.h"
#include "perftop/bench/runner.h"

#include "collect_tree.h"

#include <fnmatch.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/wait.h>

static struct tree tree;
static struct pt_loop *loop;

/* What was told, as text, one line each. */
struct told {
	struct pt_runner *runner;
	struct pt_str text, lines;
	int kept, held, observed, progress;
	int enough_at;	 /* the launch after which no more is wanted; 0: none */
	int fail_add_at; /* the launch that cannot be kept; -1: none */
	int cancel_at_line;
	bool done, canceled;
	int64_t remaining_ns; /* of the last progress */
	char machine[100], compiler[100];
	/* The store: what it does stands here, as a worker calls it. */
	bool fail_begin, own_thread;
	int wrong_batches;
	sem_t *asked,
		*answer;  /* it tells that it was asked to add, and answers when it may; NULL */
	pthread_t thread; /* of the loop */
};

static void on_progress(void *arg, const struct pt_runner_progress *p)
{
	struct told *t = arg;

	t->progress++;
	t->remaining_ns = p->remaining_ns;
	if (p->phase == PT_RUNNER_WAITING)
		pt_str_addf(&t->text, "waiting for %s\n", p->holder);
}

static void on_line(void *arg, const struct pt_suite *suite, bool is_stderr, const char *line,
		    size_t len)
{
	struct told *t = arg;

	pt_str_addf(&t->lines, "%s%c%.*s\n", suite->name, is_stderr ? '!' : ':', (int)len, line);
	if (t->cancel_at_line && --t->cancel_at_line == 0)
		pt_runner_cancel(t->runner);
}

static void on_launched(void *arg, const struct pt_suite *suite, int64_t batch,
			const struct pt_launch *launch)
{
	struct told *t = arg;

	pt_str_addf(&t->text, "%s %d %s", suite->name, launch->index,
		    pt_launch_status_name(launch->status));
	if (launch->error)
		pt_str_addf(&t->text, ": %s", launch->error);
	for (size_t i = 0; i < launch->set.n; i++)
		pt_str_addf(&t->text, " %s=%g", launch->set.benches[i]->name,
			    pt_bench_median(launch->set.benches[i]));
	for (size_t i = 0; i < launch->set.n_notes; i++)
		pt_str_addf(&t->text, " (%s)", launch->set.notes[i]);
	pt_str_addc(&t->text, '\n');
	assert_int_equal(batch, 42);
	if (t->enough_at && launch->index == t->enough_at)
		pt_runner_enough(t->runner);
}

static void on_note(void *arg, const struct pt_suite *suite, const char *text)
{
	struct told *t = arg;

	pt_str_addf(&t->text, "note %s: %s\n", suite->name, text);
}

static void on_failed(void *arg, const struct pt_suite *suite, const struct pt_err *err)
{
	struct told *t = arg;

	pt_str_addf(&t->text, "%s failed: %s\n", suite->name, err->msg);
}

static void on_done(void *arg, bool canceled)
{
	struct told *t = arg;

	t->done = true;
	t->canceled = canceled;
	pt_loop_stop(loop);
}

static int begin(void *ctx, const struct pt_batch *batch, int64_t *ret, struct pt_err *err)
{
	struct told *t = ctx;

	t->own_thread |= pthread_equal(t->thread, pthread_self());
	if (t->fail_begin)
		return pt_err_set(err, PT_EIO, "no history");
	pt_strlcpy(t->machine, batch->environment->machine_class, sizeof t->machine);
	if (pt_environment_get(batch->environment, "compiler"))
		pt_strlcpy(t->compiler, pt_environment_get(batch->environment, "compiler"),
			   sizeof t->compiler);
	*ret = 42;
	return 0;
}

static int add(void *ctx, int64_t batch, const struct pt_launch *launch, struct pt_err *err)
{
	struct told *t = ctx;

	t->own_thread |= pthread_equal(t->thread, pthread_self());
	t->wrong_batches += batch != 42;
	if (t->asked) {
		sem_post(t->asked);
		sem_wait(t->answer);
	}
	if (launch->index == t->fail_add_at)
		return pt_err_set(err, PT_EIO, "disk full");
	t->kept++;
	return 0;
}

static void watch_begin(void *ctx, int pid)
{
	struct told *t = ctx;

	assert_true(pid > 0);
	t->observed++;
}

/* The name that the process has: not yet that of a program of its own. */
static void watch_held(void *ctx, int pid)
{
	struct told *t = ctx;
	char path[64], text[64] = "";
	FILE *f;

	pt_snprintf(path, sizeof path, "/proc/%d/comm", pid);
	f = fopen(path, "r");
	assert_non_null(f);
	assert_non_null(fgets(text, sizeof text, f));
	fclose(f);
	assert_string_not_equal(text, "sh\n");
	assert_int_equal(t->observed, t->held);
	t->held++;
}

static void watch_end(void *ctx, int64_t wall_ns, struct pt_run_machine *ret)
{
	(void)ctx;
	(void)wall_ns;
	ret->busy_ratio = 0.5;
}

static char lock_path[PATH_MAX + 20];

static struct pt_runner_spec spec_of(const struct pt_suite *const *suites, size_t n, struct told *t)
{
	static const struct pt_environment environment = {.machine_class = "m"};

	return (struct pt_runner_spec){
		.suites = suites,
		.n_suites = n,
		.project = tree.dir,
		.repository = "r",
		.environment = &environment,
		.store = {.ctx = t, .begin = begin, .add = add},
		.observer = {.ctx = t, .begin = watch_begin, .end = watch_end},
		.clock = &pt_clock_system,
		.lock = lock_path,
		.events = {.progress = on_progress,
			   .line = on_line,
			   .launched = on_launched,
			   .note = on_note,
			   .failed = on_failed,
			   .done = on_done},
		.arg = t,
	};
}

static void told_init(struct told *t)
{
	*t = (struct told){.fail_add_at = -1, .thread = pthread_self()};
}

static void told_release(struct told *t)
{
	assert_int_equal(t->wrong_batches, 0);
	assert_false(t->own_thread);
	pt_str_release(&t->text);
	pt_str_release(&t->lines);
}

static void go(const struct pt_runner_spec *spec, struct told *t)
{
	struct pt_err err = {0};

	if (pt_runner_start(loop, spec, &t->runner, &err) < 0)
		fail_msg("%s", err.msg);
	assert_false(t->done); /* never before the loop runs */
	pt_loop_run(loop);
	assert_true(t->done);
}

/* What a suite does not say, in a place that lasts for the test. */
static const struct pt_suite *filled(struct pt_suite suite)
{
	static struct pt_suite pool[64];
	static size_t n;
	struct pt_suite *s = &pool[n++ % PT_LEN(pool)];

	*s = suite;
	s->name = s->name ? s->name : "s";
	s->folder = s->folder ? s->folder : ".";
	s->timeout_ns = s->timeout_ns ? s->timeout_ns : 200 * PT_S;
	s->build_timeout_ns = s->build_timeout_ns ? s->build_timeout_ns : 200 * PT_S;
	s->repeats = s->repeats ? s->repeats : 1;
	return s;
}

/* A suite of one script. */
#define SUITE(script, ...) \
	filled((struct pt_suite){.command = (char *[]){"sh", "-c", script, NULL}, __VA_ARGS__})

static void check(const struct pt_suite *suite, const char *wanted)
{
	struct pt_runner_spec spec;
	struct told t;

	told_init(&t);
	spec = spec_of(&suite, 1, &t);
	go(&spec, &t);
	if (fnmatch(wanted, pt_str_text(&t.text), 0) != 0)
		fail_msg("got:    %s\nwanted: %s", pt_str_text(&t.text), wanted);
	assert_false(t.canceled);
	told_release(&t);
}

static int setup(void **state)
{
	(void)state;
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	tree_init(&tree);
	pt_snprintf(lock_path, sizeof lock_path, "%s/lock", tree.dir);
	loop = pt_loop_new();
	return 0;
}

/* No process is left of what was launched. */
static int teardown(void **state)
{
	(void)state;
	pt_loop_free(loop);
	tree_release(&tree);
	return waitpid(-1, NULL, WNOHANG) < 0 && errno == ECHILD ? 0 : -1;
}

static void test_results(void **state)
{
	(void)state;
	check(SUITE("echo 'a: 2 ms'; echo 'b: 3 ms'", .repeats = 2),
	      "s 0 ok a=2e+06 b=3e+06\ns 1 ok a=2e+06 b=3e+06\n");
	check(SUITE("echo hello"),
	      "s 0 no result: stdout: no known format of results, expected *\n");
	check(SUITE(":"), "s 0 no result: stdout: is empty, expected results\n");
}

static void test_ends(void **state)
{
	(void)state;
	check(SUITE("echo one; echo two >&2; exit 3"), "s 0 failed: exit status 3: two\n");
	check(SUITE("echo one; exit 3"), "s 0 failed: exit status 3: one\n");
	check(SUITE("kill -SEGV $$"), "s 0 failed: ended by signal 11 (Segmentation fault)\n");
	check(SUITE("kill -KILL $$"), "s 0 failed: ended by signal 9 (Killed)\n");
	check(SUITE("sleep 4242", .timeout_ns = 50 * PT_MS),
	      "s 0 timed out: took longer than 0.05 s\n");
	check(SUITE("trap '' TERM; while :; do sleep 4242; done", .timeout_ns = 50 * PT_MS),
	      "s 0 timed out: took longer than 0.05 s\n");
	check(SUITE("while :; do :; done", .isolation = {.cpu_time_ns = 1}),
	      "s 0 failed: used more than 1e-09 s of CPU time\n");
}

static void test_given_up(void **state)
{
	(void)state;
	check(SUITE("exit 1", .repeats = 9),
	      "s 0 failed: exit status 1\ns 1 failed: exit status 1\ns 2 failed: exit status 1\n"
	      "s failed: suite s: 3 launches in a row failed, the last one: exit status 1\n");
	/* One that succeeds in between starts the count anew. */
	check(SUITE("n=$(cat n 2>/dev/null || echo 0); echo $((n + 1)) >n; [ $n = 2 ] && "
		    "echo 'a: 1 ms'; [ $n = 2 ]",
		    .repeats = 5),
	      "s 0 failed: exit status 1\ns 1 failed: exit status 1\ns 2 ok a=1e+06\n"
	      "s 3 failed: exit status 1\ns 4 failed: exit status 1\n");
}

static void test_no_program(void **state)
{
	char *gone[] = {"./gone", NULL}, *none[] = {"no-such-program-here", NULL};
	const struct pt_suite *suites[] = {filled((struct pt_suite){.command = gone}),
					   filled((struct pt_suite){.command = none}),
					   SUITE("echo 'a: 1 ms'"),
					   SUITE("x", .folder = "nowhere")};
	struct pt_runner_spec spec;
	struct told t;

	(void)state;
	told_init(&t);
	spec = spec_of(suites, PT_LEN(suites), &t);
	go(&spec, &t);
	if (!strstr(t.text.s, "s failed: suite s: cannot run ./gone: No such file") ||
	    !strstr(t.text.s,
		    "s failed: suite s: cannot run no-such-program-here: no such program") ||
	    !strstr(t.text.s, "s 0 ok a=1e+06\n") ||
	    !strstr(t.text.s, "s failed: suite s: no folder "))
		fail_msg("%s", t.text.s);
	told_release(&t);
}

static void test_build_and_warmup(void **state)
{
	char *build[] = {"sh", "-c", "echo building; echo 0 >built", NULL};
	char *bad[] = {"sh", "-c", "echo no >&2; exit 2", NULL};
	char *slow[] = {"sleep", "4242", NULL};
	const struct pt_suite *suites[] = {
		SUITE("read n <built; n=$((n + 1)); echo $n >built; echo \"a: $n\"", .build = build,
		      .warmup = 2, .repeats = 2),
		SUITE("echo 'a: 1'", .name = "bad", .build = bad),
		SUITE("echo 'a: 1'", .name = "slow", .build = slow, .build_timeout_ns = 20 * PT_MS),
	};
	struct pt_runner_spec spec;
	struct told t;

	(void)state;
	told_init(&t);
	spec = spec_of(suites, PT_LEN(suites), &t);
	go(&spec, &t);
	assert_string_equal(t.text.s, "s 0 ok a=3\ns 1 ok a=4\n"
				      "bad failed: the build of bad failed with exit status 2\n"
				      "slow failed: the build of slow took longer than 0.02 s\n");
	assert_non_null(strstr(t.lines.s, "s:building\n"));
	assert_non_null(strstr(t.lines.s, "bad!no\n"));
	assert_int_equal(t.kept, 2);
	assert_int_equal(t.observed, 4);
	assert_string_equal(t.machine, "m");
	told_release(&t);
	/* Without building, and once. */
	told_init(&t);
	spec = spec_of(suites, 1, &t);
	spec.no_build = true;
	spec.repeats = 1;
	go(&spec, &t);
	assert_string_equal(t.text.s, "s 0 ok a=7\n");
	told_release(&t);
}

/* As many launches as are wanted, of each suite; each is held before its program runs. */
static void test_enough(void **state)
{
	const struct pt_suite *suites[] = {SUITE("echo 'a: 1'", .repeats = 5),
					   SUITE("echo 'a: 2'", .name = "other")};
	struct pt_runner_spec spec;
	struct told t;

	(void)state;
	told_init(&t);
	t.enough_at = 1;
	spec = spec_of(suites, PT_LEN(suites), &t);
	spec.repeats = 3;
	spec.observer.held = watch_held;
	go(&spec, &t);
	assert_string_equal(t.text.s, "s 0 ok a=1\ns 1 ok a=1\nother 0 ok a=2\nother 1 ok a=2\n");
	assert_int_equal(t.held, 4);
	assert_int_equal(t.observed, 4);
	told_release(&t);
}

static void test_results_file(void **state)
{
	(void)state;
	check(SUITE("echo noise; echo 'a: 1 ms' >out", .results = "out"), "s 0 ok a=1e+06\n");
	usleep(20000); /* more than a tick of the clock that files have */
	check(SUITE("echo 'a: 2 ms'", .results = "out"),
	      "s 0 no result: */out: stale results: nothing new in it\n");
	check(SUITE("touch out", .results = "nothing"), "s 0 no result: it wrote no nothing\n");
}

static void write_leaf(const char *name, double ns)
{
	char path[200], text[200];

	pt_snprintf(path, sizeof path, "crit/%s/new/sample.json", name);
	pt_snprintf(text, sizeof text,
		    "{\"sampling_mode\":\"Flat\",\"iters\":[1,1],\"times\":[%g,%g]}", ns, ns);
	tree_put(&tree, path, text);
	pt_snprintf(path, sizeof path, "crit/%s/new/benchmark.json", name);
	pt_snprintf(text, sizeof text, "{\"group_id\":\"%s\",\"full_id\":\"%s\"}", name, name);
	tree_put(&tree, path, text);
}

/* Of a tree only what this launch has written. */
static void test_results_tree(void **state)
{
	(void)state;
	write_leaf("old", 5);
	write_leaf("now", 6);
	usleep(20000);
	check(SUITE("cp crit/now/new/sample.json x && cat x >crit/now/new/sample.json",
		    .results = "crit"),
	      "s 0 ok now=6\n");
	usleep(20000);
	check(SUITE(":", .results = "crit"),
	      "s 0 no result: */crit: stale results: nothing new in it\n");
}

static void test_place(void **state)
{
	(void)state;
	check(SUITE("echo \"aslr: $(cat /proc/self/personality)\"; echo \"nice: $(nice)\"",
		    .isolation = {.cpus = "0", .no_aslr = true, .nice = 7}),
	      "s 0 ok aslr=40000 nice=7\n");
	check(SUITE("sed -n 's/Cpus_allowed_list:/cpus:/p' /proc/self/status",
		    .isolation = {.cpus = "0"}),
	      "s 0 ok cpus=0\n");
}

static void test_refused(void **state)
{
	const struct pt_suite *suites[] = {
		SUITE("echo 'a: 1'", .repeats = 2, .isolation = {.cpus = "0-1023"})};
	struct pt_runner_spec spec;
	struct told t;

	(void)state;
	told_init(&t);
	spec = spec_of(suites, 1, &t);
	go(&spec, &t);
	/* Told once, and beside each launch. */
	if (strncmp(t.text.s, "note s: not pinned to CPUs 0-1023 of ", 37) != 0 ||
	    !strstr(t.text.s, "s 0 ok a=1 (not pinned") ||
	    !strstr(t.text.s, "s 1 ok a=1 (not pinned") || strstr(t.text.s + 5, "note"))
		fail_msg("%s", t.text.s);
	told_release(&t);
}

static void test_environment(void **state)
{
	char *env[] = {"A_SUITES=7", "HOME=/suites", NULL};

	(void)state;
	setenv("A_USERS", "5", 1);
	check(SUITE("echo \"a: $A_SUITES\"; echo \"b: $A_USERS\"; [ $HOME = /suites ]", .env = env),
	      "s 0 ok a=7 b=5\n");
}

static void put_program(const char *path, const char *script)
{
	char full[PATH_MAX + 64];

	tree_put(&tree, path, script);
	pt_snprintf(full, sizeof full, "%s/%s", tree.dir, path);
	assert_int_equal(chmod(full, 0755), 0);
}

/* What the suite builds with is kept beside its results, found as the suite would find it. */
static void test_compiler(void **state)
{
	char *argv[] = {"make", "bench", NULL}, path[PATH_MAX + 64];
	char *env[] = {path, NULL};
	struct pt_suite suite = {.command = argv, .env = env};
	const struct pt_suite *suites[] = {filled(suite)};
	struct pt_runner_spec spec;
	struct told t;

	(void)state;
	pt_snprintf(path, sizeof path, "PATH=%s/bin:/usr/bin:/bin", tree.dir);
	put_program("bin/make", "#!/bin/sh\necho a: 1\n");
	put_program("bin/cc", "#!/bin/sh\necho 'fake cc 1.0'; echo more\n");
	told_init(&t);
	spec = spec_of(suites, 1, &t);
	go(&spec, &t);
	assert_string_equal(t.text.s, "s 0 ok a=1\n");
	assert_string_equal(t.compiler, "fake cc 1.0");
	told_release(&t);
}

/* Whoever leaves the group, and whoever that one starts, is ended with the launch. */
static void test_strays(void **state)
{
	(void)state;
	check(SUITE("setsid sh -c 'setsid sleep 4242 & sleep 4243 & exec sleep 4244' "
		    ">/dev/null 2>&1 & echo 'a: 1'"),
	      "s 0 ok a=1 (left processes behind, which were ended)\n");
	check(SUITE("(sleep 4242 >/dev/null 2>&1 &); echo 'a: 1'"),
	      "s 0 ok a=1 (left processes behind, which were ended)\n");
}

static void test_cancel(void **state)
{
	const struct pt_suite *suites[] = {
		SUITE("n=$(cat n 2>/dev/null); echo x >n; [ -n \"$n\" ] || { echo 'a: 1'; exit; }; "
		      "setsid sleep 4242 & (trap '' TERM; sleep 4243) & echo ready; wait",
		      .repeats = 5)};
	struct pt_runner_spec spec;
	struct told t;

	(void)state;
	told_init(&t);
	t.cancel_at_line = 2;
	spec = spec_of(suites, 1, &t);
	go(&spec, &t);
	assert_true(t.canceled);
	assert_string_equal(t.text.s, "s 0 ok a=1\n"); /* what was told stays */
	assert_int_equal(t.kept, 1);
	told_release(&t);
	/* Before anything has been started. */
	told_init(&t);
	spec = spec_of(suites, 1, &t);
	assert_int_equal(pt_runner_start(loop, &spec, &t.runner, NULL), 0);
	pt_runner_cancel(t.runner);
	pt_loop_run(loop);
	assert_true(t.done && t.canceled && !t.observed);
	told_release(&t);
}

static void test_not_kept(void **state)
{
	const struct pt_suite *suites[] = {SUITE("echo 'a: 1'", .repeats = 3)};
	struct pt_runner_spec spec;
	struct told t;

	(void)state;
	told_init(&t);
	t.fail_add_at = 1;
	spec = spec_of(suites, 1, &t);
	go(&spec, &t);
	assert_string_equal(t.text.s, "s 0 ok a=1\ns failed: disk full\n");
	told_release(&t);
}

static void test_not_begun(void **state)
{
	const struct pt_suite *suites[] = {SUITE("echo 'a: 1'"), SUITE("echo 'b: 1'", .name = "t")};
	struct pt_runner_spec spec;
	struct told t;

	(void)state;
	told_init(&t);
	t.fail_begin = true;
	spec = spec_of(suites, 2, &t);
	go(&spec, &t);
	assert_string_equal(t.text.s, "s failed: no history\nt failed: no history\n");
	assert_int_equal(t.observed, 0);
	told_release(&t);
}

/* ---- a store that takes its time ---- */

struct pace {
	int ticks;
};

static void on_tick(void *arg)
{
	((struct pace *)arg)->ticks++;
}

/* Runs the loop until the store has been asked to add; then its timers still fire, and nothing of
 * the launch is told before the store has answered. */
static void wait_asked(struct told *t, const char *told_before)
{
	struct pace pace = {0};
	struct pt_timer *timer = pt_timer_new(loop, on_tick, &pace);

	pt_timer_start(timer, PT_MS, PT_MS);
	while (sem_trywait(t->asked) < 0)
		pt_loop_step(loop, PT_S);
	pace.ticks = 0;
	while (pace.ticks < 20)
		pt_loop_step(loop, PT_S);
	pt_timer_free(timer);
	assert_string_equal(pt_str_text(&t->text), told_before);
	assert_false(t->done);
}

static void slow_begin(struct told *t, sem_t *asked, sem_t *answer)
{
	told_init(t);
	sem_init(asked, 0, 0);
	sem_init(answer, 0, 0);
	t->asked = asked;
	t->answer = answer;
}

static void slow_end(struct told *t)
{
	sem_destroy(t->asked);
	sem_destroy(t->answer);
	told_release(t);
}

static void test_slow_store(void **state)
{
	const struct pt_suite *suites[] = {SUITE("echo 'a: 1'", .repeats = 3)};
	struct pt_runner_progress p;
	struct pt_runner_spec spec;
	sem_t asked, answer;
	struct told t;

	(void)state;
	slow_begin(&t, &asked, &answer);
	t.fail_add_at = 2;
	spec = spec_of(suites, 1, &t);
	assert_int_equal(pt_runner_start(loop, &spec, &t.runner, NULL), 0);
	wait_asked(&t, "");
	pt_runner_look(t.runner, &p);
	assert_int_equal(p.phase, PT_RUNNER_RUNNING);
	assert_int_equal(p.launch, 0);
	sem_post(&answer);
	wait_asked(&t, "s 0 ok a=1\n");
	assert_int_equal(t.observed, 2); /* the next one has not been started */
	sem_post(&answer);
	wait_asked(&t, "s 0 ok a=1\ns 1 ok a=1\n");
	sem_post(&answer);
	pt_loop_run(loop);
	assert_true(t.done && !t.canceled);
	assert_string_equal(t.text.s, "s 0 ok a=1\ns 1 ok a=1\ns failed: disk full\n");
	slow_end(&t);
}

/* Canceled while it is being kept: the launch is kept, so it is told. */
static void test_cancel_while_kept(void **state)
{
	const struct pt_suite *suites[] = {SUITE("echo 'a: 1'", .repeats = 3)};
	struct pt_runner_spec spec;
	sem_t asked, answer;
	struct told t;

	(void)state;
	slow_begin(&t, &asked, &answer);
	spec = spec_of(suites, 1, &t);
	assert_int_equal(pt_runner_start(loop, &spec, &t.runner, NULL), 0);
	wait_asked(&t, "");
	pt_runner_cancel(t.runner);
	pt_runner_cancel(t.runner);
	for (int i = 0; i < 3; i++)
		pt_loop_step(loop, PT_MS);
	assert_false(t.done);
	sem_post(&answer);
	pt_loop_run(loop);
	assert_true(t.done && t.canceled);
	assert_string_equal(t.text.s, "s 0 ok a=1\n");
	assert_int_equal(t.kept, 1);
	assert_int_equal(t.observed, 1);
	slow_end(&t);
}

static void test_progress(void **state)
{
	const struct pt_suite *suites[] = {SUITE("echo 'a: 1'", .repeats = 3)};
	struct pt_runner_spec spec;
	struct told t;

	(void)state;
	told_init(&t);
	spec = spec_of(suites, 1, &t);
	go(&spec, &t);
	assert_int_equal(t.progress, 3);
	assert_true(t.remaining_ns > 0 && t.remaining_ns < 60 * PT_S);
	told_release(&t);
}

/* ---- the lock ---- */

static void test_lock(void **state)
{
	const struct pt_suite *suites[] = {SUITE("echo 'a: 1'")};
	char holder[200] = "";
	struct pt_runner_spec spec;
	struct pt_err err = {0};
	struct told t;
	int fd;

	(void)state;
	assert_false(pt_runner_holder(lock_path, holder, sizeof holder));
	fd = lock_take(lock_path, holder, sizeof holder, &err);
	assert_true(fd >= 0);
	lock_tell(fd, "par\x1bser");
	assert_true(pt_runner_holder(lock_path, holder, sizeof holder));
	if (!strstr(holder, ": par^[ser (pid ") || !strstr(holder, " s)"))
		fail_msg("%s", holder);
	told_init(&t);
	spec = spec_of(suites, 1, &t);
	spec.no_wait = true;
	assert_int_equal(pt_runner_start(loop, &spec, &t.runner, &err), -PT_EEXIST);
	assert_non_null(strstr(err.msg, "par^[ser"));
	/* Who waits says for whom, and goes on when it is free. */
	spec.no_wait = false;
	assert_int_equal(pt_runner_start(loop, &spec, &t.runner, &err), 0);
	while (!t.text.len)
		pt_loop_step(loop, PT_S);
	assert_int_equal(strncmp(t.text.s, "waiting for ", 12), 0);
	lock_release(fd);
	pt_loop_run(loop);
	assert_non_null(strstr(t.text.s, "\ns 0 ok a=1\n"));
	assert_false(pt_runner_holder(lock_path, holder, sizeof holder));
	told_release(&t);
}

static void test_lock_links(void **state)
{
	char other[PATH_MAX + 20], holder[100];
	struct pt_err err = {0};

	(void)state;
	tree_put(&tree, "precious", "text");
	pt_snprintf(other, sizeof other, "%s/precious", tree.dir);
	assert_int_equal(symlink(other, lock_path), 0);
	assert_true(lock_take(lock_path, holder, sizeof holder, &err) < 0);
	assert_non_null(strstr(err.msg, "symbolic link"));
	assert_int_equal(unlink(lock_path), 0);
	assert_int_equal(mkfifo(lock_path, 0600), 0);
	assert_int_equal(lock_take(lock_path, holder, sizeof holder, &err), -PT_EACCES);
	assert_true(lock_take("/nowhere/at/all", holder, sizeof holder, &err) < 0);
}

static void test_rubbish_holder(void **state)
{
	char holder[100] = "";
	int fd;

	(void)state;
	tree_put(&tree, "lock", "\x1b[31m rubbish");
	fd = lock_take(lock_path, holder, sizeof holder, NULL);
	assert_true(pt_runner_holder(lock_path, holder, sizeof holder));
	assert_string_equal(holder, "another process");
	lock_release(fd);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(test_results),
		TEST(test_ends),
		TEST(test_given_up),
		TEST(test_no_program),
		TEST(test_build_and_warmup),
		TEST(test_enough),
		TEST(test_results_file),
		TEST(test_results_tree),
		TEST(test_place),
		TEST(test_refused),
		TEST(test_environment),
		TEST(test_compiler),
		TEST(test_strays),
		TEST(test_cancel),
		TEST(test_not_kept),
		TEST(test_not_begun),
		TEST(test_slow_store),
		TEST(test_cancel_while_kept),
		TEST(test_progress),
		TEST(test_lock),
		TEST(test_lock_links),
		TEST(test_rubbish_holder),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
