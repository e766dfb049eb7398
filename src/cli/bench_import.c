/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `perftop bench import`: what a file or folder of results holds, read as every other command reads
 * it. Nothing is kept. */
#include "perftop/base/mem.h"
#include "perftop/base/text.h"
#include "perftop/bench/parser.h"
#include "perftop/face/command.h"
#include "perftop/face/face.h"
#include "perftop/present/table.h"
#include "perftop/present/value.h"

#include <string.h>
#include <unistd.h>

static const struct pt_flag flags[] = {
	{"json", 0, NULL, "Every sample, as an object"},
	{"saved", 0, "NAME",
	 "Results saved under that name, or of that commit, in place of the newest"},
	{"format", 0, "NAME", "Do not guess the format"},
	{NULL, 0, NULL, NULL}};

struct entry {
	const struct pt_bench *bench;
	size_t samples;
	char median[32], spread[32];
};

static void get_name(const void *row, void *ctx, struct pt_cell *ret)
{
	(void)ctx;
	ret->text = ((const struct entry *)row)->bench->name;
}

static void get_metric(const void *row, void *ctx, struct pt_cell *ret)
{
	(void)ctx;
	ret->text = ((const struct entry *)row)->bench->metric;
}

static void get_better(const void *row, void *ctx, struct pt_cell *ret)
{
	bool higher = ((const struct entry *)row)->bench->better == PT_BETTER_HIGHER;

	(void)ctx;
	ret->text = higher ? "higher" : "lower";
}

static void get_runs(const void *row, void *ctx, struct pt_cell *ret)
{
	(void)ctx;
	ret->num = (double)((const struct entry *)row)->bench->n_runs;
}

static void get_samples(const void *row, void *ctx, struct pt_cell *ret)
{
	(void)ctx;
	ret->num = (double)((const struct entry *)row)->samples;
}

static void get_median(const void *row, void *ctx, struct pt_cell *ret)
{
	(void)ctx;
	ret->text = ((const struct entry *)row)->median;
}

static void get_spread(const void *row, void *ctx, struct pt_cell *ret)
{
	(void)ctx;
	ret->text = ((const struct entry *)row)->spread;
}

static const struct pt_column columns[] = {
	{.name = "metric", .title = "METRIC", .width = 12, .help = "Metric", .get = get_metric},
	{.name = "median",
	 .title = "MEDIAN",
	 .type = PT_CELL_VALUE,
	 .width = 9,
	 .help = "Median",
	 .get = get_median},
	{.name = "range", .title = "RANGE", .width = 19, .help = "Extremes", .get = get_spread},
	{.name = "better",
	 .title = "BETTER",
	 .width = 6,
	 .optional = true,
	 .help = "Direction",
	 .get = get_better},
	{.name = "runs",
	 .title = "RUNS",
	 .type = PT_CELL_INT,
	 .width = 5,
	 .help = "Launches",
	 .get = get_runs},
	{.name = "samples",
	 .title = "SAMPLES",
	 .type = PT_CELL_INT,
	 .width = 7,
	 .optional = true,
	 .help = "Samples of all launches",
	 .get = get_samples},
	{.name = "name", .title = "BENCHMARK", .width = 0, .help = "Name", .get = get_name},
};

static const void *row_at(void *ctx, size_t i)
{
	return &((const struct entry *)ctx)[i];
}

static void fill(struct entry *entry, const struct pt_bench *bench, unsigned flag)
{
	double lo = 0, hi = 0;
	char text[2][16];

	entry->bench = bench;
	for (size_t r = 0; r < bench->n_runs; r++) {
		const struct pt_run *run = &bench->runs[r];

		for (size_t i = 0; i < run->n; i++, entry->samples++) {
			lo = entry->samples ? PT_MIN(lo, run->samples[i]) : run->samples[i];
			hi = entry->samples ? PT_MAX(hi, run->samples[i]) : run->samples[i];
		}
	}
	pt_value_format(entry->median, sizeof entry->median, pt_bench_median(bench), bench->unit,
			flag);
	if (entry->samples < 2)
		return;
	pt_value_format(text[0], sizeof text[0], lo, bench->unit, flag);
	pt_value_format(text[1], sizeof text[1], hi, bench->unit, flag);
	pt_snprintf(entry->spread, sizeof entry->spread, "%s..%s", text[0], text[1]);
}

static void add_line(struct pt_str *out, const char *before, const char *text, bool ascii)
{
	size_t len = strlen(text);
	size_t size = 4 * len + 64;
	char *safe = pt_malloc(size);

	pt_text_safe(safe, size, text, len, ascii);
	pt_str_addf(out, "%s%s\n", before, safe);
	free(safe);
}

/* Saved results are counted, and to be asked for: they are often those of a hundred commits. */
static void add_saved(struct pt_str *out, const struct pt_bench_set *set, bool ascii)
{
	enum { NAMED = 5 };
	struct pt_str list = PT_STR_INIT;
	struct pt_map seen = {0};
	size_t n = 0;

	for (size_t i = 0; i < set->n; i++) {
		const char *saved = set->benches[i]->saved;

		if (!saved || pt_map_put(&seen, saved, set->benches[i]))
			continue;
		if (n++ < NAMED)
			pt_str_addf(&list, "%s%s", list.len ? ", " : "", saved);
	}
	if (n > NAMED)
		pt_str_addf(&list, " and %zu more", n - NAMED);
	if (n)
		add_line(out, "Saved (see --saved): ", pt_str_text(&list), ascii);
	pt_map_release(&seen);
	pt_str_release(&list);
}

static void tell(const struct pt_bench_set *set, const char *path, struct pt_str *out)
{
	struct entry *entries = pt_calloc(set->n + 1, sizeof *entries);
	struct pt_table table = {
		.columns = columns, .n_columns = PT_LEN(columns), .row = row_at, .ctx = entries};
	bool ascii = !pt_cli_utf8();
	struct pt_str head = PT_STR_INIT;
	int w, h;

	for (size_t i = 0; i < set->n; i++)
		if (!set->benches[i]->saved)
			fill(&entries[table.n_rows++], set->benches[i], ascii ? PT_VALUE_ASCII : 0);
	pt_str_addf(&head, "%s: %s, %zu result%s", path, set->format, table.n_rows,
		    table.n_rows == 1 ? "" : "s");
	add_line(out, "", head.s, ascii);
	pt_face_terminal_size(&w, &h);
	if (table.n_rows)
		pt_table_text(&table, out, isatty(STDOUT_FILENO) ? w : 0, ascii);
	add_saved(out, set, ascii);
	for (size_t i = 0; i < set->n_notes; i++)
		add_line(out, "Note: ", set->notes[i], ascii);
	pt_str_release(&head);
	free(entries);
}

static int read_and_tell(struct pt_cli *cli, const struct pt_bench_parser *parser)
{
	struct pt_str out = PT_STR_INIT;
	struct pt_bench_set set;
	struct pt_err err = {0};
	int status;

	pt_bench_set_init(&set);
	if (pt_bench_read(cli->words[0], parser, pt_cli_flag(cli, "saved"), &set, &err) < 0) {
		status = pt_cli_err(cli, PT_EXIT_USAGE, &err);
	} else {
		if (pt_cli_flag(cli, "json"))
			pt_bench_set_json(&set, &out, true);
		else
			tell(&set, cli->words[0], &out);
		status = pt_cli_write(cli, pt_str_text(&out), out.len);
	}
	pt_bench_set_release(&set);
	pt_str_release(&out);
	return status;
}

static int run(struct pt_cli *cli)
{
	const char *format = pt_cli_flag(cli, "format");
	const struct pt_bench_parser *parser = NULL;
	struct pt_str known = PT_STR_INIT;
	int status;

	if (cli->n_words != 1)
		return pt_cli_error(cli, PT_EXIT_USAGE, "expected one file or folder, or -");
	if (format) {
		parser = pt_bench_parser_find(format);
		for (size_t i = 0; i < pt_n_bench_parsers; i++)
			pt_str_addf(&known, "%s%s", i ? ", " : "", pt_bench_parsers[i]->name);
	}
	if (format && !parser)
		status = pt_cli_error(cli, PT_EXIT_USAGE, "no format %s, expected %s", format,
				      known.s);
	else
		status = read_and_tell(cli, parser);
	pt_str_release(&known);
	return status;
}

const struct pt_command pt_command_bench_import = {
	.name = "bench import",
	.summary = "Read results of any known tool and print them",
	.arguments = "FILE|DIR|- [--json] [--saved NAME] [--format NAME]",
	.help = "Reads a file, a folder such as target/criterion, a folder of result files (each a "
		"launch), or with - standard input, and prints what was read; nothing is kept. "
		"Times are in nanoseconds, sizes in bytes.\n"
		"\n"
		"The formats: benchmarkdotnet, bmf, cargo_criterion, catch2, critcmp, criterion, "
		"criterion_text, github_action, go, google_benchmark, gungraun, hyperfine, "
		"iai_callgrind, jmh, libtest, nanobench, plain (lines of `name value unit` or "
		"`name: value unit`), pytest_benchmark, time_v. A text is guessed to be plain if a "
		"quarter of its lines are results, or one in twenty with units that are known; "
		"--format plain takes any that has one.",
	.exits = "  0  printed\n  2  wrong usage, or what is there cannot be read\n"
		 "  3  cannot write",
	.flags = flags,
	.words = true,
	.run = run,
};
