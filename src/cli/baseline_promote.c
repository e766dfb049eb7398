/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `perftop baseline promote`: a named baseline becomes the one that check compares with. */
#include "baseline.h"

#include "perftop/base/mem.h"

static int promote_all(struct pt_cli *cli, struct pt_benches *b, const char **suites)
{
	struct pt_baseline_saved s;
	struct pt_str out = PT_STR_INIT;
	struct pt_err err = {0};
	int status = PT_EXIT_OK, done = 0;

	for (size_t i = 0; suites[i]; i++) {
		int r = pt_baselines_promote(b, suites[i], cli->words[0], &s, &err);
		/* Not every suite has one of that name. */
		if (r == -PT_ENOENT && cli->n_words < 2 && (suites[i + 1] || done))
			continue;
		if (r < 0) {
			status = pt_cli_err(cli, pt_cli_status(r), &err);
			break;
		}
		pt_str_addf(&out, "%s is now %s\n", pt_cli_in_project(b, s.path), s.side);
		done++;
	}
	if (out.len && pt_cli_write(cli, out.s, out.len) != PT_EXIT_OK)
		status = PT_EXIT_NO_ANSWER;
	pt_str_release(&out);
	return status;
}

static int run(struct pt_cli *cli)
{
	const char **suites;
	struct pt_benches b;
	int r;

	if (cli->n_words < 1)
		return pt_cli_error(cli, PT_EXIT_USAGE, "expected the name of a baseline");
	r = pt_cli_benches(cli, &b);
	if (r >= 0)
		return r;
	suites = pt_cli_suites(cli, &b, 1, &r);
	if (suites)
		r = promote_all(cli, &b, suites);
	free(suites);
	pt_benches_close(&b);
	return r;
}

const struct pt_command pt_command_baseline_promote = {
	.name = "baseline promote",
	.summary = "Make a named baseline the main one",
	.arguments = "NAME [SUITE|TAG...]",
	.help = "Accepted regressions of the main one stay, held against the new medians. The named file is "
		"removed.",
	.exits = "  0  done\n  2  wrong usage, or no such baseline\n  3  cannot be written",
	.words = true,
	.run = run,
};
