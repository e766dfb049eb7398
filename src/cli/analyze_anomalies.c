/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `perftop analyze anomalies`: a score for each row, as soon as the row is there. */
#include "analyze_read.h"

#include "perftop/analyse/anomaly.h"
#include "perftop/base/str.h"

enum { FLUSH_BYTES = 65536 };

static const struct pt_flag flags[] = {ANALYZE_COLUMN, {NULL, 0, NULL, NULL}};

/* Prints when the input makes us wait, and when much has come together. < 0 to go on. */
static int flush(const struct pt_cli *cli, struct pt_str *out)
{
	int r = pt_cli_write(cli, pt_str_text(out), out->len);

	pt_str_clear(out);
	return r == PT_EXIT_OK ? -1 : r;
}

static int score_all(struct pt_cli *cli, struct analyze_input *in)
{
	struct pt_anomaly *anomaly = pt_anomaly_new();
	struct pt_str out = PT_STR_INIT;
	struct pt_err err = {0};
	double value;
	int64_t at_ns;
	int r, status = -1;

	while (status < 0 && (r = analyze_next(in, &value, &at_ns, &err)) > 0) {
		pt_str_addf(&out, "%.7g\n", pt_anomaly_score(anomaly, at_ns, value));
		if (out.len >= FLUSH_BYTES || !pt_csv_ready(in->csv))
			status = flush(cli, &out);
	}
	if (status < 0)
		status = flush(cli, &out);
	if (status < 0)
		status = r < 0 ? pt_cli_err(cli, PT_EXIT_USAGE, &err) : PT_EXIT_OK;
	pt_str_release(&out);
	pt_anomaly_free(anomaly);
	return status;
}

static int run(struct pt_cli *cli)
{
	struct analyze_input in;
	int r;

	if ((r = analyze_words(cli, 0, 1, "one FILE")) >= 0 || (r = analyze_open(cli, 0, &in)) >= 0)
		return r;
	r = score_all(cli, &in);
	analyze_close(&in);
	return r;
}

const struct pt_command pt_command_analyze_anomalies = {
	.name = "analyze anomalies",
	.summary = "A score in 0..1 for each row: how unusual it is",
	.arguments = "[--column NAME] [FILE|-]",
	.help = "A row's score is computed from that row and earlier ones only, and printed before the "
		"next row is\nread, so that a pipe can be followed. What is customary for the series is "
		"near 0, from 0.5 on a row is\nworth telling; that means the same in every series. An episode "
		"is told once, unless it gets worse.\nWithout times, rows are taken to be five minutes "
		"apart.\n\n" ANALYZE_INPUT_HELP,
	.exits = "  0  printed\n  2  wrong usage or input\n  3  cannot write",
	.flags = flags,
	.words = true,
	.run = run,
};
