/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The process list, the deciding half: when it is read anew, which row is selected, what is tagged,
 * what is frozen. Its order is made in procs_order.c.
 */
#include "procs_view.h"

#include "perftop/base/mem.h"

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
	free(v->rows);
	free(v->work);
	free(v->spare);
	free(v->known);
	free(v->links);
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
	v->current = false;
	if (!on || !env->procs)
		return;
	v->count = pt_procs_count(env->procs);
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

/* ---- reading ---- */

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

static void count_tags(struct pv_procs *v)
{
	size_t pos = 0;

	v->n_tagged = 0;
	while (pv_procs_tagged(v, &pos))
		v->n_tagged++;
}

static void read_list(struct pv_procs *v, const struct pt_view_env *env, int64_t now_ns)
{
	size_t n = v->n_frozen;
	struct pt_proc *const *all = v->frozen_rows;

	if (!all && env->procs) {
		all = pt_procs_rows(env->procs, &n);
		v->count = pt_procs_count(env->procs);
	}
	pv_procs_order(v, all, n, now_ns < v->quiet_until_ns);
	pv_procs_rows(v, env);
	count_tags(v);
	v->current = true;
}

void pv_procs_recalc(struct pv_procs *v, const struct pt_view_env *env, int h, int64_t now_ns)
{
	bool scanned = !v->frozen && env->procs &&
		       pt_procs_count(env->procs).generation != v->count.generation;

	if (!v->current || scanned)
		read_list(v, env, now_ns);
	place_cursor(v, h - 1);
	/* Names of users are read once and kept: now, and not while painting. */
	for (size_t i = v->scroll; i < v->n && i < v->scroll + (size_t)v->page; i++)
		pt_procs_user((struct pt_procs *)env->procs, v->rows[i].proc->uid);
}

void pv_procs_reorder(struct pv_procs *v)
{
	v->quiet_until_ns = 0;
	v->current = false;
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
	count_tags(v);
}

void pv_procs_untag(struct pv_procs *v)
{
	pt_map_release(&v->tags);
	v->n_tagged = 0;
}

const struct pt_proc *pv_procs_tagged(const struct pv_procs *v, size_t *pos)
{
	while (v->tags.n > 0 && *pos < v->total) {
		const struct pt_proc *p = v->work[(*pos)++].proc;
		if (pt_map_get_u64(&v->tags, pv_proc_id(p)))
			return p;
	}
	return NULL;
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
	pv_procs_reorder(v);
}
