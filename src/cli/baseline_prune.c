/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `perftop baseline prune`: benchmarks and suites that are no more leave the files. */
#include "baseline.h"

#include "perftop/base/mem.h"

#include <string.h>

static const struct pt_flag flags[] = {
	{"dry-run", 'n', NULL, "Say what would go, and leave the files as they are"},
	{NULL, 0, NULL, NULL}};

struct telling {
	const struct pt_benches *b;
	struct pt_str out;
	bool dry;
};

static void told(void *arg, const char *path, const struct pt_bench *bench)
{
	struct telling *t = arg;

	pt_str_addf(&t->out, "%s %s (%s) from %s\n", t->dry ? "would drop" : "dropped", bench->name,
		    bench->metric, pt_cli_in_project(t->b, path));
}

/* Without words also suites that only their files remember. */
static int prune_gone(struct pt_benches *b, struct telling *t, struct pt_err *err)
{
	struct pt_baseline_file *files;
	size_t n;
	int r = b->suites_err.code ? 0 : pt_baselines_list(b->project, NULL, &files, &n, err);

	if (r < 0 || b->suites_err.code)
		return r;
	for (size_t i = 0; r == 0 && i < n; i++)
		if (!files[i].err.code && !pt_suites_find(&b->suites, files[i].baseline.suite) &&
		    (i == 0 || files[i - 1].err.code ||
		     strcmp(files[i - 1].baseline.suite, files[i].baseline.suite) != 0))
			r = pt_baselines_prune(b, files[i].baseline.suite, t->dry, told, t, err);
	pt_baselines_free(files, n);
	return r;
}

static int prune_all(struct pt_cli *cli, struct pt_benches *b, const char **suites)
{
	struct telling t = {.b = b, .dry = pt_cli_flag(cli, "dry-run") != NULL};
	struct pt_err err = {0};
	int status = PT_EXIT_OK, r = 0;

	for (size_t i = 0; suites[i] && r == 0; i++) {
		r = pt_baselines_prune(b, suites[i], t.dry, told, &t, &err);
		if (r == -PT_ENODATA && !cli->n_words) {
			pt_cli_err(cli, 0, &err);
			r = 0;
		}
	}
	if (r == 0 && !cli->n_words)
		r = prune_gone(b, &t, &err);
	if (!t.out.len && r == 0)
		pt_str_add(&t.out, "nothing to prune\n");
	if (t.out.len)
		status = pt_cli_write(cli, t.out.s, t.out.len);
	pt_str_release(&t.out);
	return r < 0 ? pt_cli_err(cli, pt_cli_status(r), &err) : status;
}

static int run(struct pt_cli *cli)
{
	return pt_cli_each_suite(cli, prune_all);
}

const struct pt_command pt_command_baseline_prune = {
	.name = "baseline prune",
	.summary = "Drop benchmarks that are no more from the baselines",
	.arguments = "[SUITE|TAG...] [--dry-run]",
	.help = "What a suite's latest runs do not have leaves its baselines of every machine class and "
		"name, and\nfiles of suites that .performance/benchmarks.json does not have are removed.",
	.exits = "  0  done\n  2  wrong usage, or a file that cannot be read\n"
		 "  3  a named suite was never run here, or a file cannot be written",
	.flags = flags,
	.words = true,
	.run = run,
};
