/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `perftop baseline`: what its commands have in common; each has a file of its own. */
#include "baseline.h"

#include "perftop/base/mem.h"
#include "perftop/face/face.h"

#include <string.h>
#include <unistd.h>

int pt_cli_benches(struct pt_cli *cli, struct pt_benches *ret)
{
	int r = pt_cli_load(cli, false);

	if (r >= 0)
		return r;
	pt_cli_tell_config(cli);
	pt_benches_open(ret, &cli->config, &cli->options);
	if (ret->project[0])
		return -1;
	pt_benches_close(ret);
	return pt_cli_error(cli, PT_EXIT_USAGE,
			    "no project here: neither a folder with .performance nor a git "
			    "repository");
}

int pt_cli_status(int code)
{
	switch (-code) {
	case PT_ENODATA:
	case PT_EACCES:
	case PT_EIO:
	case PT_ETIMEDOUT: return PT_EXIT_NO_ANSWER;
	default: return PT_EXIT_USAGE;
	}
}

static const char **from_project(struct pt_cli *cli, const struct pt_benches *b, int first,
				 int *ret_status)
{
	const char **list = pt_calloc(b->suites.n + 1, sizeof *list);
	bool *chosen = pt_calloc(b->suites.n + 1, sizeof *chosen);
	struct pt_err err = {0};
	size_t n = 0;

	if (pt_suites_select(&b->suites, cli->words + first, (size_t)(cli->n_words - first), chosen,
			     &err) < 0) {
		*ret_status = pt_cli_err(cli, PT_EXIT_USAGE, &err);
		free(list);
		list = NULL;
	}
	for (size_t i = 0; list && i < b->suites.n; i++)
		if (chosen[i])
			list[n++] = b->suites.suites[i].name;
	free(chosen);
	return list;
}

const char **pt_cli_suites(struct pt_cli *cli, const struct pt_benches *b, int first,
			   int *ret_status)
{
	const char **list;

	if (!b->suites_err.code)
		return from_project(cli, b, first, ret_status);
	/* Results that were imported have suites that no file names. */
	if (b->suites_err.code != PT_ENOENT || cli->n_words <= first) {
		*ret_status = pt_cli_err(cli, PT_EXIT_USAGE, &b->suites_err);
		return NULL;
	}
	list = pt_calloc((size_t)(cli->n_words - first) + 1, sizeof *list);
	for (int i = first; i < cli->n_words; i++)
		list[i - first] = cli->words[i];
	return list;
}

int pt_cli_each_suite(struct pt_cli *cli,
		      int (*fn)(struct pt_cli *cli, struct pt_benches *b, const char **suites))
{
	const char **suites;
	struct pt_benches b;
	int r = pt_cli_benches(cli, &b);

	if (r >= 0)
		return r;
	suites = pt_cli_suites(cli, &b, 0, &r);
	if (suites)
		r = fn(cli, &b, suites);
	free(suites);
	pt_benches_close(&b);
	return r;
}

const char *pt_cli_in_project(const struct pt_benches *b, const char *path)
{
	size_t n = strlen(b->project);

	return strncmp(path, b->project, n) == 0 && path[n] == '/' ? path + n + 1 : path;
}

void pt_cli_add_table(const struct pt_cli *cli, const struct pt_table *table, struct pt_str *out)
{
	int w, h;

	pt_face_terminal_size(&w, &h);
	if (pt_cli_flag(cli, "json"))
		pt_table_json(table, out);
	else
		pt_table_text(table, out, isatty(STDOUT_FILENO) ? w : 0, !pt_cli_utf8());
}

extern const struct pt_command pt_command_baseline_accept, pt_command_baseline_diff,
	pt_command_baseline_list, pt_command_baseline_promote, pt_command_baseline_prune,
	pt_command_baseline_save, pt_command_baseline_show;

static const struct pt_command *const subs[] = {
	&pt_command_baseline_accept, &pt_command_baseline_diff,
	&pt_command_baseline_list,   &pt_command_baseline_promote,
	&pt_command_baseline_prune,  &pt_command_baseline_save,
	&pt_command_baseline_show,   NULL,
};

const struct pt_command pt_command_baseline = {
	.name = "baseline",
	.summary = "What benchmarks are compared with, kept in git",
	.arguments = "COMMAND",
	.help = "One file a suite and machine class below .performance/baselines. They hold runs, how "
		"much launches\ndiffer, and which regressions were accepted and why.",
	.exits = "",
	.subs = subs,
};
