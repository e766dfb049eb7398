/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The session wires the rooms together: root and clock to collectors, collectors to the store, the
 * process scanner to the record of culprits. It holds no opinion of its own.
 */
#include "perftop/app/session.h"

#include "perftop/app/log.h"
#include "perftop/base/mem.h"
#include "perftop/base/text.h"

#include <string.h>
#include <unistd.h>

enum { FIRST_WAIT_MS = 250 };

/* First line with the key of a "key : value" file such as /proc/cpuinfo. */
static void cpuinfo_value(const char *text, const char *key, char *out, size_t size)
{
	size_t n = strlen(key);

	for (const char *p = text; p && *p; p = strchr(p, '\n'), p = p ? p + 1 : p) {
		if (strncmp(p, key, n) != 0)
			continue;
		const char *v = p + strcspn(p, ":\n");
		if (*v != ':')
			continue;
		v += 1 + strspn(v + 1, " \t");
		pt_text_safe(out, size, v, strcspn(v, "\n"), false);
		return;
	}
}

static void describe_machine(struct pt_session *s)
{
	struct pt_pfile cpuinfo = PT_PFILE("proc/cpuinfo");
	char *text, release[64] = "";

	if (pt_root_read_text(s->root, "proc/sys/kernel/hostname", s->host, sizeof s->host) <= 0 &&
	    !pt_root_is_fixture(s->root))
		gethostname(s->host, sizeof s->host - 1);
	if (!s->host[0])
		pt_strlcpy(s->host, "unknown", sizeof s->host);
	if (pt_root_read_text(s->root, "proc/sys/kernel/osrelease", release, sizeof release) > 0) {
		/* "6.1.0-18-amd64" says too much for a header: version numbers alone. */
		size_t n = strspn(release, "0123456789.");
		release[n] = '\0';
		pt_snprintf(s->kernel, sizeof s->kernel, "Linux %s", release);
	} else {
		pt_strlcpy(s->kernel, "Linux", sizeof s->kernel);
	}
	if (pt_pfile_read(&cpuinfo, s->root, &text) > 0)
		cpuinfo_value(text, "model name", s->machine, sizeof s->machine);
	pt_pfile_close(&cpuinfo);
}

int pt_session_open(struct pt_options *options, struct pt_config *config, struct pt_loop *loop,
		    struct pt_session **ret, struct pt_err *err)
{
	struct pt_session *s = pt_calloc(1, sizeof *s);
	const char *cgroup = pt_opt_text(options, PT_OPT_CGROUP);
	int r = pt_root_open(pt_opt_text(options, PT_OPT_ROOT), &s->root, err);

	if (r < 0) {
		free(s);
		return r;
	}
	s->options = options;
	s->config = config;
	s->loop = loop;
	s->clock = pt_root_clock(s->root);
	s->interval_ns = (int64_t)(pt_opt_num(options, PT_OPT_INTERVAL) * PT_S);
	s->store = pt_store_new(NULL);
	s->procs = pt_procs_new(s->root, s->clock);
	s->culprits = pt_culprits_new();
	s->collect = pt_collect_new(&(struct pt_collect_env){
		.root = s->root,
		.clock = s->clock,
		.sink = pt_store_sink(s->store),
		.loop = loop,
		.cgroup = cgroup[0] ? cgroup : NULL,
		.user_hz = sysconf(_SC_CLK_TCK),
		.page_size = sysconf(_SC_PAGESIZE),
		.custom = config->sources,
		.n_custom = config->n_sources,
		/* A recording is not slowed down by who looks at it. */
		.self = pt_root_is_fixture(s->root) ? NULL : &s->self,
	});
	describe_machine(s);
	*ret = s;
	return 0;
}

/* Remembers the reason of a series, or of a metric without any; true if it is a new one. */
static bool reason_changed(struct pt_map *told, const char *name, const char *reason)
{
	const char *before = pt_map_get(told, name);

	if (!before && !reason)
		return false;
	if (before && reason && strcmp(before, reason) == 0)
		return false;
	free(reason ? pt_map_put(told, name, pt_strdup(reason)) : pt_map_del(told, name));
	return true;
}

/* Collectors that cannot start and custom sources that fail say so as the reason of a metric. */
static void log_reasons(struct pt_session *s)
{
	const struct pt_metric *metric;
	struct pt_series_info info;
	size_t pos = 0;

	while ((metric = pt_store_missing(s->store, &pos))) {
		const char *reason = pt_store_reason(s->store, metric->name);
		if (reason_changed(&s->told, metric->name, reason))
			pt_log("%s: %s", metric->name, reason);
	}
	for (size_t i = 0; i < pt_store_n(s->store); i++) {
		char name[PT_LABELS_MAX + 128];
		if (!pt_store_info(s->store, (int)i, &info))
			continue;
		pt_snprintf(name, sizeof name, info.labels[0] ? "%s{%s}" : "%s%s",
			    info.metric->name, info.labels);
		if (info.dropped)
			info.reason = NULL;
		if (reason_changed(&s->told, name, info.reason))
			pt_log("%s: %s", name,
			       info.reason    ? info.reason
			       : info.dropped ? "is gone"
					      : "has values again");
	}
}

void pt_session_close(struct pt_session *s)
{
	void *told;
	size_t pos = 0;

	if (!s)
		return;
	while (pt_map_next(&s->told, &pos, NULL, NULL, &told))
		free(told);
	pt_map_release(&s->told);
	pt_collect_free(s->collect);
	pt_procs_free(s->procs);
	pt_culprits_free(s->culprits);
	pt_store_free(s->store);
	pt_root_free(s->root);
	free(s);
}

/* Lateness is a matter of the real clock, also where a fixture's clock tells the time. */
static int64_t real_mono(void)
{
	return pt_clock_mono(&pt_clock_system);
}

void pt_session_tick(struct pt_session *s)
{
	int64_t began = real_mono(), now;

	if (s->ticks > 0 && !pt_root_advance(s->root) && pt_root_frames(s->root) > 1) {
		s->next_tick_ns = began + s->interval_ns; /* the recording has ended: it stands */
		return;
	}
	s->self.tick_late_ns =
		s->ticks > 0 && began > s->next_tick_ns ? began - s->next_tick_ns : 0;
	now = pt_clock_mono(s->clock);
	pt_store_begin(s->store, now, pt_clock_real(s->clock));
	pt_collect_tick(s->collect, now);
	pt_store_end(s->store);
	if (pt_log_is_open())
		log_reasons(s);

	/* The second sample comes soon, so that rates replace dashes; after it, a grid of whole
	 * intervals, and moments that were missed (a suspended machine) are not made up for. */
	if (s->ticks++ == 0) {
		s->next_tick_ns = began + PT_MIN(s->interval_ns, FIRST_WAIT_MS * PT_MS);
		return;
	}
	s->next_tick_ns += s->interval_ns;
	if (s->next_tick_ns < began)
		s->next_tick_ns = began + s->interval_ns;
}

int64_t pt_session_wait_ns(const struct pt_session *s)
{
	return PT_MAX(s->next_tick_ns - real_mono(), 0);
}

void pt_session_set_interval(struct pt_session *s, int64_t interval_ns)
{
	s->interval_ns = interval_ns;
	s->next_tick_ns = real_mono() + interval_ns;
}

void pt_session_want(struct pt_session *s, const char *collector, bool on)
{
	pt_collect_want(s->collect, collector, on);
}

void pt_session_scan(struct pt_session *s, unsigned want)
{
	/* Once a tick is enough, unless more is wanted of each process than then. */
	s->scan_done = s->scan_tick == s->ticks && (want & ~s->scan_want) == 0;
	if (s->scan_done)
		return;
	s->scan_tick = s->ticks;
	s->scan_want = want;
	pt_procs_begin(s->procs, want);
}

bool pt_session_scan_step(struct pt_session *s, int64_t budget_ns)
{
	size_t n;

	if (s->scan_done)
		return false;
	/* A frame of a recording is one moment: its processes are read whole. */
	if (pt_root_frames(s->root) > 1)
		budget_ns = 0;
	if (pt_procs_step(s->procs, budget_ns) > 0)
		return true;
	struct pt_proc *const *rows = pt_procs_rows(s->procs, &n);
	pt_culprits_add(s->culprits, pt_clock_mono(s->clock), rows, n);
	return false;
}
