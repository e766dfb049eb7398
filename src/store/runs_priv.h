/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PT_STORE_RUNS_PRIV_H
#define PT_STORE_RUNS_PRIV_H

#include "perftop/store/runs.h"

/* Batches that match and hold results, the latest first, at most max (0: all): *ret is yours. */
int pt_runs_matching(struct pt_db *db, const struct pt_runs_query *query, size_t max,
		     struct pt_batch_info **ret, size_t *ret_n, struct pt_err *err);

#endif
