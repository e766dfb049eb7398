/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What is said of a benchmark: the sign and word of its verdict, its numbers, the sentence about its
 * history. Alike wherever it stands, and never by colour alone.
 */
#include "bench_view.h"

#include "perftop/base/clock.h"
#include "perftop/base/mem.h"
#include "perftop/base/text.h"
#include "perftop/present/value.h"

#include <math.h>
#include <string.h>

enum { SHORT_ID = 7 };

/* ---- verdicts ---- */

struct manner {
	uint32_t sign;
	char ascii;
	enum pt_role role;
	int severity;
};

static const struct manner by_verdict[PT_VERDICT_N] = {
	[PT_VERDICT_NONE] = {'=', '=', PT_ROLE_DIM, 1},
	[PT_VERDICT_IMPROVEMENT] = {0x25BC, 'v', PT_ROLE_GOOD, 2},
	[PT_VERDICT_INCONCLUSIVE] = {'?', '?', PT_ROLE_NOTE, 4},
	[PT_VERDICT_WARN] = {'!', '!', PT_ROLE_WARN, 5},
	[PT_VERDICT_REGRESSION] = {0x25B2, '^', PT_ROLE_CRITICAL, 6},
};

static const struct manner by_state[] = {
	[PT_GATE_COMPARED] = {0},
	[PT_GATE_ADDED] = {'+', '+', PT_ROLE_DIM, 0},
	[PT_GATE_REMOVED] = {0x2013, '-', PT_ROLE_NOTE, 3},
	[PT_GATE_FAILED] = {0x00D7, 'x', PT_ROLE_CRITICAL, 7},
};

static const struct manner over_budget = {0x25B2, '^', PT_ROLE_CRITICAL, 6};
static const struct manner accepted = {0x2713, '+', PT_ROLE_DIM, 1};

static const struct manner *manner_of(const struct pt_gate_row *g)
{
	if (g->state != PT_GATE_COMPARED)
		return &by_state[g->state];
	if (g->over_budget && g->c.verdict != PT_VERDICT_REGRESSION)
		return &over_budget;
	if (g->accepted && g->c.verdict >= PT_VERDICT_WARN)
		return &accepted;
	return &by_verdict[g->c.verdict];
}

int pv_bench_severity(const struct pt_board_row *row)
{
	return manner_of(row->gate)->severity;
}

bool pv_bench_has_change(const struct pt_board_row *row)
{
	return row->gate->state == PT_GATE_COMPARED && isfinite(row->gate->c.ratio);
}

struct pv_verdict pv_bench_verdict(const struct pt_board_row *row, const struct pt_view_env *env)
{
	const struct pt_gate_row *g = row->gate;
	const struct manner *m = manner_of(g);
	struct pv_verdict v = {.sign = env && env->ascii ? (uint32_t)m->ascii : m->sign,
			       .word = pt_gate_row_word(g),
			       .role = m->role};

	if (m == &over_budget)
		v.word = "over budget";
	else if (m == &accepted)
		v.word = "accepted";
	else if (g->state == PT_GATE_ADDED && !row->base)
		v.word = "new";
	return v;
}

/* ---- numbers ---- */

void pv_bench_name(const struct pt_board_row *row, bool with_suite, char *out, size_t size)
{
	const struct pt_gate_row *g = row->gate;
	bool plain = strcmp(g->metric, "time") == 0;

	pt_snprintf(out, size, "%s%s%s%s%s%s", with_suite ? row->suite : "", with_suite ? "/" : "",
		    g->name, plain ? "" : " (", plain ? "" : g->metric, plain ? "" : ")");
}

void pv_bench_shorten(char *safe, int w, bool ascii)
{
	const char *more = ascii ? "~" : "…", *tail;
	size_t head = pt_text_fit(safe, w / 3), n = strlen(more);
	int all = pt_text_width(safe), room;

	if (all <= w || w < 3)
		return;
	tail = safe + head;
	room = w - 1 - (all - pt_text_width(tail));
	/* What is put in takes no more bytes than what goes. */
	while (*tail && (pt_text_width(tail) > room || (size_t)(tail - safe) < head + n))
		(void)pt_utf8_next(&tail);
	memmove(safe + head + n, tail, strlen(tail) + 1);
	memcpy(safe + head, more, n);
}

void pv_bench_value(double v, const struct pt_board_row *row, const struct pt_view_env *env,
		    char *out, size_t size)
{
	pt_value_format(out, size, v, row->gate->unit, env->ascii ? PT_VALUE_ASCII : 0);
}

double pv_bench_now(const struct pt_board_row *row)
{
	if (row->gate->state == PT_GATE_COMPARED)
		return row->gate->c.candidate;
	return row->now ? pt_bench_median(row->now) : NAN;
}

double pv_bench_base(const struct pt_board_row *row)
{
	if (row->gate->state == PT_GATE_COMPARED)
		return row->gate->c.base;
	return row->base ? pt_bench_median(row->base) : NAN;
}

void pv_bench_percent(double ratio, char *out, size_t size)
{
	double percent = ratio * 100;

	if (!isfinite(percent))
		out[0] = '\0';
	else if (fabs(percent) < 99.95)
		pt_snprintf(out, size, "%+.1f", fabs(percent) < 0.05 ? 0.0 : percent);
	else if (fabs(percent) < 1e5)
		pt_snprintf(out, size, "%+.0f", percent);
	else
		pt_snprintf(out, size, "%+.0e", percent);
}

void pv_bench_interval(const struct pt_board_row *row, char *out, size_t size)
{
	char lo[24], hi[24];

	out[0] = '\0';
	if (!pv_bench_has_change(row))
		return;
	pv_bench_percent(row->gate->c.lo - 1, lo, sizeof lo);
	pv_bench_percent(row->gate->c.hi - 1, hi, sizeof hi);
	if (lo[0] && hi[0])
		pt_snprintf(out, size, "%s .. %s", lo, hi);
}

/* ---- sentences ---- */

bool pv_step_is_worse(const struct pt_board_row *row, const struct pt_board_step *step)
{
	return (step->magnitude > 0) == (row->gate->better == PT_BETTER_LOWER);
}

static size_t measured(const struct pt_board_row *row)
{
	size_t n = 0;

	for (size_t i = 0; i < row->n_points; i++)
		n += isfinite((double)row->points[i].median);
	return n;
}

void pv_bench_sentence(const struct pt_board_row *row, char *out, size_t size)
{
	const struct pt_board_step *step = row->n_steps ? &row->steps[row->n_steps - 1] : NULL;
	const struct pt_board_commit *p;
	char change[24];
	size_t n = measured(row);

	if (!step || step->at >= row->n_points) {
		pt_snprintf(out, size,
			    n == 0   ? "no history yet: clean runs of commits make it"
			    : n == 1 ? "no step: the history is one commit long"
				     : "no step in %zu commits",
			    n);
		return;
	}
	p = &row->commits[step->at];
	pv_bench_percent(step->magnitude, change, sizeof change);
	size_t len = pt_snprintf(out, size, "step of %s %% at %.*s", change, SHORT_ID, p->id);
	if (p->subject[0])
		len += pt_snprintf(out + len, size - len, " \"%s\"", p->subject);
	/* Nothing that was measured is certain. */
	len += pt_snprintf(out + len, size - len, " (%.1f %%)",
			   PT_MIN(floor(step->confidence * 1000) / 10, 99.9));
	if (row->gate->reruns > 0)
		pt_snprintf(out + len, size - len, ", confirmed by %d rerun%s", row->gate->reruns,
			    row->gate->reruns == 1 ? "" : "s");
}

void pv_bench_point_words(const struct pt_board_row *row, int i, const struct pt_view_env *env,
			  char *out, size_t size)
{
	const struct pt_board_point *p = &row->points[i];
	const struct pt_board_commit *commit = &row->commits[i];
	char when[32] = "", mid[32], lo[32], hi[32];

	if (commit->at_ns)
		pt_time_format(when, sizeof when, commit->at_ns, true);
	when[strcspn(when, " ")] = '\0';
	pv_bench_value((double)p->median, row, env, mid, sizeof mid);
	pv_bench_value((double)p->lo, row, env, lo, sizeof lo);
	pv_bench_value((double)p->hi, row, env, hi, sizeof hi);
	pt_snprintf(out, size, "%.*s  %s  %s (%s .. %s)  %s", SHORT_ID, commit->id, when, mid, lo,
		    hi, commit->subject);
}

void pv_bench_line(const struct pt_board_row *row, const struct pt_view_env *env, char *out,
		   size_t size)
{
	char name[400], now[32], base[32], change[24], interval[64], sentence[400];
	struct pv_verdict v = pv_bench_verdict(row, env);
	size_t n;

	pv_bench_name(row, true, name, sizeof name);
	pv_bench_value(pv_bench_now(row), row, env, now, sizeof now);
	n = pt_snprintf(out, size, "%s  %s", name, now);
	if (pv_bench_has_change(row)) {
		pv_bench_value(row->gate->c.base, row, env, base, sizeof base);
		pv_bench_percent(row->gate->c.ratio - 1, change, sizeof change);
		pv_bench_interval(row, interval, sizeof interval);
		n += pt_snprintf(out + n, size - n, " (was %s)  %s %% [%s]", base, change,
				 interval);
	}
	n += pt_snprintf(out + n, size - n, "  %s", v.word);
	if (row->n_steps) {
		pv_bench_sentence(row, sentence, sizeof sentence);
		pt_snprintf(out + n, size - n, "  %s", sentence);
	}
}

void pv_live_words(const struct pt_live *live, char *out, size_t size)
{
	size_t n = pt_snprintf(out, size, "%s: ", live->what);
	char left[32];

	if (live->phase >= PT_LIVE_DONE) {
		pt_snprintf(out + n, size - n, "%s", live->end);
		return;
	}
	if (live->phase == PT_LIVE_WAITING) {
		pt_snprintf(out + n, size - n, "waiting for %s",
			    live->holder[0] ? live->holder : "the machine");
		return;
	}
	if (live->phase != PT_LIVE_RUNNING || live->n_launches == 0)
		n += pt_snprintf(out + n, size - n, "%s", pt_live_phase_name(live->phase));
	else
		n += pt_snprintf(out + n, size - n, "launch %d of %d", live->launch + 1,
				 live->n_launches);
	if (live->n_suites > 1)
		n += pt_snprintf(out + n, size - n, ", suite %d of %d", live->suite_index + 1,
				 live->n_suites);
	if (live->phase == PT_LIVE_CANCELING)
		return;
	if (live->remaining_ns >= 0) {
		pt_duration_format(left, sizeof left, live->remaining_ns, false);
		pt_snprintf(out + n, size - n, ", %s left", left);
	} else if (live->elapsed_ns >= PT_S) {
		pt_duration_format(left, sizeof left, live->elapsed_ns, false);
		pt_snprintf(out + n, size - n, ", %s so far", left);
	}
}
