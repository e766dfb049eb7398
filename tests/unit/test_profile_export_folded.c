/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Folded stacks of frames that differ in what a line does not say, at any depth, against a plain list
 * of lines: each stack put together as text, equal ones added up, sorted.
 */
#include "perftop/profile/export.h"

#include "perftop/base/mem.h"
#include "perftop/base/str.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { STACKS = 300, DEPTH = 7, LINE = 400 };

/* Each with how a line tells it. Neighbours of ";" in the order of bytes show whether lines or frames
 * are compared. */
static const struct {
	struct pt_frame frame;
	const char *text;
} kinds[] = {
	{{.name = "f"}, "f"},
	{{.name = "f", .module = "/a.so"}, "f"},
	{{.name = "f", .module = "/b.so", .file = "f.c", .line = 7}, "f"},
	{{.name = "f", .module = "/b.so", .file = "f.c", .line = 8}, "f"},
	{{.name = "f", .kind = PT_FRAME_KERNEL}, "f_[k]"},
	{{.name = "f_[k]", .kind = PT_FRAME_KERNEL}, "f_[k]"},
	{{.name = "f_[k]"}, "f_[k]"},
	{{.name = "f", .kind = PT_FRAME_INLINED, .line = 3}, "f_[i]"},
	{{.name = "f", .kind = PT_FRAME_INLINED, .line = 4}, "f_[i]"},
	{{.name = "f", .kind = PT_FRAME_JIT}, "f_[j]"},
	{{.name = "f", .kind = PT_FRAME_THREAD, .pid = 4, .tid = 5}, "f-4/5"},
	{{.name = "f-4/5"}, "f-4/5"},
	{{.name = "f\n"}, "f "},
	{{.name = "f "}, "f "},
	{{.name = "f:"}, "f:"},
	{{.name = "f<"}, "f<"},
	{{.name = ""}, ""},
	{{.name = "", .module = "/a.so"}, ""},
	{{.name = "\303\244"}, "\303\244"},
};

struct line {
	char text[LINE];
	int64_t self, base;
};

static uint64_t seed;
static struct line lines[STACKS];
static size_t n_lines;

static unsigned chance(unsigned n)
{
	seed = seed * 6364136223846793005u + 1442695040888963407u;
	return (unsigned)(seed >> 33) % n;
}

static void add_line(const char *text, int64_t self, int64_t base)
{
	size_t i = 0;

	while (i < n_lines && strcmp(lines[i].text, text) != 0)
		i++;
	if (i == n_lines) {
		lines[n_lines] = (struct line){.self = 0};
		pt_strlcpy(lines[n_lines++].text, text, LINE);
	}
	lines[i].self += self;
	lines[i].base += base;
}

static int by_bytes(const void *a, const void *b)
{
	return strcmp(((const struct line *)a)->text, ((const struct line *)b)->text);
}

static void print_lines(bool with_base, struct pt_str *out)
{
	qsort(lines, n_lines, sizeof *lines, by_bytes);
	for (size_t i = 0; i < n_lines; i++) {
		if (!lines[i].self && !lines[i].base)
			continue;
		pt_str_add(out, lines[i].text);
		if (with_base)
			pt_str_addf(out, " %lld", (long long)lines[i].base);
		pt_str_addf(out, " %lld\n", (long long)lines[i].self);
	}
}

/* Some stacks are of no frame at all; some weights are below zero, and cancel out others. */
static void grow(struct pt_tree *tree, bool with_base)
{
	n_lines = 0;
	for (int i = 0; i < STACKS; i++) {
		int64_t self = chance(3) ? (int64_t)chance(5) - 2 : 0;
		int64_t base = with_base && chance(2) ? (int64_t)chance(5) - 2 : 0;
		unsigned depth = chance(DEPTH + 1);
		struct pt_str text = PT_STR_INIT;
		uint32_t node = PT_TREE_ROOT;

		for (unsigned k = 0; k < depth; k++) {
			/* Few of them near the root, so that stacks meet. */
			size_t kind = chance(k < 2 ? 5 : PT_LEN(kinds));
			uint32_t id = pt_frames_intern(tree->frames, &kinds[kind].frame);

			node = pt_tree_child(tree, node, id);
			if (k > 0)
				pt_str_addc(&text, ';');
			pt_str_add(&text, kinds[kind].text);
		}
		pt_tree_add(tree, node, self);
		if (with_base)
			pt_tree_add_base(tree, node, base);
		add_line(pt_str_text(&text), self, base);
		pt_str_release(&text);
	}
}

static int add(void *arg, const char *data, size_t n)
{
	pt_str_addn(arg, data, n);
	return 0;
}

static void check(uint64_t with_seed, bool with_base)
{
	const struct pt_profile_export *folded = pt_profile_export_find("folded");
	struct pt_str out = PT_STR_INIT, expected = PT_STR_INIT;
	struct pt_export_sink sink = {add, &out};
	struct pt_export_spec spec = {0};
	struct pt_profile p;

	seed = with_seed;
	pt_profile_init(&p, NULL, 0);
	pt_profile_add_value(&p, "samples", "samples", PT_UNIT_COUNT);
	grow(p.tree, with_base);
	pt_profile_finish(&p);
	print_lines(with_base, &expected);
	assert_int_equal(folded->write(&p, &spec, &sink, NULL), 0);
	assert_string_equal(pt_str_text(&out), pt_str_text(&expected));
	pt_str_release(&out);
	pt_str_release(&expected);
	pt_profile_release(&p);
}

static void test_against_lines(void **state)
{
	(void)state;
	for (uint64_t i = 1; i <= 20; i++) {
		check(i, false);
		check(i, true);
	}
}

/* An error of who takes the text ends it, and is told. */
static int refuse(void *arg, const char *data, size_t n)
{
	(void)data;
	*(size_t *)arg += n;
	return -PT_EIO;
}

static void test_refused(void **state)
{
	const struct pt_profile_export *folded = pt_profile_export_find("folded");
	size_t told = 0;
	struct pt_export_sink sink = {refuse, &told};
	struct pt_export_spec spec = {0};
	struct pt_profile p;

	(void)state;
	pt_profile_init(&p, NULL, 0);
	pt_profile_add_value(&p, "samples", "samples", PT_UNIT_COUNT);
	grow(p.tree, false);
	pt_profile_finish(&p);
	assert_int_equal(folded->write(&p, &spec, &sink, NULL), -PT_EIO);
	assert_true(told > 0);
	pt_profile_release(&p);
}

struct pieces {
	size_t sum, greatest;
};

static int take_piece(void *arg, const char *data, size_t n)
{
	struct pieces *pieces = arg;

	(void)data;
	pieces->sum += n;
	pieces->greatest = PT_MAX(pieces->greatest, n);
	return 0;
}

/* A line of eight megabytes goes out in pieces: it is never in memory as a whole. */
static void test_long_line(void **state)
{
	enum { FRAMES = 8000, NAME = 1000 };
	struct pieces pieces = {0};
	const struct pt_export_sink sink = {take_piece, &pieces};
	const struct pt_export_spec spec = {0};
	uint32_t node = PT_TREE_ROOT;
	char name[NAME];
	struct pt_profile p;

	(void)state;
	memset(name, 'x', sizeof name);
	pt_profile_init(&p, NULL, 0);
	for (int i = 0; i < FRAMES; i++)
		node = pt_tree_child(p.tree, node,
				     pt_frames_name(p.tree->frames, name, NAME, PT_FRAME_USER));
	pt_tree_add(p.tree, node, 7);
	pt_profile_finish(&p);
	assert_int_equal(pt_profile_export_find("folded")->write(&p, &spec, &sink, NULL), 0);
	assert_int_equal(pieces.sum, FRAMES * (NAME + 1) - 1 + 3);
	assert_true(pieces.greatest < 200000);
	pt_profile_release(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_against_lines),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_long_line),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
