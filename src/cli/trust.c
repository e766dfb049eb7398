/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * `perftop trust`: shows which commands a project's configuration would run, and what changed since
 * it was last trusted; then asks, unless --yes says so.
 */
#include "perftop/base/mem.h"
#include "perftop/base/text.h"
#include "perftop/face/command.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const struct pt_flag flags[] = {
	{"yes", 'y', NULL, "Trust without asking"},
	{"revoke", 0, NULL, "Take the trust back"},
	{"show", 0, NULL, "Only show; exit status 1 when it is not trusted"},
	{NULL, 0, NULL, NULL}};

static void print_safe(const char *prefix, const char *text, size_t n)
{
	char safe[2048];

	pt_text_safe(safe, sizeof safe, text, n, !pt_cli_utf8());
	printf("%s%s\n", prefix, safe);
}

/* ---- the difference ---- */

enum { LINES_MAX = 4000 };

struct lines {
	const char **at;
	size_t *len;
	size_t n;
};

static struct lines split(const char *text)
{
	struct lines l = {0};
	size_t cap_at = 0, cap_len = 0;

	while (*text && l.n < LINES_MAX) {
		size_t n = strcspn(text, "\n");
		l.at = pt_grow(l.at, l.n, &cap_at, sizeof *l.at);
		l.len = pt_grow(l.len, l.n, &cap_len, sizeof *l.len);
		l.at[l.n] = text;
		l.len[l.n++] = n;
		text += n + (text[n] == '\n');
	}
	return l;
}

static bool same(const struct lines *a, size_t i, const struct lines *b, size_t k)
{
	return a->len[i] == b->len[k] && memcmp(a->at[i], b->at[k], a->len[i]) == 0;
}

/* The longest common subsequence: configuration files are short, so the plain table will do. */
static void print_difference(const char *old_text, const char *new_text)
{
	struct lines a = split(old_text), b = split(new_text);
	size_t w = b.n + 1, i = 0, k = 0;
	unsigned short *lcs = pt_calloc((a.n + 1) * w, sizeof *lcs);

	for (i = a.n; i-- > 0;)
		for (k = b.n; k-- > 0;)
			lcs[i * w + k] = same(&a, i, &b, k)
						 ? (unsigned short)(lcs[(i + 1) * w + k + 1] + 1)
						 : PT_MAX(lcs[(i + 1) * w + k], lcs[i * w + k + 1]);
	i = k = 0;
	while (i < a.n || k < b.n) {
		if (i < a.n && k < b.n && same(&a, i, &b, k)) {
			print_safe("  ", a.at[i], a.len[i]);
			i++;
			k++;
		} else if (i < a.n && (k == b.n || lcs[(i + 1) * w + k] >= lcs[i * w + k + 1])) {
			print_safe("- ", a.at[i], a.len[i]);
			i++;
		} else {
			print_safe("+ ", b.at[k], b.len[k]);
			k++;
		}
	}
	free(lcs);
	free(a.at);
	free(a.len);
	free(b.at);
	free(b.len);
}

/* ---- what would run ---- */

static void print_commands(const struct pt_config *config)
{
	size_t n = 0;

	for (size_t i = 0; i < config->n_sources; i++) {
		const struct pt_custom_source *s = &config->sources[i];
		char line[1024] = "";
		size_t used = 0;
		for (size_t k = 0; s->argv && s->argv[k]; k++)
			used += pt_snprintf(line + used, sizeof line - used, " %s", s->argv[k]);
		if (!s->argv)
			continue;
		if (n++ == 0)
			printf("Commands that would run in %s:\n", config->paths.project);
		char head[200];
		pt_snprintf(head, sizeof head, "  %s, every %g s:", s->name,
			    (double)s->interval_ns / 1e9);
		print_safe(head, line, strlen(line));
	}
	if (n == 0)
		puts("It names no commands.");
}

static bool ask(void)
{
	char answer[16] = "";

	if (!isatty(STDIN_FILENO)) {
		puts("Not asked: stdin is no terminal. --yes trusts it.");
		return false;
	}
	printf("Trust this? [y/N] ");
	fflush(stdout);
	return fgets(answer, sizeof answer, stdin) && (answer[0] == 'y' || answer[0] == 'Y');
}

static int give(struct pt_cli *cli, const char *now)
{
	struct pt_err err = {0};

	if (!pt_cli_flag(cli, "yes") && !ask())
		return PT_EXIT_FAILED;
	/* What was shown is what is trusted, not what the file may say by now. */
	if (pt_trust_grant(&cli->config.paths, now, &err) < 0)
		return pt_cli_err(cli, PT_EXIT_NO_ANSWER, &err);
	puts("Trusted.");
	return PT_EXIT_OK;
}

static int take_back(struct pt_cli *cli)
{
	struct pt_err err = {0};

	if (pt_trust_revoke(&cli->config.paths, &err) < 0)
		return pt_cli_err(cli, PT_EXIT_NO_ANSWER, &err);
	puts("Not trusted any more.");
	return PT_EXIT_OK;
}

static int run(struct pt_cli *cli)
{
	char *old_text = NULL, *now = NULL;
	enum pt_trust state;
	int r;

	r = pt_cli_load(cli, false);
	if (r >= 0)
		return r;
	pt_cli_tell_config(cli);
	if (pt_cli_flag(cli, "revoke"))
		return take_back(cli);
	state = pt_trust_state(&cli->config.paths, &old_text, &now);
	if (state == PT_TRUST_NOTHING) {
		puts("There is no .performance/config.json here: nothing to trust.");
	} else {
		r = PT_EXIT_OK;
		print_safe("", cli->config.paths.project_file,
			   strlen(cli->config.paths.project_file));
		if (state == PT_TRUST_CHANGED) {
			puts("Changed since it was trusted:");
			print_difference(old_text, now);
		}
		print_commands(&cli->config);
		if (state == PT_TRUST_YES)
			puts("Trusted, and unchanged since.");
		else if (pt_cli_flag(cli, "show"))
			r = PT_EXIT_FAILED;
		else
			r = give(cli, now);
	}
	free(old_text);
	free(now);
	return r;
}

const struct pt_command pt_command_trust = {
	.name = "trust",
	.summary = "Let the project's configuration run its commands",
	.arguments = "[--yes|--show|--revoke]",
	.help = "A repository's .performance/config.json may name commands. They run only after "
		"`perftop trust`,\nwhich shows them; when the file changes, it shows the difference and "
		"asks again.",
	.exits = "  0  trusted, or nothing to trust\n  1  not trusted\n  2  wrong usage\n"
		 "  3  the state folder cannot be written",
	.flags = flags,
	.run = run,
};
