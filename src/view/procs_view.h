/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PT_VIEW_PROCS_VIEW_H
#define PT_VIEW_PROCS_VIEW_H

#include "perftop/base/map.h"
#include "perftop/base/str.h"
#include "perftop/collect/procs.h"
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
	int min_w;     /* screen width from which it shows */
	unsigned want; /* enum pt_proc_want that it needs */
	int (*compare)(const struct pt_proc *a, const struct pt_proc *b);
	void (*text)(const struct pt_proc *p, const struct pt_view_env *env, char *out,
		     size_t size);
};

extern const struct pv_proc_column pv_proc_columns[];
extern const int pv_n_proc_columns;
int pv_proc_column_find(const char *name); /* or -PT_ENOENT */
/* Arguments, or the name where there are none: hostile text. */
const char *pv_proc_command(const struct pt_proc *p);
enum pt_role pv_cpu_role(double cpu_ratio);

struct pv_prow {
	const struct pt_proc *proc;
	int depth;
	bool context; /* shown only as the parent of a match */
	bool last;    /* among its siblings */
};

/* A process in the list, and which one it is by pid. */
struct pv_item {
	const struct pt_proc *proc;
	size_t at;
};

/* Where a process stood, by pid. */
struct pv_known {
	uint64_t start_ticks;
	int pid;
	size_t place;
};

#define PV_NONE SIZE_MAX

/* In the tree, by place in the list. */
struct pv_link {
	size_t parent, child, next; /* next among its siblings */
	bool match, kept;	    /* kept: a match, or above one */
};

struct pv_procs {
	int sort; /* index of the column */
	bool invert;
	bool tree;
	unsigned set;
	struct pt_filter filter;
	struct pt_map tags; /* key: identity; value: non-NULL */

	struct pv_prow *rows; /* what is shown */
	size_t n, cap;
	struct pv_item *work; /* every process, in order */
	size_t total;
	struct pv_item *spare;	/* scratch of sorting */
	struct pv_known *known; /* as of the last order */
	size_t n_known;
	struct pv_link *links;
	size_t cap_work; /* of each of these four */
	size_t n_tagged; /* of those that live */
	struct pt_procs_count count;
	bool current; /* rows are those of scan count.generation, or of the frozen copies */
	int64_t quiet_until_ns; /* no re-sorting before */

	bool bound;	   /* the selection sticks to a process */
	uint64_t selected; /* identity */
	size_t cursor;	   /* its place in rows */
	size_t scroll;
	int page;     /* rows visible at the last recalc */
	int scroll_x; /* columns of the command scrolled away */

	struct pt_proc *frozen; /* copies, while the view is frozen */
	struct pt_proc **frozen_rows;
	size_t n_frozen;
	struct pt_str frozen_text;
};

uint64_t pv_proc_id(const struct pt_proc *p);

void pv_procs_init(struct pv_procs *v);
void pv_procs_release(struct pv_procs *v);
/* Rows for a list of h lines with its head. Cheap unless there has been a scan, or the order was
 * changed: rows point into what the scanner holds, so this comes before anything that uses them. */
void pv_procs_recalc(struct pv_procs *v, const struct pt_view_env *env, int h, int64_t now_ns);
/* What is shown or its order was changed by hand: the next recalc sorts anew. */
void pv_procs_reorder(struct pv_procs *v);
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
/* Tagged processes that live, also those that the filter hides: start with *pos = 0; NULL ends. */
const struct pt_proc *pv_procs_tagged(const struct pv_procs *v, size_t *pos);
/* Next column that shows at this width. */
void pv_procs_sort_step(struct pv_procs *v, int w, int step);
/* Head clicked at column x: sorts by it. False where there is none. */
bool pv_procs_click_head(struct pv_procs *v, int w, int x);
bool pv_procs_column_shown(const struct pv_procs *v, int column, int w);

/* procs_order.c: all into work[], sorted, or (quiet) with places kept; then work[] into rows. */
void pv_procs_order(struct pv_procs *v, struct pt_proc *const *all, size_t n, bool quiet);
void pv_procs_rows(struct pv_procs *v, const struct pt_view_env *env);

#endif
