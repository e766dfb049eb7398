/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PT_MODEL_BOARD_H
#define PT_MODEL_BOARD_H

#include "perftop/model/verdict.h"

/*
 * What the console's view of benchmarks shows, as plain data: app fills it (in a worker), view draws
 * it. Nothing here knows where it came from.
 */
enum { PT_BOARD_HISTORY = 200 };

struct pt_board_point {
	char commit[PT_COMMIT_MAX];
	char subject[120];
	int64_t at_ns;
	float median, lo, hi; /* in the row's unit; NaN: no run */
};

struct pt_board_step {
	size_t at; /* index of the first point of the new level */
	double magnitude, confidence;
	double before, after;
};

struct pt_board_row {
	char *suite;
	const struct pt_gate_row
		*gate; /* of report: name, unit, verdict, interval… against the baseline */
	struct pt_board_point *points; /* oldest first */
	size_t n_points;
	struct pt_board_step *steps;
	size_t n_steps;
	const struct pt_bench *base,
		*now; /* samples of both sides, of the sets below; NULL: none */
};

struct pt_board_suite {
	char *name, *owner;
	size_t first, n; /* its rows */
	char *baseline;	 /* "main@4f1c2a, 10 runs", or "no baseline yet" */
	size_t worse, warned, unsure;
	int64_t last_run_ns; /* 0: never */
	char *machine;	     /* of the last run: "quiet", or why noisy */
	char **differences;  /* "kernel 6.1.0 -> 6.1.9"; environment against baseline's */
	size_t n_differences;
};

struct pt_board {
	struct pt_board_suite *suites;
	size_t n_suites;
	struct pt_board_row *rows; /* grouped by suite */
	size_t n_rows;
	char *empty; /* why there is nothing, and what to do; or NULL */
	struct pt_commit head;
	struct pt_gate_report report;  /* the same rows, grouped by suite */
	struct pt_bench_set base, now; /* names are "suite/name" here */
};
void pt_board_free(struct pt_board *board);

#endif
