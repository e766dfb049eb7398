/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PT_MODEL_VERDICT_H
#define PT_MODEL_VERDICT_H

#include "perftop/model/run.h"

/*
 * What the gate has to say, as data: analyse fills the numbers, bench/gate the rows, present writes
 * them in every format, view draws them.
 */
enum pt_verdict {
	PT_VERDICT_NONE,	 /* no change that matters: "same" */
	PT_VERDICT_IMPROVEMENT,	 /* "faster" or "better" */
	PT_VERDICT_WARN,	 /* beyond the warn threshold */
	PT_VERDICT_REGRESSION,	 /* beyond the block threshold */
	PT_VERDICT_INCONCLUSIVE, /* too noisy or too few runs to say */
	PT_VERDICT_N
};
/* "none", "improvement", "warn", "regression", "inconclusive". */
const char *pt_verdict_name(enum pt_verdict verdict);

/* Comparison of B (candidate) with A (base) of one benchmark. */
struct pt_comparison {
	enum pt_verdict verdict;
	double base, candidate; /* geometric means of run medians (medians of exact numbers), in
				   the benchmark's unit */
	double ratio, lo, hi;	/* candidate / base and its 95 % interval */
	double p;		/* that there is no change; 1 of exact equality */
	double p_rank;		/* Mann-Whitney over run medians; NaN when there are too few */
	double spread;		/* launch-to-launch standard deviation of log, as used */
	size_t base_runs, candidate_runs;
	size_t left_out; /* of these, launches so far off that they were left out */
	double usual;	 /* standard deviation of log of the change from one measuring to the next,
			 where that widened the interval; else 0 */
	bool weak;	 /* a side has a single run: "single run: weak" */
	bool widened;	 /* the interval was widened by the benchmark's own known spread */
	char why[160];	 /* in words: why this verdict, "" when the numbers speak */
};

enum pt_gate_state {
	PT_GATE_COMPARED,
	PT_GATE_ADDED,	 /* only in the candidate */
	PT_GATE_REMOVED, /* only in the base */
	PT_GATE_FAILED,	 /* the candidate's launch failed: no numbers */
};

struct pt_gate_row {
	char *suite, *name, *metric; /* suite may be "" */
	char *renamed_from;	     /* or NULL */
	char *tags;		     /* blank-separated, "" for none */
	enum pt_gate_state state;
	enum pt_unit unit;
	enum pt_better better;
	struct pt_comparison c; /* of COMPARED */
	double block, warn;	/* thresholds that held, ratios: 0.05 */
	double floor;		/* absolute, in unit; 0: none */
	char *budget;		/* "p99 < 20 ms", or NULL */
	bool over_budget;
	double budget_value; /* what the budget was held against */
	char *accepted;	     /* reason of an accepted regression, or NULL */
	int reruns;	     /* runs a side measured again before this was called */
	char *location;	     /* "file:line" for annotations, or NULL */
};

struct pt_gate_report {
	struct pt_gate_row *rows;
	size_t n, cap;
	char *base_name, *candidate_name; /* "main@4f1c2a, 10 runs" */
	char *machine_class;
	char **notes; /* sentences: no baseline yet, noisy machine, other kernel… */
	size_t n_notes, cap_notes;
	bool no_base;	     /* first run: passed */
	bool not_comparable; /* different machine class */
	bool inconclusive_fails;
	double seconds_rerun;
};

void pt_gate_report_release(struct pt_gate_report *report);
struct pt_gate_row *pt_gate_report_add(struct pt_gate_report *report); /* zeroed */
void pt_gate_report_cut(struct pt_gate_report *report, size_t n);      /* drops rows from n on */
void pt_gate_report_note(struct pt_gate_report *report, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
/* 0 passed, 1 regression or budget, 3 not comparable or inconclusive. */
int pt_gate_report_status(const struct pt_gate_report *report);
/* How many compared rows have that verdict (accepted ones apart). */
size_t pt_gate_report_count(const struct pt_gate_report *report, enum pt_verdict verdict);
/* "slower", "faster", "worse", "better", "same", "noisy": by verdict, unit and direction. */
const char *pt_gate_row_word(const struct pt_gate_row *row);

#endif
