/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Columns of the process list: their text, their order, what they ask to be read. */
#include "../../src/view/procs_view.h"
#include "perftop/base/mem.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static const struct pv_proc_column *column(const char *name)
{
	int i = pv_proc_column_find(name);

	assert_true(i >= 0);
	return &pv_proc_columns[i];
}

static const char *text_of(const char *name, const struct pt_proc *p, bool ascii)
{
	static char out[64];
	struct pt_view_env env = {.ascii = ascii};

	column(name)->text(p, &env, out, sizeof out);
	return out;
}

#define assert_text(name, proc, want) assert_string_equal(text_of(name, proc, false), want)

static void test_table(void **state)
{
	unsigned sets = 0;

	(void)state;
	for (int i = 0; i < pv_n_proc_columns; i++) {
		const struct pv_proc_column *c = &pv_proc_columns[i];
		assert_int_equal(pv_proc_column_find(c->name), i);
		assert_non_null(c->compare);
		assert_true(c->width <= 0 || (int)strlen(c->title) <= c->width);
		assert_true(c->text || c->sets == 0);
		sets |= c->sets;
	}
	assert_int_equal(sets, PV_SET_MAIN | PV_SET_IO | PV_SET_SCHED | PV_SET_CGROUP);
	assert_int_equal(pv_proc_column_find("nothing"), -PT_ENOENT);
}

static void test_text(void **state)
{
	struct pt_proc p = {.pid = 4194304,
			    .nice = -20,
			    .priority = -100,
			    .state = 'D',
			    .comm = "kworker/0:1",
			    .kernel = true,
			    .cpu_ratio = NAN,
			    .read_rate = NAN,
			    .rss_bytes = 412 << 20};

	(void)state;
	assert_text("pid", &p, "4194304");
	assert_text("nice", &p, "-20");
	assert_text("priority", &p, "RT");
	assert_text("state", &p, "D");
	assert_text("cpu", &p, "–");
	assert_string_equal(text_of("cpu", &p, true), "-");
	assert_text("read", &p, "–");
	assert_string_equal(text_of("read", &p, true), "-");
	assert_text("rss", &p, "412M");
	assert_text("virt", &p, "0");
	assert_text("command", &p, "[kworker/0:1]");
	assert_text("cgroup", &p, "");
	p.kernel = false;
	p.cmdline = (char *)"";
	assert_text("command", &p, "kworker/0:1");
	p.cmdline = (char *)"make -j4";
	assert_text("command", &p, "make -j4");
	p.priority = 20;
	assert_text("priority", &p, "20");
	p.cpu_ratio = 0.9996;
	assert_text("cpu", &p, "100.0");
	p.cpu_ratio = 255.5;
	assert_text("cpu", &p, "25550");
	p.write_rate = 0;
	assert_text("write", &p, "0");
	p.write_rate = 1.2e6;
	assert_text("write", &p, "1.20M");
}

static void test_time(void **state)
{
	static const struct {
		uint64_t ns;
		const char *want;
	} rows[] = {{0, "0:00.00"},
		    {9999999, "0:00.00"},
		    {10000000, "0:00.01"},
		    {UINT64_C(59990000000), "0:59.99"},
		    {UINT64_C(3599990000000), "59:59.99"},
		    {UINT64_C(3600000000000), "1h00:00"},
		    {UINT64_C(86400000000000), "24h00:00"},
		    {UINT64_MAX, "5124095h34:33"}};

	(void)state;
	for (size_t i = 0; i < PT_LEN(rows); i++) {
		struct pt_proc p = {.cpu_ns = rows[i].ns};
		assert_text("time", &p, rows[i].want);
	}
}

/* Every order is one: antisymmetric, and what could not be read comes before what could. */
static void test_compare(void **state)
{
	struct pt_proc procs[] = {
		{.pid = 1, .cpu_ratio = NAN, .read_rate = NAN, .cmdline = (char *)"b"},
		{.pid = 2, .cpu_ratio = NAN, .read_rate = 0, .comm = "a", .cgroup = (char *)"/x"},
		{.pid = 3, .cpu_ratio = 0, .uid = 5, .nice = -5, .rss_bytes = UINT64_MAX},
		{.pid = 4, .cpu_ratio = 9, .start_ticks = UINT64_MAX, .state = 'R', .cpu_ns = 1},
	};

	(void)state;
	for (int c = 0; c < pv_n_proc_columns; c++)
		for (size_t a = 0; a < PT_LEN(procs); a++)
			for (size_t b = 0; b < PT_LEN(procs); b++) {
				int ab = pv_proc_columns[c].compare(&procs[a], &procs[b]);
				int ba = pv_proc_columns[c].compare(&procs[b], &procs[a]);
				assert_int_equal((ab > 0) - (ab < 0), (ba < 0) - (ba > 0));
				assert_true(a != b || ab == 0);
			}
	assert_true(column("cpu")->compare(&procs[0], &procs[2]) < 0);
	assert_true(column("cpu")->compare(&procs[3], &procs[2]) > 0);
	assert_true(column("command")->compare(&procs[1], &procs[0]) < 0);
	assert_true(column("rss")->compare(&procs[2], &procs[3]) > 0);
	assert_true(column("nice")->compare(&procs[2], &procs[3]) < 0);
}

static void test_shown(void **state)
{
	struct pv_procs v;

	(void)state;
	pv_procs_init(&v);
	assert_true(pv_procs_column_shown(&v, pv_proc_column_find("command"), 20));
	assert_true(pv_procs_column_shown(&v, pv_proc_column_find("cpu"), 20));
	assert_false(pv_procs_column_shown(&v, pv_proc_column_find("threads"), 79));
	assert_true(pv_procs_column_shown(&v, pv_proc_column_find("threads"), 80));
	assert_false(pv_procs_column_shown(&v, pv_proc_column_find("start"), 300));
	/* The column that is sorted by shows wherever. */
	v.sort = pv_proc_column_find("virt");
	assert_true(pv_procs_column_shown(&v, v.sort, 20));
	v.sort = pv_proc_column_find("start");
	assert_false(pv_procs_column_shown(&v, v.sort, 300));
	/* What costs reads is read where it shows. */
	v.sort = pv_proc_column_find("cpu");
	assert_int_equal(pv_procs_want(&v, 300), PT_PROC_WANT_CMDLINE);
	v.set = PV_SET_IO;
	assert_int_equal(pv_procs_want(&v, 300), PT_PROC_WANT_CMDLINE | PT_PROC_WANT_IO);
	v.set = PV_SET_CGROUP;
	v.sort = pv_proc_column_find("switches");
	assert_int_equal(pv_procs_want(&v, 20),
			 PT_PROC_WANT_CMDLINE | PT_PROC_WANT_CGROUP | PT_PROC_WANT_SWITCHES);
	pv_procs_release(&v);
}

static void test_cpu_role(void **state)
{
	(void)state;
	assert_int_equal(pv_cpu_role(NAN), PT_ROLE_DIM);
	assert_int_equal(pv_cpu_role(0.0004), PT_ROLE_DIM);
	assert_int_equal(pv_cpu_role(0.5), PT_ROLE_VALUE);
	assert_int_equal(pv_cpu_role(0.9), PT_ROLE_WARN);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_table), cmocka_unit_test(test_text),
		cmocka_unit_test(test_time),  cmocka_unit_test(test_compare),
		cmocka_unit_test(test_shown), cmocka_unit_test(test_cpu_role),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
