/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Profiles as the commands below `flame` write them. */
#include "flame_write.h"

#include "perftop/base/mem.h"
#include "perftop/base/str.h"
#include "perftop/base/text.h"
#include "perftop/face/face.h"

#include <string.h>
#include <unistd.h>

enum { WIDTH_MIN = 20, WIDTH_MAX = 100000 };

int flame_output_options(struct pt_cli *cli, struct flame_output *output)
{
	const char *to = pt_cli_flag(cli, "to"), *width = pt_cli_flag(cli, "width");
	const char *path = pt_cli_flag(cli, "output");
	struct pt_err err = {0};
	long long number = 0;

	*output = (struct flame_output){.path = path,
					.to_stdout = !path || strcmp(path, "-") == 0,
					.inverted = pt_cli_flag(cli, "inverted") != NULL};
	if (to)
		output->format = pt_profile_export_find(to);
	else if (!output->to_stdout)
		output->format = pt_profile_export_for(path);
	if (to && !output->format)
		return pt_cli_error(cli, PT_EXIT_USAGE,
				    "--to: no format '%s'; `perftop flame --formats` lists them",
				    to);
	if (!output->to_stdout && !output->format)
		return pt_cli_error(cli, PT_EXIT_USAGE,
				    "--output %s: its ending tells no format, expected one as "
				    "out.svg or out.folded, or --to FORMAT",
				    path);
	if (width && pt_parse_i64(width, WIDTH_MIN, WIDTH_MAX, &number) < 0)
		return pt_cli_error(cli, PT_EXIT_USAGE, "--width: expected %d to %d, got '%s'",
				    WIDTH_MIN, WIDTH_MAX, width);
	output->width = (unsigned)number;
	if (!output->to_stdout && pt_profile_export_check(path, &err) < 0)
		return pt_cli_err(cli, PT_EXIT_NO_ANSWER, &err);
	return -1;
}

static int write_stdout(void *arg, const char *data, size_t n)
{
	return pt_cli_write(arg, data, n) == PT_EXIT_OK ? 0 : -PT_EIO;
}

/* A terminal is not steered by what somebody has called a function; a pipe gets it as it is. */
static int write_terminal(void *arg, const char *data, size_t n)
{
	char *safe = pt_malloc(4 * n + 1);
	struct pt_str out = PT_STR_INIT;
	const char *end = data + n, *stop;
	int code;

	for (; data < end; data = stop) {
		for (stop = data; stop < end && *stop != '\n' && *stop != '\t';)
			stop++;
		pt_str_addn(
			&out, safe,
			pt_text_safe(safe, 4 * n + 1, data, (size_t)(stop - data), !pt_cli_utf8()));
		if (stop < end)
			pt_str_addc(&out, *stop++);
	}
	code = write_stdout(arg, pt_str_text(&out), out.len);
	pt_str_release(&out);
	free(safe);
	return code;
}

int flame_write(struct pt_cli *cli, const struct pt_profile *p, const struct flame_output *output)
{
	const struct pt_profile_export *format = output->format;
	const struct pt_export_sink sink = {isatty(STDOUT_FILENO) ? write_terminal : write_stdout,
					    cli};
	const struct pt_graph_spec inverted = {.kind = PT_GRAPH_INVERTED};
	struct pt_export_spec spec = {.ascii = !pt_cli_utf8(),
				      .width = output->width,
				      .view = output->inverted ? &inverted : NULL,
				      .base = output->base ? output->base->name : NULL,
				      .base_samples =
					      output->base ? (double)output->base->samples : 0};
	struct pt_err err = {0};
	int r, w, h;

	if (!spec.width && output->to_stdout && strcmp(format->name, "text") == 0 &&
	    isatty(STDOUT_FILENO)) {
		pt_face_terminal_size(&w, &h);
		spec.width = (unsigned)w;
	}
	r = output->to_stdout ? format->write(p, &spec, &sink, &err)
			      : pt_profile_export_file(p, format, &spec, output->path, &err);
	if (r < 0) /* else write_stdout has told */
		return err.code ? pt_cli_err(cli, PT_EXIT_NO_ANSWER, &err) : PT_EXIT_NO_ANSWER;
	return PT_EXIT_OK;
}
