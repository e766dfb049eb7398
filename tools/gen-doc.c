/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * gen-doc FILE.in: prints a page of the manual or a schema, with each line `@name@` replaced by what
 * the program's own tables say: commands, options, keys, panes. `make docs` writes all of them; a
 * test compares them with what is kept.
 */
#include "perftop/app/project.h"
#include "perftop/base/fs.h"
#include "perftop/base/json.h"
#include "perftop/base/mem.h"
#include "perftop/face/command.h"
#include "perftop/view/actions.h"
#include "perftop/view/layout.h"
#include "perftop/view/theme.h"

#include <stdio.h>
#include <string.h>

#define PT_COMMAND(name) extern const struct pt_command pt_command_##name;
#include "../src/commands.def"
#undef PT_COMMAND
#define PT_COMMAND(name) &pt_command_##name,
const struct pt_command *const pt_commands[] = {
#include "../src/commands.def"
};
#undef PT_COMMAND
const size_t pt_n_commands = PT_LEN(pt_commands);

enum { LINE_WIDTH = 78 };

/* ---- mdoc ---- */

/* One word of running text: `code` is bold, dashes are those of options. */
static void add_roff(struct pt_str *out, const char *s, size_t n, bool *code)
{
	for (size_t i = 0; i < n; i++) {
		if (s[i] == '`') {
			*code = !*code;
			pt_str_add(out, *code ? "\\fB" : "\\fR");
		} else if (s[i] == '\\') {
			pt_str_add(out, "\\e");
		} else if (s[i] == '-' &&
			   (*code || i == 0 || (n > i + 1 && s[i + 1] == '-') || s[i - 1] == '-')) {
			pt_str_add(out, "\\-");
		} else {
			pt_str_addc(out, s[i]);
		}
	}
}

/* Running text in short lines, each sentence on its own, as mdoc(7) wants them. */
static void add_text(struct pt_str *out, const char *text)
{
	struct pt_str line = PT_STR_INIT;
	bool code = false;

	while (*text) {
		size_t n;
		struct pt_str word = PT_STR_INIT;
		text += strspn(text, " \n");
		n = strcspn(text, " \n");
		if (n == 0)
			break;
		add_roff(&word, text, n, &code);
		if (line.len && line.len + 1 + word.len > LINE_WIDTH) {
			pt_str_addf(out, "%s\n", line.s);
			pt_str_clear(&line);
		}
		/* A line that begins with a point would be a request. */
		pt_str_add(&line, line.len ? " " : strchr(".'", word.s[0]) ? "\\&" : "");
		pt_str_add(&line, word.s);
		text += n;
		if (!code && strchr(".?!", text[-1]) && *text) {
			pt_str_addf(out, "%s\n", line.s);
			pt_str_clear(&line);
		}
		pt_str_release(&word);
	}
	if (line.len)
		pt_str_addf(out, "%s\n", line.s);
	pt_str_release(&line);
}

/* Helps of tables end without a full stop. */
static void add_sentence(struct pt_str *out, const char *text, const char *more)
{
	struct pt_str whole = PT_STR_INIT;

	pt_str_addf(&whole, "%s%s.", text, more);
	add_text(out, whole.s);
	pt_str_release(&whole);
}

/* An argument of a macro: nothing in it is punctuation or a macro's name. */
static void add_arg(struct pt_str *out, const char *s)
{
	pt_str_add(out, " \\&");
	for (; *s; s++)
		pt_str_addf(out,
			    *s == '-'	 ? "\\-"
			    : *s == '\\' ? "\\e"
			    : *s == '"'	 ? "\\(dq"
			    : *s == ' '	 ? "\\ "
					 : "%c",
			    *s);
}

/* Paragraphs of a command's help; lines that are set in stand as they are. */
static void add_help(struct pt_str *out, const char *help)
{
	while (*help) {
		const char *end = strstr(help, "\n\n");
		char *part = pt_strndup(help, end ? (size_t)(end - help) : strlen(help));
		pt_str_add(out, ".Pp\n");
		if (part[0] == ' ') {
			pt_str_add(out, ".Bd -literal -offset indent -compact\n");
			for (char *p = part; p && *p; p = strchr(p, '\n'), p = p ? p + 1 : p) {
				bool code = true;
				p += strspn(p, " ");
				add_roff(out, p, strcspn(p, "\n"), &code);
				pt_str_addc(out, '\n');
			}
			pt_str_add(out, ".Ed\n");
		} else {
			add_text(out, part);
		}
		free(part);
		help = end ? end + 2 : help + strlen(help);
	}
}

static void add_flags(struct pt_str *out, const struct pt_command *c)
{
	if (!c->flags || !c->flags[0].name)
		return;
	pt_str_add(out, ".Bl -tag -width Ds\n");
	for (const struct pt_flag *f = c->flags; f->name; f++) {
		pt_str_add(out, ".It ");
		if (f->letter)
			pt_str_addf(out, "Fl %c , ", f->letter);
		pt_str_addf(out, "Fl \\-%s", f->name);
		if (f->arg)
			pt_str_addf(out, "%s Ar %s", f->arg[0] == '[' ? " Ns" : "", f->arg);
		pt_str_addc(out, '\n');
		add_sentence(out, f->help, "");
	}
	pt_str_add(out, ".El\n");
}

/* "  0  printed\n  2  wrong usage": a status and its meaning a line. */
static void add_exits(struct pt_str *out, const char *exits)
{
	pt_str_add(out, ".Pp\nExit status:\n.Bl -tag -width 3n -offset indent -compact\n");
	for (const char *p = exits; *p; p += *p == '\n') {
		char status[32], text[160];
		size_t n = strcspn(p, "\n"), k;
		const char *from = p + strspn(p, " ");
		const char *gap = strchr("0123456789", *from) ? strstr(from, "  ") : NULL;
		/* A line without a status goes on with what the one before means. */
		if (gap) {
			k = (size_t)(gap - from);
			pt_snprintf(status, sizeof status, "%.*s", (int)k, from);
			pt_str_addf(out, ".It %s\n", status);
			from = gap + strspn(gap, " ");
		}
		pt_snprintf(text, sizeof text, "%.*s", (int)(p + n - from), from);
		add_text(out, text);
		p += n;
	}
	pt_str_add(out, ".El\n");
}

static void add_command(struct pt_str *out, const struct pt_command *c)
{
	if (c->name[0]) {
		pt_str_addf(out, ".Ss perftop %s\n.D1 Nm Cm %s", c->name, c->name);
		if (c->arguments[0])
			add_arg(out, c->arguments);
		pt_str_add(out, "\n.Pp\n");
	}
	add_sentence(out, c->summary, "");
	add_help(out, c->help);
	add_flags(out, c);
	add_exits(out, c->exits);
}

static void commands(struct pt_str *out)
{
	const struct pt_command *c;

	for (size_t i = 0; (c = pt_command_at(i)); i++)
		if (c->name[0] && (!c->subs || c->run))
			add_command(out, c);
}

static void console(struct pt_str *out)
{
	const struct pt_command *c = pt_command_find("");

	if (c)
		add_command(out, c);
}

/* "a|b|c" as alternatives, else a placeholder. */
static void add_value(struct pt_str *out, const char *arg)
{
	if (!strchr(arg, '|')) {
		pt_str_addf(out, " Ar %s", arg);
		return;
	}
	/* The bars are for the reader, as in a usage line. */
	for (const char *p = arg; *p; p += *p == '|') {
		size_t n = strcspn(p, "|");
		pt_str_addf(out, "%s Cm %.*s", p == arg ? "" : " |", (int)n, p);
		p += n;
	}
}

static void options(struct pt_str *out)
{
	for (int i = 0; i < PT_OPT_N; i++) {
		const struct pt_opt_desc *d = &pt_options_table[i];
		bool is_switch = d->type == PT_OPT_BOOL;
		pt_str_addf(out, ".It Fl \\-%s", d->name);
		if (is_switch)
			pt_str_addf(out, " , Fl \\-no\\-%s", d->name);
		else
			add_value(out, d->arg);
		pt_str_addc(out, '\n');
		add_sentence(out, d->help, "");
		if (is_switch)
			pt_str_addf(out, "It is %s by default.\n",
				    strcmp(d->dflt, "true") == 0 ? "on" : "off");
		else if (d->dflt[0])
			pt_str_addf(out, "The default is\n.Cm %s .\n", d->dflt);
	}
}

static void settings(struct pt_str *out)
{
	static const char *const types[] = {[PT_OPT_BOOL] = "True or false",
					    [PT_OPT_INT] = "A whole number",
					    [PT_OPT_SECONDS] = "A number",
					    [PT_OPT_TEXT] = "A string",
					    [PT_OPT_CHOICE] = "A string"};

	for (int i = 0; i < PT_OPT_N; i++) {
		const struct pt_opt_desc *d = &pt_options_table[i];
		if (!pt_config_may_set(PT_FROM_USER, (enum pt_opt)i))
			continue;
		pt_str_addf(out, ".It Cm %s", d->name);
		if (d->type == PT_OPT_CHOICE)
			add_value(out, d->arg);
		pt_str_addc(out, '\n');
		add_sentence(out, d->help, "");
		pt_str_add(out, types[d->type]);
		if (d->hi > d->lo)
			pt_str_addf(out, " from %.10g to %.10g", d->lo, d->hi);
		if (d->dflt[0])
			pt_str_addf(out, ";\nthe default is\n.Cm %s .\n", d->dflt);
		else
			pt_str_add(out, ".\n");
		if (!pt_config_may_set(PT_FROM_PROJECT, (enum pt_opt)i))
			pt_str_add(out, "Not in a project's file.\n");
	}
}

/* What works in some of these is told with each of them: no action is without a place. */
static const struct {
	unsigned contexts;
	const char *title;
} contexts[] = {
	{PT_CTX_ALL, "Everywhere"},
	{PT_CTX_TIME, "In Overview and in a zoomed pane"},
	{PT_CTX_PROCESSES, "In Processes"},
	{PT_CTX_DETAILS, "In the details of a process"},
	{PT_CTX_BENCHES, "In Benchmarks and in a benchmark"},
	{PT_CTX_FLAMES, "In Flame and its heat map"},
};

static void add_keys(struct pt_str *out, const char *keys)
{
	for (; *keys; keys += *keys == ' ') {
		char key[32];
		size_t n = strcspn(keys, " ");
		pt_snprintf(key, sizeof key, "%.*s", (int)n, keys);
		add_arg(out, key);
		keys += n;
	}
}

static void keys(struct pt_str *out)
{
	for (size_t k = 0; k < PT_LEN(contexts); k++) {
		size_t n = 0;
		for (int i = 0; i < PT_ACT_N; i++) {
			const struct pt_action_desc *a = &pt_actions[i];
			bool everywhere = (a->contexts & PT_CTX_ALL) == PT_CTX_ALL;
			if (everywhere != (k == 0) || !(a->contexts & contexts[k].contexts))
				continue;
			if (n++ == 0)
				pt_str_addf(out, ".Ss \\&%s\n.Bl -tag -width 10n -compact\n",
					    contexts[k].title);
			pt_str_add(out, ".It Ic");
			add_keys(out, a->keys);
			pt_str_addc(out, '\n');
			add_sentence(out, a->help,
				     a->contexts & PT_CTX_WRITE ? " (not with --readonly)" : "");
		}
		if (n)
			pt_str_add(out, ".El\n");
	}
}

static void actions(struct pt_str *out)
{
	for (int i = 0; i < PT_ACT_N; i++) {
		pt_str_addf(out, ".It Cm %s\n", pt_actions[i].name);
		add_sentence(out, pt_actions[i].help, "");
		pt_str_add(out, ".Pq Ic");
		add_keys(out, pt_actions[i].keys);
		pt_str_addc(out, '\n');
	}
}

static void panes(struct pt_str *out)
{
	for (size_t i = 0; i < pt_n_panes; i++) {
		pt_str_addf(out, ".It Cm %s\n", pt_panes[i]->name);
		add_sentence(out, pt_panes[i]->help, "");
	}
}

static void roles(struct pt_str *out)
{
	struct pt_str all = PT_STR_INIT;

	for (int i = 0; i < PT_ROLE_N; i++)
		pt_str_addf(&all, "`%s`%s", pt_role_name((enum pt_role)i),
			    i + 1 < PT_ROLE_N ? ", " : ".");
	add_text(out, all.s);
	pt_str_release(&all);
}

/* ---- schemas ---- */

static void add_string(struct pt_str *out, const char *s)
{
	struct pt_jw w;

	pt_jw_init(&w, out, false);
	pt_jw_str(&w, s);
}

static void add_number(struct pt_str *out, const char *key, double v)
{
	struct pt_jw w;

	pt_str_addf(out, ", \"%s\": ", key);
	pt_jw_init(&w, out, false);
	pt_jw_num(&w, v);
}

static void add_choices(struct pt_str *out, const char *choices)
{
	for (const char *p = choices; *p; p += *p == '|') {
		size_t n = strcspn(p, "|");
		pt_str_addf(out, "%s\"%.*s\"", p == choices ? "" : ", ", (int)n, p);
		p += n;
	}
}

static void add_property(struct pt_str *out, const struct pt_opt_desc *d)
{
	bool number = d->type == PT_OPT_INT || d->type == PT_OPT_SECONDS;

	pt_str_addf(out, "\t\t\"%s\": {", d->name);
	if (d->type == PT_OPT_CHOICE) {
		pt_str_add(out, "\"enum\": [");
		add_choices(out, d->arg);
		pt_str_add(out, "]");
	} else {
		pt_str_addf(out, "\"type\": \"%s\"",
			    d->type == PT_OPT_BOOL   ? "boolean"
			    : d->type == PT_OPT_INT  ? "integer"
			    : d->type == PT_OPT_TEXT ? "string"
						     : "number");
	}
	if (number) {
		add_number(out, "minimum", d->lo);
		add_number(out, "maximum", d->hi);
	}
	pt_str_add(out, ", \"default\": ");
	if (number || d->type == PT_OPT_BOOL)
		pt_str_add(out, d->dflt);
	else
		add_string(out, d->dflt);
	pt_str_add(out, ", \"description\": ");
	add_string(out, d->help);
	pt_str_add(out, "}");
}

static void schema(struct pt_str *out, enum pt_opt_source source)
{
	const char *between = "";

	for (int i = 0; i < PT_OPT_N; i++) {
		if (!pt_config_may_set(source, (enum pt_opt)i))
			continue;
		pt_str_add(out, between);
		add_property(out, &pt_options_table[i]);
		between = ",\n";
	}
	pt_str_addc(out, '\n');
}

static void schema_user(struct pt_str *out)
{
	schema(out, PT_FROM_USER);
}

static void schema_project(struct pt_str *out)
{
	schema(out, PT_FROM_PROJECT);
}

static void schema_actions(struct pt_str *out)
{
	for (int i = 0; i < PT_ACT_N; i++) {
		pt_str_addf(out, "\t\t\t\t\"%s\": {\"type\": \"string\", \"default\": ",
			    pt_actions[i].name);
		add_string(out, pt_actions[i].keys);
		pt_str_add(out, ", \"description\": ");
		add_string(out, pt_actions[i].help);
		pt_str_add(out, i + 1 < PT_ACT_N ? "},\n" : "}\n");
	}
}

static void schema_panes(struct pt_str *out)
{
	pt_str_add(out, "\t\t\t\t\"enum\": [");
	for (size_t i = 0; i < pt_n_panes; i++)
		pt_str_addf(out, "%s\"%s\"", i ? ", " : "", pt_panes[i]->name);
	pt_str_add(out, "]\n");
}

/* ---- files ---- */

static const struct {
	const char *marker;
	void (*write)(struct pt_str *out);
} parts[] = {
	{"@commands@", commands},
	{"@console@", console},
	{"@options@", options},
	{"@settings@", settings},
	{"@keys@", keys},
	{"@actions@", actions},
	{"@panes@", panes},
	{"@roles@", roles},
	{"@schema-user@", schema_user},
	{"@schema-project@", schema_project},
	{"@schema-actions@", schema_actions},
	{"@schema-panes@", schema_panes},
};

/* The part that a line asks for; false for a line like any other. */
static bool add_part(struct pt_str *out, const char *line, size_t n)
{
	for (size_t i = 0; i < PT_LEN(parts); i++)
		if (strlen(parts[i].marker) == n && memcmp(line, parts[i].marker, n) == 0) {
			parts[i].write(out);
			return true;
		}
	return false;
}

int main(int argc, char **argv)
{
	struct pt_str out = PT_STR_INIT;
	struct pt_err err = {0};
	char *text = NULL, said[600];

	if (argc != 2) {
		fprintf(stderr, "usage: gen-doc FILE.in\n");
		return 2;
	}
	if (pt_fs_read(argv[1], 1 << 20, &text, NULL, &err) < 0) {
		fprintf(stderr, "gen-doc: %s\n", pt_err_text(&err, said, sizeof said));
		return 1;
	}
	for (const char *p = text; *p; p += *p == '\n') {
		size_t n = strcspn(p, "\n");
		if (!add_part(&out, p, n))
			pt_str_addf(&out, "%.*s\n", (int)n, p);
		p += n;
	}
	fputs(pt_str_text(&out), stdout);
	pt_str_release(&out);
	free(text);
	return fflush(stdout) == 0 ? 0 : 1;
}
