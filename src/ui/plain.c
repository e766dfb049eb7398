/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * `--plain`: for screen readers and line printers. Each tick at most one line, with only those values
 * that moved by enough to be worth saying. Where stdin is a terminal, a line "q" ends it: whoever
 * reads by ear or on paper types whole lines.
 */
#include "plain.h"

#include "perftop/app/log.h"
#include "perftop/app/session.h"
#include "perftop/base/loop.h"
#include "perftop/base/mem.h"
#include "perftop/face/face.h"
#include "perftop/present/value.h"

#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

struct said {
	const char *name, *metric;
	const char *labels; /* NULL: the sum of all devices, but for the loopback */
	double step; /* least change worth saying: a share of the value, or of the scale for ratios */
	double least; /* and in its own unit, so that a little traffic on an idle line is not told */
	double last;
};

struct plain {
	struct pt_cli *cli;
	struct pt_session *session;
	struct pt_loop *loop;
	struct pt_timer *timer;
	struct pt_watch *keys; /* NULL where nobody types */
	struct said *what;
	size_t n;
	int status;
};

static bool worth_saying(const struct said *s, double v, enum pt_unit unit)
{
	if (isnan(v) != isnan(s->last))
		return true;
	if (isnan(v))
		return false;
	if (unit == PT_UNIT_RATIO)
		return fabs(v - s->last) >= s->step;
	return fabs(v - s->last) >= s->least &&
	       fabs(v - s->last) > s->step * fmax(fabs(s->last), 1e-9);
}

/* The value of one series or the sum over devices, NaN for none. Returns its metric, or NULL. */
static const struct pt_metric *value_of(const struct pt_store *store, const struct said *s,
					double *ret)
{
	enum { DEVICES = 256 };
	int ids[DEVICES];
	size_t n = pt_store_instances(store, s->metric, ids, DEVICES);
	const struct pt_metric *metric = NULL;
	struct pt_series_info info;

	*ret = NAN;
	for (size_t i = 0; i < PT_MIN(n, DEVICES); i++) {
		if (!pt_store_info(store, ids[i], &info))
			continue;
		if (s->labels ? strcmp(info.labels, s->labels) != 0
			      : strcmp(info.labels, "interface=\"lo\"") == 0)
			continue;
		metric = info.metric;
		if (!isnan(info.last))
			*ret = isnan(*ret) ? info.last : *ret + info.last;
	}
	return metric;
}

static void say_changes(struct plain *p)
{
	const struct pt_store *store = p->session->store;
	struct pt_str line = PT_STR_INIT;
	char when[32], v[40];

	for (size_t i = 0; i < p->n; i++) {
		struct said *s = &p->what[i];
		double now;
		const struct pt_metric *metric = value_of(store, s, &now);
		if (!metric || !worth_saying(s, now, metric->unit))
			continue;
		s->last = now;
		pt_value_format(v, sizeof v, now, metric->unit,
				(metric->kind == PT_COUNTER ? PT_VALUE_RATE : 0) |
					(pt_cli_utf8() ? 0 : PT_VALUE_ASCII));
		pt_str_addf(&line, "%s %s %s", line.len ? "," : "", s->name, v);
	}
	if (line.len) {
		struct pt_str out = PT_STR_INIT;
		pt_time_format(when, sizeof when, pt_store_real_at(store, pt_store_last(store)),
			       false);
		pt_str_addf(&out, "%s%s\n", when, line.s);
		p->status = pt_cli_write(p->cli, out.s, out.len);
		pt_str_release(&out);
		if (p->status != PT_EXIT_OK)
			pt_loop_stop(p->loop);
	}
	pt_str_release(&line);
}

static void tick(void *arg)
{
	struct plain *p = arg;
	const char *no_cgroup;

	pt_session_tick(p->session);
	if ((no_cgroup = pt_face_no_cgroup(p->session)))
		pt_cli_error(p->cli, 0, "cgroup: %s", no_cgroup);
	pt_timer_start(p->timer, pt_session_wait_ns(p->session), 0);
	/* The first reading has no rates yet. */
	if (p->session->ticks > 1)
		say_changes(p);
}

static void stop(void *arg, int signo)
{
	struct plain *p = arg;

	(void)signo;
	pt_loop_stop(p->loop);
}

static void end_keys(struct plain *p)
{
	pt_watch_free(p->keys);
	p->keys = NULL;
}

/* The terminal hands over whole lines. In the background a read would stop us. */
static void on_line(void *arg, int events, int error)
{
	struct plain *p = arg;
	char line[256];
	ssize_t n;

	(void)events;
	n = error || tcgetpgrp(STDIN_FILENO) != getpgrp() ? 0
							  : read(STDIN_FILENO, line, sizeof line);
	if (n <= 0)
		end_keys(p);
	else if (line[0] == 'q' && (n == 1 || line[1] == '\n'))
		pt_loop_stop(p->loop);
}

static void open_keys(struct plain *p)
{
	if (!isatty(STDIN_FILENO))
		return;
	fputs("q Enter or Ctrl-C ends\n", stderr);
	p->keys = pt_watch_new(p->loop, STDIN_FILENO, on_line, p);
	if (p->keys)
		pt_watch_set(p->keys, PT_READABLE);
}

int ui_plain_run(struct pt_cli *cli)
{
	struct said what[] = {
		{"cpu", "cpu_busy_ratio", "", 0.05, 0, NAN},
		{"load", "load1", "", 0.2, 0, NAN},
		{"memory", "memory_used_bytes", "", 0.05, 0, NAN},
		{"swap", "swap_used_bytes", "", 0.05, 0, NAN},
		{"disk read", "disk_read_bytes_total", NULL, 0.5, 1e6, NAN},
		{"disk write", "disk_write_bytes_total", NULL, 0.5, 1e6, NAN},
		{"received", "network_receive_bytes_total", NULL, 0.5, 1e5, NAN},
		{"sent", "network_transmit_bytes_total", NULL, 0.5, 1e5, NAN},
		{"cpu pressure", "pressure_some_ratio", "resource=\"cpu\"", 0.05, 0, NAN},
		{"memory pressure", "pressure_some_ratio", "resource=\"memory\"", 0.02, 0, NAN},
		{"io pressure", "pressure_some_ratio", "resource=\"io\"", 0.05, 0, NAN},
		{"retransmits", "tcp_retransmits_total", "", 0.5, 0, NAN},
	};
	struct plain p = {.cli = cli, .what = what, .n = PT_LEN(what), .status = PT_EXIT_OK};
	static const int caught[] = {SIGINT, SIGTERM, SIGHUP};
	struct pt_signal *signals[PT_LEN(caught)];
	struct pt_err err = {0};

	pt_cli_tell_config(cli);
	p.loop = pt_loop_new();
	if (pt_session_open(&cli->options, &cli->config, p.loop, &p.session, &err) < 0) {
		p.status = pt_cli_err(cli, PT_EXIT_NO_ANSWER, &err);
		goto out;
	}
	for (size_t i = 0; i < PT_LEN(caught); i++)
		signals[i] = pt_signal_new(p.loop, caught[i], stop, &p);
	p.timer = pt_timer_new(p.loop, tick, &p);
	pt_timer_start(p.timer, 0, 0);
	open_keys(&p);
	pt_loop_run(p.loop);
	end_keys(&p);
	pt_timer_free(p.timer);
	for (size_t i = 0; i < PT_LEN(caught); i++)
		pt_signal_free(signals[i]);
	pt_face_leave(p.loop, p.status);
out:
	pt_session_close(p.session);
	pt_loop_free(p.loop);
	pt_log_close();
	return p.status;
}
