/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `perftop bench list`: the suites of the project, and when each ran last. */
#include "perftop/app/benches.h"
#include "perftop/base/mem.h"
#include "perftop/face/command.h"
#include "perftop/face/face.h"
#include "perftop/present/table.h"
#include "perftop/present/value.h"

#include <string.h>
#include <unistd.h>

static const struct pt_flag flags[] = {{"json", 0, NULL, "An array of objects"},
				       {NULL, 0, NULL, NULL}};

struct entry {
	const struct pt_suite *suite;
	char *tags, *command;
	char last[40];
};

static void get_name(const void *row, void *ctx, struct pt_cell *ret)
{
	(void)ctx;
	ret->text = ((const struct entry *)row)->suite->name;
}

static void get_tags(const void *row, void *ctx, struct pt_cell *ret)
{
	(void)ctx;
	ret->text = ((const struct entry *)row)->tags;
}

static void get_owner(const void *row, void *ctx, struct pt_cell *ret)
{
	const char *owner = ((const struct entry *)row)->suite->owner;

	(void)ctx;
	ret->text = owner ? owner : "";
}

static void get_repeats(const void *row, void *ctx, struct pt_cell *ret)
{
	(void)ctx;
	ret->num = ((const struct entry *)row)->suite->repeats;
}

static void get_last(const void *row, void *ctx, struct pt_cell *ret)
{
	(void)ctx;
	ret->text = ((const struct entry *)row)->last;
}

static void get_command(const void *row, void *ctx, struct pt_cell *ret)
{
	(void)ctx;
	ret->text = ((const struct entry *)row)->command;
}

static const struct pt_column columns[] = {
	{.name = "name", .title = "SUITE", .width = 20, .help = "Name", .get = get_name},
	{.name = "tags", .title = "TAGS", .width = 12, .help = "Tags", .get = get_tags},
	{.name = "owner",
	 .title = "OWNER",
	 .width = 12,
	 .optional = true,
	 .help = "Owner",
	 .get = get_owner},
	{.name = "repeats",
	 .title = "LAUNCHES",
	 .type = PT_CELL_INT,
	 .width = 8,
	 .help = "Launches",
	 .get = get_repeats},
	{.name = "last_run", .title = "LAST RUN", .width = 19, .help = "Last run", .get = get_last},
	{.name = "command", .title = "COMMAND", .width = 0, .help = "Command", .get = get_command},
};

static const void *row_at(void *ctx, size_t i)
{
	return &((const struct entry *)ctx)[i];
}

static char *join(char *const *words)
{
	struct pt_str out = PT_STR_INIT;

	pt_str_add(&out, "");
	for (size_t i = 0; words && words[i]; i++)
		pt_str_addf(&out, "%s%s", i ? " " : "", words[i]);
	return pt_str_detach(&out);
}

/* "never" when nothing is known: a list must not fail for want of history. */
static void find_last(struct pt_benches *b, struct entry *entry)
{
	const struct pt_runs_query query = {
		.repository = b->repository, .suite = entry->suite->name, .dirty = -1};
	struct pt_batch_info *info = NULL;
	size_t n = 0;

	pt_strlcpy(entry->last, "never", sizeof entry->last);
	if (pt_benches_db(b, false, NULL) < 0 ||
	    pt_runs_batches(b->db, &query, 1, &info, &n, NULL) < 0)
		return;
	if (n)
		pt_time_format(entry->last, sizeof entry->last, info[0].started_ns, true);
	pt_batch_infos_free(info, n);
}

static int print(struct pt_cli *cli, struct pt_benches *b)
{
	struct entry *entries = pt_calloc(b->suites.n + 1, sizeof *entries);
	const struct pt_table table = {.columns = columns,
				       .n_columns = PT_LEN(columns),
				       .n_rows = b->suites.n,
				       .row = row_at,
				       .ctx = entries};
	struct pt_str out = PT_STR_INIT;
	int w, h, status;

	for (size_t i = 0; i < b->suites.n; i++) {
		entries[i].suite = &b->suites.suites[i];
		entries[i].tags = join(b->suites.suites[i].tags);
		entries[i].command = join(b->suites.suites[i].command);
		find_last(b, &entries[i]);
	}
	pt_face_terminal_size(&w, &h);
	if (pt_cli_flag(cli, "json"))
		pt_table_json(&table, &out);
	else
		pt_table_text(&table, &out, isatty(STDOUT_FILENO) ? w : 0, !pt_cli_utf8());
	status = pt_cli_write(cli, pt_str_text(&out), out.len);
	for (size_t i = 0; i < b->suites.n; i++) {
		free(entries[i].tags);
		free(entries[i].command);
	}
	free(entries);
	pt_str_release(&out);
	return status;
}

static int run(struct pt_cli *cli)
{
	struct pt_benches b;
	struct pt_err err = {0};
	int r = pt_cli_load(cli, false);

	if (r >= 0)
		return r;
	pt_cli_tell_config(cli);
	pt_benches_open(&b, &cli->config, &cli->options);
	if (pt_benches_suites(&b, &err) < 0)
		r = pt_cli_err(cli, PT_EXIT_USAGE, &err);
	else
		r = print(cli, &b);
	pt_benches_close(&b);
	return r;
}

const struct pt_command pt_command_bench_list = {
	.name = "bench list",
	.summary = "The suites of this project",
	.arguments = "[--json]",
	.help = "",
	.exits = "  0  printed\n  2  wrong usage, or an error in .performance/benchmarks.json\n"
		 "  3  cannot write",
	.flags = flags,
	.run = run,
};
