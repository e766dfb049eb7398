/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `perftop bench run`: launches suites, one after the other. */
#include "bench_run.h"

#include "measuring.h"

#include "perftop/base/mem.h"

#include <signal.h>
#include <stdio.h>

enum { REPEATS_MAX = 10000 };

static const struct pt_flag flags[] = {
	{"repeats", 'n', "N", "Launches of each suite, in place of its own number"},
	{"no-build", 0, NULL, "Launch what has been built before"},
	{"no-wait", 0, NULL, "Do not wait for another benchmark on this machine: exit status 3"},
	{"rerun", 0, "[=BUDGET]",
	 "Measure again at once what looks like a step at this commit: at most so many runs a side (20), or so long (10m)"},
	{"flame", 0, NULL,
	 "Launch each suite again, sampled, until 1000 samples, 10 s or 20 launches: its flame graph is kept, the numbers are not"},
	{"trust", 0, NULL, "Run the project's commands without `perftop trust` (for CI)"},
	{"json", 0, NULL, "One JSON document of all launches, at the end"},
	{"verbose", 'v', NULL, "Show what the commands print"},
	{"dry-run", 0, NULL, "Only say what would be run"},
	{NULL, 0, NULL, NULL}};

static void on_done(void *arg, bool canceled)
{
	struct tell *t = arg;

	t->runner = NULL;
	t->canceled = canceled;
	pt_loop_stop(t->loop);
}

static void on_signal(void *arg, int signo)
{
	struct tell *t = arg;

	(void)signo;
	if (t->runner)
		pt_runner_cancel(t->runner);
}

/* 3 when nothing at all was launched, or not to the end. */
static int status_of(const struct tell *t)
{
	if (t->canceled || (t->failed && !t->ok && !t->bad))
		return PT_EXIT_NO_ANSWER;
	return t->failed || t->bad ? PT_EXIT_FAILED : PT_EXIT_OK;
}

static int launch(struct tell *t, struct pt_runner_spec *spec, struct pt_err *err)
{
	static const int signals[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT};
	struct pt_signal *watched[PT_LEN(signals)];
	struct pt_timer *tick = NULL;
	int code;

	t->loop = pt_loop_new();
	for (size_t i = 0; i < PT_LEN(signals); i++)
		watched[i] = pt_signal_new(t->loop, signals[i], on_signal, t);
	code = pt_runner_start(t->loop, spec, &t->runner, err);
	if (code == 0 && t->terminal) {
		tick = pt_timer_new(t->loop, tell_tick, t);
		pt_timer_start(tick, PT_S, PT_S);
	}
	if (code == 0)
		pt_loop_run(t->loop);
	pt_timer_free(tick);
	for (size_t i = 0; i < PT_LEN(signals); i++)
		pt_signal_free(watched[i]);
	pt_loop_free(t->loop);
	return code;
}

/* ---- what is asked for ---- */

struct choice {
	const struct pt_suite **suites;
	size_t n;
	int repeats; /* 0: their own */
};

static int choose(struct pt_cli *cli, const struct pt_benches *b, struct choice *ret,
		  struct pt_err *err)
{
	const char *repeats = pt_cli_flag(cli, "repeats");
	bool *chosen = pt_calloc(b->suites.n + 1, sizeof *chosen);
	long long n = 0;
	int code = 0;

	*ret = (struct choice){0};
	if (repeats && pt_parse_i64(repeats, 1, REPEATS_MAX, &n) < 0)
		code = pt_err_set(err, PT_EINVAL, "--repeats %s is no number within 1 .. %d",
				  repeats, REPEATS_MAX);
	if (!code)
		code = pt_suites_select(&b->suites, cli->words, (size_t)cli->n_words, chosen, err);
	ret->repeats = (int)n;
	ret->suites = pt_calloc(b->suites.n + 1, sizeof *ret->suites);
	for (size_t i = 0; i < b->suites.n; i++)
		if (chosen[i])
			ret->suites[ret->n++] = &b->suites.suites[i];
	free(chosen);
	return code;
}

static void add_words(struct pt_str *out, const char *title, char *const *words)
{
	pt_str_addf(out, "  %s", title);
	for (; words && *words; words++)
		pt_str_addf(out, " %s", *words);
	pt_str_addc(out, '\n');
}

static int print_plan(struct pt_cli *cli, const struct pt_benches *b, const struct choice *choice)
{
	struct pt_str out = PT_STR_INIT;
	int status;

	for (size_t i = 0; i < choice->n; i++) {
		const struct pt_suite *s = choice->suites[i];

		pt_str_addf(&out, "%s: %d launch%s after %d warm-up%s, in %s/%s\n", s->name,
			    choice->repeats ? choice->repeats : s->repeats,
			    (choice->repeats ? choice->repeats : s->repeats) == 1 ? "" : "es",
			    s->warmup, s->warmup == 1 ? "" : "s", b->project, s->folder);
		if (s->build && !pt_cli_flag(cli, "no-build"))
			add_words(&out, "build  ", s->build);
		add_words(&out, "command", s->command);
	}
	status = pt_cli_write(cli, pt_str_text(&out), out.len);
	pt_str_release(&out);
	return status;
}

static int launch_all(struct pt_cli *cli, struct pt_benches *b, const struct choice *choice)
{
	struct pt_noise_watch *watch;
	struct pt_runner_spec spec;
	struct pt_err err = {0};
	struct tell tell;
	int status, newest = PT_EXIT_OK;

	if (pt_benches_may_run(b, &err) < 0 || pt_benches_db(b, true, &err) < 0)
		return pt_cli_err(cli, PT_EXIT_NO_ANSWER, &err);
	tell_init(&tell, cli, b);
	pt_benches_spec(b, &spec);
	if (b->dirty_err.code)
		pt_cli_error(cli, 0, "changes to the work tree are not seen: %s", b->dirty_err.msg);
	spec.suites = choice->suites;
	spec.n_suites = choice->n;
	spec.repeats = choice->repeats;
	spec.no_build = pt_cli_flag(cli, "no-build") != NULL;
	spec.no_wait = pt_cli_flag(cli, "no-wait") != NULL;
	watch = pt_noise_watch_new(pt_opt_text(&cli->options, PT_OPT_ROOT), &spec.observer);
	tell_events(&spec.events);
	spec.events.done = on_done;
	spec.arg = &tell;
	if (launch(&tell, &spec, &err) < 0) {
		status = pt_cli_err(cli, PT_EXIT_NO_ANSWER, &err);
	} else {
		status = tell_end(&tell);
		if (status == PT_EXIT_OK)
			status = status_of(&tell);
		pt_benches_forget(b);
		if (!tell.canceled)
			newest = bench_run_newest(cli, b, choice->suites, choice->n);
		status = PT_MAX(status, newest);
		if (!tell.canceled && tell.ok > 0 && pt_cli_flag(cli, "flame")) {
			int flame = bench_run_flame(cli, b, choice->suites, choice->n);
			status = PT_MAX(status, flame);
		}
	}
	tell_release(&tell);
	pt_noise_watch_free(watch);
	return status;
}

static int run(struct pt_cli *cli)
{
	struct pt_benches b;
	struct choice choice = {0};
	struct pt_err err = {0};
	int r = pt_cli_load(cli, pt_cli_flag(cli, "trust") != NULL);

	if (r >= 0)
		return r;
	/* A bad budget is not found out after the launches. */
	r = cmd_rerun_budget(cli, &(int){0}, &(int64_t){0});
	if (r >= 0)
		return r;
	pt_cli_tell_config(cli);
	pt_benches_open(&b, &cli->config, &cli->options);
	if (pt_benches_suites(&b, &err) < 0 || choose(cli, &b, &choice, &err) < 0)
		r = pt_cli_err(cli, PT_EXIT_USAGE, &err);
	else if (pt_cli_flag(cli, "dry-run"))
		r = print_plan(cli, &b, &choice);
	else
		r = launch_all(cli, &b, &choice);
	free(choice.suites);
	pt_benches_close(&b);
	return r;
}

const struct pt_command pt_command_bench_run = {
	.name = "bench run",
	.summary = "Launch suites and keep what they measure",
	.arguments = "[SUITE|TAG|GLOB...]",
	.help = "Launches the suites that are named (by name, tag or glob; else all of them), one at a "
		"time on a\nmachine, and keeps each launch in the local history. An interrupt ends "
		"what runs with all its\nprocesses; launches that have been told stay.\n\n"
		"--json: {\"machine_class\":, \"environment\":{}, \"commit\":, \"branch\":, "
		"\"canceled\":,\n\"suites\":[{\"name\":, \"batch\":, \"error\":, "
		"\"launches\":[{\"index\":, \"status\":, \"error\":,\n\"started_ms\":, \"wall_ns\":, "
		"\"exit_status\":, \"signal\":, \"machine\":{}, \"noisy\":, \"results\":}]}]};\n"
		"results are as `perftop bench import --json` prints them, and status is one of ok, "
		"failed, timed out,\nno result.",
	.exits = "  0  all launches ended well\n"
		 "  1  a launch or a suite failed, or --rerun confirmed a step for the worse\n"
		 "  2  wrong usage, or an error in .performance/benchmarks.json\n"
		 "  3  nothing could be launched (not trusted, another benchmark runs, no such\n"
		 "     program), canceled, or --rerun could not tell",
	.flags = flags,
	.words = true,
	.run = run,
};
