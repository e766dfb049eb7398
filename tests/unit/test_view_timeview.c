/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The stretch of time on a screen: zoom, pan and follow, columns that agree between graphs of any
 * width, and the axis below them with its calendar, crosshair, mark and clock jumps.
 */
#include "perftop/view/timeview.h"

#include "../golden.h"
#include "perftop/base/clock.h"
#include "perftop/base/mem.h"
#include "perftop/base/str.h"
#include "perftop/store/store.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

enum { WIDTH = 100 };

/* 2026-11-23 12:31:07 UTC, with the monotonic clock at half past some second. */
#define REAL_NOW (INT64_C(1795437067) * PT_S)
#define MONO_NOW (INT64_C(100000) * PT_S + PT_S / 2)

static struct pt_canvas cv;
static struct pt_store *store;

static int begin(void **state)
{
	(void)state;
	pt_canvas_init(&cv);
	pt_canvas_resize(&cv, WIDTH, 1);
	store = pt_store_new(NULL);
	return 0;
}

static int end(void **state)
{
	(void)state;
	pt_canvas_release(&cv);
	pt_store_free(store);
	setenv("TZ", "UTC", 1);
	tzset();
	return 0;
}

static void tick(int64_t mono_ns, int64_t real_ns)
{
	pt_store_begin(store, mono_ns, real_ns);
	pt_store_end(store);
}

/* One tick a second, the last one now. */
static void feed(int seconds)
{
	for (int64_t s = -seconds + 1; s <= 0; s++)
		tick(MONO_NOW + s * PT_S, REAL_NOW + s * PT_S);
}

static struct pt_timeview live(int64_t cell_ns)
{
	struct pt_timeview tv;

	pt_timeview_init(&tv, cell_ns);
	pt_timeview_update(&tv, pt_store_first(store), pt_store_last(store));
	return tv;
}

/* -- the stretch --------------------------------------------------------------------------------- */

static void test_ladder(void **state)
{
	struct pt_timeview tv;
	int rungs = 1;

	(void)state;
	pt_timeview_init(&tv, PT_S);
	assert_int_equal(tv.cell_ns, PT_S);
	assert_true(tv.follow);
	pt_timeview_init(&tv, 3 * PT_S); /* off the ladder: the next one up */
	assert_int_equal(tv.cell_ns, 5 * PT_S);
	pt_timeview_init(&tv, 0);
	assert_int_equal(tv.cell_ns, 250 * PT_MS);
	pt_timeview_init(&tv, INT64_MAX);
	assert_int_equal(tv.cell_ns, 1800 * PT_S);
	while (pt_timeview_zoom(&tv, 1, 80, 0, PT_S)) {
		assert_int_equal(tv.cell_ns % 2, 0); /* two bins a cell */
		rungs++;
	}
	assert_int_equal(rungs, 14);
	assert_int_equal(tv.cell_ns, 250 * PT_MS);
	assert_false(pt_timeview_zoom(&tv, 3, 80, 0, PT_S));
	assert_true(pt_timeview_zoom(&tv, -1000, 80, 0, PT_S));
	assert_int_equal(tv.cell_ns, 1800 * PT_S);
	assert_false(pt_timeview_zoom(&tv, -1, 80, 0, PT_S));
}

static void test_columns(void **state)
{
	struct pt_timeview tv;

	(void)state;
	pt_timeview_init(&tv, 2 * PT_S);
	pt_timeview_update(&tv, 0, 101 * PT_S);
	assert_int_equal(pt_timeview_from(&tv, 10), 82 * PT_S);
	assert_int_equal(pt_timeview_column(&tv, 10, 101 * PT_S), 9);
	assert_int_equal(pt_timeview_column(&tv, 10, 102 * PT_S - 1), 9);
	assert_int_equal(pt_timeview_column(&tv, 10, 102 * PT_S), -1);
	assert_int_equal(pt_timeview_column(&tv, 10, 82 * PT_S), 0);
	assert_int_equal(pt_timeview_column(&tv, 10, 82 * PT_S - 1), -1);
	assert_int_equal(pt_timeview_column(&tv, 0, 101 * PT_S), -1);
	/* Graphs of different width agree, counted from their common right edge. */
	for (int64_t t = 60; t < 102; t++)
		assert_int_equal(pt_timeview_column(&tv, 50, t * PT_S) - 50,
				 pt_timeview_column(&tv, 77, t * PT_S) - 77);
	/* Before time zero, where division rounds the other way. */
	tv.end_ns = -1;
	assert_int_equal(pt_timeview_from(&tv, 1), -2 * PT_S);
	assert_int_equal(pt_timeview_column(&tv, 3, -2 * PT_S - 1), 1);
}

/* All graphs scroll when a cell begins, and between that nothing moves. */
static void test_follow(void **state)
{
	struct pt_timeview tv;
	int moves = 0;

	(void)state;
	pt_timeview_init(&tv, 5 * PT_S);
	for (int64_t t = 1000; t < 1020; t++) {
		int64_t from = pt_timeview_from(&tv, 30);

		pt_timeview_update(&tv, 0, t * PT_S);
		assert_int_equal(pt_timeview_from(&tv, 30) % tv.cell_ns, 0);
		moves += t > 1000 && pt_timeview_from(&tv, 30) != from;
	}
	assert_int_equal(moves, 3);
	pt_timeview_update(&tv, 0, INT64_MIN); /* nothing recorded yet */
	assert_int_equal(tv.end_ns, 1019 * PT_S);
}

static void test_pan(void **state)
{
	struct pt_timeview tv;

	(void)state;
	pt_timeview_init(&tv, PT_S);
	pt_timeview_update(&tv, 0, 100 * PT_S);
	assert_false(pt_timeview_pan(&tv, 5, 0, 100 * PT_S));
	assert_true(tv.follow);
	assert_true(pt_timeview_pan(&tv, -30, 0, 100 * PT_S));
	assert_false(tv.follow);
	assert_int_equal(pt_timeview_column(&tv, 10, 70 * PT_S), 9);
	pt_timeview_update(&tv, 0, 101 * PT_S); /* time goes on, the view does not */
	assert_int_equal(pt_timeview_column(&tv, 10, 70 * PT_S), 9);
	assert_true(pt_timeview_pan(&tv, -500, 0, 101 * PT_S));
	assert_int_equal(pt_timeview_column(&tv, 10, 0), 9);
	assert_false(pt_timeview_pan(&tv, -1, 0, 101 * PT_S));
	assert_true(
		pt_timeview_pan(&tv, 500, 0, 101 * PT_S)); /* back at the end it follows again */
	assert_true(tv.follow);
	pt_timeview_pan(&tv, -50, 0, 101 * PT_S);
	pt_timeview_update(&tv, 90 * PT_S, 190 * PT_S); /* history was forgotten below it */
	assert_int_equal(tv.end_ns, 90 * PT_S);
	assert_false(pt_timeview_pan(&tv, 1, INT64_MIN, INT64_MIN));
	pt_timeview_zoom(&tv, -3, 10, 90 * PT_S, 190 * PT_S);
	pt_timeview_reset(&tv, 190 * PT_S);
	assert_true(tv.follow);
	assert_int_equal(tv.cell_ns, PT_S);
	assert_int_equal(tv.end_ns, 190 * PT_S);
}

static void test_zoom_at_crosshair(void **state)
{
	struct pt_timeview tv;

	(void)state;
	pt_timeview_init(&tv, 30 * PT_S);
	pt_timeview_update(&tv, 0, 10000 * PT_S);
	tv.crosshair = true;
	tv.cross_ns = 9100 * PT_S;
	for (int i = 0; i < 4; i++) {
		int col = pt_timeview_column(&tv, 80, tv.cross_ns);

		assert_true(pt_timeview_zoom(&tv, 1, 80, 0, 10000 * PT_S));
		assert_int_equal(pt_timeview_column(&tv, 80, tv.cross_ns), col);
		assert_false(tv.follow);
	}
	pt_timeview_zoom(&tv, -100, 80, 0, 10000 * PT_S); /* nothing lies beyond the last tick */
	assert_int_equal(tv.end_ns, 10000 * PT_S);
	tv.cross_ns = -5;
	pt_timeview_update(&tv, 0, 10000 * PT_S);
	assert_int_equal(tv.cross_ns, 0);
	/* Without a crosshair on the screen the right edge stays. */
	tv.follow = true;
	pt_timeview_reset(&tv, 10000 * PT_S);
	pt_timeview_zoom(&tv, 2, 80, 0, 10000 * PT_S);
	assert_true(tv.follow);
	assert_int_equal(tv.end_ns, 10000 * PT_S);
}

/* -- the axis ------------------------------------------------------------------------------------ */

static const char *axis_row(const struct pt_timeview *tv, int w, enum pt_glyphs glyphs)
{
	static char row[4 * WIDTH + 1];

	pt_canvas_clear(&cv);
	pt_axis_paint(&cv, 0, 0, w, tv, store, glyphs);
	pt_canvas_row_text(&cv, 0, row, sizeof row);
	return row;
}

static void assert_axis(const struct pt_timeview *tv, int w, const char *expected)
{
	assert_string_equal(axis_row(tv, w, PT_GLYPHS_ASCII), expected);
}

static void zone(const char *tz)
{
	setenv("TZ", tz, 1);
	tzset();
}

static void test_ticks(void **state)
{
	struct pt_timeview tv;

	(void)state;
	feed(60);
	tv = live(PT_S);
	assert_axis(&tv, 60, "1 s/cell UTC ---------+12:30:30------+12:30:45------+-------");
	assert_string_equal(axis_row(&tv, 30, PT_GLYPHS_BRAILLE), "1 s/cell UTC ─────────┴───────");
}

/* A tick stands in the cell that its moment lies in. */
static void test_tick_column(void **state)
{
	(void)state;
	feed(600);
	for (int shift = 0; shift < 40; shift++) {
		struct pt_timeview tv = live(PT_S);
		int64_t t = (INT64_C(1795437060) * PT_S - REAL_NOW) + MONO_NOW; /* 12:31:00 */
		const char *row;
		int col;

		pt_timeview_pan(&tv, -shift, pt_store_first(store), pt_store_last(store));
		row = axis_row(&tv, 60, PT_GLYPHS_ASCII);
		col = pt_timeview_column(&tv, 60, t);
		assert_true(col < 0 || row[col] == '+');
		if (col >= 0 && col < 50)
			assert_memory_equal(row + col, "+12:31:00", 9);
	}
}

static void test_steps(void **state)
{
	struct pt_str out = PT_STR_INIT;
	bool same;

	(void)state;
	zone("CET-1CEST,M3.5.0,M10.5.0/3");
	feed(60);
	for (struct pt_timeview tv = live(250 * PT_MS);;) {
		pt_str_addf(&out, "%s\n", axis_row(&tv, WIDTH, PT_GLYPHS_ASCII));
		pt_str_addf(&out, "%s\n", axis_row(&tv, WIDTH, PT_GLYPHS_BRAILLE));
		if (!pt_timeview_zoom(&tv, -1, WIDTH, 0, pt_store_last(store)))
			break;
	}
	same = golden_check("view/axis.txt", out.s);
	pt_str_release(&out);
	assert_true(same);
}

/* Labels never touch one another, at any zoom and moment. */
static void test_labels_apart(void **state)
{
	(void)state;
	feed(600);
	for (struct pt_timeview tv = live(250 * PT_MS);;) {
		for (int i = 0; i < 40; i++) {
			const char *row = axis_row(&tv, WIDTH, PT_GLYPHS_ASCII);

			for (const char *p = row; *p; p++)
				if (*p == '+' && p > row)
					assert_true(p[-1] == '-' || p[-1] == ' ');
			tv.end_ns += 7 * tv.cell_ns;
		}
		tv.end_ns = MONO_NOW;
		if (!pt_timeview_zoom(&tv, -1, WIDTH, 0, pt_store_last(store)))
			break;
	}
}

static void test_half_hour_zone(void **state)
{
	struct pt_timeview tv;

	(void)state;
	zone("IST-5:30");
	tick(MONO_NOW, REAL_NOW);
	tv = live(1800 * PT_S);
	assert_axis(&tv, 60, "30 min/cell IST -------+23 Nov-----+06:00------+12:00------+");
}

/* Hours are those of the wall, also where it is set back: midnight to three is four. */
static void test_summer_time(void **state)
{
	struct pt_timeview tv;

	(void)state;
	zone("CET-1CEST,M3.5.0,M10.5.0/3");
	tick(MONO_NOW, INT64_C(1792916000) * PT_S); /* 2026-10-25 09:13 */
	tv = live(900 * PT_S);
	assert_axis(&tv, 60, "15 min/cell CET --+25 Oct---------+03:00------+06:00------+-");
}

static void test_cross_and_mark(void **state)
{
	struct pt_timeview tv;

	(void)state;
	feed(120);
	tv = live(PT_S);
	tv.crosshair = tv.marked = true;
	tv.cross_ns = MONO_NOW - 23 * PT_S;
	tv.mark_ns = MONO_NOW - 40 * PT_S;
	assert_axis(&tv, 60, "1 s/cell UTC ------m--+12:30:30-----: 12:30:44 -----+-------");
	assert_int_equal(cv.cells[36].role, PT_ROLE_CROSSHAIR);
	assert_int_equal(cv.cells[40].role, PT_ROLE_CROSSHAIR);
	assert_int_equal(cv.cells[19].role, PT_ROLE_NOTE);
	tv.cross_ns = MONO_NOW; /* at the edge the label changes sides */
	assert_axis(&tv, 60, "1 s/cell UTC ------m--+12:30:30------+12:30:45--- 12:31:07 :");
	tv.cross_ns = MONO_NOW - 59 * PT_S; /* over the caption */
	assert_axis(&tv, 60, ": 12:30:08 --------m--+12:30:30------+12:30:45------+-------");
	tv.cross_ns = MONO_NOW - 60 * PT_S; /* beyond the edge */
	tv.mark_ns = MONO_NOW - 37 * PT_S;  /* on a tick */
	assert_axis(&tv, 60, "1 s/cell UTC ---------m--------------+12:30:45------+-------");
	/* Another day is told, and so are parts of a second. */
	tv = live(PT_S / 2);
	tv.crosshair = true;
	tv.cross_ns = MONO_NOW - 3 * PT_S - PT_S / 4;
	assert_axis(&tv, 40, "500 ms/cell UTC --- 12:31:03.75 :-------");
	tick(MONO_NOW + 13 * 3600 * PT_S, REAL_NOW + 13 * 3600 * PT_S);
	tv = live(600 * PT_S);
	tv.crosshair = true;
	tv.cross_ns = MONO_NOW;
	assert_axis(&tv, 90,
		    "--------+--: 23 Nov 12:31:07 ---+16:00------+18:00------+20:00------+22:00"
		    "------+24 Nov---");
}

/* A clock set forward by an hour: a mark with its size, and right times on both sides. */
static void test_jump(void **state)
{
	struct pt_timeview tv;

	(void)state;
	feed(60);
	for (int64_t s = 1; s <= 30; s++)
		tick(MONO_NOW + s * PT_S, REAL_NOW + (s + 3600) * PT_S);
	tv = live(PT_S);
	assert_axis(
		&tv, 80,
		"1 s/cell UTC --------------+12:30:45------+-------!+1 h--+13:31:15------+-------");
	tv.crosshair = true;
	tv.cross_ns = MONO_NOW + PT_S;
	assert_axis(
		&tv, 80,
		"1 s/cell UTC --------------+12:30:45------+-------: 13:31:08 -----------+-------");
}

static void test_any_width(void **state)
{
	struct pt_timeview tv;

	(void)state;
	tv = live(PT_S);
	assert_axis(&tv, 5, "-----"); /* nothing recorded: a line */
	feed(60);
	tv = live(PT_S);
	tv.crosshair = tv.marked = true;
	for (int w = -1; w <= WIDTH; w++) {
		for (int back = 0; back < WIDTH; back += 3) {
			tv.cross_ns = MONO_NOW - back * PT_S;
			tv.mark_ns = MONO_NOW - back / 2 * PT_S;
			assert_int_equal(strlen(axis_row(&tv, w, PT_GLYPHS_ASCII)), w < 0 ? 0 : w);
		}
	}
	tv.crosshair = tv.marked = false;
	assert_axis(&tv, 1, "-");
	assert_axis(&tv, 20, "------------+-------");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_ladder),
		cmocka_unit_test(test_columns),
		cmocka_unit_test(test_follow),
		cmocka_unit_test(test_pan),
		cmocka_unit_test(test_zoom_at_crosshair),
		cmocka_unit_test_setup_teardown(test_ticks, begin, end),
		cmocka_unit_test_setup_teardown(test_tick_column, begin, end),
		cmocka_unit_test_setup_teardown(test_steps, begin, end),
		cmocka_unit_test_setup_teardown(test_labels_apart, begin, end),
		cmocka_unit_test_setup_teardown(test_half_hour_zone, begin, end),
		cmocka_unit_test_setup_teardown(test_summer_time, begin, end),
		cmocka_unit_test_setup_teardown(test_cross_and_mark, begin, end),
		cmocka_unit_test_setup_teardown(test_jump, begin, end),
		cmocka_unit_test_setup_teardown(test_any_width, begin, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
