/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PT_VIEW_PROCS_VIEW_H
#define PT_VIEW_PROCS_VIEW_H

#include "perftop/base/map.h"
#include "perftop/base/str.h"
#include "perftop/model/proc.h"
#include "perftop/view/env.h"
#include "perftop/view/filter.h"
#include "perftop/view/screen.h"

/*
 * The process list: columns, order, tree, tags, selection. Rows are named by pid and start time
 * throughout; while somebody reads (moves, tags), rows keep their places and only numbers change.
 */

/* Columns. Each is also a sort key. A set is what one press of `o` shows. */
enum pv_proc_set { PV_SET_MAIN = 1, PV_SET_IO = 2, PV_SET_SCHED = 4, PV_SET_CGROUP = 8 };

struct pv_proc_column {
	const char *name;  /* for :sort */
	const char *title; /* head */
	int width;	   /* 0: takes what is left */
	bool left;	   /* text is left-aligned, numbers are right-aligned */
	bool ascending;	   /* natural direction of the sort */
	unsigned sets;
	int min_w;	/* screen width from which it shows */
	unsigned want;	/* enum pt_proc_want that it needs */
	int (*compare)(const struct pt_proc *a, const struct pt_proc *b);
	void (*text)(const struct pt_proc *p, const struct pt_view_env *env, char *out, size_t size);
};

extern const struct pv_proc_column pv_proc_columns[];
extern const int pv_n_proc_columns;
int pv_proc_column_find(const char *name); /* or -PT_ENOENT */
enum pt_role pv_cpu_role(double cpu_ratio);

struct pv_prow {
	const struct pt_proc *proc;
	int depth;
	bool context; /* shown only as the parent of a match */
	bool last;    /* among its siblings */
};

struct pv_procs {
	int sort; /* index of the column */
	bool invert;
	bool tree;
	unsigned set;
	struct pt_filter filter;
	struct pt_map tags; /* key: identity; value: non-NULL */

	struct pv_prow *rows;
	size_t n, cap, total;
	struct pt_map rank; /* identity -> place + 1 in the last order, while rows keep their places */
	int64_t quiet_until_ns; /* no re-sorting before */
	const struct pt_proc **work; /* scratch of recalc */
	size_t work_cap;
	int *child, *sibling; /* tree scratch */
	size_t tree_cap;

	bool bound;	   /* the selection sticks to a process */
	uint64_t selected; /* identity */
	size_t cursor;	   /* its place in rows */
	size_t scroll;
	int page; /* rows visible at the last recalc */
	int scroll_x; /* columns of the command scrolled away */

	struct pt_proc *frozen; /* copies, while the view is frozen */
	struct pt_proc **frozen_rows;
	size_t n_frozen;
	struct pt_str frozen_text;
};

uint64_t pv_proc_id(const struct pt_proc *p);

void pv_procs_init(struct pv_procs *v);
void pv_procs_release(struct pv_procs *v);
void pv_procs_recalc(struct pv_procs *v, const struct pt_view_env *env, int w, int h, int64_t now_ns);
void pv_procs_paint(const struct pv_procs *v, const struct pt_view_env *env, struct pt_canvas *cv,
		    int w, int h);
void pv_procs_freeze(struct pv_procs *v, const struct pt_view_env *env, bool on);
unsigned pv_procs_want(const struct pv_procs *v, int w);
const struct pt_proc *pv_procs_selected(const struct pv_procs *v);
/* Moves by rows; sticks to the process reached. */
void pv_procs_move(struct pv_procs *v, long by, int64_t now_ns);
void pv_procs_to(struct pv_procs *v, size_t place, int64_t now_ns);
void pv_procs_tag(struct pv_procs *v); /* the selected one, or takes its tag away */
void pv_procs_untag(struct pv_procs *v);
/* Next column that shows at this width. */
void pv_procs_sort_step(struct pv_procs *v, int w, int step);
/* Head clicked at column x: sorts by it. False where there is none. */
bool pv_procs_click_head(struct pv_procs *v, int w, int x);
bool pv_procs_column_shown(const struct pv_procs *v, int column, int w);

#endif
