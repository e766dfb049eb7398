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
 * Opened by every `bench`, `baseline`, `check`, `bisect` and by the console's view of benchmarks. What a part
 * lacks (no repository, no suites, no database) is NULL or empty, with the reason kept: only who
 * needs it fails.
 */
struct pt_benches {
	const struct pt_config *config;
	char project[512];
	char history[560]; /* path of history.db */
	struct pt_git git;
	struct pt_commit head;		      /* id and branch */
	char repository[PT_COMMIT_MAX + 448]; /* key */
	struct pt_environment environment;
	struct pt_suites suites;
	struct pt_err suites_err, git_err, db_err; /* code 0: there */
	struct pt_db *db;			   /* see pt_benches_db */
};

/* Never fails; root is where proc and sys are. Starts no process. */
void pt_benches_open(struct pt_benches *b, const struct pt_config *config,
		     const struct pt_options *options);
void pt_benches_close(struct pt_benches *b);
/* Suites, or why there are none. */
int pt_benches_suites(struct pt_benches *b, struct pt_err *err);
/* Opens the database at first use (made if write). -PT_ENOENT: nothing has been run yet. */
int pt_benches_db(struct pt_benches *b, bool write, struct pt_err *err);
/* The interfaces that a runner wants; b must outlive it. May commands of this project be run? Says how to allow it. */
struct pt_run_store pt_benches_store(struct pt_benches *b);
int pt_benches_may_run(const struct pt_benches *b, struct pt_err *err);
/* Looks at proc and sys below root while a launch runs, without a timer of its own: at both ends. *ret is yours (pt_noise_watch_free). */
struct pt_noise_watch;
struct pt_noise_watch *pt_noise_watch_new(const char *root, struct pt_observer *ret_observer);
void pt_noise_watch_free(struct pt_noise_watch *watch);

/*
 * A side of a comparison, by what people write:
 *   (base) nothing or "baseline[:NAME]"  the file of this machine class
 *   (candidate) nothing or "latest"      the latest runs of HEAD here
 *   "runs:BRANCH[:N]"                    the last N (10) runs on a branch, from history
 *   REVISION                             stored runs of that commit
 *   PATH[@SAVED]                         a file or folder of any known format
 * set and environment are filled; *ret_baseline too when it is one (else left). name gets words for it.
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
/* As pt_gate_noise_fn, ctx a struct pt_benches: from history. */
bool pt_benches_noise(void *ctx, const char *suite, const char *name, const char *metric,
		      double *ret_spread, size_t *ret_n);

#endif
