/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `perftop analyze`: the statistics as a plain tool. Its commands are in files of their own. */
#include "perftop/face/command.h"

extern const struct pt_command pt_command_analyze_anomalies, pt_command_analyze_changepoints,
	pt_command_analyze_compare, pt_command_analyze_forecast;

static const struct pt_command *const subs[] = {
	&pt_command_analyze_anomalies,
	&pt_command_analyze_changepoints,
	&pt_command_analyze_compare,
	&pt_command_analyze_forecast,
	NULL,
};

const struct pt_command pt_command_analyze = {
	.name = "analyze",
	.summary = "Statistics of a series in a CSV file",
	.arguments = "COMMAND",
	.help = "Each reads CSV with a header, from a file or from standard input, and has defaults that "
		"need no tuning.",
	.exits =
		"  0  printed\n  2  wrong usage or input\n  3  no answer possible, or cannot write",
	.subs = subs,
};
