/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The screen's time: zoom, pan, crosshair, mark, events, and going to a time of the local clock, over
 * summer time and clocks that were set.
 */
#include "perftop/base/clock.h"
#include "perftop/base/mem.h"
#include "perftop/base/str.h"
#include "perftop/model/sink.h"
#include "perftop/store/store.h"
#include "perftop/view/screen.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

/* 2026-11-23 12:31:07 UTC */
#define REAL_NOW (INT64_C(1795437067) * PT_S)
#define MONO_NOW (INT64_C(100000) * PT_S)

static struct pt_store *store;
static struct pt_screen *screen;
static struct pt_view_env env;
static char status[200];

static void zone(const char *tz)
{
	setenv("TZ", tz, 1);
	tzset();
}

static void tick(int64_t mono_ns, int64_t real_ns)
{
	pt_store_begin(store, mono_ns, real_ns);
	pt_store_end(store);
}

static void draw(int w, int h)
{
	pt_screen_recalc(screen, &env, w, h);
}

/* So many seconds of history up to a real time. */
static void feed(int seconds, int64_t real_now)
{
	for (int64_t s = -seconds + 1; s <= 0; s++)
		tick(MONO_NOW + s * PT_S, real_now + s * PT_S);
	draw(100, 40);
}

static int begin(void **state)
{
	(void)state;
	zone("UTC");
	store = pt_store_new(NULL);
	screen = pt_screen_new();
	env = (struct pt_view_env){
		.store = store, .host = "h", .kernel = "k", .machine = "", .interval_ns = PT_S};
	return 0;
}

static int end(void **state)
{
	(void)state;
	pt_screen_free(screen);
	pt_store_free(store);
	return 0;
}

static void act(enum pt_action action)
{
	struct pt_request request;

	pt_screen_act(screen, &env, action, &request, status, sizeof status);
	draw(100, 40);
}

static const struct pt_timeview *tv(void)
{
	return pt_screen_time(screen);
}

/* -- keys ---------------------------------------------------------------------------------------- */

static void test_zoom_and_pan(void **state)
{
	(void)state;
	feed(600, REAL_NOW);
	assert_int_equal(tv()->cell_ns, 2 * PT_S);
	act(PT_ACT_ZOOM_IN);
	assert_int_equal(tv()->cell_ns, PT_S);
	assert_string_equal(status, "1 s a cell");
	for (int i = 0; i < 5; i++)
		act(PT_ACT_ZOOM_IN);
	assert_string_equal(status, "250 ms a cell: no further");
	for (int i = 0; i < 30; i++)
		act(PT_ACT_ZOOM_OUT);
	assert_string_equal(status, "30 min a cell: no further");
	act(PT_ACT_ZOOM_RESET);
	assert_int_equal(tv()->cell_ns, 2 * PT_S);
	act(PT_ACT_PAN_LEFT);
	assert_false(tv()->follow);
	assert_true(tv()->end_ns < MONO_NOW);
	assert_non_null(strstr(status, "f follows live"));
	for (int i = 0; i < 60; i++)
		act(PT_ACT_PAN_LEFT);
	assert_non_null(strstr(status, "no further"));
	assert_int_equal(tv()->end_ns, pt_store_first(store));
	act(PT_ACT_PAN_RIGHT);
	assert_false(tv()->follow);
	act(PT_ACT_FOLLOW);
	assert_true(tv()->follow);
	assert_int_equal(tv()->end_ns, MONO_NOW);
}

static void test_scale(void **state)
{
	(void)state;
	feed(10, REAL_NOW);
	act(PT_ACT_SCALE);
	assert_string_equal(status, "scale: linear");
	act(PT_ACT_SCALE);
	assert_string_equal(status, "scale: logarithmic");
	act(PT_ACT_SCALE);
	assert_string_equal(status, "scale: from zero");
}

static void test_crosshair(void **state)
{
	(void)state;
	feed(600, REAL_NOW);
	act(PT_ACT_CROSSHAIR);
	assert_int_equal(tv()->cross_ns, MONO_NOW);
	act(PT_ACT_LEFT);
	act(PT_ACT_LEFT);
	act(PT_ACT_RIGHT);
	assert_int_equal(tv()->cross_ns, MONO_NOW - 2 * PT_S);
	assert_true(tv()->follow);
	act(PT_ACT_TOP);
	assert_int_equal(tv()->cross_ns, pt_store_first(store));
	assert_false(tv()->follow); /* brought into view */
	assert_true(pt_timeview_column(tv(), 80, tv()->cross_ns) >= 0);
	act(PT_ACT_LEFT);
	assert_int_equal(tv()->cross_ns, pt_store_first(store));
	act(PT_ACT_BOTTOM);
	assert_int_equal(tv()->cross_ns, MONO_NOW);
	act(PT_ACT_RIGHT);
	assert_int_equal(tv()->cross_ns, MONO_NOW);
	act(PT_ACT_CROSSHAIR);
	assert_false(tv()->crosshair);
}

static void test_mark_and_events(void **state)
{
	(void)state;
	feed(300, REAL_NOW);
	act(PT_ACT_PREV_EVENT);
	assert_string_equal(status, "no earlier event on the time axis");
	/* The clock was set twice. */
	tick(MONO_NOW + 1 * PT_S, REAL_NOW + 3601 * PT_S);
	tick(MONO_NOW + 2 * PT_S, REAL_NOW + 3602 * PT_S);
	tick(MONO_NOW + 3 * PT_S, REAL_NOW + 3 * PT_S);
	tick(MONO_NOW + 4 * PT_S, REAL_NOW + 4 * PT_S);
	draw(100, 40);
	act(PT_ACT_MARK);
	assert_true(tv()->marked && tv()->mark_ns == MONO_NOW + 4 * PT_S);
	act(PT_ACT_PREV_EVENT);
	assert_int_equal(tv()->cross_ns, MONO_NOW + 3 * PT_S);
	assert_string_equal(status, "a clock jump");
	act(PT_ACT_PREV_EVENT);
	assert_int_equal(tv()->cross_ns, MONO_NOW + 1 * PT_S);
	act(PT_ACT_PREV_EVENT);
	assert_string_equal(status, "no earlier event on the time axis");
	assert_int_equal(tv()->cross_ns, MONO_NOW + 1 * PT_S);
	act(PT_ACT_NEXT_EVENT);
	act(PT_ACT_NEXT_EVENT);
	assert_int_equal(tv()->cross_ns, MONO_NOW + 4 * PT_S);
	assert_string_equal(status, "the mark");
	act(PT_ACT_NEXT_EVENT);
	assert_string_equal(status, "no later event on the time axis");
	act(PT_ACT_MARK);
	assert_string_equal(status, "mark taken away");
	assert_false(tv()->marked);
}

/* Half a screen: what was at the edge is in the middle. */
static void test_pan_is_half_a_screen(void **state)
{
	int64_t end;

	(void)state;
	feed(600, REAL_NOW);
	draw(200, 40);
	act(PT_ACT_PAN_LEFT);
	draw(200, 40);
	end = tv()->end_ns;
	assert_in_range((MONO_NOW - end) / tv()->cell_ns, 30, 60);
}

/* -- going to a time ----------------------------------------------------------------------------- */

static int go(const char *text)
{
	struct pt_err err = {0};
	int r = pt_screen_goto(screen, &env, text, &err);

	assert_int_equal(r, -err.code);
	pt_strlcpy(status, err.msg, sizeof status);
	return r;
}

/* Seconds from now that the crosshair is at. */
static int64_t at(void)
{
	assert_true(tv()->crosshair);
	return (tv()->cross_ns - MONO_NOW) / PT_S;
}

static void test_ago(void **state)
{
	static const struct {
		const char *text;
		int64_t at;
	} rows[] = {{"-90", -90},   {"-90s", -90}, {"-5m", -300}, {"-0", 0},
		    {"-0.5m", -30}, {"-0h", 0},	   {"-1e1s", -10}};

	(void)state;
	feed(600, REAL_NOW);
	for (size_t i = 0; i < PT_LEN(rows); i++) {
		assert_int_equal(go(rows[i].text), 0);
		assert_int_equal(at(), rows[i].at);
	}
	/* Before history there is nothing, and it says since when there is. */
	assert_int_equal(go("-2h"), -PT_ERANGE);
	assert_string_equal(status, "history begins at 12:21:08");
	assert_int_equal(go("-1000000h"), -PT_ERANGE);
}

static void test_clock(void **state)
{
	(void)state;
	feed(600, REAL_NOW);
	assert_int_equal(go("12:30"), 0);
	assert_int_equal(at(), -67);
	assert_int_equal(go("12:30:44"), 0);
	assert_int_equal(at(), -23);
	assert_int_equal(go("12:31:07"), 0);
	assert_int_equal(at(), 0);
	/* Later today has been yesterday. */
	assert_int_equal(go("12:31:08"), -PT_ERANGE);
	assert_int_equal(go("23:59"), -PT_ERANGE);
	zone("CET-1CEST,M3.5.0,M10.5.0/3");
	assert_int_equal(go("13:30"), 0);
	assert_int_equal(at(), -67);
	assert_int_equal(go("12:30"), -PT_ERANGE);
}

static void test_nonsense(void **state)
{
	static const char *const wrong[] = {
		"",	  " ",	      "now",	   "12",    "12:",	    ":30",   "12:30:",
		"12:30x", "12:30:4x", "24:00",	   "12:60", "12:30:60",	    "-1:30", "1:-3",
		" 12:30", "+12:30",   "12:30 ",	   "-",	    "--5",	    "-5x",   "-5mm",
		"-5 m",	  "5m",	      "-nan",	   "-inf",  "-x",	    "-1e7",  "-1e999h",
		"123:30", "12:300",   "12:30:444", "-\xff", "\xe2\x82\xac",
	};
	struct pt_err err;

	(void)state;
	feed(600, REAL_NOW);
	for (size_t i = 0; i < PT_LEN(wrong); i++) {
		err = (struct pt_err){0};
		if (pt_screen_goto(screen, &env, wrong[i], &err) != -PT_ESYNTAX)
			fail_msg("'%s' was taken for a time", wrong[i]);
		assert_non_null(strstr(err.msg, "expected 12:30"));
	}
	assert_false(tv()->crosshair);
}

/* Real times are found where they were, whatever the clock says now. */
static void test_clock_was_set(void **state)
{
	(void)state;
	feed(300, REAL_NOW);
	for (int s = 1; s <= 60; s++)
		tick(MONO_NOW + s * PT_S, REAL_NOW + (7200 + s) * PT_S);
	draw(100, 40);
	assert_int_equal(go("14:31:37"), 0);
	assert_int_equal(at(), 30);
	assert_int_equal(go("12:30:00"), 0); /* before it was set */
	assert_int_equal(at(), -67);
	/* A time that no clock showed: some moment that there is. */
	assert_int_equal(go("13:30:00"), 0);
	assert_true(tv()->cross_ns >= pt_store_first(store));
	assert_true(tv()->cross_ns <= pt_store_last(store));
}

/* The hour that comes twice when summer ends: the later one, unless it is still to come; on the day
 * before, yesterday's. 2026-10-25 01:00 UTC is when 03:00 CEST becomes 02:00 CET. */
static void test_end_of_summer(void **state)
{
	const int64_t change = INT64_C(1792890000) * PT_S;

	(void)state;
	zone("CET-1CEST,M3.5.0,M10.5.0/3");
	feed(600, change + 40 * 60 * PT_S); /* 02:40 CET */
	assert_int_equal(go("02:35"), 0);
	assert_int_equal(at(), -300);
	pt_store_free(store);
	env.store = store = pt_store_new(NULL);
	feed(3600, change + 10 * 60 * PT_S); /* 02:10 CET: 02:35 was still in summer */
	assert_int_equal(go("02:35"), 0);
	assert_int_equal(at(), -35 * 60);
	assert_int_equal(go("02:05"), 0);
	assert_int_equal(at(), -300);
}

/* The hour that is left out when summer begins: there was none. 2026-03-29 01:00 UTC. */
static void test_begin_of_summer(void **state)
{
	const int64_t change = INT64_C(1774746000) * PT_S;

	(void)state;
	zone("CET-1CEST,M3.5.0,M10.5.0/3");
	feed(3600, change + 10 * 60 * PT_S); /* 03:10 CEST */
	assert_int_equal(go("01:55"), 0);
	assert_int_equal(at(), -15 * 60);
	assert_int_equal(go("03:05"), 0);
	assert_int_equal(at(), -300);
	assert_int_equal(go("02:30"), -PT_ERANGE); /* yesterday's */
}

/* Yesterday in a day that is no 24 hours long is still at the same hour. */
static void test_midnight(void **state)
{
	(void)state;
	feed(600, INT64_C(1795392120) * PT_S); /* 2026-11-23 00:02:00 UTC */
	assert_int_equal(go("23:59"), 0);
	assert_int_equal(at(), -180);
	assert_int_equal(go("0:01"), 0);
	assert_int_equal(at(), -60);
}

#define test(fn) cmocka_unit_test_setup_teardown(fn, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		test(test_zoom_and_pan),
		test(test_scale),
		test(test_crosshair),
		test(test_mark_and_events),
		test(test_pan_is_half_a_screen),
		test(test_ago),
		test(test_clock),
		test(test_nonsense),
		test(test_clock_was_set),
		test(test_end_of_summer),
		test(test_begin_of_summer),
		test(test_midnight),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
