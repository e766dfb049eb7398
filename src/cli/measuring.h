/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PT_CLI_MEASURING_H
#define PT_CLI_MEASURING_H

#include "perftop/app/measure.h"
#include "perftop/face/command.h"

/* What the commands that launch revisions have in common: a loop, progress on stderr, and an end by
 * SIGINT or SIGTERM that leaves nothing running. */
struct cmd_measuring {
	const struct pt_cli *cli;
	struct pt_loop *loop;
	struct pt_signal *signals[2];
	struct pt_measure *now;	     /* what a signal cancels; set by who measures, or NULL */
	struct pt_measure_spec spec; /* its loop, say, line and arg are filled */
};

/* Lines of builds and launches are shown when the command has --verbose. */
void cmd_measuring_init(struct cmd_measuring *m, const struct pt_cli *cli);
void cmd_measuring_release(struct cmd_measuring *m);
/* Sampled launches of each commit: the functions that grew from one to the other, one a line, appended
 * to out; none when none did beyond chance. Launches are not kept any more after it. */
int cmd_measuring_grown(struct cmd_measuring *m, const struct pt_suite *suite,
			const struct pt_commit *before, const struct pt_commit *after,
			struct pt_str *out, struct pt_err *err);
/* A line of progress. */
void cmd_measuring_say(void *measuring, const char *text);

/* --rerun[=BUDGET]: "20" runs a side, or "90s", "10m", "1h". 0 runs without the flag. < 0 to go on,
 * else the exit status. */
int cmd_rerun_budget(const struct pt_cli *cli, int *ret_runs, int64_t *ret_ns);

#endif
