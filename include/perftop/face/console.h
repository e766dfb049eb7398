/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PT_FACE_CONSOLE_H
#define PT_FACE_CONSOLE_H

#include "perftop/face/command.h"
#include "perftop/profile/reader.h"

/* What a command may want of the console when it opens it. */
struct pt_console_start {
	const char *view; /* name of a view, or NULL: as set */
	/* The view of flame graphs: a file to open ("/dev/fd/5" for a pipe), what it is called, and
	 * what it is compared with; or NULL. */
	const char *flame, *flame_name, *flame_base;
	struct pt_read_options read;
};

/* Runs the console until it is quit: the exit status. Only where it is built in (HAVE_TUI); settings
 * have been loaded. stdin may be a pipe: keys come from the terminal itself. */
int pt_console_run(struct pt_cli *cli, const struct pt_console_start *start);

#endif
