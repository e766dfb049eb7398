/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * `perftop trust`: shows which commands a project's configuration would run, and what changed since
 * it was last trusted; then asks, unless --yes says so.
 */
#include "perftop/app/benches.h"
#include "perftop/base/clock.h"
#include "perftop/base/json.h"
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

/* All of it, whatever its length: what is not shown could hide behind what is. */
static void print_safe(const char *prefix, const char *text, size_t n)
{
	size_t size = 4 * n + 1; /* a byte becomes at most <FF> */
	char *safe = pt_malloc(size);

	pt_text_safe(safe, size, text, n, !pt_cli_utf8());
	printf("%s%s\n", prefix, safe);
	free(safe);
}

/* ---- the difference ---- */

enum { TABLE_MAX = 16 << 20 };

struct line {
	const char *at;
	size_t len;
};

struct lines {
	struct line *v;
	size_t n, cap;
};

static struct lines split(const char *text)
{
	struct lines l = {0};

	while (*text) {
		size_t n = strcspn(text, "\n");
		*PT_PUSH(l.v, l.n, l.cap) = (struct line){text, n};
		text += n + (text[n] == '\n');
	}
	return l;
}

static bool same(const struct line *a, const struct line *b)
{
	return a->len == b->len && memcmp(a->at, b->at, a->len) == 0;
}

/* Lengths of the longest common subsequence of what is behind i and k; configuration files are
 * short, so the plain table will do. NULL when it would be too large. */
static unsigned *common(const struct lines *a, const struct lines *b)
{
	size_t w = b->n + 1;
	unsigned *t;

	if ((a->n + 1) > TABLE_MAX / w)
		return NULL;
	t = pt_calloc((a->n + 1) * w, sizeof *t);
	for (size_t i = a->n; i-- > 0;)
		for (size_t k = b->n; k-- > 0;)
			t[i * w + k] = same(&a->v[i], &b->v[k])
					       ? t[(i + 1) * w + k + 1] + 1
					       : PT_MAX(t[(i + 1) * w + k], t[i * w + k + 1]);
	return t;
}

static void print_difference(const char *old_text, const char *new_text)
{
	struct lines a = split(old_text), b = split(new_text);
	unsigned *t = common(&a, &b);
	size_t w = b.n + 1, i = 0, k = 0;

	while (i < a.n || k < b.n) {
		if (t && i < a.n && k < b.n && same(&a.v[i], &b.v[k])) {
			print_safe("  ", a.v[i].at, a.v[i].len);
			i++;
			k++;
		} else if (i < a.n && (!t || k == b.n || t[(i + 1) * w + k] >= t[i * w + k + 1])) {
			print_safe("- ", a.v[i].at, a.v[i].len);
			i++;
		} else {
			print_safe("+ ", b.v[k].at, b.v[k].len);
			k++;
		}
	}
	free(t);
	free(a.v);
	free(b.v);
}

/* ---- what would run ---- */

/* A word as a shell would want it, so that one sees where it ends. */
static void add_word(struct pt_str *out, const char *word)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
				    "%+,-./:=@_";

	pt_str_add(out, " ");
	if (word[0] && !word[strspn(word, plain)]) {
		pt_str_add(out, word);
		return;
	}
	pt_str_addc(out, '\'');
	for (; *word; word++)
		pt_str_addf(out, *word == '\'' ? "'\\%c'" : "%c", *word);
	pt_str_addc(out, '\'');
}

/* False for what needs no trust: files, and sockets that are only read. */
static bool describe(const struct pt_custom_source *s, struct pt_str *out)
{
	if (!s->argv && !s->send)
		return false;
	pt_str_addf(out, "%s, every %g s:", s->name, (double)s->interval_ns / PT_S);
	for (size_t k = 0; s->argv && s->argv[k]; k++)
		add_word(out, s->argv[k]);
	if (!s->argv) {
		pt_str_add(out, " send");
		add_word(out, s->send);
		pt_str_add(out, " to");
		add_word(out, s->path);
	}
	return true;
}

/* A suite's build and command, or one of them. */
static void describe_suite(const struct pt_suite *suite, const char *what, char *const *argv,
			   struct pt_str *out)
{
	pt_str_clear(out);
	pt_str_addf(out, "%s, %s:", suite->name, what);
	for (size_t i = 0; argv[i]; i++)
		add_word(out, argv[i]);
	for (char *const *e = suite->env; e && *e; e++)
		pt_str_addf(out, e == suite->env ? " with %s" : ", %s", *e);
}

struct printed {
	const struct pt_config *config;
	size_t n;
};

static void print_command(struct printed *printed, const struct pt_str *text)
{
	const char *project = printed->config->paths.project;

	if (printed->n++ == 0)
		print_safe("Commands that would run in ", project, strlen(project));
	print_safe("  ", text->s, text->len);
}

static void print_commands(const struct pt_config *config, const struct pt_suites *suites)
{
	struct printed printed = {.config = config};
	struct pt_str text = PT_STR_INIT;

	for (size_t i = 0; i < config->n_sources; i++) {
		pt_str_clear(&text);
		if (describe(&config->sources[i], &text))
			print_command(&printed, &text);
	}
	for (size_t i = 0; i < suites->n; i++) {
		const struct pt_suite *suite = &suites->suites[i];

		if (suite->build) {
			describe_suite(suite, "build", suite->build, &text);
			print_command(&printed, &text);
		}
		describe_suite(suite, "benchmark", suite->command, &text);
		print_command(&printed, &text);
	}
	if (printed.n == 0)
		puts("It names no commands.");
	pt_str_release(&text);
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

/* What is wrong with config.json has been told with its place; there is nothing in it to judge yet. */
static bool config_reads(const struct pt_paths *paths)
{
	struct pt_json *doc = NULL;
	int code = pt_json_load(paths->project_file, NULL, &doc, NULL);

	pt_json_free(doc);
	return code == 0 || code == -PT_ENOENT;
}

static int read_suites(const struct pt_cli *cli, struct pt_suites *ret)
{
	struct pt_err err = {0};
	int code = pt_suites_load(cli->config.paths.suites_file, ret, &err);

	return code < 0 && code != -PT_ENOENT ? pt_cli_err(cli, PT_EXIT_USAGE, &err) : PT_EXIT_OK;
}

static int show(struct pt_cli *cli, enum pt_trust state, const char *old_text, const char *now,
		const struct pt_suites *suites)
{
	const struct pt_paths *paths = &cli->config.paths;
	const char *files[] = {paths->project_file, paths->suites_file};

	for (size_t i = 0; i < PT_LEN(files); i++)
		if (access(files[i], F_OK) == 0)
			print_safe("", files[i], strlen(files[i]));
	if (state == PT_TRUST_CHANGED) {
		puts("Changed since it was trusted:");
		print_difference(old_text, now);
	}
	print_commands(&cli->config, suites);
	if (state == PT_TRUST_YES) {
		puts("Trusted, and unchanged since.");
		return PT_EXIT_OK;
	}
	return pt_cli_flag(cli, "show") ? PT_EXIT_FAILED : give(cli, now);
}

static int consider(struct pt_cli *cli, enum pt_trust state, const char *old_text, const char *now)
{
	struct pt_suites suites = {0};
	int status;

	if (state == PT_TRUST_NOTHING) {
		puts("There is no .performance/config.json or benchmarks.json here: nothing to trust.");
		return PT_EXIT_OK;
	}
	if (!config_reads(&cli->config.paths))
		return PT_EXIT_USAGE;
	status = read_suites(cli, &suites);
	if (status == PT_EXIT_OK)
		status = show(cli, state, old_text, now, &suites);
	pt_suites_release(&suites);
	return status;
}

static int run(struct pt_cli *cli)
{
	char *old_text = NULL, *now = NULL;
	enum pt_trust state;
	int r = pt_cli_load(cli, false);

	if (r >= 0)
		return r;
	pt_cli_tell_config(cli);
	if (pt_cli_flag(cli, "revoke"))
		return take_back(cli);
	state = pt_trust_state(&cli->config.paths, &old_text, &now);
	r = consider(cli, state, old_text, now);
	free(old_text);
	free(now);
	return r;
}

const struct pt_command pt_command_trust = {
	.name = "trust",
	.summary = "Let the project's configuration run its commands",
	.arguments = "[--yes|--show|--revoke]",
	.help = "A repository's .performance/config.json and benchmarks.json may name commands. They run "
		"only after\n`perftop trust`, which shows them; when a file changes, it shows the "
		"difference and asks again.",
	.exits =
		"  0  trusted, or nothing to trust\n  1  not trusted\n  2  wrong usage, or the file cannot be read\n"
		"  3  the state folder cannot be written",
	.flags = flags,
	.run = run,
};
