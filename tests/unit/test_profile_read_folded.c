/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Folded text that fixtures cannot hold: stacks beyond every limit, numbers beyond every number,
 * random stacks in no order, and its way out and in again.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "perftop/profile/export.h"
#include "perftop/profile/reader.h"
#include "profile_stacks.h"

static int read_text(const struct pt_str *text, const struct pt_read_options *options,
		     struct pt_profile *ret, struct pt_err *err)
{
	struct pt_profile_input in = {.name = "text", .data = pt_str_text(text), .len = text->len};
	struct pt_read_options folded = options ? *options : (struct pt_read_options){0};

	folded.reader = pt_profile_reader_find("folded");
	return pt_profile_read_data(&in, &folded, ret, err);
}

static int sniffed(const char *text, size_t n)
{
	struct pt_profile_input in = {.name = "text", .data = text, .len = n};

	return pt_profile_reader_find("folded")->sniff(&in);
}

static int append(void *arg, const char *data, size_t n)
{
	pt_str_addn(arg, data, n);
	return 0;
}

static void print(const struct pt_profile *p, struct pt_str *ret)
{
	const struct pt_export_sink sink = {append, ret};

	assert_int_equal(pt_profile_export_find("folded")->write(p, &(struct pt_export_spec){0},
								 &sink, NULL),
			 0);
}

static void test_random(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= 60; seed++) {
		bool with_base = seed % 2;
		struct pt_str text = PT_STR_INIT, once = PT_STR_INIT, again = PT_STR_INIT;
		struct pt_profile p;
		struct model m;

		model_fill(&m, seed, with_base);
		for (size_t i = 0; i < m.n; i++) {
			for (const char *c = m.v[i].text; *c; c++)
				pt_str_addf(&text, "%s%c", c > m.v[i].text ? ";" : "", *c);
			if (with_base)
				pt_str_addf(&text, " %lld", m.v[i].base);
			pt_str_addf(&text, " %lld\n", m.v[i].w);
		}
		assert_int_equal(read_text(&text, NULL, &p, NULL), 0);
		assert_tree_is(p.tree, &m);
		print(&p, &once);
		pt_profile_release(&p);
		assert_int_equal(read_text(&once, NULL, &p, NULL), 0);
		assert_tree_is(p.tree, &m);
		print(&p, &again);
		assert_string_equal(once.s, again.s);
		pt_profile_release(&p);
		pt_str_release(&text);
		pt_str_release(&once);
		pt_str_release(&again);
	}
}

static void test_deep(void **state)
{
	struct pt_str text = PT_STR_INIT;
	struct pt_profile p;
	uint32_t depth = 0;

	(void)state;
	for (int i = 0; i < 1000000; i++)
		pt_str_add(&text, "a;");
	pt_str_add(&text, "b 7\na;a;b 1\n");
	assert_int_equal(read_text(&text, NULL, &p, NULL), 0);
	assert_int_equal(p.tree->total[PT_TREE_ROOT], 8);
	for (uint32_t at = p.tree->n - 2; at != PT_TREE_ROOT; at = p.tree->parent[at])
		depth++;
	assert_int_equal(depth, PT_STACK_MAX);
	assert_int_equal(p.tree->n, PT_STACK_MAX + 2);
	pt_profile_release(&p);
	pt_str_release(&text);
}

static void test_numbers(void **state)
{
	struct pt_str text = PT_STR_INIT;
	struct pt_profile p;

	(void)state;
	pt_str_add(&text, "a 9223372036854775808\nb 18446744073709551616000\nc 0\nd 5.0\n");
	assert_int_equal(read_text(&text, NULL, &p, NULL), 0);
	assert_true(p.tree->total[PT_TREE_ROOT] == INT64_MAX);
	assert_int_equal(p.samples, 0); /* no samples are that many */
	assert_int_equal(p.n_notes, 1);
	assert_string_equal(p.notes[0],
			    "its weights add up to more than 2^63: shares are not to be "
			    "relied on");
	pt_profile_release(&p);

	pt_str_clear(&text);
	pt_str_add(&text, "a 9223372036854775807.5\nb .\nc 1.2.3\nd 5.\ne -4\n");
	assert_int_equal(read_text(&text, NULL, &p, NULL), 0);
	assert_true(p.partial);
	assert_int_equal(p.fault.line, 2);
	assert_true(p.tree->total[PT_TREE_ROOT] == INT64_MAX);
	assert_string_equal(p.values[0].what, "thousandths");
	pt_profile_release(&p);
	pt_str_release(&text);
}

/* Limits end the reading; what fitted stays. */
static void test_memory(void **state)
{
	const struct pt_read_options options = {.max_memory = 1 << 20};
	struct pt_str text = PT_STR_INIT;
	struct pt_profile p;

	(void)state;
	for (int i = 0; i < 100000; i++)
		pt_str_addf(&text, "main;f%d;g%d 1\n", i, i % 7);
	assert_int_equal(read_text(&text, &options, &p, NULL), 0);
	assert_true(p.partial);
	assert_int_equal(p.fault.code, PT_ELIMIT);
	assert_in_range(p.fault.line, 1000, 20000);
	assert_int_equal(p.tree->total[PT_TREE_ROOT], p.fault.line - 1);
	pt_profile_release(&p);

	/* Names of one line alone are too much. */
	pt_str_clear(&text);
	pt_str_add(&text, "first 1\n");
	for (int i = 0; i < 2000; i++)
		pt_str_addf(&text, "%01000d;", i);
	pt_str_add(&text, "x 1\n");
	assert_int_equal(read_text(&text, &options, &p, NULL), 0);
	assert_int_equal(p.fault.line, 2);
	assert_int_equal(p.tree->total[PT_TREE_ROOT], 1);
	pt_profile_release(&p);
	pt_str_release(&text);
}

/* A first line that is longer than what sniffing looks at, and counts below zero, are known for what
 * they are; but not where there is no count, or bytes of no text. */
static void test_sniffed(void **state)
{
	struct pt_str text = PT_STR_INIT, none = PT_STR_INIT;
	struct pt_profile p;
	struct pt_err err;

	(void)state;
	for (int i = 0; i < 10000; i++)
		pt_str_addf(&text, "%sframe%d", i ? ";" : "", i);
	pt_str_addn(&none, text.s, text.len);
	pt_str_add(&none, "\na 1\n");
	pt_str_add(&text, " 7 5");
	assert_int_equal(sniffed(none.s, none.len), 0);
	for (int end = 0; end < 2; end++) {
		assert_in_range(sniffed(text.s, text.len), 1, 49);
		assert_int_equal(read_text(&text, NULL, &p, &err), 0);
		assert_int_equal(p.tree->n, 10001);
		assert_true(p.tree->total[0] == 7 ? p.tree->base_total[0] == 5
						  : p.tree->base_total[0] == 7);
		pt_profile_release(&p);
		pt_str_addc(&text, '\n');
	}
	text.s[1] = '\0';
	assert_int_equal(sniffed(text.s, text.len), 0);
	pt_str_clear(&text);
	pt_str_add(&text, "a;b -1\n");
	assert_in_range(sniffed(text.s, text.len), 1, 49);
	assert_int_equal(read_text(&text, NULL, &p, &err), -PT_ESYNTAX);
	assert_int_equal(err.line, 1);
	assert_int_equal(sniffed("a;b x-1\n", 8), 0);
	pt_str_release(&text);
	pt_str_release(&none);
}

/* What many texts look like is folded when the file's name says so. */
static void test_sniffed_lone(void **state)
{
	static const char stat[] = "4711 (cat) R 4700 4711 1 0 -1 4194304 99 0 0 0 17 3 0 0\n";
	static const char lone[] = "main 5\nother 3\n";
	static const struct {
		const char *name, *text;
		bool folded;
	} rows[] = {
		{"/proc/4711/stat", stat, false},
		{"x", lone, false},
		{"x.folded", lone, true},
		{"a.b/x.stacks.gz", lone, true},
		{"x.collapsed", lone, true},
		{"x.foldedness", lone, false},
		{"x.folded", "main;work\nmain\n", true},
		{"x", "main 5\nmain;other 3\n", true},
		{"x", "1.50 1.02 0.90 3/412 4711\n", false},
	};

	(void)state;
	for (size_t i = 0; i < PT_LEN(rows); i++) {
		struct pt_profile_input in = {
			.name = rows[i].name, .data = rows[i].text, .len = strlen(rows[i].text)};

		assert_int_equal(pt_profile_reader_find("folded")->sniff(&in) > 0, rows[i].folded);
	}
}

static void test_cancel(void **state)
{
	struct pt_read_watch watch = {.ask = PT_READ_CANCEL};
	const struct pt_read_options options = {.watch = &watch};
	struct pt_str text = PT_STR_INIT;
	struct pt_profile p;

	(void)state;
	for (int i = 0; i < 10000; i++)
		pt_str_add(&text, "a;b 1\n");
	assert_int_equal(read_text(&text, &options, &p, NULL), -PT_ECANCELED);
	pt_str_release(&text);
}

/* Names that a line cannot hold, and kinds, which it marks. */
static void test_out(void **state)
{
	static const struct pt_frame frames[] = {
		{.name = "app", .kind = PT_FRAME_THREAD, .pid = 7, .tid = 8},
		{.name = "two\nlines\r"},
		{.name = "do_syscall_64", .kind = PT_FRAME_KERNEL},
		{.name = "Array.sort", .kind = PT_FRAME_JIT},
		{.name = "swap", .kind = PT_FRAME_INLINED, .module = "x.so", .line = 5},
		{.name = "marked_[k]", .kind = PT_FRAME_KERNEL},
	};
	struct pt_str text = PT_STR_INIT;
	struct pt_profile p, again;
	uint32_t node = PT_TREE_ROOT, other;

	(void)state;
	pt_profile_init(&p, NULL, 0);
	for (size_t i = 0; i < PT_LEN(frames); i++)
		node = pt_tree_child(p.tree, node, pt_frames_intern(p.tree->frames, &frames[i]));
	pt_tree_add(p.tree, node, 3);
	/* The same text, from another line of the source. */
	other = pt_tree_child(
		p.tree, p.tree->parent[p.tree->parent[node]],
		pt_frames_intern(p.tree->frames,
				 &(struct pt_frame){.name = "swap", .kind = PT_FRAME_INLINED}));
	other = pt_tree_child(p.tree, other, p.tree->frame[node]);
	pt_tree_add(p.tree, other, 4);
	pt_profile_finish(&p);
	print(&p, &text);
	assert_string_equal(text.s, "app-7/8;two lines ;do_syscall_64_[k];Array.sort_[j];swap_[i];"
				    "marked_[k] 7\n");
	assert_int_equal(read_text(&text, NULL, &again, NULL), 0);
	assert_int_equal(pt_frames_get(again.tree->frames, 2)->kind, PT_FRAME_KERNEL);
	assert_string_equal(pt_frames_get(again.tree->frames, 2)->name, "do_syscall_64");
	assert_int_equal(pt_frames_get(again.tree->frames, 3)->kind, PT_FRAME_JIT);
	pt_profile_release(&again);
	pt_profile_release(&p);
	pt_str_release(&text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_random),	     cmocka_unit_test(test_deep),
		cmocka_unit_test(test_numbers),	     cmocka_unit_test(test_memory),
		cmocka_unit_test(test_cancel),	     cmocka_unit_test(test_sniffed),
		cmocka_unit_test(test_sniffed_lone), cmocka_unit_test(test_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
