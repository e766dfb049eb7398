/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Events by name, and what is no name of one; where stacks end. */
#include "../../src/profile/sampler_priv.h"

#include "perftop/base/mem.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static struct sampled_event event;
static struct pt_err err;

static int find(const char *name)
{
	struct pt_sampler_options options = {
		.event = PT_SAMPLE_NAMED, .event_name = name, .hz = 997};

	event = (struct sampled_event){0};
	err = (struct pt_err){0};
	return pt_sampled_event_find(&options, &event, &err);
}

static void test_names(void **state)
{
	static const struct {
		const char *name;
		uint32_t type;
		uint64_t config;
		bool often; /* so many a second; else each one */
	} known[] = {
		{"cycles", PERF_TYPE_HARDWARE, PERF_COUNT_HW_CPU_CYCLES, true},
		{"cache-misses", PERF_TYPE_HARDWARE, PERF_COUNT_HW_CACHE_MISSES, true},
		{"cpu-clock", PERF_TYPE_SOFTWARE, PERF_COUNT_SW_CPU_CLOCK, true},
		{"cs", PERF_TYPE_SOFTWARE, PERF_COUNT_SW_CONTEXT_SWITCHES, false},
		{"major-faults", PERF_TYPE_SOFTWARE, PERF_COUNT_SW_PAGE_FAULTS_MAJ, false},
		{"L1-dcache-loads", PERF_TYPE_HW_CACHE, 0, true},
		{"LLC-load-misses", PERF_TYPE_HW_CACHE, 2 | 1 << 16, true},
		{"dTLB-store-misses", PERF_TYPE_HW_CACHE, 3 | 1 << 8 | 1 << 16, true},
		{"L1-icache-prefetches", PERF_TYPE_HW_CACHE, 1 | 2 << 8, true},
		{"r01c2", PERF_TYPE_RAW, 0x01c2, true},
	};

	(void)state;
	for (size_t i = 0; i < PT_LEN(known); i++) {
		assert_int_equal(find(known[i].name), 0);
		assert_int_equal(event.attr.type, known[i].type);
		assert_int_equal(event.attr.config, known[i].config);
		assert_int_equal(event.attr.freq, known[i].often);
		assert_int_equal(event.attr.sample_freq, known[i].often ? 997 : 1);
		assert_string_equal(event.name, known[i].name);
	}
	assert_int_equal(find("cycles:u"), 0);
	assert_true(event.user_only);
	assert_int_equal(find("instructions:k"), 0);
	assert_true(event.kernel_only);
	assert_int_equal(event.attr.config, PERF_COUNT_HW_INSTRUCTIONS);
}

static void test_no_names(void **state)
{
	static const char *const wrong[] = {
		"",
		"cycle",
		"r",
		"rxyz",
		"r12g",
		"cpu/",
		"cpu/x=1/y",
		"/a=1/",
		"../a=1/",
		"cpu//",
		"a:b:c/d/",
		"no-such-pmu/x=1/",
		"sched:../x",
		":x",
		"x:",
		"LLC-load",
		"no_such:tracepoint",
	};
	char longest[400];

	(void)state;
	for (size_t i = 0; i < PT_LEN(wrong); i++) {
		if (find(wrong[i]) >= 0)
			fail_msg("%s is no event", wrong[i]);
		assert_true(err.msg[0]);
	}
	memset(longest, 'r', sizeof longest - 1);
	longest[sizeof longest - 1] = '\0';
	assert_int_equal(find(longest), -PT_ESYNTAX);
	assert_int_equal(find(NULL), -PT_ESYNTAX);
}

static void test_pmu(void **state)
{
	(void)state;
	if (access("/sys/bus/event_source/devices/cpu/format/umask", R_OK) < 0) {
		print_message("# skipped: no PMU in /sys/bus/event_source/devices/cpu\n");
		skip();
	}
	assert_int_equal(find("cpu/event=0x3c,umask=0x1/"), 0);
	assert_int_equal(event.attr.config & 0xffff, 0x013c);
	assert_int_equal(find("cpu/config=0x123/"), 0);
	assert_int_equal(event.attr.config, 0x123);
	assert_int_equal(find("cpu/umask=0x10000/"), -PT_ENOENT); /* wider than its bits */
	assert_int_equal(find("cpu/no_such_term=1/"), -PT_ENOENT);
}

static void test_softer(void **state)
{
	struct pt_sampler_options options = {.event = PT_SAMPLE_CPU, .hz = 49};

	(void)state;
	assert_int_equal(pt_sampled_event_find(&options, &event, &err), 0);
	assert_true(pt_sampled_event_soften(&event));
	assert_string_equal(event.name, "cpu-clock");
	assert_int_equal(event.attr.sample_freq, 49);
	assert_false(event.periods);
	assert_false(pt_sampled_event_soften(&event));
	/* Also by name: the period of a clock is no count of events. */
	assert_int_equal(find("cycles"), 0);
	assert_true(event.periods);
	assert_true(pt_sampled_event_soften(&event));
	assert_false(event.periods);
	assert_string_equal(event.what, "samples");
	options.event = PT_SAMPLE_ALLOC;
	assert_int_equal(pt_sampled_event_find(&options, &event, &err), -PT_ENOTSUP);
}

static void test_allocator(void **state)
{
	uint64_t offset = 0;
	char path[4096];

	(void)state;
	assert_int_equal(pt_sampled_malloc(getpid(), path, sizeof path, &offset, &err), 0);
	assert_true(offset > 0);
	assert_int_equal(access(path, R_OK), 0);
	assert_int_equal(pt_sampled_malloc(INT32_MAX, path, sizeof path, &offset, &err),
			 -PT_ENOENT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_names),	  cmocka_unit_test(test_no_names),
		cmocka_unit_test(test_pmu),	  cmocka_unit_test(test_softer),
		cmocka_unit_test(test_allocator),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
