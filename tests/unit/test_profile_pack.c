/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A profile packed for a database comes back; a damaged one is refused. */
#include "perftop/profile/pack.h"

#include "perftop/base/mem.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void test_round_trip(void **state)
{
	struct pt_frame thread = {
		.name = "bench", .pid = 4711, .tid = 4712, .kind = PT_FRAME_THREAD};
	struct pt_frame kernel = {.name = "do_syscall_64", .kind = PT_FRAME_KERNEL};
	struct pt_frame user = {.name = "write_all", .module = "/bin/bench"};
	struct pt_profile p, back;
	struct pt_err err = {0};
	uint32_t stack[2], node;
	void *data;
	size_t n;

	(void)state;
	pt_profile_init(&p, NULL, 0);
	node = pt_tree_child(p.tree, PT_TREE_ROOT, pt_frames_intern(p.tree->frames, &thread));
	stack[0] = pt_frames_intern(p.tree->frames, &user);
	stack[1] = pt_frames_intern(p.tree->frames, &kernel);
	pt_tree_add(p.tree, pt_tree_stack(p.tree, node, stack, 2), 41);
	pt_profile_finish(&p);
	assert_int_equal(pt_profile_pack(&p, PT_GROUP_NONE, &data, &n, &err), 0);
	assert_true(n > 18);

	/* Which thread it was is gone, what it did is there. */
	assert_int_equal(pt_profile_unpack("x", data, n, NULL, &back, &err), 0);
	assert_int_equal(back.tree->n, 3);
	assert_int_equal(back.tree->total[PT_TREE_ROOT], 41);
	assert_string_equal(pt_frames_get(back.tree->frames, back.tree->frame[1])->name,
			    "write_all");
	assert_int_equal(pt_frames_get(back.tree->frames, back.tree->frame[2])->kind,
			 PT_FRAME_KERNEL);
	pt_profile_release(&back);

	for (size_t cut = 0; cut < n; cut++)
		assert_true(pt_profile_unpack("x", data, cut, NULL, &back, &err) < 0);
	((unsigned char *)data)[n / 2] ^= 0x40;
	assert_int_equal(pt_profile_unpack("x", data, n, NULL, &back, &err), -PT_ESYNTAX);
	assert_non_null(strstr(err.msg, "damaged"));
	free(data);
	pt_profile_release(&p);
}

/* A recursion that ends everywhere: text of n frames squared. */
static void test_too_deep(void **state)
{
	struct pt_frame frame = {.name = "a_function_with_a_name_of_forty_letters_"};
	struct pt_profile p;
	struct pt_err err = {0};
	uint32_t node = PT_TREE_ROOT, id;
	void *data = NULL;
	size_t n;

	(void)state;
	pt_profile_init(&p, NULL, 0);
	id = pt_frames_intern(p.tree->frames, &frame);
	for (int i = 0; i < 4000; i++) {
		node = pt_tree_child(p.tree, node, id);
		pt_tree_add(p.tree, node, 1);
	}
	pt_profile_finish(&p);
	assert_int_equal(pt_profile_pack(&p, PT_GROUP_NONE, &data, &n, &err), -PT_ELIMIT);
	assert_non_null(strstr(err.msg, "not kept"));
	pt_profile_release(&p);
}

/* What cannot be grouped is not kept as it is instead. */
static void test_no_memory(void **state)
{
	struct pt_frame thread = {.name = "bench", .pid = 1, .tid = 2, .kind = PT_FRAME_THREAD};
	struct pt_profile p;
	struct pt_err err = {0};
	void *data = NULL;
	uint32_t node;
	size_t n;

	(void)state;
	pt_profile_init(&p, NULL, 0);
	node = pt_tree_child(p.tree, PT_TREE_ROOT, pt_frames_intern(p.tree->frames, &thread));
	pt_tree_add(p.tree, node, 1);
	pt_profile_finish(&p);
	p.tree->max_bytes = 1;
	assert_int_equal(pt_profile_pack(&p, PT_GROUP_COMMAND, &data, &n, &err), -PT_ELIMIT);
	assert_int_equal(pt_profile_pack(&p, PT_GROUP_THREAD, &data, &n, &err), 0);
	free(data);
	pt_profile_release(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_round_trip),
					   cmocka_unit_test(test_too_deep),
					   cmocka_unit_test(test_no_memory)};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
