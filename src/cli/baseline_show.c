/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `perftop baseline show`: what a baseline holds, a line a benchmark. */
#include "baseline.h"

#include "perftop/base/json.h"
#include "perftop/base/mem.h"
#include "perftop/base/text.h"
#include "perftop/present/value.h"

#include <math.h>
#include <string.h>

static const struct pt_flag flags[] = {{"name", 0, "NAME", "A named one (main)"},
				       {"json", 0, NULL, "One object a baseline, in an array"},
				       {NULL, 0, NULL, NULL}};

static void add_padded(struct pt_str *out, const char *text, int width, bool right)
{
	int blanks = PT_MAX(width - pt_text_width(text), 0);

	pt_str_addf(out, "%*s%s%*s", right ? blanks : 0, "", text, right ? 0 : blanks, "");
}

static void add_value(struct pt_str *out, double v, enum pt_unit unit, int width)
{
	char text[40];

	pt_value_format(text, sizeof text, v, unit, pt_cli_utf8() ? 0 : PT_VALUE_ASCII);
	add_padded(out, text, width, true);
}

static void add_accepted(struct pt_str *out, const struct pt_accept *a)
{
	char why[600], who[200], when[40];
	bool ascii = !pt_cli_utf8();

	pt_text_safe(why, sizeof why, a->why, strlen(a->why), ascii);
	pt_text_safe(who, sizeof who, a->who, strlen(a->who), ascii);
	pt_time_format(when, sizeof when, a->at_ns, true);
	pt_str_addf(out, "    accepted %+.1f %%%s: %s (%s, %s)\n", 100 * (a->ratio - 1),
		    a->taken_in ? ", measured with it since" : "", why, who, when);
}

static void add_text(const struct pt_baseline *b, const char *path, struct pt_str *out)
{
	char when[40], name[300];

	pt_time_format(when, sizeof when, b->saved_ns, true);
	pt_str_addf(out, "%s: %s@%.7s, saved %s\n", path, b->name, b->commit.id, when);
	add_padded(out, "  MEDIAN", 12, true);
	add_padded(out, "SPREAD", 9, true);
	add_padded(out, "RUNS", 6, true);
	pt_str_add(out, "  BENCHMARK\n");
	for (size_t i = 0; i < b->n; i++) {
		const struct pt_baseline_entry *e = &b->entries[i];
		pt_text_safe(name, sizeof name, e->bench->name, strlen(e->bench->name),
			     !pt_cli_utf8());
		add_value(out, pt_bench_median(e->bench), e->bench->unit, 12);
		add_value(out, e->spread, PT_UNIT_RATIO, 9);
		pt_str_addf(out, "%6zu  %s", e->bench->n_runs, name);
		if (strcmp(e->bench->metric, "time") != 0) {
			pt_text_safe(name, sizeof name, e->bench->metric, strlen(e->bench->metric),
				     !pt_cli_utf8());
			pt_str_addf(out, " %s", name);
		}
		if (e->commit[0] && strcmp(e->commit, b->commit.id) != 0)
			pt_str_addf(out, " (of %.7s)", e->commit);
		pt_str_add(out, "\n");
		for (size_t k = 0; k < e->n_accepted; k++)
			add_accepted(out, &e->accepted[k]);
	}
}

static void add_json(const struct pt_baseline *b, const char *path, struct pt_jw *w)
{
	pt_jw_object(w);
	pt_jw_key(w, "path");
	pt_jw_str(w, path);
	pt_jw_key(w, "suite");
	pt_jw_str(w, b->suite);
	pt_jw_key(w, "name");
	pt_jw_str(w, b->name);
	pt_jw_key(w, "machine_class");
	pt_jw_str(w, b->environment.machine_class);
	pt_jw_key(w, "commit");
	pt_jw_str(w, b->commit.id);
	pt_jw_key(w, "benchmarks");
	pt_jw_array(w);
	for (size_t i = 0; i < b->n; i++) {
		const struct pt_baseline_entry *e = &b->entries[i];
		pt_jw_object(w);
		pt_jw_key(w, "name");
		pt_jw_str(w, e->bench->name);
		pt_jw_key(w, "metric");
		pt_jw_str(w, e->bench->metric);
		pt_jw_key(w, "unit");
		pt_jw_str(w, pt_unit_name(e->bench->unit));
		pt_jw_key(w, "median");
		pt_jw_num(w, pt_bench_median(e->bench));
		pt_jw_key(w, "spread");
		pt_jw_num(w, e->spread);
		pt_jw_key(w, "runs");
		pt_jw_int(w, (int64_t)e->bench->n_runs);
		pt_jw_key(w, "accepted");
		pt_jw_array(w);
		for (size_t k = 0; k < e->n_accepted; k++) {
			pt_jw_object(w);
			pt_jw_key(w, "why");
			pt_jw_str(w, e->accepted[k].why);
			pt_jw_key(w, "who");
			pt_jw_str(w, e->accepted[k].who);
			pt_jw_key(w, "ratio");
			pt_jw_num(w, e->accepted[k].ratio);
			pt_jw_key(w, "taken_in");
			pt_jw_bool(w, e->accepted[k].taken_in);
			pt_jw_end(w, '}');
		}
		pt_jw_end(w, ']');
		pt_jw_end(w, '}');
	}
	pt_jw_end(w, ']');
	pt_jw_end(w, '}');
}

/* Those without one are told and passed over when all were meant. */
static int print(struct pt_cli *cli, struct pt_benches *b, const char **suites)
{
	struct pt_str out = PT_STR_INIT;
	struct pt_jw w;
	bool json = pt_cli_flag(cli, "json") != NULL;
	int status = PT_EXIT_OK, shown = 0, written;

	pt_jw_init(&w, &out, true);
	if (json)
		pt_jw_array(&w);
	for (size_t i = 0; suites[i]; i++) {
		struct pt_baseline baseline;
		struct pt_err err = {0};
		char path[1200];
		int r;

		pt_baseline_path(b->project, suites[i], b->environment.machine_class,
				 pt_cli_flag(cli, "name"), path, sizeof path);
		r = pt_baseline_load(path, &baseline, &err);
		if (r < 0) {
			pt_cli_err(cli, 0, &err);
			status = r == -PT_ENOENT && status == 0 ? PT_EXIT_NO_ANSWER
								: pt_cli_status(r);
			continue;
		}
		if (json)
			add_json(&baseline, pt_cli_in_project(b, path), &w);
		else
			add_text(&baseline, pt_cli_in_project(b, path), &out);
		pt_baseline_release(&baseline);
		shown++;
	}
	if (json)
		pt_jw_end(&w, ']');
	written = pt_cli_write(cli, pt_str_text(&out), out.len);
	pt_str_release(&out);
	/* One that is there answers; a broken file is an error all the same. */
	if (status == PT_EXIT_NO_ANSWER && shown)
		status = PT_EXIT_OK;
	return status ? status : written;
}

static int run(struct pt_cli *cli)
{
	return pt_cli_each_suite(cli, print);
}

const struct pt_command pt_command_baseline_show = {
	.name = "baseline show",
	.summary = "What the baselines of this machine class hold",
	.arguments = "[SUITE|TAG...] [--name NAME] [--json]",
	.help = "",
	.exits = "  0  printed\n  2  wrong usage or input\n  3  there is no baseline",
	.flags = flags,
	.words = true,
	.run = run,
};
