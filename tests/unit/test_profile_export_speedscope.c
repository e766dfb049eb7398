/* SPDX-License-Identifier: GPL-3.0-or-later */
/* speedscope's JSON: by stack, in order of time, and what it cannot say. */
#include "perftop/base/json.h"
#include "perftop/base/mem.h"
#include "perftop/base/str.h"
#include "perftop/profile/export.h"
#include "perftop/profile/reader.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static int append(void *arg, const char *data, size_t n)
{
	pt_str_addn(arg, data, n);
	return 0;
}

static void make(struct pt_profile *p, enum pt_unit unit)
{
	static const struct pt_frame frames[] = {
		{.name = "worker", .kind = PT_FRAME_THREAD, .pid = 70, .tid = 71},
		{.name = "ma\"in", .module = "/bin/x", .file = "main.c", .line = 7},
		{.name = "read", .module = "/lib/libc.so.6"},
	};
	uint32_t node[3], parent = PT_TREE_ROOT;

	pt_profile_init(p, NULL, 0);
	pt_profile_add_value(p, "cpu", "time", unit);
	pt_frames_name(p->tree->frames, "not in the tree", 15, PT_FRAME_USER);
	for (size_t i = 0; i < PT_LEN(node); i++)
		parent = node[i] = pt_tree_child(p->tree, parent,
						 pt_frames_intern(p->tree->frames, &frames[i]));
	pt_tree_add(p->tree, node[1], 5);
	pt_tree_add(p->tree, node[2], 12);
	if (unit == PT_UNIT_NS) {
		pt_profile_add_moment(p, 300, node[2], 2);
		pt_profile_add_moment(p, 100, node[2], 10);
		pt_profile_add_moment(p, 200, node[1], 5);
	}
	pt_profile_finish(p);
}

static void expect(enum pt_unit unit, const char *title, const char *want)
{
	struct pt_str out = PT_STR_INIT;
	struct pt_export_sink sink = {append, &out};
	struct pt_json *doc;
	struct pt_profile p;
	struct pt_err err;
	const char *from;

	make(&p, unit);
	assert_int_equal(pt_profile_export_find("speedscope")
				 ->write(&p, &(struct pt_export_spec){.title = title}, &sink, &err),
			 0);
	assert_int_equal(pt_json_parse("out", out.s, out.len, NULL, &doc, &err), 0);
	pt_json_free(doc);
	from = strstr(out.s, "\"name\"");
	assert_non_null(strstr(out.s, "{\"$schema\":"
				      "\"https://www.speedscope.app/file-format-schema.json\","
				      "\"exporter\":\"perftop "));
	assert_string_equal(from, want);
	pt_str_release(&out);
	pt_profile_release(&p);
}

#define FRAMES                                                                            \
	"\"activeProfileIndex\":0,\"shared\":{\"frames\":[{\"name\":\"worker (70/71)\"}," \
	"{\"name\":\"ma\\\"in\",\"file\":\"main.c\",\"line\":7},"                         \
	"{\"name\":\"read\",\"file\":\"/lib/libc.so.6\"}]},"

static void test_stacks(void **state)
{
	(void)state;
	expect(PT_UNIT_BYTES, "heap",
	       "\"name\":\"heap\"," FRAMES
	       "\"profiles\":[{\"type\":\"sampled\",\"name\":\"cpu\",\"unit\":\"bytes\","
	       "\"startValue\":0,\"endValue\":17,\"samples\":[[0,1],[0,1,2]],"
	       "\"weights\":[5,12]}]}\n");
}

static void test_in_time(void **state)
{
	(void)state;
	expect(PT_UNIT_NS, NULL,
	       "\"name\":\"\"," FRAMES
	       "\"profiles\":[{\"type\":\"sampled\",\"name\":\"cpu\",\"unit\":\"nanoseconds\","
	       "\"startValue\":0,\"endValue\":17,\"samples\":[[0,1,2],[0,1],[0,1,2]],"
	       "\"weights\":[10,5,2]}]}\n");
}

/* The kernel's functions are told by what holds them, and known again. */
static void test_kernel(void **state)
{
	static const char text[] =
		"{\"$schema\":\"https://www.speedscope.app/file-format-schema.json\",\"shared\":"
		"{\"frames\":[{\"name\":\"main\",\"file\":\"main.c\"},"
		"{\"name\":\"do_sys\",\"file\":\"[kernel]\"}]},\"profiles\":[{\"type\":"
		"\"sampled\",\"unit\":\"none\",\"startValue\":0,\"endValue\":3,"
		"\"samples\":[[0,1]],\"weights\":[3]}]}";
	struct pt_profile_input in = {.name = "x", .data = text, .len = sizeof text - 1};
	struct pt_str folded = PT_STR_INIT;
	struct pt_profile p;

	(void)state;
	assert_int_equal(pt_profile_read_data(&in, NULL, &p, NULL), 0);
	pt_profile_export_find("folded")->write(&p, &(struct pt_export_spec){0},
						&(struct pt_export_sink){append, &folded}, NULL);
	assert_string_equal(folded.s, "main;do_sys_[k] 3\n");
	pt_str_clear(&folded);
	pt_profile_export_find("speedscope")
		->write(&p, &(struct pt_export_spec){0}, &(struct pt_export_sink){append, &folded},
			NULL);
	assert_non_null(strstr(folded.s, "{\"name\":\"do_sys\",\"file\":\"[kernel]\"}"));
	pt_str_release(&folded);
	pt_profile_release(&p);
}

/* Two profiles of one file; each is read back by its name. */
static void test_difference(void **state)
{
	static const char *const values[] = {NULL, "base: old.data"};
	static const int64_t totals[] = {17, 9};
	struct pt_export_spec spec = {.base = "old.data"};
	struct pt_str out = PT_STR_INIT;
	struct pt_export_sink sink = {append, &out};
	struct pt_profile p, again;
	struct pt_err err;

	(void)state;
	make(&p, PT_UNIT_NS); /* with moments, which the base has none of */
	pt_tree_add_base(p.tree, 1, 9);
	pt_tree_seal(p.tree);
	assert_int_equal(pt_profile_export_find("speedscope")->write(&p, &spec, &sink, &err), 0);
	assert_non_null(strstr(out.s, "\"name\":\"base: old.data\",\"unit\":\"nanoseconds\","
				      "\"startValue\":0,\"endValue\":9,\"samples\":[[0]],"
				      "\"weights\":[9]}]}"));
	for (size_t i = 0; i < PT_LEN(values); i++) {
		struct pt_profile_input in = {.name = "out", .data = out.s, .len = out.len};
		struct pt_read_options options = {.value = values[i]};

		assert_int_equal(pt_profile_read_data(&in, &options, &again, &err), 0);
		assert_int_equal(again.tree->total[PT_TREE_ROOT], totals[i]);
		assert_int_equal(again.n_values, 2);
		pt_profile_release(&again);
	}
	pt_str_release(&out);
	pt_profile_release(&p);
}

static void test_below_zero(void **state)
{
	struct pt_str out = PT_STR_INIT;
	struct pt_export_sink sink = {append, &out};
	struct pt_profile p;
	struct pt_err err;

	(void)state;
	make(&p, PT_UNIT_COUNT);
	pt_tree_add(p.tree, 1, -20);
	pt_tree_seal(p.tree);
	assert_int_equal(pt_profile_export_find("speedscope")
				 ->write(&p, &(struct pt_export_spec){0}, &sink, &err),
			 -PT_ENOTSUP);
	assert_int_equal(out.len, 0);
	pt_profile_release(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_stacks),	   cmocka_unit_test(test_in_time),
		cmocka_unit_test(test_difference), cmocka_unit_test(test_kernel),
		cmocka_unit_test(test_below_zero),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
