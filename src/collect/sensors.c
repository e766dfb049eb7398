/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the processors' hardware tells through sysfs: clock, temperature, throttling. A machine with
 * 128 of them has hundreds of such files and some of them ask another processor for an answer, so
 * the interval is slow, an eighth of the descriptors that we may have is kept open, and on a large
 * machine the looking up (9 ms for 256 processors) waits until the first screen is drawn.
 *
 * Clock: cpufreq's scaling_cur_freq; without cpufreq /proc/cpuinfo, but not in a virtual machine,
 * where it is a constant. Temperature: the hwmon chips coretemp, k10temp, zenpower and cpu_thermal,
 * else a thermal zone of the processor; other sensors may wake a disk, and are left alone.
 * Throttling: Intel counts it for each core and each package; processors of one core or package
 * show the same number, so the first of them is read. When the set of online processors changes, all is looked up anew.
 */
#include "perftop/base/mem.h"
#include "perftop/base/str.h"
#include "perftop/collect/scan.h"
#include "perftop/collect/source.h"

#include <limits.h>
#include <math.h>
#include <string.h>
#include <sys/resource.h>

enum { CLOCK, CORE_CLOCK, TEMPERATURE, CORE_TEMPERATURE, THROTTLES, CORE_THROTTLES, N_METRICS };

static const struct pt_metric metrics[N_METRICS] = {
	[CLOCK] = {"cpu_frequency_hertz", NULL, PT_UNIT_HERTZ, PT_GAUGE, 0,
		   "Clock of the processors, mean of those online"},
	[CORE_CLOCK] = {"cpu_core_frequency_hertz", "core", PT_UNIT_HERTZ, PT_GAUGE,
			PT_METRIC_NO_HISTORY, "Clock of one processor"},
	[TEMPERATURE] = {"cpu_temperature_celsius", NULL, PT_UNIT_CELSIUS, PT_GAUGE, 0,
			 "Temperature of the hottest part of the processors"},
	[CORE_TEMPERATURE] = {"cpu_core_temperature_celsius", "core", PT_UNIT_CELSIUS, PT_GAUGE,
			      PT_METRIC_NO_HISTORY, "Temperature of the core of one processor"},
	[THROTTLES] = {"cpu_throttles_total", "scope", PT_UNIT_COUNT, PT_COUNTER, 0,
		       "Times that cores or whole packages were slowed down for being too hot"},
	[CORE_THROTTLES] = {"cpu_core_throttles_total", "core", PT_UNIT_COUNT, PT_COUNTER,
			    PT_METRIC_NO_HISTORY,
			    "Times that the core of one processor was slowed down"},
};

enum what { A_CLOCK, A_TEMPERATURE, A_CORE_THROTTLE, A_PACKAGE_THROTTLE };

enum {
	FILES_MAX = 32768,
	MANY_CPUS = 32,
	CPUS_MAX = 8192,
	PATH_SIZE = 96,
	THREADS_MAX = 4,
	NO_ID = INT_MIN
};

struct file {
	struct pt_pfile file;
	char path[PATH_SIZE];
	enum what what;
	int ids[THREADS_MAX]; /* series of the processors that it concerns, beside the machine's */
	int n_ids;
};

struct cpu {
	int number;
	uint64_t core, package;
};

struct sensors {
	struct pt_pfile online, cpuinfo;
	char online_text[128]; /* for which the rest was looked up */
	struct cpu *cpus;
	size_t n_cpus, cpus_cap;
	struct file *files;
	size_t n_files, files_cap;
	bool use_cpuinfo;
	bool postponed;	  /* nothing is looked up yet */
	size_t n_kept;	  /* more files than that are opened each time */
	int *cpuinfo_ids; /* by number, NO_ID for none */
	size_t n_cpuinfo, cpuinfo_cap;
	int clock_id, temperature_id, throttle_ids[2];
};

/* What one sample adds up. */
struct sums {
	double clock_hz, hottest;
	size_t n_clocks;
	uint64_t throttles[2];
	bool has_throttles[2];
};

static int by_number(const void *a, const void *b)
{
	return ((const struct cpu *)a)->number - ((const struct cpu *)b)->number;
}

/* -- looking up ----------------------------------------------------------------------------- */

static void add_cpu(void *arg, const char *name)
{
	struct sensors *sensors = arg;
	long long number;

	if (strncmp(name, "cpu", 3) != 0 || name[3] < '0' || name[3] > '9' ||
	    pt_parse_i64(name + 3, 0, CPUS_MAX - 1, &number) < 0 || sensors->n_cpus >= CPUS_MAX)
		return;
	*PT_PUSH(sensors->cpus, sensors->n_cpus, sensors->cpus_cap) =
		(struct cpu){.number = (int)number};
}

static int cpu_series(struct pt_collect_env *env, int metric, int cpu)
{
	char name[16];

	pt_snprintf(name, sizeof(name), "%d", cpu);
	return pt_source_series(env, &metrics[metric], name);
}

/* A file that can be opened; NULL otherwise. */
static struct file *add_file(struct sensors *sensors, struct pt_collect_env *env, enum what what,
			     const char *path)
{
	struct file *file;
	struct pt_pfile probe = PT_PFILE(path);

	if (sensors->n_files >= FILES_MAX || pt_pfile_open(&probe, env->root) < 0)
		return NULL;
	file = PT_PUSH(sensors->files, sensors->n_files, sensors->files_cap);
	*file = (struct file){.file = probe, .what = what};
	pt_strlcpy(file->path, path, sizeof(file->path));
	if (sensors->n_files > sensors->n_kept)
		pt_pfile_close(&file->file);
	return file;
}

static const char *cpu_path(char *buf, const struct cpu *cpu, const char *file)
{
	pt_snprintf(buf, PATH_SIZE, "sys/devices/system/cpu/cpu%d/%s", cpu->number, file);
	return buf;
}

static void read_topology(struct pt_root *root, struct cpu *cpu)
{
	char path[PATH_SIZE];

	cpu->core = (uint64_t)cpu->number;
	pt_root_read_u64(root, cpu_path(path, cpu, "topology/core_id"), &cpu->core);
	pt_root_read_u64(root, cpu_path(path, cpu, "topology/physical_package_id"), &cpu->package);
}

/* Gives a file of a core the series of that core's processors. */
static void add_core_series(struct sensors *sensors, struct pt_collect_env *env, struct file *file,
			    int metric, uint64_t core, uint64_t package)
{
	for (size_t i = 0; i < sensors->n_cpus && file->n_ids < THREADS_MAX; i++) {
		const struct cpu *cpu = &sensors->cpus[i];

		if (cpu->core == core && cpu->package == package)
			file->ids[file->n_ids++] = cpu_series(env, metric, cpu->number);
	}
}

static void look_up_cpu(struct sensors *sensors, struct pt_collect_env *env, size_t index)
{
	const struct cpu *cpu = &sensors->cpus[index];
	bool first_of_core = true, first_of_package = true;
	char path[PATH_SIZE];
	struct file *file;

	for (size_t i = 0; i < index; i++) {
		if (sensors->cpus[i].package != cpu->package)
			continue;
		first_of_package = false;
		if (sensors->cpus[i].core == cpu->core)
			first_of_core = false;
	}
	file = add_file(sensors, env, A_CLOCK, cpu_path(path, cpu, "cpufreq/scaling_cur_freq"));
	if (file)
		file->ids[file->n_ids++] = cpu_series(env, CORE_CLOCK, cpu->number);
	if (first_of_package)
		add_file(sensors, env, A_PACKAGE_THROTTLE,
			 cpu_path(path, cpu, "thermal_throttle/package_throttle_count"));
	if (!first_of_core)
		return;
	file = add_file(sensors, env, A_CORE_THROTTLE,
			cpu_path(path, cpu, "thermal_throttle/core_throttle_count"));
	if (file)
		add_core_series(sensors, env, file, CORE_THROTTLES, cpu->core, cpu->package);
}

/* One hwmon chip while it is being looked up. */
struct chip {
	struct sensors *sensors;
	struct pt_collect_env *env;
	const char *folder;
	uint64_t package; /* that its cores belong to */
	bool by_label;	  /* AMD: Tdie is right where there is one, else Tctl */
	const char *label;
};

static ssize_t read_label(struct chip *chip, const char *input, char *out, size_t size)
{
	char path[PATH_SIZE];

	pt_snprintf(path, sizeof(path), "%s/%.*slabel", chip->folder,
		    (int)(strlen(input) - strlen("input")), input);
	return pt_root_read_text(chip->env->root, path, out, size);
}

static bool is_input(const char *name)
{
	size_t n = strlen(name);

	return strncmp(name, "temp", 4) == 0 && n > 10 && strcmp(name + n - 6, "_input") == 0;
}

static void find_package(void *arg, const char *name)
{
	struct chip *chip = arg;
	char label[32];
	const char *p = label;

	if (!is_input(name) || read_label(chip, name, label, sizeof(label)) < 0)
		return;
	if (pt_scan_is(&p, "Package id "))
		pt_scan_u64(&p, &chip->package);
	else if (strcmp(label, "Tdie") == 0)
		chip->label = "Tdie";
}

static void add_input(void *arg, const char *name)
{
	struct chip *chip = arg;
	struct sensors *sensors = chip->sensors;
	char label[32] = "", path[PATH_SIZE];
	const char *p = label;
	struct file *file;
	uint64_t core;

	if (!is_input(name))
		return;
	if (read_label(chip, name, label, sizeof(label)) > 0 && chip->by_label &&
	    strcmp(label, chip->label) != 0)
		return;
	pt_snprintf(path, sizeof(path), "%s/%s", chip->folder, name);
	file = add_file(sensors, chip->env, A_TEMPERATURE, path);
	if (file && pt_scan_is(&p, "Core ") && pt_scan_u64(&p, &core))
		add_core_series(sensors, chip->env, file, CORE_TEMPERATURE, core, chip->package);
}

static void add_chip(void *arg, const char *name)
{
	static const char *const chips[] = {"coretemp", "k10temp", "zenpower", "cpu_thermal"};
	struct chip chip = *(struct chip *)arg;
	char folder[PATH_SIZE / 2], path[PATH_SIZE], text[32];

	pt_snprintf(folder, sizeof(folder), "sys/class/hwmon/%s", name);
	pt_snprintf(path, sizeof(path), "%s/name", folder);
	if (pt_root_read_text(chip.env->root, path, text, sizeof(text)) < 0)
		return;
	for (size_t i = 0; i < PT_LEN(chips); i++) {
		if (strcmp(text, chips[i]) != 0)
			continue;
		chip.folder = folder;
		chip.label = "Tctl";
		chip.by_label = chips[i][0] == 'k' || chips[i][0] == 'z';
		pt_root_list(chip.env->root, folder, find_package, &chip);
		pt_root_list(chip.env->root, folder, add_input, &chip);
	}
}

static void add_zone(void *arg, const char *name)
{
	struct chip *chip = arg;
	char path[PATH_SIZE], text[32];

	pt_snprintf(path, sizeof(path), "sys/class/thermal/%.32s/type", name);
	if (strncmp(name, "thermal_zone", 12) != 0 ||
	    pt_root_read_text(chip->env->root, path, text, sizeof(text)) < 0)
		return;
	if (strncmp(text, "cpu", 3) != 0 && strncmp(text, "soc", 3) != 0 &&
	    strcmp(text, "x86_pkg_temp") != 0)
		return;
	pt_snprintf(path, sizeof(path), "sys/class/thermal/%.32s/temp", name);
	add_file(chip->sensors, chip->env, A_TEMPERATURE, path);
}

static bool has(const struct sensors *sensors, enum what what)
{
	for (size_t i = 0; i < sensors->n_files; i++) {
		if (sensors->files[i].what == what)
			return true;
	}
	return false;
}

/* Reasons for what was not found, and none for what was. */
static bool tell(struct sensors *sensors, struct pt_collect_env *env, bool virtual)
{
	bool clock = has(sensors, A_CLOCK) || sensors->use_cpuinfo;
	bool temperature = has(sensors, A_TEMPERATURE);
	bool throttles = has(sensors, A_CORE_THROTTLE) || has(sensors, A_PACKAGE_THROTTLE);

	pt_source_fail(env, &metrics[CLOCK], 2,
		       clock	 ? NULL
		       : virtual ? "no cpufreq on this virtual machine: its host sets the clock"
				 : "no cpufreq driver is at work on this machine");
	pt_source_fail(env, &metrics[TEMPERATURE], 2,
		       temperature ? NULL
		       : virtual   ? "no temperature sensor on this virtual machine"
				   : "no temperature sensor of the processor (is its hwmon driver "
				     "loaded?)");
	pt_source_fail(env, &metrics[THROTTLES], 2,
		       throttles ? NULL : "this processor does not tell when it is throttled");
	return clock || temperature || throttles;
}

/* Does /proc/cpuinfo tell clocks, and that this is a virtual machine? */
static bool read_cpuinfo(struct sensors *sensors, struct pt_collect_env *env, bool *ret_virtual)
{
	char *text;

	if (pt_pfile_read(&sensors->cpuinfo, env->root, &text) < 0)
		return false;
	*ret_virtual = strstr(text, " hypervisor") != NULL;
	return strstr(text, "\ncpu MHz") != NULL;
}

static bool look_up(struct sensors *sensors, struct pt_collect_env *env)
{
	struct chip chip = {.sensors = sensors, .env = env};
	bool virtual = false, has_clocks;

	sensors->n_cpus = 0;
	pt_root_list(env->root, "sys/devices/system/cpu", add_cpu, sensors);
	if (sensors->n_cpus > 1)
		qsort(sensors->cpus, sensors->n_cpus, sizeof(sensors->cpus[0]), by_number);
	for (size_t i = 0; i < sensors->n_cpus; i++)
		read_topology(env->root, &sensors->cpus[i]);
	for (size_t i = 0; i < sensors->n_cpus; i++)
		look_up_cpu(sensors, env, i);
	pt_root_list(env->root, "sys/class/hwmon", add_chip, &chip);
	if (!has(sensors, A_TEMPERATURE))
		pt_root_list(env->root, "sys/class/thermal", add_zone, &chip);
	if (!has(sensors, A_CLOCK)) {
		has_clocks = read_cpuinfo(sensors, env, &virtual);
		sensors->use_cpuinfo = has_clocks && !virtual;
	}
	return tell(sensors, env, virtual);
}

static void close_files(struct sensors *sensors)
{
	for (size_t i = 0; i < sensors->n_files; i++)
		pt_pfile_close(&sensors->files[i].file);
	pt_pfile_close(&sensors->cpuinfo);
}

static void forget(struct sensors *sensors, struct pt_collect_env *env)
{
	close_files(sensors);
	for (size_t i = 0; i < sensors->n_files; i++) {
		for (int k = 0; k < sensors->files[i].n_ids; k++)
			pt_sink_drop(&env->sink, sensors->files[i].ids[k]);
	}
	for (size_t i = 0; i < sensors->n_cpuinfo; i++)
		if (sensors->cpuinfo_ids[i] != NO_ID)
			pt_sink_drop(&env->sink, sensors->cpuinfo_ids[i]);
	sensors->n_files = sensors->n_cpus = sensors->n_cpuinfo = 0;
	sensors->use_cpuinfo = false;
}

/* -- the collector -------------------------------------------------------------------------- */

static void stop(void *state, struct pt_collect_env *env)
{
	struct sensors *sensors = state;

	(void)env;
	close_files(sensors);
	pt_pfile_close(&sensors->online);
	free(sensors->cpus);
	free(sensors->files);
	free(sensors->cpuinfo_ids);
}

static void read_online(struct sensors *sensors, struct pt_collect_env *env, char *out, size_t size)
{
	char *text;

	out[0] = '\0';
	if (pt_pfile_read(&sensors->online, env->root, &text) >= 0)
		pt_strlcpy(out, text, size);
}

static int start(void *state, struct pt_collect_env *env)
{
	struct sensors *sensors = state;
	struct rlimit limit = {.rlim_cur = 1024};

	getrlimit(RLIMIT_NOFILE, &limit);
	sensors->n_kept = (size_t)limit.rlim_cur / 8;
	sensors->online = (struct pt_pfile)PT_PFILE("sys/devices/system/cpu/online");
	sensors->cpuinfo = (struct pt_pfile)PT_PFILE("proc/cpuinfo");
	sensors->cpuinfo.long_records = true;
	read_online(sensors, env, sensors->online_text, sizeof(sensors->online_text));
	pt_root_list(env->root, "sys/devices/system/cpu", add_cpu, sensors);
	sensors->postponed = sensors->n_cpus > MANY_CPUS;
	if (!sensors->postponed && !look_up(sensors, env)) {
		stop(sensors, env);
		return -PT_ENOTSUP;
	}
	sensors->clock_id = pt_source_series(env, &metrics[CLOCK], NULL);
	sensors->temperature_id = pt_source_series(env, &metrics[TEMPERATURE], NULL);
	sensors->throttle_ids[0] = pt_source_series(env, &metrics[THROTTLES], "core");
	sensors->throttle_ids[1] = pt_source_series(env, &metrics[THROTTLES], "package");
	return 0;
}

static void add_value(struct sums *sums, const struct file *file, struct pt_collect_env *env,
		      double value)
{
	double stored = value;
	int scope = file->what - A_CORE_THROTTLE;

	switch (file->what) {
	case A_CLOCK: /* kHz */
		stored = value * 1000;
		sums->clock_hz += stored;
		sums->n_clocks++;
		break;
	case A_TEMPERATURE: /* thousandths of a degree */
		stored = value / 1000;
		if (stored < -100 || stored > 250)
			return;
		sums->hottest = fmax(sums->hottest, stored);
		break;
	case A_CORE_THROTTLE:
	case A_PACKAGE_THROTTLE:
		sums->throttles[scope] += (uint64_t)value;
		sums->has_throttles[scope] = true;
		break;
	}
	for (int i = 0; i < file->n_ids; i++) {
		if (file->what == A_CORE_THROTTLE)
			pt_sink_counter(&env->sink, file->ids[i], (uint64_t)value);
		else
			pt_sink_gauge(&env->sink, file->ids[i], stored);
	}
}

static void sample_file(struct sensors *sensors, struct pt_collect_env *env, struct file *file,
			struct sums *sums)
{
	double value;
	const char *p;
	char *text;

	file->file.path = file->path; /* the array may have moved */
	if (pt_pfile_read(&file->file, env->root, &text) < 0)
		return;
	p = text;
	if (pt_scan_double(&p, &value) && (value >= 0 || file->what == A_TEMPERATURE) &&
	    value < 1e15)
		add_value(sums, file, env, value);
	if (sensors->n_files > sensors->n_kept)
		pt_pfile_close(&file->file);
}

/* Series of a processor in cpuinfo. */
static int cpuinfo_id(struct sensors *sensors, struct pt_collect_env *env, uint64_t number)
{
	while (sensors->n_cpuinfo <= number)
		*PT_PUSH(sensors->cpuinfo_ids, sensors->n_cpuinfo, sensors->cpuinfo_cap) = NO_ID;
	if (sensors->cpuinfo_ids[number] == NO_ID)
		sensors->cpuinfo_ids[number] = cpu_series(env, CORE_CLOCK, (int)number);
	return sensors->cpuinfo_ids[number];
}

/* Blocks of lines `processor : 3`, `cpu MHz : 2593.906`, in growing order. */
static void sample_cpuinfo(struct sensors *sensors, struct pt_collect_env *env, struct sums *sums)
{
	uint64_t number = CPUS_MAX, next = 0;
	double mhz;
	char *text;
	const char *p;

	if (pt_pfile_read(&sensors->cpuinfo, env->root, &text) < 0)
		return;
	p = text;
	do {
		if (pt_scan_is(&p, "processor") && pt_scan_is(&p, ":"))
			pt_scan_u64(&p, &number);
		if (!pt_scan_is(&p, "cpu MHz") || !pt_scan_is(&p, ":") ||
		    !pt_scan_double(&p, &mhz) || mhz <= 0 || mhz > 1e6)
			continue;
		if (number < next || number >= CPUS_MAX)
			continue;
		next = number + 1;
		pt_sink_gauge(&env->sink, cpuinfo_id(sensors, env, number), mhz * 1e6);
		sums->clock_hz += mhz * 1e6;
		sums->n_clocks++;
	} while (pt_scan_line(&p));
}

static void sample(void *state, struct pt_collect_env *env, int64_t now_ns)
{
	struct sensors *sensors = state;
	struct sums sums = {.hottest = -INFINITY};
	char online[sizeof(sensors->online_text)];

	(void)now_ns;
	if (sensors->postponed) {
		sensors->postponed = false;
		pt_strlcpy(sensors->online_text, "?", sizeof(sensors->online_text));
		return;
	}
	read_online(sensors, env, online, sizeof(online));
	if (strcmp(online, sensors->online_text) != 0) {
		pt_strlcpy(sensors->online_text, online, sizeof(sensors->online_text));
		forget(sensors, env);
		look_up(sensors, env);
	}
	for (size_t i = 0; i < sensors->n_files; i++)
		sample_file(sensors, env, &sensors->files[i], &sums);
	if (sensors->use_cpuinfo)
		sample_cpuinfo(sensors, env, &sums);
	if (sums.n_clocks > 0)
		pt_sink_gauge(&env->sink, sensors->clock_id, sums.clock_hz / (double)sums.n_clocks);
	if (!isinf(sums.hottest))
		pt_sink_gauge(&env->sink, sensors->temperature_id, sums.hottest);
	for (size_t i = 0; i < 2; i++) {
		if (sums.has_throttles[i])
			pt_sink_counter(&env->sink, sensors->throttle_ids[i], sums.throttles[i]);
	}
}

extern const struct pt_collector pt_collector_sensors;
const struct pt_collector pt_collector_sensors = {
	.name = "sensors",
	.help = "Clock, temperature and throttling of the processors (sysfs)",
	.metrics = metrics,
	.n_metrics = N_METRICS,
	.interval_ns = 5 * PT_S,
	.state_size = sizeof(struct sensors),
	.start = start,
	.sample = sample,
	.stop = stop,
};
