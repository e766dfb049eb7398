/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The kernel's rings: one a CPU, shared by the events of all tasks there, and for what tells of
 * tasks another one. A task that moves leaves its records in several of them, so they are read as one
 * stream in order of time, up to a moment that has passed on every CPU.
 */
#include "sampler_priv.h"

#include "perftop/base/fs.h"
#include "perftop/base/mem.h"
#include "perftop/base/str.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

enum {
	CPUS_MAX = 8192,
	RECORD_MAX = 65536,
	RING_FLOOR = 32 << 10,
};
#define RING_PLAIN ((uint64_t)1 << 20)	/* a second of 997 Hz without stacks */
#define RING_STACKS ((uint64_t)4 << 20) /* half a second with 8 KiB each */
#define RINGS_TOTAL ((uint64_t)128 << 20)

size_t pt_online_cpus(int *cpus, size_t max)
{
	char text[4096];

	if (!pt_small_file("/sys/devices/system/cpu/online", text, sizeof text))
		pt_snprintf(text, sizeof text, "0-%ld", sysconf(_SC_NPROCESSORS_ONLN) - 1);
	return pt_parse_cpus(text, cpus, max);
}

/* What a user may lock is for all rings together (perf_event_mlock_kb, RLIMIT_MEMLOCK): ENOBUFS. */
static int map_ring(struct ring *ring, uint64_t size)
{
	uint64_t page = (uint64_t)sysconf(_SC_PAGESIZE);
	void *at = mmap(NULL, size + page, PROT_READ | PROT_WRITE, MAP_SHARED, ring->fd, 0);

	if (at == MAP_FAILED)
		return errno == EPERM || errno == ENOMEM ? ENOBUFS : errno;
	ring->page = at;
	ring->data = (uint8_t *)at + page;
	ring->size = size;
	ring->joined = pt_malloc(RECORD_MAX);
	return 0;
}

static void keep_fd(struct rings *rings, int fd)
{
	*PT_PUSH(rings->fds, rings->n_fds, rings->cap_fds) = fd;
}

/* Opens one event and has it write to its CPU's ring. */
static int open_one(struct ring *ring, struct rings *rings, const struct rings_spec *spec,
		    pid_t pid, uint64_t size)
{
	int fd = spec->open(spec->attr, pid, ring->cpu, -1);

	if (fd < 0)
		return errno;
	keep_fd(rings, fd);
	if (ring->fd >= 0)
		return ioctl(fd, PERF_EVENT_IOC_SET_OUTPUT, ring->fd) < 0 ? errno : 0;
	ring->fd = fd;
	return map_ring(ring, size);
}

/* A task's event on each CPU, or that of all tasks; a CPU that has gone offline is left out. */
static int open_on_all(struct rings *rings, const struct rings_spec *spec, pid_t pid, uint64_t size)
{
	for (size_t i = 0; i < rings->n; i++) {
		struct ring *ring = &rings->rings[i];
		int code = ring->cpu < 0 ? 0 : open_one(ring, rings, spec, pid, size);

		if (code == ENODEV && i > 0)
			ring->cpu = -1;
		else if (code)
			return code;
	}
	return 0;
}

/* One task after the other, so that who begins others, which is mostly the first, soon hands its event
 * down on each CPU; those that have ended meanwhile are passed over. */
static int open_events(struct rings *rings, const struct rings_spec *spec, uint64_t size)
{
	size_t n = 0;

	if (!spec->tasks) /* a cgroup's descriptor is told as pt_perf_open takes it */
		return open_on_all(rings, spec, spec->cgroup >= 0 ? -2 - spec->cgroup : -1, size);
	for (size_t i = 0; i < spec->tasks->n; i++) {
		int code = open_on_all(rings, spec, spec->tasks->tids[i], size);

		if (code && code != ESRCH)
			return code;
		n += code == 0;
	}
	return n ? 0 : ESRCH;
}

static uint64_t ring_size(const struct perf_event_attr *attr, size_t n_cpus)
{
	/* Events that are taken one by one come in bursts. */
	bool large = attr->sample_stack_user > 4096 || (attr->sample_stack_user && !attr->freq);
	uint64_t wished = large ? RING_STACKS : RING_PLAIN;

	while (wished > 4 * RING_FLOOR && wished * n_cpus > RINGS_TOTAL)
		wished /= 2;
	return wished;
}

/* A ring a CPU, all of one size: who is woken at a quarter of it is woken in time. */
static int open_rings(struct rings *rings, const struct rings_spec *spec, const int *cpus, size_t n,
		      uint64_t size)
{
	size_t kept = 0;
	int code;

	spec->attr->watermark = 1;
	spec->attr->wakeup_watermark = (uint32_t)(size / 4);
	for (size_t i = 0; i < n; i++)
		*PT_PUSH(rings->rings, rings->n, rings->cap) =
			(struct ring){.cpu = cpus[i], .fd = -1};
	code = open_events(rings, spec, size);
	for (size_t i = 0; i < rings->n; i++)
		if (rings->rings[i].page)
			rings->rings[kept++] = rings->rings[i];
	rings->n = kept;
	if (code)
		pt_rings_close(rings);
	return code;
}

int pt_rings_open(struct rings *rings, const struct rings_spec *spec)
{
	int *cpus = pt_calloc(CPUS_MAX, sizeof *cpus), code;
	size_t n = pt_online_cpus(cpus, CPUS_MAX);
	uint64_t size = spec->size ? spec->size : ring_size(spec->attr, n);
	uint64_t least = (uint64_t)sysconf(_SC_PAGESIZE);

	least = PT_MAX(least, (uint64_t)RING_FLOOR);
	pt_fs_allow_open(n * (spec->tasks ? spec->tasks->n : 1));
	while ((code = open_rings(rings, spec, cpus, n, size)) == ENOBUFS && !spec->beside &&
	       size / 2 >= least)
		size /= 2;
	free(cpus);
	return code == ENOBUFS ? EPERM : code;
}

int pt_rings_add(struct rings *rings, const struct rings_spec *spec)
{
	int code;

	pt_fs_allow_open(rings->n_fds + rings->n * spec->tasks->n);
	code = open_events(rings, spec, 0);
	return code == ESRCH ? 0 : code;
}

void pt_rings_close(struct rings *rings)
{
	uint64_t page = (uint64_t)sysconf(_SC_PAGESIZE);

	for (size_t i = 0; i < rings->n; i++) {
		munmap(rings->rings[i].page, rings->rings[i].size + page);
		free(rings->rings[i].joined);
	}
	for (size_t i = 0; i < rings->n_fds; i++)
		close(rings->fds[i]);
	free(rings->rings);
	free(rings->fds);
	*rings = (struct rings){0};
}

struct counted pt_rings_counted(const struct rings *rings)
{
	struct counted sum = {0};

	for (size_t i = 0; i < rings->n_fds; i++) {
		struct counted one = {0};

		if (read(rings->fds[i], &one, sizeof one) <= 0)
			continue;
		sum.events += one.events;
		sum.ns += one.ns;
		sum.lost += one.lost;
	}
	return sum;
}

void pt_rings_switch(struct rings *rings, bool on)
{
	for (size_t i = 0; i < rings->n_fds; i++)
		ioctl(rings->fds[i], on ? PERF_EVENT_IOC_ENABLE : PERF_EVENT_IOC_DISABLE, 0);
}

/* -- reading -------------------------------------------------------------------------------------- */

/* Attributes are ours: a sample begins with ip, pid and tid, time; other records end with the time. */
static int64_t time_of(const struct perf_event_header *record)
{
	const uint8_t *at = (const uint8_t *)record;
	int64_t ns = 0;

	if (record->type == PERF_RECORD_SAMPLE && record->size >= sizeof *record + 24)
		memcpy(&ns, at + sizeof *record + 16, sizeof ns);
	else if (record->size >= sizeof *record + 8)
		memcpy(&ns, at + record->size - 8, sizeof ns);
	return ns;
}

/* The record at pos, whole. */
static void look(struct ring *ring)
{
	struct perf_event_header header;
	uint64_t at = ring->pos & (ring->size - 1), left = ring->size - at;

	ring->record = NULL;
	if (ring->head - ring->pos < sizeof header)
		return;
	memcpy(&header, ring->data + at, sizeof header); /* 8 bytes never go around the end */
	if (header.size < sizeof header || header.size > ring->head - ring->pos) {
		ring->pos = ring->head; /* cannot be */
		return;
	}
	ring->record = (const void *)(ring->data + at);
	if (header.size > left) {
		memcpy(ring->joined, ring->data + at, left);
		memcpy(ring->joined + left, ring->data, header.size - left);
		ring->record = (const void *)ring->joined;
	}
	ring->time_ns = time_of(ring->record);
}

static void next(struct ring *ring)
{
	ring->pos += ring->record->size;
	__atomic_store_n(&ring->page->data_tail, ring->pos, __ATOMIC_RELEASE);
	look(ring);
}

static void look_at_all(struct rings *rings)
{
	for (size_t i = 0; i < rings->n; i++) {
		struct ring *ring = &rings->rings[i];

		ring->head = __atomic_load_n(&ring->page->data_head, __ATOMIC_ACQUIRE);
		look(ring);
	}
}

/* The ring with the earliest record, of these and of best, and when the next one's is. */
static struct ring *earliest(struct rings *rings, struct ring *best, int64_t *next_ns)
{
	for (size_t i = 0; i < rings->n; i++) {
		struct ring *ring = &rings->rings[i];

		if (!ring->record)
			continue;
		if (!best || ring->time_ns < best->time_ns) {
			if (best)
				*next_ns = best->time_ns;
			best = ring;
		} else if (ring->time_ns < *next_ns) {
			*next_ns = ring->time_ns;
		}
	}
	return best;
}

size_t pt_rings_drain(struct rings *rings, struct rings *others, int64_t until_ns,
		      void (*fn)(void *arg, const struct perf_event_header *record, int64_t at_ns),
		      void *arg)
{
	size_t n = 0;

	look_at_all(rings);
	look_at_all(others);
	for (;;) {
		int64_t next_ns = INT64_MAX;
		struct ring *ring = earliest(rings, NULL, &next_ns);

		ring = earliest(others, ring, &next_ns);
		if (!ring || ring->time_ns >= until_ns)
			return n;
		do {
			fn(arg, ring->record, ring->time_ns);
			next(ring);
			n++;
		} while (ring->record && ring->time_ns <= next_ns && ring->time_ns < until_ns);
	}
}
