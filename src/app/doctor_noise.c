/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What would make benchmarks noisy on this machine: first what moves their figures from one run to
 * the next, then what else runs. Every fix is taken back by a restart.
 */
#include "doctor_look.h"

#include "perftop/base/mem.h"
#include "perftop/present/value.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define CPU_DIR "sys/devices/system/cpu"

/* ---- the clock ---- */

struct governors {
	const struct pt_session *session;
	char names[4][24];
	size_t n, cpus, moving;
};

static void add_governor(void *arg, const char *name)
{
	struct governors *g = arg;
	char path[96], governor[24];
	size_t i = 0;

	if (strncmp(name, "cpu", 3) != 0 || strspn(name + 3, "0123456789") != strlen(name + 3) ||
	    !name[3])
		return;
	pt_snprintf(path, sizeof path, CPU_DIR "/%.16s/cpufreq/scaling_governor", name);
	if (!look_text(g->session, path, governor, sizeof governor) || !governor[0])
		return;
	g->cpus++;
	if (strcmp(governor, "performance") == 0)
		return;
	g->moving++;
	while (i < g->n && strcmp(g->names[i], governor) != 0)
		i++;
	if (i == g->n && g->n < PT_LEN(g->names))
		pt_strlcpy(g->names[g->n++], governor, sizeof g->names[0]);
}

static void look_governor(const struct pt_session *s, struct pt_finding *ret)
{
	struct governors g = {.session = s};
	char names[120] = "";
	size_t used = 0;

	pt_root_list(s->root, CPU_DIR, add_governor, &g);
	for (size_t i = 0; i < g.n; i++)
		used += pt_snprintf(names + used, sizeof names - used, "%s%s", i ? ", " : "",
				    g.names[i]);
	if (!g.cpus)
		pt_finding_set(ret, PT_HEALTH_UNKNOWN, NULL,
			       "no cpufreq here: firmware or a host sets the clock");
	else if (!g.moving)
		pt_finding_set(ret, PT_HEALTH_OK, NULL, "performance");
	else
		pt_finding_set(ret, PT_HEALTH_WARN,
			       "echo performance | sudo tee /" CPU_DIR
			       "/cpu*/cpufreq/scaling_governor",
			       "%s on %zu of %zu processors", names, g.moving, g.cpus);
}

static void look_turbo(const struct pt_session *s, struct pt_finding *ret)
{
	uint64_t v;

	if (look_number(s, CPU_DIR "/intel_pstate/no_turbo", &v))
		pt_finding_set(ret, v ? PT_HEALTH_OK : PT_HEALTH_WARN,
			       v ? NULL : "echo 1 | sudo tee /" CPU_DIR "/intel_pstate/no_turbo",
			       "%s", v ? "off" : "on");
	else if (look_number(s, CPU_DIR "/cpufreq/boost", &v))
		pt_finding_set(ret, v ? PT_HEALTH_WARN : PT_HEALTH_OK,
			       v ? "echo 0 | sudo tee /" CPU_DIR "/cpufreq/boost" : NULL, "%s",
			       v ? "on" : "off");
	else
		pt_finding_set(ret, PT_HEALTH_UNKNOWN, NULL, "the kernel does not tell");
}

static void look_throttling(const struct pt_session *s, struct pt_finding *ret)
{
	double total = look_sum(s, "cpu_throttles_total", false);
	double now = look_sum(s, "cpu_throttles_total", true);
	const char *reason = look_reason(s, "cpu_throttles_total");

	if (isnan(total))
		pt_finding_set(ret, PT_HEALTH_UNKNOWN, NULL, "%s",
			       reason ? reason : "no count of it");
	else if (now > 0)
		pt_finding_set(ret, PT_HEALTH_BAD, "let it cool down; see to fans and dust",
			       "it goes on: %.0f times since the start", total);
	else if (total > 0)
		pt_finding_set(ret, PT_HEALTH_WARN, "see to fans and dust; leave turbo off",
			       "%.0f times since the start, not now", total);
	else
		pt_finding_set(ret, PT_HEALTH_OK, NULL, "never since the start");
}

/* ---- what shares the processors ---- */

static void look_smt(const struct pt_session *s, struct pt_finding *ret)
{
	const char *fix = "echo off | sudo tee /" CPU_DIR "/smt/control";
	char siblings[64];
	uint64_t active;

	if (look_number(s, CPU_DIR "/smt/active", &active))
		pt_finding_set(ret, active ? PT_HEALTH_WARN : PT_HEALTH_OK, active ? fix : NULL,
			       "%s", active ? "on: two threads share a core" : "off");
	else if (look_text(s, CPU_DIR "/cpu0/topology/thread_siblings_list", siblings,
			   sizeof siblings))
		pt_finding_set(ret, strpbrk(siblings, ",-") ? PT_HEALTH_WARN : PT_HEALTH_OK,
			       strpbrk(siblings, ",-") ? "switch it off in the firmware" : NULL,
			       "cpu0 shares its core with: %s",
			       strpbrk(siblings, ",-") ? siblings : "none");
	else
		pt_finding_set(ret, PT_HEALTH_UNKNOWN, NULL, "the kernel does not tell");
}

static void look_isolated(const struct pt_session *s, struct pt_finding *ret)
{
	char list[96], fix[160];

	if (!look_text(s, CPU_DIR "/isolated", list, sizeof list)) {
		pt_finding_set(ret, PT_HEALTH_UNKNOWN, NULL, "the kernel does not tell");
		return;
	}
	pt_snprintf(fix, sizeof fix, "taskset -c %s COMMAND", list);
	pt_finding_set(ret, PT_HEALTH_OK, list[0] ? fix : NULL, "%s",
		       list[0] ? list : "none: benchmarks share processors with everything");
}

static void look_virtual(const struct pt_session *s, struct pt_finding *ret)
{
	struct pt_pfile cpuinfo = PT_PFILE("proc/cpuinfo");
	char *text, type[40], vendor[40], product[64];
	bool flag = pt_pfile_read(&cpuinfo, s->root, &text) > 0 && strstr(text, " hypervisor");

	pt_pfile_close(&cpuinfo);
	look_text(s, "sys/hypervisor/type", type, sizeof type);
	look_text(s, "sys/class/dmi/id/sys_vendor", vendor, sizeof vendor);
	look_text(s, "sys/class/dmi/id/product_name", product, sizeof product);
	if (flag || type[0])
		pt_finding_set(
			ret, PT_HEALTH_WARN,
			"a dedicated host; else more runs, compared with this machine's only",
			"yes%s%s%s%s", type[0] || vendor[0] ? ": " : "", type[0] ? type : vendor,
			product[0] ? " " : "", product);
	else
		pt_finding_set(ret, PT_HEALTH_OK, NULL, "no hypervisor shows itself");
}

static void look_steal(const struct pt_session *s, struct pt_finding *ret)
{
	double now = look_value(s, "cpu_mode_ratio", "mode=\"steal\"");
	double all = look_sum(s, "cpu_seconds_total", false), steal = 0;
	int id = pt_store_find(s->store, "cpu_seconds_total", "mode=\"steal\"");
	struct pt_series_info info;
	char a[24], b[24];
	bool noisy;

	if (isnan(now) || isnan(all) || all <= 0) {
		pt_finding_set(ret, PT_HEALTH_UNKNOWN, NULL, "the kernel does not tell");
		return;
	}
	if (id >= 0 && pt_store_info(s->store, id, &info))
		steal = info.total / all;
	pt_value_format(a, sizeof a, now, PT_UNIT_RATIO, 0);
	pt_value_format(b, sizeof b, steal, PT_UNIT_RATIO, 0);
	noisy = now > 0.002 || steal > 0.01;
	pt_finding_set(ret,
		       now > 0.02 ? PT_HEALTH_BAD
		       : noisy	  ? PT_HEALTH_WARN
				  : PT_HEALTH_OK,
		       noisy ? "a dedicated host, or processors that are not shared" : NULL,
		       "%s now, %s since the start", a, b);
}

static void look_limit(const struct pt_session *s, struct pt_finding *ret)
{
	double limit = look_sum(s, "cgroup_cpu_limit", true);
	double throttled = look_sum(s, "cgroup_cpu_throttled_periods_total", false);

	if (isnan(limit))
		pt_finding_set(ret, PT_HEALTH_OK, NULL, "none for our group");
	else
		pt_finding_set(
			ret, PT_HEALTH_WARN,
			"docker update --cpus 0 NAME, or systemctl set-property UNIT CPUQuota=",
			"%.3g processors' worth of time; stopped at it %.0f times", limit,
			isnan(throttled) ? 0.0 : throttled);
}

static void look_load(const struct pt_session *s, struct pt_finding *ret)
{
	double load = look_value(s, "load1", ""), cpus = look_value(s, "cpu_online", "");
	double busy = look_value(s, "cpu_busy_ratio", "");
	double running = look_value(s, "procs_running", "");
	bool loaded = load > PT_MAX(0.5, 0.1 * cpus), at_work = busy > 0.05;
	char share[24];

	if (isnan(load) || isnan(cpus) || isnan(busy)) {
		pt_finding_set(ret, PT_HEALTH_UNKNOWN, NULL, "the kernel does not tell");
		return;
	}
	pt_value_format(share, sizeof share, busy, PT_UNIT_RATIO, 0);
	/* One of those that run is perftop. */
	pt_finding_set(ret,
		       busy > 0.5	   ? PT_HEALTH_BAD
		       : loaded || at_work ? PT_HEALTH_WARN
					   : PT_HEALTH_OK,
		       loaded || at_work ? "perftop --view processes" : NULL,
		       "load %.2f on %.0f processors, %s busy, %.0f running", load, cpus, share,
		       PT_MAX(running - 1, 0));
}

/* ---- memory ---- */

static void look_swap(const struct pt_session *s, struct pt_finding *ret)
{
	double total = look_value(s, "swap_total_bytes", "");
	double used = look_value(s, "swap_used_bytes", "");
	double moved = look_value(s, "swap_in_bytes_total", "") +
		       look_value(s, "swap_out_bytes_total", "");
	bool in_use = used > total / 100;
	char a[24], b[24], swappiness[16];

	if (isnan(total)) {
		pt_finding_set(ret, PT_HEALTH_UNKNOWN, NULL, "the kernel does not tell");
		return;
	}
	if (total == 0) {
		pt_finding_set(ret, PT_HEALTH_OK, NULL, "there is none");
		return;
	}
	if (!look_text(s, "proc/sys/vm/swappiness", swappiness, sizeof swappiness))
		pt_strlcpy(swappiness, "unknown", sizeof swappiness);
	pt_value_format(a, sizeof a, used, PT_UNIT_BYTES, 0);
	pt_value_format(b, sizeof b, total, PT_UNIT_BYTES, 0);
	pt_finding_set(ret,
		       moved > 0 ? PT_HEALTH_BAD
		       : in_use	 ? PT_HEALTH_WARN
				 : PT_HEALTH_OK,
		       moved > 0 || in_use
			       ? "sudo swapoff -a && sudo swapon -a && sudo sysctl vm.swappiness=1"
			       : NULL,
		       "%s of %s in use%s, swappiness %s", a, b, moved > 0 ? ", and moving" : "",
		       swappiness);
}

static void look_huge_pages(const struct pt_session *s, struct pt_finding *ret)
{
	char text[64], *at;

	if (!look_text(s, "sys/kernel/mm/transparent_hugepage/enabled", text, sizeof text) ||
	    !(at = strchr(text, '['))) {
		pt_finding_set(ret, PT_HEALTH_UNKNOWN, NULL, "the kernel does not tell");
		return;
	}
	at++;
	at[strcspn(at, "]")] = '\0';
	pt_finding_set(
		ret, strcmp(at, "always") == 0 ? PT_HEALTH_WARN : PT_HEALTH_OK,
		strcmp(at, "always") == 0
			? "echo madvise | sudo tee /sys/kernel/mm/transparent_hugepage/enabled"
			: NULL,
		"%s", at);
}

static void look_numa(const struct pt_session *s, struct pt_finding *ret)
{
	char nodes[64] = "0";
	uint64_t on = 0;

	look_text(s, "sys/devices/system/node/online", nodes, sizeof nodes);
	if (!strpbrk(nodes, ",-"))
		pt_finding_set(ret, PT_HEALTH_OK, NULL, "one node");
	else if (!look_number(s, "proc/sys/kernel/numa_balancing", &on))
		pt_finding_set(ret, PT_HEALTH_UNKNOWN, NULL, "nodes %s, balancing unknown", nodes);
	else
		pt_finding_set(ret, on ? PT_HEALTH_WARN : PT_HEALTH_OK,
			       on ? "sudo sysctl kernel.numa_balancing=0" : NULL, "%s, nodes %s",
			       on ? "on" : "off", nodes);
}

static void look_aslr(const struct pt_session *s, struct pt_finding *ret)
{
	uint64_t level;

	if (!look_number(s, "proc/sys/kernel/randomize_va_space", &level))
		pt_finding_set(ret, PT_HEALTH_UNKNOWN, NULL, "randomize_va_space cannot be read");
	else
		pt_finding_set(ret, level ? PT_HEALTH_WARN : PT_HEALTH_OK,
			       level ? "setarch -R COMMAND" : NULL, "randomize_va_space is %d",
			       (int)level);
}

static void look_watchdog(const struct pt_session *s, struct pt_finding *ret)
{
	uint64_t on;

	if (!look_number(s, "proc/sys/kernel/nmi_watchdog", &on))
		pt_finding_set(ret, PT_HEALTH_OK, NULL, "there is none");
	else
		pt_finding_set(ret, on ? PT_HEALTH_WARN : PT_HEALTH_OK,
			       on ? "sudo sysctl kernel.nmi_watchdog=0" : NULL, "%s",
			       on ? "on" : "off");
}

const struct pt_check pt_checks_noise[] = {
	{"governor", "The clock follows the load, so the first runs are slower than the next.",
	 look_governor},
	{"turbo", "The clock depends on how warm the processor is and how many cores work.",
	 look_turbo},
	{"throttling", "A hot processor slows down in the middle of a run.", look_throttling},
	{"SMT", "What runs on the other thread of a core takes up to half of it.", look_smt},
	{"isolated processors",
	 "No other process is put there, so what is pinned to them is alone.", look_isolated},
	{"virtual machine", "Neighbours on the host take caches, memory bandwidth and time.",
	 look_virtual},
	{"steal", "Time in which the host ran somebody else on our processors.", look_steal},
	{"CPU limit", "At its limit a group stands still until the next period, 100 ms by default.",
	 look_limit},
	{"other load", "Whatever else runs takes time and empties caches.", look_load},
	{"swap", "Reading memory back from disk takes a thousand times as long.", look_swap},
	{"huge pages",
	 "Whether memory comes in huge pages is a matter of luck, and so is its speed.",
	 look_huge_pages},
	{"NUMA balancing", "The kernel moves memory between nodes while a benchmark runs.",
	 look_numa},
	{"ASLR", "Code and data lie elsewhere in each run, and share cache lines differently.",
	 look_aslr},
	{"NMI watchdog", "It interrupts each core, and takes one of its hardware counters.",
	 look_watchdog},
};
const size_t pt_n_checks_noise = PT_LEN(pt_checks_noise);
