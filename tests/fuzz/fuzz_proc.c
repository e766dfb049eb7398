/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Malformed /proc and /sys. The first line of an input names a file of the small tree below (any
 * other line picks one), the rest is its content; a line `----` separates what it holds at the
 * first sample from what it holds at the second. The collector or the process scanner that reads
 * the file runs twice over it, and the sink checks what no input may make it say: infinite
 * numbers, shares beyond 1, negative sizes, a series set twice in a tick or after its end.
 */
#include "perftop/base/mem.h"
#include "perftop/base/str.h"
#include "perftop/collect/collect.h"
#include "perftop/collect/procs.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The tree; a file that only completes it has no reader. */
static const struct entry {
	const char *path, *reader, *text;
} entries[] = {
	{"proc/stat", "cpu", "cpu  1 1 1 1 1 1 1 1 0 0\ncpu0 1 1 1 1 1 1 1 1 0 0\nctxt 5\n"},
	{"proc/loadavg", "load", "0.1 0.2 0.3 1/100 200\n"},
	{"proc/meminfo", "memory", "MemTotal: 1000 kB\nMemFree: 500 kB\n"},
	{"proc/pressure/cpu", "pressure", "some avg10=0.00 avg60=0.00 avg300=0.00 total=5\n"},
	{"proc/vmstat", "vm", "pgpgin 5\npgfault 6\n"},
	{"proc/diskstats", "disks", "8 0 sda 1 1 1 1 1 1 1 1 1 1 1\n"},
	{"proc/net/dev", "network", "Inter-|\n face |\neth0: 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1\n"},
	{"proc/net/snmp", "tcp", "Tcp: CurrEstab InSegs OutSegs RetransSegs\nTcp: 1 2 3 4\n"},
	{"proc/net/netstat", "tcp", "TcpExt: ListenOverflows ListenDrops\nTcpExt: 1 2\n"},
	{"proc/cpuinfo", "sensors", "processor\t: 0\ncpu MHz\t\t: 1000.5\n"},
	{"sys/devices/system/cpu/online", "sensors", "0\n"},
	{"sys/class/hwmon/hwmon0/temp1_input", "sensors", "40000\n"},
	{"sys/class/hwmon/hwmon0/temp1_label", "sensors", "Core 0\n"},
	{"proc/self/mountinfo", "cgroup", "1 2 0:3 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n"},
	{"proc/self/cgroup", "cgroup", "0::/g\n"},
	{"sys/fs/cgroup/g/cpu.stat", "cgroup", "usage_usec 5\nnr_throttled 1\n"},
	{"sys/fs/cgroup/g/cpu.max", "cgroup", "50000 100000\n"},
	{"sys/fs/cgroup/g/memory.current", "cgroup", "5000\n"},
	{"sys/fs/cgroup/g/memory.stat", "cgroup", "inactive_file 5\n"},
	{"sys/fs/cgroup/g/memory.max", "cgroup", "10000\n"},
	{"sys/fs/cgroup/g/io.stat", "cgroup", "8:0 rbytes=1 wbytes=2\n"},
	{"proc/7/stat", "procs",
	 "7 (sh) S 1 7 7 0 -1 0 10 0 1 0 5 5 0 0 20 0 1 0 100 4096 50 18446744073709551615 0 0 0 0 "
	 "0 0 0 0 0 0 0 0 17 0 0 0 0 0 0 0 0 0 0 0 0 0 0\n"},
	{"proc/7/status", "procs", "Name:\tsh\nUid:\t0\t0\t0\t0\nvoluntary_ctxt_switches:\t3\n"},
	{"proc/7/schedstat", "procs", "1000 2000 3\n"},
	{"proc/7/io", "procs", "read_bytes: 4096\nwrite_bytes: 512\n"},
	{"proc/7/cgroup", "procs", "0::/g\n"},
	{"proc/7/cmdline", "procs", "sh"},
	{"proc/7/limits", "procs", "Limit Soft Hard Units\n"},
	{"etc/passwd", "procs", "root:x:0:0:root:/root:/bin/sh\n"},
	{"sys/block/sda/size", NULL, "1\n"},
	{"sys/class/hwmon/hwmon0/name", NULL, "coretemp\n"},
	{"sys/devices/system/cpu/cpu0/topology/core_id", NULL, "0\n"},
};

enum { SERIES_MAX = 2000 };

static struct {
	const struct pt_metric *metric;
	char labels[PT_LABELS_MAX];
	bool dropped, set;
} series[SERIES_MAX];
static size_t n_series;

static char dir[PATH_MAX];
static struct pt_root *root;

static void check(bool holds)
{
	if (!holds)
		abort();
}

/* -- the sink ------------------------------------------------------------------------------- */

static int sink_series(void *ctx, const struct pt_metric *metric, const char *labels)
{
	(void)ctx;
	check(strlen(labels) < PT_LABELS_MAX && (metric->label != NULL) == (labels[0] != '\0'));
	for (size_t i = 0; i < n_series; i++) {
		if (series[i].metric == metric && !series[i].dropped &&
		    strcmp(series[i].labels, labels) == 0)
			return (int)i;
	}
	if (n_series == SERIES_MAX)
		return -PT_ELIMIT;
	series[n_series].metric = metric;
	series[n_series].dropped = series[n_series].set = false;
	pt_strlcpy(series[n_series].labels, labels, PT_LABELS_MAX);
	return (int)n_series++;
}

static void set(int id, enum pt_kind kind)
{
	check((size_t)id < n_series && !series[id].dropped && !series[id].set);
	check(series[id].metric->kind == kind);
	series[id].set = true;
}

static void sink_gauge(void *ctx, int id, double value)
{
	(void)ctx;
	if (id < 0)
		return;
	set(id, PT_GAUGE);
	check(!isinf(value));
	check(!(value < 0) || series[id].metric->unit == PT_UNIT_CELSIUS);
	check(!(value > 1.000001) || series[id].metric->unit != PT_UNIT_RATIO);
}

static void sink_counter(void *ctx, int id, uint64_t total)
{
	(void)ctx;
	(void)total;
	if (id >= 0)
		set(id, PT_COUNTER);
}

static void sink_fail(void *ctx, const struct pt_metric *metric, int id, const char *reason)
{
	(void)ctx;
	check(id < 0 || series[id].metric == metric);
	check(!reason || reason[0]);
}

static void sink_drop(void *ctx, int id)
{
	(void)ctx;
	if (id < 0)
		return;
	check((size_t)id < n_series && !series[id].dropped);
	series[id].dropped = true;
}

/* -- the tree ------------------------------------------------------------------------------- */

static void put(const char *path, const uint8_t *text, size_t size)
{
	char full[PATH_MAX + 128];
	int fd;

	pt_snprintf(full, sizeof(full), "%s/%s", dir, path);
	for (char *p = full + strlen(dir) + 1; (p = strchr(p, '/')); p++) {
		*p = '\0';
		check(mkdir(full, 0700) == 0 || errno == EEXIST);
		*p = '/';
	}
	fd = open(full, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	check(fd >= 0);
	check(write(fd, text, size) == (ssize_t)size);
	close(fd);
}

static void put_base(const struct entry *entry)
{
	put(entry->path, (const uint8_t *)entry->text, strlen(entry->text));
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st, (void)type, (void)ftw;
	return remove(path);
}

static void remove_tree(void)
{
	pt_root_free(root);
	nftw(dir, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

/* In memory where there is such a place: an input costs some twenty writes and reads. */
static void make_tree(void)
{
	const char *tmp = getenv("TMPDIR");

	if (access("/dev/shm", W_OK) == 0)
		tmp = "/dev/shm";
	pt_snprintf(dir, sizeof(dir), "%s/perftop-fuzz-XXXXXX", tmp ? tmp : "/tmp");
	check(mkdtemp(dir) != NULL);
	for (size_t i = 0; i < PT_LEN(entries); i++)
		put_base(&entries[i]);
	check(pt_root_open(dir, &root, NULL) == 0);
	atexit(remove_tree);
}

/* -- one input ------------------------------------------------------------------------------ */

static const struct entry *pick(const uint8_t **data, size_t *size)
{
	const uint8_t *end = memchr(*data, '\n', *size);
	size_t n = end ? (size_t)(end - *data) : *size, first = *size ? **data : 0;
	const struct entry *entry = NULL;

	for (size_t i = 0; i < PT_LEN(entries) && !entry; i++) {
		if (strlen(entries[i].path) == n && memcmp(entries[i].path, *data, n) == 0)
			entry = &entries[i];
	}
	*data += end ? n + 1 : n;
	*size -= end ? n + 1 : n;
	if (!entry)
		entry = &entries[first % PT_LEN(entries)];
	return entry->reader ? entry : &entries[0];
}

static void run_procs(const uint8_t *const texts[2], const size_t sizes[2], const char *path)
{
	struct pt_procs *procs = pt_procs_new(root, pt_root_clock(root));
	struct pt_str detail = PT_STR_INIT;
	struct pt_err err;
	size_t n;

	for (int i = 0; i < 2; i++) {
		struct pt_proc *const *rows;

		put(path, texts[i], sizes[i]);
		pt_procs_begin(procs, ~0U);
		while (pt_procs_step(procs, 0) > 0)
			;
		rows = pt_procs_rows(procs, &n);
		for (size_t k = 0; k < n; k++) {
			check(pt_procs_find(procs, rows[k]->pid, rows[k]->start_ticks) == rows[k]);
			check(!isinf(rows[k]->cpu_ratio) && !(rows[k]->cpu_ratio < 0));
			pt_procs_user(procs, rows[k]->uid);
			for (const char *what = "elfcm"; *what; what++)
				pt_procs_detail(procs, rows[k]->pid, rows[k]->start_ticks, *what,
						&detail, &err);
		}
	}
	pt_str_release(&detail);
	pt_procs_free(procs);
}

static void run_collector(const struct pt_collector *collector, const uint8_t *const texts[2],
			  const size_t sizes[2], const char *path)
{
	struct pt_collect_env env = {
		.root = root,
		.clock = pt_root_clock(root),
		.user_hz = 100,
		.page_size = 4096,
		.sink = {.series = sink_series,
			 .gauge = sink_gauge,
			 .counter = sink_counter,
			 .fail = sink_fail,
			 .drop = sink_drop},
	};
	void *state = pt_calloc(1, collector->state_size);

	n_series = 0;
	put(path, texts[0], sizes[0]);
	if (collector->start(state, &env) >= 0) {
		collector->sample(state, &env, 1000 * PT_S);
		put(path, texts[1], sizes[1]);
		for (size_t i = 0; i < n_series; i++)
			series[i].set = false;
		/* Late enough for what is looked up again every 10 s. */
		collector->sample(state, &env, 1010 * PT_S);
		collector->stop(state, &env);
	}
	free(state);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char separator[] = "----\n";
	const struct entry *entry;
	const uint8_t *cut, *texts[2];
	size_t sizes[2];

	if (!root)
		make_tree();
	entry = pick(&data, &size);
	cut = memmem(data, size, separator, strlen(separator));
	texts[0] = data;
	sizes[0] = cut ? (size_t)(cut - data) : size;
	texts[1] = cut ? cut + strlen(separator) : data;
	sizes[1] = cut ? size - sizes[0] - strlen(separator) : size;
	if (strcmp(entry->reader, "procs") == 0)
		run_procs(texts, sizes, entry->path);
	for (size_t i = 0; i < pt_n_collectors; i++) {
		if (strcmp(pt_collectors[i]->name, entry->reader) == 0)
			run_collector(pt_collectors[i], texts, sizes, entry->path);
	}
	put_base(entry);
	return 0;
}
