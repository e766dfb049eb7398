/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The program: finds a subcommand and runs it.
 */
#include <stdio.h>
#include <string.h>

int main(int argc, char **argv)
{
	if (argc == 2 && strcmp(argv[1], "--version") == 0) {
		printf("perftop %s\n", PACKAGE_VERSION);
		return 0;
	}
	fprintf(stderr, "usage: perftop --version\n");
	return 2;
}
