/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The screen as a value, over fixtures: what keys mean where, what stands still when it is frozen,
 * what shows at every size, ten thousand actions at random, and that no frame allocates.
 */
#include "allocations.h"
#include "machine.h"

#include "perftop/base/mem.h"
#include "perftop/store/store.h"
#include "perftop/view/pane.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static struct machine m;
static char status[200];

static int begin(void **state)
{
	(void)state;
	if (!machine_open(&m, "hostile"))
		return -1;
	machine_tick(&m);
	machine_draw(&m, 120, 36);
	return 0;
}

static int end(void **state)
{
	(void)state;
	machine_close(&m);
	return 0;
}

static struct pt_request act(enum pt_action action)
{
	return machine_act(&m, action, status, sizeof status);
}

static void draw(void)
{
	machine_draw(&m, m.cv.w, m.cv.h);
	assert_true(canvas_valid(&m.cv));
}

static void open_processes(void)
{
	act(PT_ACT_VIEW_PROCESSES);
	machine_scan(&m);
	draw();
}

static char *line(int y)
{
	static char text[4096];

	pt_canvas_row_text(&m.cv, y, text, sizeof text);
	return text;
}

static bool shows(const char *text)
{
	for (int y = 0; y < m.cv.h; y++)
		if (strstr(line(y), text))
			return true;
	return false;
}

/* Title of the pane that has the focus. */
static const char *focus(void)
{
	static const char sign[] = "▸ ", rule[] = " ─";

	for (int y = 0; y < m.cv.h; y++) {
		char *p = strstr(line(y), sign), *e = p ? strstr(p, rule) : NULL;
		if (e) {
			*e = '\0';
			return p + strlen(sign);
		}
	}
	return "";
}

/* -- contexts ------------------------------------------------------------------------------------ */

static void test_names(void **state)
{
	(void)state;
	for (int v = 0; v < PT_VIEW_N; v++)
		assert_int_equal(pt_view_find(pt_view_name((enum pt_view_id)v)), v);
	assert_int_equal(pt_view_find("nothing"), -PT_ENOENT);
}

static void test_contexts(void **state)
{
	(void)state;
	assert_int_equal(pt_screen_context(m.screen), PT_CTX_OVERVIEW);
	act(PT_ACT_ENTER);
	assert_int_equal(pt_screen_context(m.screen), PT_CTX_ZOOM);
	act(PT_ACT_VIEW_PROCESSES);
	assert_int_equal(pt_screen_context(m.screen), PT_CTX_PROCESSES);
	open_processes();
	assert_int_equal(act(PT_ACT_ENTER).type, PT_REQUEST_DETAILS);
	assert_int_equal(pt_screen_context(m.screen), PT_CTX_DETAILS);
	act(PT_ACT_ENTER);
	assert_int_equal(pt_screen_context(m.screen), PT_CTX_PROCESSES);
	act(PT_ACT_VIEW_OVERVIEW);
	assert_int_equal(pt_screen_context(m.screen), PT_CTX_OVERVIEW);
}

/* Esc closes one thing at a time; at the root it says so, and only q ends. */
static void test_steps_back(void **state)
{
	(void)state;
	open_processes();
	pt_screen_set_filter(m.screen, "e", NULL);
	draw();
	act(PT_ACT_ENTER);
	act(PT_ACT_BACK);
	assert_int_equal(pt_screen_context(m.screen), PT_CTX_PROCESSES);
	assert_string_equal(pt_screen_filter(m.screen), "e");
	act(PT_ACT_BACK);
	assert_string_equal(pt_screen_filter(m.screen), "");
	act(PT_ACT_BACK);
	assert_int_equal(pt_screen_view(m.screen), PT_VIEW_OVERVIEW);
	act(PT_ACT_ENTER);
	act(PT_ACT_CROSSHAIR);
	pt_screen_set_filter(m.screen, "cpu", NULL);
	assert_int_equal(act(PT_ACT_QUIT).type, PT_REQUEST_NONE);
	assert_string_equal(pt_screen_filter(m.screen), "");
	act(PT_ACT_QUIT);
	assert_false(pt_screen_time(m.screen)->crosshair);
	act(PT_ACT_QUIT);
	assert_int_equal(pt_screen_context(m.screen), PT_CTX_OVERVIEW);
	assert_int_equal(act(PT_ACT_BACK).type, PT_REQUEST_NONE);
	assert_string_equal(status, "this is the root; q quits");
	assert_int_equal(act(PT_ACT_QUIT).type, PT_REQUEST_QUIT);
}

/* A zoomed pane waits while processes are looked at: Esc there does what is seen. */
static void test_back_to_the_zoomed_pane(void **state)
{
	(void)state;
	act(PT_ACT_ENTER);
	act(PT_ACT_VIEW_PROCESSES);
	act(PT_ACT_BACK);
	assert_int_equal(pt_screen_context(m.screen), PT_CTX_ZOOM);
}

static void test_root_is_where_it_began(void **state)
{
	struct pt_screen *s = pt_screen_new();
	struct pt_request r;

	(void)state;
	pt_screen_set_view(s, PT_VIEW_PROCESSES);
	pt_screen_recalc(s, &m.env, 80, 24);
	pt_screen_act(s, &m.env, PT_ACT_QUIT, &r, status, sizeof status);
	assert_int_equal(r.type, PT_REQUEST_QUIT);
	pt_screen_set_view(s, PT_VIEW_OVERVIEW);
	pt_screen_act(s, &m.env, PT_ACT_QUIT, &r, status, sizeof status);
	assert_int_equal(r.type, PT_REQUEST_NONE);
	assert_int_equal(pt_screen_view(s), PT_VIEW_PROCESSES);
	pt_screen_free(s);
	pt_screen_free(NULL);
}

static void test_elsewhere(void **state)
{
	struct pt_request r;

	(void)state;
	assert_false(pt_screen_act(m.screen, &m.env, PT_ACT_TREE, &r, status, sizeof status));
	assert_string_equal(status, "tree has no meaning here");
	open_processes();
	act(PT_ACT_CROSSHAIR);
	assert_string_equal(status, "crosshair has no meaning here");
	m.env.readonly = true;
	assert_int_equal(act(PT_ACT_SIGNAL).type, PT_REQUEST_NONE);
	assert_string_equal(status, "read-only: started with --readonly");
	assert_int_equal(act(PT_ACT_PRIORITY).type, PT_REQUEST_NONE);
}

/* -- focus --------------------------------------------------------------------------------------- */

/* Tab comes by every pane that is shown, once, and back to where it began. */
static void test_tab(void **state)
{
	char first[256];
	int n = 0;

	(void)state;
	pt_strlcpy(first, focus(), sizeof first);
	assert_true(first[0]);
	do {
		act(PT_ACT_NEXT_PANE);
		draw();
		n++;
	} while (strcmp(first, focus()) != 0 && n < 50);
	assert_in_range(n, 5, 20);
	act(PT_ACT_NEXT_PANE);
	act(PT_ACT_PREV_PANE);
	draw();
	assert_string_equal(focus(), first);
}

/* Also where only one is, and passing over what has nothing to show. */
static void test_tab_on_a_small_screen(void **state)
{
	char first[256];
	int n = 0;

	(void)state;
	machine_draw(&m, 50, 14);
	pt_strlcpy(first, focus(), sizeof first);
	assert_true(strncmp(first, "cpu", 3) == 0);
	do {
		act(PT_ACT_NEXT_PANE);
		draw();
		assert_string_not_equal(focus(), "gpu");
		n++;
	} while (strcmp(first, focus()) != 0 && n < 50);
	assert_in_range(n, 5, 20);
}

static void test_towards(void **state)
{
	(void)state;
	assert_string_equal(focus(), "cpu");
	act(PT_ACT_LEFT);
	act(PT_ACT_UP);
	draw();
	assert_string_equal(focus(), "cpu");
	act(PT_ACT_RIGHT);
	draw();
	assert_string_equal(focus(), "memory");
	act(PT_ACT_DOWN);
	act(PT_ACT_LEFT);
	act(PT_ACT_UP);
	draw();
	assert_string_equal(focus(), "cpu");
}

static void test_zoom(void **state)
{
	(void)state;
	act(PT_ACT_RIGHT); /* memory */
	act(PT_ACT_ENTER);
	draw();
	assert_true(shows("most memory at that moment"));
	assert_true(shows("not as expected: /proc/meminfo")); /* said once, for all its rows */
	for (int i = 0; i < 40; i++)
		act(PT_ACT_DOWN);
	draw();
	act(PT_ACT_TOP);
	act(PT_ACT_PAGE_DOWN);
	act(PT_ACT_PAGE_UP);
	act(PT_ACT_BOTTOM);
	draw();
	act(PT_ACT_NEXT_PANE);
	draw();
	assert_false(shows("most memory at that moment"));
	assert_int_equal(pt_screen_context(m.screen), PT_CTX_ZOOM);
}

static void test_top_opens_processes(void **state)
{
	(void)state;
	for (int i = 0; i < 30 && pt_screen_view(m.screen) == PT_VIEW_OVERVIEW; i++) {
		act(PT_ACT_NEXT_PANE);
		draw();
		if (strcmp(focus(), "top by cpu") == 0)
			act(PT_ACT_ENTER);
	}
	assert_int_equal(pt_screen_context(m.screen), PT_CTX_PROCESSES);
}

static void test_matches(void **state)
{
	(void)state;
	act(PT_ACT_NEXT_MATCH);
	assert_string_equal(status, "no filter: / sets one");
	assert_int_equal(act(PT_ACT_FILTER).type, PT_REQUEST_FILTER);
	assert_int_equal(pt_screen_set_filter(m.screen, "network|load", NULL), 0);
	draw();
	act(PT_ACT_NEXT_MATCH);
	draw();
	size_t shown, all;
	pt_screen_filter_count(m.screen, &shown, &all);
	assert_int_equal(shown, 2);
	assert_true(all > 4);
	assert_true(shows("/network|load  2 of "));
	struct pt_err err = {0};
	assert_int_equal(pt_screen_set_filter(m.screen, "(", &err), -PT_ESYNTAX);
	assert_string_equal(pt_screen_filter(m.screen), "network|load");
	pt_screen_set_filter(m.screen, "no such thing", NULL);
	draw();
	act(PT_ACT_PREV_MATCH);
	assert_string_equal(status, "nothing matches");
}

/* -- layouts ------------------------------------------------------------------------------------- */

/* Keys that come before the next picture find no places of a layout that is gone. */
static void test_layouts_change(void **state)
{
	static const enum pt_action keys[] = {PT_ACT_RIGHT, PT_ACT_NEXT_PANE, PT_ACT_NEXT_MATCH,
					      PT_ACT_ENTER, PT_ACT_DOWN,      PT_ACT_ZOOM_IN,
					      PT_ACT_COPY};
	struct pt_layout one = {.scale = PT_SCALE_LOG, .cell_ns = 10 * PT_S};
	struct pt_request r;

	(void)state;
	pt_screen_set_filter(m.screen, "x", NULL);
	draw();
	for (size_t i = 0; i < PT_LEN(keys); i++) {
		pt_screen_set_layout(m.screen, &one);
		act(keys[i]);
		pt_screen_mouse(m.screen, &m.env, 60, 20, 0, &r, status, sizeof status);
		pt_screen_mouse(m.screen, &m.env, 60, 20, 1, &r, status, sizeof status);
		draw();
	}
	assert_true(shows("Nothing to show in this layout"));
	assert_int_equal(pt_screen_time(m.screen)->scale, PT_SCALE_LOG);
	assert_int_equal(pt_screen_toggle_pane(m.screen, "nothing"), -PT_ENOENT);
	assert_int_equal(pt_screen_toggle_pane(m.screen, "load"), 1);
	act(PT_ACT_NEXT_MATCH);
	draw();
	assert_string_equal(focus(), "load");
	act(PT_ACT_ENTER);
	draw();
	assert_int_equal(pt_screen_toggle_pane(m.screen, "load"), 0);
	act(PT_ACT_DOWN);
	act(PT_ACT_NEXT_PANE);
	draw();
	assert_int_equal(pt_screen_layout(m.screen)->n, 0);
	for (size_t i = 0; i < pt_n_panes; i++)
		assert_int_equal(pt_screen_toggle_pane(m.screen, pt_panes[i]->name), 1);
	draw();
	assert_true(shows("cpu"));
}

static void test_wants(void **state)
{
	struct pt_layout l;

	(void)state;
	assert_int_equal(pt_screen_wants_procs(m.screen), PT_PROC_WANT_CMDLINE);
	assert_int_equal(pt_layout_load("system", NULL, &l, NULL), 0);
	pt_screen_set_layout(m.screen, &l);
	draw();
	assert_int_equal(pt_screen_wants_procs(m.screen), -1);
	act(PT_ACT_ENTER); /* cpu, with those who cost most: names are enough */
	draw();
	assert_int_equal(pt_screen_wants_procs(m.screen), 0);
	act(PT_ACT_BACK);
	draw();
	/* What costs others something runs while it is seen. */
	assert_int_equal(pt_layout_load("overview", NULL, &l, NULL), 0);
	pt_screen_set_layout(m.screen, &l);
	machine_draw(&m, 200, 70);
	assert_true(pt_screen_wants_collector(m.screen, "perf"));
	assert_false(pt_screen_wants_collector(m.screen, "cpu"));
	machine_draw(&m, 80, 24);
	assert_false(pt_screen_wants_collector(m.screen, "perf"));
	/* Too small for the list of processes: none are read. */
	machine_draw(&m, 30, 8);
	assert_int_equal(pt_screen_wants_procs(m.screen), -1);
	act(PT_ACT_VIEW_PROCESSES);
	assert_int_equal(pt_screen_wants_procs(m.screen), PT_PROC_WANT_CMDLINE);
}

/* -- frozen -------------------------------------------------------------------------------------- */

/* Frames of 120x36 of two moments, with a key between them or none. */
static void freeze_over_a_tick(struct machine *f, bool key, struct pt_str *before,
			       struct pt_str *after)
{
	machine_act(f, PT_ACT_FREEZE, status, sizeof status);
	machine_draw(f, 120, 36);
	pt_canvas_dump(&f->cv, before, true);
	machine_tick(f);
	if (key) { /* the model is read again */
		machine_act(f, PT_ACT_NEXT_PANE, status, sizeof status);
		machine_act(f, PT_ACT_PREV_PANE, status, sizeof status);
	}
	machine_draw(f, 120, 36);
	pt_canvas_dump(&f->cv, after, true);
}

static void assert_frozen(enum pt_view_id view, bool key)
{
	struct pt_str before = PT_STR_INIT, after = PT_STR_INIT;
	struct machine f;

	assert_true(machine_open(&f, "sensors"));
	/* A cell that is not over yet would be filled by what comes in it. */
	pt_timeview_init(pt_screen_time(f.screen), PT_S);
	f.env.glyphs = PT_GLYPHS_BLOCK;
	pt_screen_set_view(f.screen, view);
	machine_tick(&f);
	machine_tick(&f);
	machine_draw(&f, 120, 36);
	freeze_over_a_tick(&f, key, &before, &after);
	assert_true(pt_screen_frozen(f.screen));
	assert_non_null(strstr(before.s, " FROZEN "));
	assert_string_equal(before.s, after.s);
	machine_act(&f, PT_ACT_FREEZE, status, sizeof status);
	assert_string_equal(status, "following live");
	machine_draw(&f, 120, 36);
	pt_str_clear(&after);
	pt_canvas_dump(&f.cv, &after, true);
	assert_string_not_equal(before.s, after.s);
	pt_str_release(&before);
	pt_str_release(&after);
	machine_close(&f);
}

static void test_frozen(void **state)
{
	(void)state;
	for (int key = 0; key < 2; key++) {
		assert_frozen(PT_VIEW_OVERVIEW, key);
		assert_frozen(PT_VIEW_PROCESSES, key);
	}
}

/* Keys that come in one read, with no picture between them. */
static void test_freezing_in_a_hurry(void **state)
{
	(void)state;
	open_processes();
	act(PT_ACT_FREEZE);
	assert_int_equal(act(PT_ACT_SIGNAL).type, PT_REQUEST_SIGNAL);
	act(PT_ACT_FREEZE);
	assert_int_equal(act(PT_ACT_SIGNAL).type, PT_REQUEST_SIGNAL);
	act(PT_ACT_VIEW_OVERVIEW);
	for (int i = 0; i < 3; i++) {
		machine_tick(&m);
		pt_session_scan(m.session, 15);
		while (pt_session_scan_step(m.session, 0))
			;
	}
	act(PT_ACT_VIEW_PROCESSES);
	assert_int_equal(act(PT_ACT_COPY).type, PT_REQUEST_COPY);
	act(PT_ACT_TAG);
	assert_int_equal(act(PT_ACT_PRIORITY).type, PT_REQUEST_PRIORITY);
	draw();
}

/* -- processes ----------------------------------------------------------------------------------- */

static void test_targets(void **state)
{
	struct pt_request r;
	int first;

	(void)state;
	open_processes();
	r = act(PT_ACT_SIGNAL);
	assert_int_equal(r.n_targets, 1);
	first = r.targets[0].pid;
	act(PT_ACT_TAG);
	assert_string_equal(status, "1 tagged");
	act(PT_ACT_TAG);
	pt_screen_set_filter(m.screen, "matches nothing at all", NULL);
	draw();
	assert_true(shows("No process matches the filter"));
	assert_true(shows("2 tagged"));
	r = act(PT_ACT_PRIORITY);
	assert_int_equal(r.type, PT_REQUEST_PRIORITY);
	assert_int_equal(r.n_targets, 2);
	assert_true(r.targets[0].pid == first || r.targets[1].pid == first);
	assert_true(r.targets[0].start_ticks > 0);
	act(PT_ACT_UNTAG);
	r = act(PT_ACT_SIGNAL);
	assert_int_equal(r.type, PT_REQUEST_NONE);
	assert_string_equal(status, "no process is selected");
	assert_int_equal(act(PT_ACT_ENTER).type, PT_REQUEST_NONE);
}

/* Names of the fixture have escape sequences, bidi marks and broken UTF-8. */
static void test_nothing_hostile_gets_out(void **state)
{
	struct pt_request r;
	char again[4096];
	size_t shown, all;

	(void)state;
	open_processes();
	pt_screen_filter_count(m.screen, &shown, &all);
	assert_true(shown == all && all > 3);
	for (size_t i = 0; i < all; i++) {
		r = act(PT_ACT_COPY);
		assert_int_equal(r.type, PT_REQUEST_COPY);
		assert_true(pt_text_safe(again, sizeof again, r.text, strlen(r.text), false) ==
			    strlen(r.text));
		assert_string_equal(again, r.text);
		r = act(PT_ACT_SIGNAL);
		pt_text_safe(again, sizeof again, r.targets[0].name, strlen(r.targets[0].name),
			     false);
		assert_string_equal(again, r.targets[0].name);
		act(PT_ACT_DOWN);
		draw();
	}
	for (int y = 0; y < m.cv.h; y++) {
		pt_text_safe(again, sizeof again, line(y), strlen(line(y)), false);
		assert_string_equal(again, line(y));
	}
}

static void test_order_and_columns(void **state)
{
	struct pt_err err = {0};

	(void)state;
	open_processes();
	assert_int_equal(pt_screen_sort(m.screen, "pid", &err), 0);
	draw();
	assert_true(shows("sorted by pid"));
	act(PT_ACT_SORT_INVERT);
	assert_string_equal(status, "sorted by pid, most first");
	act(PT_ACT_SORT_INVERT);
	assert_string_equal(status, "sorted by pid, least first");
	assert_int_equal(pt_screen_sort(m.screen, "nothing", &err), -PT_ENOENT);
	assert_string_equal(err.msg, "no column is called 'nothing'");
	pt_screen_sort(m.screen, "cpu", NULL);
	act(PT_ACT_SORT_INVERT);
	assert_string_equal(status, "sorted by cpu, least first");
	for (int i = 0; i < 4; i++) {
		act(PT_ACT_COLUMNS);
		draw();
	}
	assert_string_equal(status, "columns: main");
	act(PT_ACT_TREE);
	draw();
	assert_true(shows("  tree"));
	for (size_t i = 0; pt_screen_column_name(i); i++) {
		assert_int_equal(pt_screen_sort(m.screen, pt_screen_column_name(i), NULL), 0);
		draw();
	}
}

static void test_details(void **state)
{
	struct pt_target target;
	char what = 0, text[2000] = "";

	(void)state;
	open_processes();
	assert_false(pt_screen_wants_details(m.screen, &target, &what));
	act(PT_ACT_ENTER);
	assert_true(pt_screen_wants_details(m.screen, &target, &what));
	assert_int_equal(what, 'e');
	draw();
	assert_true(shows("Reading ..."));
	pt_screen_set_details(m.screen, 'x', "of another section");
	draw();
	assert_true(shows("Reading ..."));
	pt_screen_set_details(m.screen, 'e', "");
	draw();
	assert_false(shows("Reading ..."));
	for (int i = 0; i < 50; i++)
		snprintf(text + strlen(text), sizeof text - strlen(text), "NAME%d=a\033[31mb\n", i);
	pt_screen_set_details(m.screen, 'e', text);
	draw();
	assert_true(shows("NAME0=a^[[31mb"));
	assert_false(shows("NAME30="));
	act(PT_ACT_PAGE_DOWN);
	act(PT_ACT_BOTTOM);
	draw();
	assert_true(shows("NAME49="));
	/* Less than before: what is left of it is seen. */
	pt_screen_set_details(m.screen, 'e', "A=1\nB=2");
	draw();
	assert_true(shows("B=2"));
	act(PT_ACT_TOP);
	draw();
	assert_true(shows("A=1"));
	assert_int_equal(act(PT_ACT_NEXT_PANE).type, PT_REQUEST_DETAILS);
	draw();
	assert_false(shows("A=1"));
	pt_screen_wants_details(m.screen, &target, &what);
	assert_int_equal(what, 'l');
	act(PT_ACT_PREV_PANE);
	act(PT_ACT_PREV_PANE);
	pt_screen_wants_details(m.screen, &target, &what);
	assert_int_equal(what, 'm');
	/* A line of any length, and no line end. */
	char *line_of_many = pt_malloc(20000);
	memset(line_of_many, '\x01', 20000);
	line_of_many[19999] = '\0';
	pt_screen_set_details(m.screen, 'm', line_of_many);
	free(line_of_many);
	draw();
	assert_true(shows("^A^A^A"));
}

static void test_mouse(void **state)
{
	struct pt_request r;
	size_t shown, all;

	(void)state;
	open_processes();
	pt_screen_sort(m.screen, "pid", NULL);
	draw();
	assert_true(pt_screen_mouse(m.screen, &m.env, 5, 3, 0, &r, status, sizeof status));
	draw();
	assert_true(strncmp(line(3), "▸", strlen("▸")) == 0);
	assert_true(
		pt_screen_mouse(m.screen, &m.env, 5, 1, 0, &r, status, sizeof status)); /* head */
	draw();
	pt_screen_filter_count(m.screen, &shown, &all);
	assert_false(
		pt_screen_mouse(m.screen, &m.env, 5, 2 + (int)all, 0, &r, status, sizeof status));
	assert_false(pt_screen_mouse(m.screen, &m.env, -1, -1, 0, &r, status, sizeof status));
	assert_true(pt_screen_mouse(m.screen, &m.env, 5, 9, 1, &r, status, sizeof status));
	/* In the details: the wheel scrolls, a click does not. */
	act(PT_ACT_ENTER);
	pt_screen_set_details(m.screen, 'e',
			      "A1\nA2\nA3\nA4\nA5\nA6\nA7\nA8\nA9\nB1\nB2\nB3\nB4\nB5\nB6\nB7");
	draw();
	assert_true(shows("A1"));
	assert_false(pt_screen_mouse(m.screen, &m.env, 5, 35, 0, &r, status, sizeof status));
	draw();
	assert_true(shows("A1"));
	assert_true(pt_screen_mouse(m.screen, &m.env, 5, 35, 1, &r, status, sizeof status));
	draw();
	assert_false(shows("A1"));
	/* On the overview a click focuses, a second one zooms. */
	act(PT_ACT_VIEW_OVERVIEW);
	draw();
	assert_true(pt_screen_mouse(m.screen, &m.env, 100, 3, 0, &r, status, sizeof status));
	draw();
	assert_string_equal(focus(), "memory");
	pt_screen_mouse(m.screen, &m.env, 100, 3, 0, &r, status, sizeof status);
	assert_int_equal(pt_screen_context(m.screen), PT_CTX_ZOOM);
	assert_false(pt_screen_mouse(m.screen, &m.env, 100, 1000, 0, &r, status, sizeof status));
}

/* -- sizes --------------------------------------------------------------------------------------- */

/* There is always something to see, never "too small", and the last row is the footer's. */
static void test_every_size(void **state)
{
	(void)state;
	for (int view = 0; view < PT_VIEW_N; view++) {
		pt_screen_set_view(m.screen, (enum pt_view_id)view);
		for (int h = 1; h < 60; h += h < 16 ? 1 : 7)
			for (int w = 1; w < 310; w += w < 42 ? 1 : 13) {
				machine_draw(&m, w, h);
				assert_true(canvas_valid(&m.cv));
				assert_true(w < 4 || line(0)[0]);
				if (h >= 3 && w >= 20)
					assert_string_equal(line(h - 1), "");
			}
	}
	machine_draw(&m, 0, 0);
	machine_draw(&m, 4096, 300);
	assert_true(canvas_valid(&m.cv));
}

static void test_shapes(void **state)
{
	char text[200];

	(void)state;
	pt_screen_line(m.screen, &m.env, text, sizeof text);
	machine_draw(&m, 19, 2);
	assert_true(strncmp(line(0), text, 10) == 0);
	machine_draw(&m, 39, 11);
	assert_true(strncmp(line(0), text, 20) == 0);
	machine_draw(&m, 50, 14);
	assert_true(shows("perftop"));
	assert_true(shows("▸ cpu"));
	assert_false(shows("─ memory"));
	machine_draw(&m, 120, 40);
	assert_true(shows(" memory"));
	pt_screen_line(m.screen, &m.env, text, 5); /* cut, and whole */
	assert_true(strlen(text) < 5);
}

/* -- at random ----------------------------------------------------------------------------------- */

static uint32_t rnd(uint32_t *seed, unsigned n)
{
	*seed ^= *seed << 13;
	*seed ^= *seed >> 17;
	*seed ^= *seed << 5;
	return *seed % n;
}

static void random_step(struct machine *r, uint32_t *seed)
{
	static const char *const filters[] = {"",     "a", "!a",      "-f ab",
					      "^.*$", "(", "cpu|mem", "\xff"};
	static const char *const times[] = {"-5m", "-1s", "12:30", "0:00", "", "-nan", "-0"};
	struct pt_request request;

	switch (rnd(seed, 12)) {
	case 0: machine_tick(r); break;
	case 1: machine_draw(r, (int)rnd(seed, 250), (int)rnd(seed, 70)); break;
	case 2:
		pt_screen_mouse(r->screen, &r->env, (int)rnd(seed, 260) - 5, (int)rnd(seed, 75) - 3,
				(int)rnd(seed, 3) - 1, &request, status, sizeof status);
		break;
	case 3: pt_screen_set_filter(r->screen, filters[rnd(seed, PT_LEN(filters))], NULL); break;
	case 4: pt_screen_goto(r->screen, &r->env, times[rnd(seed, PT_LEN(times))], NULL); break;
	case 5:
		if (rnd(seed, 4) == 0)
			pt_screen_toggle_pane(r->screen,
					      pt_panes[rnd(seed, (unsigned)pt_n_panes)]->name);
		break;
	case 6:
		pt_screen_set_details(r->screen, "elfcm"[rnd(seed, 5)], "a: b\n\x9b\n\nlast");
		break;
	default:
		machine_act(r, (enum pt_action)rnd(seed, PT_ACT_N), status, sizeof status);
		assert_true(strlen(status) < sizeof status);
	}
}

static void test_random_actions(void **state)
{
	static const char *const roots[] = {"hostile", "container", "sensors", "old-kernel",
					    "hybrid"};
	uint32_t seed = 20261123;

	(void)state;
	for (size_t i = 0; i < PT_LEN(roots); i++) {
		struct machine r;
		assert_true(machine_open(&r, roots[i]));
		for (int k = 0; k < 2000; k++) {
			random_step(&r, &seed);
			if (rnd(&seed, 3))
				continue; /* several keys between two pictures */
			r.env.glyphs = (enum pt_glyphs)rnd(&seed, 3);
			r.env.ascii = r.env.glyphs == PT_GLYPHS_ASCII;
			machine_draw(&r, r.cv.w, r.cv.h);
			assert_true(canvas_valid(&r.cv));
		}
		machine_close(&r);
	}
}

/* Before there is anything to show. */
static void test_before_the_first_tick(void **state)
{
	struct machine r;

	(void)state;
	assert_true(machine_open(&r, "sensors"));
	machine_draw(&r, 100, 40);
	for (int a = 0; a < PT_ACT_N; a++) {
		for (int v = 0; v < PT_VIEW_N; v++) {
			pt_screen_set_view(r.screen, (enum pt_view_id)v);
			machine_act(&r, (enum pt_action)a, status, sizeof status);
			machine_draw(&r, 100, 40);
		}
	}
	struct pt_err err = {0};
	assert_int_equal(pt_screen_goto(r.screen, &r.env, "-5m", &err), -PT_ENODATA);
	machine_close(&r);
}

/* -- memory -------------------------------------------------------------------------------------- */

static void assert_no_allocation(enum pt_view_id view, bool zoomed, bool tree)
{
	enum { WARM = 12, COUNTED = 16 };
	struct machine r;

	if (!machine_open(&r, "busy"))
		skip();
	pt_screen_set_view(r.screen, view);
	for (int i = 0; i < WARM + COUNTED; i++) {
		machine_tick(&r);
		if (i == 1 && zoomed)
			machine_act(&r, PT_ACT_ENTER, status, sizeof status);
		if (i == 1 && tree)
			machine_act(&r, PT_ACT_TREE, status, sizeof status);
		size_t before = allocations;
		machine_draw(&r, 160, 50);
		/* A key between two ticks, and another picture. */
		machine_act(&r, i % 2 ? PT_ACT_DOWN : PT_ACT_UP, status, sizeof status);
		machine_draw(&r, 160, 50);
		if (i >= WARM)
			assert_int_equal(allocations - before, 0);
	}
	machine_close(&r);
}

static void test_no_allocation(void **state)
{
	(void)state;
	assert_true(allocations > 0); /* they are counted */
	assert_no_allocation(PT_VIEW_OVERVIEW, false, false);
	assert_no_allocation(PT_VIEW_OVERVIEW, true, false);
	assert_no_allocation(PT_VIEW_PROCESSES, false, false);
	assert_no_allocation(PT_VIEW_PROCESSES, false, true);
}

/* Nor does reading do so, once every process and series has been seen. */
static void test_no_allocation_in_ticks(void **state)
{
	struct machine r;
	size_t most = 0;

	(void)state;
	if (!machine_open(&r, "busy"))
		skip();
	for (int i = 0; i < 29; i++) {
		size_t before = allocations;
		machine_tick(&r);
		if (i >= 20)
			most = PT_MAX(most, allocations - before);
	}
	assert_int_equal(most, 0);
	machine_close(&r);
}

#define test(fn) cmocka_unit_test_setup_teardown(fn, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_names),
		test(test_contexts),
		test(test_steps_back),
		test(test_back_to_the_zoomed_pane),
		test(test_root_is_where_it_began),
		test(test_elsewhere),
		test(test_tab),
		test(test_tab_on_a_small_screen),
		test(test_towards),
		test(test_zoom),
		test(test_top_opens_processes),
		test(test_matches),
		test(test_layouts_change),
		test(test_wants),
		cmocka_unit_test(test_frozen),
		test(test_freezing_in_a_hurry),
		test(test_targets),
		test(test_nothing_hostile_gets_out),
		test(test_order_and_columns),
		test(test_details),
		test(test_mouse),
		test(test_every_size),
		test(test_shapes),
		cmocka_unit_test(test_random_actions),
		cmocka_unit_test(test_before_the_first_tick),
		cmocka_unit_test(test_no_allocation),
		cmocka_unit_test(test_no_allocation_in_ticks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
