/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The process list, in order. Processes arrive by pid, so where each one stood before is found by
 * walking both lists side by side; the list is then sorted from there, which costs little when
 * little moved. While somebody reads, it is not sorted: what stays keeps its place, what is new
 * comes last. Nothing is allocated here but for more processes than ever before.
 */
#include "procs_view.h"

#include "perftop/base/mem.h"
#include "perftop/base/str.h"
#include "perftop/collect/procs.h"

#include <string.h>

/* ---- order ---- */

static bool in_order(const struct pv_procs *v, const struct pv_item *x, const struct pv_item *y)
{
	const struct pv_proc_column *c = &pv_proc_columns[v->sort];
	const struct pt_proc *a = x->proc, *b = y->proc;
	int r = c->compare(a, b);

	if (r != 0)
		return (c->ascending != v->invert) == (r < 0);
	if (a->rss_bytes != b->rss_bytes)
		return a->rss_bytes > b->rss_bytes;
	return a->pid <= b->pid;
}

static size_t run_end(const struct pv_procs *v, size_t i, size_t n)
{
	while (i + 1 < n && in_order(v, &v->work[i], &v->work[i + 1]))
		i++;
	return i < n ? i + 1 : n;
}

/* Merges the neighbours [from, mid) and [mid, end). */
static void merge(struct pv_procs *v, size_t from, size_t mid, size_t end)
{
	size_t n = mid - from, a = 0, b = mid, to = from;

	memcpy(v->spare, v->work + from, n * sizeof *v->spare);
	while (a < n && b < end)
		v->work[to++] =
			in_order(v, &v->spare[a], &v->work[b]) ? v->spare[a++] : v->work[b++];
	memcpy(v->work + to, v->spare + a, (n - a) * sizeof *v->spare);
}

/* Merges ascending runs, two and two, until there is one. (glibc's qsort allocates.) */
static void sort_from(struct pv_procs *v, size_t first, size_t n)
{
	for (size_t runs = 2; runs > 1;) {
		runs = 0;
		for (size_t i = first, mid, end; i < n; i = end, runs++) {
			mid = run_end(v, i, n);
			end = mid < n ? run_end(v, mid, n) : n;
			merge(v, i, mid, end);
		}
	}
}

static void reserve(struct pv_procs *v, size_t n)
{
	if (n < v->cap_work)
		return;
	v->cap_work = n + n / 4 + 64;
	v->work = pt_reallocarray(v->work, v->cap_work, sizeof *v->work);
	v->spare = pt_reallocarray(v->spare, v->cap_work, sizeof *v->spare);
	v->known = pt_reallocarray(v->known, v->cap_work, sizeof *v->known);
	v->links = pt_reallocarray(v->links, v->cap_work, sizeof *v->links);
}

/* Takes n processes, by pid, into work[]: those known before in the order that they had, then the
 * others. Returns how many were known. */
static size_t keep_places(struct pv_procs *v, struct pt_proc *const *all, size_t n)
{
	size_t k = 0, fresh = 0, old = 0;

	memset(v->work, 0, v->n_known * sizeof *v->work);
	for (size_t i = 0; i < n; i++) {
		struct pv_item item = {all[i], i};
		while (k < v->n_known && v->known[k].pid < all[i]->pid)
			k++;
		if (k < v->n_known && v->known[k].pid == all[i]->pid &&
		    v->known[k].start_ticks == all[i]->start_ticks)
			v->work[v->known[k].place] = item;
		else
			v->spare[fresh++] = item;
	}
	for (k = 0; k < v->n_known; k++)
		if (v->work[k].proc)
			v->work[old++] = v->work[k];
	memcpy(v->work + old, v->spare, fresh * sizeof *v->work);
	return old;
}

void pv_procs_order(struct pv_procs *v, struct pt_proc *const *all, size_t n, bool quiet)
{
	size_t old;

	reserve(v, PT_MAX(n, v->n_known));
	old = keep_places(v, all, n);
	sort_from(v, quiet ? old : 0, n);
	for (size_t i = 0; i < n; i++)
		v->known[v->work[i].at] =
			(struct pv_known){.start_ticks = v->work[i].proc->start_ticks,
					  .pid = v->work[i].proc->pid,
					  .place = i};
	v->n_known = n;
	v->total = n;
}

/* ---- rows ---- */

static bool matches(const struct pv_procs *v, const struct pt_view_env *env,
		    const struct pt_proc *p)
{
	const char *line = p->cmdline ? p->cmdline : "";
	char text[640];

	if (!pt_filter_on(&v->filter))
		return true;
	pt_snprintf(text, sizeof text, "%d %s %s%s%s", p->pid,
		    pt_procs_user((struct pt_procs *)env->procs, p->uid), p->comm, *line ? " " : "",
		    line);
	return pt_filter_match(&v->filter, text);
}

static void push_row(struct pv_procs *v, size_t i, int depth, bool context, bool last)
{
	*PT_PUSH(v->rows, v->n, v->cap) = (struct pv_prow){
		.proc = v->work[i].proc, .depth = depth, .context = context, .last = last};
}

static void flat_rows(struct pv_procs *v, const struct pt_view_env *env)
{
	for (size_t i = 0; i < v->total; i++)
		if (matches(v, env, v->work[i].proc))
			push_row(v, i, 0, false, false);
}

/* Place of a process's parent in work[], or none. A parent began earlier than its child: a scan is no
 * single moment, and a pid that was used again meanwhile makes nobody a child of his own. */
static size_t parent_of(const struct pv_procs *v, const struct pt_proc *p, size_t none)
{
	size_t lo = 0, hi = v->n_known;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;
		if (v->known[mid].pid < p->ppid)
			lo = mid + 1;
		else
			hi = mid;
	}
	if (lo == v->n_known || v->known[lo].pid != p->ppid)
		return none;
	const struct pv_known *k = &v->known[lo];
	bool earlier = k->start_ticks != p->start_ticks ? k->start_ticks < p->start_ticks
							: k->pid < p->pid;
	return earlier ? k->place : none;
}

/* Roots hang below a node of their own, links[total]. */
static void link_tree(struct pv_procs *v)
{
	size_t root = v->total;

	for (size_t i = 0; i <= root; i++)
		v->links[i] = (struct pv_link){.child = PV_NONE, .next = PV_NONE};
	for (size_t i = root; i-- > 0;) {
		struct pv_link *l = &v->links[i], *up;
		l->parent = parent_of(v, v->work[i].proc, root);
		up = &v->links[l->parent];
		l->next = up->child;
		up->child = i;
	}
}

/* A match is shown with all that it descends from. */
static void mark_kept(struct pv_procs *v, const struct pt_view_env *env)
{
	for (size_t i = 0; i < v->total; i++) {
		if (!matches(v, env, v->work[i].proc))
			continue;
		v->links[i].match = true;
		for (size_t k = i; k < v->total && !v->links[k].kept; k = v->links[k].parent)
			v->links[k].kept = true;
	}
}

static size_t next_kept(const struct pv_procs *v, size_t i)
{
	while (i != PV_NONE && !v->links[i].kept)
		i = v->links[i].next;
	return i;
}

/* Depth first, without recursion: a chain may be as long as the list. */
static void tree_rows(struct pv_procs *v, const struct pt_view_env *env)
{
	int depth = 0;

	link_tree(v);
	mark_kept(v, env);
	for (size_t i = next_kept(v, v->links[v->total].child); i != PV_NONE;) {
		size_t child = next_kept(v, v->links[i].child),
		       next = next_kept(v, v->links[i].next);
		push_row(v, i, depth, !v->links[i].match, next == PV_NONE);
		if (child != PV_NONE) {
			i = child;
			depth++;
			continue;
		}
		while (next == PV_NONE && depth > 0) {
			i = v->links[i].parent;
			next = next_kept(v, v->links[i].next);
			depth--;
		}
		i = next;
	}
}

void pv_procs_rows(struct pv_procs *v, const struct pt_view_env *env)
{
	v->n = 0;
	if (v->tree)
		tree_rows(v, env);
	else
		flat_rows(v, env);
}
