/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * `perftop doctor`: what this machine allows and what would make benchmarks noisy on it, each with
 * its fix. Every source is read twice, a second apart, as the console reads it, so that load, steal
 * and throttling are those of this moment.
 */
#include "doctor_terminal.h"

#include "perftop/app/doctor.h"
#include "perftop/base/clock.h"
#include "perftop/base/loop.h"
#include "perftop/base/mem.h"
#include "perftop/face/command.h"
#include "perftop/face/face.h"
#include "perftop/present/table.h"

#include <string.h>
#include <unistd.h>

static const struct pt_flag flags[] = {{"json", 0, NULL, "An array of objects"},
				       {NULL, 0, NULL, NULL}};

static const struct {
	const char *name, *title;
	const struct pt_check *checks;
	const size_t *n;
} groups[] = {
	{"machine", "What this machine allows", pt_checks_machine, &pt_n_checks_machine},
	{"terminal", "The terminal", doctor_checks_terminal, &doctor_n_checks_terminal},
	{"benchmarks", "What would make benchmarks noisy", pt_checks_noise, &pt_n_checks_noise},
};

/* ---- looking ---- */

struct row {
	const char *group;
	const struct pt_check *check;
	struct pt_finding finding;
};

struct visit {
	struct pt_session *session;
	struct pt_loop *loop;
	struct pt_timer *timer;
	struct row *rows;
	size_t n, cap;
};

static void tick(void *arg)
{
	struct visit *v = arg;

	pt_session_tick(v->session);
	if (v->session->ticks == 2)
		pt_loop_stop(v->loop);
	else
		pt_timer_start(v->timer, pt_root_is_fixture(v->session->root) ? 0 : PT_S, 0);
}

static void look(struct visit *v)
{
	v->timer = pt_timer_new(v->loop, tick, v);
	pt_timer_start(v->timer, 0, 0);
	pt_loop_run(v->loop);
	pt_timer_free(v->timer);
	for (size_t g = 0; g < PT_LEN(groups); g++)
		for (size_t i = 0; i < *groups[g].n; i++) {
			struct row *row = PT_PUSH(v->rows, v->n, v->cap);
			*row = (struct row){.group = groups[g].name, .check = &groups[g].checks[i]};
			row->check->look(v->session, &row->finding);
		}
}

/* ---- telling ---- */

static void get_group(const void *row, void *ctx, struct pt_cell *ret)
{
	(void)ctx;
	ret->text = ((const struct row *)row)->group;
}

static void get_name(const void *row, void *ctx, struct pt_cell *ret)
{
	(void)ctx;
	ret->text = ((const struct row *)row)->check->name;
}

static void get_health(const void *row, void *ctx, struct pt_cell *ret)
{
	(void)ctx;
	ret->text = pt_health_name(((const struct row *)row)->finding.health);
}

static void get_found(const void *row, void *ctx, struct pt_cell *ret)
{
	(void)ctx;
	ret->text = ((const struct row *)row)->finding.found;
}

static void get_fix(const void *row, void *ctx, struct pt_cell *ret)
{
	(void)ctx;
	ret->text = ((const struct row *)row)->finding.fix;
}

static void get_why(const void *row, void *ctx, struct pt_cell *ret)
{
	(void)ctx;
	ret->text = ((const struct row *)row)->check->why;
}

/* People get the group as a heading, fix and reason below the tables, where they are not cut. */
static const struct pt_column columns[] = {
	{.name = "group", .title = "GROUP", .help = "What it is about", .get = get_group},
	{.name = "check", .title = "CHECK", .width = 20, .help = "Name", .get = get_name},
	{.name = "verdict",
	 .title = "VERDICT",
	 .width = 8,
	 .help = "ok, warn, bad, unknown",
	 .get = get_health},
	{.name = "found", .title = "FOUND", .help = "What was found", .get = get_found},
	{.name = "fix", .title = "FIX", .help = "Command line, or what to change", .get = get_fix},
	{.name = "why", .title = "WHY", .help = "What it does", .get = get_why},
};
enum { TEXT_FIRST = 1, TEXT_COLUMNS = 3 };

static const void *row_at(void *ctx, size_t i)
{
	return &((const struct row *)ctx)[i];
}

static bool wrong(const struct row *row)
{
	return row->finding.health == PT_HEALTH_WARN || row->finding.health == PT_HEALTH_BAD;
}

static size_t count_wrong(const struct visit *v)
{
	size_t n = 0;

	for (size_t i = 0; i < v->n; i++)
		n += wrong(&v->rows[i]);
	return n;
}

static void add_safe(struct pt_str *out, const char *text)
{
	char safe[512];

	pt_cell_text(&columns[0], &(struct pt_cell){.text = text}, safe, sizeof safe,
		     !pt_cli_utf8());
	pt_str_add(out, safe);
}

static void as_text(const struct visit *v, struct pt_str *out, int width)
{
	size_t at = 0, n_wrong = count_wrong(v);

	for (size_t g = 0; g < PT_LEN(groups); g++) {
		pt_str_addf(out, "%s\n", groups[g].title);
		pt_table_text(&(struct pt_table){.columns = columns + TEXT_FIRST,
						 .n_columns = TEXT_COLUMNS,
						 .n_rows = *groups[g].n,
						 .row = row_at,
						 .ctx = v->rows + at},
			      out, width, !pt_cli_utf8());
		pt_str_addc(out, '\n');
		at += *groups[g].n;
	}
	if (!n_wrong)
		pt_str_add(out, "Nothing to mend.\n");
	else
		pt_str_addf(out, "What to do about %s\n", n_wrong == 1 ? "it" : "them");
	for (size_t i = 0; i < v->n; i++) {
		const struct row *row = &v->rows[i];
		if (!wrong(row))
			continue;
		pt_str_addf(out, "  %s: %s\n", row->check->name, row->check->why);
		if (row->finding.fix[0]) {
			pt_str_add(out, "      ");
			add_safe(out, row->finding.fix);
			pt_str_addc(out, '\n');
		}
	}
}

static int tell(struct pt_cli *cli, const struct visit *v)
{
	struct pt_table table = {.columns = columns,
				 .n_columns = PT_LEN(columns),
				 .n_rows = v->n,
				 .row = row_at,
				 .ctx = v->rows};
	struct pt_str out = PT_STR_INIT;
	int w, h, r;

	pt_face_terminal_size(&w, &h);
	if (pt_cli_flag(cli, "json"))
		pt_table_json(&table, &out);
	else
		as_text(v, &out, isatty(STDOUT_FILENO) ? PT_MAX(w, 60) : 0);
	r = pt_cli_write(cli, pt_str_text(&out), out.len);
	pt_str_release(&out);
	return r == PT_EXIT_OK && count_wrong(v) ? PT_EXIT_FAILED : r;
}

static int run(struct pt_cli *cli)
{
	/* Sources of the project are none of the machine's, and take commands to read. */
	struct pt_config none = {0};
	struct visit v = {0};
	struct pt_err err = {0};
	int r;

	r = pt_cli_load(cli, false);
	if (r >= 0)
		return r;
	pt_cli_tell_config(cli);
	v.loop = pt_loop_new();
	if (pt_session_open(&cli->options, &none, v.loop, &v.session, &err) < 0) {
		r = pt_cli_err(cli, PT_EXIT_NO_ANSWER, &err);
	} else {
		pt_session_want(v.session, NULL, true);
		look(&v);
		r = tell(cli, &v);
	}
	pt_face_leave(v.loop, r);
	pt_session_close(v.session);
	pt_loop_free(v.loop);
	free(v.rows);
	return r;
}

const struct pt_command pt_command_doctor = {
	.name = "doctor",
	.summary = "What this machine allows, what would make benchmarks noisy",
	.arguments = "[--json]",
	.help = "Looks for a second, changes nothing, and tells how to mend what it found. Most fixes "
		"need root\nand last until the next start.",
	.exits = "  0  nothing to mend\n  1  something is missing, or would make benchmarks noisy\n"
		 "  2  wrong usage\n  3  nothing could be read or written",
	.flags = flags,
	.draws = true,
	.run = run,
};
