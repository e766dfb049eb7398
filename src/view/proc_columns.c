/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Columns of the process list: declared once, with their order, their text and what they cost. */
#include "procs_view.h"

#include "perftop/base/mem.h"
#include "perftop/collect/procs.h"
#include "perftop/present/value.h"

#include <math.h>
#include <string.h>

#define SIGN(a, b) (((a) > (b)) - ((a) < (b)))

const char *pv_proc_command(const struct pt_proc *p)
{
	return p->cmdline && p->cmdline[0] ? p->cmdline : p->comm;
}

/* NaN counts as least. */
static int by_double(double a, double b)
{
	if (isnan(a) || isnan(b))
		return isnan(b) - isnan(a);
	return SIGN(a, b);
}

#define COMPARE(field, expr)                                                    \
	static int by_##field(const struct pt_proc *a, const struct pt_proc *b) \
	{                                                                       \
		return expr;                                                    \
	}
COMPARE(pid, SIGN(a->pid, b->pid))
COMPARE(ppid, SIGN(a->ppid, b->ppid))
COMPARE(uid, SIGN(a->uid, b->uid))
COMPARE(nice, SIGN(a->nice, b->nice))
COMPARE(priority, SIGN(a->priority, b->priority))
COMPARE(state, SIGN(a->state, b->state))
COMPARE(cpu, by_double(a->cpu_ratio, b->cpu_ratio))
COMPARE(rss, SIGN(a->rss_bytes, b->rss_bytes))
COMPARE(virt, SIGN(a->virt_bytes, b->virt_bytes))
COMPARE(threads, SIGN(a->threads, b->threads))
COMPARE(time, SIGN(a->cpu_ns, b->cpu_ns))
COMPARE(start, SIGN(a->start_ticks, b->start_ticks))
COMPARE(read, by_double(a->read_rate, b->read_rate))
COMPARE(write, by_double(a->write_rate, b->write_rate))
COMPARE(switches, by_double(a->switches_rate, b->switches_rate))
COMPARE(minflt, by_double(a->minflt_rate, b->minflt_rate))
COMPARE(majflt, by_double(a->majflt_rate, b->majflt_rate))
COMPARE(cgroup, strcmp(a->cgroup ? a->cgroup : "", b->cgroup ? b->cgroup : ""))
COMPARE(command, strcmp(pv_proc_command(a), pv_proc_command(b)))

#define TEXT(field)                                                                      \
	static void text_##field(const struct pt_proc *p, const struct pt_view_env *env, \
				 char *out, size_t size)

static unsigned ascii(const struct pt_view_env *env)
{
	return env->ascii ? PT_VALUE_ASCII : 0;
}

static void rate(double v, enum pt_unit unit, const struct pt_view_env *env, char *out, size_t size)
{
	if (v == 0)
		pt_strlcpy(out, "0", size);
	else
		pt_value_format(out, size, v, unit, PT_VALUE_RATE | PT_VALUE_NO_UNIT | ascii(env));
}

TEXT(pid)
{
	(void)env;
	pt_snprintf(out, size, "%d", p->pid);
}
TEXT(ppid)
{
	(void)env;
	pt_snprintf(out, size, "%d", p->ppid);
}
TEXT(user)
{
	/* Looking a name up fills a cache: the one thing here that is not const. */
	pt_strlcpy(out, pt_procs_user((struct pt_procs *)env->procs, p->uid), size);
}
TEXT(nice)
{
	(void)env;
	pt_snprintf(out, size, "%d", p->nice);
}
TEXT(priority)
{
	(void)env;
	if (p->priority <= -100)
		pt_strlcpy(out, "RT", size);
	else
		pt_snprintf(out, size, "%d", p->priority);
}
TEXT(state)
{
	(void)env;
	pt_snprintf(out, size, "%c", p->state);
}
TEXT(cpu)
{
	if (isnan(p->cpu_ratio))
		pt_strlcpy(out, env->ascii ? "-" : "–", size);
	else if (p->cpu_ratio >= 10)
		pt_snprintf(out, size, "%.0f", p->cpu_ratio * 100);
	else
		pt_snprintf(out, size, "%.1f", p->cpu_ratio * 100);
}
TEXT(rss)
{
	pt_value_format(out, size, (double)p->rss_bytes, PT_UNIT_BYTES,
			PT_VALUE_NO_UNIT | ascii(env));
}
TEXT(virt)
{
	pt_value_format(out, size, (double)p->virt_bytes, PT_UNIT_BYTES,
			PT_VALUE_NO_UNIT | ascii(env));
}
TEXT(threads)
{
	(void)env;
	pt_snprintf(out, size, "%d", p->threads);
}
TEXT(time)
{
	uint64_t cs = p->cpu_ns / 10000000;
	(void)env;
	if (cs < 360000)
		pt_snprintf(out, size, "%llu:%02llu.%02llu", (unsigned long long)(cs / 6000),
			    (unsigned long long)(cs / 100 % 60), (unsigned long long)(cs % 100));
	else
		pt_snprintf(out, size, "%lluh%02llu:%02llu", (unsigned long long)(cs / 360000),
			    (unsigned long long)(cs / 6000 % 60),
			    (unsigned long long)(cs / 100 % 60));
}
TEXT(read)
{
	rate(p->read_rate, PT_UNIT_BYTES, env, out, size);
}
TEXT(write)
{
	rate(p->write_rate, PT_UNIT_BYTES, env, out, size);
}
TEXT(switches)
{
	rate(p->switches_rate, PT_UNIT_COUNT, env, out, size);
}
TEXT(minflt)
{
	rate(p->minflt_rate, PT_UNIT_COUNT, env, out, size);
}
TEXT(majflt)
{
	rate(p->majflt_rate, PT_UNIT_COUNT, env, out, size);
}
TEXT(cgroup)
{
	(void)env;
	pt_strlcpy(out, p->cgroup ? p->cgroup : "", size);
}
TEXT(command)
{
	(void)env;
	pt_snprintf(out, size, p->kernel ? "[%s]" : "%s", pv_proc_command(p));
}

#define ALL (PV_SET_MAIN | PV_SET_IO | PV_SET_SCHED | PV_SET_CGROUP)
#define IO PT_PROC_WANT_IO
#define CMD PT_PROC_WANT_CMDLINE

const struct pv_proc_column pv_proc_columns[] = {
	{"pid", "PID", 7, false, true, ALL, 0, 0, by_pid, text_pid},
	{"ppid", "PPID", 7, false, true, PV_SET_SCHED, 100, 0, by_ppid, text_ppid},
	{"user", "USER", 8, true, true, ALL, 60, 0, by_uid, text_user},
	{"priority", "PR", 3, false, true, PV_SET_SCHED, 90, 0, by_priority, text_priority},
	{"nice", "NI", 3, false, true, PV_SET_MAIN | PV_SET_SCHED, 76, 0, by_nice, text_nice},
	{"state", "S", 1, true, true, ALL, 50, 0, by_state, text_state},
	{"cpu", "CPU%", 6, false, false, ALL, 0, 0, by_cpu, text_cpu},
	{"rss", "RSS", 6, false, false, ALL, 30, 0, by_rss, text_rss},
	{"virt", "VIRT", 6, false, false, PV_SET_MAIN, 120, 0, by_virt, text_virt},
	{"threads", "THR", 4, false, false, PV_SET_MAIN | PV_SET_SCHED, 80, 0, by_threads,
	 text_threads},
	{"time", "TIME+", 9, false, false, PV_SET_MAIN | PV_SET_SCHED, 80, 0, by_time, text_time},
	{"read", "READ/s", 8, false, false, PV_SET_IO, 0, IO, by_read, text_read},
	{"write", "WRITE/s", 8, false, false, PV_SET_IO, 0, IO, by_write, text_write},
	{"switches", "CSW/s", 7, false, false, PV_SET_SCHED, 0, PT_PROC_WANT_SWITCHES, by_switches,
	 text_switches},
	{"minflt", "MINFL/s", 7, false, false, PV_SET_SCHED, 100, 0, by_minflt, text_minflt},
	{"majflt", "MAJFL/s", 7, false, false, PV_SET_SCHED | PV_SET_IO, 0, 0, by_majflt,
	 text_majflt},
	{"cgroup", "CGROUP", 30, true, true, PV_SET_CGROUP, 0, PT_PROC_WANT_CGROUP, by_cgroup,
	 text_cgroup},
	{"command", "COMMAND", 0, true, true, ALL, 0, CMD, by_command, text_command},
	{"start", "", -1, true, false, 0, 0, 0, by_start, NULL},
};

const int pv_n_proc_columns = PT_LEN(pv_proc_columns);

int pv_proc_column_find(const char *name)
{
	for (int i = 0; i < pv_n_proc_columns; i++)
		if (strcmp(pv_proc_columns[i].name, name) == 0)
			return i;
	return -PT_ENOENT;
}

/* Brightness by cost: what does nothing steps back. */
enum pt_role pv_cpu_role(double cpu_ratio)
{
	if (isnan(cpu_ratio) || cpu_ratio < 0.0005)
		return PT_ROLE_DIM;
	return cpu_ratio >= 0.9 ? PT_ROLE_WARN : PT_ROLE_VALUE;
}
