/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The view of flame graphs over a profile made by hand: what it shows in each of its forms and sizes,
 * what keys and clicks do, that the selection sticks to frames, that hostile names and data that
 * changes do no harm, what it asks of its face, and that painting allocates nothing.
 */
#include "machine.h"

#include "allocations.h"
#include "flame_shown.h"

#include "../../src/view/flame_view.h"
#include "../golden.h"
#include "perftop/base/str.h"
#include "perftop/profile/graph.h"
#include "perftop/store/store.h"
#include "perftop/view/screen.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

static struct machine m;
static struct flame_shown *shown;
static char status[200];

static void draw(int w, int h)
{
	machine_draw(&m, w, h);
	assert_true(canvas_valid(&m.cv));
}

static void show(struct flame_shown *s)
{
	unsigned generation = shown ? shown->flame.generation : 0;

	flame_free(shown);
	shown = s;
	s->flame.generation = generation + 1;
	m.env.flame = &s->flame;
	draw(m.cv.w ? m.cv.w : 120, m.cv.h ? m.cv.h : 34);
}

static int begin(void **state)
{
	(void)state;
	if (!machine_open(&m, "container"))
		return -1;
	machine_tick(&m);
	pt_screen_set_view(m.screen, PT_VIEW_FLAME);
	show(flame_make(false));
	return 0;
}

static int end(void **state)
{
	(void)state;
	machine_close(&m);
	flame_free(shown);
	shown = NULL;
	return 0;
}

static struct pt_request act(enum pt_action action)
{
	struct pt_request r = machine_act(&m, action, status, sizeof status);

	draw(m.cv.w, m.cv.h);
	return r;
}

static void repeat(enum pt_action action, int n)
{
	while (n-- > 0)
		act(action);
}

static void search(const char *text)
{
	assert_int_equal(pt_screen_set_filter(m.screen, text, NULL), 0);
	draw(m.cv.w, m.cv.h);
}

static char *line(int y)
{
	static char text[4096];

	pt_canvas_row_text(&m.cv, y, text, sizeof text);
	return text;
}

/* The first row that has the text, or -1. */
static int row_of(const char *text)
{
	for (int y = 0; y < m.cv.h; y++)
		if (strstr(line(y), text))
			return y;
	return -1;
}

static bool shows(const char *text)
{
	return row_of(text) >= 0;
}

/* The column where the text begins in its row, which must be there. */
static int column_of(const char *text)
{
	int y = row_of(text);
	const char *at = y < 0 ? NULL : strstr(line(y), text);
	int x = 0;

	if (!at)
		fail_msg("%s is not shown", text);
	for (const char *p = line(y); p < at; x++)
		pt_utf8_next(&p);
	return x;
}

static enum pt_role role_at(const char *text)
{
	int x = column_of(text);

	return (enum pt_role)m.cv.cells[row_of(text) * m.cv.w + x].role;
}

/* The first line about the selection: its name comes first. */
static bool selected(const char *name)
{
	return strncmp(line(m.cv.h - 3) + 1, name, strlen(name)) == 0;
}

static struct pt_request click(int x, int y, int wheel)
{
	struct pt_request r;

	pt_screen_mouse(m.screen, &m.env, x, y, wheel, &r, status, sizeof status);
	draw(m.cv.w, m.cv.h);
	return r;
}

/* -- what it shows ------------------------------------------------------------------------------- */

static void test_icicle(void **state)
{
	static const char *const words[] = {"perf.data",       "7623 samples, shares ±1.1%",
					    "all 100%",	       "parser_bench (4711/4711)",
					    "parse_file",      "75.3%",
					    "HashMap::insert", "_int_f…",
					    "rows 1-28 of 64"};

	(void)state;
	for (size_t i = 0; i < PT_LEN(words); i++)
		if (!shows(words[i]))
			fail_msg("%s is not shown", words[i]);
	/* Callers stand above what they call, siblings in the order of their names. */
	assert_true(row_of("parse_file") < row_of("build_tree"));
	assert_true(column_of("drop_tree") < column_of("parse_file"));
	assert_true(column_of("parse_file") < column_of("wri"));
	act(PT_ACT_DIRECTION);
	assert_true(row_of("parse_file") > row_of("build_tree"));
	act(PT_ACT_ORDER);
	assert_true(column_of("parse_file") < column_of("drop_tree"));
}

static void test_empty(void **state)
{
	struct pt_flame flame = {.generation = 9};

	(void)state;
	m.env.flame = NULL;
	draw(80, 24);
	assert_true(shows("No profile is open.") && shows("perftop flame FILE"));
	for (int a = 0; a < PT_ACT_N; a++) {
		act((enum pt_action)a);
		pt_screen_set_view(m.screen, PT_VIEW_FLAME);
	}
	act(PT_ACT_EXPORT);
	assert_string_equal(status, "nothing is open; F samples, o opens a file");
	m.env.flame = &flame;
	pt_strlcpy(flame.busy, "reading perf.data", sizeof flame.busy);
	draw(80, 24);
	assert_true(shows("reading perf.data") && !shows("No profile"));
	flame.busy[0] = '\0';
	pt_strlcpy(flame.error, "perf.data@0: magic \"\033[2J\", expected PERFILE2",
		   sizeof flame.error);
	draw(40, 12);
	assert_true(shows("perf.data@0: magic \"^[[2J\"") && shows("No profile"));
}

/* What was lost is never hidden, at no size. */
static void test_warnings(void **state)
{
	static const int sizes[][2] = {{300, 80}, {80, 24}, {60, 14}, {40, 12}};

	(void)state;
	shown->flame.live = true;
	shown->flame.status.lost = 12;
	shown->flame.status.throttled = 3;
	shown->profile.partial = true;
	pt_err_at(&shown->profile.fault, PT_ESYNTAX, "perf.data", 12, 0, "record ends early");
	pt_strlcpy(shown->flame.status.refused, "no kernel frames: sysctl x=1 allows them", 100);
	for (size_t i = 0; i < PT_LEN(sizes); i++) {
		draw(sizes[i][0], sizes[i][1]);
		assert_true(shows("lost 12, throttled 3"));
		assert_true(shows("partial: perf.data:12: record ends"));
		assert_true(shows("live"));
	}
	draw(120, 34);
	assert_true(shows("sysctl x=1 allows them"));
	shown->flame.base = &shown->base;
	shown->base.partial = true;
	pt_err_at(&shown->base.fault, PT_ESYNTAX, "old.data", 7, 0, "record ends early");
	draw(120, 34);
	assert_true(shows("base partial: old.data:7: record ends"));
	shown->flame.base = NULL;
	shown->flame.paused = true;
	draw(80, 8);
	assert_true(shows("frozen") && shows("lost 12, throttled 3"));
}

/* What it is compared with is told before how much there is, and without its folders where these are
 * too long. */
static void test_base_name(void **state)
{
	(void)state;
	show(flame_make(true));
	pt_strlcpy(shown->flame.base_title,
		   "../results/of/the/nightly/run/of/2026-11-01/parser.folded",
		   sizeof shown->flame.base_title);
	draw(160, 24);
	assert_non_null(strstr(line(1), "total against ../results/of/the/nightly"));
	draw(80, 24);
	assert_non_null(strstr(line(1), "total against parser.folded"));
	draw(40, 12);
	assert_non_null(strstr(line(1), "total against p"));
}

/* What was sampled says that it no longer is, and how it was; that is no warning, as no note is. */
static void test_stopped(void **state)
{
	(void)state;
	shown->profile.format = "live";
	pt_strlcpy(shown->flame.status.mode, "cpu-clock 997 Hz", 96);
	pt_profile_note(&shown->profile, "cpu-clock 997 Hz");
	draw(160, 34);
	assert_non_null(strstr(line(1), "stopped"));
	assert_int_equal(row_of("cpu-clock 997 Hz"), 1);
	pt_profile_note(&shown->profile, "two files were joined");
	draw(160, 34);
	assert_true(shows(" two files were joined"));
	assert_false(shows("! two files were joined"));
	shown->flame.live = true;
	draw(160, 34);
	assert_non_null(strstr(line(1), "live"));
	assert_null(strstr(line(1), "stopped"));
	/* A file that is opened next has lost nothing of that. */
	shown->flame.status.lost = 12;
	shown->flame.status.throttled = 3;
	draw(160, 34);
	assert_true(shows("lost 12, throttled 3"));
	shown->flame.live = false;
	shown->profile.format = "perf.data";
	draw(160, 34);
	assert_false(shows("lost 12") || shows("throttled"));
}

static void test_hostile_names(void **state)
{
	(void)state;
	search("red");
	act(PT_ACT_TABLE);
	assert_true(shows("^[[31mred^[[0m"));
}

/* Names are cut to their place: arguments first, then the parts that say least. */
static void test_labels(void **state)
{
	static const struct {
		const char *name, *label;
		int w;
	} rows[] = {
		{"parse(char const*, int)", "parse(char const*, int)", 40},
		{"parse(char const*, int)", "parse", 20},
		{"std::map<int, std::less<int> >::find(int const&)", "std::map::find", 20},
		{"std::map<int, std::less<int> >::find(int const&)", "map::find", 12},
		{"std::map<int, std::less<int> >::find(int const&)", "find", 8},
		{"std::less<int>::operator()(int const&, int const&) const", "less::operator()",
		 20},
		{"std::less<int>::operator<(int const&, int const&) const", "operator<", 10},
		{"a::operators::run(int)", "run", 8},
		{"hb::rustc_entry::<impl hb::map::HashMap<K,V,S,A>>::entry",
		 "hb::rustc_entry::entry", 30},
		{"hb::rustc_entry::<impl hb::map::HashMap<K,V,S,A>>::entry", "rustc_entry::entry",
		 18},
		{"<std::hash::DefaultHasher as core::hash::Hasher>::write",
		 "std::hash::DefaultHasher::write", 40},
		{"<std::hash::DefaultHasher as core::hash::Hasher>::write", "DefaultHasher::write",
		 20},
		{"<Vec<fn() -> T> as IntoIterator>::into_iter", "Vec::into_iter", 15},
		{"<alloc::Vec<T>>::push", "alloc::Vec::push", 16},
		{"std::panic::catch_unwind::<closure, isize>", "panic::catch_unwind", 20},
		{"map<fn() -> T>::walk", "map::walk", 9},
		{"github.com/x/parser.(*Tree).Walk", "parser.(*Tree).Walk", 20},
		{"github.com/x/parser.(*Tree).Walk", "Walk", 10},
		{"java.util.HashMap.put", "put", 10},
		{"copy_range.part.0", "copy_ra…", 8},
		{"LazyCompile:*walk app.js:40", "LazyComp…", 9},
		{"<module>", "<modu…", 6},
		{"[unknown]", "[unk…", 5},
		{"main", "main", 4},
		{"main", "", 3},
		{"main", "", 0},
	};
	struct pv_flame v = {.frames = shown->frames};
	char label[200];

	(void)state;
	for (size_t i = 0; i < PT_LEN(rows); i++) {
		uint32_t id = pt_frames_name(shown->frames, rows[i].name, strlen(rows[i].name),
					     PT_FRAME_USER);
		pv_flame_label(&v, id, rows[i].w, false, label, sizeof label);
		assert_string_equal(label, rows[i].label);
	}
}

static void test_details(void **state)
{
	(void)state;
	search("Interner");
	act(PT_ACT_NEXT_MATCH);
	assert_true(selected("Interner::get"));
	assert_true(shows("src/intern.rs:88") && shows("/usr/bin/parser_bench"));
	assert_true(shows("total 28.47% ±1.01   self 8.00%"));
	act(PT_ACT_ENTER);
	assert_true(shows("100.00% of the zoom"));
	assert_true(shows("parse_file 75.3% ▸ build_tree 42.7% ▸ Interner::get 28.5%"));
	assert_true(shows("/Interner: 28.5% of all, 100.0% of the zoom"));
}

static void test_inverted(void **state)
{
	(void)state;
	act(PT_ACT_INVERT);
	assert_true(shows("inverted"));
	/* A leaf by its own weight, under it who called it. */
	assert_true(row_of("memchr_avx2") + 1 == row_of("next_token  ") ||
		    row_of("memchr_avx2") < row_of("lex"));
	assert_true(shows("10.7%"));
	act(PT_ACT_INVERT);
	assert_true(!shows("inverted") && shows("rows 1-28 of 64"));
}

static void test_sandwich_and_focus(void **state)
{
	int y;

	(void)state;
	search("^lex$");
	act(PT_ACT_NEXT_MATCH);
	search("");
	act(PT_ACT_SANDWICH);
	assert_true(shows("around lex 29.5%"));
	y = row_of("lex  ");
	assert_true(row_of("parse_file") == y - 1 && row_of("next_token") == y + 1);
	act(PT_ACT_UP);
	assert_true(selected("parse_file"));
	act(PT_ACT_UP);
	assert_true(selected("parser_bench::main"));
	repeat(PT_ACT_DOWN, 3);
	assert_true(selected("next_token"));
	act(PT_ACT_ENTER); /* the next sandwich */
	assert_true(shows("around next_token 25.1%"));
	act(PT_ACT_BACK);
	assert_true(shows("around lex 29.5%"));
	act(PT_ACT_BACK);
	assert_true(shows("all 100%") && selected("lex"));
	act(PT_ACT_FOCUS);
	assert_true(shows("only lex 29.5%") && !shows("parse_file"));
	act(PT_ACT_FOCUS);
	assert_true(shows("all 100%"));
}

static void test_table(void **state)
{
	(void)state;
	act(PT_ACT_TABLE);
	assert_true(shows("SELF%") && shows("14.48  25.13  next_token"));
	assert_true(selected("next_token"));
	act(PT_ACT_SORT_NEXT);
	assert_string_equal(status, "sorted by total");
	assert_true(selected("parser_bench (4711/4711)"));
	act(PT_ACT_SORT_INVERT);
	assert_string_equal(status, "reversed");
	act(PT_ACT_SORT_NEXT);
	assert_string_equal(status, "sorted by name"); /* nothing is compared */
	search("visit");
	assert_true(shows("3.92   3.92  visit")); /* recursion counts once */
	assert_true(!shows("14.48"));
	act(PT_ACT_NEXT_PANE);
	assert_true(selected("all"));
	act(PT_ACT_NEXT_PANE);
	act(PT_ACT_ENTER);
	assert_true(shows("around "));
	act(PT_ACT_TABLE);
	assert_string_equal(status, "table");
	draw(80, 24);
	assert_true(shows("FUNCTION"));
	draw(300, 34); /* the module stands near its function */
	assert_int_equal(column_of("MODULE") - column_of("FUNCTION"), 81);
}

/* Red and blue by what changed; what chance explains is grey; signs and points beside them. */
/* Alone on the screen, while what is sampled grows: its shares are those of now. */
static void test_table_of_more(void **state)
{
	struct flame_shown *more = flame_make(false);

	(void)state;
	draw(120, 34);
	repeat(PT_ACT_TABLE, 2);
	assert_false(shows("of the zoom"));
	for (uint32_t i = 1; i < more->tree->n; i++)
		pt_tree_add(more->tree, i, more->tree->self[i]);
	pt_tree_seal(more->tree);
	show(more);
	assert_true(shows("self"));
	assert_false(shows("of the zoom"));
}

static void test_difference(void **state)
{
	(void)state;
	show(flame_make(true));
	assert_true(shows("total against main@4f1c2a"));
	assert_true(shows("▲ +12.4%") && shows("▼ -4.5%"));
	assert_int_equal(role_at("Interner::get"), PT_ROLE_FLAME_MORE_2);
	assert_int_equal(role_at("lex  "), PT_ROLE_FLAME_LESS_2);
	assert_int_equal(role_at("push"), PT_ROLE_FLAME_SAME);
	search("Interner");
	act(PT_ACT_NEXT_MATCH);
	assert_true(shows("+12.40 points, 17.6 sigma") && shows("(was 16.07)"));
	search("");
	act(PT_ACT_CHANGE);
	assert_string_equal(status, "change of self weight");
	assert_true(shows("self against main@4f1c2a") && shows("noise"));
	assert_int_equal(role_at("parse_file"), PT_ROLE_FLAME_SAME);
	act(PT_ACT_COLORS);
	assert_string_equal(status, "colours: kernel, user, inlined, JIT");
	assert_int_not_equal(role_at("parse_file"), PT_ROLE_FLAME_SAME);
	act(PT_ACT_TABLE);
	repeat(PT_ACT_SORT_NEXT, 2);
	assert_string_equal(status, "sorted by change");
	assert_true(shows("CHANGE"));
}

/* Of what is zoomed in on the table tells changes and whether they are noise, as it tells shares. */
static void test_difference_zoomed(void **state)
{
	(void)state;
	show(flame_make(true));
	act(PT_ACT_CHANGE);
	search("build_tree");
	act(PT_ACT_NEXT_MATCH);
	search("");
	act(PT_ACT_ENTER);
	assert_true(shows("▸ build_tree 42.7%"));
	act(PT_ACT_TABLE);
	act(PT_ACT_TABLE);
	assert_true(shows("▼-7.41  Interner::get")); /* of all of it 0.5 less, noise */
}

/* Without counts of samples there are no sigmas, and half a point is a change. */
static void test_difference_without_samples(void **state)
{
	(void)state;
	show(flame_make(true));
	shown->profile.samples = shown->base.samples = 0;
	draw(120, 34);
	assert_true(shows("▲ +12.4%") && !shows("sigma") && !shows("±"));
	assert_int_equal(role_at("lex  "), PT_ROLE_FLAME_LESS_2);
}

static void test_colors(void **state)
{
	enum pt_role kind;

	(void)state;
	assert_int_equal(role_at("parser_bench (4711"), PT_ROLE_FLAME_THREAD);
	assert_in_range(role_at("clear"), PT_ROLE_FLAME_KERNEL, PT_ROLE_FLAME_KERNEL_2);
	assert_int_equal(role_at("hash_one"), PT_ROLE_FLAME_INLINED);
	draw(800, 34);
	assert_int_equal(role_at("Lazy"), PT_ROLE_FLAME_JIT);
	draw(120, 34);
	kind = role_at("parse_file");
	assert_in_range(kind, PT_ROLE_FLAME_USER, PT_ROLE_FLAME_USER_2);
	act(PT_ACT_COLORS);
	assert_string_equal(status, "colours: a hue a module");
	assert_int_equal(role_at("parse_file"), role_at("build_tree"));
	assert_int_not_equal(role_at("parse_file"), role_at("free"));
	act(PT_ACT_COLORS);
	assert_string_equal(status, "colours: a hue a name");
	act(PT_ACT_COLORS);
	assert_int_equal(role_at("parse_file"), kind);
	act(PT_ACT_CHANGE);
	assert_string_equal(status, "nothing is compared; d chooses a base");
}

/* Without colours a filling tells kinds apart, and everything is ASCII. */
static void test_mono(void **state)
{
	(void)state;
	m.env.mono = m.env.ascii = true;
	m.env.glyphs = PT_GLYPHS_ASCII;
	draw(120, 34);
	assert_true(shows("|parse_file ====") && shows("|hash_one-") && shows("clear~"));
	search("lex");
	assert_true(shows("|lex ****"));
	show(flame_make(true));
	search("");
	assert_true(shows(" ^ +12.4% ") && shows(" v -4.5% "));
	for (int y = 0; y < m.cv.h; y++)
		for (const char *p = line(y); *p; p++)
			assert_in_range(*p, 0x20, 0x7E);
}

/* -- keys ---------------------------------------------------------------------------------------- */

static void test_moves(void **state)
{
	(void)state;
	assert_true(selected("all"));
	act(PT_ACT_UP);
	assert_string_equal(status, "no further");
	repeat(PT_ACT_DOWN, 3); /* to the widest each time */
	assert_true(selected("parse_file"));
	act(PT_ACT_LEFT);
	assert_true(selected("drop_tree"));
	repeat(PT_ACT_RIGHT, 2);
	assert_true(selected("script"));
	act(PT_ACT_UP);
	assert_true(selected("parser_bench::main"));
	act(PT_ACT_DIRECTION); /* what grows up is gone up */
	act(PT_ACT_UP);
	assert_true(selected("parse_file"));
	act(PT_ACT_TOP);
	assert_true(selected("all"));
	act(PT_ACT_HOTTEST);
	assert_true(selected("hash_one"));
	assert_string_equal(status, "the hottest path: 7 frames on");
	act(PT_ACT_HOTTEST);
	assert_string_equal(status, "nothing is called from here");
}

/* Rows that the screen has no room for. */
static void test_deep(void **state)
{
	(void)state;
	draw(120, 18);
	act(PT_ACT_BOTTOM);
	assert_true(selected("visit") && shows("rows 53-64 of 64"));
	repeat(PT_ACT_PAGE_UP, 3);
	assert_true(selected("visit") && shows("of 64") && !shows("rows 53-64"));
	act(PT_ACT_PAGE_DOWN);
	act(PT_ACT_TOP);
	assert_true(shows("rows 1-"));
	repeat(PT_ACT_PAGE_DOWN, 2); /* leaves a branch that ends */
	assert_true(selected("visit"));
	click(10, 8, -1);
	click(10, 8, -1);
	assert_true(shows("rows "));
}

static void test_zoom(void **state)
{
	(void)state;
	act(PT_ACT_ENTER);
	assert_string_equal(status, "this is the whole graph");
	repeat(PT_ACT_DOWN, 3);
	act(PT_ACT_ENTER);
	assert_true(shows("all 100% ▸ parser_bench (4711/4711) 100% ▸ "
			  "parser_bench::main 100% ▸ parse_file 75.3%"));
	act(PT_ACT_DOWN);
	act(PT_ACT_ZOOM_IN);
	assert_true(shows("build_tree 42.7%") && shows("Interner::get"));
	act(PT_ACT_ZOOM_OUT); /* a frame */
	assert_true(!shows("▸ build_tree") && selected("build_tree"));
	repeat(PT_ACT_BACK, 2); /* steps as they were made */
	assert_true(shows("▸ parse_file 75.3%") && !shows("▸ build_tree"));
	act(PT_ACT_BACK);
	assert_true(shows("all 100% ") && !shows("▸ parse_file 75.3%"));
	repeat(PT_ACT_ENTER, 1);
	act(PT_ACT_DOWN);
	act(PT_ACT_ZOOM_RESET);
	assert_string_equal(status, "the whole graph");
	assert_true(selected("build_tree")); /* what was selected still is */
	act(PT_ACT_ZOOM_RESET);
	assert_string_equal(status, "this is the whole graph");
	assert_int_equal(pt_screen_context(m.screen), PT_CTX_FLAME);
}

/* What is too narrow is joined; there is room for it in its caller. */
static void test_narrow(void **state)
{
	(void)state;
	draw(200, 34);
	assert_true(shows("…"));
	search("free");
	act(PT_ACT_NEXT_MATCH);
	act(PT_ACT_RIGHT);
	assert_true(shows("40 frames too narrow to show; Enter makes room"));
	act(PT_ACT_HIDE);
	assert_string_equal(status, "select a function in the graph first");
	act(PT_ACT_ENTER);
	assert_true(shows("drop_tree 13.4%") && row_of("…(40)") > 0);
}

/* Down goes to a function, also where those that are too narrow are wider together. */
static void test_down_to_one(void **state)
{
	struct flame_shown *s = flame_make(false);
	char stack[40];

	(void)state;
	pt_tree_free(s->tree);
	s->flame.tree = s->tree = pt_tree_new(s->frames, 0);
	pt_tree_add(s->tree, flame_stack(s->tree, PT_TREE_ROOT, "main;big"), 30);
	for (int i = 0; i < 50; i++) {
		pt_snprintf(stack, sizeof stack, "main;tiny_%d", i);
		pt_tree_add(s->tree, flame_stack(s->tree, PT_TREE_ROOT, stack), 2);
	}
	pt_tree_seal(s->tree);
	show(s);
	draw(60, 20);
	repeat(PT_ACT_DOWN, 2);
	assert_true(shows("▸big"));
	act(PT_ACT_RIGHT);
	assert_true(shows("50 frames too narrow"));
}

static void test_search(void **state)
{
	size_t n, all;

	(void)state;
	act(PT_ACT_NEXT_MATCH);
	assert_string_equal(status, "no search: / starts one");
	search("^lex$|hash");
	pt_screen_filter_count(m.screen, &n, &all);
	assert_int_equal(n, 3);
	assert_int_equal(all, pt_frames_count(shown->frames));
	assert_true(shows("/^lex$|hash: 50.0% of all"));
	assert_int_equal(role_at("lex  "), PT_ROLE_FLAME_MATCH);
	act(PT_ACT_NEXT_MATCH);
	assert_true(selected("lex"));
	assert_string_equal(status, "match 1 of 3 on screen");
	act(PT_ACT_NEXT_MATCH);
	assert_true(selected("std::collections::hash::map::HashMap"));
	act(PT_ACT_PREV_MATCH);
	assert_true(selected("lex"));
	search("tiny");
	act(PT_ACT_NEXT_MATCH);
	assert_true(strstr(status, "match 1 of 1") || strstr(status, "too narrow"));
	search("nowhere");
	act(PT_ACT_NEXT_MATCH);
	assert_string_equal(status, "nothing matches");
	act(PT_ACT_BACK);
	assert_string_equal(pt_screen_filter(m.screen), "");
}

static void test_hide(void **state)
{
	(void)state;
	repeat(PT_ACT_DOWN, 4);
	assert_true(selected("build_tree"));
	act(PT_ACT_HIDE);
	assert_string_equal(status, "1 hidden; U shows it again");
	assert_true(selected("parse_file") && !shows("build_tree") && shows("1 hidden"));
	assert_int_equal(row_of("Interner::get"), row_of("lex  ")); /* to its caller */
	act(PT_ACT_UNHIDE);
	assert_true(shows("build_tree"));
	act(PT_ACT_UNHIDE);
	assert_string_equal(status, "nothing is hidden; x hides the selected function");
}

/* Live data moves; the frame that is looked at stays the one that is looked at. */
static void test_selection_sticks(void **state)
{
	struct pt_tree *more;
	const struct pt_tree *both[2];

	(void)state;
	search("^lex$");
	act(PT_ACT_NEXT_MATCH);
	act(PT_ACT_ENTER);
	act(PT_ACT_DOWN);
	assert_true(selected("next_token") && shows("lex 29.5%"));
	more = pt_tree_new(shown->frames, 0);
	pt_tree_add(more, flame_stack(more, PT_TREE_ROOT, "another;aaa_first"), 5000);
	pt_tree_seal(more);
	both[0] = more;
	both[1] = shown->tree;
	struct pt_tree *merged = pt_tree_merge(both, 2);
	pt_tree_free(shown->tree);
	pt_tree_free(more);
	shown->flame.tree = shown->tree = merged;
	shown->flame.generation++;
	draw(120, 34);
	assert_true(selected("next_token") && shows("lex 17.8%"));
	repeat(PT_ACT_BACK, 1); /* the search */
	act(PT_ACT_BACK);
	assert_true(selected("lex") && shows("another"));
	/* Another profile has other frames: nothing of the old one is left. */
	act(PT_ACT_ENTER);
	show(flame_make(false));
	assert_true(selected("all") && shows("all 100% "));
}

static void show_over(struct pt_frames *frames)
{
	struct pt_tree *over = pt_tree_over(shown->tree, frames);

	pt_tree_free(shown->tree);
	shown->flame.tree = shown->tree = over;
	shown->flame.generation++;
	draw(120, 34);
}

/* A sampler goes over to another table of frames, where they have other numbers. */
static void test_other_frames_of_one_sampler(void **state)
{
	struct pt_frames *frames = pt_frames_new(), *last = pt_frames_new();

	(void)state;
	shown->flame.live = true;
	shown->flame.generation++;
	draw(120, 34);
	search("^build_tree$");
	act(PT_ACT_NEXT_MATCH);
	act(PT_ACT_HIDE);
	search("^lex$");
	act(PT_ACT_NEXT_MATCH);
	act(PT_ACT_ENTER);
	act(PT_ACT_DOWN);
	assert_true(selected("next_token") && shows("lex 29.5%") && shows("1 hidden"));
	for (int i = 0; i < 500; i++) {
		char name[20];

		pt_frames_name(frames, name, pt_snprintf(name, sizeof name, "gone%d", i),
			       PT_FRAME_USER);
	}
	show_over(frames);
	assert_true(selected("next_token") && shows("lex 29.5%") && shows("1 hidden"));
	assert_false(shows("build_tree"));
	act(PT_ACT_UNHIDE);
	repeat(PT_ACT_BACK, 2); /* the search, the zoom */
	assert_true(selected("lex") && shows("build_tree"));
	act(PT_ACT_ENTER);
	/* Something else is sampled: nothing of the old one is left. */
	pt_strlcpy(shown->flame.title, "another (12)", sizeof shown->flame.title);
	show_over(last);
	assert_true(selected("all") && shows("all 100% "));
	pt_frames_unref(frames);
	pt_frames_unref(last);
}

/* A window in which the zoom's path is not. */
static void test_zoom_that_is_gone(void **state)
{
	struct pt_tree *other;

	(void)state;
	search("^lex$");
	act(PT_ACT_NEXT_MATCH);
	act(PT_ACT_ENTER);
	search("");
	other = pt_tree_new(shown->frames, 0);
	pt_tree_add(other, flame_stack(other, PT_TREE_ROOT, "idle"), 3);
	pt_tree_seal(other);
	pt_tree_free(shown->tree);
	shown->flame.tree = shown->tree = other;
	shown->flame.generation++;
	draw(120, 34);
	assert_true(shows("the rest of it is not in here"));
	act(PT_ACT_ZOOM_RESET);
	assert_true(shows("idle"));
}

/* -- the heat map -------------------------------------------------------------------------------- */

static void test_heat(void **state)
{
	struct pt_request r;

	(void)state;
	act(PT_ACT_HEAT);
	assert_int_equal(pt_screen_context(m.screen), PT_CTX_HEAT);
	assert_true(shows("heat map: a column is 100 ms") && shows("█"));
	assert_true(shows("│0 s ") && shows("│2 s ") && shows("│8 s"));
	act(PT_ACT_TOP);
	r = act(PT_ACT_ENTER);
	assert_int_equal(r.type, PT_REQUEST_NONE);
	repeat(PT_ACT_RIGHT, 10);
	assert_true(shows("window 0.000 s .. 1."));
	r = act(PT_ACT_MARK);
	assert_int_equal(r.type, PT_REQUEST_FLAME_WINDOW);
	assert_int_equal(r.from_ns, 1000 * PT_S);
	assert_in_range(r.to_ns, 1001 * PT_S, 1001 * PT_S + 20 * PT_MS);
	assert_int_equal(pt_screen_context(m.screen), PT_CTX_FLAME);
	shown->flame.window_from_ns = r.from_ns;
	shown->flame.window_to_ns = r.to_ns;
	search("Interner");
	draw(80, 24); /* what is not all is told before how much it is */
	assert_true(shows("0.00 .. 1.0"));
	search("");
	draw(120, 34);
	act(PT_ACT_HEAT);
	act(PT_ACT_ZOOM_IN);
	assert_true(shows("a column is 50.0 ms"));
	act(PT_ACT_ZOOM_OUT);
	act(PT_ACT_ZOOM_OUT);
	assert_string_equal(status, "no further");
	r = act(PT_ACT_ZOOM_RESET);
	assert_int_equal(r.type, PT_REQUEST_FLAME_WINDOW);
	assert_true(r.from_ns == 0 && r.to_ns == 0);
	act(PT_ACT_HEAT);
	act(PT_ACT_BACK);
	assert_int_equal(pt_screen_context(m.screen), PT_CTX_FLAME);
	r = act(PT_ACT_BACK); /* once more: out of the window */
	assert_int_equal(r.type, PT_REQUEST_FLAME_WINDOW);
	assert_true(r.from_ns == 0 && r.to_ns == 0);
	shown->flame.window_to_ns = INT64_MAX;
	draw(120, 34);
	assert_true(shows("from 0.00 s"));
	/* The past is kept in coarser ticks, and rolls: no column is before its begin. */
	act(PT_ACT_HEAT);
	act(PT_ACT_TOP);
	shown->profile.moments[0].at_ns -= 30 * PT_MS;
	shown->flame.generation++;
	draw(120, 34);
	assert_true(shows("│0 s ") && !shows("│-"));
	shown->profile.n_moments = 0;
	act(PT_ACT_HEAT);
	assert_string_equal(status, "this profile does not tell when its samples were taken");
}

/* Times of a hostile file. */
static void test_heat_of_ages(void **state)
{
	(void)state;
	shown->profile.moments[0].at_ns = INT64_MIN;
	shown->profile.moments[shown->profile.n_moments - 1].at_ns = INT64_MAX;
	act(PT_ACT_HEAT);
	for (int i = 0; i < 30; i++) {
		act(i % 3 ? PT_ACT_LEFT : PT_ACT_ZOOM_IN);
		act(i % 2 ? PT_ACT_PAGE_UP : PT_ACT_UP);
	}
	act(PT_ACT_TOP);
	act(PT_ACT_ENTER);
	act(PT_ACT_BOTTOM);
	draw(20, 5);
	draw(2, 2);
	assert_int_equal(act(PT_ACT_ENTER).type, PT_REQUEST_FLAME_WINDOW);
	act(PT_ACT_HEAT);
	shown->profile.has_real = true;
	for (size_t i = 0; i < 4; i++) {
		shown->profile.real_ns = i & 1 ? INT64_MIN : INT64_MAX;
		shown->profile.real_ns /= i & 2 ? 4 : 1;
		draw(120, 34);
	}
}

/* Where it is known, the time of day is told; what is told of that is right. */
static void test_heat_clock(void **state)
{
	(void)state;
	shown->profile.has_real = true;
	shown->profile.real_ns = INT64_C(1234567890) * PT_S - 1000 * PT_S + 250 * PT_MS;
	act(PT_ACT_HEAT);
	act(PT_ACT_TOP);
	act(PT_ACT_MARK);
	repeat(PT_ACT_RIGHT, 10);
	assert_true(shows("window 0.000 s .. 1."));
	assert_true(shows("23:31:30.250 .. 23:31:31.2"));
	/* Round times, each in the column that it lies in: the first is 17 tenths from the begin. */
	assert_true(shows("                         │23:31:32") && shows("│23:31:34"));
	assert_false(shows("│0 s"));
	draw(60, 20); /* no room for both */
	assert_true(shows("window 0.000 s .. 1.") && !shows("23:31:30.250"));
}

/* -- the face ------------------------------------------------------------------------------------ */

static const char *label(enum pt_action action)
{
	const char *s = pt_screen_label(m.screen, action);

	return s ? s : pt_actions[action].label;
}

/* The line of keys names what there is to do, and nothing that would do nothing. */
static void test_key_labels(void **state)
{
	struct pt_request r;

	(void)state;
	assert_string_equal(label(PT_ACT_ENTER), "zoom");
	assert_string_equal(label(PT_ACT_HEAT), "window");
	assert_string_equal(label(PT_ACT_SORT_NEXT), "");
	pt_screen_set_view(m.screen, PT_VIEW_OVERVIEW);
	assert_string_equal(label(PT_ACT_BACK), "back");
	act(PT_ACT_VIEW_FLAME);
	act(PT_ACT_DOWN);
	act(PT_ACT_ENTER);
	assert_string_equal(label(PT_ACT_BACK), "back");
	act(PT_ACT_TABLE);
	assert_string_equal(label(PT_ACT_ENTER), "sandwich");
	assert_string_equal(label(PT_ACT_SANDWICH), "");
	assert_string_equal(label(PT_ACT_SORT_NEXT), "sort");
	act(PT_ACT_HEAT);
	assert_string_equal(label(PT_ACT_HEAT), "graph");
	/* While a file is read Esc ends that; q does not. */
	shown->flame.reading = true;
	assert_string_equal(label(PT_ACT_BACK), "stop reading");
	r = act(PT_ACT_BACK);
	assert_int_equal(r.type, PT_REQUEST_FLAME_CANCEL);
	assert_int_equal(pt_screen_context(m.screen), PT_CTX_HEAT);
	r = act(PT_ACT_QUIT);
	assert_int_equal(r.type, PT_REQUEST_NONE);
	assert_int_equal(pt_screen_context(m.screen), PT_CTX_FLAME);
	shown->flame.reading = false;
	shown->profile.n_moments = 0;
	assert_string_equal(label(PT_ACT_HEAT), "");
}

static void test_key_labels_of_nothing(void **state)
{
	static struct pt_flame none = {.generation = 5};

	(void)state;
	m.env.flame = &none;
	draw(120, 34);
	assert_string_equal(label(PT_ACT_ENTER), "");
	assert_string_equal(label(PT_ACT_FILTER), "");
	assert_string_equal(label(PT_ACT_INVERT), "");
	assert_string_equal(label(PT_ACT_OPEN), "open");
	assert_string_equal(label(PT_ACT_FLAME), "flame");
}

static void test_requests(void **state)
{
	static const struct {
		enum pt_action action;
		enum pt_request_type type;
	} rows[] = {{PT_ACT_FLAME, PT_REQUEST_FLAME_SAMPLE},
		    {PT_ACT_OPEN, PT_REQUEST_FLAME_OPEN},
		    {PT_ACT_BASE, PT_REQUEST_FLAME_BASE},
		    {PT_ACT_GROUP, PT_REQUEST_FLAME_GROUP},
		    {PT_ACT_EXPORT, PT_REQUEST_FLAME_EXPORT}};
	struct pt_request r;

	(void)state;
	for (size_t i = 0; i < PT_LEN(rows); i++)
		assert_int_equal(act(rows[i].action).type, rows[i].type);
	act(PT_ACT_FREEZE);
	assert_true(pt_screen_frozen(m.screen));
	act(PT_ACT_SWAP);
	assert_string_equal(status, "nothing is compared; d chooses a base");
	act(PT_ACT_VALUE);
	assert_string_equal(status, "this profile has one value only");
	act(PT_ACT_STOP);
	assert_string_equal(status, "nothing is sampled");
	shown->flame.live = true;
	assert_int_equal(act(PT_ACT_STOP).type, PT_REQUEST_FLAME_STOP);
	pt_profile_add_value(&shown->profile, "alloc", "bytes", PT_UNIT_BYTES);
	assert_int_equal(act(PT_ACT_VALUE).type, PT_REQUEST_FLAME_VALUE);
	repeat(PT_ACT_DOWN, 3);
	act(PT_ACT_ENTER);
	r = act(PT_ACT_EXPORT);
	assert_int_equal(r.graph->n_path, 3);
	show(flame_make(true));
	assert_int_equal(act(PT_ACT_SWAP).type, PT_REQUEST_FLAME_SWAP);
}

/* F takes what it is pressed on. */
static void test_sample_what(void **state)
{
	struct pt_request r;

	(void)state;
	r = act(PT_ACT_FLAME);
	assert_true(r.n_targets == 0 && !r.suite);
	pt_screen_set_view(m.screen, PT_VIEW_PROCESSES);
	machine_tick(&m);
	draw(120, 34);
	r = act(PT_ACT_FLAME);
	assert_int_equal(r.type, PT_REQUEST_FLAME_SAMPLE);
	assert_int_equal(r.n_targets, 1);
	assert_true(r.targets[0].pid > 0 && r.targets[0].name[0]);
	pt_screen_set_view(m.screen, PT_VIEW_BENCHMARKS);
	draw(120, 34);
	r = act(PT_ACT_FLAME);
	assert_true(r.type == PT_REQUEST_FLAME_SAMPLE && r.n_targets == 0 && !r.suite);
	/* In the overview only its list of processes stands for one of them. */
	pt_screen_set_view(m.screen, PT_VIEW_OVERVIEW);
	draw(160, 60);
	assert_int_equal(act(PT_ACT_FLAME).n_targets, 0);
	for (int i = 0; i < 30 && act(PT_ACT_FLAME).n_targets == 0; i++)
		act(PT_ACT_NEXT_PANE);
	r = act(PT_ACT_FLAME);
	assert_int_equal(r.n_targets, 1);
	assert_true(shows(r.targets[0].name));
}

static void test_copy(void **state)
{
	struct pt_request r;

	(void)state;
	repeat(PT_ACT_DOWN, 3);
	act(PT_ACT_ENTER);
	act(PT_ACT_DOWN);
	r = act(PT_ACT_COPY);
	assert_string_equal(
		r.text, "parser_bench (4711/4711);parser_bench::main;parse_file;build_tree 3258");
	act(PT_ACT_TABLE);
	assert_string_equal(act(PT_ACT_COPY).text, "next_token 1104 1916");
	/* Callers come first, as in any folded stack. */
	repeat(PT_ACT_TABLE, 2);
	act(PT_ACT_ZOOM_RESET);
	act(PT_ACT_INVERT);
	repeat(PT_ACT_DOWN, 3);
	assert_string_equal(act(PT_ACT_COPY).text, "parse_file;lex;next_token 1104");
	act(PT_ACT_SANDWICH);
	act(PT_ACT_UP);
	assert_string_equal(act(PT_ACT_COPY).text, "parser_bench::main;parse_file 5740");
}

static void test_mouse(void **state)
{
	int x, y;

	(void)state;
	x = column_of("build_tree");
	y = row_of("build_tree");
	click(x, y, 0);
	assert_true(selected("build_tree"));
	click(x, y, 0);
	assert_true(shows("▸ build_tree 42.7%"));
	click(column_of("parse_file 75.3%"), 2, 0); /* a crumb */
	assert_true(!shows("▸ build_tree") && shows("▸ parse_file 75.3%"));
	draw(80, 10); /* there a title stands in their place */
	click(2, 1, 0);
	draw(120, 34);
	assert_true(shows("▸ parse_file 75.3%"));
	click(5, 0, 0);
	click(119, 33, 0);
	act(PT_ACT_ZOOM_RESET);
	click(60, 10, 1);
	assert_false(selected("all"));
	act(PT_ACT_TABLE);
	click(column_of("TOTAL%"), row_of("TOTAL%"), 0);
	assert_true(shows("▼TOTAL%"));
	click(column_of("push"), row_of("FUNCTION") + 4, 0);
	act(PT_ACT_HEAT);
	click(60, 12, 0);
	click(60, 12, 0);
	assert_string_equal(status, "begins here; Enter again ends the window");
}

static void test_esc_and_views(void **state)
{
	(void)state;
	pt_screen_set_view(m.screen, PT_VIEW_OVERVIEW);
	draw(120, 34);
	act(PT_ACT_VIEW_FLAME);
	assert_int_equal(pt_screen_view(m.screen), PT_VIEW_FLAME);
	assert_true(pt_screen_wants_flame(m.screen));
	act(PT_ACT_VIEW_FLAME);
	assert_string_equal(status, "this is it");
	assert_int_equal(pt_view_find("flame"), PT_VIEW_FLAME);
	for (int i = 0; i < 80; i++) /* more steps than are kept */
		act(PT_ACT_INVERT), act(PT_ACT_DOWN), act(PT_ACT_SANDWICH), act(PT_ACT_UP);
	act(PT_ACT_ZOOM_RESET);
	assert_true(shows("rows 1-28 of 64"));
}

/* What has not changed costs nothing: no layout, no memory. */
static void test_no_allocation(void **state)
{
	size_t before;

	(void)state;
	act(PT_ACT_TABLE);
	act(PT_ACT_HEAT);
	for (int i = 0; i < 2; i++) {
		draw(160, 50);
		before = allocations;
		draw(160, 50);
		assert_int_equal(allocations, before);
		act(PT_ACT_HEAT);
	}
}

/* -- every size ---------------------------------------------------------------------------------- */

static uint64_t next(uint64_t *seed)
{
	*seed = *seed * 6364136223846793005u + 1442695040888963407u;
	return *seed >> 33;
}

static void test_random_walk(void **state)
{
	static const struct {
		int w, h;
	} sizes[] = {{300, 80}, {200, 30}, {160, 50}, {120, 20}, {100, 18}, {99, 17}, {80, 24},
		     {60, 14},	{59, 13},  {40, 12},  {30, 8},	 {20, 3},   {10, 2},  {1, 1}};
	static const char *const words[] = {"", "e", "!x", "visit", "nothing at all"};
	uint64_t seed = 11;
	struct pt_request r;

	(void)state;
	for (int i = 0; i < 1200; i++) {
		m.env.glyphs = (enum pt_glyphs)(i % 3);
		m.env.ascii = m.env.glyphs == PT_GLYPHS_ASCII;
		m.env.mono = i % 5 == 0;
		if (i % 9 == 0)
			pt_screen_set_view(m.screen, PT_VIEW_FLAME);
		if (i % 40 == 0)
			pt_screen_set_filter(m.screen, words[i / 40 % PT_LEN(words)], NULL);
		if (i % 300 == 299)
			show(flame_make(i % 600 == 299));
		machine_act(&m, (enum pt_action)(next(&seed) % PT_ACT_N), status, sizeof status);
		size_t s = (size_t)i / 3 % PT_LEN(sizes);
		draw(sizes[s].w, sizes[s].h);
		pt_screen_mouse(m.screen, &m.env, (int)(next(&seed) % 300), i % sizes[s].h,
				i % 5 == 0 ? i % 3 - 1 : 0, &r, status, sizeof status);
	}
}

struct picture {
	const char *name;
	int w, h;
	bool ascii, differs;
	enum pt_action keys[6]; /* 0 (Enter) ends */
	const char *search;
	bool real; /* the time of day is known */
};

static void test_goldens(void **state)
{
	static const struct picture rows[] = {
		{"80x24-ascii", 80, 24, true, false, {PT_ACT_DOWN, PT_ACT_DOWN, PT_ACT_DOWN}, ""},
		{"120x34", 120, 34, false, false, {PT_ACT_HOTTEST}, ""},
		{"160x50", 160, 50, false, false, {PT_ACT_DIRECTION, PT_ACT_DOWN}, "lex"},
		{"300x80", 300, 80, false, true, {PT_ACT_TABLE, PT_ACT_DOWN}, ""},
		{"80x24-inverted-ascii", 80, 24, true, false, {PT_ACT_INVERT, PT_ACT_DOWN}, ""},
		{"120x34-sandwich", 120, 34, false, false, {PT_ACT_TABLE, PT_ACT_SANDWICH}, ""},
		{"80x24-table-ascii", 80, 24, true, true, {PT_ACT_TABLE, PT_ACT_TABLE}, ""},
		{"80x24-diff-ascii", 80, 24, true, true, {PT_ACT_HOTTEST}, ""},
		{"160x50-diff", 160, 50, false, true, {PT_ACT_CHANGE, PT_ACT_HOTTEST}, ""},
		{"80x24-heat-ascii",
		 80,
		 24,
		 true,
		 false,
		 {PT_ACT_HEAT, PT_ACT_MARK, PT_ACT_LEFT},
		 ""},
		{"160x50-heat", 160, 50, false, false, {PT_ACT_HEAT, PT_ACT_LEFT}, ""},
		{"160x50-heat-clock",
		 160,
		 50,
		 false,
		 false,
		 {PT_ACT_HEAT, PT_ACT_MARK, PT_ACT_LEFT},
		 "",
		 true},
		{"40x12", 40, 12, false, false, {PT_ACT_DOWN, PT_ACT_DOWN}, ""},
		{"20x3", 20, 3, false, false, {PT_ACT_HOTTEST}, ""},
	};
	bool same = true;

	(void)state;
	for (size_t i = 0; i < PT_LEN(rows); i++) {
		const struct picture *p = &rows[i];
		struct pt_str out = PT_STR_INIT;
		char name[96];
		void *none = NULL;
		end(&none);
		begin(&none);
		m.env.glyphs = p->ascii ? PT_GLYPHS_ASCII : PT_GLYPHS_BRAILLE;
		m.env.ascii = m.env.mono = p->ascii;
		shown->profile.has_real = p->real;
		shown->profile.real_ns = INT64_C(1234567890) * PT_S - 1000 * PT_S + 250 * PT_MS;
		draw(p->w, p->h);
		if (p->differs)
			show(flame_make(true));
		if (p->search[0])
			search(p->search);
		for (size_t k = 0; k < PT_LEN(p->keys) && p->keys[k]; k++)
			act(p->keys[k]);
		pt_canvas_dump(&m.cv, &out, true);
		pt_snprintf(name, sizeof name, "flame-view-%s.txt", p->name);
		same &= golden_check(name, out.s);
		pt_str_release(&out);
	}
	assert_true(same);
}

/* What is told of a profile that is not there, not whole, or live. */
static void test_golden_states(void **state)
{
	struct pt_flame none = {.generation = 5};
	struct pt_str out = PT_STR_INIT;
	bool same = true;

	(void)state;
	m.env.mono = m.env.ascii = true;
	m.env.glyphs = PT_GLYPHS_ASCII;
	test_warnings(state);
	draw(80, 24);
	pt_canvas_dump(&m.cv, &out, false);
	same &= golden_check("flame-view-80x24-partial-ascii.txt", out.s);
	pt_str_clear(&out);
	m.env.flame = &none;
	draw(80, 24);
	pt_canvas_dump(&m.cv, &out, false);
	same &= golden_check("flame-view-80x24-empty-ascii.txt", out.s);
	pt_str_clear(&out);
	pt_strlcpy(none.error, "perf.data@104: header of 96 bytes, expected 104",
		   sizeof none.error);
	draw(120, 34);
	pt_canvas_dump(&m.cv, &out, true);
	same &= golden_check("flame-view-120x34-error.txt", out.s);
	pt_str_release(&out);
	assert_true(same);
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_icicle),
		TEST(test_empty),
		TEST(test_warnings),
		TEST(test_base_name),
		TEST(test_stopped),
		TEST(test_hostile_names),
		TEST(test_labels),
		TEST(test_details),
		TEST(test_inverted),
		TEST(test_sandwich_and_focus),
		TEST(test_table),
		TEST(test_table_of_more),
		TEST(test_difference),
		TEST(test_difference_zoomed),
		TEST(test_difference_without_samples),
		TEST(test_colors),
		TEST(test_mono),
		TEST(test_moves),
		TEST(test_deep),
		TEST(test_zoom),
		TEST(test_narrow),
		TEST(test_down_to_one),
		TEST(test_search),
		TEST(test_hide),
		TEST(test_selection_sticks),
		TEST(test_other_frames_of_one_sampler),
		TEST(test_zoom_that_is_gone),
		TEST(test_heat),
		TEST(test_heat_of_ages),
		TEST(test_heat_clock),
		TEST(test_key_labels),
		TEST(test_key_labels_of_nothing),
		TEST(test_requests),
		TEST(test_sample_what),
		TEST(test_copy),
		TEST(test_mouse),
		TEST(test_esc_and_views),
		TEST(test_no_allocation),
		TEST(test_random_walk),
		TEST(test_goldens),
		TEST(test_golden_states),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
