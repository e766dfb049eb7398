/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `perftop analyze compare`: is B slower than A? */
#include "analyze_read.h"

#include "perftop/analyse/compare.h"
#include "perftop/base/json.h"
#include "perftop/base/map.h"
#include "perftop/base/str.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

enum { ROWS_MAX = 10000000, RUNS_MAX = 100000 };

static const struct pt_flag flags[] = {
	{"better", 0, "lower|higher", "Which values are good (lower)"},
	{"block", 0, "PERCENT", "A change for the worse beyond this is a regression (5)"},
	{"warn", 0, "PERCENT", "A change for the worse beyond this is a warning (2)"},
	{"exact", 0, NULL, "Counted, not timed: the same code gives the same number"},
	ANALYZE_COLUMN,
	{NULL, 0, NULL, NULL},
};

/* Which run a row belongs to: by its name, else each row is its own. */
static size_t run_of(const struct analyze_input *in, struct pt_map *runs, struct pt_bench *bench)
{
	const char *name;
	uintptr_t at;

	if (in->run < 0)
		return pt_bench_add_run(bench);
	name = pt_csv_cell(in->csv, in->run);
	at = (uintptr_t)pt_map_get(runs, name);
	if (!at) {
		at = pt_bench_add_run(bench) + 1;
		pt_map_put(runs, name, (void *)at);
	}
	return at - 1;
}

static int read_rows(struct analyze_input *in, struct pt_bench *bench, struct pt_err *err)
{
	struct pt_map runs = {0};
	double value;
	size_t rows = 0;
	int r;

	while ((r = analyze_next(in, &value, NULL, err)) > 0) {
		if (isnan(value))
			r = pt_csv_fail(in->csv, in->value, err, PT_ENODATA,
					"a missing value, expected a sample");
		else if (++rows > ROWS_MAX || bench->n_runs > RUNS_MAX)
			r = pt_csv_fail(in->csv, in->value, err, PT_ELIMIT,
					"more than %d rows or %d runs", ROWS_MAX, RUNS_MAX);
		else
			pt_bench_add_sample(bench, run_of(in, &runs, bench), value);
		if (r < 0)
			break;
	}
	pt_map_release(&runs);
	return r;
}

/* One side: words[i]. < 0 to go on, else the exit status. */
static int read_side(struct pt_cli *cli, int i, struct pt_bench *bench)
{
	struct analyze_input in;
	struct pt_err err = {0};
	int r;

	if ((r = analyze_open(cli, i, &in)) >= 0)
		return r;
	r = read_rows(&in, bench, &err);
	analyze_close(&in);
	if (r < 0)
		return pt_cli_err(cli, PT_EXIT_USAGE, &err);
	if (!bench->n_runs)
		return pt_cli_error(cli, PT_EXIT_USAGE, "%s: no samples", cli->words[i]);
	return -1;
}

static int print(struct pt_cli *cli, const struct pt_comparison *c)
{
	struct pt_str out = PT_STR_INIT;
	struct pt_jw w;
	int r;

	pt_jw_init(&w, &out, false);
	pt_jw_object(&w);
	pt_jw_key(&w, "verdict");
	pt_jw_str(&w, pt_verdict_name(c->verdict));
	pt_jw_key(&w, "ratio");
	pt_jw_num(&w, c->ratio);
	pt_jw_key(&w, "interval");
	pt_jw_array(&w);
	pt_jw_num(&w, c->lo);
	pt_jw_num(&w, c->hi);
	pt_jw_end(&w, ']');
	pt_jw_key(&w, "p");
	pt_jw_num(&w, c->p);
	if (c->why[0]) {
		pt_jw_key(&w, "why");
		pt_jw_str(&w, c->why);
	}
	pt_jw_end(&w, '}');
	pt_str_addc(&out, '\n');
	r = pt_cli_write(cli, pt_str_text(&out), out.len);
	pt_str_release(&out);
	return r;
}

/* < 0 to go on, else the exit status. */
static int read_options(const struct pt_cli *cli, struct pt_compare_options *options)
{
	const char *better = pt_cli_flag(cli, "better");
	double block = options->block * 100, warn = options->warn * 100;
	int r;

	if (better && strcmp(better, "lower") != 0 && strcmp(better, "higher") != 0)
		return pt_cli_error(cli, PT_EXIT_USAGE, "--better: '%s', expected lower or higher",
				    better);
	if ((r = analyze_number(cli, "block", 0, 10000, &block)) >= 0 ||
	    (r = analyze_number(cli, "warn", 0, 10000, &warn)) >= 0)
		return r;
	options->better = better && better[0] == 'h' ? PT_BETTER_HIGHER : PT_BETTER_LOWER;
	options->exact = pt_cli_flag(cli, "exact") != NULL;
	options->block = block / 100;
	/* A threshold to block that is given alone lowers the other with it. */
	options->warn = pt_cli_flag(cli, "warn") ? warn / 100 : fmin(warn / 100, options->block);
	if (options->warn > options->block)
		return pt_cli_error(cli, PT_EXIT_USAGE, "--warn is larger than --block");
	return -1;
}

static int compare(struct pt_cli *cli, const struct pt_compare_options *options,
		   struct pt_bench_set *set)
{
	struct pt_bench *a = pt_bench_set_get(set, "A", "value", NULL);
	struct pt_bench *b = pt_bench_set_get(set, "B", "value", NULL);
	struct pt_comparison c = {0};
	int r;

	if ((r = read_side(cli, 0, a)) >= 0 || (r = read_side(cli, 1, b)) >= 0)
		return r;
	r = pt_compare(a->runs, a->n_runs, b->runs, b->n_runs, options, &c);
	if (r == -PT_ERANGE)
		return pt_cli_error(cli, PT_EXIT_USAGE,
				    "a sample is not positive, so that there is no ratio");
	if (r < 0)
		return pt_cli_error(cli, PT_EXIT_NO_ANSWER, "too few samples to compare");
	return print(cli, &c);
}

static int run(struct pt_cli *cli)
{
	struct pt_compare_options options;
	struct pt_bench_set set;
	int r;

	pt_compare_options_init(&options);
	if ((r = read_options(cli, &options)) >= 0 ||
	    (r = analyze_words(cli, 2, 2, "two files: A (base) and B (candidate)")) >= 0)
		return r;
	pt_bench_set_init(&set);
	r = compare(cli, &options, &set);
	pt_bench_set_release(&set);
	return r;
}

const struct pt_command pt_command_analyze_compare = {
	.name = "analyze compare",
	.summary = "Verdict, ratio, interval and p of samples B against A",
	.arguments = "[--better lower|higher] [--block PERCENT] [--warn PERCENT] [--exact]\n"
		     "                               [--column NAME] A B",
	.help = "Prints one line of JSON: "
		"{\"verdict\":\"regression|warn|improvement|none|inconclusive\",\"ratio\":…,\n"
		"\"interval\":[…,…],\"p\":…}, and \"why\" where the numbers do not speak for "
		"themselves. A is the base, B the\ncandidate; ratio is B / A with its 95 % interval. Each "
		"row is a sample of a run of its own, or with a\ncolumn `run` rows with the same name there "
		"are of one run: samples of one launch stay together.\n\n"
		"Both are CSV with a header; - is standard input. Without a column `value` the only one "
		"beside `run` is\ntaken; --column names another.",
	.exits =
		"  0  printed, whatever the verdict\n  2  wrong usage or input\n  3  too few samples, or "
		"cannot write",
	.flags = flags,
	.words = true,
	.run = run,
};
