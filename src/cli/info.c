/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `perftop info`: where everything is, what each setting is and who said so, what is wrong in files. */
#include "perftop/base/json.h"
#include "perftop/base/mem.h"
#include "perftop/base/text.h"
#include "perftop/face/command.h"
#include "perftop/face/face.h"

#include <string.h>
#include <unistd.h>

static const struct pt_flag flags[] = {{"json", 0, NULL, "The same as one JSON object"},
				       {NULL, 0, NULL, NULL}};

struct place {
	const char *name, *path;
};

static size_t places(const struct pt_paths *p, struct place out[8])
{
	const struct place all[] = {
		{"user config", p->config_file},
		{"layouts", p->layouts},
		{"themes", p->themes},
		{"state", p->state},
		{"trust", p->trust},
		{"project", p->project},
		{"project config", p->project_file},
		{"project suites", p->suites_file},
	};

	for (size_t i = 0; i < PT_LEN(all); i++)
		out[i] = all[i];
	return PT_LEN(all);
}

static const char *state_of(const char *path)
{
	return !path[0] ? "none" : access(path, F_OK) == 0 ? "" : "not there";
}

static const char *trust_word(const struct pt_paths *paths)
{
	switch (pt_trust_state(paths, NULL, NULL)) {
	case PT_TRUST_NOTHING: return "nothing to trust";
	case PT_TRUST_YES: return "trusted";
	case PT_TRUST_NEVER:
		return "not trusted: commands of the project do not run; see `perftop trust`";
	case PT_TRUST_CHANGED: return "changed since it was trusted; see `perftop trust`";
	}
	return "";
}

/* Paths, settings and errors have text of files in them, and files are anyone's. */
static const char *safe(char buf[1024], const char *text)
{
	pt_text_safe(buf, 1024, text, strlen(text), !pt_cli_utf8());
	return buf;
}

static void as_text(const struct pt_cli *cli, struct pt_str *out)
{
	struct place at[8];
	size_t n = places(&cli->config.paths, at);
	char text[800], buf[1024];

	pt_str_addf(out, "perftop %s\n\nPlaces\n", PACKAGE_VERSION);
	for (size_t i = 0; i < n; i++) {
		const char *state = state_of(at[i].path);
		pt_str_addf(out, "  %-18s%s%s%s%s\n", at[i].name, safe(buf, at[i].path),
			    at[i].path[0] && state[0] ? " (" : "", state,
			    at[i].path[0] && state[0] ? ")" : "");
	}
	pt_str_addf(out, "  %-18s%s\n", "trust state", trust_word(&cli->config.paths));
	pt_str_add(out, "\nSettings\n");
	for (int i = 0; i < PT_OPT_N; i++)
		pt_str_addf(out, "  %-22s%-20s %s\n", pt_options_table[i].name,
			    cli->options.v[i].text[0] ? safe(buf, cli->options.v[i].text) : "-",
			    pt_opt_source_name(cli->options.v[i].source));
	if (cli->config.n_errors)
		pt_str_add(out, "\nErrors in files and environment\n");
	for (size_t i = 0; i < cli->config.n_errors; i++)
		pt_str_addf(out, "  %s\n",
			    safe(buf, pt_err_text(&cli->config.errors[i], text, sizeof text)));
}

static void as_json(const struct pt_cli *cli, struct pt_str *out)
{
	struct place at[8];
	size_t n = places(&cli->config.paths, at);
	struct pt_jw w;
	char text[800];

	pt_jw_init(&w, out, true);
	pt_jw_object(&w);
	pt_jw_key(&w, "version");
	pt_jw_str(&w, PACKAGE_VERSION);
	pt_jw_key(&w, "paths");
	pt_jw_object(&w);
	for (size_t i = 0; i < n; i++) {
		pt_jw_key(&w, at[i].name);
		pt_jw_str(&w, at[i].path[0] ? at[i].path : NULL);
	}
	pt_jw_end(&w, '}');
	pt_jw_key(&w, "trust");
	pt_jw_str(&w, trust_word(&cli->config.paths));
	pt_jw_key(&w, "settings");
	pt_jw_object(&w);
	for (int i = 0; i < PT_OPT_N; i++) {
		pt_jw_key(&w, pt_options_table[i].name);
		pt_jw_object(&w);
		pt_jw_key(&w, "value");
		pt_jw_str(&w, cli->options.v[i].text);
		pt_jw_key(&w, "from");
		pt_jw_str(&w, pt_opt_source_name(cli->options.v[i].source));
		pt_jw_end(&w, '}');
	}
	pt_jw_end(&w, '}');
	pt_jw_key(&w, "errors");
	pt_jw_array(&w);
	for (size_t i = 0; i < cli->config.n_errors; i++)
		pt_jw_str(&w, pt_err_text(&cli->config.errors[i], text, sizeof text));
	pt_jw_end(&w, ']');
	pt_jw_end(&w, '}');
	pt_str_addc(out, '\n');
}

static int run(struct pt_cli *cli)
{
	struct pt_str out = PT_STR_INIT;
	int r;

	r = pt_cli_load(cli, false);
	if (r >= 0)
		return r;
	pt_face_check(&cli->options, &cli->config);
	for (size_t i = 0; i < pt_n_commands; i++)
		if (pt_commands[i]->check)
			pt_commands[i]->check(&cli->config);
	if (pt_cli_flag(cli, "json"))
		as_json(cli, &out);
	else
		as_text(cli, &out);
	r = pt_cli_write(cli, out.s, out.len);
	pt_str_release(&out);
	if (r == PT_EXIT_OK && cli->config.n_errors)
		r = PT_EXIT_USAGE;
	return r;
}

const struct pt_command pt_command_info = {
	.name = "info",
	.summary = "Paths, settings with their sources, errors in files",
	.arguments = "[--json]",
	.help = "",
	.exits =
		"  0  printed\n  2  printed, and a file or variable has an error\n  3  cannot write",
	.flags = flags,
	.draws = true,
	.run = run,
};
