/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PT_VIEW_ENV_H
#define PT_VIEW_ENV_H

#include "perftop/base/clock.h"
#include "perftop/view/chart.h"

#include <stdbool.h>
#include <stdint.h>

struct pt_store;
struct pt_procs;
struct pt_culprits;
struct pt_board;
struct pt_live;
struct pt_flame;

/* What a view may look at: data only, all of it borrowed and const. */
struct pt_view_env {
	const struct pt_store *store;
	const struct pt_procs *procs;
	const struct pt_culprits *culprits;
	const struct pt_board *board; /* benchmarks; NULL: not read yet */
	unsigned board_generation;    /* another one whenever the board is another */
	const struct pt_live *live;   /* the benchmark that runs; or NULL */
	const struct pt_flame *flame; /* the profile that is open (profile/shown.h); or NULL */
	const char *host;	      /* "runner-07" */
	const char *kernel;	      /* "Linux 6.1" */
	const char *machine;	      /* "2x EPYC 7763", may be "" */
	int64_t interval_ns;	      /* of a tick */
	enum pt_glyphs glyphs;	      /* never AUTO */
	bool ascii;		      /* text in ASCII too */
	bool mono;		      /* no colours: shapes alone tell kinds apart */
	bool readonly;
};

/* How old the scan of processes may be that stands for a moment. */
static inline int64_t pt_view_slack_ns(const struct pt_view_env *env)
{
	int64_t two_ticks = 2 * env->interval_ns, least = 3 * PT_S;

	return two_ticks > least ? two_ticks : least;
}

#endif
