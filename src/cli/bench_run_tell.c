/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What `perftop bench run` says: lines as launches end, or one JSON document of all of them. */
#include "bench_run.h"

#include "perftop/base/json.h"
#include "perftop/base/mem.h"
#include "perftop/base/text.h"
#include "perftop/bench/parser.h"
#include "perftop/face/face.h"
#include "perftop/present/value.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { NAME_WIDTH = 44, BESIDE_NAME = 47 };

/* ---- stderr ---- */

static void wipe_progress(struct tell *t)
{
	if (t->progress_shown)
		fputs("\r\033[K", stderr);
	t->progress_shown = false;
}

static void say(struct tell *t, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

static void say(struct tell *t, const char *fmt, ...)
{
	struct pt_str text = PT_STR_INIT;
	char *safe;
	va_list ap;

	va_start(ap, fmt);
	pt_str_addv(&text, fmt, ap);
	va_end(ap);
	safe = pt_malloc(4 * text.len + 1);
	pt_text_safe(safe, 4 * text.len + 1, pt_str_text(&text), text.len, !pt_cli_utf8());
	wipe_progress(t);
	fprintf(stderr, "%s\n", safe);
	free(safe);
	pt_str_release(&text);
}

static void format_progress(const struct pt_runner_progress *p, char *out, size_t size)
{
	char left[40] = "", spent[40];

	pt_duration_format(spent, sizeof spent, p->elapsed_ns, false);
	if (p->remaining_ns >= 0)
		pt_duration_format(left, sizeof left, p->remaining_ns, false);
	if (p->phase == PT_RUNNER_WAITING)
		pt_snprintf(out, size, "waiting for %s", p->holder);
	else if (p->phase == PT_RUNNER_BUILDING)
		pt_snprintf(out, size, "%s: building, %s so far", p->suite->name, spent);
	else
		pt_snprintf(out, size, "%s: %s %d of %d, %s so far%s%s%s", p->suite->name,
			    p->phase == PT_RUNNER_WARMUP ? "warm-up" : "launch", p->launch + 1,
			    p->n_launches, spent, left[0] ? ", " : "", left,
			    left[0] ? " left" : "");
}

static void draw_progress(struct tell *t, const struct pt_runner_progress *p)
{
	char text[500], safe[1000];

	if (!p->suite)
		return;
	format_progress(p, text, sizeof text);
	pt_text_safe(safe, sizeof safe, text, strlen(text), !pt_cli_utf8());
	fprintf(stderr, "\r\033[K%.*s", (int)pt_text_fit(safe, t->width - 1), safe);
	fflush(stderr);
	t->progress_shown = true;
}

void tell_tick(void *arg)
{
	struct tell *t = arg;
	struct pt_runner_progress p;

	pt_runner_look(t->runner, &p);
	draw_progress(t, &p);
}

static void on_progress(void *arg, const struct pt_runner_progress *p)
{
	struct tell *t = arg;

	if (t->terminal)
		draw_progress(t, p);
	else if (p->phase == PT_RUNNER_WAITING)
		say(t, "waiting: a benchmark runs on this machine, %s", p->holder);
	else if (p->phase == PT_RUNNER_BUILDING)
		say(t, "%s: building", p->suite->name);
	else if (p->phase == PT_RUNNER_WARMUP)
		say(t, "%s: warm-up %d of %d", p->suite->name, p->launch + 1, p->n_launches);
}

static void clear_tail(struct tell *t)
{
	for (size_t i = 0; i < TELL_TAIL; i++) {
		free(t->tail[i]);
		t->tail[i] = NULL;
	}
	t->n_tail = 0;
}

static void show_tail(struct tell *t)
{
	size_t first = t->n_tail > TELL_TAIL ? t->n_tail - TELL_TAIL : 0;

	for (size_t i = first; i < t->n_tail; i++)
		say(t, "  | %s", t->tail[i % TELL_TAIL]);
	clear_tail(t);
}

/* A build is shown as it goes, a launch only if asked for or when it has failed. */
static void on_line(void *arg, const struct pt_suite *suite, bool is_stderr, const char *line,
		    size_t len)
{
	struct tell *t = arg;
	struct pt_runner_progress p;
	char **slot;

	(void)suite;
	(void)is_stderr;
	pt_runner_look(t->runner, &p);
	if (t->verbose || p.phase == PT_RUNNER_BUILDING) {
		say(t, "  | %.*s", (int)len, line);
		return;
	}
	slot = &t->tail[t->n_tail++ % TELL_TAIL];
	free(*slot);
	*slot = pt_strndup(line, len);
}

static void on_note(void *arg, const struct pt_suite *suite, const char *text)
{
	say(arg, "%s: %s", suite->name, text);
}

/* ---- results as lines ---- */

static void print_bench(const struct pt_bench *bench, int name_width, struct pt_str *out)
{
	unsigned flags = pt_cli_utf8() ? 0 : PT_VALUE_ASCII;
	double median = pt_bench_median(bench), lo = median, hi = median;
	char name[400], text[200], value[40];
	int pad;

	for (size_t i = 0; i < bench->n_runs; i++) {
		lo = fmin(lo, pt_run_median(&bench->runs[i]));
		hi = fmax(hi, pt_run_median(&bench->runs[i]));
	}
	pt_snprintf(name, sizeof name, "%s%s%s", bench->name,
		    strcmp(bench->metric, "time") == 0 ? "" : " ",
		    strcmp(bench->metric, "time") == 0 ? "" : bench->metric);
	pt_text_safe(text, sizeof text, name, strlen(name), !pt_cli_utf8());
	pt_value_format(value, sizeof value, median, bench->unit, flags);
	pad = name_width - pt_text_width(text);
	pad = PT_MAX(pad, 0) + PT_MAX(13 - pt_text_width(value), 1);
	pt_str_addf(out, "  %s%*s%s", text, pad, "", value);
	if (bench->n_runs > 1 && median > 0)
		pt_str_addf(out, "   %+5.1f .. %+5.1f %%", (lo / median - 1) * 100,
			    (hi / median - 1) * 100);
	pt_str_addf(out, "   %zu run%s\n", bench->n_runs, bench->n_runs == 1 ? "" : "s");
}

static void flush_lines(struct tell *t)
{
	struct pt_str out = PT_STR_INIT;
	int width = NAME_WIDTH;

	if (isatty(STDOUT_FILENO))
		width = PT_MAX(PT_MIN(width, t->width - BESIDE_NAME), 16);
	for (size_t i = 0; i < t->results.n; i++)
		print_bench(t->results.benches[i], width, &out);
	wipe_progress(t);
	fputs(pt_str_text(&out), stdout);
	fflush(stdout);
	pt_str_release(&out);
}

/* Medians of runs are enough for the lines at the end. */
static void gather(struct tell *t, const struct pt_bench_set *set)
{
	for (size_t i = 0; i < set->n; i++) {
		const struct pt_bench *from = set->benches[i];
		struct pt_bench *to;

		if (from->saved)
			continue;
		to = pt_bench_set_get(&t->results, from->name, from->metric, NULL);
		to->unit = from->unit;
		to->better = from->better;
		for (size_t k = 0; k < from->n_runs; k++)
			pt_bench_add_sample(to, pt_bench_add_run(to),
					    pt_run_median(&from->runs[k]));
	}
}

/* A launch of one benchmark is told with its value. */
static void print_launch(struct tell *t, const struct pt_suite *suite,
			 const struct pt_launch *launch)
{
	struct pt_str line = PT_STR_INIT;
	char wall[40], value[40], *safe;
	unsigned flags = pt_cli_utf8() ? 0 : PT_VALUE_ASCII;
	size_t size;

	pt_value_format(wall, sizeof wall, (double)launch->wall_ns, PT_UNIT_NS, flags);
	pt_str_addf(&line, "%s %d", suite->name, launch->index + 1);
	if (launch->status != PT_LAUNCH_OK) {
		pt_str_addf(&line, ": %s after %s: %s", pt_launch_status_name(launch->status), wall,
			    launch->error);
	} else if (launch->set.n == 1) {
		const struct pt_bench *bench = launch->set.benches[0];

		pt_value_format(value, sizeof value, pt_bench_median(bench), bench->unit, flags);
		pt_str_addf(&line, ": %s %s, took %s", bench->name, value, wall);
	} else {
		pt_str_addf(&line, ": %zu results, took %s", launch->set.n, wall);
	}
	if (launch->machine.noisy[0])
		pt_str_addf(&line, " (noisy: %s)", launch->machine.noisy);
	size = 4 * line.len + 1;
	safe = pt_malloc(size);
	pt_text_safe(safe, size, line.s, line.len, !pt_cli_utf8());
	wipe_progress(t);
	puts(safe);
	fflush(stdout);
	free(safe);
	pt_str_release(&line);
}

/* ---- results as JSON ---- */

/* A value that has been written already. */
static void add_raw(struct pt_jw *w, const struct pt_str *json)
{
	pt_str_add(w->out, json->len ? json->s : "[]");
	w->after_key = false;
	w->comma = true;
}

static void add_num(struct pt_jw *w, const char *key, double v)
{
	if (isnan(v))
		return;
	pt_jw_key(w, key);
	pt_jw_num(w, v);
}

static void add_machine(struct pt_jw *w, const struct pt_run_machine *m)
{
	pt_jw_key(w, "machine");
	pt_jw_object(w);
	add_num(w, "busy_ratio", m->busy_ratio);
	add_num(w, "steal_ratio", m->steal_ratio);
	add_num(w, "pressure_ratio", m->pressure_ratio);
	add_num(w, "io_pressure_ratio", m->io_pressure_ratio);
	add_num(w, "memory_pressure_ratio", m->memory_pressure_ratio);
	add_num(w, "frequency_hz", m->frequency_hz);
	add_num(w, "frequency_min_hz", m->frequency_min_hz);
	add_num(w, "throttled", m->throttled);
	pt_jw_end(w, '}');
	pt_jw_key(w, "noisy");
	pt_jw_str(w, m->noisy[0] ? m->noisy : NULL);
}

static void add_launch(struct pt_str *out, const struct pt_launch *launch)
{
	struct pt_str set = PT_STR_INIT;
	struct pt_jw w;

	pt_str_add(out, out->len ? "," : "[");
	pt_jw_init(&w, out, false);
	pt_jw_object(&w);
	pt_jw_key(&w, "index");
	pt_jw_int(&w, launch->index);
	pt_jw_key(&w, "status");
	pt_jw_str(&w, pt_launch_status_name(launch->status));
	pt_jw_key(&w, "error");
	pt_jw_str(&w, launch->error);
	pt_jw_key(&w, "started_ms");
	pt_jw_int(&w, launch->started_ns / PT_MS);
	pt_jw_key(&w, "wall_ns");
	pt_jw_int(&w, launch->wall_ns);
	pt_jw_key(&w, "exit_status");
	pt_jw_int(&w, launch->exit_status);
	pt_jw_key(&w, "signal");
	pt_jw_int(&w, launch->signo);
	add_machine(&w, &launch->machine);
	pt_jw_key(&w, "results");
	pt_bench_set_json(&launch->set, &set, false);
	if (set.len && set.s[set.len - 1] == '\n')
		set.s[--set.len] = '\0';
	add_raw(&w, &set);
	pt_jw_end(&w, '}');
	if (out->s[out->len - 1] == '\n')
		out->s[--out->len] = '\0';
	pt_str_release(&set);
}

static void add_suite(struct tell *t)
{
	struct pt_jw w;

	pt_str_add(&t->suites, t->suites.len ? "," : "[");
	pt_jw_init(&w, &t->suites, false);
	pt_jw_object(&w);
	pt_jw_key(&w, "name");
	pt_jw_str(&w, t->suite->name);
	pt_jw_key(&w, "batch");
	pt_jw_int(&w, t->batch);
	pt_jw_key(&w, "error");
	pt_jw_str(&w, t->problems.len ? t->problems.s : NULL);
	if (t->launches.len)
		pt_str_addc(&t->launches, ']');
	pt_jw_key(&w, "launches");
	add_raw(&w, &t->launches);
	pt_jw_end(&w, '}');
	if (t->suites.s[t->suites.len - 1] == '\n')
		t->suites.s[--t->suites.len] = '\0';
}

static void add_environment(struct pt_jw *w, const struct pt_environment *env)
{
	pt_jw_key(w, "machine_class");
	pt_jw_str(w, env->machine_class);
	pt_jw_key(w, "environment");
	pt_jw_object(w);
	for (size_t i = 0; i < env->n; i++) {
		pt_jw_key(w, env->facts[i].name);
		pt_jw_str(w, env->facts[i].value);
	}
	pt_jw_end(w, '}');
}

static int write_json(struct tell *t)
{
	struct pt_str out = PT_STR_INIT;
	struct pt_jw w;
	int status;

	if (t->suites.len)
		pt_str_addc(&t->suites, ']');
	pt_jw_init(&w, &out, false);
	pt_jw_object(&w);
	add_environment(&w, &t->benches->environment);
	pt_jw_key(&w, "commit");
	pt_jw_str(&w, t->benches->head.id[0] ? t->benches->head.id : NULL);
	pt_jw_key(&w, "branch");
	pt_jw_str(&w, t->benches->head.branch[0] ? t->benches->head.branch : NULL);
	pt_jw_key(&w, "canceled");
	pt_jw_bool(&w, t->canceled);
	pt_jw_key(&w, "suites");
	add_raw(&w, &t->suites);
	pt_jw_end(&w, '}');
	pt_str_addc(&out, '\n');
	status = pt_cli_write(t->cli, out.s, out.len);
	pt_str_release(&out);
	return status;
}

/* ---- what happens ---- */

static void end_suite(struct tell *t)
{
	if (!t->suite)
		return;
	if (t->json)
		add_suite(t);
	else
		flush_lines(t);
	pt_bench_set_release(&t->results);
	pt_bench_set_init(&t->results);
	pt_str_clear(&t->launches);
	pt_str_clear(&t->problems);
	t->batch = 0;
	t->suite = NULL;
}

static void turn_to(struct tell *t, const struct pt_suite *suite)
{
	if (t->suite == suite)
		return;
	end_suite(t);
	t->suite = suite;
}

static void on_launched(void *arg, const struct pt_suite *suite, int64_t batch,
			const struct pt_launch *launch)
{
	struct tell *t = arg;

	turn_to(t, suite);
	t->batch = batch;
	if (launch->status == PT_LAUNCH_OK)
		t->ok++;
	else
		t->bad++;
	gather(t, &launch->set);
	if (t->json)
		add_launch(&t->launches, launch);
	else
		print_launch(t, suite, launch);
	if (launch->status == PT_LAUNCH_OK)
		clear_tail(t);
	else
		show_tail(t);
}

static void on_failed(void *arg, const struct pt_suite *suite, const struct pt_err *err)
{
	struct tell *t = arg;

	turn_to(t, suite);
	wipe_progress(t);
	show_tail(t);
	pt_cli_err(t->cli, 0, err);
	pt_str_clear(&t->problems);
	pt_str_add(&t->problems, err->msg);
	t->failed++;
}

void tell_init(struct tell *t, struct pt_cli *cli, const struct pt_benches *benches)
{
	int h;

	*t = (struct tell){
		.cli = cli,
		.benches = benches,
		.json = pt_cli_flag(cli, "json") != NULL,
		.verbose = pt_cli_flag(cli, "verbose") != NULL,
		.terminal = isatty(STDERR_FILENO),
	};
	pt_face_terminal_size(&t->width, &h);
	pt_bench_set_init(&t->results);
}

void tell_release(struct tell *t)
{
	clear_tail(t);
	pt_bench_set_release(&t->results);
	pt_str_release(&t->launches);
	pt_str_release(&t->suites);
	pt_str_release(&t->problems);
}

void tell_events(struct pt_runner_events *ret)
{
	*ret = (struct pt_runner_events){
		.progress = on_progress,
		.line = on_line,
		.launched = on_launched,
		.note = on_note,
		.failed = on_failed,
	};
}

int tell_end(struct tell *t)
{
	end_suite(t);
	wipe_progress(t);
	if (t->canceled)
		say(t, "canceled; what has been told is kept");
	return t->json ? write_json(t) : PT_EXIT_OK;
}
