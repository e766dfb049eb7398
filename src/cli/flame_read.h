/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PT_CLI_FLAME_READ_H
#define PT_CLI_FLAME_READ_H

#include "perftop/face/command.h"
#include "perftop/profile/reader.h"

/* What the commands below `flame` share: flags of how profiles are read. */
/* clang-format off */
#define FLAME_READ_FLAGS \
	{"value", 0, "NAME", "Which of the things that the file measures (cycles, alloc_space, …)"}, \
	{"from", 0, "FORMAT", "Do not guess the format; `perftop flame --formats` lists them"}, \
	{"inlined", 0, NULL, "Name inlined functions too, from debug info (slow)"}, \
	{"debuginfod", 0, NULL, "Ask debuginfod-find for debug info that is not here"}, \
	{"symfs", 0, "DIR", "Look for objects of a perf.data below this folder"}, \
	{"max-memory", 0, "SIZE", "Most memory for stacks, as 512M; what is beyond is left out and told (512M)"}
/* clang-format on */

/* Fills options (initialised here) of the flags. < 0 to go on, else the exit status, told. */
int flame_read_options(struct pt_cli *cli, struct pt_read_options *options);

/* Reads path, "-" for stdin; notes and what is missing of a partial profile go to stderr. < 0 to go
 * on (ret is then yours), else the exit status, told. */
int flame_read(struct pt_cli *cli, const char *path, const struct pt_read_options *options,
	       struct pt_profile *ret);
/* On stderr, that both cannot be compared: times with bytes. */
void flame_tell_values(struct pt_cli *cli, const struct pt_profile *base,
		       const struct pt_profile *p);

#endif
