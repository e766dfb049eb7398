/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Text of perf script: what its fixtures cannot show, and the names of the customary collapser. */
#include "perftop/profile/reader.h"

#include "perftop/base/mem.h"
#include "perftop/base/str.h"
#include "perftop/profile/export.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static int append(void *arg, const char *data, size_t n)
{
	pt_str_addn(arg, data, n);
	return 0;
}

static int read_text(const char *text, size_t n, struct pt_read_options options,
		     struct pt_profile *ret, struct pt_err *err)
{
	struct pt_profile_input in = {.name = "t.txt", .data = text, .len = n};

	options.reader = pt_profile_reader_find("perf_script");
	assert_non_null(options.reader);
	return pt_profile_read_data(&in, &options, ret, err);
}

/* The folded stacks of text, or its error in brackets. */
static const char *fold(const char *text, struct pt_read_options options)
{
	static struct pt_str out;
	struct pt_export_sink sink = {append, &out};
	struct pt_profile p;
	struct pt_err err = {0};
	char told[600];

	pt_str_clear(&out);
	if (read_text(text, strlen(text), options, &p, &err)) {
		pt_str_addf(&out, "[%s]", pt_err_text(&err, told, sizeof told));
	} else {
		pt_profile_export_find("folded")->write(&p, &(struct pt_export_spec){0}, &sink,
							NULL);
		pt_profile_release(&p);
	}
	return pt_str_text(&out);
}

static const char *collapse(const char *frames, struct pt_collapse names)
{
	static const char head[] = "java 1/2 [000] 3.5: 7 cycles: \n";
	struct pt_str text = PT_STR_INIT;
	const char *ret;

	pt_str_addf(&text, "%s%s\n\n", head, frames);
	ret = fold(text.s, (struct pt_read_options){.collapse = true, .names = names});
	pt_str_release(&text);
	return ret;
}

#define TIDY .tidy_java = true, .tidy_generic = true

static void test_names(void **state)
{
	static const struct {
		const char *frames, *folded;
	} rows[] = {
		{"\tff a::b(int)+0x1f (/x)", "java;a::b 7\n"},
		{"\tff std::(anonymous namespace)::f(x) (/x)",
		 "java;std::(anonymous namespace)::f 7\n"},
		{"\tff net/http.(*Client).Do (/x)", "java;net/http.(*Client).Do 7\n"},
		{"\tff La/b;::c(I)V (/x)", "java;a/b:::c 7\n"},
		{"\tff LBusy;::c (/x)", "java;LBusy:::c 7\n"},
		{"\tff a->b_[i]->c->-> (/x)", "java;a;b_[i];c_[i] 7\n"},
		{"\tff f\"x'y (/x)", "java;fxy 7\n"},
		{"\tff (java) (/x)\n\tfe main (/x)", "java;main 7\n"},
		{"\tff [unknown] (/a/b.so)", "java;[b.so] 7\n"},
		{"\tff [unknown] ([unknown])", "java;[unknown] 7\n"},
		{"\tff f+0x1+0x2 (/x)", "java;f+0x1 7\n"},
		{"\tabcd (x)", "java;d 7\n"}, /* as a regular expression finds it */
		{"\tff f (x) (y)", "java;f  7\n"},
		{"\tff no module", "java 7\n"},
	};

	(void)state;
	for (size_t i = 0; i < PT_LEN(rows); i++)
		assert_string_equal(collapse(rows[i].frames, (struct pt_collapse){TIDY}),
				    rows[i].folded);
}

static void test_marks(void **state)
{
	static const char frames[] =
		"\tffffffff81 f ([kernel.kallsyms])\n\t12 g (/tmp/perf-1.map)\n"
		"\t13 h (/boot/vmlinux)\n\t14 [unknown] ([unknown])";

	(void)state;
	assert_string_equal(collapse(frames, (struct pt_collapse){TIDY, .kernel = true}),
			    "java;[unknown];h_[k];g;f_[k] 7\n");
	assert_string_equal(collapse(frames, (struct pt_collapse){TIDY, .jit = true}),
			    "java;[unknown];h;g_[j];f 7\n");
	assert_string_equal(collapse(frames, (struct pt_collapse){TIDY, .all = true, .pid = true}),
			    "java-1;[unknown];h_[k];g_[j];f_[k] 7\n");
	assert_string_equal(
		collapse(frames, (struct pt_collapse){TIDY, .addrs = true, .tid = true}),
		"java-1/2;[unknown <14>];h;g;f 7\n");
	assert_string_equal(
		collapse("\t12 La/b;::c(I)\"V\" (/x)", (struct pt_collapse){.pid = true}),
		"java-1;La/b;::c(I)\"V\" 7\n");
}

/* Frames that differ in their addresses alone are one, of an unknown place with addresses are not. */
static void test_addresses(void **state)
{
	static const char text[] = "ab 1 1.5: cycles: \n\t10 [unknown] (/x)\n\n"
				   "ab 1 1.6: cycles: \n\t20 [unknown] (/x)\n\n";
	struct pt_read_options options = {.collapse = true};

	(void)state;
	assert_string_equal(fold(text, options), "ab;[x] 2\n");
	options.names.addrs = true;
	assert_string_equal(fold(text, options), "ab;[x <10>] 1\nab;[x <20>] 1\n");
}

static const char two_events[] = "my prog 11/12 [001] 100.000001: 30 cycles:u: \n"
				 "\t 5500 work+0x1 (/bin/prog)\n\t 5600 main+0x2 (/bin/prog)\n\n"
				 "my prog 11/13 [000] 100.5: 5 faults: \n"
				 "\t 5600 main+0x2 (/bin/prog)\n\n"
				 "my prog 11/13 [001] 100.000000002: 20 cycles:u: \n"
				 "\t 5501 work+0x2 (/bin/prog)\n\t 5600 main+0x2 (/bin/prog)\n\n";

static void test_values(void **state)
{
	struct pt_profile p;

	(void)state;
	assert_string_equal(fold(two_events, (struct pt_read_options){0}), "my prog;main;work 2\n");
	assert_string_equal(fold(two_events, (struct pt_read_options){.value = "cycles:u/period"}),
			    "my prog;main;work 50\n");
	assert_string_equal(fold(two_events, (struct pt_read_options){.value = "faults"}),
			    "my prog;main 1\n");
	assert_string_equal(fold(two_events, (struct pt_read_options){.value = "misses"}),
			    "[t.txt: no value \"misses\", there are: cycles:u, cycles:u/period, "
			    "faults, faults/period]");
	assert_int_equal(read_text(two_events, strlen(two_events),
				   (struct pt_read_options){.value = "faults/period"}, &p, NULL),
			 0);
	assert_int_equal(p.n_values, 4);
	assert_string_equal(p.values[p.value].name, "faults/period");
	assert_int_equal(p.tree->total[0], 5);
	assert_int_equal(p.samples, 1);
	pt_profile_release(&p);
}

/* An event's first sample may have none: what is on offer is the same whatever is asked for. */
static void test_late_periods(void **state)
{
	static const char text[] = "p 1 1.0: faults: \n\ta b (c)\n\n"
				   "p 1 2.0: 7 faults: \n\ta b (c)\n\n"
				   "p 1 3.0: cycles: \n\ta d (c)\n\n"
				   "p 1 4.0: 5 cycles: \n\ta d (c)\n\n";

	(void)state;
	assert_string_equal(fold(text, (struct pt_read_options){.value = "faults/period"}),
			    "p;b 8\n");
	assert_string_equal(fold(text, (struct pt_read_options){.value = "cycles/period"}),
			    "p;d 6\n");
}

static void test_threads_and_moments(void **state)
{
	struct pt_read_options options = {.threads = true, .moments = true};
	const struct pt_frame *frame;
	struct pt_profile p;

	(void)state;
	assert_int_equal(read_text(two_events, strlen(two_events), options, &p, NULL), 0);
	assert_int_equal(p.n_moments, 2);
	assert_int_equal(p.moments[0].at_ns, 100000000002);
	assert_int_equal(p.moments[1].at_ns, 100000001000);
	assert_int_equal(p.moments[1].weight, 1);
	frame = pt_frames_get(p.tree->frames, p.tree->frame[p.tree->child[PT_TREE_ROOT]]);
	assert_int_equal(frame->kind, PT_FRAME_THREAD);
	assert_string_equal(frame->name, "my prog");
	assert_int_equal(frame->pid, 11);
	assert_true(frame->tid == 12 || frame->tid == 13);
	frame = pt_frames_get(p.tree->frames, p.tree->frame[p.moments[0].node]);
	assert_string_equal(frame->name, "work");
	assert_string_equal(frame->module, "/bin/prog");
	pt_profile_release(&p);
}

/* Heads in all forms that `perf script -F` has. */
static void test_heads(void **state)
{
	static const struct {
		const char *head, *root;
	} rows[] = {
		{"a 1 2.5: 9 ev: ", "a"},
		{"a b 12 345/346 [001] 2.5: 9 ev: ", "a b 12"},
		{"kworker/0:1-x   77 [000] 2.5: ev:u: ", "kworker/0:1-x"},
		{"swapper     0 K    2.000000001: 1 ev: ", "swapper"},
		{"prog ev: ", "prog"},
		{"prog 12 ev: ", "prog"},
		{"prog 2.5: ", "prog"},
		{"2.5: 7 ev: ", NULL},
		{" 12/13 2.5: ", NULL},
		{"prog 12 2.5: sched:sched_switch: prev_comm=x (y) next_comm=z", "prog"},
	};

	(void)state;
	for (size_t i = 0; i < PT_LEN(rows); i++) {
		char text[200], wanted[100];

		pt_snprintf(text, sizeof text, "%s\n\t  1234 f+0x1 (/x)\n\n", rows[i].head);
		pt_snprintf(wanted, sizeof wanted, "%s%sf 1\n", rows[i].root ? rows[i].root : "",
			    rows[i].root ? ";" : "");
		assert_string_equal(fold(text, (struct pt_read_options){0}), wanted);
	}
}

/* Deeper than stacks may be: the outermost frames stay. */
static void test_deep(void **state)
{
	struct pt_str text = PT_STR_INIT;
	struct pt_profile p;

	(void)state;
	pt_str_add(&text, "ab 1 2.5: ev: \n");
	for (int i = 0; i < 100000; i++)
		pt_str_addf(&text, "\t 12 f%d (/x)\n", i);
	pt_str_add(&text, "\t 12 main (/x)\n\n");
	assert_int_equal(read_text(text.s, text.len, (struct pt_read_options){0}, &p, NULL), 0);
	assert_true(p.tree->n > PT_STACK_MAX && p.tree->n <= PT_STACK_MAX + 2);
	assert_string_equal(pt_frames_get(p.tree->frames, p.tree->frame[2])->name, "main");
	assert_int_equal(p.tree->total[0], 1);
	pt_profile_release(&p);
	pt_str_release(&text);
}

static void test_limits(void **state)
{
	struct pt_str text = PT_STR_INIT;
	struct pt_profile p;
	struct pt_read_watch watch = {.ask = PT_READ_CANCEL};

	(void)state;
	for (int i = 0; i < 20000; i++)
		pt_str_addf(&text, "ab 1 2.5: ev: \n\t 12 function_%d (/x)\n\n", i);
	assert_int_equal(read_text(text.s, text.len,
				   (struct pt_read_options){.max_memory = 1 << 20}, &p, NULL),
			 0);
	assert_true(p.partial && p.fault.code == PT_ELIMIT && p.fault.line > 1000);
	assert_true(p.samples > 1000 && p.samples < 20000);
	pt_profile_release(&p);
	assert_int_equal(
		read_text(text.s, text.len, (struct pt_read_options){.watch = &watch}, &p, NULL),
		-PT_ECANCELED);
	pt_str_release(&text);
}

/* Cut within a line it is partial, and says where. What is no perf script says what was expected. */
static void test_faults(void **state)
{
	struct pt_profile p;

	(void)state;
	assert_int_equal(read_text(two_events, strlen(two_events) - 9, (struct pt_read_options){0},
				   &p, NULL),
			 0);
	assert_true(p.partial && p.fault.line == 10);
	assert_string_equal(p.fault.file, "t.txt");
	assert_int_equal(p.tree->total[0], 1);
	pt_profile_release(&p);
	assert_string_equal(fold("hello\nworld\n", (struct pt_read_options){0}),
			    "[t.txt:1: neither a sample nor a frame, expected \"command pid time: "
			    "event:\" or \"address symbol (object)\"]");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_marks),
		cmocka_unit_test(test_addresses),
		cmocka_unit_test(test_values),
		cmocka_unit_test(test_late_periods),
		cmocka_unit_test(test_heads),
		cmocka_unit_test(test_threads_and_moments),
		cmocka_unit_test(test_deep),
		cmocka_unit_test(test_limits),
		cmocka_unit_test(test_faults),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
