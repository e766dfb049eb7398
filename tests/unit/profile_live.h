/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PT_TESTS_PROFILE_LIVE_H
#define PT_TESTS_PROFILE_LIVE_H

/* What live tests share: profile_live_child.c, built twice, and a sampler that looks at it. */
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
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

enum { SAMPLES = 2500, SAMPLES_FEW = 400, HZ = 4000 };
#define POINTS 0.05
#define SLOW_NS (8 * PT_S) /* of a machine that gives little, or samples seldom */
#define PATIENCE_NS (60 * PT_S)

static char with_fp[600], without_fp[600]; /* the child, built twice */

/* -- the child ------------------------------------------------------------------------------------ */

struct child {
	pid_t pid;
	int in;
	FILE *out;
};

__attribute__((unused)) static void child_start(struct child *c, const char *program,
						const char *work)
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

__attribute__((unused)) static void child_say(struct child *c)
{
	assert_int_equal(write(c->in, "x", 1), 1);
}

static int64_t child_cpu_ns(const struct child *c)
{
	struct timespec t;
	clockid_t clock;

	if (clock_getcpuclockid(c->pid, &clock) != 0 || clock_gettime(clock, &t) < 0)
		fail_msg("no CPU time of process %d", (int)c->pid);
	return (int64_t)t.tv_sec * PT_S + t.tv_nsec;
}

/* Until it has worked for so long, which may take any time on a busy machine. */
__attribute__((unused)) static void child_works(const struct child *c, int64_t ns)
{
	int64_t enough = child_cpu_ns(c) + ns,
		until = pt_clock_mono(&pt_clock_system) + PATIENCE_NS;

	while (child_cpu_ns(c) < enough && pt_clock_mono(&pt_clock_system) < until)
		usleep(10000);
}

/* What it has measured, once its work is done. */
__attribute__((unused)) static double child_answer(struct child *c)
{
	char line[64];

	assert_non_null(fgets(line, sizeof line, c->out));
	return atof(line);
}

__attribute__((unused)) static void child_end(struct child *c)
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
__attribute__((unused)) static bool sample(const struct child *c, struct pt_sampler_options options)
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

/* So many; or, after SLOW_NS, what compares shares with wider limits. */
__attribute__((unused)) static void wait_for(int64_t samples)
{
	int64_t began = pt_clock_mono(&pt_clock_system), waited;
	int64_t enough = samples == SAMPLES ? SAMPLES_FEW : samples;

	do {
		usleep(20000);
		pt_sampler_status(sampler, &status);
		waited = pt_clock_mono(&pt_clock_system) - began;
	} while (status.samples < (waited < SLOW_NS ? samples : enough) && !status.ended &&
		 waited < PATIENCE_NS);
	if (status.samples < enough)
		fail_msg("%lld of %lld samples, %lld lost, %d threads%s (%s; %s)",
			 (long long)status.samples, (long long)samples, (long long)status.lost,
			 status.threads, status.ended ? ", ended" : "", status.mode,
			 status.refused);
}

__attribute__((unused)) static void take_profile(void)
{
	pt_sampler_flush(sampler);
	pt_sampler_status(sampler, &status);
	assert_int_equal(pt_sampler_profile(sampler, 0, INT64_MAX, &profile, &err), 0);
}

__attribute__((unused)) static void finish(struct child *c)
{
	pt_profile_release(&profile);
	pt_sampler_free(sampler);
	child_end(c);
}

/* -- what was found ------------------------------------------------------------------------------- */

__attribute__((unused)) static bool is_named(const struct pt_tree *tree, uint32_t node,
					     const char *name)
{
	return node != PT_TREE_ROOT &&
	       strcmp(pt_frames_get(tree->frames, tree->frame[node])->name, name) == 0;
}

/* Weight of the stacks that have name, called by `caller` when it is not NULL. */
__attribute__((unused)) static int64_t weight_of(const char *name, const char *caller)
{
	const struct pt_tree *t = profile.tree;
	int64_t sum = 0;

	for (uint32_t i = 1; i < t->n; i++)
		if (is_named(t, i, name) && (!caller || is_named(t, t->parent[i], caller)))
			sum += t->total[i];
	return sum;
}

__attribute__((unused)) static void assert_share(double got, double expected, double points)
{
	if (fabs(got - expected) > points)
		fail_msg("share %.3f, expected %.3f within %.3f (%lld samples, %s)", got, expected,
			 points, (long long)status.samples, status.mode);
}

/* How far a share may be off: five standard errors of the samples that there are. */
__attribute__((unused)) static double points(double expected)
{
	double off = 5 * sqrt(expected * (1 - expected) / (double)status.samples);

	return off > POINTS ? off : POINTS;
}

__attribute__((unused)) static void check_shares(double expected)
{
	double heavy = (double)weight_of("heavy", NULL), light = (double)weight_of("light", NULL);

	assert_true(heavy + light > 0.9 * (double)profile.tree->total[PT_TREE_ROOT]);
	assert_share(heavy / (heavy + light), expected, points(expected));
}

/* -- building it ---------------------------------------------------------------------------------- */

__attribute__((unused)) static int build(char *path, size_t size, const char *name,
					 const char *flags)
{
	const char *cc = getenv("PT_CC"), *src = getenv("PT_SRCDIR"), *tmp = getenv("PT_TMP");
	char command[2000];

	pt_snprintf(path, size, "%s/%s", tmp ? tmp : "/tmp", name);
	pt_snprintf(command, sizeof command,
		    "%s %s -pthread -o %s %s/tests/unit/profile_live_child.c 1>&2", cc ? cc : "cc",
		    flags, path, src ? src : ".");
	return system(command) == 0 ? 0 : -1;
}

__attribute__((unused)) static int set_up(void **state)
{
	(void)state;
	if (!getenv("PT_TMP"))
		setenv("PT_TMP", "/tmp", 1);
	/* Optimised, a function that calls none has no frame to point to. */
	if (build(with_fp, sizeof with_fp, "fp", "-O0 -fno-omit-frame-pointer"))
		return -1;
	return build(without_fp, sizeof without_fp, "nofp", "-O2 -fomit-frame-pointer");
}

#endif
