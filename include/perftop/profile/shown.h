/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PT_PROFILE_SHOWN_H
#define PT_PROFILE_SHOWN_H

#include "perftop/profile/profile.h"
#include "perftop/profile/sampler.h"

/*
 * What the view of flame graphs looks at: one plain value that app/flame fills and replaces whole;
 * everything in it is const for the view and lives until the next generation.
 */
struct pt_flame {
	unsigned generation;		  /* another one whenever tree is another */
	const struct pt_profile *profile; /* NULL: nothing is open */
	const struct pt_profile *base;	  /* what it is compared with; or NULL */
	/* What is to be drawn: of profile (and base), grouped, of the chosen window; sealed. */
	const struct pt_tree *tree;
	enum pt_group group;
	int64_t window_from_ns, window_to_ns; /* of profile's moments; 0, 0: all of it */
	bool live;			      /* a sampler feeds it */
	bool paused;			      /* it stands still on request */
	struct pt_sampler_status status;      /* of the sampler */
	char title[200];		      /* safe text: "parser_bench (4711)", "perf.data" */
	char base_title[200];
	char busy[160];	 /* what is under way: "reading big.folded 40%"; or "" */
	bool reading;	 /* that is the reading of a file, which can be stopped */
	char error[512]; /* the last thing that failed, in full; or "" */
};

#endif
