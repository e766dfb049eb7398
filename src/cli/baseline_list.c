/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `perftop baseline list`: every file, of whatever machine class, and what is wrong with which. */
#include "baseline.h"

#include "perftop/base/clock.h"
#include "perftop/base/mem.h"
#include "perftop/present/value.h"

#include <math.h>

static const struct pt_flag flags[] = {{"json", 0, NULL, "An array of objects"},
				       {NULL, 0, NULL, NULL}};

static const struct pt_baseline *of(const void *row)
{
	return &(*(const struct pt_baseline_file *const *)row)->baseline;
}

static void get_suite(const void *row, void *ctx, struct pt_cell *ret)
{
	(void)ctx;
	ret->text = of(row)->suite;
}

static void get_name(const void *row, void *ctx, struct pt_cell *ret)
{
	(void)ctx;
	ret->text = of(row)->name;
}

static void get_class(const void *row, void *ctx, struct pt_cell *ret)
{
	(void)ctx;
	ret->text = of(row)->environment.machine_class;
}

static void get_commit(const void *row, void *ctx, struct pt_cell *ret)
{
	(void)ctx;
	ret->text = of(row)->commit.id;
}

static void get_age(const void *row, void *ctx, struct pt_cell *ret)
{
	int64_t saved = of(row)->saved_ns;

	(void)ctx;
	ret->num = saved ? (double)(pt_clock_real(&pt_clock_system) - saved) : NAN;
}

static void get_benchmarks(const void *row, void *ctx, struct pt_cell *ret)
{
	(void)ctx;
	ret->num = (double)of(row)->n;
}

static void get_runs(const void *row, void *ctx, struct pt_cell *ret)
{
	size_t most = 0;

	(void)ctx;
	for (size_t i = 0; i < of(row)->n; i++)
		most = PT_MAX(most, of(row)->entries[i].bench->n_runs);
	ret->num = (double)most;
}

static const struct pt_column columns[] = {
	{.name = "suite", .title = "SUITE", .width = 18, .help = "Suite", .get = get_suite},
	{.name = "name", .title = "NAME", .width = 10, .help = "Name", .get = get_name},
	{.name = "commit", .title = "COMMIT", .width = 10, .help = "Commit", .get = get_commit},
	{.name = "age",
	 .title = "AGE",
	 .type = PT_CELL_NUMBER,
	 .unit = PT_UNIT_NS,
	 .width = 8,
	 .help = "Since it was saved",
	 .get = get_age},
	{.name = "benchmarks",
	 .title = "BENCHMARKS",
	 .type = PT_CELL_INT,
	 .width = 10,
	 .help = "Benchmarks",
	 .get = get_benchmarks},
	{.name = "runs",
	 .title = "RUNS",
	 .type = PT_CELL_INT,
	 .width = 4,
	 .optional = true,
	 .help = "Runs of each",
	 .get = get_runs},
	{.name = "machine_class",
	 .title = "MACHINE CLASS",
	 .width = 0,
	 .help = "Machine class",
	 .get = get_class},
};

static const void *row_at(void *ctx, size_t i)
{
	return &((const struct pt_baseline_file **)ctx)[i];
}

static int print(struct pt_cli *cli, const struct pt_baseline_file *files, size_t n)
{
	const struct pt_baseline_file **rows = pt_calloc(n + 1, sizeof *rows);
	struct pt_table table = {.columns = columns,
				 .n_columns = PT_LEN(columns),
				 .row = row_at,
				 .ctx = (void *)rows};
	struct pt_str out = PT_STR_INIT;
	int status = PT_EXIT_OK, written;

	for (size_t i = 0; i < n; i++) {
		if (files[i].err.code)
			status = pt_cli_err(cli, PT_EXIT_USAGE, &files[i].err);
		else
			rows[table.n_rows++] = &files[i];
	}
	if (table.n_rows || pt_cli_flag(cli, "json"))
		pt_cli_add_table(cli, &table, &out);
	written = pt_cli_write(cli, pt_str_text(&out), out.len);
	pt_str_release(&out);
	free(rows);
	return status ? status : written;
}

static int run(struct pt_cli *cli)
{
	struct pt_baseline_file *files;
	struct pt_err err = {0};
	struct pt_benches b;
	size_t n;
	int r = pt_cli_benches(cli, &b);

	if (r >= 0)
		return r;
	r = pt_baselines_list(b.project, NULL, &files, &n, &err);
	if (r < 0) {
		r = pt_cli_err(cli, pt_cli_status(r), &err);
	} else if (n == 0 && !pt_cli_flag(cli, "json")) {
		r = pt_cli_error(cli, PT_EXIT_OK,
				 "there is no baseline yet; `perftop baseline save` makes one");
	} else {
		r = print(cli, files, n);
		pt_baselines_free(files, n);
	}
	pt_benches_close(&b);
	return r;
}

const struct pt_command pt_command_baseline_list = {
	.name = "baseline list",
	.summary = "The baselines of this project",
	.arguments = "[--json]",
	.help = "",
	.exits = "  0  printed\n  2  wrong usage, or a file that cannot be read\n  3  cannot write",
	.flags = flags,
	.run = run,
};
