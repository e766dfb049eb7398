/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The machine while a launch runs, from counters read at both ends: no timer, nothing that would
 * wake up in between. Others' CPU time is what all CPUs did less what the launch and its children
 * used, which the kernel tells exactly once they are reaped.
 *
 * A run is marked when, during it,
 *   - others used more than a tenth of the machine, or more than one whole CPU,
 *   - the host took more than 2 % of the time that was wanted (steal),
 *   - tasks waited for memory more than 5 % of the time,
 *   - a CPU was throttled by heat,
 *   - the busy CPUs' clock was more than 10 % below that of an earlier launch.
 * Launches shorter than half a second are judged by throttling and clock alone: the kernel counts
 * CPU time in ticks. Pressure on disks is recorded, but a benchmark may well make it by itself.
 */
#include "perftop/app/benches.h"

#include "perftop/base/mem.h"
#include "perftop/collect/root.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#define CPU_DIR "sys/devices/system/cpu"

#define BUSY_LIMIT 0.10 /* of the machine */
#define CPUS_LIMIT 1.0
#define STEAL_LIMIT 0.02
#define MEMORY_LIMIT 0.05
#define CLOCK_LIMIT 0.90 /* of the highest so far */
#define SHORT_NS (500 * PT_MS)

struct cpu_ticks {
	uint64_t busy, idle, steal;
};

struct reading {
	struct cpu_ticks all, *cpus; /* cpus: by number */
	size_t n_cpus, cap_cpus;
	double pressure_us[3]; /* of cpu, io, memory; NaN: not known */
	double throttled;
	int64_t own_ns;
};

struct pt_noise_watch {
	struct pt_root *root;
	struct pt_pfile stat, pressure[3];
	struct reading before, after;
	double clock_max_hz;
};

static int64_t own_ns(void)
{
	struct rusage use;

	if (getrusage(RUSAGE_CHILDREN, &use) < 0)
		return 0;
	return (use.ru_utime.tv_sec + use.ru_stime.tv_sec) * PT_S +
	       (use.ru_utime.tv_usec + use.ru_stime.tv_usec) * PT_US;
}

/* "user nice system idle iowait irq softirq steal"; guests are within user. */
static struct cpu_ticks parse_ticks(const char *line)
{
	unsigned long long v[8] = {0};

	sscanf(line, "%llu %llu %llu %llu %llu %llu %llu %llu", &v[0], &v[1], &v[2], &v[3], &v[4],
	       &v[5], &v[6], &v[7]);
	return (struct cpu_ticks){
		.busy = v[0] + v[1] + v[2] + v[5] + v[6], .idle = v[3] + v[4], .steal = v[7]};
}

static void read_stat(struct pt_noise_watch *w, struct reading *ret)
{
	char *text, *rest;

	ret->n_cpus = 0;
	ret->all = (struct cpu_ticks){0};
	if (pt_pfile_read(&w->stat, w->root, &text) < 0)
		return;
	for (char *line = text; strncmp(line, "cpu", 3) == 0; line++) {
		if (line[3] == ' ') {
			ret->all = parse_ticks(line + 4);
		} else {
			size_t cpu = strtoul(line + 3, &rest, 10);

			/* A CPU that is switched off has no line. */
			while (ret->n_cpus <= cpu && ret->n_cpus < 8192)
				*PT_PUSH(ret->cpus, ret->n_cpus, ret->cap_cpus) =
					(struct cpu_ticks){0};
			if (cpu < ret->n_cpus)
				ret->cpus[cpu] = parse_ticks(rest);
		}
		line = strchr(line, '\n');
		if (!line)
			break;
	}
}

/* "some avg10=0.00 avg60=0.00 avg300=0.00 total=123" in microseconds. */
static double read_pressure(struct pt_noise_watch *w, struct pt_pfile *file)
{
	char *text, *total;

	if (pt_pfile_read(file, w->root, &text) < 0 || strncmp(text, "some ", 5) != 0)
		return NAN;
	total = strstr(text, "total=");
	return total ? (double)strtoull(total + 6, NULL, 10) : NAN;
}

static double read_cpu_file(const struct pt_noise_watch *w, size_t cpu, const char *name)
{
	char path[120];
	uint64_t v;

	pt_snprintf(path, sizeof path, CPU_DIR "/cpu%zu/%s", cpu, name);
	return pt_root_read_u64(w->root, path, &v) == 0 ? (double)v : NAN;
}

static double read_throttled(const struct pt_noise_watch *w, size_t n_cpus)
{
	double sum = NAN;

	for (size_t i = 0; i < n_cpus; i++) {
		double v = read_cpu_file(w, i, "thermal_throttle/core_throttle_count");

		if (i == 0 && isnan(v))
			break; /* none has it */
		if (!isnan(v))
			sum = (isnan(sum) ? 0 : sum) + v;
	}
	return sum;
}

static void read_all(struct pt_noise_watch *w, struct reading *ret)
{
	read_stat(w, ret);
	for (int i = 0; i < 3; i++)
		ret->pressure_us[i] = read_pressure(w, &w->pressure[i]);
	ret->throttled = read_throttled(w, ret->n_cpus);
	ret->own_ns = own_ns();
}

/* Clock of the CPUs that were busy more than half of the time. */
static void read_clock(struct pt_noise_watch *w, struct pt_run_machine *ret)
{
	const struct reading *a = &w->before, *b = &w->after;
	double sum = 0, lowest = NAN;
	size_t n = 0;

	for (size_t i = 0; i < PT_MIN(a->n_cpus, b->n_cpus); i++) {
		uint64_t busy = b->cpus[i].busy - a->cpus[i].busy;
		double khz;

		if (busy <= b->cpus[i].idle - a->cpus[i].idle)
			continue;
		khz = read_cpu_file(w, i, "cpufreq/scaling_cur_freq");
		if (isnan(khz))
			continue;
		sum += khz;
		lowest = fmin(lowest, khz);
		n++;
	}
	ret->frequency_hz = n ? sum / (double)n * 1e3 : NAN;
	ret->frequency_min_hz = lowest * 1e3;
}

static double pressure_ratio(const struct pt_noise_watch *w, int i, int64_t wall_ns)
{
	double us = w->after.pressure_us[i] - w->before.pressure_us[i];

	return wall_ns > 0 && !isnan(us) ? fmin(us * 1e3 / (double)wall_ns, 1) : NAN;
}

static void fill(struct pt_noise_watch *w, int64_t wall_ns, struct pt_run_machine *ret)
{
	const struct cpu_ticks *a = &w->before.all, *b = &w->after.all;
	double tick_ns = 1e9 / (double)sysconf(_SC_CLK_TCK);
	double busy = (double)(b->busy - a->busy), steal = (double)(b->steal - a->steal);
	double total = busy + steal + (double)(b->idle - a->idle);
	double own = (double)(w->after.own_ns - w->before.own_ns) / tick_ns;

	ret->busy_ratio = total > 0 ? fmax(busy - own, 0) / total : NAN;
	ret->steal_ratio = busy + steal > 0 ? steal / (busy + steal) : total > 0 ? 0 : NAN;
	ret->pressure_ratio = pressure_ratio(w, 0, wall_ns);
	ret->io_pressure_ratio = pressure_ratio(w, 1, wall_ns);
	ret->memory_pressure_ratio = pressure_ratio(w, 2, wall_ns);
	ret->throttled = w->after.throttled - w->before.throttled;
	read_clock(w, ret);
}

static void doubt(struct pt_run_machine *m, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

static void doubt(struct pt_run_machine *m, const char *fmt, ...)
{
	struct pt_str text = PT_STR_INIT;
	va_list ap;

	pt_str_add(&text, m->noisy);
	if (m->noisy[0])
		pt_str_add(&text, "; ");
	va_start(ap, fmt);
	pt_str_addv(&text, fmt, ap);
	va_end(ap);
	pt_strlcpy(m->noisy, text.s, sizeof m->noisy);
	pt_str_release(&text);
}

static void judge(struct pt_noise_watch *w, int64_t wall_ns, struct pt_run_machine *m)
{
	double cpus = m->busy_ratio * (double)w->after.n_cpus;

	if (wall_ns >= SHORT_NS && (m->busy_ratio > BUSY_LIMIT || cpus > CPUS_LIMIT))
		doubt(m, "others used %.1f of %zu CPUs", cpus, w->after.n_cpus);
	if (wall_ns >= SHORT_NS && m->steal_ratio > STEAL_LIMIT)
		doubt(m, "the host took %.1f %% of the CPU time", m->steal_ratio * 100);
	if (wall_ns >= SHORT_NS && m->memory_pressure_ratio > MEMORY_LIMIT)
		doubt(m, "tasks waited for memory %.0f %% of the time",
		      m->memory_pressure_ratio * 100);
	if (m->throttled > 0)
		doubt(m, "throttled by heat %.0f times", m->throttled);
	if (m->frequency_hz < w->clock_max_hz * CLOCK_LIMIT)
		doubt(m, "clock at %.2f GHz, %.2f GHz in an earlier launch", m->frequency_hz / 1e9,
		      w->clock_max_hz / 1e9);
	w->clock_max_hz = fmax(w->clock_max_hz, m->frequency_hz);
}

static void on_begin(void *ctx, int pid)
{
	struct pt_noise_watch *w = ctx;

	(void)pid; /* its children are ours to count when they have ended */
	read_all(w, &w->before);
}

static void on_end(void *ctx, int64_t wall_ns, struct pt_run_machine *ret)
{
	struct pt_noise_watch *w = ctx;

	*ret = (struct pt_run_machine){0};
	read_all(w, &w->after);
	fill(w, wall_ns, ret);
	judge(w, wall_ns, ret);
}

struct pt_noise_watch *pt_noise_watch_new(const char *root, struct pt_observer *ret_observer)
{
	struct pt_noise_watch *w = pt_calloc(1, sizeof *w);

	*w = (struct pt_noise_watch){
		.stat = PT_PFILE("proc/stat"),
		.pressure = {PT_PFILE("proc/pressure/cpu"), PT_PFILE("proc/pressure/io"),
			     PT_PFILE("proc/pressure/memory")},
	};
	*ret_observer = (struct pt_observer){0};
	if (pt_root_open(root, &w->root, NULL) < 0) {
		free(w);
		return NULL; /* nobody looks */
	}
	*ret_observer = (struct pt_observer){.ctx = w, .begin = on_begin, .end = on_end};
	return w;
}

void pt_noise_watch_free(struct pt_noise_watch *w)
{
	if (!w)
		return;
	pt_pfile_close(&w->stat);
	for (int i = 0; i < 3; i++)
		pt_pfile_close(&w->pressure[i]);
	free(w->before.cpus);
	free(w->after.cpus);
	pt_root_free(w->root);
	free(w);
}
