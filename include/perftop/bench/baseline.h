/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PT_BENCH_BASELINE_H
#define PT_BENCH_BASELINE_H

#include "perftop/base/err.h"
#include "perftop/base/str.h"
#include "perftop/model/run.h"

/*
 * `.performance/baselines/<suite>/<machine class>.json`: what a suite is compared with, kept in
 * git. Keys sorted, a benchmark a block of lines, so that git merges them; samples as compact
 * quantised lists; written whole or not at all. A newer schema and a merge conflict are explained,
 * not called JSON errors.
 */
struct pt_accept {
	char *why, *who;
	char commit[PT_COMMIT_MAX];
	int64_t at_ns;
	double ratio;  /* change accepted: 1.06 */
	bool taken_in; /* the baseline has been measured with it since: it excuses nothing more */
};

struct pt_baseline_entry {
	struct pt_bench *bench; /* borrowed from the set below */
	double spread;		/* launch-to-launch standard deviation of log; NaN: not known */
	size_t spread_n;	/* launches that is known from */
	double *recent;		/* medians of recent commits, oldest first */
	size_t n_recent;
	struct pt_accept *accepted;
	size_t n_accepted;
	char commit[PT_COMMIT_MAX]; /* measured there and then; "" and 0: as the whole */
	int64_t saved_ns;
};

struct pt_baseline {
	char *suite;
	struct pt_environment environment;
	struct pt_commit commit; /* id alone; of the newest entry */
	int64_t saved_ns;
	char *name; /* "main", or as `baseline save NAME` called it */
	struct pt_bench_set set;
	struct pt_baseline_entry *entries; /* one each bench of set, same order */
	size_t n;
	struct pt_map index; /* private */
};

enum { PT_BASELINE_SCHEMA = 1 };

/* What is kept of a benchmark: the newest runs, and quantiles of what each of them measured. */
enum {
	PT_BASELINE_RUNS = 20,
	PT_BASELINE_SAMPLES = 16,
	PT_BASELINE_RECENT = 20,
	PT_BASELINE_ACCEPTED = 5
};

void pt_baseline_init(struct pt_baseline *b);
void pt_baseline_release(struct pt_baseline *b);
/* Takes the benchmarks of set over into b (which owns them then): an entry each, set is empty
 * after. */
void pt_baseline_take(struct pt_baseline *b, struct pt_bench_set *set);
/* What the file before knows and b does not: accepted changes, held against the new medians; noise
 * and medians that it has from more launches; with keep_others the benchmarks that b does not
 * have. */
void pt_baseline_carry(struct pt_baseline *b, const struct pt_baseline *before, bool keep_others);
void pt_baseline_accept(struct pt_baseline_entry *entry, const char *why, const char *who,
			const char *commit, int64_t at_ns, double ratio);
/* Takes an entry out, with its benchmark. */
void pt_baseline_drop(struct pt_baseline *b, size_t i);
/* -PT_ENOENT; -PT_ENOTSUP for a newer schema; -PT_ESYNTAX with the place and what to do for the
 * rest. */
int pt_baseline_load(const char *path, struct pt_baseline *ret, struct pt_err *err);
int pt_baseline_parse(const char *path, const char *text, size_t len, struct pt_baseline *ret,
		      struct pt_err *err);
/* Whole or not at all; folders are made. What would not read back is not written. */
int pt_baseline_save(const char *path, const struct pt_baseline *b, struct pt_err *err);
void pt_baseline_format(const struct pt_baseline *b, struct pt_str *out);
/* Entry of a benchmark, or NULL. */
struct pt_baseline_entry *pt_baseline_find(const struct pt_baseline *b, const char *name,
					   const char *metric);
/* project/.performance/baselines/<suite>/<machine class>.json; with name: …/<machine
 * class>.<name>.json */
void pt_baseline_path(const char *project, const char *suite, const char *machine_class,
		      const char *name, char *out, size_t size);

#endif
