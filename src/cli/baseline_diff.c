/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `perftop baseline diff`: two sides as the gate sees them, without its answer as exit status. */
#include "baseline.h"

#include "perftop/app/check.h"
#include "perftop/face/face.h"
#include "perftop/present/gate.h"

#include <math.h>
#include <unistd.h>

static const struct pt_flag flags[] = {{"suite", 0, "SUITE", "Of this suite alone"},
				       {"json", 0, NULL, "One object, as `perftop check --json`"},
				       {"markdown", 0, NULL, "For a pull request"},
				       {NULL, 0, NULL, NULL}};

static int print(struct pt_cli *cli, const struct pt_gate_report *report)
{
	const char *format = pt_cli_flag(cli, "json")	    ? "json"
			     : pt_cli_flag(cli, "markdown") ? "markdown"
							    : "text";
	struct pt_gate_look look = {
		.ascii = !pt_cli_utf8(), .all = true, .block = 0.05, .warn = 0.02};
	struct pt_str out = PT_STR_INIT;
	int h, status;

	pt_face_terminal_size(&look.width, &h);
	if (!isatty(STDOUT_FILENO))
		look.width = 0;
	pt_gate_format_find(format)->write(report, &look, &out);
	status = pt_cli_write(cli, pt_str_text(&out), out.len);
	pt_str_release(&out);
	return status;
}

static int run(struct pt_cli *cli)
{
	const char *suite = pt_cli_flag(cli, "suite");
	struct pt_gate_report report = {0};
	struct pt_err err = {0};
	struct pt_benches b;
	struct pt_check_spec spec = {
		.benches = &b,
		.words = &suite,
		.n_words = suite ? 1 : 0,
		.block = NAN,
		.warn = NAN,
	};
	int r;

	if (cli->n_words < 1 || cli->n_words > 2)
		return pt_cli_error(cli, PT_EXIT_USAGE, "expected A, or A and B");
	r = pt_cli_benches(cli, &b);
	if (r >= 0)
		return r;
	spec.base = cli->words[0];
	spec.candidate = cli->n_words > 1 ? cli->words[1] : NULL;
	r = pt_check(&spec, &report, &err);
	if (r < 0)
		r = pt_cli_err(cli, pt_cli_status(r), &err);
	else
		r = print(cli, &report);
	if (r == PT_EXIT_OK && report.n == 0)
		r = PT_EXIT_NO_ANSWER;
	pt_gate_report_release(&report);
	pt_benches_close(&b);
	return r;
}

const struct pt_command pt_command_baseline_diff = {
	.name = "baseline diff",
	.summary = "How two baselines, or a baseline and runs, differ",
	.arguments = "A [B] [--suite SUITE] [--json|--markdown]",
	.help = "A and B (the latest runs of HEAD): baseline[:NAME], latest, runs:BRANCH[:N], a revision, "
		"a file or\nfolder of results. The rows are those of `perftop check`.",
	.exits =
		"  0  compared, whatever came out\n  2  wrong usage or input\n  3  a side holds nothing",
	.flags = flags,
	.words = true,
	.run = run,
};
