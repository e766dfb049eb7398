/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PT_FACE_COMMAND_H
#define PT_FACE_COMMAND_H

#include "perftop/app/project.h"

#include <stdbool.h>
#include <stddef.h>

/*
 * Subcommands: one file in src/cli (the console: src/ui) and one row in commands.def each. The row's tables yield
 * --help, the manual and the shell completions.
 */
struct pt_flag {
	const char *name; /* long name without dashes */
	char letter;	  /* short form, or 0 */
	const char *arg;  /* what stands for its value; NULL: a switch; "[=N]": a switch that may
			     have one, as --name=5 */
	const char *help;
};

enum { PT_ARGS_MAX = 32 };

/* The exit status that every command keeps to. */
enum { PT_EXIT_OK = 0, PT_EXIT_FAILED = 1, PT_EXIT_USAGE = 2, PT_EXIT_NO_ANSWER = 3 };

struct pt_command;

/* What a command is given: settings from everywhere, its own flags, and what is left. */
struct pt_cli {
	const struct pt_command *command;
	struct pt_options options;
	struct pt_config config;
	const char
		*flags[PT_ARGS_MAX]; /* values by index in command->flags; "" for a switch; NULL */
	const char **words;	     /* what is neither option nor flag */
	int n_words;
	int after; /* words[after] is the first behind `--`; n_words without one */
};

struct pt_command {
	const char *name;	     /* "doctor"; of one below another both: "bench run" */
	const char *summary;	     /* one line, for `perftop help` */
	const char *arguments;	     /* "[--json]", after the name in the usage line */
	const char *help;	     /* paragraphs, or "" */
	const char *exits;	     /* its exit status in words, one a line */
	const struct pt_flag *flags; /* ends with a NULL name; or NULL */
	bool words;		     /* takes words */
	bool draws;		     /* options of the screen mean something to it */
	/* Tells in config->errors what only this command can judge; or NULL. */
	void (*check)(struct pt_config *config);
	int (*run)(struct pt_cli *cli);
	/* Commands below it, ends with NULL, each in a file of its own (src/cli/bench_run.c); or NULL.
	 * One that has them needs no run. */
	const struct pt_command *const *subs;
};

/* commands.def stands beside main.c, which defines these. */
extern const struct pt_command *const pt_commands[];
extern const size_t pt_n_commands;

const struct pt_command *pt_command_find(const char *name); /* or NULL; not those below */
/* The one that words 0..n-1 of argv name, and how many words its name has; NULL: there is none. The
 * parent of an unknown one is given. */
const struct pt_command *pt_command_find_words(int argc, char **argv, int *ret_n);
/* Every command, and after each the ones below it: the i-th, or NULL at the end. */
const struct pt_command *pt_command_at(size_t i);
/* Its last word: "run" of "bench run". */
const char *pt_command_word(const struct pt_command *command);

/* Reads argv[1..] of a command: its flags, every option of options.def, -- ends both. Tells what is
 * wrong on stderr. Returns < 0 to go on, else the exit status (0 after --help). */
int pt_cli_parse(struct pt_cli *cli, const struct pt_command *command, int argc, char **argv);
void pt_cli_release(struct pt_cli *cli);
const char *pt_cli_flag(const struct pt_cli *cli, const char *name); /* NULL if not given */

/* Environment and configuration files, and the log that --debug asks for. trust_all as in
 * pt_config_load. What is wrong in files is not told. < 0 to go on, else the exit status. */
int pt_cli_load(struct pt_cli *cli, bool trust_all);

void pt_cli_help(const struct pt_command *command);
/* "perftop NAME: text" on stderr; returns status. Text is made safe. */
int pt_cli_error(const struct pt_cli *cli, int status, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
int pt_cli_err(const struct pt_cli *cli, int status, const struct pt_err *err);
/* Errors of the configuration, one a line on stderr. */
void pt_cli_tell_config(const struct pt_cli *cli);
/* Writes all of it to stdout and checks: a full disk or a closed pipe is no success. */
int pt_cli_write(const struct pt_cli *cli, const char *data, size_t len);
/* True when the locale's codeset is UTF-8. */
bool pt_cli_utf8(void);

#endif
