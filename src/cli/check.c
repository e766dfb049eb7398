/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * `perftop check`: the gate. What it finds goes to stdout in one form, and to files in as many others
 * as wanted; the exit status is the verdict.
 */
#include "perftop/app/check.h"

#include "gate_print.h"
#include "measuring.h"

#include "perftop/base/clock.h"
#include "perftop/base/mem.h"
#include "perftop/face/command.h"

#include <math.h>
#include <string.h>

static const struct pt_flag flags[] = {
	{"baseline", 'b', "SIDE", "What to compare with (the baseline of this machine class)"},
	{"candidate", 'c', "SIDE", "What to judge (the latest runs of HEAD)"},
	{"rerun", 0, "[=BUDGET]",
	 "Measure suspects again before they are called: at most so many runs a side (20), or so long (10m)"},
	{"inconclusive", 0, "pass|fail",
	 "What an inconclusive benchmark does (fail: exit status 3)"},
	CMD_GATE_FLAGS,
	{"verbose", 'v', NULL, "Show what builds and launches print"},
	{"trust", 0, NULL, "Run the project's commands without `perftop trust` (for CI)"},
	{NULL, 0, NULL, NULL}};

struct job {
	struct pt_cli *cli;
	struct pt_check_spec spec;
};

/* ---- flags ---- */

static int read_flags(struct job *job)
{
	const struct pt_cli *cli = job->cli;
	const char *unsure = pt_cli_flag(cli, "inconclusive");
	int status;

	job->spec.words = cli->words;
	job->spec.n_words = (size_t)cli->n_words;
	job->spec.base = pt_cli_flag(cli, "baseline");
	job->spec.candidate = pt_cli_flag(cli, "candidate");
	job->spec.inconclusive_fails = !unsure || strcmp(unsure, "fail") == 0;
	if (unsure && strcmp(unsure, "fail") != 0 && strcmp(unsure, "pass") != 0)
		return pt_cli_error(cli, PT_EXIT_USAGE,
				    "--inconclusive: '%s' is neither pass nor fail", unsure);
	if ((status = cmd_gate_one_stdout(cli)) >= 0 ||
	    (status = cmd_gate_percent(cli, "block", &job->spec.block)) >= 0 ||
	    (status = cmd_gate_percent(cli, "warn", &job->spec.warn)) >= 0)
		return status;
	return cmd_rerun_budget(cli, &job->spec.reruns, &job->spec.rerun_ns);
}

static int status_of_error(int r)
{
	switch (-r) {
	case PT_ENODATA:
	case PT_EACCES:
	case PT_ECANCELED:
	case PT_EEXIST:
	case PT_ETIMEDOUT: return PT_EXIT_NO_ANSWER;
	default: return PT_EXIT_USAGE;
	}
}

static int check(const struct job *job, struct pt_benches *benches)
{
	struct pt_check_spec spec = job->spec;
	struct pt_gate_report report = {0};
	struct cmd_measuring measuring;
	struct pt_err err = {0};
	int r, status;

	cmd_measuring_init(&measuring, job->cli);
	spec.benches = benches;
	spec.measure = &measuring.spec;
	spec.measuring = &measuring.now;
	r = pt_check(&spec, &report, &err);
	if (r < 0) {
		status = pt_cli_err(job->cli, status_of_error(r), &err);
	} else {
		status = cmd_gate_print(job->cli, &report);
		if (status == PT_EXIT_OK)
			status = pt_gate_report_status(&report);
	}
	cmd_measuring_release(&measuring);
	pt_gate_report_release(&report);
	return status;
}

static int run(struct pt_cli *cli)
{
	struct job job = {.cli = cli};
	struct pt_benches benches;
	int status = read_flags(&job);

	if (status < 0)
		status = pt_cli_load(cli, pt_cli_flag(cli, "trust") != NULL);
	if (status >= 0)
		return status;
	pt_cli_tell_config(cli);
	pt_benches_open(&benches, &cli->config, &cli->options);
	status = check(&job, &benches);
	pt_benches_close(&benches);
	return status;
}

const struct pt_command pt_command_check = {
	.name = "check",
	.summary = "Judge the latest benchmark runs against the baseline: the gate for CI",
	.arguments = "[SUITE|TAG|GLOB...]",
	.help = "The unit of evidence is the run, one launch of the process. A benchmark fails when "
		"the 95 % interval of its change lies beyond the block threshold, and warns when it "
		"is surely slower and beyond the warn threshold; thresholds, floors and budgets "
		"stand in .performance/benchmarks.json.\n\n"
		"A SIDE is one of:\n\n"
		"  baseline[:NAME]   the baseline of this machine class\n"
		"  latest            the latest runs of HEAD here\n"
		"  runs:BRANCH[:N]   the last N (10) runs on a branch\n"
		"  PATH[@SAVED]      a file or folder of any known format; - is stdin\n"
		"  REVISION          stored runs of that commit\n\n"
		"With two files no suite is needed: `perftop check -b old.json -c new.json`. Without "
		"a baseline there is nothing to fail against: that passes, and says so. --rerun "
		"builds base and candidate in worktrees and launches them in turns until each "
		"suspect is confirmed or cleared, or the budget is spent. Of a suite that has "
		"become slower the functions that grew are noted, where `perftop bench run --flame` "
		"sampled both commits.",
	.exits = "  0  passed, also with warnings or without a baseline\n"
		 "  1  a regression beyond the block threshold, a budget exceeded, or launches "
		 "failed\n"
		 "  2  wrong usage or unusable input\n"
		 "  3  not comparable (another machine class), inconclusive, or nothing was run",
	.flags = flags,
	.words = true,
	.run = run,
};
