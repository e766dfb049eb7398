/* SPDX-License-Identifier: GPL-3.0-or-later */
/* pprof out and in again: kinds, modules, commands and their threads, weights below zero; and a sink
 * that fails. */
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
#include <unistd.h>

#include <cmocka.h>

static void add(struct pt_profile *p, int64_t weight, size_t n, const struct pt_frame *frames)
{
	uint32_t node = PT_TREE_ROOT;

	for (size_t i = 0; i < n; i++)
		node = pt_tree_child(p->tree, node, pt_frames_intern(p->tree->frames, &frames[i]));
	pt_tree_add(p->tree, node, weight);
}

static void make(struct pt_profile *p)
{
	static const struct pt_frame a[] = {
		{.name = "worker", .kind = PT_FRAME_THREAD, .pid = 70, .tid = 71},
		{.name = "main", .module = "/bin/x", .file = "main.c", .line = 7},
		{.name = "inner", .module = "/bin/x", .kind = PT_FRAME_INLINED},
		{.name = "innermost", .module = "/bin/x", .kind = PT_FRAME_INLINED},
		{.name = "read", .module = "/lib/libc.so.6"},
		{.name = "vfs_read", .module = "[kernel.kallsyms]", .kind = PT_FRAME_KERNEL},
	};

	static const struct pt_frame jitted = {
		.name = "walk app.js:4", .module = "/tmp/perf-70.map", .kind = PT_FRAME_JIT};

	pt_profile_init(p, NULL, 0);
	pt_profile_add_value(p, "cpu", "time", PT_UNIT_NS);
	add(p, 3, 1, &jitted);
	add(p, 5, 6, a);
	add(p, INT64_MAX, 4, a);
	add(p, -9, 3, a);
	add(p, 2, 2, a);
	add(p, 11, 2, a + 2); /* inlined in nothing that is known */
	add(p, 1, 1, a);
	pt_profile_finish(p);
}

static int append(void *arg, const char *data, size_t n)
{
	pt_str_addn(arg, data, n);
	return 0;
}

static int refuse(void *arg, const char *data, size_t n)
{
	(void)arg, (void)data, (void)n;
	return -PT_EIO;
}

static char *describe(const struct pt_profile *p)
{
	struct pt_str out = PT_STR_INIT;
	struct pt_export_sink sink = {append, &out};

	assert_int_equal(pt_profile_export_find("folded")->write(p, &(struct pt_export_spec){0},
								 &sink, NULL),
			 0);
	return pt_str_detach(&out);
}

/* Through a file: gzip is undone there. */
static void read_back(const struct pt_profile *p, bool threads, struct pt_profile *ret)
{
	char path[] = "/tmp/perftop-pprof-XXXXXX";
	struct pt_str out = PT_STR_INIT;
	struct pt_export_sink sink = {append, &out};
	struct pt_err err;
	int fd = mkstemp(path);

	assert_true(fd >= 0);
	assert_int_equal(pt_profile_export_find("pprof")->write(
				 p, &(struct pt_export_spec){.title = "a title"}, &sink, &err),
			 0);
	assert_memory_equal(out.s, "\x1f\x8b", 2);
	assert_int_equal(write(fd, out.s, out.len), out.len);
	close(fd);
	assert_int_equal(
		pt_profile_read(path, &(struct pt_read_options){.threads = threads}, ret, &err), 0);
	unlink(path);
	pt_str_release(&out);
}

static void test_round_trip(void **state)
{
	const struct pt_frame *f;
	struct pt_profile p, again;
	char *is;

	(void)state;
	make(&p);
	read_back(&p, true, &again);
	assert_string_equal(again.format, "pprof");
	assert_false(again.partial);
	assert_string_equal(again.values[0].name, "cpu");
	assert_int_equal(again.values[0].unit, PT_UNIT_NS);
	assert_string_equal(again.notes[0], "a title");
	is = describe(&again);
	/* What nothing is known to hold is a function of its own after all. */
	assert_non_null(strstr(is, "inner;innermost_[i] 11\n"));
	assert_non_null(strstr(is, "\nworker-70/71 1\n"));
	assert_non_null(strstr(is, "main;inner_[i];innermost_[i];read;vfs_read_[k] 5\n"));
	assert_non_null(strstr(is, "main;inner_[i] -9\n"));
	assert_non_null(strstr(is, "walk app.js:4_[j] 3\n"));
	assert_non_null(strstr(is, " 9223372036854775807\n"));
	free(is);
	for (uint32_t i = 0; i < pt_frames_count(again.tree->frames); i++) {
		f = pt_frames_get(again.tree->frames, i);
		if (!strcmp(f->name, "main")) {
			assert_string_equal(f->module, "/bin/x");
			assert_string_equal(f->file, "main.c");
			assert_int_equal(f->line, 7);
		}
	}
	pt_profile_release(&p);
	pt_profile_release(&again);
}

/* Commands stay where threads are merged, and threads where they are not. */
static void test_commands(void **state)
{
	static const struct pt_frame roots[] = {
		{.name = "cc1", .kind = PT_FRAME_THREAD},
		{.name = "worker", .kind = PT_FRAME_THREAD, .pid = 70, .tid = 71},
		{.name = "worker", .kind = PT_FRAME_THREAD, .pid = 70, .tid = 72},
	};
	static const char *const expected[] = {"cc1;f 1\nworker;f 6\n",
					       "cc1;f 1\nworker-70/71;f 2\nworker-70/72;f 4\n"};
	struct pt_profile p, again;

	(void)state;
	pt_profile_init(&p, NULL, 0);
	pt_profile_add_value(&p, "samples", "samples", PT_UNIT_COUNT);
	for (size_t i = 0; i < PT_LEN(roots); i++)
		add(&p, 1 << i, 2, (struct pt_frame[]){roots[i], {.name = "f"}});
	pt_profile_finish(&p);
	for (int threads = 0; threads < 2; threads++) {
		char *is;

		read_back(&p, threads, &again);
		is = describe(&again);
		assert_string_equal(is, expected[threads]);
		assert_int_equal(pt_frames_get(again.tree->frames, again.tree->frame[1])->kind,
				 PT_FRAME_THREAD);
		free(is);
		pt_profile_release(&again);
	}
	pt_profile_release(&p);
}

/* Samples of an event are still known to be samples. */
static void test_samples(void **state)
{
	struct pt_profile p, again;

	(void)state;
	pt_profile_init(&p, NULL, 0);
	pt_profile_add_value(&p, "cycles", "samples", PT_UNIT_COUNT);
	add(&p, 41, 1, (struct pt_frame[]){{.name = "f"}});
	pt_profile_finish(&p);
	read_back(&p, false, &again);
	assert_int_equal(again.samples, 41);
	pt_profile_release(&again);
	pt_profile_release(&p);
}

/* A difference is one again: the base, as pprof -diff_base has it, beside what is compared with it. */
static void test_difference(void **state)
{
	static const struct pt_frame stack[] = {
		{.name = "cc1", .kind = PT_FRAME_THREAD},
		{.name = "f"},
		{.name = "g"},
	};
	struct pt_profile p, again;
	char *is;

	(void)state;
	pt_profile_init(&p, NULL, 0);
	pt_profile_add_value(&p, "samples", "samples", PT_UNIT_COUNT);
	add(&p, 30, 3, stack);
	add(&p, 5, 2, stack + 1);
	pt_tree_add_base(p.tree, p.tree->n - 1, 7);
	pt_tree_add_base(p.tree, 1, 100); /* cc1 alone */
	pt_profile_finish(&p);
	read_back(&p, false, &again);
	is = describe(&again);
	assert_string_equal(is, "cc1 100 0\ncc1;f;g 0 30\nf;g 7 5\n");
	assert_int_equal(again.samples, 35);
	assert_int_equal(again.n_notes, 1); /* the title: no label is noted as left out */
	free(is);
	pt_profile_release(&again);
	pt_profile_release(&p);
}

static void test_sink(void **state)
{
	struct pt_export_sink sink = {refuse, NULL};
	struct pt_profile p;

	(void)state;
	make(&p);
	assert_int_equal(pt_profile_export_find("pprof")->write(&p, &(struct pt_export_spec){0},
								&sink, NULL),
			 -PT_EIO);
	pt_profile_release(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_round_trip), cmocka_unit_test(test_commands),
		cmocka_unit_test(test_samples),	   cmocka_unit_test(test_difference),
		cmocka_unit_test(test_sink),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
