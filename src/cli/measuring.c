/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Progress of launches goes to stderr, so that stdout holds the answer alone.
 */
#include "measuring.h"

#include "perftop/app/bench_flame.h"
#include "perftop/base/clock.h"
#include "perftop/base/mem.h"
#include "perftop/base/text.h"

#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

enum { RERUNS = 20, RERUNS_BY_TIME = 1000 };

static void tell(const char *head, const char *text, size_t len)
{
	char safe[1000];

	pt_text_safe(safe, sizeof safe, text, len, !pt_cli_utf8());
	fprintf(stderr, "%s%s\n", head, safe);
}

void cmd_measuring_say(void *measuring, const char *text)
{
	(void)measuring;
	tell("", text, strlen(text));
}

static void on_line(void *arg, const char *line, size_t len)
{
	const struct cmd_measuring *m = arg;

	if (pt_cli_flag(m->cli, "verbose"))
		tell("    ", line, len);
}

static void on_signal(void *arg, int signo)
{
	struct cmd_measuring *m = arg;

	(void)signo;
	if (m->now)
		pt_measure_cancel(m->now);
}

void cmd_measuring_init(struct cmd_measuring *m, const struct pt_cli *cli)
{
	*m = (struct cmd_measuring){.cli = cli, .loop = pt_loop_new()};
	m->signals[0] = pt_signal_new(m->loop, SIGINT, on_signal, m);
	m->signals[1] = pt_signal_new(m->loop, SIGTERM, on_signal, m);
	m->spec = (struct pt_measure_spec){
		.loop = m->loop, .say = cmd_measuring_say, .line = on_line, .arg = m};
}

void cmd_measuring_release(struct cmd_measuring *m)
{
	for (size_t i = 0; i < PT_LEN(m->signals); i++)
		pt_signal_free(m->signals[i]);
	pt_loop_free(m->loop);
}

int cmd_rerun_budget(const struct pt_cli *cli, int *ret_runs, int64_t *ret_ns)
{
	static const struct {
		char unit;
		int64_t ns;
	} units[] = {{'s', PT_S}, {'m', 60 * PT_S}, {'h', 3600 * PT_S}};
	const char *text = pt_cli_flag(cli, "rerun");
	char number[32];
	size_t n = text ? strlen(text) : 0;
	double v;

	if (!text)
		return -1;
	*ret_runs = RERUNS;
	if (n == 0)
		return -1;
	pt_snprintf(number, sizeof number, "%.*s", (int)PT_MIN(n - 1, sizeof number - 1), text);
	for (size_t i = 0; i < PT_LEN(units); i++)
		if (text[n - 1] == units[i].unit && pt_parse_double(number, &v) == 0 && v > 0 &&
		    v < 1e6) {
			*ret_runs = RERUNS_BY_TIME;
			*ret_ns = (int64_t)(v * (double)units[i].ns);
			return -1;
		}
	if (pt_parse_double(text, &v) < 0 || v < 1 || v > 1000 || v != floor(v))
		return pt_cli_error(cli, PT_EXIT_USAGE,
				    "--rerun=%s: expected runs (20) or a time (90s, 10m, 1h)",
				    text);
	*ret_runs = (int)v;
	return -1;
}

static int sampled(struct cmd_measuring *m, struct pt_bench_flame *flame,
		   const struct pt_suite *suite, const struct pt_commit *commit,
		   struct pt_profile *ret, struct pt_err *err)
{
	struct pt_launch launch;
	char mode[96];
	int r;

	do {
		r = pt_measure_launch(m->now, suite, commit, &launch, err);
		if (r < 0)
			return r;
		if (launch.status != PT_LAUNCH_OK)
			r = pt_err_set(err, PT_EIO, "%s", pt_launch_status_name(launch.status));
		else
			r = pt_bench_flame_add(flame, err);
		pt_launch_release(&launch);
	} while (r == 0);
	return r < 0 ? r : pt_bench_flame_take(flame, ret, mode, sizeof mode, err);
}

int cmd_measuring_grown(struct cmd_measuring *m, const struct pt_suite *suite,
			const struct pt_commit *before, const struct pt_commit *after,
			struct pt_str *out, struct pt_err *err)
{
	enum { TOLD = 5 };
	struct pt_observer observer;
	struct pt_bench_flame *flame = pt_bench_flame_new(&observer);
	struct pt_profile base, p;
	int r;

	pt_measure_observe(m->now, &observer);
	r = sampled(m, flame, suite, before, &base, err);
	if (r == 0) {
		r = sampled(m, flame, suite, after, &p, err);
		if (r == 0) {
			pt_bench_flames_tell(&base, &p, TOLD, out);
			pt_profile_release(&p);
		}
		pt_profile_release(&base);
	}
	pt_bench_flame_free(flame);
	return r;
}
