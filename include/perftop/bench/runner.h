/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PT_BENCH_RUNNER_H
#define PT_BENCH_RUNNER_H

#include "perftop/base/clock.h"
#include "perftop/base/loop.h"
#include "perftop/bench/suite.h"
#include "perftop/model/run.h"

/*
 * Launches suites on the loop, one at a time on a machine, and hands each launch on as soon as it
 * has ended. Neither store nor collectors are known here: app supplies the two interfaces.
 */

/*
 * Where launches are kept. Both are called on a worker thread, one call at a time, and may take as
 * long as they need: the loop goes on meanwhile, the runner waits. add returns only when the launch
 * cannot be lost any more. Errors are told with err and end the suite.
 */
struct pt_run_store {
	void *ctx;
	int (*begin)(void *ctx, const struct pt_batch *batch, int64_t *ret_batch,
		     struct pt_err *err);
	int (*add)(void *ctx, int64_t batch, const struct pt_launch *launch, struct pt_err *err);
};

/* What the machine does meanwhile. pid is the launch's leader. */
struct pt_observer {
	void *ctx;
	void (*held)(void *ctx, int pid); /* before its program runs, which waits; or NULL */
	void (*begin)(void *ctx, int pid);
	void (*end)(void *ctx, int64_t wall_ns, struct pt_run_machine *ret);
};

enum pt_runner_phase { PT_RUNNER_WAITING, PT_RUNNER_BUILDING, PT_RUNNER_WARMUP, PT_RUNNER_RUNNING };

struct pt_runner_progress {
	const struct pt_suite *suite;
	enum pt_runner_phase phase;
	int suite_index, n_suites;
	int launch, n_launches; /* of this suite, from 0 */
	int64_t elapsed_ns;
	int64_t remaining_ns; /* estimate; -1: nothing to go by yet */
	const char *holder;   /* WAITING: who holds the lock, "ci: parser (pid 4711, 3 min)" */
};

/* Any of them may be NULL. */
struct pt_runner_events {
	void (*progress)(void *arg, const struct pt_runner_progress *p);
	/* A line that the build or the command printed, without its end; hostile. */
	void (*line)(void *arg, const struct pt_suite *suite, bool is_stderr, const char *line,
		     size_t len);
	/* A launch has ended and is kept (warm-ups are not told). */
	void (*launched)(void *arg, const struct pt_suite *suite, int64_t batch,
			 const struct pt_launch *launch);
	/* What people should know of how a suite runs: "not pinned to CPUs 2-3: …". Once each. */
	void (*note)(void *arg, const struct pt_suite *suite, const char *text);
	/* A suite could not be built or launched at all, or was given up. */
	void (*failed)(void *arg, const struct pt_suite *suite, const struct pt_err *err);
	/* Once, at the end: all that was asked for has run (or failed, or was canceled). */
	void (*done)(void *arg, bool canceled);
};

struct pt_runner_spec {
	const struct pt_suite *const *suites; /* borrowed until done */
	size_t n_suites;
	const char *project;	/* folder that suites are relative to */
	const char *repository; /* key */
	struct pt_commit commit;
	const struct pt_environment *environment;
	enum pt_launch_kind kind;
	int repeats; /* 0: each suite's own */
	bool no_build;
	bool no_wait; /* do not wait for the machine's lock: -PT_EEXIST names the holder */
	struct pt_run_store store;   /* .add NULL: nothing is kept */
	struct pt_observer observer; /* any may be NULL: nobody looks */
	const struct pt_clock *clock;
	const char *lock; /* path of the machine's lock; NULL: the usual one */
	struct pt_runner_events events;
	void *arg;
};

struct pt_runner;
/* *ret lives until events.done has returned; the loop must live as long. */
int pt_runner_start(struct pt_loop *loop, const struct pt_runner_spec *spec, struct pt_runner **ret,
		    struct pt_err *err);
/* Ends what runs with all its processes; done comes later with canceled. A launch that has ended by
 * itself and is just being kept is still told. */
void pt_runner_cancel(struct pt_runner *runner);
/* From events.launched: this suite is launched no more, whatever its repeats. */
void pt_runner_enough(struct pt_runner *runner);
/* The same as events.progress tells when something changes; for who looks by a clock of its own. */
void pt_runner_look(const struct pt_runner *runner, struct pt_runner_progress *ret);

/* Who runs a benchmark on this machine now, in words; false: nobody. lock NULL: the usual one. */
bool pt_runner_holder(const char *lock, char *out, size_t size);

/* This machine, for baselines and beside results. root is where proc and sys are ("/"). */
void pt_environment_read(struct pt_environment *env, const char *root, const char *machine_class);

#endif
