/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `perftop flame fold`: folded stacks of any profiles, named as stackcollapse-perf.pl names them. */
#include "flame_read.h"
#include "flame_write.h"

#include "perftop/base/mem.h"

#include <string.h>

static const struct pt_flag flags[] = {
	{"pid", 0, NULL, "Behind commands their process: java-4711"},
	{"tid", 0, NULL, "And their thread: java-4711/4715"},
	{"kernel", 0, NULL, "Mark functions of the kernel with _[k]"},
	{"jit", 0, NULL, "Mark functions that a JIT has made with _[j]"},
	{"all", 0, NULL, "Both marks"},
	{"addrs", 0, NULL, "Addresses of what has no symbol"},
	{"inline", 0, NULL, "Inlined functions of perf script text, which addr2line is asked for"},
	{"context", 0, NULL, "And their source lines"},
	{"srcline", 0, NULL, "The text is of perf script -F +srcline: add the source lines"},
	{"event-filter", 0, "EVENT", "Only samples of this event; else of the first one"},
	{"no-tidy", 0, NULL, "Leave signatures, quotes and the L of Java's classes"},
	FLAME_READ_FLAGS,
	{NULL, 0, NULL, NULL}};

static void collapse_options(const struct pt_cli *cli, struct pt_collapse *names)
{
	bool tidy = !pt_cli_flag(cli, "no-tidy");

	*names = (struct pt_collapse){
		.pid = pt_cli_flag(cli, "pid") != NULL,
		.tid = pt_cli_flag(cli, "tid") != NULL,
		.kernel = pt_cli_flag(cli, "kernel") != NULL,
		.jit = pt_cli_flag(cli, "jit") != NULL,
		.all = pt_cli_flag(cli, "all") != NULL,
		.addrs = pt_cli_flag(cli, "addrs") != NULL,
		.inlined = pt_cli_flag(cli, "inline") != NULL,
		.context = pt_cli_flag(cli, "context") != NULL,
		.srcline = pt_cli_flag(cli, "srcline") != NULL,
		.tidy_java = tidy,
		.tidy_generic = tidy,
		.event_filter = pt_cli_flag(cli, "event-filter"),
	};
}

/* Every file into profiles[], which share their frames and, as one text would, their event. */
static int read_all(struct pt_cli *cli, struct pt_read_options *options,
		    struct pt_profile *profiles)
{
	for (int i = 0; i < cli->n_words; i++) {
		struct pt_profile *p = &profiles[i];
		int r = flame_read(cli, cli->words[i], options, p);

		if (r >= 0)
			return r;
		options->frames = profiles[0].tree->frames;
		if (!options->names.event_filter && strcmp(p->format, "perf_script") == 0 &&
		    strcmp(p->values[p->value].name, "samples") != 0)
			options->names.event_filter = p->values[p->value].name;
	}
	return -1;
}

/* All of them added up in the first. < 0 to go on. */
static int merge(struct pt_cli *cli, struct pt_profile *profiles)
{
	size_t n = (size_t)cli->n_words;
	const struct pt_tree **trees = pt_calloc(n, sizeof *trees);
	struct pt_tree *merged;

	for (size_t i = 0; i < n; i++)
		trees[i] = profiles[i].tree;
	merged = pt_tree_merge(trees, n);
	free(trees);
	if (!merged)
		return pt_cli_error(cli, PT_EXIT_NO_ANSWER,
				    "all files together exceed --max-memory");
	pt_tree_free(profiles[0].tree);
	profiles[0].tree = merged;
	return -1;
}

static int run(struct pt_cli *cli)
{
	const struct flame_output output = {.format = pt_profile_export_find("folded"),
					    .to_stdout = true};
	struct pt_read_options options;
	struct pt_profile *profiles;
	int r;

	if (cli->n_words == 0)
		return pt_cli_error(cli, PT_EXIT_USAGE,
				    "expected profiles to read, - for stdin; --help tells more");
	r = flame_read_options(cli, &options);
	if (r >= 0)
		return r;
	options.collapse = true;
	collapse_options(cli, &options.names);
	options.threads = options.names.pid || options.names.tid;
	profiles = pt_calloc((size_t)cli->n_words, sizeof *profiles);
	r = read_all(cli, &options, profiles);
	if (r < 0 && cli->n_words > 1)
		r = merge(cli, profiles);
	if (r < 0)
		r = flame_write(cli, &profiles[0], &output);
	for (int i = 0; i < cli->n_words; i++)
		pt_profile_release(&profiles[i]);
	free(profiles);
	return r;
}

const struct pt_command pt_command_flame_fold = {
	.name = "flame fold",
	.summary = "Folded stacks of profiles, a line each",
	.arguments = "FILE|-... [OPTION...]",
	.help = "Prints `command;function;function count` in order of its text: what flamegraph.pl, "
		"inferno and many others read. Several files are added up.\n"
		"Text of perf script is named and counted, with the same options, exactly as "
		"stackcollapse-perf.pl does it:\n"
		"\n"
		"  perf script | perftop flame fold --all - > out.folded\n"
		"\n"
		"As there a sample counts for its period, where the text or the perf.data tells it: of "
		"cycles, how many. `perftop flame --to folded FILE` counts samples, as the view does.",
	.exits = "  0  printed\n"
		 "  2  wrong usage, or a file cannot be read\n"
		 "  3  it cannot be written, or all files together exceed --max-memory",
	.flags = flags,
	.words = true,
	.run = run,
};
