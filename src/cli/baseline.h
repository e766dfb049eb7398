/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PT_CLI_BASELINE_H
#define PT_CLI_BASELINE_H

#include "perftop/app/baselines.h"
#include "perftop/face/command.h"
#include "perftop/present/table.h"

/* What the commands about baselines and stored runs have in common. */

/* Settings and benches: < 0 to go on (pt_benches_close then), else the exit status. */
int pt_cli_benches(struct pt_cli *cli, struct pt_benches *ret);
/* 3 when there was nothing to answer from or it could not be had, 2 for everything else. */
int pt_cli_status(int code);
/* The suites that the words from first on name (by name, tag or glob), all of the project without words: terminated by
 * NULL, names borrowed from b; yours to free. NULL: *ret_status, told. */
const char **pt_cli_suites(struct pt_cli *cli, const struct pt_benches *b, int first,
			   int *ret_status);
/* path as people in the project call it. */
const char *pt_cli_in_project(const struct pt_benches *b, const char *path);
/* A table as --json or as text as wide as the terminal. */
void pt_cli_add_table(const struct pt_cli *cli, const struct pt_table *table, struct pt_str *out);

/* Opens the project, hands fn the suites that the words choose, and closes it. Exit status. */
int pt_cli_each_suite(struct pt_cli *cli,
		      int (*fn)(struct pt_cli *cli, struct pt_benches *b, const char **suites));

#endif
