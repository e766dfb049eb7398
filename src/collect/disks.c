/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * /proc/diskstats, for whole devices: those that have a folder in /sys/block; a partition lies
 * within its disk's. Device-mapper and md devices are listed beside the disks that they are made
 * of, so sums over all would count twice. A device is shown from its first I/O on (the kernel reads
 * the partition table of every real disk), which leaves out unused loop, ram and zram devices.
 *
 * A line has 11 numbers, 15 with discards (4.18) and 17 with flushes (5.5): the first 11 are used.
 * Sectors are 512 bytes whatever the disk says. The kernel prints times in milliseconds as 32-bit
 * numbers, which wrap after 49.7 days of work; a step down that is no such wrap is a reset.
 */
#include "perftop/base/mem.h"
#include "perftop/base/str.h"
#include "perftop/collect/roster.h"
#include "perftop/collect/scan.h"
#include "perftop/collect/source.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <string.h>
#include <unistd.h>

enum { READS, WRITES, READ_BYTES, WRITE_BYTES, READ_AWAIT, WRITE_AWAIT, UTIL, QUEUE, N_METRICS };

static const struct pt_metric metrics[N_METRICS] = {
	[READS] = {"disk_reads_total", "disk", PT_UNIT_COUNT, PT_COUNTER, 0, "Reads finished"},
	[WRITES] = {"disk_writes_total", "disk", PT_UNIT_COUNT, PT_COUNTER, 0, "Writes finished"},
	[READ_BYTES] = {"disk_read_bytes_total", "disk", PT_UNIT_BYTES, PT_COUNTER, 0,
			"Read from the device"},
	[WRITE_BYTES] = {"disk_write_bytes_total", "disk", PT_UNIT_BYTES, PT_COUNTER, 0,
			 "Written to the device"},
	[READ_AWAIT] = {"disk_read_await_seconds", "disk", PT_UNIT_NS, PT_GAUGE, 0,
			"Mean time of the reads that finished, from request to answer"},
	[WRITE_AWAIT] = {"disk_write_await_seconds", "disk", PT_UNIT_NS, PT_GAUGE, 0,
			 "Mean time of the writes that finished, from request to answer"},
	[UTIL] = {"disk_util_ratio", "disk", PT_UNIT_RATIO, PT_GAUGE, 0,
		  "Share of time with any request under way; a device that works on several at "
		  "once has more to give at 100 %"},
	[QUEUE] = {"disk_queue_length", "disk", PT_UNIT_COUNT, PT_GAUGE, 0,
		   "Mean number of requests waiting or under way"},
};

/* The numbers of a line. */
enum {
	F_READS,
	F_READ_MERGES,
	F_READ_SECTORS,
	F_READ_MS,
	F_WRITES,
	F_WRITE_MERGES,
	F_WRITE_SECTORS,
	F_WRITE_MS,
	F_IN_FLIGHT,
	F_BUSY_MS,
	F_QUEUE_MS,
	N_FIELDS
};

enum { SECTOR_BYTES = 512 };

struct disks {
	struct pt_source diskstats;
	struct pt_roster roster;
	char whole[PT_MEMBER_NAME]; /* the last whole device of this round */
};

static int start(void *state, struct pt_collect_env *env)
{
	struct disks *disks = state;

	int rc = pt_source_open(&disks->diskstats, env, "proc/diskstats", metrics, N_METRICS);

	disks->diskstats.none = "no disk has been read or written here";
	disks->roster = (struct pt_roster){.metrics = metrics, .n_metrics = N_METRICS};
	return rc;
}

static void stop(void *state, struct pt_collect_env *env)
{
	struct disks *disks = state;

	(void)env;
	pt_source_close(&disks->diskstats);
	pt_roster_release(&disks->roster);
}

static bool is_folder(struct pt_root *root, const char *path)
{
	int fd = pt_root_openfd(root, path, O_PATH | O_DIRECTORY);

	if (fd >= 0)
		close(fd);
	return fd >= 0;
}

/* Without /sys: partitions follow their disk, "sda1" after "sda", "nvme0n1p1" after "nvme0n1". */
static bool named_as_part_of(const char *name, const char *whole)
{
	size_t n = strlen(whole);
	const char *rest = name + n;

	if (n == 0 || strncmp(name, whole, n) != 0)
		return false;
	if (whole[n - 1] >= '0' && whole[n - 1] <= '9' && *rest++ != 'p')
		return false;
	return *rest && rest[strspn(rest, "0123456789")] == '\0';
}

static bool is_whole(const struct disks *disks, struct pt_collect_env *env, const char *name)
{
	char path[PT_MEMBER_NAME + 16];

	if (!is_folder(env->root, "sys/block"))
		return !named_as_part_of(name, disks->whole);
	pt_snprintf(path, sizeof(path), "sys/block/%s", name);
	/* A slash in a name ("cciss/c0d0") is an exclamation mark in sysfs. */
	for (char *p = path + strlen("sys/block/"); *p; p++) {
		if (*p == '/')
			*p = '!';
	}
	return is_folder(env->root, path);
}

/* now - before of milliseconds that wrap at 32 bits; NaN after a reset. */
static double ms_grown(uint64_t before, uint64_t now)
{
	const uint64_t range = UINT64_C(1) << 32;

	if (now >= before)
		return (double)(now - before);
	if (before < range && before >= range / 4 * 3 && now < range / 4)
		return (double)(now + range - before);
	return NAN;
}

/* Mean time of the requests that finished; NaN when none did. */
static double await_ns(const struct pt_member *disk, const uint64_t *now, int count, int ms)
{
	uint64_t n = pt_grown(disk->before[count], now[count]);

	return n ? ms_grown(disk->before[ms], now[ms]) / (double)n * PT_MS : NAN;
}

static void report_means(const struct pt_member *disk, struct pt_collect_env *env,
			 const uint64_t *now, int64_t now_ns)
{
	double elapsed_ms = (double)(now_ns - disk->before_ns) / PT_MS;
	double util = ms_grown(disk->before[F_BUSY_MS], now[F_BUSY_MS]) / elapsed_ms;

	if (now_ns <= disk->before_ns)
		return;
	pt_sink_gauge(&env->sink, disk->ids[READ_AWAIT], await_ns(disk, now, F_READS, F_READ_MS));
	pt_sink_gauge(&env->sink, disk->ids[WRITE_AWAIT],
		      await_ns(disk, now, F_WRITES, F_WRITE_MS));
	pt_sink_gauge(&env->sink, disk->ids[UTIL], util > 1 ? 1 : util);
	pt_sink_gauge(&env->sink, disk->ids[QUEUE],
		      ms_grown(disk->before[F_QUEUE_MS], now[F_QUEUE_MS]) / elapsed_ms);
}

static void report_bytes(struct pt_collect_env *env, int id, uint64_t sectors)
{
	if (sectors <= UINT64_MAX / SECTOR_BYTES)
		pt_sink_counter(&env->sink, id, sectors * SECTOR_BYTES);
}

static void sample_disk(struct disks *disks, struct pt_collect_env *env, struct pt_member *disk,
			const uint64_t *now, int64_t now_ns)
{
	bool had = disk->shown;

	if (now[F_READS] == 0 && now[F_WRITES] == 0 && !had)
		return;
	pt_roster_show(&disks->roster, env, disk);
	pt_sink_counter(&env->sink, disk->ids[READS], now[F_READS]);
	pt_sink_counter(&env->sink, disk->ids[WRITES], now[F_WRITES]);
	report_bytes(env, disk->ids[READ_BYTES], now[F_READ_SECTORS]);
	report_bytes(env, disk->ids[WRITE_BYTES], now[F_WRITE_SECTORS]);
	if (had)
		report_means(disk, env, now, now_ns);
	memcpy(disk->before, now, N_FIELDS * sizeof(*now));
	disk->before_ns = now_ns;
}

/* " 254 0 vda 31323 8181 …"; false if it is no such line. */
static bool sample_line(struct disks *disks, struct pt_collect_env *env, const char *p,
			int64_t now_ns)
{
	uint64_t device[2], fields[N_FIELDS];
	struct pt_member *disk;
	const char *name;
	size_t len;

	if (pt_scan_u64s(&p, device, 2) < 2)
		return false;
	len = pt_scan_word(&p, &name);
	disk = pt_roster_find(&disks->roster, name, len);
	if (!disk)
		return false;
	if (disk->fresh)
		disk->ignored = !is_whole(disks, env, disk->name);
	if (disk->ignored)
		return true;
	pt_strlcpy(disks->whole, disk->name, sizeof(disks->whole));
	if (pt_scan_u64s(&p, fields, N_FIELDS) < N_FIELDS)
		return false;
	sample_disk(disks, env, disk, fields, now_ns);
	return true;
}

static void sample(void *state, struct pt_collect_env *env, int64_t now_ns)
{
	struct disks *disks = state;
	const char *p = pt_source_read(&disks->diskstats, env);
	bool understood;
	size_t shown;

	if (!p)
		return;
	understood = *p == '\0';
	disks->whole[0] = '\0';
	pt_roster_begin(&disks->roster);
	do
		understood |= sample_line(disks, env, p, now_ns);
	while (pt_scan_line(&p));
	shown = pt_roster_end(&disks->roster, env);
	pt_source_done(&disks->diskstats, env, !understood ? EBADMSG : shown ? 0 : ENODATA);
}

extern const struct pt_collector pt_collector_disks;
const struct pt_collector pt_collector_disks = {
	.name = "disks",
	.help = "Requests, bytes, waiting time and use of whole disks (/proc/diskstats)",
	.metrics = metrics,
	.n_metrics = N_METRICS,
	.state_size = sizeof(struct disks),
	.start = start,
	.sample = sample,
	.stop = stop,
};
