/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * After the launches of `perftop bench run`: what looks like a step at this very commit is said at
 * once, and with
 * --rerun measured again at once, against a commit before it.
 */
#include "bench_run.h"

#include "measuring.h"

#include "perftop/app/check.h"
#include "perftop/base/mem.h"
#include "perftop/present/gate.h"

#include <math.h>
#include <stdio.h>

/* "parse/large (time): +5.8 % over 12 commits, p 0.001" */
static void tell_suspect(struct cmd_measuring *m, const char *suite, const struct pt_newest *s,
			 bool again)
{
	struct pt_str text = PT_STR_INIT;

	pt_str_addf(&text,
		    "%s: %s (%s) looks like a step of %+.1f %% at this commit (p %.2g, %zu "
		    "commits)%s",
		    suite, s->name, s->metric, (s->ratio - 1) * 100, s->p, s->points,
		    again ? "" : "; --rerun measures it again at once");
	cmd_measuring_say(m, text.s);
	pt_str_release(&text);
}

/* The report in words: on stdout, unless that holds a JSON document. */
static int print(const struct pt_cli *cli, const struct pt_gate_report *report)
{
	struct pt_gate_look look = {.ascii = !pt_cli_utf8(), .all = true};
	struct pt_str text = PT_STR_INIT;
	int status = PT_EXIT_OK;

	pt_gate_format_find("text")->write(report, &look, &text);
	if (pt_cli_flag(cli, "json"))
		fputs(pt_str_text(&text), stderr);
	else
		status = pt_cli_write(cli, pt_str_text(&text), text.len);
	pt_str_release(&text);
	return status;
}

static int measure_again(struct cmd_measuring *m, struct pt_benches *b, const char *suite,
			 const struct pt_newest *list, size_t n)
{
	const char *const words[] = {suite};
	struct pt_check_spec spec = {.benches = b,
				     .words = words,
				     .n_words = 1,
				     .base = list[0].base,
				     .block = NAN,
				     .warn = NAN,
				     .only = list,
				     .n_only = n,
				     .measure = &m->spec,
				     .measuring = &m->now};
	struct pt_gate_report report = {0};
	struct pt_err err = {0};
	int status = cmd_rerun_budget(m->cli, &spec.reruns, &spec.rerun_ns);

	if (status >= 0)
		return status;
	if (pt_check(&spec, &report, &err) < 0) {
		status = pt_cli_err(m->cli, PT_EXIT_NO_ANSWER, &err);
	} else {
		status = print(m->cli, &report);
		if (status == PT_EXIT_OK)
			status = pt_gate_report_status(&report);
	}
	pt_gate_report_release(&report);
	return status;
}

int bench_run_newest(struct pt_cli *cli, struct pt_benches *b, const struct pt_suite *const *suites,
		     size_t n_suites)
{
	bool again = pt_cli_flag(cli, "rerun") != NULL;
	struct cmd_measuring m;
	int status = PT_EXIT_OK;

	if (b->git_err.code)
		return status;
	cmd_measuring_init(&m, cli);
	for (size_t i = 0; i < n_suites; i++) {
		struct pt_newest *list;
		size_t n;
		int r;
		if (pt_newest_find(b, suites[i]->name, &list, &n, NULL) < 0)
			continue;
		for (size_t k = 0; k < n; k++)
			tell_suspect(&m, suites[i]->name, &list[k], again);
		if (n && again) {
			r = measure_again(&m, b, suites[i]->name, list, n);
			status = PT_MAX(status, r);
		}
		pt_newest_free(list, n);
	}
	cmd_measuring_release(&m);
	return status;
}
