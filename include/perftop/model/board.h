/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PT_MODEL_BOARD_H
#define PT_MODEL_BOARD_H

#include "perftop/model/verdict.h"

/*
 * What the console's view of benchmarks shows, as plain data: app fills it (in a worker), view
 * draws it. Nothing here knows where it came from.
 */
enum { PT_BOARD_HISTORY = 200 };

struct pt_board_commit {
	char id[PT_COMMIT_MAX];
	char subject[120];
	int64_t at_ns;
};

struct pt_board_point {
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
	/* Oldest first. The same commits in every row of the board, so that their graphs share one
	 * axis: a commit without runs of this benchmark has NaN. */
	struct pt_board_point *points;
	const struct pt_board_commit *commits; /* the board's, one a point */
	size_t n_points;
	struct pt_board_step *steps;
	size_t n_steps;
	const struct pt_bench *base,
		*now; /* samples of both sides, of the sets below; NULL: none */
};

struct pt_board_suite {
	char *name, *owner;
	size_t first, n;		 /* its rows */
	char *baseline;			 /* "main@4f1c2a, 10 runs", or "no baseline yet" */
	char base_commit[PT_COMMIT_MAX]; /* "" when it is not of one */
	bool has_base;			 /* there is something that its rows are compared with */
	size_t worse, warned, unsure;
	int64_t last_run_ns; /* 0: never */
	int64_t failed_ns;   /* of a run since then of which no launch ended well; 0: none */
	char *machine;	     /* of the last run: "quiet", or why noisy */
	char **differences;  /* "kernel 6.1.0 -> 6.1.9"; environment against baseline's */
	size_t n_differences;
};

struct pt_board {
	struct pt_board_suite *suites;
	size_t n_suites;
	struct pt_board_commit *commits; /* the axis of all histories, oldest first */
	size_t n_commits;
	struct pt_board_row *rows; /* grouped by suite */
	size_t n_rows;
	char *empty;  /* why there is nothing, and what to do; or NULL */
	char *notice; /* what stands in the way of running, and what to do; or NULL */
	struct pt_commit head;
	struct pt_gate_report report;  /* the same rows, grouped by suite */
	struct pt_bench_set base, now; /* names are "suite/name" here */
};
void pt_board_free(struct pt_board *board);

/*
 * What runs now, or ran last: its progress and the end of what it printed. Filled by app, looked at
 * by views; all of it hostile text.
 */
enum { PT_LIVE_LINES = 500, PT_LIVE_LINE = 400 };

enum pt_live_phase {
	PT_LIVE_IDLE, /* nothing has run yet */
	PT_LIVE_PREPARING,
	PT_LIVE_WAITING, /* for the machine's lock */
	PT_LIVE_BUILDING,
	PT_LIVE_WARMUP,
	PT_LIVE_RUNNING,
	PT_LIVE_CANCELING,
	PT_LIVE_DONE,
	PT_LIVE_CANCELED,
	PT_LIVE_FAILED,
};

struct pt_live_line {
	char text[PT_LIVE_LINE];
	bool is_error;
};

struct pt_live {
	enum pt_live_phase phase;
	char what[96]; /* "parser", "bisect of parser/large" */
	int suite_index, n_suites;
	int launch, n_launches;		  /* from 0; n_launches 0: it does not count them */
	int64_t elapsed_ns, remaining_ns; /* remaining -1: nothing to go by yet */
	char holder[120];		  /* WAITING: who holds the lock */
	char end[200];			  /* DONE, CANCELED, FAILED: how it ended, a sentence */
	bool result;			  /* the end is what it was for: it stays to be read */
	struct pt_live_line *lines;	  /* a ring of PT_LIVE_LINES; NULL before the first */
	size_t n_lines;			  /* printed so far */
};

bool pt_live_runs(const struct pt_live *live); /* something is under way */
const char *pt_live_phase_name(enum pt_live_phase phase);
void pt_live_print(struct pt_live *live, bool is_error, const char *line, size_t len);
/* The i-th line from the end, 0 being the last; NULL beyond what is kept. */
const struct pt_live_line *pt_live_line(const struct pt_live *live, size_t i);
void pt_live_release(struct pt_live *live);

#endif
