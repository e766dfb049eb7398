/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PT_APP_CHECK_SIDES_H
#define PT_APP_CHECK_SIDES_H

#include "perftop/app/check.h"

/* A suite's two sides, or those of files. */
struct pt_check_sides {
	const struct pt_suite *suite; /* NULL: files */
	struct pt_side base, candidate;
	size_t first, n; /* its rows in the report */
};
/* Suspects of the report measured again. */
int pt_check_rerun(const struct pt_check_spec *spec, const struct pt_check_sides *sides,
		   size_t n_sides, struct pt_gate_report *report, struct pt_err *err);
/* What grew in the profiles of a suite that has become slower, as a note. */
void pt_check_flames(const struct pt_check_spec *spec, const struct pt_check_sides *sides,
		     struct pt_gate_report *report);
/* Launches of each suite at both sides' commits in turns (candidate with an empty id: the work
 * tree), into the sides' sets. */
int pt_check_launch(const struct pt_check_spec *spec, struct pt_check_sides *sides, size_t n_sides,
		    struct pt_err *err);

#endif
