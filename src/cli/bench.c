/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `perftop bench`: what stands below it has a file each. */
#include "perftop/face/command.h"

extern const struct pt_command pt_command_bench_compare, pt_command_bench_history,
	pt_command_bench_import, pt_command_bench_init, pt_command_bench_list, pt_command_bench_run,
	pt_command_bench_show;

static const struct pt_command *const subs[] = {
	&pt_command_bench_compare, &pt_command_bench_history,
	&pt_command_bench_import,  &pt_command_bench_init,
	&pt_command_bench_list,	   &pt_command_bench_run,
	&pt_command_bench_show,	   NULL,
};

const struct pt_command pt_command_bench = {
	.name = "bench",
	.summary = "Benchmarks: launch them, read results, look at history",
	.arguments = "COMMAND",
	.help = "Suites stand in .performance/benchmarks.json. Each launch of a suite's command is one run.",
	.exits = "",
	.subs = subs,
};
