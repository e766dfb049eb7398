/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PT_MODEL_RUN_H
#define PT_MODEL_RUN_H

#include "perftop/model/bench.h"

/*
 * What is kept beside the numbers of a launch: where (environment), what (commit), and how the
 * machine was meanwhile.
 */

/* What a machine class does not say but a reader wants to know when it differs. */
struct pt_fact {
	char *name;  /* "cpu", "cores", "arch", "kernel", "governor", "compiler", "host"… */
	char *value; /* one line */
};

struct pt_environment {
	char *machine_class;   /* "x86_64-amd-epyc-7763-2c": architecture, CPU model, cores */
	struct pt_fact *facts; /* sorted by name */
	size_t n, cap;
};

void pt_environment_release(struct pt_environment *env);
void pt_environment_set(struct pt_environment *env, const char *name, const char *value);
const char *pt_environment_get(const struct pt_environment *env, const char *name); /* or NULL */
void pt_environment_copy(struct pt_environment *to, const struct pt_environment *from);

enum { PT_COMMIT_MAX = 65 }; /* SHA-256 in hex, terminated */

struct pt_commit {
	char id[PT_COMMIT_MAX]; /* "" outside of a repository */
	char branch[128];	/* "" when detached */
	char subject[200];	/* first line of its message, hostile */
	int64_t at_ns;		/* commit time since 1970; 0: not known */
	bool dirty;		/* the work tree differs from it */
};

/* The machine while a launch ran. NaN: not known here. */
struct pt_run_machine {
	double busy_ratio;     /* CPU used by others, of all cores */
	double steal_ratio;    /* of the time that the launch wanted */
	double pressure_ratio; /* CPU pressure (some) */
	double io_pressure_ratio, memory_pressure_ratio;
	double frequency_hz, frequency_min_hz; /* mean and lowest of the cores used */
	double throttled;		       /* thermal throttling events */
	char noisy[200];		       /* why the run is to be doubted, or "" */
};

enum pt_launch_status {
	PT_LAUNCH_OK,
	PT_LAUNCH_FAILED, /* exit status not 0, or a signal */
	PT_LAUNCH_TIMED_OUT,
	PT_LAUNCH_CANCELED,
	PT_LAUNCH_NO_RESULT, /* ended well, but what it printed could not be read */
};
const char *pt_launch_status_name(enum pt_launch_status status); /* "ok", "failed"… */

/* Why a launch was made: only plain ones make history. */
enum pt_launch_kind { PT_LAUNCH_RUN, PT_LAUNCH_RERUN, PT_LAUNCH_BISECT };

/* One launch of a suite's command and what it measured. */
struct pt_launch {
	int index;		     /* within its batch, from 0 */
	int64_t started_ns, wall_ns; /* real time; duration */
	enum pt_launch_status status;
	int exit_status, signo;
	char *error; /* one line for people when not ok; or NULL */
	struct pt_run_machine machine;
	struct pt_bench_set
		set; /* each benchmark with one run (more only if the tool launches itself) */
};
void pt_launch_release(struct pt_launch *launch);

/* One `bench run` of a suite: launches of the same commit on the same machine. */
struct pt_batch {
	const char *repository; /* its key: id of the root commit, else the folder's path */
	const char *suite;
	enum pt_launch_kind kind;
	int64_t started_ns;
	const struct pt_commit *commit;
	const struct pt_environment *environment;
};

#endif
