/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PT_APP_BASELINES_H
#define PT_APP_BASELINES_H

#include "perftop/app/benches.h"

/* What people do with baselines: each of these reads, changes and writes files of .performance/baselines. */
struct pt_baseline_file {
	char path[1200];
	struct pt_baseline baseline;
	struct pt_err err; /* code 0: baseline is there; else why it could not be read */
};

/* All of a project in order of suite and machine class; suite NULL: every one. No folder: none. */
int pt_baselines_list(const char *project, const char *suite, struct pt_baseline_file **ret,
		      size_t *ret_n, struct pt_err *err);
void pt_baselines_free(struct pt_baseline_file *files, size_t n);

struct pt_baseline_saved {
	char path[1200], side[160];
	size_t measured, kept; /* benchmarks; kept ones were only in the file before */
	struct pt_err
		lost; /* why the file before could not be read; code 0: it could, or was not there */
};

/*
 * Saves a side (from as in pt_benches_side, a candidate) as the baseline of that name (NULL: main).
 * Errors  -PT_ENODATA nothing was run; -PT_EINVAL a bad name, or uncommitted changes without dirty;
 *         -PT_ENOTSUP the file is of a newer perftop
 */
int pt_baselines_save(struct pt_benches *b, const char *suite, const char *name, const char *from,
		      bool dirty, struct pt_baseline_saved *ret, struct pt_err *err);
/* The named baseline of this machine class becomes the main one; its own file goes. */
int pt_baselines_promote(struct pt_benches *b, const char *suite, const char *name,
			 struct pt_baseline_saved *ret, struct pt_err *err);

/* Takes out what the suite's latest runs do not have any more, in every machine class and name, and files of
 * suites that are gone. Calls told with each; dry: only that. -PT_ENODATA: the suite was never run here. */
int pt_baselines_prune(struct pt_benches *b, const char *suite, bool dry,
		       void (*told)(void *arg, const char *path, const struct pt_bench *bench),
		       void *arg, struct pt_err *err);

struct pt_accepted {
	char path[1200], metric[64];
	struct pt_accept accept; /* borrowed texts are NULL */
};
/*
 * Keeps in the main baseline that a benchmark may be worse, and by how much. suite NULL: the one that
 * has it; metric NULL: the only one it has. ratio NaN: as the latest runs of HEAD are.
 */
int pt_baselines_accept(struct pt_benches *b, const char *suite, const char *bench,
			const char *metric, const char *why, double ratio, struct pt_accepted *ret,
			struct pt_err *err);

#endif
