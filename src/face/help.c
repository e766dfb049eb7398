/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What --help prints, from the tables of a command and of the options. Paragraphs are filled to the
 * terminal's width, lines that begin with a blank are left as they are: the manual does the same with
 * these texts.
 */
#include "perftop/face/command.h"
#include "perftop/face/face.h"

#include "perftop/base/mem.h"
#include "perftop/base/text.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { WIDTH_MAX = 100, WIDTH_FILE = 80, HELP_COLUMN = 30 };

static int line_width(void)
{
	int w, h;

	pt_face_terminal_size(&w, &h);
	return isatty(STDOUT_FILENO) ? PT_MIN(w, WIDTH_MAX) : WIDTH_FILE;
}

/* Words of text, the first at column `at`, further lines from column `indent` on. */
static void put_words(const char *text, size_t len, int at, int indent)
{
	const char *end = text + len;
	int width = line_width();

	for (bool first = true; text < end; first = false) {
		size_t n = PT_MIN(strcspn(text, " \n"), (size_t)(end - text));
		if (!first && at + 1 + (int)n >= width) {
			printf("\n%*s", indent, "");
			at = indent;
		} else if (!first) {
			putchar(' ');
			at++;
		}
		fwrite(text, 1, n, stdout);
		at += (int)n;
		text += n;
		while (text < end && (*text == ' ' || *text == '\n'))
			text++;
	}
	putchar('\n');
}

static bool begins_paragraph(const char *line)
{
	return line[0] && line[0] != ' ' && line[0] != '\n';
}

static void put_paragraphs(const char *text)
{
	while (*text) {
		size_t n = strcspn(text, "\n");
		if (begins_paragraph(text)) {
			while (text[n] && begins_paragraph(text + n + 1))
				n += 1 + strcspn(text + n + 1, "\n");
			put_words(text, n, 0, 0);
		} else {
			printf("%.*s\n", (int)n, text);
		}
		text += n + (text[n] != '\0');
	}
}

/* "  0  passed": what is too long goes on below the words. */
static void put_exits(const char *text)
{
	while (*text) {
		size_t n = strcspn(text, "\n");
		if ((int)n < line_width()) {
			printf("%.*s\n", (int)n, text);
		} else {
			printf("%.5s", text);
			put_words(text + 5, n - 5, 5, 5);
		}
		text += n + (text[n] != '\0');
	}
}

static void put_option(const char *name, char letter, const char *arg, const char *help,
		       const char *dflt)
{
	struct pt_str text = PT_STR_INIT;
	char head[64];
	size_t n = 0;

	if (letter)
		n = pt_snprintf(head, sizeof head, "  -%c, --%s", letter, name);
	else
		n = pt_snprintf(head, sizeof head, "  --%s", name);
	if (arg && arg[0])
		n += pt_snprintf(head + n, sizeof head - n, "%s%s", arg[0] == '[' ? "" : " ", arg);
	if (n < HELP_COLUMN)
		printf("%-*s", HELP_COLUMN, head);
	else
		printf("%s\n%*s", head, HELP_COLUMN, "");
	pt_str_add(&text, help);
	if (dflt && dflt[0])
		pt_str_addf(&text, " (%s)", dflt);
	put_words(text.s, text.len, HELP_COLUMN, HELP_COLUMN);
	pt_str_release(&text);
}

static void put_below(const struct pt_command *c)
{
	puts("\nCommands:");
	for (size_t i = 0; c->subs[i]; i++)
		printf("  %-14s%s\n", pt_command_word(c->subs[i]), c->subs[i]->summary);
	printf("\n`perftop %s COMMAND --help` tells more; so does perftop(1).\n", c->name);
}

/* Every command takes every option; those of the console's screen mean nothing to most. */
static void put_options(const struct pt_command *c)
{
	puts("\nOptions (also in config.json and as PERFTOP_NAME in the environment):");
	for (int i = 0; i < PT_OPT_N; i++) {
		const struct pt_opt_desc *d = &pt_options_table[i];
		if (c->draws || i >= PT_OPT_CGROUP || i == PT_OPT_COLOR)
			put_option(d->name, 0, d->arg, d->help, d->dflt);
	}
	if (!c->draws)
		puts("  and those of the console, which `perftop --help` lists");
}

void pt_cli_help(const struct pt_command *c)
{
	printf("usage: perftop%s%s%s%s\n\n%s\n", c->name[0] ? " " : "", c->name,
	       c->arguments[0] ? " " : "", c->arguments, c->summary);
	if (c->help[0]) {
		putchar('\n');
		put_paragraphs(c->help);
	}
	if (c->subs)
		put_below(c);
	if (c->subs && !c->run)
		return;
	if (c->flags && c->flags[0].name) {
		puts("\nFlags:");
		for (const struct pt_flag *f = c->flags; f->name; f++)
			put_option(f->name, f->letter, f->arg, f->help, NULL);
	}
	put_options(c);
	puts("\nExit status:");
	put_exits(c->exits);
	if (c->name[0])
		return;
	puts("\nCommands:");
	for (size_t i = 0; i < pt_n_commands; i++)
		if (pt_commands[i]->name[0])
			printf("  %-14s%s\n", pt_commands[i]->name, pt_commands[i]->summary);
	puts("\n`perftop COMMAND --help` tells more; so does perftop(1).");
}
