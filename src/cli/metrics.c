/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `perftop metrics`: every metric that a collector can report, and those of custom sources. */
#include "perftop/base/mem.h"
#include "perftop/collect/collect.h"
#include "perftop/face/command.h"
#include "perftop/face/face.h"
#include "perftop/present/export.h"
#include "perftop/present/table.h"

#include <string.h>
#include <unistd.h>

static const struct pt_flag flags[] = {{"json", 0, NULL, "An array of objects"},
				       {"csv", 0, NULL, "Comma-separated values"},
				       {NULL, 0, NULL, NULL}};

struct entry {
	const struct pt_metric *metric;
	const char *source;
};

struct list {
	struct entry *v;
	size_t n, cap;
	struct pt_metric *custom; /* made from the project's sources, n_custom of them */
	struct pt_str *says;	  /* their meaning */
	size_t n_custom;
};

static void get_name(const void *row, void *ctx, struct pt_cell *ret)
{
	(void)ctx;
	ret->text = ((const struct entry *)row)->metric->name;
}

static void get_label(const void *row, void *ctx, struct pt_cell *ret)
{
	const char *label = ((const struct entry *)row)->metric->label;

	(void)ctx;
	ret->text = label ? label : "";
}

static void get_unit(const void *row, void *ctx, struct pt_cell *ret)
{
	(void)ctx;
	ret->text = pt_export_unit(((const struct entry *)row)->metric->unit);
}

static void get_kind(const void *row, void *ctx, struct pt_cell *ret)
{
	(void)ctx;
	ret->text = ((const struct entry *)row)->metric->kind == PT_COUNTER ? "counter" : "gauge";
}

static void get_source(const void *row, void *ctx, struct pt_cell *ret)
{
	(void)ctx;
	ret->text = ((const struct entry *)row)->source;
}

static void get_help(const void *row, void *ctx, struct pt_cell *ret)
{
	const char *help = ((const struct entry *)row)->metric->help;

	(void)ctx;
	ret->text = help ? help : "";
}

static const struct pt_column columns[] = {
	{.name = "name", .title = "METRIC", .width = 36, .help = "Name", .get = get_name},
	{.name = "label", .title = "LABEL", .width = 10, .help = "Label", .get = get_label},
	{.name = "unit", .title = "UNIT", .width = 8, .help = "Unit of values", .get = get_unit},
	{.name = "kind", .title = "KIND", .width = 8, .help = "Kind", .get = get_kind},
	{.name = "source", .title = "SOURCE", .width = 10, .help = "Collector", .get = get_source},
	{.name = "help", .title = "WHAT IT SAYS", .width = 0, .help = "Meaning", .get = get_help},
};

static const void *row_at(void *ctx, size_t i)
{
	return &((struct list *)ctx)->v[i];
}

/* A source without help says where it reads. */
static void say(const struct pt_custom_source *source, struct pt_str *out)
{
	static const char *const from[] = {[PT_CUSTOM_COMMAND] = "command",
					   [PT_CUSTOM_FILE] = "file",
					   [PT_CUSTOM_SOCKET] = "socket"};

	if (source->help && source->help[0]) {
		pt_str_add(out, source->help);
		return;
	}
	pt_str_add(out, from[source->from]);
	if (source->from != PT_CUSTOM_COMMAND)
		pt_str_addf(out, " %s", source->path);
	for (size_t i = 0; source->from == PT_CUSTOM_COMMAND && source->argv[i]; i++)
		pt_str_addf(out, " %s", source->argv[i]);
}

static void fill(struct list *list, const struct pt_config *config)
{
	for (size_t c = 0; c < pt_n_collectors; c++)
		for (size_t m = 0; m < pt_collectors[c]->n_metrics; m++)
			*PT_PUSH(list->v, list->n, list->cap) = (struct entry){
				&pt_collectors[c]->metrics[m], pt_collectors[c]->name};
	list->n_custom = config->n_sources;
	list->custom = pt_calloc(list->n_custom + 1, sizeof *list->custom);
	list->says = pt_calloc(list->n_custom + 1, sizeof *list->says);
	for (size_t i = 0; i < config->n_sources; i++) {
		const struct pt_custom_source *s = &config->sources[i];
		say(s, &list->says[i]);
		list->custom[i] = (struct pt_metric){.name = s->name,
						     .unit = s->unit,
						     .kind = s->kind,
						     .help = pt_str_text(&list->says[i])};
		*PT_PUSH(list->v, list->n, list->cap) = (struct entry){&list->custom[i], "custom"};
	}
}

static void release(struct list *list)
{
	for (size_t i = 0; i < list->n_custom; i++)
		pt_str_release(&list->says[i]);
	free(list->says);
	free(list->custom);
	free(list->v);
}

static int run(struct pt_cli *cli)
{
	struct list list = {0};
	struct pt_str out = PT_STR_INIT;
	struct pt_table table = {
		.columns = columns, .n_columns = PT_LEN(columns), .row = row_at, .ctx = &list};
	int r, w, h;

	r = pt_cli_load(cli, false);
	if (r >= 0)
		return r;
	pt_cli_tell_config(cli);
	fill(&list, &cli->config);
	table.n_rows = list.n;
	pt_face_terminal_size(&w, &h);
	if (pt_cli_flag(cli, "json"))
		pt_table_json(&table, &out);
	else if (pt_cli_flag(cli, "csv"))
		pt_table_csv(&table, &out);
	else
		pt_table_text(&table, &out, isatty(STDOUT_FILENO) ? PT_MAX(w, 120) : 0,
			      !pt_cli_utf8());
	r = pt_cli_write(cli, pt_str_text(&out), out.len);
	pt_str_release(&out);
	release(&list);
	return r;
}

const struct pt_command pt_command_metrics = {
	.name = "metrics",
	.summary = "Every metric with unit, kind, source and meaning",
	.arguments = "[--json|--csv]",
	.help = "A counter's value on screens and in --json is its rate each second.",
	.exits = "  0  printed\n  2  wrong usage\n  3  cannot write",
	.flags = flags,
	.run = run,
};
