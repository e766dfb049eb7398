/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The record of who cost most: the top five of each scan, and which scan stands for a moment. */
#include "perftop/store/culprits.h"

#include "perftop/base/clock.h"
#include "perftop/base/mem.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static struct pt_culprit top[PT_CULPRITS_TOP];

static struct pt_proc proc(int pid, double cpu)
{
	struct pt_proc p = {.pid = pid,
			    .start_ticks = 1000 + (uint64_t)pid,
			    .cpu_ratio = cpu,
			    .read_rate = NAN,
			    .write_rate = NAN};

	snprintf(p.comm, sizeof p.comm, "p%d", pid);
	return p;
}

static void add(struct pt_culprits *c, int64_t t_ns, struct pt_proc *procs, size_t n)
{
	struct pt_proc *rows[64];

	for (size_t i = 0; i < n; i++)
		rows[i] = &procs[i];
	pt_culprits_add(c, t_ns, rows, n);
}

static void test_top_five(void **state)
{
	struct pt_culprits *c = pt_culprits_new();
	struct pt_proc procs[9];

	(void)state;
	/* 0.1, 0.4, 0.7, 0.1, 0.4 … so that equal ones come in the order of the list */
	for (int i = 0; i < 9; i++)
		procs[i] = proc(i + 1, 0.1 + 0.3 * (i % 3));
	procs[4].cpu_ratio = NAN;
	add(c, 10 * PT_S, procs, PT_LEN(procs));
	assert_int_equal(pt_culprits_at(c, 10 * PT_S, 0, PT_RESOURCE_CPU, top), 5);
	assert_int_equal(top[0].pid, 3);
	assert_int_equal(top[1].pid, 6);
	assert_int_equal(top[2].pid, 9);
	assert_int_equal(top[3].pid, 2);
	assert_int_equal(top[4].pid, 8);
	assert_float_equal(top[0].value, 0.7, 1e-6);
	assert_int_equal(top[0].start_ticks, 1003);
	assert_string_equal(top[0].comm, "p3");
	pt_culprits_free(c);
}

/* Zeros and what was not read are nobody's cost. */
static void test_each_resource(void **state)
{
	struct pt_culprits *c = pt_culprits_new();
	struct pt_proc procs[] = {proc(1, 0), proc(2, 1.5), proc(3, NAN)};

	(void)state;
	procs[0].rss_bytes = 1 << 20;
	procs[2].rss_bytes = 5 << 20;
	procs[1].read_rate = 10;
	procs[1].write_rate = 20;
	procs[2].read_rate = 25; /* its writes are not known: neither is the sum */
	add(c, 0, procs, PT_LEN(procs));
	assert_int_equal(pt_culprits_at(c, 0, 0, PT_RESOURCE_CPU, top), 1);
	assert_int_equal(top[0].pid, 2);
	assert_int_equal(pt_culprits_at(c, 0, 0, PT_RESOURCE_MEMORY, top), 2);
	assert_int_equal(top[0].pid, 3);
	assert_int_equal(top[1].pid, 1);
	assert_int_equal(pt_culprits_at(c, 0, 0, PT_RESOURCE_IO, top), 1);
	assert_int_equal(top[0].pid, 2);
	assert_float_equal(top[0].value, 30, 1e-6);
	pt_culprits_free(c);
}

static void test_moments(void **state)
{
	struct pt_culprits *c = pt_culprits_new();
	struct pt_proc p = proc(7, 1);

	(void)state;
	assert_int_equal(pt_culprits_at(c, 0, INT64_MAX, PT_RESOURCE_CPU, top), 0);
	add(c, 10 * PT_S, &p, 1);
	add(c, 11 * PT_S, NULL, 0);
	p.pid = 8;
	add(c, 20 * PT_S, &p, 1);
	assert_int_equal(pt_culprits_at(c, 10 * PT_S - 1, 3 * PT_S, PT_RESOURCE_CPU, top), 0);
	assert_int_equal(pt_culprits_at(c, 10 * PT_S, 3 * PT_S, PT_RESOURCE_CPU, top), 1);
	assert_int_equal(top[0].pid, 7);
	assert_int_equal(pt_culprits_at(c, 11 * PT_S - 1, 3 * PT_S, PT_RESOURCE_CPU, top), 1);
	/* A scan that found nobody stands as well as any other. */
	assert_int_equal(pt_culprits_at(c, 11 * PT_S, 3 * PT_S, PT_RESOURCE_CPU, top), 0);
	assert_int_equal(pt_culprits_at(c, 19 * PT_S, 3 * PT_S, PT_RESOURCE_CPU, top), 0);
	assert_int_equal(pt_culprits_at(c, 23 * PT_S, 3 * PT_S, PT_RESOURCE_CPU, top), 1);
	assert_int_equal(top[0].pid, 8);
	assert_int_equal(pt_culprits_at(c, 23 * PT_S + 1, 3 * PT_S, PT_RESOURCE_CPU, top), 0);
	pt_culprits_free(c);
	pt_culprits_free(NULL);
}

/* Round and round: the oldest leave, every moment kept is found, at each place of the seam. */
static void test_ring(void **state)
{
	struct pt_culprits *c = pt_culprits_new();

	(void)state;
	for (int t = 0; t < 2 * PT_CULPRITS_KEEP + 100; t++) {
		struct pt_proc p = proc(t + 1, 1);
		add(c, t * PT_S, &p, 1);
		if (t % 97 && t != PT_CULPRITS_KEEP && t != PT_CULPRITS_KEEP - 1)
			continue;
		int oldest = t - PT_CULPRITS_KEEP + 1;
		for (int i = oldest < 0 ? 0 : oldest; i <= t; i++) {
			assert_int_equal(pt_culprits_at(c, i * PT_S + 1, 1, PT_RESOURCE_CPU, top),
					 1);
			assert_int_equal(top[0].pid, i + 1);
		}
		if (oldest > 0)
			assert_int_equal(
				pt_culprits_at(c, (oldest - 1) * PT_S, 1, PT_RESOURCE_CPU, top), 0);
	}
	pt_culprits_free(c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_top_five),
		cmocka_unit_test(test_each_resource),
		cmocka_unit_test(test_moments),
		cmocka_unit_test(test_ring),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
