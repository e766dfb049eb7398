/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PT_STORE_RUNS_H
#define PT_STORE_RUNS_H

#include "perftop/model/run.h"
#include "perftop/store/db.h"

/*
 * Runs in the history database. Samples are kept compactly; medians beside them, so that a history
 * is drawn without reading samples. What add has acknowledged survives a kill and a power cut.
 */
int pt_runs_begin(struct pt_db *db, const struct pt_batch *batch, int64_t *ret_batch,
		  struct pt_err *err);
int pt_runs_add(struct pt_db *db, int64_t batch, const struct pt_launch *launch,
		struct pt_err *err);

/* Which runs: all that is given must hold. */
struct pt_runs_query {
	const char *repository;	   /* key; NULL: any */
	const char *suite;	   /* NULL: any */
	const char *commit;	   /* full id; NULL: any */
	const char *branch;	   /* NULL: any */
	const char *machine_class; /* NULL: any */
	int64_t batch;		   /* 0: any */
	int dirty;		   /* 1 only dirty, 0 only clean, -1 both */
	bool reruns;		   /* also reruns and bisections */
	bool failed;		   /* also batches without any result */
	int latest_batches;	   /* 0: all; else of the latest N */
};

/* Batches that hold results, the latest first. */
struct pt_batch_info {
	int64_t id, started_ns;
	char *suite, *machine_class;
	struct pt_commit commit;
	int launches, failed;
	char noisy[200]; /* of its launches, the first reason */
};
int pt_runs_batches(struct pt_db *db, const struct pt_runs_query *query, size_t max,
		    struct pt_batch_info **ret, size_t *ret_n, struct pt_err *err);
void pt_batch_infos_free(struct pt_batch_info *infos, size_t n);

/* All samples of what matches: each launch one run. */
int pt_runs_load(struct pt_db *db, const struct pt_runs_query *query, struct pt_bench_set *set,
		 struct pt_err *err);
int pt_runs_environment(struct pt_db *db, int64_t batch, struct pt_environment *ret,
			struct pt_err *err);

/* A benchmark's history: one point a commit (all of its clean plain runs on the machine class), in
 * order of commit time. */
struct pt_history_point {
	char commit[PT_COMMIT_MAX];
	char subject[200];
	int64_t commit_ns, measured_ns;
	double median; /* of run medians */
	double lo, hi; /* lowest and highest run median */
	double spread; /* standard deviation of log run medians; NaN of one run */
	size_t runs;
	bool noisy;
};
struct pt_history {
	char *suite, *name, *metric;
	enum pt_unit unit;
	enum pt_better better;
	bool exact;
	struct pt_history_point *points;
	size_t n, cap;
	double *medians; /* of all runs, point after point: points[0].runs of the first… */
	size_t n_medians, cap_medians;
};
/* name NULL: every benchmark of the suite(s); metric NULL: every metric. Points of the newest
 * max_points commits. */
int pt_runs_history(struct pt_db *db, const struct pt_runs_query *query, const char *name,
		    const char *metric, size_t max_points, struct pt_history **ret, size_t *ret_n,
		    struct pt_err *err);
void pt_histories_free(struct pt_history *h, size_t n);

/* Takes the oldest samples away (medians stay), then the oldest batches, until the file is below
 * max_bytes. */
int pt_runs_prune(struct pt_db *db, uint64_t max_bytes, size_t *ret_launches, struct pt_err *err);

#endif
