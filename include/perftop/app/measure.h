/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PT_APP_MEASURE_H
#define PT_APP_MEASURE_H

#include "perftop/app/benches.h"
#include "perftop/bench/bisect.h"
#include "perftop/bench/worktree.h"

/*
 * Launches of a suite at any revision, one at a time, for what measures in an order of its own:
 * bisection, two revisions in turn, suspects measured again. A revision is checked out and built
 * once, in a worktree of the cache. These calls run the loop until the launch has ended.
 */
struct pt_measure;

struct pt_measure_spec {
	struct pt_loop *loop;
	struct pt_benches *benches;
	enum pt_launch_kind kind;
	bool keep;    /* launches go into the history */
	bool no_wait; /* as of the runner */
	const char *
		project; /* folder within the repository that suites are relative to; NULL: benches' */
	/* What is being done, in words ("building 4f1c2a9"); hostile parts are made safe by who
	 * shows it. */
	void (*say)(void *arg, const char *text);
	/* Lines that builds and commands print; or NULL. */
	void (*line)(void *arg, const char *line, size_t len);
	void *arg;
};

int pt_measure_open(const struct pt_measure_spec *spec, struct pt_measure **ret,
		    struct pt_err *err);
void pt_measure_close(struct pt_measure *m);
/* Who looks at launches from now on, in place of the watch for noise; they are not kept any more. */
void pt_measure_observe(struct pt_measure *m, const struct pt_observer *observer);

/*
 * One launch. commit NULL: the work tree as it is. *ret is yours (pt_launch_release), of every
 * status.
 * Errors  -PT_ENOTSUP it does not build, or cannot be checked out; -PT_ECANCELED; -PT_EEXIST the
 * machine is taken;
 *	   -PT_EIO
 */
int pt_measure_launch(struct pt_measure *m, const struct pt_suite *suite,
		      const struct pt_commit *commit, struct pt_launch *ret, struct pt_err *err);
/* Has this been built already? */
bool pt_measure_built(struct pt_measure *m, const struct pt_suite *suite,
		      const struct pt_commit *commit);
/* From a callback of the loop (a signal): what runs is ended, and every call returns
 * -PT_ECANCELED. */
void pt_measure_cancel(struct pt_measure *m);

#endif
