/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The program: finds a row of commands.def and runs it. Without a name it is the console.
 */
#include "perftop/base/mem.h"
#include "perftop/face/command.h"

#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#define PT_COMMAND(name) extern const struct pt_command pt_command_##name;
#include "commands.def"
#undef PT_COMMAND

/* Built without a terminal library, perftop alone tells what there is. */
#ifndef HAVE_TUI
static int no_console(struct pt_cli *cli)
{
	return pt_cli_error(cli, PT_EXIT_NO_ANSWER,
			    "built without the console; `perftop snapshot` prints a frame, "
			    "`perftop --help` lists the commands");
}

static const struct pt_command pt_command_none = {
	.name = "",
	.summary = "Performance of this machine (built without the console)",
	.arguments = "COMMAND",
	.help = "",
	.exits = "  3  there is no console in this build",
	.run = no_console,
};
#endif

#define PT_COMMAND(name) &pt_command_##name,
const struct pt_command *const pt_commands[] = {
#include "commands.def"
#ifndef HAVE_TUI
	&pt_command_none,
#endif
};
#undef PT_COMMAND

const size_t pt_n_commands = PT_LEN(pt_commands);

static int print_version(void)
{
	printf("perftop %s\n", PACKAGE_VERSION);
	printf("features: %s %s\n",
#ifdef HAVE_TUI
	       "+console",
#else
	       "-console",
#endif
#ifdef __linux__
	       "+linux"
#else
	       "-linux"
#endif
	);
	return PT_EXIT_OK;
}

static int run(const struct pt_command *command, int argc, char **argv)
{
	struct pt_cli cli;
	int status = pt_cli_parse(&cli, command, argc, argv);

	if (status < 0)
		status = command->run(&cli);
	if (status == PT_EXIT_OK && fflush(stdout) != 0)
		status = pt_cli_error(&cli, PT_EXIT_NO_ANSWER, "cannot write the output");
	pt_cli_release(&cli);
	return status;
}

int main(int argc, char **argv)
{
	const struct pt_command *command = pt_command_find("");
	const char *name = argc > 1 ? argv[1] : "";

	/* How bytes make characters; numbers have a point, whatever the locale. */
	setlocale(LC_CTYPE, "");
	signal(SIGPIPE, SIG_IGN);
	signal(SIGXFSZ, SIG_IGN);
	if (strcmp(name, "--version") == 0 || strcmp(name, "-V") == 0)
		return print_version();
	if (strcmp(name, "help") == 0) {
		const struct pt_command *which = argc > 2 ? pt_command_find(argv[2]) : command;
		if (!which) {
			fprintf(stderr, "perftop help: no such command; `perftop --help` lists them\n");
			return PT_EXIT_USAGE;
		}
		pt_cli_help(which);
		return PT_EXIT_OK;
	}
	if (name[0] && name[0] != '-') {
		command = pt_command_find(name);
		if (!command) {
			fprintf(stderr, "perftop: no such command; `perftop --help` lists them\n");
			return PT_EXIT_USAGE;
		}
		argc--;
		argv++;
	}
	return run(command, argc, argv);
}
