/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The parts of the terminal that need none: when moving cells pays, what goes to the clipboard and
 * how it is wrapped, what terminfo's strings become. The rest is tests/screen/test_term.c.
 */
#include "../../src/ui/term_local.h"

#include "perftop/base/err.h"
#include "perftop/base/mem.h"
#include "perftop/ui/term.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

enum { W = 60 };

static void fill(struct pt_cell8 *row, const char *text, int at)
{
	for (int x = 0; x < W; x++)
		row[x] = (struct pt_cell8){.cp = ' '};
	for (int x = at; x < W && *text; x++)
		row[x] = (struct pt_cell8){.cp = (unsigned char)*text++, .role = PT_ROLE_GRAPH_1};
}

static int best(const struct pt_cell8 *old, const struct pt_cell8 *new, int x, int w, int n,
		int most)
{
	struct pt_scroll hint = {{x, 0, w, 1}, n};

	return ui_shift_best(old, new, W, &hint, most, 20);
}

static void test_shift_pays(void **state)
{
	static const char wave[] = "abcdefghijklmnopqrstuvwxyzabcdefghijklmnop";
	struct pt_cell8 old[W], new[W];

	(void)state;
	fill(old, wave, 5);
	fill(new, wave + 1, 5);
	assert_int_equal(best(old, new, 5, 41, 1, 1), 1);
	assert_int_equal(best(old, new, 5, 41, 2, 1), 0); /* the hint is wrong */
	assert_int_equal(best(old, old, 5, 41, 1, 1), 0); /* nothing to gain */
	fill(new, wave + 3, 5);
	assert_int_equal(best(old, new, 5, 41, 1, 1), 0);
	assert_int_equal(best(old, new, 5, 41, 1, 4), 3); /* three frames in one */
	fill(new, wave + 1, 5);
	assert_int_equal(best(old, new, 5, 8, 1, 1), 0); /* too short to pay */
}

static void test_shift_bounds(void **state)
{
	struct pt_cell8 old[W], new[W];

	(void)state;
	fill(old, "abcdefghijklmnopqrstuvwxyz0123456789", 0);
	fill(new, "bcdefghijklmnopqrstuvwxyz0123456789", 0);
	assert_int_equal(best(old, new, -10, 500, 1, 1), 1); /* cut to the row */
	assert_int_equal(best(old, new, 0, 30, 30, 1), 0);
	assert_int_equal(best(old, new, 0, 30, 0, 1), 0);
	assert_int_equal(best(old, new, 0, 30, -1, 1), 0);
	assert_int_equal(best(old, new, W, 10, 1, 1), 0);
	assert_int_equal(best(old, new, -20, 10, 1, 1), 0);
}

/* A wide character that would be cut by the edge stays where it is. */
static void test_shift_wide(void **state)
{
	struct pt_cell8 row[W];

	(void)state;
	fill(row, "", 0);
	row[10].bits = PT_CELL_WIDE;
	row[11].bits = PT_CELL_TAIL;
	assert_true(ui_shift_whole(row, W, 10, 30, 2));
	assert_false(ui_shift_whole(row, W, 10, 30, 1)); /* its tail would come first */
	assert_false(ui_shift_whole(row, W, 11, 30, 2)); /* its head would stay */
	assert_false(ui_shift_whole(row, W, 0, 11, 2));	 /* its tail would stay */
	assert_true(ui_shift_whole(row, W, 0, 12, 2));
	assert_true(ui_shift_whole(row, W, 0, W, 2));
}

static void check_copy(const char *text, enum ui_mux mux, const char *expect)
{
	struct pt_str out = PT_STR_INIT;

	ui_copy_add(&out, text, strlen(text), mux);
	assert_string_equal(pt_str_text(&out), expect);
	pt_str_release(&out);
}

static void test_copy(void **state)
{
	(void)state;
	check_copy("", UI_MUX_NONE, "\033]52;c;\a");
	check_copy("f", UI_MUX_NONE, "\033]52;c;Zg==\a");
	check_copy("fo", UI_MUX_NONE, "\033]52;c;Zm8=\a");
	check_copy("foo", UI_MUX_NONE, "\033]52;c;Zm9v\a");
	check_copy("\xFF\xFE\xFD", UI_MUX_NONE, "\033]52;c;//79\a");
	check_copy("foo", UI_MUX_TMUX, "\033]52;c;Zm9v\a\033Ptmux;\033\033]52;c;Zm9v\a\033\\");
	check_copy("foo", UI_MUX_SCREEN, "\033]52;c;Zm9v\a\033P\033]52;c;Zm9v\a\033\\");
}

/* screen forgets a string that is longer than it likes. */
static void test_copy_in_pieces(void **state)
{
	struct pt_str out = PT_STR_INIT, joined = PT_STR_INIT;
	char text[1000], plain[1400];
	const char *at, *end;

	(void)state;
	memset(text, 'x', sizeof text);
	ui_copy_add(&out, text, sizeof text, UI_MUX_SCREEN);
	at = memchr(out.s, '\a', out.len);
	assert_non_null(at);
	pt_snprintf(plain, sizeof plain, "%.*s", (int)(at + 1 - out.s), out.s);
	for (at++; *at; at = end + 2) {
		assert_memory_equal(at, "\033P", 2);
		end = strstr(at, "\033\\");
		assert_non_null(end);
		assert_true(end - at < 250);
		pt_str_addn(&joined, at + 2, (size_t)(end - at - 2));
	}
	assert_string_equal(joined.s, plain);
	pt_str_release(&out);
	pt_str_release(&joined);
}

static void test_multiplexer(void **state)
{
	(void)state;
	assert_int_equal(ui_mux_of("xterm-256color", NULL, NULL), UI_MUX_NONE);
	assert_int_equal(ui_mux_of("xterm-256color", "", ""), UI_MUX_NONE);
	assert_int_equal(ui_mux_of("tmux-256color", NULL, NULL), UI_MUX_TMUX);
	assert_int_equal(ui_mux_of("screen-256color", "/tmp/tmux", NULL), UI_MUX_TMUX);
	assert_int_equal(ui_mux_of("screen", NULL, NULL), UI_MUX_SCREEN);
	assert_int_equal(ui_mux_of("xterm", NULL, "1.pts"), UI_MUX_SCREEN);
}

static void test_capabilities(void **state)
{
	struct pt_str out = PT_STR_INIT;

	(void)state;
	ui_cap_add(&out, "\033[%i%p1%d;%p2%dH$<5>", 4, 9);
	assert_string_equal(pt_str_text(&out), "\033[5;10H"); /* padding is left out */
	pt_str_clear(&out);
	ui_cap_add(&out, "a$<2*/>b$<", 0, 0);
	assert_string_equal(pt_str_text(&out), "ab$<");
	pt_str_clear(&out);
	ui_cap_add(&out, NULL, 0, 0);
	assert_string_equal(pt_str_text(&out), "");
	pt_str_release(&out);
}

/* Whatever the size of a frame, the next one may go a second later. */
static void test_budget(void **state)
{
	double level = 500;

	(void)state;
	level = ui_bucket_spend(level, 500, 200);
	assert_true(level == 300);
	level = ui_bucket_spend(level, 500, 700);
	assert_true(level == -400);
	assert_true(ui_bucket_spend(level, 500, 1) == -401);
	assert_true(ui_bucket_spend(level, 500, 12000) == -500);
	assert_true(ui_bucket_spend(500, 500, 12000) == -500);
	assert_true(ui_bucket_spend(500, 500, 0) == 500);
}

/* Not every machine has all of these; of xterm's the tests know. */
static void test_terminfo(void **state)
{
	(void)state;
	assert_int_equal(ui_terminfo_check("xterm-256color", STDERR_FILENO), 0);
	assert_int_equal(ui_terminfo_check("no-such-terminal", STDERR_FILENO), -PT_ENOENT);
	assert_int_equal(ui_terminfo_check("../../etc/passwd", STDERR_FILENO), -PT_ENOENT);
	assert_int_equal(ui_terminfo_check("dumb", STDERR_FILENO), -PT_ENOTSUP);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_shift_pays),     cmocka_unit_test(test_shift_bounds),
		cmocka_unit_test(test_shift_wide),     cmocka_unit_test(test_copy),
		cmocka_unit_test(test_copy_in_pieces), cmocka_unit_test(test_multiplexer),
		cmocka_unit_test(test_capabilities),   cmocka_unit_test(test_terminfo),
		cmocka_unit_test(test_budget),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
