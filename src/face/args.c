/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Reading the command line: a command's own flags and the options of options.def, in any order, and
 * the help that the same tables give.
 */
#include "perftop/face/command.h"

#include "perftop/app/log.h"
#include "perftop/base/mem.h"
#include "perftop/base/text.h"

#include <errno.h>
#include <langinfo.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

const struct pt_command *pt_command_find(const char *name)
{
	for (size_t i = 0; i < pt_n_commands; i++)
		if (strcmp(pt_commands[i]->name, name) == 0)
			return pt_commands[i];
	return NULL;
}

const char *pt_command_word(const struct pt_command *command)
{
	const char *blank = strrchr(command->name, ' ');

	return blank ? blank + 1 : command->name;
}

const struct pt_command *pt_command_find_words(int argc, char **argv, int *ret_n)
{
	const struct pt_command *c = argc > 0 ? pt_command_find(argv[0]) : NULL;

	*ret_n = c ? 1 : 0;
	for (size_t i = 0; c && c->subs && argc > 1 && c->subs[i]; i++)
		if (strcmp(pt_command_word(c->subs[i]), argv[1]) == 0) {
			*ret_n = 2;
			return c->subs[i];
		}
	return c;
}

const struct pt_command *pt_command_at(size_t i)
{
	for (size_t k = 0; k < pt_n_commands; k++) {
		if (i-- == 0)
			return pt_commands[k];
		for (size_t j = 0; pt_commands[k]->subs && pt_commands[k]->subs[j]; j++)
			if (i-- == 0)
				return pt_commands[k]->subs[j];
	}
	return NULL;
}

bool pt_cli_utf8(void)
{
	return strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
}

int pt_cli_error(const struct pt_cli *cli, int status, const char *fmt, ...)
{
	struct pt_str text = PT_STR_INIT;
	char safe[1200];
	va_list ap;

	va_start(ap, fmt);
	pt_str_addv(&text, fmt, ap);
	va_end(ap);
	pt_text_safe(safe, sizeof safe, pt_str_text(&text), text.len, !pt_cli_utf8());
	fprintf(stderr, "perftop%s%s: %s\n", cli->command->name[0] ? " " : "", cli->command->name,
		safe);
	pt_log("error: %s", safe);
	pt_str_release(&text);
	return status;
}

int pt_cli_err(const struct pt_cli *cli, int status, const struct pt_err *err)
{
	char text[800];

	return pt_cli_error(cli, status, "%s", pt_err_text(err, text, sizeof text));
}

void pt_cli_tell_config(const struct pt_cli *cli)
{
	for (size_t i = 0; i < cli->config.n_errors; i++)
		pt_cli_err(cli, 0, &cli->config.errors[i]);
}

int pt_cli_load(struct pt_cli *cli, bool trust_all)
{
	const char *path;
	struct pt_err err = {0};

	pt_config_load(&cli->config, &cli->options, trust_all);
	path = pt_opt_text(&cli->options, PT_OPT_DEBUG);
	if (path[0] && pt_log_open(path, &err) < 0)
		return pt_cli_err(cli, PT_EXIT_USAGE, &err);
	pt_log("perftop %s %s", PACKAGE_VERSION, cli->command->name);
	return -1;
}

int pt_cli_write(const struct pt_cli *cli, const char *data, size_t len)
{
	while (len > 0) {
		ssize_t n = write(STDOUT_FILENO, data, len);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && errno == EPIPE) /* whoever read it, as head, has seen enough */
			return PT_EXIT_NO_ANSWER;
		if (n < 0)
			return pt_cli_error(cli, PT_EXIT_NO_ANSWER, "cannot write: %s",
					    strerror(errno));
		data += n;
		len -= (size_t)n;
	}
	return PT_EXIT_OK;
}

const char *pt_cli_flag(const struct pt_cli *cli, const char *name)
{
	for (int i = 0; cli->command->flags && cli->command->flags[i].name; i++)
		if (strcmp(cli->command->flags[i].name, name) == 0)
			return cli->flags[i];
	return NULL;
}

/* ---- parsing ---- */

struct parse {
	struct pt_cli *cli;
	int argc, i;
	char **argv;
};

static int missing(struct parse *p, const char *name, const char *arg)
{
	return pt_cli_error(p->cli, PT_EXIT_USAGE, "--%s needs %s", name, arg);
}

/* Value of an option: behind its `=`, else the next word. NULL if there is none. */
static const char *value_of(struct parse *p, const char *inline_value)
{
	if (inline_value)
		return inline_value;
	return p->i + 1 < p->argc ? p->argv[++p->i] : NULL;
}

static int take_flag(struct parse *p, int k, const char *inline_value)
{
	const struct pt_flag *f = &p->cli->command->flags[k];

	if (f->arg && f->arg[0] == '[') {
		p->cli->flags[k] = inline_value ? inline_value : "";
		return -1;
	}
	if (!f->arg) {
		if (inline_value)
			return pt_cli_error(p->cli, PT_EXIT_USAGE, "--%s takes no value", f->name);
		p->cli->flags[k] = "";
		return -1;
	}
	p->cli->flags[k] = value_of(p, inline_value);
	return p->cli->flags[k] ? -1 : missing(p, f->name, f->arg);
}

static int set_option(struct parse *p, enum pt_opt opt, const char *text)
{
	struct pt_err err = {0};

	if (pt_options_set(&p->cli->options, opt, text, PT_FROM_FLAG, &err) < 0)
		return pt_cli_error(p->cli, PT_EXIT_USAGE, "--%s", err.msg);
	return -1;
}

static int take_option(struct parse *p, enum pt_opt opt, const char *inline_value)
{
	const struct pt_opt_desc *d = &pt_options_table[opt];
	const char *text;

	if (d->type == PT_OPT_BOOL)
		return set_option(p, opt, inline_value ? inline_value : "true");
	text = value_of(p, inline_value);
	return text ? set_option(p, opt, text) : missing(p, d->name, d->arg);
}

static int flag_find(const struct pt_command *c, const char *name, char letter)
{
	for (int i = 0; c->flags && c->flags[i].name; i++)
		if (name ? strcmp(c->flags[i].name, name) == 0 : c->flags[i].letter == letter)
			return i;
	return -1;
}

static int take_long(struct parse *p, const char *text)
{
	char name[64];
	const char *eq = strchr(text, '=');
	int k;

	pt_snprintf(name, sizeof name, "%.*s", (int)(eq ? eq - text : (long)strlen(text)), text);
	if (strcmp(name, "help") == 0) {
		pt_cli_help(p->cli->command);
		return PT_EXIT_OK;
	}
	if ((k = flag_find(p->cli->command, name, 0)) >= 0)
		return take_flag(p, k, eq ? eq + 1 : NULL);
	if ((k = pt_option_find(name)) >= 0)
		return take_option(p, (enum pt_opt)k, eq ? eq + 1 : NULL);
	if (strncmp(name, "no-", 3) == 0 && (k = pt_option_find(name + 3)) >= 0 &&
	    pt_options_table[k].type == PT_OPT_BOOL && !eq)
		return set_option(p, (enum pt_opt)k, "false");
	return pt_cli_error(p->cli, PT_EXIT_USAGE, "unknown option --%s; --help lists them", name);
}

static int take_short(struct parse *p, const char *text)
{
	int k;

	if (strcmp(text, "h") == 0) {
		pt_cli_help(p->cli->command);
		return PT_EXIT_OK;
	}
	k = flag_find(p->cli->command, NULL, text[0]);
	if (k < 0 || (!p->cli->command->flags[k].arg && text[1]))
		return pt_cli_error(p->cli, PT_EXIT_USAGE, "unknown option -%s; --help lists them",
				    text);
	return take_flag(p, k, text[1] ? text + 1 : NULL);
}

static int take_word(struct parse *p, const char *word)
{
	if (!p->cli->command->name[0] && word[0] && pt_command_find(word))
		return pt_cli_error(p->cli, PT_EXIT_USAGE,
				    "the command comes first: perftop %s [OPTION...]", word);
	if (p->cli->command->subs && !p->cli->command->run)
		return pt_cli_error(p->cli, PT_EXIT_USAGE, "no command '%s'; --help lists them",
				    word);
	if (!p->cli->command->words)
		return pt_cli_error(p->cli, PT_EXIT_USAGE,
				    "unexpected '%s'; --help tells the usage", word);
	p->cli->words[p->cli->n_words++] = word;
	return -1;
}

int pt_cli_parse(struct pt_cli *cli, const struct pt_command *command, int argc, char **argv)
{
	struct parse p = {.cli = cli, .argc = argc, .argv = argv};
	bool words_only = false;

	*cli = (struct pt_cli){.command = command, .after = -1};
	pt_options_init(&cli->options);
	cli->words = pt_calloc((size_t)argc + 1, sizeof *cli->words);
	for (p.i = 1; p.i < argc; p.i++) {
		const char *a = argv[p.i];
		int r;
		if (words_only || a[0] != '-' || !a[1])
			r = take_word(&p, a);
		else if (strcmp(a, "--") == 0)
			r = (words_only = true, cli->after = cli->n_words, -1);
		else
			r = a[1] == '-' ? take_long(&p, a + 2) : take_short(&p, a + 1);
		if (r >= 0)
			return r;
	}
	if (cli->after < 0)
		cli->after = cli->n_words;
	if (command->subs && !command->run)
		return pt_cli_error(cli, PT_EXIT_USAGE, "needs a command; --help lists them");
	return -1;
}

void pt_cli_release(struct pt_cli *cli)
{
	pt_config_release(&cli->config);
	pt_options_release(&cli->options);
	free(cli->words);
}
