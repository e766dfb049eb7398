/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * `perftop snapshot`: one frame as text, or values for programs; --count streams. The frame comes
 * from the same screen that the console draws.
 */
#include "perftop/app/board.h"
#include "perftop/app/session.h"
#include "perftop/base/clock.h"
#include "perftop/base/loop.h"
#include "perftop/base/mem.h"
#include "perftop/collect/collect.h"
#include "perftop/face/command.h"
#include "perftop/face/face.h"
#include "perftop/model/metric.h"
#include "perftop/present/export.h"
#include "perftop/view/screen.h"
#include "perftop/view/theme.h"

#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const struct pt_flag flags[] = {
	{"size", 0, "WxH", "Size of the frame in cells (the terminal's, else 80x24)"},
	{"ascii", 0, NULL, "Draw with ASCII alone; the same as --glyphs ascii"},
	{"json", 0, NULL, "Values as JSON, one object a moment and line"},
	{"csv", 0, NULL, "Values as CSV"},
	{"prometheus", 0, NULL, "Values in the Prometheus text format"},
	{"count", 'n', "N", "Frames or moments to print (1); 0 goes on until interrupted"},
	{"metric", 'm', "METRIC", "Values: only metrics whose name begins so"},
	{"trust", 0, NULL, "Run the project's commands without `perftop trust` (for CI)"},
	{NULL, 0, NULL, NULL}};

/* What is opened in a worker was not there at the first two readings. */
enum { LATE_WAIT_MS = 250 };

struct job {
	struct pt_cli *cli;
	struct pt_session *session;
	struct pt_loop *loop;
	struct pt_timer *timer;
	struct pt_screen *screen;
	struct pt_board *board; /* where benchmarks are shown */
	struct pt_canvas canvas;
	struct pt_theme theme;
	enum pt_colors colors;
	const struct pt_exporter *format; /* NULL: frames */
	const char *only;
	int w, h;
	long long count, printed;
	int status;
};

static bool begins_with(const char *name, const char *head)
{
	return strncmp(name, head, strlen(head)) == 0;
}

static bool is_asked_for(const struct job *job, const struct pt_metric *metric)
{
	return !job->only || begins_with(metric->name, job->only);
}

/* Whether any metric can have such a name. Prometheus text brings names of its own, all of which
 * begin with its source's. */
static bool can_be_asked_for(const struct job *job)
{
	const struct pt_config *config = &job->cli->config;

	for (size_t c = 0; c < pt_n_collectors; c++)
		for (size_t m = 0; m < pt_collectors[c]->n_metrics; m++)
			if (is_asked_for(job, &pt_collectors[c]->metrics[m]))
				return true;
	for (size_t i = 0; i < config->n_sources; i++)
		if (begins_with(config->sources[i].name, job->only) ||
		    (config->sources[i].format == PT_CUSTOM_PROMETHEUS &&
		     begins_with(job->only, config->sources[i].name)))
			return true;
	return false;
}

/* No value is without a reason: where nobody gave one it follows from the kind. */
static const char *reason_of(const struct pt_series_info *info)
{
	if (!isnan(info->last) || info->reason)
		return info->reason;
	if (info->metric->kind == PT_COUNTER)
		return isnan(info->total) ? "not read yet; use --count 2" : "needs two readings";
	return "nothing to measure in this interval";
}

/* Every series of a metric, from the i-th series on, together as the formats want them. */
static void print_metric(struct job *job, struct pt_str *out, size_t i, unsigned char *done,
			 struct pt_export_value *v, bool *first)
{
	const struct pt_store *store = job->session->store;

	for (size_t k = i; k < pt_store_n(store); k++) {
		struct pt_series_info info;
		if (done[k] || !pt_store_info(store, (int)k, &info) || info.dropped ||
		    strcmp(info.metric->name, v->metric->name) != 0)
			continue;
		done[k] = 1;
		v->metric = info.metric;
		v->labels = info.labels;
		v->value = info.last;
		v->total = info.total;
		v->reason = reason_of(&info);
		job->format->value(out, v, *first);
		*first = false;
	}
}

static void print_values(struct job *job, struct pt_str *out)
{
	const struct pt_store *store = job->session->store;
	unsigned char *done = pt_calloc(pt_store_n(store) + 1, 1);
	struct pt_export_value v = {.real_ns = pt_store_real_at(store, pt_store_last(store))};
	bool first = true;
	size_t pos = 0;

	job->format->begin(out, v.real_ns, job->printed == 0);
	for (size_t i = 0; i < pt_store_n(store); i++) {
		struct pt_series_info lead;
		if (done[i] || !pt_store_info(store, (int)i, &lead) || lead.dropped ||
		    !is_asked_for(job, lead.metric))
			continue;
		v.metric = lead.metric;
		print_metric(job, out, i, done, &v, &first);
	}
	/* What has no series at all says why. */
	while ((v.metric = pt_store_missing(store, &pos))) {
		if (!is_asked_for(job, v.metric))
			continue;
		v.labels = "";
		v.value = v.total = NAN;
		v.reason = pt_store_reason(store, v.metric->name);
		job->format->value(out, &v, first);
		first = false;
	}
	job->format->end(out);
	free(done);
}

static void print_frame(struct job *job, struct pt_str *out)
{
	struct pt_view_env env = pt_face_env(job->session);

	env.mono = job->colors == PT_COLORS_NONE;
	/* Nobody waits for keys here: it is read anew for every frame. */
	if (pt_screen_wants_board(job->screen)) {
		pt_board_free(job->board);
		env.board = job->board =
			pt_board_load(job->session->config, job->session->options, NULL);
		env.board_generation = (unsigned)job->printed + 1;
	}
	pt_canvas_resize(&job->canvas, job->w, job->h);
	/* No footer of keys: a printed frame has nobody to press them. */
	pt_screen_recalc(job->screen, &env, job->w, job->h);
	pt_screen_paint(job->screen, &env, &job->canvas, false);
	pt_canvas_print(&job->canvas, out, job->colors == PT_COLORS_NONE ? NULL : &job->theme,
			(int)job->colors);
}

static void print_one(struct job *job)
{
	struct pt_str out = PT_STR_INIT;

	if (job->format)
		print_values(job, &out);
	else
		print_frame(job, &out);
	job->status = pt_cli_write(job->cli, pt_str_text(&out), out.len);
	pt_str_release(&out);
	job->printed++;
	if (job->status != PT_EXIT_OK || (job->count > 0 && job->printed >= job->count))
		pt_loop_stop(job->loop);
}

/* Counters that run only when asked for, and have begun but brought nothing yet. */
static bool waits_for_late(const struct job *job)
{
	struct pt_series_info info;

	if (!job->format || job->count != 1 || job->session->ticks > 2)
		return false;
	for (size_t c = 0; c < pt_n_collectors; c++)
		for (size_t m = 0; pt_collectors[c]->on_demand && m < pt_collectors[c]->n_metrics;
		     m++) {
			const struct pt_metric *metric = &pt_collectors[c]->metrics[m];
			int id = pt_store_find(job->session->store, metric->name, "");
			if (is_asked_for(job, metric) &&
			    pt_store_info(job->session->store, id, &info) && isnan(info.last) &&
			    !info.reason)
				return true;
		}
	return false;
}

static void tick(void *arg)
{
	struct job *job = arg;
	int want = job->format ? -1 : pt_screen_wants_procs(job->screen);
	const char *no_cgroup;

	pt_session_tick(job->session);
	if (want >= 0) {
		pt_session_scan(job->session, (unsigned)want);
		pt_session_scan_step(job->session, 0);
	}
	if ((no_cgroup = pt_face_no_cgroup(job->session)))
		pt_cli_error(job->cli, 0, "cgroup: %s", no_cgroup);
	/* Rates need two readings; what custom sources answer comes in between. */
	if (job->session->ticks >= 2 && waits_for_late(job)) {
		pt_timer_start(job->timer, LATE_WAIT_MS * PT_MS, 0);
		return;
	}
	pt_timer_start(job->timer, pt_session_wait_ns(job->session), 0);
	if (job->session->ticks >= 2)
		print_one(job);
}

static void interrupted(void *arg, int signo)
{
	(void)signo;
	pt_loop_stop(((struct job *)arg)->loop);
}

static int read_flags(struct job *job)
{
	struct pt_cli *cli = job->cli;
	const char *size = pt_cli_flag(cli, "size"), *count = pt_cli_flag(cli, "count");
	int formats = 0, end = 0;
	static const struct pt_exporter *const all[] = {&pt_export_json, &pt_export_csv,
							&pt_export_prometheus};

	for (size_t i = 0; i < PT_LEN(all); i++)
		if (pt_cli_flag(cli, all[i]->name)) {
			job->format = all[i];
			formats++;
		}
	if (formats > 1)
		return pt_cli_error(cli, PT_EXIT_USAGE,
				    "--json, --csv and --prometheus exclude "
				    "each other");
	pt_face_terminal_size(&job->w, &job->h);
	if (size && (sscanf(size, "%4dx%4d%n", &job->w, &job->h, &end) != 2 || size[end] ||
		     job->w < 1 || job->h < 1 || job->w > 1000 || job->h > 1000))
		return pt_cli_error(cli, PT_EXIT_USAGE,
				    "--size %s: expected WxH such as 160x50, at most 1000x1000",
				    size);
	job->count = 1;
	if (count && pt_parse_i64(count, 0, 1000000000, &job->count) < 0)
		return pt_cli_error(cli, PT_EXIT_USAGE, "--count %s: expected a whole number",
				    count);
	if (pt_cli_flag(cli, "ascii"))
		pt_options_set(&cli->options, PT_OPT_GLYPHS, "ascii", PT_FROM_FLAG, NULL);
	job->only = pt_cli_flag(cli, "metric");
	if (job->only && !job->format)
		return pt_cli_error(cli, PT_EXIT_USAGE,
				    "--metric is for values: add --json, --csv or --prometheus");
	return -1;
}

/* Settings first, so that what is wrong in files is told before anything else. */
static int open_all(struct job *job)
{
	struct pt_cli *cli = job->cli;
	struct pt_err err = {0};
	int r;

	job->screen = pt_screen_new();
	r = pt_face_apply(job->screen, &job->theme, &cli->options, &cli->config, &err);
	pt_cli_tell_config(cli);
	if (r < 0)
		return pt_cli_err(cli, PT_EXIT_USAGE, &err);
	job->colors = pt_face_colors(&cli->options, isatty(STDOUT_FILENO));
	job->loop = pt_loop_new();
	if (pt_session_open(&cli->options, &cli->config, job->loop, &job->session, &err) < 0)
		return pt_cli_err(cli, PT_EXIT_NO_ANSWER, &err);
	pt_session_want(job->session, NULL, job->format != NULL);
	return -1;
}

static int run(struct pt_cli *cli)
{
	struct job job = {.cli = cli, .status = PT_EXIT_OK};
	int r = read_flags(&job);

	if (r >= 0)
		return r;
	r = pt_cli_load(cli, pt_cli_flag(cli, "trust") != NULL);
	if (r >= 0)
		return r;
	if (job.only && !can_be_asked_for(&job))
		return pt_cli_error(cli, PT_EXIT_USAGE,
				    "no metric begins with '%s'; `perftop metrics` lists them",
				    job.only);
	pt_canvas_init(&job.canvas);
	r = open_all(&job);
	if (r < 0) {
		struct pt_signal *term = pt_signal_new(job.loop, SIGTERM, interrupted, &job);
		struct pt_signal *intr = pt_signal_new(job.loop, SIGINT, interrupted, &job);
		job.timer = pt_timer_new(job.loop, tick, &job);
		pt_timer_start(job.timer, 0, 0);
		pt_loop_run(job.loop);
		pt_timer_free(job.timer);
		pt_signal_free(term);
		pt_signal_free(intr);
		r = job.status;
		pt_face_leave(job.loop, r);
	}
	pt_screen_free(job.screen);
	pt_board_free(job.board);
	pt_session_close(job.session);
	pt_loop_free(job.loop);
	pt_canvas_release(&job.canvas);
	return r;
}

const struct pt_command pt_command_snapshot = {
	.name = "snapshot",
	.summary = "Print one frame, or values for programs",
	.arguments = "[--view VIEW] [--size WxH] [--json|--csv|--prometheus] [--count N]",
	.help = "Reads every source twice, 250 ms apart, so that rates are there, and prints what the "
		"console\nwould show, or with --json, --csv or --prometheus the values, in seconds, bytes and "
		"ratios.\nA counter's value is its rate each second; what has no value says why. "
		"--count N\n--interval S goes on.",
	.exits = "  0  printed\n  2  wrong usage or input\n  3  nothing could be read or written",
	.flags = flags,
	.draws = true,
	.run = run,
};
