/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Control groups: what a service or container used, and what it may. Reported is one group, ours or
 * the one asked for, and of the latter its direct children too (a slice with its services). Limits
 * are the tightest of the group and the groups above it that can be seen.
 *
 * Version 1 and 2 tell the same through different files; the table `files` says which file of which
 * controller feeds which metrics. Everything in it stays open. What a group lacks (a controller
 * that is not enabled for it, the root group) has its reason.
 */
#include "cgroup_place.h"
#include "perftop/base/mem.h"
#include "perftop/base/str.h"
#include "perftop/collect/scan.h"
#include "perftop/collect/source.h"

#include <errno.h>
#include <math.h>
#include <string.h>

enum {
	CPU,
	CPU_USER,
	CPU_SYSTEM,
	PERIODS,
	THROTTLED_PERIODS,
	THROTTLED,
	CPU_LIMIT,
	CPU_RATIO,
	MEMORY,
	WORKING_SET,
	MEMORY_LIMIT,
	MEMORY_LIMIT_RATIO,
	SWAP,
	OOM_KILLS,
	IO_READ,
	IO_WRITE,
	PIDS,
	PIDS_LIMIT,
	N_METRICS
};

static const struct pt_metric metrics[N_METRICS] = {
	[CPU] = {"cgroup_cpu_seconds_total", "cgroup", PT_UNIT_NS, PT_COUNTER, 0,
		 "Processor time that the group used"},
	[CPU_USER] = {"cgroup_cpu_user_seconds_total", "cgroup", PT_UNIT_NS, PT_COUNTER, 0,
		      "Processor time that the group spent in programs"},
	[CPU_SYSTEM] = {"cgroup_cpu_system_seconds_total", "cgroup", PT_UNIT_NS, PT_COUNTER, 0,
			"Processor time that the group spent in the kernel"},
	[PERIODS] = {"cgroup_cpu_periods_total", "cgroup", PT_UNIT_COUNT, PT_COUNTER, 0,
		     "Periods in which the group ran under a CPU limit"},
	[THROTTLED_PERIODS] = {"cgroup_cpu_throttled_periods_total", "cgroup", PT_UNIT_COUNT,
			       PT_COUNTER, 0,
			       "Periods in which the group had to stop at its CPU limit"},
	[THROTTLED] = {"cgroup_cpu_throttled_seconds_total", "cgroup", PT_UNIT_NS, PT_COUNTER, 0,
		       "Time that the group's processors stood still at its CPU limit"},
	[CPU_LIMIT] = {"cgroup_cpu_limit", "cgroup", PT_UNIT_COUNT, PT_GAUGE, 0,
		       "Processors' worth of time that the group may use"},
	[CPU_RATIO] = {"cgroup_cpu_ratio", "cgroup", PT_UNIT_RATIO, PT_GAUGE, 0,
		       "Share of its CPU limit, or of all processors, that the group used"},
	[MEMORY] = {"cgroup_memory_bytes", "cgroup", PT_UNIT_BYTES, PT_GAUGE, 0,
		    "Memory charged to the group, its file cache among it"},
	[WORKING_SET] = {"cgroup_memory_working_set_bytes", "cgroup", PT_UNIT_BYTES, PT_GAUGE, 0,
			 "The group's memory without file cache that was not used lately"},
	[MEMORY_LIMIT] = {"cgroup_memory_limit_bytes", "cgroup", PT_UNIT_BYTES, PT_GAUGE, 0,
			  "Memory that the group may use"},
	[MEMORY_LIMIT_RATIO] = {"cgroup_memory_limit_ratio", "cgroup", PT_UNIT_RATIO, PT_GAUGE, 0,
				"Share of its memory limit that the group's working set is"},
	[SWAP] = {"cgroup_swap_bytes", "cgroup", PT_UNIT_BYTES, PT_GAUGE, 0,
		  "Swap space that the group uses"},
	[OOM_KILLS] = {"cgroup_oom_kills_total", "cgroup", PT_UNIT_COUNT, PT_COUNTER, 0,
		       "Processes of the group killed because memory had run out"},
	[IO_READ] = {"cgroup_io_read_bytes_total", "cgroup", PT_UNIT_BYTES, PT_COUNTER, 0,
		     "Read from block devices by the group"},
	[IO_WRITE] = {"cgroup_io_write_bytes_total", "cgroup", PT_UNIT_BYTES, PT_COUNTER, 0,
		      "Written to block devices by the group"},
	[PIDS] = {"cgroup_pids", "cgroup", PT_UNIT_COUNT, PT_GAUGE, 0,
		  "Processes and threads of the group"},
	[PIDS_LIMIT] = {"cgroup_pids_limit", "cgroup", PT_UNIT_COUNT, PT_GAUGE, 0,
			"Processes and threads that the group may have"},
};

enum { CHILDREN_MAX = 64, PATH_SIZE = 640 };

#define RENEW_NS (10 * PT_S)

struct group;

/* A file, and what to do with its text. */
struct file_kind {
	enum cg_controller controller;
	int version;
	const char *name;
	void (*take)(struct group *group, struct pt_collect_env *env, const char *text);
	unsigned feeds; /* metrics, a bit each */
};

enum { FILES_MAX = 8 };

struct group {
	struct cg_place places[CG_N];
	char child[128]; /* its name among the children; "" for the group asked for */
	int ids[N_METRICS];
	unsigned told; /* metrics whose reason is told, a bit each */
	struct {
		struct pt_pfile file;
		const struct file_kind *kind;
		char *path;
		bool missing; /* not tried again before the next renewal */
	} files[FILES_MAX];
	size_t n_files;
	/* Of this sample; NaN when not read. */
	double memory, inactive_file, cpu_ns;
	double cpu_before_ns;
	int64_t before_ns;
	double cpu_limit, memory_limit, pids_limit; /* infinite when there is none */
	double cpus; /* that it may use at most: the limit, or what the machine has; 0: unknown */
	bool seen;
};

struct cgroup {
	struct group *groups[CHILDREN_MAX + 1];
	size_t n_groups;
	int64_t renew_ns; /* when to look at limits and children again */
};

static void gauge(struct group *group, struct pt_collect_env *env, int metric, double value)
{
	pt_sink_gauge(&env->sink, group->ids[metric], value);
	if (!isnan(value))
		group->told &= ~(1U << metric);
}

/* A total in some unit that holds `factor` of the metric's. */
static void counter(struct group *group, struct pt_collect_env *env, int metric, uint64_t total,
		    uint64_t factor)
{
	if (total > UINT64_MAX / factor)
		return;
	pt_sink_counter(&env->sink, group->ids[metric], total * factor);
	group->told &= ~(1U << metric);
}

static void fail(struct group *group, struct pt_collect_env *env, int metric, const char *reason)
{
	if (group->told & (1U << metric))
		return;
	group->told |= 1U << metric;
	pt_sink_fail(&env->sink, &metrics[metric], group->ids[metric], reason);
}

/* -- what the files say --------------------------------------------------------------------- */

/* Counters by key: the unit of each is `factor` of the metric's. */
static void take_keys(struct group *group, struct pt_collect_env *env, const char *text,
		      const char *const *keys, const int *to, size_t n, uint64_t factor)
{
	uint64_t values[4], found = pt_scan_keys(text, keys, n, values);

	for (size_t i = 0; i < n; i++) {
		if (found & (UINT64_C(1) << i))
			counter(group, env, to[i], values[i],
				metrics[to[i]].unit == PT_UNIT_NS ? factor : 1);
		else
			fail(group, env, to[i],
			     "not counted here: an older kernel, or the "
			     "controller is not enabled for the group");
	}
}

static void take_usage_v1(struct group *group, struct pt_collect_env *env, const char *text)
{
	uint64_t ns;

	if (!pt_scan_u64(&text, &ns))
		return;
	counter(group, env, CPU, ns, 1);
	group->cpu_ns = (double)ns;
}

static void take_acct_v1(struct group *group, struct pt_collect_env *env, const char *text)
{
	static const char *const keys[] = {"user", "system"};
	static const int to[] = {CPU_USER, CPU_SYSTEM};

	take_keys(group, env, text, keys, to, 2, (uint64_t)(PT_S / env->user_hz));
}

static void take_throttling_v1(struct group *group, struct pt_collect_env *env, const char *text)
{
	static const char *const keys[] = {"nr_periods", "nr_throttled", "throttled_time"};
	static const int to[] = {PERIODS, THROTTLED_PERIODS, THROTTLED};

	take_keys(group, env, text, keys, to, 3, 1);
}

static void take_cpu_v2(struct group *group, struct pt_collect_env *env, const char *text)
{
	static const char *const usage[] = {"usage_usec", "user_usec", "system_usec"};
	static const int usage_to[] = {CPU, CPU_USER, CPU_SYSTEM};
	static const char *const limit[] = {"nr_periods", "nr_throttled", "throttled_usec"};
	static const int limit_to[] = {PERIODS, THROTTLED_PERIODS, THROTTLED};
	uint64_t us;

	take_keys(group, env, text, usage, usage_to, 3, PT_US);
	take_keys(group, env, text, limit, limit_to, 3, PT_US);
	if (pt_scan_keys(text, usage, 1, &us))
		group->cpu_ns = (double)us * PT_US;
}

static void take_memory(struct group *group, struct pt_collect_env *env, const char *text)
{
	uint64_t bytes;

	if (!pt_scan_u64(&text, &bytes))
		return;
	group->memory = (double)bytes;
	gauge(group, env, MEMORY, (double)bytes);
}

static void take_inactive(struct group *group, struct pt_collect_env *env, const char *text)
{
	static const char *const keys[] = {"inactive_file"};
	uint64_t bytes;

	(void)env;
	if (pt_scan_keys(text, keys, 1, &bytes))
		group->inactive_file = (double)bytes;
}

static void take_memory_stat_v1(struct group *group, struct pt_collect_env *env, const char *text)
{
	static const char *const keys[] = {"total_swap", "total_inactive_file"};
	uint64_t bytes[2], found = pt_scan_keys(text, keys, 2, bytes);

	if (found & 1)
		gauge(group, env, SWAP, (double)bytes[0]);
	else
		fail(group, env, SWAP, "swap is not accounted to groups (boot with swapaccount=1)");
	if (found & 2)
		group->inactive_file = (double)bytes[1];
}

static void take_swap(struct group *group, struct pt_collect_env *env, const char *text)
{
	uint64_t bytes;

	if (pt_scan_u64(&text, &bytes))
		gauge(group, env, SWAP, (double)bytes);
}

static void take_oom(struct group *group, struct pt_collect_env *env, const char *text)
{
	static const char *const keys[] = {"oom_kill"};
	static const int to[] = {OOM_KILLS};

	take_keys(group, env, text, keys, to, 1, 1);
}

static void take_pids(struct group *group, struct pt_collect_env *env, const char *text)
{
	uint64_t n;

	if (pt_scan_u64(&text, &n))
		gauge(group, env, PIDS, (double)n);
}

/* "8:0 Read 4096", "8:0 Write 512", …, "Total 4608" */
static void take_io_v1(struct group *group, struct pt_collect_env *env, const char *text)
{
	uint64_t sums[2] = {0}, n;
	const char *p = text, *word;

	do {
		if (pt_scan_word(&p, &word) == 0)
			continue;
		if (pt_scan_is(&p, "Read ") && pt_scan_u64(&p, &n))
			sums[0] += n;
		else if (pt_scan_is(&p, "Write ") && pt_scan_u64(&p, &n))
			sums[1] += n;
	} while (pt_scan_line(&p));
	counter(group, env, IO_READ, sums[0], 1);
	counter(group, env, IO_WRITE, sums[1], 1);
}

/* "8:0 rbytes=4096 wbytes=512 rios=1 …" */
static void take_io_v2(struct group *group, struct pt_collect_env *env, const char *text)
{
	uint64_t sums[2] = {0}, n;
	const char *p = text, *word;

	do {
		while (pt_scan_word(&p, &word) > 0) {
			if (pt_scan_is(&word, "rbytes=") && pt_scan_u64(&word, &n))
				sums[0] += n;
			else if (pt_scan_is(&word, "wbytes=") && pt_scan_u64(&word, &n))
				sums[1] += n;
		}
	} while (pt_scan_line(&p));
	counter(group, env, IO_READ, sums[0], 1);
	counter(group, env, IO_WRITE, sums[1], 1);
}

#define B(metric) (1U << (metric))
#define USAGE (B(CPU) | B(CPU_RATIO))
#define RAM (B(MEMORY) | B(WORKING_SET) | B(MEMORY_LIMIT_RATIO))
#define THROTTLING (B(PERIODS) | B(THROTTLED_PERIODS) | B(THROTTLED))

/* Of two in a row with the same function the first that is there counts. */
static const struct file_kind files[] = {
	{CG_CPU, 1, "cpu.stat", take_throttling_v1, THROTTLING},
	{CG_CPU, 2, "cpu.stat", take_cpu_v2, USAGE | B(CPU_USER) | B(CPU_SYSTEM) | THROTTLING},
	{CG_CPUACCT, 1, "cpuacct.usage", take_usage_v1, USAGE},
	{CG_CPUACCT, 1, "cpuacct.stat", take_acct_v1, B(CPU_USER) | B(CPU_SYSTEM)},
	{CG_MEMORY, 1, "memory.usage_in_bytes", take_memory, RAM},
	{CG_MEMORY, 2, "memory.current", take_memory, RAM},
	{CG_MEMORY, 1, "memory.stat", take_memory_stat_v1, B(SWAP) | B(WORKING_SET)},
	{CG_MEMORY, 2, "memory.stat", take_inactive, B(WORKING_SET)},
	{CG_MEMORY, 2, "memory.swap.current", take_swap, B(SWAP)},
	{CG_MEMORY, 1, "memory.oom_control", take_oom, B(OOM_KILLS)},
	{CG_MEMORY, 2, "memory.events", take_oom, B(OOM_KILLS)},
	{CG_IO, 1, "blkio.throttle.io_service_bytes_recursive", take_io_v1,
	 B(IO_READ) | B(IO_WRITE)},
	{CG_IO, 1, "blkio.throttle.io_service_bytes", take_io_v1, B(IO_READ) | B(IO_WRITE)},
	{CG_IO, 2, "io.stat", take_io_v2, B(IO_READ) | B(IO_WRITE)},
	{CG_PIDS, 1, "pids.current", take_pids, B(PIDS)},
	{CG_PIDS, 2, "pids.current", take_pids, B(PIDS)},
};

/* -- limits --------------------------------------------------------------------------------- */

/* First number of a file of a folder; infinite for "max", a negative one or none. */
static double read_limit(struct pt_root *root, const char *folder, const char *name, double *second)
{
	char path[PATH_SIZE], text[64];
	const char *p = text;
	uint64_t value, other;

	pt_snprintf(path, sizeof(path), "%s/%s", folder, name);
	if (pt_root_read_text(root, path, text, sizeof(text)) < 0 || !pt_scan_u64(&p, &value))
		return INFINITY;
	if (second && pt_scan_u64(&p, &other))
		*second = (double)other;
	return (double)value;
}

static double cpu_limit(struct pt_root *root, const char *folder, int version)
{
	double period = 0, quota;

	if (version == 2) {
		quota = read_limit(root, folder, "cpu.max", &period);
	} else {
		quota = read_limit(root, folder, "cpu.cfs_quota_us", NULL);
		period = read_limit(root, folder, "cpu.cfs_period_us", NULL);
	}
	return period > 0 && !isinf(period) ? quota / period : INFINITY;
}

static double memory_limit(struct pt_root *root, const char *folder, int version)
{
	double bytes = read_limit(root, folder,
				  version == 2 ? "memory.max" : "memory.limit_in_bytes", NULL);

	/* Version 1 says "no limit" as the largest multiple of a page. */
	return bytes >= 0x1p62 ? INFINITY : bytes;
}

static double pids_limit(struct pt_root *root, const char *folder, int version)
{
	(void)version;
	return read_limit(root, folder, "pids.max", NULL);
}

/* The least over the group and those above it. */
static double tightest(struct pt_root *root, const struct cg_place *place,
		       double (*limit)(struct pt_root *root, const char *folder, int version))
{
	char folder[PATH_SIZE];
	size_t mount = pt_snprintf(folder, sizeof(folder), "%s", place->mount);
	size_t len = mount + pt_snprintf(folder + mount, sizeof(folder) - mount, "%s", place->path);
	double least = INFINITY;

	for (; place->version > 0 && len >= mount; len--) {
		if (folder[len] != '\0' && folder[len] != '/')
			continue;
		folder[len] = '\0';
		least = fmin(least, limit(root, folder, place->version));
		if (len == 0)
			break;
	}
	return least;
}

/* Processors in a list such as "0-3,8"; 0 when it cannot be read. */
static double count_online(struct pt_root *root)
{
	char text[512];
	const char *p = text;
	uint64_t first, last, n = 0;

	if (pt_root_read_text(root, "sys/devices/system/cpu/online", text, sizeof(text)) < 0)
		return 0;
	while (pt_scan_u64(&p, &first)) {
		last = first;
		if (pt_scan_is(&p, "-") && !pt_scan_u64(&p, &last))
			return 0;
		n += last - first + 1;
		pt_scan_is(&p, ",");
	}
	return (double)n;
}

static void read_limits(struct group *group, struct pt_root *root)
{
	group->cpu_limit = tightest(root, &group->places[CG_CPU], cpu_limit);
	group->memory_limit = tightest(root, &group->places[CG_MEMORY], memory_limit);
	group->pids_limit = tightest(root, &group->places[CG_PIDS], pids_limit);
	group->cpus = isinf(group->cpu_limit) ? count_online(root) : group->cpu_limit;
}

static void report_limit(struct group *group, struct pt_collect_env *env, int metric, double limit)
{
	if (isinf(limit))
		fail(group, env, metric, "no limit is set");
	else
		gauge(group, env, metric, limit);
}

static void report_limits(struct group *group, struct pt_collect_env *env, int64_t now_ns)
{
	double working_set = fmax(group->memory - group->inactive_file, 0);
	double elapsed = (double)(now_ns - group->before_ns);
	double used = group->cpu_ns - group->cpu_before_ns;

	report_limit(group, env, CPU_LIMIT, group->cpu_limit);
	report_limit(group, env, MEMORY_LIMIT, group->memory_limit);
	report_limit(group, env, PIDS_LIMIT, group->pids_limit);
	if (group->cpus > 0 && elapsed > 0 && used >= 0)
		gauge(group, env, CPU_RATIO, fmin(used / elapsed / group->cpus, 1));
	if (!isnan(group->memory) && !isnan(group->inactive_file)) {
		gauge(group, env, WORKING_SET, working_set);
		if (!isinf(group->memory_limit) && group->memory_limit > 0)
			gauge(group, env, MEMORY_LIMIT_RATIO,
			      fmin(working_set / group->memory_limit, 1));
	}
	if (isinf(group->memory_limit) || group->memory_limit <= 0)
		fail(group, env, MEMORY_LIMIT_RATIO, "no limit is set");
	group->cpu_before_ns = group->cpu_ns;
	group->before_ns = now_ns;
}

/* -- groups --------------------------------------------------------------------------------- */

/* The path that names the group for a metric. In version 1 the controllers may put a process into
 * different groups, and a number must not go by the name of another one. */
static const char *label_of(const struct group *group, int metric)
{
	static const enum cg_controller of[N_METRICS] = {
		[CPU] = CG_CPUACCT,
		[CPU_USER] = CG_CPUACCT,
		[CPU_SYSTEM] = CG_CPUACCT,
		[PERIODS] = CG_CPU,
		[THROTTLED_PERIODS] = CG_CPU,
		[THROTTLED] = CG_CPU,
		[CPU_LIMIT] = CG_CPU,
		[CPU_RATIO] = CG_CPUACCT,
		[MEMORY] = CG_MEMORY,
		[WORKING_SET] = CG_MEMORY,
		[MEMORY_LIMIT] = CG_MEMORY,
		[MEMORY_LIMIT_RATIO] = CG_MEMORY,
		[SWAP] = CG_MEMORY,
		[OOM_KILLS] = CG_MEMORY,
		[IO_READ] = CG_IO,
		[IO_WRITE] = CG_IO,
		[PIDS] = CG_PIDS,
		[PIDS_LIMIT] = CG_PIDS,
	};
	const char *path = group->places[of[metric]].path;

	return *path ? path : "/";
}

static void open_files(struct group *group, struct pt_root *root)
{
	char path[PATH_SIZE];

	for (size_t i = 0; i < PT_LEN(files); i++) {
		const struct cg_place *place = &group->places[files[i].controller];
		size_t n = group->n_files;

		if (place->version != files[i].version)
			continue;
		if (n > 0 && group->files[n - 1].kind->take == files[i].take) {
			if (pt_pfile_open(&group->files[n - 1].file, root) == 0)
				continue;
			free(group->files[--n].path);
		}
		if (n >= FILES_MAX)
			break;
		pt_snprintf(path, sizeof(path), "%s%s/%s", place->mount, place->path,
			    files[i].name);
		group->files[n].path = pt_strdup(path);
		group->files[n].file = (struct pt_pfile)PT_PFILE(group->files[n].path);
		group->files[n].kind = &files[i];
		group->n_files = n + 1;
	}
}

static struct group *add_group(struct cgroup *cgroup, struct pt_collect_env *env,
			       const struct cg_place *places, const char *child)
{
	struct group *group = pt_calloc(1, sizeof(*group));

	memcpy(group->places, places, sizeof(group->places));
	pt_strlcpy(group->child, child, sizeof(group->child));
	for (size_t i = 0; *child && i < CG_N; i++) {
		struct cg_place *place = &group->places[i];
		size_t n = strlen(place->path);

		pt_snprintf(place->path + n, sizeof(place->path) - n, "/%s", child);
	}
	for (int i = 0; i < N_METRICS; i++)
		group->ids[i] = pt_source_series(env, &metrics[i], label_of(group, i));
	open_files(group, env->root);
	group->cpu_before_ns = NAN;
	cgroup->groups[cgroup->n_groups++] = group;
	return group;
}

static void free_group(struct group *group)
{
	for (size_t i = 0; i < group->n_files; i++) {
		pt_pfile_close(&group->files[i].file);
		free(group->files[i].path);
	}
	free(group);
}

static void drop_group(struct group *group, struct pt_collect_env *env)
{
	for (size_t i = 0; i < N_METRICS; i++)
		pt_sink_drop(&env->sink, group->ids[i]);
	free_group(group);
}

struct listing {
	struct cgroup *cgroup;
	struct pt_collect_env *env;
};

static void see_child(void *arg, const char *name)
{
	struct listing *listing = arg;
	struct cgroup *cgroup = listing->cgroup;

	if (cg_is_file(name) || strlen(name) >= sizeof(cgroup->groups[0]->child))
		return;
	for (size_t i = 1; i < cgroup->n_groups; i++) {
		if (strcmp(cgroup->groups[i]->child, name) == 0) {
			cgroup->groups[i]->seen = true;
			return;
		}
	}
	if (cgroup->n_groups <= CHILDREN_MAX)
		add_group(cgroup, listing->env, cgroup->groups[0]->places, name)->seen = true;
}

static void list_children(struct cgroup *cgroup, struct pt_collect_env *env)
{
	struct listing listing = {.cgroup = cgroup, .env = env};
	char folder[PATH_SIZE];
	size_t n = 1, i;

	for (i = 1; i < cgroup->n_groups; i++)
		cgroup->groups[i]->seen = false;
	for (i = 0; i < CG_N && cgroup->groups[0]->places[i].version == 0; i++)
		;
	if (i == CG_N)
		return;
	pt_snprintf(folder, sizeof(folder), "%s%s", cgroup->groups[0]->places[i].mount,
		    cgroup->groups[0]->places[i].path);
	pt_root_list(env->root, folder, see_child, &listing);
	for (i = 1; i < cgroup->n_groups; i++) {
		if (cgroup->groups[i]->seen)
			cgroup->groups[n++] = cgroup->groups[i];
		else
			drop_group(cgroup->groups[i], env);
	}
	cgroup->n_groups = n;
}

/* -- the collector -------------------------------------------------------------------------- */

static void stop(void *state, struct pt_collect_env *env)
{
	struct cgroup *cgroup = state;

	(void)env;
	for (size_t i = 0; i < cgroup->n_groups; i++)
		free_group(cgroup->groups[i]);
}

static int start(void *state, struct pt_collect_env *env)
{
	struct cgroup *cgroup = state;
	struct cg_place places[CG_N];
	struct pt_err err;
	int rc = cg_find(env->root, env->cgroup, places, &err);

	pt_source_fail(env, metrics, N_METRICS, rc < 0 ? err.msg : NULL);
	if (rc < 0)
		return rc;
	add_group(cgroup, env, places, "");
	cgroup->renew_ns = INT64_MIN;
	return 0;
}

static void tell_unread(struct group *group, struct pt_collect_env *env,
			const struct file_kind *kind, int errnum)
{
	char reason[160];

	if (errnum != ENOENT)
		pt_root_reason(errnum, kind->name, reason, sizeof(reason));
	else if (!group->places[kind->controller].path[0])
		pt_strlcpy(reason, "the root of all groups has no such account: see the machine's",
			   sizeof(reason));
	else
		pt_snprintf(reason, sizeof(reason),
			    "no %s: the group is gone or its controller is not enabled",
			    kind->name);
	for (int m = 0; m < N_METRICS; m++) {
		if (kind->feeds & B(m))
			fail(group, env, m, reason);
	}
}

static void sample_group(struct group *group, struct pt_collect_env *env, int64_t now_ns)
{
	char *text;

	group->memory = group->inactive_file = group->cpu_ns = NAN;
	for (size_t i = 0; i < group->n_files; i++) {
		const struct file_kind *kind = group->files[i].kind;

		if (group->files[i].missing)
			continue;
		if (pt_pfile_read(&group->files[i].file, env->root, &text) >= 0) {
			kind->take(group, env, text);
			continue;
		}
		group->files[i].missing = errno == ENOENT;
		tell_unread(group, env, kind, errno);
	}
	report_limits(group, env, now_ns);
}

/* Metrics that no file feeds because their controller is mounted nowhere. */
static void tell_unmounted(struct group *group, struct pt_collect_env *env)
{
	unsigned fed = B(CPU_LIMIT) | B(MEMORY_LIMIT) | B(MEMORY_LIMIT_RATIO) | B(PIDS_LIMIT);

	for (size_t i = 0; i < group->n_files; i++)
		fed |= group->files[i].kind->feeds;
	for (int m = 0; m < N_METRICS; m++) {
		if (!(fed & B(m)))
			fail(group, env, m, "no cgroup controller for this is mounted");
	}
}

static void renew_group(struct group *group, struct pt_collect_env *env)
{
	read_limits(group, env->root);
	tell_unmounted(group, env);
	for (size_t i = 0; i < group->n_files; i++)
		group->files[i].missing = false;
}

static void sample(void *state, struct pt_collect_env *env, int64_t now_ns)
{
	struct cgroup *cgroup = state;
	bool renew = now_ns >= cgroup->renew_ns;

	if (renew) {
		cgroup->renew_ns = now_ns + RENEW_NS;
		if (env->cgroup)
			list_children(cgroup, env);
	}
	for (size_t i = 0; i < cgroup->n_groups; i++) {
		if (renew)
			renew_group(cgroup->groups[i], env);
		sample_group(cgroup->groups[i], env, now_ns);
	}
}

extern const struct pt_collector pt_collector_cgroup;
const struct pt_collector pt_collector_cgroup = {
	.name = "cgroup",
	.help = "Use and limits of a control group: ours, or a chosen service or container",
	.metrics = metrics,
	.n_metrics = N_METRICS,
	.interval_ns = 2 * PT_S,
	.state_size = sizeof(struct cgroup),
	.start = start,
	.sample = sample,
	.stop = stop,
};
