/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `perftop baseline accept`: a regression that is meant, with its reason, kept beside the numbers. */
#include "baseline.h"

#include <math.h>
#include <string.h>

static const struct pt_flag flags[] = {
	{"why", 0, "TEXT", "The reason; reports show it"},
	{"suite", 0, "SUITE", "The benchmark's suite, where several have it"},
	{"metric", 0, "METRIC", "The metric, where it has several"},
	{"change", 0, "PERCENT",
	 "How much worse it may be (as the latest runs of HEAD are): 6 or -6"},
	{NULL, 0, NULL, NULL}};

/* NaN: as measured. */
static int read_change(struct pt_cli *cli, double *ret)
{
	const char *text = pt_cli_flag(cli, "change");
	char number[40];
	double percent;
	size_t n;

	*ret = NAN;
	if (!text)
		return -1;
	pt_strlcpy(number, text, sizeof number);
	n = strcspn(number, "%");
	if (number[n] && number[n + 1] == '\0')
		number[n] = '\0';
	if (pt_parse_double(number[0] == '+' ? number + 1 : number, &percent) < 0 ||
	    percent <= -100 || percent > 1e6)
		return pt_cli_error(cli, PT_EXIT_USAGE, "--change %s: expected per cent, such as 6",
				    text);
	*ret = 1 + percent / 100;
	return -1;
}

static int accept(struct pt_cli *cli, struct pt_benches *b, double ratio)
{
	struct pt_accepted accepted;
	struct pt_str out = PT_STR_INIT;
	struct pt_err err = {0};
	int r = pt_baselines_accept(b, pt_cli_flag(cli, "suite"), cli->words[0],
				    pt_cli_flag(cli, "metric"), pt_cli_flag(cli, "why"), ratio,
				    &accepted, &err);

	if (r < 0)
		return pt_cli_err(cli, pt_cli_status(r), &err);
	pt_str_addf(&out, "accepted %+.1f %% of %s in %s; commit that file\n",
		    100 * (accepted.accept.ratio - 1), accepted.metric,
		    pt_cli_in_project(b, accepted.path));
	r = pt_cli_write(cli, out.s, out.len);
	pt_str_release(&out);
	return r;
}

static int run(struct pt_cli *cli)
{
	const char *why = pt_cli_flag(cli, "why");
	struct pt_benches b;
	double ratio;
	int r;

	if (cli->n_words != 1)
		return pt_cli_error(cli, PT_EXIT_USAGE, "expected one benchmark");
	if (!why || !why[strspn(why, " \t")])
		return pt_cli_error(cli, PT_EXIT_USAGE,
				    "--why TEXT is missing: the reason is what is kept");
	r = read_change(cli, &ratio);
	if (r >= 0)
		return r;
	r = pt_cli_benches(cli, &b);
	if (r >= 0)
		return r;
	r = accept(cli, &b, ratio);
	pt_benches_close(&b);
	return r;
}

const struct pt_command pt_command_baseline_accept = {
	.name = "baseline accept",
	.summary = "Accept a regression that is meant, with its reason",
	.arguments = "BENCH --why TEXT [--suite SUITE] [--metric METRIC] [--change PERCENT]",
	.help = "Kept in the baseline with who and when. `perftop check` then passes the benchmark up to this "
		"change,\nand shows the reason; once the baseline has been saved with it, it excuses nothing "
		"more.",
	.exits = "  0  kept\n  2  wrong usage, no such benchmark, or it is not worse\n"
		 "  3  there are no runs of HEAD, or the file cannot be written",
	.flags = flags,
	.words = true,
	.run = run,
};
