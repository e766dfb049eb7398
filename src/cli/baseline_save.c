/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `perftop baseline save`: the latest runs, or a file's, become what later ones are compared with. */
#include "baseline.h"

#include "perftop/base/mem.h"

#include <string.h>

static const struct pt_flag flags[] = {
	{"name", 0, "NAME", "A baseline beside the main one"},
	{"from", 0, "SIDE",
	 "What is saved: runs:BRANCH[:N], a revision, a file or folder of results"},
	{"suite", 0, "SUITE", "The suite, as a word would say it; one that no file names too"},
	{"dirty", 0, NULL, "Save runs that were made with uncommitted changes"},
	{NULL, 0, NULL, NULL}};

static void tell(struct pt_cli *cli, const struct pt_benches *b, const struct pt_baseline_saved *s,
		 struct pt_str *out)
{
	char text[800];

	if (s->lost.code)
		pt_cli_error(cli, 0, "what the old file told (accepted changes, noise) is lost: %s",
			     pt_err_text(&s->lost, text, sizeof text));
	pt_str_addf(out, "saved %s: %zu benchmark%s, %s\n", pt_cli_in_project(b, s->path),
		    s->measured, s->measured == 1 ? "" : "s", s->side);
	if (s->kept)
		pt_str_addf(out,
			    "  %zu more that these runs do not have were kept; `perftop baseline "
			    "prune` drops them\n",
			    s->kept);
}

/* Suites that were never run are passed over when all were meant. */
static int save_all(struct pt_cli *cli, struct pt_benches *b, const char **suites, bool all)
{
	struct pt_str out = PT_STR_INIT;
	struct pt_err err = {0};
	int status = PT_EXIT_OK, saved = 0;

	for (size_t i = 0; suites[i] && status == PT_EXIT_OK; i++) {
		struct pt_baseline_saved s;
		int r = pt_baselines_save(b, suites[i], pt_cli_flag(cli, "name"),
					  pt_cli_flag(cli, "from"),
					  pt_cli_flag(cli, "dirty") != NULL, &s, &err);
		if (r == 0) {
			tell(cli, b, &s, &out);
			saved++;
		} else if (r == -PT_ENODATA && all && (suites[i + 1] || saved)) {
			pt_cli_err(cli, 0, &err);
		} else {
			status = pt_cli_err(cli, pt_cli_status(r), &err);
		}
	}
	if (out.len) {
		int written = pt_cli_write(cli, out.s, out.len);
		status = status ? status : written;
	}
	pt_str_release(&out);
	return status;
}

static int run(struct pt_cli *cli)
{
	const char *suite = pt_cli_flag(cli, "suite"), *from = pt_cli_flag(cli, "from");
	const char **suites = NULL;
	struct pt_benches b;
	int r = pt_cli_benches(cli, &b);

	if (r >= 0)
		return r;
	if (suite && cli->n_words) {
		r = pt_cli_error(cli, PT_EXIT_USAGE, "--suite and words exclude each other");
	} else if (suite) {
		suites = pt_calloc(2, sizeof *suites);
		suites[0] = suite;
	} else {
		suites = pt_cli_suites(cli, &b, 0, &r);
	}
	if (suites && from && suites[0] && suites[1])
		r = pt_cli_error(cli, PT_EXIT_USAGE,
				 "--from is of one suite: say which with --suite");
	else if (suites)
		r = save_all(cli, &b, suites, !suite && !cli->n_words);
	free(suites);
	pt_benches_close(&b);
	return r;
}

const struct pt_command pt_command_baseline_save = {
	.name = "baseline save",
	.summary = "Make the latest runs what later ones are compared with",
	.arguments = "[SUITE|TAG...] [--name NAME] [--from SIDE [--suite SUITE]]",
	.help = "Takes the latest runs of HEAD on this machine class. Benchmarks that these do not have, "
		"accepted\nregressions and what is known of noise stay in the file.",
	.exits = "  0  saved\n  2  wrong usage or input, or uncommitted changes without --dirty\n"
		 "  3  there are no runs to save, or the file cannot be written",
	.flags = flags,
	.words = true,
	.run = run,
};
