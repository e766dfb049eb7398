/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PT_TESTS_BENCH_BOARD_H
#define PT_TESTS_BENCH_BOARD_H

#include "perftop/base/clock.h"
#include "perftop/base/mem.h"
#include "perftop/base/str.h"
#include "perftop/model/board.h"

#include <math.h>
#include <string.h>

/*
 * A board of benchmarks made by hand, always the same: a suite with one of every verdict and sixty
 * commits of history, one without a baseline, one that has never run.
 */
enum { BOARD_COMMITS = 60, BOARD_STEP = 48 };

struct board_bench {
	const char *suite, *name, *metric;
	enum pt_gate_state state;
	enum pt_verdict verdict;
	double base, ratio, lo, hi, noise;
	bool step;
	enum pt_unit unit;
};

static const struct board_bench board_benches[] = {
	{"parser", "parse/large", "time", PT_GATE_COMPARED, PT_VERDICT_REGRESSION, 17.31e6, 1.062,
	 1.054, 1.070, 0.003, true, PT_UNIT_NS},
	{"parser", "parse/small", "time", PT_GATE_COMPARED, PT_VERDICT_NONE, 112e3, 1.003, 0.992,
	 1.014, 0.006, false, PT_UNIT_NS},
	{"parser", "tokenize", "time", PT_GATE_COMPARED, PT_VERDICT_IMPROVEMENT, 4.27e6, 0.961,
	 0.956, 0.967, 0.004, true, PT_UNIT_NS},
	{"parser", "incremental/edit", "time", PT_GATE_COMPARED, PT_VERDICT_INCONCLUSIVE, 773e3,
	 1.048, 0.940, 1.150, 0.08, false, PT_UNIT_NS},
	{"parser", "parse/\x1b[31mred", "memory", PT_GATE_COMPARED, PT_VERDICT_WARN, 41e6, 1.031,
	 1.024, 1.038, 0.004, true, PT_UNIT_BYTES},
	{"parser", "arena/grow", "time", PT_GATE_FAILED, PT_VERDICT_NONE, 0, 1, 1, 1, 0, false,
	 PT_UNIT_NS},
	{"index", "build/10k", "time", PT_GATE_ADDED, PT_VERDICT_NONE, 1.82e9, 1, 1, 1, 0.01, false,
	 PT_UNIT_NS},
	{"index", "query/point", "throughput", PT_GATE_ADDED, PT_VERDICT_NONE, 2.1e6, 1, 1, 1, 0.02,
	 false, PT_UNIT_PER_SECOND},
};

/* In -1..1, the same on every machine. */
static inline double board_random(uint64_t *seed)
{
	*seed = *seed * 6364136223846793005u + 1442695040888963407u;
	return (double)(*seed >> 40) / (double)(1 << 23) - 1;
}

static inline void board_samples(struct pt_bench_set *set, const struct board_bench *b,
				 double level, uint64_t seed)
{
	char name[200];

	pt_snprintf(name, sizeof name, "%s/%s", b->suite, b->name);
	struct pt_bench *bench = pt_bench_set_get(set, name, b->metric, NULL);
	bench->unit = b->unit;
	for (size_t run = 0; run < 10; run++) {
		double at = level * (1 + b->noise * board_random(&seed));
		for (int i = 0; i < 10; i++)
			pt_bench_add_sample(
				bench, run,
				at * (1 + b->noise * (board_random(&seed) + board_random(&seed)) +
				      (i == 7 && run == 3 ? 20 * b->noise : 0)));
	}
}

/* Yours. */
static inline struct pt_board_commit *board_commits(void)
{
	struct pt_board_commit *commits = pt_calloc(BOARD_COMMITS, sizeof *commits);

	for (size_t i = 0; i < BOARD_COMMITS; i++) {
		struct pt_board_commit *c = &commits[i];
		pt_snprintf(c->id, sizeof c->id, "%040llx",
			    0x9be01d0000000000ull + (unsigned long long)i * 0x10101010101ull);
		memmove(c->id, c->id + 24, 17);
		pt_snprintf(c->subject, sizeof c->subject,
			    i == BOARD_STEP ? "intern identifiers lazily" : "change number %zu", i);
		c->at_ns = (1780000000 + (int64_t)i * 86400) * PT_S;
	}
	return commits;
}

static inline void board_history(struct pt_board_row *row, const struct board_bench *b,
				 const struct pt_board_commit *commits, uint64_t seed)
{
	row->points = pt_calloc(BOARD_COMMITS, sizeof *row->points);
	row->commits = commits;
	row->n_points = b->state == PT_GATE_FAILED ? 0 : BOARD_COMMITS;
	for (size_t i = 0; i < row->n_points; i++) {
		struct pt_board_point *p = &row->points[i];
		double level = b->base * (b->step && i >= BOARD_STEP ? b->ratio : 1) *
			       (1 + b->noise * board_random(&seed));
		bool gap = i % 17 == 5 || (b->state == PT_GATE_ADDED && i < 50);
		p->median = gap ? NAN : (float)level;
		p->lo = gap ? NAN : (float)(level * (1 - b->noise));
		p->hi = gap ? NAN : (float)(level * (1 + b->noise));
	}
	if (!b->step)
		return;
	row->steps = pt_calloc(1, sizeof *row->steps);
	row->n_steps = 1;
	row->steps[0] = (struct pt_board_step){BOARD_STEP, b->ratio - 1, 0.9983, b->base,
					       b->base * b->ratio};
}

static inline void board_gate(struct pt_gate_row *g, const struct board_bench *b)
{
	g->suite = pt_strdup(b->suite);
	g->name = pt_strdup(b->name);
	g->metric = pt_strdup(b->metric);
	g->tags = pt_strdup("");
	g->state = b->state;
	g->unit = b->unit;
	g->better = b->unit == PT_UNIT_PER_SECOND ? PT_BETTER_HIGHER : PT_BETTER_LOWER;
	g->block = 0.05;
	g->warn = 0.02;
	g->c = (struct pt_comparison){.verdict = b->verdict,
				      .base = b->base,
				      .candidate = b->base * b->ratio,
				      .ratio = b->ratio,
				      .lo = b->lo,
				      .hi = b->hi,
				      .p = 0.0004,
				      .base_runs = 10,
				      .candidate_runs = 10};
	if (b->verdict == PT_VERDICT_INCONCLUSIVE)
		pt_strlcpy(g->c.why, "the interval straddles the limit of 5 %", sizeof g->c.why);
	if (b->verdict == PT_VERDICT_REGRESSION)
		g->reruns = 2;
}

static inline void board_suite(struct pt_board_suite *s, const char *name, size_t first, size_t n,
			       const char *baseline, int64_t last_run_ns)
{
	s->name = pt_strdup(name);
	s->first = first;
	s->n = n;
	s->baseline = pt_strdup(baseline);
	s->last_run_ns = last_run_ns;
}

/* Yours: pt_board_free. now_ns is real time. */
static inline struct pt_board *board_make(int64_t now_ns)
{
	struct pt_board *b = pt_calloc(1, sizeof *b);

	pt_bench_set_init(&b->base);
	pt_bench_set_init(&b->now);
	for (size_t i = 0; i < PT_LEN(board_benches); i++) {
		const struct board_bench *bb = &board_benches[i];
		board_gate(pt_gate_report_add(&b->report), bb);
		if (bb->state == PT_GATE_COMPARED)
			board_samples(&b->base, bb, bb->base, 2 * i + 1);
		if (bb->state != PT_GATE_FAILED)
			board_samples(&b->now, bb, bb->base * bb->ratio, 2 * i + 2);
	}
	b->commits = board_commits();
	b->n_commits = BOARD_COMMITS;
	b->n_rows = PT_LEN(board_benches);
	b->rows = pt_calloc(b->n_rows, sizeof *b->rows);
	for (size_t i = 0; i < b->n_rows; i++) {
		const struct board_bench *bb = &board_benches[i];
		char name[200];
		pt_snprintf(name, sizeof name, "%s/%s", bb->suite, bb->name);
		b->rows[i].suite = pt_strdup(bb->suite);
		b->rows[i].gate = &b->report.rows[i];
		b->rows[i].base = pt_bench_set_find(&b->base, name, bb->metric, NULL);
		b->rows[i].now = pt_bench_set_find(&b->now, name, bb->metric, NULL);
		board_history(&b->rows[i], bb, b->commits, 77 + i);
	}
	b->n_suites = 3;
	b->suites = pt_calloc(b->n_suites, sizeof *b->suites);
	board_suite(&b->suites[0], "parser", 0, 6, "main@4f1c2a, 10 runs", now_ns - 7320 * PT_S);
	board_suite(&b->suites[1], "index", 6, 2, "no baseline yet", now_ns - 90 * PT_S);
	board_suite(&b->suites[2], "lsp", 8, 0, "no baseline yet", 0);
	b->suites[0].has_base = true;
	b->suites[0].worse = 2;
	b->suites[0].warned = 1;
	b->suites[0].unsure = 1;
	b->suites[0].owner = pt_strdup("team-parse");
	b->suites[0].machine = pt_strdup("quiet: steal 0.2 %, frequency steady, no throttling");
	b->suites[0].differences = pt_calloc(1, sizeof *b->suites[0].differences);
	b->suites[0].differences[0] = pt_strdup("kernel 6.1.0 -> 6.1.9");
	b->suites[0].n_differences = 1;
	b->suites[1].machine = pt_strdup("noisy: others used 38 % of the CPUs");
	pt_strlcpy(b->head.id, "9be01d4433221100aabbccddeeff00112233445566", sizeof b->head.id);
	pt_strlcpy(b->head.branch, "main", sizeof b->head.branch);
	b->head.dirty = true;
	b->report.base_name = pt_strdup("the baseline");
	return b;
}

/* A launch under way. Yours: pt_live_release. */
static inline void board_live(struct pt_live *live)
{
	static const char *const lines[] = {"   Compiling parser v0.3.1", "parse/large: 18.4 ms",
					    "warning: \x1b[2Jclock is coarse", "tokenize: 4.1 ms"};

	*live = (struct pt_live){.phase = PT_LIVE_RUNNING,
				 .n_suites = 1,
				 .launch = 2,
				 .n_launches = 10,
				 .elapsed_ns = 18 * PT_S,
				 .remaining_ns = 42 * PT_S};
	pt_strlcpy(live->what, "parser", sizeof live->what);
	for (size_t i = 0; i < PT_LEN(lines); i++)
		pt_live_print(live, i == 2, lines[i], strlen(lines[i]));
}

#endif
