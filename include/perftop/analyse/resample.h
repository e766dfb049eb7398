/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PT_ANALYSE_RESAMPLE_H
#define PT_ANALYSE_RESAMPLE_H

#include "perftop/model/cursor.h"

#include <stddef.h>

/*
 * A series cut into equal columns of time. Columns lie on multiples of col_ns, so a column that is
 * complete never changes again and a picture of it scrolls instead of shimmering.
 */
struct pt_bin {
	float min, max, mean, last; /* NaN when n == 0: a gap */
	unsigned n;		    /* points that touched it */
};

/*
 * from_ns  start of the first column; a multiple of col_ns
 * col_ns   width of a column, > 0
 * out      n_cols bins
 * Min and max of every point survive whatever the width. A point wider than a column fills every
 * column that it covers, so coarse history shows as steps and not as a comb.
 */
void pt_resample(struct pt_cursor *cursor, int64_t from_ns, int64_t col_ns, struct pt_bin *out,
		 size_t n_cols);

struct pt_summary {
	double min, max, mean, p95, last;
	size_t n; /* bins with values; the rest is NaN when 0 */
};

/* Min, mean, p95 and max of what is visible: over the points from from_ns to to_ns. scratch holds
 * max values and bounds the points used for p95 (more are thinned evenly). */
void pt_summarise(struct pt_cursor *cursor, int64_t from_ns, int64_t to_ns, float *scratch,
		  size_t max, struct pt_summary *ret);

#endif
