/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * `perftop bench compare`: two revisions against each other, here and now. Both are built, and
 * launched in turns, so that what the machine does meanwhile meets both.
 */
#include "perftop/app/check.h"

#include "gate_print.h"
#include "measuring.h"

#include "perftop/base/mem.h"

#include <math.h>
#include <string.h>

static const struct pt_flag flags[] = {
	{"base", 0, "REV",
	 "The older revision (the merge base of HEAD and its upstream, else HEAD~1)"},
	{"head", 0, "REV", "The newer revision (HEAD, with the work tree's changes if it has any)"},
	{"runs", 'n', "N", "Launches a side (10)"},
	{"inconclusive", 0, "pass|fail",
	 "What an inconclusive benchmark does (fail: exit status 3)"},
	CMD_GATE_FLAGS,
	{"verbose", 'v', NULL, "Show what builds and launches print"},
	{"trust", 0, NULL, "Run the project's commands without `perftop trust` (for CI)"},
	{NULL, 0, NULL, NULL}};

static int read_flags(const struct pt_cli *cli, struct pt_check_spec *spec)
{
	const char *runs = pt_cli_flag(cli, "runs"), *unsure = pt_cli_flag(cli, "inconclusive");
	long long n = 10;
	int status;

	if (runs && pt_parse_i64(runs, 2, 1000, &n) < 0)
		return pt_cli_error(cli, PT_EXIT_USAGE, "--runs: '%s' is no number from 2 to 1000",
				    runs);
	if (unsure && strcmp(unsure, "fail") != 0 && strcmp(unsure, "pass") != 0)
		return pt_cli_error(cli, PT_EXIT_USAGE,
				    "--inconclusive: '%s' is neither pass nor fail", unsure);
	spec->reruns = (int)n;
	spec->words = cli->words;
	spec->n_words = (size_t)cli->n_words;
	spec->base = pt_cli_flag(cli, "base");
	spec->candidate = pt_cli_flag(cli, "head");
	spec->inconclusive_fails = !unsure || strcmp(unsure, "fail") == 0;
	if ((status = cmd_gate_one_stdout(cli)) >= 0 ||
	    (status = cmd_gate_percent(cli, "block", &spec->block)) >= 0)
		return status;
	return cmd_gate_percent(cli, "warn", &spec->warn);
}

static int compare(struct pt_cli *cli, const struct pt_check_spec *asked)
{
	struct pt_check_spec spec = *asked;
	struct pt_gate_report report = {0};
	struct cmd_measuring measuring;
	struct pt_err err = {0};
	int r, status;

	cmd_measuring_init(&measuring, cli);
	spec.measure = &measuring.spec;
	spec.measuring = &measuring.now;
	r = pt_check_revisions(&spec, &report, &err);
	if (r < 0) {
		bool usage = r == -PT_EINVAL || r == -PT_ENOENT || r == -PT_ESYNTAX;
		status = pt_cli_err(cli, usage ? PT_EXIT_USAGE : PT_EXIT_NO_ANSWER, &err);
	} else {
		status = cmd_gate_print(cli, &report);
		if (status == PT_EXIT_OK)
			status = pt_gate_report_status(&report);
	}
	cmd_measuring_release(&measuring);
	pt_gate_report_release(&report);
	return status;
}

static int run(struct pt_cli *cli)
{
	struct pt_check_spec spec = {0};
	struct pt_benches benches;
	int status = read_flags(cli, &spec);

	if (status < 0)
		status = pt_cli_load(cli, pt_cli_flag(cli, "trust") != NULL);
	if (status >= 0)
		return status;
	pt_cli_tell_config(cli);
	pt_benches_open(&benches, &cli->config, &cli->options);
	spec.benches = &benches;
	status = compare(cli, &spec);
	pt_benches_close(&benches);
	return status;
}

const struct pt_command pt_command_bench_compare = {
	.name = "bench compare",
	.summary = "Build two revisions and launch them in turns",
	.arguments = "[SUITE|TAG|GLOB...]",
	.help = "Both revisions are built in worktrees below the cache and launched A B B A ..., so "
		"that neither drift nor order favours a side. What they print is judged as "
		"`perftop check` judges stored runs, with the same thresholds and exit status; the "
		"launches are kept in the history as reruns.",
	.exits = "  0  no regression\n  1  a regression beyond the block threshold, or a budget "
		 "exceeded\n  2  wrong usage, unknown revision or suite\n  3  inconclusive, "
		 "interrupted, or a revision cannot be built or run",
	.flags = flags,
	.words = true,
	.run = run,
};
