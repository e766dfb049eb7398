/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PT_APP_NEWEST_H
#define PT_APP_NEWEST_H

#include "perftop/app/benches.h"

/*
 * Does the newest commit look like a step in the history of a benchmark? Told right after its runs,
 * so that it can be measured again at once and need not wait for later commits.
 */
struct pt_newest {
	char *name, *metric;
	enum pt_unit unit;
	double ratio;  /* new level / old level; worse than 1 by the benchmark's direction */
	double p;      /* of such a point without a change */
	size_t points; /* commits looked at, this one among them */
	char base[PT_COMMIT_MAX]; /* a commit before the step, with runs */
};

/* Suspects of a suite at HEAD, on its first-parent line; none without history. *ret is yours. */
int pt_newest_find(struct pt_benches *b, const char *suite, struct pt_newest **ret, size_t *ret_n,
		   struct pt_err *err);
void pt_newest_free(struct pt_newest *list, size_t n);

#endif
