/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Panes that show metrics, over a store fed by the test: values of the moment asked for, gaps, sums,
 * what shows of many rows, and what stands where there is nothing.
 */
#include "../../src/view/pane_metric.h"
#include "perftop/base/clock.h"
#include "perftop/base/mem.h"
#include "perftop/base/str.h"
#include "perftop/collect/collect.h"
#include "perftop/model/sink.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct pt_store *store;
static struct pt_view_env env;
static struct pt_timeview tv;
static struct pt_filter filter;
static struct pt_pane_args args;
static struct pt_canvas cv;
static struct pv_state st;
static const struct pt_pane *pane;
static int64_t now;

static int begin(void **state)
{
	(void)state;
	store = pt_store_new(NULL);
	env = (struct pt_view_env){.store = store, .interval_ns = PT_S, .glyphs = PT_GLYPHS_BLOCK};
	pt_timeview_init(&tv, PT_S);
	filter = (struct pt_filter){0};
	args = (struct pt_pane_args){.env = &env, .tv = &tv, .filter = &filter, .selected = -1};
	pt_canvas_init(&cv);
	st = (struct pv_state){0};
	now = 1000 * PT_S;
	return 0;
}

static int end(void **state)
{
	(void)state;
	pv_release(NULL, &st);
	pt_filter_release(&filter);
	pt_canvas_release(&cv);
	pt_store_free(store);
	return 0;
}

/* -- feeding ------------------------------------------------------------------------------------- */

static int series(const char *metric, const char *labels)
{
	const struct pt_metric *m = pt_metric_find(metric, NULL);

	assert_non_null(m);
	return pt_store_series(store, m, labels);
}

static void set(const char *metric, const char *labels, double v)
{
	const struct pt_metric *m = pt_metric_find(metric, NULL);

	if (m->kind == PT_COUNTER)
		pt_store_counter(store, series(metric, labels), (uint64_t)v);
	else
		pt_store_gauge(store, series(metric, labels), v);
}

static void tick(void)
{
	pt_store_begin(store, now, now);
	pt_store_end(store);
	pt_timeview_update(&tv, pt_store_first(store), now);
	args.at_ns = tv.crosshair ? tv.cross_ns : tv.end_ns;
	now += PT_S;
}

/* -- looking ------------------------------------------------------------------------------------- */

static void draw(const char *name, int w, int h)
{
	pane = pt_pane_find(name);
	assert_non_null(pane);
	pane->recalc(pane, &st, &args, w, h);
	pt_canvas_resize(&cv, w, h);
	pane->paint(pane, &st, &args, &cv, w, h);
}

static const char *line(int y)
{
	static char text[8][1024];
	static int n;

	n = (n + 1) % 8;
	pt_canvas_row_text(&cv, y, text[n], sizeof text[n]);
	return text[n];
}

static const char *headline(void)
{
	static char text[96];

	pane->headline(pane, &st, &args, text, sizeof text);
	return text;
}

static struct pt_pane_size size_of(const char *name, int w)
{
	struct pt_pane_size size;

	pane = pt_pane_find(name);
	pane->recalc(pane, &st, &args, w, 0);
	pane->size(pane, &st, &args, &size);
	return size;
}

#define assert_has(text, part)                                   \
	do {                                                     \
		if (!strstr(text, part))                         \
			fail_msg("no '%s' in '%s'", part, text); \
	} while (0)

/* -- values -------------------------------------------------------------------------------------- */

static void test_nothing_read(void **state)
{
	(void)state;
	assert_int_equal(size_of("load", 60).want, 0);
	assert_int_equal(size_of("gpu", 60).want, 0);
	assert_int_equal(size_of("custom", 60).want, 0);
	assert_int_equal(size_of("counters", 60).want, 1); /* runs once it is looked at */
	draw("load", 60, 3);
	assert_string_equal(line(0), "nothing read yet");
	assert_string_equal(headline(), "");
	draw("cpu", 60, 6);
	assert_string_equal(headline(), "");
}

/* Why there is nothing, in the words of who knows; safe to show. */
static void test_reason(void **state)
{
	const struct pt_metric *m = pt_metric_find("pressure_some_ratio", NULL);

	(void)state;
	pt_store_fail(store, m, -1, "no such file /proc/pressure/cpu\033[2J");
	tick();
	assert_int_equal(size_of("pressure", 60).want, 1);
	draw("pressure", 60, 2);
	assert_string_equal(line(0), "no such file /proc/pressure/cpu^[[2J");
	assert_string_equal(line(1), "");
	pt_store_fail(store, pt_metric_find("gpu_busy_ratio", NULL), -1, "no driver");
	tick();
	assert_int_equal(size_of("gpu", 60).want, 0); /* nobody misses it */
}

static void test_value_of_a_moment(void **state)
{
	(void)state;
	for (int i = 1; i <= 5; i++) {
		set("load1", "", i);
		tick();
	}
	draw("load", 60, 1);
	assert_has(line(0), " 5 ");
	args.at_ns = 1002 * PT_S;
	draw("load", 60, 1);
	assert_has(line(0), " 3 ");
	args.at_ns = 1002 * PT_S + PT_S / 2; /* the tick in force then */
	draw("load", 60, 1);
	assert_has(line(0), " 3 ");
	args.at_ns = 999 * PT_S; /* before history */
	draw("load", 60, 1);
	assert_has(line(0), " – ");
	/* A gap is no value, and no zero. */
	tick();
	draw("load", 60, 1);
	assert_has(line(0), " – ");
	env.ascii = true;
	draw("load", 60, 1);
	assert_has(line(0), " - ");
}

/* What keeps no history has a value now, and at no other moment. */
static void test_no_history_no_past(void **state)
{
	struct pt_store_limits limits = {.max_bytes = 1};

	(void)state;
	pt_store_free(store);
	env.store = store = pt_store_new(&limits);
	set("load1", "", 7);
	tick();
	set("load1", "", 8);
	tick();
	draw("load", 60, 1);
	assert_string_equal(line(0), "1 min          8");
	args.at_ns = 1000 * PT_S;
	draw("load", 60, 1);
	assert_string_equal(line(0), "1 min          –");
}

static void test_headlines(void **state)
{
	(void)state;
	set("cpu_busy_ratio", "", 0.25);
	set("memory_used_bytes", "", 3.0 * (1 << 30));
	set("memory_total_bytes", "", 8.0 * (1 << 30));
	tick();
	draw("cpu", 60, 6);
	assert_string_equal(headline(), "25.0 %");
	pv_release(NULL, &st);
	st = (struct pv_state){0};
	draw("memory", 60, 6);
	assert_string_equal(headline(), "3.00 GiB / 8.00 GiB");
	/* With a mark: the change since. */
	tv.marked = true;
	tv.mark_ns = 1000 * PT_S;
	set("memory_used_bytes", "", 2.0 * (1 << 30));
	set("memory_total_bytes", "", 8.0 * (1 << 30));
	tick();
	draw("memory", 60, 6);
	assert_string_equal(headline(), "2.00 GiB Δ -1.00 GiB");
	env.ascii = true;
	assert_string_equal(headline(), "2.00 GiB d -1.00 GiB");
}

static void test_network_sums(void **state)
{
	(void)state;
	for (int i = 0; i < 3; i++) {
		set("network_receive_bytes_total", "interface=\"eth0\"", i * 1000);
		set("network_receive_bytes_total", "interface=\"eth1\"", i * 500);
		set("network_receive_bytes_total", "interface=\"lo\"", i * 1e9);
		set("network_transmit_bytes_total", "interface=\"eth0\"", i * 100);
		tick();
	}
	draw("network", 60, 6);
	assert_string_equal(headline(), "1.60 kB/s"); /* lo is nobody's traffic */
	assert_has(line(5), "in 1.50 kB/s");
	assert_has(line(5), "out   100 B/s");
	/* Where one has a gap the others still count; where all have, there is one. */
	assert_int_equal(st.layer_bins[0][st.n_bins - 1].n, 2);
	assert_float_equal(st.layer_bins[0][st.n_bins - 1].mean, 1500, 1);
	assert_int_equal(st.layer_bins[0][st.n_bins - 3].n, 0);
}

/* In a container its limit is what its use is measured by, as soon as it is known. */
static void test_container(void **state)
{
	(void)state;
	set("cpu_busy_ratio", "", 0.9);
	set("cgroup_cpu_ratio", "cgroup=\"/\"", 0.5);
	tick();
	draw("cpu", 60, 6);
	assert_string_equal(headline(), "90.0 %");
	set("cpu_busy_ratio", "", 0.9);
	set("cgroup_cpu_ratio", "cgroup=\"/\"", 0.5);
	set("cgroup_cpu_limit", "cgroup=\"/\"", 2);
	/* A frozen screen is painted without being read again: it stays what it was. */
	tick();
	pane->paint(pane, &st, &args, &cv, 60, 6);
	assert_string_equal(headline(), "90.0 %");
	draw("cpu", 60, 6);
	assert_string_equal(headline(), "50.0 %");
	assert_has(line(4), "of limit");
}

/* -- rows ---------------------------------------------------------------------------------------- */

static void feed_cores(int n)
{
	for (int i = 0; i < n; i++) {
		char labels[32];
		snprintf(labels, sizeof labels, "core=\"%d\"", i);
		set("cpu_core_busy_ratio", labels, (i % 100) / 100.0);
	}
	tick();
}

static void test_rows_in_order(void **state)
{
	(void)state;
	feed_cores(12);
	assert_int_equal(size_of("cores", 60).want, 12);
	draw("cores", 60, 12);
	for (int i = 0; i < 12; i++) {
		char want[32];
		snprintf(want, sizeof want, "%-3d %8.1f %%", i, i * 1.0);
		assert_has(line(i), want);
	}
	/* Fewer than there are: what does not show is counted, and has no history read. */
	draw("cores", 60, 8);
	assert_true(st.cells);
	draw("disks", 60, 4);
	assert_false(st.cells);
}

static void test_rows_grow(void **state)
{
	(void)state;
	feed_cores(3);
	draw("cores", 60, 7);
	assert_int_equal(st.lines, 2);
	assert_has(line(2), "1  ");
	draw("cores", 60, 100);
	assert_int_equal(st.lines, PV_MOST_LINES);
	draw("cores", 60, 2);
	assert_int_equal(st.lines, 1);
	/* Said in the title, where it hides no history. */
	assert_string_equal(headline(), "+1 more");
}

static void test_many_cores(void **state)
{
	(void)state;
	feed_cores(300);
	for (int w = 20; w < 120; w += 7)
		for (int h = 1; h < 40; h += 3)
			draw("cores", w, h);
	draw("cores", 61, 6);
	assert_true(st.cells);
	assert_has(line(0), "0    ▁▁");
	assert_has(line(1), "56   ");
	assert_has(line(5), "280  ");
	draw("cores", 61, 5);
	assert_has(line(4), "+20 more");
}

/* A selected row is always seen, and the list scrolls no further than it must. */
static void test_zoomed_list_scrolls(void **state)
{
	(void)state;
	feed_cores(300);
	args.zoomed = true;
	for (int h = 6; h < 60; h += 5) {
		int was = 0;
		for (int i = 0; i < 300; i++) {
			args.selected = i;
			draw("cores", 80, h);
			assert_int_equal(st.selected, i);
			assert_true(st.first <= i && i < st.first + PT_MAX(st.n_shown, 1));
			assert_in_range(st.first - was, 0, 1);
			was = st.first;
		}
		for (int i = 299; i >= 0; i -= 60) {
			args.selected = i;
			draw("cores", 80, h);
			assert_true(st.first <= i && i < st.first + PT_MAX(st.n_shown, 1));
		}
		args.selected = 0;
		draw("cores", 80, h);
		assert_int_equal(st.first, 0);
	}
	args.selected = 100000; /* more than there are: some have gone */
	draw("cores", 80, 40);
	assert_int_equal(st.selected, 299);
	assert_int_equal(st.row_graph, st.rows[299].spark_ids[0]);
}

/* What is pulled out leaves when its history has left the picture. */
static void test_unplugged(void **state)
{
	(void)state;
	for (int i = 0; i < 2; i++) {
		set("disk_read_bytes_total", "disk=\"sda\"", i);
		set("disk_read_bytes_total", "disk=\"sdb\"", i);
		tick();
	}
	pt_store_drop(store, series("disk_read_bytes_total", "disk=\"sdb\""));
	for (int i = 0; i < 30; i++) {
		set("disk_read_bytes_total", "disk=\"sda\"", i);
		tick();
	}
	draw("disks", 60, 4);
	assert_int_equal(st.n_rows, 2); /* a minute is seen */
	draw("disks", 20, 4);
	assert_int_equal(st.n_rows, 1);
	assert_string_equal(st.rows[0].name, "sda");
}

static void test_custom_rows(void **state)
{
	static const struct pt_metric own[] = {
		{.name = "queue_depth", .unit = PT_UNIT_COUNT, .kind = PT_GAUGE, .help = "x"},
		{.name = "jobs",
		 .label = "state",
		 .unit = PT_UNIT_COUNT,
		 .kind = PT_GAUGE,
		 .help = "x"}};

	(void)state;
	feed_cores(2);
	assert_int_equal(size_of("custom", 60).want, 0);
	pt_store_gauge(store, pt_store_series(store, &own[0], ""), 3);
	pt_store_gauge(store, pt_store_series(store, &own[1], "state=\"a\033b\""), 4);
	tick();
	assert_int_equal(size_of("custom", 60).want, 2);
	draw("custom", 60, 2);
	assert_has(line(0), "queue_depth");
	assert_has(line(1), "a^[b");
}

/* A graph pane shows its instances when it is zoomed, and reads none of them before. */
static void test_graph_panes_have_rows_zoomed(void **state)
{
	(void)state;
	feed_cores(4);
	draw("cpu", 80, 30);
	assert_int_equal(st.n_rows, 0);
	args.zoomed = true;
	args.selected = 2;
	draw("cpu", 80, 30);
	assert_int_equal(st.n_rows, 4);
	assert_int_equal(st.rows_y, 15); /* graph, statistics, legend, a blank line */
	assert_int_equal(st.lines, 2);
	assert_false(cv.cells[(st.rows_y + 3) * cv.w].bits & PT_CELL_SELECTED);
	assert_true(cv.cells[(st.rows_y + 4) * cv.w].bits & PT_CELL_SELECTED);
	assert_true(cv.cells[(st.rows_y + 5) * cv.w].bits & PT_CELL_SELECTED);
	assert_has(line(24), "most CPU at that moment");
	assert_has(line(25), "not recorded then");
}

static void test_filter_marks_rows(void **state)
{
	(void)state;
	set("load1", "", 1);
	set("load5", "", 1);
	tick();
	pt_filter_set(&filter, "5 min", NULL);
	draw("load", 60, 2);
	assert_int_equal(cv.cells[0].role, PT_ROLE_TEXT);
	assert_int_equal(cv.cells[cv.w].role, PT_ROLE_MATCH);
}

/* -- graphs -------------------------------------------------------------------------------------- */

static void test_statistics(void **state)
{
	(void)state;
	for (int i = 1; i <= 20; i++) {
		set("cpu_busy_ratio", "", i / 100.0);
		set("cpu_mode_ratio", "mode=\"user\"", i / 100.0);
		tick();
	}
	draw("cpu", 60, 8);
	assert_has(line(7), "min 1.0");
	assert_has(line(7), "avg 10.5");
	assert_has(line(7), "max 20.0");
	assert_has(line(7), "p95 19.");
	assert_has(line(6), "usr 20.0");
	/* Only what is seen counts: 26 cells hold all 20, 10 the last ten. */
	args.at_ns = tv.end_ns;
	draw("cpu", 10, 8);
	assert_float_equal(st.summary.min, 0.11, 1e-6);
	assert_float_equal(st.summary.max, 0.20, 1e-6);
}

/* The hint that the picture moved: by whole cells, once, and not when it was zoomed. */
static void test_shift(void **state)
{
	(void)state;
	set("cpu_busy_ratio", "", 0.5);
	tick();
	draw("cpu", 60, 8);
	assert_int_equal(st.shift, 0);
	tick();
	tick();
	size_of("cpu", 60); /* asking for the size takes nothing away */
	draw("cpu", 60, 8);
	assert_int_equal(st.shift, 2);
	draw("cpu", 60, 8);
	assert_int_equal(st.shift, 0);
	tv.cell_ns = 2 * PT_S;
	tick();
	draw("cpu", 60, 8);
	assert_int_equal(st.shift, 0);
}

static void test_scales(void **state)
{
	(void)state;
	for (int i = 0; i < 5; i++) {
		set("memory_used_bytes", "", 1000 + i);
		set("memory_total_bytes", "", 1 << 20);
		tick();
	}
	draw("memory", 60, 8);
	assert_float_equal(st.range.lo, 0, 0);
	assert_float_equal(st.range.hi, 1048576, 0);
	tv.scale = PT_SCALE_LINEAR;
	draw("memory", 60, 8);
	assert_float_equal(st.range.lo, 1000, 0);
	assert_float_equal(st.range.hi, 1004, 0);
	tv.scale = PT_SCALE_LOG;
	draw("memory", 60, 8);
	assert_true(st.range.hi > st.range.lo);
	/* A line of one value has a range all the same. */
	args.zoomed = true;
	tv.scale = PT_SCALE_LINEAR;
	set("load1", "", 4);
	tick();
	pv_release(NULL, &st);
	st = (struct pv_state){0};
	draw("load", 60, 20);
	assert_true(st.range.hi > st.range.lo);
}

/* Every pane at every small size, with and without values, zoomed or not: under ASan. */
static void test_small_sizes(void **state)
{
	(void)state;
	for (int pass = 0; pass < 2; pass++) {
		for (size_t i = 0; i < pt_n_panes; i++) {
			if (pt_panes[i]->recalc != pv_recalc)
				continue;
			pv_release(NULL, &st);
			st = (struct pv_state){0};
			for (int k = 0; k < 400; k++) {
				args.zoomed = k & 1;
				args.selected = args.zoomed ? k % 5 : -1;
				env.glyphs = (enum pt_glyphs)(k % 3);
				draw(pt_panes[i]->name, 1 + k % 37, 1 + k / 37);
			}
		}
		feed_cores(20);
		set("cpu_busy_ratio", "", 1);
		set("network_receive_bytes_total", "interface=\"e\"", 1);
		set("disk_read_bytes_total", "disk=\"a\"", 1);
		set("load1", "", 1e300);
		set("memory_used_bytes", "", 1);
		tick();
	}
}

#define test(fn) cmocka_unit_test_setup_teardown(fn, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		test(test_nothing_read),
		test(test_reason),
		test(test_value_of_a_moment),
		test(test_no_history_no_past),
		test(test_headlines),
		test(test_network_sums),
		test(test_container),
		test(test_rows_in_order),
		test(test_rows_grow),
		test(test_many_cores),
		test(test_zoomed_list_scrolls),
		test(test_unplugged),
		test(test_custom_rows),
		test(test_graph_panes_have_rows_zoomed),
		test(test_filter_marks_rows),
		test(test_statistics),
		test(test_shift),
		test(test_scales),
		test(test_small_sizes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
