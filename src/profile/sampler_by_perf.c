/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The event through perf record, where perf may what we may not: its command, and its records, which
 * are taken as those of a ring. It is before ptrace on the way down: its rate is the one asked for,
 * it has the kernel's part, and it stops nobody.
 */
#include "sampler_priv.h"

#include "perftop/base/clock.h"
#include "perftop/base/mem.h"
#include "perftop/base/str.h"

#include <string.h>
#include <unistd.h>

enum { PIDS_BYTES = 32768 };
#define CGROUPS "/sys/fs/cgroup/"

/* What is written while it is paused is not wanted; who began and what was mapped is. */
static void on_record(void *arg, const struct perf_event_attr *attr,
		      const struct perf_event_header *record, int64_t at_ns)
{
	struct pt_sampler *s = arg;

	if (s->paused &&
	    (record->type == PERF_RECORD_SAMPLE || record->type == PERF_RECORD_SWITCH ||
	     record->type == PERF_RECORD_SWITCH_CPU_WIDE))
		return;
	s->attr = *attr;
	pt_sampler_take(s, record, at_ns);
}

/* As perf writes it: "cycles:u", "cpu/event=0x3c/u". */
static void event_text(const struct pt_sampler *s, char *text, size_t size)
{
	const char *name =
		s->options.event == PT_SAMPLE_OFFCPU ? "context-switches" : s->event.name;
	bool modified = s->event.user_only || s->event.kernel_only;
	bool user_only = s->options.user_only || s->event.user_only;
	size_t n = strlen(name) - (modified ? 2 : 0); /* ":u" */

	pt_snprintf(text, size, "%.*s%s%s", (int)n, name,
		    (user_only || modified) && n && name[n - 1] != '/' ? ":" : "",
		    user_only		   ? "u"
		    : s->event.kernel_only ? "k"
					   : "");
}

/* The processes that are sampled, "12,345". */
static void pids_text(struct pt_sampler *s, struct pt_str *text)
{
	struct task_list tasks = {0};

	pt_tasks_below(s->options.pid, &tasks);
	s->now.threads = (int)tasks.n;
	for (size_t i = 0; i < tasks.n && text->len < PIDS_BYTES; i++)
		if (i == 0 || tasks.pids[i] != tasks.pids[i - 1])
			pt_str_addf(text, "%s%d", text->len ? "," : "", (int)tasks.pids[i]);
	pt_tasks_release(&tasks);
}

/* perf names cgroups from where they are mounted. NULL: it cannot name this one. */
static const char *cgroup_name(const char *folder)
{
	const char *name =
		strncmp(folder, CGROUPS, strlen(CGROUPS)) == 0 ? folder + strlen(CGROUPS) : NULL;

	return name && *name && !strchr(name, ',') ? name : NULL;
}

static struct perf_child *start(struct pt_sampler *s, const char *path, struct pt_err *err)
{
	bool freq = s->event.attr.freq;
	char often[32], event[100], watch[32];
	struct pt_str pids = PT_STR_INIT;
	struct perf_child *perf;
	const char *argv[40] = {path,	"record", "-o",	  "-",	       "-k",
				"mono", "-m",	  "256K", "--control", "fd:0,2"};
	size_t n = 10;

	event_text(s, event, sizeof event);
	pt_snprintf(often, sizeof often, "%llu",
		    freq ? (unsigned long long)s->event.attr.sample_freq
			 : (unsigned long long)s->event.attr.sample_period);
	pt_snprintf(watch, sizeof watch, "--pid=%d", (int)getpid());
	argv[n++] = freq ? "-F" : "-c";
	argv[n++] = often;
	argv[n++] = "--call-graph";
	argv[n++] = s->dwarf ? "dwarf,8192" : "fp";
	argv[n++] = "-e";
	argv[n++] = event;
	if (s->options.event == PT_SAMPLE_OFFCPU)
		argv[n++] = "--switch-events";
	if (s->options.pid > 0) {
		pids_text(s, &pids);
		argv[n++] = "-p";
		argv[n++] = pt_str_text(&pids);
	} else {
		argv[n++] = "-a";
	}
	if (s->cgroup) {
		argv[n++] = "-G";
		argv[n++] = cgroup_name(s->cgroup);
	}
	argv[n++] = "--"; /* ends when we do, and perf with it */
	argv[n++] = "tail";
	argv[n++] = watch;
	argv[n++] = "-f";
	argv[n++] = "/dev/null";
	perf = pt_perf_child_start(argv, err);
	pt_str_release(&pids);
	return perf;
}

/* Where the processor cannot count cycles, perf too takes its clock. */
static void see_event(struct pt_sampler *s, const struct perf_child *perf)
{
	struct {
		struct perf_event_header header;
		uint32_t type;
	} first;

	memcpy(&first, perf->data.s + PERF_BEGIN - sizeof first, sizeof first);
	if (first.header.type == PT_PERF_HEADER_ATTR && first.type == PERF_TYPE_SOFTWARE)
		(void)pt_sampled_event_soften(&s->event);
}

bool pt_sampler_perf(struct pt_sampler *s, struct pt_err *err)
{
	struct perf_child *perf;
	char path[4096], what[120];

	if (s->options.event == PT_SAMPLE_ALLOC || (s->cgroup && !cgroup_name(s->cgroup)) ||
	    !pt_perf_with_rights(s->options.perf, path, sizeof path))
		return false;
	perf = start(s, path, err);
	if (!perf)
		return false;
	see_event(s, perf);
	s->perf = perf;
	s->perf->pipe.fn = on_record;
	s->perf->pipe.arg = s;
	s->way = BY_PERF;
	s->filter = s->no_stacks = false;
	s->user_only = s->options.user_only || s->event.user_only;
	s->now.events = 0;
	pt_snprintf(what, sizeof what, "through perf record; %s by perftop itself", s->event.name);
	pt_refused_text(&s->options, s->errnum, what, s->now.refused, sizeof s->now.refused);
	return true;
}
