/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A sampler that sees ever new threads: what it holds is bounded, what is in the past that it keeps
 * stays right, and profiles of before still read. Samples are written into a ring of our own making,
 * at times of our own, so neither rights nor the load of the machine matter.
 */
#include "perftop/profile/sampler.h"

#include "perf_records.h"
#include "perftop/base/clock.h"
#include "perftop/base/mem.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

enum {
	THREADS = 60000,
	BATCH = 200,
	FIRST_TID = 1 << 20,
	MAX_STACKS = 1 << 20,
	KEPT = 1000, /* moments */
	DEPTH = 4,   /* of each stack: its thread, no known beginning, two functions */
};
#define STEP_NS (100 * PT_US)

/* -- the ring ------------------------------------------------------------------------------------- */

static struct {
	struct perf_event_attr attr;
	struct perf_event_mmap_page *page;
	uint8_t *data;
	uint64_t size, head;
	int64_t begin_ns;
} ring;

/* One for each CPU: the first one is written to. */
static int open_ring(struct perf_event_attr *attr, pid_t pid, int cpu, int group_fd)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE), size = 4 * (size_t)attr->wakeup_watermark;
	char path[] = "/tmp/perftop-ring-XXXXXX";
	int fd = mkstemp(path);
	void *at;

	(void)pid, (void)cpu, (void)group_fd;
	if (fd < 0)
		return -1;
	unlink(path);
	if (ftruncate(fd, (off_t)(page + size)) < 0 || ring.page)
		return fd;
	at = mmap(NULL, page + size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (at == MAP_FAILED)
		return -1;
	ring.attr = *attr;
	ring.page = at;
	ring.data = (uint8_t *)at + page;
	ring.size = size;
	ring.head = 0;
	ring.begin_ns = pt_clock_mono(&pt_clock_system) - (THREADS + 1) * STEP_NS;
	return fd;
}

static void close_ring(void)
{
	munmap(ring.page, ring.size + (size_t)sysconf(_SC_PAGESIZE));
	ring.page = NULL;
}

static int64_t time_of(int thread)
{
	return ring.begin_ns + thread * STEP_NS;
}

/* One sample of a thread that nobody has seen before. */
static void put_sample(int thread)
{
	struct record_buffer b = {.len = 0};

	record_begin(&b, PERF_RECORD_SAMPLE, PERF_RECORD_MISC_USER);
	record_u64(&b, 0x20);
	record_u32(&b, (uint32_t)getpid());
	record_u32(&b, FIRST_TID + (uint32_t)thread);
	record_u64(&b, (uint64_t)time_of(thread));
	if (ring.attr.sample_type & PERF_SAMPLE_PERIOD)
		record_u64(&b, 1);
	record_u64(&b, 3);
	record_u64(&b, (uint64_t)PERF_CONTEXT_USER);
	record_u64(&b, 0x20); /* nothing is mapped there */
	record_u64(&b, 0x30);
	record_end(&b);
	for (size_t i = 0; i < b.len; i++)
		ring.data[(ring.head + i) % ring.size] = b.bytes[i];
	ring.head += b.len;
}

/* -- the sampler ---------------------------------------------------------------------------------- */

static struct pt_sampler *begin(struct pt_frames *frames)
{
	struct pt_sampler_options options = {
		.all = true,
		.event = PT_SAMPLE_NAMED,
		.event_name = "cpu-clock",
		.unwind = PT_UNWIND_FP,
		.keep_ns = KEPT * STEP_NS,
		.max_stacks = MAX_STACKS,
		.frames = frames,
		.open = open_ring,
	};
	struct pt_sampler *s;
	struct pt_err err = {0};

	if (pt_sampler_new(&options, &s, &err) < 0)
		fail_msg("%s", err.msg);
	return s;
}

/* Threads from, from + 1, … up to `to`. Returns samples lost for want of room. */
static int64_t see(struct pt_sampler *s, int from, int to)
{
	struct pt_sampler_status status;

	for (int i = from; i < to; i += BATCH) {
		for (int k = i; k < i + BATCH; k++)
			put_sample(k);
		__atomic_store_n(&ring.page->data_head, ring.head, __ATOMIC_RELEASE);
		pt_sampler_flush(s);
	}
	pt_sampler_status(s, &status);
	assert_int_equal(status.samples + status.lost, to);
	return status.lost;
}

static void take(struct pt_sampler *s, struct pt_profile *ret)
{
	assert_int_equal(pt_sampler_profile(s, 0, INT64_MAX, ret, NULL), 0);
}

/* Each moment is of the thread that was sampled then; there are `least` at least. */
static void check_threads(const struct pt_profile *p, size_t least)
{
	const struct pt_tree *t = p->tree;

	assert_in_range(p->n_moments, least, KEPT + 1);
	for (size_t i = 0; i < p->n_moments; i++) {
		uint32_t node = p->moments[i].node, depth = 0;
		const struct pt_frame *f;

		for (; t->parent[node] != PT_TREE_ROOT; node = t->parent[node])
			depth++;
		f = pt_frames_get(t->frames, t->frame[node]);
		assert_int_equal(depth, DEPTH - 1);
		assert_int_equal(f->kind, PT_FRAME_THREAD);
		assert_int_equal(f->pid, getpid());
		assert_int_equal(time_of(f->tid - FIRST_TID), p->moments[i].at_ns);
		assert_string_not_equal(f->name, "");
	}
}

static void test_new_threads(void **state)
{
	struct pt_sampler *s = begin(NULL);
	struct pt_profile first, last;
	struct pt_tree *over, *diff;
	int64_t lost;

	(void)state;
	see(s, 0, 2 * KEPT);
	take(s, &first);
	check_threads(&first, KEPT);
	lost = see(s, 2 * KEPT, THREADS);
	take(s, &last);
	check_threads(&last, KEPT);
	/* It was renewed some ten times, each time before there was no room. */
	assert_int_equal(lost, 0);
	assert_ptr_not_equal(first.tree->frames, last.tree->frames);
	assert_true(pt_frames_count(last.tree->frames) < THREADS / 4);
	assert_true(pt_frames_bytes(last.tree->frames) < 2 * MAX_STACKS);

	/* The first one reads as before, and they compare. */
	check_threads(&first, KEPT);
	over = pt_tree_over(first.tree, last.tree->frames);
	diff = pt_tree_diff(over, last.tree);
	assert_int_equal(diff->total[PT_TREE_ROOT], last.n_moments);
	assert_int_equal(diff->base_total[PT_TREE_ROOT], first.n_moments);
	assert_int_equal(diff->n, 1 + DEPTH * (first.n_moments + last.n_moments));
	pt_tree_free(diff);
	pt_tree_free(over);
	pt_profile_release(&first);
	pt_profile_release(&last);
	pt_sampler_free(s);
	close_ring();
}

/* Who shares a table compares by it: it stays. */
static void test_shared_frames(void **state)
{
	struct pt_frames *frames = pt_frames_new();
	struct pt_sampler *s = begin(frames);
	struct pt_profile p;

	(void)state;
	see(s, 0, THREADS / 2);
	take(s, &p);
	check_threads(&p, KEPT);
	assert_ptr_equal(p.tree->frames, frames);
	pt_profile_release(&p);
	pt_sampler_free(s);
	pt_frames_unref(frames);
	close_ring();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_new_threads),
		cmocka_unit_test(test_shared_frames),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
