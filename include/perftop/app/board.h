/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PT_APP_BOARD_H
#define PT_APP_BOARD_H

#include "perftop/app/project.h"
#include "perftop/model/board.h"

/*
 * The board of benchmarks: suites, their latest runs judged against a base, histories with their
 * steps. Both calls block (database, git, files) and touch nothing that is shared: they are made for
 * a worker thread. config and options are only looked at.
 */

/* base: as pt_benches_side takes it, NULL or "" is the baseline of each suite. Never fails: what is
 * missing is told in the board. Yours: pt_board_free. */
struct pt_board *pt_board_load(const struct pt_config *config, const struct pt_options *options,
			       const char *base);

/* Another number once the database, the suites, a baseline, HEAD or the trust have changed. */
uint64_t pt_board_stamp(const struct pt_config *config, const struct pt_options *options);

#endif
