/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The processes that cost most now, in the overview: as many as there is room for. */
#include "perftop/view/pane.h"

#include "perftop/base/clock.h"
#include "perftop/base/mem.h"
#include "perftop/base/text.h"
#include "perftop/collect/procs.h"
#include "perftop/present/value.h"
#include "perftop/store/culprits.h"
#include "perftop/store/store.h"

#include <math.h>
#include <string.h>

#include "procs_view.h"

enum { TOP_MAX = 40 };

struct top_row {
	int pid;
	double cpu;
	uint64_t rss;
	int threads;
	char user[32];	   /* safe */
	char command[200]; /* safe */
};

struct top_state {
	bool read; /* once at least */
	bool past; /* rows are of a moment that has passed: what was recorded of it */
	struct top_row rows[TOP_MAX];
	int n;
	struct pt_procs_count count;
};

static double cpu_of(const struct pt_proc *p)
{
	return isnan(p->cpu_ratio) ? 0 : p->cpu_ratio;
}

/* Most CPU first, then most memory, so that idle rows keep their places. */
static bool before(const struct pt_proc *a, const struct pt_proc *b)
{
	double ca = cpu_of(a), cb = cpu_of(b);

	if (ca != cb)
		return ca > cb;
	if (a->rss_bytes != b->rss_bytes)
		return a->rss_bytes > b->rss_bytes;
	return a->pid < b->pid;
}

static void describe(struct top_row *row, const struct pt_proc *p, const struct pt_view_env *env)
{
	const char *name = pt_procs_user((struct pt_procs *)env->procs, p->uid);
	const char *command = pv_proc_command(p);

	row->pid = p->pid;
	row->cpu = p->cpu_ratio;
	row->rss = p->rss_bytes;
	row->threads = p->threads;
	pt_text_safe(row->user, sizeof row->user, name, strlen(name), env->ascii);
	pt_text_safe(row->command, sizeof row->command, command, strlen(command), env->ascii);
}

/* At the crosshair or in history: the five that were recorded, with what is known of them. */
static void recall(struct top_state *st, const struct pt_pane_args *args, int want)
{
	struct pt_culprit top[PT_CULPRITS_TOP];
	size_t n =
		pt_culprits_at(args->env->culprits, args->at_ns,
			       PT_MAX(3 * PT_S, 2 * args->env->interval_ns), PT_RESOURCE_CPU, top);

	for (size_t i = 0; i < n && st->n < want; i++) {
		struct top_row *row = &st->rows[st->n++];
		const struct pt_proc *p =
			pt_procs_find(args->env->procs, top[i].pid, top[i].start_ticks);
		if (p)
			describe(row, p, args->env);
		else
			*row = (struct top_row){.pid = top[i].pid};
		row->cpu = (double)top[i].value;
		if (!p)
			pt_text_safe(row->command, sizeof row->command, top[i].comm,
				     strlen(top[i].comm), args->env->ascii);
	}
}

static void top_recalc(const struct pt_pane *pane, void *state, const struct pt_pane_args *args,
		       int w, int h)
{
	struct top_state *st = state;
	const struct pt_proc *best[TOP_MAX];
	int want = PT_MIN(PT_MAX(h - 1, 0), TOP_MAX);
	size_t n = 0;
	struct pt_proc *const *rows;

	(void)pane;
	(void)w;
	/* Its size does not depend on what is in it. */
	if (h == 0 || (args->frozen && !args->tv->crosshair && st->read))
		return;
	st->n = 0;
	if (!args->env->procs)
		return;
	st->read = true;
	rows = pt_procs_rows(args->env->procs, &n);
	st->count = pt_procs_count(args->env->procs);
	st->past = args->env->culprits && args->at_ns < pt_store_last(args->env->store);
	if (st->past) {
		recall(st, args, want);
		return;
	}
	for (size_t i = 0; i < n && want > 0; i++) {
		int at = st->n;
		while (at > 0 && before(rows[i], best[at - 1]))
			at--;
		if (at >= want)
			continue;
		int keep = PT_MIN(st->n, want - 1) - at;
		memmove(&best[at + 1], &best[at], (size_t)keep * sizeof *best);
		best[at] = rows[i];
		st->n = PT_MIN(st->n + 1, want);
	}
	for (int i = 0; i < st->n; i++)
		describe(&st->rows[i], best[i], args->env);
}

static void top_size(const struct pt_pane *pane, const void *state, const struct pt_pane_args *args,
		     struct pt_pane_size *ret)
{
	(void)pane;
	(void)state;
	*ret = (struct pt_pane_size){0};
	if (args->env->procs)
		*ret = (struct pt_pane_size){.min = 4, .want = 8, .weight = 1};
}

static void top_headline(const struct pt_pane *pane, const void *state,
			 const struct pt_pane_args *args, char *out, size_t size)
{
	const struct top_state *st = state;

	(void)pane;
	(void)args;
	out[0] = '\0';
	if (st->past)
		pt_strlcpy(out, "at that moment", size);
	else if (st->count.total)
		pt_snprintf(out, size, "%zu processes, %zu running", st->count.total,
			    st->count.running);
}

static void paint_head(struct pt_canvas *cv)
{
	pt_canvas_right(cv, 7, 0, "PID", PT_ROLE_TITLE);
	pt_canvas_text(cv, 8, 0, "USER", -1, PT_ROLE_TITLE);
	pt_canvas_right(cv, 23, 0, "CPU%", PT_ROLE_TITLE);
	pt_canvas_right(cv, 30, 0, "RSS", PT_ROLE_TITLE);
	pt_canvas_right(cv, 35, 0, "THR", PT_ROLE_TITLE);
	pt_canvas_text(cv, 37, 0, "COMMAND", -1, PT_ROLE_TITLE);
}

static void paint_top_row(struct pt_canvas *cv, const struct top_row *row,
			  const struct pt_pane_args *args, int y, int w)
{
	char text[32];
	unsigned flags = args->env->ascii ? PT_VALUE_ASCII : 0;
	bool hit = args->filter && pt_filter_on(args->filter) &&
		   pt_filter_match(args->filter, row->command);

	pt_snprintf(text, sizeof text, "%d", row->pid);
	pt_canvas_right(cv, 7, y, text, PT_ROLE_DIM);
	pt_canvas_text(cv, 8, y, row->user, 8, PT_ROLE_DIM);
	if (isnan(row->cpu))
		pt_strlcpy(text, args->env->ascii ? "-" : "–", sizeof text);
	else
		pt_snprintf(text, sizeof text, "%.1f", row->cpu * 100);
	pt_canvas_right(cv, 23, y, text, pv_cpu_role(row->cpu));
	pt_value_format(text, sizeof text, (double)row->rss, PT_UNIT_BYTES,
			PT_VALUE_NO_UNIT | flags);
	pt_canvas_right(cv, 30, y, text, PT_ROLE_TEXT);
	pt_snprintf(text, sizeof text, "%d", row->threads);
	pt_canvas_right(cv, 35, y, text, row->threads > 1 ? PT_ROLE_TEXT : PT_ROLE_DIM);
	pt_canvas_text(cv, 37, y, row->command, w - 37, hit ? PT_ROLE_MATCH : PT_ROLE_TEXT);
}

static void top_paint(const struct pt_pane *pane, const void *state,
		      const struct pt_pane_args *args, struct pt_canvas *cv, int w, int h)
{
	const struct top_state *st = state;

	(void)pane;
	paint_head(cv);
	for (int i = 0; i < st->n && i + 1 < h; i++)
		paint_top_row(cv, &st->rows[i], args, i + 1, w);
	if (st->n == 0)
		pt_canvas_text(cv, 1, 1,
			       st->past		      ? "not recorded then"
			       : st->count.generation ? "no processes here"
						      : "Reading processes ...",
			       w - 1, PT_ROLE_DIM);
}

static int top_procs(const struct pt_pane *pane, bool zoomed)
{
	(void)pane;
	(void)zoomed;
	return PT_PROC_WANT_CMDLINE;
}

static int top_rows(const struct pt_pane *pane, const void *state)
{
	(void)pane;
	return ((const struct top_state *)state)->n;
}

const struct pt_pane pt_pane_top = {
	.name = "top",
	.title = "top by cpu",
	.help = "The processes that use most CPU",
	.priority = 6,
	.columns = PT_PANE_FULL,
	.state_size = sizeof(struct top_state),
	.recalc = top_recalc,
	.size = top_size,
	.headline = top_headline,
	.paint = top_paint,
	.rows = top_rows,
	.procs = top_procs,
};
