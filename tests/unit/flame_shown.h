/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PT_TESTS_FLAME_SHOWN_H
#define PT_TESTS_FLAME_SHOWN_H

#include "perftop/base/clock.h"
#include "perftop/base/mem.h"
#include "perftop/base/str.h"
#include "perftop/profile/shown.h"

#include <string.h>

/*
 * A profile for the view of flame graphs, made by hand: a benchmark of a parser with kernel frames,
 * inlined and JIT ones, names that are long or hostile, a deep recursion, and frames too narrow to be
 * shown; in the base Interner::get was cheaper. A frame's kind stands behind its name: _[k], _[i],
 * _[j], as in folded stacks.
 */
struct flame_shown {
	struct pt_flame flame;
	struct pt_profile profile, base;
	struct pt_frames *frames;
	struct pt_tree *tree; /* what is shown: the profile's own, or the difference */
};

struct flame_line {
	const char *stack; /* below the thread */
	int now, base;
};

static const struct flame_line flame_lines[] = {
	{"parser_bench::main;parse_file;lex;next_token;memchr_avx2", 812, 790},
	{"parser_bench::main;parse_file;lex;next_token", 1104, 1120},
	{"parser_bench::main;parse_file;lex;intern_[i]", 240, 236},
	{"parser_bench::main;parse_file;lex", 96, 101},
	{"parser_bench::main;parse_file;build_tree;Interner::get;"
	 "std::collections::hash::map::HashMap<alloc::string::String, u32, S>::insert;hash_one_[i]",
	 620, 180},
	{"parser_bench::main;parse_file;build_tree;Interner::get;"
	 "std::collections::hash::map::HashMap<alloc::string::String, u32, S>::insert",
	 940, 320},
	{"parser_bench::main;parse_file;build_tree;Interner::get", 610, 560},
	{"parser_bench::main;parse_file;build_tree;push;grow_amortized;realloc;asm_exc_page_fault_[k];"
	 "exc_page_fault_[k];handle_mm_fault_[k];do_anonymous_page_[k];clear_page_erms_[k]",
	 410, 402},
	{"parser_bench::main;parse_file;build_tree;push", 388, 380},
	{"parser_bench::main;parse_file;build_tree", 290, 301},
	{"parser_bench::main;parse_file;read_file;entry_SYSCALL_64_[k];do_syscall_64_[k];ksys_read_[k];"
	 "vfs_read_[k];filemap_read_[k];copy_page_to_iter_[k]",
	 230, 228},
	{"parser_bench::main;drop_tree;free;_int_free", 520, 610},
	{"parser_bench::main;drop_tree;free", 244, 250},
	{"parser_bench::main;drop_tree", 180, 176},
	{"parser_bench::main;write_out;fwrite;entry_SYSCALL_64_[k];do_syscall_64_[k];ksys_write_[k]",
	 150, 152},
	{"parser_bench::main;write_out;format", 210, 214},
	{"parser_bench::main;script;LazyCompile:~visit app.js:12_[j];"
	 "LazyCompile:*walk app.js:40_[j]",
	 130, 128},
	{"parser_bench::main;\033[31mred\033[0m", 40, 40},
	{"parser_bench::main", 30, 31},
};

static inline uint32_t flame_frame(struct pt_frames *frames, const char *s, size_t n)
{
	struct pt_frame f = {.module = "/usr/bin/parser_bench"};
	char name[200];
	size_t len;

	pt_snprintf(name, sizeof name, "%.*s", (int)n, s);
	len = strlen(name);
	if (len > 4 && name[len - 4] == '_' && name[len - 3] == '[') {
		char kind = name[len - 2];
		f.kind = kind == 'k'   ? PT_FRAME_KERNEL
			 : kind == 'i' ? PT_FRAME_INLINED
				       : PT_FRAME_JIT;
		f.module = kind == 'k' ? "[kernel]" : kind == 'j' ? "[jit]" : f.module;
		name[len - 4] = '\0';
	}
	if (strstr("realloc free _int_free fwrite memchr_avx2", name))
		f.module = "/usr/lib/x86_64-linux-gnu/libc.so.6";
	if (strcmp(name, "Interner::get") == 0) {
		f.file = "src/intern.rs";
		f.line = 88;
	}
	f.name = name;
	return pt_frames_intern(frames, &f);
}

static inline uint32_t flame_stack(struct pt_tree *tree, uint32_t node, const char *stack)
{
	for (const char *p = stack; *p;) {
		size_t n = strcspn(p, ";");
		node = pt_tree_child(tree, node, flame_frame(tree->frames, p, n));
		p += n + (p[n] == ';');
	}
	return node;
}

static inline void flame_add(struct pt_profile *p, uint32_t node, int weight)
{
	static const int64_t start = 1000 * PT_S;
	uint64_t x = node * 2654435761u + 12345;

	pt_tree_add(p->tree, node, weight);
	p->samples += weight;
	for (int i = 0; i < weight; i++) { /* ten seconds, busier at the beginning of each */
		x = x * 6364136223846793005u + 1442695040888963407u;
		int64_t second = (int64_t)(x >> 33) % 10, part = (int64_t)(x >> 20) % 1000;
		part = second % 3 == 1 ? part * part / 1000 : part;
		pt_profile_add_moment(p, start + second * PT_S + part * PT_MS, node, 1);
	}
}

static inline void flame_profile(struct pt_profile *p, struct pt_frames *frames, const char *name,
				 bool base)
{
	struct pt_frame thread = {
		.name = "parser_bench", .pid = 4711, .tid = 4711, .kind = PT_FRAME_THREAD};
	uint32_t root, node;
	char text[64];

	pt_profile_init(p, frames, 0);
	pt_strlcpy(p->name, name, sizeof p->name);
	p->format = "perf.data";
	pt_profile_add_value(p, "cycles", "samples", PT_UNIT_COUNT);
	root = pt_tree_child(p->tree, PT_TREE_ROOT, pt_frames_intern(frames, &thread));
	for (size_t i = 0; i < PT_LEN(flame_lines); i++) {
		const struct flame_line *l = &flame_lines[i];
		flame_add(p, flame_stack(p->tree, root, l->stack), base ? l->base : l->now);
	}
	node = flame_stack(p->tree, root, "parser_bench::main;visit");
	for (int i = 0; i < 60; i++) { /* recursion, ever narrower */
		node = flame_stack(p->tree, node, "visit");
		flame_add(p, node, i == 59 ? 240 : 1);
	}
	for (int i = 0; i < 40; i++) {
		pt_snprintf(text, sizeof text, "parser_bench::main;drop_tree;tiny_%02d", i);
		flame_add(p, flame_stack(p->tree, root, text), 2);
	}
	pt_profile_finish(p);
}

static inline struct flame_shown *flame_make(bool differs)
{
	struct flame_shown *s = pt_calloc(1, sizeof *s);

	s->frames = pt_frames_new();
	flame_profile(&s->profile, s->frames, "perf.data", false);
	s->flame = (struct pt_flame){.generation = 1, .profile = &s->profile};
	pt_strlcpy(s->flame.title, "perf.data", sizeof s->flame.title);
	if (differs) {
		flame_profile(&s->base, s->frames, "base", true);
		s->tree = pt_tree_diff(s->base.tree, s->profile.tree);
		s->flame.base = &s->base;
		pt_strlcpy(s->flame.base_title, "main@4f1c2a", sizeof s->flame.base_title);
	} else {
		const struct pt_tree *one = s->profile.tree;
		s->tree = pt_tree_merge(&one, 1);
	}
	s->flame.tree = s->tree;
	return s;
}

static inline void flame_free(struct flame_shown *s)
{
	if (!s)
		return;
	pt_tree_free(s->tree);
	pt_profile_release(&s->profile);
	if (s->flame.base)
		pt_profile_release(&s->base);
	pt_frames_unref(s->frames);
	free(s);
}

#endif
