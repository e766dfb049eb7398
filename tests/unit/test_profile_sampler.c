/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Live sampling of real programs, by the kernel's own events. A child does work whose shares it
 * measures itself with clocks of CPU time; samples are of CPU time too, so a busy machine makes the
 * test slower and nothing else. So many samples are waited for that chance fails one comparison in
 * a million: 5 points are five standard errors of 2500 samples. What the kernel refuses is skipped by
 * name.
 */
#include "perftop/profile/sampler.h"

#include "perftop/base/clock.h"
#include "perftop/base/mem.h"
#include "perftop/base/str.h"
#include "perftop/collect/perf.h"

#include <errno.h>
#include <linux/perf_event.h>
#include <math.h>
#include <pwd.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

enum { SAMPLES = 2500, HZ = 4000 };
#define POINTS 0.05
#define PATIENCE_NS (60 * PT_S)

static char with_fp[600], without_fp[600]; /* the child, built twice */

/* -- the child ------------------------------------------------------------------------------------ */

struct child {
	pid_t pid;
	int in;
	FILE *out;
};

static void child_start(struct child *c, const char *program, const char *work)
{
	int in[2], out[2];
	char line[64];

	assert_int_equal(pipe(in), 0);
	assert_int_equal(pipe(out), 0);
	c->pid = fork();
	if (c->pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		dup2(in[0], 0);
		dup2(out[1], 1);
		close(in[1]);
		close(out[0]);
		execl(program, program, work, (char *)NULL);
		_exit(127);
	}
	close(in[0]);
	close(out[1]);
	c->in = in[1];
	c->out = fdopen(out[0], "r");
	assert_non_null(fgets(line, sizeof line, c->out));
	assert_string_equal(line, "ready\n");
}

static void child_say(struct child *c)
{
	assert_int_equal(write(c->in, "x", 1), 1);
}

/* What it has measured, once its work is done. */
static double child_answer(struct child *c)
{
	char line[64];

	assert_non_null(fgets(line, sizeof line, c->out));
	return atof(line);
}

static void child_end(struct child *c)
{
	close(c->in);
	fclose(c->out);
	waitpid(c->pid, NULL, 0);
}

/* -- the sampler ---------------------------------------------------------------------------------- */

static struct pt_sampler *sampler;
static struct pt_sampler_status status;
static struct pt_profile profile;
static struct pt_err err;

/* False: refused, which is told as the reason of the skip. */
static bool sample(const struct child *c, struct pt_sampler_options options)
{
	err = (struct pt_err){0};
	options.pid = c->pid;
	if (!options.open)
		options.open = pt_perf_open;
	if (options.hz == 0)
		options.hz = HZ;
	if (pt_sampler_new(&options, &sampler, &err) == 0) {
		pt_sampler_status(sampler, &status);
		return true;
	}
	print_message("# refused: %s\n", err.msg);
	return false;
}

static void wait_for(int64_t samples)
{
	int64_t until = pt_clock_mono(&pt_clock_system) + PATIENCE_NS;

	do {
		usleep(20000);
		pt_sampler_status(sampler, &status);
	} while (status.samples < samples && !status.ended &&
		 pt_clock_mono(&pt_clock_system) < until);
	assert_true(status.samples >= samples);
}

static void take_profile(void)
{
	pt_sampler_flush(sampler);
	pt_sampler_status(sampler, &status);
	assert_int_equal(pt_sampler_profile(sampler, 0, INT64_MAX, &profile, &err), 0);
}

static void finish(struct child *c)
{
	pt_profile_release(&profile);
	pt_sampler_free(sampler);
	child_end(c);
}

/* -- what was found ------------------------------------------------------------------------------- */

static bool is_named(const struct pt_tree *tree, uint32_t node, const char *name)
{
	return node != PT_TREE_ROOT &&
	       strcmp(pt_frames_get(tree->frames, tree->frame[node])->name, name) == 0;
}

/* Weight of the stacks that have name, called by `caller` when it is not NULL. */
static int64_t weight_of(const char *name, const char *caller)
{
	const struct pt_tree *t = profile.tree;
	int64_t sum = 0;

	for (uint32_t i = 1; i < t->n; i++)
		if (is_named(t, i, name) && (!caller || is_named(t, t->parent[i], caller)))
			sum += t->total[i];
	return sum;
}

static void assert_share(double got, double expected, double points)
{
	if (fabs(got - expected) > points)
		fail_msg("share %.3f, expected %.3f within %.3f (%lld samples, %s)", got, expected,
			 points, (long long)status.samples, status.mode);
}

static void check_shares(double expected)
{
	double heavy = (double)weight_of("heavy", NULL), light = (double)weight_of("light", NULL);

	assert_true(heavy + light > 0.9 * (double)profile.tree->total[PT_TREE_ROOT]);
	assert_share(heavy / (heavy + light), expected, POINTS);
}

/* -- CPU ------------------------------------------------------------------------------------------ */

/* samples: SAMPLES to compare shares; fewer when the mode and the chains are what matters, of which
 * so many as `whole` have to be. */
static void spin(const char *program, const char *work, struct pt_sampler_options options,
		 const char *mode, int64_t samples, double whole)
{
	struct child c;
	double expected;

	child_start(&c, program, work);
	if (!sample(&c, options)) {
		child_end(&c);
		skip();
	}
	child_say(&c);
	wait_for(samples);
	child_say(&c);
	expected = child_answer(&c);
	take_profile();
	if (!strstr(status.mode, mode))
		fail_msg("mode: %s", status.mode);
	if (samples == SAMPLES)
		check_shares(expected);
	/* The chain is whole: who called, and where it began. */
	assert_true(weight_of("heavy", "both") > whole * (double)weight_of("heavy", NULL));
	assert_true(weight_of("both", "spin") > whole * (double)weight_of("both", NULL));
	assert_int_equal(profile.n_moments, profile.samples);
	assert_true(profile.samples + status.lost >= status.samples);
	assert_string_equal(profile.values[0].what, "samples");
	finish(&c);
}

static void test_frame_pointers(void **state)
{
	(void)state;
	spin(with_fp, "spin", (struct pt_sampler_options){.unwind = PT_UNWIND_FP}, "frame pointers",
	     SAMPLES, 0.9);
}

static void test_dwarf(void **state)
{
	(void)state;
	spin(without_fp, "spin",
	     (struct pt_sampler_options){.unwind = PT_UNWIND_DWARF,
					 .event = PT_SAMPLE_NAMED,
					 .event_name = "cpu-clock"},
	     "unwound user stacks", SAMPLES, 0.9);
}

static void test_auto_keeps_frame_pointers(void **state)
{
	(void)state;
	spin(with_fp, "spin", (struct pt_sampler_options){.user_only = true},
	     "user only, frame pointers", 500, 0.9);
}

static void test_auto_unwinds_leaves(void **state)
{
	(void)state;
	spin(without_fp, "spin", (struct pt_sampler_options){0}, "frame pointers, leaves unwound",
	     SAMPLES, 0.9);
}

static void test_auto_finds_dwarf(void **state)
{
	(void)state;
	spin(without_fp, "deep", (struct pt_sampler_options){0}, "unwound user stacks", 1000, 0.5);
}

static void test_two_threads(void **state)
{
	const struct pt_tree *t;
	double expected;
	int64_t roots = 0;
	struct child c;

	(void)state;
	child_start(&c, with_fp, "threads");
	if (!sample(&c, (struct pt_sampler_options){.unwind = PT_UNWIND_FP})) {
		child_end(&c);
		skip();
	}
	child_say(&c);
	wait_for(SAMPLES);
	assert_int_equal(status.threads, 2);
	child_say(&c);
	expected = child_answer(&c);
	take_profile();
	check_shares(expected);
	t = profile.tree;
	for (uint32_t i = t->child[PT_TREE_ROOT]; i != PT_NO_NODE; i = t->sibling[i]) {
		const struct pt_frame *f = pt_frames_get(t->frames, t->frame[i]);

		assert_int_equal(f->kind, PT_FRAME_THREAD);
		assert_int_equal(f->pid, c.pid);
		assert_string_equal(f->name, "fp");
		roots++;
	}
	assert_int_equal(roots, 2);
	finish(&c);
}

static void test_children_until_the_end(void **state)
{
	struct child c;
	int64_t until;

	(void)state;
	child_start(&c, with_fp, "fork");
	if (!sample(&c, (struct pt_sampler_options){.unwind = PT_UNWIND_FP})) {
		child_end(&c);
		skip();
	}
	child_say(&c);
	wait_for(200);
	child_say(&c);
	child_answer(&c);
	assert_false(status.ended);
	child_end(&c);
	until = pt_clock_mono(&pt_clock_system) + PATIENCE_NS;
	while (!status.ended && pt_clock_mono(&pt_clock_system) < until) {
		usleep(20000);
		pt_sampler_status(sampler, &status);
	}
	assert_true(status.ended);
	assert_int_equal(status.threads, 0);
	take_profile();
	assert_true(weight_of("heavy", NULL) > 0.9 * (double)profile.tree->total[PT_TREE_ROOT]);
	for (uint32_t i = 1; i < profile.tree->n; i++)
		if (is_named(profile.tree, i, "heavy")) {
			uint32_t top = i;

			while (profile.tree->parent[top] != PT_TREE_ROOT)
				top = profile.tree->parent[top];
			assert_int_not_equal(
				pt_frames_get(profile.tree->frames, profile.tree->frame[top])->pid,
				c.pid);
		}
	pt_profile_release(&profile);
	pt_sampler_free(sampler);
}

static void test_pause_and_windows(void **state)
{
	struct child c;
	int64_t paused_at, n;

	(void)state;
	child_start(&c, with_fp, "spin");
	if (!sample(&c, (struct pt_sampler_options){.unwind = PT_UNWIND_FP})) {
		child_end(&c);
		skip();
	}
	child_say(&c);
	wait_for(100);
	pt_sampler_pause(sampler, true);
	pt_sampler_flush(sampler); /* it has been seen by now */
	pt_sampler_status(sampler, &status);
	n = status.samples;
	paused_at = status.to_ns;
	usleep(100000);
	pt_sampler_flush(sampler);
	pt_sampler_status(sampler, &status);
	assert_int_equal(status.samples, n);
	pt_sampler_pause(sampler, false);
	wait_for(n + 100);
	child_say(&c);
	child_answer(&c);
	pt_sampler_flush(sampler);
	pt_sampler_profile(sampler, 0, paused_at, &profile, &err);
	assert_int_equal(profile.samples, n);
	assert_int_equal(profile.tree->total[PT_TREE_ROOT], n);
	pt_profile_release(&profile);
	pt_sampler_profile(sampler, INT64_MAX - 1, INT64_MAX, &profile, &err);
	assert_int_equal(profile.samples, 0);
	assert_int_equal(profile.tree->n, 1);
	finish(&c);
}

/* -- other events --------------------------------------------------------------------------------- */

static void test_off_cpu(void **state)
{
	double slept;
	struct child c;

	(void)state;
	child_start(&c, without_fp, "sleep");
	/* The C library keeps no frame pointers: nap() would be lost. */
	if (!sample(&c, (struct pt_sampler_options){.event = PT_SAMPLE_OFFCPU,
						    .unwind = PT_UNWIND_DWARF})) {
		child_end(&c);
		skip();
	}
	child_say(&c);
	wait_for(100);
	child_say(&c);
	slept = child_answer(&c);
	take_profile();
	if (strstr(status.mode, "no stacks")) {
		print_message("# refused: stacks of switches: %s\n", status.refused);
		finish(&c);
		skip();
	}
	assert_string_equal(profile.values[0].what, "time");
	assert_int_equal(profile.values[0].unit, PT_UNIT_NS);
	assert_share((double)weight_of("nap", "sleeping") / PT_S / slept, 1, POINTS);
	finish(&c);
}

/* Counted exactly: each one is sampled as long as they are fewer than five times hz. */
static void counted(const char *work, const char *function, struct pt_sampler_options options)
{
	struct child c;
	double expected;

	child_start(&c, with_fp, work);
	options.unwind = PT_UNWIND_FP;
	options.hz = 50000;
	if (!sample(&c, options)) {
		child_end(&c);
		skip();
	}
	child_say(&c);
	expected = child_answer(&c);
	take_profile();
	assert_int_equal(status.lost, 0);
	assert_share((double)weight_of(function, NULL) / expected, 1, POINTS);
	finish(&c);
}

static void test_page_faults(void **state)
{
	(void)state;
	counted("touch", "touch", (struct pt_sampler_options){.event = PT_SAMPLE_FAULTS});
}

static void test_allocations(void **state)
{
	(void)state;
	assert_true(*pt_sampler_cost(PT_SAMPLE_ALLOC));
	counted("allocate", "malloc", (struct pt_sampler_options){.event = PT_SAMPLE_ALLOC});
}

static void test_tracepoint(void **state)
{
	struct child c;

	(void)state;
	child_start(&c, with_fp, "sleep");
	if (!sample(&c, (struct pt_sampler_options){.event = PT_SAMPLE_NAMED,
						    .event_name = "sched:sched_switch"})) {
		child_end(&c);
		skip();
	}
	child_say(&c);
	wait_for(20);
	child_say(&c);
	child_answer(&c);
	take_profile();
	assert_true(weight_of("main", NULL) > 0);
	assert_string_equal(profile.values[0].name, "sched:sched_switch");
	finish(&c);
}

/* -- down the ladder ------------------------------------------------------------------------------ */

static int refuse_kernel(struct perf_event_attr *attr, pid_t pid, int cpu, int group_fd)
{
	if (!attr->exclude_kernel) {
		errno = EACCES;
		return -1;
	}
	return pt_perf_open(attr, pid, cpu, group_fd);
}

static int refuse_all(struct perf_event_attr *attr, pid_t pid, int cpu, int group_fd)
{
	(void)attr, (void)pid, (void)cpu, (void)group_fd;
	errno = EACCES;
	return -1;
}

static int no_pmu(struct perf_event_attr *attr, pid_t pid, int cpu, int group_fd)
{
	if (attr->type == PERF_TYPE_HARDWARE) {
		errno = ENOENT;
		return -1;
	}
	return pt_perf_open(attr, pid, cpu, group_fd);
}

/* A command that can be typed as it stands. */
static void assert_names_a_command(const char *text)
{
	if (!strstr(text, ": sysctl kernel.perf_event_paranoid=") &&
	    !strstr(text, ": setcap cap_") && !strstr(text, ": docker run --cap-add"))
		fail_msg("no command: %s", text);
}

static void test_kernel_refused(void **state)
{
	struct child c;

	(void)state;
	child_start(&c, with_fp, "spin");
	if (!sample(&c, (struct pt_sampler_options){.open = refuse_kernel})) {
		child_end(&c);
		skip();
	}
	child_say(&c);
	wait_for(50);
	child_say(&c);
	child_answer(&c);
	take_profile();
	assert_non_null(strstr(status.mode, "user only"));
	assert_names_a_command(status.refused);
	for (uint32_t i = 1; i < profile.tree->n; i++)
		assert_int_not_equal(
			pt_frames_get(profile.tree->frames, profile.tree->frame[i])->kind,
			PT_FRAME_KERNEL);
	finish(&c);
}

static void test_no_pmu(void **state)
{
	struct child c;

	(void)state;
	child_start(&c, with_fp, "spin");
	if (!sample(&c, (struct pt_sampler_options){.open = no_pmu})) {
		child_end(&c);
		skip();
	}
	assert_non_null(strstr(status.mode, "cpu-clock: 4000 Hz"));
	pt_sampler_free(sampler);
	child_end(&c);
}

static void test_ptrace(void **state)
{
	struct child c;

	(void)state;
	child_start(&c, without_fp, "spin");
	assert_true(sample(&c, (struct pt_sampler_options){.open = refuse_all}));
	if (!strstr(status.mode, "ptrace")) {
		print_message("# refused: ptrace is refused: %s\n", status.mode);
		pt_sampler_free(sampler);
		child_end(&c);
		skip();
	}
	assert_names_a_command(status.refused);
	child_say(&c);
	wait_for(15);
	child_say(&c);
	child_answer(&c);
	take_profile();
	assert_true(weight_of("main", NULL) > 0.8 * (double)profile.tree->total[PT_TREE_ROOT]);
	assert_true(weight_of("heavy", "both") > 0);
	finish(&c);
}

static void test_refused_for_good(void **state)
{
	struct child c;

	(void)state;
	child_start(&c, with_fp, "spin");
	assert_false(sample(
		&c, (struct pt_sampler_options){.open = refuse_all, .event = PT_SAMPLE_FAULTS}));
	assert_int_equal(err.code, PT_EACCES);
	assert_names_a_command(err.msg);
	assert_false(sample(&c, (struct pt_sampler_options){.event = PT_SAMPLE_NAMED,
							    .event_name = "no-such-event"}));
	assert_int_equal(err.code, PT_ENOENT);
	child_end(&c);
	assert_false(sample(&c, (struct pt_sampler_options){0}));
	assert_int_equal(err.code, PT_ENOENT);
	assert_non_null(strstr(err.msg, "no process"));
	assert_int_equal(pt_sampler_new(&(struct pt_sampler_options){.cgroup = "/no/such/group",
								     .open = pt_perf_open},
					&sampler, &err),
			 -PT_ENOENT);
}

/* -- as nobody ------------------------------------------------------------------------------------ */

static int become_nobody(void)
{
	const struct passwd *nobody = getpwnam("nobody");

	if (geteuid() != 0 || !nobody || chmod(getenv("PT_TMP"), 0755) < 0)
		return -1;
	if (setgid(nobody->pw_gid) < 0 || setuid(nobody->pw_uid) < 0 || access(with_fp, X_OK) < 0)
		return -1;
	return prctl(PR_SET_DUMPABLE, 1);
}

/* Runs fn as nobody; what it asserts fails this test. */
static void as_nobody(void (*fn)(pid_t other), pid_t other)
{
	pid_t pid = fork();
	int code;

	assert_true(pid >= 0);
	if (pid == 0) {
		if (become_nobody() < 0)
			_exit(77);
		fn(other);
		_exit(0);
	}
	assert_int_equal(waitpid(pid, &code, 0), pid);
	if (WIFEXITED(code) && WEXITSTATUS(code) == 77) {
		print_message("# refused: no user nobody to become\n");
		skip();
	}
	assert_true(WIFEXITED(code));
	assert_int_equal(WEXITSTATUS(code), 0);
}

/* cmocka's assertions end a test of the process above: here an exit status is all. */
#define NEED(what)                                                                                \
	do {                                                                                      \
		if (!(what)) {                                                                    \
			fprintf(stderr, "# as nobody: not so: %s (%s; %s)\n", #what, status.mode, \
				status.refused);                                                  \
			_exit(1);                                                                 \
		}                                                                                 \
	} while (0)

static void nobodys_own(pid_t other)
{
	double expected, heavy, light;
	struct child c;

	(void)other;
	child_start(&c, with_fp, "spin");
	NEED(sample(&c, (struct pt_sampler_options){.unwind = PT_UNWIND_FP}));
	if (strstr(status.mode, "ptrace") || strstr(status.mode, "/proc"))
		_exit(0); /* paranoid above 2: the next test's matter */
	child_say(&c);
	wait_for(SAMPLES);
	child_say(&c);
	expected = child_answer(&c);
	take_profile();
	if (strstr(status.mode, "user only"))
		NEED(strstr(status.refused, "sysctl kernel.perf_event_paranoid=1"));
	heavy = (double)weight_of("heavy", NULL);
	light = (double)weight_of("light", NULL);
	NEED(fabs(heavy / (heavy + light) - expected) < POINTS);
	finish(&c);
}

static void test_nobody(void **state)
{
	(void)state;
	as_nobody(nobodys_own, 0);
}

static void nobodys_sleep(pid_t other)
{
	double slept;
	struct child c;

	(void)other;
	child_start(&c, with_fp, "sleep");
	NEED(sample(&c, (struct pt_sampler_options){.event = PT_SAMPLE_OFFCPU}));
	child_say(&c);
	wait_for(20);
	child_say(&c);
	slept = child_answer(&c);
	take_profile();
	if (strstr(status.mode, "no stacks"))
		NEED(fabs((double)profile.tree->total[PT_TREE_ROOT] / PT_S - slept) <
		     0.1 + 0.2 * slept);
	finish(&c);
}

static void test_nobody_off_cpu(void **state)
{
	(void)state;
	as_nobody(nobodys_sleep, 0);
}

static void others_states(pid_t other)
{
	struct child c = {.pid = other};

	NEED(sample(&c, (struct pt_sampler_options){0}));
	NEED(strstr(status.mode, "/proc"));
	/* Where perf has been given the rights, that is the way. */
	NEED(strstr(status.refused, ": setcap cap_") || strstr(status.refused, ": perf record -g"));
	wait_for(5);
	take_profile();
	NEED(weight_of("[running]", NULL) > 0);
}

static void test_nobody_and_others(void **state)
{
	struct child c;

	(void)state;
	child_start(&c, with_fp, "spin");
	child_say(&c);
	as_nobody(others_states, c.pid);
	child_end(&c);
}

/* -- all ------------------------------------------------------------------------------------------ */

static int build(char *path, size_t size, const char *name, const char *flags)
{
	const char *cc = getenv("PT_CC"), *src = getenv("PT_SRCDIR"), *tmp = getenv("PT_TMP");
	char command[2000];

	pt_snprintf(path, size, "%s/%s", tmp ? tmp : "/tmp", name);
	pt_snprintf(command, sizeof command,
		    "%s %s -pthread -o %s %s/tests/unit/profile_live_child.c 1>&2", cc ? cc : "cc",
		    flags, path, src ? src : ".");
	return system(command) == 0 ? 0 : -1;
}

static int set_up(void **state)
{
	(void)state;
	if (!getenv("PT_TMP"))
		setenv("PT_TMP", "/tmp", 1);
	/* Optimised, a function that calls none has no frame to point to. */
	if (build(with_fp, sizeof with_fp, "fp", "-O0 -fno-omit-frame-pointer"))
		return -1;
	return build(without_fp, sizeof without_fp, "nofp", "-O2 -fomit-frame-pointer");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_frame_pointers),
		cmocka_unit_test(test_dwarf),
		cmocka_unit_test(test_auto_keeps_frame_pointers),
		cmocka_unit_test(test_auto_unwinds_leaves),
		cmocka_unit_test(test_auto_finds_dwarf),
		cmocka_unit_test(test_two_threads),
		cmocka_unit_test(test_children_until_the_end),
		cmocka_unit_test(test_pause_and_windows),
		cmocka_unit_test(test_off_cpu),
		cmocka_unit_test(test_page_faults),
		cmocka_unit_test(test_allocations),
		cmocka_unit_test(test_tracepoint),
		cmocka_unit_test(test_kernel_refused),
		cmocka_unit_test(test_no_pmu),
		cmocka_unit_test(test_ptrace),
		cmocka_unit_test(test_refused_for_good),
		cmocka_unit_test(test_nobody),
		cmocka_unit_test(test_nobody_off_cpu),
		cmocka_unit_test(test_nobody_and_others),
	};

	return cmocka_run_group_tests(tests, set_up, NULL);
}
