/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PT_BENCH_BISECT_H
#define PT_BENCH_BISECT_H

#include "perftop/analyse/bisect.h"
#include "perftop/base/err.h"
#include "perftop/model/run.h"

/*
 * The guilty commit: noisy bisection over commits, whose measurements are kept in a file as they
 * come, so that an interrupted search goes on where it was. How a commit is measured is the
 * caller's.
 */
struct pt_bisect_progress {
	size_t at;			   /* index of the commit just measured or given up */
	double value;			   /* NaN: given up */
	const char *why;		   /* why it was given up, or NULL */
	struct pt_bisection_result result; /* as it stands */
	bool remembered;		   /* from an earlier, interrupted search */
};

struct pt_bisect_spec {
	const struct pt_commit *commits; /* oldest first; the first is good, the last is bad */
	size_t n;
	struct pt_bisection_options options;
	const char *file; /* measurements so far; NULL: not kept */
	const char *
		what; /* what is measured, in a line: a file about something else is not gone on with */
	/* Measures commits[at] once. 0, -PT_ECANCELED; anything else gives that commit up for good
	 * when it happens twice (or at once: -PT_ENOTSUP, it does not build). */
	int (*measure)(void *arg, size_t at, double *ret_value, struct pt_err *err);
	bool (*built)(void *arg, size_t at); /* is it built already? NULL: nobody knows */
	void (*progress)(void *arg, const struct pt_bisect_progress *p); /* or NULL */
	void *arg;
};

/* 0 with *ret filled; -PT_ECANCELED (the file goes on from there), -PT_ENOTSUP when an end cannot
 * be measured (err says why), -PT_EIO. The file is removed when the search has ended. */
int pt_bisect(const struct pt_bisect_spec *spec, struct pt_bisection_result *ret,
	      struct pt_err *err);

#endif
