/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PT_MODEL_BENCH_H
#define PT_MODEL_BENCH_H

#include "perftop/base/map.h"
#include "perftop/base/unit.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Results of benchmarks as any tool tells them. The unit of evidence is the run: one launch of the
 * process. Samples are what one launch measured; samples of one launch are not independent.
 */
enum pt_better { PT_BETTER_LOWER, PT_BETTER_HIGHER };

struct pt_run {
	double *samples; /* finite; in the benchmark's unit; in the order they were taken */
	size_t n, cap;
};

struct pt_bench {
	char *name; /* as its tool calls it: "parse/large"; hostile text */
	char *metric; /* "time", "cpu_time", "memory", "throughput", "instructions", or the tool's own */
	char *saved; /* NULL: the newest; else which saved baseline or commit this belongs to */
	enum pt_unit unit;
	enum pt_better better;
	bool exact;    /* counted, not timed: the same code gives the same number */
	bool estimate; /* the tool told an estimate a run, not its samples */
	double lo, hi; /* the tool's own 95 % interval of an estimate; NaN: none told */
	struct pt_run *runs;
	size_t n_runs, cap_runs;
};

struct pt_bench_set {
	const char *format;	   /* name of the parser; static */
	struct pt_bench **benches; /* in the order met; one each name + metric + saved */
	size_t n, cap;
	char **notes; /* what people should know: "3 aggregate rows left out", "debug build" */
	size_t n_notes, cap_notes;
	struct pt_map index; /* by key; private */
};

void pt_bench_set_init(struct pt_bench_set *set);
void pt_bench_set_release(struct pt_bench_set *set);

/* The benchmark of that identity, made (lower is better, no runs) if it is new. Borrowed. saved may
 * be NULL. */
struct pt_bench *pt_bench_set_get(struct pt_bench_set *set, const char *name, const char *metric,
				  const char *saved);
const struct pt_bench *pt_bench_set_find(const struct pt_bench_set *set, const char *name,
					 const char *metric, const char *saved); /* or NULL */
void pt_bench_set_note(struct pt_bench_set *set, const char *fmt, ...)
	__attribute__((format(printf, 2, 3))); /* one text is kept once; at most 100 */

/* One more run; returns its index. */
size_t pt_bench_add_run(struct pt_bench *bench);
/* One more sample of run i (made up to i if need be). */
void pt_bench_add_sample(struct pt_bench *bench, size_t run, double value);

/* Median of a run's samples; NaN of none. */
double pt_run_median(const struct pt_run *run);
/* Median of the runs' medians; NaN of none. */
double pt_bench_median(const struct pt_bench *bench);

#endif
