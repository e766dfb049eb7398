/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * `perftop bench init`: finds the benchmarks that a repository has and writes a first
 * .performance/benchmarks.json. What is there already is never written over. Who asks for the file
 * has seen what is in it, so its commands may run.
 */
#include "perftop/base/mem.h"
#include "perftop/bench/discover.h"
#include "perftop/face/command.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const struct pt_flag flags[] = {{"print", 0, NULL, "Print the file instead of writing it"},
				       {NULL, 0, NULL, NULL}};

static void print_found(FILE *to, const struct pt_discovery *d)
{
	for (size_t i = 0; i < d->suites.n; i++)
		fprintf(to, "  %-20s  %s\n", d->suites.suites[i].name, d->what[i]);
	for (size_t i = 0; i < d->n_notes; i++)
		fprintf(to, "  note: %s\n", d->notes[i]);
	if (d->cut)
		fputs("  note: there is more than is looked at; add what is missing yourself\n",
		      to);
}

/* The text is what was found in a repository, so it is read back before anybody else has to. */
static int format(const struct pt_discovery *d, struct pt_str *text, struct pt_err *err)
{
	struct pt_suites check = {0};
	int code;

	pt_discovery_format(d, text);
	code = pt_suites_parse("benchmarks.json", text->s, text->len, &check, err);
	if (code == 0)
		pt_suites_release(&check);
	return code;
}

static int found_nothing(struct pt_cli *cli, const struct pt_discovery *d)
{
	struct pt_str example = PT_STR_INIT;

	pt_discovery_format(d, &example);
	printf("No benchmarks found in %s. Looked for:\n\n%s\n", cli->config.paths.project,
	       pt_discovery_wanted);
	print_found(stdout, d);
	printf("Any command that prints `name: value unit` can be a suite; this is how "
	       ".performance/benchmarks.json begins:\n\n");
	pt_str_addc(&example, '\n');
	fputs(example.s, stdout);
	pt_str_release(&example);
	return PT_EXIT_NO_ANSWER;
}

static int write_file(struct pt_cli *cli, const struct pt_discovery *d, const struct pt_str *text)
{
	struct pt_paths *paths = &cli->config.paths;
	struct pt_err err = {0};
	char folder[sizeof paths->project + 16];
	bool trusted = false;

	pt_snprintf(folder, sizeof folder, "%s/.performance", paths->project);
	/* It is to be shared: not as private as pt_fs_mkdirs makes folders. */
	if (mkdir(folder, 0777) < 0 && errno != EEXIST)
		return pt_cli_error(cli, PT_EXIT_NO_ANSWER, "%s: %s", folder, strerror(errno));
	if (pt_trust_write(paths, paths->suites_file, text->s, text->len, &trusted, &err) < 0)
		return pt_cli_err(cli, PT_EXIT_NO_ANSWER, &err);
	puts("Found:");
	print_found(stdout, d);
	printf("Wrote %s\n", paths->suites_file);
	if (trusted)
		puts("Next: look through it, then `perftop bench run`");
	else
		puts("Next: look through it, then `perftop trust`, as other commands of this "
		     "project are not trusted, and `perftop bench run`");
	return fflush(stdout) == 0 ? PT_EXIT_OK : PT_EXIT_NO_ANSWER;
}

static int tell(struct pt_cli *cli, const struct pt_discovery *d)
{
	struct pt_str text = PT_STR_INIT;
	struct pt_err err = {0};
	int status;

	if (d->suites.n == 0)
		return found_nothing(cli, d);
	if (format(d, &text, &err) < 0)
		status = pt_cli_err(cli, PT_EXIT_NO_ANSWER, &err);
	else if (pt_cli_flag(cli, "print"))
		status = pt_cli_write(cli, text.s, text.len);
	else
		status = write_file(cli, d, &text);
	pt_str_release(&text);
	return status;
}

static int run(struct pt_cli *cli)
{
	struct pt_discovery d;
	struct pt_err err = {0};
	int r = pt_cli_load(cli, false);

	if (r >= 0)
		return r;
	pt_cli_tell_config(cli);
	pt_paths_for_init(&cli->options, &cli->config.paths);
	if (!pt_cli_flag(cli, "print") && access(cli->config.paths.suites_file, F_OK) == 0)
		return pt_cli_error(cli, PT_EXIT_USAGE,
				    "%s is there already and stays as it is; --print shows what "
				    "would be written",
				    cli->config.paths.suites_file);
	if (pt_discover(cli->config.paths.project, &d, &err) < 0)
		return pt_cli_err(cli, PT_EXIT_NO_ANSWER, &err);
	r = tell(cli, &d);
	pt_discovery_release(&d);
	return r;
}

const struct pt_command pt_command_bench_init = {
	.name = "bench init",
	.summary = "Find the project's benchmarks and write a first benchmarks.json",
	.arguments = "[--print]",
	.help = "Looks at the project's files, runs none of them, and writes\n"
		".performance/benchmarks.json of this git checkout (or of the nearer project with\n"
		".performance), never over one that is there. The file says in\n"
		"comments what its fields mean. Its commands may then run, as if\n"
		"`perftop trust` had been asked.\n"
		"\n"
		"Found are Criterion, iai-callgrind and libtest targets of Cargo.toml, Go packages\n"
		"with benchmarks, built programs of Google Benchmark, bench* scripts of package.json,\n"
		"pytest-benchmark, and shell scripts that call hyperfine with --export-json.",
	.exits = "  0  written, or printed with --print\n"
		 "  2  wrong usage, or the file is there already\n"
		 "  3  no benchmarks were found, or the file cannot be written",
	.flags = flags,
	.run = run,
};
