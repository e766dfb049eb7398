/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Interned frames: equal ones have one id, others never, and none moves. */
#include "perftop/profile/frames.h"

#include "perftop/base/mem.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static uint32_t name(struct pt_frames *frames, const char *s)
{
	return pt_frames_name(frames, s, strlen(s), PT_FRAME_USER);
}

static void test_ids(void **state)
{
	enum { MANY = 20000 };
	struct pt_frames *frames = pt_frames_new();
	const struct pt_frame *first;
	char text[32];

	(void)state;
	assert_int_equal(name(frames, "first"), 0);
	first = pt_frames_get(frames, 0);
	for (int turn = 0; turn < 2; turn++) {
		for (uint32_t i = 1; i <= MANY; i++) {
			snprintf(text, sizeof text, "function_%u", i);
			assert_int_equal(name(frames, text), i);
			assert_string_equal(pt_frames_get(frames, i)->name, text);
		}
	}
	assert_int_equal(pt_frames_count(frames), MANY + 1);
	assert_ptr_equal(pt_frames_get(frames, 0), first);
	assert_true(pt_frames_bytes(frames) > MANY * sizeof(struct pt_frame));
	pt_frames_unref(frames);
}

/* Every length around the steps in which names are hashed. */
static void test_lengths(void **state)
{
	static const char text[] = "abcdefghijklmnopqrstuvwxyz0123456789";
	struct pt_frames *frames = pt_frames_new();
	uint32_t empty = pt_frames_intern(frames, &(struct pt_frame){.name = NULL});

	(void)state;
	for (size_t n = 0; n < sizeof text; n++) {
		uint32_t id = pt_frames_name(frames, text, n, PT_FRAME_USER);

		assert_int_equal(id, empty + n);
		assert_int_equal(strlen(pt_frames_get(frames, id)->name), n);
	}
	pt_frames_unref(frames);
}

/* Whatever differs in one member is another frame; NULL is "". */
static void test_members(void **state)
{
	static const struct pt_frame all[] = {
		{.name = "f"},
		{.name = "f", .kind = PT_FRAME_KERNEL},
		{.name = "f", .module = "m"},
		{.name = "f", .module = "n"},
		{.name = "f", .file = "m"},
		{.name = "f", .line = 1},
		{.name = "f", .kind = PT_FRAME_THREAD, .pid = 1},
		{.name = "f", .kind = PT_FRAME_THREAD, .tid = 1},
		{.name = "f", .kind = PT_FRAME_THREAD, .pid = 1, .tid = 1},
	};
	struct pt_frames *frames = pt_frames_new();

	(void)state;
	for (int turn = 0; turn < 2; turn++)
		for (uint32_t i = 0; i < PT_LEN(all); i++)
			assert_int_equal(pt_frames_intern(frames, &all[i]), i);
	assert_int_equal(name(frames, "f"), 0);
	assert_int_equal(
		pt_frames_intern(frames, &(struct pt_frame){.name = "f", .module = "", .file = ""}),
		0);
	assert_string_equal(pt_frames_get(frames, 2)->module, "m");
	assert_string_equal(pt_frames_get(frames, 2)->file, "");
	pt_frames_unref(frames);
}

static void test_hostile_names(void **state)
{
	struct pt_frames *frames = pt_frames_new();
	size_t n = PT_FRAME_NAME_MAX + 10;
	char *large = pt_malloc(n + 1);
	const char *kept;
	uint32_t id;

	(void)state;
	id = pt_frames_name(frames, "a;b\0c", 5, PT_FRAME_USER);
	assert_string_equal(pt_frames_get(frames, id)->name, "a:b?c");
	assert_int_equal(name(frames, "a:b?c"), id);
	assert_int_equal(pt_frames_name(frames, "a;b\0c", 5, PT_FRAME_USER), id);

	/* Cut, but not within "é", which stands where the cut would be. */
	memset(large, 'x', n);
	memcpy(large + PT_FRAME_NAME_MAX - 4, "\xc3\xa9", 2);
	large[n] = '\0';
	id = pt_frames_name(frames, large, n, PT_FRAME_USER);
	kept = pt_frames_get(frames, id)->name;
	assert_int_equal(strlen(kept), PT_FRAME_NAME_MAX - 1);
	assert_string_equal(kept + strlen(kept) - 4, "x…");
	assert_int_equal(pt_frames_name(frames, large, n, PT_FRAME_USER), id);
	assert_int_equal(pt_frames_count(frames), 2);
	free(large);
	pt_frames_unref(frames);
}

static void test_references(void **state)
{
	struct pt_frames *frames = pt_frames_new(), *mine = pt_frames_ref(frames);

	(void)state;
	pt_frames_unref(frames);
	assert_int_equal(name(mine, "still here"), 0);
	pt_frames_unref(mine);
	pt_frames_unref(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_ids),	   cmocka_unit_test(test_lengths),
		cmocka_unit_test(test_members),	   cmocka_unit_test(test_hostile_names),
		cmocka_unit_test(test_references),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
