/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PT_VIEW_PANE_H
#define PT_VIEW_PANE_H

#include "perftop/store/culprits.h"
#include "perftop/view/env.h"
#include "perftop/view/filter.h"
#include "perftop/view/timeview.h"

/*
 * Panes: one file and one row of panes.def each. recalc reads the model and builds what is to be
 * shown; paint only places cells and allocates nothing. A pane that has nothing to show on this
 * machine says so through size (want 0), and the layout leaves it out.
 */
struct pt_pane_args {
	const struct pt_view_env *env;
	const struct pt_timeview *tv;
	const struct pt_filter *filter; /* highlights rows that match */
	bool zoomed;   /* on the whole screen: per-instance breakdown and culprits */
	bool frozen;   /* what has no history stays as it was read last */
	int selected;  /* row chosen in a zoomed pane's list, or -1 */
	int64_t at_ns; /* the moment that values are read at: crosshair or right edge */
};

struct pt_pane_size {
	int min, want; /* lines of content at a width; want 0: nothing to show here */
	int weight;    /* share of what is left over; 0: never more than want */
};

struct pt_pane {
	const char *name;
	const char *title;
	const char *help;
	int priority;	       /* 0 stays longest when room gets scarce */
	int columns;	       /* of the grid: 1, or PT_PANE_FULL for the whole width */
	const char *collector; /* on-demand collector that it needs, or NULL */
	size_t state_size;     /* zeroed; dropped through release */
	const void *spec;      /* what its callbacks share with panes of the same kind */
	/* Reads the model for content of w x h cells. Called before size too, with h 0. */
	void (*recalc)(const struct pt_pane *pane, void *state, const struct pt_pane_args *args,
		       int w, int h);
	void (*size)(const struct pt_pane *pane, const void *state, const struct pt_pane_args *args,
		     struct pt_pane_size *ret);
	/* The pane's one number, for the right end of its title: "63.2 %". */
	void (*headline)(const struct pt_pane *pane, const void *state,
			 const struct pt_pane_args *args, char *out, size_t size);
	void (*paint)(const struct pt_pane *pane, const void *state,
		      const struct pt_pane_args *args, struct pt_canvas *cv, int w, int h);
	int (*rows)(const struct pt_pane *pane, const void *state); /* of its list; NULL: none */
	/* What it shows of processes: enum pt_proc_want or-ed, -1 (and without it): nothing. */
	int (*procs)(const struct pt_pane *pane, bool zoomed);
	void (*release)(const struct pt_pane *pane, void *state);
};

enum { PT_PANE_FULL = 99 };

extern const struct pt_pane *const pt_panes[];
extern const size_t pt_n_panes;

const struct pt_pane *pt_pane_find(const char *name); /* or NULL */

#endif
