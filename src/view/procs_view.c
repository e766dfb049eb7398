/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The process list, the deciding half: which rows, in what order, which one is selected. Memory is
 * kept between recalcs, so a steady list allocates nothing.
 */
#include "procs_view.h"

#include "perftop/base/mem.h"
#include "perftop/base/text.h"
#include "perftop/collect/procs.h"

#include <stdlib.h>
#include <string.h>

enum { QUIET_S = 5 };

/* Start times fit into 32 bits for a year of uptime, pids always: good enough for a key in a map,
 * and what acts on a process compares both in full. */
uint64_t pv_proc_id(const struct pt_proc *p)
{
	return ((uint64_t)(unsigned)p->pid << 32) ^ p->start_ticks;
}

void pv_procs_init(struct pv_procs *v)
{
	memset(v, 0, sizeof *v);
	v->sort = pv_proc_column_find("cpu");
	v->set = PV_SET_MAIN;
}

static void drop_frozen(struct pv_procs *v)
{
	free(v->frozen);
	free(v->frozen_rows);
	pt_str_release(&v->frozen_text);
	v->frozen = NULL;
	v->frozen_rows = NULL;
	v->n_frozen = 0;
}

void pv_procs_release(struct pv_procs *v)
{
	pt_filter_release(&v->filter);
	pt_map_release(&v->tags);
	pt_map_release(&v->rank);
	free(v->rows);
	free(v->work);
	free(v->child);
	free(v->sibling);
	drop_frozen(v);
}

/* ---- freezing ---- */

static size_t keep_text(struct pv_procs *v, const char *s)
{
	size_t at = v->frozen_text.len + 1;

	if (!s)
		return 0;
	pt_str_addc(&v->frozen_text, '\0');
	pt_str_add(&v->frozen_text, s);
	return at;
}

/* Copies every process with its strings: the scanner goes on and frees its own. */
void pv_procs_freeze(struct pv_procs *v, const struct pt_view_env *env, bool on)
{
	size_t n, *at;

	drop_frozen(v);
	if (!on || !env->procs)
		return;
	struct pt_proc *const *rows = pt_procs_rows(env->procs, &n);
	v->frozen = pt_calloc(n + 1, sizeof *v->frozen);
	v->frozen_rows = pt_calloc(n + 1, sizeof *v->frozen_rows);
	at = pt_calloc(2 * n + 2, sizeof *at);
	for (size_t i = 0; i < n; i++) {
		v->frozen[i] = *rows[i];
		v->frozen_rows[i] = &v->frozen[i];
		at[2 * i] = keep_text(v, rows[i]->cmdline);
		at[2 * i + 1] = keep_text(v, rows[i]->cgroup);
	}
	/* Only now has the text stopped moving. */
	for (size_t i = 0; i < n; i++) {
		v->frozen[i].cmdline = at[2 * i] ? v->frozen_text.s + at[2 * i] : NULL;
		v->frozen[i].cgroup = at[2 * i + 1] ? v->frozen_text.s + at[2 * i + 1] : NULL;
	}
	v->n_frozen = n;
	free(at);
}

/* ---- order ---- */

/* qsort has no context; the console has one thread. */
static const struct pv_procs *sorting;

static int compare_key(const struct pt_proc *a, const struct pt_proc *b)
{
	const struct pv_proc_column *c = &pv_proc_columns[sorting->sort];
	int r = c->compare(a, b);

	if (!c->ascending)
		r = -r;
	if (sorting->invert)
		r = -r;
	if (r == 0)
		r = (a->rss_bytes < b->rss_bytes) - (a->rss_bytes > b->rss_bytes);
	return r ? r : (a->pid > b->pid) - (a->pid < b->pid);
}

static int compare_sorted(const void *x, const void *y)
{
	return compare_key(*(const struct pt_proc *const *)x, *(const struct pt_proc *const *)y);
}

static size_t rank_of(const struct pt_proc *p)
{
	size_t rank = (size_t)(uintptr_t)pt_map_get_u64(&sorting->rank, pv_proc_id(p));

	return rank ? rank : SIZE_MAX;
}

/* By place in the last order; what is new comes last, in key order. */
static int compare_ranked(const void *x, const void *y)
{
	const struct pt_proc *a = *(const struct pt_proc *const *)x;
	const struct pt_proc *b = *(const struct pt_proc *const *)y;
	size_t ra = rank_of(a), rb = rank_of(b);

	if (ra != rb)
		return ra < rb ? -1 : 1;
	return compare_key(a, b);
}

static void order(struct pv_procs *v, size_t n, int64_t now_ns)
{
	bool keep = now_ns < v->quiet_until_ns && v->rank.n > 0;

	sorting = v;
	qsort(v->work, n, sizeof *v->work, keep ? compare_ranked : compare_sorted);
	sorting = NULL;
	if (now_ns >= v->quiet_until_ns) {
		/* Remembered only while somebody reads; see pv_procs_move. */
		if (v->rank.n > 0)
			pt_map_release(&v->rank);
	}
}

static void remember_order(struct pv_procs *v)
{
	pt_map_release(&v->rank);
	for (size_t i = 0; i < v->n; i++)
		pt_map_put_u64(&v->rank, pv_proc_id(v->rows[i].proc), (void *)(uintptr_t)(i + 1));
}

/* ---- rows ---- */

static bool matches(const struct pv_procs *v, const struct pt_view_env *env,
		    const struct pt_proc *p)
{
	char text[640];

	if (!pt_filter_on(&v->filter))
		return true;
	pt_snprintf(text, sizeof text, "%d %s %s %s", p->pid,
		    pt_procs_user((struct pt_procs *)env->procs, p->uid), p->comm,
		    p->cmdline ? p->cmdline : "");
	return pt_filter_match(&v->filter, text);
}

static void push_row(struct pv_procs *v, const struct pt_proc *p, int depth, bool context, bool last)
{
	*PT_PUSH(v->rows, v->n, v->cap) = (struct pv_prow){
		.proc = p, .depth = depth, .context = context, .last = last};
}

static void flat_rows(struct pv_procs *v, const struct pt_view_env *env, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (matches(v, env, v->work[i]))
			push_row(v, v->work[i], 0, false, false);
}

/* Links work[] into children and siblings (indices + 1) in order; roots hang below index n. */
static void link_tree(struct pv_procs *v, size_t n)
{
	struct pt_map place = {0};

	if (v->tree_cap < n + 1) {
		v->tree_cap = n + 64;
		v->child = pt_reallocarray(v->child, v->tree_cap, sizeof *v->child);
		v->sibling = pt_reallocarray(v->sibling, v->tree_cap, sizeof *v->sibling);
	}
	memset(v->child, 0, (n + 1) * sizeof *v->child);
	for (size_t i = 0; i < n; i++)
		pt_map_put_u64(&place, (uint64_t)v->work[i]->pid, (void *)(uintptr_t)(i + 1));
	for (size_t i = n; i-- > 0;) {
		size_t parent = (size_t)(uintptr_t)pt_map_get_u64(&place,
								  (uint64_t)v->work[i]->ppid);
		/* A process cannot be its own ancestor, but a scan is no single moment. */
		if (parent == i + 1 || v->work[i]->ppid == 0)
			parent = 0;
		size_t at = parent ? parent - 1 : n;
		v->sibling[i] = v->child[at];
		v->child[at] = (int)i + 1;
	}
	pt_map_release(&place);
}

enum { MAX_DEPTH = 64 };

/* Depth first; a subtree with no match leaves no row. Returns whether anything was kept. */
static bool tree_rows(struct pv_procs *v, const struct pt_view_env *env, int first, int depth)
{
	bool any = false;

	for (int i = first; i; i = v->sibling[i - 1]) {
		const struct pt_proc *p = v->work[i - 1];
		size_t at = v->n;
		bool own = matches(v, env, p);
		push_row(v, p, depth, !own, v->sibling[i - 1] == 0);
		bool below = depth < MAX_DEPTH && tree_rows(v, env, v->child[i - 1], depth + 1);
		if (!own && !below)
			v->n = at;
		any |= own || below;
	}
	return any;
}

static void place_cursor(struct pv_procs *v, int page)
{
	if (v->bound) {
		size_t i = 0;
		while (i < v->n && pv_proc_id(v->rows[i].proc) != v->selected)
			i++;
		if (i < v->n)
			v->cursor = i;
		else
			v->bound = false; /* it has ended: stay at the place */
	}
	if (v->cursor >= v->n)
		v->cursor = v->n ? v->n - 1 : 0;
	v->page = PT_MAX(page, 1);
	if (v->cursor < v->scroll)
		v->scroll = v->cursor;
	if (v->cursor >= v->scroll + (size_t)v->page)
		v->scroll = v->cursor - (size_t)v->page + 1;
	if (v->scroll + (size_t)v->page > v->n)
		v->scroll = v->n > (size_t)v->page ? v->n - (size_t)v->page : 0;
}

void pv_procs_recalc(struct pv_procs *v, const struct pt_view_env *env, int w, int h,
		     int64_t now_ns)
{
	size_t n = v->n_frozen;
	struct pt_proc *const *all = v->frozen_rows;

	(void)w;
	if (!all && env->procs)
		all = pt_procs_rows(env->procs, &n);
	if (!all)
		n = 0;
	if (n > v->work_cap) {
		v->work_cap = n + n / 4 + 16;
		v->work = pt_reallocarray(v->work, v->work_cap, sizeof *v->work);
	}
	for (size_t i = 0; i < n; i++)
		v->work[i] = all[i];
	v->total = n;
	order(v, n, now_ns);
	v->n = 0;
	if (v->tree) {
		link_tree(v, n);
		tree_rows(v, env, v->child[n], 0);
	} else {
		flat_rows(v, env, n);
	}
	place_cursor(v, h - 1);
}

/* ---- what keys do ---- */

const struct pt_proc *pv_procs_selected(const struct pv_procs *v)
{
	return v->cursor < v->n ? v->rows[v->cursor].proc : NULL;
}

void pv_procs_to(struct pv_procs *v, size_t place, int64_t now_ns)
{
	if (v->n == 0)
		return;
	v->cursor = PT_MIN(place, v->n - 1);
	v->bound = true;
	v->selected = pv_proc_id(v->rows[v->cursor].proc);
	if (v->rank.n == 0)
		remember_order(v);
	v->quiet_until_ns = now_ns + QUIET_S * PT_S;
	place_cursor(v, v->page);
}

void pv_procs_move(struct pv_procs *v, long by, int64_t now_ns)
{
	long to = (long)v->cursor + by;

	pv_procs_to(v, to < 0 ? 0 : (size_t)to, now_ns);
}

void pv_procs_tag(struct pv_procs *v)
{
	const struct pt_proc *p = pv_procs_selected(v);

	if (p && !pt_map_del_u64(&v->tags, pv_proc_id(p)))
		pt_map_put_u64(&v->tags, pv_proc_id(p), v);
}

void pv_procs_untag(struct pv_procs *v)
{
	pt_map_release(&v->tags);
}

bool pv_procs_column_shown(const struct pv_procs *v, int column, int w)
{
	const struct pv_proc_column *c = &pv_proc_columns[column];

	if (!c->text)
		return false;
	return column == v->sort || ((c->sets & v->set) && w >= c->min_w);
}

unsigned pv_procs_want(const struct pv_procs *v, int w)
{
	unsigned want = PT_PROC_WANT_CMDLINE;

	for (int i = 0; i < pv_n_proc_columns; i++)
		if (pv_procs_column_shown(v, i, w))
			want |= pv_proc_columns[i].want;
	return want;
}

void pv_procs_sort_step(struct pv_procs *v, int w, int step)
{
	for (int i = 0; i < pv_n_proc_columns; i++) {
		v->sort = (v->sort + step + pv_n_proc_columns) % pv_n_proc_columns;
		const struct pv_proc_column *c = &pv_proc_columns[v->sort];
		if (c->text && (c->sets & v->set) && w >= c->min_w)
			break;
	}
	v->invert = false;
	v->quiet_until_ns = 0;
}
