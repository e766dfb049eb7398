/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `perftop analyze changepoints`: where the level of a series changes. */
#include "analyze_read.h"

#include "perftop/analyse/changepoint.h"
#include "perftop/base/json.h"

enum { ROWS_MAX = 1000000 };

static const struct pt_flag flags[] = {
	ANALYZE_COLUMN,
	{"json", 0, NULL, "An array of objects: index, magnitude, confidence, before, after"},
	{NULL, 0, NULL, NULL},
};

static void add_point(struct pt_jw *w, const struct pt_changepoint *c)
{
	pt_jw_object(w);
	pt_jw_key(w, "index");
	pt_jw_int(w, (int64_t)c->at);
	pt_jw_key(w, "magnitude");
	pt_jw_num(w, c->magnitude);
	pt_jw_key(w, "confidence");
	pt_jw_num(w, c->confidence);
	pt_jw_key(w, "before");
	pt_jw_num(w, c->before);
	pt_jw_key(w, "after");
	pt_jw_num(w, c->after);
	pt_jw_end(w, '}');
}

static int print(struct pt_cli *cli, const struct pt_changepoint *c, size_t n)
{
	struct pt_str out = PT_STR_INIT;
	struct pt_jw w;
	int r;

	pt_jw_init(&w, &out, false);
	pt_jw_array(&w);
	for (size_t i = 0; i < n; i++)
		if (pt_cli_flag(cli, "json"))
			add_point(&w, &c[i]);
		else
			pt_jw_int(&w, (int64_t)c[i].at);
	pt_jw_end(&w, ']');
	pt_str_addc(&out, '\n');
	r = pt_cli_write(cli, pt_str_text(&out), out.len);
	pt_str_release(&out);
	return r;
}

static int find(struct pt_cli *cli, struct analyze_input *in)
{
	struct pt_changepoint_options options;
	struct pt_changepoint *found = NULL;
	struct pt_err err = {0};
	double *v = NULL;
	size_t n = 0, n_found = 0;
	int r;

	r = analyze_series(in, ROWS_MAX, &v, &n, &err);
	if (r < 0)
		return pt_cli_err(cli, PT_EXIT_USAGE, &err);
	pt_changepoint_options_init(&options);
	r = pt_changepoints(v, n, &options, &found, &n_found);
	if (r < 0)
		r = pt_cli_error(cli, PT_EXIT_USAGE, "cannot search these values");
	else
		r = print(cli, found, n_found);
	free(found);
	free(v);
	return r;
}

static int run(struct pt_cli *cli)
{
	struct analyze_input in;
	int r;

	if ((r = analyze_words(cli, 0, 1, "one FILE")) >= 0 || (r = analyze_open(cli, 0, &in)) >= 0)
		return r;
	r = find(cli, &in);
	analyze_close(&in);
	return r;
}

const struct pt_command pt_command_analyze_changepoints = {
	.name = "analyze changepoints",
	.summary = "Where the level of a series changes",
	.arguments = "[--json] [--column NAME] [FILE|-]",
	.help = "Prints a JSON array of 0-based row numbers, each the first of a new segment; [] when there "
		"are none.\nA single spike is no change. With --json each has its magnitude (after / before "
		"- 1 when both levels\nare positive, else after - before), confidence and both "
		"levels.\n\n" ANALYZE_INPUT_HELP,
	.exits = "  0  printed\n  2  wrong usage or input\n  3  cannot write",
	.flags = flags,
	.words = true,
	.run = run,
};
