/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PT_APP_BENCHES_H
#define PT_APP_BENCHES_H

#include "perftop/app/project.h"
#include "perftop/bench/baseline.h"
#include "perftop/bench/gate.h"
#include "perftop/bench/git.h"
#include "perftop/bench/runner.h"
#include "perftop/store/runs.h"

/*
 * Wiring for benchmarks: the project's suites, its repository, the history database, this machine.
 * Opened by every `bench`, `baseline`, `check`, `bisect` and by the console's view of benchmarks.
 * What a part lacks (no repository, no suites, no database) is NULL or empty, with the reason kept:
 * only who needs it fails.
 */
struct pt_benches {
	const struct pt_config *config;
	const struct pt_options *options;
	char project[512];
	char history[560]; /* path of history.db */
	struct pt_git git;
	struct pt_commit head;		      /* id and branch */
	char repository[PT_COMMIT_MAX + 448]; /* key */
	struct pt_environment environment;
	struct pt_suites suites;
	bool trusted;				   /* their commands may run */
	struct pt_err suites_err, git_err, db_err; /* code 0: there */
	struct pt_err dirty_err; /* why it is not known whether the work tree was changed */
	struct pt_db *db;	 /* see pt_benches_db */
	bool db_writes;
	struct pt_map noise; /* known spreads by suite; private */
};

/* Never fails. Starts no process, but git the first time in a repository (pt_git_key). */
void pt_benches_open(struct pt_benches *b, const struct pt_config *config,
		     const struct pt_options *options);
void pt_benches_close(struct pt_benches *b);
/* Suites, or why there are none. */
int pt_benches_suites(struct pt_benches *b, struct pt_err *err);
/* Opens the database at first use (made if write). -PT_ENOENT: nothing has been run yet. */
int pt_benches_db(struct pt_benches *b, bool write, struct pt_err *err);
/* Drops what has been read from history, and the connection: the next use looks anew. */
void pt_benches_forget(struct pt_benches *b);
/* The interfaces that a runner wants; b must outlive it. May commands of this project be run? Says
 * how to allow it. */
struct pt_run_store pt_benches_store(struct pt_benches *b);
int pt_benches_may_run(const struct pt_benches *b, struct pt_err *err);
/* What all runners of this project have in common: folder, key, commit of HEAD with its dirty state
 * (asks git), environment, store, clock, lock. Suites, observer and events are the caller's. */
void pt_benches_spec(struct pt_benches *b, struct pt_runner_spec *ret);
/* Looks at proc and sys below root while a launch runs, without a timer of its own: at both ends.
 * *ret is yours (pt_noise_watch_free). */
struct pt_noise_watch;
struct pt_noise_watch *pt_noise_watch_new(const char *root, struct pt_observer *ret_observer);
void pt_noise_watch_free(struct pt_noise_watch *watch);

/*
 * A side of a comparison, by what people write:
 *   (base) nothing or "baseline[:NAME]"  the file of this machine class
 *   (candidate) nothing or "latest"      the latest runs of HEAD here, or of the commit before when
 *                                        only .performance/ has changed since
 *   "runs:BRANCH[:N]"                    the last N (10) runs on a branch, from history; as base not
 *                                        those of HEAD itself
 *   PATH[@SAVED]                         a file or folder of any known format, or a baseline; "-"
 *   REVISION                             stored runs of that commit
 * set and environment are filled; *ret_baseline too when it is one (else left), set is then the
 * baseline's own. name gets words for it.
 * Errors  -PT_ENOENT no baseline at all, -PT_ENOTSUP baselines of other machine classes only
 * (named), or
 *         of a newer schema; -PT_ENODATA no runs; -PT_EINVAL no such thing; those of the readers
 */
struct pt_side {
	struct pt_bench_set set;
	struct pt_environment environment;
	struct pt_baseline baseline; /* of a baseline; suite NULL: not one */
	struct pt_commit commit;
	bool has_environment;
	char name[160];
};
int pt_benches_side(struct pt_benches *b, const char *suite, const char *what, bool candidate,
		    struct pt_side *ret, struct pt_err *err);
void pt_side_release(struct pt_side *side);
/* A baseline of what a side holds, with spreads and recent medians from history and what the file
 * before (or NULL) knows, benchmarks that were not measured now among it. side->set moves there. */
int pt_benches_baseline(struct pt_benches *b, const char *suite, const char *name,
			struct pt_side *side, const struct pt_baseline *before,
			struct pt_baseline *ret, struct pt_err *err);
/* Histories of a suite (NULL: all) on this machine class; branch NULL: any. */
int pt_benches_history(struct pt_benches *b, const char *suite, const char *branch,
		       const char *name, size_t max_points, struct pt_history **ret, size_t *ret_n,
		       struct pt_err *err);
/* Keeps the points that lie on revision's first-parent line, in its order: asks git. */
int pt_benches_lineage(struct pt_benches *b, const char *revision, struct pt_history *list,
		       size_t n, struct pt_err *err);
/* As pt_gate_noise_fn, ctx a struct pt_benches: from history. */
bool pt_benches_noise(void *ctx, const char *suite, const char *name, const char *metric,
		      double *ret_spread, size_t *ret_n);

#endif
