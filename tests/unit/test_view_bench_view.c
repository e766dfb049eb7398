/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The view of benchmarks over a board made by hand: what it shows at every size, what keys and clicks
 * do, that the selection sticks to a name, that hostile names do no harm, and what it asks of its face.
 */
#include "machine.h"

#include "bench_board.h"

#include "../golden.h"
#include "perftop/store/store.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

static struct machine m;
static struct pt_board *board;
static struct pt_live live;
static char status[200];

static void draw(int w, int h)
{
	machine_draw(&m, w, h);
	assert_true(canvas_valid(&m.cv));
}

static int begin(void **state)
{
	(void)state;
	if (!machine_open(&m, "container"))
		return -1;
	machine_tick(&m);
	board = board_make(pt_store_real_at(m.session->store, pt_store_last(m.session->store)));
	live = (struct pt_live){.phase = PT_LIVE_IDLE};
	m.env.board = board;
	m.env.board_generation = 1;
	m.env.live = &live;
	pt_screen_set_view(m.screen, PT_VIEW_BENCHMARKS);
	draw(120, 36);
	return 0;
}

static int end(void **state)
{
	(void)state;
	machine_close(&m);
	pt_board_free(board);
	pt_live_release(&live);
	return 0;
}

static struct pt_request act(enum pt_action action)
{
	struct pt_request r = machine_act(&m, action, status, sizeof status);

	draw(m.cv.w, m.cv.h);
	return r;
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

static const char *selected(void)
{
	static char name[200];
	struct pt_request r = machine_act(&m, PT_ACT_COMPARE, status, sizeof status);

	pt_snprintf(name, sizeof name, "%s/%s", r.suite ? r.suite->name : "",
		    r.row ? r.row->gate->name : "");
	return name;
}

/* -- what it shows ------------------------------------------------------------------------------- */

static void test_verdicts_in_words(void **state)
{
	static const char *const words[] = {
		"▲ slower", "▼ faster",	 "= same",   "? noisy", "! worse", "× failed",
		"+ new",    "+6.2",	 "-3.9",     "+5.4",	"18.4 ms", "against main@4f1c2a",
		"B saves",  "r runs it", "2 h 2 min"};

	(void)state;
	for (size_t i = 0; i < PT_LEN(words); i++)
		if (!shows(words[i]))
			fail_msg("%s is not shown", words[i]);
	m.env.glyphs = PT_GLYPHS_ASCII;
	m.env.ascii = true;
	draw(120, 36);
	assert_true(shows("^ slower") && shows("v faster") && shows("x failed"));
	for (int y = 0; y < m.cv.h; y++)
		for (const char *p = line(y); *p; p++)
			assert_in_range(*p, 0x20, 0x7E);
}

static void test_hostile_names(void **state)
{
	(void)state;
	assert_true(shows("parse/^[[31mred"));
	board_live(&live);
	draw(120, 36);
	assert_true(shows("warning: ^[[2Jclock"));
}

static void test_guilty_step(void **state)
{
	(void)state;
	draw(160, 50);
	assert_true(shows("step of +6.2 % at "));
	assert_true(shows("\"intern identifiers lazily\" (99.8 %), confirmed by 2 reruns"));
	assert_true(shows("machine quiet: steal 0.2 %"));
	assert_true(shows("differs: kernel 6.1.0 -> 6.1.9"));
	act(PT_ACT_DOWN);
	assert_true(shows("no step in 56 commits"));
}

static void test_empty_states(void **state)
{
	(void)state;
	m.env.board = NULL;
	m.env.board_generation++;
	draw(80, 24);
	assert_true(shows("Reading suites and history"));
	for (int a = 0; a < PT_ACT_N; a++)
		act((enum pt_action)a);
	pt_screen_set_view(m.screen, PT_VIEW_BENCHMARKS);
	board->empty = pt_strdup("No suites yet. `:bench init` looks for Cargo, Go, CMake here.");
	m.env.board = board;
	m.env.board_generation++;
	draw(40, 12);
	assert_true(shows("No suites yet. `:bench init`"));
	assert_true(shows("here."));
}

static void test_notice(void **state)
{
	(void)state;
	board->notice = pt_strdup("not trusted yet: `perftop trust` allows it");
	draw(120, 36);
	assert_true(shows("not trusted yet"));
}

static void test_output(void **state)
{
	(void)state;
	assert_false(shows("tokenize: 4.1 ms"));
	act(PT_ACT_OUTPUT);
	assert_string_equal(status, "nothing has run yet");
	board_live(&live);
	draw(120, 36);
	assert_true(shows("tokenize: 4.1 ms") && shows("parser: launch 3 of 10, 42 s left"));
	act(PT_ACT_OUTPUT);
	assert_false(shows("tokenize: 4.1 ms"));
	act(PT_ACT_OUTPUT);
	assert_true(shows("tokenize: 4.1 ms"));
	live.phase = PT_LIVE_WAITING;
	pt_strlcpy(live.holder, "ci: index (pid 4711, 3 min)", sizeof live.holder);
	draw(120, 36);
	assert_true(shows("parser: waiting for ci: index (pid 4711, 3 min)"));
	pt_screen_set_view(m.screen, PT_VIEW_OVERVIEW);
	draw(120, 36);
	assert_true(strstr(line(0), "bench parser") != NULL);
}

/* -- keys ---------------------------------------------------------------------------------------- */

static void click(int x, int y, int wheel)
{
	struct pt_request r;

	pt_screen_mouse(m.screen, &m.env, x, y, wheel, &r, status, sizeof status);
	draw(m.cv.w, m.cv.h);
}

static void print_lines(int from, int to)
{
	char text[400];

	for (int i = from; i < to; i++) {
		size_t n = pt_snprintf(text, sizeof text, "line <%d> %0150d end", i, i);
		pt_live_print(&live, false, text, n);
	}
}

/* With the focus on the output, keys look back in it; a look back stays where it is. */
static void test_output_look_back(void **state)
{
	(void)state;
	board_live(&live);
	print_lines(0, PT_LIVE_LINES + 100);
	draw(120, 36);
	assert_true(shows("line <599>") && !shows("lines "));
	act(PT_ACT_PAGE_UP); /* of the list */
	assert_true(shows("line <599>"));
	act(PT_ACT_NEXT_PANE);
	assert_true(shows("line <599>") && shows("PgUp looks back"));
	act(PT_ACT_UP);
	assert_true(shows("line <598>") && !shows("line <599>") && shows("of 604, End follows"));
	print_lines(600, 620);
	draw(120, 36);
	assert_true(shows("line <598>") && !shows("line <599>"));
	act(PT_ACT_PAGE_UP);
	assert_false(shows("line <598>"));
	act(PT_ACT_DOWN);
	act(PT_ACT_PAGE_DOWN);
	act(PT_ACT_PAGE_DOWN);
	act(PT_ACT_PAGE_DOWN);
	assert_true(shows("line <619>") && !shows("End follows"));
	act(PT_ACT_TOP); /* as far as lines are kept */
	assert_true(shows("line <120>") && !shows("line <119>"));
	print_lines(620, 630); /* those are gone: it moves no further than it must */
	draw(120, 36);
	assert_true(shows("line <130>") && !shows("line <129>"));
	act(PT_ACT_BOTTOM);
	assert_true(shows("line <629>"));
	/* To the end of long lines, not beyond. */
	assert_false(shows("629 end"));
	for (int i = 0; i < 40; i++)
		act(PT_ACT_RIGHT);
	assert_true(shows("629 end") && !shows("line <629>"));
	for (int i = 0; i < 40; i++)
		act(PT_ACT_LEFT);
	assert_true(shows("line <629>"));
	/* What ends is not taken away under who reads it. */
	act(PT_ACT_UP);
	live.phase = PT_LIVE_DONE;
	draw(120, 36);
	assert_true(shows("line <628>"));
	act(PT_ACT_BACK);
	assert_false(shows("line <628>"));
	assert_int_equal(pt_screen_context(m.screen), PT_CTX_BENCH);
	act(PT_ACT_DOWN);
	assert_string_equal(selected(), "parser/parse/large");
}

/* Wheel and click; a new run begins at its end; on few cells too. */
static void test_output_mouse(void **state)
{
	(void)state;
	board_live(&live);
	print_lines(0, 50);
	draw(120, 36);
	click(40, 30, -1);
	assert_true(shows("line <46>") && !shows("line <47>"));
	click(40, 30, 1);
	assert_true(shows("line <49>"));
	click(40, 30, 0);
	assert_true(shows("PgUp looks back"));
	act(PT_ACT_TOP);
	live.n_lines = 0;
	print_lines(50, 52);
	draw(120, 36);
	assert_true(shows("line <51>") && shows("line <50>"));
	act(PT_ACT_OUTPUT);
	assert_false(shows("line <51>"));
	act(PT_ACT_OUTPUT);
	print_lines(52, 90);
	draw(80, 24);
	act(PT_ACT_NEXT_PANE);
	act(PT_ACT_PAGE_UP);
	assert_true(shows("of 40, End follows") && !shows("line <89>"));
	draw(40, 10); /* one line of it is left: it has no focus */
	act(PT_ACT_TOP);
	assert_string_equal(selected(), "parser/");
}

/* Three commits: each is named, a line joins them, the base's level says what it is. */
static void test_few_commits(void **state)
{
	struct pt_board_row *row = &board->rows[1];

	(void)state;
	row->n_points = 3;
	m.env.glyphs = PT_GLYPHS_ASCII;
	m.env.ascii = true;
	act(PT_ACT_DOWN);
	assert_true(shows("no step in 3 commits") && shows("- base "));
	for (size_t i = 0; i < 3; i++) {
		char id[8];
		pt_snprintf(id, sizeof id, "%.7s", row->commits[i].id);
		assert_true(shows(id));
	}
	assert_true(shows("..o") || shows("o.."));
}

/* Names that differ at their ends can be told apart, and leave room for what is said of them. */
static void test_long_names(void **state)
{
	static const char start[] = "crate::module::a_type_with_a_long_name<Generic>::function/";
	char name[200];

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct pt_gate_row *g = &board->report.rows[i];
		pt_snprintf(name, sizeof name, "%s%s日本/size=%zu", start, start,
			    (size_t)1024 << i);
		free(g->name);
		g->name = pt_strdup(name);
	}
	m.env.board_generation++;
	for (int w = 44; w <= 200; w += 7) {
		draw(w, 30);
		assert_true(shows("size=1024") && shows("size=2048"));
		assert_true(w < 60 || shows("lazily\" (99.8 %)") || shows("step of"));
	}
}

/* A suite that fails says so, with or without older results. */
static void test_failed_suite(void **state)
{
	(void)state;
	board->suites[2].failed_ns = board->suites[0].last_run_ns;
	m.env.board_generation++;
	draw(120, 36);
	assert_true(shows("× failed: no launch ended well, r runs it again"));
	assert_int_equal(row_of("never run here"), -1);
	act(PT_ACT_BOTTOM);
	assert_true(shows("failed: no launch of its last run ended well"));
}

/* Before anything is known of the time left. */
static void test_time_so_far(void **state)
{
	(void)state;
	board_live(&live);
	live.remaining_ns = -1;
	draw(120, 36);
	assert_true(shows("parser: launch 3 of 10, 18 s so far"));
}

/* Without a base the only side has all of the height; the line in it is explained. */
static void test_one_side(void **state)
{
	(void)state;
	board->rows[0].base = NULL;
	m.env.board_generation++;
	draw(160, 50);
	assert_true(shows("base no baseline") && shows("now  │ median 18.4 ms"));
	assert_true(row_of("┌ parser/parse/large") >= 0);
}

static void test_moves(void **state)
{
	(void)state;
	assert_string_equal(selected(), "parser/parse/large");
	act(PT_ACT_DOWN);
	assert_string_equal(selected(), "parser/parse/small");
	act(PT_ACT_TOP);
	assert_string_equal(selected(), "parser/");
	act(PT_ACT_UP);
	assert_string_equal(status, "no further");
	act(PT_ACT_BOTTOM);
	assert_string_equal(selected(), "lsp/");
	act(PT_ACT_LEFT);
	act(PT_ACT_UP);
	assert_string_equal(selected(), "index/");
	act(PT_ACT_ENTER);
	assert_string_equal(selected(), "index/build/10k");
}

static void test_contexts(void **state)
{
	(void)state;
	assert_int_equal(pt_screen_context(m.screen), PT_CTX_BENCH);
	act(PT_ACT_ENTER);
	assert_int_equal(pt_screen_context(m.screen), PT_CTX_BENCH_PAGE);
	act(PT_ACT_DOWN);
	assert_string_equal(selected(), "parser/parse/small");
	act(PT_ACT_BACK);
	assert_int_equal(pt_screen_context(m.screen), PT_CTX_BENCH);
	act(PT_ACT_ENTER);
	act(PT_ACT_VIEW_PROCESSES);
	assert_int_equal(pt_screen_context(m.screen), PT_CTX_PROCESSES);
	act(PT_ACT_VIEW_BENCHMARKS);
	assert_int_equal(pt_screen_context(m.screen), PT_CTX_BENCH);
	assert_true(pt_screen_wants_board(m.screen));
	assert_int_equal(pt_screen_wants_procs(m.screen), -1);
}

static void test_page(void **state)
{
	(void)state;
	draw(80, 24);
	act(PT_ACT_ENTER);
	assert_true(shows("[distribution]") && shows("10 runs, 100 samples"));
	act(PT_ACT_NEXT_PANE);
	assert_true(shows("[runs]") && shows("base 10 runs"));
	act(PT_ACT_NEXT_PANE);
	assert_true(shows("[history]") && shows("change number 59"));
	act(PT_ACT_TOP);
	assert_true(shows("change number 0"));
	act(PT_ACT_RIGHT);
	assert_true(shows("change number 1"));
	act(PT_ACT_NEXT_PANE);
	assert_true(shows("[environment]") && shows("blocks at 5 %, warns at 2 %"));
	draw(160, 50);
	assert_true(shows("runs in order") && shows("verdict and environment"));
}

static void test_filter(void **state)
{
	size_t shown, all;

	(void)state;
	assert_int_equal(pt_screen_set_filter(m.screen, "slower|failed", NULL), 0);
	draw(120, 36);
	pt_screen_filter_count(m.screen, &shown, &all);
	assert_int_equal(shown, 2);
	assert_int_equal(all, 8);
	assert_true(shows("arena/grow") && !shows("tokenize"));
	act(PT_ACT_NEXT_MATCH);
	assert_string_equal(selected(), "parser/arena/grow");
	pt_screen_set_filter(m.screen, "nothing at all", NULL);
	draw(120, 36);
	assert_true(shows("No benchmark matches the filter"));
	act(PT_ACT_ENTER);
	assert_int_equal(act(PT_ACT_RUN).type, PT_REQUEST_NONE);
	assert_string_equal(status, "no suite is selected");
	act(PT_ACT_BACK);
	assert_true(shows("tokenize"));
	assert_string_equal(selected(), "parser/arena/grow");
}

static void test_sort(void **state)
{
	(void)state;
	act(PT_ACT_SORT_INVERT);
	assert_string_equal(status, "in the order of the suites: > sorts");
	act(PT_ACT_SORT_NEXT);
	assert_string_equal(status, "sorted by change, worst first");
	assert_true(row_of("parser/parse/large") < row_of("parser/incremental/edit"));
	assert_true(row_of("incremental/edit") < row_of("parser/tokenize"));
	act(PT_ACT_SORT_NEXT);
	assert_true(row_of("arena/grow") < row_of("slower"));
	assert_true(row_of("slower") < row_of("! worse"));
	act(PT_ACT_SORT_INVERT);
	assert_true(row_of("! worse") < row_of("slower"));
	assert_string_equal(selected(), "parser/parse/large");
	act(PT_ACT_SORT_NEXT);
	act(PT_ACT_SORT_NEXT);
	assert_string_equal(status, "sorted by suite");
}

/* Another board comes: the same benchmark stays selected, wherever it is now. */
static void test_selection_sticks(void **state)
{
	struct pt_board *next =
		board_make(pt_store_real_at(m.session->store, pt_store_last(m.session->store)));
	struct pt_gate_row swap;

	(void)state;
	act(PT_ACT_DOWN);
	act(PT_ACT_DOWN);
	assert_string_equal(selected(), "parser/tokenize");
	swap = next->report.rows[2];
	next->report.rows[2] = next->report.rows[5];
	next->report.rows[5] = swap;
	pt_board_free(board);
	m.env.board = board = next;
	m.env.board_generation++;
	draw(120, 36);
	assert_string_equal(selected(), "parser/tokenize");
	act(PT_ACT_UP);
	assert_string_equal(selected(), "parser/parse/\x1b[31mred");
}

static void test_requests(void **state)
{
	static const struct {
		enum pt_action action;
		enum pt_request_type type;
	} rows[] = {{PT_ACT_RUN, PT_REQUEST_RUN},
		    {PT_ACT_RUN_TAGGED, PT_REQUEST_RUN_TAGGED},
		    {PT_ACT_COMPARE, PT_REQUEST_COMPARE},
		    {PT_ACT_SAVE_BASELINE, PT_REQUEST_BASELINE},
		    {PT_ACT_BISECT, PT_REQUEST_BISECT}};

	(void)state;
	for (size_t i = 0; i < PT_LEN(rows); i++) {
		struct pt_request r = act(rows[i].action);
		assert_int_equal(r.type, rows[i].type);
		assert_string_equal(r.suite->name, "parser");
		assert_string_equal(r.row->gate->name, "parse/large");
	}
	assert_int_equal(act(PT_ACT_CANCEL_RUN).type, PT_REQUEST_NONE);
	assert_string_equal(status, "nothing runs");
	board_live(&live);
	assert_int_equal(act(PT_ACT_CANCEL_RUN).type, PT_REQUEST_CANCEL_RUN);
	act(PT_ACT_TOP);
	assert_int_equal(act(PT_ACT_BISECT).type, PT_REQUEST_NONE);
	assert_true(strstr(status, "select a benchmark") != NULL);
	m.env.readonly = true;
	assert_int_equal(act(PT_ACT_RUN).type, PT_REQUEST_NONE);
	assert_true(strstr(status, "read-only") != NULL);
	assert_int_equal(act(PT_ACT_COMPARE).type, PT_REQUEST_COMPARE);
}

static void test_copy(void **state)
{
	struct pt_request r;

	(void)state;
	r = machine_act(&m, PT_ACT_COPY, status, sizeof status);
	assert_int_equal(r.type, PT_REQUEST_COPY);
	assert_true(strstr(r.text, "parser/parse/large  18.4 ms (was 17.3 ms)  +6.2 % "
				   "[+5.4 .. +7.0]  slower  step of +6.2 % at ") != NULL);
	act(PT_ACT_TOP);
	r = machine_act(&m, PT_ACT_COPY, status, sizeof status);
	assert_string_equal(r.text, "parser  6 benchmarks  main@4f1c2a, 10 runs");
}

static void test_mouse(void **state)
{
	int y;

	(void)state;
	y = row_of("tokenize ");
	click(40, y, 0);
	assert_string_equal(selected(), "parser/tokenize");
	click(40, y, 0);
	assert_int_equal(pt_screen_context(m.screen), PT_CTX_BENCH_PAGE);
	click(40, y, 1);
	assert_string_equal(selected(), "parser/incremental/edit");
	act(PT_ACT_BACK);
	click(5, 3, 0);
	assert_string_equal(selected(), "index/");
	click(40, 10, 1);
	assert_string_equal(selected(), "lsp/");
	/* The heads of the list. */
	char *at = strstr(line(2), "CHANGE%");
	assert_non_null(at);
	click(pt_text_width(line(2)) - pt_text_width(at) + 2, 2, 0);
	assert_true(row_of("parser/parse/large") < row_of("parser/tokenize"));
	assert_false(shows("B saves one"));
}

/* -- every size ---------------------------------------------------------------------------------- */

static void test_random_walk(void **state)
{
	static const struct {
		int w, h;
	} sizes[] = {{300, 80}, {200, 30}, {160, 50}, {120, 20}, {100, 18}, {99, 17}, {80, 24},
		     {60, 14},	{59, 13},  {40, 12},  {30, 8},	 {20, 3},   {10, 2},  {1, 1}};
	uint64_t seed = 7;

	(void)state;
	board_live(&live);
	for (int i = 0; i < 1500; i++) {
		double at = (board_random(&seed) + 1) / 2;
		int a = (int)(at * (PT_ACT_N - 1));
		m.env.glyphs = (enum pt_glyphs)(i % 3);
		m.env.ascii = m.env.glyphs == PT_GLYPHS_ASCII;
		if (i % 7 == 0)
			pt_screen_set_view(m.screen, PT_VIEW_BENCHMARKS);
		if (i % 50 == 0)
			pt_screen_set_filter(m.screen, i % 100 ? "e" : "", NULL);
		if (i % 90 == 0)
			m.env.board_generation++;
		machine_act(&m, (enum pt_action)a, status, sizeof status);
		size_t s = (size_t)i / 3 % PT_LEN(sizes);
		draw(sizes[s].w, sizes[s].h);
		struct pt_request r;
		pt_screen_mouse(m.screen, &m.env, (int)(at * sizes[s].w), i % sizes[s].h,
				i % 5 == 0 ? i % 3 - 1 : 0, &r, status, sizeof status);
	}
}

static void test_goldens(void **state)
{
	static const struct {
		const char *name;
		int w, h;
		enum pt_glyphs glyphs;
		bool page, live;
	} rows[] = {{"80x24-ascii", 80, 24, PT_GLYPHS_ASCII, false, false},
		    {"80x24-page-ascii", 80, 24, PT_GLYPHS_ASCII, true, false},
		    {"80x24-run", 80, 24, PT_GLYPHS_BRAILLE, false, true},
		    {"160x50", 160, 50, PT_GLYPHS_BRAILLE, false, true},
		    {"160x50-page", 160, 50, PT_GLYPHS_BRAILLE, true, false},
		    {"300x80", 300, 80, PT_GLYPHS_BRAILLE, false, false},
		    {"120x36-block", 120, 36, PT_GLYPHS_BLOCK, false, false},
		    {"40x12", 40, 12, PT_GLYPHS_BRAILLE, false, true},
		    {"40x12-page", 40, 12, PT_GLYPHS_BRAILLE, true, false},
		    {"20x3", 20, 3, PT_GLYPHS_BRAILLE, false, false}};
	struct pt_live ran;
	bool same = true;

	(void)state;
	board_live(&ran);
	for (size_t i = 0; i < PT_LEN(rows); i++) {
		struct pt_str out = PT_STR_INIT;
		char name[96];
		m.env.glyphs = rows[i].glyphs;
		m.env.ascii = rows[i].glyphs == PT_GLYPHS_ASCII;
		m.env.live = rows[i].live ? &ran : NULL;
		pt_screen_set_view(m.screen, PT_VIEW_BENCHMARKS);
		if (rows[i].page)
			act(PT_ACT_ENTER);
		draw(rows[i].w, rows[i].h);
		pt_canvas_dump(&m.cv, &out, true);
		pt_snprintf(name, sizeof name, "bench-view-%s.txt", rows[i].name);
		same &= golden_check(name, out.s);
		pt_str_release(&out);
	}
	pt_live_release(&ran);
	assert_true(same);
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_verdicts_in_words),
		TEST(test_hostile_names),
		TEST(test_guilty_step),
		TEST(test_empty_states),
		TEST(test_notice),
		TEST(test_output),
		TEST(test_output_look_back),
		TEST(test_output_mouse),
		TEST(test_few_commits),
		TEST(test_long_names),
		TEST(test_failed_suite),
		TEST(test_time_so_far),
		TEST(test_one_side),
		TEST(test_moves),
		TEST(test_contexts),
		TEST(test_page),
		TEST(test_filter),
		TEST(test_sort),
		TEST(test_selection_sticks),
		TEST(test_requests),
		TEST(test_copy),
		TEST(test_mouse),
		TEST(test_random_walk),
		TEST(test_goldens),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
