/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PT_CLI_FLAME_WRITE_H
#define PT_CLI_FLAME_WRITE_H

#include "perftop/face/command.h"
#include "perftop/profile/export.h"

/* What the commands below `flame` share: flags of how and where profiles are written. */
/* clang-format off */
#define FLAME_WRITE_FLAGS \
	{"output", 'o', "FILE", "Write to FILE (- for stdout) in the format of its ending"}, \
	{"to", 0, "FORMAT", "Write in this format (`perftop flame --formats`); without --output to stdout"}, \
	{"inverted", 0, NULL, "Written pictures: functions by their own weight first, callers below"}, \
	{"width", 0, "N", "Written pictures: pixels (1200) or columns of text (100)"}
/* clang-format on */

struct flame_output {
	const struct pt_profile_export *format; /* NULL: neither --to nor --output tells it */
	const char *path;			/* NULL: stdout, and nobody asked for that */
	bool to_stdout;
	unsigned width; /* 0: the format's own, or the terminal's */
	bool inverted;
	const struct pt_profile *base; /* of a difference; its tree is not looked at */
};

/* Fills output of the flags. < 0 to go on, else the exit status, told. */
int flame_output_options(struct pt_cli *cli, struct flame_output *output);
/* Returns the exit status; what failed is told. */
int flame_write(struct pt_cli *cli, const struct pt_profile *p, const struct flame_output *output);

#endif
