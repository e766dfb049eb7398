/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * `perftop completions SHELL`: what bash, zsh or fish need to complete perftop's command line, made
 * from the same tables as --help. What stands for a value there ("DIR", "a|b|c") says how it is
 * completed. The words are put into the script, so that completing never starts perftop.
 */
#include "perftop/base/mem.h"
#include "perftop/collect/collect.h"
#include "perftop/face/command.h"
#include "perftop/profile/export.h"
#include "perftop/profile/reader.h"
#include "perftop/view/layout.h"
#include "perftop/view/theme.h"

#include <string.h>

/* ---- what a value can be ---- */

enum value_kind { VALUE_NONE, VALUE_WORDS, VALUE_FILES, VALUE_FOLDERS };

struct value {
	enum value_kind kind;
	struct pt_str words; /* separated by blanks */
};

static void add_word(struct pt_str *words, const char *word)
{
	pt_str_addf(words, "%s%s", words->len ? " " : "", word);
}

static void add_themes(struct pt_str *words)
{
	for (size_t i = 0; i < pt_theme_n(); i++)
		add_word(words, pt_theme_name(i));
}

static void add_layouts(struct pt_str *words)
{
	for (size_t i = 0; i < pt_layout_n(); i++)
		add_word(words, pt_layout_name(i));
}

static void add_metrics(struct pt_str *words)
{
	for (size_t c = 0; c < pt_n_collectors; c++)
		for (size_t m = 0; m < pt_collectors[c]->n_metrics; m++)
			add_word(words, pt_collectors[c]->metrics[m].name);
}

static void add_commands(struct pt_str *words)
{
	for (size_t i = 0; i < pt_n_commands; i++)
		if (pt_commands[i]->name[0])
			add_word(words, pt_commands[i]->name);
}

static void add_read_formats(struct pt_str *words)
{
	for (size_t i = 0; i < pt_n_profile_readers; i++)
		add_word(words, pt_profile_readers[i]->name);
}

static void add_written_formats(struct pt_str *words)
{
	for (size_t i = 0; i < pt_n_profile_exports; i++)
		add_word(words, pt_profile_exports[i]->name);
}

static const struct {
	const char *arg, *name; /* name NULL: of whatever flag */
	enum value_kind kind;
	void (*add)(struct pt_str *words);
} kinds[] = {
	{"COMMAND", NULL, VALUE_WORDS, add_commands},
	{"DIR", NULL, VALUE_FOLDERS, NULL},
	{"FILE", NULL, VALUE_FILES, NULL},
	{"FORMAT", "from", VALUE_WORDS, add_read_formats},
	{"FORMAT", "to", VALUE_WORDS, add_written_formats},
	{"LAYOUT", NULL, VALUE_WORDS, add_layouts},
	{"METRIC", NULL, VALUE_WORDS, add_metrics},
	{"THEME", NULL, VALUE_WORDS, add_themes},
};

static struct value value_of(const char *name, const char *arg)
{
	struct value v = {0};

	for (size_t i = 0; i < PT_LEN(kinds); i++)
		if (strcmp(kinds[i].arg, arg) == 0 &&
		    (!kinds[i].name || strcmp(kinds[i].name, name) == 0)) {
			v.kind = kinds[i].kind;
			if (kinds[i].add)
				kinds[i].add(&v.words);
		}
	if (strchr(arg, '|')) {
		v.kind = VALUE_WORDS;
		pt_str_add(&v.words, arg);
		for (char *p = v.words.s; (p = strchr(p, '|'));)
			*p = ' ';
	}
	return v;
}

/* ---- what there is to complete ---- */

/* A flag of a command, or an option, in one form. */
struct item {
	const char *name, *arg, *help; /* arg "": a switch */
	const char *no;		       /* "no-" for one that switches off, else "" */
	char letter;
};

static struct item of_flag(const struct pt_flag *f)
{
	bool value = f->arg && f->arg[0] != '['; /* one that may be left out is left out */

	return (struct item){f->name, value ? f->arg : "", f->help, "", f->letter};
}

/* A switch that is on by itself is of use as --no-NAME alone. */
static struct item of_option(int i)
{
	const struct pt_opt_desc *d = &pt_options_table[i];
	bool on = d->type == PT_OPT_BOOL && strcmp(d->dflt, "true") == 0;

	return (struct item){d->name, d->arg, d->help, on ? "no-" : "", 0};
}

/* Of commands that take words, the words when they are a choice; the names of those below one. */
static struct value words_of(const struct pt_command *c)
{
	static const char choice[] = "abcdefghijklmnopqrstuvwxyz|";
	struct value v = {0};

	if (!c->subs && c->words && strspn(c->arguments, choice) == strlen(c->arguments))
		return value_of("", c->arguments);
	if (c->words && strstr(c->arguments, "FILE"))
		v.kind = VALUE_FILES;
	for (size_t i = 0; c->subs && c->subs[i]; i++)
		add_word(&v.words, pt_command_word(c->subs[i]));
	if (c->subs && !c->run)
		v.kind = VALUE_WORDS;
	return v;
}

/* Full names of the commands below others, as a pattern of the shell's case. */
static void add_below(struct pt_str *out)
{
	for (size_t i = 0; i < pt_n_commands; i++)
		for (size_t j = 0; pt_commands[i]->subs && pt_commands[i]->subs[j]; j++)
			pt_str_addf(out, "%s'%s'", out->len ? " | " : "",
				    pt_commands[i]->subs[j]->name);
}

/* s for between single quotes; each of `special` gets a backslash. */
static void add_quoted(struct pt_str *out, const char *s, const char *special, const char *quote)
{
	for (; *s; s++) {
		if (*s == '\'')
			pt_str_add(out, quote);
		else if (strchr(special, *s))
			pt_str_addf(out, "\\%c", *s);
		else
			pt_str_addc(out, *s);
	}
}

static void add_help(struct pt_str *out, const struct item *item, const char *special,
		     const char *quote)
{
	pt_str_add(out, item->no[0] ? "Off: " : "");
	add_quoted(out, item->help, special, quote);
}

/* ---- bash ---- */

/* command is a pattern. */
static void bash_value(struct pt_str *out, const char *command, struct item item)
{
	struct value v = value_of(item.name, item.arg);

	if (!item.arg[0])
		return;
	pt_str_addf(out, "\t%s:--%s", command, item.name);
	if (item.letter)
		pt_str_addf(out, " | %s:-%c", command, item.letter);
	pt_str_add(out, ")\n");
	if (v.kind == VALUE_WORDS)
		pt_str_addf(out, "\t\tCOMPREPLY=($(compgen -W '%s' -- \"$cur\"))\n", v.words.s);
	else if (v.kind != VALUE_NONE)
		pt_str_addf(out,
			    "\t\tIFS=$'\\n'\n\t\tcompopt -o filenames 2>/dev/null\n"
			    "\t\tCOMPREPLY=($(compgen -%c -- \"$cur\"))\n",
			    v.kind == VALUE_FILES ? 'f' : 'd');
	pt_str_add(out, "\t\treturn ;;\n");
	pt_str_release(&v.words);
}

static void bash_command(struct pt_str *out, const struct pt_command *c)
{
	struct value v = words_of(c);

	pt_str_addf(out, "\t'%s')\n\t\twords='%s'\n\t\tflags='", c->name, pt_str_text(&v.words));
	for (const struct pt_flag *f = c->flags; f && f->name; f++)
		pt_str_addf(out, "--%s ", f->name);
	pt_str_add(out, "' ;;\n");
	pt_str_release(&v.words);
}

static void bash(struct pt_str *out)
{
	struct pt_str commands = PT_STR_INIT, below = PT_STR_INIT;
	const struct pt_command *c;
	char pattern[64];

	add_commands(&commands);
	add_below(&below);
	pt_str_add(out,
		   "# bash completion of perftop; made by `perftop completions bash`.\n"
		   "# shellcheck shell=bash disable=SC2207\n"
		   "_perftop()\n{\n"
		   "\tlocal IFS=$' \\t\\n' command='' words='' flags=''\n"
		   "\tlocal cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]}\n"
		   "\tCOMPREPLY=()\n"
		   "\t# --name=value comes as three words.\n"
		   "\tif [[ $cur == = ]]; then\n\t\tcur=\n"
		   "\telif [[ $prev == = ]]; then\n\t\tprev=${COMP_WORDS[COMP_CWORD - 2]}\n\tfi\n"
		   "\tif ((COMP_CWORD > 1)) && [[ ${COMP_WORDS[1]} != -* ]]; then\n"
		   "\t\tcommand=${COMP_WORDS[1]}\n\tfi\n");
	if (below.len)
		pt_str_addf(out,
			    "\tif ((COMP_CWORD > 2)); then\n"
			    "\t\tcase \"$command ${COMP_WORDS[2]}\" in\n"
			    "\t\t%s)\n\t\t\tcommand+=\" ${COMP_WORDS[2]}\" ;;\n\t\tesac\n\tfi\n",
			    below.s);
	pt_str_add(out, "\tcase $command:$prev in\n");
	for (size_t i = 0; (c = pt_command_at(i)); i++)
		for (const struct pt_flag *f = c->flags; f && f->name; f++) {
			pt_snprintf(pattern, sizeof pattern, "'%s'", c->name);
			bash_value(out, pattern, of_flag(f));
		}
	for (int i = 0; i < PT_OPT_N; i++)
		bash_value(out, "*", of_option(i));
	pt_str_addf(out, "\tesac\n\tcase $command in\n\thelp)\n\t\twords='%s' ;;\n", commands.s);
	for (size_t i = 0; (c = pt_command_at(i)); i++)
		bash_command(out, c);
	pt_str_addf(out, "\tesac\n\tif [[ $cur == -* ]]; then\n\t\twords=$flags'--help");
	for (int i = 0; i < PT_OPT_N; i++)
		pt_str_addf(out, " --%s%s", of_option(i).no, of_option(i).name);
	pt_str_addf(
		out,
		"'\n\tfi\n\tif ((COMP_CWORD == 1)); then\n\t\twords+=' --version help %s'\n\tfi\n"
		"\tCOMPREPLY=($(compgen -W \"$words\" -- \"$cur\"))\n}\n"
		"complete -o bashdefault -o default -F _perftop perftop\n",
		commands.s);
	pt_str_release(&below);
	pt_str_release(&commands);
}

/* ---- zsh ---- */

static void zsh_item(struct pt_str *out, struct item item)
{
	struct value v = value_of(item.name, item.arg);

	for (int form = item.letter ? 0 : 1; form < 2; form++) {
		pt_str_add(out, "\t\t'");
		if (item.letter)
			pt_str_addf(out, "(-%c --%s)", item.letter, item.name);
		if (form == 0)
			pt_str_addf(out, "-%c", item.letter);
		else
			pt_str_addf(out, "--%s%s%s", item.no, item.name, item.arg[0] ? "=" : "");
		pt_str_add(out, "[");
		add_help(out, &item, "[]:\\", "'\\''");
		pt_str_add(out, "]");
		if (item.arg[0]) {
			pt_str_addf(out, ":%s:", v.kind == VALUE_WORDS ? item.name : item.arg);
			if (v.kind == VALUE_WORDS)
				pt_str_addf(out, "(%s)", v.words.s);
			else if (v.kind != VALUE_NONE)
				pt_str_addf(out, "_files%s", v.kind == VALUE_FILES ? "" : " -/");
			else
				pt_str_add(out, " ");
		}
		pt_str_add(out, "'\n");
	}
	pt_str_release(&v.words);
}

static void zsh_command(struct pt_str *out, const struct pt_command *c)
{
	struct value v = words_of(c);

	pt_str_addf(out, "\t'%s')\n\t\tspecs+=(\n", c->name);
	for (const struct pt_flag *f = c->flags; f && f->name; f++)
		zsh_item(out, of_flag(f));
	if (v.kind == VALUE_WORDS)
		pt_str_addf(out, "\t\t':word:(%s)'\n", v.words.s);
	else if (v.kind == VALUE_FILES)
		pt_str_add(out, "\t\t'*:file:_files'\n");
	pt_str_add(out, "\t\t) ;;\n");
	pt_str_release(&v.words);
}

/* Behind a command that has others below it, those come first. */
static void zsh_below(struct pt_str *out, const struct pt_command *parent)
{
	struct pt_str words = PT_STR_INIT;

	for (size_t i = 0; parent->subs[i]; i++)
		pt_str_addf(&words, "%s%s", i ? "|" : "", pt_command_word(parent->subs[i]));
	pt_str_addf(out,
		    "\t%s)\n\t\tif ((CURRENT > 2)) && [[ $words[2] == (%s) ]]; then\n"
		    "\t\t\tcommand+=\" $words[2]\"\n\t\t\tshift words\n\t\t\t((CURRENT--))\n"
		    "\t\telif ((CURRENT == 2)) && [[ $words[2] != -* ]]; then\n"
		    "\t\t\tcommands=(\n",
		    parent->name, words.s);
	pt_str_release(&words);
	for (size_t i = 0; parent->subs[i]; i++) {
		pt_str_addf(out, "\t\t\t\t'%s:", pt_command_word(parent->subs[i]));
		add_quoted(out, parent->subs[i]->summary, ":\\", "'\\''");
		pt_str_add(out, "'\n");
	}
	pt_str_addf(out,
		    "\t\t\t)\n\t\t\t_describe -t commands command commands\n%s\t\t\treturn\n"
		    "\t\tfi ;;\n",
		    parent->run ? "\t\t\t_files\n" : "");
}

static void zsh(struct pt_str *out)
{
	struct pt_str commands = PT_STR_INIT;
	const struct pt_command *c;

	add_commands(&commands);
	pt_str_add(out, "#compdef perftop\n"
			"# zsh completion of perftop; made by `perftop completions zsh`.\n"
			"_perftop()\n{\n\tlocal command=\n\tlocal -a commands specs\n\tcommands=(\n"
			"\t\t'help:How to use a command'\n");
	for (size_t i = 0; i < pt_n_commands; i++) {
		if (!pt_commands[i]->name[0])
			continue;
		pt_str_addf(out, "\t\t'%s:", pt_commands[i]->name);
		add_quoted(out, pt_commands[i]->summary, ":\\", "'\\''");
		pt_str_add(out, "'\n");
	}
	pt_str_add(out, "\t)\n\tif ((CURRENT > 2)) && [[ $words[2] != -* ]]; then\n"
			"\t\tcommand=$words[2]\n\t\tshift words\n\t\t((CURRENT--))\n"
			"\telif ((CURRENT == 2)); then\n"
			"\t\tif [[ $words[2] != -* ]]; then\n"
			"\t\t\t_describe -t commands command commands\n\t\t\treturn\n\t\tfi\n"
			"\t\tspecs=('--version[Version and features]')\n\tfi\n"
			"\tcase $command in\n");
	for (size_t i = 0; i < pt_n_commands; i++)
		if (pt_commands[i]->subs)
			zsh_below(out, pt_commands[i]);
	pt_str_add(out, "\tesac\n\tspecs+=(\n\t\t'--help[Tell the usage]'\n");
	for (int i = 0; i < PT_OPT_N; i++)
		zsh_item(out, of_option(i));
	pt_str_addf(out, "\t)\n\tcase $command in\n\thelp)\n\t\tspecs=(':command:(%s)') ;;\n",
		    commands.s);
	for (size_t i = 0; (c = pt_command_at(i)); i++)
		zsh_command(out, c);
	pt_str_add(out, "\tesac\n\t_arguments : $specs\n}\n"
			"if [[ $funcstack[1] == _perftop ]]; then\n\t_perftop \"$@\"\n"
			"else\n\tcompdef _perftop perftop\nfi\n");
	pt_str_release(&commands);
}

/* ---- fish ---- */

static void fish_item(struct pt_str *out, const char *condition, struct item item)
{
	struct value v = value_of(item.name, item.arg);

	pt_str_addf(out, "complete -c perftop%s -l %s%s", condition, item.no, item.name);
	if (item.letter)
		pt_str_addf(out, " -s %c", item.letter);
	if (v.kind == VALUE_FILES)
		pt_str_add(out, " -r -F");
	else if (v.kind == VALUE_FOLDERS)
		pt_str_add(out, " -x -a '(__fish_complete_directories)'");
	else if (v.kind == VALUE_WORDS)
		pt_str_addf(out, " -x -a '%s'", v.words.s);
	else if (item.arg[0])
		pt_str_add(out, " -x");
	pt_str_add(out, " -d '");
	add_help(out, &item, "\\", "\\'");
	pt_str_add(out, "'\n");
	pt_str_release(&v.words);
}

static void fish_command(struct pt_str *out, const struct pt_command *c)
{
	char condition[160] = " -n __perftop_console";
	struct value v = words_of(c);

	if (c->name[0]) {
		const char *word = pt_command_word(c);
		if (word == c->name)
			pt_str_addf(out, "complete -c perftop -n __perftop_first -a %s -d '", word);
		else
			pt_str_addf(out, "complete -c perftop -n '__perftop_below %.*s' -a %s -d '",
				    (int)(word - c->name - 1), c->name, word);
		add_quoted(out, c->summary, "\\", "\\'");
		pt_str_add(out, "'\n");
		pt_snprintf(condition, sizeof condition, " -n '__perftop_command %s'", c->name);
	}
	for (const struct pt_flag *f = c->flags; f && f->name; f++)
		fish_item(out, condition, of_flag(f));
	if (v.kind == VALUE_WORDS && !c->subs)
		pt_str_addf(out, "complete -c perftop%s -a '%s'\n", condition, v.words.s);
	else if (v.kind == VALUE_FILES)
		pt_str_addf(out, "complete -c perftop%s -F\n", condition);
	pt_str_release(&v.words);
}

static void fish(struct pt_str *out)
{
	const struct pt_command *c;
	struct pt_str commands = PT_STR_INIT;

	add_commands(&commands);
	pt_str_addf(out,
		    "# fish completion of perftop; made by `perftop completions fish`.\n"
		    "function __perftop_first\n"
		    "\tset -l words (commandline -opc)\n"
		    "\tnot set -q words[2]\n"
		    "end\n"
		    "function __perftop_console\n"
		    "\tset -l words (commandline -opc)\n"
		    "\tnot set -q words[2]; or string match -q -- '-*' $words[2]\n"
		    "end\n"
		    "function __perftop_command\n"
		    "\tset -l words (commandline -opc)\n"
		    "\tset -q words[2]; and test $words[2] = $argv[1]; or return\n"
		    "\tset -q argv[2]; or return 0\n"
		    "\tset -q words[3]; and test $words[3] = $argv[2]\n"
		    "end\n"
		    "function __perftop_below\n"
		    "\tset -l words (commandline -opc)\n"
		    "\tnot set -q words[3]; and test $words[2] = $argv[1]\n"
		    "end\n"
		    "complete -c perftop -f\n"
		    "complete -c perftop -l help -s h -d 'Tell the usage'\n"
		    "complete -c perftop -n __perftop_first -l version -s V "
		    "-d 'Version and features'\n"
		    "complete -c perftop -n __perftop_first -a help -d 'How to use a command'\n"
		    "complete -c perftop -n '__perftop_command help' -a '%s'\n",
		    commands.s);
	for (size_t i = 0; (c = pt_command_at(i)); i++)
		fish_command(out, c);
	for (int i = 0; i < PT_OPT_N; i++)
		fish_item(out, "", of_option(i));
	pt_str_release(&commands);
}

/* ---- the command ---- */

static const struct {
	const char *name;
	void (*write)(struct pt_str *out);
} shells[] = {{"bash", bash}, {"zsh", zsh}, {"fish", fish}};

static int run(struct pt_cli *cli)
{
	struct pt_str out = PT_STR_INIT;
	int r;

	if (cli->n_words != 1)
		return pt_cli_error(cli, PT_EXIT_USAGE, "expected one of bash, zsh, fish");
	for (size_t i = 0; i < PT_LEN(shells); i++)
		if (strcmp(shells[i].name, cli->words[0]) == 0)
			shells[i].write(&out);
	if (!out.len)
		return pt_cli_error(cli, PT_EXIT_USAGE, "'%s' is none of bash, zsh, fish",
				    cli->words[0]);
	r = pt_cli_write(cli, out.s, out.len);
	pt_str_release(&out);
	return r;
}

const struct pt_command pt_command_completions = {
	.name = "completions",
	.summary = "Print completions for a shell",
	.arguments = "bash|zsh|fish",
	.help = "A package installs them. By hand:\n\n"
		"  bash  . <(perftop completions bash)\n"
		"  zsh   . <(perftop completions zsh)\n"
		"  fish  perftop completions fish | source",
	.exits = "  0  printed\n  2  wrong usage\n  3  cannot write",
	.words = true,
	.run = run,
};
