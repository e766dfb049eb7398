/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The program: finds a row of commands.def and runs it. Without a name it is the console.
 */
#include "perftop/base/mem.h"
#include "perftop/face/command.h"

#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

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

/*
 * A program may be started with standard streams closed. What it opens then takes their numbers, and
 * output goes into whatever that is; so they are opened here, for reading alone where writing is
 * what must fail.
 */
static void open_streams(void)
{
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		if (fcntl(fd, F_GETFD) < 0)
			(void)!open("/dev/null", fd == STDOUT_FILENO ? O_RDONLY : O_RDWR);
}

/* A full disk or a closed stdout is no success. */
static int flush(int status)
{
	if (status != PT_EXIT_OK || (fflush(stdout) == 0 && !ferror(stdout)))
		return status;
	if (errno != EPIPE) /* then whoever read it has seen enough */
		fprintf(stderr, "perftop: cannot write the output\n");
	return PT_EXIT_NO_ANSWER;
}

static int run(const struct pt_command *command, int argc, char **argv)
{
	struct pt_cli cli;
	int status = pt_cli_parse(&cli, command, argc, argv);

	if (status < 0)
		status = command->run(&cli);
	pt_cli_release(&cli);
	return flush(status);
}

static int no_command(const struct pt_command *console, const char *name)
{
	struct pt_cli cli = {.command = console};

	return pt_cli_error(&cli, PT_EXIT_USAGE, "no command '%s'; `perftop --help` lists them",
			    name);
}

int main(int argc, char **argv)
{
	const struct pt_command *console = pt_command_find(""), *command = console;
	const char *name = argc > 1 ? argv[1] : "";
	bool help = strcmp(name, "help") == 0;
	char *ask[] = {"help", "--help", NULL};
	int n = 0;

	open_streams();
	/* How bytes make characters; numbers have a point, whatever the locale. */
	setlocale(LC_CTYPE, "");
	signal(SIGPIPE, SIG_IGN);
	signal(SIGXFSZ, SIG_IGN);
	if (strcmp(name, "--version") == 0 || strcmp(name, "-V") == 0)
		return flush(print_version());
	if (help) {
		argc--;
		argv++;
		name = argc > 1 ? argv[1] : "";
	}
	if (name[0] && name[0] != '-') {
		command = pt_command_find_words(argc - 1, argv + 1, &n);
		if (!command)
			return no_command(console, name);
		argc -= n;
		argv += n;
	}
	return help ? run(command, 2, ask) : run(command, argc, argv);
}
