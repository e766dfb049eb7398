/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `perftop analyze forecast`: what comes next, with intervals. */
#include "analyze_read.h"

#include "perftop/analyse/forecast.h"
#include "perftop/base/json.h"
#include "perftop/base/mem.h"

#include <stdio.h>

enum { HORIZON_MAX = 100000, ROWS_MAX = 10000000 };

static const struct pt_flag flags[] = {
	{"horizon", 'n', "N", "How many rows to forecast; needed"},
	ANALYZE_COLUMN,
	{"period", 0, "N", "Rows a season; found from the series unless given"},
	{"min", 0, "X", "No value can be smaller"},
	{"max", 0, "X", "No value can be larger"},
	{"header", 0, NULL, "Print the names of the columns first"},
	{"json", 0, NULL, "An array of objects"},
	{NULL, 0, NULL, NULL},
};

static void add_row(struct pt_str *out, const struct pt_forecast *f)
{
	const double v[] = {f->mean, f->lo80, f->hi80, f->lo95, f->hi95};

	for (size_t i = 0; i < PT_LEN(v); i++)
		pt_str_addf(out, "%.10g%c", v[i], i + 1 < PT_LEN(v) ? ',' : '\n');
}

static void add_json(struct pt_jw *w, const struct pt_forecast *f)
{
	pt_jw_object(w);
	pt_jw_key(w, "mean");
	pt_jw_num(w, f->mean);
	pt_jw_key(w, "lo80");
	pt_jw_num(w, f->lo80);
	pt_jw_key(w, "hi80");
	pt_jw_num(w, f->hi80);
	pt_jw_key(w, "lo95");
	pt_jw_num(w, f->lo95);
	pt_jw_key(w, "hi95");
	pt_jw_num(w, f->hi95);
	pt_jw_end(w, '}');
}

static int print(struct pt_cli *cli, const struct pt_forecast *f, size_t h)
{
	struct pt_str out = PT_STR_INIT;
	struct pt_jw w;
	int r;

	pt_jw_init(&w, &out, false);
	if (pt_cli_flag(cli, "json")) {
		pt_jw_array(&w);
		for (size_t i = 0; i < h; i++)
			add_json(&w, &f[i]);
		pt_jw_end(&w, ']');
		pt_str_addc(&out, '\n');
	} else {
		if (pt_cli_flag(cli, "header"))
			pt_str_add(&out, "mean,lo80,hi80,lo95,hi95\n");
		for (size_t i = 0; i < h; i++)
			add_row(&out, &f[i]);
	}
	r = pt_cli_write(cli, pt_str_text(&out), out.len);
	pt_str_release(&out);
	return r;
}

static int forecast(struct pt_cli *cli, struct analyze_input *in, size_t h,
		    const struct pt_forecast_options *options)
{
	struct pt_forecast *f = NULL;
	struct pt_err err = {0};
	double *v = NULL;
	size_t n = 0;
	int r;

	r = analyze_series(in, ROWS_MAX, &v, &n, &err);
	if (r < 0)
		return pt_cli_err(cli, PT_EXIT_USAGE, &err);
	f = pt_calloc(h, sizeof *f);
	r = pt_forecast(v, n, h, options, f);
	if (r == -PT_ENODATA)
		r = pt_cli_error(cli, PT_EXIT_NO_ANSWER,
				 "a forecast needs at least 2 values, there are fewer");
	else if (r < 0)
		r = pt_cli_error(cli, PT_EXIT_USAGE, "cannot forecast from these values");
	else
		r = print(cli, f, h);
	free(f);
	free(v);
	return r;
}

static int run(struct pt_cli *cli)
{
	struct pt_forecast_options options;
	struct analyze_input in;
	double horizon = 0, period = 0;
	int r;

	pt_forecast_options_init(&options);
	if (!pt_cli_flag(cli, "horizon"))
		return pt_cli_error(cli, PT_EXIT_USAGE, "--horizon N is needed: how many rows");
	if ((r = analyze_number(cli, "horizon", 1, HORIZON_MAX, &horizon)) >= 0 ||
	    (r = analyze_number(cli, "period", 1, ROWS_MAX, &period)) >= 0 ||
	    (r = analyze_number(cli, "min", -1e300, 1e300, &options.lo)) >= 0 ||
	    (r = analyze_number(cli, "max", -1e300, 1e300, &options.hi)) >= 0)
		return r;
	if (options.lo > options.hi)
		return pt_cli_error(cli, PT_EXIT_USAGE, "--min is larger than --max");
	if ((r = analyze_words(cli, 0, 1, "one FILE")) >= 0 || (r = analyze_open(cli, 0, &in)) >= 0)
		return r;
	options.period = (size_t)period;
	r = forecast(cli, &in, (size_t)horizon, &options);
	analyze_close(&in);
	return r;
}

const struct pt_command pt_command_analyze_forecast = {
	.name = "analyze forecast",
	.summary = "What comes next, with 80 % and 95 % intervals",
	.arguments =
		"--horizon N [--period N] [--min X] [--max X] [--header|--json] [--column NAME] "
		"[FILE|-]",
	.help = "Prints N rows `mean,lo80,hi80,lo95,hi95`, without a header unless asked for one. Seasons, "
		"trend and\nshifts of level are found from the series.\n\n" ANALYZE_INPUT_HELP,
	.exits =
		"  0  printed\n  2  wrong usage or input\n  3  fewer than 2 values, or cannot write",
	.flags = flags,
	.words = true,
	.run = run,
};
