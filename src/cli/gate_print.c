/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The gate's report in the forms that a command line asks for: one on stdout, others into files.
 */
#include "gate_print.h"

#include "perftop/base/fs.h"
#include "perftop/base/mem.h"
#include "perftop/face/face.h"

#include <math.h>
#include <unistd.h>

static int write_file(const struct pt_cli *cli, const char *path, const struct pt_str *text)
{
	struct pt_err err = {0};

	if (pt_fs_write(path, pt_str_text(text), text->len, 0644, &err) < 0)
		return pt_cli_err(cli, PT_EXIT_NO_ANSWER, &err);
	return PT_EXIT_OK;
}

/* Text unless another form took stdout. */
int cmd_gate_print(const struct pt_cli *cli, const struct pt_gate_report *report)
{
	bool tty = isatty(STDOUT_FILENO);
	struct pt_gate_look look = {.ascii = !pt_cli_utf8(),
				    .all = pt_cli_flag(cli, "all") != NULL,
				    .color = tty &&
					     pt_face_colors(&cli->options, true) != PT_COLORS_NONE};
	const struct pt_gate_format *on_stdout = &pt_gate_formats[0];
	struct pt_str out = PT_STR_INIT;
	int status = PT_EXIT_OK, written, height;

	if (tty)
		pt_face_terminal_size(&look.width, &height);
	for (size_t i = 1; i < pt_n_gate_formats; i++) {
		const char *file = pt_cli_flag(cli, pt_gate_formats[i].name);
		if (file && !file[0])
			on_stdout = &pt_gate_formats[i];
		if (!file || !file[0])
			continue;
		pt_str_clear(&out);
		pt_gate_formats[i].write(report, &look, &out);
		written = write_file(cli, file, &out);
		status = PT_MAX(status, written);
	}
	pt_str_clear(&out);
	on_stdout->write(report, &look, &out);
	if (status == PT_EXIT_OK)
		status = pt_cli_write(cli, pt_str_text(&out), out.len);
	pt_str_release(&out);
	return status;
}

int cmd_gate_one_stdout(const struct pt_cli *cli)
{
	const char *first = NULL;

	for (size_t i = 1; i < pt_n_gate_formats; i++) {
		const char *file = pt_cli_flag(cli, pt_gate_formats[i].name);
		if (!file || file[0])
			continue;
		if (first)
			return pt_cli_error(cli, PT_EXIT_USAGE,
					    "--%s and --%s cannot both go to stdout: --%s=FILE",
					    first, pt_gate_formats[i].name,
					    pt_gate_formats[i].name);
		first = pt_gate_formats[i].name;
	}
	return -1;
}

int cmd_gate_percent(const struct pt_cli *cli, const char *flag, double *ret)
{
	const char *text = pt_cli_flag(cli, flag);
	char number[32];
	size_t n;

	*ret = NAN;
	if (!text)
		return -1;
	n = strcspn(text, "%");
	while (n > 0 && text[n - 1] == ' ')
		n--;
	pt_snprintf(number, sizeof number, "%.*s", (int)PT_MIN(n, sizeof number - 1), text);
	if (pt_parse_double(number, ret) < 0 || *ret < 0 || *ret > 10000)
		return pt_cli_error(cli, PT_EXIT_USAGE, "--%s: '%s' is no percentage", flag, text);
	*ret /= 100;
	return -1;
}
