/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What this machine allows perftop to see. Where a collector has already said why it has nothing,
 * its words are the finding.
 */
#include "doctor_look.h"

#include "perftop/base/mem.h"

#include <math.h>
#include <string.h>

/* Of linux/capability.h, which on older systems lacks the last. */
enum { MAY_PTRACE = 19, MAY_ADMIN = 21, MAY_SYSLOG = 34, MAY_PERFMON = 38 };

static void look_perf(const struct pt_session *s, struct pt_finding *ret)
{
	const char *fix = "sudo sysctl kernel.perf_event_paranoid=0";
	char level[16];
	bool may = look_may(s, MAY_PERFMON) || look_may(s, MAY_ADMIN);

	if (!look_text(s, "proc/sys/kernel/perf_event_paranoid", level, sizeof level))
		pt_finding_set(ret, PT_HEALTH_WARN, NULL,
			       "this kernel has no perf events, or hides them");
	else if (!isnan(look_sum(s, "perf_task_clock_seconds_total", false)))
		pt_finding_set(ret, PT_HEALTH_OK, NULL, "the whole machine may be counted");
	else if (!pt_root_is_fixture(s->root) && (may || atoi(level) <= 0))
		pt_finding_set(ret, PT_HEALTH_WARN, NULL, "%s",
			       look_reason(s, "perf_task_clock_seconds_total"));
	else if (may || atoi(level) <= 0)
		pt_finding_set(ret, PT_HEALTH_OK, NULL, "perf_event_paranoid is %s", level);
	else
		pt_finding_set(ret, PT_HEALTH_WARN, fix, "perf_event_paranoid is %s%s", level,
			       atoi(level) > 1 ? ": only our own programs may be counted" : "");
}

static void find_pmu(void *arg, const char *name)
{
	char *found = arg;

	/* cpu, on hybrid machines cpu_core and cpu_atom, on ARM armv8_pmuv3_0 and the like. */
	if (strncmp(name, "cpu", 3) == 0 || strncmp(name, "armv", 4) == 0)
		pt_strlcpy(found, name, 32);
}

static void look_pmu(const struct pt_session *s, struct pt_finding *ret)
{
	const char *fix = "a virtual machine: let its host pass them on (KVM: -cpu host,pmu=on)";
	const char *reason = look_reason(s, "perf_cycles_total");
	char found[32] = "";

	if (pt_root_list(s->root, "sys/bus/event_source/devices", find_pmu, found) < 0)
		pt_finding_set(ret, PT_HEALTH_UNKNOWN, NULL, "sysfs does not list them");
	else if (!found[0])
		pt_finding_set(ret, PT_HEALTH_WARN, fix, "this machine has none");
	else if (!isnan(look_sum(s, "perf_cycles_total", false)) || pt_root_is_fixture(s->root))
		pt_finding_set(ret, PT_HEALTH_OK, NULL, "%s", found);
	else
		pt_finding_set(ret, PT_HEALTH_WARN, NULL, "%s, but %s", found,
			       reason ? reason : "they count nothing");
}

static void look_symbols(const struct pt_session *s, struct pt_finding *ret)
{
	uint64_t level;

	if (!look_number(s, "proc/sys/kernel/kptr_restrict", &level))
		pt_finding_set(ret, PT_HEALTH_UNKNOWN, NULL, "kptr_restrict cannot be read");
	else if (level == 0 || (level == 1 && look_may(s, MAY_SYSLOG)))
		pt_finding_set(ret, PT_HEALTH_OK, NULL, "kptr_restrict is %d", (int)level);
	else
		pt_finding_set(ret, PT_HEALTH_WARN, "sudo sysctl kernel.kptr_restrict=0",
			       "kptr_restrict is %d", (int)level);
}

/* ---- what is mounted ---- */

/* The line of a mount point in mountinfo, "" when there is none. */
static void mount_line(const struct pt_session *s, const char *point, char *out, size_t size)
{
	struct pt_pfile file = PT_PFILE("proc/self/mountinfo");
	char *text, needle[80];

	out[0] = '\0';
	pt_snprintf(needle, sizeof needle, " %s ", point);
	if (pt_pfile_read(&file, s->root, &text) >= 0) {
		for (char *line = text; *line; line += strcspn(line, "\n"), line += *line == '\n') {
			size_t n = strcspn(line, "\n");
			char *at = strstr(line, needle);
			if (at && at < line + n)
				pt_strlcpy(out, line, PT_MIN(size, n + 1));
		}
	}
	pt_pfile_close(&file);
}

static void look_proc(const struct pt_session *s, struct pt_finding *ret)
{
	char line[512];
	const char *hide;

	mount_line(s, "/proc", line, sizeof line);
	hide = strstr(line, "hidepid=");
	if (!line[0])
		pt_finding_set(ret, PT_HEALTH_UNKNOWN, NULL, "mounts cannot be read");
	else if (hide && !strchr("0o", hide[8]) && !look_may(s, MAY_PTRACE))
		pt_finding_set(ret, PT_HEALTH_WARN, "sudo mount -o remount,hidepid=0 /proc",
			       "those of others are hidden (%.*s)", (int)strcspn(hide, ", \n"),
			       hide);
	else
		pt_finding_set(ret, PT_HEALTH_OK, NULL, "all are visible");
}

/* Which versions of control groups are mounted, 1 + 2 for both; negative: nobody knows. */
static int cgroup_versions(const struct pt_session *s)
{
	struct pt_pfile file = PT_PFILE("proc/self/mountinfo");
	int versions = -1;
	char *text;

	if (pt_pfile_read(&file, s->root, &text) >= 0)
		versions = (strstr(text, " - cgroup ") ? 1 : 0) +
			   (strstr(text, " - cgroup2 ") ? 2 : 0);
	pt_pfile_close(&file);
	return versions;
}

static void look_cgroups(const struct pt_session *s, struct pt_finding *ret)
{
	static const char *const words[] = {"none is mounted", "version 1", "version 2",
					    "version 1, version 2 beside it"};
	static const struct {
		const char *name, *metric;
		bool total;
	} controllers[] = {
		{"cpu", "cgroup_cpu_seconds_total", true},
		{"memory", "cgroup_memory_bytes", false},
		{"io", "cgroup_io_read_bytes_total", true},
		{"pids", "cgroup_pids", false},
	};
	int versions = cgroup_versions(s);
	char with[64] = "", without[64] = "";
	size_t n = 0, m = 0;

	for (size_t i = 0; i < PT_LEN(controllers); i++) {
		if (isnan(look_sum(s, controllers[i].metric, !controllers[i].total)))
			m += pt_snprintf(without + m, sizeof without - m, " %s",
					 controllers[i].name);
		else
			n += pt_snprintf(with + n, sizeof with - n, " %s", controllers[i].name);
	}
	if (versions < 0)
		pt_finding_set(ret, PT_HEALTH_UNKNOWN, NULL, "mounts cannot be read");
	else if (versions == 0)
		pt_finding_set(ret, PT_HEALTH_WARN, "sudo mount -t cgroup2 none /sys/fs/cgroup",
			       "%s", words[0]);
	else
		/* The root group has no figures of memory and pids, so what is missing is told
		 * and no fault. */
		pt_finding_set(ret, PT_HEALTH_OK, NULL, "%s; our group tells%s%s%s",
			       words[versions], with[0] ? with : " nothing", m ? ", not" : "",
			       without);
}

static void look_pressure(const struct pt_session *s, struct pt_finding *ret)
{
	if (!isnan(look_sum(s, "pressure_some_seconds_total", false)))
		pt_finding_set(ret, PT_HEALTH_OK, NULL, "the kernel keeps account of it");
	else
		pt_finding_set(ret, PT_HEALTH_WARN,
			       "psi=1 on the kernel's command line (Linux 4.20 and newer)",
			       "no /proc/pressure");
}

/* ---- the rest ---- */

static void look_files(const struct pt_session *s, struct pt_finding *ret)
{
	struct pt_pfile file = PT_PFILE("proc/self/limits");
	double cpus = look_value(s, "cpu_online", "");
	long long need = 256 + 9 * (long long)(isnan(cpus) ? 1 : cpus); /* counters of each */
	char *text, *line = NULL, fix[80];
	unsigned long long hard = 0;

	if (pt_pfile_read(&file, s->root, &text) >= 0 &&
	    (line = strstr(text, "Max open files")) != NULL) {
		line += strcspn(line, "0123456789u"); /* the soft limit, which perftop raises */
		line += strcspn(line, " ");
		line += strspn(line, " ");
		hard = *line == 'u' ? UINT64_MAX : strtoull(line, NULL, 10);
	}
	pt_pfile_close(&file);
	pt_snprintf(fix, sizeof fix, "ulimit -n %lld (as root, or in limits.conf)", need);
	if (!line)
		pt_finding_set(ret, PT_HEALTH_UNKNOWN, NULL, "the limit cannot be read");
	else if (hard < (unsigned long long)need)
		pt_finding_set(ret, PT_HEALTH_WARN, fix, "at most %llu, perftop may need %lld",
			       hard, need);
	else
		pt_finding_set(ret, PT_HEALTH_OK, NULL, "enough for the %lld that perftop may need",
			       need);
}

static void look_clock(const struct pt_session *s, struct pt_finding *ret)
{
	static const char dir[] = "sys/devices/system/clocksource/clocksource0";
	static const char *const slow[] = {"hpet", "acpi_pm", "jiffies", "refined-jiffies", "pit"};
	char path[96], now[32], all[160];

	pt_snprintf(path, sizeof path, "%s/current_clocksource", dir);
	if (!look_text(s, path, now, sizeof now)) {
		pt_finding_set(ret, PT_HEALTH_UNKNOWN, NULL, "the kernel does not tell");
		return;
	}
	pt_snprintf(path, sizeof path, "%s/available_clocksource", dir);
	look_text(s, path, all, sizeof all);
	pt_finding_set(ret, PT_HEALTH_OK, NULL, "%s", now);
	for (size_t i = 0; i < PT_LEN(slow); i++)
		if (strcmp(slow[i], now) == 0)
			pt_finding_set(ret, PT_HEALTH_WARN,
				       strstr(all, "tsc")
					       ? "echo tsc | sudo tee /sys/devices/system/"
						 "clocksource/clocksource0/current_clocksource"
					       : NULL,
				       "%s (available: %s)", now, all);
}

static void look_gpu(const struct pt_session *s, struct pt_finding *ret)
{
	int ids[8];
	size_t n = pt_store_instances(s->store, "gpu_memory_total_bytes", ids, PT_LEN(ids));
	const char *reason = look_reason(s, "gpu_busy_ratio");

	if (!look_exists(s, "proc/driver/nvidia/version") && !look_exists(s, "dev/nvidiactl"))
		pt_finding_set(ret, PT_HEALTH_OK, NULL, "no NVIDIA driver is loaded");
	else if (n > 0)
		pt_finding_set(ret, PT_HEALTH_OK, NULL, "%zu", n);
	else if (reason)
		pt_finding_set(ret, PT_HEALTH_WARN,
			       "install the driver's libnvidia-ml.so.1 (Debian: libnvidia-ml1)",
			       "%s", reason);
	else
		pt_finding_set(ret, PT_HEALTH_UNKNOWN, NULL, "no answer from the driver yet");
}

const struct pt_check pt_checks_machine[] = {
	{"perf events",
	 "Without them there are no instructions per cycle and no profiles of others' programs.",
	 look_perf},
	{"hardware counters", "Cycles, instructions, cache and branch misses come from them.",
	 look_pmu},
	{"kernel symbols", "Functions of the kernel are addresses without names in profiles.",
	 look_symbols},
	{"processes", "Processes that are hidden are missing from lists and sums.", look_proc},
	{"control groups", "Services and containers are measured by their groups.", look_cgroups},
	{"pressure", "Time lost waiting for processors, memory and disks shows nowhere else.",
	 look_pressure},
	{"open files", "Each processor takes nine descriptors for its counters.", look_files},
	{"clock source", "Reading a slow clock is a call into the kernel: short times grow longer.",
	 look_clock},
	{"NVIDIA GPUs", "They are read through NVML, which is a part of the driver.", look_gpu},
};
const size_t pt_n_checks_machine = PT_LEN(pt_checks_machine);
