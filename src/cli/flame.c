/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `perftop flame`: opens any profile in the console, or writes it in another form. */
#include "flame_read.h"

#include "perftop/base/mem.h"
#include "perftop/face/console.h"
#include "perftop/face/face.h"
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
	{"output", 'o', "FILE", "Write to FILE (- for stdout) in the format of its ending"},
	{"to", 0, "FORMAT", "Write in this format; without --output to stdout"},
	{"threads", 0, NULL, "Written: stacks of each thread apart, where the file knows threads"},
	{"inverted", 0, NULL, "Written: functions by their own weight first, callers below"},
	{"width", 0, "N", "Written pictures: pixels (1200) or columns of text"},
	{"formats", 0, NULL, "List what can be read and written, and exit"},
	FLAME_READ_FLAGS,
	{NULL, 0, NULL, NULL}};

static int list_formats(void)
{
	puts("Read (found by looking at the file; --from NAME):");
	for (size_t i = 0; i < pt_n_profile_readers; i++)
		printf("  %-18s%s\n", pt_profile_readers[i]->name, pt_profile_readers[i]->title);
	puts("Written (--to NAME, or by the ending of --output):");
	for (size_t i = 0; i < pt_n_profile_exports; i++)
		printf("  %-18s%s\n", pt_profile_exports[i]->name, pt_profile_exports[i]->title);
	return PT_EXIT_OK;
}

static int write_stdout(void *arg, const char *data, size_t n)
{
	return pt_cli_write(arg, data, n) == PT_EXIT_OK ? 0 : -PT_EIO;
}

/* What --to and --output ask for; NULL with *ret_status < 0: nothing, else told. */
static const struct pt_profile_export *format_of(struct pt_cli *cli, int *ret_status)
{
	const char *to = pt_cli_flag(cli, "to"), *output = pt_cli_flag(cli, "output");
	const struct pt_profile_export *format = NULL;

	*ret_status = -1;
	if (to)
		format = pt_profile_export_find(to);
	else if (output)
		format = pt_profile_export_for(output);
	if (to && !format)
		*ret_status = pt_cli_error(cli, PT_EXIT_USAGE,
					   "--to: no format '%s'; --formats lists them", to);
	else if (output && !format)
		*ret_status = pt_cli_error(
			cli, PT_EXIT_USAGE,
			"--output %s: its ending tells no format; --to NAME does, --formats lists them",
			output);
	return format;
}

/* The base's weights beside those of p, as one differential profile. */
static int add_base(struct pt_cli *cli, const char *path, struct pt_read_options options,
		    struct pt_profile *p)
{
	struct pt_profile base;
	struct pt_tree *tree;
	int r;

	options.frames = p->tree->frames;
	r = flame_read(cli, path, &options, &base);
	if (r >= 0)
		return r;
	tree = pt_tree_diff(base.tree, p->tree);
	pt_profile_release(&base);
	if (!tree)
		return pt_cli_error(cli, PT_EXIT_NO_ANSWER, "both together exceed --max-memory");
	pt_tree_free(p->tree);
	p->tree = tree;
	return -1;
}

static int write_profile(struct pt_cli *cli, const struct pt_profile *p,
			 const struct pt_profile_export *format, unsigned width)
{
	const char *output = pt_cli_flag(cli, "output");
	struct pt_export_sink sink = {write_stdout, cli};
	struct pt_graph_spec view = {.kind = PT_GRAPH_INVERTED};
	struct pt_export_spec spec = {.ascii = !pt_cli_utf8(), .width = width};
	struct pt_err err = {0};
	int r;

	if (pt_cli_flag(cli, "inverted"))
		spec.view = &view;
	r = output && strcmp(output, "-") != 0
		    ? pt_profile_export_file(p, format, &spec, output, &err)
		    : format->write(p, &spec, &sink, &err);
	if (r < 0)
		return err.code ? pt_cli_err(cli, PT_EXIT_NO_ANSWER, &err) : PT_EXIT_NO_ANSWER;
	return PT_EXIT_OK;
}

static int written(struct pt_cli *cli, struct pt_read_options *options,
		   const struct pt_profile_export *format)
{
	const char *base = pt_cli_flag(cli, "base"), *number = pt_cli_flag(cli, "width");
	struct pt_profile p;
	long long width = 0;
	int r, w, h;

	if (number && pt_parse_i64(number, 20, 100000, &width) < 0)
		return pt_cli_error(cli, PT_EXIT_USAGE, "--width: expected 20 to 100000, got '%s'",
				    number);
	if (!format)
		format = pt_profile_export_find("text");
	if (!width && strcmp(format->name, "text") == 0 && isatty(STDOUT_FILENO)) {
		pt_face_terminal_size(&w, &h);
		width = w;
	}
	options->threads = pt_cli_flag(cli, "threads") != NULL;
	r = flame_read(cli, cli->words[0], options, &p);
	if (r >= 0)
		return r;
	r = base ? add_base(cli, base, *options, &p) : -1;
	if (r < 0)
		r = write_profile(cli, &p, format, (unsigned)width);
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

static int run(struct pt_cli *cli)
{
	const struct pt_profile_export *format;
	struct pt_read_options options;
	int r = pt_cli_load(cli, false);

	if (r >= 0)
		return r;
	if (pt_cli_flag(cli, "formats"))
		return list_formats();
	if (cli->n_words > 1)
		return pt_cli_error(cli, PT_EXIT_USAGE,
				    "one file at a time; --base FILE shows the difference from "
				    "another, `perftop flame fold` adds several up");
	r = flame_read_options(cli, &options);
	format = r < 0 ? format_of(cli, &r) : NULL;
	if (r >= 0)
		return r;
#ifdef HAVE_TUI
	if (!format && isatty(STDOUT_FILENO) && !pt_opt_bool(&cli->options, PT_OPT_PLAIN))
		return shown(cli, &options);
#endif
	if (cli->n_words == 0)
		return pt_cli_error(cli, PT_EXIT_USAGE,
				    "expected a profile to read, - for stdin; --help tells more");
	return written(cli, &options, format);
}

const struct pt_command pt_command_flame = {
	.name = "flame",
	.summary = "Flame graphs: of any profile, live, as a difference",
	.arguments = "[OPTION...] [FILE|-] | COMMAND",
	.help = "Opens a profile in the console: what perf, pprof, speedscope, Chrome, V8, callgrind, "
		"heaptrack and many others write (--formats lists them), also compressed, also from a "
		"pipe. Where stdout is no terminal the graph is printed as text; --output and --to "
		"write it in another format.\n"
		"A file that is called like a command is written ./FILE.",
	.exits = "  0  shown or written\n"
		 "  2  wrong usage, or the file cannot be read\n"
		 "  3  it cannot be written, or there is no terminal",
	.flags = flags,
	.words = true,
	.draws = true,
	.run = run,
	.subs = subs,
};
