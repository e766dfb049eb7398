/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PT_CLI_GATE_PRINT_H
#define PT_CLI_GATE_PRINT_H

#include "perftop/face/command.h"
#include "perftop/present/gate.h"

/* What the commands that print the gate's report have in common. */
#define CMD_GATE_FLAGS                                                            \
	{"block", 0, "PERCENT", "Change that fails, over the file's (5)"},        \
		{"warn", 0, "PERCENT", "Change that warns, over the file's (2)"}, \
		{"all", 'a', NULL, "List what stayed the same too"},              \
		{"json", 0, "[=FILE]",                                            \
		 "The report as JSON on stdout, or into FILE beside the text"},   \
		{"markdown", 0, "[=FILE]", "As a comment for a pull request"},    \
		{"junit", 0, "[=FILE]", "As JUnit XML"},                          \
		{"github", 0, "[=FILE]", "As annotations of GitHub Actions"},     \
	{                                                                         \
		"prometheus", 0, "[=FILE]", "In the Prometheus text format"       \
	}

/* The exit status when two forms were asked for on stdout, else < 0. */
int cmd_gate_one_stdout(const struct pt_cli *cli);
/* A flag's percentage ("5", "5%") as a ratio; NaN if it was not given. < 0 to go on, else the exit
 * status. */
int cmd_gate_percent(const struct pt_cli *cli, const char *flag, double *ret);
/* Every form that was asked for. Exit status. */
int cmd_gate_print(const struct pt_cli *cli, const struct pt_gate_report *report);

#endif
