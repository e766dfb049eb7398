/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PT_CLI_BENCH_RUN_H
#define PT_CLI_BENCH_RUN_H

#include "perftop/app/benches.h"
#include "perftop/face/command.h"

/*
 * What `perftop bench run` says while it runs. Results go to stdout: lines, or one JSON document at
 * the end. What happens meanwhile goes to stderr: a single line that changes on a terminal, else
 * plain lines.
 */
enum { TELL_TAIL = 20 }; /* lines of a command's output that a failure shows */

struct tell {
	struct pt_cli *cli;
	const struct pt_benches *benches;
	struct pt_loop *loop;
	struct pt_runner *runner; /* NULL once it has ended */
	bool json, verbose, terminal;
	int width;
	const struct pt_suite *suite; /* whose results are being gathered; or NULL */
	struct pt_bench_set results;  /* of suite: each run's median */
	char *tail[TELL_TAIL];	      /* ring of lines */
	size_t n_tail;
	struct pt_str launches; /* JSON, of suite */
	struct pt_str suites;	/* JSON, of those before */
	struct pt_str problems; /* JSON, of suite: why it failed */
	int64_t batch;
	int ok, bad; /* launches */
	int failed;  /* suites */
	bool canceled, progress_shown;
};

void tell_init(struct tell *t, struct pt_cli *cli, const struct pt_benches *benches);
void tell_release(struct tell *t);
void tell_events(struct pt_runner_events *ret); /* their arg is a struct tell */
void tell_tick(void *arg);			/* the line of progress, drawn anew */
/* What is left to say: the last suite's results, or the JSON document. Exit status of the
 * writing. */
int tell_end(struct tell *t);

/* Suspects at this commit: told, and with --rerun measured again. Exit status: 1 confirmed, 3 no
 * answer. */
int bench_run_newest(struct pt_cli *cli, struct pt_benches *b, const struct pt_suite *const *suites,
		     size_t n_suites);

/* Launches of each suite that are sampled; tells which functions grew. Exit status: 1 not all could be
 * kept, 3 none. */
int bench_run_flame(struct pt_cli *cli, struct pt_benches *b, const struct pt_suite *const *suites,
		    size_t n_suites);

#endif
