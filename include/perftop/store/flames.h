/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PT_STORE_FLAMES_H
#define PT_STORE_FLAMES_H

#include "perftop/store/runs.h"

/*
 * Profiles kept beside batches of runs: folded stacks, packed by who has them. One a batch; the
 * newest few hundred stay, of 32 MiB together, and a batch that goes takes its own along.
 */
struct pt_kept_flame {
	int64_t batch;
	struct pt_commit commit;
	char mode[96];	 /* how it was sampled, for people */
	int64_t samples; /* that its weights stand for */
	void *data;	 /* gzip of folded text; yours */
	size_t n;
};

/* Instead of what the batch has. -PT_ELIMIT beyond 8 MiB. */
int pt_flames_put(struct pt_db *db, const struct pt_kept_flame *flame, struct pt_err *err);
/* The newest of what matches, started before that batch (0: any) and not of that commit (NULL: any).
 * -PT_ENODATA when there is none. */
int pt_flames_get(struct pt_db *db, const struct pt_runs_query *query, int64_t before,
		  const char *other_than, struct pt_kept_flame *ret, struct pt_err *err);
void pt_kept_flame_release(struct pt_kept_flame *flame);

#endif
