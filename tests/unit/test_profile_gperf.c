/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Names of addresses in profiles of gperftools: of this very program, by the mappings that a profile
 * tells, and from the section that pprof --raw writes.
 */
#include "../../src/profile/gperf.h"

#include "perftop/base/fs.h"
#include "perftop/base/str.h"

#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* What the profile says has allocated. */
__attribute__((noinline)) int gperf_caller(int n);
__attribute__((noinline)) int gperf_caller(int n)
{
	return n * 31 + 7;
}

static void read_text(const char *text, struct pt_profile *ret)
{
	struct pt_profile_input in = {.name = "x.heap", .data = text, .len = strlen(text)};
	struct pt_err err;

	if (pt_profile_read_data(&in, NULL, ret, &err))
		fail_msg("%s", err.msg);
}

/* The frame that stands at that depth of the only stack, the outermost 1. */
static const struct pt_frame *frame_at(const struct pt_profile *p, uint32_t node)
{
	assert_true(node < p->tree->n);
	return pt_frames_get(p->tree->frames, p->tree->frame[node]);
}

static void test_mappings(void **state)
{
	struct pt_str text = PT_STR_INIT;
	struct pt_profile p;
	char *maps;

	(void)state;
	assert_int_equal(pt_fs_read("/proc/self/maps", 1 << 20, &maps, NULL, NULL), 0);
	pt_str_addf(&text, "heap profile: 1: 100 [1: 100] @ heapprofile\n");
	pt_str_addf(&text, " 1: 100 [1: 100] @ 0x%" PRIxPTR "\n\nMAPPED_LIBRARIES:\n%s",
		    (uintptr_t)gperf_caller + 2, maps);
	read_text(text.s, &p);
	assert_int_equal(p.tree->total[PT_TREE_ROOT], 100);
	assert_string_equal(frame_at(&p, 1)->name, "gperf_caller");
	pt_profile_release(&p);
	pt_str_release(&text);
	free(maps);
}

static void test_symbols(void **state)
{
	static const char text[] = "--- symbol\nbinary=/x\n"
				   "0x0000000000000fff main<0000000000000f00>--inlined\n"
				   "0x0000000000001fff X::operator--(int)--deep\n"
				   "0x0000000000002fff 0x0000000000002fff\n---\n--- heap\n"
				   "heap profile: 3: 6 [0: 0] @ heap_v2/1\n"
				   "1: 6 [0: 0] @ 0x3000 0x2000 0x1000\n";
	static const char *const names[] = {"main", "inlined", "X::operator--(int)", "deep",
					    "[unknown]"};
	struct pt_profile p;

	(void)state;
	read_text(text, &p);
	assert_int_equal(p.tree->n, 6);
	for (uint32_t i = 0; i < 5; i++)
		assert_string_equal(frame_at(&p, i + 1)->name, names[i]);
	assert_int_equal(frame_at(&p, 1)->kind, PT_FRAME_USER);
	assert_int_equal(frame_at(&p, 2)->kind, PT_FRAME_INLINED);
	assert_int_equal(p.tree->self[5], 6);
	pt_profile_release(&p);
}

/* A block of 1000 bytes, sampled every 1000: met with 1 - 1/e, so it stands for 1.58 of them. */
static void test_sampled(void **state)
{
	static const char *const texts[] = {
		"heap profile: 1: 1000 [1: 1000] @ heap_v2/1000\n1: 1000 [1: 1000] @ 0x1000\n",
		"heap profile: 1: 1000 [1: 1000] @ heap/2000\n1: 1000 [1: 1000] @ 0x1000\n",
		"heap_v2/1000\n t*: 1: 1000 [1: 1000]\n@ 0x1000\n t*: 1: 1000 [1: 1000]\n",
	};

	(void)state;
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		struct pt_profile p;

		read_text(texts[i], &p);
		assert_int_equal(p.tree->total[PT_TREE_ROOT], 1582);
		pt_profile_release(&p);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_mappings),
		cmocka_unit_test(test_symbols),
		cmocka_unit_test(test_sampled),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
