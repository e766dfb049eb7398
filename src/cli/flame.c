/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `perftop flame`: opens any profile in the console, or writes it in another form. */
#include "flame_read.h"
#include "flame_write.h"

#include "perftop/base/mem.h"
#include "perftop/base/text.h"
#include "perftop/face/console.h"
#include "perftop/profile/export.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

extern const struct pt_command pt_command_flame_diff, pt_command_flame_fold,
	pt_command_flame_record;

static const struct pt_command *const subs[] = {
	&pt_command_flame_diff,
	&pt_command_flame_fold,
	&pt_command_flame_record,
	NULL,
};

static const struct pt_flag flags[] = {
	{"base", 0, "FILE", "Show the difference from this profile"},
	FLAME_WRITE_FLAGS,
	{"threads", 0, NULL, "Written: stacks of each thread apart, where the file knows threads"},
	{"formats", 0, NULL, "List what can be read and written, and exit"},
	FLAME_READ_FLAGS,
	{NULL, 0, NULL, NULL}};

static int list_formats(void)
{
	puts("Read (found by looking at the file; --from NAME):");
	for (size_t i = 0; i < pt_n_profile_readers; i++)
		printf("  %-18s%s\n", pt_profile_readers[i]->name, pt_profile_readers[i]->title);
	puts("Written (--to NAME, or by the ending of --output):");
	for (size_t i = 0; i < pt_n_profile_exports; i++) {
		const struct pt_profile_export *e = pt_profile_exports[i];
		int n = (int)strlen(e->endings) - 2; /* of them, without the blanks around */

		printf("  %-18s%s (%.*s)\n", e->name, e->title, n, e->endings + 1);
	}
	return PT_EXIT_OK;
}

/* The base's weights beside those of p, as one differential profile. */
static int add_base(struct pt_cli *cli, const char *path, struct pt_read_options options,
		    struct pt_profile *p, struct pt_profile *ret)
{
	struct pt_tree *tree;
	int r;

	options.frames = p->tree->frames;
	r = flame_read(cli, path, &options, ret);
	if (r >= 0)
		return r;
	flame_tell_values(cli, ret, p);
	tree = pt_tree_diff(ret->tree, p->tree);
	if (!tree)
		return pt_cli_error(cli, PT_EXIT_NO_ANSWER, "both together exceed --max-memory");
	pt_tree_free(p->tree);
	p->tree = tree;
	return -1;
}

static int written(struct pt_cli *cli, struct pt_read_options *options, struct flame_output *output)
{
	const char *path = pt_cli_flag(cli, "base");
	struct pt_profile p, base = {0};
	int r;

	options->threads = pt_cli_flag(cli, "threads") != NULL;
	r = flame_read(cli, cli->words[0], options, &p);
	if (r >= 0)
		return r;
	r = path ? add_base(cli, path, *options, &p, &base) : -1;
	output->base = path ? &base : NULL;
	if (r < 0)
		r = flame_write(cli, &p, output);
	output->base = NULL;
	pt_profile_release(&base);
	pt_profile_release(&p);
	return r;
}

#ifdef HAVE_TUI
/* The console reads keys of stdin: a profile that comes that way is read from elsewhere. */
static int free_stdin(struct pt_cli *cli, char *path, size_t size)
{
	int fd = dup(STDIN_FILENO), tty = open("/dev/tty", O_RDWR | O_CLOEXEC);

	if (fd < 0 || tty < 0 || dup2(tty, STDIN_FILENO) < 0)
		return pt_cli_error(cli, PT_EXIT_NO_ANSWER, "no terminal to read keys from: %s",
				    strerror(errno));
	close(tty);
	pt_snprintf(path, size, "/dev/fd/%d", fd);
	return -1;
}

static int shown(struct pt_cli *cli, const struct pt_read_options *options)
{
	struct pt_console_start start = {
		.view = "flame", .read = *options, .flame_base = pt_cli_flag(cli, "base")};
	char path[32];
	int r;

	if (cli->n_words > 0)
		start.flame = start.flame_name = cli->words[0];
	if (start.flame && strcmp(start.flame, "-") == 0) {
		r = free_stdin(cli, path, sizeof path);
		if (r >= 0)
			return r;
		start.flame = path;
		start.flame_name = "stdin";
	}
	return pt_console_run(cli, &start);
}
#endif

/* No file is called so: is a process or a command meant? < 0 to go on. */
static int check_word(struct pt_cli *cli, const char *word)
{
	if (!*word)
		return pt_cli_error(cli, PT_EXIT_USAGE, "expected a profile to read, not \"\"");
	if (strcmp(word, "-") == 0 || access(word, F_OK) == 0)
		return -1;
	if (!word[strspn(word, "0123456789")])
		return pt_cli_error(cli, PT_EXIT_USAGE,
				    "%s: no such file; `perftop flame record --pid %s` samples a "
				    "process",
				    word, word);
	for (size_t i = 0; subs[i]; i++)
		if (pt_text_distance(word, strchr(subs[i]->name, ' ') + 1) < PT_TEXT_NEAR)
			return pt_cli_error(cli, PT_EXIT_USAGE,
					    "%s: no such file; is `perftop %s` meant?", word,
					    subs[i]->name);
	return -1;
}

static int run(struct pt_cli *cli)
{
	struct flame_output output;
	struct pt_read_options options;
	int r = pt_cli_load(cli, false);

	if (r >= 0)
		return r;
	if (pt_cli_flag(cli, "formats"))
		return list_formats();
	r = cli->n_words > 0 ? check_word(cli, cli->words[0]) : -1;
	if (r >= 0)
		return r;
	if (cli->n_words > 1)
		return pt_cli_error(cli, PT_EXIT_USAGE,
				    "one file at a time; --base FILE shows the difference from "
				    "another, `perftop flame fold` adds several up");
	r = flame_read_options(cli, &options);
	if (r < 0)
		r = flame_output_options(cli, &output);
	if (r >= 0)
		return r;
#ifdef HAVE_TUI
	if (!output.format && !output.path && isatty(STDOUT_FILENO) &&
	    !pt_opt_bool(&cli->options, PT_OPT_PLAIN))
		return shown(cli, &options);
#endif
	if (cli->n_words == 0)
		return pt_cli_error(cli, PT_EXIT_USAGE,
				    "expected a profile to read, - for stdin; --help tells more");
	if (!output.format)
		output.format = pt_profile_export_find("text");
	return written(cli, &options, &output);
}

const struct pt_command pt_command_flame = {
	.name = "flame",
	.summary = "Flame graphs: of any profile, live, as a difference",
	.arguments = "[OPTION...] [FILE|-] | COMMAND",
	.help = "Opens a profile in the console: what perf, pprof, speedscope, Chrome, V8, callgrind, "
		"heaptrack and many others write (--formats lists them), also compressed, also from a "
		"pipe. Where stdout is no terminal the graph is printed as text; --output and --to "
		"write it in another format. Pictures and pages (.svg, .html) hold all stacks, also what they do "
		"not show, and can be opened again. With --base pprof and speedscope files hold the base, "
		"too. Esc ends the reading of a large file, or of a pipe "
		"that goes on and on: what was read by then is shown.\n"
		"A file that is called like a command is written ./FILE.",
	.exits = "  0  shown or written\n"
		 "  2  wrong usage, or the file cannot be read\n"
		 "  3  it cannot be written, there is no terminal, or both exceed --max-memory",
	.flags = flags,
	.words = true,
	.draws = true,
	.run = run,
	.subs = subs,
};
